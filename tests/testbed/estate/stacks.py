"""Three stacks of CloudFormation with a service behind a listener's rule, and the same kinds of things that no stack has.

Prints, by the name of a stack, its id and the ARNs that it has by their logical ids, and under "alone" those that none has."""

import json

import boto3

# A secret in plain sight, as templates have them. The tests look for it where it must not be.
SECRET = "hunter2-stack-Wm47TqZc9nPd"

account = boto3.client("sts").get_caller_identity()["Account"]
region = boto3.session.Session().region_name
cloudformation = boto3.client("cloudformation")


def main():
    network = make_network()
    made = {"alone": make_alone(network)}
    made["shop-data"] = stack("shop-data", data_template(), {"DbPassword": SECRET})
    made["shop-web"] = stack("shop-web", web_template(network, made["alone"]), {})
    made["shop-idle"] = stack("shop-idle", {"Resources": {"Notes": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "notes"}}}}, {})
    print(json.dumps(made))


def stack(name, template, parameters):
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps(template), Parameters=given, Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    described = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    listed = cloudformation.list_stack_resources(StackName=name)["StackResourceSummaries"]
    physical = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in listed}
    return {"id": described["StackId"], "physical": physical}


def data_template():
    parameter = {"Type": "String"}
    resource = lambda of, **properties: {"Type": of, "Properties": properties}
    return {
        "Parameters": {"DbPassword": parameter},
        "Resources": {
            "Jobs": resource("AWS::SQS::Queue", QueueName="jobs"),
            "Orders": resource("AWS::SNS::Topic", TopicName="orders"),
            "Labels": resource("AWS::S3::Bucket", BucketName=f"labels-{account}"),
            "Parcels": resource(
                "AWS::DynamoDB::Table",
                TableName="parcels",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            ),
            "Task": resource(
                "AWS::IAM::Role",
                RoleName="web-task",
                AssumeRolePolicyDocument={
                    "Version": "2012-10-17",
                    "Statement": [
                        {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
                    ],
                },
            ),
        },
        "Outputs": {"Password": {"Value": {"Ref": "DbPassword"}}},
    }


def web_template(network, alone):
    vpc, _ = network
    group = {
        "Type": "AWS::ElasticLoadBalancingV2::TargetGroup",
        "Properties": {"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": vpc, "TargetType": "ip"},
    }
    rule = {
        "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
        "Properties": {
            "ListenerArn": alone["listener"],
            "Priority": 10,
            "Conditions": [{"Field": "path-pattern", "Values": ["/web/*"]}],
            "Actions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Group"}}],
        },
    }
    task = {
        "Type": "AWS::ECS::TaskDefinition",
        "Properties": {
            "Family": "web",
            "NetworkMode": "awsvpc",
            "ContainerDefinitions": [{"Name": "web", "Image": "web:1", "Memory": 128, "PortMappings": [{"ContainerPort": 80}]}],
        },
    }
    return {"Resources": {"Group": group, "Rule": rule, "Definition": task}}


def make_network():
    ec2 = boto3.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.40.0.0/16")["Vpc"]["VpcId"]
    zones = [region + letter for letter in "ab"]
    blocks = ["10.40.0.0/24", "10.40.1.0/24"]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=b, AvailabilityZone=z)["Subnet"]["SubnetId"] for b, z in zip(blocks, zones)]
    return vpc, subnets


def make_alone(network):
    """What no stack made: a balancer, a service, a queue that a state has, and one that nobody has."""
    vpc, subnets = network
    balancing = boto3.client("elbv2")
    balancer = balancing.create_load_balancer(Name="front", Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
    refuse = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
    listener = balancing.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=refuse)
    group = balancing.create_target_group(Name="api", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    rule = balancing.create_rule(
        ListenerArn=listener["Listeners"][0]["ListenerArn"],
        Priority=20,
        Conditions=[{"Field": "path-pattern", "Values": ["/api/*"]}],
        Actions=[{"Type": "forward", "TargetGroupArn": arn}],
    )
    ecs = boto3.client("ecs")
    ecs.create_cluster(clusterName="day")
    container = {"name": "api", "image": "api:1", "memory": 128, "portMappings": [{"containerPort": 80}]}
    task = ecs.register_task_definition(family="api", networkMode="awsvpc", containerDefinitions=[container])
    service = ecs.create_service(
        cluster="day",
        serviceName="api",
        taskDefinition=task["taskDefinition"]["taskDefinitionArn"],
        desiredCount=2,
        loadBalancers=[{"targetGroupArn": arn, "containerName": "api", "containerPort": 80}],
    )
    sqs = boto3.client("sqs")
    queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("in-a-state", "in-two-states", "free")}
    arns = {name: f"arn:aws:sqs:{region}:{account}:{name}" for name in queues}
    return arns | {
        "listener": listener["Listeners"][0]["ListenerArn"],
        "rule": rule["Rules"][0]["RuleArn"],
        "service": service["service"]["serviceArn"],
    }


main()
