//! Probes whether a server survives clients that end abruptly or pause: one that pauses before it
//! sends, one that sends and closes without reading, and one that resets its connection. Students
//! learn from it, although no lab item requires it. Adds notes, never changes points. Only `check`
//! does this: a whole class would wait for it.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::source_language::language_of;
use crate::model::{
    Annotation, ClientId, EventKind, Evidence, ExitStatus, ItemResult, Message, Protocol, Role, ServerId, Verdict,
};
use crate::run::Session;
use crate::scenario::expect::error_line::last_error_line;
use crate::scenario::lab::{Concurrency, Lab};
use crate::submission::annotate::rerun;
use crate::submission::detect::Detection;
use crate::submission::import::Submission;
use crate::submission::probe;
use crate::submission::probe::{ANSWER_LIMIT, Probe, ProbeProgram, Purpose};

/// Time limit of the server's socket to appear.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// Time limit of the probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a client or the server may have nothing to do, unless silence is proved before: longer
/// than the time limits of a second and less that programs set on their sockets.
const PAUSE: Duration = Duration::from_millis(1500);

/// An unusual client, or a time without one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trial {
    /// A client that pauses between connect and send.
    Pause,
    /// A time without clients.
    Idle,
    /// A client that sends and closes without reading.
    CloseUnread,
    /// A client that resets its connection.
    Reset,
}

/// The effect of a trial on a server that serves usual clients.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Effect {
    trial: Trial,
    /// How the server exited; `None` if it did not answer but runs on.
    exit: Option<ExitStatus>,
    /// Number of clients up to the first one that was not served: so many usual ones must be.
    clients: u32,
}

/// Probes every TCP server of a role that serves usual clients. Adds the note to the last item of
/// its role.
pub(crate) fn annotate(
    items: &mut [ItemResult],
    delivery: &Submission,
    lab: &Lab,
    (programs, found): (&BTreeMap<Role, ProgramSpec>, &Detection),
    session: Session<'_>,
) {
    for (role, entry) in &lab.roles {
        if entry.protocol != Protocol::Tcp || entry.serves.is_none() || !entry.falls_back_to.is_empty() {
            continue;
        }
        let of_role = |item: &&mut ItemResult| item.role.as_ref() == Some(role);
        let own = || items.iter().filter(|item| item.role.as_ref() == Some(role));
        // Other faults do not matter: a server that serves usual clients may still end here.
        let serves = own().any(|item| item.verdict == Verdict::Pass) && !own().any(rerun::is_unanswered);
        let Some(program) = programs.get(role).filter(|program| serves && program.stands_in.is_none()) else {
            continue;
        };
        let many = entry.serves == Some(Concurrency::Many);
        let file = found.servers.get(role).map(|server| server.file.as_str()).unwrap_or_default();
        let Some(note) = note(delivery, program, many, file, session) else { continue };
        if let Some(item) = items.iter_mut().filter(of_role).last() {
            item.annotations.push(Annotation::AbruptClient { note });
        }
    }
}

fn note(delivery: &Submission, program: &ProgramSpec, many: bool, file: &str, session: Session<'_>) -> Option<Message> {
    let ProgramSpec { runs: ProgramSource::Command(words), stdin, port, .. } = program else { return None };
    let program = ProbeProgram { words: words.clone(), stdin: stdin.clone(), port: *port };
    let start = |name: &str| Probe::new(name).limit(PROBE_TIMEOUT).start(&program, START_TIMEOUT);
    let run = |probes: &[Probe]| probe::run_probes(&delivery.root, probes, session, Purpose::Probe);
    let (effect, seen) = if many {
        // In parallel: a server that wakes at intervals makes both wait for the whole pause.
        let mut seen = run(&[pausing(start("pausing-client")), ending(start("abrupt-clients"))]).into_iter().flatten();
        let (pausing, ending) = (seen.next()?, seen.next()?);
        first_effect((effect_of_pause(&pausing), pausing), (effect_of_end(&ending), ending))?
    } else {
        let seen = run(&[start("pausing-client").connect().pause(PAUSE).exchange("pausa", ANSWER_LIMIT)]).pop()??;
        (effect_on_one(&seen)?, seen)
    };
    // A server that only serves so many clients ends by itself.
    let usual = (0..effect.clients).fold(start("usual-clients"), |probe, _| usual(probe).close());
    let usual = run(&[usual]).pop()??;
    (1..=effect.clients).all(|client| answered(&usual, client)).then(|| message(&effect, &seen, file))
}

/// Returns the effect that explains the others, with its evidence: a server with a time limit for
/// the next client ends while any client pauses.
fn first_effect(pausing: (Option<Effect>, Evidence), ending: (Option<Effect>, Evidence)) -> Option<(Effect, Evidence)> {
    let is_idle = ending.0.as_ref().is_some_and(|effect| effect.trial == Trial::Idle);
    let (first, second) = if is_idle { (ending, pausing) } else { (pausing, ending) };
    let found = |(effect, seen): (Option<Effect>, Evidence)| Some((effect?, seen));
    found(first).or_else(|| found(second))
}

/// Connects a usual client, and has it answered.
fn usual(probe: Probe) -> Probe {
    probe.connect().exchange("ola", ANSWER_LIMIT)
}

/// Adds a client that pauses, between two usual ones.
fn pausing(probe: Probe) -> Probe {
    let probe = usual(probe).close();
    usual(probe.connect().pause(PAUSE).exchange("pausa", ANSWER_LIMIT).close())
}

/// Adds a time without clients, and clients that end abruptly, each followed by a usual one.
fn ending(probe: Probe) -> Probe {
    let probe = usual(probe).close();
    let probe = usual(probe.pause(PAUSE)).close();
    let probe = usual(probe.connect().send("sem ler").close_unread()).close();
    // The server has accepted the connection or will accept it: the reset reaches it in both cases.
    usual(probe.connect().abort())
}

fn answered(seen: &Evidence, client: u32) -> bool {
    let of_client = |kind: &EventKind| kind.client() == Some(ClientId(client));
    seen.journal.iter().any(|event| of_client(&event.kind) && matches!(event.kind, EventKind::Received { .. }))
}

/// Returns how the server exited.
fn exit(seen: &Evidence) -> Option<ExitStatus> {
    seen.journal.exited(ServerId(0)).map(|(_, status)| status)
}

/// Returns the effect of a client that pauses on a server for many clients.
fn effect_of_pause(seen: &Evidence) -> Option<Effect> {
    let (exit, is_next_served) = (exit(seen), answered(seen, 3));
    // If it neither ended nor serves the next client, it does not serve many.
    let is_fault = answered(seen, 1) && !answered(seen, 2) && (exit.is_some() || is_next_served);
    is_fault.then_some(Effect { trial: Trial::Pause, exit, clients: if is_next_served { 3 } else { 2 } })
}

/// Returns the first effect of idleness, or of a client that ends abruptly, on a server for many
/// clients.
fn effect_of_end(seen: &Evidence) -> Option<Effect> {
    let next = [(Trial::Idle, 2), (Trial::CloseUnread, 4), (Trial::Reset, 6)];
    let (trial, clients) = next.into_iter().find(|(_, client)| !answered(seen, *client))?;
    let exit = exit(seen).filter(|_| answered(seen, 1))?;
    Some(Effect { trial, exit: Some(exit), clients })
}

/// Returns the effect of the pause on a server for one client, which ends after it in any case.
fn effect_on_one(seen: &Evidence) -> Option<Effect> {
    let is_connected = seen.journal.iter().any(|event| matches!(event.kind, EventKind::Connected { .. }));
    (is_connected && !answered(seen, 1)).then_some(Effect { trial: Trial::Pause, exit: None, clients: 1 })
}

/// Returns the note on an effect.
fn message(effect: &Effect, seen: &Evidence, file: &str) -> Message {
    let id = match (effect.trial, effect.exit) {
        (Trial::Pause, None) => "note-pausing-client-unanswered",
        (Trial::Pause, Some(_)) => "note-pausing-client",
        (Trial::Idle, _) => "note-idle-server",
        (Trial::CloseUnread, _) => "note-unread-client",
        (Trial::Reset, _) => "note-reset-client",
    };
    let is_signal = matches!(effect.exit, Some(ExitStatus::Signal(_)));
    let printed = last_error_line(seen, ServerId(0)).filter(|_| !is_signal);
    let how = match (effect.exit, printed) {
        (Some(status), None) => status.message(),
        (_, Some(said)) => Message::new("abrupt-printed").with("said", said),
        (None, None) => Message::new("abrupt-nothing"),
    };
    let waits = matches!(effect.trial, Trial::Pause | Trial::Idle);
    Message::new(id).with("how", how).with("advice", Message::new(advice(file, waits)))
}

/// Returns the id of the advice for a program: how its language reports the end of a client, or a
/// time limit.
fn advice(file: &str, waits: bool) -> &'static str {
    // A class or an archive of Java is run by its name.
    let language = |word: &str| match word.rsplit_once('.') {
        Some((_, "class" | "jar")) => Some("Java"),
        _ => language_of(Path::new(word)),
    };
    let words = file.split(|c: char| !c.is_alphanumeric() && c != '.');
    let [ended, paused] = match words.rev().find_map(language) {
        Some("C" | "C++") => ["abrupt-advice-c", "pause-advice-c"],
        Some("Python") => ["abrupt-advice-python", "pause-advice-python"],
        Some("Java") => ["abrupt-advice-java", "pause-advice-java"],
        Some("JavaScript" | "TypeScript") => ["abrupt-advice-node", "pause-advice-other"],
        _ => ["abrupt-advice-other", "pause-advice-other"],
    };
    if waits { paused } else { ended }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Bytes, Event, EventId, Journal, Moment};

    /// Returns the evidence of a run in which these clients were answered.
    fn seen(answered: &[u32], exit: Option<ExitStatus>) -> Evidence {
        let received = answered
            .iter()
            .map(|&client| EventKind::Received { client: ClientId(client), bytes: Bytes(b"OLA".to_vec()) });
        let exited = exit.map(|status| EventKind::Exited { server: ServerId(0), status });
        let event = |(k, kind)| Event { id: EventId(k), at: Moment(0), step: 0, kind };
        let journal = Journal((0..).zip(received.chain(exited)).map(event).collect());
        Evidence { journal, ..Evidence::default() }
    }

    #[test]
    fn first_client_that_is_not_served_names_the_trial() {
        let (ended, pipe) = (Some(ExitStatus::Code(1)), Some(ExitStatus::Signal(13)));
        let effect = |trial, exit, clients| Some(Effect { trial, exit, clients });
        assert_eq!(effect_of_pause(&seen(&[1, 3], None)), effect(Trial::Pause, None, 3));
        assert_eq!(effect_of_pause(&seen(&[1], ended)), effect(Trial::Pause, ended, 2));
        assert_eq!(effect_of_end(&seen(&[1], ended)), effect(Trial::Idle, ended, 2));
        assert_eq!(effect_of_end(&seen(&[1, 2], pipe)), effect(Trial::CloseUnread, pipe, 4));
        assert_eq!(effect_of_end(&seen(&[1, 2, 4], ended)), effect(Trial::Reset, ended, 6));
    }

    #[test]
    fn idleness_explains_the_end_during_a_pause() {
        let with = |trial| (Some(Effect { trial, exit: None, clients: 2 }), Evidence::default());
        let first = |pausing, ending| first_effect(pausing, ending).map(|(effect, _)| effect.trial);
        assert_eq!(first(with(Trial::Pause), with(Trial::Idle)), Some(Trial::Idle));
        assert_eq!(first(with(Trial::Pause), with(Trial::Reset)), Some(Trial::Pause));
        assert_eq!(first((None, Evidence::default()), with(Trial::Reset)), Some(Trial::Reset));
    }

    #[test]
    fn servers_that_survive_or_never_served_have_no_effect() {
        let ended = Some(ExitStatus::Code(1));
        assert_eq!((effect_of_pause(&seen(&[1, 2, 3], None)), effect_of_end(&seen(&[1, 2, 4, 6], None))), (None, None));
        assert_eq!(effect_of_end(&seen(&[1, 2, 4, 6], Some(ExitStatus::Code(0)))), None, "ended afterwards");
        assert_eq!(
            (effect_of_pause(&seen(&[], ended)), effect_of_end(&seen(&[], ended))),
            (None, None),
            "never served"
        );
        assert_eq!(effect_of_end(&seen(&[1, 2], None)), None, "it runs on");
        assert_eq!(effect_of_pause(&seen(&[1], None)), None, "it serves one client");
        assert_eq!(effect_on_one(&seen(&[], None)), None, "nobody connected");
    }

    #[test]
    fn advice_fits_the_language_of_the_file() {
        assert_eq!(advice("src/tcp_multi.c", false), "abrupt-advice-c");
        assert_eq!(advice("python3 servidor.py 65432", true), "pause-advice-python");
        assert_eq!(advice("Servidor.java", false), "abrupt-advice-java");
        assert_eq!(advice("./servidor", false), "abrupt-advice-other");
    }
}
