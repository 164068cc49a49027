//! `socklab merge`: joins the parts of a class. Every problem of every part is reported, and
//! nothing is merged if there is one.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use indicatif::ProgressBar;

use super::Ui;
use super::exit::{CliError, ExitStatus, error_message};
use super::grade_options::MergeOptions;
use super::store_access::store_error;
use crate::model::Message;
use crate::model::bytes::{printable_text, safe_path};
use crate::run::shard::number_of;
use crate::run::store::{ClosedStore, Part, StoreError, merge as merge_parts};

/// Number of missing shards that are named.
const MAX_NAMED: usize = 20;
/// Number of problems that are reported.
const MAX_PROBLEMS: usize = 20;

/// Merges parts.
pub(super) fn merge(options: &MergeOptions, reader: &Ui) -> Result<ExitStatus, CliError> {
    let mut problems = Vec::new();
    let mut parts: Vec<Part> = Vec::new();
    for path in &options.parts {
        match read_part(path) {
            Ok(part) => parts.push(part),
            Err(problem) => problems.push(problem),
        }
    }
    parts.sort_by_key(|part| part.info.shard);
    problems.extend(conflicts(&parts, problems.is_empty()));
    if let Some(last) = problems.pop() {
        let left = problems.len().saturating_sub(MAX_PROBLEMS);
        problems.truncate(MAX_PROBLEMS);
        if left > 0 {
            problems.push(Message::new("cli-merge-more").with("n", left));
        }
        for problem in problems {
            let _ = writeln!(std::io::stderr().lock(), "{}", reader.words.format(&error_message(problem)));
        }
        return Err(CliError::usage(last));
    }
    let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(parts.len() as u64));
    let merged = merge_parts(&parts, &options.store, &mut || {
        if let Some(bar) = &bar {
            bar.inc(1);
        }
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let merged = merged.map_err(|error| store_error(&options.store, error))?;
    let done = Message::new("cli-merged").with("n", merged.submissions).with("parts", parts.len());
    let done = done.with("store", safe_path(&options.store)).with("kept", merged.kept);
    Ui::print(&format!("{}\n", reader.words.format(&done)));
    Ok(ExitStatus::Passed)
}

/// Reads a part, which must be complete.
fn read_part(path: &Path) -> Result<Part, Message> {
    let about = |id: &'static str| Message::new(id).with("store", safe_path(path));
    if !path.is_file() {
        return Err(about("cli-store-missing"));
    }
    let unreadable = |error: StoreError| match error {
        StoreError::Busy => about("cli-merge-in-use"),
        StoreError::NotOurs => about("cli-store-not-ours"),
        other => about("cli-merge-damaged").with("problem", other.to_string()),
    };
    let store = ClosedStore::open(path).map_err(unreadable)?;
    let Some(info) = store.part().map_err(unreadable)? else { return Err(about("cli-merge-no-part")) };
    let count = info.fingerprint.shards;
    let shard = info.shard().to_string();
    let members = store.members().map_err(unreadable)?;
    if let Some(name) = members.iter().find(|name| number_of(name, count) != info.shard) {
        return Err(about("cli-merge-other-member").with("shard", shard).with("name", printable_text(name)));
    }
    let unfinished = store.unfinished(&info).map_err(unreadable)?;
    if unfinished.count > 0 {
        let mut names: Vec<String> = unfinished.names.iter().map(|name| printable_text(name)).collect();
        if unfinished.count > names.len() {
            names.push("…".to_owned());
        }
        let message = about("cli-merge-unfinished").with("shard", shard).with("n", unfinished.count);
        return Err(message.with("names", names.join(", ")));
    }
    Ok(Part { path: path.to_owned(), info })
}

/// Returns why these parts, sorted by their numbers, are not one class: foreign, doubled and
/// missing ones. Missing ones are named only if all files could be read.
fn conflicts(parts: &[Part], all_read: bool) -> Vec<Message> {
    let Some(first) = parts.first() else { return Vec::new() };
    let mut problems = Vec::new();
    let mut by_shard: BTreeMap<u32, &Part> = BTreeMap::new();
    for part in parts {
        let about = |id: &'static str| Message::new(id).with("part", safe_path(&part.path));
        if let Some(what) = first.info.fingerprint.difference(&part.info.fingerprint) {
            problems.push(about("cli-merge-foreign").with("first", safe_path(&first.path)).with("what", what));
            continue;
        }
        if part.info.seed != first.info.seed {
            let message = about("cli-merge-seed").with("seed", part.info.seed.to_string());
            let message = message.with("first", safe_path(&first.path));
            problems.push(message.with("other", first.info.seed.to_string()));
        }
        if let Some(twin) = by_shard.insert(part.info.shard, part) {
            let message = about("cli-merge-twice").with("other", safe_path(&twin.path));
            problems.push(message.with("shard", part.info.shard().to_string()));
        }
    }
    let count = first.info.fingerprint.shards;
    let missing: Vec<u32> = (1..=count).filter(|number| !by_shard.contains_key(number)).collect();
    if !missing.is_empty() && problems.is_empty() && all_read {
        let mut names: Vec<String> = missing.iter().take(MAX_NAMED).map(ToString::to_string).collect();
        if missing.len() > MAX_NAMED {
            names.push("…".to_owned());
        }
        let message = Message::new("cli-merge-missing").with("n", missing.len()).with("count", count.to_string());
        problems.push(message.with("names", names.join(", ")));
    }
    problems
}
