//! Unpacks archives: zip, tar, tar.gz. Treats all names, sizes and kinds in them as untrusted
//! claims.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::submission::import::{COPY_CHUNK_BYTES, ImportError, ImportLimits, Importer, SKIPPED_FOLDERS, unusable};

/// Returns true if the file name is that of a supported archive.
pub(super) fn is_archive(file: &Path) -> bool {
    let name = file.to_string_lossy().to_lowercase();
    [".zip", ".tar", ".tar.gz", ".tgz"].iter().any(|end| name.ends_with(end))
}

/// Unpacks an archive. Its first bytes determine the format.
pub(super) fn unpack(from: &Path, intake: &mut Importer<'_>) -> Result<(), ImportError> {
    let mut head = [0; 512];
    let read = read_start(&mut open(from)?, &mut head)?;
    let head = &head[..read];
    if head.starts_with(b"PK") {
        return unzip(from, intake);
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        return untar(&mut flate2::read::MultiGzDecoder::new(BufReader::new(open(from)?)), intake);
    }
    if head.get(257..262) == Some(b"ustar") {
        return untar(&mut BufReader::new(open(from)?), intake);
    }
    let kind = match head {
        [b'R', b'a', b'r', b'!', ..] => "RAR",
        [b'7', b'z', 0xbc, 0xaf, ..] => "7z",
        _ => return Err(no_archive(from)),
    };
    Err(unusable("delivery-other-archive", [("kind", kind.to_owned().into())]))
}

fn no_archive(from: &Path) -> ImportError {
    let name = from.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    unusable("delivery-no-archive", [("file", crate::model::bytes::printable_text(&name).into())])
}

/// Opens a plain file. Does not block on a pipe.
fn open(from: &Path) -> Result<File, ImportError> {
    let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
    let file = std::os::unix::fs::OpenOptionsExt::custom_flags(File::options().read(true), flags).open(from)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(no_archive(from)) }
}

fn read_start(file: &mut File, head: &mut [u8]) -> io::Result<usize> {
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
    name.components().any(|part| SKIPPED_FOLDERS.iter().any(|other| part.as_os_str() == *other))
}

fn damaged(problem: &dyn std::fmt::Display) -> ImportError {
    unusable("delivery-damaged", [("problem", crate::model::bytes::printable_text(&problem.to_string()).into())])
}

/// Opens a zip with at most this number of entries. Only its directory is limited: `headers` is the
/// number of bytes that may still be read.
fn open_zip<'a>(
    from: &Path,
    entries: u64,
    headers: &'a Cell<u64>,
) -> Result<zip::ZipArchive<BufReader<Metered<'a, File>>>, ImportError> {
    let most = MAX_HEADER_BYTES + entries * DIRECTORY_BYTES_PER_ENTRY;
    headers.set(most);
    let file = Metered { inner: open(from)?, left: headers };
    let archive = zip::ZipArchive::new(BufReader::new(file));
    let archive = archive.map_err(|error| long_headers_error(headers, most).unwrap_or_else(|| damaged(&error)))?;
    headers.set(u64::MAX);
    Ok(archive)
}

/// Returns the names in a zip, with slashes; none if the file cannot be imported as one.
pub(crate) fn zip_names(from: &Path) -> Vec<String> {
    let headers = Cell::new(0);
    let Ok(archive) = open_zip(from, ImportLimits::SUBMISSION.entries, &headers) else { return Vec::new() };
    archive.file_names().flatten().map(|name| name.replace('\\', "/")).collect()
}

fn unzip(from: &Path, intake: &mut Importer<'_>) -> Result<(), ImportError> {
    let headers = Cell::new(0);
    let mut archive = open_zip(from, intake.limits.entries, &headers)?;
    for k in 0..archive.len() {
        intake.check_interrupted()?;
        let mut entry = match archive.by_index(k) {
            Ok(entry) => entry,
            Err(zip::result::ZipError::UnsupportedArchive(problem)) => return Err(damaged(&problem)),
            Err(error) => return Err(damaged(&error)),
        };
        let claimed = entry.name().map_err(|error| damaged(&error))?.into_owned();
        // Windows programs write backslashes.
        let name = claimed.replace('\\', "/");
        let name = Path::new(&name);
        if is_passed_over(name) {
            continue;
        }
        let mode = entry.unix_mode().unwrap_or_default();
        match mode & 0o170_000 {
            0o120_000 => intake.note_omitted("delivery-link", &claimed),
            0 | 0o100_000 | 0o040_000 => {
                if entry.is_dir() {
                    intake.folder(name)?;
                } else {
                    intake.file(name, mode & 0o100 != 0, &mut entry).map_err(blame_archive)?;
                }
            }
            _ => intake.note_omitted("delivery-special", &claimed),
        }
    }
    Ok(())
}

/// Invalid data that is found while reading is the archive's fault, not the machine's.
fn blame_archive(error: ImportError) -> ImportError {
    match error {
        ImportError::System(error)
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

/// Bytes of metadata that an archive may have per file: a long name, attributes. They are held in
/// memory.
const MAX_HEADER_BYTES: u64 = 1 << 20;
/// Bytes of metadata per file in the directory of a zip, on average: twice as much as any program
/// writes.
const DIRECTORY_BYTES_PER_ENTRY: u64 = 256;

/// A reader that reads at most `left` bytes.
struct Metered<'a, R> {
    inner: R,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let most = usize::try_from(self.left.get()).unwrap_or(usize::MAX).min(buffer.len());
        if most == 0 && !buffer.is_empty() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "headers too long"));
        }
        let read = self.inner.read(&mut buffer[..most])?;
        self.left.set(self.left.get().saturating_sub(read as u64));
        Ok(read)
    }
}

impl<R: Seek> Seek for Metered<'_, R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}

/// Returns the error about long headers, if that limit stopped the reading.
fn long_headers_error(left: &Cell<u64>, most: u64) -> Option<ImportError> {
    (left.get() == 0).then(|| unusable("delivery-long-headers", [("limit", (most >> 20).into())]))
}

fn untar(from: &mut dyn Read, intake: &mut Importer<'_>) -> Result<(), ImportError> {
    // Metadata between the files counts too: it may hide a decompression bomb.
    let bounded = from.take(intake.limits.bytes + (64 << 20));
    // Everything before the contents of a file is read into memory.
    let headers = Cell::new(MAX_HEADER_BYTES);
    let mut archive = tar::Archive::new(Metered { inner: bounded, left: &headers });
    let mut entries = archive.entries().map_err(|error| damaged(&error))?;
    let long = loop {
        headers.set(MAX_HEADER_BYTES);
        let Some(entry) = entries.next() else { return Ok(()) };
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => break long_headers_error(&headers, MAX_HEADER_BYTES).ok_or_else(|| damaged(&error))?,
        };
        headers.set(u64::MAX);
        let name = entry.path().map_err(|error| damaged(&error))?.into_owned();
        import_entry(&mut entry, &name, intake)?;
        // Contents of omitted files are skipped here, piece by piece, so that they do not count as
        // headers.
        while io::copy(&mut Read::take(&mut entry, COPY_CHUNK_BYTES), &mut io::sink())
            .map_err(|error| damaged(&error))?
            > 0
        {
            intake.check_interrupted()?;
        }
    };
    // A truncated or corrupted upload may claim anything: then the damage is the cause.
    headers.set(u64::MAX);
    let mut rest = archive.into_inner();
    while io::copy(&mut Read::take(&mut rest, COPY_CHUNK_BYTES), &mut io::sink()).map_err(|error| damaged(&error))? > 0
    {
        intake.check_interrupted()?;
    }
    Err(long)
}

/// Imports one entry of a tar.
fn import_entry<R: Read>(
    entry: &mut tar::Entry<'_, R>,
    name: &Path,
    intake: &mut Importer<'_>,
) -> Result<(), ImportError> {
    intake.check_interrupted()?;
    let kind = entry.header().entry_type();
    if is_passed_over(name) {
        return Ok(());
    }
    if kind.is_dir() {
        intake.folder(name)?;
    } else if kind.is_file() {
        let executable = entry.header().mode().is_ok_and(|mode| mode & 0o100 != 0);
        intake.file(name, executable, entry).map_err(blame_archive)?;
    } else if kind.is_symlink() || kind.is_hard_link() {
        intake.note_omitted("delivery-link", &name.to_string_lossy());
    } else if !kind.is_pax_global_extensions() {
        intake.note_omitted("delivery-special", &name.to_string_lossy());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::submission::import::{ImportError, Submission};

    /// Returns why an archive is rejected, or `None` if it is imported.
    fn refused(bytes: &[u8]) -> Option<String> {
        let folder = tempfile::tempdir().expect("a folder");
        let archive = folder.path().join("a.archive");
        std::fs::write(&archive, bytes).expect("written");
        match Submission::import(&archive) {
            Ok(_) => None,
            Err(ImportError::Unusable(why)) => Some(why.id.to_string()),
            Err(other) => Some(other.to_string()),
        }
    }

    /// Returns a tar with a header of this kind and length, followed by a file.
    fn tar(kind: tar::EntryType, length: usize) -> Vec<u8> {
        let mut all = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_gnu();
        header.set_path("././@LongLink").expect("a name");
        header.set_entry_type(kind);
        header.set_size(length as u64);
        header.set_cksum();
        let record = format!("{length} comment={}\n", "x".repeat(length - format!("{length} comment=\n").len()));
        let text = if kind.is_pax_local_extensions() { record } else { "n".repeat(length) };
        all.append(&header, text.as_bytes()).expect("written");
        let mut header = tar::Header::new_gnu();
        header.set_size(2);
        header.set_mode(0o644);
        all.append_data(&mut header, "a.py", &b"x\n"[..]).expect("written");
        all.into_inner().expect("whole")
    }

    #[test]
    fn tar_header_size_is_limited() {
        use tar::EntryType::{GNULongLink, GNULongName, XHeader};
        let much = usize::try_from(MAX_HEADER_BYTES).expect("small") + 512;
        for kind in [GNULongLink, GNULongName, XHeader] {
            assert_eq!(refused(&tar(kind, much)).as_deref(), Some("delivery-long-headers"), "{kind:?}");
        }
        for kind in [GNULongLink, XHeader] {
            assert_eq!(refused(&tar(kind, 60_000)), None, "{kind:?}: as long as attributes are at most");
        }
        let mut claimed = tar(GNULongName, 600);
        claimed[124..136].copy_from_slice(b"777777777777");
        let sum: u32 = claimed[..512]
            .iter()
            .enumerate()
            .map(|(k, byte)| if (148..156).contains(&k) { 32 } else { (*byte).into() })
            .sum();
        claimed[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        assert_eq!(refused(&claimed).as_deref(), Some("delivery-damaged"), "it only claims to be so long");
    }

    #[test]
    fn truncated_archive_is_damaged_despite_long_header() {
        use std::io::Write as _;
        let much = usize::try_from(MAX_HEADER_BYTES).expect("small") + 512;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&tar(tar::EntryType::GNULongName, much)).expect("packed");
        let packed = packed.finish().expect("packed");
        assert_eq!(refused(&packed).as_deref(), Some("delivery-long-headers"));
        assert_eq!(refused(&packed[..packed.len() - 9]).as_deref(), Some("delivery-damaged"));
    }

    /// Returns a zip of empty files, each with `extra` bytes of metadata.
    fn zip(files: u16, extra: u16) -> Vec<u8> {
        let (mut all, mut list) = (Vec::new(), Vec::new());
        for k in 0..files {
            let name = format!("f{k}.py");
            let length = u16::try_from(name.len()).expect("short").to_le_bytes();
            let at = u32::try_from(all.len()).expect("small").to_le_bytes();
            all.extend_from_slice(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
            all.extend([&length[..], &[0, 0], name.as_bytes()].concat());
            list.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0");
            list.extend([&length[..], &extra.to_le_bytes(), &[0; 10], &at, name.as_bytes()].concat());
            if let Some(rest) = extra.checked_sub(4) {
                list.extend([&[0xfe, 0xca], &rest.to_le_bytes()[..], &vec![0; rest.into()]].concat());
            }
        }
        let begin = all.len();
        let length = u32::try_from(list.len()).expect("small").to_le_bytes();
        let (count, begin) = (files.to_le_bytes(), u32::try_from(begin).expect("small").to_le_bytes());
        all.extend([&list[..], b"PK\x05\x06\0\0\0\0", &count, &count, &length, &begin, &[0, 0]].concat());
        all
    }

    #[test]
    fn zip_directory_size_is_limited() {
        assert_eq!(refused(&zip(20, 0)), None);
        assert_eq!(refused(&zip(20, 60_000)), None);
        assert_eq!(refused(&zip(200, 60_000)).as_deref(), Some("delivery-long-headers"));
    }

    /// The end of a zip whose directory claims to be larger than any memory.
    #[test]
    fn zip_claims_do_not_allocate_memory() {
        for shift in [30, 38, 50] {
            let many = (1_u64 << shift).to_le_bytes();
            let mut all = b"PK\x03\x04".to_vec();
            all.extend_from_slice(&[0; 60]);
            let at = all.len() as u64;
            all.extend([b"PK\x06\x06", &44_u64.to_le_bytes()[..], &[45, 0, 45, 0], &[0; 8], &many, &many].concat());
            all.extend([(46_u64 << shift).to_le_bytes(), many].concat());
            all.extend([b"PK\x06\x07\0\0\0\0", &at.to_le_bytes()[..], &[1, 0, 0, 0]].concat());
            all.extend_from_slice(b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0");
            assert_eq!(refused(&all).as_deref(), Some("delivery-damaged"), "2^{shift} files");
        }
    }

    #[test]
    fn pipe_is_rejected_without_blocking() {
        let folder = tempfile::tempdir().expect("a folder");
        let pipe = folder.path().join("a.zip");
        let made = rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        );
        made.expect("a pipe");
        assert!(matches!(Submission::import(&pipe), Err(ImportError::Unusable(_))));
    }
}
