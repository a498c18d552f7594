//! A provider without a network, and a browser that goes there and comes back: for what is ours about it.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use parking_lot::Mutex;
use serde_json::{Value, json};
use url::Url;

use super::people::verifier;
use super::{Answer, ORIGIN, Request, TestApp};
use afterword::domain::identities::ProfileEmail;
use afterword::domain::{Email, Identity, Profile, ProviderId};
use afterword::outside::providers::{Back, Departure, Icon, Provider, ProviderError, Sent};

/// The widget's mark.
pub const STATE: &str = "a-mark-of-the-widget";

/// Believes every code it was told of.
pub struct Elsewhere {
    id: ProviderId,
    name: String,
    icon: Icon,
    posts_back: bool,
    asks_for_server: bool,
    answers: Mutex<HashMap<String, Result<Profile, ProviderError>>>,
    /// What `begin` says instead, if anything.
    out_of_order: Mutex<Option<ProviderError>>,
    /// What came to be finished: departure and what the browser brought.
    pub finished: Mutex<Vec<(Departure, Back)>>,
}

impl Elsewhere {
    pub fn named(id: &str) -> Arc<Elsewhere> {
        Arc::new(Elsewhere::new(id))
    }

    pub fn posting(id: &str) -> Arc<Elsewhere> {
        Arc::new(Elsewhere { posts_back: true, ..Elsewhere::new(id) })
    }

    pub fn asking_for_server(id: &str) -> Arc<Elsewhere> {
        Arc::new(Elsewhere { asks_for_server: true, ..Elsewhere::new(id) })
    }

    fn new(id: &str) -> Elsewhere {
        let name = format!("{}{}", id[..1].to_uppercase(), &id[1..]);
        Elsewhere {
            id: id.parse().expect("a provider's name"),
            name,
            icon: Icon { view_box: 24, path: "M0 0h24v24H0z".to_owned() },
            posts_back: false,
            asks_for_server: false,
            answers: Mutex::default(),
            out_of_order: Mutex::default(),
            finished: Mutex::default(),
        }
    }

    /// Somebody here, as this provider speaks of them.
    pub fn profile(&self, subject: &str, email: Option<(&str, bool)>, name: Option<&str>) -> Profile {
        Profile {
            identity: Identity {
                provider: self.id.clone(),
                issuer: format!("https://{}.example", self.id),
                subject: subject.to_owned(),
            },
            email: email.map(|(address, verified)| ProfileEmail {
                address: Email::parse(address).expect("an address"),
                verified,
            }),
            name: name.map(str::to_owned),
            label: Some(format!("@{subject}")),
        }
    }

    /// From now on `code` stands for this.
    pub fn answers(&self, code: &str, answer: Result<Profile, ProviderError>) {
        self.answers.lock().insert(code.to_owned(), answer);
    }

    /// From now on the code `subject` stands for that person.
    pub fn knows(&self, subject: &str, email: Option<(&str, bool)>, name: Option<&str>) {
        self.answers(subject, Ok(self.profile(subject, email, name)));
    }

    pub fn is_out_of_order(&self, error: ProviderError) {
        *self.out_of_order.lock() = Some(error);
    }
}

#[async_trait]
impl Provider for Elsewhere {
    fn id(&self) -> &ProviderId {
        &self.id
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn icon(&self) -> &Icon {
        &self.icon
    }

    fn posts_back(&self) -> bool {
        self.posts_back
    }

    fn asks_for_server(&self) -> bool {
        self.asks_for_server
    }

    async fn begin(&self, departure: &Departure) -> Result<Sent, ProviderError> {
        if let Some(error) = self.out_of_order.lock().clone() {
            return Err(error);
        }
        let query = [("state", &departure.state), ("redirect_uri", &departure.redirect_uri)];
        let location =
            Url::parse_with_params(&format!("https://{}.example/authorize", self.id), query).expect("a URL");
        Ok(Sent { location, memo: format!("memo of {}", departure.state) })
    }

    async fn finish(&self, departure: &Departure, memo: &str, back: Back) -> Result<Profile, ProviderError> {
        assert_eq!(memo, format!("memo of {}", departure.state), "a memo comes back as it was");
        self.finished.lock().push((departure.clone(), back.clone()));
        if back.error.is_some() {
            return Err(ProviderError::Cancelled);
        }
        let code = back.code.unwrap_or_default();
        let unknown = || Err(ProviderError::Refused("a code nobody gave".to_owned()));
        self.answers.lock().get(&code).cloned().unwrap_or_else(unknown)
    }
}

/// A browser with a popup open: its transaction, the widget's verifier, and the cookies it holds on our host.
pub struct Browser<'a> {
    pub app: &'a TestApp,
    pub tx: String,
    pub verifier: String,
    pub cookies: HashMap<String, String>,
}

impl<'a> Browser<'a> {
    /// A new one, in which the widget opened the popup.
    pub async fn open(app: &'a TestApp, seed: &str) -> Browser<'a> {
        let mut browser =
            Browser { app, tx: String::new(), verifier: String::new(), cookies: HashMap::new() };
        browser.reopen(seed, "").await;
        browser
    }

    /// The popup once more, in the same browser; the page.
    pub async fn reopen(&mut self, seed: &str, more: &str) -> Answer {
        let (verifier, challenge) = verifier(seed);
        let path = format!("/auth/popup?site=blog&origin={ORIGIN}&ch={challenge}&st={STATE}{more}");
        let page = self.get(&path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        self.tx = attribute(&page, "data-tx").expect("a transaction");
        self.verifier = verifier;
        page
    }

    pub fn cookie_header(&self) -> String {
        let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn own(&self, method: &str, path: &str) -> Request<'a> {
        let origin = &self.app.app.config.server.base_url.origin;
        let request = self.app.request(method, path).header("cookie", &self.cookie_header());
        request.origin(origin).header("sec-fetch-site", "same-origin")
    }

    fn keep(&mut self, answer: Answer) -> Answer {
        for line in answer.headers.get_all("set-cookie") {
            let line = line.to_str().expect("text");
            let (name, value) = line.split(';').next().and_then(|it| it.split_once('=')).expect("a cookie");
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// A page, with the cookies this browser holds.
    pub async fn get(&mut self, path: &str) -> Answer {
        let answer = self.app.request("GET", path).header("cookie", &self.cookie_header()).send().await;
        self.keep(answer)
    }

    /// What the popup's script sends.
    pub async fn post(&mut self, path: &str, mut sent: Value) -> Answer {
        if sent.get("token").is_none() {
            sent["tx"] = json!(self.tx);
        }
        let answer = self.own("POST", path).json(sent).send().await;
        self.keep(answer)
    }

    /// Goes to a provider: the `state` it was sent there with.
    pub async fn leave(&mut self, provider: &str) -> String {
        let location = self.post("/auth/popup/provider", json!({ "provider": provider })).await.ok(200);
        let location = Url::parse(location["location"].as_str().expect("text")).expect("a URL");
        let state = location.query_pairs().find(|(name, _)| name == "state").expect("a state");
        state.1.into_owned()
    }

    /// Comes back from it; where the popup waits for something else, its page of that step.
    pub async fn come_back(&mut self, provider: &str, state: &str, code: &str) -> Answer {
        let answer = self.get(&format!("/auth/cb/{provider}?state={state}&code={code}")).await;
        match answer.header("location").filter(|to| to.starts_with("/auth/popup/step")) {
            Some(step) => self.get(step).await,
            None => answer,
        }
    }

    /// Goes there and comes back with a code.
    pub async fn by(&mut self, provider: &str, code: &str) -> Answer {
        let state = self.leave(provider).await;
        self.come_back(provider, &state, code).await
    }

    /// What the widget asks with the code of the popup's last page.
    pub async fn exchange(&self, code: &str) -> Answer {
        self.app
            .site_request("POST", "/auth/exchange")
            .header("x-afterword", "1")
            .json(json!({ "code": code, "verifier": self.verifier }))
            .send()
            .await
    }

    /// The whole way: the session that the widget gets.
    pub async fn signed_in_by(&mut self, provider: &str, code: &str) -> Value {
        let page = self.by(provider, code).await;
        assert_eq!(page.status, 200, "{}", page.text());
        let code = attribute(&page, "data-code").unwrap_or_else(|| panic!("no code in {}", page.text()));
        self.exchange(&code).await.ok(200)
    }
}

/// An attribute of the page, as the browser reads it.
pub fn attribute(page: &Answer, name: &str) -> Option<String> {
    let html = page.text();
    let value = html.split(&format!("{name}=\"")).nth(1)?.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&").replace("&#34;", "\"").replace("&#39;", "'"))
}
