//! What can be set in the section of a provider, and the sections that the example shows.

use super::{Form, Key};

/// Its sections are named by whoever writes them.
pub const SECTION: &str = "providers";

const PREFIX: &str = "providers.*.";

pub const DOC: &str = "Where people can sign in with an account they have: a section for each, in the order in which they are offered.\n\
    docs/sign-in.md tells for each where to register and what to paste. A section is named for its provider: google, github,\n\
    wordpress-com, x, facebook, microsoft, apple, gitlab, discord, mastodon, telegram, twitch, patreon. Under a name of your\n\
    own (a-z, 0-9, hyphens) it is an OpenID Connect issuer, or what `kind` says. In variables, hyphens are underscores:\n\
    AFTERWORD_PROVIDERS__WORDPRESS_COM__CLIENT_ID.";

/// Every key of a provider's section, `*` standing for the section's name.
pub const KEYS: [Key; 13] = [
    Key::unset(
        "providers.*.kind",
        Form::Text,
        r#""gitlab""#,
        "What it speaks, if that is not its section's name: one of those above, or oidc.",
    ),
    Key::unset(
        "providers.*.client_id",
        Form::Text,
        r#""what-they-gave-you""#,
        "The id that the provider gave you when you registered there.",
    ),
    Key::unset(
        "providers.*.client_secret",
        Form::Text,
        r#""secret""#,
        "And the secret; better kept in a file.",
    )
    .secret(),
    Key::unset(
        "providers.*.client_secret_file",
        Form::Text,
        r#""/run/secrets/their-secret""#,
        "A file that holds the secret and nothing else.",
    ),
    Key::unset(
        "providers.*.name",
        Form::Text,
        r#""Example Ltd""#,
        "The name on its button, if not the provider's own.",
    ),
    Key::unset(
        "providers.*.icon",
        Form::Text,
        r#""M4 4h16v16H4z""#,
        "The picture on its button: the path (`d`) of a one-colour SVG in a box of 24 × 24.",
    ),
    Key::unset(
        "providers.*.trust_email",
        Form::Flag,
        "true",
        "Whether an address that this provider calls verified counts as verified here. Only for providers that check\n\
         addresses and whose administrators you trust: whoever controls it can then claim any address.",
    ),
    Key::unset(
        "providers.*.issuer",
        Form::Text,
        r#""https://id.example.org""#,
        "An OpenID Connect issuer; its endpoints are found by discovery.",
    ),
    Key::unset(
        "providers.*.base_url",
        Form::Text,
        r#""https://gitlab.example.org""#,
        "Where your own GitLab (or GitHub Enterprise) runs; for mastodon, the one server to offer instead of asking people\n\
         for theirs. For other kinds: where all its endpoints are, instead of the usual place.",
    ),
    Key::unset(
        "providers.*.tenant",
        Form::Text,
        r#""common""#,
        "Who may sign in: common, organizations, consumers, or the id of one organization.",
    ),
    Key::unset("providers.*.team_id", Form::Text, r#""A1B2C3D4E5""#, "Your team's id at Apple."),
    Key::unset("providers.*.key_id", Form::Text, r#""F6G7H8I9J0""#, "The id of the key that signs for you."),
    Key::unset(
        "providers.*.key_file",
        Form::Text,
        r#""/run/secrets/apple.p8""#,
        "That key, as Apple gave it to you (.p8).",
    ),
];

/// The sections of the example: each shows the keys that it is the first to need.
const EXAMPLES: [(&str, &[&str]); 5] = [
    ("google", &["client_id", "client_secret", "client_secret_file"]),
    ("company", &["issuer", "name", "icon", "trust_email", "client_id"]),
    ("work", &["kind", "base_url", "client_id"]),
    ("microsoft", &["tenant", "client_id", "client_secret_file"]),
    ("apple", &["team_id", "key_id", "key_file", "client_id"]),
];

/// `providers.google.client_id` is set by `providers.*.client_id`.
pub fn find(name: &str) -> Option<&'static Key> {
    let (section, rest) = name.split_once('.')?;
    let (_, key) = rest.split_once('.')?;
    if section == SECTION { named(key) } else { None }
}

/// The key of every provider's section with this name.
pub fn named(key: &str) -> Option<&'static Key> {
    KEYS.iter().find(|known| known.name.strip_prefix(PREFIX) == Some(key))
}

/// This part of `config.example.toml`; all of it commented out.
pub fn example() -> String {
    let mut out: String = DOC.lines().map(|line| format!("# {}\n", line.trim_start())).collect();
    let mut told = Vec::new();
    for (section, keys) in EXAMPLES {
        out.push_str(&format!("#[{SECTION}.{section}]\n"));
        for key in keys.iter().filter_map(|key| named(key)) {
            if !told.contains(&key.name) {
                told.push(key.name);
                out.extend(key.doc.lines().map(|line| format!("# {line}\n")));
            }
            out.push_str(&format!("#{} = {}\n", key.last(), key.example));
        }
    }
    out
}
