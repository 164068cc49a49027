//! Finds the errors in the output of compilers, interpreters and shells whose meaning is known: the
//! wrong system, encoding, line ending or version of a language. The error alone ("winsock2.h: No
//! such file", "illegal character") does not say that.
//!
//! The output is untrusted data, so only causes depend on it.

use crate::model::SourceFault;

/// Headers of Windows whose names a student may choose for an own header. That one is included with
/// quotes.
const AMBIGUOUS_HEADERS: [&str; 3] = ["process.h", "io.h", "direct.h"];

/// Headers in C that only Windows has.
const WINDOWS_HEADERS: [&str; 13] = [
    "winsock2.h",
    "winsock.h",
    "windows.h",
    "ws2tcpip.h",
    "mswsock.h",
    "iphlpapi.h",
    "conio.h",
    "windef.h",
    "winbase.h",
    "tchar.h",
    "afunix.h",
    "synchapi.h",
    "processthreadsapi.h",
];

/// Names in C that only Windows has, as compilers and linkers quote them.
const WINDOWS_NAMES: [&str; 12] = [
    "WSADATA",
    "WSAStartup",
    "WSACleanup",
    "WSAGetLastError",
    "closesocket",
    "SOCKET",
    "SOCKADDR_IN",
    "INVALID_SOCKET",
    "SOCKET_ERROR",
    "CreateThread",
    "Sleep",
    "_getch",
];

/// Modules of Python that only Windows has, and of Perl and Ruby.
const WINDOWS_MODULES: [&str; 12] = [
    "msvcrt",
    "winreg",
    "_winreg",
    "winsound",
    "_winapi",
    "win32api",
    "win32con",
    "win32file",
    "win32pipe",
    "win32gui",
    "win32event",
    "win32console",
];

/// Names in Python's modules that only Windows has.
const WINDOWS_ATTRIBUTES: [&str; 10] = [
    "'WindowsSelectorEventLoopPolicy'",
    "'WindowsProactorEventLoopPolicy'",
    "'ProactorEventLoop'",
    "'SIO_RCVALL'",
    "'RCVALL_ON'",
    "'SO_EXCLUSIVEADDRUSE'",
    "'ioctl'",
    "'startfile'",
    "'windll'",
    "'CTRL_C_EVENT'",
];

/// Modules that Python 3 renamed or left out (PEP 3108).
const PYTHON_2_MODULES: [&str; 26] = [
    "thread",
    "dummy_thread",
    "SocketServer",
    "Queue",
    "urllib2",
    "urlparse",
    "httplib",
    "cookielib",
    "Cookie",
    "ConfigParser",
    "StringIO",
    "cStringIO",
    "cPickle",
    "copy_reg",
    "commands",
    "exceptions",
    "__builtin__",
    "HTMLParser",
    "BaseHTTPServer",
    "SimpleHTTPServer",
    "xmlrpclib",
    "Tkinter",
    "tkMessageBox",
    "sets",
    "md5",
    "anydbm",
];

/// Names that only Python 2 has.
const PYTHON_2_NAMES: [&str; 5] = ["raw_input", "xrange", "unichr", "basestring", "unicode"];

/// Returns the fault that the output of a build tells, and the line that tells it.
#[must_use]
pub fn in_build(output: &str) -> Option<(SourceFault, &str)> {
    let of_line = |line: &str| {
        let is_error = |fault, tells: bool| tells.then_some(fault);
        is_error(SourceFault::LineEndings, has_carriage_return(line))
            .or_else(|| is_error(SourceFault::WindowsHeaders, wants_windows_header(line, output)))
            .or_else(|| is_error(SourceFault::WindowsHeaders, wants_windows_name(line)))
            .or_else(|| is_error(SourceFault::ByteOrderMark, has_byte_order_mark(line)))
            .or_else(|| is_error(SourceFault::Utf16, is_utf_16(line)))
            .or_else(|| is_error(SourceFault::Encoding, is_other_encoding(line)))
    };
    output.lines().map(str::trim).find_map(|line| of_line(line).map(|fault| (fault, line)))
}

/// Returns the fault that the output of a program tells that exited, and the line that tells it.
/// `last` is its last line or error: an interpreter ends with that line, while a shell continues.
pub(super) fn in_output<'a>(lines: &'a [String], last: Option<&'a str>) -> Option<(SourceFault, &'a str)> {
    if let Some(line) = lines.iter().find(|line| has_carriage_return(line)) {
        return Some((SourceFault::LineEndings, line));
    }
    if let Some(line) = lines.iter().find(|line| is_marked_script(line)) {
        return Some((SourceFault::ByteOrderMark, line));
    }
    let last = last?;
    let fault = match () {
        () if is_python_2(last) => SourceFault::Python2,
        () if last.starts_with("TabError:") => SourceFault::Tabs,
        () if last.contains("invalid non-printable character U+FEFF") => SourceFault::ByteOrderMark,
        () if is_utf_16(last) => SourceFault::Utf16,
        () if last.starts_with("SyntaxError: Non-UTF-8 code") => SourceFault::Encoding,
        () if last.starts_with("SyntaxError: (unicode error) 'utf-8' codec") => SourceFault::Encoding,
        () if wants_windows_attribute(last) => SourceFault::Windows,
        () => return None,
    };
    Some((fault, last))
}

/// Returns true if a line reports a module that only Windows has.
pub(super) fn wants_windows_module(line: &str) -> bool {
    missing_module(line).is_some_and(|name| WINDOWS_MODULES.contains(&name))
        || line.contains("Can't locate Win32")
        || line.contains("cannot load such file -- win32")
}

/// Returns the module that Python did not find.
fn missing_module(line: &str) -> Option<&str> {
    let (name, _) = line.split_once("No module named '")?.1.split_once('\'')?;
    Some(name)
}

fn is_python_2(line: &str) -> bool {
    line.contains("Missing parentheses in call to '")
        || line.contains("Did you mean \"print(<message>, file=<output_stream>)\"")
        || line.contains("SyntaxError: multiple exception types must be parenthesized")
        || line.contains("SyntaxError: leading zeros in decimal integer literals")
        || line.contains("'dict' object has no attribute 'has_key'")
        || missing_module(line).is_some_and(|name| PYTHON_2_MODULES.contains(&name))
        || PYTHON_2_NAMES.iter().any(|name| line.contains(&format!("NameError: name '{name}' is not defined")))
}

fn wants_windows_attribute(line: &str) -> bool {
    let is_missing = line.starts_with("AttributeError: ") || line.starts_with("ImportError: cannot import name ");
    is_missing && WINDOWS_ATTRIBUTES.iter().any(|name| line.contains(name))
}

/// Returns true if a line reports that a header of Windows is missing.
fn wants_windows_header(line: &str, output: &str) -> bool {
    // gcc, then clang.
    let gcc = line.strip_suffix(": No such file or directory").and_then(|line| line.rsplit_once("error: "));
    let clang = line.strip_suffix("' file not found").and_then(|line| line.rsplit_once("error: '"));
    let Some((_, name)) = gcc.or(clang) else { return false };
    let lower = name.to_lowercase();
    let is_own = || output.contains(&format!("#include \"{name}\""));
    WINDOWS_HEADERS.contains(&lower.as_str()) || (AMBIGUOUS_HEADERS.contains(&lower.as_str()) && !is_own())
}

/// Returns true if a line reports that a name of Windows is unknown.
fn wants_windows_name(line: &str) -> bool {
    const UNKNOWN: [&str; 6] = [
        "undeclared",
        "unknown type name",
        "undefined reference to",
        "was not declared",
        "does not name a type",
        "implicit declaration of",
    ];
    let is_quoted = |name: &str| {
        ["'", "‘", "`"].iter().any(|quote| {
            line.split_once(&format!("{quote}{name}")).is_some_and(|(_, rest)| rest.starts_with(['\'', '’', '@', '(']))
        })
    };
    line.contains("cannot find -lws2_32")
        || line.contains("cannot find -lwsock32")
        || (UNKNOWN.iter().any(|text| line.contains(text)) && WINDOWS_NAMES.iter().any(|name| is_quoted(name)))
}

/// Returns true if an error is about the byte order mark of UTF-8.
fn has_byte_order_mark(line: &str) -> bool {
    const MARKS: [&str; 4] = [
        r"illegal character: '\ufeff'",      // javac
        r"unknown start of token: \u{feff}", // rustc
        "invalid BOM in the middle",         // go
        "character U+FEFF",
    ];
    // gcc quotes a name with it.
    MARKS.iter().any(|mark| line.contains(mark)) || (line.contains("error:") && line.contains('\u{feff}'))
}

/// Returns true if an error says that a source is saved as UTF-16.
fn is_utf_16(line: &str) -> bool {
    const MARKS: [&str; 5] = [
        "source code cannot contain null bytes",        // Python 3.12
        "source code string cannot contain null bytes", // Python before
        "unexpected NUL in input",                      // go
        "invalid NUL character",                        // go
        r"illegal character: '\u0000'",                 // javac
    ];
    let python =
        |byte| line.contains(&format!(r"Non-UTF-8 code starting with '\x{byte}'")) && line.contains(" on line 1,");
    let gcc = |byte| {
        line.contains(&format!(r"1:1: error: stray ‘\{byte}’"))
            || line.contains(&format!(r"1:1: error: stray '\{byte}'"))
    };
    let javac = |byte| line.contains(&format!(".java:1: error: unmappable character (0x{byte})"));
    MARKS.iter().any(|mark| line.contains(mark))
        || ["ff", "fe"].into_iter().any(python)
        || ["377", "376"].into_iter().any(gcc)
        || ["FF", "FE"].into_iter().any(javac)
}

/// Returns true if an error says that a source is not saved as UTF-8.
fn is_other_encoding(line: &str) -> bool {
    const MARKS: [&str; 5] = [
        "unmappable character",               // javac
        "illegal UTF-8 encoding",             // go
        "stream did not contain valid UTF-8", // rustc
        "source file is not valid UTF-8",     // clang
        "is not valid utf-8",                 // rustc
    ];
    MARKS.iter().any(|mark| line.contains(mark))
}

/// Returns true if a shell, `env` or an interpreter reports a name that ends in a carriage return.
fn has_carriage_return(line: &str) -> bool {
    // A program may quote the same bytes: the message of an exception about the lab's data.
    if line
        .split_once(": ")
        .is_some_and(|(word, _)| word.ends_with("Error") && word != "Error" || word.ends_with("Exception"))
    {
        return false;
    }
    const REPORTS: [&str; 9] = [
        "No such file or directory",
        "not found",
        "bad interpreter",
        "can't open file",
        "can't execute",
        "cannot execute",
        "syntax error near unexpected token",
        "Cannot find module",
        "No rule to make target",
    ];
    const RETURNS: [&str; 7] = [r"\r'", r"\r’", r"\r:", "^M:", "\r'", "\r’", "\r:"];
    REPORTS.iter().any(|report| line.contains(report)) && RETURNS.iter().any(|end| line.contains(end))
}

/// Returns true if a shell reports the first line of a script that begins with a byte order mark.
fn is_marked_script(line: &str) -> bool {
    line.contains(r"\u{feff}#!") || line.contains("\u{feff}#!")
}

#[cfg(test)]
mod tests;
