//! Probes whether a server survives a client that resets its connection. Students learn from it,
//! although no lab item requires it. Adds a note, never changes points. Only `check` does this: a
//! whole class would wait for it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::bytes::quoted_line;
use crate::model::{Annotation, ClientId, EventKind, Evidence, ItemResult, Message, Protocol, Role, ServerId, Verdict};
use crate::run::Session;
use crate::scenario::lab::{Concurrency, Lab};
use crate::submission::import::Submission;
use crate::submission::probe;
use crate::submission::probe::{ANSWER_LIMIT, Probe, ProbeProgram, Purpose};

/// Time limit of the server's socket to appear.
const START_TIMEOUT: Duration = Duration::from_secs(10);
/// Time limit of the probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(60);

/// Probes every TCP server for many clients whose items all passed. Adds the note to the last item
/// of its role.
pub(crate) fn annotate(
    items: &mut [ItemResult],
    delivery: &Submission,
    lab: &Lab,
    programs: &BTreeMap<Role, ProgramSpec>,
    around: Session<'_>,
) {
    let many = |entry: &crate::scenario::lab::RoleEntry| {
        entry.protocol == Protocol::Tcp && entry.serves == Some(Concurrency::Many) && entry.falls_back_to.is_empty()
    };
    for (role, _) in lab.roles.iter().filter(|(_, entry)| many(entry)) {
        let of_role = |item: &&mut ItemResult| item.role.as_ref() == Some(role);
        // One problem at a time: the student fixes failed items first.
        let fails = items.iter().any(|item| item.role.as_ref() == Some(role) && item.verdict != Verdict::Pass);
        let Some(program) = programs.get(role).filter(|program| !fails && program.stands_in.is_none()) else {
            continue;
        };
        let Some(note) = run_probe(delivery, program, around).as_ref().and_then(interpret) else { continue };
        if let Some(item) = items.iter_mut().filter(of_role).last() {
            item.annotations.push(Annotation::ResetClient { note });
        }
    }
}

fn run_probe(delivery: &Submission, program: &ProgramSpec, around: Session<'_>) -> Option<Evidence> {
    let ProgramSpec { runs: ProgramSource::Command(words), stdin, port, .. } = program else { return None };
    let program = ProbeProgram { words: words.clone(), stdin: stdin.clone(), port: *port };
    let probe = Probe::new("reset-client").limit(PROBE_TIMEOUT).start(&program, START_TIMEOUT);
    let probe = probe.connect().exchange("antes", ANSWER_LIMIT).close();
    // The server has accepted the connection or will accept it: the reset reaches it in both cases.
    let probe = probe.connect().abort();
    let probe = probe.connect().exchange("depois", ANSWER_LIMIT);
    probe::run_probe(&delivery.root, probe, around, Purpose::Probe)
}

/// Returns the note if the client before the reset was answered, the one after it was not, and the
/// server has exited since.
fn interpret(seen: &Evidence) -> Option<Message> {
    let answered = |client: u32| {
        let of_client = |kind: &EventKind| kind.client() == Some(ClientId(client));
        seen.journal.0.iter().any(|event| of_client(&event.kind) && matches!(event.kind, EventKind::Received { .. }))
    };
    let aborted = |kind: &EventKind| matches!(kind, EventKind::Aborted { client: ClientId(2) });
    let from_then_on = seen.journal.0.iter().skip_while(|event| !aborted(&event.kind));
    let ended = from_then_on.clone().any(|event| matches!(event.kind, EventKind::Exited { server: ServerId(0), .. }));
    if !answered(1) || answered(3) || !ended {
        return None;
    }
    let printed = seen.journal.output(ServerId(0)).map(|(head, tail, _)| [head, tail].concat());
    let printed = printed.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let said = printed.and_then(|text| {
        text.lines().rev().find(|line| !line.trim().is_empty()).map(|line| quoted_line(line.as_bytes(), line.len()))
    });
    Some(match said {
        Some(said) => Message::new("note-abrupt-client-said").with("said", said),
        None => Message::new("note-abrupt-client"),
    })
}
