//! The resource monitor: a thread that adds up the resources of all programs of a submission, which
//! no kernel limit covers. Above the limit it kills them, and the event loop learns the cause.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::io::Errno;
use rustix::process::{Pid as Number, Signal, getpid, kill_process};

use super::kernel_memory::HiddenMemory;
use crate::model::net::Pid;
use crate::model::{Cap, HarnessError, Operation};
use crate::sys::cgroup::OomKillCounter;
use crate::sys::procfs::{self, MachineMemory, Process};

/// Interval between two samples.
const SAMPLE_INTERVAL: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// Rounds of listing and killing: a process may fork between two rounds.
const ROUNDS: usize = 8;
/// CPU time that the programs may use between two memory checks; they may exceed the limit in it.
/// Not wall-clock time: on a busy machine checks take long, and would leave no time for work.
const RECHECK_CPU: Duration = Duration::from_millis(250);
/// Shared memory is resolved up to this many times the limit.
const MAX_INSPECTED_FACTOR: u64 = 16;

/// Limits on all programs together.
#[derive(Debug, Clone)]
pub(super) struct ResourceLimits {
    /// Maximum number of threads of all processes.
    pub processes: u64,
    /// Maximum resident memory, in bytes. The same limit applies separately to anonymous files
    /// (`memfd`), and to System V segments and data in sockets together.
    pub memory: u64,
    /// The counter of OOM kills, if the kernel limits memory too.
    pub kills: Option<Arc<OomKillCounter>>,
}

/// How long the monitor's thread may take to end: it reads files of processes that may be stuck.
const THREAD_END_TIMEOUT: Duration = Duration::from_secs(10);

/// A running resource monitor. Dropping it ends its thread.
#[derive(Debug)]
pub(super) struct ResourceMonitor {
    hit: Arc<OnceLock<Cap>>,
    /// Why monitoring failed, or had to kill programs without their fault.
    trouble: Arc<OnceLock<HarnessError>>,
    kills: Option<Arc<OomKillCounter>>,
    /// Number of samples so far.
    looks: Arc<AtomicU64>,
    stops: PauseEpoch,
    stop: OwnedFd,
    /// Disconnected when the thread ends.
    ended: Receiver<()>,
}

impl ResourceMonitor {
    /// Starts monitoring all descendants of this process.
    ///
    /// # Errors
    /// Returns an error if the thread cannot be started.
    pub(super) fn start(ResourceLimits { processes, memory, kills }: ResourceLimits) -> std::io::Result<Self> {
        let stop = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let stopped = stop.try_clone()?;
        let hit = Arc::new(OnceLock::new());
        let trouble = Arc::new(OnceLock::new());
        let (exceeded, failed) = (Arc::clone(&hit), Arc::clone(&trouble));
        let counted = kills.clone();
        let looks = Arc::new(AtomicU64::new(0));
        let looked = Arc::clone(&looks);
        let stops = PauseEpoch::default();
        let mut innocent = MemoryProof { stops: stops.clone(), proved: None };
        let unseen = HiddenMemory::new(memory);
        // Below the kernel's limit: a fork bomb that fails to start more is still one.
        let most = processes.saturating_sub(processes / 8);
        let (running, ended) = std::sync::mpsc::channel::<()>();
        std::thread::Builder::new().name("guard".to_owned()).spawn(move || {
            // Dropped with the thread, which disconnects the receiver.
            let _running = running;
            loop {
                let mut wanted = [PollFd::new(&stopped, PollFlags::IN)];
                match poll(&mut wanted, Some(&SAMPLE_INTERVAL)) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => {
                        // A program that can make this fail must not run unmonitored.
                        let operation = Operation::MonitorResources;
                        let _ = failed.set(HarnessError::system(operation, None, std::io::Error::from(error)));
                        kill_all();
                        return;
                    }
                }
                if !wanted[0].revents().is_empty() {
                    return;
                }
                let now = MachineMemory::read();
                let cap = if too_many(most) {
                    Some(Cap::Processes)
                } else if counted.as_ref().is_some_and(|kills| kills.has_limit_kills()) {
                    Some(Cap::Memory)
                } else {
                    let all = descendants();
                    let over = exceeded_limit(&all, most, memory);
                    let over = over.filter(|cap| *cap != Cap::Memory || !innocent.check(&all, memory));
                    over.or_else(|| unseen.exceeds_limit(&all, now).then_some(Cap::Memory))
                };
                if let Some(cap) = cap {
                    let _ = exceeded.set(cap);
                    kill_all();
                } else if unseen.machine_is_exhausted(now) {
                    let _ = failed.set(HarnessError::OutOfMemory {});
                    kill_all();
                }
                looked.fetch_add(1, Ordering::SeqCst);
            }
        })?;
        Ok(Self { hit, trouble, kills, looks, stops, stop, ended })
    }

    /// Returns why the programs were killed although they exceeded no limit, if they were.
    pub(super) fn trouble(&self) -> Option<HarnessError> {
        self.trouble.get().cloned()
    }

    /// Returns true if `what` holds while no program is paused: a paused one seems to sleep.
    pub(super) fn while_not_paused(&self, what: impl FnOnce() -> bool) -> bool {
        self.stops.unpaused_during(what)
    }

    /// Returns the number of samples. A sample begun after this call is done two samples later.
    pub(super) fn samples(&self) -> u64 {
        self.looks.load(Ordering::SeqCst)
    }

    /// Returns the limit for which all programs were killed, or are about to be.
    pub(super) fn hit(&self) -> Option<Cap> {
        // The kernel may have killed first. The exit of its victim is seen before the next sample.
        let killed = || self.kills.as_ref().is_some_and(|kills| kills.has_limit_kills()).then_some(Cap::Memory);
        self.hit.get().cloned().or_else(killed)
    }
}

impl Drop for ResourceMonitor {
    fn drop(&mut self) {
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
        // A thread that takes longer is left behind. It ends with this process.
        let _ = self.ended.recv_timeout(THREAD_END_TIMEOUT);
    }
}

/// Returns true if a file system is full. That is the most likely cause if a program fails then.
pub(super) fn is_full(place: &Path) -> bool {
    rustix::fs::statvfs(place).is_ok_and(|room| room.f_bavail == 0 || (room.f_files > 0 && room.f_favail == 0))
}

/// Returns true if there are too many processes, by counting only: if hundreds are runnable, this
/// thread gets very little CPU time. False unless all other processes are the submission's.
fn too_many(most: u64) -> bool {
    getpid().is_init() && procfs::process_ids().len() as u64 > most
}

/// Returns the limit that the programs seem to exceed. Shared memory counts for each process here.
fn exceeded_limit(all: &[Process], most: u64, memory: u64) -> Option<Cap> {
    let sum = |what: fn(&Process) -> u64| all.iter().map(what).sum::<u64>();
    if sum(|process| process.threads) >= most {
        Some(Cap::Processes)
    } else if sum(|process| process.resident_bytes) > memory {
        Some(Cap::Memory)
    } else {
        None
    }
}

/// Counts pauses and resumptions of the programs: odd while they are paused.
#[derive(Debug, Default, Clone)]
struct PauseEpoch(Arc<AtomicU64>);

impl PauseEpoch {
    /// Marks the beginning or the end of a pause.
    fn advance(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// Returns true if `what` holds and no program was paused meanwhile.
    fn unpaused_during(&self, what: impl FnOnce() -> bool) -> bool {
        let before = self.0.load(Ordering::SeqCst);
        before.is_multiple_of(2) && what() && self.0.load(Ordering::SeqCst) == before
    }
}

/// Caches a successful memory check, so that programs are not paused again too soon.
struct MemoryProof {
    stops: PauseEpoch,
    /// The CPU time of each process at the check, in clock ticks, by its number and start time.
    proved: Option<HashMap<(Pid, u64), u64>>,
}

impl MemoryProof {
    /// Returns true if the programs hold at most `memory` bytes. Runnable ones are paused
    /// meanwhile. Otherwise forty that allocate on all CPUs would take gigabytes more until this
    /// thread is done. Sleeping ones allocate nothing, and some of their calls would notice a pause
    /// (`signal(7)`: `epoll_wait(2)` fails with EINTR).
    fn check(&mut self, all: &[Process], memory: u64) -> bool {
        if self.is_valid(all) {
            return true;
        }
        let at_work = |process: &&Process| process.state != 'T' && !procfs::all_sleeping(process.pid);
        self.stops.advance();
        let stopped: Vec<&Process> =
            all.iter().filter(at_work).inspect(|process| send(process, Signal::STOP)).collect();
        let proved = !pss_exceeds(all.iter().collect(), memory, procfs::proportional_memory);
        if proved {
            stopped.into_iter().for_each(|process| send(process, Signal::CONT));
            self.proved = Some(all.iter().map(|process| (process_key(process), process.cpu_ticks)).collect());
        }
        self.stops.advance();
        proved
    }

    /// Returns true if the last check is still valid: little CPU time was used since.
    fn is_valid(&self, all: &[Process]) -> bool {
        let Some(before) = &self.proved else { return false };
        let since = |process| before.get(&process_key(process)).copied().unwrap_or(0);
        let ticks: u64 = all.iter().map(|process| process.cpu_ticks.saturating_sub(since(process))).sum();
        u128::from(ticks) * 1000 < RECHECK_CPU.as_millis() * u128::from(procfs::ticks_per_second())
    }
}

/// Identifies a process: its number may be used again later.
const fn process_key(process: &Process) -> (Pid, u64) {
    (process.pid, process.start_ticks)
}

/// Returns true if the programs together hold more than `memory` bytes. Two hundred processes
/// forked from one Python map 2 GB and hold 150 MB: RSS is only an upper bound. It is used for
/// processes that cannot be inspected. Inspecting takes 11 ms per gigabyte mapped. Beyond
/// [`MAX_INSPECTED_FACTOR`] times the limit the bound is used too, so that sharing costs little.
fn pss_exceeds(mut all: Vec<&Process>, memory: u64, share: impl Fn(Pid) -> Option<u64>) -> bool {
    all.sort_by_key(|process| std::cmp::Reverse(process.resident_bytes));
    let (mut seen, mut held) = (0_u64, 0_u64);
    all.into_iter().any(|process| {
        seen += process.resident_bytes;
        let part = if seen <= memory.saturating_mul(MAX_INSPECTED_FACTOR) { share(process.pid) } else { None };
        held += part.unwrap_or(process.resident_bytes);
        held > memory
    })
}

/// Returns the descendants of this process. If it is the init of a namespace, those are all other
/// processes. A shared machine may have thousands of others, and this runs twenty times a second.
fn descendants() -> Vec<Process> {
    let me = getpid().as_raw_pid();
    let all = |numbers: Vec<Pid>| numbers.into_iter().filter(|&pid| pid != me).filter_map(procfs::process).collect();
    if getpid().is_init() {
        return all(procfs::process_ids());
    }
    if let Some(mut own) = procfs::descendants(me, std::iter::empty()) {
        own.retain(|process| process.pid != me);
        return own;
    }
    let all: Vec<Process> = all(procfs::process_ids());
    let parents: HashMap<Pid, Pid> = all.iter().map(|process| (process.pid, process.parent)).collect();
    let descends = |process: &Process| {
        let mut pid = process.pid;
        for _ in 0..1024 {
            match parents.get(&pid) {
                Some(&parent) if parent == me => return true,
                Some(&parent) => pid = parent,
                None => return false,
            }
        }
        false
    };
    all.iter().filter(|process| descends(process)).cloned().collect()
}

fn kill_all() {
    for _ in 0..ROUNDS {
        if let Some(all) = Number::from_raw(1).filter(|one| getpid() == *one) {
            // In one call: process group 1 means all but init itself (`kill(2)`, pid -1).
            let _ = rustix::process::kill_process_group(all, Signal::KILL);
        }
        let all = descendants();
        if all.iter().all(|process| process.state == 'Z') {
            return;
        }
        // Paused first, so that none forks while the rest is killed.
        for signal in [Signal::STOP, Signal::KILL] {
            for process in &all {
                send(process, signal);
            }
        }
    }
}

fn send(process: &Process, signal: Signal) {
    if let Some(number) = Number::from_raw(process.pid) {
        let _ = kill_process(number, signal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn process(threads: u64, resident_bytes: u64) -> Process {
        Process {
            pid: 0,
            parent: 1,
            session: 5,
            group: 5,
            state: 'S',
            threads,
            start_ticks: 0,
            cpu_ticks: 0,
            resident_bytes,
        }
    }

    #[test]
    fn limits_apply_to_the_sum_of_programs() {
        // No process has the number 0, so that these cannot be inspected.
        assert_eq!(exceeded_limit(&[process(1, 500), process(1, 500)], 100, 1000), None);
        assert_eq!(exceeded_limit(&[process(1, 1000), process(1, 1)], 100, 1000), Some(Cap::Memory));
        assert_eq!(exceeded_limit(&[process(50, 0), process(50, 0)], 100, 1000), Some(Cap::Processes));
    }

    #[test]
    fn oom_kill_is_reported_before_the_next_sample() {
        let count = |text: &str| {
            let group = tempfile::tempdir().expect("temporary folder");
            std::fs::write(group.path().join("memory.events"), text).expect("write the counter");
            Some(Arc::new(OomKillCounter::open(group.path()).expect("open the counter")))
        };
        let hit = |kills| {
            let guard = ResourceMonitor::start(ResourceLimits { processes: 1 << 30, memory: 1 << 60, kills })
                .expect("monitor thread");
            guard.hit()
        };
        assert_eq!((hit(None), hit(count("oom 0\noom_kill 0\n"))), (None, None));
        // Harmless here: the monitor waits before its first sample, and ends with this value.
        assert_eq!(hit(count("oom 1\noom_kill 1\n")), Some(Cap::Memory));
    }

    #[test]
    fn checked_programs_are_not_paused_again_soon() {
        let innocent = |proved| MemoryProof { stops: PauseEpoch::default(), proved };
        let used = |cpu_ticks| Process { cpu_ticks, ..process(1, 1000) };
        let most = procfs::ticks_per_second() / 4;
        assert!(!innocent(None).is_valid(&[used(0)]));
        let before: HashMap<(Pid, u64), u64> = [((0, 0), 70), ((9, 0), 500)].into();
        let before = innocent(Some(before));
        assert!(before.is_valid(&[used(70 + most - 1)]) && !before.is_valid(&[used(70 + most)]));
        // Neither an exited process nor one that reuses its number hides the others' work.
        assert!(!before.is_valid(&[used(70), Process { pid: 1, ..used(most) }]));
        assert!(!before.is_valid(&[Process { start_ticks: 7, ..used(most) }]));
    }

    #[test]
    fn paused_programs_are_not_idle() {
        let stops = PauseEpoch::default();
        assert!(stops.unpaused_during(|| true) && !stops.unpaused_during(|| false));
        stops.advance();
        assert!(!stops.unpaused_during(|| true), "programs are paused");
        stops.advance();
        assert!(stops.unpaused_during(|| true));
        let other = stops.clone();
        let stopped_meanwhile = || {
            other.advance();
            other.advance();
            true
        };
        assert!(!stops.unpaused_during(stopped_meanwhile));
    }

    #[test]
    fn shared_memory_counts_once() {
        let all = [process(1, 1000), process(1, 1000)];
        let all = || all.iter().collect();
        assert!(pss_exceeds(all(), 1000, |_| Some(510)) && !pss_exceeds(all(), 1020, |_| Some(510)));
        assert!(pss_exceeds(all(), 1999, |_| None) && !pss_exceeds(all(), 2000, |_| None));
        let many = [const { process(1, 1000) }; 32];
        assert!(!pss_exceeds(many[..16].iter().collect(), 1000, |_| Some(1)));
        assert!(pss_exceeds(many.iter().collect(), 1000, |_| Some(1)), "beyond the inspected part");
    }
}
