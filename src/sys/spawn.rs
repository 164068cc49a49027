//! Starts the program under test: in its own session, without privileges, with limits, and with no
//! inherited descriptors but three pipes. Does not wait for it (see `reap`) and does not know its
//! purpose.
#![expect(unsafe_code, reason = "a hook between fork and execve")]

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::{fs, io};

use rustix::process::{PidfdFlags, getpid, pidfd_open};

pub(crate) use super::child::Launch;
use super::child::{Child, ChildFailure};
use super::seccomp::ListenerHandover;
use super::{Operation, SysError, doing, during, procfs};
use crate::model::net::Pid;

/// Default search path of `execvp(3)` without PATH.
const USUAL_PATH: &str = "/bin:/usr/bin";

/// A started program: `execve` succeeded.
#[derive(Debug)]
pub(crate) struct Started {
    /// Process id, also its session and process group.
    pub pid: Pid,
    /// Descriptor of the process, safe against pid reuse. Readable when the process has exited.
    pub pidfd: OwnedFd,
    /// Write end of its standard input. The program reads no end of file while it is open.
    pub stdin: OwnedFd,
    /// Read end of its standard output; non-blocking.
    pub stdout: OwnedFd,
    /// Read end of its standard error; non-blocking.
    pub stderr: OwnedFd,
    /// Source of its socket calls for `seccomp_notify::Tracer`, if requested and permitted by this
    /// machine.
    pub listener: Option<OwnedFd>,
    /// The reason why the requested tracing failed. The program runs without it.
    pub untraced: Option<SysError>,
}

/// The reason why a program could not be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// The file does not exist, or is not in the PATH.
    #[error("program not found: {}", .program.display())]
    Missing {
        /// The name as given.
        program: OsString,
    },
    /// The file exists, but its interpreter does not: the one in its `#!` line (which may end in a
    /// carriage return), or the loader of a compiled program.
    #[error("{} needs {}, which is missing", .program.display(), .interpreter.as_deref().unwrap_or("a missing loader"))]
    MissingInterpreter {
        /// The file.
        program: PathBuf,
        /// The interpreter named in the first line; `None` for a compiled program.
        interpreter: Option<String>,
    },
    /// The file begins with a byte order mark, so that the kernel does not see its `#!`.
    #[error("{} begins with a byte order mark", .program.display())]
    MarkedScript {
        /// The file.
        program: PathBuf,
    },
    /// The file exists but cannot be executed: no permission, a folder, or an unknown format.
    #[error("{} cannot be executed: {source}", .program.display())]
    NotExecutable {
        /// The name as given.
        program: OsString,
        /// The kernel's error.
        source: io::Error,
    },
    /// The program was compiled for another architecture, for example 32-bit x86. Its calls are
    /// denied (`sys::deny`), so it could not start.
    #[error("{} is a 32-bit program", .program.display())]
    OtherArchitecture {
        /// The file.
        program: PathBuf,
    },
    /// The working folder does not exist or may not be entered.
    #[error("directory not found: {}", .folder.display())]
    NoFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// An error of the machine, not of the program.
    #[error(transparent)]
    Other(#[from] SysError),
}

/// Returns the path of this executable, which works even if its folder is no longer readable.
#[must_use]
pub(crate) fn own_executable() -> PathBuf {
    PathBuf::from("/proc/self/exe")
}

/// Starts a program in its own session, with default signals, no capabilities, no way to gain any,
/// and no descriptors but its three pipes. The program is killed when this thread exits.
///
/// # Errors
/// Returns an error if the program cannot be started, see [`StartError`].
pub(crate) fn start(launch: &Launch<'_>) -> Result<Started, StartError> {
    const DOING: Operation = Operation::StartProgram;
    let name = launch.argv.first().map(OsString::as_os_str).unwrap_or_default();
    let (handover, untraced) = match launch.trace.then(ListenerHandover::new).transpose() {
        Ok(handover) => (handover.map(Arc::new), None),
        Err(error) => (None, Some(error)),
    };
    let there = candidates(launch).into_iter().map(|path| launch.folder.join(path)).find(|path| path.is_file());
    if let Some(program) = there.filter(|path| is_32_bit(path)) {
        return Err(StartError::OtherArchitecture { program });
    }
    let child = Child::new(launch, candidates(launch), handover.clone()).map_err(doing(DOING, name.display()))?;
    // `child` calls `execve`, so `Command` never reaches its own.
    let mut command = Command::new(own_executable());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // SAFETY: `run` only makes system calls and only uses its own memory and the stack.
    unsafe { command.pre_exec(move || Err(child.run())) };
    let mut started = command.spawn().map_err(|error| to_start_error(launch, &error))?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (started.stdin.take(), started.stdout.take(), started.stderr.take())
    else {
        unreachable!("all three are pipes, as was asked for above");
    };
    let pid = rustix::process::Pid::from_child(&started);
    // The child is not reaped before the caller waits for it, so the number is still valid.
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).map_err(doing(Operation::OpenPidfd, pid))?;
    prefer_for_oom_kill(pid.as_raw_pid());
    for stream in [stdout.as_fd(), stderr.as_fd()] {
        rustix::io::ioctl_fionbio(stream, true).map_err(during(Operation::SetNonBlocking))?;
    }
    // The child sent it before its `execve`, which has succeeded.
    let (listener, denied) = match handover.map(|handover| handover.receive_listener()).transpose() {
        Ok(listener) => (listener, None),
        Err(error) => (None, Some(error)),
    };
    Ok(Started {
        pid: pid.as_raw_pid(),
        pidfd,
        stdin: stdin.into(),
        stdout: stdout.into(),
        stderr: stderr.into(),
        listener,
        untraced: untraced.or(denied),
    })
}

/// Makes the kernel kill the program instead of socklab if memory runs out
/// (`/proc/PID/oom_score_adj`, proc(5)). Its children inherit that.
///
/// The parent sets it: until its `execve` the child is not dumpable and may not write the file
/// itself.
fn prefer_for_oom_kill(pid: Pid) {
    // A matching parent shows that `/proc` uses the same pid namespace and that the pid was not
    // reused.
    if procfs::process(pid).is_some_and(|process| process.parent == getpid().as_raw_pid()) {
        // If this fails, the kernel chooses by size.
        let _ = fs::write(format!("/proc/{pid}/oom_score_adj"), "1000");
    }
}

/// Returns the files that the program's name may refer to, in order.
fn candidates(launch: &Launch<'_>) -> Vec<PathBuf> {
    let name = launch.argv.first().map(OsString::as_os_str).unwrap_or_default();
    if name.is_empty() {
        return Vec::new();
    }
    if name.as_bytes().contains(&b'/') {
        return vec![PathBuf::from(name)];
    }
    let path = launch.env.iter().find(|(variable, _)| variable == "PATH");
    let path = path.map_or(OsStr::new(USUAL_PATH), |(_, value)| value);
    std::env::split_paths(path).map(|folder| folder.join(name)).collect()
}

/// Converts the child's error to a [`StartError`].
fn to_start_error(launch: &Launch<'_>, error: &io::Error) -> StartError {
    let program = launch.argv.first().cloned().unwrap_or_default();
    let Some((at, operation, number)) = ChildFailure::decode(error) else {
        let error = error.raw_os_error().map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error);
        return doing(Operation::StartProgram, program.display())(error).into();
    };
    let source = io::Error::from_raw_os_error(number);
    match (at, number) {
        (ChildFailure::Folder, _) => StartError::NoFolder { folder: launch.folder.to_path_buf() },
        (ChildFailure::Exec, libc::ENOENT | libc::ENOTDIR) => {
            // A relative name is resolved in the working folder.
            let there = candidates(launch).into_iter().map(|path| launch.folder.join(path)).find(|path| path.is_file());
            match there {
                None => StartError::Missing { program },
                Some(program) => StartError::MissingInterpreter { interpreter: interpreter(&program), program },
            }
        }
        (ChildFailure::Exec, libc::EACCES | libc::ENOEXEC | libc::EISDIR | libc::EPERM | libc::ELOOP) => {
            let is_there = |path: &PathBuf| is_marked_script(path);
            match candidates(launch).into_iter().map(|path| launch.folder.join(path)).find(is_there) {
                Some(program) => StartError::MarkedScript { program },
                None => StartError::NotExecutable { program, source },
            }
        }
        _ => doing(operation, program.display())(source).into(),
    }
}

/// Returns true if the file is a 32-bit ELF program (`EI_CLASS`, elf(5)).
fn is_32_bit(program: &Path) -> bool {
    let mut head = [0; 5];
    let read = fs::File::open(program).and_then(|mut file| io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && head == *b"\x7fELF\x01" && cfg!(target_pointer_width = "64")
}

/// Returns true if the file is a script that begins with the byte order mark of UTF-8.
fn is_marked_script(program: &Path) -> bool {
    let mut head = [0; 5];
    let read = fs::File::open(program).and_then(|mut file| io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && head == *b"\xef\xbb\xbf#!"
}

/// Returns the interpreter in the `#!` line (`execve(2)`: up to the first blank). Keeps a trailing
/// carriage return, since it is the reason why the file is not found.
fn interpreter(program: &Path) -> Option<String> {
    let bytes = fs::read(program).ok()?;
    let line = bytes.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    line.split([' ', '\t']).find(|word| !word.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;

    use rustix::event::{PollFd, PollFlags, poll};

    use super::*;
    use crate::model::ExitStatus;
    use crate::sys::reap::wait_for;
    use crate::sys::rlimits::{Limits, UNLIMITED};
    use crate::sys::syscall_denylist::Confinement;

    /// Processes are not limited: tests share the user with other programs of the machine.
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
        let env = [("PATH".into(), "/usr/bin:/bin".into()), ("GIVEN".into(), "yes".into())];
        start(&Launch {
            argv: &argv,
            env: &env,
            folder,
            limits: &LIMITS,
            trace: false,
            confinement: Confinement::Namespaces,
            landlock: None,
        })
    }

    /// Reads a non-blocking pipe to its end.
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
    fn program_has_own_session_and_no_privileges() {
        let folder = tempfile::tempdir().expect("a folder");
        // A descriptor that is not close-on-exec and must not reach the program.
        let leak = rustix::io::fcntl_dupfd_cloexec(std::io::stderr(), 100).expect("a copy");
        rustix::io::fcntl_setfd(&leak, rustix::io::FdFlags::empty()).expect("inheritable");
        let started = start_in(folder.path(), &["cat"]).expect("started");
        // When `cat` answers, the loader has already closed its files.
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
        let process = crate::sys::procfs::process(pid).expect("it lives");
        assert_eq!((process.session, process.group), (pid, pid));
        drop(stdin);
        let pid = rustix::process::Pid::from_raw(pid).expect("a number");
        assert_eq!(wait_for(pid).expect("a child"), ExitStatus::Code(0));
    }

    #[test]
    fn environment_folder_and_limits_are_applied() {
        let folder = tempfile::tempdir().expect("a folder");
        let started = start_in(
            folder.path(),
            &["sh", "-c", "env; pwd; ulimit -n; ulimit -Hc; ulimit -St; ulimit -Ht; echo e >&2"],
        )
        .expect("started");
        let output = read_all(started.stdout);
        let real = folder.path().canonicalize().expect("a folder");
        assert!(output.contains("GIVEN=yes") && !output.contains("HOME="), "{output}");
        let end = format!("{}\n64\n0\n20\n21\n", real.display());
        assert!(output.ends_with(&end), "{output}");
        assert_eq!(read_all(started.stderr), "e\n");
    }

    #[test]
    fn relative_name_is_resolved_in_the_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        script(folder.path(), "server", "#!/bin/sh\necho \"$0 $1\"\n", 0o755);
        let started = start_in(folder.path(), &["./server", "one"]).expect("started");
        assert_eq!(read_all(started.stdout), "./server one\n");
    }

    #[test]
    fn start_errors_are_distinguished() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = folder.path();
        let refused = |argv: &[&str]| start_in(at, argv).expect_err("it cannot start");

        for missing in ["no-such-program", "./server", "/no/such/program", ""] {
            assert!(matches!(refused(&[missing]), StartError::Missing { .. }), "{missing}");
        }
        assert!(matches!(refused(&[]), StartError::Missing { .. }));

        let windows = script(at, "windows.py", "#!/usr/bin/python3\r\nprint()\n", 0o755);
        let StartError::MissingInterpreter { interpreter, .. } = refused(&[&windows]) else {
            panic!("its interpreter is missing")
        };
        assert_eq!(interpreter.as_deref(), Some("/usr/bin/python3\r"));

        let plain = script(at, "plain.py", "print()\n", 0o644);
        let text = script(at, "text.py", "print()\n", 0o755);
        for (program, number) in [(plain, libc::EACCES), (text, libc::ENOEXEC), ("/".into(), libc::EACCES)] {
            let StartError::NotExecutable { source, .. } = refused(&[&program]) else {
                panic!("{program} is not executable")
            };
            assert_eq!(source.raw_os_error(), Some(number), "{program}");
        }

        let marked = script(at, "marked.py", "\u{feff}#!/usr/bin/python3\nprint()\n", 0o755);
        assert!(matches!(refused(&[&marked]), StartError::MarkedScript { .. }));
        let old = script(at, "old", "\x7fELF\x01\x01\x01", 0o755);
        assert!(matches!(refused(&[&old]), StartError::OtherArchitecture { .. }));

        let gone = start_in(&at.join("gone"), &["true"]).expect_err("no folder");
        assert!(matches!(gone, StartError::NoFolder { .. }));
        let StartError::Other(error) = refused(&["a\0b"]) else { panic!("a name with a NUL byte is rejected") };
        assert!(error.to_string().starts_with("starting a program on a"), "{error}");
    }
}
