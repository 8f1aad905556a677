//! Where the secrets of a team's apps are read: by a role of the team, so that no team reads another's.

use super::cluster::{Cluster, wave};
use super::demand::Team;
use super::document::{Document, From, Row, row};
use caravan_inventory::TeamName;
use serde_json::json;

const STORE: &[Row] = &[
    row("", "store", "a store of secrets that apps of the team refer to", &[From::Setting("secret_store"), From::Apps]),
    row("/metadata/name", "store", "as apps name it", &[From::Setting("secret_store"), From::Apps]),
    row("/spec/provider/aws/region", "store-region", "the region of the cluster", &[From::Setting("region")]),
    row(
        "/spec/provider/aws/role",
        "store-role",
        "the role of the team, which External Secrets takes over by its own identity",
        &[
            From::Setting("secret_role"),
            From::Setting("account"),
            From::Setting("cluster"),
            From::Apps,
            From::Environment,
        ],
    ),
];

/// The stores that the team's apps refer to.
pub(super) fn stores(cluster: &mut Cluster<'_>, name: &TeamName, team: &Team) -> Vec<Document> {
    if team.needs.stores.is_empty() {
        return Vec::new();
    }
    let namespace = cluster.settings.namespace(name.as_str());
    let names: Vec<&str> = team.needs.stores.iter().map(String::as_str).collect();
    let what = format!("the stores {} of team {name}: its apps get no secrets and don't start", names.join(" and "));
    let role = cluster.settings.secret_role.as_deref();
    let paste = "secret_role: \"arn:aws:iam::{account}:role/ROLE-{team}\"";
    let Some(role) = cluster.told(role, Some(name), &what, paste) else { return Vec::new() };
    let parameters = format!("{}-ssm", cluster.settings.secret_store);
    let store = |store: &str| {
        let service = if store == parameters { "ParameterStore" } else { "SecretsManager" };
        let aws = json!({"service": service, "region": &*cluster.settings.region, "role": role});
        Document::new("external-secrets.io/v1", "SecretStore", store, STORE)
            .within(&namespace)
            .wave(wave::MEANS)
            .with(json!({"spec": {"provider": {"aws": aws}}}))
    };
    names.into_iter().map(store).collect()
}
