//! The work that a guest's browser does before a comment of theirs is taken.

use std::time::Duration;

use afterword::config::Rate;
use afterword::domain::guests::{PROOF_BITS, PROOF_TTL, Pace};
use afterword::domain::{Name, Origin, SiteSettings};
use afterword::storage::sites::SiteChange;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::support::people::Person;
use super::support::{Answer, ORIGIN, TestApp};

async fn start() -> TestApp {
    start_with(|_| {}).await
}

async fn start_with(change: impl FnOnce(&mut afterword::config::Config)) -> TestApp {
    let app = TestApp::with(change).await;
    switch(&app, true).await;
    app
}

async fn switch(app: &TestApp, on: bool) {
    let settings = SiteSettings { guest_proof: on, ..app.now_site().settings.clone() };
    let change = SiteChange { settings: Some(settings), ..SiteChange::default() };
    app.app.store.change_site(app.site.id, change).await.unwrap().unwrap();
}

fn works(challenge: &str, nonce: u64, bits: u64) -> bool {
    let hash = Sha256::digest(format!("{challenge}:{nonce}"));
    u64::from(u32::from_be_bytes(hash[..4].try_into().unwrap()).leading_zeros()) >= bits
}

/// The first number that is a solution, or that is none.
fn nonce(task: &Value, right: bool) -> Value {
    let (challenge, bits) = (task["challenge"].as_str().unwrap(), task["bits"].as_u64().unwrap());
    let nonce = (0..).find(|nonce| works(challenge, *nonce, bits) == right).unwrap();
    json!({ "challenge": challenge, "nonce": nonce.to_string() })
}

fn solved(task: &Value) -> Value {
    nonce(task, true)
}

async fn task(app: &TestApp, page: &str) -> Value {
    let about = json!({ "page": { "url": format!("{ORIGIN}{page}"), "title": "A post" } });
    app.site_request("POST", "/guests/proof").json(about).send().await.ok(200)
}

async fn post(guest: &Person<'_>, page: &str, body: &str, proof: Value) -> Answer {
    let mut draft = guest.draft(page, body);
    draft["guest"]["proof"] = proof;
    guest.send("POST", "/comments", draft).await
}

/// The problem that asks for work.
#[track_caller]
fn refused(answer: &Answer) -> Value {
    let problem = answer.refused_as(403, "/problems/proof-needed");
    assert!(problem["challenge"].is_string() && problem["bits"].as_u64().unwrap() >= 16, "{problem}");
    problem
}

#[tokio::test]
async fn a_guests_comment_needs_work_and_the_refusal_says_which() {
    let app = start().await;
    let guest = app.guest("Gil");
    let problem = refused(&guest.post("/p", "hello").await);
    assert_eq!(problem["bits"], PROOF_BITS);
    post(&guest, "/p", "hello", solved(&problem)).await.ok(201);
    post(&guest, "/p", "again", solved(&task(&app, "/p").await)).await.ok(201);
    // Members are known by what they signed in with.
    app.member("Ada").await.posted("/p", "no work").await;
}

#[tokio::test]
async fn work_is_good_for_one_comment_on_its_page_and_site_for_ten_minutes() {
    let app = start().await;
    let guest = app.guest("Gil");
    let proof = solved(&task(&app, "/p").await);
    refused(&post(&guest, "/other", "another page", proof.clone()).await);
    post(&guest, "/p", "one", proof.clone()).await.ok(201);
    refused(&post(&guest, "/p", "two", proof).await);

    refused(&post(&guest, "/p", "too little", nonce(&task(&app, "/p").await, false)).await);
    for made_up in ["", "x", &"A".repeat(50), "ä"] {
        refused(&post(&guest, "/p", "made up", json!({ "challenge": made_up, "nonce": "1" })).await);
    }
    let right = solved(&task(&app, "/p").await);
    let challenge = right["challenge"].as_str().unwrap();
    // Any change of what is signed, a softer one above all.
    for at in [0, 12, 27, 40] {
        let mut forged = challenge.to_owned();
        forged.replace_range(at..=at, if &challenge[at..=at] == "A" { "B" } else { "A" });
        let task = json!({ "challenge": forged, "bits": 16 });
        refused(&post(&guest, "/p", "forged", solved(&task)).await);
    }
    for decorated in ["+1", "1 ", "0x1", "", "1e3", &"1".repeat(21)] {
        let mut proof = right.clone();
        proof["nonce"] = json!(decorated);
        refused(&post(&guest, "/p", "decorated", proof).await);
    }

    let store = &app.app.store;
    let (name, origin) = (Name::parse("Shop").unwrap(), Origin::parse(ORIGIN).unwrap());
    let now = afterword::app::Clock::now(&*app.clock);
    store.add_site("shop".parse().unwrap(), name, vec![origin], None, None, now).await.unwrap().unwrap();
    let mut elsewhere = guest.draft("/p", "another site");
    elsewhere["guest"]["proof"] = right.clone();
    let answer = app
        .request("POST", "/api/v1/sites/shop/comments")
        .origin(ORIGIN)
        .bearer(&guest.token)
        .json(elsewhere)
        .send()
        .await;
    refused(&answer);

    app.clock.forward(PROOF_TTL - Duration::from_millis(1));
    post(&guest, "/p", "in time", right).await.ok(201);
    let late = solved(&task(&app, "/p").await);
    app.clock.forward(PROOF_TTL);
    refused(&post(&guest, "/p", "too late", late.clone()).await);
    app.clock.back(PROOF_TTL + Duration::from_secs(1));
    refused(&post(&guest, "/p", "from the future", late).await);
}

#[tokio::test]
async fn of_a_hundred_at_once_with_one_proof_one_is_taken() {
    let app = start().await;
    let guest = app.guest("Gil");
    let proof = solved(&task(&app, "/p").await);
    let bodies: Vec<String> = (0..100).map(|n| format!("number {n}")).collect();
    let sent = bodies.iter().map(|body| post(&guest, "/p", body, proof.clone()));
    let taken =
        futures_util::future::join_all(sent).await.iter().filter(|answer| answer.status == 201).count();
    assert_eq!(taken, 1);
}

#[tokio::test]
async fn a_repeat_needs_no_other_work_and_answers_what_it_answered() {
    let app = start().await;
    let guest = app.guest("Gil");
    let proof = solved(&task(&app, "/p").await);
    let send = || {
        let mut draft = guest.draft("/p", "hello");
        draft["guest"]["proof"] = proof.clone();
        app.site_request("POST", "/comments")
            .bearer(&guest.token)
            .header("idempotency-key", "one")
            .json(draft)
            .send()
    };
    let first = send().await.ok(201);
    let second = send().await.ok(201);
    assert_eq!(first["comment"]["id"], second["comment"]["id"]);
}

#[tokio::test]
async fn who_did_no_work_uses_up_nobodys_limit_and_a_limit_uses_up_no_work() {
    let app =
        start_with(|config| config.limits.write = Rate { burst: 1, every: Duration::from_secs(60) }).await;
    let (attacker, victim) = (app.guest("Eve"), app.guest("Gil"));
    for n in 0..20 {
        refused(&attacker.post("/p", &format!("from the same address {n}")).await);
    }
    post(&victim, "/p", "hello", solved(&task(&app, "/p").await)).await.ok(201);
    let proof = solved(&task(&app, "/p").await);
    post(&victim, "/p", "again", proof.clone()).await.refused_as(429, "/problems/too-fast");
    app.clock.forward(Duration::from_secs(60));
    post(&victim, "/p", "again", proof).await.ok(201);
}

#[tokio::test]
async fn many_guests_at_once_make_all_of_them_work_harder_until_it_is_over() {
    let app = start().await;
    let guest = app.guest("Gil");
    let early = solved(&task(&app, "/p").await);
    for n in 0..Pace::BUSY {
        let someone = app.guest(&format!("Guest {n}"));
        post(&someone, "/p", "hello", solved(&task(&app, "/p").await)).await.ok(201);
    }
    assert_eq!(task(&app, "/p").await["bits"], PROOF_BITS + 1);
    let asked = refused(&post(&guest, "/p", "kept for later", early).await);
    assert_eq!(asked["bits"], PROOF_BITS + 1, "work from before is too little now");
    app.clock.forward(Duration::from_secs(120));
    assert_eq!(task(&app, "/p").await["bits"], PROOF_BITS);
}

#[tokio::test]
async fn an_owner_can_do_without_it() {
    let app = start().await;
    switch(&app, false).await;
    assert_eq!(task(&app, "/p").await, json!({ "challenge": "", "bits": 0 }));
    app.guest("Gil").posted("/p", "hello").await;
}

#[tokio::test]
async fn a_new_site_asks_for_it() {
    assert!(SiteSettings::default().guest_proof);
}
