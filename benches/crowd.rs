//! Measures the cost of the packet capture: `cargo bench --bench crowd`.
//!
//! 10,000 clients connect, send, receive an answer and close: once with every packet captured and
//! judged, once without. Steps and other expectations are the same. Whole processes of socklab are
//! measured alternately (A B A B …), so that background load affects both. Exits with 1 if a run
//! with capture takes more than 1.5 times as long, fails to run, or does not pass.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SOCKLAB_PAIRS` | number of pairs | 9 |
//! | `PY` | interpreter of the server (not a slow version-manager shim) | `/usr/bin/python3` |
//!
//! This program uses socklab only through its command line.
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program of the command line")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;
use std::{env, fs};

/// Maximum ratio of the time with capture to the time without.
const MAX_RATIO: f64 = 1.5;

/// The part common to both scenarios. Clients shut down first and wait for the server's end, so
/// that the capture contains complete teardowns.
const STEPS: &str = r#"
variables: { server: crowd.py, python: python3 }
limits: { clients: 10000, answer: 60s }
steps:
  - start: { server: ["{python}", "{server}"], protocol: tcp, port: 65432 }
  - connect: 10000
  - send: "client {n}"
  - receive: answer
  - finish_sending
  - receive: end
  - close
items:
  - id: clients
    expect: [echo, distinct_source_ports]
"#;

/// The expectations about packets. Without them nothing is captured.
const PACKETS: &str = r"  - id: packets
    expect:
      - handshake
      - conversations: { count: 10000, server_ports: 1 }
      - data_acknowledged: { answer: echo }
      - orderly_close
      - no_reset
      - only_port
";

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    if !env::args().any(|arg| arg == "--bench") {
        println!("crowd: nothing is measured but by `cargo bench --bench crowd`");
        return ExitCode::SUCCESS;
    }
    match compare() {
        Ok(ratio) if ratio <= MAX_RATIO => ExitCode::SUCCESS,
        Ok(ratio) => {
            eprintln!("crowd: the capture makes a run {ratio:.2} times as long; {MAX_RATIO} is the most that it may");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("crowd: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures both scenarios alternately. Returns the median ratio of captured to plain time.
fn compare() -> Result<f64> {
    let pairs: usize = match env::var("SOCKLAB_PAIRS") {
        Ok(pairs) => pairs.parse().ok().filter(|&pairs| pairs > 0).ok_or("SOCKLAB_PAIRS wants a number above 0")?,
        Err(_) => 9,
    };
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    println!("{pairs} pairs; load before: {}", load.split(' ').next().unwrap_or("?"));
    // Readable by every user, since the server may run as `nobody`.
    let folder = tempfile::tempdir()?;
    let file = |name: &str, text: &str| -> Result<String> {
        let path = folder.path().join(name);
        fs::write(&path, text)?;
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644))?;
        Ok(path.display().to_string())
    };
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    let server = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/crowd.py"))?;
    let server = file("crowd.py", &server)?;
    let captured = file("captured.yaml", &format!("{STEPS}{PACKETS}"))?;
    let plain = file("plain.yaml", STEPS)?;
    once(&captured, &server)?;
    once(&plain, &server)?;
    let mut both = Vec::new();
    for _ in 0..pairs {
        both.push((once(&captured, &server)?, once(&plain, &server)?));
    }
    let (with, without): (Vec<f64>, Vec<f64>) = both.iter().copied().unzip();
    print("captured and judged", &with);
    print("without the packets", &without);
    let ratio = median(both.iter().map(|(with, without)| with / without).collect());
    println!("{} ratio {ratio:.3} (at most {MAX_RATIO})", if ratio <= MAX_RATIO { "PASS" } else { "over" });
    Ok(ratio)
}

/// Runs a scenario and returns its time in seconds.
///
/// # Errors
/// Returns an error with the whole output if the run does not pass.
fn once(scenario: &str, server: &str) -> Result<f64> {
    let python = env::var("PY").unwrap_or_else(|_| "/usr/bin/python3".to_owned());
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.args(["run", "--stage", "isolated", scenario]);
    command.args(["--set", &format!("server={server}"), "--set", &format!("python={python}")]);
    command.current_dir("/").stdin(Stdio::null());
    let start = Instant::now();
    let out = command.output()?;
    let wall = start.elapsed();
    if out.status.success() {
        return Ok(wall.as_secs_f64());
    }
    let output = [out.stdout, out.stderr].concat();
    Err(format!("{scenario}: {}\n{}", out.status, String::from_utf8_lossy(&output)).into())
}

fn print(name: &str, walls: &[f64]) {
    let least = walls.iter().copied().fold(f64::INFINITY, f64::min);
    let most = walls.iter().copied().fold(0.0, f64::max);
    println!("{name} {:>5.0} ms ({:.0} to {:.0})", median(walls.to_vec()) * 1e3, least * 1e3, most * 1e3);
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let half = numbers.len() / 2;
    match numbers.len() % 2 {
        0 => f64::midpoint(numbers[half - 1], numbers[half]),
        _ => numbers[half],
    }
}
