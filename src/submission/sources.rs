//! Finds the submissions of a class: folders, archives, downloads of course systems.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;

use crate::model::bytes::safe_path;
use crate::model::{Message, SubmissionId};
use crate::submission::download;
use crate::submission::grade::SubmissionSource;
use crate::submission::import::{ImportError, Submission};

/// Extensions of files that an instructor keeps beside the files of a download.
const BESIDE_A_DOWNLOAD: [&str; 14] =
    ["csv", "tsv", "ods", "xlsx", "db", "db-wal", "db-shm", "json", "html", "xml", "md", "txt", "pdf", "log"];
/// Maximum number of headers before the first file of a tar archive.
const MAX_TAR_HEADERS: usize = 64;

/// The submissions of a class.
#[derive(Debug, Default)]
pub(crate) struct Class {
    /// One source per submission.
    pub sources: Vec<SubmissionSource>,
    /// Private copies that hold some of the submissions; removed when dropped.
    pub copies: Vec<Submission>,
    /// Notes about the submissions.
    pub notes: Vec<Message>,
}

impl Class {
    /// Returns the submissions at these paths: each is a folder of submissions, a download, or one
    /// archive.
    ///
    /// An archive of one student may imitate a download, with the names of other students. So
    /// archives count as downloads only if all of them do; otherwise a note is added.
    ///
    /// # Errors
    /// Returns an error if a path cannot be read, with that path.
    pub(crate) fn from_paths<'p>(paths: &[&'p Path]) -> Result<Self, (&'p Path, ImportError)> {
        let mut class = Self::default();
        let archives: Vec<&Path> = paths.iter().filter(|path| !path.is_dir()).copied().collect();
        let downloads: BTreeSet<&Path> = archives.iter().copied().filter(|path| is_download(path)).collect();
        let are_downloads = downloads.len() == archives.iter().collect::<BTreeSet<_>>().len();
        for &path in paths {
            let wrong = |error: ImportError| (path, error);
            if path.is_dir() {
                class.take_folder(path).map_err(wrong)?;
            } else if !(are_downloads && class.take_download(path).map_err(wrong)?) {
                class.sources.push(source_at(path));
                if !are_downloads && downloads.contains(path) {
                    let file = safe_path(path);
                    class.notes.push(Message::new("cli-download-among-others").with("file", file));
                }
            }
        }
        class.sources.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(class)
    }

    /// Adds a folder: a flat download, or one submission per entry. If its only content is a
    /// download, adds that.
    fn take_folder(&mut self, folder: &Path) -> Result<(), ImportError> {
        if self.take_flat(folder)? {
            return Ok(());
        }
        let found = sources_in(folder)?;
        if let [only] = found.as_slice()
            && let Some(path) = &only.path
            && (if path.is_dir() { self.take_flat(path)? } else { is_download(path) && self.take_download(path)? })
        {
            return Ok(());
        }
        self.sources.extend(found);
        Ok(())
    }

    /// Adds an archive if it is a download.
    fn take_download(&mut self, archive: &Path) -> Result<bool, ImportError> {
        let copy = Submission::unpack_class(archive)?;
        self.take_copy(copy)
    }

    /// Adds the flat files of a download and the folders beside them, if there are such files.
    fn take_flat(&mut self, folder: &Path) -> Result<bool, ImportError> {
        let files = flat_files(folder)?;
        if files.is_empty() {
            return Ok(false);
        }
        let copy = Submission::gather_class(folder, &files)?;
        if !self.take_copy(copy)? {
            return Ok(false);
        }
        let is_taken = |one: &SubmissionSource| {
            let name = one.path.as_ref().and_then(|path| path.file_name()).and_then(|name| name.to_str());
            name.is_some_and(|name| files.iter().any(|file| file == name))
        };
        self.sources.extend(sources_in(folder)?.into_iter().filter(|one| !is_taken(one)));
        Ok(true)
    }

    fn take_copy(&mut self, copy: Option<Submission>) -> Result<bool, ImportError> {
        let Some(copy) = copy else { return Ok(false) };
        self.sources.extend(sources_in(&copy.root)?);
        self.copies.push(copy);
        Ok(true)
    }
}

/// Returns the flat files of a download: all of Moodle's, or those of Canvas if nothing else is to
/// be graded.
fn flat_files(folder: &Path) -> io::Result<Vec<String>> {
    let (mut files, mut folders) = (Vec::new(), 0);
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if download::is_left_behind(&name) || name == "socklab-evidence" {
            continue;
        }
        let kind = entry.file_type()?;
        folders += usize::from(kind.is_dir());
        if kind.is_file() {
            files.push(name);
        }
    }
    files.sort();
    if files.iter().any(|file| download::is_moodle(file)) {
        return Ok(files.into_iter().filter(|file| download::is_moodle(file)).collect());
    }
    let is_beside = |file: &String| {
        let ending = Path::new(file).extension().and_then(|ending| ending.to_str());
        ending.is_some_and(|ending| BESIDE_A_DOWNLOAD.contains(&ending.to_lowercase().as_str()))
    };
    let (own, other): (Vec<String>, Vec<String>) = files.into_iter().partition(|file| download::is_like_canvas(file));
    let names: Vec<&str> = own.iter().map(String::as_str).collect();
    let is_canvas = folders == 0 && other.iter().all(is_beside) && download::canvas(&names).is_some();
    Ok(if is_canvas { own } else { Vec::new() })
}

/// Returns true if an archive may be the download of a class, by the names in it.
fn is_download(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let mut file = BufReader::new(file);
    let mut head = [0; 2];
    if file.read_exact(&mut head).is_err() || io::Seek::rewind(&mut file).is_err() {
        return false;
    }
    match head {
        [b'P', b'K'] => zip::ZipArchive::new(file).is_ok_and(|archive| {
            // Windows programs write backslashes.
            let names: Vec<String> = archive.file_names().flatten().map(|name| name.replace('\\', "/")).collect();
            download::is_download(names.iter().map(String::as_str))
        }),
        [0x1f, 0x8b] => begins_like_download(&mut flate2::read::MultiGzDecoder::new(file)),
        _ => begins_like_download(&mut file),
    }
}

/// Returns true if the first file of a tar archive has the name of a downloaded file. Reads headers
/// only: unpacking decides, within limits.
fn begins_like_download(tar: &mut dyn Read) -> bool {
    for _ in 0..MAX_TAR_HEADERS {
        let mut header = tar::Header::new_old();
        if tar.read_exact(header.as_mut_bytes()).is_err() {
            return false;
        }
        let kind = header.entry_type();
        if kind.is_file() {
            let path = String::from_utf8_lossy(&header.path_bytes()).into_owned();
            let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | ".")).collect();
            if !parts.iter().any(|part| download::is_left_behind(part)) {
                let is_like = |part: &&str| download::is_moodle(part) || download::is_like_canvas(part);
                return parts.iter().any(is_like);
            }
        }
        let Ok(size) = header.entry_size() else { return false };
        let padded = size.checked_next_multiple_of(512).unwrap_or(u64::MAX);
        if io::copy(&mut (&mut *tar).take(padded), &mut io::sink()).is_ok_and(|read| read < padded) {
            return false;
        }
    }
    false
}

/// Returns the submission at a path.
#[must_use]
pub(crate) fn source_at(path: &Path) -> SubmissionSource {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = [".tar.gz", ".tgz", ".tar", ".zip", ".rar", ".7z"].iter().find_map(|end| {
        let cut = name.len().checked_sub(end.len())?;
        (name.is_char_boundary(cut) && name[cut..].eq_ignore_ascii_case(end)).then(|| name[..cut].to_owned())
    });
    let id = if path.is_dir() { name } else { stem.unwrap_or(name) };
    SubmissionSource { id: SubmissionId(id), name: None, path: Some(path.to_owned()) }
}

/// Returns the submissions in a folder: all folders and archives. An archive beside a folder of its
/// name is the same submission if the contents are equal; otherwise the archive keeps its
/// extension.
///
/// # Errors
/// Returns an error if the folder cannot be read.
pub(crate) fn sources_in(folder: &Path) -> io::Result<Vec<SubmissionSource>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let lower = name.to_lowercase();
        let is_archive = [".zip", ".tar.gz", ".tgz", ".tar", ".rar", ".7z"].iter().any(|end| lower.ends_with(end));
        let kind = entry.file_type()?;
        if name.starts_with('.') || name == "socklab-evidence" || !(kind.is_dir() || kind.is_file() && is_archive) {
            continue;
        }
        all.push(source_at(&entry.path()));
    }
    all.sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
    let unpacked = |one: &SubmissionSource| {
        let twin = |other: &&SubmissionSource| other.id == one.id && other.path != one.path;
        let is_folder = |source: &SubmissionSource| source.path.as_ref().is_some_and(|path| path.is_dir());
        !is_folder(one) && all.iter().filter(twin).any(|other| is_folder(other) && is_the_same(one, other))
    };
    let again: Vec<bool> = all.iter().map(unpacked).collect();
    let mut again = again.into_iter();
    all.retain(|_| again.next() == Some(false));
    let names: BTreeSet<String> = all.iter().map(|one| one.id.0.clone()).collect();
    all.retain(|one| download::beside_moodle_files(&one.id.0).is_none_or(|files| !names.contains(&files)));
    let ids: Vec<SubmissionId> = all.iter().map(|one| one.id.clone()).collect();
    for one in &mut all {
        let is_file = one.path.as_ref().is_some_and(|path| path.is_file());
        if is_file && ids.iter().filter(|id| **id == one.id).count() > 1 {
            let name =
                one.path.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
            one.id = SubmissionId(name.unwrap_or_default());
        }
    }
    Ok(all)
}

/// Returns true if both have the same files with the same contents.
fn is_the_same(one: &SubmissionSource, other: &SubmissionSource) -> bool {
    let hash = |source: &SubmissionSource| Some(Submission::import(source.path.as_deref()?).ok()?.hash.clone());
    hash(one).is_some_and(|one| Some(one) == hash(other))
}

#[cfg(test)]
mod tests;
