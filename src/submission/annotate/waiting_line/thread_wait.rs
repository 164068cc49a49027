//! Decides whether the thread that should serve a client waits for another thread of the program,
//! which never comes. Idle workers, and first threads that wait for the others, do not.

use std::sync::LazyLock;

use regex::Regex;

use super::stack_dump::ThreadWait;
use super::{WaitingLine, WaitingLines, source_line};
use crate::model::{Cause, SourceLocation};

/// Returns true if the thread that should serve the client may wait for another thread.
pub(super) const fn may_await_thread(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::DataUnread { call: Some(_), .. }
            | Cause::LeftInAcceptQueue { .. }
            | Cause::ReadNotAnswered { .. }
            | Cause::OnlyFirstClient { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::PrintedSilent { .. }
            | Cause::DatagramReadNotAnswered { .. }
            | Cause::DatagramUnread { .. }
    )
}

/// Returns true if a cause may follow from a thread that waits for another one for ever: it does not
/// close its connection.
pub(super) const fn may_follow(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::LeftInCloseWait { .. }
            | Cause::LeftEstablished { .. }
            | Cause::NotClosed { .. }
            | Cause::StreamNotEnded { .. }
            | Cause::PacketsNoFin { .. }
    )
}

/// Returns the line in which a thread waits for another one: `None` if no thread does, `Some(None)`
/// if several do. The first thread of a program may wait for the others as it should: it counts only
/// if no other thread serves clients.
pub(super) fn thread_wait(found: &WaitingLines, text: &dyn Fn(&str) -> String) -> Option<Option<SourceLocation>> {
    let lines: Vec<(&WaitingLine, ThreadWait)> = found.lines.iter().map(|line| (line, kind(line, text))).collect();
    let is_serving = |(line, waits): &(&WaitingLine, ThreadWait)| !line.is_main && *waits == ThreadWait::Other;
    let main_serves = !found.has_acceptor && !found.has_unknown && !lines.iter().any(is_serving);
    let of = |wanted: ThreadWait, others: bool| -> Vec<&WaitingLine> {
        let stuck = lines
            .iter()
            .filter(|(line, waits)| *waits == wanted && (line.is_main && main_serves || others && !line.is_main));
        stuck.map(|(line, _)| *line).collect()
    };
    let stuck = Some(of(ThreadWait::Thread, true)).filter(|stuck| !stuck.is_empty());
    let stuck = stuck.unwrap_or_else(|| of(ThreadWait::Event, false));
    let first = stuck.first()?;
    Some(stuck.iter().all(|other| other.place == first.place).then(|| first.place.clone()))
}

/// Returns the kind of the wait in a line.
fn kind(line: &WaitingLine, text: &dyn Fn(&str) -> String) -> ThreadWait {
    match line.waits {
        ThreadWait::ByText => kind_of_text(&source_line(&line.place, text)),
        known => known,
    }
}

/// Returns the kind of the wait in a line of source: it takes a lock, puts something into a queue, or
/// waits for what another thread sends or says.
fn kind_of_text(line: &str) -> ThreadWait {
    static WITH: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^\s*with\s+[\w.\[\]]+\s*:").ok());
    const CALLS: [&str; 7] = [".acquire(", ".put(", "mutex", ".lock(", "lock_guard", "sem_wait", "scoped_lock"];
    const EVENTS: [&str; 5] = [".get()", ".wait(", ".join(", "cond_wait", "pthread_join"];
    let small = line.to_lowercase();
    if CALLS.iter().any(|call| small.contains(call)) || WITH.as_ref().is_some_and(|form| form.is_match(line)) {
        ThreadWait::Thread
    } else if EVENTS.iter().any(|call| small.contains(call)) {
        ThreadWait::Event
    } else {
        ThreadWait::Other
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::super::lines_of;
    use super::super::tests::{PYTHON, thread};
    use super::*;
    use crate::model::BlockedThread;

    /// Returns the line, 0 if there are several.
    fn found(threads: &[BlockedThread], printed: &str, source: &str) -> Option<u32> {
        let files = ["s.c", "srv.py", "main.go"].map(PathBuf::from);
        let line = thread_wait(&lines_of(printed, threads, &files), &|_| source.to_owned());
        line.map(|place| place.map_or(0, |place| place.line))
    }

    #[test]
    fn thread_that_waits_for_another_is_found() {
        let other = |thread: BlockedThread| BlockedThread { thread: 3, ..thread };
        let source = "accept(s, 0, 0);\npthread_mutex_lock(&m);\npthread_cond_wait(&c, &m2);\n";
        let accept = thread("accept", Some(3), Some(1));
        let locked = [accept.clone(), other(thread("futex", None, Some(2)))];
        assert_eq!(found(&locked, "", source), Some(2));
        let idle = [accept, other(thread("futex", None, Some(3)))];
        assert_eq!(found(&idle, "", source), None, "a worker without work");
        let main = [thread("futex", None, Some(2)), other(thread("recv", Some(4), Some(1)))];
        assert_eq!(found(&main, "", source), None, "the first thread may wait for the others");
        assert_eq!(found(&[thread("futex", None, Some(2))], "", source), Some(2), "the only thread");
        let both = [thread("futex", None, Some(4)), other(thread("futex", None, Some(2)))];
        assert_eq!(found(&both, "", &format!("{source}pthread_mutex_lock(&m2);\n")), Some(0), "for each other");
        let dump = PYTHON
            .replace("line 8 in answer", "line 2 in answer")
            .replace("  File \"/tmp/submission/srv.py\", line 20 in <module>\n", "");
        assert_eq!(found(&[], &dump, "\nwith trava:\n"), Some(2));
        assert_eq!(found(&[], &dump, "\njob = q.get()\n"), None);
    }

    #[test]
    fn first_thread_counts_if_no_other_serves() {
        let main = |state: &str| format!("goroutine 1 [{state}]:\nmain.main()\n\t/tmp/submission/main.go:5 +0x1\n\n");
        let accepting =
            "goroutine 7 [IO wait]:\nnet.(*TCPListener).Accept(0xc0)\nmain.f()\n\t/tmp/submission/main.go:9 +0x1\n";
        for state in ["chan send", "sync.Mutex.Lock", "chan receive", "semacquire"] {
            assert_eq!(found(&[], &main(state), ""), Some(5), "{state}");
            assert_eq!(found(&[], &[&main(state), accepting].concat(), ""), None, "{state}");
        }
        assert_eq!(found(&[], &main("IO wait"), ""), None);
        assert_eq!(found(&[], &main("select (no cases)"), ""), None);
        let worker = "goroutine 8 [chan receive]:\nmain.g()\n\t/tmp/submission/main.go:3 +0x1\n";
        assert_eq!(found(&[], &[&main("chan send"), worker].concat(), ""), Some(5));
        assert_eq!(found(&[], &[&main("IO wait"), worker].concat(), ""), None, "an idle worker");
        let library = "Thread 0x1 (most recent call first):\n  File \"/l/selectors.py\", line 3 in select\n\n\
            Thread 0x2 (most recent call first):\n  File \"srv.py\", line 1 in <module>\n";
        assert_eq!(found(&[], library, "stop.wait()"), None, "a library accepts");
    }

    #[test]
    fn kind_of_a_line_is_recognised() {
        for line in ["    lock.acquire()", "    with trava:", "q.put(d)", "  pthread_mutex_lock(&m);", "  m.lock();"] {
            assert_eq!(kind_of_text(line), ThreadWait::Thread, "{line}");
        }
        for line in ["job = q.get()", "t.join()", "done.wait()", "pthread_cond_wait(&c, &m);"] {
            assert_eq!(kind_of_text(line), ThreadWait::Event, "{line}");
        }
        for line in ["d = c.recv(1024)", "with open('x') as f:", "block(c)", "m.unlock()", "with s.accept()[0] as c:"] {
            assert_eq!(kind_of_text(line), ThreadWait::Other, "{line}");
        }
    }
}
