//! What a visitor may not do, said so that they know what was expected. Shown to them as it stands here.

use std::time::Duration;

use super::CommentId;
use super::sso::TokenFault;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    // What was sent
    #[error("the comment is empty: write something first")]
    EmptyBody,
    #[error("the comment is longer than {max_chars} characters")]
    BodyTooLong { max_chars: usize },
    #[error("a name needs at least one letter or digit")]
    EmptyName,
    #[error("the name is longer than {max_chars} characters")]
    NameTooLong { max_chars: usize },
    #[error(
        "the name holds control, invisible or stacked characters: use letters, digits and ordinary punctuation"
    )]
    NameHasControls,
    #[error("this name belongs to somebody who runs this site: choose another")]
    NameTaken,
    #[error("expected an e-mail address such as ada@example.org")]
    InvalidEmail,
    #[error(
        "expected a page: an absolute http or https address, a path that begins with /, or an id of at most 1,997 bytes"
    )]
    InvalidPage,
    #[error("a site key is 1 to 40 of a-z, 0-9 and inner hyphens")]
    InvalidSiteKey,
    #[error("expected an origin such as https://blog.example, without a path")]
    InvalidOrigin,
    #[error("a site has at most {max} origins")]
    TooManyOrigins { max: usize },
    #[error("a site with this key exists already")]
    SiteExists,
    #[error(
        "expected a public key in PEM (\"-----BEGIN PUBLIC KEY-----\"), of the kind Ed25519 or ECDSA P-256"
    )]
    InvalidPublicKey,
    #[error("expected a cursor from an earlier answer, in the same order")]
    InvalidCursor,

    // Where
    #[error("there is no such site")]
    UnknownSite,
    #[error("there is no such comment")]
    UnknownComment,
    #[error("the comment replied to does not exist")]
    UnknownParent,
    #[error("the comment replied to is on another page")]
    ParentElsewhere,
    #[error("comments are not set up for {origin}: the site's owner can add this address")]
    OriginNotAllowed { origin: String },
    #[error("comments are closed on this page; you can still read them")]
    ThreadClosed,

    // Who
    #[error("sign in first")]
    SignInNeeded,
    #[error("your session has ended: sign in again")]
    SessionEnded,
    #[error("this is not for you: it needs another role")]
    NotAllowed,
    #[error("you cannot comment on this site")]
    Banned,
    #[error("tell us your name first")]
    NameNeeded,
    #[error("this site takes comments from signed-in people only")]
    GuestsOff,
    #[error("your browser has to do a little work first")]
    ProofNeeded { challenge: String, bits: u8 },
    #[error("you cannot like your own comment")]
    OwnComment,
    #[error("the time to edit this comment is over")]
    EditWindowOver,
    #[error("likes are off on this site")]
    LikesOff,
    #[error("a thread has at most {max} pinned comments: unpin one first")]
    TooManyPinned { max: usize },
    #[error("only a conversation's first comment can be pinned")]
    NotARoot,

    // Accounts elsewhere
    #[error("there is no such provider here")]
    UnknownProvider,
    #[error("{why}")]
    NoSuchServer { why: String },
    #[error("{provider} did not answer: try again in a moment")]
    ProviderUnreachable { provider: String },
    #[error("{provider} answered in a way that cannot be trusted: nobody was signed in")]
    ProviderRefused { provider: String },
    #[error("this account elsewhere belongs to another account here: sign in with it, and unlink it there")]
    IdentityTaken,
    #[error("this link works only in the browser where it was asked for")]
    OpenedElsewhere,

    // Single sign-on
    #[error("single sign-on is off for this site: its owner switches it on in the dashboard")]
    SsoOff,
    #[error("{0}")]
    SsoRefused(TokenFault),

    // Again and too often
    #[error("you already said this here")]
    Duplicate { earlier: CommentId },
    #[error("this idempotency key was used for another request")]
    KeyReused,
    #[error("too many requests")]
    TooFast { retry_after: Duration },

    // Signing in
    #[error("that code is not right: {tries_left} tries left")]
    WrongCode { tries_left: u32 },
    #[error("that code has expired or was used: ask for a new one")]
    CodeGone,
    #[error(
        "too many codes were wrong for this address today: choose another way to sign in, which opens a window"
    )]
    TooManyWrongCodes,
    #[error("the address or the password is not right")]
    WrongPassword,
    #[error("a password has at least {min_chars} characters")]
    PasswordTooShort { min_chars: usize },
    #[error("a password has at most {max_bytes} bytes")]
    PasswordTooLong { max_bytes: usize },
    #[error("this password is too easy to guess: {why}")]
    PasswordGuessable { why: String },
    #[error(
        "too many passwords in a row were wrong for this address: sign in another way, or from a browser where you signed in before"
    )]
    TooManyWrongPasswords,
    #[error("type the six digits that your authenticator shows")]
    SecondFactorNeeded,
    #[error(
        "this account asks for a code of its authenticator, too: choose another way to sign in, which opens a window"
    )]
    SecondFactorElsewhere,
    #[error("too many codes in a row were wrong: use one of your recovery codes")]
    TooManyWrongSecondFactors,
    #[error("your password is short because a second step stands beside it: choose a longer one first")]
    LongerPasswordFirst,
    #[error("your second step is on already: turn it off first, with a code of it")]
    SecondFactorOn,
    #[error("that code is not right, or was used before: wait for the next one")]
    WrongSecondFactor,
    #[error("this link has expired or was used: ask for a new one")]
    LinkGone,
    #[error("it is a while since you signed in: show once more that it is you")]
    FreshSignInNeeded,
    #[error("this is the last way in to your account: add another one first")]
    LastWayIn,
    #[error("another account has this address: sign in with it instead")]
    AddressTaken,
    #[error("a password goes with an e-mail address: add one first")]
    AddressNeeded,
    #[error("there is no such session")]
    UnknownSession,
    #[error("sign-in by e-mail is not set up on this server")]
    NoMailer,
    #[error("the server is checking other passwords: try again in a moment")]
    Busy,
}
