//! Putting the parts together: the only place that names the engine and the mailer.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};

use super::machine::{OsChance, SystemClock};
use crate::app::{App, Clock, Parts, random};
use crate::config::{Config, Encryption, Mistakes, Secret};
use crate::outside::Mailer;
use crate::outside::http::Http;
use crate::outside::providers::{self, Now, Providers};
use crate::outside::smtp::{self, Relay, Security, SmtpMailer, Stamp};
use crate::storage::Store;
use crate::storage::redb::{FILE as DATA_FILE, Options, RedbStore};

/// The configuration file that is read if none is named and it is there.
const DEFAULT_CONFIG: &str = "afterword.toml";

/// The configuration in effect: the file, and the environment over it.
pub fn config(named: Option<&Path>) -> anyhow::Result<Config> {
    let default = Path::new(DEFAULT_CONFIG);
    let file = named.or_else(|| default.exists().then_some(default));
    #[allow(clippy::disallowed_methods, reason = "here the environment is handed over")]
    let environment = std::env::vars_os().map(|(name, value)| {
        // What is no UTF-8 is no value of ours; if it is meant to be one, reading it will say so.
        (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())
    });
    Config::load(file, environment).map_err(|Mistakes(mistakes)| match mistakes.as_slice() {
        [only] => anyhow!("the configuration is not right: {only}"),
        several => {
            let lines: String = several.iter().map(|mistake| format!("\n  {mistake}")).collect();
            anyhow!("the configuration is not right in {} places:{lines}", several.len())
        }
    })
}

/// Opens the data file, or says in a sentence why not.
pub fn open_store(config: &Config, one_commit_per_unit: bool) -> anyhow::Result<Arc<RedbStore>> {
    Ok(RedbStore::open(Options { one_commit_per_unit, ..options(config) })?)
}

/// How this configuration opens the data file.
pub fn options(config: &Config) -> Options {
    let storage = &config.storage;
    Options {
        directory: storage.directory.clone(),
        cache_bytes: storage.cache_bytes,
        reserve_bytes: storage.reserve_bytes,
        one_commit_per_unit: false,
    }
}

/// For commands that make no sense without data: rather than begin an empty file in the wrong place, says so.
pub fn require_data_file(config: &Config) -> anyhow::Result<()> {
    let path = config.storage.directory.join(DATA_FILE);
    match path.try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => bail!(
            "there is no data file at {}: start the server once, or name the right directory in [storage]",
            path.display()
        ),
        Err(fault) => Err(fault).with_context(|| format!("looking for {}", path.display())),
    }
}

/// The mailer of this configuration; `None` if mail is off.
pub fn mailer(config: &Config) -> anyhow::Result<Option<SmtpMailer>> {
    let Some(mail) = &config.mail else { return Ok(None) };
    let extra_certificates = match &mail.ca_file {
        Some(path) => {
            Some(std::fs::read(path).with_context(|| format!("mail.ca_file: reading {}", path.display()))?)
        }
        None => None,
    };
    let password = mail.password.as_ref().map(|Secret(password)| password.clone()).unwrap_or_default();
    let relay = Relay {
        host: mail.host.clone(),
        port: mail.port,
        security: match mail.encryption {
            Encryption::Tls => Security::Tls,
            Encryption::StartTls => Security::StartTls,
            Encryption::None => Security::Plain,
        },
        login: mail.username.clone().map(|user| (user, password)),
        from: mail.from.clone(),
        from_name: mail.from_name.clone(),
        extra_certificates,
        our_host: our_host(config),
        timeout: smtp::DEFAULT_TIMEOUT,
    };
    let stamp = || Stamp { at: SystemClock.now(), id: random(&OsChance) };
    Ok(Some(SmtpMailer::new(relay, stamp).context("[mail]")?))
}

/// The providers of this configuration, in its order. None is asked anything yet.
pub fn providers(config: &Config) -> anyhow::Result<Providers> {
    let http = Http::new(&config.server.base_url.join(""))?;
    let now: Now = Arc::new(|| SystemClock.now());
    let build = |settings| {
        providers::build(settings, &http, &now).with_context(|| format!("[providers.{}]", settings.id))
    };
    Ok(Providers::new(config.providers.iter().map(build).collect::<anyhow::Result<_>>()?))
}

/// The host of our base URL, as mails name their sender's machine.
fn our_host(config: &Config) -> String {
    let url = url::Url::parse(&config.server.base_url.origin).ok();
    url.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_else(|| "localhost".to_owned())
}

/// Everything that runs on this machine's clock and chance.
pub fn app(config: Config, store: Arc<dyn Store>) -> anyhow::Result<Arc<App>> {
    let mailer = mailer(&config)?.map(|mailer| Arc::new(mailer) as Arc<dyn Mailer>);
    let providers = providers(&config)?;
    Ok(App::new(Parts {
        config: Arc::new(config),
        store,
        clock: Arc::new(SystemClock),
        chance: Arc::new(OsChance),
        mailer,
        providers,
    }))
}
