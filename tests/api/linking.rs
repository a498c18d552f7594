//! Whose account an account elsewhere leads to: the linking rule, line by line, and what others got wrong.

use std::sync::Arc;

use serde_json::{Value, json};

use super::support::elsewhere::{Browser, Elsewhere, attribute};
use super::support::passwords::PASSWORD;
use super::support::{Answer, TestApp};
use afterword::app::Clock;
use afterword::domain::{AccountId, Email, Member, MemberStanding};

const ADA: &str = "ada@example.org";

async fn app_with(google: &Arc<Elsewhere>) -> TestApp {
    TestApp::with_providers(vec![google.clone() as _], |_| {}).await
}

/// An account that is known by its address only, which it has shown to be its own; perhaps with a password.
async fn member(app: &TestApp, email: &str, password: Option<&str>) -> AccountId {
    app.sign_in(email).await.ok(200);
    let id = app.app.store.account_by_email(&Email::parse(email).unwrap()).await.unwrap().unwrap().id;
    if let Some(password) = password {
        app.give_password(id, password).await;
    }
    id
}

/// The account that a session's visitor is, by the id that stands on their comments.
fn who(session: &Value) -> String {
    session["visitor"]["id"].as_str().expect("a member").to_owned()
}

fn wants_proof(page: &Answer) -> bool {
    assert_eq!(page.status, 200, "{}", page.text());
    assert_eq!(
        attribute(page, "data-code").is_none(),
        page.text().contains("id=\"prove\""),
        "{}",
        page.text()
    );
    page.text().contains("id=\"prove\"")
}

#[tokio::test]
async fn an_identity_that_is_known_leads_to_its_account_whatever_its_address_is_now() {
    let google = Elsewhere::named("google");
    google.knows("1815", Some((ADA, true)), None);
    let app = app_with(&google).await;
    let first = Browser::open(&app, "1").await.signed_in_by("google", "1815").await;
    for email in [Some(("new@example.org", true)), Some(("bob@example.org", false)), None] {
        google.knows("1815", email, Some("Somebody Else"));
        let again = Browser::open(&app, &format!("{email:?}")).await.signed_in_by("google", "1815").await;
        assert_eq!(who(&again), who(&first), "{email:?}");
    }
    // And another identity with the same address does not.
    google.knows("9999", Some(("new@example.org", true)), None);
    let other = Browser::open(&app, "9").await.signed_in_by("google", "9999").await;
    assert_ne!(who(&other), who(&first));
}

#[tokio::test]
async fn a_verified_address_that_an_account_has_must_be_proven_by_its_password_and_is_linked_then() {
    let google = Elsewhere::named("google");
    google.knows("1815", Some((ADA, true)), None);
    let app = app_with(&google).await;
    let id = member(&app, ADA, Some(PASSWORD)).await;
    let mut browser = Browser::open(&app, "w").await;
    assert!(wants_proof(&browser.by("google", "1815").await), "no silent merge");
    assert_eq!(app.app.store.identities_of(id).await.unwrap(), []);

    let wrong =
        browser.post("/auth/popup/prove/password", json!({ "password": "not the password at all" })).await;
    wrong.refused_as(403, "/problems/wrong-password");
    assert_eq!(app.app.store.identities_of(id).await.unwrap(), []);
    let code = browser.post("/auth/popup/prove/password", json!({ "password": PASSWORD })).await.ok(200);
    let session = browser.exchange(code["code"].as_str().unwrap()).await.ok(200);
    assert_eq!(session["visitor"]["via"]["id"], "google");
    let linked = app.app.store.identities_of(id).await.unwrap();
    assert_eq!((linked.len(), linked[0].label.as_deref()), (1, Some("@1815")));
    // From now on it leads there at once.
    let again = Browser::open(&app, "again").await.signed_in_by("google", "1815").await;
    assert_eq!(who(&again), who(&session));
}

#[tokio::test]
async fn nobody_proves_an_account_with_the_password_of_another_or_in_another_browser() {
    let google = Elsewhere::named("google");
    google.knows("1815", Some((ADA, true)), None);
    let app = app_with(&google).await;
    let id = member(&app, ADA, Some(PASSWORD)).await;
    member(&app, "eve@example.org", Some("a kettle for eleven herons")).await;
    let mut browser = Browser::open(&app, "w").await;
    assert!(wants_proof(&browser.by("google", "1815").await));
    let other =
        browser.post("/auth/popup/prove/password", json!({ "password": "a kettle for eleven herons" }));
    other.await.refused_as(403, "/problems/wrong-password");
    let mut stranger = Browser::open(&app, "x").await;
    let own = stranger.post("/auth/popup/prove/password", json!({ "password": PASSWORD })).await;
    own.refused_as(410, "/problems/code-gone");
    stranger.tx = browser.tx.clone();
    let foreign = stranger.post("/auth/popup/prove/password", json!({ "password": PASSWORD })).await;
    foreign.refused_as(410, "/problems/code-gone");
    assert_eq!(app.app.store.identities_of(id).await.unwrap(), []);
}

/// Discord's `verified` was not read (CVE-2026-92161): an address that nobody vouches for is no address.
#[tokio::test]
async fn an_address_that_the_provider_did_not_verify_leads_nowhere() {
    let google = Elsewhere::named("google");
    google.knows("666", Some((ADA, false)), None);
    let app = app_with(&google).await;
    let id = member(&app, ADA, Some(PASSWORD)).await;
    let theirs = app.sign_in(ADA).await.ok(200);
    let mut browser = Browser::open(&app, "w").await;
    let session = browser.signed_in_by("google", "666").await;
    assert_ne!(who(&session), who(&theirs), "an account of its own");
    assert_eq!(app.app.store.identities_of(id).await.unwrap(), []);
    // It has no address: the owner of the address still signs in to what was theirs.
    assert_eq!(who(&app.sign_in(ADA).await.ok(200)), who(&theirs));
}

/// Gitea CVE-2026-120263: the form after the provider chose the account. Pingvin CVE-2026-108157, Databasement
/// CVE-2026-121939: an equal address, or name, was enough.
#[tokio::test]
async fn nothing_that_is_sent_or_shown_chooses_the_account() {
    let google = Elsewhere::named("google");
    google.knows("1815", Some(("evil@example.org", true)), Some("Ada"));
    let app = app_with(&google).await;
    let id = member(&app, ADA, Some(PASSWORD)).await;
    let ada = app.sign_in(ADA).await.ok(200);
    let token = ada["access"].as_str().unwrap();
    app.site_request("PUT", "/me/name").bearer(token).json(json!({ "name": "Ada" })).send().await.ok(200);

    // A name that is taken suggests nothing and merges nothing.
    let mut browser = Browser::open(&app, "w").await;
    let state = browser.leave("google").await;
    let query = format!("state={state}&code=1815&email={ADA}&account={}&name=Ada&user={{}}", id.0);
    let page = browser.get(&format!("/auth/cb/google?{query}")).await;
    let session = browser.exchange(&attribute(&page, "data-code").unwrap()).await.ok(200);
    assert_ne!(who(&session), who(&ada));

    // Proof takes a password of the account that was found, and no field to name another.
    google.knows("1816", Some((ADA, true)), None);
    let mut browser = Browser::open(&app, "w2").await;
    assert!(wants_proof(&browser.by("google", "1816").await));
    for (field, value) in [("email", ADA), ("account", &*id.0.to_string()), ("identity", "1816")] {
        let sent = json!({ "password": PASSWORD, field: value });
        browser.post("/auth/popup/prove/password", sent).await.refused_as(400, "/problems/bad-json");
    }
    for field in ["email", "name", "account"] {
        let sent = json!({ "provider": "google", field: ADA });
        browser.post("/auth/popup/provider", sent).await.refused_as(400, "/problems/bad-json");
    }
}

#[tokio::test]
async fn two_windows_that_come_back_at_once_make_one_account() {
    let google = Elsewhere::named("google");
    google.knows("1815", Some((ADA, true)), None);
    let app = app_with(&google).await;
    let (mut one, mut two) = (Browser::open(&app, "1").await, Browser::open(&app, "2").await);
    let (first, second) =
        tokio::join!(one.signed_in_by("google", "1815"), two.signed_in_by("google", "1815"));
    assert_eq!(who(&first), who(&second));
    let owner = app.app.store.account_by_email(&Email::parse(ADA).unwrap()).await.unwrap().unwrap();
    assert_eq!(app.app.store.identities_of(owner.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn who_is_banned_gets_no_session_by_an_account_elsewhere_or_a_link() {
    let google = Elsewhere::named("google");
    google.knows("1815", Some((ADA, true)), None);
    let app = app_with(&google).await;
    Browser::open(&app, "1").await.signed_in_by("google", "1815").await;
    let id = app.app.store.account_by_email(&Email::parse(ADA).unwrap()).await.unwrap().unwrap().id;
    app.give_password(id, PASSWORD).await;
    let before = app.app.store.sessions_of(id, app.clock.now()).await.unwrap().len();
    let standing = MemberStanding::Banned;
    let banned = Member { standing, ..Member::new(app.site.id, id, app.clock.now()) };
    app.app.store.set_member(banned).await.unwrap();

    let mut browser = Browser::open(&app, "w").await;
    let page = browser.by("google", "1815").await;
    assert_eq!((page.status, attribute(&page, "data-code")), (403, None), "{}", page.text());
    let sent = json!({ "email": ADA, "password": PASSWORD });
    browser.post("/auth/popup/password", sent).await.refused_as(403, "/problems/banned");
    assert_eq!(browser.post("/auth/popup/mail", json!({ "email": ADA })).await.status, 202);
    let token = app.link_for(ADA).await;
    browser.post("/auth/mail/use", json!({ "token": token })).await.ok(200);
    browser.post("/auth/popup/finish", json!({})).await.refused_as(403, "/problems/banned");
    app.sign_in(ADA).await.refused_as(403, "/problems/banned");
    assert_eq!(app.app.store.sessions_of(id, app.clock.now()).await.unwrap().len(), before);
    assert!(!browser.cookies.contains_key("aw-ss"));
}

#[tokio::test]
async fn a_suggested_name_is_one_that_may_be_worn() {
    let google = Elsewhere::named("google");
    let app = app_with(&google).await;
    app.staff("Olga", afterword::domain::Role::Owner).await;
    for (subject, name, suggested) in [
        ("1", Some("Grace Hopper"), json!("Grace Hopper")),
        ("2", Some("  Grace   Hopper "), json!("Grace Hopper")),
        ("3", Some("Olga"), json!(null)),
        ("4", Some("\u{41e}lga"), json!(null)),
        ("5", Some("ev\u{202E}il"), json!(null)),
        ("6", Some(""), json!(null)),
        ("7", None, json!(null)),
    ] {
        google.knows(subject, None, name);
        let session = Browser::open(&app, subject).await.signed_in_by("google", subject).await;
        assert_eq!(session["suggested_name"], suggested, "{name:?}");
    }
}

#[tokio::test]
async fn another_identity_is_linked_by_who_is_signed_in_and_the_last_way_in_stays() {
    let google = Elsewhere::named("google");
    google.knows("1815", None, None);
    google.knows("1816", None, None);
    let app = app_with(&google).await;
    let mut browser = Browser::open(&app, "w").await;
    browser.signed_in_by("google", "1815").await;
    let cookie = browser.cookies["aw-ss"].clone();
    let (account, _) = afterword::actions::sessions::first_party(
        &app.app,
        &cookie,
        &afterword::domain::sessions::Scope::FirstParty,
    )
    .await
    .unwrap()
    .unwrap();
    let began = async |browser: &mut Browser<'_>| {
        let transaction = afterword::actions::popup::begin_link(&app.app, account.id);
        let sealed = app.app.sealer.seal(&transaction, &*app.app.chance);
        browser.cookies.insert(format!("aw-lt-{}", transaction.id), sealed);
        browser.tx = transaction.id;
    };
    began(&mut browser).await;
    let page = browser.by("google", "1816").await;
    assert_eq!((page.status, page.header("location")), (303, Some("/account")), "{}", page.text());
    let list = afterword::actions::identities::list(&app.app, &account).await.unwrap();
    assert_eq!(list.len(), 2);

    // Somebody else's identity stays theirs.
    google.knows("7", None, None);
    Browser::open(&app, "other").await.signed_in_by("google", "7").await;
    began(&mut browser).await;
    let page = browser.by("google", "7").await;
    let told = Some("/account#not-linked=identity-taken");
    assert_eq!((page.status, page.header("location")), (303, told), "{}", page.text());
    // Who signed out meanwhile links nothing, and what is proven is not a password.
    began(&mut browser).await;
    let sent = json!({ "email": ADA, "password": PASSWORD });
    browser.post("/auth/popup/password", sent).await.refused_as(403, "/problems/wrong-password");
    browser.post("/auth/popup/mail", json!({ "email": ADA })).await.refused_as(403, "/problems/not-allowed");
    browser.cookies.remove("aw-ss");
    google.knows("8", None, None);
    let page = browser.by("google", "8").await;
    let told = Some("/account#not-linked=session-ended");
    assert_eq!((page.status, page.header("location")), (303, told), "{}", page.text());
    assert_eq!(afterword::actions::identities::list(&app.app, &account).await.unwrap().len(), 2);

    use afterword::actions::identities::unlink;
    unlink(&app.app, &account, list[0].identity.key()).await.unwrap();
    unlink(&app.app, &account, list[0].identity.key()).await.unwrap();
    let refused = unlink(&app.app, &account, list[1].identity.key()).await.unwrap_err();
    assert!(
        matches!(refused, afterword::actions::Error::Refused(afterword::domain::Refusal::LastWayIn)),
        "{refused}"
    );
}
