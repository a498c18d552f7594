//! Every route with an id in its path × ids that are somebody else's, nobody's or none × who could try them. (Statement
//! 58.) The routes come from the table, so that a new one is tried without being named here.

use serde_json::{Value, json};

use super::account::{Browser, PASSWORD, signed_in, with_password};
use super::permissions;
use super::support::{ORIGIN, TestApp};
use afterword::app::Clock;
use afterword::domain::identities::LinkedIdentity;
use afterword::domain::sessions::Session;
use afterword::domain::{
    Comment, CommentId, Identity, Member, Profile, Role, Site, Thread, ThreadId, Version,
};
use afterword::storage::accounts::PrivateFacts;
use afterword::web::route::{Access, Class, RouteRow, Segment};

/// What no row has: of another form, too long, or a way out of the path.
const NONE: [&str; 8] = [
    "0",
    "-1",
    "undefined",
    "18446744073709551616",
    "%00",
    "..%2f..%2fetc%2fpasswd",
    "%27%20or%201%3D1--",
    "%F0%9F%8C%8A%E2%80%AE",
];
const UNKNOWN: &str = "00000000-0000-4000-8000-000000000000";

/// What Ada has, on both sites: what a stranger's request must leave as it is.
#[derive(Debug, PartialEq)]
struct Standing {
    comments: Vec<Option<Comment>>,
    threads: Vec<Option<Thread>>,
    facts: Option<PrivateFacts>,
    sessions: Vec<Session>,
    identities: Vec<LinkedIdentity>,
    sites: Vec<Site>,
}

struct World<'a> {
    app: &'a TestApp,
    /// Ada's comment and its thread: on the blog, and on the shop's site.
    comments: [String; 2],
    threads: [String; 2],
    sessions: Vec<String>,
    identity: String,
}

/// Somebody who tries: tokens for both sites, and cookies of our own pages.
struct Tries {
    who: &'static str,
    tokens: Option<[String; 2]>,
    cookies: String,
    /// Owns the shop's site and what is on it.
    has_shop: bool,
}

impl World<'_> {
    async fn standing(&self) -> Standing {
        let store = &self.app.app.store;
        let now = self.app.clock.now();
        let ada = self.app.account("Ada").await;
        let still = |site: std::sync::Arc<Site>| Site { version: Version(0), ..(*site).clone() };
        let sites: Vec<_> = store.sites().into_iter().map(still).collect();
        let (mut comments, mut threads) = (Vec::new(), Vec::new());
        for (id, thread) in self.comments.iter().zip(&self.threads) {
            for site in &sites {
                let found = store.comment(site.id, CommentId(id.parse().unwrap())).await.unwrap();
                // Anybody signed in may like it.
                comments.push(found.map(|comment| Comment { likes: 0, ..comment }));
            }
            let found = store.thread(ThreadId(thread.parse().unwrap())).await.unwrap();
            // Anybody may write there, too.
            threads.push(found.map(|thread| Thread { version: Version(0), published: 0, ..thread }));
        }
        Standing {
            comments,
            threads,
            facts: store.private_facts(ada).await.unwrap(),
            sessions: store.sessions_of(ada, now).await.unwrap(),
            identities: store.identities_of(ada).await.unwrap(),
            sites,
        }
    }

    /// What is tried in place of a parameter.
    fn ids(&self, parameter: &str) -> Vec<String> {
        let mut ids: Vec<String> = match parameter {
            "site" => ["blog", "shop"].map(str::to_owned).into(),
            "comment" => self.comments.to_vec(),
            "thread" => self.threads.to_vec(),
            "session" => self.sessions.clone(),
            "identity" => vec![self.identity.clone()],
            "provider" => vec!["work".to_owned()],
            _ => Vec::new(),
        };
        ids.push(UNKNOWN.to_owned());
        ids.extend(NONE.map(str::to_owned));
        ids.push("x".repeat(2_000));
        ids
    }

    /// Every path of the row with these ids in it, and whether all of them belong to the shop.
    fn paths(&self, row: &RouteRow) -> Vec<(String, bool)> {
        let mut paths = vec![(String::new(), true)];
        for segment in row.pattern.segments() {
            let choices = match segment {
                Segment::Literal(word) => vec![((*word).to_owned(), true)],
                Segment::Param(name) => {
                    let of_shop =
                        |id: &String| id == "shop" || *id == self.comments[1] || *id == self.threads[1];
                    self.ids(name).into_iter().map(|id| (id.clone(), of_shop(&id))).collect()
                }
            };
            paths = paths
                .iter()
                .flat_map(|(path, ours)| {
                    choices.iter().map(move |(part, too)| (format!("{path}/{part}"), *ours && *too))
                })
                .collect();
        }
        paths
    }
}

fn body(row: &RouteRow) -> Value {
    match row.pattern.as_str() {
        "/dashboard/api/sites/{site}" => json!({ "name": "Taken over", "guests": false }),
        "/dashboard/api/sites/{site}/sso" => json!({ "change": "new_secret" }),
        _ => permissions::body(row, None, 1).unwrap_or_else(|| json!({})),
    }
}

/// Whether a row promises something to nobody but its owner or staff.
fn is_private(row: &RouteRow) -> bool {
    !matches!(row.access, Access::Anyone | Access::Visitor | Access::Member)
}

#[tokio::test]
async fn an_id_of_somebody_else_of_nobody_or_of_no_form_changes_nothing_for_anybody() {
    let app = TestApp::start().await;
    let now = app.clock.now();
    let name = afterword::domain::Name::parse("The Shop").unwrap();
    let origins = vec![afterword::domain::Origin::parse(ORIGIN).unwrap()];
    let shop = app.app.store.add_site("shop".parse().unwrap(), name, origins, None, None, now).await;
    let shop = shop.unwrap().unwrap();
    for name in ["Ada", "Stan", "Sam"] {
        with_password(&app, name).await;
    }
    let (ada, sam) = (app.account("Ada").await, app.account("Sam").await);
    let identity = Identity {
        provider: "work".parse().unwrap(),
        issuer: "https://id.example".to_owned(),
        subject: "ada".to_owned(),
    };
    let profile = Profile { identity, email: None, name: None, label: None };
    app.app.store.link_identity(ada, profile, None, now).await.unwrap().unwrap();
    let owner = Member { role: Role::Owner, ..Member::new(shop.id, sam, now) };
    app.app.store.set_member(owner).await.unwrap();

    let tokens = async |email: &str| {
        let mut tokens = Vec::new();
        for site in ["blog", "shop"] {
            let answer = app.sign_in_at(site, email).await.ok(200);
            tokens.push(answer["access"].as_str().unwrap().to_owned());
        }
        <[String; 2]>::try_from(tokens).unwrap()
    };
    let at = |method: &str, site: &str, path: &str, token: &str| {
        app.request(method, &format!("/api/v1/sites/{site}{path}")).origin(ORIGIN).bearer(token)
    };
    let adas = tokens("ada@example.org").await;
    let (mut comments, mut threads) = (Vec::new(), Vec::new());
    for (site, token) in ["blog", "shop"].into_iter().zip(&adas) {
        let draft = json!({ "page": { "url": format!("{ORIGIN}/p"), "title": "P" }, "body": "Ada's words" });
        let posted = at("POST", site, "/comments", token).json(draft).send().await.ok(201);
        let id = posted["comment"]["id"].as_str().unwrap();
        let id = id.parse::<uuid::Uuid>().unwrap();
        let found =
            app.app.store.comment(app.app.store.site(&site.parse().unwrap()).unwrap().id, CommentId(id));
        threads.push(found.await.unwrap().unwrap().thread.0.to_string());
        comments.push(id.to_string());
    }
    let hers = signed_in(&app, "Ada").await;
    let state = hers.state().await;
    let sessions = state["sessions"].as_array().unwrap().iter();
    let world = World {
        app: &app,
        comments: comments.try_into().unwrap(),
        threads: threads.try_into().unwrap(),
        sessions: sessions.map(|session| session["id"].as_str().unwrap().to_owned()).collect(),
        identity: state["identities"][0]["key"].as_str().unwrap().to_owned(),
    };

    let cookies = |browser: &Browser<'_>| {
        let pairs: Vec<_> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    };
    let stan = signed_in(&app, "Stan").await;
    let mut owner = signed_in(&app, "Sam").await;
    let sent = json!({ "email": "sam@example.org", "password": PASSWORD });
    assert_eq!(owner.send("POST", "/dashboard/sign-in", sent).await.status, 204);
    owner.get("/dashboard/api/sites/shop/seen").await.ok(200);
    let everybody = [
        Tries { who: "a stranger", tokens: None, cookies: String::new(), has_shop: false },
        Tries {
            who: "a member",
            tokens: Some(tokens("stan@example.org").await),
            cookies: cookies(&stan),
            has_shop: false,
        },
        Tries {
            who: "the owner of the shop",
            tokens: Some(tokens("sam@example.org").await),
            cookies: cookies(&owner),
            has_shop: true,
        },
    ];

    let before = world.standing().await;
    let (mut rows, mut tried) = (0, 0);
    for route in afterword::web::routes() {
        let row = &route.row;
        if row.pattern.params().count() == 0 {
            continue;
        }
        rows += 1;
        for Tries { who, tokens, cookies, has_shop } in &everybody {
            for (path, of_shop) in world.paths(row) {
                if of_shop && *has_shop {
                    continue;
                }
                tried += 1;
                let own = app.app.config.server.base_url.origin.clone();
                let origin = if row.class == Class::FirstParty { &own } else { ORIGIN };
                let mut request = app.request(row.method.as_str(), &path).origin(origin);
                request = request.header("x-afterword", "1").header("cookie", cookies);
                if let Some([blog, shop]) = tokens {
                    request = request.bearer(if path.contains("/sites/shop/") { shop } else { blog });
                }
                let is_read = row.method == http::Method::GET;
                if !is_read {
                    request = request.json(body(row));
                }
                let answer = request.send().await;
                let what = format!("{} {path} by {who}: {} {}", row.method, answer.status, answer.text());
                assert!(answer.status < 500, "{what}");
                assert!(answer.status >= 400 || !is_private(row), "{what}");
                // A refusal that wrote all the same is found by the last look.
                if answer.status < 400 && !is_read {
                    assert_eq!(world.standing().await, before, "{what}");
                }
            }
        }
        assert_eq!(world.standing().await, before, "after {} {}", row.method, row.pattern.as_str());
    }
    assert!(rows >= 20 && tried > 2_000, "{tried} requests to {rows} routes");

    // The control: what they could not do, Ada can, and it is seen.
    let path = format!("/comments/{}", world.comments[0]);
    at("PATCH", "blog", &path, &adas[0]).json(json!({ "body": "hers" })).send().await.ok(200);
    let edited = world.standing().await;
    assert_ne!(edited.comments, before.comments);
    let mut hers = hers;
    let path = format!("/account/api/identities/{}", world.identity);
    assert_eq!(hers.send("DELETE", &path, json!({})).await.status, 204);
    assert_ne!(world.standing().await.identities, before.identities);
}
