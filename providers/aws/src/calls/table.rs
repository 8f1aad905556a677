//! The table of the calls that are made without an SDK crate.

/// One call.
pub(super) struct SignedCall {
    /// Its name in the contract: `events:ListRules`.
    pub(super) api: &'static str,
    /// How the request is written.
    pub(super) protocol: WireProtocol,
    /// The field that asks for the size of a page, with the largest that the API takes; none when it gives no pages.
    pub(super) page: Option<(&'static str, u32)>,
    /// The field that takes the token of a page.
    pub(super) token: &'static str,
}

/// How a request is written.
pub(super) enum WireProtocol {
    /// AWS JSON 1.1: a POST with this in `X-Amz-Target`, the input as the body.
    Json(&'static str),
    /// The same in version 1.0.
    Json10(&'static str),
    /// REST: a GET of this path; `{Name}` takes that field of the input, the others become the query, where `groupName`
    /// and the like are already written as the API writes them. A name behind `?` is a parameter without a value.
    Rest(&'static str),
    /// The Query protocol: a POST of a form with this `Action` and `Version`; the fields of the input are its others, the
    /// items of a list each one (`Names.member.1`).
    Query(&'static str, &'static str),
}

/// The table. Field names and limits are those of the API references of EventBridge, EventBridge Scheduler, Application
/// Auto Scaling, EC2 Auto Scaling, IAM, API Gateway, classic Elastic Load Balancing, Step Functions, AWS WAF, and the
/// services of the shared resources.
const SIGNED: &[SignedCall] = &[
    json("events:ListEventBuses", "AWSEvents.ListEventBuses", Some(("Limit", 100))),
    json("events:ListRules", "AWSEvents.ListRules", Some(("Limit", 100))),
    json("events:ListTargetsByRule", "AWSEvents.ListTargetsByRule", Some(("Limit", 100))),
    rest("scheduler:ListSchedules", "schedules", Some(("MaxResults", 100))),
    rest("scheduler:GetSchedule", "schedules/{Name}", None),
    json(
        "application-autoscaling:DescribeScalableTargets",
        "AnyScaleFrontendService.DescribeScalableTargets",
        Some(("MaxResults", 50)),
    ),
    json(
        "application-autoscaling:DescribeScalingPolicies",
        "AnyScaleFrontendService.DescribeScalingPolicies",
        Some(("MaxResults", 10)),
    ),
    json(
        "application-autoscaling:DescribeScheduledActions",
        "AnyScaleFrontendService.DescribeScheduledActions",
        Some(("MaxResults", 50)),
    ),
    auto_scaling("autoscaling:DescribeAutoScalingGroups", "DescribeAutoScalingGroups", Some(("MaxRecords", 100))),
    auto_scaling("autoscaling:DescribeLaunchConfigurations", "DescribeLaunchConfigurations", Some(("MaxRecords", 100))),
    auto_scaling("autoscaling:DescribePolicies", "DescribePolicies", Some(("MaxRecords", 100))),
    auto_scaling("autoscaling:DescribeScheduledActions", "DescribeScheduledActions", Some(("MaxRecords", 100))),
    // All hooks of a group at once: it has at most 50.
    auto_scaling("autoscaling:DescribeLifecycleHooks", "DescribeLifecycleHooks", None),
    api_gateway("apigateway:GetRestApis", "restapis", PAGED),
    api_gateway("apigateway:GetResources", "restapis/{restApiId}/resources", PAGED),
    api_gateway("apigateway:GetStages", "restapis/{restApiId}/stages", None),
    api_gateway("apigateway:GetAuthorizers", "restapis/{restApiId}/authorizers", PAGED),
    api_gateway("apigateway:GetDomainNames", "domainnames", PAGED),
    api_gateway("apigateway:GetBasePathMappings", "domainnames/{domainName}/basepathmappings", PAGED),
    api_gateway("apigateway:GetVpcLinks", "vpclinks", PAGED),
    api_gateway_v2("apigatewayv2:GetApis", "v2/apis"),
    api_gateway_v2("apigatewayv2:GetRoutes", "v2/apis/{apiId}/routes"),
    api_gateway_v2("apigatewayv2:GetIntegrations", "v2/apis/{apiId}/integrations"),
    api_gateway_v2("apigatewayv2:GetStages", "v2/apis/{apiId}/stages"),
    api_gateway_v2("apigatewayv2:GetAuthorizers", "v2/apis/{apiId}/authorizers"),
    api_gateway_v2("apigatewayv2:GetDomainNames", "v2/domainnames"),
    api_gateway_v2("apigatewayv2:GetApiMappings", "v2/domainnames/{domainName}/apimappings"),
    api_gateway_v2("apigatewayv2:GetVpcLinks", "v2/vpclinks"),
    classic("elb:DescribeLoadBalancers", "DescribeLoadBalancers", Some(("PageSize", 400))),
    classic("elb:DescribeLoadBalancerPolicies", "DescribeLoadBalancerPolicies", None),
    classic("elb:DescribeTags", "DescribeTags", None),
    states("states:ListStateMachines", "AWSStepFunctions.ListStateMachines", Some(("maxResults", 1000))),
    states("states:DescribeStateMachine", "AWSStepFunctions.DescribeStateMachine", None),
    sqs("sqs:ListQueues", "AmazonSQS.ListQueues", Some(("MaxResults", 1000))),
    sqs("sqs:GetQueueAttributes", "AmazonSQS.GetQueueAttributes", None),
    sqs("sqs:ListQueueTags", "AmazonSQS.ListQueueTags", None),
    // SNS has pages of a hundred, and nobody may ask for another size.
    sns("sns:ListTopics", "ListTopics"),
    sns("sns:GetTopicAttributes", "GetTopicAttributes"),
    sns("sns:ListTagsForResource", "ListTagsForResource"),
    sns("sns:ListSubscriptions", "ListSubscriptions"),
    sns("sns:GetSubscriptionAttributes", "GetSubscriptionAttributes"),
    json("secretsmanager:ListSecrets", "secretsmanager.ListSecrets", Some(("MaxResults", 100))),
    json("ssm:DescribeParameters", "AmazonSSM.DescribeParameters", Some(("MaxResults", 50))),
    json("ssm:DescribeInstanceInformation", "AmazonSSM.DescribeInstanceInformation", Some(("MaxResults", 50))),
    rest_s3("s3:ListBuckets", "", Some(("max-buckets", 1000))),
    rest_s3("s3:GetBucketTagging", "{Bucket}?tagging", None),
    rest_s3("s3:GetBucketNotificationConfiguration", "{Bucket}?notification", None),
    rest_s3("s3:GetBucketPolicy", "{Bucket}?policy", None),
    dynamodb("dynamodb:ListTables", "DynamoDB_20120810.ListTables", Some(("Limit", 100)), "ExclusiveStartTableName"),
    dynamodb("dynamodb:DescribeTable", "DynamoDB_20120810.DescribeTable", None, TOKEN),
    dynamodb("dynamodb:ListTagsOfResource", "DynamoDB_20120810.ListTagsOfResource", None, TOKEN),
    query("rds:DescribeDBInstances", "DescribeDBInstances", "2014-10-31", Some(("MaxRecords", 100)), "Marker"),
    query("rds:DescribeDBClusters", "DescribeDBClusters", "2014-10-31", Some(("MaxRecords", 100)), "Marker"),
    elasticache(
        "elasticache:DescribeReplicationGroups",
        "DescribeReplicationGroups",
        Some(("MaxRecords", 100)),
        "Marker",
    ),
    elasticache("elasticache:DescribeCacheClusters", "DescribeCacheClusters", Some(("MaxRecords", 100)), "Marker"),
    elasticache("elasticache:DescribeServerlessCaches", "DescribeServerlessCaches", Some(("MaxResults", 50)), TOKEN),
    elasticache("elasticache:ListTagsForResource", "ListTagsForResource", None, TOKEN),
    json("acm:ListCertificates", "CertificateManager.ListCertificates", Some(("MaxItems", 1000))),
    json("acm:DescribeCertificate", "CertificateManager.DescribeCertificate", None),
    json("acm:ListTagsForCertificate", "CertificateManager.ListTagsForCertificate", None),
    query("ses:ListIdentities", "ListIdentities", "2010-12-01", Some(("MaxItems", 1000)), TOKEN),
    cloudfront("cloudfront:ListDistributions", "2020-05-31/distribution", Some(("MaxItems", 100))),
    cloudfront("cloudfront:ListTagsForResource", "2020-05-31/tagging", None),
    query("cloudwatch:DescribeAlarms", "DescribeAlarms", "2010-08-01", Some(("MaxRecords", 100)), TOKEN),
    query("cloudwatch:GetMetricData", "GetMetricData", "2010-08-01", Some(("MaxDatapoints", 100_800)), TOKEN),
    json("wafv2:GetWebACLForResource", "AWSWAF_20190729.GetWebACLForResource", None),
    // CloudFormation has pages, and nobody may ask for their size.
    query("cloudformation:DescribeStacks", "DescribeStacks", "2010-05-15", None, TOKEN),
    query("cloudformation:ListStackResources", "ListStackResources", "2010-05-15", None, TOKEN),
    iam("iam:GetAccountAuthorizationDetails", "GetAccountAuthorizationDetails", Some(("MaxItems", 1000))),
    iam("iam:ListInstanceProfiles", "ListInstanceProfiles", Some(("MaxItems", 1000))),
];

const TOKEN: &str = "NextToken";

/// The pages of API Gateway's first version.
const PAGED: Option<(&str, u32)> = Some(("limit", 500));

const fn json(api: &'static str, target: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Json(target), page, token: TOKEN }
}

const fn rest(api: &'static str, path: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Rest(path), page, token: TOKEN }
}

const fn api_gateway(api: &'static str, path: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Rest(path), page, token: "position" }
}

/// The reference states no largest page of the second version.
const fn api_gateway_v2(api: &'static str, path: &'static str) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Rest(path), page: None, token: "nextToken" }
}

const fn states(api: &'static str, target: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Json10(target), page, token: "nextToken" }
}

const fn sqs(api: &'static str, target: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Json10(target), page, token: TOKEN }
}

const fn sns(api: &'static str, action: &'static str) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Query(action, "2010-03-31"), page: None, token: TOKEN }
}

const fn rest_s3(api: &'static str, path: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Rest(path), page, token: "continuation-token" }
}

const fn cloudfront(api: &'static str, path: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Rest(path), page, token: "Marker" }
}

const fn dynamodb(
    api: &'static str,
    target: &'static str,
    page: Option<(&'static str, u32)>,
    token: &'static str,
) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Json10(target), page, token }
}

const fn query(
    api: &'static str,
    action: &'static str,
    version: &'static str,
    page: Option<(&'static str, u32)>,
    token: &'static str,
) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Query(action, version), page, token }
}

const fn elasticache(
    api: &'static str,
    action: &'static str,
    page: Option<(&'static str, u32)>,
    token: &'static str,
) -> SignedCall {
    query(api, action, "2015-02-02", page, token)
}

const fn classic(api: &'static str, action: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Query(action, "2012-06-01"), page, token: "Marker" }
}

const fn auto_scaling(api: &'static str, action: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Query(action, "2011-01-01"), page, token: TOKEN }
}

const fn iam(api: &'static str, action: &'static str, page: Option<(&'static str, u32)>) -> SignedCall {
    SignedCall { api, protocol: WireProtocol::Query(action, "2010-05-08"), page, token: "Marker" }
}

/// The call of that name.
pub(super) fn signed_call(api: &str) -> Option<&'static SignedCall> {
    SIGNED.iter().find(|call| call.api == api)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Service;

    /// D1: what nobody asks for, nobody can leak.
    #[test]
    fn no_call_gives_a_secret_a_parameter_a_message_or_a_record() {
        #[rustfmt::skip]
        const VALUES: &[&str] = &[
            "GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory",
            "GetRandomPassword", "ReceiveMessage", "GetItem", "BatchGetItem", "Query", "Scan", "GetRecords", "GetObject",
        ];
        for call in SIGNED {
            let (_, name) = call.api.split_once(':').unwrap();
            assert!(!VALUES.contains(&name), "{}", call.api);
        }
    }

    #[test]
    fn every_call_of_the_table_only_reads() {
        for call in SIGNED {
            let (_, name) = call.api.split_once(':').unwrap();
            assert!(["Get", "List", "Describe"].iter().any(|verb| name.starts_with(verb)), "{}", call.api);
            match call.protocol {
                WireProtocol::Json(target) | WireProtocol::Json10(target) => {
                    assert!(target.ends_with(&format!(".{name}")), "{target}")
                }
                WireProtocol::Query(action, _) => assert_eq!(action, name),
                WireProtocol::Rest(_) => {}
            }
            assert!(Service::of(call.api).is_some(), "{}", call.api);
        }
    }
}
