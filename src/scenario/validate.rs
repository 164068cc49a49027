//! Semantic validation: mistakes that are visible only in the whole scenario. Examples are
//! undeclared names, evidence that no step produces, and exceeded limits.

mod formats;

use std::collections::{BTreeMap, BTreeSet};

use super::diagnostic::{Diagnostic, DiagnosticKind, Mistake};
use super::regex_error::error_in;
use crate::model::{HostName, Message, Protocol, Role, SnapshotName, YamlPath};
use crate::packet::layout::Layout;

/// The declarations of a scenario, and the list that collects its mistakes. Steps declare names in
/// order; expectations use them afterwards.
#[derive(Debug)]
pub struct Scope<'a> {
    file: &'a str,
    text: &'a str,
    path: YamlPath,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// Declarations from outside the steps.
    declared: Declared<'a>,
    /// Maximum number of clients in the scenario.
    pub max_clients: u32,
    started: usize,
    clients: u32,
    /// The transports of the listening sockets.
    listeners: Vec<Protocol>,
    /// The numbers of the connections that `accept` steps wait for.
    accepted: BTreeSet<u32>,
    /// Those of them that are over UDP.
    datagrams: BTreeSet<u32>,
    /// True if a `connect` step has a wrong number of clients. The total is then unknown.
    client_count_unknown: bool,
    sends: bool,
    awaits_exit: bool,
    snapshots: BTreeSet<SnapshotName>,
    given_files: BTreeSet<String>,
    collected_files: BTreeSet<String>,
    /// The names of the values that earlier steps capture.
    captured: BTreeSet<String>,
}

/// The names known before the first step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared<'a> {
    /// The roles of the lab. `None` if the scenario is not part of a lab.
    pub(super) roles: Option<&'a BTreeSet<Role>>,
    /// The names allowed in braces.
    pub(super) variables: &'a BTreeSet<String>,
    /// The hosts. Empty if everything runs on one machine.
    pub(super) hosts: &'a [HostName],
    /// The layouts of the formats, by name. `None` if a format has mistakes.
    pub(super) formats: &'a BTreeMap<String, Option<Layout>>,
    /// The names of the values that any step captures.
    pub(super) captures: &'a BTreeSet<String>,
}

impl<'a> Scope<'a> {
    /// Creates a scope without declarations.
    pub(super) fn new(
        file: &'a str,
        text: &'a str,
        known: Declared<'a>,
        most_clients: u32,
        out: &'a mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            file,
            text,
            path: YamlPath::default(),
            diagnostics: out,
            declared: known,
            max_clients: most_clients,
            started: 0,
            clients: 0,
            listeners: Vec::new(),
            accepted: BTreeSet::new(),
            datagrams: BTreeSet::new(),
            client_count_unknown: false,
            sends: false,
            awaits_exit: false,
            snapshots: BTreeSet::new(),
            given_files: BTreeSet::new(),
            collected_files: BTreeSet::new(),
            captured: BTreeSet::new(),
        }
    }

    /// Sets the path that later mistakes are relative to.
    pub(super) fn enter(&mut self, path: YamlPath) {
        self.path = path;
    }

    /// Reports a mistake at `keys` below the current path.
    pub fn report(&mut self, keys: &[&str], mistake: impl Into<Mistake>) {
        let path = keys.iter().fold(self.path.clone(), |path, key| path.key(key));
        self.diagnostics.push(Diagnostic::at(self.file, self.text, &path, mistake));
    }

    /// Checks a regular expression.
    pub fn pattern(&mut self, key: &str, pattern: Option<&String>) {
        let Some((pattern, error)) = pattern.and_then(|pattern| Some((pattern, error_in(pattern)?))) else {
            return;
        };
        let path = self.path.key(key);
        let mistake = DiagnosticKind::Regex.with("problem", error.problem);
        let span = error.span.unwrap_or(0..pattern.len());
        self.diagnostics.push(Diagnostic::inside_value(self.file, self.text, &path, (pattern, span), mistake));
    }

    /// Reports an unknown name, with the nearest known one.
    fn report_unknown<'b>(
        &mut self,
        keys: &[&str],
        kind: DiagnosticKind,
        found: &str,
        known: impl Iterator<Item = &'b str>,
    ) {
        let known: Vec<&str> = known.collect();
        let path = keys.iter().fold(self.path.clone(), |path, key| path.key(key));
        let mut diagnostic = Diagnostic::at_value(self.file, self.text, &path, kind.with("name", found));
        if !known.is_empty() {
            diagnostic = diagnostic.with_expected(Message::new("expected-one-of").with("words", known.join(", ")));
        }
        self.diagnostics.push(diagnostic.with_nearest(found, &known));
    }

    /// Declares a server, for a `start` step.
    pub fn declare_server(&mut self) {
        self.started += 1;
    }

    /// Checks that a role exists.
    pub fn check_role(&mut self, keys: &[&str], role: &Role) {
        if let Some(roles) = self.declared.roles
            && !roles.contains(role)
        {
            self.report_unknown(keys, DiagnosticKind::UnknownRole, role.as_str(), roles.iter().map(Role::as_str));
        }
    }

    /// Checks the host of a step. It is required if there are two hosts, and forbidden on a single
    /// machine.
    pub fn check_host_choice(&mut self, keys: &[&str], host: Option<&HostName>) {
        let hosts = self.declared.hosts;
        match host {
            None if hosts.is_empty() => {}
            None => {
                let known: Vec<&str> = hosts.iter().map(HostName::as_str).collect();
                self.report(&[], DiagnosticKind::WhichHost.with("hosts", known.join(", ")));
            }
            Some(host) => self.check_host(keys, host),
        }
    }

    /// Fewer edits for short words: two edits change most of a word of three letters.
    pub fn check_host(&mut self, keys: &[&str], host: &HostName) {
        let hosts = self.declared.hosts;
        if !hosts.contains(host) {
            self.report_unknown(keys, DiagnosticKind::UnknownHost, host.as_str(), hosts.iter().map(HostName::as_str));
        }
    }

    /// Checks the host that a key of the current map names.
    pub fn check_host_key(&mut self, host: &HostName) {
        let known: Vec<&str> = self.declared.hosts.iter().map(HostName::as_str).collect();
        if !known.contains(&host.as_str()) {
            let path = self.path.key(host.as_str());
            let mistake = DiagnosticKind::UnknownHost.with("name", host.as_str());
            let diagnostic = Diagnostic::at(self.file, self.text, &path, mistake);
            let expected = Message::new("expected-one-of").with("words", known.join(", "));
            self.diagnostics.push(diagnostic.with_expected(expected).with_nearest(host.as_str(), &known));
        }
    }

    /// Checks that there are two hosts, for an expectation about the link.
    pub fn require_hosts(&mut self) {
        if self.declared.hosts.is_empty() {
            self.report(&[], DiagnosticKind::NeedsHosts);
        }
    }

    /// Checks that a server was started before.
    pub fn require_server(&mut self) {
        if self.started == 0 {
            self.report(&[], DiagnosticKind::NoServer);
        }
    }

    /// Checks that a server was started before and that its number, from 1, exists.
    pub fn check_server(&mut self, keys: &[&str], number: Option<u32>) {
        self.require_server();
        if let Some(bad) = number.filter(|&n| n == 0 || n as usize > self.started) {
            self.report(keys, DiagnosticKind::UnknownServer.with("server", bad).with("servers", self.started));
        }
    }

    /// Declares clients, for a `connect` step.
    pub fn declare_clients(&mut self, clients: u32) {
        self.count_clients("clients", clients);
    }

    fn count_clients(&mut self, key: &str, clients: u32) {
        if clients == 0 {
            self.report(&[key], DiagnosticKind::NoClients);
            self.client_count_unknown = true;
        }
        self.clients = self.clients.saturating_add(clients);
        if self.clients > self.max_clients {
            let mistake = DiagnosticKind::TooManyClients.with("clients", self.clients).with("most", self.max_clients);
            self.report(&[key], mistake);
        }
    }

    /// Declares a listening socket, for a `listen` step.
    pub fn declare_listener(&mut self, protocol: Protocol) {
        self.listeners.push(protocol);
    }

    /// Checks that a socket listens and that its number, from 1, exists.
    pub fn check_listener(&mut self, keys: &[&str], number: Option<u32>) {
        let opened = self.listeners.len();
        if opened == 0 {
            self.report(&[], DiagnosticKind::NoListener);
        } else if let Some(bad) = number.filter(|&n| n == 0 || n as usize > opened) {
            self.report(keys, DiagnosticKind::UnknownListener.with("listener", bad).with("listeners", opened));
        }
    }

    /// Declares connections of programs, for an `accept` step at a listening socket. They are numbered
    /// with the clients.
    pub fn declare_accepted(&mut self, listener: Option<u32>, connections: u32) {
        let first = self.clients.saturating_add(1);
        self.count_clients("connections", connections);
        // Beyond the limit, which is a mistake, their numbers do not matter.
        let numbers = first..=self.clients.min(super::MAX_CLIENTS);
        let index = listener.map_or(self.listeners.len(), |number| number as usize).checked_sub(1);
        if index.and_then(|index| self.listeners.get(index)) == Some(&Protocol::Udp) {
            self.datagrams.extend(numbers.clone());
        }
        self.accepted.extend(numbers);
    }

    /// Checks that the chosen connections, or all that were accepted, are streams: datagrams have no
    /// end.
    pub fn check_streams(&mut self, chosen: Option<&[u32]>) {
        let is_chosen = |n: &&u32| chosen.is_none_or(|chosen| chosen.contains(n));
        if let Some(client) = self.datagrams.iter().find(is_chosen).copied() {
            let keys: &[&str] = if chosen.is_some() { &["clients"] } else { &[] };
            self.report(keys, DiagnosticKind::NoStream.with("client", client));
        }
    }

    /// Checks that the chosen connections, or any, were accepted.
    pub fn check_accepted(&mut self, chosen: Option<&[u32]>) {
        if self.accepted.is_empty() {
            return self.report(&[], DiagnosticKind::NoneAccepted);
        }
        self.check_clients(chosen);
        if let Some(other) =
            chosen.into_iter().flatten().find(|n| (1..=self.clients).contains(n) && !self.accepted.contains(n))
        {
            self.report(&["clients"], DiagnosticKind::NotAccepted.with("client", *other));
        }
    }

    /// Checks that none of the chosen connections, or of all, was accepted: those have no answers.
    pub fn check_no_accepted(&mut self, chosen: Option<&[u32]>) {
        let is_chosen = |n: &&u32| chosen.is_none_or(|chosen| chosen.contains(n));
        if let Some(client) = self.accepted.iter().find(is_chosen).copied() {
            let keys: &[&str] = if chosen.is_some() { &["clients"] } else { &[] };
            self.report(keys, DiagnosticKind::AcceptedConnection.with("client", client));
        }
    }

    /// Checks that clients were connected before and that the chosen numbers exist.
    pub fn check_clients(&mut self, chosen: Option<&[u32]>) {
        if self.clients == 0 && !self.client_count_unknown {
            self.report(&[], DiagnosticKind::NobodyConnects);
        } else if let Some(chosen) = chosen {
            if let Some(&bad) = chosen.iter().find(|&&n| n == 0 || n > self.clients && !self.client_count_unknown) {
                let mistake = DiagnosticKind::UnknownClient.with("client", bad).with("clients", self.clients);
                self.report(&["clients"], mistake);
            }
            if chosen.is_empty() {
                self.report(&["clients"], DiagnosticKind::NoClients);
            }
        }
    }

    /// Checks that the clients connected before are at least as many as an expectation wants.
    pub fn check_client_count(&mut self, wanted: Option<u32>) {
        self.check_clients(None);
        if let Some(wanted) =
            wanted.filter(|&wanted| wanted > self.clients && self.clients > 0 && !self.client_count_unknown)
        {
            let mistake = DiagnosticKind::MoreThanConnect.with("wanted", wanted).with("clients", self.clients);
            self.report(&["clients"], mistake);
        }
    }

    /// Declares that data is sent, for a `send` or `exchange` step.
    pub fn declare_send(&mut self) {
        self.sends = true;
    }

    /// Checks that clients exist and that data was sent, for an expectation about answers.
    pub fn check_answers(&mut self, chosen: Option<&[u32]>) {
        self.check_clients(chosen);
        if chosen.is_some() || self.accepted.len() == self.clients as usize {
            self.check_no_accepted(chosen);
        }
        if !self.sends && (self.clients > 0 || self.client_count_unknown) {
            self.report(&[], DiagnosticKind::NothingSent);
        }
    }

    /// Declares that the exit is awaited, for a `wait` or `stop` step.
    pub fn declare_exit_wait(&mut self) {
        self.awaits_exit = true;
    }

    /// Checks that the exit was awaited, for an expectation about it.
    pub fn require_exit_wait(&mut self) {
        if !self.awaits_exit {
            self.report(&[], DiagnosticKind::ExitNotAwaited);
        }
    }

    /// Declares a snapshot.
    pub fn declare_snapshot(&mut self, name: &SnapshotName, keys: &[&str]) {
        if !self.snapshots.insert(name.clone()) {
            self.report(keys, DiagnosticKind::SnapshotTwice.with("name", name.as_str()));
        }
    }

    /// Checks that a snapshot was declared.
    pub fn require_snapshot(&mut self, name: &SnapshotName) {
        if !self.snapshots.contains(name) {
            let known = self.snapshots.clone();
            self.report_unknown(
                &["at"],
                DiagnosticKind::UnknownSnapshot,
                name.as_str(),
                known.iter().map(SnapshotName::as_str),
            );
        }
    }

    /// Declares a file that a program finds in its working directory.
    pub fn declare_given_file(&mut self, path: &str) {
        self.given_files.insert(path.to_owned());
    }

    /// Checks that a program was given a file of this path.
    pub fn require_given_file(&mut self, keys: &[&str], path: &str) {
        if !self.given_files.contains(path) {
            let known = self.given_files.clone();
            self.report_unknown(keys, DiagnosticKind::UnknownGivenFile, path, known.iter().map(String::as_str));
        }
    }

    /// Declares a file that a `collect` step copies.
    pub fn declare_collected_file(&mut self, path: &str) {
        self.collected_files.insert(path.to_owned());
    }

    /// Checks that a file was copied.
    pub fn require_collected_file(&mut self, keys: &[&str], path: &str) {
        if !self.collected_files.contains(path) {
            let known = self.collected_files.clone();
            self.report_unknown(keys, DiagnosticKind::NotCollected, path, known.iter().map(String::as_str));
        }
    }
}
