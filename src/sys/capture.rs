//! Every packet that comes in through an interface, from a ring that the kernel fills (`packet(7)`, TPACKET_V3): no
//! system call for each packet, and no loss where a socket's buffer would overflow. It sees the network namespace that it
//! was opened in, needs `CAP_NET_RAW` there, and does not know what the packets say.
//!
//! On loopback each packet comes in once, so it is told once; on a veth end only what the other end sent is told.
#![expect(unsafe_code, reason = "a mapping shared with the kernel, and options that have no safe wrapper")]

use std::collections::BTreeSet;
use std::ffi::{c_int, c_uint};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::ptr::{self, NonNull};
use std::slice;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, netdevice, socket_with};

use super::blocks::{COUNT, Packets, STATUS};
pub use super::blocks::{LinkHeader, Packet};
use super::packet_filter::of_ports;
use super::{SysError, doing};

/// A packet longer than a block is cut. The longest on loopback has 64 KiB and its headers.
const BLOCK: usize = 128 << 10;
/// A block that is not full is handed over after this time, in milliseconds. Shorter, and a reader that gets no
/// processor for a while loses packets: each handed-over block holds its place, however few packets are in it.
const RETIRE: c_uint = 20;

/// How much a ring holds. All of it is memory that the kernel clears first: a tenth of what it takes to judge a submission,
/// where each of its ten scenarios has a large one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// 4 MiB in 32 blocks, for some clients. What a server that floods can have under way to one that does not read just
    /// now takes 8 of them at most, in packets of 64 KiB, of which a block holds one (see `tcp_rmem` in
    /// [`tune_network`](super::network::tune_network)).
    Small,
    /// 16 MiB in 128 blocks, for thousands of clients.
    Large,
}

impl Room {
    const fn blocks(self) -> usize {
        match self {
            Self::Small => 32,
            Self::Large => 128,
        }
    }
}

/// A ring on one interface. The kernel waits for all its processors when one is made (about 8 ms) and when one is
/// dropped (24 ms, also by the end of the process).
#[derive(Debug)]
pub struct Ring {
    socket: OwnedFd,
    memory: NonNull<u8>,
    blocks: usize,
    /// The block that is handed over next.
    next: usize,
    /// An old kernel tells outgoing packets too: they are passed over here.
    outgoing_told: bool,
    counted: Statistics,
}

// SAFETY: the mapping belongs to the process, not to a thread, and only this value leads to it.
unsafe impl Send for Ring {}

/// A packet socket that receives nothing yet. To open one takes `CAP_NET_RAW`, and all that is done with it later takes nothing: it
/// can be opened before that is given up. Close-on-exec.
#[derive(Debug)]
pub struct Idle(OwnedFd);

impl Idle {
    /// Opens one, for the network namespace that this thread is in.
    ///
    /// # Errors
    /// `EPERM` without `CAP_NET_RAW`.
    pub fn open() -> Result<Self, SysError> {
        // Of protocol 0 it receives nothing, until it is bound: no packet of another interface gets in.
        socket_with(AddressFamily::PACKET, SocketType::RAW, SocketFlags::CLOEXEC, None)
            .map(Self)
            .map_err(doing("opening a packet socket", "this namespace"))
    }

    /// The same socket once more: of all copies, one can be used.
    ///
    /// # Errors
    /// This process has no number left for it.
    pub fn copy(&self) -> Result<Self, SysError> {
        self.0.try_clone().map(Self).map_err(doing("duplicating a packet socket", "this process"))
    }
}

/// What the kernel counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Packets that came by, the dropped ones included; on a kernel before 4.20 the outgoing ones too.
    pub seen: u64,
    /// Packets for which the ring had no room: nothing can be said about what is not in a capture with any.
    pub dropped: u64,
}

impl Ring {
    /// Starts capturing on this interface: every packet from the return of this call on is in it. The socket is
    /// close-on-exec.
    ///
    /// # Errors
    /// `EPERM` without `CAP_NET_RAW`, `ENODEV` where there is no such interface, `ENETDOWN` where it is down, `ENOMEM`.
    pub fn open(interface: &str, room: Room) -> Result<Self, SysError> {
        Self::on(Idle::open()?, interface, room, None)
    }

    /// As [`Ring::open`], with a socket that was opened before. Where there are `ports`, only their packets are in it.
    ///
    /// # Errors
    /// As there, but `EPERM`.
    pub fn on(idle: Idle, interface: &str, room: Room, ports: Option<&BTreeSet<u16>>) -> Result<Self, SysError> {
        let (blocks, whole) = (room.blocks(), room.blocks() * BLOCK);
        let Idle(socket) = idle;
        if let Some(ports) = ports {
            attach(&socket, &of_ports(ports)).map_err(doing("attaching a packet filter to", interface))?;
        }
        let index =
            netdevice::name_to_index(&socket, interface).map_err(doing("looking up the interface", interface))?;
        let version = libc::tpacket_versions::TPACKET_V3 as c_int;
        set(&socket, libc::PACKET_VERSION, &version).map_err(doing("selecting TPACKET_V3", interface))?;
        let yes: c_int = 1;
        let outgoing_told = match set(&socket, libc::PACKET_IGNORE_OUTGOING, &yes) {
            Ok(()) => false,
            Err(Errno::NOPROTOOPT) => true,
            Err(error) => return Err(doing("ignoring outgoing packets", interface)(error)),
        };
        set(&socket, libc::PACKET_RX_RING, &Request::of(blocks)).map_err(doing("creating a packet ring", interface))?;
        // SAFETY: a new mapping at an address that the kernel chooses, as long as the ring that was just made.
        let memory = unsafe {
            let access = libc::PROT_READ | libc::PROT_WRITE;
            libc::mmap(ptr::null_mut(), whole, access, libc::MAP_SHARED, socket.as_raw_fd(), 0)
        };
        let memory = match NonNull::new(memory.cast::<u8>()) {
            Some(address) if memory != libc::MAP_FAILED => address,
            _ => return Err(doing("mapping a packet ring", interface)(io::Error::last_os_error())),
        };
        // A child has no use for it, and a fork would copy all the entries that lead to it. Where this is refused, it does.
        // SAFETY: this is the mapping that was just made, and whole; nothing reads it in a child.
        unsafe { libc::madvise(memory.as_ptr().cast(), whole, libc::MADV_DONTFORK) };
        let ring = Self { socket, memory, blocks, next: 0, outgoing_told, counted: Statistics::default() };
        bind(&ring.socket, index).map_err(doing("binding a packet socket to", interface))?;
        Ok(ring)
    }

    /// From now on only the packets of these ports are taken.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn take_only(&self, ports: &BTreeSet<u16>) -> Result<(), SysError> {
        attach(&self.socket, &of_ports(ports)).map_err(doing("attaching a packet filter to", "a packet socket"))
    }

    /// Hands over all packets of the blocks that the kernel has retired, in order; does not wait. To be called when
    /// [`Ring::as_fd`] is readable; edge-triggered polling loses nothing, as all there is is read.
    pub fn drain(&mut self, each: &mut dyn FnMut(Packet<'_>)) {
        // One that is filled while this goes on may be among them, but this is not for ever.
        for _ in 0..self.blocks {
            if self.word(STATUS).load(Ordering::Acquire) & libc::TP_STATUS_USER == 0 {
                return;
            }
            // SAFETY: the block lies in the mapping (`next` is less than `blocks`), which lasts as long as `self`; the
            // kernel does not write to a block of this status, and nothing else here does while this slice lives.
            let block = unsafe { slice::from_raw_parts(self.block().as_ptr(), BLOCK) };
            for packet in Packets::of(block) {
                if !(self.outgoing_told && packet.outgoing) {
                    each(packet);
                }
            }
            // A block that is given back has none until the kernel opens it: `flush` asks for that.
            self.word(COUNT).store(0, Ordering::Relaxed);
            self.word(STATUS).store(libc::TP_STATUS_KERNEL, Ordering::Release);
            self.next = (self.next + 1) % self.blocks;
        }
    }

    /// Hands over every packet that came by before this call, also from the block that is being filled: waits until
    /// the kernel retires that, which takes 20 to 40 ms (20 on Linux 6.18), or nothing where the block is empty. Returns whether that
    /// happened within the time (100 ms are plenty); if not, packets may be missing.
    ///
    /// That a block is empty is read from its counter, which the kernel increases before it fills a packet in.
    ///
    /// # Errors
    /// Where the kernel refuses to poll.
    pub fn flush(&mut self, within: Duration, each: &mut dyn FnMut(Packet<'_>)) -> Result<bool, SysError> {
        let deadline = Instant::now() + within;
        self.drain(each);
        let open = self.next;
        loop {
            let retired = self.word(STATUS).load(Ordering::Acquire) & libc::TP_STATUS_USER != 0;
            if !retired && self.word(COUNT).load(Ordering::Acquire) == 0 {
                return Ok(true);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let timeout = Timespec::try_from(left).unwrap_or_default();
            let mut wanted = [PollFd::new(&self.socket, PollFlags::IN)];
            match poll(&mut wanted, Some(&timeout)) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(doing("waiting for packets", "a packet socket")(error)),
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

    /// What was counted since the ring was opened.
    ///
    /// # Errors
    /// None is known.
    pub fn statistics(&mut self) -> Result<Statistics, SysError> {
        let mut new = libc::tpacket_stats_v3 { tp_packets: 0, tp_drops: 0, tp_freeze_q_cnt: 0 };
        let mut length = size_of_val(&new) as libc::socklen_t;
        // SAFETY: the kernel writes at most `length` bytes to the structure, which is so long.
        let done = unsafe {
            let to = (&raw mut new).cast();
            libc::getsockopt(self.socket.as_raw_fd(), libc::SOL_PACKET, libc::PACKET_STATISTICS, to, &raw mut length)
        };
        if done != 0 {
            return Err(doing("reading packet statistics", "a packet socket")(io::Error::last_os_error()));
        }
        // The kernel begins anew each time that it tells.
        self.counted.seen += u64::from(new.tp_packets);
        self.counted.dropped += u64::from(new.tp_drops);
        Ok(self.counted)
    }

    fn block(&self) -> NonNull<u8> {
        // SAFETY: `next` is less than `blocks`, so this is inside the mapping.
        unsafe { self.memory.add(self.next * BLOCK) }
    }

    /// A word of the next block's header, which the kernel changes at any time.
    fn word(&self, offset: usize) -> &AtomicU32 {
        // SAFETY: inside the mapping, which lasts as long as `self`; aligned, since blocks are whole pages and the
        // offsets are those of words; while the block is the kernel's, it is only read and written as atomics here.
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
        // SAFETY: this is the whole mapping, and nothing leads to it after this.
        unsafe { libc::munmap(self.memory.as_ptr().cast(), self.blocks * BLOCK) };
    }
}

/// `struct tpacket_req3`, which the libc crate does not have.
#[repr(C)]
struct Request {
    block_size: c_uint,
    blocks: c_uint,
    frame_size: c_uint,
    frames: c_uint,
    retire: c_uint,
    private: c_uint,
    features: c_uint,
}

impl Request {
    const fn of(blocks: usize) -> Self {
        Self {
            block_size: BLOCK as c_uint,
            blocks: blocks as c_uint,
            // Frames have the length of their packets in this version; these two only have to agree with the blocks.
            frame_size: 2048,
            frames: (blocks * BLOCK / 2048) as c_uint,
            retire: RETIRE,
            private: 0,
            features: 0,
        }
    }
}

/// Sets an option of the packet socket; `T` is what the kernel expects for it.
fn set<T>(socket: &OwnedFd, option: c_int, value: &T) -> Result<(), Errno> {
    let length = size_of::<T>() as libc::socklen_t;
    // SAFETY: the kernel reads so many bytes of the value.
    let done =
        unsafe { libc::setsockopt(socket.as_raw_fd(), libc::SOL_PACKET, option, ptr::from_ref(value).cast(), length) };
    if done == 0 { Ok(()) } else { Err(last()) }
}

/// Attaches a filter, in the place of one that is there.
fn attach(socket: &OwnedFd, program: &[libc::sock_filter]) -> Result<(), Errno> {
    let filter = libc::sock_fprog {
        len: u16::try_from(program.len()).map_err(|_| Errno::INVAL)?,
        // The kernel only reads it.
        filter: program.as_ptr().cast_mut(),
    };
    let length = size_of_val(&filter) as libc::socklen_t;
    let (level, option) = (libc::SOL_SOCKET, libc::SO_ATTACH_FILTER);
    // SAFETY: the kernel copies the structure and the program that it leads to, which live until it returns.
    let done = unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, (&raw const filter).cast(), length) };
    if done == 0 { Ok(()) } else { Err(last()) }
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
    // SAFETY: the kernel reads so many bytes of the address.
    let done = unsafe { libc::bind(socket.as_raw_fd(), (&raw const address).cast(), length) };
    if done == 0 { Ok(()) } else { Err(last()) }
}

fn last() -> Errno {
    Errno::from_io_error(&io::Error::last_os_error()).unwrap_or(Errno::INVAL)
}

#[cfg(test)]
#[path = "capture_tests.rs"]
mod tests;
