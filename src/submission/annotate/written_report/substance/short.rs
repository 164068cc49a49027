//! Answers of one word: an address, the state of a connection, a filter or a function.

use std::net::Ipv4Addr;

/// Maximum number of words of such an answer.
const MAX_WORDS: usize = 4;
/// States of sockets as tools of Linux and Windows print them.
const STATES: [&str; 21] = [
    "LISTEN",
    "LISTENING",
    "ESTABLISHED",
    "ESTAB",
    "ESTABELECIDA",
    "ESTABELECIDO",
    "SYN_SENT",
    "SYN_RECV",
    "SYN_RECEIVED",
    "FIN_WAIT",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "FIN_WAIT_1",
    "FIN_WAIT_2",
    "CLOSE_WAIT",
    "LAST_ACK",
    "TIME_WAIT",
    "TIMEWAIT",
    "CLOSED",
    "UNCONN",
    "ESCUTANDO",
];
/// Calls of the socket interface, which are answers without the name of their object, too.
const CALLS: [&str; 22] = [
    "socket",
    "bind",
    "listen",
    "accept",
    "connect",
    "send",
    "sendall",
    "sendto",
    "sendmsg",
    "recv",
    "recvfrom",
    "recvmsg",
    "read",
    "write",
    "close",
    "shutdown",
    "select",
    "poll",
    "fork",
    "setsockopt",
    "gethostbyname",
    "getaddrinfo",
];
/// Endings of files, whose names are no answer.
const FILE_ENDINGS: [&str; 24] = [
    "py", "java", "c", "cpp", "cc", "h", "cs", "js", "ts", "go", "rs", "rb", "php", "md", "txt", "pdf", "docx", "png",
    "jpg", "jpeg", "gif", "pcap", "pcapng", "ipynb",
];

/// Returns true if a word is the name of a file.
pub(super) fn is_file_name(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    word.rsplit_once('.')
        .is_some_and(|(stem, ending)| !stem.is_empty() && FILE_ENDINGS.contains(&ending.to_lowercase().as_str()))
}

/// Returns true if a short text is an answer by its kind.
pub(super) fn is_short_answer(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.len() <= MAX_WORDS && !text.trim_end().ends_with([':', '?']) && words.iter().any(|word| is_fact(word))
}

fn is_fact(word: &str) -> bool {
    let plain = word.trim_matches(|c: char| !c.is_alphanumeric());
    if is_file_name(word) {
        return false;
    }
    let address = plain.split([':', '/']).next().unwrap_or_default();
    let is_state = STATES.contains(&plain.replace('-', "_").as_str()) || plain.eq_ignore_ascii_case("established");
    // "s.sendall()", "tcp.port==65432", "recv(1024)": a version such as "3.11" has no letter, and
    // "Aluno(a)" is a word.
    let is_call = |name: &str| is_name(name) && (name.contains('.') || CALLS.contains(&name.to_lowercase().as_str()));
    let is_code = plain.starts_with(char::is_alphabetic)
        && !word.contains("://")
        && !word.starts_with("www.")
        && (word.contains("==")
            || word.split_once('(').is_some_and(|(name, rest)| rest.contains(')') && is_call(name)));
    address.parse::<Ipv4Addr>().is_ok() || is_state || is_code
}

/// Returns true for the name of a function, with that of its object.
fn is_name(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_answers() {
        for text in [
            "192.168.0.50",
            "10.0.0.31:65432",
            "ESTABLISHED",
            "ESTABLISHED ✅",
            "TIME-WAIT",
            "tcp.port==65432",
            "s.sendall(data)",
            "recv(1024)",
            "Bind()",
        ] {
            assert!(is_short_answer(text), "{text}");
        }
    }

    #[test]
    fn single_words_are_not_answers() {
        for text in [
            "ok",
            "sim",
            "feito",
            "Listen",
            "servidor.py",
            "tela(1).png",
            "Print(s)",
            "Print(1)",
            "Servidor(es)",
            "Aluno(a)",
            "3.11",
            "65432",
            "https://exemplo.org/a(b)",
            "Endereço 10.0.0.1:",
            "",
        ] {
            assert!(!is_short_answer(text), "{text}");
        }
    }
}
