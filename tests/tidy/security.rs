//! `docs/security.md` and `docs/reliability.md` name, for each statement, the tests that hold it: here is what makes
//! that true.

use super::sources::File;

/// How many statements there are, numbered from 1.
pub const STATEMENTS: usize = 64;

/// A row of the table: its number, and what stands under "held by" and "remarks".
pub struct Row<'t> {
    pub number: usize,
    pub held_by: &'t str,
    pub remarks: &'t str,
}

/// The rows of the document: `| 7 | statement | held by | remarks |`.
pub fn rows(text: &str) -> Vec<Row<'_>> {
    text.lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix('|')?.strip_suffix('|')?.split(" | ");
            let number = cells.next()?.trim().parse().ok()?;
            let (_, held_by, remarks) = (cells.next()?, cells.next()?, cells.next().unwrap_or_default());
            Some(Row { number, held_by: held_by.trim(), remarks: remarks.trim() })
        })
        .collect()
}

/// What keeps the table from being what it says: a statement that is missing or comes twice, a row without a test and
/// without a word about that, a test that is not there.
pub fn untrue(document: &File, files: &[File]) -> Vec<String> {
    let rows = rows(&document.text);
    let mut found = Vec::new();
    for number in 1..=STATEMENTS {
        let times = rows.iter().filter(|row| row.number == number).count();
        if times != 1 {
            found.push(format!("statement {number} stands there {times} times"));
        }
    }
    found.extend(unheld(&rows, files));
    found
}

/// Rows without a test and without a word about that, and tests that are not there.
pub fn unheld(rows: &[Row<'_>], files: &[File]) -> Vec<String> {
    let mut found = Vec::new();
    for row in rows {
        let named = tests_named(row.held_by);
        if named.is_empty() && row.remarks.is_empty() {
            found.push(format!("statement {} names no test, and no reason", row.number));
        }
        for (path, test) in named {
            let is_there = files.iter().any(|file| file.path == path && has_test(file, test));
            if !is_there {
                found.push(format!("statement {}: {path} has no test “{test}”", row.number));
            }
        }
    }
    found
}

/// The tests of a cell: `` `path`: `test`, `test`<br>`path`: … ``.
fn tests_named(cell: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for part in cell.split("<br>") {
        let mut quoted = part.split('`').skip(1).step_by(2);
        if let Some(path) = quoted.next() {
            let before = found.len();
            found.extend(quoted.map(|test| (path, test)));
            if found.len() == before {
                // A file alone would be a promise that nothing holds.
                found.push((path, ""));
            }
        }
    }
    found
}

/// Whether a file has a test of this name: a function that is marked as one, or the text that a script gives its test.
fn has_test(file: &File, test: &str) -> bool {
    if test.is_empty() {
        return false;
    }
    if !file.path.ends_with(".rs") {
        let written = test.replace('"', "\\\"");
        return ["test", "scene", "it", "inEachEngine"].iter().any(|word| {
            ["\"", "`", "'"]
                .iter()
                .any(|quote| file.text.contains(&format!("{word}({quote}{written}{quote}")))
        }) || file.text.lines().any(|line| line.trim_start().starts_with(&format!("\"{written}\":")));
    }
    file.text.match_indices(&format!("fn {test}(")).any(|(at, _)| {
        let before = &file.text[..at];
        let line = before.trim_end_matches("async ").trim_end();
        let marked = line.lines().rev().take_while(|line| line.trim_start().starts_with("#["));
        let is_marked = marked.into_iter().any(|line| line.contains("test"));
        // The tests of this macro are marked by it.
        is_marked || before.contains("\nconformance! {")
    })
}

/// Listeners for messages of other windows that do not look at who sent them.
pub fn trusting_listeners(file: &File) -> Vec<String> {
    let listens = file.text.match_indices("addEventListener(\"message\"").any(|(at, _)| {
        let listener = file.text[..at].rsplit(['\n', ';']).next().unwrap_or_default().to_lowercase();
        // A channel carries what pages of the same origin say, and a port what its other end does: nobody else.
        !["channel", "port1", "port2"].iter().any(|private| listener.contains(private))
    });
    let is_asked = |what: &str| {
        file.text.contains(&format!(".{what} !==")) || file.text.contains(&format!(".{what} ==="))
    };
    if listens && !(is_asked("origin") && is_asked("source")) {
        return vec![format!("{} hears messages from anybody", file.path)];
    }
    vec![]
}
