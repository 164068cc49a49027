//! A call of a traced program, and the kinds of calls that mutations distinguish.

use crate::model::net::Pid;

/// A call that begins: its number and arguments.
#[derive(Debug, Clone, Copy)]
pub(super) struct Call {
    pub(super) process: Pid,
    pub(super) number: i64,
    pub(super) arguments: [u64; 6],
}

/// The kinds of calls that mutations distinguish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CallKind {
    Socket,
    Bind,
    Listen,
    Connect,
    Accept,
    Send,
    Receive,
    Close,
    Exit,
}

/// Returns the kind of a call; `None` if no mutation changes it.
pub(super) fn kind_of(number: i64) -> Option<CallKind> {
    Some(match number {
        libc::SYS_socket => CallKind::Socket,
        libc::SYS_bind => CallKind::Bind,
        libc::SYS_listen => CallKind::Listen,
        libc::SYS_connect => CallKind::Connect,
        libc::SYS_accept | libc::SYS_accept4 => CallKind::Accept,
        libc::SYS_sendto | libc::SYS_sendmsg | libc::SYS_write | libc::SYS_writev | libc::SYS_pwrite64 => {
            CallKind::Send
        }
        libc::SYS_recvfrom | libc::SYS_recvmsg | libc::SYS_read | libc::SYS_readv => CallKind::Receive,
        libc::SYS_close | libc::SYS_shutdown => CallKind::Close,
        libc::SYS_exit_group => CallKind::Exit,
        _ => return None,
    })
}

/// Returns the descriptor in the first argument, of which the kernel reads the lower half.
pub(super) const fn descriptor(arguments: [u64; 6]) -> i32 {
    arguments[0] as u32 as i32
}
