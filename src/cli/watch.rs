//! `--watch`: repeats an action after each change of the files below a folder, and says when it ran
//! and what changed. The lines about the watching go to standard error.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::Context;
use notify::{RecursiveMode, Watcher};

use super::changes::Outcome;
use super::exit::{CliError, ExitStatus};
use crate::i18n::Catalog;
use crate::model::Message;
use crate::run::Cancel;
use crate::submission::import::is_skipped;
use crate::sys::local_time::time_of_day;

/// Quiet time required after a change, because editors write a file in several steps.
const QUIET_TIME: Duration = Duration::from_millis(200);
/// Interval between checks for cancellation.
const CANCEL_POLL_INTERVAL: Duration = Duration::from_millis(250);

/// A finished action.
pub(super) struct Watched {
    /// The exit code, if this action is the last one.
    pub exit: ExitStatus,
    /// The hash of the watched files.
    pub hash: String,
    /// The results; `None` if the hash had not changed, so that nothing was run.
    pub outcome: Option<Outcome>,
}

/// The repeated action. It receives the hash that it returned the last time.
pub(super) type WatchAction<'a> = &'a mut dyn FnMut(Option<&str>) -> Result<Watched, CliError>;

/// Runs `act` now and after every change, until cancelled. Errors of the submission's author are
/// printed with `words`, and watching goes on.
pub(super) fn watch(
    path: &Path,
    cancel: &Cancel,
    words: &Catalog,
    act: WatchAction<'_>,
) -> Result<ExitStatus, CliError> {
    let (sender, changes) = channel();
    let top = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Opening and reading do not change a file, and copying the submission does both. The
        // evidence of the run itself may be in the folder.
        let is_own = |file: &Path| !is_skipped(file.strip_prefix(&top).unwrap_or(file));
        if event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(|file| is_own(file))) {
            let _ = sender.send(());
        }
    })
    .context("watching files")?;
    watcher.watch(path, RecursiveMode::Recursive).with_context(|| format!("watching {}", path.display()))?;
    let Watched { mut exit, mut hash, mut outcome } = act(None)?;
    let shown = crate::model::bytes::safe_path(path);
    let watching = || print_status(words, Message::new("cli-watching").with("path", shown.as_str()));
    watching();
    while !cancel.is_cancelled() {
        match changes.recv_timeout(CANCEL_POLL_INTERVAL) {
            Ok(()) => {
                while changes.recv_timeout(QUIET_TIME).is_ok() {}
                print_separator();
                print_status(words, Message::new("watch-again"));
                match act(Some(&hash)) {
                    Ok(Watched { outcome: None, .. }) => print_status(words, Message::new("watch-same-files")),
                    Ok(now) => {
                        if let (Some(before), Some(after)) = (&outcome, &now.outcome) {
                            let _ = write!(std::io::stderr().lock(), "\n{}", after.changes_since(before, words));
                        }
                        Watched { exit, hash, outcome } = now;
                    }
                    // A manifest that is being edited is reported; the next change may complete it.
                    Err(trouble @ (CliError::Usage(_) | CliError::Diagnostics(..))) => {
                        let _ = trouble.print(words);
                    }
                    Err(trouble) => return Err(trouble),
                }
                if !cancel.is_cancelled() {
                    watching();
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    // A terminal shows `^C` in the last line.
    if std::io::stderr().is_terminal() {
        let _ = writeln!(std::io::stderr().lock());
    }
    Ok(exit)
}

/// Prints a line that separates two runs on a terminal.
fn print_separator() {
    const COLUMNS: usize = 60;
    if std::io::stderr().is_terminal() {
        let _ = writeln!(std::io::stderr().lock(), "\n{}", "─".repeat(COLUMNS));
    }
}

/// Prints a line about the watching itself, with the time.
fn print_status(words: &Catalog, message: Message) {
    let time = time_of_day().map(|[hour, minute, second]| format!("{hour:02}:{minute:02}:{second:02} "));
    let _ = writeln!(std::io::stderr().lock(), "{}{}", time.unwrap_or_default(), words.format(&message));
}
