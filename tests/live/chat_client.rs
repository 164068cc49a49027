//! The lab `chat-client`, whose submissions are clients: its reference program, faults that fail
//! exactly their items, near misses, and submissions without a manifest.

use std::collections::BTreeMap;
use std::fs;

use rstest::rstest;
use socklab::model::{Report, Verdict};

use crate::program::{Machine, check_submission, live_tests_enabled, package, readable_folder, report, verdicts};

const LAB: &str = "chat-client";
const SOUND: &str = include_str!("../data/chat-client/client.py");

/// A change of the correct client: its name, the replaced texts, and the items that fail, each with
/// its cause. Items that depend on them are not verified.
struct Fault {
    name: &'static str,
    changes: &'static [(&'static str, &'static str)],
    fails: &'static [(&'static str, &'static str)],
}

const SENDS: &str = "server.sendall(line.encode())";
const CONNECTS: &str = "server = socket.create_connection((host, port))";
const PRINTS: &str = "print(line.decode(), flush=True)";
const STARTS_RECEIVER: &str = "    receiver = threading.Thread(target=receive, args=(server,))\n    receiver.start()\n";
const HANDLES_ERROR: &str =
    "    except OSError as error:\n        print(\"cannot connect:\", error)\n        sys.exit(1)";
const SPLITS: &str = "        pending += data\n        *lines, pending = pending.split(b\"\\n\")\n        for line in lines:\n            print(line.decode(), flush=True)";

const FAULTS: &[Fault] = &[
    Fault {
        name: "no-ending",
        changes: &[(SENDS, "server.sendall(line.strip().encode())")],
        fails: &[("2", "sent-without-ending")],
    },
    Fault {
        name: "prompt-sent",
        changes: &[(SENDS, "server.sendall(b'> ' + line.encode())")],
        fails: &[("2", "sent-other")],
    },
    Fault {
        name: "upper",
        changes: &[(SENDS, "server.sendall(line.upper().encode())")],
        fails: &[("2", "sent-other")],
    },
    Fault { name: "nul", changes: &[(SENDS, "server.sendall(line.encode() + b'\\0')")], fails: &[("2", "sent-other")] },
    Fault { name: "twice", changes: &[(SENDS, "server.sendall(line.encode() * 2)")], fails: &[("2", "sent-other")] },
    Fault {
        name: "latin1",
        changes: &[(SENDS, "server.sendall(line.encode('latin-1'))")],
        fails: &[("2", "sent-other")],
    },
    Fault {
        name: "name-missing",
        changes: &[(
            "    while True:\n        line = sys",
            "    sys.stdin.readline()\n    while True:\n        line = sys",
        )],
        fails: &[("2", "sent-other")],
    },
    Fault {
        name: "one-line",
        changes: &[(SENDS, "server.sendall(line.encode())\n        break")],
        fails: &[("2", "only-first-lines"), ("3", "closes-early")],
    },
    Fault {
        name: "buffered",
        changes: &[
            (SENDS, "out.write(line)"),
            (
                STARTS_RECEIVER,
                "    out = server.makefile('w')\n    threading.Thread(target=receive, args=(server,)).start()\n",
            ),
            ("    server.shutdown", "    out.flush()\n    server.shutdown"),
        ],
        fails: &[("2", "sent-late")],
    },
    Fault {
        name: "reads-all-first",
        changes: &[("sys.stdin.readline()", "sys.stdin.read()")],
        fails: &[("2", "sent-late")],
    },
    Fault { name: "wrong-port", changes: &[("int(sys.argv[2])", "65434")], fails: &[("1", "connects-elsewhere")] },
    Fault { name: "fixed-port", changes: &[("int(sys.argv[2])", "65433")], fails: &[("8", "connects-elsewhere")] },
    Fault {
        name: "datagrams",
        changes: &[(CONNECTS, "server = socket.socket(type=socket.SOCK_DGRAM); server.connect((host, port))")],
        fails: &[("1", "connects-by-other")],
    },
    Fault {
        name: "unknown-name",
        changes: &[("    host, port", "    x = undefined\n    host, port")],
        fails: &[("1", "program-failed-said")],
    },
    Fault {
        name: "ends-at-once",
        changes: &[("    host, port", "    return\n    host, port")],
        fails: &[("1", "ended-before-connect")],
    },
    Fault {
        name: "reads-after-each-line",
        changes: &[
            (STARTS_RECEIVER, ""),
            (SENDS, "server.sendall(line.encode())\n        print(server.recv(4096).decode(), flush=True)"),
        ],
        fails: &[
            ("2", "awaits-reply"),
            ("3", "never-closes"),
            ("4", "left-unread"),
            ("5", "output-missing"),
            ("7", "still-reads-keyboard"),
        ],
    },
    Fault {
        name: "prints-pieces",
        changes: &[(SPLITS, "        print(data.decode(errors='replace'), flush=True)")],
        fails: &[("6", "output-missing")],
    },
    Fault {
        name: "decodes-pieces",
        changes: &[("        pending += data\n", "        data.decode()\n        pending += data\n")],
        fails: &[("4", "uncaught-error"), ("5", "uncaught-error")],
    },
    Fault { name: "prints-bytes", changes: &[(PRINTS, "print(line, flush=True)")], fails: &[("6", "output-missing")] },
    Fault {
        name: "first-line-of-each-piece",
        changes: &[("for line in lines:", "for line in lines[:1]:")],
        fails: &[("5", "output-missing")],
    },
    Fault { name: "prints-nothing", changes: &[(PRINTS, "pass")], fails: &[("5", "output-nothing")] },
    Fault {
        name: "leaves-after-its-name",
        changes: &[
            (STARTS_RECEIVER, ""),
            (SENDS, "server.sendall(line.encode())\n        server.close()\n        return"),
        ],
        fails: &[
            ("2", "only-first-lines"),
            ("3", "closes-early"),
            ("4", "closed-unread-connection"),
            ("5", "output-nothing"),
            ("7", "closed-unread-connection"),
        ],
    },
    Fault {
        name: "closes-while-it-reads",
        changes: &[("server.shutdown(socket.SHUT_WR)", "server.close()")],
        fails: &[("3", "closed-while-reading")],
    },
    Fault {
        name: "arguments-swapped",
        changes: &[("host, port = sys.argv[1], int(sys.argv[2])", "port, host = sys.argv[1], int(sys.argv[2])")],
        fails: &[("1", "program-failed-said")],
    },
    Fault {
        name: "goes-on-without-server",
        changes: &[("    os._exit(0)", "    return")],
        fails: &[("7", "still-reads-keyboard")],
    },
    Fault {
        name: "exit-code",
        changes: &[("os._exit(0)", "os._exit(3)")],
        fails: &[("3", "ended-otherwise"), ("7", "ended-otherwise-said")],
    },
    Fault {
        name: "trace",
        changes: &[(HANDLES_ERROR, "    except ZeroDivisionError:\n        pass")],
        fails: &[("9", "trace-printed")],
    },
    Fault {
        name: "error-code-0",
        changes: &[("sys.exit(1)", "sys.exit(0)")],
        fails: &[("9", "ended-without-error-said")],
    },
    Fault {
        name: "silent-error",
        changes: &[("        print(\"cannot connect:\", error)\n", "")],
        fails: &[("9", "program-failed")],
    },
];

/// Changes after which the client is still correct.
const NEAR_MISSES: &[(&str, &str, &str)] = &[
    ("carriage returns", SENDS, "server.sendall(line.rstrip('\\n').encode() + b'\\r\\n')"),
    ("a name for the address", "sys.argv[1]", "'localhost'"),
    ("small reads", "recv(4096)", "recv(7)"),
    ("errors on the other stream", "print(\"cannot connect:\", error)", "print(error, file=sys.stderr)"),
    ("a greeting of its own", "    receiver = threading", "    print('connected')\n    receiver = threading"),
    ("it closes both ways", "    server.shutdown(socket.SHUT_WR)", "    server.shutdown(socket.SHUT_RDWR)"),
    ("it answers late", SENDS, "import time; time.sleep(0.6); server.sendall(line.encode())"),
];

/// Runs the lab on this client.
fn run(text: &str) -> Report {
    let folder = readable_folder();
    let file = folder.path().join("client.py");
    fs::write(&file, text).expect("written");
    let server = format!("client=python3 {}", file.display());
    let arguments = ["run", "--lab", LAB, "--server", &server, "--report", "json=-"];
    report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"))
}

/// Returns the failed items, each with the cause of its first failed finding.
fn failures(report: &Report) -> BTreeMap<String, String> {
    let items = report.submissions.iter().flat_map(|submission| &submission.items);
    let failed = items.filter(|item| item.verdict == Verdict::Fail).map(|item| {
        let finding = item.judged.findings.iter().find(|finding| finding.verdict == Verdict::Fail).expect("a finding");
        let number = item.id.to_string().replace("chat-client.", "");
        (number, finding.because.message().id.to_string())
    });
    failed.collect()
}

#[test]
fn reference_client_passes_every_item() {
    if !live_tests_enabled() {
        return;
    }
    let output = Machine::Open.socklab(&["run", "--lab", LAB, "--report", "json=-"]).output().expect("socklab starts");
    let all = verdicts(&report(&output));
    assert!(all.len() == 9 && all.values().all(|verdict| *verdict == Verdict::Pass), "{all:?}");
}

#[test]
fn faulty_clients_fail_exactly_their_items() {
    if !live_tests_enabled() {
        return;
    }
    assert!(FAULTS.len() >= 20);
    for Fault { name, changes, fails } in FAULTS {
        let mut text = SOUND.to_owned();
        for (old, new) in *changes {
            assert!(text.contains(old), "{name} changes nothing: {old}");
            text = text.replace(old, new);
        }
        let wanted = fails.iter().map(|(item, cause)| ((*item).to_owned(), (*cause).to_owned())).collect();
        assert_eq!(failures(&run(&text)), wanted, "{name}");
    }
}

#[test]
fn correct_clients_pass_every_item() {
    if !live_tests_enabled() {
        return;
    }
    for (name, old, new) in NEAR_MISSES {
        assert!(SOUND.contains(old), "{name} changes nothing");
        let all = verdicts(&run(&SOUND.replace(old, new)));
        assert!(all.len() == 9 && all.values().all(|verdict| *verdict == Verdict::Pass), "{name}: {all:?}");
    }
}

#[rstest]
#[case::python("client.py")]
#[case::python_by_other_calls("talk.py")]
#[case::c("client.c")]
#[case::node("client.js")]
#[case::java("Cliente.java")]
fn clients_are_found_in_submissions(#[case] file: &str) {
    if !live_tests_enabled() {
        return;
    }
    let folder = readable_folder();
    let source = package().join("tests/data/chat-client").join(file);
    fs::copy(source, folder.path().join(file)).expect("copied");
    // Students hand in the server of the lesson beside their client.
    let server = "import socket\ns = socket.create_server((\"\", 65433))\nwhile True:\n    c, _ = s.accept()\n    c.sendall(c.recv(100))\n    c.close()\n";
    fs::write(folder.path().join("servidor.py"), server).expect("written");
    fs::write(folder.path().join("LEIAME.txt"), "Como executar: veja o enunciado.\n").expect("written");
    let seen = check_submission(folder.path(), LAB);
    let all = verdicts(&seen);
    assert!(all.len() == 9 && all.values().all(|verdict| *verdict == Verdict::Pass), "{all:?}");
    // The lab asks for no written answers.
    let mut items = seen.submissions.iter().flat_map(|submission| &submission.items);
    assert!(items.all(|item| item.documented().is_none()), "no column for them");
}

#[test]
fn submission_without_client_is_not_delivered() {
    if !live_tests_enabled() {
        return;
    }
    let folder = readable_folder();
    let server = "import socket\ns = socket.create_server((\"\", 65433))\nwhile True:\n    c, _ = s.accept()\n    c.sendall(c.recv(100))\n";
    fs::write(folder.path().join("servidor.py"), server).expect("written");
    let all = verdicts(&check_submission(folder.path(), LAB));
    assert!(all.values().all(|verdict| *verdict == Verdict::NotVerified), "{all:?}");
}
