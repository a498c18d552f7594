//! Rules that one line, or one file's name, can break.

use super::sources::{File, without_comments_and_texts};

pub fn too_long(file: &File, max_lines: usize) -> Vec<String> {
    let lines = file.text.lines().count();
    if lines > max_lines { vec![format!("{} has {lines} lines", file.path)] } else { vec![] }
}

/// Names that say nothing about what is inside.
pub fn empty_names(file: &File) -> Vec<String> {
    const EMPTY: &[&str] = &["util", "utils", "utilities", "helper", "helpers", "common", "misc"];
    let in_path = file.path.split('/').any(|part| EMPTY.contains(&part.split('.').next().unwrap_or(part)));
    let mut found = if in_path { vec![file.path.clone()] } else { vec![] };
    if file.path.ends_with(".rs") {
        let code = File { path: file.path.clone(), text: without_comments_and_texts(&file.text) };
        found.extend(code.lines_where(|line| {
            let mut words =
                line.split(|c: char| !c.is_alphanumeric() && c != '_').skip_while(|word| *word != "mod");
            words.next().is_some() && words.next().is_some_and(|name| EMPTY.contains(&name))
        }));
    }
    found
}

/// Ways to turn a text into HTML or code.
pub fn html_strings(file: &File) -> Vec<String> {
    const SINKS: &[&str] = &[
        concat!("inner", "HTML"),
        concat!("outer", "HTML"),
        concat!("insertAdjacent", "HTML"),
        concat!("dangerouslySetInner", "HTML"),
        concat!("document.", "write"),
        concat!("createContextual", "Fragment"),
        concat!("DOM", "Parser"),
        concat!("setHTML", "Unsafe"),
        concat!("parseHTML", "Unsafe"),
        concat!("src", "doc"),
        concat!("ev", "al("),
        concat!("new Func", "tion("),
    ];
    file.lines_where(|line| {
        SINKS.iter().any(|sink| {
            line.match_indices(sink).any(|(at, _)| {
                // `retrieval(` is no call of the shorter name.
                !sink.ends_with('(')
                    || !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.')
            })
        })
    })
}

/// `postMessage(…, "*")`, also over several lines.
pub fn open_messages(file: &File) -> Vec<String> {
    file.text
        .match_indices("postMessage(")
        .filter(|(at, call)| {
            let arguments = &file.text[at + call.len()..];
            let arguments = &arguments[..arguments.find(')').unwrap_or(arguments.len())];
            ["\"*\"", "'*'", "`*`"].iter().any(|any| arguments.contains(any))
        })
        .map(|(at, _)| format!("{}:{}", file.path, file.text[..at].matches('\n').count() + 1))
        .collect()
}

/// Tests that are written and do not run, or keep others from running. One that another test starts as a process of its
/// own, to kill it, or that writes what tests read, does run: its file names the flag that does that.
pub fn disabled_tests(file: &File) -> Vec<String> {
    if file.path.ends_with(".rs") && file.text.contains("--ignored") {
        return vec![];
    }
    const RUST: &[&str] = &[concat!("#[", "ignore")];
    // Not a bare `.skip(`: iterators have one too.
    const SCRIPT: &[&str] = &[
        concat!(".", "skip("),
        concat!(".", "only("),
        concat!(".", "todo("),
        concat!("x", "it("),
        concat!("x", "test("),
        concat!("x", "describe("),
    ];
    let marks = if file.path.ends_with(".rs") { RUST } else { SCRIPT };
    file.lines_where(|line| {
        marks.iter().any(|mark| {
            line.match_indices(mark).any(|(at, _)| {
                !mark.starts_with('x')
                    || !line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '.' || c == '_')
            })
        })
    })
}

pub fn left_to_do(file: &File) -> Vec<String> {
    const MARKS: &[&str] = &[
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X:"),
        concat!("to", "do!("),
        concat!("unimpl", "emented!("),
    ];
    file.lines_where(|line| MARKS.iter().any(|mark| line.contains(mark)))
}
