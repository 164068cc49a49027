//! Connections that are over and still hold their server's port (TIME-WAIT, a minute on Linux), on a network that a scenario shares
//! with the runs before it: a server without `SO_REUSEADDR` could not bind the port, which is no fault on a network of one's own.
//! They are ended from the client's side, as a host ends one that it knows nothing of after a restart.

use std::collections::BTreeSet;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socket2::{Domain, Socket, Type};

use super::World;
use crate::model::{ServerId, TcpState};
use crate::scenario::stage::StageError;
use crate::sys::sock_diag::Row;

/// How long one may stay that could not be ended (`TCP_TIMEWAIT_LEN` in include/net/tcp.h is 60 s).
const LINGER: Duration = Duration::from_secs(65);
/// How soon the table is asked whether it is gone.
const SOON: Duration = Duration::from_millis(1);

impl World {
    /// Ends what lingers on these ports, or waits until it is over by itself. Where somebody listens there the listener is whoever
    /// the port belongs to, and nothing is done.
    pub(super) fn free_ports(&mut self, ports: &BTreeSet<u16>) -> Result<(), StageError> {
        let lingering = self.lingering_on(ports);
        if lingering.is_empty() {
            return Ok(());
        }
        for row in &lingering {
            // Not where the client was on another machine, or somebody else has its port by now: that one is waited for.
            let _ = end(row.peer, row.local);
        }
        self.go_on(Instant::now() + LINGER, Some(SOON), |world| Ok(world.lingering_on(ports).is_empty()))?;
        self.pass_over(lingering.iter().map(|row| row.peer));
        // Waiting for others is no part of the scenario's own time.
        self.deadline = Instant::now() + self.setup.scenario_within;
        Ok(())
    }

    /// The ports that a server which did not come up wanted, as far as something lingers on them.
    pub(super) fn ports_in_the_way(&mut self, id: ServerId) -> BTreeSet<u16> {
        let server = &self.servers[id.0 as usize];
        let wanted: BTreeSet<u16> = match &server.calls {
            Some(calls) => calls.ports.clone(),
            // What it asked for is not told; it is most likely a port of the lab.
            None => self.setup.programs.values().filter_map(|program| program.port).chain(server.port).collect(),
        };
        self.lingering_on(&wanted).iter().map(|row| row.local.port()).collect()
    }

    fn lingering_on(&mut self, ports: &BTreeSet<u16>) -> Vec<Row> {
        let Some(table) = self.table.as_mut().filter(|_| !self.setup.alone && !ports.is_empty()) else {
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

/// Ends the connection from `client` to `server` of which only the server's TIME-WAIT is left. A SYN from the same address makes
/// the kernel answer with the connection's numbers, and whoever gets an answer that means nothing to it resets it (RFC 9293, 3.5.1,
/// half-open connections); a reset with these numbers ends a TIME-WAIT unless `net.ipv4.tcp_rfc1337` is set.
fn end(client: SocketAddr, server: SocketAddr) -> io::Result<()> {
    let socket = Socket::new(Domain::for_address(client), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_reuse_address(true)?;
    socket.bind(&client.into())?;
    match socket.connect(&server.into()) {
        Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => Err(error),
        // Closed at once: no second SYN follows.
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::sys::sock_diag::SocketTable;

    /// A server without `SO_REUSEADDR`, at this address.
    fn listener(at: SocketAddr) -> io::Result<TcpListener> {
        let socket = Socket::new(Domain::for_address(at), Type::STREAM, None)?;
        socket.bind(&at.into())?;
        socket.listen(1)?;
        Ok(socket.into())
    }

    /// In a network of its own: others' tests have ports that come and go.
    fn ends_what_holds_the_port() {
        for any in ["127.0.0.1:0", "[::1]:0"] {
            let server = listener(any.parse().expect("an address")).expect("bound");
            let at = server.local_addr().expect("bound");
            let mut client = TcpStream::connect(at).expect("connected");
            drop(server.accept().expect("accepted"));
            assert_eq!(client.read(&mut [0]).expect("its end"), 0);
            let from = client.local_addr().expect("connected");
            drop((client, server));
            let lingers = || {
                let rows =
                    SocketTable::open().and_then(|mut table| table.tcp(&[TcpState::TimeWait])).expect("the table");
                rows.iter().any(|row| row.local == at)
            };
            let deadline = Instant::now() + Duration::from_secs(10);
            while !lingers() {
                assert!(Instant::now() < deadline, "the server closed first: {at}");
            }
            assert!(listener(at).is_err(), "it is in the way: {at}");
            end(from, at).expect("a SYN is sent");
            while lingers() {
                assert!(Instant::now() < deadline, "it stays: {at}");
            }
            assert!(listener(at).is_ok(), "nothing is in the way: {at}");
        }
    }

    #[test]
    fn what_holds_a_port_is_ended() {
        crate::sys::sandboxed::inside("stage::lingering::tests::what_holds_a_port_is_ended", ends_what_holds_the_port);
    }
}
