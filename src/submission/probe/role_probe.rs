//! Probes that find out what a program serves: each of its sockets, a greeting, and two complete
//! answers.

use std::path::Path;
use std::time::Duration;

use super::outcome::{HTTP_PROBE_TEXT, ProbeOutcome};
use super::{PROBE_NAME, Probe, ProbeProgram, ProbeScript, Purpose, read_each, run_probes};
use crate::model::Protocol;
use crate::run::Session;

/// How long a program may take to send more without being asked, before a text and after an answer
/// that is long enough. It is then waited for until it is idle, so that a busy machine changes
/// nothing.
const UNASKED_LIMIT: Duration = Duration::from_millis(100);

/// A probe that finds out what a program serves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RoleProbe {
    /// The texts of the clients: [`ProbeScript::Two`], [`ProbeScript::Brief`] or
    /// [`ProbeScript::Greeted`].
    pub script: ProbeScript,
    /// How long its socket may take to appear.
    pub start: Duration,
    /// How long an answer may take, as in the lab.
    pub answer: Duration,
    /// How many of the texts are replaced by an HTTP request.
    pub requests: usize,
    /// The socket to probe, if it is not the first one.
    pub socket: Option<(Protocol, u16)>,
}

impl RoleProbe {
    /// Returns the steps. An answer is complete when nothing more comes: a greeting, or the first
    /// part of an answer, may be as long as the text that was sent.
    fn probe(&self, index: usize, program: &ProbeProgram) -> Probe {
        let start = Probe::new(format!("{PROBE_NAME}-{index}")).start(program, self.start);
        let start = self.socket.map_or_else(|| start.clone(), |(protocol, port)| start.clone().at(protocol, port));
        let answer = match self.script {
            ProbeScript::Brief => self.script.within().min(self.answer),
            _ => self.answer,
        };
        let more = if self.script == ProbeScript::Greeted { answer } else { UNASKED_LIMIT };
        let texts = self.script.texts().iter().enumerate();
        texts.fold(start.sockets(), |probe, (k, text)| {
            let text = if k < self.requests { HTTP_PROBE_TEXT } else { text };
            probe.connect().pause(UNASKED_LIMIT).exchange(text, answer).pause(more).close()
        })
    }
}

/// Starts each program alone to find out what it serves. Returns the outcomes in the same order.
pub(crate) fn classify(
    delivery: &Path,
    starts: &[ProbeProgram],
    how: RoleProbe,
    session: Session<'_>,
) -> Vec<ProbeOutcome> {
    let probes: Vec<Probe> = starts.iter().enumerate().map(|(k, start)| how.probe(k, start)).collect();
    read_each(&run_probes(delivery, &probes, session, Purpose::Classify(how.start)))
}
