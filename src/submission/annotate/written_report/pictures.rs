//! Examines the pictures that a report names.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use super::MAX_PICTURES;
use super::document::Document;
use super::markdown;
use crate::model::bytes::{printable_text, safe_path};
use crate::model::{AnswerImage, ImageFormat, Message};
use crate::submission::import::Submission;

/// Maximum size of a picture that pages show, and of all of a submission, in bytes.
const MAX_IMAGE_BYTES: usize = 1 << 20;
const MAX_SHOWN_BYTES: usize = 6 << 20;
/// Maximum number of pixels of a picture that pages show: a small file can claim to be huge.
const MAX_PIXELS: u64 = 40_000_000;

/// The pictures that a report names.
pub(super) struct Pictures<'a> {
    delivery: &'a Submission,
    /// Hashes of the pictures in the course material.
    given: &'a BTreeSet<String>,
    /// Number of pictures that may still be examined.
    pub(super) left: usize,
    /// Hash of each file that was read; `None` if it cannot be read.
    hashes: BTreeMap<PathBuf, Option<String>>,
    /// Hashes of the pictures that were counted.
    seen: BTreeSet<String>,
    /// Number of bytes of pictures that pages may still show.
    shown_left: usize,
}

impl<'a> Pictures<'a> {
    /// Creates the check of a submission's pictures. `given` has the hashes of the course's files.
    pub(super) fn new(delivery: &'a Submission, given: &'a BTreeSet<String>) -> Self {
        Self {
            delivery,
            given,
            left: MAX_PICTURES,
            hashes: BTreeMap::new(),
            seen: BTreeSet::new(),
            shown_left: MAX_SHOWN_BYTES,
        }
    }

    /// Returns the hash of a file.
    fn hash(&mut self, path: &Path) -> Option<String> {
        if let Some(known) = self.hashes.get(path) {
            return known.clone();
        }
        let mut hasher = blake3::Hasher::new();
        let read = self.delivery.open(path).and_then(|file| hasher.update_reader(file).map(|_| ()));
        let hash = read.ok().map(|()| hasher.finalize().to_hex().to_string());
        self.hashes.insert(path.to_owned(), hash.clone());
        hash
    }

    /// Returns the path of a picture in the submission, or a note about its problem.
    pub(super) fn check_picture(&mut self, document: &Document, named: &str) -> Result<String, Message> {
        self.left = self.left.saturating_sub(1);
        if let Some(hash) = document.embedded.get(named) {
            return self.count(printable_text(named), hash.clone(), named);
        }
        let delivery = self.delivery;
        let about = |id: &'static str| Message::new(id).with("file", printable_text(named));
        if named.contains("://") || named.starts_with("//") {
            return Err(about("picture-elsewhere"));
        }
        if named.starts_with("data:image/") {
            // The picture is in the text itself.
            let hash = blake3::hash(named.as_bytes()).to_hex().to_string();
            return self.count("data:image".to_owned(), hash, "data:image");
        }
        let plain = markdown::percent_decoded(named.split(['?', '#']).next().unwrap_or_default()).replace('\\', "/");
        let mut path = document.file.parent().unwrap_or(Path::new("")).to_owned();
        for part in Path::new(plain.trim_start_matches('/')).components() {
            match part {
                Component::Normal(part) => path.push(part),
                Component::ParentDir if path.pop() => {}
                Component::CurDir => {}
                _ => return Err(about("picture-missing")),
            }
        }
        if !delivery.files.contains(&path) {
            let lower = path.to_string_lossy().to_lowercase();
            let stem = path.with_extension("").to_string_lossy().to_lowercase();
            let near = delivery.files.iter().find(|file| {
                let other = file.to_string_lossy().to_lowercase();
                other == lower || Path::new(&other).with_extension("").to_string_lossy() == *stem
            });
            return Err(match near {
                Some(near) => about("picture-other-name").with("near", safe_path(near)),
                None => about("picture-missing"),
            });
        }
        let mut head = [0; 16];
        let read = delivery.open(&path).and_then(|mut file| file.read(&mut head)).unwrap_or_default();
        if !is_picture(&head[..read]) {
            return Err(about("picture-is-none"));
        }
        // Compared by content: one picture under two names is one picture.
        let Some(hash) = self.hash(&path) else { return Err(about("picture-missing")) };
        self.count(safe_path(&path), hash, named)
    }

    /// Returns the content of a counted picture, if pages can show it.
    pub(super) fn image(&mut self, path: &str) -> Option<AnswerImage> {
        let file = self.delivery.files.iter().find(|file| safe_path(file) == path)?;
        let most = MAX_IMAGE_BYTES.min(self.shown_left);
        let bytes = self.delivery.bytes(file, u64::try_from(most).ok()?.saturating_add(1));
        let format = ImageFormat::of(&bytes)?;
        let is_small = bytes.len() <= most && format.pixels(&bytes).is_some_and(|pixels| pixels <= MAX_PIXELS);
        is_small.then(|| {
            self.shown_left -= bytes.len();
            AnswerImage { name: path.to_owned(), format, bytes }
        })
    }

    /// Counts a picture, unless it is the course's or was counted.
    fn count(&mut self, path: String, hash: String, named: &str) -> Result<String, Message> {
        let about = |id: &'static str| Message::new(id).with("file", printable_text(named));
        if self.given.contains(&hash) {
            return Err(about("picture-of-the-course"));
        }
        if !self.seen.insert(hash) {
            return Err(about("picture-twice"));
        }
        Ok(path)
    }
}

/// Returns true if a file begins with the signature of a picture format.
pub(super) fn is_picture(head: &[u8]) -> bool {
    let begins: [&[u8]; 8] =
        [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"<svg", b"<?xml", b"II*\0", b"MM\0*"];
    begins.iter().any(|begin| head.starts_with(begin))
        || head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP")
        || head.get(4..8) == Some(b"ftyp")
}

#[cfg(test)]
mod tests;
