//! Sends and receives whole frames on one interface (`packet(7)`), one at a time as they arrive,
//! for a forwarder. For captures of much traffic use the ring in `packet_ring`, which delivers
//! later.
#![expect(unsafe_code, reason = "binding a packet socket and its options have no safe wrappers")]

use std::ffi::c_int;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::{io, ptr};

use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netdevice, recv, send, socket_with};

use super::{Operation, SysError, doing, during};

/// Requested receive buffer in bytes. The kernel gives less if `net.core.rmem_max` is lower.
const RECEIVE_BUFFER_BYTES: c_int = 8 << 20;

/// A non-blocking packet socket on one interface.
#[derive(Debug)]
pub(crate) struct PacketSocket {
    socket: OwnedFd,
    dropped: u64,
}

impl PacketSocket {
    /// Opens a socket on this interface of this thread's network namespace. It does not receive
    /// outgoing frames.
    ///
    /// # Errors
    /// Returns an error if `CAP_NET_RAW` is missing (`EPERM`), or if the interface does not exist
    /// (`ENODEV`).
    pub(crate) fn open(interface: &str) -> Result<Self, SysError> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        // With protocol 0 it receives nothing until it is bound.
        let socket = socket_with(AddressFamily::PACKET, SocketType::RAW, flags, None)
            .map_err(doing(Operation::OpenPacketSocket, interface))?;
        let index = netdevice::name_to_index(&socket, interface).map_err(doing(Operation::FindInterface, interface))?;
        let yes: c_int = 1;
        set(&socket, libc::SOL_PACKET, libc::PACKET_IGNORE_OUTGOING, yes)
            .map_err(doing(Operation::IgnoreOutgoing, interface))?;
        set(&socket, libc::SOL_SOCKET, libc::SO_RCVBUF, RECEIVE_BUFFER_BYTES)
            .map_err(doing(Operation::SetReceiveBuffer, interface))?;
        let address = libc::sockaddr_ll {
            sll_family: libc::AF_PACKET as u16,
            sll_protocol: (libc::ETH_P_ALL as u16).to_be(),
            sll_ifindex: i32::try_from(index).unwrap_or_default(),
            sll_hatype: 0,
            sll_pkttype: 0,
            sll_halen: 0,
            sll_addr: [0; 8],
        };
        let length = size_of_val(&address) as libc::socklen_t;
        // SAFETY: the kernel reads `length` bytes, the size of the address.
        if unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) } != 0 {
            return Err(doing(Operation::StartReceiving, interface)(io::Error::last_os_error()));
        }
        Ok(Self { socket, dropped: 0 })
    }

    /// Returns the next waiting frame, starting at its link header; `None` if there is none now.
    ///
    /// # Errors
    /// Returns an error if the interface was turned off (`ENETDOWN`).
    pub(crate) fn receive<'a>(&self, buffer: &'a mut [u8]) -> Result<Option<&'a [u8]>, SysError> {
        match recv(&self.socket, &mut *buffer, RecvFlags::empty()) {
            Ok((_, length)) => Ok(buffer.get(..length)),
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => Err(during(Operation::ReceivePacket)(error)),
        }
    }

    /// Sends a frame. Returns false if the interface has no room now: the frame is lost, as on a
    /// physical link.
    ///
    /// # Errors
    /// Returns an error if the interface is off (`ENETDOWN`), or if the frame is too long for it
    /// (`EMSGSIZE`).
    pub(crate) fn send(&self, frame: &[u8]) -> Result<bool, SysError> {
        match send(&self.socket, frame, SendFlags::empty()) {
            Ok(_) => Ok(true),
            Err(Errno::AGAIN | Errno::NOBUFS) => Ok(false),
            Err(error) => Err(during(Operation::SendPacket)(error)),
        }
    }

    /// Returns the number of received frames that were dropped for lack of room.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses the query; no such case is known.
    pub(crate) fn dropped(&mut self) -> Result<u64, SysError> {
        let mut new = libc::tpacket_stats { tp_packets: 0, tp_drops: 0 };
        let mut length = size_of_val(&new) as libc::socklen_t;
        // SAFETY: the kernel writes at most `length` bytes, the size of the structure.
        let done = unsafe {
            let to = (&raw mut new).cast();
            libc::getsockopt(self.socket.as_raw_fd(), libc::SOL_PACKET, libc::PACKET_STATISTICS, to, &raw mut length)
        };
        if done != 0 {
            return Err(during(Operation::ReadPacketStatistics)(io::Error::last_os_error()));
        }
        // The kernel resets its counters at each query.
        self.dropped += u64::from(new.tp_drops);
        Ok(self.dropped)
    }
}

impl AsFd for PacketSocket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn set(socket: &OwnedFd, level: c_int, option: c_int, value: c_int) -> Result<(), Errno> {
    let length = size_of_val(&value) as libc::socklen_t;
    // SAFETY: the kernel reads a number, which lives until the call returns.
    let done = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, ptr::from_ref(&value).cast(), length) };
    if done == 0 {
        return Ok(());
    }
    Err(Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL))
}
