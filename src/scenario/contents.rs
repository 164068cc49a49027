//! The files next to a scenario that its steps and expectations name: which, and for whom.

use std::collections::BTreeMap;

use super::Scenario;
use super::expect::Expectation;
use super::step::{GivenFiles, Step};
use crate::model::YamlPath;

impl Scenario {
    /// Returns the names of the files as written, each with the path that names it.
    #[must_use]
    pub fn payload_files(&self) -> Vec<(YamlPath, &str)> {
        let mut all = Vec::new();
        for (k, step) in self.steps.iter().enumerate() {
            let path = self.step_path(k).key(step.word());
            let file = match step {
                Step::Send(send) => send.file(),
                Step::Exchange(exchange) => exchange.file(),
                _ => None,
            };
            let given = step.given_files().into_iter().flat_map(GivenFiles::names);
            all.extend(given.map(|(at, name)| (path.key("files").key(at), name)));
            all.extend(file.map(|name| (path.key("file"), name)));
        }
        for (k, item) in self.items.iter().enumerate() {
            for (n, expectation) in item.expect.iter().enumerate() {
                let (key, rule) = match expectation {
                    Expectation::Response(response) => ("body", response.body.as_ref()),
                    Expectation::WrittenFile(file) => ("content", file.content.as_ref()),
                    _ => continue,
                };
                if let Some(name) = rule.and_then(|rule| rule.file()) {
                    let path = self.expectation_path(k, n).key(expectation.word());
                    all.push((path.key(key).key("file"), name));
                }
            }
        }
        all
    }

    /// Passes the contents of files to the expectations that compare data with them.
    pub(super) fn resolve_contents(&mut self) {
        let beside = |name: &str| self.files.get(name).cloned();
        let files = self.steps.iter().filter_map(Step::given_files);
        let given: BTreeMap<String, Vec<u8>> = files.flat_map(|files| files.contents(&beside)).collect();
        for expectation in self.items.iter_mut().flat_map(|item| &mut item.expect) {
            let rule = match expectation {
                Expectation::Response(response) => response.body.as_mut(),
                Expectation::WrittenFile(file) => file.content.as_mut(),
                _ => None,
            };
            if let Some(rule) = rule {
                rule.resolve(&self.files, &given);
            }
        }
    }

    /// Returns true if a program finds files of the scenario in its working directory.
    #[must_use]
    pub(crate) fn gives_files(&self) -> bool {
        self.steps.iter().filter_map(Step::given_files).any(|files| !files.is_empty())
    }
}
