//! The thread of a link: reads the frames of both hosts, captures them, and sends them on as their
//! impairments say.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::activity::LinkState;
use super::damage::{corrupt, truncate};
use super::impairment::{LinkDirection, LinkImpairments, Treatment};
use super::rule_count::RuleNames;
use super::shaper::Shaper;
use crate::model::{Capture, CapturedPacket, HostName, PacketFate};
use crate::packet::{Frame, Link as LinkLayer};
use crate::scenario::hosts::Host;
use crate::scenario::link::Link;
use crate::scenario::link_rule::Checksum;
use crate::sys::packet_socket::PacketSocket;

/// Maximum bytes of packets kept. Further packets are forwarded and counted as dropped.
const MAX_CAPTURE_BYTES: usize = 64 << 20;
/// Maximum frame length in bytes: Ethernet's, with offloads off.
const MAX_FRAME_BYTES: usize = 2048;
/// Minimum delay of a packet that others are to overtake.
const REORDER_DELAY: Duration = Duration::from_millis(2);
/// Maximum frames read from one host per turn, so that a host that floods the link cannot keep it
/// from ending.
const MAX_FRAMES_PER_TURN: usize = 4096;
/// How long packets in flight are forwarded after the end.
const DRAIN_TIME: Duration = Duration::from_millis(100);
/// Bytes of an Ethernet header, which the rate of a link does not count.
const ETHERNET_BYTES: usize = 14;

/// Forwards frames in a thread.
#[derive(Debug)]
pub(super) struct Forwarder {
    sockets: [PacketSocket; 2],
    fates: LinkImpairments,
    /// The delay of each direction.
    delays: [Duration; 2],
    shapers: [Option<Shaper>; 2],
    began: Instant,
    capture: Capture,
    under_way: BinaryHeap<Reverse<DelayedFrame>>,
    /// The packets that were sent to each host and of which it is not yet known that later packets of
    /// the host were sent after them.
    arriving: [Vec<u64>; 2],
    /// The number of the next packet, which keeps packets of the same due time in order.
    next: u64,
    state: Arc<LinkState>,
}

/// A frame in flight, and the host that it goes to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct DelayedFrame {
    due: Instant,
    number: u64,
    to: usize,
    /// The index of the packet in the capture.
    packet: u64,
    bytes: Vec<u8>,
}

impl Forwarder {
    /// Creates the forwarder of a link between these hosts.
    pub(super) fn new(
        sockets: [PacketSocket; 2],
        hosts: &[Host],
        (link, names_of_rules): (&Link, &RuleNames),
        run_seed: u64,
        state: Arc<LinkState>,
    ) -> Self {
        let names = [0, 1].map(|k| hosts.get(k).map(|host| &host.name));
        let settings = names.map(|name| link.impairments(name));
        Self {
            sockets,
            fates: LinkImpairments::new(link, names, names_of_rules, run_seed),
            delays: [settings[0].delay, settings[1].delay],
            shapers: [Shaper::new(&settings[0]), Shaper::new(&settings[1])],
            began: Instant::now(),
            capture: Capture::with_interfaces(&names.map(|name| name.map_or("", HostName::as_str))),
            under_way: BinaryHeap::new(),
            arriving: [Vec::new(), Vec::new()],
            next: 0,
            state,
        }
    }

    /// Forwards until `stop` is readable, and then the packets in flight. Returns the capture.
    pub(super) fn run(mut self, stop: &OwnedFd) -> Capture {
        let mut last: Option<Instant> = None;
        loop {
            let now = Instant::now();
            self.deliver(now);
            let due = self.under_way.peek().map(|Reverse(first)| first.due);
            if last.is_some_and(|last| due.is_none() || now >= last) {
                break;
            }
            self.state.end_turn(self.under_way.len());
            let until = due.map(|due| due.saturating_duration_since(now));
            let timeout = until.and_then(|until| Timespec::try_from(until).ok());
            let mut wanted = [
                PollFd::new(&self.sockets[0], PollFlags::IN),
                PollFd::new(&self.sockets[1], PollFlags::IN),
                PollFd::new(stop, PollFlags::IN),
            ];
            let wanted = if last.is_some() { &mut wanted[..2] } else { &mut wanted[..] };
            if poll(wanted, timeout.as_ref()).is_err_and(|error| error != rustix::io::Errno::INTR) {
                self.capture.dropped += 1;
                break;
            }
            self.state.begin_turn();
            let stopped = wanted.get(2).is_some_and(|stop| !stop.revents().is_empty());
            let came = [0, 1].map(|k: usize| !wanted[k].revents().is_empty());
            if stopped {
                last = Some(Instant::now() + DRAIN_TIME);
            }
            // A host that has sent nothing since has nothing on the way that is older.
            for host in [0, 1] {
                if !came[host] {
                    self.settle(host);
                }
            }
            for from in [0, 1] {
                let in_time = || last.is_some_and(|last| Instant::now() < last);
                if came[from] || stopped {
                    while self.read_frames(from) && in_time() {}
                }
            }
        }
        for socket in &mut self.sockets {
            self.capture.dropped += socket.dropped().unwrap_or(1);
        }
        self.capture
    }

    /// Reads the frames that came from one host. Returns true if there may be more.
    fn read_frames(&mut self, from: usize) -> bool {
        let mut buffer = [0; MAX_FRAME_BYTES];
        for _ in 0..MAX_FRAMES_PER_TURN {
            match self.sockets[from].receive(&mut buffer) {
                Ok(Some(frame)) => {
                    let length = frame.len();
                    self.pass(from, &buffer[..length]);
                }
                Ok(None) => {
                    self.settle(from);
                    return false;
                }
                Err(_) => {
                    self.capture.dropped += 1;
                    return false;
                }
            }
        }
        true
    }

    /// Captures a frame, and forwards it according to its fate.
    fn pass(&mut self, from: usize, bytes: &[u8]) {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let at_ns = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        let original_length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let way = if from == 0 { LinkDirection::Forward } else { LinkDirection::Backward };
        let Treatment { mut fate, extra_delay, draw } =
            match Frame::read(LinkLayer::Ethernet, at_ns, original_length, bytes) {
                Ok(frame) => self.fates.decide(way, &frame),
                Err(_) => PacketFate::Delivered.into(),
            };
        let mut sent = bytes.to_vec();
        let is_damaged = match fate {
            PacketFate::Corrupted => corrupt(&mut sent, draw, Checksum::Bad),
            PacketFate::Altered => corrupt(&mut sent, draw, Checksum::Good),
            PacketFate::Truncated => truncate(&mut sent, draw),
            _ => true,
        };
        if !is_damaged {
            fate = PacketFate::Delivered;
        }
        let shaped = self.shape(from, bytes.len());
        if shaped.is_none() {
            fate = PacketFate::Lost;
        }
        let interface = u16::try_from(from).unwrap_or_default();
        if self.capture.bytes() + bytes.len() > MAX_CAPTURE_BYTES {
            self.capture.dropped += 1;
        } else {
            self.capture.add(CapturedPacket { at_ns, interface, fate, original_length, bytes });
        }
        let packet = (self.capture.len() as u64).saturating_sub(1);
        let delay = shaped.unwrap_or_default() + self.delays[from] + extra_delay;
        let to = 1 - from;
        match fate {
            PacketFate::Lost => {}
            PacketFate::Reordered if extra_delay.is_zero() => {
                self.send_after(delay + self.delays[from].max(REORDER_DELAY), to, packet, sent);
            }
            PacketFate::Duplicated => {
                self.send_after(delay, to, packet, sent.clone());
                self.send_after(delay, to, packet, sent);
            }
            _ => self.send_after(delay, to, packet, sent),
        }
    }

    /// Returns how long a frame waits for the rate of the link, or `None` if it finds no room.
    fn shape(&mut self, from: usize, length: usize) -> Option<Duration> {
        let Some(shaper) = &mut self.shapers[from] else { return Some(Duration::ZERO) };
        let now = self.began.elapsed();
        shaper.admit(now, length.saturating_sub(ETHERNET_BYTES)).map(|end| end.saturating_sub(now))
    }

    fn send_after(&mut self, delay: Duration, to: usize, packet: u64, bytes: Vec<u8>) {
        if delay.is_zero() {
            self.send(to, packet, &bytes);
            return;
        }
        let number = self.next;
        self.next += 1;
        self.under_way.push(Reverse(DelayedFrame { due: Instant::now() + delay, number, to, packet, bytes }));
    }

    /// Sends the frames that are due.
    fn deliver(&mut self, now: Instant) {
        while self.under_way.peek().is_some_and(|Reverse(first)| first.due <= now) {
            if let Some(Reverse(frame)) = self.under_way.pop() {
                self.send(frame.to, frame.packet, &frame.bytes);
            }
        }
    }

    /// Sends a frame. A failure here is not emulated loss: the capture is then incomplete.
    fn send(&mut self, to: usize, packet: u64, bytes: &[u8]) {
        if !matches!(self.sockets[to].send(bytes), Ok(true)) {
            self.capture.dropped += 1;
        }
        self.arriving[to].push(packet);
    }

    /// Notes that no packet of a host is left that it may have sent before those to it arrived.
    fn settle(&mut self, host: usize) {
        let position = self.capture.len() as u64;
        for packet in self.arriving[host].drain(..) {
            self.capture.note_arrival(packet, position);
        }
    }
}
