//! A second factor. (Statement 55.)

use std::time::Duration;

use serde_json::json;
use totp_rs::{Builder, Secret, Totp};

use super::*;
use afterword::domain::Role;

pub struct Authenticator(Totp);

impl Authenticator {
    fn scanning(offer: &Value) -> Authenticator {
        let secret = Secret::try_from_base32(offer["secret"].as_str().unwrap()).unwrap();
        Authenticator(Builder::new().with_secret(secret).build().unwrap())
    }

    /// What it shows so many seconds from now.
    pub fn code(&self, app: &TestApp, from_now: i64) -> String {
        let now = afterword::app::Clock::now(&*app.clock).as_millis() / 1000 + from_now;
        self.0.generate(now as u64).to_string()
    }
}

/// Olga, who runs the site, with her second factor on.
pub async fn with_second_factor<'a>(app: &'a TestApp) -> (Browser<'a>, Authenticator, Vec<String>) {
    app.staff("Olga", Role::Owner).await;
    app.give_password(app.account("Olga").await, PASSWORD).await;
    turn_on(app, "Olga").await
}

async fn turn_on<'a>(app: &'a TestApp, name: &str) -> (Browser<'a>, Authenticator, Vec<String>) {
    let mut browser = signed_in(app, name).await;
    assert_eq!(browser.state().await["offers_second_factor"], true);
    let offer = browser.send("POST", "/account/api/second-factor/offer", json!({})).await.ok(200);
    assert!(offer["picture"].as_str().unwrap().starts_with("data:image/svg+xml;base64,"));
    assert!(offer["address"].as_str().unwrap().starts_with("otpauth://totp/"));
    let authenticator = Authenticator::scanning(&offer);
    let code = authenticator.code(app, 0);
    let on = browser.send("POST", "/account/api/second-factor", json!({ "code": code })).await.ok(200);
    let codes: Vec<String> = serde_json::from_value(on["codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    assert_eq!(browser.state().await["second_factor"], 10);
    let email = Email::parse(&format!("{}@example.org", name.to_lowercase())).unwrap();
    let told = app.mailbox.next_for(&email).await;
    assert!(told.subject.starts_with("Your second step is on"), "{}", told.subject);
    (browser, authenticator, codes)
}

/// Where she signs in.
#[derive(Clone, Copy, Debug)]
enum At {
    Account,
    Dashboard,
}

async fn sign_in(app: &TestApp, at: At, code: Option<&str>) -> Answer {
    match at {
        At::Account => Browser::of(app).sign_in_with("olga@example.org", PASSWORD, code).await,
        At::Dashboard => {
            let sent = json!({ "email": "olga@example.org", "password": PASSWORD, "code": code });
            Browser::of(app).send("POST", "/dashboard/sign-in", sent).await
        }
    }
}

fn let_in(answer: &Answer) -> bool {
    matches!(answer.status, 200 | 204)
}

#[tokio::test]
async fn a_second_factor_is_asked_for_on_the_dashboard_and_on_the_account_page() {
    let app = TestApp::start().await;
    let (_, authenticator, _) = with_second_factor(&app).await;
    for at in [At::Account, At::Dashboard] {
        app.clock.forward(Duration::from_secs(60));
        sign_in(&app, at, None).await.refused_as(403, "/problems/second-factor-needed");
        sign_in(&app, at, Some("")).await.refused_as(403, "/problems/second-factor-needed");
        sign_in(&app, at, Some("000000")).await.refused_as(403, "/problems/wrong-second-factor");
        let code = authenticator.code(&app, 0);
        assert!(let_in(&sign_in(&app, at, Some(&code)).await), "{at:?}");
        sign_in(&app, at, Some(&code)).await.refused_as(403, "/problems/wrong-second-factor");
    }
    // Without the password nobody learns that there is one.
    let wrong = Browser::of(&app).sign_in("olga@example.org", "not the right password").await;
    wrong.refused_as(403, "/problems/wrong-password");
}

#[tokio::test]
async fn a_code_is_good_one_step_either_way_and_each_once() {
    let app = TestApp::start().await;
    let (_, authenticator, _) = with_second_factor(&app).await;
    app.clock.forward(Duration::from_secs(600));
    for (from_now, good) in [(-60, false), (60, false), (-30, true), (0, true), (30, true), (0, false)] {
        let code = authenticator.code(&app, from_now);
        let answer = sign_in(&app, At::Account, Some(&code)).await;
        assert_eq!(let_in(&answer), good, "{from_now}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_recovery_code_lets_in_once_and_new_ones_replace_the_old() {
    let app = TestApp::start().await;
    let (mut browser, authenticator, codes) = with_second_factor(&app).await;
    let typed = codes[3].to_lowercase().replace('-', " ");
    assert!(let_in(&sign_in(&app, At::Account, Some(&typed)).await));
    sign_in(&app, At::Account, Some(&codes[3])).await.refused_as(403, "/problems/wrong-second-factor");
    assert_eq!(browser.state().await["second_factor"], 9);
    app.clock.forward(Duration::from_secs(60));
    let code = authenticator.code(&app, 0);
    browser.send("POST", "/account/api/second-factor/recovery", json!({ "code": code })).await.ok(200);
    sign_in(&app, At::Account, Some(&codes[4])).await.refused_as(403, "/problems/wrong-second-factor");
}

#[tokio::test]
async fn it_counts_from_its_first_code_on_and_goes_with_a_code() {
    let app = TestApp::start().await;
    let (mut browser, authenticator, _) = with_second_factor(&app).await;
    let off = |code: String| json!({ "code": code });
    let wrong = browser.send("POST", "/account/api/second-factor/off", off("000000".into())).await;
    wrong.refused_as(403, "/problems/wrong-second-factor");
    app.clock.forward(Duration::from_secs(60));
    let code = authenticator.code(&app, 0);
    assert_eq!(browser.send("POST", "/account/api/second-factor/off", off(code)).await.status, 204);
    assert!(let_in(&sign_in(&app, At::Account, None).await));
    // An offer that was never confirmed asks nobody for anything.
    browser.send("POST", "/account/api/second-factor/offer", json!({})).await.ok(200);
    assert!(let_in(&sign_in(&app, At::Account, None).await));
}

#[tokio::test]
async fn a_link_from_the_command_line_asks_for_it_too() {
    use afterword::actions::setup;
    use afterword::storage::accounts::LinkPurpose;
    let app = TestApp::start().await;
    let (_, authenticator, _) = with_second_factor(&app).await;
    let owner = app.account("Olga").await;
    let token = setup::mint_link(&app.app, LinkPurpose::SignIn(owner)).await.unwrap();
    let mut browser = Browser::of(&app);
    let without = browser.send("POST", "/auth/link", json!({ "token": token })).await;
    without.refused_as(403, "/problems/second-factor-needed");
    app.clock.forward(Duration::from_secs(60));
    let code = authenticator.code(&app, 0);
    let with = browser.send("POST", "/auth/link", json!({ "token": token, "code": code })).await;
    assert_eq!(with.status, 204, "the link was not used up: {}", with.text());
}

#[tokio::test]
async fn with_a_second_factor_a_password_may_be_shorter() {
    let app = TestApp::start().await;
    let (mut browser, authenticator, _) = with_second_factor(&app).await;
    let short = json!({ "old": PASSWORD, "new": "k7#vQ2xm" });
    assert_eq!(browser.send("PUT", "/account/api/password", short).await.status, 204);
    let common = json!({ "old": "k7#vQ2xm", "new": "iloveyou" });
    let refused = browser.send("PUT", "/account/api/password", common).await;
    refused.refused_as(422, "/problems/password-guessable");
    // Alone it would not be enough.
    app.clock.forward(Duration::from_secs(60));
    let off = json!({ "code": authenticator.code(&app, 0) });
    let refused = browser.send("POST", "/account/api/second-factor/off", off.clone()).await;
    refused.refused_as(409, "/problems/longer-password-first");
    let long = json!({ "old": "k7#vQ2xm", "new": NEW_PASSWORD });
    assert_eq!(browser.send("PUT", "/account/api/password", long).await.status, 204);
    assert_eq!(browser.send("POST", "/account/api/second-factor/off", off).await.status, 204);
}

#[tokio::test]
async fn a_short_password_goes_with_the_second_factor_that_the_command_line_forgets() {
    let app = TestApp::start().await;
    let (mut browser, ..) = with_second_factor(&app).await;
    let short = json!({ "old": PASSWORD, "new": "k7#vQ2xm" });
    assert_eq!(browser.send("PUT", "/account/api/password", short).await.status, 204);
    let olga = app.account("Olga").await;
    afterword::actions::second_factors::turn_off(&app.app, olga).await.unwrap();
    assert_eq!(browser.state().await["has_password"], false);
}

#[tokio::test]
async fn an_old_password_makes_no_session_fresh_that_was_not_asked_for_a_code() {
    let app = TestApp::start().await;
    let (mut browser, ..) = with_second_factor(&app).await;
    app.clock.forward(Duration::from_secs(15 * 60));
    let new = json!({ "old": PASSWORD, "new": NEW_PASSWORD });
    assert_eq!(browser.send("PUT", "/account/api/password", new).await.status, 204);
    let address = json!({ "email": "eve@example.org" });
    let refused = browser.send("POST", "/account/api/email", address).await;
    refused.refused_as(403, "/problems/fresh-sign-in-needed");
}

#[tokio::test]
async fn guessing_the_six_digits_ends_like_guessing_the_password() {
    let app = TestApp::start().await;
    let (_, authenticator, _) = with_second_factor(&app).await;
    guessed(&app, "olga@example.org", 98).await;
    for _ in 0..2 {
        app.clock.forward(Duration::from_secs(1));
        sign_in(&app, At::Account, Some("000000")).await.refused_as(403, "/problems/wrong-second-factor");
    }
    app.clock.forward(Duration::from_secs(60));
    let code = authenticator.code(&app, 0);
    let closed = sign_in(&app, At::Account, Some(&code)).await;
    closed.refused_as(429, "/problems/too-many-wrong-passwords");
}

#[tokio::test]
async fn a_second_factor_that_is_on_is_replaced_by_nothing_but_a_code_of_it() {
    let app = TestApp::start().await;
    let (mut browser, authenticator, _) = with_second_factor(&app).await;
    browser
        .send("POST", "/account/api/second-factor/offer", json!({}))
        .await
        .refused_as(409, "/problems/second-factor-on");
    app.clock.forward(Duration::from_secs(60));
    let code = authenticator.code(&app, 0);
    sign_in(&app, At::Account, Some(&code)).await.ok(200);
}

#[tokio::test]
async fn turning_it_on_signs_out_whoever_was_not_asked_for_it() {
    let app = TestApp::start().await;
    app.staff("Olga", Role::Owner).await;
    app.give_password(app.account("Olga").await, PASSWORD).await;
    let other = signed_in(&app, "Olga").await;
    let browser = turn_on(&app, "Olga").await.0;
    assert_eq!(other.get("/account/api/state").await.status, 401);
    assert_eq!(browser.state().await["sessions"].as_array().unwrap().len(), 1);
}
