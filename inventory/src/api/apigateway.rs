//! API Gateway (2015-07-09), REST APIs: GetRestApis, GetResources, GetStages, GetAuthorizers, GetDomainNames,
//! GetBasePathMappings, GetVpcLinks.

use super::model::Content::{Command, Free, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A REST API.
pub(crate) static APIS: Model = Model::new(API, &NAMES);
/// A resource with its methods.
pub(crate) static RESOURCES: Model = Model::new(RESOURCE, &NAMES);
/// A stage.
pub(crate) static STAGES: Model = Model::new(STAGE, &NAMES);
/// An authorizer.
pub(crate) static AUTHORIZERS: Model = Model::new(AUTHORIZER, &NAMES);
/// A custom domain.
pub(crate) static DOMAINS: Model = Model::new(DOMAIN, &NAMES);
/// A mapping of a custom domain's path to a stage.
pub(crate) static MAPPINGS: Model = Model::new(MAPPING, &NAMES);
/// A link to network load balancers.
pub(crate) static VPC_LINKS: Model = Model::new(VPC_LINK, &NAMES);

static NAMES: LazyLock<Names> =
    LazyLock::new(|| Names::of(&[API, RESOURCE, STAGE, AUTHORIZER, DOMAIN, MAPPING, VPC_LINK], OTHERS));

#[rustfmt::skip]
const API: &[Row] = &[
    ("id", Identity), ("name", Identity), ("description", Command), ("createdDate", Identity), ("version", Identity), ("warnings/**", Command),
    ("binaryMediaTypes/**", Identity), ("apiKeySource", Identity), ("endpointConfiguration/**", Identity), ("rootResourceId", Identity),
    ("securityPolicy", Identity), ("endpointAccessMode", Identity), ("apiStatus", Identity), ("apiStatusMessage", Command),
];

#[rustfmt::skip]
const RESOURCE: &[Row] = &[
    ("restApiId", Identity), ("id", Identity), ("parentId", Identity), ("pathPart", Identity), ("path", Identity),
    ("resourceMethods/*/httpMethod", Identity), ("resourceMethods/*/authorizationType", Identity),
    ("resourceMethods/*/authorizerId", Identity), ("resourceMethods/*/authorizationScopes/**", Identity),
    ("resourceMethods/*/requestValidatorId", Identity), ("resourceMethods/*/operationName", Identity),
    ("resourceMethods/*/requestModels/**", Identity), ("resourceMethods/*/requestParameters/**", Identity),
    ("resourceMethods/*/methodIntegration/type", Identity), ("resourceMethods/*/methodIntegration/httpMethod", Identity),
    ("resourceMethods/*/methodIntegration/connectionType", Identity), ("resourceMethods/*/methodIntegration/connectionId", Identity),
    ("resourceMethods/*/methodIntegration/credentials", Identity), ("resourceMethods/*/methodIntegration/passthroughBehavior", Identity),
    ("resourceMethods/*/methodIntegration/contentHandling", Identity), ("resourceMethods/*/methodIntegration/cacheNamespace", Identity),
    ("resourceMethods/*/methodIntegration/cacheKeyParameters/**", Identity),
    ("resourceMethods/*/methodIntegration/responseTransferMode", Identity), ("resourceMethods/*/methodIntegration/integrationTarget", Identity),
];

#[rustfmt::skip]
const STAGE: &[Row] = &[
    ("restApiId", Identity), ("stageName", Identity), ("deploymentId", Identity), ("clientCertificateId", Identity), ("description", Command),
    ("cacheClusterSize", Identity), ("cacheClusterStatus", Identity), ("methodSettings/**", Identity), ("documentationVersion", Identity),
    ("accessLogSettings/destinationArn", Identity), ("canarySettings/deploymentId", Identity),
    ("canarySettings/stageVariableOverrides/*", Free), ("webAclArn", Identity), ("createdDate", Identity), ("lastUpdatedDate", Identity),
];

#[rustfmt::skip]
const AUTHORIZER: &[Row] = &[
    ("restApiId", Identity), ("id", Identity), ("name", Identity), ("type", Identity), ("providerARNs/**", Identity), ("authType", Identity),
    ("authorizerUri", Identity), ("authorizerCredentials", Identity), ("identitySource", Identity),
];

#[rustfmt::skip]
const DOMAIN: &[Row] = &[
    ("domainName", Identity), ("domainNameId", Identity), ("domainNameArn", Identity), ("certificateName", Identity),
    ("certificateArn", Identity), ("certificateUploadDate", Identity), ("regionalDomainName", Identity), ("regionalHostedZoneId", Identity),
    ("regionalCertificateName", Identity), ("regionalCertificateArn", Identity), ("distributionDomainName", Identity),
    ("distributionHostedZoneId", Identity), ("endpointConfiguration/**", Identity), ("domainNameStatus", Identity),
    ("domainNameStatusMessage", Command), ("securityPolicy", Identity), ("endpointAccessMode", Identity),
    ("mutualTlsAuthentication/truststoreUri", Identity), ("mutualTlsAuthentication/truststoreVersion", Identity),
    ("mutualTlsAuthentication/truststoreWarnings/**", Command), ("ownershipVerificationCertificateArn", Identity), ("routingMode", Identity),
];

#[rustfmt::skip]
const MAPPING: &[Row] = &[
    ("domainName", Identity), ("basePath", Identity), ("restApiId", Identity), ("stage", Identity),
];

#[rustfmt::skip]
const VPC_LINK: &[Row] = &[
    ("id", Identity), ("name", Identity), ("description", Command), ("targetArns/**", Identity), ("status", Identity), ("statusMessage", Command),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "apiKeyRequired", "authorizerResultTtlInSeconds", "cacheClusterEnabled", "cacheDataEncrypted", "cacheTtlInSeconds", "cachingEnabled",
    "dataTraceEnabled", "disableExecuteApiEndpoint", "format", "identityValidationExpression", "insecureSkipVerification",
    "integrationResponses", "ipAddressType", "loggingLevel", "managementPolicy", "methodResponses", "metricsEnabled",
    "minimumCompressionSize", "percentTraffic", "policy", "requestTemplates", "requireAuthorizationForCacheControl", "responseModels",
    "responseParameters", "responseTemplates", "selectionPattern", "statusCode", "tags", "throttlingBurstLimit", "throttlingRateLimit",
    "timeoutInMillis", "tlsConfig", "tracingEnabled", "types", "unauthorizedCacheControlHeaderStrategy", "uri", "useStageCache", "variables",
    "vpcEndpointIds",
];
