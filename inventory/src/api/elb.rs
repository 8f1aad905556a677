//! Elastic Load Balancing v2 (2015-12-01): load balancers, listeners with their certificates, rules, target
//! groups, and their attributes; policies of TLS, trust stores.

use super::model::Content::Identity;
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// Each of its documents.
pub(crate) static ALL: Model = Model::new(LOAD_BALANCING, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[LOAD_BALANCING], OTHERS));

#[rustfmt::skip]
const LOAD_BALANCING: &[Row] = &[
    ("LoadBalancerArn", Identity), ("LoadBalancerArns/**", Identity), ("LoadBalancerName", Identity), ("DNSName", Identity),
    ("CanonicalHostedZoneId", Identity), ("CreatedTime", Identity), ("Scheme", Identity), ("VpcId", Identity), ("State/Code", Identity),
    ("Type", Identity), ("AvailabilityZones/**", Identity), ("SecurityGroups/**", Identity), ("IpAddressType", Identity),
    ("CustomerOwnedIpv4Pool", Identity), ("IpamPools/**", Identity), ("WebACL/ARN", Identity), ("WebACL/Id", Identity),
    ("WebACL/Name", Identity), ("WebACL/**", Identity),
    ("ListenerArn", Identity), ("Protocol", Identity), ("SslPolicy", Identity), ("Certificates/**", Identity), ("AlpnPolicy/**", Identity),
    ("MutualAuthentication/**", Identity), ("RuleArn", Identity), ("Priority", Identity),
    ("TargetGroupArn", Identity), ("TargetGroupName", Identity), ("TargetType", Identity), ("ProtocolVersion", Identity),
    ("HealthCheckProtocol", Identity), ("HealthCheckPort", Identity), ("Matcher/**", Identity),
    ("Attributes/**", Identity), ("Targets/**", Identity), ("UnreadRules/**", Identity),
    ("Conditions/*/Field", Identity), ("Conditions/*/HttpHeaderConfig/HttpHeaderName", Identity),
    ("Conditions/*/QueryStringConfig/Values/*/Key", Identity),
    ("Actions/*/Type", Identity), ("Actions/*/TargetGroupArn", Identity), ("Actions/*/ForwardConfig/**", Identity),
    ("Actions/*/AuthenticateCognitoConfig/UserPoolArn", Identity), ("Actions/*/AuthenticateCognitoConfig/UserPoolClientId", Identity),
    ("Actions/*/AuthenticateOidcConfig/ClientId", Identity),
    ("DefaultActions/*/Type", Identity), ("DefaultActions/*/TargetGroupArn", Identity), ("DefaultActions/*/ForwardConfig/**", Identity),
    ("DefaultActions/*/AuthenticateCognitoConfig/UserPoolArn", Identity),
    ("DefaultActions/*/AuthenticateCognitoConfig/UserPoolClientId", Identity), ("DefaultActions/*/AuthenticateOidcConfig/ClientId", Identity),
    ("Ciphers/**", Identity), ("SslProtocols/**", Identity), ("SupportedLoadBalancerTypes/**", Identity), ("TrustStoreArn", Identity),
    ("Status", Identity),
    ("Tags/*/Key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AdditionalClaims", "AdvertiseTrustStoreCaNames", "AllocationId", "AuthenticationRequestExtraParams",
    "AuthorizationEndpoint", "CertificateArn", "ClientSecret", "ContentType", "DurationSeconds",
    "EnablePrefixForIpv6SourceNat", "Enabled", "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic",
    "FixedResponseConfig", "Format", "GrpcCode", "HealthCheckEnabled", "HealthCheckIntervalSeconds",
    "HealthCheckPath", "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "Host", "HostHeaderConfig",
    "HostHeaderRewriteConfig", "HttpCode", "HttpRequestMethodConfig", "IPv6Address", "IgnoreClientCertificateExpiry",
    "IpAddress", "Ipv4IpamPoolId", "IsDefault", "Issuer", "JwksEndpoint", "JwtValidationConfig", "ListenerArns",
    "Listeners", "LoadBalancerAddresses", "LoadBalancers", "Marker", "MessageBody", "Mode", "Name", "Names",
    "NextMarker", "NumberOfCaCertificates", "OnUnauthenticatedRequest", "Order", "OutpostId", "PageSize", "Path", "PathPatternConfig", "Port",
    "PrivateIPv4Address", "Query", "QueryStringConfig", "Reason", "RedirectConfig", "Regex", "RegexValues", "Replace",
    "ResourceArn", "ResourceArns", "Rewrites", "RuleArns", "Rules", "Scope", "SessionCookieName", "SessionTimeout",
    "SourceIpConfig", "SourceNatIpv6Prefix", "SourceNatIpv6Prefixes", "StatusCode", "SubnetId", "SubnetMappings",
    "SslPolicies", "Subnets", "TagDescriptions", "TargetControlPort", "TargetGroupArns", "TargetGroupStickinessConfig",
    "TargetGroups", "TokenEndpoint", "Transforms", "TotalRevokedEntries", "TrustStoreAssociationStatus", "TrustStores",
    "UnhealthyThresholdCount", "UrlRewriteConfig", "UseExistingClientSecret", "UserInfoEndpoint", "UserPoolDomain",
    "Value", "Values", "Weight", "ZoneName",
];
