//! Commands by which a person sees for themselves what the engine asks, and what they print when all is well.

use super::Task;
use crate::Step;
use caravan_providers::target::{ClusterWork, Probe, Snapshot, Target, quoted};

/// How each side is asked: the probes of the plan, by `curl`.
pub(super) fn checks(step: &Step, team: &str) -> Vec<Task> {
    let sides = [("old", step.old_probes()), ("new", step.new_probes())];
    let of = |(side, probes): (&str, &[Probe])| -> Vec<Task> {
        probes.iter().map(|probe| check(side, probe, team)).collect()
    };
    sides.into_iter().flat_map(of).collect()
}

fn check(side: &str, probe: &Probe, team: &str) -> Task {
    let seconds = probe.timeout_ms.div_ceil(1000);
    if let Some(service) = &probe.grpc {
        let plain = if probe.tls { String::new() } else { "-plaintext ".to_owned() };
        let command = format!(
            "grpcurl {plain}-max-time {seconds} -authority {} -d {} {} grpc.health.v1.Health/Check",
            quoted(&probe.host),
            quoted(&format!("{{\"service\":\"{service}\"}}")),
            quoted(&probe.address)
        );
        return Task::new(team, format!("ask the {side} side how it is")).by(command, "\"status\": \"SERVING\"");
    }
    let (scheme, port) = if probe.tls { ("https", "443") } else { ("http", "80") };
    let (low, high) = probe.status;
    let command = format!(
        "curl -sS -o /dev/null -m {seconds} -w '%{{http_code}}\\n' --connect-to {} {}",
        quoted(&format!("{}:{port}:{}", probe.host, probe.address)),
        quoted(&format!("{scheme}://{}{}", probe.host, probe.path))
    );
    let expect = if low == high { low.to_string() } else { format!("a number from {low} to {high}") };
    Task::new(team, format!("ask the {side} side how it is")).by(command, expect)
}

/// What stands at a target, by the tools of its provider.
pub(super) fn standing(target: &Target, snapshot: &Snapshot, team: &str) -> Vec<Task> {
    let lines = target.kind().lines(snapshot).join("; ");
    let Some(command) = command(target) else { return Vec::new() };
    vec![Task::new(team, "see what stands there").by(command, lines)]
}

fn command(target: &Target) -> Option<String> {
    let kubectl = |cluster: &str, namespace: &str, what: &str, name: &str| {
        format!("kubectl --context {} -n {} get {what} {} -o yaml", quoted(cluster), quoted(namespace), quoted(name))
    };
    Some(match target {
        Target::Records(records) => format!(
            "aws route53 list-resource-record-sets --hosted-zone-id {} --start-record-name {} --max-items 10",
            quoted(&records.zone),
            quoted(&records.name)
        ),
        Target::ListenerRule(rule) if rule.is_listener() => format!(
            "aws elbv2 describe-listeners --region {} --listener-arns {} --query 'Listeners[0].DefaultActions'",
            rule.region,
            quoted(&rule.arn)
        ),
        Target::ListenerRule(rule) => format!(
            "aws elbv2 describe-rules --region {} --rule-arns {} --query 'Rules[0].Actions'",
            rule.region,
            quoted(&rule.arn)
        ),
        Target::Route(route) => kubectl(&route.cluster, &route.namespace, "httproute", &route.name),
        Target::EventRule(rule) => format!(
            "aws events describe-rule --region {} --event-bus-name {} --name {} --query State",
            rule.region,
            quoted(&rule.bus),
            quoted(&rule.name)
        ),
        Target::EcsService(service) => format!(
            "aws ecs describe-services --region {} --cluster {} --services {} --query 'services[0].[desiredCount,runningCount]'",
            service.region,
            quoted(&service.cluster),
            quoted(&service.service)
        ),
        Target::ClusterWork(work) => {
            let kind = match work.kind {
                ClusterWork::CronJob => "cronjob",
                ClusterWork::Deployment => "deployment",
                ClusterWork::ScaledObject => "scaledobject",
            };
            kubectl(&work.cluster, &work.namespace, kind, &work.name)
        }
        Target::SimulatedOwner(_) => return None,
    })
}
