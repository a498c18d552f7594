//! Where problems come from: each refusal and each failure has one kind, and the compiler knows when one is missing.

use super::{Problem, kinds};
use crate::actions;
use crate::domain::Refusal;
use crate::storage::StoreError;

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let detail = refusal.to_string();
        let of = |kind| Problem::new(kind, detail);
        match refusal {
            Refusal::EmptyBody => of(&kinds::EMPTY_BODY),
            Refusal::BodyTooLong { max_chars } => of(&kinds::BODY_TOO_LONG).with("max_chars", max_chars),
            Refusal::EmptyName => of(&kinds::EMPTY_NAME),
            Refusal::NameTooLong { max_chars } => of(&kinds::NAME_TOO_LONG).with("max_chars", max_chars),
            Refusal::NameHasControls => of(&kinds::NAME_HAS_CONTROLS),
            Refusal::NameTaken => of(&kinds::NAME_TAKEN),
            Refusal::InvalidEmail => of(&kinds::INVALID_EMAIL),
            Refusal::InvalidPage => of(&kinds::INVALID_PAGE),
            Refusal::InvalidSiteKey => of(&kinds::INVALID_SITE_KEY),
            Refusal::InvalidOrigin => of(&kinds::INVALID_ORIGIN),
            Refusal::TooManyOrigins { max } => of(&kinds::TOO_MANY_ORIGINS).with("max", max),
            Refusal::SiteExists => of(&kinds::SITE_EXISTS),
            Refusal::InvalidPublicKey => of(&kinds::INVALID_PUBLIC_KEY),
            Refusal::SsoOff => of(&kinds::SSO_OFF),
            Refusal::SsoRefused(_) => of(&kinds::SSO_REFUSED),
            Refusal::InvalidCursor => of(&kinds::INVALID_CURSOR),
            Refusal::UnknownSite => of(&kinds::UNKNOWN_SITE),
            Refusal::UnknownComment => of(&kinds::UNKNOWN_COMMENT),
            Refusal::UnknownParent => of(&kinds::UNKNOWN_PARENT),
            Refusal::ParentElsewhere => of(&kinds::PARENT_ELSEWHERE),
            Refusal::OriginNotAllowed { .. } => of(&kinds::ORIGIN_NOT_ALLOWED),
            Refusal::ThreadClosed => of(&kinds::THREAD_CLOSED),
            Refusal::SignInNeeded => of(&kinds::SIGN_IN_NEEDED),
            Refusal::SessionEnded => of(&kinds::SESSION_ENDED),
            Refusal::NotAllowed => of(&kinds::NOT_ALLOWED),
            Refusal::Banned => of(&kinds::BANNED),
            Refusal::NameNeeded => of(&kinds::NAME_NEEDED),
            Refusal::GuestsOff => of(&kinds::GUESTS_OFF),
            Refusal::ProofNeeded { challenge, bits } => {
                of(&kinds::PROOF_NEEDED).with("challenge", challenge).with("bits", bits)
            }
            Refusal::OwnComment => of(&kinds::OWN_COMMENT),
            Refusal::EditWindowOver => of(&kinds::EDIT_WINDOW_OVER),
            Refusal::LikesOff => of(&kinds::LIKES_OFF),
            Refusal::TooManyPinned { max } => of(&kinds::TOO_MANY_PINNED).with("max", max),
            Refusal::NotARoot => of(&kinds::NOT_A_ROOT),
            Refusal::UnknownProvider => of(&kinds::UNKNOWN_PROVIDER),
            Refusal::NoSuchServer { .. } => of(&kinds::NO_SUCH_SERVER),
            Refusal::ProviderUnreachable { .. } => of(&kinds::PROVIDER_UNREACHABLE),
            Refusal::ProviderRefused { .. } => of(&kinds::PROVIDER_REFUSED),
            Refusal::IdentityTaken => of(&kinds::IDENTITY_TAKEN),
            Refusal::OpenedElsewhere => of(&kinds::OPENED_ELSEWHERE),
            Refusal::Duplicate { earlier } => of(&kinds::DUPLICATE).with("earlier", earlier.to_string()),
            Refusal::KeyReused => of(&kinds::KEY_REUSED),
            Refusal::TooFast { retry_after } => {
                // Rounded up: a client that waits as told must not be refused again.
                of(&kinds::TOO_FAST).retry_after(retry_after.as_millis().div_ceil(1000) as u64)
            }
            Refusal::WrongCode { tries_left } => of(&kinds::WRONG_CODE).with("tries_left", tries_left),
            Refusal::TooManyWrongCodes => of(&kinds::TOO_MANY_WRONG_CODES),
            Refusal::LongerPasswordFirst => of(&kinds::LONGER_PASSWORD_FIRST),
            Refusal::CodeGone => of(&kinds::CODE_GONE),
            Refusal::WrongPassword => of(&kinds::WRONG_PASSWORD),
            Refusal::PasswordTooShort { min_chars } => {
                of(&kinds::PASSWORD_TOO_SHORT).with("min_chars", min_chars)
            }
            Refusal::PasswordTooLong { max_bytes } => {
                of(&kinds::PASSWORD_TOO_LONG).with("max_bytes", max_bytes)
            }
            Refusal::PasswordGuessable { .. } => of(&kinds::PASSWORD_GUESSABLE),
            Refusal::TooManyWrongPasswords => of(&kinds::TOO_MANY_WRONG_PASSWORDS),
            Refusal::SecondFactorOn => of(&kinds::SECOND_FACTOR_ON),
            Refusal::SecondFactorNeeded => of(&kinds::SECOND_FACTOR_NEEDED),
            Refusal::SecondFactorElsewhere => of(&kinds::SECOND_FACTOR_NEEDED),
            Refusal::TooManyWrongSecondFactors => of(&kinds::TOO_MANY_WRONG_SECOND_FACTORS),
            Refusal::WrongSecondFactor => of(&kinds::WRONG_SECOND_FACTOR),
            Refusal::FreshSignInNeeded => of(&kinds::FRESH_SIGN_IN_NEEDED),
            Refusal::LastWayIn => of(&kinds::LAST_WAY_IN),
            Refusal::AddressTaken => of(&kinds::ADDRESS_TAKEN),
            Refusal::AddressNeeded => of(&kinds::ADDRESS_NEEDED),
            Refusal::UnknownSession => of(&kinds::UNKNOWN_SESSION),
            Refusal::LinkGone => of(&kinds::LINK_GONE),
            Refusal::NoMailer => of(&kinds::NO_MAILER),
            Refusal::Busy => of(&kinds::BUSY).retry_after(1),
        }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        match &error {
            StoreError::Full(_) => Problem::of(&kinds::DISK_FULL).caused_by(error),
            StoreError::ShuttingDown => Problem::of(&kinds::SHUTTING_DOWN).retry_after(2),
            StoreError::Io(_) | StoreError::Corrupt(_) | StoreError::Panicked(_) => Problem::internal(error),
        }
    }
}

impl From<actions::Error> for Problem {
    fn from(error: actions::Error) -> Problem {
        match error {
            actions::Error::Refused(refusal) => refusal.into(),
            actions::Error::Store(error) => error.into(),
            actions::Error::Outside(error) => Problem::internal(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::CommentId;
    use crate::web::request::RequestId;

    #[test]
    fn a_refusal_says_what_was_expected_and_how_long_to_wait() {
        let problem = Problem::from(Refusal::TooFast { retry_after: Duration::from_millis(17_001) });
        let response = problem.render(RequestId(7), false);
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "18");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        assert_eq!(response.headers()["cache-control"], "no-store");
    }

    #[test]
    fn what_went_wrong_inside_is_not_told() {
        let problem = Problem::from(StoreError::Corrupt("row 7 of accounts".into()));
        assert_eq!(problem.kind(), &kinds::INTERNAL);
        assert!(!problem.detail().contains("row 7"));
    }

    #[test]
    fn a_duplicate_names_the_earlier_comment() {
        let earlier = CommentId::from_random([7; 16]);
        let problem = Problem::from(Refusal::Duplicate { earlier });
        assert_eq!(problem.0.extras["earlier"], earlier.to_string());
    }

    #[test]
    fn a_wrong_cursor_is_a_bad_request_when_reading() {
        let status = |reads| Problem::from(Refusal::InvalidCursor).render(RequestId(1), reads).status();
        assert_eq!((status(true).as_u16(), status(false).as_u16()), (400, 422));
    }
}
