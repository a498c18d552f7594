use super::reads;

#[test]
fn ordinary_markdown_becomes_its_tree() {
    reads(&[
        ("", ""),
        ("Hello", "p(Hello)"),
        ("one\ntwo", "p(one/two)"),
        ("one  \ntwo\\\nthree", "p(one/two/three)"),
        ("one\n\ntwo", "p(one) p(two)"),
        ("*a* **b** ~~c~~ `d`", "p(em(a) strong(b) del(c) code(d))"),
        ("***a***", "p(em(strong(a)))"),
        ("> a\n> b\n\nc", "quote(p(a/b)) p(c)"),
        ("- a\n- b\n  - c", "ul(p(a) | p(b) ul(p(c)))"),
        ("- a\n\n- b", "ul(p(a) | p(b))"),
        ("7. a\n8. b", "ol[7](p(a) | p(b))"),
        ("- > a\n- b", "ul(quote(p(a)) | p(b))"),
        ("    indented", "pre[](indented)"),
        ("a &amp; b &copy; \\* &#0;", "p(a & b © * \u{FFFD})"),
        ("[a](https://example.org)", "p(a[https://example.org/](a))"),
        ("[a *b*](https://example.org \"title\")", "p(a[https://example.org/](a em(b)))"),
        ("<https://example.org>", "p(a[https://example.org/](https://example.org))"),
        ("<ada@example.org>", "p(a[mailto:ada@example.org](ada@example.org))"),
        ("[write](mailto:ada@example.org)", "p(a[mailto:ada@example.org](write))"),
    ]);
}

#[test]
fn what_has_no_place_in_a_comment_becomes_what_comes_nearest() {
    reads(&[
        ("# Title *x*\ntext", "p(strong(Title em(x))) p(text)"),
        ("Title\n=====", "p(strong(Title))"),
        ("a\n\n---\n\nb", "p(a) p(b)"),
        ("---", "p(---)"),
        ("![a cat](https://example.org/cat.png)", "p(a[https://example.org/cat.png](a cat))"),
        (
            "![](https://example.org/cat.png)",
            "p(a[https://example.org/cat.png](https://example.org/cat.png))",
        ),
        ("[![cat](https://a.example/c.png)](https://b.example/)", "p(a[https://b.example/](cat))"),
        ("![a [b](https://b.example/)](https://a.example/)", "p(a[https://a.example/](a b))"),
        ("[](https://example.org)", "p(a[https://example.org/](https://example.org))"),
        ("| a | b |\n|---|---|\n| c | d |", "p(| a | b |/|---|---|/| c | d |)"),
        ("a[^1]\n\n[^1]: note", "p(a[^1]) p([^1]: note)"),
        ("- [ ] task", "ul(p([ ] task))"),
        ("<b>bold</b> <!-- x -->", "p(<b>bold</b> <!-- x -->)"),
        ("<div>\n**a**\n</div>\n\nb", "p(<div>/**a**/</div>) p(b)"),
        ("-", "ul()"),
    ]);
}

#[test]
fn a_fence_keeps_a_plain_language_and_loses_nothing() {
    reads(&[
        ("```rust\nlet x;\n```", "pre[rust](let x;)"),
        ("```C++\nx\n```", "pre[c++](x)"),
        ("```rust,ignore\nx\n```", "pre[rust](x)"),
        ("~~~ objective-c\nx\n\n y\n~~~", "pre[objective-c](x\n\n y)"),
        ("```\n<b>\n```", "pre[](<b>)"),
        ("```let x = 1;\ny\n```", "pre[](let x = 1;\ny)"),
        ("```\"><script>\ny\n```", "pre[](\"><script>\ny)"),
        ("```hello", "pre[](hello)"),
        ("```", "p(```)"),
        ("```aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nx\n```", "pre[](aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nx)"),
    ]);
}
