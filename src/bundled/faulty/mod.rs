//! The zoo: servers that are wrong on purpose, one clear fault each, and near misses that are right.
//!
//! Each fault says which items of the lab must fail because of it, exactly: the harness is tested
//! against that. All that is not the fault is as in the model server of the same role
//! (`base.rs`). The faults know nothing of the harness; they reckon with clients that send short
//! texts without a newline, and that read until the end before they close (a client that closes
//! with bytes unread sends a reset, and that would be its own).
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "programs of their own: they print what the model servers print"
)]

mod base;
mod chat;
mod datagram;
mod ending;
mod multi;
mod near;
mod polling;
mod remote;
mod room;
mod start;
mod stream;

use std::io::{self, Write};

/// A server that differs from the model server of its role in one point.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// What `--fault` calls it.
    pub name: &'static str,
    /// The role in the lab that it plays.
    pub role: &'static str,
    /// What it does differently, in one sentence.
    pub about: &'static str,
    /// The items that must get the verdict `fail`: these and no others. Empty for a near miss.
    pub fails: &'static [&'static str],
    run: fn(&Options) -> io::Result<()>,
}

/// The items that exist, by the role that they try. The experiment with losses has a UDP server too.
const ITEMS: &[(&str, &[&str])] = &[
    ("tcp-simple", &["tcp-simple.1", "tcp-simple.2", "tcp-simple.3", "tcp-simple.4", "tcp-simple.5"]),
    ("udp-simple", &["udp-simple.1", "udp-simple.2", "udp-simple.3", "udp-simple.4", "tcp-simple.5"]),
    ("tcp-multi", &["tcp-multi.1", "tcp-multi.2", "tcp-multi.3", "tcp-multi.4", "tcp-multi.5"]),
    ("remote", &["remote.1", "remote.2", "remote.3", "remote.4"]),
    (chat::CHAT, &["chat.1", "chat.2", "chat.3", "chat.4", "chat.5"]),
];

/// The items of a role.
fn items(role: &str) -> &'static [&'static str] {
    ITEMS.iter().find(|(name, _)| *name == role).map_or(&[], |(_, items)| *items)
}

impl Fault {
    /// The items that the role has a part in.
    #[must_use]
    pub fn items(&self) -> &'static [&'static str] {
        items(self.role)
    }

    /// The items of the role that cannot be verified, because an item that they need fails.
    #[must_use]
    pub fn not_verified(&self) -> Vec<&'static str> {
        let all = self.items();
        if all.first().is_some_and(|start| self.fails.contains(start)) {
            return all[1..].to_vec();
        }
        // The experiment with losses says nothing of a server that does not even echo without them.
        if self.fails.contains(&"tcp-simple.3") { vec!["tcp-simple.5"] } else { Vec::new() }
    }

    /// The bundled lab that has its role.
    #[must_use]
    pub fn lab(&self) -> &'static str {
        if self.role == chat::CHAT { "line-chat" } else { "socket-lab" }
    }

    /// Is this server, until it ends.
    pub(super) fn run(&self, options: &Options) -> io::Result<()> {
        (self.run)(options)
    }
}

/// Where a wrong server listens.
#[derive(Debug, Clone)]
pub(super) struct Options {
    pub(super) host: String,
    pub(super) port: u16,
    /// This is the process that the near miss `child-process` has started.
    pub(super) in_child: bool,
}

/// The servers that are wrong.
pub const FAULTS: &[Fault] = &joined::<{ count(FAMILIES) }>(FAMILIES);

/// The servers that only look wrong, and must pass every item.
pub const NEAR_MISSES: &[Fault] = &joined::<{ count(RIGHT) }>(RIGHT);

/// The wrong servers by what they get wrong: one file for each.
const FAMILIES: &[&[Fault]] =
    &[start::FAULTS, stream::FAULTS, ending::FAULTS, datagram::FAULTS, multi::FAULTS, remote::FAULTS, chat::FAULTS];

/// The servers that only look wrong.
const RIGHT: &[&[Fault]] = &[near::NEAR_MISSES, chat::NEAR_MISSES];

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

/// The fault or near miss of that name.
pub(super) fn find(name: &str) -> Option<&'static Fault> {
    FAULTS.iter().chain(NEAR_MISSES).find(|fault| fault.name == name)
}

/// Writes all faults and near misses, one a line: name, role, items, sentence.
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
            assert!(seen.insert(fault.name), "{} is there twice", fault.name);
        }
    }

    #[test]
    fn there_are_enough_of_every_role() {
        assert!(FAULTS.len() >= 36, "only {}", FAULTS.len());
        for (role, _) in ITEMS {
            assert!(FAULTS.iter().any(|fault| fault.role == *role), "no fault for {role}");
            assert!(NEAR_MISSES.iter().any(|fault| fault.role == *role), "no near miss: {role}");
        }
    }

    #[test]
    fn items_are_known_and_of_the_role() {
        for fault in FAULTS.iter().chain(NEAR_MISSES) {
            let known = items(fault.role);
            assert!(!known.is_empty(), "{}: unknown role {}", fault.name, fault.role);
            let told: BTreeSet<_> = fault.fails.iter().copied().chain(fault.not_verified()).collect();
            assert_eq!(told.len(), fault.fails.len() + fault.not_verified().len(), "{}", fault.name);
            for item in told {
                assert!(known.contains(&item), "{}: {item}", fault.name);
            }
        }
    }

    #[test]
    fn a_server_that_does_not_start_leaves_the_rest_unverified() {
        for fault in FAULTS {
            let known = items(fault.role);
            let start_fails = fault.fails.contains(&known[0]);
            if start_fails {
                assert_eq!((fault.fails, fault.not_verified()), (&known[..1], known[1..].to_vec()), "{}", fault.name);
            }
        }
    }

    #[test]
    fn a_fault_fails_something_and_a_near_miss_nothing() {
        assert!(FAULTS.iter().all(|fault| !fault.fails.is_empty()));
        assert!(NEAR_MISSES.iter().all(|miss| miss.fails.is_empty()));
        assert!(NEAR_MISSES.iter().all(|miss| miss.not_verified().is_empty()));
    }

    #[test]
    fn every_sentence_is_one() {
        for fault in FAULTS.iter().chain(NEAR_MISSES) {
            let sentence = fault.about;
            assert!(sentence.ends_with('.') && sentence.len() > 20, "{}", fault.name);
            assert!(sentence.starts_with(|first: char| first.is_uppercase()), "{}", fault.name);
        }
    }
}
