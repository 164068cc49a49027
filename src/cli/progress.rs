//! How far a run is: one line that moves on a terminal, a plain line per scenario in a pipe. On standard error, so that
//! reports on standard output stay clean.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::Message;
use crate::model::report::Tally;
use crate::run::{Over, Progress};
use crate::scenario::Scenario;
use crate::words::Words;

/// Tells how far a run is.
pub(super) struct Line<'a> {
    words: &'a Words,
    bar: Option<ProgressBar>,
    running: Mutex<Vec<String>>,
}

impl<'a> Line<'a> {
    pub(super) fn new(words: &'a Words, scenarios: usize) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = terminal.then(|| {
            let bar = ProgressBar::with_draw_target(Some(scenarios as u64), ProgressDrawTarget::stderr_with_hz(20));
            if let Ok(style) = ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { words, bar, running: Mutex::new(Vec::new()) }
    }

    /// Takes the moving line away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn show(&self, change: impl FnOnce(&mut Vec<String>)) {
        let mut running = self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut running);
        if let Some(bar) = &self.bar {
            bar.set_message(running.join("  "));
        }
    }
}

impl Progress for Line<'_> {
    fn begins(&self, scenario: &Scenario) {
        self.show(|running| running.push(scenario.name.clone()));
    }

    fn over(&self, over: &Over<'_>) {
        let (scenario, items) = (over.scenario, over.items);
        self.show(|running| running.retain(|name| *name != scenario.name));
        let Some(bar) = &self.bar else {
            let tally = Tally::of(items);
            if over.evidence.is_none() && tally.error == 0 {
                return; // Nothing was run: its program is not there.
            }
            let message = Message::new("cli-scenario-over")
                .with("scenario", scenario.name.as_str())
                .with("pass", tally.pass)
                .with("all", tally.all())
                .with("ms", items.first().map_or(0, |item| item.took_ms));
            let _ = writeln!(std::io::stderr().lock(), "{}", self.words.say(&message));
            return;
        };
        bar.inc(1);
    }
}
