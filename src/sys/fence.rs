//! A fence around programs (landlock, `Documentation/userspace-api/landlock.rst`, Linux 5.13), for where there are no namespaces:
//! of the file system they reach only what is named; newer kernels keep their signals (6.12) and connections to abstract unix
//! sockets (6.12) inside as well, and let them connect to the named TCP ports only (6.7). It is made before a program is
//! started and entered by its process alone, so the process that starts it is outside: programs can neither signal it nor
//! are its own connections restricted. It does not hide names, and knows nothing of UDP, unix sockets by path, and modes,
//! times and owners of files: those are denied by system call.
//!
//! A program may bind any TCP port: a server on a wrong port is to be seen there, and told.
#![expect(unsafe_code, reason = "a child enters the fence between fork and execve, by a bare system call")]

use std::io;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::path::PathBuf;

use landlock::{
    ABI, Access, AccessFs, AccessNet, CompatLevel, Compatible, NetPort, PathBeneath, PathFd, Ruleset, RulesetAttr,
    RulesetCreatedAttr, RulesetError, Scope,
};
use rustix::io::Errno;

use super::{SysError, doing};

/// The newest version that is asked for; older kernels give what they have.
const NEWEST: ABI = ABI::V6;

/// What programs may reach. Places that are not there are passed over.
#[derive(Debug, Clone, Default)]
pub struct Reach {
    /// Files and folders to read and execute.
    pub read: Vec<PathBuf>,
    /// Files and folders to write as well.
    pub write: Vec<PathBuf>,
    /// TCP ports to connect to, on any machine.
    pub ports: Vec<u16>,
}

/// The devices that every program may use, one by one: among the others in `/dev` are the terminals of whoever runs this.
pub const DEVICES: [&str; 5] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// A fence that programs can be put into.
#[derive(Debug)]
pub struct Fence {
    rules: OwnedFd,
    ports: Vec<u16>,
}

impl Fence {
    /// Makes one; none where this kernel has no landlock.
    ///
    /// # Errors
    /// The kernel refuses.
    pub fn new(reach: &Reach) -> Result<Option<Self>, SysError> {
        rules(reach).map_err(|error| doing("creating Landlock rules", "programs")(io::Error::other(error)))
    }

    /// Whether a program inside may connect to this TCP port.
    #[must_use]
    pub fn leads_to(&self, port: u16) -> bool {
        self.ports.contains(&port)
    }

    /// The way in, for a child of this process.
    pub(super) fn entrance(&self) -> Entrance {
        Entrance(self.rules.as_raw_fd())
    }
}

/// The number of a fence's descriptor, which its copy in a child has too.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entrance(RawFd);

impl Entrance {
    /// Puts this thread, and all that it starts, inside, for ever. Needs no_new_privs. Async-signal-safe.
    ///
    /// # Errors
    /// `E2BIG`: there are 16 fences around this thread already. `EBADF`: the fence is gone.
    pub(super) fn enter(self) -> Result<(), Errno> {
        // SAFETY: no memory is passed.
        let done = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, self.0, 0) };
        if done == 0 {
            return Ok(());
        }
        Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL))
    }
}

fn rules(reach: &Reach) -> Result<Option<Fence>, RulesetError> {
    let all = AccessFs::from_all(NEWEST);
    let mut rules = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(all)?
        .handle_access(AccessNet::ConnectTcp)?
        .scope(Scope::Signal)?
        .scope(Scope::AbstractUnixSocket)?
        .create()?;
    for (paths, access) in [(&reach.read, AccessFs::from_read(NEWEST)), (&reach.write, all)] {
        for path in paths {
            // A rule about a file takes only what a file can have.
            let access = if path.is_dir() { access } else { access & AccessFs::from_file(NEWEST) };
            if let Ok(opened) = PathFd::new(path) {
                rules = rules.add_rule(PathBeneath::new(opened, access))?;
            }
        }
    }
    for &port in &reach.ports {
        rules = rules.add_rule(NetPort::new(port, AccessNet::ConnectTcp))?;
    }
    Ok(Option::<OwnedFd>::from(rules).map(|rules| Fence { rules, ports: reach.ports.clone() }))
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};

    use rustix::process::{Pid, Signal, getpid, getppid, kill_process};
    use rustix::thread::set_no_new_privs;

    use super::*;

    /// What a thread inside a fence with this reach finds; nothing where the kernel has none. The fence is that thread's for ever.
    fn inside<T: Send + 'static>(reach: Reach, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let fence = Fence::new(&reach).expect("it is made")?;
        let thread = std::thread::spawn(move || {
            set_no_new_privs(true).expect("it is set");
            fence.entrance().enter().expect("it stands");
            work()
        });
        Some(thread.join().expect("no panic"))
    }

    #[test]
    fn only_what_is_named_can_be_reached() {
        let (own, outside) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let secret = outside.path().join("secret");
        std::fs::write(&secret, "x").expect("a file");
        let place = own.path().to_owned();
        let reach = Reach { read: vec!["/usr".into()], write: vec![place.clone()], ports: Vec::new() };
        let tried = inside(reach, move || {
            let wrote = std::fs::write(place.join("a"), "x").is_ok();
            (wrote, std::fs::read(&secret).is_ok(), std::fs::write(outside.path().join("b"), "x").is_ok())
        });
        assert!(tried.is_none_or(|tried| tried == (true, false, false)), "{tried:?}");
    }

    #[test]
    fn devices_are_there_and_terminals_are_not() {
        let devices = DEVICES.iter().map(PathBuf::from).collect();
        let reach = Reach { write: devices, ..Reach::default() };
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
    fn only_the_named_ports_are_connected_to_and_any_is_bound() {
        let [lab, other] = [0; 2].map(|_| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let [to_lab, to_other] = [&lab, &other].map(|one| one.local_addr().expect("bound"));
        let tried = inside(Reach { ports: vec![to_lab.port()], ..Reach::default() }, move || {
            let reaches = |to| TcpStream::connect(to).map(drop).map_err(|error| error.kind());
            (reaches(to_lab), reaches(to_other), TcpListener::bind("127.0.0.1:0").is_ok())
        });
        let denied = Err(io::ErrorKind::PermissionDenied);
        // Before Linux 6.7 there is no such rule.
        assert!(tried.is_none_or(|tried| tried == (Ok(()), denied, true) || tried.1.is_ok()), "{tried:?}");
    }

    #[test]
    fn neither_signals_nor_abstract_sockets_lead_out() {
        let name = SocketAddr::from_abstract_name(format!("socklab-fence-{}", getpid().as_raw_pid())).expect("a name");
        let _outside = UnixListener::bind_addr(&name).expect("it is free");
        let tried = inside(Reach::default(), move || {
            let signal = |pid: Option<Pid>| kill_process(pid.expect("there"), Signal::CONT);
            let own = UnixStream::pair().is_ok();
            (UnixStream::connect_addr(&name).is_ok(), signal(getppid()).is_ok(), own)
        });
        // Before Linux 6.12 there are no scopes; then both get out.
        assert!(tried.is_none_or(|tried| tried == (false, false, true) || tried.0 && tried.1), "{tried:?}");
    }
}
