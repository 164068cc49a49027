//! Observes the socket table: assigns sockets to servers, waits for the conditions of snapshots,
//! and records the rows.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::server::Server;
use super::wait::{CpuBudget, Idle, IdleStreak, Overtime, PollInterval, Since, SystemClock, WaitEnd, WaitPolicy, wait};
use super::waiting::{CPU_BUDGET, RUNNABLE_GRACE, is_met};
use super::{Engine, system};
use crate::model::net::{Owner, Pid};
use crate::model::{EventKind, Protocol, ServerId, SnapshotName, SocketRow, TcpState};
use crate::scenario::runtime::{RuntimeError, SnapshotCondition};
use crate::sys::SysError;
use crate::sys::fds::{self, NotInspectable};
use crate::sys::procfs::{self, Process};
use crate::sys::sock_diag::DiagRow;

/// Initial and maximum interval between two queries of the socket table.
const POLL_INTERVALS: (Duration, Duration) = (Duration::from_micros(200), Duration::from_millis(4));

/// Number of polls that must find the programs runnable before they are called busy.
const BUSY_POLLS: u32 = 8;

/// The states in which a TCP socket waits for clients, or may do so later.
pub(super) const WAITING_STATES: [TcpState; 2] = [TcpState::Listen, TcpState::BoundInactive];

impl Engine {
    /// Returns the processes of every server, daemons included.
    fn server_processes(&mut self) -> Vec<(Process, ServerId)> {
        let me = rustix::process::getpid().as_raw_pid();
        let mut found = Vec::new();
        for (k, server) in self.servers.iter().enumerate() {
            let id = ServerId(u32::try_from(k).unwrap_or(u32::MAX));
            if server.pid != 0 {
                self.server_of_process.entry(server.pid).or_insert(id);
            }
        }
        // In a sandbox there are few processes. On a shared machine there may be thousands, and
        // every process of a server descends from this one.
        let own = if self.setup.is_exclusive {
            None
        } else {
            procfs::descendants(me, self.server_of_process.keys().copied())
        };
        let all = own.unwrap_or_else(procfs::processes);
        let parents: HashMap<Pid, Pid> = all.iter().map(|process| (process.pid, process.parent)).collect();
        for process in &all {
            if process.pid == me {
                continue;
            }
            let Some(server) = self.descent_of(process, &parents, me) else { continue };
            self.server_of_process.insert(process.pid, server);
            found.push((process.clone(), server));
        }
        found
    }

    /// Returns the server that a process descends from, by its parents as far as they are known.
    ///
    /// An orphan that this process adopted belongs to the server in whose session it was, or to the
    /// only server.
    fn descent_of(&self, process: &Process, parents: &HashMap<Pid, Pid>, me: Pid) -> Option<ServerId> {
        let mut pid = process.pid;
        for _ in 0..64 {
            if let Some(server) = self.server_of_process.get(&pid) {
                return Some(*server);
            }
            let parent = *parents.get(&pid)?;
            if parent == me {
                let by_session = self.server_of_process.get(&process.session).copied();
                return by_session.or_else(|| (self.servers.len() == 1).then_some(ServerId(0)));
            }
            pid = parent;
        }
        None
    }

    /// Returns true if a server has a running process other than its first one.
    pub(super) fn has_descendants(&mut self, id: ServerId) -> bool {
        let first = self.servers[id.0 as usize].pid;
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
        self.guard.as_ref().map_or_else(asleep, |guard| guard.while_not_paused(asleep))
    }

    /// Returns true if all processes of the servers are idle, and none of them waits for this
    /// process.
    ///
    /// A process may wait here for one of its calls to be recorded, or for a full output pipe to be
    /// read. Checked in this order, neither can begin in between.
    pub(super) fn is_idle(&mut self) -> bool {
        self.all_sleeping() && !self.handle_pending_calls() && !self.servers.iter().any(Server::has_unread_output)
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

    /// Maps the inodes of sockets to the server process that holds them.
    ///
    /// If a process cannot be inspected and a socket has no known owner, the owners are unknown:
    /// adds a gap.
    pub(super) fn socket_owners(&mut self, rows: &[DiagRow]) -> HashMap<u64, (ServerId, Pid)> {
        let mut map = HashMap::new();
        let mut closed = None;
        for (process, server) in self.server_processes() {
            match fds::sockets_of(process.pid) {
                Ok(found) => found.into_iter().for_each(|inode| {
                    map.entry(inode).or_insert((server, process.pid));
                }),
                Err(NotInspectable) => closed = Some(process.pid),
            }
        }
        if let Some(pid) = closed.filter(|_| rows.iter().any(|row| row.inode != 0 && !map.contains_key(&row.inode))) {
            self.add_socket_gap(pid);
        }
        map
    }

    /// Returns the sockets of a server that wait for clients, each with true if it is IPv6-only.
    /// Returns None if the table is not available, or shows no such socket of any process.
    pub(super) fn waiting_sockets(
        &mut self,
        id: ServerId,
        states: &[TcpState],
    ) -> Result<Option<Vec<(SocketRow, bool)>>, RuntimeError> {
        let Some(table) = &mut self.table else { return Ok(None) };
        let mut rows = table.tcp(states).map_err(unreadable)?;
        rows.extend(table.udp().map_err(unreadable)?);
        rows.retain(|row| row.protocol == Protocol::Tcp || row.state == TcpState::Close);
        if rows.is_empty() {
            return Ok(None);
        }
        let inodes = self.socket_owners(&rows);
        let mut own: Vec<(SocketRow, bool)> = rows
            .iter()
            .filter_map(|row| {
                let &(server, pid) = inodes.get(&row.inode)?;
                (server == id).then(|| (to_socket_row(row, Owner::Server(server, pid)), row.v6_only == Some(true)))
            })
            .collect();
        let listening = own.iter().map(|(row, _)| row).filter(|row| row.state == TcpState::Listen);
        self.servers[id.0 as usize].served.extend(listening.map(|row| row.local.port()));
        // IPv4 first: the lab's clients connect over IPv4.
        own.sort_by_key(|(row, _)| row.local.is_ipv6());
        Ok(Some(own))
    }

    /// Returns every row that concerns the scenario, with its owner.
    ///
    /// # Errors
    /// Returns an error if the table cannot be read: an empty one would be evidence against the
    /// server.
    fn scenario_rows(&mut self) -> Result<Vec<SocketRow>, RuntimeError> {
        let Some(table) = &mut self.table else { return Ok(Vec::new()) };
        let (bound, others): (Vec<_>, Vec<_>) =
            TcpState::ALL.into_iter().partition(|&state| state == TcpState::BoundInactive);
        let mut rows = table.tcp(&others).map_err(unreadable)?;
        rows.extend(table.udp().map_err(unreadable)?);
        let inodes = self.socket_owners(&rows);
        // Querying sockets that are only bound takes longer than all others together. It is done
        // only if a server holds a socket that is not in `rows` yet.
        let told: HashSet<u64> = rows.iter().map(|row| row.inode).collect();
        if inodes.keys().any(|inode| !told.contains(inode))
            && let Some(table) = &mut self.table
        {
            let more = table.tcp(&bound).map_err(unreadable)?;
            rows.extend(more.into_iter().filter(|row| !told.contains(&row.inode)));
        }
        let ours: HashSet<(SocketAddr, SocketAddr)> =
            self.clients.iter().map(|client| (client.local, client.peer)).collect();
        let caught: HashSet<SocketAddr> = self.clients.iter().map(|client| client.local).collect();
        let ports: HashSet<u16> = self.servers.iter().flat_map(Server::ports).collect();
        let rows = rows
            .iter()
            .filter_map(|row| {
                let server = inodes.get(&row.inode).map(|&(server, pid)| Owner::Server(server, pid));
                let catches = row.protocol == Protocol::Udp && row.peer.port() == 0 && caught.contains(&row.local);
                let owner = match server {
                    Some(owner) => owner,
                    // The harness's catcher of stray datagrams is not part of the scenario.
                    None if catches => return None,
                    None if ours.contains(&(row.local, row.peer)) => Owner::Harness,
                    None if row.inode == 0 => Owner::Nobody,
                    None => Owner::Other,
                };
                let about = server.is_some()
                    || ours.contains(&(row.local, row.peer))
                    || ours.contains(&(row.peer, row.local))
                    || ports.contains(&row.local.port());
                (self.setup.is_exclusive || about).then(|| to_socket_row(row, owner))
            })
            .collect();
        Ok(rows)
    }

    pub(super) fn take_snapshot(
        &mut self,
        name: &SnapshotName,
        once: &[SnapshotCondition],
        within: Option<Duration>,
    ) -> Result<(), RuntimeError> {
        let deadline = self.step_deadline(within);
        let mut settled = true;
        for condition in once {
            settled &= self.wait_for_condition(*condition, deadline)?;
        }
        self.await_closing_servers()?;
        let busy = !settled && self.is_busy()?;
        let rows = self.scenario_rows()?;
        self.recorder.record(EventKind::Snapshot { name: name.clone(), settled, busy, rows });
        Ok(())
    }

    /// Returns true if some server never goes idle; most often it loops over empty reads. It is
    /// runnable at every poll, whether it gets a CPU or not.
    fn is_busy(&mut self) -> Result<bool, RuntimeError> {
        let now = Instant::now();
        let overtime = Overtime {
            poll: PollInterval::Every(POLL_INTERVALS.1),
            idle: Some(Idle { polls: 1, at_least: Duration::ZERO }),
            cpu_budget: None,
            grace: RUNNABLE_GRACE,
            limit: self.overtime_limit(),
        };
        let mut polls = 0;
        let policy = WaitPolicy { deadline: now, poll: PollInterval::OnEvent, overtime: Some(overtime) };
        let end = wait(&policy, &SystemClock, self, &mut Self::turn_to_the_end, &mut |_| {
            polls += 1;
            Ok(polls > BUSY_POLLS)
        })?;
        Ok(end != WaitEnd::Idle)
    }

    /// Waits for servers that have closed their listener and may be about to exit. Which of the two
    /// a snapshot shows must not depend on timing.
    fn await_closing_servers(&mut self) -> Result<(), RuntimeError> {
        let closing = |world: &mut Self| {
            let servers = world.servers.iter().filter(|server| server.exited.is_none() && server.pid != 0);
            let listeners: Vec<SocketAddr> = servers.filter_map(|server| server.endpoint()?.listener).collect();
            let Some(table) = &mut world.table else { return false };
            listeners.into_iter().any(|at| matches!(table.listener(at), Ok(None)))
        };
        if !closing(self) {
            return Ok(());
        }
        self.wait_for_programs(Instant::now(), PollInterval::OnEvent, |engine| Ok(!closing(engine)))?;
        // The exit may not have been handled yet.
        self.poll_once(Some(Duration::ZERO))
    }

    /// Waits until a condition holds. Returns false if the deadline passes first.
    ///
    /// Looks at the whole interval only: with 10,000 connections there are more events than the
    /// table can be queried for.
    fn wait_for_condition(&mut self, condition: SnapshotCondition, deadline: Instant) -> Result<bool, RuntimeError> {
        let poll = PollInterval::Growing(POLL_INTERVALS.0, POLL_INTERVALS.1);
        if condition == SnapshotCondition::Idle {
            return self.wait_until_idle(poll, deadline);
        }
        let policy = self.program_policy(deadline, poll);
        is_met(wait(&policy, &SystemClock, self, &mut Self::turn_to_the_end, &mut |engine| {
            engine.condition_holds(condition)
        })?)
    }

    /// Waits until all programs are idle. Returns false if they never are.
    ///
    /// Idle must hold twice in a row: the kernel shows data shortly before it wakes the receiver.
    /// On a busy machine that may take long, so that more time is granted. A program that never
    /// sleeps uses its budget.
    fn wait_until_idle(&mut self, poll: PollInterval, deadline: Instant) -> Result<bool, RuntimeError> {
        let now = Instant::now();
        let overtime = Overtime {
            poll,
            idle: None,
            cpu_budget: Some(CpuBudget { time: CPU_BUDGET, since: Since::Start }),
            grace: deadline.saturating_duration_since(now) + RUNNABLE_GRACE,
            limit: self.overtime_limit(),
        };
        let policy = WaitPolicy { deadline: now, poll, overtime: Some(overtime) };
        let mut streak = IdleStreak::new(Idle { polls: 2, at_least: Duration::ZERO });
        let end = wait(&policy, &SystemClock, self, &mut Self::turn_to_the_end, &mut |engine| {
            Ok(streak.add(engine.is_idle(), Instant::now()))
        })?;
        Ok(end == WaitEnd::Met)
    }

    /// Returns true if a listener's accept queue is not empty, although no client has left. Then
    /// not all connections are accepted.
    ///
    /// Querying one row is about a thousand times faster than querying those of 10,000 connections.
    fn has_queued_connection(&mut self) -> bool {
        if self.clients.iter().any(|client| client.closed || client.ended.is_some()) {
            return false;
        }
        let listeners = self.servers.iter().filter_map(|server| server.endpoint()?.listener);
        let Some(table) = &mut self.table else { return false };
        listeners.into_iter().any(|at| matches!(table.listener(at), Ok(Some(row)) if row.receive_queue > 0))
    }

    fn condition_holds(&mut self, condition: SnapshotCondition) -> Result<bool, RuntimeError> {
        if condition == SnapshotCondition::Accepted && self.has_queued_connection() {
            return Ok(false);
        }
        let Some(table) = &mut self.table else { return Ok(true) };
        let states: &[TcpState] = match condition {
            SnapshotCondition::Idle | SnapshotCondition::Established | SnapshotCondition::Accepted => {
                &[TcpState::Established]
            }
            SnapshotCondition::Closed => &[
                TcpState::Established,
                TcpState::SynReceived,
                TcpState::FinWait1,
                TcpState::FinWait2,
                TcpState::CloseWait,
                TcpState::LastAck,
                TcpState::Closing,
            ],
        };
        let rows = table.tcp(states).map_err(unreadable)?;
        let by_ends: HashMap<(SocketAddr, SocketAddr), &DiagRow> =
            rows.iter().map(|row| ((row.local, row.peer), row)).collect();
        let elsewhere = self.servers.iter().all(|server| server.pid == 0);
        let holds =
            self.clients.iter().filter(|client| client.protocol == Protocol::Tcp && client.connected).all(|client| {
                let server_end = by_ends.get(&(client.peer, client.local));
                let client_end = by_ends.get(&(client.local, client.peer));
                match condition {
                    SnapshotCondition::Established => {
                        client_end.is_some() && (server_end.is_some() || elsewhere) || client.ended_or_reset()
                    }
                    SnapshotCondition::Idle => true,
                    SnapshotCondition::Accepted => {
                        server_end.is_some_and(|row| row.inode != 0) || elsewhere || client.ended_or_reset()
                    }
                    SnapshotCondition::Closed => {
                        !client.closed || server_end.is_none() && client_end.is_none() && client.ended_or_reset()
                    }
                }
            });
        Ok(holds)
    }
}

/// Converts an error of the socket table.
fn unreadable(error: SysError) -> RuntimeError {
    system("reading the socket table", std::io::Error::other(error))
}

/// Converts a row of the kernel to a row of the journal.
pub(super) fn to_socket_row(row: &DiagRow, owner: Owner) -> SocketRow {
    SocketRow {
        protocol: row.protocol,
        local: row.local,
        peer: row.peer,
        state: row.state,
        inode: row.inode,
        receive_queue: row.receive_queue,
        send_queue: row.send_queue,
        owner,
    }
}
