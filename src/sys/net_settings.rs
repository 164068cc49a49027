//! Configures the current network namespace: the loopback interface, ports, host name. For init of
//! the sandbox, which has the capabilities. Does not create links between namespaces.
#![expect(unsafe_code, reason = "interface flags and the host name have no safe wrappers")]

use std::fmt::Write as _;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::fd::AsRawFd;
use std::path::Path;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use super::{Operation, SysError, doing, during};

/// Turns on the loopback interface (`netdevice(7)`), which gives it 127.0.0.1/8 and ::1.
///
/// # Errors
/// Returns an error if the interface does not exist or may not be changed.
pub fn loopback_up() -> Result<(), SysError> {
    const DOING: Operation = Operation::EnableLoopback;
    let socket =
        socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None).map_err(during(DOING))?;
    let mut request =
        libc::ifreq { ifr_name: [0; libc::IFNAMSIZ], ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: 0 } };
    request.ifr_name[0] = b'l' as libc::c_char;
    request.ifr_name[1] = b'o' as libc::c_char;
    for (number, add) in [(libc::SIOCGIFFLAGS, libc::IFF_UP as libc::c_short), (libc::SIOCSIFFLAGS, 0)] {
        // SAFETY: both requests take a `struct ifreq`, which lives here; its name ends in a NUL.
        if unsafe { libc::ioctl(socket.as_raw_fd(), number as _, &raw mut request) } != 0 {
            return Err(during(DOING)(io::Error::last_os_error()));
        }
        // SAFETY: both requests leave the flags in the union.
        unsafe { request.ifr_ifru.ifru_flags |= add };
    }
    Ok(())
}

/// Returns true if an interface forwards packets: it is on, and its peer is too.
///
/// The kernel detects this some time after both were turned on (`net/core/link_watch.c`) and drops
/// packets sent before.
///
/// # Errors
/// Returns an error if the interface does not exist (`ENODEV`).
pub fn is_running(interface: &str) -> Result<bool, SysError> {
    const DOING: Operation = Operation::ReadInterfaceFlags;
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
    // SAFETY: the request takes a `struct ifreq`, which lives here; its name ends in a NUL.
    if unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFFLAGS as _, &raw mut request) } != 0 {
        return Err(doing(DOING, interface)(io::Error::last_os_error()));
    }
    // SAFETY: the request leaves the flags in the union.
    let flags = i32::from(unsafe { request.ifr_ifru.ifru_flags });
    Ok(flags & libc::IFF_RUNNING != 0)
}

/// Sets a kernel setting by its path below `/proc/sys`, for example `net/ipv4/ip_forward`
/// (`proc_sys(5)`).
///
/// # Errors
/// Returns an error if this kernel lacks the setting (`ENOENT`), or if it may not be set from here
/// (`EACCES`, `EPERM`, `EROFS`).
pub fn write_sysctl(path: &str, value: &str) -> Result<(), SysError> {
    let whole = Path::new("/proc/sys").join(path);
    OpenOptions::new()
        .write(true)
        .open(&whole)
        .and_then(|mut file| file.write_all(value.as_bytes()))
        .map_err(doing(Operation::WriteSetting, whole.display()))
}

/// Requests separate socket tables for network namespaces that are created from this one, large
/// enough for a scenario.
///
/// Otherwise all namespaces share the machine's TCP table, which has a quarter of a million places.
/// Every dump walks through all of them: a quarter of the CPU time of a grading.
///
/// See `tcp_child_ehash_entries` (Linux 6.1) and `udp_child_hash_entries` (6.2) in
/// `Documentation/networking/ip-sysctl.rst`.
///
/// # Errors
/// Returns an error if the kernel shares one TCP table among all namespaces.
pub fn separate_socket_tables() -> Result<(), SysError> {
    write_sysctl("net/ipv4/tcp_child_ehash_entries", "1024")?;
    // Optional: UDP sockets are seldom dumped.
    let _ = write_sysctl("net/ipv4/udp_child_hash_entries", "1024");
    Ok(())
}

/// Configures ports, buffers and TIME-WAIT of this namespace. Returns the settings that failed,
/// with their paths.
///
/// - Clients get every port from 32768 on except the reserved ones, which servers will bind. Past
///   half of a narrow range `connect` searches port by port, 12 times slower. Wireshark assigns
///   lower ports to other protocols.
/// - Sockets in TIME-WAIT are protected (RFC 1337). Otherwise the answer to a server's own late
///   acknowledgement, sent from a timer while it closes, may remove one at once. It would then be
///   unknown which end closed first.
/// - Limits on TIME-WAIT sockets and pending handshakes are raised: with separate tables (see
///   [`separate_socket_tables`]) they would be lower than the machine's.
/// - A receiver that does not read buffers at most half a mebibyte instead of tens. The unread data
///   of a flooding server is then a small part of the capture ring.
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

/// Sets the host name of this UTS namespace (`sethostname(2)`).
///
/// # Errors
/// Returns an error if `CAP_SYS_ADMIN` is missing (`EPERM`) or the name has more than 64 bytes
/// (`EINVAL`).
pub fn set_hostname(name: &str) -> Result<(), SysError> {
    // SAFETY: the pointer and the length belong to the same string, which the kernel only reads.
    if unsafe { libc::sethostname(name.as_ptr().cast(), name.len()) } == 0 {
        return Ok(());
    }
    Err(doing(Operation::SetHostName, name)(io::Error::last_os_error()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_setting_is_reported_with_its_path() {
        let error = write_sysctl("net/no_such_setting", "1").expect_err("no such setting");
        assert_eq!(error.errno(), Some(libc::ENOENT));
        assert!(error.to_string().contains("/proc/sys/net/no_such_setting"));
    }
}
