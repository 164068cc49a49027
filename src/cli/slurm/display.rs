//! Shows the progress of the jobs of a class until it is merged, or until no job is left. It changes
//! nothing: the display may end at any moment.

use std::collections::BTreeSet;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressStyle};

use super::progress::{Overview, rough_time, time_left};
use super::queue::{self, JobState, QueueError};
use super::state::{Folder, Parts, State};
use crate::cli::Ui;
use crate::cli::exit::CliError;
use crate::model::Message;
use crate::model::bytes::{printable_text, safe_path};
use crate::run::Cancel;
use crate::run::store::Fingerprint;

/// Seconds between two looks at the queue, which is shared by all users of the cluster.
const POLL_SECONDS: i64 = 3;
/// Looks that must find no job: a job that ends may be in no list for a moment, and a file that it
/// wrote is seen later on a network file system.
const FINAL_LOOKS: usize = 3;
/// Maximum number of failed shards that are listed.
const MAX_LISTED: usize = 20;

/// How a display ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The class is merged.
    Merged,
    /// No job is left, and the class is not merged.
    Incomplete,
    /// The display was ended by a signal.
    Interrupted,
}

/// A class whose jobs are watched.
pub(super) struct Watch<'a> {
    pub(super) reader: &'a Ui,
    pub(super) folder: &'a Folder,
    pub(super) state: &'a State,
    pub(super) class: &'a Fingerprint,
    /// The results file of the class.
    pub(super) store: &'a Path,
}

impl Watch<'_> {
    /// Shows the progress until the class is merged, no job is left, or a signal arrives.
    ///
    /// # Errors
    /// Returns an error if Slurm's commands have disappeared.
    pub(super) fn follow(&self, parts: &mut Parts<'_>, cancel: &Cancel) -> Result<Outcome, CliError> {
        let mut screen = Screen::new(self.reader);
        let mut states: Vec<JobState> = Vec::new();
        let mut looks = 0;
        let mut pace: Option<(Instant, usize)> = None;
        loop {
            parts.refresh();
            if self.folder.is_merged() && self.store.is_file() && parts.missing().is_empty() {
                screen.end();
                return Ok(Outcome::Merged);
            }
            match queue::states(&self.state.name) {
                Ok(found) => {
                    looks = if found.iter().any(JobState::is_live) { 0 } else { looks + 1 };
                    states = found;
                }
                // The controller of a cluster is restarted now and then: nothing is known then.
                Err(QueueError::Refused(problem)) => {
                    screen.once(&Message::new("cli-slurm-unknown").with("problem", problem));
                }
                Err(error) => return Err(super::queue_error("squeue", error)),
            }
            if looks >= FINAL_LOOKS {
                screen.end();
                self.explain(parts, states, &screen.failed);
                return Ok(Outcome::Incomplete);
            }
            let latest = queue::latest(&states);
            let overview = Overview::read(self.folder, self.class.shards, &parts.complete, &latest);
            let graded = overview.done - overview.unchanged;
            let (since, before) = *pace.get_or_insert((Instant::now(), graded));
            let left = self.class.size.saturating_sub(overview.done);
            let left = time_left(graded.saturating_sub(before), since.elapsed(), left).map(rough_time);
            screen.show(self, &overview, left.as_deref());
            if is_cancelled_within(cancel, POLL_SECONDS) {
                screen.end();
                note(self.reader, &Message::new("cli-slurm-left"));
                return Ok(Outcome::Interrupted);
            }
        }
    }

    /// Explains why the class is not merged although no job is left. Failed shards that are on the
    /// screen are not listed again.
    fn explain(&self, parts: &Parts<'_>, mut states: Vec<JobState>, shown: &BTreeSet<u32>) {
        let missing = parts.missing();
        let known: BTreeSet<u32> = states.iter().filter_map(|state| state.task).collect();
        if missing.iter().any(|shard| !known.contains(shard)) {
            states.extend(queue::recorded_states(&self.state.arrays()));
        }
        let latest = queue::latest(&states);
        let unseen = || missing.iter().filter(|shard| !shown.contains(shard));
        let room = MAX_LISTED.saturating_sub(shown.len());
        for shard in unseen().take(room) {
            let state = latest.get(shard).map_or("?", |state| state.state.as_str());
            note(self.reader, &self.failure(*shard, state));
        }
        let more = unseen().count().saturating_sub(room);
        if more > 0 {
            note(self.reader, &Message::new("cli-slurm-more").with("n", more));
        }
        let message = Message::new("cli-slurm-incomplete").with("n", missing.len());
        note(self.reader, &message.with("log", safe_path(&self.folder.merge_log())));
    }

    fn failure(&self, shard: u32, state: &str) -> Message {
        let message = Message::new("cli-slurm-failed").with("shard", shard.to_string());
        message.with("state", printable_text(state)).with("log", safe_path(&self.folder.log(shard)))
    }
}

/// Prints a message on standard error. Errors are ignored: the terminal may be gone.
pub(super) fn note(reader: &Ui, message: &Message) {
    let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(message));
}

/// Waits for a signal. Returns true if one has arrived.
fn is_cancelled_within(cancel: &Cancel, seconds: i64) -> bool {
    let time = rustix::event::Timespec { tv_sec: seconds, tv_nsec: 0 };
    let mut wanted = [rustix::event::PollFd::new(cancel, rustix::event::PollFlags::IN)];
    // A signal also interrupts the wait itself.
    let _ = rustix::event::poll(&mut wanted, Some(&time));
    cancel.is_cancelled()
}

/// A bar with the counts on a terminal; in a pipe, a line whenever a shard has ended.
struct Screen<'a> {
    reader: &'a Ui,
    bar: Option<ProgressBar>,
    /// The number of complete shards that was printed last.
    printed: Option<usize>,
    /// The failed shards that were printed.
    failed: BTreeSet<u32>,
    /// Messages that were printed once.
    notes: BTreeSet<String>,
}

impl<'a> Screen<'a> {
    fn new(reader: &'a Ui) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:20} {wide_msg}");
            ProgressBar::no_length().with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { reader, bar, printed: None, failed: BTreeSet::new(), notes: BTreeSet::new() }
    }

    fn show(&mut self, watch: &Watch<'_>, overview: &Overview, left: Option<&str>) {
        for (shard, state) in &overview.failed {
            if self.failed.len() < MAX_LISTED && self.failed.insert(*shard) {
                self.line(&watch.failure(*shard, state));
            }
        }
        // A shard that was submitted again may fail again.
        self.failed.retain(|shard| overview.failed.contains_key(shard));
        let message = Message::new("cli-slurm-progress")
            .with("complete", overview.complete)
            .with("shards", watch.class.shards.to_string())
            .with("running", overview.running)
            .with("done", overview.done)
            .with("total", watch.class.size)
            .with("errors", overview.errors)
            .with("left", left.unwrap_or("none"));
        match &self.bar {
            Some(bar) => {
                bar.set_length(watch.class.size as u64);
                bar.set_position(overview.done as u64);
                bar.set_message(self.reader.words.format(&message));
            }
            None if self.printed != Some(overview.complete) => {
                self.printed = Some(overview.complete);
                note(self.reader, &message);
            }
            None => {}
        }
    }

    /// Prints a message, unless it was printed before.
    fn once(&mut self, message: &Message) {
        if self.notes.insert(self.reader.words.format(message)) {
            self.line(message);
        }
    }

    fn line(&self, message: &Message) {
        match &self.bar {
            Some(bar) => bar.suspend(|| note(self.reader, message)),
            None => note(self.reader, message),
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
