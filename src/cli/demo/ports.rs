//! The demo's ports: the usual ones, so that links stay good, or free ones if others have those.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context, bail};
use tokio::net::TcpListener;

use crate::cli::output::say;
use crate::web::accept;

/// Listens on the port that was asked for, or on `usual`. A port that was asked for is insisted on.
pub fn take(asked: Option<u16>, usual: u16, option: &str) -> anyhow::Result<TcpListener> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match accept::listen(at(asked.unwrap_or(usual))) {
        Err(fault) if fault.kind() == ErrorKind::AddrInUse => match asked {
            Some(port) => bail!("port {port} is in use by something else: choose another with {option}"),
            None => {
                let listener = accept::listen(at(0))?;
                let port = listener.local_addr()?.port();
                say(format_args!(
                    "Port {usual} is in use by something else: taking {port} ({option} chooses)."
                ));
                Ok(listener)
            }
        },
        Err(fault) => Err(fault).with_context(|| format!("listening on port {}", asked.unwrap_or(usual))),
        Ok(listener) => Ok(listener),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_in_use_is_left_to_who_has_it() {
        let theirs = accept::listen(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let port = theirs.local_addr().unwrap().port();
        let ours = take(None, port, "--port").unwrap();
        assert_ne!(ours.local_addr().unwrap().port(), port);
        assert!(take(Some(port), 8080, "--port").is_err(), "what was asked for is insisted on");
    }
}
