//! The files that the checks read: what git tracks, and Rust text reduced to its code.

use std::path::Path;
use std::process::Command;

pub struct File {
    /// From the root of the repository, with forward slashes.
    pub path: String,
    pub text: String,
}

impl File {
    /// `path:line: what stands there`, for each line that `is_breach`.
    pub fn lines_where(&self, is_breach: impl Fn(&str) -> bool) -> Vec<String> {
        self.text
            .lines()
            .enumerate()
            .filter(|(_, line)| is_breach(line))
            .map(|(at, line)| format!("{}:{}: {}", self.path, at + 1, line.trim()))
            .collect()
    }
}

/// Text files of the repository that match one of the patterns: a path, or `folder/**ending`.
pub fn tracked(patterns: &[&str]) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(root)
        .output()
        .expect("the house rules are checked on what git tracks: git must be installed");
    assert!(listed.status.success(), "git ls-files: {}", String::from_utf8_lossy(&listed.stderr));
    String::from_utf8(listed.stdout)
        .expect("file names are UTF-8")
        .split_terminator('\0')
        .filter(|path| patterns.iter().any(|pattern| matches(pattern, path)))
        // Deleted but not yet committed, and pictures, have no text.
        .filter_map(|path| {
            Some(File { text: std::fs::read_to_string(root.join(path)).ok()?, path: path.into() })
        })
        .collect()
}

fn matches(pattern: &str, path: &str) -> bool {
    match pattern.split_once("**") {
        Some((folder, ending)) => path.starts_with(folder) && path.ends_with(ending),
        None => pattern == path,
    }
}

/// Rust code with comments and the insides of texts blanked out, line by line where it was.
pub fn without_comments_and_texts(rust: &str) -> String {
    let mut code = String::with_capacity(rust.len());
    let mut rest = rust;
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => text(rest, 1),
            'r' | 'b' | 'c' if !code.ends_with(|c: char| c.is_alphanumeric() || c == '_') => raw_text(rest),
            '\'' => character(rest),
            _ => 0,
        };
        if taken == 0 {
            code.push(next);
            rest = &rest[next.len_utf8()..];
        } else {
            code.extend(rest[..taken].chars().filter(|&c| c == '\n'));
            code.push(' ');
            rest = &rest[taken..];
        }
    }
    code
}

fn block_comment(rest: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < rest.len() {
        let (step, change) = match &rest.as_bytes()[at..] {
            [b'/', b'*', ..] => (2, 1),
            [b'*', b'/', ..] => (2, -1),
            _ => (1, 0),
        };
        at += step;
        depth += change;
        if depth == 0 {
            return at;
        }
    }
    rest.len()
}

/// The length of a text that begins `quote` bytes in, up to and with its closing quote.
fn text(rest: &str, quote: usize) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(quote) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

/// `r"…"`, `br#"…"#`, `b"…"`, `c"…"`; 0 if it is a name.
fn raw_text(rest: &str) -> usize {
    let prefix = rest.len() - rest.trim_start_matches(['r', 'b', 'c']).len();
    let hashes = rest[prefix..].bytes().take_while(|&b| b == b'#').count();
    let opens_at = prefix + hashes;
    if prefix > 2 || rest.as_bytes().get(opens_at) != Some(&b'"') {
        return 0;
    }
    if !rest[..prefix].contains('r') {
        return text(rest, opens_at + 1);
    }
    let closing = format!("\"{}", "#".repeat(hashes));
    rest[opens_at + 1..].find(&closing).map_or(rest.len(), |at| opens_at + 1 + at + closing.len())
}

/// `'x'` or `'\n'`; 0 if it is a lifetime.
fn character(rest: &str) -> usize {
    let mut inner = rest[1..].char_indices();
    match inner.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(0, |at| at + 4),
        Some(_) => match inner.next() {
            Some((at, '\'')) => at + 2,
            _ => 0,
        },
        None => 0,
    }
}
