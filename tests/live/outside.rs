//! Programs killed from outside (by the kernel for lack of memory, or by a person) never count
//! against the student. Programs that kill themselves with the same signals do.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use socklab::model::{Report, Verdict};

use crate::program::{Machine, live_tests_enabled, report};

/// A correct server that waits three seconds before it serves, so that the test finds it first. Its
/// argument identifies it.
const SERVER: &str = "import socket, sys, time
time.sleep(3)
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 65432))
s.listen()
while True:
    c, _ = s.accept()
    while data := c.recv(1024):
        c.sendall(data)
    c.close()
";

/// Returns the server processes with this argument.
fn servers(mark: &str) -> Vec<Pid> {
    let numbers = fs::read_dir("/proc").expect("/proc").flatten();
    let pids = numbers.filter_map(|entry| entry.file_name().to_string_lossy().parse::<i32>().ok());
    let is_server = |pid: &i32| {
        let line = fs::read(Path::new("/proc").join(pid.to_string()).join("cmdline")).unwrap_or_default();
        line.starts_with(b"python3\0") && line.windows(mark.len()).any(|window| window == mark.as_bytes())
    };
    pids.filter(is_server).filter_map(Pid::from_raw).collect()
}

/// Sends the signal to every server with this mark, or only to the first one, until socklab exits.
/// Returns the number of signalled servers.
fn end_from_outside(child: &mut Child, mark: &str, signal: Signal, only_the_first: bool) -> usize {
    let mut met = BTreeSet::new();
    while child.try_wait().expect("a child").is_none() {
        for pid in servers(mark) {
            let wanted = if only_the_first { met.is_empty() } else { !met.contains(&pid.as_raw_pid()) };
            if wanted && kill_process(pid, signal).is_ok() {
                met.insert(pid.as_raw_pid());
            }
        }
        std::thread::yield_now();
    }
    met.len()
}

fn verdicts(report: &Report) -> Vec<Verdict> {
    report.submissions[0]
        .items
        .iter()
        .filter(|item| item.id.as_str() == "tcp-simple.1")
        .map(|item| item.verdict)
        .collect()
}

struct Submission {
    folder: tempfile::TempDir,
    mark: String,
}

impl Submission {
    fn new(number: u32, program: &str) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        let own = folder.path().join("class/one");
        fs::create_dir_all(&own).expect("a folder");
        let mark = format!("outside-{number}-{}", std::process::id());
        fs::write(own.join("server.py"), program).expect("written");
        let manifest = format!("servers:\n  tcp-simple: {{ run: [python3, server.py, {mark}] }}\n");
        fs::write(own.join("socklab.yaml"), manifest).expect("written");
        Self { folder, mark }
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = Machine::Open.socklab(arguments);
        command.current_dir(self.folder.path()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it starts")
    }

    fn check(&self) -> Child {
        self.start(&["check", "class/one", "--item", "tcp-simple.1", "--report", "json=-", "--no-ci"])
    }
}

#[rstest]
#[case(1, Signal::KILL)]
#[case(2, Signal::TERM)]
#[case(3, Signal::XCPU)]
#[case(4, Signal::HUP)]
fn program_killed_twice_from_outside_is_an_error(#[case] number: u32, #[case] signal: Signal) {
    if !live_tests_enabled() {
        return;
    }
    let delivery = Submission::new(number, SERVER);
    let mut child = delivery.check();
    let met = end_from_outside(&mut child, &delivery.mark, signal, false);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(verdicts(&report(&output)), [Verdict::Error], "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!((output.status.code(), met), (Some(4), 2));
}

#[test]
fn program_killed_once_from_outside_passes_on_retry() {
    if !live_tests_enabled() {
        return;
    }
    let delivery = Submission::new(5, SERVER);
    let mut child = delivery.check();
    assert_eq!(end_from_outside(&mut child, &delivery.mark, Signal::KILL, true), 1);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(verdicts(&report(&output)), [Verdict::Pass]);
    let arguments = ["grade", "class", "--store", "s.db", "--report", "json=-"];
    let mut child = delivery.start(&arguments);
    assert_eq!(end_from_outside(&mut child, &delivery.mark, Signal::KILL, true), 1);
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(verdicts(&report(&output)), [Verdict::Pass], "grade retries as well");
}

/// Covers every way in which a program can send itself a signal.
#[rstest]
#[case::itself(10, "os.kill(os.getpid(), 9)")]
#[case::its_thread(11, "import signal, threading; signal.pthread_kill(threading.get_ident(), 15)")]
#[case::its_group(12, "os.killpg(0, 15)")]
#[case::everybody(13, "os.fork() or os.kill(-1, 9); import time; time.sleep(100)")]
#[case::by_its_child(14, "os.fork() or os.kill(os.getppid(), 2); import time; time.sleep(100)")]
#[case::by_descriptor(15, "import signal; signal.pidfd_send_signal(os.pidfd_open(os.getpid()), 9)")]
#[case::by_another_program(16, "os.system('kill -TERM %d' % os.getpid()); import time; time.sleep(100)")]
fn program_that_kills_itself_fails(#[case] number: u32, #[case] how: &str) {
    if !live_tests_enabled() {
        return;
    }
    // Without a Python handler SIGINT terminates the program.
    let program = format!("import os, signal\nsignal.signal(signal.SIGINT, signal.SIG_DFL)\n{how}\n");
    let output = Submission::new(number, &program).check().wait_with_output().expect("it ends");
    assert_eq!(verdicts(&report(&output)), [Verdict::Fail], "{how}: {}", String::from_utf8_lossy(&output.stdout));
}
