//! What a program may use up (`getrlimit(2)`): the guard against runaways, for each process. It does not know how much
//! a whole tree of processes uses; who cares adds up `owners::share_of_memory`.

use std::fs;
use std::io;

use rustix::process::{Resource, Rlimit, getpid, getrlimit, setrlimit};

use super::{SysError, doing};

/// For a limit that is not set: the present hard limit stays.
pub const UNLIMITED: u64 = u64::MAX;

/// The limits of a program under test, each soft and hard. None is ever raised above the present hard limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Processes and threads of this user in this user namespace (`RLIMIT_NPROC`; per namespace since Linux 5.14).
    /// Outside a namespace of its own it counts everything that the user runs: then [`UNLIMITED`] is right.
    pub processes: u64,
    /// Private writable memory, in bytes (`RLIMIT_DATA`).
    pub data_bytes: u64,
    /// The longest file that can be written, in bytes (`RLIMIT_FSIZE`; past it: SIGXFSZ).
    pub file_bytes: u64,
    /// Processor time, in seconds (`RLIMIT_CPU`; past it SIGXCPU, a second later SIGKILL).
    pub cpu_seconds: u64,
    /// Open descriptors (`RLIMIT_NOFILE`).
    pub open_files: u64,
    /// Core files, in bytes (`RLIMIT_CORE`).
    pub core: u64,
}

impl Default for Limits {
    /// `processes` 256: Java starts about 20 threads and Node about 11 on two processors, more on many, and a server may
    /// take one for each of a hundred clients; a fork bomb at 256 is dead in some milliseconds.
    ///
    /// `data_bytes` 4 GiB: Java commits a 64th of the machine's memory as its first heap, all of which counts, and a
    /// C thread's stack counts 8 MiB, used or not. So it only stops the worst; what is really resident is watched
    /// elsewhere. `RLIMIT_AS` would stop Java and Node, which reserve much more than they use.
    fn default() -> Self {
        Self { processes: 256, data_bytes: 4 << 30, file_bytes: 64 << 20, cpu_seconds: 60, open_files: 4096, core: 0 }
    }
}

impl Limits {
    /// Puts the limits on this process and what it starts. Async-signal-safe: only system calls.
    ///
    /// # Errors
    /// Where the kernel refuses; lowering is never refused.
    pub fn apply(&self) -> io::Result<()> {
        for (resource, value) in [
            (Resource::Nproc, self.processes),
            (Resource::Data, self.data_bytes),
            (Resource::Fsize, self.file_bytes),
            (Resource::Nofile, self.open_files),
            (Resource::Core, self.core),
        ] {
            limit(resource, value, value)?;
        }
        // With both alike the kernel sends SIGKILL at once, and the exit status would not tell why.
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

/// Lets this process hold as many descriptors as it may at all: a driver of clients holds one for each, and shells start
/// programs with 1,024.
///
/// # Errors
/// None is known: the soft limit may always be raised to the hard one.
pub fn raise_open_files() -> Result<(), SysError> {
    let maximum = getrlimit(Resource::Nofile).maximum;
    setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
        .map_err(doing("raising the open file limit", "this process"))
}

/// Numbers that the kernel gives to nobody a second time once it has counted beyond them (`RESERVED_PIDS` in `kernel/pid.c`).
const RESERVED: u32 = 300;

/// Caps the numbers of the processes and threads of this pid namespace (`kernel.pid_max`, its own in each pid namespace
/// since Linux 6.14), so that `count` are left however many there were before. So many, and at first [`RESERVED`] more, are
/// then possible at a time; unlike `RLIMIT_NPROC` it also holds root.
///
/// # Errors
/// `EACCES` where the setting is still the whole machine's, `EPERM` where this process is not pid 1.
pub fn pid_max(count: u32) -> Result<(), SysError> {
    const PATH: &str = "/proc/sys/kernel/pid_max";
    // Elsewhere it would be set for somebody else.
    if !getpid().is_init() {
        let error = io::Error::from_raw_os_error(libc::EPERM);
        return Err(doing("limiting the number of processes", PATH)(error));
    }
    fs::write(PATH, count.saturating_add(RESERVED).to_string()).map_err(doing("limiting the number of processes", PATH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pid_1_changes_pid_max() {
        assert_eq!(pid_max(400).err().and_then(|error| error.errno()), Some(libc::EPERM));
    }
}
