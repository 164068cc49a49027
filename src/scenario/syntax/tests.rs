//! Tests of keyword syntax: valid and invalid input, formatting and schemas.

use rstest::rstest;
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{CommandLine, DurationArg, Keyword, Percent, keyword_enum};
use crate::model::message::{Arg, Message};
use crate::model::name::SnapshotName;
use crate::scenario::yaml::read;

pub(crate) trait Act {
    fn clients(&self) -> u32;
}

/// Opens connections.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Connect {
    pub(crate) clients: u32,
    #[serde(default)]
    pub(crate) within: Option<DurationArg>,
}

/// Closes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Close {}

/// Remembers the socket table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Snapshot {
    /// Under this name.
    pub(crate) name: SnapshotName,
    /// How long it may take.
    #[serde(default)]
    pub(crate) within: Option<DurationArg>,
}

/// Waits.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wait {
    /// This long.
    #[serde(default)]
    pub(crate) within: Option<DurationArg>,
}

impl Keyword for Connect {}
impl Keyword for Close {
    const ALLOWS_BARE: bool = true;
}
impl Keyword for Snapshot {
    const SHORTHAND_FIELD: Option<&'static str> = Some("name");
}
impl Keyword for Wait {
    const SHORTHAND_FIELD: Option<&'static str> = Some("within");
    const ALLOWS_BARE: bool = true;
}

macro_rules! act {
    ($($Type:ident),*) => { $(impl Act for $Type {
        fn clients(&self) -> u32 {
            0
        }
    })* };
}
act!(Close, Snapshot, Wait);
impl Act for Connect {
    fn clients(&self) -> u32 {
        self.clients
    }
}

keyword_enum! {
    /// One thing that is done.
    pub(crate) enum Step: dyn Act {
        connect => Connect,
        close => Close,
        snapshot => Snapshot,
        wait => Wait,
    }
}

fn shown(message: &Message) -> String {
    let args: Vec<_> = message
        .args
        .values()
        .map(|value| match value {
            Arg::Number(n) => n.to_string(),
            Arg::Text(text) => text.clone(),
            Arg::Message(inner) => shown(inner),
        })
        .collect();
    if args.is_empty() { message.id.to_string() } else { format!("{}({})", message.id, args.join("; ")) }
}

fn mistakes<T: DeserializeOwned>(text: &str) -> Vec<String> {
    read::<T>("a.yaml", text)
        .err()
        .unwrap_or_default()
        .iter()
        .map(|d| format!("{}:{}+{} {}", d.line, d.column, d.length, shown(&d.message)))
        .collect()
}

#[rstest]
#[case("connect: { clients: 5 }", json!({"connect": {"clients": 5}}))]
#[case("connect: { clients: 5, within: 1m 30s }", json!({"connect": {"clients": 5, "within": "1m 30s"}}))]
#[case("close", json!({"close": {}}))]
#[case("close:", json!({"close": {}}))]
#[case("close: {}", json!({"close": {}}))]
#[case("snapshot: connected", json!({"snapshot": {"name": "connected"}}))]
#[case("snapshot: 7", json!({"snapshot": {"name": "7"}}))]
#[case("snapshot: 1.50", json!({"snapshot": {"name": "1.50"}}))]
#[case("snapshot: { name: a, within: 2s }", json!({"snapshot": {"name": "a", "within": "2s"}}))]
#[case("wait", json!({"wait": {}}))]
#[case("wait: 2s", json!({"wait": {"within": "2s"}}))]
fn keyword_is_read_in_each_form(#[case] text: &str, #[case] same: serde_json::Value) {
    let step: Step = read("a.yaml", text).expect("reads");
    // The long form has the same meaning.
    assert_eq!(read::<Step>("b.yaml", &same.to_string()).ok(), Some(step));
}

#[rstest]
#[case(
    "conect: { clients: 5 }",
    "1:1+6 mistake-unknown-word(expected-one-of(connect, close, snapshot, wait); conect; connect)"
)]
#[case("clsoe", "1:1+5 mistake-unknown-word(expected-one-of(connect, close, snapshot, wait); clsoe; close)")]
#[case("connect", "1:1+7 mistake-needs-value")]
#[case("snapshot", "1:1+8 mistake-needs-value")]
#[case("connect:", "1:1+7 mistake-needs-value")]
#[case("connect: five", "1:10+4 mistake-value(expected-map; found-text(five))")]
#[case("connect: {}", "1:10+2 mistake-missing(clients)")]
#[case("{}", "1:1+2 mistake-one-key-empty")]
#[case("{ close: {}, wait: }", "1:14+4 mistake-one-key-more")]
#[case("[]", "1:1+2 mistake-value(expected-word; found-list)")]
#[case("5", "1:1+1 mistake-value(expected-word; found-number(5))")]
#[case("connect: { clients: five }", "1:21+4 mistake-value(expected-number; found-text(five))")]
#[case("connect: { clients: -1 }", "1:21+2 mistake-value(expected-number-between(0; 4294967295); found-number(-1))")]
#[case("connect: { clients: 1.5 }", "1:21+3 mistake-value(expected-number; found-number(1.5))")]
#[case("connect: { clients: 1, within: 5 }", "1:32+1 mistake-value(expected-duration; found-number(5))")]
#[case("snapshot: \"a b\"", "1:11+5 mistake-value(expected-name; found-text(a b))")]
#[case("snapshot: { name: \"a b\" }", "1:19+5 mistake-value(expected-name; found-text(a b))")]
#[case("snapshot: { nam: ab }", "1:13+3 mistake-unknown-key(expected-one-of(name, within); nam; name)")]
#[case("snapshot: [a]", "1:11+3 mistake-value(expected-text; found-list)")]
#[case("close: { a: 1 }", "1:10+1 mistake-unknown-key(expected-nothing; a)")]
#[case("wait: { within: 11m }", "1:17+3 mistake-value(expected-duration; found-text(11m))")]
#[case("wait: soon", "1:7+4 mistake-value(expected-duration; found-text(soon))")]
fn invalid_keyword_is_located(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(mistakes::<Step>(text), [expected]);
}

#[test]
fn keyword_enum_knows_its_names_and_trait() {
    assert_eq!(Step::KEYWORDS, ["connect", "close", "snapshot", "wait"]);
    let steps: Vec<Step> = read("a.yaml", "[connect: { clients: 3 }, close]").expect("reads");
    assert_eq!(steps[0].word(), "connect");
    assert_eq!(steps[0].act().clients(), 3);
    assert_eq!(steps[1].act().clients(), 0);
    let about = Step::schema_of("close").and_then(|schema| Some(schema.get("description")?.clone()));
    assert_eq!(about, Some(json!("Closes.")));
    assert_eq!(Step::schema_of("clsoe"), None);
}

#[test]
fn keyword_schema_lists_its_forms() {
    let schema = schema_for!(Step);
    let about = schema.get("description").and_then(|d| d.as_str());
    assert_eq!(about, Some("One thing that is done."));
    let forms = schema.get("anyOf").and_then(|forms| forms.as_array());
    let forms: Vec<_> = forms
        .into_iter()
        .flatten()
        .map(|form| match form.get("const") {
            Some(word) => format!("{word}: {}", form["description"]),
            None => format!("{}: {}", form["required"], form["description"]),
        })
        .collect();
    assert_eq!(
        forms,
        [
            r#"["connect"]: "Opens connections.""#,
            r#""close": "Closes.""#,
            r#"["close"]: "Closes.""#,
            r#"["snapshot"]: "Remembers the socket table.""#,
            r#""wait": "Waits.""#,
            r#"["wait"]: "Waits.""#,
        ]
    );
}

#[rstest]
#[case(json!("close"), true)]
#[case(json!("connect"), false)]
#[case(json!({"connect": {"clients": 1}}), true)]
#[case(json!({"connect": {"clients": 1}, "close": {}}), false)]
#[case(json!({"connect": {"clients": 1, "x": 1}}), false)]
#[case(json!({"snapshot": "a"}), true)]
#[case(json!({"snapshot": {"name": "a"}}), true)]
#[case(json!({"snapshot": {"name": "a", "x": 1}}), false)]
#[case(json!("snapshot"), false)]
#[case(json!("wait"), true)]
#[case(json!({"wait": "2s"}), true)]
#[case(json!({"wait": "2"}), false)]
fn schema_agrees_with_reader(#[case] value: serde_json::Value, #[case] right: bool) {
    let validator = jsonschema::validator_for(schema_for!(Step).as_value()).expect("a schema");
    assert_eq!(validator.is_valid(&value), right);
    assert_eq!(read::<Step>("a.yaml", &value.to_string()).is_ok(), right);
}

fn pattern_of<T: JsonSchema>() -> regex::Regex {
    let schema = schema_for!(T);
    let pattern = schema.get("pattern").and_then(|p| p.as_str());
    regex::Regex::new(pattern.expect("a pattern")).expect("a regular expression")
}

#[rstest]
#[case("500ms", Some("500ms"))]
#[case("2s", Some("2s"))]
#[case("90s", Some("1m 30s"))]
#[case("1m 30s", Some("1m 30s"))]
#[case("0s", Some("0s"))]
#[case("10m", Some("10m"))]
#[case("2", None)]
#[case("", None)]
#[case("-2s", None)]
#[case("2 s", None)]
#[case("2h", None)]
#[case("1.5s", None)]
#[case("s", None)]
#[case("2s ", None)]
#[case("1m  30s", None)]
#[case("٣s", None)]
fn duration_parses_and_prints(#[case] text: &str, #[case] expected: Option<&str>) {
    let time = text.parse::<DurationArg>().ok().map(|time| time.to_string());
    assert_eq!(time.as_deref(), expected);
    assert_eq!(pattern_of::<DurationArg>().is_match(text), expected.is_some());
}

#[rstest]
#[case("601s")]
#[case("11m")]
#[case("99999999999999999999s")]
fn duration_over_ten_minutes_is_refused(#[case] text: &str) {
    assert!(text.parse::<DurationArg>().is_err());
}

#[rstest]
#[case("20%", Some(("20%", 0.2)))]
#[case("0%", Some(("0%", 0.0)))]
#[case("100%", Some(("100%", 1.0)))]
#[case("100.000%", Some(("100%", 1.0)))]
#[case("0.5%", Some(("0.5%", 0.005)))]
#[case("12.125%", Some(("12.125%", 0.12125)))]
#[case("007%", Some(("7%", 0.07)))]
#[case("101%", None)]
#[case("100.001%", None)]
#[case("-1%", None)]
#[case("+1%", None)]
#[case("20", None)]
#[case("%", None)]
#[case(".5%", None)]
#[case("1.%", None)]
#[case("0.0001%", None)]
fn percentage_parses_and_prints(#[case] text: &str, #[case] expected: Option<(&str, f64)>) {
    let percent = text.parse::<Percent>().ok();
    assert_eq!(
        percent.map(|p| (p.to_string(), p.fraction())),
        expected.map(|(shown, share)| (shown.to_owned(), share))
    );
    assert_eq!(pattern_of::<Percent>().is_match(text), expected.is_some());
}

#[rstest]
#[case("python3 my_server.py", &["python3", "my_server.py"])]
#[case("sh -c 'a b'", &["sh", "-c", "a b"])]
#[case("[nc, -l, 8080, 0x1F, 1.50, true]", &["nc", "-l", "8080", "0x1F", "1.50", "true"])]
fn command_line_parses_and_prints(#[case] text: &str, #[case] words: &[&str]) {
    let argv: CommandLine = read("a.yaml", text).expect("reads");
    assert_eq!(argv.words(), words);
    let again = argv.to_string().parse::<CommandLine>();
    assert_eq!(again, Ok(argv));
}

#[rstest]
#[case("''", "1:1+2 mistake-value(expected-command; found-text())")]
#[case("\"a 'b\"", "1:1+6 mistake-value(expected-command; found-text(a 'b))")]
#[case("[]", "1:1+2 mistake-value(expected-command; found-list)")]
#[case("['', a]", "1:1+7 mistake-value(expected-command; found-list)")]
#[case("[a, \"b\\0c\"]", "1:1+11 mistake-value(expected-command; found-list)")]
#[case("[a, [b]]", "1:5+3 mistake-value(expected-text; found-list)")]
#[case("[a, ~]", "1:5+1 mistake-value(expected-text; found-nothing)")]
#[case("8080", "1:1+4 mistake-value(expected-command; found-number(8080))")]
fn invalid_command_line_is_located(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(mistakes::<CommandLine>(text), [expected]);
}
