//! `socklab serve` on one machine and `socklab run --target` on another, as students do it: two
//! network namespaces joined by a veth pair.
//!
//! Facts that a client can prove are proved. Facts that only the other machine can observe are not
//! verified, with instructions.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use socklab::i18n::Catalog;
use socklab::model::{Language, Protocol, TcpState, Verdict};
use socklab::sys::net_namespace::{NetNamespace, within};
use socklab::sys::net_settings::{is_running, loopback_up};
use socklab::sys::offload::has_link;
use socklab::sys::sock_diag::SocketTable;
use socklab::sys::veth::{Links, VethEnd, VethSettings};

use crate::program::{ENVIRONMENT_VARS, built, live_tests_enabled, report, verdicts};

/// Set if this process already runs in its own network namespace.
const IN_NAMESPACE_VAR: &str = "SOCKLAB_TEST_TWO_MACHINES";
const HERE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 1);
const THERE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 2);

/// Runs a test again in a new user and network namespace, where it does its work.
fn run_in_namespace(test: &str, work: fn()) {
    if std::env::var_os(IN_NAMESPACE_VAR).is_some() {
        work();
        return;
    }
    if !live_tests_enabled() {
        return;
    }
    let mut command = Command::new("unshare");
    command.args(["--map-user=1000", "--map-group=1000", "--keep-caps", "--net", "--"]);
    command.arg(std::env::current_exe().expect("this program")).args(["--exact", test, "--nocapture"]);
    let output = command.env(IN_NAMESPACE_VAR, "1").output().expect("unshare");
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}");
}

/// The other machine with its server, which is killed on drop.
struct OtherMachine {
    server: Child,
    address: SocketAddr,
}

impl Drop for OtherMachine {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Creates the other machine and starts a server there, bound to this address.
fn start_other_machine(host: &str) -> OtherMachine {
    let there = NetNamespace::create().expect("a network");
    let here = NetNamespace::current().expect("this one");
    let mut links = Links::open().expect("netlink");
    let end = |namespace, name| VethEnd { namespace, name, link_address: None };
    links.create_veth(&end(&here, "wire"), &end(&there, "eth0"), &VethSettings::default()).expect("a wire");
    links.add_address("wire", HERE, 24).expect("an address");
    links.turn_on("wire").expect("on");
    loopback_up().expect("loopback");
    let set_up = || {
        let mut links = Links::open()?;
        links.add_address("eth0", THERE, 24)?;
        links.turn_on("eth0")?;
        loopback_up()
    };
    within(&there, set_up).expect("there").expect("set up");
    // On a busy machine the kernel is slow to register the link. Address resolution before that
    // fails with "no route to host".
    let passes = |interface| has_link(interface).expect("it is there") && is_running(interface).expect("it is there");
    wait_until(|| passes("wire") && within(&there, || passes("eth0")).expect("there"), "the link does not come up");
    let mut command = Command::new(built("socklab"));
    command.args(["serve", "tcp-simple", "--host", host, "--port", "65432"]).stdin(Stdio::null()).stdout(Stdio::null());
    let server = within(&there, || command.spawn()).expect("there").expect("it starts");
    let other = OtherMachine { server, address: SocketAddr::from((THERE, 65432)) };
    let mut table = within(&there, SocketTable::open).expect("there").expect("its socket table");
    let listens = || table.tcp(&[TcpState::Listen]).expect("rows").iter().any(|row| row.protocol == Protocol::Tcp);
    wait_until(listens, "the server does not come up");
    other
}

fn wait_until(mut it_is_so: impl FnMut() -> bool, otherwise: &str) {
    let began = Instant::now();
    while !it_is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{otherwise}");
        std::thread::yield_now();
    }
}

fn run(other: &OtherMachine, more: &[&str]) -> Output {
    let target = format!("remote={}", other.address);
    let mut command = Command::new(built("socklab"));
    command.args(["run", "--item", "remote.*", "--target", &target]).args(more).current_dir("/");
    for name in ENVIRONMENT_VARS {
        command.env_remove(name);
    }
    command.output().expect("socklab starts")
}

#[test]
fn client_view_of_another_machine_is_proved() {
    run_in_namespace("two_machines::client_view_of_another_machine_is_proved", || {
        let output = run(&start_other_machine("0.0.0.0"), &["--report", "json=-"]);
        let report = report(&output);
        let found = verdicts(&report);
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(found.values().all(|verdict| *verdict == Verdict::NotVerified), "{found:?}\n{stdout}");
        assert_eq!(output.status.code(), Some(3));
        let items = &report.submissions[0].items;
        // A client was connected to the machine's address and received a correct answer; that much
        // is proved.
        let passed = |expectation: &str| {
            let mut all = items.iter().flat_map(|item| item.shown().findings);
            all.any(|finding| finding.expectation == expectation && finding.verdict == Verdict::Pass)
        };
        assert!(passed("answers_as_its_role"), "{stdout}");
        // Items that are not verified give instructions, in both languages.
        for language in Language::ALL {
            let words = Catalog::load(language);
            let reasons =
                items.iter().filter_map(|item| item.reason.as_ref()).map(|reason| words.format(&reason.message()));
            let reasons: Vec<String> = reasons.collect();
            assert_eq!(reasons.len(), items.len());
            assert!(reasons.iter().any(|reason| reason.contains("ss -tulnp")), "{reasons:?}");
            assert!(reasons.iter().any(|reason| reason.contains("socklab analyze")), "{reasons:?}");
        }
    });
}

#[test]
fn server_on_other_loopback_is_unreachable() {
    run_in_namespace("two_machines::server_on_other_loopback_is_unreachable", || {
        let output = run(&start_other_machine("127.0.0.1"), &["--report", "json=-"]);
        let found = verdicts(&report(&output));
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(found.values().all(|verdict| *verdict != Verdict::Pass), "{found:?}\n{stdout}");
        assert!(stdout.contains("refused"), "{stdout}");
    });
}
