//! Imports submissions: a folder or an archive becomes a private copy of plain files. Input is not
//! trusted: sizes are counted while reading, names are validated, and only folders and plain files
//! are kept.

mod archive;
mod class;
mod inner;
mod tree;
mod workspace;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

pub(crate) use self::archive::zip_names;
use self::tree::{copy_file, copy_folder, give_to_nobody, hash, top, top_name};
pub(crate) use self::workspace::sweep;
use self::workspace::{COPY, TempWorkspace};
use crate::model::bytes::printable_text;
use crate::model::{Arg, Message};
use crate::run::file_list::list_files;

/// Maximum bytes of one submission, over all files.
pub(crate) const MAX_SUBMISSION_BYTES: u64 = 256 << 20;
/// Maximum number of files and folders of one submission.
pub(crate) const MAX_SUBMISSION_ENTRIES: u64 = 20_000;
/// Factor by which the download of a class may be larger.
const CLASS_FACTOR: u64 = 64;
/// Maximum depth of folders.
const MAX_DEPTH: usize = 32;
/// Maximum number of omitted files that are listed by name.
const MAX_LISTED_NOTES: usize = 5;
/// Folders of version control, editors and tools, socklab's included: not part of the work, and
/// full of small files.
const SKIPPED_FOLDERS: [&str; 8] =
    [".git", ".svn", ".hg", ".idea", ".vscode", "__MACOSX", "__pycache__", "socklab-evidence"];

/// Returns true if a file is in a folder that is not part of a submission.
#[must_use]
pub(crate) fn is_skipped(file: &Path) -> bool {
    file.components().any(|part| SKIPPED_FOLDERS.iter().any(|other| part.as_os_str() == *other))
}

/// Returns true if a folder of this name has nothing that the student wrote.
#[must_use]
pub(crate) fn is_foreign_folder(name: &str) -> bool {
    SKIPPED_FOLDERS.contains(&name) || DEPENDENCIES.contains(&name)
}

/// Folders with third-party programs, which only serve the submitted ones.
const DEPENDENCIES: [&str; 4] = ["node_modules", "bower_components", "site-packages", "dist-packages"];
/// Path suffixes of files that mark a generated folder: cargo's output, dependencies fetched by
/// Composer and Go, and virtual environments of Python (PEP 405).
const MARKS: [&str; 4] = ["CACHEDIR.TAG", "vendor/autoload.php", "vendor/modules.txt", "pyvenv.cfg"];

/// The private copy of a submission, removed when dropped.
#[derive(Debug)]
pub(crate) struct Submission {
    /// Owns the folder of the copy.
    holder: TempWorkspace,
    /// Top folder of the copy: the folder of `socklab.yaml`, in which programs run.
    pub root: PathBuf,
    /// Files, as sorted paths relative to the top.
    pub files: Vec<PathBuf>,
    /// Hash of all names and contents (BLAKE3).
    pub hash: String,
    /// Omitted files, with the reason.
    pub notes: Vec<Message>,
    /// Name of the top folder in the original, or of the archive without its extension.
    pub top_name: String,
}

/// Why a submission could not be imported.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    /// The submission is unusable, for the contained reason.
    #[error("the submission cannot be used")]
    Unusable(Message),
    /// The copy could not be created.
    #[error("copying the submission: {0}")]
    System(#[from] io::Error),
    /// The import was interrupted.
    #[error("importing the submission was interrupted")]
    Interrupted,
}

/// A function that returns true if the import is interrupted.
type Stop<'a> = &'a dyn Fn() -> bool;

/// Bytes that are copied between two checks for an interruption.
const COPY_CHUNK_BYTES: u64 = 1 << 20;

/// Limits of an import.
#[derive(Debug, Clone, Copy)]
struct ImportLimits {
    bytes: u64,
    entries: u64,
}

impl ImportLimits {
    /// The limits of one submission.
    const SUBMISSION: Self = Self { bytes: MAX_SUBMISSION_BYTES, entries: MAX_SUBMISSION_ENTRIES };
    /// The limits of a class.
    const CLASS: Self =
        Self { bytes: CLASS_FACTOR * MAX_SUBMISSION_BYTES, entries: CLASS_FACTOR * MAX_SUBMISSION_ENTRIES };
}

/// The destination of an import, with its counters and limits.
struct Importer<'a> {
    to: PathBuf,
    stop: Stop<'a>,
    bytes: u64,
    entries: u64,
    limits: ImportLimits,
    left_out: Vec<Message>,
    hidden: usize,
    /// Archives inside the submission that were unpacked.
    unpacked: BTreeSet<PathBuf>,
}

impl<'a> Importer<'a> {
    const fn into(to: PathBuf, limits: ImportLimits, stop: Stop<'a>) -> Self {
        Self { to, stop, bytes: 0, entries: 0, limits, left_out: Vec::new(), hidden: 0, unpacked: BTreeSet::new() }
    }

    /// Returns the notes about omitted files.
    fn notes(self) -> Vec<Message> {
        let mut notes = self.left_out;
        if self.hidden > 0 {
            notes.push(Message::new("delivery-more-left-out").with("count", self.hidden));
        }
        notes
    }

    /// Adds a note about an omitted file. Only the first few are listed by name.
    fn note_omitted(&mut self, id: &'static str, name: &str) {
        // Every virtual environment of Python has such links, which are replaced.
        let mut parts = name.rsplit('/');
        let (last, parent) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if id == "delivery-link" && (last == "lib64" || (parent == "bin" && last.starts_with("python"))) {
            return;
        }
        if self.left_out.len() < MAX_LISTED_NOTES {
            self.left_out.push(Message::new(id).with("file", printable_text(name)));
        } else {
            self.hidden += 1;
        }
    }

    /// Returns an error if the import is interrupted.
    fn check_interrupted(&self) -> Result<(), ImportError> {
        if (self.stop)() { Err(ImportError::Interrupted) } else { Ok(()) }
    }

    /// Counts one more entry.
    fn count(&mut self) -> Result<(), ImportError> {
        self.check_interrupted()?;
        self.entries += 1;
        if self.entries > self.limits.entries {
            return Err(unusable("delivery-too-many-files", [("limit", self.limits.entries.into())]));
        }
        Ok(())
    }

    /// Returns the destination of an entry. Only plain names below the top have one.
    fn destination(&self, name: &Path) -> Option<PathBuf> {
        let mut parts = Vec::new();
        for part in name.components() {
            match part {
                Component::Normal(part) => parts.push(part),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        (!parts.is_empty() && parts.len() <= MAX_DEPTH)
            .then(|| parts.iter().fold(self.to.clone(), |at, part| at.join(part)))
    }

    fn folder(&mut self, name: &Path) -> Result<(), ImportError> {
        self.count()?;
        match self
            .destination(name)
            .map_or_else(|| Err(io::ErrorKind::InvalidFilename.into()), |place| make_folders(&place))
        {
            Err(error) if is_name_error(&error) => self.note_omitted("delivery-bad-name", &name.to_string_lossy()),
            made => made?,
        }
        Ok(())
    }

    /// Copies the bytes of one file, and counts them.
    fn file(&mut self, name: &Path, executable: bool, from: &mut dyn Read) -> Result<(), ImportError> {
        self.count()?;
        let Some(place) = self.destination(name) else {
            self.note_omitted("delivery-bad-name", &name.to_string_lossy());
            return Ok(());
        };
        if let Some(Err(error)) = place.parent().map(make_folders).filter(|made| made.is_err()) {
            if is_name_error(&error) {
                self.note_omitted("delivery-bad-name", &name.to_string_lossy());
                return Ok(());
            }
            return Err(error.into());
        }
        // Archives made on Windows, and some made by course systems, contain no mode: a file that
        // is a program by its first bytes becomes executable.
        let mut head = Vec::new();
        Read::take(&mut *from, 5).read_to_end(&mut head)?;
        let is_script = head.starts_with(b"#!") || head == *b"\xef\xbb\xbf#!";
        let executable = executable || is_script || head.starts_with(b"\x7fELF");
        let mut options = File::options();
        options.write(true).create_new(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, if executable { 0o755 } else { 0o644 });
        let mut file = match options.open(&place) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.note_omitted("delivery-name-twice", &name.to_string_lossy());
                return Ok(());
            }
            Err(error) if is_name_error(&error) => {
                self.note_omitted("delivery-bad-name", &name.to_string_lossy());
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let mut whole = head.as_slice().chain(from);
        loop {
            let most = COPY_CHUNK_BYTES.min(self.limits.bytes - self.bytes + 1);
            let copied = io::copy(&mut Read::take(&mut whole, most), &mut file)?;
            self.bytes += copied;
            if self.bytes > self.limits.bytes {
                return Err(unusable("delivery-too-large", [("limit", (self.limits.bytes >> 20).into())]));
            }
            if copied < most {
                return Ok(());
            }
            self.check_interrupted()?;
        }
    }
}

fn unusable<const N: usize>(id: &'static str, with: [(&'static str, Arg); N]) -> ImportError {
    ImportError::Unusable(with.into_iter().fold(Message::new(id), |message, (name, value)| message.with(name, value)))
}

/// Returns true if the error is due to the name: it is too long, or leads through a file. Only
/// archives can contain such names.
fn is_name_error(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::InvalidFilename | Kind::NotADirectory | Kind::IsADirectory | Kind::AlreadyExists)
}

fn make_folders(place: &Path) -> io::Result<()> {
    std::os::unix::fs::DirBuilderExt::mode(fs::DirBuilder::new().recursive(true), 0o755).create(place)
}

impl Submission {
    /// Imports a submission: a folder, a `.zip`, a `.tar` or a `.tar.gz`.
    ///
    /// # Errors
    /// Returns an error if there is nothing that can be run, or if the copy cannot be created.
    pub(crate) fn import(from: &Path) -> Result<Self, ImportError> {
        Self::import_until(from, &|| false)
    }

    /// Like [`Self::import`], until `stop` returns true.
    ///
    /// # Errors
    /// Returns an error if [`Self::import`] would, or if it was interrupted.
    pub(crate) fn import_until(from: &Path, stop: &dyn Fn() -> bool) -> Result<Self, ImportError> {
        let holder = TempWorkspace::new_in(&std::env::temp_dir())?;
        let to = holder.path().join(COPY);
        make_folders(&to)?;
        let mut intake = Importer::into(to.clone(), ImportLimits::SUBMISSION, stop);
        if from.is_dir() {
            copy_folder(from, &mut intake)?;
        } else {
            crate::submission::import::archive::unpack(from, &mut intake)?;
        }
        let root = inner::unpack_all(&top(&to), &mut intake)?;
        let files = list_files(&root)?;
        if files.is_empty() {
            return Err(unusable("delivery-empty", []));
        }
        intake.check_interrupted()?;
        let hash = hash(&root, &files)?;
        give_to_nobody(&to)?;
        let top_name = top_name(if root == to { from } else { &root });
        Ok(Self { holder, root, files, hash, notes: intake.notes(), top_name })
    }

    /// Opens one of the files. A build may have replaced it, and this process may be root. So links
    /// are not followed in any part of the path (`openat2(2)`), and opening a pipe does not block.
    ///
    /// # Errors
    /// Returns an error if it is not a plain file any more.
    pub(crate) fn open(&self, file: &Path) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let file = File::from(openat2(File::open(&self.root)?, file, flags, Mode::empty(), resolve)?);
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// Returns the files without those in folders of third-party programs: installed or fetched
    /// dependencies, and output of build tools.
    #[must_use]
    pub(crate) fn own_files(&self) -> Vec<&PathBuf> {
        let is_mark = |file: &&PathBuf| MARKS.iter().any(|mark| file.ends_with(mark));
        let marked: BTreeSet<&Path> = self.files.iter().filter(is_mark).filter_map(|file| file.parent()).collect();
        let is_foreign = |folder: &Path| {
            let is_called_so = |name| DEPENDENCIES.iter().any(|other| name == *other);
            folder.parent().is_some() && (marked.contains(folder) || folder.file_name().is_some_and(is_called_so))
        };
        self.files.iter().filter(|file| !file.ancestors().skip(1).any(is_foreign)).collect()
    }

    /// Returns the text of one of the files, at most `most` bytes, with invalid UTF-8 replaced.
    #[must_use]
    pub(crate) fn text(&self, file: &Path, most: u64) -> String {
        String::from_utf8_lossy(&self.bytes(file, most)).into_owned()
    }

    /// Returns the bytes of one of the files, at most `most`; nothing if it cannot be read.
    #[must_use]
    pub(crate) fn bytes(&self, file: &Path, most: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        let read = self.open(file).and_then(|file| file.take(most).read_to_end(&mut bytes));
        if read.is_ok() { bytes } else { Vec::new() }
    }

    /// Returns the path of the top in the original: `projeto` if that folder was its only content.
    #[must_use]
    pub(crate) fn original_subfolder(&self) -> PathBuf {
        self.root.strip_prefix(self.holder.path().join(COPY)).map(Path::to_owned).unwrap_or_default()
    }

    /// Refreshes the list of files after a build.
    ///
    /// # Errors
    /// Returns an error if the copy cannot be read.
    pub(crate) fn refresh_file_list(&mut self) -> io::Result<()> {
        self.files = list_files(&self.root)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
