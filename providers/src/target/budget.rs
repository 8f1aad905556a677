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
