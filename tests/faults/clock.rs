//! A clock that is wrong: comments keep their order, whoever was signed out stays out, and nothing lives for ever.

use std::time::Duration;

use serde_json::json;

use crate::support::{Answer, TestApp};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// From where a test's clock begins to before 1970 was a day old.
const SINCE_1970: Duration = Duration::from_millis(1_790_000_000_000 - 1_000);

/// A jump of the clock there, and back again.
type Jump = (&'static str, fn(&TestApp), fn(&TestApp));

const JUMPS: [Jump; 3] = [
    ("an hour back", |app| app.clock.back(HOUR), |app| app.clock.forward(HOUR)),
    ("ten years on", |app| app.clock.forward(YEAR * 10), |app| app.clock.back(YEAR * 10)),
    ("1970", |app| app.clock.back(SINCE_1970), |app| app.clock.forward(SINCE_1970)),
];

async fn refresh(app: &TestApp, token: &str) -> Answer {
    app.site_request("POST", "/auth/refresh")
        .header("x-afterword", "1")
        .json(json!({ "refresh": token }))
        .send()
        .await
}

/// A new access token for somebody who is signed in at this moment, whatever the clock says.
async fn signed_in(app: &TestApp, email: &str) -> (String, String) {
    let answer = app.sign_in(email).await.ok(200);
    (answer["access"].as_str().unwrap().into(), answer["refresh"].as_str().unwrap().into())
}

async fn post(app: &TestApp, access: &str, body: &str) {
    // A busy page is rendered a few times a second at most, by the clock that is tested here.
    app.clock.forward(Duration::from_secs(2));
    let draft =
        json!({ "page": { "url": format!("{}/p", crate::support::ORIGIN), "title": "P" }, "body": body });
    app.site_request("POST", "/comments").bearer(access).json(draft).send().await.ok(201);
}

async fn bodies(app: &TestApp) -> Vec<String> {
    let thread = app.thread("/p").await;
    let roots = thread["conversations"].as_array().unwrap();
    roots.iter().map(|it| it["comments"][0]["body"].to_string()).collect()
}

#[tokio::test]
async fn comments_keep_their_order_whatever_the_clock_does() {
    for (what, there, back) in JUMPS {
        let app = TestApp::start().await;
        app.member("ada").await;
        let mut expected = vec![];
        for (number, jump) in [None, Some(there), None, Some(back), None].into_iter().enumerate() {
            if let Some(jump) = jump {
                jump(&app);
            }
            let (access, _) = signed_in(&app, "ada@example.org").await;
            post(&app, &access, &format!("comment {number}")).await;
            expected.push(format!("comment {number}"));
            let found = bodies(&app).await;
            assert_eq!(found.len(), expected.len(), "{what}");
            for (found, expected) in found.iter().zip(&expected) {
                assert!(found.contains(expected.as_str()), "{what}: {found}, where {expected} should be");
            }
        }
    }
}

#[tokio::test]
async fn who_was_signed_out_stays_out_whatever_the_clock_does() {
    for (what, there, back) in JUMPS {
        let app = TestApp::start().await;
        let (access, token) = signed_in(&app, "ada@example.org").await;
        let out = app.site_request("POST", "/auth/logout").header("x-afterword", "1");
        out.json(json!({ "refresh": token })).send().await.ok(200);
        let is_out = async |when: &str| {
            refresh(&app, &token).await.refused_as(401, "/problems/session-ended");
            let answer = app.site_request("GET", "/mine?page=/p").bearer(&access).send().await;
            assert_eq!(answer.status, 401, "{what}, {when}");
        };
        is_out("before").await;
        there(&app);
        is_out("there").await;
        back(&app);
        is_out("back").await;
    }
}

#[tokio::test]
async fn a_session_that_was_over_once_is_over_when_the_clock_goes_back() {
    let app = TestApp::start().await;
    let (_, token) = signed_in(&app, "ada@example.org").await;
    app.clock.forward(DAY * 31);
    refresh(&app, &token).await.refused_as(401, "/problems/session-ended");
    app.clock.back(DAY * 31);
    refresh(&app, &token).await.refused_as(401, "/problems/session-ended");
}

#[tokio::test]
async fn an_hour_back_signs_nobody_out() {
    let app = TestApp::start().await;
    let (_, token) = signed_in(&app, "ada@example.org").await;
    app.clock.back(HOUR);
    refresh(&app, &token).await.ok(200);
}

/// Begun while the clock was ten years on: no such session, and no token of it, may live for those ten years.
#[tokio::test]
async fn what_began_at_a_time_to_come_does_not_live_until_then() {
    let app = TestApp::start().await;
    app.clock.forward(YEAR * 10);
    let (access, token) = signed_in(&app, "ada@example.org").await;
    let mine = || app.site_request("GET", "/mine?page=/p").bearer(&access).send();
    assert_eq!(mine().await.status, 200);
    app.clock.back(YEAR * 10);
    assert_eq!(mine().await.status, 401, "the access token");
    refresh(&app, &token).await.refused_as(401, "/problems/session-ended");

    // A code in a mail, too.
    app.clock.forward(YEAR * 10);
    let (verifier, challenge) = crate::support::people::verifier("ada");
    let asked = app.site_request("POST", "/auth/email");
    asked.json(json!({ "email": "ada@example.org", "challenge": challenge })).send().await.ok(202);
    let code = app.code_for("ada@example.org").await;
    app.clock.back(YEAR * 10);
    let sent = app.site_request("POST", "/auth/email/code").header("x-afterword", "1");
    let answer = sent.json(json!({ "verifier": verifier, "code": code })).send().await;
    assert!((400..500).contains(&answer.status), "the code: {}", answer.status);

    // And a link from the command line; one that was made since is good.
    use afterword::actions::setup::{mint_link, purpose};
    use afterword::storage::accounts::LinkPurpose;
    app.clock.forward(YEAR * 10);
    let early = mint_link(&app.app, LinkPurpose::SetUp).await.unwrap();
    assert_eq!(purpose(&app.app, &early).await.unwrap(), Some(LinkPurpose::SetUp));
    app.clock.back(YEAR * 10);
    assert_eq!(purpose(&app.app, &early).await.unwrap(), None, "the link");
    let late = mint_link(&app.app, LinkPurpose::SetUp).await.unwrap();
    assert_eq!(purpose(&app.app, &late).await.unwrap(), Some(LinkPurpose::SetUp));
}
