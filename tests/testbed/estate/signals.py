"""Things that CloudWatch counts, some used and some not, and the values that it holds of them.

Prints, by the name of a function, queue, service or target group, what those values come to by plain arithmetic."""

import datetime
import io
import json
import zipfile

import boto3

account = boto3.client("sts").get_caller_identity()["Account"]
cloudwatch = boto3.client("cloudwatch")
midnight = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)


def main():
    network = make_network()
    group, balancer = make_balancer(network)
    make_services(group)
    make_functions()
    boto3.client("sqs").create_queue(QueueName="scans")
    put_values()
    print(json.dumps({"group": group, "balancer": balancer, "midnight": midnight.strftime("%Y-%m-%dT%H:%M:%SZ")}))


def make_network():
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    zones = [ec2.meta.region_name + letter for letter in "ab"]
    blocks = ["10.30.0.0/24", "10.30.1.0/24"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=b, AvailabilityZone=z)["Subnet"]["SubnetId"] for b, z in zip(blocks, zones)]
    return vpc, subnets


def make_balancer(network):
    balancing = boto3.client("elbv2")
    vpc, subnets = network
    balancer = balancing.create_load_balancer(Name="front", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    made = balancing.create_target_group(Name="silent", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    group = made["TargetGroups"][0]["TargetGroupArn"]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    balancing.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)
    return group, balancer


def make_services(group):
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName="day")
    container = {"name": "web", "image": "web:1", "memory": 128, "portMappings": [{"containerPort": 80}]}
    made = ecs.register_task_definition(family="web", networkMode="awsvpc", containerDefinitions=[container])
    task = made["taskDefinition"]["taskDefinitionArn"]
    served = [{"targetGroupArn": group, "containerName": "web", "containerPort": 80}]
    for name, groups in {"silent": served, "busy": []}.items():
        ecs.create_service(cluster="day", serviceName=name, taskDefinition=task, desiredCount=1, loadBalancers=groups)
    container = {"name": "wide", "image": "wide:1", "cpu": 1024, "memory": 2048, "portMappings": [{"containerPort": 80}]}
    made = ecs.register_task_definition(family="wide", networkMode="awsvpc", containerDefinitions=[container])
    task = made["taskDefinition"]["taskDefinitionArn"]
    ecs.create_service(cluster="day", serviceName="wide", taskDefinition=task, desiredCount=1)


def make_functions():
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = boto3.client("iam").create_role(RoleName="functions", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return {}\n")
    for name in ("labels", "forgotten"):
        boto3.client("lambda").create_function(
            FunctionName=name, Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": packed.getvalue()}
        )


def put_values():
    minutes = lambda count: datetime.timedelta(minutes=count)
    days = lambda count: datetime.timedelta(days=count)
    function = [{"Name": "FunctionName", "Value": "labels"}]
    # Two neighbouring periods of yesterday's last hour, one of long ago, and one that is too old to be asked about.
    for at, value in ((minutes(60), 5), (minutes(55), 7), (days(40), 3), (days(100), 1000)):
        put("AWS/Lambda", "Invocations", function, midnight - at, [value])
    service = [{"Name": "ClusterName", "Value": "day"}, {"Name": "ServiceName", "Value": "busy"}]
    # Twenty periods whose means are 11 to 30, each of two samples, one above the other.
    for period in range(20):
        put("AWS/ECS", "CPUUtilization", service, midnight - minutes(5 * (period + 1)), [10 + period, 12 + period])
    # Twenty periods of a service that has far more than it uses: 1 to 20 % of processors, 21 to 40 % of memory.
    wide = [{"Name": "ClusterName", "Value": "day"}, {"Name": "ServiceName", "Value": "wide"}]
    for period in range(20):
        at = midnight - minutes(5 * (period + 1))
        put("AWS/ECS", "CPUUtilization", wide, at, [period, period + 1])
        put("AWS/ECS", "MemoryUtilization", wide, at, [20, 21 + period])
    queue = [{"Name": "QueueName", "Value": "scans"}]
    put("AWS/SQS", "NumberOfMessagesSent", queue, midnight - days(2), [4])
    # Of today, which is not over.
    put("AWS/SQS", "NumberOfMessagesSent", queue, midnight, [50])


def put(namespace, name, dimensions, at, values):
    data = {"MetricName": name, "Dimensions": dimensions, "Timestamp": at, "Values": values}
    cloudwatch.put_metric_data(Namespace=namespace, MetricData=[data])


main()
