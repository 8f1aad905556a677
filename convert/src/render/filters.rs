//! What the gateway does by itself, without the component: it redirects, or answers.

use super::app::Part;
use super::custom::{
    Body, Custom, DirectResponse, Header, HeaderModifier, HttpRouteFilterSpec, HttpRouteSpec, ReplacedPath,
    RequestRedirect, RouteFilter, TargetRef,
};
use crate::naming;
use caravan_convert_lift::plconfig::{Ingress, Redirect, Respond, Route};
use std::collections::BTreeMap;

/// The filter of a route that does not lead to the component; none for one that does.
pub(super) fn filter(part: &Part<'_>, route: &Route) -> Option<RouteFilter> {
    if let Some(redirect) = &route.redirect {
        let request_redirect = Some(redirected(redirect));
        return Some(RouteFilter { kind: "RequestRedirect", request_redirect, ..RouteFilter::default() });
    }
    let name = name(part, route.respond.as_ref()?);
    let extension_ref = Some(TargetRef { group: "gateway.envoyproxy.io", kind: "HTTPRouteFilter", name });
    Some(RouteFilter { kind: "ExtensionRef", extension_ref, ..RouteFilter::default() })
}

/// The filter that sets headers of answers; none where a route has none.
///
/// Envoy reads their values as formats, as it does bodies (Envoy, "Custom request/response headers"), and neither the API
/// server nor Envoy Gateway looks at them before.
pub(super) fn headers(ingress: &Ingress, route: &Route) -> Option<RouteFilter> {
    let mut all: BTreeMap<&String, &String> = ingress.response_headers.iter().collect();
    all.extend(&route.response_headers);
    let mut modifier = HeaderModifier::default();
    for (name, value) in all {
        match value.as_str() {
            "" => modifier.remove.push(name.clone()),
            text => modifier.set.push(Header { name: name.clone(), value: as_format(text) }),
        }
    }
    (modifier != HeaderModifier::default()).then(|| RouteFilter {
        kind: "ResponseHeaderModifier",
        response_header_modifier: Some(modifier),
        ..RouteFilter::default()
    })
}

/// The answers that routes name, each once.
pub(super) fn filters(
    part: &Part<'_>,
    ingress: &Ingress,
    routes: &[Custom<HttpRouteSpec>],
) -> Vec<Custom<HttpRouteFilterSpec>> {
    let named = |name: &String| {
        let filters = routes.iter().flat_map(|route| &route.spec.rules).flat_map(|rule| &rule.filters);
        filters.filter_map(|filter| filter.extension_ref.as_ref()).any(|named| named.name == *name)
    };
    let answers = ingress.routes.iter().filter_map(|route| route.respond.as_ref());
    let answers: BTreeMap<String, &Respond> = answers.map(|respond| (name(part, respond), respond)).collect();
    let answers = answers.into_iter().filter(|(name, _)| named(name));
    answers.map(|(name, respond)| Custom::http_route_filter(part.metadata(&name), answer(respond))).collect()
}

fn answer(respond: &Respond) -> HttpRouteFilterSpec {
    let body = respond.body.as_ref().map(|text| Body { kind: "Inline", inline: as_format(text) });
    // Envoy Gateway writes the type as it writes other headers.
    let content_type = respond.content_type.as_deref().map(as_format);
    HttpRouteFilterSpec { direct_response: DirectResponse { content_type, status_code: respond.status, body } }
}

/// A text as the format that gives it: `%` begins a command, `%%` is a percent sign (Envoy, substitution formatter). A format
/// that Envoy can't read keeps every route of the Gateway's listener as it was, of whichever app; a proxy that starts anew
/// then serves none.
fn as_format(text: &str) -> String {
    text.replace('%', "%%")
}

/// The component's name with the status; an answer with a body carries a digest, so that no two meet.
fn name(part: &Part<'_>, respond: &Respond) -> String {
    let plain = format!("{}-{}", part.object, respond.status);
    if respond.body.is_none() && respond.content_type.is_none() {
        return plain;
    }
    let said = format!("{:?} {:?}", respond.content_type, respond.body);
    format!("{plain}-{}", naming::digest(said.as_bytes(), 8))
}

fn redirected(redirect: &Redirect) -> RequestRedirect {
    let path = redirect.path.clone();
    RequestRedirect {
        scheme: redirect.scheme.clone(),
        hostname: redirect.host.clone(),
        path: path.map(|path| ReplacedPath { kind: "ReplaceFullPath", replace_full_path: path }),
        port: redirect.port,
        status_code: redirect.status,
    }
}
