//! GitLab CI: writes a JUnit file, which a job names under `artifacts:reports:junit`.

use super::{Output, Service, World, anywhere};

pub(super) const SERVICE: Service = Service { name: "GitLab CI", outputs, submission: anywhere };

fn outputs(world: &World<'_>) -> Vec<Output> {
    let here = world.says("GITLAB_CI");
    here.then(|| Output::File("junit", "socklab-junit.xml".into())).into_iter().collect()
}
