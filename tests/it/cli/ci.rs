//! The files that socklab writes for CI services by itself. The submissions contain no program, so
//! nothing is started and no namespaces are needed. `tests/live/ci.rs` has a submission that runs.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use predicates::str::contains;
use quick_xml::events::Event;
use rstest::rstest;
use tempfile::TempDir;

use super::{folder, socklab, written};

/// A lab in which missing programs fail, and a submission without a program.
struct Course {
    folder: TempDir,
    lab: String,
    delivery: String,
}

impl Course {
    fn new() -> Self {
        let folder = folder();
        let lab = folder.path().join("lab");
        let delivery = folder.path().join("ana");
        std::fs::create_dir(&lab).expect("made");
        std::fs::create_dir(&delivery).expect("made");
        let text = "lab: small\nmissing: fail\nroles:\n  echo: { protocol: tcp, port: 65432 }\nscenarios: [one.yaml]\n";
        written(&lab, "lab.yaml", text);
        let items =
            (1..=12).map(|n| format!("  - {{ id: echo.{n}, title: \"a|b <i>, 100%\", expect: [listening] }}\n"));
        written(&lab, "one.yaml", format!("steps:\n  - start: echo\nitems:\n{}", items.collect::<String>()));
        written(&delivery, "README.md", "# Nothing yet\n");
        let word = |path: &Path| path.to_str().expect("text").to_owned();
        Self { lab: word(&lab), delivery: word(&delivery), folder }
    }

    /// Returns a command that checks the submission with additional arguments, in the folder of the
    /// course.
    fn check(&self, more: &[&str]) -> Command {
        let mut command = socklab(&["check", &self.delivery, "--lab", &self.lab]);
        command.args(more).current_dir(self.folder.path());
        command
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Returns the names of files that the command created.
    fn new_files(&self) -> Vec<String> {
        let all = std::fs::read_dir(self.folder.path()).expect("the folder");
        let names = all.map(|one| one.expect("an entry").file_name().to_string_lossy().into_owned());
        let mut names: Vec<String> = names.filter(|name| name != "lab" && name != "ana").collect();
        names.sort();
        names
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[test]
fn outside_ci_no_files_are_written() {
    let course = Course::new();
    let done = course.check(&[]).assert().code(1).stderr("");
    assert!(!text(&done.get_output().stdout).contains("::"));
    assert_eq!(course.new_files(), [""; 0]);
}

#[test]
fn github_gets_summary_and_annotations_only() {
    let course = Course::new();
    written(course.folder.path(), "summary.md", "# Before\n");
    let done = course
        .check(&[])
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_STEP_SUMMARY", course.file("summary.md"))
        .env("GITHUB_WORKSPACE", course.folder.path())
        .assert()
        .code(1)
        .stderr(contains("running on GitHub Actions: wrote the job summary, annotations (disable with --no-ci)"));
    let stdout = text(&done.get_output().stdout);
    let lines: Vec<&str> = stdout.lines().collect();
    let token = lines[0].strip_prefix("::stop-commands::").expect("no command precedes it").to_owned();
    assert!(token.len() >= 32 && token.chars().all(|c| c.is_ascii_hexdigit()), "{token}");
    let end = lines.iter().position(|line| *line == format!("::{token}::")).expect("it ends");
    assert!(lines[1..end].iter().any(|line| line.contains("echo.1 ")), "{stdout}");
    assert_eq!(lines[1..end].iter().filter(|line| line.starts_with("::")).count(), 0, "{stdout}");
    let annotations = &lines[end + 1..];
    assert_eq!(annotations.len(), 10, "{annotations:?}");
    assert!(annotations[0].starts_with("::error title=echo.1 a|b <i>%2C 100%25::not submitted"), "{annotations:?}");
    assert_eq!(annotations[9], "::error title=socklab::and 3 more items failed: echo.10, echo.11, echo.12");
    let summary = course.text("summary.md");
    assert!(summary.starts_with("# Before\n## small\n"), "{summary}");
    assert!(summary.contains("<b>echo.12</b> a&#124;b &#60;i&#62;, 100%"), "{summary}");
    assert_eq!(course.new_files(), ["summary.md"]);

    let again = course.check(&[]).env("GITHUB_ACTIONS", "true").assert().code(1);
    assert!(!text(&again.get_output().stdout).contains(&token), "each run has a new token");
}

#[test]
fn nearly_full_summary_is_kept() {
    let course = Course::new();
    for there in [(1 << 20) - 9000, (1 << 20) - 10, 1 << 20, 2 << 20] {
        written(course.folder.path(), "summary.md", "x".repeat(there));
        let summary = course.file("summary.md");
        course
            .check(&[])
            .envs([("GITHUB_ACTIONS", "true".as_ref()), ("GITHUB_STEP_SUMMARY", summary.as_os_str())])
            .assert()
            .code(1);
        let now = course.text("summary.md").len();
        assert!(now >= there && now <= there.max(1 << 20), "{there}: {now}");
    }
}

#[rstest]
#[case::gitlab(&[("GITLAB_CI", "true")], "GitLab CI", "socklab-junit.xml")]
#[case::classroom(&[("CLASSROOM", "redes"), ("ASSIGNMENT", "sockets"), ("SUBMISSION_TAG", "submit/3")], "Classroom 50", "result.json")]
fn service_gets_its_report_file(#[case] variables: &[(&str, &str)], #[case] service: &str, #[case] file: &str) {
    let course = Course::new();
    let expected = format!("running on {service}: wrote \"{file}\" (disable with --no-ci)\n");
    course.check(&[]).envs(variables.iter().copied()).assert().code(1).stdout(contains("echo.12")).stderr(expected);
    assert_eq!(course.new_files(), [file]);
    let text = course.text(file);
    if file.ends_with(".json") {
        let value: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((&value["classroom"], &value["submission"]), (&"redes".into(), &"submit/3".into()));
        let when = value["datetime"].as_str().expect("text");
        assert!(when.len() == 20 && when.ends_with('Z'), "the time is filled in if the service gives none: {when}");
    } else {
        let mut reader = quick_xml::Reader::from_str(&text);
        let mut failures = 0;
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Eof => break,
                Event::Start(tag) if tag.name().as_ref() == b"failure" => failures += 1,
                _ => {}
            }
        }
        assert_eq!(failures, 12);
    }
}

#[test]
fn written_files_are_reported_in_user_language() {
    let course = Course::new();
    let expected = "execução em GitLab CI: gravado “socklab-junit.xml” (desative com --no-ci)\n";
    course.check(&["--lang", "pt-BR"]).env("GITLAB_CI", "true").assert().code(1).stderr(expected);
}

#[rstest]
#[case::turned_off(&["--no-ci"], &[])]
#[case::junit_elsewhere(&["--report", "junit=mine.xml"], &["mine.xml"])]
#[case::another_format(&["--report", "markdown=mine.md"], &["mine.md", "socklab-junit.xml"])]
fn explicit_options_override_ci_output(#[case] words: &[&str], #[case] files: &[&str]) {
    let course = Course::new();
    course.check(words).env("GITLAB_CI", "true").assert().code(1);
    assert_eq!(course.new_files(), files);
}

#[test]
fn json_report_on_stdout_stays_valid_on_github() {
    let course = Course::new();
    let done = course.check(&["--report", "json=-"]).env("GITHUB_ACTIONS", "true").assert().code(1);
    let output = done.get_output();
    serde_json::from_slice::<serde_json::Value>(&output.stdout).expect("JSON and nothing else");
    let stderr = text(&output.stderr);
    assert!(stderr.starts_with("::stop-commands::") && stderr.contains("\n::error title=echo.2 "), "{stderr}");
    // If requested, the annotations are the report.
    let done = course.check(&["--report", "github=-"]).env("GITHUB_ACTIONS", "true").assert().code(1).stderr("");
    let stdout = text(&done.get_output().stdout);
    assert!(stdout.lines().count() == 10 && stdout.lines().all(|line| line.starts_with("::error ")), "{stdout}");
}

#[test]
fn invalid_command_line_writes_no_files() {
    let course = Course::new();
    course.check(&["--item", "nothing.1"]).env("GITLAB_CI", "true").assert().code(2).stdout("");
    let done = course.check(&["--item", "nothing.1"]).env("GITHUB_ACTIONS", "true").assert().code(2).stdout("");
    let stderr = text(&done.get_output().stderr);
    let [first, complaint, last] = stderr.lines().collect::<Vec<_>>()[..] else { panic!("three lines: {stderr}") };
    let token = first.strip_prefix("::stop-commands::").expect("the error is protected");
    assert!(complaint.contains("nothing.1") && last == format!("::{token}::"), "{stderr}");
    assert_eq!(course.new_files(), [""; 0]);
}

#[test]
fn rejected_submission_still_gets_a_report() {
    let course = Course::new();
    written(&course.file("ana"), "socklab.yaml", "servers:\n  ecco: { run: x }\n");
    let done = course.check(&[]).env("GITLAB_CI", "true").assert().code(2).stdout("");
    let stderr = text(&done.get_output().stderr);
    assert!(stderr.contains("wrote \"socklab-junit.xml\"") && stderr.contains("socklab.yaml:2:3"), "{stderr}");
    let junit = course.text("socklab-junit.xml");
    assert_eq!(junit.matches("<skipped").count(), 12, "{junit}");
    assert!(junit.contains("socklab.yaml, line 2: "), "{junit}");
}
