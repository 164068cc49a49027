//! Anonymizes reports, and removes the items that students must not see.
//!
//! **No names.** Text written by a student can occur anywhere: in file names, command lines,
//! program output and answers. It can therefore occur in any value of any sentence. A name cannot
//! be distinguished from another word, so there is no search for names. Instead, only this is kept:
//!
//! - the lab author's texts and ids (titles, hints, roles, scenarios), points, verdicts, and
//!   message ids;
//! - the numbers among the values of sentences;
//! - values that are one of a few words known beforehand (`is_public_word`): an id of the lab, a TCP
//!   state, a protocol, an address of the machine itself, ports. All other texts become `…`.
//!
//! Excerpts of bytes and of source files, programs, commands, paths and the hash of the submission
//! are dropped: comments of a source often name its author. Of the time, only the day is kept,
//! since submissions are graded in the order of their names. The caller must leave out the evidence
//! (packets, output, journal) as a whole. Structures are destructured field by field without `..`,
//! so a new field of a report does not compile here until it is handled.
//!
//! **Numbers instead.** They come from a hash of the submission's id with a key that only the store
//! has. They are stable between reports, unrelated to alphabetical order, and cannot be computed
//! from the roster.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use crate::model::report::DetectedProgram;
use crate::model::{
    Annotation, Arg, Because, Finding, ItemResult, Judged, Limitation, Machine, Mark, Message, Report, SourceLocation,
    SubmissionId, SubmissionResult, TcpState, WrittenAnswer,
};

const SECONDS_PER_DAY: u64 = 24 * 60 * 60;
/// The replacement for withheld text.
const WITHHELD: &str = "…";

/// Returns the numbers that replace the names of submissions, in the order of `ids`: six digits,
/// all different.
#[must_use]
pub(crate) fn anonymous_ids<'i>(ids: impl IntoIterator<Item = &'i str>, key: &[u8; 32]) -> Vec<u32> {
    const FIRST_NUMBER: u64 = 100_000;
    const NUMBERS: u64 = 900_000;
    let mut hashed: Vec<(u64, usize)> = ids
        .into_iter()
        .enumerate()
        .map(|(place, id)| {
            let mut bytes = [0; 8];
            blake3::Hasher::new_keyed(key).update(id.as_bytes()).finalize_xof().fill(&mut bytes);
            (u64::from_le_bytes(bytes), place)
        })
        .collect();
    hashed.sort_unstable();
    let mut taken = BTreeSet::new();
    let mut numbers = vec![0; hashed.len()];
    for (hash, place) in hashed {
        let free =
            (0..NUMBERS).map(|k| FIRST_NUMBER + (hash % NUMBERS + k) % NUMBERS).find(|number| taken.insert(*number));
        numbers[place] = u32::try_from(free.unwrap_or_default()).unwrap_or_default();
    }
    numbers
}

/// Adds the ids of the lab that occur in the results of a submission.
pub(crate) fn add_lab_ids(submission: &SubmissionResult, ids: &mut BTreeSet<String>) {
    for item in &submission.items {
        let role = item.role.as_ref().map(ToString::to_string);
        let found = [Some(item.id.to_string()), Some(item.scenario.clone()), role];
        for id in found.into_iter().flatten() {
            if !ids.contains(&id) {
                ids.insert(id);
            }
        }
    }
}

/// Returns true if the value of the argument `name` is one of the words known beforehand, whatever
/// its source.
fn is_public_word(name: &str, text: &str, ids: &BTreeSet<String>) -> bool {
    let is_own = |address: IpAddr| address.is_loopback() || address.is_unspecified();
    let is_port = |word: &str| word.parse::<u16>().is_ok();
    match name {
        "port" | "ports" | "pid" => text.split(' ').all(is_port),
        // The words by which the catalogues select a sentence.
        "answered" => matches!(text, "yes" | "no"),
        "cap" => text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-' || byte == b'_') && text.len() < 12,
        _ => {
            ids.contains(text)
                || matches!(text, "TCP" | "UDP" | "tcp" | "udp" | "-" | "")
                || TcpState::ALL.iter().any(|state| state.name() == text)
                || text.parse().is_ok_and(is_own)
                || text.parse().is_ok_and(|address: SocketAddr| is_own(address.ip()))
        }
    }
}

/// Returns the message with all unknown values withheld.
fn withhold_values(message: Message, ids: &BTreeSet<String>) -> Message {
    let Message { id, args } = message;
    let args = args.into_iter().map(|(name, arg)| {
        let arg = match arg {
            Arg::Number(number) => Arg::Number(number),
            Arg::Text(text) if is_public_word(&name, &text, ids) => Arg::Text(text),
            Arg::Text(_) => Arg::Text(WITHHELD.to_owned()),
            Arg::Message(inner) => Arg::Message(Box::new(self::withhold_values(*inner, ids))),
        };
        (name, arg)
    });
    Message { id, args: args.collect() }
}

fn messages(all: Vec<Message>, ids: &BTreeSet<String>) -> Vec<Message> {
    all.into_iter().map(|one| withhold_values(one, ids)).collect()
}

fn because(found: &Because, ids: &BTreeSet<String>) -> Because {
    let hint = found.hint().map(|hint| withhold_values(hint, ids));
    Because::new(withhold_values(found.message().into_owned(), ids), hint)
}

fn finding(found: Finding, ids: &BTreeSet<String>) -> Finding {
    let Finding { verdict, expectation, at, because: told, difference: _, notes, shown_by: _ } = found;
    // The path may lead through a home directory, so only the file name is kept.
    let at = SourceLocation { file: at.file.rsplit('/').next().unwrap_or_default().to_owned(), ..at };
    Finding {
        verdict,
        expectation,
        at,
        because: because(&told, ids),
        difference: None,
        notes: messages(notes, ids),
        shown_by: Vec::new(),
    }
}

fn judged(found: Judged, ids: &BTreeSet<String>) -> Judged {
    let Judged { findings, notes } = found;
    Judged { findings: findings.into_iter().map(|found| finding(found, ids)).collect(), notes: messages(notes, ids) }
}

/// Returns an annotation without the student's texts. Paths are dropped.
fn annotation(found: Annotation, ids: &BTreeSet<String>) -> Option<Annotation> {
    Some(match found {
        Annotation::SourceHint { finding: _, location: _ }
        | Annotation::SendingLine { finding: _, location: _ }
        | Annotation::Evidence { folder: _ } => return None,
        Annotation::Rerun { finding, because: told } => Annotation::Rerun { finding, because: because(&told, ids) },
        Annotation::AbruptClient { note } => Annotation::AbruptClient { note: withhold_values(note, ids) },
        Annotation::SmallestExchange { note } => Annotation::SmallestExchange { note: withhold_values(note, ids) },
        Annotation::ClientCheck { note } => Annotation::ClientCheck { note: withhold_values(note, ids) },
        Annotation::Mark(Mark { points, comment }) => {
            let comment = if comment.is_empty() { comment } else { WITHHELD.to_owned() };
            Annotation::Mark(Mark { points, comment })
        }
        Annotation::WrittenReport(written) => Annotation::WrittenReport(documented(written, ids)),
    })
}

fn documented(found: WrittenAnswer, ids: &BTreeSet<String>) -> WrittenAnswer {
    let WrittenAnswer { answered, text, pictures, notes, images: _ } = found;
    WrittenAnswer {
        answered,
        text: if text.is_empty() { text } else { WITHHELD.to_owned() },
        pictures: vec![WITHHELD.to_owned(); pictures.len()],
        notes: messages(notes, ids),
        images: Vec::new(),
    }
}

fn item(found: ItemResult, ids: &BTreeSet<String>) -> ItemResult {
    let ItemResult {
        id,
        title,
        verdict,
        earned,
        of,
        role,
        program: _,
        scenario,
        reason,
        judged: found,
        annotations,
        story,
        hidden,
        hint,
        repeat: _,
        filter: _,
        took_ms,
    } = found;
    ItemResult {
        id,
        title,
        verdict,
        earned,
        of,
        role,
        program: WITHHELD.to_owned(),
        scenario,
        reason: reason.map(|reason| withhold_values(reason.message(), ids).into()),
        judged: judged(found, ids),
        annotations: annotations.into_iter().filter_map(|found| annotation(found, ids)).collect(),
        story: messages(story, ids),
        hidden,
        hint,
        repeat: String::new(),
        filter: None,
        took_ms,
    }
}

/// Returns a submission's result with a number instead of names. `ids` are those of the lab
/// ([`add_lab_ids`]).
#[must_use]
pub(crate) fn anonymize_submission(result: SubmissionResult, number: u32, ids: &BTreeSet<String>) -> SubmissionResult {
    let SubmissionResult {
        id: _,
        name: _,
        points,
        of,
        took_ms,
        items,
        reason,
        programs,
        notes,
        hash: _,
        graded_at,
        excerpts: _,
    } = result;
    let program = |found: DetectedProgram| {
        let DetectedProgram { kind, role, program: _, because } = found;
        DetectedProgram { kind, role, program: WITHHELD.to_owned(), because: withhold_values(because, ids) }
    };
    SubmissionResult {
        id: SubmissionId(number.to_string()),
        name: None,
        points,
        of,
        took_ms,
        items: items.into_iter().map(|found| item(found, ids)).collect(),
        reason: reason.map(|reason| withhold_values(reason.message(), ids).into()),
        programs: programs.into_iter().map(program).collect(),
        notes: messages(notes, ids),
        hash: String::new(),
        graded_at: graded_at.map(|at| at - at % SECONDS_PER_DAY),
        excerpts: Vec::new(),
    }
}

/// Anonymizes the report's other fields. The submissions are unchanged (see
/// [`anonymize_submission`]).
#[must_use]
pub(crate) fn anonymize_run(report: Report, ids: &BTreeSet<String>) -> Report {
    let Report { format, socklab, lab, title, machine, seed, interrupted, submissions, ci_env: _ } = report;
    let Machine { stage, cannot } = machine;
    let cannot = cannot.into_iter().map(|Limitation { evidence, because }| {
        let because = withhold_values(because.message(), ids).into();
        Limitation { evidence, because }
    });
    let machine = Machine { stage, cannot: cannot.collect() };
    Report { format, socklab, lab, title, machine, seed, interrupted, submissions, ci_env: BTreeMap::new() }
}

/// Returns the results as students may see them: without hidden items, and without their ids in the
/// reasons of other items.
#[must_use]
pub(crate) fn for_students(submission: SubmissionResult) -> SubmissionResult {
    let hidden = submission.items.iter().filter(|item| item.hidden).map(|item| item.id.to_string());
    let hidden: BTreeSet<String> = hidden.collect();
    let mut submission = submission.without_hidden_items();
    for item in &mut submission.items {
        let judged = item.judged.findings.iter_mut().map(|finding| &mut finding.because);
        let found_again = item.annotations.iter_mut().filter_map(|one| match one {
            Annotation::Rerun { because, .. } => Some(because),
            _ => None,
        });
        for because in judged.chain(found_again) {
            let mut message = because.message().into_owned();
            if withhold_names(&mut message, &hidden) {
                *because = Because::new(message, because.hint());
            }
        }
        if let Some(reason) = &mut item.reason {
            let mut message = reason.message();
            withhold_names(&mut message, &hidden);
            *reason = message.into();
        }
    }
    submission
}

/// Withholds these names where one is a whole value of a message. Returns true if there was one.
fn withhold_names(message: &mut Message, names: &BTreeSet<String>) -> bool {
    let mut found = false;
    for arg in message.args.values_mut() {
        if matches!(&*arg, Arg::Text(text) if names.contains(text)) {
            *arg = Arg::Text(WITHHELD.to_owned());
            found = true;
        }
    }
    found
}

#[cfg(test)]
mod tests;
