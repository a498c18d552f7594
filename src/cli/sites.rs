//! `afterword site …`: what the person at the machine does with sites. They need no account here.

use std::fmt;
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::arguments::{Identity, NewSite, SiteEdit, Switch};
use super::owners;
use crate::app::App;
use crate::domain::sites::PageIdentity;
use crate::domain::{Name, Origin, Refusal, Site, SiteKey, SiteSettings};
use crate::storage::sites::SiteChange;

/// A site as the command line shows it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Facts {
    key: String,
    name: String,
    origins: Vec<String>,
    development_until: Option<String>,
    guests: bool,
    guest_proof: bool,
    likes: bool,
    body_max_chars: usize,
    edit_minutes: u64,
    hold_links: usize,
    by_url: bool,
    keep_query: Vec<String>,
    /// Where the widget's loader is.
    loader: String,
}

pub async fn add(app: &App, new: NewSite) -> anyhow::Result<Facts> {
    let key: SiteKey = new.key.parse()?;
    let name = Name::parse(new.name.as_deref().unwrap_or(&new.key))?;
    let origins = origins(&new.origins)?;
    let now = app.clock.now();
    let development = new.development.then(|| now.plus(Site::DEVELOPMENT_PERIOD));
    let owner = match &new.owner {
        Some(email) => Some(owners::by_email(app, email).await?.id),
        None => owners::only(app).await?.map(|account| account.id),
    };
    let site = app.store.add_site(key, name, origins, development, owner, now).await??;
    Ok(facts(app, &site))
}

pub fn list(app: &App) -> Vec<Facts> {
    app.store.sites().iter().map(|site| facts(app, site)).collect()
}

pub fn show(app: &App, key: &str) -> anyhow::Result<Facts> {
    let site = find(app, key)?;
    Ok(facts(app, &site))
}

pub async fn change(app: &App, edit: SiteEdit) -> anyhow::Result<Facts> {
    let site = find(app, &edit.key)?;
    let change = SiteChange {
        name: edit.name.as_deref().map(Name::parse).transpose()?,
        origins: changed_origins(&site, &edit)?,
        development_until: edit
            .development
            .map(|switch| switch.is_on().then(|| app.clock.now().plus(Site::DEVELOPMENT_PERIOD))),
        settings: Some(changed_settings(site.settings.clone(), edit)).filter(|new| *new != site.settings),
        sso: None,
    };
    if change == SiteChange::default() {
        return Ok(facts(app, &site));
    }
    let site = app.store.change_site(site.id, change).await??;
    Ok(facts(app, &site))
}

pub fn find(app: &App, key: &str) -> anyhow::Result<std::sync::Arc<Site>> {
    let parsed: SiteKey = key.parse()?;
    app.store.site(&parsed).with_context(|| {
        let known: Vec<_> = app.store.sites().iter().map(|site| site.key.to_string()).collect();
        match known.as_slice() {
            [] => {
                format!("there is no site {key}, nor any other yet: add one with `afterword site add {key}`")
            }
            _ => format!("there is no site {key}; there is {}", known.join(", ")),
        }
    })
}

/// The origins after a change; `None` if nothing was asked of them.
fn changed_origins(site: &Site, edit: &SiteEdit) -> anyhow::Result<Option<Vec<Origin>>> {
    if !edit.origins.is_empty() {
        return Ok(Some(origins(&edit.origins)?));
    }
    if edit.add_origins.is_empty() && edit.remove_origins.is_empty() {
        return Ok(None);
    }
    let mut changed = site.origins.clone();
    for gone in origins(&edit.remove_origins)? {
        let at = changed.iter().position(|known| *known == gone);
        changed.remove(at.with_context(|| format!("{gone} is not an origin of {}", site.key))?);
    }
    for new in origins(&edit.add_origins)? {
        if !changed.contains(&new) {
            changed.push(new);
        }
    }
    Ok(Some(within_bounds(changed)?))
}

fn changed_settings(mut settings: SiteSettings, edit: SiteEdit) -> SiteSettings {
    fn set<T>(place: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *place = value;
        }
    }
    set(&mut settings.guests, edit.guests.map(Switch::is_on));
    set(&mut settings.guest_proof, edit.guest_proof.map(Switch::is_on));
    set(&mut settings.likes, edit.likes.map(Switch::is_on));
    set(&mut settings.body_max_chars, edit.body_max_chars.map(|chars| chars as usize));
    set(
        &mut settings.edit_window,
        edit.edit_minutes.map(|minutes| Duration::from_secs(u64::from(minutes) * 60)),
    );
    set(&mut settings.hold_links, edit.hold_links.map(|links| links as usize));
    set(
        &mut settings.page_identity,
        edit.page_identity.map(|identity| match identity {
            Identity::Path => PageIdentity::Path,
            Identity::Url => PageIdentity::Url,
        }),
    );
    set(
        &mut settings.keep_query,
        edit.keep_query.map(|names| {
            names.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
        }),
    );
    settings
}

fn origins(raw: &[String]) -> anyhow::Result<Vec<Origin>> {
    let mut origins = Vec::new();
    for raw in raw {
        let origin = Origin::parse(raw.trim()).ok_or(Refusal::InvalidOrigin).with_context(|| raw.clone())?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    within_bounds(origins)
}

fn within_bounds(origins: Vec<Origin>) -> anyhow::Result<Vec<Origin>> {
    if origins.len() > Site::MAX_ORIGINS {
        return Err(Refusal::TooManyOrigins { max: Site::MAX_ORIGINS }.into());
    }
    Ok(origins)
}

fn facts(app: &App, site: &Site) -> Facts {
    let now = app.clock.now();
    let Site { key, name, origins, development_until, settings, .. } = site;
    Facts {
        key: key.to_string(),
        name: name.to_string(),
        origins: origins.iter().map(Origin::to_string).collect(),
        development_until: development_until.filter(|until| now < *until).map(|until| until.to_string()),
        guests: settings.guests,
        guest_proof: settings.guest_proof,
        likes: settings.likes,
        body_max_chars: settings.body_max_chars,
        edit_minutes: settings.edit_window.as_secs() / 60,
        hold_links: settings.hold_links,
        by_url: settings.page_identity == PageIdentity::Url,
        keep_query: settings.keep_query.clone(),
        loader: app.config.server.base_url.join("/embed.js"),
    }
}

/// One line each, for `site list`.
pub fn table(sites: &[Facts]) -> String {
    if sites.is_empty() {
        return "no sites yet: `afterword site add KEY --origin https://…` adds one".to_owned();
    }
    let width = sites.iter().map(|site| site.key.len()).max().unwrap_or(0);
    let lines: Vec<_> = sites
        .iter()
        .map(|site| {
            format!("{:<width$}  {}  {}", site.key, site.name, site.origins.join(" ")).trim_end().to_owned()
        })
        .collect();
    lines.join("\n")
}

impl fmt::Display for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn on(switch: bool) -> &'static str {
            if switch { "on" } else { "off" }
        }
        writeln!(f, "{}: {}", self.key, self.name)?;
        let origins = if self.origins.is_empty() { "none".to_owned() } else { self.origins.join(" ") };
        writeln!(f, "  origins         {origins}")?;
        match &self.development_until {
            Some(until) => writeln!(f, "  development     http://localhost:* until {until}")?,
            None => writeln!(f, "  development     off")?,
        }
        writeln!(f, "  guests          {}", on(self.guests))?;
        writeln!(f, "  guest-proof     {}", on(self.guest_proof))?;
        writeln!(f, "  likes           {}", on(self.likes))?;
        writeln!(f, "  body-max-chars  {}", self.body_max_chars)?;
        writeln!(f, "  edit-minutes    {}", self.edit_minutes)?;
        writeln!(f, "  hold-links      {}", self.hold_links)?;
        writeln!(f, "  page-identity   {}", if self.by_url { "url" } else { "path" })?;
        let query = if self.keep_query.is_empty() { "none".to_owned() } else { self.keep_query.join(",") };
        writeln!(f, "  keep-query      {query}")?;
        writeln!(f, "\nTo embed it, paste this where the comments belong:\n")?;
        writeln!(f, "<script async src=\"{}\" data-site=\"{}\"></script>", self.loader, self.key)?;
        write!(f, "<div id=\"afterword\"></div>")
    }
}
