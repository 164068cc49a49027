//! Where the submissions of a class are: folders, archives, a download with a folder for each, a list of names.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use super::batch::Source;
use super::delivery::Delivery;
use crate::model::SubmissionId;

/// What every folder of a Moodle download has in its name.
const MOODLE: &str = "_assignsubmission_";

/// Whether an archive holds a class: the folders at its top are Moodle's.
#[must_use]
pub fn is_class(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let Ok(archive) = zip::ZipArchive::new(io::BufReader::new(file)) else { return false };
    archive
        .file_names()
        .filter_map(Result::ok)
        .any(|name| name.split('/').next().is_some_and(|top| top.contains(MOODLE)))
}

/// One submission by its path.
#[must_use]
pub fn of_path(path: &Path) -> Source {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = [".tar.gz", ".tgz", ".tar", ".zip", ".rar", ".7z"].iter().find_map(|end| {
        let cut = name.len().checked_sub(end.len())?;
        (name.is_char_boundary(cut) && name[cut..].eq_ignore_ascii_case(end)).then(|| name[..cut].to_owned())
    });
    let id = if path.is_dir() { name } else { stem.unwrap_or(name) };
    Source { id: SubmissionId(id), path: Some(path.to_owned()) }
}

/// The submissions in a folder: every folder and every archive in it. An archive whose contents lie beside it, unpacked into a
/// folder of its name, is the same submission; where the contents differ, the archive keeps its ending.
///
/// # Errors
/// The folder cannot be read.
pub fn of_folder(folder: &Path) -> io::Result<Vec<Source>> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let lower = name.to_lowercase();
        let is_archive = [".zip", ".tar.gz", ".tgz", ".tar", ".rar", ".7z"].iter().any(|end| lower.ends_with(end));
        let kind = entry.file_type()?;
        if name.starts_with('.') || name == "socklab-evidence" || !(kind.is_dir() || kind.is_file() && is_archive) {
            continue;
        }
        all.push(of_path(&entry.path()));
    }
    all.sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
    let unpacked = |one: &Source| {
        let twin = |other: &&Source| other.id == one.id && other.path != one.path;
        let is_folder = |source: &Source| source.path.as_ref().is_some_and(|path| path.is_dir());
        !is_folder(one) && all.iter().filter(twin).any(|other| is_folder(other) && is_the_same(one, other))
    };
    let again: Vec<bool> = all.iter().map(unpacked).collect();
    let mut again = again.into_iter();
    all.retain(|_| again.next() == Some(false));
    let ids: Vec<SubmissionId> = all.iter().map(|one| one.id.clone()).collect();
    for one in &mut all {
        let is_file = one.path.as_ref().is_some_and(|path| path.is_file());
        if is_file && ids.iter().filter(|id| **id == one.id).count() > 1 {
            let name =
                one.path.as_ref().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
            one.id = SubmissionId(name.unwrap_or_default());
        }
    }
    Ok(all)
}

/// Whether two hold the same files with the same contents.
fn is_the_same(one: &Source, other: &Source) -> bool {
    let hash = |source: &Source| Some(Delivery::receive(source.path.as_deref()?).ok()?.hash.clone());
    hash(one).is_some_and(|one| Some(one) == hash(other))
}

/// The names in a list of a class: the column that is called submission, folder or id, else the first.
///
/// # Errors
/// It is no CSV, or has no names; what is wrong.
pub fn names_of(bytes: &[u8]) -> Result<Vec<String>, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let separator = if first.contains(&b';') && !first.contains(&b',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().flexible(true).delimiter(separator).from_reader(bytes);
    let head = reader.headers().map_err(|error| error.to_string())?.clone();
    let known = ["submission", "folder", "id", "entrega", "pasta"];
    let column = head.iter().position(|heading| known.contains(&heading.trim().to_lowercase().as_str())).unwrap_or(0);
    let mut names = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| error.to_string())?;
        if let Some(name) = row.get(column).map(str::trim).filter(|name| !name.is_empty()) {
            names.push(name.to_owned());
        }
    }
    if names.is_empty() { Err("it has no names below its first line".to_owned()) } else { Ok(names) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_folder_and_archive_is_one_and_no_name_comes_twice() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["ana", "Rui Sá_12_assignsubmission_file_", ".git"] {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        for name in ["ana.zip", "bia.tar.gz", "notas.csv"] {
            fs::write(folder.path().join(name), "").expect("a file");
        }
        let ids: Vec<String> = of_folder(folder.path()).expect("read").into_iter().map(|one| one.id.0).collect();
        assert_eq!(ids, ["Rui Sá_12_assignsubmission_file_", "ana", "ana.zip", "bia"]);
    }

    #[test]
    fn an_archive_beside_what_it_holds_is_no_second_submission() {
        let folder = tempfile::tempdir().expect("a folder");
        let archive = File::create(folder.path().join("ana.zip")).expect("a file");
        let mut archive = zip::ZipWriter::new(archive);
        archive.start_file("ana/eco.py", zip::write::SimpleFileOptions::default()).expect("an entry");
        io::Write::write_all(&mut archive, b"import socket").expect("written");
        archive.finish().expect("an archive");
        fs::create_dir_all(folder.path().join("ana/ana")).expect("a folder");
        let ids =
            || -> Vec<String> { of_folder(folder.path()).expect("read").into_iter().map(|one| one.id.0).collect() };
        fs::write(folder.path().join("ana/ana/eco.py"), "import socket").expect("a file");
        assert_eq!(ids(), ["ana"]);
        fs::write(folder.path().join("ana/ana/eco.py"), "import socket, time").expect("a file");
        assert_eq!(ids(), ["ana", "ana.zip"], "which of them counts is for the instructor to say");
    }

    #[test]
    fn a_list_is_read_by_its_heading() {
        assert_eq!(names_of(b"name,folder\nAna,a1\nRui,r2\n"), Ok(vec!["a1".to_owned(), "r2".to_owned()]));
        assert_eq!(names_of("\u{feff}nome;turma\nAna;1\n".as_bytes()), Ok(vec!["Ana".to_owned()]));
        assert!(names_of(b"").is_err() && names_of(b"name\n").is_err());
    }
}
