//! Floor 2: the scenario language: syntax, meaning, and the pure judges of recorded evidence. Acts
//! only through the trait [`runtime::Runtime`]; does not know processes, sockets or threads.

mod contents;
pub mod diagnostic;
pub(crate) mod dialogue;
pub mod expect;
pub(crate) mod fields;
mod formats;
mod hexadecimal;
pub(crate) mod hosts;
mod item;
pub mod lab;
mod limits;
pub(crate) mod link;
pub(crate) mod link_rule;
mod macros;
pub mod manifest;
mod payload;
mod regex_error;
pub(crate) mod runtime;
pub(crate) mod schema;
pub(crate) mod script;
mod shorthand;
mod source_map;
pub mod step;
pub(crate) mod summary;
mod suppress;
pub(crate) mod syntax;
pub(crate) mod template;
pub(crate) mod validate;
pub(crate) mod yaml;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use self::diagnostic::{Diagnostic, DiagnosticKind, Mistake};
use self::expect::Expectation;
use self::formats::{FormatSource, FormatText};
use self::hosts::Host;
pub use self::item::{Item, Visibility};
pub use self::limits::{Limits, MAX_CLIENTS};
use self::link::Link;
use self::macros::Macro;
use self::source_map::Locations;
use self::step::{ServerArg, Step};
use self::suppress::SyntaxErrors;
use self::syntax::CommandLine;
use self::validate::{Declared, Scope};
use crate::model::{HostName, ItemId, LocalizedText, Role, YamlPath};
use crate::packet::layout::Layout;

/// A scenario file as written.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(title = "socklab scenario")]
pub struct ScenarioFile {
    /// The scenario's name. Default: the name of the file.
    pub scenario: Option<String>,
    /// Title of the scenario.
    pub title: Option<LocalizedText>,
    /// Variables for use in braces: `{name}`. `n`, `host` and `port` are predefined.
    pub variables: BTreeMap<String, Value>,
    /// Deadlines and limits.
    #[serde(skip_serializing_if = "syntax::is_default")]
    pub limits: Limits,
    /// The two hosts, each with its own network. Steps then name the host on which they act.
    /// Default: a single machine.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<Host>,
    /// Impairments of the link between the two hosts. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<Link>,
    /// Formats of messages, by name. Steps send and receive messages of them, and expectations compare
    /// their fields.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub formats: BTreeMap<String, FormatText>,
    /// Steps that are used several times, by name, with parameters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub macros: BTreeMap<String, Macro>,
    /// The short form: the server's command line (or role), started before the steps.
    pub server: Option<CommandLine>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The lab items that are judged.
    pub items: Vec<Item>,
    /// The short form: the expectations of the only item, which is named after the file.
    pub expect: Vec<Expectation>,
}

/// The value of a variable.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Value {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
}

/// A scenario that was parsed and validated.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// The scenario's name.
    pub name: String,
    /// The file that it was read from, as the caller named it.
    pub file: String,
    /// The file's text, used to find locations.
    pub text: String,
    /// The contents of the files named by its payloads, by name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Title of the scenario.
    pub title: Option<LocalizedText>,
    /// The values of its variables, by name.
    pub variables: BTreeMap<String, String>,
    /// Deadlines and limits.
    pub limits: Limits,
    /// The two hosts, or empty if everything runs on one machine.
    pub hosts: Vec<Host>,
    /// Impairments of the link between the two hosts.
    pub link: Link,
    /// The layouts of the formats, by name.
    pub formats: BTreeMap<String, Layout>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// The lab items that are judged.
    pub items: Vec<Item>,
    /// True if the file is written in the short form.
    pub short_form: bool,
    /// The locations of its expectations, computed on first use.
    locations: Locations,
    /// The path of each step as written: those of macros come after the steps that use them.
    step_paths: Vec<YamlPath>,
}

/// The context in which a scenario is read.
#[derive(Debug, Clone, Copy, Default)]
pub struct ReadContext<'a> {
    /// The roles of the lab. `None` outside of a lab: role names are then not checked.
    pub roles: Option<&'a BTreeSet<Role>>,
    /// Values from the command line that override the scenario's variables.
    pub variables: Option<&'a BTreeMap<String, String>>,
    /// The formats that the lab declares for all scenarios, `None` for those that have mistakes.
    pub formats: Option<&'a BTreeMap<String, Option<Layout>>>,
}

/// The result of a lenient read: the readable part of a scenario, and every mistake in it.
#[derive(Debug)]
pub struct ParseOutcome {
    /// The scenario without its unreadable parts, or `None` if nothing could be read.
    pub scenario: Option<Scenario>,
    /// The author's mistakes, ordered by location.
    pub diagnostics: Vec<Diagnostic>,
    /// True if the ids of all items in the file are known.
    pub all_items_known: bool,
}

impl ParseOutcome {
    /// Returns the scenario if it has no mistakes.
    ///
    /// # Errors
    /// Returns an error if there is any mistake, with all of them.
    pub fn into_result(self) -> Result<Scenario, Vec<Diagnostic>> {
        self.scenario.filter(|_| self.diagnostics.is_empty()).ok_or(self.diagnostics)
    }
}

impl Scenario {
    /// Parses and validates a scenario. Reports every mistake at once.
    ///
    /// # Errors
    /// Returns an error if the author made mistakes, ordered by location.
    pub fn parse(file: &str, text: &str, setting: ReadContext<'_>) -> Result<Self, Vec<Diagnostic>> {
        Self::parse_lenient(file, text, setting).into_result()
    }

    /// Like [`Scenario::parse`], but also returns the readable part of a scenario with mistakes.
    #[must_use]
    pub fn parse_lenient(file: &str, text: &str, setting: ReadContext<'_>) -> ParseOutcome {
        let ((mut written, origins), mut out) = match yaml::read_scenario::<ScenarioFile>(file, text) {
            Ok(written) => (written, Vec::new()),
            Err((mistakes, Some(rest))) => (rest, mistakes),
            Err((mistakes, None)) => {
                return ParseOutcome { scenario: None, diagnostics: mistakes, all_items_known: false };
            }
        };
        let of_shape = out.len();
        let shape = SyntaxErrors::new(&out, &written);
        let name = written.scenario.take().unwrap_or_else(|| shorthand::name_from_file(file));
        let short = written.server.is_some() || !written.expect.is_empty();
        if short {
            shorthand::expand(&name, &mut written, setting, file, text, &mut out);
        }
        let variables = resolve_variables(&written, setting, file, text, &mut out);
        let layouts = formats::resolve(&written.formats, setting.formats, FormatSource { file, text }, &mut out);
        let mut scenario = Self {
            name,
            file: file.to_owned(),
            text: text.to_owned(),
            files: BTreeMap::new(),
            title: written.title,
            variables,
            limits: written.limits,
            hosts: written.hosts,
            link: written.link.clone().unwrap_or_default(),
            formats: BTreeMap::new(),
            steps: written.steps,
            items: written.items,
            short_form: short,
            locations: Locations::default(),
            step_paths: origins.steps,
        };
        scenario.validate_hosts(written.link.is_some(), &mut out);
        scenario.validate(setting, &layouts, &mut out);
        scenario.formats = layouts.into_iter().filter_map(|(name, layout)| Some((name, layout?))).collect();
        scenario.resolve_formats();
        // A semantic mistake may only follow from a part that could not be read.
        let meaning = out.split_off(of_shape);
        out.extend(meaning.into_iter().filter(|diagnostic| !shape.suppresses(diagnostic)));
        out.sort_by_key(|diagnostic| (diagnostic.line, diagnostic.column));
        // A mistake in a macro is found wherever that is used.
        out.dedup();
        ParseOutcome { scenario: Some(scenario), diagnostics: out, all_items_known: shape.knows_all_ids() }
    }

    /// Returns the path of an expectation of an item.
    #[must_use]
    pub fn expectation_path(&self, item: usize, expectation: usize) -> YamlPath {
        if self.short_form {
            return YamlPath::default().key("expect").index(expectation);
        }
        YamlPath::default().key("items").index(item).key("expect").index(expectation)
    }

    /// Returns the path of a step. In the short form, the first step is the `server` line.
    fn step_path(&self, step: usize) -> YamlPath {
        let index = match (self.short_form, step) {
            (true, 0) => return YamlPath::default().key("server"),
            (true, step) => step - 1,
            (false, step) => step,
        };
        self.step_paths.get(index).cloned().unwrap_or_else(|| YamlPath::default().key("steps").index(index))
    }

    /// Returns the role whose program the scenario starts first.
    #[must_use]
    pub fn first_role(&self) -> Option<&Role> {
        self.roles().next()
    }

    /// Returns every role whose program it starts.
    pub fn roles(&self) -> impl Iterator<Item = &Role> {
        self.steps.iter().filter_map(Step::program).filter_map(ServerArg::role)
    }

    /// Returns true if an expectation of the selected items needs this kind of evidence.
    #[must_use]
    pub fn needs_evidence(&self, kind: crate::model::EvidenceKind, is_wanted: impl Fn(&ItemId) -> bool) -> bool {
        let mut all = self.items.iter().filter(|item| is_wanted(&item.id)).flat_map(|item| &item.expect);
        all.any(|expectation| expectation.act().needs().contains(kind))
    }

    fn validate(
        &self,
        setting: ReadContext<'_>,
        formats: &BTreeMap<String, Option<Layout>>,
        out: &mut Vec<Diagnostic>,
    ) {
        let mut known: BTreeSet<String> = self.variables.keys().cloned().collect();
        known.extend(template::PREDEFINED_NAMES.map(str::to_owned));
        if self.limits.clients == 0 || self.limits.clients > MAX_CLIENTS {
            let path = YamlPath::default().key("limits").key("clients");
            let mistake = DiagnosticKind::Between.with("least", 1u32).with("most", MAX_CLIENTS);
            out.push(Diagnostic::at(&self.file, &self.text, &path, mistake));
        }
        let whole = |kind: DiagnosticKind| Diagnostic::at(&self.file, &self.text, &YamlPath::default(), kind);
        if self.steps.is_empty() {
            out.push(whole(DiagnosticKind::NoSteps));
        }
        if self.items.is_empty() {
            out.push(whole(DiagnosticKind::NoItems));
        }
        let hosts: Vec<HostName> = self.hosts.iter().map(|host| host.name.clone()).collect();
        let captures = self.captures();
        let known = Declared { roles: setting.roles, variables: &known, hosts: &hosts, formats, captures: &captures };
        let mut names = Scope::new(&self.file, &self.text, known, self.limits.clients, out);
        if !hosts.is_empty() {
            self.link.check(&mut names);
        }
        for (k, step) in self.steps.iter().enumerate() {
            names.enter(if self.short_form && k == 0 { self.step_path(k) } else { self.step_path(k).key(step.word()) });
            step.act().check(&mut names);
        }
        for (k, item) in self.items.iter().enumerate() {
            for (n, expectation) in item.expect.iter().enumerate() {
                names.enter(self.expectation_path(k, n).key(expectation.word()));
                expectation.act().check(&mut names);
            }
        }
        self.validate_items(out);
    }

    /// Checks that there are either no hosts or two with different names and addresses, and that a
    /// link has hosts to connect.
    fn validate_hosts(&self, has_link: bool, out: &mut Vec<Diagnostic>) {
        let mut mistake =
            |path: &YamlPath, mistake: Mistake| out.push(Diagnostic::at(&self.file, &self.text, path, mistake));
        let here = YamlPath::default().key("hosts");
        match self.hosts.as_slice() {
            [] if has_link => mistake(&YamlPath::default().key("link"), DiagnosticKind::LinkWithoutHosts.into()),
            [] => {}
            [one, other] => {
                let same = one.name == other.name || one.address_at(0) == other.address_at(1);
                if same {
                    mistake(&here, DiagnosticKind::SameHosts.into());
                }
            }
            all => mistake(&here, DiagnosticKind::TwoHosts.with("hosts", all.len())),
        }
    }

    fn validate_items(&self, out: &mut Vec<Diagnostic>) {
        let mut seen = BTreeSet::new();
        for (k, item) in self.items.iter().enumerate() {
            let here = YamlPath::default().key("items").index(k);
            let mut mistake =
                |path: &YamlPath, mistake: Mistake| out.push(Diagnostic::at(&self.file, &self.text, path, mistake));
            if !seen.insert(&item.id) {
                mistake(&here.key("id"), DiagnosticKind::ItemTwice.with("item", item.id.as_str()));
            }
            if item.expect.is_empty() {
                let path = if self.short_form { YamlPath::default() } else { here.key("expect") };
                mistake(&path, DiagnosticKind::NoExpectations.into());
            }
            if item.needs.contains(&item.id) {
                mistake(&here.key("needs"), DiagnosticKind::NeedsItself.with("item", item.id.as_str()));
            }
        }
    }
}

/// Returns the values of the variables: those of the file, overridden by the command line.
fn resolve_variables(
    written: &ScenarioFile,
    setting: ReadContext<'_>,
    file: &str,
    text: &str,
    out: &mut Vec<Diagnostic>,
) -> BTreeMap<String, String> {
    let mut values = BTreeMap::new();
    for (name, value) in &written.variables {
        let value = match value {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
        };
        if template::PREDEFINED_NAMES.contains(&name.as_str()) || !template::is_variable_name(name) {
            let path = YamlPath::default().key("variables").key(name);
            let is_name = template::is_variable_name(name);
            let kind = if is_name { DiagnosticKind::VariableGiven } else { DiagnosticKind::VariableName };
            out.push(Diagnostic::at(file, text, &path, kind.with("name", name.as_str())));
        }
        values.insert(name.clone(), value);
    }
    for (name, value) in setting.variables.into_iter().flatten() {
        if let Some(own) = values.get_mut(name) {
            own.clone_from(value);
        }
    }
    values
}
