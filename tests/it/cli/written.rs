//! The written report without running a program: the process that parses PDF, and points by hand.

use std::fmt::Write as _;

use predicates::str::contains;

use super::{folder, socklab};

/// Returns a PDF with one page, which has this content.
fn pdf(content: &str) -> Vec<u8> {
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
    ];
    let mut text = "%PDF-1.4\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (k, object) in objects.iter().enumerate() {
        writeln!(table, "{:010} 00000 n ", text.len()).expect("a text");
        writeln!(text, "{} 0 obj\n{object}\nendobj", k + 1).expect("a text");
    }
    let start = text.len();
    let size = objects.len() + 1;
    write!(text, "{table}trailer\n<</Root 1 0 R/Size {size}>>\nstartxref\n{start}\n%%EOF\n").expect("a text");
    text.into_bytes()
}

#[test]
fn pdf_is_parsed_in_a_process_of_its_own() {
    let content = "BT /F 12 Tf 72 700 Td (1\\) Iniciar o servidor) Tj 0 -40 Td (O bind reserva a porta.) Tj ET";
    let expected = r#"[{"text":"1) Iniciar o servidor","pictures":[],"begins_block":true},{"text":"O bind reserva a porta.","pictures":[],"begins_block":true}]"#;
    socklab(&["__pdf"]).write_stdin(pdf(content)).assert().code(0).stderr("").stdout(expected);
}

#[test]
fn hostile_pdf_ends_the_process_without_output() {
    let bomb = format!("%PDF-1.4\n{}", "1 0 obj\n<</A ".repeat(20_000));
    for bytes in [Vec::new(), b"not a PDF".to_vec(), bomb.into_bytes()] {
        let done = socklab(&["__pdf"]).write_stdin(bytes).assert().failure();
        assert!(done.get_output().stdout.is_empty());
    }
}

#[test]
fn mark_names_what_is_missing() {
    socklab(&["mark", "/no/such.db"]).assert().code(2).stdout("").stderr(contains("there is no store"));
    let folder = folder();
    let store = folder.path().join("marks.db").display().to_string();
    let class = folder.path().join("class");
    std::fs::create_dir_all(class.join("ana")).expect("a folder");
    socklab(&["mark", &store, "--student", "ana", "--points", "x"]).assert().code(2).stderr(contains("--points"));
    let both = ["mark", &store, "--student", "ana", "--item", "tcp-simple.1", "--points", "1", "--remove"];
    socklab(&both).assert().code(2).stderr(contains("--remove"));
}
