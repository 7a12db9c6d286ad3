//! The HTTP clients of the process: one for hosts that a task names itself, and one that reaches public addresses only.
//!
//! Redirects are followed by the caller, so that each hop is checked. Proxies of the environment are not used: the host
//! that a task may reach is the one that is reached.

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder, redirect};
use runtime::{ErrorKind, Failure};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a connection may take to come about; until then nothing has been sent.
const CONNECT: Duration = Duration::from_secs(10);

type Made = OnceLock<Result<Client, String>>;

/// Gives the client for hosts that are named, wherever they are.
pub fn for_named_hosts() -> Result<&'static Client, Failure> {
    static CLIENT: Made = OnceLock::new();
    given(CLIENT.get_or_init(|| made(Client::builder())))
}

/// Gives the client that does not connect to private addresses, whatever a name leads to at that moment.
pub fn for_public_hosts() -> Result<&'static Client, Failure> {
    static CLIENT: Made = OnceLock::new();
    given(CLIENT.get_or_init(|| made(Client::builder().dns_resolver(Arc::new(PublicOnly)))))
}

fn made(builder: ClientBuilder) -> Result<Client, String> {
    // Another part of the process may have installed it; then that one serves.
    let _ = rustls::crypto::ring::default_provider().install_default();
    builder
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(CONNECT)
        .user_agent(concat!("taskwright/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| error.to_string())
}

fn given(made: &'static Result<Client, String>) -> Result<&'static Client, Failure> {
    made.as_ref().map_err(|error| Failure::new(ErrorKind::Internal, format!("no HTTP client can be made: {error}")))
}

/// Resolves names, and leaves out private addresses.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| !is_private(&address.ip())).collect();
            if public.is_empty() {
                return Err(io::Error::other("the name has no public address").into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Says whether an address is not one of the public network.
pub fn is_private(address: &IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            // 100.64.0.0/10 is what carriers use inside of their networks.
            let is_carrier = first == 100 && second & 0xc0 == 64;
            is_carrier
                || first == 0
                || address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_broadcast()
                || address.is_multicast()
        }
        IpAddr::V6(address) => {
            address.is_loopback()
                || address.is_unspecified()
                || address.is_multicast()
                || address.is_unique_local()
                || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn private_addresses_are_known_in_every_writing() {
        for address in [
            "127.0.0.1",
            "10.1.2.3",
            "192.168.0.1",
            "172.16.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "0.1.2.3",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
            "224.0.0.1",
            "ff02::1",
        ] {
            assert!(is_private(&address.parse().unwrap()), "{address}");
        }
        for address in ["1.1.1.1", "100.128.0.1", "2606:4700::1111", "172.32.0.1"] {
            assert!(!is_private(&address.parse().unwrap()), "{address}");
        }
    }
}
