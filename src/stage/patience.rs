//! Times that are meant for programs which get a processor. By the clock a second may be nothing: on a busy machine, or one that
//! was held up as a whole, it can be over before a program has run at all, and what it would have done is then not known.

use std::time::{Duration, Instant};

use super::World;
use crate::model::ServerId;
use crate::scenario::stage::StageError;

/// How much of a processor's time a busy server may use until it is no longer waited for. Not a time by the clock: on a busy
/// machine it may be long before a server gets a processor at all.
pub(super) const BUSY: Duration = Duration::from_millis(500);
/// So much longer than for anything else is waited for programs that are not at rest, until they have used that.
const REST: Duration = Duration::from_secs(30);

/// So much longer than it may a scenario takes in all for that: nobody keeps the harness for ever by never being at rest.
const IN_ALL: Duration = Duration::from_secs(120);

/// How often they are looked at then.
const EVERY: Duration = Duration::from_millis(4);
/// At so many looks in a row they must have been at rest: what two hosts send to each other comes a moment later.
const LOOKS: u32 = 8;

impl World {
    /// Goes on until `done` holds, as [`World::go_on`] does. When the deadline has passed, programs that are not at rest and
    /// have not used [`BUSY`] since are waited for as well. Whether it holds then.
    ///
    /// # Errors
    /// It does not, and they got hardly anything of a processor in all that time: what they would have done is not known.
    pub(super) fn go_on_while_at_work(
        &mut self,
        deadline: Instant,
        every: Option<Duration>,
        mut done: impl FnMut(&mut Self) -> Result<bool, StageError>,
    ) -> Result<bool, StageError> {
        if self.go_on(deadline, every, &mut done)? {
            return Ok(true);
        }
        let (used, began) = (self.processor_time(), Instant::now());
        let (met, rest) = self.until_nothing_comes(&mut done)?;
        if met {
            return Ok(true);
        }
        // What they did before they came to rest is here by now.
        self.turn(Some(Duration::ZERO))?;
        let (had, took) = (self.processor_time().saturating_sub(used), began.elapsed());
        if done(self)? {
            Ok(true)
        } else if !rest && had < BUSY && took >= REST {
            let (had, took) = (had.as_millis(), took.as_secs());
            Err(StageError::Unable(format!(
                "the programs used only {had} ms of CPU time in {took} s: the machine is overloaded"
            )))
        } else {
            Ok(false)
        }
    }

    /// Goes on until `done` holds, or nothing more is to be awaited of the programs: they rest, look after look, or have used
    /// [`BUSY`]. Not by the clock, but for the utmost. Whether it held, and whether they rest.
    fn until_nothing_comes(
        &mut self,
        mut done: impl FnMut(&mut Self) -> Result<bool, StageError>,
    ) -> Result<(bool, bool), StageError> {
        let used = self.processor_time();
        let (mut met, mut rests) = (false, 0);
        self.go_on(self.at_the_latest(Instant::now()), Some(EVERY), |world| {
            met = done(world)?;
            rests = if world.is_at_rest() { rests + 1 } else { 0 };
            Ok(met || rests >= LOOKS || world.processor_time() >= used + BUSY)
        })?;
        Ok((met, rests >= LOOKS))
    }

    /// Waits for the news of a server's end: on a busy machine it may be long before a program that ends gets a processor to do so.
    pub(super) fn await_leaving(&mut self, server: ServerId) -> Result<(), StageError> {
        let k = server.0 as usize;
        if self.servers[k].pid != 0 {
            self.until_nothing_comes(|world| Ok(world.servers[k].exited.is_some()))?;
        }
        Ok(())
    }

    /// Until when programs that are not at rest are waited for, where their time is over then.
    pub(super) fn at_the_latest(&self, deadline: Instant) -> Instant {
        (deadline + REST).min(self.deadline + IN_ALL)
    }

    /// Whether nothing more is to be awaited of the programs now: they are at rest, or have used [`BUSY`] since this was first
    /// asked, when `used` was nothing.
    pub(super) fn have_done_their_work(&mut self, used: &mut Option<Duration>) -> bool {
        if self.is_at_rest() {
            return true;
        }
        let now = self.processor_time();
        now >= *used.get_or_insert(now) + BUSY
    }
}
