//! Reads the name that a program looked up, from its query to a name server. Pure.

/// The port of the domain name system (RFC 1035, section 4.2).
pub(crate) const DNS_PORT: u16 = 53;
/// Bytes of the header of a query (RFC 1035, section 4.1.1).
const HEADER_BYTES: usize = 12;
/// Maximum bytes of a label and of a name (RFC 1035, section 2.3.4).
const MAX_LABEL_BYTES: u8 = 63;
const MAX_NAME_BYTES: usize = 255;

/// Returns the first name that a query asks for; `None` if the bytes are anything else.
#[must_use]
pub(super) fn queried_name(query: &[u8]) -> Option<String> {
    let mut rest = query.get(HEADER_BYTES..)?;
    let mut labels: Vec<&str> = Vec::new();
    let mut length = 0;
    loop {
        let (&count, after) = rest.split_first()?;
        if count == 0 {
            return (!labels.is_empty()).then(|| labels.join("."));
        }
        let label = after.get(..usize::from(count)).filter(|_| count <= MAX_LABEL_BYTES)?;
        let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        labels.push(std::str::from_utf8(label).ok().filter(|_| label.iter().all(is_plain))?);
        length += label.len() + 1;
        if length > MAX_NAME_BYTES {
            return None;
        }
        rest = &after[usize::from(count)..];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn name_of_a_query_is_read() {
        let query = |name: &[u8]| [&[0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0], name, &[0, 1, 0, 1]].concat();
        assert_eq!(queried_name(&query(b"\x08servidor\x04aula\0")).as_deref(), Some("servidor.aula"));
        for wrong in [&b"\0"[..], b"\x08serv", b"\xc0\x0c\0", b"\x03a\nb\0", b"\x03a b\0"] {
            assert_eq!(queried_name(&query(wrong)), None, "{wrong:?}");
        }
        assert_eq!(queried_name(&query(&b"\x3f".repeat(400))), None);
        assert_eq!(queried_name(b"short"), None);
    }
}
