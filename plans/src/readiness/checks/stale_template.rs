//! `stale-template`: its instances run an older launch template than the next one would.

use crate::readiness::note::Finding;
use crate::readiness::places::{at, list};
use crate::readiness::subject::Subject;
use caravan_inventory::{Evidence, ObservationKind};
use std::collections::BTreeSet;

/// AWS tags each instance with the version it was launched from; the versions of the template that were read are those in
/// use and the one that the group launches next.
pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.of_kind(ObservationKind::AutoScalingGroup).next().is_none() {
        return Vec::new();
    }
    let newest = subject
        .of_kind(ObservationKind::LaunchTemplateVersion)
        .filter_map(|version| Some((version.body["versionNumber"].as_u64()?, at(version, "/versionNumber"))))
        .max_by_key(|(number, _)| *number);
    let Some((newest, place)) = newest else { return Vec::new() };
    let (mut run, mut evidence): (BTreeSet<u64>, Vec<Evidence>) = (BTreeSet::new(), vec![place]);
    for instance in subject.instances() {
        for (number, tag) in list(&instance.body["tagSet"]).iter().enumerate() {
            let version = tag["value"].as_str().and_then(|value| value.parse::<u64>().ok());
            if let Some(version) = version.filter(|_| tag["key"] == "aws:ec2launchtemplate:version") {
                run.insert(version);
                evidence.push(at(instance, format!("/tagSet/{number}/value")));
            }
        }
    }
    run.retain(|version| *version < newest);
    let Some(oldest) = run.first() else { return Vec::new() };
    let text = format!("its instances run version {oldest} of their launch template, the next one would run {newest}");
    vec![Finding::new(text, evidence, "say which version is meant to move, and try the newer one first")]
}

#[cfg(test)]
mod tests {
    use crate::readiness::NoteKind;
    use crate::readiness::checks::fixture::Fixture;
    use caravan_inventory::{ObservationKind, WorkloadKind};
    use serde_json::json;

    #[test]
    fn an_older_version_that_still_runs_is_told() {
        let with = |runs: &str| {
            let documents = [
                (ObservationKind::AutoScalingGroup, json!({"DesiredCapacity": 2, "MinSize": 2})),
                (
                    ObservationKind::Ec2Instance,
                    json!({"tagSet": [{"key": "aws:ec2launchtemplate:version", "value": runs}]}),
                ),
                (ObservationKind::LaunchTemplateVersion, json!({"versionNumber": 6})),
                (ObservationKind::LaunchTemplateVersion, json!({"versionNumber": 9})),
            ];
            Fixture::new(WorkloadKind::Ec2, &documents)
        };
        let (text, places) = with("6").note(NoteKind::StaleTemplate);
        assert_eq!(text, "its instances run version 6 of their launch template, the next one would run 9");
        assert_eq!(places, ["/versionNumber", "/tagSet/0/value"]);
        assert!(with("9").notes(NoteKind::StaleTemplate).is_empty());
    }
}
