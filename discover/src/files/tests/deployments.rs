//! Services of templates with what stands around them: both colours of a pair, task sets, autoscaling by any name.

use super::recording::record;
use super::templates::{Read, read};
use super::{folder, put};
use caravan_inventory::{ObservationKind as Kind, Question, UnitState, Unresolved, Workload};
use caravan_inventory_store::{Store, WorkloadFilter};
use serde_json::{Value, json};

/// What a template of these resources becomes: its workloads with their parts, and the questions of linking.
fn linked(resources: &str) -> (Vec<Workload>, Vec<Question>) {
    let (_kept, dir) = folder();
    put(&dir, "shop.yaml", template(resources));
    let mut store = Store::in_memory().unwrap();
    record(&mut store, &dir, "01", 10);
    let ids = store.workloads(&WorkloadFilter::default(), None, 10).unwrap();
    let workloads = ids.into_iter().map(|one| store.workload(&one.id).unwrap().unwrap()).collect();
    (workloads, store.questions(None, 100).unwrap())
}

fn template(resources: &str) -> String {
    format!(
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  Cluster: {{Type: String}}\n  Name: {{Type: String}}\nResources:\n  \
         Balancer: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Name: edge}}}}\n  \
         Blue: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Name: blue, Port: 80, Protocol: HTTP, TargetType: ip}}}}\n  \
         Green: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Name: green, Port: 80, Protocol: HTTP, TargetType: ip}}}}\n  \
         Listener: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Balancer, Port: 443, Protocol: HTTPS, DefaultActions: [{{Type: fixed-response, FixedResponseConfig: {{StatusCode: 404}}}}]}}}}\n  \
         Test: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Balancer, Port: 8443, Protocol: HTTPS, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Green}}]}}}}\n  \
         Rule: {{Type: AWS::ElasticLoadBalancingV2::ListenerRule, Properties: {{ListenerArn: !Ref Listener, Priority: 1, Conditions: [{{Field: host-header, Values: [shop.acme.com]}}], Actions: [{{Type: forward, ForwardConfig: {{TargetGroups: [{{TargetGroupArn: !Ref Blue, Weight: 0}}, {{TargetGroupArn: !Ref Green, Weight: 100}}]}}}}]}}}}\n  \
         Task: {{Type: AWS::ECS::TaskDefinition, Properties: {{Family: shop, ContainerDefinitions: [{{Name: web, Image: 'web:1', PortMappings: [{{ContainerPort: 80}}]}}]}}}}\n{resources}"
    )
}

fn service(more: &str) -> String {
    format!(
        "  Service: {{Type: AWS::ECS::Service, Properties: {{Cluster: main, ServiceName: shop, TaskDefinition: !Ref Task{more}}}}}\n"
    )
}

const BEHIND: &str = ", LoadBalancers: [{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Blue}]";

fn arn(of: &str) -> String {
    format!("arn:aws:elasticloadbalancing:unknown:000000000000:{of}")
}

fn advanced(read: &Read) -> Value {
    read.one(Kind::EcsService, "service/main/shop")["loadBalancers"][0]["advancedConfiguration"].clone()
}

/// Whether a workload has both colours and what leads to them among its parts.
fn has_both(workload: &Workload) -> bool {
    [
        "targetgroup/blue/blue",
        "targetgroup/green/green",
        "listener/app/edge/edge/Listener",
        "listener-rule/app/edge/edge/Listener/Rule",
    ]
    .iter()
    .all(|name| workload.parts.iter().any(|part| part.as_str().ends_with(name)))
}

#[test]
fn both_colours_of_a_service_and_what_leads_to_them_are_of_the_template() {
    let own = ", DeploymentConfiguration: {Strategy: BLUE_GREEN, BakeTimeInMinutes: '15'}, LoadBalancers: [{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Blue, AdvancedConfiguration: {AlternateTargetGroupArn: !Ref Green, ProductionListenerRule: !GetAtt Rule.RuleArn, TestListenerRule: !Ref Test, RoleArn: !ImportValue role}}]";
    let by_ecs = read("shop.yaml", &template(&service(own)));
    let wanted = json!({
        "alternateTargetGroupArn": arn("targetgroup/green/green"),
        "productionListenerRule": arn("listener-rule/app/edge/edge/Listener/Rule"),
        "testListenerRule": arn("listener/app/edge/edge/Test"),
        "roleArn": {"$unresolved": "!ImportValue role"},
    });
    assert_eq!(advanced(&by_ecs), wanted);
    let deployed = &by_ecs.one(Kind::EcsService, "service/main/shop")["deploymentConfiguration"];
    assert_eq!(deployed["bakeTimeInMinutes"], json!(15));
    assert!(has_both(&linked(&service(own)).0[0]));
    // CodeDeploy says the same of a pair, by names or by what they refer to.
    let controlled = service(&format!(", DeploymentController: {{Type: CODE_DEPLOY}}{BEHIND}"));
    for names in [
        "[{Name: blue}, {Name: green}]",
        "[{Name: !GetAtt Green.TargetGroupName}, {Name: !GetAtt Blue.TargetGroupName}]",
    ] {
        let pair = format!(
            "  Deploy: {{Type: AWS::CodeDeploy::DeploymentGroup, Properties: {{ApplicationName: shop, ECSServices: [{{ClusterName: main, ServiceName: !GetAtt Service.Name}}], LoadBalancerInfo: {{TargetGroupPairInfoList: [{{ProdTrafficRoute: {{ListenerArns: [!Ref Listener]}}, TestTrafficRoute: {{ListenerArns: [!Ref Test]}}, TargetGroups: {names}}}]}}}}}}\n"
        );
        let by_code_deploy = read("shop.yaml", &template(&(controlled.clone() + &pair)));
        let wanted = json!({
            "alternateTargetGroupArn": arn("targetgroup/green/green"),
            "productionListenerRule": arn("listener/app/edge/edge/Listener"),
            "testListenerRule": arn("listener/app/edge/edge/Test"),
        });
        assert_eq!(advanced(&by_code_deploy), wanted, "{names}");
        assert_eq!(by_code_deploy.unit.state, UnitState::Complete);
        let elsewhere = pair.replace("!GetAtt Service.Name", "!ImportValue service");
        let missed = read("shop.yaml", &template(&(controlled.clone() + &elsewhere)));
        assert_eq!((advanced(&missed), missed.unit.state), (Value::Null, UnitState::Partial));
    }
    // Of a function it is no pair of target groups, and is not read.
    let of_function = "  Deploy: {Type: AWS::CodeDeploy::DeploymentGroup, Properties: {ApplicationName: shop}}\n";
    let read_one = read("shop.yaml", &template(of_function));
    assert!(read_one.unit.reason.as_deref().unwrap_or_default().contains("1 AWS::CodeDeploy::DeploymentGroup"));
}

#[test]
fn the_other_colour_of_a_pair_that_nothing_names_is_the_services_unless_it_is_anothers() {
    let deployed = |how: &str| service(&format!("{how}{BEHIND}"));
    for how in [
        ", DeploymentController: {Type: CODE_DEPLOY}",
        ", DeploymentController: {Type: EXTERNAL}",
        ", DeploymentConfiguration: {Strategy: BLUE_GREEN}",
    ] {
        assert!(has_both(&linked(&deployed(how)).0[0]), "{how}");
        let other = deployed(how)
            + "  Other: {Type: AWS::ECS::Service, Properties: {Cluster: main, ServiceName: other, TaskDefinition: other, LoadBalancers: [{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Green}]}}\n";
        let (workloads, _) = linked(&other);
        let shop = workloads.iter().find(|one| one.name == "shop").unwrap();
        assert!(!has_both(shop), "{how}: {:?}", shop.parts);
    }
    // What is deployed in place stands beside another's share.
    for how in ["", ", DeploymentController: {Type: ECS}", ", DeploymentConfiguration: {Strategy: ROLLING}"] {
        assert!(!has_both(&linked(&deployed(how)).0[0]), "{how}");
    }
}

#[test]
fn a_service_of_an_outside_controller_runs_its_primary_task_set() {
    let service = "  Service: {Type: AWS::ECS::Service, Properties: {Cluster: main, ServiceName: shop, DeploymentController: {Type: EXTERNAL}}}\n";
    let set = |id: &str, task: &str, group: &str| {
        format!(
            "  {id}: {{Type: AWS::ECS::TaskSet, Properties: {{Cluster: main, Service: !Ref Service, TaskDefinition: {task}, LaunchType: FARGATE, NetworkConfiguration: {{AwsVpcConfiguration: {{Subnets: [subnet-1], AssignPublicIp: ENABLED}}}}, LoadBalancers: [{{ContainerName: web, ContainerPort: '80', TargetGroupArn: !Ref {group}}}], Scale: {{Unit: PERCENT, Value: 100}}}}}}\n"
        )
    };
    let only = read("shop.yaml", &template(&(service.to_owned() + &set("BlueSet", "!Ref Task", "Blue"))));
    let body = only.one(Kind::EcsService, "service/main/shop");
    assert_eq!(body["taskSets"][0]["status"], json!("PRIMARY"));
    assert_eq!(body["loadBalancers"][0]["targetGroupArn"], json!(arn("targetgroup/blue/blue")));
    assert_eq!(body["loadBalancers"][0]["containerPort"], json!(80));
    assert_eq!(body["networkConfiguration"]["awsvpcConfiguration"]["assignPublicIp"], json!("ENABLED"));
    let (workloads, _) = linked(&(service.to_owned() + &set("BlueSet", "!Ref Task", "Blue")));
    assert_eq!(workloads.len(), 1, "the task definition is the service's: {workloads:?}");
    // Of several the one that the template calls so.
    let both = service.to_owned()
        + &set("BlueSet", "!Ref Task", "Blue")
        + &set("GreenSet", "next", "Green")
        + "  Primary: {Type: AWS::ECS::PrimaryTaskSet, Properties: {Cluster: main, Service: !Ref Service, TaskSetId: !GetAtt GreenSet.Id}}\n";
    let read_both = read("shop.yaml", &template(&both));
    let body = read_both.one(Kind::EcsService, "service/main/shop");
    assert_eq!(body["taskDefinition"], json!("next"));
    let states: Vec<&Value> = body["taskSets"].as_array().unwrap().iter().map(|set| &set["status"]).collect();
    assert_eq!(states, ["ACTIVE", "PRIMARY"]);
    // One of a service of elsewhere is missed.
    let elsewhere = set("BlueSet", "!Ref Task", "Blue").replace("!Ref Service", "!ImportValue service");
    assert_eq!(read("shop.yaml", &template(&elsewhere)).unit.state, UnitState::Partial);
}

/// A service with the scale of a target that names it so.
fn scaled(named: &str, more: &str) -> String {
    format!(
        "  Service: {{Type: AWS::ECS::Service, Properties: {{TaskDefinition: !Ref Task{more}}}}}\n  \
         Scale: {{Type: AWS::ApplicationAutoScaling::ScalableTarget, Properties: {{MinCapacity: 2, MaxCapacity: 9, ResourceId: {named}, ScalableDimension: 'ecs:service:DesiredCount', ServiceNamespace: ecs}}}}\n  \
         Policy: {{Type: AWS::ApplicationAutoScaling::ScalingPolicy, Properties: {{PolicyName: cpu, PolicyType: TargetTrackingScaling, ScalingTargetId: !Ref Scale, TargetTrackingScalingPolicyConfiguration: {{TargetValue: 60, PredefinedMetricSpecification: {{PredefinedMetricType: ECSServiceAverageCPUUtilization}}}}}}}}\n"
    )
}

/// How much of autoscaling the one workload has, and how many questions there are about others'.
fn scale_of(resources: &str) -> (usize, usize) {
    let (workloads, questions) = linked(resources);
    assert_eq!(workloads.len(), 1, "{workloads:?}");
    let of_scaling = |part: &&caravan_inventory::ObservationId| part.as_str().starts_with("application-autoscaling.");
    let asked = questions.iter().filter(|one| one.id.as_str().starts_with("scaling-target/")).count();
    (workloads[0].parts.iter().filter(of_scaling).count(), asked)
}

#[test]
fn autoscaling_finds_its_service_whatever_its_cluster_is() {
    for (named, more) in [
        ("!Join ['/', [service, !ImportValue cluster, !GetAtt Service.Name]]", ""),
        ("!Join ['/', [service, !Ref Cluster, !GetAtt Service.Name]]", ", Cluster: !Ref Cluster"),
        ("!Sub 'service/${Cluster}/${Service.Name}'", ", Cluster: !Ref Cluster"),
        (
            "!Sub ['service/${C}/${S}', {C: !ImportValue cluster, S: !GetAtt Service.Name}]",
            ", Cluster: !ImportValue cluster",
        ),
        ("!Join ['', ['service/', !Ref Cluster, '/', !GetAtt Service.Name]]", ", ServiceName: !Ref Name"),
        // By the words that its own name is said in.
        ("!Sub 'service/${Cluster}/${Name}'", ", Cluster: !Ref Cluster, ServiceName: !Ref Name"),
        ("!Join ['/', [service, !Ref Cluster, !Ref Name]]", ", ServiceName: !Sub '${Name}'"),
        ("!Sub 'service/${Cluster}/${Name}-web'", ", ServiceName: !Sub '${Name}-web'"),
        ("!Sub 'service/${Cluster}/shop'", ", ServiceName: shop"),
        ("!Sub ['service/${C}/${Name}', {C: !ImportValue cluster}]", ", ServiceName: !Ref Name"),
        ("!Sub ['service/${C}/${S}', {C: !ImportValue cluster, S: !Ref Name}]", ", ServiceName: !Ref Name"),
        ("!Sub ['service/${C}/${Name}-web', {C: !ImportValue cluster}]", ", ServiceName: !Sub '${Name}-web'"),
        ("!Join ['/', [service, !ImportValue cluster, shop]]", ", ServiceName: shop"),
    ] {
        assert_eq!(scale_of(&scaled(named, more)), (2, 0), "{named} {more}");
    }
}

#[test]
fn autoscaling_of_what_nobody_can_tell_is_asked_about() {
    for (named, more) in [
        ("!Ref Name", ""),
        ("!Sub 'service/${Cluster}/${Name}'", ", ServiceName: shop"),
        ("!ImportValue target", ", ServiceName: shop"),
        ("!Sub 'service/${Cluster}/${Name}-api'", ", ServiceName: !Sub '${Name}-web'"),
    ] {
        assert_eq!(scale_of(&scaled(named, more)), (0, 1), "{named} {more}");
    }
    let (_, questions) = linked(&scaled("!Ref Name", ""));
    let asked = questions.iter().find(|one| one.id.as_str().starts_with("scaling-target/")).unwrap();
    assert!(
        asked.text.starts_with("2 of autoscaling in its template name what they scale as `!Ref Name`"),
        "{}",
        asked.text
    );
    // Of another kind of thing it is nothing of the service.
    let table = scaled("!Ref Name", "").replace("ServiceNamespace: ecs", "ServiceNamespace: dynamodb");
    assert_eq!(scale_of(&table), (0, 0));
    // Two of one name stand in clusters that nobody knows.
    let (workloads, _) = linked(
        &(scaled("!Sub 'service/${Cluster}/shop'", ", ServiceName: shop")
            + "  Second: {Type: AWS::ECS::Service, Properties: {Cluster: second, ServiceName: shop, TaskDefinition: !Ref Task}}\n"),
    );
    let scaled = workloads.iter().filter(|one| one.parts.iter().any(|part| part.as_str().contains("autoscaling")));
    assert_eq!(scaled.count(), 0);
}

#[test]
fn what_is_made_only_under_an_open_condition_is_open_in_one_field() {
    let text = |offered: &str| {
        let head = "Conditions:\n  IsPublic: !Equals [!Ref Public, 'yes']\nResources:\n  Balancer: {Type";
        let text = template(&scaled("!Sub 'service/${Cluster}/${Service.Name}'", ""))
            .replace("Resources:\n  Balancer: {Type", head)
            .replace("Parameters:\n", &format!("Parameters:\n  Public: {{Type: String, Default: '{offered}'}}\n"));
        [
            "Listener: {Type: AWS::ElasticLoadBalancingV2::Listener",
            "Rule: {Type: AWS::ElasticLoadBalancingV2::ListenerRule",
            "Scale: {Type: AWS::ApplicationAutoScaling::ScalableTarget",
        ]
        .iter()
        .fold(text, |text, one| text.replace(one, &format!("{one}, Condition: IsPublic")))
    };
    let fields = |read: &Read| {
        [
            read.one(Kind::Listener, "/Listener")["Port"].clone(),
            read.one(Kind::ListenerRule, "/Rule")["Priority"].clone(),
            read.one(Kind::ScalableTarget, "Scale")["MinCapacity"].clone(),
        ]
    };
    let open = |default: Option<Value>| match default {
        Some(default) => json!({"$unresolved": "!Condition IsPublic", "default": default}),
        None => json!({"$unresolved": "!Condition IsPublic"}),
    };
    let told = [json!(443), json!("1"), json!(2)];
    assert_eq!(fields(&read("shop.yaml", &text("yes"))), told.clone().map(|value| open(Some(value))));
    assert_eq!(fields(&read("shop.yaml", &text("no"))), told.clone().map(|_| open(None)));
    assert_eq!(fields(&super::templates::read_with("shop.yaml", &text("no"), &[("Public", "yes")])), told);
    let left_out = super::templates::read_with("shop.yaml", &text("yes"), &[("Public", "no")]);
    assert!(left_out.observations.iter().all(|one| one.kind != Kind::ListenerRule));
}

/// Names of fields that the API of ECS does not know, in a document whose fields all are its own.
fn unknown_names(kind: Kind, value: &Value) -> Vec<String> {
    match value {
        open if Unresolved::of(open).is_some() => Vec::new(),
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(field, value)| {
                let own = (!kind.model().knows(field)).then(|| field.clone());
                own.into_iter().chain(unknown_names(kind, value)).collect::<Vec<_>>()
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(|item| unknown_names(kind, item)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn what_cloud_formation_calls_otherwise_is_called_as_the_api_does() {
    let more = ", PlacementStrategies: [{Type: spread, Field: 'attribute:ecs.availability-zone'}], PlacementConstraints: [{Type: memberOf, Expression: 'attribute:a == b'}], ForceNewDeployment: {EnableForceNewDeployment: true}, EnableECSManagedTags: 'true', VolumeConfigurations: [{Name: d, ManagedEBSVolume: {SizeInGiB: '20', FilesystemType: xfs, RoleArn: !ImportValue r, TagSpecifications: [{ResourceType: volume}]}}], ServiceConnectConfiguration: {Enabled: 'true', Services: [{PortName: web, ClientAliases: [{Port: '80', DnsName: web}]}]}, AvailabilityZoneRebalancing: ENABLED";
    let task = "  Other: {Type: AWS::ECS::TaskDefinition, Properties: {Family: other, EphemeralStorage: {SizeInGiB: '30'}, EnableFaultInjection: 'false', ProxyConfiguration: {Type: APPMESH, ContainerName: envoy, ProxyConfigurationProperties: [{Name: AppPorts, Value: '80'}]}, Volumes: [{Name: w, FSxWindowsFileServerVolumeConfiguration: {FileSystemId: fs-1, RootDirectory: share, AuthorizationConfig: {CredentialsParameter: p, Domain: d}}}, {Name: e, EFSVolumeConfiguration: {FilesystemId: fs-2, TransitEncryptionPort: '2999', AuthorizationConfig: {IAM: ENABLED}}}], ContainerDefinitions: [{Name: a, Image: 'a:1', LinuxParameters: {SharedMemorySize: '64', MaxSwap: '0', InitProcessEnabled: 'true'}, RestartPolicy: {Enabled: 'true', RestartAttemptPeriod: '60'}}]}}\n";
    let read = read("shop.yaml", &template(&(service(more) + task)));
    let body = read.one(Kind::EcsService, "service/main/shop");
    assert_eq!(unknown_names(Kind::EcsService, body), Vec::<String>::new(), "{body:#}");
    assert_eq!(body["placementStrategy"][0]["type"], json!("spread"));
    assert_eq!(body["volumeConfigurations"][0]["managedEBSVolume"]["sizeInGiB"], json!(20));
    assert_eq!(body["serviceConnectConfiguration"]["enabled"], json!(true));
    let body = read.one(Kind::EcsTaskDefinition, "task-definition/other");
    assert_eq!(unknown_names(Kind::EcsTaskDefinition, body), Vec::<String>::new(), "{body:#}");
    assert_eq!(body["proxyConfiguration"]["properties"][0]["name"], json!("AppPorts"));
    assert_eq!(body["volumes"][0]["fsxWindowsFileServerVolumeConfiguration"]["fileSystemId"], json!("fs-1"));
    assert_eq!(body["volumes"][1]["efsVolumeConfiguration"]["transitEncryptionPort"], json!(2999));
    assert_eq!(body["containerDefinitions"][0]["restartPolicy"]["restartAttemptPeriod"], json!(60));
    assert_eq!(body["enableFaultInjection"], json!(false));
}
