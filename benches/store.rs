//! Measures the store of a large class: every report, and the merge of its shards:
//! `cargo bench --bench store`.
//!
//! A few submissions are graded; the class consists of copies of their results and evidence with
//! other names. A class of a tenth of the size shows how memory grows. The merge is also killed
//! while it runs. Exits with 1 if a command fails or the merged results differ from the parts.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SOCKLAB_CLASS` | number of submissions | 10,000 |
//! | `SOCKLAB_SHARDS` | number of shards | 64 |
//! | `SOCKLAB_KILLS` | number of times that the merge is killed | 20 |
//! | `SOCKLAB_KEEP` | a folder in which the stores are made and kept | none |
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program of the command line")]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use rusqlite::{Connection, params};
use socklab::run::shard::Shard;
use socklab::run::store::{Fingerprint, Store};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Longest time of a report.
const MAX_REPORT: Duration = Duration::from_secs(10);
/// Maximum memory of a command, in KiB.
const MAX_KIB: u64 = 128 * 1024;

const ECHO: &str = include_str!("../tests/data/class/tcp_simple.py");
const UPPER: &str = include_str!("../tests/data/class/udp_simple.py");
const MULTI: &str = include_str!("../tests/data/class/tcp_multi.py");

fn main() -> ExitCode {
    if !env::args().any(|arg| arg == "--bench") {
        println!("store: nothing is measured but by `cargo bench --bench store`");
        return ExitCode::SUCCESS;
    }
    match measure() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("store: {error}");
            ExitCode::FAILURE
        }
    }
}

fn number(name: &str, usual: usize) -> usize {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Grades a few submissions into a store.
fn few(folder: &Path) -> Result<PathBuf> {
    let class = folder.join("few");
    fs::create_dir_all(&class)?;
    for k in 0..4 {
        let own = class.join(format!("student-{k}"));
        fs::create_dir_all(&own)?;
        let prefix = if k % 2 == 0 { "b''" } else { "b'Eco: '" };
        let files = [("echo_server.py", ECHO), ("udp_server.py", UPPER), ("multi_server.py", MULTI)];
        for (name, text) in files.iter().take(3 - k / 3) {
            fs::write(own.join(name), text.replace("PREFIX", prefix).replace("HOST", "127.0.0.1"))?;
        }
    }
    let store = folder.join("few.db");
    let _ = fs::remove_file(&store);
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.arg("grade").arg(&class).arg("--store").arg(&store).args(["--seed", "1"]);
    if !command.stdout(Stdio::null()).stderr(Stdio::null()).status()?.success() {
        return Err("the submissions could not be graded".into());
    }
    Ok(store)
}

/// Fills a store with copies of the results of a few submissions.
fn copies(few: &Path, store: &Path, size: usize) -> Result<()> {
    drop(Store::open(store)?);
    let mut db = Connection::open(store)?;
    db.execute("ATTACH ?1 AS few", [few.display().to_string()])?;
    let ids: Vec<String> = {
        let mut query = db.prepare("SELECT id FROM few.result ORDER BY place")?;
        let rows = query.query_map([], |row| row.get(0))?;
        rows.collect::<std::result::Result<_, _>>()?
    };
    let change = db.transaction()?;
    change.execute("INSERT OR REPLACE INTO main.whole SELECT * FROM few.whole", [])?;
    for k in 0..size {
        let (id, from) = (format!("student-{k:06}"), &ids[k % ids.len()]);
        change
            .prepare_cached(
                "INSERT INTO main.result (id, place, submission, lab, version, content)
                 SELECT ?1, ?2, submission, lab, version, json_set(content, '$.id', ?1, '$.name', 'Name of ' || ?1)
                 FROM few.result WHERE id = ?3",
            )?
            .execute(params![id, i64::try_from(k)?, from])?;
        change
            .prepare_cached("INSERT INTO main.evidence SELECT ?1, scenario, content FROM few.evidence WHERE id = ?2")?
            .execute(params![id, from])?;
    }
    change.commit()?;
    Ok(())
}

/// Divides a store into parts.
fn parts(store: &Path, folder: &Path, shards: usize, size: usize) -> Result<Vec<PathBuf>> {
    let class = Fingerprint {
        lab: "socket-lab".to_owned(),
        lab_hash: String::new(),
        roster: String::new(),
        submissions: String::new(),
        size,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        shards: u32::try_from(shards)?,
    };
    let lab: String = Connection::open(store)?.query_row("SELECT lab FROM result LIMIT 1", [], |row| row.get(0))?;
    let class = Fingerprint { lab_hash: lab, ..class };
    let names: Vec<String> = (0..size).map(|k| format!("student-{k:06}")).collect();
    let mut all = Vec::new();
    for k in 1..=class.shards {
        let shard = Shard::new(k, class.shards).ok_or("no such shard")?;
        let path = folder.join(format!("part-{k:04}.db"));
        let members = names.iter().map(String::as_str).enumerate().filter(|(_, name)| shard.contains(name));
        Store::open(&path)?.begin_part(&class, shard, Some(1), members)?;
        let db = Connection::open(&path)?;
        db.execute("ATTACH ?1 AS class", [store.display().to_string()])?;
        db.execute_batch(
            "BEGIN;
             INSERT INTO main.whole SELECT * FROM class.whole;
             INSERT INTO main.result SELECT r.* FROM main.member JOIN class.result AS r USING (id);
             INSERT INTO main.evidence SELECT e.* FROM main.member JOIN class.evidence AS e USING (id);
             UPDATE main.member SET checked = 1;
             COMMIT; DETACH class; PRAGMA journal_mode = DELETE;",
        )?;
        all.push(path);
    }
    Ok(all)
}

/// Runs a command. Returns its time and its peak memory in KiB.
fn run(command: &mut Command) -> Result<(Duration, u64)> {
    let start = Instant::now();
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let watch = std::thread::spawn(move || {
        let mut most = 0;
        while let Some(now) = fs::read_to_string(&status).ok().and_then(|text| {
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().trim_end_matches(" kB").parse::<u64>().ok()
        }) {
            most = most.max(now);
            // A coarse interval is sufficient, because the kernel keeps the peak.
            std::thread::park_timeout(Duration::from_millis(10));
        }
        most
    });
    let output = child.wait_with_output()?;
    let took = start.elapsed();
    let most = watch.join().map_err(|_| "the watcher panicked")?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok((took, most))
}

fn socklab() -> Command {
    Command::new(env!("CARGO_BIN_EXE_socklab"))
}

/// Returns the command that writes a report.
fn report(store: &Path, format: &str, folder: &Path, more: &[&str]) -> Command {
    let mut command = socklab();
    let output = folder.join(if format == "html" { "pages".to_owned() } else { format!("report.{format}") });
    command.arg("report").arg(store).args(["--format", format, "--lang", "en", "--output"]).arg(output).args(more);
    command
}

fn line(name: &str, took: Duration, kib: u64, few_kib: u64, limit: Duration) {
    let mark = if took <= limit && kib <= MAX_KIB { "PASS" } else { "over" };
    let mib = |kib: u64| kib as f64 / 1024.0;
    println!(
        "{mark} {name:<24} {:>7.2} s {:>8.1} MiB ({:.1} MiB for a tenth)",
        took.as_secs_f64(),
        mib(kib),
        mib(few_kib)
    );
}

fn measure() -> Result<bool> {
    let (size, shards) = (number("SOCKLAB_CLASS", 10_000), number("SOCKLAB_SHARDS", 64));
    let kept = env::var_os("SOCKLAB_KEEP").map(PathBuf::from);
    let folder = kept.clone().unwrap_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("store"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
    let few = few(&folder)?;
    let (class, tenth) = (folder.join("class.db"), folder.join("tenth.db"));
    copies(&few, &class, size)?;
    copies(&few, &tenth, size / 10)?;
    println!("{size} submissions, {:.0} MiB", class.metadata()?.len() as f64 / (1 << 20) as f64);
    for (format, more) in [
        ("terminal", &[][..]),
        ("csv", &[]),
        ("json", &[]),
        ("junit", &[]),
        ("markdown", &[]),
        ("github", &[]),
        ("html", &[]),
        ("gradescope", &["--only", "student-000001"]),
        ("classroom50", &["--only", "student-000001"]),
    ] {
        let (_, few_kib) = run(&mut report(&tenth, format, &folder, more))?;
        let (took, kib) = run(&mut report(&class, format, &folder, more))?;
        line(format, took, kib, few_kib, MAX_REPORT);
        if kept.is_none() {
            let _ = fs::remove_dir_all(folder.join("pages"));
        }
    }
    let parts = parts(&class, &folder, shards, size)?;
    let merged = folder.join("merged.db");
    let merge = || {
        let mut command = socklab();
        command.arg("merge").arg("--store").arg(&merged).args(&parts);
        command
    };
    let (took, kib) = run(&mut merge())?;
    line(&format!("merge of {shards} parts"), took, kib, 0, Duration::MAX);
    let mut right = is_equal(&class, &merged)?;
    fs::remove_file(&merged)?;
    for k in 0..number("SOCKLAB_KILLS", 20) {
        kill(merge().stdout(Stdio::null()).stderr(Stdio::null()).spawn()?, took.mul_f64((k % 10) as f64 / 10.0));
        if merged.exists() {
            fs::remove_file(&merged)?;
        }
    }
    run(&mut merge())?;
    right &= is_equal(&class, &merged)?;
    println!("{} the merged class, after it was killed too", if right { "PASS" } else { "over" });
    Ok(right)
}

/// Kills a process after a while.
fn kill(mut child: Child, after: Duration) {
    let end = Instant::now() + after;
    while Instant::now() < end {
        std::thread::park_timeout(end.saturating_duration_since(Instant::now()));
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Returns true if two stores hold the same rows.
fn is_equal(one: &Path, other: &Path) -> Result<bool> {
    let db = Connection::open(one)?;
    db.execute("ATTACH ?1 AS other", [other.display().to_string()])?;
    let mut equal = true;
    for table in ["whole", "result", "evidence"] {
        for (from, to) in [("main", "other"), ("other", "main")] {
            let sql = format!("SELECT count(*) FROM (SELECT * FROM {from}.{table} EXCEPT SELECT * FROM {to}.{table})");
            let more: i64 = db.query_row(&sql, [], |row| row.get(0))?;
            equal &= more == 0;
        }
    }
    Ok(equal)
}
