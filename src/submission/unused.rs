//! Names the files of a submission that cannot be used, and why: programs of other systems,
//! compiled programs, packed archives, notebooks, documents, and sources in an encoding that no
//! tool reads. Without these notes, a role is only "not submitted", although the student sees the
//! file there. Reads files, starts nothing.

mod kind;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use self::kind::{UnusedKind, by_extension, by_first_bytes};
use crate::model::Message;
use crate::model::bytes::safe_path;
use crate::model::source_language::language_of;
use crate::submission::detect::Extent;
use crate::submission::import::Submission;
use crate::submission::language;
use crate::submission::{encoding, heuristics};

/// Maximum number of files that are named.
const MAX_NAMED: usize = 10;
/// Maximum number of files that are opened for their first bytes or their text.
const MAX_OPENED: usize = 200;
/// Maximum bytes that are read of a text: more than any program of a lab has.
const MAX_TEXT_BYTES: u64 = 256 << 10;
/// Maximum bytes that are read of a notebook: pictures between its cells make it long.
const MAX_NOTEBOOK_BYTES: u64 = 4 << 20;
/// Folders for the output of build tools: their files were made from sources.
const OUTPUT_FOLDERS: [&str; 9] = ["bin", "obj", "build", "out", "dist", "target", "debug", "release", "x64"];

/// A file that cannot be used, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
struct UnusedFile {
    file: PathBuf,
    kind: UnusedKind,
}

/// The files that cannot be used. Collected before anything is built, since a build makes files.
#[derive(Debug, Default)]
pub(crate) struct UnusedFiles(Vec<UnusedFile>);

impl UnusedFiles {
    /// Collects these files of a submission.
    pub(crate) fn of(delivery: &Submission) -> Self {
        let own = delivery.own_files();
        let sources = Sources::of(&own);
        let mut left = MAX_OPENED;
        let mut unused = Vec::new();
        for file in own {
            let Some(kind) = kind_of(delivery, file, &mut left) else { continue };
            if !sources.explain(file, kind) && !was_unpacked(delivery, file) {
                unused.push(UnusedFile { file: file.clone(), kind });
            }
        }
        // Stable: files of the same kind stay in order of their paths.
        unused.sort_by_key(|one| one.kind);
        Self(unused)
    }

    /// Returns the notes, given what was found and the command lines of it.
    pub(crate) fn notes(&self, found: Extent, used: &str) -> Vec<Message> {
        let is_told = |one: &&UnusedFile| match found {
            _ if names(used, &one.file) => one.kind.is_always_told(),
            // Pictures belong to the report.
            Extent::All | Extent::Some => one.kind != UnusedKind::Picture,
            Extent::Nothing => true,
        };
        // Beside programs, a document is the report.
        let id = |kind: UnusedKind| match (kind, found) {
            (UnusedKind::Document, Extent::All | Extent::Some) => "unused-report",
            _ => kind.message_id(),
        };
        let all: Vec<&UnusedFile> = self.0.iter().filter(is_told).collect();
        let named = all
            .iter()
            .take(MAX_NAMED)
            .map(|one| Message::new(id(one.kind)).with("file", safe_path(&one.file)).with("kind", one.kind.name()));
        let rest = all.len().saturating_sub(MAX_NAMED);
        let rest = (rest > 0).then(|| Message::new("unused-more").with("count", rest));
        named.chain(rest).collect()
    }
}

/// Returns true if command lines name a file.
fn names(commands: &str, file: &Path) -> bool {
    file.file_name().is_some_and(|name| commands.contains(&*name.to_string_lossy()))
}

/// Returns true if the import unpacked the file.
fn was_unpacked(delivery: &Submission, file: &Path) -> bool {
    let is_it = |note: &Message| *note == Message::new("delivery-inner-archive").with("file", safe_path(file));
    delivery.notes.iter().any(is_it)
}

/// The sources of a submission, by which other files are explained.
struct Sources {
    stems: BTreeSet<String>,
    /// The names of sources of languages that are compiled.
    compiled: BTreeSet<String>,
    /// The folders with sources of languages whose compilers make programs of the machine.
    compiled_in: BTreeSet<PathBuf>,
    has_java: bool,
}

impl Sources {
    fn of(own: &[&PathBuf]) -> Self {
        let named = || own.iter().filter_map(|file| Some((file, language_of(file)?)));
        let folder = |file: &Path| file.parent().map(Path::to_owned);
        Self {
            stems: named().map(|(file, _)| stem(file)).collect(),
            compiled: named()
                .filter(|(_, language)| heuristics::has_entry_point(language))
                .map(|(file, _)| stem(file))
                .collect(),
            compiled_in: named()
                .filter(|(_, language)| matches!(*language, "C" | "C++" | "Go" | "Rust"))
                .filter_map(|(file, _)| folder(file))
                .collect(),
            has_java: named().any(|(_, language)| language == "Java"),
        }
    }

    /// Returns true if a file was made from a source that is here too, or is a copy of one: it is
    /// not missed.
    fn explain(&self, file: &Path, kind: UnusedKind) -> bool {
        let own = stem(file);
        // A copy may have a second extension: `server.py.txt`.
        let is_named_alike = self.stems.contains(&own) || self.stems.contains(&stem(Path::new(&own)));
        let is_made = || match kind {
            UnusedKind::Java => self.has_java,
            UnusedKind::Linux | UnusedKind::Object => {
                file.parent().is_some_and(|folder| self.compiled_in.contains(folder))
            }
            _ => false,
        };
        match kind {
            UnusedKind::OtherExtension => is_named_alike,
            // Python compiles to `.pyc` only.
            _ if kind.is_compiled() => {
                let of_python = file.extension().is_some_and(|end| end.to_string_lossy().starts_with("py"));
                self.compiled.contains(&own)
                    || (of_python && is_named_alike)
                    || is_made()
                    || (!self.stems.is_empty() && is_output(file))
            }
            _ => false,
        }
    }
}

fn stem(file: &Path) -> String {
    file.file_stem().map(|stem| stem.to_string_lossy().to_lowercase()).unwrap_or_default()
}

fn is_output(file: &Path) -> bool {
    let is_one = |part: &std::ffi::OsStr| OUTPUT_FOLDERS.contains(&part.to_string_lossy().to_lowercase().as_str());
    file.parent().is_some_and(|folder| folder.iter().any(is_one))
}

/// Returns why a file cannot be used; `None` if it can, or if it is not a program's.
fn kind_of(delivery: &Submission, file: &Path, left: &mut usize) -> Option<UnusedKind> {
    let named = by_extension(file);
    if let Some(kind) = named.filter(|kind| !kind.needs_text()) {
        return Some(kind);
    }
    let is_source = language::is_source(file);
    let is_bare = file.extension().is_none();
    if named.is_none() && !is_source && !is_bare {
        return None;
    }
    *left = left.checked_sub(1)?;
    let most = if named == Some(UnusedKind::Notebook) { MAX_NOTEBOOK_BYTES } else { MAX_TEXT_BYTES };
    let bytes = delivery.bytes(file, most);
    if let Some(kind) = by_first_bytes(&bytes).filter(|_| is_bare) {
        return Some(kind);
    }
    if is_source && bytes.trim_ascii().is_empty() {
        // Python takes an empty file as the mark of a package.
        return (file.file_stem()? != "__init__").then_some(UnusedKind::Empty);
    }
    let wide = encoding::utf_16(&bytes);
    let text = wide.clone().unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned());
    if let Some(kind) = named {
        let reading = heuristics::read(&text);
        let is_program = reading.is_about_sockets() && (kind == UnusedKind::Notebook || is_code(&text));
        return is_program.then_some(kind);
    }
    // The compiler of C# reads UTF-16 with a byte order mark.
    let is_read = language_of(file) == Some("C#") && encoding::has_utf_16_mark(&bytes);
    let is_program = is_source || language::by_first_line(&text).is_some();
    wide.filter(|_| is_program && !is_read).map(|_| UnusedKind::Utf16)
}

/// Returns true if a text is source code, and not a text about it: most of its lines with words
/// look like statements.
fn is_code(text: &str) -> bool {
    let begins =
        ["import ", "from ", "#include", "package ", "using ", "const ", "let ", "var ", "def ", "class ", "use "];
    let is_statement = |line: &&str| {
        begins.iter().any(|word| line.starts_with(word))
            || line.ends_with([';', '{', '}', ':', ')'])
            || line.contains(" = ")
    };
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let statements = lines().filter(is_statement).count();
    statements >= 3 && statements * 2 > lines().count()
}

#[cfg(test)]
mod tests;
