//! The command line as a person meets it: words in, words and an exit code out. Nothing here starts a server, so no
//! namespace is needed; runs that really run are tested in `tests/live`.

mod analyze;
mod authors;
mod begin;
mod ci;
mod ci_files;
mod needs;
mod refused;
mod submissions;

use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;
use tempfile::TempDir;

/// What tells that a service runs these tests: it would be written for.
const SERVICES: &[&str] = &[
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_WORKSPACE",
    "GITLAB_CI",
    "CLASSROOM",
    "ASSIGNMENT",
    "SUBMISSION_TAG",
];

/// socklab with these words, in English, whatever the environment of whoever runs the tests says.
fn socklab(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "CLICOLOR_FORCE"].iter().chain(SERVICES) {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").current_dir(env!("CARGO_MANIFEST_DIR")).args(words);
    command
}

/// A new folder for a test's files.
fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Writes a file and gives its path as a word.
fn written(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file in a temporary folder can be written");
    path.to_str().expect("a temporary path is text").to_owned()
}

/// Text with every run of white space as one space: how wide a help text is set is not its content.
fn unwrapped(text: &[u8]) -> String {
    String::from_utf8_lossy(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[rstest]
#[case::short("-h")]
#[case::long("--help")]
#[case::verb("help")]
fn help_names_every_verb_and_every_exit_code(#[case] flag: &str) {
    let done = socklab(&[flag]).assert().success().stderr("");
    let said = unwrapped(&done.get_output().stdout);
    for verb in [
        "run",
        "check",
        "init",
        "grade",
        "regrade",
        "report",
        "lint",
        "schema",
        "list",
        "explain",
        "doctor",
        "serve",
        "client",
        "completions",
        "new-lab",
        "man",
    ] {
        assert!(said.contains(&format!(" {verb} ")), "{verb}: {said}");
    }
    let codes = [
        "0 every item passed",
        "1 an item failed",
        "2 invalid command line",
        "3 nothing failed",
        "4 internal error",
        "130 interrupted",
    ];
    for code in codes {
        assert!(said.contains(code), "{code}: {said}");
    }
}

#[rstest]
#[case(&["--help"], "Comandos:")]
#[case(&["-h"], "Comandos:")]
#[case(&["help"], "Comandos:")]
#[case(&["help", "grade"], "Lista da turma")]
#[case(&["grade", "--help"], "Lista da turma")]
#[case(&["run", "-h"], "[padrão: auto]")]
#[case(&["serve", "--help"], "servidores embutidos")]
#[case(&["serve", "tcp-multi", "--help"], "--concurrent atende")]
#[case(&["client", "--port", "1", "-h"], "imprime o que volta")]
fn help_is_in_the_reader_s_language(#[case] words: &[&str], #[case] said: &str) {
    let is_portuguese = || contains("Uso: ").and(contains(said)).and(contains("Usage").not());
    socklab(&[&["--lang", "pt-BR"], words].concat()).assert().success().stdout(is_portuguese());
    socklab(words).env("LC_ALL", "pt_BR.UTF-8").assert().success().stdout(is_portuguese());
    socklab(&[&["--lang=en"], words].concat()).env("LANG", "pt_BR").assert().success().stdout(contains("Usage: "));
}

#[test]
fn the_help_of_run_shows_whole_commands() {
    socklab(&["run", "--help"])
        .assert()
        .success()
        .stdout(contains("socklab run --target tcp-simple=192.0.2.7:65432").and(contains("--allow-unverified")));
}

#[rstest]
#[case("tcp-simple", "65432")]
#[case("udp-simple", "65431")]
#[case("tcp-multi", "--concurrent")]
fn a_bundled_server_tells_its_own_options(#[case] name: &str, #[case] told: &str) {
    socklab(&["serve", name, "--help"]).assert().success().stdout(contains("--host HOST").and(contains(told)));
}

#[rstest]
#[case("--help")]
#[case("-h")]
fn serve_tells_which_servers_there_are(#[case] flag: &str) {
    socklab(&["serve", flag])
        .assert()
        .success()
        .stdout(contains("tcp-simple").and(contains("udp-simple")).and(contains("tcp-multi")));
}

#[rstest]
#[case(&["--lang", "en", "serve", "tcp-simple", "--help"])]
#[case(&["--lang=pt-BR", "client", "--help"])]
fn an_option_before_a_bundled_program_does_not_silence_it(#[case] words: &[&str]) {
    socklab(words).assert().success().stdout(contains("--host HOST"));
}

#[test]
fn a_bundled_program_takes_the_option_that_its_help_shows() {
    socklab(&["serve", "tcp-multi", "--lang", "pt-BR", "--help"]).assert().success().stdout(contains("--host HOST"));
    socklab(&["serve", "tcp-multi", "--lang", "klingon"]).assert().code(2).stdout("").stderr(contains("klingon"));
    socklab(&["serve", "tcp-multi", "--long"]).assert().code(2).stderr(contains("unknown option --long"));
}

#[test]
fn the_bundled_client_tells_its_own_options() {
    socklab(&["client", "--help"]).assert().success().stdout(contains("--message TEXT"));
}

#[test]
fn serve_without_a_known_name_says_which_there_are() {
    socklab(&["serve", "tcp"]).assert().code(2).stdout("").stderr(contains("tcp-simple, udp-simple, tcp-multi"));
}

#[test]
fn the_version_is_the_package_s() {
    socklab(&["--version"]).assert().success().stdout(format!("socklab {}\n", env!("CARGO_PKG_VERSION")));
}

#[rstest]
#[case::none(&[])]
#[case::unknown(&["frobnicate"])]
#[case::option(&["run", "--no-such-option"])]
#[case::no_jobs(&["run", "--jobs", "0"])]
#[case::stage(&["run", "--stage", "cloud"])]
#[case::seed(&["run", "--seed", "x"])]
fn a_command_line_that_cannot_be_read_ends_with_2(#[case] words: &[&str]) {
    socklab(words).assert().code(2).stdout("").stderr(predicate::str::is_empty().not());
}

#[test]
fn a_command_line_that_cannot_be_read_is_told_in_the_reader_s_language() {
    socklab(&["run", "--jbos", "3", "--lang", "pt-BR"]).assert().code(2).stdout("").stderr(
        contains("erro: opção desconhecida: “--jbos”; você quis dizer “--jobs”?").and(contains("error:").not()),
    );
    socklab(&["chekc"]).env("LANG", "pt_BR.UTF-8").assert().code(2).stderr(contains("comando desconhecido: “chekc”"));
    socklab(&["chekc"]).assert().code(2).stderr(contains("did you mean \"check\"?"));
    socklab(&["--lang", "pt-BR", "--help"]).assert().success().stderr("");
}

#[test]
fn a_completion_script_knows_the_verbs() {
    socklab(&["completions", "bash"]).assert().success().stdout(contains("explain").and(contains("doctor")));
}

#[rstest]
#[case::english(&["--lang", "en"], &[("LANG", "pt_BR.UTF-8")], "error: unknown item")]
#[case::flag(&["--lang", "pt-BR"], &[], "erro: item desconhecido")]
#[case::flag_first(&["--lang", "pt-BR"], &[("LC_ALL", "en_US.UTF-8")], "erro: item desconhecido")]
#[case::lang(&[], &[("LANG", "pt_BR.UTF-8")], "erro: item desconhecido")]
#[case::messages(&[], &[("LC_MESSAGES", "pt_BR.UTF-8"), ("LANG", "C")], "erro: item desconhecido")]
#[case::all(&[], &[("LC_ALL", "C.UTF-8"), ("LANG", "pt_BR.UTF-8")], "error: unknown item")]
#[case::neither(&[], &[("LANG", "de_DE.UTF-8")], "error: unknown item")]
fn the_reader_s_language(#[case] flags: &[&str], #[case] environment: &[(&str, &str)], #[case] said: &str) {
    let words = [flags, &["run", "--item", "nothing-like-it"]].concat();
    socklab(&words).envs(environment.iter().copied()).assert().code(2).stdout("").stderr(contains(said));
}

#[test]
fn a_language_that_there_is_not() {
    socklab(&["list", "--lang", "klingon"])
        .assert()
        .code(2)
        .stdout("")
        .stderr(contains("klingon").and(contains("pt-BR")));
    socklab(&["list", "--lang", "klingon"])
        .env("LANG", "pt_BR")
        .assert()
        .code(2)
        .stderr(contains("idioma desconhecido"));
}

#[test]
fn a_mistake_is_told_in_portuguese_with_its_line() {
    let folder = folder();
    let file = written(folder.path(), "a.yaml", "steps:\n  - strat: tcp-simple\n");
    socklab(&["lint", &file, "--lang", "pt-BR"]).assert().code(2).stderr(
        contains("erro: palavra-chave desconhecida: “strat”")
            .and(contains(":2:5"))
            .and(contains("você quis dizer “start”?")),
    );
}

#[test]
fn a_reader_that_goes_away_is_no_trouble() {
    let shell = format!("{} explain --all | head -n 1", env!("CARGO_BIN_EXE_socklab"));
    Command::new("sh").args(["-c", &shell]).assert().success().stderr("");
}

#[test]
fn the_doctor_answers_in_both_languages() {
    // What a machine allows differs; that every sentence is there does not.
    for lang in ["en", "pt-BR"] {
        let done = socklab(&["doctor", "--lang", lang]).assert().stderr("");
        let said = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        assert!(said.contains("pidfd") && !said.contains('«'), "{said}");
        assert!(matches!(done.get_output().status.code(), Some(0 | 3)), "{said}");
    }
}
