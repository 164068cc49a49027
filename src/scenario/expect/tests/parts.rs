//! `parts` of `reply` and `received`: lines, and data of an announced length.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, Want, fail, pass, tcp};
use crate::model::{EventKind, StreamEnd};

const PARTS: &str =
    r#"reply: { parts: [{ line: OK 5 }, { content: { text: "olá\n" } }, { matches: "^ERROR ." }, { line: OK 0 }] }"#;

fn got(bytes: impl AsRef<[u8]>) -> EvidenceBuilder {
    tcp().clients(1).sent(1, "GET a\n").got(1, bytes)
}

#[rstest]
#[case::right("OK 5\nolá\nERROR no\nOK 0\n", pass("reply-right"))]
#[case::returns("OK 5\r\nolá\nERROR no\r\nOK 0\r\n", pass("reply-right"))]
#[case::other_word("OKAY 5\nolá\n", fail("part-line-other"))]
#[case::no_end("OK 5olá\nERROR no\nOK 0\n", fail("part-line-unended"))]
#[case::no_line("olá\nERROR no\nOK 0\n", fail("part-line-missing"))]
#[case::other_size("OK 6\nolá\nERROR no\nOK 0\n", fail("part-size-other"))]
#[case::characters("OK 4\nolá\nERROR no\nOK 0\n", fail("part-size-in-characters"))]
#[case::announced_decoded("OK 7\nolÃ¡\n", fail("part-data-decoded"))]
#[case::announced_cut("OK 2\nolERROR no\nOK 0\n", fail("part-data-cut"))]
#[case::empty_line("OK 5\n\nolá\nERROR no\nOK 0\n", fail("part-extra"))]
#[case::cut("OK 5\nol", fail("part-data-cut"))]
#[case::no_data("OK 5\n", fail("part-data-cut"))]
#[case::other_data("OK 5\nhello", fail("part-data-other"))]
#[case::not_refused("OK 5\nolá\nOK 3\nabcOK 0\n", fail("part-line-unlike"))]
#[case::error_without_end("OK 5\nolá\nERROR no", fail("part-line-unended"))]
#[case::stopped("OK 5\nolá\n", fail("part-missing"))]
#[case::surplus_at_the_end("OK 5\nolá\nERROR no\nOK 0\n\n", fail("part-extra"))]
fn answer_consists_of_its_parts(#[case] bytes: &str, #[case] want: Want) {
    got(bytes).assert_finding(PARTS, want);
}

#[rstest]
#[case::surplus_before_a_line(
    "reply: { parts: [{ content: { text: abc } }, { line: OK }] }",
    "abc\nOK\n",
    fail("part-extra")
)]
#[case::data_before_a_line_is_cut(
    "reply: { parts: [{ content: { text: abc } }, { line: OK }] }",
    "abOK\n",
    fail("part-data-cut")
)]
#[case::newlines(r#"reply: { parts: [{ content: { text: "ab\r\ncdef" } }] }"#, "ab\ncdef", fail("part-data-newlines"))]
#[case::nul(r#"reply: { parts: [{ content: { text: "ab\0cd" } }] }"#, "ab", fail("part-data-cut-at-nul"))]
#[case::client_number("reply: { parts: [{ line: 'hello {n}' }] }", "hello 1\n", pass("reply-right"))]
fn data_is_compared(#[case] word: &str, #[case] bytes: &str, #[case] want: Want) {
    got(bytes).assert_finding(word, want);
}

#[test]
fn close_before_an_answer_is_told_from_silence() {
    let closed = got("OK 1\n").ended(1, StreamEnd::End);
    closed.assert_finding("reply: { parts: [{ line: OK 1 }, { line: OK 2 }] }", fail("part-closed"));
}

#[test]
fn nothing_at_all_is_no_answer() {
    let silent = tcp().clients(1).sent(1, "GET a\n");
    silent.assert_finding("reply: { parts: [{ line: OK 1 }] }", fail("no-answer"));
}

#[test]
fn more_than_is_kept_is_surplus() {
    let endless = got("OK\n").event(EventKind::Overflowed { client: crate::model::ClientId(1), bytes: 1 << 20 });
    endless.assert_finding("reply: { parts: [{ line: OK }] }", fail("part-extra"));
}
