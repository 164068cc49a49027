//! Measures what a faulty submission costs: `cargo bench --bench faulty`.
//!
//! Two classes are made of the example submissions (`tests/data/submissions`): those with a failed
//! item, and those in which every program passes. Both are graded in each round, and their times
//! per submission are compared. Submissions have different numbers of programs, so the times per
//! program are printed too. Exits with 1 if a submission of the first class passes, or one of the
//! second fails.
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `SOCKLAB_LANGUAGE` | language of the submissions; with one that needs no build, waits weigh more | `all` |
//! | `SOCKLAB_ROUNDS` | number of rounds | 3 |
#![forbid(unsafe_code)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program of the command line")]

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs};

use serde::Deserialize;

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Maximum ratio of the time of a faulty submission to that of a correct one.
const MAX_RATIO: f64 = 1.3;
/// Name that stands for every language.
const ALL: &str = "all";

/// The expected result of a submission, as far as it is used here.
#[derive(Debug, Deserialize)]
struct Expected {
    language: String,
    #[serde(default)]
    roles: BTreeMap<String, String>,
    #[serde(default)]
    fail: BTreeSet<String>,
}

/// A class: its folder, its submissions, and the number of their programs.
struct Class {
    folder: PathBuf,
    size: usize,
    programs: usize,
}

fn main() -> ExitCode {
    if !env::args().any(|arg| arg == "--bench") {
        println!("faulty: nothing is measured but by `cargo bench --bench faulty`");
        return ExitCode::SUCCESS;
    }
    match compare() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("faulty: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Copies the submissions of a language that fail, or those that pass.
fn class(folder: PathBuf, language: &str, faulty: bool) -> Result<Class> {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/submissions");
    let expected: BTreeMap<String, Expected> = serde_yaml::from_str(&fs::read_to_string(zoo.join("expected.yaml"))?)?;
    fs::create_dir_all(&folder)?;
    let mut class = Class { folder, size: 0, programs: 0 };
    let is_wanted = |one: &Expected| language == ALL || one.language == language;
    let chosen = |one: &Expected| is_wanted(one) && !one.roles.is_empty() && one.fail.is_empty() != faulty;
    for (name, one) in expected.iter().filter(|(_, one)| chosen(one)) {
        copy(&zoo.join(name), &class.folder.join(name))?;
        class.size += 1;
        class.programs += one.roles.len();
    }
    if class.size == 0 {
        return Err(format!("no submission is in {language}").into());
    }
    Ok(class)
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()))?;
        } else {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// Grades a class. Returns the time, and the number of submissions with a failed item.
fn grade(class: &Class, store: &Path) -> Result<(Duration, usize)> {
    let _ = fs::remove_file(store);
    let report = store.with_extension("json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    command.arg("grade").arg(&class.folder).arg("--store").arg(store);
    command.arg("--report").arg(format!("json={}", report.display()));
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let took = start.elapsed();
    if !matches!(status.code(), Some(0 | 1 | 3)) {
        return Err(format!("socklab grade: {status}").into());
    }
    let report: serde_json::Value = serde_json::from_str(&fs::read_to_string(report)?)?;
    let submissions = report["submissions"].as_array().ok_or("a report without submissions")?;
    let has_failed = |one: &&serde_json::Value| {
        one["items"].as_array().is_some_and(|items| items.iter().any(|item| item["verdict"] == "fail"))
    };
    Ok((took, submissions.iter().filter(has_failed).count()))
}

fn compare() -> Result<bool> {
    let rounds = env::var("SOCKLAB_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3_u32).max(1);
    let language = env::var("SOCKLAB_LANGUAGE").unwrap_or_else(|_| ALL.to_owned());
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("faulty");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755))?;
    let faulty = class(folder.join("faulty"), &language, true)?;
    let correct = class(folder.join("correct"), &language, false)?;
    let store = folder.join("s.db");
    let (mut slow, mut quick, mut right) = (Duration::ZERO, Duration::ZERO, true);
    for _ in 0..rounds {
        let (took, failed) = grade(&faulty, &store)?;
        let (usual, wrong) = grade(&correct, &store)?;
        println!("faulty {:.1} s, correct {:.1} s", took.as_secs_f64(), usual.as_secs_f64());
        (slow, quick) = (slow + took, quick + usual);
        right &= failed == faulty.size && wrong == 0;
    }
    let each = |time: Duration, count: usize| time.as_secs_f64() / f64::from(rounds) / count as f64;
    for (name, time, class) in [("faulty", slow, &faulty), ("correct", quick, &correct)] {
        let Class { size, programs, .. } = *class;
        println!(
            "{size:>3} {name:<8} {:>6.2} s per submission, {:.2} s for each of {programs} programs",
            each(time, size),
            each(time, programs)
        );
    }
    let ratio = each(slow, faulty.size) / each(quick, correct.size);
    println!("{} ratio {ratio:.2} (at most {MAX_RATIO})", if ratio <= MAX_RATIO { "PASS" } else { "over" });
    println!("{} every verdict", if right { "PASS" } else { "over" });
    Ok(right)
}
