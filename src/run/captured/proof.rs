//! What somebody else's capture proves of an item. One that was begun late, stopped early or cut short proves nothing wrong: where
//! the judges find a fault that what is missing may explain, it is none.

use std::net::SocketAddr;

use super::Wanted;
use crate::model::{
    Capture, CapturedPacket, Evidence, EvidenceKind, Finding, Gap, ItemResult, Message, Protocol, Verdict,
};
use crate::packet::{Analysis, Conversations, Frame, Link, Side, TcpConversation, Unread};
use crate::run::judge::{Outcome, judge_captured};
use crate::scenario::{Scenario, hosts};

/// What the packets prove of an item, by its place in its scenario.
#[must_use]
pub fn judged(mut scenario: Scenario, number: usize, capture: &Capture, wanted: &Wanted) -> ItemResult {
    let all = on_port(capture, wanted.port);
    let snapped = || Message::new("capture-snapped");
    let seen = if is_cut_datagram(&all, capture, wanted) {
        Err(snapped())
    } else {
        super::evidence(capture, wanted).map_err(|why| if is_snapped(&all, capture, wanted) { snapped() } else { why })
    };
    let stranger = seen.as_ref().ok().and_then(|seen| stranger(&all, seen, wanted.protocol));
    let is_of_two = !scenario.hosts.is_empty();
    let seen = seen.and_then(|seen| if is_of_two { of_two_machines(seen, stranger, wanted.port) } else { Ok(seen) });
    // A link that does nothing to packets shows in no capture: what is asked of them holds of any two machines.
    if scenario.link == hosts::Link::default() {
        scenario.hosts.clear();
    }
    let seen = seen.unwrap_or_else(|because| {
        let gaps = EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone() });
        Evidence { gaps: gaps.to_vec(), ..Evidence::default() }
    });
    let mut result = judge_captured(&scenario, number, &Outcome::Seen(Box::new(seen)), "");
    if stranger.is_some_and(|(protocol, _)| protocol == wanted.protocol) {
        forgive_count(&mut result);
    }
    tell_what_passed(&mut result);
    tell_all_that_failed(&mut result);
    result
}

fn on_port(capture: &Capture, port: u16) -> Conversations {
    let mut analysis = Analysis::new().server_port(port);
    for packet in capture.packets() {
        analysis.add(&frame(&packet));
    }
    analysis.finish().on_port(port)
}

fn frame<'a>(packet: &CapturedPacket<'a>) -> Result<Frame<'a>, Unread> {
    Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes)
}

/// Whether the capture holds less of a packet than there was: a snap length.
fn is_cut(packet: &CapturedPacket<'_>) -> bool {
    (packet.original_length as usize) > packet.bytes.len()
}

fn cut_frames(capture: &Capture) -> Vec<bool> {
    capture.packets().map(|packet| is_cut(&packet)).collect()
}

/// Whether a datagram on the port lacks bytes: then nothing can be said of what was answered.
fn is_cut_datagram(all: &Conversations, capture: &Capture, wanted: &Wanted) -> bool {
    let cut = cut_frames(capture);
    let mut datagrams = all.udp.iter().flat_map(|one| &one.datagrams);
    wanted.protocol == Protocol::Udp && datagrams.any(|datagram| cut[datagram.seen.frame])
}

/// Whether it is the snap length alone for which no conversation is whole: from beginning to end they are there, and of
/// their packets only the first bytes; or not even the headers.
fn is_snapped(all: &Conversations, capture: &Capture, wanted: &Wanted) -> bool {
    let cut = cut_frames(capture);
    let is_over = |one: &TcpConversation| one.teardown.is_complete || one.teardown.reset.is_some();
    let none_missing =
        |one: &TcpConversation| [Side::Client, Side::Server].iter().all(|&side| one.from(side).missing == 0);
    let is_there = |one: &&TcpConversation| one.is_established() && is_over(one) && none_missing(one);
    let of_tcp = all.tcp.iter().filter(|_| wanted.protocol == Protocol::Tcp).filter(is_there);
    let mut frames = of_tcp.flat_map(|one| &one.packets).map(|packet| packet.frame);
    let is_headless = || {
        let mut packets = capture.packets();
        packets.any(|packet| is_cut(&packet) && frame(&packet) == Err(Unread::Malformed))
    };
    frames.any(|frame| cut[frame]) || (all.tcp.is_empty() && all.udp.is_empty() && is_headless())
}

/// A conversation and its two ends.
type Ends = (Protocol, (SocketAddr, SocketAddr));

/// A conversation on the port that is not among the evidence: it is not whole, or else of another protocol.
fn stranger(all: &Conversations, seen: &Evidence, protocol: Protocol) -> Option<Ends> {
    let mut known: Vec<Ends> = seen.journal.connections().iter().map(|one| (protocol, (one.local, one.peer))).collect();
    let mut is_known = |one: &Ends| {
        let place = known.iter().position(|known| known == one);
        place.map(|place| known.swap_remove(place)).is_some()
    };
    let of_tcp = all.tcp.iter().map(|one| (Protocol::Tcp, (one.client, one.server)));
    let of_udp = all.udp.iter().map(|one| (Protocol::Udp, (one.client, one.server)));
    let mut strangers: Vec<Ends> = of_tcp.chain(of_udp).filter(|one| !is_known(one)).collect();
    strangers.sort_by_key(|(of, _)| *of != protocol);
    strangers.into_iter().next()
}

/// The evidence, where it is of two machines and holds all that is on the port; else why it proves nothing of them.
fn of_two_machines(seen: Evidence, stranger: Option<Ends>, port: u16) -> Result<Evidence, Message> {
    if let Some((_, (from, to))) = stranger {
        let message = Message::new("capture-has-others").with("port", port.to_string());
        return Err(message.with("from", from.to_string()).with("to", to.to_string()));
    }
    match seen.journal.connections().iter().find(|one| one.local.ip() == one.peer.ip()) {
        Some(one) => Err(Message::new("capture-of-one-machine").with("at", one.local.ip().to_string())),
        None => Ok(seen),
    }
}

/// Where a conversation is not whole in the capture, their number proves nothing wrong.
fn forgive_count(result: &mut ItemResult) {
    for finding in result.findings.iter_mut().filter(|one| one.because.id == "conversations-other") {
        let because = Message::new("capture-count-unsure").with("found", finding.because.clone());
        let (expectation, at) = (finding.expectation.clone(), finding.at.clone());
        *finding = Finding { expectation, at, ..Finding::not_verified(because) };
    }
    let verdict = Verdict::of_all(result.findings.iter().map(|finding| finding.verdict));
    if verdict == Verdict::NotVerified && result.verdict == Verdict::Fail {
        let first = result.findings.iter().find(|finding| finding.verdict == verdict);
        result.reason = first.map(|finding| finding.because.clone());
        result.verdict = verdict;
        result.hint = None;
    }
}

/// What the capture does show of an item that it cannot show as a whole.
fn tell_what_passed(result: &mut ItemResult) {
    let is_rest = result.reason.as_ref().is_some_and(|reason| reason.id == "gap-capture-only");
    if result.verdict != Verdict::NotVerified || !is_rest {
        return;
    }
    let passed = result.findings.iter().filter(|finding| finding.verdict == Verdict::Pass);
    let shown = passed.map(|finding| finding.because.clone());
    let shown =
        shown.reduce(|first, second| Message::new("capture-shows-both").with("first", first).with("second", second));
    if let Some(shown) = shown {
        result.reason = Some(Message::new("capture-shows-part").with("shown", shown));
    }
}

/// Below the first that failed the others are told as notes: there is no report with the rest.
fn tell_all_that_failed(result: &mut ItemResult) {
    let mut failed = result.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
    failed.next();
    let others: Vec<Message> = failed.map(|finding| finding.because.clone()).collect();
    let mut is_first = true;
    result.findings.retain(|one| one.verdict != Verdict::Fail || std::mem::take(&mut is_first));
    for other in others {
        let also = Message::new("capture-also").with("because", other);
        if !result.notes.contains(&also) {
            result.notes.push(also);
        }
    }
}

#[cfg(test)]
mod tests;
