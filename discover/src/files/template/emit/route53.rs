//! Hosted zones and their record sets.

use super::Emitter;
use super::shape::{Fields, filled, typed};
use crate::files::template::branches::Choice;
use crate::files::template::document::Resource;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const NUMBERS: &[&str] = &["TTL", "Weight"];
const BOOLEANS: &[&str] = &["EvaluateTargetHealth", "MultiValueAnswer"];
/// What stands for a zone that the template does not tell: no hosted zone is called so.
const UNTOLD: &str = "unknown";

/// A hosted zone; with networks it is a private one.
pub(super) fn zone(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let mut fields = out.eval.properties(&resource.properties, &[]);
    let is_private = fields.remove("VPCs").is_some_and(|networks| networks != json!([]));
    out.leave_out(&mut fields, &["HostedZoneFeatures", "HostedZoneTags", "QueryLoggingConfig"]);
    let mut config = match fields.remove("HostedZoneConfig") {
        Some(Value::Object(config)) => config,
        _ => Fields::new(),
    };
    config.insert("PrivateZone".to_owned(), is_private.into());
    fields.insert("Config".to_owned(), Value::Object(config));
    dotted(&mut fields);
    let name = out.eval.name_at(&json!({"Ref": id}), 0).unwrap_or_else(|| id.to_owned());
    fields.insert("Id".to_owned(), format!("/hostedzone/{name}").into());
    out.add(Kind::HostedZone, &name, Value::Object(fields));
}

/// What tells where a record set leads and what it is called.
const LEADING: &[&str] = &["AliasTarget", "Name", "ResourceRecords", "SetIdentifier", "Type"];

/// What of a target tells nothing of where it leads: which of these it is chooses no way of its own.
const BESIDE: &[&str] = &["EvaluateTargetHealth", "HostedZoneId"];

/// A record set.
pub(super) fn record_set(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let zone = zone_of(out, &resource.properties);
    in_each_way(out, id, &zone, (&resource.properties, &Choice::new()));
}

/// Record sets that are made together.
pub(super) fn record_set_group(out: &mut Emitter<'_>, id: &str, resource: &Resource) {
    let zone = zone_of(out, &resource.properties);
    let Some(sets) = resource.properties.get("RecordSets") else {
        // What SAM makes for a domain.
        return out.not_read(&resource.of_type);
    };
    let Some(sets) = out.eval.elements(sets, &Choice::new()) else { return unread(out, id) };
    for (at, (set, choice)) in sets.into_iter().enumerate() {
        match set.as_object().filter(|set| set.contains_key("Name")) {
            Some(set) => in_each_way(out, &format!("{id}-{at}"), &zone, (set, &choice)),
            None => unread(out, id),
        }
    }
}

/// Record sets that are there, and can't be told.
fn unread(out: &mut Emitter<'_>, id: &str) {
    out.emitted.elsewhere.push(format!("record sets of {id} are not read: the template does not say them"));
}

/// A record set in each of the ways that the conditions make which the template leaves open: where it leads is known of each, and
/// whether its name is there hangs on the condition.
fn in_each_way(out: &mut Emitter<'_>, id: &str, zone: &str, (properties, choice): (&Fields, &Choice)) {
    let Some(ways) = out.eval.ways(properties, (LEADING, BESIDE), choice) else { return unread(out, id) };
    let several = ways.len() > 1;
    for (at, (properties, choice)) in ways.iter().enumerate() {
        let id = if several { format!("{id}-{at}") } else { id.to_owned() };
        out.under(choice, |out| one(out, (&id, several.then_some(at)), zone, properties));
    }
}

/// What the zone of record sets is called: by its id, or by the name of one that the template makes too.
fn zone_of(out: &Emitter<'_>, properties: &Fields) -> String {
    let by_id = properties.get("HostedZoneId").and_then(|zone| out.eval.name_at(zone, 0));
    let wanted = properties.get("HostedZoneName").and_then(|name| out.eval.name_at(name, 0));
    let by_name = wanted.and_then(|wanted| {
        let plain = |name: &str| name.trim_end_matches('.').to_ascii_lowercase();
        let is_it = |(id, zone): &(&String, &Resource)| {
            zone.of_type == "AWS::Route53::HostedZone"
                && out.eval.declared(id, "Name", 0).is_some_and(|name| plain(&name) == plain(&wanted))
        };
        let (id, _) = out.eval.template.resources.iter().find(is_it)?;
        out.eval.name_at(&json!({"Ref": id}), 0)
    });
    by_id.or(by_name).map_or_else(|| UNTOLD.to_owned(), |zone| zone.rsplit('/').next().unwrap_or(&zone).to_owned())
}

/// One of the record sets; `way` tells it from the others that the same properties may be.
fn one(out: &mut Emitter<'_>, (id, way): (&str, Option<usize>), zone: &str, properties: &Fields) {
    const LINKS: &[&str] = &["AliasTarget/DNSName", "AliasTarget/HostedZoneId", "ResourceRecords/*"];
    let mut fields = out.eval.properties(properties, LINKS);
    fields.remove("HostedZoneId");
    fields.remove("HostedZoneName");
    out.leave_out(&mut fields, &["Comment"]);
    if let Some(Value::Array(values)) = fields.get_mut("ResourceRecords") {
        values.iter_mut().for_each(|value| *value = json!({"Value": value.take()}));
    }
    if let Some(Value::Object(alias)) = fields.get_mut("AliasTarget") {
        filled(alias, &[("EvaluateTargetHealth", json!(false))]);
    }
    dotted(&mut fields);
    let part = |name: &str| fields.get(name).and_then(Value::as_str).map(str::to_owned);
    let mut place =
        format!("{zone}/{}/{}", part("Name").unwrap_or_else(|| id.to_owned()), part("Type").unwrap_or_default());
    if let Some(identifier) = part("SetIdentifier") {
        place = format!("{place}/{identifier}");
    }
    if let Some(way) = way {
        place = format!("{place}/{way}");
    }
    out.leave_open(&mut fields, "Name");
    let mut body = Value::Object(fields);
    typed(&mut body, NUMBERS, BOOLEANS);
    out.add(Kind::RecordSet, &place, body);
}

/// A name as Route 53 answers it.
fn dotted(fields: &mut Fields) {
    if let Some(Value::String(name)) = fields.get_mut("Name")
        && !name.ends_with('.')
    {
        name.push('.');
    }
}
