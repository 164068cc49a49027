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
    /// It waits for several descriptors, or creates a process.
    Other,
}

/// The calls that exist for old programs on some architectures only (`syscalls(2)`).
#[cfg(target_arch = "x86_64")]
mod old {
    pub(super) const POLL: i64 = libc::SYS_poll;
    pub(super) const SELECT: i64 = libc::SYS_select;
    pub(super) const EPOLL_WAIT: i64 = libc::SYS_epoll_wait;
    pub(super) const DUP2: i64 = libc::SYS_dup2;
    pub(super) const FORK: i64 = libc::SYS_fork;
    pub(super) const VFORK: i64 = libc::SYS_vfork;
}
#[cfg(not(target_arch = "x86_64"))]
mod old {
    pub(super) const POLL: i64 = -1;
    pub(super) const SELECT: i64 = -2;
    pub(super) const EPOLL_WAIT: i64 = -3;
    pub(super) const DUP2: i64 = -4;
    pub(super) const FORK: i64 = -5;
    pub(super) const VFORK: i64 = -6;
}

/// The result of an interrupted call, as a tracer sees it (ERESTARTSYS, include/linux/errno.h).
const INTERRUPTED: i64 = -512;

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
            libc::SYS_dup | old::DUP2 | libc::SYS_dup3 => ("dup", Kind::AnyFile, false),
            libc::SYS_fcntl if [libc::F_DUPFD, libc::F_DUPFD_CLOEXEC].contains(&(arguments[1] as i32)) => {
                ("dup", Kind::AnyFile, false)
            }
            old::POLL | libc::SYS_ppoll => ("poll", Kind::Other, true),
            old::SELECT | libc::SYS_pselect6 => ("select", Kind::Other, true),
            old::EPOLL_WAIT | libc::SYS_epoll_pwait | libc::SYS_epoll_pwait2 => ("epoll_wait", Kind::AnyFile, true),
            old::FORK | old::VFORK => ("fork", Kind::Other, false),
            // A new thread is no new process.
            libc::SYS_clone if arguments[0] & libc::CLONE_THREAD as u64 == 0 => ("fork", Kind::Other, false),
            _ => return None,
        };
        // The kernel reads the lower half of a descriptor and ignores the upper half.
        let fd = (!matches!(kind, Kind::Creates | Kind::Other)).then_some(arguments[0] as u32 as i32);
        let inode = fd.and_then(|fd| fds::socket_at(process, fd));
        // The number of descriptors: the first argument of `select`, the second of `poll`.
        let size = match name {
            "select" => arguments[0],
            "poll" => arguments[1],
            _ => arguments[2],
        };
        Some(Self { name, fd, inode, size: has_size.then_some(size) })
            .filter(|call| call.is_about_socket(&kind) || !matches!(call.name, "close" | "dup"))
    }

    /// Returns true if the call is known to be about a socket.
    const fn is_about_socket(&self, kind: &Kind) -> bool {
        matches!(kind, Kind::Creates | Kind::Socket | Kind::Other) || self.inode.is_some()
    }

    /// Returns the call with its result. None if it is not recorded: it was about another file, or
    /// has not ended.
    pub(super) fn returned(self, process: Pid, result: i64) -> Option<ReturnedCall> {
        // A signal interrupted it. Its handler decides whether the call is made again, or fails
        // with EINTR: only for an `accept`, which may end the program then, that is worth a record.
        let result = match result {
            INTERRUPTED if self.name == "accept" => -i64::from(libc::EINTR),
            result if result <= -FIRST_INTERNAL_ERROR => return None,
            result => result,
        };
        let is_data_call = matches!(self.name, "read" | "readv" | "write" | "writev");
        if is_data_call && self.inode.is_none() && result != -i64::from(libc::EBADF) {
            return None;
        }
        let creates = matches!(self.name, "socket" | "accept" | "dup");
        let new = i32::try_from(result).ok().filter(|fd| creates && *fd >= 0);
        let created = new.and_then(|fd| fds::socket_at(process, fd));
        let Self { name, fd, inode, size } = self;
        Some(ReturnedCall { name: name.to_owned(), fd, inode, size, result, created })
    }
}
