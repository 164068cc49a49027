//! The map in ARCHITECTURE.md has one line for each folder of `src` and for each file directly
//! below it, and no line for anything else. The descriptions are not checked.

use std::collections::BTreeSet;

use super::{none, sources, text_of};

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

fn is_for_tests(path: &str) -> bool {
    let test = |part: &str| matches!(part, "tests" | "tests.rs" | "sample.rs") || part.ends_with("_tests.rs");
    path.split('/').any(test)
}

#[test]
fn folders_and_top_files_are_on_the_map() {
    let sources = sources();
    let paths = sources.iter().filter_map(|source| source.path.strip_prefix("src/"));
    none(&map_errors(&text_of("ARCHITECTURE.md"), paths));
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
    assert_eq!(errors("run/ one\nrun/deep/ more"), [format!("src/lib.rs has no line in ARCHITECTURE.md, \"{SECTION}\"")]);
    assert_eq!(errors("lib.rs\nrun/").len(), 1, "run/deep/ is missing");
    for gone in ["cli/ gone", "run/judge.rs below a folder", "run.rs beside its folder", "lib.rs twice"] {
        assert_eq!(errors(&format!("{complete}\n{gone}")).len(), 1, "{gone}");
    }
    assert_eq!(map_errors("no such section", ["lib.rs"].into_iter()).len(), 1);
}
