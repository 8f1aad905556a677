"""A service behind a rule of a load balancer, and the target group of its new side. Prints the ARNs of both groups."""

import json
import os
import urllib.request

import boto3

ec2, elb, ecs = boto3.client("ec2"), boto3.client("elbv2"), boto3.client("ecs")

# Tasks stay in the state they are in.
still = {"model_name": "ecs::task", "transition": {"progression": "manual", "times": 1_000_000}}
address = os.environ["AWS_ENDPOINT_URL"] + "/moto-api/state-manager/set-transition"
headers = {"Content-Type": "application/json"}
urllib.request.urlopen(urllib.request.Request(address, json.dumps(still).encode(), headers)).read()

vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-central-1{zone}")["Subnet"]["SubnetId"]
    for n, zone in enumerate("ab")
]
open_group = ec2.create_security_group(GroupName="web", Description="web", VpcId=vpc)["GroupId"]
everybody = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ec2.authorize_security_group_ingress(GroupId=open_group, IpPermissions=[everybody])
placed = {"subnets": subnets, "securityGroups": [open_group]}


def group(name):
    made = elb.create_target_group(
        Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", HealthCheckPath="/healthz"
    )
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.0.10", "Port": 80}])
    return arn


old, new, other = group("track-ecs"), group("track-eks"), group("portal")
balancer = elb.create_load_balancer(Name="main", Subnets=subnets, SecurityGroups=[open_group])
balancer = balancer["LoadBalancers"][0]["LoadBalancerArn"]
listener = elb.create_listener(
    LoadBalancerArn=balancer,
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": other}],
)["Listeners"][0]["ListenerArn"]
elb.create_rule(
    ListenerArn=listener,
    Priority=10,
    Conditions=[{"Field": "host-header", "HostHeaderConfig": {"Values": ["track.example.com"]}}],
    Actions=[{"Type": "forward", "TargetGroupArn": old}],
)

ecs.create_cluster(clusterName="main")
image = "registry.example.com/track:1.4.2"
definition = ecs.register_task_definition(
    family="track",
    networkMode="awsvpc",
    requiresCompatibilities=["FARGATE"],
    cpu="256",
    memory="512",
    containerDefinitions=[{"name": "web", "image": image, "portMappings": [{"containerPort": 80}], "essential": True}],
)["taskDefinition"]["taskDefinitionArn"]
ecs.create_service(
    cluster="main",
    serviceName="track",
    taskDefinition=definition,
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": placed},
    loadBalancers=[{"targetGroupArn": old, "containerName": "web", "containerPort": 80}],
    tags=[{"key": "team", "value": "parcels"}],
    propagateTags="SERVICE",
)
# Somebody else's consumer of a queue: it would work without being asked.
ecs.create_service(
    cluster="main",
    serviceName="scan-ingest",
    taskDefinition=ecs.register_task_definition(
        family="scan-ingest",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "worker",
                "image": "registry.example.com/scan-ingest:2.0.0",
                "essential": True,
                "environment": [
                    {"name": "QUEUE_URL", "value": "https://sqs.eu-central-1.amazonaws.com/417263850914/scans"}
                ],
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"],
    desiredCount=1,
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": placed},
    tags=[{"key": "team", "value": "parcels"}],
    propagateTags="SERVICE",
)
print(json.dumps({"old_group": old, "new_group": new}))
