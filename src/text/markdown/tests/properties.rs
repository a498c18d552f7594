use proptest::prelude::*;

use super::{check, parse};
use crate::text::plain::plain;

/// Text with a liking for what Markdown makes something of.
fn markdown_like() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => "[a-z]{1,6}",
        1 => prop::sample::select(vec!["\u{85}", "\u{A0}", "\u{2003}", "\u{3000}"]).prop_map(str::to_owned),
        4 => r"[\[\]()<>*_~`#!|&;:@./\\ \n\t'\x22=+-]{1,6}",
        2 => prop::sample::select(vec![
            "https://example.org/", "http://", "ada@example.org", "](", "[x]: y\n", "\n\n", "\n> ", "\n- ", "\n1. ", "```",
            "\n    ", "<b>", "<!--", "-->", "<script>", "&amp;", "&#x6A;", "javascript:", "![", "  \n", "\\\n", "\r\n", "\u{0}",
            "\u{202E}", "é", "漢字", "👩‍👩‍👧", "\u{301}", "</", "\"",
        ]).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ];
    prop::collection::vec(part, 0..60).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_input_leaves_the_closed_set(markdown in markdown_like()) {
        let document = parse(&markdown);
        check(&document);
        prop_assert!(document.blocks.is_empty() == markdown.trim().is_empty() || markdown.contains("&#"));
    }

    #[test]
    fn no_deep_input_leaves_the_caps(
        parts in prop::collection::vec((prop::sample::select(vec!["> ", "- ", "1. ", "*", "**", "~~", "[", "_", "  ", "\n", "a"]), 1usize..40), 0..20)
    ) {
        check(&parse(&parts.iter().map(|(part, times)| part.repeat(*times)).collect::<String>()));
    }

    #[test]
    fn every_plain_word_can_be_read(words in prop::collection::vec("[a-zA-Z][a-zA-Z0-9]{0,9}", 1..40), glue in prop::sample::select(vec![" ", "\n", "\n\n", ", ", " *", "* ", "\n- ", "\n> ", " <b>", "\n# ", ". "])) {
        let markdown = words.join(glue);
        let text = plain(&parse(&markdown));
        let shown: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
        let typed: Vec<&str> = markdown.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
        prop_assert_eq!(shown, typed);
    }
}
