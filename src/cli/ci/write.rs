//! Writes the outputs of a service. On GitHub Actions, other output is enclosed in `stop-commands`
//! with a random token, so that no text in it acts as a workflow command.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;

use super::classroom50::metadata;
use super::{CiEnv, CiOutput, outputs, submission};
use crate::cli::Ui;
use crate::cli::exit::CliError;
use crate::cli::outputs::{ReportTarget, same_file, write_atomically};
use crate::model::bytes::safe_path;
use crate::model::{Message, Report};
use crate::report::github::{Github, SubmissionLocation};
use crate::report::{Markdown, Render, find_format};

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

const PROCESS_ENV: CiEnv<'static> = CiEnv { variable: &variable, is_folder: &Path::is_dir };

/// Returns the service's metadata of the submission.
pub(in crate::cli) fn ci_env() -> BTreeMap<String, String> {
    metadata(&variable, SystemTime::now())
}

/// The outputs written without an option.
pub(in crate::cli) struct CiOutputs {
    found: Vec<(&'static str, Vec<CiOutput>)>,
    /// The token that enables workflow commands again.
    token: Option<String>,
    /// True if a machine-readable report uses standard output; annotations then go to standard
    /// error.
    uses_stderr: bool,
}

impl CiOutputs {
    /// Creates the outputs for the detected service, except those replaced by a `--report` option.
    /// Creates none if `is_wanted` is false.
    pub(in crate::cli) fn new(is_wanted: bool, asked: &[ReportTarget<'_>]) -> Self {
        let mut found = if is_wanted { outputs(&PROCESS_ENV) } else { Vec::new() };
        for (_, outputs) in &mut found {
            outputs.retain(|output| !is_replaced(output, asked));
        }
        found.retain(|(_, outputs)| !outputs.is_empty());
        let is_aside = asked.iter().any(|(format, file)| *file == "-" && format.spec().name != "terminal");
        Self { found, token: None, uses_stderr: is_aside }
    }

    /// Returns the submission folder of the service, and logs the choice; the current folder if
    /// there is none.
    pub(in crate::cli) fn submission(is_wanted: bool, reader: &Ui) -> PathBuf {
        let Some((service, path)) = submission(&PROCESS_ENV).filter(|_| is_wanted) else { return PathBuf::from(".") };
        let message = Message::new("service-took").with("service", service).with("path", safe_path(&path));
        log(reader, &message);
        path
    }

    /// Disables workflow commands in all output that follows.
    pub(in crate::cli) fn stop_commands(&mut self) -> Result<(), CliError> {
        let listens = self.found.iter().flat_map(|(_, outputs)| outputs).any(|one| *one == CiOutput::Annotations);
        if listens {
            let token = token().context("reading random bytes")?;
            self.announce(&format!("::stop-commands::{token}\n"));
            self.token = Some(token);
        }
        Ok(())
    }

    /// Prints text for the service.
    fn announce(&self, text: &str) {
        if self.uses_stderr {
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
        } else {
            Ui::print(text);
        }
    }

    /// Writes every output. `from` is the path of the submission, `below` its top folder relative
    /// to that.
    pub(in crate::cli) fn write(self, report: &Report, from: &Path, below: &Path, reader: &Ui) -> Result<(), CliError> {
        if let Some(token) = &self.token {
            self.announce(&format!("\n::{token}::\n"));
        }
        for (service, outputs) in &self.found {
            let mut written = Vec::new();
            for output in outputs {
                let word = match output {
                    CiOutput::File(name, file) => {
                        let mut bytes = Vec::new();
                        if let Some(format) = find_format(name) {
                            format.render(report, &reader.words, &mut bytes).context("rendering the report")?;
                        }
                        write_atomically(file, &bytes).with_context(|| format!("writing {}", file.display()))?;
                        Message::new("service-file").with("file", safe_path(file))
                    }
                    CiOutput::Summary(file) => {
                        summarise(report, file, reader).with_context(|| format!("writing {}", file.display()))?;
                        Message::new("service-summary")
                    }
                    CiOutput::Annotations => {
                        self.annotate(report, &CheckoutPath::of(from, below), reader)?;
                        Message::new("service-annotations")
                    }
                };
                written.push(reader.words.format(&word));
            }
            log(reader, &Message::new("service-wrote").with("service", *service).with("what", written.join(", ")));
        }
        Ok(())
    }

    fn annotate(&self, report: &Report, place: &CheckoutPath, reader: &Ui) -> Result<(), CliError> {
        let mut bytes = Vec::new();
        let delivered = match place {
            CheckoutPath::Folder(path) => SubmissionLocation::Folder(path),
            CheckoutPath::File(path) => SubmissionLocation::File(path),
        };
        Github { location: delivered }.render(report, &reader.words, &mut bytes).context("rendering annotations")?;
        self.announce(&String::from_utf8_lossy(&bytes));
        Ok(())
    }
}

/// Runs `work` with workflow commands disabled on GitHub Actions. The commands go to standard
/// error, since standard output may carry a machine-readable report.
pub(in crate::cli) fn with_stop_commands<T>(work: impl FnOnce() -> T) -> T {
    let token = PROCESS_ENV.is_true("GITHUB_ACTIONS").then(token).and_then(Result::ok);
    let say = |text: String| drop(std::io::stderr().lock().write_all(text.as_bytes()));
    if let Some(token) = &token {
        say(format!("::stop-commands::{token}\n"));
    }
    let done = work();
    if let Some(token) = &token {
        say(format!("::{token}::\n"));
    }
    done
}

/// Returns a random token of 128 bits.
fn token() -> std::io::Result<String> {
    let mut random = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut random)?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Returns true if a requested report replaces this output: it has the same format or the same
/// file.
fn is_replaced(output: &CiOutput, asked: &[ReportTarget<'_>]) -> bool {
    asked.iter().any(|(format, file)| {
        let of_file = matches!(output, CiOutput::File(_, own) if same_file(&own.to_string_lossy(), file));
        format.spec().name == output.format() || of_file
    })
}

fn log(reader: &Ui, message: &Message) {
    let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(message));
}

/// Appends to the step summary, up to its size limit.
fn summarise(report: &Report, file: &Path, reader: &Ui) -> std::io::Result<()> {
    let mut summary = OpenOptions::new().append(true).create(true).open(file)?;
    let there = usize::try_from(summary.metadata()?.len()).unwrap_or(usize::MAX);
    let most = Markdown::STEP_SUMMARY.max_bytes.saturating_sub(there);
    let mut bytes = Vec::new();
    Markdown { max_bytes: most }.render(report, &reader.words, &mut bytes)?;
    summary.write_all(&bytes)
}

/// The path of the submission relative to the repository, as in annotations.
#[derive(Debug, PartialEq, Eq)]
enum CheckoutPath {
    Folder(String),
    File(String),
}

impl CheckoutPath {
    fn of(from: &Path, below: &Path) -> Self {
        let top = variable("GITHUB_WORKSPACE").map(PathBuf::from).or_else(|| std::env::current_dir().ok());
        Self::inside(from, below, &top.unwrap_or_default())
    }

    fn inside(from: &Path, below: &Path, top: &Path) -> Self {
        let whole = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let (from, top) = (whole(from), whole(top));
        let name = |path: &Path| path.strip_prefix(&top).unwrap_or(path).to_string_lossy().into_owned();
        let folder = from.join(below);
        if folder.is_dir() {
            Self::Folder(name(&folder).trim_end_matches('/').to_owned())
        } else {
            Self::File(name(&from))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn submission_path_is_relative_to_repository() {
        let folder = tempfile::tempdir().expect("a folder");
        let top = folder.path();
        std::fs::create_dir_all(top.join("turma/ana/projeto")).expect("made");
        std::fs::write(top.join("rui.zip"), "").expect("written");
        let place = |from: &str, below: &str| CheckoutPath::inside(&top.join(from), Path::new(below), top);
        assert_eq!(place("", ""), CheckoutPath::Folder(String::new()));
        assert_eq!(place("turma/ana", ""), CheckoutPath::Folder("turma/ana".to_owned()));
        assert_eq!(place("turma/ana", "projeto"), CheckoutPath::Folder("turma/ana/projeto".to_owned()));
        assert_eq!(place("turma/../turma/ana", ""), CheckoutPath::Folder("turma/ana".to_owned()));
        assert_eq!(place("rui.zip", ""), CheckoutPath::File("rui.zip".to_owned()));
        assert_eq!(
            place("turma/ana", "inner"),
            CheckoutPath::File("turma/ana".to_owned()),
            "what was unpacked is not there"
        );
        let elsewhere = CheckoutPath::inside(Path::new("/"), Path::new("tmp"), top);
        assert_eq!(elsewhere, CheckoutPath::Folder("/tmp".to_owned()));
    }

    #[test]
    fn requested_report_replaces_output() {
        let asked = |words: &[&'static str]| -> Vec<ReportTarget<'static>> {
            let pair =
                |word: &&'static str| word.split_once('=').and_then(|(name, file)| Some((find_format(name)?, file)));
            words.iter().filter_map(pair).collect()
        };
        let junit = CiOutput::File("junit", "socklab-junit.xml".into());
        assert!(!is_replaced(&junit, &asked(&[])) && !is_replaced(&junit, &asked(&["json=x.json", "markdown=y.md"])));
        assert!(is_replaced(&junit, &asked(&["junit=elsewhere.xml"])));
        assert!(is_replaced(&junit, &asked(&["json=./socklab-junit.xml"])));
        assert!(is_replaced(&CiOutput::Summary("s.md".into()), &asked(&["markdown=x.md"])));
        assert!(is_replaced(&CiOutput::Annotations, &asked(&["github=-"])));
    }
}
