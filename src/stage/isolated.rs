//! The isolated stage: this agent in fresh user, network, pid, mount, IPC and UTS namespaces, as their pid 1. Made once,
//! by a process with one thread; what runs inside is not its affair.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use super::surroundings;
use crate::sys::layer::Layer;
use crate::sys::mounts::{SYSTEM, Shown, View, prepare_mounts};
use crate::sys::namespace::{Forked, Isolation, drop_root, enter, fork_init};
use crate::sys::{SysError, ending, limits, network};

/// What the sandbox shows and allows.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Sandbox {
    /// Folders and files that stay, writable.
    pub keep: Vec<OsString>,
    /// Folders and files that are shown read-only, besides the system's: tools, and what command lines name.
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
/// What the user of programs is called inside.
pub const USER: &str = "student";
/// Where a submission's folder is, inside.
pub const SUBMISSION: &str = "/tmp/submission";
/// How much the empty places inside may hold, in bytes.
const SCRATCH: u64 = 256 << 20;

/// Which side of the set-up this process is.
#[derive(Debug)]
pub enum Side {
    /// Pid 1 inside, with what it is to show.
    Inside(Shown),
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
pub fn fork_inside(sandbox: &Sandbox) -> Result<Side, NoIsolation> {
    let tools = sandbox.keep_read_only.iter().map(Path::new);
    let mut shown = Shown::of(SYSTEM.iter().map(Path::new).chain(tools));
    if rustix::process::geteuid().is_root() {
        shown.take_closed();
    }
    drop_root().map_err(NoIsolation::Broken)?;
    ending::die_with_parent().map_err(NoIsolation::Broken)?;
    enter(&Isolation::default()).map_err(NoIsolation::Denied)?;
    match fork_init().map_err(NoIsolation::Denied)? {
        Forked::Parent { init, .. } => Ok(Side::Outside(init)),
        Forked::Init => Ok(Side::Inside(shown)),
    }
}

/// Prepares the inside: mounts, `/proc`, loopback, limits. Returns the layer over the submission's folder, where there is
/// one. What could not be set is no matter to a verdict.
///
/// # Errors
/// The machine does not allow it: nothing may be run then.
pub fn furnish(sandbox: &Sandbox, shown: Shown) -> Result<Option<Layer>, NoIsolation> {
    let paths = |list: &[OsString]| -> Vec<PathBuf> { list.iter().map(PathBuf::from).collect() };
    let keep = paths(&sandbox.keep);
    let hide = paths(&sandbox.hide);
    let submission = sandbox.submission.as_ref().map(PathBuf::from);
    let view = View {
        keep: &keep,
        hide: &hide,
        layered: submission.as_deref().map(|from| (from, SUBMISSION.as_ref())),
        home: HOME.as_ref(),
        etc: &own_etc(),
        scratch_bytes: SCRATCH,
    };
    let mounts = prepare_mounts(&view, shown).map_err(NoIsolation::Denied)?;
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
    limit_kernel_objects();
    ending::set_not_dumpable().map_err(NoIsolation::Broken)?;
    Ok(mounts.layer)
}

/// Bounds what the user namespace holds that belongs to no process.
fn limit_kernel_objects() {
    for (setting, value) in [
        // They count for the real user too, who has 128 by default and an editor that needs some.
        ("user/max_inotify_instances", "8"),
        ("user/max_inotify_watches", "1024"),
        ("user/max_fanotify_groups", "0"),
    ] {
        let _ = network::write_sysctl(setting, value);
    }
}

/// The files of `/etc` that are the sandbox's own. Its users are the one that programs run as and those that every system has:
/// who else uses the machine is nobody's business. Names are looked up in files alone: there is no network.
fn own_etc() -> [(&'static str, String); 6] {
    let Isolation { uid, gid } = Isolation::default();
    let nobody = crate::sys::namespace::NOBODY;
    [
        (
            "passwd",
            format!(
                "root:x:0:0:root:/root:/bin/sh\n{USER}:x:{uid}:{gid}:{USER}:{HOME}:/bin/sh\n\
                 nobody:x:{nobody}:{nobody}:nobody:/nonexistent:/usr/sbin/nologin\n"
            ),
        ),
        ("group", format!("root:x:0:\n{USER}:x:{gid}:\nnogroup:x:{nobody}:\n")),
        ("nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n".to_owned()),
        ("hosts", "127.0.0.1 localhost\n::1 ip6-localhost ip6-loopback\n".to_owned()),
        ("hostname", "socklab\n".to_owned()),
        ("resolv.conf", String::new()),
    ]
}
