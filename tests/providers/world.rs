//! One provider on one clock, and a sign-in at it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use afterword::config::Secret;
use afterword::config::providers::{AppleKey, ProviderKind, ProviderSettings};
use afterword::domain::{Profile, Timestamp};
use afterword::outside::http::names::SystemNames;
use afterword::outside::http::{Http, Parts};
use afterword::outside::providers::{Back, Departure, Provider, ProviderError, build};

use crate::idp::{APPLE_KEY, APPLE_TEAM, CLIENT_ID, CLIENT_SECRET, Idp, Switch, browser, keys};

pub const KINDS: &[(ProviderKind, &str)] = &[
    (ProviderKind::Oidc, "oidc"),
    (ProviderKind::Google, "google"),
    (ProviderKind::Microsoft, "microsoft"),
    (ProviderKind::Apple, "apple"),
    (ProviderKind::GitLab, "gitlab"),
    (ProviderKind::Telegram, "telegram"),
    (ProviderKind::Twitch, "twitch"),
];

/// Those without ID tokens.
pub const OAUTH_KINDS: &[(ProviderKind, &str)] = &[
    (ProviderKind::GitHub, "github"),
    (ProviderKind::WordPressCom, "wordpress-com"),
    (ProviderKind::X, "x"),
    (ProviderKind::Facebook, "facebook"),
    (ProviderKind::Discord, "discord"),
    (ProviderKind::Mastodon, "mastodon"),
    (ProviderKind::Patreon, "patreon"),
];

pub struct World {
    pub idp: Idp,
    pub clock: Arc<AtomicI64>,
    pub http: Http,
    sign_ins: AtomicU64,
}

impl World {
    pub async fn new() -> World {
        World::with_deadline(Duration::from_secs(20)).await
    }

    /// A client that is as patient as `deadline`. Long where a test is not about that: the machine may be busy.
    pub async fn with_deadline(deadline: Duration) -> World {
        let clock = Arc::new(AtomicI64::new(1_790_000_000_000));
        let theirs = clock.clone();
        let idp = Idp::start(Arc::new(move || theirs.load(Ordering::SeqCst) / 1000)).await;
        let parts = Parts { names: Arc::new(SystemNames), deadline };
        let http = Http::with("https://comments.example", parts).expect("a client");
        World { idp, clock, http, sign_ins: AtomicU64::new(1) }
    }

    pub fn forward(&self, by: Duration) {
        self.clock.fetch_add(by.as_millis() as i64, Ordering::SeqCst);
    }

    pub fn settings(&self, kind: ProviderKind, dialect: &str) -> ProviderSettings {
        let base = self.idp.base(dialect).parse().expect("an address");
        let apple = (kind == ProviderKind::Apple).then(|| AppleKey {
            team_id: APPLE_TEAM.into(),
            key_id: APPLE_KEY.into(),
            private_key: Secret(keys::APPLE_CLIENT.into()),
            key_file: "AuthKey.p8".into(),
        });
        ProviderSettings {
            id: dialect.parse().expect("a provider's name"),
            kind,
            name: None,
            icon: None,
            client_id: CLIENT_ID.into(),
            client_secret: Some(Secret(CLIENT_SECRET.into())),
            client_secret_file: None,
            issuer: None,
            base_url: Some(base),
            trust_email: None,
            tenant: None,
            apple,
        }
    }

    pub fn built(&self, settings: &ProviderSettings) -> Arc<dyn Provider> {
        self.built_with(settings, &self.http)
    }

    pub fn built_with(&self, settings: &ProviderSettings, http: &Http) -> Arc<dyn Provider> {
        let clock = self.clock.clone();
        let now = move || Timestamp::from_millis(clock.load(Ordering::SeqCst));
        build(settings, http, &(Arc::new(now) as _)).expect("settings that fit")
    }

    pub fn provider(&self, kind: ProviderKind) -> Arc<dyn Provider> {
        let (_, dialect) =
            KINDS.iter().chain(OAUTH_KINDS).find(|(known, _)| *known == kind).expect("a row in the table");
        self.built(&self.settings(kind, dialect))
    }

    pub fn oidc(&self) -> Arc<dyn Provider> {
        self.provider(ProviderKind::Oidc)
    }

    /// What a sign-in is bound to; different every time.
    pub fn departure(&self, provider: &dyn Provider) -> Departure {
        let turn = self.sign_ins.fetch_add(1, Ordering::SeqCst);
        Departure {
            redirect_uri: format!("https://comments.example/auth/cb/{}", provider.id()),
            state: format!("state-{turn:0>37}"),
            nonce: format!("nonce-{turn:0>37}"),
            verifier: format!("verifier-{turn:0>34}"),
            server: None,
        }
    }

    /// The whole way: there, "Continue", and back.
    pub async fn sign_in(&self, provider: &dyn Provider) -> Result<Profile, ProviderError> {
        let departure = self.departure(provider);
        let sent = provider.begin(&departure).await?;
        let back = browser::consent(&sent.location).await;
        provider.finish(&departure, &sent.memo, back).await
    }

    /// As far as coming back.
    pub async fn come_back(&self, provider: &dyn Provider) -> (Departure, String, Back) {
        let departure = self.departure(provider);
        let sent = provider.begin(&departure).await.expect("on the way");
        let back = browser::consent(&sent.location).await;
        (departure, sent.memo, back)
    }

    /// Nobody is signed in, and the provider is to blame.
    pub async fn refuses(&self, provider: &dyn Provider, switch: Switch) -> String {
        self.idp.turn_on(switch);
        let result = self.sign_in(provider).await;
        self.idp.turn_off(switch);
        match result {
            Err(ProviderError::Refused(why)) => why,
            other => panic!("{switch:?} must be refused, and was {other:?}"),
        }
    }
}
