//! Supervises servers: starts and stops them, keeps the head and tail of their output, and records
//! their exit. [`super::readiness`] checks their sockets.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use super::event_loop::MAX_READ_PER_POLL;
use super::isolated::SUBMISSION;
use super::readiness::Readiness;
use super::restart::RestartReason;
use super::server::{OUTPUT_KEPT_BYTES, Server};
use super::token::{ServerSource, TokenOwner, token_of};
use super::wait::PollInterval;
use super::{Engine, ProgramSource, system};
use crate::model::{Bytes, Cap, EventKind, ExitStatus, HarnessError, Operation, ServerId, StartFailure};
use crate::scenario::runtime::{RuntimeError, StartRequest, WaitCondition};
use crate::scenario::template::fill;
use crate::sys::reap::ReapedChild;
use crate::sys::spawn::Launch;
use crate::sys::{reap, spawn};

impl Engine {
    pub(super) fn start_server(&mut self, request: &StartRequest) -> Result<(), RuntimeError> {
        let (entry, role) = self.entry_for(&request.program);
        let protocol = request.protocol.or(entry.protocol);
        let port = request.port.or(entry.port);
        let host = self.host_index(request.on.as_ref());
        let id = self.servers.add(Server { host, ..Server::new(protocol, port) });
        let (argv, command) = self.command_line(&entry.runs, port);
        (self.servers[id].argv, self.servers[id].role) = (argv.clone(), role.clone());
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
            self.servers[id].target = Some(address);
            self.recorder.record(started(0));
            self.target_gaps();
            return Ok(());
        }
        if let Some(readiness) = self.shared_readiness(id)? {
            let pid = self.servers[id].shares.map_or(0, |first| self.servers[first].pid);
            self.recorder.record(started(pid));
            self.record_readiness(id, readiness);
            self.stand_in_gaps(id, entry.stands_in.as_ref());
            return Ok(());
        }
        if let Some(row) = self.lasting_port_holder(port)? {
            self.recorder.record(started(0));
            self.recorder.record(EventKind::NotReady { server: id, why: StartFailure::PortBusy(row) });
            return Ok(());
        }
        let within = request.within.unwrap_or(self.spec.script.limits.start.0);
        let request = &StartRequest { stdin: request.stdin.clone().or_else(|| entry.stdin.clone()), ..request.clone() };
        self.give_files(&request.files)?;
        self.free_ports(&port.into_iter().collect())?;
        self.capture_port(port);
        let mut readiness = self.launch(id, &argv, request, within)?;
        for condition in RestartReason::IN_ORDER {
            let Some(reason) = condition(self, id, &readiness) else { continue };
            if reason.prepare(self, id)? {
                readiness = self.launch(id, &argv, request, within)?;
            }
        }
        self.recorder.record(started(self.servers[id].pid));
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
        let stdin = request.stdin.as_ref().map(|text| {
            let mut values = crate::scenario::runtime::Runtime::values(self);
            if let Some(port) = self.servers[id].port {
                // The server's address, which it does not serve yet.
                values.extend([("port".to_owned(), port.to_string()), ("host".to_owned(), "127.0.0.1".to_owned())]);
            }
            fill(text, &values)
        });
        let env = self.environment(self.servers[id].port);
        match self.spawn_program(id, argv, &env, stdin.as_deref())? {
            Some(failure) => Ok(Readiness::Not(failure)),
            None => self.await_ready(id, within),
        }
    }

    /// Starts a program and observes it from then on. Returns the reason if it could not be started.
    pub(super) fn spawn_program(
        &mut self,
        id: ServerId,
        argv: &[OsString],
        env: &[(OsString, OsString)],
        stdin: Option<&str>,
    ) -> Result<Option<StartFailure>, RuntimeError> {
        let launch = Launch {
            argv,
            env,
            folder: Path::new(&self.spec.sandbox.folder),
            limits: &self.program_limits,
            trace: true,
            confinement: self.policy.confinement,
            landlock: self.handles.plain.landlock.as_deref(),
        };
        let running = match self.on_host(self.servers[id].host, || spawn::start(&launch))? {
            Ok(running) => running,
            Err(error) => {
                self.start_gaps(&error);
                return Ok(Some(super::command::not_started(error)));
            }
        };
        // A full pipe means that the program does not read. Its behaviour shows that.
        let _ = rustix::io::ioctl_fionbio(&running.stdin, true);
        if let Some(text) = stdin {
            let _ = rustix::io::write(&running.stdin, text.as_bytes());
        }
        // Its first socket call waits until `read_calls` has read it, so no result is missed.
        self.trace_results(id, running.pid);
        let calls = self.start_tracing(running.listener, running.untraced);
        let server = &mut self.servers[id];
        server.calls = calls;
        server.pid = running.pid;
        server.pidfd = Some(running.pidfd);
        server.stdin = Some(running.stdin);
        server.streams = [Some(running.stdout), Some(running.stderr)];
        self.watch_server(id)?;
        Ok(None)
    }

    fn watch_server(&mut self, id: ServerId) -> Result<(), RuntimeError> {
        let server = &self.servers[id];
        let watched = [
            (ServerSource::Process, server.pidfd.as_ref()),
            (ServerSource::Stream(0), server.streams[0].as_ref()),
            (ServerSource::Stream(1), server.streams[1].as_ref()),
        ];
        for (source, descriptor) in watched {
            if let Some(descriptor) = descriptor {
                let token = token_of(TokenOwner::Server(id, source));
                let registered = self.event_loop.watch(descriptor, token);
                registered.map_err(|error| system(Operation::RegisterServer, error))?;
            }
        }
        if let Some(calls) = &server.calls {
            let token = token_of(TokenOwner::Server(id, ServerSource::Calls));
            let registered = self.event_loop.watch(&calls.tracer, token);
            registered.map_err(|error| system(Operation::RegisterTracer, error))?;
        }
        Ok(())
    }

    /// Handles an event of a server: its exit, its output or its system calls.
    pub(super) fn server_ready(&mut self, id: ServerId, source: ServerSource) {
        match source {
            ServerSource::Process => self.reap_exited(),
            ServerSource::Stream(n) => self.read_output(id, n),
            ServerSource::Calls => self.read_calls(id),
        }
    }

    /// Reaps all processes that exited, orphans included.
    pub(super) fn reap_exited(&mut self) {
        for ReapedChild { pid, status, cpu_time: processor } in self.collect_children() {
            let Some(server) = self.servers.last_id(|server| server.pid == pid && server.exited.is_none()) else {
                continue;
            };
            self.servers[server].exited = Some(status);
            if let Some(descriptor) = self.servers[server].pidfd.take() {
                self.event_loop.forget(&descriptor);
            }
            // Record its last system calls before its exit.
            self.read_calls(server);
            // Its last output is already in the pipes.
            for n in 0..2 {
                self.read_output(server, n);
            }
            let ended_by_guard =
                self.observers.monitor.as_ref().and_then(super::resource_monitor::ResourceMonitor::hit);
            let own = self.spec.limits.enforced && self.spec.is_isolated() && status != ExitStatus::Code(0);
            // Only the sandbox's folders are checked. Any other folder belongs to the user: that it
            // is full proves nothing.
            let places = [Path::new("/tmp"), Path::new(SUBMISSION)];
            let is_full = || own && places.into_iter().any(super::resource_monitor::is_full);
            let by_limit = cap_hit(status, processor, self.program_limits.cpu_seconds);
            if by_limit.is_none() && ended_by_guard.is_none() && self.is_signal_from_outside(server, status) {
                self.fatal_error = Some(HarnessError::KilledFromOutside { status });
            }
            if let Some(cap) = by_limit.or(ended_by_guard).or_else(|| is_full().then_some(Cap::Disk)) {
                self.record_cap_hit(server, cap);
            }
            self.recorder.record(EventKind::Exited { server, status });
        }
    }

    /// Returns true if a signal killed a server's process that neither this process nor any traced
    /// program sent. It came from outside, or from the kernel when the machine ran out of memory.
    fn is_signal_from_outside(&self, id: ServerId, status: ExitStatus) -> bool {
        let ExitStatus::Signal(signal) = status else { return false };
        let sent = |server: &Server| {
            // An untraced server may have sent any signal.
            server.pid != 0 && server.calls.as_ref().is_none_or(|calls| calls.signals.contains(&signal))
        };
        let known = self.servers[id].sent_signals.contains(&signal) || self.servers.iter().any(sent);
        EXTERNAL_SIGNALS.contains(&signal) && !known
    }

    /// Records the limit that ended a server, once.
    pub(super) fn record_cap_hit(&mut self, server: ServerId, cap: Cap) {
        if !std::mem::replace(&mut self.servers[server].capped, true) {
            self.recorder.record(EventKind::CapHit { server, cap });
        }
    }

    fn read_output(&mut self, id: ServerId, n: usize) {
        let Some(server) = self.servers.server_mut(id) else { return };
        let mut read = 0;
        while let Some(stream) = &server.streams[n] {
            if read >= MAX_READ_PER_POLL {
                self.event_loop.read_again(token_of(TokenOwner::Server(id, ServerSource::Stream(n))));
                break;
            }
            match rustix::io::read(stream, &mut self.event_loop.read_buffer[..]) {
                Ok(0) => {
                    self.event_loop.forget(stream);
                    server.streams[n] = None;
                }
                Ok(length) => {
                    read += length;
                    server.output.add(n, &self.event_loop.read_buffer[..length], self.recorder.next_id());
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => break,
            }
        }
    }

    /// Records the output of a server so far.
    pub(super) fn record_output(&mut self, id: ServerId) {
        let output = &mut self.servers[id].output;
        output.settle();
        let tail = &output.tail[output.tail.len().saturating_sub(OUTPUT_KEPT_BYTES)..];
        let event = EventKind::Output {
            server: id,
            head: Bytes(output.head.clone()),
            tail: Bytes(tail.to_vec()),
            total: output.total,
        };
        self.recorder.record(event);
    }

    /// Returns the server that a step refers to: by default, the one started last.
    pub(super) fn chosen_server(&self, server: Option<ServerId>) -> Option<ServerId> {
        server.or_else(|| self.servers.last_id(|_| true)).filter(|&id| self.servers.get(id).is_some())
    }

    pub(super) fn wait_for(
        &mut self,
        server: Option<ServerId>,
        what: &WaitCondition,
        within: Option<Duration>,
    ) -> Result<(), RuntimeError> {
        let Some(id) = self.chosen_server(server).filter(|&id| self.servers[id].pid != 0) else {
            return Ok(());
        };
        let deadline = self.step_deadline(within);
        let met = self.wait_for_programs(deadline, PollInterval::OnEvent, |engine| {
            let server = &engine.servers[id];
            Ok(match what {
                WaitCondition::Exit => server.exited.is_some(),
                WaitCondition::Output(text) => server.output.contains(text.as_bytes()) || server.exited.is_some(),
            })
        })?;
        let (met, text) = match what {
            WaitCondition::Exit => (met, None),
            WaitCondition::Output(text) => (self.servers[id].output.contains(text.as_bytes()), Some(text.clone())),
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
        if signal != libc::SIGKILL {
            self.await_idle()?;
        }
        if let Some(descriptor) = &self.servers[id].pidfd {
            // It may have exited by itself a moment ago, which the journal then records.
            let _ = reap::kill_by_pidfd(descriptor, signal);
            self.servers[id].sent_signals.insert(signal);
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
fn cap_hit(status: ExitStatus, processor: Duration, cpu_seconds: u64) -> Option<Cap> {
    match status {
        // The kernel counts CPU time in ticks.
        ExitStatus::Signal(libc::SIGXCPU | libc::SIGKILL) if processor.as_secs() + 1 >= cpu_seconds => Some(Cap::Cpu),
        ExitStatus::Signal(libc::SIGXFSZ) => Some(Cap::FileSize),
        _ => None,
    }
}
