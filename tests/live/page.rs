//! The page of a submission from real runs: `--report html=FILE` of `run` and `check`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use socklab::model::{Report, Verdict};
use socklab::packet::{Analysis, Reader};
use tempfile::TempDir;

use crate::program::{Machine, live_tests_enabled, report};

/// Runs socklab with these arguments. Returns its page and its report.
fn made(folder: &TempDir, arguments: &[&str]) -> (String, Report) {
    let path = folder.path().join("page.html");
    let wanted = format!("html={}", path.display());
    let output = Machine::Open
        .socklab(arguments)
        .args(["--report", &wanted, "--report", "json=-"])
        .output()
        .expect("socklab starts");
    let text = fs::read_to_string(path).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (text, report(&output))
}

/// Returns the captures embedded in a page: names and numbers of packets.
fn captures(page: &str) -> Vec<(String, usize)> {
    let links = page.split(r#"<a class="save" download=""#).skip(1);
    links
        .map(|link| {
            let (name, rest) = link.split_once('"').expect("a name");
            let (_, data) = rest.split_once(";base64,").expect("data");
            let bytes = STANDARD.decode(data.split('"').next().expect("its end")).expect("base64");
            let mut reader = Reader::new(bytes.as_slice()).expect("a capture");
            let mut analysis = Analysis::new();
            while let Some(packet) = reader.next_packet().expect("a packet") {
                assert!(packet.comment.as_ref().is_some_and(|comment| comment.contains("step ")), "{name}");
                analysis.add(&packet.frame());
            }
            (name.to_owned(), analysis.finish().frames)
        })
        .collect()
}

#[test]
fn lab_page_is_small_and_contains_its_captures() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (page, report) = made(&folder, &["run", "--lang", "en"]);
    let [submission] = report.submissions.as_slice() else { panic!("one submission") };
    let bar = format!(r#"<progress aria-labelledby="points" max="{}" value="{}">"#, submission.of, submission.points);
    assert!(page.contains(&bar), "its points are those of the JSON report");
    for item in &submission.items {
        assert!(page.contains(&format!(r#"id="item-{}""#, item.id)), "{}", item.id);
        assert!(page.contains(&format!(r##"href="#scenario-{}""##, item.scenario)), "{}", item.scenario);
    }
    let captures = captures(&page);
    assert!(captures.len() > 5 && captures.iter().all(|(_, packets)| *packets > 1), "{captures:?}");
    let data: usize = page.split(";base64,").skip(1).filter_map(|rest| rest.find('"')).sum();
    let without = page.len() - data;
    assert!(without < 400 << 10, "{without} bytes without captures");
    // Without `--evidence` no evidence folder is left.
    assert_eq!(fs::read_dir(folder.path()).expect("the folder").count(), 1);
    for shown in ["ESTABLISHED", "listen(3, ", "Connected by (", "BLAKE3", "timeline.svg ("] {
        assert!(page.contains(shown), "{shown}");
    }
}

/// A server that answers in upper case, with markup in its name and arbitrary bytes in its output.
const HOSTILE: &str = r#"import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 65432))
s.listen(5)
sys.stdout.buffer.write(b'</script></samp></pre><script>alert(1)</script>\n"><img src=x onerror=alert(1)>\x1b[31m\x00\xff]]>\n')
sys.stdout.buffer.flush()
while True:
    c, a = s.accept()
    c.recv(1024)
    c.sendall(b'<script>alert(2)</script>\x1b]0;x\x07"\'')
    c.close()
"#;

#[test]
fn hostile_submission_text_is_escaped_on_its_page() {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let delivery = folder.path().join("<img src=x onerror=alert(3)>");
    fs::create_dir(&delivery).expect("a folder");
    for path in [folder.path(), delivery.as_path()] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("permissions");
    }
    fs::write(delivery.join("multi <script>.py"), HOSTILE).expect("written");
    let kept = folder.path().join("kept").display().to_string();
    let delivery = delivery.display().to_string();
    let arguments = ["check", &delivery, "--item", "tcp-multi.*", "--evidence", &kept, "--lang", "en"];
    let (page, report) = made(&folder, &arguments);
    let failed = report.submissions[0].items.iter().filter(|item| item.verdict == Verdict::Fail).count();
    assert!(failed > 0, "its answers are wrong");
    for markup in ["<img", "<script>alert", "onerror=alert(1)>", "\u{1b}", "\0", "</samp></pre><"] {
        assert!(!page.contains(markup), "{markup:?}");
    }
    assert_eq!(page.matches("<script").count(), 1);
    for text in [
        // Its name, its output and the bytes it sent, as text and in hexadecimal.
        "&#60;img src=x onerror=alert(3)&#62;",
        "&#60;/script&#62;&#60;/samp&#62;&#60;/pre&#62;&#60;script&#62;alert(1)&#60;/script&#62;",
        "\\x1b[31m\\0\\xff]]&#62;",
        "3c 73 63 72 69 70 74 3e",
    ] {
        assert!(page.contains(text), "{text}");
    }
    // The page and the evidence folder contain the same hash of the same capture.
    let manifests = fs::read_dir(Path::new(&kept)).expect("evidence").map(|entry| entry.expect("an entry").path());
    let mut compared = 0;
    for path in manifests.map(|folder| folder.join("capture.pcapng")).filter(|path| path.exists()) {
        let hash = blake3::hash(&fs::read(path).expect("a capture")).to_hex().to_string();
        assert!(page.contains(&hash));
        compared += 1;
    }
    assert!(compared > 0);
}
