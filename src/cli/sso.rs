//! `afterword site sso …`: a site that signs its own members in.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::arguments::{SsoEdit, Switch};
use crate::actions::sso::{self, Change};
use crate::app::App;
use crate::domain::Site;

/// A site's single sign-on as the command line shows it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Facts {
    site: String,
    /// `None` while it is off.
    on: Option<On>,
    secret: Option<Secret>,
}

#[derive(Debug, Serialize, Deserialize)]
struct On {
    keys: Vec<Key>,
    roles: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Key {
    id: String,
    algorithm: String,
    until: Option<String>,
}

/// A new secret on its way to the one who asked for it.
#[derive(Serialize, Deserialize)]
struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Shows it, or changes it first.
pub async fn run(app: &App, edit: SsoEdit) -> anyhow::Result<Facts> {
    let site = super::sites::find(app, &edit.key)?;
    let change = match edit {
        SsoEdit { new_secret: true, .. } => Change::NewSecret,
        SsoEdit { public_key: Some(pem), .. } => Change::PublicKey(pem),
        SsoEdit { end_previous: true, .. } => Change::EndPrevious,
        SsoEdit { roles: Some(roles), .. } => Change::Roles(roles == Switch::On),
        SsoEdit { off: true, .. } => Change::Off,
        _ => return Ok(facts(app, &site, None)),
    };
    let (site, secret) = sso::change(app, &site, change).await?;
    Ok(facts(app, &site, secret))
}

fn facts(app: &App, site: &Site, secret: Option<String>) -> Facts {
    let now = app.clock.now();
    let on = site.sso.as_ref().map(|sso| On {
        keys: sso
            .keys(now)
            .enumerate()
            .map(|(at, key)| Key {
                id: key.id.clone(),
                algorithm: key.check.algorithm().to_owned(),
                until: sso.previous.as_ref().filter(|_| at > 0).map(|(_, until)| until.to_string()),
            })
            .collect(),
        roles: sso.roles,
    });
    Facts { site: site.key.to_string(), on, secret: secret.map(Secret) }
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(on) = &self.on else {
            return write!(
                f,
                "{}: single sign-on is off\n\n`afterword site sso {} --new-secret` switches it on.",
                self.site, self.site
            );
        };
        writeln!(f, "{}: single sign-on is on", self.site)?;
        for Key { id, algorithm, until } in &on.keys {
            match until {
                None => writeln!(f, "  key    {id}  {algorithm}")?,
                Some(until) => writeln!(f, "  key    {id}  {algorithm}, the one before, until {until}")?,
            }
        }
        write!(f, "  roles  {}", if on.roles { "on" } else { "off" })?;
        match &self.secret {
            Some(Secret(secret)) => write!(
                f,
                "\n\nThe secret to sign with. It is not shown again:\n\n{secret}\n\nHow to sign: docs/single-sign-on.md"
            ),
            None => Ok(()),
        }
    }
}
