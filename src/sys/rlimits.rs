//! Sets resource limits of a program (`getrlimit(2)`), which stop runaway processes. Does not
//! measure a whole process tree; for that, callers add up `procfs::proportional_memory`.

use std::{fs, io};

use rustix::process::{Resource, Rlimit, getpid, getrlimit, setrlimit};

use super::{Operation, SysError, doing, during};

/// A limit that is not set: the present hard limit stays.
pub(crate) const UNLIMITED: u64 = u64::MAX;

/// The limits of a program under test, both soft and hard. None is raised above the present hard
/// limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Processes and threads of this user in this user namespace (`RLIMIT_NPROC`; per namespace
    /// since Linux 5.14). Without a separate namespace it counts everything that the user runs: use
    /// [`UNLIMITED`] then.
    pub processes: u64,
    /// Private writable memory, in bytes (`RLIMIT_DATA`).
    pub data_bytes: u64,
    /// Maximum file size, in bytes (`RLIMIT_FSIZE`; beyond it SIGXFSZ).
    pub file_bytes: u64,
    /// CPU time, in seconds (`RLIMIT_CPU`; beyond it SIGXCPU, and SIGKILL a second later).
    pub cpu_seconds: u64,
    /// Open descriptors (`RLIMIT_NOFILE`).
    pub open_files: u64,
    /// Core files, in bytes (`RLIMIT_CORE`).
    pub core: u64,
}

impl Default for Limits {
    /// Returns the default limits, for these reasons:
    ///
    /// - `processes` 256: Java starts about 20 threads and Node about 11 on two processors, more on
    ///   many. A server may use one for each of a hundred clients. A fork bomb at 256 is dead
    ///   within milliseconds.
    /// - `data_bytes` 4 GiB: Java commits a 64th of the machine's memory as its first heap, all of
    ///   which counts. A C thread's stack counts 8 MiB, used or not. The limit therefore stops only
    ///   extreme cases, and resident memory is monitored elsewhere. `RLIMIT_AS` would stop Java and
    ///   Node, which reserve far more than they use.
    fn default() -> Self {
        Self { processes: 256, data_bytes: 4 << 30, file_bytes: 64 << 20, cpu_seconds: 60, open_files: 4096, core: 0 }
    }
}

impl Limits {
    /// Applies the limits to this process and its future children. Async-signal-safe: only system
    /// calls.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses. It never refuses to lower a limit.
    pub(crate) fn apply(&self) -> io::Result<()> {
        for (resource, value) in [
            (Resource::Nproc, self.processes),
            (Resource::Data, self.data_bytes),
            (Resource::Fsize, self.file_bytes),
            (Resource::Nofile, self.open_files),
            (Resource::Core, self.core),
        ] {
            limit(resource, value, value)?;
        }
        // With equal limits the kernel sends SIGKILL at once, and the exit status would not show
        // the reason.
        limit(Resource::Cpu, self.cpu_seconds, self.cpu_seconds.saturating_add(1))
    }
}

fn limit(resource: Resource, soft: u64, hard: u64) -> io::Result<()> {
    if soft == UNLIMITED {
        return Ok(());
    }
    let present = getrlimit(resource).maximum.unwrap_or(UNLIMITED);
    let limit = |value: u64| Some(value.min(present)).filter(|&value| value != UNLIMITED);
    setrlimit(resource, Rlimit { current: limit(soft), maximum: limit(hard) })?;
    Ok(())
}

/// Raises the soft limit on open descriptors to the hard limit. A client driver needs one per
/// client, and shells start programs with a limit of 1,024.
///
/// # Errors
/// Returns an error if the kernel refuses; no such case is known, since the soft limit may always
/// be raised to the hard one.
pub(crate) fn raise_open_files() -> Result<(), SysError> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).map_err(during(Operation::RaiseOpenFiles))
}

/// Pids that the kernel does not reuse after the counter has passed them (`RESERVED_PIDS` in
/// `kernel/pid.c`).
const RESERVED_PIDS: u32 = 300;

/// Limits the pids of this pid namespace (`kernel.pid_max`, per pid namespace since Linux 6.14).
///
/// `count` processes and threads are then possible at a time, however many pids were used before,
/// and at first `RESERVED_PIDS` more. Unlike `RLIMIT_NPROC`, this also limits root.
///
/// # Errors
/// Returns an error if the setting is still machine-wide (`EACCES`), or if this process is not pid
/// 1 (`EPERM`).
pub(crate) fn set_pid_max(count: u32) -> Result<(), SysError> {
    const PATH: &str = "/proc/sys/kernel/pid_max";
    // Otherwise this would change the setting of other programs.
    if !getpid().is_init() {
        let error = io::Error::from_raw_os_error(libc::EPERM);
        return Err(doing(Operation::LimitProcesses, PATH)(error));
    }
    fs::write(PATH, count.saturating_add(RESERVED_PIDS).to_string()).map_err(doing(Operation::LimitProcesses, PATH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pid_max_requires_pid_1() {
        assert_eq!(set_pid_max(400).err().and_then(|error| error.errno()), Some(libc::EPERM));
    }
}
