//! Security groups of templates: whom they let in, and that a load balancer of the template finds its own.

use super::recording::record;
use super::templates::{Read, read, read_with};
use super::{folder, put};
use caravan_inventory::{ObservationKind as Kind, UnitState};
use caravan_inventory_store::{Store, WorkloadFilter};
use serde_json::{Value, json};

fn template(resources: &str) -> String {
    format!(
        "AWSTemplateFormatVersion: '2010-09-09'\nParameters:\n  Office: {{Type: String, Default: 198.51.100.0/24}}\n  \
         Open: {{Type: String, Default: 'no'}}\nConditions:\n  IsOpen: !Equals [!Ref Open, 'yes']\nResources:\n{resources}"
    )
}

const NETWORK: &str = "  Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.20.0.0/16}}\n";

fn group(properties: &str) -> String {
    template(&format!("{NETWORK}  Web: {{Type: AWS::EC2::SecurityGroup, Properties: {{{properties}}}}}\n"))
}

fn permissions(read: &Read, name: &str) -> Value {
    read.one(Kind::SecurityGroup, name)["ipPermissions"].clone()
}

/// A permission with these ports and one list that has an element.
fn permission(protocol: &str, ports: Option<(u16, u16)>, list: &str, end: &Value) -> Value {
    let mut all = json!({"ipProtocol": protocol, "groups": [], "ipRanges": [], "ipv6Ranges": [], "prefixListIds": []});
    if let Some((from, to)) = ports {
        all["fromPort"] = json!(from);
        all["toPort"] = json!(to);
    }
    all[list] = json!([end]);
    all
}

#[test]
fn a_group_says_whom_it_lets_in_as_the_api_does() {
    let https = Some((443, 443));
    for (rule, wanted) in [
        (
            "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0, Description: all}",
            permission("tcp", https, "ipRanges", &json!({"cidrIp": "0.0.0.0/0", "description": "all"})),
        ),
        (
            "{IpProtocol: TCP, FromPort: '443', ToPort: '443', CidrIpv6: '::/0'}",
            permission("tcp", https, "ipv6Ranges", &json!({"cidrIpv6": "::/0"})),
        ),
        (
            "{IpProtocol: '6', FromPort: 443, ToPort: 443, CidrIp: !GetAtt Net.CidrBlock}",
            permission("tcp", https, "ipRanges", &json!({"cidrIp": "10.20.0.0/16"})),
        ),
        (
            "{IpProtocol: -1, FromPort: 0, ToPort: 0, SourcePrefixListId: pl-0abc}",
            permission("-1", None, "prefixListIds", &json!({"prefixListId": "pl-0abc"})),
        ),
        (
            "{IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: sg-0abc, SourceSecurityGroupOwnerId: '222233334444'}",
            permission("tcp", https, "groups", &json!({"groupId": "sg-0abc", "userId": "222233334444"})),
        ),
        (
            "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: !Ref Office}",
            permission(
                "tcp",
                https,
                "ipRanges",
                &json!({"cidrIp": {"$unresolved": "!Ref Office", "default": "198.51.100.0/24"}}),
            ),
        ),
        (
            "{IpProtocol: tcp, FromPort: 443, ToPort: 443, SourceSecurityGroupId: !ImportValue edge}",
            permission("tcp", https, "groups", &json!({"groupId": {"$unresolved": "!ImportValue edge"}})),
        ),
    ] {
        let read = read("shop.yaml", &group(&format!("SecurityGroupIngress: [{rule}]")));
        assert_eq!(permissions(&read, "sg-shop-Web"), json!([wanted]), "{rule}");
        // One rule is a list of it.
        let alone = super::templates::read("shop.yaml", &group(&format!("SecurityGroupIngress: {rule}")));
        assert_eq!(permissions(&alone, "sg-shop-Web"), json!([wanted]), "{rule}");
    }
    let nobody = read("shop.yaml", &group("GroupName: web, GroupDescription: d, VpcId: !Ref Net"));
    let body = nobody.one(Kind::SecurityGroup, "sg-shop-Web");
    assert_eq!(body["ipPermissions"], json!([]));
    assert_eq!(body["groupName"], json!("web"));
    assert_eq!(body["ipPermissionsEgress"][0]["ipRanges"], json!([{"cidrIp": "0.0.0.0/0"}]));
}

#[test]
fn what_a_condition_leaves_open_is_open_at_its_place() {
    let rule = "{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}";
    let all = permission("tcp", Some((443, 443)), "ipRanges", &json!({"cidrIp": "0.0.0.0/0"}));
    let choice = format!("SecurityGroupIngress: [!If [IsOpen, {rule}, !Ref 'AWS::NoValue']]");
    let text = "!If [IsOpen, {CidrIp: 0.0.0.0/0, FromPort: 443, IpProtocol: tcp, ToPort: 443}, !Ref AWS::NoValue]";
    let open = read("shop.yaml", &group(&choice));
    assert_eq!(permissions(&open, "sg-shop-Web"), json!([{"$unresolved": text, "default": null}]));
    let given = |value: &str| read_with("shop.yaml", &group(&choice), &[("Open", value)]);
    assert_eq!(permissions(&given("yes"), "sg-shop-Web"), json!([all]));
    assert_eq!(permissions(&given("no"), "sg-shop-Web"), json!([]));
    // The other way round the rule is what the template offers.
    let whole = format!("SecurityGroupIngress: !If [IsOpen, [], [{rule}]]");
    let found = permissions(&read("shop.yaml", &group(&whole)), "sg-shop-Web");
    assert_eq!(found["default"], json!([all]), "{found}");
    // A rule of its own that may not be made.
    let own = group("GroupDescription: d")
        + "  Rule:\n    Type: AWS::EC2::SecurityGroupIngress\n    Condition: IsOpen\n    Properties: {GroupId: !Ref Web, IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 0.0.0.0/0}\n";
    assert_eq!(permissions(&read("shop.yaml", &own), "sg-shop-Web"), json!([{"$unresolved": "!Condition IsOpen"}]));
    assert_eq!(permissions(&read_with("shop.yaml", &own, &[("Open", "yes")]), "sg-shop-Web"), json!([all]));
    assert_eq!(permissions(&read_with("shop.yaml", &own, &[("Open", "no")]), "sg-shop-Web"), json!([]));
    let offered = read("shop.yaml", &own.replace("Default: 'no'", "Default: 'yes'"));
    assert_eq!(permissions(&offered, "sg-shop-Web"), json!([{"$unresolved": "!Condition IsOpen", "default": all}]));
    // Beside a list that is open as a whole.
    let both = own.replace("GroupDescription: d", &whole);
    let found = permissions(&read_with("shop.yaml", &both.replace("    Condition: IsOpen\n", ""), &[]), "sg-shop-Web");
    assert_eq!((found[0].get("default"), &found[1]), (None, &all), "{found}");
}

#[test]
fn a_rule_of_its_own_is_put_into_its_group_however_it_names_it() {
    for named in
        ["GroupId: !Ref Web", "GroupId: !GetAtt Web.GroupId", "GroupId: !Sub '${Web.GroupId}'", "GroupName: web"]
    {
        let text = group("GroupName: web")
            + &format!(
                "  Rule: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {{{named}, IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !GetAtt Web.GroupId}}}}\n"
            );
        let read = read("shop.yaml", &text);
        assert_eq!(
            permissions(&read, "sg-shop-Web"),
            json!([permission("tcp", Some((80, 80)), "groups", &json!({"groupId": "sg-shop-Web"}))]),
            "{named}"
        );
        assert_eq!(read.unit.state, UnitState::Complete, "{:?}", read.unit.reason);
    }
    let out = group("GroupName: web")
        + "  Rule: {Type: AWS::EC2::SecurityGroupEgress, Properties: {GroupId: !Ref Web, IpProtocol: tcp, FromPort: 5432, ToPort: 5432, DestinationPrefixListId: pl-1}}\n";
    let read_one = read("shop.yaml", &out);
    let body = read_one.one(Kind::SecurityGroup, "sg-shop-Web");
    assert_eq!(body["ipPermissions"], json!([]));
    assert_eq!(
        body["ipPermissionsEgress"][1],
        permission("tcp", Some((5432, 5432)), "prefixListIds", &json!({"prefixListId": "pl-1"}))
    );
    // A group of elsewhere is not in the template: that its rule was not read is said.
    for elsewhere in ["GroupId: !ImportValue web", "GroupId: sg-0abc", "GroupId: !GetAtt Net.DefaultSecurityGroup"] {
        let text = group("GroupName: web")
            + &format!(
                "  Rule: {{Type: AWS::EC2::SecurityGroupIngress, Properties: {{{elsewhere}, IpProtocol: -1, CidrIp: 0.0.0.0/0}}}}\n"
            );
        let read = read("shop.yaml", &text);
        assert_eq!(permissions(&read, "sg-shop-Web"), json!([]), "{elsewhere}");
        assert_eq!(read.unit.state, UnitState::Partial, "{elsewhere}");
        assert!(read.unit.reason.as_deref().unwrap_or_default().contains("Rule is a rule of a security group"));
    }
}

const BALANCED: &str = "  Balancer: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Subnets: !Ref Subnets, SecurityGroups: GROUPS}}
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Port: 80, Protocol: HTTP, TargetType: ip}}
  Listener: {Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {LoadBalancerArn: !Ref Balancer, Port: 443, Protocol: HTTPS, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}}
  Task: {Type: AWS::ECS::TaskDefinition, Properties: {Family: shop, ContainerDefinitions: [{Name: web, Image: 'web:1', PortMappings: [{ContainerPort: 80}]}]}}
  Service: {Type: AWS::ECS::Service, Properties: {TaskDefinition: !Ref Task, LoadBalancers: [{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Group}], NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [subnet-1], SecurityGroups: [!GetAtt Web.GroupId]}}}}
";

/// The documents of the one workload of a template whose balancer has these groups.
fn parts(groups: &str) -> Vec<String> {
    let (_kept, dir) = folder();
    let text =
        group("GroupDescription: d").replace("Parameters:", "Parameters:\n  Subnets: {Type: CommaDelimitedList}");
    put(&dir, "shop.yaml", text + &BALANCED.replace("GROUPS", groups));
    let mut store = Store::in_memory().unwrap();
    record(&mut store, &dir, "01", 10);
    let workloads = store.workloads(&WorkloadFilter::default(), None, 10).unwrap();
    assert_eq!(workloads.len(), 1);
    let service = store.workload(&workloads[0].id).unwrap().unwrap();
    service.parts.iter().map(ToString::to_string).collect()
}

#[test]
fn a_load_balancer_finds_the_groups_of_its_template() {
    let own = "ec2.security-group/files/shop.yaml#sg-shop-Web".to_owned();
    for groups in ["[!Ref Web]", "[!GetAtt Web.GroupId]", "[!If [IsOpen, !Ref Web, !Ref Web]]", "[sg-0abc, !Ref Web]"] {
        assert!(parts(groups).contains(&own), "{groups}: {:?}", parts(groups));
    }
    // The service's own group is none of the balancer's.
    for groups in ["!ImportValue groups", "[!ImportValue group]", "[sg-0abc]", "[!If [IsOpen, !Ref Web, sg-0abc]]"] {
        let parts = parts(groups);
        assert!(!parts.iter().any(|part| part.starts_with("ec2.security-group")), "{groups}: {parts:?}");
        assert!(parts.iter().any(|part| part.starts_with("elbv2.load-balancer")), "{groups}: {parts:?}");
    }
}
