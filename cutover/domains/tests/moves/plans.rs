//! The plans that are rehearsed.

use caravan_cutover_domains::{Authority, CustomerRecord, Edges, Lead, MovePlan, OwnRecord, Proof, Times, Window};
use caravan_cutover_engine::Moment;
use caravan_inventory::AccountId;
use caravan_providers::target::{RecordSet, RecordSetsTarget, SettledBy, Snapshot, Target};
use std::collections::BTreeSet;

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60 * SECOND;
pub(crate) const HOUR: u64 = 60 * MINUTE;
pub(crate) const DAY: u64 = 24 * HOUR;

/// When every rehearsal begins.
pub(crate) const START: Moment = Moment(1_000_000_000);

/// Where the name leads.
pub(crate) const OLD: &str = "192.0.2.1";
pub(crate) const NEW: &str = "198.51.100.1";
pub(crate) const THIRD: &str = "203.0.113.9";

pub(crate) fn snapshot(address: &str, ttl: u32) -> Snapshot {
    Snapshot::Records(vec![RecordSet {
        name: "shop.example.com.".to_owned(),
        kind: "A".to_owned(),
        ttl: Some(ttl),
        values: vec![address.to_owned()],
        ..RecordSet::default()
    }])
}

pub(crate) fn answers(address: &str) -> BTreeSet<String> {
    BTreeSet::from([address.to_owned()])
}

/// Times of production, with a soak of six hours so that a rehearsal ends.
fn times() -> Times {
    Times { soak: 6 * HOUR, margin: DAY, ..Times::default() }
}

pub(crate) fn ours() -> MovePlan {
    let target = Target::Records(RecordSetsTarget {
        account: AccountId::new("123456789012"),
        zone: "Z1".to_owned(),
        name: "shop.example.com.".to_owned(),
        types: vec!["A".to_owned()],
        settled_by: SettledBy::NameServers,
    });
    let own = OwnRecord {
        target,
        original: snapshot(OLD, 3_600),
        lowered: Some(snapshot(OLD, 60)),
        moved: snapshot(NEW, 60),
        settled: snapshot(NEW, 3_600),
        original_ttl: HOUR,
        lowered_ttl: MINUTE,
    };
    plan(Lead::Ours(Box::new(own)))
}

/// The same where the record is short-lived already.
pub(crate) fn ours_short() -> MovePlan {
    let mut plan = ours();
    if let Lead::Ours(own) = &mut plan.lead {
        own.original = snapshot(OLD, 60);
        own.lowered = None;
        own.settled = own.moved.clone();
        own.original_ttl = MINUTE;
    }
    plan
}

pub(crate) fn customer() -> MovePlan {
    plan(Lead::Customer(CustomerRecord { old: answers(OLD), new: answers(NEW), ttl: HOUR }))
}

/// Ours, in a window that begins a day after the start and lasts two hours.
pub(crate) fn windowed() -> MovePlan {
    MovePlan { window: Some(Window { from: START.plus_ms(DAY), until: START.plus_ms(DAY + 2 * HOUR) }), ..ours() }
}

fn plan(lead: Lead) -> MovePlan {
    let plan = MovePlan {
        run: "m1".to_owned(),
        name: "shop.example.com".to_owned(),
        lead,
        names: vec!["shop.example.com".to_owned()],
        authority: Authority {
            directory: "https://acme.test/dir".to_owned(),
            gives_open_orders_again: true,
            has_limits: true,
        },
        proof: Proof::Http,
        edges: Edges {
            old: vec![format!("{OLD}:443")],
            new: vec![format!("{NEW}:443")],
            path: "/".to_owned(),
            status: (200, 399),
            cluster: "new".to_owned(),
            namespace: "shop".to_owned(),
            secret: "shop-tls".to_owned(),
            objects: Vec::new(),
        },
        window: None,
        times: times(),
        failed_before: Vec::new(),
        own_zones: Some(vec!["example.com".to_owned()]),
    };
    plan.check().unwrap();
    plan
}
