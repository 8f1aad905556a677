//! Bills by hand-made workloads; what each should come to is reckoned beside it.

use super::*;
use crate::readiness::checks::fixture::{Fixture, instance, seen, service};
use crate::readiness::{Verdict, assess};
use caravan_inventory::{ObservationKind, WorkloadId, WorkloadKind};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const CLUSTER: &str = "arn:aws:ecs:eu-central-1:111122223333:cluster/prod";

fn settings() -> NodeSettings {
    NodeSettings::new("eu-central-1", "50Gi").unwrap()
}

fn input(fixture: &Fixture, sized: bool) -> CostInput {
    fixture.look(|subject| CostInput::read(subject, &assess(subject), sized))
}

fn named(mut fixture: Fixture, name: &str) -> Fixture {
    fixture.workload.id = WorkloadId::new(format!("{}/{name}", fixture.workload.kind.as_str()));
    fixture
}

fn of(inputs: Vec<CostInput>) -> Estimate {
    estimate(inputs, &Hosts::default(), &settings(), &BTreeMap::new(), &[])
}

fn alone(fixture: &Fixture) -> WorkloadCost {
    of(vec![input(fixture, false)]).workloads.pop().unwrap()
}

/// Dollars a month, from so much to so much.
fn month(cost: &Cost) -> (f64, f64) {
    let range = cost.range().unwrap();
    monthly(i64::try_from(range.low()).unwrap(), i64::try_from(range.high()).unwrap())
}

fn near((low, high): (f64, f64), wanted: f64) -> bool {
    low - 0.005 <= wanted && wanted <= high + 0.005 && high - low < 0.02
}

#[test]
fn tasks_on_fargate_cost_what_they_reserve() {
    let two = alone(&service(json!({}), json!({"cpu": "512", "memory": "1024"}), json!({})));
    // Two of half a processor and a GiB: 730 hours.
    let wanted = 2.0 * 730.0 * (0.5 * 0.04656 + 0.00511);
    assert!(near(month(&two.now.total), wanted), "{two:?}");
    assert_eq!(two.now.items[0].what, "2 Fargate tasks of 0.5 vCPU and 1 GiB");
    assert_eq!(two.now.items[0].sources.iter().copied().collect::<Vec<_>>(), ["fargate-eu-central-1"]);
    assert_eq!(two.verdict, Verdict::Move);
    // Both pods of half a processor are on nodes of four: one in each of two zones, all of which two workloads pay.
    let (low, high) = month(&two.then.total);
    assert!(low > 90.0 && high > 2.0 * low * 0.9 && two.savings.range().unwrap().1 < 0, "{low} to {high}");
}

#[test]
fn spot_has_a_price_of_its_own_and_what_no_source_has_is_unknown() {
    let strategy = json!([{"capacityProvider": "FARGATE", "base": 2, "weight": 1},
        {"capacityProvider": "FARGATE_SPOT", "base": 0, "weight": 3}]);
    let mixed = service(
        json!({"launchType": null, "capacityProviderStrategy": strategy, "desiredCount": 4}),
        json!({"cpu": "1024", "memory": "2048"}),
        json!({}),
    );
    let items = alone(&mixed).now.items;
    let task = 730.0 * (0.04656 + 2.0 * 0.00511);
    // Of four two are the base; of the other two a quarter is usual.
    assert!(near(month(&items[0].cost), 2.5 * task), "{items:?}");
    let (low, high) = month(&items[1].cost);
    assert!((low - 1.5 * task * 0.3).abs() < 0.02 && (high - 1.5 * task).abs() < 0.02, "{low} to {high}");
    let arm = json!({"runtimePlatform": {"cpuArchitecture": "ARM64"}, "ephemeralStorage": {"sizeInGiB": 50}});
    let arm = alone(&service(json!({}), arm, json!({})));
    assert!(arm.now.items[0].cost.range().is_none(), "nobody has the price of Graviton in Frankfurt: {arm:?}");
    assert!(arm.now.items[1].cost.range().is_none(), "nobody has the price of storage in Frankfurt: {arm:?}");
}

#[test]
fn what_nobody_knows_is_unknown_and_saves_nothing() {
    let unknown = |fixture: Fixture| {
        let one = alone(&fixture);
        assert!(!one.now.has_compute() && one.now.total.range().is_none_or(|range| range.low() > 0), "{one:?}");
        assert!(one.savings.range().is_none() && !one.savings.is_whole(), "{one:?}");
        one.now.items[0].cost.unknowns().next().unwrap().0.reason.clone()
    };
    let windows = json!({"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}});
    assert!(unknown(service(json!({}), windows, json!({}))).contains("Linux alone"));
    assert!(unknown(service(json!({"desiredCount": null}), json!({}), json!({}))).contains("how many"));
    assert!(
        unknown(service(json!({"launchType": "EC2", "clusterArn": CLUSTER}), json!({}), json!({})))
            .contains("none of its machines")
    );
    assert!(unknown(Fixture::new(WorkloadKind::Worker, &[])).contains("Cloudflare"));
    assert!(unknown(instance(json!({"instanceType": "x1e.32xlarge"}))).contains("no instance x1e.32xlarge"));
    assert!(
        unknown(instance(json!({"instanceType": "m5.large", "platformDetails": "Windows"})))
            .contains("this is Windows")
    );
    assert!(
        unknown(instance(json!({"instanceType": "m5.large", "placement": {"tenancy": "host"}})))
            .contains("this is host")
    );
    assert!(unknown(instance(json!({}))).contains("type is not said"));
    let function = json!({"Configuration": {"FunctionName": "labels", "MemorySize": 512}});
    assert!(
        unknown(Fixture::new(WorkloadKind::Lambda, &[(ObservationKind::LambdaFunction, function)])).contains("signals")
    );
}

#[test]
fn machines_cost_their_type_and_their_disks_even_when_they_stand_still() {
    let mut running = instance(json!({"instanceType": "t3.micro"}));
    running.add(ObservationKind::Ec2Volume, json!({"volumeType": "gp3", "size": 100, "iops": 3000}));
    running.add(ObservationKind::Ec2Volume, json!({"volumeType": "gp3", "size": 10, "iops": 9000}));
    running.add(ObservationKind::Ec2Volume, json!({"volumeType": "io2", "size": 10}));
    let items = alone(&running).now.items;
    assert!(near(month(&items[0].cost), 730.0 * 0.0104 * 1.1538), "{items:?}");
    assert!(near(month(&items[1].cost), 9.52), "{items:?}");
    assert!(items[3].cost.range().is_none() && items[3].what.contains("performance"), "{items:?}");
    assert!(items[4].cost.range().is_none() && items[4].what.contains("io2"), "{items:?}");
    let mut stopped = instance(json!({"instanceType": "m5.large", "instanceState": {"name": "stopped"}}));
    stopped.add(ObservationKind::Ec2Volume, json!({"volumeType": "gp3", "size": 100}));
    let one = alone(&stopped);
    assert!(near(month(&one.now.total), 9.52) && one.now.total.is_whole(), "{one:?}");
    let spot = alone(&instance(json!({"instanceType": "t3.micro", "instanceLifecycle": "spot"})));
    let usual = 730.0 * 0.0104 * 1.1538;
    let (low, high) = month(&spot.now.total);
    assert!((low - usual * 0.4).abs() < 0.02 && (high - usual * 0.6).abs() < 0.02, "{low} to {high}");
}

#[test]
fn functions_cost_what_was_counted() {
    let function = json!({"Configuration": {"FunctionName": "labels", "MemorySize": 512}});
    let body = |more: Value| {
        let mut body = json!({"Values": 4000, "From": "2026-11-15T00:00:00Z", "To": "2026-11-29T00:00:00Z"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let metric = |name: &str, statistic: &str| format!("AWS/Lambda/{name}/FunctionName=labels/{statistic}/300");
    let fixture = Fixture::new(WorkloadKind::Lambda, &[(ObservationKind::LambdaFunction, function)])
        .beside(ObservationKind::Metric, &metric("Invocations", "Sum"), body(json!({"Sum": 14_000_000.0})))
        .beside(ObservationKind::Metric, &metric("Duration", "Average"), body(json!({"P50": 100.0, "P95": 200.0})));
    let (low, high) = month(&alone(&fixture).now.total);
    // A million a day; half a GB for a tenth to a fifth of a second, and 20 cents for the million.
    let days = 730.0 / 24.0;
    let of = |seconds: f64| days * (1e6 * 0.5 * seconds * 0.000_016_666_7 + 0.2);
    assert!((low - of(0.1)).abs() < 0.02 && (high - of(0.2)).abs() < 0.02, "{low} to {high}, {}", of(0.1));
    let idle = Fixture::new(
        WorkloadKind::Lambda,
        &[(ObservationKind::LambdaFunction, json!({"Configuration": {"FunctionName": "labels", "MemorySize": 512}}))],
    )
    .beside(ObservationKind::Metric, &metric("Invocations", "Sum"), body(json!({"Sum": 0.0})));
    assert_eq!(month(&alone(&idle).now.total), (0.0, 0.0), "counted, and none: that is known");
}

#[test]
fn a_load_balancer_is_divided_among_those_behind_it() {
    let balancer = json!({"LoadBalancerName": "edge", "Type": "application"});
    let behind = |name: &str| {
        let mut fixture = named(service(json!({}), json!({}), json!({})), name);
        let mut balancer = seen(ObservationKind::LoadBalancer, "edge", balancer.clone());
        balancer.region = fixture.workload.region.clone();
        fixture.observations.push(balancer);
        input(&fixture, false)
    };
    let both = of(vec![behind("one"), behind("two")]);
    let share = both.workloads[0].now.items.iter().find(|item| item.kind == ItemKind::Balancer).unwrap();
    assert!(near(month(&share.cost), 730.0 * 0.027 / 2.0) && share.what.contains("one of 2"), "{share:?}");
    let unknown: Vec<_> =
        both.total.moves.now.unknowns().map(|(unknown, count)| (unknown.what.as_str(), count)).collect();
    assert_eq!(unknown, [("capacity units of load balancers", 2)], "said, and of both");
}

#[test]
fn tasks_on_machines_cost_their_share_of_them() {
    let on_machines = |name: &str, cpu: u64, count: u64| {
        let container = json!({"cpu": cpu, "memory": cpu * 2});
        let service = service(
            json!({"launchType": "EC2", "clusterArn": CLUSTER, "desiredCount": count}),
            json!({"cpu": null, "memory": null, "requiresCompatibilities": ["EC2"]}),
            container,
        );
        input(&named(service, name), false)
    };
    let mut hosts = Hosts::default();
    for name in ["i-1", "i-2"] {
        let machine = json!({"instanceType": "m7g.xlarge", "instanceState": {"name": "running"}});
        hosts.add(&format!("ecs:{CLUSTER}"), &seen(ObservationKind::Ec2Instance, name, machine));
    }
    let gone = json!({"instanceType": "m7g.xlarge", "instanceState": {"name": "terminated"}});
    hosts.add(&format!("ecs:{CLUSTER}"), &seen(ObservationKind::Ec2Instance, "i-3", gone));
    let inputs = vec![on_machines("large", 512, 3), on_machines("small", 256, 2)];
    let estimate = estimate(inputs, &hosts, &settings(), &BTreeMap::new(), &[]);
    // 1536 of 2048 units, and the same of the memory.
    let machines = 2.0 * 730.0 * 0.1632 * 1.198;
    assert!(near(month(&estimate.workloads[0].now.total), machines * 0.75), "{:?}", estimate.workloads[0].now);
    assert!(near(month(&estimate.workloads[1].now.total), machines * 0.25), "{:?}", estimate.workloads[1].now);
}

#[test]
fn who_stays_costs_the_same_and_who_is_taken_down_nothing() {
    let decided = |name: &str, verdict: &str| {
        let fixture = named(service(json!({}), json!({}), json!({})), name);
        input(&fixture.answered(&format!("verdict/ecs/{name}"), verdict), false)
    };
    let all = of(vec![decided("a", "keep"), decided("b", "retire"), decided("c", "replace"), decided("d", "move")]);
    let [keeps, retires, replaced, moves] = all.workloads.as_slice() else { panic!("{all:?}") };
    assert_eq!(keeps.now, keeps.then);
    assert_eq!(month(&retires.then.total), (0.0, 0.0));
    assert!(replaced.then.total.range().is_none() && replaced.savings.range().is_none());
    assert_eq!((all.total.stays.workloads, all.total.retired.workloads, all.total.moves.workloads), (2, 1, 1));
    assert_eq!(all.total.moves.now, moves.now.total);
    assert_eq!(all.clusters.len(), 1);
    // The control plane; nobody has the price of the gateway's balancer in Frankfurt.
    assert!(near(month(&all.total.clusters), 730.0 * 0.1) && !all.total.clusters.is_whole());
}

#[test]
fn measured_sizes_are_taken_when_they_are_asked_for() {
    let counted = |p95: f64, max: f64| {
        json!({"P50": 1.0, "P95": p95, "P99": max, "Max": max, "Values": 4032,
            "From": "2026-11-15T00:00:00Z", "To": "2026-11-29T00:00:00Z"})
    };
    let name = |metric: &str| format!("AWS/ECS/{metric}/ClusterName=prod,ServiceName=it/Maximum/300");
    let fixture = service(
        json!({"clusterArn": CLUSTER}),
        json!({"cpu": "4096", "memory": "16384"}),
        json!({"cpu": 4096, "memory": 16384}),
    )
    .beside(ObservationKind::Metric, &name("CPUUtilization"), counted(5.0, 9.0))
    .beside(ObservationKind::Metric, &name("MemoryUtilization"), counted(5.0, 9.0));
    let pods = |sized| of(vec![input(&fixture, sized)]).workloads[0].then.items[0].what.clone();
    assert!(pods(false).contains("2 pods of 4000m and 16384Mi"), "{}", pods(false));
    // 5 % of four processors; 9 % of 16 GiB is 1474.56, and 15 % more is 1695.7, up to the next 64.
    assert!(pods(true).contains("2 pods of 200m and 1728Mi"), "{}", pods(true));
}

#[test]
fn waves_and_teams_are_the_sums_of_their_workloads() {
    let names = ["a", "b", "c"];
    let mut inputs: Vec<CostInput> =
        names.iter().map(|name| input(&named(service(json!({}), json!({}), json!({})), name), false)).collect();
    let wave = |name: &str| if name == "c" { "second" } else { "first" };
    let waves: BTreeMap<WorkloadId, String> =
        names.iter().map(|name| (WorkloadId::new(format!("ecs/{name}")), wave(name).to_owned())).collect();
    let order = ["first".to_owned(), "second".to_owned()];
    let all = estimate(inputs.clone(), &Hosts::default(), &settings(), &waves, &order);
    inputs.reverse();
    assert_eq!(all, estimate(inputs, &Hosts::default(), &settings(), &waves, &order), "whatever the order");
    let [first, second] = all.waves.as_slice() else { panic!("{all:?}") };
    assert_eq!((first.workloads, second.workloads), (2, 1));
    assert_eq!(first.now, Cost::sum([&all.workloads[0].now.total, &all.workloads[1].now.total]));
    assert_eq!(second.both_sides, Cost::sum([&second.now, &second.then]));
    assert_eq!(all.teams[0].then, Cost::sum([&first.then, &second.then]));
    // What the nodes cost is what the pods pay.
    let nodes = Cost::sum(all.nodes.iter().map(|nodes| &nodes.cost));
    assert_eq!(nodes, all.total.moves.then);
    let both = all.together("both", &["ecs/a", "ecs/c"].into());
    assert_eq!((both.workloads, both.name.as_str()), (2, "both"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// What pods pay is what nodes cost, whatever the estate; and the least is never above the most.
    #[test]
    fn nothing_is_lost_between_nodes_and_pods(
        estate in prop::collection::vec((1_u64..8, 1_u64..16, 0_u64..9, any::<bool>()), 1..25),
    ) {
        let inputs = estate.into_iter().enumerate().map(|(number, (cpu, memory, count, spot))| {
            let strategy = if spot { json!([{"capacityProvider": "FARGATE_SPOT", "weight": 1}]) } else { json!([]) };
            let launch = if spot { json!(null) } else { json!("FARGATE") };
            let one = service(
                json!({"desiredCount": count, "capacityProviderStrategy": strategy, "launchType": launch}),
                json!({"cpu": (cpu * 256).to_string(), "memory": (memory * 512).to_string()}),
                json!({}),
            );
            input(&named(one, &format!("w{number:02}")).answered(&format!("verdict/ecs/w{number:02}"), "move"), false)
        }).collect();
        let all = of(inputs);
        let nodes = Cost::sum(all.nodes.iter().map(|nodes| &nodes.cost));
        let range = nodes.range().unwrap_or_default();
        let then = all.total.moves.then.range().unwrap_or_default();
        prop_assert_eq!((then.low(), then.high()), (range.low(), range.high()));
        for one in &all.workloads {
            let range = one.then.total.range().unwrap();
            prop_assert!(range.low() <= range.high());
        }
    }
}
