//! Reads the capture of `socklab analyze` packet by packet, and maps read errors to messages.
//!
//! It does not look inside the packets.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::Path;

use super::CliError;
use super::bytes_progress::BytesProgress;
use super::input;
use crate::model::Message;
use crate::packet::{BlockFault, Captured, ReadError, Reader, link_name};
use crate::scenario::yaml;

/// A capture file, with its path as printed.
pub(super) struct CaptureFile<'a> {
    path: &'a Path,
    pub(super) shown: String,
}

/// How reading a capture ended.
#[derive(Debug, Default)]
pub(super) struct ReadOutcome {
    /// Notes on what could not be read, and on packets that the capturing program dropped.
    pub(super) notes: Vec<Message>,
    /// Number of packets that the capturing program dropped, by the file's own count.
    pub(super) dropped: u64,
    /// True if the file is damaged: what follows the last packet could not be read. A file that
    /// only ends early is not damaged.
    pub(super) is_damaged: bool,
}

impl<'a> CaptureFile<'a> {
    pub(super) fn new(path: &'a Path) -> Self {
        Self { path, shown: crate::model::bytes::safe_path(path) }
    }

    /// Calls `take` with every packet of the file. If the file cannot be read to its end, the
    /// earlier packets are valid: a note says where it ends. A killed capturing program leaves half
    /// a packet, and a damaged disk or transfer leaves anything.
    ///
    /// # Errors
    /// Returns an error if the file has no readable packet because it cannot be opened or is
    /// damaged, and any error of `take`.
    pub(super) fn for_each_packet(
        &self,
        mut take: impl FnMut(&Captured<'_>) -> Result<(), CliError>,
    ) -> Result<ReadOutcome, CliError> {
        let input::Input { bytes, position, length, is_compressed } = input::open(self.path, &self.shown)?;
        let mut progress = BytesProgress::new(length);
        let mut reader: Reader<BufReader<Box<dyn Read>>> =
            Reader::new(bytes).map_err(|error| self.read_error(&error, is_compressed))?;
        let mut outcome = ReadOutcome::default();
        let mut count = 0_u64;
        loop {
            match reader.next_packet() {
                Ok(Some(packet)) => take(&packet)?,
                Ok(None) => break,
                Err(ReadError::CutShort { at }) => {
                    outcome.notes.push(Message::new("analyze-end-missing").with("at", at));
                    break;
                }
                Err(error) if count == 0 => return Err(self.read_error(&error, is_compressed)),
                Err(error) => {
                    let problem = problem(&error, is_compressed);
                    outcome.notes.push(Message::new("analyze-damaged").with("problem", problem).with("packets", count));
                    outcome.is_damaged = true;
                    break;
                }
            }
            count += 1;
            progress.update(count, position.get());
        }
        outcome.dropped = reader.dropped();
        if outcome.dropped > 0 {
            outcome.notes.push(Message::new("analyze-dropped").with("count", outcome.dropped));
        }
        Ok(outcome)
    }

    /// Maps a read error to the message that nothing of the file could be read.
    fn read_error(&self, error: &ReadError, is_compressed: bool) -> CliError {
        if let (ReadError::Io(error), false) = (error, is_compressed) {
            return CliError::usage(yaml::unreadable(error, &self.shown).into());
        }
        let message = Message::new("analyze-unreadable").with("file", self.shown.as_str());
        CliError::usage(message.with("problem", problem(error, is_compressed)))
    }
}

/// Returns the problem that a read error reports.
fn problem(error: &ReadError, is_compressed: bool) -> Message {
    match error {
        ReadError::Io(_) if is_compressed => Message::new("analyze-compressed-damaged"),
        ReadError::Io(error) => Message::new("problem-other").with("text", error.to_string()),
        ReadError::Gzip | ReadError::NotACapture => Message::new("analyze-not-a-capture"),
        ReadError::CutShort { at } => Message::new("analyze-cut-short").with("at", *at),
        ReadError::Malformed { at, why } => {
            Message::new("analyze-malformed-block").with("at", *at).with("why", Message::new(fault(*why)))
        }
        ReadError::TooLarge { at, length } => {
            Message::new("analyze-block-too-large").with("at", *at).with("length", *length)
        }
    }
}

const fn fault(why: BlockFault) -> &'static str {
    match why {
        BlockFault::InterfaceFields => "analyze-fault-interface",
        BlockFault::TooManyInterfaces => "analyze-fault-interfaces",
        BlockFault::Statistics => "analyze-fault-statistics",
        BlockFault::Packet => "analyze-fault-packet",
        BlockFault::SectionMark => "analyze-fault-section",
        BlockFault::Version => "analyze-fault-version",
        BlockFault::Length => "analyze-fault-length",
        BlockFault::TwoLengths => "analyze-fault-lengths",
    }
}

/// Returns a note per link type that is not supported, with its number and its packet count.
pub(super) fn unknown_links(links: &BTreeMap<u16, usize>) -> impl Iterator<Item = Message> {
    links.iter().map(|(&number, &count)| {
        let message = match link_name(number) {
            Some(name) => Message::new("analyze-link-named").with("name", name),
            None => Message::new("analyze-link"),
        };
        message.with("number", number).with("count", count)
    })
}
