//! Guessing passwords. (Statements 50, 51.)

use std::time::Duration;

use super::*;
use afterword::config::Rate;

async fn guess(app: &TestApp, ip: &'static str) -> Answer {
    slowly(app);
    Browser::of(app).from(ip).sign_in("ada@example.org", "not the right password").await
}

/// Patient enough for the limits that are kept in memory.
fn slowly(app: &TestApp) {
    app.clock.forward(Duration::from_secs(1));
}

#[tokio::test]
async fn a_hundred_wrong_passwords_in_a_row_close_an_address_known_or_not_until_its_owner_comes() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let mut known = signed_in(&app, "Ada").await;
    known.forget_session();
    for address in ["ada@example.org", "nobody@example.org"] {
        guessed(&app, address, 98).await;
        for _ in 0..2 {
            slowly(&app);
            let wrong = Browser::of(&app).sign_in(address, "not the right password").await;
            wrong.refused_as(403, "/problems/wrong-password");
        }
    }
    let closed = guess(&app, "203.0.113.8").await.refused_as(429, "/problems/too-many-wrong-passwords");
    let unknown = Browser::of(&app).sign_in("nobody@example.org", PASSWORD).await;
    let unknown = unknown.refused_as(429, "/problems/too-many-wrong-passwords");
    assert_eq!(closed["detail"], unknown["detail"]);
    // Not even the right one, from a browser nobody knows; and time alone opens nothing.
    app.clock.forward(Duration::from_secs(24 * 60 * 60));
    let right = Browser::of(&app).sign_in("ada@example.org", PASSWORD).await;
    right.refused_as(429, "/problems/too-many-wrong-passwords");
    // Her own browser is known, and a success there begins the count anew.
    assert_eq!(known.sign_in("ada@example.org", PASSWORD).await.status, 200);
    guess(&app, "203.0.113.7").await.refused_as(403, "/problems/wrong-password");
}

#[tokio::test]
async fn the_old_password_is_guessed_no_more_often_on_the_account_page() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    // A stolen session, in a browser that never signed in.
    let thief = signed_in(&app, "Ada").await;
    let stolen: Vec<_> = thief.cookies.iter().filter(|(name, _)| name.contains("aw-ss")).cloned().collect();
    let mut thief = Browser { cookies: stolen, ..Browser::of(&app) };
    for _ in 0..100 {
        slowly(&app);
        let wrong = json!({ "old": "not the right password", "new": NEW_PASSWORD });
        thief.send("PUT", "/account/api/password", wrong).await.refused_as(403, "/problems/wrong-password");
    }
    slowly(&app);
    let right = json!({ "old": PASSWORD, "new": NEW_PASSWORD });
    let closed = thief.send("PUT", "/account/api/password", right).await;
    closed.refused_as(429, "/problems/too-many-wrong-passwords");
}

#[tokio::test]
async fn many_guesses_at_once_are_not_more_than_a_hundred() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    guessed(&app, "ada@example.org", 95).await;
    let guesses: Vec<_> = (0..20).map(|_| guess(&app, "203.0.113.7")).collect();
    let answers = futures_util::future::join_all(guesses).await;
    let checked = answers.iter().filter(|answer| answer.status == 403).count();
    assert_eq!(checked, 5, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_known_browser_has_a_count_of_its_own_and_not_an_endless_one() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let mut known = signed_in(&app, "Ada").await;
    let cookie = known.cookies.iter().find(|(name, _)| name == "aw-kd").cloned().expect("a known browser");
    known.forget_session();
    for _ in 0..100 {
        slowly(&app);
        known
            .sign_in("ada@example.org", "not the right password")
            .await
            .refused_as(403, "/problems/wrong-password");
    }
    // What it did concerns nobody else: as many strangers may guess as before.
    guessed(&app, "ada@example.org", 99).await;
    slowly(&app);
    // From now on it is one of them, and its next guess is their last.
    known
        .sign_in("ada@example.org", "not the right password")
        .await
        .refused_as(403, "/problems/wrong-password");
    for browser in [&mut known, &mut Browser::of(&app)] {
        let closed = browser.sign_in("ada@example.org", PASSWORD).await;
        closed.refused_as(429, "/problems/too-many-wrong-passwords");
    }
    // To another account it is a stranger.
    with_password(&app, "Bob").await;
    guessed(&app, "bob@example.org", 100).await;
    let mut stranger = Browser { cookies: vec![cookie], ..Browser::of(&app) };
    stranger.sign_in("bob@example.org", PASSWORD).await.refused_as(429, "/problems/too-many-wrong-passwords");
}

#[tokio::test]
async fn addresses_of_one_network_share_their_tries() {
    let app = TestApp::with(|config| {
        config.limits.sign_in = Rate { burst: 5, every: Duration::from_secs(60) };
    })
    .await;
    with_password(&app, "Ada").await;
    let guess = async |ip: &'static str| {
        Browser::of(&app).from(ip).sign_in("ada@example.org", "not the right password").await
    };
    for ip in
        ["2001:db8:1:2::1", "2001:db8:1:2::2", "2001:db8:1:2:ffff::3", "2001:db8:1:2::4", "2001:db8:1:2::5"]
    {
        guess(ip).await.refused_as(403, "/problems/wrong-password");
    }
    let sixth = guess("2001:db8:1:2:abcd::6").await;
    sixth.refused_as(429, "/problems/too-fast");
    assert!(sixth.header("retry-after").is_some());
    guess("2001:db8:1:3::1").await.refused_as(403, "/problems/wrong-password");
}

/// A figure of this process, where the system tells.
fn kibibytes(name: &str) -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test]
async fn when_too_many_passwords_are_checked_the_rest_are_told_when_to_come_again() {
    let app = TestApp::start().await;
    with_password(&app, "Ada").await;
    let emails: Vec<String> = (0..200).map(|turn| format!("somebody{turn}@example.org")).collect();
    let before = kibibytes("VmRSS");
    let app = &app;
    let attempts: Vec<_> = emails
        .iter()
        .map(|email| async move { Browser::of(app).sign_in(email, "not the right password").await })
        .collect();
    let answers = futures_util::future::join_all(attempts).await;
    if let (Some(before), Some(peak)) = (before, kibibytes("VmHWM")) {
        let grown = peak.saturating_sub(before) / 1024;
        assert!(grown <= 64, "grown by {grown} MiB");
    }
    let busy: Vec<_> = answers.iter().filter(|answer| answer.status == 503).collect();
    let checked = answers.iter().filter(|answer| answer.status == 403).count();
    assert_eq!(busy.len() + checked, 200);
    assert!(checked >= 64, "as many as may wait: {checked}");
    assert!(!busy.is_empty(), "200 at once are more than may wait");
    for answer in busy {
        answer.refused_as(503, "/problems/busy");
        assert_eq!(answer.header("retry-after"), Some("1"));
    }
    // Who was refused so was not counted as having guessed.
    assert_eq!(Browser::of(app).sign_in("ada@example.org", PASSWORD).await.status, 200);
}
