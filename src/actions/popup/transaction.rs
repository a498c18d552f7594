//! A sign-in under way, as its browser carries it: sealed in a cookie.
//!
//! Invariant: only this process opens what it sealed, under the same id, for ten minutes. Whoever holds the cookie is the
//! browser that began.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::actions::{Error, tokens};
use crate::app::{App, Chance, random};
use crate::domain::departures::Asker;
use crate::domain::{AccountId, Origin, PageKey, Refusal, Site, Timestamp};

/// How long a person may take in the popup.
pub const TRANSACTION_TTL: std::time::Duration = std::time::Duration::from_secs(10 * 60);

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Names its cookie, so that two tabs do not collide.
    pub id: String,
    pub purpose: Purpose,
    pub created_at: Timestamp,
}

/// What becomes of somebody who has shown who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A widget asked: it gets a code.
    Widget(Widget),
    /// The account page asked: the browser gets a first-party session.
    Account,
    /// Somebody who is signed in as this account links another identity to it.
    Link(AccountId),
}

/// What the widget asked for when it opened the popup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Widget {
    pub asker: Asker,
    pub challenge: String,
    /// The widget's own mark, returned to it untouched.
    pub state: String,
    /// The page to go back to, on the asker's origin, if the browser let no popup open and the page itself came here.
    pub return_to: Option<String>,
}

impl Transaction {
    pub(in crate::actions) fn begin(app: &App, purpose: Purpose) -> Transaction {
        let id = URL_SAFE_NO_PAD.encode(random::<9>(&*app.chance));
        Transaction { id, purpose, created_at: app.clock.now() }
    }

    /// Who asked, if it was a widget.
    pub fn asker(&self) -> Option<&Asker> {
        match &self.purpose {
            Purpose::Widget(widget) => Some(&widget.asker),
            Purpose::Account | Purpose::Link(_) => None,
        }
    }
}

/// Begins a widget's transaction: the origin must be one of the site's, exactly, and `return_to` a page on it.
pub fn begin(
    app: &App,
    site: &Site,
    origin: &Origin,
    challenge: &str,
    state: &str,
    return_to: Option<&str>,
) -> Result<Transaction, Error> {
    if !site.allows(origin, app.clock.now()) {
        return Err(Refusal::OriginNotAllowed { origin: origin.to_string() }.into());
    }
    let state_fits = (16..=64).contains(&state.len())
        && state.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if tokens::parse_challenge(challenge).is_none() || !state_fits {
        return Err(Refusal::CodeGone.into());
    }
    let return_to = return_to.map(|page| page_on(origin, page).ok_or(Refusal::InvalidPage)).transpose()?;
    let widget = Widget {
        asker: Asker { site: site.key.clone(), origin: origin.clone() },
        challenge: challenge.to_owned(),
        state: state.to_owned(),
        return_to,
    };
    Ok(Transaction::begin(app, Purpose::Widget(widget)))
}

/// Begins a sign-in to the account page.
pub fn begin_account(app: &App) -> Transaction {
    Transaction::begin(app, Purpose::Account)
}

/// Begins linking another identity to an account that is signed in on this host.
pub fn begin_link(app: &App, account: AccountId) -> Transaction {
    Transaction::begin(app, Purpose::Link(account))
}

/// `raw` as a page of exactly this origin, without fragment. What a URL parser would repair is refused: another one may
/// repair it differently.
fn page_on(origin: &Origin, raw: &str) -> Option<String> {
    if raw.len() > PageKey::MAX_BYTES || raw.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\')
    {
        return None;
    }
    let mut url = Url::parse(raw).ok()?;
    let rest = raw.strip_prefix(origin.as_str())?;
    let is_plain = rest.is_empty() || rest.starts_with(['/', '?', '#']);
    let is_ours =
        Origin::of(&url).as_ref() == Some(origin) && url.username().is_empty() && url.password().is_none();
    url.set_fragment(None);
    (is_plain && is_ours).then(|| url.into())
}

/// Seals transactions so that a browser can carry them without reading or changing them. The key lives as long as the
/// process: after a restart an open popup says that it is too old.
pub struct Sealer(Aes256Gcm);

#[derive(Serialize, Deserialize)]
struct Sealed {
    purpose: SealedPurpose,
    created_ms: i64,
}

#[derive(Serialize, Deserialize)]
enum SealedPurpose {
    Widget { site: String, origin: String, challenge: String, state: String, return_to: Option<String> },
    Account,
    Link { account: String },
}

impl SealedPurpose {
    fn of(purpose: &Purpose) -> SealedPurpose {
        match purpose {
            Purpose::Widget(widget) => SealedPurpose::Widget {
                site: widget.asker.site.to_string(),
                origin: widget.asker.origin.to_string(),
                challenge: widget.challenge.clone(),
                state: widget.state.clone(),
                return_to: widget.return_to.clone(),
            },
            Purpose::Account => SealedPurpose::Account,
            Purpose::Link(account) => SealedPurpose::Link { account: account.to_string() },
        }
    }

    fn into_purpose(self) -> Option<Purpose> {
        Some(match self {
            SealedPurpose::Widget { site, origin, challenge, state, return_to } => {
                let asker = Asker { site: site.parse().ok()?, origin: Origin::parse(&origin)? };
                Purpose::Widget(Widget { asker, challenge, state, return_to })
            }
            SealedPurpose::Account => Purpose::Account,
            SealedPurpose::Link { account } => Purpose::Link(account.parse().ok()?),
        })
    }
}

impl Sealer {
    pub fn new(chance: &dyn Chance) -> Sealer {
        Sealer(Aes256Gcm::new(&random::<32>(chance).into()))
    }

    /// The cookie's value; it opens only under the same transaction id.
    pub fn seal(&self, transaction: &Transaction, chance: &dyn Chance) -> String {
        let sealed = Sealed {
            purpose: SealedPurpose::of(&transaction.purpose),
            created_ms: transaction.created_at.as_millis(),
        };
        let plain = serde_json::to_vec(&sealed).expect("strings and a number serialise");
        let nonce = random::<12>(chance);
        let payload = Payload { msg: &plain, aad: transaction.id.as_bytes() };
        let sealed =
            self.0.encrypt(Nonce::from_slice(&nonce), payload).expect("a short message fits AES-GCM");
        URL_SAFE_NO_PAD.encode([&nonce[..], &sealed[..]].concat())
    }

    /// The transaction in a cookie, if this process sealed it under `id` and it is not too old.
    pub fn open(&self, id: &str, cookie: &str, now: Timestamp) -> Option<Transaction> {
        let bytes = URL_SAFE_NO_PAD.decode(cookie).ok()?;
        let (nonce, sealed) = bytes.split_at_checked(12)?;
        let payload = Payload { msg: sealed, aad: id.as_bytes() };
        let plain = self.0.decrypt(Nonce::from_slice(nonce), payload).ok()?;
        let sealed: Sealed = serde_json::from_slice(&plain).ok()?;
        let created_at = Timestamp::from_millis(sealed.created_ms);
        let transaction =
            Transaction { id: id.to_owned(), purpose: sealed.purpose.into_purpose()?, created_at };
        now.is_within(TRANSACTION_TTL, created_at).then_some(transaction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_returns_to_a_page_of_the_same_origin_only() {
        let origin = Origin::parse("https://blog.example").unwrap();
        for (raw, page) in [
            ("https://blog.example/a?b=c#d", "https://blog.example/a?b=c"),
            ("https://blog.example", "https://blog.example/"),
        ] {
            assert_eq!(page_on(&origin, raw).as_deref(), Some(page));
        }
        for bad in [
            "https://blog.example.evil.net/",
            "https://blog.example@evil.net/",
            "https://blog.example:8443/",
            "http://blog.example/",
            "//blog.example/",
            "/a",
            "https://evil.net/https://blog.example/",
            "https://blog.example\\@evil.net/",
            "https:\\\\blog.example/",
            "https://blog.example/\n",
            "https://blog.example/\tx",
            " https://blog.example/",
            "javascript:alert(1)//https://blog.example/",
            "https://blog.example%5c@evil.net/",
            "https://user@blog.example/",
        ] {
            assert_eq!(page_on(&origin, bad), None, "{bad:?}");
        }
    }
}
