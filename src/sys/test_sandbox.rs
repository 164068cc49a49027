//! Runs a unit test in namespaces. The test executes itself in a new process, which forks to have
//! one thread, makes a sandbox and runs the test body inside.
//!
//! If the machine does not permit this, the test is reported as skipped, or fails with
//! REQUIRE_LIVE=1.
#![expect(unsafe_code, reason = "fork, and an end without the hooks of the first process")]

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::mounts::{MountView, SYSTEM, VisiblePlaces, prepare_mounts};
use super::namespace::{Forked, InnerIds, drop_root, enter, fork_init};
use super::net_settings::loopback_up;
use super::reap::wait_for;
use super::{SysError, reap};
use crate::model::ExitStatus;

/// Environment variable that makes this process run the test body.
const INSIDE: &str = "SOCKLAB_TEST_INSIDE";
const SKIPPED: i32 = 77;

/// Runs `work` as pid 1 of new namespaces, with loopback on. `test` is the full name of the calling
/// test.
pub(crate) fn run_in_sandbox(test: &str, work: fn()) {
    if std::env::var_os(INSIDE).is_some() {
        let code = match in_forked_child(|| sandbox(work)) {
            Ok(code) => code,
            Err(error) => {
                write_stderr(&format!("SKIPPED {test}: {error}\n"));
                SKIPPED
            }
        };
        end(code);
    }
    let program = std::env::current_exe().expect("this program");
    let run = Command::new(program)
        .args(["--exact", test, "--test-threads=1", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("it runs");
    let output = String::from_utf8_lossy(&run.stderr).into_owned() + &String::from_utf8_lossy(&run.stdout);
    if run.status.code() == Some(SKIPPED) {
        write_stderr(&output);
        assert!(std::env::var_os("REQUIRE_LIVE").is_none(), "REQUIRE_LIVE is set, and {test} was skipped");
        return;
    }
    // A wrong test name would run no test and succeed.
    assert!(run.status.success() && output.contains(DONE), "{test}, inside: {}\n{output}", run.status);
}

const DONE: &str = "the work is done";

fn write_stderr(text: &str) {
    // The reader may be gone.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn end(code: i32) -> ! {
    // SAFETY: exits at once, without the exit handlers of the original process.
    unsafe { libc::_exit(code) }
}

/// Runs `work` in a forked child, which has one thread. Returns its exit code.
fn in_forked_child(work: impl FnOnce() -> Result<i32, SysError>) -> Result<i32, SysError> {
    // SAFETY: the other thread of this process only waits for this one. The child does not use
    // anything that it holds.
    match unsafe { libc::fork() } {
        0 => match work() {
            Ok(code) => end(code),
            Err(error) => {
                write_stderr(&format!("SKIPPED: {error}\n"));
                end(SKIPPED)
            }
        },
        child => {
            let child = rustix::process::Pid::from_raw(child).expect("a process");
            Ok(match wait_for(child)? {
                ExitStatus::Code(code) => code,
                ExitStatus::Signal(_) => 1,
            })
        }
    }
}

fn sandbox(work: fn()) -> Result<i32, SysError> {
    let folder = std::env::current_dir().expect("a folder");
    drop_root()?;
    reap::die_with_parent()?;
    enter(&InnerIds::default())?;
    if let Forked::Parent(init) = fork_init()? {
        return Ok(match wait_for(init)? {
            ExitStatus::Code(code) => code,
            ExitStatus::Signal(_) => 1,
        });
    }
    let view = MountView {
        keep: &[],
        hide: &[],
        layered: None,
        home: Path::new("/tmp/home"),
        etc: &[],
        scratch_bytes: 1 << 26,
    };
    let folder = [folder];
    prepare_mounts(
        &view,
        VisiblePlaces::resolve(SYSTEM.iter().map(Path::new).chain(folder.iter().map(PathBuf::as_path))),
    )?;
    loopback_up()?;
    let done = catch_unwind(AssertUnwindSafe(work)).is_ok();
    if done {
        write_stderr(&format!("{DONE}\n"));
    }
    Ok(i32::from(!done))
}
