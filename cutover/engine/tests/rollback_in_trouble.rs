//! A rollback in trouble that passes: it goes on for as long as that takes, and is over soon after.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[path = "../../rehearsal/tests/common/mod.rs"]
#[expect(dead_code, reason = "it holds the plans of other tests, too")]
mod common;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{Deferred, Effect, Event, Hold, Moment, Outcome, Phase, REVISION, State, effects, replay};
use caravan_plans::Step;
use caravan_providers::target::SimulatedWork;
use caravan_providers::{Call, CallError, Reply, Verdict};
use night::{Answer, Night};

const MINUTE: u64 = 60_000;
/// When the test's trouble begins: the run is in the bake of its stage of 50 % then.
const BEGINS: u64 = 85_000;

/// The command to go back.
fn aborted(who: String, at: Moment) -> Event {
    Event::Aborted { who, at, despite_probes: None }
}

fn shifts() -> [Step; 3] {
    [common::records(), common::rule(), common::http_route()].map(Step::Shift)
}

const ERRORS: [fn(String) -> CallError; 3] = [CallError::NotSent, CallError::Throttled, CallError::InDoubt];

/// Whether a call is one of a kind that a test disturbs.
type Kind = (&'static str, fn(&Call) -> bool);
const KINDS: [Kind; 5] = [
    ("observations", |call| matches!(call, Call::Observe(_))),
    ("writes", |call| matches!(call, Call::Write(_))),
    ("questions after a write", |call| matches!(call, Call::Status { .. })),
    ("probes", |call| matches!(call, Call::Probe(_))),
    ("every call", |_| true),
];

/// Fails on the way back what a test disturbs, for so long.
fn outage(kind: Kind, error: fn(String) -> CallError, lasts: u64) -> impl Fn(&Call, u64) -> Option<Answer> {
    move |call, now| {
        let is_on = (BEGINS..BEGINS + lasts).contains(&now);
        (is_on && kind.1(call)).then(|| Err(error("the provider is away".to_owned())))
    }
}

#[test]
fn an_outage_on_the_way_back_holds_nothing_and_the_rollback_ends_within_a_minute_after_it() {
    let mut given_up = Vec::new();
    let mut tried = 0;
    for step in shifts() {
        for kind in KINDS {
            for error in ERRORS {
                for lasts in [5_000, 40_000, 5 * MINUTE, 60 * MINUTE] {
                    let mut night = Night::new(step.clone(), outage(kind, error, lasts));
                    night.until(BEGINS);
                    assert_eq!(night.state.steps[0].stage, Some(2), "it is at 50 %");
                    night.command(aborted);
                    night.until(BEGINS + lasts + MINUTE);
                    tried += 1;
                    if night.is_back() {
                        night.assert_exact();
                    } else {
                        let error = error(String::new());
                        given_up.push(format!("{} {error:?} {lasts} ms: {}", kind.0, night.state.phase.name()));
                    }
                }
            }
        }
    }
    assert_eq!(given_up.len(), 0, "{} of {tried}: {given_up:#?}", given_up.len());
}

#[test]
fn a_single_lost_or_failing_probe_on_the_way_back_decides_nothing() {
    let fails = || Ok(Reply::Probed(Verdict::Fail { reason: "503".to_owned() }));
    let unknown = || Ok(Reply::Probed(Verdict::Inconclusive { reason: "no whole answer".to_owned() }));
    let lost = || Err(CallError::NotSent("no route to host".to_owned()));
    let lives: [fn() -> Answer; 3] = [fails, unknown, lost];
    for step in shifts() {
        for answer in lives {
            let once = std::cell::Cell::new(true);
            let mut night = Night::new(step.clone(), move |call, now| {
                (now >= BEGINS && matches!(call, Call::Probe(_)) && once.replace(false)).then(answer)
            });
            night.until(BEGINS).command(aborted);
            night.until(BEGINS + MINUTE);
            assert!(night.is_back(), "{:?}", night.state.phase);
            night.assert_exact();
        }
    }
}

/// However long the old side fails: nothing goes back to it meanwhile, and everything does by itself once it passes.
#[test]
fn a_rollback_waits_for_a_failing_old_side_and_goes_on_by_itself() {
    for lasts in [3_000, 40_000, 10 * MINUTE] {
        for step in shifts() {
            let mut night = Night::new(step, old_side_fails(lasts));
            night.until(BEGINS).command(aborted);
            night.until(BEGINS + lasts);
            assert!(!night.is_back() && night.state.phase.name() == "guarding", "{:?}", night.state.phase);
            let trouble = night.state.trouble.clone().unwrap();
            assert_eq!(trouble.reason, "the old side fails: 503");
            night.until(BEGINS + lasts + MINUTE);
            assert!(night.is_back(), "{lasts} ms: {:?}", night.state.phase);
            night.assert_exact();
        }
    }
}

/// A person may know better than a probe, before the rollback and while it waits; the journal keeps why.
#[test]
fn a_person_sends_traffic_back_to_an_old_side_whose_probes_fail() {
    let despite = |who, at| Event::Aborted { who, at, despite_probes: Some("the probe's path is gone".to_owned()) };
    for first in [aborted, despite] {
        for step in shifts() {
            let mut night = Night::new(step, old_side_fails(u64::MAX - BEGINS));
            night.until(BEGINS).command(first);
            night.until(BEGINS + 2 * MINUTE);
            if !night.is_back() {
                night.command(despite);
                night.until(BEGINS + 4 * MINUTE);
            }
            assert!(night.is_back(), "{:?}", night.state.phase);
            night.assert_exact();
        }
    }
}

/// The word comes at any moment: also while the old side is asked for the first time.
#[test]
fn a_person_s_word_against_the_probes_holds_for_the_one_that_is_on_its_way() {
    for step in shifts() {
        let mut night = Night::new(step, old_side_fails(u64::MAX - BEGINS));
        night.until(BEGINS).command(aborted);
        while !matches!(night.state.phase, Phase::Guarding { .. }) {
            let soon = night.now + 10;
            night.until(soon);
        }
        assert_eq!(night.state.trouble, None);
        night.command(|who, at| Event::Aborted { who, at, despite_probes: Some("it is well".to_owned()) });
        night.until(BEGINS + 2 * MINUTE);
        assert!(night.is_back(), "{:?}", night.state.phase);
        night.assert_exact();
    }
}

fn old_side_fails(lasts: u64) -> impl Fn(&Call, u64) -> Option<Answer> {
    move |call, now| {
        let fails = (BEGINS..BEGINS + lasts).contains(&now) && matches!(call, Call::Probe(_));
        fails.then(|| Ok(Reply::Probed(Verdict::Fail { reason: "503".to_owned() })))
    }
}

#[test]
fn what_is_refused_stops_the_rollback_for_a_person_and_is_tried_again_by_itself() {
    let lasting: [fn(String) -> CallError; 3] = [CallError::Denied, CallError::Rejected, CallError::Missing];
    for error in lasting {
        for step in shifts() {
            for lasts in [1, 15_000, 5 * MINUTE, 60 * MINUTE] {
                let mut night = Night::new(step.clone(), outage(KINDS[1], error, lasts));
                night.until(BEGINS).command(aborted);
                night.until(BEGINS + lasts.min(10_000));
                let stuck = matches!(night.state.phase, Phase::Stuck { .. }) || lasts == 1;
                assert!(stuck, "it says so at once: {:?}", night.state.phase);
                night.until(BEGINS + lasts + MINUTE);
                assert!(night.is_back(), "{lasts} ms: {:?}", night.state.phase);
                night.assert_exact();
                let intents = night.journal.iter().filter(|event| matches!(event, Event::Intended { .. })).count();
                assert!(intents as u64 <= 20 + lasts / 20_000, "{intents} intents in {lasts} ms");
            }
        }
        let mut night = Night::new(Step::Shift(common::rule()), outage(KINDS[0], error, u64::MAX - BEGINS));
        night.until(BEGINS).command(aborted);
        night.until(BEGINS + 10 * MINUTE);
        assert!(matches!(night.state.phase, Phase::Held { .. }), "{:?}", night.state.phase);
    }
}

/// Trouble takes nothing from the few times that a refused comparison is tried again.
#[test]
fn a_refused_comparison_after_an_hour_of_throttling_is_tried_again() {
    let end = BEGINS + 60 * MINUTE;
    let refusals = std::cell::Cell::new(3);
    let mut night = Night::new(Step::Shift(common::records()), move |call, now| match call {
        Call::Write(_) if (BEGINS..end).contains(&now) => Some(Err(CallError::Throttled("slower".to_owned()))),
        Call::Write(_) if now >= end && refusals.get() > 0 => {
            refusals.set(refusals.get() - 1);
            Some(Err(CallError::Conflict("it was not as believed".to_owned())))
        }
        _ => None,
    });
    night.until(BEGINS).command(aborted);
    night.until(end + MINUTE);
    assert!(night.is_back(), "{:?}", night.state.phase);
}

/// A command to go back that comes while the outcome of a write forward is not known waits for it as long as it takes.
#[test]
fn a_command_to_go_back_with_a_write_in_doubt_is_not_lost_in_an_outage() {
    for step in shifts() {
        for lasts in [40_000, 5 * MINUTE, 60 * MINUTE] {
            let begins = std::rc::Rc::new(std::cell::Cell::new(None::<u64>));
            let since = begins.clone();
            let mut night = Night::new(step.clone(), move |call, now| {
                if since.get().is_none() && now > BEGINS && matches!(call, Call::Write(_)) {
                    since.set(Some(now));
                }
                let is_on = since.get().is_some_and(|since| now < since + lasts);
                is_on.then(|| Err(CallError::InDoubt("no answer".to_owned())))
            });
            for second in 1..=60 {
                if begins.get().is_none() {
                    night.until(BEGINS + second * 1000);
                }
            }
            assert!(begins.get().is_some(), "no write: {:?} at {}", night.state, night.now);
            night.command(aborted);
            assert_eq!(night.state.deferred, Deferred::Rollback);
            let end = begins.get().unwrap() + lasts;
            night.until(end + 2 * MINUTE);
            assert!(night.is_back(), "{lasts}: {:?}", night.state.phase);
            night.assert_exact();
        }
    }
}

/// The old owner of a hand-over is started again, however long nobody can be asked whether the new one has stopped.
#[test]
fn an_outage_while_a_hand_over_goes_back_leaves_nobody_stopped() {
    for work in [SimulatedWork::Consumer, SimulatedWork::Schedule] {
        for lasts in [40_000, 5 * MINUTE, 60 * MINUTE] {
            let step = Step::HandOver(common::hand_over(work, "orders"));
            let activity: Kind = ("activity", |call| matches!(call, Call::Activity(_)));
            for kind in [activity, KINDS[0], KINDS[1], KINDS[4]] {
                let mut night = Night::new(step.clone(), outage(kind, CallError::Throttled, lasts));
                night.until(BEGINS);
                assert_eq!(night.state.phase, Phase::Shifted);
                night.command(aborted);
                night.until(BEGINS + lasts + MINUTE);
                assert!(night.is_back(), "{} {lasts}: {:?}", kind.0, night.state.phase);
                night.assert_exact();
            }
        }
    }
}

/// Reads may lag behind a write for longer than anybody waits, or the write was dropped after it was accepted.
#[test]
fn a_write_back_that_was_accepted_and_does_not_show_is_made_again() {
    let dropped = std::cell::Cell::new(true);
    let mut night = Night::new(Step::Shift(common::rule()), move |call, now| {
        (now >= BEGINS && matches!(call, Call::Write(_)) && dropped.replace(false))
            .then_some(Ok(Reply::Accepted { ticket: None }))
    });
    night.until(BEGINS).command(aborted);
    night.until(BEGINS + 2 * MINUTE);
    assert!(night.is_back(), "{:?}", night.state.phase);
    night.assert_exact();
}

#[test]
fn while_it_repeats_a_person_can_leave_the_target_to_others() {
    for kind in KINDS {
        let mut night = Night::new(Step::Shift(common::rule()), outage(kind, CallError::NotSent, u64::MAX - BEGINS));
        night.until(BEGINS).command(aborted);
        night.until(BEGINS + 10 * MINUTE);
        night.command(|who, at| Event::Adopted { who, at, shown: None });
        assert!(matches!(night.state.phase, Phase::Held { reason: Hold::Adopted, .. }), "{:?}", night.state.phase);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
        night.command(|who, at| Event::Resumed { who, at });
        assert_eq!(night.state.phase, Phase::Finished(Outcome::Elsewhere));
    }
}

/// Whoever has mended the world does not wait for the next try. Journals in which a rollback had given up after a few
/// tries, and a person had it go on, are replayed so as well.
#[test]
fn a_retry_asks_at_once_and_a_release_leaves_what_stands() {
    let commands: [fn(String, Moment) -> Event; 3] =
        [|who, at| Event::Retried { who, at }, |who, at| Event::Resumed { who, at }, aborted];
    for kind in [KINDS[0], KINDS[3]] {
        for command in commands {
            let mut night = Night::new(Step::Shift(common::rule()), outage(kind, CallError::NotSent, 5 * MINUTE));
            night.until(BEGINS).command(aborted);
            night.until(BEGINS + 4 * MINUTE);
            night.command(command);
            let waits = matches!(effects(&night.plan, &night.state), Some(Effect::WaitUntil(_)));
            assert!(!waits && night.state.trouble.is_none(), "{:?}", night.state.phase);
            night.until(BEGINS + 6 * MINUTE);
            assert!(night.is_back());
            night.assert_exact();
        }
    }
    for kind in [KINDS[0], KINDS[1], KINDS[3]] {
        let mut night = Night::new(Step::Shift(common::rule()), outage(kind, CallError::NotSent, 5 * MINUTE));
        night.until(BEGINS).command(aborted);
        night.until(BEGINS + 4 * MINUTE);
        night.command(|who, at| Event::Released { who, at, reason: None });
        night.until(BEGINS + 6 * MINUTE);
        let stands = night.plan.plan().steps[0].standing(0, Some(2)).unwrap().clone();
        if night.state.phase == Phase::Finished(Outcome::Elsewhere) {
            assert_eq!(night.held[0], (stands, None));
        } else {
            // On the way out nothing is urgent: a person is asked after a few tries.
            assert!(matches!(night.state.phase, Phase::Held { .. }), "{:?}", night.state.phase);
            assert_eq!(night.held[0].0, stands);
        }
    }
}

#[test]
fn the_state_says_why_it_gets_no_further_and_since_when() {
    for kind in KINDS {
        let mut night = Night::new(Step::Shift(common::records()), outage(kind, CallError::Throttled, 5 * MINUTE));
        night.until(BEGINS).command(aborted);
        assert_eq!(night.state.trouble, None);
        night.until(BEGINS + 4 * MINUTE);
        let trouble = night.state.trouble.clone().unwrap();
        assert_eq!(trouble.reason, "throttled: the provider is away", "{}", kind.0);
        assert!((BEGINS..BEGINS + 5_000).contains(&trouble.since.0), "{}: {trouble:?}", kind.0);
        // The waits double up to ten seconds.
        assert!((20..50).contains(&trouble.tries), "{}: {trouble:?}", kind.0);
        let json = serde_json::to_value(&night.state).unwrap();
        assert_eq!(json["trouble"]["since"], trouble.since.0);
        assert_eq!(serde_json::from_value::<State>(json).unwrap(), night.state);
        night.until(BEGINS + 6 * MINUTE);
        assert_eq!(night.state.trouble, None);
        assert!(night.is_back());
        assert!(serde_json::to_value(&night.state).unwrap().get("trouble").is_none());
    }
}

/// A state that was written before the run said so is read.
#[test]
fn a_state_of_before_is_read() {
    let mut night = Night::new(Step::Shift(common::rule()), outage(KINDS[3], CallError::NotSent, MINUTE));
    night.until(BEGINS).command(aborted);
    night.until(BEGINS + 20_000);
    let Phase::Guarding { .. } = night.state.phase else { panic!("{:?}", night.state.phase) };
    let mut json = serde_json::to_value(&night.state).unwrap();
    json.as_object_mut().unwrap().remove("trouble");
    let guarding = json["phase"]["guarding"].as_object_mut().unwrap();
    assert!(guarding.remove("not_before").is_some());
    let Phase::Guarding { not_before, .. } = serde_json::from_value::<State>(json).unwrap().phase else {
        panic!("it is another phase");
    };
    assert_eq!(not_before, None);
}

/// A person's word against the probes comes while the old side is being asked for the first time. Journals of revision 3 go on asking
/// there, as it did.
#[test]
fn a_word_against_the_probes_holds_at_once_by_the_rules_of_now_and_later_by_those_of_then() {
    for (revision, at_once) in [(3, false), (4, true), (REVISION, true)] {
        let mut night = Night::new(Step::Shift(common::rule()), |_, _| None);
        night.until(u64::MAX / 2);
        assert_eq!(night.state.phase, Phase::Shifted);
        night.take(Event::TakenOver { epoch: 2, at: Moment(night.now), revision });
        night.command(aborted);
        while !matches!(night.state.phase, Phase::Guarding { .. }) {
            let soon = night.now + 1;
            night.until(soon);
        }
        night.command(|who, at| Event::Aborted { who, at, despite_probes: Some("the probe is wrong".to_owned()) });
        let fails = Verdict::Fail { reason: "answered 503".to_owned() };
        night.take(Event::Replied { reply: Ok(Reply::Probed(fails)), at: Moment(night.now) });
        assert_eq!(matches!(night.state.phase, Phase::CheckingLease { .. }), at_once, "{revision}: {:?}", night.state);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}
