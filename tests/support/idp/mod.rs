//! An identity provider for tests. It speaks each provider's dialect over HTTP on this machine, each under its own path
//! ([`dialects`]), checks what a provider would check of its client, and does wrong what a [`Switch`] says.
//!
//! In Rust: `Idp::start(now)`, then `idp.base("google")` as `base_url`. In browser tests: `examples/idp.rs` runs it and
//! prints its address; `POST /_control` turns switches (see [`server`]). Its keys are for tests only.

#![allow(dead_code, reason = "each suite uses its part")]

pub mod answers;
pub mod browser;
pub mod dialects;
pub mod keys;
pub mod pages;
pub mod profiles;
pub mod server;
pub mod switches;
pub mod tokens;
pub mod trades;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

pub use dialects::Dialect;
pub use switches::Switch;

pub const CLIENT_ID: &str = "afterword-test";
pub const CLIENT_SECRET: &str = "test-only-secret";
/// What the client of Apple signs its secrets as.
pub const APPLE_TEAM: &str = "TEAM000001";
pub const APPLE_KEY: &str = "APPLEKEY01";

/// Seconds since the epoch.
pub type Now = Arc<dyn Fn() -> i64 + Send + Sync>;

/// Who signs in.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub login: String,
    pub email: String,
    /// Microsoft: the id within, and the tenant.
    pub object: String,
    pub tenant: String,
}

impl Default for Person {
    fn default() -> Person {
        Person {
            id: "20417".into(),
            name: "Ada Lovelace".into(),
            login: "ada".into(),
            email: "ada@gmail.com".into(),
            object: "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee".into(),
            tenant: "11111111-2222-3333-4444-555555555555".into(),
        }
    }
}

/// A request that came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: http::HeaderMap,
    pub body: String,
}

pub struct State {
    /// `http://127.0.0.1:PORT`
    pub base: String,
    /// Where browsers reach it, if elsewhere: behind TLS.
    pub browser_base: String,
    pub keys: keys::Keys,
    pub now: Now,
    pub switches: Mutex<HashSet<Switch>>,
    pub person: Mutex<Person>,
    pub grants: Mutex<HashMap<String, trades::Grant>>,
    /// Access tokens given out, and by which dialect.
    pub tokens: Mutex<HashMap<String, &'static str>>,
    /// Dialects at which the person has consented before.
    pub consented: Mutex<HashSet<&'static str>>,
    pub seen: Mutex<Vec<Seen>>,
    count: AtomicU64,
}

impl State {
    pub fn on(&self, switch: Switch) -> bool {
        self.switches.lock().expect("not poisoned").contains(&switch)
    }

    pub fn person(&self) -> Person {
        self.person.lock().expect("not poisoned").clone()
    }

    pub fn issuer(&self, dialect: &Dialect) -> String {
        match dialect.name {
            "microsoft" => format!("{}/microsoft/{}/v2.0", self.base, self.person().tenant),
            name => format!("{}/{name}", self.base),
        }
    }

    /// A word that was not given out before.
    pub fn fresh(&self, kind: &str) -> String {
        format!("{kind}-{}", self.count.fetch_add(1, Ordering::SeqCst))
    }
}

pub struct Idp {
    pub state: Arc<State>,
    stop: tokio::sync::watch::Sender<bool>,
}

impl Idp {
    pub async fn start(now: Now) -> Idp {
        Idp::start_for(now, None).await
    }

    /// For browsers that reach it at another address than the server does.
    pub async fn start_for(now: Now, browser_base: Option<String>) -> Idp {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(State {
            browser_base: browser_base.unwrap_or_else(|| base.clone()),
            base,
            keys: keys::Keys::default(),
            now,
            switches: Mutex::default(),
            person: Mutex::default(),
            grants: Mutex::default(),
            tokens: Mutex::default(),
            consented: Mutex::default(),
            seen: Mutex::default(),
            count: AtomicU64::new(1),
        });
        let (stop, stopped) = tokio::sync::watch::channel(false);
        tokio::spawn(server::serve(listener, state.clone(), stopped));
        Idp { state, stop }
    }

    /// `base_url` or `issuer` of a provider's settings.
    pub fn base(&self, dialect: &str) -> String {
        format!("{}/{dialect}", self.state.base)
    }

    pub fn turn_on(&self, switch: Switch) {
        self.state.switches.lock().expect("not poisoned").insert(switch);
    }

    pub fn turn_off(&self, switch: Switch) {
        self.state.switches.lock().expect("not poisoned").remove(&switch);
    }

    pub fn is(&self, change: impl FnOnce(&mut Person)) {
        change(&mut self.state.person.lock().expect("not poisoned"));
    }

    /// The requests to a path, in order.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.state.seen.lock().expect("not poisoned");
        seen.iter().filter(|seen| seen.path == path).cloned().collect()
    }
}

impl Drop for Idp {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
    }
}
