//! The body of a response, by its framing: a length, chunks, or the end of the stream.

use super::Framing;

/// Maximum length of a chunk's size line, and of all trailers, in bytes.
const MAX_LINE_BYTES: usize = 8 << 10;

/// The state of a body after some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyEnd {
    /// More is to come.
    Open,
    /// The body is complete.
    Whole,
    /// A chunk is malformed.
    Fault,
}

/// The position in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Position {
    /// In data of this remaining length.
    Length(u64),
    /// In data without a known end.
    UntilEnd,
    /// In the line with the size of a chunk.
    Size(Vec<u8>),
    /// In the data of a chunk.
    Chunk(u64),
    /// In the line ending after the data of a chunk.
    ChunkEnd(Vec<u8>),
    /// In a line after the last chunk; the total length of those lines so far.
    Trailer(Vec<u8>, usize),
}

/// A body that is being received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BodyReader {
    position: Position,
    content: Vec<u8>,
}

impl BodyReader {
    /// Creates the reader of a body; `None` if the body is empty.
    pub(super) fn new(framing: Framing) -> Option<Self> {
        let position = match framing {
            Framing::Empty | Framing::Length(0) => return None,
            Framing::Length(length) => Position::Length(length),
            Framing::Chunked => Position::Size(Vec::new()),
            Framing::UntilEnd => Position::UntilEnd,
        };
        Some(Self { position, content: Vec::new() })
    }

    /// Returns true if only the end of the stream ends the body.
    pub(super) const fn is_until_end(&self) -> bool {
        matches!(self.position, Position::UntilEnd)
    }

    /// Returns the content that was received since the last call.
    pub(super) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.content)
    }

    /// Adds bytes. Returns how many of them belong to the body.
    pub(super) fn push(&mut self, bytes: &[u8]) -> (usize, BodyEnd) {
        let mut used = 0;
        while used < bytes.len() {
            let (step, end) = self.step(&bytes[used..]);
            used += step;
            if end != BodyEnd::Open {
                return (used, end);
            }
        }
        (used, BodyEnd::Open)
    }

    /// Reads up to the end of the current part of the body.
    fn step(&mut self, bytes: &[u8]) -> (usize, BodyEnd) {
        match &mut self.position {
            Position::UntilEnd => {
                self.content.extend_from_slice(bytes);
                (bytes.len(), BodyEnd::Open)
            }
            Position::Length(left) | Position::Chunk(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                self.content.extend_from_slice(&bytes[..taken]);
                *left -= taken as u64;
                let is_done = *left == 0;
                match (is_done, &self.position) {
                    (true, Position::Length(_)) => return (taken, BodyEnd::Whole),
                    (true, _) => self.position = Position::ChunkEnd(Vec::new()),
                    (false, _) => {}
                }
                (taken, BodyEnd::Open)
            }
            Position::Size(line) | Position::ChunkEnd(line) | Position::Trailer(line, _) => {
                let end = bytes.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
                let taken = end.unwrap_or(bytes.len());
                line.extend_from_slice(&bytes[..taken]);
                if line.len() > MAX_LINE_BYTES {
                    return (taken, BodyEnd::Fault);
                }
                (taken, if end.is_some() { self.finish_line() } else { BodyEnd::Open })
            }
        }
    }

    /// Interprets a complete line.
    fn finish_line(&mut self) -> BodyEnd {
        let next = match &self.position {
            Position::Size(line) => match httparse::parse_chunk_size(line) {
                Ok(httparse::Status::Complete((_, 0))) => Position::Trailer(Vec::new(), 0),
                Ok(httparse::Status::Complete((_, size))) => Position::Chunk(size),
                _ => return BodyEnd::Fault,
            },
            Position::ChunkEnd(line) if line == b"\r\n" => Position::Size(Vec::new()),
            Position::Trailer(line, _) if line == b"\r\n" || line == b"\n" => return BodyEnd::Whole,
            Position::Trailer(line, all) if all + line.len() <= MAX_LINE_BYTES => {
                Position::Trailer(Vec::new(), all + line.len())
            }
            _ => return BodyEnd::Fault,
        };
        self.position = next;
        BodyEnd::Open
    }
}
