//! Options shared by the commands that run submissions: time limits for builds and probes, and the
//! seed of a run.

use std::fs::File;
use std::io::Read;

use anyhow::Context;
use clap::Args;

use crate::run::Budgets;
use crate::scenario::syntax::DurationArg;

/// Time limits for one submission.
#[derive(Debug, Clone, Args)]
pub(super) struct TimeLimits {
    /// Time limit for all builds of a submission together; a single build may use three quarters of
    /// it
    #[arg(long, value_name = "TIME", default_value = "60s")]
    pub(super) build_timeout: DurationArg,
    /// Time limit per submission for runs in addition to the lab's items: detecting programs,
    /// testing clients, explaining failures
    #[arg(long, value_name = "TIME", default_value = "45s")]
    pub(super) observe_timeout: DurationArg,
}

impl TimeLimits {
    /// Returns the budgets of one submission.
    pub(super) fn budgets(&self) -> Budgets {
        Budgets::new(self.build_timeout.0, self.observe_timeout.0)
    }
}

/// Returns the seed of a run: `asked` if it is given, else a random one, so that submissions cannot
/// predict it. A random seed has 32 bits, short enough to be typed.
pub(super) fn seed(asked: Option<u64>) -> anyhow::Result<u64> {
    asked.map_or_else(random_seed, Ok)
}

fn random_seed() -> anyhow::Result<u64> {
    let mut random = [0; 4];
    File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut random)).context("reading a random seed")?;
    Ok(u64::from(u32::from_le_bytes(random)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seed_is_random_unless_given() {
        assert_eq!(seed(Some(7)).expect("given"), 7);
        let drawn: std::collections::BTreeSet<u64> = (0..8).map(|_| seed(None).expect("drawn")).collect();
        assert!(drawn.len() > 1);
    }

    #[test]
    fn option_defaults_equal_budget_defaults() {
        #[derive(clap::Parser)]
        struct Line {
            #[command(flatten)]
            bounds: TimeLimits,
        }
        let budgets = <Line as clap::Parser>::parse_from(["x"]).bounds.budgets();
        let usual = Budgets::default();
        assert_eq!(budgets.builds.limit(), usual.builds.limit());
        assert_eq!(budgets.probes.limit(), usual.probes.limit());
    }
}
