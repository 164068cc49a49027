//! Derives why a client got no answer from a proof of silence: where the server's threads wait, and
//! where the client's data are.

use std::net::SocketAddr;

use super::stream::Stream;
use crate::model::net::Owner;
use crate::model::{
    BlockedThread, Cause, ClientId, EventKind, Evidence, Hint, Protocol, ServerId, SocketRow, TcpState,
};

/// The proof of silence that ended a client's wait.
pub(super) struct SilentServer<'a> {
    client: ClientId,
    protocol: Protocol,
    /// The threads of the client's server.
    threads: Vec<&'a BlockedThread>,
    /// All sockets of that time.
    rows: &'a [SocketRow],
    /// The server's end of the client's connection, or its UDP socket.
    row: Option<&'a SocketRow>,
    seen: &'a Evidence,
}

impl<'a> SilentServer<'a> {
    /// Returns the proof that ended the first wait of a client that was not met. `None` if the time
    /// limit ended that wait.
    pub(super) fn of(seen: &'a Evidence, stream: &Stream<'_>) -> Option<Self> {
        let (late, ..) = stream.timeout?;
        let mut before = None;
        for event in seen.journal.iter() {
            match &event.kind {
                EventKind::Silent { threads, rows } => before = Some((threads, rows)),
                EventKind::Late { silent, .. } if event.id == late => {
                    let (threads, rows) = before.filter(|_| *silent)?;
                    return Self::new(seen, stream, threads, rows);
                }
                _ => {}
            }
        }
        None
    }

    fn new(
        seen: &'a Evidence,
        stream: &Stream<'_>,
        threads: &'a [BlockedThread],
        rows: &'a [SocketRow],
    ) -> Option<Self> {
        let protocol = stream.protocol?;
        let threads: Vec<_> = threads.iter().filter(|thread| thread.server == stream.server).collect();
        let (local, peer) =
            connections(seen).find(|(client, ..)| *client == stream.client).map(|(_, at, to)| (at, to))?;
        let row = rows.iter().find(|row| match protocol {
            Protocol::Tcp => row.local == peer && row.peer == local,
            Protocol::Udp => {
                row.protocol == Protocol::Udp && is_of(row, stream.server) && row.local.port() == peer.port()
            }
        });
        // A thread that sleeps goes on later: the answer may only be late.
        let sleeps = threads.iter().any(|thread| thread.call == "sleep");
        (!threads.is_empty() && !sleeps).then_some(Self { client: stream.client, protocol, threads, rows, row, seen })
    }

    /// Returns the cause if the server has not read the client's data: it comes before what the
    /// server may have printed.
    pub(super) fn unread_cause(&self) -> Option<Cause> {
        let client = self.client;
        let row = self.row?;
        if row.inode == 0 && row.state == TcpState::Established {
            if self.only_waits_for_keyboard() {
                return Some(Cause::WaitsForKeyboard { client });
            }
            let same_port =
                |other: &&SocketRow| other.state == TcpState::Listen && other.local.port() == row.local.port();
            return Some(match (self.rows.iter().filter(same_port).count(), self.other_client()) {
                (_, Some(other)) => Cause::BusyWithClient { client, other, call: self.call() },
                (2.., None) => Cause::OtherListener { client },
                (_, None) if self.only_selects() => Cause::ListenerNotWatched { client, call: self.call() },
                (_, None) => Cause::LeftInAcceptQueue { client, call: self.call() },
            });
        }
        if self.threads.iter().any(|thread| is_keyboard(thread)) {
            return Some(Cause::WaitsForKeyboard { client });
        }
        let bytes = row.unread_bytes();
        // A blocked reader of the same socket would take them: it waits for more than these.
        let reads_it = self.threads.iter().any(|thread| thread.inode == Some(row.inode));
        (bytes > 0 && !reads_it).then(|| match (self.protocol, self.shared_client()) {
            (Protocol::Tcp, Some(other)) => Cause::SharedConnection { client, other, bytes },
            (Protocol::Tcp, None) if self.only_selects() => {
                Cause::ConnectionNotWatched { client, bytes, call: self.call() }
            }
            (Protocol::Tcp, None) => {
                Cause::DataUnread { client, bytes, call: Some(self.call()), hint: self.reading_hint() }
            }
            (Protocol::Udp, _) => Cause::DatagramUnread { client, call: self.call() },
        })
    }

    /// Returns true if a thread waits for the keyboard, and none for the network.
    fn only_waits_for_keyboard(&self) -> bool {
        let is_network = |thread: &&BlockedThread| {
            thread.inode.is_some() || matches!(&*thread.call, "select" | "poll" | "epoll_wait" | "accept")
        };
        self.threads.iter().any(|thread| is_keyboard(thread))
            && !self.threads.iter().any(|thread| is_network(thread) && !is_keyboard(thread))
    }

    /// Returns true if the program itself has an event loop: one thread, or those of Node. The runtime
    /// of Go waits in `epoll_wait` for reads that block.
    fn has_event_loop(&self) -> bool {
        let is_node =
            |thread: &&BlockedThread| ["node", "libuv", "MainThread"].iter().any(|name| thread.name.starts_with(name));
        self.threads.len() == 1 || self.threads.iter().any(is_node)
    }

    /// Returns the hint for unread data: what a program must do so that it does not wait elsewhere.
    fn reading_hint(&self) -> Hint {
        let waits_in = |names: &[&str]| self.threads.iter().any(|thread| names.contains(&&*thread.call));
        if waits_in(&["accept"]) {
            Hint::ServeAccepted
        } else if waits_in(&["epoll_wait"]) && self.has_event_loop() {
            Hint::EventLoop
        } else if waits_in(&["select", "poll"]) {
            Hint::WatchAll
        } else {
            Hint::ReadData
        }
    }

    /// Returns the cause if the rest of a client's data is unread, and nothing will report it.
    pub(super) fn unwatched_cause(&self) -> Option<Cause> {
        self.unread_cause().filter(|cause| matches!(cause, Cause::ConnectionNotWatched { .. }))
    }

    /// Returns true if the server only waits in `select`, `epoll_wait` or `poll`. They return at once
    /// if they watch a socket with data or a waiting connection (select(2), epoll(7)); edge-triggered,
    /// they report it once. `poll` of a single socket may stand in the place of `accept` or `recv`.
    fn only_selects(&self) -> bool {
        let is_of_one = |thread: &BlockedThread| thread.call == "poll" && thread.fd.is_some();
        let selects = |call: &str| matches!(call, "select" | "epoll_wait" | "poll");
        self.threads.iter().all(|thread| selects(&thread.call) && !is_of_one(thread))
    }

    /// Returns true if the server has read some of a client's data, left the rest unread, and its only
    /// thread waits in `accept` for another client.
    pub(super) fn accepts_again(&self) -> bool {
        let waits =
            |inode: u64| self.threads.iter().all(|thread| thread.call == "accept" && thread.inode == Some(inode));
        let listens = self.rows.iter().any(|row| row.state == TcpState::Listen && waits(row.inode));
        let is_unread = self.row.is_some_and(|row| row.inode != 0 && row.unread_bytes() > 0);
        self.threads.len() == 1 && listens && is_unread
    }

    /// Returns the first client, if it alone was answered, and has ended before this one gave up.
    fn only_served(&self, all: &[Stream<'_>]) -> Option<ClientId> {
        let mut answered = all.iter().filter(|one| !one.got.is_empty());
        let (first, None) = (answered.next()?, answered.next()) else { return None };
        let is_first = all.iter().all(|one| one.client >= first.client) && first.client < self.client;
        let gave_up = all.iter().find(|one| one.client == self.client)?.timeout?.0;
        let has_ended = first.closed.is_some_and(|closed| closed < gave_up);
        // The server has seen that end.
        let (_, local, _) = connections(self.seen).find(|(client, ..)| *client == first.client)?;
        let is_unseen = self.rows.iter().any(|row| row.peer == local && row.receive_queue > 0);
        (is_first && has_ended && !is_unseen && !self.may_await_thread()).then_some(first.client)
    }

    /// Returns true if a thread may wait for a lock, and the virtual machine of the program prints no
    /// stacks that would show it.
    fn may_await_thread(&self) -> bool {
        let is_opaque = |name: &str| name.starts_with(".NET") || name.starts_with("ruby");
        let has = |is: &dyn Fn(&BlockedThread) -> bool| self.threads.iter().any(|thread| is(thread));
        has(&|thread| thread.call == "futex") && has(&|thread| is_opaque(&thread.name))
    }

    /// Returns another client for whose data several threads wait.
    fn shared_client(&self) -> Option<ClientId> {
        let waits = |inode| self.threads.iter().filter(|thread| thread.inode == inode).count();
        self.threads
            .iter()
            .filter(|thread| thread.inode.is_some() && waits(thread.inode) > 1)
            .find_map(|thread| self.client_of(thread))
    }

    /// Returns the cause for data that the server has read. `printed` is the hint if it has printed
    /// them.
    pub(super) fn read_cause(&self, hint: Hint, printed: Option<Hint>, all: &[Stream<'_>]) -> Cause {
        let cause = self.place_cause(hint);
        let is_vague = printed.is_some() || matches!(cause, Cause::ReadNotAnswered { .. });
        match (self.only_served(all).filter(|_| is_vague), printed) {
            (Some(other), _) => Cause::OnlyFirstClient { client: self.client, other },
            (None, Some(hint)) => Cause::PrintedSilent { client: self.client, call: self.call(), hint },
            (None, None) => cause,
        }
    }

    /// Returns the cause for data that the server has read, from the place where it waits.
    fn place_cause(&self, hint: Hint) -> Cause {
        let client = self.client;
        let call = self.call();
        let Some(row) = self.row.filter(|row| row.unread_bytes() == 0 && row.inode != 0) else {
            return Cause::NoAnswerSilent { client, call, hint };
        };
        let waits = |inode| self.threads.iter().any(|thread| thread.inode == Some(inode));
        let listens = self.rows.iter().any(|row| row.state == TcpState::Listen && waits(row.inode));
        match self.protocol {
            Protocol::Udp => Cause::DatagramReadNotAnswered { client, call },
            Protocol::Tcp if waits(row.inode) => Cause::ReadsOn { client, call },
            Protocol::Tcp if listens && self.threads.len() == 1 => Cause::AwaitsOtherClient { client },
            Protocol::Tcp => Cause::ReadNotAnswered { client, call },
        }
    }

    /// Returns another client for whose data a thread waits.
    fn other_client(&self) -> Option<ClientId> {
        self.threads.iter().find_map(|thread| self.client_of(thread))
    }

    /// Returns the client for whose data a thread waits, if it is another one.
    fn client_of(&self, thread: &BlockedThread) -> Option<ClientId> {
        let row = self.rows.iter().find(|row| Some(row.inode) == thread.inode)?;
        let other = connections(self.seen).find(|&(_, local, peer)| row.peer == local && row.local == peer);
        other.map(|(client, ..)| client).filter(|&client| client != self.client)
    }

    /// Returns the calls in which the threads wait.
    fn call(&self) -> String {
        calls_of(&self.threads)
    }
}

/// Returns the calls in which the threads of a server waited at the last proof of silence. `None`
/// if one of them sleeps, and therefore goes on later.
pub(super) fn last_calls(seen: &Evidence, server: ServerId) -> Option<String> {
    let mut last = seen.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Silent { threads, .. } => Some(threads),
        _ => None,
    });
    let threads: Vec<_> = last.next_back()?.iter().filter(|thread| thread.server == server).collect();
    (!threads.iter().any(|thread| thread.call == "sleep")).then(|| calls_of(&threads))
}

/// Returns the calls in which threads wait, in alphabetical order, each once. Locks and waits for
/// children are left out if there are others.
fn calls_of(threads: &[&BlockedThread]) -> String {
    let mut calls: Vec<&str> = threads.iter().map(|thread| thread.call.as_str()).collect();
    calls.sort_unstable();
    calls.dedup();
    let for_input: Vec<&str> =
        calls.iter().copied().filter(|call| !matches!(*call, "futex" | "wait" | "waitid")).collect();
    if for_input.is_empty() { calls.join(", ") } else { for_input.join(", ") }
}

/// Returns true if a thread waits for standard input.
fn is_keyboard(thread: &BlockedThread) -> bool {
    thread.call == "read" && thread.fd == Some(0) && thread.inode.is_none()
}

fn is_of(row: &SocketRow, server: ServerId) -> bool {
    matches!(row.owner, Owner::Server(owner, _) if owner == server)
}

/// Returns every client that connected, with its own address and that of the server.
fn connections(seen: &Evidence) -> impl Iterator<Item = (ClientId, SocketAddr, SocketAddr)> {
    seen.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Connected { client, local, peer, .. } => Some((*client, *local, *peer)),
        _ => None,
    })
}
