//! After the soak nothing strange stays: what stood there before in form, leading to the new side, by the word of two persons.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{
    Direction, Effect, Event, Hold, Illegal, Moment, Outcome, Phase, REVISION, Task, effects, is_watched, replay,
    soak_left_ms, transition,
};
use caravan_plans::{OnFailure, Sealed, Step, WavePlan};
use caravan_providers::target::Snapshot;
use caravan_providers::{Call, CallError, Reply, Verdict};
use night::{Answer, Night};

const FOR_EVER: u64 = u64::MAX / 2;

fn steps() -> Vec<Step> {
    [common::records(), common::rule(), common::http_route()].map(Step::Shift).into()
}

/// A run whose soak has just begun.
fn shifted(steps: Vec<Step>, trouble: impl Fn(&Call, u64) -> Option<Answer> + 'static) -> Night {
    let mut night = Night::wave(steps, trouble);
    night.until(FOR_EVER);
    assert_eq!(night.state.phase, Phase::Shifted);
    night
}

/// A run whose soak is over.
fn soaked(trouble: impl Fn(&Call, u64) -> Option<Answer> + 'static) -> Night {
    let mut night = shifted(steps(), trouble);
    night.soak();
    night
}

fn says(night: &mut Night, event: Event) -> Result<(), Illegal> {
    transition(&night.plan, night.state.clone(), event.clone())?;
    night.take(event);
    Ok(())
}

fn approved(night: &mut Night, who: &str) -> Result<(), Illegal> {
    let at = Moment(night.now);
    says(night, Event::FinaliseApproved { who: who.to_owned(), at, shown: None })
}

fn aborted(night: &mut Night) -> Result<(), Illegal> {
    let at = Moment(night.now);
    says(night, Event::Aborted { who: "olivia".to_owned(), at, despite_probes: None })
}

fn both(night: &mut Night) {
    approved(night, "olivia").unwrap();
    approved(night, "oscar").unwrap();
    assert_eq!(night.state.direction, Direction::Finalise);
}

fn finals(plan: &Sealed) -> Vec<Snapshot> {
    plan.plan().shifts().map(|shift| shift.finalised().unwrap()).collect()
}

fn held(night: &Night) -> Vec<Snapshot> {
    night.held.iter().map(|(snapshot, _)| snapshot.clone()).collect()
}

fn assert_final(night: &Night) {
    assert_eq!(night.state.phase, Phase::Finished(Outcome::Done));
    assert_eq!(held(night), finals(&night.plan));
    assert!(night.held.iter().all(|(_, token)| token.is_none()));
    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
}

/// Until the run is about to make a write of this task.
fn until_write(night: &mut Night, is: impl Fn(Task) -> bool) {
    while !matches!(night.state.phase, Phase::CheckingLease { task, .. } if is(task)) {
        assert!(effects(&night.plan, &night.state).is_some(), "it rests in {:?}", night.state.phase);
        let soon = night.now + 1;
        night.until(soon);
    }
}

fn finalises(step: usize) -> impl Fn(Task) -> bool {
    move |task| matches!(task, Task::Finalise { step: of, .. } if of == step)
}

#[test]
fn every_kind_of_target_ends_in_the_form_that_it_had_and_leads_to_the_new_side() {
    for step in steps() {
        let mut night = shifted(vec![step], |_, _| None);
        night.soak();
        both(&mut night);
        night.until(FOR_EVER);
        assert_final(&night);
        let text = serde_json::to_string(&held(&night)).unwrap();
        for strange in ["caravan-", "eight", "old"] {
            assert!(!text.contains(strange), "{strange} stays: {text}");
        }
    }
    let mut night = soaked(|_, _| None);
    both(&mut night);
    night.until(FOR_EVER);
    assert_final(&night);
}

#[test]
fn nothing_is_finalised_before_the_soak_is_over_nor_by_one_person() {
    let mut night = shifted(steps(), |_, _| None);
    let soak_ms = night.plan.plan().soak_ms;
    assert_eq!(soak_left_ms(night.plan.plan(), &night.state), Some(soak_ms));
    for (watched_ms, left_seconds) in [(0, 600), (soak_ms - 1500, 2), (1499, 1)] {
        night.watched(watched_ms);
        assert_eq!(approved(&mut night, "olivia"), Err(Illegal::Soaks { left_seconds }));
    }
    night.soak();
    approved(&mut night, "olivia").unwrap();
    assert_eq!((&night.state.phase, night.state.direction), (&Phase::Shifted, Direction::Forward));
    assert_eq!(approved(&mut night, "olivia"), Err(Illegal::SamePerson { who: "olivia".to_owned() }));
    assert!(!night.state.is_one_way());
    approved(&mut night, "oscar").unwrap();
    assert_eq!(night.state.direction, Direction::Finalise);
}

/// Days pass by the clock of another driver, or of the person: nobody has watched in them.
#[test]
fn time_in_which_nobody_watched_is_no_soak() {
    let mut night = shifted(steps(), |_, _| None);
    night.watched(200_000);
    night.now += 10 * night.plan.plan().soak_ms;
    night.take(Event::TakenOver { epoch: 2, at: Moment(night.now), revision: REVISION });
    assert_eq!((&night.state.phase, night.state.soaked_ms), (&Phase::Shifted, 200_000));
    assert_eq!(approved(&mut night, "olivia"), Err(Illegal::Soaks { left_seconds: 400 }));
    night.watched(400_000);
    approved(&mut night, "olivia").unwrap();
    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
}

/// The journal's disk is full for a while: the driver goes on watching, and what it could not keep does not count.
#[test]
fn a_soak_that_can_not_be_kept_ends_no_driver_and_does_not_count() {
    let mut night = shifted(steps(), |_, _| None);
    let soaked = Event::Soaked { watched_ms: 600_000, at: Moment(night.now) };
    let recording = transition(&night.plan, night.state.clone(), soaked).unwrap();
    let reason = "no space left on device".to_owned();
    let after = transition(&night.plan, recording, Event::RecordFailed { reason }).unwrap();
    assert_eq!(after, night.state);
    // Anywhere else it makes no sense.
    night.soak();
    both(&mut night);
    let event = Event::Soaked { watched_ms: 1, at: Moment(night.now) };
    assert!(matches!(says(&mut night, event), Err(Illegal::Unexpected { .. })));
}

/// A run that an older program drove had its soak counted by the time of day: what two persons rely on stays, and the rest is
/// watched anew.
#[test]
fn a_soak_that_an_older_revision_counted_goes_on_by_what_is_watched() {
    let driven_by = |revision| Event::TakenOver { epoch: 2, at: Moment(7_000_000), revision };
    for (approves, left_ms) in [(true, 0), (false, 600_000)] {
        let mut night = shifted(steps(), |_, _| None);
        night.take(driven_by(15));
        night.now = 20_000_000;
        if approves {
            approved(&mut night, "olivia").unwrap();
        }
        night.take(driven_by(REVISION));
        assert_eq!(soak_left_ms(night.plan.plan(), &night.state), Some(left_ms));
        assert_eq!(approved(&mut night, "oscar").is_ok(), approves);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

#[test]
fn what_goes_back_makes_soak_and_approvals_void() {
    let mut night = shifted(steps(), |_, _| None);
    night.plan = Sealed::seal(WavePlan { on_failure: OnFailure::Shift, ..night.plan.plan().clone() }).unwrap();
    night.soak();
    approved(&mut night, "olivia").unwrap();
    night.take(Event::AnalysisFailed { step: 1, reason: "503".to_owned(), at: Moment(night.now) });
    night.until(FOR_EVER);
    assert_eq!((&night.state.phase, night.state.finalise_approved_by.len()), (&Phase::Shifted, 0));
    assert!(matches!(approved(&mut night, "oscar"), Err(Illegal::Soaks { .. })));
    night.soak();
    both(&mut night);
    night.until(FOR_EVER);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::Elsewhere), "one shift stands on its old side");
    let (wanted, steps) = (finals(&night.plan), &night.plan.plan().steps);
    assert_eq!(held(&night), [wanted[0].clone(), steps[1].original(0).unwrap().clone(), wanted[2].clone()]);
}

#[test]
fn the_way_back_is_open_until_the_first_write_and_over_from_then_on() {
    for command_at in 0..2 {
        let mut night = soaked(|_, _| None);
        both(&mut night);
        until_write(&mut night, finalises(0));
        assert!(!night.state.is_one_way(), "it is intended, and was not made");
        if command_at == 0 {
            aborted(&mut night).unwrap();
            night.until(FOR_EVER);
            assert_eq!(night.state.phase, Phase::Finished(Outcome::RolledBack));
            assert!(night.journal.contains(&Event::Withdrawn));
            let originals = night.plan.plan().steps.iter().map(|step| step.original(0).unwrap().clone());
            assert_eq!(held(&night), originals.collect::<Vec<_>>());
        } else {
            until_write(&mut night, finalises(1));
            assert!(night.state.is_one_way());
            assert_eq!(aborted(&mut night), Err(Illegal::NoWayBack));
            night.until(FOR_EVER);
            assert_final(&night);
        }
    }
}

#[test]
fn a_write_whose_answer_was_lost_is_looked_for_and_keeps_the_way_back_shut() {
    let lost = |call: &Call, _: u64| match call {
        Call::Write(write) if write.after == common::records().finalised().unwrap() => {
            Some(Err(CallError::InDoubt("reset".to_owned())))
        }
        _ => None,
    };
    for landed in [true, false] {
        let mut night = soaked(lost);
        both(&mut night);
        until_write(&mut night, finalises(0));
        while !matches!(night.state.phase, Phase::InDoubt { .. }) {
            let soon = night.now + 1;
            night.until(soon);
        }
        assert_eq!(aborted(&mut night), Err(Illegal::NoWayBack), "it may have landed");
        if landed {
            night.held[0] = (common::records().finalised().unwrap(), None);
        }
        night.trouble = Box::new(|_, _| None);
        night.until(FOR_EVER);
        assert_final(&night);
    }
}

#[test]
fn what_the_provider_refuses_for_good_leaves_the_way_back_open() {
    let refused = |call: &Call, _: u64| match call {
        Call::Write(write) if write.after == common::records().finalised().unwrap() => {
            Some(Err(CallError::Rejected("no".to_owned())))
        }
        _ => None,
    };
    let mut night = soaked(refused);
    both(&mut night);
    night.until(FOR_EVER);
    assert!(matches!(night.state.phase, Phase::Held { reason: Hold::Refused(_), .. }), "{:?}", night.state.phase);
    assert!(is_watched(night.plan.plan(), &night.state, 0), "users can still be taken back, so they are watched");
    aborted(&mut night).unwrap();
    night.until(FOR_EVER);
    assert!(night.is_back());
}

#[test]
fn somebody_else_s_change_is_shown_three_ways_and_can_be_left_to_them() {
    let mut night = soaked(|_, _| None);
    let theirs = Snapshot::Actions(serde_json::json!([{"Type": "forward", "TargetGroupArn": "arn:theirs"}]));
    night.held[1].0 = theirs.clone();
    both(&mut night);
    night.until(FOR_EVER);
    let Phase::Conflict { expected, planned, live, .. } = night.state.phase.clone() else {
        panic!("{:?}", night.state.phase)
    };
    let stood = night.plan.plan().steps[1].standing(0, Some(3)).unwrap().clone();
    assert_eq!((*expected, *planned, *live), (stood, finals(&night.plan)[1].clone(), theirs.clone()));
    let at = Moment(night.now);
    night.take(Event::Adopted { who: "olivia".to_owned(), at, shown: None });
    night.take(Event::Resumed { who: "olivia".to_owned(), at });
    night.until(FOR_EVER);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::Elsewhere));
    let wanted = finals(&night.plan);
    assert_eq!(held(&night), [wanted[0].clone(), theirs, wanted[2].clone()]);
}

#[test]
fn what_its_owner_has_made_final_by_hand_is_left_as_it_is() {
    let mut night = soaked(|_, _| None);
    night.held[0] = (finals(&night.plan)[0].clone(), None);
    both(&mut night);
    night.until(FOR_EVER);
    assert_final(&night);
    let written =
        |event: &&Event| matches!(event, Event::Intended { write } if finals(&night.plan).contains(&write.after));
    assert_eq!(night.journal.iter().filter(written).count(), 2);
}

#[test]
fn a_new_side_that_does_not_pass_at_the_last_moment_goes_back_to_its_soak() {
    for said in [Verdict::Fail { reason: "503".to_owned() }, Verdict::Inconclusive { reason: "no answer".to_owned() }] {
        let mut night = soaked(|_, _| None);
        both(&mut night);
        night.trouble =
            Box::new(move |call, _| matches!(call, Call::Probe(_)).then(|| Ok(Reply::Probed(said.clone()))));
        night.until(FOR_EVER);
        assert_eq!((&night.state.phase, night.state.direction), (&Phase::Shifted, Direction::Forward));
        assert!(night.state.finalise_approved_by.is_empty(), "what the approvals rested on is no more");
        assert!(is_watched(night.plan.plan(), &night.state, 0));
        night.trouble = Box::new(|_, _| None);
        both(&mut night);
        night.until(FOR_EVER);
        assert_final(&night);
    }
}

/// One target is final; the new side of another fails before its turn: that one goes back, whatever the plan says of the wave.
#[test]
fn a_side_that_fails_while_others_are_final_goes_back_alone() {
    let mut night = soaked(|_, _| None);
    both(&mut night);
    until_write(&mut night, finalises(1));
    assert!(!is_watched(night.plan.plan(), &night.state, 0) && is_watched(night.plan.plan(), &night.state, 2));
    night.take(Event::AnalysisFailed { step: 2, reason: "503".to_owned(), at: Moment(night.now) });
    night.until(FOR_EVER);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::Elsewhere));
    let wanted = finals(&night.plan);
    let original = night.plan.plan().steps[2].original(0).unwrap().clone();
    assert_eq!(held(&night), [wanted[0].clone(), wanted[1].clone(), original]);
    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
}

#[test]
fn a_driver_that_takes_over_at_any_moment_ends_the_same() {
    let mut taken_over = 0;
    for stop in 0..400_u64 {
        let mut night = soaked(|_, _| None);
        both(&mut night);
        let mut left = stop;
        while left > 0 && !matches!(night.state.phase, Phase::Finished(_)) {
            left -= 1;
            let Some(effect) = effects(&night.plan, &night.state) else { break };
            let event = match effect {
                Effect::CheckLease => Event::Leased(true),
                Effect::WaitUntil(at) => {
                    night.now = night.now.max(at.0);
                    Event::Woke { at }
                }
                Effect::Call(call) => Event::Replied { reply: night.answer(&call), at: Moment(night.now) },
                Effect::Append(_) => unreachable!(),
            };
            night.take(event);
        }
        if matches!(night.state.phase, Phase::Finished(_)) {
            break;
        }
        taken_over += 1;
        night.state = replay("r1", &night.plan, &night.journal).unwrap();
        night.take(Event::TakenOver { epoch: 2, at: Moment(night.now), revision: REVISION });
        night.until(FOR_EVER);
        assert_final(&night);
    }
    assert!(taken_over > 15, "{taken_over}");
}

#[test]
fn a_run_of_hand_overs_alone_has_nothing_to_finalise() {
    let mut night = Night::wave(common::hand_overs().plan().steps.clone(), |_, _| None);
    night.until(FOR_EVER);
    night.now += 10_000_000;
    assert_eq!(night.state.phase, Phase::Shifted);
    assert!(matches!(approved(&mut night, "olivia"), Err(Illegal::Unexpected { .. })));
}

#[test]
fn a_wave_with_a_hand_over_is_finalised_and_its_owners_stay() {
    let mut night = shifted(common::mixed().plan().steps.clone(), |_, _| None);
    night.soak();
    both(&mut night);
    night.until(FOR_EVER);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::Done));
    assert!(night.held.iter().all(|(_, token)| token.is_none()), "{:?}", night.held);
}

/// The driver dies between a person's word and what follows from it.
#[test]
fn a_rollback_between_the_intent_and_the_final_write_holds_for_the_next_driver_too() {
    let mut night = soaked(|_, _| None);
    both(&mut night);
    until_write(&mut night, finalises(0));
    aborted(&mut night).unwrap();
    night.take(Event::TakenOver { epoch: 2, at: Moment(night.now), revision: REVISION });
    night.until(FOR_EVER);
    assert_eq!(night.state.phase, Phase::Finished(Outcome::RolledBack));
    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
}

#[test]
fn approvals_rest_on_all_that_had_moved() {
    let mut night = soaked(|_, _| None);
    night.plan = Sealed::seal(WavePlan { on_failure: OnFailure::Shift, ..night.plan.plan().clone() }).unwrap();
    both(&mut night);
    night.take(Event::AnalysisFailed { step: 1, reason: "503".to_owned(), at: Moment(night.now) });
    assert_eq!((night.state.direction, night.state.finalise_approved_by.len()), (Direction::Forward, 0));
    night.until(FOR_EVER);
    assert_eq!(night.state.phase, Phase::Shifted);
    assert!(night.state.steps.iter().all(|step| !step.finalised));
}

#[test]
fn a_person_in_another_spelling_is_no_second_one() {
    for again in ["Eva", " eva", "EVA "] {
        let mut night = soaked(|_, _| None);
        approved(&mut night, "eva").unwrap();
        assert_eq!(approved(&mut night, again), Err(Illegal::SamePerson { who: again.to_owned() }));
    }
}

/// Some are final already, and one goes back to an old side whose probes do not pass.
#[test]
fn what_goes_back_alone_can_be_sent_back_despite_probes_when_the_rest_is_final() {
    let mut night = soaked(|_, _| None);
    night.plan = Sealed::seal(WavePlan { on_failure: OnFailure::Shift, ..night.plan.plan().clone() }).unwrap();
    both(&mut night);
    until_write(&mut night, finalises(1));
    night.take(Event::AnalysisFailed { step: 2, reason: "503".to_owned(), at: Moment(night.now) });
    let old: Vec<_> = night.plan.plan().steps[2].old_probes().to_vec();
    night.trouble = Box::new(move |call, _| match call {
        Call::Probe(probe) if old.contains(probe) => {
            Some(Ok(Reply::Probed(Verdict::Fail { reason: "answered 503".to_owned() })))
        }
        _ => None,
    });
    let later = night.now + 60_000;
    night.until(later);
    assert!(night.state.steps[2].stage.is_some(), "{:?}", night.state.phase);
    assert_eq!(aborted(&mut night), Err(Illegal::NoWayBack));
    let at = Moment(night.now);
    let despite_probes = Some("the probe of the old side is wrong".to_owned());
    says(&mut night, Event::Aborted { who: "olivia".to_owned(), at, despite_probes }).unwrap();
    night.until(FOR_EVER);
    assert_eq!(night.held[2].0, *night.plan.plan().steps[2].original(0).unwrap());
    assert_eq!(night.state.phase, Phase::Finished(Outcome::Elsewhere));
}
