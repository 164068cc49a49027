//! The sandbox: this agent as pid 1 of fresh user, network, pid, mount, IPC and UTS namespaces.
//! Created once, by a process with one thread. It does not know the programs inside.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};

use super::host_env;
use crate::sys::mounts::{MountView, SYSTEM, VisiblePlaces, prepare_mounts};
use crate::sys::namespace::{Forked, InnerIds, drop_root, enter, fork_init};
use crate::sys::overlay::Overlay;
use crate::sys::{Operation, SysError, net_settings, reap, rlimits};

/// The configuration of a sandbox.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Sandbox {
    /// Writable folders and files.
    pub keep: Vec<OsString>,
    /// Read-only folders and files in addition to the system's: tools, and files on command lines.
    pub keep_read_only: Vec<OsString>,
    /// The folder of a submission, visible at [`SUBMISSION`]. Changes to it are kept in memory.
    #[serde(default)]
    pub submission: Option<OsString>,
    /// A folder of the caller. Changes to it are kept in memory.
    #[serde(default)]
    pub layered: Option<OsString>,
    /// Folders and files that a submission must not see.
    #[serde(default)]
    pub hide: Vec<OsString>,
    /// Ports that servers will bind. The kernel must not assign them to clients.
    pub reserved_ports: Vec<u16>,
    /// Maximum number of processes and threads at a time.
    pub processes: u32,
}

/// The home folder of programs in the sandbox, which is empty.
pub(crate) const HOME: &str = "/tmp/home";
/// The user name of programs in the sandbox.
pub(crate) const USER: &str = "student";
/// The path of a submission's folder in the sandbox.
pub(crate) const SUBMISSION: &str = "/tmp/submission";
/// Capacity of the sandbox's empty folders, in bytes.
const SCRATCH_BYTES: u64 = 256 << 20;

/// The side of the setup that this process is on.
#[derive(Debug)]
pub(crate) enum SetupSide {
    /// Pid 1 inside, with the paths to show.
    Inside(VisiblePlaces),
    /// The parent outside. It only waits for its child and exits with it.
    Outside(rustix::process::Pid),
}

/// Why there is no sandbox.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SandboxError {
    /// The machine denies namespaces.
    #[error("{0}")]
    Denied(SysError),
    /// The machine allows namespaces, but a later step of the setup failed.
    #[error("{0}")]
    Broken(SysError),
}

/// Creates the namespaces and forks their first process. The calling process must have one thread
/// and no valuable descriptors.
///
/// # Errors
/// Returns an error if the machine denies it, or if a later step fails.
pub(crate) fn fork_inside(sandbox: &Sandbox) -> Result<SetupSide, SandboxError> {
    let tools = sandbox.keep_read_only.iter().map(Path::new);
    let mut shown = VisiblePlaces::resolve(SYSTEM.iter().map(Path::new).chain(tools));
    if rustix::process::geteuid().is_root() {
        shown.open_closed();
    }
    drop_root().map_err(SandboxError::Broken)?;
    reap::die_with_parent().map_err(SandboxError::Broken)?;
    enter(&InnerIds::default()).map_err(SandboxError::Denied)?;
    match fork_init().map_err(SandboxError::Denied)? {
        Forked::Parent(init) => Ok(SetupSide::Outside(init)),
        Forked::Init => Ok(SetupSide::Inside(shown)),
    }
}

/// Prepares the sandbox: mounts, `/proc`, loopback, limits. Returns the overlay over the
/// submission's folder, if there is one. Optional settings that fail do not affect verdicts.
///
/// # Errors
/// Returns an error if the machine denies it. No program may be run then.
pub(crate) fn prepare_sandbox(sandbox: &Sandbox, shown: VisiblePlaces) -> Result<Option<Overlay>, SandboxError> {
    let paths = |list: &[OsString]| -> Vec<PathBuf> { list.iter().map(PathBuf::from).collect() };
    let keep = paths(&sandbox.keep);
    let hide = paths(&sandbox.hide);
    let submission = sandbox.submission.as_ref().map(PathBuf::from);
    let layered = sandbox.layered.as_ref().map(PathBuf::from);
    let own = layered.as_deref().map(|folder| (folder, folder));
    let view = MountView {
        keep: &keep,
        hide: &hide,
        layered: submission.as_deref().map(|from| (from, SUBMISSION.as_ref())).or(own),
        home: HOME.as_ref(),
        etc: &own_etc(),
        scratch_bytes: SCRATCH_BYTES,
    };
    let mounts = prepare_mounts(&view, shown).map_err(SandboxError::Denied)?;
    if !mounts.own_proc {
        // With the outer `/proc`, process numbers would be the outer ones, and sockets could not be
        // traced to their owners.
        let source = std::io::Error::from_raw_os_error(libc::EPERM);
        return Err(SandboxError::Denied(SysError::Doing { operation: Operation::MountNewProc, on: None, source }));
    }
    net_settings::loopback_up().map_err(SandboxError::Broken)?;
    // Optional: older kernels lack some of these.
    let _ = net_settings::tune_network(&sandbox.reserved_ports);
    let _ = net_settings::separate_socket_tables();
    let _ = host_env::add_loopback_routes(Ipv4Addr::LOCALHOST);
    // Linux before 6.14 has one limit for the whole machine and refuses. RLIMIT_NPROC applies
    // there.
    let _ = rlimits::set_pid_max(sandbox.processes);
    // Programs need no namespaces, in which they would regain capabilities.
    let _ = net_settings::write_sysctl("user/max_user_namespaces", "0");
    limit_kernel_objects();
    reap::set_not_dumpable().map_err(SandboxError::Broken)?;
    Ok(mounts.layer)
}

/// Limits the kernel objects of the user namespace that belong to no process.
fn limit_kernel_objects() {
    for (setting, value) in [
        // These count for the real user too, who has 128 by default and an editor that needs some.
        ("user/max_inotify_instances", "8"),
        ("user/max_inotify_watches", "1024"),
        ("user/max_fanotify_groups", "0"),
    ] {
        let _ = net_settings::write_sysctl(setting, value);
    }
}

/// Returns the sandbox's own files of `/etc`. The users are the one that programs run as, and those
/// of every system; the machine's other users stay hidden. Names resolve from files only: there is
/// no network.
fn own_etc() -> [(&'static str, String); 6] {
    let InnerIds { uid, gid } = InnerIds::default();
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
