//! For the tests of this floor that need namespaces of their own: a test runs itself again in a process of its own,
//! forks there, which leaves one thread, makes a sandbox and does the work inside. Where the machine does not allow it the test is skipped, which is
//! said; with REQUIRE_LIVE=1 it fails.
#![expect(unsafe_code, reason = "fork, and an end without the hooks of the first process")]

use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::ending::wait_for;
use super::mounts::{SYSTEM, Shown, View, prepare_mounts};
use super::namespace::{Forked, Isolation, drop_root, enter, fork_init};
use super::network::loopback_up;
use super::{SysError, ending};
use crate::model::ExitStatus;

/// Says that this process is to do the work.
const INSIDE: &str = "SOCKLAB_TEST_INSIDE";
const SKIPPED: i32 = 77;

/// Does the work as pid 1 of fresh namespaces, with loopback on. `test` is the whole name of the test that calls this.
pub(crate) fn inside(test: &str, work: fn()) {
    if std::env::var_os(INSIDE).is_some() {
        let code = match in_one_thread(|| sandbox(work)) {
            Ok(code) => code,
            Err(error) => {
                say(&format!("SKIPPED {test}: {error}\n"));
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
    let told = String::from_utf8_lossy(&run.stderr).into_owned() + &String::from_utf8_lossy(&run.stdout);
    if run.status.code() == Some(SKIPPED) {
        say(&told);
        assert!(std::env::var_os("REQUIRE_LIVE").is_none(), "REQUIRE_LIVE is set, and {test} was skipped");
        return;
    }
    // A name that no test has would run nothing, and succeed.
    assert!(run.status.success() && told.contains(DONE), "{test}, inside: {}\n{told}", run.status);
}

const DONE: &str = "the work is done";

fn say(text: &str) {
    // Nobody may be reading.
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn end(code: i32) -> ! {
    // SAFETY: ends the process at once; of what would run at its end, nothing belongs to a copy.
    unsafe { libc::_exit(code) }
}

/// Does the work in a child, which has one thread, and returns what it ended with.
fn in_one_thread(work: impl FnOnce() -> Result<i32, SysError>) -> Result<i32, SysError> {
    // SAFETY: the other thread of this process only waits for this one; what it holds is not used in the child.
    match unsafe { libc::fork() } {
        0 => match work() {
            Ok(code) => end(code),
            Err(error) => {
                say(&format!("SKIPPED: {error}\n"));
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
    ending::die_with_parent()?;
    enter(&Isolation::default())?;
    if let Forked::Parent { init, .. } = fork_init()? {
        return Ok(match wait_for(init)? {
            ExitStatus::Code(code) => code,
            ExitStatus::Signal(_) => 1,
        });
    }
    let view =
        View { keep: &[], hide: &[], layered: None, home: Path::new("/tmp/home"), etc: &[], scratch_bytes: 1 << 26 };
    let folder = [folder];
    prepare_mounts(&view, Shown::of(SYSTEM.iter().map(Path::new).chain(folder.iter().map(PathBuf::as_path))))?;
    loopback_up()?;
    let done = catch_unwind(AssertUnwindSafe(work)).is_ok();
    if done {
        say(&format!("{DONE}\n"));
    }
    Ok(i32::from(!done))
}
