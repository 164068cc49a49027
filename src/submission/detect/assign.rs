//! Assigns programs to the roles of a lab. Every pair has a score, by observation first and by name
//! second, and the best complete assignment wins. Pure.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::model::{Protocol, Role};
use crate::scenario::lab::{AnswerKind, Concurrency, RoleEntry};

/// Observations of a program that was started alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Observation {
    /// Its file.
    pub file: PathBuf,
    /// The transport of its socket, or that of its source if it has none.
    pub protocol: Option<Protocol>,
    /// The port that it serves, if its socket appeared.
    pub port: Option<u16>,
    /// True if its socket appeared.
    pub ready: bool,
    /// The kind of its answers.
    pub answers: Option<AnswerKind>,
    /// How many clients it serves; `None` if the first one got no answer.
    pub serves: Option<Concurrency>,
}

/// Minimum score of a pair: below it, another program was submitted and not this one.
const MIN_SCORE: i32 = -3;

/// Returns how well a program fits a role.
fn score(seen: &Observation, entry: &RoleEntry) -> i32 {
    let name = seen.file.to_string_lossy().to_lowercase();
    let mut score = 0;
    match seen.protocol {
        Some(protocol) if protocol != entry.protocol => {
            let named = crate::submission::heuristics::named_protocol(&seen.file) == Some(entry.protocol);
            score -= if named { 2 } else { 20 };
        }
        Some(_) => {}
        None => score -= 1,
    }
    if !seen.ready {
        score -= 1;
    }
    match (seen.answers, entry.answers) {
        (Some(given), Some(wanted)) if given == wanted => score += 6,
        (Some(_), Some(_)) => score -= 2,
        // Without observations, assume the role that requires least.
        (None, _) if entry.serves == Some(Concurrency::One) => score += 1,
        _ => {}
    }
    // The number of clients counts only if the program answers as the lab requires, or serves the
    // lab's port.
    let counts = seen.answers.is_some() || seen.port == Some(entry.port);
    match (seen.serves.filter(|_| counts), entry.serves) {
        (Some(given), Some(wanted)) if given == wanted => score += 2,
        // A program for many clients is good enough for a role that needs one.
        (Some(Concurrency::One), Some(Concurrency::Many)) => score -= 2,
        _ => {}
    }
    if seen.port.is_some_and(|port| port != entry.port) {
        score -= 4;
    }
    if entry.names.iter().any(|word| name.contains(&word.to_lowercase())) {
        score += 3;
    }
    score
}

/// Returns the best assignment: for each role, the index of its program in `seen`.
#[must_use]
pub(crate) fn assign(seen: &[Observation], roles: &BTreeMap<Role, RoleEntry>) -> BTreeMap<Role, usize> {
    // Roles that fall back to others come last, and only by name.
    let own: Vec<(&Role, &RoleEntry)> = roles.iter().filter(|(_, entry)| entry.falls_back_to.is_empty()).collect();
    let mut best = (i32::MIN, Vec::new());
    pair(seen, &own, 0, &mut vec![None; own.len()], &mut best);
    let mut assigned: BTreeMap<Role, usize> =
        own.iter().zip(&best.1).filter_map(|((role, _), place)| Some(((*role).clone(), (*place)?))).collect();
    for (role, entry) in roles.iter().filter(|(_, entry)| !entry.falls_back_to.is_empty()) {
        let is_free = |place: &usize| !assigned.values().any(|other| other == place);
        let is_named = |file: &Path| {
            let name = file.to_string_lossy().to_lowercase();
            entry.names.iter().any(|word| name.contains(&word.to_lowercase()))
        };
        let fits = |place: &usize| seen[*place].protocol == Some(entry.protocol) && is_named(&seen[*place].file);
        if let Some(place) = (0..seen.len()).filter(is_free).find(fits) {
            assigned.insert(role.clone(), place);
        }
    }
    assigned
}

/// Tries all ways to assign a program or none to the roles from `next` on, each program to one
/// role.
fn pair(
    seen: &[Observation],
    roles: &[(&Role, &RoleEntry)],
    next: usize,
    chosen: &mut Vec<Option<usize>>,
    best: &mut (i32, Vec<Option<usize>>),
) {
    let Some((_, entry)) = roles.get(next) else {
        // A role with a program, however bad, is better than one without: submitted programs are
        // judged.
        let worth = |(place, (_, entry)): (&Option<usize>, &(&Role, &RoleEntry))| {
            place.map_or(0, |place| score(&seen[place], entry) - MIN_SCORE + 1)
        };
        let sum = chosen.iter().zip(roles).map(worth).sum();
        if sum > best.0 {
            *best = (sum, chosen.clone());
        }
        return;
    };
    for place in 0..seen.len() {
        if !chosen[..next].contains(&Some(place)) && score(&seen[place], entry) >= MIN_SCORE {
            chosen[next] = Some(place);
            pair(seen, roles, next + 1, chosen, best);
        }
    }
    chosen[next] = None;
    pair(seen, roles, next + 1, chosen, best);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(file: &str, protocol: Protocol, answers: Option<AnswerKind>, serves: Option<Concurrency>) -> Observation {
        Observation { file: file.into(), protocol: Some(protocol), port: None, ready: true, answers, serves }
    }

    fn roles_of(seen: &[Observation]) -> Vec<String> {
        let roles = crate::scenario::lab::Lab::bundled("socket-lab", None).expect("it is right").roles;
        let assigned = assign(seen, &roles);
        assigned.iter().map(|(role, &place)| format!("{role}={}", seen[place].file.display())).collect()
    }

    const ECHO: Option<AnswerKind> = Some(AnswerKind::Echo);
    const UPPER: Option<AnswerKind> = Some(AnswerKind::Uppercase);
    const ONE: Option<Concurrency> = Some(Concurrency::One);
    const MANY: Option<Concurrency> = Some(Concurrency::Many);

    #[test]
    fn behavior_outweighs_names() {
        let all = [
            seen("Server-TCP-Multicliente.py", Protocol::Tcp, UPPER, MANY),
            seen("ServerTCP.py", Protocol::Tcp, ECHO, ONE),
            seen("server-udp.py", Protocol::Udp, UPPER, MANY),
        ];
        let wanted = ["tcp-multi=Server-TCP-Multicliente.py", "tcp-simple=ServerTCP.py", "udp-simple=server-udp.py"];
        assert_eq!(roles_of(&all), wanted);
        let swapped = [seen("multi.py", Protocol::Tcp, ECHO, ONE), seen("simples.py", Protocol::Tcp, UPPER, MANY)];
        assert_eq!(roles_of(&swapped), ["tcp-multi=simples.py", "tcp-simple=multi.py"]);
    }

    #[test]
    fn names_decide_without_observations() {
        let all = [seen("multi.py", Protocol::Tcp, None, None), seen("simples.py", Protocol::Tcp, None, None)];
        assert_eq!(roles_of(&all), ["tcp-multi=multi.py", "tcp-simple=simples.py"]);
        let both = [seen("simple.py", Protocol::Tcp, UPPER, ONE), seen("multi.py", Protocol::Tcp, UPPER, MANY)];
        assert_eq!(roles_of(&both), ["tcp-multi=multi.py", "tcp-simple=simple.py"]);
    }

    #[test]
    fn program_gets_one_role_and_others_stay_empty() {
        assert_eq!(roles_of(&[seen("server.py", Protocol::Tcp, ECHO, ONE)]), ["tcp-simple=server.py"]);
        assert_eq!(roles_of(&[seen("server.py", Protocol::Udp, ECHO, MANY)]), ["udp-simple=server.py"]);
        let all = [seen("server.py", Protocol::Tcp, ECHO, ONE), seen("udpserver.py", Protocol::Tcp, None, None)];
        assert!(roles_of(&all).contains(&"tcp-simple=server.py".to_owned()), "{:?}", roles_of(&all));
    }

    #[test]
    fn unrelated_program_fills_no_second_role() {
        let on = |one: Observation, port| Observation { port: Some(port), ..one };
        let all = [
            on(seen("eco.py", Protocol::Tcp, ECHO, ONE), 65432),
            on(seen("reverso.py", Protocol::Tcp, None, MANY), 7000),
        ];
        assert_eq!(roles_of(&all), ["tcp-simple=eco.py"]);
        assert_eq!(roles_of(&[on(seen("eco.py", Protocol::Tcp, ECHO, ONE), 7000)]), ["tcp-simple=eco.py"]);
    }

    #[test]
    fn remote_program_is_assigned_by_name() {
        let all = [
            seen("servidor_remoto.py", Protocol::Tcp, ECHO, ONE),
            seen("servidor_simples.py", Protocol::Tcp, ECHO, ONE),
        ];
        assert_eq!(roles_of(&all), ["remote=servidor_remoto.py", "tcp-simple=servidor_simples.py"]);
    }
}
