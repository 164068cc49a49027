//! Meaning: mistakes of the author that only the whole scenario shows. Names used and never given, evidence that
//! no step can give, more than is allowed.

use std::collections::BTreeSet;

use super::diagnostic::Diagnostic;
use super::pattern;
use super::template::unknown_names;
use crate::model::{HostName, Message, Path, Role, SnapshotName};

/// What a scenario declares, and where the mistakes go. Steps declare in their order; expectations then use.
#[derive(Debug)]
pub struct Names<'a> {
    file: &'a str,
    text: &'a str,
    here: Path,
    out: &'a mut Vec<Diagnostic>,
    /// What is known from elsewhere.
    known: Known<'a>,
    /// The most clients that the scenario may have at all.
    pub most_clients: u32,
    started: usize,
    clients: u32,
    /// A `connect` step says wrongly how many clients it connects: which there are is not known then.
    is_uncounted: bool,
    sends: bool,
    awaits_exit: bool,
    snapshots: BTreeSet<SnapshotName>,
}

/// What is known before the first step.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known<'a> {
    /// The roles that the lab knows; none where the scenario stands alone.
    pub(super) roles: Option<&'a BTreeSet<Role>>,
    /// The names that may stand in braces.
    pub(super) variables: &'a BTreeSet<String>,
    /// The hosts; none where everything is on one machine.
    pub(super) hosts: &'a [HostName],
}

impl<'a> Names<'a> {
    /// Nothing is declared yet.
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

    /// From now on mistakes stand below this path.
    pub(super) fn enter(&mut self, path: Path) {
        self.here = path;
    }

    /// Notes a mistake at `keys` below the present place.
    pub fn mistake(&mut self, keys: &[&str], message: Message) {
        let path = keys.iter().fold(self.here.clone(), |path, key| path.key(key));
        let message = pattern::in_words(message);
        self.out.push(Diagnostic::at(self.file, self.text, &path, message));
    }

    /// Notes an unknown name, with the nearest known one.
    fn unknown<'b>(&mut self, keys: &[&str], id: &'static str, found: &str, known: impl Iterator<Item = &'b str>) {
        let known: Vec<&str> = known.collect();
        let path = keys.iter().fold(self.here.clone(), |path, key| path.key(key));
        let mut diagnostic = Diagnostic::at_value(self.file, self.text, &path, Message::new(id).with("name", found));
        if !known.is_empty() {
            diagnostic = diagnostic.expecting(Message::new("expected-one-of").with("words", known.join(", ")));
        }
        self.out.push(diagnostic.near(found, &known));
    }

    /// A `start` step.
    pub fn start(&mut self) {
        self.started += 1;
    }

    /// A role is used.
    pub fn role(&mut self, keys: &[&str], role: &Role) {
        if let Some(roles) = self.known.roles
            && !roles.contains(role)
        {
            self.unknown(keys, "mistake-unknown-role", role.as_str(), roles.iter().map(Role::as_str));
        }
    }

    /// A step that acts on a host: on which, where there are two; on none, where there is one machine.
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

    /// A host is named.
    pub fn host(&mut self, keys: &[&str], host: &HostName) {
        let hosts = self.known.hosts;
        if !hosts.contains(host) {
            self.unknown(keys, "mistake-unknown-host", host.as_str(), hosts.iter().map(HostName::as_str));
        }
    }

    /// An expectation about the link between two hosts.
    pub fn has_hosts(&mut self) {
        if self.known.hosts.is_empty() {
            self.mistake(&[], Message::new("mistake-needs-hosts"));
        }
    }

    /// A step that needs a server that was started before.
    pub fn server_started(&mut self) {
        if self.started == 0 {
            self.mistake(&[], Message::new("mistake-no-server"));
        }
    }

    /// A step about a server that was started before, chosen by number from 1.
    pub fn server_exists(&mut self, keys: &[&str], number: Option<u32>) {
        self.server_started();
        if let Some(bad) = number.filter(|&n| n == 0 || n as usize > self.started) {
            self.mistake(
                keys,
                Message::new("mistake-unknown-server").with("server", bad).with("servers", self.started),
            );
        }
    }

    /// A `connect` step of so many clients.
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

    /// A step or an expectation about clients, chosen by number or all.
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

    /// An expectation about connections: so many of them at least.
    pub fn connects(&mut self, wanted: Option<u32>) {
        self.clients_exist(None);
        if let Some(wanted) = wanted.filter(|&wanted| wanted > self.clients && self.clients > 0 && !self.is_uncounted) {
            let message =
                Message::new("mistake-more-than-connect").with("wanted", wanted).with("clients", self.clients);
            self.mistake(&["clients"], message);
        }
    }

    /// A `send` or `exchange` step.
    pub fn send(&mut self) {
        self.sends = true;
    }

    /// An expectation about answers: something must be sent.
    pub fn answers(&mut self, chosen: Option<&[u32]>) {
        self.clients_exist(chosen);
        if !self.sends && (self.clients > 0 || self.is_uncounted) {
            self.mistake(&[], Message::new("mistake-nothing-sent"));
        }
    }

    /// A `wait` step for the exit, or a `stop`.
    pub fn await_exit(&mut self) {
        self.awaits_exit = true;
    }

    /// An expectation about the exit.
    pub fn exit_is_awaited(&mut self) {
        if !self.awaits_exit {
            self.mistake(&[], Message::new("mistake-exit-not-awaited"));
        }
    }

    /// A `snapshot` step.
    pub fn snapshot(&mut self, name: &SnapshotName, keys: &[&str]) {
        if !self.snapshots.insert(name.clone()) {
            self.mistake(keys, Message::new("mistake-snapshot-twice").with("name", name.as_str()));
        }
    }

    /// An expectation that is judged from a snapshot.
    pub fn snapshot_taken(&mut self, name: &SnapshotName) {
        if !self.snapshots.contains(name) {
            let known = self.snapshots.clone();
            self.unknown(&["at"], "mistake-unknown-snapshot", name.as_str(), known.iter().map(SnapshotName::as_str));
        }
    }

    /// Text with names in braces.
    pub fn template(&mut self, keys: &[&str], text: &str) {
        for name in unknown_names(text, self.known.variables) {
            let variables = self.known.variables;
            self.unknown(keys, "mistake-unknown-variable", &name, variables.iter().map(String::as_str));
        }
    }
}
