//! The scenario language through the library: the bundled labs are free of mistakes and use every word, every form is
//! accepted by the reader and by the schema alike, every mistake is told at its place, and nothing makes the reader panic.

mod at_once;
mod explained;
mod forms;
mod hostile;
mod mistakes;

use std::collections::BTreeSet;
use std::path::Path;

use socklab::model::{Language, Role};
use socklab::scenario::diagnostic::{Diagnostic, render};
use socklab::scenario::expect::Expectation;
use socklab::scenario::lab::Lab;
use socklab::scenario::step::Step;
use socklab::scenario::{Scenario, Setting};
use socklab::words::Words;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Every bundled lab.
fn labs() -> Vec<Lab> {
    let said = Words::of(Language::English);
    Lab::bundled_names()
        .iter()
        .map(|name| {
            Lab::bundled(name, None).unwrap_or_else(|mistakes| {
                let source = |file: &str| Lab::bundled_text(file).map(str::to_owned);
                panic!("{}", render(&mistakes, &source, &|message| said.say(message), false))
            })
        })
        .collect()
}

/// The roles of the socket-lab, as a lab's scenarios are read with.
fn roles() -> BTreeSet<Role> {
    ["tcp-simple", "udp-simple", "tcp-multi"].iter().map(|role| role.parse().expect("a name")).collect()
}

/// Reads a scenario as one of the socket-lab.
fn read(text: &str) -> Result<Scenario, Vec<Diagnostic>> {
    Scenario::read("here.yaml", text, Setting { roles: Some(&roles()), variables: None })
}

/// Each mistake as `line:column id`.
fn told(mistakes: &[Diagnostic]) -> Vec<String> {
    mistakes.iter().map(|one| format!("{}:{} {}", one.line, one.column, one.message.id)).collect()
}

/// The files of a folder below the package, with their text, whose names end so.
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
fn the_bundled_labs_are_free_of_mistakes() {
    let names: BTreeSet<String> = labs().into_iter().map(|lab| lab.name).collect();
    assert_eq!(names, ["examples", "line-chat", "socket-lab"].map(str::to_owned).into());
}

#[test]
fn the_program_carries_the_labs_as_they_are_on_disk() {
    for (name, text) in files("scenarios", ".yaml") {
        assert_eq!(Lab::bundled_text(&name), Some(text.as_str()), "{name}: touch src/scenario/lab.rs and build again");
    }
}

#[test]
fn every_scenario_file_belongs_to_its_lab() {
    let listed: BTreeSet<String> =
        labs().iter().flat_map(|lab| lab.scenarios.iter().map(|scenario| scenario.file.clone())).collect();
    let there = files("scenarios", ".yaml").into_iter().map(|(name, _)| name);
    let there: BTreeSet<String> = there.filter(|name| !name.ends_with("/lab.yaml")).collect();
    assert_eq!(listed, there);
}

#[test]
fn no_two_bundled_items_have_the_same_id() {
    let labs = labs();
    let all: Vec<&str> = labs.iter().flat_map(|lab| lab.items().map(|(_, item)| item.id.as_str())).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
}

#[test]
fn every_title_and_hint_of_the_bundled_labs_is_in_both_languages() {
    for lab in labs() {
        let scenarios = lab.scenarios.iter().map(|scenario| (scenario.name.as_str(), scenario.title.as_ref()));
        let roles = lab.roles.iter().map(|(role, entry)| (role.as_str(), entry.title.as_ref()));
        let items = lab.items().filter(|(scenario, _)| !scenario.short);
        let items = items.map(|(_, item)| (item.id.as_str(), item.title.as_ref()));
        for (what, title) in scenarios.chain(roles).chain(items).chain([(lab.name.as_str(), lab.title.as_ref())]) {
            let title = title.unwrap_or_else(|| panic!("{}: {what} has no title", lab.name));
            let [en, pt] = Language::ALL.map(|language| title.in_language(language));
            assert!(!en.is_empty() && !pt.is_empty() && en != pt, "{}: {what}: {en:?} {pt:?}", lab.name);
        }
    }
}

#[test]
fn every_step_is_used_by_a_bundled_scenario() {
    let labs = labs();
    let used: BTreeSet<&str> =
        labs.iter().flat_map(|lab| &lab.scenarios).flat_map(|scenario| &scenario.steps).map(Step::word).collect();
    let unused: Vec<_> = Step::WORDS.iter().filter(|word| !used.contains(*word)).collect();
    assert!(unused.is_empty(), "no bundled scenario shows {unused:?}");
}

#[test]
fn every_expectation_is_used_by_a_bundled_scenario() {
    let labs = labs();
    let used: BTreeSet<&str> =
        labs.iter().flat_map(Lab::items).flat_map(|(_, item)| &item.expect).map(Expectation::word).collect();
    let unused: Vec<_> = Expectation::WORDS.iter().filter(|word| !used.contains(*word)).collect();
    assert!(unused.is_empty(), "no bundled scenario shows {unused:?}");
}

#[test]
fn a_mistake_as_it_is_shown_in_both_languages() {
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
    let Err(mistakes) = read(text) else { panic!("it is full of mistakes") };
    let source = |file: &str| (file == "here.yaml").then(|| text.to_owned());
    for language in Language::ALL {
        let words = Words::of(language);
        let shown = render(&mistakes, &source, &|message| words.say(message), false);
        assert!(!shown.contains('«') && !shown.contains("{$"), "{shown}");
        insta::assert_snapshot!(format!("a_mistake_{}", language.tag()), shown);
    }
}
