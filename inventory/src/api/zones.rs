//! Cloudflare zones and their DNS records. <https://developers.cloudflare.com/api/resources/zones/>

use super::model::Content::{Command, Identity};
use super::model::{Model, Names, Row};
use std::sync::LazyLock;

/// A zone.
pub(crate) static ZONES: Model = Model::new(ZONE, &NAMES);
/// A DNS record.
pub(crate) static RECORDS: Model = Model::new(RECORD, &NAMES);

static NAMES: LazyLock<Names> = LazyLock::new(|| Names::of(&[ZONE, RECORD], OTHERS));

#[rustfmt::skip]
const ZONE: &[Row] = &[
    ("id", Identity), ("name", Identity), ("status", Identity), ("type", Identity), ("name_servers/**", Identity),
    ("original_name_servers/**", Identity), ("original_registrar", Identity), ("original_dnshost", Identity), ("created_on", Identity),
    ("modified_on", Identity), ("activated_on", Identity), ("vanity_name_servers/**", Identity), ("verification_key", Identity),
    ("cname_suffix", Identity), ("owner/**", Identity), ("account/**", Identity), ("tenant/**", Identity), ("tenant_unit/**", Identity),
    ("permissions/**", Identity), ("plan/**", Identity), ("meta/**", Identity),
];

#[rustfmt::skip]
const RECORD: &[Row] = &[
    ("id", Identity), ("name", Identity), ("type", Identity), ("zone_id", Identity), ("zone_name", Identity), ("created_on", Identity),
    ("modified_on", Identity), ("comment_modified_on", Identity), ("tags_modified_on", Identity), ("comment", Command), ("meta/**", Identity),
];

/// Fields without a row of their own: they hold free values, or stand inside a subtree (`**`).
#[rustfmt::skip]
const OTHERS: &[&str] = &[
    "algorithm", "can_subscribe", "cdn_only", "certificate", "content", "currency", "custom_certificate_quota", "data", "development_mode",
    "digest", "dns_only", "email", "externally_managed", "fingerprint", "flags", "flatten_cname", "foundation_dns", "frequency",
    "ipv4_only", "ipv6_only", "is_subscribed", "key_tag", "legacy_discount", "legacy_id", "matching_type", "multiple_railguns_allowed",
    "order", "page_rule_quota", "paused", "phishing_detected", "port", "preference", "price", "priority", "private_routing", "proxiable",
    "proxied", "public_key", "regex", "replacement", "selector", "service", "settings", "size", "step", "tag", "tags", "target", "ttl",
    "usage", "value", "weight",
];
