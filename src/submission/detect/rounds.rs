//! Starts and probes every candidate alone, with several command lines if the first shows nothing.
//! If there are many, a short probe of each comes first, so that servers are found before the time
//! is used up.

use std::time::Duration;

use crate::model::StartFailure;
use crate::model::bytes::printable_text;
use crate::run::Session;
use crate::scenario::lab::{Lab, RoleEntry};
use crate::submission::candidate::{Candidate, ProgramProblem};
use crate::submission::import::Submission;
use crate::submission::language::Recipe;
use crate::submission::probe::outcome::ProbeOutcome;
use crate::submission::probe::{ProbeProgram, ProbeScript, SOCKET_TIMEOUT};
use crate::submission::{heuristics, probe};

/// Time of the first probe if there are many candidates: most servers have their socket within a
/// tenth of it. Runnable programs are waited for, and idle ones may get the full time in a second
/// probe.
const SHORT_PROBE_TIME: Duration = Duration::from_secs(2);
/// With more candidates per parallel job than this, there are many.
const MANY: usize = 2;

/// Starts every candidate alone. Those that exit for lack of an argument or an input start again
/// with one.
pub(crate) fn observe_all(delivery: &Submission, lab: &Lab, candidates: &mut [Candidate], session: Session<'_>) {
    let port_of = |candidate: &Candidate| {
        let protocol = candidate.reading.protocol().or_else(|| heuristics::named_protocol(&candidate.file));
        let fits = |entry: &&RoleEntry| protocol.is_none_or(|protocol| entry.protocol == protocol);
        lab.roles.values().find(fits).map_or(65432, |entry| entry.port)
    };
    let words = |recipe: &Recipe, more: &[&str]| {
        recipe.run.iter().cloned().chain(more.iter().map(|&word| word.to_owned())).collect::<Vec<_>>()
    };
    for round in 0..4 {
        let mut chosen = Vec::new();
        for (k, one) in candidates.iter_mut().enumerate() {
            if one.trouble.is_some() || matches!(one.seen, ProbeOutcome::Ready(..)) {
                continue;
            }
            let failed = matches!(one.seen, ProbeOutcome::NoSocket(StartFailure::Exited(_), _));
            let waits =
                matches!(one.seen, ProbeOutcome::NoSocket(StartFailure::Nothing { .. } | StartFailure::AsksInput, _));
            let port = Some(port_of(one));
            let next = match round {
                0 => ProbeProgram { words: words(&one.recipe, &[]), stdin: None, port: None },
                1 if failed && one.reading.arguments => {
                    ProbeProgram { words: words(&one.recipe, &["{port}"]), stdin: None, port }
                }
                2 if failed && one.reading.arguments => {
                    ProbeProgram { words: words(&one.recipe, &["{host}", "{port}"]), stdin: None, port }
                }
                3 if (waits || failed) && one.reading.reads_stdin && one.reading.serves => {
                    ProbeProgram { words: words(&one.recipe, &[]), stdin: Some("{port}\n".to_owned()), port }
                }
                _ => continue,
            };
            chosen.push((k, next));
        }
        let starts: Vec<ProbeProgram> = chosen.iter().map(|(_, start)| start.clone()).collect();
        if starts.is_empty() {
            continue;
        }
        let seen = probe_all(delivery, &starts, session);
        for ((k, start), seen) in chosen.into_iter().zip(seen) {
            let better = round == 0 || matches!(seen, ProbeOutcome::Ready(..));
            let missing = match &seen {
                ProbeOutcome::NoSocket(StartFailure::Missing(tool), _) => Some(tool),
                ProbeOutcome::NoSocket(StartFailure::MissingInterpreter { program, interpreter }, _) => {
                    Some(interpreter.as_ref().unwrap_or(program))
                }
                _ => None,
            };
            if let Some(tool) = missing {
                candidates[k].trouble = Some(ProgramProblem::Missing(printable_text(tool)));
            }
            if better {
                (candidates[k].seen, candidates[k].start) = (seen, start);
            }
        }
    }
}

/// Probes these programs. Returns the outcomes in the same order.
fn probe_all(delivery: &Submission, starts: &[ProbeProgram], session: Session<'_>) -> Vec<ProbeOutcome> {
    let is_many = starts.len() > MANY * session.jobs;
    let in_full =
        |starts: &[ProbeProgram]| probe::classify(&delivery.root, starts, ProbeScript::Two, SOCKET_TIMEOUT, session);
    let mut seen = if is_many {
        probe::classify(&delivery.root, starts, ProbeScript::Brief, SHORT_PROBE_TIME, session)
    } else {
        in_full(starts)
    };
    // Probes without a result, because the machine prevented it, are repeated one at a time.
    for (seen, start) in seen.iter_mut().zip(starts).filter(|(seen, _)| **seen == ProbeOutcome::Unknown) {
        if let Some(again) = in_full(std::slice::from_ref(start)).pop() {
            *seen = again;
        }
    }
    if !is_many {
        return seen;
    }
    // A server that is slow has its socket, but no answer yet.
    let is_silent = |seen: &ProbeOutcome| match seen {
        ProbeOutcome::NoSocket(StartFailure::Nothing { .. }, _) => true,
        ProbeOutcome::Ready(_, answered) => answered.serves.is_none() || answered.answers.is_none(),
        _ => false,
    };
    let silent: Vec<usize> = (0..seen.len()).filter(|&k| is_silent(&seen[k])).collect();
    let again: Vec<ProbeProgram> = silent.iter().map(|&k| starts[k].clone()).collect();
    for (k, again) in silent.into_iter().zip(in_full(&again)) {
        // If there was no time left, the outcome of the short probe remains.
        if again != ProbeOutcome::Unknown {
            seen[k] = again;
        }
    }
    seen
}
