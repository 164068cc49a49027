//! Typical rosters, and the submissions that their students get.

use std::path::PathBuf;

use rstest::rstest;

use crate::submission::roster::*;

fn sources(ids: &[&str]) -> Vec<SubmissionSource> {
    let source =
        |id: &&str| SubmissionSource { id: SubmissionId((*id).to_owned()), name: None, path: Some(PathBuf::from(id)) };
    ids.iter().map(source).collect()
}

/// Returns the students on a roster as `id` or `id=name`.
fn listed(text: &str, ids: &[&str]) -> Vec<String> {
    let all = read(text.as_bytes(), &sources(ids)).expect("a list");
    all.into_iter().map(|one| one.name.map_or(one.id.clone(), |name| format!("{}={name}", one.id))).collect()
}

#[rstest]
#[case::bare("eva\nana\nbruno\n", &["eva", "ana", "bruno"])]
#[case::bare_with_a_mark("\u{feff}eva\r\nana\r\n", &["eva", "ana"])]
#[case::bare_without_an_end("eva\nana", &["eva", "ana"])]
#[case::headed("submission,name\neva,Eva Reis\nana,Ana Souza\n", &["eva=Eva Reis", "ana=Ana Souza"])]
#[case::portuguese("\u{feff}Matrícula;Nome;Pasta\n1;Eva Reis;eva\n2;Ana Souza;ana\n", &["eva=Eva Reis", "ana=Ana Souza"])]
#[case::one_headed_column("entrega\neva\nana\n", &["eva", "ana"])]
#[case::tabs("login\tnome\neva\tEva Reis\n", &["eva=Eva Reis"])]
#[case::two_bare_columns("eva,Eva Reis\nana,Ana Souza\n", &["eva=Eva Reis", "ana=Ana Souza"])]
#[case::the_name_first("Eva Reis;eva\nAna Souza;ana\n", &["eva=Eva Reis", "ana=Ana Souza"])]
#[case::a_comma_in_names("eva;Reis, Eva\nana;Souza, Ana\n", &["eva=Reis, Eva", "ana=Souza, Ana"])]
#[case::names_in_two_columns("First name,Last name,Username\nEva,Reis,eva\nAna,Souza,ana\n", &["eva=Eva Reis", "ana=Ana Souza"])]
#[case::a_canvas_export("Student,ID,SIS Login ID,Section\n\"Reis, Eva\",7,eva,T\n\"Souza, Ana\",8,ana,T\n",
    &["eva=Reis, Eva", "ana=Souza, Ana"])]
#[case::blank_lines("\n\neva\n\nana\n\n", &["eva", "ana"])]
#[case::no_id("id,name\neva,Eva Reis\n,Bia Lima\n", &["eva=Eva Reis", "Bia Lima"])]
#[case::twice_the_same("eva\nana\neva\n", &["eva", "ana"])]
#[case::rows_of_other_lengths("eva,Eva Reis,T1\nana\n", &["eva=Eva Reis", "ana"])]
#[case::old_line_ends("eva\rana\r", &["eva", "ana"])]
fn roster_keeps_all_students(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(listed(text, &["ana", "bruno"]), expected);
}

#[test]
fn first_row_is_data_if_it_names_a_submission() {
    assert_eq!(listed("student\nana\n", &["student", "ana"]), ["student", "ana"]);
    assert_eq!(listed("student\nana\n", &["ana"]), ["ana"]);
    assert_eq!(listed("student 1\nstudent 2\n", &[]), ["student 1", "student 2"]);
    assert_eq!(listed("nome;turma\nAna;1\n", &[]), ["Ana"]);
}

#[test]
fn empty_or_binary_roster_is_rejected() {
    for (bytes, expected) in [
        (&b""[..], "roster-nobody"),
        (b"name\n", "roster-nobody"),
        (b" \n\n", "roster-nobody"),
        (b"Jos\xe9\n", "roster-not-utf8"),
    ] {
        assert_eq!(read(bytes, &[]).map_err(|message| message.id.into_owned()), Err(expected.to_owned()));
    }
}

/// Returns the submission of each row as `id<folder`.
fn rows(text: &str, ids: &[&str]) -> Vec<String> {
    let all = apply(read(text.as_bytes(), &sources(ids)).expect("a list"), sources(ids));
    all.iter()
        .map(|one| format!("{}<{}", one.id.0, one.path.as_ref().map_or("", |path| path.to_str().expect("text"))))
        .collect()
}

#[rstest]
#[case::as_they_are("ana\neva\n", &["ana"], &["ana<ana", "eva<"])]
#[case::other_case("Ana\n", &["ana"], &["Ana<ana"])]
#[case::accents("Jose\u{301}\n", &["josé"], &["Jose\u{301}<josé"])]
#[case::moodle("Ana Souza\nEva Reis\n", &["Ana Souza_101_assignsubmission_file_"],
    &["Ana Souza<Ana Souza_101_assignsubmission_file_", "Eva Reis<"])]
#[case::moodle_by_name("login,nome\nana,Ana Souza\n", &["Ana Souza_101_assignsubmission_file_"],
    &["ana<Ana Souza_101_assignsubmission_file_"])]
#[case::canvas_by_name("login,nome\nana,Ana Maria Souza\n", &["souzaanamaria_11"], &["Ana Maria Souza<souzaanamaria_11"])]
#[case::canvas_by_name_and_account("pasta,nome\nana,Ana Maria Souza\nbia,Bia Lima\n", &["souzaanamaria_11", "bia"],
    &["ana<souzaanamaria_11", "bia<bia"])]
#[case::canvas_by_number("id,nome\n11,Ana\n12,Bia\n", &["souzaana_11", "limabia_12"], &["11<souzaana_11", "12<limabia_12"])]
#[case::one_name_begins_another("ana\nana maria\n", &["ana maria", "ana"], &["ana<ana", "ana maria<ana maria"])]
#[case::one_name_begins_another_submission("ana\nana maria\n", &["ana maria_1"], &["ana<", "ana maria<ana maria_1"])]
#[case::two_fit("ana\n", &["ana-lima", "ana-souza"], &["ana<", "ana-lima<ana-lima", "ana-souza<ana-souza"])]
#[case::nobodys("ana\n", &["ana", "zoe"], &["ana<ana", "zoe<zoe"])]
fn students_get_their_submissions(#[case] text: &str, #[case] ids: &[&str], #[case] expected: &[&str]) {
    assert_eq!(rows(text, ids), expected);
}
