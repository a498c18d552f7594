//! The redb engine.
