//! Lambda: functions with their code, tags and concurrency, and everything that says who starts them, and which version of
//! them is started.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Element, Found, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

const FUNCTIONS: &str = "lambda:ListFunctions";
const ALIASES: &str = "lambda:ListAliases";
const MAPPINGS: &str = "lambda:ListEventSourceMappings";
const PROVISIONED: &str = "lambda:ListProvisionedConcurrencyConfigs";
const FUNCTION: &str = "lambda:GetFunction";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::Lambda.row(FUNCTIONS, Start::Root("{}"), &[], functions),
    Source::Lambda.row(MAPPINGS, Start::Root("{}"), &[], mappings),
    Source::Lambda.row(ALIASES, Start::Each, &[FUNCTIONS], aliases),
    Source::Lambda.row(PROVISIONED, Start::Each, &[FUNCTIONS], provisioned),
    Source::Lambda.row(FUNCTION, Start::Each, &[FUNCTIONS, ALIASES, MAPPINGS, PROVISIONED], function),
    Source::Lambda.row("lambda:ListFunctionUrlConfigs", Start::Each, &[FUNCTIONS], urls),
    Source::Lambda.row("lambda:GetPolicy", Start::Each, &[FUNCTIONS, ALIASES], policy),
    Source::Lambda.row("lambda:ListFunctionEventInvokeConfigs", Start::Each, &[FUNCTIONS], invoke_configs),
    Source::Lambda.row("lambda:GetLayerVersionByArn", Start::Each, &[FUNCTION], layer),
];

fn functions(request: &Request, body: &Value) -> Found {
    let mut found = Found::default();
    for function in list(body, "Functions") {
        let Some(arn) = text(function, "FunctionArn") else { continue };
        let ask = |api: &str| request.then(api, json!({"FunctionName": arn}));
        let element = Element::new(Kind::LambdaFunction, arn, request, function);
        found.count += 1;
        found.follow_up.push(ask(FUNCTION).carrying(element.carried()));
        found.follow_up.extend(
            [
                ALIASES,
                PROVISIONED,
                "lambda:ListFunctionUrlConfigs",
                "lambda:GetPolicy",
                "lambda:ListFunctionEventInvokeConfigs",
            ]
            .map(ask),
        );
    }
    found
}

/// The whole answer is recorded: code, tags and reserved concurrency stand beside the configuration. Where GetFunction is
/// refused, the element of the list is recorded in its place.
fn function(request: &Request, body: &Value) -> Found {
    let Some(configuration) = body.get("Configuration") else { return Found::default() };
    let name = match (&request.carried, text(configuration, "FunctionArn")) {
        (Some(listed), _) => listed.name.as_str(),
        (None, Some(arn)) => arn,
        (None, None) => return Found::default(),
    };
    let kind = if request.carried.is_some() { Kind::LambdaFunction } else { Kind::FunctionVersion };
    let layers: BTreeSet<&str> = list(configuration, "Layers").iter().filter_map(|layer| text(layer, "Arn")).collect();
    Found {
        count: 1,
        elements: vec![Element::new(kind, name, request, body)],
        follow_up: layers
            .into_iter()
            .map(|arn| request.then("lambda:GetLayerVersionByArn", json!({"Arn": arn})))
            .collect(),
    }
}

fn aliases(request: &Request, body: &Value) -> Found {
    let aliases = list(body, "Aliases");
    let mut found = recorded(request, Kind::FunctionAlias, aliases, |alias| text(alias, "AliasArn").map(str::to_owned));
    let mut versions = BTreeSet::new();
    for alias in aliases {
        versions.extend(text(alias, "FunctionVersion"));
        let weighted = alias.get("RoutingConfig").and_then(|routing| routing.get("AdditionalVersionWeights"));
        versions.extend(weighted.and_then(Value::as_object).into_iter().flatten().map(|(version, _)| version.as_str()));
        // What may start an alias is said for it alone.
        let named = text(alias, "Name").zip(text(&request.read.input, "FunctionName"));
        found.follow_up.extend(named.map(|(alias, function)| {
            request.then("lambda:GetPolicy", json!({"FunctionName": function, "Qualifier": alias}))
        }));
    }
    let function = text(&request.read.input, "FunctionName").unwrap_or_default();
    found.follow_up.extend(versions.into_iter().filter_map(|version| version_read(request, function, version)));
    found
}

/// The read of a published version; none of what is no version: the newest code, or an alias.
fn version_read(request: &Request, function: &str, version: &str) -> Option<Request> {
    let published = !version.is_empty() && version.bytes().all(|digit| digit.is_ascii_digit());
    published.then(|| request.then(FUNCTION, json!({"FunctionName": function, "Qualifier": version})))
}

/// The reads of the versions that ARNs name: `…:function:<name>:<version>`.
fn versions_of<'a>(request: &Request, arns: impl Iterator<Item = &'a str>) -> Vec<Request> {
    let named: BTreeSet<(&str, &str)> =
        arns.filter(|arn| arn.split(':').count() == 8).filter_map(|arn| arn.rsplit_once(':')).collect();
    named.into_iter().filter_map(|(function, version)| version_read(request, function, version)).collect()
}

fn mappings(request: &Request, body: &Value) -> Found {
    let mappings = list(body, "EventSourceMappings");
    let mut found =
        recorded(request, Kind::EventSourceMapping, mappings, |mapping| text(mapping, "UUID").map(str::to_owned));
    found.follow_up = versions_of(request, mappings.iter().filter_map(|mapping| text(mapping, "FunctionArn")));
    found
}

fn provisioned(request: &Request, body: &Value) -> Found {
    let configs = list(body, "ProvisionedConcurrencyConfigs");
    let mut found = recorded(request, Kind::ProvisionedConcurrency, configs, |config| {
        text(config, "FunctionArn").map(str::to_owned)
    });
    found.follow_up = versions_of(request, configs.iter().filter_map(|config| text(config, "FunctionArn")));
    found
}

/// A function has one URL, and each of its aliases may have one.
fn urls(request: &Request, body: &Value) -> Found {
    recorded(request, Kind::FunctionUrl, list(body, "FunctionUrlConfigs"), |url| {
        text(url, "FunctionArn").map(str::to_owned)
    })
}

fn invoke_configs(request: &Request, body: &Value) -> Found {
    recorded(request, Kind::EventInvokeConfig, list(body, "FunctionEventInvokeConfigs"), |config| {
        text(config, "FunctionArn").map(str::to_owned)
    })
}

/// The policy is JSON in a text; it is recorded as what it says, so that each of its fields has a place. Its name is the
/// ARN of what it is the policy of.
fn policy(request: &Request, body: &Value) -> Found {
    let Some(function) = text(&request.read.input, "FunctionName") else { return Found::default() };
    let qualifier = text(&request.read.input, "Qualifier").map(|alias| format!(":{alias}")).unwrap_or_default();
    let name = format!("{function}{qualifier}");
    let mut element = Element::new(Kind::FunctionPolicy, &name, request, body);
    let read = text(body, "Policy").and_then(|policy| serde_json::from_str::<Value>(policy).ok());
    if let Some(policy) = read {
        element = element.with("Policy", policy);
    }
    Found { count: 1, elements: vec![element], follow_up: Vec::new() }
}

fn layer(request: &Request, body: &Value) -> Found {
    recorded(request, Kind::LayerVersion, std::slice::from_ref(body), |layer| {
        text(layer, "LayerVersionArn").or_else(|| text(&request.read.input, "Arn")).map(str::to_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};
    use crate::collect::without_answer;

    const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:function:resize";

    fn of_function(api: &str) -> Request {
        request(api, json!({"FunctionName": ARN}))
    }

    #[test]
    fn a_function_is_recorded_whole_or_as_it_was_listed() {
        let listed =
            found(&request(FUNCTIONS, json!({})), json!({"Functions": [{"FunctionArn": ARN, "Runtime": "x"}]}));
        assert_eq!((listed.count, listed.elements.len(), listed.follow_up.len()), (1, 0, 6));
        let whole = json!({"Configuration": {"FunctionArn": ARN, "Layers": [{"Arn": "l:1"}, {"Arn": "l:1"}]}, "Tags": {"team": "a"}});
        let got = found(&listed.follow_up[0], whole.clone());
        assert_eq!((got.elements[0].kind, got.elements[0].name.as_str()), (Kind::LambdaFunction, ARN));
        assert_eq!(got.elements[0].body, whole);
        assert_eq!(apis(&got), ["lambda:GetLayerVersionByArn"]);
        let refused = without_answer(&listed.follow_up[0]).unwrap();
        assert_eq!((refused.api.as_str(), &refused.body["Runtime"]), (FUNCTIONS, &json!("x")));
    }

    #[test]
    fn every_version_that_an_alias_sends_to_is_read() {
        let routing = json!({"AdditionalVersionWeights": {"8": 0.1}});
        let body = json!({"Aliases": [
            {"AliasArn": format!("{ARN}:live"), "Name": "live", "FunctionVersion": "7", "RoutingConfig": routing},
            {"AliasArn": format!("{ARN}:next"), "Name": "next", "FunctionVersion": "$LATEST"}]});
        let listed = found(&of_function(ALIASES), body);
        assert_eq!(listed.elements.len(), 2);
        let asked: Vec<_> =
            listed.follow_up.iter().map(|ask| (ask.read.api.as_str(), ask.read.input["Qualifier"].clone())).collect();
        let (policy, version) = ("lambda:GetPolicy", FUNCTION);
        assert_eq!(
            asked,
            [(policy, json!("live")), (policy, json!("next")), (version, json!("7")), (version, json!("8"))]
        );
        let whole = json!({"Configuration": {"FunctionArn": format!("{ARN}:7"), "Version": "7"}});
        let version = found(&listed.follow_up[2], whole);
        assert_eq!(
            (version.elements[0].kind, version.elements[0].name.clone()),
            (Kind::FunctionVersion, format!("{ARN}:7"))
        );
    }

    #[test]
    fn a_mapping_leads_to_the_version_that_it_names_and_to_no_alias() {
        let mapping = |uuid: &str, arn: String| json!({"UUID": uuid, "FunctionArn": arn});
        let body = json!({"EventSourceMappings": [
            mapping("a", ARN.to_owned()), mapping("b", format!("{ARN}:9")), mapping("c", format!("{ARN}:live"))]});
        let found = found(&request(MAPPINGS, json!({})), body);
        assert_eq!(found.elements.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(found.follow_up.len(), 1);
        assert_eq!(found.follow_up[0].read.input, json!({"FunctionName": ARN, "Qualifier": "9"}));
    }

    #[test]
    fn a_policy_is_recorded_as_what_it_says() {
        let said = r#"{"Version":"2012-10-17","Statement":[{"Sid":"s3","Effect":"Allow"}]}"#;
        let ask = request("lambda:GetPolicy", json!({"FunctionName": ARN, "Qualifier": "live"}));
        let got = found(&ask, json!({"Policy": said, "RevisionId": "r"}));
        assert_eq!(got.elements[0].name, format!("{ARN}:live"));
        assert_eq!(got.elements[0].body["Policy"]["Statement"][0]["Sid"], "s3");
        let odd = found(&of_function("lambda:GetPolicy"), json!({"Policy": "{cut"}));
        assert_eq!(odd.elements[0].body["Policy"], "{cut", "what can't be read stays, and is redacted as any text");
    }
}
