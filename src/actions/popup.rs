//! Signing in on the comments host itself, in a popup that the widget opened.
//!
//! Until its first POST a transaction is a sealed cookie and no row. What comes back to the widget is a code that only
//! the widget's verifier can redeem, so whoever started a transaction with somebody else's link gains nothing.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Error;
use super::password_proofs::{self, Attempt, Proved};
use super::sessions::new_session;
use super::tokens::{self, TokenKind};
use crate::app::{App, Chance, random};
use crate::domain::sessions::{ExchangeCode, Scope};
use crate::domain::{Account, Origin, PageKey, Refusal, Site, SiteKey, Timestamp};

/// How long a person may take in the popup.
pub const TRANSACTION_TTL: std::time::Duration = std::time::Duration::from_secs(10 * 60);

/// A sign-in under way: what the widget asked for when it opened the popup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// Names its cookie, so that two tabs do not collide.
    pub id: String,
    pub site: SiteKey,
    pub origin: Origin,
    pub challenge: String,
    /// The widget's own mark, returned to it untouched.
    pub state: String,
    /// The page to go back to, on `origin`, if the browser let no popup open and the page itself came here.
    pub return_to: Option<String>,
    pub created_at: Timestamp,
}

/// Seals transactions so that a browser can carry them without reading or changing them. The key lives as long as the
/// process: after a restart an open popup says that it is too old.
pub struct Sealer(Aes256Gcm);

#[derive(Serialize, Deserialize)]
struct Sealed {
    site: String,
    origin: String,
    challenge: String,
    state: String,
    return_to: Option<String>,
    created_ms: i64,
}

impl Sealer {
    pub fn new(chance: &dyn Chance) -> Sealer {
        Sealer(Aes256Gcm::new(&random::<32>(chance).into()))
    }

    /// The cookie's value; it opens only under the same transaction id.
    pub fn seal(&self, transaction: &Transaction, chance: &dyn Chance) -> String {
        let sealed = Sealed {
            site: transaction.site.to_string(),
            origin: transaction.origin.to_string(),
            challenge: transaction.challenge.clone(),
            state: transaction.state.clone(),
            return_to: transaction.return_to.clone(),
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
        let transaction = Transaction {
            id: id.to_owned(),
            site: sealed.site.parse().ok()?,
            origin: Origin::parse(&sealed.origin)?,
            challenge: sealed.challenge,
            state: sealed.state,
            return_to: sealed.return_to,
            created_at: Timestamp::from_millis(sealed.created_ms),
        };
        (now.since(transaction.created_at) < TRANSACTION_TTL).then_some(transaction)
    }
}

/// Begins a transaction: the origin must be one of the site's, exactly, and `return_to` a page on it.
pub fn begin(
    app: &App,
    site: &Site,
    origin: &Origin,
    challenge: &str,
    state: &str,
    return_to: Option<&str>,
) -> Result<Transaction, Error> {
    let now = app.clock.now();
    if !site.allows(origin, now) {
        return Err(Refusal::OriginNotAllowed { origin: origin.to_string() }.into());
    }
    let state_fits = (16..=64).contains(&state.len())
        && state.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if tokens::parse_challenge(challenge).is_none() || !state_fits {
        return Err(Refusal::CodeGone.into());
    }
    let return_to = return_to.map(|page| page_on(origin, page).ok_or(Refusal::InvalidPage)).transpose()?;
    Ok(Transaction {
        id: URL_SAFE_NO_PAD.encode(random::<9>(&*app.chance)),
        site: site.key.clone(),
        origin: origin.clone(),
        challenge: challenge.to_owned(),
        state: state.to_owned(),
        return_to,
        created_at: now,
    })
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

/// What the popup's last page hands over.
#[derive(Debug)]
pub struct Finished {
    /// Posted to the opener.
    pub code: String,
    /// Shown if there is no opener, as `ABCD-2345`.
    pub pasted: String,
    /// The cookie of the first-party session, if one was made.
    pub cookie: Option<String>,
}

/// Proves a password. The answer and its time are the same for an unknown address and a wrong password.
pub async fn by_password(
    app: &App,
    transaction: &Transaction,
    attempt: Attempt<'_>,
    device: &str,
) -> Result<(Finished, Proved), Error> {
    let proved = password_proofs::prove(app, attempt).await?;
    let finished = finish(app, transaction, &proved.account, Some(device)).await?;
    Ok((finished, proved))
}

/// "Continue as NAME": the click of somebody whose first-party session lives.
pub async fn by_session(app: &App, transaction: &Transaction, account: &Account) -> Result<Finished, Error> {
    finish(app, transaction, account, None).await
}

async fn finish(
    app: &App,
    transaction: &Transaction,
    account: &Account,
    device: Option<&str>,
) -> Result<Finished, Error> {
    let now = app.clock.now();
    let site = app.store.site(&transaction.site).ok_or(Refusal::UnknownSite)?;
    if !site.allows(&transaction.origin, now) {
        return Err(Refusal::OriginNotAllowed { origin: transaction.origin.to_string() }.into());
    }
    if app.store.member(site.id, account.id).await?.is_some_and(|member| !member.standing.may_write(now)) {
        return Err(Refusal::Banned.into());
    }
    let challenge = tokens::parse_challenge(&transaction.challenge).ok_or(Refusal::CodeGone)?;
    let (code, code_hash) = tokens::mint(TokenKind::Exchange, &*app.chance);
    let pasted = tokens::eight_characters(&*app.chance);
    let exchange = ExchangeCode {
        code: code_hash,
        pasted: tokens::short_code_hash(challenge, &pasted),
        challenge,
        site: site.id,
        origin: transaction.origin.clone(),
        account: account.id,
        created_at: now,
        wrong_tries: 0,
        redeemed: None,
    };
    app.store.add_exchange_code(exchange).await?;
    let cookie = match device {
        Some(device) => {
            let (session, cookie) = new_session(app, Some(account), Scope::FirstParty, device);
            app.store.add_session(session).await?;
            Some(cookie)
        }
        None => None,
    };
    Ok(Finished { code, pasted: format!("{}-{}", &pasted[..4], &pasted[4..]), cookie })
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
