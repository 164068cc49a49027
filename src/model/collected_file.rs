//! `CollectedFile`: a file of the programs' working directory at one moment.

use serde::{Deserialize, Serialize};

use super::bytes::Bytes;

/// A file of the programs' working directory, as a `collect` step found it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CollectedFile {
    /// There is none with this path, or it cannot be read.
    Missing,
    /// It is a folder, a link or another thing that is no regular file.
    NotRegular,
    /// It has more bytes than are read.
    TooLarge {
        /// Its size in bytes.
        bytes: u64,
    },
    /// Its contents.
    Read {
        /// Its size in bytes.
        bytes: u64,
        /// The SHA-256 of its bytes, in hexadecimal.
        sha256: String,
        /// Its first bytes, up to [`CollectedFile::KEPT_BYTES`].
        head: Bytes,
    },
}

impl CollectedFile {
    /// Maximum size of a file that is read, in bytes: 64 MiB.
    pub const MAX_BYTES: u64 = 64 << 20;
    /// Bytes that are kept of a file.
    pub const KEPT_BYTES: usize = 256 << 10;
}
