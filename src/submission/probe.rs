//! Starts programs alone and observes them: their socket, and the result of one short exchange.
//! Also runs builds, which are programs that exit. Decides nothing.

mod builder;
pub(crate) mod datagram_client;
pub(crate) mod outcome;
pub(crate) mod replay;
pub(crate) mod role_probe;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::model::{Cap, Evidence, ExitStatus, SourceFault, StartFailure, SubmissionId};
use crate::run::budget::Budget;
use crate::run::{ProgramFolder, Progress, RunPlan, ScenarioDone, Session};
use crate::scenario::lab::{Lab, MissingPolicy, WrittenTexts};
use crate::scenario::{Limits, Scenario};
pub(crate) use crate::submission::probe::builder::Probe;
use crate::submission::probe::outcome::{PROBE_TEXTS, ProbeExit, ProbeOutcome};

/// The purpose of a scenario that is not one of the lab's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A build: files that it writes are kept.
    Build,
    /// A probe of a program's behavior.
    Probe,
    /// A probe within this time that classifies a program. It must leave time for other probes.
    Classify(Duration),
}

impl Purpose {
    const fn budget(self, session: Session<'_>) -> &Budget {
        match self {
            Self::Build => &session.budgets.builds,
            Self::Probe | Self::Classify(_) => &session.budgets.probes,
        }
    }

    /// Returns true if there is time left to begin another one.
    fn is_allowed(self, session: Session<'_>) -> bool {
        let budget = self.budget(session);
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
pub(crate) struct ProbeProgram {
    /// Its command line, in which `{port}` and `{host}` are replaced.
    pub words: Vec<String>,
    /// Text for its standard input.
    pub stdin: Option<String>,
    /// The port that replaces `{port}`.
    pub port: Option<u16>,
}

/// The texts that clients send, one client after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProbeScript {
    /// There are no clients.
    NoClients,
    /// A text, then another one with a newline, for programs that wait for it.
    Two,
    /// The same as `Two`, with less time for the answers. Only an answer proves something.
    Brief,
    /// The same as `Two`, for a program that speaks first: its greeting may be as long as an
    /// answer, so that what follows it is waited for.
    Greeted,
    /// Only a text without a newline.
    Text,
    /// Only a text with a newline.
    Line,
    /// Only a text in this other form.
    Framed(Framing),
    /// Only a text without a newline, after which the client ends its side.
    Finished,
    /// Only another text.
    Other,
    /// Only a text without a newline, with more time for the answer.
    Patient,
}

/// A form of a text that a program may wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// A newline follows it.
    Lf,
    /// A carriage return and a newline follow it.
    CrLf,
    /// A carriage return follows it.
    Cr,
    /// A NUL byte follows it.
    Nul,
    /// Its length in two bytes precedes it.
    TwoBytes,
    /// Its length in four bytes precedes it.
    FourBytes,
    /// Its length in digits precedes it, padded to 64 bytes.
    Digits,
}

impl Framing {
    /// Every framing but that of lines, the most frequent first.
    pub(crate) const ALL: [Self; 6] = [Self::CrLf, Self::Cr, Self::Nul, Self::TwoBytes, Self::FourBytes, Self::Digits];

    const fn texts(self) -> &'static [&'static str] {
        match self {
            Self::Lf => &["Ola Mundo 1\n"],
            Self::CrLf => &["Ola Mundo 1\r\n"],
            Self::Cr => &["Ola Mundo 1\r"],
            Self::Nul => &["Ola Mundo 1\0"],
            Self::TwoBytes => &["\0\x0bOla Mundo 1"],
            Self::FourBytes => &["\0\0\0\x0bOla Mundo 1"],
            Self::Digits => &["11                                                              Ola Mundo 1"],
        }
    }
}

/// How long an answer may take: as long as in a scenario of a lab that sets no other time.
pub(crate) const ANSWER_LIMIT: Duration = Limits::ANSWER;
/// As [`ANSWER_LIMIT`], while results of calls are recorded: there are several exchanges, and a
/// failed call is sought, not a late answer.
const RESULTS_ANSWER_LIMIT: Duration = Duration::from_secs(1);
/// Longer than any answer of a lab may take.
const SLOW_ANSWER_LIMIT: Duration = Duration::from_secs(12);
/// How long a text in another form may wait for its answer. Only an answer proves something, and
/// without one there is merely no hint.
const FRAMED_ANSWER_LIMIT: Duration = Duration::from_secs(2);

impl ProbeScript {
    const fn texts(self) -> &'static [&'static str] {
        match self {
            Self::NoClients => &[],
            Self::Two | Self::Brief | Self::Greeted => &PROBE_TEXTS,
            Self::Text | Self::Patient | Self::Finished => &["Ola Mundo 1"],
            Self::Framed(framing) => framing.texts(),
            Self::Line => &["Ola Mundo 1\n"],
            Self::Other => &[PROBE_TEXTS[1]],
        }
    }

    /// Returns how long each answer may take.
    const fn within(self) -> Duration {
        match self {
            Self::Patient => SLOW_ANSWER_LIMIT,
            Self::Brief => Duration::from_millis(500),
            Self::Framed(_) => FRAMED_ANSWER_LIMIT,
            _ => ANSWER_LIMIT,
        }
    }
}

/// Name of the probes of one program each. The index of the program follows.
const PROBE_NAME: &str = "probe";

/// Returns a probe that starts a program and connects clients one after another.
fn program_probe(index: usize, program: &ProbeProgram, script: ProbeScript, within: Duration) -> Probe {
    let start = Probe::new(format!("{PROBE_NAME}-{index}")).start(program, within);
    let clients = script.texts().iter();
    clients.fold(start, |probe, text| match script {
        ProbeScript::Finished => probe.connect().exchange_to_the_end(text, script.within()).close(),
        _ => probe.connect().exchange(text, script.within()).close(),
    })
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
pub(crate) const SOCKET_TIMEOUT: Duration = Duration::from_secs(10);

/// Starts each program alone. Returns the outcomes in the same order.
pub(crate) fn probe(
    delivery: &Path,
    starts: &[ProbeProgram],
    talk: ProbeScript,
    session: Session<'_>,
) -> Vec<ProbeOutcome> {
    read_each(&run_each(delivery, starts, talk, SOCKET_TIMEOUT, session, Purpose::Probe))
}

fn read_each(evidence: &[Option<Evidence>]) -> Vec<ProbeOutcome> {
    evidence.iter().map(|seen| seen.as_ref().map_or(ProbeOutcome::Unknown, outcome::read)).collect()
}

/// How a build ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BuildOutcome {
    /// It succeeded.
    Done,
    /// This tool is not installed.
    Missing(String),
    /// This script could not be started, because of this fault of its first line.
    Fault(SourceFault, String),
    /// It exited with an error, or not at all; contains its output.
    Failed(String),
    /// It exceeded this limit.
    Capped(Cap),
    /// It did not finish within this time, in seconds.
    TimedOut(u64),
    /// There was no time left to begin or to finish it.
    OutOfTime,
    /// The harness failed.
    Unknown,
}

impl BuildOutcome {
    /// Returns true if lack of time stopped it.
    #[must_use]
    pub(crate) const fn is_out_of_time(&self) -> bool {
        matches!(self, Self::TimedOut(_) | Self::OutOfTime)
    }
}

/// Runs a build to its end; files that it writes are kept. One build may use three quarters of the
/// total time.
pub(crate) fn build(delivery: &Path, words: &[String], session: Session<'_>) -> BuildOutcome {
    run_to_its_end(delivery, words, session, Purpose::Build)
}

/// Runs a command to its end, to read its output.
pub(crate) fn command(delivery: &Path, words: &[String], session: Session<'_>) -> BuildOutcome {
    run_to_its_end(delivery, words, session, Purpose::Probe)
}

fn run_to_its_end(delivery: &Path, words: &[String], session: Session<'_>, purpose: Purpose) -> BuildOutcome {
    let start = ProbeProgram { words: words.to_vec(), stdin: None, port: None };
    let budget = purpose.budget(session);
    let most = budget.limit() * 3 / 4;
    let within = most.min(budget.left()).max(Duration::from_secs(1));
    if !purpose.is_allowed(session) {
        return BuildOutcome::OutOfTime;
    }
    let evidence = run_each(delivery, &[start], ProbeScript::NoClients, within, session, purpose);
    let Some(Some(evidence)) = evidence.first() else { return BuildOutcome::Unknown };
    match outcome::read(evidence) {
        ProbeOutcome::NoSocket(_, ProbeExit { cap: Some(cap), .. }) => BuildOutcome::Capped(cap),
        ProbeOutcome::NoSocket(StartFailure::Exited(ExitStatus::Code(0)), _) => BuildOutcome::Done,
        ProbeOutcome::NoSocket(StartFailure::Missing(tool), _) => BuildOutcome::Missing(tool),
        ProbeOutcome::NoSocket(StartFailure::MissingInterpreter { program, interpreter }, _) => {
            BuildOutcome::Missing(interpreter.unwrap_or(program))
        }
        ProbeOutcome::NoSocket(StartFailure::LineEndings(script), _) => {
            BuildOutcome::Fault(SourceFault::LineEndings, script)
        }
        ProbeOutcome::NoSocket(StartFailure::ByteOrderMark(script), _) => {
            BuildOutcome::Fault(SourceFault::ByteOrderMark, script)
        }
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

/// Runs a program with two clients, one after the other, of which the first sends two texts, and
/// records the results of its socket calls. Returns the evidence.
pub(crate) fn record_results(delivery: &Path, start: &ProbeProgram, session: Session<'_>) -> Option<Evidence> {
    let within = RESULTS_ANSWER_LIMIT;
    let [first, second] = PROBE_TEXTS;
    let started = Probe::new(format!("{PROBE_NAME}-results")).start(start, SOCKET_TIMEOUT).results();
    // A program that does not wait for data shows that only before there is any.
    let client = started.connect().accepted().exchange(first, within).exchange(second, within).close();
    let probe = client.connect().exchange(first, within).close();
    run_probe(delivery, probe, session, Purpose::Probe)
}

/// Runs a program again with two clients that are connected at the same time. The first one sends
/// its text when the server has accepted both, then the second one its own. Returns the evidence.
pub(crate) fn two_at_once(delivery: &Path, start: &ProbeProgram, session: Session<'_>) -> Option<Evidence> {
    let within = RESULTS_ANSWER_LIMIT;
    let [first, second] = PROBE_TEXTS;
    let started = Probe::new(format!("{PROBE_NAME}-two")).start(start, SOCKET_TIMEOUT);
    let both = started.connect().accepted().connect().accepted();
    run_probe(delivery, both.exchange_of(1, first, within).exchange(second, within), session, Purpose::Probe)
}

/// Runs one probe on a submission if there is time. Returns its evidence.
pub(crate) fn run_probe(delivery: &Path, probe: Probe, session: Session<'_>, purpose: Purpose) -> Option<Evidence> {
    run_probes(delivery, &[probe], session, purpose).pop().flatten()
}

/// Runs probes on a submission while there is time. Returns their evidence in the same order.
pub(crate) fn run_probes(
    delivery: &Path,
    probes: &[Probe],
    session: Session<'_>,
    purpose: Purpose,
) -> Vec<Option<Evidence>> {
    let may_begin = || purpose.is_allowed(session);
    let lab = Lab {
        name: PROBE_NAME.to_owned(),
        title: None,
        roles: BTreeMap::new(),
        scenarios: probes.iter().map(Probe::scenario).collect(),
        missing: MissingPolicy::default(),
        documented: 0,
        given: BTreeSet::new(),
        written: WrittenTexts::default(),
        formats: BTreeMap::new(),
    };
    let plan = RunPlan {
        lab: &lab,
        items: None,
        programs: probes.iter().flat_map(|probe| probe.programs.clone()).collect(),
        absent: BTreeMap::new(),
        submission: SubmissionId(String::new()),
        folder: ProgramFolder::Copy { root: delivery.to_owned(), keeps_writes: purpose == Purpose::Build },
        session,
        repeat: String::new(),
        capture: probes.iter().any(|probe| probe.capture),
        stacks: probes.iter().any(|probe| probe.stacks),
        results: probes.iter().any(|probe| probe.results),
        mutation: None,
        // Probes are not retried here: detection repeats them itself.
        retry_harness_errors: purpose == Purpose::Build,
        may_begin: &may_begin,
    };
    let collector = Collector { budget: purpose.budget(session), seen: Mutex::default() };
    let _ = crate::run::run(&plan, &collector);
    let mut seen = collector.seen.into_inner().unwrap_or_else(PoisonError::into_inner);
    lab.scenarios.iter().map(|scenario| seen.remove(&scenario.name)).collect()
}

/// Runs a probe for each of these programs. Returns their evidence in the same order.
fn run_each(
    delivery: &Path,
    starts: &[ProbeProgram],
    talk: ProbeScript,
    within: Duration,
    session: Session<'_>,
    purpose: Purpose,
) -> Vec<Option<Evidence>> {
    let probes = starts.iter().enumerate().map(|(k, start)| program_probe(k, start, talk, within));
    run_probes(delivery, &probes.collect::<Vec<_>>(), session, purpose)
}
