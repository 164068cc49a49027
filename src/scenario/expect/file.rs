//! The expectation about a file that a program has written.

use schemars::JsonSchema;
use serde::Deserialize;

use super::content_fault::{ContentFault, position_of};
use super::content_rule::{ContentRule, sha256_of};
use super::excerpt::{difference, quote};
use super::mismatch::find;
use super::program_fault::program_fault;
use super::start::start_failure;
use super::{Judge, JudgeContext};
use crate::model::{
    Cause, CollectedFile, EventId, EventKind, Evidence, EvidenceKind, Finding, Message, Needs, NotVerified,
};
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::syntax::Keyword;
use crate::scenario::validate::Scope;

/// A program has written a file with this content into its working directory, or has not. A `collect`
/// step must have copied it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WrittenFile {
    /// The file, by its path in the working directory.
    pub path: String,
    /// Its content; default: any.
    #[serde(default)]
    pub content: Option<ContentRule>,
    /// Whether there must be no file with this path.
    #[serde(default)]
    pub missing: bool,
}

impl Keyword for WrittenFile {
    const SHORTHAND_FIELD: Option<&'static str> = Some("path");
}

impl Judge for WrittenFile {
    fn needs(&self) -> Needs {
        Needs::new(&[EvidenceKind::Process])
    }
    fn judge(&self, seen: &JudgeContext<'_>) -> Finding {
        if let Some(finding) = start_failure(seen) {
            return finding;
        }
        let Some((id, file)) = collected(seen, &self.path) else {
            return Finding::not_verified(NotVerified::NothingAsked {});
        };
        let path = crate::model::bytes::printable_text(&self.path);
        let finding = match (file, self.missing) {
            (CollectedFile::Missing, true) => Finding::pass(Message::new("file-absent").with("path", path)),
            (_, true) => Finding::fail(Cause::FileUnwanted { path }),
            (CollectedFile::Missing, false) => Finding::fail(Cause::FileNotWritten { path }),
            (CollectedFile::NotRegular, false) => Finding::fail(Cause::WrittenNotRegular { path }),
            (CollectedFile::TooLarge { bytes }, false) => Finding::fail(Cause::WrittenTooLarge { path, bytes: *bytes }),
            (CollectedFile::Read { bytes, sha256, head }, false) => {
                let contents = Contents { bytes: *bytes, sha256, head: &head.0 };
                match self.content.as_ref().and_then(|rule| contents.wrong(&path, rule)) {
                    Some(finding) => finding,
                    None => Finding::pass(Message::new("file-right").with("path", path).with("bytes", *bytes)),
                }
            }
        };
        // An error that ended the program comes before the file that it did not finish.
        let fault = || failed_program(seen).filter(|_| finding.verdict == crate::model::Verdict::Fail && !self.missing);
        fault().unwrap_or_else(|| finding.clone()).shown_by([id])
    }
    fn check(&self, names: &mut Scope<'_>) {
        names.require_collected_file(&["path"], &self.path);
        if self.missing && self.content.is_some() {
            names.report(&["missing"], DiagnosticKind::OneOf.with("words", "content, missing"));
        }
        if let Some(content) = &self.content {
            content.check(names, "content");
        }
    }
}

/// Returns the last copy of a file.
fn collected<'a>(seen: &'a Evidence, wanted: &str) -> Option<(EventId, &'a CollectedFile)> {
    seen.journal.iter().rev().find_map(|event| match &event.kind {
        EventKind::Collected { path, file } if path == wanted => Some((event.id, file)),
        _ => None,
    })
}

/// Returns the finding about a program, other than a server, that an error ended.
fn failed_program(seen: &Evidence) -> Option<Finding> {
    let mut programs = seen.journal.programs().filter(|id| seen.journal.is_no_server(*id));
    programs.find_map(|id| program_fault(seen, id))
}

/// The contents of a file, as far as they are kept.
struct Contents<'a> {
    bytes: u64,
    sha256: &'a str,
    head: &'a [u8],
}

impl Contents<'_> {
    const fn is_whole(&self) -> bool {
        self.bytes == self.head.len() as u64
    }

    /// Returns the finding if the contents are not as the rule says.
    fn wrong(&self, path: &str, rule: &ContentRule) -> Option<Finding> {
        let path = path.to_owned();
        if let Some(wanted) = rule.content() {
            return self.differs(path, wanted);
        }
        let has = |text: &str| find(self.head, text.as_bytes()).is_some();
        if !self.is_whole() && (rule.contains.is_some() || rule.lacks.is_some()) {
            return Some(Finding::not_verified(NotVerified::OutputTooLong { wanted: path, bytes: self.bytes }));
        }
        let cause = if let Some(text) = rule.contains.as_ref().filter(|text| !has(text)) {
            Cause::FileWithout { path, wanted: quote(text.as_bytes()), got: quote(self.head) }
        } else if let Some(text) = rule.lacks.as_ref().filter(|text| has(text)) {
            Cause::FileHas { path, text: quote(text.as_bytes()) }
        } else if rule.sha256.as_ref().is_some_and(|hash| !hash.eq_ignore_ascii_case(self.sha256)) {
            Cause::FileOtherHash { path, bytes: self.bytes }
        } else if rule.empty && self.bytes > 0 {
            Cause::FileNotEmpty { path, bytes: self.bytes }
        } else {
            return None;
        };
        Some(Finding::fail(cause))
    }

    /// Returns the cause of contents that are not these bytes. Of those that are not kept, nothing is
    /// known.
    fn fault(&self, path: String, wanted: &[u8], got: u64, of: u64) -> Cause {
        if got < of && wanted.starts_with(self.head) && !self.is_cut_at_nul(wanted) {
            return Cause::FileCut { path, got, of };
        }
        let is_other = || Cause::FileDiffers { path: path.clone(), got, of };
        if !self.is_whole() {
            return is_other();
        }
        if let Some(at) = position_of(wanted, self.head) {
            let extra = if at > 0 { &self.head[..at] } else { &self.head[wanted.len()..] };
            return Cause::FileExtra { path, bytes: got - of, extra: quote(extra) };
        }
        match ContentFault::of(self.head, wanted) {
            ContentFault::Decoded => Cause::FileDecoded { path },
            ContentFault::Newlines => Cause::FileNewlines { path },
            ContentFault::CutAtNul => Cause::FileCutAtNul { path, got, of },
            _ if got < of && wanted.ends_with(self.head) => Cause::FileBeginsLate { path, got, of },
            _ => is_other(),
        }
    }

    fn is_cut_at_nul(&self, wanted: &[u8]) -> bool {
        self.is_whole() && ContentFault::of(self.head, wanted) == ContentFault::CutAtNul
    }

    /// Returns the finding if the contents are not these bytes.
    fn differs(&self, path: String, wanted: &[u8]) -> Option<Finding> {
        let of = wanted.len() as u64;
        let is_same = if self.is_whole() { self.head == wanted } else { sha256_of(wanted) == self.sha256 };
        if is_same {
            return None;
        }
        let cause = match self.bytes {
            0 => Cause::FileEmpty { path, of },
            got => self.fault(path, wanted, got, of),
        };
        let finding = Finding::fail(cause);
        Some(if self.bytes == 0 { finding } else { finding.with_difference(Some(difference(wanted, self.head))) })
    }
}
