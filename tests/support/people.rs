//! People in tests: they sign in as people do.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Answer, TestApp};
use afterword::domain::{AccountId, Email, Member, Role};

/// Somebody with a token: a member or a guest.
pub struct Person<'a> {
    pub app: &'a TestApp,
    pub token: String,
    pub refresh: Option<String>,
    pub name: String,
    pub is_guest: bool,
}

/// A PKCE pair as the widget makes it.
pub fn verifier(seed: &str) -> (String, String) {
    let verifier = URL_SAFE_NO_PAD.encode(Sha256::digest(seed.as_bytes()));
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
    (verifier, challenge)
}

impl TestApp {
    /// Signs in by e-mail code and takes `name` as their name.
    pub async fn member(&self, name: &str) -> Person<'_> {
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        let answer = self.sign_in(&email).await.ok(200);
        let token = answer["access"].as_str().expect("an access token").to_owned();
        let named =
            self.site_request("PUT", "/me/name").bearer(&token).json(json!({ "name": name })).send().await;
        named.ok(200);
        let refresh = answer["refresh"].as_str().map(str::to_owned);
        Person { app: self, token, refresh, name: name.into(), is_guest: false }
    }

    /// The whole e-mail sign-in; the answer to the code.
    pub async fn sign_in(&self, email: &str) -> Answer {
        self.sign_in_at("blog", email).await
    }

    /// The same on the pages of another site.
    pub async fn sign_in_at(&self, site: &str, email: &str) -> Answer {
        let ask = |path: &str| {
            self.request("POST", &format!("/api/v1/sites/{site}/auth/{path}")).origin(super::ORIGIN)
        };
        let (verifier, challenge) = verifier(&format!("{email}{}", self.mailbox.mails().len()));
        ask("email").json(json!({ "email": email, "challenge": challenge })).send().await.ok(202);
        let code = self.code_for(email).await;
        ask("email/code")
            .header("x-afterword", "1")
            .json(json!({ "verifier": verifier, "code": code }))
            .send()
            .await
    }

    /// The six digits in the latest mail to an address, once it has come.
    pub async fn code_for(&self, email: &str) -> String {
        let mail = self.mailbox.next_for(&Email::parse(email).expect("an address")).await;
        mail.text
            .split_whitespace()
            .collect::<Vec<_>>()
            .windows(2)
            .find_map(|pair| {
                let code = pair.concat();
                (code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit())).then_some(code)
            })
            .unwrap_or_else(|| panic!("no code in {}", mail.text))
    }

    /// The token of the link in the latest mail to an address, once it has come.
    pub async fn link_for(&self, email: &str) -> String {
        let mail = self.mailbox.next_for(&Email::parse(email).expect("an address")).await;
        let link = mail.text.lines().find(|line| line.contains("/auth/mail#")).expect("a link");
        link.split('#').nth(1).expect("a token").to_owned()
    }

    /// A member with a role on the site.
    pub async fn staff(&self, name: &str, role: Role) -> Person<'_> {
        let person = self.member(name).await;
        let account = self.account(name).await;
        let now = afterword::app::Clock::now(&*self.clock);
        let member = Member { role, ..Member::new(self.site.id, account, now) };
        self.app.store.set_member(member).await.expect("stored");
        person
    }

    pub async fn account(&self, name: &str) -> AccountId {
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        let email = Email::parse(&email).expect("an address");
        self.app.store.account_by_email(&email).await.expect("read").expect("known").id
    }

    pub fn guest(&self, name: &str) -> Person<'_> {
        let token = format!("gt_{}", URL_SAFE_NO_PAD.encode(Sha256::digest(name.as_bytes())));
        Person { app: self, token, refresh: None, name: name.into(), is_guest: true }
    }
}

impl Person<'_> {
    /// What this person would send to post `body` on `page`.
    pub fn draft(&self, page: &str, body: &str) -> Value {
        let mut draft =
            json!({ "page": { "url": format!("{}{page}", super::ORIGIN), "title": "A post" }, "body": body });
        if self.is_guest {
            draft["guest"] = json!({ "name": self.name });
        }
        draft
    }

    pub async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        self.app.site_request(method, path).bearer(&self.token).json(body).send().await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.app.site_request("GET", path).bearer(&self.token).send().await
    }

    pub async fn post(&self, page: &str, body: &str) -> Answer {
        self.send("POST", "/comments", self.draft(page, body)).await
    }

    pub async fn reply(&self, page: &str, parent: &str, body: &str) -> Answer {
        let mut draft = self.draft(page, body);
        draft["parent"] = json!(parent);
        self.send("POST", "/comments", draft).await
    }

    /// Posts what must be taken, and answers with its id.
    pub async fn posted(&self, page: &str, body: &str) -> String {
        id(&self.post(page, body).await.ok(201))
    }

    pub async fn replied(&self, page: &str, parent: &str, body: &str) -> String {
        id(&self.reply(page, parent, body).await.ok(201))
    }

    pub async fn moderate(&self, comment: &str, verdict: &str) -> Answer {
        self.send("POST", &format!("/comments/{comment}/moderation"), json!({ "verdict": verdict })).await
    }

    pub async fn like(&self, comment: &str) -> Answer {
        self.app.site_request("PUT", &format!("/comments/{comment}/like")).bearer(&self.token).send().await
    }

    pub async fn mine(&self, page: &str) -> Value {
        self.get(&format!("/mine?page={page}")).await.ok(200)
    }
}

fn id(answer: &Value) -> String {
    answer["comment"]["id"].as_str().expect("a comment").to_owned()
}
