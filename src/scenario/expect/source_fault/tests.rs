//! Errors with a known meaning are recognised, and similar ones are not.

use rstest::rstest;

use super::*;

#[rstest]
#[case::gcc("s.c:1:10: fatal error: winsock2.h: No such file or directory", SourceFault::WindowsHeaders)]
#[case::upper("s.c:1:10: fatal error: Windows.h: No such file or directory", SourceFault::WindowsHeaders)]
#[case::clang("s.c:1:10: fatal error: 'conio.h' file not found", SourceFault::WindowsHeaders)]
#[case::name("s.c:4:5: error: unknown type name ‘WSADATA’", SourceFault::WindowsHeaders)]
#[case::call("s.cpp:9:3: error: 'closesocket' was not declared in this scope", SourceFault::WindowsHeaders)]
#[case::linker("s.c:(.text+0x1f): undefined reference to `WSAStartup'", SourceFault::WindowsHeaders)]
#[case::library("/usr/bin/ld: cannot find -lws2_32: No such file or directory", SourceFault::WindowsHeaders)]
#[case::javac_mark(r"S.java:1: error: illegal character: '\ufeff'", SourceFault::ByteOrderMark)]
#[case::gcc_mark("b.c:2:1: error: unknown type name ‘\u{feff}int’", SourceFault::ByteOrderMark)]
#[case::rustc_mark(r"error: unknown start of token: \u{feff}", SourceFault::ByteOrderMark)]
#[case::gcc_wide(r"c.c:1:1: error: stray ‘\377’ in program", SourceFault::Utf16)]
#[case::javac_wide("S.java:1: error: unmappable character (0xFF) for encoding UTF-8", SourceFault::Utf16)]
#[case::go_wide("go: reading g.go: unexpected NUL in input", SourceFault::Utf16)]
#[case::javac_latin("S.java:7: error: unmappable character (0xF5) for encoding UTF-8", SourceFault::Encoding)]
#[case::go_latin("g.go:2:5: illegal UTF-8 encoding", SourceFault::Encoding)]
#[case::make("make: *** No rule to make target 'server.c\r', needed by 'all'.  Stop.", SourceFault::LineEndings)]
#[case::shell("sh: 1: gcc\r: not found", SourceFault::LineEndings)]
fn build_error_has_its_meaning(#[case] line: &str, #[case] fault: SourceFault) {
    let output = format!("s.c: In function 'main':\n{line}\n    3 |  #include <x>\n");
    assert_eq!(in_build(&output), Some((fault, line.trim())));
}

#[rstest]
#[case::own_header("s.c:1:10: fatal error: rede/conio.h: No such file or directory\n")]
#[case::own_io("s.c:1:10: fatal error: io.h: No such file or directory\n    1 | #include \"io.h\"\n")]
#[case::other_header("s.c:1:10: fatal error: unistd_.h: No such file or directory\n")]
#[case::own_name("s.c:3:5: error: ‘SOCKETS’ undeclared (first use in this function)\n")]
#[case::quotes("d.c:2:19: error: stray ‘\\342’ in program\n")]
#[case::syntax("s.c:3:5: error: expected ';' before 'closesocket'\n")]
#[case::symbol("S.java:4: error: cannot find symbol\n")]
#[case::make("make: *** No rule to make target 's.c'.  Stop.\n")]
fn other_build_error_has_none(#[case] output: &str) {
    assert_eq!(in_build(output), None);
}

fn fault(lines: &[&str]) -> Option<SourceFault> {
    let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    in_output(&lines, lines.last().map(String::as_str)).map(|(fault, _)| fault)
}

#[rstest]
#[case::print("SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)?", SourceFault::Python2)]
#[case::module("ModuleNotFoundError: No module named 'SocketServer'", SourceFault::Python2)]
#[case::input("NameError: name 'raw_input' is not defined", SourceFault::Python2)]
#[case::except("SyntaxError: multiple exception types must be parenthesized", SourceFault::Python2)]
#[case::tabs("TabError: inconsistent use of tabs and spaces in indentation", SourceFault::Tabs)]
#[case::nul("SyntaxError: source code cannot contain null bytes", SourceFault::Utf16)]
#[case::wide(
    r"SyntaxError: Non-UTF-8 code starting with '\xff' in file /tmp/p.py on line 1, but no",
    SourceFault::Utf16
)]
#[case::latin(
    r"SyntaxError: Non-UTF-8 code starting with '\xe3' in file /tmp/p.py on line 6, but no",
    SourceFault::Encoding
)]
#[case::mark("SyntaxError: invalid non-printable character U+FEFF", SourceFault::ByteOrderMark)]
#[case::windows("AttributeError: module 'os' has no attribute 'startfile'", SourceFault::Windows)]
#[case::interpreter(
    r"bash: ./run.sh: /bin/bash^M: bad interpreter: No such file or directory",
    SourceFault::LineEndings
)]
#[case::shell(r"run.sh: line 3: syntax error near unexpected token `$'do\r''", SourceFault::LineEndings)]
#[case::file(
    r"python3: can't open file '/tmp/ff/e.py\r': [Errno 2] No such file or directory",
    SourceFault::LineEndings
)]
#[case::node(r"Error: Cannot find module '/tmp/submission/server.js\r'", SourceFault::LineEndings)]
#[case::marked_script(r"run.sh: line 1: \u{feff}#!/bin/bash: No such file or directory", SourceFault::ByteOrderMark)]
fn error_of_a_program_has_its_meaning(#[case] line: &str, #[case] wanted: SourceFault) {
    assert_eq!(fault(&[line]), Some(wanted));
}

#[test]
fn line_endings_show_in_any_line() {
    let env = [r"/usr/bin/env: ‘python3\r’: No such file or directory", "/usr/bin/env: use -[v]S to pass options"];
    assert_eq!(fault(&env), Some(SourceFault::LineEndings));
}

#[rstest]
#[case::data(r"ValueError: invalid literal for int() with base 10: 'not found\r'")]
#[case::own_file(r"FileNotFoundError: [Errno 2] No such file or directory: 'nomes.txt\r'")]
#[case::module("ModuleNotFoundError: No module named 'colorama'")]
#[case::own_module("ModuleNotFoundError: No module named 'thread_pool'")]
#[case::name("NameError: name 'long_text' is not defined")]
#[case::data_encoding("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xe3 in position 1")]
#[case::indentation("IndentationError: unexpected indent")]
#[case::attribute("AttributeError: 'Servidor' object has no attribute 'inicia'")]
#[case::env("/usr/bin/env: ‘python’: No such file or directory")]
fn other_error_of_a_program_has_none(#[case] line: &str) {
    assert_eq!(fault(&[line]), None);
}

#[test]
fn errors_that_a_program_survived_do_not_count() {
    assert_eq!(fault(&["ModuleNotFoundError: No module named 'Queue'", "porta ocupada"]), None);
}

#[test]
fn windows_modules_are_known() {
    assert!(wants_windows_module("ModuleNotFoundError: No module named 'msvcrt'"));
    assert!(wants_windows_module("Can't locate Win32/Console.pm in @INC (you may need to install"));
    assert!(!wants_windows_module("ModuleNotFoundError: No module named 'win_inputs'"));
}
