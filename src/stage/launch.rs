//! The runner's side of an agent: its process, the socket to it, and its end. It does not know what is said.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use rustix::event::{PollFd, PollFlags, poll};

use crate::sys::{descriptor, ending, process};

/// The hidden word with which the program is an agent.
pub const AGENT: &str = "__agent";
/// The longest frame, in bytes: more is no honest agent's.
const LONGEST: usize = 512 << 20;

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

    /// The next frame; none where it ended or `broken_off` became readable.
    ///
    /// # Errors
    /// The socket failed, or a frame is longer than any agent's.
    pub fn hear(&mut self, broken_off: &impl AsFd) -> io::Result<Option<Vec<u8>>> {
        let mut wanted = [PollFd::new(&self.socket, PollFlags::IN), PollFd::new(broken_off, PollFlags::IN)];
        rustix::io::retry_on_intr(|| poll(&mut wanted, None))?;
        if !wanted[1].revents().is_empty() {
            return Ok(None);
        }
        read_frame(&mut self.socket)
    }

    /// Ends it and everything that it started, and waits until all is gone.
    pub fn end(&mut self) {
        if let Some(inside) = &self.inside {
            // Readable once everything in its pid namespace is dead. It may be so already.
            let _ = ending::kill_by_pidfd(inside, libc::SIGKILL);
            let mut wanted = [PollFd::new(inside, PollFlags::IN)];
            let _ = rustix::io::retry_on_intr(|| poll(&mut wanted, None));
            let _ = self.child.kill();
        } else {
            // An agent of the plain stage ends what it started, then itself, when the socket closes. Killed, it could not.
            let _ = self.socket.shutdown(std::net::Shutdown::Both);
        }
        let _ = self.child.wait();
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        self.end();
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
        return Err(io::Error::other("a frame that is too long"));
    }
    let mut frame = vec![0; length];
    from.read_exact(&mut frame)?;
    Ok(Some(frame))
}
