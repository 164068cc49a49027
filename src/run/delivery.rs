//! What was delivered: a folder or an archive becomes a private copy of plain files, whatever it holds. Nothing of it is
//! trusted: sizes are counted as bytes are read, names are taken apart, and only folders and plain files come through.

mod archive;
mod class;
mod tree;

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};

pub(super) use self::tree::files_of;
use self::tree::{copy_file, copy_folder, give_away, hash, top};
use crate::model::bytes::safe;
use crate::model::{Arg, Message};

/// The most bytes of one delivery, all files together.
pub const MOST_BYTES: u64 = 256 << 20;
/// The most files and folders of one delivery.
pub const MOST_ENTRIES: u64 = 20_000;
/// A whole class may be so many times as large.
const CLASS: u64 = 64;
/// The deepest folder.
const DEEPEST: usize = 32;
/// So many things that were left out are told by name.
const TOLD: usize = 5;
/// Folders of version control, editors and tools, ours among them: no part of the work, and full of small files.
const PASSED_OVER: [&str; 8] =
    [".git", ".svn", ".hg", ".idea", ".vscode", "__MACOSX", "__pycache__", "socklab-evidence"];

/// Folders with other people's programs, which only serve those that were delivered.
const DEPENDENCIES: [&str; 4] = ["node_modules", "bower_components", "site-packages", "dist-packages"];
/// Where a tool has made a folder itself, by the ends of paths of files in it: cargo's output, and what Composer and Go fetch.
const MARKS: [&str; 3] = ["CACHEDIR.TAG", "vendor/autoload.php", "vendor/modules.txt"];

/// The private copy of a delivery. It is gone with this value.
#[derive(Debug)]
pub struct Delivery {
    /// Held: it removes itself.
    holder: Holder,
    /// Its top: where `socklab.yaml` would be, and where programs run.
    pub root: PathBuf,
    /// Its files, by their paths from the top on, sorted.
    pub files: Vec<PathBuf>,
    /// The hash of all names and contents (BLAKE3).
    pub hash: String,
    /// What was left out, and why.
    pub notes: Vec<Message>,
}

/// A folder that removes itself, and whose lock tells that somebody uses it.
#[derive(Debug)]
struct Holder {
    folder: tempfile::TempDir,
    #[expect(dead_code, reason = "held open: it is the lock")]
    lock: File,
}

/// What the names of such folders begin with.
const PREFIX: &str = "socklab-delivery-";
/// The copy in it.
const COPY: &str = "delivery";
/// The lock in it.
const LOCK: &str = ".lock";
/// Its name until it is held: under the other one it is always held, or left behind.
const LOCK_TO_BE: &str = ".lock.new";

impl Holder {
    fn new() -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        // Another run that sweeps must never find a lock that nobody holds yet: it would take the folder for left behind.
        let (new, own) = (folder.path().join(LOCK_TO_BE), folder.path().join(LOCK));
        let lock = File::create(&new)?;
        rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive)?;
        fs::rename(new, own)?;
        // Its own name is not to be guessed; below it the unprivileged user must find its way.
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711))?;
        Ok(Self { folder, lock })
    }
}

/// Removes private copies that nobody uses any more: those of runs that were killed.
pub fn sweep() {
    let Ok(entries) = fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(PREFIX)) {
        let ours = entry.metadata().is_ok_and(|found| {
            found.is_dir() && std::os::unix::fs::MetadataExt::uid(&found) == rustix::process::geteuid().as_raw()
        });
        // Without a lock it is just being made.
        let Some(lock) = File::open(entry.path().join(LOCK)).ok().filter(|_| ours) else { continue };
        if rustix::fs::flock(&lock, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_ok() {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// Why a delivery could not be looked at, which is the machine's trouble.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// See the value.
    #[error("the submission cannot be used")]
    Unusable(Message),
    /// The copy could not be made.
    #[error("copying the submission: {0}")]
    System(#[from] io::Error),
    /// It was broken off.
    #[error("importing the submission was interrupted")]
    BrokenOff,
}

/// Whether to break off.
type Stop<'a> = &'a dyn Fn() -> bool;

/// So many bytes are copied between two questions whether to break off.
const PIECE: u64 = 1 << 20;

/// Where plain files are collected, and what is left of the bounds.
struct Intake<'a> {
    to: PathBuf,
    stop: Stop<'a>,
    bytes: u64,
    entries: u64,
    most_bytes: u64,
    most_entries: u64,
    left_out: Vec<Message>,
    hidden: usize,
}

impl<'a> Intake<'a> {
    const fn into(to: PathBuf, (most_bytes, most_entries): (u64, u64), stop: Stop<'a>) -> Self {
        Self { to, stop, bytes: 0, entries: 0, most_bytes, most_entries, left_out: Vec::new(), hidden: 0 }
    }

    /// What was left out.
    fn notes(self) -> Vec<Message> {
        let mut notes = self.left_out;
        if self.hidden > 0 {
            notes.push(Message::new("delivery-more-left-out").with("count", self.hidden));
        }
        notes
    }

    /// A note about something that was left out; only the first few are told.
    fn leave_out(&mut self, id: &'static str, name: &str) {
        if self.left_out.len() < TOLD {
            self.left_out.push(Message::new(id).with("file", safe(name)));
        } else {
            self.hidden += 1;
        }
    }

    /// Whether it goes on.
    fn go_on(&self) -> Result<(), DeliveryError> {
        if (self.stop)() { Err(DeliveryError::BrokenOff) } else { Ok(()) }
    }

    /// Takes account of one more entry.
    fn count(&mut self) -> Result<(), DeliveryError> {
        self.go_on()?;
        self.entries += 1;
        if self.entries > self.most_entries {
            return Err(unusable("delivery-too-many-files", [("limit", self.most_entries.into())]));
        }
        Ok(())
    }

    /// Where an entry of this name goes: only plain names below the top.
    fn place(&self, name: &Path) -> Option<PathBuf> {
        let mut parts = Vec::new();
        for part in name.components() {
            match part {
                Component::Normal(part) => parts.push(part),
                Component::CurDir => {}
                Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
            }
        }
        (!parts.is_empty() && parts.len() <= DEEPEST)
            .then(|| parts.iter().fold(self.to.clone(), |at, part| at.join(part)))
    }

    fn folder(&mut self, name: &Path) -> Result<(), DeliveryError> {
        self.count()?;
        match self.place(name).map_or_else(|| Err(io::ErrorKind::InvalidFilename.into()), |place| make_folders(&place))
        {
            Err(error) if is_of_the_name(&error) => self.leave_out("delivery-bad-name", &name.to_string_lossy()),
            made => made?,
        }
        Ok(())
    }

    /// Copies one file's bytes, counted as they come.
    fn file(&mut self, name: &Path, executable: bool, from: &mut dyn Read) -> Result<(), DeliveryError> {
        self.count()?;
        let Some(place) = self.place(name) else {
            self.leave_out("delivery-bad-name", &name.to_string_lossy());
            return Ok(());
        };
        if let Some(Err(error)) = place.parent().map(make_folders).filter(|made| made.is_err()) {
            if is_of_the_name(&error) {
                self.leave_out("delivery-bad-name", &name.to_string_lossy());
                return Ok(());
            }
            return Err(error.into());
        }
        // Archives made on Windows, and some that a platform has made, tell no mode: what is a program by its first bytes may be run.
        let mut head = Vec::new();
        Read::take(&mut *from, 4).read_to_end(&mut head)?;
        let executable = executable || head.starts_with(b"#!") || head == *b"\x7fELF";
        let mut options = File::options();
        options.write(true).create_new(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, if executable { 0o755 } else { 0o644 });
        let mut file = match options.open(&place) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                self.leave_out("delivery-name-twice", &name.to_string_lossy());
                return Ok(());
            }
            Err(error) if is_of_the_name(&error) => {
                self.leave_out("delivery-bad-name", &name.to_string_lossy());
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        let mut whole = head.as_slice().chain(from);
        loop {
            let most = PIECE.min(self.most_bytes - self.bytes + 1);
            let copied = io::copy(&mut Read::take(&mut whole, most), &mut file)?;
            self.bytes += copied;
            if self.bytes > self.most_bytes {
                return Err(unusable("delivery-too-large", [("limit", (self.most_bytes >> 20).into())]));
            }
            if copied < most {
                return Ok(());
            }
            self.go_on()?;
        }
    }
}

fn unusable<const N: usize>(id: &'static str, with: [(&'static str, Arg); N]) -> DeliveryError {
    DeliveryError::Unusable(with.into_iter().fold(Message::new(id), |message, (name, value)| message.with(name, value)))
}

/// Whether the name is to blame: it is too long, or leads through a file. Only an archive can have such names.
fn is_of_the_name(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::InvalidFilename | Kind::NotADirectory | Kind::IsADirectory | Kind::AlreadyExists)
}

fn make_folders(place: &Path) -> io::Result<()> {
    std::os::unix::fs::DirBuilderExt::mode(fs::DirBuilder::new().recursive(true), 0o755).create(place)
}

impl Delivery {
    /// Takes a delivery in: a folder, a `.zip`, a `.tar` or a `.tar.gz`.
    ///
    /// # Errors
    /// It is nothing that could be run, or the copy cannot be made.
    pub fn receive(from: &Path) -> Result<Self, DeliveryError> {
        Self::receive_unless(from, &|| false)
    }

    /// The same, until `stop` says that it is broken off.
    ///
    /// # Errors
    /// As [`Self::receive`], or it was broken off.
    pub fn receive_unless(from: &Path, stop: &dyn Fn() -> bool) -> Result<Self, DeliveryError> {
        let holder = Holder::new()?;
        let to = holder.folder.path().join(COPY);
        make_folders(&to)?;
        let mut intake = Intake::into(to.clone(), (MOST_BYTES, MOST_ENTRIES), stop);
        if from.is_dir() {
            copy_folder(from, &mut intake)?;
        } else {
            archive::unpack(from, &mut intake)?;
        }
        let root = top(&to);
        unpack_inner(&root, &mut intake)?;
        let root = top(&root);
        let files = files_of(&root)?;
        if files.is_empty() {
            return Err(unusable("delivery-empty", []));
        }
        intake.go_on()?;
        let hash = hash(&root, &files)?;
        give_away(&to)?;
        Ok(Self { holder, root, files, hash, notes: intake.notes() })
    }

    /// Opens one of its files. A build may have put anything in its place since, and this process may be root: links are not
    /// followed, in no part of the path (`openat2(2)`), and a pipe is not waited for.
    ///
    /// # Errors
    /// It is no plain file any more.
    pub fn open(&self, file: &Path) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let file = File::from(openat2(File::open(&self.root)?, file, flags, Mode::empty(), resolve)?);
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }

    /// Its files but for those of folders with other people's programs: what was installed or fetched for it, and what a tool has
    /// built.
    #[must_use]
    pub fn own_files(&self) -> Vec<&PathBuf> {
        let is_mark = |file: &&PathBuf| MARKS.iter().any(|mark| file.ends_with(mark));
        let marked: BTreeSet<&Path> = self.files.iter().filter(is_mark).filter_map(|file| file.parent()).collect();
        let is_foreign = |folder: &Path| {
            let is_called_so = |name| DEPENDENCIES.iter().any(|other| name == *other);
            folder.parent().is_some() && (marked.contains(folder) || folder.file_name().is_some_and(is_called_so))
        };
        self.files.iter().filter(|file| !file.ancestors().skip(1).any(is_foreign)).collect()
    }

    /// The text of one of its files, at most `most` bytes of it, bad bytes replaced.
    #[must_use]
    pub fn text(&self, file: &Path, most: u64) -> String {
        let mut bytes = Vec::new();
        let read = self.open(file).and_then(|file| file.take(most).read_to_end(&mut bytes));
        read.map_or_else(|_| String::new(), |_| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Where its top lies in what was delivered, as `projeto` where that folder was all that was in it.
    #[must_use]
    pub fn below(&self) -> PathBuf {
        self.root.strip_prefix(self.holder.folder.path().join(COPY)).map(Path::to_owned).unwrap_or_default()
    }

    /// Lists its files anew: something was built.
    ///
    /// # Errors
    /// The copy cannot be read.
    pub fn look_again(&mut self) -> io::Result<()> {
        self.files = files_of(&self.root)?;
        Ok(())
    }
}

/// A delivery whose only program is an archive of itself: that is unpacked, once.
fn unpack_inner(root: &Path, intake: &mut Intake<'_>) -> Result<(), DeliveryError> {
    let files = files_of(root)?;
    let archives: Vec<&PathBuf> = files.iter().filter(|file| archive::is_archive(file)).collect();
    let is_program = |file: &&PathBuf| super::detect::language::is_source(file);
    if let ([only], None) = (archives.as_slice(), files.iter().find(is_program)) {
        let file = root.join(only);
        intake.to = root.join(only.with_extension(""));
        intake.left_out.push(Message::new("delivery-inner-archive").with("file", safe(&only.to_string_lossy())));
        archive::unpack(&file, intake)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
