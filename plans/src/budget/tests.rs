//! Schedules held against an independent replay of the limits, and against the plainest way to make one.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::time::Duration;

fn draw(kind: LimitKind, key: &str) -> Draw {
    Draw { kind, key: key.to_owned() }
}

fn order(host: &str) -> Task {
    let draws = vec![
        (draw(LimitKind::NewOrders, "account"), 1),
        (draw(LimitKind::PerRegisteredDomain, registered_domain(host)), 1),
        (draw(LimitKind::PerExactNames, host), 1),
    ];
    Task { not_before: 0, rank: 0, draws }
}

/// Whether so many moments of one bucket keep its limit, as it is published: in no stretch of time are there more than were in the
/// bucket at the start and came back meanwhile; or, where the limit is one of a stretch, in none that is shorter than it are there
/// more than it lets through. It knows nothing of how buckets are kept.
fn keeps(limit: &Limit, moments: &[u64]) -> bool {
    if let Some(window) = limit.kind.window() {
        let window = u64::try_from(window.as_millis()).unwrap();
        let within = |first: &u64| moments.iter().filter(|at| (*first..first + window).contains(at)).count();
        return moments.iter().all(|first| u64::try_from(within(first)).unwrap() <= limit.most);
    }
    let refill = u64::try_from(limit.refill.as_millis()).unwrap();
    (0..moments.len()).all(|first| {
        (first..moments.len()).all(|last| {
            let drawn = u64::try_from(last - first + 1).unwrap();
            drawn <= limit.most + (moments[last] - moments[first]) / refill
        })
    })
}

/// The draws of a schedule that its limits don't allow.
fn breaches(tasks: &[Task], limits: &Limits, schedule: &Schedule) -> Vec<Draw> {
    let mut moments: BTreeMap<&Draw, Vec<u64>> = BTreeMap::new();
    for (task, at) in tasks.iter().zip(&schedule.at) {
        for (draw, count) in &task.draws {
            moments.entry(draw).or_default().extend((0..*count).map(|_| *at));
        }
    }
    let broken = moments.iter_mut().filter_map(|(draw, moments)| {
        moments.sort_unstable();
        (!keeps(&limits.get(draw.kind), moments)).then(|| (*draw).clone())
    });
    broken.collect()
}

/// The same schedule in the plainest way: whoever can go first goes, of those the least rank, again and again.
fn plainly(tasks: &[Task], limits: &Limits) -> Vec<u64> {
    let mut buckets: BTreeMap<&Draw, Bucket> = BTreeMap::new();
    let (mut at, mut now): (Vec<Option<u64>>, u64) = (vec![None; tasks.len()], 0);
    for _ in tasks {
        let next = |task: &Task| {
            let next = |(draw, count): &(Draw, u64)| {
                let bucket = buckets.get(draw).copied().unwrap_or_default();
                bucket.next(&limits.get(draw.kind), *count, task.not_before.max(now))
            };
            task.draws.iter().map(next).max().unwrap_or(task.not_before.max(now))
        };
        let open = tasks.iter().enumerate().filter(|(number, _)| at[*number].is_none());
        let (moment, _, number) = open.map(|(number, task)| (next(task), task.rank, number)).min().unwrap();
        at[number] = Some(moment);
        now = moment;
        for (draw, count) in &tasks[number].draws {
            buckets.entry(draw).or_default().draw(&limits.get(draw.kind), *count, moment);
        }
    }
    at.into_iter().flatten().collect()
}

fn tasks() -> impl Strategy<Value = Vec<Task>> {
    let kind = prop::sample::select(LimitKind::ALL.to_vec());
    let draws = prop::collection::btree_map(kind, 0..4_u8, 0..4);
    // Of each kind always as many.
    let count = |kind| if matches!(kind, LimitKind::FailedValidations | LimitKind::CloudflareRequests) { 2 } else { 1 };
    let draws = draws.prop_map(move |draws| {
        draws.into_iter().map(|(kind, key)| (draw(kind, &key.to_string()), count(kind))).collect()
    });
    let not_before = prop_oneof![3 => Just(0), 1 => 0..400_000_000_u64];
    let task = (not_before, 0..3_u32, draws).prop_map(|(not_before, rank, draws)| Task { not_before, rank, draws });
    prop::collection::vec(task, 0..90)
}

/// Limits so small that a few tasks meet them.
fn small() -> impl Strategy<Value = Limits> {
    prop::collection::vec(2..7_u64, LimitKind::ALL.len()).prop_map(|bursts| {
        // Half of what a stretch of time lets through is there at once, and a task draws two of it.
        let most = |kind: LimitKind, burst| if kind.window().is_some() { burst * 2 } else { burst };
        let with = |limits: Limits, (kind, burst)| limits.with(kind, most(kind, burst));
        LimitKind::ALL.into_iter().zip(bursts).fold(Limits::default(), with)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_schedule_breaks_a_limit(tasks in tasks(), limits in small()) {
        let found = schedule(&tasks, &limits);
        prop_assert_eq!(breaches(&tasks, &limits, &found), vec![]);
        for (task, at) in tasks.iter().zip(&found.at) {
            prop_assert!(*at >= task.not_before);
        }
    }

    #[test]
    fn a_schedule_is_the_plainest_one(tasks in tasks(), limits in small()) {
        prop_assert_eq!(schedule(&tasks, &limits).at, plainly(&tasks, &limits));
    }
}

#[test]
fn the_replay_finds_a_breach() {
    let limit = Limit::of(LimitKind::PerExactNames, 5);
    let refill = u64::try_from(limit.refill.as_millis()).unwrap();
    assert!(keeps(&limit, &[0, 0, 0, 0, 0, refill]));
    assert!(!keeps(&limit, &[0, 0, 0, 0, 0, refill - 1]));
    assert!(!keeps(&limit, &[0; 6]));
    let limit = Limit::of(LimitKind::CustomHostnames, 15);
    assert!(keeps(&limit, &[[0; 15], [60_000; 15]].concat()));
    assert!(!keeps(&limit, &[[0; 15], [59_999; 15]].concat()));
}

#[test]
fn no_stretch_of_time_has_more_than_cloudflare_lets_through() {
    // At the fifteenth second of a minute there are not fifteen at once and a new one every four seconds besides.
    let hostname = |_| Task { not_before: 0, rank: 0, draws: vec![(draw(LimitKind::CustomHostnames, "account"), 1)] };
    let found = schedule(&(0..29).map(hostname).collect::<Vec<_>>(), &Limits::default());
    let within = |from: u64| found.at.iter().filter(|at| (from..from + 60_000).contains(at)).count();
    assert!(found.at.iter().all(|at| within(*at) <= 15), "{:?}", found.at);
    assert!(within(0) >= 14, "as good as all that a minute lets through: {:?}", found.at);
    let requests = |_| Task { not_before: 0, rank: 0, draws: vec![(draw(LimitKind::CloudflareRequests, "user"), 6)] };
    let found = schedule(&(0..1_000).map(requests).collect::<Vec<_>>(), &Limits::default());
    let within = |from: u64| 6 * found.at.iter().filter(|at| (from..from + 300_000).contains(at)).count();
    assert!(found.at.iter().all(|at| within(*at) <= 1_200));
    let alone = Limit::of(LimitKind::CustomHostnames, 1);
    assert_eq!((alone.burst, alone.refill), (1, Duration::from_secs(60)));
}

#[test]
fn the_published_limits_come_back_as_published() {
    let refill = |kind| Limits::default().get(kind).refill;
    assert_eq!(refill(LimitKind::NewOrders), Duration::from_secs(36));
    // 202 minutes and 34 hours, as the page rounds them.
    assert_eq!(refill(LimitKind::PerRegisteredDomain), Duration::from_secs(201 * 60 + 36));
    assert_eq!(refill(LimitKind::PerExactNames), Duration::from_secs(33 * 3_600 + 36 * 60));
    assert_eq!(refill(LimitKind::FailedValidations), Duration::from_secs(12 * 60));
    assert_eq!(refill(LimitKind::Route53Requests), Duration::from_millis(100));
}

#[test]
fn ten_thousand_names_take_four_days_on_one_account() {
    let tasks: Vec<Task> = (0..10_000).map(|number| order(&format!("track.shop-{number}.example"))).collect();
    let found = schedule(&tasks, &Limits::default());
    // 300 at once, then one every 36 seconds.
    assert_eq!(found.at.iter().max(), Some(&(9_700 * 36_000)));
    let spent = found.spent[&LimitKind::NewOrders];
    assert_eq!((spent.drawn, spent.most, spent.waited), (10_000, 10_000, 9_700));
    assert_eq!(found.spent[&LimitKind::PerRegisteredDomain].most, 1);
    // Raised to ten times as many, a tenth of the time.
    let raised = schedule(&tasks, &Limits::default().with(LimitKind::NewOrders, 3_000));
    assert_eq!(raised.at.iter().max(), Some(&(7_000 * 3_600)));
}

#[test]
fn many_names_of_one_customer_wait_for_their_registered_domain_and_hold_up_nobody() {
    let mut tasks: Vec<Task> = (0..60).map(|number| order(&format!("shop{number}.example.co.uk"))).collect();
    tasks.push(order("track.other.co.uk"));
    let found = schedule(&tasks, &Limits::default());
    assert_eq!(found.at[60], 0);
    assert_eq!(found.at[49], 0);
    assert_eq!(found.at[50], 12_096_000);
    assert_eq!(found.at[59], 10 * 12_096_000);
    assert_eq!(found.spent[&LimitKind::PerRegisteredDomain].waited, 10);
    assert_eq!(found.spent[&LimitKind::NewOrders].waited, 0);
}

#[test]
fn a_registered_domain_is_told_by_the_public_suffix_list() {
    for (host, registered) in [
        ("track.example.com", "example.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("*.shops.example.de", "example.de"),
        ("example.com", "example.com"),
        ("co.uk", "co.uk"),
        // Of the private part of the list.
        ("a.shop.github.io", "shop.github.io"),
        ("track.shop.example", "shop.example"),
    ] {
        assert_eq!(registered_domain(host), registered, "{host}");
    }
}
