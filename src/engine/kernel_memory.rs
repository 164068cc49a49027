//! Memory that no process accounts for, added up for the resource monitor: System V segments, and
//! data and files in sockets. As a last resort, the memory of the whole machine.

use std::collections::HashMap;

use rustix::process::getpid;

use crate::sys::net_namespace::{NetNamespace, within};
use crate::sys::procfs::{self, Process};
use crate::sys::rlimits::Limits;
use crate::sys::{fds, kernel_memory};

/// A monitor of memory outside processes, and of the machine's available memory.
pub(super) struct HiddenMemory {
    /// Limit on memory outside processes, in bytes.
    memory: u64,
    /// Available memory at the start, in bytes. None if unknown.
    at_first: Option<u64>,
    /// Memory in files at the start, in bytes.
    files_at_first: u64,
}

/// If less than this is available, in bytes, the machine's memory is exhausted. All programs are
/// then killed, whichever took it, before the kernel chooses a victim.
const MIN_AVAILABLE_BYTES: u64 = 256 << 20;

impl HiddenMemory {
    pub(super) fn new(memory: u64) -> Self {
        let files_at_first = procfs::shmem_bytes().unwrap_or(0);
        Self { memory, at_first: kernel_memory::available_bytes(), files_at_first }
    }

    /// Returns true if memory outside processes exceeds the limit. Checked only if the machine has
    /// lost half the limit since the start.
    pub(super) fn exceeds_limit(&self, all: &[Process]) -> bool {
        let lost = self.at_first.zip(kernel_memory::available_bytes()).map(|(before, now)| before.saturating_sub(now));
        if lost.is_none_or(|lost| lost < self.memory / 2) || !getpid().is_init() {
            return false;
        }
        let mut networks = HashMap::new();
        for process in all {
            if let Ok(network) = NetNamespace::of_process(process.pid) {
                networks.entry(network.inode()).or_insert(network);
            }
        }
        let in_sockets = |network: &NetNamespace| within(network, kernel_memory::socket_bytes).and_then(|held| held);
        let sockets: u64 = networks.values().map(|network| in_sockets(network).unwrap_or(0)).sum();
        kernel_memory::segment_bytes().saturating_add(sockets).saturating_add(self.in_transit_bytes(all)) > self.memory
    }

    /// Returns an upper bound on memory in files that only a socket holds (`SCM_RIGHTS`). It is the
    /// smaller of what such files can hold and the growth of all memory in files.
    fn in_transit_bytes(&self, all: &[Process]) -> u64 {
        let grown = procfs::shmem_bytes().unwrap_or(0).saturating_sub(self.files_at_first);
        let files: u64 = all.iter().map(|process| fds::fds_in_transit(process.pid)).sum();
        grown.min(files.saturating_mul(Limits::default().file_bytes))
    }

    /// Returns true if the machine has hardly any memory left, but had more at the start. Otherwise
    /// the programs did not cause it.
    pub(super) fn machine_is_exhausted(&self) -> bool {
        let Some(before) = self.at_first else { return false };
        before > 2 * MIN_AVAILABLE_BYTES
            && kernel_memory::available_bytes().is_some_and(|now| now < MIN_AVAILABLE_BYTES)
    }
}
