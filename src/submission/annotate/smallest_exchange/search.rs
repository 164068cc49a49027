//! Searches for the smallest dialogue that still fails: first a ladder of very small ones, then
//! single messages, then subsets of the messages (delta debugging; Zeller and Hildebrandt, 2002).
//! Runs nothing: the caller says which dialogues fail.

use crate::scenario::dialogue::{ClientGroup, Dialogue, SentMessage};

/// Numbers of simultaneous clients that are tried.
const TOGETHER: [u32; 3] = [2, 3, 5];
/// Maximum number of messages that are tried alone.
const MAX_SINGLE_MESSAGES: usize = 8;
/// Maximum number of messages of one client of which subsets are tried.
const MAX_MESSAGES: usize = 64;

/// Says whether a dialogue fails for the same cause. Returns false when there is no time left.
pub(super) type Fails<'a> = &'a mut dyn FnMut(&Dialogue) -> bool;

/// Returns the smallest dialogue found that fails, if it is smaller than the original.
pub(super) fn smallest(original: &Dialogue, fails: Fails<'_>) -> Option<Dialogue> {
    let is_smaller = |dialogue: &Dialogue| {
        let (this, other) = (dialogue.size(), original.size());
        // What several clients send together is not counted.
        let is_shorter = this.2 <= other.2 || other.0 > 1;
        this.0 <= other.0 && this.1 <= other.1 && is_shorter && this != other
    };
    for step in ladder().into_iter().filter(is_smaller) {
        if fails(&step) {
            return Some(step);
        }
    }
    let of_one = |group: &&ClientGroup| group.clients == 1;
    let mut tried: Vec<&SentMessage> = Vec::new();
    for message in original.groups.iter().filter(of_one).flat_map(|group| &group.messages) {
        if tried.len() == MAX_SINGLE_MESSAGES || message.bytes.is_empty() || tried.contains(&message) {
            continue;
        }
        tried.push(message);
        let alone = Dialogue::of_one_client(vec![message.clone()]);
        if fails(&alone) {
            let messages = shrink_messages(vec![message.clone()], fails);
            return Some(Dialogue::of_one_client(messages)).filter(is_smaller);
        }
    }
    for group in original.groups.iter().filter(of_one).filter(|group| group.messages.len() <= MAX_MESSAGES) {
        let alone = Dialogue { groups: vec![group.clone()] };
        if group.messages.len() > 1 && fails(&alone) {
            let messages = fewest_messages(group.messages.clone(), fails);
            let messages = shrink_messages(messages, fails);
            return Some(Dialogue::of_one_client(messages)).filter(is_smaller);
        }
    }
    None
}

/// Returns very small dialogues, the smallest first.
fn ladder() -> Vec<Dialogue> {
    // Of one letter, an answer may look as if another fault had made it.
    const TEXTS: [&str; 2] = ["a", "abc"];
    let of_one = |text: &str, count| Dialogue::of_one_client(vec![SentMessage::new(text); count]);
    let in_turn = |text: &str| Dialogue { groups: [of_one(text, 1), of_one(text, 1)].map(|one| one.groups).concat() };
    let mut steps: Vec<Dialogue> = [1, 2].iter().flat_map(|count| TEXTS.map(|text| of_one(text, *count))).collect();
    steps.extend(TEXTS.map(in_turn));
    // What one of several clients sends: it may fail alone.
    steps.push(of_one("a1", 1));
    let together = |clients| Dialogue { groups: vec![ClientGroup { clients, messages: Vec::new() }] };
    steps.extend(TOGETHER.map(together));
    steps
}

/// Removes messages of one client while what remains fails.
fn fewest_messages(mut messages: Vec<SentMessage>, fails: Fails<'_>) -> Vec<SentMessage> {
    let mut chunk = messages.len() / 2;
    while chunk > 0 {
        let mut start = 0;
        while start < messages.len() && messages.len() > 1 {
            let mut rest = messages.clone();
            rest.drain(start..(start + chunk).min(messages.len()));
            if !rest.is_empty() && fails(&Dialogue::of_one_client(rest.clone())) {
                messages = rest;
            } else {
                start += chunk;
            }
        }
        chunk /= 2;
    }
    messages
}

/// Replaces each message of one client by the shortest one found with which all still fail.
fn shrink_messages(mut messages: Vec<SentMessage>, fails: Fails<'_>) -> Vec<SentMessage> {
    for k in (0..messages.len()).rev() {
        let message = messages[k].clone();
        messages[k] = shrink_message(&message, &mut |candidate| {
            let mut all = messages.clone();
            all[k] = candidate;
            fails(&Dialogue::of_one_client(all))
        });
    }
    messages
}

/// Returns the shortest message found for which `holds` is true, as it is for this one.
fn shrink_message(message: &SentMessage, holds: &mut dyn FnMut(SentMessage) -> bool) -> SentMessage {
    if message.bytes.len() < 2 {
        return message.clone();
    }
    let is_whole = message.fragments > 1 && holds(SentMessage { fragments: 1, ..message.clone() });
    let fragments = if is_whole { 1 } else { message.fragments };
    let with = |bytes: &[u8]| SentMessage { bytes: bytes.to_vec(), fragments };
    let letters = vec![b'a'; message.bytes.len()];
    if holds(with(&letters)) {
        // The length alone matters.
        let length = least(letters.len(), &mut |length| holds(with(&letters[..length])));
        return with(&letters[..length]);
    }
    let ends = boundaries(&message.bytes);
    let end = least(ends.len() - 1, &mut |k| holds(with(&message.bytes[..ends[k]])));
    let bytes = &message.bytes[..ends[end]];
    let begin = least(end, &mut |k| holds(with(&bytes[ends[end - k]..])));
    with(&bytes[ends[end - begin]..])
}

/// Returns the smallest number from 1 to `most` for which `holds` is true, if it is true from there
/// on. It is true for `most`.
fn least(most: usize, holds: &mut dyn FnMut(usize) -> bool) -> usize {
    let (mut below, mut known) = (0, most);
    while below + 1 < known {
        let middle = below.midpoint(known);
        if holds(middle) { known = middle } else { below = middle }
    }
    known
}

/// Returns the offsets at which a text may be cut: at its characters, or anywhere if it is not
/// UTF-8.
fn boundaries(bytes: &[u8]) -> Vec<usize> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.char_indices().map(|(at, _)| at).chain([text.len()]).collect(),
        Err(_) => (0..=bytes.len()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(messages: &[&str]) -> Dialogue {
        Dialogue::of_one_client(messages.iter().map(|text| SentMessage::new(*text)).collect())
    }

    fn contains(dialogue: &Dialogue, found: impl Fn(&[u8]) -> bool) -> bool {
        dialogue.groups.iter().flat_map(|group| &group.messages).any(|message| found(&message.bytes))
    }

    /// Returns the smallest dialogue, and the number of runs.
    fn found(original: &Dialogue, fails: impl Fn(&Dialogue) -> bool) -> (Option<Dialogue>, usize) {
        let mut runs = 0;
        let smallest = smallest(original, &mut |dialogue| {
            runs += 1;
            fails(dialogue)
        });
        (smallest, runs)
    }

    #[test]
    fn fault_of_every_exchange_needs_one_letter() {
        assert_eq!(found(&one(&["Olá", "mundo"]), |_| true), (Some(one(&["a"])), 1));
        assert_eq!(found(&one(&["a"]), |_| true).0, None, "nothing is smaller");
    }

    #[test]
    fn fault_that_one_letter_does_not_show_needs_one_client_with_three() {
        let original = Dialogue { groups: [one(&["xxx"]), one(&["yyyy"])].map(|one| one.groups).concat() };
        let shows = |dialogue: &Dialogue| contains(dialogue, |bytes| bytes.len() > 1) || dialogue.size().0 > 1;
        assert_eq!(found(&original, shows).0, Some(one(&["abc"])));
    }

    #[test]
    fn second_message_and_second_client_are_found() {
        let second = |dialogue: &Dialogue| dialogue.groups.iter().any(|group| group.messages.len() > 1);
        assert_eq!(found(&one(&["x", "y", "z"]), second).0, Some(one(&["a", "a"])));
        let turns = Dialogue { groups: [one(&["xx"]), one(&["yy"])].into_iter().flat_map(|one| one.groups).collect() };
        let (smallest, _) = found(&turns, |dialogue| dialogue.groups.len() > 1);
        assert_eq!(smallest.map(|dialogue| dialogue.groups.len()), Some(2));
        let three = Dialogue { groups: vec![ClientGroup { clients: 5, messages: Vec::new() }] };
        let (smallest, _) = found(&three, |dialogue| dialogue.groups[0].clients >= 3);
        assert_eq!(smallest.map(|dialogue| dialogue.groups[0].clients), Some(3));
    }

    #[test]
    fn text_of_several_clients_that_fails_alone_needs_only_one() {
        let original = Dialogue { groups: [one(&["some 1"]), one(&["text 2"])].map(|one| one.groups).concat() };
        let has_digit = |dialogue: &Dialogue| {
            contains(dialogue, |bytes| bytes.iter().any(u8::is_ascii_digit))
                || dialogue.groups.iter().any(|group| group.clients > 1)
        };
        assert_eq!(found(&original, has_digit).0, Some(one(&["a1"])));
    }

    #[test]
    fn length_that_matters_is_found_by_halving() {
        let long = "xyz ".repeat(16_384);
        let (smallest, runs) = found(&one(&["Olá", &long]), |dialogue| contains(dialogue, |bytes| bytes.len() > 1024));
        assert_eq!(smallest, Some(one(&[&"a".repeat(1025)])));
        assert!(runs < 30, "{runs}");
    }

    #[test]
    fn character_that_matters_is_found() {
        let (smallest, _) =
            found(&one(&["Outra Conexão, mais tarde"]), |dialogue| contains(dialogue, |bytes| !bytes.is_ascii()));
        assert_eq!(smallest, Some(one(&["ã"])));
        let all: Vec<u8> = (0..=255).collect();
        let original = Dialogue::of_one_client(vec![SentMessage::new(all)]);
        let (smallest, _) = found(&original, |dialogue| contains(dialogue, |bytes| bytes.contains(&0)));
        assert_eq!(smallest, Some(Dialogue::of_one_client(vec![SentMessage::new([0])])));
    }

    #[test]
    fn two_messages_that_matter_together_are_found() {
        let original = one(&["a", "long text", "b", "c", "é", "d"]);
        let matter = |dialogue: &Dialogue| {
            contains(dialogue, |bytes| bytes.len() > 5) && contains(dialogue, |bytes| !bytes.is_ascii())
        };
        assert_eq!(found(&original, matter).0, Some(one(&["aaaaaa", "é"])));
    }

    #[test]
    fn nothing_is_found_without_time() {
        assert_eq!(found(&one(&["Olá", "mundo"]), |_| false).0, None);
    }
}
