//! ECS services as an account's APIs describe them, made up and varied.

use caravan_inventory::{Observation, Workload};
use serde_json::{Value, json};

/// One service with its observations.
pub(crate) struct Service {
    pub(crate) workload: Workload,
    pub(crate) observations: Vec<Observation>,
}

const ACCOUNT: &str = "111122223333";
const REGION: &str = "eu-central-1";

/// So many services: of ten, six serve behind a load balancer and four work; of four, one scales; sidecars, secrets,
/// shared file systems and checks come and go.
pub(crate) fn services(count: usize) -> Result<Vec<Service>, serde_json::Error> {
    (0..count).map(service).collect()
}

fn service(at: usize) -> Result<Service, serde_json::Error> {
    let web = at % 10 < 6;
    let name = format!("{}-{at}", ["orders", "labels", "tracking", "pricing", "depots"][at % 5]);
    let task = arn("ecs", &format!("task-definition/{name}:{}", at % 40 + 1));
    let mut parts =
        vec![observation("ecs.service", &service_arn(&name), "ecs:DescribeServices", described(&name, &task, at, web))];
    let mut others = vec![observation(
        "ecs.task-definition",
        &task,
        "ecs:DescribeTaskDefinition",
        definition(&name, &task, at, web),
    )];
    if web {
        others.push(observation("elbv2.listener", &listener(), "elasticloadbalancing:DescribeListeners", listening()));
        others.push(observation(
            "elbv2.load-balancer",
            &balancer(),
            "elasticloadbalancing:DescribeLoadBalancers",
            balancing(),
        ));
        others.push(observation("ec2.security-group", "sg-0b", "ec2:DescribeSecurityGroups", guarding()));
        others.push(observation("elbv2.rule", &rule(at), "elasticloadbalancing:DescribeRules", routing(&name, at)));
        others.push(observation(
            "elbv2.target-group",
            &group(&name),
            "elasticloadbalancing:DescribeTargetGroups",
            grouping(&name, at),
        ));
    }
    if at.is_multiple_of(4) {
        let id = format!("service/main/{name}");
        others.push(observation(
            "application-autoscaling.scalable-target",
            &id,
            "application-autoscaling:DescribeScalableTargets",
            scalable(&id, at),
        ));
        others.push(observation(
            "application-autoscaling.scaling-policy",
            &format!("{id}/cpu"),
            "application-autoscaling:DescribeScalingPolicies",
            policy(&id, at),
        ));
    }
    others.sort_by(|a, b| a["id"].as_str().cmp(&b["id"].as_str()));
    parts.extend(others);
    let workload = json!({
        "id": format!("ecs/{ACCOUNT}/{REGION}/main/{name}"), "kind": "ecs", "name": name,
        "team": format!("team{}", at % 50), "environment": "prod", "account": ACCOUNT, "region": REGION,
        "parts": parts.iter().map(|part| part["id"].clone()).collect::<Vec<_>>(),
    });
    let observations = parts.into_iter().map(serde_json::from_value).collect::<Result<_, _>>()?;
    Ok(Service { workload: serde_json::from_value(workload)?, observations })
}

fn arn(service: &str, rest: &str) -> String {
    format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}")
}

fn service_arn(name: &str) -> String {
    arn("ecs", &format!("service/main/{name}"))
}

fn balancer() -> String {
    arn("elasticloadbalancing", "loadbalancer/app/public/0123456789abcdef")
}

fn listener() -> String {
    arn("elasticloadbalancing", "listener/app/public/0123456789abcdef/fedcba9876543210")
}

fn rule(at: usize) -> String {
    arn("elasticloadbalancing", &format!("listener-rule/app/public/0123456789abcdef/fedcba9876543210/{at:016x}"))
}

fn group(name: &str) -> String {
    arn("elasticloadbalancing", &format!("targetgroup/{name}/0123456789abcdef"))
}

fn observation(kind: &str, name: &str, api: &str, body: Value) -> Value {
    json!({
        "id": format!("{kind}/{ACCOUNT}/{REGION}/{name}"), "kind": kind, "name": name, "account": ACCOUNT, "region": REGION,
        "api": api, "first_seen": "2026-11-01T00:00:00Z", "last_seen": "2026-11-20T00:00:00Z", "body": body,
    })
}

fn described(name: &str, task: &str, at: usize, web: bool) -> Value {
    let mut service = json!({
        "serviceArn": service_arn(name), "serviceName": name, "clusterArn": arn("ecs", "cluster/main"),
        "status": "ACTIVE", "desiredCount": at % 5 + 1, "runningCount": at % 5 + 1, "pendingCount": 0,
        "launchType": "FARGATE", "platformVersion": "1.4.0", "platformFamily": "Linux", "taskDefinition": task,
        "deploymentConfiguration": {
            "deploymentCircuitBreaker": {"enable": true, "rollback": true},
            "maximumPercent": 200, "minimumHealthyPercent": 100,
        },
        "roleArn": format!("arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"),
        "createdAt": 1_700_000_000 + at, "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"},
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": ["subnet-0a", "subnet-0b", "subnet-0c"], "securityGroups": [format!("sg-{at:08x}")], "assignPublicIp": "DISABLED",
        }},
        "placementConstraints": [], "placementStrategy": [], "serviceRegistries": [],
        "healthCheckGracePeriodSeconds": if web { 60 } else { 0 },
        "enableECSManagedTags": true, "propagateTags": "SERVICE", "enableExecuteCommand": false,
        "tags": [{"key": "team", "value": format!("team{}", at % 50)}, {"key": "cost-centre", "value": format!("{}", at % 97)}],
    });
    if web {
        service["loadBalancers"] =
            json!([{"targetGroupArn": group(name), "containerName": "app", "containerPort": 8080}]);
    }
    service
}

fn definition(name: &str, task: &str, at: usize, web: bool) -> Value {
    let environment: Vec<Value> = (0..at % 12 + 4)
        .map(|n| json!({"name": format!("SETTING_{n}"), "value": format!("value-{}-{n}", at % 17)}))
        .collect();
    let secrets: Vec<Value> = (0..at % 4)
        .map(|n| json!({"name": format!("SECRET_{n}"), "valueFrom": format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{name}-AbCdEf:key{n}::")}))
        .collect();
    let mut app = json!({
        "name": "app", "image": format!("{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name}:{}.{}", at % 9, at % 31),
        "cpu": 0, "memoryReservation": 256 + at % 4 * 128, "essential": true, "environment": environment, "secrets": secrets,
        "mountPoints": [], "volumesFrom": [], "systemControls": [], "stopTimeout": 30,
        "portMappings": if web { json!([{"containerPort": 8080, "hostPort": 8080, "protocol": "tcp", "name": "http", "appProtocol": "http"}]) } else { json!([]) },
        "logConfiguration": {"logDriver": "awslogs", "options": {
            "awslogs-group": format!("/ecs/{name}"), "awslogs-region": REGION, "awslogs-stream-prefix": "app",
        }},
    });
    if at.is_multiple_of(3) {
        app["command"] = json!(["node", "server.js", "--port", "8080"]);
        app["healthCheck"] = json!({"command": ["CMD-SHELL", "curl -f http://localhost:8080/health || exit 1"], "interval": 30, "timeout": 5, "retries": 3, "startPeriod": 60});
    }
    let mut containers = vec![app];
    if at.is_multiple_of(5) {
        containers.push(json!({
            "name": "agent", "image": "registry.example.com/agent:7", "cpu": 0, "memory": 128, "essential": false,
            "environment": [{"name": "AGENT_SITE", "value": "eu"}], "mountPoints": [], "volumesFrom": [], "portMappings": [],
        }));
    }
    let mut volumes = vec![];
    if at.is_multiple_of(20) {
        containers[0]["mountPoints"] = json!([{"sourceVolume": "data", "containerPath": "/data", "readOnly": false}]);
        volumes.push(json!({"name": "data", "efsVolumeConfiguration": {
            "fileSystemId": format!("fs-{at:017x}"), "rootDirectory": "/", "transitEncryption": "ENABLED",
            "authorizationConfig": {"accessPointId": format!("fsap-{at:017x}"), "iam": "ENABLED"},
        }}));
    }
    let (cpu, memory) = [("256", "512"), ("512", "1024"), ("1024", "2048")][at % 3];
    json!({"taskDefinition": {
        "taskDefinitionArn": task, "family": name, "revision": at % 40 + 1, "status": "ACTIVE", "networkMode": "awsvpc",
        "taskRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/{name}"), "executionRoleArn": format!("arn:aws:iam::{ACCOUNT}:role/ecs-execution"),
        "cpu": cpu, "memory": memory,
        "requiresCompatibilities": ["FARGATE"], "compatibilities": ["EC2", "FARGATE"],
        "runtimePlatform": {"cpuArchitecture": if at.is_multiple_of(6) { "ARM64" } else { "X86_64" }, "operatingSystemFamily": "LINUX"},
        "requiresAttributes": [{"name": "com.amazonaws.ecs.capability.logging-driver.awslogs"}, {"name": "ecs.capability.execution-role-awslogs"}],
        "placementConstraints": [], "volumes": volumes, "containerDefinitions": containers,
        "registeredAt": 1_700_000_000 + at, "registeredBy": format!("arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"),
    }, "tags": [{"key": "repository", "value": format!("git.example.com/{name}")}]})
}

fn balancing() -> Value {
    json!({
        "LoadBalancerArn": balancer(), "DNSName": "public-1.eu-central-1.elb.amazonaws.com", "CanonicalHostedZoneId": "Z215JYRZR1TBD5",
        "CreatedTime": "2024-01-01T00:00:00Z", "LoadBalancerName": "public", "Scheme": "internet-facing", "VpcId": "vpc-0a",
        "State": {"Code": "active"}, "Type": "application", "IpAddressType": "ipv4", "SecurityGroups": ["sg-0b"],
        "AvailabilityZones": [{"ZoneName": "eu-central-1a", "SubnetId": "subnet-1a", "LoadBalancerAddresses": []}],
    })
}

fn guarding() -> Value {
    let everybody = json!([{"cidrIp": "0.0.0.0/0"}]);
    json!({
        "groupId": "sg-0b", "groupName": "public", "vpcId": "vpc-0a",
        "ipPermissions": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": everybody}],
    })
}

fn listening() -> Value {
    json!({
        "ListenerArn": listener(), "LoadBalancerArn": balancer(), "Port": 443, "Protocol": "HTTPS",
        "Certificates": [{"CertificateArn": arn("acm", "certificate/1")}], "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404", "ContentType": "text/plain"}}],
    })
}

fn routing(name: &str, at: usize) -> Value {
    json!({
        "RuleArn": rule(at), "Priority": format!("{}", at + 1), "IsDefault": false,
        "Conditions": [
            {"Field": "host-header", "HostHeaderConfig": {"Values": [format!("{name}.shop.example")]}, "Values": [format!("{name}.shop.example")]},
            {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/api/*", "/health"]}, "Values": ["/api/*", "/health"]},
        ],
        "Actions": [{"Type": "forward", "TargetGroupArn": group(name), "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group(name), "Weight": 1}]}}],
    })
}

fn grouping(name: &str, at: usize) -> Value {
    json!({
        "TargetGroupArn": group(name), "TargetGroupName": name, "Protocol": "HTTP", "Port": 8080, "VpcId": "vpc-0a",
        "HealthCheckProtocol": "HTTP", "HealthCheckPort": "traffic-port", "HealthCheckEnabled": true, "HealthCheckIntervalSeconds": 15,
        "HealthCheckTimeoutSeconds": 5, "HealthyThresholdCount": 2, "UnhealthyThresholdCount": 3, "HealthCheckPath": "/health",
        "Matcher": {"HttpCode": "200"}, "LoadBalancerArns": [balancer()], "TargetType": "ip", "ProtocolVersion": "HTTP1", "IpAddressType": "ipv4",
        "Attributes": [
            {"Key": "deregistration_delay.timeout_seconds", "Value": format!("{}", at % 3 * 15 + 15)},
            {"Key": "stickiness.enabled", "Value": "false"}, {"Key": "slow_start.duration_seconds", "Value": "0"},
        ],
    })
}

fn scalable(id: &str, at: usize) -> Value {
    json!({
        "ServiceNamespace": "ecs", "ResourceId": id, "ScalableDimension": "ecs:service:DesiredCount", "MinCapacity": at % 3 + 1,
        "MaxCapacity": at % 3 + 8, "RoleARN": format!("arn:aws:iam::{ACCOUNT}:role/aws-service-role/autoscaling"), "CreationTime": 1_700_000_000,
        "SuspendedState": {"DynamicScalingInSuspended": false, "DynamicScalingOutSuspended": false, "ScheduledScalingSuspended": false},
    })
}

fn policy(id: &str, at: usize) -> Value {
    json!({
        "PolicyARN": arn("autoscaling", &format!("scalingPolicy:{at}:resource/ecs/{id}:policyName/cpu")), "PolicyName": "cpu",
        "ServiceNamespace": "ecs", "ResourceId": id, "ScalableDimension": "ecs:service:DesiredCount", "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": 60.0 + (at % 3) as f64 * 5.0, "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            "ScaleOutCooldown": 60, "ScaleInCooldown": 300, "DisableScaleIn": false,
        },
        "Alarms": [], "CreationTime": 1_700_000_000,
    })
}
