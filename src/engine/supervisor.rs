//! Supervises servers: starts and stops them, keeps the head and tail of their output, and records
//! their exit. [`super::readiness`] checks their sockets.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Interest, Token};

use super::isolated::SUBMISSION;
use super::readiness::Readiness;
use super::server::{CapturedOutput, OUTPUT_KEPT_BYTES, Server};
use super::wait::PollInterval;
use super::{Engine, FIRST_SERVER_TOKEN, MAX_READ_PER_POLL, ProgramSource, system};
use crate::model::{Bytes, EventKind, ExitStatus, ServerId, StartFailure};
use crate::scenario::runtime::{RuntimeError, StartRequest, WaitCondition};
use crate::scenario::template::fill;
use crate::sys::reap::ReapedChild;
use crate::sys::rlimits::UNLIMITED;
use crate::sys::spawn::Launch;
use crate::sys::{reap, spawn};

impl Engine {
    pub(super) fn start_server(&mut self, request: &StartRequest) -> Result<(), RuntimeError> {
        let (entry, role) = self.entry_for(&request.program);
        let id = ServerId(u32::try_from(self.servers.len()).unwrap_or(u32::MAX));
        let protocol = request.protocol.or(entry.protocol);
        let port = request.port.or(entry.port);
        let host = self.host_index(request.on.as_ref());
        self.servers.push(Server { host, ..Server::new(protocol, port) });
        let (argv, command) = self.command_line(&entry.runs, port);
        let started = |pid| EventKind::Started {
            server: id,
            role,
            command,
            pid,
            protocol,
            port,
            stands_in: entry.stands_in.clone(),
        };
        if let ProgramSource::Target(address) = entry.runs {
            self.servers[id.0 as usize].target = Some(address);
            self.recorder.record(started(0));
            self.target_gaps();
            return Ok(());
        }
        if let Some(row) = self.lasting_port_holder(port)? {
            self.recorder.record(started(0));
            self.recorder.record(EventKind::NotReady { server: id, why: StartFailure::PortBusy(row) });
            return Ok(());
        }
        let within = request.within.unwrap_or(self.setup.start_within);
        let request = &StartRequest { stdin: request.stdin.clone().or_else(|| entry.stdin.clone()), ..request.clone() };
        self.free_ports(&port.into_iter().collect())?;
        self.capture_port(port);
        let mut readiness = self.launch(id, &argv, request, within)?;
        let in_the_way =
            if matches!(readiness, Readiness::Ready(..)) { BTreeSet::new() } else { self.ports_in_the_way(id) };
        if !in_the_way.is_empty() {
            // The connections in TIME-WAIT may be the only cause: free the ports and start it
            // again.
            self.kill_server(id)?;
            self.free_ports(&in_the_way)?;
            readiness = self.launch(id, &argv, request, within)?;
        }
        if self.lacks_address_space(id) {
            // Safe to lift: the resource monitor adds up the memory that all programs really hold.
            self.setup.caps.data_bytes = UNLIMITED;
            self.kill_server(id)?;
            readiness = self.launch(id, &argv, request, within)?;
        }
        if !matches!(readiness, Readiness::Ready(..))
            && let Some(address) = self.foreign_address(id)
        {
            // An address left over from another machine, perhaps the lab's. On a host that has it
            // the program runs as intended.
            if self.servers[id.0 as usize].exited.is_some() && self.give_address(host, address).is_ok() {
                self.kill_server(id)?;
                self.recorder.record(EventKind::AddressGiven { server: id, address: address.into() });
                readiness = self.launch(id, &argv, request, within)?;
            }
        }
        self.recorder.record(started(self.servers[id.0 as usize].pid));
        self.record_readiness(id, readiness);
        self.stand_in_gaps(id, entry.stands_in.as_ref());
        self.link_gaps(id);
        self.hidden_gaps(id);
        Ok(())
    }

    /// Starts a server's program and waits for its socket.
    fn launch(
        &mut self,
        id: ServerId,
        argv: &[OsString],
        request: &StartRequest,
        within: Duration,
    ) -> Result<Readiness, RuntimeError> {
        let env = self.environment(self.servers[id.0 as usize].port);
        let launch = Launch {
            argv,
            env: &env,
            folder: &self.setup.folder,
            limits: &self.setup.caps,
            trace: true,
            confinement: self.setup.policy.confinement,
            landlock: self.setup.plain.landlock.as_deref(),
        };
        let running = match self.on_host(self.servers[id.0 as usize].host, || spawn::start(&launch))? {
            Ok(running) => running,
            Err(error) => {
                self.start_gaps(&error);
                return Ok(Readiness::Not(super::command::not_started(&error)));
            }
        };
        if let Some(text) = &request.stdin {
            let mut values = crate::scenario::runtime::Runtime::values(self);
            if let Some(port) = self.servers[id.0 as usize].port {
                // The server's address, which it does not serve yet.
                values.extend([("port".to_owned(), port.to_string()), ("host".to_owned(), "127.0.0.1".to_owned())]);
            }
            let text = fill(text, &values);
            // A full pipe means that the program does not read. Its behaviour shows that.
            let _ = rustix::io::ioctl_fionbio(&running.stdin, true);
            let _ = rustix::io::write(&running.stdin, text.as_bytes());
        }
        let calls = self.start_tracing(running.listener, running.untraced);
        let server = &mut self.servers[id.0 as usize];
        server.calls = calls;
        server.pid = running.pid;
        server.pidfd = Some(running.pidfd);
        server._stdin = Some(running.stdin);
        server.streams = [Some(running.stdout), Some(running.stderr)];
        self.watch_server(id)?;
        self.await_ready(id, within)
    }

    /// Returns true if a program exited because a compiler's sanitizer could not reserve address
    /// space. Sanitizers reserve terabytes that they never touch, but RLIMIT_DATA counts them.
    fn lacks_address_space(&self, id: ServerId) -> bool {
        let server = &self.servers[id.0 as usize];
        let told = ["Sanitizer failed to allocate", "Sanitizer can not mmap"];
        self.setup.resource_limits.is_some()
            && server.exited.is_some()
            && told.iter().any(|text| contains(&server.output, text.as_bytes()))
    }

    /// Kills a server and its descendants before it is started again.
    fn kill_server(&mut self, id: ServerId) -> Result<(), RuntimeError> {
        self.servers[id.0 as usize].sent_signals.insert(libc::SIGKILL);
        for process in self.descendants(id) {
            if let Some(pid) = rustix::process::Pid::from_raw(process) {
                // The process may have exited by itself meanwhile.
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
            }
        }
        let k = id.0 as usize;
        if self.servers[k].pid != 0 {
            let deadline = self.step_deadline(None);
            self.wait_for_programs(deadline, PollInterval::OnEvent, |engine| Ok(engine.servers[k].exited.is_some()))?;
        }
        let (protocol, port, host) = (self.servers[k].protocol, self.servers[k].port, self.servers[k].host);
        for stream in self.servers[k].streams.iter().flatten() {
            let _ = self.poll.registry().deregister(&mut SourceFd(&stream.as_raw_fd()));
        }
        if let Some(calls) = &self.servers[k].calls {
            let tracer = std::os::fd::AsFd::as_fd(&calls.tracer).as_raw_fd();
            let _ = self.poll.registry().deregister(&mut SourceFd(&tracer));
        }
        self.servers[k] = Server { host, ..Server::new(protocol, port) };
        // The journal keeps only the second start.
        self.recorder.discard(
            |kind| matches!(kind, EventKind::Exited { server, .. } | EventKind::Called { server, .. } if *server == id),
        );
        Ok(())
    }

    fn watch_server(&mut self, id: ServerId) -> Result<(), RuntimeError> {
        let base = FIRST_SERVER_TOKEN + id.0 as usize * 4;
        let server = &self.servers[id.0 as usize];
        let watched = [server.pidfd.as_ref(), server.streams[0].as_ref(), server.streams[1].as_ref()];
        for (n, descriptor) in watched.into_iter().enumerate() {
            if let Some(descriptor) = descriptor {
                let mut source = SourceFd(&descriptor.as_raw_fd());
                let token = Token(base + n);
                let registered = self.poll.registry().register(&mut source, token, Interest::READABLE);
                registered.map_err(|error| system("registering a server's pipes", error))?;
            }
        }
        if let Some(calls) = &server.calls {
            let tracer = std::os::fd::AsFd::as_fd(&calls.tracer).as_raw_fd();
            let registered = self.poll.registry().register(&mut SourceFd(&tracer), Token(base + 3), Interest::READABLE);
            registered.map_err(|error| system("registering the system call tracer", error))?;
        }
        Ok(())
    }

    /// Handles an event of a server: its exit, its output or its system calls.
    pub(super) fn server_ready(&mut self, k: usize, which: usize, token: Token) {
        match which {
            0 => self.reap_exited(),
            1 | 2 => self.read_output(k, which - 1, token),
            3 => self.read_calls(k),
            _ => {}
        }
    }

    /// Reaps all processes that exited, orphans included.
    fn reap_exited(&mut self) {
        for ReapedChild { pid, status, cpu_time: processor } in reap::reap() {
            let Some(k) = self.servers.iter().position(|server| server.pid == pid && server.exited.is_none()) else {
                continue;
            };
            self.servers[k].exited = Some(status);
            if let Some(descriptor) = self.servers[k].pidfd.take() {
                let _ = self.poll.registry().deregister(&mut SourceFd(&descriptor.as_raw_fd()));
            }
            // Record its last system calls before its exit.
            self.read_calls(k);
            // Its last output is already in the pipes.
            for n in 0..2 {
                self.read_output(k, n, Token(FIRST_SERVER_TOKEN + k * 4 + n + 1));
            }
            let server = ServerId(u32::try_from(k).unwrap_or(u32::MAX));
            let ended_by_guard = self.guard.as_ref().and_then(super::resource_monitor::ResourceMonitor::hit);
            let own = self.setup.resource_limits.is_some() && self.setup.is_exclusive && status != ExitStatus::Code(0);
            // Only the sandbox's folders are checked. Any other folder belongs to the user: that it
            // is full proves nothing.
            let places = [Path::new("/tmp"), Path::new(SUBMISSION)];
            let is_full = || own && places.into_iter().any(super::resource_monitor::is_full);
            let by_limit = cap_hit(status, processor, self.setup.caps.cpu_seconds);
            if by_limit.is_none()
                && ended_by_guard.is_none()
                && let Some(signal) = self.signal_from_outside(k, status)
            {
                self.fatal_error = Some(format!("a program was killed by signal {signal}, which no program sent"));
            }
            if let Some(cap) = by_limit.or(ended_by_guard).or_else(|| is_full().then_some("disk")) {
                self.record_cap_hit(server, cap);
            }
            self.recorder.record(EventKind::Exited { server, status });
        }
    }

    /// Returns the signal that killed a server's process, if neither this process nor any traced
    /// program sent it. Then it came from outside, or from the kernel when the machine ran out of
    /// memory.
    fn signal_from_outside(&self, k: usize, status: ExitStatus) -> Option<i32> {
        let ExitStatus::Signal(signal) = status else { return None };
        let sent = |server: &Server| {
            // An untraced server may have sent any signal.
            server.pid != 0 && server.calls.as_ref().is_none_or(|calls| calls.signals.contains(&signal))
        };
        let known = self.servers[k].sent_signals.contains(&signal) || self.servers.iter().any(sent);
        (EXTERNAL_SIGNALS.contains(&signal) && !known).then_some(signal)
    }

    /// Records the limit that ended a server, once.
    pub(super) fn record_cap_hit(&mut self, server: ServerId, cap: &str) {
        if !std::mem::replace(&mut self.servers[server.0 as usize].capped, true) {
            self.recorder.record(EventKind::CapHit { server, cap: cap.to_owned() });
        }
    }

    fn read_output(&mut self, k: usize, n: usize, token: Token) {
        let Some(server) = self.servers.get_mut(k) else { return };
        let mut read = 0;
        while let Some(stream) = &server.streams[n] {
            if read >= MAX_READ_PER_POLL {
                self.unfinished_reads.push(token);
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

    /// Records the output of a server so far.
    pub(super) fn record_output(&mut self, k: usize) {
        let output = &self.servers[k].output;
        let tail = &output.tail[output.tail.len().saturating_sub(OUTPUT_KEPT_BYTES)..];
        let event = EventKind::Output {
            server: ServerId(u32::try_from(k).unwrap_or(u32::MAX)),
            head: Bytes(output.head.clone()),
            tail: Bytes(tail.to_vec()),
            total: output.total,
        };
        self.recorder.record(event);
    }

    /// Returns the server that a step refers to: by default, the one started last.
    fn chosen_server(&self, server: Option<ServerId>) -> Option<ServerId> {
        let last = self.servers.len().checked_sub(1)?;
        let chosen = server.map_or(last, |server| server.0 as usize);
        (chosen <= last).then(|| ServerId(u32::try_from(chosen).unwrap_or(u32::MAX)))
    }

    pub(super) fn wait_for(
        &mut self,
        server: Option<ServerId>,
        what: &WaitCondition,
        within: Option<Duration>,
    ) -> Result<(), RuntimeError> {
        let Some(id) = self.chosen_server(server).filter(|id| self.servers[id.0 as usize].pid != 0) else {
            return Ok(());
        };
        let deadline = self.step_deadline(within);
        let k = id.0 as usize;
        let met = self.wait_for_programs(deadline, PollInterval::OnEvent, |engine| {
            let server = &engine.servers[k];
            Ok(match what {
                WaitCondition::Exit => server.exited.is_some(),
                WaitCondition::Output(text) => contains(&server.output, text.as_bytes()) || server.exited.is_some(),
            })
        })?;
        let (met, text) = match what {
            WaitCondition::Exit => (met, None),
            WaitCondition::Output(text) => (contains(&self.servers[k].output, text.as_bytes()), Some(text.clone())),
        };
        self.recorder.record(EventKind::Waited { server: id, met, text });
        Ok(())
    }

    pub(super) fn stop_server(
        &mut self,
        server: Option<ServerId>,
        signal: i32,
        within: Option<Duration>,
    ) -> Result<(), RuntimeError> {
        let Some(id) = self.chosen_server(server) else { return Ok(()) };
        if let Some(descriptor) = &self.servers[id.0 as usize].pidfd {
            // It may have exited by itself a moment ago, which the journal then records.
            let _ = reap::kill_by_pidfd(descriptor, signal);
            self.servers[id.0 as usize].sent_signals.insert(signal);
            self.recorder.record(EventKind::Signalled { server: id, signal });
            self.wait_for(Some(id), &WaitCondition::Exit, within)?;
        }
        Ok(())
    }
}

/// Signals that end a process and are not caused by its own instructions (`signal(7)`): each has a
/// sender.
const EXTERNAL_SIGNALS: [i32; 8] = [
    libc::SIGHUP,
    libc::SIGINT,
    libc::SIGQUIT,
    libc::SIGKILL,
    libc::SIGUSR1,
    libc::SIGUSR2,
    libc::SIGTERM,
    libc::SIGXCPU,
];

/// Returns the limit that ended a process.
///
/// After RLIMIT_CPU the kernel sends SIGXCPU, and SIGKILL a second later; after RLIMIT_FSIZE it
/// sends SIGXFSZ (`getrlimit(2)`). Since any process may send these too, CPU signals count only
/// with the CPU time to match.
fn cap_hit(status: ExitStatus, processor: Duration, cpu_seconds: u64) -> Option<&'static str> {
    match status {
        // The kernel counts CPU time in ticks.
        ExitStatus::Signal(libc::SIGXCPU | libc::SIGKILL) if processor.as_secs() + 1 >= cpu_seconds => Some("cpu"),
        ExitStatus::Signal(libc::SIGXFSZ) => Some("file-size"),
        _ => None,
    }
}

fn contains(output: &CapturedOutput, text: &[u8]) -> bool {
    let bytes = [&output.head[..], &output.tail[..]].concat();
    text.is_empty() || bytes.windows(text.len()).any(|window| window == text)
}
