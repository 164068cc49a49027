//! Scenario files named alone: what `lint` says is what `run` says, and what a file's lab knows is known.

use std::path::Path;

use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;

use super::{folder, socklab, written};

const LAB: &str = "lab: mine\nroles: { r: { protocol: tcp, port: 7, bundled: tcp-multi } }\nscenarios: [a.yaml, sub/b.yaml, c.yaml]\n";
const A: &str = "steps: [start: r]\nitems: [{ id: x.1, expect: [listening] }]\n";
const B: &str = "steps: [start: r]\nitems: [{ id: x.2, needs: [x.1], expect: [listening] }]\n";
const C: &str = "steps: [start: r]\nitems: [{ id: x.3, expect: [lisening] }]\n";

/// A lab whose third file is wrong.
fn lab(at: &Path) {
    std::fs::create_dir(at.join("sub")).expect("a folder can be made");
    for (name, text) in [("lab.yaml", LAB), ("a.yaml", A), ("sub/b.yaml", B), ("c.yaml", C)] {
        written(at, name, text);
    }
}

/// What a verb says of these files on standard error, where it refuses them.
fn refusal(verb: &str, at: &Path, files: &[&str]) -> String {
    let done = socklab(&[verb]).args(files).current_dir(at).assert().code(2).stdout("");
    String::from_utf8_lossy(&done.get_output().stderr).into_owned()
}

#[test]
fn lint_says_of_a_file_what_run_says_of_it() {
    let folder = folder();
    let item = |id: &str, need: &str| format!("- {{ id: {id}, needs: [{need}], expect: [listening] }}\n");
    let items = [("x.1", "x.9"), ("x.2", "x.3"), ("x.3", "x.2")].map(|(id, need)| item(id, need)).concat();
    written(folder.path(), "two.yaml", format!("steps: [start: tcp-simple]\nitems:\n{items}"));
    let said = refusal("lint", folder.path(), &["two.yaml"]);
    assert_eq!(said, refusal("run", folder.path(), &["two.yaml"]));
    assert_eq!(said.matches("error: ").count(), 3, "{said}");
    assert!(said.contains("\"x.9\"") && said.contains("depend on each other"), "{said}");
}

#[test]
fn files_that_stand_alone_are_known_to_each_other_and_may_be_of_many_runs() {
    let folder = folder();
    let scenario = |item: &str| format!("steps: [start: tcp-simple]\nitems: [{item}]\n");
    written(folder.path(), "a.yaml", scenario("{ id: x.1, expect: [listening] }"));
    written(folder.path(), "b.yaml", scenario("{ id: x.2, needs: [x.1], expect: [listening] }"));
    written(folder.path(), "c.yaml", scenario("{ id: x.2, expect: [listening] }"));
    let lint = |files: &[&str]| socklab(&["lint"]).args(files).current_dir(folder.path()).assert();
    lint(&["a.yaml", "b.yaml", "c.yaml"]).success().stdout(contains("3 files"));
    lint(&["b.yaml", "c.yaml"]).code(2).stderr(contains("unknown item \"x.1\""));
}

#[rstest]
#[case("scenarios/socket-lab/udp-simple-answers.yaml")]
#[case("scenarios/line-chat/lab.yaml")]
fn the_bundled_files_are_sound_alone(#[case] file: &str) {
    socklab(&["lint", file]).assert().success();
    // Refused for the item alone: the file itself is taken.
    socklab(&["run", file, "--item", "none.such.at.all"]).assert().code(2).stderr(contains("none.such.at.all"));
}

#[test]
fn every_bundled_scenario_is_sound_alone() {
    for (file, _) in crate::language::files("scenarios", ".yaml") {
        socklab(&["lint", &file]).assert().success();
    }
}

#[test]
fn a_file_of_a_lab_is_read_as_that_lab_s() {
    let folder = folder();
    let at = folder.path();
    lab(at);
    // A role and a need of the lab's, from beside it, from below it, and with a word that leads there.
    for (here, file) in [("", "a.yaml"), ("", "sub/b.yaml"), ("sub", "b.yaml"), ("sub", "../sub/b.yaml")] {
        socklab(&["lint", file]).current_dir(at.join(here)).assert().success();
    }
    // What is wrong in another file is told only where that may be what is needed.
    let said = refusal("lint", at, &["c.yaml"]);
    assert!(said.contains("c.yaml:2:") && said.matches("error: ").count() == 1, "{said}");
    written(at, "sub/b.yaml", B.replace("x.1]", "x.3]"));
    assert!(refusal("run", at, &["sub/b.yaml"]).contains("c.yaml:2:"));
    written(at, "c.yaml", C.replace("lisening", "listening"));
    written(at, "sub/b.yaml", B.replace("x.1]", "x.4]"));
    for verb in ["lint", "run"] {
        let said = refusal(verb, at, &["sub/b.yaml"]);
        assert!(said.contains("unknown item \"x.4\"") && said.contains("did you mean"), "{said}");
    }
    // Near miss: a lab that does not list the file is not its lab.
    written(at, "d.yaml", A);
    assert!(refusal("lint", at, &["d.yaml"]).contains("unknown role \"r\""));
}

#[test]
fn only_the_items_of_the_files_are_meant() {
    let folder = folder();
    lab(folder.path());
    let said = refusal("run", folder.path(), &["sub/b.yaml", "--item", "y.1.2.3"]);
    assert!(
        said.contains("available: x.2") || said.contains("did you mean \"x.2\"") && !said.contains("x.1"),
        "{said}"
    );
}

#[test]
fn several_labs_are_not_run_at_once() {
    let folder = folder();
    let at = folder.path();
    for name in ["one", "two"] {
        std::fs::create_dir(at.join(name)).expect("a folder can be made");
        lab(&at.join(name));
    }
    for words in [&["one", "two"][..], &["one", "two/a.yaml"], &["one/a.yaml", "two/a.yaml"]] {
        let said = refusal("run", at, words);
        assert!(said.contains("only one lab can be run at a time") && said.lines().count() == 1, "{said}");
    }
    assert!(refusal("run", at, &["one", "gone.yaml"]).contains("no file \"gone.yaml\""));
    socklab(&["lint", "one/a.yaml", "two/a.yaml"]).current_dir(at).assert().success();
    socklab(&["run", "--help"]).assert().stdout(contains("one directory with a lab.yaml"));
}

#[test]
fn what_the_system_and_the_libraries_say_is_told_in_the_reader_s_language() {
    let folder = folder();
    let at = folder.path();
    std::os::unix::fs::symlink("loop.yaml", at.join("loop.yaml")).expect("a link can be made");
    let text =
        "steps: [start: tcp-simple, connect, exchange: x]\nitems: [{ id: a, expect: [reply: { matches: '(' }] }]\n";
    written(at, "re.yaml", text);
    let said = refusal("lint", at, &["--lang", "pt-BR", "loop.yaml", "re.yaml"]);
    assert!(said.contains("links simbólicos") && said.contains("grupo"), "{said}");
    assert!(!said.contains("os error") && !said.contains("unclosed"), "{said}");
}

#[test]
fn a_name_that_leads_nowhere_and_a_variable_where_there_are_none() {
    let folder = folder();
    let target = |address: &str| refusal("run", folder.path(), &["--target", &format!("tcp-simple={address}")]);
    assert!(target("a..b:65432").contains("host name \"a..b\""));
    for address in ["a..b", "a..b:x", ":65432", "a b:1"] {
        assert!(target(address).contains("write HOST:PORT"), "{address}");
    }
    written(folder.path(), "s.yaml", A.replace("start: r", "start: tcp-simple"));
    let said = refusal("run", folder.path(), &["s.yaml", "--set", "a=b"]);
    assert!(
        said.contains("no scenario has a variable \"a\"") && predicate::str::contains("known").not().eval(&said),
        "{said}"
    );
}
