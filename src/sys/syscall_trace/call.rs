//! Which calls are recorded, and what of them: at their entry the descriptor and the size, at their
//! exit the result.

use crate::model::ReturnedCall;
use crate::model::net::Pid;
use crate::sys::fds;

/// The first of the kernel's internal results, which never reach a program: the call is about to be
/// repeated (`ERESTARTSYS`, `include/linux/errno.h`).
const FIRST_INTERNAL_ERROR: i64 = 512;

/// A call that has begun.
#[derive(Debug)]
pub(super) struct BegunCall {
    name: &'static str,
    fd: Option<i32>,
    inode: Option<u64>,
    size: Option<u64>,
}

/// The kind of a call.
enum Kind {
    /// It creates a socket.
    Creates,
    /// A call on sockets only.
    Socket,
    /// A call on any descriptor.
    AnyFile,
}

impl BegunCall {
    /// Returns a call that is recorded, from its number and arguments.
    pub(super) fn new(process: Pid, number: i64, arguments: [u64; 6]) -> Option<Self> {
        let has_address = arguments[4] != 0;
        let (name, kind, has_size) = match number {
            libc::SYS_socket => ("socket", Kind::Creates, false),
            libc::SYS_bind => ("bind", Kind::Socket, false),
            libc::SYS_listen => ("listen", Kind::Socket, false),
            libc::SYS_connect => ("connect", Kind::Socket, false),
            libc::SYS_accept | libc::SYS_accept4 => ("accept", Kind::Socket, false),
            libc::SYS_shutdown => ("shutdown", Kind::Socket, false),
            libc::SYS_recvfrom => (if has_address { "recvfrom" } else { "recv" }, Kind::Socket, true),
            libc::SYS_sendto => (if has_address { "sendto" } else { "send" }, Kind::Socket, true),
            libc::SYS_recvmsg | libc::SYS_recvmmsg => ("recvmsg", Kind::Socket, false),
            libc::SYS_sendmsg | libc::SYS_sendmmsg => ("sendmsg", Kind::Socket, false),
            libc::SYS_read => ("read", Kind::AnyFile, true),
            libc::SYS_readv => ("readv", Kind::AnyFile, false),
            libc::SYS_write => ("write", Kind::AnyFile, true),
            libc::SYS_writev => ("writev", Kind::AnyFile, false),
            libc::SYS_close => ("close", Kind::AnyFile, false),
            _ => return None,
        };
        // The kernel reads the lower half of a descriptor and ignores the upper half.
        let fd = (!matches!(kind, Kind::Creates)).then_some(arguments[0] as u32 as i32);
        let inode = fd.and_then(|fd| fds::socket_at(process, fd));
        Some(Self { name, fd, inode, size: has_size.then_some(arguments[2]) })
            .filter(|call| call.is_about_socket(&kind) || number != libc::SYS_close)
    }

    /// Returns true if the call is known to be about a socket.
    const fn is_about_socket(&self, kind: &Kind) -> bool {
        matches!(kind, Kind::Creates | Kind::Socket) || self.inode.is_some()
    }

    /// Returns the call with its result. None if it is not recorded: it was about another file, or
    /// has not ended.
    pub(super) fn returned(self, process: Pid, result: i64) -> Option<ReturnedCall> {
        if result <= -FIRST_INTERNAL_ERROR {
            return None;
        }
        let is_data_call = matches!(self.name, "read" | "readv" | "write" | "writev");
        if is_data_call && self.inode.is_none() && result != -i64::from(libc::EBADF) {
            return None;
        }
        let creates = matches!(self.name, "socket" | "accept");
        let new = i32::try_from(result).ok().filter(|fd| creates && *fd >= 0);
        let created = new.and_then(|fd| fds::socket_at(process, fd));
        let Self { name, fd, inode, size } = self;
        Some(ReturnedCall { name: name.to_owned(), fd, inode, size, result, created })
    }
}
