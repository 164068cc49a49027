//! Finding the programs of a delivery: by its manifest, or by looking. Names and texts only order the candidates; each is
//! started alone, and what its socket and its answers show decides.

pub mod builds;
pub mod language;
pub mod observe;
pub mod reading;
pub mod roles;
pub mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use self::builds::Builds;
use self::language::Recipe;
use self::observe::{Around, Start, Talk};
use self::reading::Reading;
use self::roles::Observed;
use self::seen::{Answered, Heard, Seen};
use super::delivery::Delivery;
use crate::model::bytes::safe;
use crate::model::{Message, NotReady, Protocol, Role};
use crate::scenario::lab::{Lab, RoleEntry};
use crate::scenario::manifest::Manifest;
use crate::scenario::word::Argv;

/// So many programs of one delivery are started at most.
const MOST: usize = 24;
/// So much of a file is read for hints, in bytes.
const READ: u64 = 256 << 10;

/// A program that was chosen for a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Its command line.
    pub run: Vec<String>,
    /// What was run once before.
    pub builds: Vec<Vec<String>>,
    /// The port that it is said to serve.
    pub port: Option<u16>,
    /// What is written to its standard input.
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
    /// What it needs is not on this machine: nobody's fault.
    Missing(String),
    /// It does not build: the first error, or nothing said.
    Build(Option<String>),
    /// Building it would fetch something, and there is no network: the line that says so.
    Fetch(String),
    /// Building it went over this cap.
    Cap(String),
    /// The harness failed.
    Harness,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The servers by role.
    pub servers: BTreeMap<Role, Chosen>,
    /// The clients by the role of their server.
    pub clients: BTreeMap<Role, Chosen>,
    /// What else was there, and what it is.
    pub others: Vec<(String, Message)>,
}

/// A candidate.
struct Candidate {
    file: PathBuf,
    /// The other files that it is made of.
    parts: Vec<PathBuf>,
    recipe: Recipe,
    reading: Reading,
    trouble: Option<Trouble>,
    seen: Seen,
    start: Start,
}

/// What a manifest declares, built.
pub fn declared(delivery: &mut Delivery, manifest: &Manifest, around: Around<'_>) -> Found {
    let mut builds = Builds::default();
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

/// What looking finds.
pub fn detect(delivery: &mut Delivery, lab: &Lab, around: Around<'_>) -> Found {
    let mut candidates = candidates(delivery);
    let mut builds = Builds::default();
    for candidate in &mut candidates {
        builds.candidate(delivery, candidate, around);
    }
    observe_all(delivery, lab, &mut candidates, around);
    let served = |one: &Candidate| matches!(one.seen, Seen::Ready(..));
    // What does nothing by itself, and is part of a program that serves, is no program.
    let parts: BTreeSet<PathBuf> =
        candidates.iter().filter(|one| served(one)).flat_map(|one| one.parts.clone()).collect();
    candidates.retain(|one| served(one) || !parts.contains(&one.file));
    choose(lab, candidates)
}

/// What may be a program of the lab: servers by their text first.
fn candidates(delivery: &Delivery) -> Vec<Candidate> {
    let mut all = Vec::new();
    for file in delivery.own_files() {
        let ending = file.extension().is_some();
        if ending && !language::is_source(file) {
            continue;
        }
        let mut text = delivery.text(file, READ);
        let Some(recipe) = language::recipe(file, &text, all.len() + 1) else { continue };
        if !reading::has_beginning(recipe.language, &text) {
            continue;
        }
        // What a program's parts do, it does.
        let parts = builds::parts(delivery, file, recipe.language, &text);
        text.extend(parts.iter().map(|part| delivery.text(part, READ)));
        let reading = reading::read(&text);
        if !reading::is_about_sockets(&reading, &text) {
            continue;
        }
        let start = Start { words: recipe.run.clone(), stdin: None, port: None };
        all.push(Candidate { file: file.clone(), parts, recipe, reading, trouble: None, seen: Seen::Unknown, start });
    }
    // A stable sort: within each kind by name. Where there are too many, what lies deep is most likely somebody else's.
    all.sort_by_key(|one| (!one.reading.serves, reading::is_named_client(&one.file)));
    if all.len() > MOST {
        all.sort_by_key(|one| one.file.components().count());
    }
    all.truncate(MOST);
    all
}

/// Starts every candidate alone; those that end for want of an argument or an answer again, with one.
fn observe_all(delivery: &Delivery, lab: &Lab, candidates: &mut [Candidate], around: Around<'_>) {
    let port_of = |candidate: &Candidate| {
        let protocol = candidate.reading.protocol.or_else(|| reading::named_protocol(&candidate.file));
        let fits = |entry: &&RoleEntry| protocol.is_none_or(|protocol| entry.protocol == protocol);
        lab.roles.values().find(fits).map_or(65432, |entry| entry.port)
    };
    let words = |recipe: &Recipe, more: &[&str]| {
        recipe.run.iter().cloned().chain(more.iter().map(|&word| word.to_owned())).collect::<Vec<_>>()
    };
    for round in 0..4 {
        let mut chosen = Vec::new();
        for (k, one) in candidates.iter_mut().enumerate() {
            if one.trouble.is_some() || matches!(one.seen, Seen::Ready(..)) {
                continue;
            }
            let failed = matches!(one.seen, Seen::Not(NotReady::Exited(_), _));
            let waits = matches!(one.seen, Seen::Not(NotReady::Nothing { .. } | NotReady::AsksInput, _));
            let port = Some(port_of(one));
            let next = match round {
                0 => Start { words: words(&one.recipe, &[]), stdin: None, port: None },
                1 if failed && one.reading.arguments => {
                    Start { words: words(&one.recipe, &["{port}"]), stdin: None, port }
                }
                2 if failed && one.reading.arguments => {
                    Start { words: words(&one.recipe, &["{host}", "{port}"]), stdin: None, port }
                }
                3 if (waits || failed) && one.reading.asks && one.reading.serves => {
                    Start { words: words(&one.recipe, &[]), stdin: Some("{port}\n".to_owned()), port }
                }
                _ => continue,
            };
            chosen.push((k, next));
        }
        let starts: Vec<Start> = chosen.iter().map(|(_, start)| start.clone()).collect();
        if starts.is_empty() {
            continue;
        }
        let mut seen = observe::look(&delivery.root, &starts, Talk::Two, around);
        // What the machine did not let us see is looked at once more, alone.
        for (seen, start) in seen.iter_mut().zip(&starts).filter(|(seen, _)| **seen == Seen::Unknown) {
            *seen = observe::look(&delivery.root, std::slice::from_ref(start), Talk::Two, around).remove(0);
        }
        for ((k, start), seen) in chosen.into_iter().zip(seen) {
            let better = round == 0 || matches!(seen, Seen::Ready(..));
            if let Seen::Not(NotReady::Missing(tool), _) = &seen {
                candidates[k].trouble = Some(Trouble::Missing(safe(tool)));
            }
            if better {
                (candidates[k].seen, candidates[k].start) = (seen, start);
            }
        }
    }
}

fn protocol(one: &Candidate) -> Option<Protocol> {
    match &one.seen {
        Seen::Ready(row, _) => Some(row.protocol),
        _ => one.reading.protocol.or_else(|| reading::named_protocol(&one.file)),
    }
}

/// Whether it can only be a client: it turned to somebody, or is called so and waits for nobody.
fn is_client(one: &Candidate) -> bool {
    let called = matches!(&one.seen, Seen::Not(_, Heard { connected_to: Some(_), .. }));
    let ready = matches!(one.seen, Seen::Ready(..));
    let silent = match &one.seen {
        // Some clients of datagrams bind: they answer nobody.
        Seen::Ready(row, answered) => row.protocol == Protocol::Udp && answered.answers.is_none(),
        _ => true,
    };
    called || (!one.reading.serves && !ready) || (silent && reading::is_named_client(&one.file))
}

/// Gives each role its program.
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
    safe(&one.file.to_string_lossy())
}

fn chosen(one: &Candidate) -> Chosen {
    let because = match (&one.trouble, &one.seen) {
        (None, Seen::Ready(..)) => seen::because(&one.seen),
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

/// The client of each role: same transport, and then the nearest by folder and name. The pairs that fit best come first.
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
            _ => Message::new("chosen-by-name"),
        };
        chosen_clients.insert(role.clone(), Chosen { because, ..chosen(best) });
    }
    chosen_clients
}

/// How near a client is to a server of a role, by folders and names.
fn nearness(lab: &Lab, entry: &RoleEntry, server: &Path, client: &Path) -> i32 {
    let name = client.to_string_lossy().to_lowercase();
    let speaks_of = |entry: &RoleEntry| entry.names.iter().any(|word| name.contains(&word.to_lowercase()));
    let otherwise = lab.roles.values().filter(|other| !std::ptr::eq(*other, entry)).any(speaks_of);
    let many = i32::from(entry.serves == Some(crate::scenario::lab::Serves::Many));
    4 * i32::from(client.parent() == server.parent()) + 6 * i32::from(speaks_of(entry))
        - 4 * i32::from(otherwise)
        - many
}
