//! What goes back when a new side fails, in which order, and how fast.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{Event, Moment, Outcome, Phase, State, is_watched, replay};
use caravan_plans::{OnFailure, Sealed, Shift, Step, WavePlan};
use caravan_providers::target::{RecordSetsTarget, Target};
use caravan_providers::{Call, CallError, Reply};
use night::{Answer, Night};

const MINUTE: u64 = 60_000;

fn aborted(who: String, at: Moment) -> Event {
    Event::Aborted { who, at, despite_probes: None }
}

/// The same shift of another name, in one of some zones.
fn named(number: usize, zones: usize) -> Step {
    let mut shift = common::records();
    let Target::Records(target) = shift.target.clone() else { unreachable!() };
    let (zone, name) = (format!("Z{}", number % zones), format!("name-{number}.example.com."));
    shift.target = Target::Records(RecordSetsTarget { zone, name, ..target });
    Step::Shift(Shift {
        stages: shift.stages.into_iter().map(|stage| caravan_plans::Stage { approval: false, ..stage }).collect(),
        ..shift
    })
}

fn on_failure(steps: Vec<Step>, policy: OnFailure, trouble: impl Fn(&Call, u64) -> Option<Answer> + 'static) -> Night {
    let mut night = Night::wave(steps, trouble);
    let plan = WavePlan { on_failure: policy, ..night.plan.plan().clone() };
    night.plan = Sealed::seal(plan).unwrap();
    night
}

fn failed(night: &mut Night, step: usize) {
    assert!(is_watched(night.plan.plan(), &night.state, step), "{:?}", night.state.phase);
    night.take(Event::AnalysisFailed { step, reason: "503".to_owned(), at: Moment(night.now) });
}

fn stages(state: &State) -> Vec<Option<usize>> {
    state.steps.iter().map(|step| step.stage).collect()
}

#[test]
fn a_side_that_fails_at_the_end_takes_back_the_wave_or_its_shift_alone() {
    for (policy, outcome) in [(OnFailure::Wave, Outcome::RolledBack), (OnFailure::Shift, Outcome::Elsewhere)] {
        let mut night = on_failure((0..3).map(|at| named(at, 1)).collect(), policy, |_, _| None);
        night.until(u64::MAX / 2);
        assert_eq!(night.state.phase, Phase::Shifted);
        failed(&mut night, 1);
        night.until(u64::MAX / 2);
        if policy == OnFailure::Shift {
            assert_eq!(night.state.phase, Phase::Shifted, "the others stay, and it waits for its release");
            assert_eq!(stages(&night.state), [Some(3), None, Some(3)]);
            assert!(!is_watched(night.plan.plan(), &night.state, 1));
            night.command(|who, at| Event::Released { who, at, reason: None });
            night.until(u64::MAX / 2);
        }
        assert_eq!(night.state.phase, Phase::Finished(outcome));
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

#[test]
fn a_wave_of_which_every_shift_failed_is_rolled_back() {
    let mut night = on_failure(vec![named(0, 1), named(1, 1)], OnFailure::Shift, |_, _| None);
    night.until(u64::MAX / 2);
    failed(&mut night, 0);
    night.until(u64::MAX / 2);
    failed(&mut night, 1);
    night.until(u64::MAX / 2);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::RolledBack));
    assert_eq!(stages(&night.state), [None, None]);
}

/// What was paused stays paused, and what waits for nobody goes on.
#[test]
fn a_paused_run_whose_shift_goes_back_stays_paused() {
    let mut night = on_failure(vec![named(0, 1), named(1, 1)], OnFailure::Shift, |_, _| None);
    while !is_watched(night.plan.plan(), &night.state, 0) {
        night.until(night.now + 1000);
    }
    night.command(|who, at| Event::Paused { who, at });
    night.until(night.now + MINUTE);
    assert_eq!(night.state.phase, Phase::Paused);
    failed(&mut night, 0);
    night.until(night.now + 5 * MINUTE);
    assert_eq!((night.state.phase.clone(), stages(&night.state)), (Phase::Paused, vec![None, None]));
}

/// One shift whose old side fails, whose calls bring nothing, or whose target somebody else has, keeps no other.
#[test]
fn no_shift_stands_in_the_way_of_another() {
    let blocked = |answer: fn() -> Answer| {
        move |call: &Call, now: u64| {
            let is_last = call.target().is_some_and(|target| target.to_string().contains("name-2."));
            (now > 1_000_000_000 && is_last).then(answer)
        }
    };
    let answers: [fn() -> Answer; 4] = [
        || Err(CallError::Throttled("slower".to_owned())),
        || Err(CallError::InDoubt("no answer".to_owned())),
        || Err(CallError::NotSent("no route".to_owned())),
        || Err(CallError::Denied("no right".to_owned())),
    ];
    for answer in answers {
        let mut night = Night::wave((0..3).map(|at| named(at, 1)).collect(), blocked(answer));
        night.until(u64::MAX / 2);
        night.now = 1_000_000_001;
        night.command(aborted);
        night.until(night.now + 2 * MINUTE);
        assert_eq!(stages(&night.state), [None, None, Some(3)], "{:?}", night.state.phase);
        assert!(!night.is_back());
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

/// A write that enters a first stage, and whose answer is lost while the run turns back, is looked for before a release ends
/// the run: it may have landed, with our token.
#[test]
fn a_release_half_way_leaves_no_token_of_a_write_whose_answer_was_lost() {
    let is_second = |call: &Call| call.target().is_some_and(|target| target.to_string().contains("name-1."));
    let mut night = Night::wave((0..2).map(|at| named(at, 1)).collect(), move |call, _| match call {
        Call::Write(_) if is_second(call) => Some(Err(CallError::InDoubt("no answer".to_owned()))),
        // The first can't be put back for now, so that the run does not come to its end.
        Call::Write(write) if write.token_after.is_none() => Some(Err(CallError::Throttled("slower".to_owned()))),
        _ => None,
    });
    while !matches!(night.state.phase, Phase::CheckingLease { .. }) || night.state.steps[0].stage != Some(3) {
        let soon = night.now + 10;
        night.until(soon);
    }
    night.take(Event::Leased(true));
    night.command(aborted);
    let soon = night.now + 1000;
    night.until(soon);
    assert!(night.state.steps[1].doubt.is_some(), "{:?}", night.state);
    // It has landed.
    let write = night.state.steps[1].doubt.clone().unwrap().pending.write;
    night.held[1] = (write.after, write.token_after);
    night.trouble = Box::new(|_, _| None);
    night.command(|who, at| Event::Released { who, at, reason: Some("the rest by hand".to_owned()) });
    let later = night.now + 5 * MINUTE;
    night.until(later);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::Elsewhere));
    assert_eq!((&night.held[0].1, &night.held[1].1), (&None, &None));
}

/// Forty names in four zones at Route 53's slowest: each write takes a minute until it is everywhere.
#[test]
fn forty_names_in_four_zones_are_back_within_one_propagation() {
    let began = std::rc::Rc::new(std::cell::RefCell::new(std::collections::BTreeMap::<String, u64>::new()));
    let accepted = began.clone();
    let mut night = Night::wave((0..40).map(|at| named(at, 4)).collect(), move |call, now| match call {
        Call::Write(write) => {
            accepted.borrow_mut().insert(write.target.to_string(), now);
            None
        }
        Call::Status { write, .. } => {
            let since = accepted.borrow().get(&write.target.to_string()).copied().unwrap_or(0);
            (now < since + MINUTE).then_some(Ok(Reply::Pending))
        }
        _ => None,
    });
    night.until(u64::MAX / 2);
    assert_eq!(night.state.phase, Phase::Shifted);
    let commanded = night.now;
    night.command(aborted);
    night.until(u64::MAX / 2);
    assert!(night.is_back());
    let put_back = began.borrow().values().max().copied().unwrap() - commanded;
    let took = night.now - commanded;
    println!("40 names in 4 zones: the last is put back after {put_back} ms, all are everywhere after {took} ms");
    assert!(put_back <= 40 * 4 * 50, "four calls for each name, one after the other: {put_back} ms");
    assert!(took <= put_back + MINUTE + 40 * 2 * 50 + 2_000, "{took} ms");
}
