//! The traffic of the world, against a plain count of it second by second.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

use caravan_inventory::AccountId;
use caravan_providers::target::{HttpRouteTarget, RecordSet, RecordSetsTarget, SettledBy, Snapshot, Target};
use caravan_providers_simulated::{Held, ServedRequests, Side, World};
use fastrand::Rng;
use serde_json::json;
use std::collections::BTreeMap;

/// Requests a second for each target.
const REQUESTS: u64 = 100;

/// Every second is counted by itself, every resolver for each target, and what a snapshot says is read each time.
struct Plain {
    now: u64,
    chance: Rng,
    targets: BTreeMap<Target, Snapshot>,
    sides: Vec<Side>,
    resolvers: Vec<BTreeMap<Target, (u64, Option<usize>)>>,
    served: ServedRequests,
}

impl Plain {
    fn pass_until(&mut self, moment: u64) {
        for second in self.now / 1000 + 1..=moment / 1000 {
            self.second(second * 1000);
        }
        self.now = self.now.max(moment);
    }

    fn second(&mut self, at: u64) {
        for (target, snapshot) in &self.targets {
            let side_of = |name: &str| {
                let leads = |side: &Side| side.target == *target && side.names.iter().any(|known| known == name);
                self.sides.iter().position(leads)
            };
            let shares = target.kind().shares(snapshot).into_iter();
            let shares: Vec<(Option<usize>, u64)> = shares.map(|share| (side_of(share.name), share.weight)).collect();
            let total: u64 = shares.iter().map(|(_, weight)| weight).sum();
            let kept = target.kind().kept_seconds(snapshot).filter(|_| !self.resolvers.is_empty());
            let mut goes = Vec::new();
            match kept {
                None if total == 0 => goes.push((None, REQUESTS)),
                None => goes.extend(shares.iter().map(|(side, weight)| (*side, REQUESTS * weight / total))),
                Some(seconds) => {
                    let each = REQUESTS / self.resolvers.len() as u64;
                    for resolver in &mut self.resolvers {
                        if resolver.get(target).is_none_or(|(until, _)| *until <= at) {
                            let side = draw(&shares, total, &mut self.chance);
                            resolver.insert(target.clone(), (at + u64::from(seconds) * 1000, side));
                        }
                        goes.push((resolver[target].1, each));
                    }
                }
            }
            for (side, requests) in goes {
                *match side {
                    None => &mut self.served.dark,
                    Some(side) if self.sides[side].is_healthy(at) => &mut self.served.well,
                    Some(_) => &mut self.served.unhealthy,
                } += requests;
            }
        }
    }
}

fn draw(shares: &[(Option<usize>, u64)], total: u64, chance: &mut Rng) -> Option<usize> {
    if total == 0 {
        return None;
    }
    let at = chance.u64(0..total);
    let ends = shares.iter().scan(0, |end, (side, weight)| {
        *end += weight;
        Some((*side, *end))
    });
    ends.into_iter().find(|(_, end)| at < *end).unwrap().0
}

fn names() -> Target {
    Target::Records(RecordSetsTarget {
        account: AccountId::new("123456789012"),
        zone: "Z1".to_owned(),
        name: "track.example.com.".to_owned(),
        types: vec!["A".to_owned()],
        settled_by: SettledBy::Provider,
    })
}

fn route() -> Target {
    Target::Route(HttpRouteTarget { cluster: "main".to_owned(), namespace: "team".to_owned(), name: "r".to_owned() })
}

/// Any weights, also none at all, and a name that is no side's; any time to live, also none.
fn snapshot(chance: &mut Rng, target: &Target) -> Snapshot {
    let weights = ["old", "new", "nowhere"].map(|name| (name, if chance.bool() { 0 } else { chance.u8(1..100) }));
    let ttl = chance.u32(0..90);
    match target {
        Target::Records(_) => Snapshot::Records(
            weights
                .map(|(name, weight)| RecordSet {
                    name: "track.example.com.".to_owned(),
                    kind: "A".to_owned(),
                    set_identifier: Some(name.to_owned()),
                    weight: Some(weight),
                    ttl: Some(ttl),
                    values: vec![name.to_owned()],
                    ..RecordSet::default()
                })
                .into(),
        ),
        _ => {
            let backends = weights.map(|(name, weight)| json!({"name": name, "port": 80, "weight": weight}));
            Snapshot::Rules(json!([{"backendRefs": backends}]))
        }
    }
}

#[test]
fn bulk_counts_are_the_counts_of_every_second() {
    let mut seen = ServedRequests::default();
    for seed in 0..2000 {
        let mut chance = Rng::with_seed(seed);
        let targets: BTreeMap<Target, Snapshot> =
            [names(), route()].map(|target| (target.clone(), snapshot(&mut chance, &target))).into();
        let sides: Vec<Side> = targets
            .keys()
            .flat_map(|target| ["old", "new"].map(|name| Side::new(target.clone(), vec![name.to_owned()], Vec::new())))
            .collect();
        let resolvers = chance.usize(0..25);
        let held = |snapshot: &Snapshot| Held { snapshot: snapshot.clone(), token: None };
        let stands = targets.iter().map(|(target, snapshot)| (target.clone(), held(snapshot))).collect();
        let mut world = World::new(seed, stands, sides.clone(), resolvers);
        let mut plain = Plain {
            now: 0,
            chance: Rng::with_seed(seed),
            targets,
            sides,
            resolvers: vec![BTreeMap::new(); resolvers],
            served: ServedRequests::default(),
        };
        for _ in 0..40 {
            match chance.u8(0..4) {
                0 => {
                    let target = if chance.bool() { names() } else { route() };
                    let snapshot = snapshot(&mut chance, &target);
                    world.edit(&target, snapshot.clone(), None);
                    plain.targets.insert(target, snapshot);
                }
                1 => {
                    let side = chance.usize(0..plain.sides.len());
                    let begin = chance.u64(0..400_000);
                    let end = if chance.bool() { u64::MAX } else { begin + chance.u64(0..90_000) };
                    world.turn_unhealthy(side, begin, end);
                    plain.sides[side].turns = world.sides()[side].turns.clone();
                }
                2 => {
                    let moment = plain.now + chance.u64(0..3000);
                    world.pass_until(moment);
                    plain.pass_until(moment);
                }
                _ => {
                    let moment = plain.now + chance.u64(0..60_000);
                    world.pass_until(moment);
                    plain.pass_until(moment);
                }
            }
            assert_eq!((world.now(), world.served()), (plain.now, plain.served), "seed {seed}");
        }
        let served = plain.served;
        seen = ServedRequests {
            well: seen.well + served.well,
            unhealthy: seen.unhealthy + served.unhealthy,
            dark: seen.dark + served.dark,
        };
    }
    assert!(seen.well > 0 && seen.unhealthy > 0 && seen.dark > 0, "{seen:?}");
}
