use super::{check, parse, reads, shape};
use crate::text::plain::plain;

#[test]
fn link_definitions_vanish_only_into_their_links() {
    reads(&[
        ("See [1].\n\n[1]: https://example.org", "p(See a[https://example.org/](1).)"),
        ("See [x][A b].\n\n[a B]: https://example.org", "p(See a[https://example.org/](x).)"),
        ("a\n\n[1]: https://example.org", "p(a) p([1]: a[https://example.org/](https://example.org))"),
        ("[Edit]: done", "p([Edit]: done)"),
        ("[a]: https://b.example\n[a]: c\n\n[a]", "p([a]: c) p(a[https://b.example/](a))"),
        ("> [a]: b\n>\n> c", "quote(p([a]: b) p(c))"),
        ("- [a]: b\n- c", "ul(p([a]: b) | p(c))"),
        ("[a]: b\nand on", "p([a]: b) p(and on)"),
        ("[a]: javascript:alert(1)\n\n[a]", "p([a]: javascript:alert(1)) p([a])"),
        ("[words][1]\n\n[1]: /relative", "p([words]) p([1]: /relative)"),
    ]);
}

#[test]
fn bare_addresses_become_links_without_the_punctuation_around_them() {
    for (text, target) in [
        ("https://example.org", "https://example.org/"),
        ("http://example.org/a?b=c&d=e#f", "http://example.org/a?b=c&d=e#f"),
        ("HTTPS://Example.org/A", "https://example.org/A"),
        ("https://example.org/a_(b)", "https://example.org/a_(b)"),
        ("https://example.org/_next_/x", "https://example.org/_next_/x"),
        ("https://example.org/__init__.py", "https://example.org/__init__.py"),
        ("https://example.org/*a*/~b~/c", "https://example.org/*a*/~b~/c"),
        ("https://example.org/?a[]=1", "https://example.org/?a[]=1"),
        ("http://localhost:8080/x", "http://localhost:8080/x"),
        ("https://exämple.org/ü", "https://xn--exmple-cua.org/%C3%BC"),
        ("ada.b+c@mail.example.org", "mailto:ada.b+c@mail.example.org"),
        ("first_last@example.org", "mailto:first_last@example.org"),
    ] {
        for (before, after) in [
            ("", ""),
            ("see ", " there"),
            ("(", ")"),
            ("at ", "."),
            ("", "!?"),
            ("“", "”"),
            ("\"", "\", "),
            ("见", "。"),
            ("", "；见"),
            ("- ", ""),
        ] {
            let document = parse(&format!("x {before}{text}{after}"));
            check(&document);
            assert_eq!(shape(&document), format!("p(x {before}a[{target}]({text}){})", after.trim_end()));
        }
    }
    reads(&[
        ("**https://example.org/a** b", "p(strong(a[https://example.org/a](https://example.org/a)) b)"),
        (
            "*see https://example.org/_x_y.*",
            "p(em(see a[https://example.org/_x_y](https://example.org/_x_y).))",
        ),
        ("[https://a.example]", "p([a[https://a.example/](https://a.example)])"),
        ("https://a.example/_b c_ d", "p(a[https://a.example/_b](https://a.example/_b) c_ d)"),
        ("https://a.example/**b *c* d** e", "p(a[https://a.example/**b](https://a.example/**b) em(c) d** e)"),
        (
            "https://a.example/[b](https://c.example)",
            "p(a[https://a.example/](https://a.example/)a[https://c.example/](b))",
        ),
        ("https://a.example/`b`", "p(a[https://a.example/](https://a.example/)code(b))"),
        ("https://a.example/\nb", "p(a[https://a.example/](https://a.example/)/b)"),
        ("<i>https://a.example</i>", "p(<i>a[https://a.example/](https://a.example)</i>)"),
        ("<p>\nhttps://a.example/\n</p>", "p(<p>/a[https://a.example/](https://a.example/)/</p>)"),
        (
            "ada@example.org, bob@example.org",
            "p(a[mailto:ada@example.org](ada@example.org), a[mailto:bob@example.org](bob@example.org))",
        ),
    ]);
}

#[test]
fn what_only_resembles_an_address_stays_text() {
    for text in [
        "https://",
        "http://.",
        "xhttp://example.org",
        "https//example.org",
        "https://ada:secret@example.org/",
        "javascript://example.org/%0aalert(1)",
        "ftp://example.org",
        "www.example.org",
        "ada@",
        "@ada",
        "ada@localhost",
        "a@b.c",
        "3@1.23",
        "`https://example.org`",
        "https\\://example.org",
    ] {
        let document = parse(&format!("see {text} there"));
        check(&document);
        assert_eq!(document.link_count(), 0, "{text}");
    }
    assert_eq!(parse("    https://example.org").link_count(), 0, "code");
    assert_eq!(parse("[https://a.example/](https://b.example/)").link_count(), 1, "no link within a link");
}

#[test]
fn a_target_that_no_link_may_have_leaves_the_text() {
    for target in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#10;script:alert(1)",
        "&#106;avascript:alert(1)",
        "&#x01;javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example/x",
        "/path",
        "#x",
        "file:///etc/passwd",
        "https:\\\\evil.example",
        "https://ada:secret@example.org/",
        "blob:x",
        "tel:1",
    ] {
        for markdown in [
            format!("[words]({target})"),
            format!("[words](<{target}>)"),
            format!("![words]({target})"),
            format!("[words]\n\n[words]: {target}"),
            format!("[words]\n\n[words]: <{target}>"),
            format!("<{target}>"),
            format!("<{target}> words"),
        ] {
            let document = parse(&markdown);
            check(&document);
            assert_eq!(document.link_count(), 0, "{markdown}");
            assert!(markdown.starts_with('<') || plain(&document).contains("words"), "{markdown}");
        }
    }
}
