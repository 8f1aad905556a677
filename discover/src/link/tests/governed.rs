//! In whose keeping things are.

use super::*;
use serde_json::json;

/// An instance in a state.
fn instance(state: &str, about: Value, address: &str, attributes: Value) -> Observation {
    let of = address.rsplit_once('.').and_then(|(before, _)| before.rsplit('.').next()).unwrap().to_owned();
    let body = json!({"State": about, "Type": of, "Address": address, "Attributes": attributes});
    filed(ObservationKind::TerraformResource, &format!("{state}#{address}"), body)
}

fn state(lineage: &str, serial: u64) -> Value {
    json!({"Version": 4, "Lineage": lineage, "Serial": serial})
}

/// `<from> <to> <confidence>` of everything that is in somebody's keeping.
fn kept(linked: &Linked) -> Vec<String> {
    let of = linked.edges.iter().filter(|edge| edge.kind == EdgeKind::GovernedBy);
    of.map(|edge| format!("{} {} {}", edge.from, edge.to, edge.confidence.as_str())).collect()
}

const STACK: &str = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop-prod/5f1d";

#[test]
fn a_state_has_what_its_instances_name_and_nothing_else() {
    let queue = arn("sqs", "jobs");
    let rule = arn("elasticloadbalancing", "listener-rule/app/x/1/2/3");
    let linked = linked(vec![
        seen(ObservationKind::Queue, &queue, json!({})),
        seen(ObservationKind::Queue, &arn("sqs", "other"), json!({})),
        seen(ObservationKind::ListenerRule, &rule, json!({})),
        seen(
            ObservationKind::RecordSet,
            "Z1/\\052.shop.example./A/eu",
            json!({"Name": "\\052.shop.example.", "Type": "A"}),
        ),
        seen(ObservationKind::LaunchTemplateVersion, "lt-0123456789abcdef0/12", json!({})),
        seen(ObservationKind::AutoScalingGroup, "web", json!({})),
        instance("live/prod.tfstate", state("a", 1), "aws_sqs_queue.jobs", json!({"arn": queue})),
        instance("live/prod.tfstate", state("a", 1), "module.lb.aws_lb_listener_rule.web", json!({"id": rule})),
        instance(
            "live/prod.tfstate",
            state("a", 1),
            "aws_route53_record.all",
            json!({"zone_id": "Z1", "fqdn": "*.shop.example", "type": "A", "set_identifier": "eu"}),
        ),
        instance("live/prod.tfstate", state("a", 1), "aws_launch_template.web", json!({"id": "lt-0123456789abcdef0"})),
        instance("live/prod.tfstate", state("a", 1), "aws_autoscaling_group.web", json!({"id": "web"})),
        // The policy of a queue is not the queue, and another account's group is not this one.
        instance("live/prod.tfstate", state("a", 1), "aws_sqs_queue_policy.other", json!({"arn": arn("sqs", "other")})),
        instance(
            "b.tfstate",
            state("b", 1),
            "aws_autoscaling_group.theirs",
            json!({"id": "web",
            "arn": "arn:aws:autoscaling:eu-central-1:999999999999:autoScalingGroup:1:autoScalingGroupName/web"}),
        ),
    ]);
    let file = "terraform:live/prod.tfstate";
    assert_eq!(
        kept(&linked),
        [
            format!("autoscaling.group/{ACCOUNT}/{REGION}/web {file}#aws_autoscaling_group.web inferred"),
            format!(
                "ec2.launch-template-version/{ACCOUNT}/{REGION}/lt-0123456789abcdef0/12 {file}#aws_launch_template.web stated"
            ),
            format!("elbv2.rule/{ACCOUNT}/{REGION}/{rule} {file}#module.lb.aws_lb_listener_rule.web stated"),
            format!(
                "route53.record-set/{ACCOUNT}/global/Z1/\\052.shop.example./A/eu {file}#aws_route53_record.all stated"
            ),
            format!("sqs:{queue} {file}#aws_sqs_queue.jobs stated"),
        ]
    );
}

#[test]
fn of_copies_of_one_state_the_newest_counts_and_two_states_that_have_one_thing_are_both_told() {
    let queue = arn("sqs", "jobs");
    let one = |file: &str, about: Value, name: &str| {
        instance(file, about, &format!("aws_sqs_queue.{name}"), json!({"arn": queue}))
    };
    let linked = linked(vec![
        seen(ObservationKind::Queue, &queue, json!({})),
        one("a.tfstate", state("same", 7), "old"),
        one("b.tfstate", state("same", 9), "new"),
        one("c.tfstate", state("same", 9), "copy"),
        one("other.tfstate", state("other", 1), "theirs"),
        one("ancient.tfstate", json!({"Version": 1, "Serial": 1}), "ancient"),
    ]);
    let to: Vec<String> = edges(&linked, &queue, EdgeKind::GovernedBy);
    assert_eq!(
        to,
        [
            "terraform:ancient.tfstate#aws_sqs_queue.ancient @ /Attributes",
            "terraform:b.tfstate#aws_sqs_queue.new @ /Attributes",
            "terraform:other.tfstate#aws_sqs_queue.theirs @ /Attributes",
        ]
    );
}

#[test]
fn a_stack_has_what_its_list_says_and_what_its_tags_say_where_no_list_was_read() {
    let queue = arn("sqs", "jobs");
    let resource = |logical: &str, of: &str, physical: &str| {
        let body =
            json!({"StackId": STACK, "LogicalResourceId": logical, "ResourceType": of, "PhysicalResourceId": physical});
        seen(ObservationKind::StackResource, &format!("{STACK}/{logical}"), body)
    };
    let tags = json!([
        {"Key": "aws:cloudformation:stack-name", "Value": "shop-prod"}, {"Key": "aws:cloudformation:stack-id", "Value": STACK},
        {"Key": "aws:cloudformation:logical-id", "Value": "Orders"}]);
    let function = arn("lambda", "function:labels");
    let listed = linked(vec![
        seen(ObservationKind::Queue, &queue, json!({"Tags": {}})),
        seen(ObservationKind::Topic, &arn("sns", "orders"), json!({"Tags": tags})),
        seen(
            ObservationKind::LambdaFunction,
            &function,
            json!({"Configuration": {"FunctionName": "labels"},
            "Tags": {"aws:cloudformation:stack-name": "<redacted:0123456789abcdef>"}}),
        ),
        seen(ObservationKind::RecordSet, "Z1/shop.example./A", json!({"Name": "shop.example.", "Type": "A"})),
        resource("Jobs", "AWS::SQS::Queue", "https://sqs.eu-central-1.amazonaws.com/123456789012/jobs"),
        resource("Labels", "AWS::Lambda::Function", "labels"),
        resource("Name", "AWS::Route53::RecordSet", "shop.example"),
    ]);
    assert_eq!(
        kept(&listed),
        [
            format!("lambda.function/{ACCOUNT}/{REGION}/{function} cloudformation:{STACK}#Labels stated"),
            format!("route53.record-set/{ACCOUNT}/global/Z1/shop.example./A cloudformation:{STACK}#Name inferred"),
            format!("sns:{} cloudformation:{STACK}#Orders stated", arn("sns", "orders")),
            format!("sqs:{queue} cloudformation:{STACK}#Jobs stated"),
        ]
    );
    let by_tag = listed.edges.iter().find(|edge| edge.from.starts_with("sns:")).unwrap();
    assert_eq!(by_tag.evidence.path, "/Tags");
}

#[test]
fn what_a_file_wants_is_in_nobody_s_keeping() {
    let linked = linked(vec![
        filed(ObservationKind::Queue, "template.yaml#Jobs", json!({"Tags": {"aws:cloudformation:stack-name": "shop"}})),
        instance("a.tfstate", state("a", 1), "aws_sqs_queue.jobs", json!({"arn": "template.yaml#Jobs"})),
    ]);
    assert_eq!(kept(&linked), Vec::<String>::new());
}
