//! What every part of the running server shares: the store, the configuration, and the things that make it hard to
//! test if they are ambient: time, chance, the mailer.

use std::sync::Arc;

use crate::actions::Limits;
use crate::actions::access_tokens::AccessTokens;
use crate::actions::guests::GuestWork;
use crate::actions::passwords::PasswordChecker;
use crate::actions::popup::Sealer;
use crate::actions::senders::Senders;
use crate::actions::sightings::Sightings;
use crate::config::Config;
use crate::domain::Timestamp;
use crate::jobs::Wakeup;
use crate::outside::Mailer;
use crate::outside::providers::Providers;
use crate::storage::Store;

/// The time. Tests move it.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// Random bytes fit for secrets.
pub trait Chance: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// `N` random bytes.
pub fn random<const N: usize>(chance: &dyn Chance) -> [u8; N] {
    let mut bytes = [0; N];
    chance.fill(&mut bytes);
    bytes
}

/// What differs between the real server, the demo and a test.
pub struct Parts {
    pub config: Arc<Config>,
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    pub mailer: Option<Arc<dyn Mailer>>,
    pub providers: Providers,
}

impl App {
    pub fn new(parts: Parts) -> Arc<App> {
        let Parts { config, store, clock, chance, mailer, providers } = parts;
        Arc::new(App {
            limits: Limits::new(&config.limits, &clock),
            access_tokens: AccessTokens::default(),
            guest_work: GuestWork::new(&*chance),
            passwords: PasswordChecker::new(&*chance),
            sealer: Sealer::new(&*chance),
            sightings: Sightings::default(),
            senders: Senders::default(),
            wakeup: Wakeup::default(),
            config,
            store,
            clock,
            chance,
            mailer,
            providers,
        })
    }
}

pub struct App {
    pub config: Arc<Config>,
    pub store: Arc<dyn Store>,
    pub clock: Arc<dyn Clock>,
    pub chance: Arc<dyn Chance>,
    /// `None`: no mail can be sent, and sign-in by e-mail is hidden.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// Where people can sign in with an account they have; in the order in which they are offered.
    pub providers: Providers,
    pub limits: Limits,
    pub access_tokens: AccessTokens,
    /// What guests' browsers were asked to do, and did.
    pub guest_work: GuestWork,
    pub passwords: PasswordChecker,
    /// Seals sign-ins under way into cookies.
    pub sealer: Sealer,
    pub sightings: Sightings,
    pub senders: Senders,
    pub wakeup: Wakeup,
}
