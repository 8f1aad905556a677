//! ServiceAccounts.

use super::app::App;
use k8s_openapi::api::core::v1::ServiceAccount;

/// The app's account: the key of its rights in AWS. No other app has it, and no token of it lies in its pods.
pub(super) fn service_account(app: &App<'_>) -> ServiceAccount {
    ServiceAccount {
        metadata: app.metadata(&app.name),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}
