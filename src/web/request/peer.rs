//! Who sent a request, when proxies stand in between.

use std::net::IpAddr;

use http::HeaderMap;

use crate::config::IpNet;

/// The client's address: the peer's own, unless the peer is a proxy we trust; then the rightmost address of
/// `X-Forwarded-For` that is not such a proxy. What stands left of it anybody could have written.
pub fn client_ip(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: IpAddr| trusted.iter().any(|net| net.contains(ip));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    for hop in lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(',')) {
        // A hop that is no address ends the chain: what is left of it was not written by a proxy we know.
        let Some(ip) = parse_hop(hop.trim()) else { break };
        client = ip;
        if !is_trusted(client) {
            break;
        }
    }
    client
}

/// `192.0.2.7`, `192.0.2.7:1234`, `2001:db8::7`, `[2001:db8::7]`, `[2001:db8::7]:1234`.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    if let Ok(ip) = hop.parse::<IpAddr>() {
        return Some(ip.to_canonical());
    }
    let address = match hop.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?.0,
        None => hop.split_once(':')?.0,
    };
    address.parse::<IpAddr>().ok().map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lines: &[&str]) -> String {
        let trusted = [
            IpNet { address: "127.0.0.1".parse().unwrap(), prefix: 8 },
            IpNet { address: "10.0.0.0".parse().unwrap(), prefix: 8 },
            IpNet { address: "::1".parse().unwrap(), prefix: 128 },
        ];
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", line.parse().unwrap());
        }
        client_ip(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_cannot_say_who_they_are() {
        assert_eq!(client("203.0.113.9", &["192.0.2.7"]), "203.0.113.9");
    }

    #[test]
    fn the_rightmost_hop_that_is_no_proxy_is_the_client() {
        assert_eq!(client("127.0.0.1", &["192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &["6.6.6.6, 192.0.2.7, 10.1.2.3"]), "192.0.2.7");
        assert_eq!(client("127.0.0.1", &["6.6.6.6", "192.0.2.7"]), "192.0.2.7");
        assert_eq!(client("::ffff:127.0.0.1", &["192.0.2.7:4711"]), "192.0.2.7");
    }

    #[test]
    fn an_ipv6_address_is_kept_whole() {
        assert_eq!(client("::1", &["2001:db8:1:2:3:4:5:6"]), "2001:db8:1:2:3:4:5:6");
        assert_eq!(client("::1", &["[2001:db8::7]:443"]), "2001:db8::7");
    }

    #[test]
    fn nonsense_ends_the_chain() {
        assert_eq!(client("127.0.0.1", &["192.0.2.7, unknown, 10.1.2.3"]), "10.1.2.3");
        assert_eq!(client("127.0.0.1", &[""]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
    }
}
