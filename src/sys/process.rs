//! Starting the program under test: its own session, no privileges, limits, nothing of ours but three pipes. It does
//! not wait for it (see `ending`) and does not know what it is.
#![expect(unsafe_code, reason = "what happens between fork and execve")]

use std::ffi::{CString, NulError, OsStr, OsString, c_char};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{fs, ptr};

use rustix::io::Errno;
use rustix::process::{
    PidfdFlags, Signal, getpid, getppid, pidfd_open, set_parent_process_death_signal, setsid,
};
use rustix::thread::{
    CapabilitySet, CapabilitySets, capabilities, clear_ambient_capability_set,
    remove_capability_from_bounding_set, set_capabilities, set_no_new_privs,
};

use super::descriptor;
use super::limits::Limits;
use super::{SysError, doing};
use crate::model::net::Pid;

/// What `execvp(3)` searches where there is no PATH.
const USUAL_PATH: &str = "/bin:/usr/bin";

/// How a program is started.
#[derive(Debug, Clone, Copy)]
pub struct Launch<'a> {
    /// Its name and arguments. A name without `/` is looked for in the PATH of `env`.
    pub argv: &'a [OsString],
    /// Its whole environment.
    pub env: &'a [(OsString, OsString)],
    /// Its working folder.
    pub folder: &'a Path,
    /// What it may use up.
    pub limits: &'a Limits,
}

/// A program that was started: `execve` succeeded.
#[derive(Debug)]
pub struct Started {
    /// Its process, also its session and process group.
    pub pid: Pid,
    /// The same, proof against the number's reuse; readable when it ended.
    pub pidfd: OwnedFd,
    /// The end that writes to its standard input. Kept open, it gives the program no end of input.
    pub stdin: OwnedFd,
    /// The end that reads its standard output; does not block.
    pub stdout: OwnedFd,
    /// The end that reads its standard error; does not block.
    pub stderr: OwnedFd,
}

/// Why a program could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such file, or none in the PATH.
    #[error("there is no program {}", .program.display())]
    Missing {
        /// As it was given.
        program: OsString,
    },
    /// The file is there, what should run it is not: `interpreter`, as its `#!` line names it (which may end in a
    /// carriage return), or the loader that the compiled program wants.
    #[error("{} needs {}, which is missing", .program.display(), .interpreter.as_deref().unwrap_or("a missing loader"))]
    MissingInterpreter {
        /// The file.
        program: PathBuf,
        /// What its first line names; nothing for a compiled program.
        interpreter: Option<String>,
    },
    /// The file is there and is no program: no permission, a folder, or not a format that the kernel knows.
    #[error("{} cannot be executed: {source}", .program.display())]
    NotExecutable {
        /// As it was given.
        program: OsString,
        /// The kernel's answer.
        source: io::Error,
    },
    /// The working folder is not there or may not be entered.
    #[error("there is no folder {}", .folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The machine's fault, not the program's.
    #[error(transparent)]
    Other(#[from] SysError),
}

/// This program's own file, also where its folder cannot be read any more.
#[must_use]
pub fn program_itself() -> PathBuf {
    PathBuf::from("/proc/self/exe")
}

/// Starts a program in its own session, killed when this thread ends, with default signals, no capabilities and no way
/// to get any, and no descriptors but its three pipes.
///
/// # Errors
/// See [`StartError`].
pub fn start(launch: &Launch<'_>) -> Result<Started, StartError> {
    const DOING: &str = "starting a program";
    let name = launch
        .argv
        .first()
        .map(OsString::as_os_str)
        .unwrap_or_default();
    let child = Child::new(launch).map_err(doing(DOING, name.display()))?;
    // `child` does the `execve`: what Command would run itself is never reached.
    let mut command = Command::new(program_itself());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // SAFETY: `run` makes system calls only, and touches no memory but its own and the stack.
    unsafe { command.pre_exec(move || Err(child.run())) };
    let mut started = command.spawn().map_err(|error| explain(launch, &error))?;
    let (Some(stdin), Some(stdout), Some(stderr)) = (
        started.stdin.take(),
        started.stdout.take(),
        started.stderr.take(),
    ) else {
        unreachable!("all three are pipes, as was asked for above");
    };
    let pid = rustix::process::Pid::from_child(&started);
    // Not reaped before the caller waits for it, so the number is still its own.
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).map_err(doing("opening a pidfd", pid))?;
    for stream in [stdout.as_fd(), stderr.as_fd()] {
        rustix::io::ioctl_fionbio(stream, true).map_err(doing("not blocking", "a pipe"))?;
    }
    Ok(Started {
        pid: pid.as_raw_pid(),
        pidfd,
        stdin: stdin.into(),
        stdout: stdout.into(),
        stderr: stderr.into(),
    })
}

/// Where the child failed. It travels to the parent in the upper half of the error number, the only thing that
/// `Command` carries over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
enum At {
    Session = 1,
    Signals,
    Privileges,
    Limits,
    Descriptors,
    Folder,
    Exec,
}

impl At {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Session, "making a session"),
        (Self::Signals, "resetting the signals"),
        (Self::Privileges, "giving up privileges"),
        (Self::Limits, "limiting a program"),
        (Self::Descriptors, "closing the descriptors"),
        (Self::Folder, "entering the folder"),
        (Self::Exec, "executing"),
    ];

    /// The error that says so.
    fn error(self, error: impl Into<io::Error>) -> io::Error {
        let number = error.into().raw_os_error().unwrap_or(libc::EINVAL);
        io::Error::from_raw_os_error((self as i32) << 16 | number)
    }

    /// What such an error says: where, and the kernel's number.
    fn read(error: &io::Error) -> Option<(Self, &'static str, i32)> {
        let number = error.raw_os_error()?;
        let (at, doing) = Self::ALL
            .into_iter()
            .find(|&(at, _)| at as i32 == number >> 16)?;
        Some((at, doing, number & 0xffff))
    }
}

/// All that the child needs, made before the fork, since after it nothing may allocate.
struct Child {
    /// The paths to try, in order.
    programs: Vec<CString>,
    folder: CString,
    limits: Limits,
    parent: rustix::process::Pid,
    argv: Strings,
    env: Strings,
}

/// Strings as `execve` wants them: a list of pointers that ends with null.
struct Strings {
    pointers: Vec<*const c_char>,
    _owned: Vec<CString>,
}

// SAFETY: the pointers lead to the strings owned beside them, which nothing changes or moves (a CString's bytes are on
// the heap).
unsafe impl Send for Strings {}
// SAFETY: as above; shared, they are only read.
unsafe impl Sync for Strings {}

impl Strings {
    fn new(strings: impl Iterator<Item = Vec<u8>>) -> Result<Self, NulError> {
        let owned = strings.map(CString::new).collect::<Result<Vec<_>, _>>()?;
        let pointers = owned.iter().map(|string| string.as_ptr());
        Ok(Self {
            pointers: pointers.chain([ptr::null()]).collect(),
            _owned: owned,
        })
    }
}

impl Child {
    fn new(launch: &Launch<'_>) -> Result<Self, NulError> {
        let env = launch
            .env
            .iter()
            .map(|(name, value)| [name.as_bytes(), b"=", value.as_bytes()].concat());
        let programs = candidates(launch).into_iter();
        Ok(Self {
            programs: programs
                .map(|path| CString::new(path.into_os_string().into_encoded_bytes()))
                .collect::<Result<_, _>>()?,
            folder: CString::new(launch.folder.as_os_str().as_bytes())?,
            limits: *launch.limits,
            parent: getpid(),
            argv: Strings::new(launch.argv.iter().map(|word| word.as_bytes().to_vec()))?,
            env: Strings::new(env)?,
        })
    }

    /// Becomes the program, or returns why not.
    fn run(&self) -> io::Error {
        match self.prepare() {
            Ok(()) => At::Exec.error(self.execute()),
            Err(error) => error,
        }
    }

    fn prepare(&self) -> io::Result<()> {
        setsid().map_err(|error| At::Session.error(error))?;
        set_parent_process_death_signal(Some(Signal::KILL))
            .map_err(|error| At::Session.error(error))?;
        if getppid() != Some(self.parent) {
            // It died before the signal was asked for.
            return Err(At::Session.error(Errno::SRCH));
        }
        reset_signals().map_err(|error| At::Signals.error(error))?;
        drop_privileges().map_err(|error| At::Privileges.error(error))?;
        self.limits
            .apply()
            .map_err(|error| At::Limits.error(error))?;
        descriptor::close_on_exec_from(3).map_err(|error| At::Descriptors.error(error))?;
        rustix::process::chdir(&*self.folder).map_err(|error| At::Folder.error(error))
    }

    /// As `execvp(3)` does it, but a text without `#!` is not given to a shell.
    fn execute(&self) -> io::Error {
        let mut worst = Errno::NOENT;
        for program in &self.programs {
            // SAFETY: three strings or lists that end as they should, alive in `self`.
            unsafe {
                libc::execve(
                    program.as_ptr(),
                    self.argv.pointers.as_ptr(),
                    self.env.pointers.as_ptr(),
                );
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

/// Ignored signals would stay ignored, and blocked ones blocked, over `execve`.
fn reset_signals() -> io::Result<()> {
    // SAFETY: in the child, single-threaded: no handler of ours is lost that could still be wanted. A signal whose
    // disposition cannot be set (SIGKILL, SIGSTOP, glibc's own) answers EINVAL and stays at its default.
    unsafe {
        for signal in 1..=libc::SIGRTMAX() {
            libc::signal(signal, libc::SIG_DFL);
        }
    }
    let mut none = std::mem::MaybeUninit::uninit();
    // SAFETY: `sigemptyset` makes the set whole before it is read.
    let done = unsafe {
        libc::sigemptyset(none.as_mut_ptr());
        libc::sigprocmask(libc::SIG_SETMASK, none.as_ptr(), ptr::null_mut())
    };
    if done == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// No capability, and no way to one: neither by set-user-ID programs, nor kept for root.
fn drop_privileges() -> Result<(), Errno> {
    set_no_new_privs(true)?;
    clear_ambient_capability_set()?;
    if capabilities(None)?
        .effective
        .contains(CapabilitySet::SETPCAP)
    {
        for capability in CapabilitySet::all().iter() {
            match remove_capability_from_bounding_set(capability) {
                // EINVAL: this kernel does not know that one.
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

/// The files that the program's name may mean, in order.
fn candidates(launch: &Launch<'_>) -> Vec<PathBuf> {
    let name = launch
        .argv
        .first()
        .map(OsString::as_os_str)
        .unwrap_or_default();
    if name.is_empty() {
        return Vec::new();
    }
    if name.as_bytes().contains(&b'/') {
        return vec![PathBuf::from(name)];
    }
    let path = launch.env.iter().find(|(variable, _)| variable == "PATH");
    let path = path.map_or(OsStr::new(USUAL_PATH), |(_, value)| value);
    std::env::split_paths(path)
        .map(|folder| folder.join(name))
        .collect()
}

/// Puts what the child said into the words of [`StartError`].
fn explain(launch: &Launch<'_>, error: &io::Error) -> StartError {
    let program = launch.argv.first().cloned().unwrap_or_default();
    let Some((at, doing_what, number)) = At::read(error) else {
        let error = error.raw_os_error().map_or_else(
            || io::Error::from(error.kind()),
            io::Error::from_raw_os_error,
        );
        return doing("starting a program", program.display())(error).into();
    };
    let source = io::Error::from_raw_os_error(number);
    match (at, number) {
        (At::Folder, _) => StartError::NoFolder {
            folder: launch.folder.to_path_buf(),
        },
        (At::Exec, libc::ENOENT | libc::ENOTDIR) => {
            // A relative name is meant from the working folder.
            let there = candidates(launch)
                .into_iter()
                .map(|path| launch.folder.join(path))
                .find(|path| path.is_file());
            match there {
                None => StartError::Missing { program },
                Some(program) => StartError::MissingInterpreter {
                    interpreter: interpreter(&program),
                    program,
                },
            }
        }
        (At::Exec, libc::EACCES | libc::ENOEXEC | libc::EISDIR | libc::EPERM | libc::ELOOP) => {
            StartError::NotExecutable { program, source }
        }
        _ => doing(doing_what, program.display())(source).into(),
    }
}

/// What the file's `#!` line names (`execve(2)`: up to the first blank). A carriage return at its end is kept: it is
/// then why there is no such file.
fn interpreter(program: &Path) -> Option<String> {
    let bytes = fs::read(program).ok()?;
    let line = bytes
        .strip_prefix(b"#!")?
        .split(|&byte| byte == b'\n')
        .next()?;
    let line = String::from_utf8_lossy(line);
    line.split([' ', '\t'])
        .find(|word| !word.is_empty())
        .map(str::to_owned)
}
