//! Turns off the offloads of an interface (`ethtool(8)`, `include/uapi/linux/ethtool.h`): filling
//! in checksums, splitting long segments, merging short ones. The packets on a veth pair then look
//! as on a physical link.
#![expect(unsafe_code, reason = "SIOCETHTOOL has no safe wrapper")]

use std::io;
use std::os::fd::AsRawFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use super::{Operation, SysError, doing};

const SIOCETHTOOL: u32 = 0x8946;

/// The older requests, one per feature. Every kernel has them, and unlike `ETHTOOL_SFEATURES` they
/// need no list of the kernel's feature names. The names are those that `ethtool -k` prints.
const FEATURES: [(&str, u32); 7] = [
    ("rx-checksumming", 0x15),              // ETHTOOL_SRXCSUM
    ("tx-checksumming", 0x17),              // ETHTOOL_STXCSUM
    ("scatter-gather", 0x19),               // ETHTOOL_SSG
    ("tcp-segmentation-offload", 0x1f),     // ETHTOOL_STSO
    ("udp-fragmentation-offload", 0x22),    // ETHTOOL_SUFO
    ("generic-segmentation-offload", 0x24), // ETHTOOL_SGSO
    ("generic-receive-offload", 0x2c),      // ETHTOOL_SGRO
];

/// `struct ethtool_value`
#[repr(C)]
struct Value {
    command: u32,
    data: u32,
}

/// `ETHTOOL_GLINK`
const ETHTOOL_GLINK: u32 = 0x0a;

/// Returns true if an interface of this thread's network namespace has a link.
///
/// Asking makes the kernel notice a link that has just come up, which otherwise takes up to a
/// second (`ethtool_op_get_link` in net/ethtool/ioctl.c, since Linux 6.0).
///
/// # Errors
/// Returns an error if the interface does not exist (`ENODEV`).
pub fn has_link(interface: &str) -> Result<bool, SysError> {
    ask(interface, ETHTOOL_GLINK).map(|value| value != 0).map_err(doing(Operation::QueryLink, interface))
}

/// Turns off all offloads of an interface in this thread's network namespace. A feature that the
/// kernel lacks (the fifth, since Linux 4.14) counts as off.
///
/// # Errors
/// Returns the first error: `EPERM` without `CAP_NET_ADMIN`, `ENODEV` if the interface does not
/// exist.
pub fn disable_offloads(interface: &str) -> Result<(), SysError> {
    for (feature, command) in FEATURES {
        match ask(interface, command) {
            Err(error) if error.raw_os_error() != Some(libc::EOPNOTSUPP) => {
                return Err(doing(Operation::DisableOffload, format_args!("{interface} ({feature})"))(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Sends one request with the value 0. Returns the value that the kernel stores.
fn ask(interface: &str, command: u32) -> io::Result<u32> {
    let socket = socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    let mut request =
        libc::ifreq { ifr_name: [0; libc::IFNAMSIZ], ifr_ifru: libc::__c_anonymous_ifr_ifru { ifru_flags: 0 } };
    if interface.len() >= libc::IFNAMSIZ {
        return Err(io::Error::from_raw_os_error(libc::ENODEV));
    }
    for (to, &from) in request.ifr_name.iter_mut().zip(interface.as_bytes()) {
        *to = from as libc::c_char;
    }
    let mut value = Value { command, data: 0 };
    request.ifr_ifru.ifru_data = (&raw mut value).cast();
    // SAFETY: the kernel reads a `struct ifreq`, whose name is shorter than its field and so ends
    // in a NUL. It reads and writes the `struct ethtool_value` that this points to. Both live until
    // it returns.
    if unsafe { libc::ioctl(socket.as_raw_fd(), SIOCETHTOOL as _, &raw mut request) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(value.data)
}
