//! The captures that a page carries: as files to save, up to a size. What does not fit is told on the page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Seen;
use crate::report::capture_file;
use crate::words::Words;

/// All captures of a page together. A page is sent by mail; one with more of them would come back.
pub(super) const MOST: usize = 2 << 20;
/// One capture. Chromium opens no address of more than 2 MiB, and four characters hold three bytes.
pub(super) const MOST_OF_ONE: usize = 3 << 19;

/// A scenario's capture.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Embedded {
    /// The page holds it.
    Here {
        /// What the file is called where it is saved.
        name: String,
        bytes: usize,
        /// In base64.
        data: String,
    },
    /// It is larger than what may still be taken in.
    TooLarge { bytes: usize },
    /// There were no packets to capture.
    Nothing,
}

/// The captures of these scenarios in their order. Those that `first` names are taken in before the others.
pub(super) fn captures(all: &[Seen<'_>], first: impl Fn(&str) -> bool, words: &Words) -> Vec<Embedded> {
    let mut room = MOST;
    let mut taken: Vec<Embedded> = all.iter().map(|_| Embedded::Nothing).collect();
    for turn in [true, false] {
        for (place, seen) in taken.iter_mut().zip(all).filter(|(_, seen)| first(seen.scenario) == turn) {
            *place = take(seen, &mut room, words);
        }
    }
    taken
}

fn take(seen: &Seen<'_>, room: &mut usize, words: &Words) -> Embedded {
    let Some(capture) = &seen.evidence.capture else { return Embedded::Nothing };
    // What is too large before headers and comments are added need not be written to be counted.
    if capture.bytes() > MOST_OF_ONE {
        return Embedded::TooLarge { bytes: capture.bytes() };
    }
    let mut file = Vec::new();
    // Nothing can fail that writes to memory.
    if capture_file::write(seen.evidence, words, &mut file).is_err() {
        return Embedded::Nothing;
    }
    let bytes = file.len();
    if bytes > MOST_OF_ONE.min(*room) {
        return Embedded::TooLarge { bytes };
    }
    *room -= bytes;
    Embedded::Here { name: format!("{}.pcapng", plain_name(seen.scenario)), bytes, data: STANDARD.encode(file) }
}

/// A name with plain letters only: for files and for anchors.
pub(super) fn plain_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = name.chars().map(plain).take(64).collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "scenario".to_owned() } else { name.to_owned() }
}
