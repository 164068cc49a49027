//! Why data differs from the content that it should be: the effects of text modes, decoders and short
//! reads. Never changes a verdict.

/// Bytes of data that must agree with a conversion of the content before it is named as the cause.
const MIN_CONVERTED_BYTES: usize = 4;

/// Bytes before a content that are looked at.
const MAX_BYTES_BEFORE: usize = 512;

/// The relation of data to the content that it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContentFault {
    /// Bytes from 128 on were decoded as text, and perhaps encoded again.
    Decoded,
    /// The line endings are those of a text mode.
    Newlines,
    /// It ends before the first zero byte of the content, as functions for texts see it.
    CutAtNul,
    /// It is the beginning of the content.
    Cut,
    /// None of these.
    Other,
}

impl ContentFault {
    /// Compares data with the content, from which it differs.
    pub(super) fn of(body: &[u8], content: &[u8]) -> Self {
        if decoded(content).iter().any(|other| is_conversion(body, other, content)) {
            Self::Decoded
        } else if newlines(content).iter().any(|other| is_conversion(body, other, content)) {
            Self::Newlines
        } else if is_cut_at_nul(body, content) {
            Self::CutAtNul
        } else if content.starts_with(body) {
            Self::Cut
        } else {
            Self::Other
        }
    }
}

/// Returns the position at which the whole content begins in data, if that is near its beginning.
pub(super) fn position_of(content: &[u8], data: &[u8]) -> Option<usize> {
    let last = data.len().checked_sub(content.len())?.min(MAX_BYTES_BEFORE);
    (0..=last).find(|at| !content.is_empty() && data[*at..].starts_with(content))
}

/// Returns true if a body is the content up to its first zero byte, as functions for texts see it.
fn is_cut_at_nul(body: &[u8], content: &[u8]) -> bool {
    !body.is_empty() && content.split(|byte| *byte == 0).next() == Some(body) && body.len() < content.len()
}

/// Returns true if a body is a conversion of the content, or its beginning beyond the first
/// difference from the content.
fn is_conversion(body: &[u8], other: &[u8], content: &[u8]) -> bool {
    let same = body.iter().zip(content).take_while(|(a, b)| a == b).count();
    !content.starts_with(body) && other.starts_with(body) && body.len() >= (same + MIN_CONVERTED_BYTES).min(other.len())
}

/// Returns a content after decoding and encoding as text: with replacement characters, from Latin-1,
/// with question marks, and without the bytes that cannot be decoded.
fn decoded(content: &[u8]) -> [Vec<u8>; 4] {
    let lossy = String::from_utf8_lossy(content);
    let latin: String = content.iter().map(|byte| char::from(*byte)).collect();
    let marks = lossy.replace('\u{fffd}', "?");
    let dropped = lossy.replace('\u{fffd}', "");
    [lossy.into_owned(), latin, marks, dropped].map(String::into_bytes)
}

/// Returns a content with the line endings that text modes make.
fn newlines(content: &[u8]) -> [Vec<u8>; 3] {
    let text: String = content.iter().map(|byte| char::from(*byte)).collect();
    let unix = text.replace("\r\n", "\n");
    let universal = unix.replace('\r', "\n");
    let windows = unix.replace('\n', "\r\n");
    [unix, universal, windows].map(|text| text.chars().map(|char| char as u8).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_are_recognized() {
        let content: Vec<u8> = (0..=255).collect();
        for other in decoded(&content) {
            assert_eq!(is_conversion(&other, &other, &content), !content.starts_with(&other));
            assert!(!is_conversion(&other[..128], &other, &content), "equal to the file so far");
        }
        let text = b"a\r\nb\r\n";
        assert!(newlines(text).iter().any(|other| is_conversion(b"a\nb\n", other, text)));
        assert!(!newlines(b"abc").iter().any(|other| is_conversion(b"abc", other, b"abc")));
        assert!(!is_conversion(b"a\n", b"a\nb", b"a\r\nb"), "too short to tell");
    }

    #[test]
    fn content_is_found_after_a_few_bytes() {
        assert_eq!(position_of(b"abc", b"OK 3\nabc"), Some(5));
        assert_eq!(position_of(b"abc", b"abcd"), Some(0));
        assert_eq!(position_of(b"abc", b"ab"), None);
        assert_eq!(position_of(b"", b"ab"), None);
        assert_eq!(position_of(b"abc", &[&[b'x'; 1000][..], b"abc"].concat()), None);
    }

    #[test]
    fn text_ends_at_the_first_zero_byte() {
        assert!(is_cut_at_nul(b"ab", b"ab\0cd"));
        assert!(!is_cut_at_nul(b"a", b"ab\0cd") && !is_cut_at_nul(b"ab\0c", b"ab\0cd"), "cut elsewhere");
        assert!(!is_cut_at_nul(b"", b"\0a"), "a body that is missing");
        assert!(!is_cut_at_nul(b"ab", b"ab"));
    }
}
