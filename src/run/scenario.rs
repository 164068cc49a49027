//! One scenario in one agent: started, listened to, ended; the evidence handed over.

use std::io;
use std::sync::LazyLock;

use super::agent::{Frame, Job};
use super::cancel::Cancel;
use super::judge::Outcome;
use crate::model::{Evidence, Message, StageKind};
use crate::stage::launch::Agent;
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

/// Runs a scenario, and tells the number of each step that begins after another one. When this returns, nothing that it
/// started lives any more.
#[must_use]
pub fn perform(mut job: Job, cancel: &Cancel, begins: &dyn Fn(usize)) -> Ran {
    let failed = |error: &io::Error| Ran::Over(Outcome::Failed(trouble(&error.to_string())));
    // Before the agent, so that it is removed after the agent's end.
    let group = group(&job);
    job.group = group.as_ref().map(|group| group.folder().to_owned());
    let mut agent = match Agent::start() {
        Ok(agent) => agent,
        Err(error) => return failed(&error),
    };
    let ran = listen(&mut agent, &job, cancel, begins).unwrap_or_else(|error| failed(&error));
    agent.end();
    ran
}

/// Why an agent ended before the scenario was over, as far as it is known.
fn ending(job: &Job) -> &'static str {
    let killed = job.group.as_deref().is_some_and(|group| Kills::of(group).is_ok_and(|kills| kills.are_any()));
    if killed {
        "the programs took so much memory that the kernel ended the agent too"
    } else {
        "the agent ended before the scenario was over"
    }
}

/// A group for what the job starts, where that is not the lab's own and such groups can be made.
fn group(job: &Job) -> Option<Group> {
    let place = GROUPS.as_ref().filter(|_| job.foreign)?;
    place.group(job.sandbox.memory.saturating_add(BESIDE)).ok()
}

fn trouble(problem: &str) -> Message {
    Message::new("harness-trouble").with("problem", problem)
}

fn listen(agent: &mut Agent, job: &Job, cancel: &Cancel, begins: &dyn Fn(usize)) -> io::Result<Ran> {
    agent.say(&serde_json::to_vec(job).map_err(io::Error::other)?)?;
    if job.stage == StageKind::Isolated {
        // Where there is no inside, the next frame says why.
        let _ = agent.take_inside();
    }
    let mut evidence = Evidence::default();
    loop {
        let Some(frame) = agent.hear(cancel)? else {
            return Ok(if cancel.is_cancelled() {
                Ran::BrokenOff
            } else {
                Ran::Over(Outcome::Failed(trouble(ending(job))))
            });
        };
        match Frame::from_bytes(&frame)? {
            Frame::Denied(why) => return Ok(Ran::Denied(why)),
            Frame::Failed(problem) => return Ok(Ran::Over(Outcome::Failed(trouble(&problem)))),
            Frame::Step(number, events) => {
                evidence.journal.0.extend(events);
                begins(number as usize + 1);
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
