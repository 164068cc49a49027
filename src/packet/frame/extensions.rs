//! Walks the extension headers of IPv6 (RFC 8200 section 4). etherparse's walk trusts lengths that
//! its lenient parser has not checked, and may read past the end of a truncated header.

use etherparse::LaxIpv6Slice;

/// Numbers of the headers whose length is in units of 8 bytes, without the first 8: hop-by-hop,
/// routing, destination options, mobility, HIP, shim6 (the registry "IPv6 Extension Header Types").
const COUNTED_BY_8: [u8; 6] = [0, 43, 60, 135, 139, 140];
/// Number of the routing header.
pub(super) const ROUTING: u8 = 43;
/// Number of the fragment header, which has 8 bytes.
pub(super) const FRAGMENT: u8 = 44;
/// Number of the authentication header, whose length is in units of 4 bytes, without the first 8
/// (RFC 4302 section 2.2).
const AUTHENTICATION: u8 = 51;

/// Returns the complete extension headers of a packet, each with its number.
pub(super) fn extensions<'a>(ip: &LaxIpv6Slice<'a>) -> Vec<(u8, &'a [u8])> {
    let mut rest = ip.extensions().slice();
    let mut number = ip.header().next_header().0;
    let mut found = Vec::new();
    while let [next, length_field, ..] = *rest {
        let length = match number {
            FRAGMENT => 8,
            AUTHENTICATION => (usize::from(length_field) + 2) * 4,
            number if COUNTED_BY_8.contains(&number) => (usize::from(length_field) + 1) * 8,
            _ => break,
        };
        let Some((header, behind)) = rest.split_at_checked(length) else { break };
        found.push((number, header));
        (number, rest) = (next, behind);
    }
    found
}

#[cfg(test)]
mod tests {
    use etherparse::LaxIpv6Slice;
    use proptest::prelude::*;

    use super::*;

    fn packet(first: u8, extensions: &[u8]) -> Vec<u8> {
        let length = u16::try_from(extensions.len()).expect("a short packet").to_be_bytes();
        let mut bytes = vec![0x60, 0, 0, 0, length[0], length[1], first, 64];
        bytes.extend([0; 32]);
        bytes.extend(extensions);
        bytes
    }

    #[test]
    fn headers_are_found_with_their_bytes() {
        let routing = [FRAGMENT, 0, 0, 0, 0, 0, 0, 0];
        let fragment = [17, 0, 0, 9, 1, 2, 3, 4];
        let bytes = packet(ROUTING, &[routing, fragment].concat());
        let (ip, _) = LaxIpv6Slice::from_slice(&bytes).expect("a packet");
        assert_eq!(extensions(&ip), [(ROUTING, &routing[..]), (FRAGMENT, &fragment[..])]);
    }

    proptest! {
        #[test]
        fn arbitrary_headers_never_panic(first in any::<u8>(), bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let bytes = packet(first, &bytes);
            if let Ok((ip, _)) = LaxIpv6Slice::from_slice(&bytes) {
                let whole: usize = extensions(&ip).iter().map(|(_, header)| header.len()).sum();
                prop_assert!(whole <= ip.extensions().slice().len());
            }
        }
    }
}
