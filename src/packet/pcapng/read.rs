//! Reads capture files, block by block, from any source of bytes. Memory holds one block at a time.
//! It grows with the bytes received, never with the lengths declared. Reading stops after an error.

use std::borrow::Cow;
use std::io::{self, Read};
use std::net::IpAddr;

use super::block::{self, ByteOrder, Fields};
use super::body::{PacketSpan, parse_interface, parse_name, parse_packet, parse_simple_packet, parse_statistics};
use super::classic::{self, PcapFormat};
use super::interface::{Interface, Statistics};
use super::{BlockFault, Captured, MAX_BLOCK_BYTES, ReadError};
use crate::packet::frame::Link;

/// Maximum number of interfaces, and of names, kept of a file.
const MAX_KEPT_ENTRIES: usize = 65_536;

/// The magic number of gzip files (RFC 1952 section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// Reads a capture file. The input should be buffered.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    /// Offset of the block being read, and of the next one.
    at: u64,
    next: u64,
    form: FileFormat,
    interfaces: Vec<Interface>,
    names: Vec<(IpAddr, String)>,
    block: Vec<u8>,
    /// Number of packets dropped, by the counts of single packets.
    dropped: u64,
    /// True at the end and after an error: nothing more is read.
    is_finished: bool,
}

#[derive(Debug, Clone, Copy)]
enum FileFormat {
    Classic(PcapFormat),
    /// The section's byte order, and the index of its first interface.
    Sections(ByteOrder, usize),
}

impl<R: Read> Reader<R> {
    /// Reads the beginning of a file, and recognises its format by it.
    ///
    /// # Errors
    /// Returns an error if it is not a capture file, or if reading fails.
    pub fn new(mut input: R) -> Result<Self, ReadError> {
        let mut mark = [0; 4];
        if fill(&mut input, &mut mark)? < mark.len() {
            return Err(ReadError::NotACapture);
        }
        let mut reader = Self {
            input,
            at: 0,
            next: 4,
            form: FileFormat::Sections(ByteOrder::Little, 0),
            interfaces: Vec::new(),
            names: Vec::new(),
            block: Vec::new(),
            dropped: 0,
            is_finished: false,
        };
        if let Some(classic) = PcapFormat::from_magic(mark) {
            let mut header = [0; classic::FILE_HEADER_BYTES];
            header[..4].copy_from_slice(&mark);
            reader.exactly(&mut header[4..])?;
            reader.form = FileFormat::Classic(classic);
            reader.interfaces.push(classic.interface(&header));
        } else if u32::from_be_bytes(mark) == block::SECTION {
            reader.section()?;
        } else if mark.starts_with(&GZIP_MAGIC) {
            return Err(ReadError::Gzip);
        } else {
            return Err(ReadError::NotACapture);
        }
        Ok(reader)
    }

    /// Returns the interfaces declared so far, of all sections.
    #[must_use]
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// Returns the host names declared so far.
    #[must_use]
    pub fn names(&self) -> &[(IpAddr, String)] {
        &self.names
    }

    /// Returns the number of packets that the capturing program dropped, by the file's own counts
    /// so far. The counts of interfaces come at the end of a file.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        let counts = self.interfaces.iter().filter_map(|interface| interface.statistics);
        let of_interface =
            |counted: Statistics| counted.dropped.unwrap_or(0).saturating_add(counted.dropped_by_system.unwrap_or(0));
        // Both count the same packets.
        counts.map(of_interface).fold(0, u64::saturating_add).max(self.dropped)
    }

    /// Returns the next packet, or `None` at the end. Its bytes are valid until the next call.
    ///
    /// # Errors
    /// Returns an error if the file is malformed from here on, or if reading fails. Later calls
    /// return `None`.
    pub fn next_packet(&mut self) -> Result<Option<Captured<'_>>, ReadError> {
        if self.is_finished {
            return Ok(None);
        }
        self.is_finished = true;
        let found = match self.form {
            FileFormat::Classic(classic) => self.record(classic)?,
            FileFormat::Sections(..) => self.packet_block()?,
        };
        let Some(found) = found else {
            return Ok(None);
        };
        self.is_finished = false;
        self.dropped = self.dropped.saturating_add(found.dropped);
        let kept = &self.block[found.start..found.start + found.length];
        let comment = self.comment(&found);
        Ok(Some(Captured {
            at_ns: found.at_ns,
            interface: found.interface,
            link: Link::from_number(u32::from(self.interfaces[found.interface].link)),
            link_number: self.interfaces[found.interface].link,
            original_length: found.original_length.max(kept.len() as u32),
            bytes: Cow::Borrowed(kept),
            comment,
        }))
    }

    /// Returns the first comment of a packet; only pcapng has comments.
    fn comment(&self, found: &PacketSpan) -> Option<Cow<'_, str>> {
        let FileFormat::Sections(order, _) = self.form else {
            return None;
        };
        let mut options = Fields { order, rest: self.block.get(found.options?..)? };
        let (_, text) = options.find(|&(code, _)| code == block::COMMENT)?;
        Some(String::from_utf8_lossy(text))
    }

    /// Reads the next packet of a pcap file.
    fn record(&mut self, classic: PcapFormat) -> Result<Option<PacketSpan>, ReadError> {
        self.at = self.next;
        let mut header = [0; classic::MAX_PACKET_HEADER_BYTES];
        let header = &mut header[..classic.packet_header];
        match fill(&mut self.input, header)? {
            0 => return Ok(None),
            read if read == header.len() => self.next += read as u64,
            _ => return Err(ReadError::CutShort { at: self.at }),
        }
        let (at_ns, kept, original_length) = classic.record(header);
        self.body(kept)?;
        let length = self.block.len();
        Ok(Some(PacketSpan { interface: 0, at_ns, original_length, start: 0, length, options: None, dropped: 0 }))
    }

    /// Reads blocks up to the next one with a packet.
    fn packet_block(&mut self) -> Result<Option<PacketSpan>, ReadError> {
        loop {
            self.at = self.next;
            let mut kind = [0; 4];
            match fill(&mut self.input, &mut kind)? {
                0 => return Ok(None),
                4 => self.next += 4,
                _ => return Err(ReadError::CutShort { at: self.at }),
            }
            let FileFormat::Sections(order, first) = self.form else {
                return Ok(None);
            };
            let kind = order.u32_from(kind);
            if kind == block::SECTION {
                self.section()?;
                continue;
            }
            let mut length = [0; 4];
            self.exactly(&mut length)?;
            let length = order.u32_from(length);
            let known = matches!(kind, block::INTERFACE..=block::ENHANCED);
            if !self.rest_of_block(order, length, 8, known)? || !known {
                continue;
            }
            let fields = Fields { order, rest: &self.block };
            let found = match kind {
                block::INTERFACE => {
                    let interface = parse_interface(fields).ok_or(self.malformed(BlockFault::InterfaceFields))?;
                    if self.interfaces.len() >= MAX_KEPT_ENTRIES {
                        return Err(self.malformed(BlockFault::TooManyInterfaces));
                    }
                    self.interfaces.push(interface);
                    continue;
                }
                block::NAMES => {
                    let room = MAX_KEPT_ENTRIES.saturating_sub(self.names.len());
                    self.names.extend(fields.filter_map(parse_name).take(room));
                    continue;
                }
                block::STATISTICS => {
                    let stored = parse_statistics(fields).and_then(|(number, counted)| {
                        self.interfaces.get_mut(first + number).map(|interface| interface.statistics = Some(counted))
                    });
                    stored.ok_or(self.malformed(BlockFault::Statistics))?;
                    continue;
                }
                block::SIMPLE => parse_simple_packet(fields, &self.interfaces[first..]),
                block::PACKET => parse_packet(fields, true, &self.interfaces[first..]),
                _ => parse_packet(fields, false, &self.interfaces[first..]),
            };
            let mut found = found.ok_or(self.malformed(BlockFault::Packet))?;
            found.interface += first;
            return Ok(Some(found));
        }
    }

    /// Reads a Section Header Block after its type.
    fn section(&mut self) -> Result<(), ReadError> {
        let mut head = [0; 8];
        self.exactly(&mut head)?;
        let [length @ .., _, _, _, _] = head;
        let [_, _, _, _, magic @ ..] = head;
        let order = [ByteOrder::Little, ByteOrder::Big]
            .into_iter()
            .find(|order| order.u32_from(magic) == block::BYTE_ORDER_MAGIC);
        let Some(order) = order else {
            return Err(if self.at == 0 { ReadError::NotACapture } else { self.malformed(BlockFault::SectionMark) });
        };
        let length = order.u32_from(length);
        self.rest_of_block(order, length, 12, true)?;
        let mut fields = Fields { order, rest: &self.block };
        if fields.read_u16() != Some(1) {
            return Err(self.malformed(BlockFault::Version));
        }
        self.form = FileFormat::Sections(order, self.interfaces.len());
        Ok(())
    }

    /// Reads the rest of a block, of which `read` bytes were read. Keeps the body only if it is
    /// `wanted`. Always returns true.
    fn rest_of_block(&mut self, order: ByteOrder, length: u32, read: u32, wanted: bool) -> Result<bool, ReadError> {
        // Lengths are multiples of four. Some writers forget the padding, and readers must accept
        // that.
        let Some(body) = length.checked_next_multiple_of(4).and_then(|length| length.checked_sub(read + 4)) else {
            return Err(self.malformed(BlockFault::Length));
        };
        if wanted {
            self.body(body)?;
        } else {
            let skipped = io::copy(&mut (&mut self.input).take(u64::from(body)), &mut io::sink())?;
            self.next += skipped;
            if skipped < u64::from(body) {
                return Err(ReadError::CutShort { at: self.at });
            }
        }
        let mut again = [0; 4];
        self.exactly(&mut again)?;
        if order.u32_from(again) != length {
            return Err(self.malformed(BlockFault::TwoLengths));
        }
        Ok(true)
    }

    /// Reads `length` bytes into the block.
    fn body(&mut self, length: u32) -> Result<(), ReadError> {
        if length > MAX_BLOCK_BYTES {
            return Err(ReadError::TooLarge { at: self.at, length });
        }
        self.block.clear();
        (&mut self.input).take(u64::from(length)).read_to_end(&mut self.block)?;
        self.next += self.block.len() as u64;
        if self.block.len() < length as usize {
            return Err(ReadError::CutShort { at: self.at });
        }
        Ok(())
    }

    fn exactly(&mut self, bytes: &mut [u8]) -> Result<(), ReadError> {
        let read = fill(&mut self.input, bytes)?;
        self.next += read as u64;
        if read < bytes.len() { Err(ReadError::CutShort { at: self.at }) } else { Ok(()) }
    }

    fn malformed(&self, why: BlockFault) -> ReadError {
        ReadError::Malformed { at: self.at, why }
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Captured<'static>, ReadError>;

    /// Returns the same as [`Reader::next_packet`], with a copy of the bytes.
    fn next(&mut self) -> Option<Self::Item> {
        self.next_packet().map(|packet| packet.map(Captured::into_owned)).transpose()
    }
}

/// Reads until `bytes` is full or the input ends.
fn fill(input: &mut impl Read, bytes: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < bytes.len() {
        match input.read(&mut bytes[read..]) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(read)
}
