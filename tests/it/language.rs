//! The scenario language through the public API: the bundled labs are valid and use every keyword;
//! reader and schema accept the same forms; every diagnostic has a location; no input makes the
//! reader panic.

mod at_once;
mod causes;
mod explained;
mod forms;
mod harness_errors;
mod hostile;
mod mistakes;

use std::collections::BTreeSet;
use std::path::Path;

use socklab::i18n::Catalog;
use socklab::model::{Language, Role};
use socklab::scenario::diagnostic::{Diagnostic, render};
use socklab::scenario::expect::Expectation;
use socklab::scenario::lab::Lab;
use socklab::scenario::step::Step;
use socklab::scenario::{ReadContext, Scenario};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Returns every bundled lab.
fn labs() -> Vec<Lab> {
    let words = Catalog::load(Language::English);
    Lab::bundled_names()
        .iter()
        .map(|name| {
            Lab::bundled(name, None).unwrap_or_else(|mistakes| {
                let source = |file: &str| Lab::bundled_text(file).map(str::to_owned);
                panic!("{}", render(&mistakes, &source, &|message| words.format(message), false))
            })
        })
        .collect()
}

/// Returns the roles of the socket-lab.
fn roles() -> BTreeSet<Role> {
    ["tcp-simple", "udp-simple", "tcp-multi"].iter().map(|role| role.parse().expect("a name")).collect()
}

/// Reads a scenario with the roles of the socket-lab.
fn read(text: &str) -> Result<Scenario, Vec<Diagnostic>> {
    Scenario::parse("here.yaml", text, ReadContext { roles: Some(&roles()), ..ReadContext::default() })
}

/// Formats each diagnostic as `line:column id`.
fn summaries(mistakes: &[Diagnostic]) -> Vec<String> {
    mistakes.iter().map(|one| format!("{}:{} {}", one.line, one.column, one.message.id)).collect()
}

/// Returns the files below a folder of the package whose names end with `ending`, with their texts.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut out = Vec::new();
    let mut folders = vec![Path::new(ROOT).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder of the package") {
            let path = entry.expect("an entry of a folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                let text = std::fs::read_to_string(&path).expect("a file of the package is text");
                let name = path.strip_prefix(ROOT).expect("it is in the package").to_string_lossy().into_owned();
                out.push((name, text));
            }
        }
    }
    out.sort();
    assert!(!out.is_empty(), "no file in {folder} ends with {ending}");
    out
}

#[test]
fn bundled_labs_are_valid() {
    let names: BTreeSet<String> = labs().into_iter().map(|lab| lab.name).collect();
    let wanted = ["chat-client", "examples", "file-transfer", "http-server", "line-chat", "socket-lab"];
    assert_eq!(names, wanted.map(str::to_owned).into());
}

#[test]
fn embedded_labs_match_the_files() {
    for (name, text) in files("scenarios", ".yaml") {
        assert_eq!(Lab::bundled_text(&name), Some(text.as_str()), "{name}: touch src/scenario/lab.rs and build again");
    }
}

#[test]
fn scenario_files_are_listed_by_their_labs() {
    let listed: BTreeSet<String> =
        labs().iter().flat_map(|lab| lab.scenarios.iter().map(|scenario| scenario.file.clone())).collect();
    let there = files("scenarios", ".yaml").into_iter().map(|(name, _)| name);
    let there: BTreeSet<String> = there.filter(|name| !name.ends_with("/lab.yaml")).collect();
    assert_eq!(listed, there);
}

#[test]
fn bundled_item_ids_are_unique() {
    let labs = labs();
    let all: Vec<&str> = labs.iter().flat_map(|lab| lab.items().map(|(_, item)| item.id.as_str())).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
}

#[test]
fn bundled_titles_are_bilingual() {
    for lab in labs() {
        let scenarios = lab.scenarios.iter().map(|scenario| (scenario.name.as_str(), scenario.title.as_ref()));
        let roles = lab.roles.iter().map(|(role, entry)| (role.as_str(), entry.title.as_ref()));
        let items = lab.items().filter(|(scenario, _)| !scenario.short_form);
        let items = items.map(|(_, item)| (item.id.as_str(), item.title.as_ref()));
        for (what, title) in scenarios.chain(roles).chain(items).chain([(lab.name.as_str(), lab.title.as_ref())]) {
            let title = title.unwrap_or_else(|| panic!("{}: {what} has no title", lab.name));
            let [en, pt] = Language::ALL.map(|language| title.in_language(language));
            assert!(!en.is_empty() && !pt.is_empty() && en != pt, "{}: {what}: {en:?} {pt:?}", lab.name);
        }
    }
}

#[test]
fn steps_are_all_used_by_bundled_scenarios() {
    let labs = labs();
    let used: BTreeSet<&str> =
        labs.iter().flat_map(|lab| &lab.scenarios).flat_map(|scenario| &scenario.steps).map(Step::word).collect();
    let unused: Vec<_> = Step::KEYWORDS.iter().filter(|word| !used.contains(*word)).collect();
    assert!(unused.is_empty(), "no bundled scenario shows {unused:?}");
}

#[test]
fn expectations_are_all_used_by_bundled_scenarios() {
    let labs = labs();
    let used: BTreeSet<&str> =
        labs.iter().flat_map(Lab::items).flat_map(|(_, item)| &item.expect).map(Expectation::word).collect();
    let unused: Vec<_> = Expectation::KEYWORDS.iter().filter(|word| !used.contains(*word)).collect();
    assert!(unused.is_empty(), "no bundled scenario shows {unused:?}");
}

#[test]
fn diagnostics_are_rendered_in_both_languages() {
    let text = "\
title: { en: A try, pt: Uma tentativa }
steps:
  - start: { server: tcp-simpel }
  - connect: { clients: 2000 }
  - snapshot: connected
  - send: { text: \"Olá, {nome}\", fragments: 0 }
items:
  - id: tcp-simple.3
    needs: [tcp-simple.3]
    expect:
      - echo: { clients: [3000] }
      - established: { at: conected }
";
    let Err(mistakes) = read(text) else { panic!("the scenario is invalid") };
    let source = |file: &str| (file == "here.yaml").then(|| text.to_owned());
    for language in Language::ALL {
        let words = Catalog::load(language);
        let shown = render(&mistakes, &source, &|message| words.format(message), false);
        assert!(!shown.contains('«') && !shown.contains("{$"), "{shown}");
        insta::assert_snapshot!(format!("a_mistake_{}", language.tag()), shown);
    }
}
