//! `afterword demo`: see below.
pub mod magazine;
