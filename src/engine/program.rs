//! The program of a role: a command to start, or the address of a running server.

use std::net::SocketAddr;

use crate::model::{Protocol, Role};

/// A program for a role.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct ProgramSpec {
    /// The program to start, or its address if it already runs.
    pub runs: ProgramSource,
    /// The expected transport of the program.
    pub protocol: Option<Protocol>,
    /// The expected port of the program.
    pub port: Option<u16>,
    /// The role that it was written for, if it substitutes a program that was not submitted.
    pub stands_in: Option<Role>,
    /// The text written to its standard input, unless the scenario has its own.
    #[serde(default)]
    pub stdin: Option<String>,
}

impl ProgramSpec {
    /// Creates an entry with only a program.
    #[must_use]
    pub(crate) const fn new(runs: ProgramSource) -> Self {
        Self { runs, protocol: None, port: None, stands_in: None, stdin: None }
    }
}

/// The source of a role's program.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) enum ProgramSource {
    /// A program bundled with socklab: its name, then its options.
    Bundled(Vec<String>),
    /// A command line, in which `{port}` and `{host}` are replaced.
    Command(Vec<String>),
    /// The address of a running server. socklab can only connect to it.
    Target(SocketAddr),
}
