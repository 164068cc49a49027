//! `socklab init --ci` and `init --devcontainer`: write the files with which a service installs and
//! runs socklab in a course repository. The texts are those of `docs/ci/`.

use std::path::Path;

use anyhow::Context;
use clap::ValueEnum;

use super::Ui;
use super::exit::{CliError, ExitStatus};
use super::outputs::write_atomically;
use crate::model::Message;

/// Stands for the version of this program in a template, so that a course installs the version that
/// wrote its files until somebody changes them.
const VERSION: &str = "@VERSION@";

/// Stands for the file name of the wheel of this version for x86-64, as `dist/build.sh` names it.
const WHEEL: &str = "@WHEEL@";
const WHEEL_NAME: &str = concat!(
    "socklab-",
    env!("CARGO_PKG_VERSION"),
    "-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_2_x86_64.whl"
);

/// A CI service for which there is a workflow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CiName {
    /// .github/workflows/socklab.yml
    Github,
    /// .gitlab-ci.yml
    Gitlab,
}

/// A file of a repository that a service reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ServiceTemplate {
    /// Checks every push.
    Ci(CiName),
    /// The development container of Codespaces, VS Code and other editors (containers.dev).
    DevContainer,
}

impl ServiceTemplate {
    /// Returns the path at which a service reads its configuration, and the template of that file.
    const fn file(self) -> (&'static str, &'static str) {
        match self {
            Self::Ci(CiName::Github) => {
                (".github/workflows/socklab.yml", include_str!("../../docs/ci/github-workflow.yml"))
            }
            Self::Ci(CiName::Gitlab) => (".gitlab-ci.yml", include_str!("../../docs/ci/gitlab-ci.yml")),
            Self::DevContainer => (".devcontainer/devcontainer.json", include_str!("../../docs/ci/devcontainer.json")),
        }
    }
}

/// Writes the configuration of a service into a repository.
pub(super) fn init(folder: &Path, template: ServiceTemplate, force: bool, reader: &Ui) -> Result<ExitStatus, CliError> {
    let (name, text) = template.file();
    let text = text.replace(VERSION, env!("CARGO_PKG_VERSION")).replace(WHEEL, WHEEL_NAME);
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
    let note = Message::new("service-wheel-note").with("version", env!("CARGO_PKG_VERSION"));
    for message in [message("cli-init-written"), note] {
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
    const GITHUB: ServiceTemplate = ServiceTemplate::Ci(CiName::Github);
    const GITLAB: ServiceTemplate = ServiceTemplate::Ci(CiName::Gitlab);

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
        let files = [("action.yml", ACTION), GITHUB.file(), GITLAB.file(), ServiceTemplate::DevContainer.file()];
        let mut found = Vec::new();
        for (name, text) in files {
            // JSON is YAML, but for the comments of a development container's file.
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let lines = lines.collect::<Vec<_>>().join("\n");
            let value: Value = serde_yaml::from_str(&lines).unwrap_or_else(|error| panic!("{name}: {error}"));
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
        let wanted = [
            ("action.yml", "check"),
            (".github/workflows/socklab.yml", "check"),
            (".github/workflows/socklab.yml", "init"),
            (".gitlab-ci.yml", "check"),
            (".gitlab-ci.yml", "init"),
            (".devcontainer/devcontainer.json", "doctor"),
            (".devcontainer/devcontainer.json", "init"),
        ];
        for (name, verb) in wanted {
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
