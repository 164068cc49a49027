//! Each layer around one TCP segment, near misses, and truncated and arbitrary frames.

use proptest::prelude::*;

use crate::packet::frame::sample::{CLIENT, SERVER, end, tcp, udp};
use crate::packet::{Analysis, Frame, FrameError, Link, Transport, as_ethernet};

const OUTSIDE: [u8; 8] = [192, 168, 0, 1, 192, 168, 0, 2];

fn ethernet(kind: u16, parts: &[&[u8]]) -> Vec<u8> {
    [&[2; 12], &kind.to_be_bytes()[..], &parts.concat()].concat()
}

fn ipv4(protocol: u8, parts: &[&[u8]]) -> Vec<u8> {
    let carried = parts.concat();
    let length = u16::try_from(20 + carried.len()).expect("a short packet").to_be_bytes();
    let header = [0x45, 0, length[0], length[1], 0, 0, 0, 0, 64, protocol, 0, 0];
    [&header, &OUTSIDE[..], &carried].concat()
}

fn ipv6(next: u8, carried: &[u8]) -> Vec<u8> {
    let length = u16::try_from(carried.len()).expect("a short packet").to_be_bytes();
    [&[0x60, 0, 0, 0, length[0], length[1], next, 64], &[7; 32][..], carried].concat()
}

fn datagram(port: u16, parts: &[&[u8]]) -> Vec<u8> {
    let payload = parts.concat();
    let length = u16::try_from(8 + payload.len()).expect("a short datagram");
    let header = [33_333, port, length, 0].map(u16::to_be_bytes).concat();
    ethernet(0x0800, &[&ipv4(17, &[&header, &payload])])
}

const VXLAN: &[u8] = &[8, 0, 0, 0, 0, 0, 42, 0];

/// Returns every kind of frame around the same segment.
fn wrapped() -> Vec<(&'static str, Vec<u8>)> {
    let frame = tcp(CLIENT, SERVER, "PA", (1, 1, 512), b"hello");
    let ip = &frame[14..];
    let length = u16::try_from(ip.len()).expect("a short packet");
    let gre = |header: &[u8], inner: &[u8]| ethernet(0x0800, &[&ipv4(47, &[header, inner])]);
    vec![
        ("three VLAN tags", ethernet(0x88a8, &[&[0, 1, 0x81, 0, 0, 2, 0x91, 0, 0, 3, 8, 0], ip])),
        ("backbone", ethernet(0x88e7, &[&[0; 4], &frame])),
        ("E-tag", ethernet(0x893f, &[&[0; 6], &[8, 0], ip])),
        ("VN-tag", ethernet(0x8926, &[&[0; 4], &[8, 0], ip])),
        ("SNAP", ethernet(length + 8, &[&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0], ip])),
        ("PPPoE", ethernet(0x8864, &[&[0x11, 0, 0, 1], &(length + 2).to_be_bytes(), &[0, 0x21], ip])),
        ("PPPoE, short", ethernet(0x8864, &[&[0x11, 0, 0, 1], &(length + 1).to_be_bytes(), &[0x21], ip])),
        ("MPLS", ethernet(0x8847, &[&[0, 1, 0, 64, 0, 1, 1, 64], ip])),
        ("MPLS, upstream", ethernet(0x8848, &[&[0, 1, 1, 64], ip])),
        ("Ethernet over MPLS", ethernet(0x8847, &[&[0, 1, 1, 64], &[0; 4], &frame])),
        ("MPLS behind PPPoE and VLAN", ethernet(0x8100, &[&[0, 1, 0x88, 0x47, 0, 1, 1, 64], ip])),
        ("GRE", gre(&[0, 0, 8, 0], ip)),
        ("GRE with all fields", gre(&[&[0xb0, 0, 8, 0], &[1; 12][..]].concat(), ip)),
        ("Ethernet over GRE", gre(&[&[0x20, 0, 0x65, 0x58], &[1; 4][..]].concat(), &frame)),
        ("MPLS over GRE", gre(&[&[0, 0, 0x88, 0x47], &[0, 1, 1, 64][..]].concat(), ip)),
        ("PPTP", gre(&[&[0x30, 0x81, 0x88, 0x0b], &[1; 12][..], &[0xff, 3, 0, 0x21]].concat(), ip)),
        ("ERSPAN", gre(&[0, 0, 0x88, 0xbe], &frame)),
        ("ERSPAN 2", gre(&[&[0x10, 0, 0x88, 0xbe], &[1; 12][..]].concat(), &frame)),
        ("ERSPAN 3", gre(&[&[0x10, 0, 0x22, 0xeb], &[1; 16][..]].concat(), &frame)),
        ("IP in IP", ethernet(0x0800, &[&ipv4(4, &[ip])])),
        ("IP in IPv6", ethernet(0x86dd, &[&ipv6(4, ip)])),
        ("IPv6 in IP in IP", ethernet(0x0800, &[&ipv4(4, &[&ipv4(41, &[&ipv6(4, ip)])])])),
        ("VXLAN", datagram(4_789, &[VXLAN, &frame])),
        ("VXLAN, old port", datagram(8_472, &[VXLAN, &frame])),
        ("Geneve", datagram(6_081, &[&[0, 0, 0x65, 0x58, 0, 0, 42, 0], &frame])),
        ("Geneve with options", datagram(6_081, &[&[1, 0, 8, 0, 0, 0, 42, 0, 9, 9, 9, 9], ip])),
    ]
}

fn read(bytes: &[u8]) -> Result<Frame<'_>, FrameError> {
    Frame::read(Link::Ethernet, 5, u32::try_from(bytes.len()).expect("a short frame"), bytes)
}

/// Returns the innermost frame.
fn innermost<'f, 'a>(frame: &'f Frame<'a>) -> &'f Frame<'a> {
    frame.inner.as_deref().map_or(frame, innermost)
}

#[test]
fn segment_is_found_behind_every_layer() {
    for (name, bytes) in wrapped() {
        let frame = read(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        let inner = innermost(&frame);
        assert_eq!((inner.source, inner.destination), (end(CLIENT), end(SERVER)), "{name}");
        let Transport::Tcp(tcp) = &inner.transport else { panic!("{name}: {inner:?}") };
        assert_eq!((tcp.payload, tcp.payload_length), (&b"hello"[..], 5), "{name}");
        assert!(frame.is_on_port(65_432) && !frame.is_on_port(9), "{name}");
        // Judges get the same packet behind another link header.
        let again = as_ethernet(Link::Ethernet, &bytes).expect("IP");
        let again = read(&again).expect("a frame");
        assert_eq!(innermost(&again).transport, inner.transport, "{name}");
    }
}

#[test]
fn datagram_of_a_tunnel_is_a_conversation_too() {
    let bytes = datagram(4_789, &[VXLAN, &tcp(CLIENT, SERVER, "S", (1, 0, 512), b"")]);
    let mut analysis = Analysis::new();
    analysis.add(&read(&bytes));
    let found = analysis.finish();
    assert_eq!((found.frames, found.tcp.len(), found.udp.len()), (1, 1, 1), "as in Wireshark");
}

#[test]
fn other_contents_are_not_looked_into() {
    let frame = tcp(CLIENT, SERVER, "PA", (1, 1, 512), b"hello");
    let ip = &frame[14..];
    for (name, bytes, is_read) in [
        ("PPPoE discovery", ethernet(0x8863, &[&[0x11, 9, 0, 0, 0, 0]]), false),
        ("LCP in PPPoE", ethernet(0x8864, &[&[0x11, 0, 0, 1, 0, 4, 0xc0, 0x21], ip]), false),
        ("unknown contents of MPLS", ethernet(0x8847, &[&[0, 1, 1, 64, 0x90], ip]), false),
        ("endless labels", ethernet(0x8847, &[&[0; 400]]), false),
        ("spanning tree", ethernet(38, &[&[0x42, 0x42, 3], &[0; 35]]), false),
        ("GRE keep-alive", ethernet(0x0800, &[&ipv4(47, &[&[0, 0, 0, 0], ip])]), true),
        ("routing in GRE", ethernet(0x0800, &[&ipv4(47, &[&[0x40, 0, 8, 0], ip])]), true),
        ("VXLAN on another port", datagram(4_790, &[VXLAN, &frame]), true),
        ("VXLAN without its flag", datagram(4_789, &[&[0; 8], &frame]), true),
        ("a text", datagram(4_789, &[b"a question to a server of the lab, in UDP"]), true),
    ] {
        match read(&bytes) {
            Ok(frame) => {
                let is_tcp = matches!(innermost(&frame).transport, Transport::Tcp(_));
                assert!(is_read && frame.inner.is_none() && !is_tcp, "{name}: {frame:?}");
            }
            Err(error) => assert_eq!((is_read, error), (false, FrameError::NotIp), "{name}"),
        }
    }
}

#[test]
fn depth_of_tunnels_is_bounded() {
    let mut packet = tcp(CLIENT, SERVER, "S", (1, 0, 512), b"")[14..].to_vec();
    for _ in 0..100 {
        packet = ipv4(4, &[&packet]);
    }
    let bytes = ethernet(0x0800, &[&packet]);
    assert_eq!(read(&bytes).map(|frame| frame.transport), Ok(Transport::Other(4)));
    let mut frame = udp(CLIENT, SERVER, b"x");
    for _ in 0..100 {
        frame = datagram(4_789, &[VXLAN, &frame]);
    }
    assert!(read(&frame).is_ok());
}

#[test]
fn lengths_of_the_outer_packet_bound_the_inner_one() {
    let frame = tcp(CLIENT, SERVER, "PA", (1, 1, 512), b"hello");
    let mut inner = frame[14..].to_vec();
    inner[3] += 100;
    let bytes = ethernet(0x0800, &[&ipv4(4, &[&inner])]);
    let frame = read(&bytes).expect("a frame");
    let Transport::Tcp(tcp) = frame.transport else { panic!("{frame:?}") };
    assert_eq!(tcp.payload_length, 5);
}

proptest! {
    #[test]
    fn damaged_layers_never_panic(
        which in 0..wrapped().len(),
        kept in 0..200_usize,
        changes in prop::collection::vec((0..200_usize, any::<u8>()), 0..6),
    ) {
        let (_, mut bytes) = wrapped().swap_remove(which);
        let length = u32::try_from(bytes.len()).expect("a short frame");
        for (at, value) in changes {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
        }
        bytes.truncate(kept);
        let _ = Frame::read(Link::Ethernet, 0, length, &bytes);
        let _ = as_ethernet(Link::Ethernet, &bytes);
    }
}
