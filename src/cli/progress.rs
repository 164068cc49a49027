//! Reports the progress of a run on standard error, so that reports on standard output stay clean.
//!
//! On a terminal, one updating line shows what each scenario waits for. In a pipe, each finished
//! scenario gets a line.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::model::report::Tally;
use crate::model::{ItemId, ItemResult, Message};
use crate::run::{Over, Progress};
use crate::scenario::Scenario;
use crate::words::Words;

/// Displays the progress of a run.
pub(super) struct Line<'a> {
    words: &'a Words,
    bar: Option<ProgressBar>,
    /// The running scenarios, each with its current activity.
    running: Mutex<Vec<(String, String)>>,
    /// The requested items; `None` means all.
    asked: Option<&'a BTreeSet<ItemId>>,
}

impl<'a> Line<'a> {
    /// Creates the progress line with an initial message.
    pub(super) fn new(words: &'a Words, id: &'static str) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = terminal.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(20));
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                bar.set_style(style);
            }
            bar.set_message(words.word(id));
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        Self { words, bar, running: Mutex::new(Vec::new()), asked: None }
    }

    /// Counts only these items. Others are judged only because these depend on them.
    pub(super) const fn asked(mut self, items: Option<&'a BTreeSet<ItemId>>) -> Self {
        self.asked = items;
        self
    }

    /// Returns the line for a finished scenario, or `None` if none of its items was requested.
    fn told_of(&self, scenario: &Scenario, items: &[ItemResult]) -> Option<String> {
        let is_asked = |item: &&ItemResult| self.asked.is_none_or(|asked| asked.contains(&item.id));
        let counted: Vec<ItemResult> = items.iter().filter(is_asked).cloned().collect();
        let (tally, first) = (Tally::of(&counted), counted.first()?);
        let message = Message::new("cli-scenario-over")
            .with("scenario", scenario.name.as_str())
            .with("pass", tally.pass)
            .with("all", tally.all())
            .with("ms", first.took_ms);
        Some(self.words.say(&message))
    }

    /// Sets the total number of scenarios and shows the counter.
    pub(super) fn count(&self, scenarios: usize) {
        if let (Some(bar), Ok(style)) = (&self.bar, ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg}")) {
            bar.set_style(style);
            bar.set_length(scenarios as u64);
        }
    }

    /// Shows a message after all scenarios have finished.
    pub(super) fn says(&self, id: &'static str) {
        if let Some(bar) = &self.bar {
            bar.set_message(self.words.word(id));
        }
    }

    /// Removes the progress line.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn show(&self, change: impl FnOnce(&mut Vec<(String, String)>)) {
        let mut running = self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut running);
        if let Some(bar) = &self.bar {
            bar.set_message(told(&running, self.words));
        }
    }
}

/// Describes the running scenarios in one line; the terminal truncates it.
fn told(running: &[(String, String)], words: &Words) -> String {
    let one = |(scenario, doing): &(String, String)| {
        let message = Message::new("progress-scenario").with("scenario", scenario.as_str());
        words.say(&message.with("doing", doing.as_str()))
    };
    running.iter().map(one).collect::<Vec<_>>().join("  ")
}

/// Returns the activity of step `number`. After the last step, packets are being read.
fn doing(scenario: &Scenario, number: usize) -> &'static str {
    scenario.steps.get(number).map_or("progress-packets", |step| sentence(step.word()))
}

/// Returns the message id for the activity of a step.
fn sentence(step: &str) -> &'static str {
    match step {
        "start" => "progress-start",
        "connect" | "connect_unread" => "progress-connect",
        "send" => "progress-send",
        "receive" => "progress-receive",
        "exchange" => "progress-exchange",
        "finish_sending" => "progress-finish-sending",
        "close" => "progress-close",
        "abort" => "progress-abort",
        "snapshot" => "progress-snapshot",
        "wait" => "progress-wait",
        "stop" => "progress-stop",
        _ => "progress-other",
    }
}

impl Progress for Line<'_> {
    fn begins(&self, scenario: &Scenario) {
        let doing = self.words.word(doing(scenario, 0));
        self.show(|running| running.push((scenario.name.clone(), doing)));
    }

    fn step(&self, scenario: &Scenario, number: usize) {
        let now = self.words.word(doing(scenario, number));
        self.show(|running| {
            if let Some((_, doing)) = running.iter_mut().find(|(name, _)| *name == scenario.name) {
                *doing = now;
            }
        });
    }

    fn over(&self, over: &Over<'_>) {
        let (scenario, items) = (over.scenario, over.items);
        self.show(|running| running.retain(|(name, _)| *name != scenario.name));
        let Some(bar) = &self.bar else {
            if over.evidence.is_none() && Tally::of(items).error == 0 {
                return; // No program was run, because it is missing.
            }
            if let Some(told) = self.told_of(scenario, items) {
                let _ = writeln!(std::io::stderr().lock(), "{told}");
            }
            return;
        };
        bar.inc(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;
    use crate::scenario::Setting;
    use crate::scenario::step::Step;

    #[test]
    fn step_keywords_have_a_message_each() {
        let without: Vec<_> = Step::WORDS.iter().filter(|word| sentence(word) == "progress-other").collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn status_text_shows_current_activity() {
        let text = "scenario: eco\nsteps: [{ start: tcp-simple }, connect, { exchange: x }]\n\
                    items: [{ id: a, expect: [echo] }]\n";
        let scenario = Scenario::read("eco.yaml", text, Setting::default()).expect("it is right");
        let words = Words::of(Language::Portuguese);
        let line = Line { words: &words, bar: None, running: Mutex::default(), asked: None };
        let told = || told(&line.running.lock().expect("not poisoned"), &words);
        line.begins(&scenario);
        assert_eq!(told(), "eco: esperando o socket do servidor");
        line.step(&scenario, 2);
        assert_eq!(told(), "eco: enviando e esperando a resposta");
        line.step(&scenario, 3);
        assert_eq!(told(), "eco: lendo os pacotes");
    }
}
