//! `socklab init`: detects the programs of a folder and writes `socklab.yaml` with comments for its
//! reader.
//!
//! File names are untrusted input: they are quoted and cannot end a comment.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context;

use super::Ui;
use super::check::{import_submission, lab_for_students};
use super::exit::{CliError, ExitStatus};
use super::isolation::SandboxChoice;
use super::outputs::write_atomically;
use super::signals::cancel_on_signals;
use crate::i18n::{Catalog, escape_controls};
use crate::model::Message;
use crate::model::bytes::safe_path;
use crate::run::{Budgets, Cancel, Semaphore, Session, sandbox_denylist};
use crate::scenario::lab::{Lab, RoleEntry};
use crate::scenario::manifest::FILE_NAME;
use crate::submission::detect::{Assignment, Detection, detect};

/// Path of the schema, relative to the manifest that refers to it.
const SCHEMA: [&str; 2] = [".socklab", "submission.schema.json"];

/// Detects the programs of a folder and writes its manifest.
pub(super) fn init(folder: &Path, force: bool, reader: &Ui) -> Result<ExitStatus, CliError> {
    let file = folder.join(FILE_NAME);
    let shown = safe_path(&file);
    if file.exists() && !force {
        return Err(CliError::usage(Message::new("cli-init-exists").with("file", shown)));
    }
    let lab = lab_for_students(crate::scenario::lab::DEFAULT_LAB)?;
    let cancel = Cancel::new().context("creating a pipe")?;
    cancel_on_signals(&cancel)?;
    let mut delivery = import_submission(folder, &cancel)?;
    let environment = |name: &str| std::env::var_os(name);
    let jobs = std::thread::available_parallelism().map_or(2, |n| n.get() + 1);
    let permits = Semaphore::new(jobs);
    let beside = sandbox_denylist::submission_parents(folder);
    let hide = sandbox_denylist::from_submissions(beside.iter().map(std::path::PathBuf::as_path));
    let budgets = Budgets::default();
    let session = Session {
        seed: 1,
        stage: SandboxChoice::without_option().preferred_mode(reader),
        jobs,
        permits: &permits,
        environment: &environment,
        hide: &hide,
        cancel: &cancel,
        budgets: &budgets,
    };
    let found = detect(&mut delivery, &lab, session);
    if found.servers.is_empty() {
        let path = safe_path(folder);
        return Err(CliError::usage(Message::new("cli-init-nothing").with("path", path)));
    }
    let text = manifest(&found, &lab, &reader.words);
    write_atomically(&file, text.as_bytes()).with_context(|| format!("writing {shown}"))?;
    write_schema(folder)?;
    Ui::print(&text);
    Ui::print(&format!("\n{}\n", reader.words.format(&Message::new("cli-init-written").with("file", shown))));
    Ok(ExitStatus::Passed)
}

/// Writes the schema to the path that the manifest refers to. A link in place of the folder may
/// belong to another user and is left unchanged.
fn write_schema(folder: &Path) -> anyhow::Result<()> {
    let [inner, name] = SCHEMA;
    let inner = folder.join(inner);
    let made = std::fs::create_dir(&inner);
    if made.is_err() && !inner.symlink_metadata().is_ok_and(|what| what.is_dir()) {
        return Ok(());
    }
    let text = super::schema::schema_text("submission")?;
    write_atomically(&inner.join(name), text.as_bytes()).with_context(|| format!("writing {}", inner.display()))
}

/// Returns the text of `socklab.yaml`: each program with its role and the reason for choosing it,
/// then unfilled roles, other files and notes.
fn manifest(found: &Detection, lab: &Lab, words: &Catalog) -> String {
    let mut text = format!("# yaml-language-server: $schema={}\n", SCHEMA.join("/"));
    comment(&mut text, "", &words.sentence("init-what"));
    comment(&mut text, "", &words.sentence("init-how"));
    for (part, about, programs) in
        [("servers", "init-servers", &found.servers), ("clients", "init-clients", &found.clients)]
    {
        if programs.is_empty() {
            continue;
        }
        text.push('\n');
        comment(&mut text, "", &words.sentence(about));
        let _ = writeln!(text, "{part}:");
        for (role, one) in programs {
            if let Some(entry) = lab.roles.get(role) {
                comment(&mut text, "  ", &about_role(entry, words));
            }
            let because = Message::new("init-because").with("file", one.file.as_str());
            comment(&mut text, "  ", &words.format(&because.with("because", one.because.message())));
            let _ = writeln!(text, "  {role}: {}", format_entry(one));
        }
    }
    let without: Vec<_> = lab.roles.iter().filter(|(role, _)| !found.servers.contains_key(*role)).collect();
    if !without.is_empty() {
        text.push('\n');
        comment(&mut text, "", &words.sentence("init-without"));
        for (role, entry) in without {
            comment(
                &mut text,
                "",
                &format!("  {role}: {{ run: [python3, server.py] }}   # {}", about_role(entry, words)),
            );
        }
    }
    if !found.others.is_empty() {
        text.push('\n');
        comment(&mut text, "", &words.sentence("init-others"));
        for (file, because) in &found.others {
            comment(&mut text, "", &format!("  {file}: {}", words.format(because)));
        }
    }
    if !found.notes.is_empty() {
        text.push('\n');
    }
    for note in &found.notes {
        comment(&mut text, "", &words.format(note));
    }
    text
}

/// Describes a role in one line.
fn about_role(entry: &RoleEntry, words: &Catalog) -> String {
    let title = entry.title.as_ref().map_or("", |title| words.author_text(title));
    let about = Message::new("init-role").with("title", title).with("protocol", entry.protocol.to_string());
    words.format(&about.with("port", entry.port.to_string()))
}

/// Formats the build and run commands of a program as YAML.
fn format_entry(one: &Assignment) -> String {
    let list =
        |words: &[String]| format!("[{}]", words.iter().map(|word| quote_yaml(word)).collect::<Vec<_>>().join(", "));
    let build = one.builds.first().map_or_else(String::new, |build| format!("build: {}, ", list(build)));
    let stdin = one.stdin.as_ref().map_or_else(String::new, |stdin| format!(", stdin: {}", quote_yaml(stdin)));
    format!("{{ {build}run: {}{stdin} }}", list(&one.run))
}

/// Writes a comment of one line; no character of `comment_text` can end the line.
fn comment(text: &mut String, indent: &str, comment_text: &str) {
    let _ = writeln!(text, "{indent}# {}", escape_controls(comment_text));
}

/// Quotes a text as a YAML double-quoted scalar (YAML 1.2, 5.7 and 7.3.1). Escapes terminal control
/// characters, invisible characters and line breaks.
fn quote_yaml(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            _ if escape_controls(&String::from(c)) == String::from(c) => out.push(c),
            _ => {
                let _ = write!(out, "\\U{:08x}", u32::from(c));
            }
        }
    }
    out + "\""
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::model::bytes::printable_text;
    use crate::model::{Language, Role};
    use crate::scenario::lab::DEFAULT_LAB;
    use crate::scenario::manifest::Manifest;
    use crate::submission::detect::Choice;

    fn program(words: &[&str]) -> Assignment {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        Assignment {
            file: printable_text(&words.join(" ")),
            builds: vec![words.clone()],
            stdin: words.first().cloned(),
            run: words,
            port: None,
            because: Choice::Name,
            address: None,
            trouble: None,
        }
    }

    /// Returns the manifest for a program with these words and an unrelated file of this name.
    fn written(words: &[&str], other: &str, language: Language) -> (String, Manifest) {
        let lab = Lab::bundled(DEFAULT_LAB, None).expect("the bundled lab is right");
        let role = |name: &str| name.parse::<Role>().expect("a name");
        let mut found = Detection::default();
        found.servers.insert(role("tcp-simple"), program(words));
        found.clients.insert(role("tcp-simple"), program(words));
        // Not sanitized, unlike the detector's output: the comment must be safe by itself.
        found.others.push((other.to_owned(), Message::new("found-no-socket")));
        let text = manifest(&found, &lab, &Catalog::load(language));
        let roles: BTreeSet<Role> = lab.roles.keys().cloned().collect();
        let read = Manifest::read(FILE_NAME, &text, &roles).unwrap_or_else(|mistakes| panic!("{mistakes:?}\n{text}"));
        (text, read)
    }

    /// File names that would change the document if they were written unquoted.
    const HOSTILE: [&str; 14] = [
        "a\nservers: { tcp-multi: { run: evil } }",
        "a\r\nreport: ../x",
        "# comment",
        "a: b",
        "\"quoted\" and 'quoted'",
        "back\\slash\\n",
        "\u{1b}[2J\u{7}",
        "\u{85}next line\u{2028}separator\u{2029}",
        "\u{feff}\u{202e}\u{200b}",
        "\u{1}\u{7f}\u{9b}",
        "{port} &anchor *alias !tag %d @x `y`",
        "- x",
        "ação 日本 😀",
        "",
    ];

    #[test]
    fn hostile_names_are_quoted_and_cannot_end_a_comment() {
        for language in Language::ALL {
            for name in HOSTILE {
                let (text, read) = written(&["python3", name], name, language);
                let entry = read.servers.values().next().expect("a server");
                assert_eq!(entry.run.words(), ["python3", name], "{text}");
                assert_eq!(entry.build.as_ref().map(|build| build.words().to_vec()), Some(entry.run.words().to_vec()));
                assert_eq!((read.servers.len(), read.clients.len(), read.report), (1, 1, None), "{text}");
                assert!(
                    text.lines().all(|line| line.chars().all(|c| escape_controls(&c.to_string()) == c.to_string()))
                );
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_names_round_trip(name in any::<String>(), other in any::<String>()) {
            // Neither file names nor command lines can contain NUL.
            let name = name.replace('\0', "");
            let (_, read) = written(&["./x", &name], &other, Language::Portuguese);
            let entry = read.clients.values().next().expect("a client");
            prop_assert_eq!(entry.run.words(), ["./x", &name]);
            prop_assert_eq!(read.servers.len(), 1);
        }
    }

    #[test]
    fn manifest_comments_describe_roles_reasons_and_other_files() {
        let (text, _) = written(&["python3", "eco.py"], "velho.py", Language::Portuguese);
        for part in [
            "# yaml-language-server: $schema=.socklab/submission.schema.json\n",
            "  # Servidor TCP simples (eco): TCP, porta 65432\n",
            "  tcp-simple: { build: [\"python3\", \"eco.py\"], run: [\"python3\", \"eco.py\"], stdin: \"python3\" }\n",
            "#   udp-simple: { run: [python3, server.py] }   # Servidor UDP simples (maiúsculas): UDP, porta 65431\n",
            "#   velho.py: não abre nenhum socket que escute\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
    }
}
