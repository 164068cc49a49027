//! Judges stored evidence again, with the current lab and without running anything.

use std::collections::BTreeMap;

use crate::model::{Annotation, AnnotationTarget, Finding, ItemResult, Judged, NotVerified, SubmissionResult, Verdict};
use crate::run::judge::{MissingProgram, Outcome, judge_items, settle_needs};
use crate::run::store::{Store, StoreError};
use crate::scenario::Scenario;
use crate::scenario::lab::Lab;

/// Judges the stored evidence of all submissions again with the current lab, without running
/// anything. Returns the number of submissions, and how many results changed.
///
/// # Errors
/// Returns an error if the store cannot be read or written.
pub(crate) fn regrade(lab: &Lab, lab_hash: &str, store: &Store) -> Result<(usize, usize), StoreError> {
    let needs: BTreeMap<_, _> = lab.items().map(|(_, item)| (item.id.clone(), item.needs.clone())).collect();
    let (mut all, mut changed) = (0, 0);
    for id in store.ids()? {
        let Some(old) = store.result(&id)? else { continue };
        let seen: BTreeMap<String, crate::model::Evidence> = store.evidence(&old.id.0)?.into_iter().collect();
        let mut items = Vec::new();
        for scenario in &lab.scenarios {
            match seen.get(&scenario.name) {
                Some(evidence) => {
                    let took =
                        old.items.iter().find(|item| item.scenario == scenario.name).map_or(0, |item| item.took_ms);
                    let repeat = repeat_of(&old);
                    let outcome = Outcome::Seen(Box::new(evidence.clone()));
                    items.extend(judge_items(scenario, &outcome, took, &repeat));
                }
                None => items.extend(without_evidence(scenario, &old)),
            }
        }
        settle_needs(&mut items, &needs);
        let mut items = crate::run::runner::ordered(items);
        carry_over_annotations(&mut items, &old, lab.documented);
        let mut new = SubmissionResult {
            name: old.name.clone(),
            reason: old.reason.clone(),
            programs: old.programs.clone(),
            notes: old.notes.clone(),
            hash: old.hash.clone(),
            graded_at: old.graded_at,
            excerpts: old.excerpts.clone(),
            ..SubmissionResult::new(old.id.clone(), items, old.took_ms)
        };
        new.drop_unused_excerpts();
        all += 1;
        changed += usize::from(!is_shown_the_same(&new, &old));
        store.update(&new, lab_hash)?;
    }
    Ok((all, changed))
}

/// Carries over annotations from further runs and from the written report.
fn carry_over_annotations(items: &mut [ItemResult], old: &SubmissionResult, documented: u32) {
    for item in items {
        let Some(before) = old.items.iter().find(|before| before.id == item.id) else { continue };
        item.annotations = kept_annotations(before, &item.judged.findings);
        crate::submission::annotate::written_report::add_points(item, documented);
    }
}

/// Returns true if readers see no difference between two results. The judged cause of an older
/// version may have become known, although a further run found the shown one.
fn is_shown_the_same(one: &SubmissionResult, other: &SubmissionResult) -> bool {
    let about_all = |result: &SubmissionResult| SubmissionResult { items: Vec::new(), ..result.clone() };
    let about_item =
        |item: &ItemResult| ItemResult { judged: Judged::default(), annotations: Vec::new(), ..item.clone() };
    let is_same_item =
        |(one, other): (&ItemResult, &ItemResult)| about_item(one) == about_item(other) && one.shown() == other.shown();
    about_all(one) == about_all(other)
        && one.items.len() == other.items.len()
        && one.items.iter().zip(&other.items).all(is_same_item)
}

/// Returns the annotations that are still valid: those on the item, and those on a finding whose
/// cause is the same.
fn kept_annotations(before: &ItemResult, findings: &[Finding]) -> Vec<Annotation> {
    let same: Vec<Option<usize>> = findings.iter().map(|finding| same_finding(before, finding)).collect();
    let kept = before.annotations.iter().flat_map(|one| match one.target() {
        AnnotationTarget::Item => vec![one.clone()],
        AnnotationTarget::Finding(old) => {
            let places = same.iter().enumerate().filter(|(_, same)| **same == Some(old));
            places.map(|(new, _)| one.clone().moved_to(new)).collect()
        }
    });
    kept.collect()
}

/// Returns the index of the earlier finding of the same expectation with the same cause.
fn same_finding(before: &ItemResult, finding: &Finding) -> Option<usize> {
    let find = |is_same: &dyn Fn(&Finding) -> bool| {
        before.judged.findings.iter().position(|one| one.expectation == finding.expectation && is_same(one))
    };
    find(&|one| one.because == finding.because)
        // The judged cause of an older version is unknown if a further run found another one.
        .or_else(|| find(&|one| one.because.is_from_rerun() && one.verdict == finding.verdict))
}

fn repeat_of(old: &SubmissionResult) -> String {
    let all = old.items.iter().find_map(|item| item.repeat.rsplit_once(" --item "));
    all.map(|(repeat, _)| repeat.to_owned()).unwrap_or_default()
}

/// Returns the items of a scenario that was not run: old verdicts, current points.
fn without_evidence(scenario: &Scenario, old: &SubmissionResult) -> Vec<ItemResult> {
    let reason = old.reason.clone().unwrap_or_else(|| NotVerified::NotKept {}.into());
    let absent = Outcome::Absent(MissingProgram::new(Verdict::NotVerified, reason));
    let mut items = judge_items(scenario, &absent, 0, &repeat_of(old));
    for item in &mut items {
        if let Some(before) = old.items.iter().find(|before| before.id == item.id) {
            let (of, title) = (item.of, item.title.clone());
            *item = before.clone();
            (item.of, item.title) = (of, title);
            item.earned = crate::model::score::earned_points(item.verdict, of);
        }
    }
    items
}

#[cfg(test)]
mod tests;
