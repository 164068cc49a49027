//! Linux interfaces in safe Rust (floor 3): namespaces and mounts, limits, processes, the socket
//! table.
//!
//! This is the only floor with `unsafe`. It does not depend on labs, scenarios or verdicts, starts
//! no threads and keeps no global state.

use std::{fmt, io};

use crate::model::HarnessError;
pub use crate::model::Operation;

mod bpf;
pub(crate) mod capability;
pub(crate) mod cgroup;
mod child;
pub(crate) mod child_signal;
pub(crate) mod fd_passing;
pub mod fds;
mod file_metadata;
mod inet_diag;
pub(crate) mod ipc;
pub(crate) mod kernel_memory;
pub(crate) mod keyring;
pub mod landlock;
pub(crate) mod local_time;
pub(crate) mod mappings;
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
pub(crate) mod syscall_trace;
#[cfg(test)]
pub(crate) mod test_sandbox;
pub(crate) mod thread_registers;
pub mod thread_wait;
pub mod veth;

/// An error of a request to the kernel.
#[derive(Debug, thiserror::Error)]
pub enum SysError {
    /// One request and the kernel's error.
    #[error("{operation}{}: {source}", on_object(.on.as_deref()))]
    Doing {
        /// The operation that failed.
        operation: Operation,
        /// The object of the operation, such as a path or an interface. None if the operation
        /// determines it.
        on: Option<String>,
        /// The kernel's error.
        source: io::Error,
    },
}

fn on_object(object: Option<&str>) -> String {
    object.map_or_else(String::new, |object| format!(" on {object}"))
}

impl SysError {
    /// Returns the error number (`errno(3)`), if the error came from the kernel.
    #[must_use]
    pub fn errno(&self) -> Option<i32> {
        let Self::Doing { source, .. } = self;
        source.raw_os_error()
    }
}

impl From<SysError> for HarnessError {
    fn from(error: SysError) -> Self {
        let SysError::Doing { operation, on, source } = error;
        Self::system(operation, on, source)
    }
}

/// Returns a closure for `map_err` that adds the operation and its object to an error. The text is
/// only formatted if there is an error.
fn doing<E: Into<io::Error>>(operation: Operation, on: impl fmt::Display) -> impl FnOnce(E) -> SysError {
    move |source| SysError::Doing { operation, on: Some(on.to_string()), source: source.into() }
}

/// Returns a closure for `map_err` that adds the operation to an error.
fn during<E: Into<io::Error>>(operation: Operation) -> impl FnOnce(E) -> SysError {
    move |source| SysError::Doing { operation, on: None, source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_displays_action_and_object_and_keeps_errno() {
        let refused = || io::Error::from_raw_os_error(libc::EPERM);
        let error = doing(Operation::MountEmpty, "/tmp")(refused());
        assert_eq!(error.to_string(), "mounting an empty directory on /tmp: Operation not permitted (os error 1)");
        assert_eq!(error.errno(), Some(libc::EPERM));
        let error: SysError = during(Operation::Fork)(refused());
        assert_eq!(error.to_string(), "forking: Operation not permitted (os error 1)");
    }
}
