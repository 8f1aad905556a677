//! IAM: the roles that instance profiles give, and those that services may take on, with what they are allowed.

use crate::collect::call::{CallRow, Collector, Source, Start};
use crate::collect::found::{Element, Found, list, recorded, text};
use crate::redact::percent_decode;
use crate::request::Request;
use caravan_inventory::ObservationKind;
use serde_json::{Value, json};

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    row("iam:ListInstanceProfiles", Source::Ec2, "{}", instance_profiles),
    // Users and groups are nobody that a workload acts as.
    row(ROLES, Source::Resources, r#"{"Filter": ["Role", "LocalManagedPolicy"]}"#, roles),
];

const ROLES: &str = "iam:GetAccountAuthorizationDetails";

const fn row(
    api: &'static str,
    source: Source,
    input: &'static str,
    collector: fn(&Request, &Value) -> Found,
) -> CallRow {
    CallRow { api, source, global: true, start: Start::Root(input), fed_by: &[], collector: Collector::One(collector) }
}

fn instance_profiles(request: &Request, body: &Value) -> Found {
    recorded(request, ObservationKind::InstanceProfile, list(body, "InstanceProfiles"), |profile| {
        text(profile, "Arn").map(str::to_owned)
    })
}

/// Of the roles those that a service may take on, or whoever a cluster says: no workload acts as another.
fn roles(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for role in list(body, "RoleDetailList") {
        let Some(arn) = text(role, "Arn") else { continue };
        let mut role = role.clone();
        read(&mut role, "AssumeRolePolicyDocument");
        if !is_of_workloads(&role["AssumeRolePolicyDocument"]) {
            continue;
        }
        let inline = role.get_mut("RolePolicyList").and_then(Value::as_array_mut);
        inline.into_iter().flatten().for_each(|policy| read(policy, "PolicyDocument"));
        found.elements.push(Element::new(ObservationKind::Role, arn, request, &role));
    }
    for policy in list(body, "Policies") {
        let Some(arn) = text(policy, "Arn") else { continue };
        let mut policy = policy.clone();
        // What is not in force allows nothing.
        let in_force = policy.get("DefaultVersionId").cloned().unwrap_or_default();
        if let Some(versions) = policy.get_mut("PolicyVersionList").and_then(Value::as_array_mut) {
            versions.retain(|version| version.get("VersionId").is_none_or(|id| *id == in_force));
            versions.iter_mut().for_each(|version| read(version, "Document"));
        }
        found.elements.push(Element::new(ObservationKind::ManagedPolicy, arn, request, &policy));
    }
    found.count = found.elements.len() as u64;
    found
}

/// Reads a policy, which is JSON with its signs written as in a URL (IAM API reference, RoleDetail); what can't be read stays.
fn read(holder: &mut Value, field: &str) {
    let said = text(holder, field).and_then(|said| serde_json::from_str::<Value>(&percent_decode(said)).ok());
    if let Some(said) = said {
        holder[field] = said;
    }
}

/// Whether a trust policy lets a service or an identity provider in; what can't be read may.
fn is_of_workloads(trust: &Value) -> bool {
    let statements = match trust.get("Statement") {
        Some(Value::Array(statements)) => statements.clone(),
        Some(statement) => vec![statement.clone()],
        None => return true,
    };
    let lets_in = |statement: &Value| {
        let principal = &statement["Principal"];
        *principal == json!("*") || principal.get("Service").is_some() || principal.get("Federated").is_some()
    };
    statements.iter().any(lets_in)
}

#[cfg(test)]
mod tests {
    use super::{ObservationKind as Kind, ROLES};
    use crate::collect::testing::{found, request};
    use serde_json::{Value, json};

    fn trust(principal: Value) -> String {
        let said = json!({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]});
        said.to_string().replace('{', "%7B").replace('"', "%22")
    }

    #[test]
    fn of_roles_those_of_workloads_are_recorded_with_their_policies_read() {
        let role = |name: &str, principal: Value| {
            let inline =
                r#"%7B%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Resource%22%3A%22arn%3Aq%22%7D%5D%7D"#;
            json!({"Arn": format!("arn:role/{name}"), "AssumeRolePolicyDocument": trust(principal),
                "RolePolicyList": [{"PolicyName": "p", "PolicyDocument": inline}]})
        };
        let body = json!({"RoleDetailList": [
            role("task", json!({"Service": "ecs-tasks.amazonaws.com"})),
            role("pod", json!({"Federated": "arn:aws:iam::1:oidc-provider/x"})),
            role("people", json!({"AWS": "arn:aws:iam::1:root"})),
            {"Arn": "arn:role/odd", "AssumeRolePolicyDocument": "%7Bcut"}]});
        let got = found(&request(ROLES, json!({})), body);
        let names: Vec<_> = got.elements.iter().map(|one| one.name.as_str()).collect();
        assert_eq!((names, got.count), (vec!["arn:role/task", "arn:role/pod", "arn:role/odd"], 3));
        let inline = &got.elements[0].body["RolePolicyList"][0]["PolicyDocument"];
        assert_eq!(inline["Statement"][0]["Resource"], "arn:q");
        assert_eq!(got.elements[0].kind, Kind::Role);
    }

    #[test]
    fn of_a_managed_policy_the_version_in_force_is_recorded() {
        let version = |id: &str, action: &str| json!({"VersionId": id, "Document": json!({"Statement": [{"Action": action}]}).to_string()});
        let body = json!({"Policies": [{"Arn": "arn:policy/a", "DefaultVersionId": "v2",
            "PolicyVersionList": [version("v1", "s3:*"), version("v2", "s3:GetObject")]}]});
        let got = found(&request(ROLES, json!({})), body);
        let versions = got.elements[0].body["PolicyVersionList"].as_array().unwrap();
        assert_eq!((got.elements[0].kind, versions.len()), (Kind::ManagedPolicy, 1));
        assert_eq!(versions[0]["Document"]["Statement"][0]["Action"], "s3:GetObject");
    }

    #[test]
    fn a_profile_is_recorded_under_its_arn() {
        let profile = json!({"Arn": "arn:aws:iam::123456789012:instance-profile/web", "Roles": [{"Arn": "arn:aws:iam::123456789012:role/web"}]});
        let found = found(&request("iam:ListInstanceProfiles", json!({})), json!({"InstanceProfiles": [profile]}));
        assert_eq!((found.elements[0].name.as_str(), found.count), (profile["Arn"].as_str().unwrap(), 1));
    }
}
