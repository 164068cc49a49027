//! GitLab CI: writes a JUnit file, which a job names under `artifacts:reports:junit`.

use super::{CiEnv, CiOutput, Service, current_folder};

pub(super) const SERVICE: Service = Service { name: "GitLab CI", outputs, submission: current_folder };

fn outputs(world: &CiEnv<'_>) -> Vec<CiOutput> {
    let here = world.is_true("GITLAB_CI");
    here.then(|| CiOutput::File("junit", "socklab-junit.xml".into())).into_iter().collect()
}
