//! First steps that run nothing: `new-lab`, `man`, `explain` of causes, examples in every help
//! text, and suggestions for misspelt words.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;
use socklab::model::cause::CauseInfo;

use super::{folder, socklab, unwrapped, written};

/// Returns every command, in the order of the help.
fn verbs() -> Vec<String> {
    let done = socklab(&["--help"]).assert().success();
    let stdout = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let list = stdout.split_once("Commands:").expect("the help lists the verbs").1;
    let names = list.lines().skip(1).take_while(|line| !line.is_empty());
    names
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn commands_have_examples_and_manual_pages() {
    let folder = folder();
    let man = folder.path().join("a/man");
    socklab(&["man", "--output"]).arg(&man).assert().success().stderr("").stdout(contains("manual pages written"));
    let verbs = verbs();
    assert!(verbs.len() >= 17, "{verbs:?}");
    for verb in &verbs {
        // `serve` and `client` pass `--help` to the programs; `help` shows the text of the manual
        // page.
        let done = socklab(&["help", verb]).assert().success();
        let stdout = unwrapped(&done.get_output().stdout);
        let shown = format!("Examples: socklab {verb}");
        assert!(
            stdout.contains(&shown) || stdout.contains("Examples: source <(socklab completions"),
            "{verb}: {stdout}"
        );
        let page = fs::read_to_string(man.join(format!("socklab-{verb}.1"))).unwrap_or_else(|_| panic!("{verb}"));
        assert!(page.contains(".TH") && page.contains("\n.SH EXAMPLES\n.nf\n  s"), "{verb}: {page}");
    }
    assert_eq!(fs::read_dir(&man).expect("it is there").count(), verbs.len() + 1);
    let page = fs::read_to_string(man.join("socklab.1")).expect("the program's own page");
    assert!(page.contains("\n.SH \"EXIT STATUS\"\n0 every item passed") && page.contains("130 interrupted"), "{page}");
    let file = written(folder.path(), "file", "");
    socklab(&["man", "--output", &file]).assert().code(2).stderr(contains("is not a directory"));
}

#[test]
fn completions_exist_for_every_shell() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        socklab(&["completions", shell]).assert().success().stdout(contains("new-lab")).stderr("");
    }
}

#[rstest]
#[case("en")]
#[case("pt-BR")]
fn new_lab_is_valid_and_never_overwritten(#[case] lang: &str) {
    let folder = folder();
    let lab = folder.path().join("a lab");
    let at = lab.to_str().expect("a temporary path is text");
    socklab(&["new-lab", at, "--lang", lang]).assert().success().stderr("").stdout(contains("/a lab' --server sum="));
    socklab(&["lint", at]).assert().success().stdout("checked 1 file or lab: no errors\n");
    socklab(&["list", "--lab", at, "--lang", "pt-BR"]).assert().success().stdout(contains("A soma está certa"));
    socklab(&["explain", "sum.2", "--lab", at]).assert().success().stdout(contains("The sum is right"));
    for file in
        ["lab.yaml", "sum.yaml", "schema/lab.schema.json", "schema/scenario.schema.json", "README.md", "wrong.py"]
    {
        assert!(lab.join(file).is_file(), "{file}");
    }
    // The files of the two languages differ only in text for readers.
    let first = fs::read_to_string(lab.join("lab.yaml")).expect("it is there");
    assert!(first.starts_with("# yaml-language-server: $schema=schema/lab.schema.json\n"));
    socklab(&["new-lab", at]).assert().code(2).stdout("").stderr(contains("not an empty directory"));
    let file = written(folder.path(), "file", "");
    socklab(&["new-lab", &file]).assert().code(2).stdout("").stderr(contains("not an empty directory"));
    assert_eq!(fs::read_to_string(lab.join("lab.yaml")).expect("it is there"), first);
}

#[test]
fn new_lab_accepts_an_empty_folder() {
    let folder = folder();
    let at = folder.path().to_str().expect("a temporary path is text");
    socklab(&["new-lab", at]).assert().success();
    socklab(&["lint", at]).assert().success();
}

#[rstest]
#[case("en", "hint", "proved by")]
#[case("pt-BR", "dica", "prova")]
fn explain_describes_every_cause(#[case] lang: &str, #[case] hint: &str, #[case] proof: &str) {
    let all: Vec<CauseInfo> = CauseInfo::all().collect();
    let mut words = vec!["explain", "--lang", lang];
    words.extend(all.iter().map(|cause| cause.id));
    let done = socklab(&words).assert().success().stderr("");
    let stdout = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    assert!(!stdout.contains('«') && !stdout.contains("{$"), "{stdout}");
    let texts: Vec<&str> = stdout.split("\n\n").collect();
    assert_eq!(texts.len(), all.len());
    for (cause, text) in all.iter().zip(texts) {
        assert!(text.starts_with(&format!("{}  (", cause.id)), "{text}");
        assert!(text.contains(&format!("\n  {proof} ")), "{text}");
        assert_eq!(text.matches(&format!("\n  {hint} ")).count(), cause.row.all_hints().count(), "{text}");
    }
    let done = socklab(&["explain", "--all", "--lang", lang]).assert().success();
    let everything = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    assert!(everything.contains(stdout.trim_end()), "--all contains every cause");
}

#[test]
fn cause_is_explained_with_placeholders() {
    socklab(&["explain", "no-answer-late"]).assert().success().stdout(
        contains("client ‹number› sent data but received no answer within ‹count› ms")
            .and(contains("send the data back on the connection"))
            .and(contains("socklab's own clients")),
    );
}

#[rstest]
#[case::verb(&["chekc"], "did you mean \"check\"?")]
#[case::option(&["check", "--itme", "x"], "did you mean \"--item\"?")]
#[case::value(&["run", "--stage", "isolatd"], "did you mean \"isolated\"?")]
#[case::schema(&["schema", "scenaro"], "did you mean \"scenario\"?")]
#[case::item(&["run", "--item", "tcp-simpel.1"], "did you mean \"tcp-simple.1\"?")]
#[case::role(&["run", "--server", "tcp-mlti=x"], "did you mean \"tcp-multi\"?")]
#[case::target(&["run", "--target", "udp-simpel=127.0.0.1:9"], "did you mean \"udp-simple\"?")]
#[case::format(&["run", "--report", "jnit=x"], "did you mean \"junit\"?")]
#[case::format_of_store(&["check", ".", "--report", "terminl=-"], "did you mean \"terminal\"?")]
#[case::lab(&["list", "--lab", "socket-lb"], "did you mean \"socket-lab\"?")]
#[case::lab_to_check(&["check", ".", "--lab", "exampels"], "did you mean \"examples\"?")]
#[case::cause(&["explain", "no-anwser"], "did you mean \"no-answer\"?")]
fn nearest_known_word_is_suggested(#[case] words: &[&str], #[case] expected: &str) {
    socklab(words).assert().code(2).stdout("").stderr(contains(expected));
}

#[test]
fn dissimilar_word_gets_no_suggestion() {
    socklab(&["list", "--lab", "zzz"])
        .assert()
        .code(2)
        .stderr(contains("did you mean").not().and(contains("socket-lab")));
}
