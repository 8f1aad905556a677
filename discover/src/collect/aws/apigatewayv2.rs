//! API Gateway, HTTP and WebSocket APIs: their routes, what these lead to, and the stages and domains that they are reached by.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Found, inside, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const APIS: &str = "apigatewayv2:GetApis";
const DOMAINS: &str = "apigatewayv2:GetDomainNames";
const ROUTES: &str = "apigatewayv2:GetRoutes";
const INTEGRATIONS: &str = "apigatewayv2:GetIntegrations";
const STAGES: &str = "apigatewayv2:GetStages";
const AUTHORIZERS: &str = "apigatewayv2:GetAuthorizers";
const MAPPINGS: &str = "apigatewayv2:GetApiMappings";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::ApiGateway.row(APIS, Start::Root("{}"), &[], apis),
    Source::ApiGateway.row(ROUTES, Start::Each, &[APIS], routes),
    Source::ApiGateway.row(INTEGRATIONS, Start::Each, &[APIS], integrations),
    Source::ApiGateway.row(STAGES, Start::Each, &[APIS], stages),
    Source::ApiGateway.row(AUTHORIZERS, Start::Each, &[APIS], authorizers),
    Source::ApiGateway.row(DOMAINS, Start::Root("{}"), &[], domains),
    Source::ApiGateway.row(MAPPINGS, Start::Each, &[DOMAINS], mappings),
    Source::ApiGateway.row("apigatewayv2:GetVpcLinks", Start::Root("{}"), &[], vpc_links),
];

/// The field in which each of its lists stands.
const ITEMS: &str = "items";

fn apis(request: &Request, body: &Value) -> Found {
    let apis = list(body, ITEMS);
    let mut found = recorded(request, Kind::HttpApi, apis, |api| text(api, "apiId").map(str::to_owned));
    for id in apis.iter().filter_map(|api| text(api, "apiId")) {
        let calls = [ROUTES, INTEGRATIONS, STAGES, AUTHORIZERS];
        found.follow_up.extend(calls.map(|call| request.then(call, json!({"apiId": id}))));
    }
    found
}

fn routes(request: &Request, body: &Value) -> Found {
    inside(request, list(body, ITEMS), Kind::HttpRoute, "apiId", "routeId")
}

fn integrations(request: &Request, body: &Value) -> Found {
    inside(request, list(body, ITEMS), Kind::HttpIntegration, "apiId", "integrationId")
}

fn stages(request: &Request, body: &Value) -> Found {
    inside(request, list(body, ITEMS), Kind::HttpStage, "apiId", "stageName")
}

fn authorizers(request: &Request, body: &Value) -> Found {
    inside(request, list(body, ITEMS), Kind::HttpAuthorizer, "apiId", "authorizerId")
}

fn domains(request: &Request, body: &Value) -> Found {
    let domains = list(body, ITEMS);
    let name = |domain: &Value| text(domain, "domainName").map(str::to_owned);
    let mut found = recorded(request, Kind::HttpDomain, domains, name);
    let names = domains.iter().filter_map(name);
    found.follow_up = names.map(|name| request.then(MAPPINGS, json!({"domainName": name}))).collect();
    found
}

fn mappings(request: &Request, body: &Value) -> Found {
    inside(request, list(body, ITEMS), Kind::ApiMapping, "domainName", "apiMappingId")
}

fn vpc_links(request: &Request, body: &Value) -> Found {
    recorded(request, Kind::HttpVpcLink, list(body, ITEMS), |link| text(link, "vpcLinkId").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};

    #[test]
    fn an_api_leads_to_its_routes_and_integrations() {
        let body =
            json!({"items": [{"apiId": "h1", "protocolType": "HTTP"}, {"apiId": "w1", "protocolType": "WEBSOCKET"}]});
        let listed = found(&request(APIS, json!({})), body);
        assert_eq!(listed.elements.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["h1", "w1"]);
        let calls = [ROUTES, INTEGRATIONS, STAGES, AUTHORIZERS];
        assert_eq!(apis(&listed), [calls, calls].concat());
        let route = json!({"routeId": "r", "routeKey": "GET /orders", "target": "integrations/i"});
        let routes = found(&listed.follow_up[0], json!({"items": [route]}));
        assert_eq!(routes.elements[0].name, "h1/r");
        assert_eq!(
            (&routes.elements[0].body["apiId"], &routes.elements[0].body["target"]),
            (&json!("h1"), &route["target"])
        );
        let stages = found(&listed.follow_up[6], json!({"items": [{"stageName": "$default"}]}));
        assert_eq!((stages.elements[0].kind, stages.elements[0].name.as_str()), (Kind::HttpStage, "w1/$default"));
    }

    #[test]
    fn a_mapping_keeps_its_own_api_and_gets_its_domain() {
        let listed =
            found(&request(DOMAINS, json!({})), json!({"items": [{"domainName": "api.example.com"}, {"other": 1}]}));
        assert_eq!((listed.count, listed.follow_up.len()), (1, 1));
        let mapping = json!({"apiId": "h1", "apiMappingId": "m", "apiMappingKey": "v1/orders", "stage": "prod"});
        let mapped = found(&listed.follow_up[0], json!({"items": [mapping]}));
        assert_eq!(mapped.elements[0].name, "api.example.com/m");
        assert_eq!(mapped.elements[0].body["apiId"], "h1");
        assert_eq!(mapped.elements[0].body["domainName"], "api.example.com");
    }

    #[test]
    fn a_link_is_recorded_under_its_id() {
        let body = json!({"items": [{"vpcLinkId": "l", "securityGroupIds": ["sg-1"]}]});
        let links = found(&request("apigatewayv2:GetVpcLinks", json!({})), body);
        assert_eq!((links.elements[0].kind, links.elements[0].name.as_str()), (Kind::HttpVpcLink, "l"));
    }
}
