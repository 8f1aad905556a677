//! AWS Lambda (2015-03-31): GetFunction and ListFunctions, ListAliases, ListEventSourceMappings, ListFunctionUrlConfigs,
//! GetPolicy, ListFunctionEventInvokeConfigs, ListProvisionedConcurrencyConfigs, GetLayerVersionByArn.

use super::model::Content::{Command, Free, Identity, Reference};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A function, or a published version of one.
pub(crate) static FUNCTIONS: Model = Model::new(FUNCTION, &NAMES);
/// An alias.
pub(crate) static ALIASES: Model = Model::new(ALIAS, &NAMES);
/// An event source mapping.
pub(crate) static EVENT_SOURCE_MAPPINGS: Model = Model::new(EVENT_SOURCE_MAPPING, &NAMES);
/// A function URL.
pub(crate) static FUNCTION_URLS: Model = Model::new(FUNCTION_URL, &NAMES);
/// A resource policy.
pub(crate) static POLICIES: Model = Model::new(POLICY, &NAMES);
/// A configuration of asynchronous invocations, or of provisioned concurrency.
pub(crate) static CONFIGURATIONS: Model = Model::new(CONFIGURATION, &NAMES);
/// A version of a layer.
pub(crate) static LAYERS: Model = Model::new(LAYER, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| {
    Names::of(&[FUNCTION, ALIAS, EVENT_SOURCE_MAPPING, FUNCTION_URL, POLICY, CONFIGURATION, LAYER], OTHERS)
});

#[rustfmt::skip]
const FUNCTION: &[Row] = &[
    ("FunctionName", Identity), ("FunctionArn", Identity), ("Runtime", Identity), ("Role", Identity), ("Handler", Identity),
    ("LastModified", Identity), ("CodeSha256", Identity), ("Version", Identity), ("VpcConfig/**", Identity), ("DeadLetterConfig/**", Identity),
    ("KMSKeyArn", Identity), ("TracingConfig/**", Identity), ("MasterArn", Identity), ("RevisionId", Identity), ("Layers/**", Identity),
    ("State", Identity), ("StateReasonCode", Identity), ("LastUpdateStatus", Identity), ("LastUpdateStatusReasonCode", Identity),
    ("StateReason", Command), ("LastUpdateStatusReason", Command), ("Description", Command),
    ("FileSystemConfigs/**", Identity), ("PackageType", Identity), ("Architectures/**", Identity), ("EphemeralStorage/**", Identity),
    ("SnapStart/**", Identity), ("RuntimeVersionConfig/**", Identity), ("LoggingConfig/**", Identity),
    ("SigningProfileVersionArn", Identity), ("SigningJobArn", Identity), ("TenancyConfig/**", Identity), ("CapacityProviderConfig/**", Identity),
    ("ConfigSha256", Identity), ("DurableConfig/**", Identity),
    ("ImageConfigResponse/ImageConfig/Command/**", Command), ("ImageConfigResponse/ImageConfig/EntryPoint/**", Command),
    ("ImageConfigResponse/ImageConfig/WorkingDirectory", Identity),
    ("Code/RepositoryType", Identity), ("Code/ImageUri", Identity), ("Code/ResolvedImageUri", Identity), ("Code/SourceKMSKeyArn", Identity),
    ("Code/ResolvedS3Object/**", Identity),
];

#[rustfmt::skip]
const ALIAS: &[Row] = &[
    ("AliasArn", Identity), ("Name", Identity), ("FunctionVersion", Identity), ("Description", Command), ("RoutingConfig/**", Identity),
    ("RevisionId", Identity),
];

#[rustfmt::skip]
const EVENT_SOURCE_MAPPING: &[Row] = &[
    ("UUID", Identity), ("EventSourceMappingArn", Identity), ("EventSourceArn", Identity), ("FunctionArn", Identity), ("KMSKeyArn", Identity),
    ("StartingPosition", Identity), ("StartingPositionTimestamp", Identity), ("LastModified", Identity), ("LastProcessingResult", Command),
    ("State", Identity), ("StateTransitionReason", Command), ("MetricsConfig/**", Identity), ("LoggingConfig/**", Identity),
    ("ScalingConfig/**", Identity), ("DestinationConfig/**", Identity), ("Topics/**", Identity), ("Queues/**", Identity),
    ("SourceAccessConfigurations/*/Type", Identity), ("SourceAccessConfigurations/*/URI", Reference),
    ("SelfManagedEventSource/Endpoints/**", Identity), ("FunctionResponseTypes/**", Identity),
    ("AmazonManagedKafkaEventSourceConfig/**", Identity), ("SelfManagedKafkaEventSourceConfig/**", Identity),
    ("DocumentDBEventSourceConfig/**", Identity), ("ProvisionedPollerConfig/**", Identity), ("FilterCriteria/Filters/*/Pattern", Free),
    ("FilterCriteriaError/**", Command),
];

#[rustfmt::skip]
const FUNCTION_URL: &[Row] = &[
    ("FunctionUrl", Identity), ("FunctionArn", Identity), ("CreationTime", Identity), ("LastModifiedTime", Identity),
    ("Cors/**", Identity), ("AuthType", Identity), ("InvokeMode", Identity),
];

#[rustfmt::skip]
const POLICY: &[Row] = &[
    ("RevisionId", Identity), ("Policy/Version", Identity), ("Policy/Id", Identity), ("Policy/Statement/*/Sid", Identity),
    ("Policy/Statement/*/Effect", Identity), ("Policy/Statement/*/Principal/**", Identity), ("Policy/Statement/*/Action/**", Identity),
    ("Policy/Statement/*/Action", Identity), ("Policy/Statement/*/Principal", Identity), ("Policy/Statement/*/Resource", Identity),
    ("Policy/Statement/*/Condition/*/AWS:SourceArn/**", Identity), ("Policy/Statement/*/Condition/*/AWS:SourceAccount/**", Identity),
    ("Policy/Statement/*/Condition/*/aws:SourceArn/**", Identity), ("Policy/Statement/*/Condition/*/aws:SourceAccount/**", Identity),
    ("Policy/Statement/*/Condition/*/aws:PrincipalOrgID/**", Identity), ("Policy/Statement/*/Condition/*/lambda:FunctionUrlAuthType/**", Identity),
];

#[rustfmt::skip]
const CONFIGURATION: &[Row] = &[
    ("FunctionArn", Identity), ("LastModified", Identity), ("DestinationConfig/**", Identity), ("Status", Identity), ("StatusReason", Command),
];

#[rustfmt::skip]
const LAYER: &[Row] = &[
    ("LayerArn", Identity), ("LayerVersionArn", Identity), ("Description", Command), ("CreatedDate", Identity), ("LicenseInfo", Command),
    ("CompatibleRuntimes/**", Identity), ("CompatibleArchitectures/**", Identity), ("Content/CodeSha256", Identity),
    ("Content/SigningProfileVersionArn", Identity), ("Content/SigningJobArn", Identity), ("Content/ResolvedS3Object/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "AccessConfigs", "AdditionalVersionWeights", "AllocatedProvisionedConcurrentExecutions", "AllowCredentials", "AllowHeaders",
    "AllowMethods", "AllowOrigins", "ApplicationLogLevel", "ApplyOn", "Arn", "Attribute", "AvailableProvisionedConcurrentExecutions",
    "BatchSize", "BisectBatchOnFunctionError", "CapacityProviderArn", "CodeSize", "CollectionName", "Concurrency", "Configuration",
    "ConsumerGroupId", "ConsumptionMode", "DatabaseName", "Destination", "DirectS3Read", "Environment", "Error", "ErrorCode",
    "EventRecordFormat", "ExecutionEnvironmentMemoryGiBPerVCpu", "ExecutionTimeout", "ExposeHeaders", "FullDocument",
    "Ipv6AllowedForDualStack", "LambdaManagedInstancesCapacityProviderConfig", "LocalMountPath", "Location", "LogFormat", "LogGroup",
    "MaxAge", "MaximumBatchingWindowInSeconds", "MaximumConcurrency", "MaximumEventAgeInSeconds", "MaximumPollers",
    "MaximumRecordAgeInSeconds", "MaximumRetryAttempts", "MemorySize", "Message", "Metrics", "MinimumPollers", "Mode", "OnFailure",
    "OnSuccess", "OptimizationStatus", "ParallelizationFactor", "PerExecutionEnvironmentMaxConcurrency", "PollerGroupName",
    "RequestedProvisionedConcurrentExecutions", "ReservedConcurrentExecutions", "RetentionPeriodInDays", "RuntimeVersionArn",
    "S3Bucket", "S3FilesConfig", "S3Key", "S3ObjectVersion", "SchemaRegistryConfig", "SchemaRegistryURI", "SchemaValidationConfigs",
    "SecurityGroupIds", "Size", "SubnetIds", "SystemLogLevel", "Tags", "TagsError", "TargetArn", "TenantIsolationMode", "Timeout",
    "TumblingWindowInSeconds", "Variables", "VpcId",
];
