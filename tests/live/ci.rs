//! `socklab check` on CI services: a submission that fails, with annotations that point at the
//! faulty line.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::program::{Machine, live_tests_enabled};

/// Faulty and hostile: its output would be a workflow command if it were not escaped.
const SERVER: &str = "import socket
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(('127.0.0.1', 65432))
s.listen(5)
def answer(c):
    d = c.recv(1024)
    raise ValueError('x ::error::obeyed ##[error]obeyed')
while True:
    answer(s.accept()[0])
";

/// Checks the folder `ana` of a repository with these variables.
fn check(repository: &Path, variables: &[(&str, &str)]) -> Output {
    let delivery = repository.join("turma/ana").display().to_string();
    let arguments = ["check", &delivery, "--lang", "en", "--item", "tcp-multi.1", "--item", "tcp-multi.3"];
    let mut command = Machine::Open.socklab(&arguments);
    command.current_dir(repository).envs(variables.iter().copied()).output().expect("socklab starts")
}

/// Creates a repository with that submission.
fn repository() -> (tempfile::TempDir, PathBuf) {
    let repository = tempfile::tempdir().expect("a folder");
    let top = repository.path().to_owned();
    fs::set_permissions(&top, fs::Permissions::from_mode(0o755)).expect("permissions");
    fs::create_dir_all(top.join("turma/ana")).expect("made");
    fs::write(top.join("turma/ana/servidor_multi.py"), SERVER).expect("written");
    (repository, top)
}

#[test]
fn annotation_points_at_the_faulty_line() {
    if !live_tests_enabled() {
        return;
    }
    let (_held, top) = repository();
    let (summary, workspace) = (top.join("summary.md").display().to_string(), top.display().to_string());

    let github = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", &*summary), ("GITHUB_WORKSPACE", &*workspace)];
    let output = check(&top, &github);
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{stdout}{stderr}");
    let (guarded, after) = stdout.split_once("\n::").map_or(("", ""), |(head, rest)| (head, rest));
    assert!(guarded.starts_with("::stop-commands::") && guarded.contains("ValueError: x ::error::obeyed"), "{stdout}");
    let annotations: Vec<&str> = after.lines().skip(1).collect();
    let [annotation] = annotations.as_slice() else { panic!("one annotation: {stdout}") };
    assert!(
        annotation.starts_with("::error file=turma/ana/servidor_multi.py,line=8,title=tcp-multi.3 "),
        "{annotation}"
    );
    assert!(
        annotation.contains("ValueError: x ::error::obeyed"),
        "the program's output is plain text in the annotation: {annotation}"
    );
    assert!(stderr.contains("running on GitHub Actions: "), "{stderr}");
    let summary = fs::read_to_string(&summary).expect("a summary");
    assert!(summary.contains("❌ | <b>tcp-multi.3</b>") && summary.contains("✅ | <b>tcp-multi.1</b>"), "{summary}");

    let output = check(&top, &[("GITLAB_CI", "true")]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(!stdout.contains("::stop-commands::"), "{stdout}");
    let junit = fs::read_to_string(top.join("socklab-junit.xml")).expect("a JUnit file");
    assert_eq!(junit.matches("<failure").count(), 1, "{junit}");
}

#[test]
fn location_of_cause_survives_store_and_regrade() {
    if !live_tests_enabled() {
        return;
    }
    let (_held, top) = repository();
    let socklab = |words: &[&str]| {
        let mut command = Machine::Open.socklab(words);
        let output = command.current_dir(&top).env("GITHUB_ACTIONS", "true").output().expect("socklab starts");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr))
    };
    // The output of `grade` is protected as well, since students choose the names of folders and
    // files.
    let (_, stdout) = socklab(&["grade", "turma", "--lang", "en"]);
    let lines: Vec<&str> = stdout.lines().collect();
    let token = lines[0].strip_prefix("::stop-commands::").expect("the token comes first");
    assert_eq!(lines.last(), Some(&&*format!("::{token}::")), "{stdout}");
    let annotations = || socklab(&["report", "--format", "github", "--lang", "en"]).0;
    let before = annotations();
    assert!(before.contains("::error file=servidor_multi.py,line=8,title=tcp-multi.3 "), "{before}");
    let (stdout, _) = socklab(&["regrade", "--lang", "en"]);
    assert_eq!(stdout, "1 submission regraded, 0 changed\n");
    assert_eq!(annotations(), before);
}
