//! Reads capture files, block by block, from any source of bytes. Memory holds one block at a time.
//! It grows with the bytes received, never with the lengths declared. Reading stops after an error.

use std::borrow::Cow;
use std::io::{self, Read};
use std::net::IpAddr;

use super::block::{self, Fields, Order};
use super::body::{Found, counted, described, named, packet, simple};
use super::classic::{self, Classic};
use super::interface::Interface;
use super::{Captured, Fault, MOST_BYTES, ReadError};
use crate::packet::frame::Link;

/// Maximum number of interfaces, and of names, kept of a file.
const MOST_KEPT: usize = 65_536;

/// The magic number of gzip files (RFC 1952 section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a capture file. The input should be buffered.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    /// Offset of the block being read, and of the next one.
    at: u64,
    next: u64,
    form: Form,
    interfaces: Vec<Interface>,
    names: Vec<(IpAddr, String)>,
    block: Vec<u8>,
    /// True at the end and after an error: nothing more is read.
    over: bool,
}

#[derive(Debug, Clone, Copy)]
enum Form {
    Classic(Classic),
    /// The section's byte order, and the index of its first interface.
    Sections(Order, usize),
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
            form: Form::Sections(Order::Little, 0),
            interfaces: Vec::new(),
            names: Vec::new(),
            block: Vec::new(),
            over: false,
        };
        if let Some(classic) = Classic::by_mark(mark) {
            let mut header = [0; classic::HEADER];
            header[..4].copy_from_slice(&mark);
            reader.exactly(&mut header[4..])?;
            reader.form = Form::Classic(classic);
            reader.interfaces.push(classic.interface(&header));
        } else if u32::from_be_bytes(mark) == block::SECTION {
            reader.section()?;
        } else if mark.starts_with(&GZIP) {
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

    /// Returns the next packet, or `None` at the end. Its bytes are valid until the next call.
    ///
    /// # Errors
    /// Returns an error if the file is malformed from here on, or if reading fails. Later calls
    /// return `None`.
    pub fn packet(&mut self) -> Result<Option<Captured<'_>>, ReadError> {
        if self.over {
            return Ok(None);
        }
        self.over = true;
        let found = match self.form {
            Form::Classic(classic) => self.record(classic)?,
            Form::Sections(..) => self.packet_block()?,
        };
        let Some(found) = found else {
            return Ok(None);
        };
        self.over = false;
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
    fn comment(&self, found: &Found) -> Option<Cow<'_, str>> {
        let Form::Sections(order, _) = self.form else {
            return None;
        };
        let mut options = Fields { order, rest: self.block.get(found.options?..)? };
        let (_, text) = options.find(|&(code, _)| code == block::COMMENT)?;
        Some(String::from_utf8_lossy(text))
    }

    /// Reads the next packet of a pcap file.
    fn record(&mut self, classic: Classic) -> Result<Option<Found>, ReadError> {
        self.at = self.next;
        let mut header = [0; classic::RECORD];
        match fill(&mut self.input, &mut header)? {
            0 => return Ok(None),
            classic::RECORD => self.next += classic::RECORD as u64,
            _ => return Err(ReadError::CutShort { at: self.at }),
        }
        let (at_ns, kept, original_length) = classic.record(&header);
        self.body(kept)?;
        Ok(Some(Found { interface: 0, at_ns, original_length, start: 0, length: self.block.len(), options: None }))
    }

    /// Reads blocks up to the next one with a packet.
    fn packet_block(&mut self) -> Result<Option<Found>, ReadError> {
        loop {
            self.at = self.next;
            let mut kind = [0; 4];
            match fill(&mut self.input, &mut kind)? {
                0 => return Ok(None),
                4 => self.next += 4,
                _ => return Err(ReadError::CutShort { at: self.at }),
            }
            let Form::Sections(order, first) = self.form else {
                return Ok(None);
            };
            let kind = order.word(kind);
            if kind == block::SECTION {
                self.section()?;
                continue;
            }
            let mut length = [0; 4];
            self.exactly(&mut length)?;
            let length = order.word(length);
            let known = matches!(kind, block::INTERFACE..=block::ENHANCED);
            if !self.rest_of_block(order, length, 8, known)? || !known {
                continue;
            }
            let fields = Fields { order, rest: &self.block };
            let found = match kind {
                block::INTERFACE => {
                    let interface = described(fields).ok_or(self.malformed(Fault::InterfaceFields))?;
                    if self.interfaces.len() >= MOST_KEPT {
                        return Err(self.malformed(Fault::TooManyInterfaces));
                    }
                    self.interfaces.push(interface);
                    continue;
                }
                block::NAMES => {
                    let room = MOST_KEPT.saturating_sub(self.names.len());
                    self.names.extend(fields.filter_map(named).take(room));
                    continue;
                }
                block::STATISTICS => {
                    let told = counted(fields).and_then(|(number, counted)| {
                        self.interfaces.get_mut(first + number).map(|interface| interface.statistics = Some(counted))
                    });
                    told.ok_or(self.malformed(Fault::Statistics))?;
                    continue;
                }
                block::SIMPLE => simple(fields, &self.interfaces[first..]),
                block::PACKET => packet(fields, true, &self.interfaces[first..]),
                _ => packet(fields, false, &self.interfaces[first..]),
            };
            let mut found = found.ok_or(self.malformed(Fault::Packet))?;
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
        let order = [Order::Little, Order::Big].into_iter().find(|order| order.word(magic) == block::MAGIC);
        let Some(order) = order else {
            return Err(if self.at == 0 { ReadError::NotACapture } else { self.malformed(Fault::SectionMark) });
        };
        let length = order.word(length);
        self.rest_of_block(order, length, 12, true)?;
        let mut fields = Fields { order, rest: &self.block };
        if fields.half() != Some(1) {
            return Err(self.malformed(Fault::Version));
        }
        self.form = Form::Sections(order, self.interfaces.len());
        Ok(())
    }

    /// Reads the rest of a block, of which `read` bytes were read. Keeps the body only if it is
    /// `wanted`. Always returns true.
    fn rest_of_block(&mut self, order: Order, length: u32, read: u32, wanted: bool) -> Result<bool, ReadError> {
        // Lengths are multiples of four. Some writers forget the padding, and readers must accept
        // that.
        let Some(body) = length.checked_next_multiple_of(4).and_then(|length| length.checked_sub(read + 4)) else {
            return Err(self.malformed(Fault::Length));
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
        if order.word(again) != length {
            return Err(self.malformed(Fault::TwoLengths));
        }
        Ok(true)
    }

    /// Reads `length` bytes into the block.
    fn body(&mut self, length: u32) -> Result<(), ReadError> {
        if length > MOST_BYTES {
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

    fn malformed(&self, why: Fault) -> ReadError {
        ReadError::Malformed { at: self.at, why }
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = Result<Captured<'static>, ReadError>;

    /// Returns the same as [`Reader::packet`], with a copy of the bytes.
    fn next(&mut self) -> Option<Self::Item> {
        self.packet().map(|packet| packet.map(Captured::into_owned)).transpose()
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
