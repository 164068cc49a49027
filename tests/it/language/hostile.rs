//! Property tests: any text yields a scenario or diagnostics, never a panic, and every location is
//! inside the text.

use proptest::prelude::*;
use socklab::i18n::{Catalog, message_ids};
use socklab::model::Language;
use socklab::scenario::diagnostic::{Diagnostic, render};

use super::{files, read};

/// Checks that every location is inside the text, every message exists, and the diagnostics can be
/// rendered.
fn sound(text: &str, mistakes: &[Diagnostic], words: &Catalog) {
    assert!(!mistakes.is_empty() && mistakes.len() <= 1_000, "{}", mistakes.len());
    let known = message_ids(words.language());
    let lines: Vec<&str> = text.split('\n').collect();
    for one in mistakes {
        if one.line > 0 {
            let line = lines.get(one.line as usize - 1);
            let line = line.unwrap_or_else(|| panic!("line {} of {}: {text:?}", one.line, lines.len()));
            assert!(one.column as usize <= line.chars().count() + 2, "{one:?} in {line:?}");
        }
        for message in [Some(&one.message), one.expected.as_ref()].into_iter().flatten() {
            assert!(known.contains(message.id.as_ref()), "{message:?}");
        }
    }
    let shown = render(mistakes, &|_| Some(text.to_owned()), &|message| words.format(message), false);
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
}

fn try_to_read(text: &str, words: &Catalog) {
    if let Err(mistakes) = read(text) {
        sound(text, &mistakes, words);
    }
}

/// Generates bundled files with random pieces removed, inserted or replaced.
fn mutated() -> impl Strategy<Value = String> {
    let texts: Vec<String> = files("scenarios", ".yaml").into_iter().map(|(_, text)| text).collect();
    let piece = prop_oneof![
        Just(String::new()),
        "[ \n\t:{}\\[\\],&*!|>'\"%@`#-]{1,4}",
        "\\PC{1,6}",
        prop::sample::select(vec![
            "- ",
            "  ",
            ": ",
            "-1",
            "null",
            "~",
            "{}",
            "[]",
            "&a ",
            "*a",
            "<<: ",
            "!!int ",
            "99999999999",
            "1e9",
            "\u{feff}",
            "\u{85}",
            "é"
        ])
        .prop_map(str::to_owned),
    ];
    let change = (any::<prop::sample::Index>(), 0_usize..20, piece);
    (prop::sample::select(texts), prop::collection::vec(change, 1..5)).prop_map(|(text, changes)| {
        let mut letters: Vec<char> = text.chars().collect();
        for (at, length, piece) in changes {
            let at = at.index(letters.len() + 1);
            let end = (at + length).min(letters.len());
            letters.splice(at..end, piece.chars());
        }
        letters.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_text_never_panics(text in "(?s).{0,200}") {
        try_to_read(&text, &Catalog::load(Language::English));
    }

    #[test]
    fn text_that_looks_like_a_scenario_never_panics(text in "((steps|items|expect|server|- start|- connect|id|at|needs): ?(\\[|\\{|[a-z{}0-9-]{0,8}|\\]|\\})?\n? {0,6}){0,20}") {
        try_to_read(&text, &Catalog::load(Language::Portuguese));
    }

    #[test]
    fn mutated_scenario_never_panics(text in mutated()) {
        try_to_read(&text, &Catalog::load(Language::English));
    }
}
