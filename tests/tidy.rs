//! The house rules that a compiler does not hold. Each test names one; what breaks it is listed with its place.
//!
//! The checks are functions over text (`tidy/`), and each is shown here to find what it looks for: a rule that cannot
//! fail holds nothing.

#[path = "tidy/layers.rs"]
mod layers;
#[path = "tidy/manifest.rs"]
mod manifest;
#[path = "tidy/security.rs"]
mod security;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/wording.rs"]
mod wording;

use sources::{File, tracked};

const MAX_LINES: usize = 400;

/// Fails with every breach on a line of its own.
#[track_caller]
fn hold(rule: &str, breaches: Vec<String>) {
    assert!(breaches.is_empty(), "{rule}:\n  {}\n", breaches.join("\n  "));
}

fn each(files: &[File], check: impl Fn(&File) -> Vec<String>) -> Vec<String> {
    files.iter().flat_map(check).collect()
}

#[test]
fn every_layer_knows_only_the_layers_below_it() {
    let rust = tracked(&["src/**.rs", "migrations/**.rs"]);
    assert!(rust.len() > 20, "found only {} files: the test looks in the wrong place", rust.len());
    hold(
        "a layer reaches where it may not (see the table in tests/tidy/layers.rs)",
        each(&rust, layers::breaches),
    );
}

#[test]
fn every_folder_of_src_is_a_layer_with_a_row_in_the_table() {
    let unknown = each(&tracked(&["src/**.rs"]), |file| {
        if layers::layer_of(&file.path).is_some() { vec![] } else { vec![file.path.clone()] }
    });
    hold("no row of the layer table covers", unknown);
}

#[test]
fn the_web_layer_never_calls_the_store() {
    hold("web asks actions, never the store", each(&tracked(&["src/web/**.rs"]), layers::store_calls));
}

#[test]
fn the_demos_identity_provider_which_believes_everybody_is_known_to_the_demo_only() {
    let demo = tracked(&["src/cli/demo/mod.rs"]);
    let declared = demo[0].lines_where(|line| line.trim_end() == "mod identity;");
    assert_eq!(declared.len(), 1, "private to the demo: the compiler keeps everything else out");
    let elsewhere: Vec<File> =
        tracked(&["src/**.rs"]).into_iter().filter(|file| !file.path.starts_with("src/cli/demo/")).collect();
    assert!(elsewhere.len() > 20, "the test looks in the wrong place");
    hold("named outside the demo", each(&elsewhere, |file| file.lines_where(|line| line.contains("DemoId"))));
}

#[test]
fn no_file_is_longer_than_400_lines() {
    let files = tracked(&["src/**.rs", "migrations/**.rs", "widget/src/**"]);
    hold("too long: a file holds one idea", each(&files, |file| wording::too_long(file, MAX_LINES)));
}

#[test]
fn no_file_folder_or_module_is_called_utils_helpers_or_common() {
    let files =
        tracked(&["src/**", "migrations/**", "tests/**", "widget/src/**", "widget/e2e/**", "benches/**"]);
    hold("named for nothing: name it for what it knows", each(&files, wording::empty_names));
}

#[test]
fn the_widget_parses_no_html_and_runs_no_text_as_code() {
    let files = tracked(&["widget/src/**.ts", "widget/src/**.tsx", "src/web/**.js"]);
    // A test may read what was built as markup; it runs in no reader's browser.
    let shipped: Vec<_> = files.into_iter().filter(|file| !file.path.contains(".test.")).collect();
    hold("build DOM nodes instead", each(&shipped, wording::html_strings));
}

#[test]
fn no_message_is_posted_to_every_origin() {
    let files = tracked(&["widget/src/**.ts", "widget/src/**.tsx", "src/web/**.js"]);
    hold("name the origin that may read it", each(&files, wording::open_messages));
}

#[test]
fn whoever_hears_messages_looks_at_who_sent_them() {
    let files = tracked(&["widget/src/**.ts", "widget/src/**.tsx", "src/web/**.js"]);
    let shipped: Vec<_> = files.into_iter().filter(|file| !file.path.contains(".test.")).collect();
    hold(
        "compare event.origin and event.source first, and look at the form of event.data",
        each(&shipped, security::trusting_listeners),
    );
}

#[test]
fn every_statement_on_security_names_tests_that_exist() {
    let document = tracked(&["docs/security.md"]);
    assert_eq!(document.len(), 1);
    let files = tracked(&[
        "src/**.rs",
        "tests/**.rs",
        "widget/**.ts",
        "widget/**.tsx",
        "widget/**.mjs",
        "scripts/**.mjs",
    ]);
    assert!(files.len() > 100, "found only {} files: the test looks in the wrong place", files.len());
    hold("docs/security.md says what is not so", security::untrue(&document[0], &files));
}

#[test]
fn every_promise_on_reliability_names_tests_that_exist() {
    let document = tracked(&["docs/reliability.md"]);
    assert_eq!(document.len(), 1);
    let files = tracked(&["src/**.rs", "tests/**.rs", "scripts/**.mjs"]);
    let rows = security::rows(&document[0].text);
    assert!(rows.len() >= 10, "found only {} promises", rows.len());
    hold("docs/reliability.md says what is not so", security::unheld(&rows, &files));
}

#[test]
fn no_test_is_switched_off() {
    let files = tracked(&["src/**.rs", "tests/**.rs", "widget/**.ts", "widget/**.tsx", "widget/**.mjs"]);
    hold("a test that does not run tests nothing", each(&files, wording::disabled_tests));
}

#[test]
fn nothing_is_left_to_do_in_a_comment() {
    let files = tracked(&[
        "src/**",
        "migrations/**",
        "tests/**",
        "widget/**",
        "benches/**",
        "scripts/**",
        "Makefile",
    ]);
    hold("do it, or open an issue", each(&files, wording::left_to_do));
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifests = tracked(&["Cargo.toml"]);
    assert_eq!(manifests.len(), 1);
    hold("a dependency needs a comment on its line", each(&manifests, manifest::unexplained_dependencies));
}

#[test]
fn no_tracked_file_names_a_registry_or_a_path_of_one_machine() {
    let files = tracked(&["**"]);
    assert!(files.len() > 50, "found only {} files: the test looks in the wrong place", files.len());
    hold("true on one machine only", each(&files, manifest::machine_bound));
}

/// The checks themselves: each must find a planted breach, and must leave good code alone.
mod a_planted_breach_is_found {
    use super::*;

    fn rust(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    #[test]
    fn in_the_layers() {
        for (path, text) in [
            ("src/domain/votes.rs", "use crate::storage::Votes;"),
            ("src/domain/votes.rs", "fn f(x: crate::app::App) {}"),
            ("src/domain/votes.rs", "use super::super::storage::Votes;"),
            ("src/domain/mod.rs", "use super::text::parse;"),
            ("src/storage/votes.rs", "use crate::{domain::Vote, web::Route};"),
            ("src/storage/votes.rs", "use crate::{domain::{Vote, Site}, actions};"),
            ("src/storage/votes.rs", "use crate::storage::redb::Table;"),
            ("src/actions/votes.rs", "use crate::storage::{Votes, redb::RedbStore};"),
            ("src/web/votes.rs", "pub use crate::cli::Args;"),
            ("src/domain/votes.rs", "#[derive(serde::Serialize)] struct Vote;"),
            ("src/domain/votes.rs", "use tokio::sync::Notify;"),
            ("src/actions/votes.rs", "use anyhow::Result;"),
            ("src/actions/votes.rs", "let t = ::redb::Database::open(path);"),
            ("migrations/redb/0001_first.rs", "use crate::web::Route;"),
        ] {
            assert_eq!(layers::breaches(&rust(path, text)).len(), 1, "{path}: {text}");
        }
        for (path, text) in [
            ("src/domain/votes.rs", "use super::{Name, Refusal};\nuse std::fmt;"),
            (
                "src/domain/votes.rs",
                "// see crate::storage::Votes\n/// [`crate::web`]\nconst S: &str = \"crate::web::x\";",
            ),
            (
                "src/storage/redb/votes.rs",
                "use crate::storage::Votes; use crate::domain::Vote; use redb::Table;",
            ),
            ("src/storage/redb/votes.rs", "use super::super::Votes;"),
            ("src/web/wire/votes.rs", "use super::super::Route; use crate::storage::threads::Conversation;"),
            ("src/cli/mod.rs", "use crate::storage::redb::RedbStore; use anyhow::Context;"),
            ("src/main.rs", "fn main() { afterword::cli::main() }"),
        ] {
            assert_eq!(layers::breaches(&rust(path, text)), Vec::<String>::new(), "{path}: {text}");
        }
        assert_eq!(layers::store_calls(&rust("src/web/votes.rs", "req.app.store.set_like(id)")).len(), 1);
        assert_eq!(layers::store_calls(&rust("src/web/votes.rs", "let Cached { stored } = x;")), [""; 0]);
        assert_eq!(layers::layer_of("src/plugins/mod.rs"), None);
    }

    #[test]
    fn in_names_and_lengths() {
        assert_eq!(wording::too_long(&rust("src/a.rs", &"x\n".repeat(401)), 400).len(), 1);
        assert_eq!(wording::too_long(&rust("src/a.rs", &"x\n".repeat(400)), 400), [""; 0]);
        for path in ["src/utils.rs", "src/web/helpers/mod.rs", "widget/src/common.ts", "tests/api/util.rs"] {
            assert_eq!(wording::empty_names(&rust(path, "")).len(), 1, "{path}");
        }
        assert_eq!(wording::empty_names(&rust("src/a.rs", "pub mod helpers {\n}")).len(), 1);
        assert_eq!(wording::empty_names(&rust("src/commonmark.rs", "mod utility_pole;")), [""; 0]);
    }

    #[test]
    fn in_the_widget() {
        for text in [
            concat!("box.inner", "HTML = x"),
            concat!("box.insertAdjacent", "HTML('beforeend', x)"),
            concat!("<p dangerouslySetInner", "HTML={x} />"),
            concat!("document.", "write(x)"),
            concat!("ev", "al(x)"),
            concat!("new Func", "tion(x)"),
            concat!("range.createContextual", "Fragment(x)"),
            concat!("new DOM", "Parser()"),
        ] {
            assert_eq!(wording::html_strings(&rust("widget/src/a.ts", text)).len(), 1, "{text}");
        }
        assert_eq!(wording::html_strings(&rust("widget/src/a.ts", "retrieval(x); medieval(y)")), [""; 0]);
        assert_eq!(wording::open_messages(&rust("widget/src/a.ts", "w.postMessage(m, '*')")).len(), 1);
        assert_eq!(
            wording::open_messages(&rust("widget/src/a.ts", "w.postMessage(\n  m,\n  \"*\",\n)")).len(),
            1
        );
        assert_eq!(
            wording::open_messages(&rust("widget/src/a.ts", "w.postMessage(m, origin) * '*'")),
            [""; 0]
        );
    }

    #[test]
    fn in_who_is_listened_to() {
        let heard = |text: &str| security::trusting_listeners(&rust("widget/src/a.ts", text));
        let listens = |rest: &str| {
            let text = format!(
                "function take(data) {{ return typeof data === \"string\"; }}\n\
                 addEventListener(\"message\", (event) => {{ {rest} }});"
            );
            heard(&text).len()
        };
        assert_eq!(
            listens("if (event.origin === api && event.source === popup && take(event.data)) go();"),
            0
        );
        assert_eq!(
            listens("if (event.origin !== api || event.source !== popup) return; go(take(event.data));"),
            0
        );
        for trusting in [
            "take(event.data)",
            "if (event.origin === api) take(event.data)",
            "if (event.source === popup) take(event.data)",
            "if (event.origin === api && event.source === popup) go(event.data)",
            "if (event.origin === api && event.source === popup) go()",
        ] {
            assert_eq!(listens(trusting), 1, "{trusting}");
        }
        // Each for itself: the second takes no credit for what the first looks at.
        let wary = "function hear(event) { if (event.origin === a && event.source === b && typeof event.data === \"string\") go(); }\n";
        let both = format!(
            "{wary}addEventListener(\"message\", hear);\naddEventListener('message', (event) => go());"
        );
        assert_eq!(heard(&both), ["widget/src/a.ts:3 hears messages from anybody"]);
        assert_eq!(heard(&format!("{wary}listen.addEventListener(\"message\", hear);")), [""; 0]);
        assert_eq!(heard("addEventListener(\"message\", hear);").len(), 1, "nobody can see what it does");
        assert_eq!(heard("window.onmessage = hear;").len(), 1);
        assert_eq!(heard("this.#channel?.addEventListener(\"message\", take)"), [""; 0]);
    }

    #[test]
    fn in_what_counts_as_a_test() {
        let has = |path: &str, text: &str| {
            let row = format!("| 1 | it is so | `{path}`: `it_purrs` | |\n");
            let found = security::untrue(&rust("docs/security.md", &row), &[rust(path, text)]);
            !found.iter().any(|breach| breach.contains("it_purrs"))
        };
        for text in [
            "#[test]\nfn it_purrs() {}",
            "#[tokio::test(flavor = \"multi_thread\")]\n#[allow(clippy::x)]\nasync fn it_purrs() {}",
            "conformance! {\n    async fn it_sleeps(w: World) { if x { y() } }\n\n    async fn it_purrs(w: World) {}\n}",
        ] {
            assert!(has("tests/a.rs", text), "{text}");
        }
        for text in [
            "fn it_purrs() {}",
            "#[cfg(test)]\nfn it_purrs() {}",
            "// #[test]\n// fn it_purrs() {}",
            "/*\n#[test]\nfn it_purrs() {}\n*/",
            "const X: &str = \"\n#[test]\nfn it_purrs() {}\";",
            concat!("#[test]\n#[", "ignore]\nfn it_purrs() {}"),
            concat!("#[", "ignore = \"slow\"]\n#[tokio::test]\nasync fn it_purrs() {}"),
            "conformance! {\n    async fn it_sleeps(w: World) {}\n}\n\nasync fn it_purrs(w: World) {}",
            "conformance! {\n    async fn it_sleeps(w: World) {\n        fn it_purrs() {}\n    }\n}",
            "conformance! {\n    // async fn it_purrs(w: World) {}\n}",
            concat!("conformance! {\n    #[", "ignore]\n    async fn it_purrs(w: World) {}\n}"),
        ] {
            assert!(!has("tests/a.rs", text), "{text}");
        }
        assert!(has("widget/a.test.ts", "  test(\"it_purrs\", () => {});"));
        assert!(has("widget/a.test.mjs", "/** How. */\nscene('it_purrs', async () => {});"));
        for text in [
            "// test(\"it_purrs\", () => {});",
            "/*\ntest(\"it_purrs\", () => {});\n*/",
            concat!("x", "test(\"it_purrs\", () => {});"),
            concat!("test.", "skip(\"it_purrs\", () => {});"),
            "contest(\"it_purrs\")",
        ] {
            assert!(!has("widget/a.test.ts", text), "{text}");
        }
    }

    #[test]
    fn in_what_is_said_about_security() {
        let files = [
            rust("tests/a.rs", "#[tokio::test]\nasync fn a_cat_purrs() {\n}\nfn a_dog() {}\n"),
            rust("tests/b.rs", "\nconformance! {\n    async fn a_cow_moos(world: World) {}\n}\n"),
            rust("widget/a.test.ts", "test(\"a bird \\\"sings\\\"\", () => {});"),
        ];
        let all = "`tests/a.rs`: `a_cat_purrs`<br>`tests/b.rs`: `a_cow_moos`<br>`widget/a.test.ts`: `a bird \"sings\"`";
        let document = |last: &str| {
            let mut text: String = security::numbers()
                .filter(|number| *number != security::LAST)
                .map(|number| format!("| {number} | it is so | {all} | |\n"))
                .collect();
            text.push_str(last);
            security::untrue(&rust("docs/security.md", &text), &files).len()
        };
        assert_eq!(document(&format!("| {} | it is so | {all} | |\n", security::LAST)), 0);
        assert_eq!(document(&format!("| {} | it is so | — | nobody looks yet |\n", security::LAST)), 0);
        assert_eq!(document(""), 1, "the last statement is missing");
        for breach in [
            "— | ",
            "`tests/a.rs` | a file alone",
            "`tests/a.rs`: `a_dog` | no test",
            "`tests/a.rs`: `a_cat_purr` | a test that was renamed",
            "`tests/c.rs`: `a_cat_purrs` | another file",
            "`widget/a.test.ts`: `a bird` | the beginning of a name",
        ] {
            assert_eq!(document(&format!("| {} | it is so | {breach} |\n", security::LAST)), 1, "{breach}");
        }
    }

    #[test]
    fn in_the_tests() {
        for (path, text) in [
            ("tests/a.rs", concat!("#[", "ignore]\nfn f() {}")),
            ("tests/a.rs", concat!("#[", "ignore = \"slow\"]")),
            ("widget/src/a.test.ts", concat!("test.", "skip('x')")),
            ("widget/src/a.test.ts", concat!("describe.", "only('x')")),
            ("widget/e2e/a.mjs", concat!("x", "it('x')")),
        ] {
            assert_eq!(wording::disabled_tests(&rust(path, text)).len(), 1, "{text}");
        }
        assert_eq!(wording::disabled_tests(&rust("src/a.rs", "rows.iter().skip(3)")), [""; 0]);
        let run_after_all =
            concat!("#[", "ignore]\nfn child() {}\nfn parent() { run(&[\"--ignored\", \"child\"]) }");
        assert_eq!(wording::disabled_tests(&rust("tests/a.rs", run_after_all)), [""; 0]);
        assert_eq!(wording::left_to_do(&rust("src/a.rs", concat!("// TO", "DO: later"))).len(), 1);
        assert_eq!(wording::left_to_do(&rust("src/a.rs", "// the mastodon import")), [""; 0]);
    }

    #[test]
    fn in_the_manifests() {
        let text = "[dependencies]\na = \"1\"  # why\nb = \"1\"\n\n[dev-dependencies]\nc = { version = \"1\" } #\n\n[lib]\nname = \"x\"";
        assert_eq!(
            manifest::unexplained_dependencies(&rust("Cargo.toml", text)),
            ["Cargo.toml:3: b = \"1\"", "Cargo.toml:6: c = { version = \"1\" } #"]
        );
        for text in [
            concat!("see /ho", "me/ada/src"),
            concat!("cd /ro", "ot/x"),
            concat!("\"resolved\": \"https://mirror.ex", "ample/x.tgz\""),
            concat!("regis", "try = https://packages.example/"),
        ] {
            assert_eq!(manifest::machine_bound(&rust("a.json", text)).len(), 1, "{text}");
        }
        let fine = "GET /root/of/things; https://example.org/home/; source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        assert_eq!(manifest::machine_bound(&rust("a.lock", fine)), [""; 0]);
        assert_eq!(
            manifest::machine_bound(&rust(
                "Cargo.lock",
                concat!("source = \"regis", "try+https://else.where/\"")
            ))
            .len(),
            1
        );
    }

    #[test]
    fn whatever_stands_around_it() {
        let code = sources::without_comments_and_texts(
            "let a = \"use crate::web;\"; // crate::web\n/* crate::web /* nested */ */ let c = '\"'; let r = r#\"crate::web\"#; let l: &'a str;",
        );
        assert!(!code.contains("crate"), "{code}");
        assert!(code.contains("let l: &'a str;"), "{code}");
        assert_eq!(code.lines().count(), 2);
    }
}
