//! Tests the diagram and the capture file of a hand-made run, with golden files and general
//! properties.

use super::*;
use crate::model::net::Owner;
use crate::model::{
    Capture, CapturedPacket, ClientId, Event, EventId, EventKind, Journal, Language, Moment, PacketFate, Protocol,
    ServerId, SocketRow, StepBegan, Syscall,
};
use crate::packet::frame::sample::{CLIENT, CaptureBuilder, SERVER, end, port_unreachable, udp};
use crate::packet::{Analysis, Reader};
use crate::report::evidence::Part;
use crate::report::sample::HOSTILE;

const BEGAN: u64 = 1_700_000_000_000_000_000;

/// Returns evidence of a client whose second data packet is lost once and sent again, an unknown
/// client, and a datagram that no socket receives.
pub(in crate::report) fn seen() -> Evidence {
    let (client, server, protocol) = (ClientId(1), ServerId(0), Protocol::Tcp);
    let (local, peer) = (end(CLIENT), end(SERVER));
    let row = SocketRow {
        protocol,
        local: peer,
        peer: end("0.0.0.0:0"),
        state: TcpState::Listen,
        inode: 9,
        receive_queue: 0,
        send_queue: 5,
        owner: Owner::Server(server, 12),
    };
    let call = |call| EventKind::Called { server, pid: 12, call };
    let kinds = [
        (
            1,
            EventKind::Started {
                server,
                role: "tcp-simple".parse().ok(),
                command: HOSTILE.to_owned(),
                pid: 12,
                protocol: Some(protocol),
                port: Some(65432),
                stands_in: None,
            },
        ),
        (2, call(Syscall::Socket { domain: 2, kind: 1, protocol: 0 })),
        (3, call(Syscall::Bind { fd: 3, address: Some(peer), length: None, family: None })),
        (4, call(Syscall::Listen { fd: 3, backlog: 5 })),
        (5, EventKind::Ready { server, row }),
        (10, EventKind::Connected { client, server, protocol, local, peer }),
        (11, call(Syscall::Accept { fd: 3 })),
        (
            90,
            EventKind::Output { server, head: HOSTILE.as_bytes().into(), tail: b"end\n".as_slice().into(), total: 900 },
        ),
    ];
    let events = kinds.into_iter().enumerate().map(|(k, (at, kind))| {
        let id = EventId(u32::try_from(k).expect("few"));
        Event { id, at: Moment(at * 1_000_000), step: 0, kind }
    });
    let story = CaptureBuilder::connected()
        .client("PA", 1, 1, b"ola")
        .client("PA", 1, 1, b"ola")
        .server("PA", 1, 4, b"ola")
        .client("FA", 4, 4, b"")
        .server("FA", 4, 5, b"")
        .client("A", 5, 5, b"");
    let datagram = udp("10.0.0.9:5000", "10.0.0.2:65431", b"alguem?");
    let mut frames = story.frames;
    let unreachable = port_unreachable(&datagram);
    frames.extend([datagram, unreachable]);
    let mut capture = Capture::with_interfaces(&["lo"]);
    for (k, bytes) in frames.iter().enumerate() {
        let fate = if k == 3 { PacketFate::Lost } else { PacketFate::Delivered };
        let at_ns = BEGAN + (k as u64 * 3 + 7) * 1_000_000;
        let original_length = u32::try_from(bytes.len()).expect("short");
        capture.add(CapturedPacket { at_ns, interface: 0, fate, original_length, bytes });
    }
    let steps = [("start", 0), ("connect", 6), ("exchange", 15), ("close", 22)];
    let steps = steps.map(|(word, at)| StepBegan { word: word.to_owned(), at: Moment(at * 1_000_000) });
    Evidence {
        journal: Journal(events.collect()),
        began_ns: BEGAN,
        capture: Some(capture),
        steps: steps.to_vec(),
        ..Evidence::default()
    }
}

#[test]
fn run_is_drawn_in_each_language() {
    for language in Language::ALL {
        let words = Catalog::load(language);
        let drawn = Timeline::from_evidence("tcp-simple", &seen(), &words).expect("packets");
        insta::assert_snapshot!(format!("timeline_{}", language.tag()), drawn.text(100, false));
    }
}

#[test]
fn datagram_is_labelled_with_its_message() {
    let (words, frame) = (Catalog::load(Language::English), seen().capture.expect("packets").packets().count() - 2);
    let message_labels = [(frame, "data seq=7".to_owned()), (0, "tcp seq=1".to_owned())].into();
    let labelled = Evidence { message_labels, ..seen() };
    let drawn = Timeline::from_evidence("", &labelled, &words).expect("packets").text(100, false);
    assert!(drawn.contains("UDP len=7 data seq=7 "), "{drawn}");
    assert!(!drawn.contains("tcp seq=1"), "segments of TCP are no messages");
    assert!(crate::report::listing::packets(&labelled, &words).expect("packets").contains("UDP len=7 data seq=7\n"));
}

#[test]
fn colours_do_not_change_the_text() {
    let drawn = Timeline::from_evidence("tcp-simple", &seen(), &Catalog::load(Language::English)).expect("packets");
    let coloured = drawn.text(100, true);
    assert!(coloured.contains("\u{1b}[31m") || coloured.contains("\u{1b}[1m\u{1b}[31m"), "what is lost is red");
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), drawn.text(100, false));
}

#[test]
fn lines_fit_the_page() {
    let drawn = Timeline::from_evidence("", &seen(), &Catalog::load(Language::Portuguese)).expect("packets");
    for width in [80, 100, 140] {
        for line in drawn.text(width, false).lines() {
            assert!(unicode_width::UnicodeWidthStr::width(line) <= width, "{width}: {line}");
        }
    }
}

#[test]
fn picture_is_well_formed_and_escapes_the_title() {
    let words = Catalog::load(Language::Portuguese);
    let title = crate::i18n::escape_controls(HOSTILE);
    let svg = Timeline::from_evidence(&title, &seen(), &words).expect("packets").svg(&words).expect("a picture");
    assert!(!svg.contains("<script>") && svg.contains("&#60;script&#62;"), "{svg}");
    let mut reader = quick_xml::Reader::from_str(&svg);
    let mut texts = String::new();
    loop {
        match reader.read_event().expect("well-formed") {
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Text(text) => texts += &text.decode().expect("UTF-8"),
            _ => {}
        }
    }
    for shown in ["SYN seq=0", "[perdido no enlace]", "[retransmissão]", "SYN-RECEIVED", "listen(3, 5)", "ICMP port"] {
        assert!(texts.contains(shown), "{shown}");
    }
}

#[test]
fn excess_clients_and_rows_are_counted() {
    let mut evidence = seen();
    let mut capture = Capture::with_interfaces(&["lo"]);
    for k in 0..300_u64 {
        let bytes = udp(&format!("10.0.0.9:{}", 5000 + k % 30), "10.0.0.2:65431", b"x");
        let (at_ns, original_length) = (BEGAN + k, u32::try_from(bytes.len()).expect("short"));
        capture.add(CapturedPacket {
            at_ns,
            interface: 0,
            fate: PacketFate::Delivered,
            original_length,
            bytes: &bytes,
        });
    }
    evidence.capture = Some(capture);
    let text =
        Timeline::from_evidence("", &evidence, &Catalog::load(Language::English)).expect("packets").text(100, false);
    // The scenario's client, and seven of thirty others.
    assert!(text.contains("and 23 clients more, whose packets (230) are not drawn"), "{text}");
    assert_eq!(text.lines().filter(|line| line.contains("UDP len=1")).count(), 70);
}

#[test]
fn capture_file_comments_name_the_sender() {
    let evidence = seen();
    let mut file = Vec::new();
    Part::Capture.write("", &evidence, &Catalog::load(Language::Portuguese), &mut file).expect("writes");
    let mut reader = Reader::new(file.as_slice()).expect("a capture");
    let mut comments = Vec::new();
    let mut analysis = Analysis::new();
    while let Some(packet) = reader.next_packet().expect("a packet") {
        analysis.add(&packet.frame());
        comments.push(packet.comment.expect("a comment").into_owned());
    }
    assert_eq!(
        comments[..5],
        [
            "cliente 1: SYN (passo 2: connect)",
            "tcp-simple para cliente 1: SYN-ACK (passo 2: connect)",
            "cliente 1: ACK (passo 2: connect)",
            "cliente 1: PSH-ACK len=3 [perdido no enlace] (passo 3: exchange)",
            "cliente 1: PSH-ACK len=3 [retransmissão] (passo 3: exchange)",
        ]
    );
    assert_eq!(comments[10], "servidor para cliente: ICMP port unreachable (passo 4: close)");
    let lo = &reader.interfaces()[0];
    assert_eq!((lo.name.as_deref(), lo.system.as_deref()), (Some("lo"), Some("Linux")));
    assert_eq!(lo.statistics.map(|counted| (counted.received, counted.dropped)), Some((Some(11), Some(0))));
    let found = analysis.finish();
    assert_eq!((found.frames, found.tcp.len(), found.udp.len()), (11, 1, 1));
}

#[test]
fn server_output_is_escaped_and_its_gap_is_noted() {
    let mut text = Vec::new();
    Part::Output(ServerId(0)).write("", &seen(), &Catalog::load(Language::English), &mut text).expect("writes");
    let text = String::from_utf8(text).expect("UTF-8");
    let left_out = 900 - HOSTILE.len() - 4;
    assert!(text.ends_with(&format!("\n[... {left_out} bytes ...]\nend\n")), "{text}");
    assert!(text.contains("\\x1b[31m") && !text.contains(['\u{1b}', '\u{202e}', '\0']), "{text}");
}

#[test]
fn journal_and_sockets_are_json() {
    for part in [Part::Journal, Part::Sockets] {
        let mut text = Vec::new();
        part.write("", &seen(), &Catalog::load(Language::English), &mut text).expect("writes");
        let value: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
        assert_eq!(value["format"], 1);
        let all = value["events"].as_array().or(value["tables"].as_array()).map(Vec::len);
        assert_eq!(all, Some(if part == Part::Journal { 8 } else { 1 }));
    }
}

#[test]
fn diagram_and_capture_require_packets() {
    let evidence = Evidence { capture: None, ..seen() };
    assert!(Timeline::from_evidence("", &evidence, &Catalog::load(Language::English)).is_none());
    let names: Vec<String> = Part::all(&evidence).into_iter().map(Part::name).collect();
    assert_eq!(names, ["journal.json", "sockets.json", "server-1.txt"]);
}

/// Returns conversations of `count` clients. Each of their long messages is sent twice.
fn of_clients(count: u32) -> Conversations {
    let mut analysis = Analysis::new();
    for client in 0..count {
        let from = format!("10.0.0.1:4000{client}");
        let payload = [b'x'; 1448];
        let segments = (0..5_u32).flat_map(|k| [k, k]).map(|k| ("PA", 1 + k * 1448, &payload[..]));
        for (flags, sequence, bytes) in [("S", 0, &b""[..])].into_iter().chain(segments) {
            let numbers = (sequence, u32::from(flags != "S"), 512);
            let bytes = crate::packet::frame::sample::tcp(&from, SERVER, flags, numbers, bytes);
            let length = u32::try_from(bytes.len()).expect("short");
            analysis.add(&crate::packet::Frame::read(crate::packet::Link::Ethernet, 0, length, &bytes));
        }
    }
    analysis.finish()
}

#[test]
fn lengths_are_kept_on_narrow_pages() {
    for language in Language::ALL {
        let words = Catalog::load(language);
        let again = words.sentence("timeline-retransmission");
        for width in [60, 80, 100] {
            let text = Timeline::from_conversations(&of_clients(8), &words).text(width, false);
            let data: Vec<&str> = text.lines().filter(|line| line.contains("PSH-ACK")).collect();
            assert!(data.len() == 80 && data.iter().all(|line| line.contains(" len=1448 ")), "{width}: {text}");
        }
        // On a wide page, labels are complete.
        let text = Timeline::from_conversations(&of_clients(1), &words).text(120, false);
        let whole = format!(" PSH-ACK seq=5793 ack=1 len=1448 [{again}] ");
        assert!(text.contains(&whole) && text.contains(" PSH-ACK seq=5793 ack=1 len=1448 ─"), "{text}");
        let text = Timeline::from_conversations(&of_clients(1), &words).text(100, false);
        assert!(text.contains(" len=1448 [") && !text.contains('…'), "{text}");
    }
}

#[test]
fn zero_window_is_marked_except_in_a_reset() {
    let shut = |window, letters| {
        let story = CaptureBuilder { window, ..CaptureBuilder::connected() }
            .client("PA", 1, 1, b"ola")
            .server(letters, 1, 4, b"");
        let mut analysis = Analysis::new();
        story.read().for_each(|frame| analysis.add(&frame));
        Timeline::from_conversations(&analysis.finish(), &Catalog::load(Language::English)).text(100, false)
    };
    assert!(shut(0, "A").contains("ACK seq=1 ack=4 [zero window]"), "{}", shut(0, "A"));
    assert!(!shut(0, "RA").contains("RST-ACK seq=1 ack=4 ["), "{}", shut(0, "RA"));
    assert!(!shut(1, "A").contains('['), "{}", shut(1, "A"));
}

#[test]
fn rows_of_a_capture_begin_with_the_frame_number() {
    let other = crate::packet::frame::sample::udp("10.0.0.3:5", "10.0.0.4:6", b"x");
    let story = CaptureBuilder::new().frame(other.clone()).client("S", 0, 0, b"").frame(other).server("SA", 0, 1, b"");
    let story = (0..300).fold(story, |story, _| story.client("A", 1, 1, b""));
    let mut analysis = Analysis::new().list_at_most(Timeline::MAX_ROWS);
    story.read().for_each(|frame| analysis.add(&frame));
    let found = Conversations { udp: Vec::new(), ..analysis.finish() };
    let text = Timeline::from_conversations(&found, &Catalog::load(Language::English)).text(100, false);
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with("     2    0.000000  SYN-SENT") && lines[1].starts_with("     4    0.002000"),
        "{text}"
    );
    assert_eq!(lines.len(), Timeline::MAX_ROWS + 1, "{text}");
    assert!(lines[Timeline::MAX_ROWS].contains("62"), "302 packets, all counted: {text}");
}
