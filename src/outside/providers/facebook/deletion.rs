//! What Facebook posts when somebody removes the app there and wants their data gone from here: who, signed with the app's
//! secret.

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::domain::Identity;
use crate::outside::providers::ProviderError;
use crate::outside::providers::claims::Claims;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Whose data is to go: the id under which Facebook named them to us.
pub fn person(signed: &str, secret: &str) -> Result<String, ProviderError> {
    let refused = |why: &str| ProviderError::Refused(format!("the request to delete {why}"));
    let (signature, payload) = signed.split_once('.').ok_or_else(|| refused("has no signature"))?;
    let signature = BASE64.decode(signature).map_err(|_| refused("has no readable signature"))?;
    if secret.is_empty() {
        return Err(refused("cannot be checked without the app's secret"));
    }
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.as_bytes()).map_err(|_| refused("cannot be checked"))?;
    mac.update(payload.as_bytes());
    mac.verify_slice(&signature).map_err(|_| refused("is not signed with the app's secret"))?;
    let said = BASE64.decode(payload).ok().and_then(|json| serde_json::from_slice::<Claims>(&json).ok());
    let said = said.ok_or_else(|| refused("cannot be read"))?;
    if !said.text("algorithm").is_some_and(|name| name.eq_ignore_ascii_case("HMAC-SHA256")) {
        return Err(refused("is signed in a way that is not known"));
    }
    said.id("user_id")
        .filter(|id| id.len() <= Identity::MAX_SUBJECT_BYTES)
        .ok_or_else(|| refused("does not say whose data"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed(payload: &str, secret: &str) -> String {
        let payload = BASE64.encode(payload);
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(payload.as_bytes());
        format!("{}.{payload}", BASE64.encode(mac.finalize().into_bytes()))
    }

    const SOUND: &str =
        r#"{"algorithm":"HMAC-SHA256","user_id":"218471","issued_at":1291836800,"expires":0}"#;

    #[test]
    fn who_wants_their_data_gone_is_read_from_what_the_secret_signed() {
        let request = signed(SOUND, "hush");
        assert_eq!(person(&request, "hush").as_deref(), Ok("218471"));
        assert_eq!(person(&request.replace('=', ""), "hush").as_deref(), Ok("218471"), "without padding");
    }

    #[test]
    fn nobody_else_can_have_data_deleted() {
        let sound = signed(SOUND, "hush");
        let (signature, payload) = sound.split_once('.').unwrap();
        let other = BASE64.encode(SOUND.replace("218471", "7"));
        for forged in [
            String::new(),
            ".".to_owned(),
            payload.to_owned(),
            format!(".{payload}"),
            format!("{signature}.{other}"),
            format!("{}.{payload}", &signature[..20]),
            format!("{sound}."),
            signed(SOUND, "guessed"),
            signed(SOUND, ""),
            signed(&SOUND.replace("HMAC-SHA256", "none"), "hush"),
            signed(r#"{"algorithm":"HMAC-SHA256"}"#, "hush"),
            signed("not json", "hush"),
        ] {
            assert!(person(&forged, "hush").is_err(), "{forged}");
        }
        assert!(person(&signed(SOUND, ""), "").is_err(), "without a secret nothing is signed");
    }
}
