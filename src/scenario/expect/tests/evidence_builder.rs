//! Hand-made journals: a server that became ready, clients that connected, their data, snapshots.
//!
//! An expectation, as an author writes it, judges a journal. Each message that it returns must be
//! in the catalogues.

use std::net::SocketAddr;

use crate::i18n::Catalog;
use crate::model::net::Owner;
use crate::model::{
    Arg, Bytes, ClientId, Event, EventId, EventKind, Evidence, EvidenceKind, ExitStatus, Finding, Gap, Journal,
    Language, Message, Moment, Protocol, ServerId, SocketRow, StartFailure, StreamEnd, TcpState, Verdict, WaitTarget,
};
use crate::scenario::expect::{Expectation, JudgeContext};
use crate::scenario::yaml;

/// The server's port in every journal.
pub(super) const PORT: u16 = 65432;

/// The expected finding: its verdict and the id of its message.
pub(super) type Want = (Verdict, &'static str);

pub(super) fn pass(id: &'static str) -> Want {
    (Verdict::Pass, id)
}

pub(super) fn fail(id: &'static str) -> Want {
    (Verdict::Fail, id)
}

pub(super) fn unverified(id: &'static str) -> Want {
    (Verdict::NotVerified, id)
}

/// Returns an address of this host.
pub(super) fn local_address(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// Returns the address of a client.
pub(super) fn client_at(client: u32) -> SocketAddr {
    local_address(40000 + u16::try_from(client).expect("a small number"))
}

fn nowhere() -> SocketAddr {
    SocketAddr::from(([0, 0, 0, 0], 0))
}

/// Returns a row of the socket table that the first server owns; without an owner if `inode` is 0.
pub(super) fn own(protocol: Protocol, local: SocketAddr, peer: SocketAddr, state: TcpState, inode: u64) -> SocketRow {
    let owner = if inode == 0 { Owner::Nobody } else { Owner::Server(ServerId(0), 12) };
    SocketRow { protocol, local, peer, state, inode, receive_queue: 0, send_queue: 5, owner }
}

/// Returns the server's listening socket.
pub(super) fn listener() -> SocketRow {
    own(Protocol::Tcp, local_address(PORT), nowhere(), TcpState::Listen, 9)
}

/// Returns the server's bound UDP socket.
pub(super) fn datagram() -> SocketRow {
    own(Protocol::Udp, local_address(PORT), nowhere(), TcpState::Close, 8)
}

/// Returns the server's end of a client's connection, accepted unless it is in TIME-WAIT, a state
/// without an owner.
pub(super) fn server_end(client: u32, state: TcpState) -> SocketRow {
    let inode = if state == TcpState::TimeWait { 0 } else { 100 + u64::from(client) };
    own(Protocol::Tcp, local_address(PORT), client_at(client), state, inode)
}

/// Returns the server's end of a client's connection that no process has accepted.
pub(super) fn queued(client: u32, state: TcpState) -> SocketRow {
    own(Protocol::Tcp, local_address(PORT), client_at(client), state, 0)
}

/// Returns the client's end of its connection.
pub(super) fn client_end(client: u32, state: TcpState) -> SocketRow {
    let row = own(Protocol::Tcp, client_at(client), local_address(PORT), state, 200);
    SocketRow { owner: Owner::Harness, ..row }
}

/// Returns both ends of an accepted connection that is open.
pub(super) fn open(client: u32) -> [SocketRow; 2] {
    [client_end(client, TcpState::Established), server_end(client, TcpState::Established)]
}

/// A journal under construction.
#[derive(Debug, Clone, Default)]
pub(super) struct EvidenceBuilder {
    events: Vec<EventKind>,
    gaps: Vec<Gap>,
}

/// Returns a TCP server that listens at the expected address.
pub(super) fn tcp() -> EvidenceBuilder {
    started(Protocol::Tcp).event(EventKind::Ready { server: ServerId(0), row: listener() })
}

/// Returns a UDP server that is bound to the expected address.
pub(super) fn udp() -> EvidenceBuilder {
    started(Protocol::Udp).event(EventKind::Ready { server: ServerId(0), row: datagram() })
}

/// Returns a server that was started, without further events.
pub(super) fn started(protocol: Protocol) -> EvidenceBuilder {
    EvidenceBuilder::default().event(EventKind::Started {
        server: ServerId(0),
        role: None,
        command: "python3 server.py".to_owned(),
        pid: 12,
        protocol: Some(protocol),
        port: Some(PORT),
        stands_in: None,
    })
}

/// Returns a TCP server that did not become ready.
pub(super) fn given_up(why: StartFailure) -> EvidenceBuilder {
    started(Protocol::Tcp).event(EventKind::NotReady { server: ServerId(0), why })
}

impl EvidenceBuilder {
    pub(super) fn event(mut self, event: EventKind) -> Self {
        self.events.push(event);
        self
    }

    fn connected(self, protocol: Protocol, client: u32) -> Self {
        let (client, local) = (ClientId(client), client_at(client));
        self.event(EventKind::Connected { client, server: ServerId(0), protocol, local, peer: local_address(PORT) })
    }

    /// Connects clients 1 to `clients` over TCP.
    pub(super) fn clients(self, clients: u32) -> Self {
        (1..=clients).fold(self, |builder, client| builder.connected(Protocol::Tcp, client))
    }

    /// Gives clients 1 to `clients` a UDP socket each.
    pub(super) fn senders(self, clients: u32) -> Self {
        (1..=clients).fold(self, |builder, client| builder.connected(Protocol::Udp, client))
    }

    /// Records that this client's connection was refused.
    pub(super) fn refused(self, client: u32) -> Self {
        self.unconnected(client, StreamEnd::Refused)
    }

    pub(super) fn unconnected(self, client: u32, ending: StreamEnd) -> Self {
        self.event(EventKind::ConnectFailed { client: ClientId(client), server: ServerId(0), ending })
    }

    pub(super) fn sent(self, client: u32, bytes: impl AsRef<[u8]>) -> Self {
        self.event(EventKind::Sent { client: ClientId(client), bytes: Bytes::from(bytes.as_ref()) })
    }

    pub(super) fn got(self, client: u32, bytes: impl AsRef<[u8]>) -> Self {
        self.event(EventKind::Received { client: ClientId(client), bytes: Bytes::from(bytes.as_ref()) })
    }

    /// Records data for this client from another port of the server's host.
    pub(super) fn stray(self, client: u32, bytes: impl AsRef<[u8]>) -> Self {
        self.event(EventKind::Stray {
            client: ClientId(client),
            from: local_address(50000),
            bytes: Bytes::from(bytes.as_ref()),
        })
    }

    pub(super) fn overflowed(self, client: u32, bytes: u64) -> Self {
        self.event(EventKind::Overflowed { client: ClientId(client), bytes })
    }

    pub(super) fn ended(self, client: u32, ending: StreamEnd) -> Self {
        self.event(EventKind::Ended { client: ClientId(client), ending })
    }

    pub(super) fn late(self, client: u32) -> Self {
        let waiting = WaitTarget::Answer { got: 0, of: 5 };
        self.event(EventKind::Late {
            client: ClientId(client),
            waiting,
            within_ms: 5000,
            silent: false,
            busy_unread: None,
        })
    }

    pub(super) fn closed(self, client: u32) -> Self {
        self.event(EventKind::Closed { client: ClientId(client) })
    }

    /// Takes a snapshot named `seen` with these rows.
    pub(super) fn snapshot(self, rows: impl IntoIterator<Item = SocketRow>) -> Self {
        let name = "seen".parse().expect("a name");
        self.event(EventKind::Snapshot { name, settled: true, busy: false, rows: rows.into_iter().collect() })
    }

    /// Takes the same snapshot of a server that was busy although nothing was requested from it.
    pub(super) fn busy_snapshot(self, rows: impl IntoIterator<Item = SocketRow>) -> Self {
        let name = "seen".parse().expect("a name");
        self.event(EventKind::Snapshot { name, settled: false, busy: true, rows: rows.into_iter().collect() })
    }

    pub(super) fn exited(self, status: ExitStatus) -> Self {
        self.event(EventKind::Exited { server: ServerId(0), status })
    }

    /// Records the output of the server, all of it kept.
    pub(super) fn printed(self, text: &str) -> Self {
        self.output(text, "", text.len() as u64)
    }

    pub(super) fn output(self, head: &str, tail: &str, total: u64) -> Self {
        let (head, tail) = (Bytes::from(head.as_bytes()), Bytes::from(tail.as_bytes()));
        self.event(EventKind::Output { server: ServerId(0), head, tail, total })
    }

    /// Records that this evidence could not be observed.
    pub(super) fn without(mut self, evidence: EvidenceKind) -> Self {
        self.gaps.push(Gap { evidence, because: crate::model::GapReason::Target {} });
        self
    }

    pub(super) fn evidence(self) -> Evidence {
        let number = |k: usize| u32::try_from(k).expect("a small number");
        let event = |(k, kind)| Event { id: EventId(number(k)), at: Moment(k as u64), step: 0, kind };
        let journal = Journal(self.events.into_iter().enumerate().map(event).collect());
        let variables = [("port".to_owned(), PORT.to_string())].into();
        Evidence { journal, gaps: self.gaps, variables, ..Evidence::default() }
    }

    /// Returns the finding of the expectation about this journal.
    pub(super) fn judged(self, word: &str) -> Finding {
        judged(word, &self.evidence())
    }

    /// Judges the journal and compares the finding.
    pub(super) fn assert_finding(self, word: &str, want: Want) -> Finding {
        let finding = self.judged(word);
        assert_eq!((finding.verdict, &*finding.because.message().id), want, "{word}: {finding:?}");
        finding
    }
}

/// Parses an expectation as an author writes it.
pub(super) fn expectation(word: &str) -> Expectation {
    yaml::read("word.yaml", word).unwrap_or_else(|mistakes| panic!("{word}: {mistakes:?}"))
}

/// Returns the finding of an expectation; all of its messages must be in the catalogues.
pub(super) fn judged(word: &str, seen: &Evidence) -> Finding {
    let finding = expectation(word).act().judge(&JudgeContext::new(seen));
    assert_messages_known(&finding);
    finding
}

/// Returns the message with all data in it replaced, so that data cannot look like a formatting
/// error.
fn without_data(message: &Message) -> Message {
    let blank = |arg: &Arg| match arg {
        Arg::Text(_) => Arg::Text("x".to_owned()),
        Arg::Message(inner) => Arg::Message(Box::new(without_data(inner))),
        Arg::Number(number) => Arg::Number(*number),
    };
    let args = message.args.iter().map(|(name, arg)| (name.clone(), blank(arg))).collect();
    Message { id: message.id.clone(), args }
}

/// Checks that every message of a finding is in both catalogues, with every argument that it needs.
pub(super) fn assert_messages_known(finding: &Finding) {
    thread_local! {
        static KEYWORDS: [Catalog; 2] = Language::ALL.map(Catalog::load);
    }
    let (because, hint) = (finding.because.message().into_owned(), finding.because.hint());
    let messages = [&because].into_iter().chain(&hint).chain(&finding.notes);
    for message in messages.map(without_data) {
        KEYWORDS.with(|languages| {
            for words in languages {
                let sentence = words.format(&message);
                assert!(!sentence.contains('«') && !sentence.contains("{$"), "{message:?}: {sentence}");
            }
        });
    }
}
