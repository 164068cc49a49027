//! Tests with gradebooks of several platforms, languages and countries.

use rstest::rstest;

use super::*;
use crate::model::{Language, SubmissionId};

/// Returns a submission with `points` of 45 points.
fn result(id: &str, points: u32) -> SubmissionResult {
    let mut one = SubmissionResult::new(SubmissionId(id.to_owned()), Vec::new(), 1);
    (one.points, one.of) = (points, 45);
    one
}

fn with(
    kind: Gradebook,
    text: &str,
    skip_unknown: bool,
    all: &[SubmissionResult],
) -> Result<(String, Vec<Message>), Message> {
    let filling = FillRequest { file: "notas.csv", column: Some("Sockets"), submissions: all, skip_unknown };
    let filled = fill(kind, text.as_bytes(), filling, &Catalog::load(Language::English))?;
    Ok((String::from_utf8(filled.bytes).expect("text"), filled.notes))
}

fn filled(kind: Gradebook, text: &str, all: &[SubmissionResult]) -> Result<String, String> {
    with(kind, text, false, all).map(|(text, _)| text).map_err(|message| message.id.into_owned())
}

/// Formats a message in a language.
fn sentence(message: &Message, language: Language) -> String {
    Catalog::load(language).format(message)
}

const WORKSHEET: &str = "\u{feff}Identificador,\"Nome completo\",Status,Nota,\"Nota máxima\",\"Comentários de feedback\"\r\n\
    \"Participante 101\",\"Ana Lima\",Enviado,,\"100,00\",\r\n\"Participante 102\",\"Rui, o Sá\",\"Nenhum envio\",,\"100,00\",\r\n";

#[test]
fn moodle_worksheet_keeps_other_bytes() {
    let all = [result("Ana Lima_101_assignsubmission_file_", 36)];
    let (out, notes) = with(Gradebook::Moodle, WORKSHEET, false, &all).expect("filled in");
    let expected = WORKSHEET.replace("Enviado,,\"100,00\",", "Enviado,\"80,00\",\"100,00\",");
    assert_eq!(out, expected, "a missing submission gets no grade, and every other byte stays");
    let scaled = |language| sentence(&notes[0], language);
    assert_eq!(scaled(Language::English), "grades are scaled: 45 points in the lab are 100,00 in \"notas.csv\"");
    assert_eq!(
        scaled(Language::Portuguese),
        "as notas foram convertidas: 45 pontos do laboratório equivalem a 100,00 em “notas.csv”"
    );
}

#[rstest]
#[case::english("Identifier,Full name,Grade,Maximum Grade,Feedback comments\nParticipant 101,A,,10.00,\n", ",8.00,")]
#[case::spanish(
    "Identificador;Nombre completo;Calificación;Calificación máxima\nParticipante 101;A;;10,00\n",
    ";8,00;"
)]
#[case::french("Identifiant,Nom complet,Note,Note maximale\nParticipant 101,A,,\"10,00\"\n", ",\"8,00\",")]
#[case::german("ID,Vollständiger Name,Bewertung,Bestwertung\nTeilnehmer/in101,A,-,\"10,00\"\n", ",\"8,00\",")]
#[case::decomposed("Identificador,Nota,Nota ma\u{301}xima\nParticipante 101,,10.00\n", ",8.00,")]
#[case::tabs("Identifier\tGrade\tMaximum Grade\nParticipant 101\t\t10.00\n", "\t8.00\t")]
#[case::another_language(
    "識別碼,全名,狀態,成績,最高成績,可以更改\n參與者 101,A,x,,10.00,是\n參與者 102,B,y,-,10.00,是\n",
    ",8.00,"
)]
#[case::the_labs_own_maximum("Identifier,Grade,Maximum Grade\nParticipant 101,,45.00\n", ",36,")]
fn worksheets_in_many_languages_are_filled_in(#[case] text: &str, #[case] expected: &str) {
    let out = filled(Gradebook::Moodle, text, &[result("Ana_101_assignsubmission_file_", 36)]).expect("filled in");
    assert!(out.contains(expected), "{out}");
}

#[rstest]
#[case::words("Excellent", "cli-fill-no-number")]
#[case::dash("-", "cli-fill-no-number")]
#[case::nothing("", "cli-fill-no-number")]
#[case::scale("-3", "cli-fill-no-number")]
#[case::thousand_or_one("1.000", "cli-fill-ambiguous-maximum")]
#[case::zero("0.00", "cli-fill-zero-maximum")]
fn non_numeric_maximum_is_refused(#[case] maximum: &str, #[case] expected: &str) {
    let all = [result("Ana_101_assignsubmission_file_", 36)];
    let moodle = format!("Identifier,Grade,Maximum Grade\nParticipant 101,,{maximum}\n");
    assert_eq!(filled(Gradebook::Moodle, &moodle, &all), Err(expected.to_owned()));
    let canvas = format!("Student,ID,SIS Login ID,Section,Sockets (1)\nPoints Possible,,,,{maximum}\nA,1,ana,T,\n");
    let expected = if maximum.is_empty() { "cli-fill-no-number" } else { expected };
    assert_eq!(filled(Gradebook::Canvas, &canvas, &[result("ana", 36)]), Err(expected.to_owned()));
}

#[test]
fn worksheet_with_a_scale_of_words_is_refused() {
    let text = "ID,Bewertung,Skala,Feedback als Kommentar\nTeilnehmer/in101,,\"nicht bestanden, bestanden\",\n";
    let all = [result("Ana_101_assignsubmission_file_", 36)];
    let refused = with(Gradebook::Moodle, text, false, &all).expect_err("no number");
    let expected = "\"notas.csv\" cannot be filled in: points cannot be scaled to its maximum grade \"nicht bestanden, \
                    bestanden\", which is not a number";
    assert_eq!(sentence(&refused, Language::English), expected);
    assert!(
        sentence(&refused, Language::Portuguese)
            .starts_with("“notas.csv” não pode ser preenchido: não é possível converter pontos")
    );
}

#[test]
fn other_files_are_refused() {
    let all = [result("ana", 3)];
    for text in ["a,b\n1,2\n", "", "Identifier,Grade\nParticipant 1,\n", "Student,ID\nA,1\n", "\"a"] {
        for kind in [Gradebook::Moodle, Gradebook::Canvas] {
            assert_eq!(filled(kind, text, &all), Err("cli-fill-format".to_owned()), "{text:?}");
        }
    }
    let refused = with(Gradebook::Canvas, "a,b\n", false, &all).expect_err("no such column");
    let expected = "“notas.csv” não é uma exportação do Canvas válida: falta a coluna do aluno (Student)";
    assert_eq!(sentence(&refused, Language::Portuguese), expected);
}

const EXPORT: &str = "Student,ID,SIS User ID,SIS Login ID,Section,Sockets 2 (12),Sockets (11),Final Score\n\
    ,,,,,Manual Posting,,\n    Points Possible,,,,,10,100,(read only)\n\"Souza, Ana\",7,S7,ana,T1 and T2,,,9\n\
    \"Lima, José\",8,S8,jlima,T1,,,9\n\"Student, Test\",99,,a1b2,T1,,,\n";

#[rstest]
#[case::login("ana")]
#[case::other_case("Ana")]
#[case::sis_id("S7")]
#[case::number("7")]
#[case::as_it_stands("Souza, Ana")]
#[case::first_name_first("Ana Souza")]
#[case::as_in_a_download("souzaana_7")]
#[case::as_in_a_download_without_its_number("souzaana")]
fn canvas_student_is_found_by_each_identifier(#[case] id: &str) {
    let out = filled(Gradebook::Canvas, EXPORT, &[result(id, 23)]).expect("filled in");
    assert_eq!(out, EXPORT.replace("T1 and T2,,,9", "T1 and T2,,51.11,9"), "{id}");
}

#[test]
fn accents_match_in_composed_and_decomposed_form() {
    for id in ["Jose\u{301} Lima", "José Lima", "limajosé_8", "limajose\u{301}_8"] {
        let out = filled(Gradebook::Canvas, EXPORT, &[result(id, 45)]).expect("filled in");
        assert!(out.contains("jlima,T1,,100.00,9"), "{out}");
    }
    assert_eq!(filled(Gradebook::Canvas, EXPORT, &[result("Jose Lima", 45)]), Err("cli-fill-no-row".to_owned()));
}

#[test]
fn student_is_found_by_roster_name() {
    let mut one = result("20261", 45);
    one.name = Some("Ana Souza".to_owned());
    assert!(filled(Gradebook::Canvas, EXPORT, &[one.clone()]).expect("filled in").contains(",100.00,9"));
    let text = "Identifier,Full name,Grade,Maximum Grade\nParticipant 101,Ana Souza,,45.00\n";
    assert!(filled(Gradebook::Moodle, text, &[one]).expect("filled in").contains("Ana Souza,45,45.00"));
}

#[test]
fn first_and_last_names_may_be_separate_columns() {
    let text =
        "LastName;FirstName;ID;SIS Login ID;Section;Sockets (1)\n    Points Possible;;;;;10,00\nSouza;Ana;7;as;T;\n";
    for id in ["Ana Souza", "souzaana_7", "as"] {
        let out = filled(Gradebook::Canvas, text, &[result(id, 23)]).expect("filled in");
        assert!(out.ends_with("Souza;Ana;7;as;T;5,11\n"), "{out}");
    }
}

#[test]
fn submissions_without_row_are_refused_and_listed() {
    let all = [result("ana", 1), result("bia", 2), result("carla", 3)];
    let refused = with(Gradebook::Canvas, EXPORT, false, &all).expect_err("two are missing");
    assert_eq!(
        sentence(&refused, Language::English),
        "\"notas.csv\" has no row for these 2 submissions in the store: \"bia\", \"carla\" \
         (use --skip-unknown to leave them out)"
    );
    assert_eq!(
        sentence(&refused, Language::Portuguese),
        "“notas.csv” não tem linha para estas 2 entregas dos resultados guardados: “bia”, “carla” \
         (use --skip-unknown para deixá-las de fora)"
    );
    let (out, notes) = with(Gradebook::Canvas, EXPORT, true, &all).expect("without them");
    assert!(out.contains("ana,T1 and T2,,2.22,9"), "{out}");
    let notes: Vec<String> = notes.iter().map(|note| sentence(note, Language::English)).collect();
    assert_eq!(notes[1], "skipped, because \"notas.csv\" has no row for them: \"bia\", \"carla\"");
    let absent = [result("Bia_999_assignsubmission_file_", 30)];
    assert_eq!(filled(Gradebook::Moodle, WORKSHEET, &absent), Err("cli-fill-no-row".to_owned()));
    let mut nothing = result("Bia_999_assignsubmission_file_", 0);
    nothing.reason = Some(Message::new("not-handed-in").into());
    assert_eq!(filled(Gradebook::Moodle, WORKSHEET, &[nothing]), Ok(WORKSHEET.to_owned()));
}

#[test]
fn ambiguous_matches_are_refused() {
    let namesakes = EXPORT.replace("\"Lima, José\",8", "\"Souza, Ana\",8");
    assert_eq!(
        filled(Gradebook::Canvas, &namesakes, &[result("Ana Souza", 1)]),
        Err("cli-fill-several-rows".to_owned())
    );
    // The number distinguishes the two.
    assert!(
        filled(Gradebook::Canvas, &namesakes, &[result("souzaana_8", 45)])
            .is_ok_and(|out| out.contains("jlima,T1,,100.00"))
    );
    let same = [result("ana", 1), result("souzaana_7", 2)];
    assert_eq!(filled(Gradebook::Canvas, EXPORT, &same), Err("cli-fill-same-row".to_owned()));
    // A folder that is not from a download and ends in the number of another student.
    assert_eq!(filled(Gradebook::Canvas, EXPORT, &[result("bia_7", 1)]), Err("cli-fill-no-row".to_owned()));
    // If a student has two rows, both get the same grade.
    let twice = EXPORT.replace("\"Lima, José\",8,S8,jlima", "\"Souza, Ana\",7,S7,ana");
    assert_eq!(
        filled(Gradebook::Canvas, &twice, &[result("ana", 45)]).expect("filled in").matches(",100.00,").count(),
        2
    );
}

#[rstest]
#[case::the_title("Sockets", Ok(",,51.11,9"))]
#[case::the_whole_heading("Sockets 2 (12)", Ok(",5.11,,9"))]
#[case::its_beginning("Sockets 2", Ok(",5.11,,9"))]
#[case::two_begin_so("Sock", Err("cli-fill-format"))]
#[case::read_only("Final Score", Err("cli-fill-no-number"))]
#[case::none_of_it("Student", Err("cli-fill-format"))]
fn canvas_column_is_found_by_heading(#[case] column: &str, #[case] expected: Result<&str, &str>) {
    let all = [result("ana", 23)];
    let filling = FillRequest { file: "c.csv", column: Some(column), submissions: &all, skip_unknown: false };
    match (fill(Gradebook::Canvas, EXPORT.as_bytes(), filling, &Catalog::load(Language::English)), expected) {
        (Ok(filled), Ok(expected)) => assert!(String::from_utf8_lossy(&filled.bytes).contains(expected)),
        (Err(message), Err(expected)) => assert_eq!(message.id, expected),
        (other, _) => panic!("{other:?}"),
    }
}

#[rstest]
#[case::no_sign_at_all("Student,ID,Section,Sockets (1)\nPoints Possible,,,100\nana,1,T,\n", ",T,51.11\n")]
#[case::semicolons("Student;ID;Section;Sockets (1)\nPoints Possible;;;100\nana;1;T;\n", ";T;51,11\n")]
#[case::another_grade("Student;ID;Section;Sockets (1)\nPoints Possible;;;100\nana;1;T;\nbia;2;T;7.5\n", ";T;51.11\n")]
#[case::another_column(
    "Student,ID,Section,X (2),Sockets (1)\nPoints Possible,,,\"10,0\",100\nana,1,T,,\n",
    ",T,,\"51,11\"\n"
)]
fn decimal_sign_follows_the_file(#[case] text: &str, #[case] expected: &str) {
    let out = filled(Gradebook::Canvas, text, &[result("ana", 23)]).expect("filled in");
    assert!(out.contains(expected), "{out}");
}

#[test]
fn excused_student_keeps_the_cell() {
    let text = EXPORT.replace("T1 and T2,,,9", "T1 and T2,,EX,9");
    let (out, notes) = with(Gradebook::Canvas, &text, false, &[result("ana", 23)]).expect("filled in");
    assert_eq!(out, text);
    assert!(sentence(&notes[0], Language::English).contains("is EX or N/A: \"ana\""));
}

#[test]
fn feedback_is_escaped_and_existing_cells_stay() {
    let text = "Identifier;Full name;Grade;Maximum Grade;Feedback comments\nParticipant 101;=1+1;;45.00;\n";
    let mut one = result("Ana_101_assignsubmission_file_", 0);
    one.reason = Some(Message::new("delivery-no-archive").with("file", "x;=1+1, \u{ff1d}2").into());
    let out = filled(Gradebook::Moodle, text, &[one]).expect("filled in");
    assert!(out.contains("Participant 101;=1+1;0;45.00;"), "{out}");
    assert!(out.contains("x;'=1+1,' \u{ff1d}2"), "{out}");
}

#[test]
fn moodle_number_is_parsed_from_folder_name() {
    assert_eq!(people::moodle_number("Ana_da Silva_12345_assignsubmission_file_"), Some("12345"));
    assert_eq!(people::moodle_number("ana"), None);
    assert_eq!(people::moodle_number("ana_12345"), None);
}
