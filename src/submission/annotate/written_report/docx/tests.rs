//! Word documents, made here.

use std::io::Write;

use super::*;

const RELATIONSHIPS: &str = r#"<Relationships><Relationship Id="r1" Target="media/image1.png"/>
<Relationship Id="r2" Target="https://example.org/x.png" TargetMode="External"/></Relationships>"#;
const NUMBERING: &str = r#"<w:numbering><w:abstractNum w:abstractNumId="7"><w:lvl w:ilvl="0"><w:numFmt w:val="decimal"/></w:lvl>
<w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum><w:num w:numId="3"><w:abstractNumId w:val="7"/></w:num></w:numbering>"#;
const STYLES: &str = r#"<w:styles><w:style w:styleId="T2"><w:name w:val="heading 2"/></w:style></w:styles>"#;

fn document(body: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let text = format!("<w:document><w:body>{body}</w:body></w:document>");
    let parts: [(&str, &[u8]); 5] = [
        ("word/document.xml", text.as_bytes()),
        ("word/_rels/document.xml.rels", RELATIONSHIPS.as_bytes()),
        ("word/numbering.xml", NUMBERING.as_bytes()),
        ("word/styles.xml", STYLES.as_bytes()),
        ("word/media/image1.png", b"\x89PNG\r\n\x1a\nrest"),
    ];
    for (name, bytes) in parts {
        writer.start_file(name, zip::write::SimpleFileOptions::default()).expect("a file");
        writer.write_all(bytes).expect("written");
    }
    writer.finish().expect("finished").into_inner()
}

fn paragraph(properties: &str, text: &str) -> String {
    format!("<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>")
}

fn lines(body: &str) -> Vec<Line> {
    read(Path::new("a.docx"), &document(body)).expect("it is read").lines
}

#[test]
fn headings_lists_and_pictures_are_read() {
    let list = r#"<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>"#;
    let bullet = r#"<w:numPr><w:ilvl w:val="1"/><w:numId w:val="3"/></w:numPr>"#;
    let body = [
        paragraph(r#"<w:pStyle w:val="T2"/>"#, "Servidor UDP &amp; cliente"),
        paragraph(list, "Iniciar"),
        paragraph(bullet, "bind"),
        paragraph(list, "Executar"),
        r#"<w:p><w:r><w:drawing><a:blip r:embed="r1"/><a:blip r:embed="r2"/></w:drawing></w:r></w:p>"#.to_owned(),
        r#"<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>1)</w:t></w:r><w:r><w:t> a</w:t><w:br/><w:t>b</w:t></w:r></w:p>"#
            .to_owned(),
    ];
    let read = read(Path::new("a.docx"), &document(&body.concat())).expect("it is read");
    let texts: Vec<String> = read.lines.iter().map(|line| line.text.replace(BOLD_END, "|")).collect();
    assert_eq!(texts, ["Servidor UDP & cliente", "1) Iniciar", "bind", "2) Executar", "", "1)| a", "b"]);
    assert_eq!(read.lines[0].kind, LineKind::Heading(2));
    assert_eq!(read.lines[4].pictures, ["word/media/image1.png"]);
    assert_eq!(read.embedded.len(), 1);
}

#[test]
fn cells_are_read_in_order() {
    let row =
        |a: &str, b: &str| format!("<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>", paragraph("", a), paragraph("", b));
    let found = lines(&format!("<w:tbl>{}{}</w:tbl>{}", row("a", "b"), row("c", "d"), paragraph("", "e")));
    let kinds: Vec<LineKind> = found.iter().map(|line| line.kind).collect();
    let (first, second) = (LineKind::Cell { is_first: true }, LineKind::Cell { is_first: false });
    assert_eq!(kinds, [first, second, first, second, LineKind::Text]);
}

#[test]
fn text_for_old_programs_is_not_repeated() {
    let body = "<mc:AlternateContent><mc:Choice><w:p><w:r><w:t>a</w:t></w:r></w:p></mc:Choice>\
                <mc:Fallback><w:p><w:r><w:t>a</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent>";
    assert_eq!(lines(body).len(), 1);
}

#[test]
fn damaged_documents_are_refused_or_cut() {
    assert!(read(Path::new("a.docx"), b"no archive").is_none());
    let whole = document(&paragraph("", "a"));
    for length in 0..whole.len() {
        let _ = read(Path::new("a.docx"), &whole[..length]);
    }
    assert!(lines("<w:p><w:t>a</w:x>").len() <= 1);
    assert_eq!(lines(&paragraph("", "&bomb;&#0;&#xe000;a")).len(), 1);
    assert!(lines(&paragraph("", "a").repeat(30_000)).len() <= MAX_LINES);
    let deep = "<w:tbl><w:tr>".repeat(50_000);
    assert!(lines(&deep).is_empty());
}
