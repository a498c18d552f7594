//! The configuration: `afterword.toml`, overlaid by `AFTERWORD_SECTION__KEY` environment variables.
//!
//! Invariant: a `Config` is whole and valid; what is wrong with one is found before anything starts, all of it at once.
//! [`keys`] is the one table of what can be set: reading, `config.example.toml` and [`Config::effective`] follow it.

mod assemble;
mod effective;
pub mod keys;
mod mistakes;
mod near;
pub mod providers;
mod read;
mod sources;
mod units;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::domain::Email;

pub use mistakes::{Mistake, Mistakes, Place};
pub use sources::Sources;

#[derive(Clone, Debug)]
pub struct Config {
    pub server: Server,
    pub storage: Storage,
    /// `None`: no mail is sent, and sign-in by e-mail is hidden.
    pub mail: Option<Mail>,
    /// In the order in which they are offered.
    pub providers: Vec<providers::ProviderSettings>,
    pub limits: Limits,
    pub log: Log,
    /// Whether somebody set `server.base_url`: in production they must.
    pub base_url_given: bool,
    /// Where each value came from.
    pub sources: Sources,
}

impl Config {
    /// Reads the file, if there is one, then the variables of `env` that concern us. All mistakes come at once.
    pub fn load(
        path: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Config, Mistakes> {
        let mut mistakes = Mistakes::default();
        let mut settings = sources::Settings::default();
        if let Some(path) = path {
            settings.read_file(path, &mut mistakes);
        }
        settings.read_environment(env, &mut mistakes);
        let config = assemble::config(settings, &mut mistakes);
        mistakes.none_or(config)
    }

    /// All values as TOML, each with where it came from; secrets are masked.
    pub fn effective(&self) -> String {
        effective::effective(self)
    }
}

#[derive(Clone, Debug)]
pub struct Server {
    pub listen: SocketAddr,
    pub base_url: BaseUrl,
    /// Whether `base_url` may be plain `http` although others than this machine use it.
    pub allow_plain_http: bool,
    /// Proxies whose `X-Forwarded-For` is believed, rightmost hop first.
    pub trusted_proxies: Vec<IpNet>,
    pub max_connections: usize,
    /// How long a request's header may take, and then its body.
    pub header_timeout: Duration,
    pub body_timeout: Duration,
    /// How long a connection may lie idle between requests.
    pub idle_timeout: Duration,
    /// How long accepted requests may take to finish after SIGTERM.
    pub drain_timeout: Duration,
    /// Bytes of rendered pages kept in memory.
    pub page_cache_bytes: u64,
}

/// Where browsers reach this server: `https://comments.example.org` or, behind a path, `https://example.org/comments`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    /// Scheme, host and port, without a slash at the end.
    pub origin: String,
    /// Empty, or `/comments`: begins with a slash, does not end with one.
    pub path: String,
}

impl BaseUrl {
    /// `https://example.org/comments` + `/embed.js`.
    pub fn join(&self, path: &str) -> String {
        format!("{}{}{}", self.origin, self.path, path)
    }

    /// Whether cookies can be `Secure`.
    pub fn is_https(&self) -> bool {
        self.origin.starts_with("https://")
    }
}

/// An address block: `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpNet {
    pub address: IpAddr,
    pub prefix: u8,
}

impl IpNet {
    pub fn contains(&self, ip: IpAddr) -> bool {
        fn prefix_of(bits: u128, width: u32, prefix: u8) -> u128 {
            bits.checked_shr(width.saturating_sub(u32::from(prefix))).unwrap_or(0)
        }
        match (self.address, ip.to_canonical()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                prefix_of(u32::from(a).into(), 32, self.prefix)
                    == prefix_of(u32::from(b).into(), 32, self.prefix)
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                prefix_of(a.into(), 128, self.prefix) == prefix_of(b.into(), 128, self.prefix)
            }
            _ => false,
        }
    }
}

#[derive(Clone, Debug)]
pub struct Storage {
    pub directory: PathBuf,
    /// Bytes of the data file kept in memory.
    pub cache_bytes: usize,
    /// Writes are refused when less is free on the disk.
    pub reserve_bytes: u64,
}

#[derive(Clone, Debug)]
pub struct Mail {
    pub host: String,
    pub port: u16,
    pub encryption: Encryption,
    pub username: Option<String>,
    pub password: Option<Secret>,
    /// Where the password was read from, if it was not set itself.
    pub password_file: Option<PathBuf>,
    pub from: Email,
    pub from_name: String,
    /// Certificates (PEM) trusted besides the system's.
    pub ca_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encryption {
    /// From the first byte, usually port 465.
    Tls,
    /// Upgraded, or nothing is sent; usually port 587.
    StartTls,
    /// For a relay on this machine.
    None,
}

/// A secret: shown as `***` by `Debug` and by `afterword config`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// How often a visitor may do something: `burst` at once, then one more every `every`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub burst: u32,
    pub every: Duration,
}

#[derive(Clone, Debug)]
pub struct Limits {
    /// Comments and edits, per author.
    pub write: Rate,
    /// Likes, per account.
    pub vote: Rate,
    /// Everything else that writes, per address (/64 for IPv6).
    pub address: Rate,
    /// Sign-in mails, per recipient.
    pub sign_in_mail: Rate,
    /// Attempts to sign in, per address and per account.
    pub sign_in: Rate,
    /// Previews, per address.
    pub preview: Rate,
}

#[derive(Clone, Debug)]
pub struct Log {
    pub format: LogFormat,
    /// As `tracing-subscriber`'s `EnvFilter` reads it: `info`, `afterword=debug`.
    pub filter: String,
    /// One line a request.
    pub access: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Text,
    Json,
}

#[cfg(test)]
#[path = "../../tests/fuzz/configuration.rs"]
mod fuzz;
