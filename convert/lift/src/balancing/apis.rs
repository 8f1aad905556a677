//! API Gateway in front of a workload that is no function: by a link into the network an API sends requests to its load balancer, or to it
//! by Cloud Map, which are internal. What the API does on the way (who may call, how often, which path comes in) the platform's gateway
//! does not, so nothing of it is ever published: it is asked what becomes of the names.

use crate::field::{Field, Object};
use crate::surroundings::Surroundings;
use crate::tracker::{Asked, FieldTracker};
use caravan_inventory::ObservationKind as Kind;
use std::collections::{BTreeMap, BTreeSet};

/// The answers: the API stays in front, and its link is led to the internal Gateway; or nobody calls the API any more.
const ANSWERS: [&str; 2] = ["stays", "given-up"];

/// Asks, for each API that sends requests here, what becomes of the names that it is called by. One answer is for all that it sends
/// requests to.
pub(super) fn ask<'a>(tracker: &mut FieldTracker<'a>, around: &Surroundings<'a>) {
    let documents = &around.apis;
    let links_read = documents.iter().filter(|(kind, _)| *kind == Kind::RestVpcLink);
    let is_seen = links_read.flat_map(|(_, link)| link.list("targetArns")).any(|arn| arn.is_string());
    let mut senders: BTreeMap<&'a str, (Vec<Field<'a>>, bool)> = BTreeMap::new();
    for (kind, document) in documents {
        if let (Some(api), Kind::RestResource | Kind::HttpIntegration) = (owner(*document), kind) {
            let (fields, is_told) = senders.entry(api).or_default();
            let links = links(*document);
            fields.extend(links.iter().filter_map(|link| link.field("connectionType")));
            let named =
                |link: &Object<'a>| link.peek("integrationUri").or_else(|| link.peek("integrationTarget")).is_some();
            *is_told |= is_seen || links.iter().any(named);
        }
    }
    for (api, (fields, is_told)) in senders.into_iter().filter(|(_, (fields, _))| !fields.is_empty()) {
        let own = documents.iter().filter(|(kind, one)| is_api(*kind) && id_of(*kind, *one) == Some(api));
        let called = own.filter_map(|(_, one)| one.peek("name")).next().unwrap_or(api);
        let names = names(documents, api);
        let names = match names.is_empty() {
            true => "the name that AWS made for it".to_owned(),
            false => names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "),
        };
        let text = format!(
            "The API `{}` of API Gateway, called by {names}, sends requests to what stands behind its link into the network{}, and the platform \
             has nothing in its place: on the gateway nobody comes here by it. Does the API stay in front, and is its link led to the internal \
             Gateway before traffic moves (`{}`), or is it called by nobody any more (`{}`)? The answer holds for all that it sends \
             requests to.",
            crate::marks::without_marks(called),
            if is_told { "" } else { "; to whom was not read, and this may be one of them" },
            ANSWERS[0],
            ANSWERS[1],
        );
        let id = tracker.shared_question_id("api-gateway", api);
        if let Asked::Open(id) = tracker.ask(id, &text, &ANSWERS, Some(ANSWERS[0])) {
            fields.into_iter().for_each(|field| field.asked(tracker, &id));
        }
    }
    documents.iter().for_each(|(_, document)| document.drop_whole(tracker, "api-gateway"));
}

fn is_api(kind: Kind) -> bool {
    matches!(kind, Kind::RestApi | Kind::HttpApi)
}

fn id_of<'a>(kind: Kind, document: Object<'a>) -> Option<&'a str> {
    document.peek(if kind == Kind::RestApi { "id" } else { "apiId" })
}

/// The API that a document belongs to.
fn owner<'a>(document: Object<'a>) -> Option<&'a str> {
    document.peek("restApiId").or_else(|| document.peek("apiId"))
}

/// What says that requests go on through a link: where they go, a template may leave open.
fn links<'a>(document: Object<'a>) -> Vec<Object<'a>> {
    let methods = document.object("resourceMethods");
    let methods =
        methods.into_iter().flat_map(|methods| methods.entries()).filter_map(|(_, method)| Object::of(method));
    let integrations = methods.filter_map(|method| method.object("methodIntegration")).chain([document]);
    integrations.filter(|one| one.peek("connectionType") == Some("VPC_LINK")).collect()
}

/// The names by which an API is called: those of its domains, and its own unless that is switched off.
fn names(documents: &[(Kind, Object<'_>)], api: &str) -> BTreeSet<String> {
    let mappings = documents
        .iter()
        .filter(|(kind, one)| matches!(kind, Kind::BasePathMapping | Kind::ApiMapping) && owner(*one) == Some(api));
    let domains = mappings.filter_map(|(_, one)| one.peek("domainName")).map(crate::marks::without_marks);
    let own = documents.iter().filter(|(kind, one)| {
        is_api(*kind) && id_of(*kind, *one) == Some(api) && one.peek_bool("disableExecuteApiEndpoint") != Some(true)
    });
    let own = own.filter_map(|(_, one)| one.peek("apiEndpoint")?.split_once("://")).map(|(_, host)| host);
    domains.chain(own.map(crate::marks::without_marks)).collect()
}
