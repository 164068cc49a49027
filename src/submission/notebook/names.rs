//! The names in the cells of a notebook, read once for each cell: a hostile notebook has megabytes of
//! them, and each cell is compared with all others.

use std::collections::{BTreeMap, BTreeSet};

/// The names in a cell.
#[derive(Debug, Default)]
struct Names<'c> {
    /// Functions and classes that it defines.
    defined: BTreeSet<&'c str>,
    /// Names that it calls, or passes on as `target=name`. A method of an object is none.
    called: BTreeSet<&'c str>,
    /// Variables of sockets that get an address.
    bound: BTreeSet<&'c str>,
    /// Variables with which it sends or receives datagrams, if it makes no socket itself.
    talks: BTreeSet<&'c str>,
    /// All its words.
    words: BTreeSet<&'c str>,
}

/// Which cells use names of others.
#[derive(Debug)]
pub(super) struct CellNames<'c> {
    cells: Vec<Names<'c>>,
    /// For each cell, the cells that define what it calls.
    calls: Vec<BTreeSet<usize>>,
}

impl<'c> CellNames<'c> {
    /// Reads the cells; those of other programs are `None`.
    pub(super) fn of(cells: &'c [Option<String>]) -> Self {
        let cells: Vec<Names<'c>> = cells.iter().map(|cell| read(cell.as_deref().unwrap_or_default())).collect();
        let mut defined: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (k, cell) in cells.iter().enumerate() {
            cell.defined.iter().for_each(|name| defined.entry(name).or_default().push(k));
        }
        // A name means what was defined last: two servers may both be called `main`.
        let meant = |k: usize, name: &str| {
            let places = defined.get(name)?;
            places.iter().rev().find(|place| **place <= k).or(places.first()).copied().filter(|place| *place != k)
        };
        let calls = cells.iter().enumerate();
        let calls = calls.map(|(k, cell)| cell.called.iter().filter_map(|name| meant(k, name)).collect()).collect();
        Self { cells, calls }
    }

    /// Returns true if a cell calls a function or a class of another one, or passes it on.
    pub(super) fn calls(&self, cell: usize, other: usize) -> bool {
        self.calls.get(cell).is_some_and(|calls| calls.contains(&other))
    }

    /// Returns true if a cell sends or receives with a socket to which another one gave an address,
    /// and makes no socket itself.
    pub(super) fn uses_socket_of(&self, cell: usize, other: usize) -> bool {
        let (Some(cell), Some(other)) = (self.cells.get(cell), self.cells.get(other)) else { return false };
        !cell.talks.is_disjoint(&other.bound)
    }

    /// Returns the cells before the last one of a server that define names of its cells, such as a
    /// handler that sends with the server's socket. `is_own` tells the cells of servers.
    pub(super) fn needed_by(&self, server: &[usize], is_own: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        let mut used: BTreeSet<&str> = BTreeSet::new();
        server.iter().filter_map(|&k| self.cells.get(k)).for_each(|cell| used.extend(&cell.words));
        let mut needed = BTreeSet::new();
        for (k, cell) in self.cells.iter().enumerate().take(server.last().copied().unwrap_or(0)).rev() {
            if !is_own(k) && !cell.defined.is_disjoint(&used) {
                needed.insert(k);
                used.extend(&cell.words);
            }
        }
        needed
    }
}

fn read(text: &str) -> Names<'_> {
    let mut names = Names::default();
    let makes_socket = text.contains("socket(") || text.contains("connect");
    for line in text.lines() {
        let code = line.trim_start();
        let definition = ["async def ", "def ", "class "].iter().find_map(|word| code.strip_prefix(word));
        // Functions inside others cannot be called from elsewhere.
        if let Some(name) = definition.filter(|_| code.len() == line.len()).and_then(|rest| words(rest).next()) {
            names.defined.insert(name.text);
        }
        let object = |at: usize| line[..at].strip_suffix('.').and_then(last_word);
        for (index, word) in words(line).enumerate() {
            names.words.insert(word.text);
            let before = line[..word.at].trim_end();
            let after = &line[word.at + word.text.len()..];
            let is_defined =
                definition.is_some() && index <= 2 && (before.ends_with("def") || before.ends_with("class"));
            if (after.starts_with('(') && !before.ends_with('.') || before.ends_with('=')) && !is_defined {
                names.called.insert(word.text);
            }
            if let Some(object) = after.starts_with('(').then(|| object(word.at)).flatten() {
                match word.text {
                    "bind" => _ = names.bound.insert(object.text),
                    // `self.s.sendto(` is about another variable.
                    "sendto" | "recvfrom" if !makes_socket && !line[..object.at].ends_with('.') => {
                        names.talks.insert(object.text);
                    }
                    _ => {}
                }
            }
        }
    }
    names
}

/// A word of a line.
#[derive(Debug, Clone, Copy)]
struct Word<'l> {
    at: usize,
    text: &'l str,
}

fn words(line: &str) -> impl Iterator<Item = Word<'_>> {
    line.split(|c: char| !is_of_a_name(c)).filter(|text| !text.is_empty()).map(|text| {
        let at = text.as_ptr() as usize - line.as_ptr() as usize;
        Word { at, text }
    })
}

/// Returns the word at the end of a text.
fn last_word(text: &str) -> Option<Word<'_>> {
    let at = text.len() - text.chars().rev().take_while(|c| is_of_a_name(*c)).map(char::len_utf8).sum::<usize>();
    text.get(at..).filter(|word| !word.is_empty()).map(|text| Word { at, text })
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(cells: &[&str]) -> Vec<(usize, usize)> {
        let cells: Vec<Option<String>> = cells.iter().map(|cell| Some((*cell).to_owned())).collect();
        let names = CellNames::of(&cells);
        let all = (0..cells.len()).flat_map(|k| (0..cells.len()).map(move |other| (k, other)));
        all.filter(|(k, other)| names.calls(*k, *other)).collect()
    }

    #[test]
    fn name_means_its_last_definition() {
        assert_eq!(calls(&["def main():\n    pass", "main()", "def main():\n    pass", "main()"]), [(1, 0), (3, 2)]);
        assert_eq!(calls(&["main()", "def main():\n    pass"]), [(0, 1)]);
        assert_eq!(calls(&["def f():\n    pass", "Thread(target=f).start()", "x = f\n"]), [(1, 0), (2, 0)]);
    }

    #[test]
    fn parts_of_names_and_methods_are_no_calls() {
        assert_eq!(calls(&["def server():\n    pass", "def udp_server():\n    pass", "udp_server()"]), [(2, 1)]);
        assert_eq!(calls(&["def run():\n    pass", "asyncio.run(x())", "def start():\n    run()"]), [(2, 0)]);
        assert_eq!(calls(&["class A:\n    def f(self):\n        pass", "f()", "A()"]), [(2, 0)]);
    }

    #[test]
    fn socket_of_another_cell_is_recognized() {
        let cells = ["s.bind(('', 1))", "s.sendto(b'x', a)", "self.s.sendto(b'x', a)", "sock.recvfrom(9)"];
        let cells: Vec<Option<String>> = cells.iter().map(|cell| Some((*cell).to_owned())).collect();
        let names = CellNames::of(&cells);
        assert_eq!([1, 2, 3].map(|k| names.uses_socket_of(k, 0)), [true, false, false]);
    }
}
