//! Text of earlier messages before or after an answer: a buffer that is not ended at the received
//! length, or a variable that is never emptied.

use super::Question;

/// Shortest rest of an older message that counts, in bytes. The rest of the newest one may be
/// shorter, because its place in the buffer is known.
const MIN_REST_BYTES: usize = 3;

/// Common sizes of buffers, in bytes. Small ones, too: here the whole buffer comes back.
const BUFFER_SIZES: [usize; 12] = [64, 100, 128, 200, 256, 500, 512, 1000, 1024, 2048, 4096, 8192];

/// What an earlier, longer message left in the buffer follows the answer.
pub(super) fn after(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let length = question.sent.len();
    let buffer = overwritten(question.earlier);
    let rest_of = |whole: &[u8]| -> Vec<u8> {
        let rest = whole.get(length..).unwrap_or_default();
        rest[..rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len())].to_vec()
    };
    let older = question.earlier.iter().map(|sent| rest_of(sent)).filter(|rest| rest.len() >= MIN_REST_BYTES);
    let rests: Vec<Vec<u8>> = std::iter::once(rest_of(&buffer)).chain(older).chain([Vec::new()]).collect();
    // The rest may have been converted with the answer, by rules that also change letters with
    // accents.
    let converted = |rest: Vec<u8>| question.rule.answers(&rest).into_iter().chain([rest]);
    let rests: Vec<Vec<u8>> = rests.into_iter().flat_map(converted).collect();
    let lengths = question.right.iter().filter(|right| got.starts_with(right)).flat_map(|right| {
        let behind = &got[right.len()..];
        let is_rest = |rest: &&Vec<u8>| behind.get(..rest.len()).is_some_and(|head| head.eq_ignore_ascii_case(rest));
        rests.iter().filter(is_rest).map(|rest| right.len() + rest.len())
    });
    lengths.max()
}

/// The rest of the server's buffer, behind the message: a `ByteBuffer` without `flip` is written from
/// where the read ended to the buffer's end. Earlier messages and NUL bytes are there.
pub(super) fn rest_of_buffer(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let length = question.sent.len();
    let buffer = overwritten(question.earlier.iter().chain(std::iter::once(&question.sent)));
    let sizes = BUFFER_SIZES.iter().filter(|size| **size >= buffer.len() && **size > length);
    let rest = |size: &usize| {
        let mut rest = buffer[length..].to_vec();
        rest.resize(size - length, 0);
        rest
    };
    sizes.map(rest).filter(|rest| got.starts_with(rest)).map(|rest| rest.len()).max()
}

/// Returns what is in a buffer into which these messages were received, each from its beginning.
fn overwritten<'m, 's: 'm>(messages: impl IntoIterator<Item = &'m &'s [u8]>) -> Vec<u8> {
    messages.into_iter().fold(Vec::new(), |mut buffer, sent| {
        let kept = buffer.split_off(buffer.len().min(sent.len()));
        [sent, &kept[..]].concat()
    })
}

/// Answers to earlier messages, of any client, precede the answer.
pub(super) fn before(question: &Question<'_>, got: &[u8]) -> Option<usize> {
    let sent = question.earlier.iter().chain(question.others);
    let earlier: Vec<Vec<u8>> =
        sent.flat_map(|sent| question.rule.answers(sent)).filter(|answer| answer.len() > 1).collect();
    question.right.iter().filter(|right| !right.is_empty()).find_map(|right| {
        let places = (0..=got.len().checked_sub(right.len())?).filter(|&at| got[at..].starts_with(right));
        places.into_iter().find(|&at| is_composed(&got[..at], &earlier)).map(|at| at + right.len())
    })
}

/// Returns true if these bytes are earlier answers, one after another.
fn is_composed(mut bytes: &[u8], answers: &[Vec<u8>]) -> bool {
    while !bytes.is_empty() {
        let Some(longest) = answers.iter().filter(|answer| bytes.starts_with(answer)).map(Vec::len).max() else {
            return false;
        };
        bytes = &bytes[longest..];
    }
    true
}
