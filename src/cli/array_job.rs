//! `--shard`: the shard that a command line names, or that follows from the variables of an array job
//! (`auto`). Variables that are incomplete or contradict each other are errors: a wrong guess would
//! grade some submissions twice, and others never.
//!
//! Sources of the names and of the number of the first task:
//!
//! - Slurm: <https://slurm.schedmd.com/job_array.html>, "Job ID and Environment Variables".
//! - Grid Engine: qsub(1), option `-t`; `SGE_TASK_ID` is `undefined` outside array jobs.
//! - PBS Pro and OpenPBS (`PBS_ARRAY_INDEX`): qsub(1B), option `-J`; TORQUE (`PBS_ARRAYID`): option `-t`.
//! - HTCondor: the job's ClassAd (`_CONDOR_JOB_AD` names its file), attributes `ProcId` and
//!   `TotalSubmitProcs`: <https://htcondor.readthedocs.io/en/latest/classad-attributes/job-classad-attributes.html>.
//! - Kubernetes: <https://kubernetes.io/docs/tasks/job/indexed-parallel-processing-static/>.
//! - AWS Batch: <https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html>.
//! - GitLab: <https://docs.gitlab.com/ci/variables/predefined_variables/>. `CI_NODE_TOTAL` is 1 in jobs
//!   without `parallel`, which have no `CI_NODE_INDEX`.
//! - CircleCI: <https://circleci.com/docs/reference/variables/>.
//! - Bazel: <https://bazel.build/reference/test-encyclopedia>, "Initial conditions".

use super::exit::CliError;
use crate::model::Message;
use crate::run::shard::{MAX_SHARDS, Shard};

/// The variable with which a user gives the number of shards to systems that do not.
const TOTAL: &str = "SOCKLAB_SHARDS";
/// The variable with the file of a job's ClassAd.
const JOB_AD: &str = "_CONDOR_JOB_AD";
/// Maximum size of a job's ClassAd, in bytes.
const MAX_JOB_AD_BYTES: u64 = 1 << 20;

/// Systems whose variables are the index of a task and, except where it is [`TOTAL`], the number of
/// tasks; and the index of the first task.
const COUNTED: [(&str, &str, u32); 7] = [
    ("PBS_ARRAY_INDEX", TOTAL, 1),
    ("PBS_ARRAYID", TOTAL, 1),
    ("JOB_COMPLETION_INDEX", TOTAL, 0),
    ("AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", 0),
    ("CI_NODE_INDEX", "CI_NODE_TOTAL", 1),
    ("CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", 0),
    ("TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", 0),
];
/// Systems whose variables are the index of a task, those of the first and the last task, and the
/// step between two tasks.
const RANGES: [[&str; 4]; 2] = [
    ["SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_MAX", "SLURM_ARRAY_TASK_STEP"],
    ["SGE_TASK_ID", "SGE_TASK_FIRST", "SGE_TASK_LAST", "SGE_TASK_STEPSIZE"],
];

/// The variables of this process, and the files that they name.
pub(super) struct Environment<'e> {
    /// Returns a variable.
    pub(super) variable: &'e dyn Fn(&str) -> Option<String>,
    /// Reads a file.
    pub(super) file: &'e dyn Fn(&str) -> Option<String>,
}

impl Environment<'_> {
    /// Returns the shard that the option names.
    ///
    /// # Errors
    /// Returns an error that names the variables if they are incomplete.
    pub(super) fn shard(&self, option: &str) -> Result<Shard, CliError> {
        if option != "auto" {
            let wrong = || CliError::usage(Message::new("cli-shard-value").with("value", option));
            return Shard::parse(option).ok_or_else(wrong);
        }
        let mut found: Vec<(String, Shard)> = Vec::new();
        for names in RANGES {
            found.extend(self.in_range(names)?.map(|shard| (names[0].to_owned(), shard)));
        }
        for (index, total, first) in COUNTED {
            found.extend(self.in_count(index, total, first)?.map(|shard| (index.to_owned(), shard)));
        }
        found.extend(self.in_job_ad()?.map(|shard| (JOB_AD.to_owned(), shard)));
        let Some((first, shard)) = found.first() else {
            let indices = RANGES.iter().map(|names| names[0]).chain(COUNTED.iter().map(|(index, ..)| *index));
            let known: Vec<&str> = indices.chain([JOB_AD]).collect();
            return Err(CliError::usage(Message::new("cli-shard-none").with("known", known.join(", "))));
        };
        let other = found.iter().find(|(_, other)| other != shard).map(|(name, other)| (name.as_str(), *other));
        let total = match self.number(TOTAL)? {
            Some(total) if total != shard.count => Some((TOTAL, total)),
            _ => None,
        };
        let conflict = |other: &str, says: String| {
            let message =
                Message::new("cli-shard-conflict").with("first", first.as_str()).with("one", shard.to_string());
            CliError::usage(message.with("second", other).with("other", says))
        };
        match (other, total) {
            (Some((name, other)), _) => Err(conflict(name, other.to_string())),
            (None, Some((name, total))) => Err(conflict(name, total.to_string())),
            (None, None) => Ok(*shard),
        }
    }

    /// Returns a variable that is set and not empty.
    fn text(&self, name: &str) -> Option<String> {
        (self.variable)(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    }

    fn number(&self, name: &str) -> Result<Option<u32>, CliError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        parse(&text).map(Some).ok_or_else(|| not_a_number(name, &text))
    }

    fn needed(&self, name: &str, index: &str) -> Result<u32, CliError> {
        let missing = || CliError::usage(Message::new("cli-shard-missing").with("index", index).with("missing", name));
        self.number(name)?.ok_or_else(missing)
    }

    /// Reads an index among counted tasks.
    fn in_count(&self, index: &str, total: &str, first: u32) -> Result<Option<Shard>, CliError> {
        let Some(own) = self.number(index)? else { return Ok(None) };
        let total_value = self.needed(total, index)?;
        shard(own.checked_sub(first), total_value).map(Some).ok_or_else(|| out_of_range(index, own, first, total_value))
    }

    /// Reads an index in a range of tasks.
    fn in_range(&self, [index, min, max, step]: [&str; 4]) -> Result<Option<Shard>, CliError> {
        if self.text(index).is_some_and(|text| text == "undefined") {
            return Ok(None);
        }
        let Some(own) = self.number(index)? else { return Ok(None) };
        let (first, last) = (self.needed(min, index)?, self.needed(max, index)?);
        let by = self.number(step)?.unwrap_or(1).max(1);
        let total = last.checked_sub(first).and_then(|width| (width / by).checked_add(1)).unwrap_or_default();
        let found = own.checked_sub(first).filter(|at| at % by == 0 && own <= last).map(|at| at / by);
        // A list with gaps, such as 1,3,7, does not tell the place of a task in it.
        let counted = if index == RANGES[0][0] { self.needed("SLURM_ARRAY_TASK_COUNT", index)? } else { total };
        if counted != total {
            let message = Message::new("cli-shard-gaps").with("index", index).with("count", counted.to_string());
            return Err(CliError::usage(message.with("first", first.to_string()).with("last", last.to_string())));
        }
        shard(found, total).map(Some).ok_or_else(|| out_of_range(index, own, first, total))
    }

    /// Reads the ClassAd of an HTCondor job.
    fn in_job_ad(&self) -> Result<Option<Shard>, CliError> {
        let Some(file) = self.text(JOB_AD) else { return Ok(None) };
        let missing =
            |name: &str| CliError::usage(Message::new("cli-shard-missing").with("index", JOB_AD).with("missing", name));
        let text = (self.file)(&file).ok_or_else(|| missing(&crate::model::bytes::printable_text(&file)))?;
        let attribute = |name: &str| -> Result<u32, CliError> {
            let mut pairs = text.lines().filter_map(|line| line.split_once('='));
            let (_, value) =
                pairs.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).ok_or_else(|| missing(name))?;
            parse(value.trim()).ok_or_else(|| not_a_number(name, value.trim()))
        };
        let (own, total) = (attribute("ProcId")?, attribute("TotalSubmitProcs")?);
        shard(Some(own), total).map(Some).ok_or_else(|| out_of_range("ProcId", own, 0, total))
    }
}

/// Returns the shard for a task, counted from 0.
fn shard(task: Option<u32>, total: u32) -> Option<Shard> {
    Shard::new(task?.checked_add(1)?, total)
}

fn parse(text: &str) -> Option<u32> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

fn not_a_number(name: &str, value: &str) -> CliError {
    let value = crate::model::bytes::printable_text(value);
    CliError::usage(Message::new("cli-shard-number").with("name", name).with("value", value))
}

fn out_of_range(name: &str, own: u32, first: u32, total: u32) -> CliError {
    let message = Message::new("cli-shard-range").with("name", name).with("value", own.to_string());
    let message = message.with("first", first.to_string()).with("total", total.to_string());
    CliError::usage(message.with("limit", MAX_SHARDS.to_string()))
}

/// Reads a job's ClassAd.
pub(super) fn read_job_ad(path: &str) -> Option<String> {
    use std::io::Read as _;
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(MAX_JOB_AD_BYTES).read_to_string(&mut text).ok()?;
    Some(text)
}

/// Tells Bazel that shards are supported: it fails a sharded test that does not create this file.
pub(super) fn acknowledge_shards(variable: &dyn Fn(&str) -> Option<String>) {
    if variable("TEST_SHARD_INDEX").is_some()
        && let Some(file) = variable("TEST_SHARD_STATUS_FILE").filter(|file| !file.is_empty())
    {
        // Without the file, Bazel itself reports the error.
        let _ = std::fs::File::options().create(true).append(true).open(file);
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Returns the shard, or the id of the error and all its values, with these variables
    /// (`A=1 B=2`).
    fn auto(variables: &str, job_ad: Option<&str>) -> Result<String, String> {
        let all: Vec<(&str, &str)> = variables.split_whitespace().filter_map(|pair| pair.split_once('=')).collect();
        let variable = |name: &str| all.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        let file = |_: &str| job_ad.map(str::to_owned);
        match (Environment { variable: &variable, file: &file }).shard("auto") {
            Ok(shard) => Ok(shard.to_string()),
            Err(CliError::Usage(message)) => Err(format!("{} {:?}", message.id, message.args)),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[rstest]
    #[case::slurm(
        "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=64 SLURM_ARRAY_TASK_COUNT=64",
        "3/64"
    )]
    #[case::slurm_from_0(
        "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_MAX=63 SLURM_ARRAY_TASK_COUNT=64 SLURM_ARRAY_TASK_STEP=1",
        "4/64"
    )]
    #[case::slurm_steps(
        "SLURM_ARRAY_TASK_ID=7 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_STEP=2",
        "4/4"
    )]
    #[case::grid_engine("SGE_TASK_ID=6 SGE_TASK_FIRST=2 SGE_TASK_LAST=10 SGE_TASK_STEPSIZE=2", "3/5")]
    #[case::no_array_job_of_grid_engine(
        "SGE_TASK_ID=undefined SGE_TASK_FIRST=undefined CI_NODE_INDEX=1 CI_NODE_TOTAL=2",
        "1/2"
    )]
    #[case::pbs("PBS_ARRAY_INDEX=64 SOCKLAB_SHARDS=64", "64/64")]
    #[case::torque("PBS_ARRAYID=1 SOCKLAB_SHARDS=64", "1/64")]
    #[case::kubernetes("JOB_COMPLETION_INDEX=0 SOCKLAB_SHARDS=8", "1/8")]
    #[case::aws("AWS_BATCH_JOB_ARRAY_INDEX=9 AWS_BATCH_JOB_ARRAY_SIZE=10", "10/10")]
    #[case::gitlab("CI_NODE_INDEX=1 CI_NODE_TOTAL=4", "1/4")]
    #[case::circleci("CIRCLE_NODE_INDEX=1 CIRCLE_NODE_TOTAL=4", "2/4")]
    #[case::bazel("TEST_SHARD_INDEX=0 TEST_TOTAL_SHARDS=3 TEST_SHARD_STATUS_FILE=/none", "1/3")]
    #[case::gitlab_on_kubernetes("CI_NODE_INDEX=2 CI_NODE_TOTAL=4 JOB_COMPLETION_INDEX=1 SOCKLAB_SHARDS=4", "2/4")]
    #[case::empty_variables_are_not_set("CI_NODE_INDEX=2 CI_NODE_TOTAL=4 SGE_TASK_ID= PBS_ARRAY_INDEX=", "2/4")]
    fn shard_is_read_from_the_variables_of_array_jobs(#[case] variables: &str, #[case] expected: &str) {
        assert_eq!(auto(variables, None).as_deref(), Ok(expected));
    }

    #[rstest]
    #[case::nothing("", "cli-shard-none", "SLURM_ARRAY_TASK_ID")]
    #[case::gitlab_without_parallel("CI_NODE_TOTAL=1", "cli-shard-none", "CI_NODE_INDEX")]
    #[case::no_total("CI_NODE_INDEX=1", "cli-shard-missing", "CI_NODE_TOTAL")]
    #[case::pbs_without_total("PBS_ARRAY_INDEX=1", "cli-shard-missing", "SOCKLAB_SHARDS")]
    #[case::kubernetes_without_total("JOB_COMPLETION_INDEX=1", "cli-shard-missing", "SOCKLAB_SHARDS")]
    #[case::pbs_from_0("PBS_ARRAY_INDEX=0 SOCKLAB_SHARDS=4", "cli-shard-range", "PBS_ARRAY_INDEX")]
    #[case::past_the_last("JOB_COMPLETION_INDEX=4 SOCKLAB_SHARDS=4", "cli-shard-range", "JOB_COMPLETION_INDEX")]
    #[case::no_number("CIRCLE_NODE_INDEX=one CIRCLE_NODE_TOTAL=4", "cli-shard-number", "CIRCLE_NODE_INDEX")]
    #[case::negative("CIRCLE_NODE_INDEX=-1 CIRCLE_NODE_TOTAL=4", "cli-shard-number", "CIRCLE_NODE_INDEX")]
    #[case::huge("CIRCLE_NODE_INDEX=99999999999 CIRCLE_NODE_TOTAL=4", "cli-shard-number", "CIRCLE_NODE_INDEX")]
    #[case::slurm_list(
        "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=3",
        "cli-shard-gaps",
        "SLURM_ARRAY_TASK_ID"
    )]
    #[case::slurm_incomplete(
        "SLURM_ARRAY_TASK_ID=3 SLURM_ARRAY_TASK_MIN=1",
        "cli-shard-missing",
        "SLURM_ARRAY_TASK_MAX"
    )]
    #[case::slurm_beside_the_range(
        "SLURM_ARRAY_TASK_ID=9 SLURM_ARRAY_TASK_MIN=1 SLURM_ARRAY_TASK_MAX=7 SLURM_ARRAY_TASK_COUNT=7",
        "cli-shard-range",
        "SLURM_ARRAY_TASK_ID"
    )]
    #[case::between_steps(
        "SGE_TASK_ID=3 SGE_TASK_FIRST=2 SGE_TASK_LAST=10 SGE_TASK_STEPSIZE=2",
        "cli-shard-range",
        "SGE_TASK_ID"
    )]
    #[case::two_systems(
        "CI_NODE_INDEX=2 CI_NODE_TOTAL=4 CIRCLE_NODE_INDEX=2 CIRCLE_NODE_TOTAL=4",
        "cli-shard-conflict",
        "CIRCLE_NODE_INDEX"
    )]
    #[case::other_total("CI_NODE_INDEX=2 CI_NODE_TOTAL=4 SOCKLAB_SHARDS=8", "cli-shard-conflict", "SOCKLAB_SHARDS")]
    fn incomplete_or_contradictory_variables_are_named(#[case] variables: &str, #[case] id: &str, #[case] named: &str) {
        let error = auto(variables, None).expect_err("it is an error");
        assert!(error.starts_with(id) && error.contains(named), "{error}");
    }

    #[test]
    fn shard_is_read_from_the_class_ad_of_a_job() {
        let ad = "Args = \"x\"\nTotalSubmitProcs = 64\nprocid = 3\nProcIdX = 9\n";
        assert_eq!(auto("_CONDOR_JOB_AD=.job.ad", Some(ad)).as_deref(), Ok("4/64"));
        for (ad, id, named) in [
            (None, "cli-shard-missing", ".job.ad"),
            (Some("ProcId = 3"), "cli-shard-missing", "TotalSubmitProcs"),
            (Some("ProcId = 3\nTotalSubmitProcs = undefined"), "cli-shard-number", "TotalSubmitProcs"),
            (Some("ProcId = 3\nTotalSubmitProcs = 3"), "cli-shard-range", "ProcId"),
        ] {
            let error = auto("_CONDOR_JOB_AD=.job.ad", ad).expect_err("it is an error");
            assert!(error.starts_with(id) && error.contains(named), "{error}");
        }
    }

    #[test]
    fn shard_that_does_not_exist_is_refused() {
        let environment = Environment { variable: &|_| None, file: &|_| None };
        assert_eq!(environment.shard("3/64").expect("a shard").number, 3);
        assert!(matches!(environment.shard("65/64"), Err(CliError::Usage(message)) if message.id == "cli-shard-value"));
    }
}
