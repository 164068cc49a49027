//! `lab.yaml` as authors write it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::written::WrittenSection;
use crate::model::{LocalizedText, Protocol, Role};
use crate::scenario::formats::FormatText;
use crate::scenario::syntax::CommandLine;

/// `lab.yaml` as written.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "socklab lab")]
pub struct LabFile {
    /// The lab's name.
    pub lab: String,
    /// Title of the lab.
    #[serde(default)]
    pub title: Option<LocalizedText>,
    /// The programs of the lab, by role.
    #[serde(default)]
    pub roles: BTreeMap<Role, RoleEntry>,
    /// Formats of messages for all scenarios, by name.
    #[serde(default)]
    pub formats: BTreeMap<String, FormatText>,
    /// The scenario files, relative to this file, in the order of the report.
    pub scenarios: Vec<String>,
    /// Verdict of the items whose program was not submitted.
    #[serde(default)]
    pub missing: MissingPolicy,
    /// Points for answering an item in the written report. With 0, the answer is only shown.
    #[serde(default)]
    pub documented: u32,
    /// Files of the course beside this one. Their pictures and texts do not count as the student's.
    #[serde(default)]
    pub given: Vec<String>,
    /// How students name the parts and questions in the written report.
    #[serde(default)]
    pub written: WrittenSection,
}

/// The verdict of items whose program was not submitted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MissingPolicy {
    /// The items are not verified.
    #[default]
    NotVerified,
    /// The items fail.
    Fail,
}

/// A program of the lab.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleEntry {
    /// Title of the program.
    #[serde(default)]
    pub title: Option<LocalizedText>,
    /// Whether it is a server or a client.
    #[serde(default)]
    pub kind: RoleKind,
    /// The transport that it serves, or by which a client connects.
    pub protocol: Protocol,
    /// The port that it serves, or to which a client connects.
    pub port: u16,
    /// The bundled program, with its options, that runs if no other program is given.
    #[serde(default)]
    pub bundled: Option<String>,
    /// The command line of a correct program beside this file, which runs if no other program is
    /// given.
    #[serde(default)]
    pub reference: Option<CommandLine>,
    /// The kind of answer. Identifies its program in a submission without a manifest.
    #[serde(default)]
    pub answers: Option<AnswerKind>,
    /// How many clients it serves.
    #[serde(default)]
    pub serves: Option<Concurrency>,
    /// Words in the name or path of its program. They identify it if its behaviour does not.
    #[serde(default)]
    pub names: Vec<String>,
    /// Roles whose program runs for this one if it was not submitted, in order of preference.
    #[serde(default)]
    pub falls_back_to: Vec<Role>,
}

/// Whether a program waits for clients or connects to a server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RoleKind {
    /// It opens a socket to which clients connect.
    #[default]
    Server,
    /// It connects to a server. Its arguments are the address and the port of the server.
    Client,
}

/// How a server transforms the data that it receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AnswerKind {
    /// It returns the same bytes.
    Echo,
    /// It returns the text in upper case.
    Uppercase,
    /// It answers HTTP requests.
    Http,
}

/// How many clients a server serves, one after another or concurrently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Concurrency {
    /// One client, then it exits.
    One,
    /// Any number of clients.
    Many,
}
