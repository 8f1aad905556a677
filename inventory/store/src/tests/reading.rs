//! Windows, filters and visitors.

use super::*;
use crate::{LinkScope, StoreError, WorkloadFilter};

#[test]
fn workloads_are_read_by_window_and_filter() {
    let mut store = Store::in_memory().unwrap();
    let links = store.replace_links(LinkScope { kinds: WorkloadKind::ALL, domains: true }).unwrap();
    for number in 0..25 {
        let kind = WorkloadKind::ALL[number % 4];
        let mut workload = workload(&format!("w-{number:02}"), kind, Vec::new());
        if number % 5 == 0 {
            workload.team = TeamName::new("mail");
            workload.account = None;
        }
        links.workload(&workload).unwrap();
    }
    links.commit().unwrap();

    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let window = store.workloads(&WorkloadFilter::default(), after.as_ref(), 7).unwrap();
        assert!(window.len() <= 7);
        let Some(last) = window.last() else { break };
        after = Some(last.id.clone());
        seen.extend(window.into_iter().map(|workload| workload.id));
    }
    assert_eq!(seen.len(), 25);
    assert!(seen.is_sorted());

    let count = |filter: WorkloadFilter| store.workloads(&filter, None, 99).unwrap().len();
    assert_eq!(count(WorkloadFilter { kind: Some(WorkloadKind::Ecs), ..Default::default() }), 7);
    assert_eq!(count(WorkloadFilter { team: Some(TeamName::new("mail")), ..Default::default() }), 5);
    assert_eq!(count(WorkloadFilter { account: Some(AccountId::new("111122223333")), ..Default::default() }), 20);
    let both =
        WorkloadFilter { kind: Some(WorkloadKind::Ecs), team: Some(TeamName::new("mail")), ..Default::default() };
    assert_eq!(count(both), 2, "0 and 20");
}

#[test]
fn a_visitor_sees_one_kind_of_one_place_and_may_stop() {
    let mut store = Store::in_memory().unwrap();
    let work = begin(&mut store, "01A", 0, &["services"]);
    let elsewhere = Observation {
        id: ObservationId::new("ecs.service/111122223333/us-east-1/web"),
        region: Some(Region::new("us-east-1")),
        ..service("web", 0)
    };
    let cluster = Observation {
        id: ObservationId::new("ecs.cluster/111122223333/eu-central-1/main"),
        kind: ObservationKind::EcsCluster,
        ..service("main", 0)
    };
    let file =
        Observation { id: ObservationId::new("ecs.service/files/a"), account: None, region: None, ..service("a", 0) };
    store.record_page(&page(&work[0], vec![service("b", 0), service("a", 0), elsewhere, cluster, file])).unwrap();

    let names = |account: Option<&str>, region: Option<&str>| {
        let (account, region) = (account.map(AccountId::new), region.map(Region::new));
        let mut names = Vec::new();
        let visit = |seen: Observation| {
            names.push(seen.id.to_string());
            Ok::<_, StoreError>(())
        };
        store.observations_by_kind(ObservationKind::EcsService, account.as_ref(), region.as_ref(), visit).unwrap();
        names
    };
    assert_eq!(names(None, None).len(), 4);
    assert!(names(None, None).is_sorted());
    assert_eq!(names(Some("111122223333"), None).len(), 3);
    assert_eq!(names(Some("111122223333"), Some("us-east-1")), ["ecs.service/111122223333/us-east-1/web"]);
    assert_eq!(names(Some("000000000000"), None).len(), 0);

    #[derive(Debug)]
    enum Stop {
        Enough,
        Store,
    }
    impl From<StoreError> for Stop {
        fn from(_: StoreError) -> Self {
            Self::Store
        }
    }
    let mut seen = 0;
    let stopped = store.observations_by_kind(ObservationKind::EcsService, None, None, |_| {
        seen += 1;
        if seen == 2 { Err(Stop::Enough) } else { Ok(()) }
    });
    assert!(matches!(stopped, Err(Stop::Enough)) && seen == 2);
}

#[test]
fn a_value_that_no_caravan_wrote_is_damage_and_named_so() {
    let mut store = Store::in_memory().unwrap();
    scan_services(&mut store, "01A", 0, &["web"]);
    store.connection.execute("UPDATE observation SET kind = 'ecs.nonsense'", []).unwrap();
    assert!(matches!(store.observation(&service("web", 0).id), Err(StoreError::Damaged { .. })));
    store.connection.execute("UPDATE observation SET kind = 'ecs.service', body = '{'", []).unwrap();
    assert!(matches!(store.observation(&service("web", 0).id), Err(StoreError::Damaged { .. })));
    store.connection.execute("UPDATE unit SET found = -1", []).unwrap();
    assert!(matches!(store.latest_units(), Err(StoreError::Damaged { .. })));
}

#[test]
fn what_is_not_there_is_none() {
    let store = Store::in_memory().unwrap();
    assert_eq!(store.observation(&ObservationId::new("x")).unwrap(), None);
    assert_eq!(store.workload(&WorkloadId::new("x")).unwrap(), None);
    assert_eq!(store.latest_scan().unwrap(), None);
    assert_eq!(store.coverage().unwrap(), caravan_inventory::Coverage::default());
}
