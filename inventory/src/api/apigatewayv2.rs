//! API Gateway V2 (2018-11-29), HTTP and WebSocket APIs: GetApis, GetRoutes, GetIntegrations, GetStages, GetAuthorizers,
//! GetDomainNames, GetApiMappings, GetVpcLinks.

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// An HTTP or WebSocket API.
pub(crate) static APIS: Model = Model::new(API, &NAMES);
/// A route.
pub(crate) static ROUTES: Model = Model::new(ROUTE, &NAMES);
/// An integration.
pub(crate) static INTEGRATIONS: Model = Model::new(INTEGRATION, &NAMES);
/// A stage.
pub(crate) static STAGES: Model = Model::new(STAGE, &NAMES);
/// An authorizer.
pub(crate) static AUTHORIZERS: Model = Model::new(AUTHORIZER, &NAMES);
/// A custom domain.
pub(crate) static DOMAINS: Model = Model::new(DOMAIN, &NAMES);
/// A mapping of a custom domain's path to a stage.
pub(crate) static MAPPINGS: Model = Model::new(MAPPING, &NAMES);
/// A link into a VPC.
pub(crate) static VPC_LINKS: Model = Model::new(VPC_LINK, &NAMES);

static NAMES: LazyLock<Names> =
    LazyLock::new(|| Names::of(&[API, ROUTE, INTEGRATION, STAGE, AUTHORIZER, DOMAIN, MAPPING, VPC_LINK], OTHERS));

#[rustfmt::skip]
const API: &[Row] = &[
    ("apiId", Identity), ("apiEndpoint", Identity), ("apiKeySelectionExpression", Identity), ("corsConfiguration/**", Identity),
    ("createdDate", Identity), ("description", Command), ("importInfo/**", Command), ("ipAddressType", Identity), ("name", Identity),
    ("protocolType", Identity), ("routeSelectionExpression", Identity), ("version", Identity), ("warnings/**", Command),
];

#[rustfmt::skip]
const ROUTE: &[Row] = &[
    ("apiId", Identity), ("routeId", Identity), ("routeKey", Identity), ("target", Identity), ("authorizationType", Identity),
    ("authorizerId", Identity), ("authorizationScopes/**", Identity), ("modelSelectionExpression", Identity), ("operationName", Identity),
    ("requestModels/**", Identity), ("routeResponseSelectionExpression", Identity),
];

#[rustfmt::skip]
const INTEGRATION: &[Row] = &[
    ("apiId", Identity), ("integrationId", Identity), ("integrationType", Identity), ("integrationSubtype", Identity),
    ("integrationMethod", Identity), ("connectionId", Identity), ("connectionType", Identity), ("contentHandlingStrategy", Identity),
    ("credentialsArn", Identity), ("description", Command), ("integrationResponseSelectionExpression", Identity),
    ("passthroughBehavior", Identity), ("payloadFormatVersion", Identity), ("templateSelectionExpression", Identity),
    ("tlsConfig/serverNameToVerify", Identity),
];

#[rustfmt::skip]
const STAGE: &[Row] = &[
    ("apiId", Identity), ("stageName", Identity), ("accessLogSettings/destinationArn", Identity), ("clientCertificateId", Identity),
    ("createdDate", Identity), ("defaultRouteSettings/**", Identity), ("deploymentId", Identity), ("description", Command),
    ("lastDeploymentStatusMessage", Command), ("lastUpdatedDate", Identity), ("routeSettings/**", Identity),
];

#[rustfmt::skip]
const AUTHORIZER: &[Row] = &[
    ("apiId", Identity), ("authorizerId", Identity), ("authorizerType", Identity), ("authorizerUri", Identity),
    ("authorizerCredentialsArn", Identity), ("authorizerPayloadFormatVersion", Identity), ("identitySource/**", Identity),
    ("jwtConfiguration/**", Identity), ("name", Identity),
];

#[rustfmt::skip]
const DOMAIN: &[Row] = &[
    ("domainName", Identity), ("domainNameArn", Identity), ("apiMappingSelectionExpression", Identity),
    ("domainNameConfigurations/*/domainNameStatusMessage", Command), ("domainNameConfigurations/**", Identity),
    ("mutualTlsAuthentication/truststoreUri", Identity), ("mutualTlsAuthentication/truststoreVersion", Identity),
    ("mutualTlsAuthentication/truststoreWarnings/**", Command), ("routingMode", Identity),
];

#[rustfmt::skip]
const MAPPING: &[Row] = &[
    ("domainName", Identity), ("apiId", Identity), ("apiMappingId", Identity), ("apiMappingKey", Identity), ("stage", Identity),
];

#[rustfmt::skip]
const VPC_LINK: &[Row] = &[
    ("vpcLinkId", Identity), ("name", Identity), ("createdDate", Identity), ("securityGroupIds/**", Identity), ("subnetIds/**", Identity),
    ("vpcLinkStatus", Identity), ("vpcLinkStatusMessage", Command), ("vpcLinkVersion", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "allowCredentials", "allowHeaders", "allowMethods", "allowOrigins", "apiGatewayDomainName", "apiGatewayManaged", "apiKeyRequired",
    "audience", "authorizerResultTtlInSeconds", "autoDeploy", "certificateArn", "certificateName", "certificateUploadDate",
    "dataTraceEnabled", "detailedMetricsEnabled", "disableExecuteApiEndpoint", "disableSchemaValidation", "domainNameStatus",
    "enableSimpleResponses", "endpointType", "exposeHeaders", "format", "hostedZoneId", "identityValidationExpression", "integrationUri",
    "issuer", "loggingLevel", "maxAge", "ownershipVerificationCertificateArn", "requestParameters", "requestTemplates", "required",
    "responseParameters", "securityPolicy", "stageVariables", "tags", "throttlingBurstLimit", "throttlingRateLimit", "timeoutInMillis",
];
