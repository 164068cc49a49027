//! Tells clients from servers, and finds the client of each role. Starts nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use super::{Assignment, Choice, Detection, chosen, protocol};
use crate::model::bytes::safe_path;
use crate::model::{Protocol, Role, StartFailure};
use crate::scenario::lab::{Concurrency, Lab, RoleEntry};
use crate::submission::candidate::Candidate;
use crate::submission::heuristics::is_named_client;
use crate::submission::name_lookup::DNS_PORT;
use crate::submission::probe::outcome::{ProbeExit, ProbeOutcome, explain};
use crate::submission::role_names::{RoleNaming, folded, naming};

/// Words of names that tell clients from servers, and nothing else.
const SIDES: [&str; 9] = ["servidor", "server", "serv", "srv", "cliente", "client", "cli", "s_", "c_"];

/// Returns the address to which a program connected, if that was not a name server.
fn connected_to(one: &Candidate) -> Option<SocketAddr> {
    match &one.seen {
        ProbeOutcome::NoSocket(_, exit) => exit.connected_to.filter(|address| address.port() != DNS_PORT),
        _ => None,
    }
}

/// Returns true if a program connected to something, if only to a name server.
fn calls(one: &Candidate) -> bool {
    matches!(&one.seen, ProbeOutcome::NoSocket(_, ProbeExit { connected_to: Some(_), .. }))
}

/// Returns true if a program can only be a client: it connected to an address, it has no socket and
/// does not serve by its source, or it is named like a client and gives no answers.
pub(super) fn is_client(one: &Candidate) -> bool {
    let ready = matches!(one.seen, ProbeOutcome::Ready(..));
    let silent = match &one.seen {
        // Some UDP clients bind their socket, but they answer no requests.
        ProbeOutcome::Ready(row, answered) => row.protocol == Protocol::Udp && answered.answers.is_none(),
        _ => true,
    };
    // A server for datagrams that forgot to bind its socket.
    let is_unbound =
        matches!(&one.seen, ProbeOutcome::NoSocket(StartFailure::Nothing { .. }, ProbeExit { is_unbound: true, .. }));
    let is_unbound_server = is_unbound && one.reading.receives_first;
    let serves = one.reading.serves || is_unbound_server;
    (calls(one) && !is_unbound_server) || (!serves && !ready) || (silent && is_named_client(&one.file))
}

/// Returns the client of each role: the nearest by port, name and folder with the same transport.
/// The best pairs come first. A tool, or a program that does not build, is not the client if
/// another program connected to something.
pub(super) fn choose(lab: &Lab, found: &Detection, clients: &[Candidate]) -> BTreeMap<Role, Assignment> {
    let works = |one: &Candidate| connected_to(one).is_some();
    let may_work = |one: &&Candidate| {
        let is_untried = one.seen == ProbeOutcome::Unknown || is_named_client(&one.file);
        calls(one) || (one.reading.connects && is_untried)
    };
    let mut pairs = Vec::new();
    for (role, entry) in lab.roles.iter().filter(|(_, entry)| entry.falls_back_to.is_empty()) {
        let Some(server) = found.servers.get(role) else { continue };
        let fits = |one: &&Candidate| protocol(one).is_none_or(|protocol| protocol == entry.protocol);
        let all: Vec<&Candidate> = clients.iter().filter(may_work).filter(fits).collect();
        let is_any_working = all.iter().any(|one| works(one));
        for one in all.into_iter().filter(|one| works(one) || !is_any_working) {
            pairs.push((nearness(lab, (role, entry), server, one), role, one));
        }
    }
    pairs.sort_by_key(|(nearness, role, one)| (Reverse(*nearness), *role, &one.file));
    let mut chosen_clients: BTreeMap<Role, Assignment> = BTreeMap::new();
    let mut used: Vec<&PathBuf> = Vec::new();
    for (_, role, best) in pairs {
        if chosen_clients.contains_key(role) || used.contains(&&best.file) {
            continue;
        }
        used.push(&best.file);
        let because = match &best.seen {
            _ if calls(best) => Choice::Behavior(explain(&best.seen)),
            ProbeOutcome::Unknown if best.trouble.is_none() => Choice::NameAlone,
            _ => Choice::Name,
        };
        chosen_clients.insert(role.clone(), Assignment { because, ..chosen(best, 0) });
    }
    chosen_clients
}

/// Returns the client of each role that a client fills: the best by transport, by what it did when
/// it was started alone, and by its name.
///
/// Any program that uses sockets and is no server may be one, whatever calls it connects with, but
/// not a module that another program imports.
pub(super) fn choose_under_test(
    lab: &Lab,
    clients: &[Candidate],
    parts: &BTreeSet<PathBuf>,
) -> BTreeMap<Role, Assignment> {
    let mut chosen_clients: BTreeMap<Role, Assignment> = BTreeMap::new();
    for (role, entry) in lab.roles.iter().filter(|(role, _)| lab.is_client(role)) {
        let fits = |one: &&Candidate| {
            let is_free = chosen_clients.values().all(|other| other.file != safe_path(&one.file));
            let is_program = !parts.contains(&one.file) || is_named_client(&one.file);
            is_free && is_program && protocol(one).is_none_or(|protocol| protocol == entry.protocol)
        };
        let fitness = |one: &&Candidate| {
            let is_named = naming(&one.file, &lab.roles).get(role).is_some_and(|naming| *naming != RoleNaming::None);
            let builds = one.trouble.is_none();
            // Alone and without arguments, most clients end before they connect.
            (
                builds,
                calls(one) || one.reading.connects,
                is_named,
                is_named_client(&one.file),
                Reverse(one.file.clone()),
            )
        };
        if let Some(best) = clients.iter().filter(fits).max_by(|a, b| fitness(a).cmp(&fitness(b))) {
            let because = match &best.trouble {
                None if calls(best) => Choice::Behavior(explain(&best.seen)),
                None => Choice::Connects,
                Some(trouble) => Choice::NameOf(trouble.message()),
            };
            // The lab's scenarios give the arguments.
            let run = best.recipe.run.clone();
            chosen_clients.insert(role.clone(), Assignment { because, run, stdin: None, ..chosen(best, 0) });
        }
    }
    chosen_clients
}

/// Returns how near a client is to the server of a role, by port, names and folders.
fn nearness(lab: &Lab, (role, entry): (&Role, &RoleEntry), server: &Assignment, client: &Candidate) -> i32 {
    let by_port = match (connected_to(client), server.address) {
        (Some(to), Some(at)) if to.port() == at.port() => 8,
        (Some(_), Some(_)) => -4,
        _ => 0,
    };
    let names = naming(&client.file, &lab.roles);
    let is_named = names.get(role).is_some_and(|naming| *naming != RoleNaming::None);
    let is_named_otherwise = names.iter().any(|(other, naming)| other != role && *naming != RoleNaming::None);
    let many = i32::from(entry.serves == Some(Concurrency::Many));
    let server = Path::new(&server.file);
    by_port
        + 4 * i32::from(client.file.parent() == server.parent())
        + 3 * i32::from(without_side(&client.file) == without_side(server))
        + 6 * i32::from(is_named)
        - 4 * i32::from(is_named_otherwise)
        - many
}

/// Returns the name of a file without the word that tells a client from a server.
fn without_side(file: &Path) -> String {
    let name = folded(&file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default());
    let side = SIDES.iter().find(|side| name.contains(**side));
    side.map_or_else(|| name.clone(), |side| name.replacen(side, "", 1))
}
