//! Reads in which system call each thread of a process sleeps, and when it wakes by itself
//! (`proc_pid_syscall(5)`). Knows the calls that only input, another thread or a time limit can
//! end.

use std::fs;
use std::time::Duration;

use super::procfs;
use super::seccomp_notify::read_memory;
use crate::model::net::Pid;

/// A thread that sleeps in a system call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SleepingThread {
    /// The id of the thread.
    pub thread: Pid,
    /// The name of the thread (`prctl(2)`, PR_SET_NAME), at most 15 bytes.
    pub name: String,
    /// Context switches so far: unchanged if the thread has not run in between.
    pub switches: u64,
    /// The call, as in its manual page.
    pub call: &'static str,
    /// The descriptor that a call on one descriptor waits for, also `poll` of one.
    pub fd: Option<i32>,
    /// When the thread wakes by itself. None: never.
    pub wakes: Option<Wake>,
}

/// A time limit of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wake {
    /// So long after the call began, which is not known.
    After(Duration),
    /// At this time of CLOCK_MONOTONIC.
    Monotonic(Duration),
    /// At this time of CLOCK_REALTIME.
    Realtime(Duration),
}

/// Returns the threads of a process, if each of them sleeps in a known call. Exited threads are
/// left out.
///
/// Returns `None` if a thread runs, is stopped, waits for a disk, has a pending signal, sleeps in
/// another call, or may not be inspected.
#[must_use]
pub fn sleeping_threads(pid: Pid) -> Option<Vec<SleepingThread>> {
    let mut threads = Vec::new();
    for entry in fs::read_dir(format!("/proc/{pid}/task")).ok()? {
        let thread: Pid = entry.ok()?.file_name().to_str()?.parse().ok()?;
        let status = fs::read_to_string(format!("/proc/{pid}/task/{thread}/status")).ok()?;
        let status = Status::parse(&status)?;
        match status.state {
            'Z' | 'X' => continue,
            'S' if !status.has_signal => {}
            _ => return None,
        }
        let call = fs::read_to_string(format!("/proc/{pid}/task/{thread}/syscall")).ok()?;
        let read = |at, length| read_memory(thread, at, length);
        let (call, fd, wakes) = blocking_call(&call, &read)?;
        if call == "read" && !fd.is_some_and(|fd| is_stream(pid, fd)) {
            return None;
        }
        threads.push(SleepingThread { thread, name: status.name, switches: status.switches, call, fd, wakes });
    }
    (!threads.is_empty()).then_some(threads)
}

/// Returns true if a descriptor is a socket, a pipe, a terminal or another file without a disk.
///
/// `read(2)` of a file on FUSE sleeps as that of a socket does, until another process answers.
fn is_stream(pid: Pid, fd: i32) -> bool {
    let link = fs::read_link(format!("/proc/{pid}/fd/{fd}")).unwrap_or_default();
    let link = link.to_string_lossy();
    ["socket:[", "pipe:[", "anon_inode:", "/dev/"].iter().any(|begin| link.starts_with(begin))
}

/// Returns the start of a thread on CLOCK_BOOTTIME (`proc_pid_stat(5)`, starttime).
#[must_use]
pub fn thread_start(thread: Pid) -> Option<Duration> {
    let ticks = procfs::process(thread)?.start_ticks;
    Some(Duration::from_millis(ticks.saturating_mul(1000) / procfs::ticks_per_second().max(1)))
}

/// The fields of `/proc/PID/status` that matter here (`proc_pid_status(5)`).
struct Status {
    name: String,
    state: char,
    /// True if a signal is pending that the thread does not block.
    has_signal: bool,
    switches: u64,
}

impl Status {
    fn parse(text: &str) -> Option<Self> {
        let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let mask = |name: &str| u64::from_str_radix(field(name)?, 16).ok();
        let count = |name: &str| field(name)?.parse::<u64>().ok();
        let pending = mask("SigPnd:")? | mask("ShdPnd:")?;
        Some(Self {
            name: field("Name:")?.to_owned(),
            state: field("State:")?.chars().next()?,
            has_signal: pending & !mask("SigBlk:")? != 0,
            switches: count("voluntary_ctxt_switches:")? + count("nonvoluntary_ctxt_switches:")?,
        })
    }
}

/// Parses a line of `/proc/PID/syscall`. Returns the call, its descriptor and its time limit, if it
/// is known to end only by input, by another thread or process, or at that limit.
///
/// A call that `restart_syscall(2)` resumes has lost its arguments, and one that sends or connects
/// may proceed by itself: neither is known.
fn blocking_call(
    line: &str,
    read: &dyn Fn(u64, usize) -> Option<Vec<u8>>,
) -> Option<(&'static str, Option<i32>, Option<Wake>)> {
    let mut words = line.split_ascii_whitespace();
    let number: libc::c_long = words.next()?.parse().ok()?;
    let mut arguments = [0; 6];
    for argument in &mut arguments {
        *argument = u64::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    }
    let int = |k: usize| arguments[k] as u32 as i32;
    let milliseconds = |k: usize| u64::try_from(int(k)).ok().map(|ms| Wake::After(Duration::from_millis(ms)));
    // A pointer to a `timespec`, or to a `timeval` with microseconds. None of both: no limit.
    let time = |k: usize, unit: u64| -> Option<Option<Duration>> {
        if arguments[k] == 0 {
            return Some(None);
        }
        let bytes = read(arguments[k], 16)?;
        let (seconds, rest) = bytes.split_first_chunk::<8>()?;
        let rest = u64::from_ne_bytes(*rest.first_chunk()?);
        Some(Some(Duration::from_secs(u64::from_ne_bytes(*seconds)) + Duration::from_nanos(rest.checked_mul(unit)?)))
    };
    let relative = |k: usize| time(k, 1).map(|time| time.map(Wake::After));
    // Many libraries wait with poll for the socket of one call.
    let polled = || (arguments[1] == 1).then(|| read(arguments[0], 4)).flatten().and_then(|fd| int_of(&fd));
    let on_fd = |name| Some((name, Some(int(0)), None));
    match number {
        libc::SYS_read | libc::SYS_readv => on_fd("read"),
        // Without a place for the sender's address it is `recv(2)`.
        libc::SYS_recvfrom => on_fd(if arguments[4] == 0 { "recv" } else { "recvfrom" }),
        libc::SYS_recvmsg => on_fd("recvmsg"),
        libc::SYS_accept | libc::SYS_accept4 => on_fd("accept"),
        libc::SYS_recvmmsg => Some(("recvmmsg", Some(int(0)), relative(4)?)),
        libc::SYS_wait4 => Some(("wait", None, None)),
        libc::SYS_waitid => Some(("waitid", None, None)),
        libc::SYS_rt_sigsuspend => Some(("sigsuspend", None, None)),
        libc::SYS_rt_sigtimedwait => Some(("sigtimedwait", None, relative(2)?)),
        libc::SYS_ppoll => Some(("poll", polled(), relative(2)?)),
        libc::SYS_pselect6 => Some(("select", None, relative(4)?)),
        libc::SYS_epoll_pwait => Some(("epoll_wait", Some(int(0)), milliseconds(3))),
        libc::SYS_epoll_pwait2 => Some(("epoll_wait", Some(int(0)), relative(3)?)),
        libc::SYS_nanosleep => Some(("sleep", None, relative(0)?)),
        libc::SYS_clock_nanosleep => {
            let until = time(2, 1)??;
            let wake = match (int(1) & libc::TIMER_ABSTIME != 0, int(0)) {
                (false, _) => Wake::After(until),
                (true, libc::CLOCK_REALTIME) => Wake::Realtime(until),
                (true, libc::CLOCK_MONOTONIC) => Wake::Monotonic(until),
                _ => return None,
            };
            Some(("sleep", None, Some(wake)))
        }
        libc::SYS_futex => {
            let absolute = |is_realtime| {
                let wake = if is_realtime { Wake::Realtime } else { Wake::Monotonic };
                time(3, 1).map(|time| time.map(wake))
            };
            let operation = int(1);
            let wakes = match operation & libc::FUTEX_CMD_MASK {
                libc::FUTEX_WAIT => relative(3)?,
                libc::FUTEX_WAIT_BITSET | libc::FUTEX_WAIT_REQUEUE_PI => {
                    absolute(operation & libc::FUTEX_CLOCK_REALTIME != 0)?
                }
                libc::FUTEX_LOCK_PI => absolute(true)?,
                _ => return None,
            };
            Some(("futex", None, wakes))
        }
        #[cfg(target_arch = "x86_64")]
        libc::SYS_poll => Some(("poll", polled(), milliseconds(2))),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_select => Some(("select", None, time(4, 1000)?.map(Wake::After))),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_epoll_wait => Some(("epoll_wait", Some(int(0)), milliseconds(3))),
        #[cfg(target_arch = "x86_64")]
        libc::SYS_pause => Some(("pause", None, None)),
        _ => None,
    }
}

/// Returns a descriptor in the memory of a program. Negative ones are ignored (poll(2)).
fn int_of(bytes: &[u8]) -> Option<i32> {
    let (number, _) = bytes.split_first_chunk::<4>()?;
    Some(i32::from_ne_bytes(*number)).filter(|fd| *fd >= 0)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::Instant;

    use rstest::rstest;

    use super::*;

    const NONE: &str = "0x0 0x0";

    /// A memory that holds 2 and 500 at every address.
    fn memory(_: u64, length: usize) -> Option<Vec<u8>> {
        Some([2_u64.to_ne_bytes(), 500_u64.to_ne_bytes()].concat()[..length].to_vec())
    }

    const fn ns(ns: u64) -> Duration {
        Duration::new(2, ns as u32)
    }

    #[rstest]
    #[case::recv(libc::SYS_recvfrom, "0x4 0x7f00 0x400 0x0", Some(("recv", Some(4), None)))]
    #[case::recvfrom(libc::SYS_recvfrom, "0x4 0x7f00 0x400 0x0 0x7f20", Some(("recvfrom", Some(4), None)))]
    #[case::accept(libc::SYS_accept4, "0x3 0x0 0x0 0x80000", Some(("accept", Some(3), None)))]
    #[case::ppoll_without_limit(libc::SYS_ppoll, "0x7f00 0x1 0x0 0x0", Some(("poll", Some(2), None)))]
    #[case::ppoll_of_two(libc::SYS_ppoll, "0x7f00 0x2 0x0 0x0", Some(("poll", None, None)))]
    #[case::ppoll(libc::SYS_ppoll, "0x7f00 0x1 0x7f10 0x0", Some(("poll", Some(2), Some(Wake::After(ns(500))))))]
    #[case::epoll(libc::SYS_epoll_pwait, "0x5 0x7f00 0x80 0xffffffff", Some(("epoll_wait", Some(5), None)))]
    #[case::epoll_limit(
        libc::SYS_epoll_pwait,
        "0x5 0x7f00 0x80 0x1f4",
        Some(("epoll_wait", Some(5), Some(Wake::After(Duration::from_millis(500)))))
    )]
    #[case::pselect(libc::SYS_pselect6, "0x4 0x7f00 0x0 0x0 0x7f10", Some(("select", None, Some(Wake::After(ns(500))))))]
    #[case::sleep(libc::SYS_clock_nanosleep, "0x0 0x0 0x7f10 0x0", Some(("sleep", None, Some(Wake::After(ns(500))))))]
    #[case::sleep_until(
        libc::SYS_clock_nanosleep,
        "0x1 0x1 0x7f10 0x0",
        Some(("sleep", None, Some(Wake::Monotonic(ns(500)))))
    )]
    #[case::sleep_by_another_clock(libc::SYS_clock_nanosleep, "0x7 0x1 0x7f10 0x0", None)]
    #[case::lock(libc::SYS_futex, "0x7f00 0x80 0x2 0x0", Some(("futex", None, None)))]
    #[case::timed_lock(libc::SYS_futex, "0x7f00 0x80 0x2 0x7f10", Some(("futex", None, Some(Wake::After(ns(500))))))]
    #[case::condition(libc::SYS_futex, "0x7f00 0x189 0x0 0x7f10", Some(("futex", None, Some(Wake::Realtime(ns(500))))))]
    #[case::other_futex(libc::SYS_futex, "0x7f00 0x81 0x2 0x0", None)]
    #[case::send(libc::SYS_sendto, "0x4 0x7f00 0x400 0x0", None)]
    #[case::connect(libc::SYS_connect, "0x4 0x7f00 0x10 0x0", None)]
    #[case::restarted(libc::SYS_restart_syscall, "0x4 0x7f00 0x10 0x0", None)]
    fn blocking_calls_are_classified(
        #[case] number: libc::c_long,
        #[case] arguments: &str,
        #[case] expected: Option<(&'static str, Option<i32>, Option<Wake>)>,
    ) {
        let fill = if arguments.split(' ').count() == 5 { "0x0" } else { NONE };
        let line = format!("{number} {arguments} {fill} 0x7ffd 0x7f12\n");
        assert_eq!(blocking_call(&line, &memory), expected);
    }

    #[rstest]
    #[case("running\n")]
    #[case("-1 0x7ffd 0x7f12\n")]
    #[case("")]
    fn other_lines_are_not_calls(#[case] line: &str) {
        assert_eq!(blocking_call(line, &memory), None);
    }

    #[test]
    fn regular_file_is_no_stream() {
        let file = tempfile::tempfile().expect("a file");
        let me = rustix::process::getpid().as_raw_pid();
        assert!(!is_stream(me, std::os::fd::AsRawFd::as_raw_fd(&file)) && !is_stream(me, 9999));
    }

    #[test]
    fn unreadable_limit_is_unknown() {
        let line = format!("{} 0x7f00 0x1 0x7f10 0x0 0x0 0x0 0x7ffd 0x7f12", libc::SYS_ppoll);
        assert_eq!(blocking_call(&line, &|_, _| None), None);
    }

    #[test]
    fn pending_signal_counts_unless_it_is_blocked() {
        let status = |pending: &str, blocked: &str| {
            let text = format!(
                "Name:\ta b\nState:\tS (sleeping)\nSigPnd:\t0000000000000000\nShdPnd:\t{pending}\nSigBlk:\t{blocked}\n\
                 voluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t2\n"
            );
            Status::parse(&text).map(|status| (status.name, status.state, status.has_signal, status.switches))
        };
        assert_eq!(status("4000", "0"), Some(("a b".to_owned(), 'S', true, 42)));
        assert_eq!(status("4000", "4000"), Some(("a b".to_owned(), 'S', false, 42)));
    }

    #[test]
    fn blocked_reader_is_found_and_this_process_is_not_asleep() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("cat starts");
        let pid = rustix::process::Pid::from_child(&child).as_raw_pid();
        let deadline = Instant::now() + Duration::from_secs(10);
        let threads = loop {
            match sleeping_threads(pid) {
                Some(threads) if threads[0].name == "cat" => break threads,
                _ if Instant::now() > deadline => panic!("cat does not wait for input"),
                _ => std::thread::yield_now(),
            }
        };
        assert_eq!((threads.len(), threads[0].call, threads[0].fd, threads[0].wakes), (1, "read", Some(0), None));
        assert_eq!(sleeping_threads(pid), Some(threads), "it has not run in between");
        assert_eq!(sleeping_threads(rustix::process::getpid().as_raw_pid()), None);
        assert!(thread_start(pid) > Some(Duration::ZERO));
        assert!(is_stream(pid, 0) && is_stream(pid, 1), "a pipe and /dev/null");
        drop(child.stdin.take());
        child.wait().expect("exited");
        assert_eq!(sleeping_threads(pid), None);
    }
}
