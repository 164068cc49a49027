//! Reads the sources of a submission once each: a classification of their text, and which belong
//! together. Costs are bounded before anything is compared: of thousands of files, only a few
//! hundred are read. Starts nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::model::Message;
use crate::model::bytes::safe_path;
use crate::model::source_language::language_of;
use crate::run::Cancel;
use crate::submission::candidate::Candidate;
use crate::submission::heuristics;
use crate::submission::heuristics::SourceHints;
use crate::submission::import::Submission;
use crate::submission::language;
use crate::submission::probe::ProbeProgram;
use crate::submission::probe::outcome::ProbeOutcome;

/// Maximum number of sources that are read per submission.
const MAX_SOURCES: usize = 200;
/// Maximum text that is read per submission, in bytes.
const MAX_TEXT_BYTES: u64 = 4 << 20;
/// Maximum text that is read per file, in bytes.
const MAX_FILE_BYTES: u64 = 256 << 10;
/// Maximum number of programs without sockets that are named.
pub(super) const MAX_WITHOUT_SOCKETS: usize = 8;
/// Maximum number of programs that are started per submission.
pub(super) const MAX_PROGRAMS: usize = 24;

/// A source that was read.
struct SourceFile<'a> {
    file: &'a PathBuf,
    text: String,
    reading: SourceHints,
    /// True if a program of its language can begin in it.
    begins: bool,
}

/// The result of reading the sources.
#[derive(Default)]
pub(super) struct Survey {
    /// The programs that may be the lab's, likely servers first.
    pub(super) candidates: Vec<Candidate>,
    /// Programs that contain no socket calls, and are not parts of others.
    pub(super) without_sockets: Vec<PathBuf>,
    /// Notes about files that were not examined.
    pub(super) notes: Vec<Message>,
}

/// Reads the sources of a submission. Returns nothing if the run was interrupted.
pub(super) fn survey(delivery: &Submission, cancel: &Cancel) -> Survey {
    let mut files: Vec<&PathBuf> = delivery.own_files();
    files.retain(|file| file.extension().is_none() || language::is_source(file));
    let all = files.len();
    files.sort_by_cached_key(|file| rank(file));
    files.truncate(MAX_SOURCES);
    let mut sources = Vec::new();
    let mut left = MAX_TEXT_BYTES;
    for file in &files {
        if cancel.is_cancelled() {
            return Survey::default();
        }
        if left == 0 {
            break;
        }
        let text = delivery.text(file, MAX_FILE_BYTES.min(left));
        left -= left.min(text.len() as u64);
        sources.push(SourceFile::of(file, text));
    }
    let first_unread = files.get(sources.len()).copied();
    let unread = all - sources.len();
    let mut notes = Vec::new();
    if unread > 0 {
        let note = Message::new("sources-not-read").with("count", unread);
        let note = note.with("files", MAX_SOURCES).with("limit", MAX_TEXT_BYTES >> 20);
        let file = first_unread.or_else(|| lowest(delivery, &sources));
        notes.push(note.with("file", file.map_or_else(String::new, |file| safe_path(file))));
    }
    // In order of paths: programs of the same rank are numbered and started by name.
    sources.sort_by_key(|source| source.file);
    let mut candidates = programs(&sources, cancel);
    let parts: BTreeSet<&PathBuf> = candidates.iter().flat_map(|one| &one.parts).collect();
    let is_candidate = |file: &PathBuf| candidates.iter().any(|one| one.file == *file);
    let is_other = |source: &&SourceFile<'_>| {
        // Others explain empty files, and those in UTF-16.
        let is_text = !source.text.trim().is_empty() && !source.text.contains('\0');
        let is_source = source.begins && language::is_source(source.file) && is_text;
        is_source && !parts.contains(source.file) && !is_candidate(source.file)
    };
    let without_sockets = sources.iter().filter(is_other).map(|source| source.file.clone()).collect();
    if let Some(dropped) = drop_excess(&mut candidates) {
        notes.push(dropped);
    }
    Survey { candidates, without_sockets, notes }
}

/// Returns a source that was not read, if the number of files was the limit.
fn lowest<'d>(delivery: &'d Submission, read: &[SourceFile<'_>]) -> Option<&'d PathBuf> {
    let known: BTreeSet<&PathBuf> = read.iter().map(|source| source.file).collect();
    delivery.own_files().into_iter().find(|file| language::is_source(file) && !known.contains(file))
}

/// Returns the sort key for reading sources. The order is: names of servers, other usual names of
/// programs, clients, then the rest. Files without an extension come last, and files near the top
/// come first.
fn rank(file: &Path) -> (bool, u8, usize, PathBuf) {
    const PROGRAMS: [&str; 10] =
        ["main", "principal", "tcp", "udp", "socket", "echo", "eco", "multi", "simple", "remot"];
    let name = file.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
    let kind = match () {
        () if has(&["serv", "srv"]) => 0,
        () if has(&PROGRAMS) && !heuristics::is_named_client(file) => 1,
        () if has(&["client", "cli."]) => 2,
        () => 3,
    };
    (file.extension().is_none(), kind, file.components().count(), file.to_owned())
}

impl<'a> SourceFile<'a> {
    fn of(file: &'a PathBuf, text: String) -> Self {
        let language = language_of(file).or_else(|| language::by_first_line(&text));
        let begins = language.is_some_and(|language| heuristics::has_beginning(language, &text));
        Self { file, begins, reading: heuristics::read(&text), text }
    }
}

/// A language and a folder.
type FolderOfLanguage<'a> = (&'a str, Option<&'a Path>);

/// Returns the programs among the sources, with their parts.
fn programs(sources: &[SourceFile<'_>], cancel: &Cancel) -> Vec<Candidate> {
    // The files of each folder that can only be parts, and the files of each name.
    let mut parts_of: BTreeMap<FolderOfLanguage<'_>, Vec<&SourceFile<'_>>> = BTreeMap::new();
    let mut called: BTreeMap<(&str, &OsStr), Vec<&SourceFile<'_>>> = BTreeMap::new();
    for source in sources {
        let (Some(language), Some(stem)) = (language_of(source.file), source.file.file_stem()) else {
            continue;
        };
        called.entry((language, stem)).or_default().push(source);
        if !source.begins {
            parts_of.entry((language, source.file.parent())).or_default().push(source);
        }
    }
    // The folders with programs of each language.
    let begun = sources.iter().filter(|source| source.begins);
    let begun: BTreeSet<FolderOfLanguage<'_>> =
        begun.filter_map(|source| Some((language_of(source.file)?, source.file.parent()))).collect();
    let mut all = Vec::new();
    for source in sources.iter().filter(|source| source.begins) {
        if cancel.is_cancelled() {
            break;
        }
        let Some(recipe) = language::recipe(source.file, &source.text, all.len() + 1) else { continue };
        // If the language has an entry point, the parts are the files of the folder without one.
        // Otherwise they are the imported files, by name.
        let mut parts: Vec<&SourceFile<'_>> = if heuristics::has_entry_point(recipe.language) {
            parts_of.get(&(recipe.language, source.file.parent())).cloned().unwrap_or_default()
        } else {
            let words = heuristics::imported(&source.text);
            let named = words.iter().filter_map(|word| called.get(&(recipe.language, OsStr::new(*word))));
            named.flatten().copied().collect()
        };
        parts.retain(|part| part.file != source.file);
        parts.sort_by_key(|part| part.file);
        // A program does everything that its parts do.
        let mut reading = source.reading.clone();
        parts.iter().for_each(|part| reading.add(&part.reading));
        if !reading.is_about_sockets() && heuristics::has_entry_point(recipe.language) {
            // The sockets are in a package or library of its own.
            let others = sources.iter().filter(|other| is_library(other, recipe.language, &begun));
            let others: Vec<&SourceFile<'_>> = others.filter(|other| other.reading.is_about_sockets()).collect();
            others.iter().for_each(|part| reading.add(&part.reading));
            parts.extend(others);
        }
        if !reading.is_about_sockets() {
            continue;
        }
        let start = ProbeProgram { words: recipe.run.clone(), stdin: None, port: None };
        let parts = parts.into_iter().map(|part| part.file.clone()).collect();
        let file = source.file.clone();
        all.push(Candidate {
            file,
            parts,
            recipe,
            reading,
            serves_itself: source.reading.serves,
            trouble: None,
            seen: ProbeOutcome::Unknown,
            start,
            other_sockets: Vec::new(),
        });
    }
    // A stable sort: candidates of the same kind stay in order of names.
    all.sort_by_key(|one| (!one.reading.serves, heuristics::is_named_client(&one.file)));
    all
}

/// Returns true if a source can be part of programs in other folders: its folder has no program, or
/// it is the library of a Rust package.
fn is_library(source: &SourceFile<'_>, language: &str, begun: &BTreeSet<FolderOfLanguage<'_>>) -> bool {
    let is_crate = language == "Rust" && source.file.file_name() == Some(OsStr::new("lib.rs"));
    let is_same = !source.begins && language_of(source.file) == Some(language);
    is_same && (is_crate || !begun.contains(&(language, source.file.parent())))
}

/// Removes programs beyond the maximum, and returns a note about them. Those deep in the tree are
/// most likely third-party code.
fn drop_excess(candidates: &mut Vec<Candidate>) -> Option<Message> {
    if candidates.len() <= MAX_PROGRAMS {
        return None;
    }
    let named_server = |one: &Candidate| rank(&one.file).1 == 0;
    candidates.sort_by_key(|one| (one.file.components().count(), Reverse(one.reading.serves), !named_server(one)));
    let first = safe_path(&candidates[MAX_PROGRAMS].file);
    let count = candidates.len() - MAX_PROGRAMS;
    candidates.truncate(MAX_PROGRAMS);
    Some(Message::new("programs-not-started").with("count", count).with("most", MAX_PROGRAMS).with("file", first))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const SERVER: &str = "import socket\ns = socket.socket()\ns.bind(('', 65432))\ns.listen()\n";

    fn surveyed(files: &[(&str, &str)]) -> (Vec<Candidate>, Vec<Message>) {
        let from = tempfile::tempdir().expect("a folder");
        for (name, text) in files {
            let path = from.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("written");
        }
        let delivery = Submission::import(from.path()).expect("received");
        let found = survey(&delivery, &Cancel::new().expect("a pipe"));
        (found.candidates, found.notes)
    }

    fn names(candidates: &[Candidate]) -> Vec<String> {
        candidates.iter().map(|one| one.file.display().to_string()).collect()
    }

    #[test]
    fn imported_and_neighboring_files_are_parts() {
        let (python, notes) = surveyed(&[
            ("main.py", "import rede\nrede.serve()\n"),
            ("rede.py", SERVER),
            ("alone.py", "print('bind(')\n"),
        ]);
        assert_eq!(names(&python), ["main.py", "rede.py"]);
        assert_eq!((python[0].parts.clone(), notes), (vec![PathBuf::from("rede.py")], Vec::new()));
        let (c, _) = surveyed(&[
            ("src/server.c", "int main(void) { open_it(); }\n"),
            ("src/net.c", "int open_it(void) { socket(1); listen(s, 1); }\n"),
            ("other/net.c", "int open_it(void) { return 0; }\n"),
        ]);
        assert_eq!(names(&c), ["src/server.c"]);
        assert_eq!(c[0].parts, [PathBuf::from("src/net.c")]);
    }

    #[test]
    fn sockets_may_be_in_a_library_folder() {
        let open = "int open_it(void) { socket(1); listen(s, 1); }\n";
        let (c, _) = surveyed(&[("main.c", "int main(void) { open_it(); }\n"), ("lib/net.c", open)]);
        assert_eq!((names(&c), c[0].parts.clone()), (vec!["main.c".to_owned()], vec![PathBuf::from("lib/net.c")]));
        // They belong to the program beside them.
        let program = ("lib/server.c", "int main(void) { open_it(); }\n");
        let (c, _) = surveyed(&[("tool.c", "int main(void) { return 0; }\n"), ("lib/net.c", open), program]);
        assert_eq!(names(&c), ["lib/server.c"]);
        let library = "pub fn serve() { std::net::TcpListener::bind(\"127.0.0.1:65432\"); }\n";
        let main = ("src/bin/eco.rs", "fn main() { eco::serve() }\n");
        let (rust, _) = surveyed(&[main, ("src/lib.rs", library), ("Cargo.toml", "[package]\n")]);
        assert_eq!(names(&rust), ["src/bin/eco.rs"]);
        let (perl, _) = surveyed(&[
            ("roda.pl", "use lib '.';\nuse Nucleo;\nNucleo::serve();\n"),
            ("Nucleo.pm", "package Nucleo;\nuse IO::Socket;\nsub serve { IO::Socket::INET->new(Listen => 5) }\n1;\n"),
        ]);
        let program = perl.iter().find(|one| one.file == Path::new("roda.pl")).expect("a program");
        assert_eq!(program.parts, [PathBuf::from("Nucleo.pm")]);
    }

    #[test]
    fn servers_near_the_top_are_read_first() {
        let mut files: Vec<(String, &str)> =
            (0..300).map(|k| (format!("deep/er/util{k}.py"), "import socket\n")).collect();
        files.extend((0..30).map(|k| (format!("deep/server{k}.py"), SERVER)));
        files.push(("zzz_servidor.py".to_owned(), SERVER));
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), *text)).collect();
        let (found, notes) = surveyed(&files);
        assert_eq!((found.len(), found[0].file.display().to_string().as_str()), (MAX_PROGRAMS, "zzz_servidor.py"));
        let ids: Vec<&str> = notes.iter().map(|note| note.id.as_ref()).collect();
        assert_eq!(ids, ["sources-not-read", "programs-not-started"]);
        let (_, notes) = surveyed(&files[..MAX_SOURCES]);
        assert!(notes.iter().all(|note| note.id != "sources-not-read"), "no note if all files are read");
    }

    #[test]
    fn total_text_is_limited() {
        let long = format!("{SERVER}{}", "# padding\n".repeat(MAX_FILE_BYTES as usize / 10));
        let files: Vec<String> = (0..40).map(|k| format!("server{k}.py")).collect();
        let files: Vec<(&str, &str)> = files.iter().map(|name| (name.as_str(), long.as_str())).collect();
        let (_, notes) = surveyed(&files);
        let count = notes.iter().find(|note| note.id == "sources-not-read").and_then(|note| note.args.get("count"));
        assert_eq!(count, Some(&(40 - MAX_TEXT_BYTES / MAX_FILE_BYTES).into()));
    }

    #[test]
    fn interrupted_survey_finds_nothing() {
        let from = tempfile::tempdir().expect("a folder");
        fs::write(from.path().join("server.py"), SERVER).expect("written");
        let delivery = Submission::import(from.path()).expect("received");
        let cancel = Cancel::new().expect("a pipe");
        rustix::io::write(cancel.trigger().expect("a copy"), b"x").expect("written");
        assert!(survey(&delivery, &cancel).candidates.is_empty());
    }
}
