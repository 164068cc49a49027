//! `socklab analyze --expect`: reads a capture, has one item of the lab judged against it, and
//! prints the verdict.
//!
//! The judging is done in `run::captured`.

use std::collections::BTreeMap;
use std::path::Path;

use super::file::{CaptureFile, unknown_links};
use super::{Exit, Reader, Trouble};
use crate::cli::gather;
use crate::model::report::FORMAT;
use crate::model::{
    Capture, CapturedPacket, Fate, Machine, Message, Report, StageKind, SubmissionId, SubmissionResult,
};
use crate::packet::as_ethernet;
use crate::report::Terminal;
use crate::run::captured::{Wanted, judged};
use crate::scenario::{Scenario, lab};

/// Maximum packet bytes held for judging; the same limit as for a run's own capture.
const MOST_BYTES: usize = 128 << 20;

/// Judges a capture against an item of the bundled lab, using only facts that packets prove.
pub(in crate::cli) fn expect(file: &Path, port: Option<u16>, item: &str, reader: &Reader) -> Result<Exit, Trouble> {
    let mut lab = gather::lab(lab::DEFAULT, &gather::Variables::new())?;
    let named = |scenario: &Scenario| scenario.items.iter().position(|one| one.id.as_str() == item);
    let found = lab.scenarios.iter().enumerate().find_map(|(k, scenario)| Some((k, named(scenario)?)));
    let Some((which, number)) = found else { return Err(crate::cli::selection::unknown_item(&lab, item)) };
    let role = lab.scenarios[which].role().and_then(|role| Some((role, lab.roles.get(role)?)));
    let Some((role, entry)) = role else { return Err(crate::cli::selection::unknown_item(&lab, item)) };
    let file = CaptureFile::of(file);
    let wanted = Wanted {
        role: Some(role.clone()),
        protocol: entry.protocol,
        port: port.unwrap_or(entry.port),
        file: file.shown.clone(),
    };
    let held = held(&file)?;
    let mut result = judged(lab.scenarios.swap_remove(which), number, &held.capture, &wanted);
    result.repeat = shell_words::join(["socklab", "analyze", &file.shown, "--expect", item]);
    let report = Report {
        around: BTreeMap::new(),
        format: FORMAT,
        socklab: env!("CARGO_PKG_VERSION").to_owned(),
        lab: lab.name.clone(),
        machine: Machine { stage: StageKind::Isolated, cannot: Vec::new() },
        seed: 0,
        interrupted: false,
        submissions: vec![SubmissionResult::new(SubmissionId(file.shown), vec![result], 0)],
    };
    let mut text = String::new();
    for note in &held.notes {
        text += &format!("{}\n", reader.words.say(note));
    }
    let terminal = Terminal { colour: reader.colour && reader.terminal, width: reader.width };
    // No program was run, so the report does not describe a sandbox.
    text += &terminal.judged(&report.submissions[0], &reader.words);
    Reader::print(&text);
    Ok(Exit::of(&report, false))
}

/// The IP packets of a capture, with Ethernet headers, and notes on the packets left out.
#[derive(Default)]
struct Held {
    capture: Capture,
    notes: Vec<Message>,
    unknown_links: BTreeMap<u16, usize>,
}

fn held(file: &CaptureFile<'_>) -> Result<Held, Trouble> {
    let mut held = Held { capture: Capture::on(&["capture"]), ..Held::default() };
    let cut_short = file.each(|packet| {
        let Some(link) = packet.link else {
            *held.unknown_links.entry(packet.link_number).or_default() += 1;
            return Ok(());
        };
        let Ok(bytes) = as_ethernet(link, &packet.bytes) else { return Ok(()) };
        if held.capture.bytes() + bytes.len() > MOST_BYTES {
            return Err(Message::new("analyze-too-many-bytes").with("most", MOST_BYTES >> 20));
        }
        // The link header was replaced and may differ in length.
        let longer = (packet.original_length as usize).saturating_sub(packet.bytes.len());
        let original_length = u32::try_from(bytes.len() + longer).unwrap_or(u32::MAX);
        let (at_ns, fate) = (packet.at_ns, Fate::Delivered);
        held.capture.add(CapturedPacket { at_ns, interface: 0, fate, original_length, bytes: &bytes });
        Ok(())
    })?;
    held.notes = unknown_links(&held.unknown_links).chain(cut_short).collect();
    Ok(held)
}
