//! Finds coroutines of Python that are never awaited, for servers that open no port or do not answer:
//! calling such a function only makes an object, and runs nothing. Python's own warning comes late,
//! or never if a variable holds the coroutine. Changes the shown cause of a failure, never a verdict.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::python_statements::{Statement, statements};
use super::source_clues::program_sources;
use crate::model::bytes::safe_path;
use crate::model::cause::is_unclosed;
use crate::model::source_language::language_of;
use crate::model::{Cause, Hint, ItemResult, SourceLocation, Verdict};
use crate::submission::import::Submission;

const PYTHON: &str = "Python";

/// The calls of an `async def`, or of functions that it calls, that clients depend on.
const SERVES: &str = r"\.(?:write|writelines|send\w*|sock_\w+|recv\w*|read\w*|accept|bind|listen|create_(?:server|datagram_endpoint|connection)|serve_forever)\s*\(|\b(?:start_server|open_connection)\s*\(";
/// Coroutines of asyncio: <https://docs.python.org/3/library/asyncio-stream.html> and `-eventloop.html`.
const LIBRARY: &str = r"^(?:(?:asyncio\.)?(?:start_server|open_connection|start_unix_server)|(?:self\.)?(?:\w*loop|asyncio\.get_\w+_loop\(\s*\))\.(?:create_server|create_datagram_endpoint|create_connection|sock_\w+))$";
/// Methods that libraries call, and whose result they throw away.
const CALLED_BACK: &str = "^(?:datagram_received|data_received|connection_made)$";
/// Methods that objects of libraries have, too.
const COMMON: [&str; 16] = [
    "accept", "bind", "cancel", "close", "connect", "get", "join", "listen", "put", "read", "run", "send", "start",
    "stop", "wait", "write",
];

static DEFINITION: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(async\s+)?def\s+(\w+)\s*\(").ok());
static CALL: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^(?:(?<variable>[\w.]+)\s*(?::[^=()]*)?=\s*)?(?<callee>\w+(?:\(\s*\))?(?:\.\w+(?:\(\s*\))?)*)\s*\(")
        .ok()
});
static CALLBACK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(?:(?:Thread|Process)\s*\([^()]*\btarget\s*=\s*|\.add_reader\s*\([^,]*,\s*|\.(?:submit|start_new_thread)\s*\(\s*)(?:self\.)?(?<name>\w+)\s*[,)]").ok()
});
static PATTERNS: LazyLock<Option<[Regex; 3]>> =
    LazyLock::new(|| Some([Regex::new(SERVES).ok()?, Regex::new(LIBRARY).ok()?, Regex::new(CALLED_BACK).ok()?]));

/// A coroutine that nothing awaits: its function, the line of its call, and what to do.
type Found = (String, u32, Hint);

/// Names the coroutine that is never awaited as the cause of a missing port or answer.
pub(crate) fn annotate(items: &mut [ItemResult], delivery: &Submission) {
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        for finding in 0..item.judged.findings.len() {
            let is_failed = item.judged.findings[finding].verdict == Verdict::Fail;
            if !is_failed || !item.shown_cause(finding).is_some_and(leaves_open) {
                continue;
            }
            let Some(file) = item.source_hint(finding).map(|place| PathBuf::from(&place.file)) else { continue };
            if language_of(&file) != Some(PYTHON) {
                continue;
            }
            let Some((call, line, hint)) = never_awaited(&program_sources(&file, PYTHON, delivery)) else { continue };
            let location = SourceLocation { file: safe_path(Path::new(&file)), line, column: 0 };
            item.explain(finding, Cause::NeverAwaited { call, hint }, location);
        }
    }
}

/// Returns true if a cause leaves open why the port or the answer is missing.
fn leaves_open(cause: &Cause) -> bool {
    match cause {
        Cause::ExitedEarly { hint, .. } => matches!(hint, Hint::Exited | Hint::AwaitMissing),
        // It closes the connection, too.
        cause if is_unclosed(cause) => true,
        Cause::ThreadFailed { hint, .. } | Cause::ErrorPrinted { hint, .. } => matches!(hint, Hint::AwaitMissing),
        cause => matches!(
            cause,
            Cause::WaitsWithoutPort { .. }
                | Cause::NothingListens { .. }
                | Cause::CameToItsEnd { .. }
                | Cause::EndedAfterListen { .. }
                | Cause::NoAnswer { .. }
                | Cause::NoAnswerLate { .. }
                | Cause::NoAnswerSilent { .. }
                | Cause::NoAnswerClosed { .. }
                | Cause::PrintedSilent { .. }
                | Cause::PrintedNotSent { .. }
                | Cause::ReadsOn { .. }
                | Cause::ReadNotAnswered { .. }
                | Cause::DatagramReadNotAnswered { .. }
                | Cause::DatagramUnread { .. }
                | Cause::DataUnread { .. }
                | Cause::ConnectionNotWatched { .. }
                | Cause::ListenerNotWatched { .. }
                | Cause::LeftInAcceptQueue { .. }
                | Cause::NeverAccepted { .. }
                | Cause::ClosedUnread { .. }
                | Cause::ClosedAfterReading { .. }
                | Cause::ClosedBeforeData { .. }
        ),
    }
}

/// Returns the first coroutine of the program's file that is never awaited.
fn never_awaited(sources: &[(PathBuf, String)]) -> Option<Found> {
    let [serves, library, called_back] = PATTERNS.as_ref()?;
    let (call, callback) = (CALL.as_ref()?, CALLBACK.as_ref()?);
    let (_, program) = sources.first()?;
    let all: Vec<Vec<Statement>> = sources.iter().map(|(_, text)| statements(text)).collect();
    let own = coroutines(&all, serves);
    let is_protocol = program.contains("Protocol");
    let definition = DEFINITION.as_ref()?;
    all.first()?.iter().find_map(|statement| {
        let text = &statement.text;
        let found = |name: &str, hint| Some((name.to_owned(), statement.line, hint));
        if let Some(defined) = definition.captures(text).filter(|defined| defined.get(1).is_some()) {
            let is_handler = &defined[2] == "handle" && program.contains("RequestHandler");
            let is_callback = is_protocol && called_back.is_match(&defined[2]);
            return if is_handler || is_callback { found(&defined[2], Hint::PlainFunction) } else { None };
        }
        if let Some(name) = callback.captures(text).filter(|one| own.contains(&one["name"])) {
            return found(&name["name"], Hint::PlainFunction);
        }
        let called = call.captures(text).filter(|called| is_whole(text, called[0].len()))?;
        let callee = &called["callee"];
        let (object, name) = callee.rsplit_once('.').unwrap_or(("self", callee));
        let is_own = own.contains(name) && (object == "self" || !COMMON.contains(&name));
        let is_coroutine = is_own || is_library(program, library, callee);
        let is_kept = called.name("variable").is_some_and(|variable| is_used(&all, variable.as_str()));
        if is_coroutine && !is_kept { found(name, Hint::AwaitCall) } else { None }
    })
}

/// Returns true if this is a coroutine of asyncio. Without its module in front, it must be imported.
fn is_library(program: &str, library: &Regex, callee: &str) -> bool {
    let is_imported = || program.lines().any(|line| line.starts_with("from asyncio") && line.contains(callee));
    library.is_match(callee) && program.contains("asyncio") && (callee.contains('.') || is_imported())
}

/// Returns the names of the program's own coroutines that serve clients. A name that a plain
/// function or a decorated one has, too, is none.
fn coroutines(all: &[Vec<Statement>], serves: &Regex) -> BTreeSet<String> {
    let Some(definition) = DEFINITION.as_ref() else { return BTreeSet::new() };
    let (mut bodies, mut other): (Vec<(String, String)>, BTreeSet<String>) = Default::default();
    for file in all {
        for (at, statement) in file.iter().enumerate() {
            let Some(defined) = definition.captures(&statement.text) else { continue };
            let name = defined[2].to_owned();
            let is_decorated = at > 0 && file[at - 1].text.starts_with('@');
            if defined.get(1).is_none() || is_decorated {
                other.insert(name);
                continue;
            }
            let inner = file[at + 1..].iter().take_while(|one| one.indent > statement.indent);
            bodies.push((name, inner.map(|one| one.text.as_str()).collect::<Vec<_>>().join("\n")));
        }
    }
    let mut found: BTreeSet<String> = BTreeSet::new();
    loop {
        let calls = |body: &str| found.iter().any(|name| body.contains(&format!("{name}(")));
        let next = bodies.iter().filter(|(name, body)| {
            !found.contains(name) && !other.contains(name) && (serves.is_match(body) || calls(body))
        });
        let next: Vec<String> = next.map(|(name, _)| name.clone()).collect();
        if next.is_empty() {
            return found;
        }
        found.extend(next);
    }
}

/// Returns true if a statement ends with the call that begins with its first `begun` bytes.
fn is_whole(text: &str, begun: usize) -> bool {
    let mut depth = 1_usize;
    for (at, c) in text[begun..].char_indices() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return text[begun + at + 1..].trim_matches([' ', ';']).is_empty();
        }
    }
    false
}

/// Returns true if a variable is used anywhere but for its attributes, so that it may be awaited.
fn is_used(all: &[Vec<Statement>], variable: &str) -> bool {
    let Ok(word) = Regex::new(&format!(r"\b{}\b", regex::escape(variable))) else { return true };
    all.iter().flatten().any(|statement| {
        let text = &statement.text;
        word.find_iter(text).any(|found| {
            let rest = text[found.end()..].trim_start();
            let is_assigned = found.start() == 0 && (rest.starts_with(':') || rest.starts_with('='));
            !is_assigned && !rest.starts_with('.')
        })
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn found(program: &str) -> Option<(String, u32)> {
        let sources = [(PathBuf::from("s.py"), program.to_owned())];
        never_awaited(&sources).map(|(name, line, _)| (name, line))
    }

    const HANDLER: &str = "import asyncio\nasync def serve(r, w):\n    w.write(await r.read(9))\n";

    #[rstest]
    #[case::kept("    server = asyncio.start_server(serve, H, P)\n    print(f'on {P}')\n", "start_server")]
    #[case::attribute("    self.s = asyncio.start_server(\n        serve, H, P)\n", "start_server")]
    #[case::annotated("    s: object = asyncio.start_server(serve, H, P)\n", "start_server")]
    #[case::dropped("    asyncio.start_server(serve, H, P);\n", "start_server")]
    #[case::attribute_used("    s = asyncio.start_server(serve, H, P)\n    print(s.sockets)\n", "start_server")]
    #[case::event_loop(
        "    asyncio.get_running_loop().create_datagram_endpoint(X, local_addr=(H, P))\n",
        "create_datagram_endpoint"
    )]
    #[case::send("    loop.sock_sendall(c, d)\n", "sock_sendall")]
    #[case::own("    serve(1, 2)\n", "serve")]
    #[case::method("    self.serve(1, 2)\n", "serve")]
    #[case::thread("    Thread(target=serve, args=(1, 2)).start()\n", "serve")]
    #[case::pool("    pool.submit(serve, 1, 2)\n", "serve")]
    #[case::reader("    loop.add_reader(c.fileno(), serve, c, c)\n", "serve")]
    fn call_without_await_is_found(#[case] call: &str, #[case] name: &str) {
        let program = format!("{HANDLER}async def main():\n{call}");
        assert_eq!(found(&program), Some((name.to_owned(), 5)));
    }

    #[rstest]
    #[case::entry("async def main():\n    await asyncio.start_server(serve, H, P)\nmain()\n", "main", 6)]
    #[case::indirect("async def a():\n    await serve(1, 2)\nasync def b():\n    await a()\nb()\n", "b", 8)]
    #[case::datagram(
        "class S(asyncio.DatagramProtocol):\n    async def datagram_received(self, d, a):\n        pass\n",
        "datagram_received",
        5
    )]
    #[case::handler("class S(BaseRequestHandler):\n    async def handle(self):\n        pass\n", "handle", 5)]
    fn coroutine_of_the_program_is_found(#[case] rest: &str, #[case] name: &str, #[case] line: u32) {
        assert_eq!(found(&format!("{HANDLER}{rest}")), Some((name.to_owned(), line)));
    }

    #[rstest]
    #[case::awaited("    s = await asyncio.start_server(serve, H, P)\n")]
    #[case::later("    s = asyncio.start_server(serve, H, P)\n    s = await s\n")]
    #[case::run("    s = asyncio.start_server(serve, H, P)\n    loop.run_until_complete(s)\n")]
    #[case::in_brackets("    await asyncio.gather(\n        serve(1, 2),\n        serve(3, 4),\n    )\n")]
    #[case::task("    asyncio.create_task(serve(1, 2))\n")]
    #[case::returned("    return serve(1, 2)\n")]
    #[case::next_line("    await \\\n        serve(1, 2)\n")]
    #[case::drained("    w.drain()\n    w.wait_closed()\n")]
    #[case::text("    print('''\nserve(1, 2)\n''')\n")]
    #[case::comment("    # serve(1, 2)\n")]
    #[case::thread("    Thread(target=lambda: asyncio.run(serve(c)))\n")]
    #[case::plain_socket("    s = socket.create_server((H, P))\n")]
    #[case::method_of_another("    executor.create_server(serve)\n")]
    #[case::plain_function("def serve(c):\n    c.send(1)\nserve(c)\n")]
    #[case::decorated("@to_thread\nasync def f(c):\n    c.send(1)\nf(c)\n")]
    #[case::no_service("async def log(c):\n    print(c)\nlog(c)\n")]
    #[case::method_of_a_library("async def start(c):\n    c.send(1)\nt.start()\n")]
    #[case::protocol("class S(asyncio.DatagramProtocol):\n    def datagram_received(self, d, a):\n        pass\n")]
    #[case::chained("    serve(1, 2).send(None)\n")]
    fn other_calls_are_none(#[case] rest: &str) {
        let program = format!("{HANDLER}async def main():\n{rest}");
        assert_eq!(found(&program), None);
    }
}
