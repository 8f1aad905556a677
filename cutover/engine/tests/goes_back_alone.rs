//! Shifts that fail and go back alone: nothing of another target stands in their way, and nothing of theirs moves another.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
#[path = "../../rehearsal/tests/common/names.rs"]
#[expect(dead_code, reason = "other tests need a whole wave")]
mod names;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{Event, Moment, Phase, REVISION, replay};
use caravan_plans::{OnFailure, Sealed, Step, WavePlan};
use caravan_providers::target::Snapshot;
use caravan_providers::{Call, CallError, Reply, Verdict};
use night::Night;

const MINUTE: u64 = 60_000;

/// Two names, each in a zone of its own, on the new side.
fn shifted() -> Night {
    let steps = (0..2).map(|at| Step::Shift(names::name(at, 2))).collect();
    let mut night = Night::wave(steps, |_, _| None);
    night.plan = Sealed::seal(WavePlan { on_failure: OnFailure::Shift, ..night.plan.plan().clone() }).unwrap();
    night.until(u64::MAX / 2);
    assert_eq!(night.state.phase, Phase::Shifted);
    night
}

fn original(night: &Night, step: usize) -> Snapshot {
    night.plan.plan().steps[step].original(0).unwrap().clone()
}

fn fails(night: &mut Night, step: usize) {
    night.take(Event::AnalysisFailed { step, reason: "503".to_owned(), at: Moment(night.now) });
}

fn another_driver(night: &mut Night) {
    night.take(Event::TakenOver { epoch: 2, at: Moment(night.now), revision: REVISION });
}

/// Nobody may write to the zone of a step.
fn throttled(night: &mut Night, step: usize) {
    let target = night.plan.plan().steps[step].target(0).unwrap().clone();
    night.trouble = Box::new(move |call, _| match call {
        Call::Write(write) if write.target == target => Some(Err(CallError::Throttled("slower".to_owned()))),
        _ => None,
    });
}

#[test]
fn it_waits_for_no_claim_of_another_target() {
    for failing in 0..2 {
        let mut night = shifted();
        let other = 1 - failing;
        // Somebody has changed the other one.
        night.held[other] = (Snapshot::Records(Vec::new()), None);
        another_driver(&mut night);
        fails(&mut night, failing);
        let soon = night.now + MINUTE;
        night.until(soon);
        assert_eq!(night.held[failing], (original(&night, failing), None));
        assert!(matches!(night.state.phase, Phase::Conflict { task, .. } if task.step() == other), "{:?}", night.state);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

#[test]
fn it_waits_for_no_other_that_gets_no_further() {
    for first in 0..2 {
        let mut night = shifted();
        let second = 1 - first;
        throttled(&mut night, first);
        fails(&mut night, first);
        let soon = night.now + MINUTE;
        night.until(soon);
        assert!(night.state.steps[first].stage.is_some());
        fails(&mut night, second);
        let later = night.now + MINUTE;
        night.until(later);
        assert_eq!(night.held[second], (original(&night, second), None), "{:?}", night.state.phase);
        night.trouble = Box::new(|_, _| None);
        night.until(u64::MAX / 2);
        assert!(night.is_back(), "{:?}", night.state.phase);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

/// What a person has put back by hand meanwhile is not moved forward again.
#[test]
fn what_a_person_has_put_back_beside_it_stays() {
    let mut night = shifted();
    throttled(&mut night, 0);
    fails(&mut night, 0);
    let soon = night.now + MINUTE;
    night.until(soon);
    night.held[1] = (original(&night, 1), None);
    another_driver(&mut night);
    night.trouble = Box::new(|_, _| None);
    night.until(u64::MAX / 2);
    assert_eq!(night.held[0], (original(&night, 0), None));
    assert_eq!(night.held[1], (original(&night, 1), None));
    assert!(matches!(night.state.phase, Phase::Conflict { task, .. } if task.step() == 1), "{:?}", night.state.phase);
}

/// Before its first share nobody is on a new side that fails: the users of the others stay where they are, and a person is asked.
#[test]
fn a_new_side_without_users_takes_back_nobody_else() {
    for revision in [11, 12, REVISION] {
        let steps = (0..2).map(|at| Step::Shift(names::name(at, 2))).collect();
        let mut night = Night::wave(steps, |_, _| None);
        night.state.revision = revision;
        while !matches!(night.state.phase, Phase::Guarding { task, .. } if task.step() == 1) {
            let event = night.next(u64::MAX / 2).unwrap();
            night.take(event);
        }
        let stands = night.held[0].clone();
        let fails = || Ok(Reply::Probed(Verdict::Fail { reason: "503".to_owned() }));
        night.trouble = Box::new(move |call, _| matches!(call, Call::Probe(_)).then(fails));
        let soon = night.now + 1_000;
        night.until(soon);
        if revision < 12 {
            assert_ne!(night.state.phase.name(), "held", "{:?}", night.state.phase);
            continue;
        }
        assert!(matches!(night.state.phase, Phase::Held { .. }), "{:?}", night.state.phase);
        assert_eq!(night.held[0], stands);
        night.trouble = Box::new(|_, _| None);
        night.command(|who, at| Event::Retried { who, at });
        night.until(u64::MAX / 2);
        assert_eq!(night.state.phase, Phase::Shifted);
    }
}
