//! What APIs call: their integrations and authorizers, with the function that each means in each stage.

use super::view::{View, step};
use caravan_inventory::{Confidence, ObservationKind as Kind};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What was observed of one API.
#[derive(Default)]
pub(crate) struct Api<'f> {
    pub(crate) own: Option<View<'f>>,
    /// Resources of a REST API, integrations of others.
    pub(crate) holders: Vec<View<'f>>,
    pub(crate) routes: Vec<View<'f>>,
    pub(crate) stages: Vec<View<'f>>,
    pub(crate) authorizers: Vec<View<'f>>,
    pub(crate) mappings: Vec<View<'f>>,
}

/// A place of an API from which a request goes on.
#[derive(Clone)]
pub(crate) struct Call<'f> {
    /// The API's id.
    pub(crate) api: &'f str,
    /// The resource, integration or authorizer that says where to.
    pub(crate) holder: View<'f>,
    /// The field of it.
    pub(crate) pointer: String,
    /// The field's text; empty where the API answers by itself.
    pub(crate) uri: &'f str,
    /// What kind of integration it is: `AWS_PROXY`, `HTTP`, `MOCK`.
    pub(crate) of_type: &'f str,
    /// The method of a resource; none of an integration, whose routes name theirs.
    pub(crate) method: Option<&'f str>,
    /// The id of the link of a REST API that it goes through, perhaps with variables of a stage.
    pub(crate) link: Option<&'f str>,
    /// Whether it goes through a link into a network, known or not.
    pub(super) is_inward: bool,
    /// The routes of an HTTP or WebSocket API that lead here.
    pub(crate) routes: Vec<View<'f>>,
    /// The paths that lead here as the API writes them: `/orders/{id}`; none of an authorizer.
    pub(crate) paths: Vec<String>,
    /// Whether it asks who may call, instead of answering.
    pub(crate) is_authorizer: bool,
}

/// Everything that an API calls.
pub(crate) fn calls<'f>(id: &'f str, api: &Api<'f>) -> Vec<Call<'f>> {
    let mut calls = Vec::new();
    for holder in api.holders.iter().copied() {
        match holder.observation.kind {
            Kind::RestResource => calls.extend(of_resource(id, holder)),
            _ => calls.extend(of_integration(id, holder, &api.routes)),
        }
    }
    for holder in api.authorizers.iter().copied() {
        if let Some(uri) = holder.text("/authorizerUri") {
            calls.push(Call {
                api: id,
                holder,
                pointer: "/authorizerUri".to_owned(),
                uri,
                of_type: "authorizer",
                method: None,
                link: None,
                is_inward: false,
                routes: Vec::new(),
                paths: Vec::new(),
                is_authorizer: true,
            });
        }
    }
    calls
}

fn of_resource<'f>(api: &'f str, holder: View<'f>) -> Vec<Call<'f>> {
    let methods = holder.element.get("resourceMethods").and_then(Value::as_object);
    let path = holder.text("/path").unwrap_or("/");
    let call = |(method, value): (&'f String, &'f Value)| {
        let integration = value.get("methodIntegration")?;
        let text = |field: &str| integration.get(field).and_then(Value::as_str);
        let is_inward = text("connectionType") == Some("VPC_LINK");
        let link = text("connectionId").filter(|_| is_inward);
        // Through a link of the second version it goes to this load balancer, whatever host its `uri` bears (API Gateway
        // developer guide, "Private integrations for REST APIs").
        let fields = [("integrationTarget", "/integrationTarget"), ("uri", "/uri")];
        let (uri, field) = fields.into_iter().find_map(|(name, at)| Some((text(name)?, at))).unwrap_or(("", ""));
        Some(Call {
            api,
            holder,
            pointer: format!("/resourceMethods{}/methodIntegration{field}", step(method)),
            uri,
            of_type: text("type").unwrap_or_default(),
            method: Some(method),
            link,
            is_inward,
            routes: Vec::new(),
            paths: vec![path.to_owned()],
            is_authorizer: false,
        })
    };
    methods.into_iter().flatten().filter_map(call).collect()
}

fn of_integration<'f>(api: &'f str, holder: View<'f>, routes: &[View<'f>]) -> Option<Call<'f>> {
    let id = holder.text("/integrationId")?;
    let leads = |route: &&View<'f>| route.text("/target").and_then(|to| to.strip_prefix("integrations/")) == Some(id);
    let routes: Vec<View<'f>> = routes.iter().filter(leads).copied().collect();
    let paths = routes.iter().filter_map(|route| route.text("/routeKey")).map(path_of_key).collect();
    let (uri, pointer) = holder.text("/integrationUri").map_or(("", ""), |uri| (uri, "/integrationUri"));
    Some(Call {
        api,
        holder,
        pointer: pointer.to_owned(),
        uri,
        of_type: holder.text("/integrationSubtype").or_else(|| holder.text("/integrationType")).unwrap_or_default(),
        method: None,
        link: None,
        is_inward: holder.text("/connectionType") == Some("VPC_LINK"),
        routes,
        paths,
        is_authorizer: false,
    })
}

/// The path of `GET /orders/{id}`. `$default`, and the keys of WebSocket routes, are of any path.
fn path_of_key(key: &str) -> String {
    key.split_once(' ').map_or_else(|| "/{proxy+}".to_owned(), |(_, path)| path.to_owned())
}

impl Call<'_> {
    /// Whether it calls a function, whether or not the variables of its name are known.
    pub(crate) fn is_to_function(&self) -> bool {
        function_in(self.uri).is_some()
    }

    /// The functions that it calls in these stages: ARN, alias or version, and whether the field alone says so.
    pub(super) fn functions(&self, stages: &[View<'_>]) -> BTreeSet<(String, Option<String>, Confidence)> {
        let Some(named) = function_in(self.uri) else { return BTreeSet::new() };
        if !named.contains(VARIABLE) {
            return BTreeSet::from([cut(named, Confidence::Stated)]);
        }
        let filled = stages.iter().flat_map(variables).filter_map(|variables| fill(named, &variables));
        filled.map(|arn| cut(&arn, Confidence::Inferred)).collect()
    }

    /// Its field in these stages.
    pub(crate) fn filled(&self, stages: &[View<'_>]) -> BTreeSet<String> {
        in_stages(self.uri, stages)
    }

    /// The ids of the links that it goes through in these stages.
    pub(super) fn links(&self, stages: &[View<'_>]) -> BTreeSet<String> {
        self.link.map(|link| in_stages(link, stages)).unwrap_or_default()
    }
}

/// A text in these stages, with their variables filled in.
fn in_stages(text: &str, stages: &[View<'_>]) -> BTreeSet<String> {
    if !text.contains(VARIABLE) {
        return BTreeSet::from([text.to_owned()]);
    }
    stages.iter().flat_map(variables).filter_map(|variables| fill(text, &variables)).collect()
}

/// What begins a variable of a stage (API Gateway developer guide, "Using stage variables").
const VARIABLE: &str = "${stageVariables.";

/// The function's ARN inside of `arn:aws:apigateway:…:lambda:path/…/functions/<ARN>/invocations`, or alone.
fn function_in(uri: &str) -> Option<&str> {
    let arn = match uri.split_once(":lambda:path/") {
        Some((_, path)) => path.split_once("/functions/")?.1.split('/').next()?,
        None => uri,
    };
    let mut fields = arn.split(':');
    let is_function =
        fields.next() == Some("arn") && fields.nth(1) == Some("lambda") && fields.nth(2) == Some("function");
    is_function.then_some(arn)
}

/// `…:function:<name>` and `<alias or version>`.
fn cut(arn: &str, confidence: Confidence) -> (String, Option<String>, Confidence) {
    match arn.match_indices(':').nth(6) {
        Some((at, _)) => (arn[..at].to_owned(), Some(arn[at + 1..].to_owned()), confidence),
        None => (arn.to_owned(), None, confidence),
    }
}

/// The variables of a stage, and those of its canary where it has one.
fn variables<'o>(stage: &View<'o>) -> Vec<BTreeMap<&'o str, &'o str>> {
    let map = |pointer: &str| {
        let values = stage.element.pointer(pointer).and_then(Value::as_object).into_iter().flatten();
        values.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect::<BTreeMap<_, _>>()
    };
    let own: BTreeMap<_, _> = map("/variables").into_iter().chain(map("/stageVariables")).collect();
    let overrides = map("/canarySettings/stageVariableOverrides");
    let canary = (!overrides.is_empty()).then(|| own.clone().into_iter().chain(overrides).collect());
    std::iter::once(own).chain(canary).collect()
}

/// A text with its variables filled in; none when one of them is not set.
fn fill(text: &str, variables: &BTreeMap<&str, &str>) -> Option<String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(VARIABLE) {
        let (name, after) = after.split_once('}')?;
        filled.push_str(before);
        filled.push_str(variables.get(name)?);
        rest = after;
    }
    filled.push_str(rest);
    Some(filled)
}

/// How well a path fits one that an API writes: whether it fits without a `{proxy+}`, which takes all that is left, and how
/// many of its parts are the same; none when it does not fit. The larger one is taken (API Gateway developer guide,
/// "Routing API requests": a full match, then a greedy path).
pub(super) fn fits(template: &str, path: &str) -> Option<(bool, usize)> {
    let mut parts = path.trim_matches('/').split('/');
    let mut same = 0;
    for wanted in template.trim_matches('/').split('/') {
        if wanted.starts_with('{') && wanted.ends_with("+}") {
            return Some((false, same));
        }
        let part = parts.next()?;
        match wanted == part {
            true => same += 1,
            false if wanted.starts_with('{') => {}
            false => return None,
        }
    }
    parts.next().is_none().then_some((true, same))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_in_two_ways() {
        let arn = "arn:aws:lambda:eu-central-1:123456789012:function:orders:live";
        let invocation = format!("arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/{arn}/invocations");
        let streaming = format!(
            "arn:aws:apigateway:eu-central-1:lambda:path/2021-11-15/functions/{arn}/response-streaming-invocations"
        );
        for uri in [arn, &invocation, &streaming] {
            assert_eq!(function_in(uri), Some(arn));
        }
        let queue = "arn:aws:apigateway:eu-central-1:sqs:path/123456789012/orders";
        for uri in [queue, "https://example.com/functions/x", "arn:aws:lambda:eu-central-1:1:layer:x", ""] {
            assert_eq!(function_in(uri), None, "{uri}");
        }
    }

    #[test]
    fn variables_are_filled_in_or_nothing_is() {
        let variables = BTreeMap::from([("alias", "live"), ("name", "orders")]);
        assert_eq!(
            fill("f:${stageVariables.name}:${stageVariables.alias}", &variables).as_deref(),
            Some("f:orders:live")
        );
        assert_eq!(fill("f:${stageVariables.other}", &variables), None);
        assert_eq!(fill("f:${stageVariables.name", &variables), None);
    }

    #[test]
    fn paths_fit_as_the_gateway_takes_them() {
        assert_eq!(fits("/orders/{id}", "/orders/7"), Some((true, 1)));
        assert_eq!(fits("/orders/{id}", "/orders/7/items"), None);
        assert_eq!(fits("/orders/{proxy+}", "/orders/7/items"), Some((false, 1)));
        assert_eq!(fits("/orders", "/orders/"), Some((true, 1)));
        assert_eq!(fits("/{proxy+}", "/anything"), Some((false, 0)));
        assert_eq!(fits("/orders", "/customers"), None);
    }
}
