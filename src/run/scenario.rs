//! Runs one scenario in one agent: starts it, receives its messages, ends it and returns the
//! evidence.

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

/// Parent of the cgroups that limit memory. `None` if this user may not create any: the resource
/// monitor alone then limits the programs.
static GROUPS: LazyLock<Option<Place>> = LazyLock::new(|| Place::find().ok());
/// Memory that a cgroup may use beyond the limit of its programs, in bytes: for the agent with its
/// packets, files in memory and kernel structures. The resource monitor should act first, because
/// it knows the cause.
const BESIDE: u64 = 1 << 30;

/// Result of asking an agent to run a scenario.
#[derive(Debug)]
pub enum Ran {
    /// The scenario ran, or failed to.
    Over(Outcome),
    /// This machine does not allow the sandbox mode. Contains the reason from the system.
    Denied(String),
    /// The run was interrupted.
    BrokenOff,
}

/// How long an agent in plain mode may wait for ports that other runs hold. Each of those has its
/// own limit.
const TO_BEGIN_PLAIN: Duration = Duration::from_secs(30 * 60);
/// Time granted beyond the scenario's own limit. It covers waiting for programs that get little CPU
/// (`stage::patience`, two minutes in all) and writing the evidence. In plain mode it also covers
/// waiting for the connections of an earlier run (a minute).
const MARGIN: Duration = Duration::from_secs(300);

/// Callback for each step that begins after another one. Receives the index of the step, and
/// whether the programs that the previous step started have their sockets.
pub type Begins<'a> = &'a dyn Fn(usize, bool);

/// Runs a scenario with its own limit `within`. All processes that it started are gone when this
/// returns.
#[must_use]
pub fn perform(mut job: Job, within: Duration, cancel: &Cancel, begins: Begins<'_>) -> Ran {
    let failed = |error: &io::Error| Ran::Over(Outcome::Failed(trouble(&error.to_string())));
    // Created before the agent, so that it is removed after the agent exits.
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

/// Returns why an agent exited before the scenario was over, as far as it is known.
fn ending(job: &Job) -> &'static str {
    let killed = job.group.as_deref().is_some_and(|group| Kills::of(group).is_ok_and(|kills| kills.are_any()));
    if killed {
        "the programs used so much memory that the kernel also killed the agent"
    } else {
        "the agent exited before the scenario finished"
    }
}

/// Creates a cgroup for a job, if it runs programs that are not the lab's own and cgroups are
/// available.
fn group(job: &Job) -> Option<Group> {
    let place = GROUPS.as_ref().filter(|_| job.foreign)?;
    place.group(job.sandbox.memory.saturating_add(BESIDE)).ok()
}

/// Returns the outcome of a run whose evidence is lost. If the program attacked the agent before,
/// that is the cause; otherwise nothing is known against it.
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
        // If there is no sandbox, the next message contains the reason.
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
        // Near miss: an agent that exits without having been attacked.
        let Ran::Over(Outcome::Failed(message)) = lost(None, "the agent ended") else {
            panic!("it is an error of the harness")
        };
        assert_eq!(message.id, "harness-trouble");
    }
}
