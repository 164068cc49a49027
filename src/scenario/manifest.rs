//! `socklab.yaml`: how the programs of a submission are built and run, as written by the student.
//!
//! Read as strictly as a scenario. The data is untrusted and cannot affect verdicts.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::diagnostic::{Diagnostic, DiagnosticKind};
use super::syntax::CommandLine;
use super::yaml;
use crate::model::{Role, YamlPath};

/// The name of the file.
pub const FILE_NAME: &str = "socklab.yaml";

/// `socklab.yaml` as written.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "socklab submission")]
pub struct Manifest {
    /// The servers, by their role in the lab.
    #[serde(default)]
    pub servers: BTreeMap<Role, ServerEntry>,
    /// The clients, by the role of the server that they connect to.
    #[serde(default)]
    pub clients: BTreeMap<Role, ClientEntry>,
    /// The written report. Default: the README, and other documents with the lab's questions.
    #[serde(default)]
    pub report: Option<String>,
}

/// How a server is built and run.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServerEntry {
    /// The command line: a list of words, or one string that is split into words as a shell does.
    /// No shell is started. `{port}` and `{host}` are replaced.
    pub run: CommandLine,
    /// A command that runs once, before the first start.
    #[serde(default)]
    pub build: Option<CommandLine>,
    /// The port that it serves, if it differs from the lab's.
    #[serde(default)]
    pub port: Option<u16>,
    /// The text written to its standard input.
    #[serde(default)]
    pub stdin: Option<String>,
}

/// How a client is built and run.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientEntry {
    /// The command line, written as for a server.
    pub run: CommandLine,
    /// A command that runs once, before the first start.
    #[serde(default)]
    pub build: Option<CommandLine>,
    /// The text written to its standard input.
    #[serde(default)]
    pub stdin: Option<String>,
}

impl Manifest {
    /// Parses and validates a manifest for a lab with these roles.
    ///
    /// # Errors
    /// Returns an error if the file has mistakes, with all of them.
    pub fn read(file: &str, text: &str, roles: &BTreeSet<Role>) -> Result<Self, Vec<Diagnostic>> {
        let manifest: Self = yaml::read(file, text)?;
        let mut out = Vec::new();
        let known: Vec<&str> = roles.iter().map(Role::as_str).collect();
        for (part, named) in
            [("servers", manifest.servers.keys().collect::<Vec<_>>()), ("clients", manifest.clients.keys().collect())]
        {
            for role in named.into_iter().filter(|role| !roles.contains(*role)) {
                let path = YamlPath::default().key(part).key(role.as_str());
                let mistake = DiagnosticKind::UnknownRole.with("name", role.as_str());
                out.push(Diagnostic::at(file, text, &path, mistake).with_nearest(role.as_str(), &known));
            }
        }
        if let Some(report) = &manifest.report
            && !is_inside(report)
        {
            let mistake = DiagnosticKind::PathOutside.with("path", report.as_str());
            out.push(Diagnostic::at_value(file, text, &YamlPath::default().key("report"), mistake));
        }
        if out.is_empty() { Ok(manifest) } else { Err(out) }
    }
}

/// Returns true if a path stays inside the submission.
fn is_inside(path: &str) -> bool {
    let path = std::path::Path::new(path);
    path.components().all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Manifest, Vec<String>> {
        let roles = ["tcp-simple", "udp-simple"].map(|name| name.parse().expect("a name"));
        let ids = |found: Vec<Diagnostic>| found.into_iter().map(|one| one.message.id.into_owned()).collect();
        Manifest::read(FILE_NAME, text, &BTreeSet::from(roles)).map_err(ids)
    }

    #[test]
    fn command_is_list_or_line() {
        let text = "servers:\n  tcp-simple: { run: python3 'eco servidor.py', port: 9000 }\n  udp-simple: { build: make, run: [./udp, '{port}'] }\n";
        let manifest = read(text).expect("valid manifest");
        let entry = manifest.servers.values().next().expect("a server");
        assert_eq!(
            (entry.run.words(), entry.port),
            (&["python3".to_owned(), "eco servidor.py".to_owned()][..], Some(9000))
        );
    }

    #[test]
    fn mistakes_are_all_reported() {
        let text = "servers:\n  tcp-simpel: { run: x }\n  udp-simple: { rum: x }\nreport: ../README.md\nextra: 1\n";
        let mistakes = read(text).expect_err("invalid manifest");
        assert!(mistakes.contains(&"mistake-unknown-key".to_owned()), "{mistakes:?}");
        let mistakes =
            read("servers:\n  tcp-simpel: { run: x }\nreport: ../README.md\n").expect_err("invalid manifest");
        assert_eq!(mistakes, ["mistake-unknown-role", "mistake-path-outside"]);
    }
}
