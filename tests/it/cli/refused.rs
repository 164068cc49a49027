//! Invalid input: one clear message, exit code 2, and no program is run.

use std::os::unix::net::UnixListener;
use std::path::Path;

use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;

use super::{folder, socklab, written};

/// Runs `socklab run` with each role's program replaced by one that leaves a trace. Checks that the
/// run was rejected: exit code 2, empty standard output, no trace. Returns the text of standard
/// error.
#[track_caller]
fn refused(in_folder: &Path, words: &[&str]) -> String {
    let trace = in_folder.join("trace-of-a-program");
    let touch = format!("touch '{}'", trace.display());
    // A role named in `words` must not be named twice.
    let named = |role: &&str| !words.iter().any(|word| word.starts_with(&format!("{role}=")));
    let roles = ["tcp-simple", "udp-simple", "tcp-multi"].into_iter().filter(named);
    let programs: Vec<String> = roles.map(|role| format!("--server={role}={touch}")).collect();
    let done = socklab(&["run"])
        .args(&programs)
        .args(words)
        .current_dir(in_folder)
        .timeout(std::time::Duration::from_secs(20))
        .assert()
        .code(2)
        .stdout("");
    assert!(!trace.exists(), "a program was run");
    let message = String::from_utf8(done.get_output().stderr.clone()).expect("the output is UTF-8");
    assert!(!message.contains('«') && !message.contains("{$"), "a message is missing: {message}");
    assert!(!message.contains("panicked"), "{message}");
    message
}

/// Like [`refused`], for input that is reported in exactly one message.
#[track_caller]
fn refused_in_a_line(in_folder: &Path, words: &[&str]) -> String {
    let message = refused(in_folder, words);
    assert_eq!(message.matches("error: ").count(), 1, "one clear message: {message}");
    message
}

const GOOD: &str = "steps:\n  - start: tcp-simple\nitems:\n  - { id: a, expect: [listening] }\n";

#[rstest]
#[case::missing("no-such.yaml", "there is no file \"no-such.yaml\"")]
#[case::directory("empty", "\"empty\" is a directory")]
#[case::two_megabytes("big.yaml", "larger than 1048576 bytes")]
#[case::binary("binary.yaml", "not plain text in UTF-8")]
#[case::nul("nul.yaml", "not plain text")]
#[case::alias_bomb("bomb.yaml", "more than 100000 values")]
#[case::deep("deep.yaml", "nested too deeply")]
#[case::nothing("nothing.yaml", "this file is empty")]
#[case::two_documents("two.yaml", "a second YAML document starts here")]
#[case::no_yaml("no.yaml", "this is not valid YAML")]
#[case::socket("socket", "not a regular file")]
#[case::device("/dev/zero", "not a regular file")]
#[case::beyond_a_file("good.yaml/x", "good.yaml/x")]
fn invalid_file_is_rejected(#[case] name: &str, #[case] expected: &str) {
    let folder = folder();
    let at = folder.path();
    std::fs::create_dir(at.join("empty")).expect("a folder can be made");
    written(at, "good.yaml", GOOD);
    written(at, "big.yaml", GOOD.to_owned() + &"# much more\n".repeat((2 << 20) / 12));
    written(at, "binary.yaml", [0x7f, b'E', b'L', b'F', 0xff, 0xfe, 0, 1]);
    written(at, "nul.yaml", "steps: \0\n");
    written(at, "bomb.yaml", bomb());
    written(at, "deep.yaml", format!("steps: {}{}", "[".repeat(5_000), "]".repeat(5_000)));
    written(at, "nothing.yaml", "# only a comment\n");
    written(at, "two.yaml", format!("{GOOD}---\n{GOOD}"));
    written(at, "no.yaml", "steps: [start: tcp-simple\n");
    let _socket = UnixListener::bind(at.join("socket")).expect("a socket can be made");
    let shown = refused_in_a_line(at, &[name]);
    assert!(shown.contains(expected), "{shown}");
    assert!(shown.contains(name), "the file is named: {shown}");
}

/// Returns nine lists, each with nine aliases of the previous one: 9^9 values if expanded.
fn bomb() -> String {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for k in 1..9 {
        let alias = format!("*a{}", k - 1);
        text += &format!("a{k}: &a{k} [{}]\n", [alias.as_str(); 9].join(", "));
    }
    text + "steps: *a8\n"
}

#[rstest]
#[case::too_many_clients(
    "steps:\n  - start: tcp-simple\n  - connect: { clients: 10000 }\nitems:\n  - { id: a, expect: [listening] }\n",
    "10000 clients in total exceed the limit of 1000",
    "file.yaml:3:16"
)]
#[case::more_than_a_process_holds(
    "limits: { clients: 20000 }\nsteps:\n  - start: tcp-simple\nitems:\n  - { id: a, expect: [listening] }\n",
    "this number must be from 1 to 15000",
    "file.yaml:1:11"
)]
#[case::points_below_zero(
    "steps:\n  - start: tcp-simple\nitems:\n  - { id: a, points: -1, expect: [listening] }\n",
    "the number -1 is not valid here",
    "file.yaml:4:22"
)]
#[case::unknown_role(
    "steps:\n  - start: tcp-simpel\nitems:\n  - { id: a, expect: [listening] }\n",
    "did you mean \"tcp-simple\"?",
    "file.yaml:2:12"
)]
#[case::no_payload_file(
    "steps:\n  - start: tcp-simple\n  - connect\n  - send: { file: gone.bin }\nitems:\n  - { id: a, expect: [echo] }\n",
    "there is no file \"gone.bin\"",
    "file.yaml:4:13"
)]
fn invalid_scenario_is_rejected_with_location(#[case] text: &str, #[case] expected: &str, #[case] place: &str) {
    let folder = folder();
    written(folder.path(), "file.yaml", text);
    let shown = refused_in_a_line(folder.path(), &["file.yaml"]);
    assert!(shown.contains(expected) && shown.contains(place), "{shown}");
}

#[test]
fn diagnostics_of_all_files_are_reported_together() {
    let folder = folder();
    written(folder.path(), "one.yaml", "steps: []\n");
    written(folder.path(), "good.yaml", GOOD);
    written(folder.path(), "two.yaml", "stepz: []\n");
    let message = refused(folder.path(), &["one.yaml", "good.yaml", "gone.yaml", "two.yaml"]);
    for part in ["one.yaml:1", "gone.yaml", "two.yaml:1:1", "did you mean \"steps\"?"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert!(!message.contains("good.yaml"), "{message}");
}

#[test]
fn duplicate_item_in_two_files_is_rejected() {
    let folder = folder();
    written(folder.path(), "one.yaml", GOOD);
    written(folder.path(), "two.yaml", GOOD);
    let message = refused_in_a_line(folder.path(), &["one.yaml", "two.yaml"]);
    assert!(message.contains("the item \"a\" is defined twice") && message.contains("two.yaml:4:"), "{message}");
}

#[test]
fn missing_scenario_of_lab_is_rejected() {
    let folder = folder();
    written(folder.path(), "lab.yaml", "lab: mine\nscenarios:\n  - gone.yaml\n");
    let message = refused_in_a_line(folder.path(), &["."]);
    assert!(message.contains("there is no file \"gone.yaml\"") && message.contains("lab.yaml:3:5"), "{message}");
}

#[rstest]
#[case::item(&["--item", "tcp-multi.55"], "unknown item \"tcp-multi.55\": did you mean \"tcp-multi.5\"?")]
#[case::item_far_off(&["--item", "zebra"], "available: tcp-simple.1, ")]
#[case::item_pattern(&["--item", "sctp-*"], "unknown item \"sctp-*\"")]
#[case::one_item_of_two(&["--item", "tcp-multi.5", "--item", "tcp-multi.x"], "tcp-multi.x")]
#[case::role(&["--server", "tcp-simpel=true"], "unknown role \"tcp-simpel\"; the lab has: remote, tcp-multi, tcp-simple")]
#[case::role_of_target(&["--target", "quic=127.0.0.1:80"], "unknown role \"quic\"")]
#[case::server_no_pair(&["--server", "python3"], "--server needs a name and a value separated by \"=\", not \"python3\"")]
#[case::server_quote(&["--server", "tcp-simple=python3 'x"], "invalid command line")]
#[case::server_empty(&["--server", "tcp-simple="], "invalid command line")]
#[case::server_twice(&["--server", "tcp-multi=true", "--server", "tcp-multi=true"], "--server names tcp-multi more than once")]
#[case::target_no_pair(&["--target", "tcp-simple"], "--target needs a name and a value")]
#[case::target_no_port(&["--target", "tcp-simple=127.0.0.1"], "write HOST:PORT")]
#[case::target_port(&["--target", "tcp-simple=127.0.0.1:99999"], "127.0.0.1:99999")]
#[case::target_empty(&["--target", "tcp-simple="], "write HOST:PORT")]
#[case::server_and_target(
    &["--server", "tcp-simple=true", "--target", "tcp-simple=127.0.0.1:65432"],
    "--server and --target both name the role \"tcp-simple\""
)]
#[case::server_of_another_role(
    &["--server", "tcp-multi=true", "--target", "tcp-simple=127.0.0.1:65432", "--item", "zebra"],
    "unknown item \"zebra\""
)]
#[case::server_folder(&["--server", "tcp-simple=."], "\".\" is a directory, expected a program")]
#[case::server_folder_by_path(&["--server", "tcp-simple=/usr/bin --x"], "\"/usr/bin\" is a directory")]
#[case::evidence_in_a_file(&["--evidence", "/etc/passwd"], "cannot write evidence to \"/etc/passwd\": it is a file")]
#[case::evidence_below_a_file(&["--evidence", "/etc/passwd/x"], "it is a file")]
#[case::evidence_denied(&["--evidence", "/proc/socklab"], "permission denied")]
#[case::set_no_pair(&["--set", "name"], "--set needs a name and a value")]
#[case::set_unknown(&["--set", "colour=blue"], "no scenario has a variable \"colour\"")]
#[case::format(&["--report", "xml=out.xml"], "unknown report format \"xml\"; available: terminal, json, junit")]
#[case::no_folder(&["--report", "json=not/there/out.json"], "cannot write a report to \"not/there/out.json\"")]
#[case::a_folder(&["--report", "json=/"], "cannot write a report to \"/\"")]
#[case::no_name(&["--report", "json="], "cannot write a report to \"\"")]
#[case::same_file(&["--report", "json=out", "--report", "junit=out"], "two reports would be written to \"out\"")]
#[case::same_file_otherwise(&["--report", "json=out", "--report", "junit=./out", "--item", "zebra"], "two reports would be written to")]
#[case::both_to_stdout(&["--report", "json=-", "--report", "junit"], "two reports would be written to \"-\"")]
fn invalid_option_value_is_rejected(#[case] words: &[&str], #[case] expected: &str) {
    let folder = folder();
    let shown = refused_in_a_line(folder.path(), words);
    assert!(shown.contains(expected), "{shown}");
    let left = std::fs::read_dir(folder.path()).expect("the folder is there").count();
    assert_eq!(left, 0, "no report was started");
}

#[test]
fn rejection_is_localized() {
    let folder = folder();
    let file = written(folder.path(), "many.yaml", "steps:\n  - start: tcp-simple\n  - connect: 10000\nitems: []\n");
    socklab(&["run", &file]).env("LANG", "pt_BR.UTF-8").assert().code(2).stdout("").stderr(
        contains("10000 clientes ao todo passam do limite de 1000").and(contains("precisa de pelo menos um item")),
    );
}

#[test]
fn unknown_variable_is_rejected_with_known_ones() {
    let folder = folder();
    let file = written(folder.path(), "v.yaml", format!("variables: {{ greeting: hi }}\n{GOOD}"));
    let message = refused_in_a_line(folder.path(), &[&file, "--set", "greting=x"]);
    assert!(message.contains("greting") && message.contains("(known: greeting)"), "{message}");
}

#[test]
fn html_report_needs_one_submission_and_a_folder() {
    socklab(&["run", "--report", "html=/no/such/folder/page.html"]).assert().code(2).stdout("");
    let folder = folder();
    let class = folder.path().join("turma");
    std::fs::create_dir_all(class.join("ana")).expect("a folder");
    let (class, store) = (class.display().to_string(), folder.path().join("s.db").display().to_string());
    let page = format!("html={}", folder.path().join("page.html").display());
    let arguments = ["grade", &class, "--store", &store, "--report", &page];
    socklab(&arguments).assert().code(2).stdout("").stderr(contains("html"));
}

#[test]
fn reports_do_not_replace_files_that_are_read() {
    let folder = folder();
    let place = |name: &str| folder.path().join(name).display().to_string();
    std::fs::create_dir_all(folder.path().join("turma/ana")).expect("a folder");
    std::fs::write(place("r.csv"), "id,name\nana,Ana\n").expect("written");
    let (class, store, roster, table) = (place("turma"), place("s.db"), place("r.csv"), place("t.csv"));
    let refused = |report: &str, progress: &str, option: &str| {
        let report = format!("csv={report}");
        let files = ["--store", &store, "--roster", &roster, "--report", &report, "--progress", progress];
        let message = format!("is a file of this run already: use another one for {option}");
        socklab(&["grade", &class]).args(files).assert().code(2).stdout("").stderr(contains(message.as_str()));
    };
    let progress = place("p.json");
    refused(&store, &progress, "--report");
    refused(&roster, &progress, "--report");
    refused(&table, &store, "--progress");
    refused(&table, &table, "--progress");
    assert_eq!(std::fs::read_to_string(&roster).expect("a roster"), "id,name\nana,Ana\n");
}
