//! Afterword: a self-hosted commenting system. This is the map, in reading order; ARCHITECTURE.md says more.

pub mod domain;

pub mod workers;

pub mod text;

pub mod storage;

pub mod archive;

pub mod outside;

pub mod app;
pub mod config;

pub mod actions;
pub mod jobs;

pub mod web;

pub mod cli;

#[cfg(test)]
#[path = "../tests/fuzz/mod.rs"]
mod fuzz;
#[cfg(test)]
#[path = "../tests/fuzz/promises.rs"]
mod fuzz_promises;
