//! The memory that a call reads from or writes to: one buffer, or several in an array of `struct iovec`
//! (`readv(2)`, `sendmsg(2)`).

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;

use super::Change;
use super::call::Call;
use crate::model::net::Pid;

/// Size of a `struct iovec` on the supported architectures: a pointer and a length.
const VECTOR_BYTES: usize = 16;
/// The most buffers of one call (`IOV_MAX`, `writev(2)`).
const MAX_VECTORS: usize = 1024;
/// The most bytes that are copied for another socket: the largest datagram.
const MAX_COPY: usize = 65_536;

/// The memory of a stopped thread (`proc_pid_mem(5)`). Its tracer may also write to read-only pages.
pub(super) struct Memory(File);

impl Memory {
    /// Opens the memory; `None` if the thread has exited.
    pub(super) fn of(thread: Pid) -> Option<Self> {
        OpenOptions::new().read(true).write(true).open(format!("/proc/{thread}/mem")).ok().map(Self)
    }

    /// Returns this many bytes from an address on, if all of them are mapped.
    pub(super) fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; length];
        self.0.read_exact_at(&mut bytes, address).ok()?;
        Some(bytes)
    }

    /// Replaces the bytes from an address on. Leaves memory that is not mapped as it is.
    pub(super) fn write(&self, address: u64, bytes: &[u8]) {
        let _ = self.0.write_all_at(bytes, address);
    }

    fn word(&self, address: u64) -> Option<u64> {
        Some(u64::from_ne_bytes(*self.read(address, 8)?.first_chunk()?))
    }
}

/// The buffers of a call.
#[derive(Debug)]
pub(super) struct Buffers {
    /// Address and length of each.
    parts: Vec<(u64, u64)>,
    /// The place of the array; `None` if the one buffer is in the arguments.
    array: Option<u64>,
    /// Address and length of the socket address of the other end.
    name: Option<(u64, usize)>,
    /// The call has a structure around the array, which holds the number of its elements.
    has_header: Option<u64>,
}

impl Buffers {
    /// Reads the buffers of a call that begins.
    pub(super) fn of(call: &Call, memory: &Memory) -> Option<Self> {
        let [_, second, third, _, fifth, sixth] = call.arguments;
        let one = |name| Some(Self { parts: vec![(second, third)], array: None, name, has_header: None });
        match call.number {
            libc::SYS_sendto if fifth != 0 => one(Some((fifth, usize::try_from(sixth as u32).ok()?))),
            libc::SYS_sendto | libc::SYS_recvfrom | libc::SYS_read | libc::SYS_write | libc::SYS_pwrite64 => one(None),
            libc::SYS_readv | libc::SYS_writev => Self::in_array(second, third, memory),
            libc::SYS_sendmsg | libc::SYS_recvmsg => {
                // struct msghdr: name, its length, the array, its length.
                let (name, array) = (memory.word(second)?, memory.word(second + 16)?);
                let length = usize::try_from(memory.word(second + 8)? as u32).ok()?;
                let found = Self::in_array(array, memory.word(second + 24)?, memory)?;
                let name = (name != 0).then_some((name, length));
                Some(Self { name, has_header: Some(second), ..found })
            }
            _ => None,
        }
    }

    fn in_array(array: u64, count: u64, memory: &Memory) -> Option<Self> {
        let count = usize::try_from(count).ok().filter(|count| *count <= MAX_VECTORS)?;
        let bytes = memory.read(array, count * VECTOR_BYTES)?;
        let words = |part: &[u8]| Some((*part.first_chunk::<8>()?, *part.get(8..)?.first_chunk::<8>()?));
        let parts = bytes.chunks_exact(VECTOR_BYTES).filter_map(words);
        let parts = parts.map(|(at, length)| (u64::from_ne_bytes(at), u64::from_ne_bytes(length))).collect();
        Some(Self { parts, array: Some(array), name: None, has_header: None })
    }

    /// Returns the number of bytes in all buffers.
    pub(super) fn total(&self) -> u64 {
        self.parts.iter().fold(0, |sum: u64, (_, length)| sum.saturating_add(*length))
    }

    /// Returns address and length of the socket address of the other end, if the call names one.
    pub(super) const fn address(&self) -> Option<(u64, usize)> {
        self.name
    }

    /// Returns the bytes in all buffers, if they are few.
    pub(super) fn read(&self, memory: &Memory) -> Option<Vec<u8>> {
        let is_small = usize::try_from(self.total()).is_ok_and(|total| total <= MAX_COPY);
        let parts = || self.parts.iter().map(|(at, length)| memory.read(*at, usize::try_from(*length).ok()?));
        if !is_small {
            return None;
        }
        Some(parts().collect::<Option<Vec<_>>>()?.concat())
    }

    /// Returns the change that shortens the last buffer by a byte.
    pub(super) fn without_last_byte(&self) -> Option<Change> {
        let index = self.parts.iter().rposition(|(_, length)| *length > 0)?;
        Some(self.with_length(index, self.parts[index].1 - 1))
    }

    /// Returns the change after which the call is about this many bytes, or fewer: those that are in the
    /// first buffer with any.
    pub(super) fn first_bytes_only(&self, bytes: u64) -> Option<Change> {
        let index = self.parts.iter().position(|(_, length)| *length > 0)?;
        let mut change = self.with_length(index, bytes.min(self.parts[index].1));
        let count = (index as u64 + 1).to_ne_bytes().to_vec();
        match (self.array, self.has_header) {
            (None, _) => {}
            (Some(_), Some(header)) => change.memory.push((header + 24, count)),
            (Some(_), None) => change.arguments.push((2, index as u64 + 1)),
        }
        Some(change)
    }

    fn with_length(&self, index: usize, length: u64) -> Change {
        match self.array {
            None => Change { arguments: vec![(2, length)], ..Change::default() },
            Some(array) => {
                let at = array + (index * VECTOR_BYTES) as u64 + 8;
                Change { memory: vec![(at, length.to_ne_bytes().to_vec())], ..Change::default() }
            }
        }
    }

    /// Returns the change of one bit of the byte in the middle.
    pub(super) fn with_other_byte(&self, memory: &Memory) -> Option<Change> {
        let mut at = self.total() / 2;
        for (start, length) in &self.parts {
            if at < *length {
                let byte = *memory.read(start + at, 1)?.first()?;
                return Some(Change { memory: vec![(start + at, vec![byte ^ 1])], ..Change::default() });
            }
            at -= length;
        }
        None
    }
}
