//! Records the results of the servers' socket calls in the journal, or changes these calls. Only in
//! diagnosing runs and audits, since it slows the programs down. It does not judge them.

use super::event_loop::EventLoop;
use super::token::CHILDREN;
use super::{Engine, failed, system};
use crate::model::net::Pid;
use crate::model::{EventKind, HarnessError, MutatedRole, Operation, ServerId};
use crate::scenario::runtime::{DisturbRequest, RuntimeError};
use crate::sys::child_signal::ChildSignal;
use crate::sys::reap::{self, ReapedChild};
use crate::sys::syscall_trace::{Disturbance, Mutator, SyscallTrace, TracedResult};

/// The recorder of results. The kernel reports stops of the traced threads as it does exits of
/// children, to this thread, so both are collected together.
#[derive(Debug)]
pub(super) struct ResultTracer {
    trace: SyscallTrace,
    signal: ChildSignal,
    /// Number of stops that were handled.
    stops: u64,
    /// True after the end of the recording was recorded.
    has_ended: bool,
}

impl ResultTracer {
    /// Creates a recorder that traces nothing yet; it then changes calls and records none if there are
    /// `changes`, perhaps a mutation. The process must have one thread.
    ///
    /// # Errors
    /// Returns an error if no descriptor is left.
    pub(super) fn new(event_loop: &EventLoop, changes: Option<Option<&MutatedRole>>) -> Result<Self, RuntimeError> {
        let signal = ChildSignal::new().map_err(|error| failed(HarnessError::from(error)))?;
        event_loop.watch(&signal, CHILDREN).map_err(|error| system(Operation::TraceCalls, error))?;
        let mutator =
            |one: Option<&MutatedRole>| Mutator::new(one.map(|one| one.mutation), one.and_then(|one| one.only));
        let trace = changes.map_or_else(SyscallTrace::default, |one| SyscallTrace::mutating(mutator(one)));
        Ok(Self { trace, signal, stops: 0, has_ended: changes.is_some() })
    }
}

impl Engine {
    /// Begins to record the results of a program's calls in a diagnosing run, or to change its calls in
    /// an audit of its role. Without permission, it does neither.
    pub(super) fn trace_results(&mut self, id: ServerId, pid: Pid) {
        let is_other = |one: &MutatedRole| self.servers[id].role.as_ref() != Some(&one.role);
        if self.spec.mutation.as_ref().is_some_and(is_other) {
            return;
        }
        if let Some(results) = &mut self.observers.results {
            let _ = results.trace.seize(pid);
        }
    }

    /// Records the number of changed calls, in an audit.
    pub(super) fn record_mutated_calls(&mut self) {
        if let Some(results) = self.observers.results.as_ref().filter(|_| self.spec.mutation.is_some()) {
            self.recorder.record(EventKind::CallsMutated { calls: results.trace.changed_calls() });
        }
    }

    /// Disturbs the calls of the programs from now on.
    pub(super) fn disturb_calls(&mut self, request: &DisturbRequest) {
        let DisturbRequest { recv, send, eintr, seed } = *request;
        if let Some(results) = &mut self.observers.results {
            results.trace.disturb(Disturbance::new(recv, send, eintr, seed));
        }
        let permille = (eintr * 1000.0).round() as u64;
        self.recorder.record(EventKind::Disturbed { recv, send, permille });
    }

    /// Handles exits and stops of children.
    pub(super) fn children_changed(&mut self) {
        if let Some(results) = &self.observers.results {
            results.signal.clear();
        }
        self.reap_exited();
    }

    /// Collects children that exited, and lets stopped threads continue. Records the calls at which
    /// these stopped.
    pub(super) fn collect_children(&mut self) -> Vec<ReapedChild> {
        let Some(results) = &mut self.observers.results else { return reap::reap() };
        let (trace, stops) = (&mut results.trace, &mut results.stops);
        let (exited, has_more) = reap::reap_with(&mut |thread, status| {
            *stops += 1;
            trace.handle_stop(thread, status);
        });
        for child in &exited {
            trace.forget(child.pid);
        }
        let calls = trace.take();
        let ends = *stops > 0 && !trace.is_recording() && !std::mem::replace(&mut results.has_ended, true);
        if has_more {
            self.event_loop.read_again(CHILDREN);
        }
        // A diagnosing run has one server.
        if let Some(server) = self.servers.only() {
            for TracedResult { pid, thread, call } in calls {
                self.recorder.record(EventKind::Returned { server, pid, thread, call });
            }
        }
        if ends {
            self.recorder.record(EventKind::ResultsUnrecorded {});
        }
        exited
    }

    /// Returns true if a traced thread had stopped. Lets it continue.
    pub(super) fn handle_stops(&mut self) -> bool {
        let count = |engine: &Self| engine.observers.results.as_ref().map(|results| results.stops);
        let before = count(self);
        if before.is_some() {
            self.reap_exited();
        }
        count(self) != before
    }
}
