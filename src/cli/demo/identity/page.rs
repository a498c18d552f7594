//! The page on which somebody says who they are.

use askama::Template;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::one;
use crate::domain::{Email, Name};

/// Who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub subject: String,
    pub name: String,
    pub email: Option<String>,
}

/// Somebody whom the page offers.
pub struct Known {
    pub key: &'static str,
    pub name: &'static str,
    pub email: &'static str,
}

/// Under a domain that never exists (RFC 6761).
const KNOWN: [Known; 2] = [
    Known { key: "ada", name: "Ada", email: "ada@demo-id.example" },
    Known { key: "bruno", name: "Bruno", email: "bruno@demo-id.example" },
];

#[derive(Template)]
#[template(path = "demo/identity.html")]
pub struct Page<'a> {
    /// Who asks.
    asking: &'a str,
    /// The request, handed on when a button is pressed.
    query: &'a str,
    known: &'static [Known],
    /// What was wrong with what was typed.
    wrong: Option<&'a str>,
    name: &'a str,
    email: &'a str,
}

/// For who comes here by themselves.
#[derive(Template)]
#[template(path = "demo/identity-welcome.html")]
pub struct Welcome;

#[derive(Template)]
#[template(path = "demo/identity-refused.html")]
pub struct Refused<'a> {
    pub why: &'a str,
}

impl<'a> Page<'a> {
    pub fn new(asking: &'a str, query: &'a str) -> Page<'a> {
        Page { asking, query, known: &KNOWN, wrong: None, name: "", email: "" }
    }

    pub fn again(self, choice: &'a Choice, wrong: &'a str) -> Page<'a> {
        Page { wrong: Some(wrong), name: &choice.name, email: &choice.email, ..self }
    }
}

/// What came of the page's form.
pub struct Choice {
    who: String,
    name: String,
    email: String,
}

impl Choice {
    pub fn read(form: &str) -> Choice {
        let take = |name| one(form, name).unwrap_or_default();
        Choice { who: take("who"), name: take("name"), email: take("email").trim().to_owned() }
    }

    pub fn is_cancelled(&self) -> bool {
        self.who == "nobody"
    }

    /// The person chosen; `fresh` becomes who somebody new is.
    pub fn person(&self, fresh: [u8; 16]) -> Result<Person, String> {
        if let Some(known) = KNOWN.iter().find(|known| known.key == self.who) {
            return Ok(Person {
                subject: known.key.to_owned(),
                name: known.name.to_owned(),
                email: Some(known.email.to_owned()),
            });
        }
        let name = Name::parse(&self.name).map_err(|refusal| format!("Name: {refusal}."))?;
        let email = match self.email.as_str() {
            "" => None,
            typed => Some(Email::parse(typed).map_err(|refusal| format!("Email: {refusal}."))?),
        };
        Ok(Person {
            subject: BASE64_URL_SAFE_NO_PAD.encode(fresh),
            name: name.as_str().to_owned(),
            email: email.map(|email| email.as_str().to_owned()),
        })
    }
}
