//! Whether visitors can be told apart by address. Behind a proxy that does not say who is asking, or that is not
//! trusted to, all of them seem to be one, and share that one's limits.

use std::net::IpAddr;

use parking_lot::Mutex;

/// Addresses that wrote since the server started, as far as it matters: none, one, or several.
#[derive(Default)]
pub struct Senders(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    only: Option<IpAddr>,
    writes: u32,
    several: bool,
}

impl Senders {
    /// So many writes from one private address are no coincidence.
    const ENOUGH: u32 = 20;

    /// Counts a write. True once: when it has become plain that all of them seem to come from the same proxy.
    pub fn note(&self, ip: IpAddr) -> bool {
        let mut seen = self.0.lock();
        if seen.several {
            return false;
        }
        seen.several = *seen.only.get_or_insert(ip) != ip;
        seen.writes = seen.writes.saturating_add(1);
        !seen.several && seen.writes == Self::ENOUGH && is_private(ip)
    }

    /// The private address that all writes seem to come from, if it is so.
    pub fn only_proxy(&self) -> Option<IpAddr> {
        let seen = self.0.lock();
        seen.only.filter(|ip| !seen.several && seen.writes >= Self::ENOUGH && is_private(*ip))
    }
}

/// Where proxies and containers' gateways are, and readers are not.
fn is_private(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn twenty_writes_from_one_private_address_are_told_once() {
        let senders = Senders::default();
        let told: Vec<bool> = (0..30).map(|_| senders.note(ip("172.17.0.1"))).collect();
        assert_eq!(told.iter().position(|told| *told), Some(19));
        assert_eq!(told.iter().filter(|told| **told).count(), 1);
        assert_eq!(senders.only_proxy(), Some(ip("172.17.0.1")));
        senders.note(ip("198.51.100.7"));
        assert_eq!(senders.only_proxy(), None, "somebody else was told apart after all");
    }

    #[test]
    fn one_busy_reader_is_no_proxy() {
        let senders = Senders::default();
        assert!((0..30).all(|_| !senders.note(ip("198.51.100.7"))));
        assert_eq!(senders.only_proxy(), None);
    }

    #[test]
    fn two_private_addresses_are_two_people() {
        let senders = Senders::default();
        assert!((0..60).all(|turn| !senders.note(ip(if turn % 2 == 0 { "10.0.0.1" } else { "10.0.0.2" }))));
        assert_eq!(senders.only_proxy(), None);
    }
}
