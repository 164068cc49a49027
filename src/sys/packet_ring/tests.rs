//! Tests of the packet ring in a network namespace: an echo, two thousand connections, overflow,
//! filters.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

use super::blocks::LinkHeader;
use super::*;
use crate::sys::test_sandbox::run_in_sandbox;

const WITHIN: Duration = Duration::from_secs(5);

/// The fields of a captured packet that the tests compare.
#[derive(Debug)]
struct Kept {
    at: u64,
    flags: u8,
    payload: Vec<u8>,
}

/// Parses an IPv4 TCP packet behind an Ethernet header.
fn keep(packet: &Packet<'_>) -> Kept {
    assert_eq!((packet.link, packet.protocol, packet.outgoing), (LinkHeader::Ethernet, 0x0800, false));
    assert_eq!(packet.original_length as usize, packet.bytes.len());
    let ip = &packet.bytes[14..];
    let tcp = &ip[usize::from(ip[0] & 15) * 4..];
    let payload = tcp[usize::from(tcp[12] >> 4) * 4..].to_vec();
    Kept { at: packet.timestamp_ns, flags: tcp[13], payload }
}

fn echo(listener: &TcpListener, text: &[u8]) {
    let mut client = TcpStream::connect(listener.local_addr().expect("bound")).expect("listening");
    let (mut server, _) = listener.accept().expect("a client");
    let mut buffer = vec![0; text.len()];
    client.write_all(text).expect("sent");
    server.read_exact(&mut buffer).expect("received");
    server.write_all(&buffer).expect("sent");
    client.read_exact(&mut buffer).expect("received");
    assert_eq!(buffer, text);
    drop(client);
    assert_eq!(server.read(&mut buffer).expect("the end"), 0);
}

#[test]
fn echo_is_captured_as_ten_ordered_packets() {
    run_in_sandbox("sys::packet_ring::tests::echo_is_captured_as_ten_ordered_packets", || {
        let listener = TcpListener::bind("127.0.0.1:65432").expect("a port");
        let mut ring = Ring::open("lo", RingSize::Small).expect("a ring");
        let before =
            std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH).expect("after 1970");
        echo(&listener, b"hello");
        let mut packets = Vec::new();
        let mut unfilled = 0;
        let all = ring.flush(WITHIN, &mut |packet| {
            unfilled += u32::from(packet.checksum_unfilled);
            packets.push(keep(&packet));
        });
        assert!(all.expect("a poll"));
        let flags: Vec<u8> = packets.iter().map(|packet| packet.flags & 0x13).collect();
        let data: Vec<_> = packets.iter().filter(|packet| !packet.payload.is_empty()).collect();
        assert_eq!(packets.len(), 10, "{packets:?}");
        assert_eq!(&flags[..3], [0x02, 0x12, 0x10], "SYN, SYN and ACK, ACK");
        assert_eq!(flags.iter().filter(|&&flags| flags & 1 != 0).count(), 2, "two FIN");
        assert!(data.len() == 2 && data.iter().all(|packet| packet.payload == b"hello"));
        assert!(packets.is_sorted_by_key(|packet| packet.at) && u128::from(packets[0].at) >= before.as_nanos());
        assert!(unfilled > 0, "loopback does not fill in checksums");
        assert_eq!(ring.statistics().expect("statistics"), RingStatistics { seen: 10, dropped: 0 });
        assert_eq!(ring.statistics().expect("statistics"), RingStatistics { seen: 10, dropped: 0 }, "added up");
        let none = ring.flush(Duration::ZERO, &mut |packet| panic!("{packet:?}"));
        assert!(none.expect("a poll"), "an empty block does not wait");
    });
}

#[test]
fn two_thousand_connections_lose_nothing() {
    run_in_sandbox("sys::packet_ring::tests::two_thousand_connections_lose_nothing", || {
        const CONNECTIONS: usize = 2000;
        let listener = TcpListener::bind("127.0.0.1:65432").expect("a port");
        let mut ring = Ring::open("lo", RingSize::Small).expect("a ring");
        let mut packets = Vec::new();
        for k in 0..CONNECTIONS {
            echo(&listener, format!("client {k:8}").as_bytes());
            if k % 50 == 0 {
                ring.drain(&mut |packet| packets.push(keep(&packet)));
            }
        }
        assert!(ring.flush(WITHIN, &mut |packet| packets.push(keep(&packet))).expect("a poll"));
        let statistics = ring.statistics().expect("statistics");
        assert_eq!((statistics.seen, statistics.dropped), (packets.len() as u64, 0));
        let syns = packets.iter().filter(|packet| packet.flags & 0x12 == 2).count();
        let data = packets.iter().filter(|packet| packet.payload.starts_with(b"client ")).count();
        assert_eq!((syns, data), (CONNECTIONS, 2 * CONNECTIONS));
        // An acknowledgement from a timer on another processor may be out of order.
        let falling = packets.windows(2).filter(|pair| pair[0].at > pair[1].at).count();
        assert!(falling < 10, "{falling}");
    });
}

#[test]
fn overflow_is_counted_and_capture_continues() {
    run_in_sandbox("sys::packet_ring::tests::overflow_is_counted_and_capture_continues", || {
        let mut ring = Ring::open("lo", RingSize::Small).expect("a ring");
        let receiver = UdpSocket::bind("127.0.0.1:65432").expect("a port");
        let sender = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let send = |count: u32| {
            for _ in 0..count {
                sender.send_to(&[7; 60_000], receiver.local_addr().expect("bound")).expect("sent");
            }
        };
        // Twice the capacity of the ring.
        let many = (2 * RingSize::Small.blocks() * (BLOCK_BYTES / 60_000)) as u32;
        send(many);
        let mut received = 0;
        let mut count = |packet: Packet<'_>| {
            assert_eq!(packet.bytes.len(), 60_042);
            received += 1;
        };
        assert!(ring.flush(WITHIN, &mut count).expect("a poll"));
        send(3);
        assert!(ring.flush(WITHIN, &mut count).expect("a poll"));
        let statistics = ring.statistics().expect("statistics");
        assert_eq!(statistics.seen, u64::from(many) + 3);
        assert!(
            statistics.dropped > 0 && statistics.seen - statistics.dropped == received,
            "{statistics:?} {received}"
        );
    });
}

#[test]
fn missing_interface_returns_enodev() {
    run_in_sandbox("sys::packet_ring::tests::missing_interface_returns_enodev", || {
        let error = Ring::open("eth9", RingSize::Small).expect_err("no such interface");
        assert_eq!(error.errno(), Some(libc::ENODEV), "{error}");
    });
}

#[test]
fn port_filter_skips_other_traffic() {
    run_in_sandbox("sys::packet_ring::tests::port_filter_skips_other_traffic", || {
        let [lab, other, later] = [0; 3].map(|_| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let port = |listener: &TcpListener| listener.local_addr().expect("bound").port();
        let mut ports = [port(&lab)].into();
        let idle = UnboundSocket::open().expect("a socket");
        let mut ring = Ring::open_on(idle, "lo", RingSize::Small, Some(&ports)).expect("a ring");
        echo(&lab, b"one");
        echo(&other, b"two");
        ports.insert(port(&later));
        ring.filter_ports(&ports).expect("another filter");
        echo(&later, b"three");
        let mut payloads = Vec::new();
        assert!(ring.flush(WITHIN, &mut |packet| payloads.push(keep(&packet).payload)).expect("a poll"));
        payloads.retain(|payload| !payload.is_empty());
        assert_eq!(payloads, [&b"one"[..], b"one", b"three", b"three"]);
        assert_eq!(ring.statistics().expect("statistics").seen, 20, "other ports are filtered out");
        // The kernel accepts the filter for any number of ports.
        ring.filter_ports(&(0..=u16::MAX).collect()).expect("a long filter");
    });
}
