//! Documents as HTML: for mails, feeds and pages of our own. The widget builds its nodes from the tree itself.
//!
//! Invariant: nothing from a document reaches the output unescaped, and no element or attribute stands in it but
//! those written out here.

use crate::domain::Document;
use crate::domain::document::{Block, Inline};

/// The relation of every link that a visitor wrote.
pub const LINK_REL: &str = "nofollow ugc noopener noreferrer";

/// The whole document, without an element around it.
pub fn html(document: &Document) -> String {
    let mut out = String::new();
    blocks(&document.blocks, Direction::Own, &mut out);
    out
}

/// Text for element content and for attribute values in either kind of quotes.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(text, &mut out);
    out
}

/// Whether a block finds its own direction. `dir=auto` looks past elements that have a `dir`, so the first paragraph
/// of a quote or list leaves it to the quote or list: otherwise that would find nothing and stand left-to-right.
#[derive(Clone, Copy, PartialEq)]
enum Direction {
    Own,
    Inherited,
}

fn blocks(list: &[Block], mut direction: Direction, out: &mut String) {
    for block in list {
        let dir = if direction == Direction::Own { " dir=\"auto\"" } else { "" };
        match block {
            Block::Paragraph(children) => {
                out.push_str(&format!("<p{dir}>"));
                inlines(children, out);
                out.push_str("</p>");
            }
            Block::Code { language, text } => {
                out.push_str("<pre dir=\"ltr\"><code");
                if let Some(language) = language {
                    out.push_str(" class=\"language-");
                    escape_into(language, out);
                    out.push('"');
                }
                out.push('>');
                escape_into(text, out);
                out.push_str("</code></pre>");
            }
            Block::Quote(children) => {
                out.push_str(&format!("<blockquote{dir}>"));
                blocks(children, Direction::Inherited, out);
                out.push_str("</blockquote>");
            }
            Block::List { start, items } => {
                let (tag, start) = match start {
                    None => ("ul", String::new()),
                    Some(1) => ("ol", String::new()),
                    Some(start) => ("ol", format!(" start=\"{start}\"")),
                };
                out.push_str(&format!("<{tag}{start}{dir}>"));
                for item in items {
                    out.push_str("<li>");
                    // An item of one paragraph reads as a line.
                    match item.as_slice() {
                        [Block::Paragraph(children), rest @ ..] => {
                            inlines(children, out);
                            blocks(rest, Direction::Own, out);
                        }
                        other => blocks(other, Direction::Inherited, out),
                    }
                    out.push_str("</li>");
                }
                out.push_str(&format!("</{tag}>"));
            }
        }
        direction = Direction::Own;
    }
}

fn inlines(list: &[Inline], out: &mut String) {
    for inline in list {
        match inline {
            Inline::Text(text) => escape_into(text, out),
            Inline::Emphasis(children) => wrapped("em", children, out),
            Inline::Strong(children) => wrapped("strong", children, out),
            Inline::Strike(children) => wrapped("del", children, out),
            Inline::Code(text) => {
                out.push_str("<code>");
                escape_into(text, out);
                out.push_str("</code>");
            }
            Inline::Link { href, children } => {
                out.push_str("<a href=\"");
                escape_into(href.as_str(), out);
                out.push_str(&format!("\" rel=\"{LINK_REL}\">"));
                inlines(children, out);
                out.push_str("</a>");
            }
            Inline::Break => out.push_str("<br>"),
        }
    }
}

fn wrapped(tag: &str, children: &[Inline], out: &mut String) {
    out.push_str(&format!("<{tag}>"));
    inlines(children, out);
    out.push_str(&format!("</{tag}>"));
}

fn escape_into(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::markdown::parse;

    #[test]
    fn a_document_becomes_its_html() {
        for (markdown, expected) in [
            (
                "a *b* **c** ~~d~~ `e`",
                r#"<p dir="auto">a <em>b</em> <strong>c</strong> <del>d</del> <code>e</code></p>"#,
            ),
            ("a\nb", r#"<p dir="auto">a<br>b</p>"#),
            (
                "[a](https://example.org/?b&c)",
                r#"<p dir="auto"><a href="https://example.org/?b&amp;c" rel="nofollow ugc noopener noreferrer">a</a></p>"#,
            ),
            ("```rust\n1 < 2\n```", r#"<pre dir="ltr"><code class="language-rust">1 &lt; 2</code></pre>"#),
            ("> a\n>\n> b", r#"<blockquote dir="auto"><p>a</p><p dir="auto">b</p></blockquote>"#),
            ("- a\n- b", r#"<ul dir="auto"><li>a</li><li>b</li></ul>"#),
            ("3. a", r#"<ol start="3" dir="auto"><li>a</li></ol>"#),
            ("- a\n  - b", r#"<ul dir="auto"><li>a<ul dir="auto"><li>b</li></ul></li></ul>"#),
        ] {
            assert_eq!(html(&parse(markdown)), expected);
        }
    }

    #[test]
    fn no_payload_gets_an_element_or_attribute_of_its_own() {
        for payload in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "<svg/onload=alert(1)>",
            "<iframe srcdoc='<script>alert(1)</script>'>",
            "<a href=\"javascript:alert(1)\">x</a>",
            "[x](javascript:alert(1))",
            "[x](https://a.example/\"onmouseover=\"alert(1))",
            "[x](<https://a.example/\" onmouseover=\"alert(1)>)",
            "[x](https://a.example/'onmouseover='alert(1))",
            "[x](https://a.example \"\\\" onmouseover=alert(1) \\\"\")",
            "![\" onerror=\"alert(1)](https://a.example/x.png)",
            "https://a.example/\"onmouseover=alert(1)",
            "https://a.example/'onmouseover='alert(1)",
            "https://a.example/<script>alert(1)</script>",
            "```\"><script>alert(1)</script>\nx\n```",
            "```js\"onload=\"alert(1)\nx\n```",
            "`<script>alert(1)</script>`",
            "</p></blockquote><script>alert(1)</script>",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
            "&#60;script&#62;alert(1)&#60;/script&#62;",
            "<<script>script>alert(1)<</script>/script>",
            "<!--><script>alert(1)</script>-->",
            "<![CDATA[<script>alert(1)</script>]]>",
            "<style>@import 'https://evil.example'</style>",
            "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
            "[a]\n\n[a]: https://a.example/\"><script>alert(1)</script>",
            "ada@a.example\"onmouseover=alert(1)",
            "\u{0}<scr\u{0}ipt>alert(1)</script>",
        ] {
            assert_only_ours(&html(&parse(payload)));
        }
    }

    /// Takes everything away that this module writes; no markup may be left.
    fn assert_only_ours(html: &str) {
        let mut rest = html;
        while let Some(open) = rest.find('<') {
            assert!(!rest[..open].contains(['>', '"', '\'']), "unescaped text in {html}");
            let close = rest[open..].find('>').map(|at| open + at).expect("every element ends");
            assert_element(&rest[open + 1..close], html);
            rest = &rest[close + 1..];
        }
        assert!(!rest.contains(['>', '"', '\'']), "unescaped text in {html}");
    }

    fn assert_element(element: &str, html: &str) {
        let known = ["p", "em", "strong", "del", "code", "br", "pre", "ul", "ol", "li", "blockquote", "a"];
        let (name, attributes) = element.split_once(' ').unwrap_or((element, ""));
        assert!(known.contains(&name.trim_start_matches('/')), "<{element}> in {html}");
        let mut parts = attributes.split('"');
        while let (Some(name), Some(value)) = (parts.next(), parts.next()) {
            let fits = match name.trim_start() {
                "dir=" => matches!(value, "auto" | "ltr"),
                "rel=" => value == LINK_REL,
                "start=" => value.bytes().all(|b| b.is_ascii_digit()),
                "class=" => value.starts_with("language-"),
                "href=" => {
                    ["http://", "https://", "mailto:"].iter().any(|scheme| value.starts_with(scheme))
                        && !value.contains(['<', '>', '\'', ' '])
                }
                _ => false,
            };
            assert!(fits, "{name}\"{value}\" in {html}");
        }
    }

    proptest! {
        #[test]
        fn no_input_writes_markup(markdown in r#"[a-z<>"'&;/=\[\]()!#*_`:. \n-]{0,200}"#) {
            assert_only_ours(&html(&parse(&markdown)));
        }

        #[test]
        fn escaping_can_be_undone(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            let back = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            prop_assert_eq!(back, text);
        }
    }
}
