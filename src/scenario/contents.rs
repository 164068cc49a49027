//! The files next to a scenario that its steps and expectations name: which, and for whom.

use std::collections::BTreeMap;

use super::Scenario;
use super::expect::Expectation;
use super::step::Step;
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
                Step::Start(start) => {
                    all.extend(start.files.names().map(|(at, name)| (path.key("files").key(at), name)));
                    None
                }
                _ => None,
            };
            all.extend(file.map(|name| (path.key("file"), name)));
        }
        for (k, item) in self.items.iter().enumerate() {
            for (n, expectation) in item.expect.iter().enumerate() {
                if let Expectation::Response(response) = expectation
                    && let Some(name) = response.body.as_ref().and_then(|body| body.file())
                {
                    let path = self.expectation_path(k, n).key(expectation.word());
                    all.push((path.key("body").key("file"), name));
                }
            }
        }
        all
    }

    /// Passes the contents of files to the expectations that compare data with them.
    pub(super) fn resolve_contents(&mut self) {
        let beside = |name: &str| self.files.get(name).cloned();
        let starts =
            self.steps.iter().filter_map(|step| if let Step::Start(start) = step { Some(start) } else { None });
        let given: BTreeMap<String, Vec<u8>> = starts.flat_map(|start| start.files.contents(&beside)).collect();
        for expectation in self.items.iter_mut().flat_map(|item| &mut item.expect) {
            if let Expectation::Response(response) = expectation
                && let Some(body) = &mut response.body
            {
                body.resolve(&self.files, &given);
            }
        }
    }

    /// Returns true if a program finds files of the scenario in its working directory.
    #[must_use]
    pub(crate) fn gives_files(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::Start(start) if !start.files.is_empty()))
    }
}
