//! ElastiCache: replication groups, clusters and serverless caches, with their endpoints and tags.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Found, completed, list, text, waiting};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::Value;

const GROUPS: &str = "elasticache:DescribeReplicationGroups";
const CLUSTERS: &str = "elasticache:DescribeCacheClusters";
const SERVERLESS: &str = "elasticache:DescribeServerlessCaches";
const TAGS: &str = "elasticache:ListTagsForResource";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Resources.row(GROUPS, Start::Root("{}"), &[], groups),
    Source::Resources.row(CLUSTERS, Start::Root(r#"{"ShowCacheNodeInfo": true}"#), &[], clusters),
    Source::Resources.row(SERVERLESS, Start::Root("{}"), &[], serverless),
    Source::Resources.row(TAGS, Start::Each, &[GROUPS, CLUSTERS, SERVERLESS], tags),
];

fn groups(request: &Request, body: &Value) -> Found {
    tagged(request, Kind::ReplicationGroup, list(body, "ReplicationGroups").iter())
}

/// A member of a replication group is a part of that.
fn clusters(request: &Request, body: &Value) -> Found {
    let own = |cluster: &&Value| text(cluster, "ReplicationGroupId").is_none_or(str::is_empty);
    tagged(request, Kind::CacheCluster, list(body, "CacheClusters").iter().filter(own))
}

fn serverless(request: &Request, body: &Value) -> Found {
    tagged(request, Kind::ServerlessCache, list(body, "ServerlessCaches").iter())
}

/// Each is recorded with its tags; where these are refused, as it was listed.
fn tagged<'b>(request: &Request, kind: Kind, caches: impl Iterator<Item = &'b Value>) -> Found {
    waiting(request, caches, (kind, "ARN"), (TAGS, "ResourceName"))
}

fn tags(request: &Request, body: &Value) -> Found {
    completed(request, "TagList", Value::from(list(body, "TagList")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use crate::collect::without_answer;
    use serde_json::json;

    #[test]
    fn each_kind_of_cache_is_recorded_with_its_tags_or_as_it_was_listed() {
        for (call, field, kind) in [
            (GROUPS, "ReplicationGroups", Kind::ReplicationGroup),
            (CLUSTERS, "CacheClusters", Kind::CacheCluster),
            (SERVERLESS, "ServerlessCaches", Kind::ServerlessCache),
        ] {
            let listed = found(&request(call, json!({})), json!({field: [{"ARN": "arn:c", "Engine": "valkey"}]}));
            assert_eq!(without_answer(&listed.follow_up[0]).unwrap().kind, kind);
            let whole = found(&listed.follow_up[0], json!({"TagList": [{"Key": "team", "Value": "shop"}]}));
            assert_eq!((whole.elements[0].kind, whole.elements[0].name.as_str()), (kind, "arn:c"));
            assert_eq!(whole.elements[0].body["TagList"][0]["Value"], "shop");
            assert_eq!(found(&request(call, json!({})), json!({})), Found::default());
        }
    }

    #[test]
    fn a_member_of_a_replication_group_is_no_cache_of_its_own() {
        let body = json!({"CacheClusters": [
            {"ARN": "arn:1", "ReplicationGroupId": "quotes"}, {"ARN": "arn:2", "ReplicationGroupId": ""}, {"ARN": "arn:3"}]});
        let listed = found(&request(CLUSTERS, json!({})), body);
        let names: Vec<_> =
            listed.follow_up.iter().map(|ask| ask.read.input["ResourceName"].as_str().unwrap()).collect();
        assert_eq!(names, ["arn:2", "arn:3"]);
    }
}
