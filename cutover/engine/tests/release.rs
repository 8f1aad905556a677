//! A run ends as done only where every target was seen to stand as the run left it, also those that carry no fencing token.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{Event, Hold, Moment, Outcome, Phase, REVISION, Shown};
use caravan_plans::Step;
use caravan_providers::target::SimulatedWork;
use caravan_providers::{Call, CallError};
use night::Night;
use std::cell::Cell;
use std::rc::Rc;

const FOR_EVER: u64 = u64::MAX / 2;

fn kinds() -> [Step; 4] {
    let shifts = [common::records(), common::rule(), common::http_route()].map(Step::Shift);
    let [records, rule, route] = shifts;
    [records, rule, route, Step::HandOver(common::hand_over(SimulatedWork::Consumer, "orders"))]
}

fn shifted(steps: Vec<Step>) -> Night {
    let mut night = Night::wave(steps, |_, _| None);
    night.until(FOR_EVER);
    assert_eq!(night.state.phase, Phase::Shifted);
    night
}

/// What the script of the manual rollback does: the last target of a step as it was, without a fencing token.
fn put_back_by_hand(night: &mut Night, step: usize) {
    let before: usize = night.plan.plan().steps.iter().take(step).map(Step::places).sum();
    let planned = &night.plan.plan().steps[step];
    let place = planned.places() - 1;
    night.held[before + place] = (planned.original(place).unwrap().clone(), None);
}

fn release(night: &mut Night) {
    night.command(|who, at| Event::Released { who, at, reason: None });
    night.until(FOR_EVER);
}

#[test]
fn what_was_put_back_by_hand_is_no_release_at_the_end_whatever_its_kind() {
    for (step, of) in kinds().into_iter().enumerate() {
        let mut night = shifted(vec![of]);
        put_back_by_hand(&mut night, 0);
        release(&mut night);
        assert!(matches!(night.state.phase, Phase::Conflict { .. }), "kind {step}: {:?}", night.state.phase);
        // Left to whoever did it, it ends elsewhere.
        night.command(|who, at| Event::Adopted { who, at, shown: None });
        assert_eq!(night.state.phase, Phase::Held { reason: Hold::Adopted, pending: None });
        night.command(|who, at| Event::Resumed { who, at });
        night.until(FOR_EVER);
        assert_eq!(night.state.phase, Phase::Finished(Outcome::Elsewhere), "kind {step}");
    }
}

#[test]
fn of_several_the_one_that_was_put_back_is_named() {
    for step in 0..4 {
        let mut night = shifted(kinds().into());
        put_back_by_hand(&mut night, step);
        release(&mut night);
        let Phase::Conflict { task, .. } = &night.state.phase else { panic!("{step}: {:?}", night.state.phase) };
        assert_eq!(task.step(), step);
        // Whoever sees it may still take everything back.
        night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
        night.until(FOR_EVER);
        assert_eq!(night.state.phase, Phase::Finished(Outcome::RolledBack), "{step}");
    }
}

#[test]
fn what_stands_is_seen_once_and_the_run_ends_as_done() {
    let looks = Rc::new(Cell::new(0));
    let counted = Rc::clone(&looks);
    let mut night = Night::wave(kinds().into(), move |call, _| {
        counted.set(counted.get() + u32::from(matches!(call, Call::Observe(_))));
        None
    });
    night.until(FOR_EVER);
    looks.set(0);
    release(&mut night);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::Done));
    // Two carry a fencing token, each seen before and after it is taken away; a rule and two owners carry none.
    assert_eq!(looks.get(), 2 * 2 + 3);
    assert!(night.held.iter().all(|(_, token)| token.is_none()));
}

#[test]
fn a_rule_that_nobody_can_observe_ends_no_run_as_done() {
    let mut night = Night::wave(vec![Step::Shift(common::rule())], |_, _| None);
    night.until(FOR_EVER);
    night.trouble = Box::new(|call, _| {
        matches!(call, Call::Observe(_)).then(|| Err(CallError::InDoubt("no answer in time".to_owned())))
    });
    release(&mut night);
    assert!(matches!(night.state.phase, Phase::Held { reason: Hold::Inconclusive(_), .. }), "{:?}", night.state.phase);
    // It can be ended all the same, as what it is.
    release(&mut night);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::Elsewhere));
}

#[test]
fn what_a_finalised_wave_holds_besides_is_seen_before_its_end() {
    let mut night = shifted(kinds().into());
    night.soak();
    put_back_by_hand(&mut night, 3);
    for who in ["olivia", "oscar"] {
        let at = Moment(night.now);
        night.take(Event::FinaliseApproved { who: who.to_owned(), at, shown: None::<Shown> });
    }
    night.until(FOR_EVER);
    let Phase::Conflict { task, .. } = &night.state.phase else { panic!("{:?}", night.state.phase) };
    assert_eq!(task.step(), 3);
}

#[test]
fn what_was_seen_before_people_talked_is_seen_again_before_the_end() {
    for another_driver in [false, true] {
        let mut night = shifted(vec![Step::Shift(common::rule()), kinds()[3].clone()]);
        // The rule is seen, and what people talk about is the owner's conflict.
        let stands = night.held.clone();
        put_back_by_hand(&mut night, 1);
        release(&mut night);
        assert!(matches!(&night.state.phase, Phase::Conflict { task, .. } if task.step() == 1), "{:?}", night.state);
        night.held = stands;
        put_back_by_hand(&mut night, 0);
        if another_driver {
            night.take(Event::TakenOver { epoch: 2, at: Moment(night.now), revision: REVISION });
        }
        night.command(|who, at| Event::Retried { who, at });
        night.until(FOR_EVER);
        assert!(matches!(&night.state.phase, Phase::Conflict { task, .. } if task.step() == 0), "{:?}", night.state);
    }
}
