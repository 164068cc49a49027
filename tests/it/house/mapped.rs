//! Every module file of `src` must be named in ARCHITECTURE.md, in the paragraph of its floor. The
//! description itself is not checked.

use super::{none, sources, text_of};

/// The section that names the files.
const SECTION: &str = "## `src/`, beside the plan";

/// Returns the files of `src` that the section does not name.
fn unnamed<'p>(map: &str, paths: impl Iterator<Item = &'p str>) -> Vec<String> {
    let section = map.split_once(SECTION).and_then(|(_, rest)| rest.split("```").nth(1)).unwrap_or_default();
    let is_named = |path: &str| {
        let (floor, file) = path.rsplit_once('/').map_or(("", path), |(folders, file)| (top(folders), file));
        let stem = file.trim_end_matches(".rs");
        let folder = path.rsplit('/').nth(1).unwrap_or_default();
        let wanted = if stem == "mod" { folder } else { stem };
        paragraph(section, floor).contains(&wanted)
    };
    let offences = paths.filter(|path| !is_for_tests(path) && !is_named(path));
    offences.map(|path| format!("src/{path} is not named in ARCHITECTURE.md, \"{SECTION}\"")).collect()
}

/// Returns the first component of a path.
fn top(folders: &str) -> &str {
    folders.split('/').next().unwrap_or_default()
}

/// Returns the words of a floor's paragraph: its first line and the indented lines below.
fn paragraph<'s>(section: &'s str, floor: &str) -> Vec<&'s str> {
    let mut is_inside = false;
    let mut words = Vec::new();
    for line in section.lines() {
        if !line.starts_with(' ') {
            let head = line.split_whitespace().next().unwrap_or_default();
            is_inside = head.split_once('/').map_or("", |(name, _)| name) == floor;
        }
        if is_inside {
            words.extend(line.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-'));
        }
    }
    words
}

/// Returns true if a path is named like a file of tests.
pub(super) fn is_for_tests(path: &str) -> bool {
    let test = |part: &str| matches!(part, "tests" | "tests.rs" | "sample.rs") || part.ends_with("_tests.rs");
    path.split('/').any(test)
}

#[test]
fn module_files_are_named_in_architecture() {
    let sources = sources();
    let paths = sources.iter().filter_map(|source| source.path.strip_prefix("src/"));
    none(&unnamed(&text_of("ARCHITECTURE.md"), paths));
}

#[test]
fn file_named_by_another_floor_does_not_count() {
    let map = format!(
        "frame stands before it\n{SECTION}\n```\nlib.rs main.rs\nrun/    mod batch   blame\n        deep/   + leaf\ncli/    mod pages\n```\nbranch"
    );
    let of = |paths: &[&'static str]| unnamed(&map, paths.iter().copied()).len();
    let named =
        ["lib.rs", "main.rs", "run/mod.rs", "run/blame.rs", "run/deep/mod.rs", "run/deep/leaf.rs", "cli/pages.rs"];
    assert_eq!(of(&named), 0);
    assert_eq!(of(&["run/tests.rs", "cli/tests/far.rs", "run/fate_tests.rs", "run/sample.rs"]), 0, "tests need no map");
    let lost =
        ["cli/blame.rs", "run/pages.rs", "run/frame.rs", "run/branch.rs", "run/blam.rs", "cli/new/mod.rs", "new.rs"];
    assert_eq!(of(&lost), lost.len());
    assert_eq!(unnamed("no such section", ["lib.rs"].into_iter()).len(), 1);
}
