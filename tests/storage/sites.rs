//! Sites, members, refused origins, and the outbox.

use std::time::Duration;

use afterword::domain::sso::{Check, SigningKey, SingleSignOn};
use afterword::domain::*;
use afterword::storage::sites::{Sighting, SiteChange};

use crate::support::world::*;

conformance! {
    async fn a_site_is_found_by_key_and_id_as_soon_as_it_is_added(world: World) {
        let site = world.add_site("second").await;
        assert_eq!(world.store.site(&"second".parse().unwrap()), Some(site.clone()));
        assert_eq!(world.store.site_by_id(site.id), Some(site.clone()));
        assert_ne!(site.id, world.site.id);
        let keys: Vec<String> = world.store.sites().iter().map(|it| it.key.to_string()).collect();
        assert_eq!(keys, ["blog", "second"]);
        assert_eq!(world.store.site(&"third".parse().unwrap()), None);
        world.audit().await;
    }

    async fn a_key_is_taken_once_and_its_owner_is_a_member(world: World) {
        let again = world
            .store
            .add_site("blog".parse().unwrap(), name("Again"), vec![], None, None, world.now())
            .await;
        assert_eq!(again.unwrap(), Err(Refusal::SiteExists));
        let member = world.store.member(world.site.id, world.owner).await.unwrap().unwrap();
        assert_eq!(member.role, Role::Owner);
    }

    async fn a_change_is_in_memory_when_it_is_answered_and_moves_the_version(world: World) {
        let settings = SiteSettings { guests: false, keep_query: vec!["p".into()], ..SiteSettings::default() };
        let key = |id: &str, check| SigningKey { id: id.to_owned(), check };
        let sso = SingleSignOn::new(key("a", Check::Es256([4; 65])), world.now())
            .changed_to(key("b", Check::EdDsa([5; 32])), world.now())
            .changed_to(key("c", Check::Hs256("secret".to_owned())), world.now());
        let change = SiteChange {
            name: Some(name("New name")),
            origins: Some(vec![origin("https://new.example")]),
            development_until: Some(Some(world.now())),
            settings: Some(settings.clone()),
            sso: Some(Some(sso.clone())),
        };
        let changed = world.store.change_site(world.site.id, change).await.unwrap().unwrap();
        assert_eq!(world.store.site(&world.site.key), Some(changed.clone()));
        assert_eq!(changed.version, world.site.version.next());
        assert_eq!((&changed.settings, changed.development_until), (&settings, Some(world.now())));
        assert_eq!(changed.sso.as_ref(), Some(&sso));
        let nothing = world.store.change_site(world.site.id, SiteChange::default()).await.unwrap().unwrap();
        assert_eq!(Site { version: changed.version, ..Site::clone(&nothing) }, *changed);
        let unknown = world.store.change_site(SiteId(99), SiteChange::default()).await.unwrap();
        assert_eq!(unknown, Err(Refusal::UnknownSite));
    }

    async fn a_role_moves_the_version_and_keeps_what_was_counted(world: World) {
        let ada = world.member("Ada").await;
        world.post(&ada, "hello").await;
        let before = world.store.site_by_id(world.site.id).unwrap().version;
        let member = Member {
            role: Role::Moderator,
            standing: MemberStanding::SuspendedUntil(world.now()),
            ..Member::new(world.site.id, ada.account(), Timestamp::EPOCH)
        };
        world.store.set_member(member.clone()).await.unwrap();
        let stored = world.store.member(world.site.id, ada.account()).await.unwrap().unwrap();
        assert_eq!((stored.role, stored.standing, stored.published), (member.role, member.standing, 1));
        assert_ne!(stored.joined_at, Timestamp::EPOCH);
        assert_eq!(world.store.site_by_id(world.site.id).unwrap().version, before.next());
        let page = world.first_page(ThreadId(1), Order::Oldest, WHOLE).await;
        assert_eq!(page.names.get(&ada.account()).unwrap().role, Role::Moderator);
        world.audit().await;
    }

    async fn staff_are_listed_by_role_then_name(world: World) {
        for (called, role) in [("Zoe", Role::Moderator), ("Vi", Role::Viewer), ("Abe", Role::Moderator), ("No", Role::None)] {
            let id = world.member(called).await.account();
            let member = Member { role, ..Member::new(world.site.id, id, world.now()) };
            world.store.set_member(member).await.unwrap();
        }
        let staff = world.store.staff(world.site.id).await.unwrap();
        let names: Vec<String> = staff.iter().map(|staff| staff.name.as_ref().unwrap().to_string()).collect();
        assert_eq!(names, ["Olga", "Abe", "Zoe", "Vi"]);
        let other = world.add_site("other").await;
        assert_eq!(world.store.staff(other.id).await.unwrap().len(), 1);
    }

    async fn who_is_staff_and_under_which_name_shows_at_once(world: World) {
        let zoe = world.member("Zoe").await.account();
        let names = async || {
            let staff = world.store.staff(world.site.id).await.unwrap();
            staff.iter().map(|staff| staff.name.as_ref().unwrap().to_string()).collect::<Vec<_>>()
        };
        let given = |role| Member { role, ..Member::new(world.site.id, zoe, world.now()) };
        assert_eq!(names().await, ["Olga"]);
        world.store.set_member(given(Role::Moderator)).await.unwrap();
        assert_eq!(names().await, ["Olga", "Zoe"]);
        world.store.set_name(zoe, name("Zoya")).await.unwrap().unwrap();
        assert_eq!(names().await, ["Olga", "Zoya"]);
        world.store.set_member(given(Role::None)).await.unwrap();
        assert_eq!(names().await, ["Olga"]);
    }

    async fn the_latest_twenty_refused_origins_are_kept_until_they_are_allowed(world: World) {
        let seen = |n: i64| Sighting {
            origin: origin(&format!("https://{n}.example")),
            at: Timestamp::from_millis(n),
        };
        world.store.note_refused_origins(world.site.id, (0..25).map(seen).collect()).await.unwrap();
        let again = Sighting { at: Timestamp::from_millis(100), ..seen(6) };
        world.store.note_refused_origins(world.site.id, vec![again.clone()]).await.unwrap();
        let kept = world.store.refused_origins(world.site.id).await.unwrap();
        assert_eq!(kept.len(), 20);
        assert_eq!(kept[..2], [again, seen(24)]);
        let change = SiteChange { origins: Some(vec![seen(6).origin]), ..SiteChange::default() };
        world.store.change_site(world.site.id, change).await.unwrap().unwrap();
        let kept = world.store.refused_origins(world.site.id).await.unwrap();
        assert_eq!((kept.len(), &kept[0]), (19, &seen(24)));
        let other = world.add_site("other").await;
        assert_eq!(world.store.refused_origins(other.id).await.unwrap(), []);
    }

    async fn notices_come_out_the_longest_due_first_and_go_when_they_are_done(world: World) {
        for queued in world.store.due(world.now(), 100).await.unwrap() {
            world.store.done(queued.id).await.unwrap();
        }
        assert_eq!(world.store.next_due().await.unwrap(), None);
        let at = |seconds| world.now().plus(Duration::from_secs(seconds));
        let mut ids = vec![];
        for seconds in [30, 10, 20, 10] {
            let notice = test_notice(&email("ada@example.org"));
            ids.push(world.store.queue(notice, at(seconds)).await.unwrap());
        }
        let due = async |now, limit| {
            let due = world.store.due(now, limit).await.unwrap();
            due.into_iter().map(|it| (it.id, it.tries)).collect::<Vec<_>>()
        };
        assert_eq!(due(at(9), 10).await, []);
        assert_eq!(world.store.next_due().await.unwrap(), Some(at(10)));
        assert_eq!(due(at(25), 10).await, [(ids[1], 0), (ids[3], 0), (ids[2], 0)]);
        assert_eq!(due(at(25), 1).await, [(ids[1], 0)]);
        world.store.postpone(ids[1], at(60)).await.unwrap();
        world.store.done(ids[3]).await.unwrap();
        world.store.done(ids[3]).await.unwrap();
        world.store.postpone(ids[3], at(1)).await.unwrap();
        assert_eq!(due(at(99), 10).await, [(ids[2], 0), (ids[0], 0), (ids[1], 1)]);
        world.audit().await;
    }
}
