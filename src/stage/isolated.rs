//! The isolated stage: this agent in fresh user, network, pid, mount, IPC and UTS namespaces, as their pid 1. Made once,
//! by a process with one thread; what runs inside is not its affair.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::PathBuf;

use super::surroundings;
use crate::sys::layer::Layer;
use crate::sys::mounts::{View, prepare_mounts};
use crate::sys::namespace::{Forked, Isolation, drop_root, enter, fork_init};
use crate::sys::{SysError, ending, limits, network};

/// What the sandbox shows and allows.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Sandbox {
    /// Folders and files that stay, writable.
    pub keep: Vec<OsString>,
    /// Folders and files that stay, read-only.
    pub keep_read_only: Vec<OsString>,
    /// A submission's folder: it is shown at [`SUBMISSION`], and what programs write there goes into memory.
    #[serde(default)]
    pub submission: Option<OsString>,
    /// Folders and files that nothing of a submission may see.
    #[serde(default)]
    pub hide: Vec<OsString>,
    /// Ports that servers will bind, which the kernel must not give to clients.
    pub reserved_ports: Vec<u16>,
    /// How many processes and threads there may be at a time.
    pub processes: u32,
    /// How much memory all programs together may hold, in bytes, where they are guarded.
    #[serde(default)]
    pub memory: u64,
}

/// The home of programs inside: an empty folder.
pub const HOME: &str = "/tmp/home";
/// Where a submission's folder is, inside.
pub const SUBMISSION: &str = "/tmp/submission";
/// How much the empty places inside may hold, in bytes.
const SCRATCH: u64 = 256 << 20;

/// Which side of the set-up this process is.
#[derive(Debug)]
pub enum Side {
    /// Pid 1 inside; everything is ready.
    Inside,
    /// The parent outside: it has only to wait for its child and end with it.
    Outside(rustix::process::Pid),
}

/// Why there is no isolation.
#[derive(Debug, thiserror::Error)]
pub enum NoIsolation {
    /// This machine does not allow namespaces.
    #[error("{0}")]
    Denied(SysError),
    /// It allows them, and then something did not work.
    #[error("{0}")]
    Broken(SysError),
}

/// Makes the namespaces and forks their first process. Call it as a process with one thread and no valuable descriptors.
///
/// # Errors
/// The machine does not allow it.
pub fn fork_inside() -> Result<Side, NoIsolation> {
    drop_root().map_err(NoIsolation::Broken)?;
    ending::die_with_parent().map_err(NoIsolation::Broken)?;
    enter(&Isolation::default()).map_err(NoIsolation::Denied)?;
    match fork_init().map_err(NoIsolation::Denied)? {
        Forked::Parent { init, .. } => Ok(Side::Outside(init)),
        Forked::Init => Ok(Side::Inside),
    }
}

/// Prepares the inside: mounts, `/proc`, loopback, limits. Returns the layer over the submission's folder, where there is
/// one. What could not be set is no matter to a verdict.
///
/// # Errors
/// The machine does not allow it: nothing may be run then.
pub fn furnish(sandbox: &Sandbox) -> Result<Option<Layer>, NoIsolation> {
    let paths = |list: &[OsString]| -> Vec<PathBuf> { list.iter().map(PathBuf::from).collect() };
    let (keep, keep_read_only) = (paths(&sandbox.keep), paths(&sandbox.keep_read_only));
    let hide = paths(&sandbox.hide);
    let submission = sandbox.submission.as_ref().map(PathBuf::from);
    let view = View {
        keep: &keep,
        keep_read_only: &keep_read_only,
        hide: &hide,
        layered: submission.as_deref().map(|from| (from, SUBMISSION.as_ref())),
        home: HOME.as_ref(),
        scratch_bytes: SCRATCH,
    };
    let mounts = prepare_mounts(&view).map_err(NoIsolation::Denied)?;
    if !mounts.own_proc {
        // Process numbers would be the outer ones, and no socket could be traced to its owner.
        let source = std::io::Error::from_raw_os_error(libc::EPERM);
        let on = "/proc".to_owned();
        return Err(NoIsolation::Denied(SysError::Doing { doing: "mounting a new proc", on, source }));
    }
    network::loopback_up().map_err(NoIsolation::Broken)?;
    // Each of these is an extra that older kernels lack.
    let _ = network::tune_network(&sandbox.reserved_ports);
    let _ = network::own_tables();
    let _ = surroundings::lead_out(Ipv4Addr::LOCALHOST);
    // Linux before 6.14 has one limit for the whole machine and refuses; RLIMIT_NPROC holds there.
    let _ = limits::pid_max(sandbox.processes);
    // A program inside needs no namespaces of its own, in which it would have capabilities again.
    let _ = network::write_sysctl("user/max_user_namespaces", "0");
    ending::set_not_dumpable().map_err(NoIsolation::Broken)?;
    Ok(mounts.layer)
}
