//! Import circles within a floor. Two modules that import each other cannot be understood, or
//! moved, one without the other.
//!
//! An import counts in the folder in which the paths of the two modules part, as an import between
//! the two children of that folder. So a module counts together with everything below it, and a
//! ring of cousins is a circle of their parents. A module and its own ancestor may import each
//! other: then no paths part. Names that a module only passes on are followed to the module that
//! defines them. Test code does not count.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::{floor_and_module, paths, resolve};
use super::mapped::is_for_tests;
use super::source::Source;

/// A module's path from the root of the crate.
type Module = Vec<String>;

/// A file with its imports: line and path from the root of the crate.
struct File<'s> {
    path: &'s str,
    imports: Vec<(usize, Vec<String>)>,
}

/// Maximum number of modules that pass a name on.
const PASSED_ON: usize = 8;

/// Returns the imports that are part of a circle.
pub(super) fn circles(sources: &[Source]) -> Vec<String> {
    let files = files(sources);
    let mut folders: BTreeMap<&[String], BTreeMap<(&str, &str), String>> = BTreeMap::new();
    for (module, file) in &files {
        for (line, path) in &file.imports {
            let Some(target) = origin(&files, path, PASSED_ON) else { continue };
            let same = module.iter().zip(target).take_while(|(one, other)| one == other).count();
            // The order of the floors themselves is another rule.
            let (Some(from), Some(to), true) = (module.get(same), target.get(same), same > 0) else { continue };
            let written = || format!("{}:{line}: `{}` leads back here", file.path, target.join("::"));
            folders.entry(&module[..same]).or_default().entry((from, to)).or_insert_with(written);
        }
    }
    let on_a_circle = |edges: BTreeMap<(&str, &str), String>| {
        let pairs: Vec<(&str, &str)> = edges.keys().copied().collect();
        let on_it = edges.into_iter().filter(move |((from, to), _)| is_reached(&pairs, to, from));
        on_it.map(|(_, written)| written).collect::<Vec<_>>()
    };
    folders.into_values().flat_map(on_a_circle).collect()
}

/// Returns true if imports lead from one module to another.
fn is_reached(edges: &[(&str, &str)], from: &str, to: &str) -> bool {
    let mut known = BTreeSet::from([from]);
    let mut todo = vec![from];
    while let Some(here) = todo.pop() {
        let next = edges.iter().filter(|(one, _)| *one == here).map(|(_, other)| *other);
        todo.extend(next.filter(|next| known.insert(next)));
    }
    known.contains(to)
}

/// Returns the files of the library without tests.
fn files(sources: &[Source]) -> BTreeMap<Module, File<'_>> {
    let for_tests: Vec<String> = sources.iter().flat_map(Source::test_files).collect();
    let is_test = |path: &str| {
        let declared =
            |test: &String| path.strip_prefix(test.as_str()).is_some_and(|rest| rest.starts_with(['.', '/']));
        is_for_tests(path) || for_tests.iter().any(declared)
    };
    let library = sources.iter().filter(|source| !is_test(&source.path)).filter_map(|source| {
        let (floor, module) = floor_and_module(&source.path)?;
        (!matches!(floor.as_str(), "bin" | "main")).then_some((module, source))
    });
    let library: BTreeMap<Module, &Source> = library.collect();
    let imports = |module: &Module, source: &Source| {
        let code: String = source.code_without_tests().into_iter().collect();
        let resolved = paths(&code).into_iter().filter_map(|(line, inline, path)| {
            // A path can also begin with a child of the module.
            let below = || Some([&module[..], &path].concat()).filter(|_| is_child(&library, module, &path));
            Some((line, resolve(&path, module, &inline, false).or_else(below)?))
        });
        resolved.collect()
    };
    let files = library.iter().map(|(module, &source)| {
        let file = File { path: &source.path, imports: imports(module, source) };
        (module.clone(), file)
    });
    files.collect()
}

/// Returns true if a path begins with the name of a child of the module.
fn is_child(modules: &BTreeMap<Module, &Source>, module: &Module, path: &[String]) -> bool {
    path.first().is_some_and(|first| modules.contains_key(&[&module[..], std::slice::from_ref(first)].concat()))
}

/// Returns the module that defines a name.
fn origin<'f>(files: &'f BTreeMap<Module, File<'_>>, path: &[String], left: usize) -> Option<&'f Module> {
    let (module, file) = (1..=path.len()).rev().find_map(|length| files.get_key_value(&path[..length]))?;
    let (_, rest) = path.split_at(module.len());
    let passed_on = rest.first().and_then(|name| {
        let (_, import) = file.imports.iter().find(|(_, import)| import.last() == Some(name))?;
        origin(files, &[import, &rest[1..]].concat(), left.checked_sub(1)?)
    });
    passed_on.or(Some(module))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let sources: Vec<Source> = files.iter().map(|(path, text)| Source::new(path, text)).collect();
        circles(&sources)
    }

    #[test]
    fn circles_are_found_in_every_form() {
        let pair = [("src/run/a.rs", "use super::b::B;\n"), ("src/run/b.rs", "\nfn f() { crate::run::a::go() }")];
        let wanted = ["src/run/a.rs:1: `run::b` leads back here", "src/run/b.rs:2: `run::a` leads back here"];
        assert_eq!(found(&pair), wanted);
        let ring =
            [("src/run/a.rs", "use super::b;"), ("src/run/b.rs", "use super::c;"), ("src/run/c.rs", "use super::a;")];
        assert_eq!(found(&ring).len(), 3);
        let cousins = [
            ("src/run/a.rs", "mod x;"),
            ("src/run/a/x.rs", "use crate::run::b::B;"),
            ("src/run/b.rs", "use super::a::A;"),
        ];
        assert_eq!(found(&cousins).len(), 2);
        let passed_on = [
            ("src/run/mod.rs", "mod a; mod b; pub use b::B;"),
            ("src/run/a.rs", "use crate::run::B;"),
            ("src/run/b.rs", "use super::a::A;"),
        ];
        assert_eq!(found(&passed_on).len(), 2);
    }

    #[test]
    fn ancestors_tests_and_one_way_imports_are_allowed() {
        let allowed = [
            ("src/run/mod.rs", "mod a; mod b; use a::A; pub struct R;"),
            ("src/run/a.rs", "use super::R; use super::b::B;\n#[cfg(test)]\nmod tests { use super::*; }"),
            ("src/run/b.rs", "#[cfg(test)]\nmod tests { use crate::run::a::A; }\n#[cfg(test)]\nmod sample;"),
            ("src/run/b/sample.rs", "use crate::run::a::A;"),
            ("src/run/b/tests.rs", "use crate::run::a::A;"),
            ("src/main.rs", "use socklab::run;"),
        ];
        assert_eq!(found(&allowed), [""; 0]);
    }
}
