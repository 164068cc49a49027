//! Tests of the emulated link in a sandbox: forwarding, capture, and reproducible loss.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};

use super::*;
use crate::model::PacketFate;
use crate::packet::Frame;
use crate::packet::Link as LinkLayer;
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
    EmulatedLink::connect_hosts(&both.hosts, (&both.link, &RuleNames::default()), 1, [true, false])
        .expect("create the link")
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

/// Sends datagrams from the first host to the second. Returns those that arrive before a last one,
/// `end`, and the capture.
fn received(link: EmulatedLink, sent: &[&[u8]]) -> (Vec<Vec<u8>>, Capture) {
    let bind = |host: usize, at: SocketAddr| {
        within(link.namespace(host), || UdpSocket::bind(at)).expect("enter the namespace").expect("bind a socket")
    };
    let (client, server) = (bind(0, "192.0.2.1:0".parse().expect("an address")), bind(1, BOB));
    server.set_read_timeout(Some(TEST_TIMEOUT)).expect("set a timeout");
    for bytes in sent.iter().chain([&&b"end"[..]]) {
        client.send_to(bytes, BOB).expect("send");
    }
    let mut came = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let length = server.recv(&mut buffer).expect("receive a datagram");
        if &buffer[..length] == b"end" {
            break;
        }
        came.push(buffer[..length].to_vec());
    }
    (came, link.finish())
}

fn fates(capture: &Capture) -> Vec<PacketFate> {
    capture.packets().map(|packet| packet.fate).collect()
}

#[test]
fn program_receives_corrupted_data_only_with_a_good_checksum() {
    run_in_sandbox("engine::link::tests::program_receives_corrupted_data_only_with_a_good_checksum", || {
        let rule = |checksum: &str| {
            let rules = format!("{{ from: alice, packet: 2, do: corrupt, checksum: {checksum} }}");
            received(connect(&format!("link: {{ rules: [{rules}] }}\n")), &[b"one", b"two", b"three"])
        };
        let (came, capture) = rule("bad");
        assert_eq!(came, [b"one".to_vec(), b"three".to_vec()], "the kernel drops it");
        assert_eq!(fates(&capture)[1], PacketFate::Corrupted);
        let (came, capture) = rule("good");
        assert_eq!((came.len(), came[1].len(), fates(&capture)[1]), (3, 3, PacketFate::Altered));
        assert_eq!(came[1].iter().zip(b"two").filter(|(a, b)| a != b).count(), 1, "{came:?}");
        assert_eq!([&came[0][..], &came[2][..]], [&b"one"[..], b"three"]);
    });
}

#[test]
fn stream_survives_corruption_with_a_bad_checksum() {
    run_in_sandbox("engine::link::tests::stream_survives_corruption_with_a_bad_checksum", || {
        let link = connect("link: { corrupt: 20%, seed: 42 }\n");
        echo(&link, BOB, BOB, 64 << 10);
        let corrupted = fates(&link.finish()).into_iter().filter(|fate| *fate == PacketFate::Corrupted).count();
        assert!(corrupted > 5, "{corrupted}");
    });
}

#[test]
fn truncated_datagram_arrives_shorter() {
    run_in_sandbox("engine::link::tests::truncated_datagram_arrives_shorter", || {
        let link = connect("link: { rules: [{ from: alice, packet: 1, do: truncate }] }\n");
        let (came, capture) = received(link, &[b"0123456789", b"whole"]);
        assert!(came[0].len() < 10 && b"0123456789".starts_with(&came[0]), "{came:?}");
        assert_eq!((&came[1][..], fates(&capture)[0]), (&b"whole"[..], PacketFate::Truncated));
    });
}

#[test]
fn rules_of_a_host_do_not_concern_the_other() {
    run_in_sandbox("engine::link::tests::rules_of_a_host_do_not_concern_the_other", || {
        let link = connect("link: { from: { bob: { loss: 100% } }, rules: [{ from: bob, do: drop }] }\n");
        assert_eq!(received(link, &[b"one", b"two"]).0, [b"one", b"two"]);
        let rules = "{ from: alice, packet: 2, do: duplicate }, { from: alice, packet: 3..4, do: drop, times: 1 }";
        let (came, _) = received(connect(&format!("link: {{ rules: [{rules}] }}\n")), &[b"1", b"2", b"3", b"4"]);
        assert_eq!(came, [b"1", b"2", b"2", b"4"]);
    });
}

#[test]
fn delayed_packet_arrives_after_later_ones() {
    run_in_sandbox("engine::link::tests::delayed_packet_arrives_after_later_ones", || {
        let link = connect(
            "link: { rules: [{ from: alice, packet: 1, do: delay, by: 50ms }, { from: alice, packet: 3, do: delay, by: 100ms }] }\n",
        );
        let (came, capture) = received(link, &[b"1", b"2"]);
        assert_eq!((came, fates(&capture)[0]), (vec![b"2".to_vec(), b"1".to_vec()], PacketFate::Reordered));
    });
}

#[test]
fn rate_delays_packets_and_full_queue_loses_them() {
    run_in_sandbox("engine::link::tests::rate_delays_packets_and_full_queue_loses_them", || {
        let data = [b'x'; 972];
        // Each packet has 1,000 bytes with its headers.
        let sent = [&data[..]; 10];
        let began = Instant::now();
        assert_eq!(received(connect("link: { rate: 100000 }\n"), &sent).0.len(), 10);
        assert!(began.elapsed() >= Duration::from_millis(100), "{:?}", began.elapsed());
        let link = connect("link: { rate: 1000, queue: 2, rules: [] }\n");
        let socket = within(link.namespace(0), || UdpSocket::bind("192.0.2.1:0")).expect("enter").expect("bind");
        for bytes in sent {
            socket.send_to(bytes, BOB).expect("send");
        }
        let lost = fates(&link.finish()).into_iter().filter(|fate| *fate == PacketFate::Lost).count();
        assert_eq!(lost, 7, "one is sent and two wait, for three seconds");
    });
}

#[test]
fn datagrams_larger_than_the_mtu_are_fragmented() {
    run_in_sandbox("engine::link::tests::datagrams_larger_than_the_mtu_are_fragmented", || {
        let data = [b'x'; 1000];
        for (mtu, packets) in [("576", 3), ("1500", 2)] {
            let (came, capture) = received(connect(&format!("link: {{ mtu: {mtu} }}\n")), &[&data]);
            assert_eq!((came, capture.len()), (vec![data.to_vec()], packets), "{mtu}");
        }
    });
}
