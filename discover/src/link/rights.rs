//! What roles are allowed: each resource that a policy of a role names, with the way that data goes by the actions.

use super::references::{Reference, of_arn};
use super::view::View;
use super::{Linker, ObservationSource};
use crate::arn::Arn;
use crate::resource::id_of;
use caravan_inventory::{Confidence, Direction, EdgeKind, ObservationKind as Kind, matches_wildcards};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A name pattern shorter than this means everything, and so nothing in particular.
const SHORTEST: usize = 3;

/// What one statement allows: the patterns of resources, with where each stands, and the actions.
struct Allowed<'p> {
    actions: Vec<&'p str>,
    resources: Vec<(&'p str, String)>,
}

impl Linker<'_> {
    /// Reads the roles with their policies. Only the rights of roles that a workload acts as become edges: see
    /// [`Linker::resolve_rights`].
    pub(super) fn read_rights<S: ObservationSource>(&mut self, source: &S) -> Result<(), S::Error> {
        let mut attached: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        source.visit(Kind::Role, None, &mut |role| {
            let (Some(id), view) = (id_of(&role), View::of(&role)) else { return };
            for policy in view.list("/AttachedManagedPolicies").iter().filter_map(|one| one.get("PolicyArn")?.as_str())
            {
                attached.entry(policy.to_owned()).or_default().insert(id.clone());
            }
            for (at, inline) in view.list("/RolePolicyList").iter().enumerate() {
                let pointer = format!("/RolePolicyList/{at}/PolicyDocument");
                self.rights(&BTreeSet::from([id.clone()]), &view, inline.get("PolicyDocument"), &pointer);
            }
        })?;
        source.visit(Kind::ManagedPolicy, None, &mut |policy| {
            let Some(roles) = attached.get(&policy.name) else { return };
            let view = View::of(&policy);
            for (at, version) in view.list("/PolicyVersionList").iter().enumerate() {
                let pointer = format!("/PolicyVersionList/{at}/Document");
                self.rights(roles, &view, version.get("Document"), &pointer);
            }
        })
    }

    /// Keeps of all rights those of roles that something acts as, and gives each resource that a pattern means its edge.
    pub(super) fn resolve_rights(&mut self) {
        let roles: BTreeSet<&str> =
            self.edges.iter().filter(|edge| edge.kind == EdgeKind::Role).map(|edge| edge.to.as_str()).collect();
        let mut edges = BTreeSet::new();
        for right in self.rights.iter().filter(|right| roles.contains(right.from.as_str())) {
            if !right.to.contains(['*', '?']) {
                edges.insert(right.clone());
                continue;
            }
            let is_narrow = Arn::parse(right.to.split_once(':').map_or("", |(_, arn)| arn))
                .is_some_and(|arn| arn.resource.bytes().filter(|b| !matches!(b, b'*' | b'?')).count() >= SHORTEST);
            if is_narrow {
                for to in self.resources.ids().filter(|id| matches_wildcards(&right.to, id)) {
                    let mut edge = right.clone();
                    edge.to = to.to_owned();
                    edge.confidence = Confidence::Inferred;
                    edges.insert(edge);
                }
            }
        }
        self.edges.extend(edges);
    }

    fn rights(&mut self, roles: &BTreeSet<String>, view: &View<'_>, document: Option<&Value>, pointer: &str) {
        for Allowed { actions, resources } in document.map(|document| allowed(document, pointer)).unwrap_or_default() {
            for (resource, pointer) in resources {
                let Some(arn) = Arn::parse(resource) else { continue };
                let Some(Reference::Named(to, kind, _)) = of_arn(&arn) else { continue };
                let Some(direction) = direction(arn.service, &actions) else { continue };
                for role in roles {
                    // A right is no use of it.
                    let edge = view.edge(role, &to, kind, Confidence::Inferred, &pointer).towards(direction);
                    self.rights.push(edge);
                }
            }
        }
    }
}

/// The statements of a policy that allow something by name. `NotAction` and `NotResource` name what is left out.
fn allowed<'p>(document: &'p Value, pointer: &str) -> Vec<Allowed<'p>> {
    let pointer = format!("{pointer}/Statement");
    let statements: Vec<(&Value, String)> = match document.get("Statement") {
        Some(Value::Array(list)) => list.iter().enumerate().map(|(at, one)| (one, format!("{pointer}/{at}"))).collect(),
        Some(one) => vec![(one, pointer)],
        None => Vec::new(),
    };
    let allow = |statement: &Value| statement.get("Effect").and_then(Value::as_str) == Some("Allow");
    let read = |(statement, pointer): (&'p Value, String)| Allowed {
        actions: texts(statement.get("Action"), "").into_iter().map(|(text, _)| text).collect(),
        resources: texts(statement.get("Resource"), &format!("{pointer}/Resource")),
    };
    statements.into_iter().filter(|(statement, _)| allow(statement)).map(read).collect()
}

/// A text or a list of texts, each with its pointer.
fn texts<'p>(value: Option<&'p Value>, pointer: &str) -> Vec<(&'p str, String)> {
    match value {
        Some(Value::String(text)) => vec![(text, pointer.to_owned())],
        Some(Value::Array(list)) => {
            let text = |(at, item): (usize, &'p Value)| Some((item.as_str()?, format!("{pointer}/{at}")));
            list.iter().enumerate().filter_map(text).collect()
        }
        _ => Vec::new(),
    }
}

/// Which way data goes by these actions on a resource of this service; none where none of them is of that service.
fn direction(service: &str, actions: &[&str]) -> Option<Direction> {
    let of_service = actions.iter().filter_map(|action| match action.split_once(':') {
        Some((prefix, name)) => prefix.eq_ignore_ascii_case(service).then_some(name),
        None => (*action == "*").then_some("*"),
    });
    of_service.map(|name| direction_of(service, name)).reduce(Direction::and)
}

/// The first words of actions that take (service authorization reference, access levels Read and List).
#[rustfmt::skip]
const TAKES: &[&str] = &[
    "BatchCheck", "BatchGet", "Check", "ConditionCheck", "Decrypt", "Describe", "Get", "Head", "List", "Lookup", "PartiQLSelect", "Query",
    "Read", "Receive", "Scan", "Search", "Select", "Subscribe", "View",
];

fn direction_of(service: &str, action: &str) -> Direction {
    let begins = |word: &&str| action.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    // Who receives a message deletes it, and keeps it from others meanwhile.
    let receives = service == "sqs" && ["DeleteMessage", "ChangeMessageVisibility"].iter().any(begins);
    if action.starts_with('*') {
        Direction::Both
    } else if receives || TAKES.iter().any(begins) {
        Direction::Reads
    } else {
        Direction::Writes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn actions_say_which_way_data_goes() {
        let (reads, writes, both) = (Some(Direction::Reads), Some(Direction::Writes), Some(Direction::Both));
        for (service, actions, wanted) in [
            ("sqs", &["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"][..], reads),
            ("sqs", &["sqs:SendMessage"], writes),
            ("sqs", &["SQS:Send*", "sqs:Receive*"], both),
            ("s3", &["s3:GetObject", "s3:ListBucket"], reads),
            ("s3", &["s3:PutObject", "s3:DeleteObject"], writes),
            ("s3", &["s3:*"], both),
            ("dynamodb", &["dynamodb:Query", "dynamodb:BatchGetItem"], reads),
            ("dynamodb", &["dynamodb:BatchWriteItem"], writes),
            ("secretsmanager", &["secretsmanager:GetSecretValue"], reads),
            ("sns", &["sns:Publish"], writes),
            ("sns", &["*"], both),
            ("sns", &["sqs:SendMessage"], None),
            ("sns", &[], None),
            ("sqs", &["sqs:DeleteMessagé", "sqs:é"], writes),
        ] {
            assert_eq!(direction(service, actions), wanted, "{service} {actions:?}");
        }
    }

    #[test]
    fn a_statement_is_one_or_many_and_only_what_allows_counts() {
        let one = json!({"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::a/*"}});
        let found = allowed(&one, "/P");
        assert_eq!(found[0].resources, [("arn:aws:s3:::a/*", "/P/Statement/Resource".to_owned())]);
        let many = json!({"Statement": [
            {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::a"},
            {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::b", "arn:aws:s3:::c"]},
            {"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::d"}]});
        let found = allowed(&many, "/P");
        let pointers: Vec<_> = found[0].resources.iter().map(|(_, pointer)| pointer.as_str()).collect();
        assert_eq!(pointers, ["/P/Statement/1/Resource/0", "/P/Statement/1/Resource/1"]);
        assert!(found[1].resources.is_empty() && found[1].actions.is_empty());
        assert!(allowed(&json!({}), "/P").is_empty());
    }
}
