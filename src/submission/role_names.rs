//! Finds the roles that the path of a program names. The nearest part of the path that names a role
//! counts: the name of the file, then its folders. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::model::{Protocol, Role};
use crate::scenario::lab::RoleEntry;

/// Words that occur in the names of most programs of a lab, and name no role.
const GENERAL: [&str; 12] =
    ["servidor", "server", "serv", "srv", "clientes", "cliente", "client", "sockets", "socket", "tcp", "udp", "main"];
/// Words of at most this many letters name a role only if they are a whole word of the name: `eco`
/// is also a part of `second`.
const SHORT_WORD: usize = 3;
/// Words of at least this many letters are recognised despite a typing error.
const LONG_WORD: usize = 5;

/// How clearly a path names a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum RoleNaming {
    /// It does not.
    None,
    /// It names several roles.
    Several,
    /// It names this role only.
    Clear,
}

/// Returns how clearly a path names each of the roles.
#[must_use]
pub(super) fn naming(file: &Path, roles: &BTreeMap<Role, RoleEntry>) -> BTreeMap<Role, RoleNaming> {
    let own = |part: &str| -> BTreeSet<&Role> {
        let protocol = named_protocol(Path::new(part)).or_else(|| named_protocol(file));
        let is_named = |(_, entry): &(&Role, &RoleEntry)| {
            let fits = protocol.is_none_or(|protocol| protocol == entry.protocol);
            fits && entry.names.iter().any(|word| has_word(part, word))
        };
        roles.iter().filter(is_named).map(|(role, _)| role).collect()
    };
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let folders = file.ancestors().skip(1).filter_map(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    let named: BTreeSet<&Role> =
        std::iter::once(stem).chain(folders).map(|part| own(&part)).find(|named| !named.is_empty()).unwrap_or_default();
    let of = |role: &Role| match (named.contains(role), named.len()) {
        (true, 1) => RoleNaming::Clear,
        (true, _) => RoleNaming::Several,
        (false, _) => RoleNaming::None,
    };
    roles.keys().map(|role| (role.clone(), of(role))).collect()
}

/// Returns the protocol that a path names; the nearest part of the path counts.
#[must_use]
pub(super) fn named_protocol(file: &Path) -> Option<Protocol> {
    let names = file.ancestors().filter_map(Path::file_name);
    let of = |name: String| match (names_udp(&name), name.contains("tcp")) {
        (true, false) => Some(Protocol::Udp),
        (false, true) => Some(Protocol::Tcp),
        _ => None,
    };
    let mut parts =
        names.map(|name| folded(&name.to_string_lossy())).skip_while(|name| !names_udp(name) && !name.contains("tcp"));
    parts.next().and_then(of)
}

/// Returns true if a folded name contains `udp` or its usual typing error.
fn names_udp(name: &str) -> bool {
    name.contains("udp") || name.match_indices("upd").any(|(at, _)| !name[at..].starts_with("updat"))
}

/// Returns true if a part of a path contains a word of a role.
fn has_word(part: &str, word: &str) -> bool {
    let (name, word) = (folded(part), folded(word));
    if matches!(word.as_str(), "udp" | "upd") {
        return names_udp(&name) && !name.contains("tcp");
    }
    if word.chars().count() <= SHORT_WORD {
        return !word.is_empty() && tokens(part).iter().any(|token| without_general(token) == word);
    }
    name.contains(&word) || misspelled(&word).iter().any(|other| name.contains(other.as_str()))
}

/// Returns a text in lower case and without accents, whether these are parts of their letters or
/// combining characters (U+0300 to U+036F), as macOS writes them.
#[must_use]
pub(super) fn folded(text: &str) -> String {
    let lower = text.chars().flat_map(char::to_lowercase);
    lower.filter(|c| !('\u{300}'..='\u{36f}').contains(c)).map(without_accent).collect()
}

const fn without_accent(c: char) -> char {
    match c {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        _ => c,
    }
}

/// Returns the words of a name, folded. They are separated by other characters, digits, or capital
/// letters (`ServidorEcoTCP`).
fn tokens(name: &str) -> Vec<String> {
    let (mut all, mut word, mut before_is_lower) = (Vec::new(), String::new(), false);
    for c in name.chars() {
        let is_combining = ('\u{300}'..='\u{36f}').contains(&c);
        if !(c.is_alphabetic() || is_combining) || (c.is_uppercase() && before_is_lower) {
            all.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() || is_combining {
            word.push(c);
        }
        before_is_lower = c.is_lowercase();
    }
    all.push(word);
    all.iter().filter(|word| !word.is_empty()).map(|word| folded(word)).collect()
}

/// Returns a word without the general words at its beginning and its end.
fn without_general(token: &str) -> &str {
    let mut rest = token;
    while let Some(shorter) = GENERAL
        .iter()
        .find_map(|word| rest.strip_prefix(word).or_else(|| rest.strip_suffix(word)))
        .filter(|shorter| !shorter.is_empty())
    {
        rest = shorter;
    }
    rest
}

/// Returns a long word with two neighboring letters swapped, or with one letter omitted, except the
/// first letter and the last one.
fn misspelled(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < LONG_WORD {
        return Vec::new();
    }
    let swapped = (1..letters.len() - 1).map(|k| {
        let mut other = letters.clone();
        other.swap(k, k + 1);
        other
    });
    let shorter = (1..letters.len() - 1).map(|k| {
        let mut other = letters.clone();
        other.remove(k);
        other
    });
    swapped.chain(shorter).map(|letters| letters.into_iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn named(file: &str) -> Vec<String> {
        let roles = crate::scenario::lab::Lab::bundled("socket-lab", None).expect("it is right").roles;
        let all = naming(Path::new(file), &roles).into_iter();
        let mark = |naming| if naming == RoleNaming::Several { "?" } else { "" };
        all.filter(|(_, naming)| *naming != RoleNaming::None)
            .map(|(role, naming)| format!("{role}{}", mark(naming)))
            .collect()
    }

    #[rstest]
    #[case("Server-TCP-simple.py", &["tcp-simple"])]
    #[case("Server-TCP-Multicliente.py", &["tcp-multi"])]
    #[case("echo-server_mulitconn.py", &["tcp-multi?", "tcp-simple?"])]
    #[case("servidor_mutli.py", &["tcp-multi"])]
    #[case("TCP/ServidorTread.java", &["tcp-multi"])]
    #[case("servidor_upd.py", &["udp-simple"])]
    #[case("UDPEchoServer.java", &["udp-simple"])]
    #[case("UDP/servidor_simples.py", &["udp-simple"])]
    #[case("udp e tcp/servidor.py", &[])]
    #[case("tcp_udp_server.py", &[])]
    #[case("update_server.py", &[])]
    #[case("second.py", &[])]
    #[case("ServidorEco.cs", &["tcp-simple"])]
    #[case("servidoreco.py", &["tcp-simple"])]
    #[case("Vários clientes/servidor.py", &["tcp-multi"])]
    #[case("Va\u{301}rios clientes/servidor.py", &["tcp-multi"])]
    #[case("tcp-multi/src/main.rs", &["tcp-multi"])]
    #[case("multi/servidor_simples.py", &["tcp-simple"])]
    #[case("servidor_remoto.py", &["remote"])]
    #[case("servidor.py", &[])]
    fn nearest_part_of_a_path_names_the_role(#[case] file: &str, #[case] wanted: &[&str]) {
        assert_eq!(named(file), wanted);
    }

    #[test]
    fn nearest_protocol_counts() {
        let protocol = |file: &str| named_protocol(Path::new(file));
        assert_eq!(protocol("tcp/servidor_udp.py"), Some(Protocol::Udp));
        assert_eq!(protocol("udp/TCP/servidor.py"), Some(Protocol::Tcp));
        assert_eq!(protocol("tcp/tcp_udp.py"), None);
        assert_eq!(protocol("servidor_upd.py"), Some(Protocol::Udp));
        assert_eq!(protocol("update.py"), None);
    }
}
