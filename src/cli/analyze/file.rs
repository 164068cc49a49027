//! The file that `socklab analyze` reads, packet by packet. What cannot be read is said in messages; what the packets carry is not its matter.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use super::Trouble;
use crate::model::Message;
use crate::packet::{Captured, Fault, ReadError, Reader, link_name};
use crate::scenario::yaml;

/// A capture file, and its name as it is printed.
pub(super) struct CaptureFile<'a> {
    path: &'a Path,
    pub(super) shown: String,
}

impl<'a> CaptureFile<'a> {
    pub(super) fn of(path: &'a Path) -> Self {
        Self { path, shown: crate::model::bytes::safe(&path.to_string_lossy()) }
    }

    /// Gives every packet of the file away. Where the file ends in the middle of one, as when the program that captured
    /// was killed, what came before is sound: then it says so.
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

    /// Why the file could not be read.
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

/// What is said of packets behind links that are not read: of how many, by the links' numbers.
pub(super) fn unknown_links(links: &BTreeMap<u16, usize>) -> impl Iterator<Item = Message> {
    links.iter().map(|(&number, &count)| {
        let message = match link_name(number) {
            Some(name) => Message::new("analyze-link-named").with("name", name),
            None => Message::new("analyze-link"),
        };
        message.with("number", number).with("count", count)
    })
}
