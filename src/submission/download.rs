//! Recognizes class downloads of course systems by the names in them: which student each file
//! belongs to, and its original name. Pure: names in, names out.
//!
//! | | folder or file | source |
//! |---|---|---|
//! | Moodle | `Full Name_NUMBER_assignsubmission_file_/…`, or `…_file_NAME` without folders | `mod/assign/locallib.php` |
//! | Canvas | `lastfirst_[LATE_]NUMBER_ATTACHMENT_NAME`, `…NUMBER_text.html`, `…NUMBER_link.html`; `anon_LETTERS` for a number and a name if grading is anonymous | `lib/content_zipper.rb` |
//!
//! No other name contains Moodle's marker. Canvas has no marker, so its files must agree as a
//! whole:
//!
//! - every file has such a name;
//! - there are at least two students;
//! - each number belongs to one name, and each attachment to one number.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

/// Marker in the name of every submission of a Moodle download.
const MOODLE: &str = "_assignsubmission_";
/// The marker of a submission that consists of files.
const MOODLE_FILES: &str = "_assignsubmission_file_";
/// Smallest attachment number that is taken for Canvas's. A site with fewer attachments has no
/// class yet; small numbers are the student's own.
const MIN_ATTACHMENT: u64 = 100;
/// Numbers that are more likely years.
const YEARS: std::ops::RangeInclusive<u64> = 1900..=2100;
/// Files that operating systems leave in folders and archives.
const LEFT_BEHIND: [&str; 3] = ["Thumbs.db", "desktop.ini", "__MACOSX"];

/// The destination of a file of a download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    /// Name of the file in the download.
    pub from: String,
    /// Submission that the file is part of.
    pub submission: String,
    /// Name that the student gave the file, as far as it can be recovered.
    pub name: String,
}

/// Returns true if a file or folder does not belong to a student.
#[must_use]
pub(crate) fn is_left_behind(name: &str) -> bool {
    name.starts_with('.') || LEFT_BEHIND.contains(&name)
}

/// Returns true if a file may be part of a Canvas download.
#[must_use]
pub(crate) fn is_like_canvas(name: &str) -> bool {
    canvas_parts(name).is_some()
}

/// Returns true if a file or folder is part of a Moodle download.
#[must_use]
pub(crate) fn is_moodle(name: &str) -> bool {
    name.contains(MOODLE)
}

/// Returns true if the paths in an archive form a download, at its top or below its only folder.
pub(crate) fn is_download<'n>(paths: impl Iterator<Item = &'n str>) -> bool {
    let paths: Vec<Vec<&str>> = paths
        .map(|path| path.split('/').filter(|part| !matches!(*part, "" | ".")).collect::<Vec<_>>())
        .filter(|parts| !parts.is_empty() && !parts.iter().any(|part| is_left_behind(part)))
        .collect();
    let first = paths.first().and_then(|parts| parts.first());
    let is_below_one = paths.iter().all(|parts| parts.first() == first) && paths.iter().any(|parts| parts.len() > 1);
    let top = |parts: &Vec<&str>| is_moodle(parts[0]);
    if paths.iter().any(top) {
        return true;
    }
    let skip = usize::from(is_below_one);
    let inner: Vec<&[&str]> = paths.iter().map(|parts| &parts[skip..]).filter(|parts| !parts.is_empty()).collect();
    if inner.iter().any(|parts| is_moodle(parts[0])) {
        return true;
    }
    inner.iter().all(|parts| parts.len() == 1)
        && canvas(&inner.iter().map(|parts| parts[0]).collect::<Vec<_>>()).is_some()
}

/// Returns the destinations of the flat files in a Moodle download: those with its marker.
#[must_use]
pub(crate) fn moodle(files: &[&str]) -> Vec<Placed> {
    let place = |file: &&str| {
        let (student, rest) = file.split_once(MOODLE)?;
        let (kind, name) = rest.split_once('_')?;
        let name = if is_plain(name) { name } else { file };
        let submission = format!("{student}{MOODLE}{kind}_");
        Some(Placed { from: (*file).to_owned(), submission, name: name.to_owned() })
    };
    files.iter().filter_map(place).collect()
}

/// Returns the submission with the files of the same student, if this one of a Moodle download
/// holds something else: text that was typed into the site.
#[must_use]
pub(crate) fn beside_moodle_files(submission: &str) -> Option<String> {
    let (student, rest) = submission.split_once(MOODLE)?;
    (!rest.starts_with("file_")).then(|| format!("{student}{MOODLE_FILES}"))
}

/// The parts of a Canvas file name.
struct CanvasName<'n> {
    student: &'n str,
    number: &'n str,
    /// `None` for text that was typed into the site.
    attachment: Option<u64>,
    name: &'n str,
}

fn canvas_parts(file: &str) -> Option<CanvasName<'_>> {
    static PATTERN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(
            r"^(?:(\w+?)_)?(?:LATE_)?([0-9]{1,18}|anon_[A-Za-z0-9]{1,12})_(?:([1-9][0-9]{0,17})_(.+)|((?:text|link)\.html))$",
        )
        .ok()
    });
    let parts = PATTERN.as_ref()?.captures(file)?;
    let part = |k: usize| parts.get(k).map(|part| part.as_str());
    let number = part(2)?;
    // The name is absent only if grading is anonymous.
    let student = part(1).filter(|name| *name != "LATE");
    let student = if number.starts_with("anon_") { number } else { student? };
    Some(CanvasName {
        student,
        number,
        attachment: part(3).and_then(|digits| digits.parse().ok()),
        name: part(4).or(part(5))?,
    })
}

/// Returns the destinations of the files, if they form a Canvas download.
#[must_use]
pub(crate) fn canvas(files: &[&str]) -> Option<Vec<Placed>> {
    let parts: Vec<CanvasName<'_>> = files.iter().map(|file| canvas_parts(file)).collect::<Option<_>>()?;
    let students: BTreeSet<&str> = parts.iter().map(|part| part.student).collect();
    let numbers: BTreeMap<&str, &str> = parts.iter().map(|part| (part.number, part.student)).collect();
    let is_one_to_one = parts.iter().all(|part| numbers.get(part.number) == Some(&part.student));
    let attachments: BTreeMap<u64, &str> =
        parts.iter().filter_map(|part| Some((part.attachment?, part.number))).collect();
    let are_own =
        parts.iter().all(|part| part.attachment.is_none_or(|one| attachments.get(&one) == Some(&part.number)));
    let are_large = attachments.keys().all(|number| *number >= MIN_ATTACHMENT);
    let are_years = attachments.keys().all(|number| YEARS.contains(number));
    let is_one = students.len() > 1 && is_one_to_one && are_own && are_large && !are_years;
    if !is_one {
        return None;
    }
    let mut taken = BTreeSet::new();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    // If a student uploaded two files with the same name, the later one keeps it.
    order.sort_by_key(|&k| std::cmp::Reverse(parts[k].attachment));
    let mut all: Vec<Option<Placed>> = vec![None; parts.len()];
    for k in order {
        let (part, file) = (&parts[k], files[k]);
        let submission = if part.student == part.number {
            part.number.to_owned()
        } else {
            format!("{}_{}", part.student, part.number)
        };
        let is_free = is_plain(part.name) && taken.insert((submission.clone(), part.name));
        let name = if is_free { part.name } else { file };
        all[k] = Some(Placed { from: file.to_owned(), submission, name: name.to_owned() });
    }
    all.into_iter().collect()
}

/// Returns true if the text can be the name of a file.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name != "." && name != ".." && !name.contains('/')
}

/// Returns the name of a file before the course system numbered it because an earlier attempt had a
/// file of that name: `eco.py` for `eco-1.py` (Canvas: `Attachment.make_unique_filename`).
fn unnumbered(name: &str) -> Option<String> {
    static PATTERN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(.*[^-])-[1-9][0-9]?((?:\.[A-Za-z][A-Za-z0-9]*)*(?:\.[A-Za-z0-9]+)?)$").ok());
    let parts = PATTERN.as_ref()?.captures(name)?;
    Some(format!("{}{}", &parts[1], &parts[2]))
}

/// Restores the names that files of a Canvas download had before they were numbered. A number is
/// the student's own, and is kept, if it distinguishes two files of a submission or if a file
/// mentions it.
pub(crate) fn give_names_back(all: &mut [Placed], speaks_of: impl Fn(&Placed, &str) -> bool) {
    let names: BTreeSet<(String, String)> = all.iter().map(|one| (one.submission.clone(), one.name.clone())).collect();
    let mut wanted: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    for (k, one) in all.iter().enumerate() {
        if let Some(name) = unnumbered(&one.name) {
            wanted.entry((one.submission.clone(), name)).or_default().push(k);
        }
    }
    for (key, files) in wanted {
        if let [k] = files[..]
            && !names.contains(&key)
            && !all.iter().any(|one| one.submission == key.0 && speaks_of(one, &all[k].name))
        {
            all[k].name = key.1;
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Returns the destinations as `submission/name`.
    fn placed(files: &[&str]) -> Option<Vec<String>> {
        canvas(files).map(|all| all.iter().map(|one| format!("{}/{}", one.submission, one.name)).collect())
    }

    #[test]
    fn canvas_download_is_split_by_student() {
        let files = [
            "souzaana_11_555_tcp_echo.py",
            "souzaana_11_556_socklab.yaml",
            "diascarla_LATE_13_557_a_12_34_b.py",
            "limajosé_12_558_lab.zip",
            "reiseva_15_text.html",
        ];
        let expected = [
            "souzaana_11/tcp_echo.py",
            "souzaana_11/socklab.yaml",
            "diascarla_13/a_12_34_b.py",
            "limajosé_12/lab.zip",
            "reiseva_15/text.html",
        ];
        assert_eq!(placed(&files), Some(expected.map(str::to_owned).to_vec()));
        let anonymous = ["anon_aB3d9_555_eco.py", "LATE_anon_xY2k1_556_eco.py"];
        assert_eq!(placed(&anonymous), Some(vec!["anon_aB3d9/eco.py".to_owned(), "anon_xY2k1/eco.py".to_owned()]));
        let repeated = ["souzaana_11_555_a.py", "souzaana_11_555_b.py", "lima_12_556_a.py"];
        assert_eq!(placed(&repeated).map(|all| all.len()), Some(3));
        // Students of the same name are distinguished by their numbers, if there is any other
        // student.
        let namesakes = ["lima_1_555_a.py", "lima_2_556_a.py", "reis_3_557_a.py"];
        assert_eq!(placed(&namesakes).map(|all| all[1].clone()), Some("lima_2/a.py".to_owned()));
    }

    #[rstest]
    #[case::one_file_is_another(&["souzaana_11_555_a.py", "lima_12_556_b.py", "README.md"])]
    #[case::one_student(&["lab_11_555_server.py", "lab_11_556_client.py"])]
    #[case::one_name(&["lab_1_555_a.py", "lab_2_556_b.py"])]
    #[case::one_number(&["tcp_1_555_a.py", "udp_1_556_b.py"])]
    #[case::one_attachment(&["tcp_1_555_a.py", "udp_2_555_b.py"])]
    #[case::small_numbers(&["tcp_1_2_echo.py", "udp_3_4_upper.py", "multi_5_6_threads.py"])]
    #[case::dates(&["foto_12_2024_a.png", "log_11_2023_b.txt"])]
    #[case::no_number(&["tcp_server.py", "udp_server.py"])]
    #[case::nothing(&[])]
    fn coincidental_names_are_not_a_download(#[case] files: &[&str]) {
        assert_eq!(placed(files), None);
        assert!(!is_download(files.iter().copied()));
    }

    #[rstest]
    #[case::flat(&["souzaana_11_555_a.py", "lima_12_556_b.py"], true)]
    #[case::in_a_folder(&["submissions/", "submissions/souzaana_11_555_a.py", "submissions/lima_12_556_b.py"], true)]
    #[case::packed_again(&["s/souzaana_11_555_a.py", "s/lima_12_556_b.py", "s/.DS_Store", "__MACOSX/s/._lima_12_556_b.py"], true)]
    #[case::in_folders_of_their_own(&["a/souzaana_11_555_a.py", "b/lima_12_556_b.py"], false)]
    #[case::moodle(&["Ana Lima_101_assignsubmission_file_/eco.py"], true)]
    #[case::moodle_in_a_folder(&["Lab/Ana Lima_101_assignsubmission_file_/eco.py", "Lab/Rui_2_assignsubmission_file_/a.py"], true)]
    #[case::moodle_without_folders(&["Ana Lima_101_assignsubmission_file_eco.py"], true)]
    #[case::deep_inside_a_submission(&["src/a.py", "old/Ana_101_assignsubmission_file_/eco.py"], false)]
    fn download_is_recognized_by_its_names(#[case] paths: &[&str], #[case] expected: bool) {
        assert_eq!(is_download(paths.iter().copied()), expected);
    }

    #[test]
    fn flat_moodle_files_regain_their_names() {
        let files =
            ["Ana Lima_101_assignsubmission_file_eco_tcp.py", "notes.txt", "Rui_2_assignsubmission_onlinetext_o.html"];
        let all: Vec<String> = moodle(&files).iter().map(|one| format!("{}/{}", one.submission, one.name)).collect();
        assert_eq!(
            all,
            ["Ana Lima_101_assignsubmission_file_/eco_tcp.py", "Rui_2_assignsubmission_onlinetext_/o.html"]
        );
        assert_eq!(
            beside_moodle_files("A_1_assignsubmission_onlinetext_"),
            Some("A_1_assignsubmission_file_".to_owned())
        );
        assert_eq!(beside_moodle_files("A_1_assignsubmission_file_"), None);
    }

    #[test]
    fn names_never_escape_their_folder() {
        let files = ["souzaana_11_555_..", "lima_12_556_.", "reis_13_557_eco.py"];
        let all = canvas(&files).expect("a download");
        assert_eq!(all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), [files[0], files[1], "eco.py"]);
        assert_eq!(moodle(&["Ana_1_assignsubmission_file_.."])[0].name, "Ana_1_assignsubmission_file_..");
    }

    #[rstest]
    #[case::another_attempt(&["eco-1.py", "socklab-1.yaml"], "", &["eco.py", "socklab.yaml"])]
    #[case::no_ending(&["Makefile-2"], "", &["Makefile"])]
    #[case::two_endings(&["lab-1.tar.gz"], "", &["lab.tar.gz"])]
    #[case::both_are_there(&["eco.py", "eco-1.py"], "", &["eco.py", "eco-1.py"])]
    #[case::two_of_a_kind(&["client-1.py", "client-2.py"], "", &["client-1.py", "client-2.py"])]
    #[case::the_students_own_number(&["eco-1.py", "run.sh"], "eco-1.py", &["eco-1.py", "run.sh"])]
    #[case::no_number(&["eco-tcp.py", "a-.py", "-1.py"], "", &["eco-tcp.py", "a-.py", "-1.py"])]
    fn numbered_file_regains_its_name(#[case] names: &[&str], #[case] spoken_of: &str, #[case] expected: &[&str]) {
        let one =
            |name: &&str| Placed { from: String::new(), submission: "ana_1".to_owned(), name: (*name).to_owned() };
        let mut all: Vec<Placed> = names.iter().map(one).collect();
        give_names_back(&mut all, |_, name| name == spoken_of);
        assert_eq!(all.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn files_of_the_same_name_are_both_kept() {
        let files = ["souzaana_11_555_eco.py", "souzaana_11_777_eco.py", "lima_12_556_b.py"];
        let names: Vec<String> = canvas(&files).expect("a download").into_iter().map(|one| one.name).collect();
        assert_eq!(names, ["souzaana_11_555_eco.py", "eco.py", "b.py"]);
    }
}
