"""A rule of EventBridge that fires by a schedule, and an ECS service with two tasks. usage: owners.py make CRON | state |
rule STATE TARGET… | service COUNT"""

import json
import sys

import boto3

events, ecs = boto3.client("events"), boto3.client("ecs")
what, arguments = sys.argv[1], sys.argv[2:]
made = None


def ids():
    return [target["Id"] for target in events.list_targets_by_rule(Rule="close")["Targets"]]


if what == "make":
    events.put_rule(Name="close", ScheduleExpression=arguments[0], State="ENABLED")
    events.put_targets(Rule="close", Targets=[{"Id": "daily", "Arn": "arn:aws:sqs:eu-central-1:123456789012:close"}])
    ecs.create_cluster(clusterName="main")
    container = {"name": "orders", "image": "registry.example/orders:1", "memory": 128}
    ecs.register_task_definition(family="orders", containerDefinitions=[container])
    ecs.create_service(cluster="main", serviceName="orders", taskDefinition="orders", desiredCount=2)
    # moto lets tasks run only once the number was changed.
    ecs.update_service(cluster="main", service="orders", desiredCount=2)
elif what == "rule":
    events.enable_rule(Name="close") if arguments[0] == "true" else events.disable_rule(Name="close")
    wanted = arguments[1:]
    events.put_targets(
        Rule="close",
        Targets=[{"Id": name, "Arn": "arn:aws:sqs:eu-central-1:123456789012:close"} for name in wanted],
    )
    if gone := [name for name in ids() if name not in wanted]:
        events.remove_targets(Rule="close", Ids=gone)
elif what == "service":
    ecs.update_service(cluster="main", service="orders", desiredCount=int(arguments[0]))
rule = events.describe_rule(Name="close")
service = ecs.describe_services(cluster="main", services=["orders"])["services"][0]
counts = {name: service[name] for name in ("desiredCount", "runningCount", "pendingCount")}
print(json.dumps([{name: rule[name] for name in ("Name", "State", "ScheduleExpression")}, sorted(ids()), counts]))
