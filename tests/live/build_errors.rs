//! Programs that do not build, or that their interpreter cannot read: the hint that the real tools'
//! errors lead to, and the line that is shown.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rstest::rstest;
use socklab::model::{Annotation, Verdict};

use crate::program::{Machine, live_tests_enabled, report};

const C: &str = "#include <sys/socket.h>\n#include <netinet/in.h>\nint main(void) {\n";
const JAVA: &str = "import java.net.*;\npublic class Servidor {\n  public static void main(String[] a) {\n";
const GO: &str = "package main\nimport \"net\"\nfunc main() {\n";

#[rstest]
#[case::c_semicolon("s.c", format!("{C}  int s = socket(AF_INET, SOCK_STREAM, 0);\n  listen(s, 5)\n  return s;\n}}\n"), "hint-end-statement", 5)]
#[case::c_header("s.c", format!("{C}  struct sockaddr_un a;\n  bind(socket(AF_UNIX, SOCK_STREAM, 0), 0, sizeof a);\n}}\n"), "hint-declare-name", 4)]
#[case::c_bracket("s.c", format!("{C}  while (1) {{\n  socket(AF_INET, SOCK_STREAM, 0);\n}}\n"), "hint-close-bracket", 6)]
#[case::c_quotes("s.c", format!("{C}  char *p = “abc”;\n  socket(AF_INET, SOCK_STREAM, 0);\n}}\n"), "hint-retype-character", 4)]
#[case::c_arguments("s.c", format!("{C}  int s = socket(AF_INET, SOCK_STREAM);\n  return s;\n}}\n"), "hint-match-arguments", 4)]
#[case::java_class("Server.java", format!("{JAVA}    new ServerSocket(65432);\n  }}\n}}\n"), "hint-file-of-class", 2)]
#[case::java_exception("Servidor.java", format!("{JAVA}    ServerSocket s = new ServerSocket(65432);\n  }}\n}}\n"), "hint-declare-exception", 4)]
#[case::java_name("Servidor.java", format!("{JAVA}    ServerSokcet s = null;\n  }}\n}}\n"), "hint-declare-name", 4)]
#[case::java_type("Servidor.java", format!("{JAVA}    int port = \"65432\";\n    ServerSocket s = null;\n  }}\n}}\n"), "hint-convert-type", 4)]
#[case::go_unused("s.go", format!("{GO}\tl, _ := net.Listen(\"tcp\", \":65432\")\n}}\n"), "hint-remove-unused", 4)]
#[case::go_results("s.go", format!("{GO}\tl := net.Listen(\"tcp\", \":65432\")\n\tl.Close()\n}}\n"), "hint-take-results", 4)]
#[case::go_bytes("s.go", format!("{GO}\tl, _ := net.Listen(\"tcp\", \":65432\")\n\tc, _ := l.Accept()\n\tc.Write(\"x\")\n}}\n"), "hint-convert-type", 6)]
#[case::python_bracket("s.py", "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 65432)\ns.listen()\n".into(), "hint-close-bracket", 3)]
#[case::python_indent("s.py", "import socket\ns = socket.socket()\nwhile True:\ns.accept()\n".into(), "hint-indent", 4)]
#[case::python_colon("s.py", "import socket\ns = socket.socket()\nwhile True\n    s.accept()\n".into(), "hint-colon", 3)]
#[case::python_quotes("s.py", "import socket\ns = socket.socket()\ns.bind((“127.0.0.1”, 65432))\n".into(), "hint-retype-character", 3)]
#[case::node_bracket("s.js", "const net = require('net');\nnet.createServer((s) => {\n  s.pipe(s);\n}.listen(65432);\n".into(), "hint-close-bracket", 4)]
#[case::node_await("s.js", "const net = require('net');\nnet.createServer((s) => { await s.end(); }).listen(65432);\n".into(), "hint-make-async", 2)]
fn error_has_the_advice(#[case] name: &str, #[case] program: String, #[case] hint: &str, #[case] line: u32) {
    if !live_tests_enabled() {
        return;
    }
    assert_eq!(hint_and_line(name, &program), (hint.to_owned(), Some(line)));
}

/// The linker knows no line of the source.
#[test]
fn linker_error_has_the_advice() {
    if !live_tests_enabled() {
        return;
    }
    let functions = "#include <string>\nint f(const std::string &);\nint f(std::string &s) { return s.size(); }\n";
    let program = format!("{functions}{C}  return f(\"x\") + socket(AF_INET, SOCK_STREAM, 0);\n}}\n");
    assert_eq!(hint_and_line("s.cpp", &program).0, "hint-define-function");
}

/// An error of the program's own kind has the general hint, and no guess.
#[rstest]
#[case::c("s.c", format!("{C}#error \"choose a port\"\n  socket(AF_INET, SOCK_STREAM, 0);\n}}\n"), "hint-build", 4)]
#[case::java("Servidor.java", format!("{JAVA}    ServerSocket s = null;\n    while (true);\n    s = null;\n  }}\n}}\n"), "hint-build", 6)]
fn other_error_has_no_guess(#[case] name: &str, #[case] program: String, #[case] hint: &str, #[case] line: u32) {
    if !live_tests_enabled() {
        return;
    }
    assert_eq!(hint_and_line(name, &program), (hint.to_owned(), Some(line)));
}

/// Checks a submission of one file. Returns the id of the hint of the finding that fails its first
/// item, and the line that is shown.
fn hint_and_line(name: &str, program: &str) -> (String, Option<u32>) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    fs::write(folder.path().join(name), program).expect("written");
    let (stem, path) = (name.split('.').next().unwrap_or_default(), folder.path().display().to_string());
    let run = match name.rsplit('.').next() {
        Some("c") => format!("build: cc -o s {name}, run: ./s"),
        Some("cpp") => format!("build: g++ -o s {name}, run: ./s"),
        Some("java") => format!("build: javac {name}, run: java {stem}"),
        Some("go") => format!("build: go build -o s {name}, run: ./s"),
        Some("js") => format!("run: node {name}"),
        _ => format!("run: python3 {name}"),
    };
    fs::write(folder.path().join("socklab.yaml"), format!("servers:\n  tcp-simple: {{ {run} }}\n")).expect("written");
    let arguments = ["check", &path, "--item", "tcp-simple.1", "--report", "json=-"];
    let report = report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"));
    let item = &report.submissions[0].items[0];
    let shown = item.shown();
    let finding = shown.findings.iter().find(|finding| finding.verdict == Verdict::Fail);
    let finding = finding.unwrap_or_else(|| panic!("{:?} {:?}", item.verdict, item.reason));
    let hint = finding.because.hint().map(|hint| hint.id.into_owned()).unwrap_or_default();
    let line = item.annotations.iter().find_map(|annotation| match annotation {
        Annotation::SourceHint { location, .. } => Some(location.line),
        _ => None,
    });
    (hint, line)
}
