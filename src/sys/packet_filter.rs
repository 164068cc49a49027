//! Builds a socket filter for the packets of given ports (`Documentation/networking/filter.rst`,
//! `SO_ATTACH_FILTER`).
//!
//! The filter accepts packets from or to TCP or UDP ports, over IPv4 or IPv6, and the ICMP messages
//! that report such a packet as undeliverable. The kernel drops the packets of other users of a
//! shared network. Later fragments, which have no ports, are dropped too. Frames must begin with an
//! Ethernet header, as loopback frames do. The program is only built here, not attached.

use std::collections::BTreeSet;

use libc::{
    BPF_ABS, BPF_B, BPF_H, BPF_IND, BPF_JEQ, BPF_JMP, BPF_JSET, BPF_K, BPF_LD, BPF_LDX, BPF_MEM, BPF_MSH, BPF_RET,
    BPF_ST, BPF_W, sock_filter,
};

/// Maximum number of ports in a filter: a program has at most 4096 instructions (`BPF_MAXINSNS`).
pub(crate) const MAX_FILTER_PORTS: usize = 1000;

/// The target of a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum BranchTarget {
    Next,
    /// Skips the next instruction.
    Over,
    Label(&'static str),
}

use BranchTarget::{Label, Next, Over};

/// A program whose branches still use label names.
#[derive(Debug, Default)]
struct FilterBuilder {
    code: Vec<(u32, u32, BranchTarget, BranchTarget)>,
    labels: Vec<(&'static str, usize)>,
}

impl FilterBuilder {
    fn add(&mut self, code: u32, k: u32) -> &mut Self {
        self.code.push((code, k, Next, Next));
        self
    }

    fn branch(&mut self, test: u32, k: u32, yes: BranchTarget, no: BranchTarget) -> &mut Self {
        self.code.push((BPF_JMP | test | BPF_K, k, yes, no));
        self
    }

    fn go_to(&mut self, label: &'static str) -> &mut Self {
        self.code.push((BPF_JMP, 0, Label(label), Next));
        self
    }

    fn label(&mut self, name: &'static str) -> &mut Self {
        self.labels.push((name, self.code.len()));
        self
    }

    /// Loads a port (half word) and stores it in the scratch memory slot `which` for the
    /// comparison.
    fn port(&mut self, load: u32, at: u32, which: u32) -> &mut Self {
        self.add(BPF_LD | BPF_H | load, at).add(BPF_ST, which)
    }

    /// Replaces label names by distances. A missing label would jump to the next instruction, which
    /// the tests would detect.
    fn finish(&self) -> Vec<sock_filter> {
        let distance = |from: usize, to: BranchTarget| match to {
            Next => 0,
            Over => 1,
            Label(name) => {
                let place = self.labels.iter().find(|(label, _)| *label == name).map_or(0, |(_, place)| *place);
                place.saturating_sub(from + 1)
            }
        };
        let one = |(n, &(code, k, yes, no)): (usize, &(u32, u32, BranchTarget, BranchTarget))| {
            let (yes, no) = (distance(n, yes), distance(n, no));
            // An unconditional jump has its distance, which may be long, in the operand.
            let always = code == BPF_JMP;
            let (jt, jf) = if always { (0, 0) } else { (yes as u8, no as u8) };
            sock_filter { code: code as u16, jt, jf, k: if always { yes as u32 } else { k } }
        };
        self.code.iter().enumerate().map(one).collect()
    }
}

const SOURCE: u32 = 0;
const DESTINATION: u32 = 1;
const ETHERNET_HEADER_BYTES: u32 = 14;

/// Returns the program that accepts the packets of these ports only. Beyond [`MAX_FILTER_PORTS`]
/// ports, the highest are ignored.
#[must_use]
pub(crate) fn port_filter(ports: &BTreeSet<u16>) -> Vec<sock_filter> {
    const TCP: u32 = 6;
    const UDP: u32 = 17;
    let mut draft = FilterBuilder::default();
    draft.add(BPF_LD | BPF_H | BPF_ABS, 12);
    draft.branch(BPF_JEQ, 0x0800, Label("IPv4"), Next).branch(BPF_JEQ, 0x86dd, Label("IPv6"), Label("none"));
    // The length of the IPv4 header varies. Later fragments have no transport header.
    draft.label("IPv4").add(BPF_LD | BPF_H | BPF_ABS, ETHERNET_HEADER_BYTES + 6).branch(
        BPF_JSET,
        0x1fff,
        Label("none"),
        Next,
    );
    draft
        .add(BPF_LDX | BPF_B | BPF_MSH, ETHERNET_HEADER_BYTES)
        .add(BPF_LD | BPF_B | BPF_ABS, ETHERNET_HEADER_BYTES + 9);
    draft.branch(BPF_JEQ, TCP, Label("IPv4 ports"), Next).branch(BPF_JEQ, UDP, Label("IPv4 ports"), Next);
    // ICMP destination unreachable: the quoted packet follows, assumed to have no IP options (RFC
    // 792).
    draft.branch(BPF_JEQ, 1, Next, Label("none"));
    draft.add(BPF_LD | BPF_B | BPF_IND, ETHERNET_HEADER_BYTES).branch(BPF_JEQ, 3, Next, Label("none"));
    draft
        .port(BPF_IND, ETHERNET_HEADER_BYTES + 8 + 20, SOURCE)
        .port(BPF_IND, ETHERNET_HEADER_BYTES + 8 + 22, DESTINATION)
        .go_to("compare");
    draft
        .label("IPv4 ports")
        .port(BPF_IND, ETHERNET_HEADER_BYTES, SOURCE)
        .port(BPF_IND, ETHERNET_HEADER_BYTES + 2, DESTINATION)
        .go_to("compare");
    draft.label("IPv6").add(BPF_LD | BPF_B | BPF_ABS, ETHERNET_HEADER_BYTES + 6);
    draft.branch(BPF_JEQ, TCP, Label("IPv6 ports"), Next).branch(BPF_JEQ, UDP, Label("IPv6 ports"), Next);
    // ICMPv6 destination unreachable (RFC 4443).
    draft.branch(BPF_JEQ, 58, Next, Label("none"));
    draft.add(BPF_LD | BPF_B | BPF_ABS, ETHERNET_HEADER_BYTES + 40).branch(BPF_JEQ, 1, Next, Label("none"));
    draft
        .port(BPF_ABS, ETHERNET_HEADER_BYTES + 88, SOURCE)
        .port(BPF_ABS, ETHERNET_HEADER_BYTES + 90, DESTINATION)
        .go_to("compare");
    draft
        .label("IPv6 ports")
        .port(BPF_ABS, ETHERNET_HEADER_BYTES + 40, SOURCE)
        .port(BPF_ABS, ETHERNET_HEADER_BYTES + 42, DESTINATION)
        .go_to("compare");
    // A jump, not a return: the kernel walks the instructions in order to check that memory is
    // stored before it is loaded (`check_load_and_stores` in net/core/filter.c), and continues past
    // a return.
    draft.label("none").go_to("end");
    draft.label("compare");
    for which in [SOURCE, DESTINATION] {
        draft.add(BPF_LD | BPF_W | BPF_MEM, which);
        for &port in ports.iter().take(MAX_FILTER_PORTS) {
            // The value is the number of bytes to keep: all of them.
            draft.branch(BPF_JEQ, u32::from(port), Next, Over).add(BPF_RET | BPF_K, u32::MAX);
        }
    }
    draft.label("end").add(BPF_RET | BPF_K, 0);
    draft.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::frame::sample;

    /// Interprets the subset of BPF that is used here. Returns the number of bytes of the frame
    /// that are kept.
    fn kept(program: &[sock_filter], frame: &[u8]) -> u32 {
        let (mut at, mut a, mut x, mut memory) = (0_usize, 0_u32, 0_u32, [0_u32; 16]);
        let load = |from: u32, size: usize| {
            let bytes = frame.get(from as usize..from as usize + size)?;
            Some(bytes.iter().fold(0_u32, |all, &byte| all << 8 | u32::from(byte)))
        };
        loop {
            let one = program[at];
            at += 1;
            match u32::from(one.code) {
                code @ (0x28 | 0x30 | 0x48 | 0x50) => {
                    let size = if code & 0x10 == 0 { 2 } else { 1 };
                    let from = if code & 0x40 == 0 { one.k } else { x + one.k };
                    // The kernel drops the frame if a load is out of bounds.
                    let Some(value) = load(from, size) else { return 0 };
                    a = value;
                }
                0xb1 => x = 4 * (load(one.k, 1).unwrap_or(0) & 0xf),
                0x60 => a = memory[one.k as usize],
                0x02 => memory[one.k as usize] = a,
                0x05 => at += one.k as usize,
                0x15 => at += usize::from(if a == one.k { one.jt } else { one.jf }),
                0x45 => at += usize::from(if a & one.k != 0 { one.jt } else { one.jf }),
                0x06 => return one.k,
                other => panic!("an unknown instruction {other:#x}"),
            }
        }
    }

    fn takes(ports: &[u16], frame: &[u8]) -> bool {
        kept(&port_filter(&ports.iter().copied().collect()), frame) > 0
    }

    #[test]
    fn filter_accepts_packets_of_its_ports_only() {
        for [a, b] in [["127.0.0.1", "127.0.0.2"], ["[::1]", "[fe80::2]"]] {
            let (client, server) = (format!("{a}:40000"), format!("{b}:65432"));
            let udp = sample::udp(&client, &server, b"x");
            let back = sample::udp(&server, &client, b"x");
            let tcp = sample::tcp(&server, &client, "SA", (1, 2, 3), b"");
            for frame in [&udp, &back, &tcp, &sample::port_unreachable(&udp)] {
                assert!(takes(&[65432], frame) && takes(&[7, 40000], frame), "{a}");
                assert!(!takes(&[65431, 40001], frame) && !takes(&[], frame), "{a}");
            }
            assert!(!takes(&[0], &sample::port_unreachable(&sample::udp(&client, &server, b"x"))));
        }
    }

    #[test]
    fn packets_without_ports_are_dropped() {
        let mut later = sample::udp("127.0.0.1:40000", "127.0.0.1:65432", b"abc");
        later[14 + 7] = 1;
        assert!(!takes(&[65432, 40000], &later), "a later fragment");
        let mut other = sample::udp("127.0.0.1:40000", "127.0.0.1:65432", b"abc");
        other[14 + 9] = 132;
        assert!(!takes(&[65432], &other), "another protocol");
        other[12..14].copy_from_slice(&[0x08, 0x06]);
        assert!(!takes(&[65432], &other) && !takes(&[65432], &[]) && !takes(&[65432], &[0; 14]), "no IP");
    }

    #[test]
    fn ip_options_move_the_ports() {
        let mut frame = sample::udp("127.0.0.1:40000", "127.0.0.1:65432", b"abc");
        frame[14] = 0x46;
        frame.splice(34..34, [1, 1, 1, 0]);
        assert!(takes(&[65432], &frame) && !takes(&[65431], &frame));
    }

    #[test]
    fn program_length_is_bounded_for_all_ports() {
        let most = port_filter(&(0..=u16::MAX).collect());
        assert!(most.len() <= 4096, "{}", most.len());
        let frame = sample::udp("127.0.0.1:40000", "127.0.0.1:999", b"");
        assert!(kept(&most, &frame) > 0, "the last port in the filter");
    }

    proptest::proptest! {
        #[test]
        fn random_frames_do_not_panic(bytes: Vec<u8>, ports: BTreeSet<u16>) {
            let _ = kept(&port_filter(&ports), &bytes);
        }
    }
}
