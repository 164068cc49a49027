//! Capture files written and read back, foreign ones built byte by byte, broken ones, and arbitrary
//! bytes.

use proptest::prelude::*;

use super::block::{self, ByteOrder};
use super::*;

/// Returns a file with two interfaces and everything that the writer supports.
fn written() -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), "socklab").expect("memory");
    let mut interface = Interface::new("lo", Link::Ethernet);
    interface.system = Some("Linux".to_owned());
    let lo = writer.interface(&interface).expect("memory");
    let raw = writer.interface(&Interface::new("tun0", Link::RawIp)).expect("memory");
    let names = [("10.0.0.1", "alice"), ("fe80::1", "böb"), ("10.0.0.2", ""), ("10.0.0.3", "a\0b")];
    let names = names.map(|(ip, name)| (ip.parse().expect("an address"), name));
    writer.names(names).expect("memory");
    let comment = Some("cliente 3: SYN");
    let packet = Packet {
        interface: lo,
        at_ns: 1_700_000_000_123_456_789,
        original_length: 1_000,
        bytes: b"hello",
        comment,
        direction: Direction::Outbound,
    };
    writer.packet(&packet).expect("memory");
    writer.packet(&Packet { interface: raw, bytes: b"", comment: None, ..packet }).expect("memory");
    writer.packet(&Packet { at_ns: u64::MAX, comment: Some(""), bytes: b"four", ..Packet::default() }).expect("memory");
    writer
        .statistics(lo, 5, Statistics { received: Some(3), dropped: Some(1), dropped_by_system: None })
        .expect("memory");
    writer.finish().expect("memory")
}

fn read(bytes: &[u8]) -> Result<(Vec<Captured<'static>>, Reader<&[u8]>), ReadError> {
    let mut reader = Reader::new(bytes)?;
    let packets = reader.by_ref().collect::<Result<_, _>>()?;
    Ok((packets, reader))
}

#[test]
fn written_files_are_read_back() {
    let bytes = written();
    assert_eq!(bytes.len() % 4, 0);
    let (packets, reader) = read(&bytes).expect("a sound file");
    let found: Vec<_> = packets
        .iter()
        .map(|one| (one.at_ns, one.interface, one.link, one.original_length, &*one.bytes, one.comment.as_deref()))
        .collect();
    let at = 1_700_000_000_123_456_789;
    assert_eq!(
        found,
        [
            (at, 0, Some(Link::Ethernet), 1_000, b"hello".as_slice(), Some("cliente 3: SYN")),
            (at, 1, Some(Link::RawIp), 1_000, b"", None),
            (u64::MAX, 0, Some(Link::Ethernet), 4, b"four", Some("")),
        ]
    );
    let [lo, tun] = reader.interfaces() else { panic!("two interfaces") };
    assert_eq!((lo.name.as_deref(), lo.system.as_deref()), (Some("lo"), Some("Linux")));
    assert_eq!(lo.statistics, Some(Statistics { received: Some(3), dropped: Some(1), dropped_by_system: None }));
    assert_eq!((tun.name.as_deref(), tun.statistics), (Some("tun0"), None));
    let names: Vec<_> = reader.names().iter().map(|(ip, name)| (ip.to_string(), name.as_str())).collect();
    assert_eq!(names, [("10.0.0.1".to_owned(), "alice"), ("fe80::1".to_owned(), "böb")]);
}

#[test]
fn long_comments_are_cut_and_wrong_packets_refused() {
    let mut writer = Writer::new(Vec::new(), "").expect("memory");
    let refused = writer.packet(&Packet::default()).map_err(|error| error.kind());
    assert_eq!(refused, Err(std::io::ErrorKind::InvalidInput), "an undeclared interface");
    writer.interface(&Interface::new("lo", Link::Ethernet)).expect("memory");
    let large = vec![0; MAX_BLOCK_BYTES as usize];
    let refused = writer.packet(&Packet { bytes: &large, ..Packet::default() }).map_err(|error| error.kind());
    assert_eq!(refused, Err(std::io::ErrorKind::InvalidInput), "too large");
    let long = "ã".repeat(40_000);
    writer.packet(&Packet { comment: Some(&long), ..Packet::default() }).expect("memory");
    let bytes = writer.finish().expect("memory");
    let (packets, _) = read(&bytes).expect("a sound file");
    assert_eq!(packets[0].comment.as_deref().map(str::len), Some(65_534));
}

/// Returns a block of a foreign file.
fn block(order: ByteOrder, kind: u32, body: &[u8]) -> Vec<u8> {
    let length = body.len().next_multiple_of(4) as u32 + 12;
    let mut out = Vec::new();
    out.extend(word(order, kind));
    out.extend(word(order, length));
    out.extend(body);
    out.resize(length as usize - 4, 0);
    out.extend(word(order, length));
    out
}

fn word(order: ByteOrder, word: u32) -> [u8; 4] {
    match order {
        ByteOrder::Little => word.to_le_bytes(),
        ByteOrder::Big => word.to_be_bytes(),
    }
}

fn half(order: ByteOrder, half: u16) -> [u8; 2] {
    let word = word(order, u32::from(half));
    if order == ByteOrder::Little { [word[0], word[1]] } else { [word[2], word[3]] }
}

fn words(order: ByteOrder, all: &[u32]) -> Vec<u8> {
    all.iter().flat_map(|&one| word(order, one)).collect()
}

fn section(order: ByteOrder) -> Vec<u8> {
    let version = [half(order, 1), half(order, 0)].concat();
    let body = [words(order, &[block::BYTE_ORDER_MAGIC]), version, words(order, &[u32::MAX, u32::MAX])].concat();
    block(order, block::SECTION, &body)
}

fn interface(order: ByteOrder, link: u16, snap: u32, resolution: Option<u8>) -> Vec<u8> {
    let mut body = [half(order, link), half(order, 0)].concat();
    body.extend(word(order, snap));
    if let Some(resolution) = resolution {
        body.extend([half(order, block::IF_TSRESOL), half(order, 1)].concat());
        body.extend([resolution, 0, 0, 0]);
    }
    block(order, block::INTERFACE, &body)
}

#[test]
fn sections_of_either_byte_order_are_read() {
    for orders in [[ByteOrder::Little, ByteOrder::Big], [ByteOrder::Big, ByteOrder::Little]] {
        let mut file = Vec::new();
        for order in orders {
            file.extend(section(order));
            file.extend(block(order, 0xbad, b"a custom block that nobody knows"));
            file.extend(interface(order, 1, 0, None));
            file.extend(interface(order, 101, 3, Some(0x80 | 10)));
            let comment = [half(order, block::COMMENT).as_slice(), &half(order, 2), b"hi\0\0"].concat();
            let packet = [words(order, &[1, 0, 1_536, 5, 9]), b"12345\0\0\0".to_vec(), comment].concat();
            file.extend(block(order, block::ENHANCED, &packet));
            file.extend(block(order, block::ENHANCED, &[words(order, &[0, 1, 1, 1, 1]), b"x".to_vec()].concat()));
            file.extend(block(order, block::SIMPLE, &[words(order, &[6]), b"simple".to_vec()].concat()));
            let old = [half(order, 1), half(order, 7)].concat();
            file.extend(block(order, block::PACKET, &[old, words(order, &[0, 1_024, 2, 2]), b"ol".to_vec()].concat()));
        }
        let (packets, reader) = read(&file).expect("a sound file");
        let found: Vec<_> = packets.iter().map(|one| (one.interface, one.at_ns, &*one.bytes)).collect();
        let micro = ((1_u64 << 32) + 1) * 1_000;
        let of = |first| {
            let parts: [(usize, u64, &[u8]); 4] = [
                (first + 1, 1_500_000_000, b"12345"),
                (first, micro, b"x"),
                (first, 0, b"simple"),
                (first + 1, 1_000_000_000, b"ol"),
            ];
            parts
        };
        assert_eq!(found, [of(0), of(2)].concat());
        assert_eq!((packets[0].comment.as_deref(), packets[0].original_length), (Some("hi"), 9));
        assert_eq!(packets[2].comment, None, "a Simple Packet Block has no options");
        assert_eq!(reader.interfaces().len(), 4);
    }
}

#[test]
fn simple_packet_is_limited_to_the_snap_length() {
    let order = ByteOrder::Little;
    let packet = block(order, block::SIMPLE, &[words(order, &[6]), b"simple".to_vec()].concat());
    let file = [section(order), interface(order, 1, 3, None), packet].concat();
    let (packets, _) = read(&file).expect("a sound file");
    assert_eq!((&*packets[0].bytes, packets[0].original_length), (b"sim".as_slice(), 6));
}

/// Returns a pcap file with one packet.
fn classic(mark: u32, order: ByteOrder, link: u32) -> Vec<u8> {
    let header = [words(order, &[mark]), half(order, 2).to_vec(), half(order, 4).to_vec()].concat();
    let rest = words(order, &[0, 0, 65_535, link, 1_700_000_000, 123_456, 4, 60]);
    [header, rest, b"four".to_vec()].concat()
}

#[test]
fn classic_files_of_either_order_and_unit_are_read() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        for (mark, nanoseconds) in [(0xa1b2_c3d4, 123_456_000), (0xa1b2_3c4d, 123_456)] {
            let bytes = classic(mark, order, 0x1000_0000 | 113);
            let (packets, _) = read(&bytes).expect("a sound file");
            let [packet] = packets.as_slice() else { panic!("one packet") };
            assert_eq!(packet.at_ns, 1_700_000_000_000_000_000 + nanoseconds);
            assert_eq!((packet.link, packet.original_length), (Some(Link::LinuxCooked), 60));
            assert_eq!((&*packet.bytes, packet.comment.as_deref()), (b"four".as_slice(), None));
        }
    }
    let unknown = classic(0xa1b2_c3d4, ByteOrder::Big, 147);
    let (packets, _) = read(&unknown).expect("a sound file");
    assert_eq!((packets[0].link, packets[0].frame()), (None, Err(FrameError::UnknownLink(147))));
}

#[test]
fn patched_classic_files_are_read() {
    for order in [ByteOrder::Big, ByteOrder::Little] {
        let mut file = classic(0xa1b2_cd34, order, 1);
        file.truncate(classic::FILE_HEADER_BYTES);
        for packet in [b"first".as_slice(), b"second!"] {
            let length = packet.len() as u32;
            // Three more words than in an ordinary file: interface, protocol, kind.
            file.extend(words(order, &[3, 4, length, length, 7, 0x0800_0000]));
            file.extend(packet);
        }
        let (packets, _) = read(&file).expect("a sound file");
        let found: Vec<_> = packets.iter().map(|one| (one.at_ns, &*one.bytes)).collect();
        assert_eq!(found, [(3_000_004_000, b"first".as_slice()), (3_000_004_000, b"second!")]);
    }
}

#[test]
fn dropped_packets_are_counted_once() {
    for order in [ByteOrder::Little, ByteOrder::Big] {
        let count = |code: u16, count: u64| {
            let halves = if order == ByteOrder::Little { [count, count >> 32] } else { [count >> 32, count] };
            [[half(order, code), half(order, 8)].concat(), words(order, &halves.map(|half| half as u32))].concat()
        };
        let packet = |dropped: Option<u64>| {
            let options = dropped.map(|dropped| count(block::EPB_DROPCOUNT, dropped)).unwrap_or_default();
            block(order, block::ENHANCED, &[words(order, &[0, 0, 0, 4, 4]), b"four".to_vec(), options].concat())
        };
        // The obsolete block has its count beside the interface; 0xffff means unknown.
        let obsolete = |dropped: u16| {
            let start = [half(order, 0), half(order, dropped)].concat();
            block(order, block::PACKET, &[start, words(order, &[0, 0, 4, 4]), b"four".to_vec()].concat())
        };
        let statistics =
            |options: Vec<u8>| block(order, block::STATISTICS, &[words(order, &[0, 0, 0]), options].concat());
        let begin = || [section(order), interface(order, 1, 0, None)].concat();
        let by_interface = [count(block::ISB_IFDROP, 2), count(block::ISB_OSDROP, 3)].concat();
        for (blocks, expected) in [
            (vec![packet(None), obsolete(u16::MAX)], 0),
            (vec![packet(Some(1)), packet(None), packet(Some(2)), obsolete(4)], 7),
            (vec![packet(None), statistics(by_interface.clone())], 5),
            (vec![packet(None), statistics(count(block::ISB_IFDROP, 1)), statistics(by_interface.clone())], 5),
            (vec![packet(Some(5)), statistics(by_interface.clone())], 5),
            (vec![packet(Some(u64::MAX)), packet(Some(u64::MAX))], u64::MAX),
        ] {
            let file = [begin(), blocks.concat()].concat();
            let (_, reader) = read(&file).expect("a sound file");
            assert_eq!(reader.dropped(), expected);
        }
    }
}

#[test]
fn truncated_file_returns_the_packets_before() {
    let bytes = written();
    let whole = Reader::new(bytes.as_slice()).expect("a sound file").count();
    for length in 0..bytes.len() {
        let Ok(reader) = Reader::new(&bytes[..length]) else {
            assert!(length < 44, "{length}");
            continue;
        };
        let results: Vec<_> = reader.collect();
        let sound = results.iter().filter(|one| one.is_ok()).count();
        assert!(sound <= whole && results.len() <= sound + 1, "{length}");
        assert!(results.iter().all(|one| matches!(one, Ok(_) | Err(ReadError::CutShort { .. }))), "{length}");
    }
}

#[test]
fn malformed_blocks_are_reported() {
    let order = ByteOrder::Little;
    let outcome = |more: Vec<u8>| {
        let bytes = [section(order), interface(order, 1, 0, None), more].concat();
        read(&bytes).map(|_| ()).map_err(|error| error.to_string())
    };
    let packet = |all: &[u32]| block(order, block::ENHANCED, &words(order, all));
    let fault = |why: &str| Err(format!("the block at byte 48 of the capture is malformed: {why}"));
    let fields = fault("a packet without its fields, data or interface");
    assert_eq!(outcome(packet(&[1, 0, 0, 0, 0])), fields);
    assert_eq!(outcome(packet(&[0, 0, 0, 4, 4])), fields);
    assert_eq!(outcome(packet(&[0, 0])), fields);
    assert_eq!(outcome(words(order, &[6, 8, 8])), fault("impossible length"));
    assert_eq!(outcome(words(order, &[6, u32::MAX, 8])), fault("impossible length"));
    assert_eq!(outcome(words(order, &[99, 16, 0, 20])), fault("the two length fields differ"));
    assert_eq!(
        outcome(block(order, block::STATISTICS, &words(order, &[7, 0, 0]))),
        fault("statistics for an unknown interface")
    );
    assert_eq!(outcome(block(order, block::INTERFACE, &[1, 0])), fault("incomplete interface description"));
    let large = outcome(words(order, &[6, 0x7fff_fff0, 8]));
    assert_eq!(large, Err(format!("the block at byte 48 of the capture is too large: {} bytes", 0x7fff_ffe4)));
    let skipped = outcome(words(order, &[99, 0x7fff_fff0, 8]));
    assert_eq!(skipped, Err("the capture is truncated in the block at byte 48".to_owned()));
    for bytes in
        [&b""[..], b"abc", b"a text that is no capture at all", &[0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 1, 1, 2, 3, 4]]
    {
        assert!(matches!(Reader::new(bytes), Err(ReadError::NotACapture)), "{bytes:?}");
    }
    assert!(matches!(Reader::new(&[0x1f, 0x8b, 8, 0, 0][..]), Err(ReadError::Gzip)));
    assert!(matches!(Reader::new(&[0x1f, 0x8a, 8, 0, 0][..]), Err(ReadError::NotACapture)), "nearly gzip");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn packets_round_trip(
        packets in prop::collection::vec((any::<u64>(), prop::collection::vec(any::<u8>(), 0..99), "\\PC{0,9}"), 0..9)
    ) {
        let mut writer = Writer::new(Vec::new(), "x").expect("memory");
        writer.interface(&Interface::new("lo", Link::Ethernet)).expect("memory");
        for (at_ns, bytes, comment) in &packets {
            let packet = Packet { at_ns: *at_ns, bytes, comment: Some(comment), ..Packet::default() };
            writer.packet(&packet).expect("memory");
        }
        let file = writer.finish().expect("memory");
        let (back, _) = read(&file).expect("a sound file");
        prop_assert_eq!(back.len(), packets.len());
        for (one, (at_ns, bytes, comment)) in back.iter().zip(&packets) {
            prop_assert_eq!((one.at_ns, &*one.bytes, one.comment.as_deref()), (*at_ns, bytes.as_slice(), Some(comment.as_str())));
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(start in 0..4_usize, bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let start = [Vec::new(), section(ByteOrder::Big), classic(0xa1b2_c3d4, ByteOrder::Big, 1), section(ByteOrder::Little)][start].clone();
        let _ = read(&[start, bytes].concat());
    }

    #[test]
    fn broken_files_never_panic(
        at in prop::collection::vec((0..400_usize, any::<u8>()), 1..8),
        length in 0..420_usize,
    ) {
        let mut bytes = written();
        for (at, byte) in at {
            let place = at % bytes.len();
            bytes[place] = byte;
        }
        bytes.truncate(length);
        if let Ok(reader) = Reader::new(bytes.as_slice()) {
            for packet in reader.flatten() {
                let _ = packet.frame();
            }
        }
    }
}
