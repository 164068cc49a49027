//! Services that run socklab: CI services and grading platforms.
//!
//! A service is recognized by its environment, and its files are written without an option. They
//! depend on environment variables and existing folders only. A new service needs one file and one
//! entry in [`SERVICES`].

mod classroom50;
mod github;
mod gitlab;
mod gradescope;
mod write;

use std::path::{Path, PathBuf};

pub(super) use self::write::{CiOutputs, ci_env, with_stop_commands};

/// The inputs that identify a service.
pub(super) struct CiEnv<'a> {
    /// Returns the value of an environment variable.
    pub(super) variable: &'a dyn Fn(&str) -> Option<String>,
    /// Returns true if a folder exists.
    pub(super) is_folder: &'a dyn Fn(&Path) -> bool,
}

impl CiEnv<'_> {
    /// Returns the value of a variable that is set and not empty.
    fn non_empty(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// Returns true if a variable is `true` or `1`.
    fn is_true(&self, name: &str) -> bool {
        self.non_empty(name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
    }
}

/// An output that is written without an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum CiOutput {
    /// A report of this format, in this file.
    File(&'static str, PathBuf),
    /// GitHub's step summary: Markdown, appended to this file.
    Summary(PathBuf),
    /// GitHub's annotations, on standard output.
    Annotations,
}

impl CiOutput {
    /// Returns the `--report` format that replaces this output.
    fn format(&self) -> &'static str {
        match self {
            Self::File(format, _) => format,
            Self::Summary(_) => "markdown",
            Self::Annotations => "github",
        }
    }
}

/// A service.
pub(super) struct Service {
    /// The name of the service.
    name: &'static str,
    /// Returns the outputs that the service reads; empty if it is not running socklab.
    outputs: fn(&CiEnv<'_>) -> Vec<CiOutput>,
    /// Returns the folder of the submission. `None` if the service is not running socklab, or uses
    /// the current folder.
    submission: fn(&CiEnv<'_>) -> Option<PathBuf>,
}

/// All services.
const SERVICES: &[Service] = &[github::SERVICE, gitlab::SERVICE, gradescope::SERVICE, classroom50::SERVICE];

/// Returns the outputs of each detected service.
pub(super) fn outputs(world: &CiEnv<'_>) -> Vec<(&'static str, Vec<CiOutput>)> {
    let all = SERVICES.iter().map(|service| (service.name, (service.outputs)(world)));
    all.filter(|(_, outputs)| !outputs.is_empty()).collect()
}

/// Returns the service that defines a submission folder, and that folder.
pub(super) fn submission(world: &CiEnv<'_>) -> Option<(&'static str, PathBuf)> {
    SERVICES.iter().find_map(|service| Some((service.name, (service.submission)(world)?)))
}

/// The implementation for services that use the current folder.
const fn current_folder(_: &CiEnv<'_>) -> Option<PathBuf> {
    None
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Returns the outputs for these variables and existing folders.
    fn found(variables: &[(&str, &str)], folders: &[&str]) -> Vec<(&'static str, Vec<CiOutput>)> {
        let variable = |name: &str| {
            let of_it = variables.iter().find(|(known, _)| *known == name);
            of_it.map(|(_, value)| (*value).to_owned())
        };
        let is_folder = |path: &Path| folders.iter().any(|folder| path == Path::new(folder));
        outputs(&CiEnv { variable: &variable, is_folder: &is_folder })
    }

    fn file(format: &'static str, path: &str) -> CiOutput {
        CiOutput::File(format, path.into())
    }

    fn summary() -> CiOutput {
        CiOutput::Summary("/s/summary.md".into())
    }

    const GITHUB: [(&str, &str); 2] = [("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", "/s/summary.md")];
    const CLASSROOM: [(&str, &str); 3] =
        [("CLASSROOM", "redes"), ("ASSIGNMENT", "sockets"), ("SUBMISSION_TAG", "submit/3")];

    #[rstest]
    #[case::nowhere(&[], &[], &[])]
    #[case::some_ci(&[("CI", "true")], &[], &[])]
    #[case::github(&GITHUB, &[], &[("GitHub Actions", vec![summary(), CiOutput::Annotations])])]
    #[case::github_without_a_summary(&GITHUB[..1], &[], &[("GitHub Actions", vec![CiOutput::Annotations])])]
    #[case::an_empty_summary(
        &[GITHUB[0], ("GITHUB_STEP_SUMMARY", "")],
        &[],
        &[("GitHub Actions", vec![CiOutput::Annotations])]
    )]
    #[case::a_summary_alone(&GITHUB[1..], &[], &[])]
    #[case::not_github(&[("GITHUB_ACTIONS", "false"), GITHUB[1]], &[], &[])]
    #[case::gitlab(&[("GITLAB_CI", "true")], &[], &[("GitLab CI", vec![file("junit", "socklab-junit.xml")])])]
    #[case::not_gitlab(&[("GITLAB_CI", "")], &[], &[])]
    #[case::gradescope(
        &[],
        &["/autograder/results", "/autograder/submission"],
        &[("Gradescope", vec![file("gradescope", "/autograder/results/results.json")])]
    )]
    #[case::half_of_gradescope(&[], &["/autograder/submission"], &[])]
    #[case::classroom(&CLASSROOM, &[], &[("Classroom 50", vec![file("classroom50", "result.json")])])]
    #[case::a_variable_of_that_name(&CLASSROOM[..1], &[], &[])]
    #[case::no_tag(&CLASSROOM[..2], &[], &[])]
    #[case::classroom_on_github(
        &[GITHUB[0], GITHUB[1], CLASSROOM[0], CLASSROOM[1], CLASSROOM[2]],
        &[],
        &[
            ("GitHub Actions", vec![summary(), CiOutput::Annotations]),
            ("Classroom 50", vec![file("classroom50", "result.json")]),
        ]
    )]
    fn outputs_depend_on_environment_and_folders(
        #[case] variables: &[(&str, &str)],
        #[case] folders: &[&str],
        #[case] expected: &[(&str, Vec<CiOutput>)],
    ) {
        assert_eq!(found(variables, folders), expected);
    }

    #[test]
    fn submission_folder_is_detected_on_gradescope() {
        let none = |_: &str| None;
        let of = |folders: &[&str]| {
            let is_folder = |path: &Path| folders.iter().any(|folder| path == Path::new(folder));
            submission(&CiEnv { variable: &none, is_folder: &is_folder })
        };
        let place = "/autograder/submission";
        assert_eq!(of(&["/autograder/results", place]), Some(("Gradescope", place.into())));
        assert_eq!(of(&["/autograder/results"]), None);
        assert_eq!(of(&[place]), None);
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn output_formats_exist() {
        for (_, outputs) in found(&[GITHUB[0], GITHUB[1], ("GITLAB_CI", "true")], &["/autograder/results"]) {
            for output in outputs {
                assert!(crate::report::find_format(output.format()).is_some(), "{output:?}");
            }
        }
    }
}
