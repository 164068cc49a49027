//! The layering of the modules: which floor may import which, and the parser for import paths.

use super::source::{Source, is_name, is_word};

/// The floors, from the lowest up, each with the floors it may import. A floor may always import
/// itself.
pub(super) const FLOORS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("packet", &["model"]),
    ("i18n", &["model"]),
    ("scenario", &["model", "packet", "i18n"]),
    ("sys", &["model", "packet"]),
    ("engine", &["model", "packet", "scenario", "sys"]),
    ("run", &["model", "packet", "i18n", "scenario", "sys", "engine"]),
    ("submission", &["model", "packet", "i18n", "scenario", "sys", "engine", "run"]),
    ("report", &["model", "packet", "i18n"]),
    ("bundled", &[]),
    ("cli", &["model", "packet", "i18n", "scenario", "sys", "engine", "run", "submission", "report", "bundled"]),
    ("bin", &["bundled"]),
    ("main", &["cli"]),
];

/// Returns the imports of a file that violate the layering.
pub(super) fn upward_imports(source: &Source) -> Vec<String> {
    let Some((floor, module)) = floor_and_module(&source.path) else {
        return Vec::new();
    };
    let Some((_, allowed)) = FLOORS.iter().find(|(name, _)| *name == floor) else {
        return vec![format!("{}: `{floor}` is no floor of the house", source.path)];
    };
    let outside = matches!(floor.as_str(), "bin" | "main");
    paths(&source.code())
        .into_iter()
        .filter_map(|(line, inline, path)| {
            let target = resolve(&path, &module, &inline, outside)?;
            let written = path.join("::");
            let to = target.first().map_or("", String::as_str);
            let why = match to {
                "" | "*" => "takes from the whole crate: name the floor".to_owned(),
                to if to == floor || allowed.contains(&to) => return None,
                to => format!("`{floor}` may not import `{to}`"),
            };
            Some(format!("{}:{line}: `{written}`: {why}", source.path))
        })
        .collect()
}

/// Returns the floor and module path of a file, or `None` for `lib.rs`, which declares all modules.
pub(super) fn floor_and_module(path: &str) -> Option<(String, Vec<String>)> {
    let inner = path.strip_prefix("src/")?.strip_suffix(".rs")?;
    let mut module: Vec<String> = inner.split('/').map(str::to_owned).collect();
    if module == ["lib"] {
        return None;
    }
    let floor = module[0].clone();
    if module.last().is_some_and(|last| last == "mod") {
        module.pop();
    }
    Some((floor, module))
}

/// Resolves a path from the root of the crate. Returns `None` if it leaves the crate or is a local
/// name.
pub(super) fn resolve(path: &[String], module: &[String], inline: &[String], outside: bool) -> Option<Vec<String>> {
    let first = path.first()?.as_str();
    if outside {
        // A binary uses the library as another crate; its own `crate` is the binary.
        return (first == "socklab").then(|| path[1..].to_vec());
    }
    if matches!(first, "crate" | "socklab") {
        return Some(path[1..].to_vec());
    }
    if !matches!(first, "super" | "self") {
        return None;
    }
    let mut here: Vec<String> = module.iter().chain(inline).cloned().collect();
    let mut rest = path;
    while let Some((word, after)) = rest.split_first() {
        match word.as_str() {
            "self" => {}
            "super" => drop(here.pop()),
            _ => break,
        }
        rest = after;
    }
    if here.is_empty() || rest.is_empty() {
        here.extend(rest.iter().cloned());
        return Some(here);
    }
    here.extend(rest.iter().cloned());
    Some(here)
}

/// A token with its line number: a name, `::`, or a single character.
type Token = (usize, String);

fn tokens(code: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    let mut line = 1;
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\n' {
            line += 1;
        }
        if is_word(c) {
            let mut word = String::from(c);
            while let Some(next) = chars.next_if(|&next| is_word(next)) {
                word.push(next);
            }
            out.push((line, word));
        } else if c == ':' && chars.next_if_eq(&':').is_some() {
            out.push((line, "::".to_owned()));
        } else if !c.is_whitespace() {
            out.push((line, c.to_string()));
        }
    }
    out
}

/// Returns the paths that start with a known prefix, each with its line and the enclosing inline
/// modules.
pub(super) fn paths(code: &str) -> Vec<(usize, Vec<String>, Vec<String>)> {
    let tokens = tokens(code);
    let word = |at: usize| tokens.get(at).map_or("", |token| token.1.as_str());
    let mut inline: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    let mut out = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let around = || inline.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        let before = if at == 0 { "" } else { word(at - 1) };
        match word(at) {
            "mod" if is_name(word(at + 1)) && word(at + 2) == "{" => {
                inline.push((word(at + 1).to_owned(), depth));
                depth += 1;
                at += 2;
            }
            "{" => depth += 1,
            "}" => {
                depth = usize::saturating_sub(depth, 1);
                inline.pop_if(|(_, outer)| *outer == depth);
            }
            "use" if before != ">" && word(at + 1) != "<" => {
                let mut found = Vec::new();
                let end = tree(&tokens, at + 1, &[], &mut found);
                out.extend(found.into_iter().map(|(line, path)| (line, around(), path)));
                at = end;
                continue;
            }
            "crate" | "super" | "self" | "socklab" if before != "::" && word(at + 1) == "::" => {
                let line = tokens[at].0;
                let mut path = vec![word(at).to_owned()];
                while word(at + 1) == "::" && is_name(word(at + 2)) {
                    path.push(word(at + 2).to_owned());
                    at += 2;
                }
                out.push((line, around(), path));
            }
            _ => {}
        }
        at += 1;
    }
    out
}

/// Parses the import tree that starts at token `at`. Returns the index after it.
fn tree(tokens: &[Token], mut at: usize, prefix: &[String], out: &mut Vec<(usize, Vec<String>)>) -> usize {
    let mut path = prefix.to_vec();
    let mut line = tokens.get(at).map_or(0, |token| token.0);
    while let Some((here, word)) = tokens.get(at) {
        match word.as_str() {
            "::" if path.is_empty() => path.push("::".to_owned()),
            "::" | "$" => {}
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.1 != "}") {
                    at = tree(tokens, at, &path, out);
                    if tokens.get(at).is_some_and(|token| token.1 == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            "as" => at += 1,
            word if is_name(word) || word == "*" => {
                if path.len() == prefix.len() {
                    line = *here;
                }
                path.push(word.to_owned());
            }
            _ => break,
        }
        at += 1;
    }
    if path.len() > prefix.len() {
        out.push((line, path));
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(path: &str, text: &str) -> Vec<String> {
        upward_imports(&Source::new(path, text))
    }

    #[test]
    fn floor_table_only_goes_down() {
        for (k, (floor, allowed)) in FLOORS.iter().enumerate() {
            for below in *allowed {
                let at = FLOORS.iter().position(|(name, _)| name == below);
                assert!(at.is_some_and(|at| at < k), "{floor} may import {below}");
            }
        }
    }

    #[test]
    fn upward_imports_are_found_in_every_form() {
        for text in [
            "use crate::cli;",
            "use crate::{model::Message, run::Run};",
            "use crate::{\n    model::{Message, Place},\n    run::{self as r},\n};",
            "pub use crate::run::Run as Other;",
            "use crate as c; ",
            "use crate::*;",
            "fn f() { crate::run::go() }",
            "fn f<T: crate::run::Go>() {}",
            "macro_rules! m { () => { $crate::run::go() } }",
            "use super::run;",
            "use super::super::run;",
            "use super::*;",
            "use super::{run::Run, model};",
            "mod tests { use super::super::run::go; }",
            "mod a { mod b {} fn f() { super::super::super::run::go() } }",
            "use socklab::run;",
        ] {
            // In a nested folder, one more `super` is needed to leave the floor.
            let path = if text.starts_with("use super::super") || text.starts_with("mod a") {
                "src/scenario/x.rs"
            } else {
                "src/scenario/mod.rs"
            };
            assert_eq!(complaints(path, text).len(), 1, "{text}: {:?}", complaints(path, text));
        }
    }

    #[test]
    fn downward_and_local_imports_are_allowed() {
        for text in [
            "use crate::model::{Message, Place};",
            "use crate::scenario::word;",
            "use super::word; use super::{Scenario, word::Time};",
            "use std::{fmt, io::Write}; use ::run::x; use run::y;",
            "// use crate::run;\nconst A: &str = \"crate::run\";",
            "mod tests { use super::*; use crate::model::Message; }",
            "pub(in crate::scenario) fn f() -> impl Sized + use<> {}",
            "mod tests { } use super::word;",
            "fn f(self) { self.x(); Self::y(); }",
        ] {
            assert_eq!(complaints("src/scenario/step/x.rs", text), [""; 0], "{text}");
        }
    }

    #[test]
    fn binaries_and_sibling_floors_stay_separate() {
        assert_eq!(complaints("src/main.rs", "use socklab::cli; use crate::run;"), [""; 0]);
        assert_eq!(complaints("src/main.rs", "use socklab::run;").len(), 1);
        assert_eq!(complaints("src/bin/a.rs", "fn main() { socklab::cli::main() }").len(), 1);
        assert_eq!(complaints("src/run/mod.rs", "use crate::report::Json;").len(), 1);
        assert_eq!(complaints("src/report/json.rs", "use crate::run::Run;").len(), 1);
        assert_eq!(complaints("src/bundled/mod.rs", "use crate::model::Message;").len(), 1);
        assert_eq!(complaints("src/attic/mod.rs", "").len(), 1);
    }
}
