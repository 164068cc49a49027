//! A guard beside the loop: it adds up what all programs of a submission use together, which no limit of the kernel does for
//! them, and ends them when it is too much. The loop is told why.

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

use super::unseen::Unseen;
use crate::model::net::Pid;
use crate::sys::cgroup::Kills;
use crate::sys::open_files;
use crate::sys::owners::{self, Process};

/// How often it looks.
const EVERY: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// How often all are listed and killed: each may have started another one meanwhile.
const ROUNDS: usize = 8;
/// How much of a processor they use until they are looked at again; what they can take in it is beyond the bound. Not a time
/// by the clock: a look takes long on a busy machine, and they would be kept from work.
const WORK: Duration = Duration::from_millis(250);
/// How often the memory that they may hold is looked through for what they share.
const LOOKED_AT: u64 = 16;

/// What all programs together may use.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// How many they may be, threads included.
    pub processes: u64,
    /// What they may hold, in bytes; again as much in files in memory that have no name; and once more in System V segments and in
    /// sockets.
    pub memory: u64,
    /// Whom the kernel killed for want of memory, where it keeps a bound too.
    pub kills: Option<Arc<Kills>>,
}

/// How long the guard's thread may take to end: it reads files of processes that may themselves be stuck.
const PATIENCE: Duration = Duration::from_secs(10);

/// The guard; it ends with this value.
#[derive(Debug)]
pub(super) struct Guard {
    hit: Arc<OnceLock<&'static str>>,
    /// Why it guards no longer.
    trouble: Arc<OnceLock<String>>,
    kills: Option<Arc<Kills>>,
    /// How often it has looked.
    looks: Arc<AtomicU64>,
    stops: Stops,
    stop: OwnedFd,
    /// Disconnected when its thread is over.
    ended: Receiver<()>,
}

impl Guard {
    /// Guards all descendants of this process.
    ///
    /// # Errors
    /// No thread can be started.
    pub(super) fn start(Bounds { processes, memory, kills }: Bounds) -> std::io::Result<Self> {
        let stop = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let stopped = stop.try_clone()?;
        let hit = Arc::new(OnceLock::new());
        let trouble = Arc::new(OnceLock::new());
        let (told, failed) = (Arc::clone(&hit), Arc::clone(&trouble));
        let counted = kills.clone();
        let looks = Arc::new(AtomicU64::new(0));
        let looked = Arc::clone(&looks);
        let stops = Stops::default();
        let mut innocent = Innocent { stops: stops.clone(), proved: None };
        let unseen = Unseen::new(memory);
        // A few below what the kernel allows: a bomb that fails to start more is still one.
        let most = processes.saturating_sub(processes / 8);
        let (running, ended) = std::sync::mpsc::channel::<()>();
        std::thread::Builder::new().name("guard".to_owned()).spawn(move || {
            // Dropped with the thread, whose end is then known.
            let _running = running;
            loop {
                let mut wanted = [PollFd::new(&stopped, PollFlags::IN)];
                match poll(&mut wanted, Some(&EVERY)) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => {
                        // Whoever sees to it that this fails is not guarded any more.
                        let _ = failed.set(format!("the resource monitor failed: {error}"));
                        end_all();
                        return;
                    }
                }
                if !wanted[0].revents().is_empty() {
                    return;
                }
                let cap = if too_many(most) {
                    Some("processes")
                } else if counted.as_ref().is_some_and(|kills| kills.are_any()) {
                    Some("memory")
                } else {
                    let all = descendants();
                    let over = over(&all, most, memory);
                    let over = over.filter(|&cap| cap != "memory" || !innocent.is_proved(&all, memory));
                    over.or_else(|| (hide_more(&all, memory) || unseen.is_too_much(&all)).then_some("memory"))
                };
                if let Some(cap) = cap {
                    let _ = told.set(cap);
                    end_all();
                } else if unseen.machine_is_exhausted() {
                    let _ = failed.set("the machine was almost out of memory".to_owned());
                    end_all();
                }
                looked.fetch_add(1, Ordering::SeqCst);
            }
        })?;
        Ok(Self { hit, trouble, kills, looks, stops, stop, ended })
    }

    /// Why the programs were ended for no fault of theirs, where they were.
    pub(super) fn trouble(&self) -> Option<String> {
        self.trouble.get().cloned()
    }

    /// Whether this is true of the programs while the guard lets them be: one that it has stopped looks as if it slept.
    pub(super) fn is_true_of_unstopped(&self, what: impl FnOnce() -> bool) -> bool {
        self.stops.are_none_while(what)
    }

    /// How often it has looked at all of them, and ended what was too much: a look that begins after now is over when this is
    /// two more.
    pub(super) fn looks(&self) -> u64 {
        self.looks.load(Ordering::SeqCst)
    }

    /// The cap for which everything was ended, or is about to be.
    pub(super) fn hit(&self) -> Option<&'static str> {
        // The kernel was first, perhaps: the end of whom it killed is seen before this thread looks again.
        let killed = || self.kills.as_ref().is_some_and(|kills| kills.are_any()).then_some("memory");
        self.hit.get().copied().or_else(killed)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
        // One that does not end in that time is left behind: it ends with this process.
        let _ = self.ended.recv_timeout(PATIENCE);
    }
}

/// Whether a place has no room left: a program that fails then most likely fails for that.
pub(super) fn is_full(place: &Path) -> bool {
    rustix::fs::statvfs(place).is_ok_and(|room| room.f_bavail == 0 || (room.f_files > 0 && room.f_favail == 0))
}

/// Whether there are too many, by counting alone: where hundreds of them want a processor this thread gets very little of one.
/// Only where all but this process are theirs.
fn too_many(most: u64) -> bool {
    getpid().is_init() && owners::numbers().len() as u64 > most
}

/// What is too much, at first sight: memory that they share counts for each.
fn over(all: &[Process], most: u64, memory: u64) -> Option<&'static str> {
    let sum = |what: fn(&Process) -> u64| all.iter().map(what).sum::<u64>();
    if sum(|process| process.threads) >= most {
        Some("processes")
    } else if sum(|process| process.resident_bytes) > memory {
        Some("memory")
    } else {
        None
    }
}

/// Whether files without a name hold more than the memory: what nobody maps of them is no process's own, and what is mapped is
/// not to count twice, so that this is asked beside the other. On most machines one number rules it out.
fn hide_more(all: &[Process], memory: u64) -> bool {
    if owners::memory_of_files().is_some_and(|taken| taken <= memory) {
        return false;
    }
    let files: HashMap<_, _> = all.iter().flat_map(|process| open_files::nameless_files_of(process.pid)).collect();
    files.into_values().sum::<u64>() > memory
}

/// How often programs were stopped and sent on again: odd while they are stopped.
#[derive(Debug, Default, Clone)]
struct Stops(Arc<AtomicU64>);

impl Stops {
    /// Tells that they are about to be stopped, or have been sent on.
    fn tell(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    /// Whether it is true, and none was stopped at the time.
    fn are_none_while(&self, what: impl FnOnce() -> bool) -> bool {
        let before = self.0.load(Ordering::SeqCst);
        before.is_multiple_of(2) && what() && self.0.load(Ordering::SeqCst) == before
    }
}

/// That they hold less than they see was found out, and stands for a while: nobody is kept from work by being looked at.
struct Innocent {
    stops: Stops,
    /// The processor time that each had used then, in clock ticks, by its number and its start.
    proved: Option<HashMap<(Pid, u64), u64>>,
}

impl Innocent {
    /// Whether they hold no more than `memory`. Those at work are stopped while this is looked for: else those that take memory
    /// on all processors would take a lot more of it until this thread, one of many, is through. Those that sleep take none,
    /// and a stop would be seen by some of their calls (`signal(7)`: `epoll_wait(2)` fails with EINTR).
    fn is_proved(&mut self, all: &[Process], memory: u64) -> bool {
        if self.stands(all) {
            return true;
        }
        let at_work = |process: &&Process| process.state != 'T' && !owners::is_asleep(process.pid);
        self.stops.tell();
        let stopped: Vec<&Process> =
            all.iter().filter(at_work).inspect(|process| send(process, Signal::STOP)).collect();
        let proved = !hold_more(all.iter().collect(), memory, owners::share_of_memory);
        if proved {
            stopped.into_iter().for_each(|process| send(process, Signal::CONT));
            self.proved = Some(all.iter().map(|process| (key(process), process.cpu_ticks)).collect());
        }
        self.stops.tell();
        proved
    }

    /// Whether they have not worked enough since they were looked at to be looked at again.
    fn stands(&self, all: &[Process]) -> bool {
        let Some(before) = &self.proved else { return false };
        let since = |process| before.get(&key(process)).copied().unwrap_or(0);
        let ticks: u64 = all.iter().map(|process| process.cpu_ticks.saturating_sub(since(process))).sum();
        u128::from(ticks) * 1000 < WORK.as_millis() * u128::from(owners::ticks_per_second())
    }
}

/// What tells a process from a later one of the same number.
const fn key(process: &Process) -> (Pid, u64) {
    (process.pid, process.start_ticks)
}

/// Whether they hold more than that together. Two hundred that were forked from one Python see 2 GB and hold 150 MB: what they
/// see is only where to begin, and stands for those that do not let themselves be looked into. To look takes 11 ms for each
/// gigabyte seen, so that what is beyond `LOOKED_AT` times the memory stands as well: nobody keeps the guard busy by sharing.
fn hold_more(mut all: Vec<&Process>, memory: u64, share: impl Fn(Pid) -> Option<u64>) -> bool {
    all.sort_by_key(|process| std::cmp::Reverse(process.resident_bytes));
    let (mut seen, mut held) = (0_u64, 0_u64);
    all.into_iter().any(|process| {
        seen += process.resident_bytes;
        let part = if seen <= memory.saturating_mul(LOOKED_AT) { share(process.pid) } else { None };
        held += part.unwrap_or(process.resident_bytes);
        held > memory
    })
}

/// The processes that descend from this one: all others, where it is the first one of a namespace. On a shared machine there may
/// be thousands of others, and this is asked twenty times a second.
fn descendants() -> Vec<Process> {
    let me = getpid().as_raw_pid();
    let all = |numbers: Vec<Pid>| numbers.into_iter().filter(|&pid| pid != me).filter_map(owners::process).collect();
    if getpid().is_init() {
        return all(owners::numbers());
    }
    if let Some(mut own) = owners::descendants(me, std::iter::empty()) {
        own.retain(|process| process.pid != me);
        return own;
    }
    let all: Vec<Process> = all(owners::numbers());
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

fn end_all() {
    for _ in 0..ROUNDS {
        if let Some(all) = Number::from_raw(1).filter(|one| getpid() == *one) {
            // To "group 1" means to everybody but init itself, in one call (`kill(2)`, pid -1).
            let _ = rustix::process::kill_process_group(all, Signal::KILL);
        }
        let all = descendants();
        if all.iter().all(|process| process.state == 'Z') {
            return;
        }
        // Stopped first, so that none starts others while the rest is killed.
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
    fn what_they_use_together_counts() {
        // No process has the number 0, so that these cannot be looked into.
        assert_eq!(over(&[process(1, 500), process(1, 500)], 100, 1000), None);
        assert_eq!(over(&[process(1, 1000), process(1, 1)], 100, 1000), Some("memory"));
        assert_eq!(over(&[process(50, 0), process(50, 0)], 100, 1000), Some("processes"));
    }

    #[test]
    fn what_the_kernel_killed_is_told_before_the_next_look() {
        let count = |text: &str| {
            let group = tempfile::tempdir().expect("a folder");
            std::fs::write(group.path().join("memory.events"), text).expect("written");
            Some(Arc::new(Kills::of(group.path()).expect("it is there")))
        };
        let hit = |kills| {
            let guard = Guard::start(Bounds { processes: 1 << 30, memory: 1 << 60, kills }).expect("a thread");
            guard.hit()
        };
        assert_eq!((hit(None), hit(count("oom 0\noom_kill 0\n"))), (None, None));
        // It ends nobody's programs here: its own thread waits first, and ends with it.
        assert_eq!(hit(count("oom 1\noom_kill 1\n")), Some("memory"));
    }

    #[test]
    fn who_was_looked_at_is_let_work() {
        let innocent = |proved| Innocent { stops: Stops::default(), proved };
        let used = |cpu_ticks| Process { cpu_ticks, ..process(1, 1000) };
        let most = owners::ticks_per_second() / 4;
        assert!(!innocent(None).stands(&[used(0)]));
        let before: HashMap<(Pid, u64), u64> = [((0, 0), 70), ((9, 0), 500)].into();
        let before = innocent(Some(before));
        assert!(before.stands(&[used(70 + most - 1)]) && !before.stands(&[used(70 + most)]));
        // One that is over hides nothing of what the others do, nor does one of the same number.
        assert!(!before.stands(&[used(70), Process { pid: 1, ..used(most) }]));
        assert!(!before.stands(&[Process { start_ticks: 7, ..used(most) }]));
    }

    #[test]
    fn what_is_stopped_is_not_at_rest() {
        let stops = Stops::default();
        assert!(stops.are_none_while(|| true) && !stops.are_none_while(|| false));
        stops.tell();
        assert!(!stops.are_none_while(|| true), "they are stopped");
        stops.tell();
        assert!(stops.are_none_while(|| true));
        let other = stops.clone();
        let stopped_meanwhile = || {
            other.tell();
            other.tell();
            true
        };
        assert!(!stops.are_none_while(stopped_meanwhile));
    }

    #[test]
    fn what_they_share_counts_once() {
        let all = [process(1, 1000), process(1, 1000)];
        let all = || all.iter().collect();
        assert!(hold_more(all(), 1000, |_| Some(510)) && !hold_more(all(), 1020, |_| Some(510)));
        assert!(hold_more(all(), 1999, |_| None) && !hold_more(all(), 2000, |_| None));
        let many = [const { process(1, 1000) }; 32];
        assert!(!hold_more(many[..16].iter().collect(), 1000, |_| Some(1)));
        assert!(hold_more(many.iter().collect(), 1000, |_| Some(1)), "more than is looked at");
    }
}
