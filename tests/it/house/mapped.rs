//! ARCHITECTURE.md names only what exists. Its map has one line for each folder of `src` and for
//! each file directly below it, and no other line. The tests in its table of invariants, and the
//! files in its text, exist. The descriptions are not checked.

use std::collections::BTreeSet;

use super::{assert_none, sources, text_of};

/// The section that contains the map, in its first code block.
const SECTION: &str = "## Map of `src/`";

/// Returns the entries that the map lacks, names twice, or names although they do not exist.
fn map_errors<'p>(document: &str, paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let wanted: BTreeSet<String> = paths.filter(|path| !is_for_tests(path)).flat_map(entries).collect();
    // The line of a folder `foo/` covers its module file `foo.rs` too.
    let is_covered = |entry: &str| entry.strip_suffix(".rs").is_some_and(|stem| wanted.contains(&format!("{stem}/")));
    let mut found = BTreeSet::new();
    let mut out = Vec::new();
    for entry in mapped(document) {
        if !wanted.contains(entry) || is_covered(entry) {
            out.push(format!("ARCHITECTURE.md, \"{SECTION}\": src/{entry} does not exist"));
        } else if !found.insert(entry) {
            out.push(format!("ARCHITECTURE.md, \"{SECTION}\": src/{entry} has two lines"));
        }
    }
    let missing = wanted.iter().filter(|entry| !found.contains(entry.as_str()) && !is_covered(entry));
    out.extend(missing.map(|entry| format!("src/{entry} has no line in ARCHITECTURE.md, \"{SECTION}\"")));
    out
}

/// Returns the folders that a path lies in, each with a final slash, and the path itself if it is
/// directly below `src`.
fn entries(path: &str) -> Vec<String> {
    let folders = path.match_indices('/').map(|(at, _)| path[..=at].to_owned());
    folders.chain((!path.contains('/')).then(|| path.to_owned())).collect()
}

/// Returns the first word of each line of the map. An indented line continues the one above.
fn mapped(document: &str) -> impl Iterator<Item = &str> {
    let block = document.split_once(SECTION).and_then(|(_, rest)| rest.split("```").nth(1)).unwrap_or_default();
    let lines = block.lines().skip(1).filter(|line| !line.starts_with(' '));
    lines.filter_map(|line| line.split_whitespace().next())
}

/// Returns the words in backticks of each invariant's last cell, which are names of tests.
fn invariant_tests(document: &str) -> Vec<&str> {
    let section = document.split_once("## Invariants").map_or("", |(_, rest)| rest);
    let rows = section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.trim_end_matches('|').rsplit('|').next()).flat_map(quoted).collect()
}

/// Returns the texts between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// Returns true if a path is named like a file of tests.
pub(super) fn is_for_tests(path: &str) -> bool {
    let test = |part: &str| matches!(part, "tests" | "tests.rs" | "sample.rs") || part.ends_with("_tests.rs");
    path.split('/').any(test)
}

#[test]
fn folders_and_top_files_are_on_the_map() {
    let sources = sources();
    let paths = sources.iter().filter_map(|source| source.path.strip_prefix("src/"));
    assert_none(&map_errors(&text_of("ARCHITECTURE.md"), paths));
}

#[test]
fn invariants_name_existing_tests() {
    let document = text_of("ARCHITECTURE.md");
    let sources = sources();
    let names = invariant_tests(&document);
    assert!(names.len() > 30, "the table was not found");
    let exists = |name: &str| sources.iter().any(|source| source.text.contains(&format!("fn {name}(")));
    let offences = names.iter().filter(|name| !exists(name));
    assert_none(
        &offences
            .map(|name| format!("ARCHITECTURE.md names the test `{name}`, which does not exist"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn files_in_architecture_exist() {
    let document = text_of("ARCHITECTURE.md");
    let files = quoted(&document).filter(|text| text.ends_with(".rs") && text.contains('/') && !text.contains(' '));
    let sources = sources();
    let exists =
        |file: &str| sources.iter().any(|source| [file, &format!("src/{file}")].contains(&source.path.as_str()));
    let offences: Vec<_> = files.filter(|file| !exists(file)).collect();
    assert_none(
        &offences
            .iter()
            .map(|file| format!("ARCHITECTURE.md names `{file}`, which does not exist"))
            .collect::<Vec<_>>(),
    );
}

#[test]
fn invariant_tests_are_the_last_cells() {
    let document = "`a`\n## Invariants\n\n| `x` | kept by |\n|---|---|\n| of `y` | `b`, `c` |\n\n| `z` | `d` |";
    assert_eq!(invariant_tests(document), ["b", "c"]);
}

#[test]
fn map_errors_are_found() {
    let paths = ["lib.rs", "run.rs", "run/judge.rs", "run/deep/leaf.rs", "run/tests/far.rs", "new/tests.rs"];
    let errors = |map: &str| {
        let document = format!("cli/ before\n{SECTION}\n```text\n{map}\n```\nnew/ after");
        map_errors(&document, paths.into_iter())
    };
    let complete = "lib.rs the floors\nrun/ one\n   scenario\nrun/deep/ more";
    assert_eq!(errors(complete), [""; 0]);
    assert_eq!(
        errors("run/ one\nrun/deep/ more"),
        [format!("src/lib.rs has no line in ARCHITECTURE.md, \"{SECTION}\"")]
    );
    assert_eq!(errors("lib.rs\nrun/").len(), 1, "run/deep/ is missing");
    for gone in ["cli/ gone", "run/judge.rs below a folder", "run.rs beside its folder", "lib.rs twice"] {
        assert_eq!(errors(&format!("{complete}\n{gone}")).len(), 1, "{gone}");
    }
    assert_eq!(map_errors("no such section", ["lib.rs"].into_iter()).len(), 1);
}
