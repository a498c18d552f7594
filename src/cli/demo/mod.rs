//! `afterword demo`: see below.
pub mod magazine;
pub mod seeds;
