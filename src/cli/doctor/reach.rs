//! Whether readers' browsers can reach the server where the configuration says they do.

use std::net::IpAddr;

use super::finding::Finding;
use crate::config::{BaseUrl, Config};

pub fn look(config: &Config) -> Vec<Finding> {
    let base = &config.server.base_url;
    let shown = base.join("");
    let mut found = Vec::new();
    if base.is_local() {
        found.push(
            Finding::note(format!("server.base_url is {shown}: only browsers on this machine reach it"))
                .do_this("for production, set it to the address readers use"),
        );
    } else if !base.is_https() {
        found.push(
            Finding::note(format!("server.base_url is {shown}: over plain http, cookies cannot be Secure and sign-ins can be read on the way"))
                .do_this("put a proxy with TLS in front and use its https address"),
        );
    } else {
        found.push(Finding::fine(format!("server.base_url is {shown}")));
    }
    if let Some(unlikely) = unlikely_host(base) {
        found.push(Finding::note(format!("server.base_url: {unlikely}")));
    }
    if config.server.listen.ip().is_unspecified()
        && base.is_https()
        && config.server.trusted_proxies.iter().all(|net| net.address.is_loopback())
    {
        found.push(
            Finding::note("server.trusted_proxies holds only this machine, but the server listens to others too")
                .do_this("if a proxy on another machine or in another container is in front, add its address, or all visitors count as one"),
        );
    }
    found
}

/// Hosts that readers elsewhere cannot look up.
fn unlikely_host(base: &BaseUrl) -> Option<String> {
    let host = url::Url::parse(&base.origin).ok()?.host_str()?.to_owned();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    if let Ok(ip) = bare.parse::<IpAddr>() {
        let private = match ip {
            IpAddr::V4(ip) => ip.is_private() || ip.is_link_local() || ip.is_unspecified(),
            IpAddr::V6(ip) => ip.is_unique_local() || ip.is_unicast_link_local() || ip.is_unspecified(),
        };
        return private.then(|| format!("{host} is a private address: readers elsewhere cannot reach it"));
    }
    let nowhere = ["example.com", "example.org", "example.net"]
        .iter()
        .any(|example| host == *example || host.ends_with(&format!(".{example}")))
        || [".example", ".test", ".invalid", ".local"].iter().any(|reserved| host.ends_with(reserved));
    if nowhere {
        return Some(format!("{host} is a name for examples: set your own"));
    }
    (!host.contains('.') && host != "localhost")
        .then(|| format!("{host} has no dot: readers elsewhere cannot look it up"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_nobody_else_can_look_up_are_named() {
        let look = |origin: &str| unlikely_host(&BaseUrl { origin: origin.to_owned(), path: String::new() });
        for strange in
            ["https://comments", "https://10.0.0.2:8080", "https://[fd00::1]", "https://comments.example.org"]
        {
            assert!(look(strange).is_some(), "{strange}");
        }
        for fine in ["https://comments.rust-lang.org", "http://localhost:8080", "https://203.0.113.9"] {
            assert_eq!(look(fine), None, "{fine}");
        }
    }
}
