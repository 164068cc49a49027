//! Floor 4: the live world of one scenario. Servers under supervision, clients on one event loop, the socket table
//! watched, everything written to a journal. Knows what steps ask for, and nothing of what is right.
//!
//! It runs inside the agent process: alone in fresh namespaces ([`isolated`]) or on the host's loopback ([`plain`]).

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

/// What a world is made with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The programs by role.
    pub programs: BTreeMap<Role, ProgramEntry>,
    /// The folder in which programs run.
    pub folder: PathBuf,
    /// The environment of the programs, whole.
    pub env: Vec<(OsString, OsString)>,
    /// Caps on each program.
    pub caps: Caps,
    /// The scenario's variables.
    pub variables: BTreeMap<String, String>,
    /// The files that payloads name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// The run's seed.
    pub seed: u64,
    /// How many clients there will be at most.
    pub clients: u32,
    /// How long a server may take until its socket is there.
    pub start_within: Duration,
    /// How long every other wait may take that does not say so itself.
    pub answer_within: Duration,
    /// How long all may take.
    pub scenario_within: Duration,
    /// Whether everything in the socket table belongs to the scenario.
    pub alone: bool,
    /// Two hosts, or none: then everything is on one machine.
    pub hosts: Vec<Host>,
    /// What the link between the hosts does.
    pub link: Link,
    /// On which of the hosts no server is started.
    pub quiet: [bool; 2],
    /// Whether the packets are captured.
    pub capture: bool,
    /// What the programs may use together, where they are not the lab's own: they are guarded.
    pub guarded: Option<Bounds>,
    /// Files that a submission may neither see nor run.
    pub hidden: Vec<PathBuf>,
    /// Which calls are denied to the programs.
    pub policy: Policy,
    /// Who is told at once of an attack on another process.
    pub alarm: Alarm,
    /// What the plain stage has in place of namespaces.
    pub plain: plain::Means,
}

/// Who is told of the first call on another process than the programs' own that was refused: what is known only at the end of a step
/// may be lost with it.
#[derive(Clone)]
pub struct Alarm(pub Arc<dyn Fn(&Call) + Send + Sync>);

impl std::fmt::Debug for Alarm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Alarm")
    }
}

/// The live world of one scenario.
pub struct World {
    poll: Poll,
    ready: Events,
    ticks: Ticks,
    recorder: Recorder,
    clients: Vec<Client>,
    servers: Vec<Server>,
    /// None where the kernel does not let us ask: a gap.
    table: Option<Tables>,
    /// The two hosts and what joins them, where there are two.
    wire: Option<Wire>,
    /// The capture, where it is one of loopback.
    packets: Option<Packets>,
    /// Addresses that hosts were given besides their own.
    given: Vec<HostAddress>,
    gaps: Vec<Gap>,
    guard: Option<Guard>,
    setup: Setup,
    deadline: Instant,
    /// Held open: its end is how we learn that the runner is gone.
    _lifeline: OwnedFd,
    broken_off: bool,
    /// Why nothing more can be learnt from this run.
    trouble: Option<String>,
    /// Whether an attack was told of.
    alarmed: bool,
    /// Descriptors that may hold more than one turn reads.
    again: Vec<Token>,
    /// How many clients still want something of the step that goes on.
    wanting: usize,
    /// Which server each process was seen to descend from: kept, because a daemon's parent is gone.
    descent: HashMap<Pid, ServerId>,
    buffer: Vec<u8>,
}

const LIFELINE: Token = Token(0);
const TICK: Token = Token(1);
const PACKETS: Token = Token(2);
/// Servers take four tokens each: the process, its two streams, and its system calls.
const SERVERS: usize = 16;
/// Clients take two tokens each: the socket, and the one that catches strays.
const CLIENTS: usize = 1 << 16;

/// How many bytes are read from one descriptor in one turn of the loop.
const TURN: usize = 64 << 10;

impl World {
    /// A world with nothing in it yet. When `lifeline` ends, everything is broken off.
    ///
    /// # Errors
    /// The event loop or its timer cannot be made.
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
        let wire = surroundings::lay(&setup)?;
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

    /// When the journal began, in nanoseconds since 1970.
    #[must_use]
    pub const fn began_ns(&self) -> u64 {
        self.recorder.began_ns()
    }

    /// From now on, which is told, events belong to this step, from 0.
    pub fn step(&mut self, step: u32) -> Moment {
        self.recorder.step(step)
    }

    /// The events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.recorder.take()
    }

    /// What could not be observed.
    #[must_use]
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Reads what is still there, and writes down what the servers printed.
    pub fn finish(&mut self) {
        // Whatever has arrived by now belongs to the evidence; nothing is waited for.
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

    /// When a wait of this step ends at the latest.
    fn until_when(&self, within: Option<Duration>) -> Instant {
        (Instant::now() + within.unwrap_or(self.setup.answer_within)).min(self.deadline)
    }

    /// Goes on until `done` holds (true) or the deadline has passed (false). With `every`, `done` is asked again at
    /// least that often; without, only when something happened.
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

    /// One turn of the loop: waits until something happens or the time is over, and deals with all of it.
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

/// An error of the system while a step acted.
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
