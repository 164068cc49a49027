//! Servers with exactly one deliberate fault each, and near misses, which are correct.
//!
//! Each fault lists exactly those lab items that must fail because of it: the tests of the harness
//! compare that list with the verdicts. Apart from its fault, a server behaves as the model server
//! of the same role (`base.rs`).
//!
//! The servers do not depend on the harness. They expect clients that send short texts without a
//! newline and read until the end of the stream before they close. A client that closes with unread
//! bytes sends a reset, which would be the client's fault and not the server's.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "programs of their own: they print what the model servers print, and slowness is a fault"
)]

mod chat;
mod chat_variants;
mod content;
mod datagram;
mod ending;
mod multi;
mod near_miss;
mod polling;
mod remote;
mod scaffold;
mod start;
mod stream;

use std::io::{self, Write};

/// A server that differs from the model server of its role in one point.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// The name passed to `--fault`.
    pub name: &'static str,
    /// The role in the lab that the server plays.
    pub role: &'static str,
    /// How the server differs from the model server, in one sentence.
    pub about: &'static str,
    /// The items that must get the verdict `fail`, and no others. Empty for a near miss.
    pub fails: &'static [&'static str],
    run: fn(&Options) -> io::Result<()>,
}

/// The items that test each role. The loss experiment (`tcp-simple.5`) also runs a UDP server.
const ITEMS: &[(&str, &[&str])] = &[
    ("tcp-simple", &["tcp-simple.1", "tcp-simple.2", "tcp-simple.3", "tcp-simple.4", "tcp-simple.5"]),
    ("udp-simple", &["udp-simple.1", "udp-simple.2", "udp-simple.3", "udp-simple.4", "tcp-simple.5"]),
    ("tcp-multi", &["tcp-multi.1", "tcp-multi.2", "tcp-multi.3", "tcp-multi.4", "tcp-multi.5"]),
    ("remote", &["remote.1", "remote.2", "remote.3", "remote.4"]),
    (chat::CHAT, &["chat.1", "chat.2", "chat.3", "chat.4", "chat.5"]),
];

/// Returns the items of a role.
fn items(role: &str) -> &'static [&'static str] {
    ITEMS.iter().find(|(name, _)| *name == role).map_or(&[], |(_, items)| *items)
}

impl Fault {
    /// Returns the items in which the server's role takes part.
    #[must_use]
    pub fn items(&self) -> &'static [&'static str] {
        items(self.role)
    }

    /// Returns the items of the role that cannot be verified, because an item that they need fails.
    #[must_use]
    pub fn not_verified(&self) -> Vec<&'static str> {
        let all = self.items();
        if all.first().is_some_and(|start| self.fails.contains(start)) {
            return all[1..].to_vec();
        }
        // A server that does not echo even without losses cannot be judged in the loss experiment.
        if self.fails.contains(&"tcp-simple.3") { vec!["tcp-simple.5"] } else { Vec::new() }
    }

    /// Returns the bundled lab that contains the server's role.
    #[must_use]
    pub fn lab(&self) -> &'static str {
        if self.role == chat::CHAT { "line-chat" } else { "socket-lab" }
    }

    /// Runs the server until it exits.
    pub(super) fn run(&self, options: &Options) -> io::Result<()> {
        (self.run)(options)
    }
}

/// The address that a faulty server listens on.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) host: String,
    pub(super) port: u16,
    /// True in the process that the near miss `child-process` starts.
    pub(super) in_child: bool,
}

/// All faulty servers.
pub const FAULTS: &[Fault] = &joined::<{ count(FAMILIES) }>(FAMILIES);

/// All near misses: servers that resemble a faulty one, but must pass every item.
pub const NEAR_MISSES: &[Fault] = &joined::<{ count(NEAR_MISS_FAMILIES) }>(NEAR_MISS_FAMILIES);

/// The faulty servers by kind of fault: one file per kind.
const FAMILIES: &[&[Fault]] = &[
    start::FAULTS,
    stream::FAULTS,
    content::FAULTS,
    ending::FAULTS,
    datagram::FAULTS,
    multi::FAULTS,
    remote::FAULTS,
    chat::FAULTS,
];

/// The near misses by file.
const NEAR_MISS_FAMILIES: &[&[Fault]] = &[near_miss::NEAR_MISSES, chat::NEAR_MISSES];

const fn count(families: &[&[Fault]]) -> usize {
    let (mut family, mut sum) = (0, 0);
    while family < families.len() {
        sum += families[family].len();
        family += 1;
    }
    sum
}

const fn joined<const N: usize>(families: &[&[Fault]]) -> [Fault; N] {
    let mut all = [families[0][0]; N];
    let (mut family, mut next) = (0, 0);
    while family < families.len() {
        let mut member = 0;
        while member < families[family].len() {
            all[next] = families[family][member];
            member += 1;
            next += 1;
        }
        family += 1;
    }
    all
}

/// Finds a faulty server or near miss by its name.
pub(super) fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().chain(NEAR_MISSES).find(|fault| fault.name == name)
}

/// Writes all faulty servers and near misses, one per line: name, role, items, description.
pub(super) fn list(out: &mut impl Write) -> io::Result<()> {
    for fault in FAULTS.iter().chain(NEAR_MISSES) {
        let items =
            if fault.fails.is_empty() { "passes".to_owned() } else { format!("fails {}", fault.fails.join(" ")) };
        writeln!(out, "{:32} {:11} {:44} {}", fault.name, fault.role, items, fault.about)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique() {
        let mut seen = BTreeSet::new();
        for fault in FAULTS.iter().chain(NEAR_MISSES) {
            assert!(seen.insert(fault.name), "{} is listed twice", fault.name);
        }
    }

    #[test]
    fn roles_have_faults_and_near_misses() {
        assert!(FAULTS.len() >= 36, "only {} faults", FAULTS.len());
        for (role, _) in ITEMS {
            assert!(FAULTS.iter().any(|fault| fault.role == *role), "no fault for {role}");
            assert!(NEAR_MISSES.iter().any(|fault| fault.role == *role), "no near miss for {role}");
        }
    }

    #[test]
    fn items_exist_in_the_role() {
        for fault in FAULTS.iter().chain(NEAR_MISSES) {
            let known = items(fault.role);
            assert!(!known.is_empty(), "{}: unknown role {}", fault.name, fault.role);
            let items: BTreeSet<_> = fault.fails.iter().copied().chain(fault.not_verified()).collect();
            assert_eq!(items.len(), fault.fails.len() + fault.not_verified().len(), "{}", fault.name);
            for item in items {
                assert!(known.contains(&item), "{}: {item}", fault.name);
            }
        }
    }

    #[test]
    fn failed_start_leaves_other_items_unverified() {
        for fault in FAULTS {
            let known = items(fault.role);
            let start_fails = fault.fails.contains(&known[0]);
            if start_fails {
                assert_eq!((fault.fails, fault.not_verified()), (&known[..1], known[1..].to_vec()), "{}", fault.name);
            }
        }
    }

    #[test]
    fn faults_fail_items_and_near_misses_do_not() {
        assert!(FAULTS.iter().all(|fault| !fault.fails.is_empty()));
        assert!(NEAR_MISSES.iter().all(|miss| miss.fails.is_empty()));
        assert!(NEAR_MISSES.iter().all(|miss| miss.not_verified().is_empty()));
    }

    #[test]
    fn descriptions_are_sentences() {
        for fault in FAULTS.iter().chain(NEAR_MISSES) {
            let sentence = fault.about;
            assert!(sentence.ends_with('.') && sentence.len() > 20, "{}", fault.name);
            assert!(sentence.starts_with(|first: char| first.is_uppercase()), "{}", fault.name);
        }
    }
}
