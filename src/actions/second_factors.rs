//! A second factor: the codes of an authenticator (RFC 6238: SHA-1, six digits, 30 seconds, one step either way), and ten
//! recovery codes for when it is lost.

use sha2::{Digest, Sha256};
use totp_rs::{Builder, Totp};

use super::limits::FAILURES_PER_ACCOUNT;
use super::{Error, notices, tokens};
use crate::app::{App, Chance, random};
use crate::domain::notices::NoticeKind;
use crate::domain::second_factors::{SecondFactor, SecondProof, SharedSecret};
use crate::domain::{AccountId, Refusal, Timestamp, TokenHash};
use crate::storage::second_factors::TurnedOn;
use crate::storage::sessions::NewSession;

/// Without the hyphens that group them. 80 bits, so that their plain hashes give nothing away.
const RECOVERY_CODE_CHARS: usize = 16;

/// A secret on its way into an authenticator.
#[derive(Debug)]
pub struct Offer {
    /// In base32, to type.
    pub secret: String,
    /// The same as an `otpauth://` address.
    pub address: String,
    /// The same as an SVG picture to scan.
    pub picture: String,
}

/// Lets somebody in who shows a right code, once, or has no second factor. A million codes are few: after a hundred wrong
/// ones in a row, counted on disk, only a recovery code does. Those are too long to be guessed.
pub async fn check(app: &App, account: AccountId, code: Option<&str>) -> Result<(), Error> {
    let facts = app.store.private_facts(account).await?;
    let Some(factor) = facts.and_then(|facts| facts.second_factor) else { return Ok(()) };
    let code = code.map(str::trim).filter(|code| !code.is_empty()).ok_or(Refusal::SecondFactorNeeded)?;
    let (subject, now) = (subject(account), app.clock.now());
    let is_recovery = code.chars().filter(char::is_ascii_alphanumeric).count() >= RECOVERY_CODE_CHARS;
    if !is_recovery && !app.store.begin_attempt(subject, FAILURES_PER_ACCOUNT, now).await? {
        return Err(Refusal::TooManyWrongSecondFactors.into());
    }
    let proof = proof_of(&factor, account, code, now).ok_or(Refusal::WrongSecondFactor)?;
    if !app.store.spend_second_proof(account, proof).await? {
        return Err(Refusal::WrongSecondFactor.into());
    }
    Ok(app.store.forget_attempts(subject).await?)
}

/// What wrong codes are counted under.
fn subject(account: AccountId) -> TokenHash {
    let mut hasher = Sha256::new();
    hasher.update(b"second factor");
    hasher.update(account.0.as_bytes());
    TokenHash(hasher.finalize().into())
}

/// A new secret, which counts for nothing until a code of it was shown.
pub async fn offer(app: &App, account: AccountId, name: &str) -> Result<Offer, Error> {
    let secret = SharedSecret(random::<20>(&*app.chance).to_vec());
    let offer = described(app, &secret, name)?;
    app.store.offer_second_factor(account, secret).await??;
    Ok(offer)
}

/// Turns the offered secret on, by a code of it: the recovery codes, told this once. All sessions end but `session`, which
/// begins.
pub async fn turn_on(
    app: &App,
    account: AccountId,
    code: &str,
    session: NewSession,
) -> Result<Vec<String>, Error> {
    let facts = app.store.private_facts(account).await?;
    let offered = facts.and_then(|facts| facts.offered_secret).ok_or(Refusal::CodeGone)?;
    let at = app.clock.now();
    let step = step_of(&offered, code, at).ok_or(Refusal::WrongSecondFactor)?;
    let (codes, recovery) = recovery_codes(account, &*app.chance);
    let tell = notices::to_owner(app, account, NoticeKind::SecondFactorOn).await?;
    app.store
        .turn_on_second_factor(account, TurnedOn { secret: offered, step, recovery, session, tell, at })
        .await??;
    app.access_tokens.end_account(account);
    app.wakeup.wake();
    Ok(codes)
}

/// Turns it off, without a code: the caller has asked for one, or has better reasons. A password that is short because of
/// it goes with it.
pub async fn turn_off(app: &App, account: AccountId) -> Result<(), Error> {
    let tell = notices::to_owner(app, account, NoticeKind::SecondFactorOff).await?;
    app.store.turn_off_second_factor(account, tell, app.clock.now()).await?;
    app.wakeup.wake();
    Ok(())
}

/// New recovery codes in place of the old.
pub async fn renew_recovery_codes(app: &App, account: AccountId) -> Result<Vec<String>, Error> {
    let (codes, hashes) = recovery_codes(account, &*app.chance);
    app.store.set_recovery_codes(account, hashes).await??;
    Ok(codes)
}

fn proof_of(factor: &SecondFactor, account: AccountId, code: &str, now: Timestamp) -> Option<SecondProof> {
    if let Some(step) = step_of(&factor.secret, code, now) {
        return Some(SecondProof::Step(step));
    }
    let code = recovery_hash(account, code);
    factor.recovery.contains(&code).then_some(SecondProof::Recovery(code))
}

fn step_of(secret: &SharedSecret, code: &str, now: Timestamp) -> Option<u64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(now.as_millis() / 1000).ok()?;
    totp(secret, None)?.check(&digits, seconds)
}

/// `of` is who issues it and for whom.
fn totp(secret: &SharedSecret, of: Option<(&str, &str)>) -> Option<Totp> {
    let builder = Builder::new().with_secret(secret.0.clone());
    match of {
        Some((issuer, name)) => builder
            .with_issuer(Some(issuer.replace(':', " ").into_boxed_str()))
            .with_account_name(name.replace(':', " ").into_boxed_str())
            .build()
            .ok(),
        None => builder.build().ok(),
    }
}

fn described(app: &App, secret: &SharedSecret, name: &str) -> Result<Offer, Error> {
    let origin = &app.config.server.base_url.origin;
    let host = origin.split_once("://").map_or(origin.as_str(), |(_, host)| host);
    let name = if name.is_empty() { "account" } else { name };
    let totp = totp(secret, Some((host, name))).ok_or(Refusal::CodeGone)?;
    let address = totp.to_url().map_err(|_| Refusal::CodeGone)?;
    let code = qrcode::QrCode::new(address.as_bytes()).map_err(|_| Refusal::CodeGone)?;
    let picture = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(200, 200).build();
    Ok(Offer { secret: totp.secret().to_base32(), address, picture })
}

fn recovery_codes(account: AccountId, chance: &dyn Chance) -> (Vec<String>, Vec<TokenHash>) {
    let grouped = |code: &str| format!("{}-{}", &code[..4], &code[4..]);
    (0..SecondFactor::RECOVERY_CODES)
        .map(|_| {
            let (first, last) = (tokens::eight_characters(chance), tokens::eight_characters(chance));
            let code = format!("{}-{}", grouped(&first), grouped(&last));
            let hash = recovery_hash(account, &code);
            (code, hash)
        })
        .unzip()
}

fn recovery_hash(account: AccountId, code: &str) -> TokenHash {
    let code: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let mut hasher = Sha256::new();
    hasher.update(account.0.as_bytes());
    hasher.update(code.as_bytes());
    TokenHash(hasher.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard_one_step_either_way() {
        let secret = SharedSecret(b"12345678901234567890".to_vec());
        let at = |secs: i64| Timestamp::from_millis(secs * 1000);
        for (secs, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let step = secs as u64 / 30;
            assert_eq!(step_of(&secret, code, at(secs)), Some(step));
            assert_eq!(step_of(&secret, code, at(secs + 30)), Some(step), "a clock that is late");
            assert_eq!(step_of(&secret, code, at(secs - 30)), Some(step), "a clock that is early");
            assert_eq!(step_of(&secret, code, at(secs + 60)), None);
            assert_eq!(step_of(&secret, code, at(secs - 60)), None);
        }
        assert_eq!(step_of(&secret, "287 082", at(59)), Some(1), "as authenticators show it");
    }
}
