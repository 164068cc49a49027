//! One scenario in one agent: started, listened to, ended; the evidence handed over.

use std::io;

use super::agent::{Frame, Job};
use super::cancel::Cancel;
use super::judge::Outcome;
use crate::model::{Evidence, Message, StageKind};
use crate::stage::launch::Agent;

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
pub fn perform(job: &Job, cancel: &Cancel, begins: &dyn Fn(usize)) -> Ran {
    let failed = |error: &io::Error| Ran::Over(Outcome::Failed(trouble(&error.to_string())));
    let mut agent = match Agent::start() {
        Ok(agent) => agent,
        Err(error) => return failed(&error),
    };
    let ran = listen(&mut agent, job, cancel, begins).unwrap_or_else(|error| failed(&error));
    agent.end();
    ran
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
                Ran::Over(Outcome::Failed(trouble("the agent ended before the scenario was over")))
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
            Frame::Done { began_ns, hosts, steps, events, gaps, variables } => {
                evidence.journal.0.extend(events);
                let seen = Evidence { began_ns, hosts, steps, gaps, variables, ..evidence };
                return Ok(Ran::Over(Outcome::Seen(Box::new(seen))));
            }
        }
    }
}
