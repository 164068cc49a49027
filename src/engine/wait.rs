//! One wait for all steps: [`wait`] polls until a condition holds, under a [`WaitPolicy`].
//!
//! No verdict may depend on the speed of the machine. Wall-clock time proves nothing: on a busy or
//! suspended machine a second may pass before a program runs at all. Therefore:
//!
//! - A deadline ends a wait only if the programs are idle, or have used their CPU budget. Measured
//!   with a class in a frozen control group, thawed for 30 ms every 5 s: false failures with
//!   wall-clock deadlines, none in six rounds with these.
//! - Programs are idle if every thread sleeps, then no call waits to be recorded, then no output is
//!   unread ([`super::Engine::is_idle`]). In this order none of the three can begin in between.
//! - A snapshot needs two idle polls in a row: the kernel shows data shortly before it wakes the
//!   receiver. Other waits need more polls, since packets between two hosts arrive with a delay.
//! - After overtime there is one more turn, and the condition is checked once more: the programs
//!   may have met it just before they became idle.
//! - Before "opened no port", the resource monitor takes two more samples
//!   ([`super::readiness`]): under load its thread is as late as this one.
//! - Only [`WaitEnd::Starved`] means that the machine is overloaded.
//! - A wait may end before its deadline if two observations prove that nothing more can come
//!   ([`super::silence`]). Observations become rarer while they prove nothing.
//!
//! This file has no I/O of its own. [`super::wait_policies`] has the policies of the engine.

#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use crate::scenario::runtime::RuntimeError;

/// The rules of one wait.
#[derive(Debug, Clone, Copy)]
pub(super) struct WaitPolicy {
    /// Until then nothing but the condition ends the wait.
    pub(super) deadline: Instant,
    /// When the condition is checked before the deadline.
    pub(super) poll: PollInterval,
    /// True if a proof of silence ends the wait.
    pub(super) silence: bool,
    /// What happens after the deadline. None: the wait ends there.
    pub(super) overtime: Option<Overtime>,
}

/// Time between two observations that prove silence together, and the first interval between
/// others.
const OBSERVATION_INTERVAL: Duration = Duration::from_millis(10);

/// Maximum interval between two observations.
const MAX_OBSERVATION_INTERVAL: Duration = Duration::from_millis(250);

/// The rules of a wait after its deadline, for programs that may not have got enough CPU time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Overtime {
    /// When the condition is checked.
    pub(super) poll: PollInterval,
    /// Ends the wait once the programs are idle for so long. None: idleness is not checked.
    pub(super) idle: Option<Idle>,
    /// Ends the wait once the programs have used this. None: CPU time is not measured.
    pub(super) cpu_budget: Option<CpuBudget>,
    /// Upper bound. It begins when the deadline is found to have passed: on a suspended machine
    /// that may be much later.
    pub(super) grace: Duration,
    /// Upper bound on all waits of the scenario.
    pub(super) limit: Instant,
}

/// When the condition of a wait is checked.
#[derive(Debug, Clone, Copy)]
pub(super) enum PollInterval {
    /// After an event of the event loop.
    OnEvent,
    /// At least at this interval.
    Every(Duration),
    /// At an interval that grows by a quarter from the first to the second.
    Growing(Duration, Duration),
}

/// How long programs must be idle so that nothing more will happen by itself.
///
/// One poll may fall between two actions of a program, and on a busy machine polls may be far
/// apart. Hence a number of consecutive polls and a time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Idle {
    /// Minimum number of consecutive polls that find them idle.
    pub(super) polls: u32,
    /// Minimum time between the first and the last of these polls.
    pub(super) at_least: Duration,
}

/// The CPU time that programs may use.
#[derive(Debug, Clone, Copy)]
pub(super) struct CpuBudget {
    /// CPU time of all programs together.
    pub(super) time: Duration,
    /// The begin of the measurement.
    pub(super) since: Since,
}

/// The begin of a measurement of CPU time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Since {
    /// The begin of the wait.
    Start,
    /// The first poll after the deadline.
    Deadline,
}

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WaitEnd {
    /// The condition holds.
    Met,
    /// The programs are idle: nothing more will happen.
    Idle,
    /// Two observations before the deadline proved that nothing more can come.
    Silent,
    /// The programs have used their CPU budget.
    BudgetUsed,
    /// The deadline passed, and the wait does not measure CPU time.
    Deadline,
    /// The overtime passed, but the programs used less than their CPU budget. Their behaviour is
    /// unknown.
    Starved {
        /// CPU time that they used.
        cpu: Duration,
        /// Wall-clock time in which they used it.
        wall: Duration,
        /// True if the last poll found them idle.
        is_idle: bool,
    },
}

/// The source of the current time.
pub(super) trait Clock {
    /// Returns the current time.
    fn now(&self) -> Instant;
}

/// The monotonic clock of the system.
#[derive(Debug, Clone, Copy)]
pub(super) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// The programs that a wait observes.
pub(super) trait Processes {
    /// The result of an observation. Equal ones prove that nothing happened in between.
    type Observation: PartialEq;

    /// Observes once. Returns the result if the programs can do nothing more by themselves until
    /// the deadline.
    fn observe_silence(&mut self, deadline: Instant) -> Option<Self::Observation>;
    /// Returns true if every program is idle, and none of them waits for this process.
    fn is_idle(&mut self) -> bool;
    /// Returns the CPU time of all programs, without that of exited processes. Each call in which
    /// a program waited for this process counts as CPU time, too.
    fn cpu_time(&mut self) -> Duration;
    /// Returns the deadline of a wait that began with this one. It grows if an answer arrived and
    /// others are still awaited.
    fn extended(&self, deadline: Instant) -> Instant {
        deadline
    }
}

/// Polls until `done` returns true, or the policy ends the wait.
///
/// `turn` handles events until the given time at the latest; at least those that have already
/// arrived.
///
/// # Errors
/// Returns the errors of `turn` and `done`.
pub(super) fn wait<P: Processes>(
    policy: &WaitPolicy,
    clock: &dyn Clock,
    programs: &mut P,
    turn: &mut dyn FnMut(&mut P, Instant) -> Result<(), RuntimeError>,
    done: &mut dyn FnMut(&mut P) -> Result<bool, RuntimeError>,
) -> Result<WaitEnd, RuntimeError> {
    let budget = policy.overtime.and_then(|overtime| overtime.cpu_budget);
    let mut usage = None;
    if let Some(budget) = budget.filter(|budget| budget.since == Since::Start) {
        usage = Some(Usage::start(budget, programs, clock.now()));
    }
    let mut silence = policy.silence.then(|| SilenceProof::new(clock.now()));
    let (last, streak) = loop {
        let mut poll = policy.poll;
        let (overtime, began) = loop {
            if done(programs)? {
                return Ok(WaitEnd::Met);
            }
            let now = clock.now();
            let deadline = programs.extended(policy.deadline);
            if silence.as_mut().is_some_and(|silence| silence.poll(programs, now, deadline)) {
                // Handles the events that arrived during the observation.
                turn(programs, now)?;
                if done(programs)? {
                    return Ok(WaitEnd::Met);
                }
                return Ok(WaitEnd::Silent);
            }
            if now >= deadline {
                let Some(overtime) = policy.overtime else { return Ok(WaitEnd::Deadline) };
                break (overtime, now);
            }
            let next = poll.next(now).into_iter().chain(silence.as_ref().map(|silence| silence.next));
            turn(programs, next.fold(deadline, Instant::min))?;
        };
        if usage.is_none() {
            usage = budget.map(|budget| Usage::start(budget, programs, began));
        }
        let end = (began + overtime.grace).min(overtime.limit);
        let mut streak = overtime.idle.map(IdleStreak::new);
        poll = overtime.poll;
        let last = loop {
            if streak.as_mut().is_some_and(|streak| streak.add(programs.is_idle(), clock.now())) {
                break WaitEnd::Idle;
            }
            if usage.as_ref().is_some_and(|usage| usage.is_used(programs)) {
                break WaitEnd::BudgetUsed;
            }
            let now = clock.now();
            if now >= end {
                break WaitEnd::Deadline;
            }
            turn(programs, poll.next(now).map_or(end, |next| next.min(end)))?;
            if done(programs)? {
                return Ok(WaitEnd::Met);
            }
        };
        // Handles the results of what the programs did before they became idle.
        turn(programs, clock.now())?;
        if done(programs)? {
            return Ok(WaitEnd::Met);
        }
        // An answer that arrived in overtime begins the time of the next one.
        if programs.extended(policy.deadline) <= clock.now() {
            break (last, streak);
        }
        usage = usage.filter(|_| budget.is_some_and(|budget| budget.since == Since::Start));
    };
    let (WaitEnd::Deadline, Some(usage)) = (last, usage) else { return Ok(last) };
    let (cpu, wall) = (usage.so_far(programs), clock.now() - usage.began);
    let is_idle = streak.is_some_and(|streak| streak.is_idle());
    let is_starved = cpu < usage.budget;
    Ok(if is_starved { WaitEnd::Starved { cpu, wall, is_idle } } else { WaitEnd::BudgetUsed })
}

impl PollInterval {
    /// Returns the time of the next poll, if there is one without an event.
    fn next(&mut self, now: Instant) -> Option<Instant> {
        match self {
            Self::OnEvent => None,
            Self::Every(every) => Some(now + *every),
            Self::Growing(every, longest) => {
                let next = now + *every;
                *every = (*every * 5 / 4).min(*longest);
                Some(next)
            }
        }
    }
}

/// The observations of one wait.
#[derive(Debug)]
struct SilenceProof<L> {
    next: Instant,
    interval: Duration,
    last: Option<L>,
}

impl<L: PartialEq> SilenceProof<L> {
    fn new(now: Instant) -> Self {
        Self { next: now + OBSERVATION_INTERVAL, interval: OBSERVATION_INTERVAL, last: None }
    }

    /// Observes, if that is due. Returns true if the result is equal to the one before.
    fn poll(&mut self, programs: &mut impl Processes<Observation = L>, now: Instant, deadline: Instant) -> bool {
        if now < self.next || now >= deadline {
            return false;
        }
        let observation = programs.observe_silence(deadline);
        if observation.is_some() && observation == self.last {
            return true;
        }
        self.interval = match observation {
            Some(_) => OBSERVATION_INTERVAL,
            None => (self.interval * 3 / 2).min(MAX_OBSERVATION_INTERVAL),
        };
        self.next = now + self.interval;
        self.last = observation;
        false
    }
}

/// How long programs have been idle, and for how many polls.
#[derive(Debug)]
pub(super) struct IdleStreak {
    needed: Idle,
    streak: Option<(Instant, u32)>,
}

impl IdleStreak {
    /// Creates an empty streak.
    pub(super) const fn new(needed: Idle) -> Self {
        Self { needed, streak: None }
    }

    /// Adds the result of a poll. Returns true if the streak is long enough.
    pub(super) fn add(&mut self, is_idle: bool, now: Instant) -> bool {
        let (since, polls) = self.streak.unwrap_or((now, 0));
        self.streak = is_idle.then_some((since, polls + 1));
        is_idle && polls + 1 >= self.needed.polls && now.saturating_duration_since(since) >= self.needed.at_least
    }

    /// Begins again.
    pub(super) const fn reset(&mut self) {
        self.streak = None;
    }

    /// Returns true if the last poll found the programs idle.
    const fn is_idle(&self) -> bool {
        self.streak.is_some()
    }
}

/// The CPU time that programs have used since a moment.
#[derive(Debug)]
struct Usage {
    budget: Duration,
    before: Duration,
    began: Instant,
}

impl Usage {
    fn start(budget: CpuBudget, programs: &mut impl Processes, began: Instant) -> Self {
        Self { budget: budget.time, before: programs.cpu_time(), began }
    }

    /// Returns the CPU time so far. An exited process takes its CPU time out of the sum.
    fn so_far(&self, programs: &mut impl Processes) -> Duration {
        programs.cpu_time().saturating_sub(self.before)
    }

    fn is_used(&self, programs: &mut impl Processes) -> bool {
        self.so_far(programs) >= self.budget
    }
}

/// Whether programs have done what can be expected of them since something happened. Part of the
/// conditions of waits for silence.
#[derive(Debug)]
pub(super) struct QuietWork {
    budget: Duration,
    usage: Option<Usage>,
}

impl QuietWork {
    /// Creates the measurement, which begins at its first poll.
    pub(super) const fn new(budget: Duration) -> Self {
        Self { budget, usage: None }
    }

    /// Begins again, since something happened.
    pub(super) fn reset(&mut self) {
        self.usage = None;
    }

    /// Returns true if nothing more is to be expected: the programs are idle, or have used the
    /// budget since the first poll.
    pub(super) fn is_done(&mut self, programs: &mut impl Processes, clock: &dyn Clock) -> bool {
        if programs.is_idle() {
            return true;
        }
        let budget = CpuBudget { time: self.budget, since: Since::Start };
        match &self.usage {
            Some(usage) => usage.is_used(programs),
            None => {
                self.usage = Some(Usage::start(budget, programs, clock.now()));
                false
            }
        }
    }
}
