//! Opens the input of `socklab analyze`: a file, a FIFO or standard input, plain or compressed with
//! gzip or zstd. Nothing is held but a few buffers, whatever the input expands to.
//!
//! It does not read capture formats.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, IsTerminal, Read};
use std::os::fd::AsFd;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use super::CliError;
use crate::model::Message;
use crate::scenario::yaml;

/// The path that stands for standard input.
const STANDARD_INPUT: &str = "-";
/// Size of the buffer of a plain input, in bytes: fewer reads for large files.
const BUFFER_BYTES: usize = 256 * 1024;
/// The magic number of gzip (RFC 1952 section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The magic number of zstd (RFC 8878 section 3.1.1).
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// The bytes of a capture, decompressed.
pub(super) struct Input {
    pub(super) bytes: BufReader<Box<dyn Read>>,
    /// Number of bytes read so far, before decompression.
    pub(super) position: Rc<Cell<u64>>,
    /// Length of a regular file in bytes, before decompression.
    pub(super) length: Option<u64>,
    /// True if it is compressed: an I/O error may then be damaged data.
    pub(super) is_compressed: bool,
}

/// Opens the capture at `path`, displayed as `shown`; `-` is standard input.
///
/// # Errors
/// Returns an error if the file is missing, unreadable, a directory or a device, if standard input
/// is a terminal, or if a compressed stream has no valid beginning.
pub(super) fn open(path: &Path, shown: &str) -> Result<Input, CliError> {
    let unreadable = |error: &io::Error| CliError::usage(yaml::unreadable(error, shown).into());
    let file = if path.as_os_str() == STANDARD_INPUT {
        let input = io::stdin();
        if input.is_terminal() {
            return Err(CliError::usage(Message::new("analyze-terminal")));
        }
        File::from(input.as_fd().try_clone_to_owned().map_err(|error| unreadable(&error))?)
    } else if std::fs::metadata(path).is_ok_and(|about| about.file_type().is_fifo()) {
        // Waits for a writer, as every reader of a FIFO does.
        File::open(path).map_err(|error| unreadable(&error))?
    } else {
        yaml::open_regular(path, shown).map_err(|mistake| CliError::usage(mistake.into()))?
    };
    let about = file.metadata().map_err(|error| unreadable(&error))?;
    let length = about.is_file().then_some(about.len());
    if length.is_none() {
        end_with_the_writer();
    }
    let position = Rc::new(Cell::new(0));
    let mut counted = Counted { file, position: Rc::clone(&position) };
    let mut magic = Vec::new();
    (&mut counted).take(ZSTD_MAGIC.len() as u64).read_to_end(&mut magic).map_err(|error| unreadable(&error))?;
    // A skippable frame may come first, as pzstd writes it (RFC 8878 section 3.1.2).
    let is_skippable = matches!(magic[..], [0x50..=0x5f, 0x2a, 0x4d, 0x18]);
    let form = (magic.starts_with(&GZIP_MAGIC), magic == ZSTD_MAGIC || is_skippable);
    let whole = io::Cursor::new(magic).chain(counted);
    let bytes: Box<dyn Read> = match form {
        (true, _) => Box::new(flate2::read::MultiGzDecoder::new(whole)),
        // The decoder refuses windows of more than 128 MiB, its own limit.
        (_, true) => Box::new(zstd::Decoder::new(whole).map_err(|error| unreadable(&error))?),
        _ => Box::new(whole),
    };
    let is_compressed = form.0 || form.1;
    Ok(Input { bytes: BufReader::with_capacity(BUFFER_BYTES, bytes), position, length, is_compressed })
}

/// Lets the first Ctrl-C end only the capturing program of the same pipeline: its last packets are
/// still to come, and then the input ends. The second one ends socklab.
fn end_with_the_writer() {
    let is_asked = Arc::new(AtomicBool::new(false));
    let status = i32::from(super::ExitStatus::Interrupted.number());
    // Without the handlers, the first one ends both.
    let second = signal_hook::flag::register_conditional_shutdown(libc::SIGINT, status, Arc::clone(&is_asked));
    let _ = second.and_then(|_| signal_hook::flag::register(libc::SIGINT, is_asked));
}

/// A file that counts the bytes read.
struct Counted {
    file: File,
    position: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.position.set(self.position.get() + read as u64);
        Ok(read)
    }
}
