//! Network namespaces beside one's own (`network_namespaces(7)`): made, kept by a descriptor, and entered for a while by
//! one thread. They live as long as a descriptor, a process or a socket in them does. It needs `CAP_SYS_ADMIN` in the
//! user namespace, as init of a sandbox has it, and does not know what is in them.
#![expect(unsafe_code, reason = "unshare")]

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space, unshare_unsafe};

use super::{SysError, doing};
use crate::model::net::Pid;

/// A network namespace.
#[derive(Debug)]
pub struct NetNamespace(OwnedFd);

impl NetNamespace {
    /// The one that this thread is in.
    ///
    /// # Errors
    /// Where there is no `/proc`, or no descriptor left.
    pub fn current() -> Result<Self, SysError> {
        const PATH: &str = "/proc/thread-self/ns/net";
        let file = File::open(PATH).map_err(doing("opening the network namespace", PATH))?;
        Ok(Self(file.into()))
    }

    /// The one that a process is in.
    ///
    /// # Errors
    /// It is over, or may not be looked into.
    pub fn of(process: Pid) -> Result<Self, SysError> {
        let path = format!("/proc/{process}/ns/net");
        let file = File::open(&path).map_err(doing("opening the network namespace", &path))?;
        Ok(Self(file.into()))
    }

    /// What tells it from others, as long as it is held.
    #[must_use]
    pub fn number(&self) -> u64 {
        rustix::fs::fstat(&self.0).map_or(0, |found| found.st_ino)
    }

    /// A new one, in which there is only a loopback interface that is down; this thread stays in its own.
    ///
    /// # Errors
    /// `EPERM`, `ENOSPC` (`user.max_net_namespaces`).
    pub fn create() -> Result<Self, SysError> {
        let back = Back::here()?;
        // SAFETY: no `UnshareFlags::FILES`, so every descriptor stays what it was.
        unsafe { unshare_unsafe(UnshareFlags::NEWNET) }
            .map_err(doing("creating a network namespace", "this thread"))?;
        let made = Self::current();
        back.go()?;
        made
    }
}

impl AsFd for NetNamespace {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Does something with this thread in another network namespace: sockets that it opens, and settings below
/// `/proc/sys/net`, are that one's. Other threads stay where they are, and children that it starts meanwhile are
/// there for good.
///
/// # Errors
/// Where the namespace may not be entered, and then nothing was done; or not left again, and then this thread is of no
/// use any more.
pub fn within<T>(namespace: &NetNamespace, work: impl FnOnce() -> T) -> Result<T, SysError> {
    let back = Back::here()?;
    enter(namespace)?;
    let made = work();
    back.go()?;
    Ok(made)
}

fn enter(namespace: &NetNamespace) -> Result<(), SysError> {
    move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
        .map_err(doing("entering a network namespace", "this thread"))
}

/// The way back, which is also taken when `work` panics.
struct Back(Option<NetNamespace>);

impl Back {
    fn here() -> Result<Self, SysError> {
        NetNamespace::current().map(|here| Self(Some(here)))
    }

    fn go(mut self) -> Result<(), SysError> {
        self.0.take().map_or(Ok(()), |namespace| enter(&namespace))
    }
}

impl Drop for Back {
    fn drop(&mut self) {
        if let Some(namespace) = self.0.take() {
            // After a panic, or where nothing was entered: there is nobody to tell.
            let _ = enter(&namespace);
        }
    }
}
