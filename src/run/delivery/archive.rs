//! Archives: zip, tar, tar.gz. Every name, size and kind in them is only a claim.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

use super::{DeliveryError, Intake, PASSED_OVER, unusable};

/// Whether a file's name is that of an archive that can be unpacked.
pub(super) fn is_archive(file: &Path) -> bool {
    let name = file.to_string_lossy().to_lowercase();
    [".zip", ".tar", ".tar.gz", ".tgz"].iter().any(|end| name.ends_with(end))
}

/// Unpacks an archive, by what its first bytes say that it is.
pub(super) fn unpack(from: &Path, intake: &mut Intake) -> Result<(), DeliveryError> {
    let mut head = [0; 512];
    let read = read_start(from, &mut head)?;
    let head = &head[..read];
    let name = || from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if head.starts_with(b"PK") {
        return unzip(from, intake);
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        return untar(&mut flate2::read::MultiGzDecoder::new(BufReader::new(File::open(from)?)), intake);
    }
    if head.get(257..262) == Some(b"ustar") {
        return untar(&mut BufReader::new(File::open(from)?), intake);
    }
    let kind = match head {
        [b'R', b'a', b'r', b'!', ..] => "RAR",
        [b'7', b'z', 0xbc, 0xaf, ..] => "7z",
        _ => return Err(unusable("delivery-no-archive", [("file", crate::model::bytes::safe(&name()).into())])),
    };
    Err(unusable("delivery-other-archive", [("kind", kind.to_owned().into())]))
}

fn read_start(from: &Path, head: &mut [u8]) -> io::Result<usize> {
    let mut file = File::open(from)?;
    let mut read = 0;
    while read < head.len() {
        match file.read(&mut head[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

fn is_passed_over(name: &Path) -> bool {
    name.components().any(|part| PASSED_OVER.iter().any(|other| part.as_os_str() == *other))
}

fn damaged(problem: &dyn std::fmt::Display) -> DeliveryError {
    unusable("delivery-damaged", [("problem", crate::model::bytes::safe(&problem.to_string()).into())])
}

fn unzip(from: &Path, intake: &mut Intake) -> Result<(), DeliveryError> {
    let mut archive = zip::ZipArchive::new(BufReader::new(File::open(from)?)).map_err(|error| damaged(&error))?;
    for k in 0..archive.len() {
        let mut entry = match archive.by_index(k) {
            Ok(entry) => entry,
            Err(zip::result::ZipError::UnsupportedArchive(problem)) => return Err(damaged(&problem)),
            Err(error) => return Err(damaged(&error)),
        };
        let claimed = entry.name().map_err(|error| damaged(&error))?.into_owned();
        // Windows programs write the other slash.
        let name = claimed.replace('\\', "/");
        let name = Path::new(&name);
        if is_passed_over(name) {
            continue;
        }
        let mode = entry.unix_mode().unwrap_or_default();
        match mode & 0o170_000 {
            0o120_000 => intake.leave_out("delivery-link", &claimed),
            0 | 0o100_000 | 0o040_000 => {
                if entry.is_dir() {
                    intake.folder(name)?;
                } else {
                    intake.file(name, mode & 0o100 != 0, &mut entry).map_err(of_reading)?;
                }
            }
            _ => intake.leave_out("delivery-special", &claimed),
        }
    }
    Ok(())
}

/// While an archive is read, invalid data is the archive's fault, not the machine's.
fn of_reading(error: DeliveryError) -> DeliveryError {
    match error {
        DeliveryError::System(error)
            if matches!(
                error.kind(),
                io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
            ) =>
        {
            damaged(&error)
        }
        other => other,
    }
}

fn untar(from: &mut dyn Read, intake: &mut Intake) -> Result<(), DeliveryError> {
    // Metadata between the files counts too: a bomb may hide in it.
    let mut bounded = from.take(intake.most_bytes + (64 << 20));
    let mut archive = tar::Archive::new(&mut bounded);
    for entry in archive.entries().map_err(|error| damaged(&error))? {
        let mut entry = entry.map_err(|error| damaged(&error))?;
        let name = entry.path().map_err(|error| damaged(&error))?.into_owned();
        if is_passed_over(&name) {
            continue;
        }
        let kind = entry.header().entry_type();
        if kind.is_dir() {
            intake.folder(&name)?;
        } else if kind.is_file() {
            let executable = entry.header().mode().is_ok_and(|mode| mode & 0o100 != 0);
            intake.file(&name, executable, &mut entry).map_err(of_reading)?;
        } else if kind.is_symlink() || kind.is_hard_link() {
            intake.leave_out("delivery-link", &name.to_string_lossy());
        } else if !kind.is_pax_global_extensions() {
            intake.leave_out("delivery-special", &name.to_string_lossy());
        }
    }
    Ok(())
}
