//! Who is staff is kept in memory: whoever names somebody, on which site so ever, shows at once on all of theirs.

use std::time::Duration;

use afterword::domain::sso::Vouched;
use afterword::domain::*;

use crate::support::world::*;

impl World {
    /// An account of this address that has no name yet.
    async fn nameless(&self, address: &str) -> AccountId {
        let code = self.email_code(&email(address));
        self.store.start_email_code(code.clone(), test_notice(&email(address))).await.unwrap();
        let new = AccountId::from_random(self.unique());
        let signed_in =
            self.store.redeem_email_code(presented(&code), new, self.widget_session(new), self.now()).await;
        signed_in.unwrap().unwrap().0.id
    }

    /// Moderates here and on another site, whose staff is in memory by then.
    async fn moderates(&self, account: AccountId) -> [SiteId; 2] {
        let sites = [self.site.id, self.add_site("other").await.id];
        for site in sites {
            let member = Member { role: Role::Moderator, ..Member::new(site, account, self.now()) };
            self.store.set_member(member).await.unwrap();
            self.called(site, account).await;
        }
        sites
    }

    async fn called(&self, site: SiteId, account: AccountId) -> Option<String> {
        let staff = self.store.staff(site).await.unwrap();
        let found = staff.iter().find(|staff| staff.account == account).expect("one of the staff");
        found.name.as_ref().map(Name::to_string)
    }

    async fn is_called(&self, sites: [SiteId; 2], account: AccountId, name: &str) {
        for site in sites {
            assert_eq!(self.called(site, account).await.as_deref(), Some(name), "{site:?}");
        }
    }
}

conformance! {
    async fn who_takes_a_name_has_it_on_all_their_sites(world: World) {
        let zoe = world.member("Zoe").await.account();
        let sites = world.moderates(zoe).await;
        world.store.set_name(zoe, name("Zoya")).await.unwrap().unwrap();
        world.is_called(sites, zoe, "Zoya").await;
    }

    async fn who_becomes_an_operator_has_that_name_on_all_their_sites(world: World) {
        let zoe = world.nameless("zoe@example.org").await;
        let sites = world.moderates(zoe).await;
        let made = world.store.add_operator(zoe, name("Zoya"), email("zoe@example.org"), world.now()).await;
        assert_eq!(made.unwrap().unwrap().id, zoe);
        world.is_called(sites, zoe, "Zoya").await;
    }

    async fn who_was_a_guest_has_their_name_on_all_their_sites(world: World) {
        let gil = world.nameless("gil@example.org").await;
        let sites = world.moderates(gil).await;
        let guest = world.guest("Gil");
        world.post(&guest, "as a guest").await;
        assert_eq!(world.claim_as("gil@example.org", &guest).await.account.id, gil);
        world.is_called(sites, gil, "Gil").await;
    }

    async fn whom_a_site_names_has_that_name_on_all_their_sites(world: World) {
        let arrive = async |called: &str| {
            let vouched = Vouched {
                identity: Identity::of_site(world.site.id, "1".into()),
                name: Some(name(called)),
                role: None,
                token_id: called.into(),
                expires_at: world.now().plus(Duration::from_secs(300)),
            };
            let new = AccountId::from_random(world.unique());
            let session = world.widget_session(new);
            let arrived = world.store.sign_in_by_site(world.site.id, vouched, new, session, world.now()).await;
            arrived.unwrap().unwrap().0.id
        };
        let ada = arrive("Ada").await;
        let sites = world.moderates(ada).await;
        arrive("Adele").await;
        world.is_called(sites, ada, "Adele").await;
        world.audit().await;
    }
}
