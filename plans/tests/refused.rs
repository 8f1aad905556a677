//! Waves that are written well and can't be sealed: their gates would pass whatever happens.
#![expect(clippy::unwrap_used, reason = "a test that can't go on fails loudly")]

use caravan_plans::{BuildError, Drivers, WavePlan, WaveSpec, build};
use caravan_providers::target::{Alias, RecordSet, Snapshot, Target};
use serde_json::{Value, json};
use std::error::Error;

/// A wave of one name from 192.0.2.1 to somewhere else.
fn wave(change: impl FnOnce(&mut Value)) -> WaveSpec {
    let probe = |address: &str| json!({"address": address, "host": "shop.example.com", "path": "/health"});
    let mut shift = json!({
        "workload": "ecs/123456789012/eu-central-1/main/shop",
        "strategy": {"route53": {"account": "123456789012", "zone": "Z1", "name": "shop.example.com",
            "new": {"A": {"values": {"ttl": 60, "values": ["192.0.2.2"]}}}}},
        "probes": {"old": [probe("192.0.2.1:443")], "new": [probe("192.0.2.2:443")]},
    });
    change(&mut shift);
    serde_json::from_value(json!({"schema": "caravan.wave-spec/v1", "wave": "w", "shifts": [shift]})).unwrap()
}

fn set(kind: &str, ttl: u32) -> RecordSet {
    RecordSet {
        name: "shop.example.com.".to_owned(),
        kind: kind.to_owned(),
        ttl: Some(ttl),
        values: vec![if kind == "AAAA" { "2001:db8::1" } else { "192.0.2.1" }.to_owned()],
        ..RecordSet::default()
    }
}

fn built(spec: &WaveSpec, standing: Vec<RecordSet>) -> Result<WavePlan, BuildError> {
    let standing = Snapshot::Records(standing);
    build(spec, |_: &Target| Some(standing.clone()), Drivers::Shared, None)
}

#[test]
fn a_bake_shorter_than_what_resolvers_keep_is_refused_and_one_as_long_is_not() {
    let bake = |seconds: u32| move |shift: &mut Value| shift["gate"] = json!({"bake": seconds});
    let kept = |spec: &WaveSpec, standing: Vec<RecordSet>| {
        let error = built(spec, standing).err()?.to_string();
        let (_, said) = error.split_once("shift 1: `gate.bake` is ")?;
        let (bake, said) =
            said.split_once(" s, and resolvers may keep an answer of records shop.example.com. in zone ")?;
        let (_, kept) = said.split_once(" for ")?;
        Some((bake.parse::<u32>().ok()?, kept.split_once(" s:")?.0.parse::<u32>().ok()?))
    };
    // What stands there now: an hour, though the new side's answers are kept for a minute.
    assert_eq!(kept(&wave(bake(300)), vec![set("A", 3600)]), Some((300, 3600)));
    assert_eq!(kept(&wave(bake(3600)), vec![set("A", 3600)]), None);
    // What stands there afterwards.
    let slow = |shift: &mut Value| {
        shift["strategy"]["route53"]["new"]["A"]["values"]["ttl"] = 900.into();
        bake(300)(shift);
    };
    assert_eq!(kept(&wave(slow), vec![set("A", 60)]), Some((300, 900)));
    // The longest of several types.
    let both = |shift: &mut Value| {
        shift["strategy"]["route53"]["new"]["AAAA"] = json!({"values": {"ttl": 60, "values": ["2001:db8::2"]}});
    };
    assert_eq!(kept(&wave(both), vec![set("A", 60), set("AAAA", 301)]), Some((300, 301)));
    // An alias of a load balancer is kept for a minute.
    let alias = |name: &str| Alias { zone: "Z2".to_owned(), name: name.to_owned(), evaluate_health: false };
    let aliased = |shift: &mut Value| {
        shift["strategy"]["route53"]["new"]["A"] = json!({"alias": alias("new.example.net.")});
        bake(59)(shift);
    };
    let standing = RecordSet { ttl: None, values: Vec::new(), alias: Some(alias("old.example.net.")), ..set("A", 0) };
    assert_eq!(kept(&wave(aliased), vec![standing]), Some((59, 60)));
}

#[test]
fn a_new_side_that_is_asked_where_the_old_one_is_asked_is_refused() {
    let swapped = |shift: &mut Value| shift["probes"]["new"] = shift["probes"]["old"].clone();
    let beside = |shift: &mut Value| {
        let new = shift["probes"]["new"][0].clone();
        shift["probes"]["new"] = json!([new, shift["probes"]["old"][0]]);
    };
    let other_status = |shift: &mut Value| {
        swapped(shift);
        shift["probes"]["new"][0]["status"] = json!([200, 204]);
    };
    for (spec, place) in [(wave(swapped), 0), (wave(beside), 1), (wave(other_status), 0)] {
        let error = built(&spec, vec![set("A", 60)]).unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("shift 1: `probes.new[{place}]` asks the very same as `probes.old[0]`")),
            "{error}"
        );
    }
}

#[test]
fn a_new_side_that_answers_as_the_old_one_is_refused() {
    let same = |shift: &mut Value| {
        shift["strategy"]["route53"]["new"]["A"] = json!({"values": {"ttl": 60, "values": ["192.0.2.1"]}});
    };
    let error = built(&wave(same), vec![set("A", 60)]).unwrap_err();
    let cause = error.source().unwrap().to_string();
    assert_eq!(cause, "shop.example.com. answers A with that already: both sides are the same, and nothing would move");
}

#[test]
fn a_redirect_is_no_health_unless_a_wave_says_so() {
    let statuses = |spec: &WaveSpec| {
        let plan = built(spec, vec![set("A", 60)]).unwrap();
        plan.shifts().flat_map(|shift| shift.old.iter().chain(&shift.new)).map(|probe| probe.status).collect::<Vec<_>>()
    };
    assert_eq!(statuses(&wave(|_| {})), [(200, 299), (200, 299)]);
    let says_so = |shift: &mut Value| shift["probes"]["new"][0]["status"] = json!([301, 308]);
    assert_eq!(statuses(&wave(says_so)), [(200, 299), (301, 308)]);
}

/// After the soak there is no way back: whoever still keeps the old answer would be left with it.
#[test]
fn a_soak_shorter_than_what_resolvers_keep_is_refused_and_its_default_is_as_long() {
    let soaked = |soak: Option<u32>, ttl: u32, change: fn(&mut Value)| {
        let spec = wave(|shift| {
            shift["gate"] = json!({"bake": 604_800});
            change(shift);
        });
        built(&WaveSpec { soak, ..spec }, vec![set("A", ttl)])
    };
    let slow = |shift: &mut Value| shift["strategy"]["route53"]["new"]["A"]["values"]["ttl"] = 900.into();
    for (soak, ttl, change, least) in [
        (Some(0), 60, (|_| {}) as fn(&mut Value), 60),
        (Some(3599), 3600, |_| {}, 3600),
        (Some(60), 60, slow, 900),
        (Some(8_000_000), 60, |_| {}, 60),
    ] {
        let error = soaked(soak, ttl, change).unwrap_err();
        assert_eq!(error, BuildError::Soak { soak: soak.unwrap(), least, most: 7_776_000 });
    }
    for (soak, ttl, ms) in
        [(Some(60), 60, 60_000), (Some(7200), 3600, 7_200_000), (None, 60, 86_400_000), (None, 172_800, 172_800_000)]
    {
        assert_eq!(soaked(soak, ttl, |_| {}).unwrap().soak_ms, ms);
    }
}
