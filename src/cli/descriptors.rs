//! How many files this process may have open: each connection is one, and the data file and its neighbours need some.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What is not for connections.
const OWN: u64 = 128;

/// Asks the system for as many as so many connections need; how many connections there is room for.
pub fn room_for(connections: usize) -> usize {
    let wanted = connections as u64 + OWN;
    let limit = getrlimit(Resource::Nofile);
    let allowed = |limit: Option<u64>| limit.is_none_or(|limit| limit >= wanted);
    if allowed(limit.current) {
        return connections;
    }
    // What the system calls soft may be raised up to what it calls hard.
    let raised = if allowed(limit.maximum) { Some(wanted) } else { limit.maximum };
    let current = match setrlimit(Resource::Nofile, Rlimit { current: raised, ..limit }) {
        Ok(()) => raised,
        Err(_) => limit.current,
    };
    if allowed(current) {
        return connections;
    }
    // Better that more of them wait than that the data file cannot be opened again.
    let room = current
        .map_or(connections, |current| usize::try_from(current.saturating_sub(OWN)).unwrap_or(connections));
    let room = room.clamp(1, connections);
    tracing::warn!("this user may open too few files for {connections} connections: {room} at once, then");
    room
}
