//! Tests of the advice for known errors.

use rstest::rstest;

use super::*;

#[rstest]
#[case("java.io.FileNotFoundException: servidor.properties (No such file or directory)", Hint::FileThere)]
#[case("Error: ENOENT: no such file or directory, open 'config.json'", Hint::FileThere)]
#[case(
    "System.InvalidOperationException: Not listening. You must call the Start() method before calling this method.",
    Hint::StartListener
)]
#[case(
    "RangeError [ERR_SOCKET_BAD_PORT]: Port should be > 0 and < 65536. Received type string ('127.0.0.1').",
    Hint::PortNumber
)]
#[case("setsockopt: Bad address", Hint::OptionAddress)]
#[case("recvfrom: Bad address", Hint::BufferAddress)]
#[case("AttributeError: 'coroutine' object has no attribute 'strip'", Hint::AwaitMissing)]
#[case(
    "PHP Warning:  stream_socket_server(): Unable to connect to udp://127.0.0.1:9 (Unknown error) in s.php on line 9",
    Hint::BindFlag
)]
#[case("ValueError: file descriptor cannot be a negative integer (-1)", Hint::ClosedInSelect)]
#[case("KeyError: '<socket.socket fd=5> (FD 5) is already registered'", Hint::StillRegistered)]
#[case("TypeError: a bytes-like object is required, not 'str'", Hint::TextForBytes)]
#[case("TypeError: can only concatenate str (not \"bytes\") to str", Hint::TextForBytes)]
#[case("TypeError: sendto(): AF_INET address must be tuple, not NoneType", Hint::AddressPair)]
#[case("AttributeError: 'tuple' object has no attribute 'recv'", Hint::TwoValues)]
#[case("TypeError: f() takes 1 positional argument but 2 were given", Hint::ThreadArguments)]
#[case("UnicodeDecodeError: 'utf-8' codec can't decode byte 0xc3 in position 0", Hint::NotAlwaysText)]
#[case("UnboundLocalError: cannot access local variable 'n'", Hint::DeclareGlobal)]
#[case("NameError: name 'sokcet' is not defined", Hint::UnknownName)]
#[case("TypeError: dados.toUpper is not a function", Hint::UnknownName)]
#[case("RuntimeError: Set changed size during iteration", Hint::ChangedInLoop)]
#[case("java.util.ConcurrentModificationException", Hint::ChangedInLoop)]
#[case(
    "java.lang.NullPointerException: Cannot invoke \"java.nio.channels.SocketChannel.configureBlocking(boolean)\" because \"<local6>\" is null",
    Hint::NoKeyWaited
)]
#[case("Exception in thread \"Thread-0\" java.lang.NullPointerException", Hint::EmptyValue)]
#[case("TypeError: Cannot read properties of undefined (reading 'write')", Hint::EmptyValue)]
#[case("s.rb:4:in `x': undefined method `upcase' for nil (NoMethodError)", Hint::EmptyValue)]
#[case(
    "java.util.concurrent.RejectedExecutionException: Task java.util.concurrent.FutureTask@1 rejected",
    Hint::PoolShutDown
)]
#[case("RuntimeError: threads can only be started once", Hint::StartedTwice)]
#[case("java.lang.StringIndexOutOfBoundsException: Range [0, -1) out of bounds for length 1024", Hint::EndAsCount)]
#[case("panic: runtime error: slice bounds out of range [:64] with capacity 32", Hint::OutOfRange)]
#[case("terminate called without an active exception", Hint::ThreadDestroyed)]
#[case("free(): double free detected in tcache 2", Hint::FreedTwice)]
#[case("2026/12/01 23:12:58 EOF", Hint::EndIsNoError)]
#[case("java.io.EOFException", Hint::EndIsNoError)]
#[case("panic: assignment to entry in nil map", Hint::MakeMap)]
#[case("panic: send on closed channel", Hint::ClosedChannel)]
#[case("fatal error: sync: unlock of unlocked mutex", Hint::NotHeld)]
#[case("fatal error: all goroutines are asleep - deadlock!", Hint::AllWait)]
#[case("listen tcp: address 65432: missing port in address", Hint::AddressText)]
#[case("Error [ERR_STREAM_WRITE_AFTER_END]: write after end", Hint::WriteAfterEnd)]
#[case("Error [ERR_SOCKET_DGRAM_NOT_RUNNING]: Not running", Hint::SocketClosedEarly)]
#[case(
    "TypeError [ERR_INVALID_ARG_TYPE]: The \"chunk\" argument must be of type string or an instance of Buffer or Uint8Array.",
    Hint::TextOrBuffer
)]
#[case("ValueError: invalid literal for int() with base 10: b'um'", Hint::NotANumber)]
#[case("java.io.UTFDataFormatException: malformed input around byte 137", Hint::NoLength)]
#[case("TypeError: dados.toUpperCase is not a function", Hint::BufferToText)]
#[case("TypeError: dados.foo is not a function", Hint::UnknownName)]
#[case("ReferenceError: toUpperCase is not defined", Hint::UnknownName)]
#[case("EOFError: EOF when reading a line", Hint::WaitsForKeyboard)]
#[case("panic: runtime error: slice bounds out of range [:-1]", Hint::LastByte)]
#[case("java.nio.channels.IllegalBlockingModeException", Hint::SetNonBlocking)]
#[case("java.nio.channels.CancelledKeyException", Hint::CancelledKey)]
#[case("java.nio.BufferOverflowException", Hint::FlipBuffer)]
#[case("SyntaxError: Unexpected token 'O', \"Olá\" is not valid JSON", Hint::PlainBytes)]
#[case("java.io.StreamCorruptedException: invalid stream header: 4F6C", Hint::PlainBytes)]
#[case("servidor.rb:7:in `readpartial': stream closed in another thread (IOError)", Hint::DescriptorClosed)]
#[case(
    "PHP Fatal error:  Uncaught Error: socket_accept(): Argument #1 ($socket) has already been closed in /a.php:7",
    Hint::DescriptorClosed
)]
#[case("Unhandled exception. System.ObjectDisposedException: Cannot access a disposed object.", Hint::DescriptorClosed)]
#[case("socket.gaierror: [Errno -2] Name or service not known", Hint::HostIsAddress)]
#[case("TypeError: 'str' object cannot be interpreted as an integer", Hint::IntegerPort)]
#[case("OSError: [Errno 97] Address family not supported by protocol", Hint::BindFamily)]
#[case("java.lang.IndexOutOfBoundsException: offset 0, count -1, length 8192", Hint::EndAsCount)]
#[case("ValueError: too many values to unpack (expected 2)", Hint::TwoValues)]
#[case("ValueError: not enough values to unpack (expected 3, got 2)", Hint::UnpackCount)]
#[case("ValueError: not enough values to unpack (expected 2, got 1)", Hint::UnpackCount)]
#[case("ValueError: too many values to unpack (expected 3)", Hint::UnpackCount)]
#[case("_queue.Empty", Hint::QueueWaits)]
#[case("TypeError: a bytes-like object is required, not 'builtin_function_or_method'", Hint::CallIt)]
#[case("TypeError: socket.bind() takes exactly one argument (2 given)", Hint::AddressPair)]
#[case("AttributeError: type object 'socket' has no attribute 'AF_INET'", Hint::ImportSocket)]
#[case("s.rb:11:in `f': undefined method `strip' for [\"oi\", []]:Array (NoMethodError)", Hint::TwoValues)]
#[case("panic: listen udp 127.0.0.1:65431: unexpected address type", Hint::ListenPacket)]
#[case("accept: Interrupted system call", Hint::Interrupted)]
#[case("Erro no recvfrom: Bad address", Hint::BufferAddress)]
#[case("panic: sync: negative WaitGroup counter", Hint::WaitGroupAdd)]
#[case("s.rb:11:in `block in f': can't modify frozen String: \"\" (FrozenError)", Hint::FrozenText)]
#[case("lua: s.lua:16: bad argument #1 to 'upper' (string expected, got no value)", Hint::CallByColon)]
#[case(
    "Uncaught TypeError: socket_write(): Argument #1 ($socket) must be of type Socket, null given",
    Hint::NullArgument
)]
#[case("Error: Main method not found in class ServidorUdp, please define the main method as:", Hint::MainMethod)]
#[case("AttributeError: partially initialized module 'socket' has no attribute 'AF_INET'", Hint::OwnFileName)]
#[case("Encoding::InvalidByteSequenceError: \"\\x80\" on UTF-8", Hint::NotAlwaysText)]
#[case("s.rb:5:in `<main>': uninitialized constant TCPServer (NameError)", Hint::RequireMissing)]
#[case("bind: Socket operation on non-socket", Hint::NoSocket)]
#[case("BlockingIOError: [Errno 11] Resource temporarily unavailable", Hint::WaitForData)]
#[case("s.rb:14:in `send': no implicit conversion of nil into String (TypeError)", Hint::BangMethod)]
fn known_errors_have_their_advice(#[case] line: &str, #[case] hint: Hint) {
    assert_eq!(advice(line), Some(hint));
}

#[rstest]
#[case("KeyError: 'x'")]
#[case("servidor encerrado")]
#[case("SyntaxError: positional argument follows keyword argument")]
#[case("Error: connection null")]
#[case("recebido: EOFs")]
#[case(
    "PHP Warning:  stream_socket_server(): Unable to connect to udp://127.0.0.1:9 (Permission denied) in s.php on line 9"
)]
#[case("java.lang.RuntimeException: x")]
fn other_errors_have_none(#[case] line: &str) {
    assert_eq!(advice(line), None);
}

#[rstest]
#[case::python("TypeError: unsupported operand type(s) for +: 'int' and 'str'")]
#[case::java("Exception in thread \"main\" java.lang.ClassCastException: class A cannot be cast to class B")]
#[case::node("ReferenceError: resposta is not defined")]
#[case::go("panic: interface conversion: net.Conn is *net.UnixConn, not *net.TCPConn")]
#[case::lua("lua: s.lua:4: attempt to call a table value")]
#[case::ruby("s.rb:4:in `+': comparison of Integer with String failed (ArgumentError)")]
fn mistakes_are_to_be_fixed(#[case] line: &str) {
    assert!(is_mistake(line));
}

#[rstest]
#[case::value("ValueError: bad number")]
#[case::key("KeyError: 'x'")]
#[case::client("ConnectionResetError: [Errno 104] Connection reset by peer")]
#[case::input("java.util.InputMismatchException: For input string: \"x\"")]
#[case::words("recv: Connection timed out")]
fn other_errors_may_be_a_clients(#[case] line: &str) {
    assert!(!is_mistake(line));
}
