//! Expands macros in the tree of a scenario: the steps of a macro come after each step that uses it, with
//! its parameters replaced. Remembers where each step is written, for the locations of mistakes.

use super::tree::{MAX_NODES, Node, NodeKind};
use crate::model::message::Message;
use crate::model::source::{YamlPath, YamlPathPart};
use crate::scenario::diagnostic::{Diagnostic, DiagnosticKind, Mistake};

/// The keyword of the step that uses a macro.
const USE: &str = "use";

/// Where the nodes of an expanded scenario are written.
#[derive(Debug, Default)]
pub(crate) struct Origins {
    /// The path of each step.
    pub(crate) steps: Vec<YamlPath>,
    /// The expanded paths of replaced parameters, and the paths of their values.
    arguments: Vec<(YamlPath, YamlPath)>,
}

impl Origins {
    /// Returns the path in the file of a path in the expanded scenario: in a macro if the step is one of
    /// its steps.
    pub(super) fn step_source(&self, path: &YamlPath) -> YamlPath {
        match path.0.as_slice() {
            [YamlPathPart::Key(key), YamlPathPart::Index(step), rest @ ..] if key == "steps" => {
                self.steps.get(*step).map_or_else(|| path.clone(), |source| joined(source, rest))
            }
            _ => path.clone(),
        }
    }

    /// Returns true if a path leads below a value that replaced a name.
    pub(super) fn is_inside_value(&self, path: &YamlPath) -> bool {
        self.arguments.iter().any(|(at, _)| path.0.len() > at.0.len() && path.0.starts_with(&at.0))
    }

    /// Returns the path in the file of a value: that of the parameter's value if it replaced a name.
    pub(super) fn value_source(&self, path: &YamlPath) -> YamlPath {
        let argument = self.arguments.iter().find(|(at, _)| path.0.starts_with(&at.0));
        argument.map_or_else(|| self.step_source(path), |(at, source)| joined(source, &path.0[at.0.len()..]))
    }
}

/// Returns a path with further parts.
fn joined(path: &YamlPath, rest: &[YamlPathPart]) -> YamlPath {
    YamlPath(path.0.iter().chain(rest).cloned().collect())
}

/// The state of an expansion.
struct Expansion<'a> {
    file: &'a str,
    text: &'a str,
    macros: Vec<(String, Node)>,
    /// The names of the macros that are being expanded, the outermost first.
    open: Vec<String>,
    steps: Vec<Node>,
    origins: Origins,
    nodes: usize,
    out: Vec<Diagnostic>,
}

/// A value for a parameter, and where it is written.
struct Argument<'a> {
    name: &'a str,
    node: &'a Node,
    source: YamlPath,
}

/// Expands the macros of a scenario. Returns where its steps are written, and the mistakes in the use
/// of macros.
pub(super) fn expand(root: &mut Node, file: &str, text: &str) -> (Origins, Vec<Diagnostic>) {
    let NodeKind::Map(entries) = &mut root.kind else { return Default::default() };
    let macros = entries.iter().find(|(key, node)| key == "macros" && !node.removed).map(|(_, node)| node.clone());
    let Some((_, steps)) = entries.iter_mut().find(|(key, node)| key == "steps" && !node.removed) else {
        return Default::default();
    };
    let NodeKind::List(written) = &mut steps.kind else { return Default::default() };
    let macros = match macros.map(|node| node.kind) {
        Some(NodeKind::Map(macros)) => macros.into_iter().filter(|(_, node)| !node.removed).collect(),
        _ => Vec::new(),
    };
    let (steps, origins, out) = (Vec::new(), Origins::default(), Vec::new());
    let mut expansion = Expansion { file, text, macros, open: Vec::new(), steps, origins, nodes: 0, out };
    for (k, step) in std::mem::take(written).into_iter().enumerate() {
        expansion.add(step, &YamlPath::default().key("steps").index(k));
    }
    *written = expansion.steps;
    (expansion.origins, expansion.out)
}

impl Expansion<'_> {
    /// Adds a step, and if it uses a macro, the steps of that. `at` is the path where it is written.
    fn add(&mut self, step: Node, at: &YamlPath) {
        let used = used_macro(&step).map(|(name, values)| (name.to_owned(), values.cloned()));
        self.origins.steps.push(at.clone());
        self.steps.push(step);
        let Some((name, values)) = used else { return };
        let here = at.key(USE);
        // The name is the bare value of the step, or one of its keys.
        let named = if self.text_has(&here.key("macro")) { here.key("macro") } else { here.clone() };
        let Some((_, body)) = self.macros.iter().find(|(known, _)| *known == name).cloned() else {
            let known: Vec<String> = self.macros.iter().map(|(known, _)| known.clone()).collect();
            return self.report_unknown(
                &named,
                true,
                DiagnosticKind::UnknownMacro.with("name", name.as_str()),
                &name,
                &known,
            );
        };
        if self.open.contains(&name) {
            return self.report(&named, DiagnosticKind::MacroCircle.with("name", name.as_str()));
        }
        let parameters = parameters_of(&body);
        let values = values.unwrap_or_default();
        for (given, _) in values.iter().filter(|(given, _)| !parameters.contains(given)) {
            let mistake = DiagnosticKind::UnknownParameter.with("name", given.as_str()).with("macro", name.as_str());
            self.report_unknown(&here.key("with").key(given), false, mistake, given, &parameters);
        }
        for missing in parameters.iter().filter(|name| !values.iter().any(|(given, _)| given == *name)) {
            let mistake = DiagnosticKind::MissingParameter.with("name", missing.as_str()).with("macro", name.as_str());
            self.report(&named, mistake);
        }
        let arguments: Vec<Argument<'_>> = values
            .iter()
            .map(|(name, node)| Argument {
                name,
                node,
                source: self.origins.value_source(&self.expanded_with().key(name)),
            })
            .collect();
        let source = YamlPath::default().key("macros").key(&name).key("steps");
        self.open.push(name);
        for (k, mut step) in steps_of(body).into_iter().enumerate() {
            let at = YamlPath::default().key("steps").index(self.steps.len());
            replace(&mut step, &arguments, &at, &mut self.origins.arguments);
            self.nodes += step.count();
            if self.nodes > MAX_NODES {
                self.report(&here, DiagnosticKind::TooManyValues.with("limit", MAX_NODES));
                break;
            }
            self.add(step, &source.index(k));
        }
        self.open.pop();
    }

    /// Returns the path of the values of the last step in the expanded scenario.
    fn expanded_with(&self) -> YamlPath {
        YamlPath::default().key("steps").index(self.steps.len() - 1).key(USE).key("with")
    }

    fn text_has(&self, path: &YamlPath) -> bool {
        super::locate(self.text, path).is_some()
    }

    fn report(&mut self, path: &YamlPath, mistake: Mistake) {
        self.out.push(Diagnostic::at_value(self.file, self.text, path, mistake));
    }

    /// Reports an unknown name: a value, or else a key.
    fn report_unknown(&mut self, path: &YamlPath, is_value: bool, mistake: Mistake, found: &str, known: &[String]) {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        let at = if is_value { Diagnostic::at_value } else { Diagnostic::at };
        let mut diagnostic = at(self.file, self.text, path, mistake);
        if !known.is_empty() {
            diagnostic = diagnostic.with_expected(Message::new("expected-one-of").with("words", known.join(", ")));
        }
        self.out.push(diagnostic.with_nearest(found, &known));
    }
}

/// The entries of a map.
type Entries = Vec<(String, Node)>;

/// Returns the name of the macro that a step uses, and the values of its parameters.
fn used_macro(step: &Node) -> Option<(&str, Option<&Entries>)> {
    let NodeKind::Map(entries) = &step.kind else { return None };
    let (_, used) = entries.iter().find(|(key, node)| key == USE && !node.removed)?;
    match &used.kind {
        NodeKind::Text(name) => Some((name, None)),
        NodeKind::Map(entries) => {
            let entry = |key: &str| entries.iter().find(|(known, node)| known == key && !node.removed);
            let NodeKind::Text(name) = &entry("macro")?.1.kind else { return None };
            match entry("with").map(|(_, node)| &node.kind) {
                Some(NodeKind::Map(values)) => Some((name, Some(values))),
                _ => Some((name, None)),
            }
        }
        _ => None,
    }
}

/// Returns the names of the parameters of a macro.
fn parameters_of(body: &Node) -> Vec<String> {
    let NodeKind::Map(entries) = &body.kind else { return Vec::new() };
    let list = entries.iter().find(|(key, _)| key == "parameters").map(|(_, node)| &node.kind);
    let Some(NodeKind::List(names)) = list else { return Vec::new() };
    let name = |node: &Node| match &node.kind {
        NodeKind::Text(name) => Some(name.clone()),
        _ => None,
    };
    names.iter().filter_map(name).collect()
}

/// Returns the steps of a macro.
fn steps_of(body: Node) -> Vec<Node> {
    let NodeKind::Map(entries) = body.kind else { return Vec::new() };
    match entries.into_iter().find(|(key, _)| key == "steps").map(|(_, node)| node.kind) {
        Some(NodeKind::List(steps)) => steps,
        _ => Vec::new(),
    }
}

/// Replaces the names of parameters in the texts of a node. A text that is only a name becomes the value,
/// of any kind.
fn replace(node: &mut Node, arguments: &[Argument<'_>], at: &YamlPath, origins: &mut Vec<(YamlPath, YamlPath)>) {
    match &mut node.kind {
        NodeKind::Text(text) => {
            let is_sole = |argument: &&Argument<'_>| *text == format!("{{{}}}", argument.name);
            if let Some(argument) = arguments.iter().find(is_sole) {
                origins.push((at.clone(), argument.source.clone()));
                *node = argument.node.clone();
                return;
            }
            for argument in arguments {
                if let Some(value) = argument.node.as_text() {
                    *text = text.replace(&format!("{{{}}}", argument.name), &value);
                }
            }
        }
        NodeKind::List(elements) => {
            for (k, element) in elements.iter_mut().enumerate() {
                replace(element, arguments, &at.index(k), origins);
            }
        }
        NodeKind::Map(entries) => {
            for (key, value) in entries {
                replace(value, arguments, &at.key(key), origins);
            }
        }
        _ => {}
    }
}

impl Node {
    /// Returns the number of nodes in it.
    fn count(&self) -> usize {
        1 + match &self.kind {
            NodeKind::List(elements) => elements.iter().map(Self::count).sum(),
            NodeKind::Map(entries) => entries.iter().map(|(_, node)| node.count()).sum(),
            _ => 0_usize,
        }
    }

    /// Returns a text, a number or a truth value as it is written.
    fn as_text(&self) -> Option<String> {
        match &self.kind {
            NodeKind::Text(text) | NodeKind::Number(_, text) => Some(text.clone()),
            NodeKind::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }
}
