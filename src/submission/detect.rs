//! Detects the programs of a submission, or builds those of its manifest. Names and sources only
//! order the candidates. Each one is started alone, and its socket and its answers decide.

pub(crate) mod assign;
mod rounds;
mod survey;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use self::assign::Observation;
use crate::model::bytes::{printable_text, safe_path};
use crate::model::{Message, Protocol, Role, StartFailure};
use crate::run::Session;
use crate::scenario::lab::{Lab, RoleEntry};
use crate::scenario::manifest::Manifest;
use crate::scenario::syntax::CommandLine;
use crate::submission::build::Builds;
use crate::submission::candidate::{Candidate, ProgramProblem};
use crate::submission::import::Submission;
use crate::submission::probe::outcome::{ProbeAnswer, ProbeExit, ProbeOutcome};

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
    /// Its behavior.
    Behavior(Message),
}

impl Choice {
    /// Returns its message.
    #[must_use]
    pub(crate) fn message(&self) -> Message {
        match self {
            Self::Declared => Message::new("chosen-declared"),
            Self::Name => Message::new("chosen-by-name"),
            Self::NameAlone => Message::new("chosen-by-name-alone"),
            Self::Behavior(message) => message.clone(),
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
    let (mut candidates, notes) = crate::submission::detect::survey::candidates(delivery, session.cancel);
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
    Detection { notes, ..choose(lab, candidates) }
}

fn protocol(one: &Candidate) -> Option<Protocol> {
    match &one.seen {
        ProbeOutcome::Ready(row, _) => Some(row.protocol),
        _ => one.reading.protocol().or_else(|| crate::submission::heuristics::named_protocol(&one.file)),
    }
}

/// Returns true if a program can only be a client: it connected to an address, it has no socket and
/// does not serve by its source, or it is named like a client and gives no answers.
fn is_client(one: &Candidate) -> bool {
    let called = matches!(&one.seen, ProbeOutcome::NoSocket(_, ProbeExit { connected_to: Some(_), .. }));
    let ready = matches!(one.seen, ProbeOutcome::Ready(..));
    let silent = match &one.seen {
        // Some UDP clients bind their socket, but they answer no requests.
        ProbeOutcome::Ready(row, answered) => row.protocol == Protocol::Udp && answered.answers.is_none(),
        _ => true,
    };
    // A server for datagrams that forgot to bind its socket.
    let is_unbound =
        matches!(&one.seen, ProbeOutcome::NoSocket(StartFailure::Nothing { .. }, ProbeExit { is_unbound: true, .. }));
    let serves = one.reading.serves || (is_unbound && one.reading.receives_first);
    called || (!serves && !ready) || (silent && crate::submission::heuristics::is_named_client(&one.file))
}

/// Assigns the programs to the roles.
fn choose(lab: &Lab, candidates: Vec<Candidate>) -> Detection {
    let (clients, servers): (Vec<Candidate>, Vec<Candidate>) = candidates.into_iter().partition(is_client);
    let observed: Vec<Observation> = servers
        .iter()
        .map(|one| {
            let (port, answered) = match &one.seen {
                ProbeOutcome::Ready(row, answered) => (Some(row.local.port()), answered.clone()),
                _ => (None, ProbeAnswer::default()),
            };
            let (answers, serves) = (answered.answers, answered.serves);
            Observation {
                file: one.file.clone(),
                protocol: protocol(one),
                port,
                ready: port.is_some(),
                answers,
                serves,
            }
        })
        .collect();
    let assigned = crate::submission::detect::assign::assign(&observed, &lab.roles);
    let mut found = Detection::default();
    for (role, &place) in &assigned {
        found.servers.insert(role.clone(), chosen(&servers[place]));
    }
    found.clients = choose_clients(lab, &found, &clients);
    let used: BTreeSet<&String> = found.servers.values().chain(found.clients.values()).map(|one| &one.file).collect();
    let all = servers.iter().chain(&clients).filter(|one| !used.contains(&name(one)));
    let others = all.map(|one| (name(one), crate::submission::probe::outcome::explain(&one.seen))).collect();
    found.others = others;
    found
}

fn name(one: &Candidate) -> String {
    safe_path(&one.file)
}

fn chosen(one: &Candidate) -> Assignment {
    let because = match (&one.trouble, &one.seen) {
        (None, ProbeOutcome::Ready(..)) => Choice::Behavior(crate::submission::probe::outcome::explain(&one.seen)),
        (None, ProbeOutcome::Unknown) => Choice::NameAlone,
        _ => Choice::Name,
    };
    Assignment {
        run: one.start.words.clone(),
        builds: one.recipe.builds.clone(),
        port: None,
        stdin: one.start.stdin.clone(),
        file: name(one),
        because,
        trouble: one.trouble.clone(),
    }
}

/// Returns the client of each role: the nearest by folder and name with the same transport. The
/// best pairs come first.
fn choose_clients(lab: &Lab, found: &Detection, clients: &[Candidate]) -> BTreeMap<Role, Assignment> {
    let mut pairs = Vec::new();
    for (role, entry) in lab.roles.iter().filter(|(_, entry)| entry.falls_back_to.is_empty()) {
        let Some(server) = found.servers.get(role) else { continue };
        let fits = |one: &&Candidate| protocol(one).is_none_or(|protocol| protocol == entry.protocol);
        for one in clients.iter().filter(fits) {
            pairs.push((nearness(lab, entry, Path::new(&server.file), &one.file), role, one));
        }
    }
    pairs.sort_by_key(|(nearness, role, one)| (std::cmp::Reverse(*nearness), *role, &one.file));
    let mut chosen_clients: BTreeMap<Role, Assignment> = BTreeMap::new();
    let mut used: Vec<&PathBuf> = Vec::new();
    for (_, role, best) in pairs {
        if chosen_clients.contains_key(role) || used.contains(&&best.file) {
            continue;
        }
        used.push(&best.file);
        let because = match &best.seen {
            ProbeOutcome::NoSocket(_, ProbeExit { connected_to: Some(_), .. }) => {
                Choice::Behavior(crate::submission::probe::outcome::explain(&best.seen))
            }
            ProbeOutcome::Unknown if best.trouble.is_none() => Choice::NameAlone,
            _ => Choice::Name,
        };
        chosen_clients.insert(role.clone(), Assignment { because, ..chosen(best) });
    }
    chosen_clients
}

/// Returns how near a client is to the server of a role, by folders and names.
fn nearness(lab: &Lab, entry: &RoleEntry, server: &Path, client: &Path) -> i32 {
    let name = client.to_string_lossy().to_lowercase();
    let speaks_of = |entry: &RoleEntry| entry.names.iter().any(|word| name.contains(&word.to_lowercase()));
    let otherwise = lab.roles.values().filter(|other| !std::ptr::eq(*other, entry)).any(speaks_of);
    let many = i32::from(entry.serves == Some(crate::scenario::lab::Concurrency::Many));
    4 * i32::from(client.parent() == server.parent()) + 6 * i32::from(speaks_of(entry))
        - 4 * i32::from(otherwise)
        - many
}
