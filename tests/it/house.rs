//! The coding rules of this package, applied to the text of every file. `house/rules.rs` and
//! `house/imports.rs` define the rules, each with examples that violate it.

mod circles;
mod imports;
mod mapped;
mod rules;
mod source;
mod unused_causes;

use std::fs;
use std::path::Path;

use socklab::i18n::message_ids;
use socklab::model::Language;

use source::Source;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Names of folders that are not part of the package's sources.
const FOREIGN: &[&str] = &["target", ".git", "socklab-evidence", "corpus", "artifacts", "node_modules"];

/// Returns every text file of the package with its relative path, sorted by path.
fn texts() -> Vec<(String, String)> {
    fn walk(folder: &Path, out: &mut Vec<(String, String)>) {
        let entries = fs::read_dir(folder).expect("the package's folder can be read");
        for entry in entries.map(|entry| entry.expect("the package's folder can be read")) {
            let (path, name) = (entry.path(), entry.file_name());
            let kind = entry.file_type().expect("a file has a kind");
            if FOREIGN.iter().any(|foreign| name == *foreign) {
                continue;
            }
            if kind.is_dir() {
                walk(&path, out);
            } else if kind.is_file()
                && let Ok(text) = fs::read_to_string(&path)
            {
                let path = path.strip_prefix(ROOT).expect("it is in the package");
                out.push((path.to_string_lossy().into_owned(), text));
            }
        }
    }
    let mut out = Vec::new();
    walk(Path::new(ROOT), &mut out);
    out.sort();
    out
}

/// Returns every Rust file of the package.
fn sources() -> Vec<Source> {
    let out: Vec<Source> = texts()
        .into_iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .filter(|(path, _)| {
            // Example submissions do not follow the rules.
            !path.starts_with("tests/data/")
                && ["src/", "tests/", "benches/", "examples/", "fuzz/"].iter().any(|top| path.starts_with(top))
        })
        .map(|(path, text)| Source::new(&path, &text))
        .collect();
    // A walk that finds nothing would let every rule pass.
    for known in ["src/lib.rs", "src/main.rs", "src/i18n.rs", "tests/it/house.rs"] {
        assert!(out.iter().any(|source| source.path == known), "{known} was not found");
    }
    out
}

/// Returns the text of a file of the package.
fn text_of(name: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Fails with the list of violations, if there are any.
#[track_caller]
fn assert_none(offences: &[String]) {
    assert!(offences.is_empty(), "{} violations:\n{}", offences.len(), offences.join("\n"));
}

/// Applies a rule to every file.
#[track_caller]
fn check_rule(rule: impl Fn(&Source) -> Vec<String>) {
    assert_none(&sources().iter().flat_map(rule).collect::<Vec<_>>());
}

#[test]
fn imports_only_go_down() {
    check_rule(imports::upward_imports);
}

#[test]
fn imports_have_no_circles() {
    assert_none(&circles::circles(&sources()));
}

#[test]
fn files_start_with_module_docs() {
    check_rule(rules::opening);
}

#[test]
fn files_stay_within_line_limit() {
    check_rule(rules::length);
}

#[test]
fn lints_are_expected_and_never_allowed() {
    check_rule(rules::no_allow_of_whole_file);
}

#[test]
fn unfinished_code_is_not_committed() {
    check_rule(rules::nothing_unfinished);
}

#[test]
fn reports_render_the_shown_form() {
    let sources = sources();
    let shipped = sources.iter().filter(|source| !mapped::is_for_tests(&source.path));
    assert_none(&shipped.flat_map(rules::reports_read_no_judged_findings).collect::<Vec<_>>());
}

#[test]
fn names_are_meaningful() {
    check_rule(rules::meaningful_names);
}

#[test]
fn messages_exist_in_both_catalogues() {
    let sources = sources();
    let for_tests: Vec<String> = sources.iter().flat_map(Source::test_files).collect();
    let is_test = |path: &str| {
        for_tests.iter().any(|test| path.strip_prefix(test.as_str()).is_some_and(|rest| rest.starts_with(['.', '/'])))
    };
    let checked = sources.iter().filter(|source| source.path.starts_with("src/") && !is_test(&source.path));
    let catalogues = [("English", message_ids(Language::English)), ("Portuguese", message_ids(Language::Portuguese))];
    let offences: Vec<String> = checked
        .flat_map(|source| catalogues.iter().flat_map(|(language, ids)| rules::messages_known(source, language, ids)))
        .collect();
    assert_none(&offences);
}

#[test]
fn machine_specific_paths_are_absent() {
    let offences: Vec<String> =
        texts().iter().flat_map(|(path, text)| rules::nothing_of_this_machine(path, text)).collect();
    assert_none(&offences);
}

#[test]
fn dependencies_are_explained() {
    assert_none(&rules::dependencies_explained(&text_of("Cargo.toml"), &text_of("docs/dependencies.md")));
}

#[test]
fn dependencies_are_used() {
    assert_none(&rules::dependencies_used(&text_of("Cargo.toml"), &sources()));
}

#[test]
fn pages_with_commands_are_run() {
    let test = text_of("tests/live/readme.rs");
    let is_page = |path: &str| path.ends_with(".md") && (path.starts_with("README") || path.starts_with("docs/"));
    let pages = texts().into_iter().filter(|(path, text)| is_page(path) && text.contains("```"));
    let offences: Vec<String> = pages
        .filter(|(path, _)| !test.contains(&format!("#[case(\"{path}\")]")))
        .map(|(path, _)| format!("{path} has code blocks and is not run by tests/live/readme.rs"))
        .collect();
    assert_none(&offences);
}
