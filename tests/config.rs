//! The configuration as owners meet it: files, variables, mistakes, and what `afterword config` prints.

#[path = "config/providers.rs"]
mod providers;

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use afterword::config::keys::{self, KEYS};
use afterword::config::{Config, Encryption, LogFormat, Mistakes, Place, Rate};

fn load(file: &str, variables: &[(&str, &str)]) -> Result<Config, Mistakes> {
    let mut on_disk = tempfile::NamedTempFile::new().expect("a temporary file");
    on_disk.write_all(file.as_bytes()).expect("written");
    Config::load(
        Some(on_disk.path()),
        variables.iter().map(|(name, value)| ((*name).into(), (*value).into())),
    )
}

/// The mistakes as lines, the file's path shortened to `file`.
fn mistakes(file: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let mistakes = load(file, variables).expect_err("mistakes");
    let shown = |mistake: &afterword::config::Mistake| match &mistake.place {
        Some(Place::File { line, .. }) => format!("file:{line}: {}", mistake.message),
        _ => mistake.to_string(),
    };
    mistakes.0.iter().map(shown).collect()
}

fn variables(config: &str) -> Vec<String> {
    config.lines().map(str::to_owned).collect()
}

#[test]
fn nothing_set_is_a_server_for_this_machine() {
    let config = Config::load(None, std::iter::empty()).expect("the defaults are valid");
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.server.base_url.join("/embed.js"), "http://localhost:8080/embed.js");
    assert!(!config.base_url_given);
    assert!(config.mail.is_none());
    assert!(config.server.trusted_proxies.iter().any(|net| net.contains("127.0.0.1".parse().unwrap())));
    assert!(config.server.trusted_proxies.iter().any(|net| net.contains("::1".parse().unwrap())));
    assert!(!config.server.trusted_proxies.iter().any(|net| net.contains("10.0.0.1".parse().unwrap())));
    assert_eq!(config.storage.directory, Path::new("./afterword-data"));
    assert_eq!(config.storage.cache_bytes, 64 << 20);
    assert_eq!(config.limits.sign_in_mail, Rate { burst: 3, every: Duration::from_secs(1_800) });
    assert_eq!(config.log.format, LogFormat::Text);
}

#[test]
fn a_variable_wins_over_the_file_and_the_file_over_the_default() {
    let config = load(
        "[server]\nlisten = \"0.0.0.0:80\"\nmax_connections = 100\n[limits]\nwrite = { burst = 2, every = \"1m 30s\" }",
        &[
            ("AFTERWORD_SERVER__LISTEN", "[::]:9000"),
            ("AFTERWORD_SERVER__TRUSTED_PROXIES", "10.0.0.0/8, 192.168.1.1"),
            ("AFTERWORD_LIMITS__WRITE__BURST", "9"),
            ("AFTERWORD_LOG__ACCESS", "false"),
            ("AFTERWORD_LOG__FORMAT", ""),
            ("AFTERWORD_PORT", "tcp://10.0.0.1:80"),
            ("HOME", "/root"),
        ],
    )
    .expect("valid");
    assert_eq!(config.server.listen.to_string(), "[::]:9000");
    assert_eq!(config.server.max_connections, 100);
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.limits.write, Rate { burst: 9, every: Duration::from_secs(90) });
    assert!(!config.log.access);
    assert_eq!(config.log.format, LogFormat::Text, "an empty variable counts as not set");
    assert_eq!(config.sources.of("server.listen"), Place::Variable("AFTERWORD_SERVER__LISTEN".into()));
    assert!(matches!(config.sources.of("server.max_connections"), Place::File { line: 3, .. }));
    assert_eq!(config.sources.of("server.header_timeout"), Place::Default);
}

#[test]
fn the_base_url_may_carry_a_path() {
    let of = |url: &str| load("", &[("AFTERWORD_SERVER__BASE_URL", url)]).expect("valid").server.base_url;
    assert_eq!(
        of("https://Example.org/comments/").join("/embed.js"),
        "https://example.org/comments/embed.js"
    );
    assert_eq!(of("https://example.org:443").join("/"), "https://example.org/");
    assert_eq!(
        load("", &[("AFTERWORD_SERVER__LISTEN", "0.0.0.0:9000")]).unwrap().server.base_url.join(""),
        "http://localhost:9000",
        "without one, this machine's"
    );
    assert_eq!(of("http://127.0.0.1:9000").join(""), "http://127.0.0.1:9000");
    assert_eq!(of("http://comments.localhost").join(""), "http://comments.localhost");
}

#[test]
fn plain_http_is_for_this_machine_unless_somebody_insists() {
    for url in ["http://comments.example.org", "http://192.168.0.2:8080", "http://localhost.example.org"] {
        let refused = mistakes("", &[("AFTERWORD_SERVER__BASE_URL", url)]);
        assert!(
            refused[0].starts_with("AFTERWORD_SERVER__BASE_URL: server.base_url: expected https"),
            "{refused:?}"
        );
        let insisted = [("AFTERWORD_SERVER__BASE_URL", url), ("AFTERWORD_SERVER__ALLOW_PLAIN_HTTP", "true")];
        assert!(load("", &insisted).is_ok());
    }
}

#[test]
fn a_whole_mail_section_is_understood() {
    let mut secret = tempfile::NamedTempFile::new().unwrap();
    writeln!(secret, "hush, hush").unwrap();
    let config = load(
        &format!(
            "[mail]\nhost = \"smtp.example.org\"\nencryption = \"tls\"\nusername = \"us\"\npassword_file = {:?}\nfrom = \"us@example.org\"",
            secret.path()
        ),
        &[],
    )
    .expect("valid");
    let mail = config.mail.as_ref().expect("mail is on");
    assert_eq!((mail.host.as_str(), mail.port, mail.encryption), ("smtp.example.org", 465, Encryption::Tls));
    assert_eq!(mail.password.as_ref().unwrap().0, "hush, hush");
    assert_eq!(mail.from.as_str(), "us@example.org");
    assert!(!format!("{config:?}").contains("hush"), "a secret in debug output");
    assert!(!config.effective().contains("hush"), "a secret in the effective configuration");
}

#[test]
fn all_mistakes_come_at_once_each_with_its_place() {
    let file = r#"
[server]
listen = "localhost"
base_url = "ftp://example.org"
max_conections = 10
header_timeout = 10
[storage]
cache = "lots"
directory = ""
[sever]
listen = "127.0.0.1:80"
[limits]
write = 5
vote = { burst = 0, evry = "1s" }
[log]
filter = "inof"
acces = true
format = "xml"
"#;
    let variables = [
        ("AFTERWORD_LOG__ACCESS", "maybe"),
        ("AFTERWORD_SERVER__TRUSTED_PROXIES", "10.0.0.0/33"),
        ("AFTERWORD_STORAGE__DIRECTROY", "/data"),
        ("AFTERWORD_SERVER_LISTEN", "127.0.0.1:80"),
    ];
    let mut found = mistakes(file, &variables);
    found.sort();
    let expected = [
        "AFTERWORD_LOG__ACCESS: log.access: expected true or false, found \"maybe\"",
        "AFTERWORD_SERVER_LISTEN: sections and keys are apart by two underscores: AFTERWORD_SERVER__LISTEN",
        "AFTERWORD_SERVER__TRUSTED_PROXIES: server.trusted_proxies: expected an address such as 10.0.0.1 or a block such as 10.0.0.0/8, found \"10.0.0.0/33\"",
        "AFTERWORD_STORAGE__DIRECTROY: sets nothing that is known: did you mean AFTERWORD_STORAGE__DIRECTORY?",
        "file:10: sever is not known: did you mean server?",
        "file:13: limits.write: expected a section [limits.write]",
        "file:14: limits.vote.burst: expected a whole number from 1 to 1000000, found 0",
        "file:14: limits.vote.evry is not known: did you mean limits.vote.every?",
        "file:16: log.filter: expected a filter such as \"info\" or \"info,afterword::jobs=debug\", found \"inof\"",
        "file:17: log.acces is not known: did you mean log.access?",
        "file:18: log.format: expected \"text\" or \"json\", found \"xml\"",
        "file:3: server.listen: expected an address and a port such as 127.0.0.1:8080, found \"localhost\"",
        "file:4: server.base_url: expected an http or https address such as https://comments.example.org, without ? or #, found \"ftp://example.org\"",
        "file:5: server.max_conections is not known: did you mean server.max_connections?",
        "file:6: server.header_timeout: expected a duration from 1ms to 30d such as \"10s\" or \"1h 30m\", found 10",
        "file:8: storage.cache: expected a size such as \"64 MiB\", found \"lots\"",
        "file:9: storage.directory: expected a path, found \"\"",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_file_that_is_no_toml_says_where() {
    let found = mistakes("[server]\nlisten = 127.0.0.1:80\n[log]\nformat = \"xml\"\n", &[]);
    assert!(found[0].starts_with("file:2: this is not TOML: "), "{found:?}");
    assert!(
        found.iter().any(|line| line.starts_with("file:4: log.format: expected")),
        "and goes on: {found:?}"
    );
    assert_eq!(
        found.iter().filter(|line| !line.starts_with("file:2")).count(),
        1,
        "nothing made up: {found:?}"
    );
}

#[test]
fn what_nests_too_deep_is_found_on_its_line() {
    let deep = format!("[server]\nlisten = \"127.0.0.1:80\"\n[log]\nfilter = {}\n", "[".repeat(300));
    let found = mistakes(&deep, &[]);
    assert!(found[0].starts_with("file:4: this is not TOML: "), "{found:?}");
    assert!(found.iter().all(|mistake| !mistake.starts_with("file:0")), "{found:?}");
}

#[test]
fn a_file_that_is_not_there_is_one_clear_mistake() {
    let missing = Path::new("/nonexistent/afterword.toml");
    let mistakes = Config::load(Some(missing), std::iter::empty()).expect_err("a mistake");
    assert_eq!(
        mistakes.to_string(),
        "/nonexistent/afterword.toml: cannot be read: No such file or directory (os error 2)"
    );
}

#[test]
fn a_mail_section_that_could_not_work_is_refused() {
    let host = "host = \"smtp.example.org\"\nfrom = \"us@example.org\"\n";
    for (section, expected) in [
        ("port = 25".to_owned(), "mail.port: means nothing without mail.host"),
        ("host = \"smtp.example.org\"".to_owned(), "mail.host: mail.from is missing"),
        (
            format!("{host}username = \"us\""),
            "mail.username: mail.password_file (or mail.password) is missing",
        ),
        (format!("{host}password = \"hush\""), "mail.password: mail.username is missing"),
        (
            format!("{host}username = \"us\"\npassword = \"hush\"\npassword_file = \"/x\""),
            "mail.password_file: mail.password is set too",
        ),
        (
            format!("{host}username = \"us\"\npassword_file = \"/nonexistent\""),
            "mail.password_file: /nonexistent cannot be read",
        ),
        (format!("{host}ca_file = \"/nonexistent\""), "mail.ca_file: /nonexistent cannot be read"),
        (
            format!("{host}username = \"us\"\npassword = \"hush\"\nencryption = \"none\""),
            "mail.encryption: expected \"tls\" or \"starttls\", or the password could be overheard",
        ),
        (format!("{host}port = 70000"), "mail.port: expected a port from 1 to 65535"),
        (format!("{host}from_name = \"a\\nBcc: x@example.org\\u0000\""), "mail.from_name: expected a name"),
        (
            format!("{host}username = \"us\"\npassword = 123456"),
            "mail.password: expected text without line breaks, found something else",
        ),
    ] {
        let found = mistakes(&format!("[mail]\n{section}\n"), &[]);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].contains(expected), "{found:?}");
        assert!(!found[0].contains("hush") && !found[0].contains("123456"), "a secret in a mistake");
    }
}

#[test]
fn the_example_is_complete_and_sets_the_defaults() {
    let example = std::fs::read_to_string("config.example.toml").expect("config.example.toml");
    assert!(
        example == keys::example(),
        "config.example.toml differs from the table of keys; write this to it:\n{}",
        keys::example()
    );
    for key in &KEYS {
        let name = key.name.rsplit('.').next().unwrap();
        assert!(example.contains(&format!("{name} = {}", key.example)), "{}", key.name);
    }
    let from_example = load(&example, &[]).expect("the example is valid");
    let defaults = Config::load(None, std::iter::empty()).unwrap();
    let values = |config: &Config| {
        variables(&config.effective())
            .iter()
            .map(|line| line.split('#').next().unwrap().trim().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&from_example), values(&defaults));
    assert!(!from_example.base_url_given);
}

#[test]
fn every_commented_out_example_is_valid_too() {
    let file = |text: &str| {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        writeln!(file, "{text}").unwrap();
        file
    };
    let (secret, key) = (file("-----BEGIN CERTIFICATE-----"), file("-----BEGIN PRIVATE KEY-----"));
    let uncommented: String = keys::example()
        .lines()
        .filter(|line| !line.starts_with("#password =") && !line.starts_with("#client_secret ="))
        .map(|line| line.strip_prefix('#').filter(|line| !line.starts_with(' ')).unwrap_or(line))
        .map(|line| match line.split_once("_file = ") {
            Some(("key", _)) => format!("key_file = {:?}\n", key.path()),
            Some((name, _)) => format!("{name}_file = {:?}\n", secret.path()),
            None => format!("{line}\n"),
        })
        .collect();
    let config = load(&uncommented, &[]).expect("valid");
    assert!(config.mail.is_some());
    assert!(config.base_url_given);
    assert_eq!(config.providers.len(), 5);
}

#[test]
fn the_effective_configuration_names_every_key_and_reads_back() {
    let file = r#"
[server]
base_url = "https://example.org/comments"
trusted_proxies = ["10.0.0.0/8"]
[mail]
host = "smtp.example.org"
from = "us@example.org"
username = "us"
password = "hush"
"#;
    let config = load(file, &[("AFTERWORD_LOG__FILTER", "afterword=debug")]).expect("valid");
    let shown = config.effective();
    for key in &KEYS {
        let name = key.name.split_once('.').unwrap().1;
        assert!(
            shown.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{name} "))),
            "{} in\n{shown}",
            key.name
        );
    }
    let source_of = |name: &str| {
        let line = shown.lines().find(|line| line.starts_with(&format!("{name} = "))).expect("a line");
        line.rsplit_once("# ").expect("a source").1.to_owned()
    };
    assert!(source_of("base_url").ends_with(":3"), "{shown}");
    assert_eq!(source_of("filter"), "AFTERWORD_LOG__FILTER");
    assert_eq!(source_of("listen"), "default");
    assert!(shown.contains("password = \"***\""), "{shown}");
    assert!(!shown.contains("hush"));

    let again = load(&shown, &[]).expect("what is shown is a valid file");
    assert_eq!(again.server.base_url, config.server.base_url);
    assert_eq!(again.server.trusted_proxies, config.server.trusted_proxies);
    assert_eq!(again.log.filter, config.log.filter);
}

#[test]
fn every_key_can_be_set_by_its_variable() {
    let defaults = Config::load(None, std::iter::empty()).unwrap();
    for key in KEYS.iter().filter(|key| key.section() != "mail") {
        let value = match key.name {
            "server.listen" => "127.0.0.1:1",
            "server.base_url" => "https://other.example",
            "server.allow_plain_http" => "true",
            "server.trusted_proxies" => "10.1.2.3",
            "log.format" => "json",
            "log.filter" => "warn",
            "log.access" => "false",
            "storage.directory" => "/elsewhere",
            "server.page_cache" | "storage.cache" | "storage.reserve" => "3 MiB",
            name if name.ends_with("_timeout") || name.ends_with(".every") => "77s",
            _ => "77",
        };
        let config = load("", &[(&key.variable(), value)]).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let changed =
            |config: &Config| config.effective().lines().filter(|line| !line.ends_with("# default")).count();
        assert_ne!(config.effective(), defaults.effective(), "{}", key.name);
        assert!(config.effective().contains(&format!("# {}", key.variable())), "{}", key.name);
        assert!(changed(&config) <= changed(&defaults) + 1, "{} changes nothing else", key.name);
    }
}
