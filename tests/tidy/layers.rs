//! The layers: which may know which, and which outside crates belong to one of them.

use super::sources::{File, without_comments_and_texts};

/// A layer, the start of its files' paths, and the layers it may name besides itself. The first row that fits a path
/// counts. `app` and `config` are what the running server shares: they hold no rules.
const LAYERS: &[(&str, &str, &[&str])] = &[
    ("lib", "src/lib.rs", &[]),
    ("main", "src/main.rs", &["cli"]),
    ("domain", "src/domain/", &[]),
    ("workers", "src/workers.rs", &[]),
    ("text", "src/text/", &["domain"]),
    ("storage::redb", "src/storage/redb/", &["storage", "domain", "workers"]),
    ("storage::redb", "migrations/redb/", &["storage", "domain"]),
    ("storage", "src/storage/", &["domain"]),
    ("archive", "src/archive/", &["domain", "storage"]),
    ("outside", "src/outside/", &["domain", "config"]),
    ("config", "src/config/", &["domain"]),
    ("app", "src/app.rs", &["domain", "storage", "outside", "config", "actions", "jobs"]),
    ("actions", "src/actions/", &["domain", "text", "storage", "outside", "app", "config"]),
    ("jobs", "src/jobs/", &["domain", "text", "storage", "outside", "app", "config", "actions"]),
    ("web", "src/web/", &["domain", "text", "storage", "app", "config", "actions", "workers"]),
    (
        "cli",
        "src/cli/",
        &[
            "domain",
            "text",
            "storage",
            "storage::redb",
            "archive",
            "outside",
            "app",
            "config",
            "actions",
            "jobs",
            "web",
        ],
    ),
];

/// Crates that only some layers may name: I/O stays out of the rules, and what is replaceable is named in one place.
const CRATES: &[(&str, &[&str])] = &[
    ("anyhow", &["cli", "main"]),
    ("clap", &["cli"]),
    ("tracing_subscriber", &["config", "cli"]),
    ("redb", &["storage::redb"]),
    ("minicbor", &["storage::redb"]),
    ("lettre", &["outside"]),
    ("reqwest", &["outside"]),
    ("warp", &["web", "cli"]),
    ("hyper", &["web", "cli"]),
    ("hyper_util", &["web", "cli"]),
    ("utoipa", &["web"]),
    ("serde", &["storage::redb", "archive", "outside", "config", "actions", "jobs", "web", "cli"]),
    ("serde_json", &["storage::redb", "archive", "outside", "config", "actions", "jobs", "web", "cli"]),
    ("tokio", &["workers", "storage", "storage::redb", "outside", "app", "actions", "jobs", "web", "cli"]),
    ("async_trait", &["storage", "storage::redb", "outside", "app", "actions", "jobs", "web", "cli"]),
];

/// The layer a file belongs to.
pub fn layer_of(path: &str) -> Option<&'static str> {
    LAYERS.iter().find(|(_, start, _)| path.starts_with(start)).map(|(layer, ..)| *layer)
}

/// Every path in a file's code that leads to a layer or a crate it may not know.
pub fn breaches(file: &File) -> Vec<String> {
    let Some(layer) = layer_of(&file.path) else { return vec![] };
    let code = without_comments_and_texts(&file.text);
    let mut found = Vec::new();
    for (at, target) in layers_named(&code, depth(&file.path)) {
        if target != layer && !may_know(layer, &target) {
            found.push((at, format!("{layer} names {target}")));
        }
    }
    for (name, layers) in CRATES {
        if !layers.contains(&layer) {
            found.extend(
                crate_named(&code, name)
                    .into_iter()
                    .map(|at| (at, format!("{layer} names the crate {name}"))),
            );
        }
    }
    found.sort();
    found.into_iter().map(|(at, what)| format!("{}:{}: {what}", file.path, line_of(&code, at))).collect()
}

/// Calls of the store's methods.
pub fn store_calls(file: &File) -> Vec<String> {
    let code = without_comments_and_texts(&file.text);
    let code = File { path: file.path.clone(), text: code };
    code.lines_where(|line| line.contains(".store.") || line.contains(".store()"))
}

fn may_know(layer: &str, target: &str) -> bool {
    LAYERS.iter().any(|(name, _, known)| *name == layer && known.contains(&target))
}

/// How many modules a file is below the crate's root: so many `super`s reach it.
fn depth(path: &str) -> usize {
    let module = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    match path {
        "src/lib.rs" | "src/main.rs" => 0,
        _ if path.starts_with("migrations/") => 3, // crate::storage::redb::migrations
        _ => module.split('/').count(),
    }
}

/// Layers that code names, by `crate::…`, by `afterword::…`, or by as many `super`s as reach the root or more (in a
/// module inside the file one more is needed).
fn layers_named(code: &str, depth: usize) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for root in ["crate::", "afterword::"] {
        for at in words(code, root) {
            tree(&code[at + root.len()..], &mut |path| found.push((at, path.to_owned())));
        }
    }
    for at in words(code, "super::") {
        let rest = code[at..].trim_start_matches("super::");
        let supers = (code.len() - at - rest.len()) / "super::".len();
        // Only the first of a chain: the others follow a colon.
        if supers >= depth.max(1) && !code[..at].ends_with("::") {
            tree(rest, &mut |path| found.push((at, path.to_owned())));
        }
    }
    found
        .into_iter()
        .filter_map(|(at, path)| {
            let layer = LAYERS.iter().map(|(name, ..)| *name).filter(|name| {
                path == *name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with("::"))
            });
            // The longest: `storage::redb::X` is not `storage`.
            Some((at, layer.max_by_key(|name| name.len())?.to_owned()))
        })
        .collect()
}

/// The paths of a use tree: of `{a::B, c::{D, e::F}};` those are `a::B`, `c::D`, `c::e::F`. Of an expression, its path.
fn tree(code: &str, found: &mut impl FnMut(&str)) {
    let mut prefixes = vec![String::new()];
    let mut path = String::new();
    for c in code.chars() {
        match c {
            c if c.is_alphanumeric() || c == '_' || c == ':' => path.push(c),
            '{' if path.is_empty() || path.ends_with("::") => {
                let prefix = format!("{}{path}", prefixes.last().map_or("", |p| p));
                prefixes.push(prefix);
                path.clear();
            }
            ',' | '}' if prefixes.len() > 1 => {
                if !path.is_empty() {
                    found(&format!("{}{path}", prefixes.last().map_or("", |p| p)));
                    path.clear();
                }
                if c == '}' {
                    prefixes.pop();
                    if prefixes.len() == 1 {
                        return;
                    }
                }
            }
            c if prefixes.len() > 1 && (c.is_whitespace() || c == '*') => {}
            _ => break,
        }
    }
    if !path.is_empty() {
        found(&path);
    }
}

/// Where code names an outside crate: `name::` or `use name;`, at the start of a path.
fn crate_named(code: &str, name: &str) -> Vec<usize> {
    let mut found = words(code, &format!("{name}::"));
    found.retain(|&at| {
        let before = code[..at].trim_end();
        // `::redb::x` names the crate; `storage::redb::x` and `self::redb::x` name a module.
        let is_inner = before
            .strip_suffix("::")
            .is_some_and(|path| path.ends_with(|c: char| c.is_alphanumeric() || c == '_'));
        !is_inner && !inside_a_use_tree(before)
    });
    found
}

/// Whether what follows continues a `use a::{b, …`.
fn inside_a_use_tree(before: &str) -> bool {
    before.rfind("use ").is_some_and(|at| before[at..].contains('{') && !before[at..].contains(';'))
}

/// Where `word` stands and no letter before it.
fn words(code: &str, word: &str) -> Vec<usize> {
    code.match_indices(word)
        .filter(|(at, _)| !code[..*at].ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        .map(|(at, _)| at)
        .collect()
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}
