//! The reasons to start a server once more: obstacles of the machine that are no fault of the
//! program. The journal keeps only the last start.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use super::Engine;
use super::readiness::Readiness;
use super::server::Server;
use super::wait::PollInterval;
use crate::model::{EventKind, ServerId};
use crate::scenario::runtime::RuntimeError;
use crate::sys::rlimits::UNLIMITED;

/// Why a server is started once more.
#[derive(Debug)]
pub(super) enum RestartReason {
    /// Connections in TIME-WAIT hold these ports. They may be the only cause.
    TimeWait(BTreeSet<u16>),
    /// A compiler's sanitizer could not reserve address space. Sanitizers reserve terabytes that
    /// they never touch, but RLIMIT_DATA counts them.
    AddressSpace,
    /// An address left over from another machine, perhaps the lab's. On a host that has it the
    /// program runs as intended.
    ForeignAddress(Ipv4Addr),
}

/// Returns a reason if it applies to a server after this start.
type Condition = fn(&mut Engine, ServerId, &Readiness) -> Option<RestartReason>;

impl RestartReason {
    /// The conditions in the order in which they are tried, each once.
    pub(super) const IN_ORDER: [Condition; 3] = [Self::time_wait, Self::address_space, Self::foreign_address];

    fn time_wait(engine: &mut Engine, id: ServerId, readiness: &Readiness) -> Option<Self> {
        if matches!(readiness, Readiness::Ready(..)) {
            return None;
        }
        let ports = engine.ports_in_the_way(id);
        (!ports.is_empty()).then_some(Self::TimeWait(ports))
    }

    fn address_space(engine: &mut Engine, id: ServerId, _: &Readiness) -> Option<Self> {
        let server = &engine.servers[id];
        let messages = ["Sanitizer failed to allocate", "Sanitizer can not mmap"];
        let is_lacking = engine.spec.limits.enforced
            && server.exited.is_some()
            && messages.iter().any(|text| server.output.contains(text.as_bytes()));
        is_lacking.then_some(Self::AddressSpace)
    }

    fn foreign_address(engine: &mut Engine, id: ServerId, readiness: &Readiness) -> Option<Self> {
        if matches!(readiness, Readiness::Ready(..)) || engine.servers[id].exited.is_none() {
            return None;
        }
        engine.foreign_address(id).map(Self::ForeignAddress)
    }

    /// Kills the server and removes the obstacle. Returns false if that is not possible: the last
    /// start counts.
    pub(super) fn prepare(self, engine: &mut Engine, id: ServerId) -> Result<bool, RuntimeError> {
        match self {
            Self::TimeWait(ports) => {
                engine.kill_server(id)?;
                engine.free_ports(&ports)?;
            }
            Self::AddressSpace => {
                // Safe to lift: the resource monitor adds up the memory that all programs really
                // hold.
                engine.program_limits.data_bytes = UNLIMITED;
                engine.kill_server(id)?;
            }
            Self::ForeignAddress(address) => {
                if engine.add_address(engine.servers[id].host, address).is_err() {
                    return Ok(false);
                }
                engine.kill_server(id)?;
                engine.recorder.record(EventKind::AddressGiven { server: id, address: address.into() });
            }
        }
        Ok(true)
    }
}

impl Engine {
    /// Kills a server and its descendants before it is started again.
    fn kill_server(&mut self, id: ServerId) -> Result<(), RuntimeError> {
        self.servers[id].sent_signals.insert(libc::SIGKILL);
        for process in self.descendants(id) {
            if let Some(pid) = rustix::process::Pid::from_raw(process) {
                // The process may have exited by itself meanwhile.
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
        if self.servers[id].pid != 0 {
            let deadline = self.step_deadline(None);
            self.wait_for_programs(deadline, PollInterval::OnEvent, |engine| Ok(engine.servers[id].exited.is_some()))?;
        }
        let (protocol, port, host) = (self.servers[id].protocol, self.servers[id].port, self.servers[id].host);
        for stream in self.servers[id].streams.iter().flatten() {
            self.event_loop.forget(stream);
        }
        if let Some(calls) = &self.servers[id].calls {
            self.event_loop.forget(&calls.tracer);
        }
        self.servers[id] = Server { host, ..Server::new(protocol, port) };
        // The journal keeps only the second start.
        self.recorder.discard(
            |kind| matches!(kind, EventKind::Exited { server, .. } | EventKind::Called { server, .. } if *server == id),
        );
        Ok(())
    }
}
