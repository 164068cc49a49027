//! Writes pcapng: little-endian, one section, nanoseconds (draft-ietf-opsawg-pcapng sections 4.1 to
//! 4.6). Keeps no packets and counts none: each block is written at once.

use std::io::{self, Write};
use std::net::IpAddr;

use super::block;
use super::interface::{Interface, Statistics};

/// The direction of a packet, seen from the interface (`epb_flags`, bits 0 and 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Not recorded.
    #[default]
    Unknown = 0,
    /// Received by the interface.
    Inbound = 1,
    /// Sent by the interface.
    Outbound = 2,
}

/// A packet to write.
#[derive(Debug, Clone, Copy, Default)]
pub struct Packet<'a> {
    /// Number returned by [`Writer::interface`].
    pub interface: u32,
    /// Capture time, in nanoseconds since 1970.
    pub at_ns: u64,
    /// Length on the wire in bytes, if it exceeds that of `bytes`.
    pub original_length: u32,
    /// The captured bytes.
    pub bytes: &'a [u8],
    /// Comment for readers: `cliente 3: SYN`.
    pub comment: Option<&'a str>,
    /// Direction of the packet.
    pub direction: Direction,
}

/// Writes a capture file. The output should be buffered.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    interfaces: u32,
    /// The block under construction; its memory is reused.
    block: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Begins a file: writes the Section Header Block with the name of the writing program.
    ///
    /// # Errors
    /// Returns an error if writing fails.
    pub fn new(out: W, application: &str) -> io::Result<Self> {
        let mut writer = Self { out, interfaces: 0, block: Vec::with_capacity(256) };
        writer.block.extend(block::BYTE_ORDER_MAGIC.to_le_bytes());
        writer.block.extend(1_u16.to_le_bytes());
        writer.block.extend(0_u16.to_le_bytes());
        writer.block.extend(u64::MAX.to_le_bytes()); // length of the section: unknown
        writer.option(block::SHB_USERAPPL, application.as_bytes());
        writer.end_options();
        writer.write(block::SECTION)?;
        Ok(writer)
    }

    /// Declares an interface before its packets, and returns its number. Times are always in
    /// nanoseconds.
    ///
    /// # Errors
    /// Returns an error if writing fails.
    pub fn interface(&mut self, interface: &Interface) -> io::Result<u32> {
        self.block.extend(interface.link.to_le_bytes());
        self.block.extend(0_u16.to_le_bytes());
        self.block.extend(interface.snap_length.to_le_bytes());
        if let Some(name) = &interface.name {
            self.option(block::IF_NAME, name.as_bytes());
        }
        self.option(block::IF_TSRESOL, &[9]);
        if let Some(system) = &interface.system {
            self.option(block::IF_OS, system.as_bytes());
        }
        self.end_options();
        self.write(block::INTERFACE)?;
        self.interfaces += 1;
        Ok(self.interfaces - 1)
    }

    /// Names hosts (Name Resolution Block). Skips names that are empty, contain a zero byte, or are
    /// longer than 255 bytes.
    ///
    /// # Errors
    /// Returns an error if writing fails.
    pub fn names<'n>(&mut self, names: impl IntoIterator<Item = (IpAddr, &'n str)>) -> io::Result<()> {
        for (address, name) in names {
            if name.is_empty() || name.contains('\0') || name.len() > 255 {
                continue;
            }
            let (kind, mut value) = match address {
                IpAddr::V4(ip) => (block::NRB_IPV4, ip.octets().to_vec()),
                IpAddr::V6(ip) => (block::NRB_IPV6, ip.octets().to_vec()),
            };
            value.extend(name.as_bytes());
            value.push(0);
            self.option(kind, &value);
        }
        self.end_options(); // nrb_record_end has the same form
        self.write(block::NAMES)
    }

    /// Writes a packet (Enhanced Packet Block).
    ///
    /// # Errors
    /// Returns an error if writing fails, if the interface was not declared, or if the packet is
    /// larger than readers accept.
    pub fn packet(&mut self, packet: &Packet<'_>) -> io::Result<()> {
        let length = u32::try_from(packet.bytes.len()).ok().filter(|&length| length < super::MAX_BLOCK_BYTES / 2);
        let Some(length) = length else {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "packet too large for a capture file"));
        };
        if packet.interface >= self.interfaces {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "packet from an undeclared interface"));
        }
        let (high, low) = (packet.at_ns >> 32, packet.at_ns & 0xffff_ffff);
        for word in [packet.interface, high as u32, low as u32, length, packet.original_length.max(length)] {
            self.block.extend(word.to_le_bytes());
        }
        self.block.extend(packet.bytes);
        self.pad();
        let has_direction = packet.direction != Direction::Unknown;
        if let Some(comment) = packet.comment {
            self.option(block::COMMENT, fit_option(comment).as_bytes());
        }
        if has_direction {
            self.option(block::EPB_FLAGS, &(packet.direction as u32).to_le_bytes());
        }
        if has_direction || packet.comment.is_some() {
            self.end_options();
        }
        self.write(block::ENHANCED)
    }

    /// Writes the counts of an interface up to `at_ns` (Interface Statistics Block).
    ///
    /// # Errors
    /// Returns an error if writing fails.
    pub fn statistics(&mut self, interface: u32, at_ns: u64, counted: Statistics) -> io::Result<()> {
        for word in [interface, (at_ns >> 32) as u32, (at_ns & 0xffff_ffff) as u32] {
            self.block.extend(word.to_le_bytes());
        }
        for (code, count) in [(block::ISB_IFRECV, counted.received), (block::ISB_IFDROP, counted.dropped)] {
            if let Some(count) = count {
                self.option(code, &count.to_le_bytes());
            }
        }
        self.end_options();
        self.write(block::STATISTICS)
    }

    /// Ends the file and flushes the output.
    ///
    /// # Errors
    /// Returns an error if flushing fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.out.flush()?;
        Ok(self.out)
    }

    /// Appends an option: its code, the length of its value, the value, padding (section 3.5).
    fn option(&mut self, code: u16, value: &[u8]) {
        let value = &value[..value.len().min(usize::from(u16::MAX))];
        self.block.extend(code.to_le_bytes());
        self.block.extend((value.len() as u16).to_le_bytes());
        self.block.extend(value);
        self.pad();
    }

    fn end_options(&mut self) {
        self.block.extend([0; 4]);
    }

    fn pad(&mut self) {
        self.block.resize(self.block.len().next_multiple_of(4), 0);
    }

    /// Writes the constructed block: type, length, body, length again (section 3.1).
    fn write(&mut self, kind: u32) -> io::Result<()> {
        let length = (self.block.len() as u32 + 12).to_le_bytes();
        self.out.write_all(&kind.to_le_bytes())?;
        self.out.write_all(&length)?;
        self.out.write_all(&self.block)?;
        self.block.clear();
        self.out.write_all(&length)
    }
}

/// Returns the part of a text that fits an option, cut between two characters.
fn fit_option(text: &str) -> &str {
    let mut end = text.len().min(usize::from(u16::MAX));
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
