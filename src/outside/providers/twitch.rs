//! Twitch. Its ID tokens hold only the claims that are asked for by name.

use super::openid::{Dialect, Pkce};

pub const NAME: &str = "Twitch";
pub const ISSUER: &str = "https://id.twitch.tv/oauth2";

/// A screen with two strokes, and the tail of a speech bubble.
pub const ICON: &str =
    "M4 2h17v11.500L16.500 18H13l-3 3H7v-3H3V5zM6 4v11h3.500v2.500L12 15h4l3-3V4zM11 7h2v5h-2zM15 7h2v5h-2z";

pub const TRUSTED: bool = true;

pub fn dialect() -> Dialect {
    Dialect {
        scopes: &["openid", "user:read:email"],
        extra: &[(
            "claims",
            r#"{"id_token":{"email":null,"email_verified":null,"preferred_username":null}}"#,
        )],
        pkce: Pkce::Never,
        labels: &["preferred_username"],
        ..Dialect::STANDARD
    }
}
