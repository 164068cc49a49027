//! Detects the capabilities of this machine by using each one once. Settings alone are not
//! conclusive: AppArmor lets `unshare` succeed and denies later steps. Returns error numbers and
//! the settings behind them; other modules give the advice.
#![expect(unsafe_code, reason = "seccomp(2) is asked which actions it knows")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use rustix::process::{PidfdFlags, Resource, getpid, getrlimit, pidfd_open};

use super::cgroup::CgroupParent;
use super::mounts::{MountView, SYSTEM, VisiblePlaces, prepare_mounts};
use super::namespace::{Forked, InnerIds, drop_root, enter, fork_init};
use super::net_settings::loopback_up;
use super::packet_ring::UnboundSocket;
use super::sock_diag::SocketTable;
use super::{Operation, SysError, doing, during, procfs, reap, rlimits, spawn};
use crate::model::{ExitStatus, HarnessError, TcpState};

/// The hidden argument with which this program runs [`namespaces_child`].
pub(crate) const NAMESPACES_ARGUMENT: &str = "__probe-namespaces";

/// The result of one probe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Probe {
    /// Machine-readable name, for example `sock-diag`.
    pub name: &'static str,
    /// Success, or the reason of the failure.
    pub outcome: Result<(), HarnessError>,
}

/// Names of the probes inside a sandbox, in the order of the output of [`namespaces_child`].
pub(crate) const INNER_PROBES: [&str; 3] = ["own-proc", "packet-socket", "pid-max"];

/// Makes a complete sandbox once, in a new process. If that works, returns a [`Probe`] for each
/// optional capability inside: `own-proc`, `packet-socket`, `pid-max`.
///
/// # Errors
/// Returns the first step that was refused. `EPERM` or `EACCES`: see [`apparmor_restricts_userns`],
/// [`userns_clone_forbidden`], [`seccomp_filtered`]. `ENOSPC`: see [`max_user_namespaces`].
pub(crate) fn probe_namespaces() -> Result<Vec<Probe>, HarnessError> {
    let failed = |error: io::Error| HarnessError::from(during(Operation::StartProbe)(error));
    let mut child = Command::new(spawn::own_executable())
        .arg(NAMESPACES_ARGUMENT)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(failed)?;
    let mut told = String::new();
    if let Some(stdout) = &mut child.stdout {
        stdout.read_to_string(&mut told).map_err(failed)?;
    }
    let status = child.wait().map_err(failed)?;
    let mut results: Results = serde_json::from_str(&told).unwrap_or_default();
    match results.remove("namespaces") {
        Some(Ok(())) if status.success() => {
            Ok(INNER_PROBES.iter().filter_map(|&name| Some(Probe { name, outcome: results.remove(name)? })).collect())
        }
        Some(Err(denied)) => Err(denied),
        // The process may have been killed.
        _ => {
            let signal = || ExitStatus::Signal(status.signal().unwrap_or_default());
            Err(HarnessError::ProbeExited { status: status.code().map_or_else(signal, ExitStatus::Code) })
        }
    }
}

/// The output of [`namespaces_child`], as JSON: the results by the names of the probes.
type Results = BTreeMap<String, Result<(), HarnessError>>;

/// Entry point of the process that [`probe_namespaces`] starts: makes a sandbox and prints the
/// results on standard output.
///
/// Call it before this process has a second thread.
#[must_use]
pub(crate) fn namespaces_child() -> ExitCode {
    let results = match sandbox() {
        Ok(ProbeSide::Inside(results)) => results,
        Ok(ProbeSide::Outside(code)) => return code,
        Err(error) => [("namespaces".to_owned(), Err(error.into()))].into(),
    };
    let worked = results.get("namespaces") == Some(&Ok(()));
    let written = serde_json::to_vec(&results).map_err(io::Error::other);
    let written = written.and_then(|told| io::stdout().write_all(&told));
    if worked && written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The process of the probe in which this is, with its results or exit code.
enum ProbeSide {
    Inside(Results),
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
        Err(doing(Operation::Mount, "/proc")(io::Error::from_raw_os_error(libc::EPERM)))
    };
    let inside = [own_proc, UnboundSocket::open().map(drop), rlimits::set_pid_max(400)];
    let mut results: Results = [("namespaces".to_owned(), Ok(()))].into();
    for (name, result) in INNER_PROBES.into_iter().zip(inside) {
        results.insert(name.to_owned(), result.map_err(HarnessError::from));
    }
    Ok(ProbeSide::Inside(results))
}

/// Tests whether packets of the machine's own network can be captured without a sandbox.
#[must_use]
pub(crate) fn probe_capture() -> Probe {
    Probe { name: "capture", outcome: UnboundSocket::open().map(drop).map_err(HarnessError::from) }
}

/// Tests whether the kernel's socket table can be queried.
#[must_use]
pub(crate) fn probe_sock_diag() -> Probe {
    let listed = SocketTable::open().and_then(|mut table| table.tcp(&[TcpState::Listen]));
    Probe { name: "sock-diag", outcome: listed.map(drop).map_err(HarnessError::from) }
}

/// Tests whether the socket table lists TCP sockets that are bound and do not listen (Linux 6.8).
#[must_use]
pub(crate) fn probe_bound_inactive() -> Probe {
    let works = match bound_is_listed() {
        Ok(true) => Ok(()),
        // A kernel before Linux 6.8 returns no error for the query.
        Ok(false) => Err(HarnessError::BoundUnlisted {}),
        Err(error) => Err(error.into()),
    };
    Probe { name: "bound-inactive", outcome: works }
}

fn bound_is_listed() -> Result<bool, SysError> {
    const DOING: Operation = Operation::BindSocket;
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
            .map_err(during(Operation::OpenPidfd))
            .map_err(HarnessError::from),
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
            Err(during(Operation::RequestNotification)(error).into())
        },
    }
}

/// Tests whether groups with a memory limit can be created (`cgroups(7)`).
#[must_use]
pub(crate) fn probe_memory_group() -> Probe {
    Probe { name: "memory-group", outcome: CgroupParent::find().map(drop).map_err(HarnessError::from) }
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
    procfs::sysctl("kernel/apparmor_restrict_unprivileged_userns").is_some_and(|value| value != 0)
}

/// Returns true if Debian's setting forbids user namespaces to all users but root
/// (`kernel.unprivileged_userns_clone`).
#[must_use]
pub(crate) fn userns_clone_forbidden() -> bool {
    procfs::sysctl("kernel/unprivileged_userns_clone") == Some(0)
}

/// Returns the maximum number of user namespaces per user (`user.max_user_namespaces`). `None` if
/// the kernel has none.
#[must_use]
pub(crate) fn max_user_namespaces() -> Option<u64> {
    procfs::sysctl("user/max_user_namespaces")
}

/// Returns the maximum number of network namespaces per user (`user.max_net_namespaces`). `None` if
/// the kernel has none. A scenario needs up to five.
#[must_use]
pub(crate) fn max_net_namespaces() -> Option<u64> {
    procfs::sysctl("user/max_net_namespaces")
}

/// Returns the release of the running kernel (`uname(2)`).
#[must_use]
pub(crate) fn kernel_release() -> String {
    rustix::system::uname().release().to_string_lossy().into_owned()
}

/// Returns true if a seccomp filter is active on this process, as in containers
/// (`proc_pid_status(5)`).
#[must_use]
pub(crate) fn seccomp_filtered() -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().filter_map(|line| line.strip_prefix("Seccomp:")).any(|mode| mode.trim() == "2")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_probes_succeed_or_return_errno() {
        for probe in [probe_sock_diag(), probe_pidfd(), probe_seccomp_notify()] {
            let Err(denied) = probe.outcome else { continue };
            assert!(denied.errno().is_some(), "{}: {denied:?}", probe.name);
        }
        assert!(probe_open_files() > 2);
    }
}
