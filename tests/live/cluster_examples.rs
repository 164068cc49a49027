//! The examples of `docs/clusters/`: GNU parallel, Snakemake, and a manifest of Kubernetes. Each
//! grades a class in shards, and the results equal those of one machine.
//!
//! An example whose tool is not installed is skipped and printed by name. `ssh` is a script that
//! runs the command on this machine. Kubernetes itself is not run: its container's command is, once
//! for each index.

use std::ffi::OsString;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::{Machine, built, live_tests_enabled, package};

const SIZE: usize = 6;
const SHARDS: usize = 3;

/// A machine of an ssh login: this one. The folder and `SHELL` are those of a login, as with sshd(8):
/// the remote side of GNU parallel runs `$SHELL`, and without it runs nothing and exits with 0.
const SSH: &str = "#!/bin/bash
while [ \"${1#-}\" != \"$1\" ]; do
    case $1 in -[lpoiF]) shift ;; esac
    shift
done
printf '%s\\n' \"$1\" >>\"$MACHINES\"
shift
[ \"$1\" != -- ] || shift
export SHELL=/bin/bash
cd / && exec bash -c \"$*\"
";

/// Returns true if a command can be run; prints a message if it cannot.
fn is_installed(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(name).is_file());
    if !found {
        let _ = writeln!(std::io::stderr().lock(), "SKIPPED: {name} is not installed");
    }
    found
}

/// A class, and its table when one machine grades it.
struct Course {
    folder: tempfile::TempDir,
    expected: String,
}

impl Course {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        let course = Self { folder, expected: String::new() };
        fs::create_dir(course.path(CLASS)).expect("a folder");
        crate::class::class(&course.path(CLASS), SIZE);
        for name in ["bin", "tmp"] {
            fs::create_dir(course.path(name)).expect("a folder");
        }
        fs::write(course.path("bin/ssh"), SSH).expect("written");
        fs::set_permissions(course.path("bin/ssh"), fs::Permissions::from_mode(0o755)).expect("permissions");
        passed(Machine::Open.socklab(&["grade", CLASS, "--store", "whole.db"]).current_dir(course.folder.path()));
        Self { expected: course.csv("whole.db"), ..course }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns a command of a user who has socklab and the stand-in for ssh in the PATH.
    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let socklab = built("socklab").parent().expect("it is in a folder").to_owned();
        let usual = std::env::var_os("PATH").unwrap_or_default();
        let own = [self.path("bin"), socklab].into_iter();
        let path: OsString = std::env::join_paths(own.chain(std::env::split_paths(&usual))).expect("a PATH");
        let mut command = Command::new(program);
        command.current_dir(self.folder.path()).env("PATH", path).env("HOME", self.path("home"));
        command.env("TMPDIR", self.path("tmp")).env("MACHINES", self.path("machines")).env("LC_ALL", "C.UTF-8");
        command
    }

    fn csv(&self, store: &str) -> String {
        passed(Machine::Open.socklab(&["report", store, "--format", "csv"]).current_dir(self.folder.path()))
    }

    /// Asserts that the merged class equals that of one machine, and that nothing is left.
    fn assert_graded(&self, store: &str) {
        assert_eq!(self.csv(store), self.expected);
        let left = fs::read_dir(self.path("tmp")).expect("a folder").count();
        assert_eq!(left, 0, "files on the disk of a machine");
    }
}

/// A name that a shell could misread.
const CLASS: &str = "turma d'água $(date)";

/// Runs a command that must succeed, and returns its output.
fn passed(command: &mut Command) -> String {
    let output = command.output().expect("it starts");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {stderr}");
    String::from_utf8(output.stdout).expect("text")
}

fn example(name: &str) -> PathBuf {
    package().join("docs/clusters").join(name)
}

#[test]
fn parallel_example_grades_a_class_over_ssh() {
    if !live_tests_enabled() || !is_installed("parallel") {
        return;
    }
    let course = Course::new();
    let run = || passed(course.command(example("parallel.sh")).args([CLASS, "class d'água.db", "3", "lab1,lab2"]));
    run();
    course.assert_graded("class d'água.db");
    let machines = fs::read_to_string(course.path("machines")).expect("written by ssh");
    assert!(["lab1", "lab2"].iter().all(|name| machines.lines().any(|line| line == *name)), "{machines}");
    // A part that was lost is made again.
    fs::remove_file(course.path("class d'água.db.parts/part-2.db")).expect("removed");
    run();
    course.assert_graded("class d'água.db");
}

#[test]
fn snakemake_example_grades_a_class() {
    if !live_tests_enabled() || !is_installed("snakemake") {
        return;
    }
    let course = Course::new();
    let run = || {
        let mut command = course.command("snakemake");
        command.arg("--snakefile").arg(example("Snakefile")).args(["--cores", "2", "--config"]);
        command.args([format!("class={CLASS}"), "store=class.db".to_owned(), format!("shards={SHARDS}")]);
        passed(&mut command);
    };
    run();
    course.assert_graded("class.db");
    fs::remove_file(course.path("class.db.parts/2.db")).expect("removed");
    run();
    course.assert_graded("class.db");
}

#[test]
fn command_of_the_kubernetes_example_grades_a_class() {
    if !live_tests_enabled() {
        return;
    }
    let course = Course::new();
    let manifest = fs::read_to_string(example("kubernetes.yaml")).expect("text");
    let manifest: Value = serde_yaml::from_str(&manifest).expect("YAML");
    let job = &manifest["spec"];
    assert_eq!(job["completionMode"], "Indexed");
    let container = &job["template"]["spec"]["containers"][0];
    let shards = container["env"][0].clone();
    assert_eq!(shards["name"], "SOCKLAB_SHARDS");
    assert_eq!(shards["value"].as_str(), job["completions"].as_u64().map(|count| count.to_string()).as_deref());
    let words: Vec<&str> = container["command"].as_array().expect("words").iter().filter_map(Value::as_str).collect();
    // The volumes.
    let mounts = container["volumeMounts"].as_array().expect("a list");
    let paths: Vec<&str> = mounts.iter().filter_map(|mount| mount["mountPath"].as_str()).collect();
    assert_eq!(paths, ["/course", "/disk"]);
    let volume = course.path("course");
    fs::create_dir(&volume).expect("a folder");
    fs::rename(course.path(CLASS), volume.join("class")).expect("renamed");
    let run = |index: usize| {
        let disk = tempfile::tempdir_in(course.path("tmp")).expect("a folder");
        let here = |word: &&str| {
            let own = |path: &Path| path.display().to_string();
            word.replace("/course/", &(own(&volume) + "/")).replace("/disk/", &(own(disk.path()) + "/"))
        };
        let mut command = course.command(words[0]);
        command.args(words[1..].iter().map(here)).env("SOCKLAB_SHARDS", SHARDS.to_string());
        passed(command.env("JOB_COMPLETION_INDEX", index.to_string()));
    };
    (0..SHARDS).for_each(run);
    // A container that is started again finds its part.
    run(1);
    let parts = (0..SHARDS).map(|index| format!("course/parts/part-{index}.db"));
    let words = ["merge", "--store", "class.db"].map(str::to_owned).into_iter().chain(parts);
    passed(course.command("socklab").args(words));
    course.assert_graded("class.db");
}
