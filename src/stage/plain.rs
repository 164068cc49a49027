//! The plain stage: the host's own loopback, for machines that deny namespaces. One server at a time on a port, behind a
//! lock; what is started is found again as this process's descendants and ended by hand.

use std::io::{self, Read};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::World;
use crate::model::net::Owner;
use crate::model::{SocketRow, TcpState};
use crate::scenario::stage::StageError;
use crate::sys::capture::Idle;
use crate::sys::fence::Fence;
use crate::sys::namespace::drop_root;
use crate::sys::{SysError, ending};

/// How long a server of an earlier run may still hold its port: killed already, and waiting for a processor to end on.
const ENDING: Duration = Duration::from_secs(2);

/// The ports that are held for this agent; given back when it ends.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "held open: they are the locks")] Vec<UnixListener>);

/// What there is in place of namespaces.
#[derive(Debug, Clone, Default)]
pub struct Means {
    /// What programs are put into.
    pub fence: Option<Arc<Fence>>,
    /// What takes in packets, opened before root was dropped; none without the right to it.
    pub packets: Option<Arc<Idle>>,
}

/// Prepares an agent of the plain stage: an unprivileged user, and every orphan comes to it. It is not killed with its
/// parent, because nobody else would end its daemons: the lifeline tells it.
///
/// # Errors
/// The kernel refuses.
pub fn settle_in() -> Result<(), SysError> {
    drop_root()?;
    ending::become_subreaper()?;
    ending::set_not_dumpable()
}

/// Waits until no other agent of this machine uses any of these ports, and holds them.
///
/// # Errors
/// No socket can be made.
pub fn hold_ports(ports: &[u16]) -> io::Result<Held> {
    let mut sorted = ports.to_vec();
    // In one order everywhere, so that two agents never wait for each other.
    sorted.sort_unstable();
    sorted.dedup();
    let held: io::Result<Vec<UnixListener>> = sorted.into_iter().map(hold_port).collect();
    held.map(Held)
}

/// Holds one port: by a socket with a name of its own (`unix(7)`, abstract names), which belongs to the network as the port
/// does, and is gone with its holder.
fn hold_port(port: u16) -> io::Result<UnixListener> {
    let name = SocketAddr::from_abstract_name(format!("socklab-port-{port}"))?;
    loop {
        match UnixListener::bind_addr(&name) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            bound => return bound,
        }
        // Nobody answers: the connection ends when the holder does.
        if let Ok(mut waiting) = UnixStream::connect_addr(&name) {
            let _ = waiting.read(&mut [0]);
        }
    }
}

/// Ends everything that this agent started.
pub fn end_all() {
    let me = rustix::process::getpid().as_raw_pid();
    ending::kill_tree(me, &[]);
}

impl World {
    /// On a shared network: who listens on the port and is nobody of the scenario, whose client may be told it as well.
    fn port_holder(&mut self, port: u16) -> Option<SocketRow> {
        let table = self.table.as_mut()?;
        let mut rows = table.tcp(&[TcpState::Listen]).unwrap_or_default();
        rows.extend(table.udp().unwrap_or_default());
        rows.retain(|row| row.local.port() == port);
        if rows.is_empty() {
            return None;
        }
        let own = self.inodes(&rows);
        let row = rows.iter().find(|row| !own.contains_key(&row.inode))?;
        Some(super::watcher::with_owner(row, Owner::Other))
    }

    /// The same, once whoever was about to go has gone. Nobody where every port is the scenario's own, or none is expected.
    pub(super) fn port_holder_that_stays(&mut self, port: Option<u16>) -> Result<Option<SocketRow>, StageError> {
        let Some(port) = port.filter(|_| !self.setup.alone) else { return Ok(None) };
        if self.port_holder(port).is_some() {
            let deadline = Instant::now() + ENDING;
            self.go_on(deadline, Some(Duration::from_millis(20)), |world| Ok(world.port_holder(port).is_none()))?;
            self.deadline = Instant::now() + self.setup.scenario_within;
        }
        Ok(self.port_holder(port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_held_by_one_at_a_time() {
        // No port of the lab, and one that no other test of this process holds.
        let first = hold_ports(&[61, 60, 61]).expect("nobody holds them");
        let waiting = std::thread::spawn(|| hold_ports(&[60]).map(|_| std::time::Instant::now()));
        let other = hold_ports(&[62]).expect("another port is no matter");
        assert!(!waiting.is_finished());
        let before = std::time::Instant::now();
        drop(first);
        let held_at = waiting.join().expect("no panic").expect("it is free now");
        assert!(held_at >= before);
        drop(other);
    }
}
