//! Who signs in, and what a browser sends for them.

use std::net::SocketAddr;
use std::path::Path;

use afterword::actions::passwords::{NewPassword, PasswordChecker};
use afterword::app::Chance;
use afterword::domain::Email;
use afterword::domain::sessions::Scope;
use afterword::storage::accounts::{PasswordChange, Ways};
use afterword::storage::redb::{Options, RedbStore};
use afterword::storage::{Accounts, Health};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::client::{Answer, Connection};
use crate::seeds::{self, ORIGIN};

/// The first half of them have a password, the others a widget that is signed in.
pub const MEMBERS: usize = 128;
pub const WITH_PASSWORD: usize = MEMBERS / 2;
pub const PASSWORD: &str = "lantern otter gravel quince";

struct OsChance;
impl Chance for OsChance {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the system gives randomness");
    }
}

pub fn known(number: usize) -> String {
    format!("member{}@example.org", number % WITH_PASSWORD)
}

/// As many as there are known ones, each asked for as often.
pub fn unknown(number: usize) -> String {
    format!("nobody{}@example.org", number % WITH_PASSWORD)
}

pub async fn give_passwords(directory: &Path) -> anyhow::Result<()> {
    let store = RedbStore::open(Options {
        directory: directory.to_owned(),
        cache_bytes: 64 << 20,
        reserve_bytes: 0,
        one_commit_per_unit: false,
    })?;
    let password = NewPassword::parse(PASSWORD, &[], false)?;
    let phc = PasswordChecker::new(&OsChance).hash(password, &OsChance).await;
    let phc = phc.map_err(|_| anyhow::anyhow!("no turn for a hash"))?;
    for number in 0..WITH_PASSWORD {
        let email = Email::parse(&known(number))?;
        let account = store.account_by_email(&email).await?.expect("planted");
        let change = PasswordChange {
            password: Some(phc.clone()),
            is_short: false,
            ways: Ways::default(),
            session: seeds::new_session(Scope::FirstParty).1,
            tell: None,
            at: seeds::now(),
        };
        store.change_password(account.id, change).await??;
    }
    store.close().await;
    Ok(())
}

/// base64url(SHA-256(verifier)), as a widget sends it.
pub fn challenge(seed: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(seed.as_bytes()))
}

/// A POST of JSON.
pub fn post(path: &str, headers: &[(&str, &str)], body: &serde_json::Value) -> Vec<u8> {
    let body = body.to_string();
    let mut request = format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    request.into_bytes()
}

/// What a script of the server's own pages sends.
pub fn own(server: SocketAddr, path: &str, cookie: &str, body: &serde_json::Value) -> Vec<u8> {
    // Unless told otherwise, a server takes itself for this machine.
    let ours = format!("http://localhost:{}", server.port());
    post(path, &[("Origin", &ours), ("Sec-Fetch-Site", "same-origin"), ("Cookie", cookie)], body)
}

/// A sign-in popup that is open in a browser: its transaction and the cookie of it.
pub struct Popup {
    server: SocketAddr,
    tx: String,
    cookie: String,
}

impl Popup {
    pub async fn open(server: SocketAddr, connection: &mut Connection) -> anyhow::Result<Popup> {
        let path = format!(
            "/auth/popup?site=bench&origin={ORIGIN}&ch={}&st=a-mark-of-the-widget",
            challenge("a widget of the load test")
        );
        let request = format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n");
        let answer = connection.ask(request.as_bytes(), true).await?;
        anyhow::ensure!(answer.status == 200, "the popup: {}", answer.head);
        let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next());
        let cookie = cookie.expect("a popup sets a cookie").to_owned();
        let name = cookie.split('=').next().unwrap_or_default();
        let tx = name.trim_start_matches("aw-lt-").to_owned();
        Ok(Popup { server, tx, cookie })
    }

    /// Another one, in the same browser.
    pub async fn again(&self, connection: &mut Connection) -> anyhow::Result<Popup> {
        Popup::open(self.server, connection).await
    }

    /// What the popup's own script sends.
    pub fn send(&self, path: &str, mut body: serde_json::Value) -> Vec<u8> {
        body["tx"] = self.tx.clone().into();
        own(self.server, path, &self.cookie, &body)
    }

    pub fn password(&self, email: &str, password: &str) -> Vec<u8> {
        self.send("/auth/popup/password", serde_json::json!({ "email": email, "password": password }))
    }
}

/// One connection of its own, and a popup in it.
pub async fn arrive(address: SocketAddr) -> anyhow::Result<(Connection, Popup)> {
    let mut connection = Connection::open(address).await?;
    let popup = Popup::open(address, &mut connection).await?;
    Ok((connection, popup))
}

pub fn retry_after(answer: &Answer) -> Option<u64> {
    answer.header("retry-after")?.parse().ok()
}
