//! Passwords: Argon2id, hashed on blocking threads, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

use super::Error;
use crate::app::{Chance, random};
use crate::domain::Refusal;

/// NIST SP 800-63B-4, section 3.1.1.2, for a password that is the only factor.
pub const MIN_CHARS: usize = 15;
pub const MAX_BYTES: usize = 1_024;

/// What a password is hashed with: OWASP's first choice, 19 MiB and two passes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// How many may wait for a turn before more are refused: each waits tens of milliseconds.
const MAX_WAITING: usize = 64;

/// A password that is long enough, short enough and not easily guessed; normalised to NFKC once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl NewPassword {
    /// `about` are words an attacker would try first: the person's name and address, the site's name.
    pub fn parse(raw: &str, about: &[&str]) -> Result<NewPassword, Refusal> {
        if raw.len() > MAX_BYTES {
            return Err(Refusal::PasswordTooLong { max_bytes: MAX_BYTES });
        }
        let password: String = raw.nfkc().collect();
        if password.chars().count() < MIN_CHARS {
            return Err(Refusal::PasswordTooShort { min_chars: MIN_CHARS });
        }
        // The estimate is quadratic in length, and what is long is judged well enough by its beginning.
        let beginning: String = password.chars().take(72).collect();
        let estimate = zxcvbn::zxcvbn(&beginning, about);
        if estimate.score() < zxcvbn::Score::Three {
            let why = estimate.feedback().and_then(|feedback| feedback.warning()).map_or_else(
                || "add a few uncommon words".to_owned(),
                |warning| warning.to_string().trim_end_matches('.').to_lowercase(),
            );
            return Err(Refusal::PasswordGuessable { why });
        }
        Ok(NewPassword(password))
    }
}

pub struct PasswordChecker {
    turns: Semaphore,
    waiting: Semaphore,
    /// Verified against when an address is unknown, so that both take the same time.
    dummy: String,
}

impl PasswordChecker {
    pub fn new(chance: &dyn Chance) -> PasswordChecker {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let salt: [u8; 16] = random(chance);
        PasswordChecker {
            turns: Semaphore::new(cores.min(3)),
            waiting: Semaphore::new(MAX_WAITING),
            dummy: hash("no account has this password", &salt),
        }
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: NewPassword, chance: &dyn Chance) -> Result<String, Error> {
        let salt: [u8; 16] = random(chance);
        self.in_turn(move || hash(&password.0, &salt)).await
    }

    /// Whether `password` is the one of `phc`; without one, costs the same and is wrong.
    pub async fn verify(&self, password: &str, phc: Option<&str>) -> Result<Checked, Error> {
        let known = phc.is_some();
        let phc = phc.unwrap_or(&self.dummy).to_owned();
        let password: String =
            if password.len() > MAX_BYTES { String::new() } else { password.nfkc().collect() };
        self.in_turn(move || {
            let right = argon2().verify_password(password.as_bytes(), phc.as_str()).is_ok();
            if right && known { Checked::Right { outdated: is_outdated(&phc) } } else { Checked::Wrong }
        })
        .await
    }

    /// The same password hashed with today's parameters; `None` if there is no turn for it now.
    pub async fn rehash(&self, password: &str, chance: &dyn Chance) -> Option<String> {
        let salt: [u8; 16] = random(chance);
        let password: String = password.nfkc().collect();
        self.in_turn(move || hash(&password, &salt)).await.ok()
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _place = self.waiting.try_acquire().map_err(|_| Refusal::Busy)?;
        let _turn = self.turns.acquire().await.map_err(|_| Refusal::Busy)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::Busy.into())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// `outdated`: hashed with less than today's parameters, so hash it again.
    Right {
        outdated: bool,
    },
    Wrong,
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("constants within Argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &str, salt: &[u8]) -> String {
    argon2().hash_password_with_salt(password.as_bytes(), salt).expect("a salt of 16 bytes").to_string()
}

fn is_outdated(phc: &str) -> bool {
    let parsed = PasswordHash::new(phc).ok().and_then(|hash| Params::try_from(&hash).ok());
    parsed.is_none_or(|params| params.m_cost() < MEMORY_KIB || params.t_cost() < PASSES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_judged_by_length_and_by_how_guessable_it_is() {
        assert_eq!(NewPassword::parse("short", &[]).err(), Some(Refusal::PasswordTooShort { min_chars: 15 }));
        assert_eq!(
            NewPassword::parse(&"x".repeat(1_025), &[]).err(),
            Some(Refusal::PasswordTooLong { max_bytes: 1_024 })
        );
        for guessable in ["passwordpassword", "aaaaaaaaaaaaaaaaaaaa", "qwertyuiopasdfgh"] {
            assert!(
                matches!(NewPassword::parse(guessable, &[]), Err(Refusal::PasswordGuessable { .. })),
                "{guessable}"
            );
        }
        assert!(NewPassword::parse("lantern otter gravel quince", &[]).is_ok());
        assert!(NewPassword::parse("ラクダは夜に青い海を泳ぐらしいです", &[]).is_ok());
    }

    #[test]
    fn weaker_parameters_are_seen_as_outdated() {
        assert!(!is_outdated(&hash("x", &[7; 16])));
        assert!(is_outdated(
            "$argon2id$v=19$m=4096,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        ));
    }
}
