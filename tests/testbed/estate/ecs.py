"""An ECS estate of a parcel-tracking company: clusters, services, scheduled tasks, a load balancer, scaling and zones.

Prints what it made, by the names that AWS gave: {"clusters": […], "services": […], "taskDefinitions": […], …}. Made of
the calls that a team would make; everything is named, nothing is random but what AWS itself draws."""

import json
import os
import urllib.request

import boto3

WEB = ["tracking", "labels", "rates", "pickup", "returns", "customs", "portal", "api", "search", "notify"]
WORKERS = ["scan-ingest", "route-planner", "invoice", "webhook-sender", "photo-resize"]
# A secret in plain sight, as teams have them. The tests look for it where it must not be.
SECRET = "hunter2-parcel-Kq83ZrT0vW"

ecs = boto3.client("ecs")
events = boto3.client("events")
scheduler = boto3.client("scheduler")
scaling = boto3.client("application-autoscaling")
balancing = boto3.client("elbv2")
route53 = boto3.client("route53")
ec2 = boto3.client("ec2")

made = {"clusters": [], "services": [], "atZero": [], "taskDefinitions": [], "unreferenced": []}


def main():
    hold_still()
    network = make_network()
    groups, balancer = make_balancer(network)
    clusters = {name: make_cluster(name) for name in ("parcels-prod", "parcels-staging", "parcels-batch")}
    make_services(clusters, groups, network)
    make_scheduled(clusters["parcels-batch"])
    make_scaling()
    make_task(clusters["parcels-batch"])
    make_zones(balancer)
    print(json.dumps(made))


def hold_still():
    """Has moto leave tasks in the state they are in: two scans of the estate shall see the same."""
    still = {"model_name": "ecs::task", "transition": {"progression": "manual", "times": 1_000_000}}
    address = os.environ["AWS_ENDPOINT_URL"] + "/moto-api/state-manager/set-transition"
    headers = {"Content-Type": "application/json"}
    urllib.request.urlopen(urllib.request.Request(address, json.dumps(still).encode(), headers)).read()


def make_network():
    vpc = ec2.create_vpc(CidrBlock="10.20.0.0/16")["Vpc"]["VpcId"]
    region = ec2.meta.region_name
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.20.{n}.0/24", AvailabilityZone=region + "abc"[n])["Subnet"]["SubnetId"]
        for n in range(2)
    ]
    group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
    everybody = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[everybody])
    return {"vpc": vpc, "subnets": subnets, "group": group}


def make_balancer(network):
    balancer = balancing.create_load_balancer(
        Name="parcels-public",
        Subnets=network["subnets"],
        SecurityGroups=[network["group"]],
        Tags=[{"Key": "team", "Value": "edge"}],
    )["LoadBalancers"][0]
    groups = {}
    for name in WEB:
        group = balancing.create_target_group(
            Name=name, Protocol="HTTP", Port=8080, VpcId=network["vpc"], TargetType="ip", HealthCheckPath="/healthz"
        )["TargetGroups"][0]["TargetGroupArn"]
        balancing.modify_target_group_attributes(
            TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "45"}]
        )
        groups[name] = group
    listener = balancing.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": groups["portal"]}],
    )["Listeners"][0]["ListenerArn"]
    rules = []
    for priority, name in enumerate(WEB, start=10):
        rule = balancing.create_rule(
            ListenerArn=listener,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": [f"/{name}/*"]}],
            Actions=[{"Type": "forward", "TargetGroupArn": groups[name]}],
            Tags=[{"Key": "path", "Value": name}],
        )
        rules.append(rule["Rules"][0]["RuleArn"])
    made.update(loadBalancers=[balancer["LoadBalancerArn"]], listeners=[listener], rules=rules)
    made["targetGroups"] = sorted(groups.values())
    return groups, balancer


def make_cluster(name):
    arn = ecs.create_cluster(clusterName=name, tags=[{"key": "environment", "value": name.split("-")[1]}])
    made["clusters"].append(arn["cluster"]["clusterArn"])
    return name


def make_definition(family, port=None, referenced=True, command=None):
    container = {
        "name": family,
        "image": f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/{family}:2024-11-08",
        "memory": 512,
        "essential": True,
        "environment": [
            {"name": "LOG_LEVEL", "value": "info"},
            {"name": "DATABASE_URL", "value": f"postgres://parcels:{SECRET}@db.internal:5432/parcels"},
        ],
    }
    if port:
        container["portMappings"] = [{"containerPort": port, "protocol": "tcp"}]
    if command:
        container["command"] = command
    arn = ecs.register_task_definition(
        family=family,
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=[container],
        tags=[{"key": "team", "value": "parcels"}],
    )["taskDefinition"]["taskDefinitionArn"]
    made["taskDefinitions" if referenced else "unreferenced"].append(arn)
    return arn


def make_services(clusters, groups, network):
    placed = {"awsvpcConfiguration": {"subnets": network["subnets"], "securityGroups": [network["group"]]}}
    for name in WEB:
        make_definition(name, port=8080, referenced=False)  # the revision before: nothing refers to it any more
        definition = make_definition(name, port=8080)
        for cluster in ("parcels-prod", "parcels-staging"):
            count = {"parcels-prod": 3, "parcels-staging": 1}[cluster]
            front = [{"targetGroupArn": groups[name], "containerName": name, "containerPort": 8080}]
            front = front if cluster == "parcels-prod" else []
            make_service(clusters[cluster], name, definition, count, network=placed, loadBalancers=front)
    for name in WORKERS:
        definition = make_definition(name, command=["./worker", "--queue", name])
        count = 0 if name == "invoice" else 2
        make_service(clusters["parcels-batch"], name, definition, count, network=placed)


def make_service(cluster, name, definition, count, network, **more):
    arn = ecs.create_service(
        cluster=cluster,
        serviceName=name,
        taskDefinition=definition,
        desiredCount=count,
        launchType="FARGATE",
        networkConfiguration=network,
        tags=[{"key": "team", "value": "parcels"}],
        **more,
    )["service"]["serviceArn"]
    made["services"].append(arn)
    if count == 0:
        made["atZero"].append(arn)


def make_scheduled(cluster):
    cluster = next(arn for arn in made["clusters"] if arn.endswith("/" + cluster))
    role = "arn:aws:iam::123456789012:role/start-tasks"
    for name, when in (("nightly-export", "cron(15 2 * * ? *)"), ("hourly-sweep", "rate(1 hour)")):
        definition = make_definition(name, command=["./run", name])
        events.put_rule(Name=name, ScheduleExpression=when)
        events.put_targets(
            Rule=name,
            Targets=[
                {
                    "Id": "task",
                    "Arn": cluster,
                    "RoleArn": role,
                    "EcsParameters": {"TaskDefinitionArn": definition, "TaskCount": 1, "LaunchType": "FARGATE"},
                }
            ],
        )
    definition = make_definition("month-end", command=["./run", "month-end"])
    overrides = {"containerOverrides": [{"name": "month-end", "environment": [{"name": "API_TOKEN", "value": SECRET}]}]}
    arn = scheduler.create_schedule(
        Name="month-end",
        FlexibleTimeWindow={"Mode": "OFF"},
        ScheduleExpression="cron(0 4 1 * ? *)",
        ScheduleExpressionTimezone="Europe/Berlin",
        Target={
            "Arn": cluster,
            "RoleArn": role,
            "Input": json.dumps(overrides),
            "EcsParameters": {"TaskDefinitionArn": definition, "TaskCount": 1, "LaunchType": "FARGATE"},
        },
    )["ScheduleArn"]
    made["eventRules"] = sorted(rule["Arn"] for rule in events.list_rules()["Rules"])
    made["schedules"] = [arn]


def make_scaling():
    for name in ("tracking", "api"):
        about = {
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/parcels-prod/{name}",
            "ScalableDimension": "ecs:service:DesiredCount",
        }
        scaling.register_scalable_target(MinCapacity=2, MaxCapacity=12, **about)
        scaling.put_scaling_policy(
            PolicyName=f"{name}-cpu",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": 60.0,
                "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            },
            **about,
        )
        scaling.put_scheduled_action(
            ScheduledActionName=f"{name}-night",
            Schedule="cron(0 22 * * ? *)",
            ScalableTargetAction={"MinCapacity": 1, "MaxCapacity": 4},
            **about,
        )
    listed = scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
    made["scalableTargets"] = sorted(target["ResourceId"] for target in listed)
    policies = scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    made["scalingPolicies"] = sorted(policy["PolicyARN"] for policy in policies)
    actions = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    made["scheduledActions"] = sorted(action["ScheduledActionARN"] for action in actions)


def make_task(cluster):
    """One task that somebody started by hand, from a definition that nothing else refers to; on an instance, since moto
    5.2.5 can't run tasks with an interface of their own."""
    definition = ecs.register_task_definition(
        family="backfill-2023",
        containerDefinitions=[{"name": "backfill", "image": "busybox", "memory": 64, "command": ["./backfill", "2023"]}],
    )["taskDefinition"]["taskDefinitionArn"]
    made["taskDefinitions"].append(definition)
    instance = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    ecs.register_container_instance(cluster=cluster, instanceIdentityDocument=json.dumps({"instanceId": instance}))
    task = ecs.run_task(cluster=cluster, taskDefinition=definition, count=1, launchType="EC2")["tasks"][0]
    made["tasks"] = [task["taskArn"]]


def make_zones(balancer):
    made["zones"], made["records"] = [], []
    for name in ("parcels.example.com.", "track.example.net."):
        zone = route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
        made["zones"].append(zone.split("/")[-1])
        alias = {
            "HostedZoneId": balancer["CanonicalHostedZoneId"],
            "DNSName": balancer["DNSName"],
            "EvaluateTargetHealth": False,
        }
        sets = [{"Name": f"{label}.{name}", "Type": "A", "AliasTarget": alias} for label in WEB]
        sets += [
            {"Name": f"pay.{name}", "Type": "CNAME", "TTL": 60, "SetIdentifier": side, "Weight": weight,
             "ResourceRecords": [{"Value": f"{side}.{name}"}]}
            for side, weight in (("old", 90), ("new", 10))
        ]
        route53.change_resource_record_sets(
            HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": s} for s in sets]}
        )
        for record in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]:
            made["records"].append("/".join(filter(None, [zone.split("/")[-1], record["Name"], record["Type"], record.get("SetIdentifier")])))


main()
