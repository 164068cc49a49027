//! Memory that no look at the processes shows, added up for the guard: System V segments and what waits in sockets. And the last resort:
//! the machine's own memory.

use std::collections::HashMap;

use rustix::process::getpid;

use crate::sys::limits::Limits;
use crate::sys::net_namespace::{NetNamespace, within};
use crate::sys::owners::{self, Process};
use crate::sys::{open_files, unseen_memory};

/// Memory that no process shows, and what the machine has left.
pub(super) struct Unseen {
    /// What they may hold of it.
    memory: u64,
    /// What the machine had left at first.
    at_first: Option<u64>,
    /// What files in memory took of it then.
    files_at_first: u64,
}

/// The machine's memory is exhausted when less than this is left, in bytes: then all programs are ended, whoever has taken it, before
/// the kernel chooses whom to kill.
const LEFT: u64 = 256 << 20;

impl Unseen {
    pub(super) fn new(memory: u64) -> Self {
        let files_at_first = owners::memory_of_files().unwrap_or(0);
        Self { memory, at_first: unseen_memory::available(), files_at_first }
    }

    /// Whether they hold too much of it. Looked for only where the machine has lost half as much since the beginning.
    pub(super) fn is_too_much(&self, all: &[Process]) -> bool {
        let lost = self.at_first.zip(unseen_memory::available()).map(|(before, now)| before.saturating_sub(now));
        if lost.is_none_or(|lost| lost < self.memory / 2) || !getpid().is_init() {
            return false;
        }
        let mut networks = HashMap::new();
        for process in all {
            if let Ok(network) = NetNamespace::of(process.pid) {
                networks.entry(network.number()).or_insert(network);
            }
        }
        let in_sockets = |network: &NetNamespace| within(network, unseen_memory::in_sockets).and_then(|held| held);
        let sockets: u64 = networks.values().map(|network| in_sockets(network).unwrap_or(0)).sum();
        unseen_memory::segments().saturating_add(sockets).saturating_add(self.under_way(all)) > self.memory
    }

    /// What files may hold that nobody has open and that wait in a socket: no more than such files can, nor than all files in memory have
    /// grown by.
    fn under_way(&self, all: &[Process]) -> u64 {
        let grown = owners::memory_of_files().unwrap_or(0).saturating_sub(self.files_at_first);
        let files: u64 = all.iter().map(|process| open_files::descriptors_under_way(process.pid)).sum();
        grown.min(files.saturating_mul(Limits::default().file_bytes))
    }

    /// Whether the machine has hardly any left, and had more at first: else it was like that without them.
    pub(super) fn machine_is_exhausted(&self) -> bool {
        let Some(before) = self.at_first else { return false };
        before > 2 * LEFT && unseen_memory::available().is_some_and(|now| now < LEFT)
    }
}
