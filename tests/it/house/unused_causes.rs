//! Causes that no code creates. The compiler does not report them, because the type is public.

use super::source::{Source, is_name, is_word, words_at};
use super::{assert_none, sources};

/// The file with one row per cause.
const TABLE: &str = "src/model/cause/table.rs";

/// Returns the variants of the table: the names of its rows that have a message id.
fn variants(table: &str) -> Vec<String> {
    let rows = table.lines().filter(|line| line.contains("} = \""));
    let names = rows.map(|line| line.trim_start().chars().take_while(|&c| is_word(c)).collect::<String>());
    names.filter(|name| is_name(name)).collect()
}

/// Returns the variants that occur in no code of the library outside the type itself and tests.
fn unused(variants: &[String], sources: &[Source]) -> Vec<String> {
    let code: Vec<String> = sources
        .iter()
        .filter(|source| source.path.starts_with("src/") && !source.path.starts_with("src/model/cause"))
        .filter(|source| !source.path.contains("/tests"))
        .map(|source| source.code_without_tests().into_iter().collect())
        .collect();
    // Hints and events have variants of the same names.
    let is_cause = |text: &str, at: usize| text[..at].ends_with("Cause::");
    let is_used = |name: &&String| code.iter().any(|text| words_at(text, name).any(|at| is_cause(text, at)));
    variants.iter().filter(|name| !is_used(name)).map(|name| format!("{TABLE}: no code creates {name}")).collect()
}

#[test]
fn causes_are_all_created_by_some_code() {
    let sources = sources();
    let table = sources.iter().find(|source| source.path == TABLE).expect("the table of causes");
    let variants = variants(&table.text);
    assert!(variants.len() > 100, "only {} rows were found", variants.len());
    assert_none(&unused(&variants, &sources));
}

#[test]
fn causes_created_only_in_tests_count_as_unused() {
    let rows = "        NoAnswer { client: ClientId } = \"no-answer\", [NoAnswer];\n";
    assert_eq!(variants(rows), ["NoAnswer"]);
    let file = |path: &str, text: &str| [Source::new(path, text)];
    let complaints = |sources: &[Source]| unused(&variants(rows), sources).len();
    assert_eq!(complaints(&file("src/run/judge.rs", "fn f() { Cause::NoAnswer { client }; }")), 0);
    assert_eq!(complaints(&file("src/run/judge.rs", "fn f() { Cause::NoAnswerLate { client }; }")), 1);
    assert_eq!(complaints(&file("src/run/judge.rs", "fn f() { Hint::NoAnswer; }")), 1);
    assert_eq!(complaints(&file("src/run/judge.rs", "// Cause::NoAnswer\nfn f() {}")), 1);
    assert_eq!(complaints(&file("src/model/cause.rs", "fn f() { Cause::NoAnswer { client }; }")), 1);
    assert_eq!(complaints(&file("src/run/x.rs", "#[cfg(test)]\nmod tests { fn f() { NoAnswer; } }")), 1);
}
