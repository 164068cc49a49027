//! Unpacks the archives of a submission that contains nothing else to run.

use std::path::{Path, PathBuf};

use super::tree::top;
use super::{ImportError, Importer, archive};
use crate::model::Message;
use crate::model::bytes::safe_path;
use crate::run::file_list::list_files;
use crate::submission::language::is_source;

/// Unpacks such archives, also those in others. Returns the top folder of the work.
pub(super) fn unpack_all(root: &Path, intake: &mut Importer<'_>) -> Result<PathBuf, ImportError> {
    let mut root = root.to_owned();
    for _ in 0..MAX_INNER_ARCHIVES {
        if !unpack_inner(&root, intake)? {
            break;
        }
        root = top(&root);
    }
    Ok(root)
}

/// Maximum depth of archives in archives.
const MAX_INNER_ARCHIVES: usize = 3;

/// Unpacks the only archive of a submission without source files, and returns true if there was
/// one. An archive that was unpacked before is not unpacked again.
fn unpack_inner(root: &Path, intake: &mut Importer<'_>) -> Result<bool, ImportError> {
    let files = list_files(root)?;
    let is_unpacked = |file: &PathBuf| intake.unpacked.contains(&root.join(file));
    let archives: Vec<&PathBuf> = files.iter().filter(|file| archive::is_archive(file) && !is_unpacked(file)).collect();
    let is_program = |file: &&PathBuf| is_source(file);
    if let ([only], None) = (archives.as_slice(), files.iter().find(is_program)) {
        let file = root.join(only);
        intake.unpacked.insert(file.clone());
        intake.to = root.join(only.with_extension(""));
        intake.left_out.push(Message::new("delivery-inner-archive").with("file", safe_path(only)));
        archive::unpack(&file, intake)?;
        return Ok(true);
    }
    Ok(false)
}
