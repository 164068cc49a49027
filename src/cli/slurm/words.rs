//! The words of the command lines that `grade --slurm` writes into its scripts, and checks of those
//! that it passes on.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::script;
use crate::cli::exit::CliError;
use crate::cli::grade_options::GradeOptions;
use crate::cli::sandbox_arg::SandboxArg;
use crate::model::Message;
use crate::model::bytes::printable_text;
use crate::run::Budgets;
use crate::scenario::lab::Lab;

/// Options of sbatch that this command sets itself.
const OWN_OPTIONS: [&str; 10] = [
    "--array",
    "--chdir",
    "--dependency",
    "--error",
    "--job-name",
    "--open-mode",
    "--output",
    "--parsable",
    "--wait",
    "--wrap",
];

/// Their short forms, whose values may be in the same argument: `-a1-2`.
const OWN_SHORT_OPTIONS: [&str; 7] = ["-a", "-D", "-d", "-e", "-J", "-o", "-W"];

/// Describes the options that must stay the same, as a command line.
pub(super) fn described(shards: u32, seed: u64, words: &str) -> String {
    format!("--shards {shards} --seed {seed} {words}")
}

/// Refuses arguments of sbatch that would replace those of this command.
pub(super) fn check_arguments(arguments: &[String]) -> Result<(), CliError> {
    let name = |argument: &str| argument.split_once('=').map_or(argument, |(name, _)| name).to_owned();
    let is_own = |argument: &str| {
        let is_short = OWN_SHORT_OPTIONS.iter().any(|option| argument.starts_with(option));
        is_short || OWN_OPTIONS.contains(&name(argument).as_str())
    };
    match arguments.iter().find(|argument| is_own(argument)) {
        Some(own) => Err(CliError::usage(Message::new("cli-slurm-argument").with("argument", printable_text(own)))),
        None => Ok(()),
    }
}

/// Returns the absolute form of a path. Links stay as they are.
pub(super) fn absolute(path: &Path) -> Result<PathBuf, CliError> {
    Ok(std::path::absolute(path).context("finding the current folder")?)
}

/// Returns the quoted words that must be the same in all shards.
pub(super) fn shard_words(options: &GradeOptions) -> Result<String, CliError> {
    let quoted = |path: &Path| absolute(path).map(|path| script::quoted(path.as_os_str()));
    let is_bundled = Lab::bundled_names().contains(&options.lab);
    let lab = if is_bundled { script::quoted(options.lab.as_ref()) } else { quoted(Path::new(&options.lab))? };
    let mut words = vec!["--lab".to_owned(), lab];
    if let Some(roster) = &options.roster {
        words.extend(["--roster".to_owned(), quoted(roster)?]);
    }
    let usual = Budgets::default();
    let (build, observe) = (options.bounds.build_timeout.0, options.bounds.observe_timeout.0);
    for (name, time, usual) in
        [("--build-timeout", build, usual.builds.limit()), ("--observe-timeout", observe, usual.probes.limit())]
    {
        if time != usual {
            words.extend([name.to_owned(), format!("{}ns", time.as_nanos())]);
        }
    }
    match options.stage {
        SandboxArg::Auto => {}
        SandboxArg::Isolated => words.push("--stage isolated".to_owned()),
        SandboxArg::Plain => words.push("--stage plain".to_owned()),
    }
    words.push("--".to_owned());
    for path in &options.submissions {
        words.push(quoted(path)?);
    }
    Ok(words.join(" "))
}

/// Returns the quoted words that change no result.
pub(super) fn more_words(options: &GradeOptions) -> Result<String, CliError> {
    let mut words = String::new();
    if let Some(jobs) = options.jobs {
        words += &format!("--jobs {jobs} ");
    }
    if let Some(earlier) = &options.earlier {
        words += &format!("--earlier {} ", script::quoted(absolute(earlier)?.as_os_str()));
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_this_command_sets_are_refused() {
        let check = |words: &[&str]| check_arguments(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert!(check(&["--partition=long", "-A", "course", "--array-like"]).is_ok());
        for wrong in ["--array=1-2", "--output", "--dependency=afterok:1", "-a1-2", "-d", "-o", "-Jname"] {
            assert!(matches!(check(&[wrong]), Err(CliError::Usage(_))), "{wrong}");
        }
    }
}
