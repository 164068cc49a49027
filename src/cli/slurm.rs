//! `socklab grade --slurm`: grades a class as an array job of a Slurm cluster. Each task grades one
//! shard; a second job merges the parts. It submits the jobs and shows their progress, which needs
//! no connection to them: the same command shows it again, and submits what is missing.

mod display;
mod progress;
mod queue;
mod script;
mod state;
mod words;

use std::path::PathBuf;

use anyhow::Context;

use self::display::{Outcome, Watch};
use self::queue::{JobState, QueueError};
use self::script::Jobs;
use self::state::{Folder, Parts, State, Submitted};
use self::words::{absolute, check_arguments, described, more_words, shard_words};
use super::class_inputs::{ClassInputs, no_submissions};
use super::exit::{CliError, ExitStatus};
use super::grade_options::GradeOptions;
use super::outputs::{ReportTarget, parse_reports, write_class_reports};
use super::signals::cancel_on_signals;
use super::store_access::{StoredClass, open_store, store_error};
use super::{Ui, run_limits};
use crate::model::Message;
use crate::model::bytes::safe_path;
use crate::report::Totals;
use crate::run::Cancel;
use crate::run::store::Fingerprint;
use crate::submission::grade::class as order;

/// A command line, and the class that it names.
struct Request<'a> {
    options: &'a GradeOptions,
    reader: &'a Ui,
    /// The results file of the class: an absolute path.
    store: PathBuf,
    folder: Folder,
    class: Fingerprint,
    /// The quoted words that must be the same in all shards.
    words: String,
    /// Quoted words that may differ between two runs of the command.
    more_words: String,
    program: PathBuf,
}

/// What is to be done with a class.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Plan {
    /// Nothing: the class is merged.
    Report,
    /// The jobs are in the queue.
    Watch,
    /// Submits these shards, and the merge job after them and after these earlier array jobs.
    Submit { shards: Vec<u32>, after: Vec<u64> },
}

/// Grades a class as an array job.
pub(super) fn grade(options: &GradeOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let csv = ["csv=-".to_owned()];
    let is_default_csv = options.reports.is_empty() && !reader.terminal;
    let wanted = parse_reports(if is_default_csv { &csv } else { &options.reports })?;
    if let Some((one, _)) = wanted.iter().find(|(format, _)| format.spec().is_single_submission) {
        return Err(CliError::usage(Message::new("cli-one-submission").with("format", one.spec().name)));
    }
    check_arguments(&options.slurm.sbatch_args)?;
    let request = Request::new(options, reader)?;
    let known = request.folder.read().with_context(|| request.about("reading the state of"))?;
    if options.slurm.dry_run {
        let state = request.state(known)?;
        let missing = Parts::find(&request.folder, &request.class, state.seed).missing();
        Ui::print(&request.preview(&state, &missing));
        return Ok(ExitStatus::Passed);
    }
    drop(known);
    let cancel = Cancel::new().context("creating a pipe")?;
    cancel_on_signals(&cancel)?;
    let state = request.begin()?;
    let mut parts = Parts::find(&request.folder, &request.class, state.seed);
    let watch = Watch { reader, folder: &request.folder, state: &state, class: &request.class, store: &request.store };
    match watch.follow(&mut parts, &cancel)? {
        Outcome::Merged => request.report(&wanted),
        Outcome::Interrupted => Ok(ExitStatus::Interrupted),
        Outcome::Incomplete => Ok(ExitStatus::Internal),
    }
}

impl<'a> Request<'a> {
    fn new(options: &'a GradeOptions, reader: &'a Ui) -> Result<Self, CliError> {
        let inputs = ClassInputs::read(options, reader)?;
        if inputs.sources.is_empty() {
            return Err(no_submissions(options));
        }
        let store = absolute(&options.store)?;
        let shards = options.slurm.shards.unwrap_or(1);
        Ok(Self {
            options,
            reader,
            folder: Folder::beside(&store),
            store,
            class: order::fingerprint(&inputs.lab, inputs.roster.as_deref(), &inputs.sources, shards),
            words: shard_words(options)?,
            more_words: more_words(options)?,
            program: std::env::current_exe().context("finding this program")?,
        })
    }

    fn about(&self, doing: &str) -> String {
        format!("{doing} {}", safe_path(&self.folder.path))
    }

    /// Returns the state of the class: the one of an earlier run, which must fit, or a new one.
    fn state(&self, known: Option<State>) -> Result<State, CliError> {
        if let Some(state) = known {
            let before = described(state.shards, state.seed, &state.words);
            let now = described(self.class.shards, self.options.seed.unwrap_or(state.seed), &self.words);
            if before == now {
                return Ok(state);
            }
            let message = Message::new("cli-slurm-other-options").with("folder", safe_path(&self.folder.path));
            return Err(CliError::usage(message.with("before", before).with("now", now)));
        }
        let mut seed = self.options.seed;
        if seed.is_none() && self.store.is_file() {
            let store = open_store(&self.store, false)?;
            seed = store.seed().map_err(|error| store_error(&self.store, error))?;
        }
        let name = format!("socklab-{:08x}", run_limits::seed(None)?);
        Ok(State::new(name, self.class.shards, run_limits::seed(seed)?, self.words.clone()))
    }

    /// Submits what is missing, and returns the state with its jobs.
    fn begin(&self) -> Result<State, CliError> {
        let folder = &self.folder;
        folder.create().with_context(|| self.about("creating"))?;
        let lock = folder.lock().with_context(|| self.about("locking"))?;
        // Read again: another command may have submitted meanwhile.
        let known = folder.read().with_context(|| self.about("reading the state of"))?;
        let mut state = self.state(known)?;
        let states = queue::states(&state.name).map_err(|error| queue_error("squeue", error))?;
        let parts = Parts::find(folder, &self.class, state.seed);
        match plan(&parts.missing(), folder.is_merged() && self.store.is_file(), &states) {
            Plan::Report => {}
            Plan::Watch => self.note(&Message::new("cli-slurm-attached")),
            Plan::Submit { shards, after } => self.submit(&mut state, &shards, after)?,
        }
        drop(lock);
        Ok(state)
    }

    /// Submits an array of these shards and the merge job.
    fn submit(&self, state: &mut State, shards: &[u32], mut after: Vec<u64>) -> Result<(), CliError> {
        let folder = &self.folder;
        let jobs = self.jobs(state);
        let words = self.script_words(state);
        let (array, merge) = (script::array(&Jobs { words: &words, ..jobs }), script::merge(&jobs));
        folder.write_scripts(&array, &merge).with_context(|| self.about("writing the scripts of"))?;
        folder.forget_merge().with_context(|| self.about("writing to"))?;
        // Before anything is submitted: jobs are found by their name even if this process is killed.
        let write = |state: &State| folder.write(state).with_context(|| self.about("writing the state of"));
        write(state)?;
        let mut submitted = Submitted { array: None, shards: script::ranges(shards), merge: None };
        if !shards.is_empty() {
            let job = queue::submit(&folder.path, &self.array_command(state, shards));
            let job = job.map_err(|error| queue_error("sbatch", error))?;
            submitted.array = Some(job);
            after.push(job);
            state.jobs.push(submitted.clone());
            write(state)?;
            state.jobs.pop();
        }
        let job = queue::submit(&folder.path, &self.merge_command(&after));
        let job = job.map_err(|error| queue_error("sbatch", error))?;
        submitted.merge = Some(job);
        let message = Message::new("cli-slurm-submitted").with("n", shards.len());
        let array = submitted.array.map(|job| job.to_string()).unwrap_or_default();
        self.note(&message.with("job", array).with("merge", job.to_string()));
        state.jobs.push(submitted);
        Ok(write(state)?)
    }

    fn jobs<'s>(&'s self, state: &'s State) -> Jobs<'s> {
        Jobs {
            name: &state.name,
            folder: &self.folder.path,
            program: &self.program,
            words: &self.words,
            has_jobs: self.options.jobs.is_some(),
            shards: state.shards,
            at_once: self.options.slurm.at_once,
            store: &self.store,
        }
    }

    /// Returns the words of the script after `grade`.
    fn script_words(&self, state: &State) -> String {
        format!("--seed {} {}{}", state.seed, self.more_words, self.words)
    }

    /// Returns the arguments of sbatch for an array of these shards.
    fn array_command(&self, state: &State, shards: &[u32]) -> Vec<String> {
        let mut words = self.sbatch_words();
        if u32::try_from(shards.len()) != Ok(state.shards) {
            words.push(format!("--array={}", script::array_value(shards, self.options.slurm.at_once)));
        }
        words.push(script::ARRAY.to_owned());
        words
    }

    /// Returns the arguments of sbatch for the merge job.
    fn merge_command(&self, after: &[u64]) -> Vec<String> {
        let mut words = self.sbatch_words();
        if !after.is_empty() {
            let jobs: Vec<String> = after.iter().map(u64::to_string).collect();
            words.push(format!("--dependency=afterany:{}", jobs.join(":")));
        }
        words.push(script::MERGE.to_owned());
        words
    }

    fn sbatch_words(&self) -> Vec<String> {
        [&["--parsable".to_owned()][..], &self.options.slurm.sbatch_args].concat()
    }

    /// Returns the scripts and the commands that would be run if no job were in the queue.
    fn preview(&self, state: &State, missing: &[u32]) -> String {
        let words = self.script_words(state);
        let jobs = Jobs { words: &words, ..self.jobs(state) };
        let line = |words: Vec<String>| {
            let words: Vec<String> = words.iter().map(|word| script::quoted(word.as_ref())).collect();
            format!("sbatch {}\n", words.join(" "))
        };
        let mut out = format!(
            "### {}\n{}\n### {}\n{}\n",
            script::ARRAY,
            script::array(&jobs),
            script::MERGE,
            script::merge(&jobs)
        );
        let folder = script::quoted(self.folder.path.as_os_str());
        out += &format!("### {}\ncd -- {folder}\n", self.reader.words.sentence("cli-slurm-commands"));
        if !missing.is_empty() {
            out += &line(self.array_command(state, missing));
        }
        // The number of the array job is not known yet.
        let dependency = if missing.is_empty() { "" } else { "--dependency=afterany:JOB " };
        let merge = line(self.merge_command(&[]));
        let (before, script) = merge.split_at(merge.len() - script::MERGE.len() - 1);
        out + before + dependency + script
    }

    /// Writes the reports of the merged class.
    fn report(&self, wanted: &[ReportTarget<'_>]) -> Result<ExitStatus, CliError> {
        let store = open_store(&self.store, false)?;
        let failed = |error| store_error(&self.store, error);
        let class = StoredClass::new(&store, &|_| true, false).map_err(failed)?;
        let mut totals = Totals::default();
        let counted = class.report().each(|submission| {
            totals.add(submission);
            Ok(())
        });
        counted.context("reading the results")?;
        let done = Message::new("cli-slurm-done").with("n", totals.submissions);
        self.note(&done.with("store", safe_path(&self.options.store)));
        write_class_reports(class.report(), wanted, self.reader)?;
        Ok(ExitStatus::of_class(false, totals.errors > 0))
    }

    fn note(&self, message: &Message) {
        display::note(self.reader, message);
    }
}

/// Decides what to do with a class of which these shards are missing.
fn plan(missing: &[u32], is_merged: bool, states: &[JobState]) -> Plan {
    let live = || states.iter().filter(|state| state.is_live());
    if live().any(|state| state.task.is_none()) {
        return Plan::Watch;
    }
    let mut after: Vec<u64> = live().map(|state| state.job).collect();
    after.sort_unstable();
    after.dedup();
    if !after.is_empty() {
        // This program was killed between two submissions.
        return Plan::Submit { shards: Vec::new(), after };
    }
    if missing.is_empty() && is_merged {
        return Plan::Report;
    }
    Plan::Submit { shards: missing.to_vec(), after }
}

/// Maps an error of a command of Slurm to a message.
fn queue_error(command: &'static str, error: QueueError) -> CliError {
    match error {
        QueueError::Missing => CliError::usage(Message::new("cli-slurm-missing").with("command", command)),
        QueueError::Start(error) => {
            CliError::Internal(anyhow::Error::new(error).context(format!("starting {command}")))
        }
        QueueError::Refused(problem) => {
            let message = Message::new("cli-slurm-refused").with("command", command);
            CliError::usage(message.with("problem", problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(job: u64, task: Option<u32>, state: &str) -> JobState {
        JobState { job, task, state: state.to_owned() }
    }

    #[test]
    fn missing_shards_are_submitted_only_if_no_job_lives() {
        let submit = |shards: &[u32], after: &[u64]| Plan::Submit { shards: shards.to_vec(), after: after.to_vec() };
        assert_eq!(plan(&[1, 2], false, &[]), submit(&[1, 2], &[]));
        assert_eq!(plan(&[2], true, &[job(7, Some(2), "FAILED"), job(8, None, "COMPLETED")]), submit(&[2], &[]));
        assert_eq!(plan(&[2], false, &[job(7, Some(2), "RUNNING"), job(8, None, "PENDING")]), Plan::Watch);
        assert_eq!(plan(&[2], false, &[job(7, Some(2), "FAILED"), job(8, None, "RUNNING")]), Plan::Watch);
    }

    #[test]
    fn merge_job_that_was_not_submitted_follows_the_array() {
        let states = [job(7, Some(1), "RUNNING"), job(7, Some(2), "PENDING"), job(5, Some(1), "FAILED")];
        assert_eq!(plan(&[1, 2], false, &states), Plan::Submit { shards: Vec::new(), after: vec![7] });
    }

    #[test]
    fn merged_class_is_reported_if_all_parts_are_current() {
        assert_eq!(plan(&[], true, &[]), Plan::Report);
        assert_eq!(plan(&[], false, &[]), Plan::Submit { shards: Vec::new(), after: Vec::new() });
    }
}
