//! A whole server for a test: the real route tree on a real store in a directory of its own, behind the real accept
//! loop, with a clock that the test moves and a mailbox that it reads.

pub mod elsewhere;
pub mod http;
pub mod passwords;
pub mod people;
pub mod sso;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use afterword::app::{App, Chance, Clock, Parts};
use afterword::config::{Config, Rate};
use afterword::domain::{Name, Origin, Site, SiteSettings, Timestamp};
use afterword::outside::mailbox::Mailbox;
use afterword::outside::providers::{Provider, Providers};
use afterword::storage::redb::{Options, RedbStore};
use afterword::storage::sites::SiteChange;

pub use http::{Answer, Request};

/// Where the test site's pages live.
pub const ORIGIN: &str = "https://blog.example";

pub struct TestApp {
    pub app: Arc<App>,
    pub clock: Arc<TestClock>,
    pub mailbox: Arc<Mailbox>,
    pub address: SocketAddr,
    pub site: Arc<Site>,
    stop: tokio::sync::watch::Sender<bool>,
    _directory: tempfile::TempDir,
}

impl TestApp {
    pub async fn start() -> TestApp {
        TestApp::with(|_| {}).await
    }

    /// With another configuration than the generous one tests have by default.
    pub async fn with(change: impl FnOnce(&mut Config)) -> TestApp {
        TestApp::with_providers(Vec::new(), change).await
    }

    /// With providers to sign in with, as well.
    pub async fn with_providers(
        providers: Vec<Arc<dyn Provider>>,
        change: impl FnOnce(&mut Config),
    ) -> TestApp {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut config = Config::load(None, std::iter::empty()).expect("the defaults are valid");
        config.storage.directory = directory.path().to_owned();
        config.storage.reserve_bytes = 0;
        let plenty = Rate { burst: 10_000, every: Duration::from_millis(1) };
        let limits = &mut config.limits;
        for rate in [
            &mut limits.write,
            &mut limits.vote,
            &mut limits.address,
            &mut limits.sign_in,
            &mut limits.preview,
        ] {
            *rate = plenty;
        }
        config.limits.sign_in_mail = plenty;
        change(&mut config);

        let clock = Arc::new(TestClock::at(1_790_000_000_000));
        let options = Options {
            directory: config.storage.directory.clone(),
            cache_bytes: config.storage.cache_bytes,
            reserve_bytes: config.storage.reserve_bytes,
            one_commit_per_unit: false,
        };
        let store = RedbStore::open(options).expect("a new store opens");
        let mailbox = Arc::new(Mailbox::new(1_000));
        let app = App::new(Parts {
            config: Arc::new(config),
            store: store.clone(),
            clock: clock.clone(),
            chance: Arc::new(TestChance::default()),
            mailer: Some(mailbox.clone()),
            providers: Providers::new(providers),
        });
        let origins = vec![Origin::parse(ORIGIN).expect("an origin")];
        let name = Name::parse("The Blog").expect("a name");
        let key = "blog".parse().expect("a key");
        let site = app
            .store
            .add_site(key, name, origins, None, None, clock.now())
            .await
            .expect("stored")
            .expect("not refused");
        // Most tests are not about the work of guests' browsers.
        let settings = SiteSettings { guest_proof: false, ..site.settings.clone() };
        let change = SiteChange { settings: Some(settings), ..SiteChange::default() };
        let site = app.store.change_site(site.id, change).await.expect("stored").expect("not refused");

        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let limits = afterword::web::accept::AcceptLimits::from(&app.config.server);
        let service = afterword::web::service(app.clone());
        let stopping = stopped.clone();
        tokio::spawn(
            async move { afterword::web::accept::serve(listener, service, &limits, stopping).await },
        );
        tokio::spawn(afterword::jobs::run(app.clone(), stopped));
        TestApp { app, clock, mailbox, address, site, stop, _directory: directory }
    }

    /// Tells the server to stop, as a signal would.
    pub fn stop(&self) {
        let _ = self.stop.send(true);
    }

    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        Request::new(self, method, path)
    }

    /// A request to `/api/v1/sites/blog` + `path`, as a page of the site sends it.
    pub fn site_request(&self, method: &str, path: &str) -> Request<'_> {
        self.request(method, &format!("/api/v1/sites/blog{path}")).origin(ORIGIN)
    }

    /// The first page of a thread as everybody sees it.
    pub async fn thread(&self, page: &str) -> serde_json::Value {
        self.site_request("GET", &format!("/thread?page={page}")).send().await.ok(200)
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A clock that stands still until it is moved.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn at(millis: i64) -> TestClock {
        TestClock(AtomicI64::new(millis))
    }

    pub fn forward(&self, by: Duration) {
        self.0.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }

    pub fn back(&self, by: Duration) {
        self.0.fetch_sub(by.as_millis() as i64, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that differ every time and are the same in every run.
#[derive(Default)]
pub struct TestChance(AtomicU64);

impl Chance for TestChance {
    fn fill(&self, bytes: &mut [u8]) {
        let turn = self.0.fetch_add(1, Ordering::SeqCst);
        blake3::Hasher::new().update(&turn.to_be_bytes()).finalize_xof().fill(bytes);
    }
}
