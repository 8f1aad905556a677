//! RDS, which answers for DocumentDB and Neptune, too: instances and clusters with their endpoints and tags.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::Value;

const INSTANCES: &str = "rds:DescribeDBInstances";
const CLUSTERS: &str = "rds:DescribeDBClusters";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Resources.row(INSTANCES, Start::Root("{}"), &[], instances),
    Source::Resources.row(CLUSTERS, Start::Root("{}"), &[], clusters),
];

fn instances(request: &Request, body: &Value) -> Found {
    named(request, body, "DBInstances", Kind::DatabaseInstance, "DBInstanceArn")
}

fn clusters(request: &Request, body: &Value) -> Found {
    named(request, body, "DBClusters", Kind::DatabaseCluster, "DBClusterArn")
}

fn named(request: &Request, body: &Value, of: &str, kind: Kind, arn: &str) -> Found {
    recorded(request, kind, list(body, of), |one| text(one, arn).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{found, request};
    use serde_json::json;

    #[test]
    fn instances_and_clusters_are_recorded_under_their_arns() {
        let instance = json!({"DBInstanceArn": "arn:aws:rds:eu-central-1:1:db:ledger", "Engine": "docdb"});
        let got = found(&request(INSTANCES, json!({})), json!({"DBInstances": [instance, {"Engine": "mysql"}]}));
        assert_eq!((got.count, got.elements[0].kind, &got.elements[0].body), (1, Kind::DatabaseInstance, &instance));
        let cluster = json!({"DBClusterArn": "arn:aws:rds:eu-central-1:1:cluster:store"});
        let got = found(&request(CLUSTERS, json!({})), json!({"DBClusters": [cluster]}));
        assert_eq!(
            (got.elements[0].kind, got.elements[0].name.as_str()),
            (Kind::DatabaseCluster, "arn:aws:rds:eu-central-1:1:cluster:store")
        );
        assert_eq!(found(&request(CLUSTERS, json!({})), json!({})), Found::default());
    }
}
