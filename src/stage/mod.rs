//! The engine of one scenario (floor 4): supervised servers, clients on one event loop, an observed
//! socket table, and the journal. It performs the steps and does not judge their results.
//!
//! It runs inside the agent process: in fresh namespaces ([`isolated`]) or on the host's loopback
//! ([`plain`]).

mod arrivals;
mod client;
mod command;
mod driver;
mod fate;
mod gaps;
pub mod guard;
pub mod isolated;
pub mod launch;
mod lingering;
mod net;
mod packets;
mod patience;
pub mod plain;
mod program;
mod readiness;
mod recorder;
mod sending;
mod server;
mod strangers;
mod supervisor;
mod surroundings;
mod ticks;
mod traced;
mod unseen;
mod watcher;
mod wire;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};

use self::client::Client;
use self::guard::{Bounds, Guard};
use self::net::Tables;
use self::packets::Packets;
pub use self::program::{ProgramEntry, Runs};
use self::recorder::Recorder;
use self::server::Server;
use self::ticks::Ticks;
use self::wire::Wire;
use crate::model::net::Pid;
use crate::model::{
    Call, ClientId, Event, EvidenceKind, Gap, HostAddress, Message, Moment, Role, ServerId, SnapshotName,
};
use crate::scenario::hosts::{Host, Link};
use crate::scenario::stage::{
    ConnectRequest, Order, Outgoing, Settled, Stage, StageError, StartRequest, Until, WaitFor,
};
use crate::sys::limits::Limits as Caps;
use crate::sys::supervise::Policy;

/// The configuration of a [`World`].
#[derive(Debug, Clone)]
pub struct Setup {
    /// The programs by role.
    pub programs: BTreeMap<Role, ProgramEntry>,
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
    pub alone: bool,
    /// The two hosts. If empty, everything runs on one machine.
    pub hosts: Vec<Host>,
    /// The impairments of the link between the hosts.
    pub link: Link,
    /// True for each host on which no server is started.
    pub quiet: [bool; 2],
    /// True if packets are captured.
    pub capture: bool,
    /// Limits on all programs together. None if the lab's own programs run, which are not guarded.
    pub guarded: Option<Bounds>,
    /// Files that a submission must neither read nor execute.
    pub hidden: Vec<PathBuf>,
    /// The system calls that are denied to the programs.
    pub policy: Policy,
    /// Called immediately if a program attacks another process.
    pub alarm: Alarm,
    /// What plain mode uses in place of namespaces.
    pub plain: plain::Means,
}

/// Callback for the first denied call on a process outside the scenario.
///
/// Called immediately: evidence that is sent at the end of a step may be lost in the attack.
#[derive(Clone)]
pub struct Alarm(pub Arc<dyn Fn(&Call) + Send + Sync>);

impl std::fmt::Debug for Alarm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Alarm")
    }
}

/// The engine: event loop, clients, servers and observers of one scenario.
pub struct World {
    poll: Poll,
    ready: Events,
    ticks: Ticks,
    recorder: Recorder,
    clients: Vec<Client>,
    servers: Vec<Server>,
    /// None if the kernel denies access to the socket table, which is then a gap.
    table: Option<Tables>,
    /// The emulated link. None if there is only one host.
    wire: Option<Wire>,
    /// The capture on loopback, if there is one.
    packets: Option<Packets>,
    /// Addresses that were added to hosts during the scenario.
    given: Vec<HostAddress>,
    gaps: Vec<Gap>,
    guard: Option<Guard>,
    setup: Setup,
    deadline: Instant,
    /// Held open. End of file means that the runner is gone.
    _lifeline: OwnedFd,
    broken_off: bool,
    /// An error that ends this run, since no more evidence can be collected.
    trouble: Option<String>,
    /// True after the first call of [`Alarm`].
    alarmed: bool,
    /// Descriptors that may have more data than one poll reads.
    again: Vec<Token>,
    /// Number of clients that still wait for something in the current step.
    wanting: usize,
    /// The server that each process descends from. Kept, because the parent of a daemon has exited.
    descent: HashMap<Pid, ServerId>,
    buffer: Vec<u8>,
}

const LIFELINE: Token = Token(0);
const TICK: Token = Token(1);
const PACKETS: Token = Token(2);
/// Each server uses four tokens: the process, its two output streams and its system calls.
const SERVERS: usize = 16;
/// Each client uses two tokens: the socket, and the catcher of stray datagrams.
const CLIENTS: usize = 1 << 16;

/// Maximum bytes read from one descriptor per poll.
const TURN: usize = 64 << 10;

impl World {
    /// Creates an engine without servers and clients. If `lifeline` reaches its end, the run is
    /// cancelled.
    ///
    /// # Errors
    /// Returns an error if the event loop, its timer, the link or the resource monitor cannot be
    /// created.
    pub fn new(setup: Setup, lifeline: OwnedFd) -> Result<Self, StageError> {
        let failed = |doing: &str| {
            let doing = doing.to_owned();
            move |source: io::Error| StageError::System { doing, source }
        };
        let poll = Poll::new().map_err(failed("creating the event loop"))?;
        let ticks = Ticks::new().map_err(failed("creating the timer"))?;
        let register = |fd: BorrowedFd<'_>, token| {
            poll.registry().register(&mut SourceFd(&fd.as_raw_fd()), token, Interest::READABLE)
        };
        register(ticks.descriptor(), TICK).map_err(failed("registering the timer"))?;
        register(std::os::fd::AsFd::as_fd(&lifeline), LIFELINE).map_err(failed("registering the lifeline"))?;
        let mut gaps = Vec::new();
        let wire = net::lay(&setup)?;
        let table = Tables::open(wire.as_ref())
            .map_err(|error| {
                let because = Message::new("gap-socket-table").with("problem", error.to_string());
                for evidence in [EvidenceKind::ClientSockets, EvidenceKind::ServerSockets] {
                    gaps.push(Gap { evidence, because: because.clone() });
                }
            })
            .ok();
        let guard = setup.guarded.clone().map(Guard::start).transpose();
        let guard = guard.map_err(failed("starting the resource monitor"))?;
        let deadline = Instant::now() + setup.scenario_within;
        let mut world = Self {
            poll,
            ready: Events::with_capacity(1024),
            ticks,
            recorder: Recorder::new(),
            clients: Vec::new(),
            servers: Vec::new(),
            table,
            wire,
            packets: None,
            given: Vec::new(),
            gaps,
            guard,
            setup,
            deadline,
            _lifeline: lifeline,
            broken_off: false,
            trouble: None,
            alarmed: false,
            again: Vec::new(),
            wanting: 0,
            descent: HashMap::new(),
            buffer: vec![0; TURN],
        };
        world.capture()?;
        Ok(world)
    }

    /// Returns the start of the journal, in nanoseconds since 1970.
    #[must_use]
    pub const fn began_ns(&self) -> u64 {
        self.recorder.began_ns()
    }

    /// Starts step `step` (0-based): later events belong to it. Returns the current time.
    pub fn step(&mut self, step: u32) -> Moment {
        self.recorder.step(step)
    }

    /// Returns the events recorded since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.recorder.take()
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
            if self.turn(Some(Duration::ZERO)).is_err() || self.again.is_empty() {
                break;
            }
        }
        self.record_overflows();
        for k in 0..self.servers.len() {
            self.record_output(k);
        }
    }

    /// Returns the deadline of a wait in this step, which is never later than that of the scenario.
    fn until_when(&self, within: Option<Duration>) -> Instant {
        (Instant::now() + within.unwrap_or(self.setup.answer_within)).min(self.deadline)
    }

    /// Polls until `done` returns true. Returns false if the deadline passes first.
    ///
    /// With `every`, `done` is called at least at that interval; otherwise only after an event.
    fn go_on(
        &mut self,
        deadline: Instant,
        every: Option<Duration>,
        mut done: impl FnMut(&mut Self) -> Result<bool, StageError>,
    ) -> Result<bool, StageError> {
        loop {
            if done(self)? {
                return Ok(true);
            }
            let now = Instant::now();
            if now >= deadline {
                return Ok(false);
            }
            if let Some(every) = every {
                self.ticks.once_after(every).map_err(|source| system("setting the timer", source))?;
            }
            self.turn(Some(deadline - now))?;
        }
    }

    /// Polls once: waits for events or the timeout, then handles every event.
    fn turn(&mut self, timeout: Option<Duration>) -> Result<(), StageError> {
        let timeout = if self.again.is_empty() { timeout } else { Some(Duration::ZERO) };
        if let Err(error) = self.poll.poll(&mut self.ready, timeout)
            && error.kind() != io::ErrorKind::Interrupted
        {
            return Err(system("waiting for events", error));
        }
        let mut tokens: BTreeSet<Token> = self.again.drain(..).collect();
        let mut writable = BTreeSet::new();
        for event in &self.ready {
            tokens.insert(event.token());
            if event.is_writable() || event.is_error() || event.is_write_closed() {
                writable.insert(event.token());
            }
        }
        for token in tokens {
            match token {
                LIFELINE => self.broken_off = true,
                TICK => self.ticks.clear(),
                PACKETS => self.drain_packets(),
                Token(n) if n >= CLIENTS => {
                    let k = (n - CLIENTS) / 2;
                    if n % 2 == 1 {
                        self.stray(k);
                    } else {
                        self.client_ready(k, token, writable.contains(&token));
                    }
                }
                Token(n) => self.server_ready((n - SERVERS) / 4, (n - SERVERS) % 4, token),
            }
        }
        if self.broken_off {
            return Err(StageError::BrokenOff);
        }
        let trouble = self.trouble.take().or_else(|| self.guard.as_ref().and_then(Guard::trouble));
        trouble.map_or(Ok(()), |trouble| Err(StageError::Unable(trouble)))
    }
}

/// Returns the error of a system call that failed during a step.
fn system(doing: impl Into<String>, source: io::Error) -> StageError {
    StageError::System { doing: doing.into(), source }
}

impl Stage for World {
    fn start(&mut self, request: &StartRequest) -> Result<(), StageError> {
        self.start_server(request)
    }
    fn connect(&mut self, request: &ConnectRequest) -> Result<(), StageError> {
        self.connect_clients(request)
    }
    fn send(&mut self, batch: &[Outgoing], order: Order, within: Option<Duration>) -> Result<(), StageError> {
        self.send_batch(batch, order, within)
    }
    fn receive(&mut self, clients: &[ClientId], until: &Until, within: Option<Duration>) -> Result<(), StageError> {
        self.receive_until(clients, until, within)
    }
    fn finish_sending(&mut self, clients: &[ClientId]) -> Result<(), StageError> {
        self.half_close(clients);
        Ok(())
    }
    fn close(&mut self, clients: &[ClientId]) -> Result<(), StageError> {
        self.close_clients(clients);
        Ok(())
    }
    fn abort(&mut self, clients: &[ClientId]) -> Result<(), StageError> {
        self.abort_clients(clients)
    }
    fn snapshot(&mut self, name: &SnapshotName, once: &[Settled], within: Option<Duration>) -> Result<(), StageError> {
        self.take_snapshot(name, once, within)
    }
    fn wait(&mut self, server: Option<ServerId>, what: &WaitFor, within: Option<Duration>) -> Result<(), StageError> {
        self.wait_for(server, what, within)
    }
    fn stop(&mut self, server: Option<ServerId>, signal: i32, within: Option<Duration>) -> Result<(), StageError> {
        self.stop_server(server, signal, within)
    }
    fn open_clients(&self) -> Vec<ClientId> {
        self.clients.iter().filter(|client| client.is_open()).map(|client| client.id).collect()
    }
    fn values(&self) -> BTreeMap<String, String> {
        let mut values = self.setup.variables.clone();
        if let Some(address) = self.servers.last().and_then(Server::address) {
            values.insert("host".to_owned(), address.ip().to_string());
            values.insert("port".to_owned(), address.port().to_string());
        }
        values
    }
    fn file(&self, name: &str) -> Option<&[u8]> {
        self.setup.files.get(name).map(Vec::as_slice)
    }
    fn seed(&self) -> u64 {
        self.setup.seed
    }
}
