//! Folders, archives and downloads, and the submissions in them.

use rstest::rstest;

use crate::submission::sources::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// Returns the contents for a file of this name. They must not contain the name, which would have
/// to be kept.
fn inside(name: &str) -> String {
    name.rsplit('/').next().unwrap_or_default().replace('-', "~")
}

fn ids_of(sources: &[SubmissionSource]) -> Vec<&str> {
    sources.iter().map(|one| one.id.0.as_str()).collect()
}

fn zip(at: &Path, files: &[&str]) {
    let mut archive = zip::ZipWriter::new(File::create(at).expect("a file"));
    for name in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        io::Write::write_all(&mut archive, inside(name).as_bytes()).expect("written");
    }
    archive.finish().expect("an archive");
}

fn tar_gz(at: &Path, files: &[&str]) {
    let gz = flate2::write::GzEncoder::new(File::create(at).expect("a file"), flate2::Compression::fast());
    let mut archive = tar::Builder::new(gz);
    for name in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(name.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, name, inside(name).as_bytes()).expect("an entry");
    }
    archive.into_inner().and_then(flate2::write::GzEncoder::finish).expect("an archive");
}

fn flat(at: &Path, files: &[&str]) {
    fs::create_dir_all(at).expect("a folder");
    for name in files {
        let path = at.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, inside(name)).expect("a file");
    }
}

/// Returns the submissions of a class, each with the names and contents of its files.
fn held(class: &Class) -> Vec<(String, Vec<(String, String)>)> {
    let files = |source: &SubmissionSource| {
        let taken = Submission::import(source.path.as_deref().expect("a path")).expect("it is taken in");
        let one = |file: &std::path::PathBuf| (file.display().to_string(), taken.text(file, 1000));
        taken.files.iter().map(one).collect()
    };
    class.sources.iter().map(|source| (source.id.0.clone(), files(source))).collect()
}

const CANVAS: &[&str] = &[
    "souzaana_11_555_tcp_echo.py",
    "souzaana_11_556_socklab-1.yaml",
    "diascarla_LATE_13_557_eco.py",
    "limabruno_12_558_eco.py",
];

/// The submissions in [`CANVAS`].
fn canvas() -> Vec<(String, Vec<(String, String)>)> {
    let file = |name: &str, whole: &str| (name.to_owned(), inside(whole));
    vec![
        ("diascarla_13".to_owned(), vec![file("eco.py", CANVAS[2])]),
        ("limabruno_12".to_owned(), vec![file("eco.py", CANVAS[3])]),
        ("souzaana_11".to_owned(), vec![file("socklab.yaml", CANVAS[1]), file("tcp_echo.py", CANVAS[0])]),
    ]
}

#[test]
fn canvas_download_is_recognized_in_all_forms() {
    let at = folder();
    let again: Vec<String> = CANVAS.iter().map(|name| format!("submissions/{name}")).collect();
    let again: Vec<&str> =
        again.iter().map(String::as_str).chain(["__MACOSX/submissions/._x", "submissions/.DS_Store"]).collect();
    zip(&at.path().join("a.zip"), CANVAS);
    zip(&at.path().join("b.zip"), &again);
    tar_gz(&at.path().join("c.tar.gz"), CANVAS);
    flat(&at.path().join("d"), CANVAS);
    flat(&at.path().join("e"), CANVAS);
    flat(&at.path().join("e"), &["canvas.csv", "turma.csv", "socklab.db", ".DS_Store"]);
    flat(&at.path().join("f/submissions"), CANVAS);
    fs::create_dir(at.path().join("g")).expect("a folder");
    zip(&at.path().join("g/submissions.zip"), CANVAS);
    for name in ["a.zip", "b.zip", "c.tar.gz", "d", "e", "f", "g"] {
        let class = Class::from_paths(&[&at.path().join(name)]).expect("read");
        assert_eq!(held(&class), canvas(), "{name}");
        assert!(class.notes.is_empty());
    }
}

#[rstest]
#[case::one_file_is_another(&["souzaana_11_555_a.py", "limabruno_12_556_b.py", "README.md"])]
#[case::one_student(&["lab_11_555_server.py", "lab_11_556_client.py"])]
#[case::small_numbers(&["tcp_1_2_echo.py", "udp_3_4_upper.py"])]
#[case::in_folders(&["souzaana_11_555_a/a.py", "limabruno_12_556_b/b.py"])]
fn archive_with_similar_names_is_one_submission(#[case] files: &[&str]) {
    let at = folder();
    zip(&at.path().join("ana.zip"), files);
    tar_gz(&at.path().join("bia.tgz"), files);
    for (name, id) in [("ana.zip", "ana"), ("bia.tgz", "bia")] {
        let class = Class::from_paths(&[&at.path().join(name)]).expect("read");
        assert_eq!(ids_of(&class.sources), [id]);
        assert_eq!(held(&class)[0].1.len(), files.len(), "its files have their names");
    }
}

#[test]
fn download_among_other_archives_is_one_submission() {
    let at = folder();
    zip(&at.path().join("ana.zip"), CANVAS);
    zip(&at.path().join("bia.zip"), &["eco.py"]);
    zip(&at.path().join("eva.zip"), &["Rui_7_assignsubmission_file_/eco.py"]);
    let names = ["ana.zip", "bia.zip", "eva.zip"].map(|name| at.path().join(name));
    let class = Class::from_paths(&names.each_ref().map(|path| path.as_path())).expect("read");
    assert_eq!(ids_of(&class.sources), ["ana", "bia", "eva"]);
    assert_eq!(class.notes.iter().map(|note| &*note.id).collect::<Vec<_>>(), ["cli-download-among-others"; 2]);
    let class = Class::from_paths(&[at.path()]).expect("read");
    assert_eq!(ids_of(&class.sources), ["ana", "bia", "eva"]);
}

#[test]
fn two_downloads_are_graded_together() {
    let at = folder();
    zip(&at.path().join("a.zip"), CANVAS);
    zip(&at.path().join("b.zip"), &["Rui_7_assignsubmission_file_/eco.py"]);
    let paths = ["a.zip", "b.zip"].map(|name| at.path().join(name));
    let class = Class::from_paths(&paths.each_ref().map(|path| path.as_path())).expect("read");
    assert_eq!(ids_of(&class.sources), ["Rui_7_assignsubmission_file_", "diascarla_13", "limabruno_12", "souzaana_11"]);
    assert_eq!(held(&class).len(), 4, "all copies still exist");
}

#[test]
fn moodle_download_is_recognized_in_all_forms() {
    let at = folder();
    let folders = ["Ana Lima_101_assignsubmission_file_/eco.py", "Rui Sá_102_assignsubmission_file_/a/eco.py"];
    let bare = ["Ana Lima_101_assignsubmission_file_eco.py", "Rui Sá_102_assignsubmission_file_eco.py"];
    let typed = "Ana Lima_101_assignsubmission_onlinetext_/onlinetext.html";
    zip(&at.path().join("a.zip"), &[folders[0], folders[1], typed]);
    zip(&at.path().join("b.zip"), &["Lab/", &format!("Lab/{}", folders[0]), &format!("Lab/{}", folders[1])]);
    zip(&at.path().join("c.zip"), &[bare[0], bare[1], "Ana Lima_101_assignsubmission_onlinetext_onlinetext.html"]);
    tar_gz(&at.path().join("d.tar.gz"), &folders);
    flat(&at.path().join("e"), &bare);
    flat(&at.path().join("f"), &[folders[0], folders[1], typed]);
    flat(&at.path().join("g"), &[bare[0], folders[1]]);
    for name in ["a.zip", "b.zip", "c.zip", "d.tar.gz", "e", "f", "g"] {
        let class = Class::from_paths(&[&at.path().join(name)]).expect("read");
        let expected = ["Ana Lima_101_assignsubmission_file_", "Rui Sá_102_assignsubmission_file_"];
        assert_eq!(ids_of(&class.sources), expected, "{name}");
        assert!(held(&class).iter().all(|(_, files)| files.len() == 1 && files[0].0 == "eco.py"), "{name}");
    }
}

#[test]
fn archive_beside_flat_files_is_kept() {
    let at = folder();
    flat(at.path(), &["Ana_101_assignsubmission_file_eco.py", "late/eco.py"]);
    zip(&at.path().join("bia.zip"), &["eco.py"]);
    let class = Class::from_paths(&[at.path()]).expect("read");
    assert_eq!(ids_of(&class.sources), ["Ana_101_assignsubmission_file_", "bia", "late"]);
}

#[test]
fn folders_and_archives_get_unique_names() {
    let folder = folder();
    for name in ["ana", "Rui Sá_12_assignsubmission_file_", ".git"] {
        fs::create_dir(folder.path().join(name)).expect("a folder");
    }
    for name in ["ana.zip", "bia.tar.gz", "notas.csv"] {
        fs::write(folder.path().join(name), "").expect("a file");
    }
    let all = sources_in(folder.path()).expect("read");
    assert_eq!(ids_of(&all), ["Rui Sá_12_assignsubmission_file_", "ana", "ana.zip", "bia"]);
}

#[test]
fn unpacked_archive_is_not_a_second_submission() {
    let folder = folder();
    zip(&folder.path().join("ana.zip"), &["ana/eco.py"]);
    let ids = || -> Vec<String> { sources_in(folder.path()).expect("read").into_iter().map(|one| one.id.0).collect() };
    flat(&folder.path().join("ana"), &["ana/eco.py"]);
    assert_eq!(ids(), ["ana"]);
    fs::write(folder.path().join("ana/ana/eco.py"), "import socket, time").expect("a file");
    assert_eq!(ids(), ["ana", "ana.zip"], "the instructor decides which one counts");
}
