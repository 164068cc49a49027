//! `socklab init --ci`: writes the CI configuration that checks every push to a course repository.
//! The files are those of `docs/ci/`.

use std::path::Path;

use anyhow::Context;

use super::Ui;
use super::arguments::CiName;
use super::exit::{CliError, ExitStatus};
use super::outputs::write_atomically;
use crate::model::Message;

/// Returns the path at which a service reads its configuration, and the text of that file.
const fn file_of(service: CiName) -> (&'static str, &'static str) {
    match service {
        CiName::Github => (".github/workflows/socklab.yml", include_str!("../../docs/ci/github-workflow.yml")),
        CiName::Gitlab => (".gitlab-ci.yml", include_str!("../../docs/ci/gitlab-ci.yml")),
    }
}

/// Writes the configuration of a service into a repository.
pub(super) fn init(folder: &Path, service: CiName, force: bool, reader: &Ui) -> Result<ExitStatus, CliError> {
    let (name, text) = file_of(service);
    let file = folder.join(name);
    let message = |id: &'static str| Message::new(id).with("file", crate::model::bytes::safe_path(&file));
    if !folder.is_dir() {
        return Err(CliError::usage(
            Message::new("cli-no-delivery").with("path", crate::model::bytes::safe_path(folder)),
        ));
    }
    // Any link counts as an existing file, even if its target is missing.
    if file.symlink_metadata().is_ok() && !force {
        return Err(CliError::usage(message("cli-init-exists")));
    }
    // The file itself is replaced, but a link in a parent folder may lead to files of another user.
    if let Some(above) = file.parent() {
        super::symlink_guard::reject_planted_links([above], folder)?;
        std::fs::create_dir_all(above).with_context(|| format!("creating {}", above.display()))?;
    }
    write_atomically(&file, text.as_bytes()).with_context(|| format!("writing {}", file.display()))?;
    for message in [message("cli-init-written"), Message::new("service-ci-note")] {
        Ui::print(&format!("{}\n", reader.words.format(&message)));
    }
    Ok(ExitStatus::Passed)
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use regex::Regex;
    use serde_yaml::Value;

    use super::*;
    use crate::cli::arguments::Arguments;

    const ACTION: &str = include_str!("../../action.yml");

    /// Returns every `socklab` command line of a script, with placeholders for shell variables.
    fn command_lines(script: &str) -> Vec<Vec<String>> {
        let joined = script.replace("\\\n", " ");
        let array = Regex::new(r#""\$\{\w+\[@\]\}""#).expect("a pattern");
        let variable = Regex::new(r"\$\{?\w+\}?").expect("a pattern");
        let lines = joined.lines().map(str::trim).filter(|line| line.starts_with("socklab "));
        let plain = lines.map(|line| variable.replace_all(&array.replace_all(line, ""), "word").into_owned());
        plain.map(|line| shell_words::split(&line).expect("words of a shell")).collect()
    }

    /// Collects every string of a YAML value, since any of them may be a script.
    fn texts(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::String(text) => out.push(text.clone()),
            Value::Sequence(all) => all.iter().for_each(|value| texts(value, out)),
            Value::Mapping(all) => all.values().for_each(|value| texts(value, out)),
            _ => {}
        }
    }

    #[test]
    fn command_lines_in_ci_files_are_valid() {
        let files = [("action.yml", ACTION), file_of(CiName::Github), file_of(CiName::Gitlab)];
        let mut found = Vec::new();
        for (name, text) in files {
            let value: Value = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let mut scripts = Vec::new();
            texts(&value, &mut scripts);
            // A command in backticks in a comment is checked too.
            scripts.extend(
                text.match_indices("`socklab ")
                    .map(|(at, _)| text[at + 1..].split('`').next().unwrap_or_default().to_owned()),
            );
            for words in scripts.iter().flat_map(|script| command_lines(script)) {
                if let Err(error) = Arguments::try_parse_from(&words) {
                    panic!("{name}: {words:?}: {error}");
                }
                found.push((name, words[1].clone()));
            }
        }
        for (name, verb) in [("action.yml", "check"), (".gitlab-ci.yml", "check"), (".gitlab-ci.yml", "init")] {
            assert!(found.iter().any(|(in_file, word)| *in_file == name && word == verb), "{name} {verb}: {found:?}");
        }
    }

    #[test]
    fn invalid_command_line_is_detected() {
        let lines = command_lines("x\n  socklab check --frobnicate \\\n \"$A\" \"${more[@]}\"\n");
        assert_eq!(lines, [["socklab", "check", "--frobnicate", "word"]]);
        assert!(Arguments::try_parse_from(&lines[0]).is_err());
    }
}
