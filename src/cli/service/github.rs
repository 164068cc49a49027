//! GitHub Actions and compatible services: writes a step summary and annotations.

use super::{Output, Service, World, anywhere};

pub(super) const SERVICE: Service = Service { name: "GitHub Actions", outputs, submission: anywhere };

fn outputs(world: &World<'_>) -> Vec<Output> {
    if !world.says("GITHUB_ACTIONS") {
        return Vec::new();
    }
    let summary = world.set("GITHUB_STEP_SUMMARY").map(|file| Output::Summary(file.into()));
    summary.into_iter().chain([Output::Annotations]).collect()
}
