//! The world outside: what is asked of it, and what can go wrong there.

pub mod http;
pub mod mailbox;
pub mod mails;
pub mod providers;
pub mod smtp;

use async_trait::async_trait;

use crate::domain::Email;

/// A mail, ready to send. Text and HTML say the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    pub to: Email,
    pub subject: String,
    pub text: String,
    pub html: String,
}

#[async_trait]
pub trait Mailer: Send + Sync {
    /// Hands a mail to the next server. Returns that server's own answer.
    async fn send(&self, mail: &Mail) -> Result<String, OutsideError>;

    /// Where mails go, for the operator: `smtp.example.org:587, STARTTLS`.
    fn describe(&self) -> String;
}

/// What went wrong, in the words of the other side where it said any. These may name the recipient: fit for the
/// operator's eyes, not for a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutsideError {
    /// Worth trying again: no connection, a busy server, a temporary refusal.
    #[error("{0}")]
    Temporary(String),
    /// Not worth it: the server refused this for good.
    #[error("{0}")]
    Permanent(String),
}
