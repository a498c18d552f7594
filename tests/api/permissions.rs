//! Every private route × everybody who could try it: what a route declares is what its action does.

use serde_json::{Value, json};

use super::support::TestApp;
use super::support::people::Person;
use afterword::domain::Role;
use afterword::web::route::{Access, Class, RouteRow};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Anonymous,
    Guest,
    Stranger,
    Author,
    Viewer,
    Moderator,
    Owner,
}

const EVERYBODY: [Who; 7] =
    [Who::Anonymous, Who::Guest, Who::Stranger, Who::Author, Who::Viewer, Who::Moderator, Who::Owner];

/// Whether a route that declares `access` lets this person in, when the comment is the author's.
fn is_let_in(access: Access, who: Who) -> bool {
    use Who::*;
    match access {
        Access::Anyone => true,
        Access::Visitor => who != Anonymous,
        Access::Member => !matches!(who, Anonymous | Guest),
        Access::Author => who == Author,
        Access::AuthorOrStaff => matches!(who, Author | Viewer | Moderator | Owner),
        Access::Staff => matches!(who, Viewer | Moderator | Owner),
        Access::Moderator => matches!(who, Moderator | Owner),
        Access::Owner => who == Owner,
        Access::Operator => false,
    }
}

/// A body that the route takes.
pub fn body(row: &RouteRow, person: Option<&Person<'_>>, turn: usize) -> Option<Value> {
    let text = format!("turn {turn}");
    Some(match row.pattern.as_str().rsplit("}/").next()? {
        "comments" => {
            let nobody =
                json!({ "page": { "url": "https://blog.example/other", "title": "" }, "body": text });
            person.map_or(nobody, |person| person.draft("/other", &text))
        }
        "guests/proof" => json!({ "page": { "url": "https://blog.example/p", "title": "" } }),
        "moderation" => json!({ "verdict": "approve" }),
        "closed" => json!({ "closed": false }),
        "preview" => json!({ "body": text }),
        "me/name" => json!({ "name": format!("Somebody {turn}") }),
        _ if row.method == "PATCH" => json!({ "body": text }),
        _ => return None,
    })
}

#[tokio::test]
async fn every_private_route_lets_in_whom_it_declares_and_nobody_else() {
    let app = TestApp::start().await;
    let (guest, stranger, author) = (app.guest("Gil"), app.member("Stan").await, app.member("Ada").await);
    let viewer = app.staff("Vi", Role::Viewer).await;
    let moderator = app.staff("Mo", Role::Moderator).await;
    let owner = app.staff("Olga", Role::Owner).await;
    guest.posted("/p", "known by this").await;
    author.posted("/p", "makes the thread").await;
    let thread = app.thread("/p").await["thread"]["id"].as_str().unwrap().to_owned();

    let mut tried = 0;
    for route in afterword::web::routes() {
        let row = &route.row;
        if row.class != Class::Api || row.pattern.as_str().contains("/auth/") {
            continue;
        }
        for who in EVERYBODY {
            tried += 1;
            let person = match who {
                Who::Anonymous => None,
                Who::Guest => Some(&guest),
                Who::Stranger => Some(&stranger),
                Who::Author => Some(&author),
                Who::Viewer => Some(&viewer),
                Who::Moderator => Some(&moderator),
                Who::Owner => Some(&owner),
            };
            // A fresh comment each time: what one of them did must not decide what the next may.
            let comment = author.posted("/p", &format!("words {tried}")).await;
            let path = row
                .pattern
                .as_str()
                .replace("{site}", "blog")
                .replace("{comment}", &comment)
                .replace("{thread}", &thread);
            let query = if path.ends_with("/mine") { "?page=/p" } else { "" };
            let mut request =
                app.request(row.method.as_str(), &format!("{path}{query}")).origin(super::support::ORIGIN);
            if let Some(person) = person {
                request = request.bearer(&person.token);
            }
            if let Some(body) = body(row, person, tried) {
                request = request.json(body);
            }
            let answer = request.send().await;
            let what = format!(
                "{} {} by {who:?}: {} {}",
                row.method,
                row.pattern.as_str(),
                answer.status,
                answer.text()
            );
            assert!(answer.status < 500, "{what}");
            let was_let_in =
                !matches!(answer.status, 401 | 403 | 404) || answer.json()["type"] == "/problems/own-comment";
            assert_eq!(was_let_in, is_let_in(row.access, who), "{what}");
        }
    }
    assert!(tried >= 7 * 10, "the whole table was tried: {tried}");
}
