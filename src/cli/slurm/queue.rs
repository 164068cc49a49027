//! The commands of Slurm: submits jobs with `sbatch`, and reads the states of jobs from `squeue` and
//! `sacct`. It never decides what to submit.
//!
//! Sources: squeue(1), sacct(1) and sbatch(1), sections "Job state codes" and "--parsable".

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::script::MERGE_SUFFIX;

/// States in which a job never runs again, unless it is requeued, which shows as another state.
/// All other states count as alive: a shard is never submitted twice.
const ENDED: [&str; 10] = [
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "REVOKED",
    "TIMEOUT",
];
/// The state of a job that has a processor.
const RUNNING: &str = "RUNNING";
/// Variables that would override the directives of the scripts: sbatch(1), "Input environment
/// variables".
const SBATCH_VARIABLES: [&str; 8] = [
    "SBATCH_ARRAY_INX",
    "SBATCH_JOB_NAME",
    "SBATCH_OUTPUT",
    "SBATCH_ERROR",
    "SBATCH_OPEN_MODE",
    "SBATCH_NO_REQUEUE",
    "SBATCH_SIGNAL",
    "SBATCH_WAIT",
];
/// Maximum length of a text of Slurm that a message quotes.
const MAX_QUOTED: usize = 400;

/// Why a command of Slurm has no result.
#[derive(Debug)]
pub(super) enum QueueError {
    /// The command is not installed.
    Missing,
    /// The command could not be started.
    Start(io::Error),
    /// The command failed, or its output has another form: its texts.
    Refused(String),
}

/// The state of one job, or of one task of an array job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JobState {
    /// The id of the job; of a task, that of its array.
    pub(super) job: u64,
    /// The number of the task; `None` for the merge job.
    pub(super) task: Option<u32>,
    /// The state in Slurm's words, such as `RUNNING`.
    pub(super) state: String,
}

impl JobState {
    /// Returns true if the job may still run.
    pub(super) fn is_live(&self) -> bool {
        !ENDED.contains(&self.state.as_str())
    }

    /// Returns true if the job runs now.
    pub(super) fn is_running(&self) -> bool {
        self.state == RUNNING
    }
}

/// Submits a script of the folder and returns the id of its job.
pub(super) fn submit(folder: &Path, words: &[String]) -> Result<u64, QueueError> {
    let mut command = Command::new("sbatch");
    // Slurm takes the working folder of the jobs, and the folder of relative logs, from this one.
    command.args(words).current_dir(folder);
    for name in SBATCH_VARIABLES {
        command.env_remove(name);
    }
    // Ctrl-C must not end a submission whose job would then be unknown.
    command.process_group(0);
    let output = run(command)?;
    parse_job(&text(&output.stdout)).ok_or_else(|| QueueError::Refused(quoted_output(&output)))
}

/// Returns the states of all jobs of these names that Slurm still knows.
pub(super) fn states(name: &str) -> Result<Vec<JobState>, QueueError> {
    let mut command = Command::new("squeue");
    let names = format!("--name={name},{name}{MERGE_SUFFIX}");
    let user = format!("--user={}", rustix::process::getuid().as_raw());
    command.args(["--noheader", "--array", "--states=all", "--format=%F|%K|%T|%j", &names, &user]);
    without_variables(&mut command, "SQUEUE_");
    Ok(parse_queue(&text(&run(command)?.stdout), name))
}

/// Returns the last states of jobs that `squeue` no longer knows; nothing if the cluster keeps no
/// accounts.
pub(super) fn recorded_states(jobs: &[u64]) -> Vec<JobState> {
    let mut command = Command::new("sacct");
    let ids = jobs.iter().map(u64::to_string).collect::<Vec<_>>().join(",");
    command.args(["--allocations", "--noheader", "--parsable2", "--array", "--format=JobID,State", "--jobs", &ids]);
    without_variables(&mut command, "SACCT_");
    if jobs.is_empty() {
        Vec::new()
    } else {
        run(command).map_or_else(|_| Vec::new(), |o| parse_accounts(&text(&o.stdout)))
    }
}

/// Returns the latest state of each task: a shard may have been submitted several times.
pub(super) fn latest(states: &[JobState]) -> BTreeMap<u32, &JobState> {
    let mut all: BTreeMap<u32, &JobState> = BTreeMap::new();
    for state in states {
        let Some(task) = state.task else { continue };
        let known = all.entry(task).or_insert(state);
        if state.job >= known.job {
            *known = state;
        }
    }
    all
}

fn without_variables(command: &mut Command, prefix: &str) {
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.to_string_lossy().starts_with(prefix)) {
        command.env_remove::<&OsStr>(&name);
    }
}

fn run(mut command: Command) -> Result<Output, QueueError> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => QueueError::Missing,
        _ => QueueError::Start(error),
    })?;
    if output.status.success() { Ok(output) } else { Err(QueueError::Refused(quoted_output(&output))) }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn quoted_output(output: &Output) -> String {
    let all = [&output.stderr[..], &output.stdout].concat();
    crate::model::bytes::printable_prefix(text(&all).trim().as_bytes(), MAX_QUOTED)
}

/// Parses the output of `sbatch --parsable`: `123`, or `123;cluster`.
fn parse_job(text: &str) -> Option<u64> {
    // Plugins of a cluster may print further lines before it.
    let last = text.lines().rfind(|line| !line.trim().is_empty())?.trim();
    last.split_once(';').map_or(last, |(job, _)| job).parse().ok()
}

/// Parses lines `ARRAY|TASK|STATE|NAME` of `squeue`.
fn parse_queue(text: &str, name: &str) -> Vec<JobState> {
    let row = |line: &str| {
        let mut fields = line.trim().split('|');
        let (job, task, state) = (fields.next()?.parse().ok()?, fields.next()?, fields.next()?);
        let is_merge = fields.next()?.strip_prefix(name)? == MERGE_SUFFIX;
        let task = if is_merge { None } else { Some(task.parse().ok()?) };
        Some(JobState { job, task, state: state.to_owned() })
    };
    text.lines().filter_map(row).collect()
}

/// Parses lines `ARRAY_TASK|STATE` of `sacct`. Others are those of the merge job.
fn parse_accounts(text: &str) -> Vec<JobState> {
    let row = |line: &str| {
        let (id, state) = line.trim().split_once('|')?;
        let (job, task) = id.split_once('_')?;
        // `CANCELLED by 1000`
        let state = state.split_whitespace().next()?.to_owned();
        Some(JobState { job: job.parse().ok()?, task: Some(task.parse().ok()?), state })
    };
    text.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn job_id_is_the_last_line_of_sbatch() {
        assert_eq!(parse_job("123\n"), Some(123));
        assert_eq!(parse_job("sbatch: a note\n123;cluster\n\n"), Some(123));
        assert_eq!((parse_job(""), parse_job("Submitted batch job 123")), (None, None));
    }

    #[test]
    fn queue_lists_tasks_and_the_merge_job() {
        let text = "7|1|COMPLETED|socklab-0a\n7|2|RUNNING|socklab-0a\n9|2|PENDING|socklab-0a\n\
                    8|N/A|PENDING|socklab-0a-merge\n7|x|RUNNING|socklab-0a\n7|3|RUNNING|other\nnonsense\n";
        let states = parse_queue(text, "socklab-0a");
        let shown = states.iter().map(|one| (one.job, one.task, one.is_live(), one.is_running()));
        let expected =
            [(7, Some(1), false, false), (7, Some(2), true, true), (9, Some(2), true, false), (8, None, true, false)];
        assert_eq!(shown.collect::<Vec<_>>(), expected);
        let latest = latest(&states);
        assert_eq!(latest.keys().copied().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(latest[&2].job, 9);
    }

    #[test]
    fn accounts_list_ended_tasks() {
        let text = "7_1|COMPLETED\n7_2|CANCELLED by 1000\n7_[3-4%2]|PENDING\n8|COMPLETED\n7_5|NODE_FAIL\n";
        let states = parse_accounts(text);
        let shown: Vec<_> = states.iter().map(|one| (one.task, one.state.as_str(), one.is_live())).collect();
        let expected = [(Some(1), "COMPLETED", false), (Some(2), "CANCELLED", false), (Some(5), "NODE_FAIL", false)];
        assert_eq!(shown, expected);
    }

    #[test]
    fn unknown_states_count_as_alive() {
        for (state, is_live) in [("COMPLETING", true), ("REQUEUED", true), ("NEW_STATE", true), ("TIMEOUT", false)] {
            assert_eq!(JobState { job: 1, task: Some(1), state: state.to_owned() }.is_live(), is_live, "{state}");
        }
    }
}
