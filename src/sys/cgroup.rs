//! Limits the memory of a process tree with a control group (`cgroups(7)`), if this user may create
//! one.
//!
//! The kernel also counts memory that `/proc` does not attribute to a process: pipe and socket
//! buffers, in-memory files in transit through them, page tables. Without a group, 5 GB in files in
//! transit through a socket were taken unobserved. Does not know which programs run in a group.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{Operation, SysError, doing};

/// Prefix of a group's name, followed by the pid of its creator.
const GROUP_PREFIX: &str = "socklab-";
/// Group for processes that must move away: a version 2 group with limited children must not
/// contain processes itself (`cgroups(7)`, "no internal processes").
const LEAF_GROUP_NAME: &str = "socklab-itself";
/// Attribute with which systemd marks a delegated group (`Delegate=`, systemd.resource-control(5)).
const DELEGATED: &str = "user.delegate";
const CONTROLLER: &str = "memory";

/// The kernel's two interfaces (Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// A group in which child groups can be created.
#[derive(Debug)]
pub(crate) struct CgroupParent {
    folder: PathBuf,
    version: Version,
    /// Number of the next group.
    next: AtomicU32,
}

/// A control group. Dropping it removes the group, if no process runs in it.
#[derive(Debug)]
pub(crate) struct Cgroup {
    folder: PathBuf,
}

impl CgroupParent {
    /// Finds the parent for new groups and tests it by creating one. Removes groups left behind by
    /// killed runs of this program.
    ///
    /// # Errors
    /// Returns an error if no memory controller is mounted, or if this user may not create groups.
    /// That is the usual case; `doctor` explains how to permit it.
    pub(crate) fn find() -> Result<Self, SysError> {
        const DOING: Operation = Operation::CreateMemoryGroup;
        let read = |file: &str| fs::read_to_string(file).map_err(doing(DOING, file));
        let own = own_group_folder(&read("/proc/self/cgroup")?, &read("/proc/self/mountinfo")?);
        let (mut folder, version) = own.ok_or_else(|| {
            doing(Operation::FindMemoryController, "/sys/fs/cgroup")(io::Error::from_raw_os_error(libc::ENOENT))
        })?;
        if folder.ends_with(LEAF_GROUP_NAME) {
            // Another run of this program has moved the processes into this group.
            folder.pop();
        }
        let place = Self { folder, version, next: AtomicU32::new(0) };
        let failed = |error: io::Error| doing(DOING, place.folder.display())(error);
        if version == Version::Two && !place.controls_memory().map_err(failed)? {
            place.delegate_controller().map_err(failed)?;
        }
        place.remove_stale_groups();
        place.create_group(1 << 30).map_err(failed)?;
        Ok(place)
    }

    /// Creates a group whose processes may use `bytes` of memory together.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses.
    pub(crate) fn create_group(&self, bytes: u64) -> io::Result<Cgroup> {
        let group = loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let folder = self.folder.join(format!("{GROUP_PREFIX}{}-{number}", std::process::id()));
            match fs::create_dir(&folder) {
                Ok(()) => break Cgroup { folder },
                // Created by another value of this process.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        };
        let (bound, with_swap, swap) = match self.version {
            Version::One => ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", bytes),
            Version::Two => ("memory.max", "memory.swap.max", 0),
        };
        fs::write(group.folder.join(bound), bytes.to_string())?;
        // The file is missing if the kernel does not count swap. The limit then excludes swapped
        // memory.
        let _ = fs::write(group.folder.join(with_swap), swap.to_string());
        Ok(group)
    }

    /// Returns true if the memory controller is enabled for child groups.
    fn controls_memory(&self) -> io::Result<bool> {
        let given = fs::read_to_string(self.folder.join("cgroup.subtree_control"))?;
        Ok(given.split_whitespace().any(|controller| controller == CONTROLLER))
    }

    /// Enables the memory controller for child groups, after moving the processes of this group
    /// into a child.
    ///
    /// Only if systemd has delegated the group: otherwise another program manages it.
    fn delegate_controller(&self) -> io::Result<()> {
        let mut mark = [0; 1];
        let length = rustix::fs::getxattr(&self.folder, DELEGATED, &mut mark)?;
        if mark[..length] != *b"1" {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let aside = self.folder.join(LEAF_GROUP_NAME);
        match fs::create_dir(&aside) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        for pid in fs::read_to_string(self.folder.join("cgroup.procs"))?.lines() {
            match fs::write(aside.join("cgroup.procs"), pid) {
                // The process has exited in the meantime.
                Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {}
                moved => moved?,
            }
        }
        fs::write(self.folder.join("cgroup.subtree_control"), format!("+{CONTROLLER}"))
    }

    /// Removes the groups of creators that no longer exist. A group in which a process still runs
    /// remains.
    fn remove_stale_groups(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let maker =
                name.to_str().and_then(|name| name.strip_prefix(GROUP_PREFIX)?.split('-').next()?.parse::<u32>().ok());
            if maker.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists()) {
                let _ = fs::remove_dir(entry.path());
            }
        }
    }
}

impl Cgroup {
    /// Returns the folder that [`enter`] takes.
    #[must_use]
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Cgroup {
    fn drop(&mut self) {
        // Fails if a process still runs in it; the next run removes it.
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Moves this process, which must have one thread, into a group by its folder. Its later children
/// start there too.
///
/// With version 1 this takes 0.3 ms. Moving another process takes 5 to 15 ms, because the kernel
/// waits until no thread is being started anywhere (`cgroup_procs_write_start` in
/// kernel/cgroup/cgroup.c). With version 2, entering takes as long too.
///
/// # Errors
/// Returns an error if the kernel refuses. This process then stays in its group.
pub(crate) fn enter(group: &Path) -> io::Result<OomKillCounter> {
    let kills = OomKillCounter::open(group)?;
    let thread = group.join("tasks");
    fs::write(if thread.exists() { thread } else { group.join("cgroup.procs") }, "0")?;
    Ok(kills)
}

/// Counters that show whether processes of a group were killed at its limit. The files stay open,
/// because a sandbox does not show them.
#[derive(Debug)]
pub(crate) struct OomKillCounter {
    kills: File,
    /// Version 1: peak usage of memory and of memory with swap, and the usage that counts as the
    /// limit.
    peaks: (Vec<File>, u64),
}

/// Distance from the limit, in bytes, that counts as reaching it: the kernel reserves memory in
/// batches.
const CHARGE_BATCH_BYTES: u64 = 4 << 20;

impl OomKillCounter {
    /// Opens the counters of the group in this folder.
    ///
    /// # Errors
    /// Returns an error if there is no such group.
    pub(crate) fn open(group: &Path) -> io::Result<Self> {
        // Version 2, else version 1.
        if let Ok(kills) = File::open(group.join("memory.events")) {
            return Ok(Self { kills, peaks: (Vec::new(), 0) });
        }
        let kills = File::open(group.join("memory.oom_control"))?;
        // `memory.failcnt` is not used: if memory with swap is limited too, Linux 6.18 does not
        // count there.
        let peaks = ["memory.max_usage_in_bytes", "memory.memsw.max_usage_in_bytes"];
        let peaks = peaks.iter().filter_map(|name| File::open(group.join(name)).ok()).collect();
        let bound = fs::read_to_string(group.join("memory.limit_in_bytes")).ok();
        let bound = bound.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
        Ok(Self { kills, peaks: (peaks, bound.saturating_sub(CHARGE_BATCH_BYTES)) })
    }

    /// Returns true if a process was killed because the group reached its limit.
    ///
    /// The kernel also counts processes that were killed because the whole machine ran out of
    /// memory. In that case the group has not reached its limit.
    #[must_use]
    pub(crate) fn has_limit_kills(&self) -> bool {
        // If the group is gone or the file is unreadable, no kill is known.
        let text = |file: &File| {
            let mut bytes = [0; 512];
            let length = file.read_at(&mut bytes, 0).unwrap_or(0);
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        };
        let kills = text(&self.kills);
        let hit = match &self.peaks {
            // Version 2.
            (peaks, _) if peaks.is_empty() => parse_counter(&kills, "oom").unwrap_or(1) > 0,
            (peaks, bound) => {
                peaks.iter().any(|file| text(file).trim().parse::<u64>().is_ok_and(|peak| peak >= *bound))
            }
        };
        parse_counter(&kills, "oom_kill").unwrap_or(0) > 0 && hit
    }
}

/// Returns the number in the line with this name.
fn parse_counter(text: &str, name: &str) -> Option<u64> {
    let count = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok();
    text.lines().find_map(count)
}

/// Returns the folder of this process's group, from `/proc/self/cgroup` and `/proc/self/mountinfo`
/// (`cgroups(7)`, `proc(5)`). Version 1 if it has the memory controller, else version 2.
fn own_group_folder(groups: &str, mounts: &str) -> Option<(PathBuf, Version)> {
    let group = |wanted: &dyn Fn(&str, &str) -> bool| {
        groups.lines().find_map(|line| {
            let (number, rest) = line.split_once(':')?;
            let (controllers, path) = rest.split_once(':')?;
            wanted(number, controllers).then(|| PathBuf::from(path))
        })
    };
    let has = |list: &str| list.split(',').any(|one| one == CONTROLLER);
    if let Some(path) = group(&|_, controllers| has(controllers)) {
        return Some((below_mount(&path, mounts, "cgroup", has)?, Version::One));
    }
    let path = group(&|number, controllers| number == "0" && controllers.is_empty())?;
    Some((below_mount(&path, mounts, "cgroup2", |_| true)?, Version::Two))
}

/// Returns the folder of a group below the first mount that has this type and options and contains
/// it.
fn below_mount(path: &Path, mounts: &str, kind: &str, with: impl Fn(&str) -> bool) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let (place, mounted) = line.split_once(" - ")?;
        let mut mounted = mounted.split(' ');
        let (is_kind, options) = (mounted.next()? == kind, mounted.nth(1)?);
        let mut place = place.split(' ').skip(3);
        let (root, at) = (place.next()?, place.next()?);
        // An escape (`\040`) encodes a blank, which mount points of groups do not contain.
        if !is_kind || !with(options) || at.contains('\\') {
            return None;
        }
        Some(Path::new(at).join(path.strip_prefix(root).ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "\
25 30 0:22 / /sys/fs/cgroup rw shared:9 - tmpfs tmpfs rw,mode=755
31 25 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
32 25 0:28 / /sys/fs/cgroup/memory rw shared:3 - cgroup cgroup rw,memory
33 25 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
";
    const TWO: &str = "\
25 30 0:22 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate
26 30 0:23 / / rw - ext4 /dev/sda1 rw
";

    #[test]
    fn own_group_is_found_below_its_mount() {
        let own = |groups, mounts| {
            own_group_folder(groups, mounts).map(|(folder, version)| (folder.display().to_string(), version))
        };
        let there = |folder: &str, version| Some((folder.to_owned(), version));
        let groups = "8:pids:/\n4:memory:/lab/a\n0::/\n";
        assert_eq!(own(groups, ONE), there("/sys/fs/cgroup/memory/lab/a", Version::One));
        let scope = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope\n";
        let folder = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope";
        assert_eq!(own(scope, TWO), there(folder, Version::Two));
        // A container that sees only a part of the tree.
        let part = "25 30 0:22 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n";
        assert_eq!(own("0::/docker/1/x\n", part), there("/sys/fs/cgroup/x", Version::Two));
        assert_eq!(own("0::/elsewhere\n", part), None);
        assert_eq!(own("", TWO), None);
        assert_eq!(own("0::/\n", ""), None);
    }

    #[test]
    fn oom_kills_are_read_in_both_versions() {
        assert_eq!(parse_counter("low 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n", "oom_kill"), Some(2));
        assert_eq!(parse_counter("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", "oom_kill"), Some(1));
        assert_eq!(parse_counter("oom_kill_disable 1\nunder_oom 1\n", "oom_kill"), None);
        assert_eq!(parse_counter("oom_kill many\n", "oom_kill"), None);
    }

    #[test]
    fn machine_wide_oom_kill_does_not_count() {
        let of = |files: &[(&str, &str)]| {
            let group = tempfile::tempdir().expect("a folder");
            for (name, text) in files {
                fs::write(group.path().join(name), text).expect("written");
            }
            OomKillCounter::open(group.path()).expect("it is there").has_limit_kills()
        };
        assert!(of(&[("memory.events", "oom 1\noom_kill 1\n")]));
        assert!(!of(&[("memory.events", "oom 0\noom_kill 1\n")]));
        let one = |kills, peak, with_swap| {
            let files = [
                ("memory.oom_control", kills),
                ("memory.limit_in_bytes", "67108864\n"),
                ("memory.max_usage_in_bytes", peak),
                ("memory.memsw.max_usage_in_bytes", with_swap),
            ];
            of(&files)
        };
        assert!(one("oom_kill 1\n", "67104768\n", "0\n") && one("oom_kill 1\n", "0\n", "67104768\n"));
        assert!(!one("oom_kill 1\n", "40000000\n", "40000000\n") && !one("oom_kill 0\n", "67104768\n", "0\n"));
    }

    #[test]
    fn group_is_entered_in_both_versions() {
        for (counts, entrance) in [("memory.events", "cgroup.procs"), ("memory.oom_control", "tasks")] {
            let group = tempfile::tempdir().expect("a folder");
            let file = |name: &str| group.path().join(name);
            assert!(enter(group.path()).is_err(), "there is no group");
            fs::write(file(counts), "oom_kill 1\n").expect("written");
            fs::write(file("cgroup.procs"), "").expect("written");
            fs::write(file(entrance), "").expect("written");
            assert!(enter(group.path()).expect("entered").has_limit_kills());
            assert_eq!(fs::read_to_string(file(entrance)).expect("text"), "0");
        }
    }

    /// Tests the kernel's groups if this user may create them, else the error.
    #[test]
    fn group_is_removed_on_drop_and_stale_ones_are_swept() {
        let place = match CgroupParent::find() {
            Ok(place) => place,
            Err(error) => {
                assert!(error.to_string().starts_with("creating a cgroup with a memory limit"), "{error}");
                return;
            }
        };
        let group = place.create_group(64 << 20).expect("a group");
        let folder = group.folder.clone();
        assert!(!OomKillCounter::open(group.folder()).expect("it is there").has_limit_kills());
        drop(group);
        assert!(!folder.exists());
        // No pid exceeds the kernel's maximum (`PID_MAX_LIMIT`).
        let old = place.folder.join(format!("{GROUP_PREFIX}4194305-0"));
        fs::create_dir(&old).expect("made");
        place.remove_stale_groups();
        assert!(!old.exists());
    }
}
