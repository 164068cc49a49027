//! Detects the programs of a submission, or builds those of its manifest. Names and sources only
//! order the candidates. Each one is started alone, and its socket and its answers decide.

pub(crate) mod assign;
mod clients;
mod python_module;
mod rounds;
mod survey;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use self::assign::{Observation, Standing};
use crate::model::bytes::{printable_text, safe_path};
use crate::model::{Message, Protocol, Role, SocketRow};
use crate::run::Session;
use crate::scenario::lab::{Concurrency, Lab, RoleEntry};
use crate::scenario::manifest::Manifest;
use crate::scenario::syntax::CommandLine;
use crate::submission::build::Builds;
use crate::submission::candidate::{Candidate, ProgramProblem};
use crate::submission::import::Submission;
use crate::submission::probe::outcome::{ProbeAnswer, ProbeExit, ProbeOutcome};
use crate::submission::role_names::named_protocol;

/// A program that was chosen for a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignment {
    /// Command line.
    pub run: Vec<String>,
    /// Commands that were run once before.
    pub builds: Vec<Vec<String>>,
    /// The declared port.
    pub port: Option<u16>,
    /// Text for its standard input.
    pub stdin: Option<String>,
    /// Its file, or its command line.
    pub file: String,
    /// Why it was chosen.
    pub because: Choice,
    /// Why it cannot be run.
    pub trouble: Option<ProgramProblem>,
    /// The address of its socket, if that was observed.
    pub address: Option<SocketAddr>,
}

/// Why a program was chosen for a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Choice {
    /// The manifest declares it.
    Declared,
    /// Its name and its folder, since its behavior does not decide.
    Name,
    /// As above; it was not started.
    NameAlone,
    /// As above; it cannot be run, for this reason.
    NameOf(Message),
    /// Its behavior.
    Behavior(Message),
    /// Its source: it connects, and the role is that of a client.
    Connects,
}

impl Choice {
    /// Returns its message.
    #[must_use]
    pub(crate) fn message(&self) -> Message {
        match self {
            Self::Declared => Message::new("chosen-declared"),
            Self::Name => Message::new("chosen-by-name"),
            Self::NameAlone => Message::new("chosen-by-name-alone"),
            Self::NameOf(reason) => Message::new("chosen-by-name-of").with("reason", reason.clone()),
            Self::Behavior(message) => message.clone(),
            Self::Connects => Message::new("chosen-connects"),
        }
    }
}

/// The result of a detection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Detection {
    /// The servers by role.
    pub servers: BTreeMap<Role, Assignment>,
    /// The clients by the role of their server.
    pub clients: BTreeMap<Role, Assignment>,
    /// Other programs, with an explanation.
    pub others: Vec<(String, Message)>,
    /// Notes about files that were not examined.
    pub notes: Vec<Message>,
}

/// For how many roles a program was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// For each one.
    All,
    /// For some, or the programs that were found fill none.
    Some,
    /// There is no program.
    Nothing,
}

impl Detection {
    /// Returns for how many roles of the lab a program was found.
    #[must_use]
    pub(crate) fn extent(&self, lab: &Lab) -> Extent {
        let mut own = lab.roles.iter().filter(|(_, entry)| entry.falls_back_to.is_empty());
        match () {
            () if self.servers.is_empty() && self.clients.is_empty() && self.others.is_empty() => Extent::Nothing,
            () if own.all(|(role, _)| self.servers.contains_key(role)) => Extent::All,
            () => Extent::Some,
        }
    }

    /// Returns the command lines of all programs, and of their builds.
    #[must_use]
    pub(crate) fn commands(&self) -> String {
        let all = self.servers.values().chain(self.clients.values());
        let words = all.flat_map(|one| one.builds.iter().flatten().chain(&one.run));
        words.cloned().collect::<Vec<_>>().join(" ")
    }
}

/// Builds the programs that a manifest declares.
pub(crate) fn declared(delivery: &mut Submission, manifest: &Manifest, session: Session<'_>) -> Detection {
    let mut builds = Builds::default();
    let servers = manifest.servers.values().filter_map(|one| one.build.as_ref());
    let clients = manifest.clients.values().filter_map(|one| one.build.as_ref());
    builds.run_waves(delivery, servers.chain(clients).map(|build| build.words().to_vec()), session);
    builds.mark_failed_for_retry();
    let mut chosen = |run: &CommandLine, build: Option<&CommandLine>, stdin: Option<&String>, port| {
        let all: Vec<Vec<String>> = build.iter().map(|build| build.words().to_vec()).collect();
        Assignment {
            trouble: builds.run_all(delivery, &all, session),
            run: run.words().to_vec(),
            builds: all,
            port,
            stdin: stdin.cloned(),
            file: printable_text(&shell_words::join(run.words())),
            because: Choice::Declared,
            address: None,
        }
    };
    let mut found = Detection::default();
    for (role, one) in &manifest.servers {
        let server = chosen(&one.run, one.build.as_ref(), one.stdin.as_ref(), one.port);
        found.servers.insert(role.clone(), server);
    }
    for (role, one) in &manifest.clients {
        found.clients.insert(role.clone(), chosen(&one.run, one.build.as_ref(), one.stdin.as_ref(), None));
    }
    found
}

/// Detects the programs of a submission without a manifest.
pub(crate) fn detect(delivery: &mut Submission, lab: &Lab, session: Session<'_>) -> Detection {
    let survey::Survey { mut candidates, without_sockets, mut notes } = survey::survey(delivery, session.cancel);
    let mut builds = Builds::default();
    let wanted = candidates.iter().flat_map(|one| one.recipe.builds.clone());
    builds.run_waves(delivery, wanted.collect::<Vec<_>>().into_iter(), session);
    for candidate in &mut candidates {
        builds.candidate(delivery, candidate, session);
    }
    crate::submission::detect::rounds::observe_all(delivery, lab, &mut candidates, session);
    let served = |one: &Candidate| matches!(one.seen, ProbeOutcome::Ready(..));
    // A file that does nothing by itself, and is part of a program that serves, is not a program.
    let parts: BTreeSet<PathBuf> =
        candidates.iter().filter(|one| served(one)).flat_map(|one| one.parts.clone()).collect();
    candidates.retain(|one| served(one) || !parts.contains(&one.file));
    let mut found = choose(lab, candidates, &delivery.original_subfolder());
    // A file that only marks its folder as a package of Python is not a program.
    let is_mark = |file: &PathBuf| file.file_name().is_some_and(|name| name == "__init__.py");
    let others = without_sockets.iter().filter(|file| !parts.contains(*file) && !is_mark(file));
    let named = others.clone().take(survey::MAX_WITHOUT_SOCKETS);
    found.others.extend(named.map(|file| (safe_path(file), Message::new("found-without-sockets"))));
    let rest = others.count().saturating_sub(survey::MAX_WITHOUT_SOCKETS);
    if rest > 0 {
        notes.push(Message::new("unused-more").with("count", rest));
    }
    Detection { notes, ..found }
}

fn protocol(one: &Candidate) -> Option<Protocol> {
    match &one.seen {
        ProbeOutcome::Ready(row, _) => Some(row.protocol),
        _ => one.reading.protocol().or_else(|| named_protocol(&one.file)),
    }
}

/// Returns what was observed of a server: once for each of its sockets, since a program may fill
/// several roles.
fn observations(one: &Candidate, parts: &BTreeSet<PathBuf>) -> Vec<Observation> {
    let is_unbound = matches!(&one.seen, ProbeOutcome::NoSocket(_, ProbeExit { is_unbound: true, .. }));
    let standing = match (&one.seen, &one.trouble) {
        (ProbeOutcome::Ready(..), _) => Standing::Serves,
        (_, Some(ProgramProblem::Missing(_) | ProgramProblem::Fetch(_))) => Standing::Unknown,
        (_, Some(ProgramProblem::OutOfTime(_) | ProgramProblem::Harness)) => Standing::Unknown,
        (ProbeOutcome::Unknown, None) => Standing::Unknown,
        (ProbeOutcome::NoSocket(..), _) | (ProbeOutcome::Unknown, Some(_)) => Standing::Fails,
    };
    // A library beside a tool may serve; a module that a program imports is meant to.
    let by_parts = one.reading.serves && !crate::submission::heuristics::has_entry_point(one.recipe.language);
    let serves = one.serves_itself || by_parts || is_unbound;
    let unseen = Observation {
        file: one.file.clone(),
        protocol: protocol(one),
        port: None,
        standing,
        answers: None,
        is_exact: false,
        talks: false,
        serves: None,
        is_server: serves && !parts.contains(&one.file),
        is_concurrent_upper: one.reading.concurrent && one.reading.uppercase,
    };
    let of = |row: &SocketRow, answered: &ProbeAnswer| Observation {
        protocol: Some(row.protocol),
        port: Some(row.local.port()),
        answers: answered.answers,
        is_exact: answered.is_exact,
        talks: answered.serves.is_some(),
        serves: answered.serves,
        is_concurrent_upper: one.reading.uppercase
            && (one.reading.concurrent || answered.serves == Some(Concurrency::Many)),
        ..unseen.clone()
    };
    match &one.seen {
        ProbeOutcome::Ready(row, answered) => {
            let first = of(row, answered);
            std::iter::once(first).chain(one.other_sockets.iter().map(|(row, answered)| of(row, answered))).collect()
        }
        _ => vec![unseen],
    }
}

/// Assigns the programs to the roles. `above` are the folders above all files.
fn choose(lab: &Lab, candidates: Vec<Candidate>, above: &Path) -> Detection {
    let parts: BTreeSet<PathBuf> = candidates.iter().flat_map(|one| one.parts.clone()).collect();
    let (clients, servers): (Vec<Candidate>, Vec<Candidate>) = candidates.into_iter().partition(clients::is_client);
    let mut observed = Vec::new();
    // The program of each observation, and which of its sockets it is about.
    let mut places = Vec::new();
    for (k, one) in servers.iter().enumerate() {
        for (socket, seen) in observations(one, &parts).into_iter().enumerate() {
            observed.push(seen);
            places.push((k, socket));
        }
    }
    let of_servers = lab.roles.iter().filter(|(role, _)| !lab.is_client(role));
    let of_servers: BTreeMap<Role, RoleEntry> = of_servers.map(|(role, entry)| (role.clone(), entry.clone())).collect();
    let assigned = crate::submission::detect::assign::assign(&observed, above, &of_servers);
    let mut found = Detection::default();
    for (role, place) in &assigned {
        let (k, socket) = places[*place];
        found.servers.insert(role.clone(), chosen(&servers[k], socket));
    }
    found.clients = clients::choose(lab, &found, &clients);
    let under_test = clients::choose_under_test(lab, &clients, &parts);
    found.servers.extend(under_test);
    let used: BTreeSet<&String> = found.servers.values().chain(found.clients.values()).map(|one| &one.file).collect();
    let all = servers.iter().chain(&clients).filter(|one| !used.contains(&name(one)));
    let others = all.map(|one| (name(one), why_unused(one))).collect();
    found.others = others;
    found
}

/// Returns why a program fills no role: what it did when it was started, or why it was not.
fn why_unused(one: &Candidate) -> Message {
    match &one.trouble {
        Some(trouble) => trouble.message(),
        None => {
            let what = crate::submission::probe::outcome::explain(&one.seen);
            match &one.seen {
                ProbeOutcome::Ready(..) => Message::new("found-fits-less").with("what", what),
                _ => what,
            }
        }
    }
}

fn name(one: &Candidate) -> String {
    safe_path(&one.file)
}

fn chosen(one: &Candidate, socket: usize) -> Assignment {
    let other = socket.checked_sub(1).and_then(|k| one.other_sockets.get(k));
    let row = match (&one.seen, other) {
        (_, Some((row, _))) => Some(row),
        (ProbeOutcome::Ready(row, _), None) => Some(row),
        _ => None,
    };
    let because = match (&one.trouble, &one.seen) {
        (None, ProbeOutcome::Ready(..)) => Choice::Behavior(match other {
            Some((row, answered)) => crate::submission::probe::outcome::explain_socket(row, answered),
            None => crate::submission::probe::outcome::explain(&one.seen),
        }),
        (None, ProbeOutcome::Unknown) => Choice::NameAlone,
        (Some(trouble), _) => Choice::NameOf(trouble.message()),
        (None, ProbeOutcome::NoSocket(..)) => Choice::NameOf(crate::submission::probe::outcome::explain(&one.seen)),
    };
    // The port tells several sockets of one protocol apart. Otherwise the lab's port is expected,
    // so that another one is noted.
    let first = if let ProbeOutcome::Ready(row, _) = &one.seen { Some(row) } else { None };
    let all = || first.into_iter().chain(one.other_sockets.iter().map(|(row, _)| row));
    let is_one_of_several = |row: &&SocketRow| all().filter(|other| other.protocol == row.protocol).count() > 1;
    let port = row.filter(is_one_of_several).map(|row| row.local.port());
    Assignment {
        run: one.start.words.clone(),
        builds: one.recipe.builds.clone(),
        port,
        stdin: one.start.stdin.clone(),
        file: name(one),
        because,
        trouble: one.trouble.clone(),
        address: row.map(|row| row.local),
    }
}
