//! Machines on which programs cannot be isolated: rejections and warnings before anything runs,
//! items that are still verified, and resources that programs cannot reach.
//!
//! Default containers, user namespaces with a single id, and machines that deny namespaces are
//! emulated.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::Path;
use std::process::{Command, Output};

use rstest::rstest;
use socklab::model::{Report, SandboxMode, Verdict};
use socklab::sys::landlock::{AllowedAccess, LandlockRules};

use crate::program::{ENVIRONMENT_VARS, Machine, built, live_tests_enabled, package, report, verdicts};

/// Creates a submission from files of `tests/data/plain`, given as (name, source), with a manifest
/// if `server` is given.
fn delivery(files: &[(&str, &str)], server: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    for (name, from) in files {
        fs::copy(package().join("tests/data/plain").join(from), folder.path().join(name)).expect("a copy");
    }
    if let Some(server) = server {
        let manifest = format!("servers:\n  tcp-simple: {{ run: [python3, {server}] }}\n");
        fs::write(folder.path().join("socklab.yaml"), manifest).expect("written");
    }
    folder
}

/// Returns a command that runs socklab in namespaces made by `unshare`, after a preparing program.
fn in_namespaces(starter: &[&str], unshare: &[&str], prepares: &str, arguments: &[&str]) -> Command {
    let all =
        starter.iter().copied().chain(["unshare"]).chain(unshare.iter().copied()).chain(["--net", "--", "python3"]);
    let words: Vec<String> = all.map(str::to_owned).collect();
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).arg(package().join("tests/data").join(prepares)).arg(built("socklab"));
    command.args(arguments).current_dir("/");
    for name in ENVIRONMENT_VARS {
        command.env_remove(name);
    }
    command
}

fn output(mut command: Command) -> Output {
    command.output().expect("it starts")
}

fn stderr_text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Returns the ids of the notes of an item.
fn notes<'a>(report: &'a Report, id: &str) -> Vec<&'a str> {
    let item = report.submissions[0].items.iter().find(|item| item.id.as_str() == id);
    item.expect("an item of the lab").shown().notes.iter().map(|note| &*note.id).collect()
}

/// Returns the output lines of a program from its evidence. The line `tried` proves that it ran.
fn printed(evidence: &Path) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for scenario in fs::read_dir(evidence).expect("evidence").flatten() {
        let text = fs::read_to_string(scenario.path().join("server-1.txt")).unwrap_or_default();
        lines.extend(text.lines().map(str::to_owned));
    }
    assert!(lines.contains("tried"), "the program ran: {lines:?}");
    lines
}

#[rstest]
#[case::english("en", "nothing was run", "fix: sudo sysctl -w user.max_user_namespaces=15000")]
#[case::portuguese("pt-BR", "nada foi executado", "solução: sudo sysctl -w user.max_user_namespaces=15000")]
fn grade_refuses_to_run_without_isolation(#[case] language: &str, #[case] nothing: &str, #[case] remedy: &str) {
    if !live_tests_enabled() {
        return;
    }
    let class = tempfile::tempdir().expect("a folder");
    fs::set_permissions(class.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let submission = delivery(&[("server.py", "server.py")], Some("server.py"));
    fs::create_dir(class.path().join("ana")).expect("a folder");
    for file in ["server.py", "socklab.yaml"] {
        fs::copy(submission.path().join(file), class.path().join("ana").join(file)).expect("a copy");
    }
    let (path, store) = (class.path().display().to_string(), class.path().join(".store.db"));
    let store_name = store.display().to_string();
    let grade = |more: &[&str]| {
        let arguments = ["grade", &path, "--store", &store_name, "--lang", language, "--report", "json=-"];
        output(Machine::Denied.socklab(&[&arguments[..], more].concat()))
    };
    let refused = grade(&[]);
    let stderr = stderr_text(&refused);
    assert_eq!((refused.status.code(), refused.stdout.len(), store.exists()), (Some(2), 0, false), "{stderr}");
    for part in [nothing, remedy, "--stage plain"] {
        assert!(stderr.contains(part), "{part}: {stderr}");
    }
    let asked = grade(&["--stage", "plain"]);
    let graded = report(&asked);
    assert_eq!(asked.status.code(), Some(0));
    assert_eq!(graded.submissions[0].items[0].verdict, Verdict::Pass, "{graded:?}");
    assert!(!stderr_text(&asked).contains("--stage plain"), "{}", stderr_text(&asked));
}

#[rstest]
#[case::english("en", "warning: ")]
#[case::portuguese("pt-BR", "aviso: ")]
fn run_and_check_warn_before_running_without_isolation(#[case] language: &str, #[case] begins: &str) {
    if !live_tests_enabled() {
        return;
    }
    let folder = delivery(&[("server.py", "server.py")], Some("server.py"));
    let path = folder.path().display().to_string();
    let server = format!("tcp-simple=python3 {path}/server.py");
    let common = ["--lang", language, "--item", "tcp-simple.1", "--report", "json=-", "--no-ci"];
    let run = |machine: Machine, arguments: &[&str]| output(machine.socklab(&[arguments, &common[..]].concat()));
    for warned in [&["check", &path][..], &["run", "--server", &server]] {
        let output = run(Machine::Denied, warned);
        assert_eq!(report(&output).machine.stage, SandboxMode::Plain);
        assert!(
            stderr_text(&output).starts_with(begins) && stderr_text(&output).contains("--stage plain"),
            "{}",
            stderr_text(&output)
        );
        let asked = run(Machine::Denied, &[warned, &["--stage", "plain"]].concat());
        assert_eq!(report(&asked).machine.stage, SandboxMode::Plain);
        assert!(!stderr_text(&asked).contains(begins), "{}", stderr_text(&asked));
        let isolated = run(Machine::Open, warned);
        assert_eq!(report(&isolated).machine.stage, SandboxMode::Isolated);
        assert!(!stderr_text(&isolated).contains(begins), "{}", stderr_text(&isolated));
    }
    let own = run(Machine::Denied, &["run"]);
    assert!(!stderr_text(&own).contains(begins), "the lab's own programs: {}", stderr_text(&own));
}

/// A server that closes first without SO_REUSEADDR, and a client. The results must not depend on
/// the sandbox mode.
#[test]
fn client_results_do_not_depend_on_sandbox_mode() {
    if !live_tests_enabled() {
        return;
    }
    let folder = delivery(&[("tcp_servidor.py", "server.py"), ("tcp_cliente.py", "client.py")], None);
    let path = folder.path().display().to_string();
    let items = ["--item", "tcp-simple.1", "--item", "tcp-simple.2", "--item", "tcp-simple.3"];
    let more = ["--report", "json=-", "--no-ci"];
    let check = |machine: Machine, stage: &str, starter: &[&str]| {
        let arguments = [&["check", &path, "--stage", stage][..], &items, &more].concat();
        let report = report(&output(machine.socklab_started_by(starter, &arguments)));
        (verdicts(&report), notes(&report, "tcp-simple.2").into_iter().map(str::to_owned).collect::<Vec<_>>())
    };
    let isolated = check(Machine::Open, "isolated", &[]);
    assert_eq!(isolated.1, ["client-right"]);
    assert_eq!(check(Machine::Denied, "plain", &[]), isolated, "with packets");
    let without = ["setpriv", "--ambient-caps=-all", "--inh-caps=-all"];
    assert_eq!(check(Machine::Denied, "plain", &without), isolated, "without the right to capture packets");
}

#[rstest]
#[case::of_whoever_runs_the_tests(&[])]
#[case::of_nobody(&["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])]
fn single_id_user_namespace_is_sufficient(#[case] starter: &[&str]) {
    if !live_tests_enabled() || !(starter.is_empty() || is_root()) {
        return;
    }
    let run = |arguments: &[&str]| output(in_namespaces(starter, &["-Ur"], "plain/loopback.py", arguments));
    let bundled = report(&run(&["run", "--report", "json=-"]));
    assert_eq!(bundled.machine.stage, SandboxMode::Isolated);
    assert!(verdicts(&bundled).values().all(|verdict| *verdict == Verdict::Pass), "{:?}", verdicts(&bundled));
    let folder = delivery(&[("server.py", "server.py")], Some("server.py"));
    let path = folder.path().display().to_string();
    for stage in ["isolated", "plain"] {
        let arguments = [
            "check",
            &path,
            "--stage",
            stage,
            "--item",
            "tcp-simple.1",
            "--item",
            "tcp-simple.3",
            "--report",
            "json=-",
        ];
        let checked = report(&run(&arguments));
        assert!(verdicts(&checked).values().all(|verdict| *verdict == Verdict::Pass), "{stage}: {checked:?}");
    }
}

/// The namespace's root is the machine's root if root created it. Files that only root may read
/// must stay unreadable.
#[rstest]
fn root_of_a_single_id_keeps_its_files(#[values("isolated", "plain")] stage: &str) {
    if !live_tests_enabled() || !is_root() || !has_landlock() {
        return;
    }
    let (folder, evidence) = (delivery(&[("server.py", "prying.py")], Some("server.py")), tempfile::tempdir());
    let evidence = evidence.expect("a folder").path().join("evidence");
    fs::write(folder.path().join("outside.txt"), "1 nothing").expect("written");
    let (path, kept) = (folder.path().display().to_string(), evidence.display().to_string());
    fs::create_dir_all(evidence.parent().expect("a folder")).expect("made");
    let arguments = ["check", &path, "--stage", stage, "--item", "tcp-simple.1", "--evidence", &kept, "--no-ci"];
    let done = output(in_namespaces(&[], &["-Ur"], "plain/loopback.py", &arguments));
    assert_eq!(done.status.code(), Some(1), "{}", stderr_text(&done));
    let lines = printed(&evidence);
    assert!(lines.contains("settings reached"), "{lines:?}");
    assert!(!lines.contains("shadow reached"), "{lines:?}");
}

#[test]
fn root_of_a_default_container_verifies_the_packets() {
    if !live_tests_enabled() || !is_root() {
        return;
    }
    let done = output(in_namespaces(&[], &[], "container.py", &["run", "--report", "json=-"]));
    let run = report(&done);
    assert_eq!(run.machine.stage, SandboxMode::Plain, "{}", stderr_text(&done));
    let all = verdicts(&run);
    let not: Vec<&str> = all.iter().filter(|(_, one)| **one == Verdict::NotVerified).map(|(id, _)| &**id).collect();
    assert_eq!(not, ["remote.1", "remote.2", "remote.3", "remote.4", "tcp-simple.5"], "those with two hosts");
    assert_eq!(all.values().filter(|verdict| **verdict == Verdict::Pass).count(), 13, "{all:?}");
}

#[test]
fn foreign_traffic_is_noted_but_not_judged() {
    if !live_tests_enabled() {
        return;
    }
    let [stranger, server] =
        ["stranger.py", "awaits_stranger.py"].map(|name| package().join("tests/data").join(name).display().to_string());
    // It answers only once the stranger has come: on a busy machine, a run may be over earlier.
    let awaits = ["--server".to_owned(), format!("udp-simple=python3 {server}")];
    let run = |starter: &[&str], server: &[String]| {
        let mut arguments = vec!["run", "--item", "udp-simple.4", "--report", "json=-"];
        arguments.extend(server.iter().map(String::as_str));
        let report = report(&output(Machine::Denied.socklab_started_by(starter, &arguments)));
        assert_eq!(verdicts(&report), [("udp-simple.4".to_owned(), Verdict::Pass)].into(), "{report:?}");
        notes(&report, "udp-simple.4").into_iter().filter(|id| *id == "note-others").count()
    };
    assert_eq!((run(&["python3", &stranger], &awaits), run(&[], &[])), (1, 0));
}

#[test]
fn plain_mode_restricts_programs_to_lab_ports() {
    if !live_tests_enabled() || !has_landlock() {
        return;
    }
    let name = format!("socklab-outside-{}", std::process::id());
    let port = TcpListener::bind("127.0.0.1:0").expect("a port");
    let bus = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&name).expect("a name")).expect("bound");
    let folder = delivery(&[("server.py", "prying.py")], Some("server.py"));
    let address = port.local_addr().expect("bound");
    fs::write(folder.path().join("outside.txt"), format!("{} {name}", address.port())).expect("written");
    let outer = tempfile::tempdir().expect("a folder");
    let evidence = outer.path().join("evidence");
    let (path, kept) = (folder.path().display().to_string(), evidence.display().to_string());
    let arguments = ["check", &path, "--stage", "plain", "--item", "tcp-simple.1", "--evidence", &kept, "--no-ci"];
    let done = output(Machine::Open.socklab(&arguments));
    // The program exits by itself with code 3, since its attempt to kill the agent failed.
    assert_eq!(done.status.code(), Some(1), "{}", stderr_text(&done));
    let lines = printed(&evidence);
    for what in ["port", "abstract", "agent", "terminals"] {
        assert!(lines.iter().any(|line| line.starts_with(&format!("{what} denied"))), "{what}: {lines:?}");
    }
    for what in ["null", "settings"] {
        assert!(lines.contains(&format!("{what} reached")), "{what}: {lines:?}");
    }
    port.set_nonblocking(true).expect("a socket");
    bus.set_nonblocking(true).expect("a socket");
    assert!(port.accept().is_err() && bus.accept().is_err(), "an outside socket was reached");
}

/// A program may connect to another port of its own. If Landlock denies that, nothing is proved
/// about the program.
#[rstest]
#[case::its_own("SIDE = \"own port\"", Verdict::NotVerified)]
#[case::none_at_all("SIDE = None", Verdict::Pass)]
fn program_denied_its_own_port_is_not_verified(#[case] side: &str, #[case] verdict: Verdict) {
    if !live_tests_enabled() || !has_landlock() {
        return;
    }
    let folder = delivery(&[], Some("server.py"));
    let text = fs::read_to_string(package().join("tests/data/plain/server.py")).expect("text");
    fs::write(folder.path().join("server.py"), text.replace("SIDE = None", side)).expect("written");
    let path = folder.path().display().to_string();
    let arguments = ["check", &path, "--stage", "plain", "--item", "tcp-simple.3", "--report", "json=-", "--no-ci"];
    let checked = report(&output(Machine::Denied.socklab(&arguments)));
    let item = &checked.submissions[0].items[0];
    assert_eq!(item.verdict, verdict, "{item:?}");
    let reason = item.reason.as_ref().map(|reason| reason.message().id);
    assert_eq!(reason.as_deref(), (verdict == Verdict::NotVerified).then_some("gap-fenced"));
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Returns true if this kernel supports Landlock; prints a message otherwise.
pub(crate) fn has_landlock() -> bool {
    let there = matches!(LandlockRules::new(&AllowedAccess::default()), Ok(Some(_)));
    if !there {
        let _ = writeln!(std::io::stderr().lock(), "SKIPPED: this kernel has no landlock");
    }
    there
}
