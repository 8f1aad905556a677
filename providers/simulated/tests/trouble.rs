//! Trouble that lasts: outages, sides that hang, probes that lie, writes and answers that take their time.

use caravan_inventory::AccountId;
use caravan_providers::target::{HttpRouteTarget, Probe, RecordSet, RecordSetsTarget, SettledBy, Snapshot, Target};
use caravan_providers::{Call, CallError, Reply, Verdict, Write};
use caravan_providers_simulated::{Held, Lie, Outage, ServedRequests, Side, Trouble, World};
use serde_json::json;

fn names() -> Target {
    Target::Records(RecordSetsTarget {
        account: AccountId::new("123456789012"),
        zone: "Z1".to_owned(),
        name: "shop.example.com.".to_owned(),
        types: vec!["A".to_owned()],
        settled_by: SettledBy::Provider,
    })
}

fn route() -> Target {
    Target::Route(HttpRouteTarget { cluster: "main".to_owned(), namespace: "shop".to_owned(), name: "r".to_owned() })
}

fn answers(name: &str) -> Snapshot {
    let set = RecordSet {
        name: "shop.example.com.".to_owned(),
        kind: "A".to_owned(),
        ttl: Some(30),
        values: vec![name.to_owned()],
        ..RecordSet::default()
    };
    Snapshot::Records(vec![set])
}

fn backends(name: &str) -> Snapshot {
    Snapshot::Rules(json!([{"backendRefs": [{"name": name, "port": 80, "weight": 1}]}]))
}

fn probe(address: &str) -> Probe {
    Probe {
        address: format!("{address}:443"),
        host: "shop.example.com".to_owned(),
        path: "/".to_owned(),
        tls: true,
        status: (200, 299),
        timeout_ms: 3000,
        grpc: None,
        through: Vec::new(),
    }
}

/// Names and a route, each with an old and a new side; all traffic is on the old ones.
fn world() -> World {
    let held = |snapshot| Held { snapshot, token: None };
    let targets = [(names(), held(answers("old"))), (route(), held(backends("old")))].into();
    let side =
        |target: Target, name: &str, address: &str| Side::new(target, vec![name.to_owned()], vec![probe(address)]);
    let sides = vec![
        side(names(), "old", "old-names"),
        side(names(), "new", "new-names"),
        side(route(), "old", "old-route"),
        side(route(), "new", "new-route"),
    ];
    World::new(1, targets, sides, 20)
}

fn write(target: Target, before: Snapshot, after: Snapshot) -> Call {
    Call::Write(Write { target, before, after, token_before: None, token_after: None, in_flight: 30 })
}

#[test]
fn an_outage_is_of_one_api_and_ends() {
    let observe = |world: &mut World, target: Target| world.execute(&Call::Observe(target));
    for (outage, error, takes) in [
        (Outage::Unreachable, Some(CallError::NotSent(String::new())), 50),
        (Outage::Throttled, Some(CallError::Throttled(String::new())), 50),
        (Outage::Busy, None, 50),
        (Outage::Silent, Some(CallError::InDoubt(String::new())), 10_050),
        (Outage::Deaf, Some(CallError::InDoubt(String::new())), 10_050),
    ] {
        let mut world = world();
        world.trouble(Trouble { api: names().kind().budget(), outage, from: 0, until: 60_000 });
        let reply = observe(&mut world, names());
        let kind = |error: &CallError| std::mem::discriminant(error);
        assert_eq!(reply.as_ref().err().map(kind), error.as_ref().map(kind), "{outage:?}");
        assert_eq!(world.now(), takes, "{outage:?}");
        let written = world.execute(&write(names(), answers("old"), answers("new")));
        assert!(written.is_err(), "{outage:?} answers no write");
        let has_effect = world.held(&names()).unwrap().snapshot == answers("new");
        assert_eq!(has_effect, outage == Outage::Deaf, "{outage:?}");
        assert!(observe(&mut world, route()).is_ok(), "the cluster is another API");
        world.pass_until(60_000);
        assert!(observe(&mut world, names()).is_ok(), "{outage:?} is over");
    }
}

#[test]
fn a_side_that_hangs_serves_nobody_and_its_probes_bring_nothing_in_time() {
    let mut world = world();
    world.hang(2, 10_000, 20_000);
    let Ok(Reply::Probed(before)) = world.execute(&Call::Probe(probe("old-route"))) else { unreachable!() };
    assert_eq!(before, Verdict::Pass);
    world.pass_until(12_000);
    let Ok(Reply::Probed(during)) = world.execute(&Call::Probe(probe("old-route"))) else { unreachable!() };
    assert!(matches!(during, Verdict::Inconclusive { .. }), "{during:?}");
    assert_eq!(world.now(), 12_000 + 50 + 3000, "it takes the probe's whole timeout");
    world.pass_until(30_000);
    assert_eq!((world.lost_on(2), world.served().unhealthy), (1000, 1000), "ten seconds of 100 requests");
    assert_eq!(world.lost_on(0), 0);
}

#[test]
fn probes_lie_for_a_while_and_tell_of_the_worst_side_otherwise() {
    let mut world = world();
    let unknown = || Verdict::Inconclusive { reason: "lied".to_owned() };
    world.lie(1, Lie { from: 1000, until: 2000, says: unknown() });
    world.turn_unhealthy(1, 1500, 4000);
    world.lie(1, Lie { from: 3000, until: 5000, says: Verdict::Pass });
    let fails = |verdict: Verdict| matches!(verdict, Verdict::Fail { .. });
    let says = |at| world.verdict(&probe("new-names"), at);
    assert_eq!([says(0), says(1700), says(3500), says(6000)], [Verdict::Pass, unknown(), Verdict::Pass, Verdict::Pass]);
    assert!(fails(says(2000)) && fails(says(2999)));
    assert_eq!(world.changes(), [1000, 1500, 2000, 3000, 4000, 5000]);
}

/// Users follow a name only when the change has reached the name servers and the resolver's answer has run out.
#[test]
fn users_follow_a_name_after_its_propagation_and_their_resolvers_hold() {
    for (propagation, hold) in [(5_000, 0), (300_000, 0), (60_000, 600_000)] {
        let mut world = world();
        world.set_propagation(propagation);
        world.turn_unhealthy(1, 0, u64::MAX);
        if hold > 0 {
            world.hold_answers(7, hold);
        }
        world.pass_until(1000);
        let call = write(names(), answers("old"), answers("new"));
        let (Ok(Reply::Accepted { ticket: Some(ticket) }), Call::Write(write)) = (world.execute(&call), call) else {
            unreachable!()
        };
        let written = world.now();
        // The target tells by itself where the answer with the ticket was lost.
        let lost = Call::Status { write: Box::new(write.clone()), ticket: String::new() };
        let status = Call::Status { write: Box::new(write), ticket };
        assert_eq!((world.execute(&status), world.execute(&lost)), (Ok(Reply::Pending), Ok(Reply::Pending)));
        world.pass_until(written + propagation);
        assert_eq!(world.lost_on(1), 0, "nobody was told of it yet");
        assert_eq!((world.execute(&status), world.execute(&lost)), (Ok(Reply::Settled), Ok(Reply::Settled)));
        let asked = written + propagation + 31_000;
        world.pass_until(asked);
        let before = world.lost_on(1);
        world.pass_until(asked + 10_000);
        let held_back = if hold > 0 { 5 } else { 0 };
        assert_eq!(world.lost_on(1) - before, (100 - held_back) * 10, "all but the resolver that holds");
    }
    // What changes no name is there at once.
    let mut world = world();
    world.set_propagation(300_000);
    assert_eq!(world.execute(&write(route(), backends("old"), backends("new"))), Ok(Reply::Accepted { ticket: None }));
    world.turn_unhealthy(3, 0, u64::MAX);
    let served = world.served();
    world.pass_until(2000);
    assert_eq!(world.served(), ServedRequests { well: served.well + 200, unhealthy: 200, dark: 0 });
}
