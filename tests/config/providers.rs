//! Providers as owners switch them on.

use std::io::Write as _;

use afterword::config::keys::{self, providers::KEYS};
use afterword::config::providers::{Need, ProviderKind};
use afterword::config::{Config, Place};

use super::{load, mistakes};

fn file_with(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(text.as_bytes()).expect("written");
    file
}

fn ids(config: &Config) -> Vec<&str> {
    config.providers.iter().map(|provider| provider.id.as_str()).collect()
}

const GOOGLE: &str = "[providers.google]\nclient_id = \"g-1\"\nclient_secret = \"hush\"\n";

#[test]
fn an_id_and_a_secret_switch_a_provider_on() {
    let config = load(GOOGLE, &[]).expect("valid");
    let [google] = config.providers.as_slice() else { panic!("one provider: {:?}", config.providers) };
    assert_eq!((google.id.as_str(), google.kind), ("google", ProviderKind::Google));
    assert_eq!(google.client_id, "g-1");
    assert_eq!(google.client_secret.as_ref().unwrap().0, "hush");
    assert_eq!((google.trust_email, google.base_url.is_none(), google.name.is_none()), (None, true, true));
    assert!(!format!("{config:?}").contains("hush"), "a secret in debug output");
    assert!(load("", &[]).expect("valid").providers.is_empty());
}

#[test]
fn a_section_of_another_name_is_an_issuer_or_says_its_kind() {
    let config = load(
        "[providers.company]\nissuer = \"https://id.example.org/realms/main/\"\nclient_id = \"c\"\nname = \"Example Ltd\"\n\
         icon = \"M4 4h16v16H4z\"\ntrust_email = true\n\
         [providers.work]\nkind = \"gitlab\"\nbase_url = \"https://git.example.org\"\nclient_id = \"w\"\n\
         [providers.mastodon]\n",
        &[],
    )
    .expect("valid");
    let kinds: Vec<_> = config.providers.iter().map(|provider| provider.kind).collect();
    assert_eq!(kinds, [ProviderKind::Oidc, ProviderKind::GitLab, ProviderKind::Mastodon]);
    let company = &config.providers[0];
    assert_eq!(company.issuer.as_ref().unwrap().as_str(), "https://id.example.org/realms/main");
    assert_eq!((company.name.as_deref(), company.trust_email), (Some("Example Ltd"), Some(true)));
}

#[test]
fn providers_are_offered_in_the_order_in_which_they_stand() {
    let section =
        |name: &str| format!("[providers.{name}]\nissuer = \"https://{name}.example\"\nclient_id = \"c\"\n");
    let file = ["zeta", "alpha", "mid-dle"].map(section).concat();
    assert_eq!(ids(&load(&file, &[]).expect("valid")), ["zeta", "alpha", "mid-dle"]);
    let variables = [
        ("AFTERWORD_PROVIDERS__WORDPRESS_COM__CLIENT_SECRET", "hush"),
        ("AFTERWORD_PROVIDERS__WORDPRESS_COM__CLIENT_ID", "7"),
        ("AFTERWORD_PROVIDERS__GITHUB__CLIENT_ID", "8"),
        ("AFTERWORD_PROVIDERS__GITHUB__CLIENT_SECRET", "hush"),
        ("AFTERWORD_PROVIDERS__ALPHA__CLIENT_ID", "over the file"),
    ];
    let config = load(&file, &variables).expect("valid");
    assert_eq!(ids(&config), ["zeta", "alpha", "mid-dle", "github", "wordpress-com"]);
    assert_eq!(config.providers[1].client_id, "over the file");
    assert_eq!(
        config.sources.of("providers.wordpress-com.client_id"),
        Place::Variable("AFTERWORD_PROVIDERS__WORDPRESS_COM__CLIENT_ID".into())
    );
    assert!(matches!(config.sources.of("providers.zeta.client_id"), Place::File { line: 3, .. }));
}

#[test]
fn all_mistakes_of_providers_come_at_once_each_with_its_place() {
    let not_a_key = file_with("hush");
    let file = format!(
        r#"
[google]
client_id = "g"
[providers.gogle]
client_id = "g"
[providers.elsewhere]
[providers.google]
client_idd = "g"
tenant = "common"
[providers.Work_2]
client_id = "w"
[providers.apple]
client_id = "a"
team_id = "t"
key_id = "k"
key_file = {:?}
client_secret = "hush"
[providers.microsoft]
client_id = 7
client_secret_file = "/nonexistent"
trust_email = true
tenant = "a/b"
[providers.company]
issuer = "http://id.example.org"
client_id = "c"
icon = "<svg>"
name = "{}"
[providers.work]
kind = "gitlub"
[providers]
github = 5
sso = {{ issuer = "https://sso.example" }}
[providers.mastodon]
client_id = "m"
[providers.x]
client_id = "x"
client_secret = "hush"
client_secret_file = "/nonexistent"
"#,
        not_a_key.path(),
        "x".repeat(41),
    );
    let variables = [
        ("AFTERWORD_PROVIDERS__DISCORD__CLIENT_IDD", "d"),
        ("AFTERWORD_PROVIDERS__DISCORD", "d"),
        ("AFTERWORD_PROVIDERS_DISCORD__CLIENT_ID", "d"),
        ("AFTERWORD_PROVIDERS__DISCORD__TRUST_EMAIL", "maybe"),
    ];
    let found = mistakes(&file, &variables);
    let key_file = not_a_key.path().display();
    let expected = [
        "file:2: google is not known: did you mean providers.google?".to_owned(),
        "file:4: providers.gogle is no provider that is known: did you mean providers.google? (an OpenID Connect issuer of your own needs issuer; anything else, kind)".to_owned(),
        "file:6: providers.elsewhere is no provider that is known: set issuer for an OpenID Connect issuer, or kind to one of oidc, google, github, wordpress-com, x, facebook, microsoft, apple, gitlab, discord, mastodon, telegram, twitch, patreon".to_owned(),
        "file:7: providers.google.client_id is missing".to_owned(),
        "file:7: providers.google.client_secret_file (or providers.google.client_secret) is missing".to_owned(),
        "file:8: providers.google.client_idd is not known: did you mean providers.google.client_id?".to_owned(),
        "file:9: providers.google.tenant: means nothing for google: only microsoft has tenants".to_owned(),
        "file:10: providers.Work_2: a provider's name is 1 to 32 of a-z, 0-9 and inner hyphens, and not \"sso\"".to_owned(),
        format!("file:16: providers.apple.key_file: expected a private key (PEM, as in Apple's .p8) in {key_file}"),
        "file:17: providers.apple.client_secret: means nothing for apple: it is made from team_id, key_id and key_file".to_owned(),
        "file:19: providers.microsoft.client_id: expected text without line breaks, found 7".to_owned(),
        "file:20: providers.microsoft.client_secret_file: /nonexistent cannot be read: No such file or directory (os error 2)".to_owned(),
        "file:21: providers.microsoft.trust_email: means nothing for microsoft: administrators there can write any address, so none ever leads to an account".to_owned(),
        "file:22: providers.microsoft.tenant: expected common, organizations, consumers, or an organization's id or domain".to_owned(),
        "file:24: providers.company.issuer: expected https, or sign-ins can be overheard and made up".to_owned(),
        "file:26: providers.company.icon: expected the path of an SVG, such as \"M4 4h16v16H4z\", of at most 4096 characters, found \"<svg>\"".to_owned(),
        format!("file:27: providers.company.name: expected a name of at most 40 characters, found \"{}\"", "x".repeat(41)),
        "file:29: providers.work.kind: expected one of oidc, google, github, wordpress-com, x, facebook, microsoft, apple, gitlab, discord, mastodon, telegram, twitch, patreon, found \"gitlub\"".to_owned(),
        "file:31: providers.github: expected a section [providers.github]".to_owned(),
        "file:32: providers.sso: a provider's name is 1 to 32 of a-z, 0-9 and inner hyphens, and not \"sso\"".to_owned(),
        "file:34: providers.mastodon.client_id: means nothing for mastodon: every server gives its own, by itself".to_owned(),
        "file:38: providers.x.client_secret_file: providers.x.client_secret is set too: expected only one of them".to_owned(),
        "AFTERWORD_PROVIDERS_DISCORD__CLIENT_ID: sets nothing that is known: expected AFTERWORD_PROVIDERS__NAME__KEY".to_owned(),
        "AFTERWORD_PROVIDERS__DISCORD: sets nothing that is known: expected AFTERWORD_PROVIDERS__NAME__KEY".to_owned(),
        "AFTERWORD_PROVIDERS__DISCORD__CLIENT_IDD: sets nothing that is known: did you mean AFTERWORD_PROVIDERS__DISCORD__CLIENT_ID?".to_owned(),
        "AFTERWORD_PROVIDERS__DISCORD__TRUST_EMAIL: providers.discord.client_id is missing".to_owned(),
        "AFTERWORD_PROVIDERS__DISCORD__TRUST_EMAIL: providers.discord.client_secret_file (or providers.discord.client_secret) is missing".to_owned(),
        "AFTERWORD_PROVIDERS__DISCORD__TRUST_EMAIL: providers.discord.trust_email: expected true or false, found \"maybe\"".to_owned(),
    ];
    for line in &expected {
        assert!(found.contains(line), "not said: {line}\namong:\n{}", found.join("\n"));
    }
    assert_eq!(found.len(), expected.len(), "something else was said too:\n{}", found.join("\n"));
    assert!(!found.iter().any(|line| line.contains("hush")), "a secret in a mistake");
}

#[test]
fn what_cannot_be_read_as_toml_is_not_also_missing() {
    let found = mistakes("[providers.google]\nclient_id = oops\nclient_secret = \"hush\"\n", &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("file:2: this is not TOML"), "{found:?}");
}

#[test]
fn a_provider_may_be_elsewhere_only_over_https_or_on_this_machine() {
    let at = |url: &str| load(&format!("{GOOGLE}base_url = \"{url}\"\n"), &[]);
    for fine in ["https://mirror.example.org", "http://127.0.0.1:9000", "http://localhost:9000/idp"] {
        let config = at(fine).expect("valid");
        let base = config.providers[0].base_url.as_ref().expect("set");
        assert_eq!(base.as_str().trim_end_matches('/'), fine);
    }
    for refused in
        ["http://mirror.example.org", "http://10.0.0.1", "ftp://mirror.example.org", "https://a@b.example"]
    {
        assert!(at(refused).is_err(), "{refused}");
    }
}

#[test]
fn no_provider_is_told_to_trust_what_it_does_not_vouch_for() {
    for kind in
        [ProviderKind::Microsoft, ProviderKind::Facebook, ProviderKind::Mastodon, ProviderKind::Telegram]
    {
        assert!(matches!(kind.needs("trust_email"), Need::Never(_)), "{kind:?}");
    }
}

#[test]
fn no_setting_switches_the_demos_identity_provider_on() {
    for kind in ["demo", "demo-id", "test", "mock"] {
        assert_eq!(ProviderKind::named(kind), None);
        assert!(load(&format!("[providers.x]\nkind = \"{kind}\"\n"), &[]).is_err());
        assert!(load(&format!("[providers.{kind}]\nclient_id = \"afterword-demo\"\n"), &[]).is_err());
    }
    let variables = [("AFTERWORD_PROVIDERS__DEMO_ID__CLIENT_ID", "afterword-demo")];
    assert!(load("", &variables).is_err());
}

#[test]
fn the_effective_providers_are_whole_masked_and_read_back() {
    let secret = file_with("hush\n");
    let key = file_with("-----BEGIN PRIVATE KEY-----\nhush\n-----END PRIVATE KEY-----\n");
    let file = format!(
        "{GOOGLE}name = \"G\\\"oogle\"\n[providers.work]\nkind = \"gitlab\"\nbase_url = \"https://git.example.org/lab\"\n\
         client_id = \"w\"\nclient_secret_file = {:?}\n[providers.apple]\nclient_id = \"a\"\nteam_id = \"T\"\nkey_id = \"K\"\n\
         key_file = {:?}\n[providers.mastodon]\n",
        secret.path(),
        key.path()
    );
    let config = load(&file, &[("AFTERWORD_PROVIDERS__GOOGLE__TRUST_EMAIL", "false")]).expect("valid");
    let shown = config.effective();
    assert!(!shown.contains("hush"), "{shown}");
    assert!(shown.contains("client_secret = \"***\""), "{shown}");
    assert!(shown.contains("# AFTERWORD_PROVIDERS__GOOGLE__TRUST_EMAIL"), "{shown}");
    assert!(!shown.contains("# tenant"), "what a kind has not is not shown: {shown}");
    assert_eq!(shown.matches("# client_secret_file is not set").count(), 1, "{shown}");
    let again = load(&shown, &[]).expect("what is shown is a valid file");
    assert_eq!(ids(&again), ids(&config));
    for (one, other) in again.providers.iter().zip(&config.providers) {
        assert_eq!((one.kind, &one.name, &one.client_id), (other.kind, &other.name, &other.client_id));
        assert_eq!((&one.base_url, one.trust_email), (&other.base_url, other.trust_email));
    }
}

#[test]
fn the_example_shows_every_key_and_every_kind() {
    let example = keys::providers::example();
    for key in &KEYS {
        assert!(example.contains(&format!("#{} = {}\n", key.last(), key.example)), "{}", key.name);
        assert!(!key.doc.is_empty(), "{}", key.name);
    }
    for kind in ProviderKind::ALL {
        assert!(example.contains(kind.as_str()), "{kind:?}");
    }
}

#[test]
fn every_key_of_a_provider_can_be_set_by_its_variable() {
    let key = file_with("-----BEGIN PRIVATE KEY-----\n");
    let (path, secret) = (key.path().display().to_string(), file_with("hush"));
    for key in &KEYS {
        let name = key.last();
        let kind = ProviderKind::ALL
            .into_iter()
            .find(|kind| kind.needs(name) != Need::Never("") && !matches!(kind.needs(name), Need::Never(_)));
        let kind = kind.expect("some kind takes every key");
        let section = |key: &str| format!("AFTERWORD_PROVIDERS__MY_OWN__{}", key.to_uppercase());
        let value = |key: &str| match key {
            "kind" => kind.as_str().to_owned(),
            "issuer" | "base_url" => "https://id.example.org".to_owned(),
            "trust_email" => "true".to_owned(),
            "icon" => "M0 0z".to_owned(),
            "key_file" => path.clone(),
            "client_secret_file" => secret.path().display().to_string(),
            _ => "something".to_owned(),
        };
        let needed = KEYS.iter().map(|key| key.last()).filter(|key| {
            kind.needs(key) == Need::Required && !(*key == "client_secret" && name == "client_secret_file")
        });
        let mut variables: Vec<(String, String)> =
            needed.chain(["kind", name]).map(|key| (section(key), value(key))).collect();
        variables.sort();
        variables.dedup();
        let variables: Vec<(&str, &str)> = variables.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let config = load("", &variables).unwrap_or_else(|mistakes| panic!("{name}: {mistakes}"));
        assert_eq!(ids(&config), ["my-own"]);
        assert!(config.effective().contains(&format!("# {}\n", section(name))), "{}", config.effective());
    }
}

#[test]
fn what_the_documentation_shows_can_be_pasted() {
    let told = std::fs::read_to_string("docs/sign-in.md").expect("docs/sign-in.md");
    let (secret, key) = (file_with("hush"), file_with("-----BEGIN PRIVATE KEY-----\n"));
    let blocks: Vec<&str> =
        told.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() >= 6, "{blocks:?}");
    let mut kinds = Vec::new();
    for block in blocks {
        let at_hand: String = block
            .lines()
            .map(|line| match line.trim().split_once("_file = ") {
                Some(("key", _)) => format!("key_file = {:?}\n", key.path()),
                Some((name, _)) => format!("{name}_file = {:?}\n", secret.path()),
                None => format!("{line}\n"),
            })
            .collect();
        let config = load(&at_hand, &[]).unwrap_or_else(|mistakes| panic!("{block}\n{mistakes}"));
        kinds.extend(config.providers.iter().map(|provider| provider.kind));
    }
    for kind in [ProviderKind::Oidc, ProviderKind::GitLab, ProviderKind::Microsoft, ProviderKind::Apple] {
        assert!(kinds.contains(&kind), "{kind:?} needs more than the usual, and is not shown");
    }
    for kind in ProviderKind::ALL.into_iter().filter(|kind| *kind != ProviderKind::Oidc) {
        assert!(told.contains(&format!("\n| `{}` | ", kind.as_str())), "{kind:?} has a row in the table");
    }
}
