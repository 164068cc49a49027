//! The whole check of a report in a submission.

use super::*;

fn imported(files: &[(&str, &[u8])]) -> (tempfile::TempDir, Submission) {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    }
    let delivery = Submission::import(folder.path()).expect("it is taken in");
    (folder, delivery)
}

/// Returns the files that are read as reports, and the items that they answer.
fn read(files: &[(&str, &[u8])], named: Option<&str>) -> (Vec<String>, Vec<String>) {
    let (_folder, delivery) = imported(files);
    let mut sheet = Sheet::of_lab(&Lab::bundled("socket-lab", None).expect("it is right"));
    let found = documents::files(&delivery, named);
    let mut answered = Vec::new();
    for file in &found {
        let Ok(document) = documents::read(&delivery, file) else { continue };
        let part = documents::part_of(file, &mut sheet);
        let answers = recognition::answers(&document.lines, &mut sheet, part);
        let items = answers.items.iter().filter(|(_, answer)| answer.answered);
        answered.extend(items.map(|(item, _)| sheet.items[*item].id.clone()));
    }
    (found.iter().map(|file| file.display().to_string()).collect(), answered)
}

const ANSWERS: &[u8] =
    "## Servidor UDP\n1) Iniciar o servidor e explicar os estados\nSomente o bind acontece aqui.\n".as_bytes();

#[test]
fn reports_are_found_under_several_names() {
    for name in ["README.md", "respostas.md", "Relatório.txt", "docs/LEIAME.markdown", "README", "trabalho-redes.md"] {
        let (files, answered) = read(&[(name, ANSWERS), ("server.py", b"x"), ("requirements.txt", ANSWERS)], None);
        assert_eq!((files.len(), answered), (1, vec!["udp-simple.1".to_owned()]), "{name}: {files:?}");
    }
    let (files, _) = read(&[("b.md", ANSWERS), ("README.md", b"x"), ("a/README.md", ANSWERS)], None);
    assert_eq!(files, ["README.md", "a/README.md", "b.md"]);
    assert_eq!(read(&[("README.md", ANSWERS), ("x.md", b"x")], Some("x.md")).0, ["x.md"]);
    assert!(read(&[("README.md", ANSWERS)], Some("y.md")).0.is_empty());
}

#[test]
fn folder_says_the_part() {
    let report: &[u8] =
        "1) Executar o cliente e verificar os estados\nNada apareceu na tabela de conexões.\n".as_bytes();
    for (name, item) in
        [("UDP/README.md", "udp-simple.2"), ("servidor_tcp_multi/README.md", "tcp-multi.2"), ("udp.md", "udp-simple.2")]
    {
        assert_eq!(read(&[(name, report), ("server.py", b"x")], None).1, [item], "{name}");
    }
}
