//! Putting the parts together: the only place that names the engine and the mailer.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};

use super::machine::{OsChance, SystemClock};
use crate::app::{App, Parts};
use crate::config::{Config, Mistakes};
use crate::outside::Mailer;
use crate::outside::smtp::SmtpMailer;
use crate::storage::Store;
use crate::storage::redb::{Options, RedbStore};

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
pub fn open_store(config: &Config, one_commit_per_unit: bool) -> anyhow::Result<Arc<dyn Store>> {
    let storage = &config.storage;
    let mut options = Options::new(storage.directory.clone(), storage.cache_bytes, storage.reserve_bytes);
    options.one_commit_per_unit = one_commit_per_unit;
    Ok(RedbStore::open(options)?)
}

/// For commands that make no sense without data: rather than begin an empty file in the wrong place, says so.
pub fn require_data_file(config: &Config) -> anyhow::Result<()> {
    let path = RedbStore::path_in(&config.storage.directory);
    match path.try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => bail!(
            "there is no data file at {}: start the server once, or name the right directory in [storage]",
            path.display()
        ),
        Err(fault) => Err(fault).with_context(|| format!("looking for {}", path.display())),
    }
}

pub fn mailer(config: &Config) -> anyhow::Result<Option<Arc<SmtpMailer>>> {
    config.mail.as_ref().map(|mail| Ok(Arc::new(SmtpMailer::new(mail)?))).transpose()
}

/// Everything that runs on this machine's clock and chance.
pub fn app(config: Config, store: Arc<dyn Store>) -> anyhow::Result<Arc<App>> {
    let mailer = mailer(&config)?.map(|mailer| mailer as Arc<dyn Mailer>);
    Ok(App::new(Parts {
        config: Arc::new(config),
        store,
        clock: Arc::new(SystemClock),
        chance: Arc::new(OsChance),
        mailer,
    }))
}
