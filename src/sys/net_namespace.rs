//! Creates further network namespaces and enters them from one thread for a time
//! (`network_namespaces(7)`).
//!
//! A namespace lives as long as a descriptor, a process or a socket in it. Requires `CAP_SYS_ADMIN`
//! in the user namespace, which init of a sandbox has. Does not know the contents of a namespace.

use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::thread::{LinkNameSpaceType, UnshareFlags, move_into_link_name_space};

use super::{Operation, SysError, doing, during};
use crate::model::net::Pid;

/// A network namespace.
#[derive(Debug)]
pub struct NetNamespace(OwnedFd);

impl NetNamespace {
    /// Returns the namespace of this thread.
    ///
    /// # Errors
    /// Returns an error if `/proc` is missing or no descriptor is left.
    pub fn current() -> Result<Self, SysError> {
        const PATH: &str = "/proc/thread-self/ns/net";
        let file = File::open(PATH).map_err(doing(Operation::OpenNetNamespace, PATH))?;
        Ok(Self(file.into()))
    }

    /// Returns the namespace of a process.
    ///
    /// # Errors
    /// Returns an error if the process has exited or may not be inspected.
    pub fn of_process(process: Pid) -> Result<Self, SysError> {
        let path = format!("/proc/{process}/ns/net");
        let file = File::open(&path).map_err(doing(Operation::OpenNetNamespace, &path))?;
        Ok(Self(file.into()))
    }

    /// Returns the inode that identifies the namespace while this value is held.
    #[must_use]
    pub fn inode(&self) -> u64 {
        rustix::fs::fstat(&self.0).map_or(0, |found| found.st_ino)
    }

    /// Creates a namespace that contains only a loopback interface, which is down. This thread
    /// stays in its current namespace.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses: `EPERM`, `ENOSPC` (`user.max_net_namespaces`).
    pub fn create() -> Result<Self, SysError> {
        let back = ReturnGuard::to_current()?;
        super::namespace::unshare_when_free(UnshareFlags::NEWNET).map_err(during(Operation::CreateNetNamespace))?;
        let made = Self::current();
        back.restore()?;
        made
    }
}

impl AsFd for NetNamespace {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Runs `work` on this thread in another network namespace. Sockets that it opens and settings
/// below `/proc/sys/net` belong to that namespace.
///
/// Other threads stay in theirs. Children started by `work` stay in the other namespace.
///
/// # Errors
/// Returns an error if the namespace cannot be entered (`work` did not run) or cannot be left (this
/// thread must not be used further).
pub fn within<T>(namespace: &NetNamespace, work: impl FnOnce() -> T) -> Result<T, SysError> {
    let back = ReturnGuard::to_current()?;
    enter(namespace)?;
    let made = work();
    back.restore()?;
    Ok(made)
}

fn enter(namespace: &NetNamespace) -> Result<(), SysError> {
    move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Network))
        .map_err(during(Operation::EnterNetNamespace))
}

/// A guard that returns to the original namespace, also if `work` panics.
struct ReturnGuard(Option<NetNamespace>);

impl ReturnGuard {
    fn to_current() -> Result<Self, SysError> {
        NetNamespace::current().map(|here| Self(Some(here)))
    }

    fn restore(mut self) -> Result<(), SysError> {
        self.0.take().map_or(Ok(()), |namespace| enter(&namespace))
    }
}

impl Drop for ReturnGuard {
    fn drop(&mut self) {
        if let Some(namespace) = self.0.take() {
            // After a panic, or if nothing was entered: an error cannot be reported here.
            let _ = enter(&namespace);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::sys::net_settings::write_sysctl;
    use crate::sys::test_sandbox::run_in_sandbox;

    #[test]
    fn namespace_is_awaited_until_one_is_free() {
        run_in_sandbox("sys::net_namespace::tests::namespace_is_awaited_until_one_is_free", || {
            // That of the sandbox, and another one.
            write_sysctl("user/max_net_namespaces", "2").expect("a setting");
            let other = NetNamespace::create().expect("there is room for it");
            let refused = NetNamespace::create().expect_err("there is no room");
            assert_eq!(refused.errno(), Some(libc::ENOSPC), "{refused:?}");
            let waiting = thread::spawn(|| NetNamespace::create().map(drop));
            drop(other);
            waiting.join().expect("no panic").expect("there is room again");
        });
    }
}
