//! Amazon ECS (2014-11-13): RegisterTaskDefinition, DescribeTaskDefinition, CreateService, DescribeServices, RunTask,
//! DescribeTasks, DescribeClusters.

use super::model::Content::{Command, Free, Identity, Reference};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A task definition.
pub(crate) static TASK_DEFINITIONS: Model = Model::new(TASK_DEFINITION, &NAMES);
/// A service.
pub(crate) static SERVICES: Model = Model::new(SERVICE, &NAMES);
/// A task.
pub(crate) static TASKS: Model = Model::new(TASK, &NAMES);
/// A cluster. Its names are its own: nothing else is made of its fields.
pub(crate) static CLUSTERS: Model = Model::new(CLUSTER, &CLUSTER_NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[TASK_DEFINITION, SERVICE, TASK], OTHERS));
static CLUSTER_NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[CLUSTER], &[]));

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
const CLUSTER: &[Row] = &[
    ("clusterArn", Identity), ("clusterName", Identity), ("status", Identity), ("capacityProviders/**", Identity),
    ("defaultCapacityProviderStrategy/**", Identity), ("attachments/**", Identity), ("serviceConnectDefaults/**", Identity),
    ("statistics/**", Identity), ("settings/**", Identity), ("tags/*/key", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "accessLogConfiguration", "accessPointArn", "accessPointId", "action", "add", "advancedConfiguration",
    "alarmNames", "alarms", "alternateTargetGroupArn", "appProtocol", "arn", "assignPublicIp", "attachmentId",
    "autoprovision", "awsPcaAuthorityArn", "awsvpcConfiguration", "bakeTimeInMinutes", "base", "bindIP",
    "canaryBakeTimeInMinutes", "canaryConfiguration", "canaryPercent", "capabilities", "capacityProvider",
    "clientAliases", "computedDesiredCount", "condition", "configuredAtLaunch", "containerArn", "containerPath",
    "containerPort", "containerPortRange", "count", "cpuArchitecture", "deleteOnTermination", "deleteRequestedAt",
    "deploymentCircuitBreaker", "desiredCount", "detail", "details", "deviceName", "deviceType", "devices",
    "disableNetworking", "discoveryArn", "discoveryName", "dnsName", "dockerLabels", "domain", "driverOpts", "drop",
    "enable", "enableECSManagedTags", "enableExecuteCommand", "enableFaultInjection", "enabled", "encrypted",
    "ephemeralStorage", "essential", "exact", "exitCode", "expression", "externalId", "failedTasks", "failures",
    "fargateEphemeralStorage", "field", "fileSystemArn", "fileSystemId", "filesystemType", "format", "gpuIds",
    "hardLimit", "header", "healthCheckGracePeriodSeconds", "hookTargetArn", "hostPath", "hostPort", "hostPortRange",
    "iam", "idleTimeoutSeconds", "ignoredExitCodes", "imageDigest", "include", "includeQueryParameters",
    "inferenceAcceleratorOverrides", "ingressPortOverride", "initProcessEnabled", "interactive", "interval", "iops",
    "ipAddress", "ipv6Address", "issuerCertificateAuthority", "kmsKey", "kmsKeyId", "labels", "lastStartedAt",
    "lifecycleStages", "linearConfiguration", "loadBalancerName", "managedAgents", "maxSwap", "maximumPercent",
    "memoryReservation", "minimumHealthyPercent", "mountOptions", "networkBindings", "networkInterfaces",
    "operatingSystemFamily", "pendingCount", "pendingTaskCount", "perRequestTimeoutSeconds", "permissions", "port",
    "portName", "privateIpv4Address", "privileged", "productionListenerRule", "protocol", "pseudoTerminal",
    "readOnly", "readonlyRootFilesystem", "referenceId", "registryArn", "requestedTaskCount",
    "resourceManagementType", "resourceType", "restartAttemptPeriod", "retries", "revision", "rollback",
    "rolloutState", "rootDirectory", "runningCount", "runningTaskCount", "runtimeId", "s3filesVolumeConfiguration",
    "scale", "securityGroups", "service", "serviceConnectResources", "services", "sharedMemorySize", "size",
    "sizeInGiB", "snapshotId", "softLimit", "sourceContainer", "sourceVolume", "stabilityStatus", "stabilityStatusAt",
    "startPeriod", "startTimeout", "stepBakeTimeInMinutes", "stepPercent", "stopTimeout", "strategy", "subnets",
    "swappiness", "targetGroupArn", "targetId", "targetType", "taskSetArn", "tasks", "terminationPolicy",
    "testListenerRule", "testTrafficRules", "throughput", "timeout", "timeoutConfiguration", "timeoutInMinutes",
    "tls", "tmpfs", "transitEncryption", "transitEncryptionPort", "unit", "version", "volumeInitializationRate",
    "volumeType", "weight",
];
