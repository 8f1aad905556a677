//! What is made of readings: shares only of what came while a share stood, losses of everything.

use super::span::Grown;
use super::{CounterMark, MeasuredSpan};
use caravan_cutover_engine::Moment;
use caravan_providers::Counted;
use std::collections::BTreeMap;

fn series(counters: &[(&str, u64)]) -> BTreeMap<String, u64> {
    counters.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect()
}

/// Of one Envoy that has been running for so long.
fn counted(running_ms: u64, old: u64, new: u64, lost: u64) -> Counted {
    Counted {
        by: "a gateway".to_owned(),
        answers_within_ms: 15_000,
        old: series(&[("192.0.2.1:1 rule 10.0.0.1:80", old)]),
        new: series(&[("192.0.2.1:1 rule 10.0.0.2:80", new)]),
        answered: series(&[("192.0.2.1:1 rule 2xx", old + new - lost), ("192.0.2.1:1 rule 5xx", lost)]),
        lost: series(&[("192.0.2.1:1 rule 5xx", lost)]),
        sides_unknown: None,
        running_ms: series(&[("192.0.2.1:1", running_ms)]),
    }
}

fn mark(counted: Counted) -> CounterMark {
    CounterMark { step: 0, at: Moment(100_000), counted }
}

#[test]
fn what_has_come_is_what_the_counters_grew_by() {
    let grown = Grown::since(&mark(counted(60_000, 900, 100, 7)), &counted(70_000, 975, 125, 9), Moment(110_000));
    assert_eq!(grown, Ok(Grown { old: 75, new: 25, answered: 100, lost: 2 }));
}

#[test]
fn a_gateway_that_was_started_anew_has_counted_from_nothing() {
    let grown = Grown::since(&mark(counted(60_000, 900, 100, 7)), &counted(4_000, 30, 10, 1), Moment(110_000));
    assert_eq!(grown, Ok(Grown { old: 30, new: 10, answered: 40, lost: 1 }));
}

#[test]
fn gateways_that_answer_in_turn_at_one_address_are_noticed() {
    let grown = Grown::since(&mark(counted(60_000, 900, 100, 7)), &counted(70_000, 30, 10, 1), Moment(110_000));
    assert!(grown.as_ref().is_err_and(|why| why.contains("in turn") && why.contains("headless")), "{grown:?}");
}

#[test]
fn a_replica_that_is_seen_for_the_first_time_counts_from_its_start_or_from_now() {
    let two = |running_ms: u64| {
        let mut two = counted(70_000, 900, 100, 7);
        two.new.insert("192.0.2.2:1 rule 10.0.0.2:80".to_owned(), 50);
        two.running_ms.insert("192.0.2.2:1".to_owned(), running_ms);
        two
    };
    for (running_ms, new) in [(5_000, 50), (500_000, 0)] {
        let grown = Grown::since(&mark(counted(60_000, 900, 100, 7)), &two(running_ms), Moment(110_000));
        assert_eq!(grown.map(|grown| grown.new), Ok(new), "{running_ms}");
    }
}

#[test]
fn an_endpoint_that_was_taken_away_and_came_again_counts_from_nothing() {
    // The rule's own counters stay: they are of no endpoint.
    let mut gone = counted(70_000, 950, 100, 7);
    gone.new.clear();
    let came = Counted { answered: gone.answered.clone(), ..counted(80_000, 960, 4, 7) };
    let grown = Grown::since(&mark(counted(60_000, 900, 100, 7)), &gone, Moment(110_000)).map(|grown| grown.new);
    assert_eq!(grown, Ok(0));
    let back = Grown::since(&mark(gone), &came, Moment(110_000)).map(|grown| grown.new);
    assert_eq!(back, Ok(4));
}

#[test]
fn a_span_says_the_share_beside_the_planned_one_and_what_was_lost() {
    let span = MeasuredSpan {
        step: 0,
        planned_percent: 25,
        from: Moment(1_000),
        until: Moment(61_500),
        old: 3_628,
        new: 1_184,
        answered: 4_830,
        lost: 12,
        by: "a gateway".to_owned(),
        unmeasured: None,
    };
    let said = "measured share: 24.6 % of 4,812 requests in 60 s (planned 25 %), 12 lost of 4,830 answered";
    assert_eq!(span.to_string(), said);
    let none = MeasuredSpan { old: 0, new: 0, answered: 0, lost: 0, ..span.clone() };
    assert_eq!(none.to_string(), "measured share: no request in 60 s (planned 25 %)");
    let blind = MeasuredSpan { unmeasured: Some("it answered 503".to_owned()), ..none };
    assert_eq!(blind.to_string(), "share not measured (planned 25 %); not measured when last tried: it answered 503");
}
