//! Assigns programs to the roles of a lab. Every pair has a score, by observation and by name, and
//! the best complete assignment wins. Pure.

use std::collections::BTreeMap;
use std::path::PathBuf;

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

/// Returns the best assignment: for each role, the index of its program in `seen`.
#[must_use]
pub(crate) fn assign(seen: &[Observation], roles: &BTreeMap<Role, RoleEntry>) -> BTreeMap<Role, usize> {
    let names: Vec<BTreeMap<Role, RoleNaming>> = seen.iter().map(|one| naming(&one.file, roles)).collect();
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
    // Of each role, only as many programs as there are roles can be part of the best assignment. This
    // bounds the number of assignments that are tried.
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
    /// Tries all ways to assign a fitting program or none to the roles that follow those in `chosen`,
    /// each program to one role.
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
                // A role with a program, however bad, is better than one without: submitted programs
                // are judged.
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
mod tests {
    use super::*;

    fn seen(file: &str, protocol: Protocol, answers: Option<AnswerKind>, serves: Option<Concurrency>) -> Observation {
        Observation {
            file: file.into(),
            protocol: Some(protocol),
            port: None,
            standing: Standing::Serves,
            answers,
            is_exact: answers.is_some(),
            talks: serves.is_some(),
            serves,
            is_server: true,
            is_concurrent_upper: false,
        }
    }

    fn on(port: u16, one: Observation) -> Observation {
        Observation { port: Some(port), ..one }
    }

    fn failing(file: &str, protocol: Protocol) -> Observation {
        Observation { standing: Standing::Fails, ..seen(file, protocol, None, None) }
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
        let all = [
            on(65432, seen("eco.py", Protocol::Tcp, ECHO, ONE)),
            on(7000, seen("reverso.py", Protocol::Tcp, None, MANY)),
        ];
        assert_eq!(roles_of(&all), ["tcp-simple=eco.py"]);
        assert_eq!(roles_of(&[on(7000, seen("eco.py", Protocol::Tcp, ECHO, ONE))]), ["tcp-simple=eco.py"]);
    }

    #[test]
    fn clear_names_outweigh_one_wrong_answer() {
        for serves in [ONE, MANY] {
            let all = [
                on(65432, seen("Server-TCP-simple.py", Protocol::Tcp, UPPER, serves)),
                on(65432, seen("Server-TCP-Multicliente.py", Protocol::Tcp, ECHO, MANY)),
            ];
            assert_eq!(roles_of(&all), ["tcp-multi=Server-TCP-Multicliente.py", "tcp-simple=Server-TCP-simple.py"]);
        }
        let alone = [on(65432, seen("servidor_multi.py", Protocol::Tcp, ECHO, MANY))];
        assert_eq!(roles_of(&alone), ["tcp-multi=servidor_multi.py"]);
    }

    #[test]
    fn only_server_of_a_protocol_is_judged() {
        let udp = on(5000, seen("servidor.py", Protocol::Udp, ECHO, MANY));
        assert_eq!(roles_of(std::slice::from_ref(&udp)), ["udp-simple=servidor.py"]);
        let other = on(5001, seen("outro.py", Protocol::Udp, None, MANY));
        assert_eq!(roles_of(&[other, udp]), ["udp-simple=servidor.py"], "the better one");
        assert_eq!(roles_of(&[on(80, seen("x.py", Protocol::Tcp, None, MANY))]), ["tcp-simple=x.py"]);
        assert_eq!(roles_of(&[failing("x.c", Protocol::Tcp), failing("y.c", Protocol::Tcp)]), ["tcp-simple=x.c"]);
        let tool = Observation { is_server: false, ..failing("x.c", Protocol::Tcp) };
        assert_eq!(roles_of(&[tool]), Vec::<String>::new());
        let upper = Observation { is_concurrent_upper: true, ..failing("x.c", Protocol::Tcp) };
        assert_eq!(roles_of(&[upper]), ["tcp-multi=x.c"]);
    }

    #[test]
    fn program_that_serves_comes_before_one_that_fails() {
        let eco = || on(65432, seen("eco.py", Protocol::Tcp, ECHO, ONE));
        assert_eq!(roles_of(&[eco(), failing("outro.py", Protocol::Tcp)]), ["tcp-simple=eco.py"]);
        let named = [eco(), failing("servidor_multi.py", Protocol::Tcp)];
        assert_eq!(roles_of(&named), ["tcp-multi=servidor_multi.py", "tcp-simple=eco.py"]);
        let listening = on(50000, seen("servidor_tcp.py", Protocol::Tcp, None, None));
        assert_eq!(roles_of(&[failing("a.py", Protocol::Tcp), listening]), ["tcp-simple=servidor_tcp.py"]);
        let udp = [eco(), failing("asyncsslecho.py", Protocol::Tcp)];
        assert!(!roles_of(&udp).iter().any(|one| one.starts_with("udp")));
    }

    #[test]
    fn exact_answer_comes_before_one_with_more_in_it() {
        let prefixed = Observation { is_exact: false, ..on(5000, seen("a.py", Protocol::Tcp, ECHO, ONE)) };
        let exact = on(5000, seen("b.py", Protocol::Tcp, ECHO, ONE));
        assert!(roles_of(&[prefixed, exact]).contains(&"tcp-simple=b.py".to_owned()));
    }

    #[test]
    fn many_programs_and_roles_are_assigned_quickly() {
        let lab = crate::scenario::lab::Lab::bundled("socket-lab", None).expect("it is right");
        let entry = lab.roles.values().find(|entry| entry.falls_back_to.is_empty()).expect("a role");
        let roles = (0..7).map(|k| (format!("r{k}").parse().expect("a role"), entry.clone())).collect();
        let all: Vec<Observation> =
            (0..24).map(|k| on(65432, seen(&format!("s{k}.py"), Protocol::Tcp, UPPER, MANY))).collect();
        assert_eq!(assign(&all, &roles).len(), 7);
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
