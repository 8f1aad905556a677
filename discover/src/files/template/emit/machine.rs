//! Instances of EC2, and what they are started from: launch templates and launch configurations, as the APIs answer them.
//!
//! User data is a text that the template puts together. What the template leaves open in it stands there as a variable that nothing
//! sets ([`crate::startup_places`]), so that whoever reads the script asks about it where it is used.

use super::Emitter;
use super::shape::{Fields, moved, small, typed};
use crate::files::template::document::Resource;
use crate::files::template::evaluate::Evaluator;
use crate::files::template::intrinsic::Intrinsic;
use crate::files::template::parts::PartValue;
use crate::startup_places::{of_dynamic_references, place};
use crate::user_data::{PARTS, decode_beside, of_file};
use caravan_inventory::{ObservationKind as Kind, Unresolved};
use serde_json::{Map, Value, json};

const NUMBERS: &[&str] =
    &["DeviceIndex", "HttpPutResponseHopLimit", "Iops", "NetworkCardIndex", "Throughput", "VolumeSize"];
const BOOLEANS: &[&str] = &[
    "AssociatePublicIpAddress",
    "DeleteOnTermination",
    "DisableApiStop",
    "DisableApiTermination",
    "EbsOptimized",
    "Enabled",
    "Encrypted",
    "SourceDestCheck",
];
/// Properties of an instance that no answer about it has.
const NOT_ANSWERED: &[&str] = &[
    "AdditionalInfo",
    "Affinity",
    "CreditSpecification",
    "DisableApiTermination",
    "ElasticGpuSpecifications",
    "ElasticInferenceAccelerators",
    "HostResourceGroupArn",
    "InstanceInitiatedShutdownBehavior",
    "Ipv6AddressCount",
    "Ipv6Addresses",
    "PlacementGroupName",
    "PropagateTagsToVolumeOnCreation",
    "SsmAssociations",
];

/// An instance.
pub(super) fn instance(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "IamInstanceProfile",
        "LaunchTemplate/LaunchTemplateId",
        "LaunchTemplate/LaunchTemplateName",
        "LaunchTemplate/Version",
        "NetworkInterfaces/*/GroupSet/*",
        "NetworkInterfaces/*/NetworkInterfaceId",
        "SecurityGroupIds/*",
        "SecurityGroups/*",
        "Volumes/*/VolumeId",
    ];
    let mut properties = resource.properties.clone();
    let started = properties.remove("UserData");
    let mut body = Value::Object(out.eval.properties(&properties, LINKS));
    typed(&mut body, NUMBERS, BOOLEANS);
    let Value::Object(mut fields) = body else { return };
    out.leave_out(&mut fields, NOT_ANSWERED);
    let mut tags = answered_tags(fields.remove("Tags"));
    if let Some(Value::Object(template)) = fields.remove("LaunchTemplate") {
        // EC2 writes into tags which version of a launch template an instance was started from.
        let named = template.get("LaunchTemplateId").or_else(|| template.get("LaunchTemplateName"));
        let said = [("aws:ec2launchtemplate:id", named), ("aws:ec2launchtemplate:version", template.get("Version"))];
        tags.extend(said.into_iter().filter_map(|(key, value)| Some(json!({"key": key, "value": value?}))));
    }
    let mut disks = list(fields.remove("BlockDeviceMappings"));
    disks.extend(
        list(fields.remove("Volumes"))
            .into_iter()
            .map(|volume| json!({"DeviceName": volume.get("Device"), "Ebs": {"VolumeId": volume.get("VolumeId")}})),
    );
    let cards = list(fields.remove("NetworkInterfaces"));
    let mut groups = list(fields.remove("SecurityGroupIds"));
    groups.extend(list(fields.remove("SecurityGroups")));
    let mut placement = Map::new();
    for (from, to) in [("AvailabilityZone", "availabilityZone"), ("HostId", "hostId"), ("Tenancy", "tenancy")] {
        placement.extend(fields.remove(from).map(|value| (to.to_owned(), value)));
    }
    if let Some(profile) = fields.remove("IamInstanceProfile") {
        fields.insert("IamInstanceProfile".to_owned(), json!({"Arn": profile}));
    }
    if let Some(is_on) = fields.remove("Monitoring") {
        fields.insert("Monitoring".to_owned(), json!({"State": is_on}));
    }
    moved(&mut fields, "LicenseSpecifications", "LicenseSet");
    let Value::Object(mut answer) = small(Value::Object(fields), &[]) else { return };
    let name = out.eval.name_of(id, "");
    answer.insert("instanceId".to_owned(), name.clone().into());
    let mut add = |field: &str, all: Vec<Value>| {
        if !all.is_empty() {
            answer.insert(field.to_owned(), Value::Array(all));
        }
    };
    groups.extend(cards.iter().take(1).flat_map(|card| list(card.get("GroupSet").cloned())));
    add("groupSet", groups.into_iter().map(|group| json!({"groupId": group})).collect());
    add("tagSet", tags);
    add("blockDeviceMapping", disks.into_iter().map(|disk| small(disk, &[])).collect());
    let card = |(at, card): (usize, Value)| {
        let own = json!(format!("{name}-{at}"));
        json!({"networkInterfaceId": card.get("NetworkInterfaceId").cloned().unwrap_or(own),
            "interfaceType": card.get("InterfaceType"), "subnetId": card.get("SubnetId")})
    };
    add("networkInterfaceSet", cards.into_iter().enumerate().map(card).map(without_nulls).collect());
    if !placement.is_empty() {
        answer.insert("placement".to_owned(), Value::Object(placement));
    }
    out.eval.started(&mut answer, started.as_ref());
    out.add(Kind::Ec2Instance, &name, Value::Object(answer));
}

/// Fields of a launch template's data that the answer calls otherwise.
const ANSWERED_AS: &[(&str, &str)] = &[
    ("BlockDeviceMappings", "BlockDeviceMappingSet"),
    ("ElasticGpuSpecifications", "ElasticGpuSpecificationSet"),
    ("ElasticInferenceAccelerators", "ElasticInferenceAcceleratorSet"),
    ("LicenseSpecifications", "LicenseSet"),
    ("NetworkInterfaces", "NetworkInterfaceSet"),
    ("RamDiskId", "RamdiskId"),
    ("SecurityGroupIds", "SecurityGroupIdSet"),
    ("SecurityGroups", "SecurityGroupSet"),
];

/// A launch template, of which a template of CloudFormation always makes the newest version the one that holds.
pub(super) fn launch_template(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &[
        "LaunchTemplateData/IamInstanceProfile/*",
        "LaunchTemplateData/NetworkInterfaces/*/Groups/*",
        "LaunchTemplateData/SecurityGroupIds/*",
        "LaunchTemplateData/SecurityGroups/*",
    ];
    let mut properties = resource.properties.clone();
    let data = properties.get_mut("LaunchTemplateData").and_then(Value::as_object_mut);
    let started = data.and_then(|data| data.remove("UserData"));
    let mut body = Value::Object(out.eval.properties(&properties, LINKS));
    typed(&mut body, NUMBERS, BOOLEANS);
    let Value::Object(mut fields) = body else { return };
    out.leave_out(&mut fields, &["TagSpecifications"]);
    let mut data = match fields.remove("LaunchTemplateData") {
        Some(Value::Object(data)) => data,
        _ => Fields::new(),
    };
    let tags = list(data.remove("TagSpecifications"));
    ANSWERED_AS.iter().for_each(|(from, to)| moved(&mut data, from, to));
    let Value::Object(mut data) = small(Value::Object(data), &[]) else { return };
    let of_kind = |one: Value| {
        let tags = answered_tags(one.get("Tags").cloned());
        json!({"resourceType": one.get("ResourceType"), "tagSet": tags})
    };
    if !tags.is_empty() {
        data.insert("tagSpecificationSet".to_owned(), tags.into_iter().map(of_kind).collect());
    }
    out.eval.started(&mut data, started.as_ref());
    let Some(named) = out.eval.name_at(&json!({"Ref": id}), 0) else { return };
    let mut answer = Map::from_iter([
        ("launchTemplateId".to_owned(), json!(named)),
        ("launchTemplateName".to_owned(), out.eval.name_of(id, "LaunchTemplateName").into()),
        ("versionNumber".to_owned(), json!(1)),
        ("defaultVersion".to_owned(), json!(true)),
        ("launchTemplateData".to_owned(), Value::Object(data)),
    ]);
    answer.extend(fields.remove("VersionDescription").map(|said| ("versionDescription".to_owned(), said)));
    out.add(Kind::LaunchTemplateVersion, &format!("{named}/1"), Value::Object(answer));
}

/// A launch configuration.
pub(super) fn launch_configuration(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &["IamInstanceProfile", "SecurityGroups/*"];
    let mut properties = resource.properties.clone();
    let started = properties.remove("UserData");
    let mut body = Value::Object(out.eval.properties(&properties, LINKS));
    typed(&mut body, NUMBERS, BOOLEANS);
    let Value::Object(mut fields) = body else { return };
    out.leave_out(&mut fields, &["InstanceId"]);
    if let Some(is_on) = fields.remove("InstanceMonitoring") {
        fields.insert("InstanceMonitoring".to_owned(), json!({"Enabled": is_on}));
    }
    let name = out.eval.name_of(id, "LaunchConfigurationName");
    fields.insert("LaunchConfigurationName".to_owned(), name.clone().into());
    out.eval.started(&mut fields, started.as_ref());
    out.add(Kind::LaunchConfiguration, &name, Value::Object(fields));
}

/// An instance profile with its roles.
pub(super) fn instance_profile(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &["Roles/*"]);
    let role = |role: Value| match role {
        Value::String(name) => {
            let arn = format!("arn:aws:iam::{}:role/{name}", caravan_inventory::TEMPLATE_ACCOUNT);
            let arn = if name.starts_with("arn:") { name.clone() } else { arn };
            json!({"RoleName": name, "Arn": arn})
        }
        open => json!({"Arn": open}),
    };
    let roles: Value = list(fields.remove("Roles")).into_iter().map(role).collect();
    fields.insert("Roles".to_owned(), roles);
    let name = out.eval.name_of(id, "InstanceProfileName");
    fields.insert("InstanceProfileName".to_owned(), name.clone().into());
    let arn = out.eval.name_at(&json!({"Fn::GetAtt": [id, "Arn"]}), 0);
    fields.extend(arn.map(|arn| ("Arn".to_owned(), arn.into())));
    // What names a profile is its name in one place and its ARN in another.
    out.add(Kind::InstanceProfile, &name, Value::Object(fields));
}

/// An address that is an instance's, by itself or by an association.
pub(super) fn address(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    const LINKS: &[&str] = &["AllocationId", "EIP", "InstanceId"];
    let mut fields = out.eval.properties(&resource.properties, LINKS);
    let Some(instance) = fields.remove("InstanceId") else { return out.not_read(&resource.of_type) };
    let allocation = fields.remove("AllocationId").or_else(|| fields.remove("EIP")).unwrap_or_else(|| json!(id));
    let body = json!({"allocationId": allocation, "instanceId": instance});
    out.add(Kind::Ec2Address, id, body);
}

/// A disk that is put into an instance.
pub(super) fn attachment(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let fields = out.eval.properties(&resource.properties, &["InstanceId", "VolumeId"]);
    let said = |field: &str| fields.get(field).cloned().unwrap_or_default();
    let body = json!({"volumeId": said("VolumeId"),
        "attachmentSet": [{"instanceId": said("InstanceId"), "device": said("Device")}]});
    out.add(Kind::Ec2Volume, id, body);
}

/// `[{Key, Value}]` as EC2 answers it.
fn answered_tags(tags: Option<Value>) -> Vec<Value> {
    let tag = |tag: Value| Some(json!({"key": tag.get("Key")?, "value": tag.get("Value")?}));
    list(tags).into_iter().filter_map(tag).collect()
}

/// The same object without the fields that nothing was said of.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        other => other,
    }
}

/// The elements of a list; what is open as a whole is one.
fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::Array(all)) => all,
        Some(open) if Unresolved::of(&open).is_some() => vec![open],
        _ => Vec::new(),
    }
}

impl Evaluator<'_> {
    /// Puts user data into a document, decoded.
    fn started(&self, fields: &mut Fields, said: Option<&Value>) {
        let Some(said) = said else { return };
        let inner = match Intrinsic::of(said) {
            Some(Intrinsic::Function("Base64", inner)) => inner,
            _ => {
                // In base64 already, or put together by a function out of what is.
                let mut held = json!({"UserData": self.value(said).unwrap_or_default()});
                decode_beside(&mut held, "UserData");
                fields.insert(PARTS.to_owned(), held.get(PARTS).cloned().unwrap_or_else(unread));
                return;
            }
        };
        let text = self.parts(inner, false, 0).map(|parts| {
            let text = |part: &crate::files::template::parts::Part| match &part.value {
                PartValue::Known(text) | PartValue::Link(text) => of_dynamic_references(text),
                PartValue::Open(_) => place(&part.said),
            };
            parts.iter().map(text).collect::<String>()
        });
        let parts = text.map_or_else(unread, |text| of_file(text.into_bytes()));
        fields.insert(PARTS.to_owned(), parts);
    }
}

fn unread() -> Value {
    json!([{"contentType": "application/octet-stream", "problem": "the template does not tell it"}])
}
