//! The files next to a scenario that its steps and expectations name: which, and for whom.

use std::collections::BTreeMap;

use super::Scenario;
use super::expect::{ContentRule, Expectation, Received, Reply};
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
                let path = self.expectation_path(k, n).key(expectation.word());
                let (key, rule) = match expectation {
                    Expectation::Response(response) => ("body", response.body.as_ref()),
                    Expectation::WrittenFile(file) => ("content", file.content.as_ref()),
                    Expectation::Reply(Reply { parts: Some(parts), .. })
                    | Expectation::Received(Received { parts: Some(parts), .. }) => {
                        let files = parts.iter().map(|part| part.content.as_ref().and_then(ContentRule::file));
                        let at = |index| path.key("parts").index(index).key("content").key("file");
                        all.extend(files.enumerate().filter_map(|(index, file)| Some((at(index), file?))));
                        continue;
                    }
                    _ => continue,
                };
                if let Some(name) = rule.and_then(ContentRule::file) {
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
            let rules: Vec<&mut ContentRule> = match expectation {
                Expectation::Response(response) => response.body.iter_mut().collect(),
                Expectation::WrittenFile(file) => file.content.iter_mut().collect(),
                Expectation::Reply(Reply { parts: Some(parts), .. })
                | Expectation::Received(Received { parts: Some(parts), .. }) => {
                    parts.iter_mut().filter_map(|part| part.content.as_mut()).collect()
                }
                _ => Vec::new(),
            };
            rules.into_iter().for_each(|rule| rule.resolve(&self.files, &given));
        }
    }

    /// Returns true if files in the working directory of the programs matter: files that the scenario
    /// gives to them, or that they are to write.
    #[must_use]
    pub(crate) fn uses_files(&self) -> bool {
        let is_collect = |step: &Step| matches!(step, Step::Collect(_));
        self.steps.iter().any(|step| is_collect(step) || step.given_files().is_some_and(|files| !files.is_empty()))
    }
}
