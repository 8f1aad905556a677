"""What customers' names lead to at the old edge: an address that stays, and a load balancer. Prints the address and the balancer's name."""

import json

import boto3

ec2 = boto3.client("ec2")
address = ec2.allocate_address(Domain="vpc")["PublicIp"]
subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"][:2]]
made = boto3.client("elbv2").create_load_balancer(Name="old-edge", Subnets=subnets, Type="application")
print(json.dumps({"address": address, "balancer": made["LoadBalancers"][0]["DNSName"]}))
