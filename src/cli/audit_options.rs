//! The options of `socklab audit`.

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::model::Mutation;

#[derive(Debug, Args)]
pub(super) struct AuditOptions {
    /// A bundled lab's name, or a directory with a lab.yaml
    #[arg(default_value = crate::scenario::lab::DEFAULT_LAB)]
    pub(super) lab: String,
    /// Only this mutation; may be repeated [default: all]
    #[arg(long = "mutation", value_name = "NAME", hide_possible_values = true,
          value_parser = PossibleValuesParser::new(Mutation::ALL.iter().map(|one| one.id())))]
    pub(super) mutations: Vec<String>,
    /// A faulty program for a role, which some item should fail; may be repeated
    #[arg(long, value_name = "ROLE=COMMAND")]
    pub(super) faulty: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}
