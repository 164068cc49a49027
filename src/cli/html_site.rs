//! `socklab report --format html`: writes the page of a class and one page per submission into a
//! folder, which is renamed into place.
//!
//! Only one submission with its evidence is in memory at a time.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::Context;

use super::Ui;
use super::arguments::ReportOptions;
use super::exit::{CliError, ExitStatus};
use super::store_access::{load_results, store_error};
use crate::model::{Message, Report, SubmissionResult};
use crate::report::anonymize;
use crate::report::html::class::{ClassPage, class_page};
use crate::report::html::{Catalogs, RecordedScenario, submission_page};
use crate::run::store::{Store, StoreError};

/// The file that marks a folder as written by socklab. It is written last.
const MANIFEST: &str = "socklab-pages.json";
/// The file name of the class page.
const INDEX: &str = "index.html";
/// The folder of the submission pages.
const SUBMISSIONS: &str = "submissions";
/// The class page, relative to a submission page.
const CLASS_PAGE_LINK: &str = "../index.html";

/// Returns true if the pages of a class are requested, rather than one page in a file.
pub(super) fn is_requested(options: &ReportOptions) -> bool {
    let is_file = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "html");
    options.format == "html" && !options.output.as_ref().is_some_and(is_file)
}

/// Writes the pages.
pub(super) fn write(
    store: &Store,
    options: &ReportOptions,
    is_wanted: impl Fn(&str) -> bool,
    reader: &Ui,
) -> Result<ExitStatus, CliError> {
    let Some(folder) = &options.output else {
        return Err(CliError::usage(Message::new("cli-pages-folder")));
    };
    let shown = |path: &Path| crate::model::bytes::safe_path(path);
    let stands = match is_replaceable(folder) {
        Ok(stands) => stands,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(CliError::usage(Message::new("cli-pages-not-ours").with("folder", shown(folder))));
        }
        Err(error) => return Err(anyhow::Error::new(error).context(format!("reading {}", shown(folder))).into()),
    };
    let of_store = |error| store_error(&options.store, error);
    let report = load_results(store, true, is_wanted).map_err(of_store)?;
    let numbers = if options.anonymous { Some(anonymous_numbers(store).map_err(of_store)?) } else { None };
    let pages = Pages::of(store, options, report, numbers.as_ref(), Catalogs::of(reader.words.language()));
    let n = pages.entries.len();
    let doing = || format!("writing {}", shown(folder));
    replace(folder, stands, |part| pages.write(part)).with_context(doing)?;
    let message = Message::new("cli-pages-written").with("n", n).with("index", shown(&folder.join(INDEX)));
    Ui::print(&format!("{}\n", reader.words.format(&message)));
    Ok(ExitStatus::Passed)
}

/// Returns the number of each submission in the store. Numbers do not depend on the selected
/// submissions.
fn anonymous_numbers(store: &Store) -> Result<BTreeMap<String, u32>, StoreError> {
    let ids = store.ids()?;
    let numbers = anonymize::anonymous_ids(ids.iter().map(String::as_str), &store.secret()?);
    Ok(ids.into_iter().zip(numbers).collect())
}

/// The pages to be written.
struct Pages<'a> {
    store: &'a Store,
    options: &'a ReportOptions,
    /// The class, reduced to the data of a row and anonymized if requested. Its submissions are in
    /// the order of `entries`.
    report: Report,
    entries: Vec<SubmissionPage>,
    /// The ids of the lab itself, which are not anonymized.
    ids: BTreeSet<String>,
    catalogs: Catalogs,
}

/// A submission of the class.
struct SubmissionPage {
    /// Its id in the store.
    id: String,
    /// The number shown instead of its name, if anonymous.
    number: Option<u32>,
    /// The file name of its page.
    file: String,
}

impl<'a> Pages<'a> {
    fn of(
        store: &'a Store,
        options: &'a ReportOptions,
        mut report: Report,
        numbers: Option<&BTreeMap<String, u32>>,
        catalogs: Catalogs,
    ) -> Self {
        if options.for_students {
            report = anonymize::for_students(&report);
        }
        let ids = anonymize::lab_ids(&report);
        if numbers.is_some() {
            report = anonymize::anonymize_run(report);
        }
        let mut rows: Vec<(Option<u32>, String, SubmissionResult)> = Vec::new();
        for row in std::mem::take(&mut report.submissions) {
            let id = row.id.0.clone();
            rows.push(match numbers {
                // A submission without a number was added after numbering and is left out for now.
                Some(numbers) => {
                    let Some(&number) = numbers.get(&id) else { continue };
                    (Some(number), id, anonymize::anonymize_submission(row, number, &ids))
                }
                None => (None, id, row),
            });
        }
        // Anonymous rows and files are ordered by number. Otherwise the class order is kept.
        rows.sort_by_key(|(number, ..)| *number);
        let files = file_names(rows.iter().map(|(_, _, row)| row.id.0.as_str()));
        let entries = rows.iter().zip(files).map(|((number, id, _), file)| SubmissionPage {
            id: id.clone(),
            number: *number,
            file,
        });
        let entries: Vec<SubmissionPage> = entries.collect();
        report.submissions = rows.into_iter().map(|(_, _, row)| row).collect();
        Self { store, options, report, entries, ids, catalogs }
    }

    fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let submissions = folder.join(SUBMISSIONS);
        fs::create_dir(&submissions)?;
        for entry in &self.entries {
            if let Some(page) = self.submission(entry)? {
                fs::write(submissions.join(&entry.file), page)?;
            }
        }
        let pages: Vec<String> = self.entries.iter().map(|entry| format!("{SUBMISSIONS}/{}", entry.file)).collect();
        let class = ClassPage { report: &self.report, pages: &pages, anonymous: self.options.anonymous };
        fs::write(folder.join(INDEX), class_page(&class, &self.catalogs)?)?;
        let manifest = format!("{{ \"format\": 1, \"socklab\": \"{}\" }}\n", env!("CARGO_PKG_VERSION"));
        Ok(fs::write(folder.join(MANIFEST), manifest)?)
    }

    /// Renders the page of a submission. Returns `None` if it was removed from the store meanwhile.
    fn submission(&self, entry: &SubmissionPage) -> anyhow::Result<Option<String>> {
        let Some(result) = self.store.result(&entry.id)? else { return Ok(None) };
        let result = self.store.with_images(self.store.with_marks(result)?)?;
        let mut report = Report { submissions: vec![result], ..without_submissions(&self.report) };
        if self.options.for_students {
            report = anonymize::for_students(&report);
        }
        let Some(result) = report.submissions.pop() else { return Ok(None) };
        let (result, evidence) = match entry.number {
            // Evidence contains the student's own text and bytes everywhere, so it is left out.
            Some(number) => (anonymize::anonymize_submission(result, number, &self.ids), Vec::new()),
            None => (result, self.store.evidence(&entry.id)?),
        };
        let seen = evidence.iter().map(|(scenario, evidence)| RecordedScenario { scenario, evidence, manifest: None });
        let seen: Vec<RecordedScenario<'_>> = seen.collect();
        // A student who receives a page does not receive the class page.
        let class = (!self.options.for_students).then_some(CLASS_PAGE_LINK);
        Ok(Some(submission_page(&report, &result, &seen, class, &self.catalogs)?))
    }
}

fn without_submissions(report: &Report) -> Report {
    let mut own = Report::new(&report.lab, report.machine.clone(), report.seed, Vec::new());
    own.title.clone_from(&report.title);
    own.interrupted = report.interrupted;
    own
}

/// Returns a unique file name per submission, of ASCII letters, digits, `-` and `_`. Names differ
/// even on case-insensitive file systems.
fn file_names<'n>(names: impl Iterator<Item = &'n str>) -> Vec<String> {
    const MAX_NAME_CHARS: usize = 80;
    let mut taken = BTreeSet::new();
    let one = |name: &str| {
        let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
        let name: String = name.chars().map(plain).take(MAX_NAME_CHARS).collect();
        let name = name.trim_matches('-').to_owned();
        if name.is_empty() { "submission".to_owned() } else { name }
    };
    let mut unlike = |name: String| {
        let numbered = (2_u32..).map(|k| format!("{name}-{k}"));
        let mut all = std::iter::once(name.clone()).chain(numbered);
        let free = all.find(|name| taken.insert(name.to_ascii_lowercase()));
        format!("{}.html", free.unwrap_or(name))
    };
    names.map(|name| unlike(one(name))).collect()
}

/// Returns true if `folder` contains pages of socklab or is empty, and may be replaced.
///
/// # Errors
/// Returns an error if `folder` is anything else that exists: it must not be removed.
fn is_replaceable(folder: &Path) -> io::Result<bool> {
    match fs::symlink_metadata(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
        Ok(found) if found.is_dir() && folder.join(MANIFEST).is_file() => Ok(true),
        // An empty folder may be replaced.
        Ok(found) if found.is_dir() && fs::read_dir(folder)?.next().is_none() => Ok(true),
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
    }
}

/// Fills a folder under a temporary name, then renames it into place.
fn replace(folder: &Path, stands: bool, fill: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let folder = if stands { folder.canonicalize()? } else { folder.to_owned() };
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let beside = |what: &str| folder.with_file_name(format!(".{name}.{}.{what}", std::process::id()));
    let (part, old) = (beside("part"), beside("old"));
    if let Some(parent) = folder.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(parent)?;
    }
    fs::create_dir(&part)?;
    let moved = fill(&part).and_then(|()| {
        if stands {
            fs::rename(&folder, &old)?;
        }
        Ok(fs::rename(&part, &folder)?)
    });
    if moved.is_err() {
        let _ = fs::remove_dir_all(&part);
    }
    moved?;
    if stands {
        fs::remove_dir_all(&old)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain_and_unique() {
        let names = ["ana", "../../etc/passwd", "Ana", "", ".hidden", "a\0b", "José_12_file_", "<script>", "ana-2"];
        let expected = [
            "ana.html",
            "etc-passwd.html",
            "Ana-2.html",
            "submission.html",
            "hidden.html",
            "a-b.html",
            "Jos-_12_file_.html",
            "script.html",
            "ana-2-2.html",
        ];
        assert_eq!(file_names(names.into_iter()), expected);
        assert!(file_names(["x".repeat(5000).as_str()].into_iter())[0].len() < 100);
    }

    #[test]
    fn page_folder_is_replaced_but_other_files_are_not() {
        let base = tempfile::tempdir().expect("a folder");
        let place = base.path().join("pages");
        assert!(!is_replaceable(&place).expect("nothing is there"));
        let fill = |text: &'static str| move |part: &Path| Ok(fs::write(part.join(MANIFEST), text)?);
        replace(&place, false, fill("1")).expect("written");
        assert!(is_replaceable(&place).expect("ours"));
        replace(&place, true, fill("2")).expect("written");
        assert_eq!(fs::read_to_string(place.join(MANIFEST)).expect("read"), "2");
        // A failed write leaves the old folder in place and no temporary files.
        assert!(replace(&place, true, |_| anyhow::bail!("no")).is_err());
        assert_eq!(fs::read_to_string(place.join(MANIFEST)).expect("read"), "2");
        assert_eq!(fs::read_dir(base.path()).expect("read").count(), 1);
        let own = base.path().join("own");
        fs::create_dir(&own).expect("a folder");
        assert!(is_replaceable(&own).expect("an empty folder"));
        fs::write(own.join("thesis.txt"), "").expect("a file");
        assert!(is_replaceable(&own).is_err(), "somebody's own folder");
        let link = base.path().join("link");
        std::os::unix::fs::symlink(&place, &link).expect("a link");
        assert!(is_replaceable(&link).is_err(), "a link leads elsewhere");
    }
}
