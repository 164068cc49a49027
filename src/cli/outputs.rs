//! The reports that a command line requests: their formats, their destinations, and files that are
//! written as a whole.

use std::io::Write;
use std::path::Path;

use anyhow::Context;

use super::exit::CliError;
use super::{Ui, load};
use crate::model::{Message, Report};
use crate::report::terminal::Terminal;
use crate::report::{ClassReport, FORMATS, RecordedScenario, Render, find_format};

/// A requested report: its format and its destination.
pub(super) type ReportTarget<'a> = (&'static dyn Render, &'a str);

/// Returns true if a report shows evidence. Packets are then captured, and the evidence is held
/// until the run is over.
pub(super) fn any_shows_evidence(wanted: &[ReportTarget<'_>]) -> bool {
    wanted.iter().any(|(format, _)| format.spec().shows_evidence)
}

pub(super) fn parse_reports(words: &[String]) -> Result<Vec<ReportTarget<'_>>, CliError> {
    let mut wanted: Vec<ReportTarget<'_>> = Vec::new();
    for word in words {
        let (name, file) = word.split_once('=').unwrap_or((word, "-"));
        let Some(format) = find_format(name) else {
            return Err(unknown_format(name));
        };
        if wanted.iter().any(|(_, other)| same_file(other, file)) {
            return Err(CliError::usage(Message::new("cli-same-file").with("file", file)));
        }
        if file.is_empty() || file != "-" && !has_folder(Path::new(file)) {
            return Err(CliError::usage(Message::new("cli-no-folder").with("file", file)));
        }
        wanted.push((format, file));
    }
    Ok(wanted)
}

/// Returns the error for an unknown format, with the known formats and a suggestion.
pub(super) fn unknown_format(name: &str) -> CliError {
    let known: Vec<&str> = FORMATS.iter().map(|format| format.spec().name).collect();
    let message = Message::new("cli-unknown-format").with("format", name).with("known", known.join(", "));
    CliError::usage(load::with_suggestion(message, name, &known))
}

/// Returns true if two names refer to the same file, which need not exist yet.
pub(super) fn same_file(one: &str, other: &str) -> bool {
    let whole = |file: &str| {
        let path = Path::new(file);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        folder.canonicalize().ok().map(|folder| folder.join(path.file_name().unwrap_or_default()))
    };
    one == other || one != "-" && other != "-" && whole(one).is_some() && whole(one) == whole(other)
}

fn has_folder(file: &Path) -> bool {
    !file.is_dir() && file.parent().is_some_and(|folder| folder.as_os_str().is_empty() || folder.is_dir())
}

/// Writes every report. The terminal report goes to standard output unless another report does.
pub(super) fn write_reports(
    report: &Report,
    seen: &[RecordedScenario<'_>],
    wanted: &[ReportTarget<'_>],
    reader: &Ui,
) -> Result<(), CliError> {
    if !write_files(report, seen, wanted, reader)? {
        let mut bytes = Vec::new();
        terminal_format(reader).render(report, &reader.words, &mut bytes).context("rendering the report")?;
        let _ = std::io::stdout().lock().write_all(&bytes);
    }
    Ok(())
}

/// Writes every report of a class. A table goes to standard output unless a report does.
pub(super) fn write_class_reports(
    class: ClassReport<'_>,
    wanted: &[ReportTarget<'_>],
    reader: &Ui,
) -> Result<(), CliError> {
    for (format, file) in wanted {
        let render = |out: &mut dyn Write| match *file == "-" && format.spec().name == "terminal" {
            true => terminal_format(reader).render_class(class, &reader.words, out),
            false => format.render_class(class, &reader.words, out),
        };
        if *file == "-" {
            write_to_stdout(render).context("rendering the report")?;
        } else {
            write_atomically_with(Path::new(file), render).with_context(|| format!("writing {file}"))?;
        }
    }
    if !wanted.iter().any(|(_, file)| *file == "-") {
        let table = |out: &mut dyn Write| terminal_format(reader).render_table(class, &reader.words, out);
        write_to_stdout(table).context("rendering the report")?;
    }
    for (_, file) in wanted.iter().filter(|(_, file)| *file != "-") {
        let written = Message::new("cli-written").with("path", crate::model::bytes::safe_path(Path::new(file)));
        let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(&written));
    }
    Ok(())
}

/// Writes to standard output. A pipe that nobody reads any more is not an error.
pub(super) fn write_to_stdout(fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match fill(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// Writes every report to its file. Returns true if one of them went to standard output.
fn write_files(
    report: &Report,
    seen: &[RecordedScenario<'_>],
    wanted: &[ReportTarget<'_>],
    reader: &Ui,
) -> Result<bool, CliError> {
    for (format, file) in wanted {
        let mut bytes = Vec::new();
        if *file == "-" && format.spec().name == "terminal" {
            terminal_format(reader).render(report, &reader.words, &mut bytes).context("rendering the report")?;
        } else {
            format.render_with_evidence(report, seen, &reader.words, &mut bytes).context("rendering the report")?;
        }
        if *file == "-" {
            let _ = std::io::stdout().lock().write_all(&bytes);
        } else {
            write_atomically(Path::new(file), &bytes).with_context(|| format!("writing {file}"))?;
        }
    }
    Ok(wanted.iter().any(|(_, file)| *file == "-"))
}

pub(super) fn terminal_format(reader: &Ui) -> Terminal {
    Terminal { colour: reader.colour, width: reader.width, detail: reader.detail }
}

/// Writes a file atomically: see [`write_atomically_with`].
pub(super) fn write_atomically(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    write_atomically_with(file, |out| out.write_all(bytes))
}

/// Writes a file atomically: to a temporary name beside it, then renamed.
/// Anything but a regular file (a pipe, a terminal) is written to directly. A link is replaced and
/// not followed, except below `/dev` and `/proc` (`/dev/stdout`).
pub(super) fn write_atomically_with(
    file: &Path,
    fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let buffered = |file: std::fs::File| {
        let mut out = std::io::BufWriter::new(file);
        fill(&mut out).and_then(|()| out.flush())
    };
    let is_system = ["/dev", "/proc"].iter().any(|folder| file.starts_with(folder));
    let is_other = |found: std::fs::Metadata| !found.is_file() && (is_system || !found.is_symlink());
    if file.symlink_metadata().is_ok_and(is_other) {
        return std::fs::File::create(file).and_then(buffered);
    }
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let beside = file.with_file_name(name);
    // An existing file of this name is removed, never written to.
    let _ = std::fs::remove_file(&beside);
    let written = std::fs::File::create_new(&beside).and_then(buffered);
    written.and_then(|()| std::fs::rename(&beside, file)).inspect_err(|_| drop(std::fs::remove_file(&beside)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn write_whole_replaces_links() {
        let folder = tempfile::tempdir().expect("a folder");
        let (link, victim, part) =
            (folder.path().join("r.json"), folder.path().join("victim"), folder.path().join("p"));
        let beside = folder.path().join(format!("r.json.{}.part", std::process::id()));
        std::fs::write(&victim, "as it was").expect("written");
        std::os::unix::fs::symlink(&victim, &beside).expect("a link");
        for to in [&victim, Path::new("/dev/null"), &part] {
            let _ = std::fs::remove_file(&link);
            std::os::unix::fs::symlink(to, &link).expect("a link");
            write_atomically(&link, b"new").expect("written");
            assert!(link.symlink_metadata().expect("there").is_file(), "{}", to.display());
        }
        assert_eq!(std::fs::read_to_string(&victim).expect("there"), "as it was");
        assert!(!part.exists() && !beside.exists());
        write_atomically(Path::new("/dev/null"), b"x").expect("written");
    }
}
