//! Tests of the emulated link in a sandbox: forwarding, capture, and reproducible loss.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};

use super::*;
use crate::packet::Transport;
use crate::scenario::yaml;
use crate::sys::test_sandbox::run_in_sandbox;

const TEST_TIMEOUT: Duration = Duration::from_secs(20);

#[derive(serde::Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Both {
    hosts: Vec<Host>,
    link: Link,
}

fn connect(text: &str) -> EmulatedLink {
    let both: Both = yaml::read("wire.yaml", &format!("hosts: [alice, bob]\n{text}")).expect("parse the hosts");
    // An earlier link of the same test leaves its ends in this namespace.
    let mut links = Links::open().expect("open netlink");
    for outside in AGENT_INTERFACES {
        let _ = links.delete(outside);
    }
    EmulatedLink::connect_hosts(&both.hosts, &both.link, 1, [true, false]).expect("create the link")
}

/// Sends `length` bytes there and back: from the first host to `reached`, which leads to a server
/// bound to `bound` on the second.
fn echo(link: &EmulatedLink, bound: SocketAddr, reached: SocketAddr, length: usize) -> Duration {
    let listener =
        within(link.namespace(1), || TcpListener::bind(bound)).expect("enter the namespace").expect("bind a socket");
    let serve = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("accept a client");
        let mut all = Vec::new();
        stream.read_to_end(&mut all).expect("read to the end");
        stream.write_all(&all).expect("send");
    });
    let mut client = within(link.namespace(0), || TcpStream::connect_timeout(&reached, TEST_TIMEOUT));
    let client = client.as_mut().expect("enter the namespace").as_mut().expect("connect");
    client.set_read_timeout(Some(TEST_TIMEOUT)).expect("set a timeout");
    let began = Instant::now();
    let sent: Vec<u8> = (0..length).map(|k| (k % 251) as u8).collect();
    client.write_all(&sent).expect("send");
    client.shutdown(Shutdown::Write).expect("shut down");
    let mut got = Vec::new();
    client.read_to_end(&mut got).expect("read to the end");
    assert_eq!(got, sent);
    serve.join().expect("server thread");
    began.elapsed()
}

/// Returns the direction and stream offset, in segments, of each lost packet.
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
        if packet.fate == PacketFate::Lost {
            let at = tcp.sequence.wrapping_sub(initial[usize::from(from)]).wrapping_sub(1);
            lost.insert((from, at.div_ceil(1448)));
        }
    }
    lost
}

const BOB: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::new(192, 0, 2, 2)), 65432);

#[test]
fn bytes_cross_the_link_and_are_captured() {
    run_in_sandbox("engine::link::tests::bytes_cross_the_link_and_are_captured", || {
        let link = connect("");
        echo(&link, BOB, BOB, 64 << 10);
        let capture = link.finish();
        assert_eq!((capture.dropped, lost_places(&capture).len()), (0, 0));
        let bytes: usize = capture.packets().map(|packet| packet.bytes.len()).sum();
        assert!(bytes > 128 << 10, "{bytes}");
    });
}

#[test]
fn stream_losses_depend_only_on_the_seed() {
    run_in_sandbox("engine::link::tests::stream_losses_depend_only_on_the_seed", || {
        let mut all = BTreeSet::new();
        for _ in 0..20 {
            let link = connect("link: { loss: 20%, seed: 42 }\n");
            echo(&link, BOB, BOB, 64 << 10);
            let capture = link.finish();
            assert_eq!(capture.dropped, 0);
            all.insert(lost_places(&capture));
        }
        assert_eq!(all.len(), 1, "{all:?}");
        assert!(all.iter().all(|lost| lost.len() > 5), "{all:?}");
    });
}

#[test]
fn datagram_losses_depend_only_on_the_seed() {
    run_in_sandbox("engine::link::tests::datagram_losses_depend_only_on_the_seed", || {
        let mut all = BTreeSet::new();
        for _ in 0..20 {
            let link = connect("link: { loss: 20%, seed: 42 }\n");
            let server = within(link.namespace(1), || UdpSocket::bind(BOB))
                .expect("enter the namespace")
                .expect("bind a socket");
            let client = within(link.namespace(0), || UdpSocket::bind("192.0.2.1:0"))
                .expect("enter the namespace")
                .expect("bind a socket");
            client.connect(BOB).expect("set the peer");
            server.set_read_timeout(Some(TEST_TIMEOUT)).expect("set a timeout");
            for n in 0..100_u8 {
                client.send(&[n]).expect("send");
            }
            // A high number shows that all datagrams have arrived: the numbers from 200 to 255
            // follow them.
            let mut came = BTreeSet::new();
            let mut buffer = [0; 8];
            for n in 200..=255_u8 {
                client.send(&[n]).expect("send");
            }
            while came.last().is_none_or(|&last| last < 240) {
                assert_eq!(server.recv(&mut buffer).expect("receive a datagram"), 1);
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
fn delay_applies_in_both_directions() {
    run_in_sandbox("engine::link::tests::delay_applies_in_both_directions", || {
        let link = connect("link: { delay: 5ms }\n");
        let took = echo(&link, BOB, BOB, 100);
        assert!(took >= Duration::from_millis(10), "{took:?}");
    });
}

#[test]
fn loopback_server_is_reached_only_if_carried() {
    run_in_sandbox("engine::link::tests::loopback_server_is_reached_only_if_carried", || {
        let local = SocketAddr::from(([127, 0, 0, 1], 65432));
        let link = connect("link: { carry_loopback: true }\n");
        echo(&link, local, local, 1000);
        assert!(link.finish().len() > 8, "packets cross the link");
        let link = connect("");
        let _listener = within(link.namespace(1), || TcpListener::bind(local))
            .expect("enter the namespace")
            .expect("bind a socket");
        let reached =
            within(link.namespace(0), || TcpStream::connect_timeout(&BOB, TEST_TIMEOUT)).expect("enter the namespace");
        assert_eq!(reached.err().map(|error| error.kind()), Some(std::io::ErrorKind::ConnectionRefused));
    });
}

#[test]
fn host_can_be_given_an_address_left_in_the_code() {
    run_in_sandbox("engine::link::tests::host_can_be_given_an_address_left_in_the_code", || {
        let mut link = connect("");
        let left = Ipv4Addr::new(10, 20, 30, 40);
        link.add_address(1, left).expect("add the address");
        let at = SocketAddr::from((left, 65432));
        echo(&link, at, at, 100);
        let six = within(link.namespace(1), || TcpListener::bind("[::1]:0")).expect("enter the namespace");
        assert!(six.is_ok(), "the IPv6 loopback address exists: {six:?}");
    });
}
