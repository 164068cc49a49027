//! From evidence to items: every expectation asked, gaps respected, needs settled. Pure.

use std::collections::BTreeMap;

use crate::model::verdict::earned;
use crate::model::{EventKind, Evidence, Finding, ItemId, ItemResult, Message, Place, ServerId, Text, Verdict};
use crate::scenario::expect::Expectation;
use crate::scenario::story::story;
use crate::scenario::{Item, Scenario, yaml};

/// How a scenario's run ended.
#[derive(Debug)]
pub enum Outcome {
    /// It ran to its end; this was seen.
    Seen(Box<Evidence>),
    /// The harness failed.
    Failed(Message),
}

/// What an item's evidence says of it, needs aside.
#[must_use]
pub fn judge_item(scenario: &Scenario, number: usize, outcome: &Outcome, took_ms: u64, repeat: &str) -> ItemResult {
    let item = &scenario.items[number];
    let mut result = ItemResult {
        id: item.id.clone(),
        title: item.title.clone().unwrap_or_else(|| Text::Plain(item.id.to_string())),
        verdict: Verdict::Error,
        earned: 0,
        of: item.points,
        role: scenario.role().cloned(),
        program: String::new(),
        scenario: scenario.name.clone(),
        reason: None,
        findings: Vec::new(),
        story: Vec::new(),
        notes: Vec::new(),
        hint: None,
        repeat: format!("{repeat} --item {}", item.id),
        took_ms,
    };
    match outcome {
        Outcome::Failed(message) => result.reason = Some(message.clone()),
        Outcome::Seen(evidence) => settle(&mut result, scenario, number, item, evidence),
    }
    result
}

fn settle(result: &mut ItemResult, scenario: &Scenario, number: usize, item: &Item, evidence: &Evidence) {
    result.program = program(evidence);
    result.findings = item
        .expect
        .iter()
        .enumerate()
        .map(|(n, expectation)| {
            let mut finding = ask(expectation, evidence);
            finding.expectation = expectation.word().to_owned();
            finding.at = place(scenario, number, n);
            finding
        })
        .collect();
    result.verdict = Verdict::of_all(result.findings.iter().map(|finding| finding.verdict));
    result.earned = earned(result.verdict, item.points);
    result.notes = result.findings.iter().flat_map(|finding| finding.notes.clone()).collect();
    match result.findings.iter().find(|finding| finding.verdict == result.verdict) {
        Some(first) if result.verdict == Verdict::Fail => {
            result.story = story(&evidence.journal, &first.shown_by);
            result.hint.clone_from(&item.hint);
        }
        Some(first) if result.verdict != Verdict::Pass => result.reason = Some(first.because.clone()),
        _ => {}
    }
}

/// What an expectation finds; nothing where what it needs could not be observed.
fn ask(expectation: &Expectation, evidence: &Evidence) -> Finding {
    let judge = expectation.act();
    match evidence.gap_in(&judge.needs()) {
        Some(gap) => Finding::not_verified(gap.because.clone()),
        None => judge.judge(evidence),
    }
}

/// The program's line as a person would type it.
fn program(evidence: &Evidence) -> String {
    let first = evidence.journal.iter().find_map(|event| match &event.kind {
        EventKind::Started { server: ServerId(0), command, .. } => Some(command.clone()),
        _ => None,
    });
    first.unwrap_or_default()
}

fn place(scenario: &Scenario, item: usize, expectation: usize) -> Place {
    let (line, column) = yaml::locate(&scenario.text, &scenario.path_of(item, expectation)).unwrap_or((0, 0));
    Place { file: scenario.file.clone(), line, column }
}

/// Items whose needs are not met say nothing: what failed is told once, where it failed.
pub fn settle_needs(items: &mut [ItemResult], needs: &BTreeMap<ItemId, Vec<ItemId>>) {
    // A need may itself have needs; as many rounds as there are items settle every chain.
    for _ in 0..items.len() {
        let verdicts: BTreeMap<ItemId, Verdict> = items.iter().map(|item| (item.id.clone(), item.verdict)).collect();
        let mut changed = false;
        for item in items.iter_mut() {
            let unmet =
                needs.get(&item.id).into_iter().flatten().find(|need| verdicts.get(*need) != Some(&Verdict::Pass));
            let Some(need) = unmet.filter(|_| matches!(item.verdict, Verdict::Pass | Verdict::Fail)) else { continue };
            item.verdict = Verdict::NotVerified;
            item.earned = 0;
            item.reason = Some(Message::new("needs-another").with("item", need.as_str()));
            item.findings.clear();
            item.story.clear();
            item.notes.clear();
            item.hint = None;
            changed = true;
        }
        if !changed {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, verdict: Verdict) -> ItemResult {
        ItemResult {
            id: id.parse().expect("a name"),
            title: Text::Plain(String::new()),
            verdict,
            earned: earned(verdict, 2),
            of: 2,
            role: None,
            program: String::new(),
            scenario: String::new(),
            reason: None,
            findings: Vec::new(),
            story: Vec::new(),
            notes: Vec::new(),
            hint: None,
            repeat: String::new(),
            took_ms: 0,
        }
    }

    #[test]
    fn what_needs_a_failed_item_is_not_verified_through_every_chain() {
        let name = |id: &str| id.parse::<ItemId>().expect("a name");
        let mut items =
            [item("c", Verdict::Pass), item("b", Verdict::Fail), item("a", Verdict::Fail), item("d", Verdict::Pass)];
        let needs = BTreeMap::from([(name("c"), vec![name("b")]), (name("b"), vec![name("a")])]);
        settle_needs(&mut items, &needs);
        let verdicts: Vec<_> = items.iter().map(|item| (item.verdict, item.earned)).collect();
        let nothing = (Verdict::NotVerified, 0);
        assert_eq!(verdicts, [nothing, nothing, (Verdict::Fail, 0), (Verdict::Pass, 2)]);
    }
}
