//! Errors that a program catches and hides: named with their line, and never for an error that has
//! nothing to do with the missing answer.

use rstest::rstest;
use socklab::model::Verdict;

use crate::failed_calls::checked;
use crate::program::live_tests_enabled;

/// Hides every error between a datagram and its answer.
const DATAGRAMS: &str = "import socket\ns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n\
    s.bind(('127.0.0.1', 65432))\nwhile True:\n    try:\n        d, a = s.recvfrom(2048)\n        ANSWER\n    \
    except Exception:\n        print('erro ao responder')\n";
/// As that, in a thread for each connection.
const THREADS: &str = "import socket, threading\ns = socket.socket()\n\
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)\ns.bind(('127.0.0.1', 65432))\ns.listen(5)\n\
    def serve(c):\n    try:\n        while d := c.recv(1024):\n            ANSWER\n    except Exception:\n        pass\n    \
    finally:\n        c.close()\n\
    while True:\n    c, _ = s.accept()\n    threading.Thread(target=serve, args=(c,)).start()\n";

/// As that, in Ruby.
const RUBY: &str = "require 'socket'\ns = TCPServer.new('127.0.0.1', 65432)\nloop do\n  Thread.new(s.accept) do |c|\n    \
    while (d = c.readpartial(1024))\n      ANSWER\n    end\n  rescue => e\n    nil\n  ensure\n    c.close\n  end\nend\n";

fn datagrams(answer: &str) -> String {
    DATAGRAMS.replace("ANSWER", answer)
}

fn threads(answer: &str) -> String {
    THREADS.replace("ANSWER", answer)
}

#[rstest]
#[case::misspelled("udp-simple.2", datagrams("resposta = d.upper(); s.sendto(reposta, a)"), "hint-unknown-name")]
#[case::text("tcp-multi.3", threads("c.sendall(d.decode().upper())"), "hint-text-for-bytes")]
#[case::method("tcp-multi.3", threads("c.sendall(d.toUpperCase())"), "hint-unknown-name")]
#[case::ruby("tcp-multi.3", RUBY.replace("ANSWER", "c.write(d.upercase)"), "hint-unknown-name")]
#[case::decode("tcp-simple.3", threads("c.sendall(d.decode('utf-8').encode())"), "hint-not-always-text")]
#[case::ruby_decode("tcp-simple.3", RUBY.replace("ANSWER", "c.write(d.force_encoding('UTF-8').encode('UTF-16').encode('UTF-8'))"), "hint-not-always-text")]
fn caught_error_is_named(#[case] item: &str, #[case] program: String, #[case] hint: &str) {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, id, found, _) = checked(item, &program);
    assert_eq!((verdict, &*id, &*found), (Verdict::Fail, "error-caught", hint));
}

#[rstest]
#[case::before_the_first_datagram(datagrams("d.upper()").replace(
    "while True:",
    "try:\n    s.setsockopt(socket.SOL_SOCKET, socket.SO_NONE, 1)\nexcept AttributeError:\n    pass\nwhile True:",
))]
#[case::way_of_a_sound_program(datagrams(
    "\n        try:\n            n = int(d)\n        except ValueError:\n            n = 0"
))]
#[case::none(datagrams("x = d.upper()"))]
fn other_fault_is_no_caught_error(#[case] program: String) {
    if !live_tests_enabled() {
        return;
    }
    let (verdict, id, _, named) = checked("udp-simple.2", &program);
    assert!(verdict == Verdict::Fail && id != "error-caught", "{id} {named}");
}

/// It expects data that is no text, and forgets the answer to it.
#[test]
fn error_that_the_program_names_is_not_the_fault() {
    if !live_tests_enabled() {
        return;
    }
    let answer = "\n            try:\n                t = d.decode()\n            except UnicodeDecodeError:\n                \
        return\n            c.sendall(t.encode())";
    let (verdict, id, ..) = checked("tcp-simple.3", &threads(answer));
    assert!(verdict == Verdict::Fail && id != "error-caught", "{id}");
}

#[rstest]
#[case(
    "tcp-simple.3",
    threads(
        "\n            try:\n                d = d.decode().encode()\n            except UnicodeDecodeError:\n                pass\n            c.sendall(d)"
    )
)]
#[case("udp-simple.2", datagrams("s.sendto(d.upper(), a)"))]
#[case("tcp-multi.3", threads("c.sendall(d.upper())"))]
#[case("tcp-multi.3", RUBY.replace("ANSWER", "c.write(d.upcase(:ascii))"))]
fn program_without_the_fault_passes(#[case] item: &str, #[case] program: String) {
    if !live_tests_enabled() {
        return;
    }
    assert_eq!(checked(item, &program).0, Verdict::Pass, "{program}");
}
