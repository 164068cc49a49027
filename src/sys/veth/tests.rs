//! Tests of two hosts in a sandbox: an echo between them, with packets as on a physical link.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use super::*;
use crate::sys::net_namespace::within;
use crate::sys::net_settings::write_sysctl;
use crate::sys::offload::disable_offloads;
use crate::sys::packet_ring::{Packet, Ring, RingSize};
use crate::sys::test_sandbox::run_in_sandbox;

const WITHIN: Duration = Duration::from_secs(5);
const ALICE: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
const BOB: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 2);

fn host(namespace: &NetNamespace, address: Ipv4Addr) -> Result<(), SysError> {
    within(namespace, || {
        let mut links = Links::open()?;
        disable_offloads("eth0")?;
        links.add_address("eth0", address, 24)?;
        links.turn_on("eth0")
    })?
}

/// Turns IPv6 off in this thread's network namespace, for all present and future interfaces. There
/// are then no unsolicited neighbour and router messages, and no `::1`.
fn disable_ipv6() -> Result<(), SysError> {
    write_sysctl("net/ipv6/conf/all/disable_ipv6", "1")?;
    write_sysctl("net/ipv6/conf/default/disable_ipv6", "1")
}

/// Returns two connected namespaces without IPv6.
fn two_hosts() -> Result<[NetNamespace; 2], SysError> {
    let hosts = [NetNamespace::create()?, NetNamespace::create()?];
    for host in &hosts {
        within(host, disable_ipv6)??;
    }
    let [alice, bob] = [&hosts[0], &hosts[1]].map(|namespace| VethEnd { namespace, name: "eth0", link_address: None });
    Links::open()?.create_veth(&alice, &bob, &VethSettings::default())?;
    host(&hosts[0], ALICE)?;
    host(&hosts[1], BOB)?;
    Ok(hosts)
}

/// Returns the Internet checksum of the parts, which is zero if the checksum they contain is
/// correct (RFC 1071).
fn internet_checksum(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|part| part.chunks(2));
    let mut sum: u32 = words.map(|word| (u32::from(word[0]) << 8) | u32::from(*word.get(1).unwrap_or(&0))).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

/// Returns true if the TCP checksum of an IPv4 packet is correct, `None` for other packets.
fn has_valid_tcp_checksum(packet: &Packet<'_>) -> Option<bool> {
    if packet.protocol != 0x0800 {
        return None;
    }
    let ip = &packet.bytes[14..];
    let total = usize::from(u16::from_be_bytes([ip[2], ip[3]]));
    let tcp = &ip[20..total];
    let length = u16::try_from(tcp.len()).expect("short").to_be_bytes();
    Some(internet_checksum(&[&ip[12..20], &[0, 6], &length, tcp]) == 0)
}

fn echo(alice: &NetNamespace, bob: &NetNamespace, address: SocketAddr, length: usize) {
    let listener = within(bob, || TcpListener::bind(address)).expect("there").expect("a port");
    let mut client = within(alice, || TcpStream::connect(address)).expect("there").expect("reached");
    let (mut server, _) = listener.accept().expect("a client");
    let sent = vec![b'x'; length];
    client.write_all(&sent).expect("sent");
    let mut buffer = vec![0; length];
    server.read_exact(&mut buffer).expect("received");
    server.write_all(&buffer).expect("sent");
    client.read_exact(&mut buffer).expect("received");
    assert_eq!(buffer, sent);
}

#[test]
fn echo_between_hosts_has_real_packets() {
    run_in_sandbox("sys::veth::tests::echo_between_hosts_has_real_packets", || {
        let [alice, bob] = two_hosts().expect("two hosts");
        let mut rings = [&alice, &bob]
            .map(|host| within(host, || Ring::open("eth0", RingSize::Small)).expect("there").expect("a ring"));
        echo(&alice, &bob, SocketAddr::from((BOB, 65432)), 20_000);
        for ring in &mut rings {
            let (mut good, mut others, mut longest) = (0, 0, 0);
            let all = ring.flush(WITHIN, &mut |packet| {
                match has_valid_tcp_checksum(&packet) {
                    Some(right) => {
                        assert!(right && !packet.checksum_unfilled, "{packet:?}");
                        good += 1;
                    }
                    None => {
                        assert_eq!(packet.protocol, 0x0806, "only ARP is allowed: {packet:?}");
                        others += 1;
                    }
                }
                longest = longest.max(packet.bytes.len());
            });
            assert!(all.expect("a poll"));
            assert!(good > 14 && others <= 2, "{good} {others}");
            assert_eq!(longest, 1514, "no segment exceeds the MTU");
            assert_eq!(ring.statistics().expect("numbers").dropped, 0);
        }
    });
}

#[test]
fn host_accepts_a_second_address() {
    run_in_sandbox("sys::veth::tests::host_accepts_a_second_address", || {
        let [alice, bob] = two_hosts().expect("two hosts");
        let left_in_the_code = Ipv4Addr::new(10, 20, 30, 40);
        let links_of = |host| within(host, Links::open).expect("there").expect("netlink");
        let mut bobs = links_of(&bob);
        bobs.add_address("eth0", left_in_the_code, 32).expect("added");
        links_of(&alice).add_route("eth0", left_in_the_code, 32).expect("added");
        echo(&alice, &bob, SocketAddr::from((left_in_the_code, 65432)), 100);
        let again = bobs.add_address("eth0", left_in_the_code, 32);
        assert_eq!(again.expect_err("it has it").errno(), Some(libc::EEXIST));
    });
}

#[test]
fn veth_delete_removes_both_ends_and_names_are_checked() {
    run_in_sandbox("sys::veth::tests::veth_delete_removes_both_ends_and_names_are_checked", || {
        let [alice, bob] = two_hosts().expect("two hosts");
        let mut links = [&alice, &bob].map(|host| within(host, Links::open).expect("there").expect("netlink"));
        assert!(links.iter().all(|links| links.index("eth0").is_ok()));
        links[1].delete("eth0").expect("removed");
        for links in &links {
            assert_eq!(links.index("eth0").expect_err("removed").errno(), Some(libc::ENODEV));
        }
        for name in ["sixteen-or-longer", "a\0b", "", "a/b"] {
            let end = |namespace, name| VethEnd { namespace, name, link_address: None };
            let ends = [end(&alice, name), end(&bob, "good")];
            let error =
                links[0].create_veth(&ends[0], &ends[1], &VethSettings::default()).expect_err("an invalid name");
            assert_eq!(error.errno(), Some(libc::EINVAL), "{name:?}: {error}");
        }
        assert_eq!(links[0].delete("lo").expect_err("loopback cannot be removed").errno(), Some(libc::EOPNOTSUPP));
    });
}

#[test]
fn within_returns_after_panic_and_scopes_settings() {
    run_in_sandbox("sys::veth::tests::within_returns_after_panic_and_scopes_settings", || {
        let own = || std::fs::read_link("/proc/thread-self/ns/net").expect("a link");
        let before = own();
        let other = NetNamespace::create().expect("a namespace");
        let there = within(&other, own).expect("there");
        assert_ne!(there, before);
        let panicked = std::panic::catch_unwind(|| within(&other, || panic!("intended")));
        assert!(panicked.is_err());
        assert_eq!(own(), before);

        within(&other, disable_ipv6).expect("there").expect("turned off");
        let off = || std::fs::read_to_string("/proc/sys/net/ipv6/conf/all/disable_ipv6").expect("a setting");
        assert_eq!((off(), within(&other, off).expect("there")), ("0\n".to_owned(), "1\n".to_owned()));
    });
}
