//! The runner's side of an agent: its process, the socket to it, and its exit. It does not
//! interpret the frames.
//!
//! The agent is this executable again, in a new process: the runner has threads, and
//! `unshare(CLONE_NEWUSER)` fails in a process that has several. The agent's standard input is the
//! socket. The agent replaces it by `/dev/null`, so that no program under test inherits it.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{PidfdFlags, pidfd_open};

use crate::sys::{fd_passing, reap, spawn};

/// The hidden command that runs an agent.
pub(crate) const AGENT: &str = "__agent";
/// Maximum length of a frame, in bytes. No correct agent sends more.
const MAX_FRAME_BYTES: usize = 512 << 20;

/// How long an agent may take to create its engine.
pub(crate) const START_TIMEOUT: Duration = Duration::from_secs(120);
/// How long an agent may take to exit with everything that it started. Only a hung device or a
/// machine without free memory needs more.
const EXIT_TIMEOUT: Duration = Duration::from_secs(30);

/// The result of waiting for an agent.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum AgentEvent {
    /// The agent sent a frame.
    Frame(Vec<u8>),
    /// The agent exited.
    End,
    /// The agent sent nothing before the deadline.
    Timeout,
    /// The run was interrupted.
    Interrupted,
}

/// A running agent. Dropping it kills it with everything that it started.
#[derive(Debug)]
pub(crate) struct Agent {
    child: Child,
    socket: UnixStream,
    /// The first process in its sandbox, once received. None in plain mode.
    init_pidfd: Option<OwnedFd>,
}

impl Agent {
    /// Starts an agent. This thread must live at least as long: the kernel kills the agent with the
    /// thread.
    ///
    /// # Errors
    /// Returns an error if the process or the socket pair cannot be created.
    pub(crate) fn start() -> io::Result<Self> {
        let (socket, theirs) = UnixStream::pair()?;
        // An agent that hangs before its first frame must not block the run for ever.
        socket.set_read_timeout(Some(START_TIMEOUT))?;
        socket.set_write_timeout(Some(START_TIMEOUT))?;
        let child = Command::new(spawn::own_executable())
            .arg(AGENT)
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        Ok(Self { child, socket, init_pidfd: None })
    }

    /// Sends a frame to the agent.
    ///
    /// # Errors
    /// Returns an error if the agent is gone.
    pub(crate) fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        write_frame(&mut self.socket, frame)
    }

    /// Receives the handle that kills everything in the sandbox at once. Call it before reading the
    /// first frame.
    ///
    /// # Errors
    /// Returns an error if the agent is gone.
    pub(crate) fn receive_init_pidfd(&mut self) -> io::Result<()> {
        self.init_pidfd = Some(fd_passing::recv_fd(&self.socket).map_err(io::Error::other)?);
        Ok(())
    }

    /// Receives the next frame, or returns what happened instead.
    ///
    /// # Errors
    /// Returns an error if the socket fails, or a frame is too long.
    pub(crate) fn receive(&mut self, broken_off: &impl AsFd, deadline: Instant) -> io::Result<AgentEvent> {
        let mut wanted = [PollFd::new(&self.socket, PollFlags::IN), PollFd::new(broken_off, PollFlags::IN)];
        if !wait_until(&mut wanted, deadline)? {
            return Ok(AgentEvent::Timeout);
        }
        if !wanted[1].revents().is_empty() {
            return Ok(AgentEvent::Interrupted);
        }
        // An agent that stops in the middle of a frame is treated like a silent one.
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.socket.set_read_timeout(Some(left))?;
        match read_frame(&mut self.socket) {
            Ok(Some(frame)) => Ok(AgentEvent::Frame(frame)),
            Ok(None) => Ok(AgentEvent::End),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(AgentEvent::Timeout)
            }
            // The agent was killed while it wrote.
            Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                Ok(AgentEvent::End)
            }
            Err(error) => Err(error),
        }
    }

    /// Kills the agent and everything that it started, and waits until all have exited. The wait is
    /// bounded: a process in an uninterruptible sleep (a hung disk) is left to the kernel.
    pub(crate) fn kill(&mut self) {
        if let Some(inside) = &self.init_pidfd {
            // Becomes readable when every process in the pid namespace is dead. They may be dead
            // already.
            let _ = reap::kill_by_pidfd(inside, libc::SIGKILL);
            let _ = wait_until(&mut [PollFd::new(inside, PollFlags::IN)], Instant::now() + EXIT_TIMEOUT);
            let _ = self.child.kill();
        } else {
            // In plain mode the agent kills its programs and exits when the socket closes. It could
            // not if it were killed.
            let _ = self.socket.shutdown(std::net::Shutdown::Both);
        }
        if let Ok(None) = self.child.try_wait() {
            let pid = rustix::process::Pid::from_child(&self.child);
            let over = pidfd_open(pid, PidfdFlags::empty()).map_err(io::Error::from);
            let over = over
                .and_then(|pidfd| wait_until(&mut [PollFd::new(&pidfd, PollFlags::IN)], Instant::now() + EXIT_TIMEOUT));
            if !over.unwrap_or(false) {
                // All orphans are its descendants.
                reap::kill_tree(pid.as_raw_pid(), &[]);
            }
        }
        let _ = self.child.try_wait();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until a descriptor is ready. Returns false if the deadline passes first.
fn wait_until(wanted: &mut [PollFd<'_>], deadline: Instant) -> io::Result<bool> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // A deadline too far in the future to represent means none.
        let timeout = Timespec::try_from(left).ok();
        match poll(wanted, timeout.as_ref()) {
            Ok(ready) => return Ok(ready > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Writes a frame: its length in four bytes, then its contents.
///
/// # Errors
/// Returns an error if the peer is gone.
pub(crate) fn write_frame(to: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(frame)
}

/// Reads a frame. Returns None at the end of the stream.
///
/// # Errors
/// Returns an error if the stream ends inside a frame, or the frame is too long.
pub(crate) fn read_frame(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > MAX_FRAME_BYTES {
        return Err(io::Error::other("frame too long"));
    }
    let mut frame = vec![0; length];
    from.read_exact(&mut frame)?;
    Ok(Some(frame))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns an agent that runs an unrelated program, and the other end of its socket.
    fn stranger() -> (Agent, UnixStream) {
        let (socket, theirs) = UnixStream::pair().expect("create a socket pair");
        let child = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn().expect("start sleep");
        let pid = rustix::process::Pid::from_child(&child);
        let inside = pidfd_open(pid, PidfdFlags::empty()).expect("open a pidfd");
        (Agent { child, socket, init_pidfd: Some(inside) }, theirs)
    }

    #[test]
    fn silent_agent_does_not_block_the_runner() {
        let (mut agent, mut theirs) = stranger();
        let (broken_off, writer) = rustix::pipe::pipe().expect("create a pipe");
        let past = Instant::now();
        let later = || Instant::now() + Duration::from_secs(60);
        assert_eq!(agent.receive(&broken_off, past).expect("no error"), AgentEvent::Timeout);
        write_frame(&mut theirs, b"one").expect("write");
        assert_eq!(agent.receive(&broken_off, later()).expect("no error"), AgentEvent::Frame(b"one".to_vec()));
        // An agent that stops in the middle of a frame.
        theirs.write_all(&[9, 0, 0, 0, b'x']).expect("write");
        assert_eq!(agent.receive(&broken_off, past).expect("no error"), AgentEvent::Timeout);
        drop(theirs);
        assert_eq!(agent.receive(&broken_off, later()).expect("no error"), AgentEvent::End);
        drop(writer);
        let began = Instant::now();
        agent.kill();
        assert!(began.elapsed() < EXIT_TIMEOUT, "killed through its pidfd");
    }

    #[test]
    fn interruption_precedes_frames() {
        let (mut agent, mut theirs) = stranger();
        let (broken_off, writer) = rustix::pipe::pipe().expect("create a pipe");
        rustix::io::write(&writer, b"x").expect("write");
        write_frame(&mut theirs, b"one").expect("write");
        let deadline = Instant::now() + Duration::from_secs(60);
        assert_eq!(agent.receive(&broken_off, deadline).expect("no error"), AgentEvent::Interrupted);
    }
}
