//! No process survives a run, whether it exits by itself, by Ctrl-C or by SIGKILL. Covers daemons
//! and fork bombs.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};

use crate::program::{Machine, built, live_tests_enabled, report};

/// Time limit for the kernel to kill all processes.
const KILL_TIMEOUT: Duration = Duration::from_secs(60);

/// A word on the command lines of this test's processes only. `sleep` accepts it as a number of
/// seconds.
struct Mark(String);

impl Mark {
    fn new(test: u32) -> Self {
        Self(format!("98765{test}.{}", std::process::id()))
    }

    /// Returns the number of processes on this machine that carry the mark.
    fn count(&self) -> usize {
        self.count_where(|_| true)
    }

    /// Returns how many of them are processes of the server under test, without the runner and its
    /// wrappers.
    fn sleepers(&self) -> usize {
        self.count_where(|line| line.starts_with(b"sleep\0"))
    }

    fn count_where(&self, also: impl Fn(&[u8]) -> bool) -> usize {
        let processes = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
        let marked = |name: &std::ffi::OsStr| {
            let line = fs::read(Path::new("/proc").join(name).join("cmdline")).unwrap_or_default();
            also(&line) && line.windows(self.0.len()).any(|window| window == self.0.as_bytes())
        };
        let numbered = processes.filter(|entry| entry.file_name().to_string_lossy().parse::<u32>().is_ok());
        numbered.filter(|entry| marked(&entry.file_name())).count()
    }

    /// Waits until the daemon of the server under test runs.
    fn await_server(&self) {
        let began = Instant::now();
        while self.sleepers() == 0 {
            assert!(began.elapsed() < KILL_TIMEOUT, "the server never started");
            std::thread::yield_now();
        }
    }

    /// Waits until no process carries the mark.
    fn await_nothing(&self) {
        let began = Instant::now();
        while self.count() > 0 {
            assert!(began.elapsed() < KILL_TIMEOUT, "{} processes are left", self.count());
            std::thread::yield_now();
        }
    }
}

fn with_server(machine: Machine, role: &str, command: &str) -> Command {
    let server = format!("{role}={command}");
    machine.socklab(&["run", "--server", &server, "--item", &format!("{role}.1"), "--report", "json=-"])
}

/// Returns a run of a server with a daemon whose start lasts as long as a test can need: the server
/// is busy, so that nothing proves its silence, and the scenario awaits it for [`KILL_TIMEOUT`].
fn endless_start(machine: Machine, mark: &Mark, folder: &Path) -> Command {
    let scenario = folder.join("endless.yaml");
    let text = format!(
        "scenario: endless\ntitle: Endless start\nsteps:\n  - start: {{ server: tcp-simple, within: {}s }}\n\
         items:\n  - id: endless.start\n    title: It listens\n    expect: [listening]\n",
        KILL_TIMEOUT.as_secs()
    );
    fs::write(&scenario, text).expect("written");
    let server = format!("tcp-simple=sh -c 'setsid -f sleep {}; while :; do :; done'", mark.0);
    machine.socklab(&["run", &scenario.display().to_string(), "--server", &server, "--report", "json=-"])
}

fn started(mut command: Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("socklab starts")
}

#[rstest]
fn ctrl_c_kills_all_and_leaves_a_partial_report(#[values(Machine::Open, Machine::Denied)] machine: Machine) {
    if !live_tests_enabled() {
        return;
    }
    let mark = Mark::new(if machine == Machine::Open { 1 } else { 2 });
    let folder = tempfile::tempdir().expect("a folder");
    let child = started(endless_start(machine, &mark, folder.path()));
    mark.await_server();
    // The wrappers became the runner by `exec`, so the PID is the runner's.
    kill_process(Pid::from_child(&child), Signal::INT).expect("it runs");
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130), "{:?} {}", output.status, String::from_utf8_lossy(&output.stdout));
    assert!(report(&output).interrupted);
    mark.await_nothing();
}

#[rstest]
fn sigkill_leaves_nothing(#[values(Machine::Open, Machine::Denied)] machine: Machine) {
    if !live_tests_enabled() {
        return;
    }
    let mark = Mark::new(if machine == Machine::Open { 3 } else { 4 });
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = started(endless_start(machine, &mark, folder.path()));
    mark.await_server();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    mark.await_nothing();
}

#[rstest]
fn daemons_do_not_outlive_a_run(#[values(Machine::Open, Machine::Denied)] machine: Machine) {
    if !live_tests_enabled() {
        return;
    }
    let mark = Mark::new(if machine == Machine::Open { 5 } else { 6 });
    let server = built("socklab");
    let command = format!(
        "sh -c 'for i in 1 2 3 4 5 6 7 8; do setsid -f sleep {}; done; exec {} serve tcp-simple'",
        mark.0,
        server.display()
    );
    let output = with_server(machine, "tcp-simple", &command).output().expect("socklab starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(mark.count(), 0);
}

#[test]
fn fork_bomb_is_a_finding_and_leaves_nothing() {
    if !live_tests_enabled() {
        return;
    }
    let mark = Mark::new(7);
    // Forks long-lived children until the limit, then exits without serving.
    let bomb = format!("sh -c 'i=0; while [ $i -lt 2000 ]; do sleep {} & i=$((i+1)); done'", mark.0);
    let began = Instant::now();
    let output = with_server(Machine::Open, "tcp-simple", &bomb).output().expect("socklab starts");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{stdout}");
    assert!(stdout.contains("\"cap-hit\"") && stdout.contains("\"processes\""), "{stdout}");
    assert!(began.elapsed() < Duration::from_secs(300));
    assert_eq!(mark.count(), 0);
}

#[test]
fn endless_output_does_not_fail_the_item() {
    if !live_tests_enabled() {
        return;
    }
    let server = built("socklab");
    let command = format!("sh -c 'yes nonsense & exec {} serve tcp-simple'", server.display());
    let output = with_server(Machine::Open, "tcp-simple", &command).output().expect("socklab starts");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn program_started_by_root_cannot_write_files_of_root() {
    if !live_tests_enabled() || !rustix::process::geteuid().is_root() {
        return;
    }
    let outside = tempfile::tempdir_in("/var").expect("a folder");
    let file = outside.path().join("roots");
    fs::write(&file, "untouched").expect("a file");
    let command = format!(
        "sh -c 'echo pwned > {0}; chmod 777 {0}; exec {1} serve tcp-simple'",
        file.display(),
        built("socklab").display()
    );
    let output = with_server(Machine::Open, "tcp-simple", &command).output().expect("socklab starts");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(fs::read_to_string(&file).expect("it is there"), "untouched");
}
