//! One function per engine: a fresh, empty store in a world.

use std::path::PathBuf;
use std::sync::Arc;

use afterword::storage::redb::{Options, RedbStore};

use super::disk::SharedDisk;
use super::world::World;

pub fn options() -> Options {
    Options {
        directory: PathBuf::from("in memory"),
        cache_bytes: 16 << 20,
        reserve_bytes: 0,
        one_commit_per_unit: false,
    }
}

pub fn redb_on(disk: &SharedDisk) -> Arc<RedbStore> {
    RedbStore::open_with_backend(options(), Arc::new(disk.clone())).unwrap()
}

pub async fn redb() -> World {
    World::new(redb_on(&SharedDisk::new())).await
}
