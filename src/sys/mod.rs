//! Floor 3: Linux. What the kernel can be asked for, in safe Rust: namespaces and mounts, limits, processes, the
//! socket table. The only floor with `unsafe`; it knows nothing of labs, scenarios or verdicts, starts no threads and
//! keeps no global state.

use std::fmt;
use std::io;

mod blocks;
mod bpf;
pub mod capability;
pub mod capture;
pub mod cgroup;
mod child;
pub mod deny;
pub mod descriptor;
pub mod ending;
pub mod fence;
mod file_changes;
mod filter;
mod inet_diag;
pub mod ipc;
pub mod keyring;
pub mod layer;
pub mod limits;
pub mod link;
pub mod mounts;
pub mod namespace;
pub mod net_namespace;
pub mod network;
pub mod offload;
pub mod open_files;
pub mod owners;
pub mod packet_filter;
pub mod packet_socket;
pub mod process;
mod rtnetlink;
#[cfg(test)]
pub(crate) mod sandboxed;
pub mod sock_diag;
mod sockaddr;
pub mod supervise;
pub mod trace;
pub mod unseen_memory;

/// What the kernel refused.
#[derive(Debug, thiserror::Error)]
pub enum SysError {
    /// One request and the kernel's answer.
    #[error("{doing} on {on}: {source}")]
    Doing {
        /// What was being done, as "mounting a tmpfs".
        doing: &'static str,
        /// On what: a path, a process, a kind of socket.
        on: String,
        /// The kernel's answer.
        source: io::Error,
    },
}

impl SysError {
    /// The kernel's error number (`errno(3)`), where the error came from the kernel.
    #[must_use]
    pub fn errno(&self) -> Option<i32> {
        let Self::Doing { source, .. } = self;
        source.raw_os_error()
    }
}

/// For `map_err`: puts the kernel's answer into its sentence. The words are only made when there is an error.
fn doing<E: Into<io::Error>>(doing: &'static str, on: impl fmt::Display) -> impl FnOnce(E) -> SysError {
    move |source| SysError::Doing { doing, on: on.to_string(), source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_a_sentence_and_keeps_its_number() {
        let error = doing("mounting a tmpfs", "/tmp")(io::Error::from_raw_os_error(libc::EPERM));
        assert_eq!(error.to_string(), "mounting a tmpfs on /tmp: Operation not permitted (os error 1)");
        assert_eq!(error.errno(), Some(libc::EPERM));
    }
}
