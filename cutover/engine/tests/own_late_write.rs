//! A write of this very driver that lands when nobody waits for it any more: its answer was lost, and it was seen not to stand. Users
//! stand on the new side then, and the run neither takes that for somebody else's doing nor leaves them there.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
mod night;

use caravan_cutover_engine::{Event, Phase, REVISION, replay};
use caravan_plans::Step;
use caravan_providers::target::FencingToken;
use caravan_providers::{Call, CallError, Write};
use night::Night;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A run whose second write brings no answer, in a world that takes a write only on top of the token that it names. It stands where
/// that write was seen not to have landed.
fn lost() -> (Night, Write) {
    let (lost, writes) = (Rc::new(RefCell::new(None::<Write>)), Cell::new(0));
    let kept = Rc::clone(&lost);
    let mut night = Night::new(Step::Shift(common::records()), move |call, _| {
        let Call::Write(write) = call else { return None };
        writes.set(writes.get() + 1);
        (writes.get() == 2).then(|| {
            *kept.borrow_mut() = Some(write.clone());
            Err(CallError::InDoubt("no answer".to_owned()))
        })
    });
    while lost.borrow().is_none() || !matches!(night.state.phase, Phase::Guarding { .. }) {
        let event = night.next(u64::MAX / 2).unwrap();
        night.take(event);
    }
    let write = lost.borrow().clone().unwrap();
    assert_eq!(night.held[0], (write.before.clone(), write.token_before.clone()));
    assert_eq!(write.token_after.as_ref().unwrap().epoch, night.state.epoch);
    (night, write)
}

/// It lands now; what is written on top of an earlier token than the one that it left is refused.
fn lands(night: &mut Night, write: &Write) {
    let sequence = |token: Option<&FencingToken>| token.map(|token| token.sequence);
    let landed = sequence(write.token_after.as_ref());
    night.held[0] = (write.after.clone(), write.token_after.clone());
    night.trouble = Box::new(move |call, _| match call {
        Call::Write(write) if sequence(write.token_before.as_ref()) < landed => {
            Some(Err(CallError::Conflict("another token stands there".to_owned())))
        }
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
    night.state.revision = REVISION - 1;
    lands(&mut night, &write);
    night.until(u64::MAX / 2);
    assert!(matches!(night.state.phase, Phase::Conflict { .. }), "{:?}", night.state.phase);
}
