//! The HTML pages in headless Chromium, driven by the scripts of `tests/browser`. If Chromium, Node
//! or playwright-core is missing, the tests are skipped with a message; with `REQUIRE_BROWSER` they
//! fail instead.
//!
//! The class consists of generated results and one submission that was really run.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use socklab::model::localized::ByLanguage;
use socklab::model::{
    Cause, ClientId, Finding, Hint, ItemResult, Judged, LocalizedText, Machine as MachineSeen, Message, SandboxMode,
    SubmissionId, SubmissionResult, Verdict,
};
use socklab::run::store::{CacheKey, Store};

use crate::program::{Machine, live_tests_enabled, package, slow_tests_enabled};

/// Number of generated submissions; override with `SOCKLAB_CLASS`.
const CLASS: usize = 60;
const NAMES: [&str; 8] =
    ["Ana Souza", "José Lima", "Zélia Prado", "Caio Reis", "Iara Lopes", "Bento Dias", "Ugo Neri", "Lia Melo"];
/// Markup placed in every text that a student controls.
const HOSTILE: &str = "<script>window.ran=1</script>\"><img src=x onerror=window.ran=1>";
const HIDDEN: &str = "remote.4";

/// Returns the folder of the scripts if everything that they need is installed.
fn browser() -> Option<PathBuf> {
    let scripts = package().join("tests/browser");
    let chromium = std::env::var_os("SOCKLAB_CHROMIUM").map_or_else(|| "/usr/bin/chromium".into(), PathBuf::from);
    let node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    let missing = [
        (chromium.exists(), "Chromium (Debian: chromium)"),
        (node, "Node (Debian: nodejs)"),
        (scripts.join("node_modules/playwright-core").exists(), "playwright-core (npm install in tests/browser)"),
    ];
    let Some((_, what)) = missing.into_iter().find(|(is_there, _)| !is_there) else { return Some(scripts) };
    // Written to the stream directly, because the test harness hides the output of passing tests.
    let _ = writeln!(std::io::stderr().lock(), "SKIPPED: the pages are not tried in a browser: {what} is not there");
    assert!(std::env::var_os("REQUIRE_BROWSER").is_none(), "REQUIRE_BROWSER is set, and {what} is not there");
    None
}

/// Generates a submission that depends on its number only.
fn made_up(k: usize) -> SubmissionResult {
    let name = NAMES[k % NAMES.len()];
    let id = match k {
        3 => format!("{HOSTILE} {k}"),
        4 => "../../outside".to_owned(),
        _ => format!("{name}_{k}_assignsubmission_file_"),
    };
    if k % 17 == 11 {
        let mut none = SubmissionResult::new(SubmissionId(id), Vec::new(), 1);
        none.reason = Some(Message::new("not-handed-in").into());
        return none;
    }
    let parts = [("tcp-simple", 5), ("udp-simple", 4), ("tcp-multi", 5), ("remote", 4)];
    let ids = parts.iter().flat_map(|(role, n)| (1..=*n).map(move |number| (*role, number)));
    let items = ids.enumerate().map(|(place, (role, number))| item(k, place, role, number, name)).collect();
    let mut result = SubmissionResult::new(SubmissionId(id), items, 1234);
    result.notes =
        vec![Message::new("client-right").with("file", format!("{name}.py")).with("address", "127.0.0.1:65432")];
    result
}

fn item(k: usize, place: usize, role: &str, number: usize, name: &str) -> ItemResult {
    let what = (k * 31 + place * 17 + k * place) % 23;
    let mut finding = match what {
        _ if k.is_multiple_of(10) => Finding::fail(Cause::NoAnswer { client: ClientId(1), hint: Hint::NoAnswer }),
        0 => {
            Finding::fail(Cause::EchoForUpper { client: ClientId(k as u32 % 3 + 1), got: format!("{HOSTILE} {name}") })
        }
        1..=3 => Finding::fail(Cause::NoAnswerLate { client: ClientId(1), ms: 2000, hint: Hint::NoAnswer }),
        4 => Finding::not_verified(Message::new("not-delivered")),
        5 if k.is_multiple_of(4) => Finding::new(Verdict::Error, Message::new("harness-trouble").with("problem", name)),
        _ => Finding::pass(Message::new("listening").with("at", "127.0.0.1:65432").with("backlog", 5_u16)),
    };
    finding.expectation = "echo".to_owned();
    let of = u32::try_from(place % 3 + 1).expect("small");
    let title = ByLanguage { en: format!("Part {number} of {role}"), pt: format!("Parte {number} de {role}") };
    ItemResult {
        id: format!("{role}.{number}").parse().expect("an id"),
        title: LocalizedText::ByLanguage(title),
        verdict: finding.verdict,
        earned: if finding.verdict == Verdict::Pass { of } else { 0 },
        of,
        role: role.parse().ok(),
        program: format!("python3 {name}.py"),
        scenario: role.to_owned(),
        reason: None,
        judged: Judged { findings: vec![finding], notes: Vec::new() },
        annotations: Vec::new(),
        story: vec![Message::new("story-started").with("command", format!("python3 {name}.py")).with("pid", "12")],
        hidden: format!("{role}.{number}") == HIDDEN,
        hint: None,
        repeat: format!("socklab check '{name}' --item {role}.{number}"),
        filter: None,
        took_ms: 100,
    }
}

/// Creates the store of a class with generated submissions, and one real one if `with_real` is set.
fn class(folder: &Path, with_real: bool) -> PathBuf {
    let store = folder.join("class.db");
    if with_real {
        let own = folder.join("class/Quitéria real");
        fs::create_dir_all(&own).expect("a folder");
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("permissions");
        let serve = fs::read_to_string(package().join("tests/data/hostile/serve.py")).expect("text");
        let answer = format!("client.sendall(b'{HOSTILE}')");
        let serve = serve.replace("client.sendall(data)", &answer);
        fs::write(own.join("quiterinha.py"), format!("{serve}\n\nprint('{HOSTILE}', flush=True)\nserve()\n"))
            .expect("written");
        let folder = folder.join("class").display().to_string();
        let graded = Machine::Open.socklab(&["grade", &folder, "--store", &store.display().to_string()]).output();
        let graded = graded.expect("socklab starts");
        assert_eq!(graded.status.code(), Some(0), "{}", String::from_utf8_lossy(&graded.stderr));
    }
    let mut store_of_class = Store::open(&store).expect("a store");
    if !with_real {
        let machine = MachineSeen { stage: SandboxMode::Isolated, cannot: Vec::new() };
        store_of_class.record_run("socket-lab", &machine, 1).expect("begun");
    }
    let class = std::env::var("SOCKLAB_CLASS").ok().and_then(|n| n.parse().ok()).unwrap_or(CLASS);
    fill(&mut store_of_class, class);
    store
}

/// Stores the results of generated submissions.
fn fill(store: &mut Store, count: usize) {
    let stamp = CacheKey { submission: "s".to_owned(), lab: "l".to_owned(), version: "v".to_owned() };
    for k in 0..count {
        store.put(k + 1, &stamp, &made_up(k), &[]).expect("written");
    }
}

/// Writes the HTML pages of a store.
fn pages(store: &Path, folder: &Path, more: &[&str]) {
    let (store, folder) = (store.display().to_string(), folder.display().to_string());
    let mut words = vec!["report", &store, "--format", "html", "--output", &folder, "--lang", "en"];
    words.extend(more);
    let output = Machine::Open.socklab(&words).output().expect("socklab starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(stdout.contains("index.html"), !folder.ends_with(".html"), "{stdout}");
}

/// Returns every file below a folder: relative path and content.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(one) = folders.pop() {
        for entry in fs::read_dir(&one).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below").display().to_string();
                all.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    all.sort();
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    let (bytes, text) = (bytes.to_ascii_lowercase(), text.to_ascii_lowercase());
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// Runs a browser script and returns the checks that passed.
fn drive(scripts: &Path, script: &str, arguments: &[&Path]) -> Vec<String> {
    let output = Command::new("node").arg(scripts.join(script)).args(arguments).output().expect("node starts");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    stdout.lines().filter_map(|line| line.strip_prefix("ok ")).map(str::to_owned).collect()
}

#[test]
fn class_page_works_in_a_browser() {
    let Some(scripts) = browser() else { return };
    if !slow_tests_enabled("the pages of a class in a browser") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("pages");
    pages(&class(folder.path(), false), &out, &[]);
    assert_eq!(drive(&scripts, "class.js", &[&out]).len(), 8);
}

#[test]
fn page_of_a_large_class_works_in_a_browser() {
    const MORE_THAN_ONE_PAGE: usize = 620;
    let Some(scripts) = browser() else { return };
    if !slow_tests_enabled("the pages of a large class in a browser") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (path, out) = (folder.path().join("class.db"), folder.path().join("pages"));
    let mut store = Store::open(&path).expect("a store");
    let machine = MachineSeen { stage: SandboxMode::Isolated, cannot: Vec::new() };
    store.record_run("socket-lab", &machine, 1).expect("begun");
    fill(&mut store, MORE_THAN_ONE_PAGE);
    drop(store);
    pages(&path, &out, &[]);
    let count = MORE_THAN_ONE_PAGE.to_string();
    assert_eq!(drive(&scripts, "large.js", &[&out, Path::new(&count)]).len(), 5);
}

#[test]
fn submission_page_works_in_a_browser() {
    let Some(scripts) = browser() else { return };
    if !slow_tests_enabled("the page of a submission in a browser") {
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("pages");
    pages(&class(folder.path(), true), &out, &[]);
    let page = out.join("submissions/Quit-ria-real.html");
    assert_eq!(drive(&scripts, "submission.js", &[&page, folder.path()]).len(), 7);
    // The file that the browser saved must be a capture.
    let saved = folder.path().join("saved.pcapng").display().to_string();
    let read = Machine::Open.socklab(&["analyze", &saved, "--lang", "en"]).output().expect("socklab starts");
    let stdout = String::from_utf8_lossy(&read.stdout).into_owned();
    assert!(read.status.success() && stdout.contains(":65432"), "{stdout}");
    // The page of one submission, from the same store.
    let (store, alone) = (folder.path().join("class.db"), folder.path().join("alone.html"));
    pages(&store, &alone, &["--only", "Quitéria real"]);
    let alone = fs::read_to_string(alone).expect("a page");
    let of_class = fs::read_to_string(page).expect("a page");
    let back = r#"<a href="../index.html">socket-lab</a>"#;
    // A page in a single file has no link to the class.
    assert!(of_class.contains(back) && alone == of_class.replace(back, "socket-lab"));
}

#[test]
fn anonymous_pages_contain_no_names() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, out) = (class(folder.path(), live_tests_enabled()), folder.path().join("pages"));
    pages(&store, &out, &["--anonymous"]);
    let first = files(&out);
    assert!(first.len() > CLASS, "{} files", first.len());
    let words = NAMES.iter().flat_map(|name| name.split(' ')).filter(|word| word.len() > 3);
    let secret: Vec<&str> = words.chain(["Quitéria", "quiterinha", "onerror", "outside", "assignsubmission"]).collect();
    for (name, bytes) in &first {
        for word in &secret {
            assert!(!holds(bytes, word) && !holds(name.as_bytes(), word), "{word} in {name}");
        }
    }
    // Numbers are stable, and rows are ordered by number.
    pages(&store, &out, &["--anonymous"]);
    let again = files(&out);
    assert!(first == again, "the pages differ the second time");
    // With names, the search above must find them.
    pages(&store, &out, &[]);
    let named = files(&out);
    assert!(secret.iter().take(3).all(|word| named.iter().any(|(_, bytes)| holds(bytes, word))));
}

#[test]
fn students_see_nothing_of_hidden_items() {
    let folder = tempfile::tempdir().expect("a folder");
    let (store, out) = (class(folder.path(), false), folder.path().join("pages"));
    pages(&store, &out, &[]);
    assert!(files(&out).iter().filter(|(_, bytes)| holds(bytes, HIDDEN)).count() > CLASS / 2);
    pages(&store, &out, &["--for-students"]);
    for (name, bytes) in files(&out) {
        assert!(!holds(&bytes, HIDDEN), "{HIDDEN} in {name}");
    }
}

#[test]
fn files_outside_the_folder_stay_untouched() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = class(folder.path(), false);
    let out = folder.path().join("a/b/pages");
    pages(&store, &out, &[]);
    let names = |at: &Path| {
        let mut all: Vec<_> =
            fs::read_dir(at).expect("a folder").map(|entry| entry.expect("one").file_name()).collect();
        all.sort();
        all
    };
    assert_eq!(names(&folder.path().join("a/b")), ["pages"]);
    assert_eq!(names(&folder.path().join("a")), ["b"]);
    assert!(files(&out).iter().any(|(name, _)| name == "submissions/outside.html"));
    // A folder with files of the user must remain unchanged.
    let own = folder.path().join("own");
    fs::create_dir(&own).expect("a folder");
    fs::write(own.join("thesis.txt"), "years of work").expect("written");
    let (store, own_path) = (store.display().to_string(), own.display().to_string());
    let refused = |more: &[&str]| {
        let output = Machine::Open.socklab(&["report", &store]).args(more).output().expect("socklab starts");
        assert_eq!(output.status.code(), Some(2), "{more:?}");
    };
    refused(&["--format", "html", "--output", &own_path]);
    assert_eq!(names(&own), ["thesis.txt"]);
    // Pages without a folder, and a format that would reveal the names.
    refused(&["--format", "html"]);
    refused(&["--format", "csv", "--anonymous"]);
}
