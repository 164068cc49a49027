//! Lists processes and their resource usage and state, from `/proc` (`proc(5)`). Results are not
//! cached. A process that has exited yields no data.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;

use crate::model::net::Pid;

/// A process, from `/proc/PID/stat` (`proc_pid_stat(5)`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Process {
    /// Process id.
    pub pid: Pid,
    /// Parent's process id; 0 if the parent is outside the pid namespace.
    pub parent: Pid,
    /// Session id.
    pub session: Pid,
    /// Process group id.
    pub group: Pid,
    /// State: `R`, `S`, `D`, `T`, `Z` and so on.
    pub state: char,
    /// Number of threads.
    pub threads: u64,
    /// Start time in clock ticks since boot. Identifies the process together with `pid`.
    pub start_ticks: u64,
    /// CPU time of the process, user and system, in clock ticks (see [`ticks_per_second`]).
    pub cpu_ticks: u64,
    /// Resident memory in bytes. Pages shared with other processes, for example after a fork, count
    /// in full (see [`proportional_memory`]).
    pub resident_bytes: u64,
}

/// Returns the number of clock ticks per second (`sysconf(_SC_CLK_TCK)`).
#[must_use]
pub(crate) fn ticks_per_second() -> u64 {
    rustix::param::clock_ticks_per_second()
}

/// Returns the ids of all processes in `/proc`.
#[must_use]
pub(crate) fn process_ids() -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// Returns all processes in `/proc`.
#[must_use]
pub(crate) fn processes() -> Vec<Process> {
    process_ids().into_iter().filter_map(process).collect()
}

/// Returns `root` and its descendants, from the kernel's lists of children
/// (`proc_tid_children(5)`). On a machine with many processes this reads far less than
/// [`processes`], which made 22 parallel runs take 277 s instead of 2.
///
/// While a process exits, a list may omit another one, so the processes in `known` are read in any
/// case. Returns `None` if the kernel has no such lists (CONFIG_PROC_CHILDREN) or `root` does not
/// exist.
#[must_use]
pub(crate) fn descendants(root: Pid, known: impl Iterator<Item = Pid>) -> Option<Vec<Process>> {
    let mut left: Vec<Pid> = known.collect();
    left.extend(children_of(root)?);
    let mut seen = HashSet::from([root]);
    let mut found: Vec<Process> = process(root).into_iter().collect();
    while let Some(pid) = left.pop() {
        if seen.insert(pid)
            && let Some(process) = process(pid)
        {
            left.extend(children_of(pid).unwrap_or_default());
            found.push(process);
        }
    }
    Some(found)
}

/// Returns the children of all threads of a process.
fn children_of(pid: Pid) -> Option<Vec<Pid>> {
    let mut lists = None;
    for thread in fs::read_dir(format!("/proc/{pid}/task")).ok()?.flatten() {
        if let Ok(list) = fs::read_to_string(thread.path().join("children")) {
            lists
                .get_or_insert_with(Vec::new)
                .extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<Pid>().ok()));
        }
    }
    lists
}

/// Returns the proportional memory of a process in bytes: a page shared by `n` processes counts as
/// an `n`th for each (`proc_pid_smaps(5)`, Pss). Only these values can be added up.
///
/// Returns `None` if it cannot be read. Costs far more than reading `stat`.
#[must_use]
pub(crate) fn proportional_memory(pid: Pid) -> Option<u64> {
    // A first thread that has exited has no memory.
    threads_of(pid)
        .into_iter()
        .find_map(|thread| parse_kib(&fs::read_to_string(format!("/proc/{thread}/smaps_rollup")).ok()?, "Pss:"))
}

/// Returns the value of a line in bytes.
fn parse_kib(text: &str, name: &str) -> Option<u64> {
    let number = text.lines().find_map(|line| line.strip_prefix(name))?.trim().strip_suffix("kB")?;
    number.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The memory of this machine, in bytes (`proc_meminfo(5)`). `None` if it cannot be read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct MachineMemory {
    /// Still available to programs (MemAvailable).
    pub available: Option<u64>,
    /// Held by all in-memory files (Shmem): an upper bound for those of each process.
    pub in_files: Option<u64>,
}

impl MachineMemory {
    /// Reads both values at once: the kernel adds up the memory of the machine for each read.
    #[must_use]
    pub(crate) fn read() -> Self {
        let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        Self { available: parse_kib(&text, "MemAvailable:"), in_files: parse_kib(&text, "Shmem:") }
    }
}

/// Returns a process, if it exists (a zombie does).
///
/// If its first thread has exited (`pthread_exit(3)` in `main`) and another is alive, the process
/// is not a zombie. The data then come from the other thread, since the first one has no memory.
#[must_use]
pub(crate) fn process(pid: Pid) -> Option<Process> {
    let stat = |thread: Pid| parse_stat(&fs::read(format!("/proc/{thread}/stat")).ok()?);
    let first = stat(pid)?;
    if !is_zombie(&first) || first.threads < 2 {
        return Some(first);
    }
    let alive = threads_of(pid).into_iter().filter_map(stat).find(|thread| !is_zombie(thread));
    Some(alive.map_or_else(|| first.clone(), |thread| Process { pid, start_ticks: first.start_ticks, ..thread }))
}

const fn is_zombie(process: &Process) -> bool {
    matches!(process.state, 'Z' | 'X')
}

/// Returns the threads of a process, the first one first. `/proc` has a directory for each thread,
/// although it does not list them.
pub(super) fn threads_of(pid: Pid) -> Vec<Pid> {
    let entries = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten();
    let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    std::iter::once(pid).chain(numbers.filter(|&thread| thread != pid)).collect()
}

/// Returns the executable of a process, if that may be read (`proc_pid_exe(5)`).
#[must_use]
pub(crate) fn executable_of(pid: Pid) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()
}

/// Returns a setting of the kernel that is a number, such as `user/max_user_namespaces`
/// (`proc_sys(5)`). `None` if the kernel does not have it.
#[must_use]
pub(crate) fn sysctl(name: &str) -> Option<u64> {
    fs::read_to_string(format!("/proc/sys/{name}")).ok()?.trim().parse().ok()
}

/// Returns the process of a thread, by the thread id (`proc_pid_status(5)`, Tgid).
#[must_use]
pub(crate) fn process_of_thread(thread: Pid) -> Option<Pid> {
    let status = fs::read_to_string(format!("/proc/{thread}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("Tgid:"))?.trim().parse().ok()
}

/// Returns true if every thread of a process sleeps, is stopped or has exited (`proc_pid_stat(5)`,
/// state): none is runnable or in a disk wait.
///
/// The kernel makes a thread runnable as soon as the awaited event occurs, so a sleeping thread has
/// no pending work.
#[must_use]
pub(crate) fn all_sleeping(pid: Pid) -> bool {
    let Ok(threads) = fs::read_dir(format!("/proc/{pid}/task")) else {
        return true;
    };
    let mut states = threads.filter_map(|thread| parse_stat(&fs::read(thread.ok()?.path().join("stat")).ok()?));
    states.all(|thread| !matches!(thread.state, 'R' | 'D'))
}

/// Returns `Some(true)` if a process is blocked until it gets standard input: each thread waits in
/// `read(2)` of descriptor 0 or for a child (`proc_pid_syscall(5)`).
///
/// Returns `Some(false)` if all threads wait for children. Returns `None` if one does something
/// else or cannot be inspected.
#[must_use]
pub(crate) fn awaits_input(pid: Pid) -> Option<bool> {
    let mut reads = false;
    for thread in fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        let call = fs::read_to_string(thread.ok()?.path().join("syscall")).ok()?;
        let mut words = call.split_ascii_whitespace();
        let number = words.next()?.parse::<libc::c_long>().ok()?;
        match number {
            libc::SYS_read if words.next() == Some("0x0") => reads = true,
            libc::SYS_wait4 | libc::SYS_waitid => {}
            _ => return None,
        }
    }
    Some(reads)
}

/// Parses a line of `stat`. The second field is the program's name, which may contain any
/// character, so the fields are counted from the last `)`.
fn parse_stat(line: &[u8]) -> Option<Process> {
    let open = line.iter().position(|&byte| byte == b'(')?;
    let close = line.iter().rposition(|&byte| byte == b')')?;
    let pid = std::str::from_utf8(line.get(..open)?).ok()?.trim();
    let rest = std::str::from_utf8(line.get(close + 1..)?).ok()?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    // The manual counts from 1, and `state`, the first field here, is its third.
    let text = |field: usize| fields.get(field - 3).copied();
    let number = |field| text(field)?.parse::<u64>().ok();
    let id = |field| text(field)?.parse::<Pid>().ok();
    Some(Process {
        pid: pid.parse().ok()?,
        state: text(3)?.chars().next()?,
        parent: id(4)?,
        group: id(5)?,
        session: id(6)?,
        cpu_ticks: number(14)? + number(15)?,
        threads: number(20)?,
        start_ticks: number(22)?,
        resident_bytes: number(24)?.saturating_mul(rustix::param::page_size() as u64),
    })
}

/// Returns `root`, if it is in `all`, and its descendants, parents before children.
#[must_use]
pub(crate) fn tree_pids(root: Pid, all: &[Process]) -> Vec<Pid> {
    let mut children: HashMap<Pid, Vec<Pid>> = HashMap::new();
    for process in all {
        children.entry(process.parent).or_default().push(process.pid);
    }
    let mut found: Vec<Pid> = all.iter().map(|process| process.pid).filter(|&pid| pid == root).collect();
    // The listing is not atomic and could contain a cycle. Removing each list of children stops it.
    let mut fresh = children.remove(&root).unwrap_or_default();
    while !fresh.is_empty() {
        fresh.retain(|&pid| pid != root);
        found.extend(&fresh);
        fresh = fresh.iter().filter_map(|pid| children.remove(pid)).flatten().collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn stat_name_may_contain_any_character() {
        let line = b"42 (a) b (\xff R 9) S 7 40 41 0 -1 4194560 1 2 3 4 50 8 0 0 20 0 3 0 777 1000 5 18446 1 1";
        let process = parse_stat(line).expect("a process");
        assert_eq!((process.pid, process.parent), (42, 7));
        assert_eq!((process.group, process.session), (40, 41));
        assert_eq!((process.state, process.cpu_ticks), ('S', 58));
        assert_eq!((process.threads, process.start_ticks), (3, 777));
        assert_eq!(process.resident_bytes, 5 * rustix::param::page_size() as u64);
        assert_eq!(parse_stat(b"42 (cut"), None);
        assert_eq!(parse_stat(b")("), None);
    }

    #[test]
    fn awaits_input_detects_a_blocked_reader() {
        let start = || Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("cat starts");
        let mut child = start();
        let pid = rustix::process::Pid::from_child(&child).as_raw_pid();
        let deadline = Instant::now() + Duration::from_secs(10);
        while awaits_input(pid) != Some(true) && Instant::now() < deadline {
            std::thread::yield_now();
        }
        assert_eq!(awaits_input(pid), Some(true));
        // Other threads of this process are active.
        assert_eq!(awaits_input(rustix::process::getpid().as_raw_pid()), None);
        drop(child.stdin.take());
        child.wait().expect("exited");
        assert_eq!(awaits_input(pid), None);
    }

    #[test]
    fn processes_include_this_one() {
        let pid = rustix::process::getpid().as_raw_pid();
        let own = processes().into_iter().find(|process| process.pid == pid);
        assert!(own.is_some_and(|own| own.resident_bytes > 0));
        assert_eq!(executable_of(pid), std::env::current_exe().ok());
    }

    #[test]
    fn proportional_memory_is_bounded_by_resident() {
        let pid = rustix::process::getpid().as_raw_pid();
        let seen = process(pid).expect("this process").resident_bytes;
        // Other test threads allocate and free memory between the two reads.
        assert!(proportional_memory(pid).is_some_and(|held| held > 0 && held < seen * 4));
        assert_eq!(proportional_memory(0), None);
    }

    #[test]
    fn descendants_include_children_and_known_processes() {
        let start = |command: &str| {
            Command::new("sh")
                .args(["-c", command])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .expect("sh starts")
        };
        let (mut child, mut other) = (start("cat & read word; kill $!; wait"), start("read word"));
        let [own, stranger] = [&child, &other].map(|child| rustix::process::Pid::from_child(child).as_raw_pid());
        let pids = |known: &[Pid]| -> Option<Vec<Pid>> {
            Some(descendants(own, known.iter().copied())?.iter().map(|process| process.pid).collect())
        };
        let deadline = Instant::now() + Duration::from_secs(10);
        while pids(&[]).is_some_and(|found| found.len() < 2) && Instant::now() < deadline {
            std::thread::yield_now();
        }
        let all: HashSet<Pid> = tree_pids(own, &processes()).into_iter().collect();
        // On a kernel without the lists this is `None`.
        assert!(pids(&[]).is_none_or(|found| found.len() == 2 && found.into_iter().collect::<HashSet<_>>() == all));
        assert!(pids(&[stranger, own]).is_none_or(|found| found.len() == 3 && found.contains(&stranger)));
        assert!(descendants(0, std::iter::empty()).is_none(), "process 0 does not exist");
        for process in [&mut child, &mut other] {
            drop(process.stdin.take());
            process.wait().expect("exited");
        }
    }

    #[test]
    fn tree_contains_descendants_only() {
        let template = parse_stat(b"1 (x) S 0 1 1 0 -1 0 1 2 3 4 5 6 0 0 20 0 1 0 7 1 1 1").expect("a process");
        let all: Vec<Process> = [(1, 0), (2, 1), (3, 2), (4, 1), (9, 8), (8, 9)]
            .map(|(pid, parent)| Process { pid, parent, ..template.clone() })
            .to_vec();
        assert_eq!(tree_pids(2, &all), [2, 3]);
        assert_eq!(tree_pids(1, &all), [1, 2, 4, 3]);
        assert_eq!(tree_pids(77, &all), [0; 0]);
        assert_eq!(tree_pids(8, &all), [8, 9], "a cycle stops");
    }
}
