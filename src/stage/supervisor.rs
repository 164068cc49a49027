//! Servers under supervision: started, waited for by the socket table, their output kept at both ends, their end seen.
//! A server is never probed by connecting to it.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, OwnedFd};
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Interest, Token};

use super::driver::reachable;
use super::{ProgramEntry, Runs, SERVERS, TURN, World, system};
use crate::model::net::{Owner, Pid};
use crate::model::{
    Bytes, EventKind, EvidenceKind, ExitStatus, Gap, Message, NotReady, Protocol, Role, ServerId, SocketRow, TcpState,
};
use crate::scenario::stage::{Program, StageError, StartRequest, WaitFor};
use crate::scenario::template::fill;
use crate::sys::process::{Launch, StartError};
use crate::sys::{ending, process};

/// What is kept of a server's output from its beginning and, beyond that, from its end.
const KEPT: usize = 16 << 10;
/// How long a server that listens elsewhere is given to listen where it should after all.
const GRACE: Duration = Duration::from_millis(300);

/// Where a server is to be reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct Where {
    pub(super) address: SocketAddr,
    pub(super) protocol: Protocol,
    /// Its listener in the socket table, where that can be seen.
    pub(super) listener: Option<SocketAddr>,
}

/// What a server printed: the beginning, the end, and how much it was.
#[derive(Debug, Default)]
struct Output {
    head: Vec<u8>,
    tail: Vec<u8>,
    total: u64,
}

impl Output {
    fn add(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        let room = KEPT - self.head.len();
        let (first, rest) = bytes.split_at(room.min(bytes.len()));
        self.head.extend_from_slice(first);
        self.tail.extend_from_slice(rest);
        if self.tail.len() > 2 * KEPT {
            let cut = self.tail.len() - KEPT;
            self.tail.drain(..cut);
        }
    }
}

/// A server of the scenario.
#[derive(Debug)]
pub(super) struct Server {
    pub(super) pid: Pid,
    pidfd: Option<OwnedFd>,
    /// Held open: some programs end when their input does.
    _stdin: Option<OwnedFd>,
    streams: [Option<OwnedFd>; 2],
    output: Output,
    pub(super) exited: Option<ExitStatus>,
    protocol: Option<Protocol>,
    port: Option<u16>,
    target: Option<SocketAddr>,
    ready: Option<(SocketRow, bool)>,
}

impl Server {
    /// Where clients reach it, once it is ready.
    pub(super) fn place(&self) -> Option<Where> {
        if let Some(address) = self.target {
            return Some(Where { address, protocol: self.protocol.unwrap_or(Protocol::Tcp), listener: None });
        }
        let (row, v6_only) = self.ready.as_ref()?;
        let address = reachable(row.local, *v6_only);
        Some(Where { address, protocol: row.protocol, listener: (row.protocol == Protocol::Tcp).then_some(address) })
    }

    /// The ports that it has to do with.
    pub(super) fn ports(&self) -> impl Iterator<Item = u16> {
        self.port.into_iter().chain(self.address().map(|at| at.port()))
    }

    /// The address at which clients reach it.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.place().map(|place| place.address)
    }
}

impl World {
    pub(super) fn start_server(&mut self, request: &StartRequest) -> Result<(), StageError> {
        let (entry, role) = self.entry_for(&request.program);
        let id = ServerId(u32::try_from(self.servers.len()).unwrap_or(u32::MAX));
        let protocol = request.protocol.or(entry.protocol);
        let port = request.port.or(entry.port);
        let mut server = Server {
            pid: 0,
            pidfd: None,
            _stdin: None,
            streams: [None, None],
            output: Output::default(),
            exited: None,
            protocol,
            port,
            target: None,
            ready: None,
        };
        let (argv, shown) = self.command_line(&entry.runs, port);
        let started =
            |pid| EventKind::Started { server: id, role: role.clone(), command: shown.clone(), pid, protocol, port };
        if let Runs::Target(address) = entry.runs {
            server.target = Some(address);
            self.servers.push(server);
            self.recorder.record(started(0));
            self.target_gaps();
            return Ok(());
        }
        if let Some(port) = port {
            if let Some(row) = self.await_free_port(port)? {
                self.recorder.record(started(0));
                self.servers.push(server);
                self.recorder.record(EventKind::NotReady { server: id, why: NotReady::PortBusy(row) });
                return Ok(());
            }
        }
        let env = self.environment(port);
        let launch = Launch { argv: &argv, env: &env, folder: &self.setup.folder, limits: &self.setup.caps };
        match process::start(&launch) {
            Ok(running) => {
                server.pid = running.pid;
                self.recorder.record(started(running.pid));
                if let Some(text) = &request.stdin {
                    let text = fill(text, &crate::scenario::stage::Stage::values(self));
                    // A full pipe means that the program does not read: its loss, and seen by what it does.
                    let _ = rustix::io::ioctl_fionbio(&running.stdin, true);
                    let _ = rustix::io::write(&running.stdin, text.as_bytes());
                }
                server.pidfd = Some(running.pidfd);
                server._stdin = Some(running.stdin);
                server.streams = [Some(running.stdout), Some(running.stderr)];
                self.servers.push(server);
                self.watch_server(id)?;
                self.await_ready(id, request.within.unwrap_or(self.setup.start_within))
            }
            Err(error) => {
                self.recorder.record(started(0));
                self.servers.push(server);
                let why = self.not_started(&error);
                self.recorder.record(EventKind::NotReady { server: id, why });
                Ok(())
            }
        }
    }

    /// The program for a `start`, and its role.
    fn entry_for(&self, program: &Program) -> (ProgramEntry, Option<Role>) {
        match program {
            Program::Command(words) => {
                (ProgramEntry { runs: Runs::Command(words.clone()), protocol: None, port: None }, None)
            }
            Program::Role(role) => {
                let missing =
                    || ProgramEntry { runs: Runs::Command(vec![role.to_string()]), protocol: None, port: None };
                (self.setup.programs.get(role).cloned().unwrap_or_else(missing), Some(role.clone()))
            }
        }
    }

    /// The words to execute, and the line as a person would type it.
    fn command_line(&self, runs: &Runs, port: Option<u16>) -> (Vec<OsString>, String) {
        match runs {
            Runs::Target(address) => (Vec::new(), address.to_string()),
            Runs::Bundled(name) => {
                let mut argv: Vec<OsString> = vec![process::program_itself().into(), "serve".into(), name.into()];
                let mut shown = format!("socklab serve {name}");
                if let Some(port) = port {
                    argv.extend(["--port".into(), port.to_string().into()]);
                    shown += &format!(" --port {port}");
                }
                (argv, shown)
            }
            Runs::Command(words) => {
                let mut values = self.setup.variables.clone();
                values.insert("host".to_owned(), "127.0.0.1".to_owned());
                values.extend(port.map(|port| ("port".to_owned(), port.to_string())));
                let words: Vec<String> = words.iter().map(|word| fill(word, &values)).collect();
                let shown = shell_words::join(&words);
                (words.into_iter().map(OsString::from).collect(), crate::model::bytes::safe(&shown))
            }
        }
    }

    fn environment(&self, port: Option<u16>) -> Vec<(OsString, OsString)> {
        let mut env = self.setup.env.clone();
        env.push(("HOST".into(), "127.0.0.1".into()));
        env.extend(port.map(|port| ("PORT".into(), port.to_string().into())));
        env
    }

    /// What cannot be seen of a server that runs elsewhere.
    fn target_gaps(&mut self) {
        for evidence in [EvidenceKind::ServerSockets, EvidenceKind::Process, EvidenceKind::Output] {
            self.gaps.push(Gap { evidence, because: Message::new("gap-target") });
        }
    }

    fn not_started(&self, error: &StartError) -> NotReady {
        let name = |name: &OsString| crate::model::bytes::safe(&name.to_string_lossy());
        match error {
            StartError::Missing { program } => NotReady::Missing(name(program)),
            StartError::MissingInterpreter { .. } => NotReady::Missing(crate::model::bytes::safe(&error.to_string())),
            StartError::NotExecutable { program, .. } => NotReady::NotExecutable(name(program)),
            StartError::NoFolder { .. } | StartError::Other(_) => NotReady::Harness(error.to_string()),
        }
    }

    fn watch_server(&mut self, id: ServerId) -> Result<(), StageError> {
        let base = SERVERS + id.0 as usize * 4;
        let server = &self.servers[id.0 as usize];
        let watched = [server.pidfd.as_ref(), server.streams[0].as_ref(), server.streams[1].as_ref()];
        for (n, descriptor) in watched.into_iter().enumerate() {
            if let Some(descriptor) = descriptor {
                let mut source = SourceFd(&descriptor.as_raw_fd());
                let token = Token(base + n);
                let registered = self.poll.registry().register(&mut source, token, Interest::READABLE);
                registered.map_err(|error| system("watching a server", error))?;
            }
        }
        Ok(())
    }

    /// A server's process ended, or one of its streams has something.
    pub(super) fn server_ready(&mut self, k: usize, which: usize, token: Token) {
        match which {
            0 => self.look_for_ends(),
            1 | 2 => self.read_output(k, which - 1, token),
            _ => {}
        }
    }

    /// Takes the ends of all processes that ended, orphans included.
    fn look_for_ends(&mut self) {
        for (pid, status) in ending::reap() {
            let Some(k) = self.servers.iter().position(|server| server.pid == pid && server.exited.is_none()) else {
                continue;
            };
            self.servers[k].exited = Some(status);
            if let Some(descriptor) = self.servers[k].pidfd.take() {
                let _ = self.poll.registry().deregister(&mut SourceFd(&descriptor.as_raw_fd()));
            }
            // What it printed last is already in the pipes.
            for n in 0..2 {
                self.read_output(k, n, Token(SERVERS + k * 4 + n + 1));
            }
            let server = ServerId(u32::try_from(k).unwrap_or(u32::MAX));
            self.recorder.record(EventKind::Exited { server, status });
        }
    }

    fn read_output(&mut self, k: usize, n: usize, token: Token) {
        let Some(server) = self.servers.get_mut(k) else { return };
        let mut read = 0;
        while let Some(stream) = &server.streams[n] {
            if read >= TURN {
                self.again.push(token);
                break;
            }
            match rustix::io::read(stream, &mut self.buffer[..]) {
                Ok(0) => {
                    let _ = self.poll.registry().deregister(&mut SourceFd(&stream.as_raw_fd()));
                    server.streams[n] = None;
                }
                Ok(length) => {
                    read += length;
                    server.output.add(&self.buffer[..length]);
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => break,
            }
        }
    }

    /// Waits until the server's socket is there, or cannot come any more.
    fn await_ready(&mut self, id: ServerId, within: Duration) -> Result<(), StageError> {
        let began = Instant::now();
        let deadline = (began + within).min(self.deadline);
        let mut odd: Option<(Instant, Finding)> = None;
        let mut found = None;
        // Soon at first, then less often: a slow start should keep its processor.
        let mut every = Duration::from_micros(200);
        while found.is_none() {
            let look = self.look_for_socket(id)?;
            found = match look {
                Some(Finding::Ready(row, v6_only)) => Some(Finding::Ready(row, v6_only)),
                Some(other) => {
                    let (since, _) = odd.get_or_insert((Instant::now(), other.clone()));
                    let patient = !matches!(other, Finding::Bound(_)) && since.elapsed() > GRACE;
                    let since = *since;
                    odd = Some((since, other.clone()));
                    patient.then_some(other)
                }
                None => {
                    odd = None;
                    None
                }
            };
            if found.is_some() || self.gone(id) || Instant::now() >= deadline {
                break;
            }
            let next = (Instant::now() + every).min(deadline);
            self.go_on(next, Some(every), |world| Ok(world.gone(id)))?;
            every = (every * 9 / 8).min(Duration::from_millis(4));
        }
        let found = found.or(odd.map(|(_, found)| found));
        self.tell_readiness(id, found, within);
        Ok(())
    }

    /// Whether nothing of the server's processes is left, or its first one ended before any other appeared.
    fn gone(&self, id: ServerId) -> bool {
        let server = &self.servers[id.0 as usize];
        server.exited.is_some() && !self.has_descendants(id)
    }

    fn tell_readiness(&mut self, id: ServerId, found: Option<Finding>, within: Duration) {
        let k = id.0 as usize;
        let why = match found {
            Some(Finding::Ready(row, v6_only) | Finding::Elsewhere(row, v6_only)) => {
                self.servers[k].ready = Some((row.clone(), v6_only));
                self.recorder.record(EventKind::Ready { server: id, row });
                return;
            }
            _ if self.servers[k].exited.is_some() && self.gone(id) => self.exited_early(id),
            Some(Finding::OtherProtocol(row)) => NotReady::OtherProtocol(row),
            Some(Finding::Bound(row)) => NotReady::BoundNotListening(row),
            None => NotReady::Nothing { within_ms: u64::try_from(within.as_millis()).unwrap_or(u64::MAX) },
        };
        self.record_output(k);
        self.recorder.record(EventKind::NotReady { server: id, why });
    }

    /// Why it ended before it was ready: somebody else on its port is not its fault.
    fn exited_early(&mut self, id: ServerId) -> NotReady {
        let server = &self.servers[id.0 as usize];
        let status = server.exited.unwrap_or(ExitStatus::Code(0));
        let port = server.port;
        let alone = self.setup.alone;
        let busy = self
            .rows()
            .into_iter()
            .find(|row| !alone && Some(row.local.port()) == port && matches!(row.owner, Owner::Other | Owner::Nobody));
        busy.map_or(NotReady::Exited(status), NotReady::PortBusy)
    }

    /// What the socket table shows of the server now.
    fn look_for_socket(&mut self, id: ServerId) -> Result<Option<Finding>, StageError> {
        let (protocol, port) = {
            let server = &self.servers[id.0 as usize];
            (server.protocol, server.port)
        };
        let Some(rows) = self.waiting_rows(id)? else { return Ok(None) };
        let fits = |row: &SocketRow| protocol.is_none_or(|wanted| row.protocol == wanted);
        let waits = |row: &SocketRow| row.protocol == Protocol::Udp || row.state == TcpState::Listen;
        let at_port = |row: &SocketRow| port.is_none_or(|port| row.local.port() == port);
        let best = |test: &dyn Fn(&SocketRow) -> bool| rows.iter().find(|(row, _)| test(row)).cloned();
        if let Some((row, v6_only)) = best(&|row| fits(row) && waits(row) && at_port(row)) {
            return Ok(Some(Finding::Ready(row, v6_only)));
        }
        if let Some((row, _)) = best(&|row| !fits(row) && waits(row) && at_port(row)) {
            return Ok(Some(Finding::OtherProtocol(row)));
        }
        if let Some((row, v6_only)) = best(&|row| fits(row) && waits(row)) {
            return Ok(Some(Finding::Elsewhere(row, v6_only)));
        }
        if let Some((row, _)) = best(&|row| protocol != Some(Protocol::Udp) && row.state == TcpState::BoundInactive) {
            return Ok(Some(Finding::Bound(row)));
        }
        Ok(None)
    }

    /// Writes down what a server printed so far.
    pub(super) fn record_output(&mut self, k: usize) {
        let output = &self.servers[k].output;
        let tail = &output.tail[output.tail.len().saturating_sub(KEPT)..];
        let event = EventKind::Output {
            server: ServerId(u32::try_from(k).unwrap_or(u32::MAX)),
            head: Bytes(output.head.clone()),
            tail: Bytes(tail.to_vec()),
            total: output.total,
        };
        self.recorder.record(event);
    }

    /// The server that a step is about: the last one started where it does not say.
    fn chosen_server(&self, server: Option<ServerId>) -> Option<ServerId> {
        let last = self.servers.len().checked_sub(1)?;
        let chosen = server.map_or(last, |server| server.0 as usize);
        (chosen <= last).then(|| ServerId(u32::try_from(chosen).unwrap_or(u32::MAX)))
    }

    pub(super) fn wait_for(
        &mut self,
        server: Option<ServerId>,
        what: &WaitFor,
        within: Option<Duration>,
    ) -> Result<(), StageError> {
        let Some(id) = self.chosen_server(server).filter(|id| self.servers[id.0 as usize].pid != 0) else {
            return Ok(());
        };
        let deadline = self.until_when(within);
        let k = id.0 as usize;
        let met = self.go_on(deadline, None, |world| {
            let server = &world.servers[k];
            Ok(match what {
                WaitFor::Exit => server.exited.is_some(),
                WaitFor::Output(text) => contains(&server.output, text.as_bytes()) || server.exited.is_some(),
            })
        })?;
        let (met, text) = match what {
            WaitFor::Exit => (met, None),
            WaitFor::Output(text) => (contains(&self.servers[k].output, text.as_bytes()), Some(text.clone())),
        };
        self.recorder.record(EventKind::Waited { server: id, met, text });
        Ok(())
    }

    pub(super) fn stop_server(
        &mut self,
        server: Option<ServerId>,
        signal: i32,
        within: Option<Duration>,
    ) -> Result<(), StageError> {
        let Some(id) = self.chosen_server(server) else { return Ok(()) };
        if let Some(descriptor) = &self.servers[id.0 as usize].pidfd {
            // It may have ended by itself a moment ago, which the journal then tells.
            let _ = ending::kill_by_pidfd(descriptor, signal);
            self.recorder.record(EventKind::Signalled { server: id, signal });
            self.wait_for(Some(id), &WaitFor::Exit, within)?;
        }
        Ok(())
    }
}

/// What a look at the socket table found.
#[derive(Debug, Clone)]
enum Finding {
    Ready(SocketRow, bool),
    /// Right, but on another port than expected.
    Elsewhere(SocketRow, bool),
    OtherProtocol(SocketRow),
    /// Bound without listening.
    Bound(SocketRow),
}

fn contains(output: &Output, text: &[u8]) -> bool {
    let bytes = [&output.head[..], &output.tail[..]].concat();
    text.is_empty() || bytes.windows(text.len()).any(|window| window == text)
}
