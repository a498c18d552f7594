//! What a provider says of a person, as it came: an ID token's claims or an answer of its API.

use serde_json::{Map, Value};

use crate::domain::Email;
use crate::domain::identities::ProfileEmail;

#[derive(Clone, PartialEq, serde::Deserialize)]
#[serde(transparent)]
pub struct Claims(pub Map<String, Value>);

impl Claims {
    /// A claim that is a text and not blank, exactly as it is written.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }

    /// The first of several that says something.
    pub fn first_text(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.text(name))
    }

    /// An id: a text, or a whole number, as it is written.
    pub fn id(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) if number.is_u64() => Some(number.to_string()),
            _ => None,
        }
    }

    /// Yes, and said so: `true` or, as Apple writes it, `"true"`. Missing, `null` and everything else is no.
    pub fn flag(&self, name: &str) -> bool {
        match self.0.get(name) {
            Some(Value::Bool(said)) => *said,
            Some(Value::String(said)) => said == "true",
            _ => false,
        }
    }

    /// Seconds since the epoch; fractions are cut off.
    pub fn seconds(&self, name: &str) -> Option<i64> {
        let number = self.0.get(name)?.as_number()?;
        // A float that does not fit is cut to the nearest that does: still never a moment that passes a check.
        number.as_i64().or_else(|| number.as_f64().filter(|n| n.is_finite()).map(|n| n as i64))
    }

    /// The address under `name`, if it is one.
    pub fn email(&self, name: &str, verified: bool) -> Option<ProfileEmail> {
        let address = Email::parse(self.text(name)?).ok()?;
        Some(ProfileEmail { address, verified })
    }
}

/// They identify somebody.
impl std::fmt::Debug for Claims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Claims {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn an_address_is_verified_only_when_the_provider_says_true() {
        for yes in ["true", r#""true""#] {
            assert!(claims(&format!(r#"{{"email_verified":{yes}}}"#)).flag("email_verified"), "{yes}");
        }
        for no in
            ["false", r#""false""#, "null", "1", r#""1""#, r#""True""#, r#""yes""#, "[true]", "{}", r#""""#]
        {
            assert!(!claims(&format!(r#"{{"email_verified":{no}}}"#)).flag("email_verified"), "{no}");
        }
        assert!(!claims("{}").flag("email_verified"));
    }

    #[test]
    fn an_id_is_read_as_it_is_written() {
        let claims = claims(r#"{"a":"007","b":7,"c":9007199254740993,"d":7.5,"e":"","f":null,"g":-1}"#);
        assert_eq!(claims.id("a").as_deref(), Some("007"));
        assert_eq!(claims.id("b").as_deref(), Some("7"));
        assert_eq!(claims.id("c").as_deref(), Some("9007199254740993"));
        for none in ["d", "e", "f", "g", "h"] {
            assert_eq!(claims.id(none), None, "{none}");
        }
    }

    #[test]
    fn what_a_provider_says_of_somebody_never_shows_in_debug_output() {
        assert!(!format!("{:?}", claims(r#"{"email":"ada@example.org"}"#)).contains("ada"));
    }
}
