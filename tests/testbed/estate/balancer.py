"""A load balancer with one listener, whose default action and one rule forward to an old target group each; a new group
stands beside them. Prints the ARNs."""

import json

import boto3

ec2, elb = boto3.client("ec2"), boto3.client("elbv2")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"eu-central-1{zone}")["Subnet"]["SubnetId"]
    for n, zone in enumerate("ab")
]


def group(name):
    made = elb.create_target_group(Name=name, Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": "10.0.0.10", "Port": 80}])
    return arn


def forward(arn):
    return [{"Type": "forward", "TargetGroupArn": arn}]


old, new, other = group("old"), group("new"), group("other")
balancer = elb.create_load_balancer(Name="main", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
listener = elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward(other))
listener = listener["Listeners"][0]["ListenerArn"]


def rule(priority, host, arn):
    condition = {"Field": "host-header", "HostHeaderConfig": {"Values": [host]}}
    made = elb.create_rule(ListenerArn=listener, Priority=priority, Conditions=[condition], Actions=forward(arn))
    return made["Rules"][0]["RuleArn"]


print(json.dumps({"listener": listener, "rule": rule(10, "track.example.com", old), "old": old, "new": new}))
rule(20, "other.example.com", other)
