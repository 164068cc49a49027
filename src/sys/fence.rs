//! A fence around the file system (landlock, `Documentation/userspace-api/landlock.rst`, Linux 5.13), for where there are no
//! namespaces: what is not named can be neither read nor written, by this thread and all that it starts, for ever. Newer kernels
//! also keep signals inside. It hides no names, and knows nothing of networks.

use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetError, RulesetStatus, Scope,
};

use super::{SysError, doing};

/// The newest version that is asked for; older kernels give what they have.
const NEWEST: ABI = ABI::V6;

/// Leaves this thread, and what it starts, only these places: some to read and execute, some to write as well. Places that are
/// not there are passed over. Whether the kernel has any fence at all.
///
/// # Errors
/// The kernel refuses.
pub fn fence(read: &[PathBuf], write: &[PathBuf]) -> Result<bool, SysError> {
    const DOING: &str = "fencing the file system";
    let failed = |error: RulesetError| doing(DOING, "this thread")(std::io::Error::other(error));
    let all = AccessFs::from_all(NEWEST);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)
        .map_err(failed)?
        .scope(Scope::Signal)
        .map_err(failed)?
        .create()
        .map_err(failed)?;
    for (paths, access) in [(read, AccessFs::from_read(NEWEST)), (write, all)] {
        for path in paths {
            // A rule about a file takes only what a file can have.
            let access = if path.is_dir() { access } else { access & AccessFs::from_file(NEWEST) };
            if let Ok(opened) = PathFd::new(path) {
                rules = rules.add_rule(PathBeneath::new(opened, access)).map_err(failed)?;
            }
        }
    }
    Ok(rules.restrict_self().map_err(failed)?.ruleset != RulesetStatus::NotEnforced)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_can_be_reached() {
        let (inside, outside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let secret = outside.path().join("secret");
        std::fs::write(&secret, "x").expect("a file");
        let own = inside.path().to_owned();
        // The fence is this thread's for ever.
        let tried = std::thread::spawn(move || {
            let there = fence(&["/usr".into()], std::slice::from_ref(&own)).expect("it stands");
            let wrote = std::fs::write(own.join("a"), "x").is_ok();
            (there, wrote, std::fs::read(&secret).is_ok(), std::fs::write(outside.path().join("b"), "x").is_ok())
        });
        let (there, wrote, read_secret, wrote_outside) = tried.join().expect("no panic");
        assert!(wrote);
        assert!(!there || !read_secret && !wrote_outside, "a fence that lets through");
    }
}
