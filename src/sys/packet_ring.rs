//! Captures every packet that an interface receives, through a ring that the kernel fills
//! (`packet(7)`, TPACKET_V3). A packet needs no system call, and cannot overflow a socket buffer.
//!
//! The ring captures in the network namespace in which it was opened, and needs `CAP_NET_RAW`
//! there. It does not parse the packets. Loopback receives each packet once, so it is captured
//! once. A veth end captures only the packets that its peer sent.
#![expect(unsafe_code, reason = "a mapping shared with the kernel, and options that have no safe wrapper")]

mod blocks;

use std::collections::BTreeSet;
use std::ffi::{c_int, c_uint};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use std::{io, slice};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, netdevice, socket_with};

pub(crate) use self::blocks::Packet;
use self::blocks::{BlockPackets, PACKET_COUNT_OFFSET, STATUS_OFFSET};
use super::packet_filter::port_filter;
use super::{Operation, SysError, doing, during};

/// Block size in bytes. A longer packet is truncated; the longest on loopback has 64 KiB plus
/// headers.
const BLOCK_BYTES: usize = 128 << 10;
/// Time after which the kernel hands over a partly filled block, in milliseconds. If it were
/// shorter, a reader that gets no CPU would lose packets, since nearly empty blocks occupy the
/// ring.
const BLOCK_TIMEOUT_MS: c_uint = 20;

/// The size of a ring. The kernel clears its memory first, which is a tenth of the cost of judging
/// a submission if each of its ten scenarios has a large ring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RingSize {
    /// 4 MiB in 32 blocks, for a few clients.
    ///
    /// The unread data of a flooding server takes at most 8 blocks, in packets of 64 KiB, of which
    /// a block holds one (see `tcp_rmem` in [`tune_network`](super::net_settings::tune_network)).
    Small,
    /// 16 MiB in 128 blocks, for thousands of clients.
    Large,
}

impl RingSize {
    const fn blocks(self) -> usize {
        match self {
            Self::Small => 32,
            Self::Large => 128,
        }
    }
}

/// A ring on one interface. The kernel waits for all its processors when a ring is created (about 8
/// ms) and dropped (24 ms, also at the exit of the process).
#[derive(Debug)]
pub(crate) struct Ring {
    socket: OwnedFd,
    memory: NonNull<u8>,
    blocks: usize,
    /// Index of the next block to read.
    next: usize,
    /// The kernel also captures outgoing packets (before 4.20); they are skipped here.
    captures_outgoing: bool,
    totals: RingStatistics,
}

// SAFETY: the mapping belongs to the process, not to a thread, and only this value points to it.
unsafe impl Send for Ring {}

/// A packet socket that receives nothing yet. Opening it takes `CAP_NET_RAW` and later use does
/// not, so open it before dropping privileges. Close-on-exec.
#[derive(Debug)]
pub(crate) struct UnboundSocket(OwnedFd);

impl UnboundSocket {
    /// Opens a socket for this thread's network namespace.
    ///
    /// # Errors
    /// Returns an error if `CAP_NET_RAW` is missing (`EPERM`).
    pub(crate) fn open() -> Result<Self, SysError> {
        // With protocol 0 it receives nothing until it is bound, so no packet of another interface
        // is captured.
        socket_with(AddressFamily::PACKET, SocketType::RAW, SocketFlags::CLOEXEC, None)
            .map(Self)
            .map_err(during(Operation::OpenPacketSocket))
    }

    /// Duplicates the descriptor. Only one of the copies can be used for a ring.
    ///
    /// # Errors
    /// Returns an error if this process has no descriptor left.
    pub(crate) fn try_clone(&self) -> Result<Self, SysError> {
        self.0.try_clone().map(Self).map_err(during(Operation::DuplicatePacketSocket))
    }
}

/// The kernel's packet counters.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RingStatistics {
    /// Packets seen, including dropped ones; before Linux 4.20 also outgoing ones.
    pub seen: u64,
    /// Packets for which the ring had no room. If there are any, a packet that is missing from the
    /// capture may still have been sent.
    pub dropped: u64,
}

impl Ring {
    /// Starts a capture on this interface. It contains every packet after this call returns. The
    /// socket is close-on-exec.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses: `EPERM` without `CAP_NET_RAW`, `ENODEV` if the
    /// interface does not exist, `ENETDOWN` if it is down, `ENOMEM`.
    pub(crate) fn open(interface: &str, room: RingSize) -> Result<Self, SysError> {
        Self::open_on(UnboundSocket::open()?, interface, room, None)
    }

    /// Like [`Ring::open`], with an open socket. With `ports`, captures only their packets.
    ///
    /// # Errors
    /// Returns an error as [`Ring::open`] does, except `EPERM`.
    pub(crate) fn open_on(
        idle: UnboundSocket,
        interface: &str,
        room: RingSize,
        ports: Option<&BTreeSet<u16>>,
    ) -> Result<Self, SysError> {
        let (blocks, whole) = (room.blocks(), room.blocks() * BLOCK_BYTES);
        let UnboundSocket(socket) = idle;
        if let Some(ports) = ports {
            attach_filter(&socket, &port_filter(ports)).map_err(doing(Operation::AttachFilter, interface))?;
        }
        let index = netdevice::name_to_index(&socket, interface).map_err(doing(Operation::FindInterface, interface))?;
        let version = libc::tpacket_versions::TPACKET_V3 as c_int;
        set_option(&socket, libc::PACKET_VERSION, &version).map_err(doing(Operation::SelectRingVersion, interface))?;
        let yes: c_int = 1;
        let outgoing_told = match set_option(&socket, libc::PACKET_IGNORE_OUTGOING, &yes) {
            Ok(()) => false,
            Err(Errno::NOPROTOOPT) => true,
            Err(error) => return Err(doing(Operation::IgnoreOutgoing, interface)(error)),
        };
        set_option(&socket, libc::PACKET_RX_RING, &RingRequest::of(blocks))
            .map_err(doing(Operation::CreateRing, interface))?;
        // SAFETY: a new mapping at an address that the kernel chooses, as long as the new ring.
        let memory = unsafe {
            let access = libc::PROT_READ | libc::PROT_WRITE;
            libc::mmap(ptr::null_mut(), whole, access, libc::MAP_SHARED, socket.as_raw_fd(), 0)
        };
        let memory = match NonNull::new(memory.cast::<u8>()) {
            Some(address) if memory != libc::MAP_FAILED => address,
            _ => return Err(doing(Operation::MapRing, interface)(io::Error::last_os_error())),
        };
        // A child does not use the ring, and a fork would copy its page table entries. Errors are
        // ignored.
        // SAFETY: this is exactly the new mapping, and no child reads it.
        unsafe { libc::madvise(memory.as_ptr().cast(), whole, libc::MADV_DONTFORK) };
        let ring = Self {
            socket,
            memory,
            blocks,
            next: 0,
            captures_outgoing: outgoing_told,
            totals: RingStatistics::default(),
        };
        bind(&ring.socket, index).map_err(doing(Operation::BindPacketSocket, interface))?;
        Ok(ring)
    }

    /// Captures only the packets of these ports from now on.
    ///
    /// # Errors
    /// Returns an error if the kernel lacks memory (`ENOMEM`).
    pub(crate) fn filter_ports(&self, ports: &BTreeSet<u16>) -> Result<(), SysError> {
        attach_filter(&self.socket, &port_filter(ports)).map_err(during(Operation::AttachFilter))
    }

    /// Passes all packets of the retired blocks to `each`, in order, without waiting. Call it when
    /// [`Ring::as_fd`] is readable. Edge-triggered polling loses nothing, because every retired
    /// block is read.
    pub(crate) fn drain(&mut self, each: &mut dyn FnMut(Packet<'_>)) {
        // Blocks that are filled during the loop may be read too, but the loop is bounded.
        for _ in 0..self.blocks {
            if self.header_word(STATUS_OFFSET).load(Ordering::Acquire) & libc::TP_STATUS_USER == 0 {
                return;
            }
            // SAFETY: the block is in the mapping (`next` is less than `blocks`), which lives as
            // long as `self`. The kernel does not write to a block of this status, and neither does
            // this value while the slice lives.
            let block = unsafe { slice::from_raw_parts(self.block().as_ptr(), BLOCK_BYTES) };
            for packet in BlockPackets::in_block(block) {
                if !(self.captures_outgoing && packet.outgoing) {
                    each(packet);
                }
            }
            // A returned block has no packets until the kernel opens it; `flush` reads this
            // counter.
            self.header_word(PACKET_COUNT_OFFSET).store(0, Ordering::Relaxed);
            self.header_word(STATUS_OFFSET).store(libc::TP_STATUS_KERNEL, Ordering::Release);
            self.next = (self.next + 1) % self.blocks;
        }
    }

    /// Passes every packet that arrived before this call to `each`, including those in the block
    /// that is being filled.
    ///
    /// Waits until the kernel retires that block: 20 to 40 ms (20 on Linux 6.18), or no time if it
    /// is empty. Returns false if that does not happen within `within` (100 ms are enough): packets
    /// may then be missing. The kernel increases a block's packet counter before it fills in a
    /// packet, so a counter of 0 means empty.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses to poll.
    pub(crate) fn flush(&mut self, within: Duration, each: &mut dyn FnMut(Packet<'_>)) -> Result<bool, SysError> {
        let deadline = Instant::now() + within;
        self.drain(each);
        let open = self.next;
        loop {
            let retired = self.header_word(STATUS_OFFSET).load(Ordering::Acquire) & libc::TP_STATUS_USER != 0;
            if !retired && self.header_word(PACKET_COUNT_OFFSET).load(Ordering::Acquire) == 0 {
                return Ok(true);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let timeout = Timespec::try_from(left).unwrap_or_default();
            let mut wanted = [PollFd::new(&self.socket, PollFlags::IN)];
            match poll(&mut wanted, Some(&timeout)) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(during(Operation::AwaitPackets)(error)),
            }
            self.drain(each);
            if self.next != open {
                return Ok(true);
            }
            if left.is_zero() {
                return Ok(false);
            }
        }
    }

    /// Returns the counters since the ring was opened.
    ///
    /// # Errors
    /// Returns an error if the kernel refuses the query; no such case is known.
    pub(crate) fn statistics(&mut self) -> Result<RingStatistics, SysError> {
        let mut new = libc::tpacket_stats_v3 { tp_packets: 0, tp_drops: 0, tp_freeze_q_cnt: 0 };
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
        self.totals.seen += u64::from(new.tp_packets);
        self.totals.dropped += u64::from(new.tp_drops);
        Ok(self.totals)
    }

    fn block(&self) -> NonNull<u8> {
        // SAFETY: `next` is less than `blocks`, so this is inside the mapping.
        unsafe { self.memory.add(self.next * BLOCK_BYTES) }
    }

    /// Returns a word of the next block's header, which the kernel may change at any time.
    fn header_word(&self, offset: usize) -> &AtomicU32 {
        // SAFETY: inside the mapping, which lives as long as `self`. Aligned, since blocks are
        // whole pages and the offsets are those of words. While the kernel owns the block, it is
        // only accessed as atomics here.
        unsafe { AtomicU32::from_ptr(self.block().add(offset).as_ptr().cast()) }
    }
}

impl AsFd for Ring {
    /// For polling only: readable when a block was retired.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: this is the whole mapping, and no pointer to it remains.
        unsafe { libc::munmap(self.memory.as_ptr().cast(), self.blocks * BLOCK_BYTES) };
    }
}

/// `struct tpacket_req3`, which the libc crate lacks.
#[repr(C)]
struct RingRequest {
    block_size: c_uint,
    blocks: c_uint,
    frame_size: c_uint,
    frames: c_uint,
    retire: c_uint,
    private: c_uint,
    features: c_uint,
}

impl RingRequest {
    const fn of(blocks: usize) -> Self {
        Self {
            block_size: BLOCK_BYTES as c_uint,
            blocks: blocks as c_uint,
            // In this version a frame is as long as its packet. These two values must only be
            // consistent with the blocks.
            frame_size: 2048,
            frames: (blocks * BLOCK_BYTES / 2048) as c_uint,
            retire: BLOCK_TIMEOUT_MS,
            private: 0,
            features: 0,
        }
    }
}

/// Sets an option of the packet socket; `T` is the type that the kernel expects.
fn set_option<T>(socket: &OwnedFd, option: c_int, value: &T) -> Result<(), Errno> {
    let length = size_of::<T>() as libc::socklen_t;
    // SAFETY: the kernel reads `length` bytes, the size of the value.
    let done =
        unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_PACKET, option, ptr::from_ref(value).cast(), length) };
    if done == 0 { Ok(()) } else { Err(last_errno()) }
}

/// Attaches a filter, replacing an earlier one.
fn attach_filter(socket: &OwnedFd, program: &[libc::sock_filter]) -> Result<(), Errno> {
    let filter = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(|_| Errno::INVAL)?,
        // The kernel only reads it.
        filter: program.as_ptr().cast_mut(),
    };
    let length = size_of_val(&filter) as libc::socklen_t;
    let (level, option) = (libc::SOL_SOCKET, libc::SO_ATTACH_FILTER);
    // SAFETY: the kernel copies the structure and its program, which live until the call returns.
    let done = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const filter).cast(), length) };
    if done == 0 { Ok(()) } else { Err(last_errno()) }
}

fn bind(socket: &OwnedFd, index: u32) -> Result<(), Errno> {
    let address = libc::sockaddr_ll {
        sll_family: libc::AF_PACKET as u16,
        sll_protocol: (libc::ETH_P_ALL as u16).to_be(),
        sll_ifindex: i32::try_from(index).map_err(|_| Errno::NODEV)?,
        sll_hatype: 0,
        sll_pkttype: 0,
        sll_halen: 0,
        sll_addr: [0; 8],
    };
    let length = size_of_val(&address) as libc::socklen_t;
    // SAFETY: the kernel reads `length` bytes, the size of the address.
    let done = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) };
    if done == 0 { Ok(()) } else { Err(last_errno()) }
}

fn last_errno() -> Errno {
    Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}

#[cfg(test)]
mod tests;
