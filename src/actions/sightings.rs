//! sightings

#[derive(Default)]
pub struct Sightings;
