use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::{check, parse};
use crate::text::plain::plain;

#[test]
fn nothing_is_lost_where_the_caps_are_reached() {
    let numbered = |separator: &str| (0..3_000).map(|n| format!("w{n}")).collect::<Vec<_>>().join(separator);
    for markdown in [
        numbered("\n"),
        numbered("\n\n"),
        numbered("\n- "),
        numbered(" *a* "),
        numbered(" `c` "),
        numbered("\n```\n"),
        numbered(" https://example.org/ "),
        format!("{}{}", "> ".repeat(50), numbered("\n")),
        (0..60).map(|n| format!("{}- w{n}\n", "  ".repeat(n))).collect(),
        (0..60).map(|n| format!("{}w{n}\n\n", ">".repeat(n))).collect(),
        format!("{}deep{}", "*a **b ".repeat(40), "** *".repeat(40)),
        format!("{}[words](https://example.org)", "> ".repeat(20)),
        format!("{}# words", "> ".repeat(20)),
        format!("{}```\nwords\n", "> ".repeat(20)),
    ] {
        let document = parse(&markdown);
        check(&document);
        let text = plain(&document);
        let shown: HashSet<&str> = text.split(|c: char| !c.is_alphanumeric()).collect();
        for word in markdown.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            assert!(shown.contains(word), "{word} of {}", &markdown[..40]);
        }
    }
}

#[test]
fn hostile_input_takes_no_longer_than_other_input() {
    let n = 10_000;
    let fill = |part: &str| part.repeat(n / part.len());
    let inputs = [
        fill("["),
        fill("!["),
        fill("]("),
        fill("[]("),
        fill("[a]("),
        fill("[a][b]"),
        fill("[a]: b\n"),
        fill("[a"),
        fill("[[a]]("),
        fill(">"),
        fill("> "),
        fill("*"),
        fill("*a "),
        fill("*a **b "),
        fill("**a*b"),
        fill("_a_"),
        fill("a*"),
        fill("~"),
        fill("~~a "),
        fill("`"),
        fill("`a``"),
        (1..140).map(|n| format!("a{}", "`".repeat(n))).collect(),
        fill("- "),
        fill("-\n"),
        fill("1. "),
        fill("\n> - "),
        (0..140).map(|n| format!("{}- a\n", " ".repeat(n))).collect(),
        format!("{}{}", fill("> ").split_at(n / 2).0, "a\n".repeat(n / 4)),
        format!("{}{}", "- ".repeat(n / 4), "\n ".repeat(n / 4)),
        fill("<"),
        fill("<a "),
        fill("<!--"),
        fill("<![CDATA["),
        fill("<?"),
        fill("<a href=\""),
        fill("&"),
        fill("&#"),
        fill("\\"),
        fill("("),
        fill("http://"),
        fill("http://("),
        fill("https://a.b/ "),
        fill("*a* http://b "),
        fill("http://a*b*"),
        fill("http://\\*b*"),
        fill("http://a:b@c"),
        format!("http://a{}", fill(")")),
        fill("http://)"),
        fill("a@"),
        fill("a@b."),
        fill("a@b.cc"),
        fill("."),
        fill("@"),
        fill(":"),
        fill("#"),
        fill("|-"),
        fill("```\n"),
        fill("\u{0}"),
        fill("é"),
        fill("\t"),
        fill("a\n"),
        fill("[x]: <y> 'z"),
        format!("{}{}", fill("[").split_at(n / 2).0, fill("]").split_at(n / 2).0),
        format!("{}{}", fill("[").split_at(n / 2).0, fill("](x)").split_at(n / 2).0),
        fill("[a](<b"),
        fill("[a](b \"c"),
    ];
    for input in inputs {
        let began = Instant::now();
        check(&parse(&input));
        let took = began.elapsed();
        // Some 10 ms without optimisation; quadratic behaviour would take seconds.
        let shown: String = input.chars().take(20).collect();
        assert!(took < Duration::from_millis(500), "{shown:?} took {took:?}");
    }
}
