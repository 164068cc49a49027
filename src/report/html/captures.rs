//! The captures embedded in a page as files to save, up to a size. Captures that do not fit are
//! noted on the page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::RecordedScenario;
use crate::i18n::Catalog;
use crate::report::capture_file;

/// Maximum bytes of all captures of a page. Pages are sent by mail, and a larger one would be
/// rejected.
pub(super) const MAX_CAPTURES_BYTES: usize = 2 << 20;
/// Maximum bytes of one capture. Chromium does not open URLs over 2 MiB, and base64 needs four
/// characters for three bytes.
pub(super) const MAX_CAPTURE_BYTES: usize = 3 << 19;

/// A scenario's capture.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Embedded {
    /// The page contains it.
    Here {
        /// The suggested file name.
        name: String,
        bytes: usize,
        /// The file in base64.
        data: String,
    },
    /// It is larger than the remaining budget or the limit of one capture.
    TooLarge { bytes: usize },
    /// No packets were captured.
    Nothing,
}

/// Returns the captures of these scenarios in order. Scenarios for which `first` returns true get
/// the budget first.
pub(super) fn captures(all: &[RecordedScenario<'_>], first: impl Fn(&str) -> bool, words: &Catalog) -> Vec<Embedded> {
    let mut room = MAX_CAPTURES_BYTES;
    let mut taken: Vec<Embedded> = all.iter().map(|_| Embedded::Nothing).collect();
    for turn in [true, false] {
        for (place, seen) in taken.iter_mut().zip(all).filter(|(_, seen)| first(seen.scenario) == turn) {
            *place = embed(seen, &mut room, words);
        }
    }
    taken
}

fn embed(seen: &RecordedScenario<'_>, room: &mut usize, words: &Catalog) -> Embedded {
    let Some(capture) = &seen.evidence.capture else { return Embedded::Nothing };
    // If the packets alone are too large, the file need not be written to find out.
    if capture.bytes() > MAX_CAPTURE_BYTES {
        return Embedded::TooLarge { bytes: capture.bytes() };
    }
    let mut file = Vec::new();
    // Writing to memory cannot fail.
    if capture_file::write(seen.evidence, words, &mut file).is_err() {
        return Embedded::Nothing;
    }
    let bytes = file.len();
    if bytes > MAX_CAPTURE_BYTES.min(*room) {
        return Embedded::TooLarge { bytes };
    }
    *room -= bytes;
    Embedded::Here { name: format!("{}.pcapng", anchor_name(seen.scenario)), bytes, data: STANDARD.encode(file) }
}

/// Returns a name with ASCII letters, digits, `-`, `_` and `.` only, for files and anchors.
pub(super) fn anchor_name(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' };
    let name: String = name.chars().map(plain).take(64).collect();
    let name = name.trim_start_matches(['.', '-']);
    if name.is_empty() { "scenario".to_owned() } else { name.to_owned() }
}
