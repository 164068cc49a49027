//! A server: its process, its output, and its address for clients. It is started by
//! [`super::server_control`] and waited for by [`super::readiness`].

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::OwnedFd;

use super::syscalls::SyscallTracer;
use crate::model::net::Pid;
use crate::model::{EventId, ExitStatus, Protocol, Role, ServerId, SocketRow};

/// Bytes kept of the beginning of a server's output, and of its end.
pub(super) const OUTPUT_KEPT_BYTES: usize = 16 << 10;

/// The address of a server.
#[derive(Debug, Clone, Copy)]
pub(super) struct ServerAddress {
    pub(super) address: SocketAddr,
    pub(super) protocol: Protocol,
    /// Its row in the socket table, if that can be observed.
    pub(super) listener: Option<SocketAddr>,
}

/// Returns the address at which local clients reach a socket bound to `bound`.
fn reachable_address(bound: SocketAddr, v6_only: bool) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V6(v6) if v6.is_unspecified() && v6_only => Ipv6Addr::LOCALHOST.into(),
        ip if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

/// Captured output: its beginning, its end, and its total length in bytes.
///
/// If a program prints to both streams while nothing else happens, its errors come last: many
/// programs flush their standard output only when they exit, after the error that ended them.
#[derive(Debug, Default)]
pub(super) struct CapturedOutput {
    pub(super) head: Vec<u8>,
    pub(super) tail: Vec<u8>,
    pub(super) total: u64,
    /// The errors that were printed since the last event of the journal.
    errors: Vec<u8>,
    /// The event that is recorded next, as long as they are all that happened.
    before: Option<EventId>,
    /// The stream of the last bytes in `head` and `tail`.
    last_stream: usize,
}

impl CapturedOutput {
    /// Adds what was read from the standard output (0) or the standard error (1) before this event of
    /// the journal, which is the next one.
    pub(super) fn add(&mut self, stream: usize, bytes: &[u8], before: EventId) {
        self.total += bytes.len() as u64;
        if self.before != Some(before) || self.errors.len() > OUTPUT_KEPT_BYTES {
            self.settle();
        }
        self.before = Some(before);
        if stream == 1 {
            self.errors.extend_from_slice(bytes);
        } else {
            self.append(stream, bytes);
        }
    }

    /// Puts the errors after the output so far. What is added later comes after them.
    pub(super) fn settle(&mut self) {
        let errors = std::mem::take(&mut self.errors);
        if !errors.is_empty() {
            self.append(1, &errors);
        }
    }

    /// Appends what a stream printed. The bytes of both streams never share a line.
    fn append(&mut self, stream: usize, bytes: &[u8]) {
        let last = self.tail.last().or(self.head.last());
        if last.is_some_and(|last| *last != b'\n') && self.last_stream != stream {
            self.keep(b"\n");
        }
        self.last_stream = stream;
        self.keep(bytes);
    }

    fn keep(&mut self, bytes: &[u8]) {
        let room = OUTPUT_KEPT_BYTES - self.head.len();
        let (first, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(first);
        self.tail.extend_from_slice(rest);
        if self.tail.len() > 2 * OUTPUT_KEPT_BYTES {
            let cut = self.tail.len() - OUTPUT_KEPT_BYTES;
            self.tail.drain(..cut);
        }
    }

    /// Returns true if a text was printed, as far as the output is kept.
    pub(super) fn contains(&self, text: &[u8]) -> bool {
        let bytes = [&self.head[..], &self.tail[..], &self.errors[..]].concat();
        text.is_empty() || bytes.windows(text.len()).any(|window| window == text)
    }
}

/// A server of the scenario.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) pid: Pid,
    pub(super) pidfd: Option<OwnedFd>,
    /// Held open: some programs exit at the end of their input.
    pub(super) stdin: Option<OwnedFd>,
    pub(super) streams: [Option<OwnedFd>; 2],
    pub(super) output: CapturedOutput,
    pub(super) exited: Option<ExitStatus>,
    /// The signals that the harness sent to it.
    pub(super) sent_signals: BTreeSet<i32>,
    /// True if the limit that ended it was recorded.
    pub(super) capped: bool,
    pub(super) protocol: Option<Protocol>,
    pub(super) port: Option<u16>,
    pub(super) target: Option<SocketAddr>,
    pub(super) ready: Option<(SocketRow, bool)>,
    /// The index of its host, if there are two.
    pub(super) host: Option<usize>,
    /// The tracer of its system calls.
    pub(super) calls: Option<SyscallTracer>,
    /// The TCP ports on which it was seen to listen.
    pub(super) served: BTreeSet<u16>,
    /// Its arguments, and the role that they were started for.
    pub(super) argv: Vec<OsString>,
    pub(super) role: Option<Role>,
    /// The server whose process serves this one's socket too. This one then has no process.
    pub(super) shares: Option<ServerId>,
}

impl Server {
    /// Creates a server that has not been started.
    pub(super) fn new(protocol: Option<Protocol>, port: Option<u16>) -> Self {
        Self {
            pid: 0,
            pidfd: None,
            stdin: None,
            streams: [None, None],
            output: CapturedOutput::default(),
            exited: None,
            sent_signals: BTreeSet::new(),
            capped: false,
            protocol,
            port,
            target: None,
            ready: None,
            host: None,
            calls: None,
            served: BTreeSet::new(),
            argv: Vec::new(),
            role: None,
            shares: None,
        }
    }

    /// Returns the address of the server for clients, once it is ready.
    pub(super) fn endpoint(&self) -> Option<ServerAddress> {
        if let Some(address) = self.target {
            return Some(ServerAddress { address, protocol: self.protocol.unwrap_or(Protocol::Tcp), listener: None });
        }
        let (row, v6_only) = self.ready.as_ref()?;
        let address = reachable_address(row.local, *v6_only);
        Some(ServerAddress {
            address,
            protocol: row.protocol,
            listener: (row.protocol == Protocol::Tcp).then_some(address),
        })
    }

    /// Returns true if the server has printed output that has not been read yet.
    pub(super) fn has_unread_output(&self) -> bool {
        self.streams.iter().flatten().any(|stream| rustix::io::ioctl_fionread(stream).is_ok_and(|unread| unread > 0))
    }

    /// Returns the configured port and the port that it serves.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> {
        self.port.into_iter().chain(self.address().map(|at| at.port()))
    }

    /// Returns the address at which clients reach the server.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.endpoint().map(|place| place.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unread_output_is_detected_on_both_streams() {
        for k in 0..2 {
            let (ours, its) = rustix::pipe::pipe().expect("create a pipe");
            let mut server = Server::new(None, None);
            assert!(!server.has_unread_output(), "server is not started");
            server.streams[k] = Some(ours);
            assert!(!server.has_unread_output());
            rustix::io::write(&its, b"x").expect("write a byte");
            assert!(server.has_unread_output());
            let read = rustix::io::read(server.streams[k].as_ref().expect("stream is open"), &mut [0_u8; 8]);
            assert!(read == Ok(1) && !server.has_unread_output());
            drop(its);
            assert!(!server.has_unread_output(), "end of stream is not output");
        }
    }

    #[test]
    fn errors_come_last_if_nothing_else_happened() {
        let mut output = CapturedOutput::default();
        let text = |output: &CapturedOutput| String::from_utf8(output.head.clone()).expect("text");
        output.add(1, b"s.rb:15:in `send'", EventId(4));
        output.add(0, b"pronto", EventId(4));
        output.add(1, b": no conversion (TypeError)\n", EventId(4));
        assert!(output.contains(b"no conversion") && output.contains(b"pronto"));
        output.settle();
        assert_eq!(text(&output), "pronto\ns.rb:15:in `send': no conversion (TypeError)\n");
        output.add(0, b"atendido\n", EventId(7));
        output.settle();
        assert!(text(&output).ends_with("(TypeError)\natendido\n"), "printed after another event");
    }

    #[test]
    fn long_output_keeps_both_ends_and_the_total() {
        let mut output = CapturedOutput::default();
        for k in 0..4 * OUTPUT_KEPT_BYTES / 1000 {
            output.add(0, &[(k % 251) as u8; 1000], EventId(1));
        }
        let total = 4 * OUTPUT_KEPT_BYTES / 1000 * 1000;
        assert_eq!((output.head.len(), output.total), (OUTPUT_KEPT_BYTES, total as u64));
        assert!(output.tail.len() >= OUTPUT_KEPT_BYTES && output.tail.len() <= 2 * OUTPUT_KEPT_BYTES);
        assert_eq!(
            (output.head[0], output.tail.last().copied()),
            (0, Some(((4 * OUTPUT_KEPT_BYTES / 1000 - 1) % 251) as u8))
        );
    }
}
