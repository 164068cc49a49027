//! The advice for well-known errors that programs print, of several languages. Their messages name
//! what the runtime noticed, and not what the program did wrong.
//!
//! Matches lines in lower case. The first row that fits counts: special ones come first.

#[cfg(test)]
mod tests;

use super::compile_errors::{cannot_read_program, compile_advice};
use crate::model::Hint;

/// Parts of a line in lower case, and the hint for an error with one of them.
type Row = (&'static [&'static str], Hint);

/// Errors of reads that found no data, and did not wait for it.
const NOTHING_THERE: &[&str] = &["errno 11]", "temporarily unavailable", "would block", "wouldblock"];

const ROWS: &[Row] = &[
    (&["socket operation on non-socket", "enotsock"], Hint::NoSocket),
    (&["address family for hostname not supported", "address family not supported"], Hint::BindFamily),
    (&["getaddrinfo", "gaierror", "name or service not known", "nodename nor servname"], Hint::HostIsAddress),
    (
        &["cannot be interpreted as an integer", "an integer is required", "required argument is not an integer"],
        Hint::IntegerPort,
    ),
    (&["builtin_function_or_method", "not 'method'", "bound method"], Hint::CallIt),
    (&["'coroutine' object", "was never awaited"], Hint::AwaitMissing),
    (&["filenotfound", "no such file or", "enoent", "failed to open stream", "nosuchfile"], Hint::FileThere),
    (&["must call the start() method", "you must call start"], Hint::StartListener),
    (&["port should be", "err_socket_bad_port"], Hint::PortNumber),
    (&["file descriptor cannot be a negative integer"], Hint::ClosedInSelect),
    (&["is already registered"], Hint::StillRegistered),
    (
        &[
            "a bytes-like object is required",
            "can't concat str to bytes",
            "str to bytes",
            "can only concatenate str (not \"bytes\")",
            "must be str, not bytes",
            "'str' object has no attribute 'decode'",
            "'bytes' object has no attribute 'encode'",
            "'bytes' object has no attribute 'format'",
            "argument should be integer or bytes-like object, not 'str'",
        ],
        Hint::TextForBytes,
    ),
    (&["address must be tuple", "getsockaddrarg"], Hint::AddressPair),
    (&["bind() takes exactly one argument", "connect() takes exactly one argument"], Hint::AddressPair),
    (&["type object 'socket' has no attribute"], Hint::ImportSocket),
    (&["for an instance of array", "' for [", "` for ["], Hint::TwoValues),
    (&["unexpected address type"], Hint::ListenPacket),
    (&["queue.empty", "queue.full"], Hint::QueueWaits),
    (&["interrupted system call", "[errno 4]", "eintr"], Hint::Interrupted),
    (
        &[
            "setsockopt: bad address",
            "setsockopt failed: bad address",
            "setsockopt(): bad address",
            "(setsockopt): bad address",
            "reuseaddr: bad address",
            "reuseaddr failed: bad address",
        ],
        Hint::OptionAddress,
    ),
    (&["bad address", "[errno 14]", "efault"], Hint::BufferAddress),
    (&["negative waitgroup counter"], Hint::WaitGroupAdd),
    (&["frozenerror", "can't modify frozen"], Hint::FrozenText),
    (&["got no value"], Hint::CallByColon),
    (&[", null given"], Hint::NullArgument),
    (&["main method not found", "'main' method"], Hint::MainMethod),
    (&["partially initialized module", "circular import"], Hint::OwnFileName),
    (&["uninitialized constant"], Hint::RequireMissing),
    (&["'tuple' object has no attribute", "too many values to unpack (expected 2"], Hint::TwoValues),
    (&["values to unpack"], Hint::UnpackCount),
    (&["argument after * must be an iterable"], Hint::ArgumentTuple),
    (
        &[
            "takes 0 positional arguments",
            "positional argument but",
            "positional arguments but",
            "required positional argument",
            "takes exactly",
            "wrong number of arguments",
            "too few arguments to function",
        ],
        Hint::ThreadArguments,
    ),
    (
        &[
            "codec can't decode",
            "codec can't encode",
            "fromutf8error",
            "utf8error",
            "invalid utf-8",
            "valid utf-8",
            "malformedinputexception",
            "invalid byte sequence in utf-8",
            "incompatible character encodings",
            "invalidbytesequenceerror",
            "undefinedconversionerror",
        ],
        Hint::NotAlwaysText,
    ),
    (&["unboundlocalerror", "referenced before assignment", "cannot access local variable"], Hint::DeclareGlobal),
    (&["configureblocking"], Hint::NoKeyWaited),
    (&["unknown port", "missing port in address", "too many colons in address"], Hint::AddressText),
    (&["rejectedexecutionexception", "cannot schedule new futures after"], Hint::PoolShutDown),
    (&["illegalthreadstateexception", "threads can only be started once"], Hint::StartedTwice),
    (
        &["changed size during iteration", "concurrentmodificationexception", "collection was modified"],
        Hint::ChangedInLoop,
    ),
    // Go's Read returns 0 at the end, and not -1: the program itself subtracts 1.
    (&["bounds out of range [:-1]"], Hint::LastByte),
    (
        &["range [0, -1)", "end -1", "negativearraysizeexception", "length -1", "count < 0", "count -1", "index -1"],
        Hint::EndAsCount,
    ),
    (&["terminate called without an active exception"], Hint::ThreadDestroyed),
    (&["double free", "free(): invalid pointer", "munmap_chunk(): invalid pointer"], Hint::FreedTwice),
    (&["eof when reading a line"], Hint::WaitsForKeyboard),
    (&["eoferror", "eofexception", "unexpected eof", "end of file reached", "incompletereaderror"], Hint::EndIsNoError),
    (&["assignment to entry in nil map"], Hint::MakeMap),
    (&["send on closed channel", "close of closed channel"], Hint::ClosedChannel),
    (
        &[
            "unlock of unlocked",
            "release unlocked lock",
            "un-acquired lock",
            "illegalmonitorstateexception",
            "not owned",
        ],
        Hint::NotHeld,
    ),
    (&["all goroutines are asleep", "deadlock"], Hint::AllWait),
    (&["write after end", "err_stream_write_after_end", "socket has been ended"], Hint::WriteAfterEnd),
    (&["err_socket_dgram_not_running", "err_server_not_running", "not running"], Hint::SocketClosedEarly),
    (&["must be of type string or an instance of buffer", "argument must be of type string"], Hint::TextOrBuffer),
    (&["utfdataformatexception"], Hint::NoLength),
    (
        &[
            "invalid literal for int",
            "numberformatexception",
            "formatexception",
            "parseinterror",
            "invalid value for integer",
            "strconv.atoi",
            "strconv.parseint",
            "stoi",
        ],
        Hint::NotANumber,
    ),
    (&["illegalblockingmodeexception"], Hint::SetNonBlocking),
    (&["cancelledkeyexception"], Hint::CancelledKey),
    (&["bufferoverflowexception", "bufferunderflowexception"], Hint::FlipBuffer),
    (
        &[
            "streamcorruptedexception",
            "unpack requires a buffer",
            "invalid stream header",
            "optionaldataexception",
            "unpicklingerror",
            "invalid load key",
            "jsondecodeerror",
            "not valid json",
            "in json at",
        ],
        Hint::PlainBytes,
    ),
    (&["no implicit conversion of nil", "no implicit conversion from nil"], Hint::BangMethod),
    (
        &[
            "nil pointer dereference",
            "nullpointerexception",
            "nullreferenceexception",
            "object reference not set",
            "cannot read properties of",
            "cannot read property",
            "'nonetype' object",
            "for nil",
            "a nil value",
            " on null",
            "option::unwrap()",
        ],
        Hint::EmptyValue,
    ),
    (
        &["index out of range", "indexoutofboundsexception", "out of bounds", "out of range", "indexerror"],
        Hint::OutOfRange,
    ),
    (&[".touppercase is not a function", ".trim is not a function", ".split is not a function"], Hint::BufferToText),
    (
        &[
            "nameerror:",
            "referenceerror:",
            "undefined local variable",
            "use of undeclared",
            "is not a function",
            "has no attribute",
            "undefined method",
            "call to undefined",
            "can't locate object method",
            "undefined subroutine",
        ],
        Hint::UnknownName,
    ),
    (
        &[
            "bad file descriptor",
            "socket closed",
            "socket is closed",
            "use of closed network connection",
            "err_stream_destroyed",
            "closed stream",
            "stream closed in another thread",
            "objectdisposedexception",
            "closedchannelexception",
            "asynchronouscloseexception",
            "has already been closed",
            "not a valid socket resource",
        ],
        Hint::DescriptorClosed,
    ),
    (NOTHING_THERE, Hint::WaitForData),
    (&["sockettimeoutexception", "timeouterror: timed out", "socket.timeout"], Hint::WaitForData),
    (&["errno 107]", "transport endpoint is not connected"], Hint::UseConnection),
];

/// Returns the hint for the error in a line, if it is a known one.
pub fn advice(line: &str) -> Option<Hint> {
    let line = line.trim().to_lowercase();
    // The program itself is meant, and not what a client sent.
    if cannot_read_program(&line) {
        return compile_advice(&line);
    }
    // Go prints nothing but this word, after its time or the text of the program.
    if line == "eof" || line.ends_with(" eof") {
        return Some(Hint::EndIsNoError);
    }
    // https://www.php.net/stream_socket_server: its default flags also listen, which fails without a reason.
    let no_reason = ["(unknown error)", "(operation not supported)"].iter().any(|reason| line.contains(reason));
    if line.contains("stream_socket_server(): unable to connect to udp://") && no_reason {
        return Some(Hint::BindFlag);
    }
    ROWS.iter().find(|(marks, _)| marks.iter().any(|mark| line.contains(mark))).map(|(_, hint)| *hint)
}

/// Names of errors that no client causes: a wrong name, type, argument or place in the program. A
/// client's data or end raises others.
const MISTAKES: &[&str] = &[
    "attributeerror",
    "nameerror",
    "typeerror",
    "unboundlocalerror",
    "referenceerror",
    "nomethoderror",
    "argumenterror",
    "argumentcounterror",
    "undefined function",
    "undefined variable",
    "nullpointerexception",
    "nullreferenceexception",
    "nil pointer dereference",
    "classcastexception",
    "invalidcastexception",
    "arraystoreexception",
    "unsupportedoperationexception",
    "nosuchmethoderror",
    "noclassdeffounderror",
    "interface conversion",
    "divide by zero",
    "zerodivisionerror",
    "arithmeticexception",
    "attempt to call",
    "attempt to index",
    "attempt to perform arithmetic",
    "can't call method",
    "undefined subroutine",
    "std::bad_function_call",
];

/// Returns true if a line names an error of the program itself, which is to be fixed and not caught.
pub(super) fn is_mistake(line: &str) -> bool {
    let line = line.to_lowercase();
    MISTAKES.iter().any(|mark| line.contains(mark))
}

/// Returns true if a line names the error of a read that found no data, and did not wait for it.
/// That is no error of a program that polls.
pub(super) fn finds_nothing(line: &str) -> bool {
    let line = line.to_lowercase();
    NOTHING_THERE.iter().any(|mark| line.contains(mark))
}
