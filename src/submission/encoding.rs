//! Recognizes texts that are saved as UTF-16, which editors of Windows call "Unicode". Pure.

/// Bytes at the beginning of a text that show whether it is UTF-16.
const SAMPLE_BYTES: usize = 512;
/// Minimum length of a text without a byte order mark: shorter ones prove nothing.
const MIN_BYTES: usize = 16;

/// Returns true if the bytes begin with the byte order mark of UTF-16.
#[must_use]
pub(crate) const fn has_utf_16_mark(bytes: &[u8]) -> bool {
    // The mark of UTF-32 begins with that of UTF-16 and goes on with two NUL bytes.
    matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) && !matches!(bytes, [0xff, 0xfe, 0, 0, ..])
}

/// Returns the text of bytes that are UTF-16, with or without a byte order mark; `None` if they are
/// anything else. Without the mark, nine of ten characters must be ASCII, as in source code.
#[must_use]
pub(crate) fn utf_16(bytes: &[u8]) -> Option<String> {
    let is_little = match bytes {
        _ if has_utf_16_mark(bytes) => bytes[0] == 0xff,
        _ if bytes.len() < MIN_BYTES => return None,
        _ => {
            let pairs: Vec<[u8; 2]> =
                bytes[..bytes.len().min(SAMPLE_BYTES)].chunks_exact(2).map(|two| [two[0], two[1]]).collect();
            let most =
                |is_so: fn(&[u8; 2]) -> bool| pairs.iter().filter(|pair| is_so(pair)).count() * 10 >= pairs.len() * 9;
            if most(|[low, high]| *high == 0 && is_ascii_text(*low)) {
                true
            } else if most(|[high, low]| *high == 0 && is_ascii_text(*low)) {
                false
            } else {
                return None;
            }
        }
    };
    let unit = |two: &[u8]| {
        if is_little { u16::from_le_bytes([two[0], two[1]]) } else { u16::from_be_bytes([two[0], two[1]]) }
    };
    let units = bytes.chunks_exact(2).map(unit);
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Some(text.trim_start_matches('\u{feff}').to_owned())
}

const fn is_ascii_text(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "import socket\ns = socket.socket()  # não\n";

    fn little(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn big(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_be_bytes).collect()
    }

    #[test]
    fn utf_16_is_recognised_with_and_without_mark() {
        for bytes in
            [little(SOURCE), big(SOURCE), little(&format!("\u{feff}{SOURCE}")), big(&format!("\u{feff}{SOURCE}"))]
        {
            assert_eq!(utf_16(&bytes).as_deref(), Some(SOURCE));
        }
        assert_eq!(utf_16(&little("\u{feff}x")).as_deref(), Some("x"));
    }

    #[test]
    fn other_bytes_are_not_utf_16() {
        let latin: Vec<u8> = SOURCE.chars().map(|c| u8::try_from(c).expect("Latin-1")).collect();
        let marked = format!("\u{feff}{SOURCE}");
        for bytes in [
            SOURCE.as_bytes(),
            marked.as_bytes(),
            &latin,
            b"",
            b"a\0",
            b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0",
            &[0; 64],
        ] {
            assert_eq!(utf_16(bytes), None, "{bytes:?}");
        }
        assert!(!has_utf_16_mark(&[0xff, 0xfe, 0, 0, b'a', 0, 0, 0]), "UTF-32");
    }
}
