//! text
pub mod markdown;
