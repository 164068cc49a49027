//! The two answer rules of the lab: the correct answers to a payload. Pure functions over bytes.

use std::collections::BTreeMap;

/// The answer that a server should give to a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// The payload, unchanged.
    Echo,
    /// The payload in upper case, with or without the white space around it.
    Upper,
}

/// The criteria of a correct answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct AnswerRule {
    pub(super) rule: Rule,
    /// True if the stream must also end after the answer.
    pub(super) then_end: bool,
    pub(super) from_anywhere: bool,
}

impl Rule {
    /// Returns every correct answer to `sent`, the longest first.
    ///
    /// Upper case is the result of Python's `bytes.upper()` (ASCII letters only) or, for valid
    /// UTF-8, of Unicode's full or simple mapping.
    ///
    /// Stripping (`bytes.strip()`, `str.strip()`) is allowed but not required.
    pub(super) fn answers(self, sent: &[u8]) -> Vec<Vec<u8>> {
        match self {
            Self::Echo => vec![sent.to_vec()],
            Self::Upper => {
                let mut all: Vec<Vec<u8>> = stripped_forms(sent).into_iter().flat_map(upper_case_forms).collect();
                all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
                all.dedup();
                all
            }
        }
    }

    /// Returns the correct answer that `got` begins with. If there is none, returns the one with
    /// the longest common prefix, and of equal ones the one that `got` contains.
    pub(super) fn nearest(self, sent: &[u8], got: &[u8]) -> Vec<u8> {
        let answers = self.answers(sent);
        answers
            .iter()
            .find(|answer| got.starts_with(answer))
            .or_else(|| {
                let contains =
                    |answer: &[u8]| !answer.is_empty() && got.windows(answer.len()).any(|window| window == answer);
                answers.iter().max_by_key(|answer| (common_prefix(answer, got), contains(answer)))
            })
            .cloned()
            .unwrap_or_default()
    }
}

/// Returns the payload with and without the white space at either end, ASCII's or Unicode's.
fn stripped_forms(sent: &[u8]) -> Vec<&[u8]> {
    let ascii = strip_ascii(sent);
    let text = std::str::from_utf8(sent).ok().map_or(ascii, |text| text.trim().as_bytes());
    let mut all = Vec::new();
    for inner in [sent, ascii, text] {
        // Start and end of the remainder within the whole: each side may be stripped alone.
        let start = inner.as_ptr() as usize - sent.as_ptr() as usize;
        all.extend([inner, &sent[start..], &sent[..start + inner.len()]]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Returns the forms of upper case: ASCII letters only (C, Python's bytes), Unicode's full mapping
/// (Python's and Java's strings), and its simple mapping, one character to one (Go, C#).
fn upper_case_forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![bytes.to_ascii_uppercase()];
    if let Ok(text) = std::str::from_utf8(bytes) {
        all.push(text.to_uppercase().into_bytes());
        let simple = |c: char| {
            let mut upper = c.to_uppercase();
            let first = upper.next();
            if upper.next().is_none() { first.unwrap_or(c) } else { c }
        };
        all.push(text.chars().map(simple).collect::<String>().into_bytes());
    }
    all
}

/// Returns the result of Python's `bytes.strip()`: no ASCII white space at both ends (vertical tab
/// included).
fn strip_ascii(bytes: &[u8]) -> &[u8] {
    let white = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    let start = bytes.iter().position(|b| !white(b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|b| !white(b)).map_or(start, |k| k + 1);
    &bytes[start..end]
}

/// Returns the length of the common prefix of two byte slices.
pub(super) fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

/// Returns the expected answer to a stream of messages, and the offset at which each answer begins.
///
/// If `got` can be split into correct answers, it is the expected stream. Otherwise each answer
/// takes the form that is nearest to `got`.
pub(super) fn expected_stream(rule: Rule, sent: &[&[u8]], got: &[u8]) -> (Vec<u8>, Vec<usize>) {
    if let Some(starts) = split_into_answers(rule, sent, got) {
        return (got.to_vec(), starts);
    }
    let mut expected = Vec::new();
    let mut starts = Vec::with_capacity(sent.len());
    for message in sent {
        starts.push(expected.len());
        let rest = got.get(expected.len()..).unwrap_or_default();
        expected.extend(rule.nearest(message, rest));
    }
    (expected, starts)
}

/// Returns the offset at which the answer to each message begins, if `got` consists of correct
/// answers only.
///
/// Several answers may fit at an offset (`a ` kept as `A ` or stripped to `A`), so every reachable
/// offset is followed.
fn split_into_answers(rule: Rule, sent: &[&[u8]], got: &[u8]) -> Option<Vec<usize>> {
    // For each message, the offsets at which its answer can begin, with the start of the answer
    // before it.
    let mut begins: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::from([(0, 0)])];
    for message in sent {
        let answers = rule.answers(message);
        let mut next = BTreeMap::new();
        for &start in begins.last()?.keys() {
            for answer in answers.iter().filter(|answer| got[start..].starts_with(answer)) {
                next.entry(start + answer.len()).or_insert(start);
            }
        }
        begins.push(next);
    }
    let mut place = got.len();
    let mut starts = Vec::with_capacity(sent.len());
    for after in begins.iter().skip(1).rev() {
        place = *after.get(&place)?;
        starts.push(place);
    }
    starts.reverse();
    Some(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_has_several_correct_forms() {
        let right = Rule::Upper.answers(" olá ß1\n".as_bytes());
        for form in [" OLá ß1\n", " OLÁ SS1\n", "OLá ß1", "OLÁ SS1"] {
            assert!(right.contains(&form.as_bytes().to_vec()), "{form:?}");
        }
        assert!(!right.contains(&" olá ß1\n".as_bytes().to_vec()));
    }

    #[test]
    fn echo_has_one_correct_form() {
        assert_eq!(Rule::Echo.answers(b" a "), vec![b" a ".to_vec()]);
    }

    #[test]
    fn expected_stream_follows_the_received_form() {
        let (expected, starts) = expected_stream(Rule::Upper, &[b"a ", b"b "], b"AB ");
        assert_eq!((expected, starts), (b"AB ".to_vec(), vec![0, 1]));
    }
}
