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

/// States of a goroutine that waits for another one (`waitReasonStrings`, Go's `runtime2.go`).
/// Receiving from a channel is missing: that is how workers wait for work.
const GO_STATES: [&str; 5] = ["chan send", "semacquire", "sync.Mutex.Lock", "sync.RWMutex.Lock", "sync.RWMutex.RLock"];

/// Calls of a Java thread that waits for another one, in other states than BLOCKED.
const JAVA_CALLS: [&str; 3] = ["ReentrantLock.lock(", "Semaphore.acquire(", "BlockingQueue.put("];

impl Stack {
    fn of_start(line: &str) -> Option<Self> {
        let found = START.as_ref()?.captures(line)?;
        let (java, go) = (found.name("java"), found.name("go"));
        let waits = match (java, found.name("state")) {
            (None, Some(state)) if GO_STATES.contains(&state.as_str()) => ThreadWait::Thread,
            (None, None) if go.is_none() => ThreadWait::ByText,
            _ => ThreadWait::Other,
        };
        let is_main =
            java.is_some_and(|name| name.as_str() == "main") || go.is_some_and(|number| number.as_str() == "1");
        Some(Self { frames: Vec::new(), waits, is_main })
    }

    fn read(&mut self, line: &str) {
        let is_java_wait = line.contains("Thread.State: BLOCKED") || JAVA_CALLS.iter().any(|call| line.contains(call));
        if is_java_wait && self.waits == ThreadWait::Other {
            self.waits = ThreadWait::Thread;
        }
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

/// Returns true if a line of source waits for another thread: it takes a lock, or puts something
/// into a queue.
pub(super) fn is_thread_wait(line: &str) -> bool {
    static WITH: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*with\s+[\w.\[\]]+\s*:").ok());
    const CALLS: [&str; 7] = [".acquire(", ".put(", "mutex", ".lock(", "lock_guard", "sem_wait", "scoped_lock"];
    let small = line.to_lowercase();
    CALLS.iter().any(|call| small.contains(call)) || WITH.as_ref().is_some_and(|form| form.is_match(line))
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
        use ThreadWait::{ByText, Other, Thread};
        assert_eq!(waits(JAVA), [(Other, true), (Thread, false), (Other, false), (Thread, false)]);
        assert_eq!(waits(GO), [(Thread, true), (Thread, false), (Other, false)]);
        let python = "Thread 0x00007f (most recent call first):\n  File \"s.py\", line 8 in f\n\n\
            Current thread 0x00008f (most recent call first):\n  File \"s.py\", line 3 in <module>\n";
        assert_eq!(waits(python), [(ByText, false), (ByText, true)]);
    }

    #[test]
    fn line_that_waits_for_a_thread_is_recognised() {
        for line in ["    lock.acquire()", "    with trava:", "q.put(d)", "  pthread_mutex_lock(&m);", "  m.lock();"] {
            assert!(is_thread_wait(line), "{line}");
        }
        for line in [
            "d = c.recv(1024)",
            "job = q.get()",
            "with open('x') as f:",
            "t.join()",
            "block(c)",
            "m.unlock()",
            "with s.accept()[0] as c:",
        ] {
            assert!(!is_thread_wait(line), "{line}");
        }
    }
}
