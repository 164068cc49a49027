//! Submissions that attack: each in a class with two sound ones. What is theirs fails or is stopped with the cap's name, or is a
//! sound server whose pass proves that its attack found nothing; the neighbours' verdicts, and everything outside, stay as they
//! are. As whoever runs the tests: `.ci/run` does it as root and as nobody.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::sync::{Mutex, PoisonError};

use socklab::model::{Report, SubmissionResult, Verdict};

use crate::plain::has_landlock;
use crate::program::{Machine, built, live, long, package, report};

/// A class in a folder of its own, with what lies outside and must not be reached.
struct Class {
    folder: tempfile::TempDir,
    canary: tempfile::NamedTempFile,
    outside: TcpListener,
    services: Services,
}

/// What is a file outside and would lead out: sockets that everybody may write to, and a FIFO that somebody reads.
struct Services {
    folder: tempfile::TempDir,
    stream: UnixListener,
    datagram: UnixDatagram,
    _fifo: fs::File,
}

impl Services {
    fn new() -> Self {
        let folder = beside("services-");
        let at = |name: &str| folder.path().join(name);
        let stream = UnixListener::bind(at("stream")).expect("a socket");
        let datagram = UnixDatagram::bind(at("datagram")).expect("a socket");
        let mode = rustix::fs::Mode::from_raw_mode(0o666);
        rustix::fs::mknodat(rustix::fs::CWD, at("fifo"), rustix::fs::FileType::Fifo, mode, 0).expect("a FIFO");
        // Both ends: it is never without a reader, and opening it waits for nobody.
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

/// A folder not where everything is hidden from programs anyway, if this user may write anywhere else.
fn beside(name: &str) -> tempfile::TempDir {
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
    // No attack: what any program may do.
    "ordinary",
];

impl Class {
    fn new(attacks: &[&str]) -> Self {
        let class = Self {
            folder: beside("class"),
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
            // Its own name, by which what it leaves behind would be found.
            let own = format!("{name}{}", class.mark());
            fs::write(folder.join(&own), text).expect("written");
            // A build of its own, or what another one attacks with when it serves.
            let build = [format!("{name}.build.py"), format!("{}.py", name.trim_start_matches("build_"))];
            let build = build.map(|file| data.join(file)).into_iter().find(|file| file.is_file());
            let build = build.filter(|_| name.starts_with("build_"));
            let mut manifest = format!("servers:\n  tcp-simple: {{ run: [python3, {own}]");
            if let Some(build) = build {
                fs::copy(build, folder.join("build.py")).expect("a copy");
                fs::write(folder.join("README.md"), "# TCP\n\n![tela](tela.png)\n").expect("written");
                fs::write(folder.join("tela.png"), "").expect("written");
                manifest += ", build: [python3, build.py] }\n";
                // The second build finds what the first one has left.
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

    /// Grades the class, and holds that nothing outside was touched.
    fn grade(&self, more: &[&str]) -> Report {
        let store = self.folder.path().join(".store.db");
        let _ = fs::remove_file(&store);
        let (class, store) = (self.folder.path().display().to_string(), store.display().to_string());
        let mut arguments = vec!["grade", &class, "--store", &store, "--report", "json=-"];
        arguments.extend(more);
        // Folders with tools stay in sight, and this program may lie in one.
        let own = built("socklab").parent().map(std::path::Path::to_owned);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::env::join_paths(own.into_iter().chain(std::env::split_paths(&path))).expect("no colon");
        let mut command = Machine::Open.socklab(&arguments);
        let output = command.env("SOCKLAB_TEST_SECRET", "x").env("PATH", path).output().expect("socklab starts");
        let report = report(&output);
        assert_eq!(fs::read_to_string(self.canary.path()).expect("it is there"), "canary");
        self.outside.set_nonblocking(true).expect("a socket");
        assert!(self.outside.accept().is_err() && self.services.are_untouched(), "somebody came out");
        assert_eq!(self.left_behind(), Vec::<String>::new());
        let owner = fs::metadata(self.folder.path()).expect("it is there").uid();
        assert_eq!(owner, rustix::process::geteuid().as_raw(), "the class's folder has another owner");
        report
    }

    /// What the names of this class's programs end in; another class of this process has another one.
    fn mark(&self) -> String {
        let folder = self.folder.path().file_name().expect("a name").to_string_lossy();
        format!("-{}.py", folder.trim_start_matches('.'))
    }

    /// Processes of this class's submissions that still live: their command lines hold its mark.
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

/// The verdict of an item and why.
fn item(row: &SubmissionResult, id: &str) -> (Verdict, String) {
    let item = row.items.iter().find(|item| item.id.as_str() == id).expect("an item of the lab");
    let said = item.findings.iter().find(|one| one.verdict == item.verdict).map(|one| format!("{:?}", one.because));
    (item.verdict, said.or_else(|| item.reason.as_ref().map(|reason| format!("{reason:?}"))).unwrap_or_default())
}

#[track_caller]
fn is_sound(row: &SubmissionResult, items: &[&str]) {
    for id in items {
        let (verdict, said) = item(row, id);
        assert_eq!(verdict, Verdict::Pass, "{} {id}: {said}", row.id.0);
    }
}

/// Held by a test whose attackers take all the memory that they can get: a virtual machine may be slow to be given more, and
/// what waits for that gets nothing done. One such class at a time is enough for it.
static MEMORY: Mutex<()> = Mutex::new(());

const SIMPLE: [&str; 3] = ["tcp-simple.1", "tcp-simple.2", "tcp-simple.3"];

#[test]
fn attacks_change_nothing_outside_and_no_neighbours_verdict() {
    if !long("the attacks") {
        return;
    }
    let _alone = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
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
    let (verdict, said) = item(row(&report, "build_swaps"), "udp-simple.1");
    // Not the harness's trouble, whether or not anything of the swap came back from the sandbox.
    assert_eq!(verdict, Verdict::Fail, "{said}");
    for (name, cap) in [("build_memory", "memory"), ("build_fork_bomb", "processes")] {
        let (verdict, said) = item(row(&report, name), "tcp-simple.1");
        // The file's own name may hold the word.
        let cap = format!("\"cap\": Text({cap:?})");
        assert!(
            verdict == Verdict::Fail && said.contains("does-not-build-cap") && said.contains(&cap),
            "{name} {said}"
        );
    }
    let (verdict, said) = item(row(&report, "fork_bomb"), "tcp-simple.1");
    assert!(verdict == Verdict::Fail && said.contains("cap-hit") && said.contains("processes"), "{verdict:?} {said}");
    for (name, cap) in [
        ("memory", "memory"),
        ("leaderless", "memory"),
        ("one_gulp", "memory"),
        ("nameless", "memory"),
        ("disk_dies", "disk"),
    ] {
        let (verdict, said) = item(row(&report, name), "tcp-simple.1");
        assert!(
            verdict == Verdict::Fail && said.contains("cap-hit") && said.contains(cap),
            "{name} {verdict:?} {said}"
        );
    }
    let (verdict, said) = item(row(&report, "forged"), "tcp-simple.3");
    assert_eq!(verdict, Verdict::Fail, "{said}");
    assert!(row(&report, "forged").points < row(&report, "a-neighbour").points);
}

/// Files on their way through sockets, and what waits in sockets: bounded by the kernel where this user may make groups, else by
/// the guard alone.
#[test]
fn memory_that_no_process_shows_is_bounded_with_and_without_a_group() {
    if !long("memory that no process shows") {
        return;
    }
    let _alone = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    // The more of them may go on at a time, the less memory each may take: the bound is reached sooner.
    let report = Class::new(&["unseen", "unseen_little", "in_sockets"]).grade(&["--jobs", "12"]);
    for name in ["a-neighbour", "unseen_little", "z-neighbour"] {
        is_sound(row(&report, name), &SIMPLE);
    }
    for name in ["unseen", "in_sockets"] {
        let (verdict, said) = item(row(&report, name), "tcp-simple.1");
        assert!(
            verdict == Verdict::Fail && said.contains("cap-hit") && said.contains("memory"),
            "{name} {verdict:?} {said}"
        );
    }
}

#[test]
fn without_namespaces_a_fence_keeps_the_outside_out() {
    if !live() || !has_landlock() {
        return;
    }
    let class = Class::new(&[]);
    // No network of their own: there, only files are fenced off.
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
    // Every user may run it there; what it proves is nothing of the submission's.
    let (verdict, said) = item(row(&report, "m-harness"), "tcp-simple.1");
    assert!(verdict == Verdict::NotVerified && said.contains("gap-hidden-program"), "{verdict:?} {said}");
}

#[test]
fn what_a_hostile_name_says_is_shown_and_not_obeyed() {
    if !live() {
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
