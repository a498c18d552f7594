//! From what was set to a `Config`: defaults filled in, every value understood, and what must fit together checked.

mod providers;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use toml::de::DeValue;

use super::keys;
use super::mistakes::{Mistakes, Place};
use super::read::{Bytes, Filter, Readable};
use super::sources::{Settings, Sources, raw};
use super::{BaseUrl, Config, Encryption, Limits, Log, Mail, Rate, Secret, Server, Storage};
use crate::domain::{Email, Name};

pub(super) fn config(settings: Settings, mistakes: &mut Mistakes) -> Config {
    let mut values = Values { settings, mistakes };
    let base_url_given = values.is_set("server.base_url");
    Config {
        server: server(&mut values),
        storage: Storage {
            directory: values.required("storage.directory"),
            cache_bytes: usize::try_from(values.required::<Bytes>("storage.cache").0).unwrap_or(usize::MAX),
            reserve_bytes: values.required::<Bytes>("storage.reserve").0,
        },
        mail: mail(&mut values),
        providers: providers::all(&mut values),
        limits: Limits {
            write: rate(&mut values, "write"),
            vote: rate(&mut values, "vote"),
            address: rate(&mut values, "address"),
            sign_in_mail: rate(&mut values, "sign_in_mail"),
            sign_in: rate(&mut values, "sign_in"),
            preview: rate(&mut values, "preview"),
        },
        log: log(&mut values),
        base_url_given,
        sources: Sources(
            values.settings.values.iter().map(|(name, (_, place))| (name.clone(), place.clone())).collect(),
        ),
    }
}

struct Values<'m> {
    settings: Settings,
    mistakes: &'m mut Mistakes,
}

impl Values<'_> {
    fn is_set(&self, key: &str) -> bool {
        self.settings.values.contains_key(key)
    }

    /// The value that was set, if it is one.
    fn optional<T: Readable>(&mut self, key: &str) -> Option<T> {
        let (raw, place) = self.settings.values.get(key)?;
        match T::read(raw) {
            Ok(value) => Some(value),
            Err(expected) => {
                let is_secret = keys::find(key).is_some_and(|key| key.secret);
                let found = expected.item.as_ref().unwrap_or(raw).found();
                let found = if is_secret { "something else" } else { &found };
                self.mistakes.add(place, format!("{key}: expected {}, found {found}", expected.what));
                None
            }
        }
    }

    /// The value that was set, else the default. After a mistake it is the default, so that reading goes on.
    fn required<T: Readable>(&mut self, key: &str) -> T {
        self.optional(key).unwrap_or_else(|| default(key))
    }

    /// A secret that is set itself as `key`, or stands in the `file` that `file_key` names.
    fn secret(&mut self, key: &str, file_key: &str, file: Option<&Path>) -> Option<Secret> {
        let given: Option<String> = self.optional(key);
        if self.is_set(key) && self.is_set(file_key) {
            self.refuse(file_key, format!("{key} is set too: expected only one of them"));
            return None;
        }
        let Some(file) = file else { return given.map(Secret) };
        match std::fs::read_to_string(file) {
            Ok(text) => match text.trim_end_matches(['\r', '\n']) {
                "" => self.refuse(file_key, format!("{} is empty", file.display())),
                secret if secret.contains(char::is_control) => {
                    self.refuse(file_key, format!("expected one line in {}", file.display()));
                }
                secret => return Some(Secret(secret.to_owned())),
            },
            Err(error) => self.refuse(file_key, format!("{} cannot be read: {error}", file.display())),
        }
        None
    }

    fn refuse(&mut self, key: &str, message: impl Into<String>) {
        let place = self.settings.values.get(key).map_or(Place::Default, |(_, place)| place.clone());
        self.mistakes.add(&place, format!("{key}: {}", message.into()));
    }
}

fn default<T: Readable>(key: &str) -> T {
    let literal = keys::find(key).and_then(|key| key.default).expect("only keys with a default are required");
    let value = DeValue::parse(literal).expect("a test reads every default");
    T::read(&raw(value.get_ref())).ok().expect("a test reads every default")
}

fn server(values: &mut Values<'_>) -> Server {
    let listen: SocketAddr = values.required("server.listen");
    let local = || BaseUrl { origin: format!("http://localhost:{}", listen.port()), path: String::new() };
    let base_url = values.optional("server.base_url").unwrap_or_else(local);
    let allow_plain_http: bool = values.required("server.allow_plain_http");
    if !base_url.is_https() && !base_url.is_local() && !allow_plain_http {
        values.refuse(
            "server.base_url",
            "expected https, or people's sign-ins can be overheard (server.allow_plain_http = true takes it all the same)",
        );
    }
    Server {
        listen,
        base_url,
        allow_plain_http,
        trusted_proxies: values.required("server.trusted_proxies"),
        max_connections: values.required::<u32>("server.max_connections") as usize,
        header_timeout: values.required("server.header_timeout"),
        body_timeout: values.required("server.body_timeout"),
        idle_timeout: values.required("server.idle_timeout"),
        drain_timeout: values.required("server.drain_timeout"),
        page_cache_bytes: values.required::<Bytes>("server.page_cache").0,
    }
}

/// The mail section, whole or not at all.
fn mail(values: &mut Values<'_>) -> Option<Mail> {
    let host: Option<String> = values.optional("mail.host");
    let encryption: Encryption = values.required("mail.encryption");
    let port = values.optional("mail.port").unwrap_or(match encryption {
        Encryption::Tls => 465,
        Encryption::StartTls => 587,
        Encryption::None => 25,
    });
    let from: Option<Email> = values.optional("mail.from");
    let from_name: Name = values.required("mail.from_name");
    let username: Option<String> = values.optional("mail.username");
    let password_file: Option<PathBuf> = values.optional("mail.password_file");
    let password = values.secret("mail.password", "mail.password_file", password_file.as_deref());
    let ca_file = ca_file(values);

    if values.settings.is_partial {
        // What is missing may stand in the part that could not be read.
        return None;
    }
    if !values.is_set("mail.host") {
        let without_host = keys::KEYS
            .iter()
            .find(|key| key.section() == "mail" && key.default.is_none() && values.is_set(key.name));
        if let Some(key) = without_host {
            values
                .refuse(key.name, "means nothing without mail.host: set that too, or leave the section out");
        }
        return None;
    }
    if !values.is_set("mail.from") {
        values.refuse("mail.host", "mail.from is missing: the address our mails come from");
    }
    match (values.is_set("mail.username"), password.is_some()) {
        (true, false) if !values.is_set("mail.password") && !values.is_set("mail.password_file") => {
            values.refuse("mail.username", "mail.password_file (or mail.password) is missing");
        }
        (false, true) => {
            let key = if values.is_set("mail.password") { "mail.password" } else { "mail.password_file" };
            values.refuse(key, "mail.username is missing");
        }
        (true, true) if encryption == Encryption::None && !host.as_deref().is_some_and(is_local_host) => {
            values.refuse(
                "mail.encryption",
                "expected \"tls\" or \"starttls\", or the password could be overheard",
            );
        }
        _ => {}
    }
    Some(Mail {
        host: host?,
        port,
        encryption,
        username,
        password,
        password_file,
        from: from?,
        from_name: from_name.as_str().to_owned(),
        ca_file,
    })
}

fn is_local_host(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn ca_file(values: &mut Values<'_>) -> Option<PathBuf> {
    let file: PathBuf = values.optional("mail.ca_file")?;
    match std::fs::read_to_string(&file) {
        Ok(text) if text.contains("-----BEGIN CERTIFICATE-----") => {}
        Ok(_) => values.refuse("mail.ca_file", format!("expected certificates (PEM) in {}", file.display())),
        Err(error) => values.refuse("mail.ca_file", format!("{} cannot be read: {error}", file.display())),
    }
    Some(file)
}

fn rate(values: &mut Values<'_>, name: &str) -> Rate {
    Rate {
        burst: values.required(&format!("limits.{name}.burst")),
        every: values.required(&format!("limits.{name}.every")),
    }
}

fn log(values: &mut Values<'_>) -> Log {
    let Filter(filter) = values.required("log.filter");
    Log { format: values.required("log.format"), filter, access: values.required("log.access") }
}
