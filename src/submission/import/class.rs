//! Imports the download of a class as a private copy: one folder per submission, with the original
//! file names.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::submission::download;
use crate::submission::download::Placed;
use crate::submission::import::{
    ImportError, ImportLimits, Importer, Submission, TempWorkspace, archive, copy_file, make_folders,
};

/// Bytes of a file that are searched for the name of another file.
const MAX_LOOKED_THROUGH: u64 = 1 << 20;

impl Submission {
    /// Unpacks the download of a class into one folder per submission. Returns `None` if the
    /// archive is not a download.
    ///
    /// # Errors
    /// Returns an error if [`Self::import`] would. The limits are those of 64 submissions.
    pub(crate) fn unpack_class(from: &Path) -> Result<Option<Self>, ImportError> {
        Self::class(|intake| archive::unpack(from, intake))
    }

    /// Copies the flat files of a class from a folder, and sorts them into folders as
    /// [`Self::unpack_class`] does.
    ///
    /// # Errors
    /// Returns an error if [`Self::unpack_class`] would.
    pub(crate) fn gather_class(folder: &Path, files: &[String]) -> Result<Option<Self>, ImportError> {
        Self::class(|intake| files.iter().try_for_each(|file| copy_file(&folder.join(file), Path::new(file), intake)))
    }

    fn class(fill: impl FnOnce(&mut Importer<'_>) -> Result<(), ImportError>) -> Result<Option<Self>, ImportError> {
        let holder = TempWorkspace::new_in(&std::env::temp_dir())?;
        let root = holder.path().join("class");
        make_folders(&root)?;
        let mut intake = Importer::into(root.clone(), ImportLimits::CLASS, &|| false);
        fill(&mut intake)?;
        let root = top(&root)?;
        let is_class = sort_into_folders(&root)?;
        let notes = intake.notes();
        Ok(is_class.then(|| Self {
            holder,
            root,
            files: Vec::new(),
            hash: String::new(),
            notes,
            top_name: String::new(),
        }))
    }
}

/// Returns the names of the folders and of the files in a folder, without those that systems leave
/// behind.
fn names(folder: &Path) -> io::Result<(Vec<String>, Vec<String>)> {
    let (mut folders, mut files) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A name that is not UTF-8 cannot be attributed to a student.
        let Ok(name) = entry.file_name().into_string() else { continue };
        if download::is_left_behind(&name) {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            folders.push(name);
        } else if kind.is_file() {
            files.push(name);
        }
    }
    files.sort();
    Ok((folders, files))
}

/// Returns the top folder of the download: re-packed archives have a folder around it.
fn top(root: &Path) -> io::Result<PathBuf> {
    let (folders, files) = names(root)?;
    Ok(match (folders.as_slice(), files.is_empty()) {
        ([only], true) if !download::is_moodle(only) => root.join(only),
        _ => root.to_owned(),
    })
}

/// Moves flat files into folders. Returns true if the folder is a download at all.
fn sort_into_folders(root: &Path) -> Result<bool, ImportError> {
    let (folders, files) = names(root)?;
    let names: Vec<&str> = files.iter().map(String::as_str).collect();
    let is_moodle = folders.iter().chain(&files).any(|name| download::is_moodle(name));
    let placed = if is_moodle {
        download::moodle(&names)
    } else {
        let Some(mut placed) = download::canvas(&names).filter(|_| folders.is_empty()) else { return Ok(false) };
        download::give_names_back(&mut placed, |one, name| mentions(&root.join(&one.from), name));
        placed
    };
    for Placed { from, submission, name } in placed {
        let folder = root.join(submission);
        make_folders(&folder)?;
        let to = folder.join(name);
        // An existing file stays: a folder of the same download has it.
        if fs::symlink_metadata(&to).is_err() {
            fs::rename(root.join(from), to)?;
        }
    }
    Ok(true)
}

/// Returns true if a file contains a name.
fn mentions(file: &Path, name: &str) -> bool {
    let mut bytes = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MAX_LOOKED_THROUGH).read_to_end(&mut bytes));
    read.is_ok() && bytes.windows(name.len()).any(|window| window == name.as_bytes())
}
