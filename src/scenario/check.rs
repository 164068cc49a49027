//! Semantic validation: mistakes that are visible only in the whole scenario. Examples are
//! undeclared names, evidence that no step produces, and exceeded limits.

use std::collections::BTreeSet;

use super::diagnostic::Diagnostic;
use super::pattern::error_in;
use super::template::unknown_names;
use crate::model::{HostName, Message, Path, Role, SnapshotName};

/// The declarations of a scenario, and the list that collects its mistakes. Steps declare names in
/// order; expectations use them afterwards.
#[derive(Debug)]
pub struct Names<'a> {
    file: &'a str,
    text: &'a str,
    here: Path,
    out: &'a mut Vec<Diagnostic>,
    /// Declarations from outside the steps.
    known: Known<'a>,
    /// Maximum number of clients in the scenario.
    pub most_clients: u32,
    started: usize,
    clients: u32,
    /// True if a `connect` step has a wrong number of clients. The total is then unknown.
    is_uncounted: bool,
    sends: bool,
    awaits_exit: bool,
    snapshots: BTreeSet<SnapshotName>,
}

/// The names known before the first step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    /// The roles of the lab. `None` if the scenario is not part of a lab.
    pub(super) roles: Option<&'a BTreeSet<Role>>,
    /// The names allowed in braces.
    pub(super) variables: &'a BTreeSet<String>,
    /// The hosts. Empty if everything runs on one machine.
    pub(super) hosts: &'a [HostName],
}

impl<'a> Names<'a> {
    /// Creates a scope without declarations.
    pub(super) fn new(
        file: &'a str,
        text: &'a str,
        known: Known<'a>,
        most_clients: u32,
        out: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            file,
            text,
            here: Path::default(),
            out,
            known,
            most_clients,
            started: 0,
            clients: 0,
            is_uncounted: false,
            sends: false,
            awaits_exit: false,
            snapshots: BTreeSet::new(),
        }
    }

    /// Sets the path that later mistakes are relative to.
    pub(super) fn enter(&mut self, path: Path) {
        self.here = path;
    }

    /// Reports a mistake at `keys` below the current path.
    pub fn mistake(&mut self, keys: &[&str], message: Message) {
        let path = keys.iter().fold(self.here.clone(), |path, key| path.key(key));
        self.out.push(Diagnostic::at(self.file, self.text, &path, message));
    }

    /// Checks a regular expression.
    pub fn pattern(&mut self, key: &str, pattern: Option<&String>) {
        let Some((pattern, error)) = pattern.and_then(|pattern| Some((pattern, error_in(pattern)?))) else {
            return;
        };
        let path = self.here.key(key);
        let message = Message::new("mistake-regex").with("problem", error.problem);
        let span = error.span.unwrap_or(0..pattern.len());
        self.out.push(Diagnostic::inside_value(self.file, self.text, &path, (pattern, span), message));
    }

    /// Reports an unknown name, with the nearest known one.
    fn unknown<'b>(&mut self, keys: &[&str], id: &'static str, found: &str, known: impl Iterator<Item = &'b str>) {
        let known: Vec<&str> = known.collect();
        let path = keys.iter().fold(self.here.clone(), |path, key| path.key(key));
        let mut diagnostic = Diagnostic::at_value(self.file, self.text, &path, Message::new(id).with("name", found));
        if !known.is_empty() {
            diagnostic = diagnostic.expecting(Message::new("expected-one-of").with("words", known.join(", ")));
        }
        self.out.push(diagnostic.near(found, &known));
    }

    /// Declares a server, for a `start` step.
    pub fn start(&mut self) {
        self.started += 1;
    }

    /// Checks that a role exists.
    pub fn role(&mut self, keys: &[&str], role: &Role) {
        if let Some(roles) = self.known.roles
            && !roles.contains(role)
        {
            self.unknown(keys, "mistake-unknown-role", role.as_str(), roles.iter().map(Role::as_str));
        }
    }

    /// Checks the host of a step. It is required if there are two hosts, and forbidden on a single
    /// machine.
    pub fn on_host(&mut self, keys: &[&str], host: Option<&HostName>) {
        let hosts = self.known.hosts;
        match host {
            None if hosts.is_empty() => {}
            None => {
                let known: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
                self.mistake(&[], Message::new("mistake-which-host").with("hosts", known.join(", ")));
            }
            Some(host) => self.host(keys, host),
        }
    }

    /// Fewer edits for short words: two edits change most of a word of three letters.
    pub fn host(&mut self, keys: &[&str], host: &HostName) {
        let hosts = self.known.hosts;
        if !hosts.contains(host) {
            self.unknown(keys, "mistake-unknown-host", host.as_str(), hosts.iter().map(HostName::as_str));
        }
    }

    /// Checks that there are two hosts, for an expectation about the link.
    pub fn has_hosts(&mut self) {
        if self.known.hosts.is_empty() {
            self.mistake(&[], Message::new("mistake-needs-hosts"));
        }
    }

    /// Checks that a server was started before.
    pub fn server_started(&mut self) {
        if self.started == 0 {
            self.mistake(&[], Message::new("mistake-no-server"));
        }
    }

    /// Checks that a server was started before and that its number, from 1, exists.
    pub fn server_exists(&mut self, keys: &[&str], number: Option<u32>) {
        self.server_started();
        if let Some(bad) = number.filter(|&n| n == 0 || n as usize > self.started) {
            self.mistake(
                keys,
                Message::new("mistake-unknown-server").with("server", bad).with("servers", self.started),
            );
        }
    }

    /// Declares clients, for a `connect` step.
    pub fn connect(&mut self, clients: u32) {
        if clients == 0 {
            self.mistake(&["clients"], Message::new("mistake-no-clients"));
            self.is_uncounted = true;
        }
        self.clients = self.clients.saturating_add(clients);
        if self.clients > self.most_clients {
            let message =
                Message::new("mistake-too-many-clients").with("clients", self.clients).with("most", self.most_clients);
            self.mistake(&["clients"], message);
        }
    }

    /// Checks that clients were connected before and that the chosen numbers exist.
    pub fn clients_exist(&mut self, chosen: Option<&[u32]>) {
        if self.clients == 0 && !self.is_uncounted {
            self.mistake(&[], Message::new("mistake-nobody-connects"));
        } else if let Some(chosen) = chosen {
            if let Some(&bad) = chosen.iter().find(|&&n| n == 0 || n > self.clients && !self.is_uncounted) {
                let message = Message::new("mistake-unknown-client").with("client", bad).with("clients", self.clients);
                self.mistake(&["clients"], message);
            }
            if chosen.is_empty() {
                self.mistake(&["clients"], Message::new("mistake-no-clients"));
            }
        }
    }

    /// Checks that the clients connected before are at least as many as an expectation wants.
    pub fn connects(&mut self, wanted: Option<u32>) {
        self.clients_exist(None);
        if let Some(wanted) = wanted.filter(|&wanted| wanted > self.clients && self.clients > 0 && !self.is_uncounted) {
            let message =
                Message::new("mistake-more-than-connect").with("wanted", wanted).with("clients", self.clients);
            self.mistake(&["clients"], message);
        }
    }

    /// Declares that data is sent, for a `send` or `exchange` step.
    pub fn send(&mut self) {
        self.sends = true;
    }

    /// Checks that clients exist and that data was sent, for an expectation about answers.
    pub fn answers(&mut self, chosen: Option<&[u32]>) {
        self.clients_exist(chosen);
        if !self.sends && (self.clients > 0 || self.is_uncounted) {
            self.mistake(&[], Message::new("mistake-nothing-sent"));
        }
    }

    /// Declares that the exit is awaited, for a `wait` or `stop` step.
    pub fn await_exit(&mut self) {
        self.awaits_exit = true;
    }

    /// Checks that the exit was awaited, for an expectation about it.
    pub fn exit_is_awaited(&mut self) {
        if !self.awaits_exit {
            self.mistake(&[], Message::new("mistake-exit-not-awaited"));
        }
    }

    /// Declares a snapshot.
    pub fn snapshot(&mut self, name: &SnapshotName, keys: &[&str]) {
        if !self.snapshots.insert(name.clone()) {
            self.mistake(keys, Message::new("mistake-snapshot-twice").with("name", name.as_str()));
        }
    }

    /// Checks that a snapshot was declared.
    pub fn snapshot_taken(&mut self, name: &SnapshotName) {
        if !self.snapshots.contains(name) {
            let known = self.snapshots.clone();
            self.unknown(&["at"], "mistake-unknown-snapshot", name.as_str(), known.iter().map(SnapshotName::as_str));
        }
    }

    /// Checks the names in braces of a text.
    pub fn template(&mut self, keys: &[&str], text: &str) {
        for name in unknown_names(text, self.known.variables) {
            let variables = self.known.variables;
            self.unknown(keys, "mistake-unknown-variable", &name, variables.iter().map(String::as_str));
        }
    }
}
