//! Real programs under trace: results, children, threads, signals, and the bounds.

use std::ffi::OsString;
use std::path::Path;

use super::*;
use crate::model::Mutation;
use crate::sys::rlimits::{Limits, UNLIMITED};
use crate::sys::spawn::{Launch, Started, start};
use crate::sys::syscall_denylist::Confinement;

const LIMITS: Limits =
    Limits { processes: UNLIMITED, data_bytes: 1 << 30, file_bytes: 1 << 20, cpu_seconds: 20, open_files: 64, core: 0 };

/// Starts a Python program that waits for a line of input, so that tracing begins first.
fn python(text: &str) -> Started {
    let text = format!("import os, signal, socket, sys, threading\nsys.stdin.readline()\n{text}");
    let argv: Vec<OsString> = ["python3", "-c", &text].iter().map(OsString::from).collect();
    start(&Launch {
        argv: &argv,
        env: &[("PATH".into(), "/usr/bin:/bin".into())],
        folder: Path::new("/"),
        limits: &LIMITS,
        trace: false,
        confinement: Confinement::Namespaces,
        landlock: None,
    })
    .expect("python starts")
}

/// Traces a program to its end. Returns its calls and the status of `wait4(2)`.
fn trace(text: &str) -> (Vec<TracedResult>, i32) {
    let started = python(text);
    let mut trace = SyscallTrace::default();
    trace.seize(started.pid).expect("it may be traced");
    rustix::io::write(&started.stdin, b"\n").expect("a line");
    let mut calls = Vec::new();
    loop {
        let mut status = 0;
        // SAFETY: the kernel fills in the status. Only children of this thread are waited for:
        // other tests run beside this one.
        let thread = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::__WNOTHREAD) };
        assert!(thread > 0, "the program has not exited");
        if libc::WIFSTOPPED(status) {
            trace.handle_stop(thread, status);
        } else {
            trace.forget(thread);
        }
        calls.extend(trace.take());
        if thread == started.pid && !libc::WIFSTOPPED(status) {
            return (calls, status);
        }
    }
}

/// Runs a program with a mutation, or without one. Returns its exit code, what it printed, and the number
/// of changed calls.
pub(super) fn run_mutated(mutation: Option<Mutation>, text: &str) -> (i32, String, u64) {
    let started = python(text);
    let mut trace = SyscallTrace::mutating(Mutator::new(mutation, None));
    trace.seize(started.pid).expect("it may be traced");
    rustix::io::write(&started.stdin, b"\n").expect("a line");
    loop {
        let mut status = 0;
        // SAFETY: as in `trace`.
        let thread = unsafe { libc::waitpid(-1, &raw mut status, libc::__WALL | libc::__WNOTHREAD) };
        assert!(thread > 0, "the program has not exited");
        if libc::WIFSTOPPED(status) {
            trace.handle_stop(thread, status);
            continue;
        }
        trace.forget(thread);
        if thread == started.pid {
            let mut output = vec![0; 1000];
            let length = rustix::io::read(&started.stdout, &mut output).expect("its output");
            let output = String::from_utf8_lossy(&output[..length]).into_owned();
            return (libc::WEXITSTATUS(status), output, trace.changed_calls());
        }
    }
}

fn named<'a>(calls: &'a [TracedResult], name: &str) -> Vec<&'a ReturnedCall> {
    calls.iter().map(|one| &one.call).filter(|call| call.name == name).collect()
}

#[test]
fn results_and_sizes_are_recorded() {
    let (calls, status) = trace(
        "a, b = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in 'ab']\n\
         a.bind(('127.0.0.1', 0))\n\
         b.sendto(b'hello', a.getsockname())\n\
         a.recvfrom(100)\n\
         try: b.sendto(bytes(70000), a.getsockname())\n\
         except OSError as error: assert error.errno == 90\n\
         n = b.detach()\n\
         os.close(n)\n\
         try: os.write(n, b'x')\n\
         except OSError: pass\n",
    );
    assert_eq!(libc::WEXITSTATUS(status), 0);
    let sent: Vec<_> = named(&calls, "sendto").iter().map(|call| (call.size, call.result)).collect();
    assert_eq!(sent, [(Some(5), 5), (Some(70000), -i64::from(libc::EMSGSIZE))]);
    let [received] = named(&calls, "recvfrom")[..] else { panic!("one: {calls:?}") };
    assert_eq!((received.size, received.result), (Some(100), 5));
    // Python has made sockets of its own before.
    let created = |call: &&ReturnedCall| call.created.is_some() && call.created == received.inode;
    assert!(named(&calls, "socket").iter().any(created), "{calls:?}");
    let written: Vec<_> = named(&calls, "write").iter().map(|call| call.errno()).collect();
    assert_eq!(written, [Some(libc::EBADF)], "writes to other files are left out");
}

#[test]
fn children_and_threads_are_traced_and_signals_arrive() {
    let (calls, status) = trace(
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
         def fail(n):\n    \
         try: os.write(n, b'x')\n    \
         except OSError: pass\n\
         thread = threading.Thread(target=fail, args=(501,))\n\
         thread.start(); thread.join()\n\
         got = []\n\
         signal.signal(signal.SIGUSR1, lambda *_: got.append(1))\n\
         os.kill(os.getpid(), signal.SIGUSR1)\n\
         child = os.fork()\n\
         if child == 0: fail(502); os._exit(7)\n\
         assert os.waitpid(child, 0)[1] == 7 << 8\n\
         stopped = os.fork()\n\
         if stopped == 0: os.kill(os.getpid(), signal.SIGSTOP); os._exit(8)\n\
         assert os.WIFSTOPPED(os.waitpid(stopped, os.WUNTRACED)[1])\n\
         os.kill(stopped, signal.SIGCONT)\n\
         assert os.waitpid(stopped, 0)[1] == 8 << 8\n\
         os._exit(3 if got else 4)\n",
    );
    assert_eq!(libc::WEXITSTATUS(status), 3);
    let failed: Vec<_> = named(&calls, "write").iter().map(|call| call.fd).collect();
    assert_eq!(failed, [Some(501), Some(502)]);
    let [thread, child] = [501, 502].map(|fd| calls.iter().find(|one| one.call.fd == Some(fd)).expect("recorded"));
    assert!(thread.thread != thread.pid && child.thread == child.pid && child.pid != thread.pid);
}

#[test]
fn waits_copies_and_new_processes_are_recorded() {
    let (calls, _) = trace(
        "import select\n\
         s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
         copy = os.dup(s.fileno())\n\
         os.dup(0)\n\
         select.select([s], [], [], 0)\n\
         for _ in range(3000): select.select([s], [], [], 0)\n\
         closed = os.dup(0); os.close(closed)\n\
         try: select.select([closed], [], [], 0)\n\
         except OSError: pass\n\
         set = select.poll(); set.register(s); set.poll(0)\n\
         threading.Thread(target=lambda: None).start()\n\
         child = os.fork()\n\
         if child == 0: os._exit(0)\n\
         os.waitpid(child, 0)\n\
         os._exit(0)\n",
    );
    let [copy] = named(&calls, "dup")[..] else { panic!("only that of a socket: {calls:?}") };
    assert!(copy.created.is_some() && copy.created == copy.inode, "{copy:?}");
    let selects = named(&calls, "select");
    assert!((2..1500).contains(&selects.len()), "{}", selects.len());
    let last = selects.last().expect("one");
    assert_eq!((last.fd, last.errno()), (None, Some(libc::EBADF)));
    let [poll] = named(&calls, "poll")[..] else { panic!("one: {calls:?}") };
    assert_eq!((poll.size, poll.result), (Some(1), 1), "a socket is ready to send");
    let [fork] = named(&calls, "fork")[..] else { panic!("a thread is no process: {calls:?}") };
    assert!(fork.result > 0, "{fork:?}");
}

#[test]
fn program_is_executed_and_killed_under_trace() {
    let (_, status) = trace("os.execvp('sh', ['sh', '-c', 'exit 5'])\n");
    assert_eq!(libc::WEXITSTATUS(status), 5);
    let (_, status) = trace("os.kill(os.getpid(), signal.SIGKILL)\n");
    assert_eq!(libc::WTERMSIG(status), libc::SIGKILL);
}

#[test]
fn endless_calls_are_recorded_within_the_bound() {
    let (calls, _) = trace(
        "a, b = socket.socketpair()\n\
         for _ in range(6000): a.send(b'x'); b.recv(9)\n\
         for _ in range(20000):\n    \
         try: os.write(501, b'x')\n    \
         except OSError: pass\n",
    );
    assert!(calls.len() == MAX_CALLS, "{}", calls.len());
    let (calls, _) = trace(
        "for _ in range(3000):\n    \
         try: os.write(501, b'x')\n    \
         except OSError: pass\n",
    );
    assert!((1..1500).contains(&named(&calls, "write").len()), "{}", calls.len());
}
