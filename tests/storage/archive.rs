//! Everything out, and in again elsewhere; and the copy that leaves behind what was deleted.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use afterword::domain::comments::{RemovedBy, Verdict};
use afterword::domain::identities::Profile;
use afterword::domain::{Identity, sessions::Scope};
use afterword::storage::accounts::LinkPurpose;
use afterword::storage::archive::Entity;
use afterword::storage::redb::{
    Draft, DraftError, Options, RedbStore, compact, compact_if_wished, is_compaction_wished, wish_compaction,
};
use afterword::storage::{Archive, Health, Sessions, Sites, Store};
use parking_lot::Mutex;

use crate::support::engines;
use crate::support::world::*;

fn options(directory: &Path) -> Options {
    Options { directory: directory.to_owned(), ..engines::options() }
}

async fn entities(store: &(impl Archive + ?Sized)) -> Vec<Entity> {
    let entities = Arc::new(Mutex::new(Vec::new()));
    let taking = entities.clone();
    let take = move |entity| {
        taking.lock().push(entity);
        Ok(())
    };
    store.export(Box::new(take)).await.unwrap();
    std::mem::take(&mut *entities.lock())
}

fn draft_of(directory: &Path, entities: &[Entity]) -> Draft {
    let mut draft = Draft::begin(directory).unwrap();
    for (line, entity) in (1..).zip(entities) {
        draft.put(line, entity.clone()).unwrap();
    }
    draft.finish().unwrap();
    draft
}

/// What any world holds comes back in a new file, and everything counted agrees with it.
pub async fn comes_back(store: &dyn Store) {
    let directory = tempfile::tempdir().unwrap();
    let before = entities(store).await;
    draft_of(directory.path(), &before).keep().unwrap();
    let again = RedbStore::open(options(directory.path())).unwrap();
    assert_eq!(entities(&*again).await, before);
    let audit = again.audit(false).await.unwrap();
    assert_eq!(audit.differences, Vec::<String>::new());
    again.close().await;
}

conformance! {
    async fn a_lively_site_comes_back_as_it_was(world: World) {
        let (ada, bob) = (world.member("Ada").await, world.guest("Bob"));
        let first = world.post(&ada, "first").await;
        let reply = world.reply(&bob, &first, "reply").await;
        world.hold(&bob, Some(&reply), "waits").await;
        world.like(first.id, &world.member("Cem").await, true).await.unwrap();
        world.edit(first.id, "edited", HELD).await;
        world.moderate(reply.id, Verdict::Spam).await.unwrap();
        world.moderate(first.id, Verdict::Pin).await.unwrap();
        let gone = world.post(&ada, "regretted").await;
        world.remove(gone.id, RemovedBy::Author).await;
        world.store.set_closed(world.site.id, first.thread, true, world.owner, world.now()).await.unwrap().unwrap();
        comes_back(&*world.store).await;
    }

    async fn an_export_holds_what_was_answered_before_and_nothing_that_comes_while_it_reads(world: World) {
        let ada = world.member("Ada").await;
        for n in 0..50 {
            world.post(&ada, &format!("before {n}")).await;
        }
        let (store, seen) = (world.store.clone(), Arc::new(Mutex::new(Vec::new())));
        let (reading, read_on) = std::sync::mpsc::channel::<()>();
        let (began, has_begun) = tokio::sync::oneshot::channel();
        let (taking, mut began) = (seen.clone(), Some(began));
        let take = move |entity| {
            if let Some(began) = began.take() {
                began.send(()).unwrap();
                // Held up here until the writes below were answered: they do not wait for it.
                reading_on(&read_on);
            }
            if let Entity::Comment(facts) = entity {
                taking.lock().push(said(&facts.comment));
            }
            Ok(())
        };
        let export = tokio::spawn(async move { store.export(Box::new(take)).await });
        has_begun.await.unwrap();
        for n in 0..50 {
            world.post(&ada, &format!("while {n}")).await;
        }
        reading.send(()).unwrap();
        export.await.unwrap().unwrap();
        let expected: Vec<String> = (0..50).map(|n| format!("before {n}")).collect();
        assert_eq!(*seen.lock(), expected);
    }

    async fn sessions_and_codes_do_not_come_back(world: World) {
        let (ada, then) = (world.member("Ada").await, world.now());
        let address = email("new@example.org");
        world.store.start_email_code(world.email_code(&address), test_notice(&address)).await.unwrap();
        assert!(!world.store.sessions_of(ada.account(), then).await.unwrap().is_empty());
        let directory = tempfile::tempdir().unwrap();
        draft_of(directory.path(), &entities(&*world.store).await).keep().unwrap();
        let again = RedbStore::open(options(directory.path())).unwrap();
        assert_eq!(again.sessions_of(ada.account(), then).await.unwrap().len(), 0);
        again.close().await;
    }
}

fn reading_on(read_on: &std::sync::mpsc::Receiver<()>) {
    read_on.recv().unwrap();
}

/// A directory with a world in a real file.
async fn on_disk() -> (tempfile::TempDir, World) {
    let directory = tempfile::tempdir().unwrap();
    let world = World::new(RedbStore::open(options(directory.path())).unwrap()).await;
    (directory, world)
}

fn names_in(directory: &Path) -> Vec<String> {
    let names = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = names.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_draft_takes_no_place_that_is_taken_and_leaves_nothing_behind_when_it_is_given_up() {
    let (directory, world) = on_disk().await;
    assert!(matches!(Draft::begin(directory.path()), Err(DraftError::Exists { .. })));
    let before = entities(&*world.store).await;
    world.store.close().await;

    let empty = tempfile::tempdir().unwrap();
    let draft = draft_of(empty.path(), &before);
    assert!(matches!(Draft::begin(empty.path()), Err(DraftError::Busy { .. })), "one at a time");
    drop(draft);
    assert_eq!(names_in(empty.path()), Vec::<String>::new());

    // Somebody starts a server there in the meantime: what it made stays.
    let draft = draft_of(empty.path(), &before);
    std::fs::write(empty.path().join("afterword.redb"), "somebody's").unwrap();
    assert!(matches!(draft.keep(), Err(DraftError::Exists { .. })));
    assert_eq!(std::fs::read(empty.path().join("afterword.redb")).unwrap(), b"somebody's");
    assert_eq!(names_in(empty.path()), ["afterword.redb"]);
}

#[tokio::test]
async fn a_compacted_file_holds_everything_but_what_was_deleted() {
    let (directory, world) = on_disk().await;
    let (ada, eve) = (world.member("Ada").await, world.guest("Eve"));
    let then = world.now();
    let secret = "an-unfortunate-sentence-that-was-removed";
    let kept = world.post(&ada, "a-sentence-that-stays").await;
    let mut draft = world.draft(&eve, None, secret);
    draft.sent_from.guest_email = Some(email("eve-who-left@example.org"));
    let removed = world.publish_new(draft).await;
    // So that pages are split and moved, and old copies of rows lie about.
    for n in 0..300 {
        world.post(&ada, &format!("a comment of some length, number {n}")).await;
    }
    world.remove(removed.id, RemovedBy::Author).await;
    world.pass(Duration::from_secs(31 * 24 * 60 * 60));
    while world.store.prune(world.now(), 100).await.unwrap() > 0 {}
    let before = entities(&*world.store).await;
    let sessions = world.store.sessions_of(ada.account(), then).await.unwrap().len();
    world.store.close().await;

    let file = directory.path().join("afterword.redb");
    let holds = |text: &str| {
        let bytes = std::fs::read(&file).unwrap();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    assert!(holds(secret), "the test deletes nothing that would stay in free pages");
    let done = compact(&options(directory.path())).unwrap();
    assert!(holds("a-sentence-that-stays"));
    assert!(!holds(secret) && !holds("eve-who-left"), "what was deleted is in the file");
    assert_eq!(done.bytes_after, std::fs::metadata(&file).unwrap().len());
    assert!(done.bytes_after < done.bytes_before, "{done:?}");
    assert_eq!(names_in(directory.path()), ["afterword.redb"]);

    let store = RedbStore::open(options(directory.path())).unwrap();
    assert_eq!(entities(&*store).await, before);
    assert_eq!(store.sessions_of(ada.account(), then).await.unwrap().len(), sessions, "nobody is signed out");
    assert!(store.audit(false).await.unwrap().differences.is_empty());
    // And it goes on from there.
    let mut world = World::empty(store.clone());
    world.site = store.site(&"blog".parse().unwrap()).unwrap();
    assert_eq!(world.post(&ada, "afterwards").await.thread, kept.thread);
    store.close().await;
}

/// Everything that somebody can take back is taken back; to delete an account as a whole is not possible yet.
#[tokio::test]
async fn no_byte_tells_of_an_address_a_name_or_a_network_that_was_taken_back() {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let (directory, world) = on_disk().await;
    let ada = world.member("Name-that-was-taken-back").await;
    let id = ada.account();
    let address = world.store.private_facts(id).await.unwrap().unwrap().email.unwrap();
    let identity = Identity {
        provider: "google".parse().unwrap(),
        issuer: "i".into(),
        subject: "subject-elsewhere".into(),
    };
    let profile = Profile {
        identity: identity.clone(),
        email: None,
        name: None,
        label: Some("@label-elsewhere".into()),
    };
    world.store.link_identity(id, profile, None, world.now()).await.unwrap().unwrap();
    let network: std::net::Ipv6Addr = "2001:db8:9f3a:71c5:e208:4b6d:a917:53fe".parse().unwrap();
    let mut draft = world.draft(&ada, None, "text-that-was-taken-back");
    draft.sent_from.ip = Some(network.into());
    draft.sent_from.user_agent = "browser-that-was-taken-back".into();
    let comment = world.publish_new(draft).await;
    world.edit(comment.id, "text-that-replaced-it", afterword::domain::Standing::Published).await;
    let others = world.member("Bob").await;
    for n in 0..300 {
        world.post(&others, &format!("a comment of some length, number {n}")).await;
    }

    let file = directory.path().join("afterword.redb");
    let traces: [&[u8]; 8] = [
        address.as_str().as_bytes(),
        b"Name-that-was-taken-back",
        b"text-that-was-taken-back",
        b"text-that-replaced-it",
        b"browser-that-was-taken-back",
        b"subject-elsewhere",
        b"label-elsewhere",
        &network.octets(),
    ];
    let found = || -> Vec<String> {
        let bytes = std::fs::read(&file).unwrap();
        let there = traces.iter().filter(|trace| bytes.windows(trace.len()).any(|window| window == **trace));
        there.map(|trace| String::from_utf8_lossy(trace).into_owned()).collect()
    };
    assert_eq!(found().len(), traces.len(), "it shows nothing if they were never there: {:?}", found());

    world.store.set_name(id, name("Somebody")).await.unwrap().unwrap();
    let token = world.token();
    let purpose = LinkPurpose::ConfirmEmail { account: id, email: email("somebody@example.org") };
    world.store.add_link(token, purpose, world.now()).await.unwrap();
    let session = world.session(id, Scope::FirstParty);
    world.store.change_email(token, id, session, world.now()).await.unwrap().unwrap();
    world.store.forget_identity(identity.key()).await.unwrap();
    world.remove(comment.id, RemovedBy::Author).await;
    for queued in world.store.due(world.now().plus(DAY), 100).await.unwrap() {
        world.store.done(queued.id).await.unwrap();
    }
    // Longer than anything is kept for a while, sessions included.
    world.pass(91 * DAY);
    while world.store.prune(world.now(), 100).await.unwrap() > 0 {}
    while world.store.prune_sessions(world.now(), 100).await.unwrap() > 0 {}
    world.store.close().await;
    compact(&options(directory.path())).unwrap();
    assert_eq!(found(), Vec::<String>::new(), "what was taken back is in the file");
}

#[tokio::test]
async fn a_wish_is_kept_until_it_is_done_and_nobody_compacts_under_a_server() {
    let (directory, world) = on_disk().await;
    assert!(compact_if_wished(&options(directory.path())).is_none());
    wish_compaction(directory.path()).unwrap();
    let locked = compact_if_wished(&options(directory.path())).unwrap();
    assert!(locked.unwrap_err().to_string().contains("in use"));
    assert!(is_compaction_wished(directory.path()));
    world.post(&world.stranger(), "written after the wish").await;
    let before = entities(&*world.store).await;
    world.store.close().await;

    // What a process that was killed in the middle left behind is in nobody's way.
    std::fs::write(directory.path().join("afterword.redb.compacting"), vec![7; 100_000]).unwrap();
    compact_if_wished(&options(directory.path())).unwrap().unwrap();
    assert!(!is_compaction_wished(directory.path()));
    assert_eq!(names_in(directory.path()), ["afterword.redb"]);
    let store = RedbStore::open(options(directory.path())).unwrap();
    assert_eq!(entities(&*store).await, before);
    store.close().await;
}

#[tokio::test]
async fn a_copy_that_would_take_the_reserve_is_given_up_and_the_file_stays() {
    let (directory, world) = on_disk().await;
    world.post(&world.stranger(), "stays").await;
    world.store.close().await;
    let file = directory.path().join("afterword.redb");
    let before = std::fs::read(&file).unwrap();
    let fault = compact(&Options { reserve_bytes: u64::MAX, ..options(directory.path()) }).unwrap_err();
    assert!(fault.to_string().contains("kept in reserve"), "{fault}");
    assert_eq!(names_in(directory.path()), ["afterword.redb"]);
    assert_eq!(std::fs::read(&file).unwrap().len(), before.len());
    RedbStore::open(options(directory.path())).unwrap().close().await;
}
