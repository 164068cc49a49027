//! Memory that no process accounts for, added up for the resource monitor: anonymous files, System V
//! segments, and data and files in sockets. As a last resort, the memory of the whole machine.

use std::collections::HashMap;

use rustix::process::getpid;

use crate::sys::net_namespace::{NetNamespace, within};
use crate::sys::procfs::{MachineMemory, Process};
use crate::sys::rlimits::Limits;
use crate::sys::{fds, kernel_memory};

/// A monitor of memory outside processes, and of the machine's available memory.
pub(super) struct HiddenMemory {
    /// Limit on memory outside processes, in bytes.
    memory: u64,
    /// The machine's memory at the start.
    at_first: MachineMemory,
}

/// If less than this is available, in bytes, the machine's memory is exhausted. All programs are
/// then killed, whichever took it, before the kernel chooses a victim.
const MIN_AVAILABLE_BYTES: u64 = 256 << 20;

impl HiddenMemory {
    pub(super) fn new(memory: u64) -> Self {
        Self { memory, at_first: MachineMemory::read() }
    }

    /// Returns true if memory that no process accounts for exceeds the limit.
    pub(super) fn exceeds_limit(&self, all: &[Process], now: MachineMemory) -> bool {
        self.memfd_exceeds(all, now) || self.kernel_exceeds(all, now)
    }

    /// Returns true if anonymous files (`memfd`) alone exceed the limit. Checked separately from RSS,
    /// since mapped pages would count twice, and unmapped ones never. Often one number rules it out.
    fn memfd_exceeds(&self, all: &[Process], now: MachineMemory) -> bool {
        if now.in_files.is_some_and(|taken| taken <= self.memory) {
            return false;
        }
        let files: HashMap<_, _> = all.iter().flat_map(|process| fds::memfds_of(process.pid)).collect();
        files.into_values().sum::<u64>() > self.memory
    }

    /// Returns true if segments and sockets exceed the limit. Checked only if the machine has lost
    /// half the limit since the start.
    fn kernel_exceeds(&self, all: &[Process], now: MachineMemory) -> bool {
        let lost = self.at_first.available.zip(now.available).map(|(before, now)| before.saturating_sub(now));
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
        kernel_memory::segment_bytes().saturating_add(sockets).saturating_add(self.in_transit_bytes(all, now))
            > self.memory
    }

    /// Returns an upper bound on memory in files that only a socket holds (`SCM_RIGHTS`). It is the
    /// smaller of what such files can hold and the growth of all memory in files.
    fn in_transit_bytes(&self, all: &[Process], now: MachineMemory) -> u64 {
        let grown = now.in_files.unwrap_or(0).saturating_sub(self.at_first.in_files.unwrap_or(0));
        let files: u64 = all.iter().map(|process| fds::fds_in_transit(process.pid)).sum();
        grown.min(files.saturating_mul(Limits::default().file_bytes))
    }

    /// Returns true if the machine has hardly any memory left, but had more at the start. Otherwise
    /// the programs did not cause it.
    pub(super) fn machine_is_exhausted(&self, now: MachineMemory) -> bool {
        let Some(before) = self.at_first.available else { return false };
        before > 2 * MIN_AVAILABLE_BYTES && now.available.is_some_and(|now| now < MIN_AVAILABLE_BYTES)
    }
}
