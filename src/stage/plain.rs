//! The plain stage: the host's own loopback, for machines that deny namespaces. One server at a time on a port, behind a
//! lock; what is started is found again as this process's descendants and ended by hand.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::time::{Duration, Instant};

use super::World;
use crate::model::net::Owner;
use crate::model::{SocketRow, TcpState};
use crate::scenario::stage::StageError;
use crate::sys::namespace::drop_root;
use crate::sys::{SysError, ending};

/// How long a connection of an earlier run may hold its port (`TCP_TIMEWAIT_LEN` in include/net/tcp.h is 60 s).
const LINGER: Duration = Duration::from_secs(65);

/// The ports that are held for this agent; given back when it ends.
#[derive(Debug)]
pub struct Held(#[expect(dead_code, reason = "held open for their locks")] Vec<File>);

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
/// The lock's file cannot be made or locked.
pub fn hold_ports(ports: &[u16]) -> io::Result<Held> {
    let mut sorted = ports.to_vec();
    // In one order everywhere, so that two agents never wait for each other.
    sorted.sort_unstable();
    sorted.dedup();
    // Ports are a network's: agents in different network namespaces (containers) are not in each other's way.
    let network = std::fs::metadata("/proc/self/ns/net").map_or(0, |metadata| metadata.ino());
    let mut held = Vec::new();
    for port in sorted {
        let path = std::env::temp_dir().join(format!("socklab-port-{network}-{port}.lock"));
        let open = |create: bool| {
            OpenOptions::new()
                .read(true)
                .write(create)
                .create(create)
                .mode(0o666)
                .custom_flags(libc::O_NOFOLLOW)
                .open(&path)
        };
        // Somebody else's file can be locked, if not written (and `fs.protected_regular` forbids to create over it).
        let file = open(false).or_else(|_| open(true))?;
        rustix::io::retry_on_intr(|| rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive))?;
        held.push(file);
    }
    Ok(Held(held))
}

/// Ends everything that this agent started.
pub fn end_all() {
    let me = rustix::process::getpid().as_raw_pid();
    ending::kill_tree(me, &[]);
}

impl World {
    /// On a shared network: who else listens on the port, or else a connection of an earlier run that holds it.
    pub(super) fn port_holder(&mut self, port: Option<u16>) -> Option<SocketRow> {
        if self.setup.alone {
            return None;
        }
        let table = self.table.as_mut()?;
        let mut rows = table.tcp(&[TcpState::Listen, TcpState::TimeWait]).unwrap_or_default();
        rows.extend(table.udp().unwrap_or_default());
        // Where no port is expected it may be any that something lingers on; others' listeners are then no matter.
        rows.retain(|row| match port {
            Some(port) => row.local.port() == port,
            None => row.state == TcpState::TimeWait,
        });
        rows.sort_by_key(|row| row.state == TcpState::TimeWait);
        rows.first().map(|row| super::watcher::with_owner(row, Owner::Other))
    }

    /// Waits until no connection of an earlier run holds the port any more.
    pub(super) fn await_free_port(&mut self, port: Option<u16>) -> Result<(), StageError> {
        let deadline = Instant::now() + LINGER;
        self.go_on(deadline, Some(Duration::from_millis(20)), |world| {
            Ok(world.port_holder(port).is_none_or(|row| row.state != TcpState::TimeWait))
        })?;
        // Waiting for others is no part of the scenario's own time.
        self.deadline = Instant::now() + self.setup.scenario_within;
        Ok(())
    }
}
