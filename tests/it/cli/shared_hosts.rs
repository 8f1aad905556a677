//! Hosts that several apps have by one listener of a balancer, over all of them: whose it is, and that nothing is asked falsely.

use super::Room;
use serde_json::Value;
use std::fmt::Write as _;

/// Two services behind one public listener: `depot` and `kiosk`, each with its own target group, and these rules and records.
fn estate(rules: &str, default: &str, records: &[&str]) -> Room {
    let mut text = "\
Resources:
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: market}}
  Anybody:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: anybody
      VpcId: vpc-1
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}]
  Edge:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Name: edge, Scheme: internet-facing, Subnets: [subnet-1, subnet-2], SecurityGroups: [!Ref Anybody]}
  Front:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Edge
      Port: 443
      Protocol: HTTPS
      Certificates: [{CertificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/1'}]
      DefaultActions: [DEFAULT]
"
    .replace("DEFAULT", default);
    for (name, called) in [("Depot", "depot"), ("Kiosk", "kiosk")] {
        let _ = write!(
            text,
            "  Group{name}: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{Name: {called}, Port: 8080, Protocol: HTTP, TargetType: ip, VpcId: vpc-1}}}}
  Task{name}:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: {called}
      ContainerDefinitions: [{{Name: app, Image: '{called}:1', Essential: true, PortMappings: [{{ContainerPort: 8080}}]}}]
  Service{name}:
    Type: AWS::ECS::Service
    Properties:
      ServiceName: {called}
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task{name}
      DesiredCount: 2
      LoadBalancers: [{{ContainerName: app, ContainerPort: 8080, TargetGroupArn: !Ref Group{name}}}]
"
        );
    }
    text.push_str(rules);
    for (at, name) in records.iter().enumerate() {
        let _ = write!(
            text,
            "  Record{at}:
    Type: AWS::Route53::RecordSet
    Properties:
      Name: '{name}'
      Type: A
      HostedZoneName: market.example.
      AliasTarget: {{DNSName: !GetAtt Edge.DNSName, HostedZoneId: !GetAtt Edge.CanonicalHostedZoneID}}
"
        );
    }
    let room = Room::new();
    room.write("infra/estate.yaml", text);
    room.run(&["discover", "--files", "infra"]).ends(0, &[]);
    room
}

/// A rule of the listener: its priority, its conditions and its action.
fn rule(priority: u8, conditions: &str, action: &str) -> String {
    format!(
        "  Rule{priority}:
    Type: AWS::ElasticLoadBalancingV2::ListenerRule
    Properties: {{ListenerArn: !Ref Front, Priority: {priority}, Conditions: [{conditions}], Actions: [{action}]}}
"
    )
}

fn at(host: &str) -> String {
    format!("{{Field: host-header, Values: ['{host}']}}")
}

fn to(group: &str) -> String {
    format!("{{Type: forward, TargetGroupArn: !Ref Group{group}}}")
}

/// The open questions of a topic, by their ids.
fn asked(room: &Room, topic: &str) -> Vec<String> {
    let (_, document) = room.json(&["decide"]);
    let ids = document["questions"].as_array().unwrap().iter().filter_map(|question| question["id"].as_str());
    ids.filter(|id| id.split('/').next() == Some(topic)).map(str::to_owned).collect()
}

/// The plconfigs of both services, and all manifests, as they are written.
fn converted(room: &Room) -> (String, String, Vec<Value>) {
    let _open_questions = room.run(&["convert", "--out", "trees"]);
    let (mut depot, mut kiosk, mut manifests) = (String::new(), String::new(), Vec::new());
    let mut folders = vec![room.path().join("trees")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let (name, text) =
                (path.to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap_or_default());
            match (name.contains("/depot"), name.contains("/kiosk")) {
                (true, _) if name.ends_with("plconfig.yaml") => depot = text,
                (_, true) if name.ends_with("plconfig.yaml") => kiosk = text,
                _ if name.ends_with("manifests.yaml") => {
                    manifests.extend(serde_yaml::from_multiple::<Value>(&text).unwrap());
                }
                _ => {}
            }
        }
    }
    (depot, kiosk, manifests)
}

/// How many listeners of the gateway have the host.
fn listeners(manifests: &[Value], host: &str) -> usize {
    let of = |set: &&Value| set["kind"] == "ListenerSet";
    let all = manifests.iter().filter(of).filter_map(|set| set["spec"]["listeners"].as_array()).flatten();
    all.filter(|listener| listener["hostname"] == host && listener["port"] == 443).count()
}

#[test]
fn what_one_is_told_of_a_listener_makes_one_owner_of_the_host_whoever_was_asked() {
    let room = estate(&rule(1, "{Field: path-pattern, Values: ['/staff*']}", &to("Kiosk")), &to("Depot"), &[]);
    let ids = asked(&room, "hosts");
    assert_eq!(ids.len(), 2, "{ids:?}");
    let of_depot = ids.iter().find(|id| id.contains("/depot/")).unwrap();
    room.run(&["decide", &format!("{of_depot}=shop.market.example")]).ends(0, &[]);
    let (depot, kiosk, manifests) = converted(&room);
    assert_eq!(listeners(&manifests, "shop.market.example"), 1, "{depot}\n{kiosk}");
    assert!(kiosk.contains("shop.market.example") && kiosk.contains("owner: "), "{kiosk}");
    assert!(depot.contains("guests:"), "{depot}");
    // It is said that the host counts there already.
    let (_, document) = room.json(&["decide"]);
    let open =
        document["questions"].as_array().unwrap().iter().find(|one| one["id"].as_str().unwrap().contains("hosts/"));
    assert!(
        open.unwrap()["text"].as_str().unwrap().contains("`shop.market.example` is told for another app"),
        "{open:?}"
    );
}

#[test]
fn two_apps_of_one_listener_are_not_asked_which_listener_leads_to_a_host_of_both() {
    let redirect = "{Type: redirect, RedirectConfig: {Host: www.market.example, Protocol: HTTPS, Port: '443', StatusCode: HTTP_301}}";
    let (www, api) = (at("www.market.example"), "{Field: path-pattern, Values: ['/api/*']}");
    let forbidden = "{Type: fixed-response, FixedResponseConfig: {StatusCode: '404'}}";
    // The name without `www` only redirects, to one that both serve.
    let rules = rule(1, &at("market.example"), redirect)
        + &rule(2, &format!("{www}, {api}"), &to("Kiosk"))
        + &rule(3, &www, &to("Depot"));
    let room = estate(&rules, forbidden, &["market.example", "www.market.example"]);
    assert!(asked(&room, "host-listener").is_empty());
    assert_eq!(listeners(&converted(&room).2, "market.example"), 1);
    // Weighted groups of both, and a rule of the one.
    let weighted = "{Type: forward, ForwardConfig: {TargetGroups: [{TargetGroupArn: !Ref GroupDepot, Weight: 90}, {TargetGroupArn: !Ref GroupKiosk, Weight: 10}]}}";
    let beta = "{Field: http-header, HttpHeaderConfig: {HttpHeaderName: X-Beta, Values: ['1']}}";
    let rules = rule(1, &format!("{www}, {beta}"), &to("Kiosk")) + &rule(2, &www, weighted);
    assert!(asked(&estate(&rules, forbidden, &["www.market.example"]), "host-listener").is_empty());
    // A wildcard's app has the block at a name of the other one.
    let blocked = rule(1, &format!("{www}, {api}"), "{Type: fixed-response, FixedResponseConfig: {StatusCode: '403'}}");
    let room =
        estate(&(blocked + &rule(2, &www, &to("Depot"))), &to("Kiosk"), &["www.market.example", "*.market.example"]);
    assert!(asked(&room, "host-listener").is_empty());
    let (_, kiosk, manifests) = converted(&room);
    assert_eq!(listeners(&manifests, "www.market.example"), 1);
    // The name's listener is the other one's: the wildcard takes nothing of it.
    assert!(kiosk.contains("host: ~(?i)www\\.market\\.example") && kiosk.contains("*.market.example"), "{kiosk}");
}
