//! The class as a whole: its names, its fingerprint, and the order in which submissions begin.
//! Every shard of a class computes the same.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::SubmissionSource;
use crate::run::store::Fingerprint;
use crate::scenario::lab::Lab;

/// Checks that no submission identifier occurs twice.
///
/// # Errors
/// Returns an error if one does: the identifier.
pub(crate) fn check_names(sources: &[SubmissionSource]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    match sources.iter().find(|source| !seen.insert(&source.id.0)) {
        Some(twice) => Err(twice.id.0.clone()),
        None => Ok(()),
    }
}

/// Returns the fingerprint of a class that is graded in this number of shards. `roster` is the
/// content of the roster's file.
pub(crate) fn fingerprint(lab: &Lab, roster: Option<&[u8]>, sources: &[SubmissionSource], shards: u32) -> Fingerprint {
    let mut hasher = blake3::Hasher::new();
    for source in sources {
        for part in [source.id.0.as_str(), source.name.as_deref().unwrap_or_default()] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        // Where the files are differs between machines; whether there are any must not.
        hasher.update(&[u8::from(source.path.is_some())]);
    }
    Fingerprint {
        lab: lab.name.clone(),
        lab_hash: lab.hash(),
        roster: roster.map(|bytes| blake3::hash(bytes).to_hex().to_string()).unwrap_or_default(),
        submissions: hasher.finalize().to_hex().to_string(),
        size: sources.len(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        shards,
    }
}

/// Sorts submissions so that those that took longest begin first: the last ones to end are short
/// then. Those of unknown duration may be the longest, so they come before all others. Equal ones
/// keep their order.
pub(crate) fn longest_first(selected: &mut [usize], sources: &[SubmissionSource], durations: &BTreeMap<String, u64>) {
    let duration = |place: usize| sources.get(place).and_then(|source| durations.get(&source.id.0));
    selected.sort_by_key(|&place| Reverse(duration(place).copied().unwrap_or(u64::MAX)));
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::model::SubmissionId;
    use crate::scenario::lab::DEFAULT_LAB;

    fn class(names: &[&str]) -> Vec<SubmissionSource> {
        let source = |name: &&str| SubmissionSource {
            id: SubmissionId((*name).to_owned()),
            name: None,
            path: Some(PathBuf::from(name)),
        };
        names.iter().map(source).collect()
    }

    #[test]
    fn longest_begin_first_and_unknown_ones_before_them() {
        let sources = class(&["a", "b", "c", "d", "e"]);
        let durations = [("a", 5), ("b", 900), ("d", 30), ("e", 30)];
        let durations: BTreeMap<String, u64> = durations.into_iter().map(|(name, ms)| (name.to_owned(), ms)).collect();
        let mut selected = vec![0, 1, 2, 3, 4];
        longest_first(&mut selected, &sources, &durations);
        assert_eq!(selected, [2, 1, 3, 4, 0]);
        let mut selected = vec![3, 1, 0];
        longest_first(&mut selected, &sources, &BTreeMap::new());
        assert_eq!(selected, [3, 1, 0]);
    }

    #[test]
    fn fingerprint_does_not_depend_on_the_folder_of_the_lab() {
        let open = |file: &str| {
            let text = Lab::bundled_text(&format!("{DEFAULT_LAB}/{file}"));
            Ok(text.expect("a bundled file").as_bytes().to_vec())
        };
        let [one, other] = ["lab", "/shared/course/lab"].map(|folder| {
            let lab = Lab::read(folder, &open, None).expect("the lab");
            fingerprint(&lab, None, &class(&["ana"]), 4)
        });
        assert_eq!(one.difference(&other), None);
    }

    #[test]
    fn fingerprint_depends_on_the_class_and_not_on_its_folder() {
        let lab = Lab::bundled(DEFAULT_LAB, None).expect("the lab");
        let whole = fingerprint(&lab, None, &class(&["ana", "bia"]), 4);
        let mut moved = class(&["ana", "bia"]);
        moved[1].path = Some(PathBuf::from("/elsewhere/bia"));
        assert_eq!(fingerprint(&lab, None, &moved, 4).difference(&whole), None);
        assert_eq!(fingerprint(&lab, None, &moved, 5).difference(&whole), Some("shards"));
        assert_eq!(fingerprint(&lab, None, &moved, 5).seed(), whole.seed(), "the seed is one of the class");
        assert_eq!(fingerprint(&lab, Some(b"ana\nbia\n"), &moved, 4).difference(&whole), Some("roster"));
        let none = |source: &mut SubmissionSource| source.path = None;
        let mut changes = vec![class(&["ana", "bia"]); 2];
        none(&mut changes[0][0]);
        changes[1][0].name = Some("Ana Souza".to_owned());
        changes.extend([class(&["bia", "ana"]), class(&["ana"])]);
        for other in changes {
            let other = fingerprint(&lab, None, &other, 4);
            assert_eq!(other.difference(&whole), Some("submissions"));
            assert_ne!(other.seed(), whole.seed());
        }
        let other = Fingerprint { lab_hash: "x".to_owned(), ..whole.clone() };
        assert_eq!(other.difference(&whole), Some("lab"));
        let other = Fingerprint { version: "9.9.9".to_owned(), ..whole.clone() };
        assert_eq!(other.difference(&whole), Some("version"));
    }
}
