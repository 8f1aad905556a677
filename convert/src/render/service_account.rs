//! ServiceAccounts.

use super::app::{App, annotate};
use crate::naming;
use caravan_convert_lift::plconfig::{PlConfig, UseKind};
use k8s_openapi::api::core::v1::ServiceAccount;

/// The roles whose rights an app takes over.
pub(crate) fn roles(config: &PlConfig) -> impl Iterator<Item = &str> {
    config.uses.values().filter(|using| using.kind == UseKind::Iam).map(|using| using.name.as_str())
}

/// The name of an app's account.
pub(crate) fn service_account_name(config: &PlConfig) -> String {
    naming::object(&config.app, "web")
}

/// The app's account: the key of its rights in AWS. No other app has it, and no token of it lies in its pods. The role
/// that it takes over is named for whoever reads it; what binds them is Terraform's.
pub(super) fn service_account(app: &App<'_>) -> ServiceAccount {
    let mut metadata = app.metadata(&app.name);
    let roles: Vec<&str> = roles(app.config).collect();
    if !roles.is_empty() {
        annotate(&mut metadata, "caravan.dev/role", roles.join(", "));
    }
    // It is the object of the whole app, and so are the words about it.
    for (key, text) in
        [("kubernetes.io/description", &app.config.description), ("caravan.dev/contact", &app.config.contact)]
    {
        if let Some(text) = text {
            annotate(&mut metadata, key, text.as_str());
        }
    }
    ServiceAccount { metadata, automount_service_account_token: Some(false), ..ServiceAccount::default() }
}
