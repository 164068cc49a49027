//! The texts of the scripts that `grade --slurm` submits, and the quoting of their words. Writes and
//! submits nothing.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::model::bytes::printable_text;

/// The name of the script of the array job.
pub(super) const ARRAY: &str = "array.sh";
/// The name of the script of the merge job.
pub(super) const MERGE: &str = "merge.sh";

/// The values of both scripts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Jobs<'a> {
    /// The name of the array job; that of the merge job ends with [`MERGE_SUFFIX`].
    pub(super) name: &'a str,
    /// The folder of the scripts, parts and logs: an absolute path.
    pub(super) folder: &'a Path,
    /// This program.
    pub(super) program: &'a Path,
    /// The quoted words after `grade` that are equal in all shards.
    pub(super) words: &'a str,
    /// True if these words contain the number of jobs.
    pub(super) has_jobs: bool,
    /// The number of shards.
    pub(super) shards: u32,
    /// The maximum number of tasks that run at a time.
    pub(super) at_once: Option<u32>,
    /// The results file of the class: an absolute path.
    pub(super) store: &'a Path,
}

/// The end of the name of the merge job.
pub(super) const MERGE_SUFFIX: &str = "-merge";

/// Quotes a word for bash: the shell reads exactly these bytes.
///
/// A word of harmless characters stays as it is. Control characters and bytes that are not UTF-8 are
/// escaped, so that a script is always text, and a line always ends where it seems to end.
pub(super) fn quoted(word: &OsStr) -> String {
    let bytes = word.as_bytes();
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:=@%+,".contains(byte);
    if let Some(text) = word.to_str() {
        if !bytes.is_empty() && bytes.iter().all(is_plain) {
            return text.to_owned();
        }
        // Backslashes are shown doubled, but are harmless between quotes.
        if printable_text(&text.replace('\\', "/")) == text.replace('\\', "/") {
            return format!("'{}'", text.replace('\'', r"'\''"));
        }
    }
    let mut out = String::from("$'");
    for &byte in bytes {
        match byte {
            b'\'' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=b'~' => out.push(char::from(byte)),
            // Three octal digits: a digit that follows is never part of the escape.
            _ => drop(write!(out, "\\{byte:03o}")),
        }
    }
    out + "'"
}

/// Returns numbers in ascending order as ranges: `1-3,7`.
pub(super) fn ranges(numbers: &[u32]) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let shown = |(first, last): &(u32, u32)| if first == last { first.to_string() } else { format!("{first}-{last}") };
    runs.iter().map(shown).collect::<Vec<_>>().join(",")
}

/// Returns the value of `--array` for these shards.
pub(super) fn array_value(shards: &[u32], at_once: Option<u32>) -> String {
    ranges(shards) + &at_once.map(|number| format!("%{number}")).unwrap_or_default()
}

fn quoted_paths(jobs: &Jobs<'_>) -> [String; 2] {
    [quoted(jobs.program.as_os_str()), quoted(jobs.folder.as_os_str())]
}

/// Returns the paths that both scripts contain.
fn paths(quoted: &[String; 2]) -> [(&'static str, &str); 2] {
    [("PROGRAM", &quoted[0]), ("FOLDER", &quoted[1])]
}

/// Returns the script of the array job, whose tasks are the shards.
///
/// Paths of the user are not in `#SBATCH` lines, which have other rules of quoting.
pub(super) fn array(jobs: &Jobs<'_>) -> String {
    let all: Vec<u32> = (1..=jobs.shards).collect();
    // Slurm gives a task some processors of a node, and need not confine it to them.
    let workers = if jobs.has_jobs { "" } else { " --jobs \"$workers\"" };
    let array = array_value(&all, jobs.at_once);
    let shards = jobs.shards.to_string();
    let words = [
        ("NAME", jobs.name),
        ("ARRAY", &array),
        ("SHARDS", &shards),
        ("WORKERS", workers),
        ("OUTPUT", output(jobs, "logs/shard-%a.log")),
    ];
    fill(ARRAY_TEMPLATE, &[&words[..], &[("WORDS", jobs.words)], &paths(&quoted_paths(jobs))].concat())
}

/// Returns the script of the merge job.
pub(super) fn merge(jobs: &Jobs<'_>) -> String {
    let name = format!("{}{MERGE_SUFFIX}", jobs.name);
    let store = quoted(jobs.store.as_os_str());
    fill(
        MERGE_TEMPLATE,
        &[
            &[("NAME", name.as_str()), ("STORE", &store), ("OUTPUT", output(jobs, "logs/merge.log"))][..],
            &paths(&quoted_paths(jobs)),
        ]
        .concat(),
    )
}

/// Returns the file to which Slurm writes messages about a job, such as the end of its time.
///
/// Slurm replaces `%` also in the folder of a relative file (tried with 22.05), and a backslash
/// changes the meaning of both. The scripts themselves open their logs, in any folder.
fn output<'f>(jobs: &Jobs<'_>, file: &'f str) -> &'f str {
    let is_pattern = jobs.folder.as_os_str().as_bytes().iter().any(|byte| b"%\\".contains(byte));
    if is_pattern { "/dev/null" } else { file }
}

/// Replaces `@NAME@` by the value of this name. Values are not searched for further names: they may
/// contain any text.
fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('@') {
        out.push_str(before);
        let found = values.iter().find_map(|(name, value)| Some((value, after.strip_prefix(name)?.strip_prefix('@')?)));
        match found {
            Some((value, after)) => {
                out.push_str(value);
                rest = after;
            }
            None => {
                out.push('@');
                rest = after;
            }
        }
    }
    out + rest
}

const ARRAY_TEMPLATE: &str = include_str!("../../../templates/slurm-array.sh");
const MERGE_TEMPLATE: &str = include_str!("../../../templates/slurm-merge.sh");

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Words that a shell could take for something else.
    const HOSTILE: [&[u8]; 14] = [
        b"",
        b"plain-1.db",
        b"two words",
        b"it's",
        b"$(touch x) `touch x` $HOME ${IFS}",
        b"a\nb",
        b"line\\\nbreak\n#SBATCH --array=1-9\n",
        b"\\xff\xff\x80 not UTF-8 7",
        b"\x1b[31m\t\x0712",
        b"-rf",
        b"*?[a]{1,2}~!;&|<>()#%A",
        b"@WORDS@",
        b"\\'\\\\''",
        "a\u{e7}\u{e3}o \u{201c}x\u{201d}\u{202e}".as_bytes(),
    ];

    #[test]
    fn shell_reads_quoted_words_as_they_are() {
        for word in HOSTILE.map(OsStr::from_bytes) {
            let text = quoted(word);
            assert!(!text.contains('\n') && text.chars().all(|c| !c.is_control()), "{text:?}");
            let output = Command::new("bash").arg("-c").arg(format!("printf '%s.' {text}")).output().expect("bash");
            assert_eq!(output.stdout, [word.as_bytes(), b"."].concat(), "{text}");
        }
    }

    fn jobs(folder: &Path) -> Jobs<'_> {
        Jobs {
            name: "socklab-00c0ffee",
            folder,
            program: Path::new("/opt/socklab/bin/socklab"),
            words: "--seed 7 --lab socket-lab -- '/class/two words'",
            has_jobs: false,
            shards: 64,
            at_once: Some(16),
            store: Path::new("/class/class.db"),
        }
    }

    #[test]
    fn scripts_are_as_reviewed() {
        let jobs = jobs(Path::new("/class/class.db.slurm"));
        insta::assert_snapshot!("array", array(&jobs));
        insta::assert_snapshot!("merge", merge(&jobs));
    }

    #[test]
    fn hostile_folder_changes_no_other_line_of_the_scripts() {
        let usual = jobs(Path::new("/class"));
        for word in HOSTILE.map(OsStr::from_bytes) {
            let hostile = Jobs { folder: Path::new(word), store: Path::new(word), program: Path::new(word), ..usual };
            for script in [array, merge] {
                let (one, other) = (script(&usual), script(&hostile));
                assert_eq!(one.lines().count(), other.lines().count(), "{other}");
                let directives = |text: &str| -> Vec<String> {
                    let lines = text.lines().filter(|line| line.starts_with("#SBATCH"));
                    lines.filter(|line| !line.contains("--output")).map(str::to_owned).collect()
                };
                assert_eq!(directives(&one), directives(&other));
                let checked = Command::new("bash").args(["-n", "-c", &other]).output().expect("bash");
                assert!(checked.status.success() && checked.stderr.is_empty(), "{other}");
            }
        }
    }

    #[test]
    fn shards_are_written_as_ranges() {
        assert_eq!(ranges(&[1, 2, 3, 7, 9, 10]), "1-3,7,9-10");
        assert_eq!((ranges(&[]), ranges(&[4])), (String::new(), "4".to_owned()));
        assert_eq!(array_value(&[3, 17], Some(2)), "3,17%2");
    }
}
