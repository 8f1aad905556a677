//! The fields of the documents that the clouds' APIs answer with: their names, and what stands in them.
//!
//! One file for each service. A new field is one row there: a path with what it holds, or, for a field that holds a free
//! value, its bare name. Redaction reads what stands where, the lift whether an API has a field at all.

mod application_autoscaling;
mod ec2;
mod ecs;
mod elb;
mod events;
mod lambda;
mod model;
mod route53;
mod scheduler;
mod workers;

pub use model::{Content, Model, Row};

use crate::observation::ObservationKind as Kind;

/// The model of a kind of document.
#[must_use]
pub const fn model(kind: Kind) -> &'static Model {
    match kind {
        Kind::EcsTaskDefinition => &ecs::TASK_DEFINITIONS,
        Kind::EcsService => &ecs::SERVICES,
        Kind::EcsCluster => &ecs::CLUSTERS,
        Kind::EcsTask => &ecs::TASKS,
        Kind::EventsRule => &events::RULES,
        Kind::SchedulerSchedule => &scheduler::SCHEDULES,
        Kind::ScalableTarget | Kind::ScalingPolicy | Kind::ScheduledAction => &application_autoscaling::ALL,
        Kind::LoadBalancer | Kind::Listener | Kind::ListenerRule | Kind::TargetGroup => &elb::ALL,
        Kind::HostedZone | Kind::RecordSet => &route53::ALL,
        Kind::Ec2Instance => &ec2::INSTANCES,
        Kind::LambdaFunction => &lambda::FUNCTIONS,
        Kind::CloudflareWorker => &workers::WORKERS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So that redaction may let a field stay only where the lift knows it.
    #[test]
    fn every_field_with_a_place_is_known() {
        for kind in Kind::ALL.iter().copied() {
            let model = model(kind);
            for (path, _) in model.rows() {
                for step in path.split('/').filter(|step| !step.starts_with('*') && !step.contains('-')) {
                    assert!(model.knows(step), "{}: {step}", kind.as_str());
                }
                assert!(!path.trim_end_matches("/**").contains("**"), "{path}: `**` stands at the end");
            }
        }
    }

    #[test]
    fn names_are_those_of_the_service_and_no_others() {
        let task = model(Kind::EcsTaskDefinition);
        assert!(task.knows("image") && task.knows("readonlyRootFilesystem") && task.knows("loadBalancers"));
        assert!(!task.knows("awslogs-group") && !task.knows("HealthCheckPath") && !task.knows("*"));
        assert!(model(Kind::TargetGroup).knows("HealthCheckPath"));
        assert!(model(Kind::EventsRule).knows("InputTransformer"));
    }
}
