"""What the workloads of a parcel-tracking company share: queues, topics, buckets, tables, databases, caches, names of secrets,
roles, certificates, senders of mail, distributions, buses and alarms, and a few workloads that use them.

Prints what it made by kind, by the names that the inventory gives, and what uses what. What the emulator does not know is left
out and named under "lacking"."""

import io
import json
import zipfile

import boto3
import botocore.exceptions

# A secret in plain sight, as teams have them. The tests look for it where it must not be.
SECRET = "hunter2-share-Tn58QwYc3mLx"

session = boto3.session.Session()
region = session.region_name
account = boto3.client("sts").get_caller_identity()["Account"]
made = {"lacking": []}


def main():
    steps = [
        make_queues,
        make_topics,
        make_secrets,
        make_buckets,
        make_tables,
        make_databases,
        make_caches,
        make_roles,
        make_certificates,
        make_senders,
        make_distributions,
        make_buses,
        make_alarms,
        make_workloads,
    ]
    for step in steps:
        try:
            step()
        except (botocore.exceptions.ClientError, botocore.exceptions.EndpointConnectionError) as refused:
            made["lacking"].append(f"{step.__name__}: {refused}")
    print(json.dumps(made))


def arn(service, resource):
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def made_of(kind, *names):
    made.setdefault(kind, []).extend(names)


def make_queues():
    sqs = boto3.client("sqs")
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "from-scans",
                "Effect": "Allow",
                "Principal": {"Service": "sns.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": arn("sqs", "parcel-labels"),
                "Condition": {
                    "ArnEquals": {"aws:SourceArn": arn("sns", "parcel-scans")},
                    "StringEquals": {"aws:Referer": SECRET},
                },
            }
        ],
    }
    # The size that SQS had for years: the older of the AWS providers that Terraform is tried with takes no other.
    size = {"MaximumMessageSize": "262144"}
    sqs.create_queue(QueueName="parcel-labels-dead", Attributes=size)
    redrive = {"deadLetterTargetArn": arn("sqs", "parcel-labels-dead"), "maxReceiveCount": 5}
    sqs.create_queue(
        QueueName="parcel-labels",
        Attributes={"RedrivePolicy": json.dumps(redrive), "Policy": json.dumps(policy), "VisibilityTimeout": "90", **size},
        tags={"team": "parcels", "apiToken": SECRET},
    )
    sqs.create_queue(QueueName="route-jobs.fifo", Attributes={"FifoQueue": "true", **size}, tags={"team": "routing"})
    sqs.create_queue(QueueName="pickup-events", Attributes=size)
    made_of("sqs.queue", *(arn("sqs", name) for name in ["parcel-labels-dead", "parcel-labels", "route-jobs.fifo", "pickup-events"]))


def make_topics():
    sns = boto3.client("sns")
    scans = sns.create_topic(Name="parcel-scans", Tags=[{"Key": "team", "Value": "parcels"}])["TopicArn"]
    alerts = sns.create_topic(Name="ops-alerts", Attributes={"DisplayName": "Operations"})["TopicArn"]
    returns = sns.create_topic(Name="returns")["TopicArn"]
    sns.subscribe(
        TopicArn=scans,
        Protocol="sqs",
        Endpoint=arn("sqs", "parcel-labels"),
        Attributes={"FilterPolicy": json.dumps({"event": ["scanned"]}), "RawMessageDelivery": "true"},
    )
    sns.subscribe(TopicArn=alerts, Protocol="https", Endpoint=f"https://hooks.partner.example/in?token={SECRET}")
    sns.subscribe(TopicArn=returns, Protocol="lambda", Endpoint=arn("lambda", "function:label-maker"))
    made_of("sns.topic", scans, alerts, returns)
    # One that waits for its confirmation has no name yet.
    listed = [one["SubscriptionArn"] for one in sns.list_subscriptions()["Subscriptions"]]
    made_of("sns.subscription", *(one for one in listed if one.startswith("arn:")))


def make_secrets():
    secrets, parameters = boto3.client("secretsmanager"), boto3.client("ssm")
    for name, team in [("parcels/database", "parcels"), ("routing/maps-key", "routing"), ("mail-relay", "")]:
        tags = [{"Key": "team", "Value": team}] if team else []
        made_of("secretsmanager.secret", secrets.create_secret(Name=name, SecretString=SECRET, Tags=tags)["ARN"])
    for name, kind in [("/parcels/flags", "String"), ("/parcels/pin", "SecureString"), ("page-size", "String")]:
        parameters.put_parameter(Name=name, Value=SECRET, Type=kind)
        made_of("ssm.parameter", arn("ssm", "parameter/" + name.lstrip("/")))


def make_buckets():
    s3 = boto3.client("s3")
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    names = [f"{name}-{account}" for name in ["parcel-labels", "proof-of-delivery", "site-assets"]]
    for name in names:
        s3.create_bucket(Bucket=name, **place)
    s3.put_bucket_tagging(Bucket=names[0], Tagging={"TagSet": [{"Key": "team", "Value": "parcels"}]})
    s3.put_bucket_policy(
        Bucket=names[2],
        Policy=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "s3:GetObject",
                        "Resource": f"arn:aws:s3:::{names[2]}/*",
                        "Condition": {"StringEquals": {"aws:Referer": SECRET}},
                    }
                ],
            }
        ),
    )
    made_of("s3.bucket", *(f"arn:aws:s3:::{name}" for name in names))
    s3.put_bucket_notification_configuration(
        Bucket=names[1],
        NotificationConfiguration={
            "QueueConfigurations": [{"QueueArn": arn("sqs", "pickup-events"), "Events": ["s3:ObjectCreated:*"]}],
            "TopicConfigurations": [{"TopicArn": arn("sns", "parcel-scans"), "Events": ["s3:ObjectRemoved:*"]}],
        },
    )


def make_tables():
    dynamodb = boto3.client("dynamodb")
    for name in ["parcels", "route-plans", "tracking_events"]:
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": name == "parcels", **({"StreamViewType": "NEW_IMAGE"} if name == "parcels" else {})},
            Tags=[{"Key": "team", "Value": "parcels"}],
        )
        made_of("dynamodb.table", arn("dynamodb", f"table/{name}"))


def make_databases():
    rds = boto3.client("rds")
    login = {"MasterUsername": "keeper", "MasterUserPassword": SECRET}
    for name in ["ledger", "claims"]:
        rds.create_db_instance(
            DBInstanceIdentifier=name, DBInstanceClass="db.t4g.micro", Engine="postgres", AllocatedStorage=20, **login,
            Tags=[{"Key": "team", "Value": "parcels"}],
        )
        made_of("rds.instance", arn("rds", f"db:{name}"))
    rds.create_db_cluster(DBClusterIdentifier="parcel-store", Engine="aurora-postgresql", **login)
    made_of("rds.cluster", arn("rds", "cluster:parcel-store"))
    made["hosts"] = {one["DBInstanceIdentifier"]: one["Endpoint"]["Address"] for one in rds.describe_db_instances()["DBInstances"] if "Endpoint" in one}


def make_caches():
    caches = boto3.client("elasticache")
    for name in ["quotes", "sessions"]:
        caches.create_replication_group(ReplicationGroupId=name, ReplicationGroupDescription="of the shop", Engine="redis", CacheNodeType="cache.t4g.micro", NumNodeGroups=1)
        made_of("elasticache.replication-group", arn("elasticache", f"replicationgroup:{name}"))
    caches.create_cache_cluster(CacheClusterId="rates", Engine="memcached", CacheNodeType="cache.t4g.micro", NumCacheNodes=1)
    made_of("elasticache.cluster", arn("elasticache", "cluster:rates"))


def make_roles():
    iam = boto3.client("iam")

    def trust(service):
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    def rights(*statements):
        return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources} for actions, resources in statements]})

    task = iam.create_role(RoleName="parcel-task", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"), Tags=[{"Key": "team", "Value": "parcels"}])["Role"]["Arn"]
    function = iam.create_role(RoleName="label-maker", Path="/functions/", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))["Role"]["Arn"]
    iam.create_role(RoleName="people", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}]}))
    iam.put_role_policy(RoleName="parcel-task", PolicyName="queues", PolicyDocument=rights((["sqs:ReceiveMessage", "sqs:DeleteMessage"], arn("sqs", "parcel-labels")), ("sqs:SendMessage", arn("sqs", "route-jobs.fifo"))))
    shared = iam.create_policy(PolicyName="parcels-table", PolicyDocument=rights((["dynamodb:GetItem", "dynamodb:PutItem"], [arn("dynamodb", "table/parcels"), arn("dynamodb", "table/parcels/index/*")])))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="parcel-task", PolicyArn=shared)
    iam.put_role_policy(RoleName="label-maker", PolicyName="labels", PolicyDocument=rights(("s3:GetObject", f"arn:aws:s3:::parcel-labels-{account}/*")))
    made_of("iam.role", task, function)
    made_of("iam.policy", shared)


def make_certificates():
    acm = boto3.client("acm")
    for name in ["track.parcels.example", "*.depot.example"]:
        made_of("acm.certificate", acm.request_certificate(DomainName=name, ValidationMethod="DNS", Tags=[{"Key": "team", "Value": "parcels"}])["CertificateArn"])


def make_senders():
    ses = boto3.client("ses")
    ses.verify_domain_identity(Domain="parcels.example")
    ses.verify_email_identity(EmailAddress="support@depot.example")
    made_of("ses.identity", *(arn("ses", f"identity/{name}") for name in ["parcels.example", "support@depot.example"]))


def make_distributions():
    cloudfront = boto3.client("cloudfront")
    origin = {
        "Id": "assets",
        "DomainName": f"site-assets-{account}.s3.{region}.amazonaws.com",
        "S3OriginConfig": {"OriginAccessIdentity": ""},
        "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "X-Origin-Token", "HeaderValue": SECRET}]},
    }
    behaviour = {
        "TargetOriginId": "assets",
        "ViewerProtocolPolicy": "redirect-to-https",
        "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
        "MinTTL": 0,
        "TrustedSigners": {"Enabled": False, "Quantity": 0},
    }
    for caller, alias in [("a", "static.parcels.example"), ("b", "media.parcels.example")]:
        created = cloudfront.create_distribution(
            DistributionConfig={
                "CallerReference": caller,
                "Comment": "assets of the site",
                "Enabled": True,
                "Aliases": {"Quantity": 1, "Items": [alias]},
                "Origins": {"Quantity": 1, "Items": [origin]},
                "DefaultCacheBehavior": behaviour,
            }
        )["Distribution"]
        made_of("cloudfront.distribution", created["ARN"])


def make_buses():
    events = boto3.client("events")
    for name in ["parcels", "partner-feed"]:
        made_of("events.bus", events.create_event_bus(Name=name)["EventBusArn"])
    made_of("events.bus", arn("events", "event-bus/default"))


def make_alarms():
    cloudwatch = boto3.client("cloudwatch")
    for name, metric in [("labels-wait", "ApproximateAgeOfOldestMessage"), ("labels-pile-up", "ApproximateNumberOfMessagesVisible")]:
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SQS",
            MetricName=metric,
            Dimensions=[{"Name": "QueueName", "Value": "parcel-labels"}],
            Statistic="Maximum",
            Period=300,
            EvaluationPeriods=3,
            Threshold=600,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=[arn("sns", "ops-alerts")],
        )
        made_of("cloudwatch.alarm", arn("cloudwatch", f"alarm:{name}"))


def make_workloads():
    ecs, functions = boto3.client("ecs"), boto3.client("lambda")
    secret = made["secretsmanager.secret"][0]
    environment = {
        "LABELS_QUEUE_URL": f"https://sqs.{region}.amazonaws.com/{account}/parcel-labels",
        "SCANS_TOPIC": arn("sns", "parcel-scans"),
        "PARCELS_TABLE": "parcels",
        "PICKUP_QUEUE": "pickup-events",
        "DATABASE_URL": f"postgres://keeper:{SECRET}@{made.get('hosts', {}).get('ledger', 'ledger.example')}:5432/ledger",
    }
    definition = ecs.register_task_definition(
        family="parcel-api",
        taskRoleArn=f"arn:aws:iam::{account}:role/parcel-task",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "api",
                "image": "registry.example/parcel-api:7",
                "environment": [{"name": name, "value": value} for name, value in environment.items()],
                "secrets": [{"name": "DB", "valueFrom": secret}, {"name": "PIN", "valueFrom": "/parcels/pin"}],
            }
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    ecs.create_cluster(clusterName="parcels")
    ecs.create_service(cluster="parcels", serviceName="parcel-api", taskDefinition=definition, desiredCount=1, launchType="FARGATE")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return {}\n")
    functions.create_function(
        FunctionName="label-maker",
        Runtime="python3.12",
        Role=f"arn:aws:iam::{account}:role/functions/label-maker",
        Handler="app.handler",
        Code={"ZipFile": packed.getvalue()},
        Environment={"Variables": {"LABELS_BUCKET": f"parcel-labels-{account}", "API_KEY": SECRET}},
    )
    functions.create_event_source_mapping(EventSourceArn=arn("sqs", "parcel-labels"), FunctionName="label-maker", BatchSize=5)
    made["task"] = definition


main()
