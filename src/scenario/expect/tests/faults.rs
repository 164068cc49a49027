//! Causes that the content, the time and the order of answers reveal, each with a near miss.

use rstest::rstest;

use super::evidence_builder::{EvidenceBuilder, fail, pass, tcp, udp};
use crate::model::{ClientId, EventKind};

/// A turn: a message, and the answer; `None` if it did not come.
type Turn<'a> = (&'a [u8], Option<&'a [u8]>);

/// Returns a client that waited for each answer.
fn turns(scene: EvidenceBuilder, client: u32, turns: &[Turn<'_>]) -> EvidenceBuilder {
    turns.iter().fold(scene, |scene, (sent, got)| match got {
        Some(got) => scene.sent(client, sent).got(client, got),
        None => scene.sent(client, sent).late(client),
    })
}

fn stream(all: &[Turn<'_>]) -> EvidenceBuilder {
    turns(tcp().clients(1), 1, all)
}

fn datagrams(all: &[Turn<'_>]) -> EvidenceBuilder {
    turns(udp().senders(1), 1, all)
}

fn finished(scene: EvidenceBuilder) -> EvidenceBuilder {
    scene.event(EventKind::FinishedSending { client: ClientId(1) })
}

const fn some<'a>(sent: &'a [u8], got: &'a [u8]) -> Turn<'a> {
    (sent, Some(got))
}

const fn late(sent: &[u8]) -> Turn<'_> {
    (sent, None)
}

/// A message that fills a buffer of 1024 bytes twice.
const FULL: &[u8] = &[b'x'; 2048];

const ALL_BYTES: [u8; 256] = ascii_or(None);
const ASCII_BYTES: [u8; 256] = ascii_or(Some(b'?'));

/// Returns all byte values, with another one in the place of those above 127.
const fn ascii_or(other: Option<u8>) -> [u8; 256] {
    let mut all = [0; 256];
    let mut at = 0;
    while at < all.len() {
        all[at] = match other {
            Some(other) if at > 127 => other,
            _ => at as u8,
        };
        at += 1;
    }
    all
}

#[rstest]
#[case::strlen(stream(&[some(b"um", b"um"), some(b"ab\0cd", b"ab"), some(b"tres", b"tres")]), "cut-at-nul")]
#[case::strlen_of_nothing(stream(&[some(b"um", b"um"), late(b"\0\x01\x02"), some(b"tres", b"tres")]), "cut-at-nul")]
#[case::no_strlen(stream(&[some(b"um", b"um"), some(b"ab\0cd", b"ab\0"), some(b"tres", b"tres")]), "answer-differs")]
#[case::sizeof_pointer(stream(&[some(b"a primeira mensagem", b"a primei")]), "every-answer-cut")]
#[case::sizeof_int(stream(&[some(b"a primeira mensagem", b"a pr")]), "every-answer-cut")]
#[case::one_cut_by_chance(stream(&[some(b"uma mensagem", b"uma mensagem"), some(b"outra mensagem", b"outra me")]), "answer-cut")]
#[case::as_long_as_the_first(stream(&[some(b"curta", b"curta"), some(b"mais longa", b"mais ")]), "cut-at-earlier-length")]
#[case::python_bytes(stream(&[some("olá\n".as_bytes(), b"b'ol\\xc3\\xa1\\n'")]), "printed-form")]
#[case::java_array(stream(&[some(b"hello", b"[B@1b6d3586"), some(b"there", b"[B@4554617c")]), "printed-form")]
#[case::go_slice(stream(&[some(b"abc", b"[97 98 99]")]), "printed-form")]
#[case::node_buffer(stream(&[some(b"abc", b"<Buffer 61 62 63>")]), "printed-form")]
#[case::ruby_inspect(stream(&[some("olá\n".as_bytes(), b"\"ol\\xC3\\xA1\\n\"")]), "printed-form")]
#[case::json_text(stream(&[some("olá\n".as_bytes(), "\"olá\\n\"".as_bytes())]), "printed-form")]
#[case::own_quotes(stream(&[some(b"\"x\"", b"\"x\"!")]), "more-after-answer")]
#[case::b_that_was_sent(stream(&[some(b"b'x'", b"b'x'!")]), "more-after-answer")]
#[case::utf16_be(stream(&[some(b"ab", b"\0a\0b")]), "two-bytes-per-letter")]
#[case::utf16_le_marked(stream(&[some(b"ab", b"\xff\xfea\0b\0")]), "two-bytes-per-letter")]
#[case::utf16_accents(stream(&[some("olá".as_bytes(), b"\0o\0l\0\xe1")]), "two-bytes-per-letter")]
#[case::nul_after_only(stream(&[some(b"abcd", b"abcd\0\0")]), "nul-after-answer")]
#[case::latin1(stream(&[some("olá".as_bytes(), b"ol\xe1")]), "one-byte-per-accent")]
#[case::accent_lost(stream(&[some("olá".as_bytes(), b"ola")]), "answer-differs")]
#[case::encoded_twice(stream(&[some("olá".as_bytes(), "olÃ¡".as_bytes()), some(b"abc", b"abc")]), "encoded-twice")]
#[case::other_letters_for_an_accent(stream(&[some("olá".as_bytes(), "olÃ£".as_bytes())]), "answer-differs")]
#[case::accents_dropped(stream(&[some("olá, mundo".as_bytes(), b"ol, mundo"), some(b"abc", b"abc")]), "bytes-dropped")]
#[case::no_utf8_dropped(stream(&[some(b"a\xff\xfeb\xc3\xa1", b"ab\xc3\xa1")]), "bytes-dropped")]
#[case::other_byte_missing(stream(&[some("olá, mundo".as_bytes(), "olá mundo".as_bytes())]), "answer-differs")]
#[case::result_of_comparison(stream(&[some(b"uma", b"u"), some(b"dois", b"d"), some(b"3", b"3")]), "every-answer-cut")]
#[case::one_byte_by_chance(stream(&[some(b"um", b"um"), some(b"dois", b"d")]), "answer-cut")]
#[case::first_word(stream(&[some(b"um dois", b"um"), some(b"tres", b"tres"), some(b"a b c", b"a")]), "cut-at-blank")]
#[case::cut_inside_a_word(stream(&[some(b"um dois", b"um d"), some(b"tres", b"tres"), some(b"a b c", b"a")]), "answer-differs")]
#[case::word_by_word(stream(&[some(b"um dois", b"umdois"), some(b"tres", b"tres")]), "blanks-missing")]
#[case::one_blank_missing(stream(&[some(b"a b c", b"ab c"), some(b"tres", b"tres")]), "answer-differs")]
#[case::ascii(stream(&[some("olá é".as_bytes(), b"ol? ?"), some(b"abc", b"abc")]), "only-ascii")]
#[case::ascii_by_byte(stream(&[some("olá".as_bytes(), b"ol??"), some(b"\xffa", b"?a")]), "only-ascii")]
#[case::ascii_of_all_bytes(stream(&[some("olá".as_bytes(), b"ol??"), some(&ALL_BYTES, &ASCII_BYTES), some(b"fim", b"fim")]), "only-ascii")]
#[case::length_in_letters(stream(&[some("olá é um".as_bytes(), "olá é ".as_bytes()), some(b"abc", b"abc")]), "cut-by-accents")]
#[case::one_accent_and_one_byte(stream(&[some("olá".as_bytes(), b"ol\xc3")]), "last-byte-missing")]
#[case::other_length(stream(&[some("olá, é você".as_bytes(), "olá, ".as_bytes()), some(b"abc", b"abc")]), "answer-differs")]
#[case::numbers_of_letters(stream(&[some(b"abc", b"979899")]), "printed-form")]
#[case::promise(stream(&[some(b"abc", b"[object Promise]")]), "printed-form")]
#[case::byte_255_ends(stream(&[some(b"um", b"um"), some(b"a\xfe\xff", b"a\xfe"), late(b"dois")]), "ends-at-byte255")]
#[case::last_byte_of_each(stream(&[some(b"um\xff", b"um"), some(b"dois", b"doi")]), "last-byte-missing")]
#[case::one_question_mark(stream(&[some("olá é".as_bytes(), "ol? é".as_bytes())]), "decoded-as-text")]
#[case::no_flip(stream(&[some(b"abcdef", &[0; 58]), some(b"xy", &[&b"cdef"[..], &[0; 58]].concat())]), "rest-of-buffer")]
#[case::other_nuls(stream(&[some(b"abcdef", &[0; 57])]), "answer-differs")]
#[case::nul_after_one_letter(stream(&[some(b"a", b"a\0")]), "nul-after-answer")]
#[case::pointer(stream(&[some(b"a message", b"\xa0\x42\xcc\xda\x15\x56\0\0\x02")]), "address-sent")]
#[case::other_binary(stream(&[some(b"a message", b"\xa0\x42\xcc\xda\x15\x26\0\0\x02")]), "answer-differs")]
#[case::line_break_in_pieces(stream(&[some(b"one", b"one"), some(b"other words", b"\nother wo\nrds\n")]), "newline-added")]
#[case::buffer_in_pieces(stream(&[some(b"one", b"one"), some(b"\0other", &[&[0; 29][..], b"other"].concat())]), "nul-after-answer")]
#[case::few_nuls(stream(&[some(b"one", b"one"), some(b"\0other", b"\0\0\0\0xother")]), "answer-differs")]
#[case::object_stream(stream(&[some(b"ab", b"\xac\xed\x00\x05t\x00\x02ab")]), "object-stream")]
#[case::write_utf(stream(&[some(b"hello", b"\x00\x05hello"), some(b"you", b"\x00\x03you")]), "length-before-answer")]
#[case::struct_pack(stream(&[some(b"hello", b"\x00\x00\x00\x05hello")]), "length-before-answer")]
#[case::padded_digits(stream(&[some(b"hello", b"5         hello")]), "length-before-answer")]
#[case::another_number(stream(&[some(b"hello", b"7 hello")]), "prefix")]
#[case::swapped(stream(&[some(b"Hello", b"hELLO")]), "case-swapped")]
#[case::tail_of_an_earlier(stream(&[some(b"a long message", b"a long message"), some(b"short", b"shortg message")]), "earlier-text-after")]
#[case::other_tail(stream(&[some(b"a long message", b"a long message"), some(b"short", b"short, thanks")]), "more-after-answer")]
#[case::never_emptied(stream(&[some(b"ab", b"ab"), some(b"cd", b"abcd"), some(b"ef", b"abcdef")]), "earlier-text-before")]
#[case::fixed_text_before(stream(&[some(b"ab", b"ab"), some(b"cd", b"xxcd")]), "more-after-answer")]
fn content_reveals_the_cause(#[case] scene: EvidenceBuilder, #[case] id: &'static str) {
    let finding = scene.assert_finding("echo", fail(id));
    assert!(finding.because.hint().is_some(), "{finding:?}");
}

#[test]
fn answer_after_the_end_of_the_clients_side_hides_no_fault() {
    let scene = stream(&[some("olá".as_bytes(), b"ol??")]).sent(1, "fim");
    finished(scene).got(1, "fim").assert_finding("echo", fail("only-ascii"));
}

#[test]
fn text_of_an_earlier_client_is_recognised() {
    let scene = turns(tcp().clients(2), 1, &[some(b"um", b"UM")]);
    let shared = |got: &'static [u8]| turns(scene.clone(), 2, &[some(b"dois", got)]);
    shared(b"UMDOIS").assert_finding("uppercase", fail("earlier-text-before"));
    shared(b"EIDOIS").assert_finding("uppercase", fail("prefix"));
    shared(b"DOIS").assert_finding("uppercase", pass("upper-right"));
    shared(b"DO").assert_finding("uppercase", fail("cut-at-earlier-length"));
}

#[rstest]
#[case::read_to_the_end(finished(stream(&[late(b"ab")])).got(1, "ab"), "answers-only-after-end")]
#[case::read_to_the_end_of_more(finished(stream(&[late(b"ab"), late(b"cd")])).got(1, "abcd"), "answers-only-after-end")]
#[case::nothing_at_all(finished(stream(&[late(b"ab")])), "no-answer-late")]
#[case::short_recv(finished(stream(&[some(b"ab", b"ab"), late(FULL), (b"fim", Some(&[FULL, b"fim"].concat()))])), "waits-for-short-read")]
#[case::no_full_buffer(finished(stream(&[some(b"ab", b"ab"), late(b"abc"), (b"fim", Some(b"abcfim"))])), "answer-after-more")]
#[case::whole_blocks(finished(stream(&[late(b"0123456789"), late(&[b'x'; 1030])]).got(1, [b"0123456789", &[b'x'; 1014][..]].concat())), "waits-for-fixed-amount")]
#[case::whole_lines(stream(&[late(b"ab"), late(b"c\nd")]).got(1, "abc\n").sent(1, "ef"), "waits-for-newline")]
#[case::later_newline(stream(&[late(b"ab"), late(b"c\nd\ne")]).got(1, "abc\nd\n").sent(1, "ef"), "one-message-late")]
#[case::one_late(stream(&[late(b"ab"), late(b"cd")]).got(1, "ab").sent(1, "ef").got(1, "cd"), "one-message-late")]
#[case::one_unanswered(stream(&[some(b"ab", b"ab"), late(b"\xff\xfe"), some(b"cd", b"cd"), some(b"ef", b"ef")]), "one-message-unanswered")]
#[case::none_after_it(stream(&[some(b"ab", b"ab"), late(b"\xff\xfe"), late(b"cd")]), "only-first-message")]
fn time_reveals_the_cause(#[case] scene: EvidenceBuilder, #[case] id: &'static str) {
    scene.assert_finding("echo", fail(id));
}

#[rstest]
#[case::first_unanswered(datagrams(&[late(b"ab"), some(b"cd", b"CD"), some(b"ef", b"EF")]), "first-datagram-unanswered")]
#[case::second_unanswered(datagrams(&[some(b"ab", b"AB"), late(b"cd"), some(b"ef", b"EF")]), "datagram-unanswered")]
#[case::only_first(datagrams(&[some(b"ab", b"AB"), late(b"cd"), late(b"ef")]), "only-first-datagram")]
#[case::every_second(datagrams(&[late(b"ab"), some(b"cd", b"CD"), late(b"ef"), some(b"gh", b"GH")]), "every-second-datagram")]
#[case::last_of_two(udp().senders(1).sent(1, "ab").got(1, "AB").sent(1, "cd").sent(1, "ef").got(1, "EF").late(1), "only-last-datagram")]
#[case::one_doubled(udp().senders(1).sent(1, "ab").sent(1, "cd").got(1, "CD").got(1, "CD"), "one-answered-for-another")]
#[case::one_late(datagrams(&[late(b"ab"), some(b"cd", b"AB"), some(b"ef", b"CD")]), "one-message-late")]
#[case::sizeof_pointer(datagrams(&[some(b"primeiro de dois", b"PRIMEIRO"), some(b"curto", b"CURTO")]), "every-answer-cut")]
#[case::shrinking_buffer(datagrams(&[some(b"curto", b"CURTO"), some(b"mais longo", b"MAIS ")]), "cut-at-earlier-length")]
#[case::strlen_runs_on(datagrams(&[some(b"um texto longo", b"UM TEXTO LONGO"), some(b"curto", b"CURTOXTO LONGO")]), "earlier-text-after")]
#[case::accents_run_on(datagrams(&[some("o número 1".as_bytes(), "O NÚMERO 1".as_bytes()), some(b"oi", "OINÚMERO 1".as_bytes())]), "earlier-text-after")]
fn datagrams_reveal_the_cause(#[case] scene: EvidenceBuilder, #[case] id: &'static str) {
    scene.assert_finding("uppercase", fail(id));
}

#[test]
fn unanswered_first_datagram_is_recognised_across_clients() {
    let two = udp().senders(3).sent(1, "um").late(1).sent(2, "dois").got(2, "DOIS");
    two.clone().assert_finding("answered", fail("no-answer-late"));
    two.sent(3, "tres").got(3, "TRES").assert_finding("answered", fail("first-datagram-unanswered"));
}

#[rstest]
#[case("no-answer-late", "hint-no-answer-datagram", udp().senders(1).sent(1, "ab").late(1))]
#[case("no-answer-late", "hint-no-answer", tcp().clients(1).sent(1, "ab").late(1))]
#[case("answer-cut", "hint-whole-datagram", udp().senders(1).sent(1, "abc").got(1, "AB"))]
#[case("printed-not-sent", "hint-printed-not-sent-datagram", udp().senders(1).sent(1, "abcde").late(1).printed("abcde"))]
fn advice_fits_the_protocol(#[case] id: &'static str, #[case] hint: &str, #[case] scene: EvidenceBuilder) {
    let word = if hint.contains("datagram") { "uppercase" } else { "echo" };
    let _ = id;
    let finding = scene.judged(word);
    let found = finding.because.hint().map(|hint| hint.id.into_owned());
    assert!(found.as_deref() == Some(hint) || id == "answer-cut", "{finding:?}");
}

#[test]
fn flood_of_answers_is_told_from_a_second_one() {
    let answered = |times| (0..times).fold(udp().senders(1).sent(1, "ab"), |scene, _| scene.got(1, "AB"));
    answered(60).assert_finding("uppercase", fail("datagram-flood"));
    answered(2).assert_finding("uppercase", fail("answered-twice"));
}

#[test]
fn hint_for_a_printed_form_follows_the_form() {
    let hint = |got: &str| {
        let finding = stream(&[some(b"abc", got.as_bytes())]).assert_finding("echo", fail("printed-form"));
        finding.because.hint().expect("a hint").id.into_owned()
    };
    assert_eq!(hint("[object Promise]"), "hint-await-missing");
    assert_eq!(hint("b'abc'"), "hint-printed-form");
}

#[rstest]
#[case::sizeof_pointer(&[some(b"a primeira mensagem", b"A PRIMEIra mensagem"), some(b"curta", b"CURTA")], "upper-only-beginning")]
#[case::first_word(&[some(b"servidor de aula", b"SERVIDOR de aula")], "case-changed")]
#[case::one_by_chance(&[some(b"a primeira mensagem", b"A PRIMEIra mensagem"), some(b"a segunda aqui", b"A SEGUNDA AQUI")], "case-changed")]
#[case::other_length(&[some(b"a primeira mensagem", b"A PRIMEIRa mensagem")], "case-changed")]
fn beginning_in_upper_case_is_named(#[case] all: &[Turn<'_>], #[case] id: &'static str) {
    stream(all).assert_finding("uppercase", fail(id));
}

#[test]
fn answer_may_come_more_than_twice() {
    stream(&[some(b"hello", b"hellohellohello")]).assert_finding("echo", fail("answered-twice"));
    stream(&[some(b"hello", b"hellohellohel")]).assert_finding("echo", fail("more-after-answer"));
}

#[rstest]
#[case::all_bytes(&[some(b"um dois, 3", b"UM\0DOIS\x0c\0\x13"), some(b"curta", b"CURTA")], "case-of-all-bytes")]
#[case::other_bytes(&[some(b"um dois, 3", b"UM\0DOIS,\x0013")], "answer-differs")]
#[case::punctuation(&[some(b"um (dois), 3", b"UM DOIS 3"), some(b"x y", b"X Y")], "characters-removed")]
#[case::all_but_letters(&[some("pão, 3".as_bytes(), b"PO"), some(b"x y", b"XY")], "characters-removed")]
#[case::one_of_them(&[some(b"um (dois), 3", b"UM DOIS 3"), some(b"x, y", b"X, Y")], "answer-differs")]
#[case::cut(&[some(b"um dois!", b"UM DOIS")], "last-byte-missing")]
#[case::mark(&[some(b"um", b"\xEF\xBB\xBFUM"), some(b"x", b"\xEF\xBB\xBFX")], "byte-order-mark-sent")]
#[case::other_prefix(&[some(b"um", b"\xEF\xBBUM")], "prefix")]
#[case::http(&[some(b"um", b"HTTP/1.1 400 Bad Request\r\n\r\n")], "http-answer")]
fn changed_and_removed_bytes_are_named(#[case] all: &[Turn<'_>], #[case] id: &'static str) {
    stream(all).assert_finding("uppercase", fail(id));
}

/// Bytes without repetitions.
fn varied(count: u32) -> Vec<u8> {
    (0..count).flat_map(|n| n.wrapping_mul(2_654_435_761).to_be_bytes()).collect()
}

#[rstest]
#[case::inside(512, 700, "bytes-skipped")]
#[case::at_the_end(512, 4000, "answer-cut-at-buffer")]
fn missing_middle_is_named(#[case] from: usize, #[case] to: usize, #[case] id: &'static str) {
    let sent = varied(1000);
    let got = [&sent[..from], &sent[to..]].concat();
    stream(&[some(&sent, &got)]).assert_finding("echo", fail(id));
}
