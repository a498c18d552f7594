//! What a route is for: who may call it from where, and what that costs.

/// How a route is protected against other sites' pages. CORS headers, preflights and the checks before the handler
/// follow from it; the statements on cross-site requests are tested per class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The same bytes for everybody, read from anywhere: no credentials, `Access-Control-Allow-Origin: *`.
    Public,
    /// The widget's private requests: a bearer token and JSON, from the site's origins.
    Api,
    /// Session upkeep: cookies travel, so `Origin` must be exactly one of the site's and `X-Afterword: 1` is required.
    CookieCors,
    /// Pages on the comments host and what their scripts send: cookies, the same origin only.
    FirstParty,
    /// Machines with their own proof of identity; browsers have no business here.
    Machine,
}

impl Class {
    pub fn name(self) -> &'static str {
        match self {
            Class::Public => "public",
            Class::Api => "api",
            Class::CookieCors => "cookie-cors",
            Class::FirstParty => "first-party",
            Class::Machine => "machine",
        }
    }
}

/// Which limit the action behind a route counts against; see `config::Limits`. Declared here for the document and the
/// tests, counted in the action, which knows whom to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RateClass {
    /// Not counted: public reads and files.
    Free,
    Write,
    Vote,
    Address,
    SignInMail,
    SignIn,
    Preview,
}

impl RateClass {
    pub fn name(self) -> &'static str {
        match self {
            RateClass::Free => "free",
            RateClass::Write => "write",
            RateClass::Vote => "vote",
            RateClass::Address => "address",
            RateClass::SignInMail => "sign-in-mail",
            RateClass::SignIn => "sign-in",
            RateClass::Preview => "preview",
        }
    }
}

/// Who may use a route: what the permission matrix is tested against. The action decides; this says what it decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    Anyone,
    /// Somebody who has said who they are: a guest or a member.
    Visitor,
    /// Somebody signed in.
    Member,
    /// Who wrote the comment.
    Author,
    /// Who wrote the comment, and the site's staff.
    AuthorOrStaff,
    /// The site's staff, viewers included.
    Staff,
    Moderator,
    Owner,
    /// Who runs the instance.
    Operator,
}

impl Access {
    pub fn name(self) -> &'static str {
        match self {
            Access::Anyone => "anyone",
            Access::Visitor => "visitor",
            Access::Member => "member",
            Access::Author => "author",
            Access::AuthorOrStaff => "author or staff",
            Access::Staff => "staff",
            Access::Moderator => "moderator",
            Access::Owner => "owner",
            Access::Operator => "operator",
        }
    }
}
