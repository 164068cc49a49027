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
use super::store_access::store_error;
use super::submission_pages::{self, PageJob};
use crate::model::{Message, Report, SubmissionResult};
use crate::report::html::Catalogs;
use crate::report::html::class::{ClassPage, class_page};
use crate::report::{ClassReport, Submissions, anonymize};
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
    is_wanted: &dyn Fn(&str) -> bool,
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
    let pages = Pages::of(store, options, is_wanted, Catalogs::of(reader.words.language())).map_err(of_store)?;
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

/// The pages to be written. Results are read from the store one by one, as often as they are
/// needed.
struct Pages<'a> {
    store: &'a Store,
    options: &'a ReportOptions,
    /// The report without its submissions, anonymized if requested.
    run: Report,
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
        is_wanted: &dyn Fn(&str) -> bool,
        catalogs: Catalogs,
    ) -> Result<Self, StoreError> {
        let numbers = if options.anonymous { Some(anonymous_numbers(store)?) } else { None };
        let mut ids = BTreeSet::new();
        let mut chosen: Vec<(Option<u32>, String)> = Vec::new();
        store.each(is_wanted, |result| -> Result<(), StoreError> {
            let number = numbers.as_ref().map(|numbers| numbers.get(&result.id.0).copied());
            let result = if options.for_students { anonymize::for_students(result) } else { result };
            anonymize::add_lab_ids(&result, &mut ids);
            match number {
                // A submission without a number was added after numbering and is left out for now.
                Some(None) => {}
                Some(number) => chosen.push((number, result.id.0)),
                None => chosen.push((None, result.id.0)),
            }
            Ok(())
        })?;
        // Anonymous rows and files are ordered by number. Otherwise the class order is kept.
        chosen.sort_by_key(|(number, _)| *number);
        let shown = chosen.iter().map(|(number, id)| number.map_or_else(|| id.clone(), |number| number.to_string()));
        let files = file_names(shown.collect::<Vec<_>>().iter().map(String::as_str));
        let entries = chosen.into_iter().zip(files).map(|((number, id), file)| SubmissionPage { id, number, file });
        let entries = entries.collect();
        let run = store.run()?;
        let run = if options.anonymous { anonymize::anonymize_run(run, &ids) } else { run };
        Ok(Self { store, options, run, entries, ids, catalogs })
    }

    /// Returns a stored result as readers may see it. Returns `None` if it was removed from the
    /// store meanwhile.
    fn result(&self, entry: &SubmissionPage, with_images: bool) -> Result<Option<SubmissionResult>, StoreError> {
        let Some(mut result) = self.store.result(&entry.id)? else { return Ok(None) };
        result = self.store.with_marks(result)?;
        if with_images {
            result = self.store.with_images(result)?;
        }
        if self.options.for_students {
            result = anonymize::for_students(result);
        }
        Ok(Some(match entry.number {
            Some(number) => anonymize::anonymize_submission(result, number, &self.ids),
            None => result,
        }))
    }

    fn write(&self, folder: &Path) -> anyhow::Result<()> {
        let submissions = folder.join(SUBMISSIONS);
        fs::create_dir(&submissions)?;
        // A student who receives a page does not receive the class page.
        let class = (!self.options.for_students).then_some(CLASS_PAGE_LINK);
        let language = self.catalogs.reader().language();
        let jobs = self.entries.iter().filter_map(|entry| self.job(entry, &submissions).transpose());
        submission_pages::write(jobs, &self.run, class, language)?;
        let pages: Vec<String> = self.entries.iter().map(|entry| format!("{SUBMISSIONS}/{}", entry.file)).collect();
        let class = ClassReport { run: &self.run, count: self.entries.len(), submissions: self };
        let page = ClassPage { class, pages: &pages, anonymous: self.options.anonymous };
        let mut write_further = |name: &str, text: &str| fs::write(folder.join(name), text);
        let index = class_page(&page, &self.catalogs, &mut write_further)?;
        fs::write(folder.join(INDEX), index)?;
        let manifest = format!("{{ \"format\": 1, \"socklab\": \"{}\" }}\n", env!("CARGO_PKG_VERSION"));
        Ok(fs::write(folder.join(MANIFEST), manifest)?)
    }

    /// Returns the content of a submission's page. Returns `None` if it was removed from the store
    /// meanwhile.
    fn job(&self, entry: &SubmissionPage, folder: &Path) -> Result<Option<PageJob>, StoreError> {
        let Some(result) = self.result(entry, true)? else { return Ok(None) };
        // Evidence contains the student's own text and bytes everywhere.
        let evidence = if entry.number.is_some() { Vec::new() } else { self.store.packed_evidence(&entry.id)? };
        Ok(Some(PageJob { path: folder.join(&entry.file), result, evidence }))
    }
}

impl Submissions for Pages<'_> {
    fn each(&self, visit: &mut dyn FnMut(&SubmissionResult) -> io::Result<()>) -> io::Result<()> {
        for entry in &self.entries {
            if let Some(result) = self.result(entry, false)? {
                visit(&result)?;
            }
        }
        Ok(())
    }
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
