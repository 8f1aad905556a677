//! Every HTTPRoute of a cluster, as far as its neighbours need to know it.

use crate::Routes;
use crate::route::{resource, within};
use caravan_providers::CallError;
use kube::Api;
use kube::api::{DynamicObject, ListParams};
use serde_json::{Value, json};

/// How many routes are read at once.
const PAGE: u32 = 500;

impl Routes {
    /// All routes of all namespaces: `metadata` with `namespace`, `name` and `creationTimestamp`, `spec` and `status`.
    ///
    /// # Errors
    /// [`CallError::Denied`] where these credentials may not list them cluster-wide; those of any call.
    pub async fn all(&self) -> Result<Vec<Value>, CallError> {
        let api: Api<DynamicObject> = Api::all_with(self.client.clone(), &resource());
        let (mut routes, mut page) = (Vec::new(), ListParams::default().limit(PAGE));
        loop {
            let read = within(api.list(&page)).await?;
            routes.extend(read.items.iter().map(told));
            match read.metadata.continue_.filter(|token| !token.is_empty()) {
                Some(token) => page = page.continue_token(&token),
                None => return Ok(routes),
            }
        }
    }
}

fn told(route: &DynamicObject) -> Value {
    let metadata = &route.metadata;
    json!({
        "metadata": {
            "namespace": metadata.namespace, "name": metadata.name, "creationTimestamp": metadata.creation_timestamp,
        },
        "spec": route.data["spec"],
        "status": route.data["status"],
    })
}
