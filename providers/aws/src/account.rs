//! Which accounts are read, and how long a read tries: plain values from the configuration.

use caravan_inventory::{AccountId, Region};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

/// One AWS account and how to get into it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AwsAccount {
    /// The account that the credentials must turn out to belong to (D3).
    pub id: AccountId,
    /// The regions to read. The first also signs what is global.
    pub regions: Vec<Region>,
    /// The profile of the AWS configuration files; none takes the default chain.
    pub profile: Option<String>,
    /// The role to assume, as an ARN; none reads with the profile's own rights.
    pub role_arn: Option<String>,
    /// The external id that the role's trust policy asks for.
    pub external_id: Option<String>,
    /// Where all calls go instead of AWS, `http://127.0.0.1:5001`: for tests and private endpoints.
    pub endpoint_url: Option<String>,
}

/// Where STS answers for every account of AWS's public partition.
/// Source: AWS Security Token Service, "Regions and endpoints".
const STS_FOR_ALL: &str = "us-east-1";

impl AwsAccount {
    /// The regions whose STS gives and knows this account's credentials, the configured one first: what STS says is the same in each,
    /// so that one that is out keeps nobody from a run whose balancer answers. Empty where no region is configured.
    pub(crate) fn sts_regions(&self) -> Vec<Region> {
        let mut regions: Vec<Region> = self.regions.iter().filter(|region| !region.is_global()).cloned().collect();
        // China, GovCloud and the isolated ones are partitions of their own.
        let is_public = |region: &Region| {
            !["cn-", "us-gov-", "us-iso", "eu-isoe-", "eusc-"].iter().any(|own| region.as_str().starts_with(own))
        };
        let for_all = Region::new(STS_FOR_ALL);
        if regions.first().is_some_and(is_public) && !regions.contains(&for_all) {
            regions.push(for_all);
        }
        regions
    }
}

/// How long a read tries before it gives up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RetryPolicy {
    /// Attempts in all, the first one included.
    pub attempts: u32,
    /// The longest pause before the second attempt; doubles with each further one.
    pub first_pause: Duration,
    /// No pause is longer than this.
    pub longest_pause: Duration,
    /// The longest time for one attempt, connection included.
    pub attempt_timeout: Duration,
}

impl Default for RetryPolicy {
    /// Six attempts over half a minute at most: an outage of a few seconds goes by unseen, and an endpoint that never
    /// answers is given up while a person still waits.
    fn default() -> Self {
        Self {
            attempts: 6,
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(10),
            attempt_timeout: Duration::from_secs(30),
        }
    }
}

impl RetryPolicy {
    /// The pause after attempt number `attempt` failed: a random part of a bound that doubles, so that many readers that
    /// failed together don't come back together.
    pub(crate) fn pause_after(&self, attempt: u32) -> Duration {
        let bound =
            self.first_pause.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1))).min(self.longest_pause);
        bound.mul_f64(random_part())
    }
}

/// A random number from 0 to 1, from the seed that the standard library takes for each hash map.
fn random_part() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sts_is_asked_in_the_partition_of_the_account() {
        let regions = |names: &[&str]| {
            let account = AwsAccount {
                id: AccountId::new("123456789012"),
                regions: names.iter().map(|name| Region::new(*name)).collect(),
                profile: None,
                role_arn: None,
                external_id: None,
                endpoint_url: None,
            };
            account.sts_regions().iter().map(|region| region.as_str().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(regions(&["eu-central-1", "eu-west-1"]), ["eu-central-1", "eu-west-1", "us-east-1"]);
        assert_eq!(regions(&["us-east-1"]), ["us-east-1"]);
        assert_eq!(regions(&["cn-north-1"]), ["cn-north-1"]);
        assert_eq!(regions(&["us-gov-west-1"]), ["us-gov-west-1"]);
        assert_eq!(regions(&[]), [""; 0]);
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let retry_policy = RetryPolicy::default();
        for _ in 0..100 {
            assert!(retry_policy.pause_after(1) <= Duration::from_millis(500));
            assert!(retry_policy.pause_after(3) <= Duration::from_millis(2000));
            assert!(retry_policy.pause_after(u32::MAX) <= Duration::from_secs(10));
        }
    }
}
