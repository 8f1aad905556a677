//! A hosted zone, in ministack or moto, with sets of other people in it.

use super::{Case, Place};
use aws_sdk_route53::Client;
use aws_sdk_route53::config::{BehaviorVersion, Config, Credentials, Region as AwsRegion};
use aws_sdk_route53::types::{
    AliasTarget, Change, ChangeAction, ChangeBatch, HostedZoneConfig, ResourceRecord, ResourceRecordSet, RrType, Vpc,
    VpcRegion,
};
use caravan_inventory::{AccountId, Region};
use caravan_plans::strategy::route53::{self, NewRecords, TYPES};
use caravan_providers::target::{Alias, FencingToken, RecordSet, RecordSetsTarget, SettledBy, Snapshot, Target};
use caravan_providers_aws::{AwsAccount, AwsTargets};
use caravan_tests_testbed::Account;
use std::collections::BTreeMap;

/// Where an alias of a load balancer points: the zone of Frankfurt's.
const BALANCERS: &str = "Z215JYRZR1TBD5";

/// A hosted zone of the test's own.
pub(crate) struct Zone {
    client: Client,
    account: AccountId,
    id: String,
}

impl Zone {
    /// Makes the zone `example.com`, with somebody else's sets in it.
    pub(crate) async fn new(endpoint: &str, account: &Account, reference: &str) -> Self {
        let zone = Self::empty(endpoint, account, reference, None).await;
        let others = [
            plain("other.example.com.", "A", &["192.0.2.9"]),
            plain("track.example.com.", "TXT", &["\"owner=somebody\""]),
            plain("track.example.com.", "MX", &["10 mail.example.com."]),
            plain("_caravan.other.example.com.", "TXT", &["\"not of this run\""]),
            plain("www.track.example.com.", "CNAME", &["other.example.com."]),
        ];
        zone.change(others.iter().map(|set| (ChangeAction::Create, set_of(set))).collect()).await;
        zone
    }

    /// Makes the zone `example.com` without any sets; one of a VPC is private.
    pub(crate) async fn empty(endpoint: &str, account: &Account, reference: &str, vpc: Option<&str>) -> Self {
        let client = Client::from_conf(
            Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .endpoint_url(endpoint)
                .region(AwsRegion::new("eu-central-1"))
                .credentials_provider(credentials(account))
                .build(),
        );
        let vpc = vpc.map(|id| Vpc::builder().vpc_region(VpcRegion::EuCentral1).vpc_id(id).build());
        let config = HostedZoneConfig::builder().private_zone(vpc.is_some()).build();
        let made = client.create_hosted_zone().name("example.com").caller_reference(reference);
        let made = made.set_vpc(vpc).hosted_zone_config(config).send().await.unwrap();
        let id = made.hosted_zone().unwrap().id().trim_start_matches("/hostedzone/").to_owned();
        Self { client, account: AccountId::new(&account.id), id }
    }

    /// Somebody else's TXT record.
    pub(crate) async fn text(&self, name: &str, value: &str) {
        self.change(vec![(ChangeAction::Create, set_of(&plain(name, "TXT", &[value])))]).await;
    }

    /// A name of two types, both aliases of a load balancer.
    pub(crate) async fn aliases(&self) -> Case {
        let alias = |name: &str| Alias { zone: BALANCERS.to_owned(), name: name.to_owned(), evaluate_health: true };
        let set =
            |kind: &str| RecordSet { alias: Some(alias("old.example.net.")), ..plain("track.example.com.", kind, &[]) };
        let answer = || NewRecords::Alias(alias("new.example.net."));
        let original = ["A", "AAAA"].map(|kind| RecordSet { ttl: None, ..set(kind) });
        let new = [("A".to_owned(), answer()), ("AAAA".to_owned(), answer())];
        self.case("an alias of two types", &original, new.into()).await
    }

    /// A name with several plain values.
    pub(crate) async fn addresses(&self) -> Case {
        let original = [plain("static.example.com.", "A", &["192.0.2.1", "192.0.2.2"])];
        let new = [("A".to_owned(), NewRecords::Values { ttl: 60, values: vec!["198.51.100.7".to_owned()] })];
        self.case("plain addresses", &original, new.into()).await
    }

    /// A name whose answers nobody keeps for longer than a second.
    pub(crate) async fn short_lived(&self) -> Case {
        let original = [RecordSet { ttl: Some(1), ..plain("static.example.com.", "A", &["192.0.2.1"]) }];
        let new = [("A".to_owned(), NewRecords::Values { ttl: 1, values: vec!["198.51.100.7".to_owned()] })];
        self.case("addresses for a second", &original, new.into()).await
    }

    /// Every name below one, by one canonical name.
    pub(crate) async fn wildcard(&self) -> Case {
        let original = [plain("*.tenants.example.com.", "CNAME", &["old.example.net"])];
        let new = [("CNAME".to_owned(), NewRecords::Values { ttl: 300, values: vec!["new.example.net".to_owned()] })];
        self.case("a wildcard", &original, new.into()).await
    }

    async fn case(&self, name: &'static str, original: &[RecordSet], new: BTreeMap<String, NewRecords>) -> Case {
        self.change(original.iter().map(|set| (ChangeAction::Create, set_of(set))).collect()).await;
        let stages = route53::stages(original, &new, &Case::PERCENTS).unwrap();
        let Snapshot::Records(ten) = &stages[1] else { unreachable!() };
        let mut reweighted = ten.clone();
        reweighted[0].weight = Some(33);
        let blue = RecordSet { set_identifier: Some("blue".to_owned()), weight: Some(7), ..ten[0].clone() };
        let mut joined = vec![blue];
        joined.extend(ten.clone());
        let target = |zone: &str| {
            Target::Records(RecordSetsTarget {
                account: self.account.clone(),
                zone: zone.to_owned(),
                name: original[0].name.clone(),
                types: TYPES.map(str::to_owned).to_vec(),
                settled_by: SettledBy::Provider,
            })
        };
        Case {
            name,
            target: target(&self.id),
            missing: target("Z0NOSUCHZONE"),
            original: Snapshot::Records(original.to_vec()),
            edited: Snapshot::Records(reweighted),
            joined: Some(Snapshot::Records(joined)),
            stages,
        }
    }

    async fn change(&self, changes: Vec<(ChangeAction, ResourceRecordSet)>) {
        if changes.is_empty() {
            return;
        }
        let changes = changes
            .into_iter()
            .map(|(action, set)| Change::builder().action(action).resource_record_set(set).build().unwrap());
        let batch = ChangeBatch::builder().set_changes(Some(changes.collect())).build().unwrap();
        self.client.change_resource_record_sets().hosted_zone_id(&self.id).change_batch(batch).send().await.unwrap();
    }

    async fn sets(&self) -> Vec<ResourceRecordSet> {
        let answer = self.client.list_resource_record_sets().hosted_zone_id(&self.id).send().await.unwrap();
        assert!(!answer.is_truncated(), "a small zone came in pages");
        answer.resource_record_sets().to_vec()
    }
}

impl Place for Zone {
    async fn edit(&self, target: &Target, snapshot: &Snapshot, token: Option<&FencingToken>) {
        let (Target::Records(RecordSetsTarget { name, types, .. }), Snapshot::Records(sets)) = (target, snapshot)
        else {
            unreachable!()
        };
        let beside = match name.strip_prefix("*.") {
            Some(parent) => format!("_caravan-wildcard.{parent}"),
            None => format!("_caravan.{name}"),
        };
        let is_token = |set: &ResourceRecordSet| set.name() == beside;
        let is_ours = |set: &ResourceRecordSet| {
            set.name().replace("\\052", "*") == *name && types.iter().any(|kind| kind == set.r#type().as_str())
        };
        let there = self.sets().await;
        let gone = there.into_iter().filter(|set| is_token(set) || is_ours(set));
        // In two batches: an emulator may not take a set out and in again in one.
        self.change(gone.map(|set| (ChangeAction::Delete, set)).collect()).await;
        let text = token.map(|token| RecordSet { ttl: Some(60), ..plain(&beside, "TXT", &[&format!("\"{token}\"")]) });
        self.change(sets.iter().chain(&text).map(|set| (ChangeAction::Create, set_of(set))).collect()).await;
    }

    async fn everything(&self) -> String {
        format!("{:#?}", self.sets().await)
    }
}

/// What calls the targets of an account at an endpoint.
pub(crate) fn adapter(endpoint: &str, account: &Account) -> AwsTargets {
    let configured = AwsAccount {
        id: AccountId::new(&account.id),
        regions: vec![Region::new("eu-central-1")],
        profile: None,
        role_arn: None,
        external_id: None,
        endpoint_url: Some(endpoint.to_owned()),
    };
    AwsTargets::new(vec![configured]).signing_with(credentials(account))
}

pub(super) fn credentials(account: &Account) -> Credentials {
    let token = Some(account.session_token.clone());
    Credentials::new(&account.access_key_id, &account.secret_access_key, token, None, "a test")
}

fn plain(name: &str, kind: &str, values: &[&str]) -> RecordSet {
    RecordSet {
        name: name.to_owned(),
        kind: kind.to_owned(),
        ttl: Some(300),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        ..RecordSet::default()
    }
}

fn set_of(snapshot: &RecordSet) -> ResourceRecordSet {
    let values = snapshot.values.iter().map(|value| ResourceRecord::builder().value(value).build().unwrap());
    let alias = snapshot.alias.as_ref().map(|alias| {
        let builder = AliasTarget::builder().hosted_zone_id(&alias.zone).dns_name(&alias.name);
        builder.evaluate_target_health(alias.evaluate_health).build().unwrap()
    });
    ResourceRecordSet::builder()
        .name(&snapshot.name)
        .r#type(RrType::from(snapshot.kind.as_str()))
        .set_set_identifier(snapshot.set_identifier.clone())
        .set_weight(snapshot.weight.map(i64::from))
        .set_ttl(snapshot.ttl.map(i64::from))
        .set_resource_records((!snapshot.values.is_empty()).then(|| values.collect()))
        .set_alias_target(alias)
        .build()
        .unwrap()
}
