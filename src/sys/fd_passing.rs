//! Keeps descriptors from children, and passes them to other processes. Does not know what they
//! refer to.
#![expect(unsafe_code, reason = "close_range has no safe wrapper")]

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd, RawFd};

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
    recvmsg, sendmsg,
};

use super::{Operation, SysError, during};

/// Makes every descriptor from this number on close-on-exec (Linux 5.11). Async-signal-safe.
pub(super) fn close_on_exec_from(first: RawFd) -> io::Result<()> {
    let first = libc::c_uint::try_from(first).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: no memory is passed, and no descriptor is closed now.
    if unsafe { libc::syscall(libc::SYS_close_range, first, libc::c_uint::MAX, libc::CLOSE_RANGE_CLOEXEC) } == 0 {
        return Ok(());
    }
    Err(io::Error::last_os_error())
}

/// Sends a descriptor over a unix stream socket, with one byte (`unix(7)`, `SCM_RIGHTS`).
///
/// # Errors
/// Returns an error if the other end is closed (`EPIPE`).
pub(crate) fn send_fd(socket: impl AsFd, descriptor: impl AsFd) -> Result<(), SysError> {
    let passed = [descriptor.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    let fits = control.push(SendAncillaryMessage::ScmRights(&passed));
    debug_assert!(fits, "the space is for one descriptor");
    let bytes = [IoSlice::new(&[0])];
    rustix::io::retry_on_intr(|| sendmsg(&socket, &bytes, &mut control, SendFlags::NOSIGNAL))
        .map_err(during(Operation::PassDescriptor))?;
    Ok(())
}

/// Receives a descriptor from [`send_fd`]; it is close-on-exec.
///
/// # Errors
/// Returns an error if the other end was closed (`UnexpectedEof`), or if a byte came without a
/// descriptor (`InvalidData`).
pub(crate) fn recv_fd(socket: impl AsFd) -> Result<OwnedFd, SysError> {
    const DOING: Operation = Operation::ReceiveDescriptor;
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let message = rustix::io::retry_on_intr(|| {
        let mut bytes = [IoSliceMut::new(&mut byte)];
        recvmsg(&socket, &mut bytes, &mut control, RecvFlags::CMSG_CLOEXEC)
    })
    .map_err(during(DOING))?;
    let passed = control.drain().find_map(|message| match message {
        RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
        _ => None,
    });
    passed.ok_or_else(|| {
        let kind = match message.bytes {
            0 => io::ErrorKind::UnexpectedEof,
            _ => io::ErrorKind::InvalidData,
        };
        during(DOING)(io::Error::from(kind))
    })
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn descriptor_is_received_and_usable() {
        let (here, there) = UnixStream::pair().expect("a pair");
        let (mut reader, writer) = std::io::pipe().expect("a pipe");
        send_fd(&here, &writer).expect("sent");
        drop(writer);
        let writer = recv_fd(&there).expect("received");
        let flags = rustix::io::fcntl_getfd(&writer).expect("open");
        assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
        std::fs::File::from(writer).write_all(b"hello").expect("written");
        let mut text = String::new();
        reader.read_to_string(&mut text).expect("read");
        assert_eq!(text, "hello");
    }

    #[test]
    fn missing_descriptor_and_eof_are_distinguished() {
        let (mut here, there) = UnixStream::pair().expect("a pair");
        here.write_all(b"x").expect("written");
        let kind = |result: Result<OwnedFd, SysError>| {
            let SysError::Doing { source, .. } = result.expect_err("none was sent");
            source.kind()
        };
        assert_eq!(kind(recv_fd(&there)), io::ErrorKind::InvalidData);
        drop(here);
        assert_eq!(kind(recv_fd(&there)), io::ErrorKind::UnexpectedEof);
    }
}
