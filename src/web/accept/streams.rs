//! How many requests of HTTP/2 are under way beside another of their connection, on all connections together.
//!
//! On HTTP/1 a connection holds one, and connections are limited. On HTTP/2 each may hold a hundred that wait for a
//! client which takes no answer: without this, a few thousand connections would hold all of the memory. Each may still
//! have one, so that those who fill all places keep nobody else out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use super::Tally;

#[derive(Debug)]
pub struct Streams {
    under_way: AtomicUsize,
    most: usize,
    tally: Arc<Tally>,
}

/// One of them, until it is dropped.
#[derive(Debug)]
pub struct Place(Arc<Streams>);

impl Streams {
    pub fn new(most: usize, tally: Arc<Tally>) -> Arc<Streams> {
        Arc::new(Streams { under_way: AtomicUsize::new(0), most, tally })
    }

    /// A place among them, if there is one.
    pub fn enter(self: &Arc<Streams>) -> Option<Place> {
        // Given back by what is dropped, if it is one too many.
        let place = Place(self.clone());
        if self.under_way.fetch_add(1, Relaxed) < self.most {
            return Some(place);
        }
        self.tally.refused.fetch_add(1, Relaxed);
        None
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_places_as_said_and_who_leaves_makes_room() {
        let streams = Streams::new(2, Arc::default());
        let first = streams.enter().expect("a place");
        let second = streams.enter().expect("another");
        assert!(streams.enter().is_none() && streams.enter().is_none());
        drop(first);
        let third = streams.enter().expect("the place that was left");
        assert!(streams.enter().is_none());
        drop((second, third));
        assert_eq!((streams.under_way.load(Relaxed), streams.tally.refused.load(Relaxed)), (0, 3));
    }
}
