//! The kinds of files that cannot be used, by extension and by first bytes. Pure.

use std::path::Path;

/// Why a file cannot be used. In the order in which the notes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum UnusedKind {
    /// A source that is saved as UTF-16.
    Utf16,
    /// An empty source.
    Empty,
    /// A program of Windows.
    Windows,
    /// A program of macOS.
    Mac,
    /// A program of Android.
    Android,
    /// A program of Linux.
    Linux,
    /// Classes of Java.
    Java,
    /// A part of a compiled program.
    Object,
    /// A notebook.
    Notebook,
    /// An archive of a kind that is not unpacked here.
    OtherArchive(ArchiveKind),
    /// An archive beside other files.
    InnerArchive,
    /// A link to a file on the author's machine or in the network.
    Shortcut,
    /// A program whose extension names no language that is known here.
    OtherExtension,
    /// A document.
    Document,
    /// A picture.
    Picture,
}

/// An archive of a kind that is not unpacked here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ArchiveKind {
    /// `.rar`.
    Rar,
    /// `.7z`.
    SevenZip,
    /// Any other.
    Other,
}

/// Extensions of files that cannot be used.
const EXTENSIONS: [(UnusedKind, &[&str]); 15] = [
    (UnusedKind::Windows, &["exe", "msi", "scr", "appx"]),
    (UnusedKind::Mac, &["dmg", "pkg"]),
    (UnusedKind::Android, &["apk", "aab"]),
    (UnusedKind::Java, &["class", "jar", "war"]),
    (UnusedKind::Linux, &["out", "elf", "bin", "appimage", "deb", "rpm"]),
    (UnusedKind::Object, &["o", "obj", "a", "lib", "pyc", "pyo"]),
    (UnusedKind::Notebook, &["ipynb"]),
    (UnusedKind::OtherArchive(ArchiveKind::Rar), &["rar"]),
    (UnusedKind::OtherArchive(ArchiveKind::SevenZip), &["7z"]),
    (
        UnusedKind::OtherArchive(ArchiveKind::Other),
        &["bz2", "tbz", "tbz2", "xz", "txz", "zst", "lzma", "lzh", "arj", "cab", "ace"],
    ),
    (UnusedKind::InnerArchive, &["zip", "tar", "tgz", "gz"]),
    (UnusedKind::Shortcut, &["lnk", "url", "webloc", "desktop", "gdoc"]),
    (
        UnusedKind::OtherExtension,
        &[
            "txt", "text", "pyw", "py3", "python", "ino", "kts", "scala", "swift", "dart", "hs", "ex", "exs", "erl",
            "clj", "groovy", "vb", "fs", "pas", "d", "nim", "zig", "jl", "r", "m", "tcl", "ps1", "bat", "cmd", "asm",
            "s", "jsx", "tsx", "zsh", "ksh", "fish",
        ],
    ),
    (
        UnusedKind::Document,
        &["pdf", "doc", "docx", "odt", "rtf", "pages", "ppt", "pptx", "odp", "xls", "xlsx", "ods", "tex", "epub"],
    ),
    (UnusedKind::Picture, &["png", "jpg", "jpeg", "gif", "bmp", "webp", "heic", "tif", "tiff"]),
];

/// Returns the kind of a file by its extension.
pub(super) fn by_extension(file: &Path) -> Option<UnusedKind> {
    let end = file.extension()?.to_string_lossy().to_lowercase();
    EXTENSIONS.iter().find(|(_, ends)| ends.contains(&end.as_str())).map(|(kind, _)| *kind)
}

/// Returns the kind of a file without an extension by its first bytes: `MZ` begins programs of
/// Windows, `\x7fELF` those of Linux (`elf(5)`), the others those of macOS (`mach-o/loader.h`).
pub(super) fn by_first_bytes(bytes: &[u8]) -> Option<UnusedKind> {
    Some(match bytes {
        [b'M', b'Z', ..] if bytes.contains(&0) => UnusedKind::Windows,
        [0x7f, b'E', b'L', b'F', ..] => UnusedKind::Linux,
        [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..] | [0xfe, 0xed, 0xfa, 0xce | 0xcf, ..] => UnusedKind::Mac,
        // Java's classes begin likewise; their version follows, and here the number of processors.
        [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 1..=16, ..] => UnusedKind::Mac,
        [0xca, 0xfe, 0xba, 0xbe, ..] => UnusedKind::Java,
        [b'R', b'a', b'r', b'!', ..] => UnusedKind::OtherArchive(ArchiveKind::Rar),
        [b'7', b'z', 0xbc, 0xaf, ..] => UnusedKind::OtherArchive(ArchiveKind::SevenZip),
        [b'P', b'K', 3, 4, ..] => UnusedKind::InnerArchive,
        [b'%', b'P', b'D', b'F', ..] => UnusedKind::Document,
        _ => return None,
    })
}

impl UnusedKind {
    /// Returns the id of its message.
    pub(super) const fn message_id(self) -> &'static str {
        match self {
            Self::Utf16 => "unused-utf-16",
            Self::Empty => "unused-empty",
            Self::Windows | Self::Mac | Self::Android => "unused-system",
            Self::Linux | Self::Java | Self::Object => "unused-compiled",
            Self::Notebook => "unused-notebook",
            Self::OtherArchive(_) => "unused-other-archive",
            Self::InnerArchive => "unused-inner-archive",
            Self::Shortcut => "unused-shortcut",
            Self::OtherExtension => "unused-extension",
            Self::Document | Self::Picture => "unused-document",
        }
    }

    /// Returns its name in the messages that several kinds share.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Windows => "windows",
            Self::Mac => "mac",
            Self::Android => "android",
            Self::OtherArchive(ArchiveKind::Rar) => "rar",
            Self::OtherArchive(ArchiveKind::SevenZip) => "seven-zip",
            Self::Document => "document",
            Self::Picture => "picture",
            _ => "other",
        }
    }

    /// Returns true if only the text of the file shows whether it is a program.
    pub(super) const fn needs_text(self) -> bool {
        matches!(self, Self::Notebook | Self::OtherExtension)
    }

    /// Returns true if the file was made from a source.
    pub(super) const fn is_compiled(self) -> bool {
        matches!(self, Self::Windows | Self::Mac | Self::Android | Self::Linux | Self::Java | Self::Object)
    }

    /// Returns true if the file is named even if a command line names it.
    pub(super) const fn is_always_told(self) -> bool {
        matches!(self, Self::Utf16)
    }
}
