//! Which places of each kind of document hold identities by the API's model, and which hold values of the owners'.
//!
//! A place that no row names holds a free value: that is how a field that a newer API adds, or a field in a wrong place,
//! is treated. Rows are paths from the thing itself (a wrapper such as `taskDefinition` is skipped before); `*` is any
//! one field or index, `**` at the end the whole subtree. The first row that fits wins.

use caravan_inventory::ObservationKind as Kind;
use serde_json::Value;

/// What stands at a place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// Names, ids, ARNs, enumerations: stays, but for tokens that are known by their look.
    Identity,
    /// The name of a secret elsewhere: stays when it is an ARN or made of words.
    Reference,
    /// The arguments of a program, or prose: word by word.
    Command,
    /// Anything.
    Free,
}

/// One row: a path and what stands there.
type Row = (&'static str, Place);

use Place::{Command, Free, Identity, Reference};

#[rustfmt::skip]
const TASK_DEFINITION: &[Row] = &[
    ("containerDefinitions/*/environment/*/value", Free),
    ("containerDefinitions/*/environment/*/name", Identity),
    ("containerDefinitions/*/environmentFiles/**", Reference),
    ("containerDefinitions/*/secrets/*/name", Identity),
    ("containerDefinitions/*/secrets/*/valueFrom", Reference),
    ("containerDefinitions/*/command/**", Command),
    ("containerDefinitions/*/entryPoint/**", Command),
    ("containerDefinitions/*/healthCheck/command/**", Command),
    ("containerDefinitions/*/logConfiguration/logDriver", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-group", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-region", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-stream-prefix", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-datetime-format", Identity),
    ("containerDefinitions/*/logConfiguration/options/awslogs-multiline-pattern", Identity),
    ("containerDefinitions/*/logConfiguration/secretOptions/*/name", Identity),
    ("containerDefinitions/*/logConfiguration/secretOptions/*/valueFrom", Reference),
    ("containerDefinitions/*/repositoryCredentials/credentialsParameter", Reference),
    ("containerDefinitions/*/credentialSpecs/**", Reference),
    ("containerDefinitions/*/firelensConfiguration/type", Identity),
    ("containerDefinitions/*/image", Identity),
    ("containerDefinitions/*/name", Identity),
    ("containerDefinitions/*/hostname", Identity),
    ("containerDefinitions/*/user", Identity),
    ("containerDefinitions/*/workingDirectory", Identity),
    ("containerDefinitions/*/links/**", Identity),
    ("containerDefinitions/*/portMappings/**", Identity),
    ("containerDefinitions/*/mountPoints/**", Identity),
    ("containerDefinitions/*/volumesFrom/**", Identity),
    ("containerDefinitions/*/dependsOn/**", Identity),
    ("containerDefinitions/*/dnsServers/**", Identity),
    ("containerDefinitions/*/dnsSearchDomains/**", Identity),
    ("containerDefinitions/*/extraHosts/**", Identity),
    ("containerDefinitions/*/ulimits/**", Identity),
    ("containerDefinitions/*/linuxParameters/**", Identity),
    ("containerDefinitions/*/resourceRequirements/**", Identity),
    ("containerDefinitions/*/systemControls/*/namespace", Identity),
    ("containerDefinitions/*/restartPolicy/**", Identity),
    ("containerDefinitions/*/versionConsistency", Identity),
    ("containerDefinitions/*/dockerSecurityOptions/**", Reference),
    ("family", Identity),
    ("taskDefinitionArn", Identity),
    ("taskRoleArn", Identity),
    ("executionRoleArn", Identity),
    ("networkMode", Identity),
    ("status", Identity),
    ("cpu", Identity),
    ("memory", Identity),
    ("pidMode", Identity),
    ("ipcMode", Identity),
    ("registeredAt", Identity),
    ("registeredBy", Identity),
    ("deregisteredAt", Identity),
    ("compatibilities/**", Identity),
    ("requiresCompatibilities/**", Identity),
    ("requiresAttributes/**", Identity),
    ("runtimePlatform/**", Identity),
    ("placementConstraints/**", Identity),
    ("inferenceAccelerators/**", Identity),
    ("proxyConfiguration/type", Identity),
    ("proxyConfiguration/containerName", Identity),
    ("proxyConfiguration/properties/*/name", Identity),
    ("volumes/*/name", Identity),
    ("volumes/*/host/sourcePath", Identity),
    ("volumes/*/efsVolumeConfiguration/**", Identity),
    ("volumes/*/fsxWindowsFileServerVolumeConfiguration/authorizationConfig/credentialsParameter", Reference),
    ("volumes/*/fsxWindowsFileServerVolumeConfiguration/**", Identity),
    ("volumes/*/dockerVolumeConfiguration/scope", Identity),
    ("volumes/*/dockerVolumeConfiguration/driver", Identity),
    ("tags/*/key", Identity),
];

#[rustfmt::skip]
const SERVICE: &[Row] = &[
    ("serviceName", Identity), ("serviceArn", Identity), ("clusterArn", Identity), ("cluster", Identity), ("status", Identity),
    ("taskDefinition", Identity), ("launchType", Identity), ("platformVersion", Identity), ("platformFamily", Identity),
    ("role", Identity), ("roleArn", Identity), ("createdBy", Identity), ("createdAt", Identity), ("updatedAt", Identity),
    ("schedulingStrategy", Identity), ("propagateTags", Identity), ("availabilityZoneRebalancing", Identity),
    ("currentServiceDeployment", Identity), ("currentServiceRevisions/**", Identity), ("clientToken", Identity),
    ("loadBalancers/**", Identity), ("serviceRegistries/**", Identity), ("networkConfiguration/**", Identity),
    ("capacityProviderStrategy/**", Identity), ("placementConstraints/**", Identity), ("placementStrategy/**", Identity),
    ("deploymentConfiguration/lifecycleHooks/*/hookDetails/**", Free),
    ("deploymentController/**", Identity), ("deploymentConfiguration/**", Identity),
    ("deployments/*/serviceConnectConfiguration/logConfiguration/options/**", Free),
    ("deployments/*/rolloutStateReason", Identity),
    ("deployments/**", Identity), ("taskSets/**", Identity),
    ("events/*/id", Identity), ("events/*/createdAt", Identity), ("events/*/message", Command),
    ("serviceConnectConfiguration/logConfiguration/logDriver", Identity),
    ("serviceConnectConfiguration/logConfiguration/secretOptions/*/valueFrom", Reference),
    ("serviceConnectConfiguration/logConfiguration/**", Free),
    ("serviceConnectConfiguration/**", Identity),
    ("volumeConfigurations/*/managedEBSVolume/tagSpecifications/*/tags/*/value", Free), ("volumeConfigurations/**", Identity), ("vpcLatticeConfigurations/**", Identity),
    ("tags/*/key", Identity),
];

#[rustfmt::skip]
const CLUSTER: &[Row] = &[
    ("clusterArn", Identity), ("clusterName", Identity), ("status", Identity), ("capacityProviders/**", Identity),
    ("defaultCapacityProviderStrategy/**", Identity), ("attachments/**", Identity), ("serviceConnectDefaults/**", Identity),
    ("statistics/**", Identity), ("settings/**", Identity), ("tags/*/key", Identity),
];

#[rustfmt::skip]
const TASK: &[Row] = &[
    ("overrides/containerOverrides/*/name", Identity),
    ("overrides/containerOverrides/*/environment/*/name", Identity),
    ("overrides/containerOverrides/*/command/**", Command),
    ("overrides/containerOverrides/**", Free),
    ("overrides/taskRoleArn", Identity), ("overrides/executionRoleArn", Identity),
    ("containers/*/reason", Command), ("stoppedReason", Command),
    ("containers/**", Identity), ("attachments/**", Identity), ("attributes/**", Identity),
    ("taskArn", Identity), ("clusterArn", Identity), ("containerInstanceArn", Identity), ("taskDefinitionArn", Identity),
    ("group", Identity), ("startedBy", Identity), ("availabilityZone", Identity), ("capacityProviderName", Identity),
    ("connectivity", Identity), ("lastStatus", Identity), ("desiredStatus", Identity), ("healthStatus", Identity),
    ("launchType", Identity), ("platformVersion", Identity), ("platformFamily", Identity), ("cpu", Identity), ("memory", Identity),
    ("stopCode", Identity), ("connectivityAt", Identity), ("createdAt", Identity), ("startedAt", Identity), ("pullStartedAt", Identity),
    ("pullStoppedAt", Identity), ("stoppingAt", Identity), ("stoppedAt", Identity), ("executionStoppedAt", Identity),
    ("tags/*/key", Identity),
];

#[rustfmt::skip]
const RULE: &[Row] = &[
    ("Name", Identity), ("Arn", Identity), ("State", Identity), ("ScheduleExpression", Identity), ("RoleArn", Identity),
    ("EventBusName", Identity), ("ManagedBy", Identity), ("Description", Command), ("CreatedBy", Identity),
    ("Targets/*/Id", Identity), ("Targets/*/Arn", Identity), ("Targets/*/RoleArn", Identity),
    ("Targets/*/EcsParameters/Tags/*/Value", Free),
    ("Targets/*/EcsParameters/**", Identity), ("Targets/*/DeadLetterConfig/**", Identity), ("Targets/*/RetryPolicy/**", Identity),
    ("Targets/*/SqsParameters/**", Identity), ("Targets/*/KinesisParameters/**", Identity), ("Targets/*/BatchParameters/**", Identity),
    ("Targets/*/RedshiftDataParameters/Sql", Free), ("Targets/*/RedshiftDataParameters/**", Identity),
    ("Targets/*/InputPath", Identity), ("Targets/*/InputTransformer/InputPathsMap/**", Identity),
    ("Tags/*/Key", Identity),
];

#[rustfmt::skip]
const SCHEDULE: &[Row] = &[
    ("Name", Identity), ("Arn", Identity), ("GroupName", Identity), ("State", Identity), ("ScheduleExpression", Identity),
    ("ScheduleExpressionTimezone", Identity), ("ActionAfterCompletion", Identity), ("KmsKeyArn", Identity),
    ("CreationDate", Identity), ("LastModificationDate", Identity), ("StartDate", Identity), ("EndDate", Identity),
    ("Description", Command), ("FlexibleTimeWindow/**", Identity), ("Target/Arn", Identity), ("Target/RoleArn", Identity),
    ("Target/EcsParameters/Tags/*/Value", Free),
    ("Target/EcsParameters/**", Identity), ("Target/DeadLetterConfig/**", Identity), ("Target/RetryPolicy/**", Identity),
    ("Target/SqsParameters/**", Identity), ("Target/KinesisParameters/**", Identity), ("Target/EventBridgeParameters/**", Identity),
];

#[rustfmt::skip]
const AUTOSCALING: &[Row] = &[
    ("ServiceNamespace", Identity), ("ResourceId", Identity), ("ScalableDimension", Identity), ("RoleARN", Identity),
    ("ScalableTargetARN", Identity), ("PolicyARN", Identity), ("PolicyName", Identity), ("PolicyType", Identity),
    ("ScheduledActionName", Identity), ("ScheduledActionARN", Identity), ("Schedule", Identity), ("Timezone", Identity),
    ("CreationTime", Identity), ("StartTime", Identity), ("EndTime", Identity), ("SuspendedState/**", Identity),
    ("Alarms/**", Identity),
    ("TargetTrackingScalingPolicyConfiguration/**", Identity), ("StepScalingPolicyConfiguration/**", Identity),
    ("PredictiveScalingPolicyConfiguration/**", Identity), ("PredictedCapacity", Identity),
];

#[rustfmt::skip]
const LOAD_BALANCING: &[Row] = &[
    ("LoadBalancerArn", Identity), ("LoadBalancerArns/**", Identity), ("LoadBalancerName", Identity), ("DNSName", Identity),
    ("CanonicalHostedZoneId", Identity), ("CreatedTime", Identity), ("Scheme", Identity), ("VpcId", Identity), ("State/Code", Identity),
    ("Type", Identity), ("AvailabilityZones/**", Identity), ("SecurityGroups/**", Identity), ("IpAddressType", Identity),
    ("CustomerOwnedIpv4Pool", Identity), ("IpamPools/**", Identity),
    ("ListenerArn", Identity), ("Protocol", Identity), ("SslPolicy", Identity), ("Certificates/**", Identity), ("AlpnPolicy/**", Identity),
    ("MutualAuthentication/**", Identity), ("RuleArn", Identity), ("Priority", Identity),
    ("TargetGroupArn", Identity), ("TargetGroupName", Identity), ("TargetType", Identity), ("ProtocolVersion", Identity),
    ("HealthCheckProtocol", Identity), ("HealthCheckPort", Identity), ("Matcher/**", Identity),
    ("Attributes/**", Identity),
    ("Conditions/*/Field", Identity), ("Conditions/*/HttpHeaderConfig/HttpHeaderName", Identity),
    ("Actions/*/Type", Identity), ("Actions/*/TargetGroupArn", Identity), ("Actions/*/ForwardConfig/**", Identity),
    ("Actions/*/AuthenticateCognitoConfig/UserPoolArn", Identity), ("Actions/*/AuthenticateCognitoConfig/UserPoolClientId", Identity),
    ("Actions/*/AuthenticateOidcConfig/ClientId", Identity),
    ("DefaultActions/*/Type", Identity), ("DefaultActions/*/TargetGroupArn", Identity), ("DefaultActions/*/ForwardConfig/**", Identity),
    ("DefaultActions/*/AuthenticateCognitoConfig/UserPoolArn", Identity),
    ("DefaultActions/*/AuthenticateCognitoConfig/UserPoolClientId", Identity), ("DefaultActions/*/AuthenticateOidcConfig/ClientId", Identity),
    ("Tags/*/Key", Identity),
];

#[rustfmt::skip]
const ROUTE53: &[Row] = &[
    ("Id", Identity), ("Name", Identity), ("Type", Identity), ("CallerReference", Identity), ("SetIdentifier", Identity),
    ("AliasTarget/**", Identity), ("HealthCheckId", Identity), ("TrafficPolicyInstanceId", Identity), ("Region", Identity),
    ("Failover", Identity), ("GeoLocation/**", Identity), ("CidrRoutingConfig/**", Identity), ("GeoProximityLocation/**", Identity),
    ("LinkedService/ServicePrincipal", Identity), ("HostedZoneId", Identity),
    ("Config/PrivateZone", Identity), ("Config/Comment", Command),
];

/// EC2 answers in XML, whose names begin in lower case.
#[rustfmt::skip]
const INSTANCE: &[Row] = &[
    ("instanceId", Identity), ("imageId", Identity), ("instanceState/**", Identity), ("privateDnsName", Identity), ("dnsName", Identity),
    ("reason", Command), ("stateReason/**", Command), ("keyName", Identity), ("amiLaunchIndex", Identity), ("productCodes/**", Identity),
    ("instanceType", Identity), ("launchTime", Identity), ("placement/**", Identity), ("kernelId", Identity), ("ramdiskId", Identity),
    ("platform", Identity), ("platformDetails", Identity), ("monitoring/**", Identity), ("subnetId", Identity), ("vpcId", Identity),
    ("privateIpAddress", Identity), ("ipAddress", Identity), ("ipv6Address", Identity), ("sourceDestCheck", Identity),
    ("groupSet/**", Identity), ("architecture", Identity), ("rootDeviceType", Identity), ("rootDeviceName", Identity),
    ("blockDeviceMapping/**", Identity), ("virtualizationType", Identity), ("clientToken", Identity), ("hypervisor", Identity),
    ("networkInterfaceSet/**", Identity), ("iamInstanceProfile/**", Identity), ("ebsOptimized", Identity), ("enaSupport", Identity),
    ("sriovNetSupport", Identity), ("elasticGpuAssociationSet/**", Identity), ("cpuOptions/**", Identity), ("metadataOptions/**", Identity),
    ("hibernationOptions/**", Identity), ("enclaveOptions/**", Identity), ("maintenanceOptions/**", Identity),
    ("privateDnsNameOptions/**", Identity), ("capacityReservationId", Identity), ("capacityReservationSpecification/**", Identity),
    ("usageOperation", Identity), ("usageOperationUpdateTime", Identity), ("spotInstanceRequestId", Identity), ("instanceLifecycle", Identity),
    ("outpostArn", Identity), ("bootMode", Identity), ("currentInstanceBootMode", Identity), ("tpmSupport", Identity), ("licenseSet/**", Identity),
    ("tagSet/*/key", Identity),
];

#[rustfmt::skip]
const FUNCTION: &[Row] = &[
    ("FunctionName", Identity), ("FunctionArn", Identity), ("Runtime", Identity), ("Role", Identity), ("Handler", Identity),
    ("LastModified", Identity), ("CodeSha256", Identity), ("Version", Identity), ("VpcConfig/**", Identity), ("DeadLetterConfig/**", Identity),
    ("KMSKeyArn", Identity), ("TracingConfig/**", Identity), ("MasterArn", Identity), ("RevisionId", Identity), ("Layers/**", Identity),
    ("State", Identity), ("StateReasonCode", Identity), ("LastUpdateStatus", Identity), ("LastUpdateStatusReasonCode", Identity),
    ("StateReason", Command), ("LastUpdateStatusReason", Command), ("Description", Command),
    ("FileSystemConfigs/**", Identity), ("PackageType", Identity), ("Architectures/**", Identity), ("EphemeralStorage/**", Identity),
    ("SnapStart/**", Identity), ("RuntimeVersionConfig/**", Identity), ("LoggingConfig/**", Identity),
    ("SigningProfileVersionArn", Identity), ("SigningJobArn", Identity),
    ("ImageConfigResponse/ImageConfig/Command/**", Command), ("ImageConfigResponse/ImageConfig/EntryPoint/**", Command),
    ("ImageConfigResponse/ImageConfig/WorkingDirectory", Identity),
    ("Code/RepositoryType", Identity), ("Code/ImageUri", Identity), ("Code/ResolvedImageUri", Identity),
];

#[rustfmt::skip]
const WORKER: &[Row] = &[
    ("id", Identity), ("name", Identity), ("script_name", Identity), ("etag", Identity), ("tag", Identity), ("migration_tag", Identity),
    ("created_on", Identity), ("modified_on", Identity), ("compatibility_date", Identity), ("compatibility_flags/**", Identity),
    ("usage_model", Identity), ("routes/*/id", Identity), ("routes/*/pattern", Identity), ("routes/*/zone_id", Identity),
    ("routes/*/zone_name", Identity), ("bindings/*/name", Identity), ("bindings/*/type", Identity), ("bindings/*/namespace_id", Identity),
    ("bindings/*/bucket_name", Identity), ("bindings/*/queue_name", Identity), ("bindings/*/service", Identity),
    ("bindings/*/environment", Identity), ("bindings/*/class_name", Identity), ("bindings/*/script_name", Identity),
    ("bindings/*/id", Identity), ("schedules/*/cron", Identity), ("domains/*/hostname", Identity), ("domains/*/zone_id", Identity),
    ("domains/*/id", Identity), ("account_id", Identity),
];

fn table(kind: Kind) -> &'static [Row] {
    match kind {
        Kind::EcsTaskDefinition => TASK_DEFINITION,
        Kind::EcsService => SERVICE,
        Kind::EcsCluster => CLUSTER,
        Kind::EcsTask => TASK,
        Kind::EventsRule => RULE,
        Kind::SchedulerSchedule => SCHEDULE,
        Kind::ScalableTarget | Kind::ScalingPolicy | Kind::ScheduledAction => AUTOSCALING,
        Kind::LoadBalancer | Kind::Listener | Kind::ListenerRule | Kind::TargetGroup => LOAD_BALANCING,
        Kind::HostedZone | Kind::RecordSet => ROUTE53,
        Kind::Ec2Instance => INSTANCE,
        Kind::LambdaFunction => FUNCTION,
        Kind::CloudflareWorker => WORKER,
    }
}

/// The rows that can still fit, with what is left of their paths.
#[derive(Clone)]
pub(super) struct Rows(Vec<Row>);

impl Rows {
    /// No row: every place below is free.
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// All rows of a kind.
    pub(super) fn of(kind: Kind) -> Self {
        Self(table(kind).to_vec())
    }

    /// The rows of a kind for one document: answers of public resolvers are identities, but the text of a TXT record may
    /// be anything, in private zones most of all.
    pub(super) fn for_document(kind: Kind, document: &Value) -> Self {
        let mut rows = Self::of(kind);
        let is_text = matches!(document.get("Type").and_then(Value::as_str), Some("TXT" | "SPF") | None);
        if kind == Kind::RecordSet && !is_text {
            rows.0.push(("ResourceRecords/**", Identity));
        }
        rows
    }

    /// The rows that fit below a field or index.
    pub(super) fn below(&self, step: &str) -> Self {
        let fits = |(path, place): &Row| {
            let (first, rest) = path.split_once('/').unwrap_or((path, ""));
            match first {
                "**" => Some(("**", *place)),
                "" => None,
                first => (first == step || first == "*").then_some((rest, *place)),
            }
        };
        Self(self.0.iter().filter_map(fits).collect())
    }

    /// What stands at this very place.
    pub(super) fn place(&self) -> Option<Place> {
        self.0
            .iter()
            .find(|(path, _)| path.is_empty() || *path == "**")
            .map(|(_, place)| *place)
    }
}

/// The fields in which an answer or a file wraps things of a kind.
pub(super) const fn wrappers(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::EcsTaskDefinition => &["taskDefinition", "taskDefinitions"],
        Kind::EcsService => &["service", "services"],
        Kind::ScalableTarget => &["ScalableTargets"],
        Kind::ScalingPolicy => &["ScalingPolicies"],
        Kind::ScheduledAction => &["ScheduledActions"],
        Kind::LambdaFunction => &["Configuration"],
        _ => &[],
    }
}
