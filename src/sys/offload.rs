//! What an interface leaves to a device that it does not have (`ethtool(8)`, `include/uapi/linux/ethtool.h`): filling in
//! checksums, cutting long segments, joining short ones. Off, the packets on a veth pair are those of a real wire.
#![expect(unsafe_code, reason = "SIOCETHTOOL has no safe wrapper")]

use std::io;
use std::os::fd::AsRawFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType, socket_with};

use super::{SysError, doing};

const SIOCETHTOOL: u32 = 0x8946;

/// The older requests, one for each feature: every kernel has them, and unlike `ETHTOOL_SFEATURES` they need no list
/// of the kernel's names. Their words are those that `ethtool -k` prints.
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
const LINK: u32 = 0x0a;

/// Whether an interface of the namespace that this thread is in has a link. Asking makes the kernel take note of one that has
/// just come up, instead of up to a second later (`ethtool_op_get_link` in net/ethtool/ioctl.c, since Linux 6.0).
///
/// # Errors
/// `ENODEV` where there is no such interface.
pub fn has_link(interface: &str) -> Result<bool, SysError> {
    ask(interface, LINK).map(|value| value != 0).map_err(doing("querying the link state", interface))
}

/// Turns off all offloads of an interface in the namespace that this thread is in. One that the kernel does not have
/// (the fifth, since Linux 4.14) counts as off.
///
/// # Errors
/// The first that was refused: `EPERM` without `CAP_NET_ADMIN`, `ENODEV` where there is no such interface.
pub fn offloads_off(interface: &str) -> Result<(), SysError> {
    for (feature, command) in FEATURES {
        match ask(interface, command) {
            Err(error) if error.raw_os_error() != Some(libc::EOPNOTSUPP) => {
                return Err(doing("disabling an offload", format_args!("{interface} ({feature})"))(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// One request with the value 0, and the value that the kernel leaves.
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
    // SAFETY: the kernel reads a `struct ifreq`, whose name ends in a NUL (it is shorter than its place), and reads and
    // writes a `struct ethtool_value` where that leads to; both live until it returns.
    if unsafe { libc::ioctl(socket.as_raw_fd(), SIOCETHTOOL as _, &raw mut request) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(value.data)
}
