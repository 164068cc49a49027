//! The files that are kept of a scenario's run, so that a verdict can be contested.
//!
//! They are the packets, the diagram, the journal, the socket table and the output of the servers.
//! A manifest contains the hashes of all inputs and files. This module is pure: the caller opens
//! the files.

use std::borrow::Cow;
use std::io::{self, Write};

use serde::Serialize;

use super::capture_file;
use super::timeline::Timeline;
use crate::i18n::Catalog;
use crate::model::{EventKind, Evidence, SandboxMode, ServerId};

/// The version of the JSON files of this folder.
pub(crate) const FORMAT: u32 = 1;
/// The name of the manifest file, which is written last.
pub(crate) const MANIFEST: &str = "manifest.json";

/// A file of the evidence folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The packets, for Wireshark.
    Capture,
    /// The sequence diagram.
    Timeline,
    /// All events, in order.
    Journal,
    /// The copies of the socket table.
    Sockets,
    /// The output of a server.
    Output(ServerId),
}

impl Part {
    /// Returns the files that can be written from the recorded evidence.
    #[must_use]
    pub(crate) fn all(seen: &Evidence) -> Vec<Self> {
        let packets = seen.capture.is_some().then_some([Self::Capture, Self::Timeline]);
        let outputs = seen.journal.iter().filter_map(|event| match event.kind {
            EventKind::Started { server, pid, .. } if pid != 0 => Some(Self::Output(server)),
            _ => None,
        });
        let mut all: Vec<Self> = packets.into_iter().flatten().chain([Self::Journal, Self::Sockets]).collect();
        for output in outputs {
            // A server that was restarted has a single output file.
            if !all.contains(&output) {
                all.push(output);
            }
        }
        all
    }

    /// Returns the file's name.
    #[must_use]
    pub(crate) fn name(self) -> String {
        match self {
            Self::Capture => "capture.pcapng".to_owned(),
            Self::Timeline => "timeline.svg".to_owned(),
            Self::Journal => "journal.json".to_owned(),
            Self::Sockets => "sockets.json".to_owned(),
            Self::Output(server) => format!("server-{}.txt", server.0 + 1),
        }
    }

    /// Writes the file. `title` is the heading of the diagram.
    ///
    /// # Errors
    /// Returns an error if writing to `out` fails.
    pub(crate) fn write(self, title: &str, seen: &Evidence, words: &Catalog, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Capture => capture_file::write(seen, words, out),
            Self::Timeline => match Timeline::from_evidence(title, seen, words) {
                Some(timeline) => out.write_all(timeline.svg(words).map_err(io::Error::other)?.as_bytes()),
                None => Ok(()),
            },
            Self::Journal => json(out, &journal(seen)),
            Self::Sockets => json(out, &sockets(seen)),
            Self::Output(server) => write_output(seen, server, out),
        }
    }
}

/// The inputs of a run, and the hash of every file: `manifest.json`.
#[derive(Debug, Clone, Serialize)]
pub struct Manifest<'a> {
    /// The version of the format: [`FORMAT`].
    pub format: u32,
    /// socklab's version.
    pub socklab: &'a str,
    /// The hash of the socklab program itself, which contains the bundled servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub socklab_blake3: Option<String>,
    /// The submission whose programs ran.
    pub submission: &'a str,
    /// The scenario file.
    pub scenario: Hashed,
    /// The programs by role.
    pub programs: Vec<Program>,
    /// The sandbox mode of the programs.
    pub stage: SandboxMode,
    /// The seed of every random choice.
    pub seed: u64,
    /// The command that repeats the run.
    pub repeat: Cow<'a, str>,
    /// The start of the run, in nanoseconds since 1970.
    pub began_ns: u64,
    /// The other files of the folder.
    pub files: Vec<Hashed>,
}

impl Manifest<'_> {
    /// Writes the manifest.
    ///
    /// # Errors
    /// Returns an error if writing to `out` fails.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        json(out, self)
    }
}

/// A program that ran.
#[derive(Debug, Clone, Serialize)]
pub struct Program {
    /// Its role in the lab.
    pub role: String,
    /// Its command line, or its address if the program was already running.
    pub command: String,
    /// The files that the command line names.
    pub files: Vec<Hashed>,
}

/// The name, size and hash of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hashed {
    /// The file's name.
    pub name: String,
    /// The file's size in bytes.
    pub bytes: u64,
    /// The BLAKE3 hash of the content, in hexadecimal digits.
    pub blake3: String,
}

/// A writer that counts and hashes all bytes written through it.
#[derive(Debug)]
pub(crate) struct Hashing<W> {
    out: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Hashing<W> {
    /// Wraps `out`. No bytes are counted yet.
    pub(crate) fn new(out: W) -> Self {
        Self { out, hasher: blake3::Hasher::new() }
    }

    /// Returns the hash of all written bytes under the given name, and the inner writer.
    #[must_use]
    pub(crate) fn finish(self, name: &str) -> (Hashed, W) {
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

/// Returns `journal.json`: everything recorded except the packets.
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

/// Returns `sockets.json`: the socket that made each server ready, and every named copy of the
/// socket table.
fn sockets(seen: &Evidence) -> serde_json::Value {
    let tables = seen.journal.iter().filter_map(|event| match &event.kind {
        EventKind::Ready { server, row } => Some(serde_json::json!({ "at": event.at, "ready": server, "rows": [row] })),
        EventKind::Snapshot { name, settled, rows, .. } => {
            Some(serde_json::json!({ "at": event.at, "snapshot": name, "settled": settled, "rows": rows }))
        }
        EventKind::Silent { threads, rows } => {
            Some(serde_json::json!({ "at": event.at, "silent": threads, "rows": rows }))
        }
        _ => None,
    });
    serde_json::json!({ "format": FORMAT, "tables": tables.collect::<Vec<_>>() })
}

/// Writes a server's output: its first and last bytes, and the number of bytes left out between
/// them.
///
/// Terminal control characters are escaped, except line ends.
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
        out.write_all(crate::model::bytes::printable(line).as_bytes())?;
    }
    Ok(())
}
