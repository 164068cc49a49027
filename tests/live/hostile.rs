//! Submissions that attack the machine, graded in one class with two correct ones.
//!
//! Each attack fails or hits a named limit, or its server passes because the attack found nothing.
//! The verdicts of the neighbours and everything outside remain unchanged. `.ci/run` runs these
//! tests as root and as `nobody`.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixDatagram, UnixListener};

use socklab::model::{Report, SubmissionResult, Verdict};

use crate::plain::has_landlock;
use crate::program::{Machine, built, live_tests_enabled, machine_to_itself, package, report, slow_tests_enabled};

/// A class in its own folder, with outside resources that must not be reached.
struct Class {
    folder: tempfile::TempDir,
    canary: tempfile::NamedTempFile,
    outside: TcpListener,
    services: Services,
}

/// Outside files that lead to other programs: sockets that every user may write to, and a FIFO with
/// a reader.
struct Services {
    folder: tempfile::TempDir,
    stream: UnixListener,
    datagram: UnixDatagram,
    _fifo: fs::File,
}

impl Services {
    fn new() -> Self {
        let folder = folder_outside_tmp("services-");
        let at = |name: &str| folder.path().join(name);
        let stream = UnixListener::bind(at("stream")).expect("a socket");
        let datagram = UnixDatagram::bind(at("datagram")).expect("a socket");
        let mode = rustix::fs::Mode::from_raw_mode(0o666);
        rustix::fs::mknodat(rustix::fs::CWD, at("fifo"), rustix::fs::FileType::Fifo, mode, 0).expect("a FIFO");
        // Open for reading and writing: the FIFO always has a reader, and opening it does not
        // block.
        let fifo = fs::File::options().read(true).write(true).open(at("fifo")).expect("it opens");
        for name in ["stream", "datagram", "fifo"] {
            fs::set_permissions(at(name), fs::Permissions::from_mode(0o777)).expect("permissions");
        }
        stream.set_nonblocking(true).and_then(|()| datagram.set_nonblocking(true)).expect("not blocking");
        Self { folder, stream, datagram, _fifo: fifo }
    }

    fn are_untouched(&self) -> bool {
        self.stream.accept().is_err() && self.datagram.recv(&mut [0; 64]).is_err()
    }
}

/// Creates a folder, if possible not below `/tmp`, which is hidden from programs anyway.
fn folder_outside_tmp(name: &str) -> tempfile::TempDir {
    let mut builder = tempfile::Builder::new();
    builder.prefix(name);
    let folder = builder.tempdir_in(env!("CARGO_TARGET_TMPDIR")).or_else(|_| builder.tempdir()).expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    folder
}

const ATTACKS: [&str; 24] = [
    "build_memory",
    "build_fork_bomb",
    "build_swaps",
    "fork_bomb",
    "memory",
    "leaderless",
    "one_gulp",
    "nameless",
    "nameless_little",
    "disk",
    "disk_dies",
    "output",
    "daemons",
    "kill_all",
    "spy",
    "outside",
    "prefork",
    "forged",
    "replace",
    "kernel_calls",
    "terminals",
    "services",
    "segments",
    // Not an attack: operations that any program may use.
    "ordinary",
];

impl Class {
    fn new(attacks: &[&str]) -> Self {
        let class = Self {
            folder: folder_outside_tmp("class"),
            services: Services::new(),
            canary: tempfile::NamedTempFile::new().expect("a file"),
            outside: TcpListener::bind("127.0.0.1:0").expect("a port"),
        };
        fs::write(class.canary.path(), "canary").expect("written");
        fs::set_permissions(class.canary.path(), fs::Permissions::from_mode(0o666)).expect("permissions");
        let data = package().join("tests/data/hostile");
        for name in ["a-neighbour", "z-neighbour"].iter().chain(attacks) {
            let folder = class.folder.path().join(name);
            fs::create_dir(&folder).expect("a folder");
            fs::copy(data.join("serve.py"), folder.join("serve.py")).expect("a copy");
            let program = data.join(format!("{name}.py"));
            let text = if program.is_file() {
                fs::read_to_string(program).expect("text")
            } else {
                "from serve import serve\nserve()\n".to_owned()
            };
            // A unique name, by which surviving processes are found.
            let own = format!("{name}{}", class.mark());
            fs::write(folder.join(&own), text).expect("written");
            // The program's own build script, or the attack of the same name without `build_`.
            let build = [format!("{name}.build.py"), format!("{}.py", name.trim_start_matches("build_"))];
            let build = build.map(|file| data.join(file)).into_iter().find(|file| file.is_file());
            let build = build.filter(|_| name.starts_with("build_"));
            let mut manifest = format!("servers:\n  tcp-simple: {{ run: [python3, {own}]");
            if let Some(build) = build {
                fs::copy(build, folder.join("build.py")).expect("a copy");
                fs::write(folder.join("README.md"), "# TCP\n\n![tela](tela.png)\n").expect("written");
                fs::write(folder.join("tela.png"), "").expect("written");
                manifest += ", build: [python3, build.py] }\n";
                // The second build sees the files that the first one left.
                manifest += "  udp-simple: { run: [python3, build.py], build: [python3, build.py, again]";
            }
            fs::write(folder.join("socklab.yaml"), manifest + " }\n").expect("written");
            let port = class.outside.local_addr().expect("an address").port();
            let own = class.folder.path().display();
            let (canary, harness) = (class.canary.path().display(), built("socklab"));
            let services = class.services.folder.path().display();
            let outside = format!("{canary}\n{port}\n{own}\n{}\n{services}\n", harness.display());
            fs::write(folder.join("outside.txt"), outside).expect("written");
        }
        class
    }

    /// Grades the class and checks that nothing outside was reached.
    fn grade(&self, more: &[&str]) -> Report {
        let store = self.folder.path().join(".store.db");
        let _ = fs::remove_file(&store);
        let (class, store) = (self.folder.path().display().to_string(), store.display().to_string());
        let mut arguments = vec!["grade", &class, "--store", &store, "--report", "json=-"];
        arguments.extend(more);
        // Folders with tools remain visible, and this program may be in one of them.
        let own = built("socklab").parent().map(std::path::Path::to_owned);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))).expect("no colon");
        let mut command = Machine::Open.socklab(&arguments);
        let output = command.env("SOCKLAB_TEST_SECRET", "x").env("PATH", path).output().expect("socklab starts");
        let report = report(&output);
        assert_eq!(fs::read_to_string(self.canary.path()).expect("it is there"), "canary");
        self.outside.set_nonblocking(true).expect("a socket");
        assert!(self.outside.accept().is_err() && self.services.are_untouched(), "an outside service was reached");
        assert_eq!(self.left_behind(), Vec::<String>::new());
        let owner = fs::metadata(self.folder.path()).expect("it is there").uid();
        assert_eq!(owner, rustix::process::geteuid().as_raw(), "the class's folder has another owner");
        report
    }

    /// Returns the suffix of this class's program names. It differs for every class of this
    /// process.
    fn mark(&self) -> String {
        let folder = self.folder.path().file_name().expect("a name").to_string_lossy();
        format!("-{}.py", folder.trim_start_matches('.'))
    }

    /// Returns the surviving processes of this class's submissions, found by the mark on their
    /// command lines.
    fn left_behind(&self) -> Vec<String> {
        let mark = self.mark();
        let entries = fs::read_dir("/proc").expect("proc").flatten();
        let lines = entries.filter_map(|entry| fs::read_to_string(entry.path().join("cmdline")).ok());
        lines.filter(|line| line.contains(&mark) && !line.contains("grade")).collect()
    }
}

fn row<'a>(report: &'a Report, id: &str) -> &'a SubmissionResult {
    let found = report.submissions.iter().find(|one| one.id.0 == id);
    found.unwrap_or_else(|| panic!("{id} has no row"))
}

/// Returns the verdict of an item and its cause or reason.
fn item(row: &SubmissionResult, id: &str) -> (Verdict, String) {
    let item = row.items.iter().find(|item| item.id.as_str() == id).expect("an item of the lab");
    let because = item
        .shown()
        .findings
        .into_iter()
        .find(|one| one.verdict == item.verdict)
        .map(|one| format!("{:?}", one.because.message()));
    (
        item.verdict,
        because.or_else(|| item.reason.as_ref().map(|reason| format!("{:?}", reason.message()))).unwrap_or_default(),
    )
}

#[track_caller]
fn is_sound(row: &SubmissionResult, items: &[&str]) {
    for id in items {
        let (verdict, because) = item(row, id);
        assert_eq!(verdict, Verdict::Pass, "{} {id}: {because}", row.id.0);
    }
}

const SIMPLE: [&str; 3] = ["tcp-simple.1", "tcp-simple.2", "tcp-simple.3"];

#[test]
fn attacks_change_nothing_outside_and_no_neighbour() {
    if !slow_tests_enabled("the attacks") {
        return;
    }
    let _alone = machine_to_itself();
    let class = Class::new(&ATTACKS);
    let report = class.grade(&[]);
    assert_eq!(report.submissions.len(), ATTACKS.len() + 2);
    for name in [
        "a-neighbour",
        "z-neighbour",
        "nameless_little",
        "output",
        "daemons",
        "disk",
        "kill_all",
        "spy",
        "outside",
        "prefork",
        "replace",
        "kernel_calls",
        "terminals",
        "services",
        "segments",
        "ordinary",
    ] {
        is_sound(row(&report, name), &SIMPLE);
        is_sound(row(&report, name), &["tcp-simple.4"]);
    }
    is_sound(row(&report, "build_swaps"), &SIMPLE);
    let (verdict, because) = item(row(&report, "build_swaps"), "udp-simple.1");
    // A fail and not an error, whether or not the swapped files came back from the sandbox.
    assert_eq!(verdict, Verdict::Fail, "{because}");
    for (name, cap) in [("build_memory", "memory"), ("build_fork_bomb", "processes")] {
        let (verdict, because) = item(row(&report, name), "tcp-simple.1");
        // The file name may contain the word, too.
        let cap = format!("\"cap\": Text({cap:?})");
        assert!(
            verdict == Verdict::Fail && because.contains("does-not-build-cap") && because.contains(&cap),
            "{name} {because}"
        );
    }
    let (verdict, because) = item(row(&report, "fork_bomb"), "tcp-simple.1");
    assert!(
        verdict == Verdict::Fail && because.contains("cap-hit") && because.contains("processes"),
        "{verdict:?} {because}"
    );
    for (name, cap) in [
        ("memory", "memory"),
        ("leaderless", "memory"),
        ("one_gulp", "memory"),
        ("nameless", "memory"),
        ("disk_dies", "disk"),
    ] {
        let (verdict, because) = item(row(&report, name), "tcp-simple.1");
        assert!(
            verdict == Verdict::Fail && because.contains("cap-hit") && because.contains(cap),
            "{name} {verdict:?} {because}"
        );
    }
    let (verdict, because) = item(row(&report, "forged"), "tcp-simple.3");
    assert_eq!(verdict, Verdict::Fail, "{because}");
    assert!(row(&report, "forged").points < row(&report, "a-neighbour").points);
}

/// Files in transit through sockets, and data queued in sockets. The kernel bounds them if this
/// user may create cgroups; otherwise only the resource monitor does.
#[test]
fn memory_outside_processes_is_limited() {
    if !slow_tests_enabled("memory that no process shows") {
        return;
    }
    let _alone = machine_to_itself();
    // More parallel scenarios mean less memory for each, so that the limit is reached sooner.
    let report = Class::new(&["unseen", "unseen_little", "in_sockets"]).grade(&["--jobs", "12"]);
    for name in ["a-neighbour", "unseen_little", "z-neighbour"] {
        is_sound(row(&report, name), &SIMPLE);
    }
    for name in ["unseen", "in_sockets"] {
        let (verdict, because) = item(row(&report, name), "tcp-simple.1");
        assert!(
            verdict == Verdict::Fail && because.contains("cap-hit") && because.contains("memory"),
            "{name} {verdict:?} {because}"
        );
    }
}

#[test]
fn plain_mode_protects_outside_files() {
    if !live_tests_enabled() || !has_landlock() {
        return;
    }
    let class = Class::new(&[]);
    // Without network namespaces only file access is restricted.
    for name in ["outside", "harness"] {
        let folder = class.folder.path().join(format!("m-{name}"));
        fs::create_dir(&folder).expect("a folder");
        for file in ["serve.py", &format!("{name}.py")] {
            fs::copy(package().join("tests/data/hostile").join(file), folder.join(file)).expect("a copy");
        }
        fs::write(folder.join("socklab.yaml"), format!("servers:\n  tcp-simple: {{ run: python3 {name}.py }}\n"))
            .expect("written");
        let (canary, harness) = (class.canary.path().display(), built("socklab"));
        fs::write(folder.join("outside.txt"), format!("{canary}\n1\n\n{}\n", harness.display())).expect("written");
    }
    let report = class.grade(&["--stage", "plain", "--jobs", "1"]);
    for name in ["a-neighbour", "m-outside", "z-neighbour"] {
        is_sound(row(&report, name), &["tcp-simple.1", "tcp-simple.3"]);
    }
    // Every user may run socklab; its passing would prove nothing about the submission.
    let (verdict, because) = item(row(&report, "m-harness"), "tcp-simple.1");
    assert!(verdict == Verdict::NotVerified && because.contains("gap-hidden-program"), "{verdict:?} {because}");
}

#[test]
fn hostile_names_are_escaped_in_every_format() {
    if !live_tests_enabled() {
        return;
    }
    let class = tempfile::tempdir().expect("a folder");
    fs::set_permissions(class.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    let name = "=cmd()\u{1b}[31m<script>";
    let folder = class.path().join(name);
    fs::create_dir(&folder).expect("a folder");
    fs::write(folder.join("\u{1b}[2Jservidor.py"), "import socket\nsocket.socket().bind(('', 1))\n").expect("written");
    let (path, store) = (class.path().display().to_string(), class.path().join(".s.db").display().to_string());
    for format in ["csv", "terminal", "junit", "json"] {
        let wanted = format!("{format}=-");
        let arguments = ["grade", &path, "--store", &store, "--report", &wanted];
        let output = Machine::Open.socklab(&arguments).output().expect("socklab starts");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!text.contains('\u{1b}') && !text.lines().any(|line| line.starts_with("=cmd")), "{format}: {text}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains('\u{1b}'));
    }
}
