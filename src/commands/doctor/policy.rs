//! `caravan doctor --policy`: the rights that a scan needs, and no other.

use crate::clouds::Account;
use crate::error::Failure;
use crate::printer::Printer;
use caravan_discover::{Source, calls_of};
use caravan_inventory::Provider;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// `caravan.policy/v1`.
#[derive(Serialize)]
struct Document {
    schema: &'static str,
    /// The IAM policy of whoever reads an AWS account; null where none is read.
    aws: Option<Value>,
    /// The IAM policy, besides, of whose credentials assume the configured roles; null where there is none.
    aws_caller: Option<Value>,
    /// The permissions of the API token; null where no Cloudflare account is read.
    cloudflare: Option<Vec<Permission>>,
}

/// A permission of a token, with the calls that need it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
struct Permission {
    /// `account` or `zone`: where the permission is chosen when a token is made.
    scope: &'static str,
    /// Its name there.
    name: &'static str,
    /// The calls.
    calls: BTreeSet<&'static str>,
}

/// Prints what reading these sources of these accounts needs: of every provider where no account is configured.
///
/// # Errors
/// When the answer can't be written.
pub(super) fn print(printer: &Printer, accounts: &[Account], only: &[Source]) -> Result<(), Failure> {
    let wanted = |provider: Provider| {
        let configured = accounts.is_empty() || accounts.iter().any(|account| account.provider.provider() == provider);
        configured && calls_of(provider, only).next().is_some()
    };
    let document = Document {
        schema: "caravan.policy/v1",
        aws: wanted(Provider::Aws).then(|| statement(&actions(only), "*")),
        aws_caller: assumed(accounts),
        cloudflare: wanted(Provider::Cloudflare).then(|| permissions(only)),
    };
    if printer.is_json() { printer.json(&document) } else { printer.text(|out| document.write(out)) }
}

/// Proves whose the credentials are; AWS lets everybody.
const IDENTITY: &str = "sts:GetCallerIdentity";

/// Proves which accounts a token belongs to.
const ACCOUNTS: &str = "cloudflare:ListAccounts";

/// The IAM actions of these sources, sorted.
fn actions(only: &[Source]) -> BTreeSet<&'static str> {
    calls_of(Provider::Aws, only).chain([IDENTITY]).flat_map(actions_of).collect()
}

/// The actions of one call (service authorization reference): that of its name, but for these.
fn actions_of(call: &'static str) -> Vec<&'static str> {
    let of_service = call.split_once(':').map(|(service, _)| service);
    match EXCEPTIONS.iter().find(|(name, _)| *name == call || Some(*name) == of_service) {
        Some((_, actions)) => actions.to_vec(),
        None => vec![call],
    }
}

/// Calls whose action has another name, or whose answer has parts that need another one; and services that name none of
/// their actions after calls.
const EXCEPTIONS: &[(&str, &[&str])] = &[
    // Tags are in its answer only for whoever may list them (Lambda API reference, GetFunction).
    ("lambda:GetFunction", &["lambda:GetFunction", "lambda:ListTags"]),
    ("lambda:GetLayerVersionByArn", &["lambda:GetLayerVersion"]),
    // Both versions of its API have one name (service authorization reference).
    ("elb:DescribeLoadBalancers", &["elasticloadbalancing:DescribeLoadBalancers"]),
    ("elb:DescribeLoadBalancerPolicies", &["elasticloadbalancing:DescribeLoadBalancerPolicies"]),
    ("elb:DescribeTags", &["elasticloadbalancing:DescribeTags"]),
    // Whoever names no stack lists all of them (CloudFormation API reference, DescribeStacks).
    ("cloudformation:DescribeStacks", &["cloudformation:DescribeStacks", "cloudformation:ListStacks"]),
    // The list of buckets, and whom they tell, are named otherwise as actions (service authorization reference).
    ("s3:ListBuckets", &["s3:ListAllMyBuckets"]),
    ("s3:GetBucketNotificationConfiguration", &["s3:GetBucketNotification"]),
    // The actions of API Gateway are methods of HTTP, for both versions of its API (service authorization reference).
    ("apigateway", &["apigateway:GET"]),
    ("apigatewayv2", &["apigateway:GET"]),
];

/// The permission that a call of Cloudflare needs (API token permissions, in its documentation); none for a call that is not
/// known here.
fn permission_of(call: &str) -> Option<(&'static str, &'static str)> {
    Some(match call {
        ACCOUNTS => ("account", "Account Settings: Read"),
        "cloudflare:ListWorkers"
        | "cloudflare:GetWorkerSettings"
        | "cloudflare:ListWorkerSchedules"
        | "cloudflare:ListWorkerDomains" => ("account", "Workers Scripts: Read"),
        "cloudflare:ListZones" => ("zone", "Zone: Read"),
        "cloudflare:ListDnsRecords" => ("zone", "DNS: Read"),
        "cloudflare:ListWorkerRoutes" => ("zone", "Workers Routes: Read"),
        _ => return None,
    })
}

/// The permissions of these sources, sorted.
fn permissions(only: &[Source]) -> Vec<Permission> {
    let mut needed: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for call in calls_of(Provider::Cloudflare, only).chain([ACCOUNTS]) {
        if let Some(permission) = permission_of(call) {
            needed.entry(permission).or_default().insert(call);
        }
    }
    needed.into_iter().map(|((scope, name), calls)| Permission { scope, name, calls }).collect()
}

/// A policy document of one statement.
fn statement(actions: &BTreeSet<&str>, resource: impl Serialize) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Sid": "CaravanDiscover", "Effect": "Allow", "Action": actions, "Resource": resource}],
    })
}

/// The policy of whoever assumes the roles of the configuration.
fn assumed(accounts: &[Account]) -> Option<Value> {
    let roles: BTreeSet<&str> = accounts.iter().filter_map(Account::role).collect();
    (!roles.is_empty()).then(|| statement(&BTreeSet::from(["sts:AssumeRole"]), roles))
}

impl Document {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let policies = [
            ("AWS: the policy of whoever reads an account", &self.aws),
            ("AWS: besides, the policy of whose credentials assume the roles", &self.aws_caller),
        ];
        for (title, policy) in policies {
            if let Some(policy) = policy {
                writeln!(out, "{title}\n{policy:#}\n")?;
            }
        }
        let Some(permissions) = &self.cloudflare else { return Ok(()) };
        writeln!(out, "Cloudflare: the permissions of the API token")?;
        permissions.iter().try_for_each(|one| {
            let calls: Vec<&str> = one.calls.iter().map(|call| call.rsplit(':').next().unwrap_or(call)).collect();
            writeln!(out, "  {:<8} {:<24} {}", one.scope, one.name, calls.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_discover::call_names;
    use caravan_providers_aws::AwsReader;
    use caravan_providers_cloudflare::CloudflareReader;

    /// The calls of the code's own tables, and the one that proves the identity.
    fn calls(provider: Provider, identity: &'static str) -> BTreeSet<&'static str> {
        call_names(provider).chain([identity]).collect()
    }

    #[test]
    fn the_policy_names_every_call_that_the_code_makes_and_no_other() {
        let allowed = actions(Source::ALL);
        let expected: BTreeSet<&str> = calls(Provider::Aws, IDENTITY)
            .into_iter()
            .flat_map(|call| match call {
                "lambda:GetFunction" => vec![call, "lambda:ListTags"],
                "lambda:GetLayerVersionByArn" => vec!["lambda:GetLayerVersion"],
                "elb:DescribeLoadBalancers" => vec!["elasticloadbalancing:DescribeLoadBalancers"],
                "elb:DescribeLoadBalancerPolicies" => vec!["elasticloadbalancing:DescribeLoadBalancerPolicies"],
                "elb:DescribeTags" => vec!["elasticloadbalancing:DescribeTags"],
                "cloudformation:DescribeStacks" => vec![call, "cloudformation:ListStacks"],
                "s3:ListBuckets" => vec!["s3:ListAllMyBuckets"],
                "s3:GetBucketNotificationConfiguration" => vec!["s3:GetBucketNotification"],
                call if call.starts_with("apigateway") => vec!["apigateway:GET"],
                call => vec![call],
            })
            .collect();
        assert_eq!(allowed, expected);
        assert_eq!(actions(&[]), allowed, "no choice is every source");
        let policy = statement(&allowed, "*");
        assert_eq!(policy["Statement"][0]["Action"].as_array().unwrap().len(), allowed.len());
    }

    #[test]
    fn nothing_in_the_policy_can_change_anything() {
        for action in actions(Source::ALL) {
            let (service, name) = action.split_once(':').unwrap();
            let only_reads = ["Get", "List", "Describe"].iter().any(|verb| name.starts_with(verb));
            assert!(only_reads || action == "apigateway:GET", "{action}");
            assert!(!service.is_empty() && !name.contains('*'), "{action}");
        }
        assert!(permissions(Source::ALL).iter().all(|one| one.name.ends_with(": Read")));
    }

    #[test]
    fn an_exception_is_a_call_that_is_made() {
        for (call, _) in EXCEPTIONS {
            let service = format!("{call}:");
            let is_it = |name: &&str| name == call || name.starts_with(&service);
            assert!(call_names(Provider::Aws).find(is_it).is_some_and(AwsReader::knows), "{call}");
        }
    }

    #[test]
    fn the_permissions_name_every_call_of_cloudflare_and_no_other() {
        let named: Vec<&str> = permissions(Source::ALL).into_iter().flat_map(|one| one.calls).collect();
        let distinct: BTreeSet<&str> = named.iter().copied().collect();
        assert_eq!(named.len(), distinct.len(), "a call needs one permission");
        assert_eq!(distinct, calls(Provider::Cloudflare, ACCOUNTS));
        assert!(CloudflareReader::knows(ACCOUNTS));
    }

    #[test]
    fn a_chosen_source_needs_its_own_calls_alone() {
        for source in Source::ALL.iter().copied() {
            for provider in [Provider::Aws, Provider::Cloudflare] {
                assert!(calls_of(provider, &[source]).all(|call| call_names(provider).any(|name| name == call)));
            }
        }
        let dns = actions(&[Source::Dns]);
        assert_eq!(dns, BTreeSet::from([IDENTITY, "route53:ListHostedZones", "route53:ListResourceRecordSets"]));
        assert!(calls_of(Provider::Aws, &[Source::Workers]).next().is_none());
    }
}
