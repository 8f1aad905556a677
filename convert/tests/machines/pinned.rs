//! Twelve machines, and one with containers that share nothing.

use super::*;
use ObservationKind as Kind;

macro_rules! pinned {
    ($($test:ident: $machine:expr;)*) => {$(
        #[test]
        fn $test() {
            insta::assert_snapshot!($machine.report());
        }
    )*};
}

pinned! {
    nginx_and_an_app_by_cloud_config: Machine::example("parcels", "text/cloud-config", "nginx-and-app.user-data.yaml");
    three_services_of_a_compose_file: Machine::example("shop", "text/x-shellscript", "compose.user-data.sh");
    java_by_systemd: Machine::example("ledger", "text/cloud-config", "java.user-data.yaml");
    a_host_of_crontabs: Machine::example("reports", "text/x-shellscript", "cron-host.user-data.sh");
    postgres_on_its_own_disk: Machine::example("orders", "text/x-shellscript", "postgres.user-data.sh");
    windows: {
        let mut body = instance();
        body["platform"] = json!("windows");
        body["platformDetails"] = json!("Windows");
        Machine::new("desk", &[(Kind::Ec2Instance, body)])
    };
    a_tier_of_web_servers: web_tier();
    a_bastion: Machine::example("prod-bastion", "text/cloud-config", "bastion.user-data.yaml");
    a_runner_of_ci: Machine::example("builds", "text/x-shellscript", "runner.user-data.sh");
    installed_by_a_script_of_others: Machine::example("agent", "text/x-shellscript", "installed-by-script.user-data.sh");
    a_file_server: Machine::example("files", "text/x-shellscript", "nfs.user-data.sh");
    unmanaged_and_dark: Machine::new("legacy", &[(Kind::Ec2Instance, instance())]);
    containers_that_share_nothing: Machine::started(
        "tools",
        "text/x-shellscript",
        "#!/bin/sh\ndocker run -d --name docs -p 8080:80 -m 64m nginx:1.29\n\
         docker run -d --name queue -m 128m acme/queue:3 work\n",
    );
}

/// An Auto Scaling group behind a load balancer.
pub(super) fn web_tier() -> Machine {
    let path = format!("{}/../examples/ec2/web-tier.user-data.sh", env!("CARGO_MANIFEST_DIR"));
    let script = std::fs::read_to_string(path).unwrap();
    let arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333";
    Machine::new(
        "web",
        &[
            (
                Kind::AutoScalingGroup,
                json!({
                    "AutoScalingGroupName": "web", "MinSize": 3, "MaxSize": 3, "DesiredCapacity": 3,
                    "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": "7"}, "AvailabilityZones": ["eu-west-1a"],
                    "TargetGroupARNs": [format!("{arn}:targetgroup/web/1")], "HealthCheckType": "ELB"
                }),
            ),
            (
                Kind::LaunchTemplateVersion,
                json!({
                    "launchTemplateId": "lt-1", "versionNumber": 7,
                    "launchTemplateData": {
                        "imageId": "ami-1", "instanceType": "m6i.large",
                        "iamInstanceProfile": {"arn": "arn:aws:iam::111122223333:instance-profile/web"},
                        "userDataParts": [{"contentType": "text/x-shellscript", "text": script}]
                    }
                }),
            ),
            (
                Kind::InstanceProfile,
                json!({
                    "InstanceProfileName": "web", "Arn": "arn:aws:iam::111122223333:instance-profile/web",
                    "Roles": [{"RoleName": "web", "Arn": "arn:aws:iam::111122223333:role/web"}]
                }),
            ),
            (
                Kind::TargetGroup,
                json!({
                    "TargetGroupArn": format!("{arn}:targetgroup/web/1"), "TargetGroupName": "web", "Port": 80, "Protocol": "HTTP",
                    "TargetType": "instance", "HealthCheckProtocol": "HTTP", "HealthCheckPath": "/health", "HealthCheckPort": "traffic-port",
                    "HealthCheckIntervalSeconds": 15, "HealthCheckTimeoutSeconds": 5, "UnhealthyThresholdCount": 2
                }),
            ),
            (
                Kind::ListenerRule,
                json!({
                    "RuleArn": format!("{arn}:listener-rule/app/front/1/2/3"), "Priority": "10", "IsDefault": false,
                    "Conditions": [{"Field": "host-header", "Values": ["shop.example.com"]}],
                    "Actions": [{"Type": "forward", "TargetGroupArn": format!("{arn}:targetgroup/web/1")}]
                }),
            ),
            (
                Kind::Listener,
                json!({
                    "ListenerArn": format!("{arn}:listener/app/front/1/2"), "LoadBalancerArn": format!("{arn}:loadbalancer/app/front/1"),
                    "Port": 443, "Protocol": "HTTPS",
                    "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
                }),
            ),
            (
                Kind::LoadBalancer,
                json!({
                    "LoadBalancerArn": format!("{arn}:loadbalancer/app/front/1"), "LoadBalancerName": "front", "Scheme": "internet-facing",
                    "Type": "application", "SecurityGroups": ["sg-1"]
                }),
            ),
            (
                Kind::SecurityGroup,
                json!({
                    "groupId": "sg-1",
                    "ipPermissions": [{"ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "ipRanges": [{"cidrIp": "0.0.0.0/0"}]}]
                }),
            ),
        ],
    )
}
