//! Lists the executable files in the memory of a process (`proc_pid_maps(5)`), and opens them as
//! the process sees them. Their contents are not trusted.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags, ResolveFlags, open, openat2};

use crate::model::net::Pid;

/// Bytes of a list of mappings that are read. A process has at most 65530 mappings by default.
const MAX_LIST_BYTES: u64 = 1 << 20;

/// A part of a file that is mapped as code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// The first address.
    pub start: u64,
    /// The address after the last.
    pub end: u64,
    /// The offset in the file of the first address, in bytes.
    pub offset: u64,
    /// The path of the file in the mount namespace of the process.
    pub file: PathBuf,
}

/// Returns the mappings of code from files. Returns none if they cannot be read.
pub(crate) fn executable_mappings(pid: Pid) -> Vec<Mapping> {
    let mut list = Vec::new();
    let read =
        File::open(format!("/proc/{pid}/maps")).and_then(|file| file.take(MAX_LIST_BYTES).read_to_end(&mut list));
    if read.is_err() {
        return Vec::new();
    }
    list.split(|&byte| byte == b'\n').filter_map(parse).collect()
}

/// Parses a line of the list: `START-END PERMISSIONS OFFSET DEVICE INODE   PATH`.
fn parse(line: &[u8]) -> Option<Mapping> {
    let mut fields = line.splitn(6, |&byte| byte == b' ');
    let mut text = || std::str::from_utf8(fields.next()?).ok();
    let (start, end) = text()?.split_once('-')?;
    let permissions = text()?;
    let offset = u64::from_str_radix(text()?, 16).ok()?;
    text()?;
    text()?;
    let path = fields.next()?.trim_ascii_start();
    if !permissions.contains('x') || path.first() != Some(&b'/') {
        return None;
    }
    Some(Mapping {
        start: u64::from_str_radix(start, 16).ok()?,
        end: u64::from_str_radix(end, 16).ok()?,
        offset,
        file: OsString::from_vec(path.to_vec()).into(),
    })
}

/// Reads a whole regular file of a process, of at most `limit` bytes. Returns `None` if it is
/// larger, or cannot be opened without waiting.
pub(crate) fn read_file(pid: Pid, file: &Path, limit: u64) -> Option<Vec<u8>> {
    let root = open(format!("/proc/{pid}/root"), OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).ok()?;
    // The process may have put a FIFO or a link in its place.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    let file = File::from(openat2(&root, file, flags, Mode::empty(), resolve).ok()?);
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > limit {
        return None;
    }
    let mut bytes = Vec::new();
    // It may grow meanwhile.
    file.take(limit).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_of_files_is_listed() {
        let line = b"55d0c0001000-55d0c0003000 r-xp 00001000 08:01 131 /tmp/submission/.socklab/a b";
        let file = PathBuf::from("/tmp/submission/.socklab/a b");
        let expected = Mapping { start: 0x55d0_c000_1000, end: 0x55d0_c000_3000, offset: 0x1000, file };
        assert_eq!(parse(line), Some(expected));
        assert_eq!(parse(b"7ffc-7ffd r-xp 00000000 00:00 0                          [vdso]"), None);
        assert_eq!(parse(b"7ffc-7ffd rw-p 00000000 08:01 131        /usr/lib/libc.so.6"), None);
        assert_eq!(parse(b"7ffc-7ffd r-xp 00000000 00:00 0 "), None);
        assert_eq!(parse(b"7ffc r-xp"), None);
        let own = executable_mappings(rustix::process::getpid().as_raw_pid());
        let here = code_of_files_is_listed as *const () as u64;
        let exe = std::env::current_exe().expect("a path");
        assert!(own.iter().any(|mapping| mapping.file == exe && (mapping.start..mapping.end).contains(&here)));
    }

    #[test]
    fn only_regular_files_within_the_limit_are_read() {
        let me = rustix::process::getpid().as_raw_pid();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("file");
        std::fs::write(&file, "12345").expect("written");
        assert_eq!(read_file(me, &file, 5).as_deref(), Some(&b"12345"[..]));
        assert_eq!(read_file(me, &file, 4), None);
        assert_eq!(read_file(me, folder.path(), 99), None);
        let fifo = folder.path().join("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, Mode::RUSR, 0).expect("a fifo");
        assert_eq!(read_file(me, &fifo, 99), None);
        assert_eq!(read_file(me, &folder.path().join("none"), 99), None);
    }
}
