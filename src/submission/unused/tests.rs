//! Files that cannot be used are named with the reason, and others are not.

use std::fs;

use rstest::rstest;

use super::*;

const SERVER: &str = "import socket\ns = socket.socket()\ns.bind(('', 65432))\ns.listen()\nc, _ = s.accept()\n";

fn noted_of(files: &[(&str, &[u8])], found: Extent, used: &str) -> Vec<String> {
    let from = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let file = from.path().join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("created");
        fs::write(file, bytes).expect("written");
    }
    let delivery = Submission::import(from.path()).expect("received");
    let notes = UnusedFiles::of(&delivery).notes(found, used);
    let said = |note: &Message| match (note.args.get("file"), note.args.get("kind")) {
        (Some(crate::model::Arg::Text(file)), Some(crate::model::Arg::Text(kind))) => {
            format!("{} {file} {kind}", note.id)
        }
        _ => note.id.to_string(),
    };
    notes.iter().map(said).collect()
}

fn noted(files: &[(&str, &[u8])]) -> Vec<String> {
    noted_of(files, Extent::Some, "")
}

fn wide(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[rstest]
#[case("servidor.exe", b"MZ\0", "unused-system servidor.exe windows")]
#[case("Servidor.EXE", b"", "unused-system Servidor.EXE windows")]
#[case("servidor", b"MZ\x90\0\x03", "unused-system servidor windows")]
#[case("servidor", b"\xcf\xfa\xed\xfe\x07", "unused-system servidor mac")]
#[case("servidor", b"\xca\xfe\xba\xbe\0\0\0\x02", "unused-system servidor mac")]
#[case("servidor", b"\x7fELF\x02", "unused-compiled servidor other")]
#[case("Servidor.class", b"\xca\xfe\xba\xbe\0\0\0\x41", "unused-compiled Servidor.class other")]
#[case("lab.jar", b"PK\x03\x04", "unused-compiled lab.jar other")]
#[case("app.apk", b"PK\x03\x04", "unused-system app.apk android")]
#[case("trabalho.rar", b"Rar!", "unused-other-archive trabalho.rar rar")]
#[case("trabalho.7z", b"7z\xbc\xaf", "unused-other-archive trabalho.7z seven-zip")]
#[case("trabalho.tar.xz", b"\xfd7zXZ", "unused-other-archive trabalho.tar.xz other")]
#[case(
    "lab.ipynb",
    br#"{"cells": [{"source": ["import socket\n", "s.bind(('', 65432))"]}]}"#,
    "unused-notebook lab.ipynb other"
)]
#[case("server.txt", SERVER.as_bytes(), "unused-extension server.txt other")]
#[case("Server.kt", b"val s = ServerSocket(65432)\n", "")]
#[case("servidor.lnk", b"L\0", "unused-shortcut servidor.lnk other")]
#[case("server.py", b" \n", "unused-empty server.py other")]
fn unusable_file_is_named(#[case] name: &str, #[case] bytes: &[u8], #[case] wanted: &str) {
    let all = noted(&[(name, bytes), ("leia-me.md", b"leia")]);
    assert_eq!(all.join("; "), wanted);
}

#[test]
fn utf_16_sources_are_always_named() {
    let (little, bare) = (wide(&format!("\u{feff}{SERVER}")), wide(SERVER));
    let files: &[(&str, &[u8])] = &[("a.py", &little), ("b.py", &bare), ("Servidor", &bare), ("notas.md", &little)];
    let wanted = ["unused-utf-16 Servidor other", "unused-utf-16 a.py other", "unused-utf-16 b.py other"];
    assert_eq!(noted_of(files, Extent::All, "python3 a.py"), wanted);
    assert_eq!(noted(&[("Program.cs", &little)]), Vec::<String>::new(), "its compiler reads that");
}

#[rstest]
#[case::same_name(&[("servidor.c", "int main;"), ("servidor.exe", "MZ\0")])]
#[case::output_folder(&[("Program.cs", "class P {}"), ("bin/Debug/net6/Lab.exe", "MZ\0")])]
#[case::gcc(&[("servidor.c", "int main;"), ("a.out", "\u{7f}ELF")])]
#[case::inner_class(&[("Servidor.java", "class S {}"), ("Servidor$1.class", "x")])]
#[case::library(&[("Servidor.java", "class S {}"), ("lib/gson.jar", "PK")])]
#[case::copy(&[("server.py", "import socket"), ("server.py.txt", SERVER)])]
#[case::other_notebook(&[("analise.ipyn", "{\"cells\": [\"import pandas\"]}"), ("x.md", "x")])]
#[case::text_about_programs(&[("leia.txt", "O servidor usa socket e bind(...).\nRode com python.\nFim\n"), ("x.md", "x")])]
#[case::pictures(&[("tela.png", "PNG"), ("server.py", "import socket")])]
#[case::package(&[("lab/__init__.py", ""), ("x.md", "x")])]
fn other_files_are_not_named(#[case] files: &[(&str, &str)]) {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    assert_eq!(noted(&files), Vec::<String>::new());
}

#[test]
fn files_are_named_unless_they_are_used() {
    let files: &[(&str, &[u8])] = &[("multi.exe", b"MZ\0"), ("relatorio.pdf", b"%PDF")];
    for found in [Extent::All, Extent::Some] {
        let wanted = ["unused-system multi.exe windows", "unused-report relatorio.pdf document"];
        assert_eq!(noted_of(files, found, ""), wanted);
        assert_eq!(noted_of(files, found, "wine multi.exe"), wanted[1..], "a manifest declares it");
    }
    let all = ["unused-system multi.exe windows", "unused-document relatorio.pdf document"];
    assert_eq!(noted_of(files, Extent::Nothing, ""), all);
}

#[test]
fn few_files_are_named() {
    let names: Vec<String> = (0..14).map(|k| format!("s{k}.exe")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"MZ\0".as_slice())).collect();
    let all = noted(&files);
    assert_eq!((all.len(), all.last().map(String::as_str)), (MAX_NAMED + 1, Some("unused-more")));
}
