//! A guard beside the loop: it adds up what all programs of a submission use together, which no limit of the kernel does for
//! them, and ends them when it is too much. The loop is told why.

use std::collections::HashMap;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::process::{Pid as Number, Signal, getpid, kill_process};

use crate::model::net::Pid;
use crate::sys::owners::{self, Process};

/// How often it looks.
const EVERY: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };
/// How often all are listed and killed: each may have started another one meanwhile.
const ROUNDS: usize = 8;

/// What all programs together may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// How many they may be, threads included.
    pub processes: u64,
    /// What they may hold, with what they keep in files in memory, in bytes.
    pub memory: u64,
}

/// The guard; it ends with this value.
#[derive(Debug)]
pub(super) struct Guard {
    hit: Arc<OnceLock<&'static str>>,
    stop: OwnedFd,
    thread: Option<JoinHandle<()>>,
}

impl Guard {
    /// Guards all descendants of this process.
    ///
    /// # Errors
    /// No thread can be started.
    pub(super) fn start(Bounds { processes, memory }: Bounds) -> std::io::Result<Self> {
        let stop = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let stopped = stop.try_clone()?;
        let hit = Arc::new(OnceLock::new());
        let told = Arc::clone(&hit);
        // A few below what the kernel allows: a bomb that fails to start more is still one.
        let most = processes.saturating_sub(processes / 8);
        let thread = std::thread::Builder::new().name("guard".to_owned()).spawn(move || {
            loop {
                let mut wanted = [PollFd::new(&stopped, PollFlags::IN)];
                let _ = poll(&mut wanted, Some(&EVERY));
                if !wanted[0].revents().is_empty() {
                    return;
                }
                let cap = if too_many(most) { Some("processes") } else { over(&descendants(), most, memory) };
                if let Some(cap) = cap {
                    let _ = told.set(cap);
                    end_all();
                }
            }
        })?;
        Ok(Self { hit, stop, thread: Some(thread) })
    }

    /// The cap for which everything was ended.
    pub(super) fn hit(&self) -> Option<&'static str> {
        self.hit.get().copied()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Whether a place has no room left: a program that fails then most likely fails for that.
pub(super) fn is_full(place: &Path) -> bool {
    rustix::fs::statvfs(place).is_ok_and(|room| room.f_bavail == 0 || (room.f_files > 0 && room.f_favail == 0))
}

/// Whether there are too many, by counting alone: where hundreds of them want a processor this thread gets very little of one.
/// Only where all but this process are theirs.
fn too_many(most: u64) -> bool {
    getpid().is_init() && owners::count() as u64 > most
}

/// What is too much.
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

fn descendants() -> Vec<Process> {
    let me = getpid().as_raw_pid();
    let all = owners::processes();
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
    let ours: Vec<Process> = all.iter().filter(|process| descends(process)).cloned().collect();
    ours
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
                if let Some(number) = Number::from_raw(process.pid) {
                    let _ = kill_process(number, signal);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn process(threads: u64, resident_bytes: u64) -> Process {
        Process {
            pid: 5,
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
        assert_eq!(over(&[process(1, 500), process(1, 500)], 100, 1000), None);
        assert_eq!(over(&[process(1, 1000), process(1, 1)], 100, 1000), Some("memory"));
        assert_eq!(over(&[process(50, 0), process(50, 0)], 100, 1000), Some("processes"));
    }
}
