//! Plain mode: the host's own loopback, for machines that deny namespaces. A lock per port allows
//! one server at a time. Programs are found as descendants of this process and killed one by one.

use std::io::{self, Read};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Engine;
use crate::model::net::Owner;
use crate::model::{SocketRow, TcpState};
use crate::scenario::runtime::RuntimeError;
use crate::sys::landlock::LandlockRules;
use crate::sys::namespace::drop_root;
use crate::sys::packet_ring::UnboundSocket;
use crate::sys::{SysError, reap};

/// How long a server of an earlier run may still hold its port: it was killed, and waits for a CPU
/// to exit.
const PORT_RELEASE_TIMEOUT: Duration = Duration::from_secs(2);
/// Interval between two queries for its port.
const RELEASE_POLL: Duration = Duration::from_millis(20);

/// Locks on ports, held by this agent. Dropping them releases the ports.
#[derive(Debug)]
pub(crate) struct PortLocks(#[expect(dead_code, reason = "held open: they are the locks")] Vec<UnixListener>);

/// The means that plain mode has in place of namespaces.
#[derive(Debug, Clone, Default)]
pub(crate) struct PlainModeConfig {
    /// The Landlock rules that apply to programs. None if not available.
    pub landlock: Option<Arc<LandlockRules>>,
    /// The capture socket, opened before root was dropped. None without the privilege.
    pub capture_socket: Option<Arc<UnboundSocket>>,
}

/// Prepares an agent of plain mode: drops root, adopts orphans, and protects its own memory. It is
/// not killed with its parent, because only it ends its daemons: the lifeline stops it.
///
/// # Errors
/// Returns an error if the kernel refuses.
pub(crate) fn prepare_plain_mode() -> Result<(), SysError> {
    drop_root()?;
    reap::become_subreaper()?;
    reap::set_not_dumpable()
}

/// Locks these ports. Waits until no other agent on this machine holds one of them.
///
/// # Errors
/// Returns an error if a socket cannot be created.
pub(crate) fn lock_ports(ports: &[u16]) -> io::Result<PortLocks> {
    let mut sorted = ports.to_vec();
    // Locked in sorted order, so that two agents never wait for each other.
    sorted.sort_unstable();
    sorted.dedup();
    let held: io::Result<Vec<UnixListener>> = sorted.into_iter().map(lock_port).collect();
    held.map(PortLocks)
}

/// Locks one port with an abstract socket name (`unix(7)`). Like the port it belongs to the network
/// namespace, and it disappears with its holder.
fn lock_port(port: u16) -> io::Result<UnixListener> {
    let name = SocketAddr::from_abstract_name(format!("socklab-port-{port}"))?;
    loop {
        match UnixListener::bind_addr(&name) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            bound => return bound,
        }
        // The holder never accepts: the connection ends when the holder does.
        if let Ok(mut waiting) = UnixStream::connect_addr(&name) {
            let _ = waiting.read(&mut [0]);
        }
    }
}

/// Kills everything that this agent started.
pub(crate) fn kill_all() {
    let me = rustix::process::getpid().as_raw_pid();
    reap::kill_tree(me, &[]);
}

impl Engine {
    /// Returns a socket that waits on this port and belongs to no program of the scenario. The
    /// scenario's own sockets do not count: a client program is started with the port of its
    /// server.
    fn port_holder(&mut self, port: u16) -> Option<SocketRow> {
        let table = self.observers.sockets.as_mut()?;
        let mut rows = table.tcp(&[TcpState::Listen]).unwrap_or_default();
        rows.extend(table.udp().unwrap_or_default());
        rows.retain(|row| row.local.port() == port);
        if rows.is_empty() {
            return None;
        }
        let own = self.socket_owners(&rows);
        let row = rows.iter().find(|row| !own.contains_key(&row.inode))?;
        Some(super::socket_table::to_socket_row(row, Owner::Other))
    }

    /// Returns the socket on this port if its owner does not exit soon. None if no port is
    /// expected, or every port belongs to the scenario.
    pub(super) fn lasting_port_holder(&mut self, port: Option<u16>) -> Result<Option<SocketRow>, RuntimeError> {
        let Some(port) = port.filter(|_| !self.spec.is_isolated()) else { return Ok(None) };
        if self.port_holder(port).is_some() {
            let deadline = Instant::now() + PORT_RELEASE_TIMEOUT;
            self.wait_until_deadline(deadline, RELEASE_POLL, |engine| Ok(engine.port_holder(port).is_none()))?;
            self.deadline = Instant::now() + self.spec.script.limits.scenario.0;
        }
        Ok(self.port_holder(port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_lock_has_one_holder() {
        // Not ports of the lab, and not held by another test of this process.
        let first = lock_ports(&[61, 60, 61]).expect("ports are free");
        let waiting = std::thread::spawn(|| lock_ports(&[60]).map(|_| std::time::Instant::now()));
        let other = lock_ports(&[62]).expect("another port is free");
        assert!(!waiting.is_finished());
        let before = std::time::Instant::now();
        drop(first);
        let held_at = waiting.join().expect("thread does not panic").expect("port is free now");
        assert!(held_at >= before);
        drop(other);
    }
}
