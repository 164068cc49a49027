//! Judges an item against a capture from elsewhere that may be incomplete. If a late start, an
//! early stop or a snap length may explain a fault, the fault is not counted.

use crate::model::{Cause, GapReason, NotVerified};
use std::net::SocketAddr;

use super::CaptureFilter;
use crate::model::{
    Capture, CapturedPacket, Evidence, EvidenceKind, Finding, Gap, ItemResult, Message, Protocol, Verdict,
};
use crate::packet::{Analysis, Conversations, Frame, FrameError, Link, Side, TcpConversation};
use crate::run::judge::{Outcome, judge_captured};
use crate::scenario::{Scenario, link};

/// Judges one item of a scenario, given by its index, with the packets of a capture.
#[must_use]
pub(crate) fn judge_capture(
    mut scenario: Scenario,
    number: usize,
    capture: &Capture,
    wanted: &CaptureFilter,
) -> ItemResult {
    let all = on_port(capture, wanted.port);
    let snapped = || Message::new("capture-snapped");
    let seen = if is_cut_datagram(&all, capture, wanted) {
        Err(snapped())
    } else {
        super::evidence(capture, wanted).map_err(|why| if is_snapped(&all, capture, wanted) { snapped() } else { why })
    };
    let (notes, doubt) =
        seen.as_ref().map_or_else(|_| Default::default(), |seen| (seen.notes.clone(), seen.doubt.clone()));
    let seen = seen.map(|seen| seen.evidence);
    let stranger = seen.as_ref().ok().and_then(|seen| find_other_conversation(&all, seen, wanted.protocol));
    let is_of_two = !scenario.hosts.is_empty();
    let seen = seen.and_then(|seen| if is_of_two { require_two_hosts(seen, stranger, wanted.port) } else { Ok(seen) });
    // An unimpaired link leaves no trace in a capture: its packet expectations hold for any two
    // hosts.
    if scenario.link == link::Link::default() {
        scenario.hosts.clear();
    }
    let seen = seen.unwrap_or_else(|because| {
        let gaps = EvidenceKind::ALL.map(|evidence| Gap { evidence, because: because.clone().into() });
        Evidence { gaps: gaps.to_vec(), ..Evidence::default() }
    });
    let crosses_network = seen.journal.connections().iter().any(|one| one.local.ip() != one.peer.ip());
    let mut result = judge_captured(&scenario, number, &Outcome::Seen(Box::new(seen)), "");
    let has_others = stranger.is_some_and(|(protocol, _)| protocol == wanted.protocol);
    relax_findings(&mut result, |cause, found| match cause {
        Cause::ConversationsOther { .. } if has_others => Some(NotVerified::CaptureCountUnsure { found }),
        // The number of clients is the student's choice, not the server's.
        Cause::ConversationsOther { count, wanted, .. } if count < wanted => {
            Some(NotVerified::CaptureFewClients { found })
        }
        // A network may lose datagrams (RFC 768).
        Cause::DatagramsMissing { .. } if crosses_network => Some(NotVerified::CaptureLossPossible { found }),
        _ => None,
    });
    if let Some(doubt) = doubt.filter(|_| result.verdict == Verdict::Pass) {
        result.reason = Some(doubt.into());
        result.verdict = Verdict::NotVerified;
        result.earned = 0;
    } else {
        result.judged.notes.extend(notes);
    }
    report_passed(&mut result);
    report_failures(&mut result);
    result
}

fn on_port(capture: &Capture, port: u16) -> Conversations {
    let mut analysis = Analysis::new().server_port(port);
    for packet in capture.packets() {
        analysis.add(&frame(&packet));
    }
    analysis.finish().on_port(port)
}

fn frame<'a>(packet: &CapturedPacket<'a>) -> Result<Frame<'a>, FrameError> {
    Frame::read(Link::Ethernet, packet.at_ns, packet.original_length, packet.bytes)
}

/// Returns true if the capture has fewer bytes of a packet than were sent, because of a snap
/// length.
fn is_cut(packet: &CapturedPacket<'_>) -> bool {
    (packet.original_length as usize) > packet.bytes.len()
}

fn cut_frames(capture: &Capture) -> Vec<bool> {
    capture.packets().map(|packet| is_cut(&packet)).collect()
}

/// Returns true if a datagram on the port is truncated: its answer cannot be judged.
fn is_cut_datagram(all: &Conversations, capture: &Capture, wanted: &CaptureFilter) -> bool {
    let cut = cut_frames(capture);
    let mut datagrams = all.udp.iter().flat_map(|one| &one.datagrams);
    wanted.protocol == Protocol::Udp && datagrams.any(|datagram| cut[datagram.seen.frame])
}

/// Returns true if the snap length alone makes every conversation incomplete. Either they are
/// captured from beginning to end with truncated packets, or not even the headers are complete.
fn is_snapped(all: &Conversations, capture: &Capture, wanted: &CaptureFilter) -> bool {
    let cut = cut_frames(capture);
    let is_over = |one: &TcpConversation| one.teardown.is_complete || one.teardown.reset.is_some();
    let none_missing =
        |one: &TcpConversation| [Side::Client, Side::Server].iter().all(|&side| one.direction(side).missing == 0);
    let is_there = |one: &&TcpConversation| one.is_established() && is_over(one) && none_missing(one);
    let of_tcp = all.tcp.iter().filter(|_| wanted.protocol == Protocol::Tcp).filter(is_there);
    let mut frames = of_tcp.flat_map(|one| &one.packets).map(|packet| packet.frame);
    let is_headless = || {
        let mut packets = capture.packets();
        packets.any(|packet| is_cut(&packet) && frame(&packet) == Err(FrameError::Malformed))
    };
    frames.any(|frame| cut[frame]) || (all.tcp.is_empty() && all.udp.is_empty() && is_headless())
}

/// A conversation: its protocol and its two endpoints.
type CaptureEnds = (Protocol, (SocketAddr, SocketAddr));

/// Returns a conversation on the port that is not part of the evidence: it is incomplete, or it
/// uses the other protocol.
fn find_other_conversation(all: &Conversations, seen: &Evidence, protocol: Protocol) -> Option<CaptureEnds> {
    let mut known: Vec<CaptureEnds> =
        seen.journal.connections().iter().map(|one| (protocol, (one.local, one.peer))).collect();
    let mut is_known = |one: &CaptureEnds| {
        let place = known.iter().position(|known| known == one);
        place.map(|place| known.swap_remove(place)).is_some()
    };
    let of_tcp = all.tcp.iter().map(|one| (Protocol::Tcp, (one.client, one.server)));
    let of_udp = all.udp.iter().map(|one| (Protocol::Udp, (one.client, one.server)));
    let mut strangers: Vec<CaptureEnds> = of_tcp.chain(of_udp).filter(|one| !is_known(one)).collect();
    strangers.sort_by_key(|(of, _)| *of != protocol);
    strangers.into_iter().next()
}

/// Returns the evidence if it is from two hosts and covers all traffic on the port. Otherwise
/// returns the reason why it proves nothing about two hosts.
fn require_two_hosts(seen: Evidence, stranger: Option<CaptureEnds>, port: u16) -> Result<Evidence, Message> {
    if let Some((_, (from, to))) = stranger {
        let message = Message::new("capture-has-others").with("port", port.to_string());
        return Err(message.with("from", from.to_string()).with("to", to.to_string()));
    }
    match seen.journal.connections().iter().find(|one| one.local.ip() == one.peer.ip()) {
        Some(one) => Err(Message::new("capture-of-one-machine").with("at", one.local.ip().to_string())),
        None => Ok(seen),
    }
}

/// Replaces failed findings by *not verified* if `reason` knows why the capture does not prove
/// their cause. It gets the cause, and its message.
fn relax_findings(result: &mut ItemResult, reason: impl Fn(&Cause, Message) -> Option<NotVerified>) {
    let mut first = None;
    for finding in &mut result.judged.findings {
        let message = finding.because.message().into_owned();
        let Some(reason) = finding.because.cause().and_then(|cause| reason(cause, message)) else { continue };
        first.get_or_insert(reason.message());
        let (expectation, at) = (finding.expectation.clone(), finding.at.clone());
        *finding = Finding { expectation, at, ..Finding::not_verified(reason) };
    }
    let verdict = Verdict::combine(result.judged.findings.iter().map(|finding| finding.verdict));
    if verdict == Verdict::NotVerified && result.verdict == Verdict::Fail {
        result.reason = first.map(Into::into);
        result.verdict = verdict;
        result.hint = None;
    }
}

/// Reports the expectations that the capture proves of an item that it cannot prove as a whole.
fn report_passed(result: &mut ItemResult) {
    let is_rest = result.reason == Some(GapReason::CaptureOnly {}.into());
    if result.verdict != Verdict::NotVerified || !is_rest {
        return;
    }
    let passed = result.judged.findings.iter().filter(|finding| finding.verdict == Verdict::Pass);
    let shown = passed.map(|finding| finding.because.message().into_owned());
    let shown =
        shown.reduce(|first, second| Message::new("capture-shows-both").with("first", first).with("second", second));
    if let Some(shown) = shown {
        result.reason = Some(NotVerified::CaptureShowsPart { shown }.into());
    }
}

/// Turns all failed findings after the first into notes: no report lists the rest.
fn report_failures(result: &mut ItemResult) {
    let mut failed = result.judged.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
    let first = failed.next().map(|finding| finding.because.message().into_owned());
    let others: Vec<Message> = failed.map(|finding| finding.because.message().into_owned()).collect();
    let mut is_first = true;
    result.judged.findings.retain(|one| one.verdict != Verdict::Fail || std::mem::take(&mut is_first));
    for other in others {
        let also = Message::new("capture-also").with("because", other.clone());
        if Some(&other) != first.as_ref() && !result.judged.notes.contains(&also) {
            result.judged.notes.push(also);
        }
    }
}

#[cfg(test)]
mod tests;
