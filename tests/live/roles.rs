//! Grades a class of small submissions that are laid out and built in unusual ways, and compares
//! the roles and verdicts. All are graded in parallel, since most of their time is waiting.

mod programs;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use socklab::model::report::ProgramKind;
use socklab::model::{SubmissionResult, Verdict};

use self::programs::{C_UPPER, JAVA_ECHO, LOCAL, both, echo, function, tcp, udp, upper};
use crate::program::{Machine, live_tests_enabled, report};

/// One submission and what is expected of it.
struct Case {
    name: &'static str,
    files: Vec<(&'static str, String)>,
    /// `role=file`, in order of the roles.
    roles: &'static [&'static str],
    /// The same for the clients; not compared if empty.
    clients: &'static [&'static str],
    /// Items that must pass, fail, and be not verified.
    pass: &'static [&'static str],
    fail: &'static [&'static str],
    unverified: &'static [&'static str],
    /// The id of a note or reason.
    said: Option<&'static str>,
}

fn case(name: &'static str, files: Vec<(&'static str, String)>, roles: &'static [&'static str]) -> Case {
    Case { name, files, roles, clients: &[], pass: &[], fail: &[], unverified: &[], said: None }
}

fn cases() -> Vec<Case> {
    let notebook = serde_json::json!({"cells": [
        {"cell_type": "code", "source": ["!pip install x\n", "import socket"]},
        {"cell_type": "code", "source": echo()},
        {"cell_type": "code", "source": "c = socket.create_connection(('127.0.0.1', 65432))"},
    ]});
    let cell = |source: &str| serde_json::json!({"cell_type": "code", "source": source});
    let (begin, serve) =
        echo().split_once("def serve").map(|(a, b)| (a.to_owned(), format!("def serve{b}"))).expect("a function");
    let in_steps = serde_json::json!({"cells": [
        cell("import socket\ns = socket.socket()"),
        cell(begin.split_once("socket.socket()\n").expect("a socket").1.split_once("s.listen()").expect("a call").0),
        cell("s.listen()"),
        cell(&serve),
        cell("import socketserver"),
    ]});
    let wants_port = echo().replace("import socket\n", "import socket, sys\nporta = int(sys.argv[2])\n");
    vec![
        Case {
            pass: &["tcp-simple.3", "tcp-simple.5", "udp-simple.3"],
            ..case("both-protocols", vec![("servidor.py", both())], &["tcp-simple=servidor.py", "udp-simple=servidor.py"])
        },
        // Started once where a scenario needs both roles, although its UDP port is not the lab's.
        Case {
            pass: &["tcp-simple.3", "tcp-simple.5", "udp-simple.3"],
            ..case(
                "both-protocols-elsewhere",
                vec![("servidor.py", both().replace("65431", "9999"))],
                &["tcp-simple=servidor.py", "udp-simple=servidor.py"],
            )
        },
        Case {
            fail: &["tcp-simple.3", "tcp-multi.3"],
            ..case(
                "answers-exchanged",
                vec![("servidor_simples.py", upper()), ("servidor_mutli.py", echo())],
                &["tcp-multi=servidor_mutli.py", "tcp-simple=servidor_simples.py"],
            )
        },
        Case {
            pass: &["udp-simple.1"],
            fail: &["udp-simple.3"],
            ..case("only-udp", vec![("s.py", udp("'', 5000", "d[::-1]"))], &["udp-simple=s.py"])
        },
        Case {
            pass: &["tcp-simple.3"],
            unverified: &["tcp-multi.1"],
            ..case(
                "broken-beside-right",
                vec![
                    ("eco.py", echo()),
                    ("outro.py", format!("{}print 'fim'\n", upper())),
                    ("chat.py", tcp("'', 5000", "b'ok'", "b''")),
                ],
                &["tcp-simple=eco.py"],
            )
        },
        Case {
            fail: &["tcp-simple.3"],
            ..case("greets", vec![("s.py", tcp(LOCAL, "d", "b'Bem-vindo!\\n'"))], &["tcp-simple=s.py"])
        },
        Case {
            pass: &["tcp-simple.3"],
            ..case("host-and-port", vec![("s.py", wants_port.replace("65432", "porta"))], &["tcp-simple=s.py"])
        },
        Case {
            pass: &["remote.1", "remote.3"],
            ..case(
                "reachable",
                vec![("simples.py", echo()), ("multi.py", tcp("'0.0.0.0', 65432", "d.upper()", "b''"))],
                &["tcp-multi=multi.py", "tcp-simple=simples.py"],
            )
        },
        Case {
            fail: &["tcp-simple.1"],
            unverified: &["remote.1"],
            ..case("fault-once", vec![("s.py", format!("{}x = (\n", echo()))], &["tcp-simple=s.py"])
        },
        Case {
            pass: &["tcp-simple.3"],
            ..case(
                "flat-package",
                vec![
                    ("Servidor.java", JAVA_ECHO.to_owned()),
                    ("Main.java", "package eco;\npublic class Main { public static void main(String[] a) throws Exception { Servidor.serve(); } } // ServerSocket\n".to_owned()),
                ],
                &["tcp-simple=Main.java"],
            )
        },
        Case {
            pass: &["tcp-multi.3"],
            ..case(
                "headers-elsewhere",
                vec![
                    ("src/servidor.c", C_UPPER.to_owned()),
                    ("include/texto.h", "void maiusculas(char *b, long n);\n".to_owned()),
                    ("lib/texto.c", "#include <ctype.h>\n#include \"texto.h\"\nvoid maiusculas(char *b, long n) { while (n--) { *b = toupper((unsigned char)*b); b++; } }\n".to_owned()),
                ],
                &["tcp-multi=src/servidor.c"],
            )
        },
        Case {
            pass: &["tcp-simple.3"],
            said: Some("venv-used"),
            ..case(
                "environment",
                vec![
                    ("servidor.py", format!("import labutil\n{}", echo())),
                    (".venv/pyvenv.cfg", "home = /usr/bin\n".to_owned()),
                    (".venv/lib/python3.11/site-packages/labutil.py", String::new()),
                    ("socklab.yaml", "servers:\n  tcp-simple: { run: [.venv/bin/python, servidor.py] }\n".to_owned()),
                ],
                &["tcp-simple=.venv/bin/python servidor.py"],
            )
        },
        Case {
            fail: &["tcp-simple.1"],
            said: Some("exited-by-fault"),
            ..case("python-2", vec![("s.py", format!("{}print 'fim'\n", echo()))], &["tcp-simple=s.py"])
        },
        Case {
            unverified: &["tcp-simple.1"],
            said: Some("does-not-build-other-system"),
            ..case(
                "windows",
                vec![("s.c", "#include <winsock2.h>\nint main(void) { SOCKET s = socket(2, 1, 0); listen(s, 5); }\n".to_owned())],
                &["tcp-simple=s.c"],
            )
        },
        Case {
            fail: &["tcp-simple.1"],
            said: Some("marked-script"),
            ..case(
                "byte-order-mark",
                vec![
                    ("s.py", format!("\u{feff}#!/usr/bin/env python3\n{}", echo())),
                    ("socklab.yaml", "servers:\n  tcp-simple: { run: ./s.py }\n".to_owned()),
                ],
                &["tcp-simple=./s.py"],
            )
        },
        Case {
            pass: &["tcp-simple.3"],
            ..case("notebook", vec![("lab.ipynb", notebook.to_string())], &["tcp-simple=lab.ipynb.cell-2.py"])
        },
        Case {
            pass: &["tcp-simple.3"],
            ..case("notebook-in-steps", vec![("lab.ipynb", in_steps.to_string())], &["tcp-simple=lab.ipynb.cell-2.py"])
        },
        Case {
            pass: &["tcp-simple.3"],
            ..case(
                "package",
                vec![
                    ("grupo/__init__.py", String::new()),
                    ("grupo/__main__.py", "from .nucleo import ligar\nligar()\n".to_owned()),
                    ("grupo/nucleo.py", function("ligar", &echo())),
                ],
                &["tcp-simple=__main__.py"],
            )
        },
        Case {
            pass: &["tcp-simple.3"],
            clients: &["tcp-simple=app/fala.py"],
            ..case(
                "package-below-the-top",
                vec![
                    ("app/eco.py", "from app.rede import ligar\nligar()\n".to_owned()),
                    ("app/rede.py", function("ligar", &echo())),
                    ("app/fala.py", "import socket\nfrom . import rede\nc = socket.create_connection(('127.0.0.1', 65432))\nc.sendall(b'oi')\nprint(c.recv(99))\n".to_owned()),
                    ("LEIAME.txt", "python3 -m app.eco\n".to_owned()),
                ],
                &["tcp-simple=app/eco.py"],
            )
        },
        // Near misses: a script in a package, and a module that was not submitted.
        Case {
            pass: &["tcp-simple.3"],
            ..case(
                "script-in-a-package",
                vec![
                    ("app/__init__.py", String::new()),
                    ("app/eco.py", "import rede\nrede.ligar()\n".to_owned()),
                    ("app/rede.py", function("ligar", &echo())),
                    ("LEIAME.txt", String::new()),
                ],
                &["tcp-simple=app/eco.py"],
            )
        },
        Case {
            unverified: &["tcp-simple.1"],
            said: Some("exited-wants-module"),
            ..case(
                "module-not-submitted",
                vec![
                    ("app/__init__.py", String::new()),
                    ("app/eco.py", format!("from .rede import x\n{}", echo())),
                    ("app/rede.py", "import biblioteca_de_cores\n".to_owned()),
                    ("LEIAME.txt", String::new()),
                ],
                &["tcp-simple=app/eco.py"],
            )
        },
        Case {
            pass: &["tcp-multi.1"],
            fail: &["tcp-multi.3"],
            ..case(
                "folder-names-role",
                vec![("multi/servidor.py", tcp(LOCAL, "d.maiusculas()", "b''"))],
                &["tcp-multi=servidor.py"],
            )
        },
        Case {
            pass: &["udp-simple.3"],
            clients: &["udp-simple=manda.py"],
            ..case(
                "datagram-client-with-any-port",
                vec![
                    ("recebe.py", udp("'127.0.0.1', 65431", "d.upper()")),
                    ("manda.py", "import socket\nu = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\nu.bind(('', 0))\nu.sendto(b'oi', ('127.0.0.1', 65431))\nprint(u.recvfrom(99))\n".to_owned()),
                ],
                &["udp-simple=recebe.py"],
            )
        },
        Case {
            pass: &["tcp-simple.3"],
            said: Some("unused-report"),
            ..case(
                "named",
                vec![("eco.py", echo()), ("relatorio.pdf", "%PDF".to_owned()), ("eco.exe", "MZ\0".to_owned())],
                &["tcp-simple=eco.py"],
            )
        },
    ]
}

fn write(case: &Case, to: &Path) {
    for (name, text) in &case.files {
        let file = to.join(case.name).join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("created");
        fs::write(file, text).expect("written");
    }
    if case.name == "environment" {
        fs::create_dir_all(to.join("environment/.venv/bin")).expect("created");
        symlink("/nowhere/python3", to.join("environment/.venv/bin/python")).expect("a link");
    }
}

/// Returns the differences between a result and the expected one.
fn differences(case: &Case, row: &SubmissionResult) -> Vec<String> {
    let chosen = |kind| -> Vec<String> {
        let programs = row.programs.iter().filter(|one| one.kind == kind);
        programs.filter_map(|one| Some(format!("{}={}", one.role.as_ref()?, one.program))).collect()
    };
    let (roles, clients) = (chosen(ProgramKind::Server), chosen(ProgramKind::Client));
    let mut wrong = Vec::new();
    if !case.clients.is_empty() && clients != case.clients {
        wrong.push(format!("{}: clients {clients:?}, not {:?}", case.name, case.clients));
    }
    if roles != case.roles {
        wrong.push(format!("{}: roles {roles:?}, not {:?}", case.name, case.roles));
    }
    for (verdict, items) in
        [(Verdict::Pass, case.pass), (Verdict::Fail, case.fail), (Verdict::NotVerified, case.unverified)]
    {
        for id in items {
            let item = row.items.iter().find(|item| item.id.as_str() == *id).expect("an item of the lab");
            if item.verdict != verdict {
                wrong.push(format!("{} {id}: {:?}, not {verdict:?}: {:?}", case.name, item.verdict, item.judged));
            }
        }
    }
    let findings = row.items.iter().flat_map(|item| item.shown().findings);
    let mut ids: Vec<String> = findings.map(|finding| finding.because.message().id.to_string()).collect();
    ids.extend(row.items.iter().filter_map(|item| Some(item.reason.as_ref()?.message().id.to_string())));
    ids.extend(row.notes.iter().map(|note| note.id.to_string()));
    if let Some(said) = case.said.filter(|said| !ids.iter().any(|id| id == said)) {
        wrong.push(format!("{}: no {said} in {ids:?}", case.name));
    }
    wrong
}

#[test]
fn unusual_submissions_get_their_roles_and_verdicts() {
    if !live_tests_enabled() {
        return;
    }
    let cases = cases();
    let class = tempfile::tempdir().expect("a folder");
    fs::set_permissions(class.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    cases.iter().for_each(|case| write(case, class.path()));
    let path = class.path().display().to_string();
    let store = tempfile::tempdir().expect("a folder");
    let store = store.path().join("s.db").display().to_string();
    let mut command = Machine::Open.socklab(&["grade", &path, "--store", &store, "--report", "json=-"]);
    let graded = report(&command.output().expect("socklab starts"));
    let rows: BTreeMap<&str, &SubmissionResult> =
        graded.submissions.iter().map(|row| (row.id.0.as_str(), row)).collect();
    let wrong: Vec<String> = cases.iter().flat_map(|case| differences(case, rows[case.name])).collect();
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}
