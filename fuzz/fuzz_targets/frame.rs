//! Reads arbitrary bytes as frames of every link type: parses, analyses, fills in checksums.
#![no_main]

use libfuzzer_sys::fuzz_target;
use socklab::packet::conversation::states;
use socklab::packet::{Analysis, Frame, Link, as_ethernet, fill_checksums};

const LINKS: [Link; 5] = [Link::Ethernet, Link::LinuxCooked, Link::LinuxCooked2, Link::RawIp, Link::Null];

fuzz_target!(|frames: Vec<(u8, u32, Vec<u8>)>| {
    let mut analysis = Analysis::new().keep_payload(1 << 12);
    for (at_ns, (link, original_length, bytes)) in (0..).zip(&frames) {
        let link = LINKS[usize::from(*link) % LINKS.len()];
        let read = Frame::read(link, at_ns, *original_length, bytes);
        analysis.add(&read);
        if let Ok(ethernet) = as_ethernet(link, bytes) {
            let same = Frame::read(Link::Ethernet, at_ns, ethernet.len() as u32, &ethernet);
            assert_eq!(read.is_ok(), same.is_ok(), "{read:?} {same:?}");
        }
        let mut filled = bytes.clone();
        fill_checksums(link, &mut filled);
        assert_eq!(filled.len(), bytes.len());
    }
    let found = analysis.finish();
    assert_eq!(found.frames, frames.len());
    for one in &found.tcp {
        assert_eq!(states(&one.packets, |packet| packet.frame % 3 != 0).len(), one.packets.len());
    }
});
