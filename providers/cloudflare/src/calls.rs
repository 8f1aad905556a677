//! The calls, each by its endpoint: those that the `cloudflare` crate has, and others of our own on its framework. Only
//! reads. <https://developers.cloudflare.com/api/>

use caravan_providers::Read;
use cloudflare::endpoints::dns::dns::{ListDnsRecords, ListDnsRecordsParams};
use cloudflare::endpoints::workers::ListRoutes;
use cloudflare::endpoints::zones::zone::{ListZones, ListZonesParams};
use cloudflare::framework::endpoint::Method;
use cloudflare::framework::endpoint::spec::EndpointSpec;
use serde_json::Value;

/// The most zones on a page.
const ZONES: u32 = 50;

/// The most records on a page.
const RECORDS: u32 = 5000;

/// What is asked for: a path below the API's root, with its query.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) query: Option<String>,
}

/// A call of this provider.
#[derive(Clone, Copy)]
enum Operation {
    Accounts,
    Zones,
    Records,
    Routes,
    Workers,
    Settings,
    Schedules,
    Domains,
}

/// The calls, by their names in the contract.
const OPERATIONS: &[(&str, Operation)] = &[
    ("cloudflare:ListAccounts", Operation::Accounts),
    ("cloudflare:ListZones", Operation::Zones),
    ("cloudflare:ListDnsRecords", Operation::Records),
    ("cloudflare:ListWorkerRoutes", Operation::Routes),
    ("cloudflare:ListWorkers", Operation::Workers),
    ("cloudflare:GetWorkerSettings", Operation::Settings),
    ("cloudflare:ListWorkerSchedules", Operation::Schedules),
    ("cloudflare:ListWorkerDomains", Operation::Domains),
];

fn operation(api: &str) -> Option<Operation> {
    OPERATIONS.iter().find(|(name, _)| *name == api).map(|(_, operation)| *operation)
}

/// Whether there is such a call.
pub(crate) fn knows(api: &str) -> bool {
    operation(api).is_some()
}

/// An endpoint that the crate does not have.
#[derive(Debug)]
struct Own {
    path: String,
    query: Option<String>,
}

impl EndpointSpec for Own {
    // The raw answer is kept; nothing is read by a type.
    type JsonResponse = ();
    type ResponseType = ();

    fn method(&self) -> Method {
        Method::GET
    }

    fn path(&self) -> String {
        self.path.clone()
    }

    fn query(&self) -> Option<String> {
        self.query.clone()
    }
}

/// What a read asks for; none when it is no call of this provider, or what it asks about can't be written into a path.
pub(crate) fn request_of(read: &Read) -> Option<Request> {
    let account = read.scope.account.as_str();
    let page = read.token.as_deref().and_then(|token| token.parse().ok());
    let named = |field: &str| read.input.get(field).and_then(Value::as_str).filter(|text| is_plain(text));
    let of_script = |what: &str| {
        let script = named("script_name")?;
        request(&Own { path: format!("accounts/{account}/workers/scripts/{script}/{what}"), query: None })
    };
    match operation(&read.api)? {
        Operation::Accounts => request(&Own { path: "accounts".to_owned(), query: Some(paged(page, ZONES)) }),
        Operation::Zones => {
            let params = ListZonesParams { page, per_page: Some(ZONES), ..ListZonesParams::default() };
            let mut zones = request(&ListZones { params })?;
            // The crate's parameters can't name the account; a token may see several.
            let query = zones.query.take().unwrap_or_default();
            Some(Request { query: Some(format!("account.id={account}&{query}")), ..zones })
        }
        Operation::Records => {
            let params = ListDnsRecordsParams { page, per_page: Some(RECORDS), ..ListDnsRecordsParams::default() };
            request(&ListDnsRecords { zone_identifier: named("zone_id")?, params })
        }
        Operation::Routes => request(&ListRoutes { zone_identifier: named("zone_id")? }),
        Operation::Workers => request(&Own { path: format!("accounts/{account}/workers/scripts"), query: None }),
        Operation::Settings => of_script("settings"),
        Operation::Schedules => of_script("schedules"),
        Operation::Domains => request(&Own { path: format!("accounts/{account}/workers/domains"), query: None }),
    }
}

fn request<E: EndpointSpec>(endpoint: &E) -> Option<Request> {
    let reads = endpoint.method() == Method::GET;
    reads.then(|| Request { path: endpoint.path(), query: endpoint.query() })
}

fn paged(page: Option<u32>, size: u32) -> String {
    format!("page={}&per_page={size}", page.unwrap_or(1))
}

/// Ids and names of Workers: nothing that means something in a path.
fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use caravan_inventory::{AccountId, Provider, Scope};
    use serde_json::json;

    fn read(api: &str, input: Value, token: Option<&str>) -> Read {
        let scope = Scope::global(Provider::Cloudflare, AccountId::new("abc"));
        Read { scope, api: api.to_owned(), input, token: token.map(str::to_owned) }
    }

    fn asked(api: &str, input: Value, token: Option<&str>) -> String {
        let Request { path, query } = request_of(&read(api, input, token)).unwrap();
        query.map_or(path.clone(), |query| format!("{path}?{query}"))
    }

    #[test]
    fn each_call_has_its_path() {
        let zone = || json!({"zone_id": "z1"});
        let script = || json!({"script_name": "edge-router"});
        assert_eq!(asked("cloudflare:ListZones", json!({}), Some("3")), "zones?account.id=abc&page=3&per_page=50");
        assert_eq!(asked("cloudflare:ListDnsRecords", zone(), None), "zones/z1/dns_records?per_page=5000");
        assert_eq!(asked("cloudflare:ListWorkerRoutes", zone(), None), "zones/z1/workers/routes");
        let settings = "accounts/abc/workers/scripts/edge-router/settings";
        assert_eq!(asked("cloudflare:GetWorkerSettings", script(), None), settings);
        assert_eq!(asked("cloudflare:ListWorkerDomains", json!({}), None), "accounts/abc/workers/domains");
    }

    #[test]
    fn nothing_that_means_something_in_a_path_is_written_into_it() {
        for name in ["../../user", "a/b", "a?b", "a#b", "a%2Fb", ""] {
            assert_eq!(request_of(&read("cloudflare:GetWorkerSettings", json!({"script_name": name}), None)), None);
        }
        assert_eq!(request_of(&read("cloudflare:DeleteWorker", json!({}), None)), None);
    }
}
