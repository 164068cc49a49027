//! `socklab report` and `socklab regrade`: render or judge stored results again, without running
//! anything.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context;

use super::arguments::ReportOptions;
use super::exit::{Exit, Trouble};
use super::outputs::{own_terminal, unknown_format, write_whole};
use super::selection::matches;
use super::store_access::{open, results, trouble};
use super::{Reader, gather};
use crate::model::{Message, Report};
use crate::report::gradebook::{Filling, Gradebook, fill};
use crate::report::html::Seen;
use crate::report::{Render, format};
use crate::run::batch;
use crate::run::store::Store;

/// Renders a report, or fills in a gradebook.
pub(super) fn report(options: &ReportOptions, reader: &Reader) -> Result<Exit, Trouble> {
    let store = open(&options.store, false)?;
    let is_wanted = |id: &str| options.only.as_ref().is_none_or(|only| matches(only, id));
    if super::pages::are_wanted(options) && options.moodle.is_none() && options.canvas.is_none() {
        return super::pages::write(&store, options, is_wanted, reader);
    }
    if options.anonymous {
        return Err(Trouble::usage(Message::new("cli-pages-anonymous")));
    }
    let table = format(&options.format).is_some_and(Render::is_a_table);
    let mut report = results(&store, table, is_wanted).map_err(|error| trouble(&options.store, error))?;
    if options.for_students {
        report = report.for_students();
    }
    let bytes = match (&options.moodle, &options.canvas) {
        (Some(file), _) => filled(Gradebook::Moodle, file, options, &report, reader)?,
        (None, Some(file)) => filled(Gradebook::Canvas, file, options, &report, reader)?,
        (None, None) => drawn(options, &report, &store, reader)?,
    };
    match &options.output {
        Some(file) => write_whole(file, &bytes).with_context(|| format!("writing {}", file.display()))?,
        None => drop(std::io::stdout().lock().write_all(&bytes)),
    }
    Ok(Exit::Passed)
}

fn drawn(options: &ReportOptions, report: &Report, store: &Store, reader: &Reader) -> Result<Vec<u8>, Trouble> {
    let Some(format) = format(&options.format) else {
        return Err(unknown_format(&options.format));
    };
    if format.is_of_one() && report.submissions.len() != 1 {
        return Err(Trouble::usage(Message::new("cli-one-submission").with("format", format.name())));
    }
    let mut bytes = Vec::new();
    if format.name() == "terminal" && options.output.is_none() {
        own_terminal(reader).render(report, &reader.words, &mut bytes).context("rendering the report")?;
    } else {
        let of_one = report.submissions.first().filter(|_| format.shows_evidence() && format.is_of_one());
        let evidence = of_one.map_or_else(|| Ok(Vec::new()), |one| store.evidence(&one.id.0));
        let evidence = evidence.map_err(|error| trouble(&options.store, error))?;
        let seen = evidence.iter().map(|(scenario, evidence)| Seen { scenario, evidence, manifest: None });
        let seen: Vec<Seen<'_>> = seen.collect();
        format.render_seen(report, &seen, &reader.words, &mut bytes).context("rendering the report")?;
    }
    Ok(bytes)
}

fn filled(
    kind: Gradebook,
    file: &Path,
    options: &ReportOptions,
    report: &Report,
    reader: &Reader,
) -> Result<Vec<u8>, Trouble> {
    let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let shown = crate::model::bytes::safe_path(file);
    let filling = Filling {
        file: &shown,
        column: options.column.as_deref(),
        submissions: &report.submissions,
        skip_unknown: options.skip_unknown,
    };
    let filled = fill(kind, &bytes, filling, &reader.words).map_err(Trouble::usage)?;
    for note in &filled.notes {
        let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.say(note));
    }
    Ok(filled.bytes)
}

/// Judges the stored evidence again.
pub(super) fn regrade(path: &Path, lab: &str, reader: &Reader) -> Result<Exit, Trouble> {
    let lab = gather::lab(lab, &BTreeMap::new())?;
    let store = open(path, false)?;
    let (n, changed) = batch::regrade(&lab, &lab.hash(), &store).map_err(|error| trouble(path, error))?;
    let message = Message::new("cli-regraded").with("n", n).with("changed", changed);
    Reader::print(&format!("{}\n", reader.words.say(&message)));
    Ok(Exit::Passed)
}
