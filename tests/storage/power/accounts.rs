//! What people do around their accounts during an evening, and what the server does with its mail: each kind in its
//! turn, beginning with another one every evening.

use std::time::Duration;

use afterword::domain::accounts::TokenHash;
use afterword::domain::second_factors::{SecondProof, SharedSecret};
use afterword::domain::sessions::ROTATION_PERIOD;
use afterword::domain::sso::{TokenFault, Vouched};
use afterword::domain::*;
use afterword::storage::Store;
use afterword::storage::accounts::{PasswordChange, Ways};
use afterword::storage::second_factors::TurnedOn;
use afterword::storage::sites::SiteChange;

use super::cut::Dice;
use crate::support::world::*;

/// How many kinds there are.
pub const KINDS: u64 = 12;

/// Who has signed in so far, and with what.
#[derive(Clone)]
pub struct Accounts {
    people: Vec<AccountId>,
    tokens: Vec<TokenHash>,
    spent: Vec<Vouched>,
    first: u64,
    turn: u64,
}

impl Accounts {
    pub fn new(first: u64) -> Accounts {
        Accounts { people: vec![], tokens: vec![], spent: vec![], first, turn: 0 }
    }

    /// Does the next kind of thing. What is refused is part of it.
    pub async fn go_on(&mut self, world: &World) {
        self.turn += 1;
        if self.people.is_empty() {
            return self.sign_in(world).await;
        }
        let mut dice = Dice::new(self.first + self.turn);
        let who = self.people[dice.below(self.people.len())];
        let token = self.tokens[dice.below(self.tokens.len())];
        let (store, now) = (&world.store, world.now());
        match (self.first + self.turn) % KINDS {
            0 => self.sign_in(world).await,
            1 => {
                // Used, and an hour later rotated.
                let fresh = world.token();
                for hours in [0, 1] {
                    let _ = store.refresh(token, fresh, now.plus(hours * ROTATION_PERIOD)).await.unwrap();
                }
                self.tokens.push(fresh);
            }
            2 => self.change_password(world, who, Some("$argon2id$…")).await,
            3 => self.turn_on_second_factor(world, who).await,
            4 => self.arrive(world, dice.below(2)).await,
            5 => self.postpone_or_end_a_mail(world, true).await,
            6 => {
                if let Some(presented) = store.presented(token, now).await.unwrap() {
                    store.end_session(presented.session.id).await.unwrap();
                }
            }
            7 => drop(store.spend_second_proof(who, SecondProof::Step(self.turn + 100)).await.unwrap()),
            8 => self.change_site(world).await,
            9 => self.postpone_or_end_a_mail(world, false).await,
            10 => store.turn_off_second_factor(who, None, now).await.unwrap(),
            _ if dice.one_in(2) => drop(store.end_all_sessions(who).await.unwrap()),
            _ => self.change_password(world, who, None).await,
        }
    }

    async fn sign_in(&mut self, world: &World) {
        let new = AccountId::from_random(world.unique());
        let address = email(&format!("{}@example.org", new.0.simple()));
        let code = world.email_code(&address);
        world.store.start_email_code(code.clone(), test_notice(&address)).await.unwrap();
        let session = world.widget_session(new);
        let token = session.refresh;
        let signed_in = world.store.redeem_email_code(presented(&code), new, session, world.now()).await;
        signed_in.unwrap().unwrap();
        world.store.set_name(new, name("Mia")).await.unwrap().unwrap();
        self.people.push(new);
        self.tokens.push(token);
    }

    async fn change_password(&mut self, world: &World, who: AccountId, password: Option<&str>) {
        let change = PasswordChange {
            password: password.map(|phc| format!("{phc}{}", self.turn)),
            is_short: false,
            ways: Ways { mail: true, providers: vec![] },
            session: world.widget_session(who),
            tell: Some(test_notice(&email("mia@example.org"))),
            at: world.now(),
        };
        self.tokens.push(change.session.refresh);
        let _ = world.store.change_password(who, change).await.unwrap();
    }

    async fn turn_on_second_factor(&mut self, world: &World, who: AccountId) {
        let secret = SharedSecret(world.unique::<20>().to_vec());
        let on = TurnedOn {
            secret: secret.clone(),
            step: 7,
            recovery: vec![world.token(), world.token()],
            session: world.widget_session(who),
            tell: None,
            at: world.now(),
        };
        self.tokens.push(on.session.refresh);
        let _ = world.store.offer_second_factor(who, secret).await.unwrap();
        let _ = world.store.turn_on_second_factor(who, on).await.unwrap();
    }

    /// Somebody whom the site vouches for, now and then under another name.
    async fn arrive(&mut self, world: &World, subject: usize) {
        let vouched = Vouched {
            identity: Identity::of_site(world.site.id, subject.to_string()),
            name: Some(name(&format!("Ada {}", self.turn / KINDS))),
            role: Some(Role::Moderator),
            token_id: self.turn.to_string(),
            expires_at: world.now().plus(Duration::from_secs(300)),
        };
        let new = AccountId::from_random(world.unique());
        let session = world.widget_session(new);
        self.tokens.push(session.refresh);
        let arrived =
            world.store.sign_in_by_site(world.site.id, vouched.clone(), new, session, world.now()).await;
        self.people.push(arrived.unwrap().unwrap().0.id);
        self.spent.push(vouched);
    }

    async fn postpone_or_end_a_mail(&self, world: &World, done: bool) {
        let due = world.store.due(Timestamp::from_millis(i64::MAX), 2).await.unwrap();
        for queued in due {
            if done {
                world.store.done(queued.id).await.unwrap();
            } else {
                world.store.postpone(queued.id, world.now().plus(ROTATION_PERIOD)).await.unwrap();
            }
        }
    }

    async fn change_site(&self, world: &World) {
        let settings = SiteSettings { guests: self.turn.is_multiple_of(2), ..SiteSettings::default() };
        let change = SiteChange {
            name: Some(name(&format!("Blog {}", self.turn))),
            settings: Some(settings),
            ..SiteChange::default()
        };
        world.store.change_site(world.site.id, change).await.unwrap().unwrap();
    }

    /// All that can be read of it, as text.
    pub async fn told(&self, world: &World, store: &dyn Store) -> Vec<String> {
        let mut told = vec![format!("{:?}", store.site_by_id(world.site.id))];
        let (now, later) = (world.now(), Timestamp::from_millis(i64::MAX));
        told.push(format!("{:?}", store.due(later, 1_000).await.unwrap()));
        for who in &self.people {
            let account = store.account(*who).await.unwrap();
            let member = store.member(world.site.id, *who).await.unwrap();
            let facts = store.private_facts(*who).await.unwrap();
            told.push(format!("{account:?} {member:?} {facts:?}"));
            told.push(format!("{:?}", store.sessions_of(*who, now).await.unwrap()));
        }
        for token in &self.tokens {
            told.push(format!("{:?}", store.presented(*token, now).await.unwrap()));
        }
        told
    }

    /// Asserts that no token is good again.
    pub async fn are_spent(&self, world: &World, store: &dyn Store) {
        for vouched in &self.spent {
            let new = AccountId::from_random(world.unique());
            let session = world.widget_session(new);
            let again =
                store.sign_in_by_site(world.site.id, vouched.clone(), new, session, world.now()).await;
            assert_eq!(again.unwrap().map(drop), Err(Refusal::SsoRefused(TokenFault::Used)));
        }
    }
}
