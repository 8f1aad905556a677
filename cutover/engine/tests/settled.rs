//! A write that was taken and that users do not follow: nothing rests on it, and the run says why.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

#[path = "../../rehearsal/tests/common/mod.rs"]
#[expect(dead_code, reason = "it holds the plans of other tests, too")]
mod common;
#[expect(dead_code, reason = "it has what other tests need, too")]
mod night;

use caravan_cutover_engine::{Direction, Event, Moment, Phase, REVISION, replay};
use caravan_plans::{Shift, Step};
use caravan_providers::{Call, CallError, Reply, Write};
use night::{Answer, Night};

const HOUR: u64 = 3_600_000;

fn shifts() -> [Shift; 3] {
    [common::records(), common::rule(), common::http_route()]
}

/// What does not say that users follow.
const NOT_SETTLED: [fn() -> Answer; 4] = [
    || Ok(Reply::Unsettled { reason: "gateway public: it has seen generation 6 of the route".to_owned() }),
    || Err(CallError::Denied("not authorised to perform: route53:GetChange".to_owned())),
    || Err(CallError::Missing("NoSuchChange".to_owned())),
    || Err(CallError::Rejected("InvalidInput".to_owned())),
];

/// Whether it asks for a write that puts so much of the traffic on the new side.
fn is_of_stage(call: &Call, shift: &Shift, stage: usize) -> bool {
    matches!(call, Call::Status { write, .. } if write.after == shift.stages[stage].snapshot)
}

#[test]
fn a_write_that_users_do_not_follow_is_waited_for_with_its_reason_and_never_promoted() {
    for shift in shifts() {
        for answer in NOT_SETTLED {
            for stage in 0..shift.stages.len() {
                let of = shift.clone();
                let mut night =
                    Night::new(Step::Shift(shift.clone()), move |call, _| is_of_stage(call, &of, stage).then(answer));
                night.until(HOUR);
                assert!(matches!(night.state.phase, Phase::Settling { .. }), "{stage}: {:?}", night.state.phase);
                assert_eq!(night.state.steps[0].stage, stage.checked_sub(1), "what has not settled counts as reached");
                let said = match answer() {
                    Ok(Reply::Unsettled { reason }) => reason,
                    Err(error) => error.to_string(),
                    Ok(other) => panic!("{other:?}"),
                };
                let trouble = night.state.trouble.clone().unwrap();
                assert_eq!(trouble.reason, said);
                assert!(trouble.tries > 100, "asked {} times", trouble.tries);
                // A person takes it back all the same.
                night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
                night.until(night.now + 60_000);
                assert!(night.is_back(), "{:?}", night.state.phase);
                night.assert_exact();
            }
        }
    }
}

/// A driver that is started anew while a write is waited for knows from the journal that it was accepted, and goes on asking.
#[test]
fn a_new_driver_promotes_no_write_that_users_do_not_follow() {
    for shift in shifts() {
        for stage in [0, 1, 3] {
            let of = shift.clone();
            let mut night = Night::new(Step::Shift(shift.clone()), move |call, now| {
                (now < HOUR && is_of_stage(call, &of, stage)).then(NOT_SETTLED[0])
            });
            night.until(HOUR / 2);
            for epoch in 2..5 {
                night.take(Event::TakenOver { epoch, at: Moment(night.now), revision: REVISION });
                night.until(night.now + 120_000);
                assert!(matches!(&night.state.phase, Phase::Settling { .. }));
                assert_eq!(night.state.steps[0].stage, stage.checked_sub(1));
            }
            // Once users follow, it goes on by itself.
            night.until(2 * HOUR);
            assert!(matches!(night.state.phase, Phase::Shifted), "{:?}", night.state.phase);
            assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
        }
    }
}

/// What was accepted can't land any more: the next driver goes back at once, also where a write may take long to land.
#[test]
fn a_way_back_after_a_change_of_driver_waits_for_no_write_that_was_accepted() {
    for mut shift in shifts() {
        shift.in_flight = 600;
        for stage in [0, 1, 3] {
            let of = shift.clone();
            let mut night = Night::new(Step::Shift(shift.clone()), move |call, _| {
                is_of_stage(call, &of, stage).then(NOT_SETTLED[0])
            });
            night.until(HOUR);
            assert!(matches!(night.state.phase, Phase::Settling { .. }), "{:?}", night.state.phase);
            night.take(Event::TakenOver { epoch: 2, at: Moment(night.now), revision: REVISION });
            night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
            night.until(night.now + 15_000);
            assert!(night.is_back(), "stage {stage}: {:?}", night.state.phase);
            night.assert_exact();
        }
    }
}

/// What does not follow on its way back is waited for, and said; but it never keeps another step's users where they are.
#[test]
fn a_rollback_waits_for_its_own_data_plane_and_lets_no_other_step_wait_for_it() {
    let is_undo = |call: &Call, shift: &Shift| matches!(call, Call::Status { write, .. } if write.target == shift.target && write.after == shift.original);
    for shift in shifts() {
        let of = shift.clone();
        let mut night = Night::new(Step::Shift(shift.clone()), move |call, now| {
            (now < HOUR && is_undo(call, &of)).then(NOT_SETTLED[0])
        });
        night.until(HOUR / 2);
        assert!(matches!(night.state.phase, Phase::Shifted));
        night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
        night.until(HOUR);
        assert!(matches!(night.state.phase, Phase::SettlingAll { .. }), "{:?}", night.state.phase);
        assert_eq!((night.state.direction, night.state.trouble.is_some()), (Direction::Back, true));
        night.until(HOUR + 15_000);
        assert!(night.is_back(), "{:?}", night.state.phase);
        night.assert_exact();

        // The same as the last of two steps: the first goes back within a minute all the same.
        let of = shift.clone();
        let first = shifts().into_iter().find(|other| other.target != shift.target).unwrap();
        let original = first.original.clone();
        let steps = vec![Step::Shift(first), Step::Shift(shift.clone())];
        let mut night = Night::wave(steps, move |call, _| is_undo(call, &of).then(NOT_SETTLED[0]));
        night.until(HOUR / 2);
        assert!(matches!(night.state.phase, Phase::Shifted));
        night.command(|who, at| Event::Aborted { who, at, despite_probes: None });
        night.until(HOUR / 2 + 60_000);
        assert_eq!(night.held[0], (original, None));
        assert_eq!(night.held[1], (shift.original, None));
    }
}

/// An entry of a journal of before this question: the write stood, and what came next was asked at once.
#[test]
fn a_journal_of_before_replays_to_where_it_was() {
    for shift in shifts() {
        let mut night = Night::new(Step::Shift(shift.clone()), |call, _| match call {
            Call::Write(_) => Some(Err(CallError::InDoubt("no answer".to_owned()))),
            _ => None,
        });
        let Some(write) = intended(&mut night) else { panic!("{:?}", night.state.phase) };
        night.held[0] = (write.after.clone(), write.token_after.clone());
        // It is found standing; the older program then began the bake.
        let asks = |night: &Night| matches!(&night.state.phase, Phase::Settling { ticket, .. } if ticket.is_empty());
        while !asks(&night) {
            assert!(night.now < HOUR, "{:?}", night.state.phase);
            let next = night.now + 10;
            night.until(next);
        }
        let probe = Reply::Probed(caravan_providers::Verdict::Pass);
        night.take(Event::Replied { reply: Ok(probe), at: Moment(night.now) });
        assert!(matches!(night.state.phase, Phase::Baking { rounds: 1, .. }), "{:?}", night.state.phase);
        assert_eq!(replay("r1", &night.plan, &night.journal).unwrap(), night.state);
    }
}

/// Goes on until a write is on its way.
fn intended(night: &mut Night) -> Option<Write> {
    for _ in 0..1000 {
        if let Phase::Applying { write, .. } | Phase::InDoubt { write, .. } = &night.state.phase {
            return Some((**write).clone());
        }
        let next = night.now + 1;
        night.until(next);
    }
    None
}
