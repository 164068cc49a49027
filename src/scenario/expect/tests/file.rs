//! `file`: what a program wrote into its working directory.

use rstest::rstest;
use sha2::{Digest, Sha256};

use super::evidence_builder::{EvidenceBuilder, Want, fail, pass, started, tcp, unverified};
use crate::model::{Bytes, CollectedFile, EventKind, ExitStatus, Protocol};

fn collected(file: CollectedFile) -> EvidenceBuilder {
    tcp().event(EventKind::Collected { path: "a.txt".to_owned(), file })
}

/// Returns evidence of a file with these contents.
fn file(text: &str) -> EvidenceBuilder {
    let sha256 = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    collected(CollectedFile::Read { bytes: text.len() as u64, sha256, head: Bytes(text.as_bytes().to_vec()) })
}

const HASH_OF_ABC: &str =
    "{ path: a.txt, content: { sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad } }";

#[rstest]
#[case::any("a.txt", file("x"), pass("file-right"))]
#[case::never_collected("a.txt", tcp(), unverified("nothing-asked"))]
#[case::missing("a.txt", collected(CollectedFile::Missing), fail("file-not-written"))]
#[case::link("a.txt", collected(CollectedFile::NotRegular), fail("written-not-regular"))]
#[case::huge("a.txt", collected(CollectedFile::TooLarge { bytes: 1 << 40 }), fail("written-too-large"))]
#[case::last_copy_counts("a.txt", collected(CollectedFile::Missing).event(EventKind::Collected { path: "a.txt".to_owned(), file: CollectedFile::NotRegular }), fail("written-not-regular"))]
#[case::text("{ path: a.txt, content: { text: abc } }", file("abc"), pass("file-right"))]
#[case::cut("{ path: a.txt, content: { text: abc } }", file("ab"), fail("file-cut"))]
#[case::empty("{ path: a.txt, content: { text: abc } }", file(""), fail("file-empty"))]
#[case::more("{ path: a.txt, content: { text: abc } }", file("abcd"), fail("file-extra"))]
#[case::line_before("{ path: a.txt, content: { text: abc } }", file("OK 3\nabc"), fail("file-extra"))]
#[case::beginning_missing("{ path: a.txt, content: { text: abcdef } }", file("cdef"), fail("file-begins-late"))]
#[case::decoded("{ path: a.txt, content: { text: olá mundo } }", file("olÃ¡ mundo"), fail("file-decoded"))]
#[case::newlines(r#"{ path: a.txt, content: { text: "a\r\nbcde\r\n" } }"#, file("a\nbcde\n"), fail("file-newlines"))]
#[case::cut_at_nul(r#"{ path: a.txt, content: { text: "ab\0cd" } }"#, file("ab"), fail("file-cut-at-nul"))]
#[case::other("{ path: a.txt, content: { text: abc } }", file("abd"), fail("file-differs"))]
#[case::contains("{ path: a.txt, content: { contains: b } }", file("abc"), pass("file-right"))]
#[case::contains_not("{ path: a.txt, content: { contains: x } }", file("abc"), fail("file-without"))]
#[case::lacks("{ path: a.txt, content: { lacks: x } }", file("abc"), pass("file-right"))]
#[case::has("{ path: a.txt, content: { lacks: b } }", file("abc"), fail("file-has"))]
#[case::hash(HASH_OF_ABC, file("abc"), pass("file-right"))]
#[case::other_hash(HASH_OF_ABC, file("abd"), fail("file-other-hash"))]
#[case::must_be_empty("{ path: a.txt, content: { empty: true } }", file("x"), fail("file-not-empty"))]
#[case::is_empty("{ path: a.txt, content: { empty: true } }", file(""), pass("file-right"))]
#[case::absent("{ path: a.txt, missing: true }", collected(CollectedFile::Missing), pass("file-absent"))]
#[case::unwanted("{ path: a.txt, missing: true }", file(""), fail("file-unwanted"))]
fn file_is_compared_with_the_rule(#[case] word: &str, #[case] builder: EvidenceBuilder, #[case] want: Want) {
    builder.assert_finding(&format!("file: {word}"), want);
}

#[test]
fn long_file_is_compared_by_its_hash() {
    let long = "abc".repeat(100_000);
    let word = format!("file: {{ path: a.txt, content: {{ text: {long} }} }}");
    let cut = |text: &str| {
        let sha256 = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
        let head = Bytes(text.as_bytes()[..CollectedFile::KEPT_BYTES].to_vec());
        collected(CollectedFile::Read { bytes: text.len() as u64, sha256, head })
    };
    cut(&long).assert_finding(&word, pass("file-right"));
    cut(&format!("{long}x")).assert_finding(&word, fail("file-differs"));
    cut(&long[..299_000]).assert_finding(&word, fail("file-cut"));
}

#[test]
fn error_that_ended_a_client_comes_first() {
    let client = started(Protocol::Tcp).exited(ExitStatus::Code(1)).printed("KeyError: 'x'");
    let copied = client.event(EventKind::Collected { path: "a.txt".to_owned(), file: CollectedFile::Missing });
    copied.assert_finding("file: a.txt", fail("program-failed-said"));
}
