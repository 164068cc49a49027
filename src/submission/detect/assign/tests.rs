//! Tests of the assignment of programs to roles.

use super::*;

fn seen(file: &str, protocol: Protocol, answers: Option<AnswerKind>, serves: Option<Concurrency>) -> Observation {
    Observation {
        file: file.into(),
        protocol: Some(protocol),
        port: None,
        standing: Standing::Serves,
        answers,
        is_exact: answers.is_some(),
        talks: serves.is_some(),
        serves,
        is_server: true,
        is_concurrent_upper: false,
    }
}

fn on(port: u16, one: Observation) -> Observation {
    Observation { port: Some(port), ..one }
}

fn failing(file: &str, protocol: Protocol) -> Observation {
    Observation { standing: Standing::Fails, ..seen(file, protocol, None, None) }
}

fn roles_of(seen: &[Observation]) -> Vec<String> {
    roles_below("", seen)
}

fn roles_below(above: &str, seen: &[Observation]) -> Vec<String> {
    let roles = crate::scenario::lab::Lab::bundled("socket-lab", None).expect("it is right").roles;
    let assigned = assign(seen, Path::new(above), &roles);
    assigned.iter().map(|(role, &place)| format!("{role}={}", seen[place].file.display())).collect()
}

const ECHO: Option<AnswerKind> = Some(AnswerKind::Echo);
const UPPER: Option<AnswerKind> = Some(AnswerKind::Uppercase);
const ONE: Option<Concurrency> = Some(Concurrency::One);
const MANY: Option<Concurrency> = Some(Concurrency::Many);

#[test]
fn behavior_outweighs_names() {
    let all = [
        seen("Server-TCP-Multicliente.py", Protocol::Tcp, UPPER, MANY),
        seen("ServerTCP.py", Protocol::Tcp, ECHO, ONE),
        seen("server-udp.py", Protocol::Udp, UPPER, MANY),
    ];
    let wanted = ["tcp-multi=Server-TCP-Multicliente.py", "tcp-simple=ServerTCP.py", "udp-simple=server-udp.py"];
    assert_eq!(roles_of(&all), wanted);
    let swapped = [seen("multi.py", Protocol::Tcp, ECHO, ONE), seen("simples.py", Protocol::Tcp, UPPER, MANY)];
    assert_eq!(roles_of(&swapped), ["tcp-multi=simples.py", "tcp-simple=multi.py"]);
}

#[test]
fn names_decide_without_observations() {
    let all = [seen("multi.py", Protocol::Tcp, None, None), seen("simples.py", Protocol::Tcp, None, None)];
    assert_eq!(roles_of(&all), ["tcp-multi=multi.py", "tcp-simple=simples.py"]);
    let both = [seen("simple.py", Protocol::Tcp, UPPER, ONE), seen("multi.py", Protocol::Tcp, UPPER, MANY)];
    assert_eq!(roles_of(&both), ["tcp-multi=multi.py", "tcp-simple=simple.py"]);
}

#[test]
fn program_gets_one_role_and_others_stay_empty() {
    assert_eq!(roles_of(&[seen("server.py", Protocol::Tcp, ECHO, ONE)]), ["tcp-simple=server.py"]);
    assert_eq!(roles_of(&[seen("server.py", Protocol::Udp, ECHO, MANY)]), ["udp-simple=server.py"]);
    let all = [seen("server.py", Protocol::Tcp, ECHO, ONE), seen("udpserver.py", Protocol::Tcp, None, None)];
    assert!(roles_of(&all).contains(&"tcp-simple=server.py".to_owned()), "{:?}", roles_of(&all));
}

#[test]
fn unrelated_program_fills_no_second_role() {
    let all =
        [on(65432, seen("eco.py", Protocol::Tcp, ECHO, ONE)), on(7000, seen("reverso.py", Protocol::Tcp, None, MANY))];
    assert_eq!(roles_of(&all), ["tcp-simple=eco.py"]);
    assert_eq!(roles_of(&[on(7000, seen("eco.py", Protocol::Tcp, ECHO, ONE))]), ["tcp-simple=eco.py"]);
}

#[test]
fn clear_names_outweigh_one_wrong_answer() {
    for serves in [ONE, MANY] {
        let all = [
            on(65432, seen("Server-TCP-simple.py", Protocol::Tcp, UPPER, serves)),
            on(65432, seen("Server-TCP-Multicliente.py", Protocol::Tcp, ECHO, MANY)),
        ];
        assert_eq!(roles_of(&all), ["tcp-multi=Server-TCP-Multicliente.py", "tcp-simple=Server-TCP-simple.py"]);
    }
    let alone = [on(65432, seen("servidor_multi.py", Protocol::Tcp, ECHO, MANY))];
    assert_eq!(roles_of(&alone), ["tcp-multi=servidor_multi.py"]);
}

#[test]
fn only_server_of_a_protocol_is_judged() {
    let udp = on(5000, seen("servidor.py", Protocol::Udp, ECHO, MANY));
    assert_eq!(roles_of(std::slice::from_ref(&udp)), ["udp-simple=servidor.py"]);
    let other = on(5001, seen("outro.py", Protocol::Udp, None, MANY));
    assert_eq!(roles_of(&[other, udp]), ["udp-simple=servidor.py"], "the better one");
    assert_eq!(roles_of(&[on(80, seen("x.py", Protocol::Tcp, None, MANY))]), ["tcp-simple=x.py"]);
    assert_eq!(roles_of(&[failing("x.c", Protocol::Tcp), failing("y.c", Protocol::Tcp)]), ["tcp-simple=x.c"]);
    let tool = Observation { is_server: false, ..failing("x.c", Protocol::Tcp) };
    assert_eq!(roles_of(&[tool]), Vec::<String>::new());
    let upper = Observation { is_concurrent_upper: true, ..failing("x.c", Protocol::Tcp) };
    assert_eq!(roles_of(&[upper]), ["tcp-multi=x.c"]);
}

#[test]
fn program_that_serves_comes_before_one_that_fails() {
    let eco = || on(65432, seen("eco.py", Protocol::Tcp, ECHO, ONE));
    assert_eq!(roles_of(&[eco(), failing("outro.py", Protocol::Tcp)]), ["tcp-simple=eco.py"]);
    let named = [eco(), failing("servidor_multi.py", Protocol::Tcp)];
    assert_eq!(roles_of(&named), ["tcp-multi=servidor_multi.py", "tcp-simple=eco.py"]);
    let listening = on(50000, seen("servidor_tcp.py", Protocol::Tcp, None, None));
    assert_eq!(roles_of(&[failing("a.py", Protocol::Tcp), listening]), ["tcp-simple=servidor_tcp.py"]);
    let udp = [eco(), failing("asyncsslecho.py", Protocol::Tcp)];
    assert!(!roles_of(&udp).iter().any(|one| one.starts_with("udp")));
}

#[test]
fn exact_answer_comes_before_one_with_more_in_it() {
    let prefixed = Observation { is_exact: false, ..on(5000, seen("a.py", Protocol::Tcp, ECHO, ONE)) };
    let exact = on(5000, seen("b.py", Protocol::Tcp, ECHO, ONE));
    assert!(roles_of(&[prefixed, exact]).contains(&"tcp-simple=b.py".to_owned()));
}

#[test]
fn many_programs_and_roles_are_assigned_quickly() {
    let lab = crate::scenario::lab::Lab::bundled("socket-lab", None).expect("it is right");
    let entry = lab.roles.values().find(|entry| entry.falls_back_to.is_empty()).expect("a role");
    let roles = (0..7).map(|k| (format!("r{k}").parse().expect("a role"), entry.clone())).collect();
    let all: Vec<Observation> =
        (0..24).map(|k| on(65432, seen(&format!("s{k}.py"), Protocol::Tcp, UPPER, MANY))).collect();
    assert_eq!(assign(&all, Path::new(""), &roles).len(), 7);
}

#[test]
fn folder_above_all_files_names_a_role_if_no_file_does() {
    let crashed = || on(65432, seen("servidor.rb", Protocol::Tcp, None, None));
    assert_eq!(roles_of(&[crashed()]), ["tcp-simple=servidor.rb"]);
    assert_eq!(roles_below("multi", &[crashed()]), ["tcp-multi=servidor.rb"]);
    assert_eq!(roles_below("multi/src", &[crashed()]), ["tcp-multi=servidor.rb"]);
    assert_eq!(roles_below("v1.multi", &[crashed()]), ["tcp-multi=servidor.rb"]);
    // A name that is not clear, or of another protocol, and behavior that tells more.
    for above in ["lab-simples-e-multi", "redes-udp", "ana-souza", "remoto"] {
        assert_eq!(roles_below(above, &[crashed()]), ["tcp-simple=servidor.rb"], "{above}");
    }
    assert_eq!(roles_below("multi", &[on(65432, seen("s.py", Protocol::Tcp, ECHO, ONE))]), ["tcp-simple=s.py"]);
    let with_name = [crashed(), on(65432, seen("simples.rb", Protocol::Tcp, None, None))];
    assert_eq!(roles_below("multi", &with_name), roles_of(&with_name));
}

#[test]
fn remote_program_is_assigned_by_name() {
    let all =
        [seen("servidor_remoto.py", Protocol::Tcp, ECHO, ONE), seen("servidor_simples.py", Protocol::Tcp, ECHO, ONE)];
    assert_eq!(roles_of(&all), ["remote=servidor_remoto.py", "tcp-simple=servidor_simples.py"]);
}
