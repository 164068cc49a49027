//! Starts and probes every candidate alone, with several command lines if the first shows nothing.
//! If there are many, a short probe of each comes first, so that servers are found before the time
//! is used up.

use std::time::Duration;

use crate::model::StartFailure;
use crate::model::bytes::printable_text;
use crate::run::Session;
use crate::scenario::lab::{AnswerKind, Lab, RoleEntry};
use crate::submission::candidate::{Candidate, ProgramProblem};
use crate::submission::detect::python_module::{
    ImportProblem, ModuleStart, PackageTree, import_problem, name_top_folder,
};
use crate::submission::import::Submission;
use crate::submission::probe::datagram_client;
use crate::submission::probe::outcome::{ProbeExit, ProbeOutcome};
use crate::submission::probe::role_probe::{RoleProbe, classify};
use crate::submission::probe::{ANSWER_LIMIT, ProbeProgram, ProbeScript, SOCKET_TIMEOUT};
use crate::submission::role_names::named_protocol;

/// Time of the first probe if there are many candidates: most servers have their socket within a
/// tenth of it. Runnable programs are waited for, and idle ones may get the full time in a second
/// probe.
const SHORT_PROBE_TIME: Duration = Duration::from_secs(2);
/// With more candidates per parallel job than this, there are many.
const MANY: usize = 2;

/// Starts every candidate alone. Those that exit for lack of an argument or an input start again
/// with one.
pub(crate) fn observe_all(delivery: &Submission, lab: &Lab, candidates: &mut [Candidate], session: Session<'_>) {
    let rounds = Rounds { delivery, lab, session };
    for round in 0..ROUNDS {
        if round == 1 {
            rounds.probe_modules(candidates);
        }
        let chosen: Vec<(usize, ProbeProgram)> = candidates
            .iter()
            .enumerate()
            .filter_map(|(k, one)| Some((k, start_of_round(round, one, rounds.port_of(one))?)))
            .collect();
        let starts: Vec<ProbeProgram> = chosen.iter().map(|(_, start)| start.clone()).collect();
        if starts.is_empty() {
            continue;
        }
        let seen = rounds.probe_all(&starts);
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
    rounds.find_datagram_clients(candidates);
    rounds.probe_greeting(candidates);
    rounds.probe_other_sockets(candidates);
}

/// Maximum number of times that a file is started as a module, each with more folders in its name.
const MAX_MODULE_STARTS: usize = 3;
/// Maximum bytes that are read of a source.
const MAX_SOURCE_BYTES: u64 = 256 << 10;

/// Returns the import at which a program ended.
fn problem_of(seen: &ProbeOutcome) -> Option<ImportProblem> {
    match seen {
        ProbeOutcome::NoSocket(StartFailure::Exited(_), exit) => import_problem(&exit.output),
        _ => None,
    }
}

/// Number of ways to start a candidate.
const ROUNDS: usize = 5;

/// Returns how a candidate is started in a round; `None` if that round is not for it.
fn start_of_round(round: usize, one: &Candidate, port: u16) -> Option<ProbeProgram> {
    if one.trouble.is_some() || matches!(one.seen, ProbeOutcome::Ready(..)) {
        return None;
    }
    let failed = matches!(one.seen, ProbeOutcome::NoSocket(StartFailure::Exited(_), _));
    let waits = matches!(one.seen, ProbeOutcome::NoSocket(StartFailure::Nothing { .. } | StartFailure::AsksInput, _));
    let with = |more: &[&str], stdin: Option<&str>| {
        let words = one.recipe.run.iter().cloned().chain(more.iter().map(|&word| word.to_owned())).collect();
        ProbeProgram { words, stdin: stdin.map(str::to_owned), port: Some(port) }
    };
    let arguments = failed && one.reading.arguments;
    Some(match round {
        0 => ProbeProgram { port: None, ..with(&[], None) },
        1 if arguments => with(&["{port}"], None),
        2 if arguments => with(&["{host}", "{port}"], None),
        3 if arguments && one.reading.port_option.is_some() => with(&[one.reading.port_option?, "{port}"], None),
        4 if (waits || failed) && one.reading.reads_stdin && one.reading.serves => with(&[], Some("{port}\n")),
        _ => return None,
    })
}

/// What all rounds share.
struct Rounds<'a> {
    delivery: &'a Submission,
    lab: &'a Lab,
    session: Session<'a>,
}

impl Rounds<'_> {
    /// Returns the port that a candidate gets as an argument or an input.
    fn port_of(&self, candidate: &Candidate) -> u16 {
        let protocol = candidate.reading.protocol().or_else(|| named_protocol(&candidate.file));
        let fits = |entry: &&RoleEntry| protocol.is_none_or(|protocol| entry.protocol == protocol);
        self.lab.roles.values().find(fits).map_or(65432, |entry| entry.port)
    }

    /// Returns a probe in which answers may take as long as in the lab.
    fn how(&self, script: ProbeScript, start: Duration) -> RoleProbe {
        let answer = self.lab.scenarios.iter().map(|scenario| scenario.limits.answer.0).max();
        RoleProbe {
            script,
            start,
            answer: answer.unwrap_or(ANSWER_LIMIT),
            requests: self.http_requests(),
            socket: None,
        }
    }

    /// Returns how many of the two texts of a probe are HTTP requests. In a lab that has only web
    /// servers, both: such a server need not answer another text, and would be waited for.
    fn http_requests(&self) -> usize {
        let servers = self.lab.roles.iter().filter(|(role, _)| !self.lab.is_client(role));
        let is_http: Vec<bool> = servers.map(|(_, entry)| entry.answers == Some(AnswerKind::Http)).collect();
        match is_http.contains(&true) {
            true if !is_http.contains(&false) => 2,
            is_any => usize::from(is_any),
        }
    }

    fn classify(&self, starts: &[ProbeProgram], how: RoleProbe) -> Vec<ProbeOutcome> {
        classify(&self.delivery.root, starts, how, self.session)
    }

    /// Probes these programs. Returns the outcomes in the same order.
    fn probe_all(&self, starts: &[ProbeProgram]) -> Vec<ProbeOutcome> {
        let is_many = starts.len() > MANY * self.session.jobs;
        let full = self.how(ProbeScript::Two, SOCKET_TIMEOUT);
        let first = if is_many { self.how(ProbeScript::Brief, SHORT_PROBE_TIME) } else { full };
        let mut seen = self.classify(starts, first);
        // Probes without a result, because the machine prevented it, are repeated one at a time.
        for (seen, start) in seen.iter_mut().zip(starts).filter(|(seen, _)| **seen == ProbeOutcome::Unknown) {
            if let Some(again) = self.classify(std::slice::from_ref(start), full).pop() {
                *seen = again;
            }
        }
        if !is_many {
            return seen;
        }
        // A server that is slow has its socket, but no answer yet.
        let is_silent = |seen: &ProbeOutcome| match seen {
            ProbeOutcome::NoSocket(StartFailure::Nothing { silent: false, .. }, _) => true,
            ProbeOutcome::Ready(_, answered) => answered.serves.is_none() || answered.answers.is_none(),
            _ => false,
        };
        let silent: Vec<usize> = (0..seen.len()).filter(|&k| is_silent(&seen[k])).collect();
        let again: Vec<ProbeProgram> = silent.iter().map(|&k| starts[k].clone()).collect();
        for (k, again) in silent.into_iter().zip(self.classify(&again, full)) {
            // If there was no time left, the outcome of the short probe remains.
            if again != ProbeOutcome::Unknown {
                seen[k] = again;
            }
        }
        seen
    }

    /// Starts Python files that ended at an import as modules of their package. The result counts
    /// if it gets beyond that import, and no other module of the submission is missing.
    fn probe_modules(&self, candidates: &mut [Candidate]) {
        let tree = PackageTree { files: &self.delivery.files, top_name: &self.delivery.top_name };
        let is_python = |one: &Candidate| one.trouble.is_none() && one.recipe.language == "Python";
        let mut problems: Vec<(usize, ImportProblem, usize)> = (0..candidates.len())
            .filter(|&k| is_python(&candidates[k]))
            .filter_map(|k| Some((k, problem_of(&candidates[k].seen)?, 0)))
            .collect();
        for _ in 0..MAX_MODULE_STARTS {
            let tried: Vec<(usize, ImportProblem, ModuleStart)> = problems
                .drain(..)
                .filter_map(|(k, problem, levels)| {
                    let file = &candidates[k].file;
                    let text = self.delivery.text(file, MAX_SOURCE_BYTES);
                    let start = tree.start(file, &text, &problem, levels)?;
                    let named = start.top.as_ref().map_or(Ok(()), |name| name_top_folder(self.delivery, name));
                    named.is_ok().then_some((k, problem, start))
                })
                .collect();
            let program = |start: &ModuleStart| ProbeProgram { words: start.words.clone(), stdin: None, port: None };
            let starts: Vec<ProbeProgram> = tried.iter().map(|(.., start)| program(start)).collect();
            if starts.is_empty() {
                return;
            }
            for (((k, problem, module), start), seen) in tried.into_iter().zip(&starts).zip(self.probe_all(&starts)) {
                let next = problem_of(&seen);
                let is_beyond = match &next {
                    Some(ImportProblem::Relative) => false,
                    Some(ImportProblem::Missing(other)) => !tree.has_anywhere(other) && next.as_ref() != Some(&problem),
                    None => seen != ProbeOutcome::Unknown,
                };
                if is_beyond {
                    let one = &mut candidates[k];
                    (one.seen, one.start) = (seen, start.clone());
                    one.recipe.run.clone_from(&start.words);
                }
                problems.extend(next.map(|next| (k, next, module.levels)));
            }
        }
    }

    /// Takes programs for clients whose socket for datagrams has any port, and which send from it
    /// before they receive anything. A server that answers is none.
    fn find_datagram_clients(&self, candidates: &mut [Candidate]) {
        for one in candidates {
            let may_be = matches!(&one.seen, ProbeOutcome::Ready(_, it) if it.is_any_port && it.serves.is_none());
            let destination = || datagram_client::destination(&self.delivery.root, &one.start, self.session);
            if let Some(address) = Some(()).filter(|()| may_be).and_then(|()| destination()) {
                let exit = ProbeExit { connected_to: Some(address), ..ProbeExit::default() };
                one.seen = ProbeOutcome::NoSocket(StartFailure::Nothing { within_ms: 0, silent: false }, exit);
            }
        }
    }

    /// Probes servers that speak first again, with time for the answer after the greeting.
    fn probe_greeting(&self, candidates: &mut [Candidate]) {
        let greets = |one: &Candidate| matches!(&one.seen, ProbeOutcome::Ready(_, it) if !it.greeting.is_empty());
        let chosen: Vec<usize> = (0..candidates.len()).filter(|&k| greets(&candidates[k])).collect();
        let starts: Vec<ProbeProgram> = chosen.iter().map(|&k| candidates[k].start.clone()).collect();
        let again = self.classify(&starts, self.how(ProbeScript::Greeted, SOCKET_TIMEOUT));
        for (k, again) in chosen.into_iter().zip(again) {
            if matches!(again, ProbeOutcome::Ready(..)) {
                candidates[k].seen = again;
            }
        }
    }

    /// Probes the further sockets of programs that have several, one after another.
    fn probe_other_sockets(&self, candidates: &mut [Candidate]) {
        for one in candidates {
            let ProbeOutcome::Ready(_, answered) = &one.seen else { continue };
            for row in answered.other_sockets.clone() {
                let socket = Some((row.protocol, row.local.port()));
                let how = RoleProbe { socket, ..self.how(ProbeScript::Two, SOCKET_TIMEOUT) };
                let seen = self.classify(std::slice::from_ref(&one.start), how).pop();
                if let Some(ProbeOutcome::Ready(found, answered)) = seen
                    && (found.protocol, found.local.port()) == (row.protocol, row.local.port())
                {
                    one.other_sockets.push((found, answered));
                }
            }
        }
    }
}
