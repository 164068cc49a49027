//! Derives the likely cause from bytes that differ, as a message of the catalogue. Interprets the
//! evidence only: it never changes a verdict.

use super::answer_fault;
use super::answer_rule::{Rule, common_prefix};
use super::answer_timing::{self, RECV_BUFFER_SIZES};
use super::blocked::SilentServer;
use super::broadcast;
use super::error_exit::error_exit;
use super::excerpt::{EXCERPT_CONTEXT, difference, quote};
use super::mismatch::{Mismatch, find};
use super::no_answer::no_answer_cause;
use super::skipped;
use super::start::{ExitReason, exit_reason, exited_by_itself};
use crate::model::cause::ConnectAct;
use crate::model::{Cause, ClientId, ExitStatus, Finding, Hint, KernelError, NotVerified, Protocol, StreamEnd};

/// A server that sends more surplus bytes than this does not stop by itself.
pub(super) const ENDLESS_SURPLUS_BYTES: u64 = 1 << 20;

/// Number of NUL bytes between two answers that are certainly the rest of a buffer.
const MIN_PADDING_BYTES: usize = 16;
/// How much of an answer is compared to find where it begins, in bytes.
const COMPARED_BEGINNING_BYTES: usize = 8;

/// Returns the finding for a client that could not connect. A network error (no route, no such
/// host, no local port left) is not evidence about the server.
pub(super) fn not_connected(client: ClientId, ending: &StreamEnd) -> Finding {
    let act = ConnectAct;
    Finding::fail(match ending {
        StreamEnd::End => Cause::EndedByClose { client, act },
        StreamEnd::Reset => Cause::ConnectionReset { client, act },
        StreamEnd::Refused => Cause::ConnectionRefused { client, act },
        StreamEnd::Deadline => Cause::ConnectionLate { client, act },
        StreamEnd::Other(problem) => {
            let reason = NotVerified::ConnectionError { client, act, problem: problem.clone() };
            return Finding::not_verified(reason);
        }
    })
}

/// Returns the network error, other than a refusal, that prevented an answer. It is not evidence
/// about the server. Returns `None` if the server crashed or answered from elsewhere.
fn network_error<'a>(case: &'a Mismatch<'_>) -> Option<&'a KernelError> {
    let Some(StreamEnd::Other(problem)) = case.stream.premature_end() else { return None };
    (case.got.is_empty() && case.stream.strays.is_empty() && crashed(case).is_none()).then_some(problem)
}

/// Returns the finding for bytes that differ: cause, hint and excerpts. It is not verified if a
/// network error is the cause.
pub(super) fn finding(case: &Mismatch<'_>) -> Finding {
    if let Some(problem) = network_error(case) {
        let reason = NotVerified::NoAnswerError { client: case.stream.client, problem: problem.clone() };
        return Finding::not_verified(reason).shown_by(case.stream.events());
    }
    let show = !case.got.is_empty();
    Finding::fail(recognise(case))
        .with_difference(show.then(|| difference(case.expected, case.got)))
        .shown_by(case.stream.events())
}

fn recognise(case: &Mismatch<'_>) -> Cause {
    let client = case.stream.client;
    let Mismatch { expected, got, .. } = *case;
    if got.len() < expected.len()
        && let Some(crashed) = crashed(case)
    {
        return crashed;
    }
    // The rest of the data was not read: where the answer is cut says nothing about its length.
    if got.len() < expected.len()
        && expected.starts_with(got)
        && let Some(silent) = SilentServer::of(case.seen, case.stream)
        && let Some(cause) = silent.unwatched_cause()
    {
        return cause;
    }
    if let Some(found) = revealed_cause(case) {
        return found;
    }
    if got.is_empty() {
        return no_answer_cause(case);
    }
    let own = |other: &[u8]| other == expected || case.answers().contains(&other);
    if case.others.iter().any(|other| !other.is_empty() && !own(other) && got == other) {
        return Cause::AnswerOfAnotherClient { client, got: quote(got) };
    }
    if case.stream.unsolicited_bytes > 0 {
        let prefix = quote(&got[..case.stream.unsolicited_bytes.min(got.len())]);
        return Cause::SpeaksFirst { client, prefix };
    }
    if let Some(found) = other_rule(case) {
        return found;
    }
    if got.len() < expected.len() && expected.starts_with(got) {
        return truncated_answer_cause(case);
    }
    if got.starts_with(expected) {
        return surplus_cause(case, &got[expected.len()..]);
    }
    inner_difference_cause(case)
}

/// Returns the cause that the whole exchange reveals, message by message.
fn revealed_cause(case: &Mismatch<'_>) -> Option<Cause> {
    let has_rule = !case.all.is_empty();
    let to_all = || broadcast::cause(case.seen, case.rule, case.stream).filter(|_| has_rule);
    let by_content = || to_all().or_else(|| answer_fault::cause(case.seen, case.rule, case.all));
    let by_time = || answer_timing::cause(case.seen, case.rule, case.stream);
    let is_stream = case.stream.protocol == Some(Protocol::Tcp) && has_rule;
    by_content().or_else(|| by_time().filter(|_| is_stream)).or_else(|| skipped::cause(case).filter(|_| is_stream))
}

/// Returns a cause if the server crashed during this exchange: it exited by a signal or with an
/// error while the client still waited.
fn crashed(case: &Mismatch<'_>) -> Option<Cause> {
    let (id, status) = exited_by_itself(case.seen, case.stream.server)?;
    let before_close = case.stream.closed.is_none_or(|closed| id < closed);
    let client = case.stream.client;
    (status != ExitStatus::Code(0) && before_close).then(|| match exit_reason(case.seen, case.stream.server) {
        ExitReason::Limit(cap) => {
            Cause::CapHit { cap, client: Some(client), code: None, line: None, hint: Hint::Crashed }
        }
        ExitReason::Program(said) => error_exit(case.seen, case.stream.server, status, said, Some(client)),
    })
}

/// Returns a cause if the whole answer is that of another simple program.
fn other_rule(case: &Mismatch<'_>) -> Option<Cause> {
    let client = case.stream.client;
    let Mismatch { sent, got, rule, expected, .. } = *case;
    let sample = || quote(got);
    let has_letters = sent.iter().any(u8::is_ascii_alphabetic);
    let begins = |other: &[u8]| got.len() >= 2 && other.starts_with(got);
    if let Some(at) = single_difference(expected, got).filter(|at| at + 1 == expected.len() && *at > 0)
        && rule == Rule::Upper
        && got[at].to_ascii_uppercase() == expected[at]
    {
        return Some(Cause::LastByteNotUpper { client });
    }
    match rule {
        Rule::Echo if has_letters && begins(&sent.to_ascii_uppercase()) && !sent.starts_with(got) => {
            Some(Cause::UpperForEcho { client, got: sample() })
        }
        Rule::Upper if has_letters && begins(sent) && !expected.starts_with(got) => {
            Some(Cause::EchoForUpper { client, got: sample() })
        }
        _ if has_letters && begins(&sent.to_ascii_lowercase()) && !expected.starts_with(got) => {
            let hint = if rule == Rule::Upper { Hint::Upper } else { Hint::Exactly };
            Some(Cause::LowerCase { client, got: sample(), hint })
        }
        Rule::Echo if begins(String::from_utf8_lossy(sent).as_bytes()) && !sent.starts_with(got) => {
            Some(Cause::DecodedAsText { client, got: sample(), hint: Hint::Bytes })
        }
        _ => None,
    }
}

/// Returns the position at which two slices of the same length differ, if there is exactly one.
fn single_difference(a: &[u8], b: &[u8]) -> Option<usize> {
    let mut places = a.iter().zip(b).enumerate().filter(|(_, (x, y))| x != y).map(|(at, _)| at);
    let first = places.next()?;
    (a.len() == b.len() && places.next().is_none()).then_some(first)
}

/// Returns the cause for an answer that is correct so far and then stops.
fn truncated_answer_cause(case: &Mismatch<'_>) -> Cause {
    let client = case.stream.client;
    let (got, all) = (case.got.len(), case.expected.len());
    // The interrupted message: the start of its answer, and how much of that arrived.
    let k = case.starts.iter().rposition(|&start| start <= got).unwrap_or(0);
    let start = case.starts.get(k).copied().unwrap_or(0);
    let end = case.starts.get(k + 1).copied().unwrap_or(all);
    // Nothing more came, not even for the messages after this one.
    let is_last = k + 1 == case.starts.len();
    if case.expected.get(got) == Some(&0xFF) && !case.expected[start..got].contains(&0xFF) && !is_last {
        return Cause::EndsAtByte255 { client };
    }
    if got == start && k > 0 {
        let [messages, got, of] = [k, got, all].map(|number| number as u64);
        let silent = SilentServer::of(case.seen, case.stream);
        return if k == 1 && silent.is_some_and(|silent| silent.accepts_again()) {
            Cause::AcceptsAgain { client }
        } else if k == 1 {
            Cause::OnlyFirstMessage { client, messages, got, of }
        } else {
            Cause::StopsAfterMessages { client, messages, got, of }
        };
    }
    cut_short(case, got - start, &case.expected[start..end]).unwrap_or_else(|| {
        let (got, of) = (got as u64, all as u64);
        match case.stream.premature_end() {
            Some(StreamEnd::Reset) => Cause::AnswerCutByReset { client, got, of },
            Some(StreamEnd::End) => Cause::AnswerCutByClose { client, got, of },
            _ => Cause::AnswerCut { client, got, of, hint: whole_hint(case) },
        }
    })
}

/// Returns the hint to receive a whole message.
fn whole_hint(case: &Mismatch<'_>) -> Hint {
    if case.stream.protocol == Some(Protocol::Udp) { Hint::WholeDatagram } else { Hint::ReadUntilEnd }
}

/// Returns the cause for an answer of which only the first `came` bytes arrived, if that number
/// reveals it.
fn cut_short(case: &Mismatch<'_>, came: usize, answer: &[u8]) -> Option<Cause> {
    let client = case.stream.client;
    if came >= answer.len() {
        return None;
    }
    if RECV_BUFFER_SIZES.contains(&came) {
        let (got, of) = (came as u64, answer.len() as u64);
        return Some(Cause::AnswerCutAtBuffer { client, got, of, hint: whole_hint(case) });
    }
    let missing = *answer.last().filter(|_| came + 1 == answer.len() && came > 0)?;
    Some(if missing.is_ascii_whitespace() {
        Cause::WhiteSpaceStripped { client }
    } else {
        Cause::LastByteMissing { client, got: case.got.len() as u64, of: case.expected.len() as u64 }
    })
}

/// Returns the cause for a complete answer that is followed by more bytes.
fn surplus_cause(case: &Mismatch<'_>, surplus: &[u8]) -> Cause {
    let (client, bytes) = (case.stream.client, surplus.len() as u64 + case.stream.overflow);
    let extra = quote(surplus);
    if surplus.iter().all(|&b| b == 0) && !surplus.is_empty() {
        Cause::NulAfterAnswer { client, extra, bytes }
    } else if case.stream.overflow > ENDLESS_SURPLUS_BYTES {
        Cause::NeverStopsSending { client, state: None, hint: Hint::ReceiveEachTurn }
    } else if surplus == b"\n" || surplus == b"\r\n" {
        Cause::NewlineAdded { client, extra, bytes }
    } else if repeats(surplus, case.expected) || case.answers().last().is_some_and(|last| repeats(surplus, last)) {
        Cause::AnsweredTwice { client, extra, bytes, hint: Hint::AnsweredTwice }
    } else if is_after_end(case, surplus.len()) {
        Cause::MoreAfterEnd { client, extra, bytes }
    } else {
        Cause::MoreAfterAnswer { client, extra, bytes }
    }
}

/// Returns true if bytes are an answer, once or several times.
fn repeats(bytes: &[u8], answer: &[u8]) -> bool {
    !answer.is_empty() && !bytes.is_empty() && bytes.chunks(answer.len()).all(|part| part == answer)
}

/// Returns true if this many last bytes arrived when the client had ended its side.
fn is_after_end(case: &Mismatch<'_>, bytes: usize) -> bool {
    let later =
        |closed| case.stream.got.iter().filter(|(id, _)| *id > closed).map(|(_, part)| part.len()).sum::<usize>();
    case.stream.protocol == Some(Protocol::Tcp) && case.stream.closed.is_some_and(|closed| later(closed) >= bytes)
}

/// Returns the cause for a difference inside the answer to message `k`, from byte `at` on.
fn inner_difference_cause(case: &Mismatch<'_>) -> Cause {
    let client = case.stream.client;
    let Mismatch { expected, got, .. } = *case;
    let at = common_prefix(expected, got);
    let k = case.starts.iter().rposition(|&start| start <= at).unwrap_or(0);
    let answers = case.answers();
    let start = case.starts.get(k).copied().unwrap_or(0);
    let answer = answers.get(k).copied().unwrap_or(expected);
    let came = &got[start..];
    if answers.len() > 1 && is_out_of_order(&answers, got) {
        return Cause::AnswersOutOfOrder { client };
    }
    if k > 0
        && let Some(found) = end_of_last_answer(client, answer, came)
    {
        return found;
    }
    if at == start
        && let Some(found) = inserted_data_cause(case, k, answer, came)
    {
        return found;
    }
    let reversed: Vec<u8> = answer.iter().rev().copied().collect();
    if answer.len() > 2 && reversed != answer && came.starts_with(&reversed) {
        return Cause::Reversed { client, got: quote(came) };
    }
    let next = case.starts.get(k + 1).copied().unwrap_or(expected.len());
    // The next answer begins at the position at which this one should continue: this one was cut.
    let following = expected.get(next..).filter(|rest| !rest.is_empty());
    let goes_on =
        following.is_some_and(|rest| common_prefix(rest, got.get(at..).unwrap_or_default()) >= rest.len().min(2));
    // Or exactly one buffer of it arrived, and then something else.
    if let Some(found) =
        cut_short(case, at - start, answer).filter(|_| goes_on || RECV_BUFFER_SIZES.contains(&(at - start)))
    {
        return found;
    }
    let is_last = at > start && at + 1 == next;
    if case.rule == Rule::Upper && is_last && got.get(at).map(u8::to_ascii_uppercase) == Some(expected[at]) {
        return Cause::LastByteNotUpper { client };
    }
    if is_decoded(&expected[at..], got.get(at..).unwrap_or_default()) {
        let hint = if case.rule == Rule::Echo { Hint::Bytes } else { Hint::OneEncoding };
        return Cause::DecodedAsText { client, got: quote(&got[at..]), hint };
    }
    if at == 0 && got.len() == expected.len() && is_address(got) && !is_address(expected) {
        return Cause::AddressSent { client, got: quote(got) };
    }
    let (first, rest) = (start..start + 1, start + 1..next.min(got.len()));
    let is_first = at == start && got[first.clone()].eq_ignore_ascii_case(&expected[first]);
    if case.rule == Rule::Upper && is_first && rest.len() > 1 && got[rest.clone()] == expected[rest] {
        return Cause::FirstByteNotUpper { client };
    }
    if got.len() >= 2 && expected.len() >= got.len() && expected[..got.len()].eq_ignore_ascii_case(got) {
        let hint = if case.rule == Rule::Upper { Hint::Upper } else { Hint::Exactly };
        return Cause::CaseChanged { client, got: quote(came), hint };
    }
    plain_difference(case, start, at)
}

/// Returns a cause if the answer to message `k` is preceded by other data or by an earlier answer.
fn inserted_data_cause(case: &Mismatch<'_>, k: usize, answer: &[u8], came: &[u8]) -> Option<Cause> {
    let client = case.stream.client;
    let previous = k.checked_sub(1).and_then(|before| case.answers().get(before).copied());
    if let Some(previous) = previous.filter(|previous| !previous.is_empty() && came.starts_with(previous)) {
        let (extra, bytes) = (quote(previous), previous.len() as u64);
        return Some(Cause::AnsweredTwice { client, extra, bytes, hint: Hint::AnsweredTwice });
    }
    // The server may use Unicode's upper case.
    let sent = case.messages.get(k).map_or_else(String::new, |sent| String::from_utf8_lossy(sent).to_uppercase());
    let unicode = find(came, sent.as_bytes()).filter(|_| case.rule == Rule::Upper);
    let position = find(came, answer).or(unicode)?;
    let between = Some(&came[..position]).filter(|_| position > 0 && answer.len() > 1)?;
    let (extra, bytes) = (quote(between), between.len() as u64);
    if k > 0 {
        return Some(Cause::MoreAfterAnswer { client, extra, bytes });
    }
    // Once, with a correct answer after it: a greeting. Before every answer: a prefix.
    let once = case.messages.len() > 1 && came[between.len()..] == *case.expected;
    let prefix = extra;
    Some(if once { Cause::SpeaksFirst { client, prefix } } else { Cause::Prefix { client, prefix } })
}

/// Returns the cause if a line break or NUL bytes of the previous answer come before an answer.
/// This one may have the same fault inside, because the server received the message in pieces, so
/// only its beginning is compared.
fn end_of_last_answer(client: ClientId, answer: &[u8], came: &[u8]) -> Option<Cause> {
    let breaks = if came.starts_with(b"\r\n") { 2 } else { usize::from(came.starts_with(b"\n")) };
    let nuls = came.iter().take_while(|&&byte| byte == 0).count();
    // The answer itself may begin with NUL bytes.
    let own_nuls = answer.iter().take_while(|&&byte| byte == 0).count();
    let begins = |at: usize| {
        let beginning = &answer[..answer.len().min(COMPARED_BEGINNING_BYTES)];
        answer.len() > 1 && came.get(at..).is_some_and(|rest| rest.starts_with(beginning))
    };
    let extra = |length: usize| (quote(&came[..length]), length as u64);
    if breaks > 0 && begins(breaks) {
        let (extra, bytes) = extra(breaks);
        return Some(Cause::NewlineAdded { client, extra, bytes });
    }
    let surplus = nuls.checked_sub(own_nuls).filter(|surplus| *surplus > 0)?;
    // The rest of the buffer, in front of an answer that has it inside, too.
    (surplus >= MIN_PADDING_BYTES || begins(surplus)).then(|| {
        let (extra, bytes) = extra(surplus);
        Cause::NulAfterAnswer { client, extra, bytes }
    })
}

/// Returns true if the received bytes are all of the answers, each complete, in any order.
fn is_out_of_order(answers: &[&[u8]], got: &[u8]) -> bool {
    let mut left: Vec<&[u8]> = answers.iter().copied().filter(|answer| !answer.is_empty()).collect();
    let mut rest = got;
    while !rest.is_empty() {
        let Some(at) = left.iter().position(|answer| rest.starts_with(answer)) else { return false };
        rest = &rest[left.remove(at).len()..];
    }
    left.is_empty()
}

/// Returns true if a byte over 127 came back as from a program that treats bytes as text. Such a
/// program replaces it (U+FFFD or `?`), drops its highest bit, or encodes Latin-1 as UTF-8.
fn is_decoded(expected: &[u8], got: &[u8]) -> bool {
    let Some(&byte) = expected.first().filter(|&&byte| byte > 127) else { return false };
    let two = [0xC0 | byte >> 6, 0x80 | byte & 0x3F];
    got.starts_with("\u{fffd}".as_bytes())
        || got.first() == Some(&b'?')
        || got.first() == Some(&(byte & 0x7F))
        || got.starts_with(&two)
}

/// Returns true if bytes begin with an address of a 64-bit process, the lowest byte first
/// (`Documentation/arch/x86/x86_64/mm.rst`).
fn is_address(bytes: &[u8]) -> bool {
    matches!(bytes, [_, _, _, _, _, 0x55..=0x7f, 0, 0, ..])
}

/// Quotes the expected and the received data, from the beginning of the answer if that is near.
fn plain_difference(case: &Mismatch<'_>, start: usize, at: usize) -> Cause {
    let from = if at - start <= EXCERPT_CONTEXT.0 { start } else { at };
    Cause::AnswerDiffers {
        client: case.stream.client,
        expected: quote(case.expected.get(from..).unwrap_or_default()),
        got: quote(case.got.get(from..).unwrap_or_default()),
    }
}
