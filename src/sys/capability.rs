//! Detects the capabilities of this machine by using each one once. Settings alone are not
//! conclusive: AppArmor lets `unshare` succeed and denies later steps. Returns error numbers and
//! the settings behind them; other modules give the advice.
#![expect(unsafe_code, reason = "seccomp(2) is asked which actions it knows")]

use std::fmt::Write as _;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use rustix::process::{PidfdFlags, Resource, getpid, getrlimit, pidfd_open};

use super::cgroup::CgroupParent;
use super::mounts::{MountView, SYSTEM, VisiblePlaces, prepare_mounts};
use super::namespace::{Forked, InnerIds, drop_root, enter, fork_init};
use super::net_settings::loopback_up;
use super::packet_ring::UnboundSocket;
use super::sock_diag::SocketTable;
use super::{SysError, doing, reap, rlimits, spawn};
use crate::model::{ExitStatus, TcpState};

/// The hidden argument with which this program runs [`namespaces_child`].
pub(crate) const NAMESPACES_ARGUMENT: &str = "__probe-namespaces";

/// The result of one probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Probe {
    /// Machine-readable name, for example `sock-diag`.
    pub name: &'static str,
    /// Success, or the reason of the failure.
    pub outcome: Result<(), Denied>,
}

/// The reason why a capability is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Denied {
    /// The kernel's error number, if the kernel refused.
    pub errno: Option<i32>,
    /// The failed action and the kernel's error message.
    pub text: String,
}

impl From<SysError> for Denied {
    fn from(error: SysError) -> Self {
        Self { errno: error.errno(), text: error.to_string() }
    }
}

/// Names of the probes inside a sandbox, in the order of the output of [`namespaces_child`].
pub(crate) const INNER_PROBES: [&str; 3] = ["own-proc", "packet-socket", "pid-max"];

/// Makes a complete sandbox once, in a new process. If that works, returns a [`Probe`] for each
/// optional capability inside: `own-proc`, `packet-socket`, `pid-max`.
///
/// # Errors
/// Returns the first step that was refused. `EPERM` or `EACCES`: see [`apparmor_restricts_userns`],
/// [`userns_clone_forbidden`], [`seccomp_filtered`]. `ENOSPC`: see [`max_user_namespaces`].
pub(crate) fn probe_namespaces() -> Result<Vec<Probe>, Denied> {
    let failed = |error: io::Error| Denied::from(doing("starting the namespace probe", "a new process")(error));
    let mut child = Command::new(spawn::own_executable())
        .arg(NAMESPACES_ARGUMENT)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let mut report = String::new();
    if let Some(stdout) = &mut child.stdout {
        stdout.read_to_string(&mut report).map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    let lines = read_lines(&report);
    match lines.get("namespaces") {
        Some(Ok(())) if status.success() => Ok(INNER_PROBES
            .iter()
            .filter_map(|&name| Some(Probe { name, outcome: lines.get(name)?.clone() }))
            .collect()),
        Some(Err(denied)) => Err(denied.clone()),
        // The process may have been killed.
        _ => Err(Denied { errno: None, text: format!("the namespace probe exited without a result ({status})") }),
    }
}

type Lines = std::collections::HashMap<String, Result<(), Denied>>;

/// Parses lines of the form `NAME ok` or `NAME ERRNO TEXT`, with ERRNO 0 if there is none.
fn read_lines(report: &str) -> Lines {
    let line = |line: &str| {
        let (name, rest) = line.split_once(' ')?;
        if rest == "ok" {
            return Some((name.to_owned(), Ok(())));
        }
        let (errno, text) = rest.split_once(' ')?;
        let errno = errno.parse().ok()?;
        Some((name.to_owned(), Err(Denied { errno: Some(errno).filter(|&errno| errno != 0), text: text.to_owned() })))
    };
    report.lines().filter_map(line).collect()
}

fn write_line(name: &str, result: &Result<(), Denied>) -> String {
    match result {
        Ok(()) => format!("{name} ok\n"),
        Err(Denied { errno, text }) => {
            format!("{name} {} {}\n", errno.unwrap_or(0), text.replace('\n', " "))
        }
    }
}

/// Entry point of the process that [`probe_namespaces`] starts: makes a sandbox and prints the
/// results on standard output.
///
/// Call it before this process has a second thread.
#[must_use]
pub(crate) fn namespaces_child() -> ExitCode {
    let report = match sandbox() {
        Ok(ProbeSide::Inside(report)) => report,
        Ok(ProbeSide::Outside(code)) => return code,
        Err(error) => write_line("namespaces", &Err(error.into())),
    };
    let worked = report.starts_with("namespaces ok");
    let written = io::stdout().write_all(report.as_bytes());
    if worked && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The process of the probe in which this is, with its output or exit code.
enum ProbeSide {
    Inside(String),
    Outside(ExitCode),
}

fn sandbox() -> Result<ProbeSide, SysError> {
    drop_root()?;
    reap::die_with_parent()?;
    enter(&InnerIds::default())?;
    if let Forked::Parent(init) = fork_init()? {
        return Ok(ProbeSide::Outside(match reap::wait_for(init)? {
            ExitStatus::Code(0) => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        }));
    }
    let view =
        MountView { keep: &[], hide: &[], layered: None, home: Path::new("/"), etc: &[], scratch_bytes: 1 << 20 };
    let mounts = prepare_mounts(&view, VisiblePlaces::resolve(SYSTEM))?;
    loopback_up()?;
    SocketTable::open()?;
    let own_proc = if mounts.own_proc {
        Ok(())
    } else {
        Err(doing("mounting", "/proc")(io::Error::from_raw_os_error(libc::EPERM)).into())
    };
    let mut report = write_line("namespaces", &Ok(()));
    for (name, result) in INNER_PROBES.into_iter().zip([
        own_proc,
        UnboundSocket::open().map(drop).map_err(Denied::from),
        rlimits::set_pid_max(400).map_err(Denied::from),
    ]) {
        // Writing to a string cannot fail.
        let _ = write!(report, "{}", write_line(name, &result));
    }
    Ok(ProbeSide::Inside(report))
}

/// Tests whether packets of the machine's own network can be captured without a sandbox.
#[must_use]
pub(crate) fn probe_capture() -> Probe {
    Probe { name: "capture", outcome: UnboundSocket::open().map(drop).map_err(Denied::from) }
}

/// Tests whether the kernel's socket table can be queried.
#[must_use]
pub(crate) fn probe_sock_diag() -> Probe {
    let listed = SocketTable::open().and_then(|mut table| table.tcp(&[TcpState::Listen]));
    Probe { name: "sock-diag", outcome: listed.map(drop).map_err(Denied::from) }
}

/// Text for a kernel before Linux 6.8, which returns no error for the query.
pub(crate) const BOUND_UNLISTED_TEXT: &str = "this kernel does not list bound sockets";

/// Tests whether the socket table lists TCP sockets that are bound and do not listen (Linux 6.8).
#[must_use]
pub(crate) fn probe_bound_inactive() -> Probe {
    let works = match bound_is_listed() {
        Ok(true) => Ok(()),
        Ok(false) => Err(Denied { errno: None, text: BOUND_UNLISTED_TEXT.to_owned() }),
        Err(error) => Err(error.into()),
    };
    Probe { name: "bound-inactive", outcome: works }
}

fn bound_is_listed() -> Result<bool, SysError> {
    const DOING: &str = "binding a socket";
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let socket =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).map_err(doing(DOING, anywhere))?;
    socket.bind(&anywhere.into()).map_err(doing(DOING, anywhere))?;
    let bound = socket.local_addr().map_err(doing(DOING, anywhere))?.as_socket();
    let rows = SocketTable::open()?.tcp(&[TcpState::BoundInactive])?;
    Ok(rows.iter().any(|row| Some(row.local) == bound))
}

/// Tests whether processes can be referred to by descriptors (Linux 5.3).
#[must_use]
pub(crate) fn probe_pidfd() -> Probe {
    Probe {
        name: "pidfd",
        outcome: pidfd_open(getpid(), PidfdFlags::empty())
            .map(drop)
            .map_err(doing("opening a pidfd", "this process"))
            .map_err(Denied::from),
    }
}

/// Tests whether system calls can be forwarded to a supervisor (`SECCOMP_RET_USER_NOTIF`,
/// `seccomp(2)`).
#[must_use]
pub(crate) fn probe_seccomp_notify() -> Probe {
    let action: u32 = libc::SECCOMP_RET_USER_NOTIF;
    // SAFETY: this operation only reads the number behind the pointer.
    let known = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_GET_ACTION_AVAIL, 0, &raw const action) };
    Probe {
        name: "seccomp-notify",
        outcome: if known == 0 {
            Ok(())
        } else {
            let error = io::Error::last_os_error();
            Err(doing("requesting seccomp user notification", "seccomp")(error).into())
        },
    }
}

/// Tests whether groups with a memory limit can be created (`cgroups(7)`).
#[must_use]
pub(crate) fn probe_memory_group() -> Probe {
    Probe { name: "memory-group", outcome: CgroupParent::find().map(drop).map_err(Denied::from) }
}

/// Returns the maximum number of open descriptors of a process (the hard limit).
#[must_use]
pub(crate) fn probe_open_files() -> u64 {
    getrlimit(Resource::Nofile).maximum.unwrap_or(rlimits::UNLIMITED)
}

/// Returns true if AppArmor restricts user namespaces (Ubuntu 23.10 and later;
/// `kernel.apparmor_restrict_unprivileged_userns`).
#[must_use]
pub(crate) fn apparmor_restricts_userns() -> bool {
    read_sysctl("kernel/apparmor_restrict_unprivileged_userns").is_some_and(|value| value != 0)
}

/// Returns true if Debian's setting forbids user namespaces to all users but root
/// (`kernel.unprivileged_userns_clone`).
#[must_use]
pub(crate) fn userns_clone_forbidden() -> bool {
    read_sysctl("kernel/unprivileged_userns_clone") == Some(0)
}

/// Returns the maximum number of user namespaces per user (`user.max_user_namespaces`). `None` if
/// the kernel has none.
#[must_use]
pub(crate) fn max_user_namespaces() -> Option<u64> {
    read_sysctl("user/max_user_namespaces")
}

/// Returns true if a seccomp filter is active on this process, as in containers
/// (`proc_pid_status(5)`).
#[must_use]
pub(crate) fn seccomp_filtered() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter_map(|line| line.strip_prefix("Seccomp:")).any(|mode| mode.trim() == "2")
}

fn read_sysctl(path: &str) -> Option<u64> {
    let value = fs::read_to_string(Path::new("/proc/sys").join(path)).ok()?;
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probe_lines_round_trip() {
        let denied = Err(Denied {
            errno: Some(libc::ENOSPC),
            text: "creating namespaces on this process: No space left".to_owned(),
        });
        let unknown = Err(Denied { errno: None, text: "two\nlines".to_owned() });
        let report = write_line("a", &Ok(())) + &write_line("b", &denied) + &write_line("c", &unknown);
        let lines = read_lines(&report);
        assert_eq!((&lines["a"], &lines["b"]), (&Ok(()), &denied));
        let Err(Denied { errno: None, text }) = &lines["c"] else { panic!("expected no error number") };
        assert_eq!(text, "two lines");
        assert_eq!(read_lines("half\nb x y\n").len(), 0);
    }

    #[test]
    fn plain_probes_succeed_or_return_errno() {
        for probe in [probe_sock_diag(), probe_pidfd(), probe_seccomp_notify()] {
            let Err(denied) = probe.outcome else { continue };
            assert!(denied.errno.is_some(), "{}: {}", probe.name, denied.text);
        }
        assert!(probe_open_files() > 2);
    }
}
