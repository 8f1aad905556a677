//! Everything at once, drawn by seed.

use crate::drive::{People, Rehearsal};
use crate::plans::{DAY, HOUR, MINUTE, NEW, OLD, START, THIRD, customer, ours, ours_short, snapshot};
use crate::world::{World, Wrong};
use caravan_cutover_domains::{Hold, Lead, Outcome, Stage, replay};
use caravan_cutover_engine::Moment;
use fastrand::Rng;
use std::collections::BTreeMap;

const SEEDS: u64 = 600;

fn span(rng: &mut Rng, longest: u64) -> (Moment, Moment) {
    let from = START.plus_ms(rng.u64(0..3 * DAY));
    (from, from.plus_ms(rng.u64(1..longest)))
}

fn wrong(rng: &mut Rng, is_customer: bool) -> Wrong {
    let one_in = |rng: &mut Rng, n: u32| rng.u32(0..n) == 0;
    let mut wrong = Wrong { lost: rng.u32(0..12), throttled: rng.u32(0..12), ..Wrong::default() };
    if one_in(rng, 4) {
        wrong.caa_until = START.plus_ms(rng.u64(0..2 * DAY));
    }
    if one_in(rng, 4) {
        wrong.failing_validations = rng.u32(1..5);
    }
    if one_in(rng, 8) {
        wrong.certificates_last = Some(rng.u64(HOUR..3 * DAY));
    }
    if one_in(rng, 10) {
        wrong.old_ends = Some(START.plus_ms(40 * DAY));
    }
    if one_in(rng, 5) {
        wrong.new_fails = Some(span(rng, 2 * HOUR));
    }
    if one_in(rng, 8) {
        wrong.old_fails = Some(span(rng, 2 * HOUR));
    }
    for _ in 0..rng.u32(0..4) {
        let outage = span(rng, 90 * MINUTE);
        wrong.outages.push(outage);
    }
    wrong.customer_follows = Some(rng.u64(MINUTE..2 * DAY));
    for _ in 0..if one_in(rng, 4) { 2 } else { 0 } {
        let to = if is_customer { [OLD, NEW, THIRD][rng.usize(0..3)] } else { THIRD };
        // Customers who move before they are told move by themselves.
        let to = if is_customer && to == NEW { OLD } else { to };
        wrong.edits.push((START.plus_ms(rng.u64(0..3 * DAY)), snapshot(to, 300)));
    }
    if one_in(rng, 5) {
        wrong.dangles = Some(span(rng, 2 * DAY));
    }
    if one_in(rng, 5) {
        wrong.limited_until = START.plus_ms(rng.u64(0..2 * DAY));
    }
    wrong
}

fn rehearse(seed: u64) -> Rehearsal {
    let mut rng = Rng::with_seed(seed);
    let plan = [ours, ours_short, customer][rng.usize(0..3)]();
    let wrong = wrong(&mut rng, matches!(plan.lead, Lead::Customer(_)));
    let people = People {
        approve: Some(rng.u64(0..DAY)),
        release: rng.bool(),
        back: (rng.u32(0..3) == 0).then(|| START.plus_ms(rng.u64(0..3 * DAY))),
        retry: rng.bool().then(|| rng.u64(MINUTE..6 * HOUR)),
    };
    let world = World::new(&plan, wrong, seed);
    let mut rehearsal = Rehearsal::new(plan, world, people, seed);
    rehearsal.crashes = [0, 2, 20][rng.usize(0..3)];
    rehearsal.run(START.plus_ms(4 * DAY));
    rehearsal.finish();
    rehearsal
}

/// Seeds of every kind of plan: no rule is broken, each move ends as soon as nothing is wrong any more, and the ends are many.
#[test]
fn no_rule_is_broken_and_every_move_comes_to_an_end() {
    let mut ends: BTreeMap<String, u32> = BTreeMap::new();
    for seed in 0..SEEDS {
        let rehearsal = rehearse(seed);
        let Rehearsal { plan, world, state, journal, rules, .. } = &rehearsal;
        assert_eq!(rules.violations.first(), None, "seed {seed}");
        assert_eq!(replay(plan, journal).unwrap(), *state, "seed {seed}");
        assert_eq!(world.needless_orders, 0, "seed {seed}");
        let is_third = world.record == snapshot(THIRD, 300);
        let needed = plan.times.soak + plan.times.margin;
        let is_short = world.wrong.certificates_last.is_some_and(|lasts| lasts < needed);
        match (&state.stage, &state.hold) {
            (Stage::Over(Outcome::Back), _) => {
                // What was never written is whoever's it is.
                let is_theirs = is_third && world.writes.is_empty();
                if let Lead::Ours(own) = &plan.lead {
                    let stands = (&world.record, &world.token) == (&own.original, &None);
                    assert!(stands || is_theirs, "seed {seed}: {:?}", world.record);
                    assert_eq!(world.provisioned, None, "seed {seed}");
                }
            }
            (Stage::Over(Outcome::Done), _) => {
                if let Lead::Ours(own) = &plan.lead {
                    assert_eq!((&world.record, &world.token), (&own.settled, &None), "seed {seed}");
                }
            }
            // A stranger's record stays theirs.
            (_, Some(Hold::Conflict { .. })) => assert!(is_third, "seed {seed}: {state:?}"),
            // What no authority signs for long enough waits for a person.
            (_, Some(Hold::CertificateEnds(_))) => assert!(world.wrong.certificates_last.is_some(), "seed {seed}"),
            // Whoever tries again with such certificates is at it again.
            _ if is_short => assert_ne!(state.renewed, 0, "seed {seed}"),
            _ => panic!("seed {seed} comes to no end: {state:?}"),
        }
        let end = match &state.hold {
            Some(hold) => format!("held: {}", hold.to_string().split(':').next().unwrap_or_default()),
            None => format!("{:?}", state.stage),
        };
        *ends.entry(end).or_default() += 1;
    }
    println!("{ends:?}");
    assert!(ends.len() >= 4, "{ends:?}");
}
