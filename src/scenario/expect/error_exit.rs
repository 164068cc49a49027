//! The cause for a server that an error ended: with the advice for a known error, and its own second
//! `bind` in the place of the message that the address is in use.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use super::error_line;
use super::exit_output::is_address_in_use;
use super::known_errors::{advice, is_mistake};
use crate::model::{Cause, ClientId, EventKind, Evidence, ExitStatus, Hint, ServerId, Syscall};

/// Returns the cause for a server that exited with an error or by a signal, while this client waited
/// for it if there is one. `said` is the line that it printed last.
pub(super) fn error_exit(
    seen: &Evidence,
    server: ServerId,
    status: ExitStatus,
    said: Option<String>,
    client: Option<ClientId>,
) -> Cause {
    let known = said.as_deref().and_then(advice);
    if is_memory_fault(status, said.as_deref()) {
        return Cause::MemoryFault { status, said, hint: known.unwrap_or(Hint::Memory) };
    }
    if let Some(said) = said.as_ref().filter(|said| is_address_in_use(said))
        && let Some(address) = bound_twice(seen, server)
    {
        let address = SocketAddr::new(address.ip().to_canonical(), address.port()).to_string();
        return Cause::BoundTwice { address, said: said.clone() };
    }
    let hint = match (status, &said) {
        // No client had left: it was not the client's connection that was written to.
        (ExitStatus::Signal(libc::SIGPIPE), _) if !has_client_left(seen) => Hint::UseConnection,
        (ExitStatus::Signal(libc::SIGPIPE), _) => Hint::BrokenPipe,
        (_, None) => Hint::EndedSilently,
        // Its last line is no error that could be fixed.
        (_, Some(said)) if known.is_none() && !error_line::may_be_error(said) => Hint::EndedSilently,
        (_, Some(said)) => known.unwrap_or(if is_mistake(said) { Hint::FixMistake } else { Hint::Crashed }),
    };
    match client {
        Some(client) => Cause::ServerCrashed { client, status, said, hint },
        None => Cause::ServerEndedByError { status, said, hint },
    }
}

/// Returns true if a program was ended because it used memory outside its variables: by the kernel,
/// or by the C library, which reports it.
pub(super) fn is_memory_fault(status: ExitStatus, said: Option<&str>) -> bool {
    const REPORTS: [&str; 7] =
        ["smashing", "overflow detected", "free()", "malloc()", "realloc()", "corrupt", "munmap_chunk"];
    match status {
        ExitStatus::Signal(libc::SIGSEGV | libc::SIGBUS) => true,
        ExitStatus::Signal(libc::SIGABRT) => {
            said.is_some_and(|said| REPORTS.iter().any(|report| said.contains(report)))
        }
        _ => false,
    }
}

/// Returns true if the output of a server ends with an exception or a panic that nothing caught. A
/// line that only begins with the word "Error" is one if its trace follows.
pub(super) fn threw(seen: &Evidence, server: ServerId) -> bool {
    let lines = error_line::lines(seen, server);
    let is_plain = |line: &str| matches!(line.split([':', ' ']).next(), Some("Error" | "error" | "Exception"));
    let has_trace = lines.iter().any(|line| error_line::is_trailer(line));
    error_line::last_relevant_line(&lines).is_some_and(|line| {
        // The message may be on the line after the error.
        let is_error = error_line::is_error(line) || has_trace && lines.iter().any(|line| error_line::is_error(line));
        is_error && (has_trace || !is_plain(line))
    })
}

/// Returns true if a client had closed its connection, or ended its side, before a server exited.
fn has_client_left(seen: &Evidence) -> bool {
    let is_exit = |kind: &EventKind| matches!(kind, EventKind::Exited { .. });
    let mut before = seen.journal.iter().map(|event| &event.kind).take_while(|kind| !is_exit(kind));
    before.any(|kind| {
        matches!(kind, EventKind::Closed { .. } | EventKind::FinishedSending { .. } | EventKind::Aborted { .. })
    })
}

/// Returns the address to which a server called `bind` more than once.
fn bound_twice(seen: &Evidence, server: ServerId) -> Option<SocketAddr> {
    let binds = seen.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Called { server: one, call: Syscall::Bind { address: Some(at), .. }, .. } if *one == server => {
            Some(*at)
        }
        _ => None,
    });
    // The first bind may have failed, too: only a socket that was seen is known to be the server's.
    let (_, ready) = seen.journal.ready(server)?;
    let mut bound = BTreeSet::new();
    binds.filter(|at| at.port() == ready.local.port()).find(|at| !bound.insert(*at))
}
