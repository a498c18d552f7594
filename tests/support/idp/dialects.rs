//! How each provider is spoken to: the same server speaks all, each under its own path. `base_url` of `google` is
//! `http://127.0.0.1:PORT/google`.

#[derive(Debug)]
pub struct Dialect {
    /// The first segment of its paths.
    pub name: &'static str,
    pub authorize: &'static str,
    pub token: &'static str,
    pub pkce: Pkce,
    /// The scopes that a client may ask for; all that it needs must be among them.
    pub scopes: &'static [&'static str],
    /// OpenID Connect: discovery, keys, ID tokens.
    pub open_id: bool,
    pub form_post: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pkce {
    Required,
    /// Used if it is sent.
    Accepted,
    /// Sending it is an error of the client: the provider does not know it.
    Unknown,
}

const OPEN_ID: Dialect = Dialect {
    name: "oidc",
    authorize: "/authorize",
    token: "/token",
    pkce: Pkce::Accepted,
    scopes: &["openid", "email", "profile"],
    open_id: true,
    form_post: false,
};

const OAUTH: Dialect = Dialect { open_id: false, scopes: &[], ..OPEN_ID };

pub const DIALECTS: &[Dialect] = &[
    OPEN_ID,
    // A second issuer, for mixing up.
    Dialect { name: "oidc-2", ..OPEN_ID },
    Dialect { name: "google", authorize: "/o/oauth2/v2/auth", pkce: Pkce::Required, ..OPEN_ID },
    Dialect {
        name: "microsoft",
        authorize: "/common/oauth2/v2.0/authorize",
        token: "/common/oauth2/v2.0/token",
        pkce: Pkce::Required,
        ..OPEN_ID
    },
    Dialect {
        name: "apple",
        authorize: "/auth/authorize",
        token: "/auth/token",
        pkce: Pkce::Unknown,
        scopes: &["openid", "name", "email"],
        form_post: true,
        ..OPEN_ID
    },
    Dialect {
        name: "gitlab",
        authorize: "/oauth/authorize",
        token: "/oauth/token",
        pkce: Pkce::Required,
        ..OPEN_ID
    },
    Dialect { name: "telegram", scopes: &["openid", "profile"], pkce: Pkce::Required, ..OPEN_ID },
    Dialect { name: "twitch", scopes: &["openid", "user:read:email"], pkce: Pkce::Unknown, ..OPEN_ID },
    Dialect {
        name: "github",
        authorize: "/login/oauth/authorize",
        token: "/login/oauth/access_token",
        scopes: &["read:user", "user:email"],
        pkce: Pkce::Required,
        ..OAUTH
    },
    Dialect {
        name: "wordpress-com",
        authorize: "/oauth2/authorize",
        token: "/oauth2/token",
        scopes: &["auth"],
        ..OAUTH
    },
    Dialect {
        name: "x",
        authorize: "/i/oauth2/authorize",
        token: "/2/oauth2/token",
        scopes: &["tweet.read", "users.read", "users.email"],
        pkce: Pkce::Required,
        ..OAUTH
    },
    Dialect {
        name: "facebook",
        authorize: "/dialog/oauth",
        token: "/oauth/access_token",
        scopes: &["email", "public_profile"],
        ..OAUTH
    },
    Dialect {
        name: "discord",
        authorize: "/oauth2/authorize",
        token: "/oauth2/token",
        scopes: &["identify", "email"],
        pkce: Pkce::Required,
        ..OAUTH
    },
    Dialect {
        name: "mastodon",
        authorize: "/oauth/authorize",
        token: "/oauth/token",
        scopes: &["profile", "read:accounts"],
        ..OAUTH
    },
    Dialect {
        name: "patreon",
        authorize: "/oauth2/authorize",
        token: "/oauth2/token",
        scopes: &["identity", "identity[email]"],
        ..OAUTH
    },
];

/// The dialect of a path, and the rest of the path.
pub fn of(path: &str) -> Option<(&'static Dialect, &str)> {
    let rest = path.strip_prefix('/')?;
    let (name, _) = rest.split_once('/').unwrap_or((rest, ""));
    match DIALECTS.iter().find(|dialect| dialect.name == name) {
        Some(dialect) => Some((dialect, &rest[name.len()..])),
        // A Mastodon server has a host to itself: people type nothing else.
        None => Some((DIALECTS.iter().find(|dialect| dialect.name == "mastodon")?, path)),
    }
}
