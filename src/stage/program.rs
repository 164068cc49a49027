//! A program that can be started, or talked to, for a role.

use std::net::SocketAddr;

use crate::model::{Protocol, Role};

/// A program that can be started for a role.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct ProgramEntry {
    /// What is run, or where it already runs.
    pub runs: Runs,
    /// The transport that it should serve.
    pub protocol: Option<Protocol>,
    /// The port that it should serve.
    pub port: Option<u16>,
    /// The role that it was written for, where it only stands in for one that was not given.
    pub stands_in: Option<Role>,
    /// What is written to its standard input, where the scenario says nothing else.
    #[serde(default)]
    pub stdin: Option<String>,
}

impl ProgramEntry {
    /// A program of which nothing more is known.
    #[must_use]
    pub const fn of(runs: Runs) -> Self {
        Self { runs, protocol: None, port: None, stands_in: None, stdin: None }
    }
}

/// What a role's program is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Runs {
    /// One of the programs that socklab carries: its name, then its options.
    Bundled(Vec<String>),
    /// A command line; `{port}` and `{host}` are replaced.
    Command(Vec<String>),
    /// It runs already, at this address: it can only be talked to.
    Target(SocketAddr),
}
