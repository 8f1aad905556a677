//! A journal that is older than what was written, by a copy of its disk that was put back: nothing is taken for as it was that was
//! not seen, and nothing goes on by it.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{Event, Hold, Moment, Outcome, Phase, REVISION, State, Task, replay};
use caravan_plans::Step;
use caravan_providers::target::{FencingToken, SimulatedWork, Snapshot};
use caravan_providers::{Call, CallError, Reply};
use night::Night;
use std::cell::Cell;
use std::rc::Rc;

/// Longer than any of these runs takes, but for one that looks again and again at what somebody else made of a target.
const LONG: u64 = 3_600_000;

fn shifts() -> Vec<Step> {
    [common::records(), common::rule(), common::http_route()].map(Step::Shift).into()
}

/// The run of a journal whose last entries are lost, while the world stands as they left it; the last driver of it was of this epoch.
fn without_last(whole: &Night, kept: usize) -> Night {
    let journal = whole.journal[..kept].to_vec();
    let state = replay("r1", &whole.plan, &journal).unwrap();
    let (plan, held) = (whole.plan.clone(), whole.held.clone());
    Night { plan, state, now: whole.now, held, journal, trouble: Box::new(|_, _| None) }
}

/// What somebody else makes of a target.
fn touched(snapshot: &Snapshot) -> Snapshot {
    let mut snapshot = snapshot.clone();
    match &mut snapshot {
        Snapshot::Records(sets) => sets.iter_mut().for_each(|set| set.health_check = Some("theirs".to_owned())),
        Snapshot::Actions(list) | Snapshot::Rules(list) => list[0]["theirs"] = true.into(),
        Snapshot::Activation { settings, .. } => settings["theirs"] = true.into(),
        Snapshot::OtherRoute(route) => route.rules[0]["theirs"] = true.into(),
    }
    snapshot
}

fn drive(night: &mut Night) {
    let (epoch, at) = (night.state.epoch + 1, Moment(night.now));
    night.take(match night.state.phase {
        Phase::Planned => Event::Started { who: "olivia".to_owned(), epoch, at, revision: REVISION },
        _ => Event::TakenOver { epoch, at, revision: REVISION },
    });
}

fn originals(night: &Night) -> Vec<(Snapshot, Option<FencingToken>)> {
    let steps = night.plan.plan().steps.iter();
    let originals = steps.flat_map(|step| (0..step.places()).filter_map(|place| step.original(place)));
    originals.map(|original| (original.clone(), None)).collect()
}

/// A run after several drivers, with all three shifts on the new side or on the way there.
fn gone_so_far(steps: Vec<Step>, takeovers: usize, entries: usize) -> Night {
    let mut night = Night::wave(steps, |_, _| None);
    let every = entries / (takeovers + 1);
    let mut taken = 0;
    while night.journal.len() < entries {
        if taken < takeovers && night.journal.len() >= every * (taken + 1) {
            taken += 1;
            drive(&mut night);
        }
        let Some(event) = night.next(u64::MAX) else { break };
        night.take(event);
    }
    night
}

#[test]
fn no_run_is_rolled_back_by_an_older_journal_while_a_target_of_its_own_stands_on_the_new_side() {
    let whole_length = gone_so_far(shifts(), 0, usize::MAX).journal.len();
    let (mut known_of_nothing, mut said) = (0, 0);
    for (takeovers, lived) in [(0, whole_length), (2, whole_length), (0, whole_length * 2 / 3), (1, whole_length / 2)] {
        let whole = gone_so_far(shifts(), takeovers, lived);
        for kept in 0..whole.journal.len() {
            let mut night = without_last(&whole, kept);
            let knows_all = night.state.sequence == whole.state.sequence;
            drive(&mut night);
            night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
            night.until(night.now + LONG);
            known_of_nothing += usize::from(kept == 0);
            let stands = night.held == originals(&night);
            let phase = &night.state.phase;
            assert_eq!(phase == &Phase::Finished(Outcome::RolledBack), stands, "{kept} entries: {phase:?}");
            // Whatever bears the run's own mark is put back, and where a target carries none, what a later stage left there.
            assert_eq!(phase, &Phase::Finished(Outcome::RolledBack), "{kept} entries");
            said += usize::from(night.state.older_journal.is_some());
            assert!(!knows_all || night.state.older_journal.is_none(), "{kept}: {:?}", night.state.older_journal);
            assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
        }
    }
    assert!(known_of_nothing == 4 && said > 100, "{said}");
}

#[test]
fn no_driver_goes_on_by_an_older_journal() {
    let whole_length = gone_so_far(shifts(), 0, usize::MAX).journal.len();
    let mut held = 0;
    for (takeovers, lived) in [(0, whole_length), (2, whole_length * 2 / 3)] {
        let whole = gone_so_far(shifts(), takeovers, lived);
        for kept in 0..whole.journal.len() {
            let mut night = without_last(&whole, kept);
            if night.state.sequence == whole.state.sequence {
                continue;
            }
            drive(&mut night);
            night.until(night.now + LONG);
            let phase = &night.state.phase;
            match phase {
                Phase::Held { reason: Hold::OlderJournal { text, .. }, .. } => {
                    held += 1;
                    assert_eq!(night.state.older_journal.as_ref(), Some(text));
                    assert!(text.contains("of this run") || text.contains("as this run would have"), "{text}");
                }
                // Of a target without a fencing token, between two of its stages, nobody can tell who made what stands there.
                Phase::Conflict { task, .. } => assert_eq!(task.step(), 1, "{kept}: {phase:?}"),
                other => panic!("{kept} entries: {other:?}"),
            }
            // Nothing was moved any further: a token was swapped at the most.
            let moved =
                |held: &[(Snapshot, Option<FencingToken>)]| held.iter().map(|one| one.0.clone()).collect::<Vec<_>>();
            assert_eq!(moved(&night.held), moved(&whole.held), "{kept} entries");
            // The same again is no way around it.
            night.command(|who, at| Event::Retried { who, at });
            night.until(night.now + LONG);
            assert!(
                matches!(night.state.phase, Phase::Held { .. } | Phase::Conflict { .. }),
                "{:?}",
                night.state.phase
            );
            assert_eq!(moved(&night.held), moved(&whole.held), "{kept} entries");
        }
    }
    assert!(held > 50, "{held}");
}

#[test]
fn a_target_that_was_never_touched_and_is_somebody_elses_keeps_a_run_from_ending_as_rolled_back() {
    for (at, step) in shifts().into_iter().enumerate() {
        let others = [common::records(), common::rule(), common::http_route()].map(Step::Shift);
        let steps: Vec<Step> =
            others.into_iter().enumerate().filter(|(other, _)| *other != at).map(|one| one.1).collect();
        let last = steps.len();
        let mut night = Night::wave(steps.into_iter().chain([step]).collect(), |_, _| None);
        while night.state.steps[0].stage.is_none() {
            let event = night.next(u64::MAX).unwrap();
            night.take(event);
        }
        let theirs = touched(&night.held[last].0);
        night.held[last] = (theirs.clone(), None);
        night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
        night.until(night.now + 60_000);
        let Phase::Conflict { task, live, .. } = &night.state.phase else { panic!("{:?}", night.state.phase) };
        assert_eq!((*task, &**live), (Task::See { step: last, place: 0 }, &theirs));
        assert_eq!(night.held[..last], originals(&night)[..last], "what moved is back");
        // Once they have taken it back the run ends by itself; left to them it ends elsewhere.
        let mut left = without_last(&night, night.journal.len());
        night.held[last] = originals(&night)[last].clone();
        night.until(night.now + LONG);
        assert_eq!(night.state.phase, Phase::Finished(Outcome::RolledBack));
        left.command(|who, at| Event::Adopted { who, at, shown: None });
        left.command(|who, at| Event::Resumed { who, at });
        left.until(left.now + LONG);
        assert_eq!(left.state.phase, Phase::Finished(Outcome::Elsewhere));
    }
}

#[test]
fn what_can_not_be_seen_keeps_a_run_from_ending_as_rolled_back_and_the_others_are_seen_first() {
    for error in [CallError::NotSent("away".to_owned()), CallError::Denied("no right".to_owned())] {
        let passes = matches!(error, CallError::NotSent(_));
        let whole = gone_so_far(shifts(), 0, usize::MAX);
        let mut night = without_last(&whole, 0);
        let away = Rc::new(Cell::new(true));
        let (is_away, last) = (Rc::clone(&away), night.plan.plan().steps[0].target(0).unwrap().clone());
        night.trouble = Box::new(move |call, _| {
            let asks = matches!(call, Call::Observe(target) if *target == last);
            (asks && is_away.get()).then(|| Err(error.clone()))
        });
        // The first step's target is asked first on the way forward, so the run turns back before that.
        drive(&mut night);
        night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
        night.until(night.now + 120_000);
        assert_ne!(night.state.phase, Phase::Finished(Outcome::RolledBack));
        assert_eq!(night.held[1..], originals(&night)[1..], "{:?}", night.state.phase);
        assert_eq!(matches!(night.state.phase, Phase::Held { .. }), !passes, "{:?}", night.state.phase);
        away.set(false);
        night.until(night.now + LONG);
        assert_eq!(night.state.phase, Phase::Finished(Outcome::RolledBack));
        assert_eq!(night.held, originals(&night));
    }
}

/// What is seen costs one question for each target that nothing was done to, and none of those that were just read back.
#[test]
fn what_was_just_put_back_is_not_looked_at_again() {
    let looks = Rc::new(Cell::new(0));
    let counted = Rc::clone(&looks);
    let mut night = Night::wave(shifts(), move |call, _| {
        counted.set(counted.get() + usize::from(matches!(call, Call::Observe(_))));
        None
    });
    night.until(night.now + LONG);
    assert_eq!(night.state.phase, Phase::Shifted);
    looks.set(0);
    night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
    night.until(night.now + LONG);
    assert!(night.is_back());
    assert_eq!(looks.get(), 6, "each is observed before and after its write");
}

/// Of owners of work nothing is taken for the run's own: a person decides.
#[test]
fn an_owner_that_an_older_journal_knows_nothing_of_waits_for_a_person() {
    let steps = || vec![Step::HandOver(common::hand_over(SimulatedWork::Consumer, "orders"))];
    let whole = gone_so_far(steps(), 0, usize::MAX);
    for kept in 0..whole.journal.len() {
        let mut night = without_last(&whole, kept);
        drive(&mut night);
        night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
        night.until(night.now + LONG);
        let stands = night.held == originals(&night);
        assert_eq!(
            night.state.phase == Phase::Finished(Outcome::RolledBack),
            stands,
            "{kept}: {:?}",
            night.state.phase
        );
    }
}

/// A run whose write is in doubt, and whose drivers die sooner than it could no longer land.
#[test]
fn drivers_that_die_sooner_than_a_write_could_land_come_to_its_end_all_the_same() {
    for (lives_ms, back) in [(6_000, false), (6_000, true), (11_000, true), (29_000, false)] {
        for step in shifts() {
            let lost = Rc::new(Cell::new(true));
            let loses = Rc::clone(&lost);
            let mut night = Night::new(step, move |call, _| {
                let is_write = matches!(call, Call::Write(_) | Call::WriteAll(_));
                (is_write && loses.get()).then(|| Err(CallError::InDoubt("no answer".to_owned())))
            });
            while !matches!(night.state.phase, Phase::InDoubt { .. }) {
                let event = night.next(u64::MAX).unwrap();
                night.take(event);
            }
            let in_flight = u64::from(night.plan.plan().steps[0].in_flight()) * 1000;
            lost.set(false);
            if back {
                night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
            }
            let (began, mut drivers, mut clock) = (night.now, 0_u64, 0_i64);
            while matches!(night.state.phase, Phase::InDoubt { .. }) {
                drivers += 1;
                assert!(drivers < 40, "it never leaves that: {:?}", night.state.phase);
                // Each driver's clock is hours off in its own way.
                clock = if clock > 0 { -7_200_000 } else { 10_800_000 };
                let world = night.now;
                night.now = (world + 86_400_000).saturating_add_signed(clock);
                drive(&mut night);
                let since = night.now;
                while night.now < since + lives_ms && matches!(night.state.phase, Phase::InDoubt { .. }) {
                    let Some(event) = night.next(since + lives_ms) else { break };
                    night.take(event);
                }
                night.now = world + lives_ms;
            }
            // And never before: what the drivers have waited, all together, is what the plan says.
            assert!(drivers * lives_ms >= in_flight, "{drivers} drivers of {lives_ms} ms: {began}");
            assert!(drivers <= in_flight.div_ceil(lives_ms - lives_ms % 5_000) + 1, "{drivers} of {lives_ms} ms");
        }
    }
}

/// A person is about to leave to others what they were shown: the run looks once more.
#[test]
fn a_run_that_stands_before_a_conflict_can_be_made_to_look_at_it_again_whatever_its_direction() {
    for step in shifts() {
        let mut night = Night::new(step, |_, _| None);
        while night.state.steps[0].stage.is_none() {
            let event = night.next(u64::MAX).unwrap();
            night.take(event);
        }
        let first = touched(&night.held[0].0);
        let then = night.plan.plan().steps[0].original(0).unwrap().clone();
        night.held[0] = (first.clone(), None);
        night.until(night.now + LONG);
        let shows = |state: &State| match &state.phase {
            Phase::Conflict { live, .. } => (**live).clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(shows(&night.state), first);
        night.held[0] = (then.clone(), None);
        assert!(night.next(u64::MAX).is_none(), "a run on its way forward waits for a person");
        night.take(Event::Woke { at: Moment(night.now) });
        let event = night.next(u64::MAX).unwrap();
        assert!(matches!(&event, Event::Replied { reply: Ok(Reply::Observed { .. }), .. }), "{event:?}");
        night.take(event);
        assert_eq!(shows(&night.state), then);
        assert!(night.next(u64::MAX).is_none(), "it goes on waiting");
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}
