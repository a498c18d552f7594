//! Commenting without an account.

use serde_json::json;

use super::support::TestApp;
use afterword::domain::Role;

#[tokio::test]
async fn a_first_guest_comment_is_seen_by_its_author_and_staff_and_by_nobody_else() {
    let app = TestApp::start().await;
    let owner = app.staff("Olga", Role::Owner).await;
    owner.posted("/p", "welcome").await;
    let before = app.site_request("GET", "/thread?page=/p").send().await;
    let guest = app.guest("Gil");
    let answer = guest.post("/p", "unseen words").await.ok(201);
    let id = answer["comment"]["id"].as_str().unwrap();
    assert_eq!(answer["comment"]["state"], "pending");
    assert_eq!(answer["comment"]["author"]["kind"], "guest");

    // By no public path.
    let public = app.site_request("GET", "/thread?page=/p").send().await;
    assert!(!public.text().contains("unseen"), "{}", public.text());
    assert_eq!(public.header("etag"), before.header("etag"), "what nobody sees moves no ETag");
    assert_eq!(app.site_request("GET", "/counts?page=/p").send().await.ok(200)["counts"], json!([1]));
    app.site_request("GET", &format!("/comments/{id}"))
        .send()
        .await
        .refused_as(404, "/problems/unknown-comment");
    let eve = app.member("Eve").await;
    assert!(!eve.mine("/p").await.to_string().contains("unseen"));
    eve.get(&format!("/comments/{id}/source")).await.refused_as(404, "/problems/unknown-comment");
    eve.like(id).await.refused_as(404, "/problems/unknown-comment");
    eve.reply("/p", id, "what?").await.refused_as(422, "/problems/unknown-parent");

    // By its author, with the token of their browser, and by staff.
    let mine = guest.mine("/p").await;
    assert_eq!(mine["comments"][0]["id"], json!(id));
    assert_eq!(mine["visitor"], json!({ "kind": "guest", "name": "Gil" }));
    assert_eq!(owner.mine("/p").await["pending"][0]["id"], json!(id));
}

#[tokio::test]
async fn one_approved_comment_makes_a_guest_trusted_but_links_are_still_held() {
    let app = TestApp::start().await;
    let owner = app.staff("Olga", Role::Owner).await;
    let guest = app.guest("Gil");
    let first = guest.posted("/p", "hello").await;
    owner.moderate(&first, "approve").await.ok(200);
    assert_eq!(app.thread("/p").await["thread"]["count"], 1);
    assert_eq!(guest.post("/p", "again").await.ok(201)["comment"]["state"], "published");
    let link = guest.post("/p", "buy at https://spam.example").await.ok(201);
    assert_eq!(link["comment"]["state"], "pending");
    // The name alone is worth nothing: another browser starts anew.
    let imposter =
        super::support::people::Person { token: format!("gt_{}", "A".repeat(43)), ..app.guest("Gil") };
    assert_eq!(imposter.post("/p", "me too").await.ok(201)["comment"]["state"], "pending");
}

#[tokio::test]
async fn a_guest_edits_within_the_window_with_their_token() {
    let app = TestApp::start().await;
    let guest = app.guest("Gil");
    let id = guest.posted("/p", "helo").await;
    let edited = guest.send("PATCH", &format!("/comments/{id}"), json!({ "body": "hello" })).await.ok(200);
    assert_eq!(edited["comment"]["state"], "pending");
    assert_eq!(guest.mine("/p").await["comments"][0]["body"][0]["c"][0], "hello");
}

#[tokio::test]
async fn a_guest_may_not_take_a_moderators_name_nor_one_that_looks_like_it() {
    let app = TestApp::start().await;
    app.staff("Olga", Role::Moderator).await;
    app.guest("Olga").post("/p", "hi").await.refused_as(422, "/problems/name-taken");
    app.guest("Оlga").post("/p", "hi").await.refused_as(422, "/problems/name-taken");
}

#[tokio::test]
async fn guests_without_a_name_or_on_a_site_without_guests_are_refused() {
    let app = TestApp::start().await;
    let guest = app.guest("Gil");
    let mut draft = guest.draft("/p", "hi");
    draft.as_object_mut().unwrap().remove("guest");
    guest.send("POST", "/comments", draft).await.refused_as(403, "/problems/name-needed");

    let mut settings = app.site.settings.clone();
    settings.guests = false;
    let change = afterword::storage::sites::SiteChange { settings: Some(settings), ..Default::default() };
    app.app.store.change_site(app.site.id, change).await.unwrap().unwrap();
    guest.post("/p", "hi").await.refused_as(403, "/problems/guests-off");
}

#[tokio::test]
async fn a_held_comment_changes_neither_where_links_lead_nor_what_the_page_is_called() {
    let app = TestApp::start().await;
    app.member("Ada").await.posted("/p", "words").await;
    let before = app.site_request("GET", "/thread?page=/p").send().await;
    let guest = app.guest("Gil");
    let mut draft = guest.draft("/redirect", "buy pills");
    draft["page"]["url"] = json!("https://blog.example/redirect?to=https://evil.example");
    draft["page"]["canonical"] = json!("https://blog.example/p");
    draft["page"]["title"] = json!("BUY PILLS");
    assert_eq!(guest.send("POST", "/comments", draft.clone()).await.ok(201)["comment"]["state"], "pending");
    let after = app.site_request("GET", "/thread?page=/p").send().await;
    assert_eq!((after.header("etag"), after.text()), (before.header("etag"), before.text()));
    let page = app.request("GET", "/sites/blog/t?page=/p").send().await.text();
    assert!(!page.contains("PILLS") && !page.contains("evil.example"), "{page}");
    // Nor does a published one, if its address is another page that only claims to be this one.
    let bob = app.member("Bob").await;
    draft.as_object_mut().unwrap().remove("guest");
    bob.send("POST", "/comments", draft).await.ok(201);
    assert_eq!(app.thread("/p").await["thread"]["url"], "https://blog.example/p");
}
