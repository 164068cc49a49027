//! Why a program under test that is no server still runs, or keeps its connection open: a thread waits
//! where nothing will come.

use super::program_fault::{accepted_connections, silent_state};
use super::stream::{Stream, streams};
use crate::model::net::Owner;
use crate::model::{BlockedThread, Cause, ClientId, EventId, EventKind, Evidence, Hint, ServerId, SocketRow};

/// Returns the cause if the program has closed the socket of a connection while another thread waits for
/// data of it: the kernel keeps the connection until that call returns.
pub(super) fn closed_while_reading(seen: &Evidence, stream: &Stream<'_>, end: &SocketRow) -> Option<Cause> {
    // The last process has given up its descriptor.
    if end.inode == 0 || matches!(end.owner, Owner::Server(..)) {
        return None;
    }
    let (_, threads, _) = last_silence(seen, stream.server)?;
    let thread = threads.iter().find(|thread| is_read(thread) && thread.fd.is_some() && thread.inode.is_none())?;
    Some(Cause::ClosedWhileReading { client: stream.client, call: thread.call.clone() })
}

/// Returns the program's end of a connection in the last proof of silence.
pub(super) fn end_in_silence<'a>(seen: &'a Evidence, stream: &Stream<'_>) -> Option<&'a SocketRow> {
    let (_, _, rows) = last_silence(seen, stream.server)?;
    its_end(seen, stream.client, rows)
}

/// Returns the cause if the other end had closed every connection of the program, and the program waits
/// for its keyboard.
pub(super) fn still_reads_keyboard(seen: &Evidence, program: ServerId) -> Option<Cause> {
    let (id, threads, rows) = last_silence(seen, program)?;
    let numbers: Vec<u32> = accepted_connections(seen, None).iter().map(|client| client.0).collect();
    let all = streams(&seen.journal, Some(&numbers));
    let mut own = all.iter().filter(|stream| stream.server == program).peekable();
    own.peek()?;
    let ends: Vec<&SocketRow> = all.iter().filter_map(|stream| its_end(seen, stream.client, rows)).collect();
    // A program that closed its connection first waits for something else.
    let has_ended = |stream: &Stream<'_>| {
        stream.closed.is_some_and(|closed| closed < id && stream.ending.is_none_or(|(end, _)| end > closed))
    };
    let waits_for_socket = |thread: &&BlockedThread| thread.inode.is_some();
    let mut on_keyboard = threads.iter().filter(|thread| thread.fd == Some(0) && is_read(thread));
    let is_alone = on_keyboard.next().is_some() && !threads.iter().any(waits_for_socket);
    let is_unread = |end: &&SocketRow| end.unread_bytes() > 0;
    // The queue counts the end of the stream as a byte, until a read returns it.
    let knows_end = ends.iter().all(|end| end.receive_queue == 0);
    let hint = if knows_end { Hint::ExitProgram } else { Hint::ReadWhileTyping };
    (is_alone && own.all(has_ended) && !ends.iter().any(is_unread)).then_some(Cause::StillReadsKeyboard { hint })
}

/// Returns the program's end of an accepted connection, if a process still holds it.
pub(super) fn its_end<'a>(seen: &Evidence, wanted: ClientId, rows: &'a [SocketRow]) -> Option<&'a SocketRow> {
    let (local, peer) = seen.journal.iter().find_map(|event| match event.kind {
        EventKind::Accepted { client, local, peer, .. } if client == wanted => Some((local, peer)),
        _ => None,
    })?;
    // A datagram socket that is not connected has no peer.
    let is_end = |row: &&SocketRow| row.local == peer && (row.peer == local || row.peer.port() == 0);
    rows.iter().filter(is_end).find(|row| row.inode != 0)
}

/// Returns the last proof of silence: its event, the threads of a program and the sockets.
fn last_silence(seen: &Evidence, program: ServerId) -> Option<(EventId, Vec<&BlockedThread>, &[SocketRow])> {
    let last = seen.journal.iter().filter_map(|event| Some((event.id, silent_state(event)?))).next_back();
    let (id, (threads, rows)) = last?;
    Some((id, threads.iter().filter(|thread| thread.server == program).collect(), rows))
}

/// Returns true if a thread waits in a call that reads from one descriptor.
fn is_read(thread: &BlockedThread) -> bool {
    matches!(thread.call.as_str(), "read" | "recv" | "recvfrom" | "recvmsg" | "readv")
}
