//! Encodes requests and decodes answers of `rtnetlink(7)`. Pure; no input makes it panic.
//!
//! The layouts are those of `include/uapi/linux/rtnetlink.h`, `if_link.h`, `if_addr.h` and
//! `veth.h`. Numbers are in the machine's byte order.

use std::net::Ipv4Addr;
use std::os::fd::{AsRawFd, BorrowedFd};

use super::inet_diag::{align4, u16_at, u32_at};

const HEADER: usize = 16; // struct nlmsghdr
const LINK: usize = 16; // struct ifinfomsg

const NLMSG_ERROR: u16 = 2;
const NLM_F_REQUEST: u16 = 0x1;
const NLM_F_ACK: u16 = 0x4;
/// Fail if the object exists already.
const NLM_F_EXCL: u16 = 0x200;
const NLM_F_CREATE: u16 = 0x400;

const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_TXQLEN: u16 = 13;
const IFLA_LINKINFO: u16 = 18;
const IFLA_NET_NS_FD: u16 = 28;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
const VETH_INFO_PEER: u16 = 1;
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_BROADCAST: u16 = 4;
const NDA_DST: u16 = 1;
const NDA_LLADDR: u16 = 2;
/// Never looked up again, never expired.
const NUD_PERMANENT: u16 = 0x80;
const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_PREFSRC: u16 = 7;
const RT_TABLE_MAIN: u8 = 254;
const RT_TABLE_LOCAL: u8 = 255;
const RTPROT_BOOT: u8 = 3;
const RT_SCOPE_LINK: u8 = 253;
const RT_SCOPE_HOST: u8 = 254;
const RTN_UNICAST: u8 = 1;
const RTN_LOCAL: u8 = 2;

/// One end of a veth pair to create.
#[derive(Debug, Clone, Copy)]
pub(super) struct VethSpec<'a> {
    pub(super) name: &'a str,
    pub(super) namespace: BorrowedFd<'a>,
    /// Link-layer address; `None` lets the kernel choose one.
    pub(super) link_address: Option<[u8; 6]>,
    pub(super) mtu: u32,
    pub(super) queue: u32,
}

/// A message under construction.
#[derive(Debug)]
struct MessageBuilder(Vec<u8>);

impl MessageBuilder {
    fn new(kind: u16, flags: u16, body: &[u8]) -> Self {
        let mut bytes = vec![0; HEADER];
        bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
        bytes[6..8].copy_from_slice(&(NLM_F_REQUEST | NLM_F_ACK | flags).to_ne_bytes());
        bytes.extend(body);
        Self(bytes)
    }

    fn attribute(&mut self, kind: u16, value: &[u8]) {
        self.nest(kind, |message| message.0.extend(value));
    }

    fn text(&mut self, kind: u16, value: &str) {
        self.attribute(kind, &[value.as_bytes(), b"\0"].concat());
    }

    /// Adds an attribute that contains the output of `inner`.
    fn nest(&mut self, kind: u16, inner: impl FnOnce(&mut Self)) {
        let begin = self.0.len();
        self.0.extend([0; 2]);
        self.0.extend(kind.to_ne_bytes());
        inner(self);
        // Values are far shorter than 64 KiB, since interface names are limited.
        let length = u16::try_from(self.0.len() - begin).unwrap_or(u16::MAX);
        self.0[begin..begin + 2].copy_from_slice(&length.to_ne_bytes());
        self.0.resize(align4(self.0.len()), 0);
    }

    fn veth_end(&mut self, end: &VethSpec<'_>) {
        self.text(IFLA_IFNAME, end.name);
        self.attribute(IFLA_NET_NS_FD, &end.namespace.as_raw_fd().to_ne_bytes());
        if let Some(hardware) = end.link_address {
            self.attribute(IFLA_ADDRESS, &hardware);
        }
        self.attribute(IFLA_MTU, &end.mtu.to_ne_bytes());
        self.attribute(IFLA_TXQLEN, &end.queue.to_ne_bytes());
    }

    fn finish(mut self, sequence: u32) -> Vec<u8> {
        let length = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0[0..4].copy_from_slice(&length.to_ne_bytes());
        self.0[8..12].copy_from_slice(&sequence.to_ne_bytes());
        self.0
    }
}

/// Returns `struct ifinfomsg` with this index and the flags in the mask `change`.
fn link(index: u32, flags: u32, change: u32) -> [u8; LINK] {
    let mut body = [0; LINK];
    body[4..8].copy_from_slice(&index.to_ne_bytes());
    body[8..12].copy_from_slice(&flags.to_ne_bytes());
    body[12..16].copy_from_slice(&change.to_ne_bytes());
    body
}

/// Builds a request for two connected interfaces, each in its namespace.
pub(super) fn create_veth(sequence: u32, one: &VethSpec<'_>, other: &VethSpec<'_>) -> Vec<u8> {
    let mut message = MessageBuilder::new(libc::RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &link(0, 0, 0));
    message.veth_end(one);
    message.nest(IFLA_LINKINFO, |message| {
        message.text(IFLA_INFO_KIND, "veth");
        message.nest(IFLA_INFO_DATA, |message| {
            message.nest(VETH_INFO_PEER, |message| {
                message.0.extend(link(0, 0, 0));
                message.veth_end(other);
            });
        });
    });
    message.finish(sequence)
}

/// Builds a request to turn on an interface.
pub(super) fn turn_on(sequence: u32, index: u32) -> Vec<u8> {
    let up = libc::IFF_UP as u32;
    MessageBuilder::new(libc::RTM_NEWLINK, 0, &link(index, up, up)).finish(sequence)
}

/// Builds a request to remove an interface, with the other end of a veth pair.
#[cfg(test)]
pub(super) fn delete(sequence: u32, index: u32) -> Vec<u8> {
    MessageBuilder::new(libc::RTM_DELLINK, 0, &link(index, 0, 0)).finish(sequence)
}

/// Builds a request to add an address with a prefix length to an interface.
pub(super) fn add_address(sequence: u32, index: u32, address: Ipv4Addr, prefix: u8) -> Vec<u8> {
    let mut body = [0; 8]; // struct ifaddrmsg
    body[0] = libc::AF_INET as u8;
    body[1] = prefix;
    body[4..8].copy_from_slice(&index.to_ne_bytes());
    let mut message = MessageBuilder::new(libc::RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &body);
    message.attribute(IFA_LOCAL, &address.octets());
    message.attribute(IFA_ADDRESS, &address.octets());
    if prefix < 31 {
        let hosts = u32::MAX.checked_shr(u32::from(prefix)).unwrap_or_default();
        message.attribute(IFA_BROADCAST, &(u32::from(address) | hosts).to_be_bytes());
    }
    message.finish(sequence)
}

/// Builds a request to make a network directly reachable through an interface.
pub(super) fn add_route(sequence: u32, index: u32, network: Ipv4Addr, prefix: u8) -> Vec<u8> {
    // struct rtmsg
    let mut body = [0; 12];
    body[0] = libc::AF_INET as u8;
    body[1] = prefix;
    body[4..8].copy_from_slice(&[RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_LINK, RTN_UNICAST]);
    let mut message = MessageBuilder::new(libc::RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &body);
    let hosts = u32::MAX.checked_shr(u32::from(prefix)).unwrap_or_default();
    message.attribute(RTA_DST, &(u32::from(network) & !hosts).to_be_bytes());
    message.attribute(RTA_OIF, &index.to_ne_bytes());
    message.finish(sequence)
}

/// Builds a request for a local route to an address. Packets to it are sent from `source`.
pub(super) fn add_local_route(sequence: u32, index: u32, address: Ipv4Addr, source: Ipv4Addr) -> Vec<u8> {
    // struct rtmsg
    let mut body = [0; 12];
    body[0] = libc::AF_INET as u8;
    body[1] = 32;
    body[4..8].copy_from_slice(&[RT_TABLE_LOCAL, RTPROT_BOOT, RT_SCOPE_HOST, RTN_LOCAL]);
    let mut message = MessageBuilder::new(libc::RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &body);
    message.attribute(RTA_DST, &address.octets());
    message.attribute(RTA_OIF, &index.to_ne_bytes());
    message.attribute(RTA_PREFSRC, &source.octets());
    message.finish(sequence)
}

/// Builds a request for a permanent link-layer address of a neighbour.
pub(super) fn add_neighbour(sequence: u32, index: u32, address: Ipv4Addr, hardware: [u8; 6]) -> Vec<u8> {
    // struct ndmsg
    let mut body = [0; 12];
    body[0] = libc::AF_INET as u8;
    body[4..8].copy_from_slice(&index.to_ne_bytes());
    body[8..10].copy_from_slice(&NUD_PERMANENT.to_ne_bytes());
    let mut message = MessageBuilder::new(libc::RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, &body);
    message.attribute(NDA_DST, &address.octets());
    message.attribute(NDA_LLADDR, &hardware);
    message.finish(sequence)
}

/// Returns the kernel's answer to the request with this sequence number: 0 or an error number.
/// `None` if these bytes do not contain it.
pub(super) fn find_answer(bytes: &[u8], sequence: u32) -> Option<i32> {
    let mut rest = bytes;
    loop {
        let length = u32_at(rest, 0)? as usize;
        let message = rest.get(..length).filter(|message| message.len() >= HEADER)?;
        if u16_at(message, 4)? == NLMSG_ERROR && u32_at(message, 8)? == sequence {
            return Some((u32_at(message, HEADER)? as i32).saturating_neg());
        }
        rest = rest.get(align4(length)..)?;
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsFd;

    use super::*;

    /// Parses attributes, which must fill these bytes.
    fn attributes(mut bytes: &[u8]) -> Vec<(u16, &[u8])> {
        let mut found = Vec::new();
        while !bytes.is_empty() {
            let length = usize::from(u16_at(bytes, 0).expect("a length"));
            found.push((u16_at(bytes, 2).expect("a kind"), &bytes[4..length]));
            bytes = &bytes[align4(length)..];
        }
        found
    }

    fn value<'a>(attributes: &[(u16, &'a [u8])], wanted: u16) -> &'a [u8] {
        let found = attributes.iter().find(|(kind, _)| *kind == wanted);
        found.unwrap_or_else(|| panic!("no attribute {wanted} in {attributes:?}")).1
    }

    fn header(message: &[u8]) -> (usize, u16, u16, u32) {
        let length = u32_at(message, 0).expect("a length") as usize;
        let kind = u16_at(message, 4).expect("a kind");
        (length, kind, u16_at(message, 6).expect("flags"), u32_at(message, 8).expect("a sequence"))
    }

    #[test]
    fn veth_request_has_an_end_in_each_namespace() {
        let (here, there) = std::io::pipe().expect("two descriptors");
        let hardware = Some([2, 0, 0, 0, 0, 7]);
        let end = |name, namespace| VethSpec { name, namespace, link_address: hardware, mtu: 1500, queue: 20_000 };
        let message = create_veth(7, &end("alice", here.as_fd()), &end("bob-eth0", there.as_fd()));
        assert_eq!(header(&message), (message.len(), libc::RTM_NEWLINK, 0x605, 7));
        let one = attributes(&message[HEADER + LINK..]);
        assert_eq!(value(&one, IFLA_IFNAME), b"alice\0");
        assert_eq!(value(&one, IFLA_NET_NS_FD), here.as_raw_fd().to_ne_bytes());
        let info = attributes(value(&one, IFLA_LINKINFO));
        assert_eq!(value(&info, IFLA_INFO_KIND), b"veth\0");
        let data = attributes(value(&info, IFLA_INFO_DATA));
        let peer = attributes(&value(&data, VETH_INFO_PEER)[LINK..]);
        assert_eq!(value(&peer, IFLA_IFNAME), b"bob-eth0\0");
        assert_eq!(value(&peer, IFLA_NET_NS_FD), there.as_raw_fd().to_ne_bytes());
        assert_eq!(value(&peer, IFLA_ADDRESS), [2, 0, 0, 0, 0, 7]);
        assert_eq!(value(&peer, IFLA_TXQLEN), 20_000_u32.to_ne_bytes());
        assert_eq!(value(&peer, IFLA_MTU), 1500_u32.to_ne_bytes());
    }

    #[test]
    fn addresses_and_routes_encode_their_networks() {
        let alice = Ipv4Addr::new(192, 0, 2, 1);
        let message = add_address(1, 3, alice, 24);
        assert_eq!(&message[HEADER..HEADER + 8], [2, 24, 0, 0, 3, 0, 0, 0]);
        let found = attributes(&message[HEADER + 8..]);
        assert_eq!(value(&found, IFA_LOCAL), [192, 0, 2, 1]);
        assert_eq!(value(&found, IFA_BROADCAST), [192, 0, 2, 255]);
        let alone = add_address(1, 3, alice, 32);
        assert_eq!(attributes(&alone[HEADER + 8..]).len(), 2, "no broadcast");

        for (prefix, network) in [(0, [0; 4]), (24, [192, 0, 2, 0]), (32, [192, 0, 2, 1]), (99, [192, 0, 2, 1])] {
            let message = add_route(1, 3, alice, prefix);
            assert_eq!(value(&attributes(&message[HEADER + 12..]), RTA_DST), network);
        }
    }

    #[test]
    fn local_route_encodes_its_source() {
        let message = add_local_route(1, 1, Ipv4Addr::new(8, 8, 8, 8), Ipv4Addr::LOCALHOST);
        assert_eq!(&message[HEADER..HEADER + 12], [2, 32, 0, 0, 255, 3, 254, 2, 0, 0, 0, 0]);
        let found = attributes(&message[HEADER + 12..]);
        assert_eq!((value(&found, RTA_DST), value(&found, RTA_PREFSRC)), (&[8, 8, 8, 8][..], &[127, 0, 0, 1][..]));
    }

    #[test]
    fn neighbour_request_encodes_both_addresses() {
        let message = add_neighbour(1, 3, Ipv4Addr::new(192, 0, 2, 1), [2, 0, 0, 0, 0, 9]);
        assert_eq!(header(&message), (message.len(), libc::RTM_NEWNEIGH, 0x605, 1));
        assert_eq!(&message[HEADER..HEADER + 12], [2, 0, 0, 0, 3, 0, 0, 0, 0x80, 0, 0, 0]);
        let found = attributes(&message[HEADER + 12..]);
        assert_eq!(value(&found, NDA_DST), [192, 0, 2, 1]);
        assert_eq!(value(&found, NDA_LLADDR), [2, 0, 0, 0, 0, 9]);
    }

    #[test]
    fn answer_is_found_by_sequence_number() {
        let message = |kind: u16, sequence: u32, number: i32| {
            let mut message = MessageBuilder::new(kind, 0, &number.to_ne_bytes());
            message.0.extend([0; 16]);
            message.finish(sequence)
        };
        let bytes = [message(16, 5, 0), message(NLMSG_ERROR, 4, 0), message(NLMSG_ERROR, 5, -libc::EEXIST)].concat();
        assert_eq!(find_answer(&bytes, 5), Some(libc::EEXIST));
        assert_eq!(find_answer(&bytes, 4), Some(0));
        assert_eq!(find_answer(&bytes, 6), None);
    }

    proptest::proptest! {
        #[test]
        fn random_bytes_do_not_panic(bytes: Vec<u8>) {
            let _ = find_answer(&bytes, 0);
        }
    }
}
