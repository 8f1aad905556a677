//! A new side of which nobody can tell how it is: nothing is promoted on it, and users do not stay on it.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[path = "../../rehearsal/tests/common/mod.rs"]
#[expect(dead_code, reason = "it holds the plans of other tests, too")]
mod common;
#[expect(dead_code, reason = "it serves other tests, too")]
mod night;

use caravan_cutover_engine::{Direction, Hold, Phase};
use caravan_plans::{Shift, Step};
use caravan_providers::{Call, CallError, Reply, Verdict};
use night::{Answer, Night};

const MINUTE: u64 = 60_000;
/// A moment in the bake of each stage with users: at 10 %, at 50 % and at 100 %.
const IN_BAKES: [(u64, usize); 3] = [(50_000, 1), (85_000, 2), (115_000, 3)];

fn shifts() -> [Shift; 3] {
    [common::records(), common::rule(), common::http_route()]
}

fn is_of(call: &Call, side: &str) -> bool {
    matches!(call, Call::Probe(probe) if probe.address.starts_with(side))
}

/// What brings nothing: no whole answer in time, no way there, an answer that never came.
const NOTHING: [fn() -> Answer; 3] = [
    || Ok(Reply::Probed(Verdict::Inconclusive { reason: "no whole answer in 2000 ms".to_owned() })),
    || Err(CallError::NotSent("no route to host".to_owned())),
    || Err(CallError::InDoubt("no answer".to_owned())),
];

/// The new side hangs from a moment on.
fn hangs(since: u64, answer: fn() -> Answer) -> impl Fn(&Call, u64) -> Option<Answer> {
    move |call, now| (now >= since && is_of(call, "new")).then(answer)
}

#[test]
fn a_new_side_that_hangs_with_users_on_it_is_taken_back() {
    for shift in shifts() {
        for answer in NOTHING {
            for (since, stage) in IN_BAKES {
                let mut night = Night::new(Step::Shift(shift.clone()), hangs(since, answer));
                night.until(since);
                assert_eq!(night.state.steps[0].stage, Some(stage));
                night.until(since + MINUTE);
                assert!(night.is_back(), "at stage {stage}: {:?}", night.state.phase);
                night.assert_exact();
                assert!(night.now < since + 40_000, "five rounds of five seconds, and the way back: {}", night.now);
            }
        }
    }
}

/// The hang begins between a bake and the next stage, where both sides are asked before the write.
#[test]
fn a_new_side_that_hangs_before_the_next_stage_is_taken_back() {
    for shift in shifts() {
        for (stage, answer) in [1, 2].into_iter().zip(NOTHING) {
            let hangs = std::rc::Rc::new(std::cell::Cell::new(false));
            let is_on = hangs.clone();
            let mut night =
                Night::new(Step::Shift(shift.clone()), move |call, _| (is_on.get() && is_of(call, "new")).then(answer));
            let waits = |night: &Night| {
                matches!(night.state.phase, Phase::Guarding { .. }) && night.state.steps[0].stage == Some(stage)
            };
            while !waits(&night) {
                assert!(night.now < 5 * MINUTE, "{:?}", night.state.phase);
                let next = night.now + 1;
                night.until(next);
            }
            hangs.set(true);
            let since = night.now;
            night.until(since + MINUTE);
            assert!(night.is_back(), "at stage {stage}: {:?}", night.state.phase);
            night.assert_exact();
        }
    }
}

#[test]
fn without_users_on_it_a_new_side_that_hangs_holds() {
    for shift in shifts() {
        for answer in NOTHING {
            // At 0 %, and before the first stage.
            for since in [15_000, 0] {
                let mut night = Night::new(Step::Shift(shift.clone()), hangs(since, answer));
                night.until(10 * MINUTE);
                let Phase::Held { reason: Hold::Inconclusive(_), .. } = night.state.phase else {
                    panic!("{:?}", night.state.phase);
                };
                assert_eq!(night.state.direction, Direction::Forward);
                assert!(night.now < since + 20_000, "at once");
            }
        }
    }
}

/// It may be the network of whoever asks: nothing moves, for as many rounds; then a person is asked.
#[test]
fn where_neither_side_can_be_judged_nothing_moves() {
    for shift in shifts() {
        for answer in NOTHING {
            for (since, stage) in IN_BAKES {
                for (lasts, holds) in [(12_000, false), (10 * MINUTE, true)] {
                    let mut night = Night::new(Step::Shift(shift.clone()), move |call, now| {
                        let is_on = (since..since + lasts).contains(&now) && matches!(call, Call::Probe(_));
                        is_on.then(answer)
                    });
                    night.until(since + 12_000);
                    assert_eq!(night.state.steps[0].stage, Some(stage), "{lasts}");
                    night.until(since + 10 * MINUTE);
                    if holds {
                        let held = matches!(night.state.phase, Phase::Held { reason: Hold::Inconclusive(_), .. });
                        assert!(held, "{:?}", night.state.phase);
                        assert_eq!(night.state.steps[0].stage, Some(stage));
                    } else {
                        assert_eq!(night.state.phase, Phase::Shifted);
                    }
                }
            }
        }
    }
}

/// While the old side fails, too, going back is no better: a person is asked, with the reason.
#[test]
fn a_new_side_that_hangs_beside_an_old_one_that_fails_holds() {
    for shift in shifts() {
        let mut night = Night::new(Step::Shift(shift), move |call, now| match call {
            _ if now < 85_000 => None,
            call if is_of(call, "new") => Some(NOTHING[0]()),
            call if is_of(call, "old") => Some(Ok(Reply::Probed(Verdict::Fail { reason: "503".to_owned() }))),
            _ => None,
        });
        night.until(10 * MINUTE);
        let Phase::Held { reason: Hold::OldSideUnhealthy(reason), .. } = &night.state.phase else {
            panic!("{:?}", night.state.phase);
        };
        assert_eq!((reason.as_str(), night.state.steps[0].stage), ("503", Some(2)));
    }
}

/// One lost probe decides nothing, and counts for nothing: the bake begins anew.
#[test]
fn a_single_lost_probe_in_a_bake_only_begins_it_anew() {
    for answer in NOTHING {
        let undisturbed = Night::new(Step::Shift(common::rule()), |_, _| None).until(10 * MINUTE).now;
        let once = std::cell::Cell::new(true);
        let mut night = Night::new(Step::Shift(common::rule()), move |call, now| {
            (now >= 85_000 && is_of(call, "new") && once.replace(false)).then(answer)
        });
        night.until(10 * MINUTE);
        assert_eq!((&night.state.phase, &night.state.trouble), (&Phase::Shifted, &None));
        assert!(night.now > undisturbed + 20_000, "{} and {undisturbed}", night.now);
    }
}

#[test]
fn the_bound_of_rounds_is_the_plan_s() {
    for unknown in [1, 2, 9] {
        let mut shift = common::rule();
        for stage in &mut shift.stages {
            stage.gate.unknown = unknown;
        }
        let mut night = Night::new(Step::Shift(shift), hangs(85_000, NOTHING[0]));
        night.until(5 * MINUTE);
        assert!(night.is_back(), "{:?}", night.state.phase);
        let rounds = night.journal.iter().filter(|event| format!("{event:?}").contains("no whole answer")).count();
        assert_eq!(rounds, unknown as usize);
    }
}

/// A side that answers only every other time is not taken for one that answers; one that loses a probe now and then is.
#[test]
fn rounds_that_bring_nothing_are_forgotten_only_after_as_many_that_pass_as_the_gate_asks() {
    // The gate asks for three.
    for (every, is_taken_back) in [(2, true), (3, true), (5, false)] {
        let rounds = std::cell::Cell::new(0);
        let mut night = Night::new(Step::Shift(common::rule()), move |call, now| {
            if !(85_000..=10 * MINUTE).contains(&now) || !is_of(call, "new") {
                return None;
            }
            rounds.set(rounds.get() + 1);
            (rounds.get() % every == 0).then(|| NOTHING[0]())
        });
        night.until(10 * MINUTE);
        assert_eq!(night.is_back(), is_taken_back, "every {every}: {:?}", night.state.phase);
        if !is_taken_back {
            // Unknown never promotes: it bakes until a whole bake has passed.
            assert_eq!(night.state.steps[0].stage, Some(2));
            assert_eq!(night.until(15 * MINUTE).state.phase, Phase::Shifted);
        }
    }
}
