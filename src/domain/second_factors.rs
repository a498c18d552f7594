//! A second proof beside the password: codes of an authenticator (RFC 6238), and codes on paper for when it is lost.
//!
//! Invariant: a code is good once. A step that was used is never good again, nor any before it.

use std::fmt;

use super::accounts::TokenHash;

/// What an authenticator and this server share. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SharedSecret(pub Vec<u8>);

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SharedSecret(…)")
    }
}

/// A second factor that is on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecondFactor {
    pub secret: SharedSecret,
    /// The latest step whose code was used.
    pub last_step: u64,
    /// Codes on paper that are left.
    pub recovery: Vec<TokenHash>,
}

/// A code that was found to be right; whether it still is, [`SecondFactor::spend`] knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondProof {
    Step(u64),
    Recovery(TokenHash),
}

impl SecondFactor {
    pub const RECOVERY_CODES: usize = 10;

    /// Uses a proof up; `false` if that was done before.
    pub fn spend(&mut self, proof: SecondProof) -> bool {
        match proof {
            SecondProof::Step(step) if step > self.last_step => {
                self.last_step = step;
                true
            }
            SecondProof::Step(_) => false,
            SecondProof::Recovery(code) => match self.recovery.iter().position(|known| *known == code) {
                Some(at) => {
                    self.recovery.swap_remove(at);
                    true
                }
                None => false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_good_once_and_takes_the_earlier_ones_with_it() {
        let paper = TokenHash([7; 32]);
        let mut factor =
            SecondFactor { secret: SharedSecret(vec![1; 20]), last_step: 10, recovery: vec![paper] };
        assert!(!factor.spend(SecondProof::Step(10)));
        assert!(factor.spend(SecondProof::Step(12)));
        assert!(!factor.spend(SecondProof::Step(12)) && !factor.spend(SecondProof::Step(11)));
        assert!(factor.spend(SecondProof::Recovery(paper)));
        assert!(!factor.spend(SecondProof::Recovery(paper)));
    }

    #[test]
    fn a_secret_never_shows_in_debug_output() {
        assert!(!format!("{:?}", SharedSecret(vec![97; 20])).contains("97"));
    }
}
