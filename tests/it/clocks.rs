//! Clocks of AWS as the parser of CronJobs and of KEDA reads what is made of them.

use caravan_convert_lift::plconfig::is_schedule;
use caravan_convert_lift::{FieldVerdict, LiftOutcome, SharedHosts, Source, StoreReach, lift};
use caravan_inventory::{
    Decisions, EnvironmentName, Observation, ObservationId, ObservationKind, TeamName, Workload, WorkloadId,
    WorkloadKind,
};
use caravan_tests_testbed::{Clock, clocks};
use jiff::civil::Date;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Days that each clock is followed: more than a year.
const DAYS: u32 = 400;

/// Random numbers by a seed (SplitMix64), so that a failure can be run again.
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(bound)).unwrap()
    }

    /// A field of AWS with what it means: a value, a range that may run backwards, a list, or everything.
    fn field(&mut self, first: u32, last: u32, most: u32) -> (String, BTreeSet<u32>) {
        let span = last - first + 1;
        let (mut parts, mut values) = (Vec::new(), BTreeSet::new());
        for _ in 0..=self.below(2) {
            let (from, length, step) = (first + self.below(span), self.below(most.min(span)), 1 + self.below(3));
            let at = |offset: u32| first + (from - first + offset) % span;
            let meant = (0..=length).step_by(step as usize).map(at);
            values.extend(meant);
            let step = if step > 1 { format!("/{step}") } else { String::new() };
            parts.push(if length == 0 { from.to_string() } else { format!("{from}-{}{step}", at(length)) });
        }
        (parts.join(","), values)
    }
}

/// The schedule of a CronJob that comes of an expression, where it is called the same.
fn said(expression: &str) -> Option<String> {
    let observation = |kind: ObservationKind, body: Value| Observation {
        id: ObservationId::new(kind.as_str()),
        kind,
        name: "it".to_owned(),
        account: None,
        region: None,
        api: "api".to_owned(),
        first_seen: jiff::Timestamp::UNIX_EPOCH,
        last_seen: jiff::Timestamp::UNIX_EPOCH,
        body,
    };
    let target = json!({"Id": "it", "Arn": "arn:aws:ecs:eu-west-1:1:cluster/main", "EcsParameters": {"TaskDefinitionArn": "it:1"}});
    let rule = observation(ObservationKind::EventsRule, json!({"ScheduleExpression": expression, "Targets": [target]}));
    let task = json!({"containerDefinitions": [{"name": "it", "image": "it:1"}]});
    let task = observation(ObservationKind::EcsTaskDefinition, task);
    let workload = Workload {
        id: WorkloadId::new("ecs/test/it"),
        kind: WorkloadKind::Ecs,
        name: "it".to_owned(),
        team: TeamName::new("shop"),
        environment: EnvironmentName::new("production"),
        account: None,
        region: None,
        parts: vec![rule.id.clone(), task.id.clone()],
    };
    let (decisions, hosts) = (Decisions::default(), SharedHosts::default());
    let observations = [&rule, &task];
    let (part, component) = (None, None);
    let lifted = lift(&Source {
        workload: &workload,
        app: "it",
        part,
        component,
        observations: &observations,
        decisions: &decisions,
        hosts: &hosts,
        store: &StoreReach::UNKNOWN,
        unread: &caravan_convert_lift::Unread::NOTHING,
    });
    let exact = lifted
        .ledger
        .entries()
        .any(|entry| entry.path == "/ScheduleExpression" && entry.verdict == FieldVerdict::Exact);
    let LiftOutcome::Converted(mut config) = lifted.outcome else { return None };
    config.components.pop_first()?.1.schedule.filter(|_| exact)
}

#[test]
fn the_real_parser_fires_when_eventbridge_would() {
    let mut draw = Draw(7);
    let (mut texts, mut wanted) = (Vec::new(), Vec::new());
    for _ in 0..600 {
        let (minute, minutes) = draw.field(0, 59, 3);
        let (hour, hours) = draw.field(0, 23, 4);
        let (month, months) = draw.field(1, 12, 6);
        let by_week = draw.below(2) == 0;
        let (day, days) = if by_week { draw.field(1, 7, 4) } else { draw.field(1, 31, 9) };
        let of_days = if by_week { format!("? {month} {day}") } else { format!("{day} {month} ?") };
        let expression = format!("cron({minute} {hour} {of_days} *)");
        texts.push(said(&expression).unwrap_or_else(|| panic!("{expression} is not said")));
        let mut fires = Vec::new();
        let mut date = Date::constant(2027, 1, 1);
        for since in 0..DAYS {
            // EventBridge counts Sunday as 1.
            let of_week = u32::from(date.weekday().to_sunday_zero_offset().unsigned_abs()) + 1;
            let of_month = u32::from(date.day().unsigned_abs());
            let fits = days.contains(&if by_week { of_week } else { of_month });
            if fits && months.contains(&u32::from(date.month().unsigned_abs())) {
                let moments = hours.iter().flat_map(|hour| minutes.iter().map(move |minute| hour * 60 + minute));
                fires.extend(moments.map(|moment| since * 1440 + moment));
            }
            date = date.tomorrow().unwrap();
        }
        wanted.push((expression, fires));
    }
    let Some(answers) = clocks(&texts, DAYS) else { return };
    for ((text, answer), (expression, fires)) in texts.iter().zip(answers).zip(wanted) {
        assert_eq!(answer, Clock::Fires(fires), "{expression} became {text}");
    }
}

#[test]
fn what_is_taken_for_a_schedule_is_taken_by_the_real_parser() {
    let plain = ["*", "?", "0", "5", "*/15", "1-5", "7", "31", "1,2", "1/2", "1-10/3", "05", "3-3"];
    let odd = [
        "5-1",
        "0-7",
        "32",
        "60",
        "24",
        "MON-FRI",
        "SAT-SUN",
        "jan",
        "NOV-FEB",
        "L",
        "15W",
        "6L",
        "3#2",
        "1,,2",
        "a",
        "-1",
        "*/0",
        "1-2-3",
        "",
        "TZ=UTC",
        "@daily",
        "99999999999",
        "?/2",
        "*-5",
        "MONDAY",
    ];
    let mut draw = Draw(11);
    let mut texts = Vec::new();
    for _ in 0..20_000 {
        let count = if draw.below(20) == 0 { 4 + draw.below(3) } else { 5 };
        let mut field = || {
            let fields: &[&str] = if draw.below(6) == 0 { &odd } else { &plain };
            fields[draw.below(fields.len() as u32) as usize]
        };
        texts.push((0..count).map(|_| field()).collect::<Vec<_>>().join(" "));
    }
    let Some(answers) = clocks(&texts, 0) else { return };
    let (mut taken, mut narrower) = (0, BTreeSet::new());
    for (text, answer) in texts.iter().zip(answers) {
        let real = matches!(answer, Clock::Fires(_));
        assert!(real || !is_schedule(text), "`{text}` is refused: {answer:?}");
        taken += usize::from(is_schedule(text));
        if real && !is_schedule(text) {
            narrower.insert(text.clone());
        }
    }
    assert!(taken > 300, "{taken}");
    // What only the parser takes: the empty parts of a list, blanks in a row, zones and words of its own, signs, and a star
    // before a range, which is a star to it.
    let odd = |text: &String| {
        ["1,,2", "  ", "TZ=", "@daily", "-1", "*-5"].iter().any(|odd| text.contains(odd)) || text.trim() != text
    };
    let plain: Vec<&String> = narrower.iter().filter(|text| !odd(text)).collect();
    assert!(plain.is_empty(), "{plain:?}");
}
