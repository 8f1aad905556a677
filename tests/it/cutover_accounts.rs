//! Cutovers with credentials of another account than the configured one: nothing is sent but the question whose they are.
//! By the adapter in moto, and by the command line in ministack, with a new side over TLS whose root only `caravan.yaml`
//! knows.

use crate::cli::{Room, Said};
use crate::places::{Balancer, HOST, Place, Side, Zone, adapter};
use caravan_inventory::AccountId;
use caravan_providers::target::{ListenerRuleTarget, RecordSetsTarget, Snapshot, Target};
use caravan_providers::{Call, CallError, Executor, Observer, Write};
use caravan_tests_testbed::{Account, Ministack, Moto};
use serde_json::json;

const OTHER: &str = "111122223333";
const REGION: &str = "eu-central-1";

/// The target as a plan has it that was made for another account.
fn elsewhere(target: &Target) -> Target {
    let mut target = target.clone();
    match &mut target {
        Target::Records(RecordSetsTarget { account, .. })
        | Target::ListenerRule(ListenerRuleTarget { account, .. }) => *account = AccountId::new(OTHER),
        _ => unreachable!("no case of these tests"),
    }
    target
}

#[tokio::test]
async fn another_account_s_credentials_write_nothing_in_moto_and_the_refusal_names_both_accounts() {
    let Some(moto) = Moto::shared() else { return };
    let account = moto.account();
    let zone = Zone::new(&moto.endpoint(), &account, "another-account").await;
    let balancer = Balancer::new(moto);
    let places = [
        (zone.addresses().await, &account, zone.everything().await),
        (balancer.rule().await, balancer.account(), balancer.everything().await),
    ];
    for (case, account, before) in &places {
        let wrong = adapter(&moto.endpoint(), &Account { id: OTHER.to_owned(), ..(*account).clone() });
        let write = |target: Target| Write {
            target,
            before: case.original.clone(),
            after: case.stages[0].clone(),
            token_before: None,
            token_after: None,
            in_flight: 5,
        };
        let refused = wrong.write(&write(elsewhere(&case.target))).await.unwrap_err();
        let CallError::Denied(text) = &refused else { panic!("{}: {refused:?}", case.name) };
        assert!(text.contains(OTHER) && text.contains(&account.id), "{text}");
        assert_eq!(wrong.observe(&Call::Observe(elsewhere(&case.target))).await.unwrap_err(), refused);
        let now = if let Snapshot::Records(_) = case.original {
            zone.everything().await
        } else {
            balancer.everything().await
        };
        assert_eq!(*before, now, "{}", case.name);
        // With the right ones the same write is made: it was the account that stood in the way.
        adapter(&moto.endpoint(), account).write(&write(case.target.clone())).await.unwrap();
    }
}

/// A wave of one name in ministack, by the command line.
struct Case {
    room: Room,
    endpoint: String,
    zone: Zone,
}

/// In ministack a key of twelve digits is the account's.
fn of_ministack(id: &str) -> Account {
    let text = || "test".to_owned();
    Account { id: id.to_owned(), access_key_id: id.to_owned(), secret_access_key: text(), session_token: text() }
}

impl Case {
    fn configure(&self, account: &str, ca_files: &[&str]) {
        let account = json!({"id": account, "regions": [REGION], "endpoint": self.endpoint});
        let config = json!({"schema": "caravan.config/v1", "accounts": [account], "probes": {"ca_files": ca_files}});
        self.room.write("caravan.yaml", config.to_string());
    }

    /// Runs a command with the credentials of this account.
    fn run_as(&self, account: &str, args: &[&str]) -> Said {
        let mut command = self.room.command(args);
        command.env("USER", "tests").envs(of_ministack(account).environment(&self.endpoint, REGION));
        Said::of(command.output().unwrap())
    }

    fn state(&self, run: &str) -> String {
        let (_, status) = self.room.json(&["cutover", "status", run]);
        status["state"].as_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_in_ministack_goes_only_with_its_account_s_credentials_and_trusts_the_roots_of_caravan_yaml() {
    const OURS: &str = "210987654321";
    let Some(ministack) = Ministack::shared() else { return };
    let endpoint = ministack.endpoint();
    let zone = Zone::new(&endpoint, &of_ministack(OURS), "accounts").await;
    let case = zone.short_lived().await;
    let Target::Records(RecordSetsTarget { zone: id, name, .. }) = &case.target else { unreachable!() };
    let (old, (new, root)) = (Side::start("old").await, Side::secure("new").await);
    let case = Case { room: Room::new(), endpoint, zone };
    case.room.write("certs/root.pem", root);
    let wave = json!({"schema": "caravan.wave-spec/v1", "wave": "w", "shifts": [{
        "workload": format!("ecs/{OURS}/{REGION}/main/static"),
        "strategy": {"route53": {"account": OURS, "zone": id, "name": name,
            // An emulator has no name servers.
            "settled_by": "provider", "new": {"A": {"values": {"ttl": 1, "values": ["198.51.100.7"]}}}}},
        "probes": {
            "old": [{"address": old.address, "host": HOST, "tls": false}],
            "new": [{"address": new.address, "host": HOST}],
        },
        "stages": [0, 100], "approve": [], "gate": {"bake": 1, "every": 1, "rounds": 1}, "in_flight": 10,
    }]});
    case.room.write("plans/wave-w.yaml", wave.to_string());
    let before = case.zone.everything().await;

    case.configure(OURS, &[]);
    case.run_as(OTHER, &["plan", "seal", "w", "--live"]).ends(4, &[OURS, OTHER, "caravan doctor"]);
    case.run_as(OURS, &["plan", "seal", "w", "--live"]).ends(0, &[]);
    let (_, shown) = case.room.json(&["plan", "show", "w"]);
    case.run_as(OURS, &["plan", "approve", "w", "--hash", shown["hash"].as_str().unwrap()]).ends(0, &[]);
    let run = case.run_as(OURS, &["cutover", "start", "w"]).ends(0, &[]).out.trim().to_owned();
    let drive = ["cutover", "run", &run];

    // Another account's credentials, none at all, an account that is not configured: the run is as it was.
    case.run_as(OTHER, &drive).ends(4, &[&run, OURS, OTHER, "the run is as it was", "caravan doctor"]);
    let mut without = case.room.command(&drive);
    let without = without.envs([("USER", "tests"), ("AWS_EC2_METADATA_DISABLED", "true")]).output().unwrap();
    Said::of(without).ends(4, &[&run, OURS, "no usable credentials", "the run is as it was"]);
    case.configure(OTHER, &[]);
    case.run_as(OURS, &drive).ends(4, &[&run, &format!("account {OURS} is not in caravan.yaml")]);
    // Roots that can't be read.
    case.configure(OURS, &["certs/missing.pem"]);
    case.run_as(OURS, &drive).ends(3, &["caravan.yaml: probes.ca_files[0]", "certs/missing.pem", "relative"]);
    assert_eq!((case.state(&run).as_str(), case.zone.everything().await), ("planned", before.clone()));

    // The new side is healthy only for who trusts its root.
    case.configure(OURS, &[]);
    case.run_as(OURS, &drive).ends(21, &["UnknownIssuer", "`ca_files`"]);
    case.configure(OURS, &["certs/root.pem"]);
    case.run_as(OURS, &["cutover", "retry", &run]).ends(0, &[]);
    case.run_as(OURS, &drive).ends(20, &[]);
    assert_ne!(case.zone.everything().await, before);

    // What is wanted back is driven whatever the credentials, and holds where they do not open.
    case.run_as(OURS, &["cutover", "rollback", &run]).ends(0, &[]);
    case.run_as(OTHER, &drive).ends(23, &[OURS, OTHER]);
    case.run_as(OURS, &["cutover", "retry", &run]).ends(0, &[]);
    // Nor does a file of roots that is gone stand in its way.
    case.configure(OURS, &["certs/missing.pem"]);
    case.run_as(OURS, &drive).ends(22, &["certs/missing.pem", "can't be judged"]);
    assert_eq!(case.zone.everything().await, before);
}
