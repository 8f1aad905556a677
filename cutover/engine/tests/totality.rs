//! The transition function: it answers every pair of state and event, and a replay gives the state that was lived.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails loudly")]

#[path = "../../rehearsal/tests/common/mod.rs"]
mod common;
#[path = "../../rehearsal/tests/common/names.rs"]
mod names;

use caravan_cutover_engine::{
    Effect, Event, Moment, Outcome, Phase, REVISION, State, Together, effects, replay, transition,
};
use caravan_plans::{Sealed, WavePlan};
use caravan_providers::target::{FencingToken, Snapshot, Target};
use caravan_providers::{Activity, Call, CallError, Reply, Verdict};
use proptest::prelude::*;

/// What stands at the plan's targets, as far as these tests need a world.
struct Targets(Vec<(Snapshot, Option<FencingToken>)>);

impl Targets {
    fn of(plan: &Sealed) -> Self {
        let steps = plan.plan().steps.iter();
        let originals = steps.flat_map(|step| (0..step.places()).filter_map(|place| step.original(place)));
        Self(originals.map(|original| (original.clone(), None)).collect())
    }
}

/// One step of a walk: what happens next, chosen by a number.
fn event(plan: &Sealed, state: &State, targets: &mut Targets, choice: u8, at: Moment) -> Event {
    let who = || "somebody".to_owned();
    match choice {
        0 => return Event::Aborted { who: who(), at, despite_probes: None },
        1 => return Event::Paused { who: who(), at },
        2 => return Event::Resumed { who: who(), at },
        3 => return Event::Adopted { who: who(), at, shown: None },
        4 => return Event::Retried { who: who(), at },
        5 => return Event::Released { who: who(), at, reason: None },
        6 => return Event::TakenOver { epoch: state.epoch + 1, at, revision: REVISION },
        7 => return Event::RecordFailed { reason: "full".to_owned() },
        8 => return Event::Leased(false),
        9 => return Event::Woke { at },
        10 => return Event::Started { who: who(), epoch: 1, at, revision: REVISION },
        11 => return Event::Recorded,
        18 => return Event::FinaliseApproved { who: who(), at, shown: None },
        19 => return Event::FinaliseApproved { who: "somebody else".to_owned(), at, shown: None },
        20 => return Event::Soaked { watched_ms: 1000, at },
        _ => {}
    }
    let failed = |error: fn(String) -> CallError| Event::Replied { reply: Err(error("by choice".to_owned())), at };
    match effects(plan, state) {
        Some(Effect::Append(_)) => Event::Recorded,
        Some(Effect::CheckLease) => Event::Leased(true),
        Some(Effect::WaitUntil(moment)) => Event::Woke { at: moment },
        Some(Effect::Call(call)) => match choice {
            12 => failed(CallError::InDoubt),
            13 => failed(CallError::Throttled),
            14 => failed(CallError::Conflict),
            15 => failed(CallError::Denied),
            16 => Event::Replied { reply: Ok(Reply::Probed(Verdict::Fail { reason: "500".to_owned() })), at },
            17 => Event::Replied { reply: Ok(Reply::Settled), at },
            _ => Event::Replied { reply: answer(plan, targets, &call), at },
        },
        None => match state.phase {
            Phase::AwaitingApproval { .. } => Event::Approved { who: who(), at, shown: None },
            Phase::Planned => Event::Started { who: who(), epoch: 1, at, revision: REVISION },
            _ => Event::Resumed { who: who(), at },
        },
    }
}

fn answer(plan: &Sealed, targets: &mut Targets, call: &Call) -> Result<Reply, CallError> {
    let place = |target: &Target| plan.plan().targets().position(|other| other == target).unwrap();
    match call {
        Call::Observe(target) => {
            let (snapshot, token) = targets.0[place(target)].clone();
            Ok(Reply::Observed { snapshot, token })
        }
        Call::Controllers(_) => Ok(Reply::Controllers(Vec::new())),
        Call::Write(write) => {
            targets.0[place(&write.target)] = (write.after.clone(), write.token_after.clone());
            Ok(Reply::Accepted { ticket: None })
        }
        Call::Status { .. } => Ok(Reply::Settled),
        Call::Activity(target) => {
            let works = matches!(targets.0[place(target)].0, Snapshot::Activation { active: true, .. });
            Ok(Reply::Activity(if works { Activity::Working } else { Activity::Idle }))
        }
        Call::Probe(_) => Ok(Reply::Probed(Verdict::Pass)),
        Call::All(calls) => Ok(Reply::All(calls.iter().map(|call| answer(plan, targets, call)).collect())),
        Call::WriteAll(writes) => {
            for write in writes {
                targets.0[place(&write.target)] = (write.after.clone(), write.token_after.clone());
            }
            Ok(Reply::Accepted { ticket: Some("C1".to_owned()) })
        }
    }
}

/// A state without what the answers of lease and clock alone have told: the journal does not hold them, and whoever takes
/// over asks both anew.
fn as_journalled(mut state: State) -> State {
    if let Some(look) = &mut state.next_look {
        look.at = Moment(0);
    }
    state.phase = match state.phase {
        Phase::Applying { task, write, tries } => Phase::CheckingLease { task, write, tries },
        Phase::Together(Together::Applying { writes }) => Phase::Together(Together::CheckingLease { writes }),
        Phase::Together(Together::Guarding { writes, .. }) => {
            Phase::Together(Together::Guarding { writes, not_before: None })
        }
        Phase::Together(Together::ReadingBack { sent, tries, .. }) => {
            Phase::Together(Together::ReadingBack { sent, tries, not_before: None })
        }
        Phase::InDoubt { task, write, error, tries, .. } => Phase::Resolving { task, write, error, tries },
        Phase::SettlingAll { .. } => Phase::SettlingAll { not_before: None },
        Phase::Settling { task, write, ticket, .. } => Phase::Settling { task, write, ticket, not_before: Moment(0) },
        Phase::FindingControllers { task, place, tries, .. } => {
            Phase::FindingControllers { task, place, tries, not_before: None }
        }
        Phase::Proving { task, since, rounds, .. } => Phase::Proving { task, since, rounds, not_before: None },
        Phase::Guarding { task, passed, tries, .. } => Phase::Guarding { task, passed, tries, not_before: None },
        Phase::Observing { task, tries, .. } => Phase::Observing { task, tries, not_before: None },
        Phase::Verifying { task, write, tries, .. } => Phase::Verifying { task, write, tries, not_before: None },
        Phase::Baking { task, since, rounds, passed, unknown, blind, old, .. } => {
            Phase::Baking { task, since, rounds, passed, not_before: None, unknown, blind, old }
        }
        other => other,
    };
    state
}

/// Plans of every kind of step, with a soak that a walk sits out.
fn plans() -> [Sealed; 4] {
    [common::wave(), common::hand_overs(), common::mixed(), names::names(5, 2)]
        .map(|plan| Sealed::seal(WavePlan { soak_ms: 3000, ..plan.plan().clone() }).unwrap())
}

/// Walks by the choices, and holds the replay of the journal against the lived state at every entry.
fn walk(plan: &Sealed, choices: &[u8]) -> Result<(usize, State), TestCaseError> {
    let mut targets = Targets::of(plan);
    let mut state = State::planned("r1", plan.plan());
    let mut journal: Vec<Event> = Vec::new();
    for (step, choice) in choices.iter().enumerate() {
        let at = Moment(1000 * (step as u64 + 1));
        if *choice == 6 {
            // Whoever takes over knows what the journal holds, and nothing of what was on its way there.
            state = replay("r1", plan, &journal).expect("a lived journal can be replayed");
        }
        let event = event(plan, &state, &mut targets, *choice, at);
        let journalled = match (&state.phase, &event) {
            (Phase::Recording { event, .. }, Event::Recorded) => Some((**event).clone()),
            _ => None,
        };
        // Another driver may hold the lease at any moment: nothing more is done then.
        let lost = transition(plan, state.clone(), Event::Leased(false)).expect("it is no question");
        prop_assert_eq!((&lost.phase, effects(plan, &lost)), (&Phase::LeaseLost, None));
        // What makes no sense is refused and changes nothing.
        if let Ok(next) = transition(plan, state.clone(), event) {
            state = next;
        }
        if let Some(event) = journalled {
            journal.push(event);
            let replayed = replay("r1", plan, &journal).expect("a lived journal can be replayed");
            prop_assert_eq!(as_journalled(replayed), as_journalled(state.clone()));
        }
        if matches!(state.phase, Phase::JournalUnavailable { .. } | Phase::LeaseLost) {
            break;
        }
    }
    Ok((journal.len(), state))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_walk_is_answered_and_replayed(choices in proptest::collection::vec(prop_oneof![1 => 0_u8..20, 8 => 20_u8..30], 1..160)) {
        for plan in plans() {
            walk(&plan, &choices)?;
        }
    }

    /// Every event meets the states of a walk, also those that make no sense there: an answer or a refusal, never a panic.
    #[test]
    fn every_event_is_answered_in_every_state(choices in proptest::collection::vec(18_u8..30, 1..120)) {
        for plan in plans() {
            let mut targets = Targets::of(&plan);
            let mut state = State::planned("r1", plan.plan());
            for (step, choice) in choices.iter().enumerate() {
                let at = Moment(1000 * (step as u64 + 1));
                for other in 0..21 {
                    let untouched = &mut Targets(targets.0.clone());
                    let event = event(&plan, &state, untouched, other, at);
                    let _ = transition(&plan, state.clone(), event);
                }
                let next = event(&plan, &state, &mut targets, *choice, at);
                if let Ok(next) = transition(&plan, state.clone(), next) {
                    state = next;
                }
            }
        }
    }
}

proptest! {
    // Each walk is a long one.
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// Walks that have come to the new side, from the soak on.
    #[test]
    fn a_walk_from_the_soak_on_is_answered_and_replayed(
        wild in proptest::collection::vec(prop_oneof![1 => 0_u8..20, 8 => 20_u8..30], 1..80),
    ) {
        let plan = common::sealed(vec![common::rule()]);
        let plan = Sealed::seal(WavePlan { soak_ms: 3000, ..plan.plan().clone() }).unwrap();
        let there = vec![25; 230];
        let is_calm = wild.iter().all(|choice| *choice >= 20);
        let choices: Vec<u8> = there.into_iter().chain([20, 25, 20, 25, 20, 25, 18, 25, 19, 25]).chain(wild).chain([25; 60]).collect();
        let (_, state) = walk(&plan, &choices)?;
        prop_assert!(!is_calm || state.steps[0].finalised, "{:?}", state.phase);
    }
}

#[test]
fn an_undisturbed_walk_comes_to_the_new_side() {
    for (plan, at_least) in plans().iter().zip([40, 30, 40, 60]) {
        let (entries, state) = walk(plan, &[25; 3000]).unwrap();
        assert_eq!(state.phase, Phase::Shifted);
        assert!(entries > at_least, "{entries}");
    }
}

#[test]
fn a_command_between_the_intent_and_the_write_keeps_the_write_from_being_made() {
    let plan = common::wave();
    let mut targets = Targets::of(&plan);
    let mut state = State::planned("r1", plan.plan());
    let mut journal = Vec::new();
    let mut aborted = false;
    for step in 1..200 {
        let at = Moment(1000 * step);
        assert!(!matches!(state.phase, Phase::Applying { .. }), "the write is made");
        let next = match &state.phase {
            Phase::CheckingLease { .. } if !aborted => {
                Event::Aborted { who: "somebody".to_owned(), at, despite_probes: None }
            }
            Phase::Finished(outcome) => {
                assert_eq!(*outcome, Outcome::RolledBack);
                assert!(journal.contains(&Event::Withdrawn));
                assert_eq!(replay("r1", &plan, &journal).unwrap(), state);
                return;
            }
            _ => event(&plan, &state, &mut targets, 25, at),
        };
        aborted |= matches!(next, Event::Aborted { .. });
        if let (Phase::Recording { event, .. }, Event::Recorded) = (&state.phase, &next) {
            journal.push((**event).clone());
        }
        state = transition(&plan, state, next).unwrap();
    }
    panic!("it never ended: {:?}", state.phase);
}
