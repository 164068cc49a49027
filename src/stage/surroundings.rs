//! What programs expect of the machine around them before they serve anybody: that its name leads to an address
//! (`gethostbyname(gethostname())`), and that there is a way out, by which many look up their own address. Only for a network
//! of our own: elsewhere the machine has both, or its programs do without.

use std::fmt::Write as _;
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;

use super::wire::Wire;
use super::{Setup, system};
use crate::scenario::hosts::Host;
use crate::scenario::stage::StageError;
use crate::sys::link::Links;
use crate::sys::{SysError, mounts, network};

/// What the machine is called inside.
const NAME: &str = "socklab";
/// A name that leads to an address without any file of ours.
const NAME_ANYWHERE: &str = "localhost";
const HOSTS: &str = "/etc/hosts";

/// Addresses to which programs connect a datagram socket, and send nothing, only to see which address of theirs the kernel
/// takes for it: the public name servers that stand in every answer to that question, and two that are nobody's.
const FAR: [Ipv4Addr; 6] = [
    Ipv4Addr::new(8, 8, 8, 8),
    Ipv4Addr::new(8, 8, 4, 4),
    Ipv4Addr::new(1, 1, 1, 1),
    Ipv4Addr::new(1, 0, 0, 1),
    Ipv4Addr::new(10, 255, 255, 255),
    Ipv4Addr::new(10, 254, 254, 254),
];

/// Names the machine, and joins the two hosts, where there are two.
pub(super) fn lay(setup: &Setup) -> Result<Option<Wire>, StageError> {
    if !setup.alone {
        return Ok(None);
    }
    name_machine(&setup.hosts, setup.quiet);
    if setup.hosts.is_empty() {
        return Ok(None);
    }
    let laid = Wire::lay(&setup.hosts, &setup.link, setup.seed, setup.quiet);
    laid.map(Some).map_err(|error| system("connecting two hosts", io::Error::other(error)))
}

/// Names the machine. Its name leads to loopback; where there are two hosts, of which `quiet` tells on which no server runs, to
/// the address of the one with servers: programs share the name, and nothing reaches a server at loopback.
fn name_machine(hosts: &[Host], quiet: [bool; 2]) {
    let addresses: Vec<Ipv4Addr> = hosts.iter().enumerate().map(|(k, host)| host.address_at(k)).collect();
    let serving = addresses.iter().zip(quiet).find_map(|(address, quiet)| (!quiet).then_some(*address));
    // As on most machines "localhost" is IPv4's: the lab's clients come that way.
    let own = serving.unwrap_or(Ipv4Addr::LOCALHOST);
    let mut text = format!("127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n{own} {NAME}\n");
    for (host, address) in hosts.iter().zip(&addresses) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{address} {}", host.name);
    }
    let named = mounts::replace_file(Path::new(HOSTS), &text);
    // A machine without that file has names in another way, of which this is always one.
    let _ = network::set_hostname(if named.is_ok() { NAME } else { NAME_ANYWHERE });
}

/// Makes a way out in the network that this thread is in: those addresses are then this machine's own as far as connecting goes, so
/// that a connection to one is refused at once, and `own` is the address that it would come from.
///
/// # Errors
/// Loopback is off, or `own` is not this machine's.
pub(super) fn lead_out(own: Ipv4Addr) -> Result<(), SysError> {
    let mut links = Links::open()?;
    FAR.into_iter().try_for_each(|address| links.add_own_route(address, own))
}
