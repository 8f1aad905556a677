//! Public zones of Route 53: `aws_route53_zone`. Their records are not taken over: a cutover moves them, and whatever
//! Terraform owned it would move back.
//!
//! Source: Route 53 ListHostedZones; the arguments of hashicorp/aws.

use super::{Carried, Context};
use crate::terraform::draft::Draft;
use crate::terraform::fields::{Fields, Held};
use crate::terraform::hcl::Value;
use serde_json::json;

pub(super) fn carry(context: &Context<'_>) -> Result<Carried, String> {
    let Context { resource, location, .. } = context;
    let mut fields = Fields::new(&resource.observation);
    let body = &resource.observation.body;
    if body.pointer("/Config/PrivateZone").is_some_and(|said| said == &json!(true) || said == &json!("true")) {
        return Err("it is a private zone, and the VPCs that it answers in are not read".to_owned());
    }
    if body.get("LinkedService").is_some() {
        return Err("an AWS service made it and owns it".to_owned());
    }
    let id = fields.text("/Id").ok_or("its id was not read: run `caravan discover`")?;
    let id = id.rsplit('/').next().unwrap_or(id).to_owned();
    let name = fields.text("/Name").ok_or("its name was not read: run `caravan discover`")?;
    // Two zones may have one name.
    let mut zone = Draft::new(
        "aws_route53_zone",
        &format!("{}-{id}", name.trim_end_matches('.')),
        location,
        true,
        &resource.observation.id,
    );
    zone.set(&mut fields, "/Name", "name", Value::text(name.trim_end_matches('.')));
    match fields.held("/Config/Comment") {
        Held::Missing => zone.fixed("comment", Value::text("")),
        Held::Value(comment) => zone.set(&mut fields, "/Config/Comment", "comment", Value::of_json(comment)),
        Held::Redacted => zone.optional_text(&mut fields, "/Config/Comment", "comment"),
    }
    zone.leave_unread("delegation_set_id", "the list of zones does not tell it");
    zone.leave_unread("tags", "they were not read");
    for place in ["/CallerReference", "/ResourceRecordSetCount", "/Config/PrivateZone"] {
        fields.dropped(place, "describe-only");
    }
    fields.exact("/Id", &format!("{}.id", zone.address()));
    let mut carried = Carried::default();
    let from = fields.from("/Id");
    carried.take(zone.finish(id, &from), fields);
    Ok(carried)
}
