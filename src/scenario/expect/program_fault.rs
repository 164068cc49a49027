//! What went wrong in a program under test that is no server: it did not connect, an error ended it,
//! or it waits for the other end.

use std::net::SocketAddr;

use super::error_exit::is_memory_fault;
use super::known_errors::{advice, is_mistake};
use super::root_cause::uncaught_error;
use super::start::{ExitReason, exit_reason, exited_by_itself, start_failure};
use super::stream::Stream;
use crate::model::net::Owner;
use crate::model::{
    BlockedThread, Cause, ClientId, Event, EventId, EventKind, Evidence, ExitStatus, Finding, Hint, ListenerId,
    NotVerified, Protocol, ServerId, SocketRow, Syscall,
};

/// Returns the numbers of the connections of `accept` steps, or those of them that are chosen.
pub(super) fn accepted_connections(seen: &Evidence, chosen: Option<&[u32]>) -> Vec<ClientId> {
    let is_chosen = |client: &ClientId| chosen.is_none_or(|chosen| chosen.contains(&client.0));
    let numbers = seen.journal.iter().filter_map(|event| match event.kind {
        EventKind::Accepted { client, .. } | EventKind::NotAccepted { client, .. } => Some(client),
        _ => None,
    });
    numbers.filter(is_chosen).collect()
}

/// Returns the finding for a connection that did not come, or that no step could wait for.
pub(super) fn missing_connection(seen: &Evidence, chosen: Option<&[u32]>) -> Option<Finding> {
    if let Some(finding) = start_failure(seen) {
        return Some(finding);
    }
    let numbers = accepted_connections(seen, chosen);
    if numbers.is_empty() {
        return Some(Finding::not_verified(NotVerified::NothingSent {}));
    }
    seen.journal.iter().find_map(|event| match event.kind {
        EventKind::NotAccepted { client, listener, .. } if numbers.contains(&client) => {
            Some(not_connected(seen, listener).shown_by([event.id]))
        }
        _ => None,
    })
}

/// Returns the finding for a program that opened no connection to a listening socket.
fn not_connected(seen: &Evidence, listener: ListenerId) -> Finding {
    let opened = seen.journal.iter().find_map(|event| match event.kind {
        EventKind::Listening { listener: one, protocol, local } if one == listener => Some((protocol, local)),
        _ => None,
    });
    let Some((protocol, at)) = opened else { return Finding::not_verified(NotVerified::NeverStarted {}) };
    let programs: Vec<ServerId> = seen.journal.programs().filter(|id| seen.journal.is_no_server(*id)).collect();
    if let Some(cause) = programs.iter().find_map(|program| other_transport(seen, *program, protocol)) {
        return Finding::fail(cause);
    }
    // The error of a refused connect follows from its address.
    if let Some(to) = programs.iter().find_map(|program| connect_elsewhere(seen, *program, at)) {
        return Finding::fail(Cause::ConnectsElsewhere { to, at });
    }
    if let Some(finding) = programs.iter().find_map(|program| program_fault(seen, *program)) {
        return finding;
    }
    let ended =
        programs.iter().find_map(|program| exited_by_itself(seen, *program).map(|(_, status)| (*program, status)));
    Finding::fail(match ended {
        Some((program, status)) => {
            let said = super::error_line::last_error_line(seen, program);
            Cause::EndedBeforeConnect { protocol, at, status, said }
        }
        None => Cause::NeverConnects { protocol, at },
    })
}

/// Returns the address other than this one that a program asked to connect to, if it never asked
/// for this one.
fn connect_elsewhere(seen: &Evidence, program: ServerId, at: SocketAddr) -> Option<SocketAddr> {
    let asked = seen.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Called { server, call: Syscall::Connect { address: Some(to), .. }, .. } if *server == program => {
            Some(SocketAddr::new(to.ip().to_canonical(), to.port()))
        }
        _ => None,
    });
    let asked: Vec<SocketAddr> = asked.collect();
    // Port 53 and 0: looking up a name, or one's own address (connect(2) of a datagram socket).
    let other = asked.iter().rfind(|to| !matches!(to.port(), 0 | 53)).copied();
    other.filter(|_| !asked.contains(&at))
}

/// Returns the finding for a program that an error ended.
pub(super) fn program_error(seen: &Evidence, program: ServerId) -> Option<Finding> {
    let (id, status) = exited_by_itself(seen, program)?;
    if status == ExitStatus::Code(0) {
        return None;
    }
    let cause = match exit_reason(seen, program) {
        ExitReason::Limit(cap) => Cause::CapHit { cap, client: None, code: None, line: None, hint: Hint::Cap },
        ExitReason::Program(said) => {
            let known = said.as_deref().and_then(advice);
            let hint = match &said {
                _ if is_memory_fault(status, said.as_deref()) => known.unwrap_or(Hint::Memory),
                None => Hint::EndedSilently,
                Some(said) => known.unwrap_or(if is_mistake(said) { Hint::FixMistake } else { Hint::Exited }),
            };
            Cause::ProgramFailed { status, said, hint: hint_for_client(hint) }
        }
    };
    Some(Finding::fail(cause).shown_by([id]))
}

/// Returns the finding for a program that ended with an error, or in which an exception ended a
/// thread.
pub(super) fn program_fault(seen: &Evidence, program: ServerId) -> Option<Finding> {
    program_error(seen, program).or_else(|| {
        let Cause::ThreadFailed { said, hint } = uncaught_error(seen, program)? else { return None };
        Some(Finding::fail(Cause::UncaughtError { said, hint: hint_for_client(hint) }))
    })
}

/// Returns the hint that replaces one for servers.
const fn hint_for_client(hint: Hint) -> Hint {
    match hint {
        Hint::NotAlwaysText => Hint::WholeLines,
        Hint::ThreadFailed => Hint::FixMistake,
        Hint::HostIsAddress => Hint::ClientArguments,
        hint => hint,
    }
}

/// Returns the cause if the program waited for data of socklab, and not for the keyboard, when typed
/// text did not arrive.
pub(super) fn awaits_reply(seen: &Evidence, stream: &Stream<'_>) -> Option<Cause> {
    let (late, ..) = stream.timeout?;
    let before = seen.journal.iter().take_while(|event| event.id < late);
    let (threads, rows) = before.filter_map(silent_state).last()?;
    let on_socket = thread_in_read(threads, rows, stream.server)?;
    let reads_keyboard =
        threads.iter().any(|thread| thread.server == stream.server && thread.fd == Some(0) && thread.inode.is_none());
    let cause = Cause::AwaitsReply { client: stream.client, call: on_socket.call.clone() };
    (is_typed_to(seen, stream.server, Some(late)) && !reads_keyboard).then_some(cause)
}

/// Returns the cause if the program still waited for data of socklab after all had been sent, and before
/// socklab ended its side. A program that is typed to may wait for both.
pub(super) fn awaits_more(seen: &Evidence, stream: &Stream<'_>) -> Option<Cause> {
    let (last, _) = stream.sent.last()?;
    let before = seen.journal.iter().take_while(|event| stream.closed.is_none_or(|closed| event.id < closed));
    let (threads, rows) = before.filter(|event| event.id > *last).filter_map(silent_state).last()?;
    let on_socket = thread_in_read(threads, rows, stream.server)?;
    let cause = Cause::AwaitsMore { client: stream.client, call: on_socket.call.clone() };
    (!is_typed_to(seen, stream.server, None)).then_some(cause)
}

/// Returns the thread of a program that waits in a call which reads from a socket, and from nothing else.
fn thread_in_read<'a>(
    threads: &'a [BlockedThread],
    rows: &[SocketRow],
    program: ServerId,
) -> Option<&'a BlockedThread> {
    let on_socket = threads.iter().filter(|thread| thread.server == program).find(|thread| {
        let row = thread.inode.and_then(|inode| rows.iter().find(|row| row.inode == inode));
        row.is_some_and(|row| matches!(row.owner, Owner::Server(server, _) if server == program))
    })?;
    // A call that waits for several descriptors may wait for both.
    matches!(on_socket.call.as_str(), "read" | "recv" | "recvfrom" | "recvmsg" | "readv").then_some(on_socket)
}

/// Returns true if text was typed to a program, before an event if one is given.
fn is_typed_to(seen: &Evidence, program: ServerId, until: Option<EventId>) -> bool {
    seen.journal.iter().take_while(|event| until.is_none_or(|until| event.id < until)).any(|event| {
        matches!(&event.kind, EventKind::Typed { server, bytes, .. } if *server == program && !bytes.0.is_empty())
    })
}

/// Returns the threads and sockets of a proof of silence.
pub(super) fn silent_state(event: &Event) -> Option<(&[BlockedThread], &[SocketRow])> {
    match &event.kind {
        EventKind::Silent { threads, rows } => Some((threads, rows)),
        _ => None,
    }
}

/// Returns the transport that a program uses to connect, if it is another one than that of the
/// listening socket.
fn other_transport(seen: &Evidence, program: ServerId, protocol: Protocol) -> Option<Cause> {
    // SOCK_STREAM is 1, SOCK_DGRAM is 2.
    let asked = seen.journal.iter().filter_map(|event| match event.kind {
        EventKind::Called { server, call: Syscall::Socket { domain: 2 | 10, kind, .. }, .. } if server == program => {
            Some(if kind == 2 { Protocol::Udp } else { Protocol::Tcp })
        }
        _ => None,
    });
    let asked: Vec<Protocol> = asked.collect();
    let found = *asked.first()?;
    (!asked.contains(&protocol)).then_some(Cause::ConnectsByOther { found, wanted: protocol })
}
