//! Tests of the catalogues and of message formatting.

use super::*;

#[test]
fn catalogues_parse_without_duplicate_ids() {
    for language in Language::ALL {
        let mut bundle: FluentBundle<FluentResource> = FluentBundle::new_concurrent(vec![]);
        for (subject, source) in catalog_sources(language) {
            let at = format!("{}/{subject}.ftl", language.tag());
            let resource = FluentResource::try_new(source.to_owned());
            let resource = resource.unwrap_or_else(|(_, mistakes)| panic!("{at}: {mistakes:?}"));
            if let Err(mistakes) = bundle.add_resource(resource) {
                panic!("{at}: {mistakes:?}");
            }
        }
        for id in message_ids(language) {
            assert!(bundle.has_message(&id), "{}: {id}", language.tag());
        }
    }
}

#[test]
fn both_languages_have_the_same_ids_and_variables() {
    let [english, portuguese] = [Language::English, Language::Portuguese].map(variables::all);
    assert_eq!(message_ids(Language::English), message_ids(Language::Portuguese));
    for (id, names) in english {
        assert_eq!(Some(names), portuguese.get(id), "the variables of {id}");
    }
}

#[test]
fn sentences_format_with_any_value() {
    for language in Language::ALL {
        let words = Catalog::load(language);
        for (&id, names) in variables::all(language) {
            for arg in [Arg::Number(0), Arg::Number(1), Arg::Text("x".to_owned())] {
                let args = names.iter().map(|name| (Cow::Borrowed(*name), arg.clone()));
                let message = Message { id: id.into(), args: args.collect() };
                let mut troubles = Vec::new();
                let sentence = words.try_format(&message, &mut troubles);
                assert!(sentence.is_some_and(|sentence| !sentence.is_empty()), "{language:?} {id}");
                assert!(troubles.is_empty(), "{language:?} {id}: {troubles:?}");
            }
        }
    }
}

#[test]
fn plurals_follow_the_count() {
    let points =
        |language, of: u32| Catalog::load(language).format(&Message::new("points").with("earned", 0u32).with("of", of));
    assert_eq!(points(Language::English, 1), "0/1 point");
    assert_eq!(points(Language::English, 3), "0/3 points");
    assert_eq!(points(Language::Portuguese, 1), "0/1 ponto");
    assert_eq!(points(Language::Portuguese, 0), "0/0 pontos");
}

#[test]
fn singular_is_used_for_one() {
    let sentence = |language, id: &'static str, one: u32| {
        let message = ["count", "n", "pass", "all", "wanted", "ports", "clients", "lost", "kept", "changed", "ms"];
        let message = message.iter().fold(Message::new(id), |message, &name| message.with(name, one));
        let named = ["wanted_ports", "packets", "store", "scenario", "sent", "accepted", "waiting"];
        Catalog::load(language).format(&named.iter().fold(message, |message, &name| message.with(name, 7)))
    };
    for (language, id, one, many) in [
        (Language::English, "conversations-right", "1 connection with its own", "2 connections, each with"),
        (
            Language::English,
            "conversations-other",
            "1 connection with a complete handshake is in",
            "2 connections with a complete",
        ),
        (Language::English, "conversations-other-ports", "has 1 port in", "has 2 ports in"),
        (Language::English, "too-few-connected", "1 of 1 client connected", "2 of 2 clients connected"),
        (Language::English, "datagrams-lost", "1 datagram was lost", "2 datagrams were lost"),
        (Language::English, "gap-packets-dropped", "1 packet was dropped", "2 packets were dropped"),
        (Language::English, "cli-grading-done", "1 submission in", "2 submissions in"),
        (Language::English, "cli-regraded", "1 submission regraded, 1 changed", "2 submissions regraded"),
        (Language::English, "timeline-more-clients", "and 1 client more", "and 2 clients more"),
        (Language::English, "timeline-more-rows", "and 1 line more", "and 2 lines more"),
        (Language::Portuguese, "conversations-right", "1 conexão, com sua", "2 conexões, cada uma com"),
        (Language::Portuguese, "conversations-other", "1 conexão com", "2 conexões com"),
        (Language::Portuguese, "conversations-other-ports", "1 porta na", "2 portas na"),
        (
            Language::Portuguese,
            "too-few-connected",
            "só 1 de 1 cliente se conectou",
            "só 2 de 2 clientes se conectaram",
        ),
        (Language::Portuguese, "datagrams-lost", "1 datagrama se perdeu no", "2 datagramas se perderam no"),
        (Language::Portuguese, "gap-packets-dropped", "1 pacote foi descartado", "2 pacotes foram descartados"),
        (Language::Portuguese, "cli-scenario-over", "1 de 1 passou", "2 de 2 passaram"),
        (Language::Portuguese, "cli-grading-done", "1 entrega em", "2 entregas em"),
        (Language::Portuguese, "cli-regraded", "1 entrega reavaliada, 1 mudou", "2 entregas reavaliadas, 2 mudaram"),
        (Language::Portuguese, "timeline-more-clients", "e mais 1 cliente,", "e mais 2 clientes,"),
        (Language::Portuguese, "timeline-more-rows", "e mais 1 linha", "e mais 2 linhas"),
    ] {
        assert!(sentence(language, id, 1).contains(one), "{}", sentence(language, id, 1));
        assert!(sentence(language, id, 2).contains(many), "{}", sentence(language, id, 2));
    }
    // CLDR counts zero as singular in Portuguese, but speakers use the plural.
    assert!(sentence(Language::Portuguese, "conversations-other", 0).starts_with("0 conexões"));
}

#[test]
fn nested_message_is_formatted_first() {
    let words = Catalog::load(Language::Portuguese);
    let inner = Message::new("report-no-reason");
    let outer = Message::new("report-not-verified").with("reason", inner);
    assert_eq!(words.format(&outer), "não verificado: nenhum motivo foi registrado");
}

#[test]
fn unknown_message_is_shown_without_panic() {
    let words = Catalog::load(Language::English);
    let message = Message::new("no-such")
        .with("n", 3u16)
        .with("who", "ana\u{1b}[31m")
        .with("why", Message::new("nor\u{202e}this").with("x", "y"));
    assert_eq!(words.format(&message), r#"«no-such» n=3 who="ana\u{1b}[31m" why=«nor\u{202e}this» x="y""#);
    assert_eq!(words.format(&Message::new("")), "«»");
    assert_eq!(words.format(&Message::new("report-not-verified")), "not verified: {$reason}");
}

#[test]
fn values_are_data() {
    let words = Catalog::load(Language::English);
    let say = |text: &str| words.format(&Message::new("report-seed").with("seed", text));
    let twice = |text: &str| format!("{text} (repeat with --seed {text})");
    assert_eq!(say("{ $x } \\n \\\\"), twice("{ $x } \\n \\\\"));
    assert_eq!(say("\u{1b}[31m\n\u{202e}\u{9b}\0"), twice("\\x1b[31m\\n\\u{202e}\\u{9b}\\0"));
}

#[test]
fn large_numbers_stay_exact() {
    let words = Catalog::load(Language::English);
    let message = Message::new("milliseconds").with("n", i64::MAX);
    assert_eq!(words.format(&message), "9223372036854775807 ms");
    let message = Message::new("milliseconds").with("n", 1_234_567u32);
    assert_eq!(words.format(&message), "1234567 ms");
}

#[test]
fn catalogue_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Catalog>();
}
