//! Takes snapshots: waits for their conditions, then records the rows of the socket table.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::silence::is_of_virtual_machine;
use super::wait::{Idle, Overtime, PollInterval, WaitEnd, WaitPolicy};
use super::wait_policies::{QUERY_POLL, RUNNABLE_GRACE};
use super::{Engine, failed};
use crate::model::net::Pid;
use crate::model::{EventKind, Protocol, SnapshotName, TcpState};
use crate::scenario::runtime::{RuntimeError, SnapshotCondition};
use crate::sys::sock_diag::DiagRow;
use crate::sys::thread_wait::{Wake, sleeping_threads};

/// Interval between two polls for a program that never goes idle.
const BUSY_POLL: Duration = Duration::from_millis(4);

/// The longest time limit of a call that is waited out after `accept`.
const SHORT_LIMIT: Duration = Duration::from_millis(50);

/// Number of calls with short time limits that are awaited one after another.
const MOST_SHORT_LIMITS: usize = 8;

/// Number of polls that must find the programs runnable before they are called busy.
const BUSY_POLLS: u32 = 8;

impl Engine {
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
        if once.iter().any(|condition| matches!(condition, SnapshotCondition::Accepted | SnapshotCondition::Closed)) {
            // What a server does right after `accept`, without data of the client, must not depend on
            // timing. After a close, a child that served the client may be about to exit, and to
            // interrupt its parent.
            self.await_idle()?;
        }
        if once.contains(&SnapshotCondition::Accepted) {
            self.await_short_limits()?;
        }
        self.await_closing_servers()?;
        let busy = !settled && self.is_busy()?;
        let rows = self.scenario_rows()?;
        self.recorder.record(EventKind::Snapshot { name: name.clone(), settled, busy, rows });
        let states = self.program_states();
        self.recorder.record(EventKind::Programs { at: name.clone(), states });
        Ok(())
    }

    /// Waits until each call with a short time limit has ended once: a program whose `recv` gives up
    /// after 5 ms must give up before its client sends, and not by chance.
    ///
    /// The threads are read one after another, so that one reading may show a thread that still waits
    /// for the lock of its interpreter. Hence reads again until no thread is in another such call.
    fn await_short_limits(&mut self) -> Result<(), RuntimeError> {
        let mut awaited = HashSet::new();
        for _ in 0..MOST_SHORT_LIMITS {
            let longest = match self.short_limits() {
                Some(limits) if limits.keys().all(|call| awaited.contains(call)) => break,
                Some(limits) => {
                    let longest = limits.values().max().copied().unwrap_or_default();
                    awaited.extend(limits.into_keys());
                    longest
                }
                None => Duration::ZERO,
            };
            let end = Instant::now() + longest;
            self.wait_until_deadline(end, longest, |_| Ok(false))?;
            self.await_idle()?;
        }
        Ok(())
    }

    /// Returns the short time limits of the calls in which threads of servers wait, by thread and
    /// call. None if some thread does not sleep.
    fn short_limits(&mut self) -> Option<HashMap<(Pid, &'static str), Duration>> {
        let processes = self.server_processes();
        let running = processes.iter().filter(|(process, _)| process.state != 'Z');
        let threads: Option<Vec<_>> = running.map(|(process, _)| sleeping_threads(process.pid)).collect();
        let threads = threads?.into_iter().flatten().filter(|thread| !is_of_virtual_machine(thread));
        let limits = threads.filter_map(|thread| match thread.wakes {
            Some(Wake::After(time)) if time <= SHORT_LIMIT => Some(((thread.thread, thread.call), time)),
            _ => None,
        });
        Some(limits.collect())
    }

    /// Returns true if some server never goes idle; most often it loops over empty reads. It is
    /// runnable at every poll, whether it gets a CPU or not.
    fn is_busy(&mut self) -> Result<bool, RuntimeError> {
        let now = Instant::now();
        let overtime = Overtime {
            poll: PollInterval::Every(BUSY_POLL),
            idle: Some(Idle { polls: 1, at_least: Duration::ZERO }),
            cpu_budget: None,
            grace: RUNNABLE_GRACE,
            limit: self.overtime_limit(),
        };
        let mut polls = 0;
        let policy =
            WaitPolicy { deadline: now, poll: PollInterval::OnEvent, silence: false, overtime: Some(overtime) };
        let end = self.wait_with(&policy, &mut Self::turn_to_the_end, &mut |_| {
            polls += 1;
            Ok(polls > BUSY_POLLS)
        })?;
        Ok(end != WaitEnd::Idle)
    }

    /// Waits for servers that have closed their listener and may be about to exit. Which of the two
    /// a snapshot shows must not depend on timing.
    fn await_closing_servers(&mut self) -> Result<(), RuntimeError> {
        let closing = |engine: &mut Self| {
            let servers = engine.servers.iter().filter(|server| server.exited.is_none() && server.pid != 0);
            let listeners: Vec<SocketAddr> = servers.filter_map(|server| server.endpoint()?.listener).collect();
            let Some(table) = &mut engine.observers.sockets else { return false };
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
        if condition == SnapshotCondition::Idle {
            return self.wait_until_idle(deadline);
        }
        let policy = self.program_policy(deadline, QUERY_POLL);
        let end =
            self.wait_with(&policy, &mut Self::turn_to_the_end, &mut |engine| engine.condition_holds(condition))?;
        self.is_met(end)
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
        let Some(table) = &mut self.observers.sockets else { return false };
        listeners.into_iter().any(|at| matches!(table.listener(at), Ok(Some(row)) if row.receive_queue > 0))
    }

    fn condition_holds(&mut self, condition: SnapshotCondition) -> Result<bool, RuntimeError> {
        if condition == SnapshotCondition::Accepted && self.has_queued_connection() {
            return Ok(false);
        }
        let Some(table) = &mut self.observers.sockets else { return Ok(true) };
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
        let rows = table.tcp(states).map_err(failed)?;
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
