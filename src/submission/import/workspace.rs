//! The temporary folders that hold private copies, and removal of those that killed runs left.

use std::fs::{self, File};
use std::io;
use std::path::Path;

/// A temporary folder, removed when dropped. Its lock marks it as in use.
#[derive(Debug)]
pub(super) struct TempWorkspace {
    folder: tempfile::TempDir,
    #[expect(dead_code, reason = "held open: it is the lock")]
    lock: File,
}

/// Prefix of the names of such folders.
const PREFIX: &str = "socklab-delivery-";
/// Name of the copy in the folder.
pub(super) const COPY: &str = "delivery";
/// Name of the lock in the folder.
const LOCK: &str = ".lock";
/// Name of the lock until it is held. Under its final name it is held, or left by a killed run.
const LOCK_TO_BE: &str = ".lock.new";

impl TempWorkspace {
    pub(super) fn new_in(parent: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent)?;
        // Lock under a temporary name first: a concurrent sweep would delete a folder whose lock is
        // not held yet.
        let (new, own) = (folder.path().join(LOCK_TO_BE), folder.path().join(LOCK));
        let lock = File::create(&new)?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)?;
        fs::rename(new, own)?;
        // The folder's random name is the protection; the unprivileged user must be able to pass
        // through it.
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711))?;
        Ok(Self { folder, lock })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// Removes private copies that are not in use any more: those of killed runs.
pub(crate) fn sweep() {
    sweep_in(&std::env::temp_dir());
}

/// Removes the unused private copies in one folder.
fn sweep_in(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let ours = entry.metadata().is_ok_and(|found| {
            found.is_dir() && std::os::unix::fs::MetadataExt::uid(&found) == rustix::process::geteuid().as_raw()
        });
        // A folder without a lock is just being created.
        let Some(lock) = File::open(entry.path().join(LOCK)).ok().filter(|_| ours) else { continue };
        if rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweep_removes_only_copies_of_killed_runs() {
        // Not in the common folder: a concurrent sweep would hold the lock of the copy that it removes.
        let parent = tempfile::tempdir().expect("a folder");
        let used = TempWorkspace::new_in(parent.path()).expect("a copy");
        let left = tempfile::Builder::new().prefix(PREFIX).tempdir_in(parent.path()).expect("a folder").keep();
        File::create(left.join(LOCK)).expect("a file");
        sweep_in(parent.path());
        assert!(used.folder.path().exists() && !left.exists());
    }

    #[test]
    fn sweep_spares_copies_that_are_being_created() {
        let parent = tempfile::tempdir().expect("a folder");
        let over = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| {
                    while !over.load(std::sync::atomic::Ordering::Relaxed) {
                        sweep_in(parent.path());
                    }
                });
            }
            let made = (0..2_000)
                .map(|_| TempWorkspace::new_in(parent.path()))
                .all(|holder| holder.is_ok_and(|one| one.folder.path().exists()));
            over.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(made);
        });
    }
}
