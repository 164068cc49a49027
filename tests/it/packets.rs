//! Golden test of the packet analysis on the captures of `tests/data/captures`: loopback traffic
//! recorded by `make.py`, and synthetic packets for cases that a loopback cannot produce.
//!
//! The golden texts were compared with the output of tshark for the same files.

use std::fs;
use std::path::{Path, PathBuf};

use socklab::packet::conversation::{Direction, PacketMark, TcpConversation, UdpConversation};
use socklab::packet::{Analysis, Conversations, Reader, Side};

fn captures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/captures");
    let entries = fs::read_dir(folder).expect("the folder of the captures");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_capture = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "pcap" || kind == "pcapng");
    let mut paths: Vec<PathBuf> = paths.filter(is_capture).collect();
    paths.sort();
    paths
}

fn analysed(path: &Path) -> Conversations {
    let bytes = fs::read(path).expect("the capture");
    let mut reader = Reader::new(bytes.as_slice()).expect("a capture");
    let mut analysis = Analysis::new().keep_payload(1 << 20);
    while let Some(packet) = reader.next_packet().expect("a sound capture") {
        analysis.add(&packet.frame());
    }
    analysis.finish()
}

#[test]
fn captures_match_the_golden_text() {
    let captures = captures();
    assert!(captures.len() >= 20, "{} captures", captures.len());
    let mut out = String::new();
    for path in captures {
        let name = path.file_name().expect("a file").to_string_lossy().into_owned();
        let all = analysed(&path);
        out += &format!("== {name}: {} frames", all.frames);
        for (count, what) in [(all.other, "other"), (all.malformed, "malformed"), (all.fragments, "later fragments")] {
            if count > 0 {
                out += &format!(", {count} {what}");
            }
        }
        out += "\n";
        for one in &all.tcp {
            out += &tcp(one);
        }
        for one in &all.udp {
            out += &udp(one);
        }
        out += "\n";
    }
    insta::assert_snapshot!("captures", out);
}

fn tcp(one: &TcpConversation) -> String {
    let mut out = format!("tcp.stream {}: {} -> {}", one.stream, one.client, one.server);
    out += &format!(" by {:?}, handshake {:?}", one.oriented_by, one.handshake.state());
    let ending = &one.teardown;
    if let Some(side) = ending.first_fin {
        out += &format!(", first FIN {side:?}");
    }
    for (matches, word) in [
        (ending.simultaneous, "simultaneous"),
        (ending.is_complete, "closed"),
        (one.is_refused(), "refused"),
        (one.is_all_acknowledged(), "all acknowledged"),
    ] {
        if matches {
            out += &format!(", {word}");
        }
    }
    if let Some(reset) = ending.reset {
        out += &format!(", RST by {:?} after {:?}", reset.by, reset.after);
    }
    out += "\n";
    for side in [Side::Client, Side::Server] {
        out += &format!("  {side:?}: {}\n", direction(one.direction(side)));
    }
    if one.packets.len() <= 40 {
        for packet in &one.packets {
            out += &format!("    {:3} {packet}\n", packet.frame + 1);
        }
    } else {
        let count = |mark| one.packets.iter().filter(|packet| packet.mark == mark).count();
        out += &format!("    {} packets, {} plain\n", one.packets.len(), count(PacketMark::Plain));
    }
    out
}

fn direction(direction: &Direction) -> String {
    let payload = direction.payload.as_deref().unwrap_or_default();
    let shown = String::from_utf8_lossy(&payload[..payload.len().min(24)]).escape_debug().to_string();
    let mut out = format!("{} packets, {} bytes \"{shown}\"", direction.packets, direction.bytes);
    for (count, what) in [
        (direction.missing, "missing"),
        (u64::from(direction.is_payload_cut), "cut"),
        (direction.pushed as u64, "pushed"),
        (direction.retransmissions as u64, "retransmissions"),
        (direction.keep_alives as u64, "keep-alives"),
        (direction.out_of_order as u64, "out of order"),
        (direction.zero_windows as u64, "zero windows"),
    ] {
        if count > 0 {
            out += &format!(", {count} {what}");
        }
    }
    out
}

fn udp(one: &UdpConversation) -> String {
    let mut out = format!("udp.stream {}: {} -> {}\n", one.stream, one.client, one.server);
    for datagram in &one.datagrams {
        let (length, field) = (datagram.payload_length, datagram.length_field);
        out += &format!("    {:3} {:?} length {length}, field {field}", datagram.seen.frame + 1, datagram.from);
        if datagram.is_fragmented {
            out += ", in fragments";
        }
        if let Some((seen, what)) = datagram.unreachable {
            out += &format!(", {:?} unreachable in {}", what.kind, seen.frame + 1);
        }
        out += "\n";
    }
    out
}
