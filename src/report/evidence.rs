//! What is kept of a scenario's run, file by file, so that a verdict can be contested: the packets, the diagram, the
//! journal, the socket table, what the servers printed, and a manifest that says by which bytes it all came about. Pure:
//! the caller opens the files.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::capture_file;
use super::timeline::Timeline;
use crate::model::{EventKind, Evidence, ServerId, StageKind};
use crate::words::Words;

/// The version of the JSON files of this folder.
pub const FORMAT: u32 = 1;
/// The manifest's name; it is written last.
pub const MANIFEST: &str = "manifest.json";

/// A file of the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The packets, for Wireshark.
    Capture,
    /// The sequence diagram.
    Timeline,
    /// Everything that happened, in order.
    Journal,
    /// The copies of the socket table.
    Sockets,
    /// What a server printed.
    Output(ServerId),
}

impl Part {
    /// The files that can be made of what was recorded.
    #[must_use]
    pub fn all(seen: &Evidence) -> Vec<Self> {
        let packets = seen.capture.is_some().then_some([Self::Capture, Self::Timeline]);
        let outputs = seen.journal.iter().filter_map(|event| match event.kind {
            EventKind::Started { server, pid, .. } if pid != 0 => Some(Self::Output(server)),
            _ => None,
        });
        let mut all: Vec<Self> = packets.into_iter().flatten().chain([Self::Journal, Self::Sockets]).collect();
        for output in outputs {
            // One that was started again has one output.
            if !all.contains(&output) {
                all.push(output);
            }
        }
        all
    }

    /// The file's name.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Capture => "capture.pcapng".to_owned(),
            Self::Timeline => "timeline.svg".to_owned(),
            Self::Journal => "journal.json".to_owned(),
            Self::Sockets => "sockets.json".to_owned(),
            Self::Output(server) => format!("server-{}.txt", server.0 + 1),
        }
    }

    /// Writes it; `title` stands above the diagram.
    ///
    /// # Errors
    /// Where `out` cannot be written to.
    pub fn write(self, title: &str, seen: &Evidence, words: &Words, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Capture => capture_file::write(seen, words, out),
            Self::Timeline => match Timeline::of(title, seen, words) {
                Some(timeline) => out.write_all(timeline.svg(words).map_err(io::Error::other)?.as_bytes()),
                None => Ok(()),
            },
            Self::Journal => json(out, &journal(seen)),
            Self::Sockets => json(out, &sockets(seen)),
            Self::Output(server) => write_output(seen, server, out),
        }
    }
}

/// How a run came about, and the hash of every file: `manifest.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest<'a> {
    /// [`FORMAT`].
    pub format: u32,
    /// socklab's version.
    pub socklab: &'a str,
    /// The hash of the program itself; it holds the bundled servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socklab_blake3: Option<String>,
    /// Whose programs ran.
    pub submission: &'a str,
    /// The scenario.
    pub scenario: Hashed,
    /// The programs by role.
    pub programs: Vec<Program>,
    /// How programs were run.
    pub stage: StageKind,
    /// The seed of every random choice.
    pub seed: u64,
    /// The command that runs it again.
    pub repeat: Cow<'a, str>,
    /// When it began, in nanoseconds since 1970.
    pub began_ns: u64,
    /// The other files of the folder.
    pub files: Vec<Hashed>,
}

impl Manifest<'_> {
    /// Writes it.
    ///
    /// # Errors
    /// Where `out` cannot be written to.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        json(out, self)
    }
}

/// A program that ran.
#[derive(Debug, Clone, Serialize)]
pub struct Program {
    /// What it is in the lab.
    pub role: String,
    /// Its command line; where it ran already, its address.
    pub command: String,
    /// The files that the command line names.
    pub files: Vec<Hashed>,
}

/// A file by its name and contents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hashed {
    /// Its name.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Their BLAKE3 hash, in hexadecimal digits.
    pub blake3: String,
}

/// Counts and hashes what is written through it.
#[derive(Debug)]
pub struct Hashing<W> {
    out: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Hashing<W> {
    /// Nothing is written yet.
    pub fn new(out: W) -> Self {
        Self { out, hasher: blake3::Hasher::new() }
    }

    /// All that was written, under this name, and what it was written to.
    #[must_use]
    pub fn finish(self, name: &str) -> (Hashed, W) {
        let blake3 = self.hasher.finalize().to_hex().to_string();
        (Hashed { name: name.to_owned(), bytes: self.hasher.count(), blake3 }, self.out)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn json(out: &mut dyn Write, value: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}

/// `journal.json`: all that was recorded, the packets aside.
fn journal(seen: &Evidence) -> serde_json::Value {
    serde_json::json!({
        "format": FORMAT,
        "began_ns": seen.began_ns,
        "variables": seen.variables,
        "hosts": seen.hosts,
        "steps": seen.steps,
        "gaps": seen.gaps,
        "events": seen.journal,
    })
}

/// `sockets.json`: the row with which each server was ready, and every copy of the socket table under its name.
fn sockets(seen: &Evidence) -> serde_json::Value {
    let tables = seen.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Ready { server, row } => Some(serde_json::json!({ "at": event.at, "ready": server, "rows": [row] })),
        EventKind::Snapshot { name, settled, rows, .. } => {
            Some(serde_json::json!({ "at": event.at, "snapshot": name, "settled": settled, "rows": rows }))
        }
        _ => None,
    });
    serde_json::json!({ "format": FORMAT, "tables": tables.collect::<Vec<_>>() })
}

/// What a server printed: its first and last bytes, and how many are left out between them. Whatever a terminal would
/// obey is escaped, line ends aside.
fn write_output(seen: &Evidence, server: ServerId, out: &mut dyn Write) -> io::Result<()> {
    let Some((head, tail, total)) = seen.journal.output(server) else { return Ok(()) };
    write_lines(head, out)?;
    let left_out = total.saturating_sub((head.len() + tail.len()) as u64);
    if left_out > 0 {
        writeln!(out, "\n[... {left_out} bytes ...]")?;
    }
    write_lines(tail, out)
}

fn write_lines(bytes: &[u8], out: &mut dyn Write) -> io::Result<()> {
    for (k, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        if k > 0 {
            out.write_all(b"\n")?;
        }
        out.write_all(crate::model::bytes::shown(line).as_bytes())?;
    }
    Ok(())
}
