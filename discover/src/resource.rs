//! Shared resources: what workloads need and is none of them, a queue, a bucket, a database. Derived from an observation
//! alone, so that whoever reads the inventory gets them without another table of it.

use crate::arn::Arn;
use crate::link::View;
use caravan_inventory::{
    AccountId, EdgeKind, EnvironmentName, Observation, ObservationId, ObservationKind as Kind, Ownership, Region,
    Subject, TeamName,
};

/// A shared resource.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Resource {
    /// `<service>:<ARN>`, as edges name it, also where it was not scanned. Stable from scan to scan.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// The name its owners use.
    pub name: String,
    /// Who owns it, by the ownership rules; `unassigned` when no rule matches.
    pub team: TeamName,
    /// Where in the life of software it stands; `default` when no rule matches.
    pub environment: EnvironmentName,
    /// The account that it lives in.
    pub account: Option<AccountId>,
    /// The region that it lives in; `global` where it has none.
    pub region: Option<Region>,
    /// What was observed of it.
    pub observation: ObservationId,
}

/// A kind of resource.
struct Sort {
    kind: Kind,
    /// Where its name stands in its document; empty: it is the last part of its ARN.
    name: &'static str,
    needed: EdgeKind,
}

const fn sort(kind: Kind, name: &'static str, needed: EdgeKind) -> Sort {
    Sort { kind, name, needed }
}

const SORTS: &[Sort] = &[
    sort(Kind::Queue, "", EdgeKind::Queue),
    sort(Kind::Topic, "", EdgeKind::Queue),
    sort(Kind::Secret, "/Name", EdgeKind::Secret),
    sort(Kind::Parameter, "/Name", EdgeKind::Secret),
    sort(Kind::Bucket, "/Name", EdgeKind::Data),
    sort(Kind::Table, "/TableName", EdgeKind::Data),
    sort(Kind::DatabaseInstance, "/DBInstanceIdentifier", EdgeKind::Data),
    sort(Kind::DatabaseCluster, "/DBClusterIdentifier", EdgeKind::Data),
    sort(Kind::ReplicationGroup, "/ReplicationGroupId", EdgeKind::Data),
    sort(Kind::CacheCluster, "/CacheClusterId", EdgeKind::Data),
    sort(Kind::ServerlessCache, "/ServerlessCacheName", EdgeKind::Data),
    sort(Kind::Role, "/RoleName", EdgeKind::Role),
    sort(Kind::Certificate, "/DomainName", EdgeKind::Calls),
    sort(Kind::EmailIdentity, "/IdentityName", EdgeKind::Queue),
    sort(Kind::Distribution, "/Id", EdgeKind::Calls),
    sort(Kind::EventBus, "/Name", EdgeKind::Queue),
    sort(Kind::MetricAlarm, "/AlarmName", EdgeKind::Calls),
    sort(Kind::CompositeAlarm, "/AlarmName", EdgeKind::Calls),
];

impl Resource {
    /// Every kind of resource.
    pub fn kinds() -> impl Iterator<Item = Kind> {
        SORTS.iter().map(|sort| sort.kind)
    }

    /// The resource that an observation is of; none when it is of something else.
    #[must_use]
    pub fn of(observation: &Observation, ownership: &Ownership) -> Option<Self> {
        let view = View::of(observation);
        let subject =
            Subject { tags: view.tags(), cluster: None, account: observation.account.as_ref(), path: view.path() };
        let owner = ownership.owner(&subject);
        Some(Self {
            id: id_of(observation)?,
            kind: observation.kind,
            name: name_of(observation)?.to_owned(),
            team: owner.team,
            environment: owner.environment,
            account: observation.account.clone(),
            region: observation.region.clone(),
            observation: observation.id.clone(),
        })
    }

    /// Whether an id is written as one of a resource, also of one that was not scanned.
    #[must_use]
    pub fn is_id(text: &str) -> bool {
        text.split_once(':').is_some_and(|(service, arn)| Arn::parse(arn).is_some_and(|arn| arn.service == service))
    }

    /// The id of the resource with this ARN.
    #[must_use]
    pub fn id_of_arn(arn: &str) -> Option<String> {
        Arn::parse(arn).map(|parsed| format!("{}:{arn}", parsed.service))
    }
}

/// The id of the resource that an observation is of.
pub(crate) fn id_of(observation: &Observation) -> Option<String> {
    SORTS.iter().find(|sort| sort.kind == observation.kind)?;
    Resource::id_of_arn(&observation.name)
}

/// Its name, as its owners use it.
pub(crate) fn name_of(observation: &Observation) -> Option<&str> {
    let sort = SORTS.iter().find(|sort| sort.kind == observation.kind)?;
    // An empty pointer means the whole document, which is no text.
    let named = observation.body.pointer(sort.name).and_then(serde_json::Value::as_str);
    named.or_else(|| Arn::parse(&observation.name).map(|arn| arn.name()))
}

/// How whoever names a resource of this kind needs it.
pub(crate) fn needed(kind: Kind) -> Option<EdgeKind> {
    SORTS.iter().find(|sort| sort.kind == kind).map(|sort| sort.needed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use serde_json::{Value, json};

    fn seen(kind: Kind, name: &str, body: Value) -> Observation {
        Observation {
            id: ObservationId::new(format!("{}/{name}", kind.as_str())),
            kind,
            name: name.to_owned(),
            account: Some(AccountId::new("123456789012")),
            region: Some(Region::new("eu-central-1")),
            api: "test:List".to_owned(),
            first_seen: Timestamp::UNIX_EPOCH,
            last_seen: Timestamp::UNIX_EPOCH,
            body,
        }
    }

    #[test]
    fn a_resource_has_the_id_that_edges_name_and_its_owners_name() {
        for (kind, arn, body, id, name) in [
            (Kind::Queue, "arn:aws:sqs:eu-central-1:1:jobs", json!({}), "sqs:arn:aws:sqs:eu-central-1:1:jobs", "jobs"),
            (
                Kind::Secret,
                "arn:aws:secretsmanager:eu-central-1:1:secret:shop/db-aBcDeF",
                json!({"Name": "shop/db"}),
                "secretsmanager:arn:aws:secretsmanager:eu-central-1:1:secret:shop/db-aBcDeF",
                "shop/db",
            ),
            (
                Kind::Parameter,
                "arn:aws:ssm:eu-central-1:1:parameter/shop/flag",
                json!({"Name": "/shop/flag"}),
                "ssm:arn:aws:ssm:eu-central-1:1:parameter/shop/flag",
                "/shop/flag",
            ),
        ] {
            let resource = Resource::of(&seen(kind, arn, body), &Ownership::default()).unwrap();
            assert_eq!((resource.id.as_str(), resource.name.as_str()), (id, name));
            assert!(Resource::is_id(id));
        }
        assert!(
            Resource::of(&seen(Kind::EcsService, "arn:aws:ecs:a:1:service/x", json!({})), &Ownership::default())
                .is_none()
        );
        assert!(
            !Resource::is_id("host:db.example.com") && !Resource::is_id("ecs.service/1/a/arn:aws:ecs:a:1:service/x")
        );
    }

    #[test]
    fn its_tags_say_whose_it_is() {
        let ownership: Ownership = serde_json::from_value(json!([{"team": "${tag:team}"}])).unwrap();
        let arn = "arn:aws:sqs:eu-central-1:1:jobs";
        for (tags, team) in [
            (json!({"team": "Parcels"}), "parcels"),
            (json!([{"Key": "team", "Value": "shop"}]), "shop"),
            (json!({}), "unassigned"),
        ] {
            let resource = Resource::of(&seen(Kind::Queue, arn, json!({"Tags": tags})), &ownership).unwrap();
            assert_eq!(resource.team.as_str(), team);
        }
    }
}
