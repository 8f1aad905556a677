//! `metadata-service`: it asks its machine's metadata service.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, each_text};
use crate::readiness::subject::Subject;
use caravan_inventory::ObservationKind;

/// The addresses of IMDS and of the ECS agent, and the agent's variables: AWS's documentation of both.
const SIGNS: [&str; 5] =
    ["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "ECS_CONTAINER_METADATA_URI", "ec2-metadata"];

/// By what its documents say; code is not read.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let mut evidence = Vec::new();
    let documents = subject.observations.iter().filter(|observation| {
        matches!(
            observation.kind,
            ObservationKind::EcsTaskDefinition
                | ObservationKind::Ec2Instance
                | ObservationKind::LaunchTemplateVersion
                | ObservationKind::LaunchConfiguration
                | ObservationKind::LambdaFunction
        )
    });
    for observation in documents {
        each_text(&observation.body, &mut String::new(), &mut |path, text| {
            if SIGNS.iter().any(|sign| text.contains(sign)) {
                evidence.push(at(observation, path));
            }
        });
    }
    if evidence.is_empty() {
        return Vec::new();
    }
    vec![Finding::new(
        "it asks the metadata service of its machine or task, which a pod does not reach",
        evidence,
        "let it take region and credentials from its environment, as the SDKs do by themselves",
    )]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::service;
    use serde_json::json;

    #[test]
    fn a_command_that_asks_is_found() {
        let with = |command: &str| service(json!({}), json!({}), json!({"command": ["sh", "-c", command]}));
        let asks = with("curl http://169.254.169.254/latest/meta-data/").note(NoteKind::MetadataService);
        assert_eq!(asks.1, ["/taskDefinition/containerDefinitions/0/command/2"]);
        assert!(with("curl http://169.254.1.1/").notes(NoteKind::MetadataService).is_empty());
    }
}
