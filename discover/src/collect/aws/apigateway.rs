//! API Gateway, REST APIs: what requests come to which resource and method, by which stage and domain, and what answers.

use crate::collect::call::{CallRow, Source, Start};
use crate::collect::found::{Found, inside, list, recorded, text};
use crate::request::Request;
use caravan_inventory::ObservationKind as Kind;
use serde_json::{Value, json};

const APIS: &str = "apigateway:GetRestApis";
const DOMAINS: &str = "apigateway:GetDomainNames";
const RESOURCES: &str = "apigateway:GetResources";
const STAGES: &str = "apigateway:GetStages";
const AUTHORIZERS: &str = "apigateway:GetAuthorizers";
const MAPPINGS: &str = "apigateway:GetBasePathMappings";

/// Its calls.
pub(super) const CALLS: &[CallRow] = &[
    Source::ApiGateway.row(APIS, Start::Root("{}"), &[], apis),
    Source::ApiGateway.row(RESOURCES, Start::Each, &[APIS], resources),
    Source::ApiGateway.row(STAGES, Start::Each, &[APIS], stages),
    Source::ApiGateway.row(AUTHORIZERS, Start::Each, &[APIS], authorizers),
    Source::ApiGateway.row(DOMAINS, Start::Root("{}"), &[], domains),
    Source::ApiGateway.row(MAPPINGS, Start::Each, &[DOMAINS], mappings),
    Source::ApiGateway.row("apigateway:GetVpcLinks", Start::Root("{}"), &[], vpc_links),
];

/// The field in which each of its lists stands.
const ITEMS: &str = "item";

fn apis(request: &Request, body: &Value) -> Found {
    let apis = list(body, ITEMS);
    let mut found = recorded(request, Kind::RestApi, apis, |api| text(api, "id").map(str::to_owned));
    for id in apis.iter().filter_map(|api| text(api, "id")) {
        // With its methods, and these with their integrations; by itself the list names paths alone.
        found.follow_up.push(request.then(RESOURCES, json!({"restApiId": id, "embed": "methods"})));
        found.follow_up.extend([STAGES, AUTHORIZERS].map(|call| request.then(call, json!({"restApiId": id}))));
    }
    found
}

fn resources(request: &Request, body: &Value) -> Found {
    inside(request, list(body, ITEMS), Kind::RestResource, "restApiId", "id")
}

fn stages(request: &Request, body: &Value) -> Found {
    inside(request, list(body, ITEMS), Kind::RestStage, "restApiId", "stageName")
}

fn authorizers(request: &Request, body: &Value) -> Found {
    inside(request, list(body, ITEMS), Kind::RestAuthorizer, "restApiId", "id")
}

fn domains(request: &Request, body: &Value) -> Found {
    let domains = list(body, ITEMS);
    let mut found = recorded(request, Kind::RestDomain, domains, |domain| {
        // Private domains may share a name, and are told apart by an id.
        let name = text(domain, "domainName")?;
        Some(text(domain, "domainNameId").map_or_else(|| name.to_owned(), |id| format!("{name}/{id}")))
    });
    for domain in domains {
        if let Some(name) = text(domain, "domainName") {
            let mut input = json!({"domainName": name});
            if let Some(id) = text(domain, "domainNameId") {
                input["domainNameId"] = json!(id);
            }
            found.follow_up.push(request.then(MAPPINGS, input));
        }
    }
    found
}

fn mappings(request: &Request, body: &Value) -> Found {
    inside(request, list(body, ITEMS), Kind::BasePathMapping, "domainName", "basePath")
}

fn vpc_links(request: &Request, body: &Value) -> Found {
    recorded(request, Kind::RestVpcLink, list(body, ITEMS), |link| text(link, "id").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::testing::{apis, found, request};

    #[test]
    fn an_api_leads_to_its_resources_with_their_methods_and_to_its_stages() {
        let listed = found(&request(APIS, json!({})), json!({"item": [{"id": "a1b2", "name": "orders"}]}));
        assert_eq!((listed.elements[0].kind, listed.elements[0].name.as_str()), (Kind::RestApi, "a1b2"));
        assert_eq!(apis(&listed), [RESOURCES, STAGES, AUTHORIZERS]);
        assert_eq!(listed.follow_up[0].read.input, json!({"restApiId": "a1b2", "embed": "methods"}));
        let methods = json!({"GET": {"methodIntegration": {"type": "AWS_PROXY", "uri": "arn:x"}}});
        let body = json!({"item": [{"id": "r1", "path": "/orders", "resourceMethods": methods}]});
        let resources = found(&listed.follow_up[0], body);
        let whole = json!({"id": "r1", "path": "/orders", "resourceMethods": methods, "restApiId": "a1b2"});
        assert_eq!((resources.elements[0].name.as_str(), &resources.elements[0].body), ("a1b2/r1", &whole));
        let stages = found(&listed.follow_up[1], json!({"item": [{"stageName": "prod"}, {"stageName": "test"}]}));
        assert_eq!(stages.elements.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), ["a1b2/prod", "a1b2/test"]);
    }

    #[test]
    fn a_domain_leads_to_its_mappings_and_private_ones_of_one_name_are_two() {
        let body = json!({"item": [
            {"domainName": "api.example.com", "regionalDomainName": "d-1.execute-api.eu-central-1.amazonaws.com"},
            {"domainName": "api.internal.example", "domainNameId": "x1"}, {"domainName": "api.internal.example", "domainNameId": "x2"}]});
        let domains = found(&request(DOMAINS, json!({})), body);
        let names: Vec<_> = domains.elements.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["api.example.com", "api.internal.example/x1", "api.internal.example/x2"]);
        assert_eq!(
            domains.follow_up[1].read.input,
            json!({"domainName": "api.internal.example", "domainNameId": "x1"})
        );
        let mapped = found(
            &domains.follow_up[0],
            json!({"item": [{"basePath": "(none)", "restApiId": "a1b2", "stage": "prod"}]}),
        );
        assert_eq!(mapped.elements[0].name, "api.example.com/(none)");
        assert_eq!(mapped.elements[0].body["domainName"], "api.example.com");
        let private = found(&domains.follow_up[2], json!({"item": [{"basePath": "v1", "restApiId": "a1b2"}]}));
        assert_eq!(private.elements[0].name, "api.internal.example/x2/v1");
    }

    #[test]
    fn an_answer_without_its_list_names_nothing() {
        for call in [APIS, DOMAINS, "apigateway:GetVpcLinks"] {
            assert_eq!(found(&request(call, json!({})), json!({})), Found::default(), "{call}");
        }
        for call in [RESOURCES, STAGES, AUTHORIZERS, MAPPINGS] {
            let ask = request(call, json!({"restApiId": "a", "domainName": "d"}));
            assert_eq!(found(&ask, json!({"item": [{"unnamed": true}]})), Found::default(), "{call}");
        }
    }
}
