//! What is in force, for people to read: TOML with each value's source beside it.
//!
//! Invariant: no secret is ever written.

use std::path::PathBuf;

use url::Url;

use super::keys::{Form, KEYS, Key, SECTIONS, providers};
use super::mistakes::Place;
use super::providers::{Need, ProviderSettings};
use super::units::{show_duration, show_size};
use super::{Config, Encryption, IpNet, LogFormat, Mail, Rate};

/// Where the comments begin.
const COMMENT_COLUMN: usize = 48;

pub(super) fn effective(config: &Config) -> String {
    let mut out = String::new();
    for (section, _) in SECTIONS {
        if section == providers::SECTION {
            for provider in &config.providers {
                out.push_str(&format!("\n[{section}.{}]\n", provider.id));
                let keys = providers::KEYS.iter();
                let takes = |key: &&Key| !matches!(provider.kind.needs(key.last()), Need::Never(_));
                for key in keys.filter(takes) {
                    let name = format!("{section}.{}.{}", provider.id, key.last());
                    out.push_str(&line(config, &name, key, shown_provider(provider, key.last())));
                }
            }
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("[{section}]\n"));
        for key in KEYS.iter().filter(|key| key.section() == section) {
            out.push_str(&line(config, key.name, key, shown(config, key.name)));
        }
    }
    out
}

/// `whole` is the key's name with its sections, `value` what it is set to.
fn line(config: &Config, whole: &str, key: &Key, value: Option<String>) -> String {
    let section =
        if key.section() == providers::SECTION { whole.rsplit_once('.') } else { whole.split_once('.') };
    let name = section.map_or(whole, |(_, name)| name);
    let Some(value) = value else { return format!("# {name} is not set\n") };
    let value = match key.form {
        _ if key.secret => "\"***\"".to_owned(),
        Form::Text => quoted(&value),
        Form::Whole | Form::Flag | Form::List => value,
    };
    let source = match config.sources.of(whole) {
        Place::Default if whole == "server.base_url" => "default; must be given in production".to_owned(),
        place => place.to_string(),
    };
    format!("{:COMMENT_COLUMN$} # {source}\n", format!("{name} = {value}"))
}

/// A value as its key takes it; `None` if it is not set.
fn shown(config: &Config, key: &str) -> Option<String> {
    let Config { server, storage, limits, log, .. } = config;
    if let Some(name) = key.strip_prefix("mail.") {
        return config.mail.as_ref().and_then(|mail| shown_mail(mail, name));
    }
    let parts: Vec<&str> = key.split('.').collect();
    Some(match parts.as_slice() {
        ["server", "listen"] => server.listen.to_string(),
        ["server", "base_url"] => server.base_url.join(""),
        ["server", "allow_plain_http"] => server.allow_plain_http.to_string(),
        ["server", "trusted_proxies"] => {
            let nets: Vec<String> =
                server.trusted_proxies.iter().map(|net| quoted(&net.to_string())).collect();
            format!("[{}]", nets.join(", "))
        }
        ["server", "max_connections"] => server.max_connections.to_string(),
        ["server", "header_timeout"] => show_duration(server.header_timeout),
        ["server", "body_timeout"] => show_duration(server.body_timeout),
        ["server", "idle_timeout"] => show_duration(server.idle_timeout),
        ["server", "drain_timeout"] => show_duration(server.drain_timeout),
        ["server", "page_cache"] => show_size(server.page_cache_bytes),
        ["storage", "directory"] => storage.directory.display().to_string(),
        ["storage", "cache"] => show_size(storage.cache_bytes as u64),
        ["storage", "reserve"] => show_size(storage.reserve_bytes),
        ["limits", "write", part] => shown_rate(limits.write, part)?,
        ["limits", "vote", part] => shown_rate(limits.vote, part)?,
        ["limits", "address", part] => shown_rate(limits.address, part)?,
        ["limits", "sign_in_mail", part] => shown_rate(limits.sign_in_mail, part)?,
        ["limits", "sign_in", part] => shown_rate(limits.sign_in, part)?,
        ["limits", "preview", part] => shown_rate(limits.preview, part)?,
        ["log", "format"] => match log.format {
            LogFormat::Text => "text".to_owned(),
            LogFormat::Json => "json".to_owned(),
        },
        ["log", "filter"] => log.filter.clone(),
        ["log", "access"] => log.access.to_string(),
        _ => return None,
    })
}

fn shown_mail(mail: &Mail, key: &str) -> Option<String> {
    match key {
        "host" => Some(mail.host.clone()),
        "port" => Some(mail.port.to_string()),
        "encryption" => Some(mail.encryption.to_string()),
        "ca_file" => mail.ca_file.as_ref().map(|path| path.display().to_string()),
        "username" => mail.username.clone(),
        "password" => mail.password.as_ref().filter(|_| mail.password_file.is_none()).map(|_| String::new()),
        "password_file" => mail.password_file.as_ref().map(|path| path.display().to_string()),
        "from" => Some(mail.from.as_str().to_owned()),
        "from_name" => Some(mail.from_name.clone()),
        _ => None,
    }
}

fn shown_provider(provider: &ProviderSettings, key: &str) -> Option<String> {
    let path = |path: &PathBuf| path.display().to_string();
    // As it was given: an address without a path has no slash.
    let address = |url: &Url| url.as_str().trim_end_matches('/').to_owned();
    let apple = provider.apple.as_ref();
    match key {
        "kind" => Some(provider.kind.as_str().to_owned()),
        "client_id" => Some(provider.client_id.clone()),
        "client_secret" => {
            let secret = provider.client_secret.as_ref();
            secret.filter(|_| provider.client_secret_file.is_none()).map(|_| String::new())
        }
        "client_secret_file" => provider.client_secret_file.as_ref().map(path),
        "name" => provider.name.clone(),
        "icon" => provider.icon.clone(),
        "trust_email" => provider.trust_email.map(|trusted| trusted.to_string()),
        "issuer" => provider.issuer.as_ref().map(address),
        "base_url" => provider.base_url.as_ref().map(address),
        "tenant" => provider.tenant.clone(),
        "team_id" => apple.map(|apple| apple.team_id.clone()),
        "key_id" => apple.map(|apple| apple.key_id.clone()),
        "key_file" => apple.map(|apple| path(&apple.key_file)),
        _ => None,
    }
}

fn shown_rate(rate: Rate, part: &str) -> Option<String> {
    match part {
        "burst" => Some(rate.burst.to_string()),
        "every" => Some(show_duration(rate.every)),
        _ => None,
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

impl std::fmt::Display for Encryption {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Encryption::Tls => "tls",
            Encryption::StartTls => "starttls",
            Encryption::None => "none",
        })
    }
}

impl std::fmt::Display for IpNet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let width = if self.address.is_ipv4() { 32 } else { 128 };
        if self.prefix == width {
            write!(f, "{}", self.address)
        } else {
            write!(f, "{}/{}", self.address, self.prefix)
        }
    }
}
