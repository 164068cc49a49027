//! Parses the socket addresses that programs pass to the kernel (`ip(7)`, `ipv6(7)`). Pure; no
//! input makes it panic.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// Longest address that the kernel accepts, in bytes (`struct sockaddr_storage`).
pub(super) const MAX_ADDRESS_BYTES: usize = 128;

/// Returns the internet address and port that `bind` and `connect` would read from these bytes.
///
/// Returns `None` for another family and for an address that is too short (the kernel returns
/// EINVAL).
pub(super) fn parse(bytes: &[u8]) -> Option<SocketAddr> {
    let (&family, rest) = bytes.split_first_chunk()?;
    let (&port, rest) = rest.split_first_chunk()?;
    let port = u16::from_be_bytes(port);
    match i32::from(u16::from_ne_bytes(family)) {
        // The eight bytes of padding must be present; their value is ignored.
        libc::AF_INET if bytes.len() >= 16 => {
            let ip: &[u8; 4] = rest.first_chunk()?;
            Some(SocketAddrV4::new(Ipv4Addr::from(*ip), port).into())
        }
        libc::AF_INET6 => {
            let (&flow, rest) = rest.split_first_chunk()?;
            let (&ip, rest) = rest.split_first_chunk::<16>()?;
            // Before RFC 2553 addresses had no scope, and the kernel still accepts them
            // (SIN6_LEN_RFC2133).
            let scope = rest.first_chunk().map_or(0, |&scope| u32::from_ne_bytes(scope));
            Some(SocketAddrV6::new(Ipv6Addr::from(ip), port, u32::from_be_bytes(flow), scope).into())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(family: i32, rest: &[u8]) -> Vec<u8> {
        [&(family as u16).to_ne_bytes()[..], rest].concat()
    }

    #[test]
    fn internet_addresses_are_parsed() {
        let v4 = bytes(libc::AF_INET, &[0xff, 0x98, 127, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9]);
        assert_eq!(parse(&v4), Some(SocketAddr::from(([127, 0, 0, 1], 65432))));
        assert_eq!(parse(&v4[..15]), None, "too short for the kernel");

        let mut v6 = bytes(libc::AF_INET6, &[0, 80, 0, 0, 0, 7]);
        v6.extend(Ipv6Addr::LOCALHOST.octets());
        let expected = |scope| SocketAddr::from(SocketAddrV6::new(Ipv6Addr::LOCALHOST, 80, 7, scope));
        assert_eq!(parse(&v6), Some(expected(0)));
        v6.extend(3_u32.to_ne_bytes());
        assert_eq!(parse(&v6), Some(expected(3)));
    }

    #[test]
    fn other_families_and_short_addresses_are_none() {
        assert_eq!(parse(&bytes(libc::AF_UNIX, b"/run/nscd/socket\0")), None);
        assert_eq!(parse(&bytes(libc::AF_UNSPEC, &[0; 14])), None);
        assert_eq!(parse(&[]), None);
    }

    proptest::proptest! {
        #[test]
        fn random_bytes_do_not_panic(rest: Vec<u8>, family in 0..12_i32) {
            let _ = parse(&bytes(family, &rest));
        }
    }
}
