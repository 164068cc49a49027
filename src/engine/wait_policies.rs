//! The waits of the engine: the policies with their limits, and the turns of the event loop.
//! [`super::wait`] decides when a wait ends.

use std::time::{Duration, Instant};

use super::silence::SilenceObservation;
use super::wait::{
    Clock, CpuBudget, Idle, IdleStreak, Overtime, PollInterval, Processes, Since, SystemClock, WaitEnd, WaitPolicy,
    wait,
};
use super::{Engine, failed};
use crate::model::{ClientId, HarnessError, ServerId};
use crate::scenario::runtime::RuntimeError;

/// CPU time that a busy server may use until it is no longer waited for. Not wall-clock time: on a
/// busy machine a server may wait long for a CPU.
pub(super) const CPU_BUDGET: Duration = Duration::from_millis(500);

/// As [`CPU_BUDGET`], while results of calls are recorded: the program then gets a small part of
/// the CPU, so that the same budget would take ten seconds. Also for a program that was busy in the
/// whole time of an answer that did not come.
const SMALL_CPU_BUDGET: Duration = Duration::from_millis(50);

/// The CPU time that a traced call counts as. Its program waits for this process meanwhile, so that one
/// that only repeats a call uses little of the CPU: on a busy machine, 490 ms in 30 s were measured.
const TRACED_CALL_TIME: Duration = Duration::from_micros(25);

/// Extra time granted to programs that are still runnable, until they have used [`CPU_BUDGET`].
pub(super) const RUNNABLE_GRACE: Duration = Duration::from_secs(30);

/// As [`RUNNABLE_GRACE`], for the start of a server. A start may need all of its CPU time, 10 s by
/// default: at a load of 60 on two cores, a busy program got less than that in 40 s.
pub(super) const START_RUNNABLE_GRACE: Duration = Duration::from_secs(90);

/// Upper bound on the extra time per scenario, so that a program that never goes idle cannot block
/// the harness.
const SCENARIO_OVERTIME: Duration = Duration::from_secs(120);

/// How long data is awaited that a client no longer waits for.
const LATE_DATA_TIME: Duration = Duration::from_millis(300);

/// The part of a CPU, as a divisor, that programs get on a machine that is not overloaded.
const FAIR_SHARE: u32 = 10;

/// Interval between two polls for idle programs.
const IDLE_POLL_INTERVAL: Duration = Duration::from_millis(4);

/// Polls for a state of the programs or of their sockets, which cost a query each.
pub(super) const QUERY_POLL: PollInterval = PollInterval::Growing(Duration::from_micros(200), Duration::from_millis(4));

/// Consecutive polls that must find the programs idle: packets between two hosts arrive with a
/// delay.
const IDLE_POLLS: u32 = 8;

/// Below this, a wait needs the timer: the timeout of the event loop counts whole milliseconds.
const COARSE_TIMEOUT: Duration = Duration::from_millis(100);

impl Processes for Engine {
    type Observation = SilenceObservation;

    fn observe_silence(&mut self, deadline: Instant) -> Option<SilenceObservation> {
        // Silence until the end of the scenario proves nothing about an answer that may come later.
        let deadline = self.clients.answer_time.map_or(deadline, |time| deadline.max(time.until));
        let observation = Self::observe_silence(self, deadline);
        self.observers.silence.clone_from(&observation);
        observation
    }

    fn is_idle(&mut self) -> bool {
        Self::is_idle(self)
    }

    fn cpu_time(&mut self) -> Duration {
        let calls = u32::try_from(self.all_traced_calls()).unwrap_or(u32::MAX);
        Self::cpu_time(self) + TRACED_CALL_TIME * calls
    }

    fn extended(&self, deadline: Instant) -> Instant {
        self.clients.answer_time.map_or(deadline, |time| deadline.max(time.until.min(self.deadline)))
    }
}

impl Engine {
    /// Waits under a policy. `done` is also checked after every event.
    pub(super) fn wait_until(
        &mut self,
        policy: &WaitPolicy,
        mut done: impl FnMut(&mut Self) -> Result<bool, RuntimeError>,
    ) -> Result<WaitEnd, RuntimeError> {
        self.wait_with(policy, &mut Self::turn, &mut done)
    }

    /// Waits under a policy. `turn` and `done` are as in [`wait`]. If silence ended the wait,
    /// records the proof.
    pub(super) fn wait_with(
        &mut self,
        policy: &WaitPolicy,
        turn: &mut dyn FnMut(&mut Self, Instant) -> Result<(), RuntimeError>,
        done: &mut dyn FnMut(&mut Self) -> Result<bool, RuntimeError>,
    ) -> Result<WaitEnd, RuntimeError> {
        let end = wait(policy, &SystemClock, self, turn, done)?;
        let shows_stacks = self.shows_stacks(end);
        if end == WaitEnd::Silent
            && let Some(observation) = self.observers.silence.take()
        {
            self.record_silence(observation, shows_stacks);
        }
        if shows_stacks {
            self.print_stacks()?;
        }
        Ok(end)
    }

    /// Waits until `done` returns true, or the deadline passes. For conditions that do not depend
    /// on the CPU time of the programs.
    pub(super) fn wait_until_deadline(
        &mut self,
        deadline: Instant,
        every: Duration,
        done: impl FnMut(&mut Self) -> Result<bool, RuntimeError>,
    ) -> Result<(), RuntimeError> {
        let policy = WaitPolicy { deadline, poll: PollInterval::Every(every), silence: false, overtime: None };
        self.wait_until(&policy, done).map(drop)
    }

    /// Waits until the programs meet `done`. After the deadline, waits on while they are not idle
    /// and have used less than [`CPU_BUDGET`] since. Returns whether `done` was met.
    ///
    /// # Errors
    /// Returns an error if `done` is not met and the programs got hardly any CPU time.
    pub(super) fn wait_for_programs(
        &mut self,
        deadline: Instant,
        poll: PollInterval,
        done: impl FnMut(&mut Self) -> Result<bool, RuntimeError>,
    ) -> Result<bool, RuntimeError> {
        let end = self.wait_until(&self.program_policy(deadline, poll), done)?;
        self.is_met(end)
    }

    /// Returns the policy of [`Engine::wait_for_programs`].
    pub(super) fn program_policy(&self, deadline: Instant, poll: PollInterval) -> WaitPolicy {
        let overtime = Overtime {
            poll: PollInterval::Every(IDLE_POLL_INTERVAL),
            idle: Some(Idle { polls: IDLE_POLLS, at_least: Duration::ZERO }),
            cpu_budget: Some(CpuBudget { time: self.cpu_budget(), since: Since::Deadline }),
            grace: RUNNABLE_GRACE,
            limit: self.overtime_limit(),
        };
        WaitPolicy { deadline, poll, silence: true, overtime: Some(overtime) }
    }

    /// Waits a moment if one of these clients has given up waiting: data that arrives only now,
    /// because the client has ended its side, shows the cause. Ends when nothing more can come.
    pub(super) fn await_late_data(&mut self, clients: &[ClientId]) -> Result<(), RuntimeError> {
        if !clients.iter().any(|&id| self.clients.get(id).is_some_and(|client| client.gave_up && !client.never_reads)) {
            return Ok(());
        }
        let deadline = self.deadline.min(SystemClock.now() + LATE_DATA_TIME);
        let policy = WaitPolicy { deadline, poll: PollInterval::OnEvent, silence: true, overtime: None };
        // Silence would say nothing about an answer here, and is not recorded.
        wait(&policy, &SystemClock, self, &mut Self::turn, &mut |_| Ok(false)).map(drop)
    }

    /// Waits for the exit of a server. On a busy machine an exiting program may wait long for a
    /// CPU.
    pub(super) fn await_exit(&mut self, server: ServerId) -> Result<(), RuntimeError> {
        if self.servers[server].pid != 0 {
            let policy = self.program_policy(Instant::now(), PollInterval::OnEvent);
            self.wait_until(&policy, |engine| Ok(engine.servers[server].exited.is_some()))?;
        }
        Ok(())
    }

    /// Returns the CPU time that busy programs may use after a deadline.
    pub(super) fn cpu_budget(&self) -> Duration {
        let is_diagnosing = self.observers.results.is_some() && !self.spec.changes_calls();
        if is_diagnosing || self.clients.missed_by_busy { SMALL_CPU_BUDGET } else { CPU_BUDGET }
    }

    /// Returns the time at which the last overtime of the scenario ends.
    pub(super) fn overtime_limit(&self) -> Instant {
        self.deadline + SCENARIO_OVERTIME
    }

    /// Handles the next events, which arrive until `until` at the latest.
    pub(super) fn turn(&mut self, until: Instant) -> Result<(), RuntimeError> {
        let timeout = until.saturating_duration_since(SystemClock.now());
        if !timeout.is_zero() && timeout < COARSE_TIMEOUT {
            self.event_loop.arm_timer(timeout)?;
        }
        self.poll_once(Some(timeout))
    }

    /// Handles all events until `until`.
    pub(super) fn turn_to_the_end(&mut self, until: Instant) -> Result<(), RuntimeError> {
        self.turn_fully(until, |_| false)
    }

    /// Handles all events until `until`, or until `stop` holds.
    pub(super) fn turn_fully(
        &mut self,
        until: Instant,
        mut stop: impl FnMut(&mut Self) -> bool,
    ) -> Result<(), RuntimeError> {
        loop {
            self.turn(until)?;
            if stop(self) || SystemClock.now() >= until {
                return Ok(());
            }
        }
    }

    /// Waits until all programs are idle. Returns false if they never are.
    ///
    /// Idle must hold twice in a row: the kernel shows data shortly before it wakes the receiver.
    /// On a busy machine that may take long, so that more time is granted. A program that never
    /// sleeps uses its budget.
    pub(super) fn wait_until_idle(&mut self, deadline: Instant) -> Result<bool, RuntimeError> {
        let now = Instant::now();
        let overtime = Overtime {
            poll: QUERY_POLL,
            idle: None,
            cpu_budget: Some(CpuBudget { time: self.cpu_budget(), since: Since::Start }),
            grace: deadline.saturating_duration_since(now) + RUNNABLE_GRACE,
            limit: self.overtime_limit(),
        };
        let policy = WaitPolicy { deadline: now, poll: QUERY_POLL, silence: false, overtime: Some(overtime) };
        let mut streak = IdleStreak::new(Idle { polls: 2, at_least: Duration::ZERO });
        let end = wait(&policy, &SystemClock, self, &mut Self::turn_to_the_end, &mut |engine| {
            Ok(streak.add(engine.is_idle(), Instant::now()))
        })?;
        Ok(end == WaitEnd::Met)
    }

    /// Waits until the programs are idle, so that later steps do not depend on timing: a signal
    /// that arrives between a check for it and a blocking call may go unnoticed, and a program that
    /// is about to exit may still serve. One that is not idle within [`CPU_BUDGET`] is not awaited
    /// again.
    pub(super) fn await_idle(&mut self) -> Result<(), RuntimeError> {
        if !self.observers.never_idle {
            self.observers.never_idle = !self.wait_until_idle(SystemClock.now())?;
        }
        Ok(())
    }

    /// Returns whether a condition was met.
    ///
    /// # Errors
    /// Returns an error if the programs were starved: their behaviour is then unknown.
    pub(super) fn is_met(&mut self, end: WaitEnd) -> Result<bool, RuntimeError> {
        let WaitEnd::Starved { cpu, wall, .. } = end else { return Ok(end == WaitEnd::Met) };
        let scenario = || (self.cpu_time(), SystemClock.now().saturating_duration_since(self.deadline));
        starvation((cpu, wall), scenario).map_or(Ok(false), |(cpu, wall)| Err(failed(overloaded(cpu, wall))))
    }
}

/// Returns the error of a machine on which programs got this CPU time in this wall-clock time.
pub(super) fn overloaded(cpu: Duration, wall: Duration) -> HarnessError {
    let [cpu_ms, wall_ms] = [cpu, wall].map(|time| u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
    HarnessError::Overloaded { cpu_ms, wall_ms }
}

/// Returns the CPU time and the wall-clock time that show that programs were starved.
///
/// A whole [`RUNNABLE_GRACE`] with less than their budget shows it. If the limit of the scenario
/// cut the grace of this wait short, the overtime of the whole scenario decides: programs that got
/// a [`FAIR_SHARE`] of a CPU have used it up themselves.
fn starvation(
    wait: (Duration, Duration),
    scenario: impl FnOnce() -> (Duration, Duration),
) -> Option<(Duration, Duration)> {
    if wait.1 >= RUNNABLE_GRACE {
        return Some(wait);
    }
    let (cpu, wall) = scenario();
    (wall >= RUNNABLE_GRACE && cpu < wall / FAIR_SHARE).then_some((cpu, wall))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_grace_is_starvation_only_without_a_fair_share() {
        let [cpu, short, long] = [100, 10_000, 120_000].map(Duration::from_millis);
        let starved = |wait, scenario| starvation(wait, || scenario).is_some();
        assert!(starved((cpu, RUNNABLE_GRACE), (long, long)), "a whole grace");
        assert!(starved((cpu, short), (long / 11, long)), "overtime used up on a busy machine");
        assert!(!starved((cpu, short), (long / 9, long)), "overtime used up by the programs");
        assert!(!starved((cpu, short), (cpu, short)), "too short to show anything");
    }
}
