//! Tests of rendered diagnostics and of the nearest word.

use super::*;
use rstest::rstest;

fn plain(message: &Message) -> String {
    let words: Vec<_> = message
        .args
        .iter()
        .map(|(name, value)| match value {
            crate::model::message::Arg::Number(n) => format!("{name}={n}"),
            crate::model::message::Arg::Text(text) => format!("{name}={text}"),
            crate::model::message::Arg::Message(inner) => format!("{name}={}", inner.id),
        })
        .collect();
    match message.id.as_ref() {
        "level-error" => "error".to_owned(),
        "level-help" => "help".to_owned(),
        id if words.is_empty() => id.to_owned(),
        id => format!("{id} ({})", words.join(", ")),
    }
}

#[rstest]
#[case("ecko", Some("echo"))]
#[case("ECHO", Some("echo"))]
#[case("conect", Some("connect"))]
#[case("finish-sending", Some("finish_sending"))]
#[case("snap", None)]
#[case("xyz", None)]
#[case("", None)]
fn nearest_word_is_found_within_two_edits(#[case] found: &str, #[case] expected: Option<&str>) {
    let words = ["echo", "connect", "finish_sending", "send"];
    assert_eq!(nearest(found, &words), expected);
}

#[test]
fn render_resembles_compiler_errors() {
    let text = "scenario: x\nsteps:\n  - conect: { clients: 5 }\n  - close\n";
    let steps = YamlPath::default().key("steps").index(0);
    let word = DiagnosticKind::UnknownWord.with("found", "conect");
    let one_of = Message::new("expected-one-of").with("words", "connect, close");
    let found = Diagnostic::at("a.yaml", text, &steps.key("conect"), word)
        .with_expected(one_of)
        .with_nearest("conect", &["connect", "close"]);
    let value = steps.key("conect").key("clients");
    let second = Diagnostic::at_value("a.yaml", text, &value, DiagnosticKind::NoClients);
    let shown = render(&[found, second], &|_| Some(text.to_owned()), &plain, false);
    insta::assert_snapshot!(shown, @r"
    error: mistake-unknown-word (found=conect)
     --> a.yaml:3:5
      |
    3 |   - conect: { clients: 5 }
      |     ^^^^^^ expected-one-of (words=connect, close)
      |
      = help: help-nearest (word=connect)

    error: mistake-no-clients
     --> a.yaml:3:24
      |
    3 |   - conect: { clients: 5 }
      |                        ^
    ");
}

#[test]
fn render_without_line_names_file() {
    let missing = Diagnostic::new("no.yaml", 0, 0, 1, DiagnosticKind::FileMissing);
    let shown = render(&[missing], &|_| None, &plain, false);
    insta::assert_snapshot!(shown, @r"
    error: file-missing
    --> no.yaml
    ");
}

#[test]
fn render_replaces_control_characters() {
    let text = "a\u{1b}[31m\u{202e}b:\t5\u{7}\n";
    let mistake = DiagnosticKind::Other.with("text", "\u{1b}[2J\u{9b}1m");
    let found = Diagnostic::new("x\u{1b}.yaml", 1, 9, 1, mistake);
    let shown = render(&[found], &|_| Some(text.to_owned()), &plain, false);
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n'), "{shown:?}");
    assert!(!shown.contains('\u{202e}'));
    insta::assert_snapshot!(shown, @r"
    error: mistake-other (text=�[2J�1m)
     --> x�.yaml:1:9
      |
    1 | a�[31m�b: 5�
      |         ^
    ");
}

#[test]
fn column_past_line_end_is_rendered() {
    for column in [0, 1, 5, 6, 7, 900] {
        let found = Diagnostic::new("x", 1, column, 3, DiagnosticKind::EmptyFile);
        let shown = render(&[found], &|_| Some("abcde".to_owned()), &plain, true);
        assert!(shown.contains("empty-file"), "{column}");
    }
}
