//! Disks that fail: what was answered stays, reads go on, and the store recovers by itself.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use afterword::domain::*;
use afterword::storage::health::Condition;
use afterword::storage::redb::{Options, RedbStore};
use afterword::storage::{Health, StoreError, Threads};

use crate::support::disk::{SharedDisk, Trouble};
use crate::support::engines;
use crate::support::world::*;

/// A world on a disk that is fine so far, with one comment.
async fn world_on(disk: &SharedDisk) -> (World, Person, Comment) {
    let world = World::new(engines::redb_on(disk)).await;
    let ada = world.member("Ada").await;
    let root = world.post(&ada, "root").await;
    (world, ada, root)
}

/// That everything in `kept` can be read in every way there is.
async fn can_be_read(world: &World, kept: &[Comment]) {
    let thread = kept[0].thread;
    let head = world.store.head(world.site.id, &page("/post")).await.unwrap().unwrap();
    assert_eq!(head.thread, thread);
    let found = world.first_page(thread, Order::Oldest, WHOLE).await;
    for comment in kept {
        assert_eq!(world.comment(comment.id).await.body, comment.body);
        assert!(found.conversations.iter().flat_map(|it| &it.comments).any(|it| it.id == comment.id));
    }
    assert!(world.store.site(&world.site.key).is_some());
}

/// Posts until the disk has had enough; gives what was acknowledged, and the error.
async fn post_until_it_fails(world: &World, by: &Person, kept: &mut Vec<Comment>) -> StoreError {
    let long = "x".repeat(8_000);
    for n in 0..2_000 {
        match world.publish(world.draft(by, None, &format!("{n} {long}"))).await {
            Ok(posted) => match posted.unwrap() {
                afterword::storage::comments::Posted::New(comment) => kept.push(*comment),
                other => panic!("{other:?}"),
            },
            Err(error) => return error,
        }
    }
    panic!("the disk was never full");
}

#[tokio::test]
async fn on_a_full_disk_writes_say_so_and_reads_go_on_until_there_is_space_again() {
    for trouble in [Trouble::Full, Trouble::FullToTheLastBlock] {
        let disk = SharedDisk::new();
        let (world, ada, root) = world_on(&disk).await;
        let mut kept = vec![root];
        disk.set_trouble(trouble);
        for _ in 0..3 {
            let error = post_until_it_fails(&world, &ada, &mut kept).await;
            assert!(matches!(error, StoreError::Full(_)), "{trouble:?}: {error}");
            assert_eq!(world.store.condition(), Condition::Full, "{trouble:?}");
            can_be_read(&world, &kept).await;
        }
        disk.set_trouble(Trouble::None);
        kept.push(world.post(&ada, "there is space again").await);
        assert_eq!(world.store.condition(), Condition::Ok);
        can_be_read(&world, &kept).await;
        world.audit().await;
    }
}

#[tokio::test]
async fn a_broken_disk_fails_writes_and_reads_go_on_until_it_works_again() {
    let disk = SharedDisk::new();
    let (world, ada, root) = world_on(&disk).await;
    disk.set_trouble(Trouble::Broken);
    for _ in 0..3 {
        let answer = world.publish(world.draft(&ada, None, "lost")).await;
        assert!(matches!(answer, Err(StoreError::Io(_))), "{answer:?}");
        assert_eq!(world.store.condition(), Condition::Failing);
        can_be_read(&world, std::slice::from_ref(&root)).await;
    }
    disk.set_trouble(Trouble::None);
    let kept = [root, world.post(&ada, "kept").await];
    assert_eq!(world.store.condition(), Condition::Ok);
    can_be_read(&world, &kept).await;
    world.audit().await;
}

#[tokio::test]
async fn below_the_reserve_nothing_is_written_and_nothing_is_reopened() {
    let disk = SharedDisk::new();
    let options = Options { reserve_bytes: 1_000_000, ..engines::options() };
    let store = RedbStore::open_with_backend(options, Arc::new(disk.clone())).unwrap();
    let world = World::new(store).await;
    let ada = world.member("Ada").await;
    let root = world.post(&ada, "root").await;
    let opened = disk.times_opened();
    disk.set_free(999_999);
    assert_eq!(world.store.condition(), Condition::Full);
    let answer = world.publish(world.draft(&ada, None, "no")).await;
    assert!(matches!(answer, Err(StoreError::Full(_))), "{answer:?}");
    can_be_read(&world, std::slice::from_ref(&root)).await;
    disk.set_free(1_000_000);
    world.post(&ada, "yes").await;
    assert_eq!((world.store.condition(), disk.times_opened()), (Condition::Ok, opened));
}

/// The disk fails once, at every write and sync of a few commits in turn.
#[tokio::test]
async fn wherever_the_disk_fails_what_was_answered_is_there_and_the_rest_is_whole() {
    fails_everywhere(io::ErrorKind::Other).await;
}

/// The same for want of space, by its names.
#[tokio::test]
async fn wherever_the_disk_is_full_what_was_answered_is_there_and_the_rest_is_whole() {
    for name in [io::ErrorKind::StorageFull, io::ErrorKind::QuotaExceeded, io::ErrorKind::FileTooLarge] {
        fails_everywhere(name).await;
    }
}

async fn fails_everywhere(kind: io::ErrorKind) {
    let disk = SharedDisk::new();
    disk.fails_as(kind);
    let (world, ada, root) = world_on(&disk).await;
    let mut kept = vec![root];
    let (mut failed, mut survived) = (0, 0);
    for position in 0.. {
        disk.fail_once_after(position);
        let draft = world.draft(&ada, Some(kept[0].id), &format!("{position}"));
        let id = draft.id;
        match world.publish(draft).await {
            Ok(posted) => {
                posted.unwrap();
                if disk.has_not_failed_yet() {
                    break;
                }
                survived += 1;
                kept.push(world.comment(id).await);
            }
            Err(error) => {
                let is_full = matches!(error, StoreError::Full(_));
                assert!(is_full || matches!(error, StoreError::Io(_)), "{error}");
                assert_eq!(is_full, kind != io::ErrorKind::Other, "{kind}: {error}");
                failed += 1;
            }
        }
        disk.has_not_failed_yet();
        can_be_read(&world, &kept).await;
        // The comment that failed is there as a whole or not at all: the audit would see half of it.
        world.audit().await;
        kept.push(world.post(&ada, &format!("after {position}")).await);
        let head = world.store.head(world.site.id, &page("/post")).await.unwrap().unwrap();
        assert_eq!(head.version, world.version(head.thread).await, "memory knows what the file holds");
    }
    crate::scale::tell(&format!(
        "{kind}: at {} writes and syncs, {failed} of them not acknowledged",
        failed + survived
    ));
    assert!(failed > 5, "{failed} failures, {survived} that did not matter");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_notice_nothing_while_the_file_is_reopened_again_and_again() {
    let disk = SharedDisk::new();
    let (world, ada, root) = world_on(&disk).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut readers = vec![];
    for _ in 0..4 {
        let (store, stop, id) = (world.store.clone(), stop.clone(), root.thread);
        readers.push(tokio::spawn(async move {
            let mut reads = 0;
            while !stop.load(Ordering::SeqCst) {
                let page = store.thread_page(id, Order::Newest, None, WHOLE).await.unwrap().unwrap();
                assert!(page.thread.published > 0);
                reads += 1;
            }
            reads
        }));
    }
    let opened = disk.times_opened();
    for n in 0..40 {
        disk.fail_once_after(n % 4);
        let _ = world.publish(world.draft(&ada, None, &format!("{n}"))).await;
        disk.has_not_failed_yet();
    }
    stop.store(true, Ordering::SeqCst);
    for reader in readers {
        assert!(reader.await.unwrap() > 0);
    }
    assert!(disk.times_opened() > opened + 20);
    world.audit().await;
}

#[tokio::test]
async fn what_is_in_memory_is_what_the_file_holds_after_a_commit_of_which_nobody_knows() {
    let disk = SharedDisk::new();
    let store = engines::redb_on(&disk);
    let world = World::new(store.clone()).await;
    for position in 0..30 {
        disk.fail_once_after(position);
        let key = format!("site-{position}").parse().unwrap();
        let added =
            afterword::storage::Sites::add_site(&*store, key, name("X"), vec![], None, None, world.now())
                .await;
        disk.has_not_failed_yet();
        let known: Vec<Site> =
            afterword::storage::Sites::sites(&*store).iter().map(|it| Site::clone(it)).collect();
        let key = format!("site-{position}").parse().unwrap();
        let is_known = known.iter().any(|site| site.key == key);
        assert!(is_known || added.is_err());
        // A second attempt finds out whether the first one's commit reached the disk.
        let again =
            afterword::storage::Sites::add_site(&*store, key, name("X"), vec![], None, None, world.now())
                .await;
        assert_eq!(again.unwrap() == Err(Refusal::SiteExists), is_known, "{position}");
    }
    assert!(store.thread(ThreadId(1)).await.unwrap().is_none());
    assert_eq!(store.audit(false).await.unwrap().differences, Vec::<String>::new());
}
