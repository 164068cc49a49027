//! Scenario files named on the command line without their lab: `lint` and `run` agree, and the
//! roles and items of the lab are known.

use std::path::Path;

use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;

use super::{folder, socklab, written};

const LAB: &str = "lab: mine\nroles: { r: { protocol: tcp, port: 7, bundled: tcp-multi } }\nscenarios: [a.yaml, sub/b.yaml, c.yaml]\n";
const A: &str = "steps: [start: r]\nitems: [{ id: x.1, expect: [listening] }]\n";
const B: &str = "steps: [start: r]\nitems: [{ id: x.2, needs: [x.1], expect: [listening] }]\n";
const C: &str = "steps: [start: r]\nitems: [{ id: x.3, expect: [lisening] }]\n";

/// Writes a lab whose third file is invalid.
fn lab(at: &Path) {
    std::fs::create_dir(at.join("sub")).expect("a folder can be made");
    for (name, text) in [("lab.yaml", LAB), ("a.yaml", A), ("sub/b.yaml", B), ("c.yaml", C)] {
        written(at, name, text);
    }
}

/// Returns what a command prints on standard error when it rejects these files.
fn refusal(verb: &str, at: &Path, files: &[&str]) -> String {
    let done = socklab(&[verb]).args(files).current_dir(at).assert().code(2).stdout("");
    String::from_utf8_lossy(&done.get_output().stderr).into_owned()
}

#[test]
fn lint_and_run_report_the_same_diagnostics() {
    let folder = folder();
    let item = |id: &str, need: &str| format!("- {{ id: {id}, needs: [{need}], expect: [listening] }}\n");
    let items = [("x.1", "x.9"), ("x.2", "x.3"), ("x.3", "x.2")].map(|(id, need)| item(id, need)).concat();
    written(folder.path(), "two.yaml", format!("steps: [start: tcp-simple]\nitems:\n{items}"));
    let message = refusal("lint", folder.path(), &["two.yaml"]);
    assert_eq!(message, refusal("run", folder.path(), &["two.yaml"]));
    assert_eq!(message.matches("error: ").count(), 3, "{message}");
    assert!(message.contains("\"x.9\"") && message.contains("depend on each other"), "{message}");
}

#[test]
fn files_without_lab_may_depend_on_each_other() {
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
fn bundled_files_are_valid_alone(#[case] file: &str) {
    socklab(&["lint", file]).assert().success();
    // Rejected only because of the item; the file itself is accepted.
    socklab(&["run", file, "--item", "none.such.at.all"]).assert().code(2).stderr(contains("none.such.at.all"));
}

#[test]
fn bundled_scenarios_are_valid_alone() {
    for (file, _) in crate::language::files("scenarios", ".yaml") {
        socklab(&["lint", &file]).assert().success();
    }
}

#[test]
fn scenario_file_is_read_with_its_lab() {
    let folder = folder();
    let at = folder.path();
    lab(at);
    // A role and a dependency of the lab: from the lab's folder, from a subfolder, and with a
    // relative path.
    for (here, file) in [("", "a.yaml"), ("", "sub/b.yaml"), ("sub", "b.yaml"), ("sub", "../sub/b.yaml")] {
        socklab(&["lint", file]).current_dir(at.join(here)).assert().success();
    }
    // Diagnostics of other files are reported only if those files may contain the dependency.
    let message = refusal("lint", at, &["c.yaml"]);
    assert!(message.contains("c.yaml:2:") && message.matches("error: ").count() == 1, "{message}");
    written(at, "sub/b.yaml", B.replace("x.1]", "x.3]"));
    assert!(refusal("run", at, &["sub/b.yaml"]).contains("c.yaml:2:"));
    written(at, "c.yaml", C.replace("lisening", "listening"));
    written(at, "sub/b.yaml", B.replace("x.1]", "x.4]"));
    for verb in ["lint", "run"] {
        let message = refusal(verb, at, &["sub/b.yaml"]);
        assert!(message.contains("unknown item \"x.4\"") && message.contains("did you mean"), "{message}");
    }
    // Near miss: a lab that does not list the file is not its lab.
    written(at, "d.yaml", A);
    assert!(refusal("lint", at, &["d.yaml"]).contains("unknown role \"r\""));
}

#[test]
fn selection_is_limited_to_items_of_the_files() {
    let folder = folder();
    lab(folder.path());
    let message = refusal("run", folder.path(), &["sub/b.yaml", "--item", "y.1.2.3"]);
    assert!(
        message.contains("available: x.2") || message.contains("did you mean \"x.2\"") && !message.contains("x.1"),
        "{message}"
    );
}

#[test]
fn several_labs_are_rejected() {
    let folder = folder();
    let at = folder.path();
    for name in ["one", "two"] {
        std::fs::create_dir(at.join(name)).expect("a folder can be made");
        lab(&at.join(name));
    }
    for words in [&["one", "two"][..], &["one", "two/a.yaml"], &["one/a.yaml", "two/a.yaml"]] {
        let message = refusal("run", at, words);
        assert!(message.contains("only one lab can be run at a time") && message.lines().count() == 1, "{message}");
    }
    assert!(refusal("run", at, &["one", "gone.yaml"]).contains("no file \"gone.yaml\""));
    socklab(&["lint", "one/a.yaml", "two/a.yaml"]).current_dir(at).assert().success();
    socklab(&["run", "--help"]).assert().stdout(contains("one directory with a lab.yaml"));
}

#[test]
fn library_errors_are_localized() {
    let folder = folder();
    let at = folder.path();
    std::os::unix::fs::symlink("loop.yaml", at.join("loop.yaml")).expect("a link can be made");
    let text =
        "steps: [start: tcp-simple, connect, exchange: x]\nitems: [{ id: a, expect: [reply: { matches: '(' }] }]\n";
    written(at, "re.yaml", text);
    let message = refusal("lint", at, &["--lang", "pt-BR", "loop.yaml", "re.yaml"]);
    assert!(message.contains("links simbólicos") && message.contains("grupo"), "{message}");
    assert!(!message.contains("os error") && !message.contains("unclosed"), "{message}");
}

#[test]
fn unknown_host_and_unknown_variable_are_rejected() {
    let folder = folder();
    let target = |address: &str| refusal("run", folder.path(), &["--target", &format!("tcp-simple={address}")]);
    assert!(target("a..b:65432").contains("host name \"a..b\""));
    for address in ["a..b", "a..b:x", ":65432", "a b:1"] {
        assert!(target(address).contains("write HOST:PORT"), "{address}");
    }
    written(folder.path(), "s.yaml", A.replace("start: r", "start: tcp-simple"));
    let message = refusal("run", folder.path(), &["s.yaml", "--set", "a=b"]);
    assert!(
        message.contains("no scenario has a variable \"a\"") && predicate::str::contains("known").not().eval(&message),
        "{message}"
    );
}
