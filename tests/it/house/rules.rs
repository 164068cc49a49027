//! Rules about the text of single files. Each returns its violations as `path:line: message`.
//!
//! The tests below apply each rule to violating snippets, so that no rule passes because it checks
//! nothing.

use std::collections::BTreeSet;

use super::source::{Source, is_name, is_word, words_at};

/// Words that carry no meaning in a name.
const EMPTY_NAMES: &[&str] = &["manager", "managers", "util", "utils", "helper", "helpers", "get"];

/// Maximum number of lines of a source file.
pub(super) const MAX_LINES: usize = 400;

/// Maximum number of lines of `main.rs`.
pub(super) const MAX_LINES_OF_MAIN: usize = 30;

fn is_library(source: &Source) -> bool {
    source.path.starts_with("src/")
}

/// A file starts with module documentation.
pub(super) fn opening(source: &Source) -> Vec<String> {
    let summary = source.text.lines().next().and_then(|line| line.strip_prefix("//!"));
    match summary.map(str::trim) {
        Some(summary) if !summary.is_empty() => Vec::new(),
        _ => vec![format!("{}:1: does not open with `//!` and a sentence", source.path)],
    }
}

/// A file stays within the line limit.
pub(super) fn length(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let most = match source.path.as_str() {
        "src/main.rs" => MAX_LINES_OF_MAIN,
        _ if is_library(source) => MAX_LINES,
        _ => return Vec::new(),
    };
    if lines <= most {
        return Vec::new();
    }
    vec![format!("{}: {lines} lines, at most {most}", source.path)]
}

/// `expect` with a reason replaces `allow`. Clippy finds all attributes but those of whole files.
pub(super) fn no_allow_of_whole_file(source: &Source) -> Vec<String> {
    let code = source.code();
    let attributes = code.match_indices("#![").map(|(at, _)| (at, code[at..].split(']').next().unwrap_or_default()));
    let found = attributes.filter(|(_, attribute)| words_at(attribute, "allow").next().is_some());
    found
        .map(|(at, _)| format!("{}:{}: `allow` instead of `expect`", source.path, Source::line_at(&code, at)))
        .collect()
}

/// No code is marked as unfinished. Clippy finds the macros.
pub(super) fn nothing_unfinished(source: &Source) -> Vec<String> {
    let mark = concat!("FIX", "ME");
    let marks = source.text.match_indices(mark).map(|(at, _)| at);
    marks
        .map(|at| format!("{}:{}: is marked as not finished", source.path, Source::line_at(&source.text, at)))
        .collect()
}

/// Reports render the shown form of an item. Only the anonymizer changes what was judged.
pub(super) fn reports_read_no_judged_findings(source: &Source) -> Vec<String> {
    if !source.path.starts_with("src/report/") || source.path == "src/report/anonymize.rs" {
        return Vec::new();
    }
    let code: String = source.code_without_tests().into_iter().collect();
    words_at(&code, "judged")
        .map(|at| format!("{}:{}: `judged` instead of `shown`", source.path, Source::line_at(&code, at)))
        .collect()
}

/// Splits a name into lower-case words: `get_TestServer` is get, test, server.
fn words_of(name: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut before = '_';
    for c in name.chars() {
        let begins = !before.is_alphanumeric() || (c.is_uppercase() && !before.is_uppercase());
        before = c;
        if !c.is_alphanumeric() {
            continue;
        }
        if begins {
            out.push(String::new());
        }
        if let Some(word) = out.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    out
}

fn is_empty_name(name: &str) -> bool {
    let words = words_of(name);
    let first = words.first().map_or("", String::as_str);
    let getter = first == "get" && words.len() > 1;
    getter || words.iter().any(|word| word != "get" && EMPTY_NAMES.contains(&word.as_str()))
}

/// Names contain no word of [`EMPTY_NAMES`].
pub(super) fn meaningful_names(source: &Source) -> Vec<String> {
    let mut out = Vec::new();
    for part in source.path.trim_end_matches(".rs").split('/') {
        if is_empty_name(part) {
            out.push(format!("{}: `{part}` says nothing", source.path));
        }
    }
    let code = source.code();
    for keyword in ["fn", "struct", "enum", "trait", "type", "mod", "const", "static", "macro_rules!"] {
        for at in words_at(&code, keyword.trim_end_matches('!')) {
            let rest = &code[at..];
            let Some(rest) = rest.strip_prefix(keyword) else {
                continue;
            };
            let name: String = rest.trim_start().chars().take_while(|&c| is_word(c)).collect();
            if is_name(&name) && is_empty_name(&name) {
                let line = Source::line_at(&code, at);
                out.push(format!("{}:{line}: `{name}` says nothing", source.path));
            }
        }
    }
    out
}

/// Every message id in the code exists in this catalogue.
pub(super) fn messages_known(source: &Source, language: &str, ids: &BTreeSet<String>) -> Vec<String> {
    ["Message::new", ".word"]
        .into_iter()
        .flat_map(|call| source.literals_after(call))
        .filter(|(_, id)| !ids.contains(id))
        .map(|(line, id)| format!("{}:{line}: `{id}` has no sentence in {language}", source.path))
        .collect()
}

/// No text file contains a path of the author's machine or a package registry other than the public
/// one.
pub(super) fn nothing_of_this_machine(path: &str, text: &str) -> Vec<String> {
    let folder = concat!("/wo", "rk/");
    let registries = [
        concat!("sparse+", "http"),
        concat!("index", "-url"),
        concat!("index", "_url"),
        concat!("PIP_", "INDEX"),
        concat!("GO", "PROXY"),
        concat!("npm_config_", "registry"),
        concat!("replace", "-with"),
        concat!("[regis", "tries"),
        concat!("arti", "factory"),
        concat!("jf", "rog"),
        concat!("registry+", "http"),
    ];
    let public = "registry+https://github.com/rust-lang/crates.io-index";
    let mut out = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let number = number + 1;
        if line.contains(folder) {
            out.push(format!("{path}:{number}: a path of the machine that it was written on"));
        }
        let line = line.replace(public, "");
        if let Some(found) = registries.iter().find(|&&found| line.contains(found)) {
            out.push(format!("{path}:{number}: `{found}`: a package registry of somebody's own"));
        }
    }
    out
}

/// Returns the direct dependencies of a manifest, by their names in code.
pub(super) fn dependencies(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut out = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            inside = section.ends_with("dependencies");
            if let Some((_, name)) = section.split_once("dependencies.") {
                out.push(name.to_owned());
            }
        } else if inside
            && let Some((name, _)) = line.split_once('=')
            && !line.starts_with('#')
        {
            out.push(name.split('.').next().unwrap_or(name).trim().to_owned());
        }
    }
    out
}

/// Every direct dependency is explained in docs/dependencies.md.
pub(super) fn dependencies_explained(manifest: &str, map: &str) -> Vec<String> {
    let part = |c: char| is_word(c) || c == '-';
    let named = |name: &str| map.split(|c| !part(c)).any(|word| word == name);
    dependencies(manifest)
        .into_iter()
        .filter(|name| !named(name))
        .map(|name| format!("`{name}` is taken in Cargo.toml and not explained in docs/dependencies.md"))
        .collect()
}

/// Every direct dependency is used in some file.
pub(super) fn dependencies_used(manifest: &str, sources: &[Source]) -> Vec<String> {
    let codes: Vec<String> = sources.iter().map(Source::code).collect();
    dependencies(manifest)
        .into_iter()
        .filter(|name| {
            let name = name.replace('-', "_");
            !codes.iter().any(|code| words_at(code, &name).next().is_some())
        })
        .map(|name| format!("`{name}` is taken in Cargo.toml and used nowhere"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rule = fn(&Source) -> Vec<String>;

    /// Checks that the rule reports each bad text once and no good text.
    fn check_examples(rule: Rule, path: &str, bad: &[&str], good: &[&str]) {
        for text in bad {
            let out = rule(&Source::new(path, text));
            assert_eq!(out.len(), 1, "{path}: {text:?}: {out:?}");
            assert!(out[0].starts_with(path), "{out:?}");
        }
        for text in good {
            assert_eq!(rule(&Source::new(path, text)), [""; 0], "{path}: {text:?}");
        }
    }

    #[test]
    fn missing_module_docs_are_found() {
        check_examples(opening, "src/x.rs", &["", "use x;", "// x", "//!\nuse x;", "\n//! late"], &["//! What it is."]);
    }

    #[test]
    fn long_file_is_found() {
        let (long, right) = ("x\n".repeat(401), "x\n".repeat(400));
        check_examples(length, "src/x.rs", &[&long], &[&right]);
        check_examples(length, "src/main.rs", &[&"x\n".repeat(31)], &[&"x\n".repeat(30)]);
        check_examples(length, "tests/it/x.rs", &[], &[&long]);
    }

    #[test]
    fn allow_of_whole_file_is_found() {
        let bad = ["#![allow(x)]", "#![cfg_attr(test, allow(x))]"];
        let good = ["#![expect(x, reason = \"allow\")]", "#![deny(x)]\nfn allow() {}", "// #![allow(x)]"];
        check_examples(no_allow_of_whole_file, "src/x.rs", &bad, &good);
    }

    #[test]
    fn unfinished_code_is_found() {
        let mark = concat!("// FIX", "ME: x");
        check_examples(nothing_unfinished, "src/x.rs", &[mark], &["let todo = vec![1];"]);
    }

    #[test]
    fn report_of_judged_findings_is_found() {
        let bad = ["item.judged.findings.iter()", "let ItemResult { judged, .. } = item;"];
        let good = ["item.shown().findings", "// judged", "#[cfg(test)]\nmod tests { fn f() { item.judged } }"];
        check_examples(reports_read_no_judged_findings, "src/report/x.rs", &bad, &good);
        check_examples(reports_read_no_judged_findings, "src/run/x.rs", &[], &bad);
    }

    #[test]
    fn meaningless_names_are_found() {
        let bad = [
            "struct StageManager;",
            "fn get_port() {}",
            "mod util {}",
            "enum HelperKind {}",
            "const MY_UTILS: u8 = 0;",
            "pub async unsafe fn  run_helper() {}",
            "macro_rules! test_helper { () => {} }",
        ];
        let good = ["fn get() {}", "fn target_port() {}", "fn futile() {}", "struct Budget_get;", "x.get_mut(); "];
        check_examples(meaningful_names, "src/x.rs", &bad, &good);
        for path in ["src/util.rs", "src/helpers/x.rs", "tests/it/get_port.rs"] {
            assert_eq!(meaningful_names(&Source::new(path, "")).len(), 1, "{path}");
        }
    }

    #[test]
    fn message_missing_from_catalogue_is_found() {
        let ids = BTreeSet::from(["there".to_owned()]);
        let text = "//! x\nf(Message::new(\"there\"), Message::new(\n  \"missing\")); words.word(\"gone\");";
        let out = messages_known(&Source::new("src/x.rs", text), "English", &ids);
        assert_eq!(
            out,
            ["src/x.rs:2: `missing` has no sentence in English", "src/x.rs:3: `gone` has no sentence in English"]
        );
    }

    #[test]
    fn machine_path_and_registry_are_found() {
        let bad = [
            concat!("see /wo", "rk/main"),
            concat!("source = \"registry+", "https://example.org/index\""),
            concat!("pip install --index", "-url x"),
            concat!("[source.crates-io]\nreplace", "-with = \"near\""),
        ];
        for text in bad {
            assert_eq!(nothing_of_this_machine("a.md", text).len(), 1, "{text}");
        }
        let good = "source = \"registry+https://github.com/rust-lang/crates.io-index\"\nhomework/a";
        assert_eq!(nothing_of_this_machine("Cargo.lock", good), [""; 0]);
    }

    #[test]
    fn unexplained_and_unused_dependencies_are_found() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\na-b = \"1\"\nserde_yaml = { package = \"y\" }\n# c = \"1\"\n\
                        d.workspace = true\n[dev-dependencies]\ne = \"1\"\n[target.x.dependencies.f]\nversion = \"1\"\n[lints]\ng = 1";
        assert_eq!(dependencies(manifest), ["a-b", "serde_yaml", "d", "e", "f"]);
        let out = dependencies_explained(manifest, "`a-b`: x. `serde_yaml_x`, d, e2 and f.");
        assert_eq!(out.len(), 2, "{out:?}");
        assert!(out[0].contains("`serde_yaml`") && out[1].contains("`e`"));
        let uses = [Source::new("src/x.rs", "//! e\nuse a_b::x; use d::{f}; serde_yaml::x();")];
        let out = dependencies_used(manifest, &uses);
        assert_eq!(out.len(), 1, "{out:?}");
        assert!(out[0].contains("`e`"));
    }
}
