//! The evidence folders of a run of the whole lab: complete, with correct hashes, and never
//! replacing other files. The captures are compared with tshark's analysis.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use socklab::packet::conversation::{HandshakeState, TcpConversation};
use socklab::packet::{Analysis, Conversations, Reader, Side};
use socklab::scenario::lab::{DEFAULT_LAB, Lab};
use tempfile::TempDir;

use crate::program::{Machine, live_tests_enabled, report, slow_tests_enabled};

/// Runs the whole lab and returns the folder with its evidence.
fn evidence() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    run(&folder.path().join("evidence"), &[]);
    folder
}

fn run(folder: &Path, more: &[&str]) -> socklab::model::Report {
    let path = folder.to_str().expect("UTF-8");
    let output = Machine::Open
        .socklab(&["run", "--evidence", path, "--report", "json=-"])
        .args(more)
        .output()
        .expect("socklab starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    report(&output)
}

/// Returns the names of the lab's scenarios, which are the names of the folders.
fn scenarios() -> Vec<String> {
    let lab = Lab::bundled(DEFAULT_LAB, None).expect("it is right");
    lab.scenarios.into_iter().map(|scenario| scenario.name).collect()
}

/// Returns every capture of a run with its analysis.
fn captures(evidence: &TempDir) -> Vec<(PathBuf, Conversations)> {
    let analysed = |path: &Path| {
        let bytes = fs::read(path).expect("the capture");
        let mut reader = Reader::new(bytes.as_slice()).expect("a capture");
        let mut analysis = Analysis::new().keep_payload(4 << 20);
        while let Some(packet) = reader.next_packet().expect("a packet") {
            analysis.add(&packet.frame());
        }
        analysis.finish()
    };
    let folder = |name: String| evidence.path().join("evidence").join(name);
    let paths = scenarios().into_iter().map(|name| folder(name).join("capture.pcapng"));
    paths.map(|path| (path.clone(), analysed(&path))).collect()
}

#[test]
fn evidence_folders_are_complete_and_hashed() {
    if !live_tests_enabled() {
        return;
    }
    let made = evidence();
    let evidence = made.path().join("evidence");
    for name in scenarios() {
        let folder = evidence.join(&name);
        let text = fs::read_to_string(folder.join("manifest.json")).expect("a manifest");
        let manifest: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((&manifest["format"], &manifest["stage"]), (&Value::from(1), &Value::from("isolated")), "{name}");
        let listed: BTreeMap<String, String> = manifest["files"]
            .as_array()
            .expect("files")
            .iter()
            .map(|file| {
                (file["name"].as_str().unwrap_or_default().into(), file["blake3"].as_str().unwrap_or_default().into())
            })
            .collect();
        for wanted in ["capture.pcapng", "timeline.svg", "journal.json", "sockets.json", "server-1.txt"] {
            assert!(listed.contains_key(wanted), "{name} has no {wanted}");
        }
        let mut there: Vec<String> = fs::read_dir(&folder)
            .expect("the folder")
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        there.retain(|file| file != "manifest.json");
        there.sort();
        assert_eq!(there, listed.keys().cloned().collect::<Vec<_>>(), "{name}");
        for (file, hash) in &listed {
            let bytes = fs::read(folder.join(file)).expect("a file");
            assert_eq!(&blake3::hash(&bytes).to_hex().to_string(), hash, "{name}/{file}");
        }
    }
    // There is nothing else beside the folders: no partial and no old ones.
    assert_eq!(fs::read_dir(evidence).expect("the folder").count(), scenarios().len());
}

#[test]
fn evidence_folder_is_replaced_but_other_files_are_not() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let base = folder.path().join("evidence");
    let item = ["--item", "tcp-multi.4"];
    let first = run(&base, &item);
    let kept = base.join("tcp-multi");
    assert_eq!(first.submissions[0].items[0].shown().evidence, kept.to_str());
    let manifest = fs::read_to_string(kept.join("manifest.json")).expect("a manifest");
    assert!(
        manifest.contains("\"socklab run --item tcp-multi.4\""),
        "the repeat command selects the same item: {manifest}"
    );
    fs::write(kept.join("left-over"), "").expect("a file");
    run(&base, &item);
    assert!(!kept.join("left-over").exists() && kept.join("manifest.json").exists());

    fs::remove_file(kept.join("manifest.json")).expect("it is there");
    fs::write(kept.join("thesis.txt"), "years of work").expect("a file");
    let path = base.to_str().expect("UTF-8");
    let refused = Machine::Open.socklab(&["run", "--evidence", path]).args(item).output().expect("socklab starts");
    assert_eq!(refused.status.code(), Some(2), "before anything runs");
    assert!(
        String::from_utf8_lossy(&refused.stderr).contains("is not an evidence directory of socklab: not overwritten")
    );
    assert!(kept.join("thesis.txt").exists());
}

/// Returns true if tshark is installed; prints a message otherwise.
fn tshark_is_there() -> bool {
    let there = Command::new("tshark").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there {
        let mut out = std::io::stderr().lock();
        let _ = writeln!(out, "SKIPPED: tshark is not installed (Debian: apt-get install tshark)");
        assert!(std::env::var_os("REQUIRE_TSHARK").is_none(), "REQUIRE_TSHARK is set, and there is no tshark");
    }
    there
}

/// Returns the output lines of tshark for a capture.
fn tshark(path: &Path, arguments: &[&str]) -> Vec<String> {
    let checks = ["tcp", "udp", "ip"].map(|protocol| format!("{protocol}.check_checksum:TRUE"));
    let mut command = Command::new("tshark");
    for check in &checks {
        command.args(["-o", check]);
    }
    // Client ports may be well-known ports, but the payload is never that protocol.
    command.args(["-d", "tcp.port==1-65535,data", "-d", "udp.port==1-65535,data"]);
    let output = command.arg("-r").arg(path).args(arguments).output().expect("tshark");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    // A warning about the user that tshark runs as does not concern the file.
    let warnings: Vec<&str> = errors.lines().filter(|line| !line.starts_with("Running as user")).collect();
    assert!(output.status.success() && warnings.is_empty(), "{}: {warnings:?}", path.display());
    String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
}

/// Returns the frames of a capture that match the filter.
fn matching(path: &Path, filter: &str) -> Vec<String> {
    tshark(path, &["-Y", filter, "-T", "fields", "-e", "frame.number"])
}

#[test]
fn tshark_finds_nothing_malformed_and_every_checksum_good() {
    if !slow_tests_enabled("tshark on checksums") || !tshark_is_there() {
        return;
    }
    let made = evidence();
    for (path, ours) in captures(&made) {
        let shown = path.display();
        let all = tshark(&path, &["-T", "fields", "-e", "frame.number", "-e", "frame.comment"]);
        assert_eq!(all.len(), ours.frames, "{shown}: packets");
        assert!(all.iter().all(|line| line.split('\t').nth(1).is_some_and(|comment| !comment.is_empty())), "{shown}");
        assert_eq!(matching(&path, "_ws.malformed || _ws.short"), Vec::<String>::new(), "{shown}");
        for protocol in ["ip", "tcp", "udp"] {
            // 1 means good; other values mean bad or unchecked.
            let carried = format!("{protocol} && !icmp && !({protocol}.checksum.status == 1)");
            let bad = matching(&path, &carried);
            // The capture is deleted with the test, so the message contains all details of the
            // frame.
            let of_frame =
                |number: &String| tshark(&path, &["-O", protocol, "-x", "-Y", &format!("frame.number == {number}")]);
            let frames: Vec<String> = bad.iter().flat_map(of_frame).collect();
            assert!(bad.is_empty(), "{shown}: {protocol} in {bad:?}:\n{}", frames.join("\n"));
        }
        assert_eq!((ours.malformed, ours.fragments), (0, 0), "{shown}");
    }
}

#[test]
fn tshark_agrees_on_streams_handshakes_and_payload() {
    if !slow_tests_enabled("tshark on streams") || !tshark_is_there() {
        return;
    }
    let made = evidence();
    for (path, ours) in captures(&made) {
        let shown = path.display();
        let fields =
            ["-2", "-T", "fields", "-e", "frame.number", "-e", "tcp.stream", "-e", "udp.stream", "-e", "tcp.seq"];
        let lines =
            tshark(&path, &[&fields[..], &["-e", "tcp.ack", "-e", "tcp.len", "-e", "tcp.completeness"]].concat());
        let rows: Vec<Vec<&str>> = lines.iter().map(|line| line.split('\t').collect()).collect();
        let mut of_tcp = 0;
        for one in &ours.tcp {
            for packet in &one.packets {
                let row = &rows[packet.frame];
                let stream = one.stream.to_string();
                let numbers = [packet.sequence, packet.acknowledgement, packet.length].map(|number| number.to_string());
                assert_eq!(
                    [row[1], row[3], row[4], row[5]],
                    [&*stream, &numbers[0], &numbers[1], &numbers[2]],
                    "{shown}"
                );
                // Bits 0 to 2 of Wireshark's `tcp.completeness`: SYN, SYN-ACK, ACK.
                let bits: u32 = row[6].parse().expect("a number");
                assert_eq!(
                    bits & 7 == 7,
                    one.handshake.state() == HandshakeState::Complete,
                    "{shown}, stream {stream}"
                );
            }
            of_tcp += one.packets.len();
        }
        assert_eq!(rows.iter().filter(|row| !row[1].is_empty()).count(), of_tcp, "{shown}: TCP packets");
        if !ours.tcp.is_empty() {
            assert_payloads(&path, &ours.tcp);
        }
        let datagrams = ours.udp.iter().flat_map(|one| one.datagrams.iter().map(|datagram| (one.stream, datagram)));
        for (stream, datagram) in datagrams {
            assert_eq!(rows[datagram.seen.frame][2], stream.to_string(), "{shown}");
        }
        let of_udp: usize = ours.udp.iter().map(|one| one.datagrams.len()).sum();
        assert_eq!(matching(&path, "udp && !icmp").len(), of_udp, "{shown}: UDP packets");
    }
}

/// Compares both directions of every connection as reassembled by tshark and by socklab.
fn assert_payloads(path: &Path, all: &[TcpConversation]) {
    let wanted: Vec<String> = all.iter().map(|one| format!("follow,tcp,raw,{}", one.stream)).collect();
    let arguments: Vec<&str> = wanted.iter().flat_map(|follow| ["-z", follow]).collect();
    let lines = tshark(path, &[&["-q"][..], &arguments].concat());
    let mut stream = None;
    // Data sent by each end of each stream. tshark indents the data of the second node; the first
    // node is the one that sent first.
    let mut theirs: BTreeMap<(usize, bool), Vec<u8>> = BTreeMap::new();
    for line in &lines {
        if let Some(number) = line.strip_prefix("Filter: tcp.stream eq ") {
            stream = number.parse().ok();
        }
        let is_hex = !line.trim().is_empty() && line.trim().bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(stream) = stream.filter(|_| is_hex) {
            let digits = line.trim();
            let bytes =
                (0..digits.len() / 2).map(|k| u8::from_str_radix(&digits[2 * k..2 * k + 2], 16).expect("digits"));
            theirs.entry((stream, line.starts_with('\t'))).or_default().extend(bytes);
        }
    }
    for one in all {
        for (side, indented) in [(Side::Client, false), (Side::Server, true)] {
            let theirs = theirs.get(&(one.stream, indented)).map_or(&[][..], Vec::as_slice);
            let ours = one.direction(side).payload.as_deref().unwrap_or_default();
            let (shown, lengths) = (path.display(), (theirs.len(), ours.len()));
            assert!(theirs == ours, "{shown}, stream {}: {side:?} {lengths:?}", one.stream);
        }
    }
}
