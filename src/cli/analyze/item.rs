//! `socklab analyze --expect`: reads a capture, has one item of the lab judged against it, and
//! prints the verdict.
//!
//! The judging is done in `run::captured`.

use std::collections::BTreeMap;
use std::path::Path;

use super::file::{CaptureFile, unknown_links};
use super::{CliError, ExitStatus, Ui};
use crate::cli::load;
use crate::model::{
    Capture, CapturedPacket, Machine, Message, PacketFate, Report, SandboxMode, SubmissionId, SubmissionResult,
};
use crate::packet::{FrameError, as_ethernet};
use crate::run::external_capture::{CaptureFilter, judge_capture};
use crate::scenario::{Scenario, lab};

/// Maximum packet bytes held for judging; the same limit as for a run's own capture.
const MAX_CAPTURE_BYTES: usize = 128 << 20;
/// Maximum number of packets held whose headers are incomplete: a few show a snap length.
const MAX_MALFORMED_PACKETS: usize = 100;

/// Judges a capture against an item of the bundled lab, using only facts that packets prove.
pub(in crate::cli) fn judge_item(
    file: &Path,
    port: Option<u16>,
    item: &str,
    reader: &Ui,
) -> Result<ExitStatus, CliError> {
    let mut lab = load::load_lab(lab::DEFAULT_LAB, &load::VariableArgs::new())?;
    let named = |scenario: &Scenario| scenario.items.iter().position(|one| one.id.as_str() == item);
    let found = lab.scenarios.iter().enumerate().find_map(|(k, scenario)| Some((k, named(scenario)?)));
    let Some((which, number)) = found else { return Err(crate::cli::selection::unknown_item(&lab, item)) };
    let role = lab.scenarios[which].first_role().and_then(|role| Some((role, lab.roles.get(role)?)));
    let Some((role, entry)) = role else { return Err(crate::cli::selection::unknown_item(&lab, item)) };
    let file = CaptureFile::new(file);
    let wanted = CaptureFilter {
        role: Some(role.clone()),
        protocol: entry.protocol,
        port: port.unwrap_or(entry.port),
        file: file.shown.clone(),
    };
    let held = load_capture(&file, wanted.port)?;
    let mut text = String::new();
    for note in &held.notes {
        text += &format!("{}\n", reader.words.format(note));
    }
    if held.is_all_unsupported {
        Ui::print(&text);
        return Ok(ExitStatus::Usage);
    }
    let mut result = judge_capture(lab.scenarios.swap_remove(which), number, &held.capture, &wanted);
    result.repeat = shell_words::join(["socklab", "analyze", &file.shown, "--expect", item]);
    let result = SubmissionResult::new(SubmissionId(file.shown), vec![result], 0);
    let machine = Machine { stage: SandboxMode::Isolated, cannot: Vec::new() };
    let report = Report::new(&lab.name, machine, 0, vec![result]);
    let terminal = super::super::outputs::terminal_format(reader);
    // No program was run, so the report does not describe a sandbox.
    text += &terminal.render_judged(&report.submissions[0], &reader.words);
    Ui::print(&text);
    Ok(ExitStatus::of_report(&report, false))
}

/// The packets of one port in a capture, as IP packets with Ethernet headers, and notes on the
/// packets left out.
#[derive(Default)]
struct LoadedCapture {
    capture: Capture,
    notes: Vec<Message>,
    /// True if no packet was on a supported link.
    is_all_unsupported: bool,
}

/// Reads the packets that use `port` at either end, and those whose headers are incomplete. All
/// others are skipped, so that they do not count against [`MAX_CAPTURE_BYTES`].
fn load_capture(file: &CaptureFile<'_>, port: u16) -> Result<LoadedCapture, CliError> {
    let mut capture = Capture::with_interfaces(&["capture"]);
    let mut links = BTreeMap::<u16, usize>::new();
    let (mut packets, mut malformed) = (0, 0);
    let outcome = file.for_each_packet(|packet| {
        packets += 1;
        let Some(link) = packet.link else {
            *links.entry(packet.link_number).or_default() += 1;
            return Ok(());
        };
        match packet.frame() {
            Ok(frame) if frame.is_on_port(port) => {}
            Err(FrameError::Malformed) if malformed < MAX_MALFORMED_PACKETS => malformed += 1,
            _ => return Ok(()),
        }
        let Ok(bytes) = as_ethernet(link, &packet.bytes) else { return Ok(()) };
        if capture.bytes() + bytes.len() > MAX_CAPTURE_BYTES {
            let message = Message::new("analyze-too-many-bytes").with("file", file.shown.as_str());
            return Err(CliError::usage(message.with("most", MAX_CAPTURE_BYTES >> 20).with("port", port.to_string())));
        }
        // The link header was replaced and may differ in length.
        let longer = (packet.original_length as usize).saturating_sub(packet.bytes.len());
        let original_length = u32::try_from(bytes.len() + longer).unwrap_or(u32::MAX);
        let (at_ns, fate) = (packet.at_ns, PacketFate::Delivered);
        capture.add(CapturedPacket { at_ns, interface: 0, fate, original_length, bytes: &bytes });
        Ok(())
    })?;
    capture.dropped = outcome.dropped;
    let is_all_unsupported = packets > 0 && links.values().sum::<usize>() == packets;
    let notes = unknown_links(&links).chain(outcome.notes).collect();
    Ok(LoadedCapture { capture, notes, is_all_unsupported })
}
