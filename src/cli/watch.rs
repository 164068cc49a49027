//! `--watch`: does something again whenever files below a folder change. It does not know what.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use anyhow::Context;
use notify::{RecursiveMode, Watcher};

use super::exit::{Exit, Trouble};
use crate::run::Cancel;

/// An editor writes a file in several steps: so long nothing must have happened.
const QUIET: Duration = Duration::from_millis(200);
/// How often a break-off is looked for.
const LOOK: Duration = Duration::from_millis(250);

/// What is done; it gets what it gave the last time.
pub(super) type Act<'a> = &'a mut dyn FnMut(Option<&str>) -> Result<(Exit, String), Trouble>;

/// Does `act` now, and again after every change, until the run is broken off. `act` gets what it gave the last time.
pub(super) fn watch(path: &Path, cancel: &Cancel, act: Act<'_>) -> Result<Exit, Trouble> {
    let (sender, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Opening and reading a file is no change of it, and our own copying does just that.
        if event.is_ok_and(|event| !event.kind.is_access()) {
            let _ = sender.send(());
        }
    })
    .context("watching files")?;
    watcher.watch(path, RecursiveMode::Recursive).with_context(|| format!("watching {}", path.display()))?;
    let (mut exit, mut last) = act(None)?;
    while !cancel.is_cancelled() {
        match changes.recv_timeout(LOOK) {
            Ok(()) => {
                while changes.recv_timeout(QUIET).is_ok() {}
                match act(Some(&last)) {
                    Ok((_, same)) if same == last => {}
                    Ok(now) => (exit, last) = now,
                    // A manifest that is half written is told, and waited for.
                    Err(trouble @ (Trouble::Usage(_) | Trouble::Mistakes(..))) => {
                        let words = crate::words::Words::of(crate::words::language_from(None, &|name| {
                            std::env::var(name).ok()
                        }));
                        let _ = trouble.tell(&words);
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
