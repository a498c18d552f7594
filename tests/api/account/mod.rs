//! The account page, as its own script uses it.

mod addresses;
mod common_passwords;
mod guessing;
mod identities;
mod passwords;
mod second_factor;
mod second_step;
mod sessions;
mod stored;

use afterword::domain::{AccountId, Email};
use serde_json::{Value, json};

pub use crate::support::passwords::PASSWORD;
use crate::support::people::Person;
use crate::support::{Answer, Request, TestApp};

pub const NEW_PASSWORD: &str = "a pile of unlikely gravel otters";

/// Somebody's browser on the account page: the cookies it holds.
pub struct Browser<'a> {
    pub app: &'a TestApp,
    pub cookies: Vec<(String, String)>,
    pub ip: &'static str,
}

impl<'a> Browser<'a> {
    pub fn of(app: &'a TestApp) -> Browser<'a> {
        Browser { app, cookies: Vec::new(), ip: "198.51.100.1" }
    }

    pub fn from(self, ip: &'static str) -> Browser<'a> {
        Browser { ip, ..self }
    }

    pub fn request(&self, method: &str, path: &str) -> Request<'a> {
        let origin = self.app.app.config.server.base_url.origin.clone();
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.app
            .request(method, path)
            .origin(&origin)
            .header("sec-fetch-site", "same-origin")
            .header("user-agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
            .header("cookie", &cookies.join("; "))
            .header("x-forwarded-for", self.ip)
    }

    /// Sends JSON, and keeps the cookies of the answer.
    pub async fn send(&mut self, method: &str, path: &str, body: Value) -> Answer {
        let answer = self.request(method, path).json(body).send().await;
        self.keep(&answer);
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    fn keep(&mut self, answer: &Answer) {
        for set in answer.headers.get_all("set-cookie") {
            let pair = set.to_str().unwrap_or_default().split(';').next().unwrap_or_default();
            let Some((name, value)) = pair.split_once('=') else { continue };
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    pub async fn sign_in(&mut self, email: &str, password: &str) -> Answer {
        self.sign_in_with(email, password, None).await
    }

    /// On the page that is shown to who is not signed in.
    pub async fn sign_in_with(&mut self, email: &str, password: &str, code: Option<&str>) -> Answer {
        let signed_out: Vec<_> =
            self.cookies.iter().filter(|(name, _)| name.contains("aw-kd")).cloned().collect();
        let page = Browser { cookies: signed_out, ..*self }.get("/account").await;
        self.keep(&page);
        let html = page.text();
        let tx =
            html.split("data-tx=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("a transaction");
        let sent = json!({ "tx": tx, "email": email, "password": password, "code": code });
        self.send("POST", "/auth/popup/password", sent).await
    }

    pub async fn state(&self) -> Value {
        self.get("/account/api/state").await.ok(200)
    }

    pub fn forget_session(&mut self) {
        self.cookies.retain(|(name, _)| !name.contains("aw-ss"));
    }
}

/// A member who has a password, too.
pub async fn with_password<'a>(app: &'a TestApp, name: &str) -> Person<'a> {
    let person = app.member(name).await;
    app.give_password(app.account(name).await, PASSWORD).await;
    // Setting it ended her session.
    app.member(name).await;
    person
}

fn new_session(
    app: &TestApp,
    account: &afterword::domain::Account,
    scope: afterword::domain::sessions::Scope,
) -> (afterword::storage::sessions::NewSession, String) {
    afterword::actions::sessions::new_session(
        &app.app,
        Some(account),
        scope,
        "a test",
        afterword::domain::Via::Password,
    )
}

/// A browser that is signed in to the account page of this member.
pub async fn signed_in<'a>(app: &'a TestApp, name: &str) -> Browser<'a> {
    let mut browser = Browser::of(app);
    let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
    let answer = browser.sign_in(&email, PASSWORD).await;
    assert_eq!(answer.ok(200), json!({ "location": "/account" }));
    browser
}

#[tokio::test]
async fn the_account_page_shows_itself_to_who_is_signed_in_and_the_ways_in_to_others() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let stranger = Browser::of(&app);
    assert!(stranger.get("/account").await.text().contains("password-form"));
    let ada = signed_in(&app, "Ada").await;
    let page = ada.get("/account").await;
    assert!(page.text().contains("<bdi id=\"who\">Ada</bdi>"), "{}", page.text());
    let state = ada.state().await;
    assert_eq!(
        (&state["name"], &state["email"], &state["has_password"], &state["second_factor"]),
        (&json!("Ada"), &json!("ada@example.org"), &json!(true), &json!(null))
    );
    assert_eq!(state["offers_second_factor"], false, "she runs nothing");
}

#[tokio::test]
async fn nobody_but_its_owner_gets_anything_from_an_account() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let ada = signed_in(&app, "Ada").await;
    let held: String =
        ada.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    let state = ada.state().await;
    let before = state["sessions"].as_array().unwrap().len();
    let session = state["sessions"][0]["id"].as_str().unwrap().to_owned();
    for route in afterword::web::routes() {
        let row = &route.row;
        let path = row.pattern.as_str().replace("{session}", &session).replace("{identity}", "x");
        if !path.starts_with("/account/api/") || path.ends_with("/sign-out") {
            continue;
        }
        let method = row.method.as_str();
        assert_eq!(row.access, afterword::web::route::Access::Member, "{path}");
        let anonymous = Browser::of(&app).request(method, &path).json(json!({})).send().await;
        anonymous.refused_as(401, "/problems/sign-in-needed");
        for wrong in [held.replace("aw-ss=", "aw-ad="), "aw-ss=ss_nonsense".to_owned()] {
            let origin = &app.app.config.server.base_url.origin;
            let request = app.request(method, &path).origin(origin).header("cookie", &wrong).json(json!({}));
            request.send().await.refused_as(401, "/problems/sign-in-needed");
        }
        // Another site's page, with her cookie.
        let foreign = app
            .request(method, &path)
            .origin(crate::support::ORIGIN)
            .header("sec-fetch-site", "cross-site")
            .header("cookie", &held)
            .json(json!({}));
        foreign.send().await.refused_as(403, "/problems/origin-not-allowed");
    }
    assert_eq!(
        ada.state().await["sessions"].as_array().unwrap().len(),
        before,
        "nothing was ended meanwhile"
    );
}

#[tokio::test]
async fn a_name_is_changed_on_every_site_but_not_to_one_of_the_staff_of_any() {
    let app = TestApp::start().await;
    app.staff("Olga Owner", afterword::domain::Role::Owner).await;
    let person = with_password(&app, "Ada").await;
    let signed = app.sign_in("ada@example.org").await.ok(200);
    let ada = Person { token: signed["access"].as_str().unwrap().to_owned(), ..person };
    ada.posted("/p", "I am here").await;
    let mut browser = signed_in(&app, "Ada").await;
    for taken in ["Olga Owner", "olga owner", "Оlgа Оwner", "Olga  Owner"] {
        let answer = browser.send("PUT", "/account/api/name", json!({ "name": taken })).await;
        let problem = answer.refused_as(422, "/problems/name-taken");
        assert!(problem["detail"].as_str().unwrap().contains("runs this site"), "{problem}");
    }
    for (unfit, problem) in [
        ("", "empty-name"),
        ("ev\u{202e}il", "name-has-controls"),
        ("a\u{200b}da", "name-has-controls"),
        ("z\u{300}\u{301}\u{302}\u{303}\u{304}", "name-has-controls"),
        (&"x".repeat(61), "name-too-long"),
    ] {
        let answer = browser.send("PUT", "/account/api/name", json!({ "name": unfit })).await;
        answer.refused_as(422, &format!("/problems/{problem}"));
    }
    let done = browser.send("PUT", "/account/api/name", json!({ "name": "Augusta" })).await;
    assert_eq!(done.status, 204, "{}", done.text());
    let thread = app.thread("/p").await;
    assert!(thread.to_string().contains("Augusta"), "{thread}");
}

/// So many wrong passwords for an address, without the time that checking them takes.
pub async fn guessed(app: &TestApp, address: &str, times: u32) {
    use sha2::{Digest, Sha256};
    let subject = afterword::domain::TokenHash(Sha256::digest(address.as_bytes()).into());
    let now = afterword::app::Clock::now(&*app.clock);
    for _ in 0..times {
        assert!(app.app.store.begin_attempt(subject, 1_000, now).await.unwrap());
    }
}

pub fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}
