//! EC2 Auto Scaling: groups with what moves their numbers and what holds their machines up, and the launch configurations of those
//! that have no launch template yet.

use super::ec2::{image_read, template_read};
use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Element, Found, list, recorded, text};
use crate::request::Request;
use crate::user_data::decode_beside;
use caravan_inventory::ObservationKind;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row(GROUPS, Collector::One(groups)),
    row("autoscaling:DescribeLaunchConfigurations", Collector::One(launch_configurations)),
    row("autoscaling:DescribePolicies", Collector::One(policies)),
    row("autoscaling:DescribeScheduledActions", Collector::One(scheduled_actions)),
    Source::Ec2.row(HOOKS, Start::Each, &[GROUPS], hooks),
];

const GROUPS: &str = "autoscaling:DescribeAutoScalingGroups";
const HOOKS: &str = "autoscaling:DescribeLifecycleHooks";

const fn row(api: &'static str, collector: Collector) -> CallRow {
    CallRow { api, source: Source::Ec2, global: false, start: Start::Root("{}"), fed_by: &[], collector }
}

fn groups(request: &Request, body: &Value) -> Found {
    let groups = list(body, "AutoScalingGroups");
    let mut found = recorded(request, ObservationKind::AutoScalingGroup, groups, |group| {
        text(group, "AutoScalingGroupName").map(str::to_owned)
    });
    let mut versions = BTreeSet::new();
    groups.iter().for_each(|group| collect_templates(group, &mut versions));
    found.follow_up = versions
        .into_iter()
        .map(|(field, template, version)| {
            let mut input = Map::new();
            input.insert(field.to_owned(), template.into());
            input.insert("Versions".to_owned(), json!([version]));
            template_read(request, Value::Object(input))
        })
        .collect();
    let names = groups.iter().filter_map(|group| text(group, "AutoScalingGroupName"));
    found.follow_up.extend(names.map(|name| request.then(HOOKS, json!({"AutoScalingGroupName": name}))));
    found
}

fn policies(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::GroupPolicy, list(body, "ScalingPolicies"), |policy| {
        text(policy, "PolicyARN").map(str::to_owned)
    })
}

/// An action's name: `<group>/<action>`.
fn scheduled_actions(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::GroupSchedule, list(body, "ScheduledUpdateGroupActions"), |action| {
        Some(format!("{}/{}", text(action, "AutoScalingGroupName")?, text(action, "ScheduledActionName")?))
    })
}

/// A hook's name: `<group>/<hook>`.
fn hooks(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::LifecycleHook, list(body, "LifecycleHooks"), |hook| {
        Some(format!("{}/{}", text(hook, "AutoScalingGroupName")?, text(hook, "LifecycleHookName")?))
    })
}

/// Every version of a launch template that a group names: its own, those of its overrides, and those that its instances
/// were launched by. `$Latest` and `$Default` are asked for by these names: what they are now is what is launched next.
fn collect_templates<'b>(value: &'b Value, versions: &mut BTreeSet<(&'static str, &'b str, &'b str)>) {
    match value {
        Value::Object(fields) => {
            let named = ["LaunchTemplateId", "LaunchTemplateName"]
                .into_iter()
                .find_map(|field| text(value, field).map(|template| (field, template)));
            if let Some((field, template)) = named {
                versions.insert((field, template, text(value, "Version").unwrap_or("$Default")));
            }
            fields.values().for_each(|value| collect_templates(value, versions));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_templates(item, versions)),
        _ => {}
    }
}

fn launch_configurations(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for configuration in list(body, "LaunchConfigurations") {
        let Some(name) = text(configuration, "LaunchConfigurationName") else { continue };
        let mut element = Element::new(ObservationKind::LaunchConfiguration, name, request, configuration);
        decode_beside(&mut element.body, "UserData");
        found.count += 1;
        found.elements.push(element);
        found.follow_up.extend(text(configuration, "ImageId").map(|image| image_read(request, image)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};

    #[test]
    fn a_group_leads_to_each_version_that_it_names_or_runs_once() {
        let own = json!({"LaunchTemplateId": "lt-1", "LaunchTemplateName": "web", "Version": "$Latest"});
        let other = json!({"LaunchTemplateName": "arm"});
        let overrides = json!([{"InstanceType": "c7g.large", "LaunchTemplateSpecification": other}]);
        let running = |version: &str| json!({"InstanceId": "i", "LaunchTemplate": {"LaunchTemplateId": "lt-1", "Version": version}});
        let group = json!({
            "AutoScalingGroupName": "web", "Instances": [running("3"), running("4"), running("4")],
            "MixedInstancesPolicy": {"LaunchTemplate": {"LaunchTemplateSpecification": own, "Overrides": overrides}}});
        let found =
            found(&request("autoscaling:DescribeAutoScalingGroups", json!({})), json!({"AutoScalingGroups": [group]}));
        assert_eq!(found.elements[0].name, "web");
        assert_eq!(apis(&found)[4..], [HOOKS]);
        let asked: Vec<_> = found.follow_up.iter().map(|request| request.read.input.clone()).collect();
        assert_eq!(
            asked,
            [
                json!({"LaunchTemplateId": "lt-1", "Versions": ["$Latest"]}),
                json!({"LaunchTemplateId": "lt-1", "Versions": ["3"]}),
                json!({"LaunchTemplateId": "lt-1", "Versions": ["4"]}),
                json!({"LaunchTemplateName": "arm", "Versions": ["$Default"]}),
                json!({"AutoScalingGroupName": "web"}),
            ]
        );
    }

    #[test]
    fn policies_schedules_and_hooks_are_recorded_under_their_own_names() {
        let ask = |call: &str| request(&format!("autoscaling:{call}"), json!({}));
        let policy = json!({"AutoScalingGroupName": "web", "PolicyARN": "arn:p", "PolicyType": "StepScaling"});
        let policies = found(&ask("DescribePolicies"), json!({"ScalingPolicies": [policy]}));
        assert_eq!(
            (policies.elements[0].kind, policies.elements[0].name.as_str()),
            (ObservationKind::GroupPolicy, "arn:p")
        );
        let action = json!({"AutoScalingGroupName": "web", "ScheduledActionName": "up", "Recurrence": "0 7 * * 1-5"});
        let actions = found(&ask("DescribeScheduledActions"), json!({"ScheduledUpdateGroupActions": [action]}));
        assert_eq!(
            (actions.elements[0].kind, actions.elements[0].name.as_str()),
            (ObservationKind::GroupSchedule, "web/up")
        );
        let hook = json!({"AutoScalingGroupName": "web", "LifecycleHookName": "drain", "HeartbeatTimeout": 300});
        let hooks = found(&ask("DescribeLifecycleHooks"), json!({"LifecycleHooks": [hook]}));
        assert_eq!(
            (hooks.elements[0].kind, hooks.elements[0].name.as_str()),
            (ObservationKind::LifecycleHook, "web/drain")
        );
    }

    #[test]
    fn a_launch_configuration_is_recorded_with_its_user_data_decoded() {
        let configuration =
            json!({"LaunchConfigurationName": "old", "ImageId": "ami-1", "UserData": "IyEvYmluL3NoCg=="});
        let ask = request("autoscaling:DescribeLaunchConfigurations", json!({}));
        let found = found(&ask, json!({"LaunchConfigurations": [configuration]}));
        assert_eq!(found.elements[0].body["userDataParts"][0]["text"], "#!/bin/sh\n");
        assert_eq!(apis(&found), ["ec2:DescribeImages"]);
    }
}
