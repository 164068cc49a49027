//! Reads the capture file of `socklab analyze` packet by packet, and maps read errors to messages.
//!
//! It does not look inside the packets.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::Trouble;
use crate::model::Message;
use crate::packet::{Captured, Fault, ReadError, Reader, link_name};
use crate::scenario::yaml;

/// A capture file, with its path as printed.
pub(super) struct CaptureFile<'a> {
    path: &'a Path,
    pub(super) shown: String,
}

impl<'a> CaptureFile<'a> {
    pub(super) fn of(path: &'a Path) -> Self {
        Self { path, shown: crate::model::bytes::safe_path(path) }
    }

    /// Calls `take` with every packet of the file. If the file ends in the middle of a packet, as
    /// after the capturing program was killed, the earlier packets are valid: returns a note.
    pub(super) fn each(
        &self,
        mut take: impl FnMut(&Captured<'_>) -> Result<(), Message>,
    ) -> Result<Option<Message>, Trouble> {
        let mut reader = self.open()?;
        loop {
            match reader.packet() {
                Ok(Some(packet)) => take(&packet).map_err(|problem| self.refused(problem))?,
                Ok(None) => return Ok(None),
                Err(ReadError::CutShort { at }) => {
                    return Ok(Some(Message::new("analyze-end-missing").with("at", at)));
                }
                Err(error) => return Err(self.unread(&error)),
            }
        }
    }

    fn open(&self) -> Result<Reader<BufReader<File>>, Trouble> {
        let file = yaml::open_regular(self.path, &self.shown).map_err(Trouble::usage)?;
        Reader::new(BufReader::new(file)).map_err(|error| self.unread(&error))
    }

    fn refused(&self, problem: Message) -> Trouble {
        let message = Message::new("analyze-unreadable").with("file", self.shown.as_str());
        Trouble::usage(message.with("problem", problem))
    }

    /// Maps a read error to a message.
    fn unread(&self, error: &ReadError) -> Trouble {
        self.refused(match error {
            ReadError::Io(error) => return Trouble::usage(yaml::unreadable(error, &self.shown)),
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

const fn fault(why: Fault) -> &'static str {
    match why {
        Fault::InterfaceFields => "analyze-fault-interface",
        Fault::TooManyInterfaces => "analyze-fault-interfaces",
        Fault::Statistics => "analyze-fault-statistics",
        Fault::Packet => "analyze-fault-packet",
        Fault::SectionMark => "analyze-fault-section",
        Fault::Version => "analyze-fault-version",
        Fault::Length => "analyze-fault-length",
        Fault::TwoLengths => "analyze-fault-lengths",
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
