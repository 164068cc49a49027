//! The files that let a service run socklab: `action.yml`, those of `docs/ci/`, and `init --ci` and
//! `init --devcontainer`, which write the latter; and the workflows of this repository. Their
//! command lines are parsed in the unit tests of `src/cli/service_template.rs`.

use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use serde_yaml::Value;

use super::{folder, socklab, written};

/// The options of `init`, the file that each writes, and its template.
const FILES: [(&[&str], &str, &str); 3] = [
    (&["--ci", "github"], ".github/workflows/socklab.yml", "docs/ci/github-workflow.yml"),
    (&["--ci", "gitlab"], ".gitlab-ci.yml", "docs/ci/gitlab-ci.yml"),
    (&["--devcontainer"], ".devcontainer/devcontainer.json", "docs/ci/devcontainer.json"),
];

/// Returns a text file of the package.
fn of_package(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Returns a template as `init` writes it: with the version of this program and its wheel.
fn filled_in(template: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let platforms = "manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_2_x86_64";
    let wheel = format!("socklab-{version}-py3-none-{platforms}.whl");
    of_package(template).replace("@VERSION@", version).replace("@WHEEL@", &wheel)
}

#[test]
fn init_writes_documented_file_without_overwriting() {
    for (options, file, template) in FILES {
        let repository = folder();
        let path = repository.path().join(file);
        let words = [&["init", repository.path().to_str().expect("text")], options].concat();
        let text = || std::fs::read_to_string(&path).expect("the file");
        socklab(&words).assert().success().stdout(contains(file).and(contains("CHANGE-ME")));
        assert_eq!(text(), filled_in(template), "{options:?}");
        std::fs::write(&path, "mine").expect("written");
        socklab(&words).assert().code(2).stdout("").stderr(contains(file).and(contains("--force")));
        assert_eq!(text(), "mine");
        socklab(&words).arg("--force").assert().success();
        assert_eq!(text(), filled_in(template), "{options:?}");
        std::fs::remove_file(&path).expect("removed");
        std::os::unix::fs::symlink("/nowhere/at/all", &path).expect("a link");
        socklab(&words).assert().code(2).stderr(contains("--force"));
        let left = std::fs::read_dir(path.parent().expect("a folder")).expect("it is there").count();
        assert_eq!(left, 1, "no temporary file is left");
    }
    socklab(&["init", "/no/such/folder", "--ci", "github"]).assert().code(2).stderr(contains("/no/such/folder"));
    socklab(&["init", "--ci", "jenkins"]).assert().code(2).stderr(contains("github").and(contains("gitlab")));
    socklab(&["init", "--ci", "github", "--devcontainer"]).assert().code(2).stderr(contains("--devcontainer"));
}

#[test]
fn templates_install_the_wheel_of_this_version() {
    for (_, file, template) in FILES {
        let text = filled_in(template);
        assert!(!text.contains('@') || file.starts_with(".github"), "no placeholder is left: {text}");
        let lines = text.lines().filter(|line| line.contains("CHANGE-ME/"));
        let wheels: Vec<&str> = lines.filter_map(|line| line.split("CHANGE-ME/").nth(1)).collect();
        let [wheel] = wheels[..] else { panic!("one line to edit: {text}") };
        let start = format!("socklab-{}-py3-none-", env!("CARGO_PKG_VERSION"));
        assert!(wheel.starts_with(&start) && wheel.trim_end_matches(['"', ',']).ends_with("_x86_64.whl"), "{wheel}");
        // A build of socklab would take minutes of each push.
        assert!(!text.contains("cargo"), "{text}");
    }
}

/// Parses a YAML file of the package.
fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&of_package(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn list<'a>(value: &'a Value, what: &str) -> &'a [Value] {
    value.as_sequence().unwrap_or_else(|| panic!("{what} is a list"))
}

/// Returns the shell scripts of these files, each with the name of its step.
fn scripts() -> Vec<(String, String)> {
    let mut out = Vec::new();
    let action = yaml("action.yml");
    let workflow = yaml("docs/ci/github-workflow.yml");
    let gitlab = yaml("docs/ci/gitlab-ci.yml");
    let steps =
        list(&action["runs"]["steps"], "steps").iter().chain(list(&workflow["jobs"]["check"]["steps"], "steps"));
    for step in steps {
        if let Some(run) = step["run"].as_str() {
            assert_eq!(step["shell"].as_str(), Some("bash"), "a step of an action names its shell: {run}");
            out.push((step["name"].as_str().expect("a name").to_owned(), run.to_owned()));
        }
    }
    for part in ["before_script", "script"] {
        let lines =
            list(&gitlab["socklab"][part], part).iter().map(|line| line.as_str().expect("a line").to_owned() + "\n");
        out.push((format!("gitlab {part}"), lines.collect()));
    }
    out
}

#[test]
fn scripts_are_valid_bash() {
    let scripts = scripts();
    assert!(scripts.len() >= 6, "{scripts:?}");
    for (name, script) in scripts {
        // GitHub expands `${{ }}` before the shell parses the script, so an input could inject a
        // command.
        assert!(!script.contains("${{"), "{name}");
        Command::new("bash").args(["--noprofile", "--norc", "-n"]).write_stdin(script).assert().success().stderr("");
    }
}

#[test]
fn action_inputs_are_complete_and_used() {
    let action = yaml("action.yml");
    assert_eq!(action["runs"]["using"].as_str(), Some("composite"));
    let text = of_package("action.yml");
    let inputs = action["inputs"].as_mapping().expect("inputs");
    for (name, input) in inputs {
        let name = name.as_str().expect("a name");
        assert!(input["description"].is_string() && input["default"].is_string(), "{name}");
        assert!(text.contains(&format!("inputs.{name}")), "{name} is used");
    }
    let used = regex::Regex::new(r"inputs\.([a-z-]+)").expect("a pattern");
    for found in used.captures_iter(&text) {
        assert!(inputs.contains_key(&found[1]), "{}", &found[1]);
    }
    assert!(text.contains("kernel.apparmor_restrict_unprivileged_userns"));
    let steps = list(&action["runs"]["steps"], "steps");
    let last = steps.last().expect("a step");
    assert_eq!((last["if"].as_str(), last["uses"].as_str()), (Some("always()"), Some("actions/upload-artifact@v6")));
    let kept = last["with"]["path"].as_str().expect("paths");
    assert!(kept.contains("socklab-evidence") && kept.contains("socklab-junit.xml"), "{kept}");
}

#[test]
fn gitlab_template_names_the_junit_file() {
    let gitlab = yaml("docs/ci/gitlab-ci.yml");
    assert_eq!(gitlab["socklab"]["artifacts"]["reports"]["junit"].as_str(), Some("socklab-junit.xml"));
    assert_eq!(gitlab["socklab"]["artifacts"]["when"].as_str(), Some("always"), "also if an item failed");
}

/// Runs the check step of the action in a shell, with a `socklab` that prints its arguments.
#[test]
fn action_inputs_are_not_expanded_by_the_shell() {
    let place = folder();
    let bin = place.path().join("socklab-bin");
    std::fs::create_dir(&bin).expect("made");
    let program = written(&bin, "socklab", "#!/bin/bash\nprintf '<%s>' \"$@\"\n");
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&program, executable).expect("permissions");
    let (_, script) = scripts().into_iter().find(|(name, _)| name == "Check the submission").expect("the step");
    let done = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script])
        .current_dir(place.path())
        .env("RUNNER_TEMP", place.path())
        .env("GITHUB_OUTPUT", place.path().join("output"))
        .env("SUBMISSION", "--help; touch pwned $(touch pwned)")
        .env("LAB", "`touch pwned`")
        .env("ITEMS", "tcp-multi.5 udp-* ;touch")
        .env("LANGUAGE_TAG", "pt-BR")
        .env("ALLOW_UNVERIFIED", "true")
        .assert()
        .success();
    let stdout = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let temp = place.path().display();
    let expected = format!(
        "<check><--lang><pt-BR><--lab><`touch pwned`><--report><junit={temp}/socklab-junit.xml><--evidence>\
         <{temp}/socklab-evidence><--item><tcp-multi.5><--item><udp-*><--item><;touch><--allow-unverified><-->\
         <--help; touch pwned $(touch pwned)>"
    );
    assert_eq!(stdout, expected);
    assert!(!place.path().join("pwned").exists());
    assert_eq!(
        std::fs::read_to_string(place.path().join("output")).expect("it"),
        format!("junit={temp}/socklab-junit.xml\n")
    );
}
