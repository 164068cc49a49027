//! Real programs whose calls are changed, each beside the same program without a change.

use std::collections::BTreeMap;

use rstest::rstest;

use crate::model::Mutation;
use crate::sys::syscall_trace::tests::run_mutated;

/// A program with a server and a client in one process, which prints what each received.
const OVER_TCP: &str = "
s = socket.create_server(('127.0.0.1', 0))
c = socket.create_connection(s.getsockname())
a, _ = s.accept()
c.sendall(b'hello')
c.shutdown(socket.SHUT_WR)
got = b''
while True:
    d = a.recv(100)
    if not d: break
    got += d
print(got.decode(), flush=True)
";

/// The same over UDP, with the address that the datagram came from.
const OVER_UDP: &str = "
a, b = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in 'ab']
a.bind(('127.0.0.1', 0)); b.bind(('127.0.0.1', 0))
b.sendto(b'hello', a.getsockname())
d, at = a.recvfrom(100)
print(d.decode(), at == b.getsockname(), flush=True)
";

/// Returns the exit code of a program and the lines that it printed, with a mutation.
fn mutated(mutation: Option<Mutation>, text: &str) -> (i32, String) {
    let (code, output, changed) = run_mutated(mutation, text);
    assert_eq!(changed > 0, mutation.is_some(), "{mutation:?} changed {changed} calls");
    (code, output.trim_end().to_owned())
}

#[rstest]
#[case::unchanged(None, "hello")]
#[case::loses_last_byte(Some(Mutation::LosesLastByte), "hell")]
#[case::changes_byte(Some(Mutation::ChangesByte), "hemlo")]
#[case::sends_twice(Some(Mutation::SendsTwice), "hellohello")]
#[case::sends_nothing(Some(Mutation::SendsNothing), "")]
#[case::loses_received(Some(Mutation::LosesReceivedByte), "hell")]
#[case::ends(Some(Mutation::EndsAfterFirstRead), "hello")]
#[case::short_reads(Some(Mutation::ShortReads), "hello")]
#[case::short_writes(Some(Mutation::ShortWrites), "hello")]
#[case::waits_for_all(Some(Mutation::WaitsForFullBuffer), "hello")]
#[case::prints_nothing(Some(Mutation::PrintsNothing), "")]
#[case::prints_other(Some(Mutation::PrintsOtherByte), "helmo")]
fn stream_is_changed(#[case] mutation: Option<Mutation>, #[case] printed: &str) {
    assert_eq!(mutated(mutation, OVER_TCP), (0, printed.to_owned()));
}

#[rstest]
#[case::unchanged(None, "hello True")]
#[case::loses_last_byte(Some(Mutation::LosesLastByte), "hell True")]
#[case::other_socket(Some(Mutation::SendsFromOtherSocket), "hello False")]
fn datagram_is_changed(#[case] mutation: Option<Mutation>, #[case] printed: &str) {
    assert_eq!(mutated(mutation, OVER_UDP), (0, printed.to_owned()));
}

#[test]
fn datagrams_go_to_the_first_address() {
    let text = "
a, b, c = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in 'abc']
a.bind(('127.0.0.1', 0)); b.bind(('127.0.0.1', 0))
c.sendto(b'1', a.getsockname()); c.sendto(b'2', b.getsockname())
a.recv(9)
print(a.recv(9).decode(), flush=True)
";
    assert_eq!(mutated(Some(Mutation::SendsToFirstAddress), text), (0, "2".to_owned()));
}

#[test]
fn buffers_of_an_array_are_changed() {
    let text = OVER_TCP.replace("c.sendall(b'hello')", "c.sendmsg([b'', b'he', b'llo', b''])");
    let printed: BTreeMap<&str, String> =
        [Mutation::LosesLastByte, Mutation::ChangesByte, Mutation::SendsTwice, Mutation::ShortWrites]
            .into_iter()
            .map(|mutation| (mutation.id(), mutated(Some(mutation), &text).1))
            .collect();
    let wanted =
        [("loses-last-byte", "hell"), ("changes-byte", "hemlo"), ("sends-twice", "hellohello"), ("short-writes", "he")];
    assert_eq!(printed, wanted.into_iter().map(|(id, text)| (id, text.to_owned())).collect());
}

#[test]
fn memory_is_restored_after_the_call() {
    let text = "
s = socket.create_server(('127.0.0.1', 0))
c = socket.create_connection(s.getsockname())
data = bytearray(b'hello')
c.sendall(data)
print(data.decode(), s.accept()[0].recv(9).decode(), flush=True)
";
    assert_eq!(mutated(Some(Mutation::ChangesByte), text), (0, "hello hemlo".to_owned()));
}

#[rstest]
#[case::never_closes(Mutation::NeverCloses, "timed out")]
#[case::resets(Mutation::ResetsConnections, "[Errno 104] Connection reset by peer")]
fn connection_ends_otherwise(#[case] mutation: Mutation, #[case] printed: &str) {
    let text = "
s = socket.create_server(('127.0.0.1', 0))
c = socket.create_connection(s.getsockname())
a, _ = s.accept()
a.close()
c.settimeout(0.2)
try: print('read', c.recv(9), flush=True)
except OSError as error: print(error, flush=True)
";
    assert_eq!(mutated(Some(mutation), text), (0, printed.to_owned()));
}

#[test]
fn accept_leaves_every_second_connection() {
    let text = "
s = socket.create_server(('127.0.0.1', 0))
c = [socket.create_connection(s.getsockname()) for _ in range(3)]
ends = [s.accept()[1] for _ in range(2)]
print([one.getsockname() in ends for one in c], flush=True)
";
    assert_eq!(mutated(Some(Mutation::LeavesConnections), text), (0, "[True, False, True]".to_owned()));
}

#[test]
fn program_ends_instead_of_its_second_accept() {
    let text = "
s = socket.create_server(('127.0.0.1', 0))
c = [socket.create_connection(s.getsockname()) for _ in range(2)]
s.accept(); print('one', flush=True)
s.accept(); print('two', flush=True)
";
    assert_eq!(mutated(Some(Mutation::ServesOneClient), text), (0, "one".to_owned()));
}

#[test]
fn addresses_and_types_are_changed() {
    let bound = "
s = socket.socket(); s.bind(('127.0.0.1', 45678)); print(s.getsockname()[1], flush=True)
";
    assert_eq!(mutated(Some(Mutation::BindsNextPort), bound), (0, "45679".to_owned()));
    let everywhere = "s = socket.socket(); s.bind(('', 0)); print(s.getsockname()[0], flush=True)\n";
    assert_eq!(mutated(Some(Mutation::BindsLoopback), everywhere), (0, "127.0.0.1".to_owned()));
    let kind = "print(socket.socket().getsockopt(socket.SOL_SOCKET, socket.SO_TYPE), flush=True)\n";
    assert_eq!(mutated(Some(Mutation::SwapsTransport), kind), (0, "2".to_owned()));
    let listens = "
s = socket.socket(); s.bind(('127.0.0.1', 0)); s.listen()
print(s.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN), flush=True)
";
    assert_eq!(mutated(Some(Mutation::NeverListens), listens), (0, "0".to_owned()));
}

#[test]
fn exit_code_and_interruptions_are_changed() {
    assert_eq!(mutated(Some(Mutation::SwapsExitCode), "sys.exit(0)\n").0, 1);
    assert_eq!(mutated(Some(Mutation::SwapsExitCode), "sys.exit(3)\n").0, 0);
    let text = OVER_TCP.replace("c.sendall(b'hello')", "for one in b'hello': c.sendall(bytes([one]))");
    assert_eq!(mutated(Some(Mutation::Interrupts), &text), (0, "hello".to_owned()));
}

#[test]
fn files_are_changed() {
    let text = "
import tempfile
with tempfile.NamedTemporaryFile() as file:
    file.write(b'hello'); file.flush()
    print(open(file.name).read(), flush=True)
";
    assert_eq!(mutated(Some(Mutation::WritesOtherByte), text), (0, "hemlo".to_owned()));
    assert_eq!(mutated(Some(Mutation::WritesNothing), text), (0, String::new()));
}
