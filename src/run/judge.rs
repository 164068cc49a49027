//! Judges items: from evidence and expectations to verdicts. Respects gaps and settles
//! dependencies. Pure.

use std::collections::{BTreeMap, BTreeSet};

use super::shared_root::share_root_causes;
use crate::model::score::earned_points;
use crate::model::{
    AnnotationTarget, Because, Cause, ClientId, EventId, EventKind, Evidence, EvidenceKind, Finding, GapReason, ItemId,
    ItemResult, Judged, LocalizedText, NotVerified, Protocol, Reason, ServerId, SourceLocation, Verdict,
};
use crate::scenario::expect::{Expectation, JudgeContext, with_root_cause};
use crate::scenario::summary::summarize;
use crate::scenario::{Scenario, Visibility};

/// How the run of a scenario ended.
#[derive(Debug)]
pub enum Outcome {
    /// It ran to its end, with this evidence.
    Seen(Box<Evidence>),
    /// The harness failed.
    Failed(NotVerified),
    /// A program that it needs is missing or cannot be run.
    Absent(MissingProgram),
}

/// Why the items of a program could not be tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingProgram {
    /// The verdict of its items.
    pub verdict: Verdict,
    /// The cause or the reason.
    pub because: Reason,
}

impl MissingProgram {
    /// Creates the reason for a program that is at fault: its items fail with this cause.
    #[must_use]
    pub fn failed(cause: Cause) -> Self {
        Self::new(Verdict::Fail, cause)
    }

    /// Creates a reason with this verdict.
    #[must_use]
    pub fn new(verdict: Verdict, because: impl Into<Reason>) -> Self {
        Self { verdict, because: because.into() }
    }
}

/// Judges the items of a scenario, before dependencies are considered.
#[must_use]
pub fn judge_items(scenario: &Scenario, outcome: &Outcome, took_ms: u64, repeat: &str) -> Vec<ItemResult> {
    let numbers = 0..scenario.items.len();
    if let Outcome::Absent(absent) = outcome {
        let judge = ItemJudge { scenario, took_ms: 0, repeat, evaluate: &evaluate };
        return numbers.map(|number| judge.judge_absent(number, absent)).collect();
    }
    let judge = ItemJudge { scenario, took_ms, repeat, evaluate: &evaluate };
    let context = outcome.context();
    numbers.map(|number| judge.judge(number, context.as_ref())).collect()
}

/// Judges an item by a capture from elsewhere: only expectations that packets alone can prove.
#[must_use]
pub fn judge_captured(scenario: &Scenario, number: usize, outcome: &Outcome, repeat: &str) -> ItemResult {
    let of_packets = |expectation: &Expectation, context: &JudgeContext<'_>| {
        if scenario.hosts.is_empty() && expectation.act().needs().contains(EvidenceKind::Packets) {
            return evaluate(expectation, context);
        }
        Finding::not_verified(GapReason::CaptureOnly {})
    };
    let judge = ItemJudge { scenario, took_ms: 0, repeat, evaluate: &of_packets };
    judge.judge(number, outcome.context().as_ref())
}

impl Outcome {
    fn context(&self) -> Result<JudgeContext<'_>, Reason> {
        match self {
            Self::Seen(evidence) => Ok(JudgeContext::new(evidence)),
            Self::Failed(reason) => Err(reason.clone().into()),
            Self::Absent(absent) => Err(absent.because.clone()),
        }
    }
}

/// The function that evaluates an expectation.
type Evaluate<'a> = &'a dyn Fn(&Expectation, &JudgeContext<'_>) -> Finding;

/// Judges the items of one scenario.
struct ItemJudge<'a> {
    scenario: &'a Scenario,
    /// How long the scenario took.
    took_ms: u64,
    /// Beginning of the command that runs an item again.
    repeat: &'a str,
    evaluate: Evaluate<'a>,
}

impl ItemJudge<'_> {
    /// Judges an item by the evidence, or gives the reason why there is none.
    fn judge(&self, number: usize, context: Result<&JudgeContext<'_>, &Reason>) -> ItemResult {
        let item = &self.scenario.items[number];
        let mut result = ItemResult {
            id: item.id.clone(),
            title: item.title.clone().unwrap_or_else(|| LocalizedText::Plain(item.id.to_string())),
            verdict: Verdict::Error,
            earned: 0,
            of: item.points,
            role: self.scenario.first_role().cloned(),
            program: String::new(),
            scenario: self.scenario.name.clone(),
            reason: None,
            judged: Judged::default(),
            annotations: Vec::new(),
            story: Vec::new(),
            hidden: item.visibility == Visibility::Hidden,
            hint: None,
            repeat: format!("{} --item {}", self.repeat, item.id),
            filter: None,
            took_ms: self.took_ms,
        };
        match context {
            Err(because) => result.reason = Some(because.clone()),
            Ok(context) => self.settle(&mut result, number, context),
        }
        result
    }

    /// Judges an item whose program could not be run: the reason determines the verdict.
    fn judge_absent(&self, number: usize, absent: &MissingProgram) -> ItemResult {
        let mut result = self.judge(number, Err(&absent.because));
        result.verdict = absent.verdict;
        if absent.verdict == Verdict::Fail {
            let because = match absent.because.clone() {
                Reason::Cause(cause) => Because::Cause(cause),
                reason => reason.message().into(),
            };
            let mut finding = Finding::new(Verdict::Fail, because);
            if let Some(expectation) = self.scenario.items[number].expect.first() {
                finding.expectation = expectation.word().to_owned();
                finding.at = location(self.scenario, number, 0);
            }
            result.judged.findings = vec![finding];
            result.reason = None;
        }
        result
    }

    /// Evaluates the expectations of an item and fills in its result.
    fn settle(&self, result: &mut ItemResult, number: usize, context: &JudgeContext<'_>) {
        let item = &self.scenario.items[number];
        result.program = program(context);
        result.judged.findings = item
            .expect
            .iter()
            .enumerate()
            .map(|(n, expectation)| {
                let mut finding = (self.evaluate)(expectation, context);
                finding.expectation = expectation.word().to_owned();
                finding.at = location(self.scenario, number, n);
                finding
            })
            .collect();
        result.verdict = Verdict::combine(result.judged.findings.iter().map(|finding| finding.verdict));
        result.earned = earned_points(result.verdict, item.points);
        result.judged.notes = result.judged.findings.iter().flat_map(|finding| finding.notes.clone()).collect();
        if item.expect.iter().any(|one| one.act().needs().contains(EvidenceKind::Packets)) {
            result.judged.notes.extend(context.notes.iter().cloned());
        }
        match result.judged.findings.iter().find(|finding| finding.verdict == result.verdict) {
            Some(first) if result.verdict == Verdict::Fail => {
                result.story = summarize(&context.journal, &first.shown_by);
                result.filter = filter(context, &first.shown_by);
                result.hint.clone_from(&item.hint);
            }
            Some(first) if result.verdict != Verdict::Pass => {
                result.reason = Some(first.because.message().into_owned().into());
            }
            _ => {}
        }
    }
}

/// Evaluates an expectation. Without the evidence that it needs, the finding is *not verified*,
/// unless the rest proves a failure.
fn evaluate(expectation: &Expectation, context: &JudgeContext<'_>) -> Finding {
    let judge = expectation.act();
    match context.first_gap(&judge.needs()) {
        Some(gap) => match judge.proved_failure(&gap.because, context) {
            Some(failure) => with_root_cause(failure, context),
            None => Finding::not_verified(gap.because.clone()),
        },
        None => with_root_cause(judge.judge(context), context),
    }
}

/// Returns the command line of the program as a person would type it.
fn program(context: &JudgeContext<'_>) -> String {
    let first = context.journal.iter().find_map(|event| match &event.kind {
        EventKind::Started { server: ServerId(0), command, .. } => Some(command.clone()),
        _ => None,
    });
    first.unwrap_or_default()
}

/// Returns a Wireshark filter for the packets of these events: the connection of their only client,
/// else all connections of the server.
fn filter(evidence: &Evidence, events: &[EventId]) -> Option<String> {
    evidence.capture.as_ref()?;
    let journal = &evidence.journal;
    let clients = || journal.iter().filter(|event| events.contains(&event.id)).filter_map(|event| event.kind.client());
    let all = journal.connections();
    let name = |protocol| if protocol == Protocol::Tcp { "tcp" } else { "udp" };
    let mut involved: Vec<ClientId> = clients().collect();
    involved.dedup();
    match involved[..] {
        [client] => all.iter().find(|one| one.client == client).map(|one| {
            let (name, server, local) = (name(one.protocol), one.peer.port(), one.local.port());
            format!("{name}.port == {server} && {name}.port == {local}")
        }),
        _ => all.first().map(|one| format!("{}.port == {}", name(one.protocol), one.peer.port())),
    }
}

fn location(scenario: &Scenario, item: usize, expectation: usize) -> SourceLocation {
    let (line, column) = scenario.location_of(item, expectation);
    SourceLocation { file: scenario.file.clone(), line, column }
}

/// Makes items *not verified* whose dependencies failed or were not tried. A root cause is reported
/// once, and an untried dependency might have failed. A dependency that is only unobservable on
/// this machine does not block. Before that, items of a role that fail for one reason get its
/// cause.
pub fn settle_needs(items: &mut [ItemResult], needs: &BTreeMap<ItemId, Vec<ItemId>>) {
    share_root_causes(items);
    block(items, needs, |item| item.verdict == Verdict::Fail, |_| true);
    block(items, needs, is_untried, |item| !is_untried(item));
}

/// Blocks items that directly or indirectly depend on one of the `first` items, if they can be
/// blocked.
fn block(
    items: &mut [ItemResult],
    needs: &BTreeMap<ItemId, Vec<ItemId>>,
    first: impl Fn(&ItemResult) -> bool,
    can_be: impl Fn(&ItemResult) -> bool,
) {
    let mut blocking: BTreeSet<ItemId> = items.iter().filter(|item| first(item)).map(|item| item.id.clone()).collect();
    let mut blocked: BTreeMap<ItemId, ItemId> = BTreeMap::new();
    // Dependencies may have dependencies: repeat until nothing changes.
    loop {
        let before = blocked.len();
        for item in items.iter() {
            let need = needs.get(&item.id).into_iter().flatten().find(|need| blocking.contains(*need));
            if let Some(need) = need {
                blocked.entry(item.id.clone()).or_insert_with(|| need.clone());
                blocking.insert(item.id.clone());
            }
        }
        if blocked.len() == before {
            break;
        }
    }
    for item in items.iter_mut().filter(|item| can_be(item)) {
        let Some(need) = blocked.get(&item.id) else { continue };
        item.verdict = Verdict::NotVerified;
        item.earned = 0;
        item.reason = Some(NotVerified::DependsOn { item: need.to_string() }.into());
        item.judged = Judged::default();
        item.annotations.retain(|one| one.target() == AnnotationTarget::Item);
        item.story.clear();
        item.hint = None;
        item.filter = None;
    }
}

/// Returns true if an item was not tried for a reason that may disappear in another run. This is an
/// error of the harness, or an unrelated program on the port.
fn is_untried(item: &ItemResult) -> bool {
    item.verdict == Verdict::Error || matches!(item.reason, Some(Reason::NotVerified(NotVerified::PortBusy { .. })))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Returns a result without findings, worth 2 points.
    pub(crate) fn item(id: &str, verdict: Verdict) -> ItemResult {
        ItemResult {
            id: id.parse().expect("a name"),
            title: LocalizedText::Plain(String::new()),
            verdict,
            earned: earned_points(verdict, 2),
            of: 2,
            role: None,
            program: String::new(),
            scenario: String::new(),
            reason: None,
            judged: Judged::default(),
            annotations: Vec::new(),
            story: Vec::new(),
            hidden: false,
            hint: None,
            repeat: String::new(),
            filter: None,
            took_ms: 0,
        }
    }

    fn settled(verdicts: &[(&str, Verdict)], needs: &[(&str, &str)]) -> Vec<(Verdict, u32)> {
        let name = |id: &str| id.parse::<ItemId>().expect("a name");
        let mut items: Vec<_> = verdicts.iter().map(|(id, verdict)| item(id, *verdict)).collect();
        let needs = needs.iter().map(|(id, need)| (name(id), vec![name(need)])).collect();
        settle_needs(&mut items, &needs);
        items.iter().map(|item| (item.verdict, item.earned)).collect()
    }

    #[test]
    fn dependents_of_failed_items_are_not_verified() {
        let verdicts = [("c", Verdict::Pass), ("b", Verdict::Pass), ("a", Verdict::Fail), ("d", Verdict::Pass)];
        let nothing = (Verdict::NotVerified, 0);
        let expected = [nothing, nothing, (Verdict::Fail, 0), (Verdict::Pass, 2)];
        assert_eq!(settled(&verdicts, &[("c", "b"), ("b", "a")]), expected);
    }

    #[test]
    fn dependents_of_unobservable_items_are_judged() {
        let verdicts = [("a", Verdict::NotVerified), ("b", Verdict::Pass), ("c", Verdict::Fail)];
        let expected = [(Verdict::NotVerified, 0), (Verdict::Pass, 2), (Verdict::Fail, 0)];
        assert_eq!(settled(&verdicts, &[("b", "a"), ("c", "a")]), expected);
    }

    #[test]
    fn dependents_of_untried_items_are_not_verified() {
        let nothing = (Verdict::NotVerified, 0);
        let verdicts = [("a", Verdict::Error), ("b", Verdict::Pass), ("c", Verdict::Fail), ("d", Verdict::Error)];
        // An item that was itself not tried keeps its own reason.
        let expected = [(Verdict::Error, 0), nothing, (Verdict::Fail, 0), (Verdict::Error, 0)];
        assert_eq!(settled(&verdicts, &[("b", "a"), ("d", "a")]), expected);
        let at = "127.0.0.1:65432".parse().expect("an address");
        let busy = NotVerified::PortBusy { at, state: crate::model::TcpState::Listen };
        let untried = ItemResult { reason: Some(busy.into()), ..item("a", Verdict::NotVerified) };
        let mut items = [untried, item("b", Verdict::Pass)];
        let [a, b] = ["a", "b"].map(|id| id.parse::<ItemId>().expect("a name"));
        settle_needs(&mut items, &[(b, vec![a])].into());
        assert_eq!((items[1].verdict, items[1].earned), nothing);
    }
}
