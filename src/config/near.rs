//! What somebody may have meant by a name that is not known.

use super::keys::{self, KEYS, SECTIONS, providers};
use super::providers::ProviderKind;

pub(super) fn unknown(name: &str) -> String {
    match nearest(name) {
        Some(known) => format!("{name} is not known: did you mean {known}?"),
        None if name.contains('.') => format!("{name} is not known"),
        None => {
            format!("{name} is not known: the sections are {}", SECTIONS.map(|(name, _)| name).join(", "))
        }
    }
}

/// The same for a variable; `name` is what it would be called in the file.
pub(super) fn unknown_variable(name: &str) -> String {
    // A section of providers by itself is a near miss of nothing, but what it lacks is plain.
    if name.strip_prefix("providers.").is_some_and(|rest| !rest.contains('.'))
        || name.starts_with("providers_")
    {
        return "sets nothing that is known: expected AFTERWORD_PROVIDERS__NAME__KEY".to_owned();
    }
    match nearest(name).filter(|name| keys::find(name).is_some()) {
        Some(known) => format!("sets nothing that is known: did you mean {}?", keys::variable(&known)),
        None => "sets nothing that is known: see `afterword config`".to_owned(),
    }
}

/// The known key, group or section that is spelled most like `name`, if any is near.
fn nearest(name: &str) -> Option<String> {
    if let Some((section, key)) = name.strip_prefix("providers.").and_then(|rest| rest.split_once('.')) {
        let known = most_like(key, providers::KEYS.iter().map(keys::Key::last))?;
        return Some(format!("providers.{section}.{known}"));
    }
    if ProviderKind::named(name).is_some() {
        return Some(format!("providers.{name}"));
    }
    let groups = KEYS.iter().filter_map(|key| key.name.rsplit_once('.').map(|(group, _)| group));
    let level = name.matches('.').count();
    let same_level = KEYS
        .iter()
        .map(|key| key.name)
        .chain(groups)
        .chain([providers::SECTION])
        .filter(|known| known.matches('.').count() == level);
    // The right key in the wrong section is the likeliest mistake after a slip of the finger.
    let elsewhere = || {
        let last = name.rsplit('.').next()?;
        KEYS.iter().map(|key| key.name).find(|known| known.rsplit('.').next() == Some(last))
    };
    most_like(name, same_level).or_else(elsewhere).map(str::to_owned)
}

/// The one of `known` that is spelled most like `name`, if any is near.
pub(super) fn most_like<'k>(name: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let near = known.map(|known| (distance(name, known), known));
    near.filter(|(distance, known)| *distance <= known.len() / 3).min().map(|(_, known)| known)
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
