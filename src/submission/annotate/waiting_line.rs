//! Finds the source line in which a silent server waits, by one further run: an interpreter prints
//! the stacks of all threads, and the stacks of a compiled program are unwound by the agent.
//! Changes no verdict. Adds a cause if threads wait for one another.

mod stack_dump;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use self::stack_dump::{ThreadWait, is_thread_wait, stacks};
use crate::engine::isolated::SUBMISSION;
use crate::engine::{ProgramSource, ProgramSpec};
use crate::model::bytes::safe_path;
use crate::model::cause::{Symptom, symptom};
use crate::model::{Annotation, BlockedThread, Cause, EventKind, Evidence, ItemResult, Role, SourceLocation, Verdict};
use crate::run::Session;
use crate::run::source_hint::whole;
use crate::run::spec::without_package_name;
use crate::submission::import::Submission;
use crate::submission::probe;
use crate::submission::probe::ProbeProgram;

/// Bytes of a source file that are read.
const MAX_SOURCE_BYTES: u64 = 1 << 20;

/// The call of a thread that waits for standard input.
const KEYBOARD: &str = "stdin";

/// Adds the line in which the server waits to the findings whose cause is that it waits.
pub(crate) fn annotate(
    items: &mut [ItemResult],
    delivery: &Submission,
    programs: &BTreeMap<Role, ProgramSpec>,
    session: Session<'_>,
) {
    let mut lines: BTreeMap<Role, WaitingLines> = BTreeMap::new();
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
            let found = lines.entry(role.clone()).or_insert_with(|| {
                programs.get(&role).map(|program| waiting_lines(delivery, program, session)).unwrap_or_default()
            });
            let text = |file: &str| delivery.text(Path::new(file), MAX_SOURCE_BYTES);
            let stuck = Some(&cause).filter(|cause| may_await_thread(cause)).and_then(|_| thread_wait(found, &text));
            if stuck.is_some() {
                item.annotations.push(Annotation::Rerun { finding, because: Cause::AwaitsThread {}.into() });
            }
            if let Some(location) = stuck.unwrap_or_else(|| chosen(found, &cause, &text)) {
                item.annotations.push(Annotation::SourceHint { finding, location });
            }
        }
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

/// Returns true if the thread that should serve the client may wait for another thread.
const fn may_await_thread(cause: &Cause) -> bool {
    matches!(
        cause,
        Cause::DataUnread { call: Some(_), .. }
            | Cause::ReadNotAnswered { .. }
            | Cause::NoAnswerSilent { .. }
            | Cause::PrintedSilent { .. }
            | Cause::DatagramReadNotAnswered { .. }
            | Cause::DatagramUnread { .. }
    )
}

/// The lines in which the threads of a server wait, each once.
#[derive(Debug, Default)]
struct WaitingLines {
    lines: Vec<WaitingLine>,
    /// True if a thread waits in a line that is not known.
    has_unknown: bool,
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

impl WaitingLines {
    fn add(&mut self, line: WaitingLine) {
        if !self.lines.contains(&line) {
            self.lines.push(line);
        }
    }
}

/// Returns the line in which a thread waits for another one: `None` if no thread does, `Some(None)`
/// if several do. The first thread of a program may wait for the others as it should.
fn thread_wait(found: &WaitingLines, text: &dyn Fn(&str) -> String) -> Option<Option<SourceLocation>> {
    let is_alone = found.lines.len() == 1 && !found.has_unknown;
    let is_stuck = |line: &&WaitingLine| match line.waits {
        ThreadWait::Thread => true,
        ThreadWait::ByText => is_thread_wait(&source_line(&line.place, text)),
        ThreadWait::Other => false,
    };
    let stuck: Vec<&WaitingLine> = found.lines.iter().filter(is_stuck).collect();
    let first = stuck.iter().find(|line| is_alone || !line.is_main)?;
    Some(stuck.iter().all(|other| other.place == first.place).then(|| first.place.clone()))
}

/// Returns the text of a line, empty if it is not known.
fn source_line(place: &SourceLocation, text: &dyn Fn(&str) -> String) -> String {
    let index = (place.line as usize).checked_sub(1);
    index.and_then(|index| text(&place.file).lines().nth(index).map(str::to_owned)).unwrap_or_default()
}

/// Runs the program with clients that send a text each. Returns the lines in which its threads
/// wait.
fn waiting_lines(delivery: &Submission, program: &ProgramSpec, session: Session<'_>) -> WaitingLines {
    let ProgramSpec { runs: ProgramSource::Command(words), stdin, port, .. } = program else {
        return WaitingLines::default();
    };
    let start = ProbeProgram { words: words.clone(), stdin: stdin.clone(), port: *port };
    let Some(evidence) = probe::print_stacks(&delivery.root, &start, session) else { return WaitingLines::default() };
    lines_of(&output(&evidence), blocked_threads(&evidence), &delivery.files)
}

/// Returns the lines that interpreters printed, else those that the agent found.
fn lines_of(output: &str, threads: &[BlockedThread], files: &[PathBuf]) -> WaitingLines {
    let mut printed = WaitingLines::default();
    for stack in stacks(output) {
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

fn output(evidence: &Evidence) -> String {
    let printed = evidence.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Output { head, tail, .. } => Some([&head.0[..], &tail.0[..]].concat()),
        _ => None,
    });
    printed.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect::<Vec<_>>().join("\n")
}

/// Returns the file of the submission with this name: a path in it, or the name of only one file.
fn own_file(name: &str, files: &[PathBuf]) -> Option<PathBuf> {
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
        return Some(first.place.clone());
    }
    let words: &[&str] = match cause {
        Cause::AwaitsOtherClient { .. } => &["accept"],
        Cause::LeftInAcceptQueue { .. } | Cause::WaitsWithoutPort { .. } => return None,
        Cause::DataUnread { .. } | Cause::ListenerNotWatched { .. } | Cause::ConnectionNotWatched { .. } => {
            &["select", "poll", "accept"]
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

    const PYTHON: &str = "pronto\nFatal Python error: Aborted\n\n\
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

    fn thread(call: &str, fd: Option<i32>, line: Option<u32>) -> BlockedThread {
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
    fn thread_that_waits_for_another_is_found() {
        let files = ["s.c", "srv.py"].map(PathBuf::from);
        let found = |threads: &[BlockedThread], printed: &str, source: &str| {
            let line = thread_wait(&lines_of(printed, threads, &files), &|_| source.to_owned());
            line.map(|place| place.map_or(0, |place| place.line))
        };
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
    fn line_of_a_file_outside_the_submission_is_not_chosen() {
        let mut outside = thread("recv", Some(4), Some(5));
        outside.source = Some(SourceLocation { line: 5, ..whole(PathBuf::from("other.c")) });
        let reads = Cause::ReadsOn { client: crate::model::ClientId(1), call: "recv".to_owned() };
        assert_eq!(chosen_of(&[outside], "", &reads), None);
    }
}
