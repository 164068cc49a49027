//! The kinds of descriptors of a program, and calls that are made in its place.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType, sockopt};
use rustix::process::{Pid as ProcessId, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};

use super::call::{CallKind, descriptor};
use crate::model::net::Pid;
use crate::sys::{fds, sockaddr};

/// The kind of file that the first argument of a call refers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// A TCP socket that is no listener, with its inode.
    Stream(u64),
    /// A UDP socket.
    Datagram,
    /// A listening TCP socket.
    Listener,
    /// Standard input that is no socket.
    Keyboard,
    /// Standard output or standard error that is no socket.
    Screen,
    /// A file on a disk, or in memory.
    File,
    /// Any other file, or no descriptor.
    Other,
}

/// Returns the kind of file that the first argument of a call refers to.
pub(super) fn target_of(process: Pid, kind: CallKind, arguments: [u64; 6]) -> Target {
    let fd = descriptor(arguments);
    match kind {
        CallKind::Accept | CallKind::Send | CallKind::Receive | CallKind::Close => {}
        CallKind::Socket | CallKind::Bind | CallKind::Listen | CallKind::Connect | CallKind::Exit => {
            return Target::Other;
        }
    }
    if let Some(inode) = fds::socket_at(process, fd) {
        return copy_of(process, fd).and_then(|copy| socket_kind(&copy, inode)).unwrap_or(Target::Other);
    }
    match fd {
        0 => Target::Keyboard,
        1 | 2 => Target::Screen,
        _ if is_regular(process, fd) => Target::File,
        _ => Target::Other,
    }
}

/// Makes the kernel send a reset when the last descriptor of a socket is closed (`socket(7)`, SO_LINGER).
pub(super) fn reset_at_close(process: Pid, fd: i32) -> Option<()> {
    sockopt::set_socket_linger(copy_of(process, fd)?, Some(Duration::ZERO)).ok()
}

/// Sends a datagram to an address from a new socket, in the network namespace of this process.
pub(super) fn send_from_new_socket(address: &[u8], data: &[u8]) -> Option<()> {
    let to = sockaddr::parse(address)?;
    let any = match to.ip() {
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
    };
    UdpSocket::bind((any, 0)).ok()?.send_to(data, to).ok().map(drop)
}

/// Returns a descriptor of this process for the socket of another one (`pidfd_getfd(2)`).
fn copy_of(process: Pid, fd: i32) -> Option<OwnedFd> {
    let pidfd = pidfd_open(ProcessId::from_raw(process)?, PidfdFlags::empty()).ok()?;
    pidfd_getfd(&pidfd, fd, PidfdGetfdFlags::empty()).ok()
}

fn socket_kind(socket: &OwnedFd, inode: u64) -> Option<Target> {
    let domain = sockopt::socket_domain(socket).ok()?;
    if domain != AddressFamily::INET && domain != AddressFamily::INET6 {
        return None;
    }
    let is_listener = sockopt::socket_acceptconn(socket).unwrap_or(false);
    match sockopt::socket_type(socket).ok()? {
        SocketType::STREAM if is_listener => Some(Target::Listener),
        SocketType::STREAM => Some(Target::Stream(inode)),
        SocketType::DGRAM => Some(Target::Datagram),
        _ => None,
    }
}

fn is_regular(process: Pid, fd: i32) -> bool {
    std::fs::metadata(format!("/proc/{process}/fd/{fd}")).is_ok_and(|file| file.is_file())
}
