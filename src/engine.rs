//! The engine of one scenario (floor 4): supervised servers, clients on one event loop, an observed
//! socket table, and the journal. It performs the steps and does not judge their results.
//!
//! It runs inside the agent process: in fresh namespaces ([`isolated`]) or on the host's loopback
//! ([`plain`]).

mod accept_pacing;
pub mod agent_process;
mod client;
mod client_driver;
mod clients;
mod command;
mod event_loop;
mod foreign_packets;
mod gaps;
mod host_env;
pub mod isolated;
mod kernel_memory;
mod link;
mod loopback_capture;
mod networks;
pub mod plain;
mod processes;
mod program;
mod readiness;
mod recorder;
pub mod resource_monitor;
mod restart;
mod runtime;
mod server;
mod servers;
mod silence;
mod snapshot;
mod socket_table;
mod supervisor;
mod syscalls;
mod time_wait;
mod timerfd;
mod token;
mod wait;
mod waiting;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use self::clients::Clients;
use self::event_loop::EventLoop;
use self::link::EmulatedLink;
use self::loopback_capture::LoopbackCapture;
use self::networks::SocketTables;
use self::processes::ProcessTree;
pub use self::program::{ProgramSource, ProgramSpec};
use self::recorder::Recorder;
use self::resource_monitor::{ResourceLimits, ResourceMonitor};
use self::servers::Servers;
use self::token::{LIFELINE, PACKETS, TICK, TokenOwner, owner_of};
use crate::model::{Event, EvidenceKind, Gap, HarnessError, HostAddress, Moment, Operation, Role, Syscall};
use crate::scenario::hosts::{Host, Link};
use crate::scenario::runtime::RuntimeError;
use crate::sys::rlimits::Limits as Caps;
use crate::sys::syscall_policy::Policy;

/// The configuration of a [`Engine`].
#[derive(Debug, Clone)]
pub struct EngineConfig {
    /// The programs by role.
    pub programs: BTreeMap<Role, ProgramSpec>,
    /// The working directory of the programs.
    pub folder: PathBuf,
    /// The complete environment of the programs.
    pub env: Vec<(OsString, OsString)>,
    /// Limits of each program.
    pub caps: Caps,
    /// The variables of the scenario.
    pub variables: BTreeMap<String, String>,
    /// Contents of the files that payloads refer to, by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The seed of the run.
    pub seed: u64,
    /// Upper bound on the number of clients.
    pub clients: u32,
    /// Time limit for a server's socket to appear.
    pub start_within: Duration,
    /// Time limit of every other wait that does not set one.
    pub answer_within: Duration,
    /// Time limit of the whole scenario.
    pub scenario_within: Duration,
    /// True if every row of the socket table belongs to the scenario.
    pub is_exclusive: bool,
    /// The two hosts. If empty, everything runs on one machine.
    pub hosts: Vec<Host>,
    /// The impairments of the link between the hosts.
    pub link: Link,
    /// True for each host on which no server is started.
    pub hosts_without_servers: [bool; 2],
    /// True if packets are captured.
    pub capture: bool,
    /// Limits on all programs together. None if the lab's own programs run, which are not guarded.
    pub resource_limits: Option<ResourceLimits>,
    /// Files that a submission must neither read nor execute.
    pub hidden: Vec<PathBuf>,
    /// The system calls that are denied to the programs.
    pub policy: Policy,
    /// Called immediately if a program attacks another process.
    pub alarm: Alarm,
    /// What plain mode uses in place of namespaces.
    pub plain: plain::PlainModeConfig,
}

/// Callback for the first denied call on a process outside the scenario.
///
/// Called immediately: evidence that is sent at the end of a step may be lost in the attack.
#[derive(Clone)]
pub struct Alarm(pub Arc<dyn Fn(&Syscall) + Send + Sync>);

impl std::fmt::Debug for Alarm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Alarm")
    }
}

/// The engine: event loop, clients, servers and observers of one scenario.
pub struct Engine {
    event_loop: EventLoop,
    recorder: Recorder,
    clients: Clients,
    servers: Servers,
    observers: Observers,
    /// The emulated link. None if there is only one host.
    link: Option<EmulatedLink>,
    /// Addresses that were added to hosts during the scenario.
    given: Vec<HostAddress>,
    gaps: Vec<Gap>,
    setup: EngineConfig,
    deadline: Instant,
    cancelled: bool,
    /// An error that ends this run, since no more evidence can be collected.
    fatal_error: Option<HarnessError>,
    /// True after the first call of [`Alarm`].
    alarmed: bool,
    buffer: Vec<u8>,
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
}

/// Maximum bytes read from one descriptor per poll.
const MAX_READ_PER_POLL: usize = 64 << 10;

impl Engine {
    /// Creates an engine without servers and clients. If `lifeline` reaches its end, the run is
    /// cancelled.
    ///
    /// # Errors
    /// Returns an error if the event loop, its timer, the link or the resource monitor cannot be
    /// created.
    pub fn new(setup: EngineConfig, lifeline: OwnedFd) -> Result<Self, RuntimeError> {
        let event_loop = EventLoop::new(lifeline)?;
        let mut gaps = Vec::new();
        let wire = networks::prepare_hosts(&setup)?;
        let sockets = SocketTables::open(wire.as_ref())
            .map_err(|error| {
                let because = crate::model::GapReason::SocketTable { problem: error.into() };
                for evidence in [EvidenceKind::ClientSockets, EvidenceKind::ServerSockets] {
                    gaps.push(Gap { evidence, because: because.clone() });
                }
            })
            .ok();
        let monitor = setup.resource_limits.clone().map(ResourceMonitor::start).transpose();
        let monitor = monitor.map_err(|error| system(Operation::StartMonitor, error))?;
        let deadline = Instant::now() + setup.scenario_within;
        let processes = ProcessTree::new(setup.is_exclusive);
        let mut world = Self {
            event_loop,
            recorder: Recorder::new(),
            clients: Clients::default(),
            servers: Servers::default(),
            observers: Observers { sockets, processes, capture: None, monitor },
            link: wire,
            given: Vec::new(),
            gaps,
            setup,
            deadline,
            cancelled: false,
            fatal_error: None,
            alarmed: false,
            buffer: vec![0; MAX_READ_PER_POLL],
        };
        world.start_capture()?;
        Ok(world)
    }

    /// Returns the start of the journal, in nanoseconds since 1970.
    #[must_use]
    pub const fn began_ns(&self) -> u64 {
        self.recorder.began_ns()
    }

    /// Starts step `step` (0-based): later events belong to it. Returns the current time.
    pub fn begin_step(&mut self, step: u32) -> Moment {
        self.recorder.step(step)
    }

    /// Returns the events recorded since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.recorder.take_events()
    }

    /// Returns the evidence that could not be collected.
    #[must_use]
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Reads the remaining data and records the output of the servers.
    pub fn finish(&mut self) {
        // Data that has already arrived is part of the evidence. Nothing is waited for.
        for _ in 0..64 {
            if self.poll_once(Some(Duration::ZERO)).is_err() || !self.event_loop.has_unfinished_reads() {
                break;
            }
        }
        self.record_overflows();
        self.servers.ids().for_each(|id| self.record_output(id));
    }

    /// Returns the deadline of a wait in this step, which is never later than that of the scenario.
    fn step_deadline(&self, within: Option<Duration>) -> Instant {
        (Instant::now() + within.unwrap_or(self.setup.answer_within)).min(self.deadline)
    }

    /// Polls once: waits for events or the timeout, then handles every event.
    fn poll_once(&mut self, timeout: Option<Duration>) -> Result<(), RuntimeError> {
        for (token, is_writable) in self.event_loop.poll(timeout)? {
            match token {
                LIFELINE => self.cancelled = true,
                TICK => self.event_loop.clear_timer(),
                PACKETS => self.drain_packets(),
                token => match owner_of(token) {
                    Some(TokenOwner::Client(id)) => self.client_ready(id, token, is_writable),
                    Some(TokenOwner::Catcher(id)) => self.stray(id),
                    Some(TokenOwner::Server(id, source)) => self.server_ready(id, source),
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
