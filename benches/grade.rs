//! Measures the overhead of grading over starting programs: `cargo bench --bench grade`.
//!
//! A class of 200 generated submissions is graded with the lab, and with a lab that only starts
//! programs. The latter has as many scenarios, starts the same programs equally often, and waits
//! until they listen. Both alternate over several rounds, since the speed of a machine varies, and
//! their total times are compared. A class of a tenth of the size shows how the runner's memory
//! grows. Exits with 1 if a row is missing or wrong.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SOCKLAB_CLASS` | number of submissions | 200 |
//! | `SOCKLAB_ROUNDS` | number of rounds | 4 |
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program of the command line")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Maximum ratio of grading time to starting time.
const MAX_RATIO: f64 = 1.15;
/// Maximum memory of the runner, in KiB.
const MAX_RUNNER_KIB: u64 = 64 * 1024;

const ECHO: &str = include_str!("../tests/data/class/tcp_simple.py");
const UPPER: &str = include_str!("../tests/data/class/udp_simple.py");
const MULTI: &str = include_str!("../tests/data/class/tcp_multi.py");

/// Starts of each program by the lab, one per scenario.
const STARTS: [(&str, usize); 4] = [("tcp-simple", 3), ("udp-simple", 3), ("tcp-multi", 3), ("remote", 1)];

fn main() -> ExitCode {
    if !env::args().any(|arg| arg == "--bench") {
        println!("grade: nothing is measured but by `cargo bench --bench grade`");
        return ExitCode::SUCCESS;
    }
    match compare() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("grade: {error}");
            ExitCode::FAILURE
        }
    }
}

fn class(folder: &Path, size: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    for k in 0..size {
        let own = folder.join(format!("student-{k:03}"));
        fs::create_dir_all(&own)?;
        // Every fifth submission is faulty.
        let prefix = if k % 5 == 4 { "b'Eco: '" } else { "b''" };
        let host = if k % 2 == 0 { "127.0.0.1" } else { "" };
        for (name, text) in [("echo_server.py", ECHO), ("udp_server.py", UPPER), ("multi_server.py", MULTI)] {
            fs::write(own.join(name), text.replace("HOST", host).replace("PREFIX", prefix))?;
        }
    }
    Ok(())
}

/// Writes a lab that only starts programs.
fn lab_of_starts(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let bundled = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/socket-lab/lab.yaml"))?;
    let roles = bundled.split("scenarios:").next().unwrap_or_default();
    let mut lab = format!("{}scenarios:\n", roles.replace("lab: socket-lab", "lab: starts"));
    for (role, times) in STARTS {
        for k in 0..times {
            let name = format!("{role}-{k}");
            let text = format!(
                "scenario: {name}\nsteps: [{{ start: {role} }}]\nitems: [{{ id: {name}, expect: [listening] }}]\n"
            );
            fs::write(folder.join(format!("{name}.yaml")), text)?;
            lab.push_str(&format!("  - {name}.yaml\n"));
        }
    }
    fs::write(folder.join("lab.yaml"), lab)?;
    Ok(())
}

/// Grades a class. Returns the time, the runner's peak memory in KiB, and the table.
fn grade(class: &Path, lab: Option<&Path>, store: &Path) -> Result<(Duration, u64, String)> {
    let _ = fs::remove_file(store);
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.arg("grade").arg(class).arg("--store").arg(store).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(lab) = lab {
        command.arg("--lab").arg(lab);
    }
    let start = Instant::now();
    let child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let watch = std::thread::spawn(move || {
        let mut most = 0;
        while let Some(now) = fs::read_to_string(&status).ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().trim_end_matches(" kB").parse::<u64>().ok()
        }) {
            most = most.max(now);
            // A coarse interval is sufficient, because the kernel keeps the peak.
            std::thread::park_timeout(Duration::from_millis(20));
        }
        most
    });
    let output = child.wait_with_output()?;
    let took = start.elapsed();
    let most = watch.join().map_err(|_| "the watcher panicked")?;
    if !output.status.success() {
        return Err(format!("socklab grade: {}", output.status).into());
    }
    Ok((took, most, String::from_utf8(output.stdout)?))
}

/// Returns true if every submission has a row with the expected points; prints wrong rows.
fn is_right(table: &str, size: usize) -> bool {
    let mut right = table.lines().count() == size + 1;
    for (k, row) in table.lines().skip(1).enumerate() {
        let echo = if k % 5 == 4 { ",2,2,0,3," } else { ",2,2,3,3,3," };
        if !row.contains(echo) {
            println!("wrong: {row}");
            right = false;
        }
    }
    right
}

fn compare() -> Result<bool> {
    let number = |name, usual| env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (size, rounds) = (number("SOCKLAB_CLASS", 200), number("SOCKLAB_ROUNDS", 4).max(1));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("grade");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
    let (large, small, lab) = (folder.join("class"), folder.join("small"), folder.join("starts"));
    class(&large, size)?;
    class(&small, size / 10)?;
    lab_of_starts(&lab)?;
    let store = folder.join("s.db");
    let (mut starting, mut grading, mut most, mut right) = (Duration::ZERO, Duration::ZERO, 0, true);
    for round in 0..rounds {
        // Each of the two goes first equally often.
        let mut started = Duration::ZERO;
        if round % 2 == 0 {
            started = grade(&large, Some(&lab), &store)?.0;
        }
        let (graded, peak, table) = grade(&large, None, &store)?;
        if round % 2 == 1 {
            started = grade(&large, Some(&lab), &store)?.0;
        }
        println!("graded {:.1} s, only started {:.1} s", graded.as_secs_f64(), started.as_secs_f64());
        (starting, grading, most) = (starting + started, grading + graded, most.max(peak));
        right &= is_right(&table, size);
    }
    let (_, few, _) = grade(&small, None, &store)?;
    let ratio = grading.as_secs_f64() / starting.as_secs_f64();
    println!("{size} submissions graded        {:>8.1} s", grading.as_secs_f64() / rounds as f64);
    println!("only started, as often       {:>8.1} s", starting.as_secs_f64() / rounds as f64);
    println!("{} ratio {ratio:.3} (at most {MAX_RATIO})", if ratio <= MAX_RATIO { "PASS" } else { "over" });
    println!(
        "{} the runner's peak: {:.1} MiB for {size}, {:.1} MiB for {} (below {} MiB)",
        if most < MAX_RUNNER_KIB { "PASS" } else { "over" },
        most as f64 / 1024.0,
        few as f64 / 1024.0,
        size / 10,
        MAX_RUNNER_KIB / 1024
    );
    println!("{} every row", if right { "PASS" } else { "over" });
    Ok(right)
}
