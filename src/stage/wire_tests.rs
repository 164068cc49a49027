//! Two hosts in a sandbox: what goes over the wire, what is lost on it, and that it is the same each time.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};

use super::*;
use crate::packet::Transport;
use crate::scenario::yaml;
use crate::sys::sandboxed::inside;

const PATIENCE: Duration = Duration::from_secs(20);

#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Both {
    hosts: Vec<Host>,
    link: Link,
}

fn lay(text: &str) -> Wire {
    let both: Both = yaml::read("wire.yaml", &format!("hosts: [alice, bob]\n{text}")).expect("hosts");
    // An earlier one of the same test, in the same namespace, has left its ends.
    let mut links = Links::open().expect("netlink");
    for outside in OUTSIDE {
        let _ = links.delete(outside);
    }
    Wire::lay(&both.hosts, &both.link, 1, [true, false]).expect("a wire")
}

/// Sends so many bytes there and back: from the first host to what is bound to `bound` on the second, by `reached`.
fn echo(wire: &Wire, bound: SocketAddr, reached: SocketAddr, length: usize) -> Duration {
    let listener = within(wire.namespace(1), || TcpListener::bind(bound)).expect("there").expect("a port");
    let serve = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).expect("the end");
        stream.write_all(&all).expect("sent");
    });
    let mut client = within(wire.namespace(0), || TcpStream::connect_timeout(&reached, PATIENCE));
    let client = client.as_mut().expect("there").as_mut().expect("reached");
    client.set_read_timeout(Some(PATIENCE)).expect("a limit");
    let began = Instant::now();
    let sent: Vec<u8> = (0..length).map(|k| (k % 251) as u8).collect();
    client.write_all(&sent).expect("sent");
    client.shutdown(Shutdown::Write).expect("half closed");
    let mut got = Vec::new();
    client.read_to_end(&mut got).expect("the end");
    assert_eq!(got, sent);
    serve.join().expect("served");
    began.elapsed()
}

/// Where the packets were lost: which way, and how far in the stream.
fn lost_places(capture: &Capture) -> BTreeSet<(u16, u32)> {
    let mut initial = [0_u32; 2];
    let mut lost = BTreeSet::new();
    for packet in capture.packets() {
        let frame = Frame::read(LinkLayer::Ethernet, 0, packet.original_length, packet.bytes);
        let Ok(Frame { transport: Transport::Tcp(tcp), .. }) = frame else { continue };
        let from = packet.interface;
        if tcp.flags.has(crate::packet::Flags::SYN) {
            initial[usize::from(from)] = tcp.sequence;
        }
        if packet.fate == Fate::Lost {
            let at = tcp.sequence.wrapping_sub(initial[usize::from(from)]).wrapping_sub(1);
            lost.insert((from, at.div_ceil(1448)));
        }
    }
    lost
}

const BOB: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), 65432);

#[test]
fn bytes_go_over_the_wire_and_are_captured() {
    inside("stage::wire::tests::bytes_go_over_the_wire_and_are_captured", || {
        let wire = lay("");
        echo(&wire, BOB, BOB, 64 << 10);
        let capture = wire.finish();
        assert_eq!((capture.dropped, lost_places(&capture).len()), (0, 0));
        let bytes: usize = capture.packets().map(|packet| packet.bytes.len()).sum();
        assert!(bytes > 128 << 10, "{bytes}");
    });
}

#[test]
fn the_same_seed_loses_the_same_twenty_times() {
    inside("stage::wire::tests::the_same_seed_loses_the_same_twenty_times", || {
        let mut all = BTreeSet::new();
        for _ in 0..20 {
            let wire = lay("link: { loss: 20%, seed: 42 }\n");
            echo(&wire, BOB, BOB, 64 << 10);
            let capture = wire.finish();
            assert_eq!(capture.dropped, 0);
            all.insert(lost_places(&capture));
        }
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all.iter().all(|lost| lost.len() > 5), "{all:?}");
    });
}

#[test]
fn datagrams_are_lost_alike_and_not_sent_again() {
    inside("stage::wire::tests::datagrams_are_lost_alike_and_not_sent_again", || {
        let mut all = BTreeSet::new();
        for _ in 0..20 {
            let wire = lay("link: { loss: 20%, seed: 42 }\n");
            let server = within(wire.namespace(1), || UdpSocket::bind(BOB)).expect("there").expect("a port");
            let client = within(wire.namespace(0), || UdpSocket::bind("192.0.2.1:0")).expect("there").expect("a port");
            client.connect(BOB).expect("an address");
            server.set_read_timeout(Some(PATIENCE)).expect("a limit");
            for n in 0..100_u8 {
                client.send(&[n]).expect("sent");
            }
            // The last one to come tells that all have come: 255 is sent until it does.
            let mut came = BTreeSet::new();
            let mut buffer = [0; 8];
            for n in 200..=255_u8 {
                client.send(&[n]).expect("sent");
            }
            while came.last().is_none_or(|&last| last < 240) {
                assert_eq!(server.recv(&mut buffer).expect("a datagram"), 1);
                came.insert(buffer[0]);
            }
            came.retain(|&n| n < 100);
            all.insert(came);
        }
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all.iter().all(|came| (60..95).contains(&came.len())), "{all:?}");
    });
}

#[test]
fn a_delay_is_there_both_ways() {
    inside("stage::wire::tests::a_delay_is_there_both_ways", || {
        let wire = lay("link: { delay: 5ms }\n");
        let took = echo(&wire, BOB, BOB, 100);
        assert!(took >= Duration::from_millis(10), "{took:?}");
    });
}

#[test]
fn a_server_on_loopback_is_reached_where_it_is_carried_and_only_there() {
    inside("stage::wire::tests::a_server_on_loopback_is_reached_where_it_is_carried_and_only_there", || {
        let local = SocketAddr::from(([127, 0, 0, 1], 65432));
        let wire = lay("link: { carry_loopback: true }\n");
        echo(&wire, local, local, 1000);
        assert!(wire.finish().len() > 8, "it went over the wire");
        let wire = lay("");
        let _listener = within(wire.namespace(1), || TcpListener::bind(local)).expect("there").expect("a port");
        let reached = within(wire.namespace(0), || TcpStream::connect_timeout(&BOB, PATIENCE)).expect("there");
        assert_eq!(reached.err().map(|error| error.kind()), Some(std::io::ErrorKind::ConnectionRefused));
    });
}

#[test]
fn a_host_may_be_given_the_address_that_was_left_in_the_code() {
    inside("stage::wire::tests::a_host_may_be_given_the_address_that_was_left_in_the_code", || {
        let wire = lay("");
        let left = Ipv4Addr::new(10, 20, 30, 40);
        wire.give_address(1, left).expect("given");
        let at = SocketAddr::from((left, 65432));
        echo(&wire, at, at, 100);
        let six = within(wire.namespace(1), || TcpListener::bind("[::1]:0")).expect("there");
        assert!(six.is_ok(), "IPv6's loopback is there all the same: {six:?}");
    });
}
