//! What came of a proof, and when it shows nothing.

use crate::answer::Exchange;
use crate::compare::{self, Difference, Rule};
use crate::requests::Request;
use crate::wire::Runs;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeSet;

/// As many differences of one Worker as a report shows; all are counted.
const SHOWN: usize = 20;

/// What came of a proof.
#[derive(Clone, Debug, Default, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Proven {
    /// The workload.
    pub source: String,
    /// How it stands.
    pub standing: Standing,
    /// What answered in the place of the original: `workerd`, `model of the gateway`, or the address of a gateway.
    pub by: String,
    /// How many requests both were asked.
    pub asked: usize,
    /// How many requests that Cloudflare gives to somebody else were held to the routes, which may take none of them.
    pub outside: usize,
    /// How many of all of them were recorded.
    pub recorded: usize,
    /// Of how many requests both answers were compared.
    pub compared: usize,
    /// On how many of these both scripts threw: of them nothing more is compared.
    pub threw: usize,
    /// How many more requests the script suggests than were asked.
    pub left_out: usize,
    /// How many runs by the clock were compared.
    pub runs: usize,
    /// How many of these failed on both sides.
    pub runs_failed: usize,
    /// Answers of the original that are not the same twice, and were compared by their shape.
    pub by_shape: usize,
    /// Requests of which the model of the gateway says nothing: the gateway writes their paths anew.
    pub unsaid: usize,
    /// By which rules headers were not compared.
    pub rules: BTreeSet<Rule>,
    /// How many differences there are.
    pub differ: usize,
    /// The first of them.
    pub differences: Vec<Difference>,
}

/// How a proof stands.
#[derive(Clone, Copy, Debug, Default, Eq, JsonSchema, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// Both answered alike.
    #[default]
    Same,
    /// They did not.
    Differs,
}

/// A Worker of which nothing is shown.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Unproven {
    /// The workload.
    pub source: String,
    /// Why.
    pub reason: String,
}

impl Proven {
    /// Counts the answers to a request that are compared.
    pub(crate) fn count(&mut self, request: &Request, exchange: &Exchange) {
        let Exchange { original, converted } = exchange;
        // Without a body nobody can tell whether its script threw.
        let mute = request.method == "HEAD" && original.status == 500 && converted.status == 500;
        self.compared += 1;
        self.threw += usize::from(mute || (original.threw && converted.threw));
    }

    /// Takes what both did at a trigger in.
    pub(crate) fn take_runs(&mut self, cron: &str, runs: &Runs) {
        self.runs += 1;
        self.runs_failed += usize::from(!runs.original.well && !runs.converted.well);
        compare::compare_runs(cron, runs).into_iter().for_each(|one| self.differ(one));
    }

    pub(crate) fn differ(&mut self, difference: Difference) {
        self.standing = Standing::Differs;
        self.differ += 1;
        if self.differences.len() < SHOWN {
            self.differences.push(difference);
        }
    }

    /// Why nothing is shown, where that is so: no difference among answers that all say the same nothing is none that was looked for.
    pub(crate) fn shows_nothing(&self, serves: bool) -> Option<String> {
        let Self { asked, compared, threw, unsaid, runs, runs_failed, .. } = self;
        if self.standing == Standing::Differs {
            return None;
        }
        if serves && *compared == 0 {
            return Some(format!(
                "of its {asked} requests none is compared: of {unsaid} the model of the gateway says nothing"
            ));
        }
        if serves && compared == threw {
            return Some(format!("its script throws on every request: {threw} of {compared}"));
        }
        let fails = *runs > 0 && runs == runs_failed;
        fails.then(|| format!("its `scheduled` fails at every run: {runs_failed} of {runs}"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Proven, Standing};
    use crate::answer::{Answer, Exchange};
    use crate::compare::Difference;
    use crate::requests::Request;
    use crate::wire::{Run, Runs};

    fn asked(answers: &[(&str, bool)]) -> Proven {
        let mut proven = Proven { asked: answers.len(), ..Proven::default() };
        for (method, threw) in answers {
            let answer = Answer {
                status: if *threw { 500 } else { 200 },
                threw: *threw && *method != "HEAD",
                ..Answer::default()
            };
            let exchange = Exchange { original: answer.clone(), converted: answer };
            proven.count(&Request::new(method, "https://a.example.com/".to_owned()), &exchange);
        }
        proven
    }

    #[test]
    fn answers_that_all_say_nothing_show_nothing() {
        for (proven, said) in [
            (asked(&[]), Some("of its 0 requests none is compared: of 0 the model of the gateway says nothing")),
            (
                Proven { asked: 2, unsaid: 2, ..Proven::default() },
                Some("of its 2 requests none is compared: of 2 the model of the gateway says nothing"),
            ),
            (
                asked(&[("GET", true), ("POST", true), ("HEAD", true)]),
                Some("its script throws on every request: 3 of 3"),
            ),
            (asked(&[("GET", true), ("POST", false), ("HEAD", true)]), None),
        ] {
            assert_eq!(proven.shows_nothing(true).as_deref(), said);
            assert_eq!(proven.shows_nothing(false), None, "no request comes to it");
        }
        let mut differs = asked(&[("GET", true)]);
        differs.differ(Difference {
            request: String::new(),
            what: "route".to_owned(),
            original: String::new(),
            converted: String::new(),
        });
        assert_eq!((differs.standing, differs.shows_nothing(true)), (Standing::Differs, None));
    }

    #[test]
    fn runs_that_all_fail_show_nothing() {
        let run =
            |well: bool| Runs { original: Run { well, ..Run::default() }, converted: Run { well, ..Run::default() } };
        let mut proven = Proven::default();
        proven.take_runs("0 * * * *", &run(false));
        assert_eq!(proven.shows_nothing(false).as_deref(), Some("its `scheduled` fails at every run: 1 of 1"));
        proven.take_runs("5 * * * *", &run(true));
        assert_eq!(proven.shows_nothing(false), None);
    }
}
