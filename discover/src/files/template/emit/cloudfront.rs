//! Distributions of CloudFront, as far as they tell what asks a load balancer inside the network.

use super::Emitter;
use crate::files::template::document::Resource;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

/// A distribution with an origin inside the network; any other is in front of nothing that is internal, and is not read.
pub(super) fn distribution(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let config = match resource.properties.get("DistributionConfig") {
        Some(Value::Object(config)) => config,
        _ => return out.not_read(&resource.of_type),
    };
    let fields = out.eval.properties(config, &["Origins/*/DomainName"]);
    let is_inside = |origin: &&Value| origin.get("VpcOriginConfig").is_some();
    let origins = fields.get("Origins").and_then(Value::as_array).into_iter().flatten().filter(is_inside);
    // Which origin of the network it is decides nothing: its name does.
    let origin = |origin: &Value| json!({"Id": origin.get("Id"), "DomainName": origin.get("DomainName"), "VpcOriginConfig": {"VpcOriginId": "vo_000000000000"}});
    let origins: Vec<Value> = origins.map(origin).collect();
    if origins.is_empty() {
        return out.not_read(&resource.of_type);
    }
    let aliases = fields.get("Aliases").cloned().unwrap_or_else(|| json!([]));
    let stack = &out.eval.template.stack;
    let name = if stack.is_empty() { id.to_owned() } else { format!("{stack}-{id}") };
    let arn = format!("arn:aws:cloudfront::{}:distribution/{name}", caravan_inventory::TEMPLATE_ACCOUNT);
    let body = json!({"ARN": arn, "Id": name, "Aliases": {"Items": aliases}, "Origins": {"Items": origins}});
    out.add(Kind::Distribution, &arn, body);
}
