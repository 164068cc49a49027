//! Running the program under test, and reading its JSON report.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use socklab::model::{Report, Verdict};

/// A program that cargo built, where it is now (`tests/flaky.sh` runs from a copy). Started as root, programs run as nobody:
/// where nobody may not look into the folder that they were built in, they are taken from a copy.
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

/// The folder of the copies, made once a test program; it stays, as whoever runs the tests may want to look.
fn copies() -> &'static Path {
    static COPIES: OnceLock<PathBuf> = OnceLock::new();
    COPIES.get_or_init(|| {
        let folder = tempfile::Builder::new().prefix("socklab-live-").tempdir().expect("a folder").keep();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).expect("permissions");
        for name in ["socklab", "socklab-faulty"] {
            let from = Path::new(env!("CARGO_BIN_EXE_socklab")).with_file_name(name);
            std::fs::copy(from, folder.join(name)).expect("a copy");
        }
        folder
    })
}

/// The package's folder, where it is now.
pub(crate) fn package() -> PathBuf {
    std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

/// What the machine that runs the tests says and socklab would listen to: a language, a CI service.
pub(crate) const ELSEWHERE: &[&str] = &[
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

/// Where a run takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Machine {
    /// As it is.
    Open,
    /// Where namespaces are denied: inside a network of its own, so that runs can go side by side.
    Denied,
}

impl Machine {
    /// The program with these arguments.
    pub(crate) fn socklab(self, arguments: &[&str]) -> Command {
        self.socklab_started_by(&[], arguments)
    }

    /// The program with these arguments, which this command starts: it comes before them.
    pub(crate) fn socklab_started_by(self, starter: &[&str], arguments: &[&str]) -> Command {
        let socklab = built("socklab");
        let words = || starter.iter().copied().map(OsStr::new).chain([socklab.as_os_str()]);
        let program = words().next().unwrap_or_default();
        let mut command = match self {
            Self::Open => Command::new(program),
            Self::Denied => {
                let mut command = Command::new("unshare");
                // The caller's own id stays in charge inside, and is not root there: socklab would try to drop it.
                command.args(["--map-user=1000", "--map-group=1000", "--keep-caps", "--net", "--"]);
                command.args(["python3"]).arg(package().join("tests/data/denied.py")).arg(program);
                command
            }
        };
        command.args(words().skip(1)).args(arguments).current_dir("/");
        for name in ELSEWHERE {
            command.env_remove(name);
        }
        command
    }
}

/// Whether the live tests can run here; says so once where they cannot.
pub(crate) fn live() -> bool {
    static ABLE: OnceLock<bool> = OnceLock::new();
    let able = *ABLE.get_or_init(|| {
        let probe = Machine::Open.socklab(&["run", "--stage", "isolated", "--item", "tcp-simple.1"]).output();
        probe.is_ok_and(|output| output.status.success())
    });
    if !able {
        let mut out = std::io::stderr().lock();
        // Straight to the stream: the test program shows only what failing tests print.
        let _ = writeln!(out, "SKIPPED: this machine does not allow namespaces (socklab doctor tells why)");
        assert!(std::env::var_os("REQUIRE_LIVE").is_none(), "REQUIRE_LIVE is set, and a live test was skipped");
    }
    able
}

/// Whether a live test that takes long is to be run: `.ci/run` runs them with REQUIRE_LIVE alone, as otherwise it would twice.
pub(crate) fn long(name: &str) -> bool {
    let set = |name| std::env::var_os(name).is_some();
    let brief = set("SOCKLAB_BRIEF") && !set("REQUIRE_LIVE");
    if brief {
        let _ = writeln!(std::io::stderr().lock(), "LEFT OUT: {name} (SOCKLAB_BRIEF without REQUIRE_LIVE)");
    }
    !brief && live()
}

/// The report that a run printed, or all that it printed instead.
pub(crate) fn report(output: &Output) -> Report {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("no report ({error}): {:?}\n{text}\n{}", output.status, String::from_utf8_lossy(&output.stderr))
    })
}

/// Every item's verdict.
pub(crate) fn verdicts(report: &Report) -> BTreeMap<String, Verdict> {
    let items = report.submissions.iter().flat_map(|submission| &submission.items);
    items.map(|item| (item.id.to_string(), item.verdict)).collect()
}
