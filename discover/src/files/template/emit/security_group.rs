//! Security groups of EC2 with whom they let in and out, whether they say it themselves or resources of their own do.

use super::Emitter;
use super::shape::{Fields, small, tags, typed};
use crate::files::recognise::Thing;
use crate::files::template::document::Resource;
use crate::files::template::evaluate::Outcome;
use crate::files::template::intrinsic::scalar;
use crate::files::template::places::Places;
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::{Map, Value, json};

/// Fields of a rule that name something.
const LINKS: &[&str] = &[
    "DestinationPrefixListId",
    "DestinationSecurityGroupId",
    "GroupId",
    "GroupName",
    "SourcePrefixListId",
    "SourceSecurityGroupId",
    "SourceSecurityGroupName",
];

/// A field of a rule, the list of the answer that it becomes an element of, and what it is called there.
const ENDS: &[(&str, &str, &str)] = &[
    ("CidrIp", "ipRanges", "cidrIp"),
    ("CidrIpv6", "ipv6Ranges", "cidrIpv6"),
    ("DestinationPrefixListId", "prefixListIds", "prefixListId"),
    ("DestinationSecurityGroupId", "groups", "groupId"),
    ("SourcePrefixListId", "prefixListIds", "prefixListId"),
    ("SourceSecurityGroupId", "groups", "groupId"),
    ("SourceSecurityGroupName", "groups", "groupName"),
];

const IN: &str = "ipPermissions";
const OUT: &str = "ipPermissionsEgress";

/// A security group.
pub(super) fn group(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let of_rules = |list: &str| LINKS.iter().map(|link| format!("{list}/*/{link}")).collect::<Vec<_>>();
    let links = [of_rules("SecurityGroupIngress"), of_rules("SecurityGroupEgress")].concat();
    let links: Vec<&str> = links.iter().map(String::as_str).collect();
    let mut fields = out.eval.properties(&resource.properties, &links);
    let incoming = fields.remove("SecurityGroupIngress").map_or_else(|| json!([]), permissions);
    // What says nothing of it lets everything out (CloudFormation template reference, AWS::EC2::SecurityGroup).
    let all = || {
        json!([{"ipProtocol": "-1", "groups": [], "ipRanges": [{"cidrIp": "0.0.0.0/0"}],
            "ipv6Ranges": [], "prefixListIds": []}])
    };
    let outgoing = fields.remove("SecurityGroupEgress").map_or_else(all, permissions);
    let tags = fields.remove("Tags").map(tags);
    let mut body = match small(Value::Object(fields), &[]) {
        Value::Object(body) => body,
        _ => Map::new(),
    };
    body.insert("groupName".to_owned(), out.eval.name_of(id, "GroupName").into());
    body.insert(IN.to_owned(), incoming);
    body.insert(OUT.to_owned(), outgoing);
    if let Some(Value::Object(tags)) = tags {
        let tag = |(key, value): (String, Value)| json!({"key": key, "value": value});
        body.insert("tagSet".to_owned(), tags.into_iter().map(tag).collect());
    }
    let Some(name) = out.eval.name_at(&json!({"Ref": id}), 0) else { return };
    body.insert("groupId".to_owned(), name.clone().into());
    out.add(Kind::SecurityGroup, &name, Value::Object(body));
}

/// A rule that lets somebody in, as a resource of its own.
pub(super) fn ingress(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    rule(out, id, resource, IN);
}

/// A rule that lets out.
pub(super) fn egress(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    rule(out, id, resource, OUT);
}

fn rule(out: &mut Emitter<'_>, id: &str, resource: &Resource, list: &str) {
    let fields = out.eval.properties(&resource.properties, LINKS);
    let permission = permission(fields);
    let permission = match &out.open {
        Some((text, holds)) => {
            let is_whole = Unresolved::find(&permission).is_empty();
            Unresolved { text, default: Some(&permission).filter(|_| *holds && is_whole) }.to_value()
        }
        None => permission,
    };
    let Some(group) = group_of(out, resource) else {
        out.emitted.elsewhere.push(format!("{id} is a rule of a security group that is not in the template"));
        return;
    };
    let is_it =
        |thing: &&mut Thing| thing.kind == Kind::SecurityGroup && thing.place.as_deref() == Some(group.as_str());
    let thing = out.emitted.things.iter_mut().find(is_it);
    let Some(of_group) = thing.and_then(|thing| thing.body.get_mut(list)) else { return };
    match of_group {
        Value::Array(permissions) => permissions.push(permission),
        // A list that is open as a whole is one place of the list that it becomes.
        open => {
            let place = Unresolved::of(open).map(|open| Unresolved { default: None, ..open }.to_value());
            *open = place.into_iter().chain([permission]).collect();
        }
    }
}

/// The group of the template that a rule belongs to, by its id or by its name.
fn group_of(out: &Emitter<'_>, resource: &Resource) -> Option<String> {
    let named = ["GroupId", "GroupName"].into_iter().find_map(|field| resource.properties.get(field))?;
    let name = match out.eval.outcome(named, &Places::of(&[""]), 0) {
        Outcome::Link(name) => name,
        Outcome::Known(name) => scalar(&name)?,
        Outcome::Open { .. } | Outcome::Absent => return None,
    };
    let mut groups = out.emitted.things.iter().filter(|thing| thing.kind == Kind::SecurityGroup);
    let is_called = |thing: &&Thing| {
        thing.place.as_deref() == Some(name.as_str()) || thing.body.get("groupName") == Some(&json!(name))
    };
    groups.find(is_called).and_then(|thing| thing.place.clone())
}

/// The rules of a group as DescribeSecurityGroups answers them, each a permission of its own; what is open stays so.
fn permissions(rules: Value) -> Value {
    if let Some(Unresolved { text, default }) = Unresolved::of(&rules) {
        let default = default.cloned().filter(|default| !default.is_null()).map(permissions);
        return Unresolved { text, default: default.as_ref() }.to_value();
    }
    match rules {
        Value::Array(rules) => rules.into_iter().map(one).collect(),
        // One rule is taken for a list of it.
        rule @ Value::Object(_) => json!([one(rule)]),
        _ => json!([]),
    }
}

fn one(rule: Value) -> Value {
    if let Some(Unresolved { text, default }) = Unresolved::of(&rule) {
        let default = default.map(|default| if default.is_null() { Value::Null } else { one(default.clone()) });
        return Unresolved { text, default: default.as_ref() }.to_value();
    }
    match rule {
        Value::Object(fields) => permission(fields),
        other => other,
    }
}

/// A rule as a permission, with the lists that the answer has in any case.
fn permission(fields: Fields) -> Value {
    let mut permission = Map::new();
    let mut body = Value::Object(fields);
    typed(&mut body, &["FromPort", "ToPort"], &[]);
    let Value::Object(mut fields) = body else { return Value::Null };
    let said = fields.remove("IpProtocol").unwrap_or(Value::Null);
    let protocol = protocol(said);
    // A rule of all protocols is one of all ports, whatever it says of them.
    let of_all = protocol == json!("-1");
    permission.insert("ipProtocol".to_owned(), protocol);
    for (field, port) in [("FromPort", "fromPort"), ("ToPort", "toPort")] {
        if let Some(value) = fields.remove(field).filter(|_| !of_all) {
            permission.insert(port.to_owned(), value);
        }
    }
    for list in ["groups", "ipRanges", "ipv6Ranges", "prefixListIds"] {
        permission.insert(list.to_owned(), json!([]));
    }
    let description = fields.remove("Description");
    for (field, list, name) in ENDS {
        let Some(value) = fields.remove(*field) else { continue };
        let mut end = Map::from_iter([((*name).to_owned(), value)]);
        end.extend(description.clone().map(|said| ("description".to_owned(), said)));
        if *list == "groups" {
            end.extend(fields.remove("SourceSecurityGroupOwnerId").map(|of| ("userId".to_owned(), of)));
        }
        if let Some(Value::Array(ends)) = permission.get_mut(*list) {
            ends.push(Value::Object(end));
        }
    }
    Value::Object(permission)
}

/// A protocol as the answer says it: a name in small letters, `-1` for all.
fn protocol(said: Value) -> Value {
    if let Some(Unresolved { text, default }) = Unresolved::of(&said) {
        let default = default.map(|default| protocol(default.clone()));
        return Unresolved { text, default: default.as_ref() }.to_value();
    }
    let Some(said) = scalar(&said) else { return said };
    let said = said.trim().to_ascii_lowercase();
    let named = match said.as_str() {
        "all" => "-1",
        "1" => "icmp",
        "6" => "tcp",
        "17" => "udp",
        "58" => "icmpv6",
        other => other,
    };
    json!(named)
}
