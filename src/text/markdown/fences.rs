//! Code blocks and what their fences say.

use pulldown_cmark::CodeBlockKind;

/// Longest name of a language that is kept.
const MAX_LANGUAGE_CHARS: usize = 32;

/// What stands behind the opening fence.
pub(super) fn info_of(kind: &CodeBlockKind<'_>) -> String {
    match kind {
        CodeBlockKind::Indented => String::new(),
        CodeBlockKind::Fenced(info) => info.trim().to_owned(),
    }
}

/// A code block's language and text. What a fence says that is no language (`let x = 1;`) is its first line.
pub(super) fn code_block(info: &str, text: String) -> (Option<String>, String) {
    let text = text.strip_suffix('\n').map(str::to_owned).unwrap_or(text);
    // `rust,ignore` and `js{1,3}` name a language and add what we have no use for.
    let word = info.split([',', '{']).next().unwrap_or_default();
    let is_language = (1..=MAX_LANGUAGE_CHARS).contains(&word.len())
        && word.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'#' | b'.' | b'_'))
        && !info.contains(char::is_whitespace);
    match (info.is_empty(), is_language, text.is_empty()) {
        (true, _, _) => (None, text),
        (_, _, true) => (None, info.to_owned()),
        (_, true, _) => (Some(word.to_ascii_lowercase()), text),
        (_, false, _) => (None, format!("{info}\n{text}")),
    }
}
