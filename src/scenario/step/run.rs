//! Steps for programs that are no servers: run them and type to them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::process::{ServerArg, server_id};
use super::{GivenFiles, Perform};
use crate::model::HostName;
use crate::scenario::diagnostic::DiagnosticKind;
use crate::scenario::runtime::{RunRequest, Runtime, RuntimeError, TypeRequest};
use crate::scenario::syntax::{DurationArg, Keyword, is_default};
use crate::scenario::template;
use crate::scenario::validate::Scope;

/// Starts a program that is no server, such as a client, and goes on at once: no socket of it is
/// waited for. `{host}` and `{port}` are the address of the last server or listening socket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// The role whose program is started, or a command line as a list of words.
    pub program: ServerArg,
    /// Further words of the command line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Variables of its environment, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub env: BTreeMap<String, String>,
    /// Files that the program finds in its working directory, by path; a file of this name that is
    /// part of the program is replaced for the run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub files: GivenFiles,
    /// On which host, if there are two.
    #[serde(default)]
    pub on: Option<HostName>,
    /// Text written to its standard input, which stays open.
    #[serde(default)]
    pub stdin: Option<String>,
}

impl Keyword for Run {
    const SHORTHAND_FIELD: Option<&'static str> = Some("program");
}

impl Perform for Run {
    fn check(&self, names: &mut Scope<'_>) {
        self.program.check(names, "program");
        self.args.iter().for_each(|word| names.check_template(&["args"], word));
        for (name, value) in &self.env {
            if name.is_empty() || name.contains(['=', '\0']) {
                names.report(&["env", name], DiagnosticKind::EnvironmentName);
            }
            names.check_template(&["env", name], value);
        }
        self.files.check(names);
        if let Some(text) = &self.stdin {
            names.check_template(&["stdin"], text);
        }
        names.check_host_choice(&["on"], self.on.as_ref());
        names.declare_server();
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        let request = RunRequest {
            program: self.program.program(),
            args: self.args.clone(),
            env: self.env.clone(),
            files: self.files.contents(&|name| stage.file(name).map(<[u8]>::to_vec)),
            on: self.on.clone(),
            stdin: self.stdin.clone(),
        };
        stage.run(&request)
    }
}

/// Types: writes to the standard input of a program.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Type {
    /// This text; a line ends with `\n`. `{name}` is a variable.
    pub text: String,
    /// Whether the standard input ends after the text, as with Ctrl-D.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub close: bool,
    /// To which program, counted from 1 in the order of their starts; default: the last one.
    pub program: Option<u32>,
    /// How long until the program has read what a full pipe does not hold; default:
    /// `limits.answer`.
    pub within: Option<DurationArg>,
}

impl Keyword for Type {
    const SHORTHAND_FIELD: Option<&'static str> = Some("text");
}

impl Perform for Type {
    fn check(&self, names: &mut Scope<'_>) {
        names.check_server(&["program"], self.program);
        names.check_template(&["text"], &self.text);
        if self.text.is_empty() && !self.close {
            names.report(&["text"], DiagnosticKind::EmptyText);
        }
    }
    fn perform(&self, stage: &mut dyn Runtime) -> Result<(), RuntimeError> {
        stage.type_input(&TypeRequest {
            program: server_id(self.program),
            bytes: template::fill(&self.text, &stage.values()).into_bytes(),
            close: self.close,
            within: self.within.map(|time| time.0),
        })
    }
}
