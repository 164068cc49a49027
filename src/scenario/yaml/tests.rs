//! Tests of reading: mistakes are located and reported all at once, without mistakes that only
//! follow from others.

use rstest::rstest;
use serde::Deserialize;

use super::{locate, read};
use crate::model::localized::LocalizedText;
use crate::model::message::Arg;
use crate::model::name::ItemId;
use crate::model::source::YamlPath;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::syntax::tests::Step;

mod hostile;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    scenario: String,
    #[serde(default)]
    title: Option<LocalizedText>,
    steps: Vec<Step>,
    #[serde(default)]
    items: Vec<Item>,
    #[serde(default)]
    link: Option<Link>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    id: ItemId,
    points: u16,
    #[serde(default)]
    strict: bool,
    #[serde(default)]
    needs: Vec<ItemId>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Link {
    ends: (String, String),
    protocol: Protocol,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Protocol {
    Tcp,
    Udp,
    Other { number: u8 },
}

/// Formats a diagnostic as `line:column+length path id`.
fn brief(diagnostic: &Diagnostic) -> String {
    format!(
        "{}:{}+{} {} {}",
        diagnostic.line, diagnostic.column, diagnostic.length, diagnostic.path, diagnostic.message.id
    )
}

fn mistakes(text: &str) -> Vec<String> {
    let found = read::<Scenario>("a.yaml", text).err().unwrap_or_default();
    found.iter().map(brief).collect()
}

const GOOD: &str = "\
# A comment.
scenario: first
title: { en: One, pt: Um }
steps:
  - connect: { clients: 5 }
  - snapshot: connected
  - close
items:
  - id: a.1
    points: 3
    needs: [a.0]
link: { ends: [alice, bob], protocol: { other: { number: 6 } } }
";

#[test]
fn valid_file_is_read() {
    let scenario: Scenario = read("a.yaml", GOOD).expect("reads");
    assert_eq!(scenario.scenario, "first");
    assert_eq!(scenario.steps.len(), 3);
    assert_eq!(scenario.items[0].needs.len(), 1);
    let link = scenario.link.expect("a link");
    assert_eq!(link.protocol, Protocol::Other { number: 6 });
}

#[rstest]
#[case("scenario: 007\nsteps: []", "007")]
#[case("scenario: 1.50\nsteps: []", "1.50")]
#[case("scenario: 0x1F\nsteps: []", "0x1F")]
#[case("scenario: true\nsteps: []", "true")]
#[case("scenario: 99999999999999999999999999999999999999999\nsteps: []", "99999999999999999999999999999999999999999")]
#[case("scenario: 18446744073709551616\nsteps: []", "18446744073709551616")]
#[case("\u{feff}scenario: x\nsteps: []", "x")]
#[case("{\"scenario\": \"x\", \"steps\": []}", "x")]
#[case("steps: []\r\nscenario: x\r\n", "x")]
#[case("scenario: &a é\nsteps: []\nlink: { ends: [*a, *a], protocol: tcp }", "é")]
fn text_is_read_as_it_is_spelled(#[case] text: &str, #[case] expected: &str) {
    let scenario: Scenario = read("a.yaml", text).expect("reads");
    assert_eq!(scenario.scenario, expected);
}

#[rstest]
// The document.
#[case("", &["0:0+1  empty-file"])]
#[case("# nothing\n", &["0:0+1  empty-file"])]
#[case("~", &["0:0+1  empty-file"])]
#[case("---\n", &["0:0+1  empty-file"])]
#[case("scenario: x\nsteps: []\n---\nscenario: y\n", &["4:1+8  more-documents"])]
#[case("scenario: x\nsteps: [a, b\n", &["3:1+1  yaml-syntax"])]
#[case("scenario: @x\n", &["1:11+2  yaml-syntax"])]
#[case("scenario: *x\n", &["1:11+2  yaml-syntax"])]
#[case("scenario: é: x\n", &["1:12+1  yaml-syntax"])]
#[case("scenario: x\n\tsteps: []\n", &["2:1+6  yaml-syntax"])]
#[case("scenario: !x y\nsteps: []", &["1:11+4  mistake-yaml-tag"])]
#[case("[a, b]: y\nsteps: []", &["1:1+6  mistake-key"])]
#[case("just words", &["1:1+10  mistake-value"])]
#[case("[]", &["1:1+2  mistake-value"])]
// Keys.
#[case("scenario: x\nsteps: []\ncolour: red\n", &["3:1+6 colour mistake-unknown-key"])]
#[case("scenario: x\n", &["1:1+8  mistake-missing"])]
#[case("scenario: x\nsteps: []\nscenario: y\n", &["3:1+8 scenario mistake-duplicate"])]
#[case("scenario: x\nsteps: []\nscenario: y\nscenario: z\n", &["3:1+8 scenario mistake-duplicate", "4:1+8 scenario mistake-duplicate"])]
// Values.
#[case("scenario: [x]\nsteps: []\n", &["1:11+3 scenario mistake-value"])]
#[case("scenario:\nsteps: []\n", &["1:1+8 scenario mistake-value"])]
#[case("scenario: x\nsteps: close\n", &["2:8+5 steps mistake-value"])]
#[case("scenario: x\nsteps:\n", &["2:1+5 steps mistake-value"])]
#[case("scenario: x\nsteps:\n  -\n", &["3:4+1 steps[0] mistake-value"])]
#[case("scenario: x\nsteps: []\nitems: [{ id: a, points: 70000 }]", &["3:26+5 items[0].points mistake-value"])]
#[case("scenario: x\nsteps: []\nitems: [{ id: a, points: 1, strict: yes }]", &["3:37+3 items[0].strict mistake-value"])]
#[case("scenario: x\nsteps: []\nitems: [{ id: 'a b', points: 1 }]", &["3:15+5 items[0].id mistake-value"])]
#[case("scenario: x\nsteps: []\nitems:\n  - id: é é\n    points: 1\n", &["4:9+3 items[0].id mistake-value"])]
#[case("scenario: x\nsteps: []\nlink: { ends: [a], protocol: tcp }", &["3:15+3 link.ends mistake-length"])]
#[case("scenario: x\nsteps: []\nlink: { ends: [a, b, c], protocol: tcp }", &["3:15+9 link.ends mistake-length"])]
#[case("scenario: x\nsteps: []\nlink: { ends: [a, b], protocol: tpc }", &["3:33+3 link.protocol mistake-unknown-word"])]
#[case("scenario: x\nsteps: []\nlink: { ends: [a, b], protocol: { tpc: } }", &["3:35+3 link.protocol.tpc mistake-unknown-word"])]
#[case("scenario: x\nsteps: []\nlink: { ends: [a, b], protocol: { other: { number: 256 } } }", &["3:52+3 link.protocol.other.number mistake-value"])]
#[case("scenario: x\nsteps: []\nlink: { ends: [a, b], protocol: {} }", &["3:33+2 link.protocol mistake-one-key-empty"])]
#[case("scenario: x\nsteps: []\nlink: { ends: [a, b], protocol: { tcp: , udp: } }", &["3:42+3 link.protocol.udp mistake-one-key-more"])]
#[case("scenario: x\nsteps: []\nlink: { ends: [a, b], protocol: other }", &["3:33+5 link.protocol mistake-value"])]
#[case("title: { en: a }\nscenario: x\nsteps: []\n", &["1:8+9 title mistake-missing"])]
#[case("title: 5\nscenario: x\nsteps: []\n", &["1:8+1 title mistake-value"])]
// Aliases: the mistake is located at the anchored text.
#[case("scenario: x\nsteps: []\ntitle: &a nothing special\nitems: [{ id: *a, points: 1 }]", &["3:8+18 items[0].id mistake-value"])]
fn mistake_is_located(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(mistakes(text), expected);
}

#[test]
fn many_mistakes_are_found_at_once() {
    let text = "\
scenario: x
colour: red
steps:
  - connect: { clients: five }
  - conect: { clients: 5 }
  - snapshot: ok
  - clsoe
  - connect: { clients: 5, within: 2 }
items:
  - points: 3
  - id: a.2
    points: -1
    id: a.3
  - id: a.4
    points: 1
    needs: [a.2, 'b c', a.3, [d]]
";
    assert_eq!(
        mistakes(text),
        [
            "2:1+6 colour mistake-unknown-key",
            "4:25+4 steps[0].connect.clients mistake-value",
            "5:5+6 steps[1].conect mistake-unknown-word",
            "7:5+5 steps[3] mistake-unknown-word",
            "8:36+1 steps[4].connect.within mistake-value",
            "10:5+6 items[0] mistake-missing",
            "12:13+2 items[1].points mistake-value",
            "13:5+2 items[1].id mistake-duplicate",
            "16:18+5 items[2].needs[1] mistake-value",
            "16:30+3 items[2].needs[3] mistake-value",
        ]
    );
}

#[rstest]
// A wrong value; its key is not missing afterwards.
#[case("scenario: [x]\nsteps: {}\n", &["1:11+3 scenario mistake-value", "2:8+2 steps mistake-value"])]
// A misspelt key; the correct one is not missing afterwards.
#[case("scenari: x\nsteps: []\n", &["1:1+7 scenari mistake-unknown-key"])]
#[case("scenario: x\nsteps: []\nitems: [{ id: a, point: 1 }]", &["3:18+5 items[0].point mistake-unknown-key"])]
// An unrelated unknown key does not hide a missing key.
#[case("colour: x\nsteps: []\n", &["1:1+6 colour mistake-unknown-key", "1:1+6  mistake-missing"])]
// A tuple with a wrong element is not too short afterwards.
#[case("scenario: x\nsteps: []\nlink: { ends: [a, []], protocol: tcp }", &["3:19+2 link.ends[1] mistake-value"])]
// The map of an unknown keyword is not empty afterwards.
#[case("scenario: x\nsteps: [{ nothing: { a: b } }, close]", &["2:11+7 steps[0].nothing mistake-unknown-word"])]
// A second keyword in the same map.
#[case("scenario: x\nsteps: [{ close: , abort: , wait: }]", &["2:20+5 steps[0].abort mistake-one-key-more", "2:29+4 steps[0].wait mistake-one-key-more"])]
fn consequential_mistakes_are_suppressed(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(mistakes(text), expected);
}

#[test]
fn mistake_has_found_expected_and_nearest() {
    let text = "scenario: x\nsteps: [conect]\n";
    let found = read::<Scenario>("a.yaml", text).err().unwrap_or_default();
    assert_eq!(found.len(), 1);
    let args = &found[0].message.args;
    assert_eq!(args.get("found"), Some(&Arg::Text("conect".to_owned())));
    assert_eq!(args.get("nearest"), Some(&Arg::Text("connect".to_owned())));
    assert_eq!(found[0].nearest.as_deref(), Some("connect"));
    let expected = found[0].expected.as_ref().map(|m| m.id.as_ref());
    assert_eq!(expected, Some("expected-one-of"));
    assert_eq!(found[0].location().to_string(), "a.yaml:2:9");
}

#[test]
fn syntax_mistake_omits_parser_position() {
    let errors = read::<Scenario>("f.yaml", "%YAML 3.0\n---\nscenario: x\n").expect_err("an error");
    let Some(Arg::Message(problem)) = errors[0].message.args.get("problem") else { panic!("{errors:?}") };
    let text = "found incompatible YAML document".to_owned();
    assert_eq!((problem.id.as_ref(), problem.args.get("text")), ("syntax-other", Some(&Arg::Text(text))));
}

#[test]
fn mistakes_are_limited_to_100() {
    let steps = "  - ecko\n".repeat(500);
    let found = mistakes(&format!("scenario: x\nsteps:\n{steps}"));
    assert_eq!(found.len(), 100);
    let keys: String = (0..500).map(|_| "scenario: x\n").collect();
    assert_eq!(mistakes(&keys).len(), 100);
}

#[rstest]
#[case(YamlPath::default(), Some((2, 1)))]
#[case(YamlPath::default().key("scenario"), Some((2, 1)))]
#[case(YamlPath::default().key("title").key("pt"), Some((3, 19)))]
#[case(YamlPath::default().key("steps"), Some((4, 1)))]
#[case(YamlPath::default().key("steps").index(0), Some((5, 5)))]
#[case(YamlPath::default().key("steps").index(0).key("connect"), Some((5, 5)))]
#[case(YamlPath::default().key("steps").index(0).key("connect").key("clients"), Some((5, 16)))]
#[case(YamlPath::default().key("steps").index(2), Some((7, 5)))]
#[case(YamlPath::default().key("steps").index(3), None)]
#[case(YamlPath::default().key("steps").key("x"), None)]
#[case(YamlPath::default().key("nothing"), None)]
#[case(YamlPath::default().key("items").index(0).key("needs").index(0), Some((11, 13)))]
#[case(YamlPath::default().index(0), None)]
fn path_is_located(#[case] path: YamlPath, #[case] expected: Option<(u32, u32)>) {
    assert_eq!(locate(GOOD, &path), expected);
}

#[test]
fn columns_count_characters() {
    let text = "é: { ñ: x, \"日本\": [ü, y] }\n";
    let path = YamlPath::default().key("é").key("日本").index(1);
    assert_eq!(locate(text, &path), Some((1, 22)));
    assert_eq!(locate("\u{feff}a: b", &YamlPath::default().key("a")), Some((1, 1)));
}
