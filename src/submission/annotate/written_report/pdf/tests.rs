//! PDF documents, made here.

use lopdf::{Stream, dictionary};

use super::*;

/// Returns a document whose pages have these contents, with a font `F` and a picture `I`.
fn document(pages: &[&str]) -> Vec<u8> {
    let mut pdf = Pdf::with_version("1.5");
    let font = pdf.add_object(dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding" });
    let picture = |size: i64| {
        let dict = dictionary! { "Type" => "XObject", "Subtype" => "Image", "Width" => size, "Height" => size };
        Stream::new(dict, vec![1, 2, 3])
    };
    let (large, small) = (pdf.add_object(picture(100)), pdf.add_object(picture(9)));
    let root = pdf.new_object_id();
    let kids: Vec<Object> = pages
        .iter()
        .map(|content| {
            let content = pdf.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
            let resources = dictionary! {
                "Font" => dictionary! { "F" => font },
                "XObject" => dictionary! { "I" => large, "J" => small },
            };
            let page =
                dictionary! { "Type" => "Page", "Parent" => root, "Contents" => content, "Resources" => resources };
            pdf.add_object(page).into()
        })
        .collect();
    let count = i64::try_from(pages.len()).expect("few");
    pdf.objects.insert(root, dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count }.into());
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => root });
    pdf.trailer.set("Root", catalog);
    let mut bytes = Vec::new();
    pdf.save_to(&mut bytes).expect("written");
    bytes
}

fn texts(pages: &[&str]) -> Vec<String> {
    parse(&document(pages)).expect("it is parsed").into_iter().map(|line| line.text).collect()
}

#[test]
fn lines_and_pictures_are_read_in_order() {
    let page = "BT /F 12 Tf 72 700 Td (1\\) Iniciar o) Tj 40 0 Td ( servidor) Tj 0 -14 Td (e explicar) Tj 0 -40 Td (bind) Tj ET \
                q 100 0 0 100 72 500 cm /I Do /J Do Q BT /F 12 Tf 72 400 Td [(fi) -20 (m)] TJ ET";
    let lines = parse(&document(&[page])).expect("it is parsed");
    let found: Vec<(&str, usize, bool)> =
        lines.iter().map(|line| (line.text.as_str(), line.pictures.len(), line.begins_block)).collect();
    let expected = [
        ("1) Iniciar o servidor", 0, true),
        ("e explicar", 0, false),
        ("bind", 0, true),
        ("", 1, true),
        ("fim", 0, true),
    ];
    assert_eq!(found, expected);
}

#[test]
fn shifts_are_spaces_if_the_text_has_none() {
    assert_eq!(
        texts(&["BT /F 12 Tf 72 700 Td [(Explique) -300 (bind) -300 (e) -20 (listen)] TJ ET"]),
        ["Explique bind elisten"]
    );
    assert_eq!(texts(&["BT /F 12 Tf 72 700 Td (a ) Tj 5 0 Td (b ) Tj 5 0 Td (c) Tj 5 0 Td (d) Tj ET"]), ["a b cd"]);
}

#[test]
fn heads_of_pages_are_left_out() {
    let page = |text: &str| format!("BT /F 12 Tf 72 800 Td (Universidade, pag. 1) Tj 0 -40 Td ({text}) Tj ET");
    let pages = [page("um"), page("dois"), page("tres")];
    let pages: Vec<&str> = pages.iter().map(String::as_str).collect();
    assert_eq!(texts(&pages), ["um", "dois", "tres"]);
}

#[test]
fn damaged_documents_are_refused_or_cut() {
    let whole = document(&["BT /F 12 Tf (a) Tj ET"]);
    assert!(parse(b"").is_none() && parse(b"%PDF-1.5\n").is_none());
    for length in (0..whole.len()).step_by(7) {
        let _ = parse(&whole[..length]);
    }
    for content in ["Tj ET Q Q", "BT /F 1e39 Tf [[[", "/X Do /I Do", "q ".repeat(500).as_str()] {
        assert!(parse(&document(&[content])).is_some(), "{content}");
    }
}

#[test]
fn lines_of_the_process_become_a_document() {
    let picture = ("page 1: I".to_owned(), "hash".to_owned());
    let parsed = vec![PdfLine { text: "a\u{e003}\u{7}b".to_owned(), pictures: vec![picture], begins_block: false }];
    let document = document_of(parsed);
    assert_eq!((document.lines[0].text.as_str(), document.lines[0].begins_block), ("ab", false));
    assert_eq!(document.embedded.len(), 1);
}

fn document_of(parsed: Vec<PdfLine>) -> Document {
    super::document(Path::new("a.pdf"), parsed).expect("a document")
}
