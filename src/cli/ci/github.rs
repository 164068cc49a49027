//! GitHub Actions and compatible services: writes a step summary and annotations.

use super::{CiEnv, CiOutput, Service, current_folder};

pub(super) const SERVICE: Service = Service { name: "GitHub Actions", outputs, submission: current_folder };

fn outputs(world: &CiEnv<'_>) -> Vec<CiOutput> {
    if !world.is_true("GITHUB_ACTIONS") {
        return Vec::new();
    }
    let summary = world.non_empty("GITHUB_STEP_SUMMARY").map(|file| CiOutput::Summary(file.into()));
    summary.into_iter().chain([CiOutput::Annotations]).collect()
}
