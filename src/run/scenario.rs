//! One scenario in one agent: started, listened to, ended; the evidence handed over.

use std::io;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use super::agent::{Frame, Job};
use super::cancel::Cancel;
use super::judge::{Absent, Outcome};
use super::order::are_ready;
use crate::model::{Call, Evidence, Message, StageKind, Verdict};
use crate::stage::launch::{Agent, Heard, TO_BEGIN};
use crate::sys::cgroup::{Group, Kills, Place};

/// Where groups with a bound on memory are made; none where this user may make none, and the guard alone holds the programs.
static GROUPS: LazyLock<Option<Place>> = LazyLock::new(|| Place::find().ok());
/// What a group may take beyond what its programs may hold, in bytes: for the agent in it with its packets, for files in memory, and
/// for what the kernel keeps for them. The guard is to be first, which knows what it is about.
const BESIDE: u64 = 1 << 30;

/// What came of asking an agent to run a scenario.
#[derive(Debug)]
pub enum Ran {
    /// It ran, or failed to.
    Over(Outcome),
    /// This machine does not allow the stage; why, in the system's words.
    Denied(String),
    /// The run was broken off.
    BrokenOff,
}

/// How long an agent of the plain stage may take until other runs, each of which has its own bound, have given the ports back.
const TO_BEGIN_PLAIN: Duration = Duration::from_secs(30 * 60);
/// How much longer than the scenario's own time it may take: programs that get little of a busy machine are waited for
/// (`stage::patience`, two minutes in all), on the plain stage an earlier run's connections as well (a minute), and what was
/// recorded has to be written.
const MARGIN: Duration = Duration::from_secs(300);

/// Who is told the number of each step that begins after another one, and whether the programs that the one before has started have
/// their sockets.
pub type Begins<'a> = &'a dyn Fn(usize, bool);

/// Runs a scenario that may take so long by its own limits. When this returns, nothing that it started lives any more.
#[must_use]
pub fn perform(mut job: Job, within: Duration, cancel: &Cancel, begins: Begins<'_>) -> Ran {
    let failed = |error: &io::Error| Ran::Over(Outcome::Failed(trouble(&error.to_string())));
    // Before the agent, so that it is removed after the agent's end.
    let group = group(&job);
    job.group = group.as_ref().map(|group| group.folder().to_owned());
    let mut agent = match Agent::start() {
        Ok(agent) => agent,
        Err(error) => return failed(&error),
    };
    let ran = listen(&mut agent, &job, within, cancel, begins).unwrap_or_else(|error| failed(&error));
    agent.end();
    ran
}

/// Why an agent ended before the scenario was over, as far as it is known.
fn ending(job: &Job) -> &'static str {
    let killed = job.group.as_deref().is_some_and(|group| Kills::of(group).is_ok_and(|kills| kills.are_any()));
    if killed {
        "the programs used so much memory that the kernel also killed the agent"
    } else {
        "the agent exited before the scenario finished"
    }
}

/// A group for what the job starts, where that is not the lab's own and such groups can be made.
fn group(job: &Job) -> Option<Group> {
    let place = GROUPS.as_ref().filter(|_| job.foreign)?;
    place.group(job.sandbox.memory.saturating_add(BESIDE)).ok()
}

/// The outcome of a run whose evidence is lost. If the program attacked the agent before, that is the cause; otherwise nothing is
/// known against it.
fn lost(attack: Option<&Call>, problem: &str) -> Ran {
    Ran::Over(match attack {
        Some(call) => Outcome::Absent(Absent {
            verdict: Verdict::Fail,
            because: Message::new("attacked-harness").with("call", call.to_string()),
            hint: Some(Message::new("hint-attacked-harness")),
        }),
        None => Outcome::Failed(trouble(problem)),
    })
}

fn trouble(problem: &str) -> Message {
    Message::new("harness-trouble").with("problem", problem)
}

fn listen(agent: &mut Agent, job: &Job, within: Duration, cancel: &Cancel, begins: Begins<'_>) -> io::Result<Ran> {
    let to_begin = if job.stage == StageKind::Plain { TO_BEGIN_PLAIN } else { TO_BEGIN };
    let mut deadline = Instant::now() + to_begin;
    agent.say(&serde_json::to_vec(job).map_err(io::Error::other)?)?;
    if job.stage == StageKind::Isolated {
        // Where there is no inside, the next frame says why.
        let _ = agent.take_inside();
    }
    let mut evidence = Evidence::default();
    let mut attack: Option<Call> = None;
    loop {
        let frame = match agent.hear(cancel, deadline)? {
            Heard::Frame(frame) => frame,
            Heard::BrokenOff => return Ok(Ran::BrokenOff),
            Heard::End if cancel.is_cancelled() => return Ok(Ran::BrokenOff),
            Heard::End => return Ok(lost(attack.as_ref(), ending(job))),
            Heard::Nothing => return Ok(lost(attack.as_ref(), "the agent did not exit in time")),
        };
        match Frame::from_bytes(&frame)? {
            Frame::Denied(why) => return Ok(Ran::Denied(why)),
            Frame::Failed(problem) => return Ok(lost(attack.as_ref(), &problem)),
            Frame::Began => deadline = Instant::now() + within.saturating_add(MARGIN),
            Frame::Attacked(call) => attack = Some(call),
            Frame::Step(number, events) => {
                let is_ready = are_ready(&events);
                evidence.journal.0.extend(events);
                begins(number as usize + 1, is_ready);
            }
            Frame::Packets(capture) => evidence.capture = Some(capture),
            Frame::Done { began_ns, hosts, steps, events, gaps, notes, variables } => {
                evidence.journal.0.extend(events);
                let seen = Evidence { began_ns, hosts, steps, gaps, notes, variables, ..evidence };
                return Ok(Ran::Over(Outcome::Seen(Box::new(seen))));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lost_evidence_fails_an_item_only_after_an_attack() {
        let attack = Call::Denied { name: "prlimit".to_owned(), pid: 1 };
        let Ran::Over(Outcome::Absent(absent)) = lost(Some(&attack), "the agent ended") else {
            panic!("the attack is the cause")
        };
        assert_eq!((absent.verdict, absent.because.id.as_ref()), (Verdict::Fail, "attacked-harness"));
        // The near miss: an agent that ends although nobody attacked it.
        let Ran::Over(Outcome::Failed(message)) = lost(None, "the agent ended") else {
            panic!("it is an error of the harness")
        };
        assert_eq!(message.id, "harness-trouble");
    }
}
