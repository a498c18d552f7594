//! Sending mail through one SMTP server, the relay.
//!
//! Invariant: nothing is sent unencrypted unless the relay was set up so; and a connection whose state is unknown,
//! because something failed or took too long, is never used again.

mod message;

use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use parking_lot::Mutex;
use tokio::time::timeout;

use super::{Mail, Mailer, OutsideError};
use crate::domain::{Email, Timestamp};

pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long an idle connection may take to say that it is still there.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// How many connections are kept open between mails.
const MAX_IDLE: usize = 4;
/// Refusals that speak of us and not of the mail: log in first, wrong password, encrypt first.
const ABOUT_US: [u16; 4] = [530, 534, 535, 538];

/// The server that takes our mails, and who we are to it.
#[derive(Clone)]
pub struct Relay {
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// User name and password.
    pub login: Option<(String, String)>,
    pub from: Email,
    pub from_name: String,
    /// Certificates (PEM) trusted besides the system's.
    pub extra_certificates: Option<Vec<u8>>,
    /// The host of our own base URL: what `Message-ID` and the greeting name.
    pub our_host: String,
    /// How long connecting may take, and how long sending one mail.
    pub timeout: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// From the first byte.
    Tls,
    /// Upgraded, or nothing is sent.
    StartTls,
    Plain,
}

/// What makes one mail differ from all others: when it was sent, and a random number.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    pub at: Timestamp,
    pub id: [u8; 16],
}

/// Why a relay cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    #[error("expected certificates in PEM form: {0}")]
    Certificates(String),
    #[error("the sender's address is not one that mail servers take")]
    Sender,
}

pub struct SmtpMailer {
    relay: Relay,
    sender: lettre::message::Mailbox,
    tls: Option<TlsParameters>,
    stamp: Box<dyn Fn() -> Stamp + Send + Sync>,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
}

impl SmtpMailer {
    /// Connects to nothing yet. `stamp` is asked once a mail.
    pub fn new(
        relay: Relay,
        stamp: impl Fn() -> Stamp + Send + Sync + 'static,
    ) -> Result<SmtpMailer, RelayError> {
        let sender = message::mailbox(&relay.from, Some(&relay.from_name)).ok_or(RelayError::Sender)?;
        let tls = match relay.security {
            Security::Plain => None,
            Security::Tls | Security::StartTls => Some(trust(&relay)?),
        };
        Ok(SmtpMailer { relay, sender, tls, stamp: Box::new(stamp), idle: Mutex::default() })
    }

    /// Connects, encrypts and logs in, and sends nothing.
    pub async fn check(&self) -> Result<(), OutsideError> {
        let fresh = self.within("connecting", self.connect()).await??;
        self.keep(fresh);
        Ok(())
    }

    /// An idle connection that still answers.
    async fn idle_connection(&self) -> Option<AsyncSmtpConnection> {
        while let Some(mut idle) = self.take_idle() {
            if timeout(PROBE_TIMEOUT, idle.test_connected()).await.unwrap_or(false) {
                return Some(idle);
            }
        }
        None
    }

    /// Sends over one connection and keeps that for the next mail. The outer error is time that ran out.
    async fn send_over(
        &self,
        mut connection: AsyncSmtpConnection,
        message: &lettre::Message,
    ) -> Result<Result<String, SmtpError>, OutsideError> {
        let wire = message.formatted();
        let sent = self.within("sending", connection.send(message.envelope(), &wire)).await?;
        Ok(sent.map(|response| {
            self.keep(connection);
            answer(&response)
        }))
    }

    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        self.idle.lock().pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock();
        if !connection.has_broken() && idle.len() < MAX_IDLE {
            idle.push(connection);
        }
    }

    /// Whatever fails here may be mended by the operator or by time, and says nothing about the mail.
    async fn connect(&self) -> Result<AsyncSmtpConnection, OutsideError> {
        let failed = |what: &str| {
            let what = format!("{what} {}:{}", self.relay.host, self.relay.port);
            move |error: SmtpError| OutsideError::Temporary(format!("{what}: {}", answer_in(&error)))
        };
        let hello = hello(&self.relay.our_host);
        let at_once = self.tls.clone().filter(|_| self.relay.security == Security::Tls);
        let address = (self.relay.host.as_str(), self.relay.port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(self.relay.timeout), &hello, at_once, None)
                .await
                .map_err(failed("could not connect to"))?;
        if let (Security::StartTls, Some(tls)) = (self.relay.security, self.tls.clone()) {
            connection.starttls(tls, &hello).await.map_err(failed("could not encrypt (STARTTLS) with"))?;
        }
        if let Some((user, password)) = &self.relay.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await
                .map_err(failed("could not log in to"))?;
        }
        Ok(connection)
    }

    async fn within<T>(&self, what: &str, work: impl Future<Output = T>) -> Result<T, OutsideError> {
        timeout(self.relay.timeout, work).await.map_err(|_| {
            let Relay { host, port, timeout, .. } = &self.relay;
            OutsideError::Temporary(format!(
                "{what}: no answer from {host}:{port} within {} seconds",
                timeout.as_secs()
            ))
        })
    }
}

#[async_trait]
impl Mailer for SmtpMailer {
    async fn send(&self, mail: &Mail) -> Result<String, OutsideError> {
        let message = message::message(mail, &self.sender, &self.relay.our_host, (self.stamp)())?;
        if let Some(idle) = self.idle_connection().await {
            match self.send_over(idle, &message).await? {
                // The server closed it at this moment, as servers do with idle connections: that says nothing.
                Err(error) if error.status().is_none() && !error.is_client() => {}
                other => return other.map_err(|error| refusal(&error)),
            }
        }
        let fresh = self.within("connecting", self.connect()).await??;
        self.send_over(fresh, &message).await?.map_err(|error| refusal(&error))
    }

    fn describe(&self) -> String {
        let security = match self.relay.security {
            Security::Tls => "TLS",
            Security::StartTls => "STARTTLS",
            Security::Plain => "not encrypted",
        };
        format!("{}:{}, {security}", self.relay.host, self.relay.port)
    }
}

fn trust(relay: &Relay) -> Result<TlsParameters, RelayError> {
    let unusable = |error: SmtpError| RelayError::Certificates(error.to_string());
    let mut builder = TlsParameters::builder(relay.host.clone());
    if let Some(pem) = &relay.extra_certificates {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(unusable)?);
    }
    builder.build_rustls().map_err(unusable)
}

/// How we introduce ourselves.
fn hello(our_host: &str) -> ClientId {
    match our_host.trim_matches(['[', ']']).parse() {
        Ok(std::net::IpAddr::V4(ip)) => ClientId::Ipv4(ip),
        Ok(std::net::IpAddr::V6(ip)) => ClientId::Ipv6(ip),
        Err(_) => ClientId::Domain(our_host.to_owned()),
    }
}

/// What a refused mail means for trying again.
fn refusal(error: &SmtpError) -> OutsideError {
    let code = error.status().map(u16::from);
    let is_about_us = code.is_some_and(|code| ABOUT_US.contains(&code));
    // A "client" error is a mail that this server cannot take: an address in letters it does not know.
    if (error.is_permanent() && !is_about_us) || error.is_client() {
        OutsideError::Permanent(answer_in(error))
    } else {
        OutsideError::Temporary(answer_in(error))
    }
}

/// The server's own words: `250 2.0.0 Ok: queued as 12345`.
fn answer(response: &Response) -> String {
    let lines: Vec<&str> = response.message().collect();
    one_line(&format!("{} {}", response.code(), lines.join(" ")))
}

/// The server's own words in an error, if it said any; else what happened.
fn answer_in(error: &SmtpError) -> String {
    let source = std::error::Error::source(error).map(ToString::to_string);
    one_line(&match (error.status(), source) {
        (Some(code), Some(words)) => format!("{code} {words}"),
        (Some(code), None) => code.to_string(),
        (None, Some(cause)) => cause,
        (None, None) => error.to_string(),
    })
}

/// A server's words are not ours: on one line, without controls, and not endless.
fn one_line(words: &str) -> String {
    let cleaned: String = words.chars().map(|c| if c.is_control() { ' ' } else { c }).take(500).collect();
    cleaned.split_whitespace().collect::<Vec<_>>().join(" ")
}
