//! Frames of every link and protocol: complete, truncated and broken; and arbitrary bytes.

use std::net::SocketAddr;

use etherparse::{IpFragOffset, IpNumber, Ipv4Header, PacketBuilder, UdpHeader};
use proptest::prelude::*;

use super::sample::{CLIENT, SERVER, end, flags, port_unreachable, tcp, udp};
use super::*;
use crate::model::Protocol;

const LINKS: [Link; 5] = [Link::Ethernet, Link::LinuxCooked, Link::LinuxCooked2, Link::RawIp, Link::Null];

fn read(link: Link, bytes: &[u8]) -> Result<Frame<'_>, FrameError> {
    Frame::read(link, 7, bytes.len() as u32, bytes)
}

fn segment_of<'a>(frame: &'a Frame<'_>) -> &'a Tcp<'a> {
    let Transport::Tcp(tcp) = &frame.transport else { panic!("no segment: {frame:?}") };
    tcp
}

fn datagram_of<'a>(frame: &'a Frame<'_>) -> &'a Udp<'a> {
    let Transport::Udp(udp) = &frame.transport else { panic!("no datagram: {frame:?}") };
    udp
}

#[test]
fn segment_is_read_behind_every_link() {
    let ethernet = tcp(CLIENT, SERVER, "PA", (1, 2, 3), b"hello");
    let packet = &ethernet[14..];
    let cooked = [[0; 14].as_slice(), &[8, 0], packet].concat();
    let cooked2 = [&[8, 0][..], [0; 18].as_slice(), packet].concat();
    let null = [&[2, 0, 0, 0][..], packet].concat();
    let tagged = [&ethernet[..12], &[0x81, 0, 0, 5], &ethernet[12..]].concat();
    let padded = [ethernet.as_slice(), &[0; 6]].concat();
    for (link, bytes) in [
        (Link::Ethernet, ethernet.as_slice()),
        (Link::Ethernet, &tagged),
        (Link::Ethernet, &padded),
        (Link::LinuxCooked, &cooked),
        (Link::LinuxCooked2, &cooked2),
        (Link::RawIp, packet),
        (Link::Null, &null),
    ] {
        let frame = read(link, bytes).expect("a frame");
        assert_eq!((frame.source, frame.destination), (end(CLIENT), end(SERVER)));
        let tcp = segment_of(&frame);
        assert_eq!((tcp.sequence, tcp.acknowledgement, tcp.window), (1, 2, 3));
        assert_eq!((tcp.flags, tcp.payload, tcp.payload_length), (flags("PA"), b"hello".as_slice(), 5));
    }
}

#[test]
fn options_are_read() {
    use etherparse::TcpOptionElement::{MaximumSegmentSize, Noop, Timestamp, WindowScale};
    let built = PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64)
        .tcp(1, 2, 3, 4)
        .options(&[Noop, MaximumSegmentSize(1460), Timestamp(1, 2), WindowScale(7)])
        .expect("options that fit");
    let mut bytes = Vec::new();
    built.write(&mut bytes, b"").expect("a segment");
    let frame = read(Link::RawIp, &bytes).expect("a frame");
    assert_eq!((segment_of(&frame).segment_limit(), segment_of(&frame).window_shift()), (Some(1460), Some(7)));
    for options in [&[3, 0][..], &[3], &[3, 200, 1], &[3, 2], &[0, 3, 3, 7], &[1, 1]] {
        let tcp = Tcp { options, ..*segment_of(&frame) };
        assert_eq!(tcp.window_shift(), None, "{options:?}");
    }
}

#[test]
fn lengths_of_truncated_captures_come_from_the_headers() {
    let bytes = tcp("[::1]:1", "[::1]:2", "PA", (1, 2, 3), &[b'x'; 1_000]);
    let frame = Frame::read(Link::Ethernet, 7, bytes.len() as u32, &bytes[..96]).expect("a frame");
    assert_eq!((segment_of(&frame).payload.len(), segment_of(&frame).payload_length), (96 - 74, 1_000));
    let bytes = udp(CLIENT, SERVER, &[b'x'; 1_000]);
    let frame = Frame::read(Link::Ethernet, 7, bytes.len() as u32, &bytes[..96]).expect("a frame");
    let datagram = datagram_of(&frame);
    assert_eq!((datagram.payload.len(), datagram.payload_length, datagram.length), (96 - 42, 1_000, 1_008));
    assert!(datagram.is_length_right());
    for short in [0, 13, 20, 33, 41] {
        assert_eq!(read(Link::Ethernet, &bytes[..short]), Err(FrameError::Malformed), "{short}");
    }
}

#[test]
fn wrong_length_field_is_reported() {
    let mut bytes = udp(CLIENT, SERVER, b"hello");
    bytes[38..40].copy_from_slice(&11_u16.to_be_bytes());
    let frame = read(Link::Ethernet, &bytes).expect("a frame");
    assert!(!datagram_of(&frame).is_length_right());
    assert_eq!((datagram_of(&frame).payload, datagram_of(&frame).payload_length), (b"hel".as_slice(), 5));
    bytes[38..40].copy_from_slice(&7_u16.to_be_bytes());
    assert_eq!(read(Link::Ethernet, &bytes), Err(FrameError::Malformed));
}

/// Returns a fragment of a datagram of 40 bytes.
fn piece(offset: u16, more: bool, bytes: &[u8]) -> Vec<u8> {
    let mut ip = Ipv4Header::new(bytes.len() as u16, 64, IpNumber::UDP, [10, 0, 0, 1], [10, 0, 0, 2]).expect("fits");
    ip.identification = 77;
    ip.more_fragments = more;
    ip.fragment_offset = IpFragOffset::try_new(offset / 8).expect("an offset");
    let mut out = Vec::new();
    ip.write(&mut out).expect("a header");
    out.extend(bytes);
    out
}

#[test]
fn fragments_are_reported() {
    let header = UdpHeader { source_port: 1, destination_port: 2, length: 48, checksum: 0 }.to_bytes();
    let first = piece(0, true, &[&header, [b'x'; 24].as_slice()].concat());
    let frame = read(Link::RawIp, &first).expect("a frame");
    assert_eq!(frame.fragment, Some(Fragment { identification: 77, offset: 0, more: true, protocol: 17 }));
    let datagram = datagram_of(&frame);
    assert_eq!((datagram.payload.len(), datagram.payload_length, datagram.is_length_right()), (24, 40, true));
    let last = piece(32, false, &[b'y'; 16]);
    let frame = read(Link::RawIp, &last).expect("a frame");
    assert_eq!((frame.transport, frame.source.port()), (Transport::Fragment, 0));
    assert_eq!(frame.fragment.map(|fragment| (fragment.offset, fragment.more)), Some((32, false)));
}

#[test]
fn extension_headers_are_walked() {
    // Hop-by-hop with padding, then a fragment header of the whole ("atomic", RFC 6946), then UDP.
    let inner = &udp("[fe80::1]:1", "[fe80::2]:2", b"hi")[54..];
    let mut bytes = vec![0x60, 0, 0, 0, 0, (16 + inner.len()) as u8, 0, 64];
    bytes.extend([0xfe; 16]);
    bytes.extend([0xfd; 16]);
    bytes.extend([44, 0, 1, 4, 0, 0, 0, 0]);
    bytes.extend([17, 0, 0, 0, 0, 0, 0, 9]);
    bytes.extend(inner);
    let frame = read(Link::RawIp, &bytes).expect("a frame");
    assert_eq!(datagram_of(&frame).payload, b"hi");
    // The last bit of the offset field: more fragments follow.
    bytes[51] = 1;
    let part = read(Link::RawIp, &bytes).expect("a frame");
    assert_eq!(part.fragment, Some(Fragment { identification: 9, offset: 0, more: true, protocol: 17 }));
}

#[test]
fn unreachable_message_quotes_the_datagram() {
    for (from, to) in [(CLIENT, SERVER), ("[::1]:40000", "[::2]:9")] {
        let message = port_unreachable(&udp(from, to, b"hello"));
        let frame = read(Link::Ethernet, &message).expect("a frame");
        let (kind, protocol) = (UnreachableKind::Port, Protocol::Udp);
        let (source, destination, has_header) = (end(from), end(to), true);
        let quoted = Unreachable { kind, protocol, source, destination, length: Some(13), has_header };
        assert_eq!(frame.transport, Transport::Unreachable(quoted));
        assert_eq!(frame.source, SocketAddr::new(end(to).ip(), 0));
    }
    let mut ping = Vec::new();
    let builder = PacketBuilder::ipv4([10, 0, 0, 1], [10, 0, 0, 2], 64).icmpv4_echo_request(1, 2);
    builder.write(&mut ping, b"hello").expect("a ping");
    assert_eq!(read(Link::RawIp, &ping).map(|frame| frame.transport), Ok(Transport::Other(1)));
    assert_eq!(read(Link::Ethernet, &[[0xff; 12].as_slice(), &[8, 6, 0, 1]].concat()), Err(FrameError::NotIp));
}

#[test]
fn checksums_are_filled_in() {
    // PacketBuilder computes the checksums: blanked-out ones must be restored.
    for (from, to) in [(CLIENT, SERVER), ("[fe80::1]:40000", "[fe80::2]:9")] {
        for payload in [&b""[..], b"odd", b"even"] {
            let header = if from == CLIENT { 34 } else { 54 };
            for (good, at) in
                [(tcp(from, to, "PA", (1, 2, 3), payload), header + 16), (udp(from, to, payload), header + 6)]
            {
                let mut bytes = [good.as_slice(), &[0xee; 3]].concat(); // padding is excluded
                bytes[at..at + 2].fill(0xaa);
                if header == 34 {
                    bytes[24..26].fill(0);
                }
                assert!(fill_checksums(Link::Ethernet, &mut bytes));
                assert_eq!(bytes[..good.len()], good);
                let mut cut = good[..good.len() - 1].to_vec();
                assert!(!fill_checksums(Link::Ethernet, &mut cut), "the correct checksum is unknown");
            }
        }
    }
    for (from, to, at) in [(CLIENT, SERVER, 28), ("[::1]:40000", "[::2]:9", 48)] {
        let good = port_unreachable(&udp(from, to, b"hello"));
        let mut bytes = good.clone();
        let (own, quoted) = (14 + at - 8 + 2, 14 + at + (at - 8) + 6);
        bytes[own..own + 2].fill(0xaa);
        bytes[quoted..quoted + 2].fill(0xaa);
        assert!(fill_checksums(Link::Ethernet, &mut bytes));
        assert_eq!(bytes, good, "the quoted datagram's, then the message's");
    }
    let mut part = piece(0, true, &[0; 24]);
    assert!(!fill_checksums(Link::RawIp, &mut part));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn arbitrary_bytes_never_panic(link in 0..5_usize, bytes in prop::collection::vec(any::<u8>(), 0..200), length: u32) {
        let _ = Frame::read(LINKS[link], 0, length, &bytes).map(|frame| format!("{frame:?}"));
        let mut bytes = bytes;
        fill_checksums(LINKS[link], &mut bytes);
    }

    #[test]
    fn broken_frames_never_panic(
        which in 0..5_usize,
        at in prop::collection::vec((0..90_usize, any::<u8>()), 1..6),
        length in 0..120_usize,
    ) {
        let datagram = udp("[::1]:1", "[::1]:2", b"hello");
        let mut bytes = match which {
            0 => tcp(CLIENT, SERVER, "PA", (1, 2, 3), b"hello"),
            1 => udp(CLIENT, SERVER, b"hello"),
            2 => port_unreachable(&datagram),
            3 => port_unreachable(&udp(CLIENT, SERVER, b"hello")),
            _ => datagram,
        };
        for (at, byte) in at {
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        bytes.truncate(length);
        if let Ok(Frame { transport: Transport::Tcp(tcp), .. }) = read(Link::Ethernet, &bytes) {
            prop_assert!(tcp.payload.len() <= tcp.payload_length as usize);
            let _ = (tcp.window_shift(), tcp.segment_limit());
        }
        fill_checksums(Link::Ethernet, &mut bytes);
    }
}
