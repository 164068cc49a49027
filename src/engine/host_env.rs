//! The environment that programs expect before they serve anything, for a network that the scenario
//! does not share.
//!
//! - A host name that resolves to an address (`gethostbyname(gethostname())`).
//! - A route to the outside, by which many programs look up their own address. It covers a few
//!   addresses only. With a default route, clients with a wrong address would wait for minutes.
//!
//! Other networks already have both, or their programs work without.

use std::fmt::Write as _;
use std::net::Ipv4Addr;
use std::path::Path;

use crate::scenario::hosts::Host;
use crate::sys::veth::Links;
use crate::sys::{SysError, mounts, net_settings};

/// The host name in the sandbox.
const NAME: &str = "socklab";
/// A host name that resolves without the `hosts` file.
const NAME_ANYWHERE: &str = "localhost";
const HOSTS: &str = "/etc/hosts";

/// Addresses to which programs connect a datagram socket only to learn their own address; nothing
/// is sent.
///
/// Published recipes for that use these public name servers. The last two are unused private
/// addresses.
const OUTSIDE_ADDRESSES: [Ipv4Addr; 6] = [
    Ipv4Addr::new(8, 8, 8, 8),
    Ipv4Addr::new(8, 8, 4, 4),
    Ipv4Addr::new(1, 1, 1, 1),
    Ipv4Addr::new(1, 0, 0, 1),
    Ipv4Addr::new(10, 255, 255, 255),
    Ipv4Addr::new(10, 254, 254, 254),
];

/// Sets the host name and writes the `hosts` file.
///
/// The name resolves to loopback. With two hosts it resolves to the address of the host with
/// servers. The programs share the name, and a server is not reached at loopback.
pub(super) fn set_host_name(hosts: &[Host], quiet: [bool; 2]) {
    let addresses: Vec<Ipv4Addr> = hosts.iter().enumerate().map(|(k, host)| host.address_at(k)).collect();
    let serving = addresses.iter().zip(quiet).find_map(|(address, quiet)| (!quiet).then_some(*address));
    // `localhost` is an IPv4 address, as on most machines: the lab's clients connect over IPv4.
    let own = serving.unwrap_or(Ipv4Addr::LOCALHOST);
    let mut text = format!("127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n{own} {NAME}\n");
    for (host, address) in hosts.iter().zip(&addresses) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{address} {}", host.name);
    }
    let named = mounts::replace_file(Path::new(HOSTS), &text);
    // A machine without that file resolves names in another way, which always knows this one.
    let _ = net_settings::set_hostname(if named.is_ok() { NAME } else { NAME_ANYWHERE });
}

/// Adds routes to [`OUTSIDE_ADDRESSES`] in the current network. Connecting to one of those
/// addresses then stays on this machine: it is refused at once, with `own` as the source address.
///
/// # Errors
/// Returns an error if loopback is down, or if `own` is not an address of this machine.
pub(super) fn add_loopback_routes(own: Ipv4Addr) -> Result<(), SysError> {
    let mut links = Links::open()?;
    OUTSIDE_ADDRESSES.into_iter().try_for_each(|address| links.add_local_route(address, own))
}
