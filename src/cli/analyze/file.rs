//! Reads the capture file of `socklab analyze` packet by packet, and maps read errors to messages.
//!
//! It does not look inside the packets.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::CliError;
use crate::model::Message;
use crate::packet::{BlockFault, Captured, ReadError, Reader, link_name};
use crate::scenario::yaml;

/// A capture file, with its path as printed.
pub(super) struct CaptureFile<'a> {
    path: &'a Path,
    pub(super) shown: String,
}

impl<'a> CaptureFile<'a> {
    pub(super) fn new(path: &'a Path) -> Self {
        Self { path, shown: crate::model::bytes::safe_path(path) }
    }

    /// Calls `take` with every packet of the file. If the file ends in the middle of a packet, as
    /// after the capturing program was killed, the earlier packets are valid: returns a note.
    pub(super) fn for_each_packet(
        &self,
        mut take: impl FnMut(&Captured<'_>) -> Result<(), Message>,
    ) -> Result<Option<Message>, CliError> {
        let mut reader = self.open()?;
        loop {
            match reader.next_packet() {
                Ok(Some(packet)) => take(&packet).map_err(|problem| self.unreadable_file(problem))?,
                Ok(None) => return Ok(None),
                Err(ReadError::CutShort { at }) => {
                    return Ok(Some(Message::new("analyze-end-missing").with("at", at)));
                }
                Err(error) => return Err(self.read_error(&error)),
            }
        }
    }

    fn open(&self) -> Result<Reader<BufReader<File>>, CliError> {
        let file = yaml::open_regular(self.path, &self.shown).map_err(|mistake| CliError::usage(mistake.into()))?;
        Reader::new(BufReader::new(file)).map_err(|error| self.read_error(&error))
    }

    fn unreadable_file(&self, problem: Message) -> CliError {
        let message = Message::new("analyze-unreadable").with("file", self.shown.as_str());
        CliError::usage(message.with("problem", problem))
    }

    /// Maps a read error to a message.
    fn read_error(&self, error: &ReadError) -> CliError {
        self.unreadable_file(match error {
            ReadError::Io(error) => return CliError::usage(yaml::unreadable(error, &self.shown).into()),
            ReadError::Gzip => Message::new("analyze-gzip").with("file", shell_words::quote(&self.shown).into_owned()),
            ReadError::NotACapture => Message::new("analyze-not-a-capture"),
            ReadError::CutShort { at } => Message::new("analyze-cut-short").with("at", *at),
            ReadError::Malformed { at, why } => {
                Message::new("analyze-malformed-block").with("at", *at).with("why", Message::new(fault(*why)))
            }
            ReadError::TooLarge { at, length } => {
                Message::new("analyze-block-too-large").with("at", *at).with("length", *length)
            }
        })
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
