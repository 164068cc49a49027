//! The ends of waits, with a clock that only turns advance and programs that follow a script.

use std::cell::Cell;

use super::*;

/// A clock that stands still between turns.
struct FakeClock(Cell<Instant>);

impl Clock for FakeClock {
    fn now(&self) -> Instant {
        self.0.get()
    }
}

/// Programs that are idle or not, and use CPU time, as scripted by the number of turns so far.
struct Script {
    turns: u32,
    is_idle: fn(u32) -> bool,
    cpu_per_turn: Duration,
    /// The condition holds after this many turns.
    met_after: Option<u32>,
    observation: fn(u32) -> Option<u32>,
}

impl Processes for Script {
    type Observation = u32;

    fn observe_silence(&mut self, _: Instant) -> Option<u32> {
        (self.observation)(self.turns)
    }

    fn is_idle(&mut self) -> bool {
        (self.is_idle)(self.turns)
    }

    fn cpu_time(&mut self) -> Duration {
        self.cpu_per_turn * self.turns
    }
}

const MS: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);

/// A wait of the table: the policy, what the programs do, and the turns after which it ends.
struct Row {
    name: &'static str,
    /// The deadline, from the begin of the wait.
    within: Duration,
    overtime: Option<Overtime>,
    /// The limit of the scenario, from the begin of the wait.
    limit: Duration,
    is_idle: fn(u32) -> bool,
    cpu_per_turn: Duration,
    met_after: Option<u32>,
    /// Time that one turn takes beyond its end: the machine is suspended.
    lag: Duration,
    /// True if a proof of silence may end the wait.
    silence: bool,
    /// The result of an observation, by the number of turns so far.
    observation: fn(u32) -> Option<u32>,
    end: WaitEnd,
    turns: u32,
}

/// The overtime of most waits: 8 idle polls, 500 ms of CPU time, 30 s.
fn overtime() -> Overtime {
    Overtime {
        poll: PollInterval::Every(100 * MS),
        idle: Some(Idle { polls: 8, at_least: Duration::ZERO }),
        cpu_budget: Some(CpuBudget { time: 500 * MS, since: Since::Deadline }),
        grace: 30 * SECOND,
        limit: Instant::now(),
    }
}

/// A wait for programs that are never idle and get no CPU time.
fn row(name: &'static str, end: WaitEnd, turns: u32) -> Row {
    Row {
        name,
        within: SECOND,
        overtime: Some(overtime()),
        limit: 1000 * SECOND,
        is_idle: |_| false,
        cpu_per_turn: Duration::ZERO,
        met_after: None,
        lag: Duration::ZERO,
        silence: false,
        observation: |_| None,
        end,
        turns,
    }
}

const fn starved(cpu: Duration, wall: Duration, is_idle: bool) -> WaitEnd {
    WaitEnd::Starved { cpu, wall, is_idle }
}

/// Runs one wait. Before the deadline, each turn takes 100 ms. Returns its end and its turns.
fn run(row: &Row) -> (WaitEnd, u32) {
    let began = Instant::now();
    let clock = FakeClock(Cell::new(began));
    let overtime = row.overtime.map(|overtime| Overtime { limit: began + row.limit, ..overtime });
    let policy = WaitPolicy {
        deadline: began + row.within,
        poll: PollInterval::Every(100 * MS),
        silence: row.silence,
        overtime,
    };
    let Row { is_idle, cpu_per_turn, met_after, observation, .. } = *row;
    let mut script = Script { turns: 0, is_idle, cpu_per_turn, met_after, observation };
    let mut turn = |script: &mut Script, until: Instant| {
        script.turns += 1;
        clock.0.set(until + row.lag);
        Ok(())
    };
    let mut done = |script: &mut Script| Ok(script.met_after.is_some_and(|turns| script.turns >= turns));
    let end = wait(&policy, &clock, &mut script, &mut turn, &mut done).expect("the script does not fail");
    (end, script.turns)
}

#[test]
fn wait_ends_for_the_reason_of_each_row() {
    let start_budget = CpuBudget { time: 10 * SECOND, since: Since::Start };
    let start = Overtime { grace: 90 * SECOND, cpu_budget: Some(start_budget), ..overtime() };
    let stable = Idle { polls: 3, at_least: 300 * MS };
    let rows = [
        Row { met_after: Some(0), ..row("met at once", WaitEnd::Met, 0) },
        Row { met_after: Some(7), is_idle: |_| true, ..row("met before the deadline", WaitEnd::Met, 7) },
        Row { met_after: Some(200), cpu_per_turn: MS, ..row("met late by a starved program", WaitEnd::Met, 200) },
        Row { overtime: None, ..row("no overtime", WaitEnd::Deadline, 10) },
        // Idle polls follow turns 10 to 17; one more turn handles what they did.
        Row { is_idle: |_| true, ..row("idle after the deadline only", WaitEnd::Idle, 18) },
        Row { is_idle: |_| true, met_after: Some(18), ..row("met in the last turn", WaitEnd::Met, 18) },
        Row { is_idle: |turns| turns != 15, ..row("one busy poll breaks the idle streak", WaitEnd::Idle, 24) },
        Row {
            is_idle: |_| true,
            overtime: Some(Overtime { idle: Some(stable), ..overtime() }),
            ..row("an idle streak needs time besides polls", WaitEnd::Idle, 14)
        },
        Row { cpu_per_turn: 50 * MS, ..row("the budget is counted from the deadline", WaitEnd::BudgetUsed, 21) },
        Row {
            cpu_per_turn: 50 * MS,
            within: Duration::ZERO,
            ..row("the budget is used before the overtime ends", WaitEnd::BudgetUsed, 11)
        },
        Row {
            cpu_per_turn: 2 * SECOND,
            overtime: Some(start),
            ..row("a budget that is used at the deadline ends the wait there", WaitEnd::BudgetUsed, 11)
        },
        row("the budget is never used", starved(Duration::ZERO, 30 * SECOND, false), 311),
        Row {
            is_idle: |turns| turns >= 309,
            ..row("a streak that is too short is starved", starved(Duration::ZERO, 30 * SECOND, true), 311)
        },
        Row {
            limit: 11 * SECOND,
            ..row("the limit of the scenario cuts overtime", starved(Duration::ZERO, 10 * SECOND, false), 111)
        },
        Row {
            overtime: Some(Overtime { cpu_budget: None, ..overtime() }),
            ..row("no budget, no starvation", WaitEnd::Deadline, 311)
        },
        // The start counts from its begin: 1 s before the deadline, 90 s after it.
        Row {
            overtime: Some(start),
            cpu_per_turn: MS,
            ..row("a start has a longer grace", starved(911 * MS, 91 * SECOND, false), 911)
        },
        Row {
            overtime: Some(start),
            met_after: Some(800),
            ..row("a start is met after the grace of others", WaitEnd::Met, 800)
        },
        Row {
            lag: 1000 * SECOND,
            limit: 9000 * SECOND,
            met_after: Some(2),
            ..row("a suspended machine still grants overtime", WaitEnd::Met, 2)
        },
        // Observations follow turns of 10 ms until one proves something, at growing intervals
        // otherwise.
        Row {
            silence: true,
            observation: |_| Some(1),
            ..row("two equal observations prove silence", WaitEnd::Silent, 3)
        },
        Row {
            observation: |_| Some(1),
            is_idle: |_| true,
            ..row("no observation unless it is allowed", WaitEnd::Idle, 18)
        },
        Row {
            silence: true,
            observation: |turns| (turns < 3).then_some(turns),
            is_idle: |_| true,
            within: 30 * MS,
            ..row("different observations prove nothing", WaitEnd::Idle, 11)
        },
        Row {
            silence: true,
            observation: |turns| (turns != 2).then_some(7),
            ..row("an observation of activity starts again", WaitEnd::Silent, 5)
        },
        Row {
            silence: true,
            observation: |_| Some(1),
            met_after: Some(3),
            ..row("met by an event during the last observation", WaitEnd::Met, 3)
        },
        Row {
            silence: true,
            observation: |_| Some(1),
            within: 15 * MS,
            is_idle: |_| true,
            ..row("no observation at the deadline", WaitEnd::Idle, 10)
        },
    ];
    for row in rows {
        assert_eq!(run(&row), (row.end, row.turns), "{}", row.name);
    }
}

/// Answers arrive at these times, and each one begins the time of the next.
struct Answers {
    began: Instant,
    arrivals: Vec<Duration>,
    arrived: usize,
    within: Duration,
}

impl Processes for Answers {
    type Observation = u32;

    fn observe_silence(&mut self, _: Instant) -> Option<u32> {
        None
    }

    fn is_idle(&mut self) -> bool {
        true
    }

    fn cpu_time(&mut self) -> Duration {
        Duration::ZERO
    }

    fn extended(&self, deadline: Instant) -> Instant {
        let last = self.arrivals[..self.arrived].last();
        last.map_or(deadline, |last| deadline.max(self.began + *last + self.within))
    }
}

/// Waits for answers with a limit of 5 s each. Returns the end, and how many arrived.
fn wait_for_answers(arrivals: &[u64]) -> (WaitEnd, usize) {
    let began = Instant::now();
    let clock = FakeClock(Cell::new(began));
    let overtime = Some(Overtime { limit: began + 1000 * SECOND, ..overtime() });
    let policy =
        WaitPolicy { deadline: began + 5 * SECOND, poll: PollInterval::Every(100 * MS), silence: true, overtime };
    let arrivals: Vec<Duration> = arrivals.iter().copied().map(Duration::from_millis).collect();
    let mut answers = Answers { began, arrivals, arrived: 0, within: 5 * SECOND };
    let mut turn = |answers: &mut Answers, until: Instant| {
        clock.0.set(until);
        answers.arrived = answers.arrivals.iter().filter(|at| began + **at <= until).count();
        Ok(())
    };
    let mut done = |answers: &mut Answers| Ok(answers.arrived == answers.arrivals.len());
    let end = wait(&policy, &clock, &mut answers, &mut turn, &mut done).expect("the script does not fail");
    (end, answers.arrived)
}

#[test]
fn answer_begins_the_time_of_the_next_one() {
    assert_eq!(wait_for_answers(&[3000, 6000, 9000, 12_000, 15_000]), (WaitEnd::Met, 5));
    assert_eq!(wait_for_answers(&[3000, 6000, 12_000]), (WaitEnd::Idle, 2), "the third one is late");
    // In overtime the programs are idle from 5 s to 5.7 s.
    assert_eq!(wait_for_answers(&[5300, 10_000]), (WaitEnd::Met, 2), "the first one comes in overtime");
}

#[test]
fn idle_streak_requires_time_and_polls() {
    let needed = Idle { polls: 10, at_least: 300 * MS };
    let began = Instant::now();
    let mut streak = IdleStreak::new(needed);
    assert!((0..20).all(|_| !streak.add(true, began)), "too short, however many polls");
    assert!(streak.is_idle() && !streak.add(false, began) && !streak.is_idle());
    assert!(!streak.add(true, began) && !streak.add(true, began + SECOND), "long enough, but too few polls");
    assert!((3..10).all(|_| !streak.add(true, began + SECOND)) && streak.add(true, began + SECOND));
    assert!(!streak.add(false, began + SECOND) && !streak.add(true, began + SECOND), "the streak starts again");
}

#[test]
fn growing_interval_stops_at_its_longest() {
    let now = Instant::now();
    let mut poll = PollInterval::Growing(4 * MS, 6 * MS);
    let next: Vec<Duration> = (0..4).filter_map(|_| poll.next(now)).map(|next| next - now).collect();
    assert_eq!(next, [4 * MS, 5 * MS, 6 * MS, 6 * MS]);
    assert_eq!(PollInterval::OnEvent.next(now), None);
}

#[test]
fn quiet_work_ends_when_idle_or_after_its_budget() {
    let clock = FakeClock(Cell::new(Instant::now()));
    let mut script = Script {
        turns: 0,
        is_idle: |turns| turns == 9,
        cpu_per_turn: 200 * MS,
        met_after: None,
        observation: |_| None,
    };
    let mut work = QuietWork::new(500 * MS);
    let mut is_done = |turns, work: &mut QuietWork| {
        script.turns = turns;
        work.is_done(&mut script, &clock)
    };
    assert!(!is_done(1, &mut work) && !is_done(3, &mut work) && is_done(4, &mut work));
    work.reset();
    assert!(!is_done(4, &mut work) && !is_done(6, &mut work) && is_done(7, &mut work));
    work.reset();
    assert!(is_done(9, &mut work), "idle");
}
