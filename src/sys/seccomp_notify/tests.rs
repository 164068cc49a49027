//! Tests of the decoding of calls, and of real programs traced in a sandbox.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use super::*;
use crate::sys::rlimits::Limits;
use crate::sys::seccomp;
use crate::sys::spawn::{Launch, Started, start};
use crate::sys::syscall_denylist::Confinement;
use crate::sys::test_sandbox::run_in_sandbox;

const WITHIN: Duration = Duration::from_secs(20);

fn python(program: &str, trace: bool) -> Started {
    let argv = ["python3", "-ISc", program].map(OsString::from);
    let env = [("PATH".into(), "/usr/bin:/bin".into())];
    let limits = Limits::default();
    start(&Launch {
        argv: &argv,
        env: &env,
        folder: Path::new("/"),
        limits: &limits,
        trace,
        confinement: Confinement::Namespaces,
        landlock: None,
    })
    .expect("started")
}

/// Returns true if the last process under the filter has exited. Always false before Linux 5.9.
fn has_ended(tracer: &Tracer) -> bool {
    let mut wanted = [PollFd::new(tracer, PollFlags::IN)];
    poll(&mut wanted, Some(&Timespec::default())).expect("a poll");
    wanted[0].revents().contains(PollFlags::HUP)
}

/// Reads calls until there are `count`, or until the program has exited.
fn calls(tracer: &mut Tracer, count: usize) -> Vec<TracedCall> {
    let deadline = Instant::now() + WITHIN;
    let mut calls = Vec::new();
    while calls.len() < count && !has_ended(tracer) {
        let left = deadline.saturating_duration_since(Instant::now());
        assert!(!left.is_zero(), "only {calls:?}");
        let timeout = Timespec::try_from(left).expect("a short time");
        poll(&mut [PollFd::new(tracer, PollFlags::IN)], Some(&timeout)).expect("a poll");
        while let Some(call) = tracer.next_call().expect("a call") {
            calls.push(call);
        }
    }
    calls
}

fn kinds(calls: &[TracedCall]) -> Vec<&Syscall> {
    calls.iter().map(|call| &call.call).collect()
}

fn here(port: u16) -> Option<SocketAddr> {
    Some(SocketAddr::from(([127, 0, 0, 1], port)))
}

#[test]
fn arguments_are_decoded_as_the_kernel_does() {
    let address = [2, 0, 0xff, 0x98, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];
    let read = |at: u64, length: usize| (at == 0x1000 && length == 16).then(|| address.to_vec());
    let decode = |number, arguments| decode_call(number, arguments, &read);
    let upper = 7_u64 << 32;
    assert_eq!(
        decode(libc::SYS_bind, [upper | 3, 0x1000, 16, 0, 0, 0]),
        Some(Syscall::Bind { fd: 3, address: here(65432), length: Some(16), family: Some(2) })
    );
    let unread = |length| Some(Syscall::Bind { fd: 3, address: None, length: Some(length), family: None });
    assert_eq!(decode(libc::SYS_bind, [3, 0, 16, 0, 0, 0]), unread(16));
    assert_eq!(decode(libc::SYS_bind, [3, 0x1000, u64::MAX, 0, 0, 0]), unread(-1), "a negative length");
    assert_eq!(decode(libc::SYS_bind, [3, 0x1000, 1 << 30, 0, 0, 0]), unread(1 << 30), "far too long");
    let listen = Syscall::Listen { fd: 3, backlog: -1 };
    assert_eq!(decode(libc::SYS_listen, [3, 0xffff_ffff, 0, 0, 0, 0]), Some(listen));
    let flags = (libc::SOCK_NONBLOCK | libc::SOCK_CLOEXEC | libc::SOCK_DGRAM) as u64;
    let socket = Syscall::Socket { domain: 2, kind: libc::SOCK_DGRAM, protocol: 17 };
    assert_eq!(decode(libc::SYS_socket, [2, flags, 17, 0, 0, 0]), Some(socket));
    let option = Syscall::SetOption { fd: 3, level: 1, name: 2, value: None };
    assert_eq!(decode(libc::SYS_setsockopt, [3, 1, 2, 0x1000, 2, 0]), Some(option));
    assert_eq!(decode(libc::SYS_close, [3, 0, 0, 0, 0, 0]), None);
}

#[test]
fn memory_is_read_and_unmapped_memory_is_none() {
    let text = *b"text";
    let own = rustix::process::getpid().as_raw_pid();
    assert_eq!(read_memory(own, text.as_ptr() as u64, 4).as_deref(), Some(&text[..]));
    assert_eq!(read_memory(own, 8, 4), None);
}

#[test]
fn echo_server_calls_are_reported_in_order() {
    run_in_sandbox("sys::seccomp_notify::tests::echo_server_calls_are_reported_in_order", || {
        let program = "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 65432))
s.listen(5)
c, _ = s.accept()
c.sendall(c.recv(100))
c.shutdown(socket.SHUT_WR)
";
        let started = python(program, true);
        assert!(started.untraced.is_none(), "{:?}", started.untraced);
        let mut tracer = Tracer::new(started.listener.expect("a listener"), Policy::default()).expect("a tracer");
        let mut traced = calls(&mut tracer, 5);
        let mut client = None;
        for _ in 0..1_000_000 {
            // A call is reported before the kernel executes it.
            client = TcpStream::connect("127.0.0.1:65432").ok();
            if client.is_some() {
                break;
            }
        }
        let mut client = client.expect("it listens");
        client.write_all(b"hello").expect("sent");
        traced.extend(calls(&mut tracer, 1));
        let mut text = String::new();
        client.read_to_string(&mut text).expect("an answer");
        assert_eq!(text, "hello");
        assert_eq!(
            kinds(&traced),
            [
                &Syscall::Socket { domain: 2, kind: 1, protocol: 0 },
                &Syscall::SetOption { fd: 3, level: 1, name: libc::SO_REUSEADDR, value: Some(1) },
                &Syscall::Bind { fd: 3, address: here(65432), length: Some(16), family: Some(2) },
                &Syscall::Listen { fd: 3, backlog: 5 },
                &Syscall::Accept { fd: 3 },
                &Syscall::Shutdown { fd: 4, how: 1 },
            ]
        );
        assert!(traced.iter().all(|call| (call.pid, call.thread) == (started.pid, started.pid)));
        assert!(traced.is_sorted_by_key(|call| call.timestamp_ns));
        assert_eq!(calls(&mut tracer, 1), [], "the program exits");
        assert!(has_ended(&tracer));
    });
}

#[test]
fn threads_and_children_are_reported_with_their_process() {
    run_in_sandbox("sys::seccomp_notify::tests::threads_and_children_are_reported_with_their_process", || {
        let program = "
import os, socket, threading
def thread():
    for k in range(3):
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).connect(('::1', 7))
t = threading.Thread(target=thread); t.start(); t.join()
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).bind(('127.0.0.1', 7000))
        os._exit(0)
    os._exit(0)
os.wait()
";
        let started = python(program, true);
        let mut tracer = Tracer::new(started.listener.expect("a listener"), Policy::default()).expect("a tracer");
        let traced = calls(&mut tracer, usize::MAX);
        let [in_thread @ .., socket, bind] = &traced[..] else { panic!("too few: {traced:?}") };
        assert_eq!(in_thread.len(), 6);
        for call in in_thread {
            assert!(call.pid == started.pid && call.thread != started.pid, "{call:?}");
        }
        let Syscall::Connect { address: Some(address), .. } = in_thread[1].call else { panic!("{:?}", in_thread[1]) };
        assert_eq!(address, "[::1]:7".parse().expect("an address"));
        for call in [socket, bind] {
            assert!(call.pid == call.thread && call.pid != started.pid, "{call:?}");
        }
        assert!(matches!(bind.call, Syscall::Bind { address, .. } if address == here(7000)));
    });
}

#[test]
fn killed_program_with_waiting_call_is_skipped() {
    run_in_sandbox("sys::seccomp_notify::tests::killed_program_with_waiting_call_is_skipped", || {
        let started = python("import socket; socket.socket()", true);
        let mut tracer = Tracer::new(started.listener.expect("a listener"), Policy::default()).expect("a tracer");
        let readable = |tracer: &Tracer| {
            poll(&mut [PollFd::new(tracer, PollFlags::IN)], None).expect("a poll");
        };
        readable(&tracer);
        crate::sys::reap::kill_by_pidfd(&started.pidfd, libc::SIGKILL).expect("killed");
        poll(&mut [PollFd::new(&started.pidfd, PollFlags::IN)], None).expect("a poll");
        assert_eq!(tracer.next_call().expect("nothing"), None);
        readable(&tracer);
        assert_eq!(tracer.next_call().expect("nothing"), None);
        assert!(has_ended(&tracer));
    });
}

#[test]
fn program_runs_untraced_if_tracing_is_denied() {
    run_in_sandbox("sys::seccomp_notify::tests::program_runs_untraced_if_tracing_is_denied", || {
        rustix::thread::set_no_new_privs(true).expect("set");
        // The kernel allows a process only one listener.
        let _held = seccomp::Filters::new(Confinement::Namespaces).install_traced().expect("a listener");
        let started = python("print('runs')", true);
        assert!(started.listener.is_none());
        let untraced = started.untraced.expect("a reason");
        assert_eq!(untraced.errno(), Some(libc::EBUSY), "{untraced}");
        rustix::io::ioctl_fionbio(&started.stdout, false).expect("a pipe");
        let mut text = String::new();
        std::fs::File::from(started.stdout).read_to_string(&mut text).expect("text");
        assert_eq!(text, "runs\n");
    });
}

proptest::proptest! {
    #[test]
    fn random_arguments_do_not_panic(which in 0..seccomp::TRACED_CALLS.len(), arguments: [u64; 6], memory: Vec<u8>) {
        let read = |_: u64, length: usize| (memory.len() >= length).then(|| memory[..length].to_vec());
        let _ = decode_call(seccomp::TRACED_CALLS[which], arguments, &read);
    }
}
