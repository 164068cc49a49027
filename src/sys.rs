//! Linux interfaces in safe Rust (floor 3): namespaces and mounts, limits, processes, the socket
//! table.
//!
//! This is the only floor with `unsafe`. It does not depend on labs, scenarios or verdicts, starts
//! no threads and keeps no global state.

use std::{fmt, io};

mod bpf;
pub(crate) mod capability;
pub(crate) mod cgroup;
mod child;
pub(crate) mod fd_passing;
pub mod fds;
mod file_metadata;
mod inet_diag;
pub(crate) mod ipc;
pub(crate) mod kernel_memory;
pub(crate) mod keyring;
pub mod landlock;
pub(crate) mod mounts;
pub(crate) mod namespace;
pub mod net_namespace;
pub mod net_settings;
pub mod offload;
pub(crate) mod overlay;
pub(crate) mod packet_filter;
pub(crate) mod packet_ring;
pub(crate) mod packet_socket;
pub(crate) mod procfs;
pub(crate) mod reap;
pub(crate) mod rlimits;
mod rtnetlink;
mod seccomp;
pub(crate) mod seccomp_notify;
pub mod sock_diag;
mod sockaddr;
pub(crate) mod spawn;
pub(crate) mod syscall_denylist;
pub(crate) mod syscall_policy;
#[cfg(test)]
pub(crate) mod test_sandbox;
pub mod veth;

/// An error of a request to the kernel.
#[derive(Debug, thiserror::Error)]
pub enum SysError {
    /// One request and the kernel's error.
    #[error("{doing} on {on}: {source}")]
    Doing {
        /// The action that failed, for example "mounting a tmpfs".
        doing: &'static str,
        /// The object of the action: a path, a process, a kind of socket.
        on: String,
        /// The kernel's error.
        source: io::Error,
    },
}

impl SysError {
    /// Returns the error number (`errno(3)`), if the error came from the kernel.
    #[must_use]
    pub fn errno(&self) -> Option<i32> {
        let Self::Doing { source, .. } = self;
        source.raw_os_error()
    }
}

/// Returns a closure for `map_err` that adds the action and its object to an error. The text is
/// only formatted if there is an error.
fn doing<E: Into<io::Error>>(doing: &'static str, on: impl fmt::Display) -> impl FnOnce(E) -> SysError {
    move |source| SysError::Doing { doing, on: on.to_string(), source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_displays_action_and_object_and_keeps_errno() {
        let error = doing("mounting a tmpfs", "/tmp")(io::Error::from_raw_os_error(libc::EPERM));
        assert_eq!(error.to_string(), "mounting a tmpfs on /tmp: Operation not permitted (os error 1)");
        assert_eq!(error.errno(), Some(libc::EPERM));
    }
}
