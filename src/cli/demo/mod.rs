//! `afterword demo`: the real server on a real data file, and beside it a magazine on another origin that embeds it. Mail
//! goes to a page. Everything stays on this machine, an identity provider to sign in with included.

mod identity;
pub mod magazine;
mod ports;
mod seeds;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{anyhow, bail};
use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::watch;

use self::identity::DemoId;
use self::identity::service::DemoIdService;
use self::magazine::articles;
use self::magazine::service::MagazineService;
use super::control::Control;
use super::machine::{OsChance, SystemClock};
use super::output::{say, say_lines};
use super::serve::{self, Signals};
use super::{logging, owners, wiring};
use crate::app::{App, Clock, Parts};
use crate::config::{BaseUrl, Config, Mistakes};
use crate::domain::{Name, Origin, Site, SiteKey};
use crate::outside::Mailer;
use crate::outside::mailbox::Mailbox;
use crate::storage::sites::SiteChange;
use crate::web::accept::{self, AcceptLimits};

/// Mails the mailbox shows at most.
const MAILS: usize = 100;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Port of Afterword [default: 8080, or a free one]
    #[arg(long)]
    pub port: Option<u16>,
    /// Port of the magazine that embeds it [default: 8081, or a free one]
    #[arg(long)]
    pub magazine_port: Option<u16>,
    /// Port of the identity provider to try signing in with [default: 8082, or a free one]
    #[arg(long)]
    pub id_port: Option<u16>,
    /// Where its data lies
    #[arg(long, value_name = "DIRECTORY", default_value = "./afterword-data")]
    pub data: PathBuf,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut config = demo_config()?;
    logging::start(&config.log)?;
    let signals = Signals::new()?;
    let server = ports::take(arguments.port, 8080, "--port")?;
    let stand = ports::take(arguments.magazine_port, 8081, "--magazine-port")?;
    let id_stand = ports::take(arguments.id_port, 8082, "--id-port")?;
    let (server_at, magazine_at) = (local(&server)?, local(&stand)?);
    config.server.listen = server.local_addr()?;
    config.server.base_url = BaseUrl { origin: server_at.to_string(), path: String::new() };
    config.storage.directory = arguments.data;
    let (clock, chance) = (Arc::new(SystemClock), Arc::new(OsChance));
    let demo_id_at = local(&id_stand)?;
    let demo_id = DemoId::new(demo_id_at.clone(), &config.server.base_url, clock.clone(), chance.clone())?;
    config.providers = vec![demo_id.settings()?];
    let providers = wiring::providers(&config)?;

    let store = wiring::open_store(&config, false)?;
    let control = Control::listen(&config.storage.directory);
    let mailbox = Arc::new(Mailbox::with_time(MAILS, || SystemClock.now()));
    let app = App::new(Parts {
        config: Arc::new(config),
        store,
        clock,
        chance,
        mailer: Some(mailbox.clone() as Arc<dyn Mailer>),
        providers,
    });
    let site = demo_site(&app, &magazine_at).await?;
    seeds::plant(&app, &site, &magazine_at, || say("Writing four hundred comments, this once …")).await?;

    let stop = watch::Sender::new(false);
    let limits = AcceptLimits::from(&app.config.server);
    let magazine = MagazineService::new(server_at.to_string(), mailbox);
    let (stopped, id_limits) = (stop.subscribe(), limits.clone());
    let magazine = tokio::spawn(async move { accept::serve(stand, magazine, &limits, stopped).await });
    let (stopped, demo_id) = (stop.subscribe(), DemoIdService::new(Arc::new(demo_id)));
    let demo_id = tokio::spawn(async move { accept::serve(id_stand, demo_id, &id_limits, stopped).await });
    greet(&app, &magazine_at, &demo_id_at).await?;
    serve::until_stopped(app, server, control, signals, stop).await?;
    magazine.await?;
    Ok(demo_id.await?)
}

/// The defaults, whatever lies in this directory or stands in the environment: those may be a real server's.
fn demo_config() -> anyhow::Result<Config> {
    let mut config = Config::load(None, std::iter::empty()).map_err(|Mistakes(mistakes)| {
        let mistakes: Vec<_> = mistakes.iter().map(ToString::to_string).collect();
        anyhow!("the defaults are not right: {}", mistakes.join("; "))
    })?;
    // What it prints is for a person: nothing is to stand between them and the links but what went wrong.
    config.log.filter = "warn".to_owned();
    config.log.access = false;
    Ok(config)
}

/// The origin of a listener on this machine, by the name people use.
fn local(listener: &TcpListener) -> anyhow::Result<Origin> {
    let port = listener.local_addr()?.port();
    Origin::parse(&format!("http://localhost:{port}")).ok_or_else(|| anyhow!("port {port} makes no origin"))
}

/// The site of the magazine; where the magazine is now is among its addresses.
async fn demo_site(app: &App, magazine: &Origin) -> anyhow::Result<Arc<Site>> {
    let key: SiteKey = "demo".parse()?;
    let by_number = magazine.as_str().replace("localhost", "127.0.0.1");
    let here: Vec<_> = [Some(magazine.clone()), Origin::parse(&by_number)].into_iter().flatten().collect();
    let Some(site) = app.store.site(&key) else {
        if !app.store.sites().is_empty() || app.store.has_operator().await? {
            let directory = app.config.storage.directory.display();
            bail!("the data in {directory} is not a demo’s: choose another directory with --data");
        }
        let name = Name::parse("The Tidewater Review")?;
        return Ok(app.store.add_site(key, name, here, None, None, app.clock.now()).await??);
    };
    if here.iter().all(|origin| site.origins.contains(origin)) {
        return Ok(site);
    }
    let others = site.origins.iter().filter(|origin| !here.contains(origin)).cloned();
    let origins = here.iter().cloned().chain(others).take(Site::MAX_ORIGINS).collect();
    let change = SiteChange { origins: Some(origins), ..SiteChange::default() };
    Ok(app.store.change_site(site.id, change).await??)
}

/// The last lines: what there is to see, in the order in which to see it.
async fn greet(app: &App, magazine: &Origin, demo_id: &Origin) -> anyhow::Result<()> {
    let (label, link) = match owners::link(app, None, false).await {
        Ok(link) if link.signs_in.is_some() => ("dashboard", link.url),
        Ok(link) => ("set-up", link.url),
        // Several owners: each signs in as themselves.
        Err(_) => ("dashboard", app.config.server.base_url.join("/dashboard")),
    };
    say_lines(&[
        format!("Afterword {}, with a magazine to comment on. Ctrl+C ends both.", env!("CARGO_PKG_VERSION")),
        String::new(),
        format!("  article    {magazine}/{}", articles::BUSY),
        format!("  {label:<9}  {link}"),
        format!("  mailbox    {magazine}/mailbox"),
        format!("  Demo ID    {demo_id}"),
    ]);
    Ok(())
}
