//! The network namespace's own settings: the loopback interface, ports, names. For init of the sandbox, which has the
//! capabilities for it; it makes no links between namespaces.
#![expect(unsafe_code, reason = "interface flags and the host name have no safe wrappers")]

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::fd::AsRawFd;
use std::path::Path;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use super::{SysError, doing};

/// Turns the loopback interface on (`netdevice(7)`), which gives it 127.0.0.1/8 and ::1.
///
/// # Errors
/// Where there is no such interface or it may not be changed.
pub fn loopback_up() -> Result<(), SysError> {
    const DOING: &str = "enabling the interface";
    let socket =
        socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None).map_err(doing(DOING, "lo"))?;
    let mut request =
        libc::ifreq { ifr_name: [0; libc::IFNAMSIZ], ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: 0 } };
    request.ifr_name[0] = b'l' as libc::c_char;
    request.ifr_name[1] = b'o' as libc::c_char;
    for (number, add) in [(libc::SIOCGIFFLAGS, libc::IFF_UP as libc::c_short), (libc::SIOCSIFFLAGS, 0)] {
        // SAFETY: both requests take a `struct ifreq`, which lives here; the name in it ends in a NUL.
        if unsafe { libc::ioctl(socket.as_raw_fd(), number as _, &raw mut request) } != 0 {
            return Err(doing(DOING, "lo")(io::Error::last_os_error()));
        }
        // SAFETY: both requests leave the flags in the union.
        unsafe { request.ifr_ifru.ifru_flags |= add };
    }
    Ok(())
}

/// Whether an interface passes packets on: it is on, and its other end is too. The kernel finds that out a while after both
/// were turned on (`net/core/link_watch.c`), and drops what is sent before.
///
/// # Errors
/// `ENODEV` where there is no such interface.
pub fn is_running(interface: &str) -> Result<bool, SysError> {
    const DOING: &str = "reading the interface flags";
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)
        .map_err(doing(DOING, interface))?;
    let mut request =
        libc::ifreq { ifr_name: [0; libc::IFNAMSIZ], ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: 0 } };
    if interface.len() >= libc::IFNAMSIZ {
        return Err(doing(DOING, interface)(io::Error::from_raw_os_error(libc::ENODEV)));
    }
    for (to, &from) in request.ifr_name.iter_mut().zip(interface.as_bytes()) {
        *to = from as libc::c_char;
    }
    // SAFETY: the request takes a `struct ifreq`, which lives here; the name in it ends in a NUL.
    if unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFFLAGS as _, &raw mut request) } != 0 {
        return Err(doing(DOING, interface)(io::Error::last_os_error()));
    }
    // SAFETY: the request leaves the flags in the union.
    let flags = i32::from(unsafe { request.ifr_ifru.ifru_flags });
    Ok(flags & libc::IFF_RUNNING != 0)
}

/// Sets a kernel setting by its path below `/proc/sys`, as `net/ipv4/ip_forward` (`proc_sys(5)`).
///
/// # Errors
/// `ENOENT`: this kernel has no such setting. `EACCES`, `EPERM`, `EROFS`: it may not be set from here.
pub fn write_sysctl(path: &str, value: &str) -> Result<(), SysError> {
    let whole = Path::new("/proc/sys").join(path);
    OpenOptions::new()
        .write(true)
        .open(&whole)
        .and_then(|mut file| file.write_all(value.as_bytes()))
        .map_err(doing("writing a kernel setting", whole.display()))
}

/// Makes network namespaces that are made from this one have tables of sockets of their own, as large as a scenario needs
/// (`tcp_child_ehash_entries` and `udp_child_hash_entries` in `Documentation/networking/ip-sysctl.rst`, Linux 6.1 and 6.2).
///
/// # Errors
/// Where the kernel shares one table among all of them.
pub fn own_tables() -> Result<(), SysError> {
    write_sysctl("net/ipv4/tcp_child_ehash_entries", "1024")?;
    // A dump of UDP sockets is seldom asked for.
    let _ = write_sysctl("net/ipv4/udp_child_hash_entries", "1024");
    Ok(())
}

/// Lets clients have every port from 32768 on but the reserved ones, which servers will bind: past half of a narrow
/// range `connect` searches port by port, 12 times slower. Below are ports that Wireshark takes for other protocols'.
/// And keeps what is in TIME-WAIT there (RFC 1337): a server's own late acknowledgement, sent from a timer while it
/// closes, may otherwise be answered in a way that ends it at once, and nothing shows then which end closed first. Own tables
/// (see [`own_tables`]) would have room for less of it, and for fewer handshakes at a time, than the machine's.
/// A receiver that does not read holds half a mebibyte at most, where the machine would let it hold tens: what a flooding
/// server can have under way is then a small part of the ring that captures it.
/// Returns what could not be set, with the setting's path.
#[must_use]
pub fn tune_network(reserved_ports: &[u16]) -> Vec<(&'static str, SysError)> {
    let mut reserved = String::new();
    for port in reserved_ports {
        // Writing to a string cannot fail.
        let _ = write!(reserved, "{port},");
    }
    let reserved = format!("{}\n", reserved.trim_end_matches(','));
    [
        ("net/ipv4/ip_local_reserved_ports", reserved.as_str()),
        ("net/ipv4/ip_local_port_range", "32768 65535"),
        ("net/ipv4/tcp_rmem", "4096 131072 524288"),
        ("net/ipv4/tcp_rfc1337", "1"),
        ("net/ipv4/tcp_max_tw_buckets", "131072"),
        ("net/ipv4/tcp_max_syn_backlog", "2048"),
    ]
    .into_iter()
    .filter_map(|(path, value)| Some((path, write_sysctl(path, value).err()?)))
    .collect()
}

/// Names this host (`sethostname(2)`); other UTS namespaces keep theirs.
///
/// # Errors
/// `EPERM` without `CAP_SYS_ADMIN`, `EINVAL` for more than 64 bytes.
pub fn set_hostname(name: &str) -> Result<(), SysError> {
    // SAFETY: the pointer and the length are of the same text, which the kernel only reads.
    if unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) } == 0 {
        return Ok(());
    }
    Err(doing("setting the host name", name)(io::Error::last_os_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_is_not_there_is_told_by_its_path() {
        let error = write_sysctl("net/no_such_setting", "1").expect_err("no such setting");
        assert_eq!(error.errno(), Some(libc::ENOENT));
        assert!(error.to_string().contains("/proc/sys/net/no_such_setting"));
    }
}
