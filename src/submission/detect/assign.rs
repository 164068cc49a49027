//! Assigns programs to the roles of a lab. Every pair has a score, by observation and by name, and
//! the best complete assignment wins. Pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::model::{Protocol, Role};
use crate::scenario::lab::{AnswerKind, Concurrency, RoleEntry};
use crate::submission::role_names::{RoleNaming, named_protocol, naming};

/// What starting a program alone has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Its socket appeared.
    Serves,
    /// It could not be tried here, for reasons that are not its own.
    Unknown,
    /// It does not build or start, or opens no socket that serves.
    Fails,
}

/// Observations of a program that was started alone, on one of its sockets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observation {
    /// Its file.
    pub file: PathBuf,
    /// The transport of its socket, or that of its source if it has none.
    pub protocol: Option<Protocol>,
    /// The port that it serves, if its socket appeared.
    pub port: Option<u16>,
    /// What starting it has shown.
    pub standing: Standing,
    /// The kind of its answers.
    pub answers: Option<AnswerKind>,
    /// True if these answers contain nothing else.
    pub is_exact: bool,
    /// True if it answered something.
    pub talks: bool,
    /// How many clients it serves; `None` if the first one got no answer.
    pub serves: Option<Concurrency>,
    /// True if its source is that of a server, and not of a part or a tool. Only such a program may
    /// fill a role by failing.
    pub is_server: bool,
    /// True if its source answers in upper case, and serves several clients. Counts if its answers
    /// are unknown.
    pub is_concurrent_upper: bool,
}

/// Minimum score of a pair: below it, another program was submitted and not this one.
const MIN_SCORE: i32 = -3;
/// A name that names this role only. It outweighs an answer of the other kind, but not that and
/// another number of clients.
const CLEAR_NAME: i32 = 11;
/// A program that does not serve comes after all that do, except by a clear name.
const FAILS: i32 = -8;
/// A program for other purposes.
const OTHER_PROTOCOL: i32 = -20;

/// Returns how well a program fits a role.
fn score(seen: &Observation, entry: &RoleEntry, naming: RoleNaming) -> i32 {
    let mut score = match seen.standing {
        Standing::Serves => 0,
        Standing::Unknown => -2,
        Standing::Fails => FAILS,
    };
    match seen.protocol {
        Some(protocol) if protocol != entry.protocol => {
            let named = named_protocol(&seen.file) == Some(entry.protocol);
            score += if named { -2 } else { OTHER_PROTOCOL };
        }
        Some(_) => {}
        None => score -= 1,
    }
    match (seen.answers, entry.answers) {
        (Some(given), Some(wanted)) if given == wanted => score += if seen.is_exact { 6 } else { 4 },
        (Some(_), Some(_)) => score -= if seen.is_exact { 2 } else { 3 },
        (None, _) if seen.is_concurrent_upper => {
            let is_meant = entry.answers == Some(AnswerKind::Uppercase) && entry.serves == Some(Concurrency::Many);
            score += if is_meant { 2 } else { 0 };
        }
        // Without observations, assume the role that requires least.
        (None, _) if entry.serves == Some(Concurrency::One) => score += 1,
        _ => {}
    }
    if seen.talks && seen.answers.is_none() && entry.answers.is_some() {
        score -= 3;
    }
    // The number of clients counts only if the program answers in one of the known ways.
    match (seen.serves.filter(|_| seen.answers.is_some()), entry.serves) {
        (Some(given), Some(wanted)) if given == wanted => score += 2,
        // A program for many clients is good enough for a role that needs one.
        (Some(Concurrency::One), Some(Concurrency::Many)) => score -= 4,
        _ => {}
    }
    if seen.port.is_some_and(|port| port != entry.port) {
        score -= 4;
    }
    score
        + match naming {
            RoleNaming::Clear => CLEAR_NAME,
            RoleNaming::Several => 3,
            RoleNaming::None => 0,
        }
}

/// The scores of all pairs: one row per role.
struct Scores<'a> {
    roles: Vec<(&'a Role, &'a RoleEntry)>,
    rows: Vec<Vec<i32>>,
}

/// Returns how clearly each program is named for each role. The folders above all files name roles
/// only if no file does: they are often named for the repository, or after the student. They name
/// one role clearly, or none, and only for programs with its protocol.
fn namings(seen: &[Observation], above: &Path, roles: &BTreeMap<Role, RoleEntry>) -> Vec<BTreeMap<Role, RoleNaming>> {
    let own: Vec<BTreeMap<Role, RoleNaming>> = seen.iter().map(|one| naming(&one.file, roles)).collect();
    if own.iter().flat_map(BTreeMap::values).any(|naming| *naming != RoleNaming::None) {
        return own;
    }
    // As a folder, so that a dot in its name begins no extension.
    let folder = naming(&above.join("-"), roles);
    let of = |one: &Observation| {
        let fits = |role: &Role| {
            let entry = roles.get(role);
            entry.is_some_and(|entry| entry.falls_back_to.is_empty() && one.protocol == Some(entry.protocol))
        };
        let is_named = |role: &Role| folder.get(role) == Some(&RoleNaming::Clear) && fits(role);
        let naming = |role: &Role| if is_named(role) { RoleNaming::Clear } else { RoleNaming::None };
        roles.keys().map(|role| (role.clone(), naming(role))).collect()
    };
    seen.iter().map(of).collect()
}

/// Returns the best assignment: for each role, the index of its program in `seen`. `above` are the
/// folders above all files, which are not part of their paths.
#[must_use]
pub(crate) fn assign(seen: &[Observation], above: &Path, roles: &BTreeMap<Role, RoleEntry>) -> BTreeMap<Role, usize> {
    let names = namings(seen, above, roles);
    let naming_of = |k: usize, role: &Role| names[k].get(role).copied().unwrap_or(RoleNaming::None);
    // Roles that fall back to others come last, and only by name.
    let own: Vec<(&Role, &RoleEntry)> = roles.iter().filter(|(_, entry)| entry.falls_back_to.is_empty()).collect();
    let row = |(role, entry): &(&Role, &RoleEntry)| {
        (0..seen.len()).map(|k| score(&seen[k], entry, naming_of(k, role))).collect()
    };
    let scores = Scores { rows: own.iter().map(row).collect(), roles: own };
    let mut assigned = best(seen, &scores);
    for protocol in [Protocol::Tcp, Protocol::Udp] {
        only_server(seen, &scores, protocol, &mut assigned);
    }
    for (role, entry) in roles.iter().filter(|(_, entry)| !entry.falls_back_to.is_empty()) {
        let is_free = |place: &usize| !assigned.values().any(|other| other == place);
        let is_named = |place: usize| naming_of(place, role) != RoleNaming::None;
        let fits = |place: &usize| seen[*place].protocol == Some(entry.protocol) && is_named(*place);
        if let Some(place) = (0..seen.len()).filter(is_free).find(fits) {
            assigned.insert(role.clone(), place);
        }
    }
    assigned
}

/// Returns the assignment with the largest sum, of the pairs with the minimum score.
fn best(seen: &[Observation], scores: &Scores<'_>) -> BTreeMap<Role, usize> {
    // Of each role, only as many programs as there are roles can be part of the best assignment.
    // This bounds the number of assignments that are tried.
    let fit = |row: &Vec<i32>| {
        let mut all: Vec<usize> = (0..seen.len()).filter(|&k| row[k] >= MIN_SCORE).collect();
        all.sort_by_key(|&k| std::cmp::Reverse(row[k]));
        all.truncate(scores.roles.len());
        all.sort_unstable();
        all
    };
    let fitting: Vec<Vec<usize>> = scores.rows.iter().map(fit).collect();
    let worth = |row: &Vec<i32>, place: usize| row[place] - MIN_SCORE + 1;
    // The largest sum of the roles from each one on.
    let mut bounds = vec![0; fitting.len() + 1];
    for k in (0..fitting.len()).rev() {
        let largest = fitting[k].iter().map(|&place| worth(&scores.rows[k], place)).max().unwrap_or(0);
        bounds[k] = bounds[k + 1] + largest;
    }
    let mut search = Search { rows: &scores.rows, fitting: &fitting, bounds: &bounds, best: (-1, Vec::new()) };
    search.pair(&mut Vec::new(), 0);
    let chosen = scores.roles.iter().zip(&search.best.1);
    chosen.filter_map(|((role, _), place)| Some(((*role).clone(), (*place)?))).collect()
}

/// The search for the assignment with the largest sum.
struct Search<'a> {
    rows: &'a [Vec<i32>],
    fitting: &'a [Vec<usize>],
    bounds: &'a [i32],
    best: (i32, Vec<Option<usize>>),
}

impl Search<'_> {
    /// Tries all ways to assign a fitting program or none to the roles that follow those in
    /// `chosen`, each program to one role.
    fn pair(&mut self, chosen: &mut Vec<Option<usize>>, sum: i32) {
        let next = chosen.len();
        if sum + self.bounds[next] <= self.best.0 {
            return;
        }
        let Some(fit) = self.fitting.get(next) else {
            self.best = (sum, chosen.clone());
            return;
        };
        for &place in fit {
            if !chosen.contains(&Some(place)) {
                // A role with a program, however bad, is better than one without: submitted
                // programs are judged.
                let worth = self.rows[next][place] - MIN_SCORE + 1;
                chosen.push(Some(place));
                self.pair(chosen, sum + worth);
                chosen.pop();
            }
        }
        chosen.push(None);
        self.pair(chosen, sum);
        chosen.pop();
    }
}

/// Gives a role to the best program of a protocol if all roles of that protocol are empty: the only
/// server of a submission is judged, however wrong it is. Programs that serve come first.
fn only_server(seen: &[Observation], scores: &Scores<'_>, protocol: Protocol, assigned: &mut BTreeMap<Role, usize>) {
    let places: Vec<usize> =
        (0..scores.roles.len()).filter(|&place| scores.roles[place].1.protocol == protocol).collect();
    if places.iter().any(|&place| assigned.contains_key(scores.roles[place].0)) {
        return;
    }
    let may_fill = |k: &usize| {
        let one = &seen[*k];
        let is_known = one.standing == Standing::Serves || one.is_server;
        let is_free = !assigned.values().any(|other| other == k);
        is_known && is_free && one.protocol.is_none_or(|other| other == protocol)
    };
    let pairs = (0..seen.len()).filter(may_fill).flat_map(|k| places.iter().map(move |&place| (k, place)));
    let rank = |&(k, place): &(usize, usize)| {
        let standing = match seen[k].standing {
            Standing::Serves => 2,
            Standing::Unknown => 1,
            Standing::Fails => 0,
        };
        (standing, scores.rows[place][k], std::cmp::Reverse((k, place)))
    };
    if let Some((k, place)) = pairs.max_by_key(rank) {
        assigned.insert(scores.roles[place].0.clone(), k);
    }
}

#[cfg(test)]
mod tests;
