//! Finds the source file of a program, for findings that name no line. Reads only files of the
//! submission.

use std::path::{Path, PathBuf};

use crate::model::bytes::safe_path;
use crate::model::{Annotation, Arg, ItemResult, Verdict};
use crate::run::source_hint::whole;
use crate::scenario::lab::Lab;
use crate::submission::detect::{Assignment, Choice, Detection};
use crate::submission::import::Submission;
use crate::submission::language::{BUILD_FOLDER, is_module_run};

/// Bytes of a file that are read to distinguish source text from a binary.
const LOOKED_AT: u64 = 1024;

/// Adds the program's file to findings without a known line.
pub(crate) fn add(items: &mut [ItemResult], delivery: &Submission, found: &Detection, lab: &Lab) {
    for item in items.iter_mut().filter(|item| item.verdict == Verdict::Fail) {
        let Some(role) = &item.role else { continue };
        let others = lab.roles.get(role).map(|entry| &entry.falls_back_to);
        let mut roles = std::iter::once(role).chain(others.into_iter().flatten());
        let Some(chosen) = roles.find_map(|role| found.servers.get(role)) else { continue };
        let Some(location) = file_of(chosen, &|file| is_text(delivery, file)).map(whole) else { continue };
        let failed = item.judged.findings.iter().enumerate().filter(|(_, finding)| finding.verdict == Verdict::Fail);
        let unknown = failed.map(|(finding, _)| finding).filter(|finding| item.source_hint(*finding).is_none());
        let hints = unknown.map(|finding| Annotation::SourceHint { finding, location: location.clone() });
        item.annotations.extend(hints.collect::<Vec<_>>());
    }
}

/// Names the file of the submission in place of the command line that runs the program which was
/// built from it, or runs it as a module of a package: nobody typed that.
pub(crate) fn name_built_programs(items: &mut [ItemResult], delivery: &Submission, found: &Detection, lab: &Lab) {
    for item in items {
        let Some(role) = &item.role else { continue };
        let others = lab.roles.get(role).map(|entry| &entry.falls_back_to);
        let mut roles = std::iter::once(role).chain(others.into_iter().flatten());
        let Some(chosen) = roles.find_map(|role| found.servers.get(role)) else { continue };
        let is_module = chosen.because != Choice::Declared && is_module_run(&chosen.run);
        let is_ours = |text: &str| is_module || text.contains(&format!("{BUILD_FOLDER}/"));
        let Some(file) = file_of(chosen, &|file| is_text(delivery, file)) else { continue };
        let name = safe_path(&file);
        for message in &mut item.story {
            if let Some(Arg::Text(command)) =
                message.args.get_mut("command").filter(|_| chosen.run.iter().any(|word| is_ours(word)))
            {
                *command = name.clone();
            }
        }
        if is_ours(&item.program) {
            item.program = name;
        }
    }
}

/// Returns the source file of a program: the detected file, else one that its build or its command
/// line names.
fn file_of(chosen: &Assignment, is_text: &dyn Fn(&Path) -> bool) -> Option<PathBuf> {
    let words = chosen.builds.iter().flatten().chain(&chosen.run);
    std::iter::once(&chosen.file).chain(words).map(PathBuf::from).find(|file| is_text(file))
}

/// Returns true if the path is a text file of the submission, and not a binary that was built from
/// one.
fn is_text(delivery: &Submission, file: &Path) -> bool {
    let is_own = file.is_relative() && delivery.files.iter().any(|own| own == file);
    is_own && !delivery.text(file, LOOKED_AT).contains('\0')
}
