//! What a browser does at the provider, for tests without one.

use url::Url;

use afterword::outside::providers::Back;

use super::pages::{Pairs, one, pairs};

/// Presses "Continue" and comes back.
pub async fn consent(location: &Url) -> Back {
    press(location, "continue").await
}

/// Presses "Cancel" and comes back.
pub async fn cancel(location: &Url) -> Back {
    press(location, "cancel").await
}

async fn press(location: &Url, button: &str) -> Back {
    back(&press_for_fields(location, button).await.1)
}

/// Where the browser is sent, and with what: in the query, or in the form that it posts.
pub async fn press_for_fields(location: &Url, button: &str) -> (Url, Pairs) {
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        // It speaks no TLS: reading the machine's certificates takes longer than the rest of the test.
        .tls_certs_only([])
        .build()
        .expect("a client");
    let page = browser.get(location.clone()).send().await.expect("the provider's page");
    let status = page.status();
    let text = page.text().await.expect("a page");
    assert_eq!(status, 200, "{text}");
    assert!(text.contains(">Continue</button>") && text.contains(">Cancel</button>"), "{text}");
    let pressed = browser
        .post(location.clone())
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("decision={button}"))
        .send()
        .await
        .expect("an answer");
    if let Some(location) = pressed.headers().get("location") {
        let url = Url::parse(location.to_str().expect("a header")).expect("an address");
        let fields = pairs(url.query().unwrap_or_default());
        return (url, fields);
    }
    let text = pressed.text().await.expect("a page");
    let unescaped = |raw: &str| raw.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&");
    let action = between(&text, "action=\"", "\"").expect("a form");
    let fields = text
        .split("<input type=hidden name=")
        .skip(1)
        .map(|field| {
            let name = field.split(' ').next().unwrap_or_default().to_owned();
            (name, unescaped(between(field, "value=\"", "\"").expect("a value")))
        })
        .collect();
    (Url::parse(&unescaped(action)).expect("an address"), fields)
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let rest = &text[text.find(start)? + start.len()..];
    Some(&rest[..rest.find(end)?])
}

pub fn back(fields: &Pairs) -> Back {
    let owned = |name| one(fields, name).map(str::to_owned);
    Back { code: owned("code"), error: owned("error"), iss: owned("iss"), user: owned("user") }
}
