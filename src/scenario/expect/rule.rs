//! The two rules of the lab: what the right answers to a payload are. Pure functions over bytes.

use std::collections::BTreeMap;

/// What a server should do with a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// Send it back unchanged.
    Echo,
    /// Send it back in upper case, with or without the white space around it.
    Upper,
}

impl Rule {
    /// Every right answer to `sent`, the longest first.
    ///
    /// Upper case is what Python's `bytes.upper()` gives (ASCII letters only) or, on valid UTF-8, what Unicode's
    /// full mapping gives; stripping (`bytes.strip()`, `str.strip()`) is allowed and not required.
    pub(super) fn answers(self, sent: &[u8]) -> Vec<Vec<u8>> {
        match self {
            Self::Echo => vec![sent.to_vec()],
            Self::Upper => {
                let mut all: Vec<Vec<u8>> = strippings(sent).into_iter().flat_map(uppers).collect();
                all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
                all.dedup();
                all
            }
        }
    }

    /// The right answer to `sent` that `got` begins with or, where there is none, the one it shares most with.
    pub(super) fn nearest(self, sent: &[u8], got: &[u8]) -> Vec<u8> {
        let answers = self.answers(sent);
        answers
            .iter()
            .find(|answer| got.starts_with(answer))
            .or_else(|| answers.iter().max_by_key(|answer| common(answer, got)))
            .cloned()
            .unwrap_or_default()
    }
}

/// The payload with and without the white space at either end, ASCII's or Unicode's.
fn strippings(sent: &[u8]) -> Vec<&[u8]> {
    let ascii = strip_ascii(sent);
    let text = std::str::from_utf8(sent).ok().map_or(ascii, |text| text.trim().as_bytes());
    let mut all = Vec::new();
    for inner in [sent, ascii, text] {
        // Where what is left begins and ends in the whole; each side may be stripped alone.
        let start = inner.as_ptr() as usize - sent.as_ptr() as usize;
        all.extend([inner, &sent[start..], &sent[..start + inner.len()]]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// The forms of upper case: ASCII letters only (C, Python's bytes), Unicode's full mapping (Python's and Java's
/// strings), and its simple one, a character for a character (Go, C#).
fn uppers(bytes: &[u8]) -> Vec<Vec<u8>> {
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

/// What `bytes.strip()` of Python leaves: without ASCII white space at both ends (vertical tab included).
fn strip_ascii(bytes: &[u8]) -> &[u8] {
    let white = |b: &u8| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    let start = bytes.iter().position(|b| !white(b)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|b| !white(b)).map_or(start, |k| k + 1);
    &bytes[start..end]
}

/// How many bytes two runs have in common from the start.
pub(super) fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(x, y)| x == y).count()
}

/// What a whole stream of messages should have been answered with, given what came: every message's right answer in
/// turn, and where each begins. Where what came can be read as right answers it is taken so; else the form of each is
/// chosen by what came.
pub(super) fn expected_stream(rule: Rule, sent: &[&[u8]], got: &[u8]) -> (Vec<u8>, Vec<usize>) {
    if let Some(starts) = read_as_answers(rule, sent, got) {
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

/// Where the answer to each message begins, if what came is nothing but right answers. Several may fit at a place (`a`
/// kept as `A ` or stripped to `A`), so every place that can be reached is followed.
fn read_as_answers(rule: Rule, sent: &[&[u8]], got: &[u8]) -> Option<Vec<usize>> {
    // For each message the places where its answer can begin, with the place where the one before began.
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
    fn upper_case_has_several_right_forms() {
        let right = Rule::Upper.answers(" olá ß1\n".as_bytes());
        for form in [" OLá ß1\n", " OLÁ SS1\n", "OLá ß1", "OLÁ SS1"] {
            assert!(right.contains(&form.as_bytes().to_vec()), "{form:?}");
        }
        assert!(!right.contains(&" olá ß1\n".as_bytes().to_vec()));
    }

    #[test]
    fn echo_has_one() {
        assert_eq!(Rule::Echo.answers(b" a "), vec![b" a ".to_vec()]);
    }

    #[test]
    fn a_stream_follows_the_form_that_came() {
        let (expected, starts) = expected_stream(Rule::Upper, &[b"a ", b"b "], b"AB ");
        assert_eq!((expected, starts), (b"AB ".to_vec(), vec![0, 1]));
    }
}
