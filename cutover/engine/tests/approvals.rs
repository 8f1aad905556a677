//! An approval means what its giver was shown: a run that stops for a person before the approved stage is written asks anew.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[expect(dead_code, reason = "it holds the plans of other tests, too")]
#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{Event, Phase, REVISION, replay};
use caravan_plans::{OnFailure, Sealed, Step, WavePlan};
use caravan_providers::target::Snapshot;
use caravan_providers::{Call, CallError, Reply, Verdict};
use night::{Answer, Night};

const EVER: u64 = u64::MAX / 2;

/// Goes on until a stage waits for approval, or the run rests.
fn until_asked(night: &mut Night) {
    while !matches!(night.state.phase, Phase::AwaitingApproval { .. }) {
        let Some(event) = night.next(EVER) else { return };
        night.take(event);
    }
}

fn waiting(revision: u32) -> Night {
    let mut night = Night::new(Step::Shift(common::rule()), |_, _| None);
    night.state.revision = revision;
    until_asked(&mut night);
    assert!(matches!(night.state.phase, Phase::AwaitingApproval { .. }), "{:?}", night.state.phase);
    night
}

fn approve(night: &mut Night) {
    night.command(|who, at| Event::Approved { who, at, shown: None });
}

/// What stops a run between its approval and its write: how a call is answered then, and the state in which it rests.
type Stop = (fn(&Call) -> Option<Answer>, &'static str);

const STOPS: [Stop; 3] = [
    (
        |call| {
            let denied = || Err(CallError::Denied("the credentials have ended".to_owned()));
            matches!(call, Call::Observe(_)).then(denied)
        },
        "held",
    ),
    (
        |call| {
            let unknown = || Ok(Reply::Probed(Verdict::Inconclusive { reason: "no answer".to_owned() }));
            matches!(call, Call::Probe(_)).then(unknown)
        },
        "held",
    ),
    (
        |call| {
            let theirs = || Ok(Reply::Observed { snapshot: Snapshot::Actions(serde_json::json!([])), token: None });
            matches!(call, Call::Observe(_)).then(theirs)
        },
        "conflict",
    ),
];

#[test]
fn what_was_approved_before_a_run_stopped_is_asked_for_anew() {
    for (at, (stop, rests)) in STOPS.into_iter().enumerate() {
        for revision in [13, REVISION] {
            let mut night = waiting(revision);
            let stands = night.held[0].clone();
            night.trouble = Box::new(move |call, _| stop(call));
            approve(&mut night);
            until_asked(&mut night);
            assert_eq!(night.state.phase.name(), rests, "{at}: {:?}", night.state.phase);
            night.trouble = Box::new(|_, _| None);
            night.command(|who, at| Event::Retried { who, at });
            until_asked(&mut night);
            match revision {
                13 => assert_eq!(night.state.phase, Phase::Shifted, "{at}"),
                _ => {
                    assert!(
                        matches!(night.state.phase, Phase::AwaitingApproval { .. }),
                        "{at}: {:?}",
                        night.state.phase
                    );
                    assert_eq!(night.held[0], stands, "{at}");
                    night.until(EVER);
                    assert_eq!(night.state.phase, Phase::Shifted, "{at}");
                    assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
                }
            }
        }
    }
}

#[test]
fn what_was_approved_before_a_pause_is_asked_for_anew() {
    let mut night = waiting(REVISION);
    approve(&mut night);
    night.command(|who, at| Event::Paused { who, at });
    assert_eq!(night.state.phase, Phase::Paused);
    night.command(|who, at| Event::Resumed { who, at });
    until_asked(&mut night);
    assert!(matches!(night.state.phase, Phase::AwaitingApproval { .. }), "{:?}", night.state.phase);
}

/// A stage that was reached is not approved twice.
#[test]
fn what_was_reached_by_an_approval_needs_no_other_one() {
    let mut night = waiting(REVISION);
    approve(&mut night);
    while !matches!(night.state.phase, Phase::Baking { .. }) {
        let event = night.next(EVER).unwrap();
        night.take(event);
    }
    night.command(|who, at| Event::Paused { who, at });
    night.command(|who, at| Event::Resumed { who, at });
    until_asked(&mut night);
    assert_eq!(night.state.phase, Phase::Shifted);
}

/// Its first write moves nobody: a new side that fails then has lost nobody anything, and the run waits for a person with all users
/// where they were.
#[test]
fn a_new_side_that_fails_before_anybody_is_on_it_is_held() {
    for (on_failure, revision) in
        [(OnFailure::Wave, 13), (OnFailure::Wave, REVISION), (OnFailure::Shift, 13), (OnFailure::Shift, REVISION)]
    {
        let mut night = Night::new(Step::Shift(common::rule()), |_, _| None);
        night.plan = Sealed::seal(WavePlan { on_failure, ..night.plan.plan().clone() }).unwrap();
        night.state.revision = revision;
        while night.state.steps[0].stage != Some(0) {
            let event = night.next(EVER).unwrap();
            night.take(event);
        }
        let stands = night.held[0].clone();
        night.trouble = Box::new(|call, _| {
            let fails = || Ok(Reply::Probed(Verdict::Fail { reason: "503".to_owned() }));
            let is_new = matches!(call, Call::Probe(probe) if probe.address.starts_with("new"));
            is_new.then(fails)
        });
        until_asked(&mut night);
        if revision == 13 {
            assert_eq!(night.state.phase.name(), "finished", "{:?}", night.state.phase);
            continue;
        }
        assert_eq!((night.state.phase.name(), &night.held[0]), ("held", &stands), "{:?}", night.state.phase);
        night.trouble = Box::new(|_, _| None);
        night.command(|who, at| Event::Retried { who, at });
        night.until(EVER);
        assert_eq!(night.state.phase, Phase::Shifted);
    }
}
