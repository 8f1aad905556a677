"""A handful of each of what scans read in another way: lists of pages, descriptions in batches, one call for each thing, and
things that wait for the rest of them. Small, so that it can be scanned hundreds of times."""

import json

import boto3

ecs = boto3.client("ecs")
events = boto3.client("events")
sqs = boto3.client("sqs")
sns = boto3.client("sns")
route53 = boto3.client("route53")

account = boto3.client("sts").get_caller_identity()["Account"]
region = ecs.meta.region_name


def main():
    for cluster in ("night", "day"):
        ecs.create_cluster(clusterName=cluster)
    definitions = [definition(name) for name in ("labels", "rates", "customs", "sweep", "forgotten")]
    for name, made in zip(("labels", "rates", "customs", "rates-again"), definitions[:3] + definitions[1:2]):
        ecs.create_service(cluster="night", serviceName=name, taskDefinition=made, desiredCount=0, launchType="FARGATE")
    ecs.create_service(cluster="day", serviceName="labels", taskDefinition=definitions[0], desiredCount=0)
    rule(definitions[3])
    for name in ("labels", "rates", "scans", "scans-dead"):
        sqs.create_queue(QueueName=name, tags={"team": "parcels"})
    topic = sns.create_topic(Name="scans", Tags=[{"Key": "team", "Value": "parcels"}])["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{region}:{account}:scans")
    zone()
    print(json.dumps({}))


def definition(family):
    queue = f"https://sqs.{region}.amazonaws.com/{account}/{family}"
    environment = [{"name": "QUEUE_URL", "value": queue}, {"name": "DB_PASSWORD", "value": "hunter2-few-Wq8"}]
    container = {"name": family, "image": f"{family}:1", "memory": 128, "environment": environment}
    made = ecs.register_task_definition(family=family, containerDefinitions=[container])
    return made["taskDefinition"]["taskDefinitionArn"]


def rule(definition):
    events.put_rule(Name="sweep", ScheduleExpression="rate(1 day)")
    cluster = f"arn:aws:ecs:{region}:{account}:cluster/night"
    target = {"Id": "task", "Arn": cluster, "RoleArn": f"arn:aws:iam::{account}:role/events"}
    events.put_targets(Rule="sweep", Targets=[target | {"EcsParameters": {"TaskDefinitionArn": definition}}])


def zone():
    made = route53.create_hosted_zone(Name="few.example.com", CallerReference="few")["HostedZone"]["Id"]
    for name in ("labels", "rates", "customs"):
        record = {"Name": f"{name}.few.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
        change = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        route53.change_resource_record_sets(HostedZoneId=made, ChangeBatch=change)


main()
