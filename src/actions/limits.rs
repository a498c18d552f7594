//! limits

#[derive(Default)]
pub struct Limits;
