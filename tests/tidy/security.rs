//! `docs/security.md` and `docs/reliability.md` name, for each statement, the tests that hold it: here is what makes
//! that true.

use super::sources::{File, tracked, without_comments_and_texts};

/// The last statement.
pub const LAST: usize = 100;

/// The numbers of all statements. Those in between are not given.
pub fn numbers() -> impl Iterator<Item = usize> {
    (1..=64).chain(83..=LAST)
}

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
    for number in numbers() {
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

/// Whether a file has a test of this name that runs: a function that is marked as one, or the text that a script gives its
/// test. What is commented out or switched off does not run.
fn has_test(file: &File, test: &str) -> bool {
    if test.is_empty() {
        return false;
    }
    if !file.path.ends_with(".rs") {
        return has_script_test(&file.text, test);
    }
    let code = without_comments_and_texts(&file.text);
    code.match_indices(&format!("fn {test}(")).any(|(at, _)| {
        let before = &code[..at];
        let line = before.trim_end_matches("async ").trim_end();
        let marks: Vec<_> =
            line.lines().rev().map(str::trim).take_while(|line| line.starts_with("#[")).collect();
        let is_marked =
            marks.iter().any(|mark| mark.starts_with("#[test]") || mark.starts_with("#[tokio::test"));
        let is_off = marks.iter().any(|mark| mark.starts_with(concat!("#[", "ignore")));
        // The tests of this macro are marked by it: those that stand in it, not what stands in them or after it.
        (is_marked || stands_in_conformance(before)) && !is_off
    })
}

/// Whether text that ends here has `conformance! {` as the only brace that is open.
fn stands_in_conformance(before: &str) -> bool {
    const OPENING: &str = "conformance! {";
    before.rmatch_indices(OPENING).next().is_some_and(|(at, _)| {
        let mut depth = 1;
        for brace in before[at + OPENING.len()..].bytes().filter(|byte| matches!(byte, b'{' | b'}')) {
            depth += if brace == b'{' { 1 } else { -1 };
            if depth == 0 {
                return false;
            }
        }
        depth == 1
    })
}

fn has_script_test(text: &str, test: &str) -> bool {
    let written = test.replace('"', "\\\"");
    let is_called = ["test", "scene", "it", "inEachEngine", "elsewhere"].iter().any(|word| {
        ["\"", "`", "'"].iter().any(|quote| {
            text.match_indices(&format!("{word}({quote}{written}{quote}")).any(|(at, _)| {
                // `xtest(` is another word, and `//` makes it none.
                let line = text[..at].rsplit('\n').next().unwrap_or_default();
                let is_whole = !line.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
                is_whole && !line.contains("//") && !is_in_block_comment(&text[..at])
            })
        })
    });
    is_called || text.lines().any(|line| line.trim_start().starts_with(&format!("\"{written}\":")))
}

/// Of comments that begin a line: elsewhere `/*` may stand in a text.
fn is_in_block_comment(before: &str) -> bool {
    let mut is_open = false;
    for line in before.lines() {
        is_open |= line.trim_start().starts_with("/*");
        is_open &= !line.contains("*/");
    }
    is_open
}

/// Lines that make a regular expression of what is known only when they run: somebody could have written it to take for
/// ever. What is written into the code is not that.
pub fn patterns(file: &File) -> Vec<String> {
    file.lines_where(|line| ["Regex::new", "RegexBuilder", "RegExp("].iter().any(|made| line.contains(made)))
}

#[test]
fn no_text_meets_a_pattern_that_somebody_typed() {
    let files = tracked(&["src/**.rs", "migrations/**.rs", "widget/src/**"]);
    assert!(files.len() > 100, "found only {} files: the test looks in the wrong place", files.len());
    let found: Vec<String> = files.iter().flat_map(patterns).collect();
    assert_eq!(found, Vec::<String>::new());
    let rust = File { path: "src/a.rs".into(), text: "let it = Regex::new(&typed)?;\n".into() };
    let script = File { path: "widget/src/a.ts".into(), text: "new RegExp(typed).test(text);\n".into() };
    assert_eq!([rust, script].iter().flat_map(patterns).count(), 2);
}

/// Listeners for messages of other windows that do not look at who sent them, from where, and what: each for itself.
pub fn trusting_listeners(file: &File) -> Vec<String> {
    let text = &file.text;
    let mut found = Vec::new();
    for call in ["addEventListener(\"message\"", "addEventListener('message'", "addEventListener(`message`"] {
        for (at, _) in text.match_indices(call) {
            let target = text[..at].rsplit(['\n', ';']).next().unwrap_or_default().to_lowercase();
            // A channel carries what pages of the same origin say, and a port what its other end does: nobody else.
            if ["channel", "port1", "port2"].iter().any(|private| target.contains(private)) {
                continue;
            }
            let arguments = &text[at + call.len()..];
            let arguments = arguments.trim_start_matches(',').trim_start();
            let name: String =
                arguments.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '$')).collect();
            let is_name = arguments[name.len()..].trim_start().starts_with([')', ',']);
            let listener = if is_name { function(text, &name) } else { Some(until_closed(arguments)) };
            if !listener.is_some_and(|listener| is_wary(text, listener)) {
                found.push((at, "hears messages from anybody"));
            }
        }
    }
    found.extend(text.match_indices(".onmessage").map(|(at, _)| (at, "listens where no rule sees it")));
    found.sort_unstable();
    let line = |at| text[..at].matches('\n').count() + 1;
    found.into_iter().map(|(at, why)| format!("{}:{} {why}", file.path, line(at))).collect()
}

/// Whether a listener compares origin and source, and hands its data to something that looks at their form.
fn is_wary(text: &str, listener: &str) -> bool {
    let compares = |what: &str| {
        listener.contains(&format!(".{what} !== ")) || listener.contains(&format!(".{what} === "))
    };
    let looks_at_form = listener.contains("typeof event.data")
        || listener.match_indices("(event.data").any(|(at, _)| {
            let from = listener[..at].rfind(|c: char| !(c.is_alphanumeric() || c == '_'));
            let name = &listener[from.map_or(0, |from| from + 1)..at];
            !name.is_empty() && function(text, name).is_some_and(|body| body.contains("typeof "))
        });
    compares("origin") && compares("source") && looks_at_form
}

/// The text of a function of this name, from its name to the end of its body.
fn function<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let at = [format!("function {name}("), format!("const {name} = ")]
        .iter()
        .find_map(|declared| text.find(declared.as_str()))?;
    let body = at + text[at..].find(['{', ';'])?;
    Some(&text[at..body + until_closed(&text[body + 1..]).len() + 1])
}

/// The text up to the bracket that closes what was open before it.
fn until_closed(rest: &str) -> &str {
    let mut depth = 1;
    for (at, c) in rest.char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return &rest[..at];
        }
    }
    rest
}
