//! What the command line asks to be done to a site's data, and what comes back. The running server carries an order
//! out when one is there; otherwise the command does, with the data file open to itself: the same code either way.

use std::fs::File;
use std::net::IpAddr;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::arguments::{
    AccountCommand, NewOwner, NewSite, OwnerCommand, SignOut, SiteCommand, SiteEdit, SsoEdit, Whose,
};
use super::{accounts, export, owners, sites, sso};
use crate::app::App;
use crate::storage::redb::{SchemaCheck, wish_compaction};

/// One thing to do.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    AddSite(NewSite),
    ListSites,
    ShowSite {
        key: String,
    },
    ChangeSite(SiteEdit),
    /// Show a site's single sign-on, or change it.
    SiteSso(SsoEdit),
    AddOwner(NewOwner),
    /// A link for the owner of this address; for the only one without it; for setting up if there is none.
    OwnerLink {
        email: Option<String>,
        /// Whether to turn their second factor off: who has the machine may.
        forget_second_factor: bool,
    },
    ListSessions(Whose),
    SignOut(SignOut),
    /// Counters and indexes against primary rows.
    Audit {
        repair: bool,
    },
    /// Everything, compressed: as a sealed backup, or as bare lines.
    Export {
        sealed: bool,
    },
    /// The digest of everything.
    Digest,
    /// Copy the data file afresh at the next start.
    Compact,
    /// The schema version that whoever holds the data file brought it to.
    Schema,
}

impl Order {
    /// For the log: what is asked, not of whom.
    pub fn name(&self) -> &'static str {
        match self {
            Order::AddSite(_) => "site add",
            Order::ListSites => "site list",
            Order::ShowSite { .. } => "site show",
            Order::ChangeSite(_) => "site set",
            Order::SiteSso(_) => "site sso",
            Order::AddOwner(_) => "owner add",
            Order::OwnerLink { .. } => "owner link",
            Order::ListSessions(_) => "account sessions",
            Order::SignOut(_) => "account sign-out",
            Order::Audit { .. } => "doctor",
            Order::Export { sealed: true } => "backup",
            Order::Export { sealed: false } => "export",
            Order::Digest => "export --digest",
            Order::Compact => "compact",
            Order::Schema => "migrate --check",
        }
    }

    /// Whether it reads everything and changes nothing: then a server that is told to stop does not finish it.
    pub fn only_reads_for_long(&self) -> bool {
        matches!(self, Order::Export { .. } | Order::Digest | Order::Audit { repair: false })
    }

    /// Whether it makes sense before the server ever ran. Anything else is more likely asked in the wrong directory.
    pub fn may_begin_a_data_file(&self) -> bool {
        matches!(self, Order::AddSite(_) | Order::AddOwner(_))
    }
}

impl From<SiteCommand> for Order {
    fn from(command: SiteCommand) -> Order {
        match command {
            SiteCommand::Add(new) => Order::AddSite(new),
            SiteCommand::List => Order::ListSites,
            SiteCommand::Show { key } => Order::ShowSite { key },
            SiteCommand::Set(edit) => Order::ChangeSite(edit),
            SiteCommand::Sso(edit) => Order::SiteSso(edit),
        }
    }
}

impl From<OwnerCommand> for Order {
    fn from(command: OwnerCommand) -> Order {
        match command {
            OwnerCommand::Add(new) => Order::AddOwner(new),
            OwnerCommand::Link { email, forget_second_factor } => {
                Order::OwnerLink { email, forget_second_factor }
            }
        }
    }
}

impl From<AccountCommand> for Order {
    fn from(command: AccountCommand) -> Order {
        match command {
            AccountCommand::Sessions(whose) => Order::ListSessions(whose),
            AccountCommand::SignOut(order) => Order::SignOut(order),
        }
    }
}

/// What came of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Site(sites::Facts),
    Sites(Vec<sites::Facts>),
    Link(owners::Link),
    Sso(sso::Facts),
    Sessions(accounts::Sessions),
    Audit(AuditFacts),
    Schema {
        version: u64,
    },
    Exported(export::Exported),
    /// How large the data file is now.
    CompactionWished {
        bytes: u64,
    },
}

impl Outcome {
    /// How many bytes follow it.
    pub fn attached_bytes(&self) -> u64 {
        match self {
            Outcome::Exported(exported) => exported.bytes,
            _ => 0,
        }
    }
}

/// An outcome, and the bytes that follow it.
pub struct Done {
    pub outcome: Outcome,
    pub attached: Option<File>,
}

impl From<Outcome> for Done {
    fn from(outcome: Outcome) -> Done {
        Done { outcome, attached: None }
    }
}

/// What is in the data file, and where it disagrees with itself.
#[derive(Debug, Serialize, Deserialize)]
pub struct AuditFacts {
    pub sites: u64,
    pub threads: u64,
    pub comments: u64,
    pub accounts: u64,
    pub has_operator: bool,
    pub differences: Vec<String>,
    /// The private address that all comments seem to come from, since the server started.
    pub only_proxy: Option<IpAddr>,
}

pub async fn carry_out(app: &App, order: Order) -> anyhow::Result<Done> {
    if let Order::Export { sealed } = order {
        let (exported, file) = export::spool(app, sealed).await?;
        return Ok(Done { outcome: Outcome::Exported(exported), attached: Some(file) });
    }
    answer(app, order).await.map(Done::from)
}

async fn answer(app: &App, order: Order) -> anyhow::Result<Outcome> {
    Ok(match order {
        Order::Export { .. } | Order::Digest => Outcome::Exported(export::digest(app).await?),
        Order::Compact => {
            let directory = &app.config.storage.directory;
            wish_compaction(directory).with_context(|| format!("writing to {}", directory.display()))?;
            Outcome::CompactionWished { bytes: app.store.figures().file_bytes }
        }
        Order::AddSite(new) => Outcome::Site(sites::add(app, new).await?),
        Order::ListSites => Outcome::Sites(sites::list(app)),
        Order::ShowSite { key } => Outcome::Site(sites::show(app, &key)?),
        Order::ChangeSite(edit) => Outcome::Site(sites::change(app, edit).await?),
        Order::SiteSso(edit) => Outcome::Sso(sso::run(app, edit).await?),
        Order::AddOwner(new) => Outcome::Link(owners::add(app, new).await?),
        Order::OwnerLink { email, forget_second_factor } => {
            Outcome::Link(owners::link(app, email.as_deref(), forget_second_factor).await?)
        }
        Order::ListSessions(whose) => Outcome::Sessions(accounts::list(app, &whose).await?),
        Order::SignOut(order) => Outcome::Sessions(accounts::sign_out(app, &order).await?),
        Order::Schema => Outcome::Schema { version: SchemaCheck::of(None).known },
        Order::Audit { repair } => {
            let audit = app.store.audit(repair).await?;
            Outcome::Audit(AuditFacts {
                sites: audit.sites,
                threads: audit.threads,
                comments: audit.comments,
                accounts: audit.accounts,
                has_operator: app.store.has_operator().await?,
                differences: audit.differences,
                only_proxy: app.senders.only_proxy(),
            })
        }
    })
}
