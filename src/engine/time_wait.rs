//! Frees ports that closed connections still hold (TIME-WAIT, a minute on Linux).
//!
//! On a network shared with earlier runs, a server without `SO_REUSEADDR` could not bind such a
//! port. In a sandbox the same server starts. The connections are ended from the client's side, as
//! by a host that has restarted and does not know them.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use super::Engine;
use crate::model::{ServerId, TcpState};
use crate::scenario::runtime::RuntimeError;
use crate::sys::sock_diag::DiagRow;

/// How long a connection may stay that could not be ended (`TCP_TIMEWAIT_LEN` in include/net/tcp.h
/// is 60 s).
const TIME_WAIT_TIMEOUT: Duration = Duration::from_secs(65);
/// Interval between two queries of the socket table.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

impl Engine {
    /// Ends the connections in TIME-WAIT on these ports, or waits until they expire. Skips ports
    /// with a listener: they belong to its owner.
    pub(super) fn free_ports(&mut self, ports: &BTreeSet<u16>) -> Result<(), RuntimeError> {
        let lingering = self.time_wait_rows(ports);
        if lingering.is_empty() {
            return Ok(());
        }
        for row in &lingering {
            // Fails if the client was on another machine, or its port has a new owner. That
            // connection is waited for.
            let _ = end_time_wait(row.peer, row.local);
        }
        self.wait_until_deadline(Instant::now() + TIME_WAIT_TIMEOUT, POLL_INTERVAL, |engine| {
            Ok(engine.time_wait_rows(ports).is_empty())
        })?;
        self.exclude_packets(lingering.iter().map(|row| row.peer));
        // Waiting for other runs does not count as time of the scenario.
        self.deadline = Instant::now() + self.spec.script.limits.scenario.0;
        Ok(())
    }

    /// Returns the ports that a server tried to bind and that connections in TIME-WAIT hold. Called
    /// if the server did not become ready.
    pub(super) fn ports_in_the_way(&mut self, id: ServerId) -> BTreeSet<u16> {
        let server = &self.servers[id];
        let wanted: BTreeSet<u16> = match &server.calls {
            Some(calls) => calls.ports.clone(),
            // Its calls are not traced. It most likely asked for a port of the lab.
            None => self.spec.programs.values().filter_map(|program| program.port).chain(server.port).collect(),
        };
        self.time_wait_rows(&wanted).iter().map(|row| row.local.port()).collect()
    }

    fn time_wait_rows(&mut self, ports: &BTreeSet<u16>) -> Vec<DiagRow> {
        let Some(table) = self.observers.sockets.as_mut().filter(|_| !self.spec.is_isolated() && !ports.is_empty())
        else {
            return Vec::new();
        };
        let mut rows = table.tcp(&[TcpState::Listen, TcpState::TimeWait]).unwrap_or_default();
        rows.retain(|row| ports.contains(&row.local.port()));
        let served: BTreeSet<u16> =
            rows.iter().filter(|row| row.state == TcpState::Listen).map(|row| row.local.port()).collect();
        rows.retain(|row| !served.contains(&row.local.port()));
        rows
    }
}

/// Ends the connection from `client` to `server`, of which only the server's TIME-WAIT is left.
///
/// The kernel answers a SYN from the same address with the connection's numbers. The client does
/// not expect that answer and resets (RFC 9293, 3.5.1, half-open connections). A reset with these
/// numbers ends a TIME-WAIT, unless `net.ipv4.tcp_rfc1337` is set.
fn end_time_wait(client: SocketAddr, server: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(client), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.bind(&client.into())?;
    match socket.connect(&server.into()) {
        Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => Err(error),
        // Closed at once, so that no second SYN follows.
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::sys::sock_diag::SocketTable;

    /// Listens at `at` without `SO_REUSEADDR`.
    fn listener(at: SocketAddr) -> io::Result<TcpListener> {
        let socket = Socket::new(Domain::for_address(at), Type::STREAM, None)?;
        socket.bind(&at.into())?;
        socket.listen(1)?;
        Ok(socket.into())
    }

    /// Runs in a separate network: in the shared one, other tests open and close ports.
    fn ends_what_holds_the_port() {
        for any in ["127.0.0.1:0", "[::1]:0"] {
            let server = listener(any.parse().expect("parse the address")).expect("bind a listener");
            let at = server.local_addr().expect("listener address");
            let mut client = TcpStream::connect(at).expect("connect");
            drop(server.accept().expect("accept"));
            assert_eq!(client.read(&mut [0]).expect("read the end of the stream"), 0);
            let from = client.local_addr().expect("client address");
            drop((client, server));
            let lingers = || {
                let rows = SocketTable::open()
                    .and_then(|mut table| table.tcp(&[TcpState::TimeWait]))
                    .expect("read the socket table");
                rows.iter().any(|row| row.local == at)
            };
            let deadline = Instant::now() + Duration::from_secs(10);
            while !lingers() {
                assert!(Instant::now() < deadline, "TIME-WAIT appears at {at}");
            }
            assert!(listener(at).is_err(), "TIME-WAIT blocks {at}");
            end_time_wait(from, at).expect("send a SYN");
            while lingers() {
                assert!(Instant::now() < deadline, "TIME-WAIT ends at {at}");
            }
            assert!(listener(at).is_ok(), "{at} is free");
        }
    }

    #[test]
    fn time_wait_connection_is_ended() {
        crate::sys::test_sandbox::run_in_sandbox(
            "engine::time_wait::tests::time_wait_connection_is_ended",
            ends_what_holds_the_port,
        );
    }
}
