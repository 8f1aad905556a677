//! What stands where in a document, by the model of its API ([`caravan_inventory::api`]).
//!
//! A place that no row names holds a free value: that is how a field that a newer API adds, or a field in a wrong place,
//! is treated.

use caravan_inventory::ObservationKind as Kind;
use caravan_inventory::api::{Content, Row};
use serde_json::Value;

/// The step to the text of a value that a template leaves open.
pub(super) const OPEN: &str = "$unresolved";
/// A template says which of its folders holds the code; in a cloud the same field is an address with a signature.
const FOLDERS: [Row; 2] =
    [("Code/Location/$unresolved", Content::Identity), ("Content/Location/$unresolved", Content::Identity)];

/// The rows that can still fit, with what is left of their paths.
#[derive(Clone)]
pub(super) struct Rows(Vec<Row>);

impl Rows {
    /// No row: every place below is free.
    pub(super) const fn none() -> Self {
        Self(Vec::new())
    }

    /// All rows of a kind.
    pub(super) fn of(kind: Kind) -> Self {
        let of_templates = matches!(kind, Kind::LambdaFunction | Kind::FunctionVersion | Kind::LayerVersion);
        let own = kind.model().rows().iter().copied();
        Self(own.chain(FOLDERS.into_iter().filter(|_| of_templates)).collect())
    }

    /// The rows of a kind for one document: answers of public resolvers are identities, but the text of a TXT record may
    /// be anything, in private zones most of all.
    pub(super) fn for_document(kind: Kind, document: &Value) -> Self {
        let mut rows = Self::of(kind);
        let is_text = matches!(document.get("Type").and_then(Value::as_str), Some("TXT" | "SPF") | None);
        if kind == Kind::RecordSet && !is_text {
            rows.0.push(("ResourceRecords/**", Content::Identity));
        }
        let of_cloudflare = document.get("type").and_then(Value::as_str);
        if kind == Kind::DnsRecord && !matches!(of_cloudflare, Some("TXT" | "SPF" | "URI") | None) {
            rows.0.extend([("content", Content::Identity), ("data/**", Content::Identity)]);
        }
        rows
    }

    /// The rows that fit below a field or index.
    pub(super) fn below(&self, step: &str) -> Self {
        let fits = |(path, content): &Row| {
            let (first, rest) = path.split_once('/').unwrap_or((path, ""));
            match first {
                "**" => Some(("**", *content)),
                "" => None,
                first => (first == step || first == "*").then_some((rest, *content)),
            }
        };
        Self(self.0.iter().filter_map(fits).collect())
    }

    /// What stands at this very place.
    pub(super) fn content(&self) -> Option<Content> {
        self.0.iter().find(|(path, _)| path.is_empty() || *path == "**").map(|(_, content)| *content)
    }
}

/// The fields in which an answer or a file wraps things of a kind.
pub(super) const fn wrappers(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::EcsTaskDefinition => &["taskDefinition", "taskDefinitions"],
        Kind::EcsService => &["service", "services"],
        Kind::ScalableTarget => &["ScalableTargets"],
        Kind::ScalingPolicy => &["ScalingPolicies"],
        Kind::ScheduledAction => &["ScheduledActions"],
        Kind::LambdaFunction | Kind::FunctionVersion => &["Configuration"],
        _ => &[],
    }
}
