//! Builds the Landlock fence around a submission's programs in plain mode. Programs of the lab, and
//! those that the caller names on the command line, have no fence: it is the caller's own machine.

use std::path::PathBuf;

use super::sandbox_denylist;
use crate::engine::isolated::Sandbox;
use crate::model::HarnessError;
use crate::sys::landlock::{AllowedAccess, DEVICES, LandlockRules};
use crate::sys::namespace::cannot_drop_root;

/// System folders that programs may read, in addition to settings, devices and tools.
const SYSTEM: [&str; 10] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix", "/proc", "/sys/fs/cgroup"];

/// Returns the fence for the programs of a sandbox, which may connect to these ports. Returns
/// `None` if they need none, or if the kernel lacks Landlock.
///
/// # Errors
/// Returns an error if the fence cannot be built, or if programs would run as root without one.
pub(super) fn fence(sandbox: &Sandbox, ports: &[u16]) -> Result<Option<LandlockRules>, HarnessError> {
    let Some(submission) = &sandbox.submission else { return Ok(None) };
    let fence = LandlockRules::new(&reach(sandbox, ports, submission.into()))?;
    if fence.is_none() && cannot_drop_root() {
        return Err(HarnessError::RootWithoutLandlock {});
    }
    Ok(fence)
}

fn reach(sandbox: &Sandbox, ports: &[u16], submission: PathBuf) -> AllowedAccess {
    // Programs that are still root own `/etc`, so permission bits would not protect the closed
    // part.
    let settings = if cannot_drop_root() { sandbox_denylist::settings().open.clone() } else { vec!["/etc".into()] };
    let tools = sandbox.keep_read_only.iter().map(PathBuf::from);
    // This executable starts again as the lab's own server, or as the process that launches
    // programs.
    let itself = std::env::current_exe().ok();
    let read = SYSTEM.iter().map(PathBuf::from).chain(settings).chain(tools).chain(itself).collect();
    let write = DEVICES.iter().map(PathBuf::from).chain([submission]).collect();
    AllowedAccess { read, write, ports: ports.to_vec() }
}
