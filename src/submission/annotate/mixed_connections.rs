//! Finds the variable that the threads of a server share for their connections, by one further run
//! with two clients. In the scenario itself, the order of the threads decides whether an answer reaches
//! another client, or data is left unread. Changes the shown cause of a failure, never a verdict.

use std::collections::BTreeMap;

use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::{Annotation, Cause, ClientId, EventKind, Evidence, Hint, ItemResult, Role, Verdict};
use crate::run::RunPlan;
use crate::scenario::step::Step;
use crate::submission::import::Submission;
use crate::submission::probe::outcome::PROBE_TEXTS;
use crate::submission::probe::{self, ProbeProgram};

/// Adds the cause to items with several clients of which one was not served.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission, plan: &RunPlan<'_>) {
    let mut runs: BTreeMap<Role, bool> = BTreeMap::new();
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let findings = item.judged.findings.iter().enumerate().filter(|(_, one)| one.verdict == Verdict::Fail);
        let open = findings.filter(|(index, _)| item.shown_cause(*index).is_some_and(may_be_mixed));
        let open: Vec<usize> = open.map(|(index, _)| index).collect();
        let Some(role) = item.role.clone().filter(|_| !open.is_empty()) else { continue };
        let Some((scenario, _)) = plan.lab.items().find(|(_, known)| known.id == item.id) else { continue };
        let has_several = |step: &Step| matches!(step, Step::Connect(connect) if connect.clients > 1);
        if !scenario.steps.iter().any(has_several) {
            continue;
        }
        let run = || run(delivery, plan.programs.get(&role)?, plan);
        let is_mixed = *runs.entry(role.clone()).or_insert_with(|| run().is_some_and(|seen| is_mixed(&seen)));
        for finding in open.into_iter().filter(|_| is_mixed) {
            let is_other = |one: &Annotation| !matches!(one, Annotation::Rerun { finding: of, .. } if *of == finding);
            item.annotations.retain(is_other);
            item.annotations.push(Annotation::Rerun { finding, because: Cause::MixedConnections {}.into() });
        }
    }
}

/// Returns true if a cause says that a client was not served, or that a connection was closed early:
/// what threads do that use each other's connections.
const fn may_be_mixed(cause: &Cause) -> bool {
    match cause {
        Cause::CallFailed { hint, .. } | Cause::ErrorPrinted { hint, .. } | Cause::ThreadFailed { hint, .. } => {
            matches!(hint, Hint::DescriptorClosed | Hint::NegativeDescriptor)
        }
        Cause::ServerEndedByError { hint, .. } | Cause::ServerCrashed { hint, .. } => {
            matches!(hint, Hint::DescriptorClosed | Hint::BrokenPipe)
        }
        cause => matches!(
            cause,
            Cause::ReadNotAnswered { .. }
                | Cause::AwaitsOtherClient { .. }
                | Cause::DataUnread { call: Some(_), .. }
                | Cause::ReadsOn { .. }
                | Cause::NoAnswerSilent { .. }
                | Cause::NoAnswerClosed { .. }
                | Cause::OnlyFirstClient { .. }
                | Cause::ClosedBeforeData { .. }
        ),
    }
}

fn run(delivery: &Submission, program: &ProgramSpec, plan: &RunPlan<'_>) -> Option<Evidence> {
    let ProgramSpec { runs: ProgramSource::Command(words), stdin, port, .. } = program else { return None };
    let start = ProbeProgram { words: words.clone(), stdin: stdin.clone(), port: *port };
    probe::two_at_once(&delivery.root, &start, plan.session)
}

/// Returns true if the first client received nothing, and the second one the text of the first.
fn is_mixed(seen: &Evidence) -> bool {
    let received = |wanted: u32| -> Vec<u8> {
        let events = seen.journal.events_of_client(ClientId(wanted));
        let parts = events.filter_map(|event| match &event.kind {
            EventKind::Received { bytes, .. } => Some(bytes.0.clone()),
            _ => None,
        });
        parts.flatten().collect()
    };
    let text = PROBE_TEXTS[0].as_bytes();
    received(1).is_empty() && received(2).windows(text.len()).any(|part| part.eq_ignore_ascii_case(text))
}
