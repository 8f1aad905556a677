//! How Terraform is run: settings that every folder follows.

use serde::{Deserialize, Serialize};

/// How Terraform is run: `platform.terraform` in `caravan.yaml`.
#[derive(Clone, Debug, Deserialize, Eq, schemars::JsonSchema, PartialEq, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TerraformSettings {
    /// The organization of Terraform Cloud in which each folder is a workspace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// What stands before a folder's name in that of its workspace.
    pub workspace_prefix: String,
    /// The S3 bucket that keeps the state of each folder, in the platform's region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// The ARN of the role that Terraform assumes in an account; `{account}` in it stands for the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
}

impl Default for TerraformSettings {
    fn default() -> Self {
        Self { organization: None, workspace_prefix: "infrastructure-".to_owned(), bucket: None, role: None }
    }
}

impl TerraformSettings {
    /// Checks what the types can't hold: a state is kept in one place, and a role in each account is another.
    ///
    /// # Errors
    /// For a person: what is wrong with which key.
    pub fn check(&self) -> Result<(), String> {
        if self.organization.is_some() && self.bucket.is_some() {
            return Err("platform.terraform: `organization` and `bucket` are two places for one state; leave one out"
                .to_owned());
        }
        match &self.role {
            Some(role) if !role.starts_with("arn:") => {
                Err(format!("platform.terraform.role: `{role}` is not the ARN of a role"))
            }
            _ => Ok(()),
        }
    }
}
