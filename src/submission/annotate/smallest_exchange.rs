//! Finds the smallest exchange that fails for the same cause as an item, and the command that
//! repeats it. Adds a note, never changes causes or points. Only `check` does this: it takes up to
//! two seconds per role.

mod search;

use std::collections::{BTreeMap, BTreeSet};
use std::mem::discriminant;
use std::time::{Duration, Instant};

use crate::model::bytes::printable_prefix;
use crate::model::{Annotation, Cause, ItemResult, Message, Role, Verdict};
use crate::run::{Progress, RunPlan, ScenarioDone, run};
use crate::scenario::Scenario;
use crate::scenario::dialogue::{Dialogue, SentMessage};
use crate::scenario::expect::{Symptom, symptom};
use crate::scenario::syntax::DurationArg;

/// Maximum time for the search of one role, unless it has made fewer than [`MIN_RUNS`].
const MAX_SEARCH_TIME: Duration = Duration::from_secs(2);
/// Number of runs that a search may make in a longer time, [`MAX_LONG_SEARCH_TIME`]: on a busy machine
/// each takes longer.
const MIN_RUNS: u32 = 20;
const MAX_LONG_SEARCH_TIME: Duration = Duration::from_secs(20);
/// Time limit of an answer in a search. A silent server is recognised much sooner.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// Maximum length of steps that are shown, in bytes.
const MAX_SHOWN_STEPS: usize = 300;
/// Maximum bytes of a message that a note quotes.
const MAX_QUOTED_BYTES: usize = 32;
/// Maximum number of messages that a note quotes.
const MAX_QUOTED_MESSAGES: usize = 4;

/// Adds the smallest exchange to the first failed item of each role whose answers failed.
pub(crate) fn annotate(items: &mut [ItemResult], plan: &RunPlan<'_>) {
    let mut done: BTreeSet<Role> = BTreeSet::new();
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let Some(role) = item.role.clone().filter(|role| !done.contains(role)) else { continue };
        let Some(cause) = exchange_cause(item) else { continue };
        if plan.session.cancel.is_cancelled() || !plan.session.budgets.probes.allows(Duration::ZERO) {
            return;
        }
        done.insert(role);
        if let Some(note) = smallest_exchange(item, cause, plan) {
            item.annotations.push(Annotation::SmallestExchange { note });
        }
    }
}

/// Message of the story line that proves that a server is silent.
const SILENT: &str = "story-silent";

/// Returns the cause of an item whose answers failed. Data that is missing may only be late, unless
/// the server was proved silent: without that, a smaller exchange would prove nothing.
fn exchange_cause(item: &ItemResult) -> Option<&Cause> {
    let mut failed = item.judged.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
    let first = failed.find(|finding| matches!(finding.expectation.as_str(), "echo" | "uppercase"))?;
    let is_silent = item.story.iter().any(|line| line.id == SILENT);
    // A program that is busy all the time makes every run long.
    let is_busy = |cause: &Cause| matches!(cause, Cause::DataUnread { call: None, .. } | Cause::SpinsAfterEnd { .. });
    first.because.cause().filter(|cause| !is_busy(cause)).filter(|cause| match symptom(cause) {
        Some(Symptom::Missing) => is_silent,
        Some(Symptom::Connection) => false,
        _ => true,
    })
}

fn smallest_exchange(item: &ItemResult, cause: &Cause, plan: &RunPlan<'_>) -> Option<Message> {
    let (scenario, _) = plan.lab.items().find(|(_, known)| known.id == item.id)?;
    let original = Dialogue::of(scenario, plan.session.seed)?;
    let budget = &plan.session.budgets.probes;
    budget.begin();
    let (began, mut runs) = (Instant::now(), 0);
    let smallest = search::smallest(&original, &mut |dialogue| {
        runs += 1;
        let limit = if runs <= MIN_RUNS { MAX_LONG_SEARCH_TIME } else { MAX_SEARCH_TIME };
        let is_time_left = began.elapsed() < limit;
        is_time_left && budget.allows(Duration::ZERO) && fails(dialogue, item, cause, plan)
    });
    budget.end();
    let smallest = smallest?;
    let steps = smallest.to_yaml();
    let command = format!("{} --steps {}", without_seed(&item.repeat), shell_words::quote(&steps));
    (steps.len() <= MAX_SHOWN_STEPS).then(|| describe(&smallest).with("command", command))
}

/// Returns a command line without its seed: the steps of a dialogue have no random data.
fn without_seed(command: &str) -> String {
    let Ok(mut words) = shell_words::split(command) else { return command.to_owned() };
    if let Some(at) = words.iter().position(|word| word == "--seed") {
        words.drain(at..(at + 2).min(words.len()));
    }
    shell_words::join(words)
}

/// Returns true if a dialogue fails for the same cause.
fn fails(dialogue: &Dialogue, item: &ItemResult, cause: &Cause, plan: &RunPlan<'_>) -> bool {
    let Ok(Some(mut lab)) = plan.lab.with_steps(&item.id, &dialogue.to_yaml()) else { return false };
    for scenario in &mut lab.scenarios {
        scenario.limits.answer = DurationArg(ANSWER_TIMEOUT);
        scenario.limits.scenario = DurationArg(MAX_SEARCH_TIME);
    }
    let smaller = RunPlan {
        lab: &lab,
        items: None,
        programs: plan.programs.clone(),
        absent: BTreeMap::new(),
        submission: plan.submission.clone(),
        folder: plan.folder.clone(),
        session: plan.session,
        repeat: String::new(),
        capture: false,
        stacks: false,
        results: false,
        retry_harness_errors: false,
        may_begin: &|| true,
    };
    let report = run(&smaller, &NoProgress);
    let result = report.submissions.first().and_then(|submission| submission.items.first());
    let found = result.filter(|result| result.verdict == Verdict::Fail).and_then(exchange_cause);
    found.is_some_and(|found| discriminant(found) == discriminant(cause))
}

/// Ignores the progress of the runs.
struct NoProgress;

impl Progress for NoProgress {
    fn scenario_started(&self, _: &Scenario) {}
    fn scenario_finished(&self, _: &ScenarioDone<'_>) {}
}

/// Returns the note for a dialogue, without the command.
fn describe(dialogue: &Dialogue) -> Message {
    let (clients, ..) = dialogue.size();
    if let [group] = &dialogue.groups[..] {
        return match &group.messages[..] {
            _ if group.clients > 1 => Message::new("note-fails-together").with("clients", group.clients),
            [message] if message.bytes.len() > MAX_QUOTED_BYTES => {
                Message::new("note-fails-with-bytes").with("bytes", message.bytes.len()).with("data", quoted(message))
            }
            [message] => Message::new("note-fails-with-one").with("data", quoted(message)),
            [first, rest @ ..] if rest.iter().all(|message| message == first) => {
                Message::new("note-fails-with-same").with("data", quoted(first)).with("times", group.messages.len())
            }
            several => {
                let shown: Vec<String> = several.iter().take(MAX_QUOTED_MESSAGES).map(quoted).collect();
                Message::new("note-fails-with-several").with("messages", several.len()).with("data", shown.join(", "))
            }
        };
    }
    Message::new("note-fails-in-turn").with("clients", clients)
}

fn quoted(message: &SentMessage) -> String {
    format!("\"{}\"", printable_prefix(&message.bytes, MAX_QUOTED_BYTES))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::dialogue::ClientGroup;

    #[test]
    fn command_is_repeated_without_its_seed() {
        assert_eq!(without_seed("socklab check 'a b' --seed 12 --item x.1"), "socklab check 'a b' --item x.1");
        assert_eq!(without_seed("socklab check a --item x.1"), "socklab check a --item x.1");
    }

    #[test]
    fn each_form_has_its_note() {
        let one =
            |messages: &[&str]| Dialogue::of_one_client(messages.iter().map(|text| SentMessage::new(*text)).collect());
        let group = |clients, messages| ClientGroup { clients, messages };
        let long = "a".repeat(1025);
        for (dialogue, id) in [
            (one(&["a"]), "note-fails-with-one"),
            (one(&[&long]), "note-fails-with-bytes"),
            (one(&["a", "a"]), "note-fails-with-same"),
            (one(&["a", "b"]), "note-fails-with-several"),
            (Dialogue { groups: vec![group(3, Vec::new())] }, "note-fails-together"),
            (Dialogue { groups: vec![group(1, vec![SentMessage::new("a")]); 2] }, "note-fails-in-turn"),
        ] {
            assert_eq!(describe(&dialogue).id, id);
        }
    }
}
