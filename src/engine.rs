//! The engine of one scenario (floor 4): supervised servers, clients on one event loop, an observed
//! socket table, and the journal. It performs the steps and does not judge their results.
//!
//! It runs inside the agent process: in fresh namespaces ([`isolated`]) or on the host's loopback
//! ([`plain`]).

mod accept_pacing;
pub(crate) mod agent_process;
mod call_results;
mod captures;
mod client;
mod client_driver;
mod clients;
mod collected_files;
mod command;
mod event_loop;
mod evidence_gaps;
mod foreign_packets;
mod given_files;
mod host_env;
pub(crate) mod isolated;
mod kernel_memory;
mod link;
mod listeners;
mod loopback_capture;
mod native_line;
mod networks;
pub(crate) mod plain;
mod processes;
mod program;
mod readiness;
mod recorder;
mod resource_monitor;
mod restart;
mod run_program;
mod runtime;
mod server;
mod server_control;
mod servers;
mod silence;
mod snapshot;
mod socket_table;
pub(crate) mod spec;
mod syscalls;
mod thread_stacks;
mod time_wait;
mod timerfd;
mod token;
mod wait;
mod wait_policies;

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::call_results::ResultTracer;
use self::clients::Clients;
use self::event_loop::EventLoop;
use self::link::EmulatedLink;
use self::listeners::Listener;
use self::loopback_capture::LoopbackCapture;
use self::networks::SocketTables;
use self::processes::ProcessTree;
pub(crate) use self::program::{ProgramSource, ProgramSpec};
use self::recorder::Recorder;
use self::resource_monitor::{ResourceLimits, ResourceMonitor};
use self::servers::Servers;
use self::silence::SilenceObservation;
use self::spec::RunSpec;
use self::token::{CHILDREN, LIFELINE, PACKETS, TICK, TokenOwner, owner_of};
use crate::model::{Event, EvidenceKind, Gap, HarnessError, Moment, Operation, Syscall};
use crate::scenario::runtime::RuntimeError;
use crate::sys::cgroup::OomKillCounter;
use crate::sys::rlimits::Limits as ProgramLimits;
use crate::sys::syscall_policy::Policy;

/// What an engine gets from its process besides the specification: it exists only at run time.
#[derive(Debug, Clone)]
pub(crate) struct EngineHandles {
    /// Called immediately if a program attacks another process.
    pub alarm: Alarm,
    /// The counter of OOM kills, if the kernel limits memory too.
    pub oom_kills: Option<Arc<OomKillCounter>>,
    /// What plain mode uses in place of namespaces.
    pub plain: plain::PlainModeConfig,
}

/// Callback for the first denied call on a process outside the scenario.
///
/// Called immediately: evidence that is sent at the end of a step may be lost in the attack.
#[derive(Clone)]
pub(crate) struct Alarm(pub Arc<dyn Fn(&Syscall) + Send + Sync>);

impl std::fmt::Debug for Alarm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Alarm")
    }
}

/// The engine: event loop, clients, servers and observers of one scenario.
pub(crate) struct Engine {
    event_loop: EventLoop,
    recorder: Recorder,
    clients: Clients,
    servers: Servers,
    listeners: Vec<Listener>,
    observers: Observers,
    /// The emulated link. None if there is only one host.
    link: Option<EmulatedLink>,
    spec: Arc<RunSpec>,
    /// The limits of each program. One of them may be lifted during the run.
    program_limits: ProgramLimits,
    /// The system calls that are denied to the programs.
    policy: Policy,
    handles: EngineHandles,
    deadline: Instant,
    cancelled: bool,
    /// An error that ends this run, since no more evidence can be collected.
    fatal_error: Option<HarnessError>,
    /// True after the first call of [`Alarm`].
    alarmed: bool,
}

/// What the engine observes besides its own sockets. Each part owns its state and does not know the
/// others.
struct Observers {
    /// None if the kernel denies access to the socket table, which is then a gap.
    sockets: Option<SocketTables>,
    processes: ProcessTree,
    /// The capture on loopback, if there is one.
    capture: Option<LoopbackCapture>,
    /// None if the programs are not limited.
    monitor: Option<ResourceMonitor>,
    /// The last observation, if it found the programs silent.
    silence: Option<SilenceObservation>,
    /// True if the programs were found to be busy all the time.
    never_idle: bool,
    /// True after the programs were made to print their stacks.
    has_printed_stacks: bool,
    /// The recorder of the results of calls, in diagnosing runs.
    results: Option<ResultTracer>,
}

impl Engine {
    /// Creates an engine without servers and clients. If `lifeline` reaches its end, the run is
    /// cancelled.
    ///
    /// # Errors
    /// Returns an error if the event loop, its timer, the link or the resource monitor cannot be
    /// created.
    pub(crate) fn new(spec: Arc<RunSpec>, handles: EngineHandles, lifeline: OwnedFd) -> Result<Self, RuntimeError> {
        let event_loop = EventLoop::new(lifeline)?;
        // Before any thread is started.
        let changes = spec.changes_calls().then_some(spec.mutation.as_ref());
        let is_traced = spec.results || changes.is_some();
        let results = is_traced.then(|| ResultTracer::new(&event_loop, changes)).transpose()?;
        let mut recorder = Recorder::new();
        let link = networks::prepare_hosts(&spec)?;
        let sockets = SocketTables::open(link.as_ref())
            .map_err(|error| {
                let because = crate::model::GapReason::SocketTable { problem: error.into() };
                recorder.add_gaps(&[EvidenceKind::ClientSockets, EvidenceKind::ServerSockets], &because);
            })
            .ok();
        let limits = spec.limits.enforced.then(|| ResourceLimits {
            processes: u64::from(spec.sandbox.view.processes),
            memory: spec.limits.memory,
            kills: handles.oom_kills.clone(),
        });
        let monitor = limits.map(ResourceMonitor::start).transpose();
        let monitor = monitor.map_err(|error| system(Operation::StartMonitor, error))?;
        let deadline = Instant::now() + spec.script.limits.scenario.0;
        let processes = ProcessTree::new(spec.is_isolated());
        let mut engine = Self {
            event_loop,
            recorder,
            clients: Clients::default(),
            servers: Servers::default(),
            listeners: Vec::new(),
            observers: Observers {
                sockets,
                processes,
                capture: None,
                monitor,
                silence: None,
                never_idle: false,
                has_printed_stacks: false,
                results,
            },
            link,
            program_limits: spec.program_limits(),
            policy: spec.syscall_policy(),
            spec,
            handles,
            deadline,
            cancelled: false,
            fatal_error: None,
            alarmed: false,
        };
        engine.start_capture()?;
        Ok(engine)
    }

    /// Returns the start of the journal, in nanoseconds since 1970.
    #[must_use]
    pub(crate) const fn began_ns(&self) -> u64 {
        self.recorder.began_ns()
    }

    /// Starts step `step` (0-based): later events belong to it. Returns the current time.
    pub(crate) fn begin_step(&mut self, step: u32) -> Moment {
        self.recorder.step(step)
    }

    /// Returns the events recorded since the last call.
    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        self.recorder.take_events()
    }

    /// Returns the evidence that could not be collected.
    #[must_use]
    pub(crate) fn gaps(&self) -> &[Gap] {
        self.recorder.gaps()
    }

    /// Reads the remaining data and records the output of the servers.
    pub(crate) fn finish(&mut self) {
        // Data that has already arrived is part of the evidence. Nothing is waited for.
        for _ in 0..64 {
            if self.poll_once(Some(Duration::ZERO)).is_err() || !self.event_loop.has_unfinished_reads() {
                break;
            }
        }
        self.record_overflows();
        self.servers.ids().for_each(|id| self.record_output(id));
        self.record_mutated_calls();
    }

    /// Returns the deadline of a wait in this step, which is never later than that of the scenario.
    fn step_deadline(&self, within: Option<Duration>) -> Instant {
        (Instant::now() + within.unwrap_or(self.spec.script.limits.answer.0)).min(self.deadline)
    }

    /// Polls once: waits for events or the timeout, then handles every event.
    fn poll_once(&mut self, timeout: Option<Duration>) -> Result<(), RuntimeError> {
        for (token, is_writable) in self.event_loop.poll(timeout)? {
            match token {
                LIFELINE => self.cancelled = true,
                TICK => self.event_loop.clear_timer(),
                PACKETS => self.drain_packets(),
                CHILDREN => self.children_changed(),
                token => match owner_of(token) {
                    Some(TokenOwner::Client(id)) => self.client_ready(id, token, is_writable),
                    Some(TokenOwner::Catcher(id)) => self.stray(id),
                    Some(TokenOwner::Server(id, source)) => self.server_ready(id, source),
                    Some(TokenOwner::Listener(id)) => self.listener_ready(id),
                    None => {}
                },
            }
        }
        if self.cancelled {
            return Err(RuntimeError::Interrupted);
        }
        let trouble =
            self.fatal_error.take().or_else(|| self.observers.monitor.as_ref().and_then(ResourceMonitor::trouble));
        trouble.map_or(Ok(()), |trouble| Err(RuntimeError::Harness(trouble)))
    }
}

/// Returns the error of an operation that failed during a step.
fn system(operation: Operation, source: io::Error) -> RuntimeError {
    failed(HarnessError::system(operation, None, source))
}

/// Returns the error of a step that failed, never by the student's fault.
fn failed(error: impl Into<HarnessError>) -> RuntimeError {
    RuntimeError::Harness(error.into())
}
