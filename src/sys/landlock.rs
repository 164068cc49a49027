//! Confines programs with landlock if there are no namespaces
//! (`Documentation/userspace-api/landlock.rst`, Linux 5.13).
//!
//! Programs can access only the listed files. Newer kernels also confine their signals and
//! connections to abstract unix sockets (6.12), and permit connections to the listed TCP ports only
//! (6.7).
//!
//! The rules are made before a program starts, and only its own process enters them. The process
//! that starts it stays outside: programs cannot signal it, and its own connections are not
//! restricted.
//!
//! Landlock does not hide names and does not cover UDP. It does not cover unix sockets with a path,
//! or modes, times and owners of files either: the system call filter denies those. A program may
//! bind any TCP port, so that a server on a wrong port is seen and reported.
#![expect(unsafe_code, reason = "a child enters the fence between fork and execve, by a bare system call")]

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, Scope,
};
use rustix::io::Errno;

use super::{Operation, SysError, during};

/// The newest version that is requested; older kernels apply the rules that they know.
const REQUESTED_ABI: ABI = ABI::V6;

/// The permitted access of programs. Missing paths are skipped.
#[derive(Debug, Clone, Default)]
pub struct AllowedAccess {
    /// Files and folders to read and execute.
    pub read: Vec<PathBuf>,
    /// Files and folders to write as well.
    pub write: Vec<PathBuf>,
    /// TCP ports to connect to, on any machine.
    pub ports: Vec<u16>,
}

/// The devices that every program may use. Not all of `/dev`, because it contains the terminals of
/// the user who runs this.
pub const DEVICES: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// Landlock rules that programs can enter.
#[derive(Debug)]
pub struct LandlockRules {
    rules: OwnedFd,
    ports: Vec<u16>,
}

impl LandlockRules {
    /// Creates the rules. Returns `None` if this kernel has no landlock.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses.
    pub fn new(reach: &AllowedAccess) -> Result<Option<Self>, SysError> {
        build_rules(reach).map_err(|error| during(Operation::CreateLandlock)(io::Error::other(error)))
    }

    /// Returns true if a program inside may connect to this TCP port.
    #[must_use]
    pub fn allows_connect(&self, port: u16) -> bool {
        self.ports.contains(&port)
    }

    /// Returns the handle with which a child of this process enters.
    pub(super) fn ruleset_fd(&self) -> RulesetFd {
        RulesetFd(self.rules.as_raw_fd())
    }
}

/// The descriptor number of the rules, which is the same in a child.
#[derive(Debug, Clone, Copy)]
pub(super) struct RulesetFd(RawFd);

impl RulesetFd {
    /// Permanently confines this thread and its future children. Requires no_new_privs.
    /// Async-signal-safe.
    ///
    /// # Errors
    /// Returns an error if 16 rulesets are already active on this thread (`E2BIG`), or if the
    /// descriptor is closed (`EBADF`).
    pub(super) fn restrict_self(self) -> Result<(), Errno> {
        // SAFETY: no memory is passed.
        let done = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, self.0, 0) };
        if done == 0 {
            return Ok(());
        }
        Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL))
    }
}

fn build_rules(reach: &AllowedAccess) -> Result<Option<LandlockRules>, RulesetError> {
    let all = AccessFs::from_all(REQUESTED_ABI);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .handle_access(AccessNet::ConnectTcp)?
        .scope(Scope::Signal)?
        .scope(Scope::AbstractUnixSocket)?
        .create()?;
    for (paths, access) in [(&reach.read, AccessFs::from_read(REQUESTED_ABI)), (&reach.write, all)] {
        for path in paths {
            // A rule for a file may only contain the rights that apply to files.
            let access = if path.is_dir() { access } else { access & AccessFs::from_file(REQUESTED_ABI) };
            if let Ok(opened) = PathFd::new(path) {
                rules = rules.add_rule(PathBeneath::new(opened, access))?;
            }
        }
    }
    for &port in &reach.ports {
        rules = rules.add_rule(NetPort::new(port, AccessNet::ConnectTcp))?;
    }
    Ok(Option::<OwnedFd>::from(rules).map(|rules| LandlockRules { rules, ports: reach.ports.clone() }))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

    use rustix::process::{Pid, Signal, getpid, getppid, kill_process};
    use rustix::thread::set_no_new_privs;

    use super::*;

    /// Runs `work` on a thread confined to this reach, permanently. `None` if the kernel has no
    /// landlock.
    fn inside<T: Send + 'static>(reach: AllowedAccess, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let fence = LandlockRules::new(&reach).expect("created")?;
        let thread = std::thread::spawn(move || {
            set_no_new_privs(true).expect("set");
            fence.ruleset_fd().restrict_self().expect("entered");
            work()
        });
        Some(thread.join().expect("no panic"))
    }

    #[test]
    fn access_is_limited_to_listed_paths() {
        let (own, outside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let secret = outside.path().join("secret");
        std::fs::write(&secret, "x").expect("a file");
        let place = own.path().to_owned();
        let reach = AllowedAccess { read: vec!["/usr".into()], write: vec![place.clone()], ports: Vec::new() };
        let tried = inside(reach, move || {
            let wrote = std::fs::write(place.join("a"), "x").is_ok();
            (wrote, std::fs::read(&secret).is_ok(), std::fs::write(outside.path().join("b"), "x").is_ok())
        });
        assert!(tried.is_none_or(|tried| tried == (true, false, false)), "{tried:?}");
    }

    #[test]
    fn devices_are_accessible_and_terminals_are_not() {
        let devices = DEVICES.iter().map(PathBuf::from).collect();
        let reach = AllowedAccess { write: devices, ..AllowedAccess::default() };
        let tried = inside(reach, || {
            let written = std::fs::write("/dev/null", "x").is_ok() && std::fs::File::open("/dev/urandom").is_ok();
            let denied = |path: &str| {
                let opened = std::fs::File::open(path);
                opened.err().is_some_and(|error| error.kind() != io::ErrorKind::PermissionDenied)
            };
            (written, std::fs::File::open("/dev/ptmx").is_ok(), denied("/dev/ptmx"))
        });
        assert!(tried.is_none_or(|tried| tried == (true, false, false)), "{tried:?}");
    }

    #[test]
    fn connect_is_limited_to_listed_ports_and_bind_is_not() {
        let [lab, other] = [0; 2].map(|_| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let [to_lab, to_other] = [&lab, &other].map(|one| one.local_addr().expect("bound"));
        let tried = inside(AllowedAccess { ports: vec![to_lab.port()], ..AllowedAccess::default() }, move || {
            let reaches = |to| TcpStream::connect(to).map(drop).map_err(|error| error.kind());
            (reaches(to_lab), reaches(to_other), TcpListener::bind("127.0.0.1:0").is_ok())
        });
        let denied = Err(io::ErrorKind::PermissionDenied);
        // Before Linux 6.7 there is no such rule.
        assert!(tried.is_none_or(|tried| tried == (Ok(()), denied, true) || tried.1.is_ok()), "{tried:?}");
    }

    #[test]
    fn signals_and_abstract_sockets_are_confined() {
        let name = SocketAddr::from_abstract_name(format!("socklab-fence-{}", getpid().as_raw_pid())).expect("a name");
        let _outside = UnixListener::bind_addr(&name).expect("an unused name");
        let tried = inside(AllowedAccess::default(), move || {
            let signal = |pid: Option<Pid>| kill_process(pid.expect("a parent"), Signal::CONT);
            let own = UnixStream::pair().is_ok();
            (UnixStream::connect_addr(&name).is_ok(), signal(getppid()).is_ok(), own)
        });
        // Before Linux 6.12 there are no scopes, and both succeed.
        assert!(tried.is_none_or(|tried| tried == (false, false, true) || tried.0 && tried.1), "{tried:?}");
    }
}
