//! Token buckets per account × region × API (D6).

use caravan_inventory::Scope;
use caravan_providers::Read;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};

/// The buckets of the whole process: clones share them.
#[derive(Clone, Debug, Default)]
pub struct Budgets(Arc<Mutex<HashMap<Key, Budget>>>);

/// One bucket. A request takes a token before it goes out.
#[derive(Clone, Debug)]
pub(crate) struct Budget(Arc<DefaultDirectRateLimiter>);

#[derive(Debug, Eq, Hash, PartialEq)]
struct Key {
    scope: Scope,
    bucket: &'static str,
}

/// The size of a bucket.
struct ReadLimit {
    bucket: &'static str,
    burst: u32,
    per_second: u32,
}

/// By the first entry whose prefix fits the call's name. ECS, Route 53 and EC2 as their developer guides state them
/// ("Request throttling for the Amazon ECS API", "Quotas on Route 53 API requests", "Request throttling for the Amazon EC2
/// API"), Lambda as its "Lambda quotas" state them; the others state none for reads or a higher one, and get what ELBv2 and
/// EventBridge are known to bear.
const LIMITS: &[(&str, ReadLimit)] = &[
    ("ecs:DescribeTaskDefinition", limit("ecs/task-definitions", 50, 20)),
    ("ecs:DescribeTasks", limit("ecs/tasks", 100, 20)),
    ("ecs:ListTasks", limit("ecs/tasks", 100, 20)),
    ("ecs:DescribeServices", limit("ecs/services", 100, 20)),
    ("ecs:ListServices", limit("ecs/services", 100, 20)),
    ("ecs:", limit("ecs/clusters", 50, 20)),
    ("route53:", limit("route53", 50, 10)),
    ("ec2:DescribeInstanceAttribute", limit("ec2/instance-attributes", 100, 20)),
    ("ec2:", limit("ec2", 100, 20)),
    ("lambda:GetFunction", limit("lambda/function", 100, 100)),
    ("lambda:GetPolicy", limit("lambda/policy", 15, 15)),
    ("lambda:", limit("lambda", 15, 15)),
    ("elasticloadbalancing:", limit("elasticloadbalancing", 40, 10)),
    ("elb:", limit("elb", 40, 10)),
    ("events:", limit("events", 50, 25)),
    ("scheduler:", limit("scheduler", 50, 25)),
    // "Quotas related to API action throttling" of Step Functions.
    ("states:ListStateMachines", limit("states/machines", 100, 5)),
    ("states:", limit("states", 200, 20)),
    // Both versions of API Gateway's API have these in common ("Amazon API Gateway quotas", for creating and managing APIs).
    ("apigateway:GetResources", limit("apigateway/resources", 5, 2)),
    ("apigateway", limit("apigateway", 40, 10)),
    // "Amazon SNS quotas", for API throttling; those of its tags are the lowest.
    ("sns:ListTagsForResource", limit("sns/tags", 10, 10)),
    ("sns:", limit("sns", 30, 30)),
    ("sqs:", limit("sqs", 50, 25)),
    // "AWS Secrets Manager quotas", and "Systems Manager endpoints and quotas" with their smaller half to spare.
    ("secretsmanager:", limit("secretsmanager", 50, 20)),
    ("ssm:", limit("ssm", 20, 10)),
    ("s3:", limit("s3", 50, 20)),
    // "Service, account, and table quotas in Amazon DynamoDB": tags are asked for ten times a second.
    ("dynamodb:ListTagsOfResource", limit("dynamodb/tags", 10, 10)),
    ("dynamodb:", limit("dynamodb", 50, 20)),
    ("rds:", limit("rds", 20, 10)),
    ("elasticache:", limit("elasticache", 20, 10)),
    // "AWS Certificate Manager quotas", for API rates.
    ("acm:ListCertificates", limit("acm/certificates", 8, 8)),
    ("acm:", limit("acm", 10, 10)),
    // "Service quotas in Amazon SES": all of its API but sending, once a second.
    ("ses:", limit("ses", 1, 1)),
    // "CloudWatch service quotas", GetMetricData: 396,000 values a second, of which a call here asks for 100,800 at most.
    ("cloudwatch:GetMetricData", limit("cloudwatch/metrics", 3, 3)),
    ("cloudwatch:", limit("cloudwatch", 9, 9)),
    // "AWS WAF quotas": GetWebACLForResource once a second.
    ("wafv2:", limit("wafv2", 1, 1)),
    ("cloudformation:", limit("cloudformation", 10, 5)),
    ("application-autoscaling:", limit("application-autoscaling", 20, 5)),
];

const fn limit(bucket: &'static str, burst: u32, per_second: u32) -> ReadLimit {
    ReadLimit { bucket, burst, per_second }
}

impl Budgets {
    /// The bucket that a read draws on.
    pub(crate) fn of(&self, read: &Read) -> Budget {
        let limit = LIMITS.iter().find(|(prefix, _)| read.api.starts_with(prefix)).map_or(&REST, |(_, limit)| limit);
        let key = Key { scope: read.scope.clone(), bucket: limit.bucket };
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.entry(key).or_insert_with(|| Budget::new(limit)).clone()
    }
}

/// What a call gets that the table does not know.
const REST: ReadLimit = limit("other", 10, 5);

impl Budget {
    fn new(limit: &ReadLimit) -> Self {
        let quota = Quota::per_second(at_least_one(limit.per_second)).allow_burst(at_least_one(limit.burst));
        Self(Arc::new(RateLimiter::direct(quota)))
    }

    /// Waits for a token and takes it.
    pub(crate) async fn take(&self) {
        self.0.until_ready().await;
    }

    /// Takes a token if there is one. For retries of the SDK, which paces them itself: the bucket learns of them.
    pub(crate) fn note(&self) {
        // An empty bucket has nothing more to take.
        let _ = self.0.check();
    }
}

const fn at_least_one(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_inventory::{AccountId, Provider, Region};

    fn read(account: &str, region: &str, api: &str) -> Read {
        Read {
            scope: Scope::new(Provider::Aws, AccountId::new(account), Region::new(region)),
            api: api.to_owned(),
            input: serde_json::json!({}),
            token: None,
        }
    }

    #[test]
    fn clones_share_a_bucket_and_accounts_do_not() {
        let budgets = Budgets::default();
        let list = read("1", "eu-central-1", "ecs:ListTasks");
        let (one, same) = (budgets.of(&list), budgets.clone().of(&read("1", "eu-central-1", "ecs:DescribeTasks")));
        assert!(Arc::ptr_eq(&one.0, &same.0));
        assert!(!Arc::ptr_eq(&one.0, &budgets.of(&read("2", "eu-central-1", "ecs:ListTasks")).0));
        assert!(!Arc::ptr_eq(&one.0, &budgets.of(&read("1", "eu-west-1", "ecs:ListTasks")).0));
    }

    #[test]
    fn a_bucket_ends_at_its_burst() {
        let bucket = Budgets::default().of(&read("1", "eu-central-1", "ecs:DescribeTaskDefinition"));
        let taken = (0..60).filter(|_| bucket.0.check().is_ok()).count();
        assert!((50..55).contains(&taken), "{taken}");
    }
}
