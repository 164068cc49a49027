//! The processes of the servers: to which server each belongs, whether they are idle, and the CPU
//! time that they have used.

use std::collections::HashMap;
use std::time::Duration;

use super::Engine;
use super::server::Server;
use crate::model::net::Pid;
use crate::model::{ProgramState, ServerId};
use crate::sys::fds;
use crate::sys::procfs::{self, Process};

/// The server that each process descends from.
#[derive(Debug)]
pub(super) struct ProcessTree {
    /// Kept, because the parent of a daemon has exited.
    server_of: HashMap<Pid, ServerId>,
    /// True if all processes but this one belong to the scenario.
    is_exclusive: bool,
}

impl ProcessTree {
    /// Creates a tree without processes.
    pub(super) fn new(is_exclusive: bool) -> Self {
        Self { server_of: HashMap::new(), is_exclusive }
    }

    /// Returns the processes of every server, daemons included. `first` are the first processes of
    /// the servers, and `only` is the only server.
    fn list(
        &mut self,
        first: impl Iterator<Item = (Pid, ServerId)>,
        only: Option<ServerId>,
    ) -> Vec<(Process, ServerId)> {
        let me = rustix::process::getpid().as_raw_pid();
        for (pid, server) in first {
            self.server_of.entry(pid).or_insert(server);
        }
        // In a sandbox there are few processes. On a shared machine there may be thousands, and
        // every process of a server descends from this one.
        let own = if self.is_exclusive { None } else { procfs::descendants(me, self.server_of.keys().copied()) };
        let all = own.unwrap_or_else(procfs::processes);
        let parents: HashMap<Pid, Pid> = all.iter().map(|process| (process.pid, process.parent)).collect();
        let mut found = Vec::new();
        for process in all {
            if process.pid == me {
                continue;
            }
            let Some(server) = self.descent_of(&process, &parents, me, only) else { continue };
            self.server_of.insert(process.pid, server);
            found.push((process, server));
        }
        found
    }

    /// Returns the server that a process descends from, by its parents as far as they are known.
    ///
    /// An orphan that this process adopted belongs to the server in whose session it was, or to the
    /// only server.
    fn descent_of(
        &self,
        process: &Process,
        parents: &HashMap<Pid, Pid>,
        me: Pid,
        only: Option<ServerId>,
    ) -> Option<ServerId> {
        let mut pid = process.pid;
        for _ in 0..64 {
            if let Some(server) = self.server_of.get(&pid) {
                return Some(*server);
            }
            let parent = *parents.get(&pid)?;
            if parent == me {
                return self.server_of.get(&process.session).copied().or(only);
            }
            pid = parent;
        }
        None
    }
}

impl Engine {
    /// Returns the processes of every server, daemons included.
    pub(super) fn server_processes(&mut self) -> Vec<(Process, ServerId)> {
        self.observers.processes.list(self.servers.first_processes(), self.servers.only())
    }

    /// Returns the state of every program that was started.
    pub(super) fn program_states(&mut self) -> Vec<ProgramState> {
        let all = self.server_processes();
        let ids: Vec<ServerId> = self.servers.ids().filter(|id| self.servers[*id].pid != 0).collect();
        let state = |server: ServerId| {
            let own = || all.iter().filter(move |(_, of)| *of == server).map(|(process, _)| process);
            let running = || own().filter(|process| process.state != 'Z');
            ProgramState {
                server,
                processes: running().count() as u64,
                // The first process is a child of this one, which collects it.
                zombies: own().filter(|process| process.state == 'Z' && !self.is_first(process.pid)).count() as u64,
                threads: running().map(|process| process.threads).sum(),
                descriptors: running().map(|process| fds::descriptor_count(process.pid)).sum(),
            }
        };
        ids.into_iter().map(state).collect()
    }

    /// Returns true if a process is the first one of a program.
    fn is_first(&self, pid: Pid) -> bool {
        self.servers.iter().any(|server| server.pid == pid)
    }

    /// Returns true if a server has a running process other than its first one.
    pub(super) fn has_descendants(&mut self, id: ServerId) -> bool {
        let first = self.servers[id].pid;
        self.server_processes()
            .iter()
            .any(|(process, server)| *server == id && process.pid != first && process.state != 'Z')
    }

    /// Returns the processes of a server.
    pub(super) fn descendants(&mut self, id: ServerId) -> Vec<Pid> {
        let own = self.server_processes().into_iter().filter(|(_, server)| *server == id);
        own.map(|(process, _)| process.pid).collect()
    }

    /// Returns true if every thread of every server sleeps: none is still handling input.
    fn all_sleeping(&mut self) -> bool {
        let all = self.server_processes();
        let asleep = || all.iter().all(|(process, _)| procfs::all_sleeping(process.pid));
        self.observers.monitor.as_ref().map_or_else(asleep, |guard| guard.while_not_paused(asleep))
    }

    /// Returns true if all processes of the servers are idle, and none of them waits for this
    /// process.
    ///
    /// A process may wait here for one of its calls to be recorded, or for a full output pipe to be
    /// read. Checked in this order, neither can begin in between.
    pub(super) fn is_idle(&mut self) -> bool {
        self.all_sleeping()
            && !self.handle_pending_calls()
            && !self.handle_stops()
            && !self.servers.iter().any(Server::has_unread_output)
    }

    /// Returns true if a server waits for its standard input, and no process of it can do anything
    /// else.
    pub(super) fn awaits_input(&mut self, id: ServerId) -> bool {
        let own = self.server_processes().into_iter().filter(|(process, server)| *server == id && process.state != 'Z');
        let all: Option<Vec<bool>> = own.map(|(process, _)| procfs::awaits_input(process.pid)).collect();
        all.is_some_and(|all| all.contains(&true))
    }

    /// Returns the CPU time that the servers have used, without that of exited processes.
    pub(super) fn cpu_time(&mut self) -> Duration {
        let ticks: u64 = self.server_processes().iter().map(|(process, _)| process.cpu_ticks).sum();
        Duration::from_millis(ticks * 1000 / procfs::ticks_per_second().max(1))
    }
}
