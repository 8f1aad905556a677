//! EC2: what CloudWatch sees of a machine from outside, which is its processors alone ("CloudWatch metrics that are available
//! for your instances").

use super::measured::{Silent, busiest};
use super::quantity::Millicores;
use super::rules::{cpu_request, whole};
use super::{Advice, Size, Sizing, Whole};
use crate::readiness::Subject;
use caravan_inventory::Observation;
use serde_json::Value;

pub(super) fn size(subject: &Subject<'_>) -> Sizing {
    let instances: Vec<&Observation> = subject.instances().collect();
    Sizing {
        of: Whole::Host,
        cpu: cpu(subject, &instances),
        memory: Size::unknown(
            None,
            "from outside a machine nobody sees how much memory it uses",
            "install the CloudWatch agent on it, and look at mem_used_percent after a week",
        ),
        autoscaling: Vec::new(),
        take_over: None,
    }
}

fn cpu(subject: &Subject<'_>, instances: &[&Observation]) -> Size<Millicores> {
    let most = instances.iter().map(|instance| processors(&instance.body)).max().flatten();
    let declared = most.map(|processors| Millicores(processors * 1000));
    let measured = busiest(subject, instances, "CPUUtilization", "an instance of it");
    let lacking = Silent::new("its description says nowhere how many processors it has", "caravan discover --only ec2");
    let (processors, measured) = match measured.and_then(|measured| Ok((most.ok_or(lacking)?, measured))) {
        Ok(known) => known,
        Err(Silent { reason, remedy }) => return Size::unknown(declared, reason, remedy),
    };
    let p95 = measured.p95 * 10.0 * processors as f64;
    let mut reasons = vec![
        format!("95 of 100 maxima stayed at or below {:.1} % of {processors} processors; no limit", measured.p95),
        "everything that runs on the machine is counted, also what does not move".to_owned(),
    ];
    let _ = measured.confidence(&mut reasons);
    Size::Known(Advice {
        request: cpu_request(p95),
        limit: None,
        declared,
        statistic: "p95 of the 5-minute maxima of the busiest machine",
        observed: Millicores(whole(p95)),
        window: measured.window,
        samples: measured.samples,
        confidence: super::Confidence::Low,
        reasons,
        evidence: vec![measured.at],
    })
}

/// Cores by threads, as DescribeInstances says them.
fn processors(instance: &Value) -> Option<u64> {
    let of = |name: &str| {
        instance["cpuOptions"][name].as_u64().or_else(|| instance["cpuOptions"][name].as_str()?.parse().ok())
    };
    Some(of("coreCount")? * of("threadsPerCore")?).filter(|count| *count > 0)
}
