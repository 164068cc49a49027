//! Measures memory that `/proc` does not attribute to any process: System V segments and data
//! queued in sockets. Also returns the free memory of the machine.
//!
//! Counts everything in the IPC and network namespaces of this thread, whichever process it belongs
//! to.

use std::fs;

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, send, socket_with, sockopt,
};

use super::inet_diag::{align4, attribute, u16_at, u32_at};
use super::{Operation, SysError, during};

/// Longer than any message that the kernel makes for a dump.
const BUFFER: usize = 64 * 1024;
const SOCK_DIAG_BY_FAMILY: u16 = 20;
const NLMSG_ERROR: u16 = 2;
const NLMSG_DONE: u16 = 3;
const NLM_F_REQUEST_DUMP: u16 = 0x301;
/// `UDIAG_SHOW_MEMINFO` and `UNIX_DIAG_MEMINFO` (include/uapi/linux/unix_diag.h).
const UNIX_SHOW: u32 = 0x20;
const UNIX_MEMORY: u16 = 5;
/// `INET_DIAG_SKMEMINFO` (include/uapi/linux/inet_diag.h).
const INET_MEMORY: u16 = 7;
/// Indices in either value (include/uapi/linux/sock_diag.h): received and unread, sent and not yet
/// read by the peer, and kept by TCP until acknowledged.
const RECEIVED: usize = 0;
const SENT: usize = 2;
const QUEUED: usize = 5;

/// Returns the memory of all System V segments of this IPC namespace, in bytes, attached or not
/// (`/proc/sysvipc/shm`, sysvipc(7)).
#[must_use]
pub(crate) fn segment_bytes() -> u64 {
    parse_segment_bytes(&fs::read_to_string("/proc/sysvipc/shm").unwrap_or_default())
}

fn parse_segment_bytes(text: &str) -> u64 {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap_or_default().split_whitespace().collect();
    let columns = ["rss", "swap"].map(|name| names.iter().position(|one| *one == name));
    let in_line = |line: &str| -> u64 {
        let values: Vec<&str> = line.split_whitespace().collect();
        let value = |column: Option<usize>| column.and_then(|at| values.get(at)?.parse::<u64>().ok()).unwrap_or(0);
        columns.into_iter().map(value).sum()
    };
    lines.map(in_line).sum()
}

/// Returns the memory queued in the unix, TCP and UDP sockets of this thread's network namespace,
/// in bytes.
///
/// # Errors
/// Returns an error if the kernel does not list them.
pub(crate) fn socket_bytes() -> Result<u64, SysError> {
    const DOING: Operation = Operation::ReadSocketMemory;
    let socket = socket_with(AddressFamily::NETLINK, SocketType::RAW, SocketFlags::CLOEXEC, Some(netlink::SOCK_DIAG))
        .map_err(during(DOING))?;
    sockopt::set_socket_timeout(&socket, sockopt::Timeout::Recv, Some(std::time::Duration::from_secs(2)))
        .map_err(during(DOING))?;
    let (tcp, udp) = (libc::IPPROTO_TCP as u8, libc::IPPROTO_UDP as u8);
    let (v4, v6) = (libc::AF_INET as u8, libc::AF_INET6 as u8);
    let mut buffer = vec![0; BUFFER];
    let mut sum = 0;
    for (family, protocol) in [(libc::AF_UNIX as u8, 0), (v4, tcp), (v6, tcp), (v4, udp), (v6, udp)] {
        send(&socket, &request(family, protocol), SendFlags::empty()).map_err(during(DOING))?;
        loop {
            let (length, _) = rustix::io::retry_on_intr(|| recv(&socket, &mut buffer[..], RecvFlags::empty()))
                .map_err(during(DOING))?;
            let (held, end) = read(&buffer[..length], family);
            sum += held;
            match end {
                None => {}
                Some(0) => break,
                // A kernel without unix_diag.
                Some(error) if Errno::from_raw_os_error(error) == Errno::NOENT => break,
                Some(error) => return Err(during(DOING)(Errno::from_raw_os_error(error))),
            }
        }
    }
    Ok(sum)
}

/// Builds a request for all sockets of a family, with their memory (`struct unix_diag_req`, `struct
/// inet_diag_req_v2`).
fn request(family: u8, protocol: u8) -> Vec<u8> {
    let unix = i32::from(family) == libc::AF_UNIX;
    let mut bytes = vec![0; if unix { 16 + 24 } else { 16 + 56 }];
    let length = bytes.len() as u32;
    bytes[0..4].copy_from_slice(&length.to_ne_bytes());
    bytes[4..6].copy_from_slice(&SOCK_DIAG_BY_FAMILY.to_ne_bytes());
    bytes[6..8].copy_from_slice(&NLM_F_REQUEST_DUMP.to_ne_bytes());
    bytes[16] = family;
    bytes[17] = protocol;
    bytes[20..24].copy_from_slice(&u32::MAX.to_ne_bytes());
    if unix {
        bytes[28..32].copy_from_slice(&UNIX_SHOW.to_ne_bytes());
    } else {
        bytes[18] = 1 << (INET_MEMORY - 1);
    }
    bytes
}

/// Returns the memory of the sockets in one answer, and 0 or an error number if it is the last.
fn read(mut rest: &[u8], family: u8) -> (u64, Option<i32>) {
    let (skipped, wanted) =
        if i32::from(family) == libc::AF_UNIX { (16 + 16, UNIX_MEMORY) } else { (16 + 72, INET_MEMORY) };
    let mut sum = 0;
    while let Some(length) = u32_at(rest, 0).map(|length| length as usize) {
        let Some(message) = rest.get(..length).filter(|message| message.len() >= 16) else { break };
        match u16_at(message, 4) {
            Some(NLMSG_ERROR | NLMSG_DONE) => {
                return (sum, Some(u32_at(message, 16).map_or(0, |number| (number as i32).saturating_neg())));
            }
            _ => {
                let held = message.get(skipped..).and_then(|attributes| attribute(attributes, wanted));
                let part = |at: usize| held.and_then(|held| u32_at(held, 4 * at)).map_or(0, u64::from);
                sum += part(RECEIVED) + part(SENT).max(part(QUEUED));
            }
        }
        rest = rest.get(align4(length)..).unwrap_or_default();
    }
    (sum, None)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    use super::*;

    #[test]
    fn segments_are_summed_by_column_name() {
        let text = "       key      shmid perms                  size  cpid  lpid nattch   uid   gid  cuid  cgid      atime      dtime      ctime                   rss                  swap\n\
                             0          0  1600              67108864  7  7  0 1000 1000 1000 1000 1 2 3 67108864 4096\n\
                             0          1  1600              4096  7  7  0 1000 1000 1000 1000 1 2 3 4096 0\n";
        assert_eq!(parse_segment_bytes(text), 67_108_864 + 4096 + 4096);
        assert_eq!(parse_segment_bytes(""), 0);
    }

    #[test]
    fn unread_socket_data_counts() {
        // Other tests of this process use sockets too, but far less memory.
        let (mut one, other) = UnixStream::pair().expect("a pair");
        one.set_nonblocking(true).expect("not blocking");
        let mut written = 0;
        while let Ok(length) = one.write(&[7; 16384]) {
            written += length as u64;
        }
        let held = socket_bytes().expect("sockets are listed");
        assert!(written > 0 && held >= written, "{held} of {written}");
        drop(other);
        assert!(crate::sys::procfs::MachineMemory::read().available.is_some_and(|left| left > 0));
    }

    #[test]
    fn arbitrary_bytes_do_not_panic() {
        for length in 0..200 {
            let bytes: Vec<u8> = (0..length).map(|k| (k * 37 % 251) as u8).collect();
            let _ = (read(&bytes, libc::AF_UNIX as u8), read(&bytes, libc::AF_INET as u8));
        }
    }
}
