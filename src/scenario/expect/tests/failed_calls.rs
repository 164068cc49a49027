//! Failed calls of diagnosing runs: each row of the table, and failures that explain nothing.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, assert_messages_known, listener, server_end, tcp, udp};
use crate::model::cause::Symptom;
use crate::model::{
    Because, BlockedThread, Cause, ClientId, EventKind, ExitStatus, Finding, ReturnedCall, ServerId, SocketRow,
    StreamEnd, TcpState, Verdict,
};
use crate::scenario::expect::{
    answered_late, early_close, failed_call, held_by_parent, needless_accept, refused_bind, stopped_early,
};

/// The socket that listens, and the connection of the first client.
const LISTENER: u64 = 9;
const CONNECTION: u64 = 101;

fn call(name: &str, fd: i32, inode: u64, size: u64, result: i64) -> EventKind {
    let created = (name == "accept" && result >= 0).then_some(CONNECTION);
    let inode = (inode != 0).then_some(inode);
    let call = ReturnedCall { name: name.to_owned(), fd: Some(fd), inode, size: Some(size), result, created };
    EventKind::Returned { server: ServerId(0), pid: 12, thread: 12, call }
}

fn failed(name: &str, fd: i32, inode: u64, errno: i32) -> EventKind {
    call(name, fd, inode, 5, -i64::from(errno))
}

/// A client that was accepted and sends; no answer comes after these calls.
fn stream(calls: impl IntoIterator<Item = EventKind>) -> EvidenceBuilder {
    let sent = tcp().clients(1).event(call("accept", 3, LISTENER, 0, 4)).sent(1, "hello");
    calls.into_iter().fold(sent, EvidenceBuilder::event).late(1)
}

fn datagram(calls: impl IntoIterator<Item = EventKind>) -> EvidenceBuilder {
    calls.into_iter().fold(udp().senders(1).sent(1, "hello"), EvidenceBuilder::event).late(1)
}

fn received() -> EventKind {
    call("recv", 4, CONNECTION, 99, 5)
}

fn shown(scene: EvidenceBuilder) -> Option<(String, String)> {
    let found = failed_call(&scene.evidence())?;
    let because = Because::from(found.cause);
    let finding =
        Finding { verdict: Verdict::Fail, because, ..super::evidence_builder::judged("echo", &tcp().evidence()) };
    assert_messages_known(&finding);
    let hint = finding.because.hint().expect("a hint").id.into_owned();
    Some((finding.because.message().id.clone().into_owned(), hint))
}

#[rstest]
#[case::failed_accept(stream([failed("recv", -1, 0, libc::EBADF)]), "hint-negative-descriptor")]
#[case::closed(stream([received(), failed("send", 4, 0, libc::EBADF)]), "hint-descriptor-closed")]
#[case::accept_of_closed(tcp().clients(1).sent(1, "a").event(failed("accept", 3, 0, libc::EBADF)).late(1), "hint-descriptor-closed")]
#[case::file(stream([received(), failed("send", 5, 0, libc::ENOTSOCK)]), "hint-no-socket")]
#[case::standard_output(stream([received(), failed("send", 1, 0, libc::ENOTSOCK)]), "hint-parentheses")]
#[case::address(stream([failed("recv", 4, CONNECTION, libc::EFAULT)]), "hint-buffer-address")]
#[case::accept_without_listen(tcp().clients(1).sent(1, "a").event(failed("accept", 5, 7, libc::EINVAL)).late(1), "hint-accept-listens")]
#[case::accept_of_datagrams(datagram([failed("accept", 3, 8, libc::EOPNOTSUPP)]), "hint-accept-of-datagrams")]
#[case::closed_in_set(stream([received(), failed("select", 3, 0, libc::EBADF)]), "hint-descriptor-closed")]
#[case::negative_count(stream([failed("select", 3, 0, libc::EINVAL)]), "hint-wait-arguments")]
#[case::poll_count(datagram([failed("poll", 3, 0, libc::EINVAL)]), "hint-wait-arguments")]
#[case::too_long(datagram([call("recvfrom", 3, 8, 99, 5), failed("sendto", 3, 8, libc::EMSGSIZE)]), "hint-datagram-size")]
#[case::length_zero(datagram([call("recvfrom", 3, 8, 99, 5), failed("sendto", 3, 8, libc::EINVAL)]), "hint-send-address")]
#[case::family(datagram([failed("sendto", 3, 8, libc::EAFNOSUPPORT)]), "hint-send-address")]
#[case::no_address(datagram([failed("send", 3, 8, libc::EDESTADDRREQ)]), "hint-send-to")]
#[case::negative_length(datagram([failed("recvfrom", 3, 8, libc::EINVAL)]), "hint-address-length")]
#[case::listener_read(stream([failed("recv", 3, LISTENER, libc::ENOTCONN)]), "hint-use-connection")]
#[case::before_the_client_knew(tcp().event(call("accept", 3, LISTENER, 0, 4)).event(failed("recv", 0, 0, libc::ENOTSOCK)).clients(1).sent(1, "a").late(1), "hint-parentheses")]
#[case::before_the_message(tcp().clients(1).event(failed("recv", 3, LISTENER, libc::ENOTCONN)).sent(1, "a").late(1), "hint-use-connection")]
#[case::listener_written(stream([received(), failed("send", 3, LISTENER, libc::EPIPE)]), "hint-use-connection")]
#[case::shut_down(stream([received(), call("shutdown", 4, CONNECTION, 0, 0), failed("send", 4, CONNECTION, libc::EPIPE)]), "hint-shut-down-last")]
fn failed_call_explains_a_missing_answer(#[case] scene: EvidenceBuilder, #[case] hint: &str) {
    assert_eq!(shown(scene), Some(("call-failed".to_owned(), hint.to_owned())));
}

#[test]
fn call_about_nothing_explains_a_missing_answer() {
    let found = |id: &str, hint: &str| Some((id.to_owned(), hint.to_owned()));
    assert_eq!(shown(stream([call("recv", 4, CONNECTION, 0, 0)])), found("read-of-nothing", "hint-buffer-size"));
    let sent = stream([received(), call("write", 4, CONNECTION, 0, 0)]);
    assert_eq!(shown(sent), found("send-of-nothing", "hint-sent-count"));
    let unread = stream([call("write", 4, CONNECTION, 0, 0)]);
    assert_eq!(shown(unread), None, "nothing was read that it could send");
}

#[rstest]
#[case::nothing_failed(stream([received()]))]
#[case::non_blocking(stream([failed("recv", 4, CONNECTION, libc::EAGAIN)]))]
#[case::interrupted(stream([failed("recv", 4, CONNECTION, libc::EINTR)]))]
#[case::end_of_stream(stream([received(), call("recv", 4, CONNECTION, 99, 0)]))]
#[case::recovered(stream([failed("recv", 3, LISTENER, libc::ENOTCONN), received()]))]
#[case::sent_again(datagram([failed("sendto", 3, 8, libc::EMSGSIZE), call("sendto", 3, 8, 5, 5)]))]
#[case::closed_twice(stream([received(), failed("close", 4, 0, libc::EBADF)]))]
#[case::shutdown_of_a_closed_one(stream([received(), failed("shutdown", 4, CONNECTION, libc::ENOTCONN)]))]
#[case::client_has_left(stream([received(), failed("send", 4, CONNECTION, libc::EPIPE)]))]
#[case::reset(stream([failed("recv", 4, CONNECTION, libc::ENOTCONN)]))]
#[case::empty_datagram(datagram([call("sendto", 3, 8, 0, 0)]))]
#[case::before_the_client_connected(tcp().event(failed("recv", 3, LISTENER, libc::ENOTCONN)).clients(1).sent(1, "a").late(1))]
#[case::before_the_next_message(stream([]).got(1, "hello").event(failed("recv", 3, LISTENER, libc::ENOTCONN)).sent(1, "a").late(1))]
#[case::after_the_wait(stream([received()]).event(failed("send", 4, 0, libc::EBADF)))]
#[case::answered(stream([]).sent(1, "b").event(failed("send", 4, 0, libc::EBADF)).got(1, "b").closed(1))]
#[case::exited(stream([failed("send", 4, 0, libc::EBADF)].into_iter().chain([EventKind::Exited { server: ServerId(0), status: ExitStatus::Code(1) }])))]
#[case::unrecorded(stream([failed("send", 4, 0, libc::EBADF), EventKind::ResultsUnrecorded {}]))]
fn harmless_failure_explains_nothing(#[case] scene: EvidenceBuilder) {
    assert_eq!(shown(scene), None);
}

#[test]
fn answer_that_comes_with_the_next_message_is_late() {
    let waited = |is_silent: bool| {
        let begun = tcp().clients(1).sent(1, "one");
        let waiting = crate::model::WaitTarget::Answer { got: 0, of: 3 };
        let late = EventKind::Late {
            client: crate::model::ClientId(1),
            waiting,
            within_ms: 5000,
            silent: is_silent,
            busy_unread: None,
        };
        begun.event(late).sent(1, "two")
    };
    let is_late = |scene: EvidenceBuilder| answered_late(&scene.evidence()).is_some();
    assert!(is_late(waited(true).got(1, "ONE")));
    assert!(!is_late(waited(true).got(1, "TWO")), "the first one got no answer");
    assert!(!is_late(waited(true).got(1, "ONETWO")), "it waited for more");
    assert!(!is_late(waited(false).got(1, "ONE")), "the server may be slow");
    assert!(!is_late(tcp().clients(1).sent(1, "one").got(1, "one").sent(1, "two").got(1, "two")));
}

/// A connection that process 12 accepted and process 13 read to its end, and further calls.
fn forked(calls: impl IntoIterator<Item = (i32, EventKind)>) -> EvidenceBuilder {
    let by = |(caller, event)| match event {
        EventKind::Returned { server, call, .. } => EventKind::Returned { server, pid: caller, thread: caller, call },
        event => event,
    };
    let accepted = tcp().clients(1).event(call("accept", 3, LISTENER, 0, 4));
    let served = [(13, received()), (13, call("recv", 4, CONNECTION, 99, 0))];
    served.into_iter().chain(calls).map(by).fold(accepted, EvidenceBuilder::event)
}

#[test]
fn connection_that_the_parent_holds_is_found() {
    let close = || call("close", 4, CONNECTION, 0, 0);
    let is_held = |scene: EvidenceBuilder| held_by_parent(&scene.evidence()).is_some();
    assert!(is_held(forked([(13, close())])));
    assert!(is_held(forked([])), "the child has exited");
    assert!(!is_held(forked([(12, close()), (13, close())])), "the parent closed its copy");
    assert!(!is_held(forked([(12, close())])), "the child holds it");
    assert!(!is_held(forked([(13, close()), (12, EventKind::ResultsUnrecorded {})])), "later calls are unknown");
    let one = [call("recv", 4, CONNECTION, 99, 0)].into_iter();
    let alone = one.fold(tcp().clients(1).event(call("accept", 3, LISTENER, 0, 4)), EvidenceBuilder::event);
    assert!(!is_held(alone), "one process");
}

#[test]
fn refused_connection_is_explained_by_accept_only() {
    let after = |calls: Vec<EventKind>| {
        let served = tcp().clients(1).event(call("accept", 3, LISTENER, 0, 4)).sent(1, "a").got(1, "a").closed(1);
        calls.into_iter().fold(served, EvidenceBuilder::event).refused(2).evidence()
    };
    let found = failed_call(&after(vec![failed("accept", 3, 0, libc::EBADF)])).expect("a call");
    assert!([Symptom::Connection, Symptom::Missing].into_iter().all(|symptom| found.explains(symptom)));
    assert_eq!(failed_call(&after(vec![failed("recv", 4, 0, libc::EBADF)])), None);
    let sent = failed_call(&stream([failed("send", 4, 0, libc::EBADF)]).evidence()).expect("a call");
    assert!(sent.explains(Symptom::Blocked) && !sent.explains(Symptom::Connection) && !sent.explains(Symptom::Wrong));
}

#[test]
fn connection_that_ends_without_an_answer_is_explained() {
    let ended = tcp().clients(1).event(call("accept", 3, LISTENER, 0, 4)).sent(1, "hello");
    let failure = failed("send", 3, LISTENER, libc::EPIPE);
    let during = ended.clone().event(failure.clone()).ended(1, StreamEnd::End).closed(1);
    // The client sees the effect before the call has returned.
    let after = ended.ended(1, StreamEnd::End).sent(1, "b").event(failure).closed(1);
    for scene in [during, after] {
        assert_eq!(shown(scene).map(|(id, _)| id).as_deref(), Some("call-failed"));
    }
    let refused = failed("recv", -1, 0, libc::EBADF);
    let before = tcp().clients(1).ended(1, StreamEnd::End).sent(1, "hello").event(refused.clone()).closed(1);
    assert_eq!(shown(before).map(|(_, hint)| hint).as_deref(), Some("hint-negative-descriptor"));
    // A server for one message per connection.
    let after =
        tcp().clients(1).sent(1, "a").got(1, "a").ended(1, StreamEnd::End).sent(1, "b").event(refused).closed(1);
    assert_eq!(shown(after), None);
}

#[test]
fn error_of_a_bind_is_named() {
    let bound = |errnos: &[i32]| {
        let binds = errnos.iter().map(|errno| failed("bind", 3, LISTENER, *errno));
        let seen = binds.fold(tcp(), EvidenceBuilder::event).evidence();
        let because = Because::from(refused_bind("bind(3, 0.0.0.0:80)", &seen)?);
        let finding = Finding { because, ..super::evidence_builder::judged("echo", &tcp().evidence()) };
        assert_messages_known(&finding);
        finding.because.hint().map(|hint| hint.id.into_owned())
    };
    let named = [libc::EADDRINUSE, libc::EADDRNOTAVAIL, libc::EACCES, libc::EINVAL]
        .map(|errno| bound(&[errno]).expect("named"));
    assert_eq!(named, ["hint-address-in-use", "hint-address-not-here", "hint-permission", "hint-bind-result"]);
    assert_eq!(bound(&[0]), None, "it succeeded");
    assert_eq!(bound(&[libc::EACCES, libc::EACCES]).as_deref(), Some("hint-permission"));
    assert_eq!(bound(&[libc::EACCES, 0]), None, "which call it was is unknown");
    assert_eq!([bound(&[]), bound(&[libc::EBADF])], [None, None]);
    let other = tcp().event(failed("bind", 3, LISTENER, libc::EACCES)).evidence();
    assert_eq!(refused_bind("bind(33, 0.0.0.0:80)", &other), None);
}

#[rstest]
#[case::non_blocking([failed("recv", 4, CONNECTION, libc::EAGAIN), closes()], Some("read-gave-up"))]
#[case::never_read([call("recv", 5, 102, 99, 5), closes()], Some("closed-unread"))]
#[case::read_only([received(), closes()], Some("closed-after-reading"))]
#[case::answered([call("send", 4, CONNECTION, 5, 5), closes()], None)]
#[case::still_open([received(), received()], None)]
fn early_close_is_explained(#[case] calls: [EventKind; 2], #[case] id: Option<&str>) {
    let cause = early_close(&stream(calls).evidence());
    assert_eq!(cause.map(|cause| cause.row().id), id);
}

#[test]
fn early_close_is_unknown_if_later_calls_are() {
    let scene = stream([EventKind::ResultsUnrecorded {}, closes()]);
    assert_eq!(early_close(&scene.evidence()), None);
}

fn closes() -> EventKind {
    call("close", 4, CONNECTION, 0, 0)
}

/// A program that waits in `accept` after these calls; its listener has this many clients to accept,
/// and the connection of the first client this many bytes to read.
fn accepting(calls: &[EventKind], queued: u32, unread: u32) -> EvidenceBuilder {
    let thread = |call: &str| BlockedThread {
        server: ServerId(0),
        pid: 12,
        thread: 12,
        name: "server".to_owned(),
        call: call.to_owned(),
        fd: Some(3),
        inode: Some(LISTENER),
        limited: false,
        source: None,
    };
    let rows = vec![
        SocketRow { receive_queue: queued, inode: LISTENER, ..listener() },
        SocketRow { receive_queue: unread, ..server_end(1, TcpState::CloseWait) },
    ];
    let seen = calls.iter().cloned().fold(tcp().clients(1), EvidenceBuilder::event);
    seen.event(EventKind::Silent { threads: vec![thread("accept")], rows })
}

#[test]
fn accept_without_a_client_is_needless_if_select_watches_the_listener() {
    let (select, accept) = (call("select", -1, 0, 5, 1), call("accept", 3, LISTENER, 0, 4));
    let is_needless = |scene: EvidenceBuilder| needless_accept(&scene.evidence()).is_some();
    let calls = [select.clone(), accept.clone(), received(), select.clone()];
    assert!(is_needless(accepting(&calls, 0, 1)));
    assert!(!is_needless(accepting(&calls, 0, 0)), "it has read everything, and forgets to close");
    assert!(!is_needless(accepting(&calls, 1, 1)), "a client waits to be accepted");
    assert!(
        !is_needless(accepting(&[accept.clone(), select.clone(), received()], 0, 1)),
        "it waits for its client only"
    );
    assert!(!is_needless(accepting(&[call("select", -1, 0, 5, 0), accept, select], 0, 1)), "nothing was ready");
}

#[test]
fn message_that_ends_the_loop_is_told_from_a_missing_loop() {
    let sent = || call("send", 4, CONNECTION, 5, 5);
    let cause = |calls: Vec<EventKind>| {
        let only = Cause::OnlyFirstMessage { client: ClientId(1), messages: 1, got: 5, of: 300 };
        stopped_early(&only, &stream(calls).evidence()).map(|cause| cause.row().id)
    };
    assert_eq!(cause(vec![received(), sent(), received(), sent(), closes()]), Some("stops-at-message"));
    assert_eq!(cause(vec![received(), sent(), closes()]), None);
    let gave_up = failed("recv", 4, CONNECTION, libc::EAGAIN);
    assert_eq!(cause(vec![received(), sent(), gave_up.clone(), closes()]), Some("read-gave-up"));
    assert_eq!(cause(vec![received(), sent(), gave_up, received(), closes()]), None, "it tried again");
}
