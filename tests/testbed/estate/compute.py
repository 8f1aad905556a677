"""Machines and functions of a parcel-tracking company: Auto Scaling groups, instances, what services own of them, Lambda
functions with their triggers.

Prints what it made, by the names that AWS gave, and which of the machines are whose: {"instances": […], "groups": […],
"owned": {…}, …}. Runs against any emulator; what one of them lacks is left out when it is named in the arguments."""

import base64
import email.mime.multipart
import email.mime.text
import gzip
import io
import json
import sys
import zipfile

import boto3

# A secret in plain sight, as teams have them. The tests look for it where it must not be.
SECRET = "hunter2-depot-Xv71MqLw9zTe"
LACKS = set(sys.argv[1:])

ec2 = boto3.client("ec2")
scaling = boto3.client("autoscaling")
iam = boto3.client("iam")
balancing = boto3.client("elbv2")
functions = boto3.client("lambda")
sqs = boto3.client("sqs")

made = {"owned": {}}


def main():
    network = make_network()
    image = make_image()
    profile = make_profile()
    make_groups(network, image, profile)
    make_instances(network, image, profile)
    make_functions()
    made["securityGroups"] = [group["GroupId"] for group in ec2.describe_security_groups()["SecurityGroups"]]
    made["volumes"] = [volume["VolumeId"] for volume in ec2.describe_volumes()["Volumes"]]
    print(json.dumps(made))


def make_network():
    vpc = ec2.create_vpc(CidrBlock="10.30.0.0/16")["Vpc"]["VpcId"]
    zone = ec2.meta.region_name + "a"
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.30.1.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    other = ec2.create_subnet(VpcId=vpc, CidrBlock="10.30.2.0/24", AvailabilityZone=zone[:-1] + "b")["Subnet"]["SubnetId"]
    group = ec2.create_security_group(GroupName="depot", Description="depot", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "IpRanges": [{"CidrIp": "198.51.100.0/24", "Description": "office"}],
            }
        ],
    )
    return {"vpc": vpc, "subnet": subnet, "subnets": [subnet, other], "group": group}


def make_image():
    return ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]


def make_profile():
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    role = iam.create_role(RoleName="depot", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]
    profile = iam.create_instance_profile(InstanceProfileName="depot")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="depot", RoleName="depot")
    made["instanceProfiles"], made["role"] = [profile], role
    return profile


def multipart():
    """User data as cloud-init's own tool makes it: MIME, packed."""
    mail = email.mime.multipart.MIMEMultipart()
    script = email.mime.text.MIMEText(f"#!/bin/bash\nexport DB_PASSWORD={SECRET}\ndocker run -d parcels/depot:7\n", "x-shellscript")
    script.add_header("Content-Disposition", "attachment", filename="start.sh")
    mail.attach(script)
    mail.attach(email.mime.text.MIMEText("#cloud-config\npackages: [nginx]\n", "cloud-config"))
    return gzip.compress(mail.as_bytes())


def text64(content):
    return base64.b64encode(content if isinstance(content, bytes) else content.encode()).decode()


def make_groups(network, image, profile):
    template = ec2.create_launch_template(
        LaunchTemplateName="depot-web",
        LaunchTemplateData={
            "ImageId": image,
            "InstanceType": "t3.small",
            "UserData": text64(multipart()),
            "IamInstanceProfile": {"Arn": profile},
            "SecurityGroupIds": [network["group"]],
        },
    )["LaunchTemplate"]["LaunchTemplateId"]
    targets = balancing.create_target_group(
        Name="depot-web", Protocol="HTTP", Port=8080, VpcId=network["vpc"], TargetType="instance"
    )["TargetGroups"][0]["TargetGroupArn"]
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="depot-web",
        MinSize=1,
        MaxSize=3,
        DesiredCapacity=2,
        VPCZoneIdentifier=network["subnet"],
        LaunchTemplate={"LaunchTemplateId": template, "Version": "1"},
        TargetGroupARNs=[targets],
        Tags=[tag("team", "depot")],
    )
    if "group-policies" not in LACKS:
        move_number("depot-web")
    # The newest version is not what runs.
    newest = {"ImageId": image, "InstanceType": "t3.medium"}
    ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=newest)
    scaling.create_auto_scaling_group(
        AutoScalingGroupName="shop-nodes",
        MinSize=1,
        MaxSize=1,
        DesiredCapacity=1,
        VPCZoneIdentifier=network["subnet"],
        LaunchTemplate={"LaunchTemplateId": template, "Version": "$Latest"},
        Tags=[tag("kubernetes.io/cluster/shop", "owned"), tag("team", "platform")],
    )
    made["owned"]["shop-nodes"] = "eks"
    made["groups"] = ["depot-web", "shop-nodes"]
    made["launchTemplateVersions"] = [f"{template}/1", f"{template}/2"]
    if "launch-configurations" not in LACKS:
        scaling.create_launch_configuration(
            LaunchConfigurationName="legacy-2017",
            ImageId=image,
            InstanceType="t2.small",
            UserData=f"#!/bin/sh\ncurl -u depot:{SECRET} https://artifacts.example.com/legacy.tgz | tar xz\n",
        )
        scaling.create_auto_scaling_group(
            AutoScalingGroupName="legacy",
            MinSize=0,
            MaxSize=1,
            DesiredCapacity=0,
            VPCZoneIdentifier=network["subnet"],
            LaunchConfigurationName="legacy-2017",
        )
        made["groups"].append("legacy")
        made["launchConfigurations"] = ["legacy-2017"]


# What moves the group's number, and what waits for its machines to end.
def move_number(group):
    scaling.put_scaling_policy(
        AutoScalingGroupName=group,
        PolicyName="cpu",
        PolicyType="TargetTrackingScaling",
        TargetTrackingConfiguration={
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ASGAverageCPUUtilization"},
            "TargetValue": 60.0,
        },
    )
    made["groupPolicies"] = [policy["PolicyARN"] for policy in scaling.describe_policies()["ScalingPolicies"]]
    for name, recurrence, least in [("morning", "0 7 * * 1-5", 2), ("evening", "0 19 * * 1-5", 1)]:
        scaling.put_scheduled_update_group_action(
            AutoScalingGroupName=group, ScheduledActionName=name, Recurrence=recurrence, MinSize=least, MaxSize=3
        )
    made["groupSchedules"] = [f"{group}/morning", f"{group}/evening"]
    scaling.put_lifecycle_hook(
        AutoScalingGroupName=group,
        LifecycleHookName="drain",
        LifecycleTransition="autoscaling:EC2_INSTANCE_TERMINATING",
        HeartbeatTimeout=300,
    )
    made["lifecycleHooks"] = [f"{group}/drain"]


def tag(key, value):
    return {"Key": key, "Value": value, "PropagateAtLaunch": True}


def make_instances(network, image, profile):
    def run(name, user_data="", tags=()):
        instance = ec2.run_instances(
            ImageId=image,
            MinCount=1,
            MaxCount=1,
            InstanceType="t3.small",
            SubnetId=network["subnet"],
            SecurityGroupIds=[network["group"]],
            UserData=user_data,
            IamInstanceProfile={"Arn": profile},
            TagSpecifications=[
                {"ResourceType": "instance", "Tags": [{"Key": "Name", "Value": name}, *[dict(t) for t in tags]]}
            ],
        )["Instances"][0]["InstanceId"]
        return instance

    alone = run("depot-mail", f"#!/bin/sh\necho 'relay {SECRET}' > /etc/relay\nexport API=https://api.depot.example.com/v1\n")
    disk = ec2.create_volume(AvailabilityZone=ec2.meta.region_name + "a", Size=40, VolumeType="gp3")["VolumeId"]
    ec2.attach_volume(VolumeId=disk, InstanceId=alone, Device="/dev/sdf")
    address = ec2.allocate_address(Domain="vpc")
    ec2.associate_address(InstanceId=alone, AllocationId=address["AllocationId"])
    made["alone"], made["addresses"], made["disk"] = alone, [address["AllocationId"]], disk
    beanstalk = run("portal-env", tags=[{"Key": "elasticbeanstalk:environment-name", "Value": "portal-env"}])
    container = run("ecs-host", "#!/bin/bash\necho ECS_CLUSTER=parcels-prod >> /etc/ecs/ecs.config\n")
    made["owned"][beanstalk], made["owned"][container] = "elasticbeanstalk", "ecs"
    made["instances"] = [
        instance["InstanceId"]
        for reservation in ec2.describe_instances()["Reservations"]
        for instance in reservation["Instances"]
    ]


def code():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("app.py", "def handler(event, context):\n    return {}\n")
    return packed.getvalue()


def make_functions():
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
    role = iam.create_role(RoleName="functions", AssumeRolePolicyDocument=json.dumps(trust))["Role"]["Arn"]

    def make(name, **more):
        settings = dict(Runtime="python3.12", Role=role, Handler="app.handler", Code={"ZipFile": code()}) | more
        return functions.create_function(FunctionName=name, **settings)["FunctionArn"]

    queue = sqs.create_queue(QueueName="shop-orders")["QueueUrl"]
    queue_arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    dead = sqs.create_queue(QueueName="shop-orders-dead")["QueueUrl"]
    dead_arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    layer = functions.publish_layer_version(LayerName="money", Content={"ZipFile": code()})["LayerVersionArn"]
    orders = make(
        "order-import",
        Environment={"Variables": {"DB_PASSWORD": SECRET, "TARGET_BUCKET": "parcel-orders"}},
        Tags={"team": "orders"},
        Layers=[layer],
        Timeout=60,
    )
    version = functions.publish_version(FunctionName="order-import")["Version"]
    functions.update_function_configuration(FunctionName="order-import", Timeout=90)
    alias = functions.create_alias(FunctionName="order-import", Name="live", FunctionVersion=version)["AliasArn"]
    mapping = functions.create_event_source_mapping(
        EventSourceArn=queue_arn,
        FunctionName=alias if "mapping-of-alias" not in LACKS else "order-import",
        BatchSize=25,
        MaximumBatchingWindowInSeconds=5,
        FilterCriteria={"Filters": [{"Pattern": json.dumps({"body": {"country": ["de", "at"]}})}]},
    )["UUID"]
    functions.put_function_concurrency(FunctionName="order-import", ReservedConcurrentExecutions=5)
    photos = make("photo-resize")
    functions.add_permission(
        FunctionName="photo-resize",
        StatementId="photos",
        Action="lambda:InvokeFunction",
        Principal="s3.amazonaws.com",
        SourceArn="arn:aws:s3:::parcel-photos",
    )
    if "invoke-configs" not in LACKS:
        functions.put_function_event_invoke_config(
            FunctionName="photo-resize",
            MaximumRetryAttempts=1,
            DestinationConfig={"OnFailure": {"Destination": dead_arn}},
        )
        made["invokeConfigs"] = 1
    if "function-urls" not in LACKS:
        functions.create_function_url_config(FunctionName="photo-resize", AuthType="NONE")
        made["functionUrls"] = 1
    made.update(
        functions=[orders, photos],
        versions=[f"{orders}:{version}"],
        aliases=[alias],
        mappings=[mapping],
        layers=[layer],
        policies=[photos],
        queue=queue_arn,
        dead=dead_arn,
    )


main()
