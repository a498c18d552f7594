//! `afterword account …`: where somebody is signed in, and signing them out.

use std::fmt;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::arguments::{SignOut, Whose};
use crate::actions::account::sessions;
use crate::app::App;
use crate::domain::sessions::{Scope, Session, Via};
use crate::domain::{Account, AccountId, Email, Name, SessionId};

/// Somebody's sessions, the latest used first.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sessions {
    name: String,
    sessions: Vec<Facts>,
    /// How many were ended just now; `None` if that was not asked.
    ended: Option<usize>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Facts {
    id: String,
    used: String,
    place: String,
    via: String,
    device: String,
}

pub async fn list(app: &App, whose: &Whose) -> anyhow::Result<Sessions> {
    let account = find(app, &whose.account).await?;
    let sessions = app.store.sessions_of(account.id, app.clock.now()).await?;
    Ok(shown(app, &account, &sessions, None))
}

pub async fn sign_out(app: &App, order: &SignOut) -> anyhow::Result<Sessions> {
    let account = find(app, &order.account).await?;
    let before = app.store.sessions_of(account.id, app.clock.now()).await?;
    match &order.session {
        Some(id) => {
            let id: SessionId = id.parse().with_context(|| format!("{id:?} is no session's id"))?;
            sessions::end(app, account.id, id).await?;
        }
        None => sessions::end_all(app, account.id).await?,
    }
    let left = app.store.sessions_of(account.id, app.clock.now()).await?;
    Ok(shown(app, &account, &left, Some(before.len() - left.len())))
}

/// By address, or by the id that stands on their comments.
async fn find(app: &App, whose: &str) -> anyhow::Result<Account> {
    let found = match whose.parse::<AccountId>() {
        Ok(id) => app.store.account(id).await?,
        Err(_) => app.store.account_by_email(&Email::parse(whose)?).await?,
    };
    found.with_context(|| format!("nobody has the address or the id {whose}"))
}

fn shown(app: &App, account: &Account, sessions: &[Session], ended: Option<usize>) -> Sessions {
    let place = |scope: &Scope| match scope {
        Scope::Widget { site, origin } => {
            let site =
                app.store.sites().iter().find(|known| known.id == *site).map(|site| site.key.to_string());
            format!("{} on {origin}", site.unwrap_or_default())
        }
        Scope::FirstParty => "account page".to_owned(),
        Scope::Dashboard => "dashboard".to_owned(),
    };
    let facts = |session: &Session| Facts {
        id: session.id.to_string(),
        used: session.used_at.to_string(),
        place: place(&session.scope),
        via: match &session.via {
            Via::Email => "a code by mail".to_owned(),
            Via::Password => "password".to_owned(),
            Via::Provider(provider) => provider.to_string(),
            Via::SingleSignOn => "single sign-on".to_owned(),
            Via::Link => "a link".to_owned(),
        },
        device: session.device.clone(),
    };
    Sessions {
        name: account.name.as_ref().map_or_else(|| "Somebody without a name".to_owned(), Name::to_string),
        sessions: sessions.iter().map(facts).collect(),
        ended,
    }
}

impl fmt::Display for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Sessions { name, sessions, ended } = self;
        match ended {
            Some(1) => writeln!(f, "{name} was signed out in one browser.")?,
            Some(many) => writeln!(f, "{name} was signed out in {many} browsers.")?,
            None => {}
        }
        if sessions.is_empty() {
            return write!(f, "{name} is signed in nowhere.");
        }
        write!(f, "{name} is signed in, last used first:")?;
        for Facts { id, used, place, via, device } in sessions {
            write!(f, "\n\n  {id}\n    {place}, by {via}, last used {used}\n    {device}")?;
        }
        Ok(())
    }
}
