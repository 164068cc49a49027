//! Reports in the shapes in which students write them (`tests/data/written`). Comments at the top
//! of each say which items it answers in words, which have pictures, and how many pictures have no
//! item.

use std::path::PathBuf;

use super::*;
use crate::scenario::lab::Lab;
use crate::submission::annotate::written_report::lines::lines;

/// The letters of the parts in the comments.
const PARTS: [(char, &str); 4] = [('S', "tcp-simple"), ('U', "udp-simple"), ('M', "tcp-multi"), ('R', "remote")];

fn sheet() -> Sheet {
    Sheet::of_lab(&Lab::bundled("socket-lab", None).expect("it is right"))
}

fn reports() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/written");
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("a file").path());
    let mut all: Vec<(String, String)> =
        files.map(|file| (file.display().to_string(), std::fs::read_to_string(&file).expect("a text"))).collect();
    all.sort();
    all
}

/// Returns the ids in a comment at the top of a report.
fn expected(text: &str, key: &str) -> BTreeSet<String> {
    let start = format!("<!-- {key}:");
    let line = text.lines().find_map(|line| line.strip_prefix(&start)).expect("a comment");
    let words = line.trim_end_matches("-->").split_whitespace();
    let ids = words.map(|word| {
        let part = PARTS.iter().find(|(letter, _)| word.starts_with(*letter)).expect("a part");
        format!("{}.{}", part.1, &word[1..])
    });
    ids.collect()
}

#[test]
fn reports_of_all_shapes_are_read() {
    let mut sheet = sheet();
    let mut wrong = Vec::new();
    let all = reports();
    assert!(all.len() >= 30, "{}", all.len());
    for (name, text) in &all {
        let found = answers(&lines(text), &mut sheet, None);
        let ids = |is_it: &dyn Fn(&Answer) -> bool| -> BTreeSet<String> {
            let items = found.items.iter().filter(|(_, answer)| is_it(answer));
            items.map(|(item, _)| sheet.items[*item].id.clone()).collect()
        };
        let answered = ids(&|answer| answer.answered);
        let pictures = ids(&|answer| !answer.pictures.is_empty());
        for (key, found) in [("answered", answered), ("pictures", pictures)] {
            let expected = expected(text, key);
            let missed: Vec<_> = expected.difference(&found).collect();
            let invented: Vec<_> = found.difference(&expected).collect();
            if expected != found {
                wrong.push(format!("{name}: {key}: missed {missed:?}, invented {invented:?}"));
            }
        }
        let others = format!("<!-- others: {} -->", found.others.len());
        if !text.contains(&others) {
            wrong.push(format!("{name}: {others}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn answers_keep_their_text() {
    let report = "## Simple server TCP\n1) Subir o servidor e explicar bind e listen\nO bind reserva a porta.\n\nO listen espera.\n";
    let found = answers(&lines(report), &mut sheet(), None);
    let answer = found.items.values().next().expect("an answer");
    assert_eq!(answer.text, "O bind reserva a porta.\nO listen espera.");
}

#[test]
fn long_answers_are_bounded() {
    let line = "O servidor devolve tudo o que chega. ".repeat(40);
    let report = format!("## Simple server TCP\n3) Analise o código fonte\n{}", format!("{line}\n").repeat(400));
    let found = answers(&lines(&report), &mut sheet(), None);
    let answer = found.items.values().next().expect("an answer");
    assert!(answer.answered && answer.text.len() <= MAX_ANSWER_BYTES && answer.text.len() > MAX_ANSWER_BYTES / 2);
}

#[test]
fn name_of_a_file_says_the_part() {
    let report = "1) Executar o cliente e verificar os estados\nNada apareceu na tabela de conexões.\n";
    let mut sheet = sheet();
    let part = sheet.parts.len() - 3;
    let found = answers(&lines(report), &mut sheet, Some(part));
    let item = found.items.keys().next().expect("an item");
    assert_eq!(sheet.items[*item].id, "udp-simple.2");
}

#[test]
fn hostile_reports_are_read_in_bounds() {
    let mut sheet = sheet();
    for text in ["1) ", "## ", "| a ", "**", "Subir o servidor ", "servidor: ", "1.1.", "é", "\u{202e}"] {
        let report = format!("## TCP\n{}\n", text.repeat(3_000));
        let found = answers(&lines(&report.repeat(3)), &mut sheet, Some(99));
        assert!(found.items.len() <= sheet.items.len());
    }
}
