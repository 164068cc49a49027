//! `check`, `init`, `grade`, `report` and `regrade` without running a program: rejections and
//! messages.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;

use super::{folder, socklab};

#[test]
fn missing_path_is_rejected() {
    for verb in ["check", "grade", "init"] {
        socklab(&[verb, "/no/such/place"]).assert().code(2).stdout("").stderr(contains("/no/such/place"));
    }
    socklab(&["report", "/no/such.db"]).assert().code(2).stderr(contains("there is no store"));
    socklab(&["regrade", "/no/such.db"]).assert().code(2).stderr(contains("there is no store"));
}

#[test]
fn manifest_diagnostic_has_location_and_suggestion() {
    let folder = folder();
    fs::write(folder.path().join("socklab.yaml"), "servers:\n  tcp-simpel: { run: python3 a.py }\n").expect("written");
    let path = folder.path().display().to_string();
    let expected = contains("socklab.yaml:2:3").and(contains("did you mean \"tcp-simple\""));
    socklab(&["check", &path]).assert().code(2).stdout("").stderr(expected);
}

#[test]
fn unusable_submission_is_rejected_with_reason() {
    let folder = folder();
    let path = folder.path().display().to_string();
    socklab(&["check", &path]).assert().code(2).stderr(contains("it contains no files"));
    socklab(&["grade", &path]).assert().code(2).stderr(contains("there are no submissions"));
    let rar = folder.path().join("a.rar");
    fs::write(&rar, b"Rar!\x1a\x07\x01\x00").expect("written");
    let rar = rar.display().to_string();
    socklab(&["check", &rar, "--lang", "pt-BR"]).assert().code(2).stderr(contains("arquivos RAR não são suportados"));
}

#[test]
fn class_has_all_rows_and_store_is_exclusive() {
    let folder = folder();
    let class = folder.path().join("turma");
    fs::create_dir_all(class.join("ana")).expect("a folder");
    fs::write(class.join("ana/notas.txt"), "nada").expect("written");
    fs::write(class.join("rui.rar"), b"Rar!\x1a\x07\x01\x00").expect("written");
    let roster = folder.path().join("turma.csv");
    fs::write(&roster, "entrega\nana\nbia\nrui\n").expect("written");
    let store = folder.path().join("s.db").display().to_string();
    let (class, roster) = (class.display().to_string(), roster.display().to_string());
    let rows = contains("\nana,").and(contains("\nbia,")).and(contains("\nrui,"));
    let reasons = contains("not submitted").and(contains("RAR archives are not supported"));
    let arguments = ["grade", &class, "--store", &store, "--roster", &roster];
    socklab(&arguments).assert().code(0).stdout(rows.and(reasons));
    socklab(&arguments).assert().code(0).stderr(contains("3 unchanged"));
    socklab(&["report", &store, "--format", "gradescope"]).assert().code(2).stderr(contains("--only"));
    socklab(&["report", &store, "--format", "gradescope", "--only", "bia"])
        .assert()
        .code(0)
        .stdout(contains("\"score\": 0"));
    let _held = socklab::run::store::Store::open(std::path::Path::new(&store)).expect("it opens");
    socklab(&arguments).assert().code(2).stderr(contains("another run is using the store"));
}

/// Grades a class with these submissions, which contain no programs. Returns the store's path.
fn graded(folder: &std::path::Path, names: &[&str]) -> String {
    let class = folder.join("turma");
    for name in names {
        fs::create_dir_all(class.join(name)).expect("a folder");
        fs::write(class.join(name).join("notas.txt"), "nada").expect("written");
    }
    let (class, store) = (class.display().to_string(), folder.join("s.db").display().to_string());
    socklab(&["grade", &class, "--store", &store]).assert().code(0);
    store
}

#[test]
fn gradebook_is_filled_in_and_scaling_is_reported() {
    let folder = folder();
    let store = graded(folder.path(), &["ana", "bia", "carla"]);
    let file = folder.path().join("export.csv");
    fs::write(&file, "Student,ID,SIS Login ID,Section,Sockets (1)\n    Points Possible,,,,10\nA,1,ana,T,\n")
        .expect("written");
    let file = file.display().to_string();
    let report = ["report", &store, "--canvas", &file, "--column", "Sockets"];
    let both = contains("\"bia\", \"carla\"");
    socklab(&report).assert().code(2).stdout("").stderr(both.and(contains("has no row for these 2 submissions")));
    let skip = [&report[..], &["--skip-unknown", "--lang", "pt-BR"]].concat();
    let expected = contains("45 pontos do laboratório equivalem a 10 em").and(contains("elas: “bia”, “carla”"));
    socklab(&skip).assert().code(0).stdout(contains("A,1,ana,T,0.00\n")).stderr(expected);
    socklab(&["report", &store, "--skip-unknown"]).assert().code(2).stderr(contains("--moodle"));
}

#[test]
fn roster_names_appear_in_every_report() {
    let folder = folder();
    let store = graded(folder.path(), &["ana"]);
    let roster = folder.path().join("turma.csv");
    fs::write(&roster, "\u{feff}eva;Eva Reis\nana;Ana Souza\n").expect("written");
    let (class, roster) = (folder.path().join("turma").display().to_string(), roster.display().to_string());
    // A stored result gets the name too.
    let rows = contains("ana,Ana Souza,").and(contains("eva,Eva Reis,"));
    let grade = ["grade", &class, "--store", &store, "--roster", &roster];
    socklab(&grade).assert().code(0).stdout(rows).stderr(contains("Ana Souza (ana): 0/45 (unchanged)"));
    for format in ["terminal", "markdown", "junit", "json"] {
        let shown = contains("Ana Souza").and(contains("Eva Reis"));
        socklab(&["report", &store, "--format", format]).assert().code(0).stdout(shown);
    }
    let pages = folder.path().join("pages");
    let output = pages.display().to_string();
    socklab(&["report", &store, "--format", "html", "--output", &output]).assert().code(0);
    let index = fs::read_to_string(pages.join("index.html")).expect("a page");
    let row = |name: &str, id: &str| index.contains(&format!("{name}</a> <span class=id>{id}</span>"));
    assert!(row("Ana Souza", "ana") && row("Eva Reis", "eva"), "{index}");
    let page = fs::read_to_string(pages.join("submissions/ana.html")).expect("a page");
    assert!(page.contains("<h1>Ana Souza (ana)</h1>"));
}
