//! A write of this very driver that lands when nobody waits for it any more: its answer was lost, and it was seen not to stand. Users
//! stand on the new side then, and the run neither takes that for somebody else's doing nor leaves them there.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{Event, Phase, replay};
use caravan_plans::Step;
use caravan_providers::target::FencingToken;
use caravan_providers::{Call, CallError, Write};
use night::Night;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A run whose second write brings no answer, in a world that takes a write only on top of the token that it names. It stands where
/// that write was seen not to have landed.
fn lost() -> (Night, Write) {
    let (night, write) = losing(2, |_| {});
    assert_eq!(write.token_after.as_ref().unwrap().epoch, night.state.epoch);
    (night, write)
}

/// The same of the write of this number; where the run rests before it, `goes_on` says what it goes on by.
fn losing(number: u32, goes_on: impl Fn(&mut Night)) -> (Night, Write) {
    let (lost, writes) = (Rc::new(RefCell::new(None::<Write>)), Cell::new(0));
    let kept = Rc::clone(&lost);
    let mut night = Night::new(Step::Shift(common::records()), move |call, _| {
        let Call::Write(write) = call else { return None };
        writes.set(writes.get() + 1);
        (writes.get() == number).then(|| {
            *kept.borrow_mut() = Some(write.clone());
            Err(CallError::InDoubt("no answer".to_owned()))
        })
    });
    while lost.borrow().is_none() || !matches!(night.state.phase, Phase::Guarding { .. } | Phase::CheckingLease { .. })
    {
        match night.next(u64::MAX / 2) {
            Some(event) => night.take(event),
            None => goes_on(&mut night),
        }
    }
    let write = lost.borrow().clone().unwrap();
    assert_eq!(night.held[0], (write.before.clone(), write.token_before.clone()));
    (night, write)
}

/// It lands now; what is written on top of an earlier token than the one that it left is refused.
fn lands(night: &mut Night, write: &Write) {
    let sequence = |token: Option<&FencingToken>| token.map(|token| token.sequence);
    let landed = sequence(write.token_after.as_ref());
    let fits = move |write: &Write| match (sequence(write.token_before.as_ref()), landed) {
        (before, None) => before.is_none(),
        (before, landed) => before >= landed,
    };
    night.held[0] = (write.after.clone(), write.token_after.clone());
    night.trouble = Box::new(move |call, _| match call {
        Call::Write(write) if !fits(write) => Some(Err(CallError::Conflict("another token stands there".to_owned()))),
        _ => None,
    });
}

#[test]
fn on_the_way_forward_it_is_the_stage_that_it_says() {
    let (mut night, write) = lost();
    lands(&mut night, &write);
    night.until(u64::MAX / 2);
    assert_eq!(night.state.phase, Phase::Shifted);
    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
}

#[test]
fn it_goes_back_with_the_run_whatever_the_run_was_doing() {
    for pauses in [false, true] {
        let (mut night, write) = lost();
        if pauses {
            night.command(|who, at| Event::Paused { who, at });
            night.until(u64::MAX / 2);
            assert_eq!(night.state.phase, Phase::Paused);
        }
        lands(&mut night, &write);
        night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
        night.until(u64::MAX / 2);
        assert!(night.is_back(), "{:?}", night.state.phase);
        night.assert_exact();
    }
}

/// The same write is somebody else's by the rules of then: a journal of then comes to where it stood.
#[test]
fn by_the_rules_of_before_it_is_a_conflict() {
    let (mut night, write) = lost();
    night.state.revision = 11;
    lands(&mut night, &write);
    night.until(u64::MAX / 2);
    assert!(matches!(night.state.phase, Phase::Conflict { .. }), "{:?}", night.state.phase);
}

/// The write that takes the token away, at the end of a run that is released: found by the rehearsal, seed 753 of the second plan with
/// writes that land up to two minutes late.
#[test]
fn a_release_that_lands_late_is_no_conflict() {
    let released = |night: &mut Night| night.command(|who, at| Event::Released { who, at, reason: None });
    let stages = common::records().stages.len();
    for turns_back in [false, true] {
        let (mut night, write) = losing(u32::try_from(stages).unwrap() + 1, released);
        assert!(write.token_after.is_none() && write.before == write.after);
        lands(&mut night, &write);
        if turns_back {
            night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
        }
        night.until(u64::MAX / 2);
        assert!(matches!(night.state.phase, Phase::Finished(_)), "{:?}", night.state.phase);
        assert_eq!(night.is_back(), turns_back);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
        assert_eq!(night.held[0].1, None);
    }
}

#[test]
fn by_the_rules_of_before_a_late_release_kept_the_run_from_its_way_back() {
    let stages = u32::try_from(common::records().stages.len()).unwrap();
    let (mut night, write) = losing(stages + 1, |night| {
        night.command(|who, at| Event::Released { who, at, reason: None });
    });
    night.state.revision = 12;
    lands(&mut night, &write);
    night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
    night.until(night.now + 3_600_000);
    assert!(!night.is_back() && !matches!(night.state.phase, Phase::Finished(_)), "{:?}", night.state.phase);
}
