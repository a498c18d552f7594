//! Reading threads: caching, orders, pages, counts.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::support::{Answer, TestApp};

fn roots(thread: &Value) -> Vec<String> {
    thread["conversations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["root"].as_str().unwrap().to_owned())
        .collect()
}

async fn read(app: &TestApp, query: &str) -> Answer {
    app.site_request("GET", &format!("/thread?page=/p{query}")).send().await
}

#[tokio::test]
async fn an_unchanged_thread_answers_304_and_a_changed_one_does_not() {
    let app = TestApp::start().await;
    let empty = read(&app, "").await;
    let again = app
        .site_request("GET", "/thread?page=/p")
        .header("if-none-match", empty.header("etag").unwrap())
        .send()
        .await;
    assert_eq!((again.status, again.body.len()), (304, 0));

    let ada = app.member("Ada").await;
    ada.posted("/p", "one").await;
    let first = app
        .site_request("GET", "/thread?page=/p")
        .header("if-none-match", empty.header("etag").unwrap())
        .send()
        .await;
    assert_eq!(first.status, 200);
    let etag = first.header("etag").unwrap();
    assert!(etag.starts_with('"'), "a strong ETag: {etag}");
    let list = format!("W/\"x\", {etag}");
    assert_eq!(
        app.site_request("GET", "/thread?page=/p").header("if-none-match", &list).send().await.status,
        304
    );
    assert_eq!(first.header("access-control-allow-origin"), Some("*"));
    assert_eq!(first.header("cache-control"), Some("public, max-age=0, must-revalidate"));
    assert_eq!(first.header("vary").map(str::to_lowercase), Some("accept-encoding".into()));
}

#[tokio::test]
async fn a_reader_sees_a_change_within_a_second_however_often_they_ask() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    for text in ["one", "two", "three"] {
        read(&app, "").await.ok(200);
        ada.posted("/p", text).await;
    }
    // Two renderings of a busy thread may be a moment apart; the clock of the test shows that the wait ends.
    app.clock.forward(std::time::Duration::from_secs(1));
    assert_eq!(read(&app, "").await.ok(200)["thread"]["count"], 3);
}

#[tokio::test]
async fn compressed_answers_hold_the_same_and_have_their_own_etag() {
    let app = TestApp::start().await;
    app.member("Ada").await.posted("/p", &"words and more words ".repeat(200)).await;
    let plain = read(&app, "").await;
    let mut etags = HashSet::from([plain.header("etag").unwrap().to_owned()]);
    for encoding in ["br", "gzip"] {
        let answer =
            app.site_request("GET", "/thread?page=/p").header("accept-encoding", encoding).send().await;
        assert_eq!(answer.header("content-encoding"), Some(encoding));
        assert!(answer.body.len() < plain.body.len() / 2);
        let unpacked = match encoding {
            "br" => {
                let mut out = Vec::new();
                brotli::BrotliDecompress(&mut &answer.body[..], &mut out).unwrap();
                out
            }
            _ => {
                let mut out = Vec::new();
                std::io::copy(&mut flate2::read::GzDecoder::new(&answer.body[..]), &mut out).unwrap();
                out
            }
        };
        assert_eq!(unpacked, plain.body);
        assert!(etags.insert(answer.header("etag").unwrap().to_owned()));
    }
    let none =
        app.site_request("GET", "/thread?page=/p").header("accept-encoding", "br;q=0, gzip;q=0").send().await;
    assert_eq!(none.header("content-encoding"), None);
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_while_comments_arrive() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let mut ids = Vec::new();
    for turn in 0..120 {
        ids.push(ada.posted("/p", &format!("comment {turn}")).await);
    }
    for order in ["oldest", "newest"] {
        let mut seen = Vec::new();
        let mut after = String::new();
        for turn in 0.. {
            let page = read(&app, &format!("&order={order}{after}")).await.ok(200);
            assert!(page["conversations"].as_array().unwrap().len() <= 50);
            seen.extend(roots(&page));
            ada.posted("/p", &format!("meanwhile {order} {turn}")).await;
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let mut expected = ids.clone();
        if order == "newest" {
            expected.reverse();
        }
        let old: Vec<_> = seen.iter().filter(|id| ids.contains(id)).cloned().collect();
        assert_eq!(old, expected, "{order}");
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len(), "{order} repeats nothing");
    }
}

#[tokio::test]
async fn best_puts_the_most_liked_first() {
    let app = TestApp::start().await;
    let (ada, bob, cyd) = (app.member("Ada").await, app.member("Bob").await, app.member("Cyd").await);
    let (one, two, three) =
        (ada.posted("/p", "one").await, ada.posted("/p", "two").await, ada.posted("/p", "three").await);
    bob.like(&two).await.ok(200);
    cyd.like(&two).await.ok(200);
    bob.like(&one).await.ok(200);
    assert_eq!(roots(&read(&app, "&order=best").await.ok(200)), [two, one, three]);
}

#[tokio::test]
async fn a_long_conversation_is_cut_and_goes_on_by_cursor() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let root = ada.posted("/p", "root").await;
    let mut parent = root.clone();
    let mut all = vec![root.clone()];
    for turn in 0..150 {
        parent = ada.replied("/p", &parent, &format!("reply {turn}")).await;
        all.push(parent.clone());
    }
    let page = read(&app, "").await.ok(200);
    let thread = page["thread"]["id"].as_str().unwrap();
    let conversation = &page["conversations"][0];
    let mut seen: Vec<String> = conversation["comments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["id"].as_str().unwrap().into())
        .collect();
    let mut more = conversation["more"].clone();
    assert_eq!(more["count"].as_u64().unwrap() as usize + seen.len(), 151);
    while let Some(after) = more["after"].as_str() {
        let path = format!("/replies?thread={thread}&root={root}&after={after}");
        let page = app.site_request("GET", &path).send().await.ok(200);
        seen.extend(
            page["comments"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()),
        );
        more = page["more"].clone();
    }
    assert_eq!(seen, all);
}

#[tokio::test]
async fn a_hundred_counts_come_in_one_request_and_more_are_refused() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    let root = ada.posted("/a", "one").await;
    ada.replied("/a", &root, "two").await;
    ada.posted("/b/", "one").await;
    let counts = app.site_request("GET", "/counts?page=/a&page=/b&page=/none").send().await;
    assert_eq!(counts.ok(200), json!({ "counts": [2, 1, 0] }));
    assert_eq!(counts.header("access-control-allow-origin"), Some("*"));
    let many: String = (0..101).map(|n| format!("&page=/{n}")).collect();
    app.site_request("GET", &format!("/counts?{}", &many[1..]))
        .send()
        .await
        .refused_as(400, "/problems/bad-query");
}

#[tokio::test]
async fn a_new_name_shows_on_what_was_written_before() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    ada.posted("/p", "words").await;
    read(&app, "").await.ok(200);
    ada.send("PUT", "/me/name", json!({ "name": "Countess" })).await.ok(200);
    app.clock.forward(std::time::Duration::from_secs(1));
    assert_eq!(read(&app, "").await.ok(200)["conversations"][0]["comments"][0]["author"]["name"], "Countess");
}

#[tokio::test]
async fn a_public_answer_holds_no_address_and_no_account_id() {
    let app = TestApp::start().await;
    let ada = app.member("Ada").await;
    ada.posted("/p", "words").await;
    let account = app.account("Ada").await.to_string();
    let text = read(&app, "").await.text();
    assert!(
        !text.contains("example.org") && !text.contains(&account) && !text.contains("127.0.0.1"),
        "{text}"
    );
}
