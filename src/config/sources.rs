//! Gathering what was set, from the file and then from the environment.
//!
//! Invariant: only known keys get in; each remembers its place.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::keys::{self, KEYS, Key, SECTIONS, VARIABLE_PREFIX};
use super::mistakes::{Mistakes, Place};
use super::read::Raw;

/// Where every value came from that was set at all, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources(pub(super) BTreeMap<&'static str, Place>);

impl Sources {
    pub fn of(&self, key: &str) -> Place {
        self.0.get(key).cloned().unwrap_or(Place::Default)
    }
}

/// What was set, not yet understood.
#[derive(Default)]
pub(super) struct Settings {
    pub values: BTreeMap<&'static str, (Raw, Place)>,
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
        let (table, errors) = DeTable::parse_recoverable(&text);
        let line_of = |offset: usize| text[..offset.min(text.len())].matches('\n').count() + 1;
        let broken: Vec<usize> =
            errors.iter().map(|error| error.span().map_or(0, |span| line_of(span.start))).collect();
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
    }

    fn read_table(
        &mut self,
        table: &DeTable<'_>,
        prefix: &str,
        place_at: &dyn Fn(usize) -> Place,
        mistakes: &mut Mistakes,
    ) {
        for (key, value) in table {
            let name = format!("{prefix}{}", key.get_ref());
            let place = place_at(key.span().start);
            let is_group = KEYS.iter().any(|known| {
                known.name.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with('.'))
            });
            match (keys::find(&name), value.get_ref()) {
                (Some(key), value) => {
                    self.values.insert(key.name, (raw(value), place));
                }
                (None, DeValue::Table(inner)) if is_group => {
                    self.read_table(inner, &format!("{name}."), place_at, mistakes);
                }
                (None, _) if is_group => mistakes.add(&place, format!("{name}: expected a section [{name}]")),
                (None, _) => mistakes.add(&place, unknown(&name)),
            }
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
            let spelled = variable[VARIABLE_PREFIX.len()..].to_lowercase();
            if let Some(key) = keys::find(&spelled.replace("__", ".")) {
                self.values.insert(key.name, (Raw::from_variable(&value, key.form), place));
            } else if spelled.contains("__") {
                mistakes.add(&place, unknown_variable(&spelled));
            } else if let Some(key) = KEYS.iter().find(|key| key.name.replace('.', "_") == spelled) {
                // Other variables with our name are not ours: orchestrators set AFTERWORD_PORT and the like.
                mistakes.add(
                    &place,
                    format!("sections and keys are apart by two underscores: {}", key.variable()),
                );
            }
        }
    }
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

fn unknown(name: &str) -> String {
    match nearest(name) {
        Some(known) => format!("{name} is not known: did you mean {known}?"),
        None if name.contains('.') => format!("{name} is not known"),
        None => {
            format!("{name} is not known: the sections are {}", SECTIONS.map(|(name, _)| name).join(", "))
        }
    }
}

fn unknown_variable(spelled: &str) -> String {
    match nearest(&spelled.replace("__", ".")).and_then(|name| keys::find(&name)).map(Key::variable) {
        Some(known) => format!("sets nothing that is known: did you mean {known}?"),
        None => "sets nothing that is known: see `afterword config`".to_owned(),
    }
}

/// The known key, group or section that is spelled most like `name`, if any is near.
fn nearest(name: &str) -> Option<String> {
    let groups = KEYS.iter().filter_map(|key| key.name.rsplit_once('.').map(|(group, _)| group));
    let level = name.matches('.').count();
    let mut near: Vec<(usize, &str)> = KEYS
        .iter()
        .map(|key| key.name)
        .chain(groups)
        .filter(|known| known.matches('.').count() == level)
        .map(|known| (distance(name, known), known))
        .filter(|(distance, known)| *distance <= known.len() / 3)
        .collect();
    near.sort();
    // The right key in the wrong section is the likeliest mistake after a slip of the finger.
    let elsewhere = || {
        let last = name.rsplit('.').next()?;
        KEYS.iter().map(|key| key.name).find(|known| known.rsplit('.').next() == Some(last))
    };
    near.first().map(|(_, known)| *known).or_else(elsewhere).map(str::to_owned)
}

/// How many characters one has to insert, delete or replace to make `b` of `a`.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
