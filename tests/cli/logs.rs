//! A whole evening on a site, and what the server wrote down about it: nothing by which anybody could be found, and
//! nothing with which anybody could sign in.

use std::collections::BTreeSet;

use super::home::{Answer, Home, PATIENCE, Server};
use super::mail_server::MailServer;

const SITE: &str = "https://blog.example";
const PASSWORD: &str = "a long walk by the grey sea";
const NETWORK: &str = "203.0.113.77";
const BROWSER: &str = "Mozilla/5.0 (an unusual browser)";

/// Somebody's browser, and everything it ever held that is nobody else's business.
struct Browser<'s> {
    server: &'s Server,
    secrets: BTreeSet<String>,
}

impl Browser<'_> {
    fn send(&mut self, method: &str, path: &str, headers: &[&str], body: &str) -> Answer {
        let json = if body.is_empty() { "" } else { "Content-Type: application/json" };
        let from = [format!("X-Forwarded-For: {NETWORK}"), format!("User-Agent: {BROWSER}")];
        let mut all: Vec<&str> = from.iter().map(String::as_str).chain(headers.iter().copied()).collect();
        if !json.is_empty() {
            all.push(json);
        }
        let answer = self.server.send(method, path, &all, body);
        for text in [answer.head.as_str(), answer.body.as_str(), path, body] {
            self.secrets.extend(tokens_in(text));
        }
        for cookie in answer.head.lines().filter(|line| line.to_lowercase().starts_with("set-cookie:")) {
            let value =
                cookie.split_once('=').map_or("", |(_, rest)| rest.split(';').next().unwrap_or_default());
            if value.len() > 8 {
                self.secrets.insert(value.to_owned());
            }
        }
        answer
    }

    /// As a page of the site sends it.
    fn widget(&mut self, method: &str, path: &str, token: &str, body: &str) -> Answer {
        let path = format!("/api/v1/sites/blog{path}");
        let (origin, bearer) = (format!("Origin: {SITE}"), format!("Authorization: Bearer {token}"));
        let mut headers = vec![origin.as_str(), "X-Afterword: 1"];
        if !token.is_empty() {
            headers.push(&bearer);
        }
        self.send(method, &path, &headers, body)
    }

    /// As a page of the server's own sends it.
    fn own(&mut self, method: &str, path: &str, cookie: &str, body: &str) -> Answer {
        let origin = format!("Origin: http://localhost:{}", self.server.address.port());
        let cookie = format!("Cookie: {cookie}");
        self.send(method, path, &[&origin, "Sec-Fetch-Site: same-origin", &cookie], body)
    }
}

/// Everything in a text that looks like a token of ours: two letters, and 256 bits in base64url.
fn tokens_in(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
    words.filter(|word| word.len() == 46 && word.as_bytes()[2] == b'_').map(str::to_owned).collect()
}

fn field(answer: &Answer, name: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let found = body[name].as_str().or_else(|| body["comment"][name].as_str());
    found.unwrap_or_else(|| panic!("no {name}: {} {}", answer.head, answer.body)).to_owned()
}

fn cookie(answer: &Answer) -> String {
    let set = answer.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
    set.and_then(|set| set.split(';').next())
        .unwrap_or_else(|| panic!("no cookie: {}", answer.head))
        .to_owned()
}

/// The six digits of the latest of so many mails, once it has come.
fn code_in(mails: &MailServer, how_many: usize) -> String {
    let began = std::time::Instant::now();
    loop {
        let found = mails.mails.lock().expect("not poisoned").get(how_many - 1).cloned();
        if let Some(mail) = found {
            let words: Vec<&str> = mail.split_whitespace().collect();
            let pair = words.windows(2).map(<[&str]>::concat);
            let mut codes = pair.filter(|code| code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()));
            return codes.next().unwrap_or_else(|| panic!("no code in {mail}"));
        }
        assert!(began.elapsed() < PATIENCE, "no mail came");
        std::thread::yield_now();
    }
}

// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn an_evening(server: &Server, mails: &MailServer, set_up: &str) -> BTreeSet<String> {
    let mut browser = Browser { server, secrets: BTreeSet::new() };
    let credentials = format!(r#""email":"olga.secret@example.org","password":"{PASSWORD}""#);
    let owner = format!(r#"{{"token":"{set_up}","name":"Olga",{credentials}}}"#);
    let dashboard = cookie(&browser.own("POST", "/setup/owner", "", &owner));
    assert_eq!(browser.own("GET", "/dashboard/api/state", &dashboard, "").status, 200);

    // A member by mail, with a mistake on the way.
    let ask = format!(r#"{{"email":"ada.secret@example.org","challenge":"{CHALLENGE}"}}"#);
    assert_eq!(browser.widget("POST", "/auth/email", "", &ask).status, 202);
    let code = code_in(mails, 1);
    for code in ["not it", &code] {
        let redeem = format!(r#"{{"verifier":"{VERIFIER}","code":"{code}"}}"#);
        let answer = browser.widget("POST", "/auth/email/code", "", &redeem);
        if answer.status == 200 {
            let (token, refresh) = (field(&answer, "access"), field(&answer, "refresh"));
            browser.widget("PUT", "/me/name", &token, r#"{"name":"Adaline"}"#);
            let draft = format!(r#"{{"page":{{"url":"{SITE}/diary","title":""}},"body":"what I confess"}}"#);
            let posted = browser.widget("POST", "/comments", &token, &draft);
            assert_eq!(posted.status, 201, "{}", posted.body);
            let like = format!("/comments/{}/like", field(&posted, "id"));
            assert_eq!(browser.widget("PUT", &like, &token, "").status, 403);
            assert_eq!(browser.widget("GET", "/mine?page=/diary", &token, "").status, 200);
            let kept = format!(r#"{{"refresh":"{refresh}"}}"#);
            assert_eq!(browser.widget("POST", "/auth/refresh", "", &kept).status, 200);
            assert_eq!(browser.widget("POST", "/auth/logout", "", &kept).status, 200);
            assert_eq!(browser.widget("GET", "/mine?page=/diary", &token, "").status, 401);
        }
    }

    // The owner, in the window, by password.
    let window = format!("/auth/popup?site=blog&origin={SITE}&ch={CHALLENGE}&st=a-mark-of-the-widget");
    let transaction = cookie(&browser.own("GET", &window, "", ""));
    let tx = transaction.split('=').next().unwrap_or_default().trim_start_matches("aw-lt-").to_owned();
    let wrong = format!(r#"{{"tx":"{tx}","email":"nobody.secret@example.org","password":"{PASSWORD}"}}"#);
    assert_eq!(browser.own("POST", "/auth/popup/password", &transaction, &wrong).status, 403);
    let right = format!(r#"{{"tx":"{tx}",{credentials}}}"#);
    let proved = browser.own("POST", "/auth/popup/password", &transaction, &right);
    let exchange = format!(r#"{{"code":"{}","verifier":"{VERIFIER}"}}"#, field(&proved, "code"));
    let access = field(&browser.widget("POST", "/auth/exchange", "", &exchange), "access");
    // A second use ends the first.
    assert_eq!(browser.widget("POST", "/auth/exchange", "", &exchange).status, 410);
    browser.widget("GET", "/mine?page=/diary", &access, "");
    assert_eq!(browser.own("POST", "/dashboard/sign-in", "", &format!("{{{credentials}}}")).status, 204);

    // A guest who leaves an address.
    let guest = format!("gt_{CHALLENGE}");
    let draft = format!(
        r#"{{"page":{{"url":"{SITE}/diary","title":""}},"body":"a guest","guest":{{"name":"Gus","email":"gus.secret@example.org"}}}}"#
    );
    browser.widget("POST", "/comments", &guest, &draft);

    // What is put where it does not belong, and what fails.
    browser.send("GET", &format!("/{access}?email=ada.secret@example.org"), &[], "");
    browser.send("GET", &format!("/api/v1/sites/{guest}/thread?page={access}"), &[], "");
    browser.send("GET", &format!("/auth/link?token={set_up}"), &[], "");
    browser.send("POST", "/setup/owner", &[], &owner);
    browser.widget("POST", "/comments", &access, r#"{"ada.secret@example.org":1}"#);
    browser.secrets.extend([code, VERIFIER.into(), PASSWORD.into(), NETWORK.into(), BROWSER.into()]);
    browser.secrets.extend(["secret@example.org", "what I confess", "Adaline", "/diary"].map(str::to_owned));
    browser.secrets
}

#[test]
fn nothing_in_the_logs_tells_who_was_there_or_lets_anybody_in() {
    for format in ["text", "json"] {
        let mails = MailServer::start("250 fine", None);
        let home = Home::new()
            .with("AFTERWORD_MAIL__HOST", "127.0.0.1")
            .with("AFTERWORD_MAIL__PORT", &mails.address.port().to_string())
            .with("AFTERWORD_MAIL__ENCRYPTION", "none")
            .with("AFTERWORD_MAIL__FROM", "comments@example.org")
            .with("AFTERWORD_LOG__FORMAT", format)
            // As much as there is.
            .with("AFTERWORD_LOG__FILTER", "trace");
        home.run(&["site", "add", "blog", "--origin", SITE]).ok();
        let mut server = home.serve();
        // The link to set up is for the owner's eyes: this is where they look for it.
        let greeting = server.greeting_until(|line| line.contains("/setup#"));
        let set_up = tokens_in(&greeting).pop().expect("a link to set up");
        let secrets = an_evening(&server, &mails, &set_up);
        let written = server.stopped();

        let kinds: BTreeSet<&str> = secrets.iter().filter_map(|secret| secret.get(..3)).collect();
        for kind in ["at_", "rt_", "ss_", "ec_", "ln_", "gt_"] {
            assert!(kinds.contains(kind), "the evening had a token of the kind {kind}: {kinds:?}");
        }
        for expected in ["/api/v1/sites/{site}/auth/email/code", "/setup/owner", "/auth/popup"] {
            assert!(written.contains(expected), "{expected} is in the logs: {written}");
        }
        let telling: Vec<_> = written
            .lines()
            .filter(|line| secrets.iter().any(|secret| line.contains(secret.as_str())))
            .collect();
        assert!(telling.is_empty(), "in the logs:\n{}", telling.join("\n"));
        for mail in mails.mails.lock().expect("not poisoned").iter() {
            let links = mail.split_whitespace().filter(|word| word.contains("://"));
            for link in links.filter(|link| !tokens_in(link).is_empty()) {
                assert!(link.contains('#') && !link.contains('?'), "a token goes behind the #: {link}");
            }
        }
    }
}
