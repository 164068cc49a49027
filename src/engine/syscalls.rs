//! Records the traced system calls of the servers' programs in the journal. It does not judge them.

use std::collections::BTreeSet;
use std::mem::Discriminant;
use std::net::{IpAddr, Ipv4Addr};

use super::Engine;
use super::token::{ServerSource, TokenOwner, token_of};
use crate::model::net::SWAPPED_LOOPBACK;
use crate::model::{EventKind, EvidenceKind, GapReason, ServerId, Syscall};
use crate::sys::seccomp_notify::Tracer;

/// Maximum number of calls recorded per server. A program that polls makes more of the same kind:
/// the first call of another kind is recorded up to twice this number.
const MAX_RECORDED_CALLS: usize = 20_000;
/// Maximum number of calls handled per poll.
const MAX_CALLS_PER_POLL: usize = 256;

/// Number of successive calls of `accept`, without a `listen`, from which on a program is taken to
/// call it for ever.
const MIN_FAILING_ACCEPTS: usize = 1000;

/// The tracer of a server, with a summary of its calls.
#[derive(Debug)]
pub(super) struct SyscallTracer {
    pub(super) tracer: Tracer,
    /// Number of calls so far, recorded or not.
    call_count: usize,
    /// Number of recorded calls.
    recorded: usize,
    /// The kind of the last call.
    last_kind: Option<Discriminant<Syscall>>,
    /// The last address that it tried to bind.
    pub(super) bound_ip: Option<IpAddr>,
    /// The port numbers that it tried to bind, except 0.
    pub(super) ports: BTreeSet<u16>,
    /// The ports that it tried to connect to.
    pub(super) connected_ports: BTreeSet<u16>,
    /// True if it set a timer or a time limit of a socket: it may act without input.
    pub(super) has_time_limit: bool,
    /// The signals that its processes sent, to any process.
    pub(super) signals: BTreeSet<i32>,
    /// True if it called `listen`.
    listens: bool,
    /// Number of successive calls of `accept` up to the last call, none before a `listen`. Each
    /// fails at once.
    failing_accepts: usize,
}

impl SyscallTracer {
    fn new(tracer: Tracer) -> Self {
        let (ports, turned_to, signals) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        Self {
            tracer,
            call_count: 0,
            recorded: 0,
            last_kind: None,
            bound_ip: None,
            ports,
            connected_ports: turned_to,
            has_time_limit: false,
            signals,
            listens: false,
            failing_accepts: 0,
        }
    }

    /// Counts a call. Returns true if it is to be recorded.
    fn count(&mut self, call: &Syscall) -> bool {
        self.has_time_limit |= call.sets_time_limit();
        self.call_count += 1;
        self.listens |= matches!(call, Syscall::Listen { .. });
        let is_failing = !self.listens && matches!(call, Syscall::Accept { .. });
        self.failing_accepts = if is_failing { self.failing_accepts + 1 } else { 0 };
        let kind = Some(std::mem::discriminant(call));
        let limit = if self.last_kind == kind { MAX_RECORDED_CALLS } else { 2 * MAX_RECORDED_CALLS };
        self.last_kind = kind;
        let is_recorded = self.recorded < limit;
        self.recorded += usize::from(is_recorded);
        is_recorded
    }
}

impl Engine {
    /// Starts to trace a program. If that is not possible, adds a gap.
    pub(super) fn start_tracing(
        &mut self,
        listener: Option<std::os::fd::OwnedFd>,
        untraced: Option<crate::sys::SysError>,
    ) -> Option<SyscallTracer> {
        let tracer = listener.map(|listener| Tracer::new(listener, self.policy.clone()));
        let problem = match (tracer, untraced) {
            (Some(Ok(tracer)), _) => return Some(SyscallTracer::new(tracer)),
            (Some(Err(error)), _) | (None, Some(error)) => error.into(),
            (None, None) => return None,
        };
        self.add_call_gap(GapReason::Calls { problem });
        None
    }

    /// Adds a gap: from here on the calls cannot be judged.
    fn add_call_gap(&mut self, because: GapReason) {
        if !self.recorder.has_gap(EvidenceKind::Calls) {
            self.recorder.add_gap(EvidenceKind::Calls, because);
        }
    }

    /// Handles the calls in which a server's program waits.
    pub(super) fn read_calls(&mut self, server: ServerId) {
        for _ in 0..MAX_CALLS_PER_POLL {
            let Some(calls) = self.servers.server_mut(server).and_then(|server| server.calls.as_mut()) else { return };
            let mut turned_to = None;
            match calls.tracer.next_call() {
                Ok(Some(traced)) => {
                    match traced.call {
                        Syscall::Bind { address: Some(address), .. } => {
                            calls.bound_ip = Some(address.ip());
                            if address.port() != 0 {
                                calls.ports.insert(address.port());
                            }
                        }
                        Syscall::Connect { address: Some(address), .. } => {
                            turned_to = Some(address);
                            calls.connected_ports.insert(address.port());
                        }
                        Syscall::Kill { signal, .. } => drop(calls.signals.insert(signal)),
                        Syscall::Denied { .. } if !std::mem::replace(&mut self.alarmed, true) => {
                            (self.handles.alarm.0)(&traced.call);
                        }
                        _ => {}
                    }
                    if calls.count(&traced.call) {
                        self.recorder.record(EventKind::Called { server, pid: traced.pid, call: traced.call });
                    }
                }
                Ok(None) if calls.tracer.has_more() => break,
                Ok(None) => return,
                Err(error) => {
                    self.add_call_gap(GapReason::Calls { problem: error.into() });
                    return;
                }
            }
            if let Some(address) = turned_to {
                self.fence_gaps(address);
            }
        }
        self.event_loop.read_again(token_of(TokenOwner::Server(server, ServerSource::Calls)));
    }

    /// Returns the number of traced calls of a server.
    pub(super) fn traced_call_count(&self, id: ServerId) -> usize {
        self.servers[id].calls.as_ref().map_or(0, |calls| calls.call_count)
    }

    /// Returns true if a server only calls `accept` again and again without having called `listen`,
    /// and has no other thread that could call it.
    pub(super) fn repeats_failing_accept(&mut self, id: ServerId) -> bool {
        if self.servers[id].calls.as_ref().is_none_or(|calls| calls.failing_accepts < MIN_FAILING_ACCEPTS) {
            return false;
        }
        let own = self.server_processes().into_iter().filter(|(process, server)| *server == id && process.state != 'Z');
        own.map(|(process, _)| process.threads).sum::<u64>() == 1
    }

    /// Returns true if a server tried to bind this port by its number. Such a socket is intended;
    /// one that only resolves names has no fixed port.
    pub(super) fn has_bound_port(&self, id: ServerId, port: u16) -> bool {
        self.servers[id].calls.as_ref().is_some_and(|calls| calls.ports.contains(&port))
    }

    /// Returns true if the calls of this server are traced.
    pub(super) fn is_traced(&self, id: ServerId) -> bool {
        self.servers[id].calls.is_some()
    }

    /// Returns true if a program waited in a call. Lets it continue.
    pub(super) fn handle_pending_calls(&mut self) -> bool {
        let before = self.all_traced_calls();
        self.servers.ids().for_each(|id| self.read_calls(id));
        self.all_traced_calls() != before
    }

    /// Returns the number of traced calls of all servers.
    pub(super) fn all_traced_calls(&self) -> usize {
        self.servers.iter().flat_map(|server| &server.calls).map(|calls| calls.call_count).sum()
    }

    /// Returns the address that the program last tried to bind, if its host can be given it: an
    /// address left over from another machine. Called if the program exited early.
    pub(super) fn foreign_address(&self, id: ServerId) -> Option<Ipv4Addr> {
        let Some(IpAddr::V4(ip)) = self.servers[id].calls.as_ref()?.bound_ip else { return None };
        let usable = !(ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() || ip.is_broadcast());
        (usable && ip != SWAPPED_LOOPBACK && self.spec.is_isolated()).then_some(ip)
    }
}
