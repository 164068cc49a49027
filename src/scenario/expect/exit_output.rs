//! Finds the reason for a program's exit in its output: whether the program is at fault or something
//! is missing on this machine.
//!
//! Matches the messages of several languages. They are untrusted data, so nothing else depends on
//! them.

/// What the output of a program reports as the reason for its exit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReportedReason {
    AddressInUse,
    AddressNotHere,
    Permission,
    WantsTerminal,
    WantsModule,
    WantsNetwork,
}

/// A reason, and the lines that report it.
struct ExitPattern {
    reason: ReportedReason,
    matches: fn(&str) -> bool,
}

const EXIT_PATTERNS: [ExitPattern; 6] = [
    pattern(ReportedReason::AddressInUse, is_address_in_use),
    pattern(ReportedReason::AddressNotHere, |line| {
        has(line, &["cannot assign requested", "eaddrnotavail", "errno 99"])
    }),
    pattern(ReportedReason::Permission, |line| has(line, &["permission denied", "eacces"])),
    pattern(ReportedReason::WantsTerminal, |line| {
        has(line, &["inappropriate ioctl for device", "enotty", "cannot find terminal"])
    }),
    pattern(ReportedReason::WantsModule, wants_module),
    pattern(ReportedReason::WantsNetwork, wants_network),
];

const fn pattern(reason: ReportedReason, tells: fn(&str) -> bool) -> ExitPattern {
    ExitPattern { reason, matches: tells }
}

fn has(line: &str, marks: &[&str]) -> bool {
    let line = line.to_lowercase();
    marks.iter().any(|mark| line.contains(mark))
}

/// Returns true if a line reports that an address is in use.
pub(super) fn is_address_in_use(line: &str) -> bool {
    has(line, &["already in use", "eaddrinuse", "errno 98"])
}

/// Returns true if a line reports a name or an address that only an outside network has.
#[must_use]
pub fn wants_network(line: &str) -> bool {
    const MARKS: [&str; 11] = [
        "temporary failure in name resolution",
        "name or service not known",
        "could not resolve host",
        "network is unreachable",
        "enetunreach",
        "eai_again",
        "getaddrinfo enotfound",
        "unknownhostexception",
        "no such host",
        "failed to lookup address",
        "dial tcp: lookup",
    ];
    has(line, &MARKS)
}

/// Returns true if a line reports a module or library that is not installed here. A module that is
/// named by its path is a file of the program.
fn wants_module(line: &str) -> bool {
    const NAMED: [&str; 4] =
        ["No module named '", "Cannot find module '", "Cannot find package '", "cannot load such file -- "];
    const MESSAGES: [&str; 3] = [
        "(you may need to install the ",        // Perl
        "Call to undefined function socket_",   // PHP without its sockets
        "error while loading shared libraries", // the loader of compiled programs
    ];
    let after = |mark| line.split_once(mark).map(|(_, rest)| rest).filter(|rest| !rest.starts_with(['.', '/']));
    NAMED.iter().any(|&mark| after(mark).is_some())
        || after("module '").is_some_and(|rest| rest.contains("' not found:")) // Lua
        || MESSAGES.iter().any(|mark| line.contains(mark))
        || missing_tool(line).is_some()
}

/// Returns true if a missing program is a tool of a language, and not a file of the submission or a
/// mistyped name.
pub(super) fn is_known_tool(program: &str) -> bool {
    const TOOLS: [&str; 32] = [
        "python", "python2", "python3", "pypy3", "node", "nodejs", "deno", "bun", "tsx", "ts-node", "npm", "npx",
        "ruby", "php", "perl", "lua", "java", "javac", "kotlin", "kotlinc", "scala", "dotnet", "mono", "go", "cargo",
        "rustc", "gcc", "g++", "make", "cmake", "zsh", "fish",
    ];
    TOOLS.contains(&program.rsplit('/').next().unwrap_or_default())
}

/// Returns the program that a shell or `make` did not find, if a line reports one.
#[must_use]
pub fn missing_tool(line: &str) -> Option<&str> {
    let (before, name) = match line.strip_suffix(": not found").or_else(|| line.strip_suffix(": command not found")) {
        Some(before) => before.rsplit_once(": ")?,
        None => line.strip_suffix(": No such file or directory").and_then(|line| line.rsplit_once(": "))?,
    };
    // A path names a file of the submission. Other programs report missing files in the same words.
    let told_by =
        ["sh: ", "bash: ", "make: ", "make[", ".sh: "].iter().any(|prefix| format!("{before}: ").contains(prefix));
    (told_by && !name.is_empty() && !name.contains(['/', ' ', '*'])).then_some(name)
}

/// Returns true if a line of a build reports something that it would have to download: a package,
/// or a newer version of its tool.
#[must_use]
pub fn needs_download(line: &str) -> bool {
    const MARKS: [&str; 15] = [
        "no matching package named `", // cargo
        "failed to download",
        "no required module provides package", // go
        "missing go.sum entry",
        "cannot find module providing package",
        "could not transfer artifact", // maven
        "has not been downloaded from it before",
        "unable to load the service index",   // dotnet
        "no matching distribution found for", // pip
        "invalid go version '",
        "go.mod requires go >= ",
        "is not stabilized in this version of cargo",
        "requires rustc ",
        "invalid source release: ", // javac
        "error: release version ",  // maven
    ];
    has(line, &MARKS) || wants_network(line)
}

/// Returns the reason that the output of a failed start reports, and the line that reports it.
pub(super) fn reported_reason(lines: &[String]) -> Option<(ReportedReason, &str)> {
    EXIT_PATTERNS.iter().find_map(|cause| {
        let line = lines.iter().rev().find(|line| (cause.matches)(line))?;
        // A file may be denied too: the port is meant only if a line mentions binding.
        let counts = cause.reason != ReportedReason::Permission || lines.iter().any(|line| has(line, &["bind"]));
        counts.then_some((cause.reason, line.as_str()))
    })
}

/// Returns a text that only looks like an IPv4 address: with a number above 255, or with more than
/// four numbers. No network has such an address.
pub(super) fn impossible_address(lines: &[String]) -> Option<String> {
    let is_part = |c: char| c.is_ascii_digit() || c == '.';
    let words = lines.iter().flat_map(|line| line.split(|c: char| !is_part(c) && !c.is_alphabetic()));
    let is_impossible = |word: &&str| {
        let numbers: Vec<Option<u16>> =
            word.split('.').map(|part| part.parse().ok().filter(|_| part.len() <= 3)).collect();
        numbers.len() >= 4
            && numbers.iter().all(Option::is_some)
            && (numbers.len() > 4 || numbers.iter().flatten().any(|&number| number > 255))
    };
    words.map(|word| word.trim_matches('.')).find(is_impossible).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::python("ModuleNotFoundError: No module named 'colorama'")]
    #[case::node("Error: Cannot find module 'express'")]
    #[case::ruby("in `require': cannot load such file -- eventmachine (LoadError)")]
    #[case::perl(
        "Can't locate IO/Async.pm in @INC (you may need to install the IO::Async module) (@INC contains: /etc/perl)"
    )]
    #[case::lua("lua: eco.lua:1: module 'socket' not found:")]
    #[case::php("PHP Fatal error:  Uncaught Error: Call to undefined function socket_create() in /tmp/x.php:3")]
    #[case::tool("run.sh: 1: python: not found")]
    #[case::compiled("./eco: error while loading shared libraries: libuv.so.1: cannot open shared object file")]
    fn missing_library_is_recognised(#[case] line: &str) {
        assert!(wants_module(line));
        // "ENOTFOUND" is part of the name of Python's `ModuleNotFoundError`.
        assert!(!wants_network(line));
    }

    #[rstest]
    #[case::node("Error: Cannot find module './rede'")]
    #[case::node_main("Error: Cannot find module '/tmp/submission/server.js'")]
    #[case::ruby("cannot load such file -- /tmp/submission/rede (LoadError)")]
    #[case::python("ImportError: cannot import name 'rede' from 'socket'")]
    fn own_file_is_not_a_library(#[case] line: &str) {
        assert!(!wants_module(line));
    }

    #[rstest]
    #[case::cargo("error: no matching package named `tokio` found")]
    #[case::go("main.go:4:2: no required module provides package github.com/gorilla/websocket; to add it:")]
    #[case::old_go("go: errors parsing go.mod: /tmp/go.mod:3: invalid go version '1.23.0': must match format 1.23")]
    #[case::old_cargo("  feature `edition2024` is required: it is not stabilized in this version of Cargo (1.70.0)")]
    #[case::old_java("error: invalid source release: 21")]
    #[case::npm("npm error code EAI_AGAIN")]
    #[case::python("ERROR: No matching distribution found for colorama")]
    fn missing_download_is_recognised(#[case] line: &str) {
        assert!(needs_download(line));
    }

    #[rstest]
    #[case::c("s.c:3:5: error: expected ';' before 'return'")]
    #[case::rust("error[E0433]: failed to resolve: use of undeclared crate or module `rede`")]
    #[case::java("Eco.java:4: error: cannot find symbol: the release version of it")]
    #[case::go("./eco.go:5:2: undefined: x")]
    #[case::make("make: *** No rule to make target 's.c'.  Stop.")]
    fn source_error_is_not_a_missing_download(#[case] line: &str) {
        assert!(!needs_download(line) && missing_tool(line).is_none());
    }

    #[rstest]
    #[case("make: clang: No such file or directory", Some("clang"))]
    #[case("make[1]: javac: No such file or directory", Some("javac"))]
    #[case("/bin/sh: 1: clang: not found", Some("clang"))]
    #[case("bash: line 1: clang: command not found", Some("clang"))]
    #[case("run.sh: 3: python: not found", Some("python"))]
    #[case("make: ./servidor: No such file or directory", None)]
    #[case("make: *** No rule to make target 's.c'.  Stop.", None)]
    #[case("sh: 0: cannot open run.sh: No such file", None)]
    #[case("s.c:1:10: fatal error: x.h: No such file or directory", None)]
    #[case("404: not found", None)]
    fn missing_tool_is_named(#[case] line: &str, #[case] tool: Option<&str>) {
        assert_eq!(missing_tool(line), tool);
    }

    #[rstest]
    #[case::bind("    s.bind(('192.168.0.300', 65431))", Some("192.168.0.300"))]
    #[case::look_up("java.net.UnknownHostException: 256.1.1.1: Name or service not known", Some("256.1.1.1"))]
    #[case::five("dial tcp: lookup 127.0.0.0.1: no such host", Some("127.0.0.0.1"))]
    #[case::end_of_sentence("cannot resolve 10.0.0.256.", Some("10.0.0.256"))]
    #[case::valid("s.bind(('192.168.0.30', 65431))", None)]
    #[case::version("python 3.11.2", None)]
    #[case::name("lookup a.300.b.c: no such host", None)]
    #[case::long_number("1.2.3.40000", None)]
    fn impossible_address_is_found(#[case] line: &str, #[case] address: Option<&str>) {
        assert_eq!(impossible_address(&[line.to_owned()]).as_deref(), address);
    }
}
