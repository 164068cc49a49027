//! A bound on what a whole tree of processes takes of the machine's memory, kept by the kernel: a control group
//! (`cgroups(7)`), where this user was given the right to make one. It counts what no look at the processes sees:
//! buffers of pipes and sockets, files in memory that are on their way through these, page tables. What runs in a group is not its affair.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use super::{SysError, doing};

/// What the name of each group begins with; the number of the process that made it follows.
const NAME: &str = "socklab-";
/// Where processes go that stand in the way: a group of version 2 whose groups are bounded holds none itself (`cgroups(7)`,
/// "no internal processes").
const ASIDE: &str = "socklab-itself";
/// How systemd marks a group that it has given away (`Delegate=`, systemd.resource-control(5)).
const DELEGATED: &str = "user.delegate";
const CONTROLLER: &str = "memory";

/// The two interfaces of the kernel (Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

/// A place where groups can be made.
#[derive(Debug)]
pub struct Place {
    folder: PathBuf,
    version: Version,
    /// The number of the next group.
    next: AtomicU32,
}

/// A group of its own; removed with this value, when nothing runs in it any more.
#[derive(Debug)]
pub struct Group {
    folder: PathBuf,
}

impl Place {
    /// The place for groups of this process, tried by making one. What runs of this program that were killed have left there
    /// is removed.
    ///
    /// # Errors
    /// There is none, or this user may not make groups in it: the usual case, `doctor` tells how to get one.
    pub fn find() -> Result<Self, SysError> {
        const DOING: &str = "creating a cgroup with a memory limit";
        let read = |file: &str| fs::read_to_string(file).map_err(doing(DOING, file));
        let own = own(&read("/proc/self/cgroup")?, &read("/proc/self/mountinfo")?);
        let (mut folder, version) = own.ok_or_else(|| {
            let error = io::Error::new(io::ErrorKind::NotFound, "no memory controller is mounted");
            doing(DOING, "/sys/fs/cgroup")(error)
        })?;
        if folder.ends_with(ASIDE) {
            // Another run of this program has moved everybody aside.
            folder.pop();
        }
        let place = Self { folder, version, next: AtomicU32::new(0) };
        let failed = |error: io::Error| doing(DOING, place.folder.display())(error);
        if version == Version::Two && !place.bounds().map_err(failed)? {
            place.make_way().map_err(failed)?;
        }
        place.sweep();
        place.group(1 << 30).map_err(failed)?;
        Ok(place)
    }

    /// Makes a group whose processes may take so many bytes together.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn group(&self, bytes: u64) -> io::Result<Group> {
        let group = loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let folder = self.folder.join(format!("{NAME}{}-{number}", std::process::id()));
            match fs::create_dir(&folder) {
                Ok(()) => break Group { folder },
                // Of another place's.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        };
        let (bound, with_swap, swap) = match self.version {
            Version::One => ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", bytes),
            Version::Two => ("memory.max", "memory.swap.max", 0),
        };
        fs::write(group.folder.join(bound), bytes.to_string())?;
        // Not there where the kernel does not count swap: the bound then holds for what is not swapped.
        let _ = fs::write(group.folder.join(with_swap), swap.to_string());
        Ok(group)
    }

    /// Whether groups in it can be given a bound.
    fn bounds(&self) -> io::Result<bool> {
        let given = fs::read_to_string(self.folder.join("cgroup.subtree_control"))?;
        Ok(given.split_whitespace().any(|controller| controller == CONTROLLER))
    }

    /// Takes the controller for the groups in it: for that its own processes move into one of them. Only where all of it was
    /// given away: elsewhere it has another keeper.
    fn make_way(&self) -> io::Result<()> {
        let mut mark = [0; 1];
        let length = rustix::fs::getxattr(&self.folder, DELEGATED, &mut mark)?;
        if mark[..length] != *b"1" {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let aside = self.folder.join(ASIDE);
        match fs::create_dir(&aside) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        for pid in fs::read_to_string(self.folder.join("cgroup.procs"))?.lines() {
            match fs::write(aside.join("cgroup.procs"), pid) {
                // It has ended meanwhile.
                Err(error) if error.raw_os_error() == Some(libc::ESRCH) => {}
                moved => moved?,
            }
        }
        fs::write(self.folder.join("cgroup.subtree_control"), format!("+{CONTROLLER}"))
    }

    /// Removes the groups of processes that are no more. What still runs in one keeps it.
    fn sweep(&self) {
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let maker = name.to_str().and_then(|name| name.strip_prefix(NAME)?.split('-').next()?.parse::<u32>().ok());
            if maker.is_some_and(|pid| !Path::new("/proc").join(pid.to_string()).exists()) {
                let _ = fs::remove_dir(entry.path());
            }
        }
    }
}

impl Group {
    /// By what [`enter`] finds it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // Refused where something still runs in it: the next run sweeps it away.
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Enters a group, by its folder: this process is in it from now on, and all that it starts. For a process of one thread. To be put
/// in by another one takes 10 ms and more, since then the kernel waits until nobody starts a thread anywhere (`cgroup_procs_write_start`
/// in kernel/cgroup/cgroup.c); so does version 2.
///
/// # Errors
/// The kernel refuses; this process is then where it was.
pub fn enter(group: &Path) -> io::Result<Kills> {
    let kills = Kills::of(group)?;
    let thread = group.join("tasks");
    fs::write(if thread.exists() { thread } else { group.join("cgroup.procs") }, "0")?;
    Ok(kills)
}

/// How many processes of a group were killed because it had taken all that it may: held open, because the files are out of sight
/// in a sandbox.
#[derive(Debug)]
pub struct Kills {
    kills: File,
    /// Of version 1: the most that the group ever took, of memory and of memory with swap, and what is as good as its bound.
    peaks: (Vec<File>, u64),
}

/// A group is at its bound when less than this is left, in bytes: the kernel hands memory out in batches.
const BATCH: u64 = 4 << 20;

impl Kills {
    /// Those of the group with this folder.
    ///
    /// # Errors
    /// There is no such group.
    pub fn of(group: &Path) -> io::Result<Self> {
        // Of version 2, else of version 1.
        if let Ok(kills) = File::open(group.join("memory.events")) {
            return Ok(Self { kills, peaks: (Vec::new(), 0) });
        }
        let kills = File::open(group.join("memory.oom_control"))?;
        // Not `memory.failcnt`: where memory with swap is bounded as well, Linux 6.18 counts nothing there.
        let peaks = ["memory.max_usage_in_bytes", "memory.memsw.max_usage_in_bytes"];
        let peaks = peaks.iter().filter_map(|name| File::open(group.join(name)).ok()).collect();
        let bound = fs::read_to_string(group.join("memory.limit_in_bytes")).ok();
        let bound = bound.and_then(|text| text.trim().parse::<u64>().ok()).unwrap_or(0);
        Ok(Self { kills, peaks: (peaks, bound.saturating_sub(BATCH)) })
    }

    /// Whether there were any. One that was killed because the whole machine had no memory left is counted by the kernel too,
    /// and is not the group's own doing: then it never ran into its bound.
    #[must_use]
    pub fn are_any(&self) -> bool {
        // Gone with its group, or unreadable: then nothing is known to have been killed.
        let text = |file: &File| {
            let mut bytes = [0; 512];
            let length = file.read_at(&mut bytes, 0).unwrap_or(0);
            String::from_utf8_lossy(&bytes[..length]).into_owned()
        };
        let kills = text(&self.kills);
        let hit = match &self.peaks {
            // Of version 2.
            (peaks, _) if peaks.is_empty() => counted(&kills, "oom").unwrap_or(1) > 0,
            (peaks, bound) => {
                peaks.iter().any(|file| text(file).trim().parse::<u64>().is_ok_and(|peak| peak >= *bound))
            }
        };
        counted(&kills, "oom_kill").unwrap_or(0) > 0 && hit
    }
}

/// What the line of this name says.
fn counted(text: &str, name: &str) -> Option<u64> {
    let count = |line: &str| line.strip_prefix(name)?.strip_prefix(' ')?.trim().parse().ok();
    text.lines().find_map(count)
}

/// Where this process's own group lies, by `/proc/self/cgroup` and `/proc/self/mountinfo` (`cgroups(7)`, `proc(5)`): of version 1
/// where memory is counted there, else of version 2.
fn own(groups: &str, mounts: &str) -> Option<(PathBuf, Version)> {
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

/// The folder of a group below the first mount of this kind, and with such options, that shows it.
fn below_mount(path: &Path, mounts: &str, kind: &str, with: impl Fn(&str) -> bool) -> Option<PathBuf> {
    mounts.lines().find_map(|line| {
        let (place, mounted) = line.split_once(" - ")?;
        let mut mounted = mounted.split(' ');
        let (is_kind, options) = (mounted.next()? == kind, mounted.nth(1)?);
        let mut place = place.split(' ').skip(3);
        let (root, at) = (place.next()?, place.next()?);
        // An escape (`\040`) stands for a blank: not where groups are mounted.
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
    fn the_own_group_is_found_below_its_mount() {
        let own = |groups, mounts| own(groups, mounts).map(|(folder, version)| (folder.display().to_string(), version));
        let there = |folder: &str, version| Some((folder.to_owned(), version));
        let groups = "8:pids:/\n4:memory:/lab/a\n0::/\n";
        assert_eq!(own(groups, ONE), there("/sys/fs/cgroup/memory/lab/a", Version::One));
        let scope = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope\n";
        let folder = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/run-r1.scope";
        assert_eq!(own(scope, TWO), there(folder, Version::Two));
        // A container that sees a part of the tree only.
        let part = "25 30 0:22 /docker/1 /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n";
        assert_eq!(own("0::/docker/1/x\n", part), there("/sys/fs/cgroup/x", Version::Two));
        assert_eq!(own("0::/elsewhere\n", part), None);
        assert_eq!(own("", TWO), None);
        assert_eq!(own("0::/\n", ""), None);
    }

    #[test]
    fn what_the_kernel_has_killed_is_read_in_both_versions() {
        assert_eq!(counted("low 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n", "oom_kill"), Some(2));
        assert_eq!(counted("oom_kill_disable 0\nunder_oom 0\noom_kill 1\n", "oom_kill"), Some(1));
        assert_eq!(counted("oom_kill_disable 1\nunder_oom 1\n", "oom_kill"), None);
        assert_eq!(counted("oom_kill many\n", "oom_kill"), None);
    }

    #[test]
    fn whom_the_whole_machine_killed_is_not_the_groups_doing() {
        let of = |files: &[(&str, &str)]| {
            let group = tempfile::tempdir().expect("a folder");
            for (name, text) in files {
                fs::write(group.path().join(name), text).expect("written");
            }
            Kills::of(group.path()).expect("it is there").are_any()
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
    fn a_group_is_entered_in_both_versions() {
        for (counts, entrance) in [("memory.events", "cgroup.procs"), ("memory.oom_control", "tasks")] {
            let group = tempfile::tempdir().expect("a folder");
            let file = |name: &str| group.path().join(name);
            assert!(enter(group.path()).is_err(), "there is no group");
            fs::write(file(counts), "oom_kill 1\n").expect("written");
            fs::write(file("cgroup.procs"), "").expect("written");
            fs::write(file(entrance), "").expect("written");
            assert!(enter(group.path()).expect("entered").are_any());
            assert_eq!(fs::read_to_string(file(entrance)).expect("text"), "0");
        }
    }

    /// Where this user may make groups, the kernel holds the bound; else that is told.
    #[test]
    fn a_group_ends_with_its_value_and_an_old_one_is_swept_away() {
        let place = match Place::find() {
            Ok(place) => place,
            Err(error) => {
                assert!(error.to_string().starts_with("creating a cgroup with a memory limit"), "{error}");
                return;
            }
        };
        let group = place.group(64 << 20).expect("a group");
        let folder = group.folder.clone();
        assert!(!Kills::of(group.folder()).expect("it is there").are_any());
        drop(group);
        assert!(!folder.exists());
        // No process has a number beyond the kernel's highest (`PID_MAX_LIMIT`).
        let old = place.folder.join(format!("{NAME}4194305-0"));
        fs::create_dir(&old).expect("made");
        place.sweep();
        assert!(!old.exists());
    }
}
