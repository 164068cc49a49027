//! Gives items of a role that fail for the same reason the same cause: one scenario shows the root,
//! another only what follows from it.

use crate::model::{Cause, ItemResult, Verdict};
use crate::scenario::expect::{Symptom, symptom};

/// Returns the kind of symptom that a cause explains in other items of its role, and its rank: the
/// surest first.
const fn explains(cause: &Cause) -> Option<(Symptom, usize)> {
    Some(match cause {
        Cause::AnswerSentElsewhere { .. } => (Symptom::Missing, 0),
        Cause::DataUnread { .. } | Cause::WaitsForKeyboard { .. } => (Symptom::Missing, 1),
        Cause::AnswersOnlyAfterEnd { .. } => (Symptom::Missing, 2),
        Cause::EverySecondDatagram { .. } => (Symptom::Missing, 3),
        Cause::FirstDatagramUnanswered { .. } => (Symptom::Missing, 4),
        Cause::OneMessageLate { .. } => (Symptom::Missing, 5),
        Cause::ObjectStream { .. }
        | Cause::PrintedForm { .. }
        | Cause::TwoBytesPerLetter { .. }
        | Cause::OneBytePerAccent { .. }
        | Cause::LengthBeforeAnswer { .. }
        | Cause::EveryAnswerCut { .. }
        | Cause::CutAtNul { .. }
        | Cause::EarlierTextBefore { .. }
        | Cause::CaseSwapped { .. } => (Symptom::Wrong, 0),
        _ => return None,
    })
}

/// Replaces causes that only describe a symptom by the root cause that another item of the same
/// role shows.
pub(super) fn share_root_causes(items: &mut [ItemResult]) {
    let failed = |item: &&ItemResult| item.verdict == Verdict::Fail && item.role.is_some();
    let roots: Vec<_> = items
        .iter()
        .filter(failed)
        .flat_map(|item| {
            item.judged.findings.iter().filter_map(|finding| Some((item.role.clone(), finding.because.cause()?)))
        })
        .filter_map(|(role, cause)| Some((role, explains(cause)?, cause.clone())))
        .collect();
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let role = item.role.clone();
        for finding in item.judged.findings.iter_mut().filter(|finding| finding.verdict == Verdict::Fail) {
            let Some(own) = finding.because.cause() else { continue };
            let Some(symptom) = symptom(own) else { continue };
            let rank = explains(own).map_or(usize::MAX, |(_, rank)| rank);
            let fits = |kind: Symptom, cause: &Cause| {
                // A cut answer is incomplete, and looks wrong.
                let is_cut = symptom == Symptom::Missing && matches!(cause, Cause::EveryAnswerCut { .. });
                let is_blocked = symptom == Symptom::Blocked && kind == Symptom::Missing;
                kind == symptom || is_blocked || is_cut && has_part(own)
            };
            let best = roots
                .iter()
                .filter(|(of, (kind, other), cause)| *of == role && fits(*kind, cause) && *other < rank)
                .min_by_key(|(_, (_, rank), _)| *rank);
            if let Some((.., cause)) = best {
                finding.because = cause.clone().into();
            }
        }
    }
}

/// Returns true if a part of the answer came.
const fn has_part(cause: &Cause) -> bool {
    matches!(cause, Cause::AnswerCut { .. } | Cause::AnswerCutByClose { .. } | Cause::AnswerCutByReset { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClientId, Finding, Hint, Judged};
    use crate::run::judge;

    fn item(id: &str, role: &str, cause: Cause) -> ItemResult {
        ItemResult {
            role: Some(role.parse().expect("a name")),
            judged: Judged { findings: vec![Finding::fail(cause)], notes: Vec::new() },
            ..judge::tests::item(id, Verdict::Fail)
        }
    }

    fn shared(all: [(&str, Cause); 2]) -> Vec<&'static str> {
        let mut items: Vec<_> = all.into_iter().map(|(role, cause)| item("a", role, cause)).collect();
        share_root_causes(&mut items);
        items.iter().map(|item| item.judged.findings[0].because.cause().expect("a cause").row().id).collect()
    }

    #[test]
    fn symptom_gets_the_root_of_its_role() {
        let client = ClientId(1);
        let silent = || Cause::NoAnswerLate { client, ms: 5000, hint: Hint::NoAnswer };
        let root = || Cause::AnswersOnlyAfterEnd { client };
        assert_eq!(shared([("x", silent()), ("x", root())]), ["answers-only-after-end"; 2]);
        assert_eq!(shared([("x", silent()), ("y", root())]), ["no-answer-late", "answers-only-after-end"]);
        let wrong = Cause::LastByteMissing { client, got: 8, of: 9 };
        assert_eq!(shared([("x", wrong.clone()), ("x", root())]), ["last-byte-missing", "answers-only-after-end"]);
        let cut = Cause::EveryAnswerCut { client, got: 8, of: 19, hint: Hint::PointerSize };
        assert_eq!(shared([("x", wrong), ("x", cut)]), ["every-answer-cut"; 2]);
        let fault = Cause::UpperForEcho { client, got: String::new() };
        assert_eq!(shared([("x", fault), ("x", root())]), ["upper-for-echo", "answers-only-after-end"]);
    }
}
