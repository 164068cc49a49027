//! The lines of connections that are over, in a temporary file: a summary of millions of
//! connections needs little memory.
//!
//! It knows lines only, not what is in them.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;

/// Size of the part of the file that is held while lines are read, in bytes.
const WINDOW_BYTES: usize = 256 * 1024;
/// Offset of a stream without a line.
const NO_LINE: u64 = u64::MAX;

/// A line with two counts that may still grow: its text before, between and after them.
pub(super) struct Line {
    pub(super) counts: [usize; 2],
    pub(super) text: [String; 3],
}

impl Line {
    /// Returns the finished line.
    pub(super) fn render(&self) -> String {
        let [first, second] = self.counts;
        let [before, between, after] = &self.text;
        format!("{before}{first}{between}{second}{after}\n")
    }
}

/// Lines by stream number.
pub(super) struct ClosedLines {
    storage: Storage,
    /// Number of bytes written.
    end: u64,
    /// Offset of the line of each stream.
    offsets: Vec<u64>,
    /// Number of lines.
    pub(super) count: usize,
    /// Packets that came after the line of their stream was stored.
    late: HashMap<usize, [usize; 2]>,
    window: (u64, Vec<u8>),
}

enum Storage {
    /// Nothing was stored yet.
    Empty,
    File(BufWriter<File>),
    /// Without a folder for temporary files.
    Memory(Vec<u8>),
}

impl ClosedLines {
    pub(super) fn new() -> Self {
        let (storage, late) = (Storage::Empty, HashMap::new());
        Self { storage, end: 0, offsets: Vec::new(), count: 0, late, window: (0, Vec::new()) }
    }

    /// Stores the line of a stream.
    ///
    /// # Errors
    /// Returns an error if the temporary file cannot be written.
    pub(super) fn store(&mut self, stream: usize, line: &Line) -> std::io::Result<()> {
        let mut bytes = Vec::new();
        for count in line.counts {
            bytes.extend((count as u64).to_le_bytes());
        }
        for text in &line.text {
            bytes.extend(u32::try_from(text.len()).unwrap_or(0).to_le_bytes());
            bytes.extend(text.as_bytes());
        }
        if self.offsets.len() <= stream {
            self.offsets.resize(stream + 1, NO_LINE);
        }
        self.offsets[stream] = self.end;
        self.count += 1;
        self.end += bytes.len() as u64;
        if matches!(self.storage, Storage::Empty) {
            self.storage = match tempfile::tempfile() {
                Ok(file) => Storage::File(BufWriter::with_capacity(WINDOW_BYTES, file)),
                Err(_) => Storage::Memory(Vec::new()),
            };
        }
        match &mut self.storage {
            Storage::File(file) => file.write_all(&bytes)?,
            Storage::Memory(memory) => memory.extend(bytes),
            Storage::Empty => {}
        }
        Ok(())
    }

    /// Returns a number that is higher than those of all stored streams.
    pub(super) fn streams(&self) -> usize {
        self.offsets.len()
    }

    /// Returns true if the line of a stream was stored.
    pub(super) fn contains(&self, stream: usize) -> bool {
        self.offsets.get(stream).is_some_and(|&offset| offset != NO_LINE)
    }

    /// Adds packets to the counts of a stored line.
    pub(super) fn add_late(&mut self, stream: usize, packets: [usize; 2]) {
        let late = self.late.entry(stream).or_default();
        *late = [late[0] + packets[0], late[1] + packets[1]];
    }

    /// Returns the line of a stream, or `None` if it was not stored. Reading is fast in the order
    /// of storing.
    ///
    /// # Errors
    /// Returns an error if the temporary file cannot be read.
    pub(super) fn line(&mut self, stream: usize) -> std::io::Result<Option<Line>> {
        let Some(&offset) = self.offsets.get(stream).filter(|&&offset| offset != NO_LINE) else { return Ok(None) };
        let mut at = offset;
        let mut counts = [0; 2];
        let late = self.late.get(&stream).copied().unwrap_or_default();
        for (count, late) in counts.iter_mut().zip(late) {
            let bytes = self.read(at, 8)?.try_into().unwrap_or_default();
            *count = usize::try_from(u64::from_le_bytes(bytes)).unwrap_or(usize::MAX) + late;
            at += 8;
        }
        let mut text: [String; 3] = Default::default();
        for text in &mut text {
            let length = u32::from_le_bytes(self.read(at, 4)?.try_into().unwrap_or_default());
            *text = String::from_utf8_lossy(self.read(at + 4, length as usize)?).into_owned();
            at += 4 + u64::from(length);
        }
        Ok(Some(Line { counts, text }))
    }

    /// Returns `length` bytes of what was written, from `at` on.
    fn read(&mut self, at: u64, length: usize) -> std::io::Result<&[u8]> {
        let end = at + length as u64;
        if let Storage::File(file) = &mut self.storage {
            let (start, window) = &mut self.window;
            if at < *start || end > *start + window.len() as u64 {
                file.flush()?;
                let wanted = (self.end - at).min(WINDOW_BYTES.max(length) as u64);
                window.resize(usize::try_from(wanted).unwrap_or(0), 0);
                file.get_ref().read_exact_at(window, at)?;
                *start = at;
            }
        }
        let (start, bytes) = match &self.storage {
            Storage::File(_) => (self.window.0, &self.window.1),
            Storage::Memory(memory) => (0, memory),
            Storage::Empty => return Err(std::io::ErrorKind::UnexpectedEof.into()),
        };
        let place = |offset: u64| usize::try_from(offset - start).unwrap_or(usize::MAX);
        bytes.get(place(at)..place(end)).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(stream: usize) -> Line {
        let text = [format!("TCP {stream}  "), " → ".to_owned(), "x".repeat(stream % 300)];
        Line { counts: [stream, 7], text }
    }

    #[test]
    fn lines_are_returned_by_stream() {
        let file = ClosedLines::new();
        let memory = ClosedLines { storage: Storage::Memory(Vec::new()), ..ClosedLines::new() };
        for mut lines in [file, memory] {
            for stream in (0..20_000).rev().filter(|stream| stream % 3 > 0) {
                lines.store(stream, &line(stream)).expect("storing");
            }
            lines.add_late(4, [1, 0]);
            lines.add_late(4, [1, 5]);
            assert_eq!(lines.line(4).expect("reading").map(|line| line.counts), Some([6, 12]));
            for stream in [5, 19_999, 1, 10_000, 8] {
                let read = lines.line(stream).expect("reading").map(|line| line.render());
                assert_eq!(read, (stream % 3 > 0).then(|| line(stream).render()), "{stream}");
            }
            assert_eq!((lines.contains(3), lines.contains(20_000), lines.count), (false, false, 13_333));
        }
    }
}
