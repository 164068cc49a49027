//! What programs of a submission may reach where there are no namespaces: the fence around them. Programs of the lab and of
//! whoever types the command have none: it is their own machine.

use std::path::PathBuf;

use super::agent::Job;
use super::hidden;
use crate::sys::fence::{DEVICES, Fence, Reach};
use crate::sys::namespace::root_stays;

/// What is of the system, beside its settings, its devices and the programs' tools.
const SYSTEM: [&str; 10] =
    ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt", "/nix", "/proc", "/sys/fs/cgroup"];

/// The fence for the programs of a job; none where they need none, or the kernel has none.
///
/// # Errors
/// Why it cannot be made though it must be.
pub(super) fn fence(job: &Job) -> Result<Option<Fence>, String> {
    let Some(submission) = &job.sandbox.submission else { return Ok(None) };
    let fence = Fence::new(&reach(job, submission.into())).map_err(|error| error.to_string())?;
    if fence.is_none() && root_stays() {
        return Err(
            "the programs would be root, since there is nobody else here, and this kernel has no landlock".to_owned()
        );
    }
    Ok(fence)
}

fn reach(job: &Job, submission: PathBuf) -> Reach {
    // Programs that are still root would own the rest of the settings.
    let settings = if root_stays() { hidden::settings().open.clone() } else { vec!["/etc".into()] };
    let tools = job.sandbox.keep_read_only.iter().map(PathBuf::from);
    // Started anew, this program becomes the lab's own server or what the programs are started by.
    let itself = std::env::current_exe().ok();
    let read = SYSTEM.iter().map(PathBuf::from).chain(settings).chain(tools).chain(itself).collect();
    let write = DEVICES.iter().map(PathBuf::from).chain([submission]).collect();
    Reach { read, write, ports: job.ports.clone() }
}
