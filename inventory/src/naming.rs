//! How ids are written: the one place where a scope, a kind and a native name become an id.
//!
//! The text of an id is for ever: people's answers, ledgers and exports name it. Of units the provider is the first part.
//! Of observations and workloads it is not, since the kind belongs to one provider
//! ([`crate::ObservationKind::provider`]).

use crate::{AccountId, ObservationId, ObservationKind, Provider, Region, Scope, UnitId, WorkloadId, WorkloadKind};

impl UnitId {
    /// The unit of one call in one scope: `<provider>/<account>/<region>/<api>`.
    #[must_use]
    pub fn of(scope: &Scope, api: &str) -> Self {
        let Scope { provider, account, region } = scope;
        Self::new(format!("{provider}/{account}/{region}/{api}"))
    }

    /// The unit of one file: `files/<path>`.
    #[must_use]
    pub fn of_file(path: &str) -> Self {
        Self::new(format!("{}/{path}", Provider::Files))
    }

    /// The path of the file that it is the unit of; none for the unit of a call.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.parts().and_then(|(provider, rest)| (provider == Provider::Files).then_some(rest))
    }

    /// The provider that its text names; none when it was written by other means.
    #[must_use]
    pub fn provider(&self) -> Option<Provider> {
        self.parts().map(|(provider, _)| provider)
    }

    fn parts(&self) -> Option<(Provider, &str)> {
        let (provider, rest) = self.as_str().split_once('/')?;
        Some((Provider::parse(provider)?, rest))
    }
}

impl ObservationId {
    /// A thing that a cloud described: `<kind>/<account>/<region>/<native name>`.
    #[must_use]
    pub fn of(kind: ObservationKind, scope: &Scope, name: &str) -> Self {
        let Scope { provider: _, account, region } = scope;
        Self::new(format!("{}/{account}/{region}/{name}", kind.as_str()))
    }

    /// A thing that a file described: `<kind>/files/<path>[#<number>]`.
    #[must_use]
    pub fn of_file(kind: ObservationKind, name: &str) -> Self {
        Self::new(format!("{}/{}/{name}", kind.as_str(), Provider::Files))
    }
}

impl WorkloadId {
    /// A workload that was found in a cloud: `<kind>/<account>/<region>/<name>`, `unknown` where the source says neither.
    /// For ECS the name is `<cluster>/<service>`, `task/<family>`, or the rule or schedule.
    #[must_use]
    pub fn of(kind: WorkloadKind, account: Option<&AccountId>, region: Option<&Region>, name: &str) -> Self {
        let account = account.map_or("unknown", AccountId::as_str);
        let region = region.map_or("unknown", Region::as_str);
        Self::new(format!("{}/{account}/{region}/{name}", kind.as_str()))
    }

    /// A workload whose own id another one has, by the observation that decides what it is.
    #[must_use]
    pub fn of_observation(kind: WorkloadKind, deciding: &ObservationId) -> Self {
        Self::new(format!("{}/{deciding}", kind.as_str()))
    }

    /// A workload that was found in a file: `<kind>/files/<path without extension>[/<name>]`.
    #[must_use]
    pub fn of_file(kind: WorkloadKind, name: &str) -> Self {
        Self::new(format!("{}/{}/{name}", kind.as_str(), Provider::Files))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_written_as_they_always_were() {
        let scope = Scope::new(Provider::Aws, AccountId::new("111122223333"), Region::new("eu-central-1"));
        assert_eq!(UnitId::of(&scope, "ecs:ListServices").as_str(), "aws/111122223333/eu-central-1/ecs:ListServices");
        assert_eq!(UnitId::of_file("teams/a.json").as_str(), "files/teams/a.json");
        assert_eq!(
            ObservationId::of(ObservationKind::EcsService, &scope, "arn:s").as_str(),
            "ecs.service/111122223333/eu-central-1/arn:s"
        );
        assert_eq!(
            ObservationId::of_file(ObservationKind::EcsService, "a.json#1").as_str(),
            "ecs.service/files/a.json#1"
        );
        let id = WorkloadId::of(WorkloadKind::Ecs, Some(&scope.account), None, "main/web");
        assert_eq!(id.as_str(), "ecs/111122223333/unknown/main/web");
        assert_eq!(WorkloadId::of_file(WorkloadKind::Ecs, "teams/a").as_str(), "ecs/files/teams/a");
    }

    #[test]
    fn a_unit_names_its_provider_and_file() {
        let scope = Scope::global(Provider::Cloudflare, AccountId::new("f"));
        let unit = UnitId::of(&scope, "workers:ListScripts");
        assert_eq!((unit.provider(), unit.file()), (Some(Provider::Cloudflare), None));
        let file = UnitId::of_file("files/a.json");
        assert_eq!((file.provider(), file.file()), (Some(Provider::Files), Some("files/a.json")));
        assert_eq!(UnitId::new("services").provider(), None);
    }
}
