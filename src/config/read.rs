//! From a raw value to what it means. Every refusal says what was expected.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use url::{Host, Url};

use super::keys::Form;
use super::providers::ProviderKind;
use super::units::{parse_duration, parse_size};
use super::{BaseUrl, Encryption, IpNet, LogFormat};
use crate::domain::{Email, Name};

/// A value as it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    Text(String),
    Whole(i64),
    Flag(bool),
    List(Vec<Raw>),
    /// Something that no key takes, by its name.
    Other(&'static str),
}

impl Raw {
    /// What a variable's text means for a key of this form; text that does not fit stays text and is refused later.
    pub fn from_variable(text: &str, form: Form) -> Raw {
        let text = text.trim();
        let as_text = || Raw::Text(text.to_owned());
        match form {
            Form::Text => as_text(),
            Form::Whole => text.parse().map_or_else(|_| as_text(), Raw::Whole),
            Form::Flag => text.parse().map_or_else(|_| as_text(), Raw::Flag),
            Form::List => Raw::List(
                text.split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty())
                    .map(|item| Raw::Text(item.to_owned()))
                    .collect(),
            ),
        }
    }

    /// How it is named in a refusal.
    pub fn found(&self) -> String {
        match self {
            Raw::Text(text) => format!("{text:?}"),
            Raw::Whole(number) => number.to_string(),
            Raw::Flag(flag) => flag.to_string(),
            Raw::List(_) => "a list".to_owned(),
            Raw::Other(name) => (*name).to_owned(),
        }
    }

    fn text(&self) -> Option<&str> {
        match self {
            Raw::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// What was expected instead of a value, or of one of its items.
pub(super) struct Expected {
    pub what: String,
    pub item: Option<Raw>,
}

impl From<&str> for Expected {
    fn from(what: &str) -> Expected {
        Expected { what: what.to_owned(), item: None }
    }
}

/// A type that values can be read as.
pub(super) trait Readable: Sized {
    fn read(raw: &Raw) -> Result<Self, Expected>;
}

/// Reads by a function that knows text only.
fn text<T>(raw: &Raw, expected: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T, Expected> {
    raw.text().and_then(read).ok_or_else(|| expected.into())
}

impl Readable for SocketAddr {
    fn read(raw: &Raw) -> Result<SocketAddr, Expected> {
        text(raw, "an address and a port such as 127.0.0.1:8080", |text| text.parse().ok())
    }
}

impl Readable for BaseUrl {
    fn read(raw: &Raw) -> Result<BaseUrl, Expected> {
        text(raw, "an http or https address such as https://comments.example.org, without ? or #", |text| {
            let url = Url::parse(text).ok()?;
            let fits = matches!(url.scheme(), "http" | "https")
                && url.username().is_empty()
                && url.password().is_none()
                && url.query().is_none()
                && url.fragment().is_none()
                && !url.path().contains("//");
            let path = url.path().trim_end_matches('/').to_owned();
            fits.then(|| BaseUrl { origin: url.origin().ascii_serialization(), path })
        })
    }
}

impl BaseUrl {
    /// Whether only this machine reaches it.
    pub fn is_local(&self) -> bool {
        match Url::parse(&self.origin).ok().and_then(|url| url.host().map(|host| host.to_owned())) {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            None => false,
        }
    }
}

impl Readable for IpNet {
    fn read(raw: &Raw) -> Result<IpNet, Expected> {
        text(raw, "an address such as 10.0.0.1 or a block such as 10.0.0.0/8", |text| {
            let (address, prefix) = match text.split_once('/') {
                Some((address, prefix)) => (address, Some(prefix.parse::<u8>().ok()?)),
                None => (text, None),
            };
            let address: IpAddr = address.parse().ok()?;
            let width = if address.is_ipv4() { 32 } else { 128 };
            let prefix = prefix.unwrap_or(width);
            (prefix <= width).then_some(IpNet { address, prefix })
        })
    }
}

impl<T: Readable> Readable for Vec<T> {
    fn read(raw: &Raw) -> Result<Vec<T>, Expected> {
        let Raw::List(items) = raw else { return Err("a list".into()) };
        let read =
            |item: &Raw| T::read(item).map_err(|expected| Expected { item: Some(item.clone()), ..expected });
        items.iter().map(read).collect()
    }
}

impl Readable for bool {
    fn read(raw: &Raw) -> Result<bool, Expected> {
        match raw {
            Raw::Flag(flag) => Ok(*flag),
            _ => Err("true or false".into()),
        }
    }
}

impl Readable for u16 {
    fn read(raw: &Raw) -> Result<u16, Expected> {
        whole(raw, 1, u16::MAX.into(), "a port from 1 to 65535").map(|port| port as u16)
    }
}

/// A count of at least one.
impl Readable for u32 {
    fn read(raw: &Raw) -> Result<u32, Expected> {
        whole(raw, 1, 1_000_000, "a whole number from 1 to 1000000").map(|count| count as u32)
    }
}

fn whole(raw: &Raw, least: i64, most: i64, expected: &str) -> Result<i64, Expected> {
    match raw {
        Raw::Whole(number) if (least..=most).contains(number) => Ok(*number),
        _ => Err(expected.into()),
    }
}

/// A size in bytes.
pub(super) struct Bytes(pub u64);

impl Readable for Bytes {
    fn read(raw: &Raw) -> Result<Bytes, Expected> {
        let bytes = match raw {
            Raw::Whole(number) => u64::try_from(*number).ok(),
            other => other.text().and_then(parse_size),
        };
        // Half of what is addressable: nobody has more, and sums of sizes cannot overflow.
        bytes
            .filter(|bytes| *bytes <= i64::MAX as u64)
            .map(Bytes)
            .ok_or_else(|| "a size such as \"64 MiB\"".into())
    }
}

impl Readable for Duration {
    fn read(raw: &Raw) -> Result<Duration, Expected> {
        text(raw, "a duration from 1ms to 30d such as \"10s\" or \"1h 30m\"", |text| {
            parse_duration(text)
                .filter(|d| (Duration::from_millis(1)..=Duration::from_secs(30 * 86_400)).contains(d))
        })
    }
}

impl Readable for PathBuf {
    fn read(raw: &Raw) -> Result<PathBuf, Expected> {
        text(raw, "a path", |text| (!text.is_empty()).then(|| PathBuf::from(text)))
    }
}

impl Readable for String {
    fn read(raw: &Raw) -> Result<String, Expected> {
        text(raw, "text without line breaks", |text| {
            (!text.is_empty() && !text.contains(char::is_control)).then(|| text.to_owned())
        })
    }
}

impl Readable for Email {
    fn read(raw: &Raw) -> Result<Email, Expected> {
        text(raw, "an e-mail address such as comments@example.org", |text| Email::parse(text).ok())
    }
}

impl Readable for Name {
    fn read(raw: &Raw) -> Result<Name, Expected> {
        let text = raw.text().ok_or("a name")?;
        Name::parse(text).map_err(|refusal| format!("a name ({refusal})").as_str().into())
    }
}

/// A short name on a button.
pub(super) struct Label(pub String);

impl Label {
    const MAX_CHARS: usize = 40;
}

impl Readable for Label {
    fn read(raw: &Raw) -> Result<Label, Expected> {
        text(raw, "a name of at most 40 characters", |text| {
            let text = text.trim();
            let fits = (1..=Label::MAX_CHARS).contains(&text.chars().count()) && Name::parse(text).is_ok();
            fits.then(|| Label(text.to_owned()))
        })
    }
}

/// The `d` of an SVG path.
pub(super) struct IconPath(pub String);

impl IconPath {
    const MAX_BYTES: usize = 4096;
}

impl Readable for IconPath {
    fn read(raw: &Raw) -> Result<IconPath, Expected> {
        let is_path = |path: &str| {
            let drawn = |b: u8| b.is_ascii_digit() || b"MmZzLlHhVvCcSsQqTtAaEe.,+- ".contains(&b);
            path.len() <= IconPath::MAX_BYTES && path.starts_with(['M', 'm']) && path.bytes().all(drawn)
        };
        text(raw, "the path of an SVG, such as \"M4 4h16v16H4z\", of at most 4096 characters", |text| {
            is_path(text.trim()).then(|| IconPath(text.trim().to_owned()))
        })
    }
}

impl Readable for ProviderKind {
    fn read(raw: &Raw) -> Result<ProviderKind, Expected> {
        let known = ProviderKind::ALL.map(ProviderKind::as_str).join(", ");
        text(raw, &format!("one of {known}"), ProviderKind::named)
    }
}

impl Readable for Encryption {
    fn read(raw: &Raw) -> Result<Encryption, Expected> {
        text(raw, "\"tls\", \"starttls\" or \"none\"", |text| match text {
            "tls" => Some(Encryption::Tls),
            "starttls" => Some(Encryption::StartTls),
            "none" => Some(Encryption::None),
            _ => None,
        })
    }
}

impl Readable for LogFormat {
    fn read(raw: &Raw) -> Result<LogFormat, Expected> {
        text(raw, "\"text\" or \"json\"", |text| match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        })
    }
}

/// Which lines are written: levels, and levels of parts. A bare word that is no level is refused, although the
/// subscriber would take it, as the name of a part that is written in full: it is a slip of the finger.
pub(super) struct Filter(pub String);

impl Readable for Filter {
    fn read(raw: &Raw) -> Result<Filter, Expected> {
        let is_part = |part: &str| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':' | b'-'))
        };
        let is_level = |level: &str| {
            ["off", "error", "warn", "info", "debug", "trace"].contains(&level.to_ascii_lowercase().as_str())
        };
        text(raw, "a filter such as \"info\" or \"info,afterword::jobs=debug\"", |text| {
            let fits = text.split(',').map(str::trim).all(|rule| match rule.split_once('=') {
                Some((part, level)) => is_part(part) && is_level(level),
                None => is_level(rule),
            });
            fits.then(|| Filter(text.to_owned()))
        })
    }
}
