//! Selects the programs of a run: the lab's own, those of the options, and the roles without a
//! program.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;

use super::parse_pairs;
use crate::cli::arguments::RunOptions;
use crate::cli::exit::CliError;
use crate::cli::load::{self, LoadedLab};
use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::{Cause, Message, Role, Verdict};
use crate::run::judge::MissingProgram;
use crate::run::sandbox_config;
use crate::scenario::lab::{self, Lab, MissingPolicy};

/// Returns the lab's reference programs by role.
pub(in crate::cli) fn references(named: &LoadedLab) -> BTreeMap<Role, ProgramSpec> {
    let folder = named.folder.as_path();
    let roles = named.lab.roles.iter();
    roles
        .filter_map(|(role, entry)| {
            let runs = match &entry.reference {
                Some(line) => ProgramSource::Command(load::resolve_beside(folder, line.words())),
                None => ProgramSource::Bundled(lab::bundled_command(entry)?),
            };
            Some((role.clone(), sandbox_config::entry(entry, runs)))
        })
        .collect()
}

/// Returns the programs by role: the lab's reference programs, replaced by those of the options.
pub(super) fn programs(options: &RunOptions, named: &LoadedLab) -> Result<BTreeMap<Role, ProgramSpec>, CliError> {
    let lab = &named.lab;
    let mut programs = references(named);
    for (name, command) in parse_pairs(&options.servers, "--server")? {
        let words = match shell_words::split(&command) {
            Ok(words) if !words.is_empty() => words,
            _ => return Err(CliError::usage(Message::new("cli-bad-command").with("command", command))),
        };
        if let Some(folder) = words.first().filter(|word| is_path(word) && Path::new(word).is_dir()) {
            return Err(CliError::usage(Message::new("cli-server-folder").with("folder", folder.as_str())));
        }
        replace(&mut programs, lab, &name, ProgramSource::Command(words))?;
    }
    let servers = parse_pairs(&options.servers, "--server")?;
    for (name, address) in parse_pairs(&options.targets, "--target")? {
        if servers.contains_key(&name) {
            return Err(CliError::usage(Message::new("cli-server-and-target").with("role", name)));
        }
        replace(&mut programs, lab, &name, ProgramSource::Target(resolve_target(&address)?))?;
    }
    // A program that already runs elsewhere cannot also run on a host of a scenario.
    let given = servers.into_keys().filter_map(|name| name.parse().ok()).collect();
    let targets: BTreeSet<Role> =
        parse_pairs(&options.targets, "--target")?.into_keys().filter_map(|name| name.parse().ok()).collect();
    sandbox_config::fall_back(&mut programs, lab, &given, &targets, &|_| 0);
    Ok(programs)
}

/// Resolves the address of a running server. Distinguishes an unknown host name from a malformed
/// address.
fn resolve_target(address: &str) -> Result<SocketAddr, CliError> {
    let named = address.rsplit_once(':').filter(|(host, port)| {
        let is_number = port.parse::<u16>().is_ok();
        is_number && !host.is_empty() && !host.contains([':', '/', '[', '@']) && !host.contains(char::is_whitespace)
    });
    let found = address.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| {
        CliError::usage(match named {
            Some((host, _)) => Message::new("cli-unknown-name").with("name", host),
            None => Message::new("cli-bad-address").with("address", address),
        })
    })
}

/// Returns true if a word names a file by its path and is not searched in PATH.
fn is_path(word: &str) -> bool {
    word.contains('/') || matches!(word, "." | "..")
}

fn replace(
    programs: &mut BTreeMap<Role, ProgramSpec>,
    lab: &Lab,
    name: &str,
    runs: ProgramSource,
) -> Result<(), CliError> {
    let Some((role, entry)) = lab.roles.iter().find(|(role, _)| role.as_str() == name) else {
        let known: Vec<&str> = lab.roles.keys().map(Role::as_str).collect();
        let message = Message::new("cli-unknown-role").with("role", name).with("known", known.join(", "));
        return Err(CliError::usage(load::with_suggestion(message, name, &known)));
    };
    programs.insert(role.clone(), sandbox_config::entry(entry, runs));
    Ok(())
}

/// Returns the roles without a program. Their items are not verified, or fail if the lab says so.
pub(super) fn missing_programs(lab: &Lab, programs: &BTreeMap<Role, ProgramSpec>) -> BTreeMap<Role, MissingProgram> {
    let verdict = if lab.missing == MissingPolicy::Fail { Verdict::Fail } else { Verdict::NotVerified };
    let nothing = || MissingProgram::new(verdict, Cause::NotDelivered {});
    lab.roles.keys().filter(|role| !programs.contains_key(*role)).map(|role| (role.clone(), nothing())).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::options;
    use super::*;

    #[test]
    fn role_without_program_is_not_submitted() {
        let lab =
            load::load_lab(lab::DEFAULT_LAB, &BTreeMap::new()).map_err(|_| "a mistake").expect("the lab is right");
        let mut programs =
            programs(&options(&[]), &LoadedLab::whole(lab.clone())).map_err(|_| "a mistake").expect("they are right");
        assert!(missing_programs(&lab, &programs).is_empty(), "every role of it has a program of its own");
        let role: Role = "tcp-multi".parse().expect("a role");
        programs.remove(&role);
        let absent = missing_programs(&lab, &programs);
        let nothing = MissingProgram::new(Verdict::NotVerified, Cause::NotDelivered {});
        assert_eq!(absent, [(role, nothing)].into());
    }
}
