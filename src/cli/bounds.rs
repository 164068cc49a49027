//! What the verbs that run other people's programs share: how long builds and observations may take, and the seed of a run.

use std::fs::File;
use std::io::Read;

use anyhow::Context;
use clap::Args;

use crate::run::Budgets;
use crate::scenario::word::Time;

/// How long one submission may keep everybody waiting.
#[derive(Debug, Clone, Args)]
pub(super) struct Bounds {
    /// Time limit for all builds of a submission together; a single build may use three quarters of it
    #[arg(long, value_name = "TIME", default_value = "60s")]
    pub(super) build_timeout: Time,
    /// Time limit per submission for runs in addition to the lab's items: detecting programs, testing clients, explaining
    /// failures
    #[arg(long, value_name = "TIME", default_value = "45s")]
    pub(super) observe_timeout: Time,
}

impl Bounds {
    /// For one submission.
    pub(super) fn budgets(&self) -> Budgets {
        Budgets::new(self.build_timeout.0, self.observe_timeout.0)
    }
}

/// The seed of a run of somebody's programs: the one that is asked for, or one that nobody knows beforehand. It is short enough to
/// be typed.
pub(super) fn seed(asked: Option<u64>) -> anyhow::Result<u64> {
    asked.map_or_else(drawn, Ok)
}

fn drawn() -> anyhow::Result<u64> {
    let mut random = [0; 4];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut random)).context("reading a random seed")?;
    Ok(u64::from(u32::from_le_bytes(random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_that_is_asked_for_is_taken_and_others_are_drawn() {
        assert_eq!(seed(Some(7)).expect("given"), 7);
        let drawn: std::collections::BTreeSet<u64> = (0..8).map(|_| seed(None).expect("drawn")).collect();
        assert!(drawn.len() > 1);
    }

    #[test]
    fn the_defaults_of_the_options_are_those_of_the_budgets() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            bounds: Bounds,
        }
        let budgets = <Line as clap::Parser>::parse_from(["x"]).bounds.budgets();
        let usual = Budgets::default();
        assert_eq!(budgets.builds.limit(), usual.builds.limit());
        assert_eq!(budgets.looks.limit(), usual.looks.limit());
    }
}
