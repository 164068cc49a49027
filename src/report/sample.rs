//! A hand-made report for the tests of the formats, with every verdict and hostile text.

use crate::i18n::Catalog;
use crate::model::localized::ByLanguage;
use crate::model::score::earned_points;
use crate::model::{
    Annotation, Because, Difference, EvidenceKind, Excerpt, Finding, ItemResult, Judged, Language, Limitation,
    LocalizedText, Machine, Message, Report, SandboxMode, SourceLocation, SubmissionId, SubmissionResult, Verdict,
    WrittenAnswer,
};

/// The text of a hostile student in every field that a student controls.
pub(super) const HOSTILE: &str = "<script>alert(1)</script>\u{1b}[31m]]>\u{202e}\0\n::error::x\u{9b}\u{7f}";

const ENGLISH: &str = "
sample-starts = { $program } listens on 127.0.0.1:65432 (backlog { $backlog })
sample-clients = { $n } clients connected from ports 41822 41830 41844 41850 41866
sample-sends = client 3 sent \"cliente 3\", received \"CLIENTE 1\"
sample-other-answer = client 3 received the answer to another client: { $why }
sample-shared = the server mixes up the data of its connections
sample-own-variable = keep the data of each connection in a variable that belongs to that connection (or thread)
sample-silent = client 1 sent data but received no answer within { $ms } ms
sample-port = the server uses port { $port }, not the lab's 65432
sample-one-by-one = the server handles one client at a time
sample-not-delivered = not submitted
sample-no-namespace = the kernel refused a network namespace
sample-no-owners = the owners of the sockets could not be read: { $why }
sample-right = as expected
";

const PORTUGUESE: &str = "
sample-starts = { $program } escuta em 127.0.0.1:65432 (backlog { $backlog })
sample-clients = { $n } clientes conectados das portas 41822 41830 41844 41850 41866
sample-sends = o cliente 3 enviou \"cliente 3\", recebeu \"CLIENTE 1\"
sample-other-answer = o cliente 3 recebeu a resposta de outro cliente: { $why }
sample-shared = o servidor mistura os dados das conexões
sample-own-variable = guarde os dados de cada conexão numa variável da própria conexão (ou thread)
sample-silent = o cliente 1 enviou e não recebeu resposta em { $ms } ms
sample-port = o servidor usa a porta { $port }, e não a 65432 do laboratório
sample-one-by-one = o servidor atende um cliente de cada vez
sample-not-delivered = não entregue
sample-no-namespace = o kernel recusou um namespace de rede
sample-no-owners = não foi possível ler os donos dos sockets: { $why }
sample-right = como esperado
";

/// Returns the catalogue with the sample's sentences added.
pub(super) fn words(language: Language) -> Catalog {
    Catalog::load(language).with_source(match language {
        Language::English => ENGLISH,
        Language::Portuguese => PORTUGUESE,
    })
}

/// Returns a title or hint in both languages.
fn text(en: &str, pt: &str) -> LocalizedText {
    LocalizedText::ByLanguage(ByLanguage { en: en.to_owned(), pt: pt.to_owned() })
}

/// Returns an item without findings.
fn item(id: &str, title: LocalizedText, verdict: Verdict, of: u32) -> ItemResult {
    let role = id.split('.').next().unwrap_or_default();
    ItemResult {
        id: id.parse().expect("an item's name"),
        title,
        verdict,
        earned: earned_points(verdict, of),
        of,
        role: role.parse().ok(),
        program: format!("python3 {role}.py"),
        scenario: role.to_owned(),
        reason: None,
        judged: Judged::default(),
        annotations: Vec::new(),
        story: Vec::new(),
        hidden: false,
        hint: None,
        repeat: format!("socklab check . --item {id}"),
        filter: None,
        took_ms: 120,
    }
}

/// Sets the expectation and the location of a finding, as the judge does.
fn at(mut finding: Finding, line: u32, expectation: &str) -> Finding {
    finding.expectation = expectation.to_owned();
    finding.at = SourceLocation { file: "scenarios/socket-lab/tcp-multi.yaml".to_owned(), line, column: 9 };
    finding
}

/// Returns a difference in the ninth byte.
fn difference() -> Difference {
    let excerpt =
        |text: &str, hidden_after| Excerpt { text: text.to_owned(), caret: 8, hidden_before: 0, hidden_after };
    Difference { at: 8, expected: excerpt("CLIENTE 3", 0), got: excerpt("CLIENTE 1\\n", 12) }
}

/// Returns a failed item with a story, different bytes, both hints, notes, and a second finding.
fn cross_talk() -> ItemResult {
    let title = text("Several connections and why the port changes", "Multi conexões e por que a porta muda");
    let mut failed = item("tcp-multi.5", title, Verdict::Fail, 3);
    failed.story = vec![
        Message::new("sample-starts").with("program", "python3 Server-TCP-Multicliente.py").with("backlog", 5u16),
        Message::new("sample-clients").with("n", 5u16),
        Message::new("sample-sends"),
    ];
    let because = Message::new("sample-other-answer").with("why", Message::new("sample-shared"));
    failed.judged.findings = vec![
        at(Finding::pass(Message::new("sample-right")), 29, "established"),
        at(
            Finding::new(Verdict::Fail, Because::new(because, Some(Message::new("sample-own-variable"))))
                .with_note(Message::new("sample-one-by-one"))
                .with_difference(Some(difference())),
            31,
            "uppercase",
        ),
        at(Finding::new(Verdict::Fail, Message::new("sample-silent").with("ms", 2000u32)), 32, "conversations"),
    ];
    let location = SourceLocation { file: "Server-TCP-Multicliente.py".to_owned(), line: 14, column: 0 };
    failed.annotations = vec![Annotation::SourceHint { finding: 1, location }];
    failed.hint = Some(text(
        "Look at what the program does\n  between accept and send.",
        "Veja o que o programa faz\n  entre accept e send.",
    ));
    failed.repeat = "socklab check . --item tcp-multi.5 --seed 42".to_owned();
    failed
}

/// Returns a failed item of a hostile student, without a difference.
fn hostile() -> ItemResult {
    let mut failed = item("tcp-simple.3", LocalizedText::Plain(HOSTILE.to_owned()), Verdict::Fail, 2);
    failed.program = HOSTILE.to_owned();
    failed.repeat = format!("socklab check '{HOSTILE}'");
    failed.story = vec![Message::new("sample-starts").with("program", HOSTILE).with("backlog", 0u16)];
    let finding = Finding::new(Verdict::Fail, Message::new("sample-silent").with("ms", 500u32));
    failed.judged.findings = vec![at(finding, 12, "echo")];
    let location = SourceLocation { file: HOSTILE.to_owned(), line: 3, column: 5 };
    failed.annotations = vec![Annotation::SourceHint { finding: 0, location }];
    failed
}

/// Returns the report with an annotation of each source on one failed item. A further run found the
/// cause of the displayed finding.
pub(super) fn annotated() -> Report {
    let mut report = report();
    let items = &mut report.submissions[0].items;
    let item = items.iter_mut().find(|item| item.id.as_str() == "tcp-multi.5").expect("a failed item");
    let because = Because::new(
        Message::new("sample-one-by-one").with("program", "s.py"),
        Some(Message::new("sample-silent").with("ms", 7u16)),
    );
    item.judged.notes = vec![Message::new("sample-port").with("port", 5001u16)];
    item.annotations.extend([
        Annotation::Rerun { finding: 1, because },
        Annotation::AbruptClient { note: Message::new("sample-port").with("port", 5002u16) },
        Annotation::ClientCheck { note: Message::new("sample-port").with("port", 5003u16) },
        Annotation::WrittenReport(WrittenAnswer {
            answered: true,
            text: "Each client has its own port.".to_owned(),
            pictures: vec!["wireshark.png".to_owned()],
            notes: vec![Message::new("sample-port").with("port", 5004u16)],
            images: Vec::new(),
        }),
        Annotation::Evidence { folder: "evidence/tcp-multi".to_owned() },
    ]);
    report
}

/// Returns the report: two submissions with every verdict.
pub(super) fn report() -> Report {
    let start = || text("Start the server", "Inicie o servidor");
    let mut quiet = item("tcp-simple.1", start(), Verdict::Pass, 1);
    quiet.judged.findings = vec![at(Finding::pass(Message::new("sample-right")), 9, "listening")];
    let mut noted = item("udp-simple.1", start(), Verdict::Pass, 2);
    noted.judged.notes = vec![Message::new("sample-port").with("port", 5000u16)];
    let mut unseen = item(
        "remote.1",
        text(
            "Start the server on a colleague's machine, and check the address that it has on your common network",
            "Inicie o servidor na máquina de um colega e confira o endereço que ela tem na rede comum aos dois",
        ),
        Verdict::NotVerified,
        2,
    );
    unseen.reason = Some(Message::new("sample-not-delivered").into());
    let mut trouble = item("remote.2", start(), Verdict::Error, 2);
    trouble.reason = Some(Message::new("sample-no-namespace").into());
    let alone = {
        let mut failed = item("tcp-simple.1", start(), Verdict::Fail, 1);
        failed.reason = Some(Message::new("sample-not-delivered").into());
        failed
    };
    let first = vec![quiet, hostile(), noted, cross_talk(), unseen, trouble];
    Report {
        ci_env: std::collections::BTreeMap::new(),
        format: crate::model::report::FORMAT,
        socklab: "0.1.0".to_owned(),
        lab: "socket-lab".to_owned(),
        title: None,
        machine: Machine {
            stage: SandboxMode::Plain,
            cannot: vec![Limitation {
                evidence: Some(EvidenceKind::ServerSockets),
                because: Message::new("sample-no-owners").with("why", "EPERM").into(),
            }],
        },
        seed: 42,
        interrupted: true,
        submissions: vec![
            SubmissionResult::new(SubmissionId("ana".to_owned()), first, 1812),
            SubmissionResult::new(SubmissionId(HOSTILE.to_owned()), vec![alone], 80),
        ],
    }
}
