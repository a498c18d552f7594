//! What the server has to tell somebody: queued in the same transaction as what caused it, sent by a job.

use super::{Email, Name, Timestamp};

/// One message to send. Rendered when it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub to: Email,
    pub kind: NoticeKind,
    /// After this moment it is dropped instead of sent.
    pub expires_at: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// The six digits that finish an e-mail sign-in.
    SignInCode {
        code: String,
        site: Name,
        origin: String,
    },
    /// "Send a test mail": shows that the mailer works.
    Test,
    /// The link that shows that an account's new address is theirs, to that address.
    ConfirmAddress {
        token: String,
    },
    /// A link that signs in, in the browser that asked. `asker` is the site and where its page is; without one it was the
    /// account page.
    SignInLink {
        token: String,
        asker: Option<(Name, String)>,
    },
    /// A link that shows an account to be theirs who came from a provider of this name.
    ProveLink {
        token: String,
        provider: String,
    },
    /// To the old address, once it is done.
    AddressChanged,
    /// The password was set, changed or taken away; to the account's address. So are the others.
    PasswordChanged,
    SecondFactorOn,
    SecondFactorOff,
    /// An account at a provider of this name leads to this one from now on.
    IdentityLinked {
        provider: String,
    },
    IdentityUnlinked {
        provider: String,
    },
}

/// A notice in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    pub id: u64,
    pub notice: Notice,
    pub due_at: Timestamp,
    pub tries: u32,
}
