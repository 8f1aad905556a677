//! The fields of the documents that the clouds' APIs answer with: their names, and what stands in them.
//!
//! One file for each service. A new field is one row there: a path with what it holds, or, for a field that holds a free
//! value, its bare name. Redaction reads what stands where, the lift whether an API has a field at all.

pub(crate) mod acm;
pub(crate) mod apigateway;
pub(crate) mod apigatewayv2;
pub(crate) mod application_autoscaling;
pub(crate) mod autoscaling;
pub(crate) mod classic_elb;
pub(crate) mod cloudformation;
pub(crate) mod cloudfront;
pub(crate) mod cloudwatch;
pub(crate) mod dynamodb;
pub(crate) mod ec2;
pub(crate) mod ecs;
pub(crate) mod elasticache;
pub(crate) mod elb;
pub(crate) mod events;
pub(crate) mod iam;
pub(crate) mod lambda;
mod model;
pub(crate) mod rds;
pub(crate) mod route53;
pub(crate) mod s3;
pub(crate) mod scheduler;
pub(crate) mod secretsmanager;
pub(crate) mod ses;
pub(crate) mod sns;
pub(crate) mod sqs;
pub(crate) mod ssm;
pub(crate) mod states;
pub(crate) mod terraform;
pub(crate) mod workers;
pub(crate) mod wrangler;
pub(crate) mod zones;

pub use model::{Content, Model, Row};

#[cfg(test)]
mod tests {
    use crate::ObservationKind as Kind;

    /// So that redaction may let a field stay only where the lift knows it.
    #[test]
    fn every_field_with_a_place_is_known() {
        for kind in Kind::ALL.iter().copied() {
            let model = kind.model();
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
        let task = Kind::EcsTaskDefinition.model();
        assert!(task.knows("image") && task.knows("readonlyRootFilesystem") && task.knows("loadBalancers"));
        assert!(!task.knows("awslogs-group") && !task.knows("HealthCheckPath") && !task.knows("*"));
        assert!(Kind::TargetGroup.model().knows("HealthCheckPath"));
        assert!(Kind::EventsRule.model().knows("InputTransformer"));
        // A machine's balancer has a web ACL that nothing renders: its fields are known all the same.
        assert!(["ARN", "Id", "Name"].iter().all(|name| Kind::LoadBalancer.model().knows(name)));
    }
}
