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

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;

    use rustix::event::{PollFd, PollFlags, poll};

    use super::*;
    use crate::model::ExitStatus;
    use crate::sys::ending::wait_for;
    use crate::sys::limits::UNLIMITED;

    /// Tests share the user with the rest of the machine, so processes are not counted.
    const LIMITS: Limits = Limits {
        processes: UNLIMITED,
        data_bytes: 1 << 30,
        file_bytes: 1 << 20,
        cpu_seconds: 20,
        open_files: 64,
        core: 0,
    };

    fn start_in(folder: &Path, argv: &[&str]) -> Result<Started, StartError> {
        let argv: Vec<OsString> = argv.iter().map(OsString::from).collect();
        let env = [
            ("PATH".into(), "/usr/bin:/bin".into()),
            ("GIVEN".into(), "yes".into()),
        ];
        start(&Launch {
            argv: &argv,
            env: &env,
            folder,
            limits: &LIMITS,
        })
    }

    /// Reads to the end of a pipe that does not block.
    fn read_all(pipe: OwnedFd) -> String {
        rustix::io::ioctl_fionbio(&pipe, false).expect("a pipe");
        let mut text = String::new();
        File::from(pipe).read_to_string(&mut text).expect("text");
        text
    }

    fn script(folder: &Path, name: &str, text: &str, mode: u32) -> String {
        let path = folder.join(name);
        fs::write(&path, text).expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("a mode");
        path.to_str().expect("text").to_owned()
    }

    #[test]
    fn a_program_has_three_descriptors_its_own_session_and_no_privileges() {
        let folder = tempfile::tempdir().expect("a folder");
        // One that a careless program would have let through.
        let leak = rustix::io::fcntl_dupfd_cloexec(std::io::stderr(), 100).expect("a copy");
        rustix::io::fcntl_setfd(&leak, rustix::io::FdFlags::empty()).expect("not close-on-exec");
        let started = start_in(folder.path(), &["cat"]).expect("started");
        // What it sends back, it does after the loader has closed its files.
        let mut stdin = File::from(started.stdin);
        stdin.write_all(b"x").expect("written");
        poll(&mut [PollFd::new(&started.stdout, PollFlags::IN)], None).expect("an answer");
        let pid = started.pid;
        let mut open: Vec<_> = fs::read_dir(format!("/proc/{pid}/fd"))
            .expect("it lives")
            .map(|entry| entry.expect("an entry").file_name())
            .collect();
        open.sort();
        assert_eq!(open, ["0", "1", "2"]);

        let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
        let field = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.expect(name).trim_start_matches(':').trim().to_owned()
        };
        assert_eq!(field("NoNewPrivs"), "1");
        for set in ["CapInh", "CapAmb", "SigBlk", "SigIgn"] {
            assert_eq!(field(set), "0000000000000000", "{set}");
        }
        if rustix::process::geteuid().is_root() {
            assert_eq!(field("CapEff"), "0000000000000000");
            assert_eq!(field("CapBnd"), "0000000000000000");
        }
        let process = crate::sys::owners::process(pid).expect("it lives");
        assert_eq!((process.session, process.group), (pid, pid));
        drop(stdin);
        let pid = rustix::process::Pid::from_raw(pid).expect("a number");
        assert_eq!(wait_for(pid).expect("a child"), ExitStatus::Code(0));
    }

    #[test]
    fn the_environment_the_folder_and_the_limits_are_those_given() {
        let folder = tempfile::tempdir().expect("a folder");
        let started = start_in(
            folder.path(),
            &["sh", "-c", "env; pwd; ulimit -n; ulimit -Hc; echo e >&2"],
        )
        .expect("started");
        let told = read_all(started.stdout);
        let real = folder.path().canonicalize().expect("a folder");
        assert!(
            told.contains("GIVEN=yes") && !told.contains("HOME="),
            "{told}"
        );
        let end = format!("{}\n64\n0\n", real.display());
        assert!(told.ends_with(&end), "{told}");
        assert_eq!(read_all(started.stderr), "e\n");
    }

    #[test]
    fn a_program_by_a_relative_name_is_looked_for_in_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        script(
            folder.path(),
            "server",
            "#!/bin/sh\necho \"$0 $1\"\n",
            0o755,
        );
        let started = start_in(folder.path(), &["./server", "one"]).expect("started");
        assert_eq!(read_all(started.stdout), "./server one\n");
    }

    #[test]
    fn what_cannot_be_started_is_told_apart() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path();
        let refused = |argv: &[&str]| start_in(at, argv).expect_err("it cannot start");

        for missing in ["no-such-program", "./server", "/no/such/program", ""] {
            assert!(
                matches!(refused(&[missing]), StartError::Missing { .. }),
                "{missing}"
            );
        }
        assert!(matches!(refused(&[]), StartError::Missing { .. }));

        let windows = script(at, "windows.py", "#!/usr/bin/python3\r\nprint()\n", 0o755);
        let StartError::MissingInterpreter { interpreter, .. } = refused(&[&windows]) else {
            panic!("its interpreter is missing")
        };
        assert_eq!(interpreter.as_deref(), Some("/usr/bin/python3\r"));

        let plain = script(at, "plain.py", "print()\n", 0o644);
        let text = script(at, "text.py", "print()\n", 0o755);
        for (program, number) in [
            (plain, libc::EACCES),
            (text, libc::ENOEXEC),
            ("/".into(), libc::EACCES),
        ] {
            let StartError::NotExecutable { source, .. } = refused(&[&program]) else {
                panic!("{program} is not executable")
            };
            assert_eq!(source.raw_os_error(), Some(number), "{program}");
        }

        let gone = start_in(&at.join("gone"), &["true"]).expect_err("no folder");
        assert!(matches!(gone, StartError::NoFolder { .. }));
        let StartError::Other(error) = refused(&["a\0b"]) else {
            panic!("no kernel takes such a name")
        };
        assert!(
            error.to_string().starts_with("starting a program on a"),
            "{error}"
        );
    }
}
