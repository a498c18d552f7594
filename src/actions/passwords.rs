//! Passwords: Argon2id, hashed on blocking threads, a few at a time, in memory that is used again.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use parking_lot::Mutex;
use subtle::ConstantTimeEq;
use tokio::sync::{Semaphore, SemaphorePermit};
use unicode_normalization::UnicodeNormalization;

use super::Error;
use crate::app::{Chance, random};
use crate::domain::Refusal;

/// NIST SP 800-63B-4, section 3.1.1.2, for a password that is the only factor, and for one of two.
pub const MIN_CHARS: usize = 15;
pub const MIN_CHARS_OF_TWO: usize = 8;
pub const MAX_BYTES: usize = 1_024;

/// What a password is hashed with: OWASP's first choice, 19 MiB and two passes.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const HASH_BYTES: usize = 32;
/// How many may wait for a turn before more are refused: each waits tens of milliseconds.
const MAX_WAITING: usize = 64;

/// A password that is long enough, short enough and not easily guessed; normalised to NFKC once.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl NewPassword {
    /// `about` is what an attacker would try first: the person's name and address, the sites' names. A password that
    /// is one of `two` factors may be shorter.
    pub fn parse(raw: &str, about: &[&str], two: bool) -> Result<NewPassword, Refusal> {
        if raw.len() > MAX_BYTES {
            return Err(Refusal::PasswordTooLong { max_bytes: MAX_BYTES });
        }
        let password: String = raw.nfkc().collect();
        let min_chars = if two { MIN_CHARS_OF_TWO } else { MIN_CHARS };
        if password.chars().count() < min_chars {
            return Err(Refusal::PasswordTooShort { min_chars });
        }
        // The estimate is quadratic in length, and what is long is judged well enough by its beginning.
        let beginning: String = password.chars().take(72).collect();
        let words = words(about);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let estimate = zxcvbn::zxcvbn(&beginning, &words);
        // Eight characters that nothing but chance connects are on the second level.
        let enough = if two { zxcvbn::Score::Two } else { zxcvbn::Score::Three };
        if estimate.score() < enough {
            let why = estimate.feedback().and_then(|feedback| feedback.warning()).map_or_else(
                || "add a few uncommon words".to_owned(),
                |warning| warning.to_string().trim_end_matches('.').to_lowercase(),
            );
            return Err(Refusal::PasswordGuessable { why });
        }
        Ok(NewPassword(password))
    }

    /// Whether only a second factor lets it be.
    pub fn is_short(&self) -> bool {
        self.0.chars().count() < MIN_CHARS
    }
}

/// Names and addresses as whole, without spaces, and word by word.
fn words(about: &[&str]) -> Vec<String> {
    let mut words = Vec::new();
    for whole in about.iter().take(100) {
        let whole: String = whole.nfkc().collect::<String>().to_lowercase();
        let parts = whole.split(|c: char| !c.is_alphanumeric()).filter(|part| part.chars().count() > 2);
        words.extend(parts.map(str::to_owned));
        words.push(whole.split_whitespace().collect());
        words.push(whole);
    }
    words.retain(|word| !word.is_empty());
    words
}

pub struct PasswordChecker {
    turns: Semaphore,
    waiting: Semaphore,
    /// What hashing fills: one for each turn at most, kept. A malloc that was given back and asked for by another
    /// thread would leave a hole of this size with each.
    memory: Mutex<Vec<Vec<Block>>>,
    /// Verified against when an address is unknown, so that both take the same time.
    dummy: String,
}

/// A place in the queue, for somebody whose attempt counts from then on.
pub struct Place<'c>(#[expect(dead_code, reason = "held until it is dropped")] SemaphorePermit<'c>);

impl PasswordChecker {
    pub fn new(chance: &dyn Chance) -> PasswordChecker {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
        let salt: [u8; 16] = random(chance);
        PasswordChecker {
            turns: Semaphore::new(cores.min(3)),
            waiting: Semaphore::new(MAX_WAITING),
            memory: Mutex::default(),
            dummy: hash("no account has this password", &salt, &mut Vec::new()),
        }
    }

    /// A place among those who wait for a turn; refuses when too many do.
    pub fn place(&self) -> Result<Place<'_>, Refusal> {
        self.waiting.try_acquire().map(Place).map_err(|_| Refusal::Busy)
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: NewPassword, chance: &dyn Chance) -> Result<String, Error> {
        let salt: [u8; 16] = random(chance);
        let place = self.place()?;
        self.in_turn(place, move |memory| hash(&password.0, &salt, memory)).await
    }

    /// Whether `password` is the one of `phc`; without one, costs the same and is wrong.
    pub async fn verify(
        &self,
        place: Place<'_>,
        password: &str,
        phc: Option<&str>,
    ) -> Result<Checked, Error> {
        let known = phc.is_some();
        let phc = phc.unwrap_or(&self.dummy).to_owned();
        let password: String =
            if password.len() > MAX_BYTES { String::new() } else { password.nfkc().collect() };
        self.in_turn(place, move |memory| {
            let right = is_hash_of(&phc, &password, memory);
            if right && known { Checked::Right { outdated: is_outdated(&phc) } } else { Checked::Wrong }
        })
        .await
    }

    /// The same password hashed with today's parameters; `None` if there is no turn for it now.
    pub async fn rehash(&self, password: &str, chance: &dyn Chance) -> Option<String> {
        let salt: [u8; 16] = random(chance);
        let password: String = password.nfkc().collect();
        let place = self.place().ok()?;
        self.in_turn(place, move |memory| hash(&password, &salt, memory)).await.ok()
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        _place: Place<'_>,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, Error> {
        let _turn = self.turns.acquire().await.map_err(|_| Refusal::Busy)?;
        let mut memory = self.memory.lock().pop().unwrap_or_default();
        let worked = tokio::task::spawn_blocking(move || {
            let answer = work(&mut memory);
            (answer, memory)
        });
        let (answer, memory) = worked.await.map_err(|_| Refusal::Busy)?;
        self.memory.lock().push(memory);
        Ok(answer)
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

fn hash(password: &str, salt: &[u8], memory: &mut Vec<Block>) -> String {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).expect("constants within Argon2's bounds");
    let mut hash = [0; HASH_BYTES];
    fill(params, password, salt, &mut hash, memory).expect("a salt of 16 bytes and a short password");
    let (salt, hash) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(hash));
    format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1${salt}${hash}")
}

/// What cannot be read is no hash of anything.
fn is_hash_of(phc: &str, password: &str, memory: &mut Vec<Block>) -> bool {
    let Ok(parsed) = PasswordHash::new(phc) else { return false };
    let is_ours = parsed.algorithm.as_str() == "argon2id" && parsed.version == Some(19);
    let (Some(salt), Some(expected), Ok(params)) = (&parsed.salt, &parsed.hash, Params::try_from(&parsed))
    else {
        return false;
    };
    let mut found = vec![0; expected.as_bytes().len()];
    let filled = fill(params, password, salt.as_ref(), &mut found, memory);
    is_ours && filled.is_ok() && bool::from(found.ct_eq(expected.as_bytes()))
}

fn fill(
    params: Params,
    password: &str,
    salt: &[u8],
    hash: &mut [u8],
    memory: &mut Vec<Block>,
) -> argon2::Result<()> {
    let blocks = params.block_count();
    if memory.len() < blocks {
        memory.resize_with(blocks, Block::default);
    }
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        password.as_bytes(),
        salt,
        hash,
        &mut memory[..blocks],
    )
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
        assert_eq!(
            NewPassword::parse("short", &[], false).err(),
            Some(Refusal::PasswordTooShort { min_chars: 15 })
        );
        assert_eq!(
            NewPassword::parse(&"x".repeat(1_025), &[], false).err(),
            Some(Refusal::PasswordTooLong { max_bytes: 1_024 })
        );
        for guessable in ["passwordpassword", "aaaaaaaaaaaaaaaaaaaa", "qwertyuiopasdfgh"] {
            assert!(
                matches!(NewPassword::parse(guessable, &[], false), Err(Refusal::PasswordGuessable { .. })),
                "{guessable}"
            );
        }
        assert!(NewPassword::parse("lantern otter gravel quince", &[], false).is_ok());
        assert!(NewPassword::parse("ラクダは夜に青い海を泳ぐらしいです", &[], false).is_ok());
    }

    #[test]
    fn weaker_parameters_are_seen_as_outdated() {
        assert!(!is_outdated(&hash("x", &[7; 16], &mut Vec::new())));
        assert!(is_outdated(
            "$argon2id$v=19$m=4096,t=1,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        ));
    }

    #[test]
    fn with_a_second_factor_eight_characters_do_but_not_any_eight() {
        assert_eq!(
            NewPassword::parse("k7#vQ2x", &[], true).err(),
            Some(Refusal::PasswordTooShort { min_chars: 8 })
        );
        assert!(NewPassword::parse("k7#vQ2xm", &[], true).is_ok());
        for common in ["password", "iloveyou", "12345678", "sunshine", "football", "trustno1", "abcd1234"] {
            let refused = NewPassword::parse(common, &[], true);
            assert!(matches!(refused, Err(Refusal::PasswordGuessable { .. })), "{common}");
        }
    }

    #[test]
    fn what_names_the_person_or_the_site_is_guessable() {
        let about = ["Augusta Byron", "augusta.byron@example.org", "The Lamplighter Gazette"];
        for guess in ["augustabyron1815", "lamplightergazette", "gazettelamplighter", "byronaugustabyron"] {
            assert!(NewPassword::parse(guess, &[], false).is_ok() || guess.len() < 18, "{guess}");
            let refused = NewPassword::parse(guess, &about, false);
            assert!(matches!(refused, Err(Refusal::PasswordGuessable { .. })), "{guess}");
        }
    }

    #[test]
    fn nothing_of_a_password_is_cut_off_and_any_form_of_it_is_the_same() {
        let long = "å ".repeat(300);
        let longer = format!("{long}!");
        let memory = &mut Vec::new();
        let phc = hash(&long, &[7; 16], memory);
        assert!(is_hash_of(&phc, &long, memory) && !is_hash_of(&phc, &longer, memory));
        let composed = NewPassword::parse("lantern otter gravel quincé", &[], false);
        let decomposed = NewPassword::parse("lantern otter gravel quince\u{301}", &[], false);
        assert!(composed == decomposed);
    }

    #[test]
    fn a_hash_in_the_common_form_is_read() {
        use argon2::PasswordHasher;
        let params = Params::new(4096, 2, 1, None).unwrap();
        let theirs = Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_with_salt(b"lantern", &[9; 16])
            .unwrap()
            .to_string();
        assert!(is_hash_of(&theirs, "lantern", &mut Vec::new()));
        assert!(!is_hash_of(&theirs, "Lantern", &mut Vec::new()));
        assert!(!is_hash_of(&theirs.replace("argon2id", "argon2i"), "lantern", &mut Vec::new()));
        assert!(!is_hash_of("no hash", "lantern", &mut Vec::new()));
    }
}
