//! Tests of hostile files: bombs, special files and arbitrary text.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use rstest::rstest;

use super::{GOOD, Scenario, mistakes};
use crate::model::source::YamlPath;
use crate::scenario::yaml::{MAX_FILE_BYTES, locate, read, read_file};

/// Nine lists of aliases, each with nine references to the previous list ("billion laughs").
fn laughs(leaf: &str) -> String {
    let mut text = format!("a0: &a0 {leaf}\n");
    for k in 1..10 {
        let list = vec![format!("*a{}", k - 1); 9].join(", ");
        text.push_str(&format!("a{k}: &a{k} [{list}]\n"));
    }
    text
}

#[rstest]
#[case::laughs(laughs("lol"), "alias-bomb")]
#[case::long_laughs(laughs(&"lol".repeat(10_000)), "alias-bomb")]
#[case::cycle("a: &a [*a]".to_owned(), "nesting-too-deep")]
#[case::wide_cycle("a: &a [*a, *a, *a, *a]".to_owned(), "nesting-too-deep")]
#[case::lists("[".repeat(100_000), "nesting-too-deep")]
#[case::closed("[".repeat(100_000) + &"]".repeat(100_000), "nesting-too-deep")]
#[case::maps("{a: ".repeat(100_000), "nesting-too-deep")]
#[case::maps_behind_quotes("{a: ']', b: ".repeat(30_000), "nesting-too-deep")]
#[case::maps_behind_comments("{a: #]\n".repeat(30_000), "nesting-too-deep")]
#[case::maps_behind_a_block(format!("a: |\n  \"\nb: {}", "{a: \"]\", b: ".repeat(30_000)), "nesting-too-deep")]
#[case::blocks("- ".repeat(100_000), "nesting-too-deep")]
#[case::keys("? ".repeat(100_000), "nesting-too-deep")]
#[case::few_keys("? ".repeat(500), "mistake-key")]
#[case::few_blocks("- ".repeat(500), "nesting-too-deep")]
#[case::many(format!("[{}]", "1,".repeat(200_000)), "too-many-values")]
#[case::large("a".repeat(MAX_FILE_BYTES + 1), "file-too-large")]
fn bombs_end_quickly_in_one_diagnostic(#[case] text: String, #[case] expected: &str) {
    let begun = Instant::now();
    let found = read::<serde_json::Value>("a.yaml", &text).err().unwrap_or_default();
    let took = begun.elapsed();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].message.id, expected);
    // Takes 100 ms in a release build. The limit allows for a debug build on a busy machine.
    assert!(took < Duration::from_secs(5), "{took:?}");
}

#[test]
fn brackets_in_text_are_not_nesting() {
    let open = "x [ {".repeat(3000);
    let item = "  - { id: a, points: 1 } # it's [\n".repeat(3000);
    let text = format!("title: |\n  {open}\n\n  {open}\nscenario: \"{open}\"\nsteps: []\nitems:\n{item}");
    assert_eq!(mistakes(&text), <[&str; 0]>::default());
}

fn refusal(path: &std::path::Path) -> String {
    match read_file(path) {
        Ok(text) => format!("read {text:?}"),
        Err(d) => format!("{} {}:{}", d.message.id, d.line, d.column),
    }
}

#[rstest]
#[case(b"a: b\n", "read \"a: b\\n\"")]
#[case(b"\xef\xbb\xbfa: b", "read \"a: b\"")]
#[case(b"a\r\n\tb", "read \"a\\r\\n\\tb\"")]
#[case(b"", "read \"\"")]
#[case(b"a\n\xc3\xa9\xff", "file-not-text 2:2")]
#[case(b"a\0", "file-not-text 1:2")]
#[case(b"a\n\x1b[2J", "file-not-text 2:1")]
fn file_is_read_or_refused(#[case] bytes: &[u8], #[case] expected: &str) {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), bytes).expect("written");
    assert_eq!(refusal(file.path()), expected);
}

#[test]
fn special_or_large_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(refusal(folder.path()), "file-is-directory 0:0");
    assert_eq!(refusal(&folder.path().join("none")), "file-missing 0:0");
    assert_eq!(refusal("/dev/zero".as_ref()), "file-not-regular 0:0");
    // A socket represents FIFOs as well: neither may be opened.
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).expect("a socket");
    assert_eq!(refusal(&socket), "file-not-regular 0:0");
    let large = folder.path().join("large");
    std::fs::write(&large, vec![b'a'; MAX_FILE_BYTES]).expect("written");
    assert!(refusal(&large).starts_with("read"));
    std::fs::write(&large, vec![b'a'; MAX_FILE_BYTES + 1]).expect("written");
    assert_eq!(refusal(&large), "file-too-large 0:0");
}

fn yamlish() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("scenario: "),
        Just("steps:"),
        Just("items: "),
        Just("connect: "),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just("- "),
        Just("\n"),
        Just("\n  "),
        Just(", "),
        Just(": "),
        Just("&a "),
        Just("*a"),
        Just("!x "),
        Just("|\n"),
        Just("\""),
        Just("'"),
        Just("5"),
        Just("é"),
        Just("x"),
        Just("#"),
        Just("---\n"),
        Just("\r"),
        Just("\u{2028}"),
        Just("\u{feff}"),
        Just("? "),
        Just("<<: "),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn never_panics(text: &str) {
    let found = read::<Scenario>("a.yaml", text).err().unwrap_or_default();
    let sources = |_: &str| Some(text.to_owned());
    let say = |message: &crate::model::message::Message| message.id.to_string();
    crate::scenario::diagnostic::render(&found, &sources, &say, true);
    let path = YamlPath::default().key("steps").index(0).key("connect");
    let _ = locate(text, &path);
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in any::<String>()) {
        never_panics(&text);
    }

    #[test]
    fn yaml_like_text_never_panics(text in yamlish()) {
        never_panics(&text);
    }

    #[test]
    fn damaged_file_never_panics(from in 0..GOOD.len(), length in 0_usize..30) {
        let to = (from + length).min(GOOD.len());
        never_panics(&format!("{}{}", &GOOD[..from], &GOOD[to..]));
    }
}

#[test]
fn many_mistakes_in_a_large_file_are_found_quickly() {
    let keys: String = (0..40_000).map(|k| format!("k{k}: 1\n")).collect();
    let begun = Instant::now();
    assert_eq!(mistakes(&keys).len(), 10);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(20), "{took:?}");
}
