//! ECS services: their tasks' use, as percent of what the task definition reserves.
//!
//! CloudWatch's `Maximum` is that of the busiest task ("Amazon ECS service utilization metrics"), in percent of the task's size,
//! or, where the task has none, of the sizes of its containers: of memory the soft limit where there is one.

use super::measured::{Measured, Silent, busiest};
use super::quantity::{Mebibytes, Millicores};
use super::rules::{Headroom, cpu_request, memory_request, whole};
use super::{Advice, Rescaled, Size, Sizing, Whole};
use crate::readiness::Subject;
use crate::readiness::places::{at, list};
use caravan_inventory::{Observation, ObservationKind};
use serde_json::Value;

/// From this part of what is reserved on, in percent, a task may have been stopped for want of more.
const AT_ITS_LIMIT: f64 = 95.0;

pub(super) fn size(subject: &Subject<'_>) -> Sizing {
    let services: Vec<&Observation> = subject.of_kind(ObservationKind::EcsService).collect();
    let mut tasks = subject.tasks();
    let task = tasks.next();
    let several = tasks.next().is_some();
    let Some((_, _, task)) = task.filter(|_| !several) else {
        let reason = if several { "it has several task definitions" } else { "its task definition is not known" };
        return Sizing::unknown(Whole::Pod, reason, "caravan discover --only ecs");
    };
    if services.is_empty() {
        return Sizing::unknown(
            Whole::Pod,
            "it is no service, and CloudWatch counts tasks of services alone",
            "turn Container Insights on for its cluster, and look at CpuUtilized and MemoryUtilized of its task family",
        );
    }
    let cpu = cpu(subject, &services, task);
    let memory = memory(subject, &services, task);
    let autoscaling = autoscaling(subject, &cpu, &memory);
    let take_over = cpu.known().zip(memory.known()).map(|(cpu, memory)| {
        format!("caravan decide 'size/{}=cpu={},memory={}'", subject.workload.id, cpu.request, memory.request)
    });
    Sizing { of: Whole::Pod, cpu, memory, autoscaling, take_over }
}

fn cpu(subject: &Subject<'_>, services: &[&Observation], task: &Value) -> Size<Millicores> {
    let units = reserved(task, &["cpu"]);
    let declared = units.map(|units| Millicores((units * 1000).div_ceil(1024)));
    let measured = busiest(subject, services, "CPUUtilization", "a service of it");
    let lacking = Silent::new(
        "its task definition reserves no processors, so a percentage of them says nothing",
        "turn Container Insights on for its cluster, and look at CpuUtilized",
    );
    let (units, measured) = match measured.and_then(|measured| Ok((units.ok_or(lacking)?, measured))) {
        Ok(known) => known,
        Err(Silent { reason, remedy }) => return Size::unknown(declared, reason, remedy),
    };
    let milli = |percent: f64| percent / 100.0 * units as f64 * 1000.0 / 1024.0;
    let p95 = milli(measured.p95);
    let mut reasons = vec![format!(
        "95 of 100 maxima stayed at or below {:.1} % of the {units} units that a task reserves; no limit",
        measured.p95
    )];
    let confidence = confidence(&measured, subject, &mut reasons);
    Size::Known(Advice {
        request: cpu_request(p95),
        limit: None,
        declared,
        statistic: "p95 of the 5-minute maxima of the busiest task",
        observed: Millicores(whole(p95)),
        window: measured.window,
        samples: measured.samples,
        confidence,
        reasons,
        evidence: vec![measured.at],
    })
}

fn memory(subject: &Subject<'_>, services: &[&Observation], task: &Value) -> Size<Mebibytes> {
    let size = reserved(task, &["memoryReservation", "memory"]);
    let declared = size.map(Mebibytes);
    let measured = busiest(subject, services, "MemoryUtilization", "a service of it");
    let lacking = Silent::new(
        "its task definition says nowhere how much memory it has",
        "turn Container Insights on for its cluster, and look at MemoryUtilized",
    );
    let (size, measured) = match measured.and_then(|measured| Ok((size.ok_or(lacking)?, measured))) {
        Ok(known) => known,
        Err(Silent { reason, remedy }) => return Size::unknown(declared, reason, remedy),
    };
    let most = measured.max / 100.0 * size as f64;
    let mut reasons = vec![format!(
        "the most was {:.1} % of the {size} MiB that a task reserves, as request and limit",
        measured.max
    )];
    let headroom = if measured.max >= AT_ITS_LIMIT {
        reasons.push("it came to its limit, so it may have wanted more: 25 % on top".to_owned());
        Headroom::Wide
    } else if let Some(sign) = java(task) {
        reasons.push(format!("{sign} says Java, whose heap grows into what it is given: 25 % on top"));
        Headroom::Wide
    } else {
        reasons.push("15 % on top".to_owned());
        Headroom::Usual
    };
    let confidence = confidence(&measured, subject, &mut reasons);
    let request = memory_request(most, headroom);
    Size::Known(Advice {
        request,
        limit: Some(request),
        declared,
        statistic: "maximum of the busiest task",
        observed: Mebibytes(whole(most)),
        window: measured.window,
        samples: measured.samples,
        confidence,
        reasons,
        evidence: vec![measured.at],
    })
}

/// As what was measured has it, and lower where what was measured may have been another task definition.
fn confidence(measured: &Measured, subject: &Subject<'_>, reasons: &mut Vec<String>) -> super::Confidence {
    let mut confidence = measured.confidence(reasons);
    let registered = subject.tasks().find_map(|(_, _, task)| task["registeredAt"].as_str()?.split('T').next());
    if let Some(day) = registered.filter(|day| *day > measured.window.0.as_str()) {
        reasons.push(format!(
            "its task definition is of {day}: percents of before are of another one's sizes, if they were others"
        ));
        confidence = super::Confidence::Low;
    }
    confidence
}

/// What a task reserves: its own size, or what its containers reserve where that is more or all there is. Too much makes a size
/// too large, too little too small.
fn reserved(task: &Value, of_containers: &[&str]) -> Option<u64> {
    let own = of_containers.last().and_then(|field| number(&task[*field]));
    let containers = list(&task["containerDefinitions"]).iter();
    let each = containers.filter_map(|one| of_containers.iter().find_map(|field| number(&one[*field])));
    own.max(Some(each.sum()).filter(|sum| *sum > 0))
}

/// `256`, `"256"`; `.25 vCPU` and `1 GB` are read by the API, which answers with numbers.
fn number(value: &Value) -> Option<u64> {
    let number = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok());
    number.filter(|number| *number > 0)
}

/// What shows that a container of the task runs Java.
fn java(task: &Value) -> Option<String> {
    const VARIABLES: [&str; 4] = ["JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"];
    const IMAGES: [&str; 7] = ["java", "jdk", "jre", "temurin", "corretto", "tomcat", "openjdk"];
    list(&task["containerDefinitions"]).iter().find_map(|container| {
        let mut variables = list(&container["environment"]).iter().filter_map(|one| one["name"].as_str());
        if let Some(name) = variables.find(|name| VARIABLES.contains(name)) {
            return Some(format!("the variable {name}"));
        }
        let mut words = ["entryPoint", "command"].into_iter().flat_map(|field| list(&container[field]));
        if words.next().and_then(Value::as_str).is_some_and(|word| word.rsplit('/').next() == Some("java")) {
            return Some("its command".to_owned());
        }
        let image = container["image"].as_str()?.rsplit('/').next()?;
        let mut words = image.split(|at: char| !at.is_ascii_alphabetic());
        words.any(|word| IMAGES.contains(&word)).then(|| "the name of its image".to_owned())
    })
}

/// What its policies aim at, in percent of what is declared and of what should be asked for.
fn autoscaling(subject: &Subject<'_>, cpu: &Size<Millicores>, memory: &Size<Mebibytes>) -> Vec<Rescaled> {
    let sizes = |resource: &str| match resource {
        "cpu" => cpu.known().and_then(|size| Some((size.declared?.0, size.request.0))),
        _ => memory.known().and_then(|size| Some((size.declared?.0, size.request.0))),
    };
    let mut found = Vec::new();
    for policy in subject.of_kind(ObservationKind::ScalingPolicy) {
        let wrapped = policy.body.get("TargetTrackingScalingPolicyConfiguration");
        let (config, place) =
            wrapped.map_or((&policy.body, ""), |it| (it, "/TargetTrackingScalingPolicyConfiguration"));
        let resource = match config["PredefinedMetricSpecification"]["PredefinedMetricType"].as_str() {
            Some("ECSServiceAverageCPUUtilization") => "cpu",
            Some("ECSServiceAverageMemoryUtilization") => "memory",
            _ => continue,
        };
        let Some((target, (declared, request))) = config["TargetValue"].as_f64().zip(sizes(resource)) else { continue };
        found.push(Rescaled {
            resource,
            declared: rounded(target),
            rescaled: rounded(target * declared as f64 / request as f64),
            evidence: at(policy, format!("{place}/TargetValue")),
        });
    }
    found
}

fn rounded(percent: f64) -> u64 {
    whole(percent.round())
}
