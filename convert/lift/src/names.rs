//! The names of the fields of the APIs that sources are written in, from the AWS API references; sorted by byte.
//!
//! A field that stands in none of them is unknown (C1).

/// The field names of one API.
#[derive(Clone, Copy)]
pub(crate) struct Table(&'static [&'static str]);

impl Table {
    /// RegisterTaskDefinition, DescribeTaskDefinition, CreateService, DescribeServices, RunTask (2014-11-13).
    pub(crate) const ECS: Self = Self(ECS);
    /// Elastic Load Balancing v2: target groups, rules, listeners, load balancers and their attributes (2015-12-01).
    pub(crate) const LOAD_BALANCING: Self = Self(LOAD_BALANCING);
    /// Application Auto Scaling: scalable targets, policies, scheduled actions (2016-02-06).
    pub(crate) const AUTOSCALING: Self = Self(AUTOSCALING);
    /// EventBridge: PutRule, ListRules, DescribeRule, PutTargets, ListTargetsByRule (2015-10-07).
    pub(crate) const EVENTS: Self = Self(EVENTS);
    /// EventBridge Scheduler: CreateSchedule, GetSchedule (2021-06-30).
    pub(crate) const SCHEDULER: Self = Self(SCHEDULER);

    /// Whether the API has a field of this name anywhere.
    pub(crate) fn knows(self, name: &str) -> bool {
        self.0.binary_search(&name).is_ok()
    }
}

#[rustfmt::skip]
const ECS: &[&str] = &[
    "accessLogConfiguration", "accessPointArn", "accessPointId", "action", "add", "advancedConfiguration",
    "alarmNames", "alarms", "alternateTargetGroupArn", "appProtocol", "arn", "assignPublicIp", "attachmentId",
    "attachments", "attributes", "authorizationConfig", "autoprovision", "availabilityZone",
    "availabilityZoneRebalancing", "awsPcaAuthorityArn", "awsvpcConfiguration", "bakeTimeInMinutes", "base", "bindIP",
    "canaryBakeTimeInMinutes", "canaryConfiguration", "canaryPercent", "capabilities", "capacityProvider",
    "capacityProviderName", "capacityProviderStrategy", "clientAliases", "clientToken", "cluster", "clusterArn",
    "command", "compatibilities", "computedDesiredCount", "condition", "configuredAtLaunch", "connectivity",
    "connectivityAt", "containerArn", "containerDefinitions", "containerInstanceArn", "containerName",
    "containerOverrides", "containerPath", "containerPort", "containerPortRange", "containers", "count", "cpu",
    "cpuArchitecture", "createdAt", "createdBy", "credentialSpecs", "credentialsParameter",
    "currentServiceDeployment", "currentServiceRevisions", "deleteOnTermination", "deleteRequestedAt", "dependsOn",
    "deploymentCircuitBreaker", "deploymentConfiguration", "deploymentController", "deployments", "deregisteredAt",
    "desiredCount", "desiredStatus", "detail", "details", "deviceName", "deviceType", "devices", "disableNetworking",
    "discoveryArn", "discoveryName", "dnsName", "dnsSearchDomains", "dnsServers", "dockerLabels",
    "dockerSecurityOptions", "dockerVolumeConfiguration", "domain", "driver", "driverOpts", "drop",
    "efsVolumeConfiguration", "enable", "enableECSManagedTags", "enableExecuteCommand", "enableFaultInjection",
    "enabled", "encrypted", "entryPoint", "environment", "environmentFiles", "ephemeralStorage", "essential",
    "events", "exact", "executionRoleArn", "executionStoppedAt", "exitCode", "expression", "externalId", "extraHosts",
    "failedTasks", "failures", "family", "fargateEphemeralStorage", "field", "fileSystemArn", "fileSystemId",
    "filesystemType", "firelensConfiguration", "format", "fsxWindowsFileServerVolumeConfiguration", "gpuIds", "group",
    "hardLimit", "header", "healthCheck", "healthCheckGracePeriodSeconds", "healthStatus", "hookDetails",
    "hookTargetArn", "host", "hostPath", "hostPort", "hostPortRange", "hostname", "iam", "id", "idleTimeoutSeconds",
    "ignoredExitCodes", "image", "imageDigest", "include", "includeQueryParameters", "inferenceAcceleratorOverrides",
    "inferenceAccelerators", "ingressPortOverride", "initProcessEnabled", "interactive", "interval", "iops",
    "ipAddress", "ipcMode", "ipv6Address", "issuerCertificateAuthority", "key", "kmsKey", "kmsKeyId", "labels",
    "lastStartedAt", "lastStatus", "launchType", "lifecycleHooks", "lifecycleStages", "linearConfiguration", "links",
    "linuxParameters", "loadBalancerName", "loadBalancers", "logConfiguration", "logDriver", "managedAgents",
    "managedEBSVolume", "maxSwap", "maximumPercent", "memory", "memoryReservation", "message",
    "minimumHealthyPercent", "mountOptions", "mountPoints", "name", "namespace", "networkBindings",
    "networkConfiguration", "networkInterfaces", "networkMode", "operatingSystemFamily", "options", "overrides",
    "pendingCount", "pendingTaskCount", "perRequestTimeoutSeconds", "permissions", "pidMode", "placementConstraints",
    "placementStrategy", "platformFamily", "platformVersion", "port", "portMappings", "portName",
    "privateIpv4Address", "privileged", "productionListenerRule", "propagateTags", "properties", "protocol",
    "proxyConfiguration", "pseudoTerminal", "pullStartedAt", "pullStoppedAt", "readOnly", "readonlyRootFilesystem",
    "reason", "referenceId", "registeredAt", "registeredBy", "registryArn", "repositoryCredentials",
    "requestedTaskCount", "requiresAttributes", "requiresCompatibilities", "resourceManagementType",
    "resourceRequirements", "resourceType", "restartAttemptPeriod", "restartPolicy", "retries", "revision", "role",
    "roleArn", "rollback", "rolloutState", "rolloutStateReason", "rootDirectory", "runningCount", "runningTaskCount",
    "runtimeId", "runtimePlatform", "s3filesVolumeConfiguration", "scale", "schedulingStrategy", "scope",
    "secretOptions", "secrets", "securityGroups", "service", "serviceArn", "serviceConnectConfiguration",
    "serviceConnectResources", "serviceName", "serviceRegistries", "services", "sharedMemorySize", "size",
    "sizeInGiB", "snapshotId", "softLimit", "sourceContainer", "sourcePath", "sourceVolume", "stabilityStatus",
    "stabilityStatusAt", "startPeriod", "startTimeout", "startedAt", "startedBy", "status", "stepBakeTimeInMinutes",
    "stepPercent", "stopCode", "stopTimeout", "stoppedAt", "stoppedReason", "stoppingAt", "strategy", "subnets",
    "swappiness", "systemControls", "tagSpecifications", "tags", "targetGroupArn", "targetId", "targetType",
    "taskArn", "taskDefinition", "taskDefinitionArn", "taskRoleArn", "taskSetArn", "taskSets", "tasks",
    "terminationPolicy", "testListenerRule", "testTrafficRules", "throughput", "timeout", "timeoutConfiguration",
    "timeoutInMinutes", "tls", "tmpfs", "transitEncryption", "transitEncryptionPort", "type", "ulimits", "unit",
    "updatedAt", "user", "value", "valueFrom", "version", "versionConsistency", "volumeConfigurations",
    "volumeInitializationRate", "volumeType", "volumes", "volumesFrom", "vpcLatticeConfigurations", "weight",
    "workingDirectory",
];

#[rustfmt::skip]
const LOAD_BALANCING: &[&str] = &[
    "Actions", "AdditionalClaims", "AdvertiseTrustStoreCaNames", "AllocationId", "AlpnPolicy", "Attributes",
    "AuthenticateCognitoConfig", "AuthenticateOidcConfig", "AuthenticationRequestExtraParams",
    "AuthorizationEndpoint", "AvailabilityZones", "CanonicalHostedZoneId", "CertificateArn", "Certificates",
    "ClientId", "ClientSecret", "Code", "Conditions", "ContentType", "CreatedTime", "CustomerOwnedIpv4Pool",
    "DNSName", "DefaultActions", "DurationSeconds", "EnablePrefixForIpv6SourceNat", "Enabled",
    "EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic", "Field", "FixedResponseConfig", "Format", "ForwardConfig",
    "GrpcCode", "HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckPath", "HealthCheckPort",
    "HealthCheckProtocol", "HealthCheckTimeoutSeconds", "HealthyThresholdCount", "Host", "HostHeaderConfig",
    "HostHeaderRewriteConfig", "HttpCode", "HttpHeaderConfig", "HttpHeaderName", "HttpRequestMethodConfig",
    "IPv6Address", "IgnoreClientCertificateExpiry", "IpAddress", "IpAddressType", "IpamPools", "Ipv4IpamPoolId",
    "IsDefault", "Issuer", "JwksEndpoint", "JwtValidationConfig", "Key", "ListenerArn", "ListenerArns", "Listeners",
    "LoadBalancerAddresses", "LoadBalancerArn", "LoadBalancerArns", "LoadBalancerName", "LoadBalancers", "Marker",
    "Matcher", "MessageBody", "Mode", "MutualAuthentication", "Name", "Names", "NextMarker",
    "OnUnauthenticatedRequest", "Order", "OutpostId", "PageSize", "Path", "PathPatternConfig", "Port", "Priority",
    "PrivateIPv4Address", "Protocol", "ProtocolVersion", "Query", "QueryStringConfig", "Reason", "RedirectConfig",
    "Regex", "RegexValues", "Replace", "ResourceArn", "ResourceArns", "Rewrites", "RuleArn", "RuleArns", "Rules",
    "Scheme", "Scope", "SecurityGroups", "SessionCookieName", "SessionTimeout", "SourceIpConfig",
    "SourceNatIpv6Prefix", "SourceNatIpv6Prefixes", "SslPolicy", "State", "StatusCode", "SubnetId", "SubnetMappings",
    "Subnets", "TagDescriptions", "Tags", "TargetControlPort", "TargetGroupArn", "TargetGroupArns", "TargetGroupName",
    "TargetGroupStickinessConfig", "TargetGroups", "TargetType", "TokenEndpoint", "Transforms", "TrustStoreArn",
    "TrustStoreAssociationStatus", "Type", "UnhealthyThresholdCount", "UrlRewriteConfig", "UseExistingClientSecret",
    "UserInfoEndpoint", "UserPoolArn", "UserPoolClientId", "UserPoolDomain", "Value", "Values", "VpcId", "Weight",
    "ZoneName",
];

#[rustfmt::skip]
const AUTOSCALING: &[&str] = &[
    "AdjustmentType", "AlarmARN", "AlarmName", "Alarms", "Cooldown", "CreationTime",
    "CustomizedCapacityMetricSpecification", "CustomizedLoadMetricSpecification", "CustomizedMetricSpecification",
    "CustomizedScalingMetricSpecification", "Dimensions", "DisableScaleIn", "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended", "EndTime", "Expression", "Id", "Label", "MaxCapacity", "MaxCapacityBreachBehavior",
    "MaxCapacityBuffer", "MaxResults", "Metric", "MetricAggregationType", "MetricDataQueries",
    "MetricIntervalLowerBound", "MetricIntervalUpperBound", "MetricName", "MetricSpecifications", "MetricStat",
    "Metrics", "MinAdjustmentMagnitude", "MinCapacity", "Mode", "Name", "Namespace", "NextToken", "PolicyARN",
    "PolicyName", "PolicyNames", "PolicyType", "PredefinedLoadMetricSpecification",
    "PredefinedMetricPairSpecification", "PredefinedMetricSpecification", "PredefinedMetricType",
    "PredefinedScalingMetricSpecification", "PredictedCapacity", "PredictiveScalingPolicyConfiguration", "ResourceId",
    "ResourceIds", "ResourceLabel", "ReturnData", "RoleARN", "ScalableDimension", "ScalableTargetARN",
    "ScalableTargetAction", "ScalableTargets", "ScaleInCooldown", "ScaleOutCooldown", "ScalingAdjustment",
    "ScalingPolicies", "Schedule", "ScheduledActionARN", "ScheduledActionName", "ScheduledActionNames",
    "ScheduledActions", "ScheduledScalingSuspended", "SchedulingBufferTime", "ServiceNamespace", "StartTime", "Stat",
    "Statistic", "StepAdjustments", "StepScalingPolicyConfiguration", "SuspendedState", "Tags",
    "TargetTrackingScalingPolicyConfiguration", "TargetValue", "Timezone", "Unit", "Value",
];

#[rustfmt::skip]
const EVENTS: &[&str] = &[
    "AppSyncParameters", "Arn", "ArrayProperties", "AssignPublicIp", "Attempts", "BatchParameters",
    "CapacityProviderStrategy", "CreatedBy", "Database", "DbUser", "DeadLetterConfig", "Description", "EcsParameters",
    "EnableECSManagedTags", "EnableExecuteCommand", "ErrorCode", "ErrorMessage", "EventBusName", "EventPattern",
    "FailedEntries", "FailedEntryCount", "GraphQLOperation", "Group", "HeaderParameters", "HttpParameters", "Id",
    "Input", "InputPath", "InputPathsMap", "InputTemplate", "InputTransformer", "JobDefinition", "JobName", "Key",
    "KinesisParameters", "LaunchType", "Limit", "ManagedBy", "MaximumEventAgeInSeconds", "MaximumRetryAttempts",
    "MessageGroupId", "Name", "NamePrefix", "NetworkConfiguration", "NextToken", "PartitionKeyPath",
    "PathParameterValues", "PipelineParameterList", "PlacementConstraints", "PlacementStrategy", "PlatformVersion",
    "PropagateTags", "QueryStringParameters", "RedshiftDataParameters", "ReferenceId", "RetryPolicy", "RetryStrategy",
    "RoleArn", "Rule", "RuleArn", "Rules", "RunCommandParameters", "RunCommandTargets", "SageMakerPipelineParameters",
    "ScheduleExpression", "SecretManagerArn", "SecurityGroups", "Size", "Sql", "Sqls", "SqsParameters", "State",
    "StatementName", "Subnets", "Tags", "TargetId", "Targets", "TaskCount", "TaskDefinitionArn", "Value", "Values",
    "WithEvent", "awsvpcConfiguration", "base", "capacityProvider", "expression", "field", "type", "weight",
];

#[rustfmt::skip]
const SCHEDULER: &[&str] = &[
    "ActionAfterCompletion", "Arn", "AssignPublicIp", "CapacityProviderStrategy", "ClientToken", "CreationDate",
    "DeadLetterConfig", "Description", "DetailType", "EcsParameters", "EnableECSManagedTags", "EnableExecuteCommand",
    "EndDate", "EventBridgeParameters", "FlexibleTimeWindow", "Group", "GroupName", "Input", "KinesisParameters",
    "KmsKeyArn", "LastModificationDate", "LaunchType", "MaximumEventAgeInSeconds", "MaximumRetryAttempts",
    "MaximumWindowInMinutes", "MessageGroupId", "Mode", "Name", "NetworkConfiguration", "PartitionKey",
    "PipelineParameterList", "PlacementConstraints", "PlacementStrategy", "PlatformVersion", "PropagateTags",
    "ReferenceId", "RetryPolicy", "RoleArn", "SageMakerPipelineParameters", "ScheduleArn", "ScheduleExpression",
    "ScheduleExpressionTimezone", "SecurityGroups", "Source", "SqsParameters", "StartDate", "State", "Subnets",
    "Tags", "Target", "TaskCount", "TaskDefinitionArn", "Value", "awsvpcConfiguration", "base", "capacityProvider",
    "expression", "field", "type", "weight",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        for table in [ECS, LOAD_BALANCING, AUTOSCALING, EVENTS, SCHEDULER] {
            assert!(table.is_sorted(), "{table:?}");
        }
    }
}
