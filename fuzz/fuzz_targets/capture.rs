//! Reads arbitrary bytes as a capture file, analyses and draws it, writes it and reads it back.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use socklab::model::Language;
use socklab::packet::pcapng::{Interface, Packet, Writer};
use socklab::packet::{Analysis, Link, Reader};
use socklab::report::Timeline;
use socklab::i18n::Catalog;

/// Largest packet that the reader accepts, in bytes.
const LARGEST: usize = 1 << 16;

static ENGLISH: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(Language::English));

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut reader) = Reader::new(bytes) else { return };
    let mut analysis = Analysis::new().keep_payload(1 << 16);
    let mut kept = Vec::new();
    while let Ok(Some(packet)) = reader.next_packet() {
        analysis.add(&packet.frame());
        if packet.bytes.len() <= LARGEST {
            kept.push(packet.into_owned());
        }
    }
    let found = analysis.finish();
    assert!(found.tcp.iter().map(|one| one.packet_count).sum::<usize>() <= found.frames);
    let drawn = Timeline::from_conversations(&found, &ENGLISH).text(100, false);
    assert!(drawn.lines().count() <= 1000);

    let mut writer = Writer::new(Vec::new(), "fuzz").expect("memory");
    let interface = writer.interface(&Interface::new("lo", Link::Ethernet)).expect("memory");
    for packet in &kept {
        let written = Packet {
            interface,
            at_ns: packet.at_ns,
            original_length: packet.original_length,
            bytes: &packet.bytes,
            comment: packet.comment.as_deref(),
            ..Packet::default()
        };
        writer.packet(&written).expect("memory");
    }
    let file = writer.finish().expect("memory");
    let mut again = Reader::new(file.as_slice()).expect("what was written");
    for packet in &kept {
        let read = again.next_packet().expect("what was written").expect("as many packets");
        assert_eq!((read.at_ns, &read.bytes), (packet.at_ns, &packet.bytes));
        assert_eq!(read.original_length, packet.original_length.max(packet.bytes.len() as u32));
        // The writer truncates a comment that is longer than an option.
        let comment = packet.comment.as_deref().unwrap_or_default();
        assert!(comment.starts_with(read.comment.as_deref().unwrap_or_default()));
    }
    assert!(again.next_packet().expect("the end").is_none());
});
