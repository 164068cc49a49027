//! Root causes: exits and printed errors come before what follows from them.

use rstest::rstest;

use super::evidence_builder::{
    EvidenceBuilder, PORT, assert_messages_known, client_at, datagram, local_address, own, tcp, udp,
};
use crate::model::{EventKind, ExitStatus, Protocol, ServerId, StreamEnd, Syscall, TcpState, Verdict};
use crate::scenario::expect::with_root_cause;

const THREAD: &str = "Exception in thread Thread-1 (serve):\nTraceback (most recent call last):\n  \
                      File \"s.py\", line 17, in serve\n    x()\nValueError: bad number\n";
const CAUGHT: &str = "Traceback (most recent call last):\n  File \"s.py\", line 17\nValueError: bad number\n";

/// Returns the cause of an expectation, with its root.
fn cause(scene: EvidenceBuilder, word: &str) -> String {
    let seen = scene.evidence();
    let finding = with_root_cause(super::evidence_builder::judged(word, &seen), &seen);
    assert_eq!(finding.verdict, Verdict::Fail);
    assert_messages_known(&finding);
    finding.because.message().id.clone().into_owned()
}

fn silence() -> EvidenceBuilder {
    tcp().clients(1).sent(1, "hello").late(1)
}

#[rstest]
#[case::thread(silence().printed(THREAD), "thread-failed")]
#[case::closed_by_it(tcp().clients(1).sent(1, "hello").ended(1, StreamEnd::End).printed(THREAD), "thread-failed")]
#[case::caught(silence().printed(CAUGHT), "error-printed")]
#[case::failed_call(silence().printed("accept: Bad file descriptor\n"), "error-printed")]
#[case::nothing_printed(silence().printed("pronto\n"), "no-answer-late")]
#[case::client_left(silence().printed("BrokenPipeError: [Errno 32] Broken pipe\n"), "no-answer-late")]
// What is wrong does not follow from an error.
#[case::wrong_answer(tcp().clients(1).sent(1, "hello").got(1, "HELLO").printed(THREAD), "upper-for-echo")]
#[case::crashed_after_the_client_left(silence().closed(1).exited(ExitStatus::Code(1)).printed("x\n"), "no-answer-late")]
#[case::memory(silence().exited(ExitStatus::Signal(libc::SIGSEGV)), "memory-fault")]
#[case::smashed(silence().printed("*** stack smashing detected ***: terminated\n").exited(ExitStatus::Signal(libc::SIGABRT)), "memory-fault-said")]
#[case::aborted(silence().printed("assertion failed\n").exited(ExitStatus::Signal(libc::SIGABRT)), "server-crashed-said")]
#[case::crashed(silence().exited(ExitStatus::Code(1)).printed("NameError: x\n"), "server-crashed-said")]
fn error_comes_first(#[case] scene: EvidenceBuilder, #[case] id: &str) {
    assert_eq!(cause(scene, "echo"), id);
}

#[test]
fn exit_explains_a_symptom_however_busy_the_machine_is() {
    // The server served a client and exited, but its exit was recorded two seconds later.
    let served = || tcp().clients(2).sent(1, "a").got(1, "a").sent(2, "b").ended(2, StreamEnd::End);
    let delayed = |scene: EvidenceBuilder| {
        let call = EventKind::Called { server: ServerId(0), pid: 12, call: Syscall::Accept { fd: 3 } };
        let mut seen = scene.exited(ExitStatus::Code(0)).event(call).evidence();
        let exit = seen.journal.exited(ServerId(0)).expect("an exit").0;
        seen.journal.0[exit.0 as usize].at.0 += 2_000_000_000;
        let finding = with_root_cause(super::evidence_builder::judged("echo", &seen), &seen);
        finding.because.message().id.clone().into_owned()
    };
    assert_eq!(delayed(served()), "server-ended");
    assert_eq!(delayed(served().closed(1)), "client-never-accepted", "it may have exited because of that");
}

#[test]
fn text_of_a_client_is_no_error_of_the_server() {
    let sent = |text: &str| tcp().clients(1).sent(1, text).late(1).printed(THREAD);
    assert_eq!(cause(sent("x\nValueError: bad number\n"), "echo"), "printed-not-sent");
    assert_eq!(cause(sent("bad number"), "echo"), "thread-failed");
}

#[test]
fn datagram_socket_of_another_client_explains_a_refusal() {
    let refused = |peer: u32| {
        let row = own(Protocol::Udp, local_address(PORT), client_at(peer), TcpState::Established, 8);
        udp().senders(2).sent(1, "a").got(1, "a").sent(2, "b").snapshot([row]).ended(2, StreamEnd::Refused)
    };
    assert_eq!(cause(refused(1), "echo"), "udp-connected");
    assert_eq!(cause(refused(2), "echo"), "no-answer-refused", "it is connected to this client");
    let unconnected = udp().senders(2).sent(2, "b").snapshot([datagram()]).ended(2, StreamEnd::Refused);
    assert_eq!(cause(unconnected, "echo"), "no-answer-refused");
}

#[test]
fn call_of_connect_explains_a_refusal() {
    let refused = |peer| {
        let connect = Syscall::Connect { fd: 3, address: Some(peer) };
        let called = EventKind::Called { server: ServerId(0), pid: 12, call: connect };
        udp().senders(2).sent(1, "a").event(called).got(1, "a").sent(2, "b").ended(2, StreamEnd::Refused)
    };
    assert_eq!(cause(refused(client_at(1)), "echo"), "udp-connected");
    assert_eq!(cause(refused(local_address(53)), "echo"), "no-answer-refused", "it asks another server");
}

#[test]
fn exit_explains_a_connection_that_ended() {
    let ended = || tcp().clients(1).snapshot([]);
    let word = "established: seen";
    assert_eq!(
        cause(ended().exited(ExitStatus::Code(1)).printed("NameError: x\n"), word),
        "server-ended-by-error-said"
    );
    assert_eq!(cause(ended().exited(ExitStatus::Code(0)), word), "not-established");
    // A server that serves one client only, and ends.
    let served = || tcp().clients(2).sent(1, "a").got(1, "a").exited(ExitStatus::Code(0));
    assert_eq!(cause(served().sent(2, "b").ended(2, StreamEnd::Reset), "echo"), "server-ended");
    // The kernel resets the connections, and reports the exit, in this order.
    let exiting = || tcp().clients(2).sent(1, "a").got(1, "a").sent(2, "b");
    let reset = exiting().ended(2, StreamEnd::Reset).closed(2).exited(ExitStatus::Code(0));
    assert_eq!(cause(reset, "echo"), "server-ended");
    let left = exiting().late(2).closed(2).ended(2, StreamEnd::End).exited(ExitStatus::Code(0));
    assert_ne!(cause(left, "echo"), "server-ended", "it may exit because its client has left");
}

#[test]
fn listener_without_accept_is_recognised() {
    use crate::model::{EventKind, ServerId, Syscall};
    let on = |fd: i32, accepts: bool| {
        let address = Some(super::evidence_builder::local_address(65432));
        let mut all = vec![
            Syscall::SetOption { fd, level: 1, name: 15, value: Some(1) },
            Syscall::Bind { fd, address, length: Some(16), family: Some(2) },
            Syscall::Listen { fd, backlog: 5 },
        ];
        all.extend(accepts.then_some(Syscall::Accept { fd }));
        all
    };
    let scene = |calls: Vec<Syscall>| {
        let event = |call| EventKind::Called { server: ServerId(0), pid: 12, call };
        calls.into_iter().fold(silence(), |scene, call| scene.event(event(call)))
    };
    assert_eq!(cause(scene([on(3, false), on(4, true)].concat()), "echo"), "several-listeners");
    assert_eq!(cause(scene([on(3, true), on(4, true)].concat()), "echo"), "no-answer-late");
    assert_eq!(cause(scene(on(3, true)), "echo"), "no-answer-late");
}

#[test]
fn client_that_was_never_accepted_is_recognised() {
    use crate::model::{EventKind, ServerId, Syscall};
    let scene = |accepts: usize| {
        let event = || EventKind::Called { server: ServerId(0), pid: 12, call: Syscall::Accept { fd: 3 } };
        let begun = (0..accepts).fold(tcp().clients(2), |scene, _| scene.event(event()));
        begun.sent(1, "a").got(1, "a").sent(2, "b").late(2)
    };
    assert_eq!(cause(scene(1), "echo"), "client-never-accepted");
    assert_eq!(cause(scene(2), "echo"), "no-answer-late");
    assert_eq!(cause(scene(0), "echo"), "no-answer-late", "the calls were not seen");
}

#[test]
fn second_bind_of_the_same_address_is_named() {
    use crate::model::{EventKind, ServerId, Syscall};
    let scene = |addresses: &[u16]| {
        let bind = |port: &u16| {
            let address = Some(super::evidence_builder::local_address(*port));
            let call = Syscall::Bind { fd: 3, address, length: Some(16), family: Some(2) };
            EventKind::Called { server: ServerId(0), pid: 12, call }
        };
        let bound = addresses.iter().fold(silence(), |scene, port| scene.event(bind(port)));
        bound.exited(ExitStatus::Code(1)).printed("error: Address already in use\n")
    };
    assert_eq!(cause(scene(&[65432, 65432]), "echo"), "bound-twice");
    assert_eq!(cause(scene(&[65432]), "echo"), "server-crashed-said");
    assert_eq!(cause(scene(&[65432, 65433]), "echo"), "server-crashed-said");
    assert_eq!(cause(scene(&[0, 0]), "echo"), "server-crashed-said", "the kernel chooses another port each time");
}

#[rstest]
#[case::client_there(silence(), "hint-use-connection")]
#[case::another_client_left(tcp().clients(2).closed(2).sent(1, "hello").late(1), "hint-broken-pipe")]
fn broken_pipe_is_the_fault_of_a_client_only_if_one_left(#[case] scene: EvidenceBuilder, #[case] hint: &str) {
    let finding = scene.exited(ExitStatus::Signal(libc::SIGPIPE)).judged("echo");
    assert_eq!(finding.because.hint().map(|hint| hint.id.into_owned()).as_deref(), Some(hint), "{finding:?}");
}

#[test]
fn error_that_was_not_printed_is_not_to_be_corrected() {
    let hint = |scene: EvidenceBuilder| {
        scene.exited(ExitStatus::Code(1)).judged("echo").because.hint().map(|hint| hint.id.into_owned())
    };
    assert_eq!(hint(silence()).as_deref(), Some("hint-ended-silently"));
    assert_eq!(hint(silence().printed("failed\n")).as_deref(), Some("hint-crashed"));
    let known = silence().printed("TypeError: a bytes-like object is required, not 'str'\n");
    assert_eq!(hint(known).as_deref(), Some("hint-text-for-bytes"));
}
