//! EC2: instances with their user data, the images, volumes, addresses and security groups around them, and launch templates
//! in the versions that something uses.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Collected, Element, Found, list, recorded, text};
use crate::request::Request;
use crate::user_data::decode_beside;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row("ec2:DescribeInstances", Start::Root("{}"), &[], Collector::One(instances)),
    row("ec2:DescribeInstanceAttribute", Start::Each, &["ec2:DescribeInstances"], Collector::One(user_data)),
    row(
        "ec2:DescribeLaunchTemplateVersions",
        Start::Each,
        &["ec2:DescribeInstances", "autoscaling:DescribeAutoScalingGroups"],
        Collector::One(launch_template_versions),
    ),
    row(
        "ec2:DescribeImages",
        Start::Batch("ImageIds", 100),
        &["ec2:DescribeInstances", "ec2:DescribeLaunchTemplateVersions", "autoscaling:DescribeLaunchConfigurations"],
        Collector::Batch(images),
    ),
    row("ec2:DescribeVolumes", Start::Root("{}"), &[], Collector::One(volumes)),
    row("ec2:DescribeAddresses", Start::Root("{}"), &[], Collector::One(addresses)),
    row("ec2:DescribeSecurityGroups", Start::Root("{}"), &[], Collector::One(security_groups)),
];

const fn row(api: &'static str, start: Start, fed_by: &'static [&'static str], collector: Collector) -> CallRow {
    CallRow { api, source: Source::Ec2, global: false, start, fed_by, collector }
}

fn instances(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for reservation in list(body, "reservationSet") {
        for instance in list(reservation, "instancesSet") {
            let Some(id) = text(instance, "instanceId") else { continue };
            found.count += 1;
            let element = Element::new(ObservationKind::Ec2Instance, id, request, instance);
            let element = element.with("reservation", without_instances(reservation));
            let input = json!({"InstanceId": id, "Attribute": "userData"});
            found.follow_up.push(request.then("ec2:DescribeInstanceAttribute", input).carrying(element.carried()));
            found.follow_up.extend(text(instance, "imageId").map(|image| image_read(request, image)));
            found.follow_up.extend(template_of_tags(instance).map(|input| template_read(request, input)));
        }
    }
    found
}

/// What a reservation says of all its instances: who asked for them, above all.
fn without_instances(reservation: &Value) -> Value {
    let mut rest = reservation.clone();
    if let Value::Object(fields) = &mut rest {
        fields.remove("instancesSet");
    }
    rest
}

fn user_data(request: &Request, body: &Value) -> Found {
    let instance = request.carried.clone().map(Element::from);
    let whole = |instance: Element| {
        let held = body.get("userData").filter(|held| held.get("value").is_some()).cloned();
        let mut instance = instance.with("userData", held.unwrap_or_else(|| json!({})));
        decode_beside(&mut instance.body, "userData");
        instance
    };
    Found { count: 1, elements: instance.into_iter().map(whole).collect(), follow_up: Vec::new() }
}

/// The read of the launch template that an instance was launched by; EC2 writes it into two tags.
fn template_of_tags(instance: &Value) -> Option<Value> {
    let tag = |key: &str| {
        let tag = list(instance, "tagSet").iter().find(|tag| text(tag, "key") == Some(key))?;
        text(tag, "value").map(str::to_owned)
    };
    let (id, version) = (tag("aws:ec2launchtemplate:id")?, tag("aws:ec2launchtemplate:version")?);
    Some(json!({"LaunchTemplateId": id, "Versions": [version]}))
}

/// The read of one version of a launch template.
pub(super) fn template_read(request: &Request, input: Value) -> Request {
    request.then("ec2:DescribeLaunchTemplateVersions", input)
}

/// The read of an image.
pub(super) fn image_read(request: &Request, image: &str) -> Request {
    request.then("ec2:DescribeImages", json!({})).asking_for(image)
}

/// A version's name: `<launch template>/<number>`.
fn launch_template_versions(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for version in list(body, "launchTemplateVersionSet") {
        let Some(id) = text(version, "launchTemplateId") else { continue };
        let name = format!("{id}/{}", version.get("versionNumber").unwrap_or(&Value::Null));
        let mut element = Element::new(ObservationKind::LaunchTemplateVersion, &name, request, version);
        if let Some(data) = element.body.get_mut("launchTemplateData") {
            decode_beside(data, "userData");
        }
        found.count += 1;
        found.elements.push(element);
        let image = version.get("launchTemplateData").and_then(|data| text(data, "imageId"));
        // `resolve:ssm:…` is a parameter's name; the instances say which image came of it.
        let image = image.filter(|image| image.starts_with("ami-"));
        found.follow_up.extend(image.map(|image| image_read(request, image)));
    }
    found
}

/// An image that is not in the answer may not be seen any more: it was taken back, or its sharing was.
fn images(batch: &[Request], body: &Value) -> Vec<Collected> {
    let answer = |request: &Request| {
        let asked = request.member.as_deref().unwrap_or_default();
        let image = list(body, "imagesSet").iter().filter(|image| text(image, "imageId") == Some(asked));
        let images: Vec<Value> = image.cloned().collect();
        Collected::Found(recorded(request, ObservationKind::Ec2Image, &images, |_| Some(asked.to_owned())))
    };
    batch.iter().map(answer).collect()
}

fn volumes(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::Ec2Volume, list(body, "volumeSet"), |volume| {
        text(volume, "volumeId").map(str::to_owned)
    })
}

/// An address's name: its allocation, or itself where it has none.
fn addresses(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::Ec2Address, list(body, "addressesSet"), |address| {
        let named = text(address, "allocationId").filter(|id| !id.is_empty()).or_else(|| text(address, "publicIp"));
        named.map(str::to_owned)
    })
}

fn security_groups(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::SecurityGroup, list(body, "securityGroupInfo"), |group| {
        text(group, "groupId").map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};
    use crate::collect::{collect, without_answer};

    fn listed() -> Found {
        let ask = request("ec2:DescribeInstances", json!({}));
        let tags = json!([
            {"key": "aws:ec2launchtemplate:id", "value": "lt-1"},
            {"key": "aws:ec2launchtemplate:version", "value": "3"}]);
        let instance = json!({"instanceId": "i-1", "imageId": "ami-1", "tagSet": tags, "fieldOfTomorrow": 1});
        let reservation = json!({"reservationId": "r-1", "requesterId": "940", "instancesSet": [instance]});
        found(&ask, json!({"reservationSet": [reservation]}))
    }

    #[test]
    fn an_instance_waits_for_its_user_data_and_leads_to_its_image_and_template() {
        let listed = listed();
        assert_eq!(
            apis(&listed),
            ["ec2:DescribeInstanceAttribute", "ec2:DescribeImages", "ec2:DescribeLaunchTemplateVersions"]
        );
        assert_eq!(listed.follow_up[1].member.as_deref(), Some("ami-1"));
        assert_eq!(listed.follow_up[2].read.input, json!({"LaunchTemplateId": "lt-1", "Versions": ["3"]}));
        let data = json!({"instanceId": "i-1", "userData": {"value": "IyEvYmluL3NoCmVjaG8gaGkK"}});
        let whole = found(&listed.follow_up[0], data);
        let body = &whole.elements[0].body;
        assert_eq!((&body["reservation"]["requesterId"], &body["fieldOfTomorrow"]), (&json!("940"), &json!(1)));
        assert_eq!(body["userDataParts"][0]["text"], "#!/bin/sh\necho hi\n");
        assert!(body["reservation"].get("instancesSet").is_none());
    }

    #[test]
    fn an_instance_whose_user_data_is_denied_is_recorded_without_it() {
        let element = without_answer(&listed().follow_up[0]).unwrap();
        assert_eq!((element.name.as_str(), element.api.as_str()), ("i-1", "ec2:DescribeInstances"));
        assert!(element.body.get("userData").is_none(), "nobody knows whether it has any");
    }

    #[test]
    fn a_version_of_a_template_is_recorded_under_its_number_with_what_its_machines_run_at_start() {
        let ask =
            request("ec2:DescribeLaunchTemplateVersions", json!({"LaunchTemplateId": "lt-1", "Versions": ["$Latest"]}));
        let data = json!({"imageId": "ami-2", "userData": "IyEvYmluL3NoCg=="});
        let version = json!({"launchTemplateId": "lt-1", "versionNumber": 7, "launchTemplateData": data});
        let found = found(&ask, json!({"launchTemplateVersionSet": [version]}));
        assert_eq!(found.elements[0].name, "lt-1/7");
        assert_eq!(
            found.elements[0].body["launchTemplateData"]["userDataParts"][0]["contentType"],
            "text/x-shellscript"
        );
        assert_eq!(apis(&found), ["ec2:DescribeImages"]);
    }

    #[test]
    fn an_image_that_is_gone_is_no_failure() {
        let ask = |image| request("ec2:DescribeImages", json!({})).asking_for(image);
        let body = json!({"imagesSet": [{"imageId": "ami-1", "name": "base"}]});
        let answers = collect(&[ask("ami-1"), ask("ami-gone")], &body);
        assert!(matches!(&answers[0], Collected::Found(found) if found.elements[0].name == "ami-1"));
        assert_eq!(answers[1], Collected::Found(Found::default()));
    }

    #[test]
    fn an_address_is_named_by_its_allocation() {
        let ask = request("ec2:DescribeAddresses", json!({}));
        let body = json!({"addressesSet": [{"allocationId": "eipalloc-1", "publicIp": "198.51.100.7"}, {"publicIp": "198.51.100.8"}]});
        let names: Vec<_> = found(&ask, body).elements.into_iter().map(|element| element.name).collect();
        assert_eq!(names, ["eipalloc-1", "198.51.100.8"]);
    }
}
