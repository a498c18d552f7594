//! Whatever is typed becomes a document of the closed set, within its caps, and every form of it can be shown.

use super::{check, parse, shape as notation};
use crate::domain::Document;
use crate::fuzz::{Target, outline, shape};
use crate::text::{html::html, plain};

const MARKDOWN: Target = Target {
    name: "markdown",
    test: "--lib fuzz_markdown",
    words: &[
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```",
        "```js\n",
        "> ",
        "- ",
        "1. ",
        "# ",
        "---",
        "    ",
        "\n\n",
        "  \n",
        "\\",
        "[",
        "]",
        "](",
        ")",
        "![",
        "[x]: ",
        "<b>",
        "</b>",
        "<script>",
        "<!--",
        "-->",
        "<![CDATA[",
        "&amp;",
        "&#x6A;",
        "&#0;",
        "javascript:",
        "data:text/html,",
        "https://example.org/",
        "http://[::1]/",
        "//evil.example",
        "mailto:ada@example.org",
        "ada@example.org",
        "www.example.org",
        "|",
        "<https://a.b>",
        "\"",
        "'",
    ],
    max_bytes: 2_000,
};

#[test]
fn fuzz_markdown_never_leaves_the_closed_set() {
    MARKDOWN.run(|input| {
        let typed = String::from_utf8_lossy(input);
        let document = parse(&typed);
        check(&document);
        shows_no_markup_of_its_own(&document);
        let text = plain::plain(&document);
        // Without links and entities, which are written in other words, every letter that was typed can be read.
        if !typed.contains(['&', ':', '@', '[', '.', '`', '~']) {
            assert_eq!(letters(&text), letters(&typed), "{typed:?} became {text:?}");
        }
        let excerpt = plain::excerpt(&document, 40);
        assert!(excerpt.chars().count() <= 40 && !excerpt.contains('\n'), "{excerpt:?}");
        shape(outline(&notation(&document)))
    });
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphabetic()).collect()
}

/// Every `<` of the HTML begins an element that is written out in `text::html`, with the attributes that stand there.
fn shows_no_markup_of_its_own(document: &Document) {
    let html = html(document);
    for part in html.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("an element that ends");
        let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
        let known = ["p", "pre", "code", "blockquote", "ul", "ol", "li", "em", "strong", "del", "a", "br"];
        assert!(known.contains(&name), "<{tag}>");
        let mut quoted = tag.split('"');
        while let Some(outside) = quoted.next() {
            let attribute = outside.trim().trim_start_matches(name).trim();
            let fits = attribute.is_empty()
                || ["href=", "rel=", "dir=", "start=", "class="].contains(&attribute)
                || outside.starts_with('/');
            assert!(fits, "{attribute} in <{tag}>");
            if let Some(value) = quoted.next()
                && attribute == "href="
            {
                let fits = ["https://", "http://", "mailto:"].iter().any(|scheme| value.starts_with(scheme));
                assert!(fits, "{value}");
            }
        }
    }
}
