//! Help for the collectors' tests.

use super::{Collected, Found, collect};
use crate::request::Request;
use caravan_inventory::{AccountId, Provider, Region, Scope};
use caravan_providers::Read;
use serde_json::Value;

/// A request in an account and region of the tests' own.
pub(crate) fn request(api: &str, input: Value) -> Request {
    Request::of(Read {
        scope: Scope::new(Provider::Aws, AccountId::new("123456789012"), Region::new("eu-central-1")),
        api: api.to_owned(),
        input,
        token: None,
    })
}

/// The same in an account of Cloudflare.
pub(crate) fn cloudflare_request(api: &str, input: Value) -> Request {
    let scope = Scope::global(Provider::Cloudflare, AccountId::new("0123456789abcdef0123456789abcdef"));
    Request::of(Read { scope, api: api.to_owned(), input, token: None })
}

/// What an answer to one request says.
pub(crate) fn found(request: &Request, body: Value) -> Found {
    match collect(std::slice::from_ref(request), &body).remove(0) {
        Collected::Found(found) => found,
        Collected::Partly(_, why) | Collected::Unanswered(why) => panic!("not answered: {why}"),
    }
}

/// The calls that an answer makes necessary.
pub(crate) fn apis(found: &Found) -> Vec<&str> {
    found.follow_up.iter().map(|request| request.read.api.as_str()).collect()
}
