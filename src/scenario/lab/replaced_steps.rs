//! A lab with one item only, whose scenario has other steps: to repeat the part of an exchange that
//! matters.

use super::{AnswerKind, Lab, Role};
use crate::model::ItemId;
use crate::scenario::diagnostic::Diagnostic;
use crate::scenario::{ReadContext, Scenario};

/// The name of the text in diagnostics: the option that it comes from.
const STEPS_OPTION: &str = "--steps";

impl Lab {
    /// Returns the lab with this item only. Its scenario starts the same program, then performs
    /// `steps`, the elements of a YAML list with or without brackets. It expects the answers of the
    /// program's role, and does not depend on other items.
    ///
    /// Returns `None` if the item is unknown, or its role has no kind of answer.
    ///
    /// # Errors
    /// Returns an error if there are mistakes in the steps.
    pub(crate) fn with_steps(&self, item: &ItemId, steps: &str) -> Result<Option<Self>, Vec<Diagnostic>> {
        let Some((role, word)) = self.answering_role(item) else { return Ok(None) };
        let steps = steps.trim();
        let inner = steps.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(steps);
        let text = format!(
            "scenario: steps\nsteps: [start: {role}, {inner}]\nitems: [{{id: {id}, expect: [{word}]}}]\n",
            role = role.as_str(),
            id = item.as_str(),
        );
        let roles = self.roles.keys().cloned().collect();
        let context = ReadContext { roles: Some(&roles), ..ReadContext::default() };
        let mut scenario = Scenario::parse(STEPS_OPTION, &text, context)?;
        let written = self.items().find(|(_, known)| known.id == *item);
        if let (Some((_, known)), [read]) = (written, &mut scenario.items[..]) {
            read.title.clone_from(&known.title);
            read.points = known.points;
            read.visibility = known.visibility;
        }
        Ok(Some(Self { scenarios: vec![scenario], ..self.clone() }))
    }

    /// Returns the role whose program an item tests, and the expectation of its answers.
    fn answering_role(&self, item: &ItemId) -> Option<(&Role, &'static str)> {
        let (scenario, _) = self.items().find(|(_, known)| known.id == *item)?;
        let role = scenario.first_role()?;
        let word = match self.roles.get(role)?.answers? {
            AnswerKind::Echo => "echo",
            AnswerKind::Uppercase => "uppercase",
            // No expectation fits the answers to any other steps.
            AnswerKind::Http => return None,
        };
        Some((role, word))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::lab::DEFAULT_LAB;
    use crate::scenario::step::Step;

    fn replaced(item: &str, steps: &str) -> Result<Option<Lab>, Vec<Diagnostic>> {
        let lab = Lab::bundled(DEFAULT_LAB, None).expect("the bundled lab");
        lab.with_steps(&item.parse().expect("a name"), steps)
    }

    #[test]
    fn one_item_remains_with_its_points_and_the_new_steps() {
        for steps in ["connect, exchange: a, close", "[connect, exchange: a, close]"] {
            let lab = replaced("tcp-multi.3", steps).expect("right").expect("a lab");
            let [scenario] = &lab.scenarios[..] else { panic!("one scenario") };
            assert_eq!(
                scenario.steps.iter().map(Step::word).collect::<Vec<_>>(),
                ["start", "connect", "exchange", "close"]
            );
            assert_eq!((scenario.items.len(), scenario.items[0].points, scenario.items[0].needs.len()), (1, 3, 0));
        }
    }

    #[test]
    fn mistakes_are_reported_and_unknown_items_are_none() {
        let mistakes = replaced("tcp-multi.3", "connect, exchnge: a").expect_err("a mistake");
        assert_eq!(mistakes[0].file, STEPS_OPTION);
        assert_eq!(replaced("tcp-multi.33", "connect"), Ok(None));
    }
}
