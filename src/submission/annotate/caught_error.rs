//! Finds the error that a Python or Ruby program catches and hides, for servers that read everything
//! and sent nothing: by one further run in which the interpreter reports the mistakes that the program
//! catches. Changes the shown cause of a failure, never a verdict.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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
/// Bytes of a source file that are read.
const MAX_SOURCE_BYTES: u64 = 256 << 10;
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
            let text = |file: &str| delivery.text(Path::new(file), MAX_SOURCE_BYTES);
            caught_errors(&output(&seen), &delivery.files).into_iter().find(|found| !is_expected(found, &text))
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
                | Cause::DatagramUnanswered { .. }
                | Cause::UnchangedUnanswered { .. }
                | Cause::StopsAtMessage { .. }
                | Cause::StopsAfterMessages { .. }
                | Cause::OneMessageUnanswered { .. }
                | Cause::AnswerCutByClose { .. }
        ),
    }
}

/// Returns true if the program catches an error of this kind by its name: it expects data that is no
/// text, and the fault is another one.
fn is_expected(found: &CaughtError, text: &dyn Fn(&str) -> String) -> bool {
    const NAMES: [&str; 4] = ["Unicode", "ValueError", "ArgumentError", "Encoding"];
    let handles = |line: &str| {
        let line = line.trim_start();
        (line.starts_with("except") || line.contains("rescue")) && NAMES.iter().any(|name| line.contains(name))
    };
    is_of_text(&found.error) && text(&found.place.file).lines().any(handles)
}

/// Returns true if an error says that data is no text.
fn is_of_text(error: &str) -> bool {
    ["Unicode", "Encoding::", "ArgumentError: "].iter().any(|begin| error.starts_with(begin))
}

/// Returns a program whose interpreter reports what it catches, if it is a script of CPython or Ruby
/// without options.
fn traced(program: &ProgramSpec) -> Option<ProgramSpec> {
    let ProgramSource::Command(words) = &program.runs else { return None };
    let [interpreter, script, ..] = &words[..] else { return None };
    let name = Path::new(interpreter).file_name()?.to_str()?;
    let ending = Path::new(script).extension()?.to_str().filter(|_| !script.starts_with('-'))?;
    let options: &[&str] = match ending {
        "py" if name.starts_with("python") => &["-c", TRACE],
        // https://ruby-doc.org/3.2/globals_rdoc.html, $DEBUG: each exception is printed when it is raised.
        "rb" if name.starts_with("ruby") => &["-d"],
        _ => return None,
    };
    let options = options.iter().map(|&option| option.to_owned());
    let words = std::iter::once(interpreter.clone()).chain(options).chain(words[1..].iter().cloned()).collect();
    Some(ProgramSpec { runs: ProgramSource::Command(words), ..program.clone() })
}

/// Returns the errors that the interpreter reported, in order, with the files of the submission.
fn caught_errors(output: &str, files: &[PathBuf]) -> Vec<CaughtError> {
    let errors = output.lines().filter_map(|line| traced_by_python(line).or_else(|| traced_by_ruby(line)));
    let known = errors.filter_map(|(file, line, error)| {
        let place = SourceLocation { line, ..whole(own_file(file, files)?) };
        Some(CaughtError { place, error })
    });
    known.collect()
}

/// Reads the file, the line and the error of a line that [`TRACE`] printed.
fn traced_by_python(line: &str) -> Option<(&str, u32, String)> {
    let mut fields = line.strip_prefix(MARK)?.splitn(3, '\t');
    Some((fields.next()?, fields.next()?.parse().ok()?, fields.next()?.to_owned()))
}

/// Reads such a line of Ruby. Its versions quote the class differently, and only errors that no sound
/// program raises on purpose count.
fn traced_by_ruby(line: &str) -> Option<(&str, u32, String)> {
    let line = line.strip_prefix("Exception `").or_else(|| line.strip_prefix("Exception '"))?;
    let (class, rest) = line.split_once("' at ")?;
    let (place, message) = rest.split_once(" - ")?;
    let (file, number) = place.rsplit_once(':')?;
    let is_mistake = matches!(class, "NameError" | "NoMethodError" | "TypeError")
        || class.starts_with("Encoding::")
        || (class == "ArgumentError" && message.contains("invalid byte sequence"));
    is_mistake.then_some((file, number.parse().ok()?, format!("{class}: {message}")))
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
        let ruby = super::traced(&program(&["ruby", "s.rb"])).map(|traced| traced.runs);
        assert_eq!(ruby, Some(program(&["ruby", "-d", "s.rb"]).runs));
        assert_eq!([&words[0], &words[1], &words[3], &words[4]], ["/usr/bin/python3", "-c", "s.py", "65432"]);
    }

    #[test]
    fn only_mistakes_in_files_of_the_submission_are_read() {
        let files = ["s.py", "s.rb"].map(PathBuf::from);
        let found = |line: &str| caught_errors(line, &files).pop().map(|one| (one.place.line, one.error));
        let python = found("socklab-caught\ts.py\t7\tTypeError: a\tb");
        assert_eq!(python, Some((7, "TypeError: a\tb".to_owned())));
        let ruby = Some((9, "NoMethodError: undefined method `upercase' for \"x\":String".to_owned()));
        let text = "NoMethodError' at s.rb:9 - undefined method `upercase' for \"x\":String";
        assert_eq!([found(&format!("Exception `{text}")), found(&format!("Exception '{text}"))], [ruby.clone(), ruby]);
        for other in [
            "socklab-caught\t/usr/lib/x.py\t7\tTypeError: a",
            "socklab-caught\ts.py\tseven\tTypeError: a",
            "socklab-caught\ts.py\t7",
            "Exception `EOFError' at s.rb:9 - end of file reached",
            "Exception `ArgumentError' at s.rb:9 - wrong number",
            "Exception `NoMethodError' at /usr/lib/ruby/set.rb:9 - undefined method",
            "Exception `NoMethodError' at s.rb - undefined method",
        ] {
            assert_eq!(found(other), None, "{other}");
        }
    }

    #[test]
    fn error_that_the_program_names_is_expected() {
        let found = |error: &str| CaughtError { place: whole(PathBuf::from("s.py")), error: error.to_owned() };
        let is_expected = |error: &str, text: &str| is_expected(&found(error), &|_| text.to_owned());
        let decode = "UnicodeDecodeError: 'utf-8' codec can't decode byte 0x80";
        assert!(is_expected(decode, "try:\n    f()\n  except UnicodeDecodeError:\n"));
        assert!(is_expected(decode, "except (OSError, ValueError) as e:\n"));
        assert!(is_expected("ArgumentError: invalid byte sequence in UTF-8", "  rescue ArgumentError\n"));
        assert!(!is_expected(decode, "except Exception:\n    break\n# ValueError\n"));
        assert!(!is_expected("TypeError: x", "except ValueError:\n"), "no error of text");
    }

    #[test]
    fn other_programs_run_as_they_are() {
        for words in [&["node", "s.js"][..], &["python3", "-u", "s.py"], &["python3"], &["./s.py", "s.py"], &[]] {
            assert_eq!(traced(&program(words)), None, "{words:?}");
        }
    }
}
