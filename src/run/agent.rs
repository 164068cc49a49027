//! The agent: one process per scenario, which performs the steps in a sandbox and streams the
//! events. Judges nothing. The messages are defined here for both sides, agent and runner.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{packet_codec, plain_access};
use crate::engine::agent_process::{read_frame, write_frame};
use crate::engine::isolated::{self, SandboxError, SetupSide};
use crate::engine::spec::RunSpec;
use crate::engine::{Alarm, Engine, EngineHandles, plain};
use crate::model::{
    Capture, Event, Gap, HarnessError, HostAddress, Message, Operation, SandboxMode, StepBegan, Syscall,
};
use crate::scenario::runtime::{Runtime, RuntimeError};
use crate::sys::cgroup::{self, OomKillCounter};
use crate::sys::overlay::CopyLimits;
use crate::sys::packet_ring::UnboundSocket;
use crate::sys::{fd_passing, reap, rlimits};

/// Limits on the files that a build may leave behind.
const BUILD_LIMITS: CopyLimits = CopyLimits { bytes: 256 << 20, entries: 20_000 };

/// A message from the agent to the runner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum AgentMessage {
    /// This machine does not allow the sandbox mode; another mode may be tried.
    Denied(HarnessError),
    /// The harness failed.
    Failed(HarnessError),
    /// The sandbox is set up and the ports are locked: the scenario's own limits apply from now on.
    Began,
    /// A program made a call on another process than its own, which was denied. Sent at once, and
    /// only once: if the agent does not finish, the cause is known.
    Attacked(Syscall),
    /// The step with this index is over; contains its events.
    Step(u32, Vec<Event>),
    /// The captured packets, if any. Sent before [`AgentMessage::Done`].
    Packets(Capture),
    /// The scenario is over.
    Done {
        /// Start of the journal, in nanoseconds since 1970.
        began_ns: u64,
        /// The hosts, if there are two.
        hosts: Vec<HostAddress>,
        /// The steps, and when each began.
        steps: Vec<StepBegan>,
        /// The events after the last step.
        events: Vec<Event>,
        /// Evidence that could not be collected.
        gaps: Vec<Gap>,
        /// Further observations.
        notes: Vec<Message>,
        /// Values of the names in braces.
        variables: BTreeMap<String, String>,
    },
}

/// First byte of a message with packets. JSON never begins with it.
const PACKETS_TAG: u8 = 0;

impl AgentMessage {
    fn to_bytes(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Packets(capture) => Ok([&[PACKETS_TAG][..], &packet_codec::to_bytes(capture)].concat()),
            _ => serde_json::to_vec(self).map_err(io::Error::other),
        }
    }

    /// Decodes a message.
    ///
    /// # Errors
    /// Returns an error if the bytes are not a message.
    pub(crate) fn from_bytes(bytes: &[u8]) -> io::Result<Self> {
        match bytes.split_first() {
            Some((&PACKETS_TAG, rest)) => packet_codec::from_bytes(rest)
                .map(Self::Packets)
                .ok_or_else(|| io::Error::other("frame without packets")),
            _ => serde_json::from_slice(bytes).map_err(io::Error::other),
        }
    }
}

/// Runs the agent. Its standard input is the socket to the runner.
#[must_use]
pub(crate) fn main() -> ExitCode {
    match run_agent() {
        Ok(()) => ExitCode::SUCCESS,
        // The runner is gone, or has reported the error itself: nothing is left to report.
        Err(_) => ExitCode::FAILURE,
    }
}

fn run_agent() -> io::Result<()> {
    let socket = take_stdin()?;
    let mut reader = UnixStream::from(socket.try_clone()?);
    // Leave the caller's session keyring. If that is denied, so are all calls on keys.
    let _ = crate::sys::keyring::join_new_session();
    let Some(frame) = read_frame(&mut reader)? else { return Ok(()) };
    let spec: Arc<RunSpec> = Arc::new(serde_json::from_slice(&frame).map_err(io::Error::other)?);
    drop(reader);
    let mut out = RunnerConnection(UnixStream::from(socket.try_clone()?));
    // The cgroup file system is not visible any more once this process is inside the sandbox.
    let kills = spec.limits.cgroup.as_deref().and_then(|group| cgroup::enter(group).ok()).map(Arc::new);
    match spec.sandbox.mode {
        SandboxMode::Isolated => run_isolated(&spec, kills, socket, out),
        SandboxMode::Plain => run_plain(&spec, kills, socket, &mut out),
    }
}

/// Takes the socket off standard input, because programs would inherit it there.
fn take_stdin() -> io::Result<OwnedFd> {
    let socket = rustix::io::fcntl_dupfd_cloexec(io::stdin(), 3)?;
    let nothing = std::fs::File::open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nothing)?;
    Ok(socket)
}

fn run_isolated(
    spec: &Arc<RunSpec>,
    kills: Option<Arc<OomKillCounter>>,
    socket: OwnedFd,
    mut out: RunnerConnection,
) -> io::Result<()> {
    let side = match isolated::fork_inside(&spec.sandbox.view) {
        Ok(side) => side,
        Err(error) => return out.no_isolation(error, true),
    };
    match side {
        SetupSide::Outside(init) => {
            // Only init may hold the socket, so that the runner's end closes when init exits.
            drop(socket);
            drop(out);
            let _ = reap::wait_for(init);
            Ok(())
        }
        SetupSide::Inside(shown) => {
            let me = rustix::process::pidfd_open(rustix::process::getpid(), rustix::process::PidfdFlags::empty())?;
            fd_passing::send_fd(&out.0, &me).map_err(io::Error::other)?;
            let layer = match isolated::prepare_sandbox(&spec.sandbox.view, shown) {
                Ok(layer) => layer,
                Err(error) => return out.no_isolation(error, false),
            };
            out.frame(&AgentMessage::Began)?;
            let done = perform(spec, kills, plain::PlainModeConfig::default(), socket, &mut out)?;
            if spec.keep_writes
                && let Some(layer) = layer
            {
                reap::kill_tree(rustix::process::getpid().as_raw_pid(), &[]);
                if let Err(error) = layer.write_back(BUILD_LIMITS) {
                    let problem = HarnessError::system(Operation::CopyBuildOutput, None, error);
                    return out.frame(&AgentMessage::Failed(problem));
                }
            }
            done.map_or(Ok(()), |frame| out.frame(&frame))
        }
    }
}

fn run_plain(
    spec: &Arc<RunSpec>,
    kills: Option<Arc<OomKillCounter>>,
    socket: OwnedFd,
    out: &mut RunnerConnection,
) -> io::Result<()> {
    // Opened before root is dropped, which removes the permission.
    let idle = if spec.capture && !spec.has_target() { UnboundSocket::open().ok() } else { None };
    if let Err(error) = plain::prepare_plain_mode() {
        return out.frame(&AgentMessage::Failed(error.into()));
    }
    let _held = match plain::lock_ports(&spec.sandbox.locked_ports) {
        Ok(held) => held,
        Err(error) => {
            let ports: Vec<String> = spec.sandbox.locked_ports.iter().map(u16::to_string).collect();
            let problem = HarnessError::system(Operation::ReservePorts, Some(ports.join(", ")), error);
            return out.frame(&AgentMessage::Failed(problem));
        }
    };
    let fence = match plain_access::fence(&spec.sandbox.view, &spec.sandbox.locked_ports) {
        Ok(fence) => fence.map(Arc::new),
        Err(problem) => return out.frame(&AgentMessage::Failed(problem)),
    };
    let means = plain::PlainModeConfig { landlock: fence, capture_socket: idle.map(Arc::new) };
    out.frame(&AgentMessage::Began)?;
    let done = perform(spec, kills, means, socket, out).and_then(|done| done.map_or(Ok(()), |frame| out.frame(&frame)));
    // End all processes while the ports are locked: the next run must find the ports free.
    plain::kill_all();
    done
}

/// Performs all steps and sends all messages except the last, which it returns. Returns `None` if
/// the run ended before.
fn perform(
    spec: &Arc<RunSpec>,
    oom_kills: Option<Arc<OomKillCounter>>,
    plain: plain::PlainModeConfig,
    socket: OwnedFd,
    out: &mut RunnerConnection,
) -> io::Result<Option<AgentMessage>> {
    // If that is denied, the usual few clients still work.
    let _ = rlimits::raise_open_files();
    let alarm = {
        let socket = out.0.try_clone()?;
        // Sent by the same thread as all other messages.
        Alarm(Arc::new(move |call: &Syscall| {
            let frame = AgentMessage::Attacked(call.clone()).to_bytes();
            // An error means that the runner is gone, and nothing is left to notify.
            let _ = frame.and_then(|frame| write_frame(&mut &socket, &frame));
        }))
    };
    let mut engine = match Engine::new(Arc::clone(spec), EngineHandles { alarm, oom_kills, plain }, socket) {
        Ok(engine) => engine,
        Err(RuntimeError::Interrupted) => return Ok(None),
        Err(RuntimeError::Harness(problem)) => return Ok(Some(AgentMessage::Failed(problem))),
    };
    let mut steps = Vec::with_capacity(spec.script.steps.len());
    for (k, step) in spec.script.steps.iter().enumerate() {
        let number = u32::try_from(k).unwrap_or(u32::MAX);
        steps.push(StepBegan { word: step.word().to_owned(), at: engine.begin_step(number) });
        let outcome = step.act().perform(&mut engine);
        out.frame(&AgentMessage::Step(number, engine.take_events()))?;
        match outcome {
            Ok(()) => {}
            Err(RuntimeError::Interrupted) => return Ok(None),
            Err(RuntimeError::Harness(problem)) => {
                let problem = HarnessError::Step { step: step.word().to_owned(), problem: Box::new(problem) };
                return Ok(Some(AgentMessage::Failed(problem)));
            }
        }
    }
    engine.finish();
    let (variables, hosts, began_ns) = (engine.values(), engine.hosts(), engine.began_ns());
    let (capture, notes) = engine.take_capture();
    if let Some(capture) = capture {
        out.frame(&AgentMessage::Packets(capture))?;
    }
    let (events, gaps) = (engine.take_events(), engine.gaps().to_vec());
    Ok(Some(AgentMessage::Done { began_ns, hosts, steps, events, gaps, notes, variables }))
}

/// The connection to the runner.
struct RunnerConnection(UnixStream);

impl RunnerConnection {
    fn frame(&mut self, frame: &AgentMessage) -> io::Result<()> {
        write_frame(&mut self.0, &frame.to_bytes()?)?;
        self.0.flush()
    }

    fn no_isolation(&mut self, error: SandboxError, outside: bool) -> io::Result<()> {
        if outside {
            // The runner expects a descriptor first: a byte without one means that there is none.
            self.0.write_all(&[0])?;
        }
        match error {
            SandboxError::Denied(error) => self.frame(&AgentMessage::Denied(error.into())),
            SandboxError::Broken(error) => self.frame(&AgentMessage::Failed(error.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_are_encoded_as_bytes_and_the_rest_as_json() {
        let packets = AgentMessage::Packets(Capture::with_interfaces(&["lo"])).to_bytes().expect("it is written");
        assert!(
            matches!(AgentMessage::from_bytes(&packets), Ok(AgentMessage::Packets(capture)) if capture.interfaces == ["lo"])
        );
        let denied = AgentMessage::Denied(HarnessError::OutOfMemory {}).to_bytes().expect("it is written");
        assert_eq!(denied, br#"{"Denied":{"id":"machine-out-of-memory"}}"#);
        assert!(
            matches!(AgentMessage::from_bytes(&denied), Ok(AgentMessage::Denied(why)) if why == HarnessError::OutOfMemory {})
        );
        assert!(AgentMessage::from_bytes(b"").is_err() && AgentMessage::from_bytes(&[PACKETS_TAG, 1]).is_err());
    }
}
