//! Classroom 50: writes `result.json` into the current folder, with the service's metadata of the
//! submission.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::{CiEnv, CiOutput, Service, current_folder};

pub(super) const SERVICE: Service = Service { name: "Classroom 50", outputs, submission: current_folder };

/// The variables that identify Classroom 50. One of them alone may be an unrelated variable.
const REQUIRED: [&str; 3] = ["CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG"];

/// Optional metadata of a submission.
const OPTIONAL: [&str; 6] = ["ASSIGNMENT_TYPE", "OWNER", "COMMIT_URL", "RELEASE_URL", "REVIEW_URL", DATETIME];

const DATETIME: &str = "DATETIME";

fn outputs(world: &CiEnv<'_>) -> Vec<CiOutput> {
    let here = REQUIRED.iter().all(|name| world.non_empty(name).is_some());
    here.then(|| CiOutput::File("classroom50", "result.json".into())).into_iter().collect()
}

/// Returns the service's metadata of a submission, for the report. If the service gives no time,
/// `now` is used.
pub(super) fn metadata(variable: &dyn Fn(&str) -> Option<String>, now: SystemTime) -> BTreeMap<String, String> {
    let all = REQUIRED.iter().chain(&OPTIONAL).filter_map(|name| Some(((*name).to_owned(), variable(name)?)));
    let mut all: BTreeMap<String, String> = all.collect();
    if all.contains_key(REQUIRED[0]) {
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
        assert_eq!(metadata(&|_| None, now), BTreeMap::new());
        let named = |name: &str| (name == "CLASSROOM" || name == "OWNER").then(|| name.to_lowercase());
        let all = metadata(&named, now);
        assert_eq!(all["DATETIME"], "1970-01-02T00:00:00Z");
        assert_eq!((all["CLASSROOM"].as_str(), all["OWNER"].as_str(), all.len()), ("classroom", "owner", 3));
        assert_eq!(metadata(&|name| Some(format!("its {name}")), now)["DATETIME"], "its DATETIME");
    }
}
