//! The warnings of `grade` that can be known before the long work: an instructor can still stop it.
//! They go to standard error, and change no result.

use std::ffi::OsStr;
use std::io::Write;

use crate::i18n::Catalog;
use crate::model::bytes::printable_text;
use crate::model::{Message, SandboxMode};
use crate::run::store::{Store, StoreError};
use crate::scenario::lab::Lab;
use crate::submission::grade::SubmissionSource;
use crate::submission::preflight::missing_tools;

/// Most submissions that a warning names.
const MAX_NAMES: usize = 5;

/// The facts about a class that are known before it is graded.
pub(super) struct KnownBefore<'a> {
    pub lab: &'a Lab,
    pub lab_hash: &'a str,
    /// The submissions of the class or of the shard, in the order of the roster.
    pub sources: &'a [&'a SubmissionSource],
    /// The number of these who are students on the roster; `None` without a roster, or with
    /// `--only`.
    pub listed: Option<usize>,
    pub stage: SandboxMode,
    /// The seed of the command line.
    pub seed: Option<u64>,
    /// The value of PATH with which submissions run.
    pub path: &'a OsStr,
}

/// Prints the warnings.
///
/// # Errors
/// Returns an error if the store belongs to another lab, or cannot be read.
pub(super) fn print(known: &KnownBefore<'_>, store: &Store, words: &Catalog) -> Result<(), StoreError> {
    for warning in warnings(known, store)? {
        let line = words.format(&Message::new("warn").with("text", warning));
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }
    Ok(())
}

fn warnings(known: &KnownBefore<'_>, store: &Store) -> Result<Vec<Message>, StoreError> {
    // Otherwise the first finished submission would fail to be stored.
    if let Some(lab) = store.lab()?.filter(|lab| *lab != known.lab.name) {
        return Err(StoreError::OtherLab(lab));
    }
    let mut all = Vec::new();
    if known.stage == SandboxMode::Plain {
        all.push(Message::new("warn-plain"));
    }
    if let (Some(asked), Some(stored)) = (known.seed, store.seed()?)
        && asked != stored
    {
        let message = Message::new("warn-other-seed").with("asked", asked.to_string());
        all.push(message.with("stored", stored.to_string()));
    }
    let mut outdated = 0_usize;
    for source in known.sources {
        outdated += usize::from(store.cache_key(&source.id.0)?.is_some_and(|key| key.lab != known.lab_hash));
    }
    if outdated > 0 {
        all.push(Message::new("warn-lab-changed").with("n", outdated));
    }
    if let Some(listed) = known.listed {
        let (listed, others) = known.sources.split_at(listed.min(known.sources.len()));
        let without = listed.iter().filter(|source| source.path.is_none());
        all.extend(named("warn-no-submission", without.copied().map(student)));
        all.extend(named("warn-not-on-roster", others.iter().copied().map(student)));
    }
    for missing in missing_tools(known.sources, known.path) {
        let message = named("warn-tool-missing", missing.submissions.into_iter().map(student));
        all.extend(
            message.map(|message| message.with("tool", missing.tool.as_str()).with("language", missing.language)),
        );
    }
    Ok(all)
}

/// Returns the name by which an instructor knows a submission.
fn student(source: &SubmissionSource) -> &str {
    source.name.as_deref().or_else(|| source.id.student()).unwrap_or(&source.id.0)
}

/// Returns a message with the number of these names, and the first few; `None` if there are none.
fn named<'n>(id: &'static str, names: impl Iterator<Item = &'n str>) -> Option<Message> {
    let names: Vec<&str> = names.collect();
    let shown: Vec<String> = names.iter().take(MAX_NAMES).map(|name| printable_text(name)).collect();
    let more = names.len() - shown.len();
    let message = Message::new(id).with("n", names.len()).with("names", shown.join(", ")).with("more", more);
    (!names.is_empty()).then_some(message)
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::{Language, Machine, SubmissionId, SubmissionResult};
    use crate::run::store::CacheKey;

    fn source(id: &str, is_submitted: bool) -> SubmissionSource {
        let path = is_submitted.then(|| PathBuf::from("/nonexistent"));
        SubmissionSource { id: SubmissionId(id.to_owned()), name: None, path }
    }

    #[test]
    fn problems_are_known_before_the_first_run() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = Store::open(&folder.path().join("a.db")).expect("a store");
        let Ok(lab) = crate::cli::load::load_lab("socket-lab", &std::collections::BTreeMap::new()) else {
            panic!("the bundled lab cannot be read");
        };
        let many: Vec<SubmissionSource> = (0..7).map(|k| source(&format!("late-{k}"), false)).collect();
        let sources: Vec<SubmissionSource> =
            many.into_iter().chain([source("ana", true), source("zoe", true)]).collect();
        let sources: Vec<&SubmissionSource> = sources.iter().collect();
        let known = |listed, stage, seed| KnownBefore {
            lab: &lab,
            lab_hash: "new",
            sources: &sources,
            listed,
            stage,
            seed,
            path: OsStr::new(""),
        };
        let ids = |known: &KnownBefore<'_>, store: &Store| -> Vec<String> {
            let all = warnings(known, store).expect("warnings");
            all.iter().map(|one| one.id.to_string()).collect()
        };
        assert!(ids(&known(None, SandboxMode::Isolated, Some(7)), &store).is_empty(), "nothing is stored");
        let all = warnings(&known(Some(8), SandboxMode::Plain, None), &store).expect("warnings");
        let words = Catalog::load(Language::English);
        let text: Vec<String> = all.iter().map(|one| words.format(one)).collect();
        assert!(text[0].contains("own network"), "{text:?}");
        assert_eq!(
            text[1],
            "7 students on the roster have no submission: late-0, late-1, late-2, late-3, late-4 and 2 more"
        );
        assert_eq!(text[2], "1 submission is not on the roster: zoe");
        let machine = Machine { stage: SandboxMode::Isolated, cannot: Vec::new() };
        store.record_run("socket-lab", &machine, 5).expect("recorded");
        let key = CacheKey { submission: "s".to_owned(), lab: "old".to_owned(), version: "v".to_owned() };
        store.put(1, &key, &SubmissionResult::new(SubmissionId("ana".to_owned()), Vec::new(), 1), &[]).expect("stored");
        assert_eq!(ids(&known(None, SandboxMode::Isolated, Some(7)), &store), ["warn-other-seed", "warn-lab-changed"]);
        assert_eq!(ids(&known(None, SandboxMode::Isolated, Some(5)), &store), ["warn-lab-changed"]);
        drop(store);
        let store = Store::open(&folder.path().join("b.db")).expect("a store");
        store.record_run("other-lab", &machine, 5).expect("recorded");
        let refused = warnings(&known(None, SandboxMode::Isolated, None), &store);
        assert!(matches!(refused, Err(StoreError::OtherLab(lab)) if lab == "other-lab"));
    }
}
