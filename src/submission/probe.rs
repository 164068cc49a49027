//! Starts programs alone and observes them: their socket, and the result of one short exchange.
//! Also runs builds, which are programs that exit. Decides nothing.

pub mod outcome;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::engine::ProgramSpec;
use crate::model::{Evidence, ExitStatus, Role, SandboxMode, StartFailure, SubmissionId};
use crate::run::budget::{Budget, Budgets};
use crate::run::{Cancel, Progress, RunSpec, ScenarioDone, Semaphore};
use crate::scenario::lab::Lab;
use crate::scenario::{ReadContext, Scenario};
use crate::submission::probe::outcome::{PROBE_TEXTS, ProbeExit, ProbeOutcome};

/// The surroundings of a run: everything except the programs.
#[derive(Clone, Copy)]
pub struct Session<'a> {
    /// The seed of all random choices.
    pub seed: u64,
    /// The requested sandbox mode.
    pub stage: Option<SandboxMode>,
    /// Number of scenarios that run in parallel.
    pub jobs: usize,
    /// Permits for scenarios, shared with other submissions.
    pub slots: &'a Semaphore,
    /// The caller's environment.
    pub environment: crate::run::toolchains::Variables<'a>,
    /// Paths that are hidden from submissions.
    pub hide: &'a [PathBuf],
    /// The cancellation signal.
    pub cancel: &'a Cancel,
    /// Time for builds and probes.
    pub budgets: &'a Budgets,
}

/// The purpose of a scenario that is not one of the lab's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A build: files that it writes are kept.
    Build,
    /// A probe of a program's behavior.
    Probe,
    /// A probe within this time that classifies a program. It must leave time for other probes.
    Classify(Duration),
}

impl Purpose {
    const fn budget(self, around: Session<'_>) -> &Budget {
        match self {
            Self::Build => &around.budgets.builds,
            Self::Probe | Self::Classify(_) => &around.budgets.probes,
        }
    }

    /// Returns true if there is time left to begin another one.
    fn is_allowed(self, around: Session<'_>) -> bool {
        let budget = self.budget(around);
        match self {
            Self::Build | Self::Probe => budget.allows(Duration::ZERO),
            // A third is reserved for probes of the detected programs.
            Self::Classify(within) => {
                let part = budget.limit() * 2 / 3;
                budget.allows_within(part, within.min(part / 2))
            }
        }
    }
}

/// A program to start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeProgram {
    /// Its command line, in which `{port}` and `{host}` are replaced.
    pub words: Vec<String>,
    /// Text for its standard input.
    pub stdin: Option<String>,
    /// The port that replaces `{port}`.
    pub port: Option<u16>,
}

/// The texts that clients send, one client after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeScript {
    /// There are no clients.
    NoClients,
    /// A text, then another one with a newline, for programs that wait for it.
    Two,
    /// The same as `Two`, with less time for the answers.
    Brief,
    /// Only a text without a newline.
    Text,
    /// Only a text with a newline.
    Line,
    /// Only another text.
    Other,
    /// Only a text without a newline, with more time for the answer.
    Patient,
}

/// Longer than any answer of a lab may take.
const SLOW_ANSWER_LIMIT: &str = "12s";

impl ProbeScript {
    const fn texts(self) -> &'static [&'static str] {
        match self {
            Self::NoClients => &[],
            Self::Two | Self::Brief => &PROBE_TEXTS,
            Self::Text | Self::Patient => &["Ola Mundo 1"],
            Self::Line => &["Ola Mundo 1\n"],
            Self::Other => &[PROBE_TEXTS[1]],
        }
    }

    /// Returns how long each answer may take.
    const fn within(self) -> &'static str {
        match self {
            Self::Patient => SLOW_ANSWER_LIMIT,
            Self::Brief => "500ms",
            Self::NoClients | Self::Two | Self::Text | Self::Line | Self::Other => "2s",
        }
    }
}

/// Returns the variables and the `start` step of a program.
pub fn start_step(start: &ProbeProgram, within: &str) -> (BTreeMap<String, String>, serde_json::Value) {
    // Words become variables, so that braces in file names are not taken for a template.
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

/// Returns a scenario that starts a program and, depending on `talk`, connects clients one after
/// another.
fn scenario(number: usize, start: &ProbeProgram, talk: ProbeScript, within: &str) -> Option<Scenario> {
    let name = format!("look-{number}");
    // Long enough for the longest build; the steps have their own limits.
    let whole = "10m";
    let (variables, first) = start_step(start, within);
    let mut steps = vec![serde_json::json!({ "start": first })];
    for text in talk.texts() {
        steps.push("connect".into());
        steps.push(serde_json::json!({ "exchange": { "text": text, "within": talk.within() } }));
        steps.push("close".into());
    }
    let file = serde_json::json!({
        "scenario": name, "variables": variables, "limits": { "scenario": whole, "start": within },
        "steps": steps, "items": [{ "id": name, "expect": ["listening"] }],
    });
    Scenario::parse(&name, &file.to_string(), ReadContext::default()).ok()
}

/// Collects the evidence of each scenario, and measures its time.
struct Collector<'a> {
    budget: &'a Budget,
    seen: Mutex<BTreeMap<String, Evidence>>,
}

impl Progress for Collector<'_> {
    fn scenario_started(&self, _: &Scenario) {
        self.budget.begin();
    }
    fn scenario_finished(&self, over: &ScenarioDone<'_>) {
        self.budget.end();
        if let Some(evidence) = over.evidence {
            let mut all = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            all.insert(over.scenario.name.clone(), evidence.clone());
        }
    }
}

/// Default limit for the socket of a program to appear.
pub const SOCKET_TIMEOUT: Duration = Duration::from_secs(10);

/// Starts each program alone. Returns the outcomes in the same order.
pub fn probe(delivery: &Path, starts: &[ProbeProgram], talk: ProbeScript, around: Session<'_>) -> Vec<ProbeOutcome> {
    read_each(&run_each(delivery, starts, talk, SOCKET_TIMEOUT, around, Purpose::Probe))
}

/// Like [`look`], to classify each program within this time.
pub fn classify(
    delivery: &Path,
    starts: &[ProbeProgram],
    (within, talk): (Duration, ProbeScript),
    around: Session<'_>,
) -> Vec<ProbeOutcome> {
    read_each(&run_each(delivery, starts, talk, within, around, Purpose::Classify(within)))
}

fn read_each(evidence: &[Option<Evidence>]) -> Vec<ProbeOutcome> {
    evidence.iter().map(|seen| seen.as_ref().map_or(ProbeOutcome::Unknown, outcome::read)).collect()
}

/// How a build ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BuildOutcome {
    /// It succeeded.
    Done,
    /// This tool is not installed.
    Missing(String),
    /// It exited with an error, or not at all; contains its output.
    Failed(String),
    /// It exceeded this limit.
    Capped(String),
    /// It did not finish within this time, in seconds.
    TimedOut(u64),
    /// There was no time left to begin or to finish it.
    OutOfTime,
    /// The harness failed.
    Unknown,
}

impl BuildOutcome {
    /// Returns true if lack of time stopped it, or if the reason is unknown.
    #[must_use]
    pub const fn is_out_of_time(&self) -> bool {
        matches!(self, Self::TimedOut(_) | Self::OutOfTime | Self::Unknown)
    }
}

/// Runs a build to its end; files that it writes are kept. One build may use three quarters of the
/// total time.
pub fn build(delivery: &Path, words: &[String], around: Session<'_>) -> BuildOutcome {
    run_to_its_end(delivery, words, around, Purpose::Build)
}

/// Runs a command to its end, to read its output.
pub fn command(delivery: &Path, words: &[String], around: Session<'_>) -> BuildOutcome {
    run_to_its_end(delivery, words, around, Purpose::Probe)
}

fn run_to_its_end(delivery: &Path, words: &[String], around: Session<'_>, purpose: Purpose) -> BuildOutcome {
    let start = ProbeProgram { words: words.to_vec(), stdin: None, port: None };
    let budget = purpose.budget(around);
    let most = budget.limit() * 3 / 4;
    let within = most.min(budget.left()).max(Duration::from_secs(1));
    if !purpose.is_allowed(around) {
        return BuildOutcome::OutOfTime;
    }
    let evidence = run_each(delivery, &[start], ProbeScript::NoClients, within, around, purpose);
    let Some(Some(evidence)) = evidence.first() else { return BuildOutcome::Unknown };
    match outcome::read(evidence) {
        ProbeOutcome::NoSocket(_, ProbeExit { cap: Some(cap), .. }) => BuildOutcome::Capped(cap),
        ProbeOutcome::NoSocket(StartFailure::Exited(ExitStatus::Code(0)), _) => BuildOutcome::Done,
        ProbeOutcome::NoSocket(StartFailure::Missing(tool), _) => BuildOutcome::Missing(tool),
        ProbeOutcome::NoSocket(StartFailure::Nothing { .. }, _) if within >= most => {
            BuildOutcome::TimedOut(most.as_secs())
        }
        // It might have finished in time if the others had taken less.
        ProbeOutcome::NoSocket(StartFailure::Nothing { .. }, _) if !budget.allows(Duration::ZERO) => {
            BuildOutcome::OutOfTime
        }
        ProbeOutcome::Unknown => BuildOutcome::Unknown,
        ProbeOutcome::NoSocket(_, heard) => BuildOutcome::Failed(heard.output),
        ProbeOutcome::Ready(..) => BuildOutcome::Failed(String::new()),
    }
}

/// Runs scenarios on a submission while there is time. Returns their evidence by name. `capture`
/// forces a packet capture.
pub fn run_scenarios(
    delivery: &Path,
    lab: &Lab,
    programs: BTreeMap<Role, ProgramSpec>,
    around: Session<'_>,
    (purpose, capture): (Purpose, bool),
) -> BTreeMap<String, Evidence> {
    let may_begin = || purpose.is_allowed(around);
    let plan = RunSpec {
        lab,
        items: None,
        programs,
        absent: BTreeMap::new(),
        submission: SubmissionId(String::new()),
        folder: PathBuf::from("/"),
        copy: Some(delivery.to_owned()),
        keep_written: purpose == Purpose::Build,
        variables: BTreeMap::new(),
        jobs: around.jobs,
        slots: around.slots,
        seed: around.seed,
        stage: around.stage,
        hide: around.hide,
        repeat: String::new(),
        capture,
        // Probes are not retried here: detection repeats them itself.
        retry_harness_errors: purpose == Purpose::Build,
        environment: around.environment,
        may_begin: &may_begin,
    };
    let collector = Collector { budget: purpose.budget(around), seen: Mutex::default() };
    let _ = crate::run::run(&plan, &collector, around.cancel);
    collector.seen.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a scenario for each of these programs. Returns their evidence in the same order.
fn run_each(
    delivery: &Path,
    starts: &[ProbeProgram],
    talk: ProbeScript,
    within: Duration,
    around: Session<'_>,
    purpose: Purpose,
) -> Vec<Option<Evidence>> {
    let within = format!("{}ms", within.as_millis());
    let scenarios: Vec<Scenario> =
        starts.iter().enumerate().filter_map(|(k, start)| scenario(k, start, talk, &within)).collect();
    let Ok(lab) = Lab::from_scenarios("look", scenarios) else { return vec![None; starts.len()] };
    let mut all = run_scenarios(delivery, &lab, BTreeMap::new(), around, (purpose, false));
    (0..starts.len()).map(|k| all.remove(&format!("look-{k}"))).collect()
}

/// Returns the first error in the output of a compiler, with its file and line.
#[must_use]
pub fn first_error(output: &str) -> Option<String> {
    let is_error = |line: &str| {
        let line = line.to_lowercase();
        line.contains("error") && !line.contains("0 error") && !line.contains("generated")
    };
    // Go's errors do not contain the word: "./eco.go:5:2: undefined: x".
    let has_place = |line: &str| {
        let mut parts = line.split(':').skip(1);
        [parts.next(), parts.next()].iter().all(|part| part.is_some_and(|part| part.parse::<u32>().is_ok()))
    };
    let first = output.lines().position(is_error).or_else(|| output.lines().position(has_place))?;
    let mut lines = output.lines().skip(first);
    let line = lines.next()?.trim().to_owned();
    // rustc prints the location on the next line.
    let place = lines.next().and_then(|next| next.trim().strip_prefix("--> ")).map(|place| format!("{place}: "));
    Some(crate::model::bytes::printable_text(&(place.unwrap_or_default() + &line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_error_includes_file_and_line() {
        let gcc = "s.c: In function 'main':\ns.c:3:5: error: expected ';' before 'return'\n    3 |\n";
        assert_eq!(first_error(gcc).as_deref(), Some("s.c:3:5: error: expected ';' before 'return'"));
        let rustc = "error[E0425]: cannot find value `x`\n --> s.rs:2:5\n";
        assert_eq!(first_error(rustc).as_deref(), Some("s.rs:2:5: error[E0425]: cannot find value `x`"));
        let go = "# command-line-arguments\n./eco.go:5:2: undefined: x\n";
        assert_eq!(first_error(go).as_deref(), Some("./eco.go:5:2: undefined: x"));
        assert_eq!(first_error("all is well\n10:30 done\n"), None);
    }

    #[test]
    fn scenario_accepts_any_command_words() {
        let words = vec!["python3".to_owned(), "{a} \"b'.py".to_owned(), "{port}".to_owned()];
        let start = ProbeProgram { words, stdin: Some("{port}\n".to_owned()), port: Some(65432) };
        assert!(scenario(0, &start, ProbeScript::Two, "10s").is_some());
    }
}
