//! Proves that nothing more can come, so that a wait need not last until its deadline.
//!
//! One observation finds the programs silent if all of this holds, in this order:
//!
//! 1. Every thread of every process sleeps in a call that only input, another thread or a time
//!    limit can end, and no time limit ends before the deadline. Its context switches are noted.
//! 2. No call waits to be recorded, and no output is unread ([`Engine::is_idle`]).
//! 3. Nothing is in flight: no data is unacknowledged or unread by the clients, no handshake is
//!    pending, the emulated link is empty, and the kernel has no packets left to process.
//! 4. No thread has run since 1.
//!
//! No thread ran between the end of 1 and the begin of 4, so that in between only a packet, a timer
//! or a process outside the scenario could have woken one. Timers are known from the traced calls.
//! The kernel queues data shortly before it wakes the receiver, therefore [`super::wait`] needs two
//! equal observations, some time apart.
//!
//! An observation proves nothing outside a namespace of its own, where unknown processes may act,
//! and about programs whose calls are not traced.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

use super::link::EmulatedLink;
use super::server::Server;
use super::{Engine, native_line};
use crate::model::net::{Owner, Pid};
use crate::model::{BlockedThread, EventKind, Protocol, ServerId, SocketRow, TcpState};
use crate::sys::thread_wait::{SleepingThread, Wake, sleeping_threads, thread_start};
use crate::sys::{fds, procfs};

/// Names of the threads of a Java virtual machine that do no work of the program: they wake at
/// intervals. At most 15 bytes each, as the kernel keeps them.
const JVM_THREADS: [&str; 17] = [
    "Attach Listener",
    "C1 CompilerThre",
    "C2 CompilerThre",
    "Common-Cleaner",
    "Finalizer",
    "G1 Conc#",
    "G1 Main Marker",
    "G1 Refine#",
    "G1 Service",
    "GC Thread#",
    "Monitor Deflati",
    "Notification Th",
    "Reference Handl",
    "Service Thread",
    "Signal Dispatch",
    "VM Periodic Tas",
    "VM Thread",
];

/// Longer than the "VM Thread" of a Java virtual machine waits while the program exits.
const VM_EXIT_INTERVAL: Duration = Duration::from_millis(20);

/// The columns of `/proc/net/softnet_stat` that count packets which a CPU has not processed yet
/// (`net/core/net-procfs.c`).
const BACKLOG_COLUMNS: [usize; 3] = [11, 13, 14];

/// The result of an observation that found the programs silent.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SilenceObservation {
    threads: Vec<BlockedThread>,
    /// The context switches of each thread.
    switches: Vec<(Pid, u64)>,
    rows: Vec<SocketRow>,
}

/// A thread and the process and server that it belongs to.
type Sleeper = (ServerId, Pid, SleepingThread);

impl Engine {
    /// Observes once whether the programs are silent until the deadline.
    pub(super) fn observe_silence(&mut self, deadline: Instant) -> Option<SilenceObservation> {
        if !self.spec.is_isolated() || self.servers.iter().any(Server::may_wake_by_itself) {
            return None;
        }
        if self.clients.iter().any(|client| !client.outgoing.is_empty()) {
            return None;
        }
        let before = self.sleepers(deadline)?;
        if !self.is_idle() {
            return None;
        }
        let link_epoch = self.link.as_ref().map(EmulatedLink::idle_epoch);
        if link_epoch == Some(None) {
            return None;
        }
        let rows = self.scenario_rows().ok()?;
        if rows.iter().any(|row| self.is_in_flight(row)) || !is_backlog_empty() {
            return None;
        }
        if link_epoch != self.link.as_ref().map(EmulatedLink::idle_epoch) {
            return None;
        }
        let after = self.sleepers(deadline)?;
        let switches = |sleepers: &[Sleeper]| -> Vec<(Pid, u64)> {
            sleepers.iter().map(|(.., thread)| (thread.thread, thread.switches)).collect()
        };
        let (first, second) = (switches(&before), switches(&after));
        (first == second).then(|| SilenceObservation { threads: blocked_threads(after), switches: first, rows })
    }

    /// Records a proof of silence: where the threads wait, with lines if the wait shows stacks. If
    /// every program has exited, the journal shows that already.
    pub(super) fn record_silence(&mut self, observation: SilenceObservation, shows_stacks: bool) {
        let SilenceObservation { mut threads, rows, .. } = observation;
        if threads.is_empty() {
            return;
        }
        if shows_stacks {
            native_line::add_lines(&mut threads);
        }
        self.recorder.record(EventKind::Silent { threads, rows });
    }

    /// Returns the threads of all servers, if each of them sleeps until the deadline: none if every
    /// server has exited, and left no process behind. Threads of a virtual machine that wake at
    /// intervals are left out while they sleep.
    fn sleepers(&mut self, deadline: Instant) -> Option<Vec<Sleeper>> {
        let own: HashMap<Pid, ServerId> =
            self.server_processes().into_iter().map(|(process, server)| (process.pid, server)).collect();
        let me = rustix::process::getpid().as_raw_pid();
        let mut sleepers = Vec::new();
        for process in procfs::processes() {
            if process.pid == me || process.state == 'Z' {
                continue;
            }
            // A process of an unknown origin could act at any time.
            let server = *own.get(&process.pid)?;
            let threads = sleeping_threads(process.pid)?;
            let is_jvm = procfs::executable_of(process.pid).is_some_and(|file| file.ends_with("java"));
            for thread in threads {
                if is_jvm && is_of_virtual_machine(&thread) {
                    if is_exiting(&thread) {
                        return None;
                    }
                    continue;
                }
                if !sleeps_until(&thread, deadline) {
                    return None;
                }
                sleepers.push((server, process.pid, thread));
            }
        }
        let has_exited = |server: &Server| server.pid != 0 && server.exited.is_some();
        (!sleepers.is_empty() || self.servers.iter().all(has_exited)).then_some(sleepers)
    }

    /// Returns true if a row shows data or a handshake that may still reach a program or a client.
    fn is_in_flight(&self, row: &SocketRow) -> bool {
        let is_unread = row.owner == Owner::Harness
            && row.receive_queue > 0
            && !self.clients.iter().any(|client| client.local == row.local && client.never_reads);
        let is_unsent = row.send_queue > 0 && row.state != TcpState::Listen;
        let is_handshake = matches!(row.state, TcpState::SynSent | TcpState::SynReceived);
        is_unread || is_unsent || row.protocol == Protocol::Tcp && is_handshake
    }
}

impl Server {
    /// Returns true if a running server is not known to act on input only.
    fn may_wake_by_itself(&self) -> bool {
        self.pid != 0 && self.exited.is_none() && self.calls.as_ref().is_none_or(|calls| calls.has_time_limit)
    }
}

/// Returns true if a thread has the name of a Java virtual machine's own threads.
pub(super) fn is_of_virtual_machine(thread: &SleepingThread) -> bool {
    JVM_THREADS.iter().any(|name| thread.name.starts_with(name))
}

/// Returns true if a thread of a Java virtual machine may be about to end the program.
///
/// An exit waits for threads in native code, such as one that reads the keyboard: its "VM Thread"
/// looks every 10 ms, for at least 300 ms (`VM_Exit::wait_for_threads_in_native_to_block` in
/// vmOperations.cpp of OpenJDK). Without work, it wakes once in a second.
fn is_exiting(thread: &SleepingThread) -> bool {
    thread.name.starts_with("VM Thread") && !sleeps_until(thread, Instant::now() + VM_EXIT_INTERVAL)
}

/// Returns true if a thread does not wake by itself before the deadline. The begin of its call is
/// not known, but the thread is older.
fn sleeps_until(thread: &SleepingThread, deadline: Instant) -> bool {
    let now = |clock| Duration::try_from(clock_gettime(clock)).ok();
    let left = deadline.saturating_duration_since(Instant::now());
    let wakes = match thread.wakes {
        None => return true,
        Some(Wake::After(time)) => now(ClockId::Boottime).zip(thread_start(thread.thread).map(|start| start + time)),
        Some(Wake::Monotonic(at)) => now(ClockId::Monotonic).map(|now| (now, at)),
        Some(Wake::Realtime(at)) => now(ClockId::Realtime).map(|now| (now, at)),
    };
    wakes.is_some_and(|(now, at)| at > now + left)
}

/// Converts threads to the form of the journal, with the sockets that they wait for.
fn blocked_threads(sleepers: Vec<Sleeper>) -> Vec<BlockedThread> {
    let blocked = sleepers.into_iter().map(|(server, pid, sleeper)| {
        let SleepingThread { thread, name, call, fd, wakes, .. } = sleeper;
        let inode = fd.and_then(|fd| fds::socket_at(pid, fd));
        let name = crate::model::bytes::printable_text(&name);
        BlockedThread {
            server,
            pid,
            thread,
            name,
            call: call.to_owned(),
            fd,
            inode,
            limited: wakes.is_some(),
            source: None,
        }
    });
    blocked.collect()
}

/// Returns true if no CPU has packets left to process. A sent datagram may wait there, in no
/// socket's queue, while the machine is busy.
fn is_backlog_empty() -> bool {
    fs::read_to_string("/proc/net/softnet_stat").is_ok_and(|text| has_empty_backlog(&text))
}

/// Parses `/proc/net/softnet_stat`. Kernels before 5.10 do not show the backlog: false.
fn has_empty_backlog(text: &str) -> bool {
    let column = |line: &str, column| u32::from_str_radix(line.split_ascii_whitespace().nth(column)?, 16).ok();
    text.lines().next().is_some()
        && text.lines().all(|line| {
            let backlog = BACKLOG_COLUMNS.map(|number| column(line, number));
            backlog[0] == Some(0) && backlog[1..].iter().all(|length| length.unwrap_or(0) == 0)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper(wakes: Option<Wake>) -> SleepingThread {
        // The thread of this test: it is younger than a minute.
        let thread = rustix::thread::gettid().as_raw_pid();
        SleepingThread { thread, name: "t".to_owned(), switches: 1, call: "poll", fd: None, wakes }
    }

    #[test]
    fn time_limits_before_the_deadline_prove_nothing() {
        let deadline = Instant::now() + Duration::from_secs(5);
        let at =
            |clock, seconds| Duration::try_from(clock_gettime(clock)).expect("a time") + Duration::from_secs(seconds);
        let sleeps = |wakes| sleeps_until(&sleeper(wakes), deadline);
        assert!(sleeps(None));
        assert!(!sleeps(Some(Wake::After(Duration::from_secs(4)))));
        assert!(sleeps(Some(Wake::After(Duration::from_secs(3600)))));
        assert!(!sleeps(Some(Wake::Monotonic(at(ClockId::Monotonic, 4)))));
        assert!(sleeps(Some(Wake::Monotonic(at(ClockId::Monotonic, 6)))));
        assert!(!sleeps(Some(Wake::Realtime(at(ClockId::Realtime, 4)))));
        assert!(sleeps(Some(Wake::Realtime(at(ClockId::Realtime, 6)))));
    }

    #[test]
    fn virtual_machine_that_exits_is_not_silent() {
        let vm = |name: &str, milliseconds| {
            let now = Duration::try_from(clock_gettime(ClockId::Monotonic)).expect("a time");
            let wakes = Some(Wake::Monotonic(now + Duration::from_millis(milliseconds)));
            is_exiting(&SleepingThread { name: name.to_owned(), ..sleeper(wakes) })
        };
        assert!(vm("VM Thread", 10) && !vm("VM Thread", 900) && !vm("GC Thread#0", 10));
    }

    #[test]
    fn backlog_of_any_cpu_counts() {
        let line = |backlog: u32, input: u32| {
            let before = "0041a459 ".repeat(11);
            format!("{before}{backlog:08x} 00000003 {input:08x} 00000000\n")
        };
        assert!(has_empty_backlog(&[line(0, 0), line(0, 0)].concat()));
        assert!(!has_empty_backlog(&[line(0, 0), line(1, 0)].concat()));
        assert!(!has_empty_backlog(&[line(0, 2), line(0, 0)].concat()));
        assert!(!has_empty_backlog("") && !has_empty_backlog("0041a459 00000000 00000000\n"));
    }
}
