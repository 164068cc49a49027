//! What a client has sent and still awaits the answer of. Decides only whether arriving data may be
//! a part of that answer; the judges decide whether it is right.

/// Maximum bytes kept: more than the longest message of a lab.
const MAX_KEPT_BYTES: usize = 256 << 10;
/// Compared bytes of a part: longer ones would make the search slow, and few are enough.
const MAX_COMPARED_BYTES: usize = 64;

/// The data that awaits an answer.
#[derive(Debug, Default)]
pub(in crate::engine) struct Asked {
    bytes: Vec<u8>,
    /// Number of bytes that were taken for parts of the answer.
    answered: usize,
    /// True if other data came for the last message.
    got_other: bool,
}

impl Asked {
    /// Adds a message.
    pub(in crate::engine) fn add(&mut self, message: &[u8]) {
        self.got_other = false;
        let room = MAX_KEPT_BYTES.saturating_sub(self.bytes.len());
        self.bytes.extend_from_slice(&message[..room.min(message.len())]);
    }

    /// Removes all messages: their answer is no longer awaited.
    pub(in crate::engine) fn clear(&mut self) {
        *self = Self { got_other: self.got_other, ..Self::default() };
    }

    /// Returns true if data that is no part of an answer came for the last message.
    pub(in crate::engine) const fn got_other(&self) -> bool {
        self.got_other
    }

    /// Returns true if data may be a part of the answer: an echo of something sent, in any case.
    /// Returns true for at most as many bytes as were sent, so that a server which repeats one text
    /// for ever gives no answer.
    pub(in crate::engine) fn take(&mut self, part: &[u8]) -> bool {
        let trimmed = part.trim_ascii();
        let start = &trimmed[..trimmed.len().min(MAX_COMPARED_BYTES)];
        let fits = !start.is_empty() && self.answered + trimmed.len() <= self.bytes.len();
        let is_part = fits && self.bytes.windows(start.len()).any(|window| is_alike(window, start));
        self.got_other |= !is_part && !part.is_empty();
        self.answered += if is_part { trimmed.len() } else { 0 };
        is_part
    }
}

/// Returns true if two texts of one length are equal except for the case of letters. A letter
/// outside ASCII may differ in any of its bytes.
fn is_alike(a: &[u8], b: &[u8]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.eq_ignore_ascii_case(b) || !a.is_ascii() && !b.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_answer_are_recognized() {
        let mut asked = Asked::default();
        asked.add("Conexão 1".as_bytes());
        asked.add(b" e depois\n");
        assert!(asked.take("CONEXÃO".as_bytes()) && asked.take(b" 1 E DEPOIS"), "in any case");
        assert!(!asked.take(b"depois"), "no more than was sent");
        asked.clear();
        assert!(!asked.take(b"1"), "nothing is awaited");
    }

    #[test]
    fn other_data_is_no_part_of_an_answer() {
        let mut asked = Asked::default();
        asked.add(b"um cliente");
        assert!(!asked.take(b"") && !asked.got_other());
        assert!(!asked.take(b"ok\n") && !asked.take(b"\n") && asked.got_other());
        asked.clear();
        assert!(asked.got_other(), "it came for the last message");
        asked.add(b"outro");
        assert!(asked.take(b"OUTRO") && !asked.got_other());
        asked.clear();
        asked.add(&vec![b'a'; MAX_KEPT_BYTES * 2]);
        assert!(asked.take(&vec![b'A'; MAX_KEPT_BYTES]), "only the beginning is compared");
        assert!(!asked.take(b"a"));
    }
}
