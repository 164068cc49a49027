//! `--watch`: repeats an action after each change of the files below a folder.

use std::io::Write;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::Context;
use notify::{RecursiveMode, Watcher};

use super::exit::{CliError, ExitStatus};
use crate::i18n::Catalog;
use crate::model::Message;
use crate::run::Cancel;

/// Quiet time required after a change, because editors write a file in several steps.
const QUIET_TIME: Duration = Duration::from_millis(200);
/// Interval between checks for cancellation.
const CANCEL_POLL_INTERVAL: Duration = Duration::from_millis(250);

/// The repeated action. It receives the value that it returned the last time.
pub(super) type WatchAction<'a> = &'a mut dyn FnMut(Option<&str>) -> Result<(ExitStatus, String), CliError>;

/// Runs `act` now and after every change, until cancelled. `act` receives its previous return
/// value. Errors of the submission's author are printed with `words`, and watching goes on.
pub(super) fn watch(
    path: &Path,
    cancel: &Cancel,
    words: &Catalog,
    act: WatchAction<'_>,
) -> Result<ExitStatus, CliError> {
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Opening and reading do not change a file, and copying the submission does both.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = sender.send(());
        }
    })
    .context("watching files")?;
    watcher.watch(path, RecursiveMode::Recursive).with_context(|| format!("watching {}", path.display()))?;
    let (mut exit, mut last) = act(None)?;
    let shown = crate::model::bytes::safe_path(path);
    let watching = || print_status(words, &Message::new("cli-watching").with("path", shown.as_str()));
    watching();
    while !cancel.is_cancelled() {
        match changes.recv_timeout(CANCEL_POLL_INTERVAL) {
            Ok(()) => {
                while changes.recv_timeout(QUIET_TIME).is_ok() {}
                match act(Some(&last)) {
                    Ok((_, same)) if same == last => {}
                    Ok(now) => {
                        (exit, last) = now;
                        watching();
                    }
                    // A manifest that is being edited is reported; the next change may complete it.
                    Err(trouble @ (CliError::Usage(_) | CliError::Diagnostics(..))) => {
                        let _ = trouble.print(words);
                        watching();
                    }
                    Err(trouble) => return Err(trouble),
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    Ok(exit)
}

/// Prints a line about the watching itself to standard error.
fn print_status(words: &Catalog, message: &Message) {
    let _ = writeln!(std::io::stderr().lock(), "{}", words.format(message));
}
