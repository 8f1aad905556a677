//! Machines in templates, and user data in files of their own.

use super::{folder, put, scanned};
use camino::Utf8PathBuf;
use caravan_inventory::{Observation, ObservationKind as Kind};
use serde_json::{Value, json};

/// A group that is started from a launch template, and a machine by itself.
const TEMPLATE: &str = r##"
AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Level: {Type: String, Default: info}
  Vpc: {Type: AWS::EC2::VPC::Id}
Conditions:
  Loud: !Equals [!Ref Level, debug]
Resources:
  Doors: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc}}
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Profile: {Type: AWS::IAM::InstanceProfile, Properties: {Roles: [!Ref Role]}}
  Jobs: {Type: AWS::SQS::Queue, Properties: {QueueName: parcel-jobs}}
  Plan:
    Type: AWS::EC2::LaunchTemplate
    Properties:
      LaunchTemplateData:
        ImageId: ami-0a1b2c3d4e5f60718
        InstanceType: c7g.large
        SecurityGroupIds: [!Ref Doors]
        IamInstanceProfile: {Arn: !GetAtt Profile.Arn}
        TagSpecifications: [{ResourceType: instance, Tags: [{Key: Name, Value: parcels}]}]
        UserData:
          Fn::Base64: !Sub |
            #!/bin/bash
            LEVEL=${Level}
            docker run -d -e LEVEL=${!LEVEL} -e QUEUE=${Jobs} -e HOME=${!HOME} -e PW={{resolve:ssm-secure:/parcels/pw}} -p 80:8080 parcels:4
            /opt/aws/bin/cfn-signal --stack ${AWS::StackName} --region ${AWS::Region}
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties:
      LaunchTemplate: {LaunchTemplateId: !Ref Plan, Version: !GetAtt Plan.LatestVersionNumber}
      MinSize: '2'
      MaxSize: '5'
      VPCZoneIdentifier: [subnet-1]
      Tags: [{Key: team, Value: mail, PropagateAtLaunch: true}]
      LifecycleHookSpecificationList: [{LifecycleHookName: wait, LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING'}]
  Busy:
    Type: AWS::AutoScaling::ScalingPolicy
    Properties:
      AutoScalingGroupName: !Ref Fleet
      PolicyType: TargetTrackingScaling
      TargetTrackingConfiguration: {PredefinedMetricSpecification: {PredefinedMetricType: ASGAverageCPUUtilization}, TargetValue: '60'}
  Desk:
    Type: AWS::EC2::Instance
    Properties:
      ImageId: ami-0a1b2c3d4e5f60718
      InstanceType: t3.small
      SourceDestCheck: 'false'
      IamInstanceProfile: !Ref Profile
      SecurityGroupIds: [!Ref Doors]
      Volumes: [{Device: /dev/sdf, VolumeId: vol-1}]
      Misspelt: 1
      UserData:
        Fn::Base64:
          Fn::Join: ["\n", ["#!/bin/sh", "true", !If [Loud, "set -x", "set -e"], ""]]
  Own: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Desk}}
"##;

fn of(all: &[Observation], kind: Kind) -> &Value {
    &all.iter().find(|one| one.kind == kind).unwrap_or_else(|| panic!("no {}", kind.as_str())).body
}

fn text(body: &Value) -> &str {
    body.pointer("/userDataParts/0/text").and_then(Value::as_str).unwrap()
}

#[test]
fn machines_of_a_template_are_what_the_apis_would_answer() {
    let (_kept, dir) = folder();
    put(&dir, "shop/template.yaml", TEMPLATE);
    let heap = scanned(&[dir]);
    let all = &heap.0[0].1;
    let plan = of(all, Kind::LaunchTemplateVersion);
    assert_eq!((&plan["launchTemplateId"], &plan["versionNumber"]), (&json!("lt-shop-Plan"), &json!(1)));
    let data = &plan["launchTemplateData"];
    assert_eq!(data["securityGroupIdSet"], json!(["sg-shop-Doors"]));
    assert_eq!(data["iamInstanceProfile"]["arn"], "arn:aws:iam::000000000000:instance-profile/shop-Profile");
    assert_eq!(data["tagSpecificationSet"][0]["tagSet"], json!([{"key": "Name", "value": "parcels"}]));
    assert_eq!(
        text(data),
        "#!/bin/bash\nLEVEL=${__template_Level}\ndocker run -d -e LEVEL=${LEVEL} -e QUEUE=${__template_Jobs} -e HOME=${HOME} \
         -e PW=${__template_ssm_secure_parcels_pw} -p 80:8080 parcels:4\n/opt/aws/bin/cfn-signal --stack ${__template_AWS_StackName} \
         --region ${__template_AWS_Region}\n"
    );
    let group = of(all, Kind::AutoScalingGroup);
    assert_eq!(group["LaunchTemplate"], json!({"LaunchTemplateId": "lt-shop-Plan", "Version": "1"}));
    assert_eq!((&group["MinSize"], &group["MaxSize"], &group["DesiredCapacity"]), (&json!(2), &json!(5), &json!(2)));
    assert_eq!(of(all, Kind::LifecycleHook)["AutoScalingGroupName"], "shop-Fleet");
    let policy = of(all, Kind::GroupPolicy);
    assert_eq!(policy["AutoScalingGroupName"], "shop-Fleet");
    assert_eq!(policy["TargetTrackingConfiguration"]["TargetValue"], 60);
    let desk = of(all, Kind::Ec2Instance);
    assert_eq!((&desk["instanceId"], &desk["sourceDestCheck"]), (&json!("shop-Desk"), &json!(false)));
    assert_eq!(desk["groupSet"], json!([{"groupId": "sg-shop-Doors"}]));
    assert_eq!(desk["blockDeviceMapping"], json!([{"deviceName": "/dev/sdf", "ebs": {"volumeId": "vol-1"}}]));
    assert_eq!(desk["iamInstanceProfile"]["arn"], "shop-Profile");
    assert_eq!(text(desk), "#!/bin/sh\ntrue\n${__template_If_Loud_set_x_set_e}\n");
    assert_eq!(of(all, Kind::InstanceProfile)["Roles"][0]["Arn"], "arn:aws:iam::000000000000:role/shop-Role");
    assert_eq!(of(all, Kind::Ec2Address)["instanceId"], "shop-Desk");
    // Every field is one of the API's own, but what no API has is said.
    for observation in all {
        for field in observation.body.as_object().unwrap().keys() {
            assert!(observation.kind.model().knows(field), "{}: {field}", observation.kind.as_str());
        }
    }
    assert!(
        heap.reason("shop/template.yaml").contains("misspelt of shop-Desk"),
        "{}",
        heap.reason("shop/template.yaml")
    );
}

#[test]
fn user_data_that_a_template_does_not_tell_is_said() {
    let (_kept, dir) = folder();
    put(
        &dir,
        "template.yaml",
        "Parameters: {Script: {Type: String}}\nResources:\n  A: {Type: AWS::EC2::Instance, Properties: {UserData: !Ref Script}}\n  \
         B: {Type: AWS::AutoScaling::LaunchConfiguration, Properties: {UserData: IyEvYmluL3NoCnRydWUK, InstanceMonitoring: true}}\n",
    );
    let heap = scanned(&[dir]);
    let all = &heap.0[0].1;
    let unread = &of(all, Kind::Ec2Instance)["userDataParts"][0];
    assert_eq!(unread["problem"], "the template does not tell it");
    let configuration = of(all, Kind::LaunchConfiguration);
    assert_eq!(
        (text(configuration), &configuration["InstanceMonitoring"]),
        ("#!/bin/sh\ntrue\n", &json!({"Enabled": true}))
    );
}

fn kinds(paths: &[Utf8PathBuf]) -> Vec<String> {
    scanned(paths).lines()
}

#[test]
fn a_file_is_user_data_by_its_folder_its_ending_or_because_it_is_named() {
    let (_kept, dir) = folder();
    put(&dir, "user-data/web", "#!/bin/bash\ntrue\n");
    put(&dir, "user-data/nested/desk.txt", "# of the desk\nSet-TimeZone UTC\n");
    put(&dir, "user-data/notes.md", "# Notes\n");
    put(&dir, "boot/include.txt", "#include\nhttps://boot.example.com/a\n");
    put(&dir, "boot/node.yaml", "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n");
    put(&dir, "boot/run.txt", "#!/bin/bash\ntrue\n");
    put(&dir, "tools/run.sh", "#!/bin/bash\ntrue\n");
    put(&dir, "tools/header.txt", "#include <stdio.h>\n");
    assert_eq!(
        kinds(std::slice::from_ref(&dir)),
        [
            "files/boot/include.txt complete ec2.instance",
            "files/boot/node.yaml complete ec2.instance",
            "files/boot/run.txt complete ec2.instance",
            "files/user-data/nested/desk.txt complete ec2.instance",
            "files/user-data/web complete ec2.instance",
        ]
    );
    assert_eq!(kinds(&[dir.join("tools/run.sh")]), ["files/run.sh complete ec2.instance"]);
    assert_eq!(kinds(&[dir.join("user-data")]).len(), 2);
}

#[test]
fn what_terraform_fills_in_is_open_and_its_dollars_are_the_scripts_own() {
    let (_kept, dir) = folder();
    put(&dir, "user-data.tftpl", "#cloud-config\nwrite_files:\n - {path: /etc/a, content: \"${name} $${HOME}\"}\n");
    let heap = scanned(&[dir]);
    let body = of(&heap.0[0].1, Kind::Ec2Instance);
    assert!(text(body).contains("${__template_name} ${HOME}"), "{}", text(body));
}
