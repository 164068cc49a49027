//! `Syscall`: a system call on sockets or processes that a program under test made. The result is
//! not known: it shows in the socket table and the packets.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// A system call with its arguments. `fd` is the program's file descriptor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Syscall {
    /// `socket(2)`
    Socket {
        /// The address family: `AF_INET` 2, `AF_INET6` 10, `AF_UNIX` 1.
        domain: i32,
        /// The type without flags: `SOCK_STREAM` 1, `SOCK_DGRAM` 2.
        kind: i32,
        /// The protocol; 0 is the default of the type.
        protocol: i32,
    },
    /// `bind(2)`
    Bind {
        /// The socket.
        fd: i32,
        /// The address, if it is IPv4 or IPv6 and could be read.
        address: Option<SocketAddr>,
        /// The length of the address, as the program gave it; `None` if it was not recorded.
        #[serde(default)]
        length: Option<i32>,
        /// The family in the address: `AF_INET` 2, `AF_INET6` 10. `None` if it could not be read,
        /// or was not recorded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        family: Option<i32>,
    },
    /// `listen(2)`
    Listen {
        /// The socket.
        fd: i32,
        /// The requested length of the accept queue.
        backlog: i32,
    },
    /// `connect(2)`
    Connect {
        /// The socket.
        fd: i32,
        /// The address, as for `Bind`.
        address: Option<SocketAddr>,
    },
    /// `accept(2)` or `accept4(2)`. The call may block for long.
    Accept {
        /// The listening socket.
        fd: i32,
    },
    /// `shutdown(2)`
    Shutdown {
        /// The socket.
        fd: i32,
        /// `SHUT_RD` 0, `SHUT_WR` 1, `SHUT_RDWR` 2.
        how: i32,
    },
    /// `setsockopt(2)`
    SetOption {
        /// The socket.
        fd: i32,
        /// `SOL_SOCKET` 1, `IPPROTO_TCP` 6, `IPPROTO_IPV6` 41.
        level: i32,
        /// The number of the option.
        name: i32,
        /// The first four bytes of its value, if there are four and they could be read.
        value: Option<i32>,
    },
    /// `kill(2)` and similar calls.
    Kill {
        /// The process. 0: the caller's group; -1: every process; less than -1: another group.
        pid: i32,
        /// The number of the signal.
        signal: i32,
    },
    /// A call that creates or sets a timer: `setitimer(2)`, `alarm(2)`, `timer_settime(2)` or
    /// `timerfd_create(2)`. The program may then act without input.
    Timer {
        /// The name of the call, as in its manual page.
        name: String,
    },
    /// A call on a process outside the scenario, which was denied.
    Denied {
        /// The name of the call, as in its manual page.
        name: String,
        /// The process.
        pid: i32,
    },
}

impl Syscall {
    /// Returns the name of the call, as in its manual page; `accept` for both of its forms.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Socket { .. } => "socket",
            Self::Bind { .. } => "bind",
            Self::Listen { .. } => "listen",
            Self::Connect { .. } => "connect",
            Self::Accept { .. } => "accept",
            Self::Shutdown { .. } => "shutdown",
            Self::SetOption { .. } => "setsockopt",
            Self::Kill { .. } => "kill",
            Self::Timer { name } | Self::Denied { name, .. } => name,
        }
    }

    /// Returns true if the call is about a socket.
    #[must_use]
    pub const fn is_socket_call(&self) -> bool {
        !matches!(self, Self::Kill { .. } | Self::Timer { .. } | Self::Denied { .. })
    }

    /// Returns true if the program may act without input from here on: the call sets a timer, or a
    /// time limit of a socket (`SO_RCVTIMEO`, `SO_SNDTIMEO` in both of their forms, `socket(7)`).
    #[must_use]
    pub const fn sets_time_limit(&self) -> bool {
        matches!(self, Self::Timer { .. } | Self::SetOption { level: 1, name: 20 | 21 | 66 | 67, .. })
    }

    /// Returns the socket that the call is about. None for `socket`, which creates one.
    #[must_use]
    pub const fn fd(&self) -> Option<i32> {
        match self {
            Self::Socket { .. } | Self::Kill { .. } | Self::Timer { .. } | Self::Denied { .. } => None,
            Self::Bind { fd, .. }
            | Self::Listen { fd, .. }
            | Self::Connect { fd, .. }
            | Self::Accept { fd }
            | Self::Shutdown { fd, .. }
            | Self::SetOption { fd, .. } => Some(*fd),
        }
    }

    /// Returns true if the call creates an internet socket of this type (`SOCK_STREAM` 1,
    /// `SOCK_DGRAM` 2).
    #[must_use]
    pub const fn makes_internet_socket(&self, wanted: i32) -> bool {
        matches!(self, Self::Socket { domain: 2 | 10, kind, .. } if *kind == wanted)
    }
}

impl std::fmt::Display for Syscall {
    /// Formats a call as `strace` does, with the names that students know: `bind(3,
    /// 127.0.0.1:65432)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let address = |address: &Option<SocketAddr>| address.map_or_else(|| "?".to_owned(), |at| at.to_string());
        match self {
            Self::Socket { domain, kind, .. } => {
                let domain = family_name(*domain);
                let kind = match kind {
                    1 => "SOCK_STREAM".to_owned(),
                    2 => "SOCK_DGRAM".to_owned(),
                    3 => "SOCK_RAW".to_owned(),
                    other => other.to_string(),
                };
                write!(f, "socket({domain}, {kind})")
            }
            Self::Bind { fd, address: None, length: Some(length), family: Some(family) } => {
                write!(f, "bind({fd}, {}, {length})", family_name(*family))
            }
            Self::Bind { fd, address: at, .. } => write!(f, "bind({fd}, {})", address(at)),
            Self::Listen { fd, backlog } => write!(f, "listen({fd}, {backlog})"),
            Self::Connect { fd, address: at } => write!(f, "connect({fd}, {})", address(at)),
            Self::Accept { fd } => write!(f, "accept({fd})"),
            Self::Shutdown { fd, how } => {
                let how = match how {
                    0 => "SHUT_RD".to_owned(),
                    1 => "SHUT_WR".to_owned(),
                    2 => "SHUT_RDWR".to_owned(),
                    other => other.to_string(),
                };
                write!(f, "shutdown({fd}, {how})")
            }
            Self::SetOption { fd, level, name, value } => {
                let option = match (level, name) {
                    (1, 2) => "SO_REUSEADDR".to_owned(),
                    (1, 15) => "SO_REUSEPORT".to_owned(),
                    (1, 13) => "SO_LINGER".to_owned(),
                    (1, 9) => "SO_KEEPALIVE".to_owned(),
                    (6, 1) => "TCP_NODELAY".to_owned(),
                    (41, 26) => "IPV6_V6ONLY".to_owned(),
                    (level, name) => format!("{level}, {name}"),
                };
                let value = value.map_or_else(|| "?".to_owned(), |value| value.to_string());
                write!(f, "setsockopt({fd}, {option}, {value})")
            }
            Self::Kill { pid, signal } => {
                let name = match signal {
                    1 => "SIGHUP",
                    2 => "SIGINT",
                    3 => "SIGQUIT",
                    9 => "SIGKILL",
                    15 => "SIGTERM",
                    19 => "SIGSTOP",
                    24 => "SIGXCPU",
                    _ => return write!(f, "kill({pid}, {signal})"),
                };
                write!(f, "kill({pid}, {name})")
            }
            Self::Timer { name } => write!(f, "{name}()"),
            Self::Denied { name, pid } => write!(f, "{name}({pid}) = EPERM"),
        }
    }
}

/// Returns the name of an address family.
fn family_name(family: i32) -> String {
    match family {
        0 => "AF_UNSPEC".to_owned(),
        1 => "AF_UNIX".to_owned(),
        2 => "AF_INET".to_owned(),
        10 => "AF_INET6".to_owned(),
        16 => "AF_NETLINK".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_formatted_like_strace() {
        let at = SocketAddr::from(([127, 0, 0, 1], 65432));
        let shown = [
            Syscall::Socket { domain: 2, kind: 1, protocol: 0 },
            Syscall::SetOption { fd: 3, level: 1, name: 2, value: Some(1) },
            Syscall::Bind { fd: 3, address: Some(at), length: Some(16), family: Some(2) },
            Syscall::Bind { fd: 3, address: None, length: Some(16), family: Some(10) },
            Syscall::Listen { fd: 3, backlog: 5 },
            Syscall::Accept { fd: 3 },
            Syscall::Shutdown { fd: 4, how: 1 },
            Syscall::Kill { pid: -1, signal: 9 },
            Syscall::Timer { name: "alarm".to_owned() },
            Syscall::Denied { name: "prlimit".to_owned(), pid: 1 },
        ]
        .map(|call| call.to_string());
        assert_eq!(
            shown,
            [
                "socket(AF_INET, SOCK_STREAM)",
                "setsockopt(3, SO_REUSEADDR, 1)",
                "bind(3, 127.0.0.1:65432)",
                "bind(3, AF_INET6, 16)",
                "listen(3, 5)",
                "accept(3)",
                "shutdown(4, SHUT_WR)",
                "kill(-1, SIGKILL)",
                "alarm()",
                "prlimit(1) = EPERM",
            ]
        );
    }
}
