//! Compares socklab with other implementations of the same job: `cargo bench --bench peers`.
//!
//! The job is three Python servers in sequence: an echo, an upper-case datagram, and five clients.
//! It is done by socklab from `peers/*.yaml`, by a program written for this purpose (the floor),
//! and by pytest. Then the bundled lab is measured alone. Whole processes are measured alternately
//! (A B A B …), so that background load affects both. Exits with 1 only if a program cannot be run
//! or gives another verdict; the reader judges the times.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SOCKLAB_PEERS` | folder with the peers and their servers | `../shared/peers` |
//! | `SOCKLAB_PAIRS` | number of pairs | 15 |
//! | `SOCKLAB_PYTEST` | interpreter that has pytest | `python3` |
//! | `PY` | interpreter of the servers (not a slow version-manager shim) | `/usr/bin/python3` |
//!
//! Missing peers are skipped and printed. The peers run in their own network namespace if possible,
//! so that ports of one run do not stay in TIME-WAIT for the next; socklab creates its own. This
//! program uses socklab only through its command line.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program of the command line")]

use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, mem};

/// Maximum ratio of socklab's time to the floor's.
const MAX_FLOOR_RATIO: f64 = 1.3;
/// Upper bound on the ratio of socklab's time to pytest's.
const MAX_PYTEST_RATIO: f64 = 0.25;
/// Time limit for the ten items that need neither a second host nor a lossy link.
const TEN_ITEMS_LIMIT: Duration = Duration::from_millis(150);
/// The ids of these items.
const TEN_ITEM_IDS: [&str; 10] = [
    "tcp-simple.1",
    "tcp-simple.2",
    "tcp-simple.3",
    "udp-simple.1",
    "udp-simple.2",
    "udp-simple.3",
    "tcp-multi.1",
    "tcp-multi.2",
    "tcp-multi.3",
    "tcp-multi.5",
];
/// Time limit for all eighteen items.
const WHOLE_LAB_LIMIT: Duration = Duration::from_secs(2);
/// Maximum memory of the runner, in KiB.
const MAX_RUNNER_KIB: u64 = 16 * 1024;
/// Maximum memory of any process of socklab, in KiB. An agent that captures has a ring of 16 MiB.
const MAX_PROCESS_KIB: u64 = 32 * 1024;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A command line that does the job.
struct Contender {
    name: &'static str,
    words: Vec<String>,
}

/// The resources used by one run.
#[derive(Clone, Copy)]
struct Run {
    wall: Duration,
    cpu: Duration,
    /// Peak memory of the largest process, including awaited children, in KiB.
    peak: u64,
}

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let done = match args.first().map(String::as_str) {
        Some("--worker") => work(),
        _ if args.iter().any(|arg| arg == "--bench") => compare(),
        _ => {
            println!("peers: nothing is measured but by `cargo bench --bench peers`");
            Ok(())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("peers: {error}");
            ExitCode::FAILURE
        }
    }
}

fn compare() -> Result<()> {
    let pairs = match env::var("SOCKLAB_PAIRS") {
        Ok(pairs) => pairs.parse().ok().filter(|&pairs| pairs > 0).ok_or("SOCKLAB_PAIRS wants a number above 0")?,
        Err(_) => 15,
    };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("{pairs} pairs; load before: {}", load.split(' ').next().unwrap_or("?"));

    let peers = peers();
    let mut peak = 0;
    if let Some(job) = job() {
        warm_up(&job)?;
        let mut others = match peers.is_empty() {
            true => None,
            false => Some(PeerProcess::start()?),
        };
        for (k, peer) in peers.iter().enumerate() {
            let Some(others) = &mut others else { break };
            let mut both = Vec::new();
            others.run(k)?;
            for _ in 0..pairs {
                both.push((once(&job)?, others.run(k)?));
            }
            let (ours, theirs): (Vec<Run>, Vec<Run>) = both.iter().copied().unzip();
            peak = ours.iter().map(|run| run.peak).fold(peak, u64::max);
            println!();
            print(job.name, &ours);
            print(peer.name, &theirs);
            let ratios = both.iter().map(|(a, b)| a.wall.as_secs_f64() / b.wall.as_secs_f64());
            let ratio = median(ratios.collect());
            let (right, asked) = match peer.name {
                FLOOR => (ratio <= MAX_FLOOR_RATIO, format!("at most {MAX_FLOOR_RATIO}")),
                _ => (ratio < MAX_PYTEST_RATIO, format!("below {MAX_PYTEST_RATIO}")),
            };
            verdict(right, &format!("ratio {ratio:.3} ({asked})"));
        }
    }

    let mut lab_alone = |name, items: &[&str], at_most: Duration| -> Result<()> {
        let mut words = socklab(&["run"]);
        words.extend(items.iter().flat_map(|item| ["--item".to_owned(), (*item).to_owned()]));
        let lab = Contender { name, words };
        warm_up(&lab)?;
        let runs = (0..pairs).map(|_| once(&lab)).collect::<io::Result<Vec<Run>>>()?;
        peak = runs.iter().map(|run| run.peak).fold(peak, u64::max);
        println!();
        print(lab.name, &runs);
        let wall = median(runs.iter().map(|run| run.wall.as_secs_f64()).collect());
        verdict(wall < at_most.as_secs_f64(), &format!("{:.0} ms (below {} ms)", wall * 1e3, at_most.as_millis()));
        Ok(())
    };
    lab_alone("the lab's ten first items", &TEN_ITEM_IDS, TEN_ITEMS_LIMIT)?;
    lab_alone("the whole lab", &[], WHOLE_LAB_LIMIT)?;
    let lab = Contender { name: "the whole lab", words: socklab(&["run"]) };
    let runner = (0..pairs.min(5)).map(|_| peak_of_runner(&lab)).collect::<io::Result<Vec<u64>>>()?;
    let runner = runner.into_iter().max().unwrap_or_default();
    println!();
    let words = format!("{:.1} MiB in the runner (below {} MiB)", runner as f64 / 1024.0, MAX_RUNNER_KIB / 1024);
    verdict(runner < MAX_RUNNER_KIB, &words);
    let words = format!(
        "{:.1} MiB in the largest process, agents and servers included (below {} MiB)",
        peak as f64 / 1024.0,
        MAX_PROCESS_KIB / 1024
    );
    verdict(peak < MAX_PROCESS_KIB, &words);
    Ok(())
}

/// Returns the peak memory of the runner in KiB, read from its `/proc/PID/status` until it exits.
fn peak_of_runner(contender: &Contender) -> io::Result<u64> {
    let mut child = command(contender).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let file = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while let Some(now) = fs::read_to_string(&file).ok().and_then(|status| {
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok()
    }) {
        most = most.max(now);
    }
    child.wait()?;
    Ok(most)
}

fn verdict(right: bool, words: &str) {
    println!("{} {words}", if right { "PASS" } else { "over" });
}

fn print(name: &str, runs: &[Run]) {
    let of = |what: fn(&Run) -> Duration| runs.iter().map(|run| what(run).as_secs_f64() * 1e3).collect::<Vec<f64>>();
    let walls = of(|run| run.wall);
    let least = walls.iter().copied().fold(f64::INFINITY, f64::min);
    let most = walls.iter().copied().fold(0.0, f64::max);
    println!(
        "{name:<32} wall {:>6.1} ms ({least:.1} to {most:.1})   cpu {:>6.1} ms",
        median(walls),
        median(of(|run| run.cpu))
    );
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let half = numbers.len() / 2;
    match numbers.len() % 2 {
        0 => f64::midpoint(numbers[half - 1], numbers[half]),
        _ => numbers[half],
    }
}

// ---- peers

/// The name of the floor.
const FLOOR: &str = "the floor: Rust by hand";

fn python() -> String {
    env::var("PY").unwrap_or_else(|_| "/usr/bin/python3".to_owned())
}

/// Returns the folder of the peers if it exists.
fn folder() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.join(env::var_os("SOCKLAB_PEERS").unwrap_or_else(|| "../shared/peers".into()));
    folder.canonicalize().ok()
}

/// Returns the folder that this program may write to.
fn scratch() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

fn socklab(words: &[&str]) -> Vec<String> {
    let program = [env!("CARGO_BIN_EXE_socklab")];
    program.iter().chain(words).map(|&word| word.to_owned()).collect()
}

/// Returns the peers' job for socklab.
fn job() -> Option<Contender> {
    let Some(folder) = folder() else {
        println!("left out: every peer (their folder was not found; SOCKLAB_PEERS says where it is)");
        return None;
    };
    let mut words = socklab(&["run"]);
    for file in ["echo", "udp", "five"] {
        words.push(format!("{}/benches/peers/{file}.yaml", env!("CARGO_MANIFEST_DIR")));
    }
    for (name, value) in [("servers", folder.join("servers").display().to_string()), ("python", python())] {
        words.extend(["--set".to_owned(), format!("{name}={value}")]);
    }
    Some(Contender { name: "socklab run, three files", words })
}

/// Returns the available peers and prints the missing ones.
fn peers() -> Vec<Contender> {
    let Some(folder) = folder() else {
        return Vec::new();
    };
    let found = [(FLOOR, floor(&folder)), ("pytest", pytest(&folder))];
    found
        .into_iter()
        .filter_map(|(name, words)| match words {
            Ok(words) => Some(Contender { name, words }),
            Err(why) => {
                println!("left out: {name} ({why})");
                None
            }
        })
        .collect()
}

/// Returns the command of the floor, compiled as its README describes if its source has changed.
fn floor(folder: &Path) -> Result<Vec<String>> {
    let source = folder.join("floor/floor.rs");
    let program = scratch().join("peers-floor");
    let changed = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    let written = changed(&source).map_err(|error| format!("{}: {error}", source.display()))?;
    if changed(&program).map_or(true, |compiled| compiled < written) {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let words =
            [OsStr::new("--edition"), "2021".as_ref(), "-O".as_ref(), "-o".as_ref(), program.as_ref(), source.as_ref()];
        let done = Command::new(rustc).args(words).stderr(Stdio::null()).status()?;
        if !done.success() {
            return Err(format!("rustc: {done}").into());
        }
    }
    Ok(vec![program.display().to_string(), "seq".to_owned()])
}

/// Returns the command of pytest on a copy of its test, so that its caches are not written to the
/// peers' folder.
fn pytest(folder: &Path) -> Result<Vec<String>> {
    let python = env::var("SOCKLAB_PYTEST").unwrap_or_else(|_| "python3".to_owned());
    let own = scratch().join("peers-pytest");
    fs::create_dir_all(&own)?;
    // Run outside the peers' folder, because its folder `pytest` would be imported instead of the
    // package.
    let there = Command::new(&python).args(["-m", "pytest", "--version"]).current_dir(&own).output()?;
    if !there.status.success() {
        return Err(format!("{python} has none; SOCKLAB_PYTEST names an interpreter that has").into());
    }
    let (test, from) = (own.join("test_lab.py"), folder.join("pytest/test_lab.py"));
    let text = fs::read(&from).map_err(|error| format!("{}: {error}", from.display()))?;
    if fs::read(&test).ok().as_ref() != Some(&text) {
        fs::write(&test, text)?;
    }
    let mut words = vec![python];
    words.extend(["-m", "pytest", "-q", "-p", "no:cacheprovider"].map(str::to_owned));
    words.push(test.display().to_string());
    Ok(words)
}

// ---- running

fn command(contender: &Contender) -> Command {
    let mut command = Command::new(&contender.words[0]);
    command.args(&contender.words[1..]).current_dir(scratch()).stdin(Stdio::null()).env("PY", python());
    if let Some(folder) = folder() {
        command.env("SRV", folder.join("servers"));
    }
    command
}

/// Runs a command once without measuring; prints its output if it fails.
fn warm_up(contender: &Contender) -> Result<()> {
    let out = command(contender).output().map_err(|error| format!("{}: {error}", contender.name))?;
    if out.status.success() && !out.stdout.is_empty() {
        return Ok(());
    }
    io::stderr().write_all(&out.stdout)?;
    io::stderr().write_all(&out.stderr)?;
    Err(match out.status.success() {
        true => format!("{} has said nothing: it cannot have done anything", contender.name),
        false => format!("{}: {}", contender.name, out.status),
    }
    .into())
}

fn once(contender: &Contender) -> io::Result<Run> {
    let mut command = command(contender);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let start = Instant::now();
    let child = command.spawn()?;
    let (status, usage) = wait(child)?;
    let wall = start.elapsed();
    if !status.success() {
        return Err(io::Error::other(format!("{}: {status}", contender.name)));
    }
    let time = |time: libc::timeval| Duration::from_micros((time.tv_sec * 1_000_000 + time.tv_usec).unsigned_abs());
    Ok(Run { wall, cpu: time(usage.ru_utime) + time(usage.ru_stime), peak: usage.ru_maxrss.unsigned_abs() })
}

/// Waits for a child. Returns its status and the resources used by it and its awaited children.
#[expect(clippy::needless_pass_by_value, reason = "its number is free afterwards: nobody may wait for it again")]
fn wait(child: Child) -> io::Result<(ExitStatus, libc::rusage)> {
    let pid = libc::pid_t::try_from(child.id()).map_err(io::Error::other)?;
    let mut status = 0;
    #[expect(unsafe_code, reason = "only wait4 tells what an ended process has used, and no crate offers it")]
    // SAFETY: all zeros is a valid `rusage`; both pointers refer to local variables; `pid` is a
    // child that has not been waited for.
    let (waited, usage) = unsafe {
        let mut usage: libc::rusage = mem::zeroed();
        (libc::wait4(pid, &raw mut status, 0, &raw mut usage), usage)
    };
    if waited != pid {
        return Err(io::Error::last_os_error());
    }
    Ok((ExitStatus::from_raw(status), usage))
}

// ---- network of the peers

/// Another process of this program in its own network namespace, which runs the peers on request.
struct PeerProcess {
    child: Child,
    asks: ChildStdin,
    says: BufReader<ChildStdout>,
}

/// Brings the loopback up, then executes the program that follows.
const WITH_LOOPBACK: &str = r#"PATH="$PATH:/usr/sbin:/sbin"
ip link set lo up 2>/dev/null || "${PY:-/usr/bin/python3}" -c '
import fcntl, socket, struct
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh22x", b"lo", 0x41))'
exec "$0" "$@""#;

impl PeerProcess {
    /// Starts the process in the first way that works: as any user, as root, or without a
    /// namespace.
    fn start() -> Result<Self> {
        let own = ["-Urn", "-n"].map(|flags| vec!["unshare", flags, "sh", "-c", WITH_LOOPBACK]);
        for wrap in own.into_iter().chain([Vec::new()]) {
            if wrap.is_empty() {
                println!("the peers run on the machine's own loopback: no network namespace is to be had here");
            }
            if let Ok(others) = Self::through(&wrap) {
                return Ok(others);
            }
        }
        Err("the peers could not be started".into())
    }

    fn through(wrap: &[&str]) -> Result<Self> {
        let this = env::current_exe()?;
        let words = wrap.iter().map(OsStr::new).chain([this.as_os_str(), OsStr::new("--worker")]);
        let words: Vec<&OsStr> = words.collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn()?;
        let asks = child.stdin.take().ok_or("no way to ask")?;
        let says = BufReader::new(child.stdout.take().ok_or("no way to hear")?);
        let mut others = Self { child, asks, says };
        match others.answer()?.as_str() {
            "ready" => Ok(others),
            other => Err(other.into()),
        }
    }

    /// Returns the next answer. Other lines, about missing peers, were printed before.
    fn answer(&mut self) -> Result<String> {
        loop {
            let mut line = String::new();
            if self.says.read_line(&mut line)? == 0 {
                return Err("it has ended".into());
            }
            if let Some(answer) = line.strip_prefix("= ") {
                return Ok(answer.trim_end().to_owned());
            }
        }
    }

    /// Runs a peer once.
    fn run(&mut self, peer: usize) -> Result<Run> {
        writeln!(self.asks, "{peer}")?;
        let answer = self.answer()?;
        let numbers: Vec<u64> = answer.split(' ').filter_map(|number| number.parse().ok()).collect();
        match numbers[..] {
            [wall, cpu, peak] => Ok(Run { wall: Duration::from_micros(wall), cpu: Duration::from_micros(cpu), peak }),
            _ => Err(answer.into()),
        }
    }
}

impl Drop for PeerProcess {
    fn drop(&mut self) {
        // It exits by itself when its standard input closes; this handles one that does not.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other process: reads the index of a peer, prints the resources of its run.
fn work() -> Result<()> {
    let peers = peers();
    let listener = TcpListener::bind("127.0.0.1:0")?;
    drop(TcpStream::connect(listener.local_addr()?)?);
    drop(listener);
    println!("= ready");
    for line in io::stdin().lines() {
        let peer = peers.get(line?.parse::<usize>()?).ok_or("there is no such peer")?;
        match once(peer) {
            Ok(run) => println!("= {} {} {}", run.wall.as_micros(), run.cpu.as_micros(), run.peak),
            Err(error) => println!("= {error}"),
        }
    }
    Ok(())
}
