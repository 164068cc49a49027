//! Starting the program under test: its own session, no privileges, limits, nothing of ours but three pipes. It does
//! not wait for it (see `ending`) and does not know what it is.
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

use super::child::{At, Child};
use super::deny::Confinement;
use super::fence::Fence;
use super::filter::Handover;
use super::limits::Limits;
use super::{SysError, doing, owners};
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
    /// Whether its socket calls are to be told (see `trace::Tracer`). Whoever asks for it must read them, or the
    /// program stands still at the first one.
    pub trace: bool,
    /// What holds it besides: which calls are denied.
    pub confinement: Confinement,
    /// What it is put into before it runs.
    pub fence: Option<&'a Fence>,
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
    /// What tells its socket calls, for `trace::Tracer`, where that was asked for and this machine allows it.
    pub listener: Option<OwnedFd>,
    /// Why they are not told, though it was asked for. The program runs all the same.
    pub untraced: Option<SysError>,
}

/// Why a program could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such file, or none in the PATH.
    #[error("program not found: {}", .program.display())]
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
    /// The program was compiled for another architecture than this machine's own, as 32-bit x86: its calls are denied
    /// (`sys::deny`), so that it could not even begin.
    #[error("{} is a 32-bit program", .program.display())]
    OtherArchitecture {
        /// The file.
        program: PathBuf,
    },
    /// The working folder is not there or may not be entered.
    #[error("directory not found: {}", .folder.display())]
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
    let name = launch.argv.first().map(OsString::as_os_str).unwrap_or_default();
    let (handover, untraced) = match launch.trace.then(Handover::new).transpose() {
        Ok(handover) => (handover.map(Arc::new), None),
        Err(error) => (None, Some(error)),
    };
    let there = candidates(launch).into_iter().map(|path| launch.folder.join(path)).find(|path| path.is_file());
    if let Some(program) = there.filter(|path| is_32_bit(path)) {
        return Err(StartError::OtherArchitecture { program });
    }
    let child = Child::new(launch, candidates(launch), handover.clone()).map_err(doing(DOING, name.display()))?;
    // `child` does the `execve`: what Command would run itself is never reached.
    let mut command = Command::new(program_itself());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // SAFETY: `run` makes system calls only, and touches no memory but its own and the stack.
    unsafe { command.pre_exec(move || Err(child.run())) };
    let mut started = command.spawn().map_err(|error| explain(launch, &error))?;
    let (Some(stdin), Some(stdout), Some(stderr)) =
        (started.stdin.take(), started.stdout.take(), started.stderr.take())
    else {
        unreachable!("all three are pipes, as was asked for above");
    };
    let pid = rustix::process::Pid::from_child(&started);
    // Not reaped before the caller waits for it, so the number is still its own.
    let pidfd = pidfd_open(pid, PidfdFlags::empty()).map_err(doing("opening a pidfd", pid))?;
    be_first_to_go(pid.as_raw_pid());
    for stream in [stdout.as_fd(), stderr.as_fd()] {
        rustix::io::ioctl_fionbio(stream, true).map_err(doing("setting non-blocking mode", "a pipe"))?;
    }
    // Sent before the `execve`, which is over.
    let (listener, denied) = match handover.map(|handover| handover.take()).transpose() {
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

/// Where memory runs out, the kernel kills the program, and not us who watch it (`/proc/PID/oom_score_adj`, proc(5)); what it starts
/// inherits that. From outside: until its `execve` it is as closed as we are, and may not write this itself.
fn be_first_to_go(pid: Pid) {
    // By the parent it is known that `/proc` counts as we do, and that the number is not somebody else's.
    if owners::process(pid).is_some_and(|process| process.parent == getpid().as_raw_pid()) {
        // Else the kernel chooses by size.
        let _ = fs::write(format!("/proc/{pid}/oom_score_adj"), "1000");
    }
}

/// The files that the program's name may mean, in order.
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

/// Puts what the child said into the words of [`StartError`].
fn explain(launch: &Launch<'_>, error: &io::Error) -> StartError {
    let program = launch.argv.first().cloned().unwrap_or_default();
    let Some((at, doing_what, number)) = At::read(error) else {
        let error = error.raw_os_error().map_or_else(|| io::Error::from(error.kind()), io::Error::from_raw_os_error);
        return doing("starting a program", program.display())(error).into();
    };
    let source = io::Error::from_raw_os_error(number);
    match (at, number) {
        (At::Folder, _) => StartError::NoFolder { folder: launch.folder.to_path_buf() },
        (At::Exec, libc::ENOENT | libc::ENOTDIR) => {
            // A relative name is meant from the working folder.
            let there = candidates(launch).into_iter().map(|path| launch.folder.join(path)).find(|path| path.is_file());
            match there {
                None => StartError::Missing { program },
                Some(program) => StartError::MissingInterpreter { interpreter: interpreter(&program), program },
            }
        }
        (At::Exec, libc::EACCES | libc::ENOEXEC | libc::EISDIR | libc::EPERM | libc::ELOOP) => {
            StartError::NotExecutable { program, source }
        }
        _ => doing(doing_what, program.display())(source).into(),
    }
}

/// Whether the file is a program of 32 bits (`EI_CLASS`, elf(5)).
fn is_32_bit(program: &Path) -> bool {
    let mut head = [0; 5];
    let read = fs::File::open(program).and_then(|mut file| io::Read::read_exact(&mut file, &mut head));
    read.is_ok() && head == *b"\x7fELF\x01" && cfg!(target_pointer_width = "64")
}

/// What the file's `#!` line names (`execve(2)`: up to the first blank). A carriage return at its end is kept: it is
/// then why there is no such file.
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
        let env = [("PATH".into(), "/usr/bin:/bin".into()), ("GIVEN".into(), "yes".into())];
        start(&Launch {
            argv: &argv,
            env: &env,
            folder,
            limits: &LIMITS,
            trace: false,
            confinement: Confinement::Namespaces,
            fence: None,
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
            &["sh", "-c", "env; pwd; ulimit -n; ulimit -Hc; ulimit -St; ulimit -Ht; echo e >&2"],
        )
        .expect("started");
        let told = read_all(started.stdout);
        let real = folder.path().canonicalize().expect("a folder");
        assert!(told.contains("GIVEN=yes") && !told.contains("HOME="), "{told}");
        let end = format!("{}\n64\n0\n20\n21\n", real.display());
        assert!(told.ends_with(&end), "{told}");
        assert_eq!(read_all(started.stderr), "e\n");
    }

    #[test]
    fn a_program_by_a_relative_name_is_looked_for_in_its_folder() {
        let folder = tempfile::tempdir().expect("a folder");
        script(folder.path(), "server", "#!/bin/sh\necho \"$0 $1\"\n", 0o755);
        let started = start_in(folder.path(), &["./server", "one"]).expect("started");
        assert_eq!(read_all(started.stdout), "./server one\n");
    }

    #[test]
    fn what_cannot_be_started_is_told_apart() {
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

        let old = script(at, "old", "\x7fELF\x01\x01\x01", 0o755);
        assert!(matches!(refused(&[&old]), StartError::OtherArchitecture { .. }));

        let gone = start_in(&at.join("gone"), &["true"]).expect_err("no folder");
        assert!(matches!(gone, StartError::NoFolder { .. }));
        let StartError::Other(error) = refused(&["a\0b"]) else { panic!("no kernel takes such a name") };
        assert!(error.to_string().starts_with("starting a program on a"), "{error}");
    }
}
