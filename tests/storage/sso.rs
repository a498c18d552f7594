//! Whom a site vouches for.

use std::time::Duration;

use afterword::domain::sso::{TokenFault, Vouched};
use afterword::domain::*;

use crate::support::world::*;

fn vouched(world: &World, site: SiteId, subject: &str, token: &str) -> Vouched {
    Vouched {
        identity: Identity::of_site(site, subject.into()),
        name: Some(name("Ada")),
        role: None,
        token_id: token.into(),
        expires_at: world.now().plus(Duration::from_secs(300)),
    }
}

async fn sign_in(world: &World, site: SiteId, vouched: Vouched) -> Result<AccountId, Refusal> {
    let new = AccountId::from_random(world.unique());
    let signed_in =
        world.store.sign_in_by_site(site, vouched, new, world.widget_session(new), world.now()).await;
    signed_in.unwrap().map(|(account, session)| {
        assert_eq!(session.account, account.id);
        account.id
    })
}

conformance! {
    async fn a_token_signs_in_once_on_each_site(world: World) {
        let (blog, other) = (world.site.id, world.add_site("other").await.id);
        let ada = sign_in(&world, blog, vouched(&world, blog, "1", "t1")).await.unwrap();
        let used = Err(Refusal::SsoRefused(TokenFault::Used));
        assert_eq!(sign_in(&world, blog, vouched(&world, blog, "1", "t1")).await, used);
        assert_eq!(sign_in(&world, blog, vouched(&world, blog, "2", "t1")).await, used);
        // Sites do not know each other's tokens, nor each other's members.
        let namesake = sign_in(&world, other, vouched(&world, other, "1", "t1")).await.unwrap();
        assert_ne!(namesake, ada);
        assert_eq!(sign_in(&world, blog, vouched(&world, blog, "1", "t2")).await, Ok(ada));
        assert_eq!(world.store.account_of(&Identity::of_site(blog, "1".into())).await.unwrap(), Some(ada));
        world.audit().await;
    }

    async fn who_is_banned_is_refused_and_their_token_is_not_used_up(world: World) {
        let blog = world.site.id;
        let eve = sign_in(&world, blog, vouched(&world, blog, "eve", "t1")).await.unwrap();
        let member = Member::new(blog, eve, world.now());
        let stand = async |standing| {
            world.store.set_member(Member { standing, ..member.clone() }).await.unwrap();
        };
        stand(MemberStanding::Banned).await;
        assert_eq!(sign_in(&world, blog, vouched(&world, blog, "eve", "t2")).await, Err(Refusal::Banned));
        stand(MemberStanding::Normal).await;
        assert_eq!(sign_in(&world, blog, vouched(&world, blog, "eve", "t2")).await, Ok(eve));
    }

    async fn a_token_gives_a_role_but_makes_or_unmakes_no_owner(world: World) {
        let blog = world.site.id;
        let with = |role, token| Vouched { role: Some(role), ..vouched(&world, blog, "1", token) };
        let ada = sign_in(&world, blog, with(Role::Moderator, "t1")).await.unwrap();
        let role = async || world.store.member(blog, ada).await.unwrap().unwrap().role;
        assert_eq!(role().await, Role::Moderator);
        sign_in(&world, blog, with(Role::Owner, "t2")).await.unwrap();
        assert_eq!(role().await, Role::Moderator);
        let owner = Member { role: Role::Owner, ..Member::new(blog, ada, world.now()) };
        world.store.set_member(owner).await.unwrap();
        sign_in(&world, blog, with(Role::None, "t3")).await.unwrap();
        assert_eq!(role().await, Role::Owner);
    }
}
