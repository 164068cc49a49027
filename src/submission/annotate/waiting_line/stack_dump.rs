//! Reads the stacks that interpreters print: of CPython's `faulthandler`, of Java virtual machines
//! and of the Go runtime. The output is untrusted data, so only shown lines and causes depend on
//! it.

use std::sync::LazyLock;

use regex::Regex;

/// The kind of a wait, as far as a dump or the source line shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ThreadWait {
    /// For another thread of the program: a lock, or room in a channel.
    Thread,
    /// For what another thread sends or says, as idle workers do, and first threads.
    Event,
    /// The dump does not show it, but the text of the line may.
    ByText,
    /// For something else.
    Other,
}

/// The stack of a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stack {
    /// The calls: file and line, the innermost first.
    pub(super) frames: Vec<(String, u32)>,
    /// The kind of its wait.
    pub(super) waits: ThreadWait,
    /// True if the program began in this thread.
    pub(super) is_main: bool,
    /// True if it waits for connections.
    pub(super) accepts: bool,
}

/// The first line of the stack of a thread, in the three forms. Java's names the thread, Go's its
/// number and state.
static START: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"^(?:(?:Current t|T)hread 0x\w+.*most recent call first|"(?<java>[^"]*)" .*|goroutine (?<go>\d+) (?:\[(?<state>[^\],]*)[^\]]*\])?.*:)"#,
    )
    .ok()
});

/// Lines of one call each, the innermost first, in the same order.
static FRAMES: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r#"^  File "(?<file>[^"]+)", line (?<line>\d+) in "#,
        r"^\s+at \S+\((?<file>[\w$]+\.\w+):(?<line>\d+)\)",
        r"^\t(?<file>/\S+\.go):(?<line>\d+)",
    ]
    .iter()
    .filter_map(|form| Regex::new(form).ok())
    .collect()
});

/// Calls of a thread that waits for connections, in the forms of the three.
static ACCEPTS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b[aA]ccept\(| in (?:accept|select|poll)$|\bselect\(").ok());

/// States of a goroutine that waits for another one (`waitReasonStrings`, Go's `runtime2.go`).
const GO_STATES: [&str; 5] = ["chan send", "semacquire", "sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock"];
/// The same, for what it receives, or for the end of others.
const GO_EVENTS: [&str; 3] = ["chan receive", "sync.WaitGroup.Wait", "sync.Cond.Wait"];

/// Calls of a Java thread that waits for another one, in other states than BLOCKED.
const JAVA_CALLS: [&str; 3] = ["ReentrantLock.lock(", "Semaphore.acquire(", "BlockingQueue.put("];
/// The same, for what another one sends or says.
const JAVA_EVENTS: [&str; 5] =
    ["BlockingQueue.take(", "CountDownLatch.await(", "Object.wait(", "Thread.join(", "FutureTask.get("];

/// The call of a goroutine that waits in "semacquire" for the end of others, as older versions of
/// Go say.
const WAIT_GROUP: &str = "sync.(*WaitGroup).Wait";

impl Stack {
    fn of_start(line: &str) -> Option<Self> {
        let found = START.as_ref()?.captures(line)?;
        let (java, go) = (found.name("java"), found.name("go"));
        let waits = match (java, found.name("state")) {
            (None, Some(state)) if GO_STATES.contains(&state.as_str()) => ThreadWait::Thread,
            (None, Some(state)) if GO_EVENTS.contains(&state.as_str()) => ThreadWait::Event,
            (None, None) if go.is_none() => ThreadWait::ByText,
            _ => ThreadWait::Other,
        };
        let is_main =
            java.is_some_and(|name| name.as_str() == "main") || go.is_some_and(|number| number.as_str() == "1");
        Some(Self { frames: Vec::new(), waits, is_main, accepts: false })
    }

    fn read(&mut self, line: &str) {
        let calls = |names: &[&str]| names.iter().any(|call| line.contains(call));
        match self.waits {
            _ if line.starts_with(WAIT_GROUP) => self.waits = ThreadWait::Event,
            ThreadWait::Other | ThreadWait::Event if line.contains("Thread.State: BLOCKED") || calls(&JAVA_CALLS) => {
                self.waits = ThreadWait::Thread;
            }
            ThreadWait::Other if calls(&JAVA_EVENTS) => self.waits = ThreadWait::Event,
            _ => {}
        }
        self.accepts |= ACCEPTS.as_ref().is_some_and(|form| form.is_match(line));
        let frame = FRAMES.iter().find_map(|form| {
            let found = form.captures(line)?;
            Some((found["file"].to_owned(), found["line"].parse().ok()?))
        });
        if let Some(frame) = frame {
            self.frames.push(frame);
            self.is_main |= line.ends_with(" in <module>");
        }
    }
}

/// Returns the stacks in a dump.
pub(super) fn stacks(output: &str) -> Vec<Stack> {
    let mut stacks = Vec::new();
    for line in output.lines() {
        if let Some(stack) = Stack::of_start(line) {
            stacks.push(stack);
        } else if let Some(stack) = stacks.last_mut() {
            stack.read(line);
        }
    }
    stacks
}

#[cfg(test)]
mod tests {
    use super::*;

    const JAVA: &str = "\"main\" #1 prio=5 os_prio=0 tid=0x1 nid=0x2 runnable  [0x3]\n   java.lang.Thread.State: RUNNABLE\n\t\
        at Server.main(Server.java:12)\n\n\"Thread-1\" #14 prio=5 tid=0x1 nid=0x2 waiting for monitor entry\n   \
        java.lang.Thread.State: BLOCKED (on object monitor)\n\tat Server.serve(Server.java:4)\n\n\
        \"pool-1-thread-1\" #15 prio=5\n   java.lang.Thread.State: WAITING (parking)\n\t\
        at java.util.concurrent.LinkedBlockingQueue.take(java.base@17/LinkedBlockingQueue.java:435)\n\n\
        \"Thread-2\" #16 prio=5\n   java.lang.Thread.State: WAITING (parking)\n\t\
        at java.util.concurrent.locks.ReentrantLock.lock(java.base@17/ReentrantLock.java:322)\n\t\
        at Server.serve(Server.java:7)\n";
    const GO: &str = "goroutine 1 [semacquire, 2 minutes]:\nmain.main()\n\t/s/main.go:9 +0x1d\n\n\
        goroutine 7 [chan send]:\nmain.main.func1()\n\t/s/main.go:6 +0xb2\n\ngoroutine 8 [chan receive]:\n";

    fn waits(output: &str) -> Vec<(ThreadWait, bool)> {
        stacks(output).into_iter().map(|stack| (stack.waits, stack.is_main)).collect()
    }

    #[test]
    fn dump_shows_what_threads_wait_for() {
        use ThreadWait::{ByText, Event, Other, Thread};
        assert_eq!(waits(JAVA), [(Other, true), (Thread, false), (Event, false), (Thread, false)]);
        assert_eq!(waits(GO), [(Thread, true), (Thread, false), (Event, false)]);
        let group = GO.replacen("main.main()", "sync.(*WaitGroup).Wait(0xc0)\nmain.main()", 1);
        assert_eq!(waits(&group)[0], (Event, true));
        let python = "Thread 0x00007f (most recent call first):\n  File \"s.py\", line 8 in f\n\n\
            Current thread 0x00008f (most recent call first):\n  File \"s.py\", line 3 in <module>\n";
        assert_eq!(waits(python), [(ByText, false), (ByText, true)]);
    }

    #[test]
    fn thread_that_accepts_is_found_in_libraries_too() {
        for (dump, accepts) in [
            ("Thread 0x1 (most recent call first):\n  File \"/l/selectors.py\", line 3 in select\n", true),
            ("Thread 0x1 (most recent call first):\n  File \"/l/queue.py\", line 3 in get\n", false),
            ("\"t\" #14 prio=5\n\tat java.net.ServerSocket.accept(java.base@17/ServerSocket.java:533)\n", true),
            ("goroutine 7 [IO wait]:\nnet.(*TCPListener).Accept(0xc0)\n", true),
            ("goroutine 7 [IO wait]:\ninternal/poll.runtime_pollWait(0x7f)\nnet.(*conn).Read(0xc0)\n", false),
        ] {
            assert_eq!(stacks(dump)[0].accepts, accepts, "{dump}");
        }
    }
}
