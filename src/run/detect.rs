//! Detects the programs of a submission, or builds those of its manifest. Names and sources only
//! order the candidates. Each one is started alone, and its socket and its answers decide.

pub mod builds;
pub mod observe;
pub mod reading;
pub mod roles;
mod rounds;
pub mod seen;
mod survey;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use self::builds::Builds;
use self::observe::{Around, Start};
use self::reading::Reading;
use self::roles::Observed;
use self::seen::{Answered, Heard, Seen};
use super::delivery::Delivery;
use super::language::Recipe;
use crate::model::bytes::{safe, safe_path};
use crate::model::{Message, Protocol, Role};
use crate::scenario::lab::{Lab, RoleEntry};
use crate::scenario::manifest::Manifest;
use crate::scenario::word::Argv;

/// A program that was chosen for a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
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
    pub because: Message,
    /// Why it cannot be run.
    pub trouble: Option<Trouble>,
}

/// Why a program cannot be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// A tool that it needs is missing on this machine, which is not the student's fault.
    Missing(String),
    /// The build fails: the first error, if any was printed.
    Build(Option<String>),
    /// The build would download something, and there is no network: the line that reports it.
    Fetch(String),
    /// The build exceeded this limit.
    Cap(String),
    /// The build did not finish within this time, in seconds.
    Endless(u64),
    /// There was no time left for the build, out of this time for all builds, in seconds.
    Untried(u64),
    /// The harness failed.
    Harness,
}

/// The result of a detection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The servers by role.
    pub servers: BTreeMap<Role, Chosen>,
    /// The clients by the role of their server.
    pub clients: BTreeMap<Role, Chosen>,
    /// Other programs, with an explanation.
    pub others: Vec<(String, Message)>,
    /// Notes about files that were not examined.
    pub notes: Vec<Message>,
}

/// A program that may be chosen for a role.
struct Candidate {
    file: PathBuf,
    /// The other source files of the program.
    parts: Vec<PathBuf>,
    recipe: Recipe,
    reading: Reading,
    trouble: Option<Trouble>,
    seen: Seen,
    start: Start,
}

/// Builds the programs that a manifest declares.
pub fn declared(delivery: &mut Delivery, manifest: &Manifest, around: Around<'_>) -> Found {
    let mut builds = Builds::default();
    let servers = manifest.servers.values().filter_map(|one| one.build.as_ref());
    let clients = manifest.clients.values().filter_map(|one| one.build.as_ref());
    builds.side_by_side(delivery, servers.chain(clients).map(|build| build.words().to_vec()), around);
    builds.once_more_in_order();
    let mut chosen = |run: &Argv, build: Option<&Argv>, stdin: Option<&String>, port| {
        let all: Vec<Vec<String>> = build.iter().map(|build| build.words().to_vec()).collect();
        Chosen {
            trouble: builds.all(delivery, &all, around),
            run: run.words().to_vec(),
            builds: all,
            port,
            stdin: stdin.cloned(),
            file: safe(&shell_words::join(run.words())),
            because: Message::new("chosen-declared"),
        }
    };
    let mut found = Found::default();
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
pub fn detect(delivery: &mut Delivery, lab: &Lab, around: Around<'_>) -> Found {
    let (mut candidates, notes) = survey::candidates(delivery, around.cancel);
    let mut builds = Builds::default();
    let wanted = candidates.iter().flat_map(|one| one.recipe.builds.clone());
    builds.side_by_side(delivery, wanted.collect::<Vec<_>>().into_iter(), around);
    for candidate in &mut candidates {
        builds.candidate(delivery, candidate, around);
    }
    rounds::observe_all(delivery, lab, &mut candidates, around);
    let served = |one: &Candidate| matches!(one.seen, Seen::Ready(..));
    // A file that does nothing by itself, and is part of a program that serves, is not a program.
    let parts: BTreeSet<PathBuf> =
        candidates.iter().filter(|one| served(one)).flat_map(|one| one.parts.clone()).collect();
    candidates.retain(|one| served(one) || !parts.contains(&one.file));
    Found { notes, ..choose(lab, candidates) }
}

fn protocol(one: &Candidate) -> Option<Protocol> {
    match &one.seen {
        Seen::Ready(row, _) => Some(row.protocol),
        _ => one.reading.protocol().or_else(|| reading::named_protocol(&one.file)),
    }
}

/// Returns true if a program can only be a client: it connected to an address, it has no socket and
/// does not serve by its source, or it is named like a client and gives no answers.
fn is_client(one: &Candidate) -> bool {
    let called = matches!(&one.seen, Seen::Not(_, Heard { connected_to: Some(_), .. }));
    let ready = matches!(one.seen, Seen::Ready(..));
    let silent = match &one.seen {
        // Some UDP clients bind their socket, but they answer no requests.
        Seen::Ready(row, answered) => row.protocol == Protocol::Udp && answered.answers.is_none(),
        _ => true,
    };
    called || (!one.reading.serves && !ready) || (silent && reading::is_named_client(&one.file))
}

/// Assigns the programs to the roles.
fn choose(lab: &Lab, candidates: Vec<Candidate>) -> Found {
    let (clients, servers): (Vec<Candidate>, Vec<Candidate>) = candidates.into_iter().partition(is_client);
    let observed: Vec<Observed> = servers
        .iter()
        .map(|one| {
            let (port, answered) = match &one.seen {
                Seen::Ready(row, answered) => (Some(row.local.port()), answered.clone()),
                _ => (None, Answered::default()),
            };
            let (answers, serves) = (answered.answers, answered.serves);
            Observed { file: one.file.clone(), protocol: protocol(one), port, ready: port.is_some(), answers, serves }
        })
        .collect();
    let assigned = roles::assign(&observed, &lab.roles);
    let mut found = Found::default();
    for (role, &place) in &assigned {
        found.servers.insert(role.clone(), chosen(&servers[place]));
    }
    found.clients = choose_clients(lab, &found, &clients);
    let used: BTreeSet<&String> = found.servers.values().chain(found.clients.values()).map(|one| &one.file).collect();
    let all = servers.iter().chain(&clients).filter(|one| !used.contains(&name(one)));
    let others = all.map(|one| (name(one), seen::because(&one.seen))).collect();
    found.others = others;
    found
}

fn name(one: &Candidate) -> String {
    safe_path(&one.file)
}

fn chosen(one: &Candidate) -> Chosen {
    let because = match (&one.trouble, &one.seen) {
        (None, Seen::Ready(..)) => seen::because(&one.seen),
        (None, Seen::Unknown) => Message::new("chosen-by-name-alone"),
        _ => Message::new("chosen-by-name"),
    };
    Chosen {
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
fn choose_clients(lab: &Lab, found: &Found, clients: &[Candidate]) -> BTreeMap<Role, Chosen> {
    let mut pairs = Vec::new();
    for (role, entry) in lab.roles.iter().filter(|(_, entry)| entry.falls_back_to.is_empty()) {
        let Some(server) = found.servers.get(role) else { continue };
        let fits = |one: &&Candidate| protocol(one).is_none_or(|protocol| protocol == entry.protocol);
        for one in clients.iter().filter(fits) {
            pairs.push((nearness(lab, entry, Path::new(&server.file), &one.file), role, one));
        }
    }
    pairs.sort_by_key(|(nearness, role, one)| (std::cmp::Reverse(*nearness), *role, &one.file));
    let mut chosen_clients: BTreeMap<Role, Chosen> = BTreeMap::new();
    let mut used: Vec<&PathBuf> = Vec::new();
    for (_, role, best) in pairs {
        if chosen_clients.contains_key(role) || used.contains(&&best.file) {
            continue;
        }
        used.push(&best.file);
        let because = match &best.seen {
            Seen::Not(_, Heard { connected_to: Some(_), .. }) => seen::because(&best.seen),
            Seen::Unknown if best.trouble.is_none() => Message::new("chosen-by-name-alone"),
            _ => Message::new("chosen-by-name"),
        };
        chosen_clients.insert(role.clone(), Chosen { because, ..chosen(best) });
    }
    chosen_clients
}

/// Returns how near a client is to the server of a role, by folders and names.
fn nearness(lab: &Lab, entry: &RoleEntry, server: &Path, client: &Path) -> i32 {
    let name = client.to_string_lossy().to_lowercase();
    let speaks_of = |entry: &RoleEntry| entry.names.iter().any(|word| name.contains(&word.to_lowercase()));
    let otherwise = lab.roles.values().filter(|other| !std::ptr::eq(*other, entry)).any(speaks_of);
    let many = i32::from(entry.serves == Some(crate::scenario::lab::Serves::Many));
    4 * i32::from(client.parent() == server.parent()) + 6 * i32::from(speaks_of(entry))
        - 4 * i32::from(otherwise)
        - many
}
