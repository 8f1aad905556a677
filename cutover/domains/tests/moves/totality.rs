//! The transition function answers every pair of state and event, and only what was wanted gets through.

use crate::plans::{HOUR, MINUTE, SECOND, START, THIRD, customer, ours, snapshot, windowed};
use crate::world::{World, Wrong};
use caravan_cutover_domains::{
    Act, Answer, EdgeSight, Event, Look, MovePlan, OrderStatus, Sides, Sight, Stage, State, Wanted, replay, transition,
    wanted,
};
use caravan_cutover_engine::Moment;
use caravan_providers::{CallError, Verdict};
use fastrand::Rng;
use std::collections::BTreeSet;

fn verdict(rng: &mut Rng) -> Verdict {
    match rng.u32(0..4) {
        0 => Verdict::Fail { reason: "503".to_owned() },
        1 => Verdict::Inconclusive { reason: "late".to_owned() },
        _ => Verdict::Pass,
    }
}

fn error(rng: &mut Rng) -> CallError {
    let text = "by choice".to_owned();
    match rng.u32(0..6) {
        0 => CallError::NotSent(text),
        1 => CallError::Throttled(text),
        2 => CallError::Denied(text),
        3 => CallError::Conflict(text),
        4 => CallError::Rejected(text),
        _ => CallError::InDoubt(text),
    }
}

/// A sight of any kind.
fn sight(rng: &mut Rng, world: &mut World) -> Sight {
    match rng.u32(0..9) {
        0 => Sight::Route(verdict(rng)),
        1 => Sight::Order(OrderStatus::Invalid { reason: "no".to_owned(), by_validation: rng.bool() }),
        2 => Sight::Presented(verdict(rng)),
        3 => Sight::Edge(EdgeSight::Waiting { reason: "not yet".to_owned() }),
        4 => Sight::Sides(Sides { new: verdict(rng), old: verdict(rng), shown: world.secret.clone(), old_shown: None }),
        5 => Sight::Settled(rng.bool().then(|| "ns1".to_owned())),
        6 => Sight::Names(Vec::new()),
        7 => Sight::Dangling(if rng.bool() { Vec::new() } else { vec!["a name".to_owned()] }),
        _ => Sight::Record { snapshot: world.record.clone(), token: world.token.clone() },
    }
}

/// What happens next: mostly what was wanted, with what the world says, else anything.
fn event(plan: &MovePlan, state: &State, world: &mut World, rng: &mut Rng) -> Event {
    let (at, who) = (world.now, ["ann", "bob"][rng.usize(0..2)].to_owned());
    match rng.u32(0..500) {
        0 => return Event::TurnedBack { who, at, despite_probes: rng.bool().then(|| "so".to_owned()) },
        1 => return Event::Paused { who, at },
        2 | 3 => return Event::Resumed { who, at },
        4 => return Event::Adopted { who, at },
        5 | 6 => return Event::Retried { who, at },
        7 => return Event::TakenOver { epoch: state.epoch + rng.u64(0..2), at },
        8 => return Event::Started { who, epoch: 1, at },
        9 => return Event::Withdrawn { at },
        10 => return Event::Intended { act: Act::Provision, at },
        11 => return Event::Answered { answer: Ok(Answer::Done), at },
        12 => return Event::Saw { sight: Ok(sight(rng, world)), asked: at, at },
        13 => return Event::ReleaseApproved { who, at },
        _ => {}
    }
    match wanted(plan, state, at) {
        Wanted::Act(act) => Event::Intended { act, at },
        Wanted::Answer => {
            let act = state.intent.as_ref().unwrap().act.clone();
            let answer = if rng.u32(0..10) == 0 { Err(error(rng)) } else { world.act(&act) };
            Event::Answered { answer, at }
        }
        Wanted::Look(look) => {
            let sight = if rng.u32(0..20) == 0 { Err(error(rng)) } else { world.look(&look) };
            Event::Saw { sight, asked: at, at }
        }
        Wanted::Wait(_) | Wanted::Person | Wanted::Nothing if state.stage == Stage::Planned => {
            Event::Started { who, epoch: 1, at }
        }
        Wanted::Wait(_) | Wanted::Person | Wanted::Nothing => match state.stage {
            Stage::Flip => Event::Approved { who, at },
            _ => Event::ReleaseApproved { who, at },
        },
    }
}

#[test]
fn every_event_is_answered_in_every_state_and_what_is_refused_changes_nothing() {
    let mut stages = BTreeSet::new();
    for seed in 0..120 {
        let mut rng = Rng::with_seed(seed);
        let mut plan = [ours, customer, windowed][rng.usize(0..3)]();
        plan.times.soak = 10 * MINUTE;
        let edit = (START.plus_ms(rng.u64(0..6 * HOUR)), snapshot(THIRD, 300));
        let edits = if rng.bool() { vec![edit] } else { Vec::new() };
        let mut world = World::new(&plan, Wrong { customer_follows: Some(MINUTE), edits, ..Wrong::default() }, seed);
        let (mut state, mut journal) = (State::planned(&plan), Vec::new());
        for _ in 0..1_500 {
            let event = event(&plan, &state, &mut world, &mut rng);
            if let Ok(next) = transition(&plan, state.clone(), &event) {
                state = next;
                journal.push(event);
            }
            stages.insert(format!("{:?}", state.stage));
            let text = state.waits_for(&plan, world.now);
            assert!(text.is_none_or(|text| !text.is_empty()));
            // Whoever is dark is `seeded`'s matter: here events come that no driver would send.
            let longest = if state.watch.leads.is_some() || state.moved.is_some() { 20 * SECOND } else { 15 * MINUTE };
            let _dark = world.pass(world.now.plus_ms(rng.u64(1..longest)));
        }
        assert_eq!(replay(&plan, &journal).unwrap(), state, "seed {seed}");
    }
    assert_eq!(stages.len(), 16, "{stages:?}");
}

#[test]
fn what_was_not_wanted_is_not_taken_in() {
    let plan = ours();
    let started = Event::Started { who: "ann".to_owned(), epoch: 1, at: START };
    let state = transition(&plan, State::planned(&plan), &started).unwrap();
    assert_eq!(wanted(&plan, &state, START), Wanted::Look(Look::Route));
    let at = Moment(START.0 + SECOND);
    for event in [
        Event::Intended { act: Act::Order, at },
        Event::Answered { answer: Ok(Answer::Done), at },
        Event::Saw { sight: Ok(Sight::Held(None)), asked: START, at },
        Event::Withdrawn { at },
        Event::TakenOver { epoch: 1, at },
        Event::Approved { who: "ann".to_owned(), at },
        Event::ReleaseApproved { who: "ann".to_owned(), at },
        Event::Started { who: "ann".to_owned(), epoch: 2, at },
        Event::Resumed { who: "ann".to_owned(), at },
        Event::Adopted { who: "ann".to_owned(), at },
    ] {
        assert!(transition(&plan, state.clone(), &event).is_err(), "{event:?}");
    }
    let late = Event::TakenOver { epoch: 2, at: Moment(START.0 + HOUR) };
    assert_eq!(transition(&plan, state, &late).unwrap().epoch, 2);
}
