//! Prepares the child between `fork` and `execve`. It only makes system calls and uses memory
//! allocated before the fork: locks that other threads held stay locked in the child
//! (`signal-safety(7)`).
#![expect(unsafe_code, reason = "system calls that have no safe wrapper")]

use std::ffi::{CString, NulError, OsString, c_char};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{io, ptr};

use rustix::io::Errno;
use rustix::process::{Pid, Signal, getpid, getppid, set_parent_process_death_signal, setsid};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set, remove_capability_from_bounding_set,
    set_capabilities, set_no_new_privs,
};

use super::landlock::{LandlockRules, RulesetFd};
use super::rlimits::Limits;
use super::seccomp::{Filters, ListenerHandover};
use super::syscall_denylist::Confinement;
use super::{Operation, fd_passing};

/// The parameters of a start.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Launch<'a> {
    /// Program name and arguments. A name without `/` is searched in the PATH of `env`.
    pub argv: &'a [OsString],
    /// The whole environment.
    pub env: &'a [(OsString, OsString)],
    /// The working folder.
    pub folder: &'a Path,
    /// The resource limits.
    pub limits: &'a Limits,
    /// Traces the socket calls (see `seccomp_notify::Tracer`). The caller must then read them, or
    /// the program blocks at the first one.
    pub trace: bool,
    /// The confinement, which selects the denied calls.
    pub confinement: Confinement,
    /// The landlock rules that the program enters before it runs.
    pub landlock: Option<&'a LandlockRules>,
}

/// The step at which the child failed. It is passed to the parent in the upper half of the error
/// number, the only value that `Command` transfers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(super) enum ChildFailure {
    Session = 1,
    Signals,
    Privileges,
    Trace,
    Deny,
    Landlock,
    Limits,
    Descriptors,
    Folder,
    Exec,
}

impl ChildFailure {
    const ALL: [(Self, Operation); 10] = [
        (Self::Session, Operation::CreateSession),
        (Self::Signals, Operation::ResetSignals),
        (Self::Privileges, Operation::DropPrivileges),
        (Self::Trace, Operation::InstallTracer),
        (Self::Deny, Operation::InstallFilter),
        (Self::Landlock, Operation::ApplyLandlock),
        (Self::Limits, Operation::SetLimits),
        (Self::Descriptors, Operation::CloseDescriptors),
        (Self::Folder, Operation::ChangeDirectory),
        (Self::Exec, Operation::Execute),
    ];

    /// Returns an error that encodes this step.
    fn to_error(self, error: impl Into<io::Error>) -> io::Error {
        let number = error.into().raw_os_error().unwrap_or(libc::EINVAL);
        io::Error::from_raw_os_error((self as i32) << 16 | number)
    }

    /// Decodes an error of [`ChildFailure::to_error`]: the step, its operation and the kernel's
    /// error number.
    pub(super) fn decode(error: &io::Error) -> Option<(Self, Operation, i32)> {
        let number = error.raw_os_error()?;
        let (at, operation) = Self::ALL.into_iter().find(|&(at, _)| at as i32 == number >> 16)?;
        Some((at, operation, number & 0xffff))
    }
}

/// All data that the child needs, allocated before the fork.
pub(super) struct Child {
    /// The paths to try, in order.
    programs: Vec<CString>,
    folder: CString,
    limits: Limits,
    parent: Pid,
    trace: Option<Arc<ListenerHandover>>,
    filters: Filters,
    /// Owned by the caller, and valid until the `execve`.
    landlock: Option<RulesetFd>,
    argv: Strings,
    env: Strings,
}

/// Strings as `execve` takes them: a list of pointers that ends with null.
struct Strings {
    pointers: Vec<*const c_char>,
    _owned: Vec<CString>,
}

// SAFETY: the pointers refer to the strings owned beside them. Nothing changes or moves these (the
// bytes of a CString are on the heap).
unsafe impl Send for Strings {}
// SAFETY: as above; shared access only reads.
unsafe impl Sync for Strings {}

impl Strings {
    fn new(strings: impl Iterator<Item = Vec<u8>>) -> Result<Self, NulError> {
        let owned = strings.map(CString::new).collect::<Result<Vec<_>, _>>()?;
        let pointers = owned.iter().map(|string| string.as_ptr());
        Ok(Self { pointers: pointers.chain([ptr::null()]).collect(), _owned: owned })
    }
}

impl Child {
    pub(super) fn new(
        launch: &Launch<'_>,
        programs: Vec<PathBuf>,
        trace: Option<Arc<ListenerHandover>>,
    ) -> Result<Self, NulError> {
        let env = launch.env.iter().map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat());
        Ok(Self {
            programs: programs
                .into_iter()
                .map(|path| CString::new(path.into_os_string().into_encoded_bytes()))
                .collect::<Result<_, _>>()?,
            folder: CString::new(launch.folder.as_os_str().as_bytes())?,
            limits: *launch.limits,
            parent: getpid(),
            trace,
            filters: Filters::new(launch.confinement),
            landlock: launch.landlock.map(LandlockRules::ruleset_fd),
            argv: Strings::new(launch.argv.iter().map(|word| word.as_bytes().to_vec()))?,
            env: Strings::new(env)?,
        })
    }

    /// Executes the program. Returns only if that fails.
    pub(super) fn run(&self) -> io::Error {
        match self.prepare() {
            Ok(()) => ChildFailure::Exec.to_error(self.execute()),
            Err(error) => error,
        }
    }

    fn prepare(&self) -> io::Result<()> {
        setsid().map_err(|error| ChildFailure::Session.to_error(error))?;
        set_parent_process_death_signal(Some(Signal::KILL)).map_err(|error| ChildFailure::Session.to_error(error))?;
        if getppid() != Some(self.parent) {
            // The parent died before the signal was set.
            return Err(ChildFailure::Session.to_error(Errno::SRCH));
        }
        reset_signals().map_err(|error| ChildFailure::Signals.to_error(error))?;
        drop_privileges().map_err(|error| ChildFailure::Privileges.to_error(error))?;
        if let Some(fence) = self.landlock {
            fence.restrict_self().map_err(|error| ChildFailure::Landlock.to_error(error))?;
        }
        // Before the limits: a limit on open descriptors could leave none for the listener.
        let supervised = match &self.trace {
            Some(trace) => trace.send_listener(&self.filters).map_err(|error| ChildFailure::Trace.to_error(error))?,
            None => false,
        };
        self.filters.install_denied(supervised).map_err(|error| ChildFailure::Deny.to_error(error))?;
        self.limits.apply().map_err(|error| ChildFailure::Limits.to_error(error))?;
        fd_passing::close_on_exec_from(3).map_err(|error| ChildFailure::Descriptors.to_error(error))?;
        rustix::process::chdir(&*self.folder).map_err(|error| ChildFailure::Folder.to_error(error))
    }

    /// Like `execvp(3)`, but does not run a text file without `#!` in a shell.
    fn execute(&self) -> io::Error {
        let mut worst = Errno::NOENT;
        for program in &self.programs {
            // SAFETY: the path ends in NUL, both lists end in null, and all are alive in `self`.
            unsafe {
                libc::execve(program.as_ptr(), self.argv.pointers.as_ptr(), self.env.pointers.as_ptr());
            }
            match Errno::from_io_error(&io::Error::last_os_error()) {
                Some(Errno::NOENT | Errno::NOTDIR) => {}
                Some(Errno::ACCESS) => worst = Errno::ACCESS,
                Some(error) => return error.into(),
                None => return Errno::INVAL.into(),
            }
        }
        worst.into()
    }
}

/// Resets dispositions and the mask: `execve` preserves ignored and blocked signals.
fn reset_signals() -> io::Result<()> {
    // The kernel's `struct sigaction` on every architecture: default action, no flags, empty mask.
    let default = [0_u64; 8];
    const SIGNAL_SET: usize = 8;
    for signal in 1..=64 {
        // SAFETY: the kernel reads the structure, which is not longer than the array. `signal(3)`
        // is not used, because it rejects the two signals that glibc reserves. EINVAL for SIGKILL
        // and SIGSTOP is ignored.
        unsafe {
            libc::syscall(libc::SYS_rt_sigaction, signal, default.as_ptr(), ptr::null_mut::<u64>(), SIGNAL_SET);
        }
    }
    let mut none = std::mem::MaybeUninit::uninit();
    // SAFETY: `sigemptyset` initialises the set before it is read.
    let done = unsafe {
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut())
    };
    if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Drops all capabilities, and all ways to regain them: set-user-ID programs and root's `execve`.
fn drop_privileges() -> Result<(), Errno> {
    set_no_new_privs(true)?;
    clear_ambient_capability_set()?;
    if capabilities(None)?.effective.contains(CapabilitySet::SETPCAP) {
        for capability in CapabilitySet::all().iter() {
            match remove_capability_from_bounding_set(capability) {
                // EINVAL: this kernel does not know the capability.
                Ok(()) | Err(Errno::INVAL) => {}
                Err(error) => return Err(error),
            }
        }
    }
    set_capabilities(
        None,
        CapabilitySets {
            effective: CapabilitySet::empty(),
            permitted: CapabilitySet::empty(),
            inheritable: CapabilitySet::empty(),
        },
    )
}
