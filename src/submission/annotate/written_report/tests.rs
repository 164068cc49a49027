//! Typical reports of students.

use crate::submission::annotate::written_report::*;

const REPORT: &str = "# Laboratório de sockets

## TCP simples

1. Execute o servidor e explique bind e listen.

   O bind associa o socket ao endereço e o listen o deixa pronto para aceitar.

   ![estado](imagens/Servidor%20TCP.png)

2. Execute o cliente.

### Questão 3

O servidor devolve os mesmos bytes que recebe: é um eco.
<img width=\"300\" src=\"imagens/eco.png\">

## Servidor UDP

### 1) O servidor

![sem estado](https://github.com/user-attachments/assets/1)

## Multi conexões
### tcp-multi.5
As portas mudam porque cada conexão tem uma porta de origem própria.
";

fn found() -> WrittenAnswers {
    let lab = Lab::bundled("socket-lab", None).expect("it is right");
    let titles = lab.items().map(|(_, item)| (&item.id, item.title.as_ref())).collect();
    answers(&markdown::blocks(REPORT), &titles)
}

#[test]
fn questions_get_their_answers_and_pictures() {
    let found = found();
    let of = |id: &str| found.get(&id.parse::<ItemId>().expect("a name")).cloned();
    assert_eq!(of("tcp-simple.1"), Some((true, vec!["imagens/Servidor%20TCP.png".to_owned()])));
    assert_eq!(of("tcp-simple.2"), Some((false, Vec::new())), "a question without an answer");
    assert_eq!(of("tcp-simple.3"), Some((true, vec!["imagens/eco.png".to_owned()])));
    assert_eq!(of("udp-simple.1").map(|(answered, pictures)| (answered, pictures.len())), Some((false, 1)));
    assert_eq!(of("tcp-multi.5").map(|(answered, _)| answered), Some(true));
    assert_eq!(of("remote.1"), None);
}

#[test]
fn picture_must_exist_and_be_valid() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("img")).expect("a folder");
    std::fs::write(folder.path().join("img/a b.png"), b"\x89PNG\r\n\x1a\nrest").expect("a file");
    std::fs::write(folder.path().join("img/foto.jpeg"), b"\xff\xd8\xff\xe0").expect("a file");
    std::fs::write(folder.path().join("img/texto.png"), b"hello").expect("a file");
    std::fs::write(folder.path().join("img/outra.png"), b"\x89PNG\r\n\x1a\nrest").expect("a file");
    std::fs::write(folder.path().join("img/roteiro.gif"), b"GIF89a of the course").expect("a file");
    std::fs::write(folder.path().join("README.md"), b"x").expect("a file");
    let delivery = Submission::import(folder.path()).expect("it is taken in");
    let mut seen = BTreeSet::new();
    let given = BTreeSet::from([blake3::hash(b"GIF89a of the course").to_hex().to_string()]);
    let report = Path::new("README.md");
    let mut pictures = Pictures { delivery: &delivery, report, given: &given, left: 9, hashes: BTreeMap::new() };
    let mut look = |name: &str| {
        let looked = pictures.check_picture(name, &mut seen);
        looked.map_err(|note| note.id.into_owned())
    };
    assert_eq!(look("img/a%20b.png"), Ok("img/a b.png".to_owned()));
    assert_eq!(look("./img/a b.png"), Err("picture-twice".to_owned()));
    assert_eq!(look("img/outra.png"), Err("picture-twice".to_owned()), "same content");
    assert_eq!(look("img/roteiro.gif"), Err("picture-of-the-course".to_owned()));
    assert_eq!(look("IMG/A B.png"), Err("picture-other-name".to_owned()));
    assert_eq!(look("img/foto.png"), Err("picture-other-name".to_owned()));
    assert_eq!(look("img/texto.png"), Err("picture-is-none".to_owned()));
    assert_eq!(look("../../etc/passwd"), Err("picture-missing".to_owned()));
    assert_eq!(look("https://x/y.png"), Err("picture-elsewhere".to_owned()));
    assert_eq!((pictures.left, pictures.hashes.len()), (0, 3), "files are read only once");
}

#[test]
fn heading_numbers_are_parsed() {
    assert_eq!(number_of("1. Servidor"), Some((None, 1)));
    assert_eq!(number_of("Questão 12)"), Some((None, 12)));
    assert_eq!(number_of("2.4 Pacotes"), Some((Some(2), 4)));
    assert_eq!(number_of("2024 foi um ano"), Some((None, 2024)));
    assert_eq!(number_of("65432: porta"), Some((None, 65432)));
    assert_eq!(number_of("3D"), None);
    assert_eq!(number_of("Introdução"), None);
}
