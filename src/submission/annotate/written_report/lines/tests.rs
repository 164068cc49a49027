//! Lines as students write them.

use super::*;
use crate::submission::annotate::written_report::inline::BOLD_END;

fn one(text: &str) -> Line {
    lines(text).into_iter().next().expect("a line")
}

#[test]
fn headings_are_recognized_without_blank() {
    for (text, level) in [
        ("##UDP :", 2),
        ("## UDP :", 2),
        ("### UDP : ###", 3),
        ("<h2>UDP :</h2>", 2),
        ("UDP :\n====", 1),
        ("UDP :\n---", 2),
    ] {
        let line = one(text);
        assert_eq!((line.kind, line.text.as_str()), (LineKind::Heading(level), "UDP :"), "{text}");
    }
    assert_eq!(one("#include <stdio.h>").kind, LineKind::Text);
    assert_eq!(one("    # comentário").kind, LineKind::Text);
    let code = lines("s.listen()\n# espera\nconn.close()\n");
    assert!(code.iter().all(|line| line.kind == LineKind::Text), "a comment in code: {code:?}");
}

#[test]
fn pictures_are_found_in_all_forms() {
    let forms = [
        "![x](img/a b.png)",
        "![x](<img/a b.png>)",
        "![x](img/a b.png \"title\")",
        "[![x](img/a b.png)](img/a b.png)",
        "<img width=\"9\" src=\"img/a b.png\">",
        "<p align=center>\n  <img src='img/a b.png'/>\n</p>",
        "![[img/a b.png|300]]",
        "[tela](img/a b.png)",
        "**![x (1)](img/a b.png)**",
    ];
    for text in forms {
        let line = one(text);
        assert_eq!(line.pictures, ["img/a b.png"], "{text}");
    }
    assert_eq!(one("![x][p]\n\n[p]: a.png").pictures, ["a.png"]);
    assert_eq!(one("![Tela do servidor escutando](a.png)").text.trim(), "", "alternative text is not text");
}

#[test]
fn fence_without_end_hides_nothing() {
    let found = lines("```python\nprint(1)\n\n## UDP\ntexto\n");
    assert!(found.iter().any(|line| line.kind == LineKind::Heading(2)), "{found:?}");
    let found = lines("```\n# UDP\n```\ntexto");
    assert_eq!((found[0].kind, found[1].text.as_str()), (LineKind::Code, "texto"));
}

#[test]
fn tables_are_split_into_cells() {
    let found = lines("| a | b |\n|---|---|\n| 1 | 2 |\n\nc | d\n--|--\n3 | 4\n");
    let texts: Vec<&str> = found.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(texts, ["a", "b", "1", "2", "c", "d", "3", "4"]);
    assert!(found.iter().all(|line| matches!(line.kind, LineKind::Cell { .. })));
}

#[test]
fn marks_are_removed() {
    let line = one("- [x] **1)** Subir o `servidor` \\* snake_case");
    assert!(line.is_item && line.is_bold);
    assert_eq!(line.text.replace(BOLD_END, ""), "1) Subir o servidor * snake_case");
    assert_eq!(one("1️⃣ Subir").text, "1) Subir");
    assert_eq!(one("② Subir").text, "2) Subir");
    assert_eq!(one("> > texto").text, "texto");
}

#[test]
fn hostile_text_is_bounded() {
    for text in ["[", "![", "![[", "![](", "|", "<", "`", "**", "#", "> ", "[a](", "![a][b", "\u{e000}", "~~~\n"] {
        let long = text.repeat(20_000);
        assert!(lines(&long).len() <= MAX_LINES);
        assert!(lines(&format!("{long}\n").repeat(2)).len() <= MAX_LINES);
    }
}
