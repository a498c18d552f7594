//! `afterword migrate`: what the data file's schema is, and what this version makes of it.

use super::arguments::Migrate;
use super::wiring;
use crate::config::Config;
use crate::storage::redb::{RedbStore, Schema};

pub async fn run(config: &Config, arguments: &Migrate) -> anyhow::Result<String> {
    todo!()
}
