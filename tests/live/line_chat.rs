//! The lab `line-chat`: its reference program, faults and near misses, and Python submissions
//! without a manifest.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;

use rstest::rstest;
use socklab::model::{Report, Verdict};

use crate::matrix::{faults_fail_exactly, near_misses_pass};
use crate::program::{Machine, live_tests_enabled, report, verdicts};

const LAB: &str = "line-chat";

/// A chat server as students write it: one thread and one queue per client.
const SOUND: &str = "import queue, socket, threading

clientes = {}          # a conexão de cada um, e a fila do que ainda vai para ele
tranca = threading.Lock()

def avisa(de, texto):
    with tranca:
        for outra, fila in list(clientes.items()):
            if outra is not de:
                try:
                    fila.put_nowait(texto.encode() + b'\\n')
                except queue.Full:
                    outra.shutdown(socket.SHUT_RDWR)

def escreve(conexao, fila):
    while True:
        linha = fila.get()
        if linha is None:
            return
        try:
            conexao.sendall(linha)
        except OSError:
            return

def atende(conexao):
    arquivo = conexao.makefile('r', encoding='utf-8', newline='\\n')
    fila = queue.Queue(500)
    nome = arquivo.readline().strip()
    if not nome:
        return conexao.close()
    threading.Thread(target=escreve, args=(conexao, fila), daemon=True).start()
    avisa(conexao, '+' + nome)
    with tranca:
        clientes[conexao] = fila
    try:
        for linha in arquivo:
            avisa(conexao, nome + ': ' + linha.rstrip('\\r\\n'))
    except OSError:
        pass
    with tranca:
        del clientes[conexao]
    avisa(conexao, '-' + nome)
    fila.put(None)
    arquivo.close()
    conexao.close()

with socket.create_server(('127.0.0.1', 65433)) as servidor:
    while True:
        conexao, _ = servidor.accept()
        threading.Thread(target=atende, args=(conexao,), daemon=True).start()
";

/// Checks a submission that consists of this program and no manifest.
fn check(file: &str, text: &str) -> Report {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("permissions");
    fs::write(folder.path().join(file), text).expect("written");
    let evidence = tempfile::tempdir().expect("a folder");
    let (path, kept) = (folder.path().display().to_string(), evidence.path().join("kept").display().to_string());
    let arguments = ["check", &path, "--lab", LAB, "--evidence", &kept, "--report", "json=-"];
    report(&Machine::Open.socklab(&arguments).output().expect("socklab starts"))
}

#[test]
fn chat_server_passes_every_item() {
    if !live_tests_enabled() {
        return;
    }
    let output = Machine::Open.socklab(&["run", "--lab", LAB, "--report", "json=-"]).output().expect("socklab starts");
    let found = verdicts(&report(&output));
    let all = (1..=5).map(|n| (format!("chat.{n}"), Verdict::Pass)).collect::<BTreeMap<_, _>>();
    assert_eq!((found, output.status.code()), (all, Some(0)));
}

#[test]
fn chat_near_misses_pass_every_item() {
    near_misses_pass(LAB);
}

#[test]
fn chat_faults_fail_exactly_their_items() {
    faults_fail_exactly(LAB, "line-chat-words");
}

#[rstest]
#[case::sound("chat.py", [], &[], "")]
#[case::called_otherwise("servidor.py", [], &[], "")]
#[case::echoes("chat.py", [("if outra is not de:", "if True:")], &["chat.3"], "line-own")]
#[case::blocks("chat.py", [("fila.put_nowait(texto.encode() + b'\\n')", "outra.sendall(texto.encode() + b'\\n')")], &["chat.5"], "line-held-up")]
fn python_submission_is_detected_and_judged<const N: usize>(
    #[case] file: &str,
    #[case] changes: [(&str, &str); N],
    #[case] fails: &[&str],
    #[case] because: &str,
) {
    if !live_tests_enabled() {
        return;
    }
    let text = changes.iter().fold(SOUND.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let report = check(file, &text);
    let submission = &report.submissions[0];
    let role = "chat".parse().expect("a name");
    let found: Vec<_> = submission.programs.iter().map(|one| (one.role.as_ref(), one.program.as_str())).collect();
    assert_eq!(found, [(Some(&role), file)]);
    for item in &submission.items {
        let expected = if fails.contains(&item.id.as_str()) { Verdict::Fail } else { Verdict::Pass };
        assert_eq!(item.verdict, expected, "{}: {:?}", item.id, item.shown().findings);
        let failed = item.shown().findings.into_iter().find(|finding| finding.verdict == Verdict::Fail);
        assert!(failed.is_none_or(|finding| finding.because.message().id == because), "{failed:?}");
    }
    assert_eq!(submission.items.len(), 5);
}
