//! The cause of a server that answers only texts that upper case changes: `upcase!` of Ruby returns
//! `nil` for any other, and some programs compare the two texts.

use super::answer_rule::Rule;
use super::excerpt::quote;
use super::stream::Stream;
use crate::model::{Cause, ClientId, EventId};

/// A text that a client sent, and whether it was answered.
pub(super) struct Asked<'a> {
    pub(super) id: EventId,
    pub(super) client: ClientId,
    pub(super) sent: &'a [u8],
    pub(super) answered: bool,
}

/// Returns the cause if exactly the texts that upper case does not change have no answer, and a later
/// one has: then the server did not only stop.
pub(super) fn cause(rule: Rule, asked: &[Asked<'_>]) -> Option<Cause> {
    let (unchanged, changed): (Vec<_>, Vec<_>) = asked
        .iter()
        .filter(|one| !one.sent.trim_ascii().is_empty())
        .partition(|one| rule.answers(one.sent).iter().all(|answer| answer.trim_ascii() == one.sent.trim_ascii()));
    let first = unchanged.first()?;
    let is_exact = unchanged.iter().all(|one| !one.answered) && changed.iter().all(|one| one.answered);
    let went_on = changed.iter().any(|one| one.id > first.id) && changed.iter().any(|one| one.id < first.id);
    let is_found = rule == Rule::Upper && is_exact && went_on;
    is_found.then(|| Cause::UnchangedUnanswered { client: first.client, sent: quote(first.sent) })
}

/// Returns the cause for the clients of a TCP server, each of which sent one text.
pub(super) fn cause_of_streams(rule: Rule, all: &[Stream<'_>]) -> Option<Cause> {
    let one_each = all.iter().map(|stream| match stream.sent[..] {
        [(id, sent)] => Some(Asked { id, client: stream.client, sent, answered: !stream.got.is_empty() }),
        _ => None,
    });
    cause(rule, &one_each.collect::<Option<Vec<_>>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the cause for texts that were answered or not.
    fn found(rule: Rule, texts: &[(&str, bool)]) -> Option<Cause> {
        let asked = texts.iter().zip(0..).map(|((text, answered), id)| Asked {
            id: EventId(id),
            client: ClientId(1),
            sent: text.as_bytes(),
            answered: *answered,
        });
        cause(rule, &asked.collect::<Vec<_>>())
    }

    #[test]
    fn text_without_lower_case_is_named_only_if_the_server_went_on() {
        let all = [("abc", true), ("2026", false), ("curta", true)];
        let expected = Cause::UnchangedUnanswered { client: ClientId(1), sent: quote(b"2026") };
        assert_eq!(found(Rule::Upper, &all), Some(expected));
        assert_eq!(found(Rule::Echo, &all), None);
        assert_eq!(found(Rule::Upper, &all[..2]), None);
        assert_eq!(found(Rule::Upper, &all[1..]), None);
    }

    #[test]
    fn other_unanswered_texts_are_not_explained() {
        assert_eq!(found(Rule::Upper, &[("abc", true), ("2026", false), ("x", false), ("y", true)]), None);
        assert_eq!(found(Rule::Upper, &[("abc", true), ("2026", false), ("7", true), ("y", true)]), None);
        assert_eq!(found(Rule::Upper, &[("abc", true), (" ", false), ("y", true)]), None);
    }
}
