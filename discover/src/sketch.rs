//! What a person wants to know of a workload first: what it runs, and how many of it.

use crate::link::View;
use caravan_inventory::{Observation, ObservationKind as Kind};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// A workload in two lines.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Sketch {
    /// What it runs, sorted: container images, machine images, or a function's runtime. Of a family with several revisions or
    /// a template with several versions, those of all of them.
    pub images: Vec<String>,
    /// How many of it are wanted; none where nothing that was read says so.
    pub replicas: Option<Replicas>,
}

/// How many are wanted.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Replicas {
    /// Now.
    pub desired: u64,
    /// At least, where something scales it.
    pub min: Option<u64>,
    /// At most, where something scales it.
    pub max: Option<u64>,
}

/// Reads the parts of one workload, the deciding one first.
#[must_use]
pub fn sketch(parts: &[Observation]) -> Sketch {
    let mut images = BTreeSet::new();
    for part in parts {
        images.extend(of_part(&View::of(part)));
    }
    Sketch { images: images.into_iter().collect(), replicas: replicas(parts) }
}

fn of_part(view: &View<'_>) -> Vec<String> {
    let texts = |pointers: &[&str]| {
        pointers
            .iter()
            .filter_map(|pointer| view.text(pointer))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
            .collect()
    };
    match view.observation.kind {
        Kind::EcsTaskDefinition => {
            view.containers().filter_map(|(_, container)| Some(container.get("image")?.as_str()?.to_owned())).collect()
        }
        Kind::Ec2Instance => texts(&["/imageId"]),
        Kind::LaunchTemplateVersion => texts(&["/launchTemplateData/imageId"]),
        Kind::LaunchConfiguration => texts(&["/ImageId"]),
        // The image stands beside the configuration.
        Kind::LambdaFunction | Kind::FunctionVersion => {
            let image = view.observation.body.pointer("/Code/ImageUri").and_then(Value::as_str);
            image.map_or_else(|| texts(&["/Runtime"]), |image| vec![image.to_owned()])
        }
        _ => Vec::new(),
    }
}

fn replicas(parts: &[Observation]) -> Option<Replicas> {
    let deciding = View::of(parts.first()?);
    let number = |view: &View<'_>, field: &str| view.element.get(field).and_then(Value::as_u64);
    match deciding.observation.kind {
        Kind::EcsService => {
            let scaled = parts.iter().find(|part| part.kind == Kind::ScalableTarget).map(View::of);
            let bound = |field: &str| scaled.and_then(|scaled| number(&scaled, field));
            let desired = number(&deciding, "desiredCount")?;
            Some(Replicas { desired, min: bound("MinCapacity"), max: bound("MaxCapacity") })
        }
        Kind::AutoScalingGroup => Some(Replicas {
            desired: number(&deciding, "DesiredCapacity")?,
            min: number(&deciding, "MinSize"),
            max: number(&deciding, "MaxSize"),
        }),
        Kind::Ec2Instance => Some(Replicas { desired: 1, min: None, max: None }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_inventory::ObservationId;
    use serde_json::json;

    fn part(kind: Kind, body: Value) -> Observation {
        let seen = "2026-01-01T00:00:00Z".parse().unwrap();
        Observation {
            id: ObservationId::new(kind.as_str()),
            kind,
            name: String::new(),
            account: None,
            region: None,
            api: String::new(),
            first_seen: seen,
            last_seen: seen,
            body,
        }
    }

    #[test]
    fn each_kind_says_what_it_runs_and_how_many() {
        let counted = |desired, min, max| Some(Replicas { desired, min, max });
        for (parts, images, replicas) in [
            (
                vec![
                    part(Kind::EcsService, json!({"services": [{"desiredCount": 3}]})),
                    part(Kind::ScalableTarget, json!({"MinCapacity": 2, "MaxCapacity": 9})),
                    part(
                        Kind::EcsTaskDefinition,
                        json!({"taskDefinition": {"containerDefinitions": [
                        {"image": "web:2"}, {"image": "agent:1"}, {"name": "none"}]}}),
                    ),
                ],
                vec!["agent:1", "web:2"],
                counted(3, Some(2), Some(9)),
            ),
            // Without a count nothing is said of it: unknown is not zero.
            (vec![part(Kind::EcsService, json!({}))], vec![], None),
            (
                vec![
                    part(Kind::AutoScalingGroup, json!({"DesiredCapacity": 0, "MinSize": 0, "MaxSize": 4})),
                    part(Kind::LaunchTemplateVersion, json!({"launchTemplateData": {"imageId": "ami-1"}})),
                    part(Kind::LaunchConfiguration, json!({"ImageId": "ami-2"})),
                ],
                vec!["ami-1", "ami-2"],
                counted(0, Some(0), Some(4)),
            ),
            (vec![part(Kind::Ec2Instance, json!({"imageId": "ami-3"}))], vec!["ami-3"], counted(1, None, None)),
            (
                vec![part(Kind::LambdaFunction, json!({"Configuration": {"Runtime": "python3.12"}}))],
                vec!["python3.12"],
                None,
            ),
            (
                vec![part(
                    Kind::LambdaFunction,
                    json!({"Code": {"ImageUri": "f:1"}, "Configuration": {"Runtime": ""}}),
                )],
                vec!["f:1"],
                None,
            ),
            (vec![], vec![], None),
        ] {
            assert_eq!(sketch(&parts), Sketch { images: images.into_iter().map(str::to_owned).collect(), replicas });
        }
    }
}
