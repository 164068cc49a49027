//! Writes the outputs of a service. On GitHub Actions, other output is enclosed in `stop-commands`
//! with a random token, so that no text in it acts as a workflow command.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::Context;

use super::classroom50::around;
use super::{Output, World, outputs, submission};
use crate::cli::Reader;
use crate::cli::exit::Trouble;
use crate::cli::outputs::{Wanted, same_file, write_whole};
use crate::model::bytes::safe_path;
use crate::model::{Message, Report};
use crate::report::github::{Delivered, Github};
use crate::report::{Markdown, Render, format};

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

const WORLD: World<'static> = World { variable: &variable, is_folder: &Path::is_dir };

/// Returns the service's metadata of the submission.
pub(in crate::cli) fn around_now() -> BTreeMap<String, String> {
    around(&variable, SystemTime::now())
}

/// The outputs written without an option.
pub(in crate::cli) struct Unasked {
    found: Vec<(&'static str, Vec<Output>)>,
    /// The token that enables workflow commands again.
    token: Option<String>,
    /// True if a machine-readable report uses standard output; annotations then go to standard
    /// error.
    is_aside: bool,
}

impl Unasked {
    /// Creates the outputs for the detected service, except those replaced by a `--report` option.
    /// Creates none if `is_wanted` is false.
    pub(in crate::cli) fn of(is_wanted: bool, asked: &[Wanted<'_>]) -> Self {
        let mut found = if is_wanted { outputs(&WORLD) } else { Vec::new() };
        for (_, outputs) in &mut found {
            outputs.retain(|output| !is_asked(output, asked));
        }
        found.retain(|(_, outputs)| !outputs.is_empty());
        let is_aside = asked.iter().any(|(format, file)| *file == "-" && format.name() != "terminal");
        Self { found, token: None, is_aside }
    }

    /// Returns the submission folder of the service, and logs the choice; the current folder if
    /// there is none.
    pub(in crate::cli) fn submission(is_wanted: bool, reader: &Reader) -> PathBuf {
        let Some((service, path)) = submission(&WORLD).filter(|_| is_wanted) else { return PathBuf::from(".") };
        let message = Message::new("service-took").with("service", service).with("path", safe_path(&path));
        tell(reader, &message);
        path
    }

    /// Disables workflow commands in all output that follows.
    pub(in crate::cli) fn silence(&mut self) -> Result<(), Trouble> {
        let listens = self.found.iter().flat_map(|(_, outputs)| outputs).any(|one| *one == Output::Annotations);
        if listens {
            let token = token().context("reading random bytes")?;
            self.say(&format!("::stop-commands::{token}\n"));
            self.token = Some(token);
        }
        Ok(())
    }

    /// Prints text for the service.
    fn say(&self, text: &str) {
        if self.is_aside {
            let _ = std::io::stderr().lock().write_all(text.as_bytes());
        } else {
            Reader::print(text);
        }
    }

    /// Writes every output. `from` is the path of the submission, `below` its top folder relative
    /// to that.
    pub(in crate::cli) fn write(
        self,
        report: &Report,
        (from, below): (&Path, &Path),
        reader: &Reader,
    ) -> Result<(), Trouble> {
        if let Some(token) = &self.token {
            self.say(&format!("\n::{token}::\n"));
        }
        for (service, outputs) in &self.found {
            let mut told = Vec::new();
            for output in outputs {
                let word = match output {
                    Output::File(name, file) => {
                        let mut bytes = Vec::new();
                        if let Some(format) = format(name) {
                            format.render(report, &reader.words, &mut bytes).context("rendering the report")?;
                        }
                        write_whole(file, &bytes).with_context(|| format!("writing {}", file.display()))?;
                        Message::new("service-file").with("file", safe_path(file))
                    }
                    Output::Summary(file) => {
                        summarise(report, file, reader).with_context(|| format!("writing {}", file.display()))?;
                        Message::new("service-summary")
                    }
                    Output::Annotations => {
                        self.annotate(report, &Place::of(from, below), reader)?;
                        Message::new("service-annotations")
                    }
                };
                told.push(reader.words.say(&word));
            }
            tell(reader, &Message::new("service-wrote").with("service", *service).with("what", told.join(", ")));
        }
        Ok(())
    }

    fn annotate(&self, report: &Report, place: &Place, reader: &Reader) -> Result<(), Trouble> {
        let mut bytes = Vec::new();
        let delivered = match place {
            Place::Folder(path) => Delivered::Folder(path),
            Place::File(path) => Delivered::File(path),
        };
        Github { delivered }.render(report, &reader.words, &mut bytes).context("rendering annotations")?;
        self.say(&String::from_utf8_lossy(&bytes));
        Ok(())
    }
}

/// Runs `work` with workflow commands disabled on GitHub Actions. The commands go to standard
/// error, since standard output may carry a machine-readable report.
pub(in crate::cli) fn unobeyed<T>(work: impl FnOnce() -> T) -> T {
    let token = WORLD.says("GITHUB_ACTIONS").then(token).and_then(Result::ok);
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
fn is_asked(output: &Output, asked: &[Wanted<'_>]) -> bool {
    asked.iter().any(|(format, file)| {
        let of_file = matches!(output, Output::File(_, own) if same_file(&own.to_string_lossy(), file));
        format.name() == output.format() || of_file
    })
}

fn tell(reader: &Reader, message: &Message) {
    let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.say(message));
}

/// Appends to the step summary, up to its size limit.
fn summarise(report: &Report, file: &Path, reader: &Reader) -> std::io::Result<()> {
    let mut summary = OpenOptions::new().append(true).create(true).open(file)?;
    let there = usize::try_from(summary.metadata()?.len()).unwrap_or(usize::MAX);
    let most = Markdown::STEP.most.saturating_sub(there);
    let mut bytes = Vec::new();
    Markdown { most }.render(report, &reader.words, &mut bytes)?;
    summary.write_all(&bytes)
}

/// The path of the submission relative to the repository, as in annotations.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Folder(String),
    File(String),
}

impl Place {
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
        let place = |from: &str, below: &str| Place::inside(&top.join(from), Path::new(below), top);
        assert_eq!(place("", ""), Place::Folder(String::new()));
        assert_eq!(place("turma/ana", ""), Place::Folder("turma/ana".to_owned()));
        assert_eq!(place("turma/ana", "projeto"), Place::Folder("turma/ana/projeto".to_owned()));
        assert_eq!(place("turma/../turma/ana", ""), Place::Folder("turma/ana".to_owned()));
        assert_eq!(place("rui.zip", ""), Place::File("rui.zip".to_owned()));
        assert_eq!(place("turma/ana", "inner"), Place::File("turma/ana".to_owned()), "what was unpacked is not there");
        let elsewhere = Place::inside(Path::new("/"), Path::new("tmp"), top);
        assert_eq!(elsewhere, Place::Folder("/tmp".to_owned()));
    }

    #[test]
    fn requested_report_replaces_output() {
        let asked = |words: &[&'static str]| -> Vec<Wanted<'static>> {
            let pair = |word: &&'static str| word.split_once('=').and_then(|(name, file)| Some((format(name)?, file)));
            words.iter().filter_map(pair).collect()
        };
        let junit = Output::File("junit", "socklab-junit.xml".into());
        assert!(!is_asked(&junit, &asked(&[])) && !is_asked(&junit, &asked(&["json=x.json", "markdown=y.md"])));
        assert!(is_asked(&junit, &asked(&["junit=elsewhere.xml"])));
        assert!(is_asked(&junit, &asked(&["json=./socklab-junit.xml"])));
        assert!(is_asked(&Output::Summary("s.md".into()), &asked(&["markdown=x.md"])));
        assert!(is_asked(&Output::Annotations, &asked(&["github=-"])));
    }
}
