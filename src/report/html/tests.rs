//! Tests the page of a submission with hostile text.

mod contrast;
mod sources;
pub(crate) mod strict_html;

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::captures::{MAX_CAPTURE_BYTES, MAX_CAPTURES_BYTES};
use super::*;
use crate::i18n::Catalog;
use crate::model::report::{DetectedProgram, ProgramKind};
use crate::model::{
    Annotation, AnswerImage, Capture, CapturedPacket, EventKind, ImageFormat, Language, Message, PacketFate, Report,
    SourceExcerpt, SubmissionId, SubmissionResult, WrittenAnswer,
};
use crate::packet::Reader;
use crate::packet::frame::sample::udp;
use crate::report::evidence::{FORMAT, Hashed, Part, Program};
use crate::report::html::tests::strict_html::Markup;
use crate::report::sample::{self, HOSTILE};
use crate::report::timeline::tests::seen;
use crate::report::{Json, Render};

/// Text that would close an element, attribute, script or comment, or control a terminal.
const WORSE: &str =
    "\"><img src=x onerror=alert(1)></script><!-- </samp></pre>' onmouseover='x' &lt; \u{1b}]0;x\u{7}\0]]>";

fn catalogs(reader: Language) -> Catalogs {
    Catalogs::with(Language::ALL.map(sample::words), reader)
}

/// Returns a submission with hostile text in every field.
fn submission() -> SubmissionResult {
    let mut one = sample::report().submissions.remove(0);
    one.id = SubmissionId(WORSE.to_owned());
    one.notes = vec![Message::new("sample-starts").with("program", WORSE).with("backlog", 1_u16)];
    one.reason = Some(Message::new("sample-other-answer").with("why", WORSE).into());
    one.hash = "ab".repeat(32);
    let excerpt = |file: &str, line| SourceExcerpt {
        file: file.to_owned(),
        line,
        first: line - 1,
        lines: vec!["def before():".to_owned(), format!("\u{202e}{WORSE}"), HOSTILE.to_owned()],
    };
    one.excerpts = vec![excerpt("Server-TCP-Multicliente.py", 14), excerpt(HOSTILE, 3)];
    one.programs = vec![DetectedProgram {
        kind: ProgramKind::Server,
        role: "tcp-simple".parse().ok(),
        program: WORSE.to_owned(),
        because: Message::new("sample-own-variable"),
    }];
    for item in &mut one.items {
        item.program = WORSE.to_owned();
        item.annotations.push(Annotation::Evidence { folder: WORSE.to_owned() });
        item.filter = Some(WORSE.to_owned());
        let (text, pictures) = (WORSE.to_owned(), vec![WORSE.to_owned()]);
        let images = vec![AnswerImage { name: WORSE.to_owned(), format: ImageFormat::Gif, bytes: WORSE.into() }];
        let written = WrittenAnswer { answered: true, text, pictures, notes: one.notes.clone(), images };
        item.annotations.push(Annotation::WrittenReport(written));
        if let Some(difference) = item.judged.findings.iter_mut().find_map(|finding| finding.difference.as_mut()) {
            difference.got.text += WORSE;
        }
    }
    one
}

/// Returns evidence of a run whose server has hostile output and a hostile command line.
fn evidence() -> Evidence {
    let mut evidence = seen();
    for event in &mut evidence.journal.0 {
        match &mut event.kind {
            EventKind::Output { head, total, .. } => {
                head.0 = [WORSE.as_bytes(), b"\n::error::x\n\xff\xc3(\r", HOSTILE.as_bytes()].concat();
                *total = 9000;
            }
            EventKind::Started { command, .. } => WORSE.clone_into(command),
            _ => {}
        }
    }
    evidence.steps[0].word = WORSE.to_owned();
    evidence
}

fn manifest() -> Manifest<'static> {
    let hashed = |name: &str| Hashed { name: name.to_owned(), bytes: 7, blake3: "cd".repeat(32) };
    Manifest {
        format: FORMAT,
        socklab: "0.1.0",
        socklab_blake3: Some("ef".repeat(32)),
        submission: WORSE,
        scenario: hashed("tcp-simple.yaml"),
        programs: vec![Program { role: "tcp-simple".into(), command: WORSE.into(), files: vec![hashed(WORSE)] }],
        stage: crate::model::SandboxMode::Plain,
        seed: 42,
        repeat: WORSE.into(),
        began_ns: 1_700_000_000_000_000_000,
        files: vec![hashed("capture.pcapng")],
    }
}

/// Returns the page of the hostile submission.
fn page(language: Language) -> String {
    let (evidence, manifest) = (evidence(), manifest());
    let seen = ["tcp-simple", "nobody-asked"].map(|scenario| RecordedScenario {
        scenario,
        evidence: &evidence,
        manifest: Some(&manifest),
    });
    submission_page(&sample::report(), &submission(), &seen, None, &catalogs(language)).expect("a page")
}

#[test]
fn text_of_submissions_is_escaped() {
    for language in Language::ALL {
        let page = page(language);
        // This rejects unknown elements and attributes.
        let markup = Markup::of(&page);
        assert_eq!((markup.styles.len(), markup.scripts.len()), (1, 1));
        let bad = page.chars().find(|&c| (c.is_control() && c != '\n') || c == '\u{202e}');
        assert_eq!(bad, None);
        assert!(!page.lines().any(|line| line.trim_start().starts_with("::error")), "a command to a CI service");
        let assert_shown = |text: &str| assert!(markup.text.contains(text), "{text} is missing");
        assert_shown("<script>alert(1)</script>\\x1b[31m]]>\\u{202e}\\0\\n::error::x\\u{9b}\\x7f");
        assert_shown(
            "\"><img src=x onerror=alert(1)></script><!-- </samp></pre>' onmouseover='x' &lt; \\x1b]0;x\\x07\\0]]>",
        );
        // Output keeps its lines. Bytes that are not valid text are escaped one by one.
        assert_shown("]]>\n::error::x\n\\xff\\xc3(\\r<script>");
    }
}

#[test]
fn page_loads_and_runs_only_its_own_content() {
    let page = page(Language::English);
    let markup = Markup::of(&page);
    let policies: Vec<_> = markup.tags.iter().filter(|(_, all)| all.contains_key("http-equiv")).collect();
    let [(_, policy)] = policies.as_slice() else { panic!("one policy") };
    assert_eq!(policy["http-equiv"], "Content-Security-Policy");
    assert_eq!(policy_source("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    let sources = [&markup.styles[0], &markup.scripts[0]].map(|text| policy_source(text));
    let wanted = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; img-src data:; base-uri 'none'; form-action 'none'",
        sources[0], sources[1]
    );
    assert_eq!(policy["content"], wanted);
    let before = page.find("Content-Security-Policy").expect("it is there");
    assert!(before < page.find("<style>").expect("a style") && before < page.find("<title>").expect("a title"));
    for source in markup.all("src") {
        assert!(source.starts_with("data:image/gif;base64,"), "{source}");
    }
    for href in markup.all("href") {
        assert!(href.starts_with('#') || href.starts_with("data:application/octet-stream;base64,"), "{href}");
    }
    // The pictures of answers are in the page.
    let page = page.replace("src=\"data:image/gif;base64,", "");
    for outside in ["http:", "https:", "@import", "url(", "src=\"", "fetch(", "XMLHttp", "innerHTML", "eval("] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn links_have_targets_and_ids_are_unique() {
    let page = page(Language::Portuguese);
    let markup = Markup::of(&page);
    let ids: Vec<&str> = markup.all("id").collect();
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "duplicate id");
    for target in markup.all("href").filter_map(|href| href.strip_prefix('#')) {
        assert!(known.contains(target), "#{target} has no target");
    }
    for wanted in ["item-tcp-multi.5", "scenario-tcp-simple", "s0p0", "s0e1"] {
        assert!(known.contains(wanted), "{wanted}");
    }
    assert!(!page.contains("nobody-asked"), "a scenario without an item of the submission");
}

#[test]
fn both_languages_are_in_the_page() {
    for language in Language::ALL {
        let page = page(language);
        let markup = Markup::of(&page);
        let of = |tag: &'static str| {
            markup.tags.iter().filter(move |(name, all)| name != "html" && all.get("lang").is_some_and(|l| l == tag))
        };
        assert_eq!(of("en").count(), of("pt-BR").count());
        assert!(of("en").count() > 100);
        let shown = markup.tags.iter().find(|(name, _)| name == "html").map(|(_, all)| all["lang"].clone());
        assert_eq!(shown.as_deref(), Some(language.tag()));
        for sentence in [
            "keep the data of each connection in a variable that belongs to that connection (or thread)",
            "guarde os dados de cada conexão numa variável da própria conexão (ou thread)",
            "Several connections and why the port changes",
            "Multi conexões e por que a porta muda",
            "Save the capture",
            "Salvar a captura",
        ] {
            assert!(markup.text.contains(sentence), "{sentence}");
        }
        assert!(!page.contains('«'), "an id without a sentence");
        let hiding = r#"html[lang="en"] [lang="pt-BR"], html[lang="pt-BR"] [lang="en"] { display: none; }"#;
        assert!(markup.styles[0].contains(hiding));
    }
}

#[test]
fn recorded_evidence_is_on_the_page() {
    let text = Markup::of(&page(Language::English)).text;
    for text_shown in [
        // Packets: flags, relative and absolute numbers, payload as text and digits, fate, step,
        // states.
        "SYN-ACK",
        "seq=1 (4294967294) ack=1 (5001) win=512 len=3",
        "ola",
        "6f 6c 61",
        "lost on the link",
        "2 connect",
        "SYN-SENT",
        "LAST-ACK",
        "ICMP port unreachable",
        "length=15 (8 + 7)",
        "10.0.0.1:40000 → 10.0.0.2:65432",
        // The socket table, the calls, the output, the manifest.
        "tcp-simple is ready",
        "LISTEN",
        "0.0.0.0:*",
        "listen(3, 5)",
        "bytes hidden]",
        "2023-11-14 22:13:20 UTC",
        "capture.pcapng (7 B)",
        // The bytes that differ.
        "43 4c 49 45 4e 54 45 20 ",
        "0008",
        "first difference at byte 8",
    ] {
        assert!(text.contains(text_shown), "{text_shown} is missing");
    }
}

#[test]
fn points_match_the_json() {
    let report = sample::report();
    let mut json = Vec::new();
    Json.render(&report, &Catalog::load(Language::English), &mut json).expect("writes");
    let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    let submission = &json["submissions"][0];
    let page =
        submission_page(&report, &report.submissions[0], &[], None, &catalogs(Language::English)).expect("a page");
    let markup = Markup::of(&page);
    let bar = markup.tags.iter().find(|(name, _)| name == "progress").map(|(_, all)| all).expect("a bar");
    assert_eq!((&bar["value"], &bar["max"]), (&submission["points"].to_string(), &submission["of"].to_string()));
    for item in submission["items"].as_array().expect("items") {
        let id = item["id"].as_str().expect("an id");
        let summary = page.split("<summary>").find(|part| part.contains(&format!(">{id}</span>"))).expect("a summary");
        let proved = ["pass", "fail"].contains(&item["verdict"].as_str().expect("a verdict"));
        let earned = if proved { item["earned"].to_string() } else { "–".to_owned() };
        assert!(summary.contains(&format!("{earned}/{} point", item["of"])), "{id}: {summary}");
    }
}

#[test]
fn embedded_capture_equals_the_evidence_file() {
    let evidence = evidence();
    let page = page(Language::Portuguese);
    let markup = Markup::of(&page);
    let link = markup.tags.iter().find(|(_, all)| all.contains_key("download")).map(|(_, all)| all).expect("a link");
    assert_eq!(link["download"], "tcp-simple.pcapng");
    let data = link["href"].strip_prefix("data:application/octet-stream;base64,").expect("data");
    let bytes = STANDARD.decode(data).expect("base64");
    let mut file = Vec::new();
    let words = Catalog::load(Language::Portuguese);
    Part::Capture.write("", &evidence, &words, &mut file).expect("writes");
    assert_eq!(bytes, file);
    let mut reader = Reader::new(bytes.as_slice()).expect("a capture");
    let mut packets = 0;
    while reader.next_packet().expect("a packet").is_some() {
        packets += 1;
    }
    assert_eq!(Some(packets), evidence.capture.as_ref().map(Capture::len));
}

/// Returns evidence with a capture of about `bytes` bytes.
fn of_size(bytes: usize) -> Evidence {
    let mut capture = Capture::with_interfaces(&["lo"]);
    let frame = udp("10.0.0.9:5000", "10.0.0.2:65431", &[b'x'; 60_000]);
    let original_length = u32::try_from(frame.len()).expect("short");
    for at_ns in 0..(bytes / frame.len()) as u64 {
        capture.add(CapturedPacket {
            at_ns,
            interface: 0,
            fate: PacketFate::Delivered,
            original_length,
            bytes: &frame,
        });
    }
    Evidence { capture: Some(capture), ..seen() }
}

#[test]
fn failed_items_get_the_capture_budget_first() {
    let report = sample::report();
    let (large, two) = (of_size(MAX_CAPTURE_BYTES + 100_000), of_size(MAX_CAPTURES_BYTES * 2 / 5));
    let named = |scenario, evidence| RecordedScenario { scenario, evidence, manifest: None };
    let asked =
        [named("udp-simple", &two), named("remote", &large), named("tcp-simple", &two), named("tcp-multi", &two)];
    let page =
        submission_page(&report, &report.submissions[0], &asked, None, &catalogs(Language::English)).expect("a page");
    let markup = Markup::of(&page);
    let saved: Vec<&str> = markup.all("download").collect();
    // Items of the last two failed.
    assert_eq!(saved, ["tcp-simple.pcapng", "tcp-multi.pcapng"]);
    assert_eq!(markup.text.matches("is not included: this page holds up to 2 MiB of captures").count(), 2);
    let longest = markup.all("href").map(str::len).max().expect("links");
    assert!(longest <= 2 << 20, "no browser opens an address of {longest}");
    assert!(page.len() < (MAX_CAPTURES_BYTES * 4 / 3) + (400 << 10), "{}", page.len());
}

#[test]
fn hidden_items_are_not_on_the_page() {
    let mut report = sample::report();
    report.submissions.truncate(1);
    for item in &mut report.submissions[0].items {
        item.hidden = item.id.as_str() == "tcp-multi.5";
    }
    let evidence = seen();
    let shown =
        ["tcp-multi", "tcp-simple"].map(|scenario| RecordedScenario { scenario, evidence: &evidence, manifest: None });
    let mut page = Vec::new();
    Html.render_with_evidence(&report, &shown, &Catalog::load(Language::English), &mut page).expect("writes");
    let page = String::from_utf8(page).expect("UTF-8");
    for hidden in ["tcp-multi.5", "scenario-tcp-multi", "Several connections", "sample-shared"] {
        assert!(!page.contains(hidden), "{hidden}");
    }
    let students = report.submissions[0].clone().without_hidden_items();
    let bar = format!(r#"<progress aria-labelledby="points" max="{}" value="{}">"#, students.of, students.points);
    assert!(page.contains(&bar) && page.contains("scenario-tcp-simple"));
}

#[test]
fn page_works_without_evidence_or_items() {
    let report = Report { interrupted: true, ..sample::report() };
    let empty = SubmissionResult::new(SubmissionId("ana".to_owned()), Vec::new(), 0);
    let page = submission_page(&report, &empty, &[], None, &catalogs(Language::English)).expect("a page");
    let text = Markup::of(&page).text;
    assert!(text.contains("nothing was run") && text.contains("interrupted") && !text.contains("Evidence"));
    let nothing = Evidence::default();
    let seen = [RecordedScenario { scenario: "tcp-multi", evidence: &nothing, manifest: None }];
    let page =
        submission_page(&report, &report.submissions[0], &seen, None, &catalogs(Language::English)).expect("a page");
    assert!(Markup::of(&page).text.contains("Evidence"));
}

#[test]
fn submission_page_links_to_its_class() {
    let report = sample::report();
    let page = |class| {
        submission_page(&report, &report.submissions[0], &[], class, &catalogs(Language::English)).expect("a page")
    };
    assert!(page(Some("../index.html")).contains(r#"<a href="../index.html">socket-lab</a>"#));
    assert!(!page(None).contains("index.html"));
}

#[test]
fn long_runs_are_cut_and_counted() {
    let evidence = of_size(300 * 60_042);
    let report = sample::report();
    let seen = [RecordedScenario { scenario: "tcp-multi", evidence: &evidence, manifest: None }];
    let page =
        submission_page(&report, &report.submissions[0], &seen, None, &catalogs(Language::English)).expect("a page");
    let markup = Markup::of(&page);
    let rows = markup.all("id").filter(|id| id.starts_with("s0p")).count();
    assert!(rows > 100 && rows <= 128, "{rows}");
    assert!(markup.text.contains("lines more"));
    assert!(page.len() < 400 << 10, "{}", page.len());
}
