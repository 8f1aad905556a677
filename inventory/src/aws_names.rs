//! Names in DNS that AWS makes for what it runs.

/// The domains below which AWS names what it runs: load balancers (Elastic Load Balancing API, `DNSName`), distributions, APIs,
/// accelerators, functions and services of its own.
const DOMAINS: [&str; 11] = [
    "amazonaws.com",
    "amazonaws.com.cn",
    "amazonaws.eu",
    "api.aws",
    "awsapprunner.com",
    "awsglobalaccelerator.com",
    "cloudfront.cn",
    "cloudfront.net",
    "elasticbeanstalk.com",
    "on.aws",
    "vpc-lattice-svcs.aws",
];

/// The end of the names that stand for those that AWS would make for the load balancers of a template.
pub const MADE_UP_BALANCER: &str = "-000000000000.unknown.elb.amazonaws.com";

/// Whether a host name, perhaps with wildcards, is one that AWS makes: `edge-1.eu-west-1.elb.amazonaws.com`,
/// `edge-1.elb.eu-west-1.amazonaws.com`, `*.cloudfront.net`. Its owner can't lead it anywhere else.
#[must_use]
pub fn is_made_by_aws(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    DOMAINS.iter().any(|domain| host.strip_suffix(domain).is_some_and(|above| above.ends_with('.')))
}

#[cfg(test)]
mod tests {
    use super::is_made_by_aws;

    #[test]
    fn what_aws_names_is_told_from_names_of_ones_own() {
        for host in [
            "edge-1234.eu-west-1.elb.amazonaws.com",
            "internal-edge-1234.eu-west-1.elb.amazonaws.com.",
            "Edge-0123.elb.eu-west-1.amazonaws.com",
            "edge-1.cn-north-1.elb.amazonaws.com.cn",
            "*.eu-west-1.elb.amazonaws.com",
            "edge-*.elb.eu-west-1.amazonaws.com",
            "d111.cloudfront.net",
            "a1b2.execute-api.eu-west-1.amazonaws.com",
            "a1b2.lambda-url.eu-west-1.on.aws",
        ] {
            assert!(is_made_by_aws(host), "{host}");
        }
        for host in [
            "shop.example.com",
            "amazonaws.com.example.org",
            "myamazonaws.com",
            "amazonaws.com",
            "*",
            "*.com",
            "aws",
            "",
        ] {
            assert!(!is_made_by_aws(host), "{host}");
        }
    }
}
