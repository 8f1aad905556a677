//! The scan over a world in memory that answers, refuses and forgets as it is told.

mod formats;
mod signals;

use super::*;
use caravan_inventory::{AccountId, ObservationKind, Provider, ProviderAccount, Region, Unit, UnitState};
use caravan_providers::{IdentityError, Page, Read, ReadError, ReadErrorKind};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

const ACCOUNT: &str = "123456789012";
const CLUSTER: &str = "arn:aws:ecs:eu-central-1:123456789012:cluster/prod";

type Answers = dyn Fn(&Read) -> Option<Result<Page, ReadErrorKind>> + Send + Sync;

/// Answers as `answers` says, and otherwise with an empty list. Keeps what was asked.
#[derive(Clone)]
struct World {
    answers: Arc<Answers>,
    asked: Arc<Mutex<Vec<Read>>>,
    identity: Result<(), &'static str>,
}

impl World {
    fn new(answers: impl Fn(&Read) -> Option<Result<Page, ReadErrorKind>> + Send + Sync + 'static) -> Self {
        Self { answers: Arc::new(answers), asked: Arc::default(), identity: Ok(()) }
    }

    fn asked(&self, api: &str) -> Vec<Read> {
        self.asked.lock().unwrap().iter().filter(|read| read.api == api).cloned().collect()
    }
}

impl Reader for World {
    async fn read(&self, read: &Read) -> Result<Page, ReadError> {
        self.asked.lock().unwrap().push(read.clone());
        tokio::task::yield_now().await;
        let answer = (self.answers)(read).unwrap_or(Ok(Page { body: json!({}), next: None }));
        answer.map_err(|kind| error(read, kind))
    }
}

impl Prover for World {
    async fn prove(&self, account: &ProviderAccount) -> Result<(), IdentityError> {
        let configured = account.account.clone();
        let found = |found: &str| IdentityError::OtherAccount { configured, found: AccountId::new(found) };
        self.identity.map_err(found)
    }
}

fn error(read: &Read, kind: ReadErrorKind) -> ReadError {
    let text = format!("{kind:?}");
    ReadError { kind, api: read.api.clone(), scope: read.scope.clone(), text }
}

fn page(body: Value) -> Option<Result<Page, ReadErrorKind>> {
    Some(Ok(Page { body, next: None }))
}

/// A cluster with this many services, each with a task definition of its own.
fn services(count: usize) -> impl Fn(&Read) -> Option<Result<Page, ReadErrorKind>> + Clone {
    move |read| match read.api.as_str() {
        "ecs:ListClusters" => page(json!({"clusterArns": [CLUSTER]})),
        "ecs:DescribeClusters" => page(json!({"clusters": [{"clusterArn": CLUSTER}]})),
        "ecs:ListServices" => page(json!({"serviceArns": (0..count).map(|n| format!("arn:s{n}")).collect::<Vec<_>>()})),
        "ecs:DescribeServices" => {
            let asked = read.input["services"].as_array().cloned().unwrap_or_default();
            let service =
                |arn: &Value| json!({"serviceArn": arn, "taskDefinition": format!("td:{}", arn.as_str().unwrap())});
            page(json!({"services": asked.iter().map(service).collect::<Vec<_>>()}))
        }
        "ecs:DescribeTaskDefinition" => {
            page(json!({"taskDefinition": {"taskDefinitionArn": read.input["taskDefinition"]}}))
        }
        _ => None,
    }
}

/// Load balancers that wait for their tags.
fn balancers(names: &'static [&'static str]) -> impl Fn(&Read) -> Option<Result<Page, ReadErrorKind>> + Clone {
    move |read| match read.api.as_str() {
        "elasticloadbalancing:DescribeLoadBalancers" => {
            let balancer = |name: &&str| json!({"LoadBalancerArn": name});
            page(json!({"LoadBalancers": names.iter().map(balancer).collect::<Vec<_>>()}))
        }
        "elasticloadbalancing:DescribeTags" => {
            let asked = read.input["ResourceArns"].as_array().cloned().unwrap_or_default();
            let tags = |arn: &Value| json!({"ResourceArn": arn, "Tags": [{"Key": "team", "Value": "a"}]});
            page(json!({"TagDescriptions": asked.iter().map(tags).collect::<Vec<_>>()}))
        }
        _ => None,
    }
}

fn plan(accounts: &[&str], resume: bool) -> ScanPlan {
    let account = |id: &&str| ScanAccount {
        provider: Provider::Aws,
        id: AccountId::new(*id),
        regions: vec![Region::new("eu-central-1")],
    };
    ScanPlan { accounts: accounts.iter().map(account).collect(), resume, ..ScanPlan::default() }
}

async fn run(store: &mut Store, plan: &ScanPlan, world: &World) -> ScanReport {
    let redactor = Redactor::new(b"a key for tests");
    let ownership = Ownership::default();
    let now = || "2026-11-24T12:00:00Z".parse().unwrap();
    let context = ScanContext { redactor: &redactor, ownership: &ownership, now: &now, progress: &() };
    scan(store, plan, world, &context).await.unwrap()
}

fn unit(store: &Store, report: &ScanReport, api: &str) -> Unit {
    store.units(&report.scan).unwrap().into_iter().find(|unit| unit.api == api).unwrap()
}

fn names(store: &Store, kind: ObservationKind) -> Vec<String> {
    let mut names = Vec::new();
    store
        .observations_by_kind::<StoreError>(kind, None, None, |observation| {
            names.push(observation.name);
            Ok(())
        })
        .unwrap();
    names
}

#[tokio::test]
async fn batches_leave_full_however_the_list_was_paged() {
    let world = World::new(|read| match read.api.as_str() {
        "ecs:ListServices" => {
            let from: usize = read.token.as_deref().map_or(0, |token| token.parse().unwrap());
            let next = (from < 22).then(|| (from + 1).to_string());
            Some(Ok(Page { body: json!({"serviceArns": [format!("arn:s{from}")]}), next }))
        }
        _ => services(0)(read),
    });
    let mut store = Store::in_memory().unwrap();
    let report = run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    assert!(!report.coverage.is_partial());
    let sizes: Vec<usize> = world
        .asked("ecs:DescribeServices")
        .iter()
        .map(|read| read.input["services"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [10, 10, 3]);
    assert_eq!(names(&store, ObservationKind::EcsService).len(), 23);
    assert_eq!(unit(&store, &report, "ecs:ListServices").found, 23);
}

#[tokio::test]
async fn more_reads_than_memory_holds_are_all_made_once() {
    let world = World::new(services(12_000));
    let mut store = Store::in_memory().unwrap();
    let report = run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    assert!(!report.coverage.is_partial());
    assert_eq!(names(&store, ObservationKind::EcsTaskDefinition).len(), 12_000);
    assert_eq!(world.asked("ecs:DescribeTaskDefinition").len(), 12_000);
    assert_eq!(world.asked("ecs:DescribeServices").len(), 1_200);
}

#[tokio::test]
async fn a_denied_list_is_said_and_ends_nothing_else() {
    let world = World::new(|read| match read.api.as_str() {
        "ecs:ListServices" => Some(Err(ReadErrorKind::Denied)),
        _ => services(3)(read),
    });
    let mut store = Store::in_memory().unwrap();
    let report = run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    let denied = unit(&store, &report, "ecs:ListServices");
    assert_eq!(denied.state, UnitState::Denied);
    assert_eq!(denied.reason.as_deref(), Some(format!("Denied (for {CLUSTER})").as_str()));
    assert_eq!(unit(&store, &report, "ecs:DescribeServices").state, UnitState::Partial);
    assert_eq!(unit(&store, &report, "ecs:DescribeTaskDefinition").state, UnitState::Partial);
    assert_eq!(unit(&store, &report, "ecs:DescribeClusters").state, UnitState::Complete);
    assert_eq!(unit(&store, &report, "route53:ListHostedZones").state, UnitState::Complete);
    assert!(report.coverage.is_partial());
}

#[tokio::test]
async fn only_a_complete_list_finds_something_gone() {
    let mut store = Store::in_memory().unwrap();
    run(&mut store, &plan(&[ACCOUNT], false), &World::new(services(3))).await;
    let denied = World::new(|read| match read.api.as_str() {
        "ecs:ListServices" => Some(Err(ReadErrorKind::Throttled)),
        _ => services(3)(read),
    });
    let report = run(&mut store, &plan(&[ACCOUNT], false), &denied).await;
    assert_eq!((report.gone, report.coverage.throttled), (0, 1));
    assert_eq!(names(&store, ObservationKind::EcsService).len(), 3);
    let report = run(&mut store, &plan(&[ACCOUNT], false), &World::new(services(2))).await;
    assert_eq!(report.gone, 2, "a service and its task definition");
    assert_eq!(names(&store, ObservationKind::EcsService), ["arn:s0", "arn:s1"]);
}

#[tokio::test]
async fn what_waits_for_denied_tags_is_recorded_without_them() {
    let world = World::new(|read| match read.api.as_str() {
        "elasticloadbalancing:DescribeTags" => Some(Err(ReadErrorKind::Denied)),
        _ => balancers(&["lb:1", "lb:2"])(read),
    });
    let mut store = Store::in_memory().unwrap();
    let report = run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    assert_eq!(names(&store, ObservationKind::LoadBalancer), ["lb:1", "lb:2"]);
    assert_eq!(unit(&store, &report, "elasticloadbalancing:DescribeTags").state, UnitState::Denied);
    assert_eq!(unit(&store, &report, "elasticloadbalancing:DescribeLoadBalancers").state, UnitState::Complete);
}

#[tokio::test]
async fn one_deleted_member_does_not_take_its_batch_along() {
    let world = World::new(|read| match read.api.as_str() {
        "elasticloadbalancing:DescribeTags"
            if read.input["ResourceArns"].as_array().unwrap().contains(&json!("lb:2")) =>
        {
            Some(Err(ReadErrorKind::Missing))
        }
        _ => balancers(&["lb:1", "lb:2", "lb:3"])(read),
    });
    let mut store = Store::in_memory().unwrap();
    let report = run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    assert!(!report.coverage.is_partial(), "what was deleted meanwhile is no failure");
    assert_eq!(names(&store, ObservationKind::LoadBalancer), ["lb:1", "lb:3"]);
    assert_eq!(world.asked("elasticloadbalancing:DescribeTags").len(), 4);
}

#[tokio::test]
async fn a_stale_token_begins_the_list_anew_and_counts_nothing_twice() {
    let refused = Arc::new(Mutex::new(1));
    let world = World::new(move |read| match (read.api.as_str(), read.token.as_deref()) {
        ("ecs:ListServices", None) => {
            Some(Ok(Page { body: json!({"serviceArns": ["arn:s1"]}), next: Some("2".into()) }))
        }
        ("ecs:ListServices", Some(_)) => {
            let mut left = refused.lock().unwrap();
            if *left > 0 {
                *left -= 1;
                return Some(Err(ReadErrorKind::StaleToken));
            }
            page(json!({"serviceArns": ["arn:s2"]}))
        }
        _ => services(0)(read),
    });
    let mut store = Store::in_memory().unwrap();
    let report = run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    assert!(!report.coverage.is_partial());
    assert_eq!(unit(&store, &report, "ecs:ListServices").found, 2);
    assert_eq!(names(&store, ObservationKind::EcsService), ["arn:s1", "arn:s2"]);
}

#[tokio::test]
async fn a_list_whose_tokens_never_hold_is_given_up() {
    let world = World::new(|read| match (read.api.as_str(), read.token.as_deref()) {
        ("ecs:ListServices", None) => {
            Some(Ok(Page { body: json!({"serviceArns": ["arn:s1"]}), next: Some("2".into()) }))
        }
        ("ecs:ListServices", Some(_)) => Some(Err(ReadErrorKind::StaleToken)),
        _ => services(0)(read),
    });
    let mut store = Store::in_memory().unwrap();
    let report = run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    assert_eq!(unit(&store, &report, "ecs:ListServices").state, UnitState::Failed);
    assert_eq!(world.asked("ecs:ListServices").len(), 8, "four times two pages");
    assert_eq!(names(&store, ObservationKind::EcsService), ["arn:s1"]);
}

#[tokio::test]
async fn an_account_that_is_another_is_not_read() {
    let world = World { identity: Err("999988887777"), ..World::new(services(3)) };
    let mut store = Store::in_memory().unwrap();
    let report = run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    assert!(world.asked.lock().unwrap().is_empty());
    assert_eq!(report.refused.len(), 1);
    assert!(report.refused[0].reason.contains("999988887777"), "{}", report.refused[0].reason);
    // Signals are read only where they are named.
    assert_eq!(report.coverage.failed as usize, crate::call_names(Provider::Aws).count() - 1);
}

#[tokio::test]
async fn credentials_that_end_stop_their_account_and_no_other() {
    let world = World::new(|read| match read.api.as_str() {
        "ecs:ListServices" if read.scope.account.as_str() == ACCOUNT => Some(Err(ReadErrorKind::Credentials)),
        _ => services(3)(read),
    });
    let mut store = Store::in_memory().unwrap();
    let report = run(&mut store, &plan(&[ACCOUNT, "999988887777"], false), &world).await;
    assert_eq!(report.refused.iter().map(|refused| refused.account.account.as_str()).collect::<Vec<_>>(), [ACCOUNT]);
    assert_eq!(unit(&store, &report, "ecs:ListServices").state, UnitState::Denied);
    let units = store.units(&report.scan).unwrap();
    let other = units
        .iter()
        .filter(|unit| unit.account.as_ref().unwrap().as_str() == "999988887777" && unit.state != UnitState::Skipped);
    assert!(other.clone().count() > 20 && other.clone().all(|unit| unit.state == UnitState::Complete));
}

#[tokio::test]
async fn a_region_that_is_not_enabled_is_denied_and_stops_no_other() {
    let world = World::new(|read| match read.scope.region.as_str() {
        "me-south-1" => Some(Err(ReadErrorKind::Credentials)),
        _ => services(3)(read),
    });
    let mut store = Store::in_memory().unwrap();
    let mut plan = plan(&[ACCOUNT], false);
    plan.accounts[0].regions.insert(0, Region::new("me-south-1"));
    let report = run(&mut store, &plan, &world).await;
    assert!(report.refused.is_empty());
    for unit in store.units(&report.scan).unwrap().into_iter().filter(|unit| unit.state != UnitState::Skipped) {
        let is_there = unit.region.as_ref().unwrap().as_str() != "me-south-1";
        assert_eq!(unit.state == UnitState::Complete, is_there, "{}", unit.id);
    }
}

#[tokio::test]
async fn a_scan_cut_short_goes_on_where_it_was() {
    let mut whole = Store::in_memory().unwrap();
    run(&mut whole, &plan(&[ACCOUNT], false), &World::new(services(25))).await;
    for reads in 0..60 {
        let mut store = Store::in_memory().unwrap();
        let left = Arc::new(Mutex::new(reads));
        let answers = services(25);
        let world = World::new(move |read| {
            let mut left = left.lock().unwrap();
            // From here on nothing answers any more; see below.
            if *left == 0 {
                None
            } else {
                *left -= 1;
                answers(read)
            }
        });
        {
            // Dropped at once after so many reads, as if the process were gone.
            let asked = world.asked.clone();
            let plan = plan(&[ACCOUNT], false);
            let cut = async {
                while asked.lock().unwrap().len() <= reads {
                    tokio::task::yield_now().await
                }
            };
            tokio::select! { biased; () = cut => {}, _ = run(&mut store, &plan, &world) => {} }
        }
        let again = World::new(services(25));
        let report = run(&mut store, &plan(&[ACCOUNT], true), &again).await;
        assert!(!report.coverage.is_partial(), "after {reads} reads");
        assert_eq!(names(&store, ObservationKind::EcsService), names(&whole, ObservationKind::EcsService));
        assert_eq!(names(&store, ObservationKind::EcsTaskDefinition).len(), 25, "after {reads} reads");
    }
}

#[tokio::test]
async fn resuming_a_finished_scan_reads_nothing() {
    let mut store = Store::in_memory().unwrap();
    let first = run(&mut store, &plan(&[ACCOUNT], false), &World::new(services(2))).await;
    let world = World::new(services(2));
    let second = run(&mut store, &plan(&[ACCOUNT], true), &world).await;
    assert!(world.asked.lock().unwrap().is_empty() && !second.was_read);
    assert_eq!((second.scan, second.coverage), (first.scan, first.coverage));
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "it reads what the store left on the disk")]
async fn nothing_secret_reaches_the_disk_not_even_while_it_waits() {
    const SECRET: &str = "hunter2-Kq83ZrT0vW";
    let folder = tempfile::tempdir().unwrap();
    let file = camino::Utf8PathBuf::from_path_buf(folder.path().join("inventory.db")).unwrap();
    let mut store = Store::open(&file).unwrap();
    let world = World::new(|read| match read.api.as_str() {
        "events:ListEventBuses" => page(json!({"EventBuses": [{"Name": "default"}]})),
        "events:ListRules" => {
            page(json!({"Rules": [{"Name": "r", "Arn": "arn:r", "Unknown": format!("password={SECRET}")}]}))
        }
        // Never answered as it should be: the rule stays in the table of reads until the end.
        "events:ListTargetsByRule" => Some(Err(ReadErrorKind::Credentials)),
        "ecs:DescribeTaskDefinition" => {
            page(json!({"taskDefinition": {"taskDefinitionArn": "td", "containerDefinitions": [
            {"name": "a", "environment": [{"name": "TOKEN", "value": SECRET}]}]}}))
        }
        _ => services(1)(read),
    });
    run(&mut store, &plan(&[ACCOUNT], false), &world).await;
    for name in ["inventory.db", "inventory.db-wal"] {
        let bytes = std::fs::read(folder.path().join(name)).unwrap_or_default();
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "{name}");
    }
}
