//! Programs are started alone and looked at: which socket is there, and what one small exchange says. Also builds, which are
//! programs that end. It decides nothing.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::super::{Cancel, Over, Plan, Progress, Slots};
use super::seen::{self, Heard, Seen};
use crate::model::{Evidence, ExitStatus, NotReady, Role, StageKind, SubmissionId};
use crate::scenario::lab::Lab;
use crate::scenario::{Scenario, Setting};
use crate::stage::ProgramEntry;

/// What a run needs besides the programs.
#[derive(Clone, Copy)]
pub struct Around<'a> {
    /// The seed of every random choice.
    pub seed: u64,
    /// The stage that is asked for.
    pub stage: Option<StageKind>,
    /// How many at a time.
    pub jobs: usize,
    /// The places for scenarios, those of other submissions included.
    pub slots: &'a Slots,
    /// The caller's environment.
    pub environment: super::super::program::Variables<'a>,
    /// What nothing of a submission may see.
    pub hide: &'a [PathBuf],
    /// What breaks off.
    pub cancel: &'a Cancel,
}

/// A program to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// Its command line; `{port}` and `{host}` are replaced.
    pub words: Vec<String>,
    /// What is written to its standard input.
    pub stdin: Option<String>,
    /// The port that replaces `{port}`.
    pub port: Option<u16>,
}

/// What clients say, one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talk {
    /// Nothing: there are none.
    Not,
    /// A text, then another one with an end of line, for programs that wait for it.
    Two,
    /// Only a text without an end of line.
    Text,
    /// Only a text with one.
    Line,
    /// Only another text.
    Other,
    /// Only a text without one, and more time for the answer.
    Patient,
}

/// More than any answer of a lab may take.
const PATIENCE: &str = "12s";
/// What they send.
pub(super) const SENT: [&str; 2] = ["Ola Mundo 1", "Tudo bem 2\n"];

impl Talk {
    const fn texts(self) -> &'static [&'static str] {
        match self {
            Self::Not => &[],
            Self::Two => &SENT,
            Self::Text | Self::Patient => &["Ola Mundo 1"],
            Self::Line => &["Ola Mundo 1\n"],
            Self::Other => &[SENT[1]],
        }
    }

    /// How long each answer may take.
    const fn within(self) -> &'static str {
        if matches!(self, Self::Patient) { PATIENCE } else { "2s" }
    }
}

/// The variables and the `start` step of a program.
pub fn started(start: &Start, within: &str) -> (BTreeMap<String, String>, serde_json::Value) {
    // As variables: whatever a file is called, it is no template.
    let variables = start.words.iter().enumerate().map(|(k, word)| (format!("w{k}"), word.clone())).collect();
    let words: Vec<String> = (0..start.words.len())
        .map(|k| match start.words[k].as_str() {
            given @ ("{port}" | "{host}") => given.to_owned(),
            _ => format!("{{w{k}}}"),
        })
        .collect();
    let mut step = serde_json::json!({ "server": words, "within": within });
    if let Some(port) = start.port {
        step["port"] = port.into();
    }
    if let Some(stdin) = &start.stdin {
        step["stdin"] = stdin.as_str().into();
    }
    (variables, step)
}

/// A scenario that starts a program and, where `talk`, has two clients talk to it.
fn scenario(number: usize, start: &Start, talk: Talk, within: &str) -> Option<Scenario> {
    let name = format!("look-{number}");
    let (variables, first) = started(start, within);
    let mut steps = vec![serde_json::json!({ "start": first })];
    for text in talk.texts() {
        steps.push("connect".into());
        steps.push(serde_json::json!({ "exchange": { "text": text, "within": talk.within() } }));
        steps.push("close".into());
    }
    let file = serde_json::json!({
        "scenario": name, "variables": variables, "limits": { "scenario": "150s", "start": within },
        "steps": steps, "items": [{ "id": name, "expect": ["listening"] }],
    });
    Scenario::read(&name, &file.to_string(), Setting::default()).ok()
}

/// Collects what each scenario showed.
#[derive(Default)]
struct Collector(Mutex<BTreeMap<String, Evidence>>);

impl Progress for Collector {
    fn begins(&self, _: &Scenario) {}
    fn over(&self, over: &Over<'_>) {
        if let Some(evidence) = over.evidence {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(over.scenario.name.clone(), evidence.clone());
        }
    }
}

/// Starts each program alone; what came of each, in their order.
pub fn look(delivery: &Path, starts: &[Start], talk: Talk, around: Around<'_>) -> Vec<Seen> {
    let evidence = each(delivery, starts, talk, "10s", around, false);
    evidence.iter().map(|seen| seen.as_ref().map_or(Seen::Unknown, seen::read)).collect()
}

/// How a build ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Built {
    /// All is there.
    Done,
    /// There is no such tool here.
    Missing(String),
    /// It ended with an error, or not at all; what it said.
    Failed(String),
    /// It went over this cap.
    Capped(String),
    /// The harness failed.
    Unknown,
}

/// How long one build may take.
const BUILD: &str = "90s";

/// Runs a build to its end; what it wrote stays in the delivery.
pub fn build(delivery: &Path, words: &[String], around: Around<'_>) -> Built {
    let start = Start { words: words.to_vec(), stdin: None, port: None };
    let evidence = each(delivery, &[start], Talk::Not, BUILD, around, true);
    let Some(Some(evidence)) = evidence.first() else { return Built::Unknown };
    match seen::read(evidence) {
        Seen::Not(_, Heard { cap: Some(cap), .. }) => Built::Capped(cap),
        Seen::Not(NotReady::Exited(ExitStatus::Code(0)), _) => Built::Done,
        Seen::Not(NotReady::Missing(tool), _) => Built::Missing(tool),
        Seen::Unknown => Built::Unknown,
        Seen::Not(_, heard) => Built::Failed(heard.output),
        Seen::Ready(..) => Built::Failed(String::new()),
    }
}

/// Runs scenarios on a delivery; the evidence of each by its name. Whether what programs write stays, and whether packets are
/// captured in any case.
pub fn perform(
    delivery: &Path,
    lab: &Lab,
    programs: BTreeMap<Role, ProgramEntry>,
    around: Around<'_>,
    (keep_written, capture): (bool, bool),
) -> BTreeMap<String, Evidence> {
    let plan = Plan {
        lab,
        items: None,
        programs,
        absent: BTreeMap::new(),
        submission: SubmissionId(String::new()),
        folder: PathBuf::from("/"),
        delivery: Some(delivery.to_owned()),
        keep_written,
        variables: BTreeMap::new(),
        jobs: around.jobs,
        slots: around.slots,
        seed: around.seed,
        stage: around.stage,
        hide: around.hide,
        repeat: String::new(),
        capture,
        // Who looks for programs does so himself.
        again: keep_written,
        environment: around.environment,
    };
    let collector = Collector::default();
    let _ = super::super::run(&plan, &collector, around.cancel);
    collector.0.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a scenario for each of these programs; the evidence of each, in their order.
fn each(
    delivery: &Path,
    starts: &[Start],
    talk: Talk,
    within: &str,
    around: Around<'_>,
    keep_written: bool,
) -> Vec<Option<Evidence>> {
    let scenarios: Vec<Scenario> =
        starts.iter().enumerate().filter_map(|(k, start)| scenario(k, start, talk, within)).collect();
    let Ok(lab) = Lab::of_scenarios("look", scenarios) else { return vec![None; starts.len()] };
    let mut all = perform(delivery, &lab, BTreeMap::new(), around, (keep_written, false));
    (0..starts.len()).map(|k| all.remove(&format!("look-{k}"))).collect()
}

/// The line of a compiler's output that says first what is wrong, with its file and line.
#[must_use]
pub fn first_error(output: &str) -> Option<String> {
    let is_error = |line: &str| {
        let line = line.to_lowercase();
        line.contains("error") && !line.contains("0 error") && !line.contains("generated")
    };
    // Go's has no such word: "./eco.go:5:2: undefined: x".
    let has_place = |line: &str| {
        let mut parts = line.split(':').skip(1);
        [parts.next(), parts.next()].iter().all(|part| part.is_some_and(|part| part.parse::<u32>().is_ok()))
    };
    let first = output.lines().position(is_error).or_else(|| output.lines().position(has_place))?;
    let mut lines = output.lines().skip(first);
    let line = lines.next()?.trim().to_owned();
    // rustc has the place on the line below.
    let place = lines.next().and_then(|next| next.trim().strip_prefix("--> ")).map(|place| format!("{place}: "));
    Some(crate::model::bytes::safe(&(place.unwrap_or_default() + &line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_error_has_its_file_and_line() {
        let gcc = "s.c: In function 'main':\ns.c:3:5: error: expected ';' before 'return'\n    3 |\n";
        assert_eq!(first_error(gcc).as_deref(), Some("s.c:3:5: error: expected ';' before 'return'"));
        let rustc = "error[E0425]: cannot find value `x`\n --> s.rs:2:5\n";
        assert_eq!(first_error(rustc).as_deref(), Some("s.rs:2:5: error[E0425]: cannot find value `x`"));
        let go = "# command-line-arguments\n./eco.go:5:2: undefined: x\n";
        assert_eq!(first_error(go).as_deref(), Some("./eco.go:5:2: undefined: x"));
        assert_eq!(first_error("all is well\n10:30 done\n"), None);
    }

    #[test]
    fn a_command_of_any_words_makes_a_scenario() {
        let words = vec!["python3".to_owned(), "{a} \"b'.py".to_owned(), "{port}".to_owned()];
        let start = Start { words, stdin: Some("{port}\n".to_owned()), port: Some(65432) };
        assert!(scenario(0, &start, Talk::Two, "10s").is_some());
    }
}
