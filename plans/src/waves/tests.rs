//! Proposals of estates made by chance, held against every rule by another route than the one that made them.

use super::*;
use crate::readiness::Verdict;
use caravan_inventory::{Confidence, Edge, EdgeKind, EnvironmentName, Evidence, ObservationId, TeamName, WorkloadId};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

fn id(number: usize) -> WorkloadId {
    WorkloadId::new(format!("ecs/{number:06}"))
}

fn candidate(number: usize, verdict: Verdict, team: usize, environment: &str, points: u32) -> Candidate {
    Candidate {
        workload: id(number),
        team: TeamName::new(format!("team-{team}")),
        environment: EnvironmentName::new(environment),
        verdict,
        reason: "so it is".to_owned(),
        risk: Risk { points, reasons: Vec::new() },
    }
}

fn edge(from: usize, to: usize) -> Edge {
    Edge {
        from: id(from).to_string(),
        to: id(to).to_string(),
        kind: EdgeKind::Calls,
        direction: None,
        confidence: Confidence::Stated,
        evidence: Evidence { observation: ObservationId::new("x"), path: String::new() },
    }
}

/// Movers of one team and environment.
fn movers(count: usize) -> Vec<Candidate> {
    (0..count).map(|number| candidate(number, Verdict::Move, 0, "production", 0)).collect()
}

fn reason() -> String {
    "because".to_owned()
}

/// The ids of each wave, by their numbers.
fn numbers(proposal: &Proposal<'_>) -> Vec<Vec<usize>> {
    let number = |placement: &Placement<'_>| placement.workload.as_str()[4..].parse().unwrap();
    proposal.waves.iter().map(|wave| wave.placements.iter().map(number).collect()).collect()
}

/// Who is reached from where by edges that hold and by `together`, by plain search.
fn reached(from: usize, links: &BTreeMap<usize, BTreeSet<usize>>) -> BTreeSet<usize> {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(one) = next.pop() {
        for other in links.get(&one).into_iter().flatten() {
            if seen.insert(*other) {
                next.push(*other);
            }
        }
    }
    seen
}

/// Every rule that a proposal breaks.
fn broken(candidates: &[Candidate], edges: &[Edge], policy: &WavePolicy, proposal: &Proposal<'_>) -> Vec<String> {
    let of = |text: &str| text[4..].parse::<usize>().unwrap();
    let verdict = |number: usize| candidates.iter().find(|one| one.workload == id(number)).unwrap().verdict;
    let mut broken = Vec::new();
    let mut placed: BTreeMap<usize, usize> = BTreeMap::new();
    for (number, wave) in numbers(proposal).iter().enumerate() {
        for one in wave {
            if placed.insert(*one, number).is_some() {
                broken.push(format!("{one} is placed twice"));
            }
        }
    }
    let out: BTreeSet<usize> = proposal.left_out.iter().map(|left| of(left.workload.as_str())).collect();
    for candidate in candidates {
        let number = of(candidate.workload.as_str());
        if placed.contains_key(&number) == out.contains(&number) {
            broken.push(format!("{number} is neither placed nor left out, or both"));
        }
    }
    let held: BTreeSet<usize> = policy.hold.iter().map(|hold| of(hold.workload.as_str())).collect();
    let crossable: BTreeSet<(usize, usize)> =
        policy.crossable.iter().map(|one| (of(one.from.as_str()), of(one.to.as_str()))).collect();
    let mut links: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for edge in edges {
        let (from, to) = (of(&edge.from), of(&edge.to));
        if from != to && !crossable.contains(&(from, to)) && verdict(to) != Verdict::Keep {
            links.entry(from).or_default().insert(to);
        }
    }
    let needs = links.clone();
    for together in &policy.together {
        for one in &together.workloads {
            let others = together.workloads.iter().filter(|other| *other != one);
            links.entry(of(one.as_str())).or_default().extend(others.map(|other| of(other.as_str())));
        }
    }
    for (one, wave) in &placed {
        if verdict(*one) != Verdict::Move || held.contains(one) {
            broken.push(format!("{one} does not move, and is placed"));
        }
        for other in needs.get(one).into_iter().flatten() {
            let bound = || reached(*other, &links).contains(one);
            match placed.get(other) {
                None => broken.push(format!("{one} needs {other}, which is left out")),
                Some(of_other) if of_other > wave => broken.push(format!("{one} goes before {other}")),
                Some(of_other) if of_other == wave && !bound() => broken.push(format!("{one} goes beside {other}")),
                Some(_) => {}
            }
        }
        for other in reached(*one, &links) {
            if reached(other, &links).contains(one) && placed.get(&other) != Some(wave) {
                broken.push(format!("{one} and {other} need each other, and go apart"));
            }
        }
    }
    for one in &out {
        let gone = |other: &usize| verdict(*other) != Verdict::Move || held.contains(other);
        if !gone(one) && !reached(*one, &links).iter().any(gone) {
            broken.push(format!("{one} is left out without need"));
        }
    }
    for (number, apart) in policy.apart.iter().enumerate() {
        let waves: Vec<usize> =
            apart.workloads.iter().filter_map(|one| placed.get(&of(one.as_str())).copied()).collect();
        if waves.iter().collect::<BTreeSet<_>>().len() != waves.len() {
            broken.push(format!("apart[{number}] is together"));
        }
    }
    let mut begun = BTreeSet::new();
    for wave in &proposal.waves {
        let limit = if begun.insert(&wave.environment) { policy.first.min(policy.size) } else { policy.size };
        let mut teams: BTreeMap<&TeamName, usize> = BTreeMap::new();
        wave.placements.iter().for_each(|placement| *teams.entry(placement.team).or_default() += 1);
        // One group that is larger than a wave goes alone.
        let alone = wave.placements.iter().all(|placement| placement.with.len() + 1 == wave.placements.len());
        if !alone
            && (wave.placements.len() > limit as usize || teams.values().any(|count| *count > policy.team as usize))
        {
            broken.push(format!("{} is larger than the policy allows", wave.name));
        }
    }
    broken
}

/// An estate by chance: candidates, edges, a policy that names some of them.
fn estate() -> impl Strategy<Value = (Vec<Candidate>, Vec<Edge>, WavePolicy)> {
    let verdict = prop_oneof![
        12 => Just(Verdict::Move),
        1 => Just(Verdict::Keep),
        1 => Just(Verdict::Undecided),
        1 => Just(Verdict::Retire),
    ];
    let one = (verdict, 0..4usize, 0..2usize, 0..12u32);
    let all = prop::collection::vec(one, 1..40);
    let pairs = prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..8u8), 0..60);
    let lists = prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..6u8), 0..5);
    (all, pairs, lists, 1..6u32, 1..4u32, 1..4u32).prop_map(|(all, pairs, lists, size, team, first)| {
        let environments = ["staging", "production"];
        let candidates: Vec<Candidate> = all
            .iter()
            .enumerate()
            .map(|(number, (verdict, team, environment, points))| {
                candidate(number, *verdict, *team, environments[*environment], *points)
            })
            .collect();
        let mut policy = WavePolicy {
            size,
            team,
            first,
            environments: vec![EnvironmentName::new("staging")],
            ..WavePolicy::default()
        };
        let mut edges = Vec::new();
        for (from, to, what) in &pairs {
            let (from, to) = (from.index(all.len()), to.index(all.len()));
            edges.push(edge(from, to));
            if *what == 0 && from != to {
                policy.crossable.push(Crossable { from: id(from), to: id(to), reason: reason() });
            }
        }
        for (one, other, what) in &lists {
            let (one, other) = (one.index(all.len()), other.index(all.len()));
            match what {
                0 => policy.hold.push(Hold { workload: id(one), reason: reason() }),
                1 | 2 if one != other && all[one].2 == all[other].2 => {
                    policy.together.push(Together { workloads: vec![id(one), id(other)], reason: reason() });
                }
                3 | 4 if one != other => {
                    policy.apart.push(Apart { workloads: vec![id(one), id(other)], reason: reason() });
                }
                _ => {}
            }
        }
        (candidates, edges, policy)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_wave_breaks_a_rule((candidates, edges, policy) in estate()) {
        match propose(&candidates, &edges, &policy) {
            Ok(proposal) => {
                let broken = broken(&candidates, &edges, &policy, &proposal);
                prop_assert!(broken.is_empty(), "{broken:#?}\n{:?}", numbers(&proposal));
            }
            Err(error) => prop_assert!(matches!(error, PolicyError::Bound { .. }), "{error}"),
        }
    }

    #[test]
    fn the_order_in_which_things_come_changes_nothing((candidates, edges, policy) in estate(), seed in any::<u64>()) {
        let mut random = fastrand::Rng::with_seed(seed);
        let (mut shuffled, mut shuffled_edges) = (candidates.clone(), edges.clone());
        random.shuffle(&mut shuffled);
        random.shuffle(&mut shuffled_edges);
        prop_assert_eq!(propose(&candidates, &edges, &policy), propose(&shuffled, &shuffled_edges, &policy));
    }
}

/// A hundred thousand workloads with a million edges, most of them from later to earlier ones.
#[test]
fn a_large_estate_keeps_every_edge() {
    let mut random = fastrand::Rng::with_seed(16);
    let count = 100_000;
    let candidates: Vec<Candidate> = (0..count)
        .map(|number| candidate(number, Verdict::Move, random.usize(0..500), "production", random.u32(0..12)))
        .collect();
    let edges: Vec<Edge> = (0..10 * count)
        .map(|_| {
            let from = random.usize(1..count);
            edge(from, random.usize(from.saturating_sub(5_000)..from))
        })
        .collect();
    let policy = WavePolicy::default();
    let proposal = propose(&candidates, &edges, &policy).unwrap();
    let placed: usize = proposal.waves.iter().map(|wave| wave.placements.len()).sum();
    assert_eq!((placed, proposal.left_out.len()), (count, 0));
    let mut waves = vec![0; count];
    for (number, wave) in numbers(&proposal).iter().enumerate() {
        wave.iter().for_each(|one| waves[*one] = number);
    }
    for edge in &edges {
        let of = |text: &str| waves[text[4..].parse::<usize>().unwrap()];
        assert!(of(&edge.to) < of(&edge.from), "{edge:?}");
    }
}

#[test]
fn a_chain_moves_from_its_end_and_says_why() {
    let (candidates, edges) = (movers(3), [edge(0, 1), edge(1, 2)]);
    let policy = WavePolicy::default();
    let proposal = propose(&candidates, &edges, &policy).unwrap();
    assert_eq!(numbers(&proposal), [[2], [1], [0]]);
    assert_eq!(proposal.waves[0].name, "production-01");
    let (number, placement) = proposal.placement(&id(0)).unwrap();
    let why = proposal.why(number, placement);
    assert_eq!(why[0], "after production-02, in which ecs/000001 moves: it needs that (calls)");
    assert_eq!(why.last().unwrap(), "risk low: nothing is known against it");
}

#[test]
fn who_needs_each_other_moves_together_even_where_that_is_too_many() {
    let policy = WavePolicy { size: 2, team: 2, first: 2, ..WavePolicy::default() };
    let (candidates, edges) = (movers(4), [edge(0, 1), edge(1, 2), edge(2, 0), edge(3, 0)]);
    let proposal = propose(&candidates, &edges, &policy).unwrap();
    assert_eq!(numbers(&proposal), [vec![0, 1, 2], vec![3]]);
}

#[test]
fn what_stays_is_crossed_and_what_is_undecided_keeps_back_whoever_needs_it() {
    let mut candidates = movers(5);
    candidates[1].verdict = Verdict::Keep;
    candidates[3].verdict = Verdict::Replace;
    let edges = [edge(0, 1), edge(2, 3), edge(4, 2)];
    let policy = WavePolicy::default();
    let proposal = propose(&candidates, &edges, &policy).unwrap();
    assert_eq!(numbers(&proposal), [[0]]);
    assert_eq!(proposal.waves[0].placements[0].crosses[0].reason, "it stays where it is");
    let left: Vec<String> = proposal.left_out.iter().map(|left| left.because.text()).collect();
    assert_eq!(left[0], "keep: so it is");
    assert!(left[1].starts_with("it needs ecs/000003 (calls), which is in no wave (replace)"), "{left:?}");
    assert!(left[3].starts_with("it needs ecs/000002 (calls), which is in no wave (move)"), "{left:?}");
    let crossable = vec![Crossable { from: id(2), to: id(3), reason: "the broker stays till spring".to_owned() }];
    let policy = WavePolicy { crossable, ..WavePolicy::default() };
    let proposal = propose(&candidates, &edges, &policy).unwrap();
    assert_eq!(numbers(&proposal), [vec![0, 2], vec![4]]);
    let (number, placement) = proposal.placement(&id(2)).unwrap();
    let why = proposal.why(number, placement);
    assert_eq!(why[0], "it needs ecs/000003 from the other side: the broker stays till spring");
}

#[test]
fn low_risk_goes_first_in_a_small_first_wave_and_environments_in_their_order() {
    let mut candidates: Vec<Candidate> = (0..6)
        .map(|number| candidate(number, Verdict::Move, number, "production", 6 - u32::try_from(number).unwrap()))
        .collect();
    candidates.extend((6..8).map(|number| candidate(number, Verdict::Move, number, "staging", 9)));
    let policy = WavePolicy { environments: vec![EnvironmentName::new("staging")], ..WavePolicy::default() };
    let proposal = propose(&candidates, &[], &policy).unwrap();
    assert_eq!(numbers(&proposal), [vec![6, 7], vec![5, 4, 3], vec![2, 1, 0]]);
    let names: Vec<&str> = proposal.waves.iter().map(|wave| wave.name.as_str()).collect();
    assert_eq!(names, ["staging-01", "production-01", "production-02"]);
    let (number, placement) = proposal.placement(&id(0)).unwrap();
    let why = proposal.why(number, placement);
    assert!(why.iter().any(|text| text.starts_with("not already in production-01, which its needs allow")), "{why:?}");
}

#[test]
fn a_policy_that_can_t_be_kept_names_its_key() {
    let (candidates, edges) = (movers(3), [edge(0, 1), edge(1, 0)]);
    let refused = |policy: WavePolicy| propose(&candidates, &edges, &policy).unwrap_err().to_string();
    let apart = |ids: &[usize]| Apart { workloads: ids.iter().map(|one| id(*one)).collect(), reason: reason() };
    for (policy, wanted) in [
        (WavePolicy { size: 0, ..WavePolicy::default() }, "waves.size: 0 workloads"),
        (
            WavePolicy { hold: vec![Hold { workload: id(7), reason: reason() }], ..WavePolicy::default() },
            "waves.hold[0]: the inventory holds no workload `ecs/000007`",
        ),
        (
            WavePolicy { hold: vec![Hold { workload: id(0), reason: " ".to_owned() }], ..WavePolicy::default() },
            "waves.hold[0]: give a reason",
        ),
        (
            WavePolicy {
                crossable: vec![Crossable { from: id(2), to: id(0), reason: reason() }],
                ..WavePolicy::default()
            },
            "waves.crossable[0]: ecs/000002 does not need ecs/000000",
        ),
        (WavePolicy { apart: vec![apart(&[0])], ..WavePolicy::default() }, "waves.apart[0]: name two"),
        (
            WavePolicy { apart: vec![apart(&[0, 1])], ..WavePolicy::default() },
            "waves.apart[0]: ecs/000000 and ecs/000001",
        ),
    ] {
        let error = refused(policy);
        assert!(error.starts_with(wanted), "{error}");
    }
}
