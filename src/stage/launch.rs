//! The runner's side of an agent: its process, the socket to it, and its end. It does not know what is said.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{PidfdFlags, pidfd_open};

use crate::sys::{descriptor, ending, process};

/// The hidden word with which the program is an agent.
pub const AGENT: &str = "__agent";
/// The longest frame, in bytes: more is no honest agent's.
const LONGEST: usize = 512 << 20;

/// How long it may take until its stage is made.
pub const TO_BEGIN: Duration = Duration::from_secs(120);
/// How long it may take until it has ended with all that it started: only a machine that is out of memory or a hung device need more.
const TO_END: Duration = Duration::from_secs(30);

/// What there is to hear of an agent.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    /// It said this.
    Frame(Vec<u8>),
    /// It ended.
    End,
    /// It said nothing in its time.
    Nothing,
    /// The run is broken off.
    BrokenOff,
}

/// An agent that runs. Dropped, it is ended with all that it started.
#[derive(Debug)]
pub struct Agent {
    child: Child,
    socket: UnixStream,
    /// Its first process inside, once it has told; none on the plain stage.
    inside: Option<OwnedFd>,
}

impl Agent {
    /// Starts one. This thread must live at least as long (the kernel ends the agent with the thread).
    ///
    /// # Errors
    /// The process or the socket pair cannot be made.
    pub fn start() -> io::Result<Self> {
        let (socket, theirs) = UnixStream::pair()?;
        // An agent that hangs before its first frame holds nobody up for ever.
        socket.set_read_timeout(Some(TO_BEGIN))?;
        socket.set_write_timeout(Some(TO_BEGIN))?;
        let child = Command::new(process::program_itself())
            .arg(AGENT)
            .env_clear()
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        Ok(Self { child, socket, inside: None })
    }

    /// Says something to it.
    ///
    /// # Errors
    /// It is gone.
    pub fn say(&mut self, frame: &[u8]) -> io::Result<()> {
        write_frame(&mut self.socket, frame)
    }

    /// Takes the handle by which everything inside is ended at once. Comes before the first frame.
    ///
    /// # Errors
    /// It is gone.
    pub fn take_inside(&mut self) -> io::Result<()> {
        self.inside = Some(descriptor::recv_fd(&self.socket).map_err(io::Error::other)?);
        Ok(())
    }

    /// What it says next, or what came instead.
    ///
    /// # Errors
    /// The socket failed, or a frame is longer than any agent's.
    pub fn hear(&mut self, broken_off: &impl AsFd, deadline: Instant) -> io::Result<Heard> {
        let mut wanted = [PollFd::new(&self.socket, PollFlags::IN), PollFd::new(broken_off, PollFlags::IN)];
        if !wait_until(&mut wanted, deadline)? {
            return Ok(Heard::Nothing);
        }
        if !wanted[1].revents().is_empty() {
            return Ok(Heard::BrokenOff);
        }
        // An agent that stops in the middle of a frame is heard no more than one that says nothing.
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        self.socket.set_read_timeout(Some(left))?;
        match read_frame(&mut self.socket) {
            Ok(Some(frame)) => Ok(Heard::Frame(frame)),
            Ok(None) => Ok(Heard::End),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                Ok(Heard::Nothing)
            }
            // It was ended while it wrote.
            Err(error) if matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset) => {
                Ok(Heard::End)
            }
            Err(error) => Err(error),
        }
    }

    /// Ends it and everything that it started, and waits until all is gone; not for ever: what the kernel cannot end
    /// (a process that waits for a hung disk) is left to it.
    pub fn end(&mut self) {
        if let Some(inside) = &self.inside {
            // Readable once everything in its pid namespace is dead. It may be so already.
            let _ = ending::kill_by_pidfd(inside, libc::SIGKILL);
            let _ = wait_until(&mut [PollFd::new(inside, PollFlags::IN)], Instant::now() + TO_END);
            let _ = self.child.kill();
        } else {
            // An agent of the plain stage ends what it started, then itself, when the socket closes. Killed, it could not.
            let _ = self.socket.shutdown(std::net::Shutdown::Both);
        }
        if let Ok(None) = self.child.try_wait() {
            let pid = rustix::process::Pid::from_child(&self.child);
            let over = pidfd_open(pid, PidfdFlags::empty()).map_err(io::Error::from);
            let over =
                over.and_then(|pidfd| wait_until(&mut [PollFd::new(&pidfd, PollFlags::IN)], Instant::now() + TO_END));
            if !over.unwrap_or(false) {
                // All orphans are below it.
                ending::kill_tree(pid.as_raw_pid(), &[]);
            }
        }
        let _ = self.child.try_wait();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.end();
    }
}

/// Waits until one of these is ready; false where none is at the deadline.
fn wait_until(wanted: &mut [PollFd<'_>], deadline: Instant) -> io::Result<bool> {
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        // A deadline that is farther off than any is none.
        let timeout = Timespec::try_from(left).ok();
        match poll(wanted, timeout.as_ref()) {
            Ok(ready) => return Ok(ready > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Writes a frame: its length in four bytes, then itself.
///
/// # Errors
/// The other end is gone.
pub fn write_frame(to: &mut impl Write, frame: &[u8]) -> io::Result<()> {
    let length = u32::try_from(frame.len()).map_err(io::Error::other)?;
    to.write_all(&length.to_le_bytes())?;
    to.write_all(frame)
}

/// Reads a frame; none at the end of the stream.
///
/// # Errors
/// The stream broke off inside a frame, or the frame is longer than any honest one.
pub fn read_frame(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let length = u32::from_le_bytes(length) as usize;
    if length > LONGEST {
        return Err(io::Error::other("frame too long"));
    }
    let mut frame = vec![0; length];
    from.read_exact(&mut frame)?;
    Ok(Some(frame))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An agent that is somebody else's program, and its end of the socket.
    fn stranger() -> (Agent, UnixStream) {
        let (socket, theirs) = UnixStream::pair().expect("a pair");
        let child = Command::new("sleep").arg("1000").stdin(Stdio::null()).spawn().expect("it starts");
        let pid = rustix::process::Pid::from_child(&child);
        let inside = pidfd_open(pid, PidfdFlags::empty()).expect("it is there");
        (Agent { child, socket, inside: Some(inside) }, theirs)
    }

    #[test]
    fn an_agent_that_says_nothing_holds_nobody_up() {
        let (mut agent, mut theirs) = stranger();
        let (broken_off, writer) = rustix::pipe::pipe().expect("a pipe");
        let past = Instant::now();
        let later = || Instant::now() + Duration::from_secs(60);
        assert_eq!(agent.hear(&broken_off, past).expect("no error"), Heard::Nothing);
        write_frame(&mut theirs, b"one").expect("written");
        assert_eq!(agent.hear(&broken_off, later()).expect("no error"), Heard::Frame(b"one".to_vec()));
        // One that stops in the middle of a frame.
        theirs.write_all(&[9, 0, 0, 0, b'x']).expect("written");
        assert_eq!(agent.hear(&broken_off, past).expect("no error"), Heard::Nothing);
        drop(theirs);
        assert_eq!(agent.hear(&broken_off, later()).expect("no error"), Heard::End);
        drop(writer);
        let began = Instant::now();
        agent.end();
        assert!(began.elapsed() < TO_END, "it is killed by its descriptor");
    }

    #[test]
    fn whoever_breaks_off_is_heard_first() {
        let (mut agent, mut theirs) = stranger();
        let (broken_off, writer) = rustix::pipe::pipe().expect("a pipe");
        rustix::io::write(&writer, b"x").expect("written");
        write_frame(&mut theirs, b"one").expect("written");
        let deadline = Instant::now() + Duration::from_secs(60);
        assert_eq!(agent.hear(&broken_off, deadline).expect("no error"), Heard::BrokenOff);
    }
}
