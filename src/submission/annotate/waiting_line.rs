//! Finds the source line in which a silent server waits, by one further run: an interpreter prints
//! the stacks of all threads, and the stacks of a compiled program are unwound by the agent.
//! Changes no verdict. Adds a cause if threads wait for one another.

mod stack_dump;
mod thread_wait;

use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};
use std::path::{Component, Path, PathBuf};

use self::stack_dump::{ThreadWait, stacks};
use self::thread_wait::{may_await_thread, may_follow, thread_wait};
use crate::engine::isolated::SUBMISSION;
use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::bytes::safe_path;
use crate::model::cause::{Symptom, is_unproved, symptom};
use crate::model::{
    Annotation, BlockedThread, Cause, EventKind, Evidence, Finding, ItemResult, Role, SourceLocation, Verdict,
};
use crate::run::RunPlan;
use crate::run::source_hint::whole;
use crate::run::spec::without_package_name;
use crate::submission::import::Submission;
use crate::submission::probe::replay;

/// Bytes of a source file that are read.
const MAX_SOURCE_BYTES: u64 = 1 << 20;

/// The call of a thread that waits for standard input.
const KEYBOARD: &str = "stdin";

/// Adds the line in which the server waits to the findings whose cause is that it waits.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission, plan: &RunPlan<'_>) {
    let mut waiting: BTreeMap<Role, Option<SourceLocation>> = BTreeMap::new();
    let mut lines: Vec<((Role, Discriminant<Cause>), WaitingLines)> = Vec::new();
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let Some(role) = item.role.clone() else { continue };
        let findings: Vec<(usize, Cause)> = item
            .shown()
            .findings
            .iter()
            .enumerate()
            .filter(|(index, _)| item.source_hint(*index).is_none_or(|location| location.line == 0))
            .filter_map(|(index, finding)| Some((index, finding.because.cause().filter(|one| waits(one))?.clone())))
            .collect();
        for (finding, cause) in findings {
            // Another failure of the role may be one of another thread.
            let key = (role.clone(), discriminant(&cause));
            let known = lines.iter().position(|(of, _)| *of == key).unwrap_or_else(|| {
                lines.push((key, waiting_lines(delivery, item, &cause, plan)));
                lines.len() - 1
            });
            let found = &lines[known].1;
            let text = |file: &str| delivery.text(Path::new(file), MAX_SOURCE_BYTES);
            let stuck = Some(&cause).filter(|cause| may_await_thread(cause)).and_then(|_| thread_wait(found, &text));
            if let Some(place) = &stuck {
                waiting.insert(role.clone(), place.clone());
                item.annotations.push(Annotation::Rerun { finding, because: Cause::AwaitsThread {}.into() });
            }
            let chosen = || chosen(found, &cause, &text).filter(|place| !runs_event_loop(&source_line(place, &text)));
            if let Some(location) = stuck.unwrap_or_else(chosen) {
                item.annotations.push(Annotation::SourceHint { finding, location });
            }
        }
    }
    for item in items {
        let Some(place) = item.role.as_ref().and_then(|role| waiting.get(role)) else { continue };
        let is_left = |one: &&Finding| one.verdict == Verdict::Fail && one.because.cause().is_some_and(may_follow);
        let Some(finding) = item.judged.findings.iter().position(|one| is_left(&one)) else { continue };
        item.annotations.push(Annotation::Rerun { finding, because: Cause::AwaitsThread {}.into() });
        let location = place.clone().filter(|_| item.source_hint(finding).is_none());
        item.annotations.extend(location.map(|location| Annotation::SourceHint { finding, location }));
    }
}

/// Returns true if a cause says that the server waits.
const fn waits(cause: &Cause) -> bool {
    matches!(symptom(cause), Some(Symptom::Blocked))
        || matches!(
            cause,
            Cause::WaitsForKeyboard { .. }
                | Cause::WaitsForNewline {}
                | Cause::WaitsForEnding { .. }
                | Cause::WaitsForLength {}
                | Cause::WaitsWithoutPort { .. }
                | Cause::AnswersOnlyAfterEnd { .. }
                | Cause::WaitsForFixedAmount { .. }
        )
}

/// The lines in which the threads of a server wait, each once.
#[derive(Debug, Default)]
struct WaitingLines {
    lines: Vec<WaitingLine>,
    /// True if a thread waits in a line that is not known.
    has_unknown: bool,
    /// True if a thread other than the first waits for connections, also in a library.
    has_acceptor: bool,
}

/// A line in which a thread waits.
#[derive(Debug, PartialEq, Eq)]
struct WaitingLine {
    place: SourceLocation,
    /// The system call, as in [`BlockedThread`], if it is known.
    call: Option<String>,
    /// The kind of the wait.
    waits: ThreadWait,
    /// True if the program began in this thread.
    is_main: bool,
}

impl WaitingLine {
    /// Returns true if the thread waits for a connection.
    fn accepts(&self, text: &dyn Fn(&str) -> String) -> bool {
        let accepts = |text: &str| text.to_lowercase().contains("accept");
        self.call.as_deref().map_or_else(|| accepts(&source_line(&self.place, text)), accepts)
    }
}

impl WaitingLines {
    fn add(&mut self, line: WaitingLine) {
        if !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }
}

/// Returns true if a cause is about a client that was accepted, and not about the wait for the next
/// one: the line of `accept` is right then.
const fn is_of_accepted_client(cause: &Cause) -> bool {
    !matches!(
        cause,
        Cause::AwaitsOtherClient { .. }
            | Cause::AcceptsAgain { .. }
            | Cause::LeftInAcceptQueue { .. }
            | Cause::ListenerNotWatched { .. }
            | Cause::WaitsWithoutPort { .. }
    )
}

/// Returns true if a line starts the event loop of asyncio: a coroutine that waits is on no stack.
fn runs_event_loop(line: &str) -> bool {
    ["asyncio.run(", "run_until_complete(", "run_forever("].iter().any(|call| line.contains(call))
}

/// Returns the text of a line, empty if it is not known.
fn source_line(place: &SourceLocation, text: &dyn Fn(&str) -> String) -> String {
    let index = (place.line as usize).checked_sub(1);
    index.and_then(|index| text(&place.file).lines().nth(index).map(str::to_owned)).unwrap_or_default()
}

/// Runs the scenario of an item again, else its program alone. Returns the lines in which the threads
/// of the program wait. One that is busy, or wakes at intervals, costs the whole time of each wait.
fn waiting_lines(delivery: &Submission, item: &ItemResult, cause: &Cause, plan: &RunPlan<'_>) -> WaitingLines {
    let program = item.role.as_ref().and_then(|role| plan.programs.get(role));
    if program.is_none_or(|program| !prints_stacks(program)) {
        return WaitingLines::default();
    }
    let lines = |seen: &Evidence| lines_of(&output(seen), blocked_threads(seen), &delivery.files);
    let is_known = |found: &WaitingLines| !found.lines.is_empty();
    let replayed = replay::print_stacks(&item.id, plan).as_ref().map(lines).filter(is_known);
    let role = item.role.as_ref().filter(|_| !is_unproved(cause) && symptom(cause) == Some(Symptom::Blocked));
    let alone = || role.and_then(|role| replay::print_stacks_alone(role, plan)).as_ref().map(lines);
    replayed.or_else(alone).unwrap_or_default()
}

/// Returns true unless the interpreter of a program is known to print no stacks.
fn prints_stacks(program: &ProgramSpec) -> bool {
    const OTHERS: [&str; 6] = ["node", "nodejs", "ruby", "perl", "php", "dotnet"];
    let ProgramSource::Command(words) = &program.runs else { return false };
    let name = words.first().and_then(|word| Path::new(word).file_name());
    !name.is_some_and(|name| OTHERS.iter().any(|other| name == *other))
}

/// Returns the lines that interpreters printed, else those that the agent found.
fn lines_of(output: &str, threads: &[BlockedThread], files: &[PathBuf]) -> WaitingLines {
    let mut printed = WaitingLines::default();
    for stack in stacks(output) {
        printed.has_acceptor |= stack.accepts && !stack.is_main;
        let own = stack.frames.iter().find_map(|(file, line)| Some((own_file(file, files)?, *line)));
        if let Some((file, line)) = own {
            let place = SourceLocation { line, ..whole(file) };
            printed.add(WaitingLine { place, call: None, waits: stack.waits, is_main: stack.is_main });
        }
    }
    if !printed.lines.is_empty() {
        return printed;
    }
    let mut found = WaitingLines::default();
    for thread in threads {
        let place = thread.source.as_ref().filter(|place| files.iter().any(|file| safe_path(file) == place.file));
        let is_keyboard = thread.call == "read" && thread.fd == Some(0) && thread.inode.is_none();
        let call = if is_keyboard { KEYBOARD } else { thread.call.as_str() };
        let accepts = matches!(call, "accept" | "select" | "poll" | "epoll_wait");
        found.has_acceptor |= accepts && thread.thread != thread.pid;
        match place {
            Some(place) => found.add(WaitingLine {
                place: place.clone(),
                call: Some(call.to_owned()),
                waits: if call == "futex" { ThreadWait::ByText } else { ThreadWait::Other },
                is_main: thread.thread == thread.pid,
            }),
            // A shell or a parent that waits for the server is no other candidate.
            None => found.has_unknown |= !matches!(call, "wait" | "waitid"),
        }
    }
    found
}

/// Returns the threads of the first proof of silence that names a line.
fn blocked_threads(evidence: &Evidence) -> &[BlockedThread] {
    let mut proofs = evidence.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Silent { threads, .. } => Some(threads),
        _ => None,
    });
    proofs.find(|threads| threads.iter().any(|thread| thread.source.is_some())).map_or(&[], Vec::as_slice)
}

pub(super) fn output(evidence: &Evidence) -> String {
    let printed = evidence.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Output { head, tail, .. } => Some([&head.0[..], &tail.0[..]].concat()),
        _ => None,
    });
    printed.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect::<Vec<_>>().join("\n")
}

/// Returns the file of the submission with this name: a path in it, or the name of only one file.
pub(super) fn own_file(name: &str, files: &[PathBuf]) -> Option<PathBuf> {
    let path = Path::new(name);
    let path = path.strip_prefix(SUBMISSION).unwrap_or(path);
    let inner: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
    let inner = without_package_name(&inner).to_owned();
    if let Some(file) = files.iter().find(|file| **file == inner) {
        return Some(file.clone());
    }
    // Java names the file without its folders.
    let mut named = files.iter().filter(|file| file.file_name() == Some(inner.as_os_str()));
    named.next().filter(|_| named.next().is_none()).cloned()
}

/// Returns the line that belongs to a cause. If threads wait in several, only one with the right
/// kind of call is certain. The call is known, or the text of the line names it.
fn chosen(found: &WaitingLines, cause: &Cause, text: &dyn Fn(&str) -> String) -> Option<SourceLocation> {
    let first = found.lines.first()?;
    if !found.has_unknown && found.lines.iter().all(|line| line.place == first.place) {
        let is_innocent = is_of_accepted_client(cause) && first.accepts(text);
        return (!is_innocent).then(|| first.place.clone());
    }
    let words: &[&str] = match cause {
        Cause::AwaitsOtherClient { .. } | Cause::AcceptsAgain { .. } => &["accept"],
        Cause::LeftInAcceptQueue { .. } | Cause::WaitsWithoutPort { .. } | Cause::OnlyFirstClient { .. } => {
            return None;
        }
        Cause::DataUnread { .. } | Cause::ListenerNotWatched { .. } | Cause::ConnectionNotWatched { .. } => {
            &["select", "poll"]
        }
        Cause::WaitsForKeyboard { .. } => &["input", KEYBOARD, "system.in", "scan"],
        _ => &["recv", "read", "receive", "nextline", "scan"],
    };
    let names_call = |line: &&WaitingLine| {
        if let Some(call) = &line.call {
            return words.iter().any(|word| call.contains(word));
        }
        let text = source_line(&line.place, text).to_lowercase();
        words.iter().any(|word| text.contains(word))
    };
    let mut named = found.lines.iter().filter(names_call).map(|line| &line.place);
    let place = named.next()?;
    named.all(|other| other == place).then(|| place.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) const PYTHON: &str = "pronto\nFatal Python error: Aborted\n\n\
        Thread 0x00007f0001 (most recent call first):\n  File \"/usr/lib/python3/threading.py\", line 355 in wait\n  \
        File \"/tmp/submission/srv.py\", line 8 in answer\n  File \"/tmp/submission/srv.py\", line 20 in <module>\n\n\
        Current thread 0x00007f0002 [python3] (most recent call first):\n  File \"srv.py\", line 31 in main\n";
    const JAVA: &str = "Full thread dump OpenJDK 64-Bit Server VM (17.0.9):\n\n\
        \"main\" #1 prio=5 os_prio=0 tid=0x1 nid=0x2 runnable  [0x3]\n   java.lang.Thread.State: RUNNABLE\n\t\
        at sun.nio.ch.Net.poll(java.base@17.0.9/Native Method)\n\tat java.net.ServerSocket.accept(java.base@17.0.9/ServerSocket.java:533)\n\t\
        at br.Server.main(Server.java:12)\n\n\"GC Thread#0\" os_prio=0\n";
    const GO: &str = "SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\ngoroutine 1 [IO wait]:\nnet.(*conn).Read(0xc0, {0xc1})\n\t\
        /usr/lib/go/src/net/net.go:179 +0x45\nmain.main()\n\t/tmp/submission/main.go:53 +0x1d\n";

    fn own(text: &str) -> Vec<Vec<u32>> {
        let files: Vec<PathBuf> = ["srv.py", "src/br/Server.java", "main.go"].map(PathBuf::from).to_vec();
        let lines = |stack: super::stack_dump::Stack| {
            stack
                .frames
                .into_iter()
                .filter(|(file, _)| own_file(file, &files).is_some())
                .map(|(_, line)| line)
                .collect()
        };
        stacks(text).into_iter().map(lines).collect()
    }

    #[test]
    fn stacks_of_each_interpreter_are_read() {
        assert_eq!(own(PYTHON), [vec![8, 20], vec![31]]);
        assert_eq!(own(JAVA), [vec![12], vec![]]);
        assert_eq!(own(GO), [vec![53]]);
        assert_eq!(own("  File \"srv.py\", line 3 in f\n"), Vec::<Vec<u32>>::new(), "a traceback is no dump");
    }

    #[test]
    fn file_name_must_be_unique_without_its_folder() {
        let files: Vec<PathBuf> = ["a/Server.java", "b/Server.java", "Main.java"].map(PathBuf::from).to_vec();
        assert_eq!(own_file("Server.java", &files), None);
        assert_eq!(own_file("/tmp/submission/b/Server.java", &files), Some(files[1].clone()));
        assert_eq!(own_file("Main.java", &files), Some(files[2].clone()));
        assert_eq!(own_file("/usr/lib/x.py", &files), None);
    }

    fn at(line: u32) -> SourceLocation {
        SourceLocation { line, ..whole(PathBuf::from("s.c")) }
    }

    pub(super) fn thread(call: &str, fd: Option<i32>, line: Option<u32>) -> BlockedThread {
        let (server, call) = (crate::model::ServerId(0), call.to_owned());
        let (name, inode, source) = ("s".to_owned(), fd.filter(|fd| *fd > 0).map(|_| 9), line.map(at));
        BlockedThread { server, pid: 2, thread: 2, name, call, fd, inode, limited: false, source }
    }

    fn chosen_of(threads: &[BlockedThread], printed: &str, cause: &Cause) -> Option<u32> {
        let files = ["s.c", "srv.py"].map(PathBuf::from);
        chosen(&lines_of(printed, threads, &files), cause, &|_| String::new()).map(|place| place.line)
    }

    #[test]
    fn line_of_the_thread_with_the_right_call_is_chosen() {
        let client = crate::model::ClientId(1);
        let reads = Cause::ReadsOn { client, call: "recv".to_owned() };
        let keyboard = Cause::WaitsForKeyboard { client };
        let accepts = Cause::AwaitsOtherClient { client };
        let (accept, recv) = (thread("accept", Some(3), Some(8)), thread("recv", Some(4), Some(5)));
        let typed = thread("read", Some(0), Some(6));
        let two = [accept.clone(), recv.clone()];
        assert_eq!(chosen_of(&two, "", &reads), Some(5));
        assert_eq!(chosen_of(&two, "", &accepts), Some(8));
        assert_eq!(chosen_of(&two, "", &keyboard), None);
        assert_eq!(chosen_of(&[accept.clone(), typed.clone()], "", &keyboard), Some(6));
        assert_eq!(chosen_of(&[accept.clone(), typed], "", &reads), None, "the keyboard is no client");
        let other = thread("recv", Some(5), Some(7));
        assert_eq!(chosen_of(&[recv.clone(), other], "", &reads), None, "two lines with the call");
        assert_eq!(chosen_of(&[recv.clone(), recv.clone()], "", &reads), Some(5), "two threads in one line");
        let lock = thread("futex", None, Some(4));
        assert_eq!(chosen_of(std::slice::from_ref(&lock), "", &reads), Some(4), "the only thread");
        assert_eq!(chosen_of(&[thread("wait", None, None), lock.clone()], "", &reads), Some(4), "started by a shell");
        assert_eq!(chosen_of(&[lock, thread("recv", Some(4), None)], "", &reads), None, "its line is unknown");
        assert_eq!(chosen_of(&[recv.clone(), thread("accept", Some(3), None)], "", &reads), Some(5));
        assert_eq!(chosen_of(&[recv], PYTHON, &reads), None, "an interpreter's own lines come first");
    }

    #[test]
    fn line_of_a_file_outside_the_submission_is_not_chosen() {
        let mut outside = thread("recv", Some(4), Some(5));
        outside.source = Some(SourceLocation { line: 5, ..whole(PathBuf::from("other.c")) });
        let reads = Cause::ReadsOn { client: crate::model::ClientId(1), call: "recv".to_owned() };
        assert_eq!(chosen_of(&[outside], "", &reads), None);
    }
}
