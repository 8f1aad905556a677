//! Functions and Workers: no metric that is read tells what one of them uses. What would is said.

use super::quantity::{Mebibytes, Millicores};
use super::{Size, Sizing, Whole};
use crate::readiness::Subject;
use caravan_inventory::ObservationKind;
use serde_json::Value;

pub(super) fn function(subject: &Subject<'_>) -> Sizing {
    let mut functions = subject.of_kind(ObservationKind::LambdaFunction).map(|function| &function.body);
    let memory =
        functions.find_map(|body| body.pointer("/Configuration/MemorySize").or_else(|| body.get("MemorySize")));
    let declared = memory.and_then(Value::as_u64);
    const REMEDY: &str = "turn Lambda Insights on for it; after a week `used_memory_max` and `cpu_total_time` tell";
    Sizing {
        of: Whole::Pod,
        cpu: Size::unknown(
            declared.map(share),
            "CloudWatch counts a function's duration, and not the processors that it used",
            REMEDY,
        ),
        memory: Size::unknown(
            declared.map(Mebibytes),
            "only the REPORT lines of its log and Lambda Insights tell how much memory a function used",
            REMEDY,
        ),
        autoscaling: Vec::new(),
        take_over: None,
    }
}

pub(super) fn worker() -> Sizing {
    Sizing::unknown(
        Whole::Pod,
        "Cloudflare's analytics are not read",
        "look at CPU time and requests of the Worker in Cloudflare's dashboard: cores are requests a second by CPU seconds of one",
    )
}

/// A function has a processor for each 1,769 MB ("Configure Lambda function memory").
fn share(memory: u64) -> Millicores {
    Millicores((memory * 1000).div_ceil(1769))
}
