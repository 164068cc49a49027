//! README.md keeps its word: every command in its `console` blocks is run, in a folder that holds the files shown, and
//! what it prints is what README shows, numbers aside that change from run to run. It knows nothing of what is right.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Output;

use regex::{Captures, Regex};
use socklab::scenario::lab::{DEFAULT, Lab};

use crate::program::{Machine, built, live};

/// Part of this program, since `tests/flaky.sh` runs it far from the package.
const README: &str = include_str!("../../README.md");

/// The languages that a block of README may be in. A command line stands in `console`, where this test finds it.
const LANGUAGES: &[&str] = &["console", "yaml", "python", "text"];

/// Commands that a test cannot run, each with the reason.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo test", "it is what runs this"),
    ("cargo install --path .", "it would change the home of whoever runs the tests"),
    ("socklab run --target tcp-multi=192.0.2.7:65432", "nobody is at that address (RFC 5737)"),
    ("socklab serve tcp-multi --host 0.0.0.0", "it serves for ever, and to everybody who reaches this machine"),
];

/// A command, and the lines that README shows below it.
struct Shown {
    command: String,
    output: Vec<String>,
}

/// The blocks of README: language and text.
fn blocks() -> Vec<(&'static str, String)> {
    let mut out: Vec<(&str, String)> = Vec::new();
    let mut inside = false;
    for line in README.lines() {
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

/// Every command of README, in order.
fn commands() -> Vec<Shown> {
    let mut out: Vec<Shown> = Vec::new();
    for (_, text) in blocks().iter().filter(|(language, _)| *language == "console") {
        let before = out.len();
        for line in text.lines() {
            match line.strip_prefix("$ ") {
                Some(command) => out.push(Shown { command: command.to_owned(), output: Vec::new() }),
                None => {
                    assert!(out.len() > before, "a console block begins with a command: {line}");
                    out.last_mut().expect("there is one").output.push(line.to_owned());
                }
            }
        }
    }
    out
}

/// Writes the files that README shows: blocks whose first line is `# NAME`.
fn write_files(folder: &Path) {
    for (language, text) in blocks() {
        let name = text.lines().next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
        if matches!(language, "yaml" | "python") {
            assert!(!name.is_empty() && !name.contains(".."), "a file's block begins with `# NAME`:\n{text}");
            let file = folder.join(name);
            fs::create_dir_all(file.parent().expect("a folder")).expect("the folder can be written to");
            fs::write(file, text).expect("the folder can be written to");
        }
    }
}

/// The words that socklab gets; nothing where the command is none of it.
fn arguments(command: &str) -> Option<Vec<String>> {
    let rest = ["cargo run --release -- ", "socklab "].iter().find_map(|start| command.strip_prefix(start))?;
    Some(shell_words::split(rest).expect("a shell would understand it"))
}

/// Runs it as a person in this folder would, who has the programs in PATH.
fn run(command: &str, folder: &Path) -> Output {
    let Some(arguments) = arguments(command) else {
        panic!("`{command}` is neither run by this test nor listed in NOT_RUN with a reason");
    };
    let mut path = built("socklab-faulty").parent().expect("it is in a folder").as_os_str().to_owned();
    if let Some(usual) = std::env::var_os("PATH") {
        path.push(":");
        path.push(usual);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Machine::Open.socklab(&arguments).current_dir(folder).env("PATH", path).output().expect("socklab starts")
}

/// Text with what changes from run to run replaced, and every white space alike: a longer number may break a line
/// elsewhere.
fn fixed(text: &str) -> String {
    let mut text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    for (changing, instead) in [
        (r"\b\d+([.,]\d)? (ms|s)\b", "TIME"),
        (r"\b(process|processo) \d+", "$1 NUMBER"),
        (r"\b(source ports?|portas? de origem)( \d+)+", "$1 PORT"),
    ] {
        text = Regex::new(changing).expect("a regular expression").replace_all(&text, instead).into_owned();
    }
    // The lab's own ports stay.
    let ports = Regex::new(r"\b127\.0\.0\.1:(\d{4,5})\b").expect("a regular expression");
    let kept = |found: &Captures<'_>| {
        if matches!(&found[1], "65431" | "65432") { found[0].to_owned() } else { "127.0.0.1:PORT".to_owned() }
    };
    ports.replace_all(&text, kept).into_owned()
}

/// Whether the text is as shown, where a line `…` stands for any lines.
fn is_as_shown(shown: &[String], text: &str) -> bool {
    let text = fixed(text);
    let pieces: Vec<String> = shown.split(|line| line == "…").map(|lines| fixed(&lines.join("\n"))).collect();
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

#[test]
fn every_command_of_the_readme_does_what_it_shows() {
    if !live() {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    // Where root runs this, the programs run as nobody.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
    write_files(folder.path());
    let mut wrong = Vec::new();
    // The exit code of the command before, as long as README has said nothing of it.
    let mut code: Option<(i32, String)> = None;
    let mut ran = 0;
    for Shown { command, output } in commands() {
        if command == "echo $?" {
            let (code, of) = code.take().expect("a command stands before it");
            if output != [code.to_string()] {
                wrong.push(format!("$ {of}\nends with {code}, and README shows {output:?}"));
            }
            continue;
        }
        wrong.extend(unsaid(code.take()));
        if NOT_RUN.iter().any(|(known, _)| *known == command) {
            continue;
        }
        let found = run(&command, folder.path());
        ran += 1;
        // What refuses to run says so on standard error; else that holds nothing but how far the run is.
        let printed = if found.stdout.is_empty() { &found.stderr } else { &found.stdout };
        let printed = String::from_utf8_lossy(printed);
        if !output.is_empty() && !is_as_shown(&output, &printed) {
            wrong.push(format!("$ {command}\nprints:\n{printed}\nREADME shows:\n{}", output.join("\n")));
        }
        // A failing item is told by what is shown.
        let told = found.status.code().filter(|code| *code != 1 || output.is_empty());
        code = told.map(|code| (code, command));
    }
    wrong.extend(unsaid(code));
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(ran >= 5, "README has commands");
}

/// A command that ends otherwise than well is followed by its exit code.
fn unsaid(code: Option<(i32, String)>) -> Option<String> {
    let (code, command) = code.filter(|(code, _)| *code != 0)?;
    Some(format!("$ {command}\nends with {code}, of which README says nothing"))
}

#[test]
fn the_readme_says_how_each_item_is_proved() {
    let lab = Lab::bundled(DEFAULT, None).expect("the bundled lab is right");
    let items: BTreeSet<String> = lab.items().map(|(_, item)| item.id.to_string()).collect();
    let rows = README.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let told: BTreeSet<String> =
        rows.map(|(first, _)| first.to_owned()).filter(|first| first.contains('.') && !first.contains(' ')).collect();
    assert_eq!(told, items);
}

#[test]
fn what_is_not_run_is_there_and_every_block_says_what_it_is() {
    let commands: BTreeSet<String> = commands().into_iter().map(|shown| shown.command).collect();
    let gone: Vec<_> = NOT_RUN.iter().filter(|(command, _)| !commands.contains(*command)).collect();
    assert!(gone.is_empty(), "no longer in README: {gone:?}");
    let unknown: Vec<_> = blocks().into_iter().filter(|(language, _)| !LANGUAGES.contains(language)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn what_changes_is_left_aside_and_nothing_else() {
    let shown = ["a (process 2) source ports 4000 41001", "…", "from 127.0.0.1:11498", "1 failed · 5.0 s"];
    let shown = shown.map(str::to_owned);
    assert!(is_as_shown(&shown, "a (process 17)\nsource  ports 1 2 3\nmore\nfrom 127.0.0.1:1024 1 failed · 26 ms\n"));
    assert!(!is_as_shown(&shown, "a (process 17) source ports 1\nfrom 127.0.0.1:65432\n1 failed · 26 ms\n"));
    assert!(!is_as_shown(&shown, "a (process 17) source ports 1\nfrom 127.0.0.1:1024\n2 failed · 26 ms\n"));
    assert!(!is_as_shown(&["10 passed".to_owned()], "10 passed, 1 failed"));
}
