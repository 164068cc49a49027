//! The command line as a user sees it: arguments in, text and exit code out. No test here starts a
//! server, so no namespaces are needed. `tests/live` covers complete runs.

mod analyze;
mod authors;
mod begin;
mod ci;
mod ci_files;
mod merge;
mod needs;
mod refused;
mod submissions;
mod workflows;
mod written;

use std::path::Path;

use assert_cmd::Command;
use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;
use tempfile::TempDir;

/// Variables that identify a CI service, for which socklab would write files.
const SERVICES: &[&str] = &[
    "GITHUB_ACTIONS",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_WORKSPACE",
    "GITLAB_CI",
    "CLASSROOM",
    "ASSIGNMENT",
    "SUBMISSION_TAG",
];

/// Returns a `socklab` command with these arguments, in English and independent of the caller's
/// environment.
fn socklab(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_socklab"));
    for name in ["LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "CLICOLOR_FORCE"].iter().chain(SERVICES) {
        command.env_remove(name);
    }
    command.env("NO_COLOR", "1").current_dir(env!("CARGO_MANIFEST_DIR")).args(words);
    command
}

/// Creates a temporary folder.
fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

/// Writes a file and returns its path as an argument.
fn written(folder: &Path, name: &str, text: impl AsRef<[u8]>) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("a file in a temporary folder can be written");
    path.to_str().expect("a temporary path is text").to_owned()
}

/// Collapses white space, since line breaks of help texts depend on the width.
fn unwrapped(text: &[u8]) -> String {
    String::from_utf8_lossy(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

#[rstest]
#[case::short("-h")]
#[case::long("--help")]
#[case::verb("help")]
fn help_lists_commands_and_exit_codes(#[case] flag: &str) {
    let done = socklab(&[flag]).assert().success().stderr("");
    let stdout = unwrapped(&done.get_output().stdout);
    for verb in [
        "run",
        "check",
        "init",
        "grade",
        "regrade",
        "mark",
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
        assert!(stdout.contains(&format!(" {verb} ")), "{verb}: {stdout}");
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
        assert!(stdout.contains(code), "{code}: {stdout}");
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
fn help_is_in_the_reader_s_language(#[case] words: &[&str], #[case] expected: &str) {
    let is_portuguese = || contains("Uso: ").and(contains(expected)).and(contains("Usage").not());
    socklab(&[&["--lang", "pt-BR"], words].concat()).assert().success().stdout(is_portuguese());
    socklab(words).env("LC_ALL", "pt_BR.UTF-8").assert().success().stdout(is_portuguese());
    socklab(&[&["--lang=en"], words].concat()).env("LANG", "pt_BR").assert().success().stdout(contains("Usage: "));
}

#[test]
fn run_help_shows_complete_examples() {
    socklab(&["run", "--help"])
        .assert()
        .success()
        .stdout(contains("socklab run --target tcp-simple=192.0.2.7:65432").and(contains("--allow-unverified")));
}

#[rstest]
#[case("tcp-simple", "65432")]
#[case("udp-simple", "65431")]
#[case("tcp-multi", "--concurrent")]
fn bundled_server_help_lists_its_options(#[case] name: &str, #[case] option: &str) {
    socklab(&["serve", name, "--help"]).assert().success().stdout(contains("--host HOST").and(contains(option)));
}

#[rstest]
#[case("--help")]
#[case("-h")]
fn serve_help_lists_servers(#[case] flag: &str) {
    socklab(&["serve", flag])
        .assert()
        .success()
        .stdout(contains("tcp-simple").and(contains("udp-simple")).and(contains("tcp-multi")));
}

#[rstest]
#[case(&["--lang", "en", "serve", "tcp-simple", "--help"])]
#[case(&["--lang=pt-BR", "client", "--help"])]
fn option_before_subcommand_keeps_bundled_help(#[case] words: &[&str]) {
    socklab(words).assert().success().stdout(contains("--host HOST"));
}

#[test]
fn bundled_programs_accept_lang_option() {
    socklab(&["serve", "tcp-multi", "--lang", "pt-BR", "--help"]).assert().success().stdout(contains("--host HOST"));
    socklab(&["serve", "tcp-multi", "--lang", "klingon"]).assert().code(2).stdout("").stderr(contains("klingon"));
    socklab(&["serve", "tcp-multi", "--long"]).assert().code(2).stderr(contains("unknown option --long"));
}

#[test]
fn bundled_client_help_lists_its_options() {
    socklab(&["client", "--help"]).assert().success().stdout(contains("--message TEXT"));
}

#[test]
fn serve_rejects_unknown_name_with_list() {
    socklab(&["serve", "tcp"]).assert().code(2).stdout("").stderr(contains("tcp-simple, udp-simple, tcp-multi"));
}

#[test]
fn version_is_the_package_version() {
    socklab(&["--version"]).assert().success().stdout(format!("socklab {}\n", env!("CARGO_PKG_VERSION")));
}

#[rstest]
#[case::none(&[])]
#[case::unknown(&["frobnicate"])]
#[case::option(&["run", "--no-such-option"])]
#[case::no_jobs(&["run", "--jobs", "0"])]
#[case::stage(&["run", "--stage", "cloud"])]
#[case::seed(&["run", "--seed", "x"])]
fn invalid_command_line_exits_with_2(#[case] words: &[&str]) {
    socklab(words).assert().code(2).stdout("").stderr(predicate::str::is_empty().not());
}

#[test]
fn invalid_command_line_error_is_localized() {
    socklab(&["run", "--jbos", "3", "--lang", "pt-BR"]).assert().code(2).stdout("").stderr(
        contains("erro: opção desconhecida: “--jbos”; você quis dizer “--jobs”?").and(contains("error:").not()),
    );
    socklab(&["chekc"]).env("LANG", "pt_BR.UTF-8").assert().code(2).stderr(contains("comando desconhecido: “chekc”"));
    socklab(&["chekc"]).assert().code(2).stderr(contains("did you mean \"check\"?"));
    socklab(&["--lang", "pt-BR", "--help"]).assert().success().stderr("");
}

#[test]
fn completion_script_contains_commands() {
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
fn language_follows_option_then_environment(
    #[case] flags: &[&str],
    #[case] environment: &[(&str, &str)],
    #[case] expected: &str,
) {
    let words = [flags, &["run", "--item", "nothing-like-it"]].concat();
    socklab(&words).envs(environment.iter().copied()).assert().code(2).stdout("").stderr(contains(expected));
}

#[test]
fn unknown_language_is_rejected() {
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
fn diagnostic_is_localized_with_location() {
    let folder = folder();
    let file = written(folder.path(), "a.yaml", "steps:\n  - strat: tcp-simple\n");
    socklab(&["lint", &file, "--lang", "pt-BR"]).assert().code(2).stderr(
        contains("erro: palavra-chave desconhecida: “strat”")
            .and(contains(":2:5"))
            .and(contains("você quis dizer “start”?")),
    );
}

#[test]
fn closed_pipe_is_not_an_error() {
    let shell = format!("{} explain --all | head -n 1", env!("CARGO_BIN_EXE_socklab"));
    Command::new("sh").args(["-c", &shell]).assert().success().stderr("");
}

#[test]
fn doctor_output_exists_in_both_languages() {
    // Features differ between machines, but every message must exist.
    for lang in ["en", "pt-BR"] {
        let done = socklab(&["doctor", "--lang", lang]).assert().stderr("");
        let stdout = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        assert!(stdout.contains("pidfd") && !stdout.contains('«'), "{stdout}");
        assert!(matches!(done.get_output().status.code(), Some(0 | 3)), "{stdout}");
    }
}
