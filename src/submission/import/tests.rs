//! Submissions of every kind, hostile ones included.

use std::io::Write;

use crate::submission::import::*;

fn unusable_because(received: Result<Submission, ImportError>) -> String {
    match received {
        Err(ImportError::Unusable(message)) => message.id.into_owned(),
        other => panic!("{other:?}"),
    }
}

fn zip_of(files: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".zip").tempfile().expect("a file");
    let mut writer = zip::ZipWriter::new(file.as_file_mut());
    for (name, bytes) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).expect("a name");
        writer.write_all(bytes).expect("bytes");
    }
    writer.finish().expect("an archive");
    file
}

fn tar_of(entries: &[(&str, tar::EntryType, &[u8])]) -> tempfile::NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".tar").tempfile().expect("a file");
    let mut writer = tar::Builder::new(file.as_file_mut());
    for (name, kind, bytes) in entries {
        let mut header = tar::Header::new_ustar();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_entry_type(*kind);
        header.set_size(bytes.len() as u64);
        header.set_mode(0o755);
        if matches!(kind, tar::EntryType::Symlink) {
            header.set_link_name("/etc/passwd").expect("a link");
        }
        header.set_cksum();
        writer.append(&header, *bytes).expect("an entry");
    }
    writer.finish().expect("an archive");
    drop(writer);
    file
}

#[test]
fn folder_is_copied_without_links_pipes_and_git() {
    let from = tempfile::tempdir().expect("a folder");
    fs::create_dir_all(from.path().join("Código do Servidor")).expect("a folder");
    fs::create_dir_all(from.path().join(".git/objects")).expect("a folder");
    fs::write(from.path().join(".git/objects/x"), "").expect("a file");
    fs::write(from.path().join("Código do Servidor/servidor tcp.py"), "print()").expect("a file");
    fs::write(from.path().join("README.md"), "# eco").expect("a file");
    std::os::unix::fs::symlink("/etc/passwd", from.path().join("senhas")).expect("a link");
    rustix::fs::mknodat(rustix::fs::CWD, from.path().join("pipe"), rustix::fs::FileType::Fifo, 0o644.into(), 0)
        .expect("a pipe");
    let taken = Submission::import(from.path()).expect("it is taken in");
    assert_eq!(taken.files, ["Código do Servidor/servidor tcp.py", "README.md"].map(PathBuf::from));
    let mut ids: Vec<&str> = taken.notes.iter().map(|note| &*note.id).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["delivery-link", "delivery-special"]);
    let again = Submission::import(from.path()).expect("it is taken in");
    assert_eq!(taken.hash, again.hash);
    fs::write(from.path().join("README.md"), "# Eco").expect("a file");
    assert_ne!(Submission::import(from.path()).expect("it is taken in").hash, again.hash);
}

#[test]
fn programs_become_executable_by_their_first_bytes() {
    let from = zip_of(&[("run.sh", b"#!/bin/sh\n"), ("server", b"\x7fELF..."), ("a.py", b"import socket"), ("b", b"")]);
    let taken = Submission::import(from.path()).expect("it is taken in");
    let may_be_run = |name: &&str| {
        let mode = fs::metadata(taken.root.join(name)).expect("it is there").permissions();
        std::os::unix::fs::PermissionsExt::mode(&mode) & 0o111 != 0
    };
    assert_eq!(["run.sh", "server", "a.py", "b"].iter().filter(|name| may_be_run(name)).count(), 2);
    assert_eq!(taken.text(Path::new("run.sh"), 99), "#!/bin/sh\n", "whole");
}

#[test]
fn dependencies_and_build_output_are_not_own_files() {
    let names = [
        "server.js",
        "node_modules/ws/index.js",
        "cliente/node_modules/ws/server.py",
        "pyvenv.cfg",
        "lib/python3.11/site-packages/eco/server.py",
        "vendor/autoload.php",
        "vendor/eco/server.php",
        "alvo/CACHEDIR.TAG",
        "alvo/debug/server.rs",
        "node_modules.py",
        "php/autoload.php",
        "php/server.php",
    ];
    let from = zip_of(&names.map(|name| (name, &b""[..])));
    let taken = Submission::import(from.path()).expect("it is taken in");
    let own: Vec<_> = taken.own_files().into_iter().map(|file| file.to_string_lossy().into_owned()).collect();
    assert_eq!(own, ["node_modules.py", "php/autoload.php", "php/server.php", "pyvenv.cfg", "server.js"]);
}

#[test]
fn copy_is_removed_on_drop() {
    let from = zip_of(&[("a.py", b"")]);
    let taken = Submission::import(from.path()).expect("it is taken in");
    let root = taken.root.clone();
    assert!(root.exists());
    drop(taken);
    assert!(!root.exists());
}

#[test]
fn names_outside_the_archive_are_omitted() {
    let from = zip_of(&[
        ("../evil.py", b"x"),
        ("/abs.py", b"x"),
        ("a/../../b.py", b"x"),
        ("ok/c.py", b"x"),
        ("win\\d.py", b"x"),
    ]);
    let taken = Submission::import(from.path()).expect("it is taken in");
    assert_eq!(taken.files, ["ok/c.py", "win/d.py"].map(PathBuf::from));
    assert_eq!(taken.notes.len(), 3);
    assert!(!taken.root.parent().expect("above").join("evil.py").exists());
    let from = tar_of(&[("../evil.py", tar::EntryType::Regular, b"x"), ("a.py", tar::EntryType::Regular, b"x")]);
    assert_eq!(Submission::import(from.path()).expect("it is taken in").files, [PathBuf::from("a.py")]);
}

#[test]
fn impossible_names_are_omitted() {
    let long = format!("{}.py", "a".repeat(300));
    let deep = format!("{}/x.py", vec!["b".repeat(250); 31].join("/"));
    let names = ["a.py", "a.py/b.py", long.as_str(), deep.as_str(), "c/d.py", "c"];
    let from = zip_of(&names.map(|name| (name, &b"x"[..])));
    let taken = Submission::import(from.path()).expect("it is taken in");
    assert_eq!(taken.files, ["a.py", "c/d.py"].map(PathBuf::from));
    assert_eq!(taken.notes.len(), 4, "{:?}", taken.notes);
}

#[test]
fn links_and_devices_are_omitted() {
    use tar::EntryType as Kind;
    let all: [(&str, Kind, &[u8]); 5] = [
        ("link", Kind::Symlink, b""),
        ("hard", Kind::Link, b""),
        ("device", Kind::Char, b""),
        ("pipe", Kind::Fifo, b""),
        ("a.py", Kind::Regular, b"x"),
    ];
    let taken = Submission::import(tar_of(&all).path()).expect("it is taken in");
    assert_eq!((taken.files.len(), taken.notes.len()), (1, 4));
}

#[test]
fn decompression_bombs_hit_the_limits() {
    let mut file = tempfile::Builder::new().suffix(".zip").tempfile().expect("a file");
    let mut writer = zip::ZipWriter::new(file.as_file_mut());
    writer.start_file("zeros.bin", zip::write::SimpleFileOptions::default()).expect("a name");
    let zeros = vec![0; 1 << 20];
    (0..=MAX_SUBMISSION_BYTES >> 20).for_each(|_| writer.write_all(&zeros).expect("bytes"));
    writer.finish().expect("an archive");
    assert!(file.as_file().metadata().expect("a size").len() < 1 << 20, "it is small on disk");
    assert_eq!(unusable_because(Submission::import(file.path())), "delivery-too-large");

    let names: Vec<String> = (0..=MAX_SUBMISSION_ENTRIES).map(|k| format!("f{k}")).collect();
    let entries: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    assert_eq!(unusable_because(Submission::import(zip_of(&entries).path())), "delivery-too-many-files");
}

#[test]
fn nested_archives_are_unpacked_to_a_limit() {
    let mut inner = zip_of(&[("server.py", b"x")]);
    for depth in 1..=5 {
        let bytes = fs::read(inner.path()).expect("an archive");
        inner = zip_of(&[("leia.txt", b"x"), (&format!("trabalho{depth}.zip"), &bytes)]);
        let taken = Submission::import(inner.path()).expect("it is taken in");
        let found = taken.files.iter().any(|file| file.ends_with("server.py"));
        assert_eq!(found, depth <= 3, "{depth}: {:?}", taken.files);
    }
}

#[test]
fn unusable_archives_are_explained() {
    for (bytes, because) in [
        (&b"Rar!\x1a\x07\x00"[..], "delivery-other-archive"),
        (b"7z\xbc\xaf\x27\x1c", "delivery-other-archive"),
        (b"just text", "delivery-no-archive"),
        (b"", "delivery-no-archive"),
        (b"PK\x03\x04 and no more", "delivery-damaged"),
        (&[0x1f, 0x8b, 8, 0, 0, 0], "delivery-damaged"),
    ] {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        file.write_all(bytes).expect("bytes");
        assert_eq!(unusable_because(Submission::import(file.path())), because, "{bytes:?}");
    }
    assert_eq!(unusable_because(Submission::import(zip_of(&[]).path())), "delivery-empty");
}

#[rstest::rstest]
#[case("lab.tar.gz", "lab")]
#[case("lab.TAR.gz", "lab")]
#[case("lab.1.zip", "lab.1")]
#[case("lab.tgz", "lab")]
#[case("tar.gz", "tar")]
#[case("lab", "lab")]
fn top_name_of_an_archive_has_no_extension(#[case] file: &str, #[case] expected: &str) {
    assert_eq!(top_name(Path::new("/missing").join(file).as_path()), expected);
}
