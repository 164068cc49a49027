//! Classroom 50: writes `result.json` into the current folder, with the service's metadata of the
//! submission.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::{Output, Service, World, anywhere};

pub(super) const SERVICE: Service = Service { name: "Classroom 50", outputs, submission: anywhere };

/// The variables that identify Classroom 50. One of them alone may be an unrelated variable.
const NEEDED: [&str; 3] = ["CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG"];

/// Optional metadata of a submission.
const BESIDE: [&str; 6] = ["ASSIGNMENT_TYPE", "OWNER", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL", DATETIME];

const DATETIME: &str = "DATETIME";

fn outputs(world: &World<'_>) -> Vec<Output> {
    let here = NEEDED.iter().all(|name| world.set(name).is_some());
    here.then(|| Output::File("classroom50", "result.json".into())).into_iter().collect()
}

/// Returns the service's metadata of a submission, for the report. If the service gives no time,
/// `now` is used.
pub(super) fn around(variable: &dyn Fn(&str) -> Option<String>, now: SystemTime) -> BTreeMap<String, String> {
    let all = NEEDED.iter().chain(&BESIDE).filter_map(|name| Some(((*name).to_owned(), variable(name)?)));
    let mut all: BTreeMap<String, String> = all.collect();
    if all.contains_key(NEEDED[0]) {
        all.entry(DATETIME.to_owned()).or_insert_with(|| humantime::format_rfc3339_seconds(now).to_string());
    }
    all
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn missing_time_is_filled_in() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(86_400);
        assert_eq!(around(&|_| None, now), BTreeMap::new());
        let named = |name: &str| (name == "CLASSROOM" || name == "OWNER").then(|| name.to_lowercase());
        let all = around(&named, now);
        assert_eq!(all["DATETIME"], "1970-01-02T00:00:00Z");
        assert_eq!((all["CLASSROOM"].as_str(), all["OWNER"].as_str(), all.len()), ("classroom", "owner", 3));
        assert_eq!(around(&|name| Some(format!("its {name}")), now)["DATETIME"], "its DATETIME");
    }
}
