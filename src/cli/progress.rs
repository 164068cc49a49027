//! Reports the progress of a run on standard error, so that reports on standard output stay clean.
//!
//! On a terminal, one updating line shows what each scenario waits for. In a pipe, each finished
//! scenario gets a line.

use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::i18n::Catalog;
use crate::model::report::Tally;
use crate::model::{ItemId, ItemResult, Message};
use crate::run::{Progress, ScenarioDone};
use crate::scenario::Scenario;

/// Displays the progress of a run.
pub(super) struct ProgressLine<'a> {
    words: &'a Catalog,
    bar: Option<ProgressBar>,
    /// The running scenarios, each with its current activity.
    running: Mutex<Vec<(String, String)>>,
    /// The requested items; `None` means all.
    asked: Option<&'a BTreeSet<ItemId>>,
}

impl<'a> ProgressLine<'a> {
    /// Creates the progress line with an initial message.
    pub(super) fn new(words: &'a Catalog, id: &'static str) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = terminal.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(20));
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                bar.set_style(style);
            }
            bar.set_message(words.sentence(id));
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
    fn progress_line(&self, scenario: &Scenario, items: &[ItemResult]) -> Option<String> {
        let is_asked = |item: &&ItemResult| self.asked.is_none_or(|asked| asked.contains(&item.id));
        let counted: Vec<ItemResult> = items.iter().filter(is_asked).cloned().collect();
        let (tally, first) = (Tally::count(&counted), counted.first()?);
        let message = Message::new("cli-scenario-over")
            .with("scenario", scenario.name.as_str())
            .with("pass", tally.pass)
            .with("all", tally.total())
            .with("ms", first.took_ms);
        Some(self.words.format(&message))
    }

    /// Sets the total number of scenarios and shows the counter.
    pub(super) fn count(&self, scenarios: usize) {
        if let (Some(bar), Ok(style)) = (&self.bar, ProgressStyle::with_template("{spinner} {pos}/{len} {wide_msg}")) {
            bar.set_style(style);
            bar.set_length(scenarios as u64);
        }
    }

    /// Counts one more, for a run whose scenarios are not shown.
    pub(super) fn advance(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    /// Shows a message after all scenarios have finished.
    pub(super) fn set_message(&self, id: &'static str) {
        if let Some(bar) = &self.bar {
            bar.set_message(self.words.sentence(id));
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
            bar.set_message(status_text(&running, self.words));
        }
    }
}

/// Describes the running scenarios in one line; the terminal truncates it.
fn status_text(running: &[(String, String)], words: &Catalog) -> String {
    let one = |(scenario, doing): &(String, String)| {
        let message = Message::new("progress-scenario").with("scenario", scenario.as_str());
        words.format(&message.with("doing", doing.as_str()))
    };
    running.iter().map(one).collect::<Vec<_>>().join("  ")
}

/// Returns the activity of step `number`. After the last step, packets are being read.
fn activity(scenario: &Scenario, number: usize) -> &'static str {
    scenario.steps.get(number).map_or("progress-packets", |step| activity_id(step.word()))
}

/// Returns the message id for the activity of a step.
fn activity_id(step: &str) -> &'static str {
    match step {
        "start" | "run" => "progress-start",
        "type" => "progress-type",
        "listen" => "progress-listen",
        "accept" => "progress-accept",
        "connect" | "connect_unread" => "progress-connect",
        "send" | "use" => "progress-send",
        "receive" => "progress-receive",
        "exchange" | "request" => "progress-exchange",
        "finish_sending" => "progress-finish-sending",
        "close" => "progress-close",
        "close_unread" => "progress-close",
        "abort" => "progress-abort",
        "snapshot" | "collect" | "disturb" => "progress-snapshot",
        "wait" => "progress-wait",
        "stop" => "progress-stop",
        _ => "progress-other",
    }
}

impl Progress for ProgressLine<'_> {
    fn scenario_started(&self, scenario: &Scenario) {
        let doing = self.words.sentence(activity(scenario, 0));
        self.show(|running| running.push((scenario.name.clone(), doing)));
    }

    fn step_started(&self, scenario: &Scenario, number: usize) {
        let now = self.words.sentence(activity(scenario, number));
        self.show(|running| {
            if let Some((_, doing)) = running.iter_mut().find(|(name, _)| *name == scenario.name) {
                *doing = now;
            }
        });
    }

    fn scenario_finished(&self, over: &ScenarioDone<'_>) {
        let (scenario, items) = (over.scenario, over.items);
        self.show(|running| running.retain(|(name, _)| *name != scenario.name));
        let Some(bar) = &self.bar else {
            if over.evidence.is_none() && Tally::count(items).error == 0 {
                return; // No program was run, because it is missing.
            }
            if let Some(text) = self.progress_line(scenario, items) {
                let _ = writeln!(std::io::stderr().lock(), "{text}");
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
    use crate::scenario::ReadContext;
    use crate::scenario::step::Step;

    #[test]
    fn step_keywords_have_a_message_each() {
        let without: Vec<_> = Step::KEYWORDS.iter().filter(|word| activity_id(word) == "progress-other").collect();
        assert!(without.is_empty(), "{without:?}");
    }

    #[test]
    fn status_text_shows_current_activity() {
        let text = "scenario: eco\nsteps: [{ start: tcp-simple }, connect, { exchange: x }]\n\
                    items: [{ id: a, expect: [echo] }]\n";
        let scenario = Scenario::parse("eco.yaml", text, ReadContext::default()).expect("it is right");
        let words = Catalog::load(Language::Portuguese);
        let line = ProgressLine { words: &words, bar: None, running: Mutex::default(), asked: None };
        let status = || status_text(&line.running.lock().expect("not poisoned"), &words);
        line.scenario_started(&scenario);
        assert_eq!(status(), "eco: esperando o socket do servidor");
        line.step_started(&scenario, 2);
        assert_eq!(status(), "eco: enviando e esperando a resposta");
        line.step_started(&scenario, 3);
        assert_eq!(status(), "eco: lendo os pacotes");
    }
}
