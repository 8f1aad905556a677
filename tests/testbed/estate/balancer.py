"""Load balancers with one listener each, whose default action and one rule forward to an old target group each; a new group
stands beside them. Prints the ARNs of each. usage: balancer.py [HOW_MANY]"""

import json
import sys

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


def rule(listener, priority, host, arn):
    condition = {"Field": "host-header", "HostHeaderConfig": {"Values": [host]}}
    made = elb.create_rule(ListenerArn=listener, Priority=priority, Conditions=[condition], Actions=forward(arn))
    return made["Rules"][0]["RuleArn"]


def balancer(number):
    old, new, other = (group(f"{name}{number}") for name in ("old", "new", "other"))
    arn = elb.create_load_balancer(Name=f"main{number}", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=forward(other))
    listener = listener["Listeners"][0]["ListenerArn"]
    made = {"listener": listener, "rule": rule(listener, 10, "track.example.com", old), "old": old, "new": new}
    rule(listener, 20, "other.example.com", other)
    return made


print(json.dumps([balancer(number) for number in range(int(sys.argv[1]) if sys.argv[1:] else 1)]))
