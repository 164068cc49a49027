//! Finds the smallest exchange that fails for the same cause as an item, and the command that
//! repeats it. Adds a note, never changes causes or points. Only `check` does this: it takes up to
//! two seconds per role, and longer on a busy machine, unless the clock ends its waits.

mod search;

use std::collections::BTreeSet;
use std::mem::discriminant;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::model::bytes::printable_prefix;
use crate::model::cause::{Symptom, is_unproved, symptom};
use crate::model::{Annotation, Cause, Event, EventKind, ItemResult, Message, Role, Verdict};
use crate::run::{Progress, RunPlan, ScenarioDone, run};
use crate::scenario::Scenario;
use crate::scenario::dialogue::{Dialogue, SentMessage};
use crate::scenario::syntax::DurationArg;

/// Maximum time for the search of one role, unless it has made fewer than [`MIN_RUNS`].
const MAX_SEARCH_TIME: Duration = Duration::from_secs(2);
/// Number of runs that a search may make in a longer time, [`MAX_LONG_SEARCH_TIME`]: on a busy
/// machine each takes longer.
const MIN_RUNS: u32 = 20;
const MAX_LONG_SEARCH_TIME: Duration = Duration::from_secs(20);
/// Time limit of an answer in a search. A silent server is recognised much sooner.
const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// Maximum length of steps that are shown, in bytes.
const MAX_SHOWN_STEPS: usize = 300;
/// Maximum bytes of a message that a note quotes.
const MAX_QUOTED_BYTES: usize = 32;

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

/// Returns the cause of an item whose answers failed, unless it is about the connection, or a
/// smaller exchange would prove nothing.
fn exchange_cause(item: &ItemResult) -> Option<&Cause> {
    let mut failed = item.judged.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
    let first = failed.find(|finding| matches!(finding.expectation.as_str(), "echo" | "uppercase"))?;
    first.because.cause().filter(|cause| !is_unproved(cause) && symptom(cause) != Some(Symptom::Connection))
}

fn smallest_exchange(item: &ItemResult, cause: &Cause, plan: &RunPlan<'_>) -> Option<Message> {
    let (scenario, _) = plan.lab.items().find(|(_, known)| known.id == item.id)?;
    let original = Dialogue::of(scenario, plan.session.seed)?;
    let budget = &plan.session.budgets.probes;
    budget.begin();
    let (began, mut effort) = (Instant::now(), SearchEffort::default());
    let smallest = search::smallest(&original, &mut |dialogue| {
        let is_time_left = began.elapsed() < effort.limit();
        is_time_left && budget.allows(Duration::ZERO) && {
            let waits = WaitObserver::default();
            let has_failed = fails(dialogue, item, cause, plan, &waits);
            effort.add(&waits);
            has_failed
        }
    });
    budget.end();
    let smallest = smallest?;
    let steps = smallest.to_yaml();
    let command = format!("{} --steps {}", without_dialogue(&item.repeat), shell_words::quote(&steps));
    (steps.len() <= MAX_SHOWN_STEPS).then(|| describe(&smallest).with("command", command))
}

/// Returns a command line without its seed, since the steps of a dialogue have no random data, and
/// without the steps that it was given.
fn without_dialogue(command: &str) -> String {
    let Ok(mut words) = shell_words::split(command) else { return command.to_owned() };
    for option in ["--seed", "--steps"] {
        if let Some(at) = words.iter().position(|word| word == option) {
            words.drain(at..(at + 2).min(words.len()));
        }
    }
    shell_words::join(words)
}

/// The runs that a search has made.
#[derive(Debug, Default)]
struct SearchEffort {
    runs: u32,
    /// True if the clock ended a wait of one of them: that of a busy program, which the next runs
    /// would pay again.
    has_unproved_wait: bool,
}

impl SearchEffort {
    /// Returns how long the search may take. A busy machine makes runs longer, a busy program too.
    const fn limit(&self) -> Duration {
        if self.runs < MIN_RUNS && !self.has_unproved_wait { MAX_LONG_SEARCH_TIME } else { MAX_SEARCH_TIME }
    }

    fn add(&mut self, waits: &WaitObserver) {
        self.runs += 1;
        self.has_unproved_wait |= waits.unproved.load(Ordering::Relaxed);
    }
}

/// Returns true if a dialogue fails for the same cause.
fn fails(dialogue: &Dialogue, item: &ItemResult, cause: &Cause, plan: &RunPlan<'_>, waits: &WaitObserver) -> bool {
    let Ok(Some(mut lab)) = plan.lab.with_steps(&item.id, &dialogue.to_yaml()) else { return false };
    for scenario in &mut lab.scenarios {
        scenario.limits.answer = DurationArg(ANSWER_TIMEOUT);
        scenario.limits.scenario = DurationArg(MAX_SEARCH_TIME);
    }
    let report = run(&plan.again(&lab, &|| true), waits);
    let result = report.submissions.first().and_then(|submission| submission.items.first());
    let found = result.filter(|result| result.verdict == Verdict::Fail).and_then(exchange_cause);
    // Data that is missing may only be late, unless the server was proved silent.
    let is_proved = |cause| symptom(cause) != Some(Symptom::Missing) || waits.silent.load(Ordering::Relaxed);
    found.is_some_and(|found| discriminant(found) == discriminant(cause) && is_proved(found))
}

/// Notes how the waits of a run ended.
#[derive(Debug, Default)]
struct WaitObserver {
    /// True if the server was proved silent.
    silent: AtomicBool,
    /// True if the clock ended a wait for an answer.
    unproved: AtomicBool,
}

impl WaitObserver {
    fn add(&self, event: &Event) {
        match event.kind {
            EventKind::Silent { .. } => self.silent.store(true, Ordering::Relaxed),
            EventKind::Late { silent: false, .. } => self.unproved.store(true, Ordering::Relaxed),
            _ => {}
        }
    }
}

impl Progress for WaitObserver {
    fn scenario_started(&self, _: &Scenario) {}
    fn scenario_finished(&self, done: &ScenarioDone<'_>) {
        done.evidence.iter().flat_map(|evidence| evidence.journal.iter()).for_each(|event| self.add(event));
    }
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
            several => Message::new("note-fails-with-several").with("messages", several.len()),
        };
    }
    let data = dialogue.groups.iter().flat_map(|group| &group.messages).next().map(quoted).unwrap_or_default();
    Message::new("note-fails-in-turn").with("clients", clients).with("data", data)
}

fn quoted(message: &SentMessage) -> String {
    printable_prefix(&message.bytes, MAX_QUOTED_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::dialogue::ClientGroup;

    #[test]
    fn search_is_short_after_a_wait_that_only_the_clock_ended() {
        use crate::model::{ClientId, EventId, Moment, WaitTarget};
        let late = |silent| Event {
            id: EventId(0),
            at: Moment(0),
            step: 0,
            kind: EventKind::Late {
                client: ClientId(1),
                waiting: WaitTarget::End,
                within_ms: 500,
                silent,
                busy_unread: None,
            },
        };
        let limit_after = |silent| {
            let (mut effort, waits) = (SearchEffort::default(), WaitObserver::default());
            waits.add(&late(silent));
            effort.add(&waits);
            effort.limit()
        };
        assert_eq!(limit_after(true), MAX_LONG_SEARCH_TIME, "its length is that of the machine");
        assert_eq!(limit_after(false), MAX_SEARCH_TIME);
    }

    #[test]
    fn only_proved_causes_of_answers_are_searched() {
        let client = crate::model::ClientId(1);
        let is_searched = |cause: Cause, expectation: &str| {
            let mut item = crate::run::judge::tests::item("a.1", Verdict::Fail);
            let finding = crate::model::Finding::fail(cause);
            item.judged.findings = vec![crate::model::Finding { expectation: expectation.to_owned(), ..finding }];
            exchange_cause(&item).is_some()
        };
        assert!(is_searched(Cause::ReadsOn { client, call: "recv".to_owned() }, "echo"));
        assert!(
            !is_searched(Cause::NoAnswerLate { client, ms: 5000, hint: crate::model::Hint::NoAnswer }, "echo"),
            "it may only be slow"
        );
        assert!(
            !is_searched(
                Cause::DataUnread { client, bytes: 9, call: None, hint: crate::model::Hint::ReadData },
                "echo"
            ),
            "it may be busy"
        );
        assert!(
            !is_searched(Cause::LeftInCloseWait { client, state: crate::model::TcpState::CloseWait }, "echo"),
            "nothing was exchanged"
        );
        assert!(!is_searched(Cause::ReadsOn { client, call: "recv".to_owned() }, "listening"));
    }

    #[test]
    fn command_is_repeated_without_its_seed_and_steps() {
        assert_eq!(without_dialogue("socklab check 'a b' --seed 12 --item x.1"), "socklab check 'a b' --item x.1");
        assert_eq!(without_dialogue("socklab check a --item x.1"), "socklab check a --item x.1");
        assert_eq!(
            without_dialogue("socklab check a --seed 1 --steps 'connect, close' --item x.1"),
            "socklab check a --item x.1"
        );
        assert_eq!(without_dialogue("socklab check steps --item x.1"), "socklab check steps --item x.1");
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
