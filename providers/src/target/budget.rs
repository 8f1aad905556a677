//! Whose limits a target's calls draw on.

/// The requests that an API of an account and region, or a cluster, bears.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiBudget {
    /// The API, as AWS's actions name its service: `route53`; of a cluster, `cluster`.
    pub api: &'static str,
    /// The account; of a cluster, its kubeconfig context.
    pub owner: String,
    /// The region; empty where the API has none.
    pub region: String,
    /// How fast it may be asked.
    pub limit: Limit,
}

/// The size of a budget, in requests.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limit {
    /// That may be made at once.
    pub burst: u64,
    /// That become free in a second.
    pub per_second: u64,
    /// That only the rollback may take.
    pub reserve: u64,
}

/// What kube's own clients have allowed themselves since long (client-go: 50 a second, bursts of 100).
const CLUSTER: Limit = Limit { burst: 100, per_second: 50, reserve: 20 };

impl ApiBudget {
    /// Of the API server of a cluster, by its kubeconfig context.
    pub(super) fn of_cluster(cluster: &str) -> Self {
        Self { api: "cluster", owner: cluster.to_owned(), region: String::new(), limit: CLUSTER }
    }
}
