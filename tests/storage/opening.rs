//! Opening a data file: what is there stays, what is refused is not changed, what older versions wrote is read.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use afterword::domain::departures::Proof;
use afterword::domain::*;
use afterword::storage::redb::{FILE, OpenError, Options, RedbStore, check_schema};
use afterword::storage::{Accounts, Health, Identities, MailLinks, Sessions, Sites, Threads};
use redb::{Database, TableDefinition};

use crate::support::engines;
use crate::support::world::*;

const META: TableDefinition<&[u8], u64> = TableDefinition::new("meta-1");

fn in_directory(directory: &Path) -> Options {
    Options { directory: directory.to_owned(), ..engines::options() }
}

fn open(directory: &Path) -> Result<Arc<RedbStore>, OpenError> {
    RedbStore::open(in_directory(directory))
}

/// Opens what must be refused.
fn refusal(directory: &Path) -> OpenError {
    match open(directory) {
        Ok(_) => panic!("it was opened"),
        Err(error) => error,
    }
}

/// A data file with one comment, closed.
async fn written(directory: &Path) -> Comment {
    let store = open(directory).unwrap();
    let world = World::new(store.clone()).await;
    let ada = world.member("Ada").await;
    let comment = world.post(&ada, "still here").await;
    store.close().await;
    comment
}

#[tokio::test]
async fn what_was_written_is_there_after_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let comment = written(directory.path()).await;
    let store = open(&directory.path().join("")).unwrap();
    let site = store.site(&"blog".parse().unwrap()).expect("sites are in memory from the start");
    let head = store.head(site.id, &page("/post")).await.unwrap().unwrap();
    assert_eq!(head.thread, comment.thread);
    let found = store.thread_page(head.thread, Order::Oldest, None, WHOLE).await.unwrap().unwrap();
    assert_eq!(found.conversations[0].comments, [comment]);
    assert_eq!(store.audit(false).await.unwrap().differences, Vec::<String>::new());
}

#[tokio::test]
async fn the_directory_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let inside = directory.path().join("a/b/c");
    open(&inside).unwrap();
    assert!(inside.join(FILE).is_file());
}

#[test]
fn a_directory_that_cannot_be_made_is_refused_in_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let blocked = directory.path().join("file");
    fs::write(&blocked, "not a directory").unwrap();
    let error = refusal(&blocked.join("data"));
    assert!(matches!(error, OpenError::Directory { .. }), "{error:?}");
    assert!(error.to_string().contains("cannot be made or written"), "{error}");
}

#[tokio::test]
async fn a_file_that_another_has_open_is_refused_and_free_again_when_that_is_closed_or_gone() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let error = refusal(directory.path());
    assert!(matches!(error, OpenError::Locked { .. }), "{error:?}");
    assert!(error.to_string().contains("in use by another process"), "{error}");
    store.close().await;
    let second = open(directory.path()).unwrap();
    drop(second);
    open(directory.path()).unwrap();
}

/// Files that are no data files, and what they are.
fn strangers() -> Vec<(&'static str, Vec<u8>)> {
    let noise: Vec<u8> =
        (0..100_000u32).map(|n| u8::try_from(n.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect();
    vec![
        ("a text", b"Dear diary".to_vec()),
        ("one byte", vec![0]),
        ("noise", noise),
        ("zeros", vec![0; 1 << 20]),
        ("a database of another kind", b"SQLite format 3\0".repeat(1_000)),
    ]
}

#[test]
fn a_file_that_is_no_data_file_is_refused_and_left_as_it_is() {
    for (what, bytes) in strangers() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(FILE);
        fs::write(&file, &bytes).unwrap();
        let error = refusal(directory.path());
        assert!(matches!(error, OpenError::NotADataFile { .. }), "{what}: {error:?}");
        assert!(error.to_string().contains("is not an Afterword data file"), "{error}");
        assert_eq!(fs::read(&file).unwrap(), bytes, "{what} was changed");
    }
}

/// As a later version would leave it.
fn make_newer(file: &Path) {
    let database = Database::open(file).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(META).unwrap().insert(&b"schema_version"[..], 999).unwrap();
    transaction.commit().unwrap();
}

#[tokio::test]
async fn a_newer_file_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path()).await;
    let file = directory.path().join(FILE);
    make_newer(&file);
    let before = fs::read(&file).unwrap();
    let error = refusal(directory.path());
    assert!(matches!(error, OpenError::Newer { found: 999, known: 2, .. }), "{error:?}");
    assert!(error.to_string().contains("run a newer Afterword"), "{error}");
    assert_eq!(check_schema(directory.path()).unwrap().found, Some(999));
    assert!(fs::read(&file).unwrap() == before, "it was changed");
}

#[tokio::test]
async fn a_newer_file_that_was_not_closed_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path()).await;
    make_newer(&directory.path().join(FILE));
    // Open, and copied while it is: as after a crash.
    let open = Database::open(directory.path().join(FILE)).unwrap();
    let mut transaction = open.begin_write().unwrap();
    transaction.set_quick_repair(true);
    transaction.open_table(META).unwrap().insert(&b"more"[..], 1).unwrap();
    transaction.commit().unwrap();
    let crashed = tempfile::tempdir().unwrap();
    let file = crashed.path().join(FILE);
    fs::copy(directory.path().join(FILE), &file).unwrap();
    let before = fs::read(&file).unwrap();
    assert!(matches!(refusal(crashed.path()), OpenError::Newer { .. }));
    assert!(fs::read(&file).unwrap() == before, "it was changed");
}

#[tokio::test]
async fn a_schema_is_told_without_changing_anything() {
    let directory = tempfile::tempdir().unwrap();
    let none = check_schema(directory.path()).unwrap();
    assert_eq!((none.found, none.known, none.pending), (None, 2, vec!["0001_begin", "0002_identities"]));
    assert!(!directory.path().join(FILE).exists());
    written(directory.path()).await;
    let before = fs::read(directory.path().join(FILE)).unwrap();
    let current = check_schema(directory.path()).unwrap();
    assert_eq!((current.found, current.pending), (Some(2), vec![]));
    assert!(fs::read(directory.path().join(FILE)).unwrap() == before);
}

/// The first start was cut short before the engine had made its file: nobody has to move that away by hand.
#[tokio::test]
async fn a_file_that_a_start_had_only_begun_to_make_is_taken_for_none() {
    const LENGTH: usize = 18 * 4_096;
    let header = [&[0; 9][..], &[0x42; 311], &[0; LENGTH - 320]].concat();
    for begun in [vec![0; LENGTH], header.clone()] {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(FILE), begun).unwrap();
        assert_eq!(check_schema(directory.path()).unwrap().found, None);
        written(directory.path()).await;
    }
    // With anything behind the header it is somebody's.
    for at in [0, 320, 4_096, LENGTH - 1] {
        let directory = tempfile::tempdir().unwrap();
        let mut theirs = header.clone();
        theirs[at] = 1;
        fs::write(directory.path().join(FILE), &theirs).unwrap();
        let refusal = refusal(directory.path());
        assert!(matches!(refusal, OpenError::NotADataFile { .. }), "{refusal:?}");
        assert_eq!(fs::read(directory.path().join(FILE)).unwrap(), theirs, "left as it is");
    }
}

#[tokio::test]
async fn an_empty_file_is_taken_for_none() {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(FILE), "").unwrap();
    written(directory.path()).await;
}

fn golden(version: u64) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/schema-{version}.redb.gz"))
}

/// The golden file of a version.
pub fn unpacked(version: u64) -> Vec<u8> {
    let packed = fs::File::open(golden(version)).unwrap();
    let mut bytes = vec![];
    flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes).unwrap();
    bytes
}

/// The same in a directory.
fn unpack(version: u64, directory: &Path) {
    fs::write(directory.join(FILE), unpacked(version)).unwrap();
}

#[tokio::test]
async fn a_file_of_schema_1_opens_and_reads_and_can_be_written() {
    let directory = tempfile::tempdir().unwrap();
    unpack(1, directory.path());
    let store = open(directory.path()).unwrap();
    let mut world = World::empty(store.clone());
    world.site = store.site(&"blog".parse().unwrap()).unwrap();
    assert_eq!(world.site.origins, [origin("https://blog.example")]);
    let head = store.head(world.site.id, &page("/post")).await.unwrap().unwrap();
    let found = world.first_page(head.thread, Order::Best, WHOLE).await;
    assert_eq!(
        drawn(&found.conversations),
        ["pinned", "liked", "  reply", "-", "  reply to what was removed"]
    );
    assert_eq!(found.conversations[1].comments[0].likes, 1);
    assert_eq!(found.thread.published, 4);
    let waiting = world.store.pending(world.site.id, head.thread, 10).await.unwrap();
    assert_eq!(waiting.iter().map(said).collect::<Vec<_>>(), ["held"]);
    let ada = world.store.account_by_email(&email("ada@example.org")).await.unwrap().unwrap();
    assert_eq!(ada.name, Some(name("Ada")));
    assert_eq!(world.store.sessions_of(ada.id, world.now()).await.unwrap().len(), 1);
    assert_eq!(world.store.due(world.now(), 10).await.unwrap().len(), 1);
    world.audit().await;
    let person = Person { author: Author::Account(ada.id), token: None };
    world.pass(std::time::Duration::from_secs(24 * 60 * 60));
    world.post(&person, "new").await;
    world.audit().await;
}

#[tokio::test]
async fn a_file_of_schema_2_knows_who_people_are_elsewhere() {
    let directory = tempfile::tempdir().unwrap();
    unpack(2, directory.path());
    let store = open(directory.path()).unwrap();
    let world = World::empty(store.clone());
    world.audit().await;
    let ada = store.account_by_email(&email("ada@example.org")).await.unwrap().unwrap();
    let linked = store.identities_of(ada.id).await.unwrap();
    assert_eq!(linked.len(), 1);
    assert_eq!((&linked[0].identity, linked[0].label.as_deref()), (&elsewhere("1"), Some("@ada")));
    let sessions = store.sessions_of(ada.id, world.now()).await.unwrap();
    assert_eq!(sessions.iter().map(|it| &it.via).collect::<Vec<_>>(), [&Via::Email]);
    let left = store.departed(TokenHash([1; 32]), world.now()).await.unwrap().unwrap();
    assert_eq!((left.memo.as_str(), left.posted.unwrap().code.as_deref()), ("memo", Some("code")));
    let proof = store.proof("waits".into(), world.now()).await.unwrap();
    assert!(matches!(proof, Some(Proof::Wanted { account, .. }) if account == ada.id), "{proof:?}");
    let link = store.mailed_link(TokenHash([2; 32]), world.now()).await.unwrap().unwrap();
    assert_eq!(link.asker.unwrap().site.as_str(), "blog");
}

fn elsewhere(subject: &str) -> Identity {
    Identity {
        provider: "google".parse().unwrap(),
        issuer: "https://google.example".into(),
        subject: subject.into(),
    }
}

/// What schema 2 brought, in a world that has Ada.
async fn arrivals(world: &World, ada: AccountId) {
    use afterword::domain::departures::{Asker, Back, Departed, MailLink, MailLinkPurpose};
    use afterword::domain::identities::ProfileEmail;
    let now = world.now();
    let profile = |subject| Profile {
        identity: elsewhere(subject),
        email: Some(ProfileEmail { address: email("ada@example.org"), verified: true }),
        name: Some("Ada".into()),
        label: Some("@ada".into()),
    };
    world.store.link_identity(ada, profile("1"), None, now).await.unwrap().unwrap();
    let new = AccountId::from_random(world.unique());
    world.store.arrive(profile("2"), new, "waits".into(), now).await.unwrap();
    let departed = Departed {
        state: TokenHash([1; 32]),
        transaction: "tx".into(),
        provider: "google".parse().unwrap(),
        nonce: "nonce".into(),
        verifier: "verifier".into(),
        server: None,
        memo: "memo".into(),
        left_at: now,
        posted: Some(Back { code: Some("code".into()), ..Back::default() }),
    };
    world.store.depart(departed).await.unwrap();
    let link = MailLink {
        token: TokenHash([2; 32]),
        transaction: "tx".into(),
        purpose: MailLinkPurpose::SignIn,
        email: email("ada@example.org"),
        asker: Some(Asker { site: world.site.key.clone(), origin: origin("https://blog.example") }),
        asked_at: now,
    };
    world.store.add_mail_link(link, test_notice(&email("ada@example.org"))).await.unwrap();
}

/// How the golden file was made; run when a schema version is released:
/// `AFTERWORD_TEST_WRITE_GOLDEN=1 cargo test --test storage golden`.
#[tokio::test]
async fn the_golden_file_is_written_when_asked_for() {
    #[allow(clippy::disallowed_methods, reason = "asked for by hand")]
    if std::env::var_os("AFTERWORD_TEST_WRITE_GOLDEN").is_none() {
        return;
    }
    use afterword::domain::comments::{RemovedBy, Verdict};
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path()).unwrap();
    let mut world = World::empty(store.clone());
    world.site = world.add_site("blog").await;
    let address = email("ada@example.org");
    let code = world.email_code(&address);
    world.store.start_email_code(code.clone(), test_notice(&address)).await.unwrap();
    let id = AccountId::from_random(world.unique());
    let session = world.widget_session(id);
    world.store.redeem_email_code(presented(&code), id, session, world.now()).await.unwrap().unwrap();
    world.store.set_name(id, name("Ada")).await.unwrap().unwrap();
    let (ada, bob) = (Person { author: Author::Account(id), token: None }, world.guest("Bob"));
    let removed = world.post(&ada, "removed").await;
    world.reply(&ada, &removed, "reply to what was removed").await;
    world.remove(removed.id, RemovedBy::Author).await;
    let liked = world.post(&ada, "to be liked").await;
    world.edit(liked.id, "liked", Standing::Published).await;
    world.reply(&bob, &liked, "reply").await;
    world.like(liked.id, &world.stranger(), true).await.unwrap();
    let pinned = world.post(&ada, "pinned").await;
    world.moderate(pinned.id, Verdict::Pin).await.unwrap();
    world.hold(&bob, None, "held").await;
    arrivals(&world, id).await;
    store.close().await;
    let bytes = fs::read(directory.path().join(FILE)).unwrap();
    let packed = fs::File::create(golden(2)).unwrap();
    let mut encoder = flate2::write::GzEncoder::new(packed, flate2::Compression::best());
    std::io::Write::write_all(&mut encoder, &bytes).unwrap();
    encoder.finish().unwrap();
}
