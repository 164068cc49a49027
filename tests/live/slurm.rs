//! `socklab grade --slurm` on a real Slurm cluster of three nodes on this machine. A node is killed
//! and a shard is requeued; the results equal those of one machine.
//!
//! The cluster belongs to the test: its files are in a temporary folder, its daemons use free
//! loopback ports, and all of its processes are ended by their ids. Without Slurm the tests are
//! skipped; with `REQUIRE_SLURM=1` they fail instead.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::Write as _;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use socklab::run::shard::number_of;

use crate::program::{Machine, live_tests_enabled};

const NODES: usize = 3;
const SHARDS: u32 = 8;
/// Time for any change of the cluster's state. A node counts as down after 10 s of silence.
const DEADLINE: Duration = Duration::from_secs(240);

/// Waits until a value is there.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(began.elapsed() < DEADLINE, "not within {DEADLINE:?}: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// Returns the path of a daemon, which a user's PATH may lack.
fn daemon(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|file| file.is_file())
}

fn is_enabled() -> bool {
    if !live_tests_enabled() {
        return false;
    }
    let missing: Vec<&str> =
        ["slurmctld", "slurmd", "sbatch"].into_iter().filter(|name| daemon(name).is_none()).collect();
    if !missing.is_empty() {
        let _ = writeln!(std::io::stderr().lock(), "SKIPPED: Slurm is not installed ({})", missing.join(", "));
        assert!(std::env::var_os("REQUIRE_SLURM").is_none(), "REQUIRE_SLURM is set, and Slurm is missing");
    }
    missing.is_empty()
}

/// A cluster, ended on drop.
struct Cluster {
    folder: tempfile::TempDir,
    controller: Child,
    nodes: Vec<Child>,
}

impl Cluster {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
        for name in ["state", "tmp"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        let listeners: Vec<TcpListener> =
            (0..=NODES).map(|_| TcpListener::bind(("127.0.0.1", 0)).expect("a port")).collect();
        let ports: Vec<u16> = listeners.iter().map(|one| one.local_addr().expect("bound").port()).collect();
        drop(listeners);
        let user = text(&Command::new("id").arg("-un").output().expect("id").stdout);
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        let host = host.split('.').next().unwrap_or_default();
        let own = folder.path().display();
        // A requeued job waits until the credential of its last run has expired.
        let mut conf = format!(
            "ClusterName=socklab\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={}\nSlurmUser={user}\n\
             SlurmdUser={user}\nAuthType=auth/none\nCredType=cred/none\nAuthInfo=cred_expire=5\n\
             StateSaveLocation={own}/state\nSlurmdSpoolDir={own}/spool-%n\nSlurmctldPidFile={own}/slurmctld.pid\n\
             SlurmdPidFile={own}/slurmd-%n.pid\nSlurmctldLogFile={own}/slurmctld.log\n\
             SlurmdLogFile={own}/slurmd-%n.log\nProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\n\
             JobAcctGatherType=jobacct_gather/none\nAccountingStorageType=accounting_storage/none\n\
             SelectType=select/cons_tres\nSelectTypeParameters=CR_Core\nReturnToService=2\nSlurmdTimeout=10\n\
             KillWait=20\nMpiDefault=none\nSwitchType=switch/none\nSlurmdParameters=config_overrides\n\
             SchedulerParameters=sched_interval=1,bf_interval=1\n",
            ports[0]
        );
        for (k, port) in ports[1..].iter().enumerate() {
            conf += &format!("NodeName=node{k} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=1\n");
        }
        conf += "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP\n";
        fs::write(folder.path().join("slurm.conf"), conf).expect("written");
        let start = |name: &str, arguments: &[&str]| {
            let log = File::create(folder.path().join(name.to_owned() + &arguments.concat())).expect("a file");
            let mut command = Command::new(daemon(name).expect("installed"));
            command.args(["-D", "-f"]).arg(folder.path().join("slurm.conf")).args(arguments);
            command.env("SLURM_CONF", folder.path().join("slurm.conf")).stdin(Stdio::null());
            command.stdout(log.try_clone().expect("a copy")).stderr(log).spawn().expect("it starts")
        };
        let controller = start("slurmctld", &[]);
        let nodes = (0..NODES).map(|k| start("slurmd", &["-N", &format!("node{k}")])).collect();
        let cluster = Self { controller, nodes, folder };
        wait_for("three idle nodes", || {
            let states = cluster.slurm("sinfo", &["-h", "-N", "-o", "%t"]);
            (states.lines().filter(|state| *state == "idle").count() == NODES).then_some(())
        });
        cluster
    }

    /// Runs a command of Slurm and returns its output.
    fn slurm(&self, name: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(name);
        let output = command.args(arguments).env("SLURM_CONF", self.conf()).output().expect("it starts");
        text(&output.stdout)
    }

    fn conf(&self) -> PathBuf {
        self.folder.path().join("slurm.conf")
    }

    /// Returns a socklab command with access to the cluster.
    fn socklab(&self, arguments: &[&str]) -> Command {
        let mut command = Machine::Open.socklab(arguments);
        // The disk of all nodes is in the folder of the test.
        command.env("SLURM_CONF", self.conf()).env("TMPDIR", self.folder.path().join("tmp"));
        command.current_dir(self.folder.path());
        command
    }

    /// Returns the ids of all processes that run for jobs of this cluster, or of one of its nodes,
    /// and of the daemons that watch them.
    fn job_processes(&self, node: Option<&str>) -> Vec<i32> {
        let of_cluster = [b"SLURM_CONF=".as_slice(), self.conf().as_os_str().as_encoded_bytes()].concat();
        let of_node = node.map(|node| format!("SLURMD_NODENAME={node}"));
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").expect("/proc").flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
            let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
            let has = |variable: &[u8]| environment.split(|byte| *byte == 0).any(|one| one == variable);
            let is_job = has(&of_cluster) && environment.windows(16).any(|part| part == b"SLURMD_NODENAME=");
            if is_job && of_node.as_ref().is_none_or(|node| has(node.as_bytes())) {
                found.push(id);
                found.extend(watcher(id));
            }
        }
        found
    }

    /// Kills a node: its daemon first, so that it reports nothing, and then all of its jobs.
    fn kill_node(&mut self, k: usize) {
        kill(self.nodes[k].id().cast_signed());
        let _ = self.nodes[k].wait();
        let node = format!("node{k}");
        wait_for("the processes of the node to end", || {
            let all = self.job_processes(Some(&node));
            all.iter().for_each(|id| kill(*id));
            all.is_empty().then_some(())
        });
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for daemon in self.nodes.iter_mut().chain([&mut self.controller]) {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
        self.job_processes(None).into_iter().for_each(kill);
        if std::thread::panicking() {
            let log = fs::read_to_string(self.folder.path().join("slurmctld.log")).unwrap_or_default();
            let last: Vec<&str> = log.lines().rev().take(30).collect();
            let _ = writeln!(std::io::stderr().lock(), "{}", last.into_iter().rev().collect::<Vec<_>>().join("\n"));
        }
    }
}

/// Returns the parent of a process if it is the daemon that watches a job.
fn watcher(id: i32) -> Option<i32> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()?;
    let name = fs::read_to_string(format!("/proc/{parent}/comm")).ok()?;
    name.starts_with("slurmstepd").then_some(parent)
}

fn kill(id: i32) {
    if let Some(id) = rustix::process::Pid::from_raw(id) {
        let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// A class in a folder whose name a shell, sbatch and a file name pattern could misread, and the
/// table of grading it on one machine.
struct Class {
    folder: String,
    expected: String,
}

impl Class {
    fn new(cluster: &Cluster, size: usize) -> Self {
        let folder = cluster.folder.path().join("turma d'água $(date) %A_%a");
        fs::create_dir(&folder).expect("a folder");
        crate::class::class(&folder, size);
        let folder = folder.display().to_string();
        let output = cluster.socklab(&["grade", &folder, "--store", "whole.db", "--seed", "7"]).output();
        Self { folder, expected: passed(&output.expect("socklab starts")) }
    }

    /// Returns the arguments of grading it in shards.
    fn arguments<'a>(&'a self, store: &'a str) -> Vec<&'a str> {
        let words = ["grade", &self.folder, "--slurm", "--shards", "8", "--store", store, "--seed", "7"];
        words.into_iter().chain(["--report", "csv=-"]).collect()
    }
}

/// Returns the output of a command that must succeed.
fn passed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn state(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("state.json")).expect("a state")).expect("JSON")
}

#[test]
fn class_graded_by_slurm_equals_that_of_one_machine() {
    if !is_enabled() {
        return;
    }
    let cluster = Cluster::start();
    let class = Class::new(&cluster, 8);
    let store = "%j $(id) notas.db";
    let output = cluster.socklab(&class.arguments(store)).output().expect("socklab starts");
    assert_eq!(passed(&output), class.expected);
    let folder = cluster.folder.path().join("%j $(id) notas.db.slurm");
    let before = state(&folder);
    assert_eq!(before["jobs"].as_array().map(Vec::len), Some(1));
    // The same command reports again, without a job.
    let again = cluster.socklab(&class.arguments(store)).output().expect("socklab starts");
    assert_eq!(passed(&again), class.expected);
    assert_eq!(state(&folder), before);
    // Other options are refused.
    let mut other = class.arguments(store);
    other.extend(["--stage", "plain"]);
    let refused = cluster.socklab(&other).output().expect("socklab starts");
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused.stderr));
    // A missing part is graded again, and nothing else is.
    fs::remove_file(folder.join("parts/00003.db")).expect("removed");
    let repaired = cluster.socklab(&class.arguments(store)).output().expect("socklab starts");
    assert_eq!(passed(&repaired), class.expected);
    let jobs = state(&folder)["jobs"].clone();
    assert_eq!((&jobs[1]["shards"], jobs.as_array().map(Vec::len)), (&Value::from("3"), Some(2)), "{jobs}");
    // Nothing is left on the disks of the nodes.
    let left: Vec<OsString> = fs::read_dir(cluster.folder.path().join("tmp"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    assert_eq!(left, [""; 0]);
}

#[test]
fn killed_node_and_requeued_shard_change_no_result() {
    if !is_enabled() {
        return;
    }
    let mut cluster = Cluster::start();
    let class = Class::new(&cluster, 24);
    let folder = cluster.folder.path().join("class.db.slurm");
    let mut display = cluster.socklab(&class.arguments("class.db"));
    let display = display.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("socklab starts");
    // A shard with several submissions is requeued as soon as one of them is stored.
    let count = |shard| (0..24).filter(|k| number_of(&format!("student-{k:03}"), SHARDS) == shard).count();
    let largest = (1..=SHARDS).max_by_key(|shard| count(*shard)).expect("a shard");
    let log = folder.join(format!("logs/shard-{largest}.log"));
    wait_for("a stored result", || fs::read_to_string(&log).ok()?.contains("(graded)").then_some(()));
    let array = state(&folder)["jobs"][0]["array"].to_string();
    cluster.slurm("scontrol", &["requeue", &format!("{array}_{largest}")]);
    // A node that grades another shard is killed while it does.
    let running = |cluster: &Cluster, k: usize| {
        let node = format!("--nodelist=node{k}");
        let task = cluster.slurm("squeue", &["-h", "-t", "R", "-n", &job_name(&folder), "-o", "%K", &node]);
        task.parse::<u32>().ok().filter(|task| *task != largest)
    };
    let (k, lost) = wait_for("a running shard", || (0..NODES).find_map(|k| Some((k, running(&cluster, k)?))));
    // It cannot finish before it is killed.
    for id in cluster.job_processes(Some(&format!("node{k}"))) {
        if let Some(id) = rustix::process::Pid::from_raw(id) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::STOP);
        }
    }
    cluster.kill_node(k);
    // Ctrl-C ends the display only.
    let id = rustix::process::Pid::from_child(&display);
    rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it runs");
    let ended = display.wait_with_output().expect("it ends");
    assert_eq!(ended.status.code(), Some(130), "{}", text(&ended.stderr));
    assert!(text(&ended.stderr).contains("run the same command again"), "{}", text(&ended.stderr));
    let before = state(&folder);
    // The same command shows the progress again, until the class is merged.
    let output = cluster.socklab(&class.arguments("class.db")).output().expect("socklab starts");
    assert_eq!(passed(&output), class.expected, "{}", text(&output.stderr));
    assert_eq!(state(&folder), before, "nothing was submitted again: Slurm requeued shard {lost}");
    // The requeued shard went on where it was.
    let progress = fs::read(folder.join(format!("progress/{largest:05}.json"))).expect("a file");
    let progress: Value = serde_json::from_slice(&progress).expect("JSON");
    assert!(progress["unchanged"].as_u64().is_some_and(|unchanged| unchanged > 0), "{progress}");
    let restarts = cluster.slurm("scontrol", &["show", "job", &format!("{array}_{lost}")]);
    assert!(restarts.contains("Restarts=1"), "{restarts}");
}

fn job_name(folder: &Path) -> String {
    state(folder)["name"].as_str().expect("a name").to_owned()
}
