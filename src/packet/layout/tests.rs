//! Tests of layouts: notation, round trips, and bytes that nobody checked.

use proptest::prelude::*;

use super::*;
use crate::model::{Bytes, FieldValues};

/// Returns a binary layout of fields in the notation of formats.
fn layout(fields: &[(&str, &str)]) -> Layout {
    let fields: Vec<Field> =
        fields.iter().map(|(name, notation)| Field::parse(name, notation).expect("a notation")).collect();
    assert_eq!(Layout::faults_of(&fields), []);
    Layout::Fields(fields)
}

fn packet() -> Layout {
    layout(&[("type", "u8"), ("seq", "u16be"), ("length", "u16be"), ("data", "bytes(length)")])
}

fn number(value: i128) -> FieldValue {
    FieldValue::Number(value)
}

fn text(value: &str) -> FieldValue {
    FieldValue::Text(value.to_owned())
}

fn values<const N: usize>(list: [(&str, FieldValue); N]) -> FieldValues {
    list.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[test]
fn lengths_follow_from_the_data() {
    let sent = values([("type", number(0)), ("seq", number(258)), ("data", text("olá"))]);
    assert_eq!(packet().encode(&sent), Ok(b"\0\x01\x02\0\x04ol\xc3\xa1".to_vec()));
    let wrong = values([("type", number(0)), ("seq", number(1)), ("length", number(9)), ("data", text("a"))]);
    assert_eq!(packet().encode(&wrong), Ok(b"\0\0\x01\0\x09a".to_vec()), "what is given is written");
    let whole =
        layout(&[("size", "u16le = len(all)"), ("name", "text(zero)"), ("rest", "bytes(rest)"), ("end", "u8 = 255")]);
    let sent = values([("name", text("ab")), ("rest", FieldValue::Bytes(Bytes(vec![1, 2])))]);
    let bytes = whole.encode(&sent).expect("bytes");
    assert_eq!(bytes, b"\x08\0ab\0\x01\x02\xff");
    let got = whole.decode(&bytes).expect("values");
    assert_eq!((&got["name"], &got["end"], &got["size"]), (&text("ab"), &number(255), &number(8)));
    assert_eq!(whole.faults(&bytes, &got), []);
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let refused = |list: FieldValues| packet().encode(&list).expect_err("an error");
    assert_eq!(refused(values([("type", number(0))])), EncodeError::Missing("seq".to_owned()));
    let value = number(256);
    let error = EncodeError::Value { field: "type".to_owned(), value: value.clone() };
    assert_eq!(refused(values([("type", value), ("seq", number(0))])), error);
    assert_eq!(refused(values([("typ", number(0))])), EncodeError::Unknown("typ".to_owned()));
    assert_eq!(Layout::Line(LinePattern::new("a")).encode(&FieldValues::new()), Err(EncodeError::Pattern));
}

#[test]
fn faults_name_the_wanted_value() {
    let sum = layout(&[("kind", "u8 = 7"), ("sum", "u16be = internet16"), ("data", "bytes(rest)")]);
    let bytes = sum.encode(&values([("data", text("abc"))])).expect("bytes");
    let good = sum.decode(&bytes).expect("values");
    assert_eq!(sum.faults(&bytes, &good), []);
    let mut wrong = bytes.clone();
    wrong[0] = 8;
    let got = sum.decode(&wrong).expect("values");
    let faults = sum.faults(&wrong, &got);
    assert_eq!(
        faults.iter().map(|fault| (fault.field.name.as_str(), fault.at)).collect::<Vec<_>>(),
        [("kind", 0), ("sum", 1)]
    );
    assert_eq!((&faults[0].got, &faults[0].wanted), (&number(8), &number(7)));
    assert_eq!(faults[1].got, good["sum"]);
}

#[test]
fn cut_message_names_the_field() {
    let error = packet().decode(b"\0\0\x01\0\x05ab").expect_err("an error");
    let values = values([("type", number(0)), ("seq", number(1)), ("length", number(5))]);
    assert_eq!(error, DecodeError::Cut { field: "data".to_owned(), at: 5, needs: 5, has: 2, values });
    let error = packet().decode(b"\0\0").expect_err("an error");
    assert!(matches!(error, DecodeError::Cut { at: 1, needs: 2, has: 1, .. }), "{error:?}");
    let error = packet().decode(b"\0\0\x01\0\0ab").expect_err("an error");
    assert!(matches!(error, DecodeError::Extra { at: 5, extra: 2, .. }), "{error:?}");
}

#[test]
fn stream_is_split_into_whole_messages() {
    let units = packet().units(b"\0\0\x01\0\x01a\x01\0\x02\0\0\0\0");
    assert_eq!((units.whole, units.rest), (vec![0..6, 6..11], 11));
    let units = Layout::Json.units(b"{}\nx\r\n{");
    assert_eq!((units.whole, units.rest), (vec![0..3, 3..6], 6));
    assert!(Layout::Json.decode(b"x\r\n").is_err());
    assert!(layout(&[("all", "text(rest)")]).units(b"").whole.is_empty());
}

#[test]
fn lines_and_objects_have_their_fields() {
    let line = Layout::Line(LinePattern::new(r"^OK (?<size>\d+)(?: (?<name>\w+))?$"));
    assert_eq!(line.decode(b"OK 12\r\n"), Ok(values([("size", text("12"))])));
    assert!(matches!(line.decode(b"NO"), Err(DecodeError::NoMatch { .. })));
    let got = Layout::Json.decode(br#"{"a":1,"b":"x","c":true,"d":[1, 2],"e":1.5}"#).expect("values");
    let json = |text: &str| FieldValue::Json(text.to_owned());
    let wanted =
        [("a", number(1)), ("b", text("x")), ("c", FieldValue::Flag(true)), ("d", json("[1,2]")), ("e", json("1.5"))];
    assert_eq!(got, values(wanted));
    assert_eq!(Layout::Json.decode(&Layout::Json.encode(&got).expect("a line")), Ok(got));
}

#[test]
fn wrong_notations_name_their_part() {
    let part = |notation: &str| Field::parse("a", notation).map_err(|error| error.part().to_owned());
    for (notation, wrong) in [
        ("u16", "u16"),
        ("u8(3)", "u8"),
        ("bytes(-1)", "-1"),
        ("bytes(0)", "0"),
        ("bytes(70000)", "70000"),
        ("bytes(zero) ", ""),
        ("bytes", ""),
        ("u8 = x", "x"),
        ("u8 = 0x", "0x"),
        ("bytes(1) = 0xé", "0xé"),
        ("bytes(3", "bytes"),
    ] {
        let found = part(notation);
        if wrong.is_empty() {
            assert!(notation.contains("zero") && found.is_ok() || found == Err(String::new()), "{notation} {found:?}");
        } else {
            assert_eq!(found, Err(wrong.to_owned()), "{notation}");
        }
    }
}

#[test]
fn contradictions_between_fields_are_found() {
    let faults = |fields: &[(&str, &str)]| {
        let fields: Vec<Field> =
            fields.iter().map(|(name, text)| Field::parse(name, text).expect("a notation")).collect();
        Layout::faults_of(&fields)
    };
    let name = || "b".to_owned();
    assert_eq!(faults(&[("a", "bytes(b)"), ("b", "u8")]), [(0, LayoutFault::Size(name()))]);
    assert_eq!(faults(&[("a", "u8 = len(b)"), ("b", "u8")]), [(0, LayoutFault::Length(name()))]);
    assert_eq!(faults(&[("a", "u8 = 256")]), [(0, LayoutFault::Constant(number(256)))]);
    assert_eq!(faults(&[("a", "u8 = crc32")]), [(0, LayoutFault::Checksum(Checksum::Crc32))]);
    assert_eq!(faults(&[("b", "bytes(rest)"), ("a", "text(zero)")]), [(1, LayoutFault::AfterRest(name()))]);
}

/// Every notation of a field that needs no other field.
fn notation() -> impl Strategy<Value = String> {
    let numbers = (0..14usize).prop_map(|k| TYPE_NAMES[k].to_owned());
    prop_oneof![
        numbers,
        (1..9usize).prop_map(|n| format!("bytes({n})")),
        (1..9usize).prop_map(|n| format!("text({n})")),
        Just("text(zero)".to_owned()),
        Just("u16le = internet16".to_owned()),
        Just("u32be = crc32".to_owned()),
    ]
}

/// A layout of up to six fields: possibly with counted bytes, and a rest.
fn any_layout() -> impl Strategy<Value = Layout> {
    (prop::collection::vec(notation(), 1..5), any::<bool>(), any::<bool>()).prop_map(|(notations, counted, rest)| {
        let mut fields: Vec<(String, String)> =
            notations.into_iter().enumerate().map(|(k, notation)| (format!("f{k}"), notation)).collect();
        if counted {
            fields.push(("size".to_owned(), "u16be".to_owned()));
            fields.push(("body".to_owned(), "bytes(size)".to_owned()));
        }
        if rest {
            fields.push(("rest".to_owned(), "bytes(rest)".to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        layout(&fields)
    })
}

proptest! {
    #[test]
    fn decoded_message_encodes_to_the_same_bytes(layout in any_layout(), bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(values) = layout.decode(&bytes) {
            // A text of fixed size with zero bytes inside is the only value that is not unique.
            if let Ok(again) = layout.encode(&values) {
                prop_assert_eq!(again, bytes);
            }
        }
    }

    #[test]
    fn encoded_message_decodes_without_faults(layout in any_layout(), data in prop::collection::vec(1u8..=127, 0..8), seed in any::<u64>()) {
        let value = |field: &Field| match &field.kind {
            FieldKind::Number(_) if field.rule.is_some() || field.name == "size" => None,
            FieldKind::Number(form) => {
                let (least, most) = form.range();
                Some(FieldValue::Number(least + i128::from(seed) % (most - least + 1)))
            }
            FieldKind::Bytes(Size::Fixed(bytes)) => Some(FieldValue::Bytes(Bytes(vec![seed as u8; *bytes]))),
            FieldKind::Bytes(_) => Some(FieldValue::Bytes(Bytes(data.clone()))),
            FieldKind::Text(Size::Fixed(bytes)) => {
                let text: String = data.iter().take(*bytes).map(|byte| char::from(*byte)).collect();
                Some(FieldValue::Text(text))
            }
            FieldKind::Text(_) => Some(FieldValue::Text(data.iter().map(|byte| char::from(*byte)).collect())),
        };
        let sent: FieldValues = layout.fields().iter().filter_map(|field| Some((field.name.clone(), value(field)?))).collect();
        let bytes = layout.encode(&sent).expect("bytes");
        let got = layout.decode(&bytes).expect("values");
        for (name, value) in &sent {
            prop_assert_eq!(&got[name], value);
        }
        let several = layout.fields().iter().filter(|field| matches!(field.rule, Some(FieldRule::Checksum(_)))).count();
        if several < 2 {
            prop_assert_eq!(layout.faults(&bytes, &got), vec![]);
        }
        let stream = layout.units(&[bytes.clone(), vec![]].concat());
        prop_assert_eq!(stream.rest, bytes.len());
    }

    #[test]
    fn hostile_bytes_are_decoded_in_bounds(layout in any_layout(), bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for layout in [layout, packet(), Layout::Json, Layout::Line(LinePattern::new("(?<a>.)"))] {
            let units = layout.units(&bytes);
            let mut at = 0;
            for range in &units.whole {
                prop_assert!(range.start == at && range.end > at);
                at = range.end;
            }
            prop_assert!(at == units.rest && at <= bytes.len());
            if let Ok(values) = layout.decode(&bytes) {
                let _ = layout.faults(&bytes, &values);
                let held: usize = values.values().filter_map(FieldValue::as_bytes).map(<[u8]>::len).sum();
                // JSON may spell a byte with fewer characters, but no value is larger than its message.
                prop_assert!(held <= bytes.len());
            }
        }
    }

    #[test]
    fn numbers_keep_their_value(bytes in prop::sample::select(vec![1usize, 2, 4, 8]), signed: bool, little: bool, seed: u64) {
        let form = Number { bytes, signed, little };
        let (least, most) = form.range();
        let value = least + i128::from(seed) % (most - least + 1);
        prop_assert_eq!(form.read(&form.write(value)), value);
        prop_assert_eq!(form.swapped(form.swapped(value)), value);
    }
}
