//! Localizes errors of the regex crate. The crate reports them as English text only: common errors
//! are mapped to messages, others are quoted.

use crate::model::{Arg, Message};

/// Replaces the regex crate's text in a `mistake-regex` message with a localizable message.
pub(super) fn in_words(mut message: Message) -> Message {
    if message.id == "mistake-regex"
        && let Some(problem) = message.args.get_mut("problem")
        && let Arg::Text(text) = problem
    {
        *problem = problem_of(text).into();
    }
    message
}

/// Returns the message for the last line of the crate's error text.
fn problem_of(text: &str) -> Message {
    let text = text.trim().trim_start_matches("error: ");
    let starts = |beginning: &str| text.starts_with(beginning);
    Message::new(match text {
        "unclosed group" => "pattern-unclosed-group",
        "unopened group" => "pattern-unopened-group",
        "unclosed character class" => "pattern-unclosed-class",
        "unclosed counted repetition" => "pattern-unclosed-count",
        "repetition operator missing expression" => "pattern-nothing-repeated",
        "unrecognized escape sequence" => "pattern-unknown-escape",
        "backreferences are not supported" => "pattern-no-backreferences",
        _ if starts("incomplete escape sequence") => "pattern-escape-at-end",
        _ if starts("invalid character class range") => "pattern-range-backwards",
        _ if starts("invalid repetition count range") => "pattern-count-backwards",
        _ if starts("look-around") => "pattern-no-look-around",
        _ => return Message::new("pattern-other").with("text", text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regex_errors_are_localized() {
        let known = ["(", "a)", "[a", "a{2", "*", r"\y", r"(a)\1", r"a\", "[z-a]", "a{3,2}", "(?=a)"];
        for pattern in known {
            let problem = regex::bytes::Regex::new(pattern).expect_err("invalid pattern").to_string();
            let said = problem_of(problem.lines().last().unwrap_or_default());
            assert_ne!(said.id, "pattern-other", "{pattern}: {problem}");
        }
    }

    #[test]
    fn unknown_regex_error_is_quoted() {
        let said = in_words(Message::new("mistake-regex").with("problem", "error: empty capture group name"));
        let inner = Message::new("pattern-other").with("text", "empty capture group name");
        assert_eq!(said, Message::new("mistake-regex").with("problem", inner));
        let other = Message::new("mistake-other").with("problem", "error: unclosed group");
        assert_eq!(in_words(other.clone()), other);
    }
}
