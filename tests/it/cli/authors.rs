//! The commands for lab authors: `lint`, `list`, `explain` and `schema`.

use std::path::Path;

use predicates::prelude::*;
use predicates::str::contains;
use rstest::rstest;
use socklab::scenario::expect::Expectation;
use socklab::scenario::lab::Lab;
use socklab::scenario::step::Step;

use super::{folder, socklab, written};

#[test]
fn lint_accepts_bundled_labs() {
    socklab(&["lint"]).assert().success().stdout(contains("no errors")).stderr("");
    socklab(&["lint", "--lang", "pt-BR"]).assert().success().stdout(contains("nenhum erro")).stderr("");
}

#[rstest]
#[case::folder("scenarios/socket-lab")]
#[case::lab_file("scenarios/socket-lab/lab.yaml")]
#[case::scenario("scenarios/socket-lab/tcp-multi.yaml")]
#[case::examples("scenarios/examples")]
#[case::payload_file("scenarios/examples/payloads.yaml")]
#[case::bench("benches/peers.yaml")]
fn lint_accepts_files_of_this_package(#[case] file: &str) {
    if Path::new(env!("CARGO_MANIFEST_DIR")).join(file).exists() {
        socklab(&["lint", file]).assert().success().stdout("checked 1 file or lab: no errors\n").stderr("");
    } else {
        assert!(file.starts_with("benches/"), "{file} is not there");
    }
}

#[test]
fn lint_reports_all_diagnostics_with_locations() {
    let folder = folder();
    let shape = written(
        folder.path(),
        "shape.yaml",
        "steps:\n  - strat: tcp-simple\n  - connect: { clients: five }\n  - snd: x\nitems:\n  - id: a\n    points: -3\n    expect:\n      - ecko\n",
    );
    let meaning = written(
        folder.path(),
        "meaning.yaml",
        "steps:\n  - start: tcp-simple\n  - connect: { clients: 3 }\n  - send: { text: hi, clients: [9] }\nitems:\n  - id: a\n    needs: [a]\n    expect:\n      - established: conected\n",
    );
    let done = socklab(&["lint", &shape, &meaning]).assert().code(2).stdout("");
    let stderr = String::from_utf8_lossy(&done.get_output().stderr).into_owned();
    for place in ["shape.yaml:2:5", "shape.yaml:3:25", "shape.yaml:4:5", "shape.yaml:7:13", "shape.yaml:9:9"] {
        assert!(stderr.contains(place), "{place}: {stderr}");
    }
    for place in ["meaning.yaml:4:23", "meaning.yaml:7:5", "meaning.yaml:9:22"] {
        assert!(stderr.contains(place), "{place}: {stderr}");
    }
    for word in ["start", "send", "echo"] {
        assert!(stderr.contains(&format!("did you mean \"{word}\"?")), "{word}: {stderr}");
    }
    assert_eq!(stderr.matches("error: ").count(), 8, "{stderr}");
    assert!(stderr.contains("^^"), "{stderr}");
}

#[test]
fn lint_continues_after_missing_file() {
    let folder = folder();
    let bad = written(folder.path(), "bad.yaml", "steps: 5\n");
    let gone = folder.path().join("gone.yaml");
    let gone = gone.to_str().expect("a temporary path is text");
    socklab(&["lint", gone, &bad]).assert().code(2).stderr(contains("gone.yaml").and(contains("bad.yaml:1:8")));
}

#[test]
fn list_shows_every_item_of_the_lab() {
    let done = socklab(&["list"]).assert().success().stderr("");
    let stdout = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let lab = Lab::bundled("socket-lab", None).expect("the bundled lab is sound");
    assert_eq!(stdout.lines().count(), lab.items().count(), "{stdout}");
    for (line, (_, item)) in stdout.lines().zip(lab.items_in_report_order()) {
        assert!(line.starts_with(item.id.as_str()), "{line}");
        assert!(line.contains(&format!("({} point", item.points)), "{line}");
    }
}

#[test]
fn list_order_matches_report() {
    let folder = folder();
    let item = |id: &str| format!("- {{ id: {id}, expect: [listening] }}\n");
    let scenario =
        |ids: &[&str]| format!("steps: [start: r]\nitems:\n{}", ids.iter().map(|id| item(id)).collect::<String>());
    written(folder.path(), "a.yaml", scenario(&["b.2", "b.10", "alone", "a.1"]));
    written(folder.path(), "c.yaml", scenario(&["b.1", "a.x"]));
    let roles = "roles: { r: { protocol: tcp, port: 7, bundled: tcp-multi } }";
    written(folder.path(), "lab.yaml", format!("lab: mine\n{roles}\nscenarios: [a.yaml, c.yaml]\n"));
    let done = socklab(&["list", "--lab"]).arg(folder.path()).assert().success();
    let stdout = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    let ids: Vec<&str> = stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(ids, ["b.1", "b.2", "b.10", "alone", "a.1", "a.x"]);
}

#[test]
fn list_is_localized() {
    socklab(&["list"])
        .env("LANG", "pt_BR.UTF-8")
        .assert()
        .success()
        .stdout(contains("Multi conexões e por que a porta muda").and(contains("(3 pontos)")));
}

#[test]
fn list_accepts_other_labs() {
    socklab(&["list", "--lab", "examples"]).assert().success().stdout(contains("examples.queue"));
    let folder = folder();
    written(
        folder.path(),
        "lab.yaml",
        "lab: mine\nroles:\n  r: { protocol: tcp, port: 7, bundled: tcp-multi }\nscenarios: [s.yaml]\n",
    );
    written(folder.path(), "s.yaml", "steps: [start: r]\nitems: [{ id: only.one, points: 1, expect: [listening] }]\n");
    let at = folder.path().to_str().expect("a temporary path is text");
    socklab(&["list", "--lab", at]).assert().success().stdout(contains("only.one").and(contains("(1 point)")));
    socklab(&["list", "--lab", "nowhere"]).assert().code(2).stdout("").stderr(contains("socket-lab"));
}

#[rstest]
#[case::item("tcp-multi.5", &["Several connections", "tcp-multi.1", "uppercase", "scenarios/socket-lab/"])]
#[case::step("connect", &["(step)", "clients", "within"])]
#[case::required("snapshot", &["(step)", "* name"])]
#[case::expectation("uppercase", &["(expectation)", "then_end"])]
#[case::exit("3", &["exit code 3", "could not be verified", "--allow-unverified"])]
#[case::interrupted("130", &["exit code 130", "Ctrl-C"])]
fn explain_describes_word(#[case] word: &str, #[case] expected: &[&str]) {
    let done = socklab(&["explain", word]).assert().success().stderr("");
    let text = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
    for part in expected {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[rstest]
#[case("conect", "did you mean \"connect\"?")]
#[case("uper_case", "did you mean \"uppercase\"?")]
#[case("tcp-simpel.1", "did you mean \"tcp-simple.1\"?")]
#[case("xylophone", "explain --all")]
#[case("7", "explain --all")]
fn explain_suggests_similar_word(#[case] word: &str, #[case] expected: &str) {
    socklab(&["explain", word]).assert().code(2).stdout("").stderr(contains(word).and(contains(expected)));
}

#[test]
fn explain_all_lists_every_keyword() {
    for lang in ["en", "pt-BR"] {
        let done = socklab(&["explain", "--all", "--lang", lang]).assert().success().stderr("");
        let stdout = String::from_utf8_lossy(&done.get_output().stdout).into_owned();
        assert!(!stdout.contains('«'), "{stdout}");
        for word in Step::KEYWORDS.iter().chain(Expectation::KEYWORDS) {
            assert!(stdout.lines().any(|line| line.starts_with(&format!("{word}  ("))), "{word}: {stdout}");
        }
        for code in ["0", "1", "2", "3", "4", "130"] {
            assert!(stdout.lines().any(|line| line.ends_with(&format!(" {code}"))), "{code}: {stdout}");
        }
    }
}

#[rstest]
#[case("scenario")]
#[case("lab")]
#[case("submission")]
#[case("report")]
fn committed_schema_is_current(#[case] name: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{name}.schema.json"));
    let done = socklab(&["schema", name]).assert().success().stderr("");
    let stdout = String::from_utf8(done.get_output().stdout.clone()).expect("a schema is text");
    if std::env::var_os("UPDATE_SCHEMAS").is_some_and(|value| value == "1") {
        std::fs::write(&file, &stdout).expect("the schema can be written");
    }
    let committed = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(committed == stdout, "{} is not current: UPDATE_SCHEMAS=1 cargo test schema", file.display());
}

#[test]
fn schema_is_written_to_file() {
    let folder = folder();
    let file = folder.path().join("s.json");
    socklab(&["schema", "lab", "--output"]).arg(&file).assert().success().stdout("").stderr("");
    let text = std::fs::read_to_string(file).expect("the file is there");
    assert!(text.starts_with('{') && text.ends_with("}\n"), "{text}");
    socklab(&["schema", "grades"])
        .assert()
        .code(2)
        .stdout("")
        .stderr(predicate::str::contains("scenario, lab, submission, report"));
}
