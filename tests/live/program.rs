//! Runs the program under test and parses its JSON report.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use socklab::model::{Report, Verdict};

/// Returns the path of a program that cargo built, which `tests/flaky.sh` may have copied. If root
/// runs the tests, programs run as the user `nobody`, from a copy if that user cannot read the
/// build folder.
pub(crate) fn built(name: &str) -> PathBuf {
    let fixed = match name {
        "socklab" => env!("CARGO_BIN_EXE_socklab"),
        "socklab-faulty" => env!("CARGO_BIN_EXE_socklab-faulty"),
        _ => panic!("no program is called {name}"),
    };
    let built = std::env::var_os(format!("CARGO_BIN_EXE_{name}")).map_or_else(|| fixed.into(), PathBuf::from);
    let open_to_all = |path: &Path| path.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o1 == 0o1);
    if !rustix::process::geteuid().is_root() || built.ancestors().all(open_to_all) {
        return built;
    }
    copies().join(name)
}

/// Returns the folder of the copies, created once per test program. It is kept for inspection.
fn copies() -> &'static Path {
    static COPIES: OnceLock<PathBuf> = OnceLock::new();
    COPIES.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("socklab-live-").tempdir().expect("a folder").keep();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("permissions");
        for name in ["socklab", "socklab-faulty"] {
            let from = Path::new(env!("CARGO_BIN_EXE_socklab")).with_file_name(name);
            fs::copy(from, folder.join(name)).expect("a copy");
        }
        folder
    })
}

/// Returns the package's folder, which `tests/flaky.sh` may have copied.
pub(crate) fn package() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

/// Variables of the test machine that influence socklab: languages and CI services.
pub(crate) const ENVIRONMENT_VARS: &[&str] = &[
    "LANG",
    "LC_ALL",
    "LC_MESSAGES",
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_WORKSPACE",
    "GITLAB_CI",
    "CLASSROOM",
    "ASSIGNMENT",
    "SUBMISSION_TAG",
];

/// The conditions of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// The machine as it is.
    Open,
    /// Namespaces are denied. The run gets its own network, so that runs can proceed in parallel.
    Denied,
}

impl Machine {
    /// Returns a socklab command with these arguments.
    pub(crate) fn socklab(self, arguments: &[&str]) -> Command {
        self.socklab_started_by(&[], arguments)
    }

    /// Returns a socklab command started by `starter`, a command that comes before it.
    pub(crate) fn socklab_started_by(self, starter: &[&str], arguments: &[&str]) -> Command {
        let socklab = built("socklab");
        let words = || starter.iter().copied().map(OsStr::new).chain([socklab.as_os_str()]);
        let program = words().next().unwrap_or_default();
        let mut command = match self {
            Self::Open => Command::new(program),
            Self::Denied => {
                let mut command = Command::new("unshare");
                // The user is mapped to an id other than 0: as root, socklab would try to drop its
                // privileges.
                command.args(["--map-user=1000", "--map-group=1000", "--keep-caps", "--net", "--"]);
                command.args(["python3"]).arg(package().join("tests/data/denied.py")).arg(program);
                command
            }
        };
        command.args(words().skip(1)).args(arguments).current_dir("/");
        for name in ENVIRONMENT_VARS {
            command.env_remove(name);
        }
        command
    }
}

/// Returns true if the live tests can run here; prints a message once if they cannot.
pub(crate) fn live_tests_enabled() -> bool {
    static ABLE: OnceLock<bool> = OnceLock::new();
    let able = *ABLE.get_or_init(|| {
        let probe = Machine::Open.socklab(&["run", "--stage", "isolated", "--item", "tcp-simple.1"]).output();
        probe.is_ok_and(|output| output.status.success())
    });
    if !able {
        let mut out = std::io::stderr().lock();
        // Written to the stream directly, because the test harness hides the output of passing
        // tests.
        let _ = writeln!(out, "SKIPPED: this machine does not allow namespaces (socklab doctor tells why)");
        assert!(std::env::var_os("REQUIRE_LIVE").is_none(), "REQUIRE_LIVE is set, and a live test was skipped");
    }
    able
}

/// Returns true if a slow live test should run. `.ci/run` skips it in the first of two runs and
/// sets `REQUIRE_LIVE` in the second.
pub(crate) fn slow_tests_enabled(name: &str) -> bool {
    let set = |name| std::env::var_os(name).is_some();
    let brief = set("SOCKLAB_BRIEF") && !set("REQUIRE_LIVE");
    if brief {
        let _ = writeln!(std::io::stderr().lock(), "LEFT OUT: {name} (SOCKLAB_BRIEF without REQUIRE_LIVE)");
    }
    !brief && live_tests_enabled()
}

/// Held for writing by tests whose attackers take all that the machine has.
static ATTACKERS: RwLock<()> = RwLock::new(());

/// Waits until no other test attacks the machine or needs [`no_attackers`]. A virtual machine may be
/// slow to get more memory, and programs that wait for it stall: only one such class runs at a time.
pub(crate) fn machine_to_itself() -> RwLockWriteGuard<'static, ()> {
    ATTACKERS.write().unwrap_or_else(PoisonError::into_inner)
}

/// Waits until no test attacks the machine, for a test of a program that never sleeps. Beside dozens
/// of busy processes, such a program gets less CPU time than it must be granted before it can be
/// judged (136 ms in 30 s were measured): the machine is then reported as overloaded.
pub(crate) fn no_attackers() -> RwLockReadGuard<'static, ()> {
    ATTACKERS.read().unwrap_or_else(PoisonError::into_inner)
}

/// Parses the report that a run printed; panics with the whole output if there is none.
pub(crate) fn report(output: &Output) -> Report {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("no report ({error}): {:?}\n{text}\n{}", output.status, String::from_utf8_lossy(&output.stderr))
    })
}

/// Returns the verdict of every item.
pub(crate) fn verdicts(report: &Report) -> BTreeMap<String, Verdict> {
    let items = report.submissions.iter().flat_map(|submission| &submission.items);
    items.map(|item| (item.id.to_string(), item.verdict)).collect()
}

/// Creates a folder that programs of the sandbox can read.
pub(crate) fn readable_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    folder
}

/// Checks a submission for a lab.
pub(crate) fn check_submission(folder: &Path, lab: &str) -> Report {
    let (evidence, path) = (tempfile::tempdir().expect("a folder"), folder.display().to_string());
    let kept = evidence.path().join("kept").display().to_string();
    let arguments = ["check", &path, "--lab", lab, "--evidence", &kept, "--report", "json=-"];
    report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"))
}
