//! Maps libyaml syntax errors to localized messages.
//!
//! libyaml reports errors as English text only, so this text identifies them. Unknown errors are
//! passed on unchanged.

use crate::model::Message;

/// Prefixes of libyaml's error texts (`scanner.c`, `parser.c`, `loader.c`) and their message ids.
const SYNTAX_PREFIXES: [(&str, &str); 15] = [
    ("found a tab character", "syntax-tab"),
    ("found character that cannot start any token", "syntax-character"),
    ("mapping values are not allowed", "syntax-no-key-here"),
    ("could not find expected ':'", "syntax-no-colon"),
    ("mapping keys are not allowed", "syntax-no-colon"),
    ("did not find expected key", "syntax-indentation"),
    ("did not find expected '-' indicator", "syntax-indentation"),
    ("block sequence entries are not allowed", "syntax-dash"),
    ("did not find expected node content", "syntax-no-value"),
    ("did not find expected alphabetic or numeric character", "syntax-name"),
    ("did not find expected comment or line break", "syntax-rest-of-line"),
    ("unknown anchor", "syntax-alias"),
    ("found undefined alias", "syntax-alias"),
    ("found unknown escape character", "syntax-escape"),
    ("found unexpected ':'", "syntax-no-key-here"),
];

/// The same for a construct that began on an earlier line. The message contains that line.
const UNCLOSED_PREFIXES: [(&str, &str); 4] = [
    ("did not find expected ',' or ']'", "syntax-list-open"),
    ("did not find expected ',' or '}'", "syntax-map-open"),
    ("found unexpected end of stream", "syntax-quotes-open"),
    ("found unexpected document indicator", "syntax-quotes-open"),
];

/// Returns the message for an error text without its position,
/// `PROBLEM, while DOING at line N column M`. The remaining line N is that in which the construct
/// began.
pub(super) fn syntax_problem(words: &str) -> Message {
    let id = |list: &[(&str, &'static str)]| {
        list.iter().find(|(beginning, _)| words.starts_with(beginning)).map(|(_, id)| *id)
    };
    let line = words.rsplit_once(" at line ").and_then(|(_, rest)| rest.split(' ').next()?.parse::<u32>().ok());
    match (id(&SYNTAX_PREFIXES), id(&UNCLOSED_PREFIXES), line) {
        (Some(id), ..) => Message::new(id),
        (_, Some(id), Some(line)) => Message::new(id).with("line", line),
        _ => Message::new("syntax-other").with("text", words),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use rstest::rstest;

    use crate::model::message::Arg;
    use crate::scenario::yaml::read;

    /// Fails if another version of libyaml words its errors differently.
    #[rstest]
    #[case("a: [b\nc: d\n", "syntax-list-open")]
    #[case("a: [b, c\n", "syntax-list-open")]
    #[case("a: {b: c\n", "syntax-map-open")]
    #[case("a: \"b\nc: d\n", "syntax-quotes-open")]
    #[case("a: b\n\tc: d\n", "syntax-tab")]
    #[case("a: @b\n", "syntax-character")]
    #[case("a: b: c\n", "syntax-no-key-here")]
    #[case("a: b\n  c: d\n", "syntax-no-key-here")]
    #[case("a: b\nc\nd: e\n", "syntax-no-colon")]
    #[case("a:\n  b: c\n d: e\n", "syntax-indentation")]
    #[case("a:\n  - b\n  c: d\n", "syntax-indentation")]
    #[case("a: - b\n", "syntax-dash")]
    #[case("a: [b, ]]\n", "syntax-indentation")]
    #[case("a: {,}\n", "syntax-no-value")]
    #[case("a: & b\n", "syntax-name")]
    #[case("a: |b\n", "syntax-rest-of-line")]
    #[case("a: *b\n", "syntax-alias")]
    #[case("a: \"\\q\"\n", "syntax-escape")]
    #[case("%YAML 3.0\n---\na: b\n", "syntax-other")]
    fn syntax_errors_are_localized(#[case] text: &str, #[case] id: &str) {
        let mistakes = read::<BTreeMap<String, String>>("f.yaml", text).expect_err("invalid YAML");
        let problem = mistakes[0].message.args.get("problem");
        let Some(Arg::Message(problem)) = problem else { panic!("{:?}", mistakes[0].message) };
        assert_eq!(problem.id, id, "{problem:?}");
    }
}
