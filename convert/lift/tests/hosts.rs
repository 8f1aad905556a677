//! Hosts that several apps serve, from the listener rules of the fixtures.

mod common;

use caravan_convert_lift::plconfig::HostShare;
use caravan_convert_lift::{AppName, LiftOutcome, Sharing, hosts_named};
use caravan_inventory::TeamName;
use common::{Case, live_cases};

fn name(team: &str, app: &str) -> AppName {
    AppName { team: TeamName::new(team), app: app.to_owned() }
}

/// A fixture that is reached from outside by a vanity host, and the host.
#[expect(clippy::unwrap_used, reason = "without the fixture the tests mean nothing")]
fn case() -> (Case, String) {
    let host = |case: &Case| {
        let LiftOutcome::Converted(config) = case.lift().outcome else { return None };
        let ingress = config.components.into_values().find_map(|component| component.ingress)?;
        let outside = ingress.internal != Some(true);
        ingress.vanity_hosts(false).first().filter(|_| outside).map(|host| (*host).to_owned())
    };
    let mut open = live_cases().into_iter().map(|case| case.answer("auth", "", "open"));
    let (case, host) = open.find_map(|case| host(&case).map(|host| (case, host))).unwrap();
    assert!(case.observations.iter().any(|observation| hosts_named(observation).contains(&host)));
    (case, host)
}

/// Lifted as `shop/checkout`, which shares the host with `pay/till`.
fn shared(owner: AppName, guest: AppName, asks: bool) -> (Case, String) {
    let (mut case, host) = case();
    let asks = asks.then(|| case.workload.id.clone());
    let sharing = Sharing { owner, guests: [guest].into(), asks, set: None, behind: std::collections::BTreeMap::new() };
    case.hosts.insert(case.workload.environment.clone(), false, host.clone(), sharing);
    // No rule of the other app stands in the listener, so it is asked whose callers come by it.
    let questions = case.lift().questions;
    let mut listener = questions.iter().filter(|question| question.id.as_str().starts_with("host-listener/"));
    match listener.next() {
        Some(asked) => (case.answer("host-listener", &host, &asked.options[0]), host),
        None => (case, host),
    }
}

#[test]
fn the_plconfig_and_the_ledger_say_whose_the_host_is() {
    let (alone, host) = case();
    assert!(alone.config().hosts.is_empty());
    for (owner, guest, wanted, word) in [
        (
            name("shop", "checkout"),
            name("pay", "till"),
            HostShare { owner: None, guests: vec!["pay/till".into()], set: None },
            "also",
        ),
        (
            name("pay", "till"),
            name("shop", "checkout"),
            HostShare { owner: Some("pay/till".into()), guests: vec![], set: None },
            "those",
        ),
    ] {
        let (case, _) = shared(owner, guest, false);
        assert_eq!(case.config().hosts[&host], wanted);
        let lifted = case.lift();
        let notes = lifted.ledger.entries().filter_map(|entry| entry.note.as_deref());
        assert!(notes.filter(|note| note.contains(word) && note.contains("pay/till")).count() > 0);
        assert_eq!(lifted.ledger.counts(), alone.lift().ledger.counts());
        assert_eq!(lifted.questions, alone.lift().questions);
    }
    let (other, host) = shared(name("pay", "till"), name("pay", "desk"), false);
    assert!(!other.config().hosts.contains_key(&host), "it is about other apps");
}

#[test]
fn the_one_that_asks_asks_until_somebody_answers() {
    let (case, host) = shared(name("shop", "checkout"), name("pay", "till"), true);
    let questions = case.lift().questions;
    let asked = questions.iter().find(|question| question.id.as_str().starts_with("host-owner/")).unwrap();
    assert_eq!(asked.id.as_str(), format!("host-owner/{}/{host}", case.workload.id));
    assert_eq!(
        (asked.options.join(" ").as_str(), asked.assumed.as_deref()),
        ("pay/till shop/checkout", Some("shop/checkout"))
    );
    let answered = case.answer("host-owner", &host, "pay/till").lift();
    assert!(answered.questions.iter().all(|question| question.id != asked.id));
}
