//! A configuration is understood, or each mistake says where it is and what was expected; a secret is never repeated.

use std::path::Path;

use super::mistakes::{Mistake, Mistakes, Place};
use super::{Config, assemble, sources};
use crate::fuzz::{Target, outline, shape};

const CONFIGURATION: Target = Target {
    name: "configuration",
    test: "--lib fuzz_configuration",
    words: &[
        "[server]\n",
        "[storage]\n",
        "[mail]\n",
        "[limits]\n",
        "[log]\n",
        "[providers.google]\n",
        "[providers.x-1]\n",
        "[[mail]]\n",
        "listen = ",
        "base_url = ",
        "host = ",
        "port = ",
        "encryption = ",
        "username = ",
        "password = ",
        "client_secret = ",
        "client_id = ",
        "issuer = ",
        "write = ",
        "{ burst = 5, every = \"12s\" }",
        "trusted_proxies = ",
        "[\"127.0.0.0/8\"]",
        "\"127.0.0.1:8080\"",
        "\"https://comments.example.org\"",
        "\"64 MiB\"",
        "\"10s\"",
        "\"10 years\"",
        "true",
        "= ",
        "\n",
        "#",
        "\"",
        "'",
        ".",
        "1979-05-27",
        "inf",
        "0x",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\\u0000",
    ],
    max_bytes: 1_200,
};

/// Stands in the corpus wherever a secret does.
const SECRET: &str = "hunter2-is-no-secret";
const FILE: &str = "afterword.toml";

#[test]
fn fuzz_configuration_names_what_is_wrong_and_repeats_no_secret() {
    CONFIGURATION.run(|input| {
        let text = String::from_utf8_lossy(input);
        let (file, variables) = text.split_once("\n===\n").unwrap_or((&text, ""));
        let variables: Vec<_> = variables
            .lines()
            .filter_map(|line| line.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let is_kept = is_where_secrets_are(&text);
        match load(file, &variables) {
            Ok(config) => {
                let shown = config.effective();
                assert!(!is_kept || !shown.contains(SECRET), "{shown}");
                shape(outline(&shown))
            }
            Err(Mistakes(mistakes)) => {
                let lines = file.matches('\n').count() + 1;
                for mistake in &mistakes {
                    assert!(!is_kept || !mistake.to_string().contains(SECRET), "{mistake}");
                    says_where(mistake, lines);
                }
                shape(mistakes.iter().map(|mistake| outline(&mistake.message)).collect::<Vec<_>>())
            }
        }
    });
}

fn load(file: &str, variables: &[(String, String)]) -> Result<Config, Mistakes> {
    let mut mistakes = Mistakes::default();
    let mut settings = sources::Settings::default();
    settings.read_text(Path::new(FILE), file, &mut mistakes);
    settings.read_environment(variables.iter().cloned(), &mut mistakes);
    let config = assemble::config(settings, &mut mistakes);
    mistakes.none_or(config)
}

fn says_where(mistake: &Mistake, lines: usize) {
    assert!(!mistake.message.is_empty());
    match &mistake.place {
        Some(Place::File { path, line }) => {
            assert!(path == Path::new(FILE) && (1..=lines).contains(line), "{mistake}");
        }
        Some(Place::Variable(name)) => assert!(name.starts_with("AFTERWORD_"), "{mistake}"),
        Some(Place::Default) => panic!("{mistake}: a default is no mistake"),
        None => {}
    }
    let names_a_key = mistake.message.split(": ").next().is_some_and(|key| !key.is_empty());
    assert!(names_a_key, "{mistake}");
}

/// Whether the secret stands only where secrets are set, and whole, on lines of their own: elsewhere it is none.
fn is_where_secrets_are(text: &str) -> bool {
    let quoted = format!("\"{SECRET}\"");
    !text.contains("\"\"\"")
        && !text.contains("'''")
        && text.lines().filter(|line| line.contains(SECRET)).all(|line| {
            let value = line.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
            value.is_some_and(|(key, value)| {
                (matches!(key, "password" | "client_secret") && value == quoted)
                    || ((key.ends_with("__PASSWORD") || key.ends_with("__CLIENT_SECRET")) && value == SECRET)
            })
        })
}
