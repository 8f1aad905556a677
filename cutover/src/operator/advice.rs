//! What a person can do next about a run, as arguments of the command line.

use super::command::{has_come_to_its_end, shown};
use super::run::Run;
use super::waiting::WaitingFor;
use caravan_cutover_engine::{Direction, Hold, Outcome, Phase, Task, is_going_back};

/// What stands in a printed command, as in a drafted wave, in the place of a person's own words: no command takes it for a reason.
pub const BLANK: &str = "<fill in>";

/// One command that makes sense now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Advice {
    /// What runs.
    pub program: Program,
    /// The arguments after the program's name, unquoted.
    pub args: Vec<String>,
    /// What it does.
    pub does: &'static str,
}

/// What a command that makes sense runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Program {
    /// Caravan.
    Caravan,
    /// The script of the manual rollback of the run that is its one argument.
    ManualRollback,
}

impl Advice {
    fn of(command: &str, run: &str, does: &'static str) -> Self {
        Self { program: Program::Caravan, args: ["cutover", command, run].map(str::to_owned).to_vec(), does }
    }

    fn with(mut self, more: &[&str]) -> Self {
        self.args.extend(more.iter().map(|&text| text.to_owned()));
        self
    }

    /// As [`Advice::next`], for people who are told that a new side fails, that nobody sees what stands there, or that nobody watches it:
    /// what takes users back comes first, then what has somebody watch them.
    #[must_use]
    pub fn back_first(run: &Run, is_driven: bool) -> Vec<Self> {
        let mut next = Self::next(run, is_driven);
        let is = |advice: &Self, word: &str| {
            advice.program == Program::Caravan && advice.args.get(1).is_some_and(|arg| arg == word)
        };
        next.sort_by_key(|advice| match advice.program {
            Program::ManualRollback => 0,
            Program::Caravan if is(advice, "rollback") => 0,
            Program::Caravan if is(advice, "run") => 1,
            Program::Caravan => 2,
        });
        next
    }

    /// What a person can do next, the most likely first; of a run that is over only that its
    /// plan is tried once more, where it was taken back. `is_driven` is
    /// whether a driver takes the commands in at once.
    #[must_use]
    pub fn next(run: &Run, is_driven: bool) -> Vec<Self> {
        let name = run.name();
        let of = |command: &str, does| Self::of(command, name, does);
        let is_left = run.state().steps.iter().any(|step| step.released_to_others);
        let back = || match is_left {
            true => of("rollback", "puts everything back as it was but what was left to others"),
            false => of("rollback", "puts everything back as it was"),
        };
        let (is_back, state) = (run.state().direction == Direction::Back, run.state());
        let entry = run.sequence().to_string();
        let release = || {
            let words = ["--run-name", name, "--reason", BLANK, "--entry", &entry];
            of("release", "ends the run where it stands; write your reason").with(&words)
        };
        let adopt = |does| {
            let step = shown(run).and_then(|shown| run.plan().plan().step_title(shown.step));
            step.map(|step| of("adopt", does).with(&["--step", &step, "--entry", &entry]))
        };
        let mut next = match WaitingFor::of(run.plan(), state) {
            None if state.phase == Phase::Finished(Outcome::RolledBack) => {
                let does = "tries the same plan once more, as a run of its own";
                return vec![Self::of("start", &run.plan().plan().wave, does)];
            }
            None if state.is_over() => return Vec::new(),
            None if is_going_back(state) && state.trouble.is_some() => {
                let words = ["--despite-probes", "--run-name", name, "--reason", BLANK];
                let despite = of("rollback", "sends it back although its old side does not pass; write your reason");
                let is_asked = matches!(state.phase, Phase::Guarding { task: Task::Undo { .. }, .. });
                let despite = is_asked.then(|| despite.with(&words));
                let again = [of("retry", "asks at once")].into_iter();
                again.chain(despite).chain(adopt("leaves that target as it is")).chain([release()]).collect()
            }
            None if state.direction == Direction::Forward && !is_going_back(state) && is_driven => {
                vec![of("pause", "stops before the next step"), back()]
            }
            None if state.direction == Direction::Forward && !is_going_back(state) => vec![back()],
            None | Some(WaitingFor::Driver | WaitingFor::Room { .. }) => Vec::new(),
            Some(WaitingFor::Approval { step }) => {
                vec![of("approve", "approves the stage").with(&["--step", &step, "--entry", &entry]), back()]
            }
            Some(WaitingFor::Resume | WaitingFor::Held(Hold::Adopted)) => {
                vec![of("resume", "goes on"), back(), release()]
            }
            Some(WaitingFor::Held(reason)) => {
                let again = of("retry", "asks again");
                let is_unseen = matches!(reason, Hold::Inconclusive(_)) && state.direction != Direction::Forward;
                let may_be_left = is_unseen || matches!(reason, Hold::OlderJournal { .. });
                let adopt = adopt("leaves that target as it is").filter(|_| may_be_left);
                [again].into_iter().chain(adopt).chain((!is_back).then(back)).chain([release()]).collect()
            }
            Some(WaitingFor::Conflict { .. }) => {
                let again = of("retry", "looks again, after it was put right by hand, and goes on at once");
                let left = adopt("leaves that target to whoever changed it");
                [again].into_iter().chain(left).chain((!is_back).then(back)).chain([release()]).collect()
            }
            Some(WaitingFor::Stuck { .. }) => {
                let again = of("retry", "looks again, after the script of the manual rollback has run");
                [again].into_iter().chain(adopt("leaves that target as it is")).chain([release()]).collect()
            }
            Some(WaitingFor::Finalise | WaitingFor::Release | WaitingFor::SecondApproval { .. }) => {
                let finalise = of("finalise", "approves after the soak, as one of two persons, that nothing old stays")
                    .with(&["--run-name", name, "--entry", &entry]);
                if has_come_to_its_end(run) {
                    let remains = !run.status().remains.is_empty();
                    let end = of("release", "ends the run, and leaves what stands").with(&["--entry", &entry]);
                    remains.then_some(finalise).into_iter().chain([end, back()]).collect()
                } else {
                    vec![back(), release()]
                }
            }
        };
        if state.is_one_way() {
            // What is final is not put back, and no command says that it were.
            let is_plain = |advice: &Self| {
                advice.args.iter().any(|word| word == "rollback")
                    && !advice.args.iter().any(|word| word == "--despite-probes")
            };
            next.retain(|advice| !is_plain(advice));
        }
        if !is_driven {
            let drive = if run.status().at_risk.is_empty() {
                of("run", "drives it")
            } else {
                of("run", "drives it, and watches the users on the new side").with(&["--wait"])
            };
            let waiting = WaitingFor::of(run.plan(), state);
            let soaks = state.phase == Phase::Shifted && !has_come_to_its_end(run);
            let first = soaks || matches!(waiting, None | Some(WaitingFor::Driver | WaitingFor::Room { .. }));
            next.insert(if first { 0 } else { next.len() }, drive);
        }
        // Where the way back wants a person's hands, its script is named first.
        if is_back && state.waits_for_person() {
            let does = "takes it back by hand; stop every driver first";
            next.insert(0, Self { program: Program::ManualRollback, args: vec![name.to_owned()], does });
        }
        next
    }
}
