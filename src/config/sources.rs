//! Gathering what was set, from the file and then from the environment.
//!
//! Invariant: only known keys get in; each remembers its place.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::keys::{self, KEYS, VARIABLE_PREFIX};
use super::mistakes::{Mistakes, Place};
use super::near;
use super::read::Raw;
use crate::domain::ProviderId;
use crate::domain::identities::NotAProviderId;

/// What the names of providers' keys begin with.
const PROVIDERS: &str = "providers.";

/// Where every value came from that was set at all, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(pub(super) BTreeMap<String, Place>);

impl Sources {
    pub fn of(&self, key: &str) -> Place {
        self.0.get(key).cloned().unwrap_or(Place::Default)
    }
}

/// What was set, not yet understood.
#[derive(Default)]
pub(super) struct Settings {
    pub values: BTreeMap<String, (Raw, Place)>,
    /// The providers' sections in the order in which they stand, the file's before those of the environment.
    pub providers: Vec<(ProviderId, Place)>,
    /// The file could not be read as TOML: what seems to be missing may only be unreadable.
    pub is_partial: bool,
}

impl Settings {
    pub fn read_file(&mut self, path: &Path, mistakes: &mut Mistakes) {
        let at = |line| Place::File { path: path.to_owned(), line };
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.is_partial = true;
                return mistakes.add(&at(0), format!("cannot be read: {error}"));
            }
        };
        self.read_text(path, &text, mistakes);
    }

    /// What stands in the file at `path`.
    pub fn read_text(&mut self, path: &Path, text: &str, mistakes: &mut Mistakes) {
        let at = |line| Place::File { path: path.to_owned(), line };
        let (table, errors) = DeTable::parse_recoverable(text);
        let line_of = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
        let broken: Vec<usize> = errors
            .iter()
            .map(|error| error.span().map_or_else(|| line_of_unplaced(text), |span| line_of(span.start)))
            .collect();
        for (error, line) in errors.iter().zip(&broken) {
            self.is_partial = true;
            mistakes.add(&at(*line), format!("this is not TOML: {}", error.message()));
        }
        // A line that is no TOML has had its mistake; what recovery made of it would only be another.
        let mut found = Mistakes::default();
        self.read_table(table.get_ref(), "", &|offset| at(line_of(offset)), &mut found);
        let is_new =
            |place: &Option<Place>| !matches!(place, Some(Place::File { line, .. }) if broken.contains(line));
        mistakes.0.extend(found.0.into_iter().filter(|mistake| is_new(&mistake.place)));
        self.values.retain(|_, (_, place)| is_new(&Some(place.clone())));
        self.providers.retain(|(_, place)| is_new(&Some(place.clone())));
    }

    fn read_table(
        &mut self,
        table: &DeTable<'_>,
        prefix: &str,
        place_at: &dyn Fn(usize) -> Place,
        mistakes: &mut Mistakes,
    ) {
        // As they stand there: the order of providers means something.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let name = format!("{prefix}{}", key.get_ref());
            let place = place_at(key.span().start);
            if prefix == PROVIDERS {
                self.read_provider(key.get_ref(), value.get_ref(), place_at, place, mistakes);
                continue;
            }
            let is_group = name == keys::providers::SECTION
                || KEYS.iter().any(|known| {
                    known.name.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
                });
            match (keys::find(&name), value.get_ref()) {
                (Some(_), value) => {
                    self.values.insert(name, (raw(value), place));
                }
                (None, DeValue::Table(inner)) if is_group => {
                    self.read_table(inner, &format!("{name}."), place_at, mistakes);
                }
                (None, _) if is_group => mistakes.add(&place, format!("{name}: expected a section [{name}]")),
                (None, _) => mistakes.add(&place, near::unknown(&name)),
            }
        }
    }

    /// A section that whoever wrote it has named.
    fn read_provider(
        &mut self,
        name: &str,
        value: &DeValue<'_>,
        place_at: &dyn Fn(usize) -> Place,
        place: Place,
        mistakes: &mut Mistakes,
    ) {
        let whole = format!("{PROVIDERS}{name}");
        match (name.parse::<ProviderId>(), value) {
            (Ok(id), DeValue::Table(inner)) => {
                self.providers.push((id, place));
                self.read_table(inner, &format!("{whole}."), place_at, mistakes);
            }
            (Ok(_), _) => mistakes.add(&place, format!("{whole}: expected a section [{whole}]")),
            (Err(not_a_name), _) => mistakes.add(&place, format!("{whole}: {not_a_name}")),
        }
    }

    pub fn read_environment(
        &mut self,
        variables: impl Iterator<Item = (String, String)>,
        mistakes: &mut Mistakes,
    ) {
        let mut ours: Vec<_> = variables
            .filter(|(name, value)| name.starts_with(VARIABLE_PREFIX) && !value.is_empty())
            .collect();
        ours.sort();
        for (variable, value) in ours {
            let place = Place::Variable(variable.clone());
            let rest = &variable[VARIABLE_PREFIX.len()..];
            let name = keys::named_by_variable(rest);
            if let Some(key) = keys::find(&name) {
                if let Err(not_a_name) = self.note_provider(&name, &place) {
                    mistakes.add(&place, not_a_name.to_string());
                    continue;
                }
                self.values.insert(name, (Raw::from_variable(&value, key.form), place));
            } else if rest.contains("__") {
                mistakes.add(&place, near::unknown_variable(&name));
            } else if let Some(key) =
                KEYS.iter().find(|key| key.name.replace('.', "_").eq_ignore_ascii_case(rest))
            {
                // Other variables with our name are not ours: orchestrators set AFTERWORD_PORT and the like.
                mistakes.add(
                    &place,
                    format!("sections and keys are apart by two underscores: {}", key.variable()),
                );
            }
        }
    }

    /// Remembers the provider that the key `name` belongs to, if it does to one, unless the file has it already.
    fn note_provider(&mut self, name: &str, place: &Place) -> Result<(), NotAProviderId> {
        let Some((section, _)) = name.strip_prefix(PROVIDERS).and_then(|rest| rest.split_once('.')) else {
            return Ok(());
        };
        let id: ProviderId = section.parse()?;
        if !self.providers.iter().any(|(known, _)| *known == id) {
            self.providers.push((id, place.clone()));
        }
        Ok(())
    }
}

/// The line that makes the parser give up without saying where: it does on what nests too deep.
fn line_of_unplaced(text: &str) -> usize {
    let gives_up = |until: usize| {
        DeTable::parse_recoverable(&text[..until]).1.iter().any(|error| error.span().is_none())
    };
    let ends = text.match_indices('\n').map(|(at, _)| at).chain([text.len()]);
    ends.enumerate().find(|(_, end)| gives_up(*end)).map_or(0, |(before, _)| before + 1)
}

pub(super) fn raw(value: &DeValue<'_>) -> Raw {
    match value {
        DeValue::String(text) => Raw::Text(text.to_string()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Raw::Other("a number that is too large"), Raw::Whole),
        DeValue::Float(_) => Raw::Other("a fraction"),
        DeValue::Boolean(flag) => Raw::Flag(*flag),
        DeValue::Datetime(_) => Raw::Other("a date"),
        DeValue::Array(items) => Raw::List(items.iter().map(|item| raw(item.get_ref())).collect()),
        DeValue::Table(_) => Raw::Other("a table"),
    }
}
