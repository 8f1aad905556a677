//! What goes back when a new side fails, in which order, and how fast.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
#[path = "../../rehearsal/tests/common/names.rs"]
#[expect(dead_code, reason = "other tests need a whole wave")]
mod names;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{Direction, Event, Moment, Outcome, Phase, REVISION, State, is_watched, replay};
use caravan_plans::{OnFailure, Sealed, Shift, Step, WavePlan};
use caravan_providers::target::{RecordSetsTarget, Target};
use caravan_providers::{Call, CallError, Reply, Verdict};
use night::{Answer, Night};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

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

/// One shift whose calls bring nothing keeps no other of another zone.
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
        let mut night = Night::wave((0..3).map(|at| named(at, 3)).collect(), blocked(answer));
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

/// The token of a name is being taken away when its provider goes silent; then people want everything back. The others do not
/// wait for it.
#[test]
fn a_token_that_nobody_knows_the_state_of_keeps_no_other_from_going_back() {
    let steps = [common::records(), common::rule(), common::http_route()].map(Step::Shift);
    let mut night = Night::wave(steps.into(), |_, _| None);
    night.until(u64::MAX / 2);
    assert_eq!(night.state.phase, Phase::Shifted);
    let looks = Cell::new(0);
    night.trouble = Box::new(move |call, _| {
        let is_name = matches!(call.target(), Some(Target::Records(_)));
        // Its first look succeeds, so that the write is made.
        looks.set(looks.get() + u32::from(is_name));
        (is_name && looks.get() > 1).then(|| Err(CallError::InDoubt("no answer".to_owned())))
    });
    night.command(|who, at| Event::Released { who, at, reason: None });
    night.until(u64::MAX / 2);
    assert!(matches!(night.state.phase, Phase::Held { .. }), "{:?}", night.state.phase);
    night.command(aborted);
    let soon = night.now + 2 * MINUTE;
    night.until(soon);
    let left: Vec<bool> = night.state.steps.iter().map(|step| step.stage.is_some()).collect();
    assert_eq!(left, [true, false, false], "{:?}", night.state);
    night.trouble = Box::new(|_, _| None);
    let later = night.now + 5 * MINUTE;
    night.until(later);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::RolledBack));
    assert!(night.is_back());
    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
}

/// Forty names in four zones at Route 53's slowest: each write takes a minute until it is everywhere. The first round writes
/// one batch for each zone, the second reads each zone back; then all of them are waited for.
#[test]
fn forty_names_in_four_zones_are_back_within_two_rounds_and_one_propagation() {
    let calls = Rc::new(RefCell::new(Vec::<(u64, String)>::new()));
    let (made, written, parts) = (calls.clone(), Rc::new(Cell::new(0)), Cell::new(0));
    let mut night = Night::wave((0..40).map(|at| named(at, 4)).collect(), move |call, now| {
        // What several questions at once are made of is no call of its own.
        let is_part = parts.get() > 0 && !matches!(call, Call::All(_));
        parts.set(if is_part { parts.get() - 1 } else { 0 });
        let text = match call {
            Call::All(calls) => {
                parts.set(calls.len());
                format!("{} of {}", word(&calls[0]), calls.len())
            }
            Call::WriteAll(writes) => {
                written.set(now);
                format!("write of {}", writes.len())
            }
            other => word(other).to_owned(),
        };
        if !is_part {
            made.borrow_mut().push((now, text));
        }
        let spreads = matches!(call, Call::Status { .. }) && now < written.get() + MINUTE;
        spreads.then_some(Ok(Reply::Pending))
    });
    night.until(u64::MAX / 2);
    assert_eq!(night.state.phase, Phase::Shifted);
    let commanded = night.now;
    night.command(aborted);
    night.until(u64::MAX / 2);
    assert!(night.is_back());
    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    let back: Vec<(u64, String)> = calls.borrow().iter().filter(|(at, _)| *at > commanded).cloned().collect();
    let of = |what: &str| back.iter().filter(|(_, text)| text == what).count();
    let last = |what: &str| back.iter().filter(|(_, text)| text == what).map(|(at, _)| *at - commanded).max().unwrap();
    let (put_back, seen, took) = (last("write of 10"), last("observe of 10"), night.now - commanded);
    let asked = back.iter().filter(|(_, text)| text.starts_with("status")).count();
    println!(
        "40 names in 4 zones: {} calls and {asked} questions whether they are everywhere; put back after {put_back} ms by {} batches, seen to stand after {seen} ms by {} looks, \
         everywhere after {took} ms",
        back.len() - asked,
        of("write of 10"),
        of("observe of 10"),
    );
    assert_eq!((of("write of 10"), of("observe of 10"), back.len() - asked), (4, 4, 12), "{back:?}");
    assert!(put_back <= 8 * 50, "a look at the old sides and a write for each zone: {put_back} ms");
    assert!(seen <= 12 * 50, "{seen} ms");
    assert!(took <= seen + MINUTE + 2_000 + 4 * 50, "one propagation: {took} ms");
}

const fn word(call: &Call) -> &'static str {
    match call {
        Call::Observe(_) => "observe",
        Call::Write(_) => "write",
        Call::Status { .. } => "status",
        Call::Probe(_) => "probe",
        _ => "other",
    }
}

/// So many names in one zone on the new side, after which the trouble begins; then somebody wants them back.
fn back_of(names: usize, trouble: impl Fn(&Call, u64) -> Option<Answer> + 'static) -> Night {
    let mut night = Night::wave((0..names).map(|at| named(at, 1)).collect(), |_, _| None);
    night.until(u64::MAX / 2);
    assert_eq!(night.state.phase, Phase::Shifted);
    night.trouble = Box::new(trouble);
    night.command(aborted);
    night
}

fn batches(night: &Night) -> Vec<usize> {
    let sizes = night.journal.iter().filter_map(|event| match event {
        Event::IntendedAll { writes } => Some(writes.len()),
        _ => None,
    });
    sizes.collect()
}

/// Somebody changed one of eight names: the batch fails, the zone is looked at once, and seven are back by the next batch.
#[test]
fn a_batch_that_one_foreign_change_makes_fail_is_split_at_once() {
    for foreign in [0, 3, 7] {
        let mut night = back_of(8, |_, _| None);
        let commanded = night.now;
        night.held[foreign].1 = None;
        while night.state.steps.iter().filter(|step| step.stage.is_some()).count() > 1 {
            let soon = night.now + 50;
            night.until(soon);
            assert!(soon < commanded + MINUTE, "{:?}", night.state.phase);
        }
        let took = night.now - commanded;
        assert!(took <= 8 * 50, "two rounds: {took} ms");
        let later = night.now + MINUTE;
        night.until(later);
        assert_eq!(batches(&night), [8, 7]);
        assert!(
            matches!(night.state.phase, Phase::Conflict { task, .. } if task.step() == foreign),
            "{:?}",
            night.state.phase
        );
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
        // They put it back themselves, our token with it.
        night.held[foreign] = (night.plan.plan().steps[foreign].original(0).unwrap().clone(), None);
        night.command(|who, at| Event::Retried { who, at });
        night.until(u64::MAX / 2);
        assert!(night.is_back(), "{:?}", night.state.phase);
    }
}

/// Whoever put one name back by hand makes the batch fail, too, and nobody is asked anything.
#[test]
fn a_name_that_was_put_back_by_hand_is_done_and_the_others_follow() {
    let mut night = back_of(5, |_, _| None);
    night.held[2] = (night.plan.plan().steps[2].original(0).unwrap().clone(), None);
    night.until(u64::MAX / 2);
    assert_eq!(batches(&night), [5, 4]);
    assert!(night.is_back());
}

/// The old side of some names fails: the others go, and those go once their side is well again.
#[test]
fn a_name_whose_old_side_fails_is_left_out_and_goes_later() {
    for failing in [vec![1], vec![0, 4], vec![0, 1, 2, 3, 4]] {
        let begin = Rc::new(Cell::new(u64::MAX));
        let mut night = Night::wave((0..5).map(common_name).collect(), |_, _| None);
        night.until(u64::MAX / 2);
        let (since, bad) = (begin.clone(), failing.clone());
        begin.set(night.now);
        night.trouble = Box::new(move |call, now| match call {
            Call::Probe(probe)
                if now < since.get() + MINUTE
                    && bad.iter().any(|at| probe.address.starts_with(&format!("old-name-{at}:"))) =>
            {
                Some(Ok(Reply::Probed(Verdict::Fail { reason: "503".to_owned() })))
            }
            _ => None,
        });
        night.command(aborted);
        let soon = night.now + 2_000;
        night.until(soon);
        let left: Vec<usize> = (0..5).filter(|at| night.state.steps[*at].stage.is_some()).collect();
        assert_eq!(left, failing, "{:?}", night.state.phase);
        assert!(!failing.iter().any(|at| night.held[*at].1.is_none()), "nobody is sent to a side that fails");
        let later = night.now + 2 * MINUTE;
        night.until(later);
        assert!(night.is_back(), "{:?}", night.state.phase);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

fn common_name(number: usize) -> Step {
    let mut shift = names::name(number, 1);
    shift.stages.iter_mut().for_each(|stage| stage.approval = false);
    Step::Shift(shift)
}

/// Limits, a change before it that is on its way, no network: the same batch again, until it is taken.
#[test]
fn a_batch_that_is_not_taken_for_now_is_repeated_whole() {
    let errors: [fn(String) -> CallError; 2] = [CallError::Throttled, CallError::NotSent];
    for error in errors {
        let begin = Rc::new(Cell::new(0));
        let since = begin.clone();
        let mut night = back_of(6, move |call, now| {
            (matches!(call, Call::WriteAll(_)) && now < since.get() + MINUTE).then(|| Err(error("later".to_owned())))
        });
        begin.set(night.now);
        let commanded = night.now;
        night.until(u64::MAX / 2);
        assert!(night.is_back());
        assert!(batches(&night).iter().all(|size| *size == 6), "{:?}", batches(&night));
        assert!(night.now - commanded < MINUTE + 15_000, "{}", night.now - commanded);
    }
}

/// The answer to a batch is lost: once it can't land any more the zone is looked at. What is back is done, what is not goes again.
#[test]
fn a_batch_whose_answer_was_lost_is_looked_for_as_a_whole() {
    for landed in [false, true] {
        let asked = Rc::new(Cell::new(false));
        let lost = asked.clone();
        let mut night = back_of(6, move |call, _| {
            let is_first = matches!(call, Call::WriteAll(_)) && !lost.replace(true);
            is_first.then(|| Err(CallError::InDoubt("no answer".to_owned())))
        });
        while !asked.get() {
            let soon = night.now + 10;
            night.until(soon);
        }
        if landed {
            for (at, held) in night.held.iter_mut().enumerate() {
                *held = (night.plan.plan().steps[at].original(0).unwrap().clone(), None);
            }
        }
        let sent = night.now;
        let before = sent + 29_000;
        night.until(before);
        assert_eq!(batches(&night), [6], "nothing is written before it can't land any more");
        night.until(u64::MAX / 2);
        assert!(night.is_back(), "{:?}", night.state.phase);
        assert_eq!(batches(&night), if landed { vec![6] } else { vec![6, 6] });
        assert!(night.now - sent < 35_000);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

/// Refused without anything that could be seen: half of it tells which half it was, and the one name that is refused waits alone.
#[test]
fn a_batch_that_is_refused_is_halved() {
    let is_bad = |target: &Target| target.to_string().contains("name-5.");
    let mut night = back_of(8, move |call, _| {
        let is_refused = match call {
            Call::WriteAll(writes) => writes.iter().any(|write| is_bad(&write.target)),
            Call::Write(write) => is_bad(&write.target),
            _ => false,
        };
        is_refused.then(|| Err(CallError::Rejected("a field is wrong".to_owned())))
    });
    let later = night.now + MINUTE;
    night.until(later);
    let left: Vec<usize> = (0..8).filter(|at| night.state.steps[*at].stage.is_some()).collect();
    assert_eq!(left, [5], "{:?}", night.state.phase);
    assert!(matches!(night.state.phase, Phase::Stuck { task, .. } if task.step() == 5), "{:?}", night.state.phase);
    assert_eq!(batches(&night)[..2], [8, 4]);
    // Rights that are missing are missing for all of them: that is for a person.
    let mut night =
        back_of(4, |call, _| matches!(call, Call::WriteAll(_)).then(|| Err(CallError::Denied("no right".to_owned()))));
    let later = night.now + MINUTE;
    night.until(later);
    assert!(matches!(night.state.phase, Phase::Stuck { .. }), "{:?}", night.state.phase);
    night.trouble = Box::new(|_, _| None);
    night.command(|who, at| Event::Retried { who, at });
    night.until(u64::MAX / 2);
    assert!(night.is_back(), "{:?}", night.state.phase);
    // Tried by itself after 2, 4, 8, 16 and 30 seconds, and then at a person's word.
    assert_eq!(batches(&night), [4, 4, 4, 4, 4, 4]);
}

/// Refused for one value, with another name put back by hand or in somebody else's hands meanwhile: what remains is not sent again as
/// it is, since that does not explain it.
#[test]
fn a_refused_batch_that_is_partly_as_believed_is_halved_as_well() {
    for by_hand in [true, false] {
        let is_bad = |target: &Target| target.to_string().contains("name-5.");
        let mut night = back_of(8, move |call, _| {
            let is_refused = match call {
                Call::WriteAll(writes) => writes.iter().any(|write| is_bad(&write.target)),
                Call::Write(write) => is_bad(&write.target),
                _ => false,
            };
            is_refused.then(|| Err(CallError::Rejected("a field is wrong".to_owned())))
        });
        night.held[2].1 = None;
        if by_hand {
            night.held[2].0 = night.plan.plan().steps[2].original(0).unwrap().clone();
        }
        let later = night.now + MINUTE;
        night.until(later);
        let left: Vec<usize> = (0..8).filter(|at| night.state.steps[*at].stage.is_some()).collect();
        assert_eq!(left, if by_hand { vec![5] } else { vec![2, 5] }, "{:?}", night.state.phase);
        assert_eq!(batches(&night)[..2], [8, 3], "seven are left, and half of them go");
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

/// A batch failed over a comparison, and of some names nobody can tell how they stand: those that stand as believed go in halves.
#[test]
fn a_failed_batch_of_which_some_can_not_be_seen_is_halved() {
    let asked = Rc::new(Cell::new(false));
    let failed = asked.clone();
    let mut night = back_of(8, move |call, _| match call {
        Call::WriteAll(_) if !failed.replace(true) => Some(Err(CallError::Conflict("somebody was faster".to_owned()))),
        Call::Observe(target) if failed.get() && target.to_string().contains("name-3.") => {
            Some(Err(CallError::Throttled("slower".to_owned())))
        }
        _ => None,
    });
    let later = night.now + MINUTE;
    night.until(later);
    assert_eq!(batches(&night)[..2], [8, 3]);
    assert_eq!(stages(&night.state).iter().filter(|stage| stage.is_some()).count(), 1, "{:?}", night.state.phase);
}

/// The credentials end in the middle of a way back, and somebody logs in again: nobody has to tell the run.
#[test]
fn a_target_that_can_not_be_observed_for_a_while_is_looked_at_again() {
    for lasts in [30_000, 10 * MINUTE] {
        let begins = Rc::new(Cell::new(u64::MAX));
        let since = begins.clone();
        let mut night = Night::wave((0..3).map(|at| named(at, 3)).collect(), move |call, now| {
            let is_out = now >= since.get() && now < since.get() + lasts && !matches!(call, Call::Probe(_));
            is_out.then(|| Err(CallError::Denied("the token has expired".to_owned())))
        });
        night.until(u64::MAX / 2);
        begins.set(night.now);
        night.command(aborted);
        let (soon, over) = (night.now + 20_000, night.now + lasts + MINUTE);
        night.until(soon);
        assert!(matches!(night.state.phase, Phase::Held { .. }), "a person is asked: {:?}", night.state.phase);
        night.until(over);
        assert!(night.is_back(), "{:?}", night.state.phase);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

/// Somebody else holds one name, the API of another's zone is in trouble: the second goes back when that is over, and the first when
/// they have taken it back. Nobody says anything.
#[test]
fn a_conflict_waits_alone_and_for_nobody_once_it_is_gone() {
    for foreign in [0, 1, 2] {
        let begins = Rc::new(Cell::new(u64::MAX));
        let since = begins.clone();
        let busy = format!("name-{}.", (foreign + 1) % 3);
        let mut night = Night::wave((0..3).map(|at| named(at, 3)).collect(), move |call, now| {
            let is_out = (since.get()..since.get().saturating_add(5 * MINUTE)).contains(&now);
            let is_busy = matches!(call, Call::Write(write) if write.target.to_string().contains(&busy));
            (is_out && is_busy).then(|| Err(CallError::Throttled("slower".to_owned())))
        });
        night.until(u64::MAX / 2);
        let ours = night.held[foreign].clone();
        night.held[foreign].1 = None;
        begins.set(night.now);
        night.command(aborted);
        let (begin, soon) = (night.now, night.now + MINUTE);
        night.until(soon);
        assert_eq!(stages(&night.state).iter().filter(|stage| stage.is_some()).count(), 2, "{:?}", night.state.phase);
        night.until(begin + 6 * MINUTE);
        assert!(
            matches!(night.state.phase, Phase::Conflict { task, .. } if task.step() == foreign),
            "{:?}",
            night.state.phase
        );
        assert_eq!(stages(&night.state).iter().filter(|stage| stage.is_some()).count(), 1);
        let looked = night.journal.len();
        night.until(begin + 36 * MINUTE);
        assert!((55..=65).contains(&(night.journal.len() - looked)), "every 30 s: {}", night.journal.len() - looked);
        night.held[foreign] = ours;
        night.until(begin + 37 * MINUTE);
        assert!(night.is_back(), "{:?}", night.state.phase);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

/// A driver dies with the batch in its hands: the next one takes the whole of it for in doubt, whatever its clock shows.
#[test]
fn a_batch_in_the_hands_of_a_driver_that_died_is_in_doubt_as_a_whole() {
    for (landed, ahead) in [(false, 0_i64), (true, 3_600_000), (false, -3_600_000)] {
        let mut night = back_of(5, |_, _| None);
        while batches(&night).is_empty() {
            step(&mut night);
        }
        if landed {
            for (at, held) in night.held.iter_mut().enumerate() {
                *held = (night.plan.plan().steps[at].original(0).unwrap().clone(), None);
            }
        }
        night.now = night.now.saturating_add_signed(ahead);
        let taken = night.now;
        night.take(Event::TakenOver { epoch: 2, at: Moment(taken), revision: REVISION });
        night.until(taken + 29_000);
        assert_eq!(batches(&night).len(), 1);
        night.until(u64::MAX / 2);
        assert!(night.is_back(), "{:?}", night.state.phase);
        assert_eq!(batches(&night).len(), if landed { 1 } else { 2 });
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

/// Four names in two zones, all on the new side and wanted back, paused between the intent and the batch of the second zone.
fn paused_on_the_way_back() -> Night {
    let mut night = Night::wave((0..4).map(|at| named(at, 2)).collect(), |_, _| None);
    night.until(u64::MAX / 2);
    night.command(aborted);
    while batches(&night).len() < 2 {
        step(&mut night);
    }
    night.command(|who, at| Event::Paused { who, at });
    let soon = night.now + MINUTE;
    night.until(soon);
    assert_eq!(night.state.phase, Phase::Paused);
    night
}

/// A person's word between the intent and the writes: they are not made, and what was sent before is read back first.
#[test]
fn a_pause_between_the_intent_and_the_batch_keeps_it_from_being_made() {
    let mut night = paused_on_the_way_back();
    assert!(night.journal.contains(&Event::Withdrawn));
    assert_eq!(
        stages(&night.state).iter().filter(|stage| stage.is_none()).count(),
        2,
        "the first zone is back and seen to be"
    );
    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    night.command(|who, at| Event::Resumed { who, at });
    night.until(u64::MAX / 2);
    assert!(night.is_back());
}

/// Somebody stops the way back, and users still stand on the new side: they are watched, and taken off it once it fails.
#[test]
fn a_way_back_that_somebody_has_paused_goes_on_when_the_new_side_fails() {
    let mut night = paused_on_the_way_back();
    assert_eq!(night.state.direction, Direction::Back);
    let watched: Vec<bool> = (0..4).map(|step| is_watched(night.plan.plan(), &night.state, step)).collect();
    let there: Vec<bool> = stages(&night.state).iter().map(Option::is_some).collect();
    assert_eq!(watched, there, "those whose users are still there");
    let step = there.iter().position(|is_there| *is_there).unwrap();
    night.take(Event::AnalysisFailed { step, reason: "503".to_owned(), at: Moment(night.now) });
    night.until(u64::MAX / 2);
    assert!(night.is_back(), "{:?}", night.state.phase);
    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
}

/// Carries effects out until an entry was made.
fn step(night: &mut Night) {
    let entries = night.journal.len();
    while night.journal.len() == entries {
        match night.next(u64::MAX / 2) {
            Some(event) => night.take(event),
            None => break,
        }
    }
}
