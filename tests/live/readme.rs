//! Runs every command of the `console` blocks in the READMEs and the pages of `docs/`, and compares
//! the output with the page.
//!
//! Each page has a folder that contains the files shown so far. Values that differ between runs are
//! replaced. Pages in Portuguese run with a Portuguese locale. The results themselves are not
//! judged here.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use regex::{Captures, Regex};
use rstest::rstest;
use socklab::scenario::lab::{DEFAULT_LAB, Lab};

use crate::program::{Machine, built, live_tests_enabled};

/// The pages that exist in English and, as `….pt-BR.md`, in Portuguese.
///
/// All pages are embedded, because `tests/flaky.sh` runs this program away from the package.
const GUIDES: &[(&str, &str)] = &[
    ("README.md", include_str!("../../README.md")),
    ("README.pt-BR.md", include_str!("../../README.pt-BR.md")),
    ("docs/install.md", include_str!("../../docs/install.md")),
    ("docs/install.pt-BR.md", include_str!("../../docs/install.pt-BR.md")),
    ("docs/student.md", include_str!("../../docs/student.md")),
    ("docs/student.pt-BR.md", include_str!("../../docs/student.pt-BR.md")),
    ("docs/instructor.md", include_str!("../../docs/instructor.md")),
    ("docs/instructor.pt-BR.md", include_str!("../../docs/instructor.pt-BR.md")),
    ("docs/clusters.md", include_str!("../../docs/clusters.md")),
    ("docs/clusters.pt-BR.md", include_str!("../../docs/clusters.pt-BR.md")),
    ("docs/ci.md", include_str!("../../docs/ci.md")),
    ("docs/ci.pt-BR.md", include_str!("../../docs/ci.pt-BR.md")),
    ("docs/lab-author.md", include_str!("../../docs/lab-author.md")),
    ("docs/lab-author.pt-BR.md", include_str!("../../docs/lab-author.pt-BR.md")),
];

/// The reference pages, in English only.
const REFERENCE: &[(&str, &str)] = &[
    ("docs/lab.md", LAB),
    ("docs/submissions.md", include_str!("../../docs/submissions.md")),
    ("docs/grading.md", include_str!("../../docs/grading.md")),
    ("docs/reports.md", include_str!("../../docs/reports.md")),
    ("docs/evidence.md", include_str!("../../docs/evidence.md")),
    ("docs/scenarios.md", include_str!("../../docs/scenarios.md")),
    ("docs/sandbox.md", include_str!("../../docs/sandbox.md")),
];
const LAB: &str = include_str!("../../docs/lab.md");

/// The allowed languages of blocks. Command lines must be in `console` blocks to be found.
const LANGUAGES: &[&str] = &["console", "yaml", "python", "text"];

/// The reason of the commands that need the files of a release. `dist/test.sh` runs them.
const INSTALLATION: &str = "dist/test.sh runs it, with the files that dist/build.sh takes minutes to make";
const OTHER_SYSTEM: &str = "it is for Windows, macOS, or a machine in which they run Linux";
const CONTAINER_ENGINE: &str = "it needs a container engine; .github/workflows/dist.yml builds and runs the images";

/// Commands that a test cannot run, each with the reason.
const NOT_RUN: &[(&str, &str)] = &[
    ("dist/build.sh", "it takes minutes; .github/workflows/dist.yml runs it"),
    ("python3 -m venv ~/.socklab", INSTALLATION),
    ("~/.socklab/bin/pip install --no-index socklab-*.whl", INSTALLATION),
    ("~/.socklab/bin/socklab run", INSTALLATION),
    ("tar -xzf socklab-*-linux.tar.gz", INSTALLATION),
    ("socklab-*-linux/socklab run", INSTALLATION),
    ("sudo apt-get install ./socklab_*.deb", INSTALLATION),
    ("sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0", "it changes the machine"),
    ("wsl --install --distribution Debian", OTHER_SYSTEM),
    ("sudo apt-get update", OTHER_SYSTEM),
    ("sudo apt-get install --yes python3-venv gcc", OTHER_SYSTEM),
    ("cd /mnt/c/Users/NAME/Downloads", OTHER_SYSTEM),
    ("brew install lima", OTHER_SYSTEM),
    ("limactl start --name=socklab --tty=false template://debian", OTHER_SYSTEM),
    ("limactl shell socklab", OTHER_SYSTEM),
    ("docker build -f dist/languages.Dockerfile -t socklab-languages target/dist", CONTAINER_ENGINE),
    (
        "docker run --rm --security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt \
         systempaths=unconfined -v \"$PWD\":/work -w /work socklab-languages check",
        CONTAINER_ENGINE,
    ),
    ("cargo test", "it is what runs this"),
    ("export PATH=\"$PATH:$HOME/.socklab/bin\"", "it changes only the shell in which it is typed"),
    ("socklab run --target tcp-multi=192.0.2.7:65432", "nobody is at that address (RFC 5737)"),
    ("socklab serve tcp-multi --host 0.0.0.0", "it serves for ever, and to everybody who reaches this machine"),
];

/// A command and the output that its page shows.
struct Shown {
    command: String,
    output: Vec<String>,
}

/// Returns all pages as (name, text).
fn pages() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    GUIDES.iter().chain(REFERENCE)
}

/// Returns the text of a page.
fn text_of(page: &str) -> &'static str {
    pages().find(|(name, _)| *name == page).map(|(_, text)| *text).expect("a page of this name")
}

/// Returns the blocks of a page as (language, text).
fn blocks(page: &str) -> Vec<(&'static str, String)> {
    let mut out: Vec<(&str, String)> = Vec::new();
    let mut inside = false;
    for line in text_of(page).lines() {
        match line.strip_prefix("```") {
            Some(language) if !inside => out.push((language, String::new())),
            Some(_) => {}
            None if inside => {
                let (_, text) = out.last_mut().expect("a block was opened");
                let _ = writeln!(text, "{line}");
            }
            None => continue,
        }
        inside ^= line.starts_with("```");
    }
    assert!(!inside, "the last block has no end");
    out
}

/// Returns the commands of a console block in order.
fn commands(text: &str) -> Vec<Shown> {
    let mut out: Vec<Shown> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("$ ") {
            Some(command) => out.push(Shown { command: command.to_owned(), output: Vec::new() }),
            None => {
                let last = out.last_mut();
                last.unwrap_or_else(|| panic!("a console block begins with a command: {line}"))
                    .output
                    .push(line.to_owned());
            }
        }
    }
    out
}

/// Writes the file that a block shows; its first line is `# NAME`.
fn write_file(folder: &Path, text: &str) {
    let name = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
    assert!(!name.is_empty() && !name.contains(".."), "a file's block begins with `# NAME`:\n{text}");
    let file = folder.join(name);
    fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be written to");
    fs::write(file, text).expect("the folder can be written to");
}

/// Returns the arguments of socklab, or `None` for another command.
fn arguments(command: &str) -> Option<Vec<String>> {
    let rest = ["cargo run --release -- ", "socklab "].iter().find_map(|start| command.strip_prefix(start))?;
    Some(shell_words::split(rest).expect("a shell would understand it"))
}

/// Runs a command in a folder like a user who has the programs on PATH.
fn run(command: &str, folder: &Path, page: &str) -> Output {
    let Some(arguments) = arguments(command) else {
        panic!("`{command}` is neither run by this test nor listed in NOT_RUN with a reason");
    };
    let mut path = built("socklab-faulty").parent().expect("it is in a folder").as_os_str().to_owned();
    if let Some(usual) = std::env::var_os("PATH") {
        path.push(":");
        path.push(usual);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut socklab = Machine::Open.socklab(&arguments);
    if page.ends_with(".pt-BR.md") {
        socklab.env("LC_ALL", "pt_BR.UTF-8");
    }
    socklab.current_dir(folder).env("PATH", path).output().expect("socklab starts")
}

/// Replaces values that differ between runs and normalizes white space, since a longer number may
/// change line breaks.
fn normalized(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (changing, instead) in [
        (r"\b\d+([.,]\d)? (ms|s)\b", "TIME"),
        (r"\b(process|processo) \d+", "$1 NUMBER"),
        // The seed is random in each run, except for runs of the lab's own programs.
        (r"(--seed|\bseed|\bsemente) \d+", "$1 SEED"),
        (r"\b(source ports?|portas? de origem)( \d+)+", "$1 PORT"),
    ] {
        text = Regex::new(changing).expect("a regular expression").replace_all(&text, instead).into_owned();
    }
    // The ports of the lab are kept.
    let ports = Regex::new(r"\b(127\.0\.0\.1:|port == )(\d{4,5})\b").expect("a regular expression");
    let kept = |found: &Captures<'_>| {
        if matches!(&found[2], "65431" | "65432") { found[0].to_owned() } else { format!("{}PORT", &found[1]) }
    };
    ports.replace_all(&text, kept).into_owned()
}

/// Returns true if the text matches the page, in which a line `…` matches any lines.
fn is_as_shown(shown: &[String], text: &str) -> bool {
    let text = normalized(text);
    let pieces: Vec<String> = shown.split(|line| line == "…").map(|lines| normalized(&lines.join("\n"))).collect();
    let [first, middle @ .., last] = &pieces[..] else {
        return pieces.first().is_none_or(|all| *all == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some((_, after)) = rest.split_once(piece.as_str()) else { return false };
        rest = after;
    }
    rest.ends_with(last.as_str())
}

#[rstest]
#[case("README.md")]
#[case("README.pt-BR.md")]
#[case("docs/install.md")]
#[case("docs/install.pt-BR.md")]
#[case("docs/student.md")]
#[case("docs/student.pt-BR.md")]
#[case("docs/instructor.md")]
#[case("docs/instructor.pt-BR.md")]
#[case("docs/clusters.md")]
#[case("docs/clusters.pt-BR.md")]
#[case("docs/ci.md")]
#[case("docs/ci.pt-BR.md")]
#[case("docs/lab-author.md")]
#[case("docs/lab-author.pt-BR.md")]
#[case("docs/lab.md")]
#[case("docs/submissions.md")]
#[case("docs/grading.md")]
#[case("docs/reports.md")]
#[case("docs/evidence.md")]
#[case("docs/scenarios.md")]
#[case("docs/sandbox.md")]
fn page_commands_print_the_shown_output(#[case] page: &str) {
    if !live_tests_enabled() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    // If root runs the tests, programs run as the user `nobody`.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    let mut wrong = Vec::new();
    // The exit code of the previous command, until the page mentions it.
    let mut code: Option<(i32, String)> = None;
    let mut ran = 0;
    for (language, text) in blocks(page) {
        if matches!(language, "yaml" | "python") {
            write_file(folder.path(), &text);
        }
        for Shown { command, output } in if language == "console" { commands(&text) } else { Vec::new() } {
            if command == "echo $?" {
                let (code, of) = code.take().expect("a command stands before it");
                if output != [code.to_string()] {
                    wrong.push(format!("$ {of}\nends with {code}, and {page} shows {output:?}"));
                }
                continue;
            }
            wrong.extend(missing_exit_code(code.take(), page));
            if NOT_RUN.iter().any(|(known, _)| *known == command) {
                continue;
            }
            let found = run(&command, folder.path(), page);
            ran += 1;
            // A rejected command prints on standard error only. Otherwise standard error contains
            // only the progress.
            let printed = if found.stdout.is_empty() { &found.stderr } else { &found.stdout };
            let printed = String::from_utf8_lossy(printed);
            if !output.is_empty() && !is_as_shown(&output, &printed) {
                wrong.push(format!("$ {command}\nprints:\n{printed}\n{page} shows:\n{}", output.join("\n")));
            }
            // Exit code 1 is implied by the output shown for a failing item.
            let status = found.status.code().filter(|code| *code != 1 || output.is_empty());
            code = status.map(|code| (code, command));
        }
    }
    wrong.extend(missing_exit_code(code, page));
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran >= 1, "{page} has commands");
}

/// Returns an error if a command with a nonzero exit code is not followed by that code.
fn missing_exit_code(code: Option<(i32, String)>, page: &str) -> Option<String> {
    let (code, command) = code.filter(|(code, _)| *code != 0)?;
    Some(format!("$ {command}\nends with {code}, of which {page} says nothing"))
}

#[test]
fn lab_page_explains_the_proof_of_each_item() {
    let lab = Lab::bundled(DEFAULT_LAB, None).expect("the bundled lab is right");
    let items: BTreeSet<String> = lab.items().map(|(_, item)| item.id.to_string()).collect();
    let rows = LAB.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let named: BTreeSet<String> =
        rows.map(|(first, _)| first.to_owned()).filter(|first| first.contains('.') && !first.contains(' ')).collect();
    assert_eq!(named, items);
}

#[test]
fn unrun_commands_exist_and_blocks_have_languages() {
    let all: Vec<(&str, String)> = pages().flat_map(|(page, _)| blocks(page)).collect();
    let console = all.iter().filter(|(language, _)| *language == "console");
    let commands: BTreeSet<String> = console.flat_map(|(_, text)| commands(text)).map(|shown| shown.command).collect();
    let gone: Vec<_> = NOT_RUN.iter().filter(|(command, _)| !commands.contains(*command)).collect();
    assert!(gone.is_empty(), "on no page any more: {gone:?}");
    let unknown: Vec<_> = all.iter().filter(|(language, _)| !LANGUAGES.contains(language)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn installation_commands_are_run_by_the_test_of_the_packages() {
    // The test runs as root where a user needs sudo.
    let test = include_str!("../../dist/test.sh");
    let commands = NOT_RUN.iter().filter(|(_, reason)| *reason == INSTALLATION);
    let unknown: Vec<_> = commands
        .filter(|(command, _)| !test.contains(&format!("{}'", command.strip_prefix("sudo ").unwrap_or(command))))
        .collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn guides_exist_in_both_languages() {
    for (page, text) in GUIDES.iter().filter(|(page, _)| !page.ends_with(".pt-BR.md")) {
        let twin = page.replace(".md", ".pt-BR.md");
        let headings = |text: &str| text.lines().filter(|line| line.starts_with('#') && line.contains("# ")).count();
        let shape = |page: &str| blocks(page).into_iter().map(|(language, _)| language).collect::<Vec<_>>();
        assert_eq!(shape(page), shape(&twin), "{page}: the same blocks in the same order");
        assert_eq!(headings(text), headings(text_of(&twin)), "{page}: the same headings");
    }
}

#[test]
fn comparison_ignores_only_varying_values() {
    let shown = ["a (process 2) source ports 4000 41001", "…", "from 127.0.0.1:11498", "1 failed · 5.0 s"];
    let shown = shown.map(str::to_owned);
    assert!(is_as_shown(&shown, "a (process 17)\nsource  ports 1 2 3\nmore\nfrom 127.0.0.1:1024 1 failed · 26 ms\n"));
    assert!(!is_as_shown(&shown, "a (process 17) source ports 1\nfrom 127.0.0.1:65432\n1 failed · 26 ms\n"));
    assert!(!is_as_shown(&shown, "a (process 17) source ports 1\nfrom 127.0.0.1:1024\n2 failed · 26 ms\n"));
    assert!(!is_as_shown(&["10 passed".to_owned()], "10 passed, 1 failed"));
}
