//! Finds the error that a Python program catches and hides, for servers that read everything and sent
//! nothing: by one further run in which the interpreter reports the mistakes that the program
//! catches. Changes the shown cause of a failure, never a verdict.

use std::collections::BTreeMap;
use std::path::Path;

use super::waiting_line::{output, own_file};
use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::bytes::printable_prefix;
use crate::model::report::ShownFinding;
use crate::model::{Cause, ClientId, Hint, ItemResult, Role, SourceLocation, Verdict};
use crate::run::RunPlan;
use crate::run::source_hint::whole;
use crate::scenario::expect::advice;
use crate::submission::import::Submission;
use crate::submission::probe::replay;

/// The program that runs another one and reports what it catches.
const TRACE: &str = include_str!("caught_error/trace.py");
/// The first field of a line of that report; the others are file, line and error, separated by tabs.
const MARK: &str = "socklab-caught\t";
/// Maximum bytes of an error that a message quotes.
const MAX_ERROR_BYTES: usize = 200;

/// An error that a program caught.
#[derive(Debug, Clone, PartialEq, Eq)]
struct CaughtError {
    place: SourceLocation,
    /// Its type and its message.
    error: String,
}

/// Adds the error that the program catches to findings of missing answers.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission, plan: &RunPlan<'_>) {
    let mut caught: BTreeMap<Role, Option<CaughtError>> = BTreeMap::new();
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let Some(program) = item.role.as_ref().and_then(|role| traced(plan.programs.get(role)?)) else { continue };
        let Some(role) = item.role.clone() else { continue };
        // Another run may have said more exactly how the connection ended.
        let shown = item.shown();
        let is_open = |finding: &ShownFinding<'_>| finding.because.cause().is_some_and(leaves_open);
        let open: Vec<usize> = (0..).zip(&shown.findings).filter(|(_, one)| is_open(one)).map(|(at, _)| at).collect();
        if open.is_empty() {
            continue;
        }
        let run = || {
            let seen = replay::with_program(&item.id, &role, program, plan)?;
            caught_errors(&output(&seen), delivery).into_iter().next()
        };
        let Some(found) = caught.entry(role.clone()).or_insert_with(run) else { continue };
        let error = printable_prefix(found.error.as_bytes(), MAX_ERROR_BYTES);
        let cause = Cause::ErrorCaught { error, hint: advice(&found.error).unwrap_or(Hint::ErrorCaught) };
        for finding in open {
            item.explain(finding, cause.clone(), found.place.clone());
        }
    }
}

/// Returns true if a cause leaves open why data that the server has read was not answered.
const fn leaves_open(cause: &Cause) -> bool {
    match cause {
        // A thread that ends by an error leaves what later clients send.
        Cause::DataUnread { client, .. } | Cause::ReadNotAnswered { client, .. } => client.0 == ClientId(1).0,
        cause => matches!(
            cause,
            Cause::ClosedAfterReading { .. }
                | Cause::NoAnswerClosed { .. }
                | Cause::ReadsOn { .. }
                | Cause::PrintedSilent { .. }
                | Cause::DatagramReadNotAnswered { .. }
        ),
    }
}

/// Returns a program that runs under the trace, if it is one of CPython without options.
fn traced(program: &ProgramSpec) -> Option<ProgramSpec> {
    let ProgramSource::Command(words) = &program.runs else { return None };
    let [python, script, ..] = &words[..] else { return None };
    let is_python = Path::new(python).file_name()?.to_str()?.starts_with("python");
    let is_script = Path::new(script).extension().is_some_and(|ending| ending == "py") && !script.starts_with('-');
    if !is_python || !is_script {
        return None;
    }
    let start = [python.clone(), "-c".to_owned(), TRACE.to_owned()];
    let words = start.into_iter().chain(words[1..].iter().cloned()).collect();
    Some(ProgramSpec { runs: ProgramSource::Command(words), ..program.clone() })
}

/// Returns the errors that the trace reported, in order, with the files of the submission.
fn caught_errors(output: &str, delivery: &Submission) -> Vec<CaughtError> {
    let error = |line: &str| {
        let mut fields = line.strip_prefix(MARK)?.splitn(3, '\t');
        let file = own_file(fields.next()?, &delivery.files)?;
        let line = fields.next()?.parse().ok()?;
        Some(CaughtError { place: SourceLocation { line, ..whole(file) }, error: fields.next()?.to_owned() })
    };
    output.lines().filter_map(error).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(words: &[&str]) -> ProgramSpec {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        ProgramSpec::new(ProgramSource::Command(words))
    }

    #[test]
    fn script_runs_under_the_trace_with_its_arguments() {
        let traced = traced(&program(&["/usr/bin/python3", "s.py", "65432"])).expect("a script");
        let ProgramSource::Command(words) = traced.runs else { panic!("a command") };
        assert_eq!([&words[0], &words[1], &words[3], &words[4]], ["/usr/bin/python3", "-c", "s.py", "65432"]);
    }

    #[test]
    fn other_programs_run_as_they_are() {
        for words in [&["node", "s.js"][..], &["python3", "-u", "s.py"], &["python3"], &["./s.py", "s.py"], &[]] {
            assert_eq!(traced(&program(words)), None, "{words:?}");
        }
    }
}
