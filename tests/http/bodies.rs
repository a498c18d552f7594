//! Bodies: capped whether or not their length is announced, JSON only, not nested without end, and on time.

use std::sync::Arc;
use std::time::Duration;

use afterword::web::route::{Class, RouteRow};
use serde_json::json;
use tokio::io::AsyncWriteExt;

use super::direct::{Direct, path_of};
use super::raw::{Raw, within_patience};
use super::support::{ORIGIN, TestApp};

const PREVIEW: &str = "/api/v1/sites/blog/preview";
const JSON: &str = "application/json";
/// The cap of a preview.
const CAP: usize = 192 * 1024;

async fn connect(app: &TestApp) -> Raw {
    Raw(tokio::net::TcpStream::connect(app.address).await.expect("the server listens"))
}

fn head(more: &str) -> String {
    format!(
        "POST {PREVIEW} HTTP/1.1\r\nHost: x\r\nOrigin: {ORIGIN}\r\nContent-Type: {JSON}\r\n{more}\r\n\r\n"
    )
}

/// Sends chunks until the server answers; how many bytes that took, and the answer.
async fn flood(connection: Raw, head: String, chunk: &[u8]) -> (usize, String) {
    let mut reading = Raw(connection.0);
    reading.send(head).await;
    let (read, mut write) = reading.0.into_split();
    let sending = async {
        let mut sent = 0;
        // A gibibyte: the server must have had enough long before that.
        while sent < 1 << 30 && write.write_all(chunk).await.is_ok() {
            sent += chunk.len();
        }
        (sent, write)
    };
    let answering = async {
        let mut text = Vec::new();
        let mut read = read;
        let mut part = [0; 4096];
        while let Ok(count @ 1..) = tokio::io::AsyncReadExt::read(&mut read, &mut part).await {
            text.extend_from_slice(&part[..count]);
        }
        String::from_utf8_lossy(&text).into_owned()
    };
    let ((sent, _write), answer) = within_patience(async { tokio::join!(sending, answering) }).await;
    (sent, answer)
}

#[tokio::test]
async fn a_chunked_body_is_refused_at_the_cap() {
    let app = TestApp::start().await;
    let chunk = [b"4000\r\n".as_slice(), &[b' '; 0x4000], b"\r\n"].concat();
    let (sent, answer) = flood(connect(&app).await, head("Transfer-Encoding: chunked"), &chunk).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("/problems/body-too-large"), "{answer}");
    // What the server read is its cap and 64 KiB; the rest lies in the kernel's buffers.
    assert!(sent < 32 << 20, "the client could send {sent} bytes");
}

#[tokio::test]
async fn an_announced_body_is_refused_before_it_comes() {
    let app = TestApp::start().await;
    let mut connection = connect(&app).await;
    connection.send(head("Content-Length: 1073741824\r\nExpect: 100-continue")).await;
    let answer = connection.answer().await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_body_of_exactly_the_cap_is_read_and_one_byte_more_is_not() {
    let app = TestApp::start().await;
    let body = r#"{"body":"hi"}"#;
    let padded = |length: usize| body.to_owned() + &" ".repeat(length - body.len());
    let fits =
        app.site_request("POST", "/preview").raw(padded(CAP)).header("content-type", JSON).send().await;
    fits.ok(200);
    let too_long = app.site_request("POST", "/preview").raw(padded(CAP + 1)).header("content-type", JSON);
    too_long.send().await.refused_as(413, "/problems/body-too-large");
}

#[tokio::test]
async fn only_plain_json_is_read() {
    let app = TestApp::start().await;
    let body = r#"{"body":"hi"}"#;
    let post = |media: &str| app.site_request("POST", "/preview").raw(body).header("content-type", media);
    for good in [JSON, "application/json; charset=utf-8", "Application/JSON"] {
        post(good).send().await.ok(200);
    }
    // What a form of any page can send is no JSON, whatever it holds.
    for bad in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/json",
        "application/jsonp",
        "*/*",
        "",
    ] {
        post(bad).send().await.refused_as(415, "/problems/wrong-content-type");
    }
    let zipped = post(JSON).header("content-encoding", "gzip").send().await;
    zipped.refused_as(415, "/problems/wrong-content-type");
}

#[tokio::test]
async fn what_is_wrong_with_a_body_is_named() {
    let app = TestApp::start().await;
    let deep = |levels: usize| format!(r#"{{"body":{}1{}}}"#, "[".repeat(levels), "]".repeat(levels));
    for (body, named) in [
        (String::new(), "empty"),
        ("{".into(), "EOF"),
        (r#"{"body":"a"}x"#.into(), "trailing"),
        (r#"{"body":7}"#.into(), "body: invalid type: integer"),
        (r#"{"body":"a","role":"owner"}"#.into(), "unknown field `role`"),
        (r#"{"body":"a","body":"b"}"#.into(), "duplicate field"),
        ("[]".into(), "object"),
        ("null".into(), "object"),
        (deep(40), "32 levels"),
        (deep(50_000), "32 levels"),
    ] {
        let answer =
            app.site_request("POST", "/preview").raw(body.clone()).header("content-type", JSON).send().await;
        let problem = answer.refused_as(400, "/problems/bad-json");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(named), "{}: {detail}", &body[..body.len().min(60)]);
    }
    let invalid =
        app.site_request("POST", "/preview").raw(&b"{\"body\":\"\xff\"}"[..]).header("content-type", JSON);
    invalid.send().await.refused_as(400, "/problems/bad-json");
}

#[tokio::test]
async fn a_field_that_is_not_asked_for_is_refused_by_every_route() {
    let app = TestApp::start().await;
    let owner = app.staff("Olga", afterword::domain::Role::Owner).await;
    let comment = owner.posted("/p", "words").await;
    let server = Direct::to(&app.app);
    let own = app.app.config.server.base_url.origin.clone();
    let bearer = format!("Bearer {}", owner.token);
    let (mut tried, mut judged) = (0, 0);
    // Forms come from providers, which may send more than they used to.
    let takes_json = |row: &Arc<RouteRow>| row.facts.takes.is_some_and(|(media, _)| media == JSON);
    for row in server.rows().into_iter().filter(takes_json) {
        let path = path_of(&row).replace("00000000-0000-4000-8000-000000000000", &comment);
        let origin = if row.class == Class::FirstParty { own.as_str() } else { ORIGIN };
        let headers =
            [("origin", origin), ("authorization", &bearer), ("x-afterword", "1"), ("content-type", JSON)];
        tried += 1;
        for field in [
            "role",
            "pinned",
            "approved",
            "standing",
            "score",
            "created_at",
            "site_id",
            "operator",
            "__proto__",
        ] {
            let answer =
                server.send(&row.method, &path, &headers, &format!(r#"{{"{field}":"owner"}}"#)).await;
            let what = format!("{} {path} with {field}: {}", row.method, answer.text());
            assert!((400..500).contains(&answer.status), "{what}");
            // What wants somebody to be signed in on our own pages says so before it reads anything.
            if answer.problem().as_deref() == Some("bad-json") {
                judged += 1;
                assert!(answer.text().contains("unknown field"), "{what}");
            } else {
                assert!(matches!(answer.status, 401 | 410) && row.class == Class::FirstParty, "{what}");
            }
        }
    }
    assert!(tried >= 20 && judged >= 9 * 15, "{judged} refusals of {tried} routes");
}

#[tokio::test]
async fn whoever_takes_a_form_says_so_and_reads_nothing_else() {
    let app = TestApp::start().await;
    let server = Direct::to(&app.app);
    let own = app.app.config.server.base_url.origin.clone();
    let mut forms = 0;
    for row in server.rows().into_iter().filter(|row| row.method == http::Method::POST) {
        let origin = if row.class == Class::FirstParty { own.as_str() } else { ORIGIN };
        let headers = [("origin", origin), ("x-afterword", "1"), ("content-type", JSON)];
        let answer = server.send(&row.method, &path_of(&row), &headers, "{}").await;
        let wants_a_form = answer.status == 415;
        assert_eq!(
            wants_a_form,
            row.facts.takes.as_ref().is_some_and(|(media, _)| *media != "application/json"),
            "{}: {}",
            row.pattern.as_str(),
            answer.status
        );
        forms += usize::from(wants_a_form);
    }
    assert!(forms >= 2, "{forms} routes take a form");
}

#[tokio::test]
async fn a_body_that_is_late_is_a_problem_that_says_so() {
    let app = TestApp::with(|config| config.server.body_timeout = Duration::from_millis(300)).await;
    let mut connection = connect(&app).await;
    connection.send(head("Content-Length: 100")).await;
    connection.send("{\"body\":").await;
    let answer = String::from_utf8(connection.until_closed().await).unwrap();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("/problems/timeout"), "{answer}");
}

#[tokio::test]
async fn a_request_is_judged_before_its_body_is_read() {
    let app = TestApp::start().await;
    let mut connection = connect(&app).await;
    let head = head("Content-Length: 100\r\nExpect: 100-continue").replace(ORIGIN, "https://evil.example");
    connection.send(head).await;
    let answer = connection.answer().await;
    assert!(answer.starts_with("HTTP/1.1 403"), "the server did not ask for the body: {answer}");
    // A JSON body on a GET is not looked at.
    app.site_request("GET", "/thread?page=/p").json(json!({ "x": 1 })).send().await.ok(200);
}
